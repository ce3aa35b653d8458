//! Rows that are data, in an office's own Word table: its rows are filled, and copies of the last one are added as the report needs them.

use std::collections::HashSet;

use super::scan::{ParagraphScan, Scan, scan};
use super::slot::{TextSlot, look_before};
use crate::bind::{OpenCell, OpenPlaces};
use crate::document::Budget;
use crate::fill::edit::{Edit, Span, apply};
use crate::fill::rows::{OpenReport, RowCell};
use crate::form::{FieldIndex, OpenBlock};
use crate::read::ReadError;

/// The rows of a table that are filled.
#[derive(Debug)]
pub(super) struct RowSlots {
    /// Its blocks: several if they are side by side.
    blocks: Vec<OpenBlock>,
    rows: Vec<RowSlot>,
    total: Option<RowSlot>,
}

/// A row with the slots of its cells.
#[derive(Debug)]
struct RowSlot {
    span: Span,
    cells: Vec<(TextSlot, RowCell)>,
    /// For each cell with text of the office's own, the span of the cell and the edit that empties it in a copy of the row.
    own: Vec<(Span, Edit)>,
}

/// Finds the rows of every table whose rows are data.
///
/// # Errors
/// [`ReadError`] if a cell is not well-formed, or exceeds a limit.
pub(super) fn locate(
    source: &str,
    part: &str,
    places: &[OpenPlaces],
    prefix: &str,
    budget: &mut Budget,
) -> Result<Vec<RowSlots>, ReadError> {
    let mut found: Vec<RowSlots> = Vec::new();
    for place in places {
        let mut locator = RowLocator { source, part, prefix, block: 0, budget };
        let span = place.rows.first().and_then(|row| locator.row(row));
        // Blocks side by side share their rows.
        let beside = found.iter_mut().find(|known| span.is_some() && known.rows.first().map(|row| row.span) == span);
        if let Some(known) = beside {
            locator.block = known.blocks.len();
            known.blocks.push(place.block);
            for (row, cells) in known.rows.iter_mut().zip(&place.rows) {
                row.join(locator.cells((0, 0), cells, None)?);
            }
            if let (Some(row), Some(cells)) = (&mut known.total, &place.total) {
                row.join(locator.cells((0, 0), cells, None)?);
            }
            continue;
        }
        let above = std::iter::once(None).chain(place.rows.iter().map(|row| Some(row.as_slice())));
        let rows = place.rows.iter().zip(above).map(|(row, above)| locator.slot(row, above));
        let rows = rows.collect::<Result<Option<Vec<_>>, _>>()?;
        let Some(rows) = rows.filter(|rows| !rows.is_empty() && are_consecutive(source, rows)) else { continue };
        let total = place.total.as_ref().map(|row| locator.slot(row, None)).transpose()?.flatten();
        found.push(RowSlots { blocks: vec![place.block], rows, total });
    }
    Ok(found)
}

/// The document with a blank row below the header of each table that has none; `None` if there is no such table.
///
/// # Errors
/// [`ReadError`] if a cell is not well-formed, or exceeds a limit.
pub(super) fn with_blank_rows(
    source: &str,
    part: &str,
    places: &[OpenPlaces],
    prefix: &str,
    budget: &mut Budget,
) -> Result<Option<String>, ReadError> {
    let mut edits: Vec<Edit> = Vec::new();
    for place in places.iter().filter(|place| place.rows.is_empty()) {
        let locator = RowLocator { source, part, prefix, block: 0, budget };
        let Some(span) = locator.row(&place.header) else { continue };
        // Blocks side by side share their header.
        if edits.iter().any(|edit| edit.span.0 == span.1) {
            continue;
        }
        let mut own = Vec::new();
        let cells: Vec<Span> = place.header.iter().filter_map(|cell| locator.span(cell)).collect();
        for cell in cells {
            let scanned = scan(source, cell, prefix, budget)?;
            own.extend(emptied(source, cell, &scanned, prefix));
        }
        for edit in &mut own {
            edit.span = (edit.span.0 - span.0, edit.span.1 - span.0);
        }
        let row = apply(source.get(span.0..span.1).unwrap_or_default(), &mut own);
        edits.push(Edit::insert(span.1, plain(&again(&row, prefix), prefix)));
    }
    Ok((!edits.is_empty()).then(|| apply(source, &mut edits)))
}

