//! The child's side of the page: what touches the content of a sent file is done here, in a process that may die of it.
//!
//! A request is a line of JSON, and so is its answer. A child loads the settings of the folder once; one that is asked under later
//! settings ends, and the supervisor starts another.

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

/// A sent file, as a child is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SentFile {
    /// Where its bytes are.
    pub(super) path: PathBuf,
    /// The name that the sender gave it.
    pub(super) name: String,
    /// The corrections of the file, as lines of JSON.
    pub(super) corrections: String,
    /// Last year's reports in the work folder, of the agencies whose reports the file is known to hold.
    #[serde(default)]
    pub(super) before: Vec<Kept>,
}

/// A report of last year in the work folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its agency, folded; its year; the family of its form.
    pub(super) agency: String,
    pub(super) year: i16,
    pub(super) family: String,
    /// The file that counts, and the report's number in it.
    pub(super) file: SentFile,
    pub(super) report: usize,
    /// Names of the files where several came at once with other figures, and nobody has chosen one.
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
    /// Its number in the file, from 0.
    pub(super) report: usize,
}

/// A request to a child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Evaluate the settings: forms, agencies, errors.
    Settings,
    /// The reports of a file, each in a few words.
    Read(SentFile),
    /// Takes the files out of an archive into the folder.
    Unpack { file: SentFile, into: PathBuf },
    /// All of a report.
    View(Which),
    /// A report as it would be with more corrections, each of another place.
    Try { which: Which, wanted: Vec<Wanted> },
    /// Waivers for findings of a report.
    Accept {
        which: Which,
        /// Ids of findings; all errors that stand where it is empty.
        findings: Vec<String>,
        reason: String,
        until: Date,
    },
    /// What the file says near a field, and its text as it was read.
    Source { which: Which, field: Option<String> },
    /// A file made of a report, put at `out` (without a suffix).
    Make {
        which: Which,
        kind: OutputKind,
        chinese: bool,
        /// For a letter: the findings that it names; all that count where it is empty.
        findings: Vec<String>,
        out: PathBuf,
    },
    /// Many of them in an archive.
    Bundle { files: Vec<(Which, Vec<OutputKind>)>, chinese: bool, out: PathBuf },
    /// Notices to agencies that have sent nothing, in an archive.
    Reminders { agencies: Vec<String>, year: Option<i16>, form: Option<String>, chinese: bool, out: PathBuf },
    /// The reports added up, with the files of the roll-up put into a folder; `before` are the files with last year's.
    Rollup { files: Vec<SentFile>, before: Vec<SentFile>, year: Option<i16>, without_errors: bool, out: PathBuf },
    /// A blank form.
    Blank { form: String, suffix: String, out: PathBuf },
    /// A file that is to become part of the settings: whether it can.
    Candidate { what: String, name: String, path: PathBuf },
}

/// A correction that is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) field: String,
    /// Text as typed; empty to leave the field empty.
    pub(super) to: String,
    /// The value to restore when an earlier correction is undone.
    pub(super) stated: Option<Stated>,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) at: String,
}

/// A report in a few words, for the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) agency: Option<String>,
    /// The agency's name in the agencies file.
    pub(super) listed: Option<String>,
    pub(super) year: Option<i16>,
    pub(super) form: String,
    /// The form by which it is told whether two reports are the same one sent twice: one for all that are brought into each other.
    pub(super) family: String,
    pub(super) title: Option<String>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// Errors that were accepted.
    pub(super) accepted: usize,
    /// Corrections in force.
    pub(super) corrected: usize,
    /// Whether it was typed in by hand.
    pub(super) typed: bool,
    /// The first thing that is wrong.
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
    Parts(Vec<Part>),
    /// There is no report; and the agency whose file it is by its name.
    Refused { finding: Box<Finding>, agency: Option<String> },
    /// The entries of an archive.
    Unpacked(Vec<Member>),
    /// Anything that the page shows as it is.
    Shown(Value),
    /// Corrections that would be applied, those that cannot be (their fields, and why), and the report with the others.
    Tried { lines: Vec<Correction>, refused: Vec<(String, Message)>, part: Box<Part>, view: Value },
    /// The line that has a file read again whose report was typed in.
    Again(Box<Correction>),
    /// Waivers, and what the findings say.
    Accepted {
        waivers: Vec<Waiver>,
        about: Vec<Message>,
        /// Findings that nothing binds.
        left: usize,
    },
    /// A file was made, with this name.
    Made { name: String },
    /// It cannot be done, for this reason.
    No(Message),
}

/// A file of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    /// Digest and size of what was put into the folder, or why it was not.
    pub(super) stored: Result<(String, u64), Box<Finding>>,
}

/// Answers requests about the work folder until they end.
///
/// # Errors
/// When requests cannot be read, or the limit cannot be set.
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
            // The next child has the new settings.
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
