//! Tables in embedded workbooks, which give way to those of the document itself.

use std::collections::BTreeSet;

use super::evidence::Candidate;
use super::panels::Panels;
use crate::bind::labels::shapes::Shape;
use crate::bind::source::items::Flow;

/// A sheet that is embedded is the table only where the document has none of its own: it holds more than the page shows of it.
pub(super) fn without_embedded(shapes: &[Shape], flow: &Flow, found: &Panels, candidates: &mut Vec<Candidate>) {
    if !flow.grids.iter().any(|grid| grid.embedded) {
        return;
    }
    let table = |candidate: &Candidate| shapes[candidate.shape].table;
    let embedded = |candidate: &Candidate| {
        let rows = &found.views[found.all[candidate.panel].view].flow;
        flow.rows.get(rows.start).is_some_and(|row| flow.grids[row.grid].embedded)
    };
    let own: BTreeSet<usize> = candidates.iter().filter(|one| one.passed && !embedded(one)).map(table).collect();
    candidates.retain(|one| !(embedded(one) && own.contains(&table(one))));
}
