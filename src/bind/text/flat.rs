//! Tables that survive only as text: one cell a line, cells parted by pipes, tabs or blanks, rows on one line.
//!
//! The labels of the form are found in the folded text and aligned with the form's order; what stands between a row's label
//! and the next label are its figures. They are taken only where their number is certain.

use std::collections::HashSet;

use super::beside;
use super::flatrows::{Cutting, FlatTable};
use super::parts::{Parts, is_full};
use super::pieces::{closing, remark};
use crate::bind::figures::Figures;
use crate::bind::labels::index::{FormIndex, OCCURRENCES, Occurrence, Role};
use crate::bind::labels::likeness::likeness;
use crate::bind::source::stream::{Claim, Stream};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};

/// Bytes of folded text between two labels that still belong to one table: seven long figures and a prose line.
const TABLE_GAP: usize = 700;

/// What reading the text's tables took and saw.
#[derive(Debug, Default)]
pub(in crate::bind) struct FlatReading {
    /// The parts of the text that tables took, from the top.
    pub(in crate::bind) claims: Vec<Claim>,
    /// Byte of the raw text at which a second report's tables begin.
    pub(in crate::bind) second: Option<usize>,
    /// Whether two reports stand side by side, so that nothing was read.
    pub(in crate::bind) beside: bool,
}

/// Reads the tables that the grids did not hold from the text.
pub(in crate::bind) fn read(index: &FormIndex, stream: &Stream, figures: &mut Figures) -> FlatReading {
    let mut reading = FlatReading::default();
    let missing: Vec<usize> = (0..index.form.tables.len())
        .filter(|&table| !figures.has(table) && !index.form.tables[table].by_rows)
        .collect();
    if missing.is_empty() {
        return reading;
    }
    let found = index.occurrences(&stream.folded.text);
    if found.len() == OCCURRENCES {
        figures.findings.push(Finding::new(&code::LABELS_TOO_MANY, code::LABELS_TOO_MANY.message()));
    }
    let found = outside_remarks(stream, found);
    if beside::interleaved(index, stream, &found) {
        reading.beside = true;
        return reading;
    }
    let mut cutting = Cutting::new();
    let parts = Parts::of(index, stream, &found);
    for table in missing {
        let mut own: Vec<Occurrence> = found
            .iter()
            .filter(|occurrence| index.uses(&occurrence.label).iter().any(|found| found.table == table))
            .cloned()
            .collect();
        let (inside, strange) = parts.at_home(index, table, &own);
        own = inside.unwrap_or(own);
        add_alike(index, table, stream, &mut own);
        let Some((path, second)) = best_cluster(index, table, stream, &own, &found) else { continue };
        // Words of the table under another heading are taken only if nearly all of it stands there; `table-not-found` tells.
        if strange && !is_full(index, table, path.iter().map(|step| &*own[step.occurrence].label)) {
            continue;
        }
        if let Some(second) = second.map(|second| stream.raw_start(second)) {
            reading.second = Some(reading.second.map_or(second, |known| known.min(second)));
        }
        let reader = FlatTable { index, table, stream, all: &found, own: &own, path: &path };
        let claim = reader.read(figures, &mut cutting);
        if strange && claim.is_some() {
            figures.findings.push(elsewhere(index, table, stream, claim.as_ref()));
        }
        reading.claims.extend(claim);
    }
    reading.claims.sort_by_key(|claim| claim.start);
    reading
}

