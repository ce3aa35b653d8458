//! Cross-check of XLSX and XLSB workbooks against a second, independent reader (calamine): cell by cell, within a budget.
//!
//! calamine is never given the file itself. Its parts are inflated by [`Package`] within the budget; those that calamine needs are
//! checked (XML well-formed, no count larger than the part could hold, records that end within the part) and stored in a new archive.
//! Cells are then streamed (`worksheet_cells_reader`): its `Range` would allocate every cell between two corners that a file declares.

use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsb, Xlsx};
use unicode_normalization::UnicodeNormalization;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::biff::Records;
use super::value;
use crate::document::{Budget, Cell, Document, Grid, Place};
use crate::read::container::package::Package;

/// A cell that the two readers read differently.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::read) struct Disagreement {
    /// Place of the cell.
    pub(in crate::read) place: Place,
    /// Its text as read by our reader, and by calamine.
    pub(in crate::read) texts: [String; 2],
}

/// The result of comparing a sheet.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// All filled cells are equal.
    Same,
    /// A cell differs.
    Different(Disagreement),
}

/// The filled cells of a sheet that have not been compared yet, by row and column, 0-based.
type Filled<'g> = BTreeMap<(u32, u32), &'g Cell>;

/// Places of cells with asides.
type Marked<'g> = HashSet<&'g Place>;

/// Relative error of converting a decimal to a float and back twice: our reader keeps 15 digits.
const TOLERANCE: f64 = 1e-14;

/// Maximum ratio of the lengths of two texts that are equal except for marks, plus a few marks in a short text.
const MOST_TIMES: usize = 4;
const MOST_MARKS: usize = 64;

/// The first cell that calamine reads differently. `None` if all are equal, and for sheets or files that calamine cannot read within the
/// bounds.
pub(in crate::read) fn disagreement(bytes: &[u8], document: &Document) -> Option<Disagreement> {
    let (archive, is_binary) = checked_archive(bytes)?;
    let marked: Marked = document.asides.iter().map(|aside| &aside.place).collect();
    document.grids().find_map(|grid| {
        let sheet = grid.place.part.as_deref()?;
        // A panic in calamine counts as a sheet that it cannot read.
        let outcome = catch_unwind(AssertUnwindSafe(|| compared((grid, &marked), &archive, is_binary, sheet)));
        match outcome.ok().flatten()? {
            Outcome::Different(found) => Some(found),
            Outcome::Same => None,
        }
    })
}

/// Compares the filled cells of a grid in the order in which calamine streams them; `None` if calamine cannot read the sheet. Cells with
/// asides (struck-through or hidden text) are not compared, because calamine includes that text.
fn compared((grid, marked): (&Grid, &Marked), archive: &[u8], is_binary: bool, sheet: &str) -> Option<Outcome> {
    let is_compared = |cell: &&Cell| !cell.text.trim().is_empty() && !marked.contains(&cell.place);
    let filled = grid.cells().iter().filter(is_compared);
    let mut filled: Filled = filled.filter_map(|cell| Some(((cell.place.row?, cell.place.column?), cell))).collect();
    let archive = Cursor::new(archive);
    if is_binary {
        let mut book = Xlsb::new(archive).ok()?;
        let mut cells = book.worksheet_cells_reader(sheet).ok()?;
        while let Some(cell) = cells.next_cell().ok()? {
            if let Some(found) = compare(&mut filled, cell.get_position(), cell.get_value()) {
                return Some(Outcome::Different(found));
            }
        }
    } else {
        let mut book = Xlsx::new(archive).ok()?;
        let mut cells = book.worksheet_cells_reader(sheet).ok()?;
        while let Some(cell) = cells.next_cell().ok()? {
            if let Some(found) = compare(&mut filled, cell.get_position(), cell.get_value()) {
                return Some(Outcome::Different(found));
            }
        }
    }
    let missing = filled.first_key_value().map(|(_, cell)| differs(cell, &DataRef::Empty));
    Some(missing.map_or(Outcome::Same, Outcome::Different))
}

fn compare(filled: &mut Filled, at: (u32, u32), value: &DataRef) -> Option<Disagreement> {
    // A blank cell may be repeated with a value; a repeated value is compared once.
    if matches!(value, DataRef::Empty) {
        return None;
    }
    let cell = filled.remove(&at)?;
    (!agrees(cell, value)).then(|| differs(cell, value))
}

fn differs(cell: &Cell, value: &DataRef) -> Disagreement {
    Disagreement { place: cell.place.clone(), texts: [cell.text.clone(), Data::from(value.clone()).to_string()] }
}

