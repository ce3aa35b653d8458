//! Tables of different parts of the form side by side in one grid, with a blank column between them.

use std::ops::Range;

use super::view::{View, ViewCell, ViewRow};

/// Splits a view into tables side by side, and the rows above and below them; the view itself if no tables are side by side.
pub(super) fn sides<'f, 'd>(view: View<'f, 'd>) -> Vec<View<'f, 'd>> {
    let mut found = Vec::new();
    let mut done = 0;
    for run in runs(&view) {
        let beside = beside(view.part(run.clone()));
        if beside.len() > 1 {
            if done < run.start {
                found.push(view.part(done..run.start));
            }
            found.extend(beside);
            done = run.end;
        }
    }
    if done == 0 {
        return vec![view];
    }
    if done < view.rows.len() {
        found.push(view.part(done..view.rows.len()));
    }
    found
}

/// Consecutive rows with several filled cells each, and the rows with one filled cell directly above them.
fn runs(view: &View) -> Vec<Range<usize>> {
    let several = |row: &ViewRow| row.filled().nth(1).is_some();
    let single = |row: &ViewRow| row.filled().next().is_some() && !several(row);
    let on_sheet = |row: &ViewRow| row.cells.first().map(|cell| &cell.at.cell.place).and_then(|place| place.row);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (number, row) in view.rows.iter().enumerate().filter(|(_, row)| several(row)) {
        let goes_on = runs.last().is_some_and(|run| run.end == number);
        // Blank rows of a sheet are not in the flow.
        let skipped = number > 0 && on_sheet(row) != on_sheet(&view.rows[number - 1]).map(|row| row + 1);
        match runs.last_mut() {
            Some(run) if goes_on && !skipped => run.end = number + 1,
            last => {
                let least = last.map_or(0, |run| run.end);
                let above = view.rows[least..number].iter().rev().take_while(|row| single(row)).count();
                runs.push(number - above..number + 1);
            }
        }
    }
    runs
}

/// Splits consecutive rows into tables side by side.
fn beside<'f, 'd>(view: View<'f, 'd>) -> Vec<View<'f, 'd>> {
    let mut sides = Vec::new();
    let mut rest = view;
    'next: loop {
        for column in gap_columns(&rest) {
            let (left, right) = (rest.band(0..column), rest.band(column + 1..u32::MAX));
            // Inside one table, a blank column has labels of the same table on both sides, or no labels on one of them.
            let (one, other) = (tables(&left), tables(&right));
            if one != 0 && other != 0 && one & other == 0 {
                sides.push(left);
                rest = right;
                continue 'next;
            }
        }
        sides.push(rest);
        return sides;
    }
}

/// Rows with more than one filled cell. A single cell applies to everything below it.
fn several<'v, 'f, 'd>(view: &'v View<'f, 'd>) -> impl Iterator<Item = &'v ViewRow<'f, 'd>> {
    view.rows.iter().filter(|row| row.filled().nth(1).is_some())
}

/// Inner columns that no filled cell of these rows touches; the first of each run.
fn gap_columns(view: &View) -> Vec<u32> {
    let width = view.rows.iter().filter_map(|row| row.cells.last().map(ViewCell::end)).max().unwrap_or(0);
    let mut filled = vec![false; width as usize];
    for cell in several(view).flat_map(ViewRow::filled) {
        let columns = cell.column.min(width) as usize..cell.end().min(width) as usize;
        filled[columns].fill(true);
    }
    let after = |column: &usize| filled[column - 1] && filled[*column..].contains(&true);
    (1..filled.len()).filter(|column| !filled[*column] && after(column)).map(|column| column as u32).collect()
}

/// The tables of the form that every label of a view may belong to (bits, modulo 64); 0 if it has no figures or fewer than two labels.
fn tables(view: &View) -> u64 {
    let (mut common, mut labels, mut figures) = (u64::MAX, 0, 0);
    for cell in several(view).flat_map(ViewRow::filled) {
        let of = cell.at.uses.iter().fold(0_u64, |of, found| of | 1 << (found.table % 64));
        if cell.at.figure {
            figures += 1;
        } else if of != 0 {
            labels += 1;
            common &= of;
        }
    }
    if labels >= 2 && figures > 0 { common } else { 0 }
}
