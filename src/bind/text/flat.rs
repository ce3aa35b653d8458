//! Tables that survive only as text: one cell per line, cells separated by pipes, tabs or blanks, or whole rows on one line.
//!
//! The labels of the form are found in the folded text and aligned with the form's order. The text between a row label and the next
//! label contains the figures of that row; they are read only if their number is certain.

use std::collections::{BTreeMap, BTreeSet};

use super::beside;
use super::counted::Counted;
use super::flatrows::{Cutting, FlatTable};
use super::order::Step;
use super::parts::{Parts, is_full};
use super::pieces::{closing, remark};
use super::rival;
use super::runs::{self, Runs};
use super::stated;
use crate::bind::figures::{Figures, ambiguous_table, passed_over};
use crate::bind::labels::index::{Expected, FormIndex, OCCURRENCES, Occurrence, Role};
use crate::bind::labels::likeness::likeness;
use crate::bind::limits::HEADING_BYTES;
use crate::bind::source::stream::{Claim, Stream};
use crate::bind::value;
use crate::document::Place;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::text::{blank, fold};

/// Result of reading the tables of a text.
#[derive(Debug, Default)]
pub(in crate::bind) struct FlatReading {
    /// The parts of the text that tables were read from, in order.
    pub(in crate::bind) claims: Vec<Claim>,
    /// Byte offset in the raw text at which the tables of a second report begin.
    pub(in crate::bind) second: Option<usize>,
    /// Whether two reports are side by side, in which case nothing was read.
    pub(in crate::bind) beside: bool,
}

/// A table of the form in the text.
struct Found {
    table: usize,
    /// The occurrences of its labels.
    own: Vec<Occurrence>,
    runs: Runs,
    /// Whether it is under the heading of another section.
    strange: bool,
}

