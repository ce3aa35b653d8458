//! Sheets 问题清单, 未报单位, 已报未能读取, 重复报送: lists of what has to be settled before the sums can be used.

use std::borrow::Cow;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::heights::{Heights, MANY, cells, finish, most_lines};
use super::style::Style;
use super::text;
use crate::finding::{Finding, Severity, codes, in_words};
use crate::rollup::{Rollup, Standing};

/// Maximum number of rows of a list; findings.jsonl has all findings.
const MOST: u32 = 200_000;

fn columns(sheet: &mut Worksheet, columns: &[(&str, f64)], style: &Style) -> Result<(), XlsxError> {
    for (column, (_, width)) in columns.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    for (column, (name, _)) in columns.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &style.head)?;
    }
    Ok(())
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    words: &[&str],
    (columns, heights): (&[(&str, f64)], &Heights),
    style: &Style,
) -> Result<(), XlsxError> {
    heights.fit(sheet, row, &cells(words, columns))?;
    for (column, words) in words.iter().enumerate() {
        sheet.write_string_with_format(row, column as u16, text(words), &style.text)?;
    }
    Ok(())
}

/// Findings about the roll-up, then errors and warnings of each report in tree order.
pub(super) fn findings(sheet: &mut Worksheet, rollup: &Rollup, style: &Style) -> Result<(), XlsxError> {
    let heads = [("严重程度", 9.0), ("单位", 26.0), ("问题", 100.0), ("位置", 26.0), ("文件", 40.0), ("类别", 30.0)];
    columns(sheet, &heads, style)?;
    // Warnings of reports are not counted anywhere else.
    let count = listed(rollup).take(MANY).count();
    let sample = listed(rollup).map(|found| most_lines(&cells(&found.words(rollup), &heads)));
    let heights = Heights::new(sheet, count, sample);
    let mut row = 1;
    for found in listed(rollup) {
        if row <= MOST {
            line(sheet, row, &found.words(rollup), (&heads, &heights), style)?;
        }
        row += 1;
    }
    row = count_of_unlisted(sheet, row - 1, &heads, style)?;
    sheet.autofilter(0, 0, row.max(2) - 1, heads.len() as u16 - 1)?;
    Ok(())
}

/// A finding with what it is about.
struct Listed<'r> {
    agency: Option<usize>,
    file: Option<&'r str>,
    finding: Cow<'r, Finding>,
    place: String,
}

impl<'r> Listed<'r> {
    fn new(agency: Option<usize>, file: Option<&'r str>, finding: Cow<'r, Finding>) -> Self {
        let place = finding.place.as_ref().map(|place| in_words(place).zh).unwrap_or_default();
        Self { agency, file, finding, place }
    }

    fn words<'w>(&'w self, rollup: &'w Rollup) -> [&'w str; 6] {
        let name = self.agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
        let finding = &*self.finding;
        [
            severity(finding),
            name.unwrap_or_default(),
            &finding.message.zh,
            &self.place,
            self.file.unwrap_or_default(),
            codes().find(|code| code.id == finding.code).map_or(finding.code.as_str(), |code| code.title.0),
        ]
    }
}

/// The findings of the sheet. Those about the sums are listed whatever their severity.
fn listed<'r>(rollup: &'r Rollup) -> impl Iterator<Item = Listed<'r>> {
    let own = rollup.findings.iter();
    let own = own.map(|told| Listed::new(told.agency, told.file.as_deref(), Cow::Borrowed(&told.finding)));
    let mut reports = rollup.reports();
    let of_reports = rollup.entries.iter().enumerate().flat_map(move |(number, entry)| {
        let findings = reports.findings(number).into_iter().filter(|finding| finding.severity > Severity::Info);
        findings.map(|finding| Listed::new(Some(entry.agency), Some(&*entry.file), Cow::Owned(finding)))
    });
    own.chain(of_reports)
}

/// Writes how many rows are not listed, and completes the sheet; returns the row after the last.
fn count_of_unlisted(
    sheet: &mut Worksheet,
    count: u32,
    columns: &[(&str, f64)],
    style: &Style,
) -> Result<u32, XlsxError> {
    let left = count.saturating_sub(MOST);
    if left == 0 {
        finish(sheet, count + 1)?;
        return Ok(count + 1);
    }
    let words = format!("另有{left}项未列出，全部见findings.jsonl。");
    line(sheet, MOST + 1, &["", &words], (columns, &Heights::default()), style)?;
    finish(sheet, MOST + 2)?;
    Ok(MOST + 2)
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "错误",
        Severity::Warning => "提示",
        Severity::Info => "说明",
    }
}

