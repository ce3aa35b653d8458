//! Views of grid rows as one table: as they are, transposed, or a subset of columns.

use std::ops::Range;

use crate::bind::labels::index::Role;
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::source::items::{Flow, RowCell};
use crate::text::blank;

/// Minimum number of rows that a first column has to number before it is treated as the row numbers of a sheet; two or three figures may
/// increase by chance. Tested by the sheets of `tests/marks`.
const ROW_NUMBERS: u32 = 5;

/// A cell in a view.
#[derive(Debug, Clone, Copy)]
pub(in crate::bind) struct ViewCell<'f, 'd> {
    /// The cell in the flow.
    pub(in crate::bind) at: &'f RowCell<'d>,
    /// Its first column in the view, 0-based.
    pub(in crate::bind) column: u32,
    /// Number of columns that it covers in the view.
    pub(in crate::bind) span: u32,
    /// Whether it begins in this row of the view; otherwise it continues from the row above.
    pub(in crate::bind) own: bool,
    /// Whether it has any text.
    pub(in crate::bind) filled: bool,
}

impl ViewCell<'_, '_> {
    /// The column of the view after its last.
    pub(in crate::bind) fn end(&self) -> u32 {
        self.column + self.span
    }

    /// Whether it has words: text that is not a figure.
    pub(in crate::bind) fn words(&self) -> bool {
        self.filled && !self.at.figure
    }

    /// The number of its text among the labels of the form.
    pub(in crate::bind) fn number(&self) -> Option<LabelNumber> {
        self.at.number
    }

    /// Whether it may be a label of a row or a group of rows of the form.
    pub(in crate::bind) fn is_row_label(&self) -> bool {
        !self.at.figure
            && (self.at.glued == Some(Role::Leaf)
                || self.at.uses.iter().any(|found| matches!(found.role, Role::Leaf | Role::Group)))
    }

    /// Whether it may be a header label or a corner of the form.
    pub(in crate::bind) fn is_head_label(&self) -> bool {
        !self.at.figure
            && (self.at.glued == Some(Role::Header)
                || self.at.uses.iter().any(|found| matches!(found.role, Role::Header | Role::Corner)))
    }

    /// Whether it may be the caption of a block.
    pub(in crate::bind) fn is_caption(&self) -> bool {
        !self.at.figure && self.at.uses.iter().any(|found| found.role == Role::Caption)
    }

    /// Whether both are the same cell of the document.
    pub(in crate::bind) fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self.at.cell, other.at.cell)
    }
}

/// A row of a view.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct ViewRow<'f, 'd> {
    /// The cells that cover a part of it, from left to right.
    pub(in crate::bind) cells: Vec<ViewCell<'f, 'd>>,
}

impl<'f, 'd> ViewRow<'f, 'd> {
    /// The cells with text that begin in it.
    pub(in crate::bind) fn filled(&self) -> impl Iterator<Item = &ViewCell<'f, 'd>> {
        self.cells.iter().filter(|cell| cell.own && cell.filled)
    }

    /// The row with its caption in one cell, if it was written into every column that it covers.
    fn with_one_caption(mut self) -> Self {
        let Some(first) = self.cells.first().filter(|first| first.own && first.is_caption()) else { return self };
        let same = |cell: &&ViewCell| cell.own && cell.at.folded == first.at.folded;
        let count = self.cells.iter().take_while(same).count();
        if count > 1 && self.cells[count..].iter().all(|cell| !cell.filled) {
            self.cells[0].span = self.cells[count - 1].end() - self.cells[0].column;
            self.cells.drain(1..count);
        }
        self
    }

    /// The cell that covers a column.
    pub(in crate::bind) fn cell_at(&self, column: u32) -> Option<&ViewCell<'f, 'd>> {
        let at = self.cells.partition_point(|cell| cell.end() <= column);
        self.cells.get(at).filter(|cell| cell.column <= column)
    }
}

