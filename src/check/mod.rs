//! Checking: applies the form's rules to a report; each breach is a finding. Independent of source documents.

mod blank;
mod conditions;
mod copied;
mod culprit;
mod equations;
mod events;
mod manner;
mod narrative;
mod personal;
mod plausible;
pub mod render;
mod rules;
mod say;
mod spelling;
mod typo;

use rust_decimal::Decimal;

use crate::finding::code::check as code;
use crate::finding::{Finding, Severity};
use crate::form::{Form, Operand, Standing};
use crate::report::{Kind, Report, Value};

pub use rules::{Verdict, assess};

/// Context of a check besides the report.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    /// Last year's report of the same agency.
    pub previous: Option<&'a Report>,
    /// Level and kind of the agency, if the agencies file gives them.
    pub standing: Standing<'a>,
    /// Whether the report is the sum of many: limits to the figures of one agency do not apply to it.
    pub is_sum: bool,
}

/// Checks a report: arithmetic with error localisation, kinds of figures, formal requirements, narrative.
pub fn check(form: &Form, report: &Report, context: &Context) -> Vec<Finding> {
    let form = &form.expanded(report.values.keys().map(String::as_str));
    let figures = Figures::from_report(form, report, context.previous);
    let mut findings = Vec::new();
    let blank = blank::tables(form, &figures);
    rules::check(form, report, &figures, &blank, &mut findings);
    findings.extend(blank.iter().map(|&table| blank::finding(form, &figures, table)));
    conditions::check(form, &figures, &mut findings);
    manner::check(form, report, &mut findings);
    narrative::check(form, report, &figures, &mut findings);
    plausible::check(form, report, context, &figures, &mut findings);
    copied::check(form, report, context, &figures, &mut findings);
    personal::check(form, report, &mut findings);
    spelling::check(form, report, &mut findings);
    // A form that was not filled in at all is not a report with errors.
    if blank.len() == form.tables.len() && report.agency.is_none() && report.year.is_none() {
        let left = [code::TABLE_BLANK.id, code::PLACEHOLDER_LEFT.id];
        for finding in findings.iter_mut().filter(|finding| left.contains(&finding.code.as_str())) {
            finding.severity = Severity::Warning;
        }
    }
    findings
}

/// The figures of this year's and of last year's report, in the form's order.
struct Figures<'a> {
    current: Vec<Option<&'a Value>>,
    numbers: Vec<Option<Decimal>>,
    /// Last year's figures. Last year's report may be of another form: only fields that both forms have are included.
    previous: Option<Vec<Option<&'a Value>>>,
}

impl<'a> Figures<'a> {
    fn from_report(form: &Form, report: &'a Report, previous: Option<&'a Report>) -> Self {
        let current = in_order(form, report);
        let number = |(value, field): (Option<&Value>, &crate::form::Field)| {
            let value = value?;
            let zero = value.kind == Kind::Blank && form.tables[field.table].blank_is_zero;
            value.value.or(zero.then_some(Decimal::ZERO))
        };
        let numbers = current.iter().copied().zip(&form.fields).map(number).collect();
        Self { current, numbers, previous: previous.map(|previous| in_order(form, previous)) }
    }

    fn value(&self, field: usize) -> Option<&'a Value> {
        self.current[field]
    }

    fn number(&self, operand: Operand) -> Option<Decimal> {
        match &self.previous {
            Some(previous) if operand.previous => previous[operand.field].and_then(|value| value.value),
            None if operand.previous => None,
            _ => self.numbers[operand.field],
        }
    }

    /// Whether last year's report has the field.
    fn has_previous(&self, field: usize) -> bool {
        self.previous.as_ref().is_some_and(|previous| previous[field].is_some())
    }
}

fn in_order<'a>(form: &Form, report: &'a Report) -> Vec<Option<&'a Value>> {
    form.fields.iter().enumerate().map(|(number, field)| report.value(number, &field.id)).collect()
}
