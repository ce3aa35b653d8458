//! Joins tables over page breaks into one table, with repeated header rows once. Figures are never joined.

use std::collections::BTreeSet;

use super::lines::between;
use super::piece::PageBlock;
use super::ruling::{clusters, nearest};
use super::table::{Cell, Table};

/// Tolerance for the sides of both halves, in points.
const SIDES: f64 = 6.0;

/// Maximum number of repeated header rows.
const HEADING_ROWS: usize = 4;

/// Adds a table to the flow, or appends it to the table that it continues.
pub(super) fn add(pieces: &mut Vec<PageBlock>, table: Table) {
    let last =
        pieces.iter_mut().rev().find(|piece| !matches!(piece, PageBlock::Paragraph(paragraph) if paragraph.margin));
    match last {
        Some(PageBlock::Table(upper)) if goes_on(upper, &table) => join(upper, table),
        _ => pieces.push(PageBlock::Table(table)),
    }
}

fn goes_on(upper: &Table, lower: &Table) -> bool {
    upper.last_page + 1 == lower.page
        && (upper.last_area.x0 - lower.area.x0).abs() < SIDES
        && (upper.last_area.x1 - lower.area.x1).abs() < SIDES
}

fn join(upper: &mut Table, mut lower: Table) {
    let xs = clusters(upper.xs.iter().chain(&lower.xs).copied().collect());
    set_columns(upper, &xs);
    set_columns(&mut lower, &xs);
    drop_heading(upper, &mut lower);
    let sewn = is_cut(upper, &lower);
    let headed = is_header_cut(upper, &lower);
    let shift = if sewn { upper.rows.saturating_sub(1) } else { upper.rows };
    let end = upper.rows;
    // Cells that continue are the leftmost ones, without gaps.
    let mut reached = 0;
    let mut rest = Vec::with_capacity(lower.cells.len());
    for mut cell in lower.cells {
        if cell.row == 0
            && let Some(above) = upper
                .cells
                .iter_mut()
                .find(|above| above.end_row() == end && above.column == cell.column && above.columns == cell.columns)
            && (sewn || headed || cell.column == reached && continues(above, &cell))
        {
            reached = cell.end_column();
            if !above.text.is_empty() && !cell.text.is_empty() {
                above.text.push_str(between(&above.text, &cell.text));
            }
            above.text.push_str(&cell.text);
            above.rows = cell.end_row() + shift - above.row;
            continue;
        }
        cell.row += shift;
        rest.push(cell);
    }
    upper.cells.append(&mut rest);
    upper.rows = shift + lower.rows;
    (upper.last_page, upper.last_area) = (lower.last_page, lower.last_area);
}

/// Maps the cells of a table to other column positions.
fn set_columns(table: &mut Table, xs: &[f64]) {
    for cell in &mut table.cells {
        let at = |line: usize| nearest(xs, table.xs.get(line).copied().unwrap_or_default());
        let (start, end) = (at(cell.column), at(cell.end_column()));
        (cell.column, cell.columns) = (start, end.saturating_sub(start).max(1));
    }
    table.xs = xs.to_vec();
}

/// Removes the rows of the lower half that repeat the first rows of the upper half.
fn drop_heading(upper: &Table, lower: &mut Table) {
    let row = |table: &Table, row: usize| -> BTreeSet<(usize, usize, usize, String)> {
        let cells = table.cells.iter().filter(|cell| cell.row == row);
        cells.map(|cell| (cell.column, cell.columns, cell.rows, cell.text.replace([' ', '\n'], ""))).collect()
    };
    let words = |cells: &BTreeSet<(usize, usize, usize, String)>| {
        cells.iter().any(|cell| cell.3.chars().any(|c| !c.is_ascii_digit() && !c.is_ascii_punctuation()))
    };
    let mut repeated = 0;
    while repeated < HEADING_ROWS.min(lower.rows).min(upper.rows) {
        let cells = row(lower, repeated);
        // A row without words is a header row only if a cell spans into it from above.
        if cells != row(upper, repeated) || !words(&cells) && !reaches_in(lower, repeated) {
            break;
        }
        repeated += 1;
    }
    // No cell may span out of the header.
    while repeated > 0 && reaches_in(lower, repeated) {
        repeated -= 1;
    }
    // A table that is repeated completely is not a header.
    if repeated == 0 || repeated == lower.rows {
        return;
    }
    lower.cells.retain_mut(|cell| {
        let kept = cell.row >= repeated;
        cell.row = cell.row.saturating_sub(repeated);
        kept
    });
    lower.rows -= repeated;
}

