//! Writers: a report in its form's official shape, as bytes. They know formats and forms, and never a source document.

mod archive;
mod blank;
mod compiled;
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

use crate::finding::{Bilingual, Message};
use crate::form::Form;
use crate::report::Report;

/// A format that reports are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// Office Open XML word processing.
    Docx,
    /// Office Open XML spreadsheet.
    Xlsx,
    /// One self-contained web page.
    Html,
    /// The model itself.
    Json,
    /// Portable Document Format, for printing and for archives.
    Pdf,
}

impl Output {
    /// Every format, in the order in which they are written.
    pub const ALL: &[Self] = &[Self::Docx, Self::Xlsx, Self::Html, Self::Json, Self::Pdf];

    /// Its writer; PDF has none that needs nothing but the report.
    pub fn writer(self) -> Option<&'static Writer> {
        WRITERS.iter().find(|writer| writer.output == self)
    }

    /// The suffix of its files, without the dot.
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

/// A report could not be written.
#[derive(Debug, Error)]
#[error("the {} file could not be made: {detail}", output.suffix())]
pub struct WriteError {
    /// The format that was asked for.
    pub output: Output,
    /// What went wrong.
    pub detail: String,
}

impl Bilingual for WriteError {
    fn message(&self) -> Message {
        Message::new(format!("{}文件未能生成。", self.output.suffix().to_uppercase()), self.to_string())
    }
}

/// A writer's function. The same report gives the same bytes, whatever the thread, the machine and the time.
pub type WriteFn = fn(&Form, &Report) -> Result<Vec<u8>, WriteError>;

/// A writer and the format that it writes.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// The format.
    pub output: Output,
    /// Its function.
    pub write: WriteFn,
}

/// Every writer that needs nothing but the report. PDF needs fonts: see [`pdf::PdfWriter`].
pub static WRITERS: &[Writer] = &[
    Writer { output: Output::Docx, write: docx::write },
    Writer { output: Output::Xlsx, write: xlsx::write },
    Writer { output: Output::Html, write: html::write },
    Writer { output: Output::Json, write: json::write },
];