/// A row of a header as a row of data: not repeated on each page, without shading, bold type, and cells that continue those above.
fn plain(row: &str, prefix: &str) -> String {
    let mut text = row.to_owned();
    for name in ["tblHeader", "vMerge", "shd", "b", "bCs"] {
        let open = format!("<{prefix}{name}");
        let is_tag = |at: &usize| {
            text[at + open.len()..].starts_with(|sign: char| sign.is_ascii_whitespace() || matches!(sign, '/' | '>'))
        };
        let found: Vec<usize> = text.match_indices(&open).map(|(at, _)| at).filter(is_tag).collect();
        let close = format!("</{prefix}{name}>");
        for at in found.into_iter().rev() {
            let Some(tag) = text[at..].find('>').map(|end| end + 1) else { continue };
            // These elements are empty, but may have an end tag of their own.
            let is_whole = text[..at + tag].ends_with("/>");
            let length = if is_whole { Some(tag) } else { text[at..].find(&close).map(|end| end + close.len()) };
            if let Some(length) = length {
                text.replace_range(at..at + length, "");
            }
        }
    }
    text
}

/// Whether there is nothing between the rows.
fn are_consecutive(source: &str, rows: &[RowSlot]) -> bool {
    rows.windows(2)
        .all(|pair| source.get(pair[0].span.1..pair[1].span.0).is_some_and(|between| between.trim().is_empty()))
}

struct RowLocator<'a> {
    source: &'a str,
    part: &'a str,
    prefix: &'a str,
    /// Index of the block among those of the rows.
    block: usize,
    budget: &'a mut Budget,
}

impl RowLocator<'_> {
    fn span(&self, cell: &OpenCell) -> Option<Span> {
        let (start, end) = cell.place.span.filter(|_| cell.place.part.as_deref() == Some(self.part))?;
        Some((start as usize, end as usize))
    }

    /// The span of the row that contains these cells.
    fn row(&self, cells: &[OpenCell]) -> Option<Span> {
        let (first, last) = (self.span(cells.first()?)?, self.span(cells.last()?)?);
        let (open, close) = (format!("<{}tr", self.prefix), format!("</{}tr>", self.prefix));
        let is_tag = |at: &usize| {
            self.source.get(at + open.len()..).is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\r', '\t']))
        };
        let start = self.source.get(..first.0)?.rmatch_indices(&open).map(|(at, _)| at).find(is_tag)?;
        let end = last.1 + self.source.get(last.1..)?.find(&close)? + close.len();
        Some((start, end))
    }

    fn slot(&mut self, cells: &[OpenCell], above: Option<&[OpenCell]>) -> Result<Option<RowSlot>, ReadError> {
        let Some(span) = self.row(cells) else { return Ok(None) };
        Ok(Some(self.cells(span, cells, above)?))
    }

    /// The row at a span with these cells.
    fn cells(&mut self, row: Span, cells: &[OpenCell], above: Option<&[OpenCell]>) -> Result<RowSlot, ReadError> {
        let mut found = RowSlot { span: row, cells: Vec::new(), own: Vec::new() };
        let mut neighbour = String::new();
        for (cell, content) in cells.iter().zip(RowCell::of_row(cells, above, self.block)) {
            let Some(span) = self.span(cell) else { continue };
            let scanned = scan(self.source, span, self.prefix, self.budget)?;
            let Some(content) = content else {
                found.own.extend(emptied(self.source, span, &scanned, self.prefix).map(|edit| (span, edit)));
                continue;
            };
            if neighbour.is_empty() {
                neighbour = look_before(self.source, span.0, self.prefix).unwrap_or_default();
            }
            let slot = TextSlot::locate(self.source, &scanned, self.prefix, &neighbour);
            found.cells.extend(slot.map(|slot| (slot, content)));
        }
        Ok(found)
    }
}

impl RowSlot {
    /// Adds the cells of a block beside those before. What is outside of the columns of both is the office's own.
    fn join(&mut self, other: Self) {
        self.own.retain(|(span, _)| other.own.iter().any(|own| own.0 == *span));
        self.cells.extend(other.cells);
    }
}

/// The edit that leaves a cell with one empty paragraph; `None` if it is empty already, or shows only a placeholder.
fn emptied(source: &str, cell: Span, scan: &Scan, prefix: &str) -> Option<Edit> {
    let first = scan.paragraphs.first()?;
    let is_empty = |paragraph: &ParagraphScan| !paragraph.other && paragraph.text.trim().is_empty();
    let has_table = || source.get(cell.0..cell.1).is_some_and(|text| text.contains(&format!("<{prefix}tbl>")));
    if scan.shows_placeholder || (scan.paragraphs.iter().all(is_empty) && !has_table()) {
        return None;
    }
    let start = cell.0 + source.get(cell.0..cell.1)?.find('>')? + 1;
    let start = scan.properties.map_or(start, |properties| properties.1);
    let end = cell.0 + source.get(cell.0..cell.1)?.rfind("</")?;
    let properties = first.properties.and_then(|span| source.get(span.0..span.1)).unwrap_or_default();
    Some(Edit { span: (start, end), text: format!("<{prefix}p>{properties}</{prefix}p>") })
}

