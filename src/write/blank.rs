//! The blank of a form, to be filled in: empty rows of tables whose rows are data, choices with empty boxes, and placeholders for agency,
//! year and part of the year in the title.

use std::borrow::Cow;

use crate::form::{self, Form};
use crate::report::{Content, Kind, Report, Section, Value};

/// Placeholders for agency, year and part of the year in the title.
const AGENCY: &str = "（机关名称）";
const YEAR: &str = "××××";
const PART: &str = "×";

/// The form with its empty rows, and the blank as a report for any writer.
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
    report.title = Some(form.title.blank(AGENCY, YEAR, PART));
    (form, report)
}

/// The tables of a section with the beginnings of the notes below them; `None` for a section without notes.
fn notes(form: &Form, number: usize, spec: &form::Section) -> Option<Section> {
    let tables = form.tables.iter().filter(|table| table.section == number);
    let tables = tables.map(|table| Content::Table { table: table.id.clone() });
    let notes = spec.notes.iter().map(|note| Content::text(note.clone()));
    let section = || Section { id: spec.id.clone(), heading: None, content: tables.chain(notes).collect() };
    (!spec.notes.is_empty()).then(section)
}
