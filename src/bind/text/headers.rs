//! Whether the header labels of a table in text are in the form's order, and above their own figures.

use std::ops::Range;

use super::flatrows::FlatTable;
use super::piece::Piece;
use crate::bind::labels::index::{Expected, Occurrence, Role};
use crate::form::{Head, Leaf};

impl FlatTable<'_, '_> {
    /// Whether the column labels found in the text are in the form's order.
    pub(super) fn header_in_order(&self, block: usize) -> bool {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let mut levels: Vec<Vec<&Head>> = vec![spec.columns.iter().collect()];
        while let Some(last) = levels.last().filter(|last| !last.is_empty()) {
            let next = last.iter().flat_map(|head| &head.children).collect();
            levels.push(next);
        }
        let named = |head: &Head, label: &str| head.label.folded.iter().any(|text| text == label);
        levels.iter().enumerate().all(|(depth, level)| {
            let order = self.path.iter().filter(|step| {
                step.role == Role::Header
                    && self.index.expected[self.table][step.expected] == Expected::Header { block, depth }
            });
            // A label shared by several columns says nothing about their order. If a label also occurs in a heading or in running text
            // above, its last occurrence counts.
            let labels: Vec<&str> = order.map(|step| &*self.own[step.occurrence].label).collect();
            let last = |&at: &usize| !labels[at + 1..].contains(&labels[at]);
            let order: Vec<usize> = (0..labels.len())
                .filter(last)
                .map(|at| labels[at])
                .filter(|label| levels.iter().flatten().filter(|head| named(head, label)).count() == 1)
                .filter_map(|label| level.iter().position(|head| named(head, label)))
                .collect();
            order.windows(2).all(|pair| pair[0] <= pair[1])
        }) && self.columns_in_order(block)
    }

    /// Whether the column labels, if each column has one in the header, are in the form's order, including labels shared by several groups.
    fn columns_in_order(&self, block: usize) -> bool {
        let columns = &self.index.form.tables[self.table].blocks[block].leaf_columns;
        let headers = self.path.iter().filter(|step| {
            matches!(self.index.expected[self.table][step.expected], Expected::Header { block: of, .. } if of == block)
        });
        let headers: Vec<&Occurrence> = headers.map(|step| &self.own[step.occurrence]).collect();
        let (Some(first), Some(last)) = (headers.first(), headers.last()) else { return true };
        let within: Vec<&Occurrence> =
            self.own.iter().filter(|one| (first.start..last.end).contains(&one.start)).collect();
        leaves_in_order(columns, &within)
    }

    /// Whether the column groups above a row without a label are in the form's order, which alone determines its columns. `start` is the
    /// byte offset in the raw text at which its figures begin.
    pub(super) fn groups_stand(&self, (block, row): (usize, usize), start: usize) -> bool {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let before = self.stream.folded.at(start);
        !spec.leaf_rows[row].path.is_empty() || groups_in_order(&spec.columns, self.own, before)
    }

    /// Whether each part of a table has as many column labels above it as figures.
    pub(super) fn each_has_its_header(&self, block: usize, parts: &[(Range<usize>, Vec<Piece>)]) -> bool {
        let columns = &self.index.form.tables[self.table].blocks[block].leaf_columns;
        let is_column = |one: &&Occurrence| {
            let labels = columns.iter().filter_map(|column| column.path.last());
            labels.into_iter().any(|label| label.folded.iter().any(|text| **text == *one.label))
        };
        let mut above = 0;
        parts.iter().all(|(region, pieces)| {
            let between = std::mem::replace(&mut above, region.start)..region.start;
            let labels = self.own.iter().filter(|one| between.contains(&self.stream.raw_start(one.start)));
            labels.filter(is_column).count() == pieces.iter().filter(|piece| !piece.text.is_empty()).count()
        })
    }
}

/// Whether the labels of columns among these labels are in the form's order, if each column has one.
pub(super) fn leaves_in_order(columns: &[Leaf], labels: &[&Occurrence]) -> bool {
    let is = |column: &Leaf, one: &Occurrence| {
        column.path.last().is_some_and(|label| label.folded.iter().any(|text| **text == *one.label))
    };
    let labels: Vec<&Occurrence> =
        labels.iter().copied().filter(|one| columns.iter().any(|column| is(column, one))).collect();
    // A merged cell may be written into each of its rows, so that the highest or the lowest of equal labels counts.
    let highest = |at: &usize| labels[..*at].iter().all(|other| other.label != labels[*at].label);
    let lowest = |at: &usize| labels[at + 1..].iter().all(|other| other.label != labels[*at].label);
    let kept = |at: &dyn Fn(&usize) -> bool| (0..labels.len()).filter(|one| at(one)).map(|at| labels[at]).collect();
    let kept: [Vec<&Occurrence>; 3] = [labels.clone(), kept(&highest), kept(&lowest)];
    // In a header written line by line, columns of lesser depth come first.
    let mut by_depth: Vec<&Leaf> = columns.iter().collect();
    by_depth.sort_by_key(|column| column.path.len());
    let orders: [Vec<&Leaf>; 2] = [columns.iter().collect(), by_depth];
    let mut whole = kept.iter().filter(|labels| labels.len() == columns.len()).peekable();
    whole.peek().is_none()
        || whole.any(|labels| orders.iter().any(|order| order.iter().zip(labels).all(|(column, one)| is(column, one))))
}

/// Whether the column groups of a block occur in the form's order before `before`, the byte offset in the folded text at which its figures
/// begin. The last occurrence of each label counts, because a heading above may contain it too.
pub(super) fn groups_in_order(columns: &[Head], labels: &[Occurrence], before: usize) -> bool {
    let mut level: Vec<&Head> = columns.iter().collect();
    while !level.is_empty() {
        let at = |head: &&Head| {
            let is =
                |one: &&Occurrence| one.start < before && head.label.folded.iter().any(|text| **text == *one.label);
            labels.iter().rfind(is).map(|one| one.start)
        };
        let groups = level.iter().filter(|head| !head.children.is_empty());
        let found: Vec<usize> = groups.filter_map(at).collect();
        if !found.is_sorted() {
            return false;
        }
        level = level.iter().flat_map(|head| &head.children).collect();
    }
    true
}
