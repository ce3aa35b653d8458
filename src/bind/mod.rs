//! Binding: a form laid over a document, so that every figure lands in its field or stays empty with a finding.

use crate::finding::{Finding, Message};
use crate::form::Forms;
use crate::read::Reading;
use crate::report::Report;

/// What is known about a document from outside it.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// Bind this form, whatever the labels say.
    pub form: Option<&'a str>,
    /// The file's name without folders and suffix, a last resort for agency and year.
    pub file_stem: Option<&'a str>,
}

/// Lays the forms over a document and reads the report of the form that fits.
///
/// # Errors
/// The finding `form-not-recognised` when no form fits, saying what the document holds instead.
pub fn bind(_reading: &Reading, _forms: &Forms, _hints: &Hints) -> Result<Report, Box<Finding>> {
    Err(Box::new(Finding::new(&crate::finding::code::bind::FORM_NOT_RECOGNISED, Message::default())))
}
