//! Assembles the report from the parts found in a document.

use super::Hints;
use super::asides;
use super::figures::Figures;
use super::grid::read;
use super::labels::index::FormIndex;
use super::ledger;
use super::page::anchors::Anchors;
use super::page::frame::{self, Frame};
use super::page::sections::Cutter;
use super::page::{headings, identity, part};
use super::source::items::Flow;
use super::source::stream::Stream;
use super::summary;
use super::text::flat;
use crate::document::{Format, Region};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::read::Reading;
use crate::report::Report;
use crate::text::blank;
use crate::text::fold;

/// Reads the report of one form from a document, and the places of its parts.
pub(super) fn report(
    (index, all): (&FormIndex, &[FormIndex]),
    reading: &Reading,
    flow: &Flow,
    hints: &Hints,
) -> (Report, Anchors) {
    let form = &index.form;
    let mut figures = read::read(index, all, flow);
    let of_rows = ledger::read(index, flow, &mut figures);
    let stream = Stream::new(index, flow, &figures);
    let flat = flat::read(index, &stream, &mut figures);
    let web = matches!(reading.format, Format::Html | Format::Mht | Format::Text | Format::Csv | Format::Tsv);
    let mut found = headings::find(index, &stream, &flat.claims, 0);
    let mut frame = frame::find(form, &stream, &found, web);
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
    let [of_title, of_name] = identity::read(&index.form, reading, hints, (&stream, &frame), &mut report);
    figures.report_years(form, report.year);
    let named = ledger::lines::named(form, flow, &figures);
    let of_lines = named.months;
    ledger::lines::apply(form, named, &mut report);
    part::apply(form, &[of_title, of_lines, of_name], &mut report);
    if flat.beside {
        // Title and name that come first may belong to either of the two reports.
        report.findings.retain(|finding| finding.code != code::AGENCY_UNCERTAIN.id);
        report.findings.push(Finding::new(&code::AGENCY_UNCERTAIN, identity::sentence(&code::AGENCY_UNCERTAIN)));
        (report.agency, report.title) = (None, None);
    }
    if form.draft {
        let message = Message::new(
            format!("“{}”的格式是草稿，行名未经原件核对。请对照原文核对读出的内容。", form.name.zh),
            format!("The form \"{}\" is a draft, not checked against its original. Check what was read.", form.name.en),
        );
        figures.findings.push(Finding::new(&code::FORM_DRAFT, message));
    }
    tables_missing(index, &mut figures);
    no_table(index, &mut figures);
    summary::summarise(form, &mut figures);
    let asides = asides::findings(form, &reading.document.asides, figures.values());
    figures.findings.extend(asides);
    if flat.beside {
        let message = Message::new(
            "文本中有两份报告左右并排，行与行交错，不能确定数据属于哪一份，未读取任何表格。请分别保存为两个文件。",
            "Two reports stand side by side and their rows run through each other, so no table was read. Save them as two files.",
        );
        figures.findings.push(Finding::new(&code::SECOND_REPORT, message));
    } else if flat.second.is_some() {
        figures.findings.push(Finding::new(&code::SECOND_REPORT, code::SECOND_REPORT.message()));
    }
    report.values = index.values(figures.take_values());
    report.values.extend(of_rows);
    report.findings.append(&mut figures.findings);
    summary::units(form, &mut report);
    around(&stream, &frame, &mut report);
    let open = std::mem::take(&mut figures.open);
    (report, Anchors { open, ..Anchors::collect(&stream, &frame, &found) })
}

/// Ends the report before a second one: at the title above it if there is one.
fn cut_second(stream: &Stream, second: usize, frame: &mut Frame, found: &mut Vec<headings::Heading>) {
    found.retain(|heading| heading.start < second);
    let line = stream.line_at(second);
    frame.end = frame.end.min(stream.lines.get(line).map_or(second, |line| line.start));
}

/// One finding for each table of the form that was not found.
fn tables_missing(index: &FormIndex, figures: &mut Figures) {
    for (table, spec) in index.form.tables.iter().enumerate() {
        if figures.has_table(table) || spec.optional {
            continue;
        }
        let ids: Vec<String> =
            index.form.fields.iter().filter(|field| field.table == table).map(|field| field.id.clone()).collect();
        let message = if spec.is_open() {
            Message::new(format!("没有找到{}。", spec.name.zh), format!("{} was not found.", spec.name.en))
        } else {
            Message::new(
                format!("没有找到{}，其{}个数据全部留空。", spec.name.zh, ids.len()),
                format!("{} was not found; its {} figures stay empty.", spec.name.en, ids.len()),
            )
        };
        figures.findings.push(Finding::new(&code::TABLE_NOT_FOUND, message).about(ids));
    }
}

/// The finding for a report with none of the tables of a form whose tables may all be missing.
fn no_table(index: &FormIndex, figures: &mut Figures) {
    let (tables, name) = (&index.form.tables, &index.form.name);
    let found = (0..tables.len()).any(|table| figures.has_table(table));
    if tables.is_empty() || found || !tables.iter().all(|table| table.optional) {
        return;
    }
    let message = Message::new(
        format!("没有找到“{}”的任何一张表，没有读出数据。请核对是不是这种报告。", name.zh),
        format!(
            "None of the tables of \"{}\" was found; no figures were read. Check whether this is such a report.",
            name.en
        ),
    );
    figures.findings.push(Finding::new(&code::TABLE_NOT_FOUND, message));
}

/// Whether a line of a page contains only a section's heading, as in a table of contents, or the agency, a date and words such as 来源.
fn repeats(report: &Report, headings: &[String], text: &str) -> bool {
    let folded = fold(text);
    let lists = |heading: &String| folded.strip_suffix(heading.as_str()).is_some_and(|number| number.len() <= 3);
    if folded.is_empty() || headings.iter().any(lists) {
        return true;
    }
    let known = [report.agency.clone(), report.published.map(|date| date.to_string())];
    let mut rest = folded.clone();
    for known in known.iter().flatten().map(|known| fold(known)) {
        rest = rest.replacen(&known, "", 1);
    }
    rest != folded && matches!(rest.as_str(), "" | "来源" | "发布时间" | "来源发布时间")
}

/// Adds findings about content outside of the report: text of a web page, headers and footers, content before the title.
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
            format!("网页上报告以外的{}行文字未计入报告：“{shown}”。", left_out.len()),
            format!("{} lines of the web page around the report were left out: \"{shown}\".", left_out.len()),
        );
        report.findings.push(Finding::new(&code::PAGE_CHROME, message));
    }
    let margins = stream.aside.iter().filter(|(region, _)| *region == Region::HeaderFooter);
    // Page numbers and horizontal lines are dropped; words in a header or footer are kept.
    let mut margins: Vec<&str> = margins
        .map(|(_, text)| text.trim_matches(blank))
        .filter(|text| text.chars().any(char::is_alphabetic))
        .collect();
    margins.dedup();
    if !margins.is_empty() {
        let shown = margins.join(" / ");
        let message = Message::new(
            format!("页眉页脚的文字未计入报告：“{shown}”。"),
            format!("The text of headers and footers was left out: \"{shown}\"."),
        );
        report.findings.push(Finding::new(&code::PAGE_MARGINS, message));
    }
    if !report.unclaimed.is_empty() {
        let message = Message::new(
            format!("有{}处内容不属于报告的任何部分，附在输出的最后。", report.unclaimed.len()),
            format!(
                "{} pieces of content belong to no part of the report; they are put at its end.",
                report.unclaimed.len()
            ),
        );
        report.findings.push(Finding::new(&code::CONTENT_UNCLAIMED, message));
    }
}
