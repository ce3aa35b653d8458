//! The units that are stated for a cell outside of it: in a header, in its row, in a line above or below its table, or elsewhere.

use std::cell::OnceCell;

use crate::bind::source::items::{Flow, Item, may_be_figure};
use crate::bind::units::{
    self, Dimension, Said, Stated, has_word, is_named, said_as, said_in_line, stated_in, unit_in,
};
use crate::document::{Cell, Grid};
use crate::text::{blank, numbering};

/// Lines above or below a table in which a unit is searched for.
const LINES: usize = 3;

/// The units that a document states.
pub(super) struct Units<'a, 'd> {
    flow: &'a Flow<'d>,
    /// Whether it states anywhere that counts are in tens or more; otherwise only units of money are looked for.
    counts_by_many: bool,
    /// The units of money, and of counts, that it states in any line or cell.
    anywhere: [OnceCell<Vec<Said>>; 2],
}

impl<'a, 'd> Units<'a, 'd> {
    pub(super) fn new(flow: &'a Flow<'d>) -> Self {
        let counts_by_many = texts(flow).any(units::counts_by_many);
        Self { flow, counts_by_many, anywhere: [const { OnceCell::new() }; 2] }
    }

    /// The units stated for a cell.
    pub(super) fn stated(&self, grid: usize, cell: &Cell, of: Dimension) -> Stated {
        if of != Dimension::Money && !self.counts_by_many {
            return Stated::default();
        }
        let anywhere = || {
            let all = || texts(self.flow).flat_map(|text| stated_in(text, of)).take(LINES).collect();
            self.anywhere[usize::from(of == Dimension::Money)].get_or_init(all).clone()
        };
        around(self.flow, grid, cell, of).or_elsewhere(anywhere)
    }
}

/// The units stated for a cell in the header above it, in its row, and in a line above or below its table, in this order.
pub(super) fn around(flow: &Flow, grid: usize, cell: &Cell, of: Dimension) -> Stated {
    let Some(grid_of) = flow.grids.get(grid) else { return Stated::default() };
    // In the header of a money column any unit counts: if it measures something else, the figure is not money.
    let in_header = |text: &str| unit_in(text).or_else(|| said_as(text, of));
    let corner = |above: &Cell| {
        let corner = grid_of.cell_at(above.row, 0).filter(|corner| has_word(&corner.text));
        corner.and_then(|corner| said_as(&corner.text, of))
    };
    let header = match of {
        Dimension::Money => column(grid_of, cell).find_map(|above| in_header(&above.text)),
        _ => column(grid_of, cell).find_map(|above| said_as(&above.text, of)),
    };
    let header = header.or_else(|| column(grid_of, cell).find_map(corner));
    let mut row = grid_of.row_cells(cell.row).filter(|other| other.column != cell.column);
    let row = row.find_map(|beside| said_as(&beside.text, of));
    let line = lines(flow, grid, cell).find_map(|text| said_in_line(text, of));
    let below = below(flow, grid, cell).find_map(|text| said_in_line(text, of));
    Stated::from_units(header.into_iter().chain(row).chain(line).chain(below))
}

/// The lines and the cells with words of a document.
fn texts<'a>(flow: &'a Flow) -> impl Iterator<Item = &'a str> {
    let lines = flow.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
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

/// Lines above a cell, nearest first: in its table, rows with one filled cell, and cells such as `单位：元`, up to the heading of its part;
/// then the text directly before the table.
fn lines<'f>(flow: &'f Flow, grid: usize, cell: &Cell) -> impl Iterator<Item = &'f str> {
    let first = flow.items.iter().position(|item| matches!(item, Item::Row(row) if flow.rows[*row].grid == grid));
    let before = flow.items[..first.unwrap_or(0)].iter().rev().map_while(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
    // Lines above a heading are about the tables above it, if there are any.
    let tables = flow.items[..first.unwrap_or(0)].iter().any(|item| matches!(item, Item::Row(_)));
    let before = before.take(LINES).take_while(move |text| !tables || !is_heading(text));
    let of = flow.grids.get(grid);
    let inside = (0..cell.row).rev().filter_map(move |row| {
        let mut filled = of?.row_cells(row).filter(|cell| !cell.text.trim_matches(blank).is_empty());
        let first = filled.next()?;
        match filled.next() {
            None => Some(first.text.as_str()),
            Some(second) => {
                [first, second].into_iter().chain(filled).map(|cell| cell.text.as_str()).find(|text| is_named(text))
            }
        }
    });
    // A sheet may contain all tables of a report below each other.
    inside.take_while(move |text| !is_heading(text)).chain(before)
}

/// Lines that name a unit below a cell: rows with one filled cell, up to the next heading, that are not above another table; then the text
/// directly after the table, if no other table follows it.
fn below<'f>(flow: &'f Flow, grid: usize, cell: &Cell) -> impl Iterator<Item = &'f str> {
    let of = flow.grids.get(grid);
    let filled = move |row: u32| {
        let cells = of.into_iter().flat_map(move |of| of.row_cells(row).filter(move |cell| cell.row == row));
        cells.filter(|cell| !cell.text.trim_matches(blank).is_empty())
    };
    let end = of.map_or(0, |of| of.rows());
    let lines = (cell.row + 1..end).filter(move |&row| filled(row).count() == 1);
    let lines = lines.filter_map(move |row| Some((row, filled(row).next()?.text.as_str())));
    let inside = lines.take_while(|(_, text)| !is_heading(text)).filter(move |(row, text)| {
        let next = (row + 1..end).map(|row| filled(row).count()).find(|&count| count > 0);
        has_word(text) && next.is_none_or(|count| count == 1)
    });
    let is_of = |item: &Item| matches!(item, Item::Row(row) if flow.rows[*row].grid == grid);
    let last = flow.items.iter().rposition(is_of).map_or(flow.items.len(), |last| last + 1);
    let after = flow.items[last..].iter().take(LINES).map(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
    let after: Vec<Option<&str>> = after.take_while(|text| text.is_none_or(|text| !is_heading(text))).collect();
    let alone = after.iter().all(Option::is_some);
    let after = after.into_iter().flatten().filter(move |text| alone && has_word(text));
    inside.map(|(_, text)| text).chain(after)
}

fn is_heading(text: &str) -> bool {
    numbering(text).is_some_and(|found| found.level == 1)
}
