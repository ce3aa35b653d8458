//! The logs of a batch: a line per input in `batch.jsonl`, a line per finding in `findings.jsonl`, in the order of the inputs.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::files::OutputFolder;
use crate::finding::{Finding, Severity};

/// How an input came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No error was found in it.
    Ok,
    /// It was done, and has findings of severity error.
    Findings,
    /// There is no report, or an output is missing.
    Failed,
}

/// A line of `batch.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The input as it was given.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal; `None` where it could not be read.
    pub sha256: Option<String>,
    /// Id of the form.
    pub form: Option<String>,
    /// The agency's name.
    pub agency: Option<String>,
    /// The year.
    pub year: Option<i16>,
    /// Names of the files that were written.
    pub outputs: Vec<String>,
    /// How it came out.
    pub status: Status,
    /// Number of findings by severity.
    pub findings: Count,
    /// How long it took; the one field that differs between runs.
    pub milliseconds: u64,
}

/// Number of findings by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// Of severity error.
    pub error: usize,
    /// Of severity warning.
    pub warning: usize,
    /// Of severity info.
    pub info: usize,
}

impl Count {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self { error: of(Severity::Error), warning: of(Severity::Warning), info: of(Severity::Info) }
    }
}

/// The log files while they are written.
pub(super) struct Logs {
    batch: LogFile,
    findings: LogFile,
}

struct LogFile {
    writer: BufWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
}

impl Logs {
    pub(super) fn create(folder: &OutputFolder) -> io::Result<Self> {
        Ok(Self {
            batch: LogFile::create(folder, "batch.jsonl")?,
            findings: LogFile::create(folder, "findings.jsonl")?,
        })
    }

    /// Adds an input and its findings.
    pub(super) fn add(&mut self, entry: &Entry, findings: &[Finding]) -> io::Result<()> {
        serde_json::to_writer(&mut self.batch.writer, entry)?;
        self.batch.writer.write_all(b"\n")?;
        let path = serde_json::to_string(&entry.path)?;
        for finding in findings {
            let finding = serde_json::to_string(finding)?;
            // The finding's own object with the path put before its first member.
            writeln!(self.findings.writer, "{{\"path\":{path},{}", finding.get(1..).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Puts both files in place.
    pub(super) fn finish(self) -> io::Result<()> {
        self.findings.finish()?;
        self.batch.finish()
    }
}

impl LogFile {
    fn create(folder: &OutputFolder, name: &str) -> io::Result<Self> {
        let temporary = folder.temporary(name);
        Ok(Self { writer: BufWriter::new(File::create(&temporary)?), temporary, path: folder.join(name) })
    }

    fn finish(self) -> io::Result<()> {
        self.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        fs::rename(&self.temporary, &self.path)
    }
}
