//! Joins collinear line segments, and groups intersecting lines into rulings of one table each.

use super::Segment;
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Distance, in points, within which lines meet and positions are equal.
pub(super) const NEAR: f64 = 3.0;

/// Distance, in points, within which parallel segments are parts of one line.
const ONE_LINE: f64 = 1.2;

/// The ruled lines of one table.
#[derive(Debug, Default)]
pub(super) struct Ruling {
    pub(super) level: Vec<Segment>,
    pub(super) upright: Vec<Segment>,
}

/// The connected sets of lines that have at least two horizontal lines and a vertical one.
pub(super) fn rulings(segments: &[Segment], budget: &mut Budget) -> Result<Vec<Ruling>, ReadError> {
    let (level, upright) = (joined(segments, true), joined(segments, false));
    let mut sets = Sets::new(level.len() + upright.len());
    // Vertical lines are sorted by position.
    for (index, line) in level.iter().enumerate() {
        let first = upright.partition_point(|other| other.position < line.from - NEAR);
        let last = upright.partition_point(|other| other.position <= line.to + NEAR);
        budget.spend(Resource::Steps, 1 + last.saturating_sub(first) as u64)?;
        for (other, crossing) in upright.iter().enumerate().take(last).skip(first) {
            if line.position >= crossing.from - NEAR && line.position <= crossing.to + NEAR {
                sets.unite(index, level.len() + other);
            }
        }
    }
    let mut rulings: Vec<Ruling> = Vec::new();
    let mut known = vec![None; level.len() + upright.len()];
    for (index, line) in level.iter().chain(&upright).enumerate() {
        let set = sets.find(index);
        let ruling = *known[set].get_or_insert_with(|| {
            rulings.push(Ruling::default());
            rulings.len() - 1
        });
        let ruling = &mut rulings[ruling];
        if line.level { &mut ruling.level } else { &mut ruling.upright }.push(*line);
    }
    let lone: Vec<Segment> =
        rulings.iter().filter(|ruling| ruling.level.is_empty()).flat_map(|ruling| ruling.upright.clone()).collect();
    rulings.retain(|ruling| ruling.level.len() >= 2 && !ruling.upright.is_empty());
    budget.spend(Resource::Steps, (lone.len() as u64).saturating_mul(rulings.len() as u64))?;
    for ruling in &mut rulings {
        ruling.take_sides(&lone);
    }
    Ok(rulings)
}

/// A vertical line beside the table that meets no horizontal line is a side of the table if it covers at least this fraction of its
/// height and is at most this far away, in points.
const SIDE: (f64, f64) = (0.6, 160.0);

impl Ruling {
    /// Adds vertical lines that meet no horizontal line: sides of a cell that spans all rows of the table on this page.
    fn take_sides(&mut self, lone: &[Segment]) {
        let top = self.upright.iter().map(|line| line.from).fold(f64::MAX, f64::min);
        let bottom = self.upright.iter().map(|line| line.to).fold(f64::MIN, f64::max);
        let left = self.upright.iter().map(|line| line.position).fold(f64::MAX, f64::min);
        let right = self.upright.iter().map(|line| line.position).fold(f64::MIN, f64::max);
        let is_side = |line: &&Segment| {
            let shared = line.to.min(bottom) - line.from.max(top);
            let beyond = (left - line.position).max(line.position - right);
            shared >= SIDE.0 * (bottom - top)
                && line.from >= top - 2.0 * NEAR
                && line.to <= bottom + 2.0 * NEAR
                && (NEAR..=SIDE.1).contains(&beyond)
        };
        self.upright.extend(lone.iter().filter(is_side));
    }
}

/// The lines of one direction, sorted by position; segments that nearly touch are joined.
fn joined(segments: &[Segment], level: bool) -> Vec<Segment> {
    let mut lines: Vec<Segment> = segments.iter().copied().filter(|segment| segment.level == level).collect();
    lines.sort_by(|a, b| a.position.total_cmp(&b.position));
    let mut joined = Vec::new();
    let mut rest = lines.as_mut_slice();
    while let Some(first) = rest.first() {
        let reach = first.position + ONE_LINE;
        let (group, others) = rest.split_at_mut(rest.partition_point(|line| line.position <= reach));
        rest = others;
        group.sort_by(|a, b| a.from.total_cmp(&b.from));
        let mut pieces = group.iter();
        let Some(mut line) = pieces.next().copied() else { break };
        for piece in pieces {
            if piece.from <= line.to + NEAR {
                line.to = line.to.max(piece.to);
            } else {
                joined.push(line);
                line = *piece;
            }
        }
        joined.push(line);
    }
    joined.sort_by(|a: &Segment, b| a.position.total_cmp(&b.position));
    joined
}

/// Clusters of positions, one position each.
pub(super) fn clusters(mut positions: Vec<f64>) -> Vec<f64> {
    /// Maximum width of a cluster, larger than the gaps in it.
    const WIDEST: f64 = 1.5 * NEAR;
    positions.sort_by(f64::total_cmp);
    let mut clusters = Vec::new();
    let mut current: Option<(f64, f64)> = None;
    for position in positions {
        current = Some(match current {
            Some((first, last)) if position - last <= NEAR && position - first <= WIDEST => (first, position),
            Some((first, last)) => {
                clusters.push(f64::midpoint(first, last));
                (position, position)
            }
            None => (position, position),
        });
    }
    clusters.extend(current.map(|(first, last)| f64::midpoint(first, last)));
    clusters
}

/// The index of the nearest of some sorted positions.
pub(super) fn nearest(positions: &[f64], wanted: f64) -> usize {
    let after = positions.partition_point(|&position| position < wanted).min(positions.len().saturating_sub(1));
    let before = after.saturating_sub(1);
    let distance = |index: usize| positions.get(index).map_or(f64::MAX, |position| (position - wanted).abs());
    if distance(before) <= distance(after) { before } else { after }
}

/// Disjoint sets (union-find) of indices.
#[derive(Debug)]
pub(super) struct Sets(Vec<usize>);

impl Sets {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The representative of a set: its lowest index.
    pub(super) fn find(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    pub(super) fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.0[one.max(other)] = one.min(other);
    }
}
