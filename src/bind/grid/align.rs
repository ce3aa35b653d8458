//! The rows of a form's table aligned with the rows of the document's grids.
//!
//! Every pair of an expected row and a row of a grid has a score from the labels that they share; the alignment with the
//! highest sum wins (Needleman and Wunsch 1970, without a cost for what is left over). So rows may be missing, extra,
//! split over pages or parted by repeated headers. Rows in another order are taken by their labels afterwards.

use crate::bind::labels::index::{Expected, FormIndex, Role};
use crate::bind::labels::likeness::likeness;
use crate::bind::source::items::{Flow, Row};

/// A row of the form found in a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Hit {
    /// Index into [`Flow::rows`].
    pub(in crate::bind) row: usize,
    /// Index of the cell with the row's own label; `None` for a row without one.
    pub(in crate::bind) label: Option<usize>,
    /// How well it fits, 1 for the label as prescribed.
    pub(in crate::bind) score: f32,
    /// Whether the label was taken for its likeness only.
    pub(in crate::bind) alike: bool,
}

/// A table of the form found in grids.
#[derive(Debug, Default)]
pub(in crate::bind) struct Alignment {
    /// For each expected row, where it was found.
    pub(in crate::bind) hits: Vec<Option<Hit>>,
    /// Rows that repeat an expected row: expected row and hit.
    pub(in crate::bind) doubles: Vec<(usize, Hit)>,
    /// Expected rows that were found out of order.
    pub(in crate::bind) moved: Vec<usize>,
    /// Index of the row at which the table begins a second time.
    pub(in crate::bind) second: Option<usize>,
}

/// What every row of the flow says about one table.
struct Scores {
    /// For each row of the flow that says anything: its index, and a hit for each expected row that it may be.
    rows: Vec<(usize, Vec<(usize, Hit)>)>,
}

/// Looks for a table of the form in the rows of the flow that are `free`. `None` where too little of it is there.
pub(in crate::bind) fn align(
    index: &FormIndex,
    table: usize,
    flow: &Flow,
    free: &dyn Fn(usize) -> bool,
) -> Option<Alignment> {
    let mut scores = score(index, table, flow, free);
    let second = second_start(index, table, &scores);
    if let Some(second) = second {
        scores.rows.retain(|&(row, _)| row < second);
    }
    let expected = &index.expected[table];
    let mut alignment = Alignment { hits: vec![None; expected.len()], second, ..Alignment::default() };
    place(&scores, &mut alignment);
    unlabelled(index, table, flow, &mut alignment);
    let data =
        |(number, hit): (usize, &Option<Hit>)| hit.is_some() && matches!(expected[number], Expected::Data { .. });
    let found = alignment.hits.iter().enumerate().filter(|&entry| data(entry)).count();
    let header = alignment
        .hits
        .iter()
        .zip(expected)
        .any(|(hit, row)| matches!(row, Expected::Header { .. }) && hit.is_some_and(|hit| hit.score > 0.5));
    if found == 0 || (found < 2 && !header) {
        return None;
    }
    leftovers(&scores, expected, &mut alignment);
    Some(alignment)
}

fn score(index: &FormIndex, table: usize, flow: &Flow, free: &dyn Fn(usize) -> bool) -> Scores {
    let mut rows = Vec::new();
    let mut likeness_left = 400;
    for (number, row) in flow.rows.iter().enumerate() {
        // No table of any form has a row of hundreds of cells; comparing them with each other must stay cheap.
        if !free(number) || row.cells.len() > 200 {
            continue;
        }
        let mut hits = row_hits(table, number, row);
        if hits.is_empty() && likeness_left > 0 && row.cells.len() > 1 {
            hits.extend(alike(index, table, number, row, &mut likeness_left));
        }
        if !hits.is_empty() {
            rows.push((number, hits));
        }
    }
    Scores { rows }
}

