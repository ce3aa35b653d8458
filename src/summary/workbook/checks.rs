//! Sheet 校验: every rule of the form applied to the sums, as live formulas over 总表.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::style::Style;
use super::total::Places;
use super::{TOTAL, a1, exact, fit, result};
use crate::form::{Expression, Operand, Relation};
use crate::rollup::Compared;
use crate::rollup::Rollup;

const COLUMNS: [(&str, f64); 7] =
    [("规则", 10.0), ("内容", 70.0), ("范围", 40.0), ("左边", 14.0), ("关系", 6.0), ("右边", 14.0), ("结果", 16.0)];

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, rollup: &Rollup, places: &Places, style: &Style) -> Result<(), XlsxError> {
    for (column, (name, width)) in COLUMNS.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
        sheet.write_string_with_format(0, column as u16, *name, &style.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    let prefix = format!("{TOTAL}!");
    let mut row = 1;
    for rule in &rollup.form.rules {
        for instance in &rule.instances {
            fit(sheet, row, &[(&rule.text.zh, COLUMNS[1].1), (&instance.scope, COLUMNS[2].1)])?;
            sheet.write_string_with_format(row, 0, &rule.id, &style.text)?;
            sheet.write_string_with_format(row, 1, &rule.text.zh, &style.text)?;
            sheet.write_string_with_format(row, 2, &instance.scope, &style.text)?;
            sheet.write_string_with_format(row, 4, sign(instance.relation), &style.figure)?;
            let known = instance
                .needs_previous()
                .then(|| (value_with_previous(rollup, &instance.left), value_with_previous(rollup, &instance.right)));
            if let Some((Some(left), Some(right))) = known {
                for (column, value) in [(3, left), (5, right)] {
                    exact(sheet, (row, column), Some(value), style)?;
                }
                let (formula, verdict) = verdict(row, instance.relation, left, right);
                sheet.write_formula_with_format(row, 6, Formula::new(formula).set_result(verdict), &style.figure)?;
                row += 1;
                continue;
            }
            if instance.needs_previous() {
                for column in [3, 5] {
                    sheet.write_blank(row, column, &style.figure)?;
                }
                sheet.write_string_with_format(row, 6, "需上年数据", &style.figure)?;
                row += 1;
                continue;
            }
            let (left, right) = (value(rollup, &instance.left), value(rollup, &instance.right));
            for (column, side, value) in [(3, &instance.left, left), (5, &instance.right, right)] {
                let formula = Formula::new(format!("={}", places.formula(side, &prefix))).set_result(result(value));
                sheet.write_formula_with_format(row, column, formula, &style.figure)?;
            }
            let (formula, verdict) = verdict(row, instance.relation, left, right);
            sheet.write_formula_with_format(row, 6, Formula::new(formula).set_result(verdict), &style.figure)?;
            row += 1;
        }
    }
    sheet.autofilter(0, 0, row.max(2) - 1, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::AtMost => "≤",
        Relation::AtLeast => "≥",
    }
}

fn value(rollup: &Rollup, side: &Expression) -> Decimal {
    let terms = side.terms.iter().map(|term| {
        let figure = rollup.total.region[term.operand.field].unwrap_or_default();
        if term.sign < 0 { -figure } else { figure }
    });
    terms.fold(Decimal::from(side.constant), |sum, term| sum.checked_add(term).unwrap_or_default())
}

/// A side of a rule that compares with last year; `None` if one of its figures is unknown.
fn value_with_previous(rollup: &Rollup, side: &Expression) -> Option<Decimal> {
    // Carried-over figures are compared over the same agencies.
    let previous = rollup.previous.as_ref()?;
    let figure = |operand: Operand| {
        let Compared { this, before } = previous.compared(rollup, operand.field);
        if operand.previous { before } else { this }
    };
    side.terms.iter().try_fold(Decimal::from(side.constant), |sum, term| {
        let figure = figure(term.operand)?;
        sum.checked_add(if term.sign < 0 { -figure } else { figure })
    })
}

/// The verdict as a formula and its result: a tick, or the difference of the sides.
fn verdict(row: u32, relation: Relation, left: Decimal, right: Decimal) -> (String, String) {
    let (one, other) = (a1(row, 3), a1(row, 5));
    let (holds, test) = match relation {
        Relation::Equal => (left == right, format!("ROUND({one}-{other},6)=0")),
        Relation::AtMost => (left <= right, format!("ROUND({one}-{other},6)<=0")),
        Relation::AtLeast => (left >= right, format!("ROUND({one}-{other},6)>=0")),
    };
    let difference = left.checked_sub(right).unwrap_or_default().round_dp(6);
    let verdict = if holds { "✓".to_owned() } else { format!("差{}", result(difference)) };
    (format!("=IF({test},\"✓\",\"差\"&ROUND({one}-{other},6))"), verdict)
}
