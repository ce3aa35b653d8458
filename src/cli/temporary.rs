//! Temporary folders, also on systems without `/tmp`, such as a minimal container.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::TempDir;

use super::failure::failure;

/// Folders that are tried after the system's temporary folder; the last one is the current folder.
const OTHERS: &[&str] = &["/var/tmp", "/dev/shm", "."];

/// Creates a folder that is removed on drop. Its name begins with a dot, so that it is not read as an input if it is in the current
/// folder.
///
/// # Errors
/// If no folder can be created anywhere.
pub(super) fn folder(name: &str) -> Result<TempDir> {
    create_in(name, std::iter::once(std::env::temp_dir()).chain(OTHERS.iter().map(PathBuf::from))).map_err(|_| {
        failure(
            "没有可以存放临时文件的文件夹。请设置环境变量 TMPDIR，或在可以写入的文件夹中运行。",
            "there is no folder for temporary files: set TMPDIR, or run in a folder that can be written to",
        )
    })
}

fn create_in(name: &str, folders: impl Iterator<Item = PathBuf>) -> io::Result<TempDir> {
    let prefix = format!(".nianbao-{name}-");
    let make = |folder: &Path| tempfile::Builder::new().prefix(&prefix).tempdir_in(folder.canonicalize()?);
    let mut last = Err(io::ErrorKind::NotFound.into());
    for folder in folders {
        last = make(&folder);
        if last.is_ok() {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_can_be_written_to_is_taken() {
        let there = tempfile::tempdir().unwrap();
        let missing = there.path().join("none");
        let folder = create_in("test", [missing.clone(), there.path().to_path_buf()].into_iter()).unwrap();
        assert_eq!(folder.path().parent(), there.path().canonicalize().ok().as_deref());
        assert!(create_in("test", [missing].into_iter()).is_err());
    }
}
