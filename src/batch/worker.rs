//! The journal of a worker process for its supervisor: which files are in progress, and how much output was written.
//!
//! The journal is a small file of numbers at fixed offsets, each written by one system call, so that it is complete however the worker
//! ends.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::names;
use crate::finding::code::batch::{CONVERTER_DIED, CONVERTER_TIMED_OUT};
use crate::finding::{Code, Finding, Message};

/// Name of the journal in the folder shared by supervisor and worker.
const JOURNAL: &str = "journal";

/// Name of the list of files that must not be processed again.
const REFUSED: &str = "refused";

/// Length of the journal before the slots of files in progress.
const HEAD: usize = 64;

/// Length of a slot: the digest of a path.
const SLOT: usize = 16;

/// Maximum number of threads with a slot.
const MOST_SLOTS: usize = 4_096;

/// How a process with a file in progress ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It died; the status in the words of the system.
    Died(String),
    /// It exceeded this number of seconds.
    Hung(u64),
}

/// Amount of output of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct OutputCounts {
    /// Bytes written to standard output.
    bytes: u64,
    /// Lines written to standard error.
    lines: u64,
    /// Number of inputs.
    inputs: u64,
    /// Number of unchanged inputs among them.
    unchanged: u64,
}

impl OutputCounts {
    fn read(journal: &[u8]) -> Self {
        let number = |place: usize| {
            let bytes = journal.get(place * 8..place * 8 + 8).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u64::from_le_bytes)
        };
        Self { bytes: number(0), lines: number(1), inputs: number(2), unchanged: number(3) }
    }
}

/// This process as a worker.
struct Worker {
    journal: File,
    refused: HashMap<u128, Fault>,
    slots: AtomicUsize,
    /// Output of the previous worker, which is not repeated.
    before: OutputCounts,
    bytes: AtomicU64,
    lines: AtomicU64,
    unchanged: AtomicU64,
}

static WORKER: OnceLock<Worker> = OnceLock::new();

/// Digest of the only input to list, if this process is a trial of one input.
static ONLY: OnceLock<u128> = OnceLock::new();

thread_local! {
    /// Offset of this thread's slot in the journal.
    static PLACE: Option<u64> = WORKER.get().and_then(|worker| {
        let slot = worker.slots.fetch_add(1, Ordering::Relaxed);
        (slot < MOST_SLOTS).then_some((HEAD + slot * SLOT) as u64)
    });
}

/// The digest of a path, which identifies a file to supervisor and worker.
pub fn digest(path: &str) -> u128 {
    // 0 means an empty slot.
    names::digest(path.as_bytes()).max(1)
}

/// Makes this process a trial: inputs are listed only if their path has this digest.
pub fn keep_only(digest: u128) {
    // A second call would be a bug; the first one stays in force.
    let _ = ONLY.set(digest);
}

/// The digest of the only input to list; `None` if this process is no trial.
pub(super) fn only() -> Option<u128> {
    ONLY.get().copied()
}

/// Makes this process a worker of the supervisor that it shares a folder with.
///
/// # Errors
/// If the folder cannot be used.
pub fn enter(folder: &Path) -> io::Result<()> {
    let path = folder.join(JOURNAL);
    let before = OutputCounts::read(&fs::read(&path).unwrap_or_default());
    let list = fs::read_to_string(folder.join(REFUSED)).unwrap_or_default();
    let refused = list.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ' ');
        let digest = u128::from_str_radix(parts.next()?, 16).ok()?;
        let (how, detail) = (parts.next()?, parts.next()?);
        Some((digest, if how == "hung" { Fault::Hung(detail.parse().ok()?) } else { Fault::Died(detail.to_owned()) }))
    });
    let journal = File::options().create(true).write(true).truncate(false).open(path)?;
    let worker = Worker {
        journal,
        refused: refused.collect(),
        slots: AtomicUsize::new(0),
        before,
        bytes: AtomicU64::new(0),
        lines: AtomicU64::new(0),
        unchanged: AtomicU64::new(0),
    };
    // Remove the slots of the previous worker.
    worker.journal.set_len(HEAD as u64)?;
    // A second call would be a bug; the first worker stays in force.
    let _ = WORKER.set(worker);
    Ok(())
}

