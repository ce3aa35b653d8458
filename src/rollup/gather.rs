//! Which reports count: those of the form and the year, one an agency.

use std::collections::HashMap;

use super::entry::Entry;
use super::{OtherReport, Repeated, Rollup, Told, Unreadable, sums};
use crate::agencies::{Agencies, Matcher};
use crate::finding::code::rollup::{
    AGENCY_MISSING, AGENCY_REPORTED_AGAIN, AGENCY_REPORTED_TWICE, REPORT_OF_OTHER_FORM, REPORT_UNREADABLE,
};
use crate::finding::{Finding, Message};
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
        Self { agencies, matcher, form, year, without_errors: false, entries, failed, others, findings }
    }

    /// Keeps reports with errors out of the sums.
    pub fn leave_out_errors(&mut self) {
        self.without_errors = true;
    }

    /// Number of reports that count so far.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// Says that nothing could be read from `file`, and why.
    pub fn fail(&mut self, file: &str, finding: Finding) {
        self.failed.push((file.to_owned(), finding));
    }

    /// Says that a report of another form or year was read from `file`.
    pub fn pass_over(&mut self, file: &str, agency: Option<&str>, form: &str, year: Option<i16>) {
        let found = agency.and_then(|name| self.matcher.find(name).agency);
        let name = found.map(|known| self.agencies.list()[known].name.clone()).or_else(|| agency.map(str::to_owned));
        self.others.push(OtherReport { agency: name, year, file: file.to_owned() });
        let year = year.map_or_else(|| "?".to_owned(), |year| year.to_string());
        let (own, this) = (&self.form.id, self.year);
        let message = Message::new(
            format!("该报告是{form}（{year}年），本次汇总的是{own}（{this}年），未计入。"),
            format!("The report is of {form} ({year}); {own} ({this}) is added up, so it is not counted."),
        );
        let finding = Finding::new(&REPORT_OF_OTHER_FORM, message);
        self.findings.push(Told { agency: found, file: Some(file.to_owned()), finding });
    }

    /// Takes a report that was read from `file`.
    pub fn add(&mut self, file: &str, report: Report) {
        if report.form != self.form.id || report.year != Some(self.year) {
            return self.pass_over(file, report.agency.as_deref(), &report.form, report.year);
        }
        let about = |finding| Told { agency: None, file: Some(file.to_owned()), finding };
        let found = self.matcher.find(report.agency.as_deref().unwrap_or_default());
        self.findings.extend(found.finding.map(|finding| Told { agency: found.agency, ..about(finding) }));
        if let Some(agency) = found.agency {
            self.entries.push(Entry::new(self.form, agency, file, report));
        }
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
