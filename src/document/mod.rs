//! The neutral document: the output of every reader and the input of binding. It is independent of forms.
//!
//! A [`Document`] is a plain record of the source: blocks in reading order, grids of cells with their spans, and the [`Place`] of every
//! paragraph and cell.

mod aside;
mod budget;
#[cfg(test)]
mod drawn;
mod grid;
mod place;
mod reuse;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use aside::{Aside, AsideKind};
pub use budget::{Budget, Exceeded, Limits, Resource};
#[cfg(test)]
pub(crate) use drawn::drawn;
pub use grid::{Cell, Grid, GridBuilder, Shown, Slot};
pub use place::{Place, column_letters};
pub use reuse::Reuse;

/// A file format, detected from the content, never from the suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Office Open XML word processing (ECMA-376 part 1).
    Docx,
    /// Word 97-2003 binary (MS-DOC), also what WPS Writer saves as .wps.
    Doc,
    /// Rich Text Format 1.9.1.
    Rtf,
    /// `OpenDocument` text (ISO/IEC 26300).
    Odt,
    /// Office Open XML spreadsheet.
    Xlsx,
    /// Excel binary workbook (MS-XLSB).
    Xlsb,
    /// Excel 97-2003 binary (MS-XLS), also what WPS Spreadsheets saves as .et.
    Xls,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// Excel 2003 XML spreadsheet: a whole workbook as one XML file.
    SheetXml,
    /// HTML in any encoding.
    Html,
    /// A web page saved as one file (RFC 2557).
    Mht,
    /// Word 2003 XML or flat OPC: a whole Word file as one XML file.
    WordXml,
    /// Plain text, also Markdown.
    Text,
    /// Fields separated by commas or semicolons (RFC 4180).
    Csv,
    /// Fields separated by tabs.
    Tsv,
    /// Portable Document Format (ISO 32000).
    Pdf,
    /// Open Fixed-layout Document (GB/T 33190).
    Ofd,
    /// No file format: the file cannot be read, and an office typed its report in.
    Typed,
}

impl Format {
    /// The common name of the format, the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docx => "DOCX",
            Self::Doc => "DOC",
            Self::Rtf => "RTF",
            Self::Odt => "ODT",
            Self::Xlsx => "XLSX",
            Self::Xlsb => "XLSB",
            Self::Xls => "XLS",
            Self::Ods => "ODS",
            Self::SheetXml => "Excel XML",
            Self::Html => "HTML",
            Self::Mht => "MHT",
            Self::WordXml => "Word XML",
            Self::Text => "TXT",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
            Self::Typed => "typed in",
        }
    }
}

/// The content of one input file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Document properties.
    pub metadata: Metadata,
    /// Paragraphs, grids and pictures in reading order.
    pub blocks: Vec<Block>,
    /// Pictures that blocks refer to by index.
    pub pictures: Vec<Picture>,
    /// Text that the page does not show or strikes through; it is not part of the blocks.
    pub asides: Vec<Aside>,
}

/// Document properties: those of the format, HTML `<title>` and `<meta>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Title from the document properties or `<title>`.
    pub title: Option<String>,
    /// Author or publishing body.
    pub author: Option<String>,
    /// All other properties by name as written, in order: `PubDate`, `ContentSource`, `dcterms:created` …
    pub entries: Vec<(String, String)>,
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph of text.
    Paragraph(Paragraph),
    /// A table.
    Grid(Grid),
    /// A picture, at its position in the flow.
    Picture(PictureRef),
}

/// The region of a page that contains a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Region {
    /// Running text.
    #[default]
    Body,
    /// A page header or footer; not part of the report's text.
    HeaderFooter,
    /// A footnote or endnote.
    Note,
    /// A text box or a shape with text.
    TextBox,
    /// Navigation, banner, side bar or footer of a web page, according to its markup.
    Chrome,
}

/// A paragraph of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paragraph {
    /// The visible text; a tab is `\t`, a line break inside the paragraph `\n`. Tracked changes are read as accepted. Hidden and
    /// struck-out text is not included but listed in [`Document::asides`]. Superscript and subscript digits beside other text are `¹²₁`.
    pub text: String,
    /// Outline level of a heading, 1 = highest; `None` for running text.
    pub level: Option<u8>,
    /// The list label that a word processor shows before the text (`一、`, `1.`); not part of `text`.
    pub number: Option<String>,
    /// Region of the page.
    pub region: Region,
    /// Its place in the source.
    pub place: Place,
}

/// A reference to one of [`Document::pictures`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PictureRef {
    /// Index into [`Document::pictures`], 0-based.
    pub index: usize,
    /// Displayed width and height in EMU (914,400 per inch), if given in the source.
    pub extent: Option<(u64, u64)>,
    /// Alternative text.
    pub alt: Option<String>,
    /// Its place in the source.
    pub place: Place,
}

/// A picture, with its bytes as in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Name of the part or file, without folders.
    pub name: String,
    /// Media type such as `image/png`.
    pub media_type: String,
    /// The encoded picture.
    pub bytes: Arc<[u8]>,
}

impl Document {
    /// Whether the document has no content.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The top-level grids, in order, without those nested in cells.
    pub fn grids(&self) -> impl Iterator<Item = &Grid> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Grid(grid) => Some(grid),
            _ => None,
        })
    }
}

impl Paragraph {
    /// A body paragraph.
    pub fn body(text: impl Into<String>, place: Place) -> Self {
        Self { text: text.into(), place, ..Self::default() }
    }

    /// The list label and the text, as displayed.
    pub fn shown(&self) -> std::borrow::Cow<'_, str> {
        match &self.number {
            Some(number) => format!("{number}{}", self.text).into(),
            None => self.text.as_str().into(),
        }
    }
}
