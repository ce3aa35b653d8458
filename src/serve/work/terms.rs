//! Both sides of a rule with the report's figures inserted: `19+8+0+1+3+1`.

use rust_decimal::Decimal;

use crate::form::{Expression, Form, Operand};
use crate::report::{Kind, Report};

/// Maximum number of terms shown; longer sums are shown by their result only.
const MOST: usize = 12;

/// One side of a rule in figures; a missing figure is `□`. Empty if there are more than [`MOST`] terms.
pub(super) fn side(form: &Form, (report, before): (&Report, Option<&Report>), side: &Expression) -> String {
    if side.terms.len() > MOST {
        return String::new();
    }
    let mut text = String::new();
    for term in &side.terms {
        let sign = match (term.sign < 0, text.is_empty()) {
            (true, _) => "−",
            (false, true) => "",
            (false, false) => "+",
        };
        text.push_str(sign);
        match figure(form, report, before, term.operand) {
            Some(number) => text.push_str(&number.normalize().to_string()),
            None => text.push('□'),
        }
    }
    if side.constant != 0 {
        text.push_str(&format!("{:+}", side.constant));
    }
    text
}

fn figure(form: &Form, report: &Report, before: Option<&Report>, operand: Operand) -> Option<Decimal> {
    let field = &form.fields[operand.field];
    let report = if operand.previous { before? } else { report };
    let value = report.value(operand.field, &field.id)?;
    let zero = !operand.previous && value.kind == Kind::Blank && form.tables[field.table].blank_is_zero;
    value.value.or(zero.then_some(Decimal::ZERO))
}
