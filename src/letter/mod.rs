//! Letters to reporting agencies: return notices, requests to check, reminders and receipts, as Word files.

mod compose;
mod docx;
mod mail;
mod which;

use crate::finding::{Bilingual, Finding, Language, Message};

pub use compose::LetterKind;
pub use mail::receipt;
pub(crate) use mail::reminder;
pub use which::{Mention, mention};

/// Style of a paragraph of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The document number, on the right above the title.
    Number,
    /// The title, centred; its lines are separated by line breaks.
    Title,
    /// The addressee, without indent.
    Address,
    /// A heading.
    Heading,
    /// Running text.
    Body,
    /// Sender and date, on the right.
    Signature,
    /// The first paragraph of an annex, on a new page.
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
    /// Name of the office that signs.
    pub name: Option<String>,
    /// Document number of the letters; a serial number in braces, as in 〔2026〕{12}号, is that of the first letter, see
    /// [`Letter::numbered`].
    pub number: Option<String>,
    /// Deadline for the answer.
    pub deadline: Option<String>,
    /// Address for the answer.
    pub reply_to: Option<String>,
    /// Contact person.
    pub contact: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Date of the letter.
    pub date: Option<String>,
    /// The document that requested the reports.
    pub request: Option<String>,
    /// The date by which the reports were requested.
    pub due: Option<String>,
    /// The web site that publishes the reports.
    pub portal: Option<String>,
}

/// The addressee of a letter, and the kind of report that it is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The agency.
    pub agency: &'a str,
    /// The year of the report.
    pub year: Option<i16>,
    /// Name of such a report, without agency and year.
    pub name: Option<&'a str>,
    /// The document that prescribes the form.
    pub basis: Option<&'a str>,
    /// The legal duty to publish it, if the agency has the duty.
    pub duty: Option<&'a Message>,
}

impl About<'_> {
    /// The name of the report, as far as it is known: `2025年政府信息公开工作年度报告`.
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
    /// The title of its report, if one was read.
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

    /// Replaces a serial number in braces in the document number (〔2026〕{12}号) by that of this letter: the number in braces is that of
    /// letter 0. Without `at` the place stays blank, to be written by hand.
    #[must_use]
    pub fn numbered(mut self, at: Option<u64>) -> Self {
        for (_, text) in self.paragraphs.iter_mut().filter(|(style, _)| *style == Style::Number) {
            let Some((before, (first, after))) =
                text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
            else {
                continue;
            };
            let Ok(first) = first.trim().parse::<u64>() else { continue };
            let serial = at.map_or_else(|| "　".to_owned(), |at| first.saturating_add(at).to_string());
            *text = format!("{before}{serial}{after}");
        }
        self
    }

    fn add(&mut self, style: Style, text: impl Into<String>) {
        self.paragraphs.push((style, text.into()));
    }

    /// The letter as a Word file. The same letter gives the same bytes.
    ///
    /// # Errors
    /// None in practice: writing to memory does not fail.
    pub fn docx(&self) -> Result<Vec<u8>, LetterError> {
        Self::print(std::slice::from_ref(self))
    }

    /// Several letters as one Word file, each on a new page.
    ///
    /// # Errors
    /// As for [`Letter::docx`].
    pub fn print(letters: &[Self]) -> Result<Vec<u8>, LetterError> {
        docx::write(letters).map_err(LetterError)
    }
}

/// The error that a letter could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the letter could not be packed: {0}")]
pub struct LetterError(zip::result::ZipError);

impl Bilingual for LetterError {
    fn message(&self) -> Message {
        Message::new("通知未能生成。", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::bilingual::tests::assert_bilingual;

    #[test]
    fn the_error_of_a_letter_has_both_languages() {
        assert_bilingual(&LetterError(zip::result::ZipError::FileNotFound), &[]);
    }
}