/// Reads the tables that were not found in grids from the text.
pub(in crate::bind) fn read(index: &FormIndex, stream: &Stream, figures: &mut Figures) -> FlatReading {
    let mut reading = FlatReading::default();
    rival::settle(index, stream, figures);
    let missing: Vec<usize> = (0..index.form.tables.len())
        .filter(|&table| !figures.has_table(table) && !index.form.tables[table].by_rows)
        .collect();
    if missing.is_empty() {
        return reading;
    }
    let found = index.occurrences(&stream.folded.text);
    if found.len() == OCCURRENCES {
        figures.findings.push(Finding::new(&code::LABELS_TOO_MANY, code::LABELS_TOO_MANY.message()));
    }
    let found = outside_remarks(index, stream, found);
    if beside::interleaved(index, stream, &found) {
        reading.beside = true;
        return reading;
    }
    let mut cutting = Cutting::new();
    let units = &stated::anywhere(stream);
    let parts = Parts::find(index, stream, &found);
    let mut tables: Vec<Found> = Vec::new();
    let mut rivals: BTreeMap<usize, usize> = BTreeMap::new();
    let mut twice: BTreeSet<usize> = BTreeSet::new();
    for &table in &missing {
        let mut own: Vec<Occurrence> = found
            .iter()
            .filter(|occurrence| index.uses(&occurrence.label).iter().any(|found| found.table == table))
            .cloned()
            .collect();
        let (inside, strange) = parts.at_home(index, table, &own);
        let home = inside.is_some();
        if let Some(inside) = inside {
            rivals.extend(outside(index, stream, table, &own, &inside).map(|at| (table, at)));
            own = inside;
        }
        add_alike(index, table, stream, &mut own);
        let Some(runs) = runs::best_run(index, table, stream, &own, &found) else { continue };
        // A table under another heading is read only if nearly all of its labels are there; otherwise `table-not-found` reports it.
        let labels = runs.first.steps.iter().map(|step| &*own[step.occurrence].label);
        if (strange && !is_full(index, table, labels)) || (runs.first.marked && !home) {
            continue;
        }
        tables.push(Found { table, own, runs, strange });
    }
    let report = is_report_again(index, stream, &tables);
    let second = tables.iter().filter_map(|table| Some(table.runs.second.as_ref()?.0)).min().filter(|_| report);
    for Found { table, own, runs, strange } in tables {
        // A table that only the second report has is not the first one's.
        let start = runs.first.steps.first().map(|step| own[step.occurrence].start);
        if second.is_some_and(|second| start >= Some(second)) {
            continue;
        }
        let whole = |path: &[Step], figures: &mut Figures, cutting: &mut Cutting| {
            FlatTable { index, table, stream, all: &found, own: &own, path, units }.read(figures, cutting)
        };
        let place = |at: usize| stream.place_at(stream.raw_start(at));
        if let Some((second, other)) = &runs.second {
            let values = |path: &[Step]| {
                let mut scratch = Figures::blank(&index.form, 0);
                whole(path, &mut scratch, &mut Cutting::new());
                scratch.take_values().into_iter().map(|value| (value.kind, value.value)).collect::<Vec<_>>()
            };
            if report {
                let second = stream.raw_start(*second);
                reading.second = Some(reading.second.map_or(second, |known| known.min(second)));
            } else if values(&runs.first.steps) != values(other) {
                let fields = index.form.fields.iter().enumerate().filter(|(_, field)| field.table == table);
                let fields: Vec<usize> = fields.map(|(field, _)| field).collect();
                let first = runs.first.steps.first().map(|step| own[step.occurrence].start);
                let mut finding = ambiguous_table(&index.form, table, &fields).at(first.and_then(place));
                finding.related.extend(place(*second));
                figures.tell(finding);
                figures.refused[table] = true;
                twice.insert(table);
                continue;
            }
        }
        if let Some(passed) = runs.passed {
            figures.tell(passed_over(&index.form, table).at(place(passed)));
        }
        let told = figures.findings.len();
        let claim = whole(&runs.first.steps, figures, &mut cutting);
        let counted = Counted { index, stream, all: &found, parts: &parts, table };
        if let Some(claim) = (!strange).then(|| counted.read(figures, told)).flatten() {
            reading.claims.push(claim);
            continue;
        }
        if strange && claim.is_some() {
            figures.findings.push(elsewhere(index, table, stream, claim.as_ref()));
        }
        if let Some(claim) = &claim {
            figures.findings.extend(header_lost(index, table, &runs.first.steps, stream.place_at(claim.start)));
        }
        reading.claims.extend(claim);
    }
    reading.claims.extend(counted(index, stream, (&found, &parts), &missing, figures));
    rivals_told(index, stream, (&found, &parts), (&missing, rivals, twice), figures);
    reading.claims.sort_by_key(|claim| claim.start);
    reading
}

/// Whether most tables are repeated, so that there is a second report; a single repeated table is a copy.
fn is_report_again(index: &FormIndex, stream: &Stream, tables: &[Found]) -> bool {
    let again = tables.iter().filter(|table| table.runs.second.is_some()).count();
    (again >= 2 && again * 10 >= tables.len() * 6)
        || tables.iter().any(|table| {
            table.runs.second.as_ref().is_some_and(|second| {
                let first = table.runs.first.steps.first().map_or(second.0, |step| table.own[step.occurrence].start);
                is_title_between(index, stream, first..second.0)
            })
        })
}

/// Reports tables that stand in the text once more: rows without a label, and tables outside of their section with their places in the
/// folded text. With the tables that are left empty because they stand twice, they may be a second report.
fn rivals_told(
    index: &FormIndex,
    stream: &Stream,
    (all, parts): (&[Occurrence], &Parts),
    (missing, rivals, mut twice): (&[usize], BTreeMap<usize, usize>, BTreeSet<usize>),
    figures: &mut Figures,
) {
    for &table in missing {
        if figures.has_table(table) && !figures.refused[table] {
            rival::other_row(index, stream, (all, parts), table, figures);
        }
    }
    for (&table, &at) in &rivals {
        let fields = index.form.fields.iter().filter(|field| field.table == table);
        let finding = passed_over(&index.form, table).about(fields.map(|field| field.id.clone()));
        figures.tell(finding.at(stream.place_at(stream.raw_start(at))));
    }
    twice.extend(rivals.into_keys());
    figures.report_rivals(&index.form, &twice);
}