/// Rows of grids as one table.
#[derive(Debug, Clone)]
pub(in crate::bind) struct View<'f, 'd> {
    /// Its rows.
    pub(in crate::bind) rows: Vec<ViewRow<'f, 'd>>,
    /// The rows of the flow that it shows; one for each row of the view unless it is transposed.
    pub(in crate::bind) flow: Range<usize>,
    /// Whether rows and columns are exchanged (transposed).
    pub(in crate::bind) turned: bool,
}

impl<'f, 'd> View<'f, 'd> {
    /// A view of rows of the flow as they are.
    pub(in crate::bind) fn new(flow: &'f Flow<'d>, rows: Range<usize>) -> Self {
        let shown = rows.clone().map(|number| {
            let cells = flow.rows[number].cells.iter().map(|at| ViewCell {
                at,
                column: at.cell.column,
                span: at.cell.col_span.max(1),
                own: at.own,
                filled: !at.cell.text.trim_matches(blank).is_empty(),
            });
            ViewRow { cells: cells.collect() }.with_one_caption()
        });
        let mut view = Self { rows: shown.collect(), flow: rows, turned: false };
        view.without_row_numbers();
        view
    }

    /// Removes a first column that numbers all rows of a sheet, including headers and captions: it is neither a label nor a figure.
    fn without_row_numbers(&mut self) {
        let Some(first) = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.column).min() else { return };
        let mut numbers = 0;
        let mut last: Option<u64> = None;
        let mut beside_words = false;
        for row in &self.rows {
            let Some(cell) = row.cells.first().filter(|cell| cell.column == first && cell.own && cell.filled) else {
                continue;
            };
            let Ok(number) = cell.at.cell.text.trim().parse::<u64>() else { return };
            if cell.span != 1 || last.is_some_and(|last| last >= number) {
                return;
            }
            let others = row.cells[1..].iter().filter(|cell| cell.filled);
            let (mut words, mut figures) = (0, 0);
            others.for_each(|cell| if cell.words() { words += 1 } else { figures += 1 });
            // A header row, with words only, is numbered too: a column of labels or figures has no number there.
            beside_words |= words > 1 && figures == 0;
            last = Some(number);
            numbers += 1;
        }
        if numbers >= ROW_NUMBERS && beside_words {
            for row in &mut self.rows {
                row.cells.retain(|cell| cell.column != first);
            }
        }
    }

    /// The first row of the flow among these rows of the view.
    pub(in crate::bind) fn first_row<'r>(&self, rows: impl IntoIterator<Item = &'r Vec<usize>>) -> usize {
        if self.turned {
            return self.flow.start;
        }
        self.flow.start + rows.into_iter().flatten().copied().min().unwrap_or(0)
    }

    /// The transposed view.
    pub(in crate::bind) fn turned(&self) -> Self {
        let width = self.rows.iter().flat_map(|row| &row.cells).map(ViewCell::end).max().unwrap_or(0);
        let mut rows: Vec<ViewRow> = vec![ViewRow::default(); width as usize];
        for (number, row) in self.rows.iter().enumerate() {
            for cell in row.cells.iter().filter(|cell| cell.own) {
                // The number of further rows that the cell covers.
                let below = self.rows[number + 1..].iter();
                let more = below
                    .take_while(|row| row.cell_at(cell.column).is_some_and(|other| other.is_same(cell)))
                    .count()
                    .min(cell.at.cell.row_span.saturating_sub(1) as usize);
                let turned = ViewCell { column: number as u32, span: more as u32 + 1, own: true, ..*cell };
                for (at, row) in rows.iter_mut().enumerate().take(cell.end() as usize).skip(cell.column as usize) {
                    row.cells.push(ViewCell { own: at == cell.column as usize, ..turned });
                }
            }
        }
        for row in &mut rows {
            row.cells.sort_by_key(|cell| cell.column);
        }
        Self { rows, flow: self.flow.clone(), turned: true }
    }

    /// A view of some of its rows.
    pub(in crate::bind) fn part(&self, rows: Range<usize>) -> Self {
        let flow = self.flow.start + rows.start..self.flow.start + rows.end;
        Self { rows: self.rows[rows].to_vec(), flow, turned: self.turned }
    }

    /// A view of the cells that touch a range of columns.
    pub(in crate::bind) fn band(&self, columns: Range<u32>) -> Self {
        let rows = self.rows.iter().map(|row| ViewRow {
            cells: row
                .cells
                .iter()
                .filter(|cell| cell.column < columns.end && cell.end() > columns.start)
                .copied()
                .collect(),
        });
        Self { rows: rows.collect(), flow: self.flow.clone(), turned: self.turned }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, Budget, Cell, Document, Exceeded, GridBuilder, Place};

    /// A document with one grid; each cell is its text and the columns that it covers.
    fn document(rows: &[&[(&str, u32)]]) -> Result<Document, Exceeded> {
        let mut budget = Budget::default();
        let mut grid = GridBuilder::new(Place::default());
        for row in rows {
            grid.start_row(&mut budget)?;
            for &(text, col_span) in *row {
                grid.add(Cell { text: text.into(), col_span, ..Cell::default() }, &mut budget)?;
            }
        }
        Ok(Document { blocks: vec![Block::Grid(grid.finish(&mut budget)?)], ..Document::default() })
    }

    /// The cells that begin in each row: first column, columns covered, text.
    fn shown<'d>(view: &View<'_, 'd>) -> Vec<Vec<(u32, u32, &'d str)>> {
        let cell = |cell: &ViewCell<'_, 'd>| (cell.column, cell.span, cell.at.cell.text.as_str());
        view.rows.iter().map(|row| row.cells.iter().filter(|cell| cell.own).map(cell).collect()).collect()
    }

    #[test]
    fn a_view_shows_rows_as_they_are_turned_or_in_part() -> Result<(), Exceeded> {
        let document = document(&[&[("甲", 2), ("乙", 1)], &[("1", 1), ("2", 1), ("3", 1)]])?;
        let flow = Flow::from_document(&document);
        let view = View::new(&flow, 0..2);
        let rows = [vec![(0, 2, "甲"), (2, 1, "乙")], vec![(0, 1, "1"), (1, 1, "2"), (2, 1, "3")]];
        assert_eq!(shown(&view), rows);
        // The cell over two columns begins in the first of the two rows that they become.
        let turned = [vec![(0, 1, "甲"), (1, 1, "1")], vec![(1, 1, "2")], vec![(0, 1, "乙"), (1, 1, "3")]];
        assert_eq!(shown(&view.turned()), turned);
        assert_eq!(shown(&view.part(1..2)), rows[1..]);
        assert_eq!(shown(&view.band(2..3)), [vec![(2, 1, "乙")], vec![(2, 1, "3")]]);
        let over = |column| view.rows[0].cell_at(column).map(|cell| cell.at.cell.text.as_str());
        assert_eq!([over(0), over(1), over(2), over(3)], [Some("甲"), Some("甲"), Some("乙"), None]);
        Ok(())
    }

    #[test]
    fn a_first_column_that_numbers_words_and_figures_is_taken_out() -> Result<(), Exceeded> {
        let labels = ["科目甲", "科目乙", "科目丙", "科目丁"];
        let numbers = ["1", "2", "3", "4", "5"];
        let mut rows = vec![vec![("1", 1), ("名称", 1), ("数量", 1)]];
        rows.extend(labels.iter().zip(&numbers[1..]).map(|(label, number)| vec![(*number, 1), (*label, 1), ("7", 1)]));
        let rows: Vec<&[(&str, u32)]> = rows.iter().map(Vec::as_slice).collect();
        let first = |rows: &[&[(&str, u32)]]| -> Result<u32, Exceeded> {
            let document = document(rows)?;
            let flow = Flow::from_document(&document);
            let view = View::new(&flow, 0..rows.len());
            Ok(view.rows[0].cells[0].column)
        };
        assert_eq!(first(&rows)?, 1);
        // Four numbers may be figures.
        assert_eq!(first(&rows[..4])?, 0);
        Ok(())
    }
}
