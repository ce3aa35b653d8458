//! Selects the reports that count: right form and year, one per agency.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;

use super::entry::{Entry, Reports, same_figures};
use super::packed::Packed;
use super::{OtherReport, Repeated, Rollup, Told, Total, Unreadable, sums};
use crate::agencies::{Agencies, Match, Matcher};
use crate::finding::code::rollup::{
    AGENCIES_NOT_COMPARED, AGENCY_MISSING, AGENCY_REPORTED_AGAIN, AGENCY_REPORTED_TWICE, REPORT_LEFT_OUT,
    REPORT_MIGRATED, REPORT_OF_OTHER_FORM, REPORT_OF_OTHER_YEAR, REPORT_UNREADABLE, REPORT_WITH_ERRORS, SUM_INCOMPLETE,
};
use crate::finding::{Finding, Message};
use crate::form::{Form, part_name};
use crate::report::Report;

/// Maximum number of fields of a form with the rows of all reports: a sheet has 16,384 columns, one for each field.
const MOST_FIELDS: usize = 16_000;

/// Adds reports of one form and year one by one; keeps only their figures.
#[derive(Debug)]
pub struct Gathering<'a> {
    agencies: &'a Agencies,
    matcher: Matcher<'a>,
    gathered: Gathered<'a>,
}

impl<'a> Gathering<'a> {
    /// An empty gathering for a form and a year.
    pub fn new(form: &'a Form, year: i16, agencies: &'a Agencies) -> Self {
        Self { agencies, matcher: Matcher::new(agencies), gathered: Gathered::new(form, (year, None), false) }
    }

    /// Leaves reports with errors out of the sums.
    pub fn leave_out_errors(&mut self) {
        self.gathered.without_errors = true;
    }

    /// Records that `file` could not be read, and why.
    pub fn fail(&mut self, file: &str, finding: Finding) {
        self.gathered.fail(&file.into(), finding);
    }

    /// Adds a report of `file`.
    pub fn add(&mut self, file: &str, report: &Report) {
        let Gathered { form, year, .. } = self.gathered;
        let (file, name) = (file.into(), report.agency.as_deref());
        // The first report decides of which part of the year the sums are.
        let months = report.months().filter(|_| form.is_of_part());
        if self.gathered.count() == 0 {
            self.gathered.months = months;
        }
        if report.form == form.id && report.year == Some(year) && months == self.gathered.months {
            let found = self.matcher.find(name.unwrap_or_default());
            return self.gathered.add(&file, report, found);
        }
        // Only this form's name is available; another form is named by its id.
        let id = Message::new(report.form.as_str(), report.form.as_str());
        self.gathered.pass_over(
            &file,
            name,
            (report.form != form.id).then_some(&id),
            (report.year, months),
            &self.matcher,
        );
    }

    /// Computes the sums.
    pub fn finish(self) -> Rollup<'a> {
        self.gathered.finish(self.agencies, &self.matcher)
    }
}

/// The message about a report of another part of the year.
fn of_other_part((year, months): (i16, Option<(i8, i8)>), this: Option<(i8, i8)>) -> Message {
    let part = |months: Option<(i8, i8)>| months.map_or_else(|| Message::new("", ""), part_name);
    let (own, this) = (part(months), part(this));
    if months.is_none() {
        return Message::new(
            format!("未能确定是{year}年的哪一期，此次汇总{}，未计入。请在标题写明。", this.zh),
            format!(
                "Which part of {year} it is of is not known; {} is added up. Not counted. Write it into the title.",
                this.en
            ),
        );
    }
    Message::new(
        format!("这是{year}年{}的报告，此次汇总{}，未计入。请分期汇总。", own.zh, this.zh),
        format!("It is of {} {year}; {} is added up. Not counted. Add up each part by itself.", own.en, this.en),
    )
}

/// The reports of one form and year. The caller looks up agencies.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    form: &'a Form,
    year: i16,
    months: Option<(i8, i8)>,
    without_errors: bool,
    /// Reports of a form with open rows, kept until all have been added, because only then is the union of their rows known.
    waiting: Vec<(Arc<str>, usize, Report)>,
    migrated: usize,
    entries: Vec<Entry>,
    packed: Packed,
    failed: Vec<(Arc<str>, Finding)>,
    others: Vec<OtherReport>,
    findings: Vec<Told>,
}

impl<'a> Gathered<'a> {
    /// An empty gathering.
    pub(super) fn new(form: &'a Form, (year, months): (i16, Option<(i8, i8)>), without_errors: bool) -> Self {
        let (entries, packed, failed, others, findings) = Default::default();
        let waiting = Vec::new();
        Self { form, year, months, without_errors, waiting, migrated: 0, entries, packed, failed, others, findings }
    }