/// Whether the text of a cell equals a value of calamine.
fn agrees(cell: &Cell, value: &DataRef) -> bool {
    let text = cell.text.trim();
    let is_number = |value: f64| text.parse::<f64>().is_ok_and(|number| close(number, value));
    let is_date =
        |serial: f64| [false, true].iter().any(|&is_1904| value::date(serial, is_1904).as_deref() == Some(text));
    let is_text = |value: &str| value.len() <= MOST_TIMES * text.len() + MOST_MARKS && letters(text) == letters(value);
    match value {
        DataRef::Int(value) => text.parse() == Ok(*value) || i32::try_from(*value).is_ok_and(|day| is_date(day.into())),
        DataRef::Float(value) => is_number(*value) || is_date(*value),
        DataRef::DateTime(value) => is_number(value.as_f64()) || is_date(value.as_f64()),
        DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => digits(value).starts_with(&digits(text)),
        DataRef::Bool(value) => text.eq_ignore_ascii_case(if *value { "true" } else { "false" }),
        DataRef::Error(_) => text.starts_with('#'),
        DataRef::String(value) => is_text(value),
        DataRef::SharedString(value) => is_text(value),
        DataRef::Empty => false,
    }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A text without white space, control characters and direction marks, with superscript digits as plain ones.
fn letters(text: &str) -> String {
    text.nfkc().filter(|sign| !sign.is_whitespace() && !sign.is_control() && !is_mark(*sign)).collect()
}

/// Zero-width characters: joiners, direction marks, the byte order mark.
fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// An archive of the checked parts that contain values, uncompressed; and whether the workbook is XLSB.
fn checked_archive(bytes: &[u8]) -> Option<(Vec<u8>, bool)> {
    let budget = &mut Budget::default();
    let mut package = Package::open(bytes, budget).ok()?;
    let names: Vec<String> = package.names().filter(|name| holds_values(name)).map(str::to_owned).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in &names {
        let part = package.part(name, budget).ok()??;
        let is_safe = if is_records(name) { are_records(&part) } else { is_well_formed(&part) && counts_fit(&part) };
        if !is_safe {
            return None;
        }
        archive.start_file(name, stored).ok()?;
        archive.write_all(&part).ok()?;
    }
    let is_binary = names.iter().map(String::as_str).any(is_records);
    Some((archive.finish().ok()?.into_inner(), is_binary))
}

/// Whether a part contains values or refers to parts that do. Styles are left out, because dates are compared as numbers.
fn holds_values(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some((stem, "xml" | "bin" | "rels")) = name.rsplit_once('.') else { return false };
    let is_rels = name == "_rels/.rels" || stem.ends_with("workbook.xml") || stem.ends_with("workbook.bin");
    let is_sheet = stem.contains("/worksheets/") && !stem.contains("/_rels/");
    is_rels || is_sheet || stem.ends_with("workbook") || stem.ends_with("sharedstrings")
}

/// Whether a part consists of binary records.
fn is_records(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case("bin"))
}

/// Whether every record of a binary part ends within it: calamine allocates the length that a record declares.
fn are_records(part: &[u8]) -> bool {
    let mut records = Records::new(part);
    let budget = &mut Budget::default();
    loop {
        match records.next(budget) {
            Ok(Some(_)) => {}
            end => return end.is_ok(),
        }
    }
}

/// Whether every element is closed by its own end tag: some loops of calamine wait for one and do not detect the end of the part.
fn is_well_formed(part: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(part) else { return false };
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = 0_usize;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(_)) => open += 1,
            Ok(quick_xml::events::Event::End(_)) => open -= 1,
            Ok(quick_xml::events::Event::DocType(_)) | Err(_) => return false,
            Ok(quick_xml::events::Event::Eof) => return open == 0,
            Ok(_) => {}
        }
    }
}

/// Attribute with the number of shared strings for which calamine allocates memory.
const COUNT: &str = "uniqueCount";

/// Whether no number after [`COUNT`] exceeds the length of the part in bytes. The name is searched for everywhere, also in texts.
fn counts_fit(part: &[u8]) -> bool {
    memchr::memmem::find_iter(part, COUNT).all(|at| {
        let behind = part[at + COUNT.len()..]
            .iter()
            .skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\''));
        let number: String = behind.take_while(|byte| byte.is_ascii_digit()).map(|&byte| char::from(byte)).collect();
        number.is_empty() || number.parse::<usize>().is_ok_and(|count| count <= part.len())
    })
}

#[cfg(test)]
mod tests;
