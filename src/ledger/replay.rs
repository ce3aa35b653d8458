//! Replays the log into the state of a work folder.

use std::collections::{BTreeMap, HashMap};

use super::entry::{Entry, LastYearFile, What};
use crate::finding::{Bilingual, Message};
use crate::waivers::Waiver;

/// A received file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its number, 1-based, in order of receipt.
    pub file: u64,
    /// Its name as given by the sender.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Time of receipt (RFC 3339).
    pub at: String,
    /// Who received it.
    pub who: String,
    /// A mark shared by files that were sent together.
    pub drop: Option<String>,
    /// The file number of the archive that contained it.
    pub archive: Option<u64>,
    /// Whether it is an archive whose members were received separately.
    pub unpacked: bool,
    /// Id of the entry that deleted it.
    pub deleted: Option<u64>,
    /// Number of the file that supersedes it.
    pub replaced: Option<u64>,
    /// Id of the entry of its receipt.
    pub entry: u64,
}

/// The state built from a log, entry by entry.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// All entries in order.
    pub entries: Vec<Entry>,
    /// All files by number, including deleted ones.
    pub files: BTreeMap<u64, Sent>,
    /// Undone entries and corrections, each with the id of the entry that undid it.
    pub undone: HashMap<String, u64>,
    /// Files of last year in use.
    pub given: Vec<LastYearFile>,
    /// For each report, positions in `entries` of its returns, and of choices of its version.
    returned: HashMap<(u64, usize), Vec<usize>>,
    chosen: HashMap<(u64, usize), Vec<usize>>,
}

/// A line of the log that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the log of the work folder: {cause}")]
pub struct LedgerMistake {
    /// Its number, 1-based.
    pub line: usize,
    /// The error of the JSON parser.
    #[source]
    pub cause: serde_json::Error,
}

impl Bilingual for LedgerMistake {
    fn message(&self) -> Message {
        Message::new(
            format!("工作文件夹的“{}”第{}行读不出，请从备份恢复这个文件。", super::LOG, self.line),
            self.to_string(),
        )
    }
}