    /// Number of reports of this form and year so far, without migrated ones.
    pub(super) fn count(&self) -> usize {
        (self.entries.len() + self.waiting.len()).saturating_sub(self.migrated)
    }

    /// Records that `file` could not be read, and why.
    pub(super) fn fail(&mut self, file: &Arc<str>, finding: Finding) {
        self.failed.push((Arc::clone(file), finding));
    }

    /// Records a report of another form, year or part of the year in `file`; `form` is the name of the other form, if it differs.
    pub(super) fn pass_over(
        &mut self,
        file: &Arc<str>,
        agency: Option<&str>,
        form: Option<&Message>,
        (year, months): (Option<i16>, Option<(i8, i8)>),
        matcher: &Matcher,
    ) {
        let found = agency.and_then(|name| matcher.find(name).agency);
        let name = found.map(|known| matcher.name(known)).or(agency).map(str::to_owned);
        self.others.push(OtherReport { agency: name, year, file: file.to_string() });
        let this = self.year;
        let (code, message) = match (year, form) {
            (Some(year), None) if year == this => (&REPORT_OF_OTHER_YEAR, of_other_part((year, months), self.months)),
            (Some(year), None) => (
                &REPORT_OF_OTHER_YEAR,
                Message::new(
                    format!("这是{year}年度报告，此次汇总{this}年度，未计入。请报送{this}年度报告。"),
                    format!("It is of {year}; {this} is added up. Not counted. Ask for the report of {this}."),
                ),
            ),
            (Some(year), Some(form)) if year != this => (
                &REPORT_OF_OTHER_YEAR,
                Message::new(
                    format!("这是{year}年度报告（“{}”），此次汇总{this}年度，未计入。请报送{this}年度报告。", form.zh),
                    format!(
                        "It is of {year} (\"{}\"); {this} is added up. Not counted. Ask for the report of {this}.",
                        form.en
                    ),
                ),
            ),
            (Some(_), Some(form)) => (
                &REPORT_OF_OTHER_FORM,
                Message::new(
                    format!("用的是“{}”，此次汇总“{}”，未计入。请换用格式后重报。", form.zh, self.form.name.zh),
                    format!("It has the form \"{}\"; \"{}\" is added up. Not counted.", form.en, self.form.name.en),
                ),
            ),
            (None, _) => (
                &REPORT_OF_OTHER_YEAR,
                Message::new(
                    format!("未能确定报告年度，此次汇总{this}年度，未计入。请在标题写明年度。"),
                    format!(
                        "Its year could not be determined; {this} is added up. Not counted. Write the year into the title."
                    ),
                ),
            ),
        };
        self.findings.push(Told { agency: found, file: Some(file.to_string()), finding: Finding::new(code, message) });
    }

    /// Records that last year's report in `file` is not compared with, because its form cannot be migrated to this one.
    pub(super) fn leave_uncompared(&mut self, file: &Arc<str>, agency: Option<&str>, other: &Form, matcher: &Matcher) {
        let message = Message::new(
            format!("上年报告用的是“{}”，不能换为“{}”，未作同比。", other.name.zh, self.form.name.zh),
            format!(
                "Last year's report has the form \"{}\", which cannot be brought into \"{}\"; it is not compared.",
                other.name.en, self.form.name.en
            ),
        );
        let agency = agency.and_then(|name| matcher.find(name).agency);
        let finding = Finding::new(&AGENCIES_NOT_COMPARED, message);
        self.findings.push(Told { agency, file: Some(file.to_string()), finding });
    }

    /// Adds a report of this form and year, with the agency found for its name.
    pub(super) fn add(&mut self, file: &Arc<str>, report: &Report, found: Match) {
        let told = |finding| Told { agency: found.agency, file: Some(file.to_string()), finding };
        self.findings.extend(found.finding.map(told));
        if let Some(agency) = found.agency {
            if self.form.is_open() {
                self.waiting.push((Arc::clone(file), agency, figures_of(report)));
            } else {
                self.entries.push(Entry::new(self.form, agency, file, report, &mut self.packed));
            }
        }
    }

    /// Adds a report that was migrated from an older form.
    pub(super) fn add_migrated(&mut self, file: &Arc<str>, older: &Form, mut report: Report, found: Match) {
        let message = Message::new(
            format!(
                "用的是“{}”，已换为“{}”计入汇总，没有对应栏目的数未计入。请换用“{}”后重报。",
                older.name.zh, self.form.name.zh, self.form.name.zh
            ),
            format!(
                "It has the form \"{}\" and was brought into \"{}\"; figures without a place there are not counted. Send it in that form.",
                older.name.en, self.form.name.en
            ),
        );
        report.findings.insert(0, Finding::new(&REPORT_MIGRATED, message));
        self.migrated += 1;
        self.add(file, &report, found);
    }

