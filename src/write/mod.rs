//! Writers: a report in its form's official layout, as bytes. Independent of source documents.

mod archive;
mod blank;
pub(crate) mod docx;
mod draft;
pub mod html;
mod json;
mod package;
pub mod pdf;
pub(crate) mod plan;
pub(crate) mod splice;
pub(crate) mod xlsx;
pub(crate) mod xml;

pub use blank::blank;

use thiserror::Error;

use crate::finding::{Bilingual, Message, system};
use crate::form::Form;
use crate::report::Report;

use archive::Deflaters;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// Office Open XML word processing.
    Docx,
    /// Office Open XML spreadsheet.
    Xlsx,
    /// One self-contained web page.
    Html,
    /// The report model as JSON.
    Json,
    /// Portable Document Format, for printing and archiving.
    Pdf,
}

impl Output {
    /// All formats, in the order in which they are written.
    pub const ALL: &[Self] = &[Self::Docx, Self::Xlsx, Self::Html, Self::Json, Self::Pdf];

    /// The format's writer; `None` for PDF, whose writer needs fonts.
    pub fn writer(self) -> Option<&'static Writer> {
        WRITERS.iter().find(|writer| writer.output == self)
    }

    /// Suffix of the format's files, without the dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Json => "json",
            Self::Pdf => "pdf",
        }
    }
}

/// The error that a report could not be written.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub struct WriteError {
    /// The output format.
    pub output: Output,
    /// The cause.
    #[source]
    pub cause: WriteCause,
}

/// Why a report could not be written.
#[derive(Debug, Error)]
pub enum WriteCause {
    /// The blank of the form could not be compiled.
    #[error("the blank form could not be compiled")]
    Blank,
    /// The file, or a temporary file, could not be written.
    #[error(transparent)]
    System(std::io::Error),
    /// The library that makes the file returned an error.
    #[error(transparent)]
    Library(Box<dyn std::error::Error + Send + Sync>),
}

impl WriteError {
    /// An error of the system or of a library.
    pub(crate) fn new(output: Output, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let cause = match error.into().downcast::<std::io::Error>() {
            Ok(error) => WriteCause::System(*error),
            Err(error) => WriteCause::Library(error),
        };
        Self { output, cause }
    }
}

impl Bilingual for WriteError {
    fn message(&self) -> Message {
        let file = self.output.suffix().to_uppercase();
        let zh = match &self.cause {
            WriteCause::Blank => format!("{file}文件未能生成：这种格式的空白表未能生成。"),
            WriteCause::System(error) => format!("{file}文件未能生成：{}。", system(error).zh),
            WriteCause::Library(_) => format!("{file}文件未能生成。"),
        };
        Message::new(zh, format!("the {} file could not be made: {}", self.output.suffix(), self.cause))
    }
}

/// Working memory that writers reuse from report to report. Its content never changes what they write.
#[derive(Debug, Default)]
pub struct Scratch {
    deflaters: Deflaters,
}

/// A writer and the format that it writes.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// The format.
    pub output: Output,
    function: fn(&Form, &Report, &mut Scratch) -> Result<Vec<u8>, WriteError>,
}

impl Writer {
    /// Writes a report. The same report gives the same bytes on every thread, machine and at any time.
    ///
    /// # Errors
    /// If the form's layout or the package cannot be made.
    pub fn write(&self, form: &Form, report: &Report) -> Result<Vec<u8>, WriteError> {
        self.write_with(form, report, &mut Scratch::default())
    }

    /// As [`Self::write`], with working memory from an earlier report, which saves creating it.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn write_with(&self, form: &Form, report: &Report, scratch: &mut Scratch) -> Result<Vec<u8>, WriteError> {
        (self.function)(form, report, scratch)
    }
}

/// All writers that need only the report. PDF needs fonts: see [`pdf::PdfWriter`].
pub static WRITERS: &[Writer] = &[
    Writer { output: Output::Docx, function: docx::write },
    Writer { output: Output::Xlsx, function: xlsx::write },
    Writer { output: Output::Html, function: |form, report, _| html::write(form, report) },
    Writer { output: Output::Json, function: |form, report, _| json::write(form, report) },
];