impl Ledger {
    /// Reads a log. A truncated last line, as after a power cut, was never acknowledged and is left out.
    ///
    /// # Errors
    /// The first line before the last that is not an entry.
    pub fn read(text: &str) -> Result<Self, LedgerMistake> {
        let mut ledger = Self::default();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Entry>(line.trim()) {
                Ok(entry) => ledger.add(entry),
                Err(_) if !line.ends_with('\n') => {}
                Err(cause) => return Err(LedgerMistake { line: index + 1, cause }),
            }
        }
        Ok(ledger)
    }

    /// The id of the next entry.
    pub fn next_id(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.id + 1)
    }

    /// The number of the next file.
    pub fn next_file(&self) -> u64 {
        self.files.keys().next_back().map_or(1, |file| file + 1)
    }

    /// Applies the next entry.
    pub fn add(&mut self, entry: Entry) {
        match &entry.what {
            What::Received { file, name, sha256, bytes, drop, archive } => {
                let sent = Sent {
                    file: *file,
                    name: name.clone(),
                    sha256: sha256.clone(),
                    bytes: *bytes,
                    at: entry.at.clone(),
                    who: entry.who.clone(),
                    drop: drop.clone(),
                    archive: *archive,
                    unpacked: false,
                    deleted: None,
                    replaced: None,
                    entry: entry.id,
                };
                self.files.insert(*file, sent);
            }
            What::Unpacked { file, .. } => self.with(*file, |sent| sent.unpacked = true),
            What::Replaced { file, by } => self.with(*file, |sent| sent.replaced = Some(*by)),
            What::Used { file, report, .. } => {
                self.chosen.entry((*file, *report)).or_default().push(self.entries.len());
                self.choose(*file);
            }
            What::Deleted { file, .. } => self.with(*file, |sent| sent.deleted = Some(entry.id)),
            What::Undone { of, .. } => {
                self.undone.insert(of.clone(), entry.id);
                let chosen = |entry: &Entry| entry.id.to_string() == *of && matches!(entry.what, What::Used { .. });
                if self.entries.iter().any(chosen) {
                    self.choose_again();
                }
                if let Ok(number) = of.parse::<u64>() {
                    let deleted = self.files.values_mut().filter(|sent| sent.deleted == Some(number));
                    deleted.for_each(|sent| sent.deleted = None);
                }
            }
            What::LastYear(given) => self.given.push(given.clone()),
            What::Returned { file, report, .. } => {
                self.returned.entry((*file, *report)).or_default().push(self.entries.len());
            }
            What::Accepted { .. } | What::Settings { .. } => {}
        }
        self.entries.push(entry);
    }

    /// Makes a file count, in place of the one that superseded it.
    fn choose(&mut self, file: u64) {
        let mut last = file;
        // Each step goes to another file unless there is a cycle.
        for _ in 0..self.files.len() {
            match self.files.get(&last).and_then(|sent| sent.replaced) {
                Some(by) if by != file => last = by,
                _ => break,
            }
        }
        self.with(file, |sent| sent.replaced = None);
        if last != file {
            self.with(last, |sent| sent.replaced = Some(file));
        }
    }

    /// Recomputes which files supersede which, ignoring undone entries.
    fn choose_again(&mut self) {
        self.files.values_mut().for_each(|sent| sent.replaced = None);
        let steps: Vec<What> =
            self.entries.iter().filter(|entry| !self.is_undone(entry.id)).map(|entry| entry.what.clone()).collect();
        for what in steps {
            match what {
                What::Replaced { file, by } => self.with(file, |sent| sent.replaced = Some(by)),
                What::Used { file, .. } => self.choose(file),
                _ => {}
            }
        }
    }

    fn with(&mut self, file: u64, change: impl FnOnce(&mut Sent)) {
        if let Some(sent) = self.files.get_mut(&file) {
            change(sent);
        }
    }

    /// Whether an entry was undone.
    pub(crate) fn is_undone(&self, id: u64) -> bool {
        self.undone.contains_key(&id.to_string())
    }

    /// The files that are neither deleted nor an unpacked archive.
    pub fn standing(&self) -> impl Iterator<Item = &Sent> + Clone {
        self.files.values().filter(|sent| sent.deleted.is_none() && !sent.unpacked)
    }

    /// The files whose reports count: those of [`Self::standing`] that are not superseded.
    pub fn counting(&self) -> impl Iterator<Item = &Sent> {
        self.standing()
            .filter(|sent| sent.replaced.is_none_or(|by| self.files.get(&by).is_none_or(|by| by.deleted.is_some())))
    }

    /// The waivers in force, in their order.
    pub fn waivers(&self) -> impl Iterator<Item = &Waiver> {
        let entries = self.entries.iter().filter(|entry| !self.is_undone(entry.id));
        entries.flat_map(|entry| match &entry.what {
            What::Accepted { waivers, .. } => waivers.as_slice(),
            _ => &[],
        })
    }

    /// The last entry that returned a report, unless it was undone.
    pub fn returned(&self, file: u64, report: usize) -> Option<&Entry> {
        let last = &self.entries[*self.returned.get(&(file, report))?.last()?];
        (!self.is_undone(last.id)).then_some(last)
    }

    /// The id of the last entry that chose a version of a report.
    pub fn chosen_version(&self, file: u64, report: usize) -> Option<u64> {
        let entries = self.chosen.get(&(file, report))?.iter().rev();
        entries.map(|at| self.entries[*at].id).find(|id| !self.is_undone(*id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: u64, file: u64) -> String {
        let digest = format!("{file:064x}");
        format!(
            "{{\"id\":{id},\"at\":\"2026-01-20T09:00:00+08:00\",\"who\":\"\",\"what\":{{\"received\":{{\"file\":{file},\"name\":\"a.docx\",\"sha256\":\"{digest}\",\"bytes\":1}}}}}}\n"
        )
    }

    #[test]
    fn a_deleted_file_is_back_after_undo() {
        let mut text = received(1, 1) + &received(2, 2);
        text += "{\"id\":3,\"at\":\"\",\"who\":\"王\",\"what\":{\"deleted\":{\"file\":1,\"reason\":\"不是年报\"}}}\n";
        let ledger = Ledger::read(&text).unwrap();
        assert_eq!(ledger.standing().map(|sent| sent.file).collect::<Vec<_>>(), [2]);
        assert_eq!((ledger.next_id(), ledger.next_file()), (4, 3));
        text += "{\"id\":4,\"at\":\"\",\"who\":\"王\",\"what\":{\"undone\":{\"of\":\"3\",\"reason\":\"看错\"}}}\n";
        let ledger = Ledger::read(&text).unwrap();
        assert_eq!(ledger.standing().count(), 2);
        assert!(ledger.is_undone(3));
    }

    #[test]
    fn a_truncated_last_line_is_left_out_and_any_other_mistake_is_an_error() {
        let whole = received(1, 1);
        let cut = format!("{whole}{}", &received(2, 2)[..40]);
        assert_eq!(Ledger::read(&cut).unwrap().files.len(), 1);
        assert_eq!(Ledger::read(&format!("{}\n{whole}", &whole[..40])).unwrap_err().line, 1);
    }

    #[test]
    fn a_superseded_file_counts_again_after_the_later_one_is_deleted() {
        let mut text = received(1, 1) + &received(2, 2);
        text += "{\"id\":3,\"at\":\"\",\"who\":\"\",\"what\":{\"replaced\":{\"file\":1,\"by\":2}}}\n";
        let counting = |text: &str| Ledger::read(text).unwrap().counting().map(|sent| sent.file).collect::<Vec<_>>();
        assert_eq!(counting(&text), [2]);
        let chosen =
            text.clone() + "{\"id\":4,\"at\":\"\",\"who\":\"\",\"what\":{\"used\":{\"file\":1,\"reason\":\"x\"}}}\n";
        assert_eq!(counting(&chosen), [1]);
        let undone =
            chosen + "{\"id\":5,\"at\":\"\",\"who\":\"\",\"what\":{\"undone\":{\"of\":\"4\",\"reason\":\"x\"}}}\n";
        assert_eq!(counting(&undone), [2]);
        text += "{\"id\":4,\"at\":\"\",\"who\":\"\",\"what\":{\"deleted\":{\"file\":2,\"reason\":\"x\"}}}\n";
        assert_eq!(counting(&text), [1]);
    }
}
