//! Tracks which output files earlier runs wrote, so that outdated ones are reported and, on request, removed. Other files are never
//! touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::files::{PREFIX, write_whole};

/// Outdated outputs: written by earlier runs and not by this one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stale {
    /// Files that still exist.
    pub left: Vec<String>,
    /// Files that were removed.
    pub removed: Vec<String>,
}

/// A line of the log.
#[derive(Debug, Serialize, Deserialize)]
struct LogLine {
    name: String,
    mark: String,
}

/// The files of a folder that were written by runs.
#[derive(Debug)]
pub(super) struct Owned {
    folder: PathBuf,
    before: BTreeMap<String, String>,
    now: BTreeMap<String, String>,
}

impl Owned {
    /// Loads the files that earlier runs wrote; empty if the log cannot be read.
    pub(super) fn open(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(log())).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<LogLine>(line).ok());
        let before = lines.filter(|line| is_inside(&line.name)).map(|line| (line.name, line.mark)).collect();
        Self { folder: folder.to_owned(), before, now: BTreeMap::new() }
    }

    /// The files that earlier runs wrote.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.before.keys().map(String::as_str)
    }

    /// The digest of a file that an earlier run wrote.
    pub(super) fn mark(&self, name: &str) -> Option<&str> {
        self.before.get(name).map(String::as_str)
    }

    /// Records that this run wrote a file with this name and digest.
    pub(super) fn made(&mut self, name: &str, mark: String) {
        self.now.insert(name.to_owned(), mark);
    }

    /// Handles outdated files of earlier runs: reports them, or removes those that are unchanged. A `stopped` run does not touch files
    /// that it did not reach.
    pub(super) fn finish(mut self, prune: bool, stopped: bool) -> io::Result<Stale> {
        let mut stale = Stale::default();
        for (name, mark) in std::mem::take(&mut self.before) {
            if self.now.contains_key(&name) {
                continue;
            }
            let path = self.folder.join(&name);
            let Ok(bytes) = fs::read(&path) else { continue };
            let own = mark_of(&bytes) == mark;
            if !stopped && prune && own && fs::remove_file(&path).is_ok() {
                stale.removed.push(name);
                continue;
            }
            if !stopped {
                stale.left.push(name.clone());
            }
            self.now.insert(name, mark);
        }
        let mut text = Vec::new();
        for (name, mark) in self.now {
            serde_json::to_writer(&mut text, &LogLine { name, mark })?;
            text.write_all(b"\n")?;
        }
        write_whole(&self.folder, &log(), &text)?;
        Ok(stale)
    }
}

fn log() -> String {
    format!("{PREFIX}outputs")
}

/// Name of the file that lists copies and sums in a folder, which no run removes: one JSON string per line.
fn copies() -> String {
    format!("{PREFIX}copies")
}

/// The page and the logs that a batch writes besides its outputs.
pub(super) const BESIDE: &[&str] = &["index.html", "batch.jsonl", "findings.jsonl"];

/// Records that a file of a folder was written by a run, so that a search of a folder above does not read it as an input.
///
/// # Errors
/// The error of the system.
pub fn note_copy(folder: &Path, name: &str) -> io::Result<()> {
    if copies_in(folder).contains(name) { Ok(()) } else { add_copy(folder, name) }
}

/// As [`note_copy`], for a name that is not recorded yet.
pub(super) fn add_copy(folder: &Path, name: &str) -> io::Result<()> {
    let mut file = fs::File::options().append(true).create(true).open(folder.join(copies()))?;
    let mut line = serde_json::to_vec(name)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// The names recorded in a folder.
pub(super) fn copies_in(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join(copies())).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str::<String>(line).ok()).filter(|name| is_inside(name)).collect()
}

/// The files of a folder that runs wrote, whether or not they were changed since.
pub(super) fn written_in(folder: &Path) -> Vec<PathBuf> {
    let Owned { before, .. } = Owned::open(folder);
    let beside = BESIDE.iter().filter(|_| !before.is_empty()).map(|&name| name.to_owned());
    let beside: Vec<String> = beside.collect();
    before.into_keys().chain(copies_in(folder)).chain(beside).map(|name| folder.join(name)).collect()
}

/// The digest that identifies an output.
pub(super) fn mark_of(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

/// Whether a name stays inside the folder.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path, files: &[(&str, &str)], prune: bool, stopped: bool) -> Stale {
        let mut owned = Owned::open(folder);
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
            owned.made(name, mark_of(text.as_bytes()));
        }
        owned.finish(prune, stopped).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    #[test]
    fn only_unchanged_files_of_a_run_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("theirs.docx"), "x").unwrap();
        run(folder, &[("a.docx", "a"), ("b.docx", "b"), ("c.docx", "c")], false, false);
        let told = run(folder, &[("a.docx", "a")], false, false);
        assert_eq!((told.left, told.removed), (vec!["b.docx".to_owned(), "c.docx".to_owned()], Vec::new()));
        // A run that was stopped removes nothing and forgets nothing.
        assert_eq!(run(folder, &[], true, true), Stale::default());
        fs::write(folder.join("c.docx"), "changed by hand").unwrap();
        let pruned = run(folder, &[("a.docx", "a")], true, false);
        assert_eq!((pruned.left, pruned.removed), (vec!["c.docx".to_owned()], vec!["b.docx".to_owned()]));
        assert_eq!(names(folder), ["a.docx", "c.docx", "theirs.docx"]);
    }

    #[test]
    fn files_written_by_runs_are_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(written_in(folder), Vec::<PathBuf>::new());
        run(folder, &[("a.docx", "a")], false, false);
        for name in ["汇总报告.docx", "汇总报告.docx", "../theirs.docx"] {
            note_copy(folder, name).unwrap();
        }
        let known = ["a.docx", "汇总报告.docx", "index.html", "batch.jsonl", "findings.jsonl"];
        assert_eq!(written_in(folder), known.map(|name| folder.join(name)));
    }

    #[test]
    fn a_log_cannot_lead_out_of_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("out");
        fs::create_dir(&folder).unwrap();
        fs::write(outer.path().join("kept"), "x").unwrap();
        let line = |name: &str| format!("{{\"name\":{name:?},\"mark\":\"{}\"}}\n", mark_of(b"x"));
        let absolute = outer.path().join("kept");
        fs::write(folder.join(log()), line("../kept") + &line(absolute.to_str().unwrap())).unwrap();
        assert_eq!(run(&folder, &[], true, false), Stale::default());
        assert!(outer.path().join("kept").exists());
    }
}
