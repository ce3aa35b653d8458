//! The project's own source files, for tests that read them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

/// The folder of the package.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the package, as relative paths, sorted.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("an entry of the package").path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(root()).expect("a path below the package").to_owned());
            }
        }
    }
    files.sort();
    files
}

/// Every Rust file below a folder.
pub(crate) fn rust(folder: &str) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|path| path.extension().is_some_and(|suffix| suffix == "rs")).collect()
}

/// The text of a file of the package.
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code of a Rust file without its tests and comments; empty for a file of tests.
pub(crate) fn code(path: &Path) -> String {
    let within = path.starts_with("src") && path.components().any(|part| part.as_os_str() == "tests");
    if within || path.file_name().is_some_and(|name| name == "tests.rs") {
        return String::new();
    }
    let text = text(path);
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    lines.join("\n")
}

/// The part of the program that a file belongs to: the first folder below `src`, or the file itself.
pub(crate) fn module(path: &Path) -> String {
    let below = path.strip_prefix("src").expect("a file of src");
    let first = below.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}
