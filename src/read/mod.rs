//! Readers: bytes of any supported format to a neutral [`Document`]. They are independent of forms.

mod clean;
mod container;
mod damage;
mod error;
mod ofd;
mod page;
mod paged;
mod pdf;
mod rows;
mod shared;
mod sheet;
mod sniff;
mod unsupported;
mod word;
pub(crate) mod xml;

use std::borrow::Cow;

use crate::document::{Budget, Document, Format, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};

pub(crate) use container::{Relationships, package};
pub use damage::Damage;
pub use error::ReadError;
pub(crate) use pdf::update as pdf_update;
pub(crate) use rows::compare_readings;
pub use rows::{Rows, first_rows, is_workbook};
pub use sniff::{Sniffed, sniff};
pub use unsupported::{FileKind, Unsupported};

/// The result of reading a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The detected format.
    pub format: Format,
    /// The content.
    pub document: Document,
    /// Warnings: content left out or unusual, not fatal.
    pub findings: Vec<Finding>,
}

/// A reader's function: bytes in, a document out; findings are added to the list.
pub type ReadFn = fn(&[u8], &mut Budget, &mut Vec<Finding>) -> Result<Document, ReadError>;

/// A reader and the format that it reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The format.
    pub format: Format,
    /// Suffixes of files of this format, in lower case.
    pub suffixes: &'static [&'static str],
    /// Its function.
    pub read: ReadFn,
}

/// All readers. Formats, help texts, tests and benchmarks use this table.
pub static READERS: &[Reader] = &[
    Reader { format: Format::Docx, suffixes: &["docx", "docm", "dotx", "dotm"], read: word::docx::read },
    Reader { format: Format::WordXml, suffixes: &["xml"], read: word::flatxml::read },
    Reader { format: Format::Doc, suffixes: &["doc", "dot", "wps", "wpt"], read: word::doc::read },
    Reader { format: Format::Rtf, suffixes: &["rtf", "doc", "wps"], read: word::rtf::read },
    Reader { format: Format::Xlsx, suffixes: &["xlsx", "xlsm", "xltx", "xltm"], read: sheet::read_xlsx },
    Reader { format: Format::Xlsb, suffixes: &["xlsb"], read: sheet::read_xlsb },
    Reader { format: Format::Xls, suffixes: &["xls", "et", "xlt", "ett"], read: sheet::read_xls },
    Reader { format: Format::Ods, suffixes: &["ods", "ots", "fods"], read: sheet::read_ods },
    Reader { format: Format::SheetXml, suffixes: &["xml", "xls"], read: sheet::read_sheetxml },
    Reader { format: Format::Odt, suffixes: &["odt", "ott", "fodt"], read: word::odt::read },
    Reader { format: Format::Pdf, suffixes: &["pdf"], read: pdf::read },
    Reader { format: Format::Ofd, suffixes: &["ofd"], read: ofd::read },
    Reader {
        format: Format::Html,
        suffixes: &["html", "htm", "shtml", "xhtml", "jsp", "aspx"],
        read: page::html::read,
    },
    Reader { format: Format::Mht, suffixes: &["mht", "mhtml", "eml"], read: page::mht::read },
    Reader { format: Format::Csv, suffixes: &["csv", "tsv", "txt", "text"], read: page::delimited::read_csv },
    Reader { format: Format::Tsv, suffixes: &["tsv", "csv", "txt", "text"], read: page::delimited::read_tsv },
    Reader { format: Format::Text, suffixes: &["txt", "md", "text", "csv", "tsv"], read: page::text::read },
];

