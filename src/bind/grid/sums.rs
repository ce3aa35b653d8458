//! Uses the sums of rows to confirm columns if the header is missing or is that of an earlier part.

use super::address::{Column, Header};
use super::cells::{Laid, Target, number};
use crate::bind::labels::shapes::Shape;

/// Whether more sums of rows hold than fail under the header of an earlier part.
pub(super) fn proves<'l>(
    shape: &Shape,
    header: &Header,
    part: impl Iterator<Item = (usize, Option<&'l Laid<'l, 'l>>)>,
) -> bool {
    let (mut holds, mut broken) = (0, 0);
    for (row, laid) in part {
        let Some(laid) = laid else { continue };
        let value = |column: usize| {
            let cell = laid.cells.iter().find(|(target, _)| match *target {
                Target::Form(form) => form == column,
                Target::Head(head) => matches!(header.columns[head].is, Column::Known(known, _) if known == column),
            });
            cell.and_then(|(_, cell)| number(&cell.at.cell.text))
        };
        for sum in &shape.sums[row] {
            match super::cells::holds(sum, &value) {
                Some(true) => holds += 1,
                Some(false) => broken += 1,
                None => {}
            }
        }
    }
    holds > broken
}

/// Whether a row has sums and all of them hold.
pub(super) fn sums_hold(shape: &Shape, row: usize, laid: &Laid) -> bool {
    let value = |column: usize| {
        let cell = laid.cells.iter().find(|(target, _)| *target == Target::Form(column));
        cell.and_then(|(_, cell)| number(&cell.at.cell.text))
    };
    let sums = &shape.sums[row];
    !sums.is_empty() && sums.iter().all(|sum| super::cells::holds(sum, &value) == Some(true))
}
