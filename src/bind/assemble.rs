//! The report put together from what was found in a document.

use jiff::civil::Date;

use super::Hints;
use super::figures::{Figures, summarise_kinds};
use super::grid::tables;
use super::labels::index::FormIndex;
use super::page::anchors::Anchors;
use super::page::facts::{self, Doubt};
use super::page::frame::{self, Frame};
use super::page::sections::Cutter;
use super::page::title::{FoundTitle, parse};
use super::page::{agency, headings};
use super::source::items::Flow;
use super::source::stream::Stream;
use super::text::flat;
use crate::document::{Format, Region};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::read::Reading;
use crate::report::{Content, Report, Section};
use crate::text::blank;
use crate::text::fold;

/// Reads the report of one form from a document, and where its parts stand.
pub(super) fn report(index: &FormIndex, reading: &Reading, flow: &Flow, hints: &Hints) -> (Report, Anchors) {
    let form = &index.form;
    let mut figures = tables::read(index, flow);
    let stream = Stream::of(index, flow, &figures);
    let flat = flat::read(index, &stream, &mut figures);
    let web = matches!(reading.format, Format::Html | Format::Mht | Format::Text);
    let mut found = headings::find(index, &stream, &flat.claims, 0);
    let mut frame = frame::find(&form.title, &stream, &found, web);
    if frame.start > 0 {
        found = headings::find(index, &stream, &flat.claims, frame.start);
    }
    if let Some(second) = flat.second {
        cut_second(&stream, second, &mut frame, &mut found);
    }
    let cutter = Cutter { form, flow, stream: &stream, claims: &flat.claims, headings: &found, frame: &frame };
    let (sections, unclaimed) = cutter.cut();
    let mut report = Report::empty(&form.id);
    report.findings.clone_from(&reading.findings);
    report.sections = sections;
    report.unclaimed = unclaimed;
    report.pictures.clone_from(&reading.document.pictures);
    identity(index, reading, hints, &stream, &frame, &mut report);
    if flat.beside {
        // Whose title and name stand first is not whose report it is.
        report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
        report.findings.push(Finding::new(&code::AGENCY_UNCERTAIN, sentence(&code::AGENCY_UNCERTAIN)));
        (report.agency, report.title) = (None, None);
    }
    tables_missing(index, &mut figures);
    summarise_kinds(form, &figures.values, &mut figures.findings);
    if flat.beside {
        let message = Message::new(
            "文本中有两份报告左右并排，行与行交错，不能确定数据属于哪一份，未读取任何表格。请分别保存为两个文件。",
            "Two reports stand side by side and their rows run through each other, so no table was read. Save them as two files.",
        );
        figures.findings.push(Finding::new(&code::SECOND_REPORT, message));
    } else if figures.second.is_some() || flat.second.is_some() {
        figures.findings.push(Finding::new(&code::SECOND_REPORT, code::SECOND_REPORT.message()));
    }
    report.values = index.values(figures.values);
    report.findings.append(&mut figures.findings);
    around(&stream, &frame, &mut report);
    (report, Anchors::of(&stream, &frame, &found))
}

/// Ends the report before a second one: at the title above it if there is one.
fn cut_second(stream: &Stream, second: usize, frame: &mut Frame, found: &mut Vec<headings::Heading>) {
    found.retain(|heading| heading.start < second);
    let line = stream.line_at(second);
    frame.end = frame.end.min(stream.lines.get(line).map_or(second, |line| line.start));
}

/// Title, agency, year, period, publication and contact.
fn identity(index: &FormIndex, reading: &Reading, hints: &Hints, stream: &Stream, frame: &Frame, report: &mut Report) {
    let form = &index.form;
    let metadata = &reading.document.metadata;
    let mut doubts = Vec::new();
    let from_metadata = metadata.title.as_deref().and_then(|text| parse(&form.title, text));
    let from_entries =
        metadata.entries.iter().find_map(|(_, text)| parse(&form.title, text).filter(|found| found.alone));
    let from_name = hints.file_stem.and_then(|text| parse(&form.title, text));
    let mut title = frame.title.clone().unwrap_or_default();
    for other in [from_metadata, from_entries, from_name].into_iter().flatten() {
        complete(&mut title, other);
    }
    let opening = opening(report);
    report.period = facts::period(&opening, &mut doubts);
    report.contact = facts::contact(&opening);
    let page: Vec<&str> =
        frame.page_lines.iter().map(|&line| &stream.raw[stream.lines[line].start..stream.lines[line].end]).collect();
    report.published = facts::published(metadata, &page, &mut doubts);
    let closing = closing(report);
    if report.published.is_none() {
        let lines: Vec<&str> = closing.iter().map(String::as_str).collect();
        report.published = facts::signed(&lines, &mut doubts);
    }
    report.year = title.year.or_else(|| report.period.map(|period| period.from.year()));
    if report.year.is_none() {
        year_of_text(report);
    }
    let named = agency::weigh(title.agency.as_deref(), &closing);
    report.title = (!title.text.is_empty()).then(|| title.text.clone());
    // A title with another name in it than the one that was taken is no title of this report.
    let other = title.agency.is_some() && title.agency != named.agency;
    if let (true, Some(agency), Some(year)) = (other || report.title.is_none(), &named.agency, report.year) {
        report.title = Some(form.title.for_report(agency, year));
    }
    let agency_doubt = named.doubt.or_else(|| named.agency.is_none().then(|| sentence(&code::AGENCY_UNCERTAIN)));
    report.findings.extend(agency_doubt.map(|words| Finding::new(&code::AGENCY_UNCERTAIN, words)));
    report.agency = named.agency;
    report.findings.extend(doubts.into_iter().map(doubt));
}

