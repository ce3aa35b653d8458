//! Rows with one cell a line between pipes, blank cells among them.

use std::ops::Range;

use super::pieces::Piece;
use crate::bind::value;
use crate::text::blank;

/// Rows with every cell filled that show how many lines a row has.
const WHOLE: usize = 2;

/// How the rows of a table stand one cell a line: whether a line without a cell ends each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) struct Lined {
    /// Lines behind the last cell of a row.
    behind: usize,
}

/// Whether the rows of a table, each given as its number of cells and its stretch of the text, all stand one cell a line between pipes, as many lines each as it has cells, or one more without a cell.
/// Rows with every cell filled have to show it; then a blank line is a blank cell.
pub(in crate::bind) fn lined(rows: &[(usize, Range<usize>)], raw: &str) -> Option<Lined> {
    let all: Vec<(usize, Vec<Piece>)> =
        rows.iter().map(|(wanted, row)| Some((*wanted, lines(raw, row)?))).collect::<Option<_>>()?;
    let behind = all.first().map(|(wanted, lines)| lines.len().saturating_sub(*wanted))?;
    let fits = |(wanted, lines): &(usize, Vec<Piece>)| {
        lines.len() == wanted + behind && lines[*wanted..].iter().all(|line| line.text.is_empty())
    };
    let whole = |(wanted, lines): &&(usize, Vec<Piece>)| {
        *wanted > 1 && lines[..*wanted].iter().all(|line| !line.text.is_empty())
    };
    (behind <= 1 && all.iter().all(fits) && all.iter().filter(whole).count() >= WHOLE).then_some(Lined { behind })
}

/// The cells of a row in a table whose rows stand so.
pub(in crate::bind) fn cells<'t>(
    lined: Lined,
    raw: &'t str,
    (wanted, row): (usize, &Range<usize>),
) -> Option<Vec<Piece<'t>>> {
    let mut lines = lines(raw, row)?;
    lines.truncate(lines.len().checked_sub(lined.behind)?);
    (lines.len() == wanted).then_some(lines)
}

/// The lines between a row's label and the next, each of one cell: without a pipe in it but at its beginning or its end.
fn lines<'t>(raw: &'t str, row: &Range<usize>) -> Option<Vec<Piece<'t>>> {
    let text = raw.get(row.clone())?;
    let mut found = Vec::new();
    let mut start = text.find('\n')? + 1;
    // What stands behind the label on its line is no cell, and neither is what stands before the next label on its.
    if !text[..start].chars().all(|character| blank(character) || matches!(character, '|' | '｜' | '\n')) {
        return None;
    }
    while let Some(length) = text[start..].find('\n') {
        let line = text[start..start + length].trim_matches(blank);
        let inner = line.trim_start_matches(['|', '｜']);
        let inner = if inner.len() == line.len() { line.trim_end_matches(['|', '｜']) } else { inner };
        if line.chars().filter(|character| matches!(character, '|' | '｜')).count() != 1 || inner.len() == line.len() {
            return None;
        }
        let cell = inner.trim_matches(blank);
        if cell.contains(['|', '｜']) || !(cell.is_empty() || value::is_figure(cell)) {
            return None;
        }
        let at = start + text[start..start + length].find(cell).unwrap_or(0);
        found.push(Piece { text: cell, start: at, end: at + cell.len(), before: '\n' });
        start += length + 1;
    }
    Some(found)
}
