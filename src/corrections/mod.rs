//! Corrections: what an office changed in reports that were sent, as append-only JSON lines bound to the sent file's digest and to
//! what stood there. The file itself is never touched.
//!
//! A line is `{"at","by","sha256","report","field","from","to","reason"}`. Lines of one field follow each other: each is bound to
//! what the lines before it left, so undoing a correction is one more line. A line whose `from` is not what stands there is not
//! applied, and the finding `correction-not-applied` tells of it.

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

pub use draft::drafts;
pub use typed::{FORM, add_rows};

/// One correction: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// When it was made, as written: a day or a point in time (RFC 3339).
    pub at: String,
    /// Who made it.
    pub by: String,
    /// SHA-256 of the sent file, in hexadecimal.
    pub sha256: String,
    /// Which report of the file, from 0.
    #[serde(default, skip_serializing_if = "is_first")]
    pub report: usize,
    /// Field id; or `agency`, `year`, `title`; or a section's id, a dot and the number of its paragraph, from 1: `overview.3`; or
    /// `form`, with the id of a form in `to`, for a file that cannot be read: its report is typed in by the lines after this one.
    pub field: String,
    /// What stood there: a number, `null` where there was no certain number, or the text as written.
    pub from: Stated,
    /// What stands there now; `null` leaves it empty.
    pub to: Stated,
    /// Why, or on what ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_first(report: &usize) -> bool {
    *report == 0
}

/// A value in a correction: nothing, a number or a text.
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
    /// Nothing.
    Nothing,
}

/// The corrections of a file by the digest of the sent file that they belong to, in the file's order.
#[derive(Debug, Default)]
pub struct Corrections {
    by_file: HashMap<String, Lines>,
    /// Findings about the file of corrections itself.
    pub findings: Vec<Finding>,
}

/// The corrections of one sent file.
#[derive(Debug, Default)]
struct Lines {
    lines: Vec<Correction>,
    /// Whether the file was seen.
    met: AtomicBool,
}

impl Corrections {
    /// Reads a file of corrections. A last line that was cut off, as by a power cut, is left out and told.
    ///
    /// # Errors
    /// The first line that is no correction.
    pub fn read(text: &str) -> Result<Self, CorrectionMistake> {
        if table::is_table(text) { table::read(text) } else { parse::read(text) }
    }

    /// Corrections as a table for spreadsheets (CSV), which [`Corrections::read`] reads as well as JSON lines.
    pub fn table(corrections: &[Correction]) -> String {
        table::write(corrections)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// The corrections of a sent file, in their order.
    pub fn of_file(&self, sha256: &str) -> &[Correction] {
        let Some(lines) = self.by_file.get(&sha256.to_ascii_lowercase()) else { return &[] };
        lines.met.store(true, Ordering::Relaxed);
        &lines.lines
    }

    /// Applies the corrections of this report, which is number `number` (from 0) of its file, and tells of each in its findings. What
    /// was said about a cell that was read with doubt, and that has been corrected, is said no more.
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
        let whole = form.of(report.values.keys().map(String::as_str)).into_owned();
        match beginning {
            Some(beginning) => {
                apply::typed(beginning, own.into_iter(), &whole, report);
                typed::drop_rows(form, report);
            }
            None => apply::apply(own.into_iter(), &whole, report),
        }
    }

    /// How many corrections belong to files that were not met.
    pub fn unmet(&self) -> usize {
        let unmet = self.by_file.values().filter(|lines| !lines.met.load(Ordering::Relaxed));
        unmet.map(|lines| lines.lines.len()).sum()
    }
}

/// A line that is no correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionMistake {
    /// Its number, from 1.
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
