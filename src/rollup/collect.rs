//! Collects reports of any form and year; form and year of the roll-up are chosen after the last report.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Rollup;
use super::beside::{Arrival, Dated, kept, year_of};
use super::gather::Gathered;
use crate::agencies::{Agencies, Match, Matcher, Named};
use crate::finding::Finding;
use crate::form::{Form, Forms};
use crate::migrate::Migrations;
use crate::report::Report;

/// The reports of an input, or the finding why there are none.
pub type Outcome = Result<Vec<Report>, Box<Finding>>;

/// Collects reports without an agencies file: the agencies are those named in the reports. Text is not kept.
#[derive(Debug)]
pub struct Unlisted<'a> {
    heap: Heap<'a>,
    named: Named,
}

impl<'a> Unlisted<'a> {
    /// An empty collection; with `without_errors`, reports with errors are left out of the sums.
    pub fn new(forms: &'a Forms, migrations: &'a Migrations, without_errors: bool) -> Self {
        let heap = Heap { forms, migrations, without_errors, by_form: BTreeMap::new(), seen: Vec::new() };
        Self { heap, named: Named::default() }
    }

    /// Adds the outcome of an input.
    pub fn add(&mut self, path: &str, outcome: Outcome) {
        let file: Arc<str> = path.into();
        let reports = match outcome {
            Ok(reports) => reports,
            Err(finding) => return self.heap.seen.push(Seen { file, what: Err(finding) }),
        };
        for (number, mut report) in reports.into_iter().enumerate() {
            let mut agency = report.agency.as_deref().and_then(|name| self.named.index(name));
            if agency.is_none() {
                // A report without an agency's name is still summed, under the name of its file.
                let further = if number == 0 { String::new() } else { format!("（第{}份）", number + 1) };
                let name = format!("（机关名称不明）{path}{further}");
                agency = self.named.index(&name);
                report.agency = Some(name);
            }
            self.heap.add(&file, &report, |_| Match { agency, finding: None });
        }
    }

    /// The agencies named in the reports.
    pub fn agencies(&self) -> Agencies {
        self.named.agencies()
    }

    /// Moves everything to a collection with these agencies.
    pub fn over(self, agencies: &'a Agencies) -> Collection<'a> {
        Collection { agencies, matcher: Matcher::new(agencies), heap: self.heap }
    }
}

/// Groups reports by year and form as they are read.
#[derive(Debug)]
pub struct Collection<'a> {
    agencies: &'a Agencies,
    matcher: Matcher<'a>,
    heap: Heap<'a>,
}

impl<'a> Collection<'a> {
    /// An empty collection; with `without_errors`, reports with errors are left out of the sums.
    pub fn new(forms: &'a Forms, migrations: &'a Migrations, agencies: &'a Agencies, without_errors: bool) -> Self {
        Unlisted::new(forms, migrations, without_errors).over(agencies)
    }

    /// Adds the outcome of an input.
    pub fn add(&mut self, path: &str, outcome: Outcome) {
        let file: Arc<str> = path.into();
        match outcome {
            Ok(reports) => {
                for report in &reports {
                    self.heap.add(&file, report, |name| self.matcher.find(name));
                }
            }
            Err(finding) => self.heap.seen.push(Seen { file, what: Err(finding) }),
        }
    }

    /// Sums the most frequent form and year; of equally frequent ones, the later. The other reports are named in findings. `None` if
    /// there is no report, or none of `year`.
    pub fn finish(self, year: Option<i16>) -> Option<Rollup<'a>> {
        self.sum(year, &|_, _| Vec::new())
    }

    /// Like [`Collection::finish`], but last year's reports among the inputs are for comparison only, and not named as reports of another
    /// year. Also returns the inputs with reports of the year before. The default year is [`year_of`] all reports.
    pub fn finish_beside_last_year(
        self,
        year: Option<i16>,
        arrival: &dyn Fn(&str) -> Arrival,
    ) -> Option<(Rollup<'a>, Vec<Arc<str>>)> {
        let year = year.or_else(|| year_of(&self.heap.seen.iter().filter_map(Seen::dated)));
        let before = year.and_then(|year| year.checked_sub(1));
        let of_before = self.heap.seen.iter().filter(|seen| before.is_some() && seen.year() == before);
        let mut files: Vec<Arc<str>> = of_before.map(|seen| Arc::clone(&seen.file)).collect();
        files.dedup();
        let rollup = self.sum(year, &|reports, year| kept(reports, year, arrival))?;
        Some((rollup, files))
    }

    /// Sums a year; `kept` decides which reports of the form or its family are for comparison only.
    fn sum(self, year: Option<i16>, kept: &dyn Fn(&[Dated], i16) -> Vec<bool>) -> Option<Rollup<'a>> {
        let Self { agencies, matcher, mut heap } = self;
        let wanted = heap.by_form.iter().filter(|(key, _)| year.is_none_or(|year| year == key.0));
        let most = wanted.max_by_key(|(key, gathered)| (gathered.count(), *key)).map(|(key, _)| key.clone())?;
        let mut gathered = heap.by_form.remove(&most)?;
        let older = |form: &&Form| heap.newer(form).iter().any(|newer| newer.id == most.1);
        let brought: Vec<&str> =
            heap.forms.iter().map(|form| &**form).filter(older).map(|form| form.id.as_str()).collect();
        let is_kept = heap.kept(&most, &matcher, kept);
        for (number, Seen { file, what }) in heap.seen.into_iter().enumerate() {
            match what {
                Ok(_) if is_kept.contains(&number) => {}
                Ok((_, Some(form), Some(year))) if (year, form.id.as_str()) == (most.0, most.1.as_str()) => {}
                // The report was migrated to the form.
                Ok((_, Some(form), Some(year))) if year == most.0 && brought.contains(&form.id.as_str()) => {}
                Ok((agency, form, year)) => {
                    let other = form.filter(|form| form.id != most.1).map(|form| &form.name);
                    gathered.pass_over(&file, agency.as_deref(), other, year, &matcher);
                }
                Err(finding) => gathered.fail(&file, *finding),
            }
        }
        Some(gathered.finish(agencies, &matcher))
    }
}

