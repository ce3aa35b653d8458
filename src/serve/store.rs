//! Files of a work folder: append-only synced logs, uploaded files named by digest, the machine's secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::ServeError;
use crate::ledger::{CORRECTIONS, LOG, SENT, WAIVERS};

/// The folder for files that need no backup: generated outputs, uploads in progress, the secret.
const OWN: &str = ".nianbao";

/// Name of the lock file that keeps a second process out.
const LOCK: &str = "lock";

/// An open work folder.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) folder: PathBuf,
    _lock: File,
}

impl Store {
    /// Opens a folder, creates what is missing in it, and locks it.
    pub(super) fn open(folder: &Path) -> Result<Self, ServeError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ServeError::Folder { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let folder = fs::canonicalize(folder).map_err(failed(folder))?;
        for name in [SENT, OWN] {
            fs::create_dir_all(folder.join(name)).map_err(failed(&folder.join(name)))?;
        }
        let path = folder.join(OWN).join(LOCK);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(ServeError::Busy(folder)),
            Err(fs::TryLockError::Error(source)) => return Err(ServeError::Folder { path, source }),
        }
        let store = Self { folder, _lock: lock };
        for name in [LOG, CORRECTIONS, WAIVERS] {
            let path = store.folder.join(name);
            OpenOptions::new().create(true).append(true).open(&path).map_err(failed(&path))?;
        }
        let made = store.folder.join(OWN).join("made");
        // Files generated for downloads by an earlier run.
        let _ = fs::remove_dir_all(&made);
        fs::create_dir_all(&made).map_err(failed(&made))?;
        sync_folder(&store.folder).map_err(failed(&store.folder))?;
        Ok(store)
    }

    /// The folder for files generated for downloads.
    pub(super) fn made(&self) -> PathBuf {
        self.folder.join(OWN).join("made")
    }

    /// The folder of uploaded files.
    pub(super) fn sent(&self) -> PathBuf {
        self.folder.join(SENT)
    }

    /// Opens a log for appending and returns its text. An incomplete last line, which was never acknowledged, is removed; a complete one
    /// without a line end gets it.
    pub(super) fn log(&self, name: &str) -> Result<(String, File), ServeError> {
        let path = self.folder.join(name);
        let failed = |source| ServeError::Folder { path: path.clone(), source };
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            if serde_json::from_slice::<serde_json::Value>(&bytes[whole..]).is_ok() {
                file.write_all(b"\n").map_err(failed)?;
                bytes.push(b'\n');
            } else {
                file.set_len(whole as u64).map_err(failed)?;
                bytes.truncate(whole);
            }
            file.sync_all().map_err(failed)?;
        }
        let not_utf_8 = |_| ServeError::Folder { path: path.clone(), source: io::ErrorKind::InvalidData.into() };
        Ok((String::from_utf8(bytes).map_err(not_utf_8)?, file))
    }

    /// The secret of this folder, generated once: 64 hexadecimal digits.
    pub(super) fn secret(&self) -> Result<String, ServeError> {
        let path = self.folder.join(OWN).join("key");
        if let Ok(text) = fs::read_to_string(&path)
            && text.len() == 64
        {
            return Ok(text);
        }
        let text = random()? + &random()?;
        self.write_private("key", &text)?;
        Ok(text)
    }

    /// The hash of the password, if one is set.
    pub(super) fn password(&self) -> Option<String> {
        fs::read_to_string(self.folder.join(OWN).join("password")).ok()
    }

    /// Writes a file in the hidden folder that only its owner may read.
    pub(super) fn write_private(&self, name: &str, text: &str) -> Result<(), ServeError> {
        let path = self.folder.join(OWN).join(name);
        let written = || -> io::Result<()> {
            let _ = fs::remove_file(&path);
            let mut options = OpenOptions::new();
            options.create_new(true).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        written().map_err(|source| ServeError::Folder { path: path.clone(), source })
    }
}

/// The URL that the process serving a folder has written into it.
pub(super) fn running(folder: &Path) -> Option<String> {
    let url = fs::read_to_string(folder.join(OWN).join("running")).ok()?;
    url.starts_with("http://127.0.0.1:").then_some(url)
}

/// Syncs a directory, so that new and renamed files survive a power cut.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Directories cannot be synced on this system.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Fills the bytes by the system call (Linux 3.17 or newer). A static program cannot look up the C library's function for it, so that
/// `getrandom` would open `/dev/random`, which an empty root folder does not have.
#[cfg(target_os = "linux")]
fn filled_by_system(bytes: &mut [u8]) -> bool {
    let length = bytes.len();
    rustix::rand::getrandom(bytes, rustix::rand::GetRandomFlags::empty()) == Ok(length)
}

#[cfg(not(target_os = "linux"))]
fn filled_by_system(_bytes: &mut [u8]) -> bool {
    false
}

/// 128 random bits, in hexadecimal.
pub(super) fn random() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 16];
    if !filled_by_system(&mut bytes) {
        getrandom::fill(&mut bytes).map_err(|error| ServeError::Start(io::Error::other(error.to_string())))?;
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_last_line_is_removed_and_a_complete_one_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let path = store.folder.join(CORRECTIONS);
        for (before, after) in
            [("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"), ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}\n"), ("", "")]
        {
            fs::write(&path, before).unwrap();
            assert_eq!(store.log(CORRECTIONS).unwrap().0, after);
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
        }
    }

    #[test]
    fn a_folder_is_locked_for_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path()).unwrap();
        assert!(matches!(Store::open(folder.path()), Err(ServeError::Busy(_))));
        let secret = first.secret().unwrap();
        assert_eq!((secret.len(), first.secret().unwrap()), (64, secret));
        drop(first);
        assert!(Store::open(folder.path()).is_ok());
    }
}
