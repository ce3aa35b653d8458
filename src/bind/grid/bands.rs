//! Splits a table into bands: tables side by side without a blank column between them, recognised by row labels repeated further right.

use super::view::{View, ViewCell, ViewRow};
use crate::bind::labels::index::Role;

/// The columns at which further bands begin; none if all rows have one label.
pub(super) fn borders(view: &View, head: &[usize], body: &[usize]) -> Vec<u32> {
    let mut starts: Vec<(u32, usize)> = Vec::new();
    for row in body.iter().map(|&row| &view.rows[row]) {
        let mut figures = false;
        let mut words = false;
        for cell in row.cells.iter().filter(|cell| cell.filled) {
            if cell.at.figure {
                figures |= words;
            } else if figures && cell.is_row_label() {
                match starts.iter_mut().find(|start| start.0 == cell.column) {
                    Some(start) => start.1 += 1,
                    None => starts.push((cell.column, 1)),
                }
                (figures, words) = (false, true);
            } else {
                words = true;
            }
        }
    }
    // If the corner label is repeated in the header, one row is enough evidence.
    let corner = |cell: &ViewCell| !cell.at.figure && cell.at.uses.iter().any(|found| found.role == Role::Corner);
    let corners: Vec<u32> = head
        .iter()
        .flat_map(|&row| view.rows[row].filled())
        .filter(|cell| corner(cell))
        .map(|cell| cell.column)
        .collect();
    let again = |column: u32| corners.contains(&column) && corners.iter().any(|&other| other < column);
    starts.retain(|start| again(start.0) || (start.1 >= 2 && start.1 * 2 >= body.len()));
    starts.sort_unstable();
    starts.into_iter().map(|start| start.0).collect()
}

/// The rows of a body that have a figure at a border between bands, and a row label after it.
pub(super) fn overrun(view: &View, body: &[usize], border: u32) -> Vec<usize> {
    let extends = |row: &ViewRow| {
        let mut right = row.filled().filter(|cell| cell.column >= border);
        right.next().is_some_and(|first| first.at.figure) && right.any(ViewCell::is_row_label)
    };
    body.iter().copied().filter(|&row| extends(&view.rows[row])).collect()
}