/// A report of an input with agency, form and year, or why an input has none.
#[derive(Debug)]
struct Seen<'a> {
    file: Arc<str>,
    what: Result<About<'a>, Box<Finding>>,
}

impl Seen<'_> {
    fn year(&self) -> Option<i16> {
        self.dated().map(|(_, year)| year)
    }

    /// Its agency, if it is named, and its year.
    fn dated(&self) -> Option<(Option<&str>, i16)> {
        let (agency, _, year) = self.what.as_ref().ok()?;
        Some((agency.as_deref(), (*year)?))
    }
}

/// Agency, form and year of a report.
type About<'a> = (Option<Box<str>>, Option<&'a Form>, Option<i16>);

/// The reports by year and form.
#[derive(Debug)]
struct Heap<'a> {
    forms: &'a Forms,
    migrations: &'a Migrations,
    without_errors: bool,
    by_form: BTreeMap<(i16, String), Gathered<'a>>,
    /// Every report with form and year, or why an input has none.
    seen: Vec<Seen<'a>>,
}

impl<'a> Heap<'a> {
    /// Adds a report; `find` looks up an agency name.
    fn add(&mut self, file: &Arc<str>, report: &Report, find: impl FnOnce(&str) -> Match) {
        let forms = self.forms;
        let (form, agency) = (forms.get(&report.form).map(|form| &**form), report.agency.as_deref());
        self.seen.push(Seen { file: Arc::clone(file), what: Ok((agency.map(Into::into), form, report.year)) });
        let (Some(form), Some(year)) = (form, report.year) else { return };
        let found = find(agency.unwrap_or_default());
        for newer in self.newer(form) {
            if let Some(migration) = self.migrations.between(&form.id, &newer.id) {
                let migrated = migration.migrate(report.clone());
                self.gathered(newer, year).add_migrated(file, form, migrated, found.clone());
            }
        }
        self.gathered(form, year).add(file, report, found);
    }

    /// Indices of the reports that are for comparison only, in the roll-up of a year and a form.
    fn kept(
        &self,
        (year, form): &(i16, String),
        matcher: &Matcher,
        kept: &dyn Fn(&[Dated], i16) -> Vec<bool>,
    ) -> HashSet<usize> {
        let family = self.migrations.family(self.forms, form);
        let (mut numbers, mut reports) = (Vec::new(), Vec::new());
        for (number, Seen { file, what }) in self.seen.iter().enumerate() {
            let Ok((agency, Some(own), of)) = what else { continue };
            if self.migrations.family(self.forms, &own.id) != family {
                continue;
            }
            let known = agency.as_deref().map(|name| match matcher.find(name).agency {
                Some(known) => format!("#{known}"),
                None => name.to_owned(),
            });
            numbers.push(number);
            reports.push(Dated { file, agency: known, year: *of });
        }
        let kept = kept(&reports, *year).into_iter().zip(numbers);
        kept.filter(|(kept, _)| *kept).map(|(_, number)| number).collect()
    }

    fn gathered(&mut self, form: &'a Form, year: i16) -> &mut Gathered<'a> {
        let without_errors = self.without_errors;
        self.by_form.entry((year, form.id.clone())).or_insert_with(|| Gathered::new(form, year, without_errors))
    }

    /// The newer forms that reports of a form can be migrated to.
    fn newer(&self, form: &Form) -> Vec<&'a Form> {
        let later = |other: &&Form| other.years.zip(form.years).is_some_and(|(other, own)| other.0 > own.0);
        let forms = self.forms.iter().map(|form| &**form).filter(later);
        forms.filter(|newer| self.migrations.between(&form.id, &newer.id).is_some()).collect()
    }
}
