//! Finds the run of labels that is a table of the form, the one with most of its labels, and competing runs.

use super::beside;
use super::order::{Step, align};
use crate::bind::labels::index::{FormIndex, Occurrence, Role};
use crate::bind::limits::LINE_CHARACTERS;
use crate::bind::source::stream::{LineKind, Stream};
use crate::text::fold;

/// Maximum gap between two labels of one table, in bytes of folded text: seven long figures and a line of prose.
const TABLE_GAP: usize = 700;

/// Number of text lines above a table that may state what it shows.
const LINES: usize = 2;

/// A run of labels aligned with the form's order.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Run {
    /// Index of its first label among the labels of the table.
    start: usize,
    score: f32,
    /// Its aligned labels.
    pub(in crate::bind) steps: Vec<Step>,
    /// Whether a line above marks it as figures for comparison.
    pub(in crate::bind) marked: bool,
}

/// The runs of one table in a text.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Runs {
    /// The run that is read.
    pub(in crate::bind) first: Run,
    /// A second run with most of the table: byte offset in the folded text, and its labels.
    pub(in crate::bind) second: Option<(usize, Vec<Step>)>,
    /// Byte offset in the folded text of a run that was skipped because it is marked as figures for comparison.
    pub(in crate::bind) passed: Option<usize>,
}

/// The run that contains most of a table, and a second run with most of it, if any.
pub(in crate::bind) fn best_run(
    index: &FormIndex,
    table: usize,
    stream: &Stream,
    own: &[Occurrence],
    all: &[Occurrence],
) -> Option<Runs> {
    let mut runs: Vec<Run> = clusters(index, table, stream, own, all)
        .into_iter()
        .map(|range| {
            let (score, steps) = align(index, table, own, range.clone());
            let marked = own.get(range.start).is_some_and(|first| is_marked(index, stream, first));
            Run { start: range.start, score, steps, marked }
        })
        .collect();
    let leaves = |run: &Run| run.steps.iter().filter(|step| step.role == Role::Leaf).count();
    let best = |runs: &[Run]| {
        let order = |one: &(usize, &Run), other: &(usize, &Run)| {
            one.1.score.total_cmp(&other.1.score).then(other.0.cmp(&one.0))
        };
        runs.iter().enumerate().max_by(order).map(|(at, _)| at)
    };
    let most = leaves(&runs[best(&runs)?]);
    let again = |run: &Run| most >= 4 && leaves(run) * 10 >= most * 6;
    // A marked run is skipped if most of the table is also in an unmarked run.
    let passed = if runs.iter().any(|run| !run.marked && (again(run) || most < 4 && leaves(run) == most)) {
        let passed = runs.iter().find(|run| run.marked && leaves(run) > 0).map(|run| own[run.start].start);
        runs.retain(|run| !run.marked);
        passed
    } else {
        None
    };
    let at = runs.iter().position(again).or_else(|| best(&runs))?;
    let second = runs.iter().skip(at + 1).find(|run| again(run)).map(|run| (own[run.start].start, run.steps.clone()));
    let first = runs.swap_remove(at);
    // A few labels in running text are not a table.
    let enough = leaves(&first) >= 2 || first.score >= 2.0;
    enough.then_some(Runs { first, second, passed })
}

/// Groups the labels of a table by proximity: ranges of `own`.
fn clusters(
    index: &FormIndex,
    table: usize,
    stream: &Stream,
    own: &[Occurrence],
    all: &[Occurrence],
) -> Vec<std::ops::Range<usize>> {
    // The labels of a table without row labels are contiguous: a label of another table ends the run.
    let labelled =
        index.form.tables[table].blocks.iter().flat_map(|block| &block.leaf_rows).any(|row| !row.path.is_empty());
    let mut foreign: Vec<usize> = Vec::new();
    if !labelled {
        let own_label = |one: &&Occurrence| index.uses(&one.label).iter().all(|found| found.table != table);
        foreign.extend(all.iter().filter(own_label).map(|one| one.start));
    }
    let parted =
        |from: usize, to: usize| foreign.partition_point(|&at| at < from) < foreign.partition_point(|&at| at < to);
    let mut clusters: Vec<std::ops::Range<usize>> = Vec::new();
    for (number, occurrence) in own.iter().enumerate() {
        match clusters.last_mut() {
            Some(last)
                if occurrence.start.saturating_sub(own[number - 1].end) <= TABLE_GAP
                    && !parted(own[number - 1].end, occurrence.start) =>
            {
                last.end = number + 1;
            }
            _ => clusters.push(number..number + 1),
        }
    }
    // If two tables directly follow each other, the second begins a new run.
    let cut = |run: std::ops::Range<usize>| match beside::begins_again(index, table, stream, own, run.clone()) {
        Some(second) => vec![run.start..second, second..run.end],
        None => vec![run],
    };
    clusters.into_iter().flat_map(cut).collect()
}

/// Whether a short line above a run marks it as figures for comparison. The search stops at a heading and at a label of a table, and at a
/// table in a grid.
fn is_marked(index: &FormIndex, stream: &Stream, first: &Occurrence) -> bool {
    let line = stream.line_at(stream.raw_start(first.start));
    let above = stream.lines[..line].iter().rev();
    let text = above.take_while(|line| matches!(line.kind, LineKind::Text { .. })).filter(|line| line.end > line.start);
    for line in text.take(LINES) {
        let text = &stream.raw[line.start..line.end];
        let folded = fold(text);
        if index.section(&folded).is_some() || !index.uses(&folded).is_empty() {
            return false;
        }
        let short = text.chars().count() <= LINE_CHARACTERS || text.trim_end().ends_with(['：', ':']);
        if short && index.form.words.comparison.iter().any(|word| folded.contains(word.as_str())) {
            return true;
        }
    }
    false
}
