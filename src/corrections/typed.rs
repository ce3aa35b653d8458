//! Reports that an office entered by hand because their files cannot be read. A correction of the field `form` begins such a report.
//!
//! The file is then not read: its report is the empty form with the later corrections applied. A later correction of `form` to `null` ends
//! this: the file is read again, without the typed values. Another correction to the same form restores them.

use std::collections::{HashMap, HashSet};

use super::{Correction, Corrections, Stated};
use crate::form::{Form, Forms, OpenCell};
use crate::report::{Kind, Report, Value};

/// The field name of the corrections that begin or end manual entry.
pub const FORM: &str = "form";

/// Whether a correction begins or ends manual entry.
fn is_about_form(line: &Correction) -> bool {
    line.field == FORM && line.report == 0
}

/// The form with which such a correction begins manual entry; `None` if it ends it.
fn begun_by(line: &Correction) -> Option<&str> {
    match &line.to {
        Stated::Text(form) => Some(form.trim()).filter(|form| !form.is_empty()),
        _ => None,
    }
}

/// The correction that began manual entry, if it is in force.
pub(super) fn beginning(lines: &[Correction]) -> Option<&Correction> {
    let last = lines.iter().rev().find(|line| is_about_form(line))?;
    begun_by(last).map(|_| last)
}

/// The corrections made in the current state of the file: read, or entered by hand with the current form.
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

/// An empty report of a form, without open rows.
fn empty(form: &Form) -> Report {
    let blank = || Value { kind: Kind::Blank, ..Value::default() };
    let mut report = Report::empty(&form.id);
    report.values = form.fields.iter().map(|field| (field.id.clone(), blank())).collect();
    report
}

/// Adds the open rows of these field ids to a report as blank values, unless it has them: all columns, or, if the block has sets of
/// columns, the named fields only.
pub fn add_rows<'f>(form: &Form, report: &mut Report, fields: impl IntoIterator<Item = &'f str>) {
    let mut new = Vec::new();
    for field in fields.into_iter().filter(|field| !report.values.contains_key(*field)) {
        let Some(OpenCell { block: place, key, .. }) = form.place_of(field) else { continue };
        let block = &form.tables[place.0].blocks[place.1];
        if block.sets.is_empty() {
            new.extend((0..block.leaf_columns.len()).map(|column| form.cell_id(place, key, column)));
        } else {
            // With several sets of columns, only the fields that are filled in.
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

/// Removes open rows without any value.
pub(super) fn drop_rows(form: &Form, report: &mut Report) {
    let row = |field: &str| form.place_of(field).map(|cell| (cell.block, cell.key.to_owned()));
    let filled: HashSet<_> = report
        .values
        .iter()
        .filter(|(_, value)| value.kind != Kind::Blank)
        .filter_map(|(field, _)| row(field))
        .collect();
    report.values.retain(|field, _| row(field).is_none_or(|row| filled.contains(&row)));
}

/// Moves the fields of open rows behind the others, in the order of the form.
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
    /// The id of the form with which a file is entered by hand; `None` if the file is read.
    pub fn typed_as(&self, sha256: &str) -> Option<&str> {
        beginning(self.of_file(sha256)).and_then(begun_by)
    }

    /// The empty report of a file that is entered by hand, before its corrections are applied; `None` if the file is to be read.
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
    fn typed_values_are_in_force_as_long_as_their_form() {
        let typed = line("form", "\"f\"") + &line("a", "1");
        assert_eq!(fields(&typed), ["a"]);
        // After manual entry ended, the typed values are not in force.
        let read = typed + &line("form", "null") + &line("b", "2");
        assert_eq!(fields(&read), ["b"]);
        let again = read.clone() + &line("form", "\"f\"") + &line("c", "3");
        assert_eq!(fields(&again), ["a", "c"]);
        let other = read + &line("form", "\"g\"") + &line("d", "4");
        assert_eq!(fields(&other), ["d"]);
    }
}
