//! Workbooks: every sheet a grid of the rows and columns that hold something, each cell with its true place.

mod excel;
mod ods;
mod xls;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ReadError;
use crate::document::{Block, Budget, Cell, Document, Grid, GridBuilder, Place, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};

pub(super) use excel::{read_xlsb, read_xlsx};
pub(super) use ods::read as read_ods;
pub(super) use xls::read as read_xls;

/// Rows with cells that hold nothing that a sheet's account keeps.
const MOST_BLANK: usize = 10_000;

/// A sheet as its reader found it: sparse, rows and columns 0-based.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    hidden: bool,
    /// Text of each cell that has any.
    cells: BTreeMap<(u32, u32), String>,
    /// Rows with cells that hold nothing, and how many; a form's blank row looks like this.
    blank: BTreeMap<u32, u32>,
    /// Merged regions: first and last row and column, each inclusive.
    merges: Vec<((u32, u32), (u32, u32))>,
}

impl Sheet {
    /// Notes a cell's text.
    fn put(&mut self, row: u32, column: u32, text: String, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 1)?;
        if !text.is_empty() {
            budget.spend(Resource::TextBytes, text.len() as u64)?;
            budget.spend(Resource::Blocks, 1)?;
            self.cells.insert((row, column), text);
        } else if self.blank.len() < MOST_BLANK || self.blank.contains_key(&row) {
            *self.blank.entry(row).or_default() += 1;
        }
        Ok(())
    }

    /// The sheet as a grid of the rows and columns that hold something; `None` for an empty one.
    fn grid(mut self, budget: &mut Budget) -> Result<Option<Grid>, ReadError> {
        if self.cells.is_empty() {
            return Ok(None);
        }
        let part: Arc<str> = self.name.as_str().into();
        // A region counts only where its first cell holds something, or where it lies among cells that do.
        self.merges.retain(|&((top, left), (bottom, right))| top <= bottom && left <= right);
        self.merges.truncate(100_000);
        let mut rows: Vec<u32> = self.cells.keys().map(|&(row, _)| row).collect();
        rows.dedup();
        let mut columns: Vec<u32> = self.cells.keys().map(|&(_, column)| column).collect();
        columns.sort_unstable();
        columns.dedup();
        let origins: BTreeMap<(u32, u32), (u32, u32)> = self.merges.iter().copied().collect();
        let first = rows.first().copied().unwrap_or(0);
        // Blank columns that a filled region covers keep their place in a header's span.
        let filled = |origin: &(u32, u32)| self.cells.contains_key(origin);
        for (origin, end) in origins.iter().filter(|(origin, _)| filled(origin)) {
            let width = end.1 - origin.1;
            if width <= 256 {
                columns.extend(origin.1..=end.1);
            }
            let height = end.0 - origin.0;
            if height <= 256 {
                rows.extend(origin.0..=end.0);
            }
        }
        rows.sort_unstable();
        // A row of blank cells right below a filled one may be that of a table to be filled in.
        let below = |row: &u32| row.checked_sub(1).is_some_and(|above| rows.binary_search(&above).is_ok());
        let more: Vec<u32> =
            self.blank.iter().filter(|(row, count)| **count > 1 && below(row)).map(|row| *row.0).collect();
        rows.extend(more);
        for list in [&mut rows, &mut columns] {
            list.sort_unstable();
            list.dedup();
        }
        budget.spend(Resource::GridSlots, rows.len() as u64 * columns.len() as u64)?;
        let mut builder = GridBuilder::new(Place {
            part: Some(Arc::clone(&part)),
            row: Some(first),
            column: columns.first().copied(),
            ..Place::default()
        });
        builder.caption(self.name.clone());
        let within = |list: &[u32], from: u32, to: u32| {
            (list.partition_point(|&at| at <= to) - list.partition_point(|&at| at < from)) as u32
        };
        for &row in &rows {
            builder.start_row(budget)?;
            let mut next = builder.next_column();
            while let Some(&column) = columns.get(next as usize) {
                let (bottom, right) = origins.get(&(row, column)).copied().unwrap_or((row, column));
                let cell = Cell {
                    row_span: within(&rows, row, bottom).max(1),
                    col_span: within(&columns, column, right).max(1),
                    text: self.cells.remove(&(row, column)).unwrap_or_default(),
                    place: Place::sheet_cell(&part, row, column),
                    ..Cell::default()
                };
                builder.add(cell, budget)?;
                next = builder.next_column();
            }
        }
        Ok(Some(builder.finish(budget)?))
    }
}

/// The sheets as a document: visible ones first, hidden ones behind them with a finding.
fn document(sheets: Vec<Sheet>, budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut document = Document::default();
    let (hidden, visible): (Vec<Sheet>, Vec<Sheet>) = sheets.into_iter().partition(|sheet| sheet.hidden);
    for sheet in visible {
        document.blocks.extend(sheet.grid(budget)?.map(Block::Grid));
    }
    for sheet in hidden {
        let name = sheet.name.clone();
        let Some(grid) = sheet.grid(budget)? else { continue };
        document.blocks.push(Block::Grid(grid));
        let message = Message::new(
            format!("工作表“{name}”是隐藏的，也已读取。请核对是否应当报送。"),
            format!("The sheet \"{name}\" is hidden; it was read too. Check whether it should be sent."),
        );
        findings.push(Finding::new(&code::SHEET_HIDDEN, message));
    }
    Ok(document)
}

#[cfg(test)]
mod tests;
