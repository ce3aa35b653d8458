//! Decides whether a superior's report already includes those of its subordinates, by comparing all figures; tolerates one missing late
//! report.
//!
//! Each figure of the parts is compared with the superior's. The evidence is the logarithm of how much likelier the pair is where the
//! superior includes its parts than where it does not; figures that rules compute from others are left out, for they say nothing new.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::form::{FieldIndex, FieldKind, Form, Relation};

/// Bits of evidence from which on a superior is taken to include its parts: it is then twenty times likelier.
const ENOUGH: f64 = 4.5;

/// Bits against it from which on nothing is left to ask.
const CLEAR: f64 = -5.0;

/// Bits that one report costs which is said to be left out, besides the choice among all: most are not.
const LEFT_OUT: f64 = 3.0;

/// Most reports that are taken to be left out.
const MOST_LEFT_OUT: usize = 3;

/// Bits for all figures being the same, those that are 0 too.
const ALL_EQUAL: f64 = 2.0;

/// Below this, twice the parts is no near figure: 1 and 2 are met together by chance.
const LEAST_NEAR: u32 = 4;

/// How often a figure of the superior is less than its parts, between theirs and twice that, more; where it has nothing to do with them.
const APART: [f64; 3] = [0.4, 0.25, 0.3];

/// The same where it is their sum, and where it is their sum and what the superior did itself: less, the same, near, more.
const INCLUDING: [[f64; 4]; 2] = [[0.01, 0.93, 0.03, 0.03], [0.01, 0.35, 0.34, 0.30]];

/// The outcome of the question, and the figures that it was decided by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decision {
    /// Whether the superior's report includes its parts.
    pub(super) includes: bool,
    /// Whether there is nothing left to ask.
    pub(super) clear: bool,
    /// Which of the parts it does not include.
    pub(super) left_out: Vec<usize>,
}

/// The figures that say something of their own: no totals, nothing that may be negative.
pub(super) fn telling(form: &Form) -> Vec<FieldIndex> {
    let mut computed = vec![false; form.fields.len()];
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    for instance in instances.filter(|one| one.relation == Relation::Equal && !one.needs_previous()) {
        if let Some(first) = instance.left.terms.first() {
            computed[first.operand.field] = true;
        }
    }
    let tells = |field: &FieldIndex| {
        !computed[*field] && form.fields[*field].kind != FieldKind::Signed && additive(form, *field)
    };
    (0..form.fields.len()).filter(tells).collect()
}

/// Whether the figures of a field add up.
pub(super) fn additive(form: &Form, field: FieldIndex) -> bool {
    let field = &form.fields[field];
    let block = form.block(field);
    // Rows that are known by their number alone are not the same rows in two reports.
    let is_numbered = block.open.as_ref().is_some_and(|open| open.each.is_none())
        && block.leaf_rows[field.row].id.parse::<usize>().is_ok();
    form.tables[field.table].additive && field.kind.is_figure() && !field.is_ratio && !is_numbered
}

type Figures<'a> = &'a [Option<Decimal>];

/// The parts of a superior. They are looked at several times and not kept, for there may be many.
pub(super) trait Parts {
    /// How many there are.
    fn count(&self) -> usize;
    /// Shows the figures of each, in their order.
    fn each(&mut self, look: &mut dyn FnMut(usize, Figures));
}

/// Decides for a superior's own figures and those of each of its parts.
pub(super) fn decide(telling: &[FieldIndex], own: Figures, parts: &mut impl Parts) -> Decision {
    let at = |figures: Figures, field: usize| figures.get(field).copied().flatten().unwrap_or_default();
    let mut all: Vec<Option<Decimal>> = vec![Some(Decimal::ZERO); telling.len()];
    parts.each(&mut |_, part| {
        for (sum, &field) in all.iter_mut().zip(telling) {
            *sum = sum.and_then(|sum| sum.checked_add(at(part, field)));
        }
    });
    // A sum that overflows is no evidence.
    let mut sums: Vec<Decimal> = all.into_iter().map(Option::unwrap_or_default).collect();
    let mut best = evidence(telling, own, &sums);
    let mut left_out: Vec<usize> = Vec::new();
    // Agencies are far fewer than 2^32.
    let cost = LEFT_OUT + f64::from(u32::try_from(parts.count().max(1)).unwrap_or(u32::MAX)).log2();
    while left_out.len() < MOST_LEFT_OUT && left_out.len() + 1 < parts.count() {
        let mut found: Option<(f64, usize, Vec<Decimal>)> = None;
        parts.each(&mut |number, part| {
            if left_out.contains(&number) {
                return;
            }
            let without: Vec<Decimal> = telling.iter().zip(&sums).map(|(&field, sum)| *sum - at(part, field)).collect();
            let bits = evidence(telling, own, &without) - cost;
            if found.as_ref().is_none_or(|found| bits.total_cmp(&found.0).is_gt()) {
                found = Some((bits, number, without));
            }
        });
        let Some((bits, part, without)) = found.filter(|found| found.0 > best) else { break };
        (best, sums) = (bits, without);
        left_out.push(part);
    }
    left_out.sort_unstable();
    let includes = best >= ENOUGH;
    Decision { includes, clear: includes || best <= CLEAR, left_out: if includes { left_out } else { Vec::new() } }
}

/// Bits for the superior's figures including these sums.
fn evidence(telling: &[FieldIndex], own: Figures, sums: &[Decimal]) -> f64 {
    let (mut bits, mut same, mut met) = ([0.0; 2], true, false);
    for (&field, sum) in telling.iter().zip(sums) {
        let figure = own.get(field).copied().flatten();
        same &= figure.unwrap_or_default() == *sum;
        let Some(figure) = figure.filter(|_| *sum > Decimal::ZERO) else { continue };
        met = true;
        let near = *sum >= Decimal::from(LEAST_NEAR) && figure.checked_sub(*sum).is_some_and(|more| more <= *sum);
        // The more digits a figure has, the less it is met by chance.
        let digits = sum.normalize().mantissa().to_f64().unwrap_or(f64::MAX).min(1e6);
        for (bits, [less, equal, close, more]) in bits.iter_mut().zip(INCLUDING) {
            *bits += match figure.cmp(sum) {
                std::cmp::Ordering::Less => (less / APART[0]).log2(),
                std::cmp::Ordering::Equal => (equal * (digits + 1.0) / APART[0]).log2(),
                std::cmp::Ordering::Greater if near => (close / APART[1]).log2(),
                std::cmp::Ordering::Greater => (more / APART[2]).log2(),
            };
        }
    }
    bits[0].max(bits[1]) + if met && same { ALL_EQUAL } else { 0.0 }
}
