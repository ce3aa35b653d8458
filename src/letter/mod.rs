//! What an office writes to those who report: return notices, requests to check, reminders and receipts, as Word files.

mod compose;
mod docx;
mod mail;
mod which;

use crate::finding::{Bilingual, Finding, Language, Message};

pub use compose::LetterKind;
pub use mail::receipt;
pub(crate) use mail::reminder;
pub use which::{Tell, tell};

/// How a paragraph of a letter looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The document number, at the right above the title.
    Number,
    /// The title, centred; its lines are separated by line breaks.
    Title,
    /// To whom it goes, without indent.
    Address,
    /// A heading.
    Heading,
    /// Running text.
    Body,
    /// Sender and date, at the right.
    Signature,
    /// The first paragraph of what is attached, on a page of its own.
    Attached,
}

/// A letter, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its paragraphs in order.
    pub paragraphs: Vec<(Style, String)>,
}

/// The sending office and the common parts of its letters; missing parts are not printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// The office that signs.
    pub name: Option<String>,
    /// The document's number.
    pub number: Option<String>,
    /// By when the answer is wanted.
    pub deadline: Option<String>,
    /// Where the answer is to be sent.
    pub reply_to: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Under which number.
    pub phone: Option<String>,
    /// The day of the letter.
    pub date: Option<String>,
    /// The document that asked for the reports.
    pub request: Option<String>,
    /// The day by which that asked for them.
    pub due: Option<String>,
    /// Where reports are published.
    pub portal: Option<String>,
}

/// To whom a letter goes, and about what kind of report.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The agency.
    pub agency: &'a str,
    /// The year of the report.
    pub year: Option<i16>,
    /// What such a report is called, without agency and year.
    pub name: Option<&'a str>,
    /// The document that prescribes the form.
    pub basis: Option<&'a str>,
    /// By which law and by when it must be published, where that holds for the agency.
    pub duty: Option<&'a Message>,
}

impl About<'_> {
    /// `2025年政府信息公开工作年度报告`, as far as it is known.
    fn report(&self, language: Language) -> String {
        match (language, self.year) {
            (Language::Zh, Some(year)) => format!("{year}年{}", self.name.unwrap_or("年度报告")),
            (Language::Zh, None) => self.name.unwrap_or("年度报告").to_owned(),
            (Language::En, Some(year)) => format!("the annual report for {year}"),
            (Language::En, None) => "the annual report".to_owned(),
        }
    }
}

/// A file that an agency sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The title of its report, where one was read.
    pub title: Option<&'a str>,
    /// Whether a report was read.
    pub read: bool,
    /// Findings about it.
    pub findings: &'a [Finding],
}

impl Letter {
    fn new() -> Self {
        Self { paragraphs: Vec::new() }
    }

    fn add(&mut self, style: Style, text: impl Into<String>) {
        self.paragraphs.push((style, text.into()));
    }

    /// The letter as a Word file. The same letter gives the same bytes.
    ///
    /// # Errors
    /// What the packer says; packing into memory does not fail.
    pub fn docx(&self) -> Result<Vec<u8>, LetterError> {
        Self::print(std::slice::from_ref(self))
    }

    /// Several letters as one Word file, each on a page of its own.
    ///
    /// # Errors
    /// As for [`Letter::docx`].
    pub fn print(letters: &[Self]) -> Result<Vec<u8>, LetterError> {
        docx::write(letters).map_err(LetterError)
    }
}

/// The letter could not be packed.
#[derive(Debug, thiserror::Error)]
#[error("the letter could not be packed: {0}")]
pub struct LetterError(zip::result::ZipError);

impl Bilingual for LetterError {
    fn message(&self) -> Message {
        Message::new("通知未能生成。", self.to_string())
    }
}