/// The expected rows that a row of a grid may be, by its labels.
fn row_hits(table: usize, number: usize, row: &Row) -> Vec<(usize, Hit)> {
    let mut hits: Vec<(usize, Hit)> = Vec::new();
    let mut groups: Vec<(usize, f32)> = Vec::new();
    // A row's label is the last label in its row: what follows are its figures, not the labels of a header.
    let last = row.cells.iter().rposition(|cell| !cell.figure && !cell.uses.is_empty());
    // A row that also has column labels is a header: 总计 over a column is not the row of that name.
    let is_head = |cell: &crate::bind::source::items::RowCell| !cell.figure && cell.heads(table);
    let heads = |position: usize| row.cells.iter().enumerate().any(|(other, cell)| other != position && is_head(cell));
    let mut add =
        |expected: usize, score: f32, label: Option<usize>| match hits.iter_mut().find(|hit| hit.0 == expected) {
            Some((_, hit)) if label.is_none() => hit.score += score,
            Some((_, hit)) => {
                if score > hit.score {
                    *hit = Hit { row: number, label, score, alike: false };
                }
            }
            None => hits.push((expected, Hit { row: number, label, score, alike: false })),
        };
    for (position, cell) in row.cells.iter().enumerate() {
        if cell.figure {
            continue;
        }
        // A header counts each of its labels once, where it stands: three times the same five words are five words.
        let again = !cell.own || row.cells[..position].iter().any(|other| other.folded == cell.folded);
        for found in cell.uses.iter().filter(|found| found.table == table) {
            match found.role {
                Role::Header | Role::Corner if again => {}
                Role::Caption => add(found.expected, found.weight, Some(position)),
                Role::Header | Role::Corner => add(found.expected, found.weight, None),
                Role::Group => groups.push((found.expected, found.weight)),
                Role::Leaf if heads(position) => {}
                Role::Leaf if position + 1 < row.cells.len() && last == Some(position) => {
                    let weight = if cell.own { found.weight } else { found.weight * 0.9 };
                    add(found.expected, weight, Some(position));
                }
                Role::Leaf => {}
            }
        }
    }
    for (expected, weight) in groups {
        if let Some((_, hit)) = hits.iter_mut().find(|hit| hit.0 == expected) {
            hit.score += weight;
        }
    }
    hits
}

/// The expected row whose label is most like a label of the row, if none is nearly as like.
fn alike(index: &FormIndex, table: usize, number: usize, row: &Row, left: &mut u32) -> Option<(usize, Hit)> {
    let mut best: Option<(f64, usize, usize)> = None;
    let mut second = 0.0;
    for (position, cell) in row.cells.iter().enumerate().take(row.cells.len() - 1) {
        let length = cell.folded.chars().count();
        // A label as another table has it is no damaged label of this one.
        if cell.figure || !(4..=80).contains(&length) || *left == 0 || !cell.uses.is_empty() {
            continue;
        }
        *left -= 1;
        for (label, _, expected) in index.leaves.iter().filter(|leaf| leaf.1 == table) {
            let likeness = likeness(&cell.folded, label);
            match best {
                Some((score, found, _)) if found == *expected => {
                    if likeness > score {
                        best = Some((likeness, found, position));
                    }
                }
                Some((score, ..)) if likeness <= score => second = f64::max(second, likeness),
                _ => {
                    second = best.map_or(second, |(score, ..)| f64::max(second, score));
                    best = Some((likeness, *expected, position));
                }
            }
        }
    }
    let (score, expected, label) = best?;
    (score >= 0.7 && score - second >= 0.08)
        .then_some((expected, Hit { row: number, label: Some(label), score: (score * 0.7) as f32, alike: true }))
}

/// The row at which most of the table begins again: a second report in the same file.
fn second_start(index: &FormIndex, table: usize, scores: &Scores) -> Option<usize> {
    let data = index.expected[table].iter().filter(|row| matches!(row, Expected::Data { .. })).count();
    let best = |hits: &[(usize, Hit)]| {
        let leaf =
            |hit: &&(usize, Hit)| matches!(index.expected[table][hit.0], Expected::Data { .. }) && hit.1.score >= 0.75;
        hits.iter().filter(leaf).max_by(|one, other| one.1.score.total_cmp(&other.1.score)).map(|hit| hit.0)
    };
    let mut seen: Vec<usize> = Vec::new();
    let mut again: Vec<(usize, usize)> = Vec::new();
    for (row, hits) in &scores.rows {
        let Some(expected) = best(hits) else { continue };
        if seen.contains(&expected) {
            again.push((*row, expected));
        } else {
            seen.push(expected);
        }
    }
    (data >= 4 && seen.len() * 10 >= data * 6 && again.len() * 2 >= seen.len()).then(|| again[0].0)
}

