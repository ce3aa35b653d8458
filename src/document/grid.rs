//! A table as a logical grid: every slot is the origin of a cell, covered by a merged cell, or missing, whatever the format.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Block, Budget, Exceeded, Place, Resource};

/// A cell of a grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Number of rows covered, at least 1.
    pub row_span: u32,
    /// Number of grid columns covered, at least 1.
    pub col_span: u32,
    /// First row, 0-based.
    pub row: u32,
    /// First grid column, 0-based.
    pub column: u32,
    /// The text of its paragraphs, joined by `\n`.
    pub text: String,
    /// How a workbook's number format displays the figure, if it differs from the stored one.
    pub shown: Option<Box<Shown>>,
    /// Minimum number of integer digits of the number format: 6 for `000000`, 0 if it shows no leading zeros.
    pub digits: u8,
    /// Tables and pictures inside the cell, in order.
    pub nested: Vec<Block>,
    /// Its place in the source.
    pub place: Place,
}

/// How a number format displays the stored figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Power of ten by which the figure is multiplied for display: -4 for `0!.0000`.
    pub shift: i8,
    /// Text displayed after the figure: `元`, `%`.
    pub suffix: Box<str>,
}

/// Content of a slot of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Slot {
    /// The first (upper left) slot of the cell with this index.
    Origin(u32),
    /// A further slot of the cell with this index.
    Covered(u32),
    /// No cell (a short row).
    Missing,
}

/// A table as a logical grid. Only a [`GridBuilder`] makes one, so that slots and cells always agree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    rows: u32,
    columns: u32,
    slots: Vec<Slot>,
    cells: Vec<Cell>,
    /// Place of the table in the source.
    pub place: Place,
    /// The caption given by the format: HTML `<caption>`, or the name of a sheet.
    pub caption: Option<String>,
    /// Whether it is a sheet of an embedded workbook, of which the page shows only a picture.
    pub embedded: bool,
}

impl Grid {
    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Number of grid columns.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// The cells in the order in which they were added.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Mutable access to the cells, to change texts; positions must not change.
    pub(crate) fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    /// Content of a slot; [`Slot::Missing`] outside the grid.
    pub fn slot(&self, row: u32, column: u32) -> Slot {
        if row >= self.rows || column >= self.columns {
            return Slot::Missing;
        }
        self.slots[(row * self.columns + column) as usize]
    }

    /// The cell whose origin or span covers a slot.
    pub fn cell_at(&self, row: u32, column: u32) -> Option<&Cell> {
        match self.slot(row, column) {
            Slot::Origin(index) | Slot::Covered(index) => self.cells.get(index as usize),
            Slot::Missing => None,
        }
    }

    /// The distinct cells that cover a slot of a row, from the left, including those that span down from above.
    pub fn row_cells(&self, row: u32) -> impl Iterator<Item = &Cell> {
        let mut last = None;
        (0..self.columns).filter_map(move |column| match self.slot(row, column) {
            Slot::Origin(index) | Slot::Covered(index) if last != Some(index) => {
                last = Some(index);
                self.cells.get(index as usize)
            }
            _ => None,
        })
    }
}

/// Builds a [`Grid`] row by row, within a budget.
///
/// ```
/// use nianbao::document::{Budget, Cell, GridBuilder, Place};
/// let mut budget = Budget::default();
/// let mut builder = GridBuilder::new(Place::default());
/// builder.start_row(&mut budget)?;
/// builder.add(Cell { col_span: 2, text: "自然人".into(), ..Cell::default() }, &mut budget)?;
/// let grid = builder.finish(&mut budget)?;
/// assert_eq!((grid.rows(), grid.columns()), (1, 2));
/// # Ok::<(), nianbao::document::Exceeded>(())
/// ```
#[derive(Debug, Default)]
pub struct GridBuilder {
    cells: Vec<Cell>,
    /// For each column, the cell that spans below the current row, and the first row that it no longer covers.
    open: Vec<(u32, u32)>,
    /// First free grid column of the current row.
    column: u32,
    /// Number of rows started.
    rows: u32,
    columns: u32,
    place: Place,
    caption: Option<String>,
}

