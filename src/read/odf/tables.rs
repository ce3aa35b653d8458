//! Tables of an `OpenDocument` text: cells and rows that stand there several times have their text each time (ISO/IEC 26300-1, 9.1).

use std::sync::Arc;

use super::count;
use crate::document::{Block, Budget, Cell, Exceeded, Grid, GridBuilder, Place, Resource};
use crate::read::xml::Tag;

/// How often a cell or row may stand there; a page has fewer of either.
const MOST: u32 = 1_024;

/// A table that is open.
pub(super) struct Table {
    builder: GridBuilder,
    part: Arc<str>,
    number: usize,
    rows: u32,
    /// The cells of the row.
    row: Vec<u32>,
    /// The open cell, as often as it stands there.
    cells: Vec<u32>,
    text: String,
    begun: bool,
    /// Blocks of the open cell.
    pub(super) nested: Vec<Block>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(part: &Arc<str>, number: usize) -> Self {
        let place = Place { part: Some(Arc::clone(part)), table: Some(number as u32), ..Place::default() };
        Self {
            builder: GridBuilder::new(place),
            part: Arc::clone(part),
            number,
            rows: 0,
            row: Vec::new(),
            cells: Vec::new(),
            text: String::new(),
            begun: false,
            nested: Vec::new(),
        }
    }

    /// Whether a cell is open.
    pub(super) fn is_in_cell(&self) -> bool {
        !self.cells.is_empty()
    }

    pub(super) fn begin_row(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        self.row.clear();
        self.rows += 1;
        self.builder.start_row(budget)
    }

    pub(super) fn begin_cell(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), Exceeded> {
        self.cells.clear();
        let spans = (count(tag, "number-rows-spanned"), count(tag, "number-columns-spanned"));
        for _ in 0..count(tag, "number-columns-repeated").min(MOST) {
            let cell = self.add(spans, String::new(), budget)?;
            self.cells.push(cell);
            self.row.push(cell);
        }
        self.text.clear();
        self.begun = false;
        Ok(())
    }

    fn add(&mut self, spans: (u32, u32), text: String, budget: &mut Budget) -> Result<u32, Exceeded> {
        let column = self.builder.next_column() as usize;
        let place = Place::cell(&self.part, self.number, self.rows.saturating_sub(1) as usize, column);
        let (row_span, col_span) = spans;
        self.builder.add(Cell { row_span, col_span, text, place, ..Cell::default() }, budget)
    }

    /// A line of the open cell.
    pub(super) fn line(&mut self, text: &str) {
        if std::mem::replace(&mut self.begun, true) && !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    pub(super) fn end_cell(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        let (text, mut nested) = (std::mem::take(&mut self.text), std::mem::take(&mut self.nested));
        let copies = self.cells.len().saturating_sub(1) as u64;
        budget.spend(Resource::TextBytes, copies.saturating_mul(text.len() as u64))?;
        for cell in self.cells.drain(..) {
            if let Some(cell) = self.builder.cell_mut(cell) {
                cell.text.clone_from(&text);
                cell.nested = std::mem::take(&mut nested);
            }
        }
        Ok(())
    }

    /// The row that has ended stands there so often.
    pub(super) fn repeat_row(&mut self, times: u32, budget: &mut Budget) -> Result<(), Exceeded> {
        if times < 2 {
            return Ok(());
        }
        let row = std::mem::take(&mut self.row);
        let copied: Vec<(u32, String)> = row
            .iter()
            .filter_map(|&cell| self.builder.cell_mut(cell).map(|cell| (cell.col_span, cell.text.clone())))
            .collect();
        for _ in 1..times.min(MOST) {
            self.begin_row(budget)?;
            for (col_span, text) in &copied {
                budget.spend(Resource::TextBytes, text.len() as u64)?;
                self.add((1, *col_span), text.clone(), budget)?;
            }
        }
        Ok(())
    }

    /// The grid.
    pub(super) fn finish(self, budget: &mut Budget) -> Result<Grid, Exceeded> {
        self.builder.finish(budget)
    }
}
