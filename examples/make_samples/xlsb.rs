//! Writes a workbook in the binary format of Excel (MS-XLSB), which no other available program writes.

use nianbao::document::{Budget, Cell, Grid};

use crate::{Done, archive};

/// Record types (MS-XLSB 2.3.2).
mod kind {
    pub(super) const ROW_HDR: u16 = 0;
    pub(super) const CELL_RK: u16 = 2;
    pub(super) const CELL_REAL: u16 = 5;
    pub(super) const CELL_ISST: u16 = 7;
    pub(super) const SST_ITEM: u16 = 19;
    pub(super) const BEGIN_SHEET: u16 = 129;
    pub(super) const END_SHEET: u16 = 130;
    pub(super) const BEGIN_BOOK: u16 = 131;
    pub(super) const END_BOOK: u16 = 132;
    pub(super) const BEGIN_BUNDLE_SHS: u16 = 143;
    pub(super) const END_BUNDLE_SHS: u16 = 144;
    pub(super) const BEGIN_SHEET_DATA: u16 = 145;
    pub(super) const END_SHEET_DATA: u16 = 146;
    pub(super) const BUNDLE_SH: u16 = 156;
    pub(super) const BEGIN_SST: u16 = 159;
    pub(super) const END_SST: u16 = 160;
    pub(super) const MERGE_CELL: u16 = 176;
    pub(super) const BEGIN_MERGE_CELLS: u16 = 177;
    pub(super) const END_MERGE_CELLS: u16 = 178;
}

/// Largest whole number that an RK number holds (MS-XLSB, `RkNumber`).
const LARGEST_RK: f64 = 536_870_911.0;

/// The workbook converted to XLSB: sheets with cell contents and merged regions.
pub(crate) fn of(workbook: &[u8]) -> Done<Vec<u8>> {
    let document = nianbao::read::read(workbook, None, &mut Budget::default())?.document;
    let mut strings = Vec::new();
    let mut parts = Vec::new();
    let (mut bundle, mut types, mut relations) = (Vec::new(), String::new(), String::new());
    for (number, grid) in (1_u32..).zip(document.grids()) {
        let name = grid.caption.as_deref().unwrap_or_default();
        bundle.extend(record(
            kind::BUNDLE_SH,
            &[longs(&[0, number]), wide(&format!("rId{number}")), wide(name)].concat(),
        ));
        relations += &relation(number, "worksheet", &format!("worksheets/sheet{number}.bin"));
        types += &of_part(&format!("xl/worksheets/sheet{number}.bin"), "worksheet");
        parts.push((format!("xl/worksheets/sheet{number}.bin"), sheet(grid, &mut strings)));
    }
    relations += &relation(0, "sharedStrings", "sharedStrings.bin");
    types += &of_part("xl/sharedStrings.bin", "sharedStrings");
    types += &of_part("xl/workbook.bin", "sheet.binary.macroEnabled.main");
    let book = [
        record(kind::BEGIN_BOOK, &[]),
        record(kind::BEGIN_BUNDLE_SHS, &[]),
        bundle,
        record(kind::END_BUNDLE_SHS, &[]),
        record(kind::END_BOOK, &[]),
    ];
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{types}</Types>"
    );
    let own = relation(0, "officeDocument", "xl/workbook.bin");
    parts.extend([
        ("xl/sharedStrings.bin".to_owned(), shared(&strings)),
        ("xl/workbook.bin".to_owned(), book.concat()),
        ("xl/_rels/workbook.bin.rels".to_owned(), relationships(&relations).into_bytes()),
        ("_rels/.rels".to_owned(), relationships(&own).into_bytes()),
        ("[Content_Types].xml".to_owned(), types.into_bytes()),
    ]);
    parts.reverse();
    archive(&parts)
}

fn of_part(name: &str, kind: &str) -> String {
    format!("<Override PartName=\"/{name}\" ContentType=\"application/vnd.ms-excel.{kind}\"/>")
}

fn relation(number: u32, kind: &str, target: &str) -> String {
    let space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    format!("<Relationship Id=\"rId{number}\" Type=\"{space}/{kind}\" Target=\"{target}\"/>")
}

fn relationships(list: &str) -> String {
    let space = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("<Relationships xmlns=\"{space}\">{list}</Relationships>")
}

/// The part of a sheet; its texts are added to the shared strings.
fn sheet(grid: &Grid, strings: &mut Vec<String>) -> Vec<u8> {
    let mut cells: Vec<&Cell> = grid.cells().iter().collect();
    cells.sort_by_key(|cell| (cell.place.row, cell.place.column));
    let (mut data, mut merges) = (Vec::new(), Vec::new());
    for row in cells.chunk_by(|one, other| one.place.row == other.place.row) {
        let at = row.first().and_then(|cell| cell.place.row).unwrap_or_default();
        // Height, flags, and no column spans.
        data.extend(record(kind::ROW_HDR, &[longs(&[at, 0]), vec![0x1D, 0x01, 0, 0, 0], longs(&[0])].concat()));
        for cell in row {
            let column = cell.place.column.unwrap_or_default();
            data.extend(value(column, &cell.text, strings));
            if cell.row_span * cell.col_span > 1 {
                let (bottom, right) = (at + cell.row_span - 1, column + cell.col_span - 1);
                merges.push(record(kind::MERGE_CELL, &longs(&[at, bottom, column, right])));
            }
        }
    }
    let mut part = [record(kind::BEGIN_SHEET, &[]), record(kind::BEGIN_SHEET_DATA, &[]), data].concat();
    part.extend(record(kind::END_SHEET_DATA, &[]));
    if !merges.is_empty() {
        part.extend(record(kind::BEGIN_MERGE_CELLS, &longs(&[merges.len() as u32])));
        part.extend(merges.concat());
        part.extend(record(kind::END_MERGE_CELLS, &[]));
    }
    part.extend(record(kind::END_SHEET, &[]));
    part
}

/// The record of a cell (MS-XLSB 2.5.9): column and format, then an RK number, a float, or a shared string; no value if it is blank.
fn value(column: u32, text: &str, strings: &mut Vec<String>) -> Vec<u8> {
    let cell = longs(&[column, 0]);
    match text.parse::<f64>() {
        _ if text.is_empty() => Vec::new(),
        Ok(number) if number.fract() == 0.0 && number.abs() <= LARGEST_RK => {
            record(kind::CELL_RK, &[cell, ((number as i32) << 2 | 2).to_le_bytes().to_vec()].concat())
        }
        Ok(number) => record(kind::CELL_REAL, &[cell, number.to_le_bytes().to_vec()].concat()),
        Err(_) => {
            let known = strings.iter().position(|string| string == text);
            let index = known.unwrap_or(strings.len());
            if known.is_none() {
                strings.push(text.to_owned());
            }
            record(kind::CELL_ISST, &[cell, longs(&[index as u32])].concat())
        }
    }
}

fn shared(strings: &[String]) -> Vec<u8> {
    let count = strings.len() as u32;
    let mut part = record(kind::BEGIN_SST, &longs(&[count, count]));
    for string in strings {
        part.extend(record(kind::SST_ITEM, &[vec![0], wide(string)].concat()));
    }
    part.extend(record(kind::END_SST, &[]));
    part
}

/// A record: type and length in bytes of seven bits, low-order first (MS-XLSB 2.1.4).
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = if kind < 128 { vec![kind as u8] } else { vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8] };
    let mut length = data.len();
    while length > 0x7F {
        bytes.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(data);
    bytes
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A UTF-16 string (MS-XLSB, `XLWideString`).
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = longs(&[units.len() as u32]);
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}
