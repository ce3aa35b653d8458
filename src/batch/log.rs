//! The logs of a batch: a line per input in `batch.jsonl` and a line per finding in `findings.jsonl`, in the order of the inputs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::files::{OutputFolder, place};
use crate::finding::{Finding, Severity};

/// Outcome of an input, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// No findings of severity error.
    Ok,
    /// Findings of severity error.
    Findings,
    /// There is no report, or an output is missing.
    Failed,
}

/// A line of `batch.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The input as given.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal; `None` if it could not be read.
    pub sha256: Option<String>,
    /// Id of the form; if the file has several reports, form, agency and year are those of the first.
    pub form: Option<String>,
    /// The agency's name.
    pub agency: Option<String>,
    /// The year.
    pub year: Option<i16>,
    /// Names of the written files, of all reports in the file.
    pub outputs: Vec<String>,
    /// The worst outcome of its reports.
    pub status: Status,
    /// Number of findings by severity, of all reports in the file.
    pub findings: Count,
    /// The result of each report, in order; only if the file has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Part>,
    /// Processing time; the only field that differs between runs.
    pub milliseconds: u64,
}

/// The result of one report of a file with several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Id of the form.
    pub form: String,
    /// The agency's name.
    pub agency: Option<String>,
    /// The year.
    pub year: Option<i16>,
    /// Names of the written files.
    pub outputs: Vec<String>,
    /// Outcome.
    pub status: Status,
    /// Number of findings by severity.
    pub findings: Count,
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
    pub fn from_findings<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut count = Self { error: 0, warning: 0, info: 0 };
        for finding in findings {
            match finding.severity {
                Severity::Error => count.error += 1,
                Severity::Warning => count.warning += 1,
                Severity::Info => count.info += 1,
            }
        }
        count
    }
}

/// The log files being written.
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

    /// Adds an input and its findings, each with the index of its report.
    pub(super) fn add<'f>(
        &mut self,
        entry: &Entry,
        findings: impl Iterator<Item = (usize, &'f Finding)>,
    ) -> io::Result<()> {
        serde_json::to_writer(&mut self.batch.writer, entry)?;
        self.batch.writer.write_all(b"\n")?;
        let path = serde_json::to_string(&entry.path)?;
        for (report, finding) in findings {
            let line = line_of(&path, report, finding)?;
            writeln!(self.findings.writer, "{line}")?;
        }
        Ok(())
    }

    /// Puts both files in place.
    pub(super) fn finish(self) -> io::Result<()> {
        self.findings.finish()?;
        self.batch.finish()
    }
}

/// A finding as a JSON object, with the path as first member, and the index of its report unless it is the first. `path` is JSON.
///
/// # Errors
/// None in practice: the values are always serialisable.
pub fn line_of(path: &str, report: usize, finding: &Finding) -> serde_json::Result<String> {
    let finding = serde_json::to_string(finding)?;
    let number = if report == 0 { String::new() } else { format!("\"report\":{report},") };
    Ok(format!("{{\"path\":{path},{number}{}", finding.get(1..).unwrap_or_default()))
}

impl LogFile {
    fn create(folder: &OutputFolder, name: &str) -> io::Result<Self> {
        let temporary = folder.temporary(name);
        Ok(Self { writer: BufWriter::new(File::create(&temporary)?), temporary, path: folder.join(name) })
    }

    fn finish(self) -> io::Result<()> {
        let file = self.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        place(&file, &self.temporary, &self.path)
    }
}
