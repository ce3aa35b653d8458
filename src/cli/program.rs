//! Path of the program's executable, for starting child processes.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::failure::failure;

/// The path of the program's executable. If the system cannot report it, as on Linux without `/proc`, it is derived from the name that the
/// program was called by: a path as it is, a bare name by a search in `PATH`.
pub(super) fn own() -> Result<PathBuf> {
    found(std::env::current_exe(), std::env::args_os().next(), std::env::var_os("PATH").as_deref())
}

fn found(told: io::Result<PathBuf>, called: Option<OsString>, folders: Option<&OsStr>) -> Result<PathBuf> {
    if let Ok(path) = told {
        return Ok(path);
    }
    let called = called.map(PathBuf::from);
    let named = called.as_ref().filter(|name| !is_path(name));
    let listed = || folders.into_iter().flat_map(std::env::split_paths).zip(std::iter::repeat(named));
    let looked_up = || listed().find_map(|(folder, name)| Some(folder.join(name?)).filter(|path| path.is_file()));
    let path = called.clone().filter(|path| is_path(path) && path.is_file());
    path.or_else(looked_up).ok_or_else(|| {
        failure(
            "找不到本程序的文件，不能启动处理进程：系统没有 /proc。请挂载 /proc，或用完整路径运行，如 /usr/bin/nianbao。",
            "the program does not find its own file to start its converter: there is no /proc. Mount it, or call the program by its full path, such as /usr/bin/nianbao",
        )
    })
}

/// Whether this is a path, not a bare name to be looked up in `PATH`.
fn is_path(path: &Path) -> bool {
    path.components().count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> io::Result<PathBuf> {
        Err(io::ErrorKind::NotFound.into())
    }

    #[test]
    fn without_proc_the_called_path_or_name_is_looked_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nianbao");
        std::fs::write(&file, "").unwrap();
        assert_eq!(found(Ok("/x".into()), None, None).unwrap(), Path::new("/x"));
        assert_eq!(found(nothing(), Some(file.clone().into()), None).unwrap(), file);
        let folders = std::env::join_paths(["/no/such/folder".as_ref(), folder.path()]).unwrap();
        assert_eq!(found(nothing(), Some("nianbao".into()), Some(&folders)).unwrap(), file);
    }

    #[test]
    fn the_error_for_a_missing_executable_names_the_remedy() {
        for called in [None, Some("nianbao".into()), Some("/no/such/file".into())] {
            let said = found(nothing(), called, Some("/no/such/folder".as_ref())).unwrap_err().to_string();
            assert!(said.contains("/proc") && said.contains("full path"), "{said}");
        }
    }
}
