//! Sheet 明细: one row per report, with all figures as they were read.

use std::ops::Range;

use rust_xlsxwriter::{Note, Worksheet, XlsxError};

use super::heights::{Heights, cells, finish, most_lines};
use super::style::Style;
use super::{FIGURE_WIDTH, figure, header, text, wide};
use crate::finding::Finding;
use crate::finding::code::corrections::FIGURE_CORRECTED;
use crate::rollup::Rollup;

/// Columns before the figures, with their widths.
const BEFORE: [(&str, f64); 8] = [
    ("代码", 12.0),
    ("单位", 26.0),
    ("上级", 22.0),
    ("层级", 8.0),
    ("类型", 8.0),
    ("计入合计", 6.0),
    ("有错误", 6.0),
    ("文件", 24.0),
];

/// Index of the column for whether the row is part of the total.
pub(super) const COUNTS: u16 = 5;

/// Index of the column of the first figure.
pub(super) const FIRST: u16 = BEFORE.len() as u16;

/// Number of header rows.
pub(super) const HEAD: u32 = 2;

/// The reports of each sheet, as many as fit.
pub(super) fn parts(rollup: &Rollup, most: usize) -> Vec<Range<usize>> {
    let (count, room) = (rollup.entries.len(), most.saturating_sub(HEAD as usize).max(1));
    // A workbook without reports has one empty sheet.
    (0..count.max(1)).step_by(room).map(|first| first..(first + room).min(count)).collect()
}

/// Writes a sheet, row by row.
pub(super) fn write(
    sheet: &mut Worksheet,
    rollup: &Rollup,
    part: Range<usize>,
    style: &Style,
) -> Result<(), XlsxError> {
    let last = FIRST + rollup.form.fields.len() as u16 - 1;
    for (column, (_, width)) in BEFORE.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_column_range_width(FIRST, last.max(FIRST), FIGURE_WIDTH)?;
    wide(sheet, &rollup.form, &BEFORE.map(|(_, width)| width), 2)?;
    sheet.set_freeze_panes(HEAD, 2)?;
    sheet.set_repeat_rows(0, HEAD - 1)?;
    sheet.autofilter(HEAD - 1, 0, (HEAD + part.len() as u32).max(HEAD + 1) - 1, last)?;
    sheet.merge_range(0, 0, 0, FIRST - 1, "单位和报告", &style.head)?;
    // Rows must be written in order, so the first header row is complete before the second begins.
    header(sheet, 0, FIRST, &rollup.form, style)?;
    for (column, (name, _)) in BEFORE.iter().enumerate() {
        sheet.write_string_with_format(1, column as u16, *name, &style.head)?;
    }
    let (counts, mut reports) = (rollup.counted(), rollup.reports());
    let sample = part.clone().map(|number| most_lines(&cells(&words(rollup, number, counts[number]), &BEFORE)));
    let heights = Heights::new(sheet, part.len(), sample);
    let end = HEAD + part.len() as u32;
    for (row, number) in (HEAD..).zip(part) {
        let words = words(rollup, number, counts[number]);
        heights.fit(sheet, row, &cells(&words, &BEFORE))?;
        for (column, words) in words.into_iter().enumerate() {
            sheet.write_string_with_format(row, column as u16, text(words), &style.text)?;
        }
        for (field, value) in reports.figures(number).iter().enumerate() {
            figure(sheet, (row, FIRST + field as u16), value, style)?;
        }
        corrections(sheet, row, (rollup, &reports.findings(number)))?;
    }
    finish(sheet, end)
}

/// What stands before the figures of a report.
fn words<'r>(rollup: &'r Rollup, number: usize, counts: bool) -> [&'r str; BEFORE.len()] {
    let entry = &rollup.entries[number];
    let agency = &rollup.agencies.list()[entry.agency];
    let parent = agency.parent.map(|parent| rollup.agencies.list()[parent].name.as_str());
    [
        agency.code.as_deref().unwrap_or_default(),
        &agency.name,
        parent.unwrap_or_default(),
        agency.level.as_deref().unwrap_or_default(),
        agency.kind.as_deref().unwrap_or_default(),
        if counts { "是" } else { "否" },
        if rollup.has_errors(number) { "有" } else { "" },
        &entry.file,
    ]
}

/// Adds a note at each corrected figure: the text as sent, who changed it and why.
fn corrections(sheet: &mut Worksheet, row: u32, (rollup, findings): (&Rollup, &[Finding])) -> Result<(), XlsxError> {
    for finding in findings.iter().filter(|finding| finding.code == FIGURE_CORRECTED.id) {
        let known = |id: &String| rollup.form.fields.iter().position(|field| field.id == *id);
        for field in finding.fields.iter().filter_map(known) {
            let note = Note::new(text(&finding.message.zh)).set_author("更正单").add_author_prefix(false);
            sheet.insert_note(row, FIRST + field as u16, &note)?;
        }
    }
    Ok(())
}
