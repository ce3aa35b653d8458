//! Reports that an office typed in because their files cannot be read: a line for the field `form` begins one.
//!
//! Such a file is not read any more: its report is the empty form with the corrections after that line. A later line for the field `form`
//! with `null` makes the file be read again, without the typed values; another one with the form restores them.

use std::collections::{HashMap, HashSet};

use super::{Correction, Corrections, Stated};
use crate::form::{Form, Forms};
use crate::report::{Kind, Report, Value};

/// The field of a line that gives the form of a typed report.
pub const FORM: &str = "form";

/// Whether a line begins or ends a typed report.
fn is_about_form(line: &Correction) -> bool {
    line.field == FORM && line.report == 0
}

/// The form that such a line begins; `None` for one that makes the file be read again.
fn begun_by(line: &Correction) -> Option<&str> {
    match &line.to {
        Stated::Text(form) => Some(form.trim()).filter(|form| !form.is_empty()),
        _ => None,
    }
}

/// The last line that begins a typed report, if it is in force.
pub(super) fn beginning(lines: &[Correction]) -> Option<&Correction> {
    let last = lines.iter().rev().find(|line| is_about_form(line))?;
    begun_by(last).map(|_| last)
}

/// The lines written for the current state of the file: its own content, or the form as which it is typed in.
pub(super) fn in_force(lines: &[Correction]) -> Vec<&Correction> {
    let now = beginning(lines).and_then(begun_by);
    let mut then = None;
    let mut held = Vec::new();
    for line in lines {
        if is_about_form(line) {
            then = begun_by(line);
        } else if then == now {
            held.push(line);
        }
    }
    held
}

/// A report of a form in which nothing is filled in yet, without rows that are data.
fn empty(form: &Form) -> Report {
    let blank = || Value { kind: Kind::Blank, ..Value::default() };
    let mut report = Report::empty(&form.id);
    report.values = form.fields.iter().map(|field| (field.id.clone(), blank())).collect();
    report
}

/// Gives a report the fields of rows that are data, empty, where it has not got them yet: rows that somebody types in.
pub fn add_rows<'f>(form: &Form, report: &mut Report, fields: impl IntoIterator<Item = &'f str>) {
    let mut new = Vec::new();
    for field in fields.into_iter().filter(|field| !report.values.contains_key(*field)) {
        let Some((place, key, _)) = form.place_of(field) else { continue };
        let block = &form.tables[place.0].blocks[place.1];
        if block.sets.is_empty() {
            new.extend((0..block.leaf_columns.len()).map(|column| form.cell_id(place, key, column)));
        } else {
            // Of several sets of columns, those that are filled in.
            new.push(field.to_owned());
        }
    }
    for field in new.iter().filter(|field| !report.values.contains_key(*field)).cloned().collect::<Vec<_>>() {
        report.values.insert(field, Value { kind: Kind::Blank, ..Value::default() });
    }
    if !new.is_empty() {
        in_order(form, report);
    }
}

/// Takes out the rows that are data in which nothing stands.
pub(super) fn drop_rows(form: &Form, report: &mut Report) {
    let row = |field: &str| form.place_of(field).map(|(place, key, _)| (place, key.to_owned()));
    let filled: HashSet<_> = report
        .values
        .iter()
        .filter(|(_, value)| value.kind != Kind::Blank)
        .filter_map(|(field, _)| row(field))
        .collect();
    report.values.retain(|field, _| row(field).is_none_or(|row| filled.contains(&row)));
}

/// Puts the fields of rows that are data in the order of the form, behind the others.
fn in_order(form: &Form, report: &mut Report) {
    let (mut open, mut ids) = (HashMap::new(), Vec::new());
    let values = std::mem::take(&mut report.values);
    for (field, value) in values {
        if form.place_of(&field).is_some() {
            ids.push(field.clone());
            open.insert(field, value);
        } else {
            report.values.insert(field, value);
        }
    }
    form.in_row_order(&mut ids);
    report.values.extend(ids.into_iter().filter_map(|id| open.remove_entry(&id)));
}

impl Corrections {
    /// The form as which a sent file is typed in; `None` if the file is read.
    pub fn typed_as(&self, sha256: &str) -> Option<&str> {
        beginning(self.of_file(sha256)).and_then(begun_by)
    }

    /// The empty report of a file that is typed in, to which the corrections of the file are applied; `None` if the file is to be read.
    pub fn begun(&self, forms: &Forms, sha256: &str) -> Option<Report> {
        Some(empty(forms.get(self.typed_as(sha256)?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(field: &str, to: &str) -> String {
        let digest = "ab".repeat(32);
        format!(
            "{{\"at\":\"2026-01-20\",\"by\":\"王敏\",\"sha256\":\"{digest}\",\"field\":\"{field}\",\"from\":null,\"to\":{to}}}\n"
        )
    }

    fn fields(text: &str) -> Vec<String> {
        let corrections = Corrections::read(text).unwrap();
        in_force(corrections.of_file(&"ab".repeat(32))).iter().map(|line| line.field.clone()).collect()
    }

    #[test]
    fn typed_values_are_in_force_while_their_form_is() {
        let typed = line("form", "\"f\"") + &line("a", "1");
        assert_eq!(fields(&typed), ["a"]);
        // Read again: typed values are not applied to the content of the file.
        let read = typed + &line("form", "null") + &line("b", "2");
        assert_eq!(fields(&read), ["b"]);
        let again = read.clone() + &line("form", "\"f\"") + &line("c", "3");
        assert_eq!(fields(&again), ["a", "c"]);
        let other = read + &line("form", "\"g\"") + &line("d", "4");
        assert_eq!(fields(&other), ["d"]);
    }
}
