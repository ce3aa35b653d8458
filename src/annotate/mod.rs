//! Annotates a copy of the sender's own Word file, workbook or PDF with a comment at every place that a finding names; everything else is
//! copied byte for byte.

mod docx;
mod edit;
mod pdf;
mod revise;
mod xlsx;

use thiserror::Error;

use crate::document::{Budget, Format, Place};
use crate::finding::{Bilingual, Finding, Language, Message, Severity};
use crate::read::package::Package;
use crate::read::{self, ReadError, Sniffed};

use edit::Parts;

pub use revise::{Revised, Revision, revise};

/// Default author of comments.
pub const AUTHOR: &str = "年报核对";

/// An annotated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Number of comments.
    pub comments: usize,
    /// Format: `docx`, `xlsx` or `pdf`.
    pub kind: &'static str,
}

/// Why a file could not be annotated.
#[derive(Debug, Error)]
pub enum AnnotateError {
    /// It is no .docx, .xlsx or PDF.
    #[error("only .docx, .xlsx and PDF files take comments: {0}")]
    Unsupported(NotOffice),
    /// It is no .docx or .xlsx, and was to be revised.
    #[error("only .docx and .xlsx files can be revised: {0}")]
    NotRevisable(NotOffice),
    /// It is a PDF to which nothing can be appended.
    #[error("this PDF takes no comments: {0}")]
    Pdf(NotPdf),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The copy could not be packed.
    #[error("the copy could not be packed: {0}")]
    Pack(#[source] zip::result::ZipError),
}

/// Why a file is not a .docx or .xlsx that can be annotated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOffice {
    /// It is not a package.
    #[error("no package of Office Open XML")]
    NoPackage,
    /// The package has no main part.
    #[error("no main part")]
    NoMainPart,
    /// The main part, named here, is neither a document nor a workbook.
    #[error("{0}")]
    MainPart(String),
    /// It is in the Strict variant of the standard, to which comments cannot be added.
    #[error("strict Office Open XML")]
    Strict,
}

/// Why nothing can be appended to a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotPdf {
    /// It is encrypted, with the empty password.
    #[error("it is encrypted")]
    Encrypted,
    /// Its list of objects is damaged, and was recovered for reading.
    #[error("its cross-reference table is damaged")]
    Damaged,
}

impl Bilingual for AnnotateError {
    fn message(&self) -> Message {
        let zh = match self {
            Self::Unsupported(NotOffice::Strict) => {
                "文件是“严格的 Open XML”格式，不能加批注，请另存为普通的 .docx 或 .xlsx 文件。".to_owned()
            }
            Self::Unsupported(_) => "只能在 .docx、.xlsx 和 PDF 文件中加批注，请另存为其中一种格式。".to_owned(),
            Self::NotRevisable(_) => "只能在 .docx 和 .xlsx 文件中修订，请另存为这两种格式。".to_owned(),
            Self::Pdf(NotPdf::Encrypted) => "PDF 文件已加密，不能加批注，请用不加密的文件。".to_owned(),
            Self::Pdf(NotPdf::Damaged) => "PDF 文件的内部目录已损坏，不能加批注，请重新导出 PDF。".to_owned(),
            Self::Read(error) => return error.message(),
            Self::Pack(_) => "批注文件未能生成。".to_owned(),
        };
        Message::new(zh, self.to_string())
    }
}

/// Maximum number of findings that become comments, and of places with one.
const MOST: usize = 400;

/// A comment: its place, and one paragraph per finding.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note<'f> {
    place: &'f Place,
    texts: Vec<&'f str>,
}

/// Adds warnings and errors as comments to a copy of the file that they are about, one comment per place. Findings without a place in the
/// body are collected in one comment at the beginning.
///
/// # Errors
/// [`AnnotateError`] for a file that is not a Word document or workbook of Office Open XML (ECMA-376) or a PDF, or is damaged.
pub fn annotate(
    bytes: &[u8],
    findings: &[Finding],
    (language, author): (Language, &str),
    budget: &mut Budget,
) -> Result<Annotated, AnnotateError> {
    if matches!(read::sniff(bytes), Sniffed::Known(Format::Pdf)) {
        let (notes, rest) = gather(findings, language);
        let (bytes, comments) = pdf::annotate(bytes, &notes, rest, author, budget)?;
        return Ok(Annotated { bytes, comments, kind: "pdf" });
    }
    let (package, main) = opened(bytes, budget)?;
    let mut parts = Parts::new(package, author, budget);
    let text = parts.text(&main)?.unwrap_or_default();
    let head = &text.as_bytes()[..text.len().min(4096)];
    if memchr::memmem::find(head, b"http://purl.oclc.org/ooxml").is_some() {
        return Err(AnnotateError::Unsupported(NotOffice::Strict));
    }
    let (notes, rest) = gather(findings, language);
    let (kind, comments) = match edit::root(&text) {
        Some((_, "document")) => ("docx", docx::annotate(&mut parts, &main, &text, &notes, rest)?),
        Some((_, "workbook")) => ("xlsx", xlsx::annotate(&mut parts, &main, &text, &notes, rest)?),
        _ => return Err(AnnotateError::Unsupported(NotOffice::MainPart(main))),
    };
    Ok(Annotated { bytes: parts.pack(bytes)?, comments, kind })
}

/// The package, and the name of its main part.
fn opened<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<(Package<'a>, String), AnnotateError> {
    if !bytes.starts_with(b"PK") {
        return Err(AnnotateError::Unsupported(NotOffice::NoPackage));
    }
    let mut package = Package::open(bytes, budget)?;
    let main = package.main_part(budget)?.ok_or(AnnotateError::Unsupported(NotOffice::NoMainPart))?;
    if main.to_lowercase().ends_with(".bin") {
        return Err(AnnotateError::Unsupported(NotOffice::MainPart(main)));
    }
    Ok((package, main))
}

/// The texts by place, and those without a place.
fn gather(findings: &[Finding], language: Language) -> (Vec<Note<'_>>, Vec<&str>) {
    let (mut notes, mut rest): (Vec<Note>, Vec<&str>) = (Vec::new(), Vec::new());
    for finding in findings.iter().filter(|finding| finding.severity >= Severity::Warning).take(MOST) {
        let text = finding.message.get(language);
        let Some(place) = &finding.place else {
            rest.push(text);
            continue;
        };
        // All cells that are wrong are marked; cells that only may be wrong are named in the text.
        let more = finding.related.iter().filter(|_| !finding.culprits.is_empty());
        for place in std::iter::once(place).chain(more) {
            match notes.iter().position(|note| note.place == place) {
                Some(known) => notes[known].texts.push(text),
                None if notes.len() < MOST => notes.push(Note { place, texts: vec![text] }),
                None => rest.push(text),
            }
        }
    }
    (notes, rest)
}
