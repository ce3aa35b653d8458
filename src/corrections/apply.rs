//! Applies corrections to a report, each only if the current value is the one that the line expects.

use rust_decimal::Decimal;

use super::{Correction, Stated};
use crate::finding::code::corrections::{CORRECTION_NOT_APPLIED, FIGURE_CORRECTED, TYPED_IN};
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::{Content, Corrected, Kind, Report, Value};

pub(super) fn apply<'c>(lines: impl Iterator<Item = &'c Correction>, form: &Form, report: &mut Report) {
    let told = applied(lines, form, report);
    report.findings.extend(told);
}

/// Applies lines; returns a finding about each.
fn applied<'c>(lines: impl Iterator<Item = &'c Correction>, form: &Form, report: &mut Report) -> Vec<Finding> {
    let mut told: Vec<Finding> = Vec::new();
    let mut title_set = false;
    for line in lines {
        title_set |= line.field == "title";
        let outcome = match form.field_index(&line.field) {
            Some(field) => figure(line, form, field, report),
            None => other(line, report),
        };
        told.push(outcome.unwrap_or_else(|refused| not_applied(line, form, &refused)));
    }
    if !form.title.is_free()
        && !title_set
        && told.iter().any(|finding| finding.code == FIGURE_CORRECTED.id && finding.fields.is_empty())
        && let (Some(agency), Some(year)) = (&report.agency, report.year)
    {
        report.title = form.title.for_period(agency, year, report.months()).or_else(|| report.title.take());
    }
    // A correction resolves findings about an uncertain reading of its cell.
    let corrected = |field: &String| report.values.get(field).is_some_and(|value| value.corrected.is_some());
    let settled: Vec<bool> =
        report.findings.iter().map(|found| !found.fields.is_empty() && found.fields.iter().all(corrected)).collect();
    let mut settled = settled.into_iter();
    report.findings.retain(|_| !settled.next().unwrap_or(false));
    told
}

/// Applies the lines of a report that is typed in. One finding covers all filled cells, in place of one per cell.
pub(super) fn typed<'c>(
    beginning: &Correction,
    lines: impl Iterator<Item = &'c Correction>,
    form: &Form,
    report: &mut Report,
) {
    let lines: Vec<&Correction> = lines.collect();
    let filled: Vec<bool> = lines.iter().map(|line| line.from == Stated::Nothing).collect();
    let told = applied(lines.into_iter(), form, report);
    let kept = |(finding, filled): (Finding, bool)| (!filled || finding.code != FIGURE_CORRECTED.id).then_some(finding);
    let count = report.values.values().filter(|value| value.corrected.is_some() && value.kind != Kind::Blank).count();
    let message = Message::new(
        format!("这份报告的文件未能读取，由人工按“{}”录入{count}格（{}）。", form.name.zh, signed(beginning, "，")),
        format!(
            "The file of this report could not be read; {count} figures were typed in by hand as \"{}\" ({}).",
            form.name.en,
            signed(beginning, ", ")
        ),
    );
    report.findings.push(Finding::new(&TYPED_IN, message));
    report.findings.extend(told.into_iter().zip(filled).filter_map(kept));
}

/// Why a line was not applied.
enum Refused {
    /// Another value is there: this one.
    Found(String),
    /// The place does not exist.
    NoPlace,
    /// The new value is none of its kind.
    NoValue,
}

fn figure(line: &Correction, form: &Form, field: FieldIndex, report: &mut Report) -> Result<Finding, Refused> {
    let id = &form.fields[field].id;
    let value = report.values.get_mut(id).ok_or(Refused::NoPlace)?;
    if !stands(&line.from, value) {
        return Err(Refused::Found(shown(value)));
    }
    let before = shown(value);
    let spec = &form.fields[field];
    let words = (!spec.kind.is_figure()).then(|| text_of(&line.to).unwrap_or_default().trim().to_owned());
    let to = match &line.to {
        _ if words.is_some() => None,
        Stated::Number(number) => Some(*number),
        Stated::Nothing => None,
        Stated::Text(text) => Some(text.trim().parse::<Decimal>().map_err(|_| Refused::NoValue)?),
    };
    let raw = value.corrected.take().map_or_else(|| value.raw.clone(), |earlier| earlier.from);
    *value = Value {
        value: to,
        raw: to.map(|number| number.to_string()).or_else(|| words.clone()).unwrap_or_default(),
        kind: match (&words, spec.kind) {
            (None, _) if to.is_some() => Kind::Number,
            (Some(words), FieldKind::Choice) if !words.is_empty() => Kind::Choice,
            (Some(words), FieldKind::Date) if !words.is_empty() => Kind::Date,
            (Some(words), FieldKind::Code) if !words.is_empty() => Kind::Code,
            (Some(words), _) if !words.is_empty() => Kind::Text,
            _ => Kind::Blank,
        },
        text: words.filter(|words| !words.is_empty()),
        unit: None,
        deduced: Vec::new(),
        place: value.place.take(),
        corrected: Some(Corrected { from: raw, at: line.at.clone(), by: line.by.clone(), reason: line.reason.clone() }),
    };
    let after = shown(value);
    let (place, name) = (value.place.clone(), form.describe(field));
    let message = Message::new(
        format!("{}原填{before}，已更正为{after}（{}）。", name.zh, signed(line, "，")),
        format!("{}: corrected from {before} to {after} ({}).", name.en, signed(line, ", ")),
    );
    Ok(Finding::new(&FIGURE_CORRECTED, message).at(place).about([id.clone()]))
}

