//! The blank of a form, to be filled in: the empty rows of tables whose rows are data, choices with their boxes, and marks in the title
//! where agency and year belong.

use std::borrow::Cow;

use crate::form::Form;
use crate::report::{Kind, Report, Value};

/// What stands for the agency and the year in the title.
const AGENCY: &str = "（机关名称）";
const YEAR: &str = "××××";

/// The form with its empty rows, and its blank as a report that any writer takes with this form.
pub fn blank(form: &Form) -> (Cow<'_, Form>, Report) {
    let form = form.blank();
    let mut report = Report::empty(&form.id);
    report.values.extend(form.fields.iter().map(|field| {
        let printed = field.choice.as_ref().map(|choice| choice.written(&[]));
        let choice = |raw| Value { raw, kind: Kind::Choice, ..Value::default() };
        (field.id.clone(), printed.map(choice).unwrap_or_default())
    }));
    report.title = Some(form.title.pattern.replace("{agency}", AGENCY).replace("{year}", YEAR));
    (form, report)
}
