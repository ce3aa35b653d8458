//! The units that are stated for a cell outside of it: in a header, in its row, in a line above or below its table, or elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::bind::source::items::{Flow, Item, may_be_figure};
use crate::bind::units::{Anywhere, Dimension, Said, Stated, has_word, is_named, said_as, said_in_line, unit_in};
use crate::document::{Cell, Grid};
use crate::text::{blank, is_first_level};

/// Lines above or below a table in which a unit is searched for.
const LINES: usize = 3;

/// The units that a document states. What the cells of a column or of a table share is searched for once, so that the time of a table is
/// proportional to its rows.
pub(super) struct Units<'a, 'd> {
    flow: &'a Flow<'d>,
    /// The units that it states in any line or cell.
    anywhere: Anywhere,
    /// The units in lines of a grid, by the index of the grid and whether they are of money.
    lines: RefCell<HashMap<(usize, bool), Lines, FxBuildHasher>>,
    /// The last headers, by grid, column and whether the units are of money.
    headers: RefCell<HashMap<(usize, u32, bool), LastHeader, FxBuildHasher>>,
}

/// The unit in the header above the last cell that was asked for in a column.
struct LastHeader {
    /// Row of the cell.
    row: u32,
    said: Option<Said>,
}

impl<'a, 'd> Units<'a, 'd> {
    pub(super) fn new(flow: &'a Flow<'d>) -> Self {
        let anywhere = Anywhere::of_texts(texts(flow));
        Self { flow, anywhere, lines: RefCell::default(), headers: RefCell::default() }
    }

    /// The units of money or of counts stated for a cell: in the header above it, in its row, in a line above or below its table, in this
    /// order; if there is none, those stated elsewhere.
    pub(super) fn stated(&self, grid: usize, cell: &Cell, of: Dimension) -> Stated {
        let Some(grid_of) = self.flow.grids.get(grid).filter(|_| self.anywhere.matters(of)) else {
            return Stated::default();
        };
        let header = self.header(grid_of, grid, cell, of);
        let mut row = grid_of.row_cells(cell.row).filter(|other| other.column != cell.column);
        let row = row.find_map(|beside| said_as(&beside.text, of));
        let mut known = self.lines.borrow_mut();
        let lines = known.entry((grid, of == Dimension::Money)).or_insert_with(|| Lines::of_grid(self.flow, grid, of));
        let (above, below) = (lines.above(cell.row).cloned(), lines.below(cell.row).cloned());
        let elsewhere = || self.anywhere.said(of, || texts(self.flow));
        Stated::from_units(header.into_iter().chain(row).chain(above).chain(below)).or_elsewhere(elsewhere)
    }

    /// The unit in the header above a cell.
    fn header(&self, grid_of: &Grid, grid: usize, cell: &Cell, of: Dimension) -> Option<Said> {
        let mut known = self.headers.borrow_mut();
        let none = LastHeader { row: u32::MAX, said: None };
        let last = known.entry((grid, cell.column, of == Dimension::Money)).or_insert(none);
        let mut between = (last.row..cell.row).filter_map(|row| grid_of.cell_at(row, cell.column));
        if last.row > cell.row || between.any(|above| !may_be_figure(&above.text)) {
            last.said = header(grid_of, cell, of);
        }
        last.row = cell.row;
        last.said.clone()
    }
}

/// The unit in the header above a cell, or else in the corner of the header.
fn header(grid: &Grid, cell: &Cell, of: Dimension) -> Option<Said> {
    // In the header of a money column any unit counts: if it measures something else, the figure is not money.
    let in_header = |above: &Cell| match of {
        Dimension::Money => unit_in(&above.text).or_else(|| said_as(&above.text, of)),
        _ => said_as(&above.text, of),
    };
    let corner = |above: &Cell| {
        let corner = grid.cell_at(above.row, 0).filter(|corner| has_word(&corner.text))?;
        said_as(&corner.text, of)
    };
    column(grid, cell).find_map(in_header).or_else(|| column(grid, cell).find_map(corner))
}

/// The lines and the cells with words of a document.
fn texts<'a>(flow: &'a Flow) -> impl Iterator<Item = &'a str> {
    let lines = flow.items.iter().filter_map(line);
    let cells = flow.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.own && !cell.figure);
    lines.chain(cells.map(|cell| cell.cell.text.as_str()))
}

/// The header cells above a cell, nearest first: the first run of cells with words above the figures of other rows.
fn column<'g>(grid: &'g Grid, cell: &Cell) -> impl Iterator<Item = &'g Cell> {
    let above = (0..cell.row).rev().filter_map({
        let column = cell.column;
        move |row| grid.cell_at(row, column)
    });
    let is_words = |above: &&Cell| !may_be_figure(&above.text);
    above.skip_while(move |above| !is_words(above)).take_while(is_words)
}

