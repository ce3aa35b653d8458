//! Detects two reports in one text: side by side with interleaved rows, or directly after each other.

use std::collections::HashSet;
use std::ops::Range;

use super::pieces::pieces;
use crate::bind::labels::index::{FormIndex, Occurrence, Role};
use crate::bind::source::stream::Stream;

/// A row of figures in the text.
struct LabelledRow {
    /// Its index among the leaf rows of the form, over all tables.
    number: usize,
    /// Index of the line of the stream that contains its label.
    line: usize,
}

/// Minimum number of repeated rows, and of signs of interleaving, for two reports to be assumed.
const FEWEST: usize = 3;

/// Whether the rows of two reports are interleaved: rows occur twice, and either the second occurrence of one row precedes the first
/// occurrence of another, or rows that share a line are not consecutive in the form.
pub(in crate::bind) fn interleaved(index: &FormIndex, stream: &Stream, all: &[Occurrence]) -> bool {
    let rows = rows(index, stream, all);
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); index.row_count()];
    for (at, row) in rows.iter().enumerate() {
        places[row.number].push(at);
    }
    let twice: Vec<&Vec<usize>> = places.iter().filter(|places| places.len() > 1).collect();
    if twice.len() < FEWEST {
        return false;
    }
    let first = twice.iter().map(|places| places[0]).max().unwrap_or(0);
    let through = twice.iter().filter(|places| places[1] < first).count();
    let pairs = || rows.windows(2).filter(|pair| pair[0].line == pair[1].line);
    let breaks = pairs().filter(|pair| !(1..=2).contains(&pair[1].number.wrapping_sub(pair[0].number))).count();
    (through >= FEWEST && through * 2 >= twice.len()) || (breaks >= FEWEST && breaks * 2 >= pairs().count())
}

/// Index in `own` of the label at which a table begins again within a run of labels: most of its rows with figures occur a second time.
/// Captions and headers directly above the first repeated row are included.
pub(in crate::bind) fn begins_again(
    index: &FormIndex,
    table: usize,
    stream: &Stream,
    own: &[Occurrence],
    run: Range<usize>,
) -> Option<usize> {
    let leaf = |at: usize| {
        let uses = index.uses(&own[at].label);
        let found = uses.first().filter(|found| found.table == table)?;
        let alone = uses.iter().all(|found| found.role == Role::Leaf) && uses.len() == 1;
        (alone && has_figures(stream, &own[at], own.get(at + 1))).then_some(found.expected)
    };
    let rows: Vec<(usize, usize)> = run.clone().filter_map(|at| Some((at, leaf(at)?))).collect();
    let mut seen: HashSet<usize> = HashSet::new();
    let again = rows.iter().position(|row| !seen.insert(row.1))?;
    let later: HashSet<usize> = rows[again..].iter().map(|row| row.1).collect();
    let both = later.intersection(&seen).count();
    if both < FEWEST || both * 10 < seen.len() * 6 || both * 10 < later.len() * 6 {
        return None;
    }
    let mut start = rows[again].0;
    let is_leaf = |at: usize| index.uses(&own[at].label).iter().any(|found| found.role == Role::Leaf);
    while start > run.start + 1 && !is_leaf(start - 1) {
        start -= 1;
    }
    Some(start)
}

fn has_figures(stream: &Stream, one: &Occurrence, next: Option<&Occurrence>) -> bool {
    let next = next.map_or(stream.folded.text.len(), |next| next.start);
    let behind = stream.raw_end(one.end);
    let behind = &stream.raw[behind..stream.raw_start(next).max(behind)];
    pieces(behind).iter().any(|piece| !piece.text.is_empty())
}

/// The rows of the form that have figures after their labels, in the order of the text.
fn rows(index: &FormIndex, stream: &Stream, all: &[Occurrence]) -> Vec<LabelledRow> {
    let mut rows = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let uses = index.uses(&one.label);
        let Some(first) = uses.first().filter(|_| uses.iter().all(|found| found.role == Role::Leaf)) else { continue };
        if has_figures(stream, one, all.get(at + 1)) {
            let line = stream.line_at(stream.raw_start(one.start));
            rows.push(LabelledRow { number: index.leaf_number(first.table, first.expected), line });
        }
    }
    rows
}