/// The year that paragraphs of the first parts begin with stands in for one that title and period do not name, with a finding.
fn year_of_text(report: &mut Report) {
    let opening = opening(report);
    let mut years: Vec<i16> = opening.lines().filter_map(facts::leading_year).collect();
    years.dedup();
    let message = match years.as_slice() {
        [year] => {
            report.year = Some(*year);
            Message::new(
                format!("标题和统计期限中没有年度，取自正文“{year}年”。请核对。"),
                format!("Neither title nor period name the year; {year} was taken from the text. Check it."),
            )
        }
        _ => sentence(&code::YEAR_UNCERTAIN),
    };
    report.findings.push(Finding::new(&code::YEAR_UNCERTAIN, message));
}

fn sentence(code: &crate::finding::Code) -> Message {
    Message::new(format!("{}{}", code.why.0, code.remedy.0), format!("{} {}", code.why.1, code.remedy.1))
}

/// Takes from another title what the first does not say.
fn complete(title: &mut FoundTitle, other: FoundTitle) {
    if title.text.is_empty() || (title.agency.is_none() && other.agency.is_some() && other.year.is_some()) {
        title.text = other.text;
    }
    title.agency = title.agency.take().or(other.agency);
    title.year = title.year.or(other.year);
}

/// The text of the first two parts, where a report says what it covers and whom to ask.
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

/// The last lines of the last part, where a report is signed and dated.
fn closing(report: &Report) -> Vec<String> {
    let paragraphs = report.sections.last().map(|section: &Section| section.content.as_slice()).unwrap_or_default();
    let texts = paragraphs.iter().filter_map(|content| match content {
        Content::Paragraph { text, .. } => Some(text.clone()),
        _ => None,
    });
    let mut lines: Vec<String> = texts.collect();
    lines.split_off(lines.len().saturating_sub(4))
}

fn doubt(doubt: Doubt) -> Finding {
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
    }
}

fn show(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// One finding for each table of the form that was not found.
fn tables_missing(index: &FormIndex, figures: &mut Figures) {
    for (table, spec) in index.form.tables.iter().enumerate() {
        if figures.has(table) {
            continue;
        }
        let ids: Vec<String> =
            index.form.fields.iter().filter(|field| field.table == table).map(|field| field.id.clone()).collect();
        let message = Message::new(
            format!("没有找到{}，其{}个数据全部留空。", spec.name.zh, ids.len()),
            format!("{} was not found; its {} figures stay empty.", spec.name.en, ids.len()),
        );
        figures.findings.push(Finding::new(&code::TABLE_NOT_FOUND, message).about(ids));
    }
}

/// Whether a line of a page says nothing that the report does not: a heading in a table of contents, its source and day.
fn repeats(report: &Report, headings: &[String], text: &str) -> bool {
    let folded = fold(text);
    let lists = |heading: &String| folded.strip_suffix(heading.as_str()).is_some_and(|number| number.len() <= 3);
    if folded.is_empty() || headings.iter().any(lists) {
        return true;
    }
    let (Some(agency), Some(date)) = (&report.agency, report.published) else { return false };
    let (agency, date) = (fold(agency), fold(&date.to_string()));
    let rest = folded.replacen(&agency, "", 1).replacen(&date, "", 1);
    rest != folded && matches!(rest.as_str(), "" | "来源" | "发布时间" | "来源发布时间")
}

/// What stands around the report: a web page's own text is named in a finding, anything else travels along with one.
fn around(stream: &Stream, frame: &Frame, report: &mut Report) {
    let lines = frame.page_lines.iter().map(|&line| &stream.raw[stream.lines[line].start..stream.lines[line].end]);
    let aside = stream.aside.iter().filter(|(region, _)| *region == Region::Chrome).map(|(_, text)| text.as_str());
    let headings: Vec<String> =
        report.sections.iter().filter_map(|section| section.heading.as_deref().map(fold)).collect();
    let left_out: Vec<&str> = lines
        .chain(aside)
        .map(|text| text.trim_matches(blank))
        .filter(|text| !repeats(report, &headings, text))
        .collect();
    if !left_out.is_empty() {
        let shown = left_out.join(" / ");
        let message = Message::new(
            format!("网页上报告以外的{}行文字未计入报告：{shown}", left_out.len()),
            format!("{} lines of the web page around the report were left out: {shown}", left_out.len()),
        );
        report.findings.push(Finding::new(&code::PAGE_CHROME, message));
    }
    let margins = stream.aside.iter().filter(|(region, _)| *region == Region::HeaderFooter);
    // Page numbers and rules say nothing; words in a header or footer do.
    let mut margins: Vec<&str> = margins
        .map(|(_, text)| text.trim_matches(blank))
        .filter(|text| text.chars().any(char::is_alphabetic))
        .collect();
    margins.dedup();
    if !margins.is_empty() {
        let shown = margins.join(" / ");
        let message = Message::new(
            format!("页眉页脚的文字未计入报告：{shown}"),
            format!("The text of headers and footers was left out: {shown}"),
        );
        report.findings.push(Finding::new(&code::PAGE_MARGINS, message));
    }
    if !report.unclaimed.is_empty() {
        let message = Message::new(
            format!("标题之前有{}处内容不属于报告的任何部分，附在输出的最后。", report.unclaimed.len()),
            format!(
                "{} pieces before the title belong to no part of the report; they are put at its end.",
                report.unclaimed.len()
            ),
        );
        report.findings.push(Finding::new(&code::CONTENT_UNCLAIMED, message));
    }
}
