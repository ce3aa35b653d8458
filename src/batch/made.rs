//! State of one input of a conversion: in progress, and finished.

use std::time::{Duration, Instant};

use super::cache::{Hit, Key, Record};
use super::inputs::Input;
use super::log::{Count, Entry, Part, Status};
use super::page::Charted;
use crate::finding::Finding;
use crate::finding::code::batch::OUTPUT_UNWRITABLE;

/// An input in progress.
pub(super) struct Made {
    pub(super) started: Instant,
    pub(super) key: Option<Key>,
    /// The bytes of a cache hit that was read.
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) record: Record,
    /// Whether it is a cache hit.
    pub(super) remembered: bool,
    /// For a cache hit, whether its outputs are known to be on the disk.
    pub(super) synced: bool,
    /// The outputs of each report in the order of the record; empty for a cache hit.
    pub(super) outputs: Vec<Vec<Vec<u8>>>,
    /// Whether the result may be cached.
    pub(super) lasting: bool,
    /// The decisions for each report that depend on earlier inputs.
    pub(super) places: Vec<Place>,
}

/// The decisions for a report that depend on earlier inputs.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The assigned name of its outputs.
    pub(super) name: String,
    /// Findings about duplicates, and about outputs that could not be written.
    pub(super) findings: Vec<Finding>,
}

/// A finished input.
pub(super) struct Done {
    pub(super) key: Option<Key>,
    pub(super) record: Record,
    pub(super) entry: Entry,
    pub(super) reports: Vec<DoneReport>,
    /// Findings why there is no report.
    pub(super) without: Vec<Finding>,
    pub(super) unchanged: bool,
    pub(super) lasting: bool,
}

/// A finished report.
pub(super) struct DoneReport {
    pub(super) part: Part,
    pub(super) findings: Vec<Finding>,
    pub(super) charted: Charted,
}

impl Made {
    /// An input without content: not read yet, or with the finding why it cannot be read.
    pub(super) fn unread(started: Instant, finding: impl Into<Option<Box<Finding>>>) -> Self {
        let findings = finding.into().map(|finding| *finding).into_iter().collect();
        Self {
            started,
            key: None,
            bytes: None,
            record: Record { sha256: String::new(), stamp: None, reports: Vec::new(), findings },
            remembered: false,
            synced: false,
            outputs: Vec::new(),
            lasting: false,
            places: Vec::new(),
        }
    }

    /// A cache hit.
    pub(super) fn of_hit(started: Instant, hit: Hit) -> Self {
        let Hit { record, synced, .. } = hit;
        Self { record, remembered: true, synced, lasting: true, ..Self::unread(started, None) }
    }

    /// Drops outputs beyond the output budget of the input's archive.
    pub(super) fn bound(&mut self, input: &Input) {
        let Some(archive) = input.archive() else { return };
        for (report, outputs) in self.record.reports.iter_mut().zip(&mut self.outputs) {
            let bytes = outputs.iter().map(|output| output.len() as u64).sum();
            if let Err(finding) = archive.write(bytes) {
                outputs.clear();
                report.outputs.clear();
                report.findings.push(*finding);
                self.lasting = false;
            }
        }
    }

    /// The file name of an output of a report.
    pub(super) fn file_name(&self, report: usize, output: usize) -> String {
        format!("{}.{}", self.places[report].name, self.record.reports[report].outputs[output].suffix)
    }

    /// The file names of all outputs.
    pub(super) fn file_names(&self) -> Vec<String> {
        let reports = self.record.reports.iter().enumerate();
        let names =
            reports.map(|(report, one)| (0..one.outputs.len()).map(move |output| self.file_name(report, output)));
        names.flatten().collect()
    }

    pub(super) fn done(mut self, input: &Input, unchanged: bool) -> Done {
        let mut reports = Vec::with_capacity(self.record.reports.len());
        for (number, remembered) in self.record.reports.iter().enumerate() {
            let outputs = (0..remembered.outputs.len()).map(|output| self.file_name(number, output)).collect();
            let mut findings = remembered.findings.clone();
            findings.append(&mut self.places[number].findings);
            let count = Count::from_findings(findings.iter());
            let part = Part {
                form: remembered.form.clone(),
                agency: remembered.agency.clone(),
                year: remembered.year,
                outputs,
                status: status(&findings, count),
                findings: count,
            };
            reports.push(DoneReport { part, findings, charted: remembered.charted.clone() });
        }
        let first = reports.first().map(|report| &report.part);
        let all = reports.iter().flat_map(|report| &report.findings).chain(&self.record.findings);
        let statuses = reports.iter().map(|report| report.part.status);
        let entry = Entry {
            path: input.path.to_string(),
            sha256: (!self.record.sha256.is_empty()).then(|| self.record.sha256.clone()),
            form: first.map(|part| part.form.clone()),
            agency: first.and_then(|part| part.agency.clone()),
            year: first.and_then(|part| part.year),
            outputs: reports.iter().flat_map(|report| report.part.outputs.iter().cloned()).collect(),
            status: statuses.max().unwrap_or(Status::Failed),
            findings: Count::from_findings(all),
            reports: match reports.as_slice() {
                [_] => Vec::new(),
                reports => reports.iter().map(|report| report.part.clone()).collect(),
            },
            milliseconds: milliseconds(self.started.elapsed()),
        };
        let without = self.record.findings.clone();
        Done { key: self.key, record: self.record, entry, reports, without, unchanged, lasting: self.lasting }
    }
}

impl Done {
    /// All findings, each with the index of its report.
    pub(super) fn findings(&self) -> impl Iterator<Item = (usize, &Finding)> {
        let reports = self.reports.iter().enumerate();
        let of_reports =
            reports.flat_map(|(number, report)| report.findings.iter().map(move |finding| (number, finding)));
        self.without.iter().map(|finding| (0, finding)).chain(of_reports)
    }
}

fn status(findings: &[Finding], count: Count) -> Status {
    if findings.iter().any(|finding| finding.code == OUTPUT_UNWRITABLE.id) {
        return Status::Failed;
    }
    if count.error == 0 { Status::Ok } else { Status::Findings }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
