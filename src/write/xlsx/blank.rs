//! The blank workbook of a form as umya-spreadsheet builds it: sheets, labels, styles, merged cells, print set-up, and marks
//! where figures and checks stand. Built once a form.

use umya_spreadsheet::{
    HorizontalAlignmentValues, OrientationValues, Style, VerticalAlignmentValues, Workbook, Worksheet,
    new_file_empty_worksheet, writer,
};

use super::plan::{ABOVE, SheetPlan, a1};
use crate::form::{Form, LayoutContent};

/// Marks are numbers that no report has: this and the number of the field.
pub(super) const FIELD_MARK: u64 = 8_000_000_000_000;
/// This and the number of the check on its sheet.
pub(super) const CHECK_MARK: u64 = 9_000_000_000_000;
/// The title of the report.
pub(super) const TITLE_MARK: u64 = 7_000_000_000_000;
/// The style of a heading, and one further on that of a paragraph, on the sheet of text.
pub(super) const TEXT_MARK: u64 = 6_000_000_000_000;

/// Name of the sheet with the narrative.
pub(super) const TEXT_SHEET: &str = "正文";

/// Builds the workbook and packs it.
pub(super) fn build(form: &Form, sheets: &[SheetPlan]) -> Option<Vec<u8>> {
    let mut book = new_file_empty_worksheet();
    for plan in sheets {
        table_sheet(form, plan, book.new_sheet(plan.name.as_str()).ok()?);
    }
    text_sheet(book.new_sheet(TEXT_SHEET).ok()?);
    pack(&book)
}

fn pack(book: &Workbook) -> Option<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    writer::xlsx::write_writer(book, &mut bytes).ok()?;
    Some(bytes.into_inner())
}

fn style(size: f64, bold: bool, horizontal: HorizontalAlignmentValues, borders: bool, locked: bool) -> Style {
    let mut style = Style::default();
    style.font_mut().set_name("宋体").set_size(size).set_bold(bold);
    let alignment = style.alignment_mut();
    alignment.set_horizontal(horizontal);
    alignment.set_vertical(VerticalAlignmentValues::Center);
    alignment.set_wrap_text(true);
    if borders {
        let all = style.borders_mut();
        all.left_mut().set_border_style("thin");
        all.right_mut().set_border_style("thin");
        all.top_mut().set_border_style("thin");
        all.bottom_mut().set_border_style("thin");
    }
    style.protection_mut().set_locked(locked);
    style
}

fn table_sheet(form: &Form, plan: &SheetPlan, sheet: &mut Worksheet) {
    let layout = &plan.layout;
    let last = layout.columns - 1;
    let centre = HorizontalAlignmentValues::Center;
    put(sheet, (0, 0), &TITLE_MARK.to_string(), true, &style(14.0, true, centre.clone(), false, true));
    sheet.add_merge_cells(format!("{}:{}", a1((0, 0)), a1((0, last))));
    let heading = form.sections[form.tables[plan.table].section].heading.as_ref();
    let heading = heading.map(|heading| heading.text.as_str()).unwrap_or_default();
    put(sheet, (1, 0), heading, false, &style(12.0, true, HorizontalAlignmentValues::Left, false, true));
    sheet.add_merge_cells(format!("{}:{}", a1((1, 0)), a1((1, last))));
    let (head, label) = (
        style(10.5, false, centre.clone(), true, true),
        style(10.5, false, HorizontalAlignmentValues::Left, true, true),
    );
    let figure = style(10.5, false, centre.clone(), true, false);
    for cell in layout.rows.iter().flatten() {
        let at = (ABOVE + cell.row, cell.column);
        let (text, number, style) = match &cell.content {
            LayoutContent::Field(field) => ((FIELD_MARK + *field as u64).to_string(), true, &figure),
            LayoutContent::RowHead(text) => (text.clone(), false, &label),
            LayoutContent::Caption(text) | LayoutContent::Corner(text) | LayoutContent::ColumnHead(text) => {
                (text.clone(), false, &head)
            }
        };
        for row in 0..cell.row_span {
            for column in 0..cell.col_span {
                sheet.cell_mut(a1((at.0 + row, at.1 + column)).as_str()).set_style(style.clone());
            }
        }
        put(sheet, at, &text, number, style);
        if cell.row_span > 1 || cell.col_span > 1 {
            sheet.add_merge_cells(format!("{}:{}", a1(at), a1((at.0 + cell.row_span - 1, at.1 + cell.col_span - 1))));
        }
    }
    let check = style(10.0, false, centre, false, true);
    for (row, column, text) in &plan.labels {
        put(sheet, (*row, *column), text, false, &check);
    }
    for (number, found) in plan.checks.iter().enumerate() {
        put(sheet, (found.row, found.column), &(CHECK_MARK + number as u64).to_string(), true, &check);
    }
    widths(form, plan, sheet);
    print(sheet, layout.columns > 6, 1);
}

fn put(sheet: &mut Worksheet, at: (u32, u32), text: &str, number: bool, style: &Style) {
    let cell = sheet.cell_mut(a1(at).as_str());
    if number {
        cell.set_value_number(text.parse::<f64>().unwrap_or_default());
    } else {
        cell.set_value_string(text);
    }
    cell.set_style(style.clone());
}

fn widths(form: &Form, plan: &SheetPlan, sheet: &mut Worksheet) {
    let widths = &form.tables[plan.table].widths;
    let total: u32 = widths.iter().sum();
    // Characters that fit the width of the paper in the size of the tables.
    let room = if plan.layout.columns > 6 { 118.0 } else { 88.0 };
    for column in 0..plan.columns {
        let width =
            widths.get(column as usize).map_or(9.0, |&width| (f64::from(width) * room / f64::from(total)).max(5.0));
        sheet.column_dimension_by_number_mut(column + 1).set_width(width);
    }
    for row in 0..plan.layout.rows.len() as u32 {
        let long = plan.layout.rows[row as usize].iter().any(|cell| match &cell.content {
            LayoutContent::RowHead(text) => {
                cell.row_span == 1 && text.chars().count() > if cell.col_span > 1 { 24 } else { 18 }
            }
            _ => false,
        });
        sheet.row_dimension_mut(ABOVE + row + 1).set_height(if long { 30.0 } else { 18.0 });
    }
    sheet.row_dimension_mut(1).set_height(26.0);
}

fn print(sheet: &mut Worksheet, landscape: bool, pages: u32) {
    let orientation = if landscape { OrientationValues::Landscape } else { OrientationValues::Portrait };
    sheet.page_setup_mut().set_paper_size(9).set_orientation(orientation).set_fit_to_width(1).set_fit_to_height(pages);
    sheet.page_margins_mut().set_left(0.5).set_right(0.5).set_top(0.7).set_bottom(0.7);
}

fn text_sheet(sheet: &mut Worksheet) {
    let left = HorizontalAlignmentValues::Left;
    put(sheet, (0, 0), &TEXT_MARK.to_string(), true, &style(12.0, true, left.clone(), false, true));
    put(sheet, (1, 0), &(TEXT_MARK + 1).to_string(), true, &style(10.5, false, left, false, false));
    sheet.column_dimension_by_number_mut(1).set_width(86.0);
    // As many pages as the text needs.
    print(sheet, false, 0);
}
