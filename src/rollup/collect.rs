//! Collects reports of any form and year; form and year of the roll-up are chosen after the last report.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::beside::{Arrival, Dated, kept_for_comparison, year_of};
use super::gather::Gathered;
use super::{Previous, Rollup};
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
    pub fn add(&mut self, path: impl Into<Arc<str>>, outcome: Outcome) {
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
                let name = format!("（机关名称不明）{file}{further}");
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
    pub fn with_agencies(self, agencies: &'a Agencies) -> Collection<'a> {
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
        Unlisted::new(forms, migrations, without_errors).with_agencies(agencies)
    }

    /// Adds the outcome of an input.
    pub fn add(&mut self, path: impl Into<Arc<str>>, outcome: Outcome) {
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

    /// Sums the reports of `year` in the most frequent form, and compares with last year's reports among the inputs, as the command
    /// `rollup` does. Last year's reports that are there for comparison are not named as reports of another year; all other reports
    /// that do not count are. `arrival` tells how an input arrived: [`Arrival::of_path`] if only its path is known. The default year is
    /// [`year_of`] all reports. `None` if there is no report of the year.
    pub fn finish(self, year: Option<i16>, arrival: &dyn Fn(&str) -> Arrival) -> Option<Rollup<'a>> {
        self.sum(year, arrival, true)
    }

    /// Like [`Collection::finish`], but without a comparison, for a caller that has last year's figures from elsewhere.
    pub fn finish_uncompared(self, year: Option<i16>, arrival: &dyn Fn(&str) -> Arrival) -> Option<Rollup<'a>> {
        self.sum(year, arrival, false)
    }

    fn sum(self, year: Option<i16>, arrival: &dyn Fn(&str) -> Arrival, compares: bool) -> Option<Rollup<'a>> {
        let Self { agencies, matcher, mut heap } = self;
        let year = year.or_else(|| year_of(&heap.seen.iter().filter_map(|seen| seen.dated(agencies))))?;
        let wanted = heap.by_form.iter().filter(|(key, _)| key.0 == year);
        let most = wanted.max_by_key(|(key, gathered)| (gathered.count(), *key)).map(|(key, _)| key.clone())?;
        let mut gathered = heap.by_form.remove(&most)?;
        let before = year.checked_sub(1).filter(|_| compares);
        let last = before.and_then(|before| heap.by_form.remove(&(before, most.1, most.2.clone())));
        let older = |form: &&Form| heap.newer(form).iter().any(|newer| newer.id == most.2);
        let brought: Vec<&str> =
            heap.forms.iter().map(|form| &**form).filter(older).map(|form| form.id.as_str()).collect();
        // Whether a report has the form or was migrated to it.
        let counts = |form: &Form| form.id == most.2 || brought.contains(&form.id.as_str());
        let is_kept = heap.kept_for_comparison(&most, &matcher, arrival);
        for (number, Seen { file, what }) in heap.seen.into_iter().enumerate() {
            match what {
                Ok(About { sender, form: Some(form), year: own, .. }) if is_kept.contains(&number) => {
                    if compares && own == before && !counts(form) {
                        gathered.leave_uncompared(&file, sender.name(agencies), form, &matcher);
                    }
                }
                Ok(About { form: Some(form), year: own, months, .. })
                    if own == Some(year) && months == most.1 && counts(form) => {}
                Ok(About { sender, form, year, months }) => {
                    let other = form.filter(|form| form.id != most.2).map(|form| &form.name);
                    gathered.pass_over(&file, sender.name(agencies), other, (year, months), &matcher);
                }
                Err(finding) => gathered.fail(&file, *finding),
            }
        }
        let mut rollup = gathered.finish(agencies, &matcher);
        if let Some(last) = last {
            rollup.compare(last.finish(agencies, &matcher));
        }
        Some(rollup)
    }
}

impl Rollup<'_> {
    /// Compares with the sums of last year's reports among the inputs.
    fn compare(&mut self, before: Rollup) {
        let previous = Previous::of_rollup(self, &before);
        self.findings.extend(previous.comparison_finding(self));
        // Which agencies have no report of last year is in the finding about what is compared.
        self.findings.extend(before.findings.into_iter().filter(|told| told.file.is_some()));
        self.previous = Some(previous);
    }
}

/// A report of an input with agency, form and year, or why an input has none.
#[derive(Debug)]
struct Seen<'a> {
    file: Arc<str>,
    what: Result<About<'a>, Box<Finding>>,
}

impl Seen<'_> {
    /// Its agency, if it is named, and its year.
    fn dated<'s>(&'s self, agencies: &'s Agencies) -> Option<(Option<&'s str>, i16)> {
        let about = self.what.as_ref().ok()?;
        Some((about.sender.name(agencies), about.year?))
    }
}

