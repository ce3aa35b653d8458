//! Sheet 总表: every table in its official layout, each figure a live sum over 明细.

use std::ops::Range;

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};

use super::style::Style;
use super::{DETAIL, a1, detail, numbered, result, text, title};
use crate::form::{Expression, FieldIndex, Form, Layout, LayoutContent, Table};
use crate::rollup::Rollup;

/// Number of columns of the sheet. Every column of a table spans some of them, so that tables of any layout fit below each other.
const GRID: u16 = 48;

/// Maximum number of rows printed on one page.
const ONE_PAGE: usize = 80;

/// Position of a table's cell on the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    row: u32,
    column: u16,
    last_row: u32,
    last_column: u16,
}

/// The layout of the sheet.
pub(super) struct Places {
    layouts: Vec<(u32, Layout, Vec<u16>)>,
    fields: Vec<(u32, u16)>,
}

impl Places {
    /// Plans the sheet of a form.
    pub(super) fn plan(form: &Form) -> Self {
        let mut places = Self { layouts: Vec::new(), fields: vec![(0, 0); form.fields.len()] };
        let mut row = 2;
        for (number, table) in form.tables.iter().enumerate() {
            let layout = Layout::for_table(form, number);
            let edges = edges(table, layout.columns);
            // A heading above, an empty row below.
            let first = row + 1;
            row = first + layout.rows.len() as u32 + 1;
            for cell in layout.rows.iter().flatten() {
                if let LayoutContent::Field(field) = cell.content {
                    places.fields[field] = (first + cell.row, edges[cell.column as usize]);
                }
            }
            places.layouts.push((first, layout, edges));
        }
        places
    }

    /// A side of a rule, or a sum of fields, as a formula for another sheet; `sheet` is the prefix of each cell.
    pub(super) fn formula(&self, side: &Expression, sheet: &str) -> String {
        let mut formula = String::new();
        for sign in [1, -1] {
            let terms = side.terms.iter().filter(|term| term.sign == sign);
            let cells: Vec<String> = terms.map(|term| self.cell(term.operand.field, sheet)).collect();
            if !cells.is_empty() {
                formula.push_str(if sign < 0 { "-" } else { "" });
                formula.push_str(&sum(&cells));
            }
        }
        if side.constant != 0 || formula.is_empty() {
            let constant = side.constant;
            formula.push_str(&if formula.is_empty() { constant.to_string() } else { format!("{constant:+}") });
        }
        formula
    }

    /// The cell of a field.
    pub(super) fn cell(&self, field: FieldIndex, sheet: &str) -> String {
        let (row, column) = self.fields[field];
        format!("{sheet}{}", a1(row, column))
    }
}

/// The sum of cells as a formula; a function has at most 255 arguments.
pub(super) fn sum(cells: &[String]) -> String {
    let sums: Vec<String> = cells.chunks(200).map(|cells| format!("SUM({})", cells.join(","))).collect();
    sums.join("+")
}

