//! Tables whose rows are data (open rows): which rows of a grid belong to the table, and the key of each.

use std::borrow::Cow;
use std::collections::HashMap;

use super::header::{Column, Header, looked_up, lookup_keys};
use super::{Found, Grids};
use crate::bind::figures::Figures;
use crate::bind::openrows::{OpenCell, OpenPlaces};
use crate::document::{Cell, Grid};
use crate::finding::code::bind::{ROW_DOUBLED, ROW_UNKNOWN};
use crate::finding::{Finding, Message, Severity};
use crate::form::{Block, FieldKind, Form, Leaf, OpenRows, RowIdentity, Table, field_id};
use crate::text::{blank, code, fold};

/// Maximum number of rows of an open table.
const MOST_ROWS: usize = 50_000;

/// The cells of the rows below a header, and the grid rows used.
pub(super) fn rows<'d>(
    grids: &Grids<'_, 'd>,
    (form, place, open): (&Form, (usize, usize), &OpenRows),
    (grid_number, header): (usize, &(Header<'d>, u32)),
    figures: &mut Figures,
) -> (Vec<Found<'d>>, Vec<u32>) {
    let (header, end) = header;
    let table = &form.tables[place.0];
    let block = &table.blocks[place.1];
    let mut reader = Reader {
        grids,
        grid: grids.grid(grid_number),
        grid_number,
        table,
        block,
        open,
        header,
        notes: form.sections[table.section].notes.iter().map(|note| fold(note)).collect(),
        keys: HashMap::new(),
        above: Vec::new(),
        count: 0,
        found: Vec::new(),
        taken: Vec::new(),
    };
    let mut strange: Vec<&Cell> = Vec::new();
    figures.open.push(reader.places(place, *end));
    for row in header.bottom..*end {
        if !reader.row(row, &mut strange) {
            break;
        }
    }
    if let Some(first) = strange.first() {
        let shown: Vec<&str> = strange.iter().take(5).map(|cell| cell.text.trim_matches(blank)).collect();
        let message = Message::new(
            format!("{}有{}行没有名称或编码，未计入：{}。请补填。", table.name.zh, strange.len(), shown.join("、")),
            format!(
                "{} has {} rows without a name or code; they were left out: {}.",
                table.name.en,
                strange.len(),
                shown.join(", ")
            ),
        );
        figures.findings.push(Finding::new(&ROW_UNKNOWN, message).at(Some(first.place.clone())));
    }
    let mut twice: Vec<String> =
        reader.keys.iter().filter(|(_, count)| **count > 1).map(|(key, _)| key.clone()).collect();
    twice.sort_unstable();
    let is_code = open.each.is_some_and(|each| block.leaf_columns[each].kind == Some(FieldKind::Code));
    if is_code && !twice.is_empty() {
        let shown = twice.join("、");
        let message = Message::new(
            format!("{}有重复的编码：{shown}，各行均已保留。请核对。", table.name.zh),
            format!("{} has a code more than once: {shown}; all rows are kept. Check them.", table.name.en),
        );
        let mut finding = Finding::new(&ROW_DOUBLED, message);
        finding.severity = Severity::Warning;
        figures.findings.push(finding);
    }
    (reader.found, reader.taken)
}

/// The number of rows before the line for signatures at the end of a table, as 填表人：　审核人：　日期：; of all rows if there is none.
fn end_of_data(rows: &[Vec<OpenCell>]) -> usize {
    let colon = ['：', ':'];
    let is_signed = |row: &[OpenCell]| {
        let mut filled = row.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).peekable();
        let mut after_label = false;
        filled.peek().is_some()
            && filled.all(|text| {
                let fits = after_label || text.contains(colon);
                after_label = text.ends_with(colon);
                fits
            })
    };
    let is_blank = |row: &[OpenCell]| row.iter().all(|cell| cell.text.is_empty());
    let tail = rows.iter().rev().take_while(|row| is_signed(row) || is_blank(row)).count();
    let first = rows[rows.len() - tail..].iter().position(|row| is_signed(row));
    first.map_or(rows.len(), |first| rows.len() - tail + first)
}

struct Reader<'a, 'f, 'd> {
    grids: &'a Grids<'f, 'd>,
    grid: &'d Grid,
    grid_number: usize,
    table: &'a Table,
    block: &'a Block,
    open: &'a OpenRows,
    header: &'a Header<'d>,
    /// The beginnings of notes below the table, folded.
    notes: Vec<String>,
    /// Number of occurrences of each key.
    keys: HashMap<String, usize>,
    /// The parts of the previous row's code.
    above: Vec<String>,
    /// Number of rows so far.
    count: usize,
    found: Vec<Found<'d>>,
    taken: Vec<u32>,
}

