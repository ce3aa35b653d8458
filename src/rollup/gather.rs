//! Which reports count: those of the form and the year, one an agency.

use std::collections::HashMap;

use super::entry::Entry;
use super::{OtherReport, Repeated, Rollup, Told, Unreadable, sums};
use crate::agencies::{Agencies, Matcher};
use crate::finding::code::rollup::{
    AGENCY_MISSING, AGENCY_REPORTED_AGAIN, AGENCY_REPORTED_TWICE, REPORT_LEFT_OUT, REPORT_MIGRATED,
    REPORT_OF_OTHER_FORM, REPORT_OF_OTHER_YEAR, REPORT_UNREADABLE, REPORT_WITH_ERRORS,
};
use crate::finding::{Finding, Message, Severity};
use crate::form::Form;
use crate::report::Report;

/// Takes reports one by one; keeps their figures only.
#[derive(Debug)]
pub struct Gathering<'a> {
    agencies: &'a Agencies,
    matcher: Matcher<'a>,
    form: &'a Form,
    year: i16,
    without_errors: bool,
    migrated: usize,
    entries: Vec<Entry>,
    failed: Vec<(String, Finding)>,
    others: Vec<OtherReport>,
    findings: Vec<Told>,
}

impl<'a> Gathering<'a> {
    /// Gathers reports of one form and year.
    pub fn new(form: &'a Form, year: i16, agencies: &'a Agencies) -> Self {
        let matcher = Matcher::new(agencies);
        let told = |finding: &Finding| Told { agency: None, file: None, finding: finding.clone() };
        let findings = agencies.findings.iter().map(told).collect();
        let (entries, failed, others) = (Vec::new(), Vec::new(), Vec::new());
        Self { agencies, matcher, form, year, without_errors: false, migrated: 0, entries, failed, others, findings }
    }

    /// Keeps reports with errors out of the sums.
    pub fn leave_out_errors(&mut self) {
        self.without_errors = true;
    }

    /// Number of reports of this form and year so far, without those of an older form.
    pub fn count(&self) -> usize {
        self.entries.len().saturating_sub(self.migrated)
    }

    /// Says that nothing could be read from `file`, and why.
    pub fn fail(&mut self, file: &str, finding: Finding) {
        self.failed.push((file.to_owned(), finding));
    }

