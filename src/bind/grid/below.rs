//! Tables of several offices below each other, one of which is named the total and is the sum of the others.

use rust_decimal::Decimal;

use super::address::Column;
use super::evidence::Candidate;
use super::offices::{PARTS, addend};
use super::panels::Panels;

/// Of the candidates for one block, the one under a line that names a total, if each of its figures is the sum of those in the others.
pub(super) fn total(found: &Panels, candidates: &[Candidate], among: &[usize]) -> Option<usize> {
    let called = |at: &usize| found.all[candidates[*at].panel].total;
    let (totals, parts): (Vec<usize>, Vec<usize>) = among.iter().copied().partition(called);
    let ([total], true) = (totals.as_slice(), parts.len() >= PARTS) else { return None };
    let of = &candidates[*total];
    let rows: Vec<usize> = (0..of.rows.hits.len()).filter(|&row| of.has_row(row)).collect();
    let columns: Vec<usize> = known(of).map(|column| column.0).collect();
    let adds_up = |row: usize, column: usize| {
        let sum: Option<Decimal> = parts.iter().map(|&part| figure(found, &candidates[part], row, column)).sum();
        sum.is_some() && sum == figure(found, of, row, column)
    };
    let all = rows.iter().all(|&row| columns.iter().all(|&column| adds_up(row, column)));
    (all && !rows.is_empty() && !columns.is_empty()).then_some(*total)
}

/// The columns of the form that are recognised in a table, with the grid column of each.
fn known<'c>(candidate: &'c Candidate) -> impl Iterator<Item = (usize, u32)> + 'c {
    candidate.header.columns.iter().filter_map(|head| match head.is {
        Column::Known(column, _) => Some((column, head.start)),
        _ => None,
    })
}

fn figure(found: &Panels, candidate: &Candidate, row: usize, column: usize) -> Option<Decimal> {
    let hit = candidate.rows.hits.get(row)?.as_ref()?;
    let start = known(candidate).find(|known| known.0 == column)?.1;
    addend(&found.views[found.all[candidate.panel].view], hit.row, start)
}
