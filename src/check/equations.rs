//! Turns rules into linear equations over the figures that were read, for error localisation.

use rust_decimal::Decimal;

use super::Figures;
use crate::form::{FieldIndex, Relation, RuleInstance};

/// `Σ coefficient · figure + … = residual`; the residual of a rule that holds is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Equation {
    /// Fields with their coefficients, each field once, none 0.
    pub(super) terms: Vec<(FieldIndex, i64)>,
    /// Left side minus right side.
    pub(super) residual: Decimal,
    /// Index of the broken rule; `None` for a rule that holds.
    pub(super) broken: Option<usize>,
}

impl Equation {
    /// The equation of a rule over this year's figures; `None` for inequalities and rules that need last year's figures.
    pub(super) fn from_rule(instance: &RuleInstance, figures: &Figures, broken: Option<usize>) -> Option<Self> {
        if instance.relation != Relation::Equal || instance.needs_previous() || !instance.is_exact() {
            return None;
        }
        let mut terms: Vec<(FieldIndex, i64)> =
            Vec::with_capacity(instance.left.terms.len() + instance.right.terms.len());
        let mut residual = Decimal::from(instance.left.constant - instance.right.constant);
        for (side, factor) in [(&instance.left, 1), (&instance.right, -1)] {
            for term in &side.terms {
                let coefficient = term.sign * factor;
                residual = residual.checked_add(Decimal::from(coefficient) * figures.number(term.operand)?)?;
                match terms.iter_mut().find(|known| known.0 == term.operand.field) {
                    Some(known) => known.1 += coefficient,
                    None => terms.push((term.operand.field, coefficient)),
                }
            }
        }
        terms.retain(|term| term.1 != 0);
        Some(Self { terms, residual, broken })
    }

    /// The coefficient of a field, 0 if the equation does not contain it.
    pub(super) fn coefficient(&self, field: FieldIndex) -> i64 {
        self.terms.iter().find(|term| term.0 == field).map_or(0, |term| term.1)
    }
}