/// Whether a cell from above spans into a row.
fn reaches_in(table: &Table, row: usize) -> bool {
    table.cells.iter().any(|cell| cell.row < row && cell.end_row() > row)
}

/// Whether the page break splits a row: one half has all the figures, and at most one column has text in both halves.
fn is_cut(upper: &Table, lower: &Table) -> bool {
    let first: Vec<&Cell> = lower.cells.iter().filter(|cell| cell.row == 0 && cell.rows == 1).collect();
    let (mut both, mut above_only, mut below_only) = (0, 0, 0);
    for cell in &first {
        let above = upper.cells.iter().find(|above| {
            above.end_row() == upper.rows && above.column == cell.column && above.columns == cell.columns
        });
        match above.map(|above| (above.text.is_empty(), cell.text.is_empty())) {
            None => return false,
            Some((false, false)) => both += 1,
            Some((true, false)) => below_only += 1,
            Some((false, true)) => above_only += 1,
            Some((true, true)) => {}
        }
    }
    let label = first.iter().map(|cell| cell.text.as_str()).find(|text| !text.is_empty());
    let begins = label.is_some_and(|label| is_numbered(label) || both == 0 && !is_figure(label));
    first.len() > 1 && both <= 1 && above_only + below_only > 0 && (above_only == 0 || below_only == 0) && !begins
}

/// Whether the page break splits a header: only words on both sides of it, and above it a group whose columns are below.
fn is_header_cut(upper: &Table, lower: &Table) -> bool {
    let above: Vec<&Cell> = upper.cells.iter().filter(|cell| cell.end_row() == upper.rows).collect();
    let below: Vec<&Cell> = lower.cells.iter().filter(|cell| cell.row == 0).collect();
    let is_group = |group: &&Cell| {
        let columns = group.column..group.end_column();
        !group.text.is_empty() && below.iter().filter(|cell| columns.contains(&cell.column)).count() > 1
    };
    let in_words = |cell: &&Cell| !cell.text.chars().any(|c| c.is_ascii_digit());
    let of_words = above.iter().chain(&below).all(in_words);
    // A row below without figures is blank or a header; a row of a blank form has labels only on its left.
    let worded = below.iter().filter(|cell| !cell.text.is_empty()).count();
    of_words && above.iter().any(is_group) && worded * 2 > below.len()
}

/// Whether a cell continues the one above the page break: a label may, a figure never does.
fn continues(above: &Cell, cell: &Cell) -> bool {
    let new = above.ended || is_numbered(&cell.text) || cell.text.chars().any(|c| c.is_ascii_digit());
    (above.rows > 1 || cell.rows > 1) && (above.text.is_empty() || cell.text.is_empty() || !new)
}

fn is_figure(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | ','))
}

/// Whether a text begins with a number: `（一）`, `3.`, `十二、`.
fn is_numbered(text: &str) -> bool {
    const NUMERALS: &str = "一二三四五六七八九十";
    let text = text.trim_start();
    if text.starts_with(['（', '(']) {
        return true;
    }
    let numeral = |c: char| c.is_ascii_digit() || NUMERALS.contains(c);
    let rest = text.trim_start_matches(numeral);
    let digits = text.chars().count() - rest.chars().count();
    (1..=2).contains(&digits) && rest.starts_with(['.', '．', '、', ',', '，'])
}