/// The alignment with the highest sum of scores.
fn place(scores: &Scores, alignment: &mut Alignment) {
    let (rows, expected) = (scores.rows.len(), alignment.hits.len());
    let width = expected + 1;
    let mut best = vec![0.0_f32; (rows + 1) * width];
    for (number, (_, hits)) in scores.rows.iter().enumerate() {
        let (above, here) = (number * width, (number + 1) * width);
        for column in 0..expected {
            best[here + column + 1] = best[above + column + 1].max(best[here + column]);
            if let Some((_, hit)) = hits.iter().find(|hit| hit.0 == column) {
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
            let hit = scores.rows[row - 1].1.iter().find(|hit| hit.0 == column - 1);
            alignment.hits[column - 1] = hit.map(|hit| hit.1);
            row -= 1;
            column -= 1;
        }
    }
}

/// A row without labels is the first row of figures below its header.
fn unlabelled(index: &FormIndex, table: usize, flow: &Flow, alignment: &mut Alignment) {
    let blocks = &index.form.tables[table].blocks;
    for number in 0..alignment.hits.len() {
        let Expected::Data { block, row } = index.expected[table][number] else { continue };
        if !blocks[block].leaf_rows[row].path.is_empty() {
            continue;
        }
        let header = index.expected[table].iter().zip(&alignment.hits).filter_map(|(expected, hit)| match expected {
            Expected::Header { block: above, .. } if *above == block => *hit,
            _ => None,
        });
        let (mut score, mut last) = (0.0, None);
        for hit in header {
            score += hit.score;
            last = last.max(Some(hit.row));
        }
        let Some(last) = last.filter(|_| score >= 0.9) else { continue };
        // A word in the place of one figure does not make it another row; a label of the form does.
        let figures = |row: &Row| {
            let own = || row.cells.iter().filter(|cell| cell.own);
            let words = own().filter(|cell| !cell.figure).count();
            let labels = own().any(|cell| !cell.figure && !cell.uses.is_empty());
            let beside = row.grid == flow.rows[last].grid && !labels && words * 3 <= own().count();
            own().any(|cell| cell.figure) && (words == 0 || beside)
        };
        let near: Vec<usize> =
            (last + 1..flow.rows.len().min(last + 4)).filter(|&row| figures(&flow.rows[row])).collect();
        let first = near.first().copied();
        // A blank row between header and figures is none of the table's, and a row of figures alone is surer than one with a
        // word in it; but both only within one grid.
        let is_filled = |row: &Row| row.cells.iter().any(|cell| cell.own && !cell.cell.text.trim().is_empty());
        let is_whole = |row: &Row| row.cells.iter().filter(|cell| cell.own).all(|cell| cell.figure);
        let grid = first.map_or(0, |first| flow.rows[first].grid);
        let same = || near.iter().copied().filter(|&row| flow.rows[row].grid == grid && is_filled(&flow.rows[row]));
        let found = same().find(|&row| is_whole(&flow.rows[row])).or_else(|| same().next()).or(first);
        alignment.hits[number] = found.map(|row| Hit { row, label: None, score: 0.5, alike: false });
    }
}

/// What the alignment left: rows out of order, and rows that stand twice.
fn leftovers(scores: &Scores, expected: &[Expected], alignment: &mut Alignment) {
    for (row, hits) in &scores.rows {
        if alignment.hits.iter().flatten().any(|hit| hit.row == *row) {
            continue;
        }
        let leaf = |hit: &&(usize, Hit)| {
            matches!(expected[hit.0], Expected::Data { .. }) && hit.1.score >= 0.75 && hit.1.label.is_some()
        };
        let best = hits.iter().filter(leaf).max_by(|one, other| one.1.score.total_cmp(&other.1.score));
        let Some(&(number, hit)) = best else { continue };
        if alignment.hits[number].is_none() {
            alignment.hits[number] = Some(hit);
            alignment.moved.push(number);
        } else {
            alignment.doubles.push((number, hit));
        }
    }
}
