//! Tables in embedded workbooks: ignored if the document itself contains them.

use std::collections::BTreeSet;

use super::evidence::Candidate;
use super::panels::Panels;
use super::tell;
use crate::bind::figures::Figures;
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::Flow;

/// A table of an embedded sheet is read only if the document has none of its own, because the sheet contains more than the page shows of
/// it. A skipped table is not added to the text either, and is reported as a finding.
pub(super) fn without_embedded(
    index: &FormIndex,
    flow: &Flow,
    found: &Panels,
    candidates: &mut Vec<Candidate>,
    figures: &mut Figures,
) {
    if !flow.grids.iter().any(|grid| grid.embedded) {
        return;
    }
    let table = |candidate: &Candidate| index.shapes[candidate.shape].table;
    let embedded = |candidate: &Candidate| {
        let rows = &found.views[found.all[candidate.panel].view].flow;
        flow.rows.get(rows.start).is_some_and(|row| flow.grids[row.grid].embedded)
    };
    let own: BTreeSet<usize> = candidates.iter().filter(|one| one.passed && !embedded(one)).map(table).collect();
    let mut tables = BTreeSet::new();
    candidates.retain(|one| {
        let left_out = embedded(one) && own.contains(&table(one));
        let panel = &found.all[one.panel];
        let view = &found.views[panel.view];
        // A table that only shares labels may be the agency's own, and stays in the text.
        if left_out && one.passed && !view.turned {
            let of_panel = [&panel.captions, &panel.notes, &panel.head, &panel.body];
            of_panel.into_iter().flatten().for_each(|row| figures.taken[view.flow.start + row] = true);
            tables.insert(table(one));
        }
        !left_out
    });
    if !tables.is_empty() {
        figures.findings.push(tell::embedded(&index.form, &tables));
    }
}
