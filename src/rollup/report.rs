//! The sums as a report in the superior's name, without narrative.

use std::collections::HashMap;

use super::{Figure, Rollup};
use crate::form::Field;
use crate::report::{Content, Kind, Period, Report, Section, Value};

impl Rollup<'_> {
    /// The report of the superior: figures of the total, tables in their sections, no text. A figure for which no agency has a number is
    /// blank, never 0.
    pub fn report(&self) -> Report {
        let form = &*self.form;
        let mut report = Report::empty(&form.id);
        report.agency = self.superior().map(|top| self.agencies.list()[top].name.clone());
        report.year = Some(self.year);
        report.period = Period::of_months(self.year, self.months.unwrap_or((1, 12)));
        report.title = report.agency.as_ref().and_then(|agency| form.title.for_period(agency, self.year, self.months));
        for (number, section) in form.sections.iter().enumerate() {
            let tables = form.tables.iter().filter(|table| table.section == number);
            report.sections.push(Section {
                id: section.id.clone(),
                heading: section.heading.as_ref().map(|heading| heading.text.clone()),
                content: tables.map(|table| Content::Table { table: table.id.clone() }).collect(),
            });
        }
        for (field, sum) in form.fields.iter().zip(&self.total.region) {
            let blank = || Value { kind: Kind::Blank, ..Value::default() };
            report.values.insert(field.id.clone(), sum.map_or_else(blank, |sum| Value::number(sum.normalize())));
        }
        if form.is_of_report() {
            self.words(&mut report);
        }
        report
    }

    /// Adds the texts of open rows: the identifying text, and other texts if all agencies with the row have the same.
    fn words(&self, report: &mut Report) {
        let open = |field: &Field| !field.kind.is_figure() && self.form.block(field).open.is_some();
        let fields: Vec<usize> = (0..self.form.fields.len()).filter(|&at| open(&self.form.fields[at])).collect();
        let mut said: HashMap<usize, Vec<Figure>> = HashMap::new();
        let mut reports = self.reports();
        for &entry in &self.total.taken {
            let figures = reports.figures(entry);
            for &field in &fields {
                let figure = &figures[field];
                let known = said.entry(field).or_default();
                if !figure.raw.is_empty() && known.iter().all(|other| other.raw != figure.raw) {
                    known.push(figure.clone());
                }
            }
        }
        for (at, known) in said {
            let field = &self.form.fields[at];
            let is_key = self.form.block(field).open.as_ref().is_some_and(|open| open.each == Some(field.column));
            if let Some(first) = known.first().filter(|_| is_key || known.len() == 1) {
                let raw = first.raw.to_string();
                let value = Value { kind: first.kind, text: Some(raw.clone()), raw, ..Value::default() };
                report.values.insert(field.id.clone(), value);
            }
        }
    }
}
