//! Separates the total of several offices from its parts, if they share one header label or one row label.
//!
//! A column or row is read only if it is named a total and is the sum of the others in every cell. If no sum holds, it is not certain which
//! of them the form asks for.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::address::{Choice, Header, Hit, Rows};
use super::view::{View, ViewCell};
use super::years::year;
use crate::bind::labels::shapes::Shape;
use crate::bind::value;
use crate::form::Words;

/// Minimum number of parts of a total.
pub(super) const PARTS: usize = 2;

/// A row of a table, with the rows of the form that it may be.
type Scored = (usize, Vec<(usize, Hit)>);

/// Whether a cell ends in a word for a total, which then applies to the figures below or beside it.
pub(super) fn is_total(words: &Words, cell: &ViewCell) -> bool {
    cell.words() && words.total.iter().any(|word| cell.at.folded.ends_with(word.as_str()))
}

/// One of several headers with the same label.
struct Office<'h, 'f, 'd> {
    /// Its index in the header.
    at: usize,
    /// The column of the form that it may be.
    column: usize,
    /// The grid column of its figures.
    start: u32,
    /// The header cells above its figures, without its own label.
    beside: Vec<&'h ViewCell<'f, 'd>>,
}

/// The headers of totals and of their parts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parted {
    /// Indices of the totals.
    totals: Vec<usize>,
    /// Indices of the parts.
    parts: Vec<usize>,
}

/// Finds the headers that are parts of a total in another column, clears their choices, and returns their indices.
pub(super) fn parts(
    words: &Words,
    shape: &Shape,
    (view, rows): (&View, &Rows),
    header: &Header,
    choices: &mut [Vec<Choice>],
) -> Vec<usize> {
    // In nearly every table no column has two headers.
    let mut seen = vec![false; shape.columns.len()];
    let single = choices.iter().filter_map(|choice| <&[Choice; 1]>::try_from(choice.as_slice()).ok());
    if !single.into_iter().any(|[one]| std::mem::replace(&mut seen[one.column], true)) {
        return Vec::new();
    }
    let mut heads: Vec<Office> = Vec::new();
    for (at, (head, choice)) in header.columns.iter().zip(choices.iter()).enumerate() {
        let [one] = choice.as_slice() else { continue };
        let own = |cell: &ViewCell| {
            shape.columns[one.column].own.as_ref().is_some_and(|own| own.fit(cell.number()).is_some())
        };
        let place = head.path.iter().rposition(own);
        let beside = head.path.iter().enumerate().filter(|(number, _)| Some(*number) != place);
        let beside = beside.map(|(_, cell)| cell).collect();
        heads.push(Office { at, column: one.column, start: head.start, beside });
    }
    let found = columns(words, view, &rows.hits, &heads);
    for &at in &found.parts {
        choices[at].clear();
    }
    for &at in &found.totals {
        choices[at].iter_mut().for_each(|one| one.doubtful = false);
    }
    found.parts
}

/// Finds which headers are totals and which are their parts. Empty if a repeated column has no total, or one that is not the sum of its
/// parts in every row.
fn columns(words: &Words, view: &View, hits: &[Option<Hit>], heads: &[Office]) -> Parted {
    let mut found = Parted::default();
    let columns: BTreeSet<usize> = heads.iter().map(|head| head.column).collect();
    for column in columns {
        let same: Vec<&Office> = heads.iter().filter(|head| head.column == column).collect();
        if same.len() == 1 {
            continue;
        }
        let called = |head: &&Office| head.beside.iter().any(|cell| is_total(words, cell));
        let (totals, parts): (Vec<&Office>, Vec<&Office>) = same.into_iter().partition(called);
        let named = parts.iter().all(|part| part.beside.iter().any(|cell| cell.number().is_none()));
        let ([total], true) = (totals.as_slice(), named && parts.len() >= PARTS) else { return Parted::default() };
        let adds_up = hits.iter().flatten().all(|hit| {
            let figure = |head: &Office| addend(view, hit.row, head.start);
            let sum: Option<Decimal> = parts.iter().map(|part| figure(part)).sum();
            sum.is_some() && sum == figure(total)
        });
        if !adds_up {
            return Parted::default();
        }
        found.totals.push(total.at);
        found.parts.extend(parts.iter().map(|part| part.at));
    }
    found
}

