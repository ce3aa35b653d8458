//! Whether the tables of the form stand in a document once more: a second report behind the first.

use std::collections::BTreeMap;

use super::evidence::Candidate;
use super::panels::Panels;
use crate::bind::labels::shapes::Shape;

/// The row of the flow at which most tables of the form begin again.
pub(in crate::bind) fn second_start(shapes: &[Shape], found: &Panels, candidates: &[Candidate]) -> Option<usize> {
    let mut of: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| candidate.passed && candidate.full && !candidate.marked) {
        let shape = &shapes[candidate.shape];
        let panel = &found.all[candidate.panel];
        let rows = of.entry((shape.table, shape.block)).or_default();
        rows.push(found.views[panel.view].row_of(panel));
    }
    for rows in of.values_mut() {
        rows.sort_unstable();
        rows.dedup();
    }
    let again: Vec<(usize, usize)> = of.values().filter_map(|rows| Some((*rows.first()?, *rows.get(1)?))).collect();
    // One table that stands twice is a copy; most of a form is a report.
    if again.len() < 2 || again.len() * 10 < of.len() * 6 {
        return None;
    }
    let last = again.iter().map(|rows| rows.0).max()?;
    let start = again.iter().map(|rows| rows.1).min()?;
    (last < start).then_some(start)
}
