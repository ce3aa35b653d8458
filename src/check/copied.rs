//! Detects content copied from last year's report: tables with identical figures, sections with identical text.

use super::{Context, Figures};
use crate::finding::code::check as code;
use crate::finding::{Finding, Message, Severity};
use crate::form::{Form, Operand};
use crate::report::Report;

/// Minimum number of equal figures other than 0 for a table to be reported as last year's, and for that to be an error.
const TOLD: usize = 5;
const SURE: usize = 8;

/// Adds findings about tables and sections that equal last year's.
pub(super) fn check(form: &Form, report: &Report, context: &Context, figures: &Figures, findings: &mut Vec<Finding>) {
    let Some(previous) = context.previous else { return };
    for (number, table) in form.tables.iter().enumerate() {
        let fields = (0..form.fields.len()).filter(|&field| form.fields[field].table == number);
        let pair = |field: usize| [false, true].map(|previous| figures.number(Operand { field, previous }));
        let pairs: Vec<_> = fields.map(pair).collect();
        let filled = pairs.iter().filter(|[now, _]| now.is_some_and(|now| !now.is_zero())).count();
        if filled < TOLD || pairs.iter().any(|[now, before]| now != before) {
            continue;
        }
        let message = Message::new(
            format!("{}各数与上年度报告完全相同（其中{filled}个不为0），疑为沿用了上年的表格。请核对。", table.name.zh),
            format!(
                "Every figure of {} is last year's ({filled} are not 0); the table may be last year's. Check it.",
                table.name.en
            ),
        );
        let mut finding = Finding::new(&code::TABLE_UNCHANGED, message);
        if filled < SURE {
            finding.severity = Severity::Warning;
        }
        let first = (0..form.fields.len()).find(|&field| form.fields[field].table == number);
        findings.push(finding.at(first.and_then(|field| figures.value(field)?.place.clone())));
    }
    let before = previous.passages();
    for passage in report.passages() {
        if before.iter().any(|other| (other.section == passage.section) && other.digest == passage.digest) {
            let name = passage.heading.unwrap_or("开头部分");
            let message = Message::new(
                format!("“{name}”与上年度报告文字相同。请更新。"),
                format!("\"{name}\" has last year's text. Update it."),
            );
            findings.push(Finding::new(&code::NARRATIVE_UNCHANGED, message).at(passage.place.cloned()));
        }
    }
}
