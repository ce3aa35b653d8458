//! Checking: the form's rules applied to a report, each breach a finding. Knows only reports and forms.

use crate::finding::Finding;
use crate::form::Form;
use crate::report::Report;

/// What is known besides the report itself.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    /// Last year's report of the same agency.
    pub previous: Option<&'a Report>,
}

/// Applies the form's rules to a report.
pub fn check(_form: &Form, _report: &Report, _context: &Context) -> Vec<Finding> {
    Vec::new()
}
