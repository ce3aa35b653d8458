//! Random reports are consistent: every rule of their form that needs no other report holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::form::{Expression, FieldKind, Forms, Relation};
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use rust_decimal::Decimal;

fn sum(side: &Expression, report: &Report) -> Decimal {
    let value = |field: usize| report.values[field].value.unwrap();
    side.terms.iter().map(|term| Decimal::from(term.sign) * value(term.operand.field)).sum::<Decimal>()
        + Decimal::from(side.constant)
}

#[test]
fn every_rule_holds_and_every_field_has_a_fitting_figure() {
    for form in Forms::built_in().unwrap().iter() {
        for seed in 0..300 {
            let report = Sampler::new(seed).report(form);
            assert_eq!(report.values.len(), form.fields.len());
            for (field, value) in form.fields.iter().zip(report.values.values()) {
                let number = value.value.unwrap();
                assert!(
                    field.kind == FieldKind::Signed || !number.is_sign_negative() || number.is_zero(),
                    "{}",
                    field.id
                );
                assert!(field.kind == FieldKind::Amount || number.is_integer(), "{}", field.id);
            }
            for instance in
                form.rules.iter().flat_map(|rule| &rule.instances).filter(|instance| !instance.needs_previous())
            {
                let (left, right) = (sum(&instance.left, &report), sum(&instance.right, &report));
                let holds = match instance.relation {
                    Relation::Equal => left == right,
                    Relation::AtMost => left <= right,
                    Relation::AtLeast => left >= right,
                };
                assert!(holds, "{} seed {seed}: {} {left} {right}", form.id, instance.scope);
            }
            assert_eq!(report, Sampler::new(seed).report(form));
        }
    }
}
