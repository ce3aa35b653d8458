//! Decides whether a superior's report already includes those of its subordinates, by comparing all figures; tolerates one missing late
//! report.
//!
//! Each figure of the parts is compared with the superior's. The evidence is the log-likelihood ratio of the pair under the hypotheses
//! that the superior includes its parts and that it does not; figures that rules compute from others are left out, because they add no
//! information.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::form::{FieldIndex, FieldKind, Form, Relation};

/// Evidence, in bits, from which a superior is taken to include its parts: it is then twenty times likelier.
const ENOUGH: f64 = 4.5;

/// Evidence below which the decision is certain.
const CLEAR: f64 = -5.0;

/// Cost, in bits, of assuming that a report is left out, besides the choice among all reports.
const LEFT_OUT: f64 = 3.0;

/// Maximum number of reports assumed to be left out.
const MOST_LEFT_OUT: usize = 3;

/// Evidence, in bits, if all figures are equal, including those that are 0.
const ALL_EQUAL: f64 = 2.0;

/// Figures below this are not compared as near: 1 and 2 occur together by chance.
const LEAST_NEAR: u32 = 4;

/// If the superior's figure is unrelated to its parts: probabilities that it is less than their sum, between the sum and twice the sum,
/// or more.
const APART: [f64; 3] = [0.4, 0.25, 0.3];

/// The same if it is their sum, and if it is their sum plus the superior's own: probabilities of less, equal, near, more.
const INCLUDING: [[f64; 4]; 2] = [[0.01, 0.93, 0.03, 0.03], [0.01, 0.35, 0.34, 0.30]];

/// The decision, with its certainty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decision {
    /// Whether the superior's report includes its parts.
    pub(super) includes: bool,
    /// Whether the decision is certain.
    pub(super) clear: bool,
    /// Indices of the parts that are not included.
    pub(super) left_out: Vec<usize>,
}

/// The fields used as evidence: no totals, and no fields that may be negative.
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

/// Whether the figures of a field can be summed over agencies.
pub(super) fn additive(form: &Form, field: FieldIndex) -> bool {
    let field = &form.fields[field];
    let block = form.block(field);
    // Rows identified by number are different rows in different reports.
    let is_numbered = block.open.as_ref().is_some_and(|open| open.each.is_none())
        && block.leaf_rows[field.row].id.parse::<usize>().is_ok();
    form.tables[field.table].additive && field.kind.is_figure() && !field.is_ratio && !is_numbered
}

type Figures<'a> = &'a [Option<Decimal>];

/// The parts of a superior. They are iterated several times and not stored, because there may be many.
pub(super) trait Parts {
    /// Number of parts.
    fn count(&self) -> usize;
    /// Calls `look` with the index and figures of each part, in order.
    fn for_each(&mut self, look: &mut dyn FnMut(usize, Figures));
}

/// Decides whether a superior's figures include its parts.
pub(super) fn decide(telling: &[FieldIndex], own: Figures, parts: &mut impl Parts) -> Decision {
    let at = |figures: Figures, field: usize| figures.get(field).copied().flatten().unwrap_or_default();
    let mut all: Vec<Option<Decimal>> = vec![Some(Decimal::ZERO); telling.len()];
    parts.for_each(&mut |_, part| {
        for (sum, &field) in all.iter_mut().zip(telling) {
            *sum = sum.and_then(|sum| sum.checked_add(at(part, field)));
        }
    });
    // A sum that overflows is not evidence.
    let mut sums: Vec<Decimal> = all.into_iter().map(Option::unwrap_or_default).collect();
    let mut best = evidence(telling, own, &sums);
    let mut left_out: Vec<usize> = Vec::new();
    // The number of agencies is far below 2^32.
    let cost = LEFT_OUT + f64::from(u32::try_from(parts.count().max(1)).unwrap_or(u32::MAX)).log2();
    while left_out.len() < MOST_LEFT_OUT && left_out.len() + 1 < parts.count() {
        let mut found: Option<(f64, usize, Vec<Decimal>)> = None;
        parts.for_each(&mut |number, part| {
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

/// Evidence, in bits, that the superior's figures include these sums.
fn evidence(telling: &[FieldIndex], own: Figures, sums: &[Decimal]) -> f64 {
    let (mut bits, mut same, mut met) = ([0.0; 2], true, false);
    for (&field, sum) in telling.iter().zip(sums) {
        let figure = own.get(field).copied().flatten();
        same &= figure.unwrap_or_default() == *sum;
        let Some(figure) = figure.filter(|_| *sum > Decimal::ZERO) else { continue };
        met = true;
        let near = *sum >= Decimal::from(LEAST_NEAR) && figure.checked_sub(*sum).is_some_and(|more| more <= *sum);
        // The more digits a figure has, the less likely is an equality by chance.
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
