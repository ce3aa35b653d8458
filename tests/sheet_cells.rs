//! The workbook readers compared with calamine, cell by cell: the same texts, numbers and blanks in every workbook of samples and tests
//! that both can read.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};
use nianbao::document::{Block, Budget, Document};

use crate::sources;

/// Suffixes of workbooks that calamine reads.
const SUFFIXES: &[&str] = &["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// Folders with workbooks that are not broken on purpose.
const FOLDERS: &[&str] = &["samples", "tests/cases", "tests/corpus", "tests/fixtures"];

/// Workbooks for which our reader gives more than the cells' stored values, and what that is.
const KNOWN_BETTER: &[(&str, &str)] = &[
    ("x04_hidden_old_rows.xlsx", "rows that are hidden and stand again below are set aside"),
    ("x13_rich_superscript.xlsx", "a raised digit is shown as one"),
    ("x14_text_16_lrm.xlsx", "marks of direction are not shown"),
    ("y03_poi_formula_cached_zero.xls", "a formula that was never worked out has no result, and not 0"),
];

/// The texts of a workbook by sheet, row and column, 0-based, without blank ones.
type Texts = BTreeMap<(String, u32, u32), String>;

fn workbooks() -> Vec<PathBuf> {
    let all = FOLDERS.iter().flat_map(|folder| sources::files(folder));
    let suffix = |path: &Path| path.extension().map(|suffix| suffix.to_string_lossy().to_lowercase());
    all.filter(|path| suffix(path).is_some_and(|suffix| SUFFIXES.contains(&suffix.as_str()))).collect()
}

/// A trimmed text with normalised line ends.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn ours(document: &Document) -> Texts {
    let mut texts = Texts::new();
    for block in &document.blocks {
        let Block::Grid(grid) = block else { continue };
        for cell in grid.cells() {
            let place = &cell.place;
            if let (Some(sheet), Some(row), Some(column)) = (&place.part, place.row, place.column)
                && !plain(&cell.text).is_empty()
            {
                texts.insert((sheet.to_string(), row, column), plain(&cell.text));
            }
        }
    }
    texts
}

fn theirs(workbook: &mut Sheets<Cursor<Vec<u8>>>) -> BTreeMap<(String, u32, u32), Data> {
    let mut cells = BTreeMap::new();
    for name in workbook.sheet_names() {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let at = (
                name.clone(),
                top + u32::try_from(row).expect("a row"),
                left + u32::try_from(column).expect("a column"),
            );
            if !matches!(data, Data::String(text) if plain(text).is_empty()) {
                cells.insert(at, data.clone());
            }
        }
    }
    cells
}

/// Whether a text is the display of a value: a text, a number in any number format, or a date.
fn shows(text: &str, data: &Data) -> bool {
    match data {
        Data::String(value) => plain(value) == text,
        Data::Int(value) => text.replace(',', "").parse() == Ok(*value),
        Data::Float(value) => {
            let shown = text.replace([',', '%'], "");
            let shown: f64 = shown.parse().unwrap_or(f64::NAN);
            let close = |factor: f64| (shown - value * factor).abs() <= 0.5_f64.mul_add(0.01, 1e-9 * value.abs());
            close(1.0) || close(100.0)
        }
        Data::DateTime(_) | Data::DateTimeIso(_) => text.chars().any(|sign| sign.is_ascii_digit()),
        Data::Bool(value) => text.eq_ignore_ascii_case(&value.to_string()),
        _ => true,
    }
}

#[test]
fn cells_are_those_that_calamine_reads() {
    let (mut compared, mut files, mut wrong, mut better) = (0, 0, Vec::new(), BTreeSet::new());
    for path in workbooks() {
        let bytes = std::fs::read(sources::root().join(&path)).expect("a file");
        let reading = nianbao::read::read(&bytes, None, &mut Budget::default());
        let workbook = open_workbook_auto_from_rs(Cursor::new(bytes));
        let (Ok(reading), Ok(mut workbook)) = (reading, workbook) else { continue };
        let (ours, theirs) = (ours(&reading.document), theirs(&mut workbook));
        files += 1;
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let differs = KNOWN_BETTER.iter().any(|(known, _)| *known == name);
        // Sheets that calamine cannot read are not compared.
        let sheets: BTreeSet<&String> = theirs.keys().map(|(sheet, ..)| sheet).collect();
        let before = wrong.len();
        for (at, data) in &theirs {
            compared += 1;
            match ours.get(at) {
                Some(text) if shows(text, data) => {}
                found => wrong.push(format!("{}: {at:?}: {found:?}, calamine {data:?}", path.display())),
            }
        }
        let more = ours.iter().filter(|(at, _)| sheets.contains(&at.0) && !theirs.contains_key(*at));
        wrong.extend(more.map(|(at, text)| format!("{}: {at:?}: {text:?}, calamine nothing", path.display())));
        if differs && wrong.len() > before {
            wrong.truncate(before);
            better.insert(name);
        }
    }
    assert!(files >= 20 && compared >= 8_000, "{files} workbooks, {compared} cells");
    assert!(wrong.is_empty(), "{} of {compared} cells of {files} workbooks:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(better.len(), KNOWN_BETTER.len(), "{better:?}");
}
