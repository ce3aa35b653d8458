//! A second reading of a text whose tables were not read completely: lines with cells become grids, so that blank cells, years side by side
//! and transposed tables are read by their columns.

use super::grid::indicators;
use super::source::gridded::{Wanted, gridded};
use super::{Binder, Bound, Hints};
use crate::finding::code::bind::{HEADER_LOST, SECOND_REPORT, TABLE_DOUBLED};
use crate::form::Form;
use crate::read::Reading;
use crate::report::{Kind, Report};

impl Binder {
    /// The report with lines read as grids, if that reads more figures and the same figures as before; otherwise the report as it is.
    pub(super) fn with_grids(&self, reading: &Reading, hints: &Hints, bound: Bound) -> Bound {
        let [report] = bound.reports.as_slice() else { return bound };
        // Two reports whose lines run through each other have no columns of one table.
        if report.findings.iter().any(|finding| finding.code == SECOND_REPORT.id) {
            return bound;
        }
        let Some(index) = self.forms.iter().find(|index| index.form.id == report.form) else { return bound };
        let form = &index.form;
        let lacks = |table: usize| {
            let mut fields = form.fields.iter().filter(|field| field.table == table);
            fields.any(|field| report.values.get(&field.id).is_none_or(|value| value.kind == Kind::Absent))
        };
        let tables: Vec<bool> =
            (0..form.tables.len()).map(|table| !form.tables[table].by_rows && lacks(table)).collect();
        if form.is_open() || !tables.contains(&true) {
            return bound;
        }
        let missing = (0..tables.len()).filter(|&table| tables[table]);
        let entries = missing.flat_map(|table| indicators::entries(index, table)).collect();
        let again = |tables: Vec<bool>| {
            let document = gridded(&reading.document, &Wanted { index, tables, entries: &entries })?;
            let again = Reading { format: reading.format, document, findings: reading.findings.clone() };
            let found = self.bind_once(&again, hints).ok()?;
            matches!(found.reports.as_slice(), [other] if gains(report, other)).then_some(found)
        };
        let Some(found) = again(tables.clone()) else { return bound };
        let lost: Vec<bool> = (0..tables.len()).map(|table| is_lost(form, table, report, &found.reports[0])).collect();
        if !lost.contains(&true) {
            return found;
        }
        let rest: Vec<bool> = tables.iter().zip(&lost).map(|(wanted, lost)| *wanted && !lost).collect();
        let found = if rest.contains(&true) { again(rest) } else { None };
        let none_lost = |found: &Bound| (0..tables.len()).all(|table| !is_lost(form, table, report, &found.reports[0]));
        found.filter(none_lost).unwrap_or(bound)
    }
}

/// Whether a table that stands twice in the text, with its header above the first copy only, was read from the copy without a header.
fn is_lost(form: &Form, table: usize, one: &Report, other: &Report) -> bool {
    let said = |report: &Report, code: &str| {
        let mut fields = form.fields.iter().filter(|field| field.table == table);
        let about =
            |id: &String| report.findings.iter().any(|finding| finding.code == code && finding.fields.contains(id));
        fields.any(|field| about(&field.id))
    };
    said(one, TABLE_DOUBLED.id) && said(other, HEADER_LOST.id)
}

/// Whether the second report has all cells of the first, of the same kind and with the same figure (a dash is not a blank), and more.
fn gains(one: &Report, other: &Report) -> bool {
    let read = |report: &Report| report.values.values().filter(|value| value.kind != Kind::Absent).count();
    let kept = |(id, value): (&_, &crate::report::Value)| {
        value.kind == Kind::Absent
            || other.values.get(id).is_some_and(|other| (other.kind, other.value) == (value.kind, value.value))
    };
    one.form == other.form && read(other) > read(one) && one.values.iter().all(kept)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::report::Value;

    fn report(cells: &[(&str, Kind, Option<i64>)]) -> Report {
        let mut report = Report::empty("form");
        for (id, kind, number) in cells {
            let value = Value { kind: *kind, value: number.map(Decimal::from), ..Value::default() };
            report.values.insert((*id).to_owned(), value);
        }
        report
    }

    #[test]
    fn a_second_reading_must_keep_every_cell_with_its_kind_and_its_figure() {
        let one = [("a", Kind::Dash, None), ("b", Kind::Number, Some(1)), ("c", Kind::Absent, None)];
        let more = [("c", Kind::Number, Some(2)), ("d", Kind::Blank, None)];
        let gains = |a: (Kind, Option<i64>), b: (Kind, Option<i64>), more: &[_]| {
            let kept = [("a", a.0, a.1), ("b", b.0, b.1)];
            gains(&report(&one), &report(&[&kept[..], more].concat()))
        };
        let (dash, figure) = ((Kind::Dash, None), (Kind::Number, Some(1)));
        assert!(gains(dash, figure, &more));
        assert!(!gains(dash, figure, &[]), "nothing more was read");
        assert!(!gains(dash, (Kind::Number, Some(3)), &more), "another figure");
        for kind in [Kind::Absent, Kind::Blank, Kind::Slash, Kind::None, Kind::Text] {
            assert!(!gains((kind, None), figure, &more), "a dash became {kind:?}");
        }
    }
}
