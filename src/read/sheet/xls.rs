//! Excel 97-2003 workbooks and WPS .et through calamine, behind a pass over the records (MS-XLS 2.1.4) that refuses what
//! calamine would lay out as one dense range too large to hold.

use std::borrow::Cow;
use std::io::{Cursor, Write};

use calamine::{Reader as _, SheetType, SheetVisible, Xls};

use super::Sheet;
use super::excel::{guarded, regions, shown_owned};
use crate::document::{Budget, Document, Exceeded, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::cfb::{Compound, u16_at};

/// Cells of the rectangle around all cells of a sheet, over all sheets.
const AREA: u64 = 2_000_000;

/// Record types: beginning of a substream, encryption, extent.
const BOF: u16 = 0x0809;
const FILEPASS: u16 = 0x002F;
/// What a sheet says about its extent.
const DIMENSIONS: u16 = 0x0200;

/// Records of one cell: row, then column.
const CELLS: &[u16] = &[0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0001, 0x0002, 0x0003, 0x0004];

/// Records of several cells of a row: the last column stands at their end.
const RUNS: &[u16] = &[0x00BD, 0x00BE];

/// Reads a binary Excel workbook.
///
/// # Errors
/// [`ReadError`] when it is encrypted, damaged or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let stream = inspect(bytes, budget)?;
    // calamine insists on whole sectors, which WPS does not write, and follows damaged chains without end: it is given a sound
    // compound file with the one stream that matters.
    let sound = repack(&stream).map_err(|error| ReadError::Damaged(format!("the workbook: {error}")))?;
    drop(stream);
    let sheets = guarded(|| sheets(&sound, budget))?;
    super::document(sheets, budget, findings)
}

/// A compound file that holds nothing but the workbook's records.
fn repack(stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(
        cfb::Version::V3,
        Cursor::new(Vec::with_capacity(stream.len() + (64 << 10))),
    )?;
    file.create_stream("/Workbook")?.write_all(stream)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// Refuses records that would cost too much; returns the workbook's records.
fn inspect<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Cow<'a, [u8]>, ReadError> {
    let mut file = Compound::open(bytes, budget)?;
    let stream = match file.stream("Workbook", budget)? {
        Some(stream) => stream,
        None => file.stream("Book", budget)?.ok_or_else(|| ReadError::Damaged("there is no Workbook stream".into()))?,
    };
    let (mut at, mut area) = (0, 0_u64);
    let mut extent: Option<(u64, u64, u64, u64)> = None;
    let size = |extent: Option<(u64, u64, u64, u64)>| {
        extent.map_or(0, |(top, bottom, left, right)| (bottom - top + 1) * (right - left + 1))
    };
    while let (Some(kind), Some(length)) = (u16_at(&stream, at), u16_at(&stream, at + 2)) {
        budget.spend(Resource::Steps, 1)?;
        let data = at + 4;
        if kind == FILEPASS {
            return Err(ReadError::Encrypted);
        }
        if kind == BOF {
            area += size(extent.take());
        }
        if kind == DIMENSIONS {
            let at = |offset: usize| crate::read::cfb::u32_at(&stream, data + offset).unwrap_or(0);
            let short = |offset: usize| u64::from(u16_at(&stream, data + offset).unwrap_or(0));
            // Rows in four bytes each since BIFF8, in two before.
            let (rows, columns) = if length >= 14 {
                (u64::from(at(4).saturating_sub(at(0))), short(10).saturating_sub(short(8)))
            } else {
                (short(2).saturating_sub(short(0)), short(6).saturating_sub(short(4)))
            };
            if rows.saturating_mul(columns) > AREA {
                return Err(Exceeded { resource: Resource::GridSlots, asked: rows * columns, limit: AREA }.into());
            }
        }
        if CELLS.contains(&kind) || RUNS.contains(&kind) {
            let (Some(row), Some(first)) = (u16_at(&stream, data), u16_at(&stream, data + 2)) else { break };
            let last =
                if RUNS.contains(&kind) { u16_at(&stream, data + usize::from(length).saturating_sub(2)) } else { None };
            let (row, first, last) = (u64::from(row), u64::from(first), u64::from(last.unwrap_or(first)));
            let (top, bottom, left, right) = extent.unwrap_or((row, row, first, last));
            extent = Some((top.min(row), bottom.max(row), left.min(first), right.max(last).max(first)));
        }
        at = data + usize::from(length);
    }
    area += size(extent);
    if area > AREA {
        return Err(Exceeded { resource: Resource::GridSlots, asked: area, limit: AREA }.into());
    }
    Ok(stream)
}

fn sheets(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, ReadError> {
    let mut book: Xls<_> =
        Xls::new(Cursor::new(bytes)).map_err(|error| ReadError::Damaged(format!("the workbook: {error}")))?;
    let mut sheets = Vec::new();
    for known in book.sheets_metadata().to_vec() {
        if known.typ != SheetType::WorkSheet {
            continue;
        }
        let mut sheet = Sheet { hidden: known.visible != SheetVisible::Visible, ..Sheet::default() };
        sheet.merges = book.merge_cells_by_sheet_name(&known.name).map(|merges| regions(&merges)).unwrap_or_default();
        let range = book.worksheet_range(&known.name);
        let range = range.map_err(|error| ReadError::Damaged(format!("{}: {error}", known.name)))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            sheet.put(top + row as u32, left + column as u32, shown_owned(value), budget)?;
        }
        sheet.name = known.name;
        sheets.push(sheet);
    }
    Ok(sheets)
}
