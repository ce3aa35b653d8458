//! The superior's workbook (汇总.xlsx) and the tables for data tools: all results of a roll-up, as live formulas where possible.

mod charts;
mod checks;
mod detail;
mod flat;
mod heights;
mod lists;
mod matrix;
mod standings;
mod style;
mod total;
mod years;

use std::io::Write;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::form::{FieldIndex, Form};
use crate::rollup::{Figure, Rollup};
use crate::write::{Output, WriteError};

pub(super) use charts::{agency_bars, shares};
pub use flat::{values, wide_csv};
pub(crate) use flat::{values_schema, wide_schema};
use heights::{LINE_HEIGHT, LINE_MARGIN, fit, lines};
pub use standings::{standings_csv, standings_schema};
use style::Style;

/// Name of the first sheet, with the sums.
pub const TOTAL: &str = "总表";

/// Names of the other sheets, in order.
const DETAIL: &str = "明细";
const MATRIX: &str = "单位×指标";
const CHECKS: &str = "校验";
const YEARS: &str = "同比";
const CHARTS: &str = "图表";
const FINDINGS: &str = "问题清单";
const MISSING: &str = "未报单位";
const UNREADABLE: &str = "已报未能读取";
const REPEATED: &str = "重复报送";

/// Maximum number of rows of a sheet (ECMA-376 part 1, 18.3.1.73, as limited by Excel), without the empty one of [`heights::finish`].
const ROWS: usize = 1_048_575;

/// Paper size A3 (ECMA-376 part 1, 18.3.1.63).
const A3: u8 = 8;

/// Print scale of a wide sheet, in percent: about twenty columns of figures fit on a page.
const WIDE_SCALE: u16 = 65;

/// Width of such a page in digits, the unit of column widths.
const PAGE_WIDTH: f64 = 232.0;

/// Maximum number of page breaks of a sheet.
const MOST_BREAKS: usize = 1000;

/// Maximum number of characters of a cell.
const CELL: usize = 32_767;

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> WriteError {
    WriteError::new(Output::Xlsx, error)
}

/// Writes the workbook of a roll-up.
///
/// # Errors
/// If the workbook cannot be built, for example without space for temporary files.
pub fn workbook(rollup: &Rollup) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    write(rollup, &mut bytes)?;
    Ok(bytes)
}

/// Writes the workbook of a roll-up in pieces.
///
/// # Errors
/// As [`workbook`], and if it cannot be written.
pub fn write(rollup: &Rollup, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
    write_in_sheets(rollup, ROWS, out)
}

/// Writes the workbook of a roll-up with at most `most` rows per sheet; longer tables continue in further sheets.
///
/// # Errors
/// As [`workbook`], and if it cannot be written.
pub fn write_in_sheets(rollup: &Rollup, most: usize, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
    build(rollup, most).and_then(|mut workbook| workbook.save_to_writer(out)).map_err(failed)
}

/// Builds the workbook; tables of more than `most` rows continue in further sheets.
fn build(rollup: &Rollup, most: usize) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed time, so that the output is reproducible.
    let time = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(title(rollup)).set_creation_datetime(&time));
    let style = Style::new();
    let places = total::Places::plan(&rollup.form);
    let parts = detail::parts(rollup, most);
    total::write(page(workbook.add_worksheet(), TOTAL)?, (rollup, &parts), &places, &style)?;
    for (number, part) in parts.iter().enumerate() {
        let sheet = page(workbook.add_worksheet_with_constant_memory()?, &numbered(DETAIL, number))?;
        detail::write(sheet, rollup, part.clone(), &style)?;
    }
    for (number, part) in matrix::parts(rollup, most).iter().enumerate() {
        let sheet = page(workbook.add_worksheet_with_constant_memory()?, &numbered(MATRIX, number))?;
        matrix::write(sheet, rollup, part, &style)?;
    }
    checks::write(page(workbook.add_worksheet(), CHECKS)?, rollup, &places, &style)?;
    if let Some(previous) = &rollup.previous {
        let sheet = page(workbook.add_worksheet_with_constant_memory()?, YEARS)?;
        years::write(sheet, (rollup, previous), &places, &style)?;
    }
    if !rollup.form.charts.is_empty() {
        charts::write(page(workbook.add_worksheet(), CHARTS)?, rollup, &places, &style)?;
    }
    lists::findings(page(workbook.add_worksheet_with_constant_memory()?, FINDINGS)?, rollup, &style)?;
    lists::missing(page(workbook.add_worksheet_with_constant_memory()?, MISSING)?, rollup, &style)?;
    lists::unreadable(page(workbook.add_worksheet_with_constant_memory()?, UNREADABLE)?, rollup, &style)?;
    lists::repeated(page(workbook.add_worksheet_with_constant_memory()?, REPEATED)?, rollup, &style)?;
    Ok(workbook)
}

/// The name of a sheet, or of one of its continuations.
fn numbered(name: &str, part: usize) -> String {
    if part == 0 { name.to_owned() } else { format!("{name}{}", part + 1) }
}

fn title(rollup: &Rollup) -> String {
    let name = rollup.superior().map(|top| rollup.agencies.list()[top].name.as_str()).unwrap_or_default();
    let title = rollup.form.title.for_period(name, rollup.year, rollup.months);
    title.unwrap_or_else(|| rollup.form.name.zh.clone())
}

/// Names a sheet and sets it up for A3 landscape, one page wide.
fn page<'a>(sheet: &'a mut Worksheet, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
    sheet.set_name(name)?;
    // A formula without a stored result is shown as 0, even if it yields an empty text.
    sheet.set_formula_result_default("");
    sheet.set_paper_size(A3).set_landscape().set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.6, 0.2, 0.3);
    sheet.set_footer("&C第 &P 页，共 &N 页&R&A");
    Ok(sheet)
}

