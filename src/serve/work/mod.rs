//! The child process of the server: all parsing of uploaded files is done here, so that a crash does not end the server.
//!
//! A request is a line of JSON, and so is its answer. A child loads the settings of the folder once; it exits when a request has
//! another version of the settings, and the supervisor starts a new child.

mod attempt;
mod desk;
mod examine;
mod make;
mod notice;
mod previous;
mod reminders;
mod rollup;
mod rows;
mod settings;
mod source;
mod terms;
mod unpack;
mod view;

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch::guarded;
use crate::corrections::{Correction, Stated};
use crate::finding::{Finding, Message};
use crate::stream;
use crate::waivers::Waiver;

use super::ServeError;
pub(super) use make::OutputKind;

/// An uploaded file as a parameter of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SentFile {
    /// The path of its bytes.
    pub(super) path: PathBuf,
    /// Its original file name.
    pub(super) name: String,
    /// The corrections of the file in JSON Lines.
    pub(super) corrections: String,
    /// Last year's reports in the work folder of the agencies found in the file when it was last read.
    #[serde(default)]
    pub(super) before: Vec<Kept>,
}

/// A report of last year in the work folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The agency's name as folded by `fold`, the year, and the family of its form.
    pub(super) agency: String,
    pub(super) year: i16,
    pub(super) family: String,
    /// The version that counts, and the report's index in it, from 0.
    pub(super) file: SentFile,
    pub(super) report: usize,
    /// The file names of the versions, if one delivery had several with different figures and nobody has chosen one; else empty.
    pub(super) unsure: Vec<String>,
}

/// A request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The version of the settings.
    pub(super) settings: u64,
    /// The version of the waivers.
    pub(super) waivers: u64,
    /// The request.
    pub(super) ask: Ask,
}

/// A report of a sent file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Which {
    pub(super) file: SentFile,
    /// Its index in the file, from 0.
    pub(super) report: usize,
}

/// A request to a child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Evaluate the settings: forms, agencies, errors.
    Settings,
    /// Summarise the reports of a file.
    Read(SentFile),
    /// Extract the files of an archive into the folder `into`.
    Unpack { file: SentFile, into: PathBuf },
    /// The view model of a report.
    View(Which),
    /// Try further corrections of a report, each of a different field.
    Try { which: Which, wanted: Vec<Wanted> },
    /// Make waivers for findings of a report.
    Accept {
        which: Which,
        /// Ids of findings; empty for all errors that have no waiver.
        findings: Vec<String>,
        reason: String,
        until: Date,
    },
    /// The surroundings of a field in the file; without a field, the whole text of the file.
    Source { which: Which, field: Option<String> },
    /// Make a file of a report and write it to the path `out`.
    Make {
        which: Which,
        kind: OutputKind,
        chinese: bool,
        /// Ids of the findings to name in a letter or in comments; empty for all errors and warnings without a waiver.
        findings: Vec<String>,
        out: PathBuf,
    },
    /// Make many files and write them into one archive at `out`.
    Bundle { files: Vec<(Which, Vec<OutputKind>)>, chinese: bool, out: PathBuf },
    /// Make notices to agencies that have sent nothing and write them into an archive at `out`.
    Reminders { agencies: Vec<String>, year: Option<i16>, form: Option<String>, chinese: bool, out: PathBuf },
    /// Roll up the reports of `files` and write the result into the folder `out`; `before` are the files with last year's reports.
    Rollup { files: Vec<SentFile>, before: Vec<SentFile>, year: Option<i16>, without_errors: bool, out: PathBuf },
    /// Make a blank form.
    Blank { form: String, suffix: String, out: PathBuf },
    /// Validate a file before it becomes part of the settings.
    Candidate { what: String, name: String, path: PathBuf },
}

/// A requested correction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) field: String,
    /// The new text as typed; empty to clear the field.
    pub(super) to: String,
    /// The value to restore when an earlier correction is undone.
    pub(super) stated: Option<Stated>,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: String,
}

/// Summary of a report for the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ReportSummary {
    pub(super) agency: Option<String>,
    /// The agency's name in the agencies file.
    pub(super) listed: Option<String>,
    pub(super) year: Option<i16>,
    pub(super) form: String,
    /// The family of the form: the same for all forms that migrations convert into each other. Identifies versions of a report.
    pub(super) family: String,
    pub(super) title: Option<String>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// Number of accepted errors.
    pub(super) accepted: usize,
    /// Number of corrections in force.
    pub(super) corrected: usize,
    /// Whether it was entered by hand.
    pub(super) typed: bool,
    /// The message of the first error or warning.
    pub(super) first: Option<Message>,
    /// A digest of its figures.
    pub(super) figures: String,
}

/// A child's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// The evaluated settings.
    Settings(Value),
    /// The reports of a file.
    Parts(Vec<ReportSummary>),
    /// The file has no report that can be read; with the agency that the file name names.
    Refused { finding: Box<Finding>, agency: Option<String> },
    /// The entries of an archive.
    Unpacked(Vec<Member>),
    /// JSON that is passed to the page unchanged.
    Shown(Value),
    /// Corrections that can be applied, the fields of those that cannot with the reasons, and the report with the corrections applied.
    Tried { lines: Vec<Correction>, refused: Vec<(String, Message)>, part: Box<ReportSummary>, view: Value },
    /// The correction after which a file with a manually entered report is read again.
    Again(Box<Correction>),
    /// Waivers, and the messages of their findings.
    Accepted {
        waivers: Vec<Waiver>,
        about: Vec<Message>,
        /// Number of findings for which no waiver can be made.
        left: usize,
    },
    /// A file was made; `name` is the file name for the download.
    Made { name: String },
    /// The request failed, with the reason.
    No(Message),
}

/// An entry of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    /// SHA-256 and size in bytes of the stored file, or why it was not stored.
    pub(super) stored: Result<(String, u64), Box<Finding>>,
}

/// Answers requests about the work folder until the input ends.
///
/// # Errors
/// If requests cannot be read, the settings cannot be loaded, or the memory limit of `megabytes` cannot be set.
pub fn child(
    folder: &Path,
    megabytes: u64,
    input: impl BufRead + Send,
    output: impl Write + Send,
) -> Result<(), ServeError> {
    stream::confine(megabytes).map_err(ServeError::Start)?;
    let settings = super::settings::Settings::load(folder)?;
    let shelf = desk::Shelf::load(&settings);
    let mut desk = desk::Desk::new(folder, &settings, &shelf);
    let mut version: Option<u64> = None;
    let answered = stream::answer(input, output, |line, whole, output| {
        let request: Request = match serde_json::from_slice(line) {
            Ok(request) if whole => request,
            _ => return put(output, &Answer::No(Message::new("请求有误。", "not a request"))),
        };
        if *version.get_or_insert(request.settings) != request.settings {
            // The next child loads the new settings.
            return Err(io::ErrorKind::Interrupted.into());
        }
        desk.refresh(request.waivers);
        let answer = guarded(|| Ok(desk.answer(request.ask)));
        put(output, &answer.unwrap_or_else(|finding| Answer::No(finding.message)))
    });
    match answered {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        other => other.map_err(ServeError::Start),
    }
}

fn put(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    serde_json::to_writer(&mut *output, answer)?;
    output.write_all(b"\n")
}