/// The sheet's column at which each column of a table begins, and the end, according to the relative widths.
fn edges(table: &Table, columns: u32) -> Vec<u16> {
    let widths: Vec<u32> = (0..columns as usize).map(|at| table.widths.get(at).copied().unwrap_or(1).max(1)).collect();
    let all: u32 = widths.iter().sum();
    // A table with more columns than the sheet's grid uses one column each.
    let grid = u32::from(GRID).max(columns);
    let (mut edges, mut before) = (vec![0], 0);
    for (number, width) in widths.iter().enumerate() {
        before += width;
        let left = columns - 1 - number as u32;
        let least = u32::from(edges[number]) + 1;
        edges.push(((before * grid + all / 2) / all).clamp(least, grid - left) as u16);
    }
    edges
}

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    (rollup, parts): Detailed,
    places: &Places,
    style: &Style,
) -> Result<(), XlsxError> {
    let (form, said) = (&*rollup.form, rollup.report());
    for column in 0..GRID {
        sheet.set_column_width(column, 3.8)?;
    }
    // A form of usual length is printed on one page, so that no merged cell is cut.
    let rows = places.layouts.iter().map(|(_, layout, _)| layout.rows.len()).sum::<usize>();
    sheet.set_portrait().set_print_fit_to_pages(1, u16::from(rows <= ONE_PAGE));
    sheet.merge_range(0, 0, 0, GRID - 1, &title(rollup), &style.title)?;
    sheet.set_row_height(0, 30)?;
    let wrong = rollup.total.taken.iter().filter(|&&entry| rollup.has_errors(entry)).count();
    let left_out = (0..rollup.entries.len()).filter(|&entry| rollup.leaves_out(entry)).count();
    let marked = match (wrong, left_out) {
        (0, 0) => String::new(),
        (0, _) => format!("（有错误的{left_out}份未计入，见“问题清单”）"),
        _ => format!("（其中{wrong}份有错误，见“问题清单”）"),
    };
    let counts = rollup.counts_of_agencies().message().zh;
    let counted = format!("{}{marked}。", counts.trim_end_matches('。'));
    sheet.write_string_with_format(1, 0, counted, &style.heading)?;
    for ((first, layout, edges), table) in places.layouts.iter().zip(&form.tables) {
        let section = form.sections[table.section].heading.as_ref();
        let heading = section.map(|heading| heading.text.as_str()).unwrap_or_default();
        sheet.write_string_with_format(first - 1, 0, format!("{} {heading}", table.name.zh), &style.heading)?;
        for cell in layout.rows.iter().flatten() {
            let (left, right) = (cell.column as usize, (cell.column + cell.col_span) as usize);
            let area = Area {
                row: first + cell.row,
                column: edges[left],
                last_row: first + cell.row + cell.row_span - 1,
                last_column: edges[right.min(edges.len() - 1)] - 1,
            };
            let (words, format) = match &cell.content {
                LayoutContent::Caption(words) | LayoutContent::Corner(words) | LayoutContent::ColumnHead(words) => {
                    (words.as_str(), &style.head)
                }
                LayoutContent::RowHead(words) => (words.as_str(), &style.label),
                LayoutContent::Field(_) => ("", &style.figure),
            };
            put(sheet, area, words, format)?;
            if let LayoutContent::Field(field) = cell.content {
                let words = said.values.get(&form.fields[field].id).and_then(|value| value.text.as_deref());
                match words {
                    // What a row that is data is known by.
                    Some(words) => {
                        sheet.write_string_with_format(area.row, area.column, text(words), &style.label)?;
                    }
                    None => figure(sheet, (area.row, area.column), (rollup, parts), field, style)?,
                }
            }
        }
        for row in 0..layout.rows.len() as u32 {
            sheet.set_row_height(first + row, 30)?;
        }
    }
    sheet.set_freeze_panes(2, 0)?;
    Ok(())
}

fn put(sheet: &mut Worksheet, area: Area, words: &str, format: &Format) -> Result<(), XlsxError> {
    if (area.row, area.column) == (area.last_row, area.last_column) {
        sheet.write_string_with_format(area.row, area.column, text(words), format)?;
    } else {
        sheet.merge_range(area.row, area.column, area.last_row, area.last_column, &text(words), format)?;
    }
    Ok(())
}

/// A roll-up with the reports of each sheet of 明细.
pub(super) type Detailed<'r> = (&'r Rollup<'r>, &'r [Range<usize>]);

/// The formula for the sum of the rows of 明细 that count.
pub(super) fn formula((rollup, parts): Detailed, field: FieldIndex) -> String {
    let column = detail::FIRST + field as u16;
    let all = rollup.total.taken.len() == rollup.entries.len();
    let sum = |(number, part): (usize, &Range<usize>)| {
        let figures = range(number, part, column);
        if all {
            format!("SUM({figures})")
        } else {
            format!("SUMIF({},\"是\",{figures})", range(number, part, detail::COUNTS))
        }
    };
    parts.iter().enumerate().map(sum).collect::<Vec<_>>().join("+")
}

/// The cells of a column in a sheet of 明细.
fn range(number: usize, part: &Range<usize>, column: u16) -> String {
    let (first, last) = (detail::HEAD, detail::HEAD + part.len() as u32 - 1);
    format!("{}!{}:{}", numbered(DETAIL, number), absolute(first, column), absolute(last, column))
}

/// Writes a figure: a live sum, or an empty cell if it is not additive.
fn figure(
    sheet: &mut Worksheet,
    at: (u32, u16),
    (rollup, parts): Detailed,
    field: FieldIndex,
    style: &Style,
) -> Result<(), XlsxError> {
    if !rollup.adds_up(field) || rollup.entries.is_empty() {
        return Ok(());
    }
    let sum = formula((rollup, parts), field);
    let formula = if let Some(total) = rollup.total.region[field] {
        Formula::new(format!("={sum}")).set_result(result(total))
    } else {
        // If no agency has a number, the cell is empty until one has.
        let column = detail::FIRST + field as u16;
        let cells = parts.iter().enumerate().map(|(number, part)| range(number, part, column));
        let cells = cells.collect::<Vec<_>>().join(",");
        Formula::new(format!("=IF(COUNT({cells})=0,\"\",{sum})")).set_result("")
    };
    sheet.write_formula_with_format(at.0, at.1, formula, &style.figure)?;
    Ok(())
}

fn absolute(row: u32, column: u16) -> String {
    rust_xlsxwriter::utility::row_col_to_cell_absolute(row, column)
}
