//! Agency and year of a report: from title, period, signature and file name, else from the file's properties.

use super::facts::{self, Doubt};
use super::frame::Frame;
use super::names::is_agency;
use super::sources::{Sources, show};
use super::title::{FoundTitle, parse};
use super::{agency, contradictions};
use crate::bind::Hints;
use crate::bind::source::stream::Stream;
use crate::finding::code::bind as code;
use crate::finding::{Code, Finding, Message, Severity};
use crate::form::{Form, Pattern};
use crate::read::Reading;
use crate::report::{Content, Report, Section};
use crate::text::{Months, dates_in_digits};

/// Reads title, agency, year, period, publication date and contact, and reports contradictions between their sources. Returns the parts of
/// the year that title and file name state.
pub(in crate::bind) fn read(
    form: &Form,
    reading: &Reading,
    hints: &Hints,
    (stream, frame): (&Stream, &Frame),
    report: &mut Report,
) -> [Option<Months>; 2] {
    let metadata = &reading.document.metadata;
    let mut doubts = Vec::new();
    let of_metadata = metadata.title.as_deref().and_then(|text| parse(&form.title, text));
    let of_entries = metadata.entries.iter().find_map(|(_, text)| parse(&form.title, text).filter(|found| found.alone));
    let sources = Sources {
        body: frame.title.clone().unwrap_or_default(),
        name: hints.file_stem.and_then(|text| of_name(form, text)),
        agency_in_name: hints.file_stem.and_then(|text| agency_in_name(form, text)),
        properties: of_metadata.or(of_entries),
        closing: closing(report),
    };
    let mut title = sources.body.clone();
    if let Some(name) = &sources.name {
        complete(&mut title, name);
    }
    let opening = opening(report);
    report.period = facts::period(&dates_in_digits(&opening), &mut doubts);
    report.contact = facts::contact(&opening);
    let page: Vec<&str> =
        frame.page_lines.iter().map(|&line| &stream.raw[stream.lines[line].start..stream.lines[line].end]).collect();
    report.published = facts::published(metadata, &page, &mut doubts);
    let lines: Vec<&str> = sources.closing.iter().map(String::as_str).collect();
    let mut of_signature = Vec::new();
    let signed = facts::signed(&lines, &mut of_signature);
    // If the page gives a date, only impossible dates of the signature are reported.
    of_signature.retain(|doubt| report.published.is_none() || matches!(doubt, Doubt::Impossible(_)));
    doubts.append(&mut of_signature);
    report.published = report.published.or(signed);
    // File properties are often left over from another year or agency, so they are the last resort.
    let in_period = report.period.map(|period| period.from.year());
    let named = sources.name.as_ref().and_then(|name| name.year);
    let in_properties = sources.properties.as_ref().and_then(|found| found.year);
    report.year = sources.body.year.or(in_period).or(named).or(in_properties);
    if report.year.is_none() {
        year_of_text(report, sources.body.short.as_ref());
    } else if let (None, Some((last, written)), Some(year)) = (sources.body.year, &sources.body.short, report.year)
        && year % 100 == *last
    {
        let message = Message::new(
            format!("标题中的年度写作“{written}”，按{year}年读取。请在标题中写明四位数的年度。"),
            format!("The title writes the year \"{written}\"; it was read as {year}. Write a year of four digits."),
        );
        report.findings.push(Finding::new(&code::YEAR_UNCERTAIN, message));
    }
    let mut known = agency::weigh(title.agency.as_deref(), &sources.closing, &form.identity.words);
    if known.agency.is_none() && title.agency.is_none() {
        let properties = sources.properties.as_ref().and_then(|found| found.agency.as_deref());
        known = agency::weigh(properties, &sources.closing, &form.identity.words);
    }
    if let Some(properties) = &sources.properties {
        complete(&mut title, properties);
    }
    report.title = (!title.text.is_empty()).then(|| title.text.clone());
    // A title with another agency or year than the one read is not this report's title.
    let other = title.agency.is_some() && title.agency != known.agency;
    let stale = sources.body.text.is_empty() && title.year != report.year;
    if let (true, Some(agency), Some(year)) = (other || stale || report.title.is_none(), &known.agency, report.year) {
        report.title = form.title.for_period(agency, year, report.months());
    }
    let doubt = known.doubt.or_else(|| known.agency.is_none().then(|| sentence(&code::AGENCY_UNCERTAIN)));
    report.findings.extend(doubt.map(|words| Finding::new(&code::AGENCY_UNCERTAIN, words)));
    report.agency = known.agency;
    report.findings.extend(doubts.into_iter().map(doubted));
    let found = contradictions::find(form, report, &sources);
    report.findings.extend(found);
    [sources.body.months, sources.name.as_ref().and_then(|name| name.months)]
}

