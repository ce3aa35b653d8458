//! Tells from a file's status that its content is unchanged, without reading it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Number of seconds by which a file must be older than its stamp: two changes of a file may get the same times, which some file
/// systems round to two seconds (FAT).
const SETTLED: i64 = 3;

/// The status of a file whose content is known: size, inode, and the times of the last change of content and of status, which no
/// program can set back. A file that is replaced, written or touched has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size: u64,
    inode: (u64, u64),
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of a file that is about to be read, or was just read; `None` if it was changed a moment ago, so that the next change may
    /// get the same times, or if the system does not have these facts.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        Self::now(path).filter(|stamp| stamp.changed.0.saturating_add(SETTLED) <= i64::try_from(now).unwrap_or(0))
    }

    /// Whether the file still has this stamp.
    pub(super) fn holds(&self, path: &Path) -> bool {
        Self::now(path).as_ref() == Some(self)
    }

    #[cfg(unix)]
    fn now(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let status = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            size: status.len(),
            inode: (status.dev(), status.ino()),
            modified: (status.mtime(), status.mtime_nsec()),
            changed: (status.ctime(), status.ctime_nsec()),
        })
    }

    /// Elsewhere, no time shows every change.
    #[cfg(not(unix))]
    fn now(_: &Path) -> Option<Self> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_that_was_just_written_has_no_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "1").unwrap();
        assert_eq!(Stamp::of(&path), None);
        assert_eq!(Stamp::of(&dir.path().join("b")), None);
    }

    #[test]
    fn a_stamp_shows_every_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let write = |text: &str| {
            std::thread::sleep(Duration::from_millis(20));
            fs::write(&path, text).unwrap();
            Stamp::now(&path).unwrap()
        };
        let first = write("1");
        assert!(first.holds(&path));
        assert!(write("1") != first && write("22") != first);
        // The time of the content can be set, that of the status cannot.
        let before = write("3");
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        write("4");
        File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert!(!before.holds(&path));
        let stamp = write("5");
        fs::write(dir.path().join("b"), "6").unwrap();
        fs::rename(dir.path().join("b"), &path).unwrap();
        assert!(!stamp.holds(&path));
        fs::remove_file(&path).unwrap();
        assert!(!stamp.holds(&path));
    }
}