    /// Computes the sums.
    pub(super) fn finish(mut self, agencies: &'a Agencies, matcher: &Matcher) -> Rollup<'a> {
        let of_file = |finding: &Finding| Told { agency: None, file: None, finding: finding.clone() };
        self.findings.splice(0..0, agencies.findings.iter().map(of_file));
        let form = self.with_rows();
        let (chosen, repeated) = self.choose(agencies);
        let order = agencies.in_tree_order();
        let entries = order.iter().filter_map(|node| Some(self.entries[(*chosen.get(node.agency)?)?].clone()));
        let entries: Vec<Entry> = entries.collect();
        drop((order, chosen, std::mem::take(&mut self.entries)));
        let mut rollup = Rollup {
            form,
            agencies,
            year: self.year,
            months: self.months,
            without_errors: self.without_errors,
            entries,
            packed: self.packed,
            nodes: Vec::new(),
            sums: Packed::default(),
            total: Total::default(),
            missing: Vec::new(),
            unreadable: Vec::new(),
            unassigned: Vec::new(),
            first_other: first_others(&self.others, agencies),
            others: self.others,
            repeated,
            previous: None,
            findings: self.findings,
        };
        let mut reported = vec![false; agencies.list().len()];
        for entry in &rollup.entries {
            reported[entry.agency] = true;
        }
        for (file, finding) in self.failed {
            // An unreadable file of an agency that has a readable report is not a reason to ask again.
            let named = matcher.by_path(&file);
            let agency = named.filter(|&agency| !reported[agency]);
            rollup.unassigned.extend(named.is_none().then(|| file.to_string()));
            rollup.unreadable.extend(agency.map(|agency| Unreadable { agency, file: file.to_string() }));
            rollup.findings.push(Told { agency, file: Some(file.to_string()), finding });
        }
        rollup.unreadable.sort_by_key(|sent| sent.agency);
        rollup.unreadable.dedup_by_key(|sent| sent.agency);
        for sent in &rollup.unreadable {
            reported[sent.agency] = true;
            let name = &agencies.list()[sent.agency].name;
            let message = Message::new(
                format!("按文件名，{}是“{name}”报送的，未能读取，汇总不含该单位自己的数据。", sent.file),
                format!(
                    "By its name {} is of \"{name}\"; it could not be read, so the sums lack that agency.",
                    sent.file
                ),
            );
            let finding = Finding::new(&REPORT_UNREADABLE, message);
            rollup.findings.push(Told { agency: Some(sent.agency), file: Some(sent.file.clone()), finding });
        }
        // The sums are the report of the top agency.
        let superior = rollup.superior().filter(|&top| !agencies.children(top).is_empty());
        rollup.missing = (0..reported.len()).filter(|&agency| !reported[agency] && Some(agency) != superior).collect();
        for &agency in &rollup.missing {
            let name = &agencies.list()[agency].name;
            let message = Message::new(
                format!("“{name}”没有{}年的报告，汇总不含该单位自己的数据。", self.year),
                format!("There is no report of \"{name}\" for {}; the sums lack it.", self.year),
            );
            let finding = Finding::new(&AGENCY_MISSING, message);
            rollup.findings.push(Told { agency: Some(agency), file: None, finding });
        }
        sums::add_up(&mut rollup);
        let counts = rollup.counted();
        let wrong = (0..rollup.entries.len()).filter_map(|entry| with_errors(&rollup, entry, counts[entry]));
        let wrong: Vec<Told> = wrong.collect();
        rollup.findings.extend(wrong);
        rollup
    }

    /// Expands the form to the rows of all waiting reports, and makes their entries.
    fn with_rows(&mut self) -> Cow<'a, Form> {
        if !self.form.is_open() {
            return Cow::Borrowed(self.form);
        }
        let ids: IndexSet<&str> =
            self.waiting.iter().flat_map(|(.., report)| report.values.keys()).map(String::as_str).collect();
        let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        self.form.in_row_order(&mut ids);
        if ids.len() > MOST_FIELDS {
            self.too_many(ids.len());
            ids.clear();
        }
        let form = self.form.expanded(ids.iter().map(String::as_str));
        for (file, agency, report) in std::mem::take(&mut self.waiting) {
            self.entries.push(Entry::new(&form, agency, &file, &report, &mut self.packed));
        }
        form
    }