/// Parses a file name: a whole title, or at least the year.
fn of_name(form: &Form, text: &str) -> Option<FoundTitle> {
    let found = parse(&form.title, text);
    if found.as_ref().is_some_and(|found| found.year.is_some()) {
        return found;
    }
    let year = form.identity.file_year.as_ref().and_then(Pattern::regex);
    let year = year.and_then(|regex| regex.captures(text)).and_then(|found| found.name("y")?.as_str().parse().ok());
    match (found, year) {
        (None, None) => None,
        (found, year) => Some(FoundTitle { year, ..found.unwrap_or_default() }),
    }
}

/// The complete name of an agency before the year in a file name: `甲市乙区教育局2022年年报`.
fn agency_in_name(form: &Form, text: &str) -> Option<String> {
    let year = form.identity.file_year.as_ref().and_then(Pattern::regex)?.captures(text)?.name("y")?;
    let before = text[..year.start()].trim_matches(|sign: char| !sign.is_alphanumeric());
    is_agency(&form.identity.words, before).then(|| before.to_owned())
}

/// Reads the year from the beginnings of paragraphs of the first sections if title and period have none, with a finding.
fn year_of_text(report: &mut Report, short: Option<&(i16, String)>) {
    let opening = opening(report);
    let mut years: Vec<i16> = opening.lines().filter_map(facts::leading_year).collect();
    years.dedup();
    let message = match years.as_slice() {
        [year] if short.is_none_or(|short| short.0 == year % 100) => {
            report.year = Some(*year);
            Message::new(
                format!("标题和统计期限中没有年度，取自正文“{year}年”。请核对。"),
                format!("Neither title nor period name the year; {year} was taken from the text. Check it."),
            )
        }
        _ => match short {
            Some((_, written)) => Message::new(
                format!("标题中的年度只写“{written}”，没有其他地方写明是哪一年，已留空。请在标题中写明四位数的年度。"),
                format!(
                    "The title writes the year \"{written}\" and nothing else says which it is; it was left open. Write a year of four digits."
                ),
            ),
            None => sentence(&code::YEAR_UNCERTAIN),
        },
    };
    report.findings.push(Finding::new(&code::YEAR_UNCERTAIN, message));
}

pub(in crate::bind) fn sentence(code: &Code) -> Message {
    Message::new(format!("{}{}", code.why.0, code.remedy.0), format!("{} {}", code.why.1, code.remedy.1))
}

/// Fills the gaps of a title from another one.
fn complete(title: &mut FoundTitle, other: &FoundTitle) {
    if (title.text.is_empty() && !other.text.is_empty())
        || (title.agency.is_none() && other.agency.is_some() && other.year.is_some())
    {
        title.text.clone_from(&other.text);
    }
    title.agency = title.agency.take().or_else(|| other.agency.clone());
    title.year = title.year.or(other.year);
}

/// The paragraphs of the first two sections, which state the period and the contact.
fn opening(report: &Report) -> String {
    let mut text = String::new();
    for section in report.sections.iter().take(2) {
        for content in &section.content {
            if let Content::Paragraph { text: paragraph, .. } = content {
                text.push_str(paragraph);
                text.push('\n');
            }
        }
    }
    text
}

/// The last lines of the last section, which contain signature and date.
fn closing(report: &Report) -> Vec<String> {
    let paragraphs = report.sections.last().map(|section: &Section| section.content.as_slice()).unwrap_or_default();
    let texts = paragraphs.iter().filter_map(|content| match content {
        Content::Paragraph { text, .. } => Some(dates_in_digits(text).into_owned()),
        _ => None,
    });
    let mut lines: Vec<String> = texts.collect();
    lines.split_off(lines.len().saturating_sub(4))
}

fn doubted(doubt: Doubt) -> Finding {
    match doubt {
        Doubt::Repaired(written, date) => {
            let shown = show(date);
            let message = Message::new(
                format!("日期“{written}”缺字，只有一种读法，按{shown}读取。"),
                format!("The date \"{written}\" lacks characters; its only reading is {date}."),
            );
            Finding::new(&code::DATE_REPAIRED, message)
        }
        Doubt::Ambiguous(written) => {
            let message = Message::new(
                format!("日期“{written}”缺字，有多种读法，已留空。请补全。"),
                format!(
                    "The date \"{written}\" lacks characters and can be read in more than one way; it stays empty."
                ),
            );
            Finding::new(&code::DATE_UNCERTAIN, message)
        }
        Doubt::Impossible(written) => {
            let message = Message::new(
                format!("日期“{written}”不存在，已留空。请核对。"),
                format!("There is no such date as \"{written}\"; it stays empty. Check it."),
            );
            let mut finding = Finding::new(&code::DATE_UNCERTAIN, message);
            finding.severity = Severity::Warning;
            finding
        }
    }
}