impl GridBuilder {
    /// A grid without rows.
    pub fn new(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// Sets the caption given by the format.
    pub fn caption(&mut self, caption: impl Into<String>) {
        self.caption = Some(caption.into());
    }

    /// Index of the current row, 0-based; 0 before the first.
    pub fn row(&self) -> u32 {
        self.rows.saturating_sub(1)
    }

    /// Index of the row that will be started next, 0-based.
    pub fn next_row(&self) -> u32 {
        self.rows
    }

    /// Grid column of the next cell, after slots that are covered from above.
    pub(crate) fn next_column(&self) -> u32 {
        let mut column = self.column;
        while self.taken(column) {
            column += 1;
        }
        column
    }

    fn taken(&self, column: u32) -> bool {
        self.open.get(column as usize).is_some_and(|&(_, until)| until > self.row())
    }

    /// Starts the next row.
    ///
    /// # Errors
    /// [`Exceeded`] if the grid would have more slots than allowed.
    pub fn start_row(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        self.rows += 1;
        self.column = 0;
        self.check(budget)
    }

    /// Leaves `columns` slots of the current row without a cell (`w:gridBefore`).
    ///
    /// # Errors
    /// [`Exceeded`] if the grid would have more slots than allowed.
    pub fn skip(&mut self, columns: u32, budget: &mut Budget) -> Result<(), Exceeded> {
        self.column = self.column.saturating_add(columns);
        self.columns = self.columns.max(self.column);
        self.check(budget)
    }

    /// Adds a cell at the next free column of the current row, as HTML does, and returns its index. Sets `row` and `column` of the cell;
    /// a span of 0 counts as 1, and spans are cut at cells that span down from above.
    ///
    /// # Errors
    /// [`Exceeded`] if the grid would have more slots than allowed.
    pub fn add(&mut self, mut cell: Cell, budget: &mut Budget) -> Result<u32, Exceeded> {
        if self.rows == 0 {
            self.start_row(budget)?;
        }
        let row = self.row();
        let column = self.next_column();
        let wanted = cell.col_span.max(1);
        let mut col_span = 1;
        while col_span < wanted && !self.taken(column + col_span) {
            col_span += 1;
            if u64::from(column + col_span) > budget.limits().grid_slots {
                break;
            }
        }
        self.column = column.saturating_add(col_span);
        self.columns = self.columns.max(self.column);
        self.check(budget)?;
        cell.row = row;
        cell.column = column;
        cell.col_span = col_span;
        cell.row_span = cell.row_span.max(1);
        let index = self.cells.len() as u32;
        let until = row.saturating_add(cell.row_span);
        if self.open.len() < self.column as usize {
            self.open.resize(self.column as usize, (0, 0));
        }
        for slot in &mut self.open[column as usize..self.column as usize] {
            *slot = (index, until);
        }
        self.cells.push(cell);
        Ok(index)
    }

    /// Adds a physical cell that continues the cell above (`w:vMerge` without `restart`, `\clvmrg`): a cell above with the same columns
    /// grows by a row; if there is none, the cell is added as a new one. Returns the index of the cell.
    ///
    /// # Errors
    /// [`Exceeded`] if the grid would have more slots than allowed.
    pub(crate) fn continue_above(&mut self, cell: Cell, budget: &mut Budget) -> Result<u32, Exceeded> {
        let row = self.row();
        let column = self.column;
        let span = cell.col_span.max(1);
        let above = self.open.get(column as usize).copied().filter(|&(index, until)| {
            until == row
                && row > 0
                && self.cells.get(index as usize).is_some_and(|above| above.column == column && above.col_span == span)
        });
        let Some((index, _)) = above else {
            return self.add(cell, budget);
        };
        self.column = column.saturating_add(span);
        self.columns = self.columns.max(self.column);
        self.check(budget)?;
        self.cells[index as usize].row_span += 1;
        for slot in &mut self.open[column as usize..self.column as usize] {
            slot.1 = row + 1;
        }
        Ok(index)
    }

    /// An added cell, to complete its text.
    pub fn cell_mut(&mut self, index: u32) -> Option<&mut Cell> {
        self.cells.get_mut(index as usize)
    }

    fn check(&self, budget: &mut Budget) -> Result<(), Exceeded> {
        budget.spend(Resource::GridSlots, u64::from(self.rows) * u64::from(self.columns))
    }

    /// Completes the grid. Spans below the last row are cut.
    ///
    /// # Errors
    /// [`Exceeded`] if all grids of the file would have more slots than allowed.
    pub fn finish(mut self, budget: &mut Budget) -> Result<Grid, Exceeded> {
        let (rows, columns) = (self.rows, self.columns);
        let count = u64::from(rows) * u64::from(columns);
        budget.spend(Resource::AllSlots, count)?;
        let mut slots = vec![Slot::Missing; count as usize];
        for (index, cell) in self.cells.iter_mut().enumerate() {
            cell.row_span = cell.row_span.min(rows - cell.row);
            for row in cell.row..cell.row + cell.row_span {
                let start = (row * columns + cell.column) as usize;
                for slot in &mut slots[start..start + cell.col_span as usize] {
                    // In a damaged file cells may overlap: the later cell covers only free slots.
                    if *slot == Slot::Missing {
                        *slot = Slot::Covered(index as u32);
                    }
                }
            }
            slots[(cell.row * columns + cell.column) as usize] = Slot::Origin(index as u32);
        }
        let Self { cells, place, caption, .. } = self;
        Ok(Grid { rows, columns, slots, cells, place, caption, embedded: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Limits;

    fn cell(text: &str, row_span: u32, col_span: u32) -> Cell {
        Cell { text: text.into(), row_span, col_span, ..Cell::default() }
    }

    fn shown(grid: &Grid) -> Vec<Vec<&str>> {
        (0..grid.rows()).map(|row| grid.row_cells(row).map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn html_rows_omit_cells_that_span_down() -> Result<(), Exceeded> {
        let mut budget = Budget::default();
        let mut builder = GridBuilder::new(Place::default());
        builder.start_row(&mut budget)?;
        builder.add(cell("三", 3, 1), &mut budget)?;
        builder.add(cell("（一）", 1, 2), &mut budget)?;
        builder.start_row(&mut budget)?;
        builder.add(cell("（三）", 2, 1), &mut budget)?;
        builder.add(cell("1.", 1, 1), &mut budget)?;
        builder.start_row(&mut budget)?;
        builder.add(cell("2.", 1, 1), &mut budget)?;
        let grid = builder.finish(&mut budget)?;
        assert_eq!(shown(&grid), [vec!["三", "（一）"], vec!["三", "（三）", "1."], vec!["三", "（三）", "2."]]);
        assert_eq!(grid.slot(0, 2), Slot::Covered(1));
        Ok(())
    }

    #[test]
    fn word_rows_repeat_a_continued_cell() -> Result<(), Exceeded> {
        let mut budget = Budget::default();
        let mut builder = GridBuilder::new(Place::default());
        for row in 0..3 {
            builder.start_row(&mut budget)?;
            let first = cell(if row == 0 { "三" } else { "" }, 1, 1);
            if row == 0 {
                builder.add(first, &mut budget)?;
            } else {
                builder.continue_above(first, &mut budget)?;
            }
            builder.add(cell(&row.to_string(), 1, 1), &mut budget)?;
        }
        let grid = builder.finish(&mut budget)?;
        assert_eq!(shown(&grid), [vec!["三", "0"], vec!["三", "1"], vec!["三", "2"]]);
        assert_eq!(grid.cells()[0].row_span, 3);
        Ok(())
    }

    #[test]
    fn a_continuation_with_other_columns_is_a_cell_of_its_own() -> Result<(), Exceeded> {
        let mut budget = Budget::default();
        let mut builder = GridBuilder::new(Place::default());
        builder.start_row(&mut budget)?;
        builder.add(cell("a", 1, 2), &mut budget)?;
        builder.start_row(&mut budget)?;
        builder.continue_above(cell("b", 1, 1), &mut budget)?;
        let grid = builder.finish(&mut budget)?;
        assert_eq!(shown(&grid), [vec!["a"], vec!["b"]]);
        Ok(())
    }

    #[test]
    fn huge_spans_are_refused_before_they_cost_memory() {
        let mut budget = Budget::new(Limits { grid_slots: 100, ..Limits::default() });
        let mut builder = GridBuilder::new(Place::default());
        let refused = builder.add(cell("a", 1, u32::MAX), &mut budget);
        assert_eq!(refused.map_err(|exceeded| exceeded.resource), Err(Resource::GridSlots));
    }

    #[test]
    fn row_spans_end_with_the_grid() -> Result<(), Exceeded> {
        let mut budget = Budget::default();
        let mut builder = GridBuilder::new(Place::default());
        builder.start_row(&mut budget)?;
        builder.add(cell("a", u32::MAX, 1), &mut budget)?;
        let grid = builder.finish(&mut budget)?;
        assert_eq!((grid.rows(), grid.cells()[0].row_span), (1, 1));
        Ok(())
    }
}
