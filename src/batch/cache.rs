//! Persistent cache of an output folder: maps input bytes to the outputs they produced, so that unchanged inputs are skipped.
//!
//! The file has one line per record: a hash of the input's path, the key, the record as JSON, with blanks between. Only hashes and positions
//! are held in memory. A run writes a new file and puts it in place at its end; an interrupted run leaves its partial file, which the next
//! run reads, too.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::files::{self, OutputFolder, PREFIX};
use super::page::Charted;
use super::stamp::Stamp;
use crate::finding::Finding;

/// First line of the file; a file with another version is ignored.
const HEADER: &str = "nianbao-cache 5";

/// The cached result of an input. The key is computed from its bytes, its path, the program, the forms and the options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) sha256: String,
    /// The file with these bytes.
    pub(super) stamp: Option<Stamp>,
    /// The results of its reports, in order; empty if there is no report.
    pub(super) reports: Vec<Remembered>,
    /// Findings why there is no report.
    pub(super) findings: Vec<Finding>,
}

/// The cached result of a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) form: String,
    pub(super) agency: Option<String>,
    pub(super) year: Option<i16>,
    /// The preferred name of its outputs.
    pub(super) name: String,
    /// Its outputs.
    pub(super) outputs: Vec<Written>,
    pub(super) findings: Vec<Finding>,
    /// Figures for the charts of its form.
    pub(super) charted: Charted,
}

/// An output of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The suffix of its name.
    pub(super) suffix: String,
    /// The digest of its content, which detects changes.
    pub(super) mark: String,
    /// The file with this content.
    pub(super) stamp: Option<Stamp>,
}

/// The key of a record.
pub(super) type Key = [u8; 32];

/// The cached result of an input in an earlier run.
#[derive(Debug, PartialEq)]
pub(super) struct Hit {
    /// Its key in hexadecimal.
    pub(super) key: String,
    pub(super) record: Record,
    /// Whether the run synced its outputs: a run puts its cache in place after that, unless it was interrupted.
    pub(super) synced: bool,
}

/// The cache of a folder during one run.
pub(super) struct Cache {
    old: Vec<Old>,
    /// The last record of each path: number of the file, and position in it.
    positions: HashMap<u128, (usize, u64)>,
    new: Option<BufWriter<File>>,
    paths: Paths,
}

/// A file of an earlier run.
struct Old {
    file: Mutex<File>,
    /// Whether the run ended.
    whole: bool,
}

struct Paths {
    current: PathBuf,
    part: PathBuf,
    broken: PathBuf,
}

impl Cache {
    /// Opens the cache of a folder. An unreadable cache is treated as empty.
    pub(super) fn open(folder: &OutputFolder) -> Self {
        let path = |name: &str| folder.join(&format!("{PREFIX}cache{name}"));
        let paths = Paths { current: path(""), part: path("-part"), broken: path("-broken") };
        if paths.part.exists() {
            // If this fails, the next run only does more work.
            let _ = fs::rename(&paths.part, &paths.broken);
        }
        let mut cache = Self { old: Vec::new(), positions: HashMap::new(), new: None, paths };
        for (path, whole) in [(cache.paths.current.clone(), true), (cache.paths.broken.clone(), false)] {
            if let Ok(file) = File::open(path) {
                let number = cache.old.len();
                if cache.index(&file, number).is_ok() {
                    cache.old.push(Old { file: Mutex::new(file), whole });
                }
            }
        }
        cache.new = files::fresh(&cache.paths.part).ok().map(BufWriter::new);
        if let Some(new) = &mut cache.new {
            let _ = writeln!(new, "{HEADER}");
        }
        cache
    }

