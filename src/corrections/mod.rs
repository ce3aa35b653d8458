//! Corrections: changes that an office made to sent reports, as append-only JSON lines bound to the sent file's digest and to the
//! expected value. The file itself is never changed.
//!
//! A line is `{"at","by","sha256","report","field","from","to","reason"}`. Each line of a field expects the value left by the lines
//! before it, so undoing a correction is another line. A line whose `from` is not the current value is not applied, and reported by the
//! finding `correction-not-applied`.

mod apply;
mod draft;
mod parse;
mod table;
mod typed;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Bilingual, Finding, Message};
use crate::form::Form;
use crate::report::Report;

pub use draft::{Drafted, drafts};
pub use typed::{FORM, add_rows};

/// One correction: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Time of the correction, as written: a date or a point in time (RFC 3339).
    pub at: String,
    /// Author.
    pub by: String,
    /// SHA-256 of the sent file, in hexadecimal.
    pub sha256: String,
    /// Index of the report in the file, 0-based.
    #[serde(default, skip_serializing_if = "is_first")]
    pub report: usize,
    /// Field id; or `agency`, `year`, `title`; or a section's id, a dot and the number of its paragraph (1-based): `overview.3`; or
    /// `form`, with the id of a form in `to`, for a file that cannot be read: its report is typed in by the following lines.
    pub field: String,
    /// The expected value: a number, `null` if there is no certain number, or the text as written.
    pub from: Stated,
    /// The new value; `null` leaves the field empty.
    pub to: Stated,
    /// Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(report: &usize) -> bool {
    *report == 0
}

/// A value in a correction: empty, a number or a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Stated {
    /// An exact number.
    Number(
        #[serde(with = "rust_decimal::serde::arbitrary_precision")]
        #[schemars(with = "serde_json::Number")]
        Decimal,
    ),
    /// A text.
    Text(String),
    /// Empty.
    Nothing,
}

/// Corrections by the digest of the sent file, in the order of the lines.
#[derive(Debug, Default)]
pub struct Corrections {
    by_file: HashMap<String, Lines>,
    /// Findings about the corrections file itself.
    pub findings: Vec<Finding>,
}

/// The corrections of one sent file.
#[derive(Debug, Default)]
struct Lines {
    lines: Vec<Correction>,
    /// Whether the sent file was among the inputs.
    met: AtomicBool,
}

impl Corrections {
    /// Reads a corrections file. A truncated last line, as after a power cut, is left out, with a finding.
    ///
    /// # Errors
    /// The first line that is not a correction.
    pub fn read(text: &str) -> Result<Self, CorrectionMistake> {
        if table::is_table(text) { table::read(text) } else { parse::read(text) }
    }

    /// Corrections as a table for spreadsheets (CSV), which [`Corrections::read`] reads as well as JSON lines.
    pub fn table(drafts: &[Drafted]) -> String {
        table::write(drafts)
    }

    /// Whether there are no corrections.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// The corrections of a sent file, in order.
    pub fn of_file(&self, sha256: &str) -> &[Correction] {
        let Some(lines) = self.by_file.get(&sha256.to_ascii_lowercase()) else { return &[] };
        lines.met.store(true, Ordering::Relaxed);
        &lines.lines
    }

    /// Applies the corrections of this report, whose index in its file is `number`, and adds a finding about each. Findings about an
    /// uncertain reading of a corrected cell are removed.
    pub fn apply(&self, form: &Form, report: &mut Report, number: usize) {
        let Some(source) = &report.source else { return };
        let lines = self.of_file(&source.sha256);
        if lines.is_empty() {
            return;
        }
        let own: Vec<&Correction> = typed::in_force(lines).into_iter().filter(|line| line.report == number).collect();
        let beginning = typed::beginning(lines).filter(|_| source.is_typed());
        if beginning.is_some() {
            add_rows(form, report, own.iter().map(|line| line.field.as_str()));
        }
        let whole = form.expanded(report.values.keys().map(String::as_str)).into_owned();
        match beginning {
            Some(beginning) => {
                apply::typed(beginning, own.into_iter(), &whole, report);
                typed::drop_rows(form, report);
            }
            None => apply::apply(own.into_iter(), &whole, report),
        }
    }

    /// Number of corrections of files that were not among the inputs.
    pub fn unmet(&self) -> usize {
        let unmet = self.by_file.values().filter(|lines| !lines.met.load(Ordering::Relaxed));
        unmet.map(|lines| lines.lines.len()).sum()
    }
}

/// A line that is not a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionMistake {
    /// Its number, 1-based.
    pub line: usize,
    /// What is wrong.
    pub detail: Message,
}

impl fmt::Display for CorrectionMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.detail.en)
    }
}

impl std::error::Error for CorrectionMistake {}

impl Bilingual for CorrectionMistake {
    fn message(&self) -> Message {
        Message::new(format!("第{}行：{}", self.line, self.detail.zh), self.to_string())
    }
}