/// Reads a file of any supported format. The format is detected from the content; `name` is only used to report a wrong suffix.
///
/// # Errors
/// [`ReadError`] if the content is encrypted, damaged, unknown, empty, or exceeds a limit.
pub fn read(bytes: &[u8], name: Option<&str>, budget: &mut Budget) -> Result<Reading, ReadError> {
    budget.spend(Resource::FileBytes, bytes.len() as u64)?;
    let bytes = sniff::payload(bytes);
    let mut findings = Vec::new();
    let (bytes, sniffed) = match sniff(bytes) {
        Sniffed::Encrypted => {
            let plain = container::offcrypto::package(bytes, budget)?;
            findings.push(container::offcrypto::opened());
            let sniffed = sniff(&plain);
            (Cow::Owned(plain), sniffed)
        }
        sniffed => (Cow::Borrowed(bytes), sniffed),
    };
    let format = match sniffed {
        Sniffed::Known(Format::Text) => page::delimited::format(&bytes, budget)?,
        Sniffed::Known(format) => format,
        Sniffed::Encrypted => return Err(ReadError::Encrypted),
        Sniffed::Other(kind) => return Err(Unsupported::Kind(kind).into()),
        Sniffed::Empty => return Err(ReadError::Empty),
    };
    let reader = READERS.iter().find(|reader| reader.format == format);
    let reader = reader.ok_or(Unsupported::NoReader(format))?;
    findings.extend(name.and_then(|name| suffix_lies(reader, name)));
    let mut document = (reader.read)(&bytes, budget, &mut findings)?;
    findings.extend(clean::clean(&mut document));
    Ok(Reading { format, document, findings })
}

impl Reader {
    /// The name of the sheet that a binary workbook shows; `None` if it names none, or if the reader is not one of binary workbooks.
    fn active_sheet(&self, bytes: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
        match self.format {
            Format::Xls => sheet::active_of_xls(bytes, budget),
            Format::Xlsb => sheet::active_of_xlsb(bytes, budget),
            _ => Ok(None),
        }
    }
}

/// Whether a suffix names a kind of file; others (`.tmp`, `.2020`) are never reported as wrong.
fn is_meaningful(suffix: &str) -> bool {
    const OTHERS: &[&str] = &["ppt", "pptx", "zip", "rar", "7z", "uof", "png", "jpg", "jpeg", "gif", "exe"];
    OTHERS.contains(&suffix) || READERS.iter().any(|reader| reader.suffixes.contains(&suffix))
}

fn suffix_lies(reader: &Reader, name: &str) -> Option<Finding> {
    let suffix = name.rsplit_once('.')?.1.to_ascii_lowercase();
    if reader.suffixes.contains(&suffix.as_str()) || !is_meaningful(&suffix) {
        return None;
    }
    let right = reader.suffixes.first()?;
    let message = Message::new(
        format!("文件扩展名是“.{suffix}”，内容却是{right}格式，已按内容读取。请改正扩展名。"),
        format!(
            "The suffix is \".{suffix}\" but the content is {right}; it was read by its content. Correct the suffix."
        ),
    );
    Some(Finding::new(&code::SUFFIX_WRONG, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8], name: &str) -> Result<Vec<String>, ReadError> {
        let reading = read(bytes, Some(name), &mut Budget::default())?;
        Ok(reading.findings.into_iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn a_suffix_is_wrong_only_if_it_names_another_format() -> Result<(), ReadError> {
        assert_eq!(said("<p>规章".as_bytes(), "报告.doc")?, ["suffix-wrong"]);
        assert_eq!(said("规章".as_bytes(), "报告.PDF")?, ["suffix-wrong"]);
        for name in ["报告.txt", "报告.TXT", "报告.2020", "报告", "a.b/报告", "报告.tmp"] {
            assert!(said("规章".as_bytes(), name)?.is_empty(), "{name}");
        }
        Ok(())
    }

    #[test]
    fn unreadable_content_is_refused_with_its_name() {
        let read = |bytes: &[u8]| said(bytes, "a.docx");
        assert_eq!(read(b""), Err(ReadError::Empty));
        assert!(matches!(read(b"%PDF-1.7"), Err(ReadError::Damaged(_))));
        assert_eq!(read(b"Rar!\x1A\x07"), Err(Unsupported::Kind(FileKind::Rar).into()));
        let mut budget = Budget::new(crate::document::Limits { file_bytes: 3, ..Default::default() });
        assert!(matches!(super::read(b"long", None, &mut budget), Err(ReadError::OverLimit(_))));
    }
}
