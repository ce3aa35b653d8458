//! Files with several reports: each segment is bound by itself; findings about the file as a whole are added.

use std::collections::HashMap;
use std::ops::Range;

use super::segments::{By, Segment, SegmentKind};
use super::source::items::{Flow, Item};
use super::{Binder, Bound, Hints, recognise};
use crate::document::{Document, Metadata};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message, Severity};
use crate::form::Form;
use crate::read::Reading;
use crate::report::{Content, Report, Value};
use crate::text::{blank, fold};

/// Maximum number of reports that a message names.
const NAMED: usize = 5;

/// Maximum number of characters that are shown of the lines before the first report.
const SHOWN: usize = 200;

impl Binder {
    /// Binds the reports among the segments; the items `before` the first report become a finding.
    pub(super) fn several<'d>(
        &'d self,
        reading: &'d Reading,
        hints: &Hints,
        flow: Flow<'d>,
        (before, segments): (Range<usize>, Vec<Segment>),
    ) -> Result<Bound, Box<Finding>> {
        let year = self.year_of_file(reading, hints).or_else(|| self.year_of_lines(&before, &flow));
        let mut passed_over: Vec<Finding> = lines_before(&before, &flow).into_iter().collect();
        let ranges: Vec<Range<usize>> = segments.iter().map(|segment| segment.items.clone()).collect();
        let (mut reports, mut refused) = (Vec::new(), Vec::new());
        for (segment, flow) in segments.iter().zip(flow.split(&ranges)) {
            if segment.kind != SegmentKind::Report {
                passed_over.push(passed(segment));
                continue;
            }
            match self.segment(segment, year, reading, hints, flow) {
                Ok(report) => reports.push((segment, report)),
                Err(finding) => refused.push(*finding),
            }
        }
        if reports.is_empty()
            && let Some(first) = refused.pop()
        {
            return Err(Box::new(first));
        }
        passed_over.extend(refused);
        without_copies(&mut reports, &mut passed_over);
        tell_alike(&mut reports);
        let mut reports: Vec<Report> = reports.into_iter().map(|(_, report)| report).collect();
        if let Some(first) = reports.first_mut() {
            // Findings about the file as a whole are added once.
            first.findings.splice(0..0, reading.findings.iter().cloned());
        }
        Ok(Bound { reports, passed_over })
    }

    /// The year in the document's title or in the file's name, for reports that do not name one.
    fn year_of_file(&self, reading: &Reading, hints: &Hints) -> Option<i16> {
        let mut names = reading.document.metadata.title.as_deref().into_iter().chain(hints.file_stem);
        names.find_map(|name| self.marks.year(name))
    }

    /// The year of a title among the lines before the first report.
    fn year_of_lines(&self, before: &Range<usize>, flow: &Flow) -> Option<i16> {
        let items = flow.items.get(before.clone())?;
        items.iter().find_map(|item| match item {
            Item::Text(text) => self.marks.year(&text.text),
            Item::Row(row) => flow.rows[*row].cells.iter().find_map(|cell| self.marks.year(&cell.cell.text)),
            Item::Picture(_) => None,
        })
    }

    fn segment<'d>(
        &'d self,
        segment: &Segment,
        year: Option<i16>,
        reading: &'d Reading,
        hints: &Hints,
        flow: Flow<'d>,
    ) -> Result<Report, Box<Finding>> {
        let pictures = pictures(&flow);
        // Title and name of the file apply to all its reports together.
        let metadata = &reading.document.metadata;
        let entries = metadata.entries.iter().filter(|(_, text)| self.marks.year(text).is_none()).cloned().collect();
        let metadata = Metadata { title: None, author: metadata.author.clone(), entries };
        let part = Reading {
            format: reading.format,
            document: Document { metadata, ..Document::default() },
            findings: Vec::new(),
        };
        let hints = Hints { file_stem: None, ..hints.clone() };
        let at = |mut finding: Box<Finding>| {
            finding.place = finding.place.take().or_else(|| segment.place.clone());
            finding
        };
        let choice = recognise::choose((&self.forms, &self.labels), &part, &flow, &hints).map_err(at)?;
        let form = std::sync::Arc::clone(&choice.index.form);
        let mut report = self.lay(choice, &part, flow, &hints).0;
        identify(&mut report, segment, year, &form);
        with_pictures(&mut report, &pictures, &reading.document);
        Ok(report)
    }
}