/// That a table stands under the heading of another part of the report.
fn elsewhere(index: &FormIndex, table: usize, stream: &Stream, claim: Option<&Claim>) -> Finding {
    let name = &index.form.tables[table].name;
    let message = Message::new(
        format!("{}不在规定的部分，而在其他标题之下，已按其标签读取。请核对是否为本年度数据。", name.zh),
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

/// The labels without those that stand in a remark behind another: `（七）总计（以上各项之和）`. What is a label of the form from
/// bracket to bracket is no remark.
fn outside_remarks(stream: &Stream, found: Vec<Occurrence>) -> Vec<Occurrence> {
    let mut kept: Vec<Occurrence> = Vec::with_capacity(found.len());
    let mut end = 0;
    for one in found {
        if one.start < end {
            continue;
        }
        end = kept.last().map_or(0, |last| remark_end(stream, last, Some(&one)));
        if one.start >= end {
            kept.push(one);
        }
    }
    kept
}

/// Where in the folded text a remark behind a label ends; the end of the label where there is none.
pub(in crate::bind) fn remark_end(stream: &Stream, label: &Occurrence, next: Option<&Occurrence>) -> usize {
    let behind = stream.raw_end(label.end);
    let behind = behind + closing(&stream.raw[behind..]);
    let length = remark(&stream.raw[behind..]);
    let end = stream.folded.at(behind + length);
    let whole = next.is_some_and(|next| next.start == label.end && next.end >= end);
    if length == 0 || whole { label.end } else { end }
}

/// One step of the alignment: an occurrence taken for an expected row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Step {
    /// Index of the occurrence.
    pub(in crate::bind) occurrence: usize,
    /// Index of the expected row.
    pub(in crate::bind) expected: usize,
    /// What the label is there.
    pub(in crate::bind) role: Role,
}

/// Lines that are like a row label without being one.
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
        // The labels stand in order and apart, so only the last that begins before the end can reach into the piece.
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

/// The run of labels that holds most of the table, aligned; and where most of the table begins a second time.
fn best_cluster(
    index: &FormIndex,
    table: usize,
    stream: &Stream,
    own: &[Occurrence],
    all: &[Occurrence],
) -> Option<(Vec<Step>, Option<usize>)> {
    // A table without row labels has its labels in one run: those of another table end it.
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
    // Of two reports close behind each other only the first is looked at; the second begins a run of its own.
    clusters = clusters
        .into_iter()
        .flat_map(|run| match beside::begins_again(index, table, stream, own, run.clone()) {
            Some(second) => vec![run.start..second, second..run.end],
            None => vec![run],
        })
        .collect();
    let mut aligned: Vec<(usize, f32, Vec<Step>)> = clusters
        .into_iter()
        .map(|range| {
            let (score, steps) = align(index, table, own, range.clone());
            (range.start, score, steps)
        })
        .collect();
    let leaves = |steps: &[Step]| steps.iter().filter(|step| step.role == Role::Leaf).count();
    let best =
        aligned.iter().enumerate().max_by(|one, other| one.1.1.total_cmp(&other.1.1).then(other.0.cmp(&one.0)))?.0;
    let most = leaves(&aligned[best].2);
    let again = |cluster: &(usize, f32, Vec<Step>)| most >= 4 && leaves(&cluster.2) * 10 >= most * 6;
    let first = aligned.iter().position(again).unwrap_or(best);
    let second = aligned.iter().skip(first + 1).find(|cluster| again(cluster)).map(|cluster| own[cluster.0].start);
    let (_, score, steps) = aligned.swap_remove(first);
    // A few stray words of the form in running text are no table.
    let enough = leaves(&steps) >= 2 || score >= 2.0;
    enough.then_some((steps, second))
}

/// Whether a label stands in a table's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InHeader {
    No,
    Yes,
    /// In a header that stood before, as on a new page.
    Again,
}

/// Which labels stand in a header: those of columns alone, and what follows on them without anything between.
fn headers(index: &FormIndex, table: usize, own: &[Occurrence]) -> Vec<InHeader> {
    // Only where one header stands above all rows is a second one a repetition.
    let blocks = &index.form.tables[table].blocks;
    let once = blocks.len() == 1 && blocks[0].leaf_rows.iter().any(|row| !row.path.is_empty());
    let mut found: Vec<InHeader> = Vec::with_capacity(own.len());
    let mut seen: HashSet<&str> = HashSet::new();
    for (number, occurrence) in own.iter().enumerate() {
        let uses = || index.uses(&occurrence.label).iter().filter(|found| found.table == table);
        let head = uses().any(|found| found.role == Role::Header);
        let alone = head && uses().all(|found| matches!(found.role, Role::Header | Role::Corner));
        let before = number.checked_sub(1).filter(|&before| own[before].end == occurrence.start);
        let follows = before.is_some_and(|before| found[before] != InHeader::No);
        found.push(match (alone, head && follows) {
            (true, _) if once && !seen.insert(&occurrence.label) => InHeader::Again,
            (true, _) => InHeader::Yes,
            (false, true) => before.map_or(InHeader::No, |before| found[before]),
            (false, false) => InHeader::No,
        });
    }
    found
}

/// The labels of one run in the form's order: the heaviest chain of non-decreasing expected rows.
fn align(index: &FormIndex, table: usize, own: &[Occurrence], range: std::ops::Range<usize>) -> (f32, Vec<Step>) {
    // Two states a row: before its own label (header and group labels) and after it.
    let states = index.expected[table].len() * 2;
    let mut best: Vec<(f32, Option<usize>)> = vec![(0.0, None); states];
    let mut chain: Vec<(Step, Option<usize>)> = Vec::new();
    let headers = headers(index, table, &own[range.clone()]);
    for (number, header) in range.zip(headers) {
        let occurrence = &own[number];
        let mut updates: Vec<(usize, f32, Option<usize>, Step)> = Vec::new();
        for found in index.uses(&occurrence.label).iter().filter(|found| found.table == table) {
            let leaf = found.role == Role::Leaf;
            // A header counts once, and what stands in it is no row of that name.
            if (leaf && header != InHeader::No) || (!leaf && header == InHeader::Again) {
                continue;
            }
            let state = found.expected * 2 + usize::from(leaf);
            let reach = if leaf { state } else { state + 1 };
            let before = best[..reach]
                .iter()
                .fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
            let score = before.0 + found.weight * occurrence.trust;
            if score > best[state].0 {
                let step = Step { occurrence: number, expected: found.expected, role: found.role };
                updates.push((state, score, before.1, step));
            }
        }
        for (state, score, before, step) in updates {
            chain.push((step, before));
            best[state] = (score, Some(chain.len() - 1));
        }
    }
    let end = best.iter().fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
    let mut steps = Vec::new();
    let mut at = end.1;
    while let Some(link) = at {
        steps.push(chain[link].0);
        at = chain[link].1;
    }
    steps.reverse();
    (end.0, steps)
}
