//! The only writer of the logs. A write is synced to the disk, then applied to the state in memory, then acknowledged.
//!
//! Waiting commands are written with one sync (group commit), so fifty simultaneous uploads wait for a few syncs rather than for fifty.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{oneshot, watch};

use super::state::State;
use super::store::Store;
use super::{ServeError, now};
use crate::batch::write_whole;
use crate::corrections::{Correction, Corrections};
use crate::ledger::{CORRECTIONS, Entry, LOG, Ledger, WAIVERS, What};
use crate::waivers;

/// Maximum number of commands in a batch.
const MOST: usize = 256;

/// A file and the revision on which a write is based, for optimistic locking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) file: u64,
    pub(super) revision: u64,
}

/// A write command.
#[derive(Debug)]
pub(super) enum Command {
    /// An entry of the log. The number of a received file is assigned by the writer.
    Log { who: String, what: What, seen: Option<Seen> },
    /// Corrections, written all or none. If `undoes` is set, the single correction undoes the one with that number.
    Correct { lines: Vec<Correction>, who: String, seen: Option<Seen>, undoes: Option<usize> },
}

/// The outcome of a command.
#[derive(Debug)]
pub(super) enum Written {
    /// Written and synced: the id of the entry, or the number of the last correction.
    Done(u64),
    /// A file was received and has this number.
    Received(u64),
    /// A file with the same digest was received before: its number.
    Known(u64),
    /// The file has changed since the revision that the command was based on.
    Conflict,
    /// The write failed and has no effect.
    Failed(io::Error),
}

/// Sends commands to the writer thread.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    commands: Sender<(Command, oneshot::Sender<Written>)>,
}

impl Journal {
    /// Reads the logs and starts the writer thread. `changed` is incremented after every batch.
    pub(super) fn open(store: &Store, changed: watch::Sender<u64>) -> Result<(Self, Arc<RwLock<State>>), ServeError> {
        let (text, log) = store.log(LOG)?;
        let (corrected, corrections) = store.log(CORRECTIONS)?;
        let mut state = State::default();
        for entry in Ledger::read(&text)?.entries {
            state.add(entry);
        }
        for line in lines(&corrected)? {
            state.correct(line);
        }
        let state = Arc::new(RwLock::new(state));
        let (commands, receiver) = channel();
        let writer = Writer { log, corrections, folder: store.folder.clone(), state: Arc::clone(&state), changed };
        writer.waivers();
        let thread = std::thread::Builder::new().name("journal".to_owned());
        thread.spawn(move || writer.run(&receiver)).map_err(ServeError::Start)?;
        Ok((Self { commands }, state))
    }

    /// Writes and syncs a command, and returns its outcome.
    pub(super) async fn write(&self, command: Command) -> Written {
        let (reply, answer) = oneshot::channel();
        if self.commands.send((command, reply)).is_err() {
            return Written::Failed(io::ErrorKind::BrokenPipe.into());
        }
        answer.await.unwrap_or_else(|_| Written::Failed(io::ErrorKind::BrokenPipe.into()))
    }
}

/// Parses the file of corrections.
fn lines(text: &str) -> Result<Vec<Correction>, ServeError> {
    use crate::finding::Bilingual;
    // This parser reports the number of an invalid line.
    Corrections::read(text).map_err(|error| ServeError::File(CORRECTIONS.to_owned(), error.message()))?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line.trim()).ok()).collect())
}

struct Writer {
    log: File,
    corrections: File,
    folder: PathBuf,
    state: Arc<RwLock<State>>,
    changed: watch::Sender<u64>,
}

/// The state change to apply after the sync.
enum Added {
    Entry(Entry),
    Corrections(Vec<Correction>, Option<Entry>),
}

/// The commands of one group commit.
#[derive(Default)]
struct Batch {
    log: Vec<u8>,
    corrections: Vec<u8>,
    added: Vec<(Added, oneshot::Sender<Written>, Written)>,
    touched: HashSet<u64>,
    digests: HashSet<String>,
    next_id: u64,
    next_file: u64,
    next_line: usize,
}

impl Writer {
    fn run(mut self, commands: &Receiver<(Command, oneshot::Sender<Written>)>) {
        let mut held = None;
        loop {
            let Some(first) = held.take().or_else(|| commands.recv().ok()) else { return };
            let mut batch = self.begin();
            let mut next = Some(first);
            while let Some((command, reply)) = next.take() {
                // A command that depends on another one of this batch is deferred to the next batch.
                if batch.depends(&command) {
                    held = Some((command, reply));
                    break;
                }
                self.prepare(&mut batch, command, reply);
                if batch.added.len() < MOST {
                    next = commands.try_recv().ok();
                }
            }
            self.finish(batch);
        }
    }

    fn begin(&self) -> Batch {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Batch {
            next_id: state.ledger.next_id(),
            next_file: state.ledger.next_file(),
            next_line: state.corrections.len() + 1,
            ..Batch::default()
        }
    }

