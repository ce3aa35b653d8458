//! Reports that an office typed in because their files cannot be read: a line for the field `form` begins one.
//!
//! Such a file is not read any more: its report is the empty form with the corrections after that line. A later line for the field `form`
//! with `null` makes the file be read again, without the typed values; another one with the form restores them.

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

/// A report of a form in which nothing is filled in.
fn empty(form: &Form) -> Report {
    let form = form.blank();
    let blank = || Value { kind: Kind::Blank, ..Value::default() };
    let mut report = Report::empty(&form.id);
    report.values = form.fields.iter().map(|field| (field.id.clone(), blank())).collect();
    report
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