/// The units of a dimension in lines of a grid and around it. Of those in the grid, each has its row; `None` is a heading, which separates
/// the parts of a sheet with all tables of a report.
struct Lines {
    /// In rows that apply to the cells below them: rows with one filled cell, and cells such as `单位：元`.
    over: Vec<(u32, Option<Said>)>,
    /// In the text directly before the grid.
    before: Option<Said>,
    /// In rows that apply to the cells above them: with one filled cell that names a unit, and not above another table.
    under: Vec<(u32, Option<Said>)>,
    /// In the text directly after the grid, if no other grid follows it.
    after: Option<Said>,
}

impl Lines {
    fn of_grid(flow: &Flow, grid: usize, of: Dimension) -> Self {
        let (mut over, mut under) = (Vec::new(), Vec::new());
        let grid_of = flow.grids.get(grid);
        // Whether the next row that is not blank has one filled cell; the last row has no next one.
        let mut alone = true;
        for row in (0..grid_of.map_or(0, |grid| grid.rows())).rev() {
            let filled = |cell: &&Cell| !cell.text.trim_matches(blank).is_empty();
            let cells: Vec<&Cell> = grid_of.into_iter().flat_map(|grid| grid.row_cells(row)).filter(filled).collect();
            let line = match cells.as_slice() {
                [only] => Some(only.text.as_str()),
                cells => cells.iter().map(|cell| cell.text.as_str()).find(|text| is_named(text)),
            };
            let add = |lines: &mut Vec<_>, text: &str, is_wanted: bool| {
                let said = said_in_line(text, of).filter(|_| is_wanted);
                if is_first_level(text) {
                    lines.push((row, None));
                } else if said.is_some() {
                    lines.push((row, said));
                }
            };
            if let Some(text) = line {
                add(&mut over, text, true);
            }
            // A cell that spans down from above is no line of its own.
            let own: Vec<&str> = cells.iter().filter(|cell| cell.row == row).map(|cell| cell.text.as_str()).collect();
            if let [only] = own.as_slice() {
                add(&mut under, only, alone && has_word(only));
            }
            if !own.is_empty() {
                alone = own.len() == 1;
            }
        }
        over.reverse();
        under.reverse();
        Self { over, before: before(flow, grid, of), under, after: after(flow, grid, of) }
    }

    /// The unit in the nearest line above a row, up to a heading, or else before the grid.
    fn above(&self, row: u32) -> Option<&Said> {
        let nearest = self.over[..self.over.partition_point(|line| line.0 < row)].last();
        nearest.and_then(|line| line.1.as_ref()).or(self.before.as_ref())
    }

    /// The unit in the nearest line below a row, up to a heading, or else after the grid.
    fn below(&self, row: u32) -> Option<&Said> {
        let nearest = self.under.get(self.under.partition_point(|line| line.0 <= row));
        nearest.and_then(|line| line.1.as_ref()).or(self.after.as_ref())
    }
}

/// Whether an item is a row of a grid.
fn is_row_of(flow: &Flow, item: &Item, grid: usize) -> bool {
    matches!(item, Item::Row(row) if flow.rows[*row].grid == grid)
}

/// The text of an item that is a line.
fn line<'f>(item: &'f Item) -> Option<&'f str> {
    match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    }
}

/// The unit in the text directly before a grid. Lines above a heading are about the tables above it, if there are any.
fn before(flow: &Flow, grid: usize, of: Dimension) -> Option<Said> {
    let first = flow.items.iter().position(|item| is_row_of(flow, item, grid)).unwrap_or(0);
    let tables = flow.items[..first].iter().any(|item| matches!(item, Item::Row(_)));
    let above = flow.items[..first].iter().rev().map_while(line).take(LINES);
    above.take_while(|text| !tables || !is_first_level(text)).find_map(|text| said_in_line(text, of))
}

/// The unit that is named in the text directly after a grid, up to a heading, if no other grid follows it.
fn after(flow: &Flow, grid: usize, of: Dimension) -> Option<Said> {
    let last = flow.items.iter().rposition(|item| is_row_of(flow, item, grid))?;
    let below = flow.items[last + 1..].iter().take(LINES).map(line);
    let below: Option<Vec<&str>> = below.take_while(|text| text.is_none_or(|text| !is_first_level(text))).collect();
    below?.into_iter().filter(|text| has_word(text)).find_map(|text| said_in_line(text, of))
}