/// Byte offset in the folded text of a table outside of its section that has nearly all rows of the table inside, each with figures.
fn outside(
    index: &FormIndex,
    stream: &Stream,
    table: usize,
    own: &[Occurrence],
    inside: &[Occurrence],
) -> Option<usize> {
    let with_figures = |one: &&Occurrence| {
        let end = stream.raw_end(one.end);
        // The figures follow on the line, or one on each of the next lines.
        let mut lines = stream.raw[end..].lines().take(3).filter(|line| !line.trim_matches(blank).is_empty());
        let line = lines.next().unwrap_or_default();
        let parted = |sign: char| blank(sign) || matches!(sign, '\t' | '|' | '｜');
        let mut cells = line.split(parted).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(value::is_figure)
    };
    let apart = |one: &&Occurrence| !inside.iter().any(|other| other.start == one.start);
    let found: Vec<&Occurrence> = own.iter().filter(apart).filter(with_figures).collect();
    let first = found.first()?.start;
    is_full(index, table, found.iter().map(|one| &*one.label)).then_some(first)
}

/// Reads tables of which no figure was read by labels, each as a whole.
fn counted(
    index: &FormIndex,
    stream: &Stream,
    (all, parts): (&[Occurrence], &Parts),
    missing: &[usize],
    figures: &mut Figures,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    for &table in missing {
        if !figures.has_table(table) {
            let told = figures.findings.len();
            claims.extend(Counted { index, stream, all, parts, table }.read(figures, told));
        }
    }
    claims
}

/// Finding: a table is under the heading of another section of the report.
fn elsewhere(index: &FormIndex, table: usize, stream: &Stream, claim: Option<&Claim>) -> Finding {
    let name = &index.form.tables[table].name;
    let message = Message::new(
        format!("{}不在规定的部分，而在其他标题之下，已按其行名读取。请核对是否为本年度数据。", name.zh),
        format!(
            "{} stands under the heading of another part; it was read by its labels. Check that it is this year's.",
            name.en
        ),
    );
    let fields = index.form.fields.iter().filter(|field| field.table == table);
    let ids = fields.map(|field| field.id.clone());
    let place = claim.and_then(|claim| stream.place_at(claim.start));
    Finding::new(&code::TABLE_ELSEWHERE, message).about(ids).at(place)
}

/// Whether a range of the folded text contains a line with the title of a report.
fn is_title_between(index: &FormIndex, stream: &Stream, within: std::ops::Range<usize>) -> bool {
    let lines = stream.line_at(stream.raw_start(within.start))..stream.line_at(stream.raw_start(within.end));
    let texts = stream.lines[lines].iter().map(|line| &stream.raw[line.start..line.end]);
    texts.filter(|text| text.len() <= HEADING_BYTES).any(|text| index.is_titled(&fold(text)))
}

/// Finding: no header label of a table, or of a block with several columns, was found, so the columns were assigned by order alone.
fn header_lost(index: &FormIndex, table: usize, path: &[Step], place: Option<Place>) -> Option<Finding> {
    let name = &index.form.tables[table].name;
    let message = Message::new(
        format!("{}没有表头，按规定的栏目次序读取。请核对。", name.zh),
        format!("{} has no header; its figures were read in the order of the form. Check it.", name.en),
    );
    let whole = !path.iter().any(|step| step.role == Role::Header);
    let lost = |block: usize| {
        let of = |expected: usize| matches!(index.expected[table][expected], Expected::Header { block: of, .. } if of == block);
        let read = |expected: usize| matches!(index.expected[table][expected], Expected::Data { block: of, .. } if of == block);
        let headed = path.iter().any(|step| step.role == Role::Header && of(step.expected));
        let several = index.form.tables[table].blocks[block].leaf_columns.len() > 1;
        whole || (several && !headed && path.iter().any(|step| step.role == Role::Leaf && read(step.expected)))
    };
    let blocks = (0..index.form.tables[table].blocks.len()).filter(|&block| lost(block));
    let fields = blocks.flat_map(|block| {
        let spec = &index.form.tables[table].blocks[block];
        spec.first_field..spec.first_field + spec.leaf_rows.len() * spec.leaf_columns.len()
    });
    let ids: Vec<String> = fields.map(|field| index.form.fields[field].id.clone()).collect();
    (!ids.is_empty()).then(|| Finding::new(&code::HEADER_LOST, message).about(ids).at(place))
}