    /// Serialises a command into the batch, or answers at once if it is a conflict or a duplicate.
    fn prepare(&self, batch: &mut Batch, command: Command, reply: oneshot::Sender<Written>) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let seen = command.seen();
        let current = |seen: Seen| state.items.get(&seen.file).is_some_and(|item| item.revision == seen.revision);
        if seen.is_some_and(|seen| !current(seen)) {
            let _ = reply.send(Written::Conflict);
            return;
        }
        batch.touched.extend(command.file());
        let at = now();
        match command {
            Command::Log { who, mut what, .. } => {
                let mut written = Written::Done(batch.next_id);
                if let What::Received { file, sha256, .. } = &mut what {
                    let known = state.ledger.standing().find(|sent| sent.sha256 == *sha256);
                    if let Some(known) = known {
                        let _ = reply.send(Written::Known(known.file));
                        return;
                    }
                    *file = batch.next_file;
                    batch.next_file += 1;
                    batch.digests.insert(sha256.clone());
                    written = Written::Received(*file);
                }
                let entry = Entry { id: batch.next_id, at, who, what };
                batch.next_id += 1;
                batch.log(&entry);
                batch.added.push((Added::Entry(entry), reply, written));
            }
            Command::Correct { lines, who, undoes, .. } => {
                if undoes.is_some_and(|number| !state.is_last(number)) {
                    let _ = reply.send(Written::Conflict);
                    return;
                }
                for text in lines.iter().filter_map(|line| serde_json::to_vec(line).ok()) {
                    batch.corrections.extend_from_slice(&text);
                    batch.corrections.push(b'\n');
                }
                batch.next_line += lines.len();
                let number = batch.next_line - 1;
                let entry = undoes.map(|undone| {
                    let reason = lines.first().and_then(|line| line.reason.clone()).unwrap_or_default();
                    let what = What::Undone { of: format!("c{undone}"), by: Some(number), reason };
                    let entry = Entry { id: batch.next_id, at, who, what };
                    batch.next_id += 1;
                    batch.log(&entry);
                    entry
                });
                batch.added.push((Added::Corrections(lines, entry), reply, Written::Done(number as u64)));
            }
        }
    }

    /// Writes and syncs the batch, applies it to the state, and answers.
    fn finish(&mut self, batch: Batch) {
        if batch.added.is_empty() {
            return;
        }
        let put = |file: &mut File, bytes: &[u8]| -> io::Result<()> {
            if bytes.is_empty() {
                return Ok(());
            }
            let before = file.metadata()?.len();
            let done = file.write_all(bytes).and_then(|()| file.sync_data());
            if done.is_err() {
                // A partial line must not precede the next write.
                let _ = file.set_len(before);
            }
            done
        };
        // Corrections are written first, because an entry of the log may refer to one by its number.
        let written = put(&mut self.corrections, &batch.corrections).and_then(|()| put(&mut self.log, &batch.log));
        if let Err(error) = written {
            for (_, reply, _) in batch.added {
                let _ = reply.send(Written::Failed(io::Error::new(error.kind(), error.to_string())));
            }
            return;
        }
        let mut replies = Vec::with_capacity(batch.added.len());
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let before = state.waivers;
        for (added, reply, written) in batch.added {
            match added {
                Added::Entry(entry) => state.add(entry),
                Added::Corrections(lines, entry) => {
                    for line in lines {
                        state.correct(line);
                    }
                    if let Some(entry) = entry {
                        state.add(entry);
                    }
                }
            }
            replies.push((reply, written));
        }
        let waivers = state.waivers != before;
        drop(state);
        if waivers {
            self.waivers();
        }
        self.changed.send_modify(|count| *count += 1);
        for (reply, written) in replies {
            let _ = reply.send(written);
        }
    }

    /// Writes the file of waivers for the command line. It is derived from the log and rewritten at every start.
    fn waivers(&self) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let list: Vec<_> = state.ledger.waivers().cloned().collect();
        drop(state);
        let text = if list.is_empty() { Some(String::new()) } else { waivers::text(list) };
        if let Some(text) = text {
            let _ = write_whole(&self.folder, WAIVERS, text.as_bytes());
        }
    }
}

impl Command {
    fn seen(&self) -> Option<Seen> {
        match self {
            Self::Log { seen, .. } | Self::Correct { seen, .. } => *seen,
        }
    }

    /// The file that the command changes.
    fn file(&self) -> Option<u64> {
        self.seen().map(|seen| seen.file)
    }
}

impl Batch {
    /// Whether a command can be prepared only after this batch is written.
    fn depends(&self, command: &Command) -> bool {
        let digest = match command {
            Command::Log { what: What::Received { sha256, .. }, .. } => self.digests.contains(sha256),
            // Whether a correction is the last one of its field can be decided only after the earlier ones are written.
            Command::Correct { undoes: Some(_), .. } => !self.corrections.is_empty(),
            _ => false,
        };
        digest || command.file().is_some_and(|file| self.touched.contains(&file))
    }

    fn log(&mut self, entry: &Entry) {
        if let Ok(text) = serde_json::to_vec(entry) {
            self.log.extend_from_slice(&text);
            self.log.push(b'\n');
        }
    }
}
