//! Random figures that satisfy a form's rules.

use std::collections::{BTreeMap, BTreeSet};

use super::Random;
use crate::form::{Expression, FieldIndex, FieldKind, Form, Relation, RuleInstance, Standing};

/// Draws a figure for every field so that all rules hold that need no other report.
///
/// Totals (`defines`) are computed. Any other equality is solved for the first figure on its left side, so a form must put a figure there
/// that no other rule determines; the form's own tests detect what cannot be satisfied in this way.
pub(super) fn draw(form: &Form, random: &mut Random) -> Vec<i64> {
    let size = [1, 4, 30, 400, 20_000][random.below(5) as usize];
    let zeros = 1 + random.below(6);
    let mut figures: Vec<i64> = form.fields.iter().map(|field| figure(field.kind, size, zeros, random)).collect();
    let own = |instance: &RuleInstance| !instance.needs_previous();
    let rules =
        || form.rules.iter().flat_map(|rule| rule.instances.iter().map(move |instance| (rule.defines, instance)));
    let totals = totals(form);
    // Totals of totals and figures determined by balances need more than one round; forms are shallow.
    for _ in 0..4 {
        for (defines, instance) in rules().filter(|(_, instance)| own(instance)) {
            settle(instance, defines, &totals, &mut figures);
        }
    }
    figures
}

/// The fields in rules. Amounts among them need the same number of decimals, or their sums would not hold.
pub(super) fn ruled(form: &Form) -> BTreeSet<FieldIndex> {
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    let terms = instances.flat_map(|instance| instance.left.terms.iter().chain(&instance.right.terms));
    terms.map(|term| term.operand.field).collect()
}

/// Removes figures that the agency cannot have, and keeps the others below their plausibility limit.
pub(super) fn keep_plausible(form: &Form, agency: Option<&str>, figures: &mut [i64]) {
    let standing = Standing { name: agency, ..Standing::default() };
    for reserved in form.reserved.iter().filter(|reserved| reserved.denies(standing)) {
        for &field in &reserved.fields {
            figures[field] = 0;
        }
    }
    for magnitude in &form.magnitudes {
        figures[magnitude.field] %= magnitude.most.cast_signed();
    }
}

fn figure(kind: FieldKind, size: u64, zeros: u64, random: &mut Random) -> i64 {
    if kind != FieldKind::Signed && !random.once_in(zeros) {
        return 0;
    }
    let number = random.below(size + 1).cast_signed();
    match kind {
        FieldKind::Count => number,
        FieldKind::Signed => number / 2 - random.below(4).cast_signed(),
        FieldKind::Amount => number * 137 + random.below(10_000).cast_signed(),
        FieldKind::Text | FieldKind::Choice | FieldKind::Date | FieldKind::Code => 0,
    }
}

/// The fields that are totals, each with its first summand.
fn totals(form: &Form) -> BTreeMap<FieldIndex, FieldIndex> {
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    let equal = instances.filter(|instance| instance.relation == Relation::Equal && instance.left.terms.len() == 1);
    equal
        .filter_map(|sum| Some((sum.left.terms.first()?.operand.field, sum.right.terms.first()?.operand.field)))
        .collect()
}

/// The first summand of a total that is not a total itself: raising it raises the total in the next round.
fn part_of(field: FieldIndex, totals: &BTreeMap<FieldIndex, FieldIndex>) -> FieldIndex {
    let mut part = field;
    // A chain of totals is no longer than their number; this ends a cycle of rules, too.
    for _ in 0..totals.len() {
        let Some(&next) = totals.get(&part) else { break };
        part = next;
    }
    part
}

/// Makes one rule hold: an inequality by raising its upper side, an equality by changing the first figure of its left side.
fn settle(instance: &RuleInstance, defines: bool, totals: &BTreeMap<FieldIndex, FieldIndex>, figures: &mut [i64]) {
    let (left, right) = (sum(&instance.left, figures), sum(&instance.right, figures));
    let Some(first) = instance.left.terms.first() else { return };
    let field: FieldIndex = first.operand.field;
    let holds = match instance.relation {
        Relation::Equal => left == right,
        Relation::AtMost => left <= right,
        Relation::AtLeast => left >= right,
    };
    if holds {
        return;
    }
    if instance.relation == Relation::AtMost
        && let Some(bound) = instance.right.terms.iter().find(|term| term.sign > 0)
    {
        figures[part_of(bound.operand.field, totals)] += left - right;
        return;
    }
    let wanted = figures[field] + (right - left) * first.sign;
    if defines || wanted >= 0 || instance.relation != Relation::Equal {
        figures[field] = wanted;
        return;
    }
    // If the first figure would be negative, the rest is taken from the second.
    figures[field] = 0;
    if let Some(second) = instance.left.terms.get(1) {
        let rest = right - sum(&instance.left, figures);
        figures[second.operand.field] += rest * second.sign;
    }
}

fn sum(side: &Expression, figures: &[i64]) -> i64 {
    side.terms.iter().map(|term| term.sign * figures[term.operand.field]).sum::<i64>() + side.constant
}
