//! Tables of a page as grids: spans, row groups, captions, tables in cells (HTML, 4.9).

use std::sync::Arc;

use super::tree::{Element, Id, Page};
use super::words::Words;
use crate::document::{Block, Budget, Cell, Exceeded, Grid, GridBuilder, Place, Resource};
use crate::read::shared::marks::Marks;

/// Maximum number of collapsed column ranges.
const MOST_COLLAPSED: usize = 100;

/// Maximum spans of rows (HTML, 4.9.11) and columns.
const ROW_SPAN: u32 = 65_534;
const COLUMN_SPAN: u32 = 1_000;

/// A data table that is being read.
#[derive(Debug)]
pub(super) struct Table {
    builder: GridBuilder,
    part: Arc<str>,
    number: usize,
    /// Number of columns, from the rows with several cells.
    columns: u32,
    rows: u32,
    /// Number of rows of the group from the current one.
    left: u32,
    /// Whether the row has only one cell.
    alone: bool,
    /// The open cell.
    cell: Option<u32>,
    /// Ranges of collapsed columns, and the column of the next `col`.
    collapsed: Vec<(u32, u32)>,
    next_column: u32,
    caption: bool,
    /// Text of the open cell or caption.
    pub(super) words: Words,
    /// Blocks of the open cell; blocks outside of cells are kept until the end.
    pub(super) nested: Vec<Block>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(part: &Arc<str>, number: usize, columns: u32) -> Self {
        let place = Place { part: Some(Arc::clone(part)), table: Some(number as u32), ..Place::default() };
        Self {
            builder: GridBuilder::new(place),
            part: Arc::clone(part),
            number,
            columns,
            rows: 0,
            left: 0,
            alone: false,
            cell: None,
            collapsed: Vec::new(),
            next_column: 0,
            caption: false,
            words: Words::default(),
            nested: Vec::new(),
        }
    }

    /// Place of the table.
    pub(super) fn place(&self) -> Place {
        Place { part: Some(Arc::clone(&self.part)), table: Some(self.number as u32), ..Place::default() }
    }

    /// Whether text belongs to a cell or the caption of the table.
    pub(super) fn takes_text(&self) -> bool {
        self.cell.is_some() || self.caption
    }

    pub(super) fn open_caption(&mut self) {
        self.caption = true;
        self.words = Words::default();
    }

    pub(super) fn close_caption(&mut self) {
        self.caption = false;
        let caption = self.words.take();
        self.words.take_marks();
        if !caption.trim().is_empty() {
            self.builder.caption(caption);
        }
    }

    /// Opens a group of rows; spans are cut at its end.
    pub(super) fn open_group(&mut self, rows: usize) {
        self.left = rows as u32;
    }

    /// Opens a row with one cell (`alone`) or several.
    pub(super) fn open_row(&mut self, alone: bool, budget: &mut Budget) -> Result<(), Exceeded> {
        self.rows += 1;
        self.alone = alone;
        self.builder.start_row(budget)
    }

    pub(super) fn close_row(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    /// Opens a cell. The only cell of a row is cut to the width of the table: pages give it a span of a hundred columns.
    pub(super) fn open_cell(&mut self, element: &Element, budget: &mut Budget) -> Result<(), Exceeded> {
        if self.rows == 0 {
            self.open_row(false, budget)?;
        }
        let left = self.left.clamp(1, ROW_SPAN);
        let row_span = match element.number("rowspan") {
            None => 1,
            // A span of 0 reaches to the end of the group.
            Some(0) => left,
            Some(rows) => rows.min(left),
        };
        let most = if self.alone { self.columns.max(1) } else { COLUMN_SPAN };
        let col_span = element.number("colspan").unwrap_or(1).clamp(1, most);
        let column = self.builder.next_column();
        let place = Place::cell(&self.part, self.number, self.rows as usize - 1, column as usize);
        let cell = Cell { row_span, col_span, place, ..Cell::default() };
        self.cell = Some(self.builder.add(cell, budget)?);
        self.words = Words::default();
        Ok(())
    }

    /// Adds one or several columns.
    pub(super) fn add_columns(&mut self, count: u32, collapsed: bool) {
        let first = self.next_column;
        self.next_column = first.saturating_add(count);
        if collapsed && self.collapsed.len() < MOST_COLLAPSED {
            self.collapsed.push((first, self.next_column));
        }
    }

    /// Whether the open cell is within one collapsed column.
    pub(super) fn is_collapsed(&mut self) -> bool {
        let Some(cell) = self.cell.filter(|_| !self.collapsed.is_empty()) else { return false };
        let Some(cell) = self.builder.cell_mut(cell) else { return false };
        self.collapsed.iter().any(|&(first, end)| first <= cell.column && cell.column + cell.col_span <= end)
    }

    /// Closes the cell. Returns its place and its marks.
    pub(super) fn close_cell(&mut self) -> Option<(Place, Marks)> {
        let (text, nested) = (self.words.take(), std::mem::take(&mut self.nested));
        let marks = self.words.take_marks();
        let cell = self.cell.take().and_then(|cell| self.builder.cell_mut(cell))?;
        cell.text = text;
        cell.nested = nested;
        (!marks.is_empty()).then(|| (cell.place.clone(), marks))
    }

    /// The grid, and the blocks outside of cells.
    pub(super) fn finish(self, budget: &mut Budget) -> Result<(Grid, Vec<Block>), Exceeded> {
        budget.spend(Resource::Blocks, 1)?;
        Ok((self.builder.finish(budget)?, self.nested))
    }
}

/// Whether a row has only one cell.
pub(super) fn has_one_cell(page: &Page, row: Id) -> bool {
    let is_cell = |id: &Id| page.element(*id).is_some_and(|element| matches!(element.name(), "td" | "th"));
    page.children(row).filter(is_cell).nth(1).is_none()
}

/// Number of rows of a group.
pub(super) fn rows_of(page: &Page, group: Id) -> usize {
    page.children(group).filter(|&child| page.element(child).is_some_and(|element| element.name() == "tr")).count()
}

/// Moves the first `thead` of each table before, and its first `tfoot` after the other rows, as browsers show them.
pub(super) fn order_groups(page: &mut Page) {
    let mut done: Vec<(Id, bool)> = Vec::new();
    for id in 0..page.len() as Id {
        let head = match page.element(id).map(Element::name) {
            Some("thead") => true,
            Some("tfoot") => false,
            _ => continue,
        };
        let Some(table) = page.parent(id) else { continue };
        // Node ids are in source order, so those of one table are usually adjacent.
        if done.iter().rev().take(64).any(|known| *known == (table, head)) {
            continue;
        }
        done.push((table, head));
        if head {
            let first = page.children(table).find(|&child| {
                page.element(child).is_some_and(|element| matches!(element.name(), "tbody" | "tfoot" | "tr"))
            });
            if let Some(first) = first {
                page.insert_before(first, id);
            }
        } else {
            page.append(table, id);
        }
    }
}
