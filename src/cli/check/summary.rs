//! The closing summary of `check`: files, reports, findings by severity, most frequent codes.

use std::collections::BTreeMap;

use nianbao::finding::code::bind::FORM_NOT_RECOGNISED;
use nianbao::finding::{Finding, Language, Severity, codes};

use super::{Checked, ReportOutcome};
use crate::cli::terminal::Terminal;

/// Maximum number of codes named in the summary.
const NAMED: usize = 5;

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    files: usize,
    unread: usize,
    unrecognised: usize,
    reports: usize,
    with_errors: usize,
    severities: [usize; 3],
    waived: usize,
    codes: BTreeMap<String, (Severity, usize)>,
}

impl Counts {
    /// Adds the outcome of a file.
    pub(super) fn add(&mut self, checked: &Checked) {
        self.files += 1;
        let (mut read, mut other) = (false, false);
        for part in &checked.parts {
            read |= part.was_read;
            other |= part.findings.iter().any(|finding| finding.code == FORM_NOT_RECOGNISED.id);
            self.part(part);
        }
        match (read, other) {
            (true, _) => {}
            (false, true) => self.unrecognised += 1,
            (false, false) => self.unread += 1,
        }
    }

    fn part(&mut self, part: &ReportOutcome) {
        if part.was_read {
            self.reports += 1;
            self.with_errors += usize::from(part.findings.iter().any(|finding| finding.counts(Severity::Error)));
        }
        for finding in &part.findings {
            self.finding(finding);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        if finding.waived.is_some() {
            self.waived += 1;
            return;
        }
        self.severities[finding.severity as usize] += 1;
        let known = self.codes.entry(finding.code.clone()).or_insert((finding.severity, 0));
        known.0 = known.0.max(finding.severity);
        known.1 += 1;
    }

    /// The lines of the summary.
    pub(super) fn lines(&self, terminal: &Terminal) -> Vec<String> {
        let mut lines = vec![self.first(terminal.language)];
        let mut most: Vec<(&String, &(Severity, usize))> =
            self.codes.iter().filter(|(_, known)| known.0 > Severity::Info).collect();
        most.sort_by_key(|(_, known)| (std::cmp::Reverse(known.0), std::cmp::Reverse(known.1)));
        let shown: Vec<String> = most.iter().take(NAMED).map(|(id, known)| named(terminal, id, known.1)).collect();
        if !shown.is_empty() {
            let more = most.len() > NAMED;
            lines.push(match terminal.language {
                Language::Zh => format!("其中：{}{}。", shown.join("，"), if more { "等" } else { "" }),
                Language::En => format!("most: {}{}", shown.join(", "), if more { ", …" } else { "" }),
            });
        }
        lines
    }

    fn first(&self, language: Language) -> String {
        let Self {
            files,
            unread,
            unrecognised,
            reports,
            with_errors,
            severities: [notes, warnings, errors],
            waived,
            ..
        } = *self;
        let good = reports - with_errors;
        match language {
            Language::Zh => {
                let some = |count: usize, words: &str| {
                    if count > 0 { format!("，{count}{words}") } else { String::new() }
                };
                format!(
                    "已核对{files}个文件：{reports}份报告（{good}份无错误，{with_errors}份有错误）{}{}。错误{errors}项，提示{warnings}项，说明{notes}项{}。",
                    some(unread, "个未能读取"),
                    some(unrecognised, "个不是年度报告或未能识别"),
                    some(waived, "项准予保留")
                )
            }
            Language::En => {
                let some = |count: usize, words: &str| {
                    if count > 0 { format!(", {count} {words}") } else { String::new() }
                };
                format!(
                    "{}: {} ({good} without errors, {with_errors} with errors){}{}; {}, {}, {}{}",
                    counted(files, "file"),
                    counted(reports, "report"),
                    some(unread, "could not be read"),
                    some(unrecognised, "no report found"),
                    counted(errors, "error"),
                    counted(warnings, "warning"),
                    counted(notes, "note"),
                    some(waived, "accepted")
                )
            }
        }
    }
}

/// A count with a noun in singular or plural: `1 row`, `28 rows`.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn named(terminal: &Terminal, id: &str, count: usize) -> String {
    let title = codes().find(|code| code.id == id).map_or(id, |code| terminal.say(code.title.0, code.title.1));
    match (terminal.language, terminal.verbose) {
        (Language::Zh, false) => format!("{title}{count}项"),
        (Language::Zh, true) => format!("{title}（{id}）{count}项"),
        (Language::En, _) => format!("{id} {count}"),
    }
}
