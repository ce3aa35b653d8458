//! Columns of a table that are none of the form's: what they are called and what they hold.

use super::cells::{Laid, Target};
use super::columns::{Column, Header};

/// The columns under each header that were read as none of the form's, and cells under no header, last. A column of marks, such as ✓, is
/// no column of figures.
pub(super) fn not_the_forms(
    headers: &[&Header],
    read: &[Vec<Option<usize>>],
    laid: &[Vec<Laid>],
) -> Vec<(String, Vec<String>)> {
    let figures = |texts: &[String]| texts.iter().any(|text| text.chars().any(char::is_alphanumeric));
    let mut extra: Vec<(String, Vec<String>)> = Vec::new();
    for ((header, proven), part) in headers.iter().zip(read).zip(laid) {
        for (at, head) in header.columns.iter().enumerate() {
            if proven[at].is_some() || head.is == Column::Serial {
                continue;
            }
            let cells = part.iter().flat_map(|laid| &laid.cells).filter(|(target, _)| *target == Target::Head(at));
            let texts: Vec<String> = cells.map(|(_, cell)| cell.at.cell.text.trim().to_owned()).collect();
            if figures(&texts) {
                extra.push((head.shown(), texts));
            }
        }
    }
    let stray = laid.iter().flatten().flat_map(|laid| &laid.stray);
    let stray: Vec<String> = stray.map(|cell| cell.at.cell.text.trim().to_owned()).collect();
    if figures(&stray) {
        extra.push((String::new(), stray));
    }
    extra
}
