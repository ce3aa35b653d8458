//! The table being read: rows and cells are placed on the grid when their row ends (17.4).

use std::sync::Arc;

use crate::document::{Aside, AsideKind, Block, Budget, Cell, Exceeded, Grid, GridBuilder, Place};
use crate::read::shared::marks::Marks;

/// Maximum width (twips) of a sliver: a column left by rounding, where a conversion program found edges that nearly coincide.
const SLIVER: u32 = 12;

/// Average column width below which the widths cannot be twips.
const LEAST_AVERAGE: u64 = 100;

/// The role of a cell in a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Merge {
    /// Not merged.
    #[default]
    None,
    /// First of the merged cells.
    Restart,
    /// Continues the cell above or on the left.
    Continue,
}

/// A physical cell.
#[derive(Debug, Default)]
pub(super) struct Physical {
    /// Its paragraphs, joined by `\n`; `None` before the first.
    pub(super) text: Option<String>,
    /// Tables, pictures and text boxes in the cell.
    pub(super) nested: Vec<Block>,
    /// Start and end of its element in the part.
    pub(super) span: (usize, usize),
    /// `w:gridSpan`.
    pub(super) columns: u32,
    /// `w:vMerge`.
    pub(super) vertical: Merge,
    /// `w:hMerge`.
    pub(super) horizontal: Merge,
    /// Whether the cell is a tracked deletion.
    pub(super) deleted: bool,
    /// Its superscripts and asides.
    pub(super) marks: Marks,
    /// Whether the cell sets a width.
    pub(super) wide: bool,
}

impl Physical {
    /// Adds a paragraph's text.
    pub(super) fn push(&mut self, more: String) {
        match &mut self.text {
            Some(text) => {
                text.push('\n');
                text.push_str(&more);
            }
            None => self.text = Some(more),
        }
    }

    fn is_blank(&self) -> bool {
        self.nested.is_empty() && self.text.as_ref().is_none_or(|text| text.trim().is_empty())
    }
}

/// A physical row.
#[derive(Debug, Default)]
pub(super) struct TableRow {
    cells: Vec<Physical>,
    /// `w:gridBefore`.
    pub(super) before: u32,
    /// `w:gridAfter`.
    pub(super) after: u32,
    /// Whether the row is a tracked deletion.
    pub(super) deleted: bool,
    /// Whether the row is hidden, or too low to show anything.
    pub(super) hidden: bool,
}

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Table {
    builder: GridBuilder,
    part: Arc<str>,
    index: u32,
    start: usize,
    widths: Vec<u32>,
    /// Number of real columns before each written column; empty if there are no slivers.
    real: Vec<u32>,
    /// The open row.
    pub(super) row: Option<TableRow>,
    /// Number of open `w:tc` elements.
    pub(super) open_cells: u32,
    /// Number of cells held so far.
    pub(super) held: u64,
    /// Cells of hidden rows that span down into visible rows, each with its column.
    reaching: Vec<(u32, Physical)>,
    /// Text that was set aside.
    pub(super) asides: Vec<Aside>,
    /// Whether some columns have width 0.
    unseen: bool,
}

impl Table {
    /// A table without rows; `index` is its index in the document.
    pub(super) fn new(part: &Arc<str>, index: u32, start: usize) -> Self {
        Self {
            builder: GridBuilder::new(Place::default()),
            part: Arc::clone(part),
            index,
            start,
            widths: Vec::new(),
            real: Vec::new(),
            row: None,
            open_cells: 0,
            held: 0,
            reaching: Vec::new(),
            asides: Vec::new(),
            unseen: false,
        }
    }

    /// Records a `w:gridCol`.
    pub(super) fn grid_column(&mut self, width: Option<u32>, budget: &Budget) {
        if (self.widths.len() as u64) < budget.limits().grid_slots {
            self.widths.push(width.unwrap_or(u32::MAX));
        }
    }

    /// Whether a column has width 0 and a fixed layout keeps cells from widening it.
    pub(super) fn has_unseen(&self) -> bool {
        self.unseen
    }

    /// Ends the column list: finds slivers, and, if the layout is fixed, columns of width 0.
    pub(super) fn columns_end(&mut self, fixed: bool) {
        let known = || self.widths.iter().filter(|width| **width != u32::MAX);
        let total: u64 = known().map(|width| u64::from(*width)).sum();
        let is_sliver = |width: u32| (1..=SLIVER).contains(&width);
        let twips = total >= LEAST_AVERAGE * self.widths.len() as u64;
        self.unseen = fixed && twips && known().any(|width| *width == 0);
        if !twips || !known().any(|width| is_sliver(*width)) {
            return;
        }
        let mut count = 0;
        self.real = vec![0];
        self.real.extend(self.widths.iter().map(|width| {
            count += u32::from(!is_sliver(*width));
            count
        }));
    }