    /// Indexes the records of a file.
    fn index(&mut self, file: &File, number: usize) -> io::Result<()> {
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let mut position = reader.read_until(b'\n', &mut line)? as u64;
        if line != format!("{HEADER}\n").as_bytes() {
            return Ok(());
        }
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if length == 0 || line.last() != Some(&b'\n') {
                return Ok(());
            }
            let path = line.get(..32).and_then(|path| std::str::from_utf8(path).ok());
            if let Some(path) = path.and_then(|path| u128::from_str_radix(path, 16).ok()) {
                self.positions.insert(path, (number, position));
            }
            position += length as u64;
        }
    }

    /// The record of the input with a path, for whatever bytes it had.
    pub(super) fn get(&self, path: &str) -> Option<Hit> {
        let &(number, position) = self.positions.get(&hash(path))?;
        let old = self.old.get(number)?;
        let mut line = String::new();
        {
            let mut file = old.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(position)).ok()?;
            BufReader::new(Read::by_ref(&mut *file)).read_line(&mut line).ok()?;
        }
        let (_, rest) = line.split_once(' ')?;
        let (key, record) = rest.split_once(' ')?;
        Some(Hit { key: key.to_owned(), record: serde_json::from_str(record).ok()?, synced: old.whole })
    }

    /// The writer for this run's records; ignores errors.
    pub(super) fn writer(&mut self) -> Writer {
        Writer { new: self.new.take() }
    }

    /// Puts the new file in place of the old ones.
    pub(super) fn replace(self, writer: Writer) {
        // If this fails, the next run only does more work.
        let Some(new) = writer.new else { return };
        let paths = self.close();
        let file = new.into_inner().map_err(io::IntoInnerError::into_error);
        if file.and_then(|file| files::place(&file, &paths.part, &paths.current)).is_ok() {
            let _ = fs::remove_file(&paths.broken);
        }
    }

    /// Closes the old files: on Windows and some file servers an open file cannot be replaced.
    fn close(self) -> Paths {
        self.paths
    }
}

/// Writes the records of this run.
pub(super) struct Writer {
    new: Option<BufWriter<File>>,
}

impl Writer {
    pub(super) fn add(&mut self, path: &str, key: &Key, record: &Record) {
        let Some(new) = &mut self.new else { return };
        let Ok(json) = serde_json::to_string(record) else { return };
        let key = super::content::hexadecimal(key);
        // A run may be killed at any moment, so each record is flushed to the file.
        if writeln!(new, "{:032x} {key} {json}", hash(path)).and_then(|()| new.flush()).is_err() {
            self.new = None;
        }
    }
}

fn hash(path: &str) -> u128 {
    xxh3_128(path.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str) -> Record {
        let report = Remembered {
            year: Some(2023),
            name: name.to_owned(),
            outputs: vec![Written { suffix: "docx".to_owned(), mark: "cd".to_owned(), stamp: None }],
            charted: vec![vec![Some("3".to_owned()), None]],
            ..Remembered::default()
        };
        Record { sha256: "ab".to_owned(), stamp: None, reports: vec![report.clone(), report], findings: Vec::new() }
    }

    #[test]
    fn a_run_finds_the_records_of_earlier_runs_even_of_an_interrupted_one() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(dir.path()).unwrap();
        let mut whole = Cache::open(&folder);
        assert_eq!(whole.get("one.docx"), None);
        let mut writer = whole.writer();
        writer.add("one.docx", &[1; 32], &record("one"));
        writer.add("two.docx", &[1; 32], &record("old"));
        whole.replace(writer);

        let mut broken = Cache::open(&folder);
        let mut writer = broken.writer();
        writer.add("two.docx", &[0x22; 32], &record("two"));
        // As if the process were killed: buffered data does not get into the file.
        let (mut file, unwritten) = writer.new.take().unwrap().into_parts();
        assert_eq!(unwritten.unwrap(), b"");
        file.write_all(b"0303 {\"torn").unwrap();

        let cache = Cache::open(&folder);
        let one = Hit { key: "01".repeat(32), record: record("one"), synced: true };
        assert_eq!(cache.get("one.docx"), Some(one));
        // The record of the later run, which may have been killed before it synced the outputs.
        assert_eq!(cache.get("two.docx"), Some(Hit { key: "22".repeat(32), record: record("two"), synced: false }));
        assert_eq!(cache.get("three.docx"), None);
    }

    /// Files in a folder that this process has open.
    #[cfg(target_os = "linux")]
    fn open_in(folder: &std::path::Path) -> usize {
        let all = fs::read_dir("/proc/self/fd").unwrap().flatten();
        let paths = all.filter_map(|entry| fs::read_link(entry.path()).ok());
        paths.filter(|path| path.starts_with(folder) && !path.ends_with(".nianbao-lock")).count()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn no_file_is_open_when_it_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(dir.path()).unwrap();
        for _ in 0..2 {
            let mut cache = Cache::open(&folder);
            let writer = cache.writer();
            cache.replace(writer);
        }
        let mut cache = Cache::open(&folder);
        drop(cache.writer());
        assert_eq!(open_in(dir.path()), 1);
        cache.close();
        assert_eq!(open_in(dir.path()), 0);
    }

    #[test]
    fn another_version_of_the_file_is_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(dir.path()).unwrap();
        fs::write(folder.join(".nianbao-cache"), "nianbao-cache 0\n").unwrap();
        assert!(Cache::open(&folder).positions.is_empty());
    }
}