/// The finding about the lines before the first report, such as a cover or a table of contents.
fn lines_before(before: &Range<usize>, flow: &Flow) -> Option<Finding> {
    let mut shown = String::new();
    let mut count = 0;
    let mut add = |text: &str| {
        let text = text.trim_matches(blank);
        if !text.is_empty() {
            count += 1;
            if shown.len() < SHOWN * 4 {
                shown.push_str(if shown.is_empty() { "" } else { " / " });
                shown.push_str(text);
            }
        }
    };
    for item in flow.items.get(before.clone()).unwrap_or_default() {
        match item {
            Item::Text(text) => add(&text.text),
            Item::Row(row) => {
                flow.rows[*row].cells.iter().filter(|cell| cell.own).for_each(|cell| add(&cell.cell.text));
            }
            Item::Picture(_) => {}
        }
    }
    if count == 0 {
        return None;
    }
    let cut: String = shown.chars().take(SHOWN).collect();
    let more = if cut.len() < shown.len() { "…" } else { "" };
    let message = Message::new(
        format!("第一份报告之前有{count}处文字，不属于任何一份报告，未计入：“{cut}{more}”。"),
        format!("{count} pieces of text before the first report belong to none and were left out: \"{cut}{more}\"."),
    );
    Some(Finding::new(&code::REPORT_PASSED_OVER, message))
}

/// The finding about a segment that is skipped.
fn passed(segment: &Segment) -> Finding {
    let shown = &segment.shown;
    let (severity, zh, en) = match segment.kind {
        SegmentKind::Blank => (Severity::Info, "是空白表，未读取。", "is a blank form and was passed over."),
        SegmentKind::Example => (Severity::Info, "是示例或样表，未读取。", "is an example and was passed over."),
        SegmentKind::Comparison => (
            Severity::Warning,
            "写明是上年度或同期数据，仅供对比，未读取。请核对。",
            "says that it is of another year, for comparison, and was passed over. Check it.",
        ),
        SegmentKind::Extract | SegmentKind::Report => (
            Severity::Warning,
            "只有部分数据，同一文件中另有完整的报告，这部分未读取。请核对。",
            "has only a part of the figures, and the file has a whole report besides; it was passed over. Check it.",
        ),
    };
    let message = Message::new(format!("“{shown}”{zh}"), format!("\"{shown}\" {en}"));
    let mut finding = Finding::new(&code::REPORT_PASSED_OVER, message).at(segment.place.clone());
    finding.severity = severity;
    finding
}

/// Sets year and agency of a report that does not name them, from its segment or the file, with a finding.
fn identify(report: &mut Report, segment: &Segment, year: Option<i16>, form: &Form) {
    if report.year.is_none()
        && let Some(found) = segment.year.or(year)
    {
        report.year = Some(found);
        report.findings.retain(|finding| finding.code != code::YEAR_UNCERTAIN.id);
        let message = match segment.year {
            Some(_) => Message::new(
                format!("标题和统计期限中没有年度，取自工作表名“{found}”。请核对。"),
                format!("Neither title nor period name the year; {found} was taken from the sheet's name. Check it."),
            ),
            None => Message::new(
                format!("标题和统计期限中没有年度，取自文件的标题或文件名中的“{found}年”。请核对。"),
                format!("Neither title nor period name the year; {found} was taken from the file's title. Check it."),
            ),
        };
        report.findings.push(Finding::new(&code::YEAR_UNCERTAIN, message));
    }
    if report.agency.is_none()
        && let Some(named) = &segment.agency
    {
        let name = &named.name;
        report.agency = Some(name.clone());
        report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
        let from = match named.by {
            By::Title => None,
            By::Sender => Some((Severity::Info, "填报单位一行", "the line that names the sender")),
            By::Sheet => Some((Severity::Warning, "工作表名", "the sheet's name")),
            By::Line => Some((Severity::Warning, "表格上方的一行", "the line above its tables")),
        };
        report.findings.extend(from.map(|(severity, zh, en)| {
            let message = Message::new(
                format!("标题中没有机关名称，取自{zh}“{name}”。请核对。"),
                format!("The title names no agency; \"{name}\" was taken from {en}. Check it."),
            );
            Finding { severity, ..Finding::new(&code::AGENCY_UNCERTAIN, message) }
        }));
        if let Some(year) = report.year {
            report.title = form.title.for_period(name, year, report.months()).or_else(|| report.title.take());
        }
    }
}

/// Indices of the pictures in a flow, each once.
fn pictures(flow: &Flow) -> Vec<usize> {
    let mut pictures: Vec<usize> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for item in &flow.items {
        if let Item::Picture(picture) = item
            && known.insert(picture.index)
        {
            pictures.push(picture.index);
        }
    }
    pictures
}

