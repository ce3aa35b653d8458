//! Computes the sums of agencies bottom-up along the tree.

use rust_decimal::Decimal;

use super::decide::{Parts, additive};
use super::entry::Reports;
use super::packed::{Lately, Packed};
use super::record::{Bytes, Sum, put_sum};
use super::{Node, Rollup};
use crate::form::{FieldIndex, Form};

/// State of the summation.
pub(super) struct Adding<'r> {
    pub(super) rollup: &'r Rollup<'r>,
    pub(super) nodes: Vec<Node>,
    sums: Packed,
    reports: Reports<'r>,
    lately: Lately,
}

impl<'r> Adding<'r> {
    /// Initial state: only which agencies reported is known.
    pub(super) fn new(rollup: &'r Rollup<'r>) -> Self {
        let mut nodes: Vec<Node> = vec![Node::default(); rollup.agencies.list().len()];
        for (index, entry) in rollup.entries.iter().enumerate() {
            nodes[entry.agency].own = Some(index);
        }
        Self { rollup, nodes, sums: Packed::default(), reports: rollup.reports(), lately: Lately::default() }
    }

    /// The nodes and their sums.
    pub(super) fn finish(self) -> (Vec<Node>, Packed) {
        (self.nodes, self.sums)
    }

    /// Stores the node of a superior with its sums.
    pub(super) fn set(&mut self, agency: usize, mut node: Node, itself: &[Option<Decimal>], region: &Sum) {
        let mut record = Vec::new();
        put_sum(&mut record, region);
        put_sum(&mut record, &Sum { figures: itself.to_vec(), over: vec![false; itself.len()] });
        node.sums = Some(self.sums.add(&record));
        self.nodes[agency] = node;
    }

    /// The figures of a report, in tables that are additive.
    pub(super) fn own_figures(&mut self, entry: usize) -> Sum {
        let figures = adding_up(&self.rollup.form, self.reports.numbers(entry));
        Sum { over: vec![false; figures.len()], figures }
    }

    /// The sums of an agency and its subtree.
    fn region(&mut self, agency: usize) -> Sum {
        let node = &self.nodes[agency];
        match (node.sums, node.own) {
            (Some(at), _) => Bytes(self.lately.get(&self.sums, at)).sum(),
            (None, Some(own)) if node.taken > 0 => self.own_figures(own),
            (None, _) => nothing(&self.rollup.form),
        }
    }

    /// The sums of several agencies and their subtrees.
    pub(super) fn added(&mut self, agencies: &[usize]) -> Sum {
        self.added_to(nothing(&self.rollup.form), agencies)
    }

    /// Figures plus the sums of several agencies and their subtrees. A sum is `None` if no report has a number, or if it has too many
    /// digits.
    pub(super) fn added_to(&mut self, mut sum: Sum, agencies: &[usize]) -> Sum {
        for &agency in agencies {
            let more = self.region(agency);
            for (field, number) in more.figures.into_iter().enumerate() {
                sum.over[field] |= more.over[field];
                let Some(number) = number.filter(|_| !sum.over[field]) else { continue };
                let so_far = sum.figures[field].unwrap_or_default();
                match so_far.checked_add(number) {
                    Some(added) if exact(so_far, number, added) => sum.figures[field] = Some(added),
                    _ => sum.over[field] = true,
                }
            }
        }
        for (figure, _) in sum.figures.iter_mut().zip(&sum.over).filter(|(_, over)| **over) {
            *figure = None;
        }
        sum
    }

    /// Agencies as the parts of their superior.
    pub(super) fn parts<'p>(&'p mut self, agencies: &'p [usize]) -> impl Parts + use<'p, 'r> {
        Regions { adding: self, agencies }
    }

    /// The first `most` reports that the sums of some agencies consist of, in tree order.
    pub(super) fn contributing(&self, agencies: &[usize], most: usize) -> Vec<usize> {
        contributing(self.rollup, &self.nodes, agencies).take(most).collect()
    }

    /// For each of some fields, the figures other than 0 of reports below agencies, with the agencies' names; at most `most`, followed by
    /// an ellipsis.
    pub(super) fn named(&mut self, agencies: &[usize], fields: &[FieldIndex], most: usize) -> Vec<Parted> {
        let mut words: Vec<Parted> = fields.iter().map(|_| Parted::default()).collect();
        for entry in contributing(self.rollup, &self.nodes, agencies) {
            if words.iter().all(|words| words.more) {
                break;
            }
            let numbers = self.reports.numbers(entry);
            let name = &self.rollup.agencies.list()[self.rollup.entries[entry].agency].name;
            for (words, &field) in words.iter_mut().zip(fields) {
                match numbers[field].filter(|number| !number.is_zero()) {
                    Some(number) if words.shown.len() < most => {
                        words.shown.push(format!("{name} {}", number.normalize()));
                    }
                    Some(_) => words.more = true,
                    None => {}
                }
            }
        }
        words
    }
}

/// Summands in words.
#[derive(Default)]
pub(super) struct Parted {
    shown: Vec<String>,
    more: bool,
}

impl Parted {
    pub(super) fn join(&self, between: &str) -> String {
        format!("{}{}", self.shown.join(between), if self.more { "…" } else { "" })
    }
}

/// The reports that the sums of some agencies consist of, in tree order.
pub(super) fn contributing<'r>(
    rollup: &'r Rollup,
    nodes: &'r [Node],
    agencies: &[usize],
) -> impl Iterator<Item = usize> + use<'r> {
    let mut open: Vec<usize> = agencies.iter().rev().copied().collect();
    std::iter::from_fn(move || {
        loop {
            let agency = open.pop()?;
            let node = &nodes[agency];
            let below = if node.includes { node.apart.as_slice() } else { rollup.agencies.children(agency) };
            open.extend(below.iter().rev());
            if let Some(own) = node.own.filter(|&own| !rollup.leaves_out(own)) {
                return Some(own);
            }
        }
    })
}

/// The numbers in tables that are additive; the others are `None`.
pub(super) fn adding_up(form: &Form, numbers: Vec<Option<Decimal>>) -> Vec<Option<Decimal>> {
    let numbers = numbers.into_iter().enumerate();
    numbers.map(|(field, number)| number.filter(|_| additive(form, field))).collect()
}

fn nothing(form: &Form) -> Sum {
    Sum { figures: vec![None; form.fields.len()], over: vec![false; form.fields.len()] }
}

/// Whether a sum is exact: a `Decimal` drops decimals to hold large sums.
fn exact(one: Decimal, other: Decimal, sum: Decimal) -> bool {
    sum.scale() >= one.normalize().scale().max(other.normalize().scale()) || sum.checked_sub(other) == Some(one)
}

struct Regions<'p, 'r> {
    adding: &'p mut Adding<'r>,
    agencies: &'p [usize],
}

impl Parts for Regions<'_, '_> {
    fn count(&self) -> usize {
        self.agencies.len()
    }

    fn for_each(&mut self, look: &mut dyn FnMut(usize, &[Option<Decimal>])) {
        for (number, &agency) in self.agencies.iter().enumerate() {
            look(number, &self.adding.region(agency).figures);
        }
    }
}
