//! 单位×指标: every agency in the order of the tree, what it did itself and what it and all below it did.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::style::Style;
use super::{FIGURE_WIDTH, fit, header, number, text, wide};
use crate::rollup::Rollup;

const BEFORE: [(&str, f64); 4] = [("单位", 34.0), ("口径", 12.0), ("报告数", 7.0), ("有错误的报告", 8.0)];

/// Writes the sheet, row after row.
pub(super) fn write(sheet: &mut Worksheet, rollup: &Rollup, style: &Style) -> Result<(), XlsxError> {
    let first = BEFORE.len() as u16;
    let last = first + rollup.form.fields.len() as u16 - 1;
    for (column, (_, width)) in BEFORE.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_column_range_width(first, last.max(first), FIGURE_WIDTH)?;
    wide(sheet, rollup.form, &BEFORE.map(|(_, width)| width), 2)?;
    sheet.set_freeze_panes(2, 2)?;
    sheet.set_repeat_rows(0, 1)?;
    sheet.merge_range(0, 0, 0, first - 1, "单位", &style.head)?;
    header(sheet, 0, first, rollup.form, style)?;
    for (column, (name, _)) in BEFORE.iter().enumerate() {
        sheet.write_string_with_format(1, column as u16, *name, &style.head)?;
    }
    let wrong: Vec<bool> = (0..rollup.entries.len()).map(|entry| rollup.has_errors(entry)).collect();
    let wrong = |entries: &[usize]| entries.iter().filter(|&&entry| wrong[entry]).count();
    let mut row = 2;
    for (agency, depth) in rollup.agencies.in_tree_order() {
        let node = &rollup.nodes[agency];
        let name = format!("{}{}", "　".repeat(depth.min(8)), rollup.agencies.list()[agency].name);
        let leaf = rollup.agencies.children(agency).is_empty();
        if leaf || node.own.is_some() {
            let own: Vec<usize> = node.own.into_iter().collect();
            line(sheet, row, (&name, "本级", own.len(), wrong(&own)), &node.itself, (rollup, style))?;
            row += 1;
        }
        if !leaf {
            line(
                sheet,
                row,
                (&name, "本行政区域", node.taken.len(), wrong(&node.taken)),
                &node.region,
                (rollup, style),
            )?;
            row += 1;
        }
    }
    Ok(())
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    (name, scope, reports, wrong): (&str, &str, usize, usize),
    figures: &[Option<Decimal>],
    (rollup, style): (&Rollup, &Style),
) -> Result<(), XlsxError> {
    fit(sheet, row, &[(name, BEFORE[0].1)])?;
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
