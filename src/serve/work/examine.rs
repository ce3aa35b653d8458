//! Examines a report: applies corrections, checks it against the form and last year, marks accepted findings.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::batch::{guarded, sha256};
use crate::check::Context;
use crate::corrections::{Correction, Corrections, Stated};
use crate::finding::code::corrections::{CORRECTION_NOT_APPLIED, FIGURE_CORRECTED};
use crate::finding::{Finding, Message, Severity};
use crate::form::{Form, Standing};
use crate::report::{Content, Report};
use crate::waivers;

use super::desk::{Desk, today};
use super::{Answer, Part, SentFile, Wanted, Which};

/// A report with last year's, and its findings: those that stand first, the worst of them first.
pub(super) struct Examined {
    pub(super) report: Report,
    pub(super) before: Option<Report>,
    pub(super) findings: Vec<Finding>,
}

impl Desk<'_> {
    /// All reports of a file in a few words.
    pub(super) fn read(&mut self, file: &SentFile) -> Answer {
        match self.reports(file) {
            Ok((_, reports)) => {
                let mut parts = Vec::new();
                for report in reports {
                    let examined = self.examined(report);
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
        Ok((bytes, self.examined(report)))
    }

    /// Checks a report.
    pub(super) fn examined(&mut self, mut report: Report) -> Examined {
        let before = self.before(&report);
        let standing = self.standing(&report);
        let (level, kind) = (standing.0.as_deref(), standing.1.as_deref());
        let context = Context { previous: before.as_ref(), standing: Standing { name: None, level, kind } };
        let checked = guarded(|| {
            self.pipeline.check(&mut report, &context);
            Ok(())
        });
        let mut findings = std::mem::take(&mut report.findings);
        findings.extend(checked.err().map(|finding| *finding));
        self.shelf.policy.apply(report.agency.as_deref(), &mut findings);
        self.waivers.apply(&report, today(), &mut findings);
        findings.sort_by_key(|finding| (finding.waived.is_some(), Reverse(finding.severity)));
        report.findings.clone_from(&findings);
        Examined { report, before, findings }
    }

    /// Level and kind of the agency by the agencies file.
    fn standing(&self, report: &Report) -> (Option<String>, Option<String>) {
        let found = self.matcher.as_ref().zip(report.agency.as_deref());
        let agency = found.and_then(|(matcher, name)| Some(matcher.agency(matcher.find(name).agency?)));
        agency.map_or((None, None), |agency| (agency.level.clone(), agency.kind.clone()))
    }

    /// A report in a few words.
    pub(super) fn part(&self, examined: &Examined) -> Part {
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
        let figures: Vec<String> =
            report.values.values().map(|value| format!("{:?}{}", value.kind, value.raw)).collect();
        Part {
            agency: report.agency.clone(),
            listed,
            year: report.year,
            form: report.form.clone(),
            title: report.title.clone(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            accepted,
            corrected: corrected.count() + others.count(),
            first: findings.iter().find(|found| found.counts(Severity::Warning)).map(|found| found.message.clone()),
            figures: sha256(figures.join("\n").as_bytes())[..16].to_owned(),
        }
    }

    /// A report as it would be with one more correction.
    pub(super) fn attempt(&mut self, which: &Which, wanted: &Wanted) -> Answer {
        let (bytes, mut reports) = match self.reports(&which.file) {
            Ok(read) => read,
            Err(finding) => return Answer::No(finding.message),
        };
        let Some(report) = reports.get_mut(which.report) else { return Answer::No(none()) };
        let Some(form) = self.shelf.forms.get(&report.form) else { return Answer::No(none()) };
        let (from, to) = match statement(form, report, wanted) {
            Ok(statement) => statement,
            Err(message) => return Answer::No(message),
        };
        let line = Correction {
            at: wanted.at.clone(),
            by: wanted.by.clone(),
            sha256: crate::batch::sha256(&bytes),
            report: which.report,
            field: wanted.field.clone(),
            from,
            to,
            reason: Some(wanted.reason.clone()),
        };
        let mut one = serde_json::to_string(&line).unwrap_or_default();
        one.push('\n');
        if let Ok(more) = Corrections::read(&one) {
            more.apply(form, report, which.report);
        }
        let refused = report.findings.iter().rev().find(|found| found.code == CORRECTION_NOT_APPLIED.id);
        let refused = refused.filter(|_| !applied(report)).map(|found| found.message.clone());
        let report = std::mem::replace(report, Report::empty(&form.id));
        let examined = self.examined(report);
        let (part, view) = (self.part(&examined), self.shown(&examined));
        Answer::Tried { line: Box::new(line), refused, part: Box::new(part), view }
    }

    /// Waivers for findings, to be kept in the log.
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

/// Whether the last finding about corrections says that one was applied.
fn applied(report: &Report) -> bool {
    let last = report
        .findings
        .iter()
        .rev()
        .find(|found| [CORRECTION_NOT_APPLIED.id, FIGURE_CORRECTED.id].contains(&found.code.as_str()));
    last.is_some_and(|found| found.code == FIGURE_CORRECTED.id)
}

/// The current and the corrected content of a field or text.
fn statement(form: &Form, report: &Report, wanted: &Wanted) -> Result<(Stated, Stated), Message> {
    let text = |text: Option<&str>| text.map_or(Stated::Nothing, |text| Stated::Text(text.to_owned()));
    let typed = wanted.to.trim();
    if form.field_index(&wanted.field).is_some() {
        let value = report.values.get(&wanted.field);
        let from = match value {
            Some(value) => match value.value {
                Some(number) => Stated::Number(number),
                None if value.raw.trim().is_empty() => Stated::Nothing,
                None => Stated::Text(value.raw.clone()),
            },
            None => return Err(none()),
        };
        let to = match &wanted.stated {
            Some(stated) => stated.clone(),
            None if typed.is_empty() => Stated::Nothing,
            None => Stated::Number(number(typed)?),
        };
        return Ok((from, to));
    }
    let from = match wanted.field.as_str() {
        "agency" => text(report.agency.as_deref()),
        "title" => text(report.title.as_deref()),
        "year" => text(report.year.map(|year| year.to_string()).as_deref()),
        field => {
            let (section, at) = field.rsplit_once('.').ok_or_else(none)?;
            let section = report.section(section).ok_or_else(none)?;
            let mut paragraphs = section.content.iter().filter_map(|piece| match piece {
                Content::Paragraph { text, .. } => Some(text.as_str()),
                _ => None,
            });
            let at = at.parse::<usize>().ok().and_then(|at| at.checked_sub(1)).ok_or_else(none)?;
            text(Some(paragraphs.nth(at).ok_or_else(none)?))
        }
    };
    if wanted.field == "year"
        && wanted.stated.is_none()
        && !typed.parse::<i16>().is_ok_and(|year| (1900..=2200).contains(&year))
    {
        return Err(Message::new("请写年度，例如2025。", "write a year such as 2025"));
    }
    let to = wanted.stated.clone().unwrap_or_else(|| text(Some(typed).filter(|typed| !typed.is_empty())));
    Ok((from, to))
}

/// A number as people type it: full-width digits and thousands separators are understood, nothing else is.
fn number(typed: &str) -> Result<Decimal, Message> {
    let plain: String = typed
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' '))
        .map(|c| match c {
            '\u{ff10}'..='\u{ff19}' => char::from_u32(c as u32 - 0xff10 + '0' as u32).unwrap_or(c),
            '．' => '.',
            '－' | '−' => '-',
            c => c,
        })
        .collect();
    plain.parse().map_err(|_| {
        Message::new(
            format!("“{typed}”不是数字，请写数字或留空。"),
            format!("\"{typed}\" is no number; write a number or leave it empty"),
        )
    })
}

/// Stable ids of findings: a digest of the subject, with a number for duplicates.
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

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_people_type_them_and_nothing_is_guessed() {
        for (typed, plain) in [("32", "32"), ("１，４８６", "1486"), ("612.40", "612.40"), ("−3", "-3")] {
            assert_eq!(number(typed).unwrap().to_string(), plain);
        }
        for typed in ["三十二", "3O", "12件", "1/2", "--"] {
            assert!(number(typed).is_err(), "{typed}");
        }
    }
}
