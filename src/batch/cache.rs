//! Persistent cache of an output folder: maps input bytes to the outputs they produced, so that unchanged inputs are skipped.
//!
//! The file has one line per record: the key, a blank, the record as JSON. Only keys and positions are held in memory. A run writes a new
//! file and puts it in place at its end; an interrupted run leaves its partial file, which the next run reads, too.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::files::{self, OutputFolder, PREFIX};
use super::page::Charted;
use crate::finding::Finding;

/// First line of the file; a file with another version is ignored.
const HEADER: &str = "nianbao-cache 4";

/// The cached result of an input. The key is computed from its bytes, its path, the program, the forms and the options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) sha256: String,
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
    /// Suffix of each output, and its hash, which detects changes.
    pub(super) outputs: Vec<(String, String)>,
    pub(super) findings: Vec<Finding>,
    /// Figures for the charts of its form.
    pub(super) charted: Charted,
}

/// The key of a record.
pub(super) type Key = [u8; 32];

/// The cache of a folder during one run.
pub(super) struct Cache {
    old: Vec<Mutex<File>>,
    positions: HashMap<u128, (usize, u64)>,
    new: Option<BufWriter<File>>,
    paths: Paths,
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
        for path in [cache.paths.current.clone(), cache.paths.broken.clone()] {
            if let Ok(file) = File::open(path) {
                let number = cache.old.len();
                if cache.index(&file, number).is_ok() {
                    cache.old.push(Mutex::new(file));
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
            let key = line.get(..32).and_then(|key| std::str::from_utf8(key).ok());
            if let Some(key) = key.and_then(|key| u128::from_str_radix(key, 16).ok()) {
                self.positions.insert(key, (number, position));
            }
            position += length as u64;
        }
    }

    /// The record with a key.
    pub(super) fn get(&self, key: &Key) -> Option<Record> {
        let &(number, position) = self.positions.get(&short(key))?;
        let mut file = self.old.get(number)?.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(position)).ok()?;
        let mut line = String::new();
        BufReader::new(Read::by_ref(&mut *file)).read_line(&mut line).ok()?;
        let (found, record) = line.split_once(' ')?;
        if found != super::content::hexadecimal(key) {
            return None;
        }
        serde_json::from_str(record).ok()
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
    pub(super) fn add(&mut self, key: &Key, record: &Record) {
        let Some(new) = &mut self.new else { return };
        let Ok(json) = serde_json::to_string(record) else { return };
        // A run may be killed at any moment, so each record is flushed to the file.
        if writeln!(new, "{} {json}", super::content::hexadecimal(key)).and_then(|()| new.flush()).is_err() {
            self.new = None;
        }
    }
}

fn short(key: &Key) -> u128 {
    key.iter().take(16).fold(0, |number, &byte| (number << 8) | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str) -> Record {
        let report = Remembered {
            year: Some(2023),
            name: name.to_owned(),
            outputs: vec![("docx".to_owned(), "cd".to_owned())],
            charted: vec![vec![Some("3".to_owned()), None]],
            ..Remembered::default()
        };
        Record { sha256: "ab".to_owned(), reports: vec![report.clone(), report], findings: Vec::new() }
    }

    #[test]
    fn a_run_finds_the_records_of_earlier_runs_even_of_an_interrupted_one() {
        let dir = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(dir.path()).unwrap();
        let mut whole = Cache::open(&folder);
        assert_eq!(whole.get(&[1; 32]), None);
        let mut writer = whole.writer();
        writer.add(&[1; 32], &record("one"));
        whole.replace(writer);

        let mut broken = Cache::open(&folder);
        let mut writer = broken.writer();
        writer.add(&[2; 32], &record("two"));
        // As if the process were killed: buffered data does not get into the file.
        let (mut file, unwritten) = writer.new.take().unwrap().into_parts();
        assert_eq!(unwritten.unwrap(), b"");
        file.write_all(b"0303 {\"torn").unwrap();

        let cache = Cache::open(&folder);
        assert_eq!(cache.get(&[1; 32]), Some(record("one")));
        assert_eq!(cache.get(&[2; 32]), Some(record("two")));
        assert_eq!(cache.get(&[3; 32]), None);
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