    /// Says that a report of another form or year was read from `file`; `form` is the other form's name, where it is another.
    pub fn pass_over(&mut self, file: &str, agency: Option<&str>, form: Option<&Message>, year: Option<i16>) {
        let found = agency.and_then(|name| self.matcher.find(name).agency);
        let name = found.map(|known| self.agencies.list()[known].name.clone()).or_else(|| agency.map(str::to_owned));
        self.others.push(OtherReport { agency: name, year, file: file.to_owned() });
        let this = self.year;
        let (code, message) = match (year, form) {
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
        self.findings.push(Told { agency: found, file: Some(file.to_owned()), finding: Finding::new(code, message) });
    }

    /// Takes a report that was read from `file`.
    pub fn add(&mut self, file: &str, report: Report) {
        if report.form != self.form.id || report.year != Some(self.year) {
            // The gathering knows its own form alone; whoever knows the other says its name.
            let id = Message::new(report.form.as_str(), report.form.as_str());
            return self.pass_over(
                file,
                report.agency.as_deref(),
                (report.form != self.form.id).then_some(&id),
                report.year,
            );
        }
        let about = |finding| Told { agency: None, file: Some(file.to_owned()), finding };
        let found = self.matcher.find(report.agency.as_deref().unwrap_or_default());
        self.findings.extend(found.finding.map(|finding| Told { agency: found.agency, ..about(finding) }));
        if let Some(agency) = found.agency {
            self.entries.push(Entry::new(self.form, agency, file, report));
        }
    }

    /// Takes a report that was brought from an older form into the one that is added up.
    pub fn add_migrated(&mut self, file: &str, older: &Form, mut report: Report) {
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
        self.add(file, report);
    }

    /// Adds up what was gathered.
    pub fn finish(mut self) -> Rollup<'a> {
        let (chosen, repeated) = self.choose();
        let order = self.agencies.in_tree_order();
        let mut chosen: HashMap<usize, Entry> = chosen.into_iter().map(|entry| (entry.agency, entry)).collect();
        let entries: Vec<Entry> = order.iter().filter_map(|(agency, _)| chosen.remove(agency)).collect();
        let mut rollup = Rollup {
            form: self.form,
            agencies: self.agencies,
            year: self.year,
            without_errors: self.without_errors,
            entries,
            nodes: Vec::new(),
            total: super::Node::default(),
            missing: Vec::new(),
            unreadable: Vec::new(),
            others: self.others,
            repeated,
            previous: None,
            findings: self.findings,
        };
        let mut reported = vec![false; self.agencies.list().len()];
        for entry in &rollup.entries {
            reported[entry.agency] = true;
        }
        for (file, finding) in self.failed {
            // A file beside a report that was read is no reason to ask the agency again.
            let agency = self.matcher.by_path(&file).filter(|&agency| !reported[agency]);
            rollup.unreadable.extend(agency.map(|agency| Unreadable { agency, file: file.clone() }));
            rollup.findings.push(Told { agency, file: Some(file), finding });
        }
        rollup.unreadable.sort_by_key(|sent| sent.agency);
        rollup.unreadable.dedup_by_key(|sent| sent.agency);
        for sent in &rollup.unreadable {
            reported[sent.agency] = true;
            let name = &self.agencies.list()[sent.agency].name;
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
        // The sums are the report of the one at the top.
        let superior = rollup.superior().filter(|&top| !self.agencies.children(top).is_empty());
        rollup.missing = (0..reported.len()).filter(|&agency| !reported[agency] && Some(agency) != superior).collect();
        for &agency in &rollup.missing {
            let name = &self.agencies.list()[agency].name;
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

    /// One report an agency: the one published later, or the first where that does not tell.
    fn choose(&mut self) -> (Vec<Entry>, Vec<Repeated>) {
        let mut of: Vec<Vec<Entry>> = self.agencies.list().iter().map(|_| Vec::new()).collect();
        for entry in std::mem::take(&mut self.entries) {
            of[entry.agency].push(entry);
        }
        let (mut chosen, mut repeated) = (Vec::new(), Vec::new());
        for (agency, mut entries) in of.into_iter().enumerate() {
            let mut best = 0;
            for other in 1..entries.len() {
                let later = entries[other].published.zip(entries[best].published).is_some_and(|(one, best)| one > best);
                best = if later { other } else { best };
            }
            if entries.len() > 1 {
                let counted = entries.swap_remove(best);
                let same = entries.iter().all(|entry| entry.same_figures(&counted));
                let others = entries.into_iter().map(|entry| entry.file).collect();
                let found = Repeated { agency, counted: counted.file.clone(), others, same };
                self.findings.push(self.say_repeated(&found));
                repeated.push(found);
                chosen.push(counted);
            } else {
                chosen.append(&mut entries);
            }
        }
        (chosen, repeated)
    }

    fn say_repeated(&self, found: &Repeated) -> Told {
        let name = &self.agencies.list()[found.agency].name;
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
}

/// Says that a report with errors is part of the sums, or that it was kept out of them.
fn with_errors(rollup: &Rollup, entry: usize, counts: bool) -> Option<Told> {
    let Entry { agency, file, findings, .. } = &rollup.entries[entry];
    let errors = findings.iter().filter(|finding| finding.counts(Severity::Error)).count();
    if errors == 0 || !(rollup.without_errors || counts) {
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
    Some(Told { agency: Some(*agency), file: Some(file.clone()), finding: Finding::new(code, message) })
}