    /// Number of real columns before a written column.
    fn real_columns(&self, column: u32) -> u32 {
        match self.real.last() {
            None => column,
            Some(last) => self
                .real
                .get(column as usize)
                .copied()
                .unwrap_or_else(|| last.saturating_add(column).saturating_sub(self.real.len() as u32 - 1)),
        }
    }

    /// Adds a physical cell to the open row.
    pub(super) fn cell(&mut self, cell: Physical) {
        let Some(row) = &mut self.row else { return };
        if cell.deleted {
            return;
        }
        match row.cells.last_mut().filter(|_| cell.horizontal == Merge::Continue) {
            Some(first) => {
                first.columns = first.columns.saturating_add(cell.columns);
                if !cell.is_blank() {
                    if let Some(text) = cell.text {
                        first.push(text);
                    }
                    first.nested.extend(cell.nested);
                }
                first.marks.absorb(cell.marks);
            }
            None => row.cells.push(cell),
        }
    }

    /// Places the open row on the grid. A row without cells is dropped.
    pub(super) fn row_end(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        let Some(row) = self.row.take() else { return Ok(()) };
        if row.deleted || row.cells.is_empty() {
            return Ok(());
        }
        if row.hidden {
            return self.hidden_row(row, budget);
        }
        self.builder.start_row(budget)?;
        let mut reaching = std::mem::take(&mut self.reaching);
        let before = self.real_columns(row.before);
        if before > 0 {
            self.builder.skip(before, budget)?;
        }
        let mut column = row.before;
        for cell in row.cells {
            let cell = match reaching.iter().position(|(at, _)| *at == column && cell.vertical == Merge::Continue) {
                Some(index) => reaching.swap_remove(index).1,
                None => cell,
            };
            let next = column.saturating_add(cell.columns.max(1));
            let columns = self.real_columns(next) - self.real_columns(column);
            let mut cell = cell;
            if self.unseen && !cell.wide && self.is_unseen(column, next) {
                let place = Place::cell(
                    &self.part,
                    self.index as usize,
                    self.builder.row() as usize,
                    self.builder.next_column() as usize,
                );
                let text = cell.text.take().unwrap_or_default();
                self.asides.extend(Aside::new(AsideKind::Column, &text, place, budget)?);
            }
            column = next;
            if columns == 0 && cell.is_blank() {
                continue;
            }
            self.add(cell, columns.max(1), budget)?;
        }
        let after = self.real_columns(column.saturating_add(row.after)) - self.real_columns(column);
        if after > 0 {
            self.builder.skip(after, budget)?;
        }
        Ok(())
    }

    /// Whether all columns of a range have width 0.
    fn is_unseen(&self, from: u32, to: u32) -> bool {
        self.widths.get(from as usize..to as usize).is_some_and(|widths| widths.iter().all(|width| *width == 0))
    }

    /// Sets the text of a hidden row aside. Cells that span beyond the row are visible below it.
    fn hidden_row(&mut self, row: TableRow, budget: &mut Budget) -> Result<(), Exceeded> {
        let place = Place {
            part: Some(Arc::clone(&self.part)),
            table: Some(self.index),
            row: Some(self.builder.next_row()),
            ..Place::default()
        };
        let (mut column, mut told) = (row.before, String::new());
        for cell in row.cells {
            let at = column;
            column = column.saturating_add(cell.columns.max(1));
            if cell.vertical == Merge::Restart {
                self.reaching.push((at, cell));
            } else if let Some(text) = cell.text.filter(|text| !text.trim().is_empty()) {
                told.push_str(if told.is_empty() { "" } else { " " });
                told.push_str(text.trim());
            }
        }
        self.asides.extend(Aside::new(AsideKind::Row, &told, place, budget)?);
        Ok(())
    }

    fn add(&mut self, cell: Physical, col_span: u32, budget: &mut Budget) -> Result<(), Exceeded> {
        let row = self.builder.row();
        let column = self.builder.next_column();
        let place = Place::cell(&self.part, self.index as usize, row as usize, column as usize)
            .with_span(cell.span.0, cell.span.1);
        let text = cell.text.unwrap_or_default();
        cell.marks.tell(&place, &mut self.asides, budget)?;
        let content = Cell { col_span, place, ..Cell::default() };
        let index = match cell.vertical {
            Merge::Continue => self.builder.continue_above(content, budget)?,
            Merge::None | Merge::Restart => self.builder.add(content, budget)?,
        };
        let Some(target) = self.builder.cell_mut(index) else { return Ok(()) };
        if target.row == row {
            target.text = text;
            target.nested = cell.nested;
        } else if !text.trim().is_empty() || !cell.nested.is_empty() {
            // Word hides text in a continuing cell; here it is added to the merged cell.
            if !target.text.is_empty() && !text.trim().is_empty() {
                target.text.push('\n');
            }
            target.text.push_str(text.trim());
            target.nested.extend(cell.nested);
        }
        Ok(())
    }

