//! Tables that continue in several pieces, and their rows.

use super::address::Header;
use super::address::Hit;
use super::cells::{Laid, Misfit};
use super::view::{View, ViewRow};
use crate::bind::source::items::Flow;

/// A row of the form, found in a table.
pub(super) struct Found<'f, 'd> {
    /// Its index in the shape.
    pub(super) row: usize,
    /// Its row in the table.
    pub(super) hit: Hit,
    /// Its cells, mapped to columns.
    pub(super) laid: Result<Laid<'f, 'd>, Misfit>,
    /// Whether the first part of the table has no header.
    pub(super) headless: bool,
}

impl Found<'_, '_> {
    /// Its row in the view.
    pub(super) fn view_row<'v, 'f, 'd>(&self, views: &'v [View<'f, 'd>]) -> Option<&'v ViewRow<'f, 'd>> {
        views.get(self.hit.view).and_then(|view| view.rows.get(self.hit.row))
    }

    /// Its cells as written.
    pub(super) fn texts(&self) -> Vec<&str> {
        self.laid.iter().flat_map(|laid| &laid.cells).map(|(_, cell)| cell.at.cell.text.trim()).collect()
    }

    /// Index of the grid that contains it.
    pub(super) fn grid(&self, flow: &Flow, views: &[View]) -> usize {
        let Some(view) = views.get(self.hit.view) else { return 0 };
        let row = view.flow.start + if view.turned { 0 } else { self.hit.row };
        flow.rows.get(row).map_or(0, |row| row.grid)
    }
}

/// Another part of the table: whether it precedes this part, and its rows.
pub(super) type Other<'p, 'f, 'd> = (bool, &'p [(usize, Found<'f, 'd>)]);

/// The other parts that may contain the same rows: those with columns in common; none if the rows have no labels.
pub(super) fn others<'p, 'f, 'd>(
    headers: &[&Header],
    found: &'p [Vec<(usize, Found<'f, 'd>)>],
    number: usize,
    labelled: bool,
) -> Vec<Other<'p, 'f, 'd>> {
    let all = found.iter().enumerate().filter(|_| labelled);
    all.filter(|(other, _)| *other != number && !headers[number].is_apart(headers[*other]))
        .map(|(other, part)| (other < number, part.as_slice()))
        .collect()
}

/// Whether rows of the same label have different figures, as the rows of two offices have.
pub(super) fn differ(same: &[&Found]) -> bool {
    same.iter().any(|other| other.texts() != same[0].texts())
}
