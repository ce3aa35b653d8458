//! Collects reports of any form and year; which form and year is added up is decided when the last report is read.

use std::collections::BTreeMap;

use super::Rollup;
use super::gather::Gathering;
use crate::agencies::Agencies;
use crate::finding::Finding;
use crate::form::{Form, Forms};
use crate::migrate::Migrations;
use crate::report::Report;

/// The reports of an input, or why it holds none.
pub type Outcome = Result<Vec<Report>, Box<Finding>>;

/// Inputs that are read without an agencies file: the agencies' names are known when the last report is read. Text is not kept.
#[derive(Debug, Default)]
pub struct Unlisted {
    outcomes: Vec<(String, Outcome)>,
}

impl Unlisted {
    /// Adds what was read from an input.
    pub fn add(&mut self, path: &str, outcome: Outcome) {
        let outcome = outcome.map(|mut reports| {
            for (number, report) in reports.iter_mut().enumerate() {
                (report.sections, report.unclaimed, report.pictures) = (Vec::new(), Vec::new(), Vec::new());
                // Without a name it is still added up, as that of its file.
                let further = if number == 0 { String::new() } else { format!("（第{}份）", number + 1) };
                report.agency.get_or_insert_with(|| format!("（机关名称不明）{path}{further}"));
            }
            reports
        });
        self.outcomes.push((path.to_owned(), outcome));
    }

    /// The agencies that the reports name.
    pub fn agencies(&self) -> Agencies {
        let reports = self.outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).flatten();
        Agencies::of_reports(reports.filter_map(|report| report.agency.as_deref()))
    }

    /// Hands everything over to a collection with those agencies.
    pub fn add_to(self, collection: &mut Collection) {
        self.outcomes.into_iter().for_each(|(path, outcome)| collection.add(&path, outcome));
    }
}

/// A report of an input with its agency, form and year, or why an input holds none.
type Seen = (String, Result<(Option<String>, String, Option<i16>), Box<Finding>>);

/// Reports grouped by year and form as they are read.
#[derive(Debug)]
pub struct Collection<'a> {
    forms: &'a Forms,
    migrations: &'a Migrations,
    without_errors: bool,
    agencies: &'a Agencies,
    by_form: BTreeMap<(i16, String), Gathering<'a>>,
    /// Every report with its form and year, or why an input holds none.
    seen: Vec<Seen>,
}

impl<'a> Collection<'a> {
    /// An empty collection; reports with errors are kept out of the sums where `without_errors` is set.
    pub fn new(forms: &'a Forms, migrations: &'a Migrations, agencies: &'a Agencies, without_errors: bool) -> Self {
        Self { forms, migrations, without_errors, agencies, by_form: BTreeMap::new(), seen: Vec::new() }
    }

    /// Adds what was read from an input.
    pub fn add(&mut self, path: &str, outcome: Outcome) {
        match outcome {
            Ok(reports) => reports.into_iter().for_each(|report| self.report(path, report)),
            Err(finding) => self.seen.push((path.to_owned(), Err(finding))),
        }
    }

    fn report(&mut self, path: &str, report: Report) {
        self.seen.push((path.to_owned(), Ok((report.agency.clone(), report.form.clone(), report.year))));
        let (Some(form), Some(year)) = (self.forms.get(&report.form), report.year) else { return };
        for newer in self.newer(form) {
            if let Some(migration) = self.migrations.between(&form.id, &newer.id) {
                let migrated = migration.migrate(report.clone());
                self.gathering(newer, year).add_migrated(path, form, migrated);
            }
        }
        self.gathering(form, year).add(path, report);
    }

    fn gathering(&mut self, form: &'a Form, year: i16) -> &mut Gathering<'a> {
        let gathering = self.by_form.entry((year, form.id.clone()));
        gathering.or_insert_with(|| {
            let mut gathering = Gathering::new(form, year, self.agencies);
            if self.without_errors {
                gathering.leave_out_errors();
            }
            gathering
        })
    }

    /// The newer forms that reports of a form can be brought into.
    fn newer(&self, form: &Form) -> Vec<&'a Form> {
        let later = |other: &&Form| other.years.zip(form.years).is_some_and(|(other, own)| other.0 > own.0);
        let forms = self.forms.iter().map(|form| &**form).filter(later);
        forms.filter(|newer| self.migrations.between(&form.id, &newer.id).is_some()).collect()
    }

    /// Adds up the form and year that most reports have; of equals, the later. The other reports are named in the findings. `None`
    /// where there is no report, or none of `year`.
    pub fn finish(mut self, year: Option<i16>) -> Option<Rollup<'a>> {
        let wanted = self.by_form.iter().filter(|(key, _)| year.is_none_or(|year| year == key.0));
        let most = wanted.max_by_key(|(key, gathering)| (gathering.count(), *key)).map(|(key, _)| key.clone())?;
        let mut gathering = self.by_form.remove(&most)?;
        let older = |form: &&Form| self.newer(form).iter().any(|newer| newer.id == most.1);
        let brought: Vec<String> =
            self.forms.iter().map(|form| &**form).filter(older).map(|form| form.id.clone()).collect();
        for (path, outcome) in self.seen {
            match outcome {
                Ok((_, form, Some(year))) if (year, form.as_str()) == (most.0, most.1.as_str()) => {}
                // It was brought into the form.
                Ok((_, form, Some(year))) if year == most.0 && brought.contains(&form) => {}
                Ok((agency, form, year)) => {
                    let other = self.forms.get(&form).filter(|_| form != most.1);
                    gathering.pass_over(&path, agency.as_deref(), other.map(|form| &form.name), year);
                }
                Err(finding) => gathering.fail(&path, *finding),
            }
        }
        Some(gathering.finish())
    }
}
