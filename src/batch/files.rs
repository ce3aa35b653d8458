//! Atomic file writes: a temporary file in the same folder, then a rename.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::BatchError;

/// Prefix of all files of the program other than outputs.
pub(super) const PREFIX: &str = ".nianbao-";

/// Prefix of files being written; leftovers are removed at the next start.
const TEMPORARY: &str = ".nianbao-tmp-";

/// Time to wait for a lock.
const A_MOMENT: Duration = Duration::from_millis(500);

/// Lock file, held while a run writes into a folder.
const LOCK: &str = ".nianbao-lock";

/// The output folder, locked for one run.
#[derive(Debug)]
pub(super) struct OutputFolder {
    path: PathBuf,
    /// The lock is released when the file is closed, also when the process is killed.
    _lock: File,
    /// Files that were written and may not be synced yet.
    unsynced: Mutex<Vec<PathBuf>>,
}

/// Number of files synced together. By then the system has written most of them in the background, and a folder is synced once for all.
const GROUP: usize = 512;

impl OutputFolder {
    /// Creates the folder if it is missing, locks it, and removes temporary files of an interrupted run.
    pub(super) fn open(path: &Path) -> Result<Self, BatchError> {
        let output = |source| BatchError::Output { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(output)?;
        let lock = lock_file(&path.join(LOCK)).map_err(output)?;
        match locked(&lock) {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(BatchError::Locked(path.to_owned())),
            // A file system without locks: two concurrent runs cannot be detected, everything else works.
            Err(fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(fs::TryLockError::Error(error)) => return Err(output(error)),
        }
        for entry in fs::read_dir(path).map_err(output)? {
            let entry = entry.map_err(output)?;
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                fs::remove_file(entry.path()).map_err(output)?;
            }
        }
        Ok(Self { path: path.to_owned(), _lock: lock, unsynced: Mutex::default() })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A path in the folder.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The temporary path for a file.
    pub(super) fn temporary(&self, name: &str) -> PathBuf {
        self.path.join(format!("{TEMPORARY}{name}"))
    }

    /// Writes a file of this name atomically. It is synced later, together with others: see [`Self::sync`].
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        write_unsynced(&self.path, name, bytes)?;
        let mut unsynced = self.unsynced.lock().unwrap_or_else(PoisonError::into_inner);
        unsynced.push(self.join(name));
        if unsynced.len() < GROUP {
            return Ok(());
        }
        let group = std::mem::take(&mut *unsynced);
        // The other workers continue writing meanwhile.
        drop(unsynced);
        sync_files(&group)
    }

    /// Syncs all written files; must be called before anything refers to them.
    pub(super) fn sync(&self) -> io::Result<()> {
        let group = std::mem::take(&mut *self.unsynced.lock().unwrap_or_else(PoisonError::into_inner));
        sync_files(&group)?;
        sync_folder(&self.path)?;
        // The name of the folder itself, if its parent can be synced.
        let _ = sync_folder_of(&fs::canonicalize(&self.path)?);
        Ok(())
    }

    /// Adds a file to those to be synced.
    pub(super) fn stands(&self, name: &str) {
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner).push(self.join(name));
    }
}

/// Renames a temporary file after syncing its data; the name is synced with its folder.
pub(super) fn place(file: &File, temporary: &Path, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(temporary, path)
}

/// Syncs files and their folders.
fn sync_files(files: &[PathBuf]) -> io::Result<()> {
    let mut folders = BTreeSet::new();
    for path in files {
        match File::options().write(true).open(path) {
            // Replaced or removed meanwhile by another program.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => opened?.sync_all()?,
        }
        folders.extend(path.parent());
    }
    folders.into_iter().try_for_each(sync_folder)
}

/// Opens the lock file: does not follow links, and never truncates.
fn lock_file(path: &Path) -> io::Result<File> {
    remove_link(path)?;
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Creates a new file of our own: does not follow links.
pub(super) fn fresh(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => File::create_new(path),
    }
}

fn remove_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => fs::remove_file(path),
        _ => Ok(()),
    }
}

