//! Revised copies of the sent files: with the corrections of `--corrections`, or, without that option, with the drafts that are certain.

use nianbao::annotate::Revision;
use nianbao::batch::{Copies, Input, Notice};
use nianbao::corrections::{Correction, Stated};
use nianbao::finding::{Finding, Language};
use nianbao::report::{Place, Report, Value};

use super::Checker;
use crate::cli::args::Check;
use crate::cli::terminal::Terminal;

/// A change of a cell with the data for its tracked change or note.
struct Wanted<'a> {
    place: &'a Place,
    to: String,
    from: String,
    by: &'a str,
    at: &'a str,
    reason: Option<&'a str>,
}

/// Adds the revised copy, with the corrections of all reports of the file, to the outputs for the sender.
pub(super) fn make(
    checker: &Checker,
    input: &Input,
    sent: &[u8],
    reports: &[(&Report, Vec<Correction>)],
    (notice, findings): (&mut Notice, &mut Vec<Finding>),
) {
    if checker.args.revise.is_none() {
        return;
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    for (report, drafts) in reports {
        wanted.extend(report.values.values().filter_map(corrected));
        if checker.args.corrections.is_none() {
            wanted.extend(drafts.iter().filter_map(|draft| certain(report, draft)));
        }
    }
    let revisions: Vec<Revision> = wanted
        .iter()
        .map(|wanted| Revision {
            place: wanted.place,
            to: wanted.to.clone(),
            date: point_in_time(wanted.at),
            note: note(wanted),
        })
        .collect();
    checker.notices.revise(input, sent, &revisions, notice, findings);
}

/// Prints how many copies were made for the senders, and where they are.
pub(super) fn print(made: Copies, args: &Check, terminal: &Terminal) {
    let kinds = [
        (&args.annotate, made.annotated, ("批注件", "copies with comments")),
        (&args.revise, made.revised, ("修订副本", "revised copies")),
    ];
    for (folder, count, (zh, en)) in kinds {
        let Some(folder) = folder else { continue };
        let folder = folder.display();
        terminal.note(&match terminal.language {
            Language::Zh => format!("{zh}{count}份，在“{folder}”。"),
            Language::En => format!("{count} {en}; in {folder}"),
        });
    }
}

fn corrected(value: &Value) -> Option<Wanted<'_>> {
    let corrected = value.corrected.as_ref()?;
    Some(Wanted {
        place: value.place.as_ref()?,
        to: value.raw.clone(),
        from: corrected.from.clone(),
        by: &corrected.by,
        at: &corrected.at,
        reason: corrected.reason.as_deref(),
    })
}

fn certain<'a>(report: &'a Report, draft: &'a Correction) -> Option<Wanted<'a>> {
    let value = report.values.get(&draft.field)?;
    let Stated::Number(to) = &draft.to else { return None };
    Some(Wanted {
        place: value.place.as_ref()?,
        to: to.normalize().to_string(),
        from: value.raw.clone(),
        by: &draft.by,
        at: &draft.at,
        reason: draft.reason.as_deref(),
    })
}

fn note(wanted: &Wanted) -> String {
    let from = if wanted.from.trim().is_empty() { "（空白）" } else { wanted.from.trim() };
    let to = if wanted.to.is_empty() { "（空白）" } else { &wanted.to };
    let day = wanted.at.split('T').next().unwrap_or_default();
    let reason = wanted.reason.map(|reason| format!("；{reason}")).unwrap_or_default();
    format!("原填{from}，按核对结果代拟为{to}（{}，{day}{reason}）。", wanted.by)
}

/// A date or time in the format of tracked changes (ISO 8601 in UTC, without fractions of seconds).
fn point_in_time(at: &str) -> String {
    if let Ok(time) = at.parse::<jiff::Timestamp>() {
        return time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    }
    match at.parse::<jiff::civil::Date>() {
        Ok(date) => format!("{date}T00:00:00Z"),
        Err(_) => "1970-01-01T00:00:00Z".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::point_in_time;

    #[test]
    fn dates_and_times_are_converted_to_utc() {
        let cases = [
            ("2026-01-20", "2026-01-20T00:00:00Z"),
            ("2026-01-20T10:00:00+08:00", "2026-01-20T02:00:00Z"),
            ("yesterday", "1970-01-01T00:00:00Z"),
        ];
        for (at, time) in cases {
            assert_eq!(point_in_time(at), time);
        }
    }
}
