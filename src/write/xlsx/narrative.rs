//! Sheets other than the form's tables: the narrative, and extra tables.

use unicode_width::UnicodeWidthStr;

use super::Filler;
use super::blank::NARRATIVE_WIDTH;
use super::cell;
use super::sheet::Frame;
use super::styles::Look;
use super::template::Looks;
use crate::report::{ExtraCell, ExtraTable, Report};
use crate::write::plan::{ContentItem, PlannedSection};
use crate::write::xml::escape;

/// Maximum height of a row, in points.
const HIGHEST: usize = 409;

/// Display width of a line of text. Fast path: nearly every character is an ideograph or Chinese punctuation, which needs no table lookup.
fn width(line: &str) -> usize {
    let (mut columns, mut rest) = (0, line.as_bytes());
    while let [first, after @ ..] = rest {
        (columns, rest) = match (first, after) {
            (b' '..=b'~', _) => (columns + 1, after),
            // U+4E00 to U+9FFF, U+3000 to U+3029, U+FF01 to U+FF60.
            (0xe5..=0xe9, [_, _, after @ ..])
            | (0xe4, [0xb8..=0xbf, _, after @ ..])
            | (0xe3, [0x80, 0x80..=0xa9, after @ ..])
            | (0xef, [0xbc, 0x81..=0xbf, after @ ..] | [0xbd, 0x80..=0xa0, after @ ..]) => (columns + 2, after),
            // U+2014, U+2018 to U+201D.
            (0xe2, [0x80, 0x94 | 0x98..=0x9d, after @ ..]) => (columns + 1, after),
            _ => return line.width(),
        };
    }
    columns
}

/// State of writing a sheet row by row.
struct Rows<'a> {
    looks: &'a Looks,
    text: String,
    /// The next row, 0-based.
    row: u32,
    merges: Vec<String>,
    /// Cells that link to the sheet of a table: cell, and name of the sheet.
    links: Vec<(String, String)>,
}

impl Rows<'_> {
    /// Writes a row with a text in its first cell; a text too long for a cell continues in further rows. The height is set, because not
    /// every program fits it on opening a file.
    fn line(&mut self, look: Look, text: &str) {
        for piece in cell::pieces(text) {
            let width = |line: &str| (width(line) + 2).div_ceil(NARRATIVE_WIDTH as usize - 6).max(1);
            let lines: usize = piece.split('\n').map(width).sum();
            let height = if look == Look::Title { 34 } else { (lines * 17 + 5).min(HIGHEST) };
            self.text.push_str("<row r=\"");
            self.text.push_str(itoa::Buffer::new().format(self.row + 1));
            self.text.push_str("\" ht=\"");
            self.text.push_str(itoa::Buffer::new().format(height));
            self.text.push_str("\" customHeight=\"1\">");
            self.cell(0, look, piece);
            self.text.push_str("</row>");
            self.row += 1;
        }
    }

    /// An empty row to be filled in; programs fit its height to the text.
    fn blank(&mut self) {
        let name = cell::name(self.row, 0);
        self.text.push_str(&format!("<row r=\"{}\">", self.row + 1));
        cell::open(&mut self.text, &name);
        cell::blank(&mut self.text, self.looks.index(Look::Body));
        self.text.push_str("</row>");
        self.row += 1;
    }

    fn cell(&mut self, column: u32, look: Look, text: &str) {
        let plain = self.looks.index(look);
        let style = if cell::looks_like_formula(text) { self.looks.quoted(plain) } else { plain };
        cell::open(&mut self.text, &cell::name(self.row, column));
        cell::text(&mut self.text, style, text);
    }

    /// Writes the text of a section, one paragraph per row.
    fn pieces(&mut self, part: &PlannedSection, report: &Report) {
        for piece in &part.pieces {
            match piece {
                ContentItem::Text(text) => self.line(Look::Body, text),
                ContentItem::Heading(_, text) => self.line(Look::Subheading, text),
                ContentItem::Picture(index, _, alt) => {
                    let name = report.pictures.get(*index).map(|picture| picture.name.as_str());
                    self.line(Look::Body, &format!("〔图片：{}〕", alt.or(name).unwrap_or_default()));
                }
                ContentItem::Table(_) | ContentItem::Extra(_) => {}
            }
        }
    }

    fn finish(self, frame: &Frame) -> String {
        let mut sheet = String::with_capacity(frame.head.len() + self.text.len() + frame.tail.len());
        sheet.push_str(&frame.head);
        sheet.push_str(&self.text);
        let behind = frame.tail.strip_prefix("</sheetData>").unwrap_or(&frame.tail);
        sheet.push_str("</sheetData>");
        if !self.merges.is_empty() {
            sheet.push_str(&format!("<mergeCells count=\"{}\">", self.merges.len()));
            for merge in &self.merges {
                sheet.push_str(&format!("<mergeCell ref=\"{merge}\"/>"));
            }
            sheet.push_str("</mergeCells>");
        }
        if !self.links.is_empty() {
            sheet.push_str("<hyperlinks>");
            for (cell, name) in &self.links {
                sheet.push_str(&format!("<hyperlink ref=\"{cell}\" location=\""));
                escape(&format!("'{name}'!A1"), &mut sheet);
                sheet.push_str("\"/>");
            }
            sheet.push_str("</hyperlinks>");
        }
        sheet.push_str(behind);
        sheet
    }
}

