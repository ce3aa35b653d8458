//! Assigns tables of the document to blocks of the form, all blocks together; ties leave a block empty.

use std::collections::{BTreeMap, BTreeSet};

use super::bare;
use super::below;
use super::evidence::{Candidate, Place};
use super::panels::Panels;
use super::view::ViewCell;
use crate::bind::labels::shapes::Shape;
use crate::bind::limits::{LONE_FIELDS, LOST_LEFT, LOST_ROWS, SHARED, TIE, TOP_LEAST, score};
use crate::document::Place as At;
use crate::text::blank;

/// The tables assigned to one block.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Region {
    /// Indices of the candidates: the best first, then its continuations.
    pub(in crate::bind) parts: Vec<usize>,
    /// Indices of the candidates that could also be the block but are not read.
    pub(in crate::bind) passed: Vec<usize>,
}

/// A block that is left empty because two tables could be it.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Tie {
    /// Index of the candidate that would be read.
    pub(in crate::bind) one: usize,
    /// The other table.
    pub(in crate::bind) other: Other,
}

/// The second table of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Other {
    /// A candidate, by index.
    Candidate(usize),
    /// A table without labels, by its index in [`Panels::bare`].
    Bare(usize),
}

impl Tie {
    /// The indices of its candidates.
    fn candidates(&self) -> impl Iterator<Item = usize> {
        let other = match self.other {
            Other::Candidate(other) => Some(other),
            Other::Bare(_) => None,
        };
        [self.one].into_iter().chain(other)
    }

    /// The panels of its candidates.
    pub(in crate::bind) fn panels(&self, candidates: &[Candidate]) -> impl Iterator<Item = usize> {
        self.candidates().map(|at| candidates[at].panel)
    }

    /// The place of the second table.
    pub(in crate::bind) fn second_place(&self, found: &Panels, candidates: &[Candidate]) -> Option<At> {
        match self.other {
            Other::Candidate(other) => found.place(candidates[other].panel),
            Other::Bare(other) => found.bare.get(other).map(|bare| bare.place.clone()),
        }
    }
}

/// The assignment of tables to blocks.
#[derive(Debug, Default)]
pub(in crate::bind) struct Assignment {
    /// The blocks with a table.
    pub(in crate::bind) regions: Vec<Region>,
    /// The blocks left empty.
    pub(in crate::bind) ties: Vec<Tie>,
}

