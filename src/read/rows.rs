//! The first table of a workbook as rows of texts: for lists that an office keeps in a spreadsheet.

use super::sheet::disagreement;
use super::{Damage, ReadError, read};
use crate::document::{Block, Budget, Cell, Document};

/// Whether bytes are a workbook rather than text: a package, or a compound file.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Rows of texts, each with its row number in the sheet, 1-based.
pub type Rows = Vec<(usize, Vec<String>)>;

/// Reads the first table of a workbook with our reader and with calamine, and compares the results; `None` if there is no table. Each row
/// has its row number in the sheet, 1-based; codes keep the leading zeros of their number format (`000000`).
///
/// # Errors
/// A file that cannot be read, or a cell that the two readers read differently.
pub fn first_rows(bytes: &[u8]) -> Result<Option<Rows>, ReadError> {
    let mut document = read(bytes, None, &mut Budget::default())?.document;
    let first = document.blocks.iter().position(|block| matches!(block, Block::Grid(_)));
    document.blocks = first.map(|first| document.blocks.swap_remove(first)).into_iter().collect();
    compare_readings(bytes, &document)?;
    Ok(document.grids().next().map(|grid| {
        let cell = |row, column| grid.cell_at(row, column).map(text).unwrap_or_default();
        let number = |row: u32| {
            let first = grid.row_cells(row).next().and_then(|cell| cell.place.row);
            first.unwrap_or(row) as usize + 1
        };
        let row = |row| (number(row), (0..grid.columns()).map(|column| cell(row, column)).collect());
        (0..grid.rows()).map(row).collect()
    }))
}

/// The text of a cell with the leading zeros of its number format.
fn text(cell: &Cell) -> String {
    let text = cell.text.trim();
    let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole { format!("{text:0>width$}", width = usize::from(cell.digits)) } else { text.to_owned() }
}

/// Compares a document with the result of calamine for the same XLSX or XLSB workbook. Other files, and workbooks that calamine cannot
/// read within bounds, are not compared.
///
/// # Errors
/// [`Damage::CellUncertain`] for the first cell that the two read differently.
pub(crate) fn compare_readings(bytes: &[u8], document: &Document) -> Result<(), ReadError> {
    let Some(found) = disagreement(bytes, document) else { return Ok(()) };
    let sheet = found.place.part.as_deref().unwrap_or_default().to_owned();
    let cell = found.place.a1().unwrap_or_default();
    Err(Damage::CellUncertain { sheet, cell, texts: Box::new(found.texts) }.into())
}
