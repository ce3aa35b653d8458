//! Tries requested corrections: resolves old and new values, and shows the report with the corrections applied.

use rust_decimal::Decimal;

use crate::batch::{Loader, guarded, sha256};
use crate::corrections::{Correction, Corrections, FORM, Stated, add_rows};
use crate::finding::Message;
use crate::finding::code::corrections::CORRECTION_NOT_APPLIED;
use crate::form::Form;
use crate::report::{Content, Report, Source};
use crate::text::ascii_digit;

use super::desk::{Desk, corrections, input};
use super::examine::none;
use super::rows;
use super::{Answer, SentFile, Wanted, Which};

impl Desk<'_> {
    /// Tries corrections of a report without writing them. The first one may begin manual entry of an unreadable file, or end it.
    pub(super) fn attempt(&mut self, which: &Which, wanted: &[Wanted]) -> Answer {
        let mut which = which.clone();
        let (begins, wanted) = match wanted.split_first() {
            Some((first, rest)) if first.field == FORM => (Some(first), rest),
            _ => (None, wanted),
        };
        let mut lines = Vec::new();
        if let Some(first) = begins {
            let line = match self.beginning(&which.file, first) {
                Ok(line) => line,
                Err(message) => return Answer::No(message),
            };
            if line.to == Stated::Nothing {
                return Answer::Again(Box::new(line));
            }
            which.file.corrections.push_str(&text_of(std::slice::from_ref(&line)));
            lines.push(line);
        }
        let (bytes, mut reports) = match self.reports(&which.file) {
            Ok(read) => read,
            Err(finding) => return Answer::No(finding.message),
        };
        let Some(report) = reports.get_mut(which.report) else { return Answer::No(none()) };
        let Some(form) = self.shelf.forms.get(&report.form) else { return Answer::No(none()) };
        let (mut wanted, mut refused) = (wanted.to_vec(), Vec::new());
        if report.source.as_ref().is_some_and(Source::is_typed) {
            refused = rows::with_row_keys(form, report, &mut wanted);
            add_rows(form, report, wanted.iter().map(|wanted| wanted.field.as_str()));
        }
        let form = form.expanded(report.values.keys().map(String::as_str)).into_owned();
        let (more, unknown) = stated(&form, report, (&wanted, which.report, &sha256(&bytes)));
        refused.extend(unknown);
        let tried = Corrections::read(&text_of(&more)).unwrap_or_default();
        tried.apply(&form, report, which.report);
        // `apply` appends one finding per line, in the order of the lines.
        let told = report.findings.iter().skip(report.findings.len().saturating_sub(more.len()));
        for (line, finding) in more.iter().zip(told) {
            if finding.code == CORRECTION_NOT_APPLIED.id {
                refused.push((line.field.clone(), finding.message.clone()));
            }
        }
        let mut report = std::mem::replace(report, Report::empty(&form.id));
        if report.source.as_ref().is_some_and(Source::is_typed) {
            // Read the report again with the new lines, because values entered by hand have no finding each.
            which.file.corrections.push_str(&text_of(&more));
            let again = self.reports(&which.file).ok().and_then(|(_, reports)| reports.into_iter().next());
            report = again.unwrap_or(report);
        }
        lines.extend(more);
        let examined = self.examined(report, &which.file);
        let (part, view) = (self.part(&examined), self.shown(&examined));
        Answer::Tried { lines, refused, part: Box::new(part), view }
    }

    /// The correction that begins manual entry with a form, or ends it so that the file is read again.
    fn beginning(&self, file: &SentFile, wanted: &Wanted) -> Result<Correction, Message> {
        let bytes = guarded(|| Loader::default().bytes(&input(file))).map_err(|finding| finding.message)?;
        let sha256 = sha256(&bytes);
        let typed = corrections(file).typed_as(&sha256).map(str::to_owned);
        let to = match (&wanted.stated, wanted.to.trim()) {
            (Some(stated), _) => stated.clone(),
            (None, "") => Stated::Nothing,
            (None, form) => Stated::Text(form.to_owned()),
        };
        if let Stated::Text(id) = &to
            && self.shelf.forms.get(id).is_none()
        {
            return Err(Message::new("没有这种表式。", "there is no such form"));
        }
        Ok(Correction {
            at: wanted.at.clone(),
            by: wanted.by.clone(),
            sha256,
            report: 0,
            field: FORM.to_owned(),
            from: typed.map_or(Stated::Nothing, Stated::Text),
            to,
            reason: Some(wanted.reason.clone()),
        })
    }
}

/// Corrections in JSON Lines.
fn text_of(lines: &[Correction]) -> String {
    lines.iter().filter_map(|line| serde_json::to_string(line).ok()).map(|line| line + "\n").collect()
}

/// The requested corrections with old and new values, and the fields that cannot be corrected with the reasons.
fn stated(
    form: &Form,
    report: &Report,
    (wanted, number, sha256): (&[Wanted], usize, &str),
) -> (Vec<Correction>, Vec<(String, Message)>) {
    let (mut lines, mut refused) = (Vec::new(), Vec::new());
    for wanted in wanted {
        match statement(form, report, wanted) {
            Ok((from, to)) => lines.push(Correction {
                at: wanted.at.clone(),
                by: wanted.by.clone(),
                sha256: sha256.to_owned(),
                report: number,
                field: wanted.field.clone(),
                from,
                to,
                reason: Some(wanted.reason.clone()),
            }),
            Err(message) => refused.push((wanted.field.clone(), message)),
        }
    }
    (lines, refused)
}

/// The current and the requested value of a field, a paragraph, the agency, the title or the year.
fn statement(form: &Form, report: &Report, wanted: &Wanted) -> Result<(Stated, Stated), Message> {
    let text = |text: Option<&str>| text.map_or(Stated::Nothing, |text| Stated::Text(text.to_owned()));
    let typed = wanted.to.trim();
    if let Some(field) = form.field_index(&wanted.field) {
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
            // A field of text is stored as typed.
            None if !form.fields[field].kind.is_figure() => Stated::Text(typed.to_owned()),
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

/// Parses a typed number: full-width digits and signs, spaces and thousands separators are accepted, nothing else.
fn number(typed: &str) -> Result<Decimal, Message> {
    let plain: String = typed
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' '))
        .map(|c| match c {
            '．' => '.',
            '－' | '−' => '-',
            c => ascii_digit(c).unwrap_or(c),
        })
        .collect();
    plain.parse().map_err(|_| {
        Message::new(
            format!("“{typed}”不是数字，请写数字或留空。"),
            format!("\"{typed}\" is no number; write a number or leave it empty"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn typed_numbers_are_parsed_without_guessing() {
        for (typed, plain) in [("32", "32"), ("１，４８６", "1486"), ("612.40", "612.40"), ("−3", "-3")] {
            assert_eq!(number(typed).unwrap().to_string(), plain);
        }
        for typed in ["三十二", "3O", "12件", "1/2", "--"] {
            assert!(number(typed).is_err(), "{typed}");
        }
    }
}
