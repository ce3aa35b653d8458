//! Columns and tables that are not in the form, kept with their headers and texts.

use std::collections::{BTreeMap, BTreeSet};

use super::address::{Column, Header};
use super::cells::{Laid, Target};
use super::evidence::Candidate;
use crate::bind::labels::shapes::Shape;
use crate::finding::Place;

/// Header and texts of columns, and the place of their table.
pub(super) type Extra = (Vec<(String, Vec<String>)>, Option<Place>);

/// Header and texts of every column that was not read as a column of the form; cells under no header are last, with an empty header. A
/// column of marks, such as ✓, is not a column of figures and is omitted.
pub(super) fn not_the_forms(
    headers: &[&Header],
    read: &[Vec<Option<usize>>],
    laid: &[Vec<Laid>],
) -> Vec<(String, Vec<String>)> {
    let figures = |texts: &[String]| texts.iter().any(|text| text.chars().any(char::is_alphanumeric));
    let mut extra: Vec<(String, Vec<String>)> = Vec::new();
    for ((header, proven), part) in headers.iter().zip(read).zip(laid) {
        for (at, head) in header.columns.iter().enumerate() {
            if proven[at].is_some() || matches!(head.is, Column::Serial | Column::Part) {
                continue;
            }
            let cells = part.iter().flat_map(|laid| &laid.cells).filter(|(target, _)| *target == Target::Head(at));
            let texts: Vec<String> = cells.map(|(_, cell)| cell.at.cell.text.trim().to_owned()).collect();
            if figures(&texts) {
                extra.push((head.shown(), texts));
            }
        }
    }
    let stray = laid.iter().flatten().flat_map(|laid| &laid.stray);
    let stray: Vec<String> = stray.map(|cell| cell.at.cell.text.trim().to_owned()).collect();
    if figures(&stray) {
        extra.push((String::new(), stray));
    }
    extra
}

/// Names of the parts whose total was read.
pub(super) fn parts(headers: &[&Header]) -> Vec<String> {
    let parts = headers.iter().flat_map(|header| &header.columns).filter(|head| head.is == Column::Part);
    let mut names: Vec<String> = Vec::new();
    for head in parts {
        let own = head.path.iter().filter(|cell| cell.number().is_none());
        let name = own.map(|cell| cell.at.cell.text.trim().replace('\n', "")).next();
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

/// Unassigned tables that have labels of the form: at least two rows of one of its tables, or a row and a header. Each is returned as the
/// table of the form and the index of a candidate.
pub(super) fn left_over(
    shapes: &[Shape],
    candidates: &[Candidate],
    free: impl Fn(&Candidate) -> bool,
) -> Vec<(usize, usize)> {
    // For each panel and table: the rows with one of its labels, the best header score, and the first candidate.
    let mut seen: BTreeMap<(usize, usize), (BTreeSet<usize>, i32, usize)> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| free(candidate)) {
        let of = seen.entry((candidate.panel, shapes[candidate.shape].table)).or_insert((BTreeSet::new(), 0, at));
        of.0.extend(candidate.rows.hits.iter().flatten().filter(|hit| !hit.alike).map(|hit| hit.row));
        of.1 = of.1.max(candidate.header.top);
    }
    let mut told: BTreeSet<usize> = BTreeSet::new();
    let has = |rows: &BTreeSet<usize>, top: i32| rows.len() >= 2 || (!rows.is_empty() && top > 0);
    let found = seen.into_iter().filter(|(_, (rows, top, _))| has(rows, *top));
    found.filter(|((panel, _), _)| told.insert(*panel)).map(|((_, table), (_, _, at))| (table, at)).collect()
}
