//! The first table of a workbook as rows of texts: for lists that an office keeps in a spreadsheet.

use super::{ReadError, read};
use crate::document::{Block, Budget};

/// Whether bytes are those of a workbook rather than of text: a package, or a compound file.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Rows of texts, each with its number in its sheet, from 1.
pub type Rows = Vec<(usize, Vec<String>)>;

/// The rows of the first table, each with its number in its sheet, from 1; `None` where there is no table.
///
/// # Errors
/// A file that cannot be read.
pub fn first_rows(bytes: &[u8]) -> Result<Option<Rows>, ReadError> {
    let reading = read(bytes, None, &mut Budget::default())?;
    let grids = reading.document.blocks.into_iter();
    let grid = grids.into_iter().find_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None });
    Ok(grid.map(|grid| {
        let cell = |row, column| grid.cell_at(row, column).map(|cell| cell.text.trim().to_owned()).unwrap_or_default();
        let number = |row: u32| {
            let first = grid.row_cells(row).next().and_then(|cell| cell.place.row);
            first.unwrap_or(row) as usize + 1
        };
        let row = |row| (number(row), (0..grid.columns()).map(|column| cell(row, column)).collect());
        (0..grid.rows()).map(row).collect()
    }))
}