/// The sheet with title, headings and paragraphs; headings link to the sheets of their tables.
pub(super) fn narrative(filler: &Filler, parts: &[PlannedSection]) -> String {
    let (report, looks) = (filler.report, &filler.template.looks);
    let text = String::with_capacity(16 << 10);
    let mut rows = Rows { looks, text, row: 0, merges: Vec::new(), links: Vec::new() };
    parts.iter().filter(|part| part.above_title).for_each(|part| rows.pieces(part, report));
    rows.line(Look::Title, &filler.title);
    if parts.iter().all(|part| part.heading().is_some()) {
        rows.blank();
    }
    for part in parts.iter().filter(|part| !part.above_title) {
        let table = part.pieces.iter().find_map(|piece| match piece {
            ContentItem::Table(table) => filler.template.names.get(*table),
            _ => None,
        });
        if let (Some(_), Some(name)) = (part.heading(), table) {
            rows.links.push((cell::name(rows.row, 0), name.clone()));
        }
        rows.line(if table.is_some() { Look::Link } else { Look::Heading }, part.heading().unwrap_or_default());
        rows.pieces(part, report);
        if table.is_none() && part.pieces.is_empty() {
            rows.blank();
        }
    }
    rows.finish(&filler.template.narrative)
}

/// The sheet with extra tables, each under the heading of its section; `None` if there are none.
pub(super) fn extra(parts: &[PlannedSection], looks: &Looks, frame: &Frame) -> Option<String> {
    let mut rows = Rows { looks, text: String::new(), row: 0, merges: Vec::new(), links: Vec::new() };
    for part in parts {
        for piece in &part.pieces {
            if let ContentItem::Extra(table) = piece {
                rows.line(Look::Heading, part.heading().unwrap_or_default());
                self::table(table, &mut rows);
                rows.row += 1;
            }
        }
    }
    (rows.row > 0).then(|| rows.finish(frame))
}

/// Maximum number of columns of a sheet.
const COLUMNS: u32 = 16_384;

/// Maximum number of rows for tables, of 1,048,576; the rest is left for text below them.
const ROWS: u32 = 1_000_000;

fn table(table: &ExtraTable, rows: &mut Rows) {
    let top = rows.row;
    let mut cells: Vec<&ExtraCell> = table.cells.iter().collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    // Excel refuses overlapping cells or merged regions: the text of such a cell is written below the table.
    let mut taken = Taken { limit: ROWS.saturating_sub(top), ..Taken::default() };
    let mut beyond: Vec<&str> = Vec::new();
    let mut open = None;
    for cell in cells {
        if !taken.take(cell) {
            beyond.extend(cell::pieces(&cell.text));
            continue;
        }
        if open != Some(cell.row) {
            rows.text.push_str(if open.is_some() { "</row>" } else { "" });
            rows.row = top + cell.row;
            rows.text.push_str(&format!("<row r=\"{}\">", rows.row + 1));
            open = Some(cell.row);
        }
        extra_cell(cell, rows);
        beyond.extend(cell::pieces(&cell.text).skip(1));
    }
    rows.text.push_str(if open.is_some() { "</row>" } else { "" });
    rows.row = top + taken.rows;
    for piece in beyond {
        rows.line(Look::Body, piece);
    }
}

/// The occupied slots of a table.
#[derive(Default)]
struct Taken {
    /// For each column, the first free row.
    free: Vec<u32>,
    /// Number of rows occupied so far.
    rows: u32,
    /// Number of available rows.
    limit: u32,
}

impl Taken {
    /// Occupies the slots of a cell, if they exist and are free; cells must come in row-major order.
    fn take(&mut self, cell: &ExtraCell) -> bool {
        let right = cell.column.saturating_add(cell.col_span.max(1));
        let bottom = cell.row.saturating_add(cell.row_span.max(1));
        if right > COLUMNS || bottom > self.limit {
            return false;
        }
        if self.free.len() < right as usize {
            self.free.resize(right as usize, 0);
        }
        let slots = &mut self.free[cell.column as usize..right as usize];
        if slots.iter().any(|&free| free > cell.row) {
            return false;
        }
        slots.fill(bottom);
        self.rows = self.rows.max(bottom);
        true
    }
}

fn extra_cell(cell: &ExtraCell, rows: &mut Rows) {
    let name = cell::name(rows.row, cell.column);
    match cell::plain_number(&cell.text) {
        Some(number) => {
            cell::open(&mut rows.text, &name);
            cell::number(&mut rows.text, rows.looks.index(Look::Figure(None)), number);
        }
        None => rows.cell(cell.column, Look::Extra, &cell.text),
    }
    if cell.row_span > 1 || cell.col_span > 1 {
        rows.merges.push(cell::region(rows.row, cell.column, cell.row_span.max(1), cell.col_span.max(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_as_wide_as_unicode_has_them() {
        for character in ' '..='\u{ffff}' {
            let text = character.to_string();
            assert_eq!(width(&text), text.width(), "{character:?}");
        }
    }
}