/// Assigns tables to blocks.
pub(in crate::bind) fn assign(shapes: &[Shape], found: &Panels, candidates: &[Candidate]) -> Assignment {
    let block = |at: usize| {
        let shape = &shapes[candidates[at].shape];
        (shape.table, shape.block)
    };
    let strip = |at: usize| found.all[candidates[at].panel].strip;
    let passed: Vec<usize> = (0..candidates.len()).filter(|&at| candidates[at].passed).collect();
    // A block in the same strip as another block of its table is in the right place.
    let beside = |at: usize| {
        passed
            .iter()
            .any(|&other| block(other).0 == block(at).0 && block(other) != block(at) && strip(other) == strip(at))
    };
    let siblings: BTreeSet<usize> = passed.iter().copied().filter(|&at| beside(at)).collect();
    let weight = |at: usize| candidates[at].score + if siblings.contains(&at) { score::SIBLING } else { 0 };
    let mut free: Vec<usize> =
        passed.iter().copied().filter(|at| !candidates[*at].lone || siblings.contains(at)).collect();
    // A table without a header can only continue one that has a header.
    free.sort_by_key(|&at| {
        let candidate = &candidates[at];
        (candidate.headless, std::cmp::Reverse(weight(at)), block(at), candidate.panel, candidate.shape)
    });
    let mut winners: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    for &at in &free {
        if winners.contains_key(&block(at)) {
            continue;
        }
        let cells = cells(found, &candidates[at]);
        if cells.iter().any(|cell| used.contains(cell)) {
            continue;
        }
        used.extend(cells);
        winners.insert(block(at), at);
    }
    let mut assignment = Assignment::default();
    let compared = compared(&winners, candidates, &strip);
    winners.retain(|block, _| !compared.contains(block));
    for (&of, &best) in &winners {
        let all_of = free.iter().copied().filter(|&at| block(at) == of && !candidates[at].marked);
        let total = below::total(found, candidates, &all_of.collect::<Vec<_>>());
        let winner = total.unwrap_or(best);
        used.extend(cells(found, &candidates[winner]));
        let rivals: Vec<usize> = free.iter().copied().filter(|&at| at != winner && block(at) == of).collect();
        let all = (0..candidates.len()).filter(|&at| block(at) == of && at != winner);
        let mut region = Region { parts: vec![winner], passed: Vec::new() };
        let goes_on: Vec<usize> = all.clone().filter(|&at| continues(found, candidates, &region, at, shapes)).collect();
        for at in goes_on {
            let cells = cells(found, &candidates[at]);
            if continues(found, candidates, &region, at, shapes) && !cells.iter().any(|cell| used.contains(cell)) {
                used.extend(cells);
                region.parts.push(at);
            }
        }
        let mut tie = None;
        for at in rivals.into_iter().filter(|at| !region.parts.contains(at)) {
            let own = cells(found, &candidates[at]);
            // A table assigned to another block, or another reading of the winner's own cells, does not compete.
            if at != best && own.iter().any(|cell| used.contains(cell)) {
                continue;
            }
            if total.is_none() && is_ambiguous(candidates, winner, at, weight(winner) - weight(at)) {
                tie = tie.or(Some(at));
            } else {
                region.passed.push(at);
            }
        }
        let shadow = all.clone().find(|&at| {
            let other = &candidates[at];
            let apart = other.panel != candidates[winner].panel && !region.parts.contains(&at) && !other.blank;
            // Row labels of a small block are everyday words: they are not evidence if the block was found in its own section. Several rows
            // of one table in the same panel are not a coincidence.
            let beside = candidates.iter().filter(|beside| {
                !beside.lone && beside.panel == other.panel && shapes[beside.shape].table == shapes[other.shape].table
            });
            let rows: usize = beside.map(|beside| beside.rows.hits.iter().flatten().count()).sum();
            let large = shapes[other.shape].fields().len() >= LONE_FIELDS
                || other.header.seen >= TOP_LEAST
                || rows >= LOST_ROWS;
            let free = !cells(found, other).iter().any(|cell| used.contains(cell));
            apart && free && !other.passed && other.shadows() && (large || candidates[winner].place != Place::Own)
        });
        tie = tie.or(shadow.filter(|_| total.is_none()));
        let bare = || bare_rival(found, candidates, &region, shapes).map(Other::Bare);
        match tie.map(Other::Candidate).or_else(bare) {
            Some(other) => assignment.ties.push(Tie { one: winner, other }),
            None => assignment.regions.push(region),
        }
    }
    let table = |at: usize| block(at).0;
    beside_ties(&mut assignment, |at| (table(at), strip(at)));
    assignment
}

/// Extends ties: a block that was found only beside one of two tied tables is as uncertain as they are. `stands` gives the table of the
/// form and the strip of a candidate.
fn beside_ties(assignment: &mut Assignment, stands: impl Fn(usize) -> (usize, usize)) {
    let Assignment { regions, ties } = assignment;
    let doubtful: Vec<usize> = ties.iter().flat_map(Tie::candidates).collect();
    let mut more = Vec::new();
    regions.retain(|region| {
        let first = region.parts[0];
        // A region of several parts spans both tables.
        let alone = region.parts.len() == 1;
        let beside = doubtful.iter().find(|&&at| alone && stands(at) == stands(first));
        more.extend(beside.map(|&at| Tie { one: first, other: Other::Candidate(at) }));
        beside.is_none()
    });
    ties.append(&mut more);
}

/// Blocks for which only a comparison was found, while other blocks of their table are elsewhere: last year's figures do not complete this
/// year's.
fn compared(
    winners: &BTreeMap<(usize, usize), usize>,
    candidates: &[Candidate],
    strip: &impl Fn(usize) -> usize,
) -> Vec<(usize, usize)> {
    let marked = winners.iter().filter(|(_, winner)| candidates[**winner].marked);
    let elsewhere = |(&block, &winner): (&(usize, usize), &usize)| {
        let others = winners.iter().filter(|(other, _)| other.0 == block.0);
        let own = others.into_iter().any(|(_, &other)| !candidates[other].marked && strip(other) != strip(winner));
        own.then_some(block)
    };
    marked.filter_map(elsewhere).collect()
}