/// Locks a folder. A run that was just killed may hold the lock for another moment.
fn locked(lock: &File) -> Result<(), fs::TryLockError> {
    let since = Instant::now();
    loop {
        match lock.try_lock() {
            Err(fs::TryLockError::WouldBlock) if since.elapsed() < A_MOMENT => std::thread::sleep(A_MOMENT / 20),
            locked => return locked,
        }
    }
}

/// Writes `folder/name` atomically, replacing an older file of that name. `name` may contain folders, which are created; its last
/// component has at most 240 bytes. Any number of writers, also on other machines, may write the same name concurrently: the file is
/// always that of one of them.
///
/// The file is synced when this returns, so that it survives a power cut.
///
/// # Errors
/// The error of the system; nothing is left behind.
pub fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write(folder, name, bytes, true)
}

/// As [`write_whole`], without a sync.
///
/// # Errors
/// The error of the system; nothing is left behind.
pub(crate) fn write_unsynced(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write(folder, name, bytes, false)
}

fn write(folder: &Path, name: &str, bytes: &[u8], synced: bool) -> io::Result<()> {
    stays_below(folder, name)?;
    let (mut file, temporary) = create_temporary(folder)?;
    let path = folder.join(name);
    let written = file.write_all(bytes).and_then(|()| if synced { file.sync_all() } else { Ok(()) });
    let written = written.and_then(|()| put_in_place(&temporary, &path));
    let written = written.and_then(|()| if synced { sync_folder_of(&path) } else { Ok(()) });
    if written.is_err() {
        // Best effort: the next start removes it anyway.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Syncs a folder, so that its file names survive a power cut. If folders cannot be opened (Windows), the system syncs names itself.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// The nearest settings file: in the folder `start` (or the folder of the file `start`) or in a parent folder.
pub fn find_settings(start: &Path) -> Option<PathBuf> {
    let start = fs::canonicalize(start).ok()?;
    let folders = start.ancestors().skip(usize::from(!start.is_dir()));
    folders.map(|folder| folder.join(crate::settings::FILE)).find(|path| path.is_file())
}

/// Refuses a name whose folders are links, because the file would be written elsewhere. A file that is a link is replaced, not followed.
fn stays_below(folder: &Path, name: &str) -> io::Result<()> {
    let mut path = folder.to_owned();
    let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
            return Err(ErrorKind::NotADirectory.into());
        }
    }
    Ok(())
}

/// Creates a file with a unique name, even if a process on another machine has the same process id.
pub(super) fn create_temporary(folder: &Path) -> io::Result<(File, PathBuf)> {
    let process = std::process::id();
    let mut number = 0_u32;
    loop {
        let path = folder.join(format!("{TEMPORARY}{process}-{number}"));
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn put_in_place(temporary: &Path, path: &Path) -> io::Result<()> {
    match (fs::rename(temporary, path), path.parent()) {
        (Err(error), Some(parent)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(parent)?;
            fs::rename(temporary, path)
        }
        (renamed, _) => renamed,
    }
}

/// Whether an error would recur for every other file of the folder, such as a full disk.
pub(super) fn ends_the_run(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_of_an_interrupted_run_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".nianbao-tmp-a.docx", ".nianbao-cache", "kept.docx", ".other"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let opened = OutputFolder::open(folder.path()).unwrap();
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [".nianbao-cache", LOCK, ".other", "kept.docx"]);
        assert!(matches!(OutputFolder::open(folder.path()), Err(BatchError::Locked(_))));
        drop(opened);
        assert!(OutputFolder::open(folder.path()).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_where_a_link_leads() {
        use std::os::unix::fs::symlink;
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let kept = elsewhere.path().join("kept");
        fs::write(&kept, "kept").unwrap();
        for name in [LOCK, ".nianbao-cache-part", "a.docx"] {
            symlink(&kept, folder.path().join(name)).unwrap();
        }
        symlink(elsewhere.path(), folder.path().join("ab")).unwrap();
        let opened = OutputFolder::open(folder.path()).unwrap();
        opened.write("a.docx", b"new").unwrap();
        fresh(&opened.join(".nianbao-cache-part")).unwrap().write_all(b"new").unwrap();
        assert!(opened.write("ab/c.docx", b"new").is_err());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
        assert_eq!(fs::read(folder.path().join("a.docx")).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_cannot_be_put_in_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("taken.docx")).unwrap();
        assert!(write_whole(folder.path(), "taken.docx", b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
