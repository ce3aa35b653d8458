//! Rows that are data, in an office's own workbook: the rows that a sheet has for them.

use super::sheet::Cell;
use crate::bind::{OpenCell, OpenPlaces};
use crate::fill::rows::RowCell;
use crate::form::OpenBlock;

/// Maximum number of blank rows of a table that are used.
const MOST_BLANK: u32 = 10_000;

/// Tells for a sheet, a row, and the cells that are filled in it, whether the row has no text and whether these cells are formatted.
type IsBlank<'a> = dyn Fn(usize, u32, &[(u32, RowCell)]) -> (bool, bool) + 'a;

/// The rows of a table in a sheet.
#[derive(Debug, Clone)]
pub(super) struct OpenTable {
    pub(super) sheet: usize,
    /// Its blocks: several if they are side by side.
    pub(super) blocks: Vec<OpenBlock>,
    /// The first row, 0-based.
    pub(super) first: u32,
    /// For each row, the columns that are filled.
    pub(super) rows: Vec<Vec<(u32, RowCell)>>,
    /// The columns that are filled in the first row of a table that has only a header.
    pub(super) blank: Vec<(u32, RowCell)>,
    pub(super) total: Option<(u32, Vec<(u32, RowCell)>)>,
}

impl OpenTable {
    /// The cells of its rows, with their content and the number of their row.
    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, Cell, RowCell)> {
        self.rows.iter().enumerate().flat_map(move |(number, row)| {
            let at = self.first + number as u32;
            row.iter().map(move |(column, content)| (number, (self.sheet, (at, *column)), *content))
        })
    }

    /// The cells of the total row.
    pub(super) fn total_cells(&self) -> impl Iterator<Item = (Cell, RowCell)> {
        let cells = self.total.iter().flat_map(|(row, cells)| cells.iter().map(move |cell| (*row, *cell)));
        cells.map(|(row, (column, content))| ((self.sheet, (row, column)), content))
    }

    /// Adds the blank rows below the last one: those above the total row, or else those that are formatted.
    fn extend(&mut self, is_blank: &IsBlank) {
        let last = self.rows.last().unwrap_or(&self.blank).clone();
        if last.is_empty() {
            return;
        }
        let before = self.total.as_ref().map(|total| total.0).filter(|row| *row > self.last());
        for further in 1..=MOST_BLANK {
            let (blank, formatted) = is_blank(self.sheet, self.last() + 1, &last);
            if !blank || before.map_or(!formatted, |row| row <= self.last() + 1) {
                break;
            }
            let next = last.iter().map(|(column, content)| match *content {
                RowCell::Number(first) => (*column, RowCell::Number(first.saturating_add(i64::from(further)))),
                content @ RowCell::Field { .. } => (*column, content),
            });
            self.rows.push(next.collect());
        }
    }

    /// The row after this one.
    pub(super) fn next(&self, further: u32) -> Vec<(u32, RowCell)> {
        let next = |(column, content): &(u32, RowCell)| match *content {
            RowCell::Number(first) => (*column, RowCell::Number(first.saturating_add(i64::from(further)))),
            content @ RowCell::Field { .. } => (*column, content),
        };
        self.rows.last().unwrap_or(&self.blank).iter().map(next).collect()
    }

    /// The last row, 0-based: that of the header if there are none.
    pub(super) fn last(&self) -> u32 {
        self.first + self.rows.len() as u32 - 1
    }
}

/// The tables of a workbook whose rows are data; `cell` gives the cell of a place.
pub(super) fn tables(
    places: &[OpenPlaces],
    cell: &dyn Fn(&OpenCell) -> Option<Cell>,
    is_blank: &IsBlank,
) -> Vec<OpenTable> {
    let mut found: Vec<OpenTable> = Vec::new();
    for place in places {
        let header = || cell(place.header.first()?).map(|(sheet, (row, column))| (sheet, (row + 1, column)));
        let first = place.rows.first().and_then(|row| cell(row.first()?));
        let Some((sheet, (first, _))) = first.or_else(header) else { continue };
        let row =
            |cells: &[OpenCell], above: Option<&[OpenCell]>, block: usize| -> Option<(u32, Vec<(u32, RowCell)>)> {
                let (_, (number, _)) = cell(cells.first()?)?;
                let filled = cells.iter().zip(RowCell::of_row(cells, above, block));
                let filled = filled.filter_map(|(own, content)| Some((cell(own)?.1.1, content?)));
                Some((number, filled.collect()))
            };
        let beside = found.iter_mut().find(|known| known.sheet == sheet && known.first == first);
        let block = beside.as_ref().map_or(0, |known| known.blocks.len());
        let above = std::iter::once(None).chain(place.rows.iter().map(|row| Some(row.as_slice())));
        let rows: Vec<_> = place.rows.iter().zip(above).map_while(|(cells, above)| row(cells, above, block)).collect();
        // Only rows that follow each other are of one table.
        let rows = rows.into_iter().enumerate().take_while(|(number, row)| row.0 == first + *number as u32);
        let rows: Vec<Vec<(u32, RowCell)>> = rows.map(|(_, row)| row.1).collect();
        let total = place.total.as_ref().and_then(|cells| row(cells, None, block));
        // The words of the header are no content of a row.
        let mut below: Vec<OpenCell> = place.header.iter().chain(&place.over).cloned().collect();
        below.sort_by_key(|cell| cell.place.column);
        for cell in &mut below {
            cell.text.clear();
        }
        let blank = row(&below, None, block).filter(|_| rows.is_empty()).map(|row| row.1).unwrap_or_default();
        if let Some(known) = beside {
            known.blocks.push(place.block);
            known.blank.extend(blank);
            for (row, cells) in known.rows.iter_mut().zip(rows) {
                row.extend(cells);
            }
            if let (Some(known), Some(cells)) = (&mut known.total, total) {
                known.1.extend(cells.1);
            }
        } else {
            found.push(OpenTable { sheet, blocks: vec![place.block], first, rows, blank, total });
        }
    }
    found.retain(|table| !table.rows.is_empty() || !table.blank.is_empty());
    for table in &mut found {
        table.extend(is_blank);
    }
    found
}
