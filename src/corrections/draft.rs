//! Drafts corrections from certain findings: exactly one wrong cell, with a known right value.

use super::{Correction, Stated};
use crate::finding::Finding;
use crate::finding::code::check::CELL_WRONG;
use crate::form::Form;
use crate::report::Report;

/// Reason of a drafted correction: the rules of the form allow no other figure.
const GROUND: &str = "按勾稽关系推算";

/// A drafted correction, with the agency and the cell in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The correction.
    pub correction: Correction,
    /// Name of the agency; empty if it is unknown.
    pub agency: String,
    /// The cell, in Chinese.
    pub cell: String,
}

impl Drafted {
    /// A correction of a report with its words.
    pub fn new(correction: Correction, form: &Form, report: &Report) -> Self {
        let form = form.expanded(report.values.keys().map(String::as_str));
        let place = report.values.get(&correction.field).and_then(|value| value.place.as_ref());
        let cell = form.field_index(&correction.field).map(|index| form.locate(index, place).zh);
        Self { correction, agency: report.agency.clone().unwrap_or_default(), cell: cell.unwrap_or_default() }
    }
}

/// A correction for every cell of the report that is certainly wrong. `number` is the index of the report in its file, 0-based; `by` and `at`
/// are the author and the time (RFC 3339).
pub fn drafts(report: &Report, number: usize, findings: &[Finding], by: &str, at: &str) -> Vec<Correction> {
    let Some(source) = &report.source else { return Vec::new() };
    let certain = findings.iter().filter(|finding| finding.code == CELL_WRONG.id && finding.waived.is_none());
    let draft = |finding: &Finding| {
        let [culprit] = finding.culprits.as_slice() else { return None };
        let value = report.values.get(&culprit.field)?;
        Some(Correction {
            at: at.to_owned(),
            by: by.to_owned(),
            sha256: source.sha256.clone(),
            report: number,
            field: culprit.field.clone(),
            from: value.value.map_or(Stated::Nothing, Stated::Number),
            to: Stated::Number(culprit.to?),
            reason: Some(GROUND.to_owned()),
        })
    };
    certain.filter_map(draft).collect()
}
