//! Sheet 同比: comparison with last year, per field and, for the charted fields, per agency.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::heights::finish;
use super::style::Style;
use super::total::Places;
use super::{TOTAL, a1, exact, fit, result, text, two_labels};
use crate::form::{Chart, ChartKind, FieldIndex};
use crate::rollup::Compared;
use crate::rollup::{Alike, Previous, Rollup};

/// Index of the column for the note about what is compared.
const NOTE: u16 = 6;

/// Maximum number of agencies listed; findings.jsonl and 明细 have all.
const MOST: usize = 200_000;

/// Widths of the columns.
const WIDTHS: [f64; 6] = [44.0, 34.0, 12.0, 12.0, 12.0, 12.0];

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    (rollup, previous): (&Rollup, &Previous),
    places: &Places,
    style: &Style,
) -> Result<(), XlsxError> {
    for (column, width) in WIDTHS.into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    let years = [format!("{}年", rollup.year), format!("{}年", previous.year)];
    head(sheet, 0, ["表和行", "指标", &years[0], &years[1]], style)?;
    if let Some(told) = previous.comparison_finding(rollup) {
        sheet.set_column_width(NOTE, 60.0)?;
        sheet.write_string_with_format(0, NOTE, text(&told.finding.message.zh), &style.text)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    let mut row = 1;
    for field in 0..rollup.form.fields.len() {
        if !rollup.adds_up(field) {
            continue;
        }
        let (above, own) = two_labels(&rollup.form, field);
        fit(sheet, row, &[(&above, WIDTHS[0]), (&own, WIDTHS[1])])?;
        sheet.write_string_with_format(row, 0, text(&above), &style.label)?;
        sheet.write_string_with_format(row, 1, text(&own), &style.label)?;
        let Compared { this, before } = previous.compared(rollup, field);
        match this {
            // Sums over only some agencies are not on any other sheet, so they are written as numbers.
            this if !previous.compares_all() => exact(sheet, (row, 2), this, style)?,
            Some(this) => {
                let formula = format!("={}", places.cell(field, &format!("{TOTAL}!")));
                sheet.write_formula_with_format(
                    row,
                    2,
                    Formula::new(formula).set_result(result(this)),
                    &style.figure,
                )?;
            }
            None => {
                sheet.write_blank(row, 2, &style.figure)?;
            }
        }
        pair(sheet, row, (this, before), style)?;
        row += 1;
    }
    for chart in rollup.form.charts.iter().filter(|chart| chart.kind == ChartKind::Agencies) {
        if previous.knows_agencies() {
            row = agencies(sheet, row + 1, (rollup, previous), chart, style)?;
        }
    }
    if let Some(alike) = previous.alike.as_ref().filter(|_| !previous.compares_all()) {
        row = not_compared(sheet, row + 1, (rollup, previous), alike, style)?;
    }
    finish(sheet, row)
}

/// The agencies that reported in one of the years only; returns the row after them.
fn not_compared(
    sheet: &mut Worksheet,
    first: u32,
    (rollup, previous): (&Rollup, &Previous),
    alike: &Alike,
    style: &Style,
) -> Result<u32, XlsxError> {
    sheet.write_string_with_format(first, 0, "未比较的单位", &style.heading)?;
    sheet.write_string_with_format(first + 1, 0, "单位", &style.head)?;
    sheet.write_string_with_format(first + 1, 1, "说明", &style.head)?;
    let mut row = first + 2;
    for (agencies, year) in [(&alike.only_this, rollup.year), (&alike.only_before, previous.year)] {
        for &agency in agencies.iter().take(MOST) {
            sheet.write_string_with_format(row, 0, text(&rollup.agencies.list()[agency].name), &style.label)?;
            sheet.write_string_with_format(row, 1, format!("只有{year}年报告"), &style.text)?;
            row += 1;
        }
        row = not_listed(sheet, row, agencies.len(), style)?;
    }
    Ok(row)
}

/// Writes how many agencies are not listed; returns the row after that.
fn not_listed(sheet: &mut Worksheet, row: u32, count: usize, style: &Style) -> Result<u32, XlsxError> {
    let left = count.saturating_sub(MOST);
    if left == 0 {
        return Ok(row);
    }
    sheet.write_string_with_format(row, 0, format!("另有{left}个单位未列出。"), &style.label)?;
    Ok(row + 1)
}

/// The agencies in tree order, each with its subtree; returns the row after them.
fn agencies(
    sheet: &mut Worksheet,
    first: u32,
    (rollup, previous): (&Rollup, &Previous),
    chart: &Chart,
    style: &Style,
) -> Result<u32, XlsxError> {
    let fields: Vec<FieldIndex> = chart.slices.iter().flat_map(|slice| slice.fields.iter().copied()).collect();
    let years = [format!("{}年", rollup.year), format!("{}年", previous.year)];
    sheet.write_string_with_format(first, 0, &chart.title.zh, &style.heading)?;
    head(sheet, first + 1, ["单位（含下级）", "上级", &years[0], &years[1]], style)?;
    let (mut row, mut sums, mut before_sums) = (first + 2, rollup.sums(), previous.agencies());
    for node in rollup.agencies.in_tree_order().into_iter().take(MOST) {
        let (agency, depth) = (node.agency, node.depth);
        let known = &rollup.agencies.list()[agency];
        let above = known.parent.map(|above| rollup.agencies.list()[above].name.as_str()).unwrap_or_default();
        let name = format!("{}{}", "　".repeat(depth), known.name);
        fit(sheet, row, &[(&name, WIDTHS[0]), (above, WIDTHS[1])])?;
        sheet.write_string_with_format(row, 0, text(&name), &style.label)?;
        sheet.write_string_with_format(row, 1, text(above), &style.label)?;
        let [this, before] = [sums.region(agency), before_sums.region(agency)]
            .map(|figures| sum(fields.iter().map(|&field| figures.get(field).copied().flatten())));
        exact(sheet, (row, 2), this, style)?;
        pair(sheet, row, (this, before), style)?;
        row += 1;
    }
    not_listed(sheet, row, rollup.agencies.list().len(), style)
}

fn head(sheet: &mut Worksheet, row: u32, names: [&str; 4], style: &Style) -> Result<(), XlsxError> {
    for (column, name) in names.into_iter().chain(["增减", "增减率"]).enumerate() {
        sheet.write_string_with_format(row, column as u16, name, &style.head)?;
    }
    Ok(())
}

/// Last year's figure, the difference and its rate; nothing is computed from an unknown figure.
fn pair(
    sheet: &mut Worksheet,
    row: u32,
    (this, before): (Option<Decimal>, Option<Decimal>),
    style: &Style,
) -> Result<(), XlsxError> {
    exact(sheet, (row, 3), before, style)?;
    let difference = this.zip(before).and_then(|(this, before)| this.checked_sub(before));
    let Some((difference, before)) = difference.zip(before) else {
        sheet.write_blank(row, 4, &style.figure)?;
        sheet.write_blank(row, 5, &style.rate)?;
        return Ok(());
    };
    let (new, old, less) = (a1(row, 2), a1(row, 3), a1(row, 4));
    let formula = Formula::new(format!("={new}-{old}")).set_result(result(difference));
    sheet.write_formula_with_format(row, 4, formula, &style.figure)?;
    // There is no growth rate from 0.
    let rate = difference.checked_div(before).map_or_else(|| "—".to_owned(), |rate| result(rate.round_dp(12)));
    let formula = Formula::new(format!("=IF({old}=0,\"—\",{less}/{old})")).set_result(rate);
    sheet.write_formula_with_format(row, 5, formula, &style.rate)?;
    Ok(())
}

/// The sum of the known values; `None` if there are none, or on overflow.
fn sum(figures: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut known = figures.flatten();
    let first = known.next()?;
    known.try_fold(first, Decimal::checked_add)
}
