//! Sheet 单位×指标: every agency in tree order, with its own figures and the sums of its subtree.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::heights::{Heights, finish, most_lines};
use super::style::Style;
use super::{FIGURE_WIDTH, header, number, text, wide};
use crate::rollup::Rollup;

const BEFORE: [(&str, f64); 4] = [("单位", 34.0), ("口径", 12.0), ("报告数", 7.0), ("有错误的报告", 8.0)];

/// Number of header rows.
const HEAD: u32 = 2;

/// A row of the sheet.
#[derive(Clone, Copy)]
pub(super) struct MatrixRow {
    agency: usize,
    depth: usize,
    /// Whether it shows the sums of the agency's subtree.
    region: bool,
}

/// The rows of each sheet, in tree order.
pub(super) fn parts(rollup: &Rollup, most: usize) -> Vec<Vec<MatrixRow>> {
    let mut lines = Vec::new();
    for node in rollup.agencies.in_tree_order() {
        let (agency, depth) = (node.agency, node.depth);
        let leaf = rollup.agencies.children(agency).is_empty();
        let own = leaf || rollup.nodes[agency].own.is_some();
        lines.extend(own.then_some(MatrixRow { agency, depth, region: false }));
        lines.extend((!leaf).then_some(MatrixRow { agency, depth, region: true }));
    }
    let room = most.saturating_sub(HEAD as usize).max(1);
    if lines.is_empty() { vec![lines] } else { lines.chunks(room).map(<[MatrixRow]>::to_vec).collect() }
}

/// Writes a sheet, row by row.
pub(super) fn write(
    sheet: &mut Worksheet,
    rollup: &Rollup,
    lines: &[MatrixRow],
    style: &Style,
) -> Result<(), XlsxError> {
    let first = BEFORE.len() as u16;
    let last = first + rollup.form.fields.len() as u16 - 1;
    for (column, (_, width)) in BEFORE.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_column_range_width(first, last.max(first), FIGURE_WIDTH)?;
    wide(sheet, &rollup.form, &BEFORE.map(|(_, width)| width), 2)?;
    sheet.set_freeze_panes(2, 2)?;
    sheet.set_repeat_rows(0, 1)?;
    sheet.merge_range(0, 0, 0, first - 1, "单位", &style.head)?;
    header(sheet, 0, first, &rollup.form, style)?;
    for (column, (name, _)) in BEFORE.iter().enumerate() {
        sheet.write_string_with_format(1, column as u16, *name, &style.head)?;
    }
    let name =
        |line: &MatrixRow| format!("{}{}", "　".repeat(line.depth.min(8)), rollup.agencies.list()[line.agency].name);
    let sample = lines.iter().map(|line| most_lines(&[(&name(line), BEFORE[0].1)]));
    let heights = Heights::new(sheet, lines.len(), sample);
    let mut sums = rollup.sums();
    for (row, shown) in (HEAD..).zip(lines) {
        let &MatrixRow { agency, region, .. } = shown;
        let (node, name) = (&rollup.nodes[agency], name(shown));
        let (words, figures) = if region {
            ((&*name, "本行政区域", node.taken, node.wrong), sums.region(agency))
        } else {
            let wrong = node.own.is_some_and(|own| rollup.has_errors(own));
            ((&*name, "本级", usize::from(node.own.is_some()), usize::from(wrong)), sums.itself(agency))
        };
        heights.fit(sheet, row, &[(&name, BEFORE[0].1)])?;
        line(sheet, row, words, &figures, (rollup, style))?;
    }
    finish(sheet, HEAD + lines.len() as u32)
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    (name, scope, reports, wrong): (&str, &str, usize, usize),
    figures: &[Option<Decimal>],
    (rollup, style): (&Rollup, &Style),
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, 0, text(name), &style.label)?;
    sheet.write_string_with_format(row, 1, scope, &style.text)?;
    sheet.write_number_with_format(row, 2, u32::try_from(reports).unwrap_or(u32::MAX), &style.figure)?;
    if wrong > 0 {
        sheet.write_number_with_format(row, 3, u32::try_from(wrong).unwrap_or(u32::MAX), &style.figure)?;
    } else {
        sheet.write_blank(row, 3, &style.figure)?;
    }
    for field in 0..rollup.form.fields.len() {
        let column = BEFORE.len() as u16 + field as u16;
        match figures.get(field).copied().flatten() {
            Some(figure) => sheet.write_number_with_format(row, column, number(figure), &style.figure)?,
            None => sheet.write_blank(row, column, &style.figure)?,
        };
    }
    Ok(())
}
