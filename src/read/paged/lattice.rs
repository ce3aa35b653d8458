//! Builds the cells of a table from its lattice of ruled lines: slots without a line between them are merged.

use super::Rect;
use super::ruling::{NEAR, Ruling, Sets, clusters, nearest};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Fraction of the boundary of two slots that a line must cover to separate them.
const BOUNDARY: f64 = 0.6;

/// Distance, in points, by which lines extend beyond the outermost crossing line if a side of the table has no line.
const OPEN_SIDE: f64 = 8.0;

/// Maximum number of slots; a larger lattice is a drawing.
const MOST_SLOTS: usize = 20_000;

/// A cell of a lattice: its first slot and its spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// The cells of one table.
#[derive(Debug)]
pub(super) struct Lattice {
    /// Positions of the lines between columns, and of those between rows.
    pub(super) xs: Vec<f64>,
    pub(super) ys: Vec<f64>,
    pub(super) spans: Vec<Span>,
    /// For each slot, row by row, the index of its cell.
    owners: Vec<usize>,
}

impl Lattice {
    /// The lattice of a ruling; `None` for a single box or a drawing.
    pub(super) fn from_ruling(ruling: &Ruling, budget: &mut Budget) -> Result<Option<Self>, ReadError> {
        let (xs, ys) = positions(ruling);
        if xs.len() < 2 || ys.len() < 2 || xs.len() == 2 && ys.len() == 2 {
            return Ok(None);
        }
        let (rows, columns) = (ys.len() - 1, xs.len() - 1);
        if rows.saturating_mul(columns) > MOST_SLOTS {
            return Ok(None);
        }
        budget.spend(Resource::Steps, (rows * columns) as u64)?;
        let mut sets = Sets::new(rows * columns);
        let upright = covered(&ruling.upright, &xs, &ys, budget)?;
        let level = covered(&ruling.level, &ys, &xs, budget)?;
        for row in 0..rows {
            for column in 0..columns {
                let slot = row * columns + column;
                if column + 1 < columns && !upright[(column + 1) * rows + row] {
                    sets.unite(slot, slot + 1);
                }
                if row + 1 < rows && !level[(row + 1) * columns + column] {
                    sets.unite(slot, slot + columns);
                }
            }
        }
        let (spans, owners) = spans(&mut sets, rows, columns);
        Ok(Some(Self { xs, ys, spans, owners }))
    }

    pub(super) fn rows(&self) -> usize {
        self.ys.len() - 1
    }

    pub(super) fn columns(&self) -> usize {
        self.xs.len() - 1
    }

    pub(super) fn area(&self) -> Rect {
        let ends = |positions: &[f64]| {
            (positions.first().copied().unwrap_or_default(), positions.last().copied().unwrap_or_default())
        };
        let ((x0, x1), (y0, y1)) = (ends(&self.xs), ends(&self.ys));
        Rect { x0, y0, x1, y1 }
    }

    pub(super) fn area_of(&self, span: &Span) -> Rect {
        Rect {
            x0: self.xs[span.column],
            y0: self.ys[span.row],
            x1: self.xs[span.column + span.columns],
            y1: self.ys[span.row + span.rows],
        }
    }

    /// The index of the cell that contains a point of the table.
    pub(super) fn cell_at(&self, (x, y): (f64, f64)) -> usize {
        let slot = |positions: &[f64], wanted: f64, count: usize| {
            positions.partition_point(|&position| position <= wanted).clamp(1, count) - 1
        };
        self.owners[slot(&self.ys, y, self.rows()) * self.columns() + slot(&self.xs, x, self.columns())]
    }
}

/// Positions of the lines between columns and rows, with sides that have no line.
fn positions(ruling: &Ruling) -> (Vec<f64>, Vec<f64>) {
    let (level, upright) = (&ruling.level, &ruling.upright);
    let mut ys = clusters(level.iter().map(|line| line.position).collect());
    let mut xs = clusters(upright.iter().map(|line| line.position).collect());
    for (positions, lines) in [(&mut xs, level), (&mut ys, upright)] {
        let first = lines.iter().map(|line| line.from).fold(f64::MAX, f64::min);
        let last = lines.iter().map(|line| line.to).fold(f64::MIN, f64::max);
        if positions.first().is_some_and(|&position| first < position - OPEN_SIDE) {
            positions.insert(0, first);
        }
        if positions.last().is_some_and(|&position| last > position + OPEN_SIDE) {
            positions.push(last);
        }
    }
    (xs, ys)
}

/// For each position in `along` and each gap of `across`, whether there is a line.
fn covered(
    lines: &[super::Segment],
    along: &[f64],
    across: &[f64],
    budget: &mut Budget,
) -> Result<Vec<bool>, ReadError> {
    let gaps = across.len() - 1;
    let mut lengths = vec![0.0; along.len() * gaps];
    for line in lines {
        let position = nearest(along, line.position);
        if (along[position] - line.position).abs() > NEAR {
            continue;
        }
        let first = across.partition_point(|&at| at <= line.from).saturating_sub(1);
        let last = across.partition_point(|&at| at < line.to).min(gaps);
        budget.spend(Resource::Steps, 1 + last.saturating_sub(first) as u64)?;
        for gap in first..last {
            lengths[position * gaps + gap] += (line.to.min(across[gap + 1]) - line.from.max(across[gap])).max(0.0);
        }
    }
    let part = |(index, length): (usize, f64)| {
        let gap = index % gaps;
        length >= BOUNDARY * (across[gap + 1] - across[gap])
    };
    Ok(lengths.into_iter().enumerate().map(part).collect())
}

/// The cells for sets of slots, and the cell of each slot. A set that is not a rectangle is split into its rows.
fn spans(sets: &mut Sets, rows: usize, columns: usize) -> (Vec<Span>, Vec<usize>) {
    // First and last row and column of each set, and its number of slots.
    let mut bounds: Vec<Option<[usize; 5]>> = vec![None; rows * columns];
    for slot in 0..rows * columns {
        let (row, column) = (slot / columns, slot % columns);
        let bound = &mut bounds[sets.find(slot)];
        let [top, bottom, left, right, count] = bound.unwrap_or([row, row, column, column, 0]);
        *bound = Some([top, bottom.max(row), left.min(column), right.max(column), count + 1]);
    }
    let mut spans: Vec<Span> = Vec::new();
    let mut owners = vec![usize::MAX; rows * columns];
    for slot in 0..rows * columns {
        if owners[slot] != usize::MAX {
            continue;
        }
        let (row, column, set) = (slot / columns, slot % columns, sets.find(slot));
        let Some([top, bottom, left, right, count]) = bounds[set] else { continue };
        let span = if (bottom - top + 1) * (right - left + 1) == count {
            Span { row: top, column: left, rows: bottom - top + 1, columns: right - left + 1 }
        } else {
            let mut end = column + 1;
            while end < columns && sets.find(row * columns + end) == set {
                end += 1;
            }
            Span { row, column, rows: 1, columns: end - column }
        };
        for row in span.row..span.row + span.rows {
            let first = row * columns + span.column;
            owners[first..first + span.columns].fill(spans.len());
        }
        spans.push(span);
    }
    (spans, owners)
}
