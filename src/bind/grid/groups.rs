//! The groups above the columns of a header, if merged cells lost their other columns.

use super::address::Choice;
use super::view::{ViewCell, ViewRow};
use super::years::headed_year;
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::labels::shapes::Shape;

/// Whether a label number is that of a group of columns.
pub(super) fn is_group_of(shape: &Shape, number: Option<LabelNumber>) -> bool {
    shape.columns.iter().any(|column| column.groups_in(number) > 0)
}

/// Whether a cell of a header has words or a year.
pub(super) fn is_named(cell: &ViewCell) -> bool {
    cell.words() || (cell.filled && headed_year(&cell.at.cell.text).is_some())
}

/// Whether every column of the form is the only choice of exactly one header.
pub(super) fn names_each(shape: &Shape, choices: &[Vec<Choice>]) -> bool {
    let named = |column: usize| {
        let single =
            choices.iter().filter(|choice| matches!(choice.as_slice(), [one] if one.column == column && !one.doubtful));
        single.count() == 1
    };
    (0..shape.columns.len()).all(named)
}

/// Whether each of several headers has one choice, and no two have the same: a part of the form's columns.
pub(super) fn are_apart(choices: &[Vec<Choice>]) -> bool {
    let mut columns: Vec<usize> = Vec::new();
    for choice in choices {
        match choice.as_slice() {
            [one] if !one.doubtful && !columns.contains(&one.column) => columns.push(one.column),
            _ => return false,
        }
    }
    columns.len() > 1
}

/// Whether the first of these header rows has years alone, each above the same headers, so that the blank cells after a year belong to it.
pub(super) fn are_under_years(heads: &[&ViewRow], edge: u32) -> bool {
    let [top, .., low] = heads else { return false };
    let over: Vec<&ViewCell> = top.filled().filter(|cell| cell.column >= edge).collect();
    let years: Option<Vec<u16>> = over.iter().map(|cell| headed_year(&cell.at.cell.text)).collect();
    let Some(mut years) = years else { return false };
    years.sort_unstable();
    years.dedup();
    let end = low.cells.last().map_or(0, ViewCell::end);
    let bounds: Vec<u32> = over.iter().map(|cell| cell.column).chain([end]).collect();
    let headers = |from: u32, to: u32| -> Vec<&str> {
        let cells = low.cells.iter().filter(|cell| (from..to).contains(&cell.column));
        cells.map(|cell| cell.at.folded.as_ref()).collect()
    };
    let first = bounds.windows(2).next().map(|pair| headers(pair[0], pair[1])).unwrap_or_default();
    let same = bounds.windows(2).all(|pair| headers(pair[0], pair[1]) == first);
    years.len() > 1 && years.len() == over.len() && first.len() > 1 && same
}

/// The group of a column whose cell in the first of these header rows is blank, because a merged cell lost its other columns: the next filled
/// cell to the left. Both columns have a word below that is not a label of the form, such as the names of two offices or years.
pub(super) fn group_beside<'r, 'f, 'd>(
    heads: &[&'r ViewRow<'f, 'd>],
    at: u32,
    edge: u32,
) -> Option<&'r ViewCell<'f, 'd>> {
    let below = heads.get(1..)?;
    let group = filled_left(heads, at, edge)?;
    let own_word = |at: u32| {
        let lowest = below.iter().rev().find_map(|row| row.cell_at(at).filter(|cell| cell.filled))?;
        (is_named(lowest) && lowest.number().is_none() && !lowest.is_same(group)).then_some(lowest)
    };
    let (one, other) = (own_word(group.column)?, own_word(at)?);
    (!one.is_same(other) && group.number().is_some()).then_some(group)
}

/// The group of a column whose cell in the first of these header rows is blank: the next filled cell to the left. Both columns have a header
/// below it.
pub(super) fn group_left<'r, 'f, 'd>(
    heads: &[&'r ViewRow<'f, 'd>],
    at: u32,
    edge: u32,
) -> Option<&'r ViewCell<'f, 'd>> {
    let below = heads.get(1..)?;
    let group = filled_left(heads, at, edge)?;
    let headed =
        |at: u32| below.iter().any(|row| row.cell_at(at).is_some_and(|cell| cell.filled && !cell.is_same(group)));
    (headed(group.column) && headed(at)).then_some(group)
}

/// The next filled cell to the left in the first of these rows.
fn filled_left<'r, 'f, 'd>(heads: &[&'r ViewRow<'f, 'd>], at: u32, edge: u32) -> Option<&'r ViewCell<'f, 'd>> {
    heads.first()?.cells.iter().rev().find(|cell| cell.column < at && cell.filled && cell.column >= edge)
}
