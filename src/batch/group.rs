//! Replaces a group of files together: all are written and synced before the first is renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::BatchError;
use super::files::{OutputFolder, create_temporary, put_in_place};
use crate::finding::{Bilingual, Message, system};
use crate::summary::SummaryFile;
use crate::write::WriteError;

/// Buffer size for writing a file.
const PIECE: usize = 256 << 10;

/// Why the files of a roll-up could not be written.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub struct GroupError {
    /// The file.
    pub path: PathBuf,
    /// The cause.
    pub why: GroupCause,
}

/// The cause of a [`GroupError`].
#[derive(Debug)]
pub enum GroupCause {
    /// The folder cannot be used.
    Folder(BatchError),
    /// An error of the system.
    System(io::Error),
    /// Its content could not be built.
    Made(WriteError),
}

impl Bilingual for GroupError {
    fn message(&self) -> Message {
        match &self.why {
            GroupCause::Folder(error) => error.message(),
            GroupCause::System(error) => system(error),
            GroupCause::Made(error) => error.message(),
        }
    }
}

/// Writes the files of a roll-up into a folder, which is created if missing, with `jobs` workers. Either all or none are put in place,
/// unless a rename fails or the process ends between two renames.
///
/// # Errors
/// The first file in order that could not be built or written; no partial file is left.
pub fn write_together(folder: &Path, files: &[SummaryFile], jobs: usize) -> Result<(), GroupError> {
    let of_folder = |why| GroupError { path: folder.to_owned(), why };
    let held = OutputFolder::open(folder).map_err(|error| of_folder(GroupCause::Folder(error)))?;
    let (next, written) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, files.len().max(1)) {
            scope.spawn(|| {
                while let Some((number, file)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|number| Some((number, files.get(number)?)))
                {
                    let done = temporary(folder, file);
                    written.lock().unwrap_or_else(PoisonError::into_inner).push((number, done));
                }
            });
        }
    });
    let mut written = written.into_inner().unwrap_or_else(PoisonError::into_inner);
    written.sort_by_key(|file| file.0);
    let (mut ready, mut placed) = (Vec::new(), Ok(()));
    for ((_, done), file) in written.into_iter().zip(files) {
        let path = folder.join(&file.name);
        match done {
            Ok(temporary) => ready.push((temporary, path)),
            Err(why) if placed.is_ok() => placed = Err(GroupError { path, why }),
            Err(_) => {}
        }
    }
    for (temporary, path) in ready {
        if placed.is_ok() {
            placed =
                put_in_place(&temporary, &path).map_err(|error| GroupError { path, why: GroupCause::System(error) });
        }
        if placed.is_err() {
            // Best effort: the next run removes it.
            let _ = fs::remove_file(temporary);
        }
    }
    placed.and_then(|()| held.sync().map_err(|error| of_folder(GroupCause::System(error))))
}

/// Writes a file under a temporary name and syncs it.
fn temporary(folder: &Path, file: &SummaryFile) -> Result<PathBuf, GroupCause> {
    let (opened, path) = create_temporary(folder).map_err(GroupCause::System)?;
    let mut out = ErrorRecorder { out: BufWriter::with_capacity(PIECE, opened), system_error: None };
    let made = file.write(&mut out);
    let why = match (made, out.system_error.take()) {
        (_, Some(system_error)) => Some(GroupCause::System(system_error)),
        (Err(error), None) => Some(GroupCause::Made(error)),
        (Ok(()), None) => out.out.flush().and_then(|()| out.out.get_ref().sync_all()).err().map(GroupCause::System),
    };
    let Some(why) = why else { return Ok(path) };
    // Best effort: the next run removes it.
    let _ = fs::remove_file(path);
    Err(why)
}

/// A writer that remembers the system error, because callers only report that writing failed.
struct ErrorRecorder {
    out: BufWriter<File>,
    system_error: Option<io::Error>,
}

impl ErrorRecorder {
    fn record<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|error| {
            let same = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.system_error.get_or_insert(error);
            same
        })
    }
}

impl Write for ErrorRecorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.record(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.record(done)
    }
}
