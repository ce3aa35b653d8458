//! The unit of a cell that is stated outside of it: header, caption, text above.

use crate::bind::source::items::{Flow, Item, may_be_figure};
use crate::bind::units::{Dimension, Said, is_named, said, said_in_line};
use crate::document::{Cell, Grid};
use crate::text::blank;

/// Lines above a table among which one may say its unit.
const LINES: usize = 3;

/// The unit that is said of a cell in a header above it, in its row, or in a line above its table; the first of these.
pub(super) fn around(flow: &Flow, grid: usize, cell: &Cell) -> Option<Said> {
    let of = flow.grids.get(grid)?;
    let header = || column(of, cell).find_map(|above| said(&above.text));
    let row =
        || of.row_cells(cell.row).filter(|other| other.column != cell.column).find_map(|beside| said(&beside.text));
    let line = || lines(flow, grid, cell).find_map(said_in_line);
    let money = |said: &Said| said.unit.of == Dimension::Money;
    header().or_else(|| row().filter(money)).or_else(|| line().filter(money))
}

/// The header cells above a cell: words, behind figures of rows between, up to the next figure.
fn column<'g>(grid: &'g Grid, cell: &Cell) -> impl Iterator<Item = &'g Cell> {
    let above = (0..cell.row).rev().filter_map({
        let column = cell.column;
        move |row| grid.cell_at(row, column)
    });
    let is_words = |above: &&Cell| !may_be_figure(&above.text);
    above.skip_while(move |above| !is_words(above)).take_while(is_words)
}

/// Lines above a cell, the nearest first: rows of one cell in its table and cells that say `单位：元`, then what stands before it.
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
    inside.chain(before.take(LINES))
}
