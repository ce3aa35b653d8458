//! Small Word packages built in memory.

use std::io::{Cursor, Write as _};

use nianbao::document::{Block, Budget, Document, Format, Grid, Limits, Paragraph};
use nianbao::finding::Finding;
use nianbao::read::{READERS, ReadError};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A package: its parts, and the relationships of its main part.
#[derive(Default)]
pub(crate) struct Word {
    pub(crate) parts: Vec<(String, Vec<u8>)>,
    relationships: String,
}

impl Word {
    /// A package whose main part contains this body.
    pub(crate) fn new(body: &str) -> Self {
        Self::document(main_part(body).into_bytes())
    }

    /// A package with this main part.
    pub(crate) fn document(main: Vec<u8>) -> Self {
        Self { parts: vec![("word/document.xml".into(), main)], relationships: String::new() }
    }

    /// The package with another part: id and kind of the relationship, name and content of the part.
    pub(crate) fn with(mut self, id: &str, kind: &str, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.relationships += &format!("<Relationship Id='{id}' Type='http://x/{kind}' Target='{name}'/>");
        self.parts.push((format!("word/{name}"), content.as_ref().to_vec()));
        self
    }

    /// The package with an external relationship.
    pub(crate) fn with_link(mut self, id: &str, target: &str) -> Self {
        self.relationships +=
            &format!("<Relationship Id='{id}' Type='http://x/image' Target='{target}' TargetMode='External'/>");
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.packed(CompressionMethod::Deflated)
    }

    pub(crate) fn stored(&self) -> Vec<u8> {
        self.packed(CompressionMethod::Stored)
    }

    fn packed(&self, method: CompressionMethod) -> Vec<u8> {
        let root = "<Relationships><Relationship Id='r' Type='http://x/officeDocument' Target='word/document.xml'/></Relationships>";
        let own = format!("<Relationships>{}</Relationships>", self.relationships);
        let mut parts = vec![("_rels/.rels", root.as_bytes()), ("word/_rels/document.xml.rels", own.as_bytes())];
        parts.extend(self.parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
        zip_by(&parts, method)
    }

    /// The document and the findings of the reader.
    pub(crate) fn read(&self) -> (Document, Vec<Finding>) {
        read(&self.bytes()).unwrap()
    }
}

/// A main part with every namespace that the tests use.
pub(crate) fn main_part(body: &str) -> String {
    let spaces = [
        ("w", W),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
        ("v", "urn:schemas-microsoft-com:vml"),
        ("o", "urn:schemas-microsoft-com:office:office"),
        ("m", "http://schemas.openxmlformats.org/officeDocument/2006/math"),
        ("c", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
        ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    ];
    let spaces: String = spaces.iter().map(|(prefix, uri)| format!(" xmlns:{prefix}='{uri}'")).collect();
    format!("<?xml version='1.0' encoding='UTF-8'?><w:document{spaces}><w:body>{body}</w:body></w:document>")
}

pub(crate) fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    zip_by(parts, CompressionMethod::Deflated)
}

fn zip_by(parts: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn read(bytes: &[u8]) -> Result<(Document, Vec<Finding>), ReadError> {
    read_within(bytes, Limits::default())
}

pub(crate) fn read_within(bytes: &[u8], limits: Limits) -> Result<(Document, Vec<Finding>), ReadError> {
    let reader = READERS.iter().find(|reader| reader.format == Format::Docx).unwrap();
    let mut findings = Vec::new();
    let document = (reader.read)(bytes, &mut Budget::new(limits), &mut findings)?;
    Ok((document, findings))
}

pub(crate) fn paragraphs(document: &Document) -> Vec<&Paragraph> {
    let paragraphs = document.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(paragraph),
        _ => None,
    });
    paragraphs.collect()
}

pub(crate) fn texts(document: &Document) -> Vec<&str> {
    paragraphs(document).into_iter().map(|paragraph| paragraph.text.as_str()).collect()
}

pub(crate) fn grids(document: &Document) -> Vec<&Grid> {
    document.blocks.iter().filter_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None }).collect()
}

/// Texts of the paragraphs of a body.
pub(crate) fn body_texts(body: &str) -> Vec<String> {
    texts(&Word::new(body).read().0).into_iter().map(str::to_owned).collect()
}

/// A paragraph of one run.
pub(crate) fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A cell with properties and one paragraph.
pub(crate) fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}
