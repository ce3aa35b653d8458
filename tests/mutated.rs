//! Every fixture of every format, damaged in a hundred ways: read or refused, without a panic, and with no more work than allowed for a
//! small file.
//!
//! Bytes are truncated, changed, deleted and duplicated; in packages also within the parts, repacked with right checksums, because a
//! wrong byte in a deflated part only tests the checksum. The mutations are the same in every run.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::sources;
use nianbao::batch::keep_panics_quiet;
use nianbao::document::{Budget, Format, Limits, Resource};
use nianbao::read::{READERS, ReadError, Sniffed, read, sniff};
use rayon::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Number of mutations of each file, and of each package's parts.
const WAYS: u64 = 100;

/// Maximum number of steps per damaged file: a fifteenth of the normal limit, because they are all small.
const STEPS: u64 = 2_000_000;

/// `SplitMix64`, so that the same bytes are changed in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }
}

/// Truncates, deletes, duplicates or changes a range; in texts also replaces a number by a large one.
fn damaged(whole: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let (at, length) = (random.below(bytes.len()), random.below(400) + 1);
    let end = (at + length).min(bytes.len());
    match random.below(6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..at, whole[at..end].repeat(random.below(3) + 1))),
        3 => (0..=random.below(20)).for_each(|_| flip(&mut bytes, random)),
        4 => (0..=random.below(4)).for_each(|_| extreme(&mut bytes, random)),
        _ => {
            let digits = whole[at..].iter().position(u8::is_ascii_digit).map(|found| at + found);
            match digits {
                Some(at) => drop(bytes.splice(at..=at, *b"4294967295")),
                None => flip(&mut bytes, random),
            }
        }
    }
    bytes
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

fn extreme(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)];
    }
}

/// The inflated parts of a package.
fn parts(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(package)).expect("a package");
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let mut part = Vec::new();
        entry.read_to_end(&mut part).expect("a part");
        parts.push((entry.name().expect("a name").into_owned(), part));
    }
    parts
}

fn package(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name.as_str(), stored).expect("an entry");
        zip.write_all(part).expect("a part");
    }
    zip.finish().expect("a package").into_inner()
}

/// Damaged parts: usually one is changed, sometimes one is missing.
fn damaged_parts(whole: &[(String, Vec<u8>)], random: &mut Random) -> Vec<u8> {
    let mut parts = whole.to_vec();
    let chosen = random.below(parts.len());
    if random.below(12) == 0 {
        parts.remove(chosen);
    } else {
        parts[chosen].1 = damaged(&whole[chosen].1, random);
    }
    package(&parts)
}

fn fixtures() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        ["samples", "tests/fixtures"].iter().flat_map(|folder| sources::files(folder)).collect();
    files.retain(|path| path.extension().is_some_and(|suffix| suffix != "md" && suffix != "zip"));
    // The county's files have the same formats as the others.
    files.retain(|path| !path.starts_with("samples/county"));
    files
}

/// The number of damaged versions of a fixture that were read, and those that panicked or took too much work.
fn tried(path: &Path, whole: &[u8]) -> (u64, Vec<String>) {
    let parts = if whole.starts_with(b"PK") { parts(whole) } else { Vec::new() };
    let (mut good, mut wrong) = (0, Vec::new());
    for way in 0..if parts.is_empty() { WAYS } else { 2 * WAYS } {
        let random = &mut Random(way);
        let bytes = if way < WAYS { damaged(whole, random) } else { damaged_parts(&parts, random) };
        let mut budget = Budget::new(Limits { steps: STEPS, ..Limits::default() });
        match catch_unwind(AssertUnwindSafe(|| read(&bytes, None, &mut budget))) {
            Ok(Ok(_)) => good += 1,
            Ok(Err(ReadError::OverLimit(exceeded))) if exceeded.resource == Resource::Steps => {
                wrong.push(format!("{}, way {way}: {exceeded}", path.display()));
            }
            Ok(Err(_)) => {}
            Err(_) => wrong.push(format!("{}, way {way}: a panic", path.display())),
        }
    }
    (good, wrong)
}

#[test]
fn damaged_files_end_in_a_document_or_an_error() {
    keep_panics_quiet();
    let done: Vec<_> = fixtures()
        .into_par_iter()
        .map(|path| {
            let whole = std::fs::read(sources::root().join(&path)).expect("a file of the package");
            let Sniffed::Known(format) = sniff(&whole) else { panic!("{}", path.display()) };
            assert!(read(&whole, None, &mut Budget::default()).is_ok(), "{}", path.display());
            (format, tried(&path, &whole))
        })
        .collect();
    let wrong: Vec<&String> = done.iter().flat_map(|(_, (_, wrong))| wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut read: BTreeMap<_, u64> = BTreeMap::new();
    for (format, (good, _)) in &done {
        *read.entry(format).or_default() += good;
    }
    // The mutations are neither so slight that nothing breaks nor so rough that nothing is read.
    assert!(read.values().all(|&good| good >= WAYS / 10), "{read:?}");
    // Delimited text is recognised only when it is read.
    let of_fields = |format: &&Format| matches!(format, Format::Csv | Format::Tsv);
    let known: BTreeSet<_> = READERS.iter().map(|reader| &reader.format).filter(|format| !of_fields(format)).collect();
    assert_eq!(read.keys().copied().collect::<BTreeSet<_>>(), known, "every format has a fixture");
}