/// The value of a cell in a sum, 0 if it is blank; `None` if it is not a figure.
pub(super) fn addend(view: &View, row: usize, column: u32) -> Option<Decimal> {
    let cell = view.rows[row].cell_at(column)?;
    if cell.filled { value::addend(&cell.at.cell.text) } else { Some(Decimal::ZERO) }
}

/// Of consecutive rows with one label, each with another word after it, keeps the total of the others, or the row of this year. If it is
/// not certain which that is, all are kept.
pub(super) fn rows(words: &Words, view: &View, scores: &mut Vec<Scored>) {
    let same = |one: &Scored, next: &Scored| one.1.iter().map(|hit| hit.0).eq(next.1.iter().map(|hit| hit.0));
    // In nearly every table each row appears once.
    if !scores.windows(2).any(|pair| same(&pair[0], &pair[1])) {
        return;
    }
    let word = |scored: &Scored| {
        let label = scored.1.first()?.1.label?;
        let cell = view.rows[scored.0].cells.get(label + 1).filter(|cell| cell.own && cell.filled);
        cell.filter(|cell| cell.words() || year(&cell.at.cell.text).is_some())
    };
    let several = |same: &&[Scored]| same.len() > 1;
    let names: BTreeSet<&str> =
        scores.chunk_by(same).filter(several).flatten().filter_map(word).map(|cell| cell.at.folded.as_ref()).collect();
    // The rows that are removed, and the kept rows whose figures begin after the word.
    let (mut out, mut behind) = (BTreeSet::new(), BTreeSet::new());
    for same in scores.chunk_by(same) {
        let rows: Vec<(usize, Option<&ViewCell>)> = same.iter().map(|scored| (scored.0, word(scored))).collect();
        let kept = match rows.as_slice() {
            [(row, Some(cell))] => names.contains(cell.at.folded.as_ref()).then_some((*row, true)),
            [_] => None,
            rows => choose_row(words, view, rows),
        };
        let Some((kept, named)) = kept else { continue };
        out.extend(rows.iter().map(|row| row.0).filter(|row| *row != kept));
        behind.extend(named.then_some(kept));
    }
    scores.retain(|scored| !out.contains(&scored.0));
    for hit in scores.iter_mut().filter(|scored| behind.contains(&scored.0)).flat_map(|scored| &mut scored.1) {
        hit.1.label = hit.1.label.map(|label| label + 1);
    }
}

/// Of several rows, the one that is read, and whether it has a word of its own: the only one of this year, or the total.
fn choose_row(words: &Words, view: &View, rows: &[(usize, Option<&ViewCell>)]) -> Option<(usize, bool)> {
    let year_of = |cell: Option<&ViewCell>| cell.and_then(|cell| year(&cell.at.cell.text));
    let last = rows.iter().filter_map(|(_, cell)| year_of(*cell)).max();
    let says_other = |cell: &ViewCell| words.beside.iter().any(|word| cell.at.folded.contains(word.as_str()));
    let of_others = |(row, cell): &&(usize, Option<&ViewCell>)| {
        cell.is_some_and(says_other) || year_of(*cell).is_some_and(|year| Some(year) != last) || are_shares(view, *row)
    };
    let this_year: Vec<&(usize, Option<&ViewCell>)> = rows.iter().filter(|row| !of_others(row)).collect();
    if let [(row, cell)] = this_year.as_slice() {
        return Some((*row, cell.is_some()));
    }
    let named: Vec<(usize, &ViewCell)> =
        this_year.iter().map(|(row, cell)| Some((*row, (*cell)?))).collect::<Option<_>>()?;
    let (totals, parts): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, cell)| is_total(words, cell));
    let ([(total, called)], true) = (totals.as_slice(), parts.len() >= PARTS) else { return None };
    let mut columns = view.rows[*total].cells.iter().filter(|cell| cell.column >= called.end() && cell.own);
    let adds_up = |column: u32| {
        let sum: Option<Decimal> = parts.iter().map(|(row, _)| addend(view, *row, column)).sum();
        sum.is_some() && sum == addend(view, *total, column)
    };
    columns.all(|cell| adds_up(cell.column)).then_some((*total, true))
}

/// Whether every figure of a row is a percentage.
fn are_shares(view: &View, row: usize) -> bool {
    let mut figures = view.rows[row].filled().filter(|cell| cell.at.figure).peekable();
    figures.peek().is_some() && figures.all(|cell| cell.at.cell.text.trim_end().ends_with(['%', '％']))
}
