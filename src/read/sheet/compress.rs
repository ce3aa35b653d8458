//! Converts a sparse sheet to a grid: empty rows and columns are dropped, cells keep their addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{COLUMNS, Region, Sheet, hidden};
use crate::document::{Budget, Cell, Exceeded, Grid, GridBuilder, Place, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::ReadError;

/// Maximum number of blank rows or columns of a merged region that get slots, so that the span of a header is kept. A longer region is
/// decoration: only its rows and columns with other filled cells get slots.
const LONGEST: u32 = 256;

/// The rows or columns that get slots, sorted.
struct Axis(Vec<u32>);

impl Axis {
    /// The union of inclusive ranges. `None` if it has more than `most` members.
    fn union(mut ranges: Vec<(u32, u32)>, most: u64) -> Option<Self> {
        ranges.sort_unstable();
        let mut union: Vec<(u32, u32)> = Vec::new();
        for (first, last) in ranges {
            match union.last_mut() {
                Some(open) if first <= open.1 => open.1 = open.1.max(last),
                _ => union.push((first, last)),
            }
        }
        let size: u64 = union.iter().map(|(first, last)| u64::from(last - first) + 1).sum();
        (size <= most).then(|| Self(union.into_iter().flat_map(|(first, last)| first..=last).collect()))
    }

    /// Number of members in an inclusive range, at least 1.
    fn span(&self, first: u32, last: u32) -> u32 {
        let to = self.0.partition_point(|&at| at <= last);
        let from = self.0.partition_point(|&at| at < first);
        (to - from).max(1) as u32
    }
}

/// The sheet as a grid; `None` for an empty sheet.
///
/// # Errors
/// [`ReadError::OverLimit`] if the filled rows and columns alone make a grid that is too large.
pub(super) fn grid(
    mut sheet: Sheet,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Option<Grid>, ReadError> {
    let part: Arc<str> = sheet.name.as_str().into();
    findings.extend(uncalculated(&sheet, &part));
    findings.extend(missing(&sheet, &part));
    sheet.cells.sort();
    let Some(((first_row, _), _)) = sheet.cells.first() else { return Ok(None) };
    let mut regions = BTreeMap::new();
    for region in &sheet.merges {
        if counts(&sheet, region, budget)? {
            regions.insert((region.top, region.left), *region);
        }
    }
    let (rows, columns) = axes(&sheet, &regions, budget)?;
    let mut builder = GridBuilder::new(Place {
        part: Some(Arc::clone(&part)),
        row: Some(first_row),
        column: columns.0.first().copied(),
        ..Place::default()
    });
    builder.caption(sheet.name.clone());
    for &row in &rows.0 {
        builder.start_row(budget)?;
        while let Some(&column) = columns.0.get(builder.next_column() as usize) {
            let region = regions.get(&(row, column));
            let cell = Cell {
                row_span: region.map_or(1, |region| rows.span(row, region.bottom)),
                col_span: region.map_or(1, |region| columns.span(column, region.right)),
                text: sheet.cells.take((row, column)),
                shown: if sheet.shown.is_empty() { None } else { sheet.shown.remove(&(row, column)) },
                digits: sheet.digits.remove(&(row, column)).unwrap_or_default(),
                place: Place::sheet_cell(&part, row, column),
                ..Cell::default()
            };
            builder.add(cell, budget)?;
        }
    }
    findings.extend(covered(&sheet, &part));
    Ok(Some(builder.finish(budget)?))
}

/// Whether a region is merged in the grid: its first cell has text, or none of its cells does; otherwise text would be lost.
fn counts(sheet: &Sheet, region: &Region, budget: &mut Budget) -> Result<bool, ReadError> {
    if sheet.cells.has_text((region.top, region.left)) {
        return Ok(true);
    }
    for (_, column) in sheet.cells.between((region.top, region.left)..=(region.bottom, region.right)) {
        budget.spend(Resource::Steps, 1)?;
        if (region.left..=region.right).contains(&column) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn axes(sheet: &Sheet, regions: &BTreeMap<(u32, u32), Region>, budget: &mut Budget) -> Result<(Axis, Axis), ReadError> {
    let short = |first: u32, last: u32| (first, if last - first < LONGEST { last } else { first });
    let mut rows: Vec<(u32, u32)> = Vec::new();
    let mut columns: Vec<(u32, u32)> = Vec::new();
    // Each row and column once: there are far fewer of them than cells.
    let mut known = vec![false; COLUMNS as usize];
    for (row, column) in sheet.cells.places() {
        if rows.last() != Some(&(row, row)) {
            rows.push((row, row));
        }
        if !std::mem::replace(&mut known[column as usize], true) {
            columns.push((column, column));
        }
    }
    // Blank regions keep only the slots of other cells.
    let filled = || regions.values().filter(|region| sheet.cells.has_text((region.top, region.left)));
    rows.extend(filled().map(|region| short(region.top, region.bottom)));
    columns.extend(filled().map(|region| short(region.left, region.right)));
    let most = budget.limits().grid_slots;
    let (Some(mut rows), Some(columns)) = (Axis::union(rows, most), Axis::union(columns, most)) else {
        return Err(Exceeded { resource: Resource::GridSlots, asked: most + 1, limit: most }.into());
    };
    // A row of blank cells directly below a filled row may be a row to be filled in.
    let has = |row: u32| rows.0.binary_search(&row).is_ok();
    let below = |row: u32| row.checked_sub(1).is_some_and(has) && !has(row);
    let blank: Vec<u32> =
        sheet.blank.iter().filter(|&(&row, &count)| count > 1 && below(row)).map(|(&row, _)| row).collect();
    rows.0.extend(blank);
    rows.0.sort_unstable();
    let mut columns = columns;
    hidden::keep_seen(&sheet.hidden_rows, &mut rows.0);
    hidden::keep_seen(&sheet.hidden_columns, &mut columns.0);
    budget.spend(Resource::GridSlots, rows.0.len() as u64 * columns.0.len() as u64)?;
    Ok((rows, columns))
}

/// The finding for text in covered cells of merged regions, which is invisible and not read.
fn covered(sheet: &Sheet, part: &Arc<str>) -> Option<Finding> {
    let ((row, column), text) = sheet.cells.first()?;
    let (count, name) = (sheet.cells.remaining().count(), &sheet.name);
    let shown: String = text.chars().take(40).collect();
    let place = Place::sheet_cell(part, row, column);
    let a1 = place.a1().unwrap_or_default();
    let message = Message::new(
        format!(
            "工作表“{name}”有{count}个被合并单元格遮住的单元格仍有内容（如{a1}：“{shown}”），未读取。请取消合并核对。"
        ),
        format!(
            "The sheet \"{name}\" has text in {count} cells that a merged region covers (such as {a1}: \"{shown}\"); it was not read. \
             Take the region apart and check."
        ),
    );
    Some(Finding::new(&code::CONTENT_SKIPPED, message).at(Some(place)))
}

/// The finding for formulas without a calculated result.
fn uncalculated(sheet: &Sheet, part: &Arc<str>) -> Option<Finding> {
    let (count, name) = (sheet.formulas.uncalculated, &sheet.name);
    let message = Message::new(
        format!(
            "工作表“{name}”有{count}个公式没有保存计算结果，这些单元格按空白读取。请用 Excel 或 WPS 打开后保存，再重新报送。"
        ),
        format!(
            "{count} formulas of the sheet \"{name}\" have no stored result; their cells were read as blank. Open the workbook in Excel or \
             WPS, save it, and send it again."
        ),
    );
    let place = Place { part: Some(Arc::clone(part)), ..Place::default() };
    (count > 0).then(|| Finding::new(&code::FORMULA_UNCALCULATED, message).at(Some(place)))
}

/// The finding for cells that refer to missing text.
fn missing(sheet: &Sheet, part: &Arc<str>) -> Option<Finding> {
    let (count, name) = (sheet.missing, &sheet.name);
    let message = Message::new(
        format!(
            "工作表“{name}”有{count}个单元格的文字在文件中找不到，按空白读取。请用 Excel 或 WPS 打开核对，或向报送单位索取完整文件。"
        ),
        format!(
            "The text of {count} cells of the sheet \"{name}\" is not in the file; they were read as blank. Check it in Excel or WPS, or ask \
             the sender for a whole copy."
        ),
    );
    let place = Place { part: Some(Arc::clone(part)), ..Place::default() };
    (count > 0).then(|| Finding::new(&code::FILE_DAMAGED, message).at(Some(place)))
}