/// Agency, form, year and part of the year of a report.
#[derive(Debug)]
struct About<'a> {
    sender: Sender,
    form: Option<&'a Form>,
    year: Option<i16>,
    months: Option<(i8, i8)>,
}

/// The agency of a report.
#[derive(Debug)]
enum Sender {
    /// The index of an agency whose name or alias the report has. The name is not kept.
    Listed(u32),
    /// The name in the report, which is no agency's for certain.
    Named(Box<str>),
    Unnamed,
}

impl Sender {
    fn new(name: Option<&str>, found: Option<&Match>) -> Self {
        match (name, found) {
            // An agencies file is far smaller than 2^32 bytes.
            (_, Some(Match { agency: Some(agency), finding: None })) => Self::Listed(*agency as u32),
            (Some(name), _) => Self::Named(name.into()),
            (None, _) => Self::Unnamed,
        }
    }

    fn name<'s>(&'s self, agencies: &'s Agencies) -> Option<&'s str> {
        match self {
            Self::Listed(agency) => Some(&agencies.list()[*agency as usize].name),
            Self::Named(name) => Some(name),
            Self::Unnamed => None,
        }
    }
}

/// Year, part of the year if reports of the form are of parts, and form.
type Key = (i16, Option<(i8, i8)>, String);

/// The reports by year and form.
#[derive(Debug)]
struct Heap<'a> {
    forms: &'a Forms,
    migrations: &'a Migrations,
    without_errors: bool,
    by_form: BTreeMap<Key, Gathered<'a>>,
    /// Every report with form and year, or why an input has none.
    seen: Vec<Seen<'a>>,
}

impl<'a> Heap<'a> {
    /// Adds a report; `find` looks up an agency name.
    fn add(&mut self, file: &Arc<str>, report: &Report, find: impl FnOnce(&str) -> Match) {
        let forms = self.forms;
        let (form, agency) = (forms.get(&report.form).map(|form| &**form), report.agency.as_deref());
        let counts = form.zip(report.year);
        let months = report.months().filter(|_| form.is_some_and(Form::is_of_part));
        let found = counts.map(|_| find(agency.unwrap_or_default()));
        let about = About { sender: Sender::new(agency, found.as_ref()), form, year: report.year, months };
        self.seen.push(Seen { file: Arc::clone(file), what: Ok(about) });
        let Some(((form, year), found)) = counts.zip(found) else { return };
        for newer in self.newer(form) {
            if let Some(migration) = self.migrations.between(&form.id, &newer.id) {
                let migrated = migration.migrate(report.clone());
                self.gathered(newer, (year, months)).add_migrated(file, form, migrated, found.clone());
            }
        }
        self.gathered(form, (year, months)).add(file, report, found);
    }

    /// Indices of the reports that are for comparison only, in the roll-up of a year and a form.
    fn kept_for_comparison(
        &self,
        (year, months, form): &Key,
        matcher: &Matcher,
        arrival: &dyn Fn(&str) -> Arrival,
    ) -> HashSet<usize> {
        let before = year.checked_sub(1);
        let of_last_year = |seen: &Seen| seen.what.as_ref().is_ok_and(|about| before.is_some() && about.year == before);
        if !self.seen.iter().any(of_last_year) {
            return HashSet::new();
        }
        let family = self.migrations.family(self.forms, form);
        let (mut numbers, mut reports) = (Vec::new(), Vec::new());
        for (number, Seen { file, what }) in self.seen.iter().enumerate() {
            let Ok(About { sender, form: Some(own), year: of, months: part }) = what else { continue };
            if self.migrations.family(self.forms, &own.id) != family || part != months {
                continue;
            }
            let known = match sender {
                Sender::Listed(known) => Some(format!("#{known}")),
                Sender::Named(name) => Some(match matcher.find(name).agency {
                    Some(known) => format!("#{known}"),
                    None => name.to_string(),
                }),
                Sender::Unnamed => None,
            };
            numbers.push(number);
            reports.push(Dated { file: &**file, agency: known, year: *of });
        }
        let kept = kept_for_comparison(&reports, *year, arrival).into_iter().zip(numbers);
        kept.filter(|(kept, _)| *kept).map(|(_, number)| number).collect()
    }

    fn gathered(&mut self, form: &'a Form, (year, months): (i16, Option<(i8, i8)>)) -> &mut Gathered<'a> {
        let without_errors = self.without_errors;
        self.by_form
            .entry((year, months, form.id.clone()))
            .or_insert_with(|| Gathered::new(form, (year, months), without_errors))
    }

    /// The newer forms that reports of a form can be migrated to.
    fn newer(&self, form: &Form) -> Vec<&'a Form> {
        let later = |other: &&Form| other.years.zip(form.years).is_some_and(|(other, own)| other.0 > own.0);
        let forms = self.forms.iter().map(|form| &**form).filter(later);
        forms.filter(|newer| self.migrations.between(&form.id, &newer.id).is_some()).collect()
    }
}