impl RowSlots {
    /// Adds the edits that write a report's rows, and the fields that they contain.
    pub(super) fn put(
        &self,
        (source, prefix): (&str, &str),
        report: &OpenReport,
        edits: &mut Vec<Edit>,
        placed: &mut HashSet<FieldIndex>,
    ) {
        let keys = report.keys_of(&self.blocks);
        let count = keys.iter().map(Vec::len).max().unwrap_or_default();
        let mut text = String::new();
        for number in 0..count.max(self.rows.len()) {
            let pattern = number.min(self.rows.len() - 1);
            let copy = self.row(source, (number, pattern), (report, &keys), placed);
            text.push_str(&if number == pattern { copy } else { again(&copy, prefix) });
        }
        let span = (self.rows[0].span.0, self.rows[self.rows.len() - 1].span.1);
        edits.push(Edit { span, text });
        for (slot, content) in self.total.iter().flat_map(|row| &row.cells) {
            let RowCell::Field { block, leaf, part, parts } = *content else { continue };
            let Some(total) = report.total(self.blocks[block], (leaf, part, parts)) else { continue };
            placed.extend(total.field);
            slot.put(&total.text, edits);
        }
    }

    /// The source of a row with the content of the report's row of this number; `pattern` is the template's row.
    fn row(
        &self,
        source: &str,
        (number, pattern): (usize, usize),
        (report, keys): (&OpenReport, &[Vec<&str>]),
        placed: &mut HashSet<FieldIndex>,
    ) -> String {
        let row = &self.rows[pattern];
        let mut own = Vec::new();
        // Text in a column that is not of the form belongs to the one row, as a remark or a signature.
        if number != pattern {
            own.extend(row.own.iter().map(|(_, edit)| edit.clone()));
        }
        for (slot, content) in &row.cells {
            match *content {
                RowCell::Number(first) => {
                    let further = i64::try_from(number - pattern).unwrap_or_default();
                    slot.put(&first.saturating_add(further).to_string(), &mut own);
                }
                RowCell::Field { block, leaf, part, parts } => {
                    let key = keys[block].get(number).copied();
                    let content = key.map(|key| report.content(self.blocks[block], key, (leaf, part, parts)));
                    placed.extend(content.as_ref().and_then(|content| content.field));
                    slot.put(content.as_ref().map_or("", |content| &content.text), &mut own);
                }
            }
        }
        let from = row.span.0;
        for edit in &mut own {
            edit.span = (edit.span.0 - from, edit.span.1 - from);
        }
        apply(source.get(from..row.span.1).unwrap_or_default(), &mut own)
    }
}

/// A copy of a row: without identifiers that must be unique in the document, and continuing the cells that are merged downwards.
fn again(row: &str, prefix: &str) -> String {
    let mut text = row.to_owned();
    for name in ["bookmarkStart", "bookmarkEnd", "id"] {
        let open = format!("<{prefix}{name} ");
        while let Some(at) = text.find(&open) {
            let Some(length) = text[at..].find('>') else { break };
            text.replace_range(at..=at + length, "");
        }
    }
    for name in [" w14:paraId=\"", " w14:textId=\""] {
        while let Some(at) = text.find(name) {
            let Some(length) = text[at + name.len()..].find('"') else { break };
            text.replace_range(at..=at + name.len() + length, "");
        }
    }
    text.replace(&format!("<{prefix}vMerge {prefix}val=\"restart\"/>"), &format!("<{prefix}vMerge/>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_header_becomes_plain_however_its_properties_end() {
        let row = "<w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:shd w:fill=\"D9D9D9\"></w:shd></w:tcPr><w:p><w:r><w:rPr><w:b></w:b>\
                   <w:bCs/><w:sz w:val=\"21\"/></w:rPr></w:r></w:p></w:tc></w:tr>";
        let expected = "<w:tr><w:trPr></w:trPr><w:tc><w:tcPr></w:tcPr><w:p><w:r><w:rPr><w:sz w:val=\"21\"/></w:rPr></w:r></w:p></w:tc></w:tr>";
        assert_eq!(plain(row, "w:"), expected);
    }
}
