//! Tables that continue in several pieces, and their rows.

use super::address::Header;
use super::address::Hit;
use super::cells::{Laid, Misfit};
use super::view::{View, ViewRow};
use crate::bind::source::items::Flow;

/// A row of the form.
pub(super) struct Found<'f, 'd> {
    /// Its number in the form.
    pub(super) row: usize,
    /// Where it stands.
    pub(super) hit: Hit,
    /// Its cells by column.
    pub(super) laid: Result<Laid<'f, 'd>, Misfit>,
    /// Whether no header stands above its table, nor above one that it goes on with.
    pub(super) headless: bool,
}

impl Found<'_, '_> {
    /// The row of its view that it stands in.
    pub(super) fn view_row<'v, 'f, 'd>(&self, views: &'v [View<'f, 'd>]) -> Option<&'v ViewRow<'f, 'd>> {
        views.get(self.hit.view).and_then(|view| view.rows.get(self.hit.row))
    }

    /// The grid that it is in.
    pub(super) fn grid(&self, flow: &Flow, views: &[View]) -> usize {
        let Some(view) = views.get(self.hit.view) else { return 0 };
        let row = view.flow.start + if view.turned { 0 } else { self.hit.row };
        flow.rows.get(row).map_or(0, |row| row.grid)
    }
}

/// Another part of the table: whether it stands before, and its rows.
pub(super) type Other<'p, 'f, 'd> = (bool, &'p [(usize, Found<'f, 'd>)]);

/// The parts that may have the same rows of the form as one of them: those with columns in common.
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