/// Prints a very wide sheet over several pages, each with its first `repeated` columns. `before` are the widths of the columns before the
/// figures. Pages break between groups of figures.
fn wide(sheet: &mut Worksheet, form: &Form, before: &[f64], repeated: usize) -> Result<(), XlsxError> {
    sheet.set_print_scale(WIDE_SCALE).set_page_order(true);
    sheet.set_repeat_columns(0, repeated.saturating_sub(1) as u16)?;
    let first = before.len() as u16;
    let labels: Vec<String> = (0..form.fields.len()).map(|field| two_labels(form, field).0).collect();
    let (mut column, mut used, mut breaks) = (first, before.iter().sum::<f64>(), Vec::new());
    for group in labels.chunk_by(|one, other| one == other) {
        let width = columns_of(group.len()) * FIGURE_WIDTH;
        if used + width > PAGE_WIDTH && column > first {
            breaks.push(u32::from(column));
            used = before.iter().take(repeated).sum();
        }
        (column, used) = (column + group.len() as u16, used + width);
    }
    // A sheet may have 1,026 breaks; after them pages break where they are full.
    breaks.truncate(MOST_BREAKS);
    sheet.set_vertical_page_breaks(&breaks)?;
    Ok(())
}

/// A number of columns or characters as a float, for computing widths.
fn columns_of(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A number as a float.
fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

/// A number as the cached result of a formula.
fn result(value: Decimal) -> String {
    value.normalize().to_string()
}

/// Text truncated to the limit of a cell.
fn text(words: &str) -> String {
    words.chars().take(CELL).collect()
}

/// Cell reference in A1 style.
fn a1(row: u32, column: u16) -> String {
    rust_xlsxwriter::utility::row_col_to_cell(row, column)
}

/// Writes a figure: a number, the text as written, or an empty cell. Never 0 for a value that is not a number.
fn figure(sheet: &mut Worksheet, at: (u32, u16), figure: &Figure, style: &Style) -> Result<(), XlsxError> {
    if figure.number.is_none() && !figure.raw.is_empty() {
        sheet.write_string_with_format(at.0, at.1, text(&figure.raw), &style.text)?;
        return Ok(());
    }
    exact(sheet, at, figure.number, style)
}

/// Writes a number with all its digits, or an empty cell.
fn exact(sheet: &mut Worksheet, at: (u32, u16), figure: Option<Decimal>, style: &Style) -> Result<(), XlsxError> {
    match figure {
        // A spreadsheet keeps fifteen digits; numbers with more are written as text.
        Some(exact) if exact.normalize().mantissa().unsigned_abs() >= 1_000_000_000_000_000 => {
            sheet.write_string_with_format(at.0, at.1, exact.to_string(), &style.figure)?
        }
        Some(exact) => sheet.write_number_with_format(at.0, at.1, number(exact), &style.figure)?,
        None => sheet.write_blank(at.0, at.1, &style.figure)?,
    };
    Ok(())
}

/// Group and label of a field for a header of two rows: table and row above, column below; in a table of one row, the column's groups are
/// above.
fn two_labels(form: &Form, index: FieldIndex) -> (String, String) {
    let field = &form.fields[index];
    let block = form.block(field);
    let (row, column) = (&block.leaf_rows[field.row], &block.leaf_columns[field.column]);
    let own = column.label().map(|label| label.text.clone()).unwrap_or_default();
    let groups = column.path.iter().take(column.path.len().saturating_sub(1)).map(|label| label.text.as_str());
    let (above, own) = if row.path.is_empty() {
        (groups.collect::<Vec<_>>().join(" / "), own)
    } else {
        (row.shown(), groups.chain([own.as_str()]).collect::<Vec<_>>().join(" / "))
    };
    (format!("{} {above}", form.tables[field.table].name.zh).trim().to_owned(), own)
}

/// Width of a column of figures.
const FIGURE_WIDTH: f64 = 9.0;

/// Writes a header of two rows over the fields, from a column on: adjacent fields of one group share a merged cell.
fn header(sheet: &mut Worksheet, row: u32, from: u16, form: &Form, style: &Style) -> Result<(), XlsxError> {
    let labels: Vec<(String, String)> = (0..form.fields.len()).map(|field| two_labels(form, field)).collect();
    let groups = labels.chunk_by(|one, other| one.0 == other.0);
    let height = groups.map(|group| lines(&group[0].0, FIGURE_WIDTH * columns_of(group.len()))).max().unwrap_or(1);
    sheet.set_row_height(row, f64::from(height) * LINE_HEIGHT + LINE_MARGIN)?;
    let mut at = 0;
    while at < labels.len() {
        let same = labels[at..].iter().take_while(|label| label.0 == labels[at].0).count();
        let (first, last) = (from + at as u16, from + (at + same - 1) as u16);
        if same > 1 {
            sheet.merge_range(row, first, row, last, &labels[at].0, &style.head)?;
        } else {
            sheet.write_string_with_format(row, first, &labels[at].0, &style.head)?;
        }
        at += same;
    }
    let height = labels.iter().map(|(_, own)| lines(own, FIGURE_WIDTH)).max().unwrap_or(1);
    sheet.set_row_height(row + 1, f64::from(height) * LINE_HEIGHT + LINE_MARGIN)?;
    for (field, (_, own)) in labels.iter().enumerate() {
        sheet.write_string_with_format(row + 1, from + field as u16, own, &style.head)?;
    }
    Ok(())
}