/// Tells a worker which files it must not process again.
///
/// # Errors
/// If the folder cannot be used.
pub fn refuse(folder: &Path, files: &[(u128, Fault)]) -> io::Result<()> {
    let line = |(digest, fault): &(u128, Fault)| match fault {
        Fault::Died(detail) => format!("{digest:032x} died {}\n", detail.replace('\n', " ")),
        Fault::Hung(seconds) => format!("{digest:032x} hung {seconds}\n"),
    };
    fs::write(folder.join(REFUSED), files.iter().map(line).collect::<String>())
}

/// The files that a worker has in progress, or had when it ended: one slot per thread, 0 if empty.
pub fn in_hand(folder: &Path) -> Vec<u128> {
    let journal = fs::read(folder.join(JOURNAL)).unwrap_or_default();
    let slots = journal.get(HEAD..).unwrap_or_default().chunks_exact(SLOT);
    slots.map(|slot| slot.try_into().map_or(0, u128::from_le_bytes)).collect()
}

/// A guard for a file in progress.
#[derive(Debug)]
pub struct InHand(());

impl Drop for InHand {
    fn drop(&mut self) {
        note_file(0);
    }
}

/// Marks a file as in progress until the guard is dropped.
///
/// # Errors
/// The finding about a file on which another process died or hung.
pub(super) fn take(path: &str) -> Result<InHand, Box<Finding>> {
    let Some(worker) = WORKER.get() else { return Ok(InHand(())) };
    let digest = digest(path);
    if let Some(fault) = worker.refused.get(&digest) {
        return Err(Box::new(fault.finding()));
    }
    note_file(digest);
    Ok(InHand(()))
}

fn note_file(digest: u128) {
    if let Some(worker) = WORKER.get()
        && let Some(place) = PLACE.with(|place| *place)
    {
        worker.note(place, &digest.to_le_bytes());
    }
}

/// Counts bytes before they are written to standard output; returns how many of them the previous worker has already written.
pub fn skip_bytes(length: usize) -> usize {
    let Some(worker) = WORKER.get() else { return 0 };
    let at = worker.bytes.fetch_add(length as u64, Ordering::Relaxed);
    worker.before.bytes.saturating_sub(at).min(length as u64) as usize
}

/// Records that all bytes counted so far were written.
pub fn told_bytes() {
    if let Some(worker) = WORKER.get() {
        let bytes = worker.bytes.load(Ordering::Relaxed).max(worker.before.bytes);
        worker.note(0, &bytes.to_le_bytes());
    }
}

/// Counts a line before it is written to standard error; returns whether the previous worker has already written it.
pub fn skip_line() -> bool {
    let Some(worker) = WORKER.get() else { return false };
    let lines = worker.lines.fetch_add(1, Ordering::Relaxed) + 1;
    worker.note(8, &lines.max(worker.before.lines).to_le_bytes());
    lines <= worker.before.lines
}

/// Whether an input was unchanged since the last run; outputs of an earlier worker of the same run do not count.
pub(super) fn unchanged(index: usize, unchanged: bool) -> bool {
    let Some(worker) = WORKER.get() else { return unchanged };
    // The previous worker counted only the total: the last ones it reported count as unchanged.
    let counts = if (index as u64) < worker.before.inputs {
        worker.before.inputs - index as u64 <= worker.before.unchanged
    } else {
        unchanged
    };
    let total = worker.unchanged.fetch_add(u64::from(counts), Ordering::Relaxed) + u64::from(counts);
    if index as u64 >= worker.before.inputs {
        worker.note(16, &(index as u64 + 1).to_le_bytes());
        worker.note(24, &total.to_le_bytes());
    }
    counts
}

impl Worker {
    /// Writes at an offset of the journal. If that fails, a crash cannot be attributed to a file.
    fn note(&self, place: u64, bytes: &[u8]) {
        #[cfg(unix)]
        let _ = std::os::unix::fs::FileExt::write_all_at(&self.journal, bytes, place);
        #[cfg(windows)]
        let _ = std::os::windows::fs::FileExt::seek_write(&self.journal, bytes, place);
    }
}

impl Fault {
    fn finding(&self) -> Finding {
        let say = |code: &'static Code, zh: &str, en: &str| {
            let message = Message::new(
                format!("{}（{zh}）。{}", code.title.0, code.remedy.0),
                format!("{} ({en}). {}", code.title.1, code.remedy.1),
            );
            Finding::new(code, message)
        };
        match self {
            Self::Died(detail) => say(&CONVERTER_DIED, "内存超限或程序异常", detail),
            Self::Hung(seconds) => {
                say(&CONVERTER_TIMED_OUT, &format!("超过{seconds}秒"), &format!("more than {seconds} seconds"))
            }
        }
    }
}
