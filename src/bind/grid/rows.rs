//! Aligns the rows of a table with the rows of a block by label, in order.
//!
//! Each pair of a row of the form and a row of the table is scored by the labels that they share; the alignment with the highest sum wins
//! (Needleman and Wunsch 1970, without gap costs). Rows in another order are matched by their labels afterwards.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::address::{Hit, Rows};
use super::offices::{self, is_total};
use super::panels::{Panel, stand_under};
use super::view::{View, ViewCell, ViewRow};
use super::years::{headed_year, year};
use crate::bind::labels::likeness::likeness;
use crate::bind::labels::shapes::{Fit, Path, Shape};
use crate::bind::limits::{BODY_ROWS, LIKE, LIKE_APART, MOVED_LEAST, count};
use crate::bind::value;
use crate::form::Words;

/// Aligns the rows of a table with those of a block. `likenesses` is the number of similarity comparisons that are left.
pub(in crate::bind) fn rows(words: &Words, shape: &Shape, view: &View, panel: &Panel, likenesses: &mut u32) -> Rows {
    let mut found = Rows { hits: vec![None; shape.rows.len()], ..Rows::default() };
    if !shape.labelled() {
        unlabelled(words, view, panel, &mut found);
        return found;
    }
    // A copy of the table may be below it.
    let most = BODY_ROWS.max(2 * shape.rows.len());
    let mut scores: Vec<(usize, Vec<(usize, Hit)>)> = Vec::new();
    for &row in panel.body.iter().take(most) {
        let hits = hits(words, shape, (panel.view, row), &view.rows[row]);
        if !hits.is_empty() {
            scores.push((row, hits));
        }
    }
    if scores.is_empty() {
        return found;
    }
    // A damaged label is searched for only in tables that also have intact labels.
    for &row in panel.body.iter().take(most) {
        if *likenesses > 0 && scores.binary_search_by_key(&row, |score| score.0).is_err() {
            let hit = alike(shape, (panel.view, row), &view.rows[row], likenesses);
            if let (Some(hit), Err(at)) = (hit, scores.binary_search_by_key(&row, |score| score.0)) {
                scores.insert(at, (row, vec![hit]));
            }
        }
    }
    offices::rows(words, view, &mut scores);
    place(&scores, &mut found);
    leftovers(&scores, &mut found);
    let total: i32 = found.hits.iter().flatten().map(|hit| hit.score.min(100)).sum();
    found.left = total / count(shape.rows.len().max(1));
    found.edge = edge(view, &found);
    found
}

/// Rows of the form that one label may match before only those with the best score are kept; usual forms have about ten rows with one
/// label.
const MANY: usize = 64;

/// The rows of the form that a row of the table may be, by its labels, in the form's order.
fn hits(words: &Words, shape: &Shape, (view, row): (usize, usize), cells: &ViewRow) -> Vec<(usize, Hit)> {
    let mut hits = Vec::new();
    // The row labels of a pivot shape are groups of columns, which have the role of headers.
    let is_label = |cell: &ViewCell| cell.is_row_label() || (shape.pivot && cell.is_head_label());
    let Some(mut label) = cells.cells.iter().rposition(is_label) else { return hits };
    // After the label of a row, a word for a total is the total of that row's parts.
    if is_total(words, &cells.cells[label]) {
        let is_row = |cell: &ViewCell| is_label(cell) && !shape.rows_named(cell.number()).is_empty();
        label = cells.cells[..label].iter().rposition(is_row).unwrap_or(label);
    }
    let cell = &cells.cells[label];
    for &number in shape.rows_named(cell.number()) {
        let path = &shape.rows[number];
        let Some(own) = &path.own else { continue };
        let own = match own.fit(cell.number()) {
            Some(Fit::Exact) => 100,
            Some(Fit::Bare) => 80,
            None if path.is_glued(cell.number()) => 90,
            None => continue,
        };
        let mut score = if cell.own { own } else { own * 9 / 10 };
        for other in cells.cells[..label].iter().filter(|other| other.words()) {
            let is = |path: &Path| path.groups.iter().any(|group| group.fit(other.number()).is_some());
            if is(path) {
                score += 15;
            } else if shape.is_group(other.number()) {
                score -= 10;
            }
        }
        hits.push((number, Hit { view, row, label: Some(label), score, alike: false }));
    }
    // One label under hundreds of groups: only the rows whose groups are beside it are kept.
    if hits.len() > MANY {
        let most = hits.iter().map(|hit| hit.1.score).max();
        hits.retain(|hit| Some(hit.1.score) == most);
    }
    hits
}