    /// Adds the finding that the open rows of all reports have too many cells to be summed.
    fn too_many(&mut self, count: usize) {
        let message = Message::new(
            format!("各单位自己的行共{count}格，超过一份汇总能放的{MOST_FIELDS}格，这些行没有汇总。请分批汇总。"),
            format!(
                "The rows that are data have {count} cells, more than the {MOST_FIELDS} that a roll-up can hold; they are not added up. Add up fewer reports at once."
            ),
        );
        self.findings.push(Told { agency: None, file: None, finding: Finding::new(&SUM_INCOMPLETE, message) });
    }

    /// Chooses one report per agency: the one published last, or the first if that is undecided. The positions of those chosen are by
    /// agency.
    fn choose(&mut self, agencies: &Agencies) -> (Vec<Option<usize>>, Vec<Repeated>) {
        let mut by_agency: Vec<usize> = (0..self.entries.len()).collect();
        by_agency.sort_by_key(|&number| self.entries[number].agency);
        let (mut chosen, mut repeated) = (vec![None; agencies.list().len()], Vec::new());
        let mut reports = Reports::new(&self.entries, &self.packed);
        for numbers in by_agency.chunk_by(|&one, &other| self.entries[one].agency == self.entries[other].agency) {
            let published = |number: usize| self.entries[number].published;
            let later = |one, best| published(one).zip(published(best)).is_some_and(|(one, best)| one > best);
            let best = numbers.iter().fold(numbers[0], |best, &other| if later(other, best) { other } else { best });
            let counted = &self.entries[best];
            chosen[counted.agency] = Some(best);
            if numbers.len() > 1 {
                // `swap_remove` moves the last report to the position of the one that counts.
                let mut others = numbers.to_vec();
                others.swap_remove(numbers.iter().position(|&number| number == best).unwrap_or_default());
                let figures = reports.figures(best);
                let same = others.iter().all(|&other| same_figures(&reports.figures(other), &figures));
                let others = others.iter().map(|&other| self.entries[other].file.to_string()).collect();
                repeated.push(Repeated { agency: counted.agency, counted: counted.file.to_string(), others, same });
            }
        }
        self.findings.extend(repeated.iter().map(|found| say_repeated(found, agencies)));
        (chosen, repeated)
    }
}

/// The part of a report that is kept until all have been added.
fn figures_of(report: &Report) -> Report {
    let mut kept = Report::empty(&report.form);
    (kept.values, kept.published, kept.findings) = (report.values.clone(), report.published, report.findings.clone());
    kept
}

/// The finding about which of an agency's reports counts.
fn say_repeated(found: &Repeated, agencies: &Agencies) -> Told {
    let name = &agencies.list()[found.agency].name;
    let (others, count) = (found.others.join("、"), found.others.len() + 1);
    let code = if found.same { &AGENCY_REPORTED_AGAIN } else { &AGENCY_REPORTED_TWICE };
    let message = Message::new(
        format!("“{name}”有{count}份报告，计入{}，未计入{others}。{}", found.counted, code.why.0),
        format!(
            "\"{name}\" has {count} reports; {} counts, and not {}. {}",
            found.counted,
            found.others.join(", "),
            code.why.1
        ),
    );
    Told { agency: Some(found.agency), file: Some(found.counted.clone()), finding: Finding::new(code, message) }
}

/// For each agency, the index of its first report that does not count.
fn first_others(others: &[OtherReport], agencies: &Agencies) -> HashMap<usize, usize> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, other) in others.iter().enumerate() {
        by_name.entry(other.agency.as_deref().unwrap_or_default()).or_insert(index);
    }
    let named = agencies.list().iter().enumerate();
    named.filter_map(|(agency, listed)| Some((agency, *by_name.get(listed.name.as_str())?))).collect()
}

/// The finding that a report with errors is part of the sums, or was left out.
fn with_errors(rollup: &Rollup, entry: usize, counts: bool) -> Option<Told> {
    let Entry { agency, file, errors, .. } = &rollup.entries[entry];
    if *errors == 0 || !(rollup.without_errors || counts) {
        return None;
    }
    let name = &rollup.agencies.list()[*agency].name;
    let (code, message) = if rollup.without_errors {
        (
            &REPORT_LEFT_OUT,
            Message::new(
                format!("“{name}”的报告有{errors}项错误，未计入合计。请改正后重新汇总。"),
                format!(
                    "The report of \"{name}\" has {errors} errors and is not in the sums. Have it corrected and add up again."
                ),
            ),
        )
    } else {
        (
            &REPORT_WITH_ERRORS,
            Message::new(
                format!("“{name}”的报告有{errors}项错误，已计入合计。请改正后重新汇总。"),
                format!(
                    "The report of \"{name}\" has {errors} errors, and its figures are in the sums. Have it corrected and add up again."
                ),
            ),
        )
    };
    Some(Told { agency: Some(*agency), file: Some(file.to_string()), finding: Finding::new(code, message) })
}
