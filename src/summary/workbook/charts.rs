//! Sheet 图表: the charts that the form defines, with their data beside them.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Chart as Drawing, ChartType, Formula, Worksheet, XlsxError};

use super::style::Style;
use super::total::{Places, sum};
use super::{CHARTS, TOTAL, fit, number, result, text};
use crate::form::{Chart, ChartKind, FieldIndex};
use crate::rollup::Rollup;

/// Maximum number of agencies with a bar of their own.
const BARS: usize = 30;

/// Minimum number of rows that a chart covers.
const HEIGHT: u32 = 26;

/// Width of the column of labels.
const LABELS: f64 = 40.0;

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, rollup: &Rollup, places: &Places, style: &Style) -> Result<(), XlsxError> {
    sheet.set_column_width(0, LABELS)?;
    sheet.set_column_width(1, 12)?;
    let mut row = 0;
    for chart in &rollup.form.charts {
        sheet.write_string_with_format(row, 0, &chart.title.zh, &style.heading)?;
        let first = row + 1;
        let count = match chart.kind {
            ChartKind::Agencies => bar_chart(sheet, first, rollup, chart, style)?,
            ChartKind::Shares => live_shares(sheet, first, (rollup, places), chart, style)?,
        };
        if count > 0 {
            draw(sheet, chart, first, count)?;
        }
        row = first + count.max(HEIGHT) + 1;
    }
    Ok(())
}

fn added(figures: &[Option<Decimal>], fields: &[FieldIndex]) -> Option<Decimal> {
    let numbers: Vec<Decimal> = fields.iter().filter_map(|&field| figures.get(field).copied().flatten()).collect();
    let (first, rest) = numbers.split_first()?;
    rest.iter().try_fold(*first, |sum, &number| sum.checked_add(number))
}

/// The direct subordinates of the superior with their subtrees, largest first; the smallest share one bar if there are many.
pub(in crate::summary) fn agency_bars(rollup: &Rollup, chart: &Chart) -> Vec<(String, Decimal)> {
    let agencies =
        rollup.superior().map_or_else(|| rollup.agencies.roots(), |top| rollup.agencies.children(top).to_vec());
    let fields: Vec<FieldIndex> = chart.slices.iter().flat_map(|slice| slice.fields.iter().copied()).collect();
    let mut sums = rollup.sums();
    let figure = |&agency: &usize| {
        let name = rollup.agencies.list()[agency].name.clone();
        Some((name, added(&sums.region(agency), &fields)?))
    };
    let mut bars: Vec<(String, Decimal)> = agencies.iter().filter_map(figure).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.1));
    if bars.len() > BARS {
        let rest = bars.split_off(BARS - 1);
        let sum = rest.iter().fold(Decimal::ZERO, |sum, bar| sum.checked_add(bar.1).unwrap_or(sum));
        bars.push((format!("其余{}个单位", rest.len()), sum));
    }
    bars
}

/// Each slice of a chart with its total.
pub(in crate::summary) fn shares(rollup: &Rollup, chart: &Chart) -> Vec<(String, Decimal)> {
    let sum = |fields: &[FieldIndex]| added(&rollup.total.region, fields).unwrap_or_default();
    chart.slices.iter().map(|slice| (slice.label.clone(), sum(&slice.fields))).collect()
}

fn bar_chart(
    sheet: &mut Worksheet,
    first: u32,
    rollup: &Rollup,
    chart: &Chart,
    style: &Style,
) -> Result<u32, XlsxError> {
    let bars = agency_bars(rollup, chart);
    for (row, (name, figure)) in (first..).zip(&bars) {
        fit(sheet, row, &[(name, LABELS)])?;
        sheet.write_string_with_format(row, 0, text(name), &style.label)?;
        sheet.write_number_with_format(row, 1, number(*figure), &style.figure)?;
    }
    Ok(bars.len() as u32)
}

fn live_shares(
    sheet: &mut Worksheet,
    first: u32,
    (rollup, places): (&Rollup, &Places),
    chart: &Chart,
    style: &Style,
) -> Result<u32, XlsxError> {
    let prefix = format!("{TOTAL}!");
    for ((row, slice), (label, value)) in (first..).zip(&chart.slices).zip(shares(rollup, chart)) {
        let cells: Vec<String> = slice.fields.iter().map(|&field| places.cell(field, &prefix)).collect();
        let formula = Formula::new(format!("={}", sum(&cells))).set_result(result(value));
        fit(sheet, row, &[(&label, LABELS)])?;
        sheet.write_string_with_format(row, 0, text(&label), &style.label)?;
        sheet.write_formula_with_format(row, 1, formula, &style.figure)?;
    }
    Ok(chart.slices.len() as u32)
}

fn draw(sheet: &mut Worksheet, chart: &Chart, first: u32, count: u32) -> Result<(), XlsxError> {
    let last = first + count - 1;
    let mut drawing = Drawing::new(match chart.kind {
        ChartKind::Agencies => ChartType::Column,
        ChartKind::Shares => ChartType::Pie,
    });
    drawing.title().set_name(&chart.title.zh);
    drawing.add_series().set_categories((CHARTS, first, 0, last, 0)).set_values((CHARTS, first, 1, last, 1));
    if chart.kind == ChartKind::Agencies {
        drawing.legend().set_hidden();
    }
    drawing.set_width(960).set_height(480);
    sheet.insert_chart(first, 3, &drawing)?;
    Ok(())
}