/// Agencies without a report, with their contacts.
pub(super) fn missing(sheet: &mut Worksheet, rollup: &Rollup, style: &Style) -> Result<(), XlsxError> {
    let heads = [
        ("代码", 16.0),
        ("单位", 34.0),
        ("上级", 30.0),
        ("层级", 10.0),
        ("联系方式", 30.0),
        ("下级已报", 12.0),
        ("状态", 20.0),
    ];
    columns(sheet, &heads, style)?;
    let standings = rollup.standings();
    for (row, &index) in (1..=MOST).zip(&rollup.missing) {
        let agency = &rollup.agencies.list()[index];
        let parent = agency.parent.map(|parent| rollup.agencies.list()[parent].name.as_str());
        let below = rollup.nodes[index].below;
        let below = if below > 0 { format!("{below}份") } else { String::new() };
        let words = [
            agency.code.as_deref().unwrap_or_default(),
            &agency.name,
            parent.unwrap_or_default(),
            agency.level.as_deref().unwrap_or_default(),
            agency.contact.as_deref().unwrap_or_default(),
            &below,
            standings[index].words(),
        ];
        line(sheet, row, &words, (&heads, &Heights::default()), style)?;
    }
    count_of_unlisted(sheet, count(rollup.missing.len()), &heads, style)?;
    Ok(())
}

/// Agencies whose files could not be read, which have to send them again, then unreadable files of which no agency is known.
pub(super) fn unreadable(sheet: &mut Worksheet, rollup: &Rollup, style: &Style) -> Result<(), XlsxError> {
    let heads = [
        ("代码", 16.0),
        ("单位", 34.0),
        ("上级", 30.0),
        ("联系方式", 30.0),
        ("文件", 50.0),
        ("原因", 70.0),
        ("状态", 16.0),
    ];
    columns(sheet, &heads, style)?;
    let unread = rollup.unread();
    let files_of = |agency| unread.get(&agency).map(Vec::as_slice).unwrap_or_default();
    let state = Standing::Unreadable.words();
    let mut row = 0;
    let mut next = |sheet: &mut Worksheet, words: &[&str]| {
        row += 1;
        if row > MOST { Ok(()) } else { line(sheet, row, words, (&heads, &Heights::default()), style) }
    };
    for sent in &rollup.unreadable {
        let agency = &rollup.agencies.list()[sent.agency];
        let parent = agency.parent.map_or("", |parent| &rollup.agencies.list()[parent].name);
        let (files, reasons): (Vec<&str>, Vec<&str>) =
            files_of(Some(sent.agency)).iter().map(|(file, why)| (*file, why.zh.as_str())).unzip();
        let (code, contact) = (agency.code.as_deref(), agency.contact.as_deref());
        let (files, reasons) = (files.join("\n"), reasons.join("\n"));
        let (code, contact) = (code.unwrap_or_default(), contact.unwrap_or_default());
        next(sheet, &[code, &agency.name, parent, contact, &files, &reasons, state])?;
    }
    for (file, why) in files_of(None) {
        next(sheet, &["", "（无法确定单位）", "", "", file, &why.zh, state])?;
    }
    count_of_unlisted(sheet, row, &heads, style)?;
    Ok(())
}

/// Agencies with more than one report, and which of them counts.
pub(super) fn repeated(sheet: &mut Worksheet, rollup: &Rollup, style: &Style) -> Result<(), XlsxError> {
    let heads = [("单位", 34.0), ("计入", 50.0), ("未计入", 70.0), ("数据", 10.0)];
    columns(sheet, &heads, style)?;
    for (row, found) in (1..=MOST).zip(&rollup.repeated) {
        let name = &rollup.agencies.list()[found.agency].name;
        let others = found.others.join("\n");
        let words: [&str; 4] = [name, &found.counted, &others, if found.same { "相同" } else { "不同" }];
        line(sheet, row, &words, (&heads, &Heights::default()), style)?;
    }
    count_of_unlisted(sheet, count(rollup.repeated.len()), &heads, style)?;
    Ok(())
}

fn count(all: usize) -> u32 {
    u32::try_from(all).unwrap_or(u32::MAX)
}
