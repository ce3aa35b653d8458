//! Examines a report: applies corrections, checks it against the form and last year, marks accepted findings.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::batch::{guarded, lastyear, sha256};
use crate::check::Context;
use crate::finding::code::corrections::FIGURE_CORRECTED;
use crate::finding::{Finding, Message, Severity};
use crate::form::Standing;
use crate::report::{Report, Source};
use crate::waivers;

use super::desk::{Desk, today};
use super::{Answer, ReportSummary, SentFile, Which};

/// A report with last year's report and its findings, sorted: without waiver first, then by descending severity.
pub(super) struct Examined {
    pub(super) report: Report,
    pub(super) before: Option<Report>,
    pub(super) findings: Vec<Finding>,
}

impl Desk<'_> {
    /// Summaries of all reports of a file.
    pub(super) fn read(&mut self, file: &SentFile) -> Answer {
        match self.reports(file) {
            Ok((_, reports)) => {
                let mut parts = Vec::new();
                for report in reports {
                    let examined = self.examined(report, file);
                    parts.push(self.part(&examined));
                }
                Answer::Parts(parts)
            }
            Err(finding) => {
                let agency = self.matcher.as_ref().and_then(|matcher| Some(matcher.name(matcher.by_path(&file.name)?)));
                Answer::Refused { finding, agency: agency.map(str::to_owned) }
            }
        }
    }

    /// One report of a file, examined.
    pub(super) fn one(&mut self, which: &Which) -> Result<(Vec<u8>, Examined), Message> {
        let (bytes, reports) = self.reports(&which.file).map_err(|finding| finding.message)?;
        let report = reports.into_iter().nth(which.report).ok_or_else(none)?;
        Ok((bytes, self.examined(report, &which.file)))
    }

    /// Checks a report against its form and last year's report, and applies policy and waivers.
    pub(super) fn examined(&mut self, mut report: Report, file: &SentFile) -> Examined {
        let (before, uncertain) = self.before(&report, file);
        let standing = self.standing(&report);
        let (level, kind) = (standing.0.as_deref(), standing.1.as_deref());
        let context =
            Context { previous: before.as_ref(), standing: Standing { name: None, level, kind }, is_sum: false };
        let checked = guarded(|| {
            self.pipeline.check(&mut report, &context);
            Ok(())
        });
        let mut findings = std::mem::take(&mut report.findings);
        findings.extend(checked.err().map(|finding| *finding));
        findings.extend(uncertain);
        self.shelf.policy.apply(report.agency.as_deref(), &mut findings);
        self.waivers.apply(&report, today(), &mut findings);
        findings.sort_by_key(|finding| (finding.waived.is_some(), Reverse(finding.severity)));
        report.findings.clone_from(&findings);
        Examined { report, before, findings }
    }

    /// Level and kind of the agency in the agencies file.
    fn standing(&self, report: &Report) -> (Option<String>, Option<String>) {
        let found = self.matcher.as_ref().zip(report.agency.as_deref());
        let agency = found.and_then(|(matcher, name)| Some(matcher.agency(matcher.find(name).agency?)));
        let owned = |word: &Option<Arc<str>>| word.as_deref().map(str::to_owned);
        agency.map_or((None, None), |agency| (owned(&agency.level), owned(&agency.kind)))
    }

    /// Summary of a report.
    pub(super) fn part(&self, examined: &Examined) -> ReportSummary {
        let Examined { report, findings, .. } = examined;
        let count =
            |severity| findings.iter().filter(|found| found.severity == severity && found.waived.is_none()).count();
        let accepted =
            findings.iter().filter(|found| found.severity == Severity::Error && found.waived.is_some()).count();
        let listed = self.matcher.as_ref().zip(report.agency.as_deref());
        let listed = listed.and_then(|(matcher, name)| Some(matcher.name(matcher.find(name).agency?).to_owned()));
        let corrected = report
            .values
            .values()
            .filter(|value| value.corrected.as_ref().is_some_and(|by| by.from.trim() != value.raw.trim()));
        let others = findings.iter().filter(|found| found.code == FIGURE_CORRECTED.id && found.fields.is_empty());
        ReportSummary {
            agency: report.agency.clone(),
            listed,
            year: report.year,
            form: report.form.clone(),
            family: self.shelf.migrations.family(&self.shelf.forms, &report.form),
            title: report.title.clone(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            accepted,
            corrected: corrected.count() + others.count(),
            typed: report.source.as_ref().is_some_and(Source::is_typed),
            first: findings.iter().find(|found| found.counts(Severity::Warning)).map(|found| found.message.clone()),
            figures: lastyear::figures(report),
        }
    }

    /// Waivers for findings, to be written into the log; empty `ids` mean all errors.
    pub(super) fn accept(&mut self, which: &Which, ids: &[String], reason: &str, until: Date) -> Answer {
        let Examined { report, findings, .. } = match self.one(which) {
            Ok((_, examined)) => examined,
            Err(message) => return Answer::No(message),
        };
        let (mut waivers, mut about, mut left) = (Vec::new(), Vec::new(), 0);
        for (id, finding) in ids_of(&findings).into_iter().zip(&findings) {
            let wanted = if ids.is_empty() { finding.severity == Severity::Error } else { ids.contains(&id) };
            if !wanted || finding.waived.is_some() {
                continue;
            }
            match waivers::waiver(&report, finding) {
                Some(waiver) => {
                    waivers.push(waivers::Waiver { reason: reason.to_owned(), until, ..waiver });
                    about.push(finding.message.clone());
                }
                None => left += 1,
            }
        }
        Answer::Accepted { waivers, about, left }
    }
}

/// Stable ids of findings, in their order: a digest of code, rule and fields or place, with a number for duplicates.
pub(super) fn ids_of(findings: &[Finding]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let id = |finding: &Finding| {
        let rule = finding.rule.as_deref().unwrap_or_default();
        let place = finding.place.as_ref().map(ToString::to_string).unwrap_or_default();
        let place = if finding.fields.is_empty() { place } else { String::new() };
        let key = format!("{}|{rule}|{}|{place}", finding.code, finding.fields.join(","));
        let id = sha256(key.as_bytes())[..10].to_owned();
        let number = seen.entry(id.clone()).and_modify(|number| *number += 1).or_insert(0);
        if *number == 0 { id } else { format!("{id}-{number}") }
    };
    findings.iter().map(id).collect()
}

pub(super) fn none() -> Message {
    Message::new("这份报告里没有这一处。", "the report has no such place")
}