impl<'a, 'd> Reader<'a, '_, 'd> {
    /// The rows from the header to the total row: those of a report, or the blank ones of a form.
    fn places(&self, block: (usize, usize), end: u32) -> OpenPlaces {
        let last = self.header.bottom.saturating_sub(1);
        let (header, over): (Vec<&'d Cell>, Vec<&'d Cell>) =
            self.grid.row_cells(last).partition(|cell| cell.row == last);
        let all = |cells: Vec<&'d Cell>| cells.into_iter().map(|cell| self.open_cell(cell)).collect();
        let mut places = OpenPlaces { block, header: all(header), over: all(over), ..OpenPlaces::default() };
        for row in self.header.bottom..end {
            let cells = self.cells(row);
            let own: Vec<&'d Cell> = self.grid.row_cells(row).filter(|cell| cell.row == row).collect();
            let is_line = own.len() == 1 && self.header.columns.len() > 1;
            if is_line || own.is_empty() || self.is_note(row, &cells) {
                break;
            }
            let all = || own.iter().map(|cell| self.open_cell(cell)).collect();
            if self.is_total(row, &cells) {
                places.total = Some(all());
                // The total may also be the first row.
                if !places.rows.is_empty() {
                    break;
                }
            } else if !self.is_header(&cells) {
                places.rows.push(all());
            }
        }
        let end = end_of_data(&places.rows);
        places.rows.truncate(end);
        places
    }

    fn open_cell(&self, cell: &'d Cell) -> OpenCell {
        let column = self.header.columns.iter().find(|column| (column.from..column.to).contains(&cell.column));
        let leaf = column.map(|column| (column.leaf, (cell.column - column.from) as usize));
        OpenCell { leaf, text: cell.text.trim_matches(blank).to_owned(), place: cell.place.clone() }
    }

    /// The cells of a row that lie in recognised columns.
    fn cells(&self, row: u32) -> Vec<(&'a Column<'d>, &'d Cell)> {
        let columns = self.header.columns.iter();
        let cells = columns.filter_map(|column| Some((column, self.grid.cell_at(row, column.from)?)));
        cells.filter(|(_, cell)| !self.grids.is_left_out(self.grid_number, cell)).collect()
    }

    /// Reads a row; `false` if the table has ended.
    fn row(&mut self, row: u32, strange: &mut Vec<&'d Cell>) -> bool {
        if self.count >= MOST_ROWS {
            return false;
        }
        let cells = self.cells(row);
        let filled = |cell: &Cell| !cell.text.trim_matches(blank).is_empty();
        if !cells.iter().any(|(_, cell)| filled(cell) && cell.row == row) {
            return true;
        }
        // A cell across the table is a note or a heading; it is kept with the text.
        let first = cells.first().map(|(_, cell)| *cell);
        if cells.len() > 1 && cells.iter().all(|(_, cell)| first.is_some_and(|first| std::ptr::eq(first, *cell))) {
            return true;
        }
        if self.is_note(row, &cells) {
            return true;
        }
        let Some((key, code)) = self.key(row, &cells) else {
            let figures =
                cells.iter().filter(|(column, cell)| self.is_figure(column) && cell.row == row && filled(cell));
            let own: Vec<&'d Cell> = figures.map(|(_, cell)| *cell).collect();
            if let Some(first) = own.first() {
                strange.push(first);
            }
            return true;
        };
        // A repeated header, as on the next page.
        if self.is_header(&cells) {
            self.taken.push(row);
            return true;
        }
        self.count += 1;
        let times = self.keys.entry(key.clone()).or_default();
        *times += 1;
        let key = match *times {
            1 => key,
            times => match key.strip_suffix(']') {
                Some(open) => format!("{open}#{times}]"),
                None => format!("{key}#{times}"),
            },
        };
        self.taken.push(row);
        let unit = self.header.unit.and_then(|column| self.grid.cell_at(row, column));
        for (column, cell) in cells {
            let leaf = &self.block.leaf_columns[column.leaf];
            let words = leaf.kind.is_some_and(|kind| !kind.is_figure());
            // A figure in a merged cell belongs to the cell's first row.
            if cell.row != row && !words {
                continue;
            }
            let id = field_id([&self.table.id, &key, &leaf.id]);
            let is_key = self.open.each == Some(column.leaf);
            let text = if is_key { code.clone() } else { None };
            self.found.push(Found { id, cell: Cow::Borrowed(cell), header: Some(column.cell), unit, text });
        }
        true
    }

    /// Whether a row is a note below the table: a single cell with a sentence, or with the beginning of one of the form's notes.
    fn is_note(&self, row: u32, cells: &[(&Column<'d>, &'d Cell)]) -> bool {
        let own = self.grid.row_cells(row).filter(|cell| cell.row == row);
        let mut filled = own.filter(|cell| !cell.text.trim_matches(blank).is_empty());
        let (Some(only), None) = (filled.next(), filled.next()) else { return false };
        let text = only.text.trim_matches(blank);
        let is_code = |column: &Column| self.block.leaf_columns[column.leaf].kind == Some(FieldKind::Code);
        let under_code = cells.iter().any(|(column, cell)| std::ptr::eq(*cell, only) && is_code(column));
        text.ends_with('。')
            || (under_code && text.contains(['：', ':', '，', '。']))
            || self.notes.iter().any(|note| fold(text).starts_with(note.as_str()))
    }

    fn is_figure(&self, column: &Column) -> bool {
        self.block.leaf_columns[column.leaf].kind.is_none_or(FieldKind::is_figure)
    }

    #[allow(clippy::unused_self, reason = "a method like the other tests of a row")]
    fn is_header(&self, cells: &[(&Column<'d>, &'d Cell)]) -> bool {
        let same = |(column, cell): &(&Column, &Cell)| fold(&cell.text) == fold(&column.cell.text);
        cells.iter().filter(|pair| same(pair)).count() * 2 > cells.len()
    }

    /// The key of a row, and the text of its code if it is assembled from several cells.
    fn key(&mut self, row: u32, cells: &[(&Column<'d>, &'d Cell)]) -> Option<(String, Option<String>)> {
        if self.is_total(row, cells) {
            return Some((self.open.total_id.clone(), None));
        }
        let Some(each) = self.open.each else { return Some((RowIdentity::Number(self.count + 1).key()?, None)) };
        let Some((column, cell)) = cells.iter().find(|(column, _)| column.leaf == each) else {
            // A single row without the key column.
            return (self.open.single && self.count == 0).then(|| (String::new(), None));
        };
        let leaf = &self.block.leaf_columns[each];
        if leaf.kind == Some(FieldKind::Code) {
            let parts = self.code(row, column, leaf);
            let key = RowIdentity::Code(&parts).key()?;
            let text = (column.to - column.from > 1 && parts.len() > 1).then(|| parts.concat());
            return Some((key, text));
        }
        Some((RowIdentity::Name(&cell.text).key()?, None))
    }

    /// Whether a row is the total: a cell left of its figures, or that of its key, has the label of the total.
    fn is_total(&self, row: u32, cells: &[(&Column<'d>, &'d Cell)]) -> bool {
        let Some(total) = &self.open.total else { return false };
        let words = lookup_keys(total);
        let left = cells.iter().filter(|(column, _)| self.is_figure(column)).map(|(column, _)| column.from).min();
        let before =
            self.grid.row_cells(row).filter(|cell| cell.row == row && left.is_none_or(|left| cell.column < left));
        let key = cells.iter().filter(|(column, _)| Some(column.leaf) == self.open.each).map(|(_, cell)| *cell);
        let mut filled = before.chain(key).filter(|cell| !cell.text.trim_matches(blank).is_empty());
        filled.any(|cell| looked_up(&cell.text).iter().any(|way| words.contains(way)))
    }

    /// The parts of a row's code: from several cells, or from one that is split. Blank parts are repeated from the row above.
    fn code(&mut self, row: u32, column: &Column<'d>, leaf: &Leaf) -> Vec<String> {
        let mut cells: Vec<&Cell> = Vec::new();
        for at in column.from..column.to {
            if let Some(cell) = self.grid.cell_at(row, at)
                && !cells.iter().any(|known| std::ptr::eq(*known, cell))
            {
                cells.push(cell);
            }
        }
        let plain = |cell: &Cell| code::plain(&cell.text);
        if let [only] = cells.as_slice() {
            let parts = code::cut(&plain(only), leaf.parts.len(), &leaf.digits);
            self.above.clone_from(&parts);
            return parts;
        }
        let own: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let Some(last) = own.iter().rposition(|part| !part.is_empty()) else { return Vec::new() };
        // One cell has the whole code, and the others are blank.
        if last == 0 && own[0].len() > code::length(&leaf.digits, 0) {
            let parts = code::cut(&own[0], leaf.parts.len(), &leaf.digits);
            self.above.clone_from(&parts);
            return parts;
        }
        let mut parts: Vec<String> = Vec::new();
        for (number, part) in own.iter().take(last + 1).enumerate() {
            let above = self.above.get(number).cloned().unwrap_or_default();
            // `20502` under 款 repeats the 类.
            let before: String = parts.concat();
            let part = match part.as_str() {
                "" => above,
                part if number > 0 && before.len() < part.len() => {
                    part.strip_prefix(before.as_str()).unwrap_or(part).to_owned()
                }
                part => part.to_owned(),
            };
            parts.push(part);
        }
        if parts.iter().any(String::is_empty) {
            return Vec::new();
        }
        code::full(&mut parts, &leaf.digits);
        self.above.clone_from(&parts);
        parts
    }
}
