//! Lists that an office keeps in a workbook: codes keep their leading zeros, and a second reader (calamine) has to agree on every cell.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::agencies::Agencies;
use nianbao::read::{Damage, ReadError, first_rows, is_workbook};

use crate::sources;

/// Folders with workbooks, including hostile ones.
const FOLDERS: &[&str] = &["samples", "tests/cases", "tests/corpus", "tests/fixtures", "tests/hostile"];

/// An agencies list written by LibreOffice: numbers in the format `0000`, a text with zeros, dates displayed without their year, and a
/// title over all columns.
const ROWS: &[&[&str]] = &[
    &["某县单位名录", "某县单位名录", "某县单位名录", "某县单位名录"],
    &["代码", "单位名称", "上级", "启用日期"],
    &["0007", "县政府办公室", "", "2026-03-01"],
    &["0012", "县教育局", "0007", "2025-12-31"],
    &["0099", "县档案馆", "0007", ""],
];

#[test]
fn codes_keep_their_zeros_and_days_their_year_in_every_format() {
    for suffix in ["xlsx", "xls", "ods"] {
        let name = format!("codes.{suffix}");
        let path = sources::root().join("tests/fixtures/lists").join(&name);
        let bytes = std::fs::read(path).expect("a fixture");
        let rows = first_rows(&bytes).expect("a workbook").expect("a table");
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, cells)| cells).collect();
        assert_eq!(rows, ROWS, "{name}");
        let agencies = Agencies::read(&name, &bytes).expect("an agencies file");
        let codes: Vec<&str> = agencies.list().iter().filter_map(|agency| agency.code.as_deref()).collect();
        assert_eq!(codes, ["0007", "0012", "0099"], "{name}");
    }
}

#[test]
fn the_second_reader_contradicts_no_workbook_that_is_read() {
    let (mut read, mut refused) = (0, 0);
    for path in FOLDERS.iter().flat_map(|folder| sources::files(folder)) {
        let bytes = std::fs::read(sources::root().join(&path)).expect("a file");
        if !is_workbook(&bytes) {
            continue;
        }
        match first_rows(&bytes) {
            Err(ReadError::Damaged(damage)) if matches!(*damage, Damage::CellUncertain { .. }) => {
                panic!("{}: {damage}", path.display())
            }
            Err(_) => refused += 1,
            Ok(_) => read += 1,
        }
    }
    assert!(read >= 60 && refused >= 10, "{read} read, {refused} refused");
}
