//! Runs a rule on the examples beside it in the mapping file.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

use super::{Example, Expression, Operand, Relation, Rule, RuleInstance};

impl Rule {
    /// Indices of the examples whose expected result differs from the rule's. The rule's first instance is tried; where rows are data,
    /// the rule must hold for all rows of the example.
    pub fn failing_examples(&self) -> Vec<usize> {
        let holds = |example: &Example| match (example.instances.as_slice(), self.instances.first()) {
            ([], Some(first)) => first.holds_for(example),
            ([], None) => true,
            (instances, _) => instances.iter().all(|instance| instance.holds_for(example)),
        };
        let examples = self.examples.iter().enumerate();
        examples.filter(|(_, example)| holds(example) != example.holds).map(|(number, _)| number).collect()
    }
}

impl RuleInstance {
    fn holds_for(&self, example: &Example) -> bool {
        let value = |operand: Operand| {
            let figures = if operand.previous { &example.previous } else { &example.values };
            Some(figures.iter().find(|(index, _)| *index == operand.field).map_or(Decimal::ZERO, |(_, value)| *value))
        };
        self.sides(value).is_some_and(|(left, right)| self.holds(left, right))
    }

    /// Both sides of the rule; `None` if a figure is missing or a result overflows. A quotient is rounded to the decimals of the left
    /// side, at least `RATIO_DECIMALS`.
    pub fn sides(&self, figure: impl Fn(Operand) -> Option<Decimal>) -> Option<(Decimal, Decimal)> {
        let left = self.left.value(&figure)?;
        let Some(ratio) = &self.ratio else { return Some((left, self.right.value(&figure)?)) };
        let (part, whole) = (ratio.part.value(&figure)?, ratio.whole.value(&figure)?);
        let quotient = part.checked_mul(ratio.factor.into())?.checked_div(whole)?;
        Some((left, quotient.round_dp_with_strategy(left.scale().max(RATIO_DECIMALS), MidpointAwayFromZero)))
    }

    /// Whether the rule holds for these sides.
    pub fn holds(&self, left: Decimal, right: Decimal) -> bool {
        // A printed quotient is rounded: allow half a unit of its last decimal.
        let rounding = if self.ratio.is_some() { Decimal::new(5, left.scale() + 1) } else { Decimal::ZERO };
        let slack = self.tolerance.max(rounding);
        match self.relation {
            Relation::Equal if slack.is_zero() => left == right,
            Relation::Equal => left.checked_sub(right).is_some_and(|apart| apart.abs() <= slack),
            Relation::AtMost => right.checked_add(slack).is_none_or(|right| left <= right),
            Relation::AtLeast => left.checked_add(slack).is_none_or(|left| left >= right),
        }
    }
}

/// Minimum number of decimals kept of a quotient, more than any printed quotient has.
const RATIO_DECIMALS: u32 = 6;

impl Expression {
    /// The value of the expression; `None` if a figure is missing or the sum overflows.
    pub fn value(&self, figure: &impl Fn(Operand) -> Option<Decimal>) -> Option<Decimal> {
        self.terms.iter().try_fold(Decimal::from(self.constant), |total, term| {
            let number = figure(term.operand)?;
            total.checked_add(if term.sign < 0 { -number } else { number })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Forms;

    #[test]
    fn the_rules_of_the_built_in_forms_agree_with_their_examples() {
        for form in Forms::built_in().unwrap().iter() {
            for rule in &form.rules {
                assert_eq!(rule.failing_examples(), Vec::<usize>::new(), "{} {}", form.id, rule.id);
                assert!(rule.examples.iter().any(|example| !example.holds), "{} {} never fails", form.id, rule.id);
            }
        }
    }

    #[test]
    fn an_example_that_contradicts_its_rule_is_found() {
        let (name, text) = Forms::sources()[1];
        let wrong = text.replacen("holds = false", "holds = true", 1);
        let form = Forms::default().add(name, &wrong).unwrap();
        assert_eq!(form.rules[0].failing_examples(), [1]);
    }
}
