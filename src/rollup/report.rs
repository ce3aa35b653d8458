//! The sums as a report in the superior's name, without narrative.

use jiff::civil::Date;

use super::Rollup;
use crate::report::{Content, Kind, Period, Report, Section, Value};

impl Rollup<'_> {
    /// The report of the superior: figures of the total, tables in their sections, no text. A figure for which no agency has a number is
    /// blank, never 0.
    pub fn report(&self) -> Report {
        let form = self.form;
        let mut report = Report::empty(&form.id);
        report.agency = self.superior().map(|top| self.agencies.list()[top].name.clone());
        report.year = Some(self.year);
        report.title = report.agency.as_ref().map(|agency| form.title.for_report(agency, self.year));
        let days = Date::new(self.year, 1, 1).ok().zip(Date::new(self.year, 12, 31).ok());
        report.period = days.map(|(from, to)| Period { from, to });
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
        report
    }
}