/// Addresses in memory of the cells with figures that a candidate would read.
fn cells(found: &Panels, candidate: &Candidate) -> Vec<usize> {
    own_cells(found, candidate).map(|cell| std::ptr::from_ref(cell.at.cell).addr()).collect()
}

/// The cells with figures that a candidate would read.
fn own_cells<'c, 'f, 'd>(
    found: &'c Panels<'f, 'd>,
    candidate: &'c Candidate,
) -> impl Iterator<Item = &'c ViewCell<'f, 'd>> {
    let view = &found.views[found.all[candidate.panel].view];
    let hits = candidate.rows.hits.iter().flatten();
    let cells = hits.flat_map(|hit| view.rows[hit.row].cells.iter().skip(hit.label.map_or(0, |label| label + 1)));
    cells.filter(|cell| cell.own)
}

/// Index of a table without labels that may be the block of a region as well.
fn bare_rival(found: &Panels, candidates: &[Candidate], region: &Region, shapes: &[Shape]) -> Option<usize> {
    if found.bare.is_empty() {
        return None;
    }
    let first = &candidates[region.parts[0]];
    let (shape, panel) = (&shapes[first.shape], &found.all[first.panel]);
    let cells = region.parts.iter().flat_map(|&part| own_cells(found, &candidates[part]));
    let block = bare::Found {
        section: first.section,
        year: panel.year,
        fields: shape.fields().len(),
        labelled: shape.labelled(),
        headed: panel.section.is_some(),
        texts: cells.filter(|cell| cell.filled).map(|cell| cell.at.cell.text.trim_matches(blank)).collect(),
    };
    found.bare.iter().position(|bare| bare.may_be(&block))
}

/// Whether a table continues a region: it has other rows of the block, or other columns.
fn continues(found: &Panels, candidates: &[Candidate], region: &Region, at: usize, shapes: &[Shape]) -> bool {
    let (one, first) = (&candidates[at], &candidates[region.parts[0]]);
    if one.shape != first.shape || one.panel == first.panel || one.place != first.place || one.marked != first.marked {
        return false;
    }
    let (panel, above) = (&found.all[one.panel], &found.all[first.panel]);
    let (view, view_above) = (&found.views[panel.view], &found.views[above.view]);
    if view.turned != view_above.turned {
        return false;
    }
    let shape = &shapes[one.shape];
    let parts = || region.parts.iter().map(|&part| &candidates[part]);
    let other_columns = parts().all(|part| one.header.is_apart(&part.header));
    if !shape.labelled() {
        return other_columns;
    }
    // The other half of a wide table repeats all its rows.
    if other_columns && one.rows.left >= LOST_LEFT && one.header.knows_all() {
        return true;
    }
    let rows: Vec<usize> = (0..shape.rows.len()).filter(|&row| one.has_row(row)).collect();
    let shared = rows.iter().filter(|&&row| parts().any(|part| part.has_row(row))).count();
    // A row in both tables cannot be a continuation; it is reported.
    if rows.is_empty() || (shared > 0 && !(one.headless && shared * SHARED <= rows.len())) {
        return false;
    }
    if !one.headless {
        return one.passed || one.header.top >= first.header.top.min(90);
    }
    // Without a header it must be as wide as the table above that it continues.
    let width = |view: &super::view::View| {
        view.rows.iter().filter_map(|row| row.cells.last().map(ViewCell::end)).max().unwrap_or(0)
    };
    one.panel > first.panel && !first.headless && width(view) == width(view_above)
}

/// Whether it is not certain which of two tables is right; `apart` is the difference of their weights.
fn is_ambiguous(candidates: &[Candidate], winner: usize, other: usize, apart: i32) -> bool {
    let (winner, other) = (&candidates[winner], &candidates[other]);
    let clear = (winner.place == Place::Own && other.place != Place::Own)
        || (other.marked && !winner.marked)
        || (other.blank && !winner.blank)
        || (winner.full && !other.full && other.place != Place::Own);
    // Under one heading a complete copy is not evidence against a damaged table: the damaged one may be the right one.
    let same = winner.place == Place::Own && other.place == Place::Own;
    !clear && (same || (winner.full && other.full) || apart < TIE)
}