/// The row of the form whose label is most similar to a label of the row, if no other is nearly as similar.
fn alike(shape: &Shape, (view, row): (usize, usize), cells: &ViewRow, left: &mut u32) -> Option<(usize, Hit)> {
    let mut best: Option<(f64, usize, usize)> = None;
    let mut second = 0.0;
    let last = cells.cells.len().checked_sub(1)?;
    for (position, cell) in cells.cells.iter().enumerate().take(last) {
        let length = cell.at.folded.chars().count();
        // A cell that is a label of the form is not a damaged label.
        if cell.at.figure
            || !(4..=80).contains(&length)
            || *left == 0
            || !cell.at.uses.is_empty()
            || cell.at.glued.is_some()
        {
            continue;
        }
        *left -= 1;
        for (number, path) in shape.rows.iter().enumerate() {
            let most = path.texts.iter().map(|text| likeness(&cell.at.folded, text)).fold(0.0, f64::max);
            match best {
                Some((score, found, _)) if found == number => {
                    if most > score {
                        best = Some((most, found, position));
                    }
                }
                Some((score, ..)) if most <= score => second = f64::max(second, most),
                _ => {
                    second = best.map_or(second, |(score, ..)| f64::max(second, score));
                    best = Some((most, number, position));
                }
            }
        }
    }
    let (score, number, label) = best?;
    let hit = Hit { view, row, label: Some(label), score: (score * 70.0) as i32, alike: true };
    (score >= LIKE && score - second >= LIKE_APART).then_some((number, hit))
}

/// Aligns the rows in the order with the highest sum of scores.
fn place(scores: &[(usize, Vec<(usize, Hit)>)], found: &mut Rows) {
    // In nearly every table each row has one label, and the rows are in the form's order.
    let only = |hits: &[(usize, Hit)]| match hits {
        [(number, hit)] if hit.score > 0 => Some(*number),
        _ => None,
    };
    let alone: Option<Vec<usize>> = scores.iter().map(|(_, hits)| only(hits)).collect();
    match alone {
        Some(rows) if rows.is_sorted_by(|one, next| one < next) => {
            scores.iter().flat_map(|(_, hits)| hits).for_each(|(number, hit)| found.hits[*number] = Some(*hit));
        }
        _ => align(scores, found),
    }
}

/// The alignment with the highest sum of scores, for rows with several matches or in another order.
fn align(scores: &[(usize, Vec<(usize, Hit)>)], found: &mut Rows) {
    let (rows, expected) = (scores.len(), found.hits.len());
    let width = expected + 1;
    let mut best = vec![0_i32; (rows + 1) * width];
    for (number, (_, hits)) in scores.iter().enumerate() {
        let (above, here) = (number * width, (number + 1) * width);
        let mut own = hits.iter().peekable();
        for column in 0..expected {
            best[here + column + 1] = best[above + column + 1].max(best[here + column]);
            if let Some((_, hit)) = own.next_if(|hit| hit.0 == column) {
                best[here + column + 1] = best[here + column + 1].max(best[above + column] + hit.score);
            }
        }
    }
    let (mut row, mut column) = (rows, expected);
    while row > 0 && column > 0 {
        let here = best[row * width + column];
        if here <= best[(row - 1) * width + column] {
            row -= 1;
        } else if here <= best[row * width + column - 1] {
            column -= 1;
        } else {
            let hit = scores[row - 1].1.iter().find(|hit| hit.0 == column - 1);
            found.hits[column - 1] = hit.map(|hit| hit.1);
            row -= 1;
            column -= 1;
        }
    }
}

/// Removes rows that are named as another year's or as a change: 上年, 增减, the earlier of two years. Keeps all if none would be left.
/// `bare` is whether the rows begin with years without 年.
fn this_year(words: &Words, view: &View, all: Vec<usize>, bare: bool) -> Vec<usize> {
    let first = |row: usize| view.rows[row].filled().next();
    let read = if bare { headed_year } else { year };
    let of_year = |row: usize| first(row).and_then(|cell| read(&cell.at.cell.text));
    let last = all.iter().filter_map(|&row| of_year(row)).max();
    let beside = |row: usize| {
        let lists = words.beside.iter().chain(&words.comparison);
        first(row).is_some_and(|cell| cell.words() && lists.clone().any(|word| cell.at.folded.contains(word.as_str())))
    };
    let own = |row: &usize| !beside(*row) && of_year(*row).is_none_or(|year| Some(year) == last);
    let kept: Vec<usize> = all.iter().copied().filter(own).collect();
    if kept.is_empty() { all } else { kept }
}

/// Whether these rows begin with different years without 年, in a column that has no header of the form.
fn begin_with_years(heads: &[&ViewRow], view: &View, all: &[usize]) -> bool {
    let mut years: Vec<u16> = Vec::new();
    let mut columns: Vec<u32> = Vec::new();
    for first in all.iter().filter_map(|&row| view.rows[row].filled().next()) {
        years.extend(headed_year(&first.at.cell.text).filter(|_| first.at.figure));
        columns.push(first.column);
    }
    years.sort_unstable();
    years.dedup();
    columns.dedup();
    let [column] = columns[..] else { return false };
    let head_label = |row: &&ViewRow| row.cell_at(column).is_some_and(ViewCell::is_head_label);
    years.len() > 1 && years.len() == all.len() && !heads.iter().any(head_label)
}