    /// The grid; `None` for a table without cells.
    pub(super) fn finish(&mut self, end: usize, budget: &mut Budget) -> Result<Option<Grid>, Exceeded> {
        self.row_end(budget)?;
        let mut grid = std::mem::take(&mut self.builder).finish(budget)?;
        grid.place = Place { part: Some(Arc::clone(&self.part)), table: Some(self.index), ..Place::default() }
            .with_span(self.start, end);
        Ok(Some(grid).filter(|grid| !grid.cells().is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn physical(text: &str, columns: u32) -> Physical {
        Physical { text: Some(text.into()), columns, ..Physical::default() }
    }

    fn table(widths: &[u32]) -> Table {
        let mut table = Table::new(&"p".into(), 0, 0);
        for width in widths {
            table.grid_column(Some(*width), &Budget::default());
        }
        table.columns_end(true);
        table
    }

    /// Text, first column and number of columns of each cell, row by row.
    type Shown = Vec<Vec<(String, u32, u32)>>;

    fn rows(mut table: Table, rows: Vec<Vec<Physical>>) -> Result<Shown, Exceeded> {
        let budget = &mut Budget::default();
        for cells in rows {
            table.row = Some(TableRow::default());
            for cell in cells {
                table.cell(cell);
            }
            table.row_end(budget)?;
        }
        let Some(grid) = table.finish(0, budget)? else { return Ok(Vec::new()) };
        let shown = |cell: &Cell| (cell.text.clone(), cell.column, cell.col_span);
        Ok((0..grid.rows()).map(|row| grid.row_cells(row).map(shown).collect()).collect())
    }

    #[test]
    fn a_sliver_is_not_a_column() -> Result<(), Exceeded> {
        let cells = vec![
            vec![physical("a", 1), physical("b", 2)],
            vec![physical("", 3)],
            vec![physical("c", 2), physical("d", 1)],
        ];
        let found = rows(table(&[900, 1, 900]), cells)?;
        assert_eq!(found[0], [("a".into(), 0, 1), ("b".into(), 1, 1)]);
        assert_eq!(found[1], [(String::new(), 0, 2)]);
        assert_eq!(found[2], [("c".into(), 0, 1), ("d".into(), 1, 1)]);
        Ok(())
    }

    #[test]
    fn text_in_a_sliver_is_kept() -> Result<(), Exceeded> {
        let found = rows(table(&[900, 1, 900]), vec![vec![physical("a", 1), physical("b", 1), physical("c", 1)]])?;
        assert_eq!(found[0].len(), 3);
        Ok(())
    }

    #[test]
    fn text_in_a_column_of_width_0_is_set_aside() -> Result<(), Exceeded> {
        let cells = || vec![physical("a", 1), physical("77", 1), physical("c", 1)];
        let found = rows(table(&[900, 0, 900]), vec![cells()])?;
        assert_eq!(found[0][1].0, "");
        // A cell may have a width although its column has none, and tables of other programs have no widths at all.
        let mut wide = cells();
        wide[1].wide = true;
        assert_eq!(rows(table(&[900, 0, 900]), vec![wide])?[0][1].0, "77");
        assert_eq!(rows(table(&[0, 0, 0]), vec![cells()])?[0][1].0, "77");
        Ok(())
    }

    #[test]
    fn widths_that_are_not_twips_are_ignored() -> Result<(), Exceeded> {
        let found = rows(table(&[1, 1, 1]), vec![vec![physical("a", 1), physical("", 1), physical("c", 1)]])?;
        assert_eq!(found[0].len(), 3);
        Ok(())
    }

    #[test]
    fn horizontally_merged_cells_are_one() -> Result<(), Exceeded> {
        let first = Physical { horizontal: Merge::Restart, ..physical("a", 1) };
        let more = Physical { horizontal: Merge::Continue, ..physical("", 1) };
        let found = rows(table(&[]), vec![vec![first, more, physical("b", 1)]])?;
        assert_eq!(found[0], [("a".into(), 0, 2), ("b".into(), 2, 1)]);
        Ok(())
    }
}
