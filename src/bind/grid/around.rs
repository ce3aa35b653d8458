//! The units that are stated for a cell outside of it: in a header, in its row, or in a line above its table.

use crate::bind::source::items::{Flow, Item, may_be_figure};
use crate::bind::units::{self, Dimension, Stated, is_named, said_as, said_in_line, unit_in};
use crate::document::{Cell, Grid};
use crate::text::{blank, numbering};

/// Lines above a table in which a unit is searched for.
const LINES: usize = 3;

/// The units stated for a cell in the header above it, in its row, and in a line above its table, in this order.
pub(super) fn around(flow: &Flow, grid: usize, cell: &Cell, of: Dimension) -> Stated {
    let Some(grid_of) = flow.grids.get(grid) else { return Stated::default() };
    // In the header of a money column any unit counts: if it measures something else, the figure is not money.
    let in_header = |text: &str| unit_in(text).or_else(|| said_as(text, of));
    let header = match of {
        Dimension::Money => column(grid_of, cell).find_map(|above| in_header(&above.text)),
        _ => column(grid_of, cell).find_map(|above| said_as(&above.text, of)),
    };
    let mut row = grid_of.row_cells(cell.row).filter(|other| other.column != cell.column);
    let row = row.find_map(|beside| said_as(&beside.text, of));
    let line = lines(flow, grid, cell).find_map(|text| said_in_line(text, of));
    Stated::from_units(header.into_iter().chain(row).chain(line))
}

/// Whether a document states anywhere that counts are in thousands or more.
pub(super) fn counts_by_many(flow: &Flow) -> bool {
    let lines = flow.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
    let cells = flow.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.own && !cell.figure);
    lines.chain(cells.map(|cell| cell.cell.text.as_str())).any(units::counts_by_many)
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
    let is_heading = |text: &str| numbering(text).is_some_and(|found| found.level == 1);
    inside.take_while(move |text| !is_heading(text)).chain(before.take(LINES))
}
