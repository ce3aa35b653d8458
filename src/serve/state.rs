//! In-memory state of the server: the replayed log, the corrections, and the results of the children.

use std::collections::HashMap;

use crate::corrections::{Correction, Stated};
use crate::finding::Finding;
use crate::ledger::{Entry, Ledger, Sent, What};

use super::work::{Kept, Part};

/// Where a file is on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phase {
    /// It waits for a child.
    Waiting,
    /// A child has it.
    Reading,
    /// Its reports.
    Read(Vec<Part>),
    /// It has none: why, and whose it is by its name.
    Refused(Box<Finding>, Option<String>),
}

/// State of a file that is not in the log.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) phase: Phase,
    /// Grows with everything that changes the file's reports.
    pub(super) revision: u64,
    /// Last year's reports beside which it was checked.
    pub(super) before: Vec<Kept>,
    /// Whether it is to be checked again; what is known of it may be old until then.
    pub(super) again: bool,
    /// How often it was checked.
    pub(super) checks: u64,
}

impl Item {
    /// A file that came.
    pub(super) fn new() -> Self {
        Self { phase: Phase::Waiting, revision: 1, before: Vec::new(), again: false, checks: 0 }
    }

    /// Whether a child is done with it.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.phase, Phase::Read(_) | Phase::Refused(..))
    }
}

/// The state of the server.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ledger: Ledger,
    /// Every correction in the order of the file; their numbers are from 1.
    pub(super) corrections: Vec<Correction>,
    pub(super) items: HashMap<u64, Item>,
    /// Version of the settings; a child that has others ends.
    pub(super) settings: u64,
    /// Version of the waivers.
    pub(super) waivers: u64,
    /// Of how many files the present round of checking again is.
    round: usize,
}

impl State {
    /// Takes an entry that was written.
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
            What::Settings { .. } | What::Given(_) => None,
        };
        self.touch(touched);
        self.ledger.add(entry);
    }

    /// The file that an undone entry was about.
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

    /// Marks files that are to be checked again, and gives those that were not marked before.
    pub(super) fn mark_again(&mut self, files: Vec<u64>) -> Vec<u64> {
        let mut marked = files;
        marked.retain(|file| {
            let item = self.items.get_mut(file).filter(|item| item.is_read() && !item.again);
            item.map(|item| item.again = true).is_some()
        });
        self.round += marked.len();
        marked
    }

    /// How many files are still to be checked again, and of how many.
    pub(super) fn checking_again(&self) -> (usize, usize) {
        let left =
            self.ledger.standing().filter(|sent| self.items.get(&sent.file).is_some_and(|item| item.again)).count();
        if left == 0 { (0, 0) } else { (left, self.round.max(left)) }
    }

    /// Takes the outcome of a check.
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

    /// Takes a correction that was written.
    pub(super) fn correct(&mut self, line: Correction) {
        let files: Vec<u64> =
            self.ledger.files.values().filter(|sent| sent.sha256 == line.sha256).map(|sent| sent.file).collect();
        self.corrections.push(line);
        for file in files {
            self.touch(Some(file));
        }
    }

    /// The corrections of a file as lines of JSON.
    pub(super) fn corrections_of(&self, sha256: &str) -> String {
        let lines = self.corrections.iter().filter(|line| line.sha256.eq_ignore_ascii_case(sha256));
        lines.filter_map(|line| serde_json::to_string(line).ok()).map(|line| line + "\n").collect()
    }

    /// A file that stands.
    pub(super) fn sent(&self, file: u64) -> Option<&Sent> {
        self.ledger.files.get(&file).filter(|sent| sent.deleted.is_none())
    }

    /// The reports of a file, where it was read.
    pub(super) fn parts(&self, file: u64) -> &[Part] {
        match self.items.get(&file).map(|item| &item.phase) {
            Some(Phase::Read(parts)) => parts,
            _ => &[],
        }
    }

    /// Whether a correction is the last of its place, so that it can be taken back, and is not undone.
    pub(super) fn is_last(&self, number: usize) -> bool {
        let Some(line) = number.checked_sub(1).and_then(|at| self.corrections.get(at)) else { return false };
        let place = |line: &Correction| (line.sha256.clone(), line.report, line.field.clone());
        self.corrections[number..].iter().all(|later| place(later) != place(line))
    }
}

/// What a correction says, as text.
pub(super) fn stated(stated: &Stated) -> String {
    match stated {
        Stated::Number(number) => number.normalize().to_string(),
        Stated::Text(text) => text.clone(),
        Stated::Nothing => String::new(),
    }
}