/// Adds the rows that were not aligned in order: moved rows, and duplicates.
fn leftovers(scores: &[(usize, Vec<(usize, Hit)>)], found: &mut Rows) {
    let placed: HashSet<usize> = found.hits.iter().flatten().map(|hit| hit.row).collect();
    for (row, hits) in scores {
        if placed.contains(row) {
            continue;
        }
        let sure = hits.iter().filter(|hit| hit.1.score >= MOVED_LEAST && !hit.1.alike);
        let Some(&(number, hit)) = sure.max_by_key(|hit| hit.1.score) else { continue };
        if found.hits[number].is_none() {
            found.hits[number] = Some(hit);
            found.moved += 1;
        } else {
            found.doubles.push((number, hit));
        }
    }
}

/// The grid column after the labels, as most rows have it.
fn edge(view: &View, found: &Rows) -> u32 {
    let ends = found.hits.iter().flatten().filter_map(|hit| view.rows[hit.row].cells.get(hit.label?));
    let mut ends: Vec<u32> = ends.map(ViewCell::end).collect();
    ends.sort_unstable();
    ends.chunk_by(|one, next| one == next).map(|same| (same.len(), same[0])).max().map_or(0, |(_, end)| end)
}

/// The row that has a label of the form and is the sum of all other rows (of offices or agencies) in every column. `None` if there is no
/// such row or more than one.
fn total(words: &Words, view: &View, body: &[usize]) -> Option<usize> {
    let has_figures = |row: &usize| view.rows[*row].filled().filter(|cell| cell.at.figure).nth(1).is_some();
    let rows: Vec<usize> = body.iter().copied().filter(has_figures).collect();
    // If a row is of another year or a change, the year and the change add up as well.
    if rows.len() < 3 || this_year(words, view, rows.clone(), false).len() < rows.len() {
        return None;
    }
    let figure = |row: usize, column: u32| value::addend(&view.rows[row].cell_at(column)?.at.cell.text);
    let is_called = |row: usize| {
        view.rows[row].filled().next().is_some_and(|cell| cell.words() && (cell.is_head_label() || cell.is_row_label()))
    };
    let is_sum = |row: usize| {
        let columns: Vec<u32> = view.rows[row].filled().filter(|cell| cell.at.figure).map(|cell| cell.column).collect();
        let adds_up = |&column: &u32| {
            let others = rows.iter().filter(|&&other| other != row).map(|&other| figure(other, column));
            others.sum::<Option<Decimal>>().is_some_and(|sum| Some(sum) == figure(row, column))
        };
        let counts = |&other: &usize| columns.iter().any(|&at| figure(other, at).is_some_and(|sum| !sum.is_zero()));
        // A row of zeros is not evidence.
        columns.iter().all(adds_up) && rows.iter().all(counts)
    };
    let mut totals = rows.iter().copied().filter(|&row| is_called(row) && is_sum(row));
    totals.next().filter(|_| totals.next().is_none())
}

/// Finds the row of a block without row labels: the first row of figures without a label of the form; words in place of some figures are
/// accepted.
fn unlabelled(words: &Words, view: &View, panel: &Panel, found: &mut Rows) {
    let heads: Vec<&ViewRow> = panel.head.iter().map(|&row| &view.rows[row]).collect();
    let fits = |&&row: &&usize| {
        let cells = &view.rows[row];
        let own = cells.cells.iter().filter(|cell| cell.own).count();
        let words = cells.filled().filter(|cell| cell.words()).count();
        let figures = cells.filled().filter(|cell| cell.at.figure).count();
        let most = words * 3 <= own && (figures > 0 || words == 0);
        // A word for a total may label a row and a column.
        let of_another = |cell: &ViewCell| cell.is_row_label() && !cell.is_head_label();
        !cells.cells.iter().any(of_another) && (most || stand_under(&heads, cells))
    };
    let all: Vec<usize> = panel.body.iter().filter(fits).copied().collect();
    let bare = begin_with_years(&heads, view, &all);
    let all = this_year(words, view, all, bare);
    let whole = |&&row: &&usize| view.rows[row].filled().all(|cell| cell.at.figure);
    let total = if all.len() > 1 { total(words, view, &panel.body) } else { None };
    let all = total.map_or(all, |total| vec![total]);
    let Some(&row) = all.iter().find(whole).or(all.first()) else { return };
    // Words before the figures, without a column of the form above them, are not figures.
    let head_label = |column: u32| heads.iter().any(|row| row.cell_at(column).is_some_and(ViewCell::is_head_label));
    let year = |at: usize, cell: &ViewCell| bare && at == 0 && cell.at.figure;
    let before = view.rows[row].cells.iter().enumerate();
    let before = before.take_while(|(at, cell)| (cell.words() || year(*at, cell)) && !head_label(cell.column));
    found.edge = before.last().map_or(0, |(_, cell)| cell.end());
    let hit = Hit { view: panel.view, row, label: None, score: 50, alike: false };
    found.hits[0] = Some(hit);
    found.left = 100;
    // Each further row of figures is a duplicate.
    let again = all.iter().filter(|&&other| other != row);
    found.doubles = again.map(|&other| (0, Hit { row: other, ..hit })).collect();
}