/// Gives a report the pictures of its flow, and renumbers its references to them.
fn with_pictures(report: &mut Report, pictures: &[usize], document: &Document) {
    let numbers: HashMap<usize, usize> = pictures.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    report.pictures = pictures.iter().filter_map(|&index| document.pictures.get(index).cloned()).collect();
    let contents = report.sections.iter_mut().flat_map(|section| &mut section.content).chain(&mut report.unclaimed);
    for content in contents {
        if let Content::Picture { index, .. } = content
            && let Some(new) = numbers.get(index)
        {
            *index = *new;
        }
    }
}

/// Removes reports with the same figures as an earlier one that has the same agency and year.
fn without_copies(reports: &mut Vec<(&Segment, Report)>, told: &mut Vec<Finding>) {
    let mut number = 1;
    while number < reports.len() {
        let (before, rest) = reports.split_at(number);
        let (segment, report) = &rest[0];
        let copy = before.iter().any(|other| alike(other, &rest[0]) && same_figures(&other.1, report));
        if copy {
            let shown = &segment.shown;
            let message = Message::new(
                format!("“{shown}”与前面的一份报告单位、年度和数据都相同，只读取一份。"),
                format!("\"{shown}\" has agency, year and figures of a report before it; one of them was read."),
            );
            told.push(Finding::new(&code::REPORT_PASSED_OVER, message).at(segment.place.clone()));
            reports.remove(number);
        } else {
            number += 1;
        }
    }
}

fn same_figures(one: &Report, other: &Report) -> bool {
    let figures = |report: &Report| -> Vec<(String, crate::report::Kind)> {
        report.values.values().map(|value| (value.raw.clone(), value.kind)).collect()
    };
    one.form == other.form && figures(one) == figures(other)
}

/// Whether two reports cannot be distinguished: agency and year are equal, or unknown for one of them.
fn alike((segment, one): &(&Segment, Report), (other_segment, other): &(&Segment, Report)) -> bool {
    let same =
        |one: Option<&str>, other: Option<&str>| one.zip(other).is_none_or(|(one, other)| fold(one) == fold(other));
    let named = |segment: &Segment| segment.agency.as_ref().map(|named| named.name.clone());
    same(one.agency.as_deref(), other.agency.as_deref())
        && same(named(segment).as_deref(), named(other_segment).as_deref())
        && one.year.zip(other.year).is_none_or(|(one, other)| one == other)
}

/// Adds a finding to each report that cannot be distinguished from another of the file.
fn tell_alike(reports: &mut [(&Segment, Report)]) {
    for number in 0..reports.len() {
        let other = (0..reports.len()).find(|&other| other != number && alike(&reports[other], &reports[number]));
        let Some(other) = other else { continue };
        let (own, known) = (&reports[number].0.shown, &reports[other].0.shown);
        let message = Message::new(
            format!(
                "文件中有{}份报告，其中第{}份“{own}”和第{}份“{known}”的单位、年度相同或没有写明，不能区分。请在各自的标题中写明单位和年度，或只保留一份。",
                reports.len(),
                number + 1,
                other + 1
            ),
            format!(
                "The file holds {} reports; number {}, \"{own}\", and number {}, \"{known}\", have the same agency and year or do not name them, so they cannot be told apart. Write both into each title, or keep one.",
                reports.len(),
                number + 1,
                other + 1
            ),
        );
        let place = reports[number].0.place.clone();
        // Of a figure that differs it is not certain which of the two is the report's.
        let others = &reports[other].1.values;
        let differs = |(id, value): &(&String, &Value)| {
            value.value.is_some()
                && others.get(*id).is_some_and(|other| other.value.is_some_and(|other| Some(other) != value.value))
        };
        let ids: Vec<String> = reports[number].1.values.iter().filter(differs).map(|(id, _)| id.clone()).collect();
        reports[number].1.findings.push(Finding::new(&code::SECOND_REPORT, message).about(ids).at(place));
    }
}

/// The finding that a file contains more than one report, for callers that read only the first.
pub(super) fn first_only(reports: &[Report]) -> Finding {
    let name = |report: &Report| {
        let title = report.title.clone().or_else(|| report.agency.clone());
        title.unwrap_or_else(|| "?".to_owned())
    };
    let others: Vec<String> = reports.iter().skip(1).take(NAMED).map(name).collect();
    let more = if reports.len() > NAMED + 1 { "…" } else { "" };
    let count = reports.len();
    let message = Message::new(
        format!("文件中有{count}份报告，只读取了第一份，未读取{}{more}。请分为{count}个文件。", others.join("、")),
        format!(
            "The file holds {count} reports; only the first was read, and not {}{more}. Save them as {count} files.",
            others.join(", ")
        ),
    );
    Finding::new(&code::SECOND_REPORT, message)
}

/// The finding for a document without a report.
pub(super) fn no_report() -> Finding {
    Finding::new(&code::FORM_NOT_RECOGNISED, code::FORM_NOT_RECOGNISED.message())
}
