//! The blank of a form, to be filled in: the empty rows of tables whose rows are data, choices with their boxes, and marks in the title
//! where agency and year belong.

use std::borrow::Cow;

use crate::form::{self, Form};
use crate::report::{Content, Kind, Report, Section, Value};

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
    report.sections =
        form.sections.iter().enumerate().filter_map(|(number, spec)| notes(&form, number, spec)).collect();
    report.title = Some(form.title.pattern.replace("{agency}", AGENCY).replace("{year}", YEAR));
    (form, report)
}

/// The tables of a part with the beginnings of the notes below them; `None` for a part without notes.
fn notes(form: &Form, number: usize, spec: &form::Section) -> Option<Section> {
    let tables = form.tables.iter().filter(|table| table.section == number);
    let tables = tables.map(|table| Content::Table { table: table.id.clone() });
    let notes = spec.notes.iter().map(|note| Content::text(note.clone()));
    let section = || Section { id: spec.id.clone(), heading: None, content: tables.chain(notes).collect() };
    (!spec.notes.is_empty()).then(section)
}