/// Corrects agency, year, title, or a paragraph of a section.
fn other(line: &Correction, report: &mut Report) -> Result<Finding, Refused> {
    let to = text_of(&line.to);
    let (name, before) = match line.field.as_str() {
        "agency" => (("单位名称", "agency"), swap(&mut report.agency, &line.from, to)?),
        "title" => (("标题", "title"), swap(&mut report.title, &line.from, to)?),
        "year" => {
            let mut year = report.year.map(|year| year.to_string());
            let before = swap(&mut year, &line.from, to)?;
            report.year = year.map(|year| year.parse().map_err(|_| Refused::NoValue)).transpose()?;
            (("年度", "year"), before)
        }
        field => return paragraph(line, field, report),
    };
    let message = Message::new(
        format!("{}原为“{before}”，已更正为“{}”（{}）。", name.0, line.to.shown(), signed(line, "，")),
        format!("{}: corrected from \"{before}\" to \"{}\" ({}).", name.1, line.to.shown(), signed(line, ", ")),
    );
    Ok(Finding::new(&FIGURE_CORRECTED, message))
}

/// Replaces the text if the old one matches the line; returns the old one.
fn swap(place: &mut Option<String>, from: &Stated, to: Option<String>) -> Result<String, Refused> {
    let before = place.clone().unwrap_or_default();
    if text_of(from).unwrap_or_default().trim() != before.trim() {
        return Err(Refused::Found(before));
    }
    *place = to.filter(|text| !text.trim().is_empty());
    Ok(before)
}

/// Corrects a paragraph of a section, given as `overview.3` (1-based).
fn paragraph(line: &Correction, field: &str, report: &mut Report) -> Result<Finding, Refused> {
    let (section, number) = field.rsplit_once('.').ok_or(Refused::NoPlace)?;
    let number: usize = number.parse().map_err(|_| Refused::NoPlace)?;
    let section = report.sections.iter_mut().find(|found| found.id == section).ok_or(Refused::NoPlace)?;
    let heading = section.heading.clone().unwrap_or_default();
    let mut paragraphs = section.content.iter_mut().filter_map(|content| match content {
        Content::Paragraph { text, place, .. } => Some((text, place)),
        _ => None,
    });
    let (text, place) = number.checked_sub(1).and_then(|index| paragraphs.nth(index)).ok_or(Refused::NoPlace)?;
    if text_of(&line.from).unwrap_or_default().trim() != text.trim() {
        return Err(Refused::Found(text.clone()));
    }
    // An emptied paragraph keeps its number, so that later lines find the others.
    *text = text_of(&line.to).unwrap_or_default();
    let message = Message::new(
        format!("“{heading}”第{number}段已更正（{}）。", signed(line, "，")),
        format!("\"{heading}\", paragraph {number}: corrected ({}).", signed(line, ", ")),
    );
    Ok(Finding::new(&FIGURE_CORRECTED, message).at(place.clone()))
}

/// Whether the value of a field is the one that the line expects.
fn stands(from: &Stated, value: &Value) -> bool {
    match from {
        Stated::Number(number) => value.value == Some(*number),
        Stated::Nothing => value.value.is_none(),
        Stated::Text(text) => {
            let text = text.trim();
            text == value.raw.trim() || text.parse::<Decimal>().is_ok_and(|number| value.value == Some(number))
        }
    }
}

impl Stated {
    fn shown(&self) -> String {
        text_of(self).unwrap_or_default()
    }
}

fn text_of(stated: &Stated) -> Option<String> {
    match stated {
        Stated::Number(number) => Some(number.to_string()),
        Stated::Text(text) => Some(text.clone()),
        Stated::Nothing => None,
    }
}

/// The value of a field, for a message.
fn shown(value: &Value) -> String {
    match value.value {
        Some(number) => number.normalize().to_string(),
        None if value.raw.trim().is_empty() => "（空白）".to_owned(),
        None => format!("“{}”", value.raw.trim()),
    }
}

/// Author, date and reason.
fn signed(line: &Correction, comma: &str) -> String {
    let day = line.at.split('T').next().unwrap_or_default();
    let parts = [line.by.as_str(), day, line.reason.as_deref().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(comma)
}

fn not_applied(line: &Correction, form: &Form, refused: &Refused) -> Finding {
    let (from, field) = (line.from.shown(), &line.field);
    let name = form.field_index(field).map(|index| form.describe(index));
    let (zh, en) = match &name {
        Some(name) => (name.zh.clone(), name.en.clone()),
        None => (format!("“{field}”"), field.clone()),
    };
    let message = match refused {
        Refused::Found(found) => Message::new(
            format!("{zh}的更正单所记原数为“{from}”，文件现为{found}，未更正。请重新核对。"),
            format!(
                "{en}: the correction was written for \"{from}\", the file has {found}; not applied. Check it again."
            ),
        ),
        Refused::NoPlace => Message::new(
            format!("更正单中的{zh}在这份报告里没有对应的位置，未更正。请核对更正单。"),
            format!("{en}: the report has no such place; the correction was not applied. Check the corrections."),
        ),
        Refused::NoValue => Message::new(
            format!("{zh}的更正单要改成“{}”，不是可用的数字，未更正。请核对更正单。", line.to.shown()),
            format!(
                "{en}: \"{}\" is no number; the correction was not applied. Check the corrections.",
                line.to.shown()
            ),
        ),
    };
    let fields: Vec<String> = name.iter().map(|_| field.clone()).collect();
    Finding::new(&CORRECTION_NOT_APPLIED, message).about(fields)
}