/// Drops labels inside a remark after another label: `（七）总计（以上各项之和）`. Text in brackets that is as a whole a label of the
/// form is not a remark. Of a label that is repeated in adjacent cells, the last is kept.
fn outside_remarks(index: &FormIndex, stream: &Stream, found: Vec<Occurrence>) -> Vec<Occurrence> {
    let mut kept: Vec<Occurrence> = Vec::with_capacity(found.len());
    let mut end = 0;
    for one in found {
        if one.start < end {
            continue;
        }
        if kept.last().is_some_and(|last| is_again(index, stream, last, &one)) {
            kept.pop();
        }
        end = kept.last().map_or(0, |last| remark_end(stream, last, Some(&one)));
        if one.start >= end {
            kept.push(one);
        }
    }
    kept
}

/// Whether a row label directly follows itself on a line: a merged cell that was written into each of its columns.
fn is_again(index: &FormIndex, stream: &Stream, last: &Occurrence, one: &Occurrence) -> bool {
    let of_row = || index.uses(&one.label).iter().all(|found| matches!(found.role, Role::Leaf | Role::Group));
    let between = || stream.raw[stream.raw_end(last.end)..stream.raw_start(one.start)].chars();
    last.label == one.label
        && of_row()
        && between().any(|sign| matches!(sign, '\t' | '|' | '｜'))
        && between().all(|sign| sign != '\n' && !sign.is_alphanumeric())
}

/// End of the remark after a label, as a byte offset in the folded text; the end of the label if there is no remark.
pub(in crate::bind) fn remark_end(stream: &Stream, label: &Occurrence, next: Option<&Occurrence>) -> usize {
    let behind = stream.raw_end(label.end);
    let behind = behind + closing(&stream.raw[behind..]);
    let length = remark(&stream.raw[behind..]);
    let end = stream.folded.at(behind + length);
    let whole = next.is_some_and(|next| next.start == label.end && next.end >= end);
    if length == 0 || whole { label.end } else { end }
}

/// Adds lines that are similar to a row label without matching it exactly.
fn add_alike(index: &FormIndex, table: usize, stream: &Stream, own: &mut Vec<Occurrence>) {
    let (Some(first), Some(last)) = (own.first().map(|one| one.start), own.last().map(|one| one.end)) else { return };
    let mut added = Vec::new();
    let mut at = first;
    let mut left = 200;
    while at < last && left > 0 {
        let raw = stream.raw_start(at);
        let line_end = stream.raw[raw..].find(['\n', '|', '｜', '\t']).map_or(stream.raw.len(), |end| raw + end);
        let end = stream.folded.at(line_end);
        let text = &stream.folded.text[at..end];
        // Labels are sorted and do not overlap, so only the last one that begins before `end` can overlap the piece.
        let before = own.partition_point(|known| known.start < end);
        let covered = before > 0 && at < own[before - 1].end;
        if !covered && (4..=60).contains(&text.chars().count()) && !text.bytes().all(|byte| byte.is_ascii_digit()) {
            left -= 1;
            added.extend(alike(index, table, text).map(|(label, score)| Occurrence {
                start: at,
                end,
                label,
                trust: score,
            }));
        }
        at = end.max(at + 1);
        while !stream.folded.text.is_char_boundary(at) {
            at += 1;
        }
    }
    own.extend(added);
    own.sort_by_key(|occurrence| occurrence.start);
}

fn alike(index: &FormIndex, table: usize, text: &str) -> Option<(Box<str>, f32)> {
    let mut scored: Vec<(f64, &str, usize)> = index
        .leaves
        .iter()
        .filter(|leaf| leaf.1 == table)
        .map(|(label, _, expected)| (likeness(text, label), label.as_str(), *expected))
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    let &(score, label, expected) = scored.first()?;
    let second = scored.iter().find(|other| other.2 != expected).map_or(0.0, |other| other.0);
    (score >= 0.7 && score - second >= 0.08).then(|| (label.into(), (score * 0.8) as f32))
}
