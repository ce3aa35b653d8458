//! `OpenDocument` spreadsheets by an own pass over `content.xml`: calamine gives them no merged regions and dense ranges.

use super::Sheet;
use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::odf::{OFFICE, SPACES, TABLE, TEXT, count, metadata, open};
use crate::read::xml::{self, Event, Events, Tag};

/// Rows and columns that a sheet may have; repeated blank ones at its end reach this far.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Reads an `OpenDocument` spreadsheet.
///
/// # Errors
/// [`ReadError`] when it is encrypted, damaged or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = open(bytes, budget)?;
    let content = package.part("content.xml", budget)?;
    let content = content.ok_or_else(|| ReadError::Damaged("there is no content.xml".into()))?;
    let (text, base) = xml::text(&content, budget)?;
    let mut events = Events::new(&text, base, SPACES);
    let mut sheets = Vec::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == TABLE && tag.local == "table" => {
                sheets.push(sheet(&mut events, &tag, budget)?);
            }
            Event::End => break,
            _ => {}
        }
    }
    let mut document = super::document(sheets, budget, findings)?;
    document.metadata = metadata(&mut package, budget)?;
    Ok(document)
}

fn sheet(events: &mut Events, tag: &Tag, budget: &mut Budget) -> Result<Sheet, ReadError> {
    let mut sheet = Sheet { name: tag.get("name").map(Into::into).unwrap_or_default(), ..Sheet::default() };
    let outside = events.depth() - 1;
    let mut row = 0_u32;
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == TABLE && tag.local == "table-row" => {
                let repeated = count(&tag, "number-rows-repeated");
                let cells = cells(events, row, &mut sheet, budget)?;
                // A repeated row with content is a row for each repetition; blank ones only move on.
                let copies = if cells.is_empty() { 0 } else { repeated.min(ROWS.saturating_sub(row)) };
                for copy in 0..copies {
                    for (column, text) in &cells {
                        sheet.put(row + copy, *column, text.clone(), budget)?;
                    }
                }
                row = row.saturating_add(repeated).min(ROWS);
            }
            Event::Open(tag) if matches!(tag.local, "shapes" | "named-expressions" | "annotation") => {
                events.skip(budget)?;
            }
            Event::Close(_) if events.depth() == outside => return Ok(sheet),
            Event::End => return Ok(sheet),
            _ => {}
        }
    }
}

/// The filled cells of a row: column and text. Merged regions are noted on the way.
fn cells(
    events: &mut Events,
    row: u32,
    sheet: &mut Sheet,
    budget: &mut Budget,
) -> Result<Vec<(u32, String)>, ReadError> {
    let outside = events.depth() - 1;
    let mut cells = Vec::new();
    let mut column = 0_u32;
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == TABLE && matches!(tag.local, "table-cell" | "covered-table-cell") => {
                let repeated = count(&tag, "number-columns-repeated");
                let (rows, columns) = (count(&tag, "number-rows-spanned"), count(&tag, "number-columns-spanned"));
                if rows > 1 || columns > 1 {
                    let end = (row.saturating_add(rows - 1).min(ROWS), column.saturating_add(columns - 1).min(COLUMNS));
                    sheet.merges.push(((row, column), end));
                    budget.spend(Resource::Blocks, 1)?;
                }
                let value = value(&tag);
                let shown = content(events, budget)?;
                let text = value.unwrap_or(shown);
                if !text.is_empty() {
                    for copy in 0..repeated.min(COLUMNS.saturating_sub(column)) {
                        budget.spend(Resource::Steps, 1)?;
                        cells.push((column + copy, text.clone()));
                    }
                }
                column = column.saturating_add(repeated).min(COLUMNS);
            }
            Event::Close(_) if events.depth() == outside => return Ok(cells),
            Event::End => return Ok(cells),
            _ => {}
        }
    }
}

/// The figure of a cell as it is written, where it has one.
fn value(tag: &Tag) -> Option<String> {
    match tag.get("value-type").as_deref() {
        Some("float" | "currency" | "percentage") => tag.get("value").map(|value| plain(&value)),
        Some("date") => tag.get("date-value").map(|value| value.trim_end_matches("T00:00:00").to_owned()),
        Some("boolean") => tag.get("boolean-value").map(|value| value.to_ascii_uppercase()),
        _ => None,
    }
}

/// A figure without an exponent.
fn plain(value: &str) -> String {
    if value.contains(['e', 'E'])
        && let Ok(number) = rust_decimal::Decimal::from_scientific(value)
    {
        return number.normalize().to_string();
    }
    value.to_owned()
}

/// The text of a cell: its paragraphs, joined by line breaks.
fn content(events: &mut Events, budget: &mut Budget) -> Result<String, ReadError> {
    let outside = events.depth() - 1;
    let mut text = String::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == OFFICE && tag.local == "annotation" => {
                events.skip(budget)?;
            }
            Event::Open(tag) if tag.space == TEXT => match tag.local {
                "p" if !text.is_empty() => text.push('\n'),
                "s" => {
                    for _ in 0..tag.get("c").and_then(|count| count.parse().ok()).unwrap_or(1_u32).min(1_000) {
                        text.push(' ');
                    }
                }
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                _ => {}
            },
            Event::Text(piece) => {
                text.extend(piece.chars().filter(|&character| character != '\n' && character != '\r'));
            }
            Event::Character(character) => text.push(character),
            Event::Close(_) if events.depth() == outside => return Ok(text),
            Event::End => return Ok(text),
            _ => {}
        }
    }
}
