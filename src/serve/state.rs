//! In-memory state of the server: the replayed log, the corrections, and the results of the children.

use std::collections::HashMap;

use crate::corrections::{Correction, Stated};
use crate::finding::Finding;
use crate::ledger::{Entry, Ledger, Sent, What};

use super::work::{Kept, ReportSummary};

/// Processing phase of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phase {
    /// Waiting for a child.
    Waiting,
    /// Being read by a child.
    Reading,
    /// Read: its reports.
    Read(Vec<ReportSummary>),
    /// No report can be read: the reason, and the agency that the file name names.
    Refused(Box<Finding>, Option<String>),
}

/// State of a file that is not in the log.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) phase: Phase,
    /// Incremented by every change of the file's reports; for optimistic locking.
    pub(super) revision: u64,
    /// Last year's reports with which it was compared when it was checked.
    pub(super) before: Vec<Kept>,
    /// Whether it is queued to be checked again; `phase` may be out of date until then.
    pub(super) again: bool,
    /// Number of checks so far.
    pub(super) checks: u64,
}

impl Item {
    /// A new file.
    pub(super) fn new() -> Self {
        Self { phase: Phase::Waiting, revision: 1, before: Vec::new(), again: false, checks: 0 }
    }

    /// Whether a child has finished it.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.phase, Phase::Read(_) | Phase::Refused(..))
    }
}

/// The state of the server.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ledger: Ledger,
    /// All corrections in the order of the file; they are numbered from 1.
    pub(super) corrections: Vec<Correction>,
    pub(super) items: HashMap<u64, Item>,
    /// Version of the settings; a child that loaded another version exits.
    pub(super) settings: u64,
    /// Version of the waivers.
    pub(super) waivers: u64,
    /// Number of files in the current round of repeated checks, for the progress display.
    round: usize,
}

impl State {
    /// Applies an entry that was written to the log.
    pub(super) fn add(&mut self, entry: Entry) {
        let touched = match &entry.what {
            What::Received { file, .. } => {
                self.items.insert(*file, Item::new());
                None
            }
            What::Accepted { file, .. } => {
                self.waivers += 1;
                Some(*file)
            }
            What::Undone { of, .. } => self.undone(of),
            What::Returned { file, .. }
            | What::Used { file, .. }
            | What::Deleted { file, .. }
            | What::Replaced { file, .. }
            | What::Unpacked { file, .. } => Some(*file),
            What::Settings { .. } | What::LastYear(_) => None,
        };
        self.touch(touched);
        self.ledger.add(entry);
    }

    /// The file of an undone entry.
    fn undone(&mut self, of: &str) -> Option<u64> {
        let id: u64 = of.parse().ok()?;
        let entry = self.ledger.entries.iter().find(|entry| entry.id == id)?;
        match &entry.what {
            What::Accepted { file, .. } => {
                let file = *file;
                self.waivers += 1;
                Some(file)
            }
            What::Returned { file, .. } | What::Used { file, .. } | What::Deleted { file, .. } => Some(*file),
            _ => None,
        }
    }

    /// Marks files to be checked again; returns those that were not marked before.
    pub(super) fn mark_again(&mut self, files: Vec<u64>) -> Vec<u64> {
        let mut marked = files;
        marked.retain(|file| {
            let item = self.items.get_mut(file).filter(|item| item.is_read() && !item.again);
            item.map(|item| item.again = true).is_some()
        });
        self.round += marked.len();
        marked
    }

    /// Progress of repeated checks: files left, and files in this round; `(0, 0)` if there are none.
    pub(super) fn checking_again(&self) -> (usize, usize) {
        let left =
            self.ledger.standing().filter(|sent| self.items.get(&sent.file).is_some_and(|item| item.again)).count();
        if left == 0 { (0, 0) } else { (left, self.round.max(left)) }
    }

    /// Stores the outcome of a check.
    pub(super) fn checked(&mut self, file: u64, phase: Phase, before: Vec<Kept>) {
        if let Some(item) = self.items.get_mut(&file) {
            (item.phase, item.before, item.again) = (phase, before, false);
            item.checks += 1;
        }
        if self.checking_again().0 == 0 {
            self.round = 0;
        }
    }

    fn touch(&mut self, file: Option<u64>) {
        if let Some(item) = file.and_then(|file| self.items.get_mut(&file)) {
            item.revision += 1;
        }
    }

    /// Applies a correction that was written to the file of corrections.
    pub(super) fn correct(&mut self, line: Correction) {
        let files: Vec<u64> =
            self.ledger.files.values().filter(|sent| sent.sha256 == line.sha256).map(|sent| sent.file).collect();
        self.corrections.push(line);
        for file in files {
            self.touch(Some(file));
        }
    }

    /// The corrections of a file in JSON Lines.
    pub(super) fn corrections_of(&self, sha256: &str) -> String {
        let lines = self.corrections.iter().filter(|line| line.sha256.eq_ignore_ascii_case(sha256));
        lines.filter_map(|line| serde_json::to_string(line).ok()).map(|line| line + "\n").collect()
    }

    /// A file that is not deleted.
    pub(super) fn sent(&self, file: u64) -> Option<&Sent> {
        self.ledger.files.get(&file).filter(|sent| sent.deleted.is_none())
    }

    /// The reports of a file; empty if it is not read.
    pub(super) fn parts(&self, file: u64) -> &[ReportSummary] {
        match self.items.get(&file).map(|item| &item.phase) {
            Some(Phase::Read(parts)) => parts,
            _ => &[],
        }
    }

    /// Whether a correction, numbered from 1, is the last one of its field and can therefore be undone.
    pub(super) fn is_last(&self, number: usize) -> bool {
        let Some(line) = number.checked_sub(1).and_then(|at| self.corrections.get(at)) else { return false };
        let place = |line: &Correction| (line.sha256.clone(), line.report, line.field.clone());
        self.corrections[number..].iter().all(|later| place(later) != place(line))
    }
}

/// A value of a correction as text.
pub(super) fn stated(stated: &Stated) -> String {
    match stated {
        Stated::Number(number) => number.normalize().to_string(),
        Stated::Text(text) => text.clone(),
        Stated::Nothing => String::new(),
    }
}
