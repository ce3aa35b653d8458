//! Letters of `check`: passes reports to the letter writer and prints a summary.

use anyhow::Result;
use jiff::civil::Date;
use nianbao::batch::{Desk, Post, Posted, Received};
use nianbao::finding::{Finding, Language};
use nianbao::letter::{LetterKind, Sender};
use nianbao::report::Report;

use super::{Checked, Checker};
use crate::cli::failure::of_system;
use crate::cli::office::OfficeOptions;
use crate::cli::terminal::{NAMED, Terminal};

/// Data of a report for letters, kept after the report itself is dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    agency: Option<String>,
    title: Option<String>,
    year: Option<i16>,
    form: String,
}

impl About {
    pub(super) fn from_report(report: &Report) -> Self {
        let Report { agency, title, year, form, .. } = report;
        Self { agency: agency.clone(), title: title.clone(), year: *year, form: form.clone() }
    }
}

/// The sender of the letters, from the options.
pub(super) fn sender(options: &OfficeOptions, language: Language) -> Sender {
    let OfficeOptions { sender, number, deadline, reply_to, contact, phone, date, request, due, portal, .. } = options;
    let day = |day: &Option<Date>| day.map(|day| written(day, language));
    Sender {
        name: sender.clone(),
        number: number.clone(),
        deadline: day(deadline),
        reply_to: reply_to.clone(),
        contact: contact.clone(),
        phone: phone.clone(),
        date: day(date),
        request: request.clone(),
        due: day(due),
        portal: portal.clone(),
    }
}

fn written(day: Date, language: Language) -> String {
    match language {
        Language::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Language::En => day.to_string(),
    }
}

/// The collector of letters; `None` without `--letter`.
pub(super) fn post<'a>(checker: &'a Checker, sender: &'a Sender) -> Option<Post<'a>> {
    checker.args.letter.as_ref()?;
    Some(Post::new(Desk {
        forms: checker.pipeline.forms(),
        policy: checker.pipeline.policy(),
        sender,
        agencies: checker.agencies,
        language: checker.terminal.language,
    }))
}

/// Adds the outcome of a file.
pub(super) fn add(post: &mut Post, path: &str, checked: &Checked) {
    for part in &checked.parts {
        let About { agency, title, year, form } = part.about.clone().unwrap_or_default();
        let findings: Vec<Finding> = part.findings.clone();
        let (path, sha256) = (path.to_owned(), checked.sha256.clone());
        let form = Some(form).filter(|form| !form.is_empty());
        post.add(Received { path, sha256, read: part.was_read, agency, title, year, form, findings, wrong: false });
    }
}

/// Writes the letters and prints their number.
pub(super) fn write(checker: &Checker, post: Post, whole: bool) -> Result<()> {
    let Some(folder) = &checker.args.letter else { return Ok(()) };
    let posted = post.write(folder, checker.args.office.receipts, whole, checker.args.prune);
    let posted = posted.map_err(of_system(folder))?;
    print_posted(&posted, &folder.display().to_string(), checker.terminal);
    Ok(())
}

fn print_posted(posted: &Posted, folder: &str, terminal: &Terminal) {
    let language = terminal.language;
    let kinds: Vec<String> = posted
        .letters
        .iter()
        .map(|(kind, count)| match language {
            Language::Zh => format!("{}{count}份", kind.folder(language)),
            Language::En => format!("{count} {}", named(*kind)),
        })
        .collect();
    if !kinds.is_empty() {
        terminal.note(&match language {
            Language::Zh => format!("{}，在“{folder}”。", kinds.join("，")),
            Language::En => format!("letters: {}; in {folder}", kinds.join(", ")),
        });
    }
    if !posted.unknown.is_empty() {
        let shown = posted.unknown.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>();
        let count = posted.unknown.len();
        terminal.note(&match language {
            Language::Zh => {
                let more = if count > NAMED { "等" } else { "" };
                format!("不知道报送单位，未生成通知的文件{count}个：{}{more}。", shown.join("、"))
            }
            Language::En => {
                let more = if count > NAMED { ", …" } else { "" };
                format!("no letter for {count} of which the sender is not known: {}{more}", shown.join(", "))
            }
        });
    }
    terminal.stale(&posted.stale, folder);
}

fn named(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Return => "to be corrected",
        LetterKind::Check => "to be checked",
        LetterKind::Reminder => "reminders",
        LetterKind::Receipt => "receipts",
    }
}
