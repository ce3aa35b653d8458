//! Builds the blank workbook of a form with umya-spreadsheet: sheets in the official layout, styles, widths, print set-up. Built once per
//! form.

use umya_spreadsheet::{
    ConditionalFormatValues, ConditionalFormatting, ConditionalFormattingRule, Coordinate, Formula, OrientationValues,
    Pane, PaneStateValues, PaneValues, SheetProtection, SheetView, SheetViews, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::book::{Book, NoteKind, Sheet, TOP};
use super::cell;
use super::formula::DIFFERS;
use super::styles::{Look, failed, slots, style};
use crate::form::{Form, LayoutContent};

/// Width of an A4 sheet in characters at the font size of the tables, portrait and landscape.
const UPRIGHT: u32 = 90;
const ACROSS: u32 = 135;

/// Width of the narrative's column in characters: a single column is not scaled to the paper, so it is narrower.
pub(super) const NARRATIVE_WIDTH: u32 = 78;

/// Maximum number of columns of a table printed in portrait.
const MOST_COLUMNS_UPRIGHT: u32 = 12;

/// Width of the columns of checks.
const CHECK_WIDTH: f64 = 12.0;

/// Height of a line of text in points.
const LINE: u32 = 15;

/// Builds the workbook: a sheet per table, then the narrative's, then that of extra tables. The narrative's sheet has one cell for each
/// look that slots need, from the top.
pub(super) fn build(form: &Form, book: &Book) -> Result<Workbook, XlsxError> {
    let mut built = umya_spreadsheet::new_file_empty_worksheet();
    for (number, sheet) in book.sheets.iter().enumerate() {
        let worksheet = built.new_sheet(sheet.name.as_str())?;
        table_sheet(worksheet, form, number, sheet);
    }
    let narrative = built.new_sheet(book.narrative.as_str())?;
    for (row, look) in slots().into_iter().enumerate() {
        narrative.cell_mut((1, row as u32 + 1)).set_style(style(look));
    }
    narrative.column_dimension_by_number_mut(1).set_width(f64::from(NARRATIVE_WIDTH));
    page(narrative, false);
    let extra = built.new_sheet(book.extra.as_str())?;
    for column in 1..=10 {
        extra.column_dimension_by_number_mut(column).set_width(14.0);
    }
    page(extra, false);
    Ok(built)
}

/// Widths of the table's grid columns in characters.
fn widths(form: &Form, number: usize, columns: u32) -> Vec<u32> {
    let relative = &form.tables[number].widths;
    let target = if columns > MOST_COLUMNS_UPRIGHT { ACROSS } else { UPRIGHT };
    let total: u32 = relative.iter().sum::<u32>().max(1);
    relative.iter().map(|width| (width * target).div_ceil(total).clamp(5, 120)).collect()
}

fn table_sheet(worksheet: &mut Worksheet, form: &Form, number: usize, sheet: &Sheet) {
    let columns = sheet.layout.columns;
    let widths = widths(form, number, columns);
    for (column, width) in widths.iter().enumerate() {
        worksheet.column_dimension_by_number_mut(column as u32 + 1).set_width(f64::from(*width));
    }
    for column in columns..sheet.columns {
        worksheet.column_dimension_by_number_mut(column + 1).set_width(CHECK_WIDTH);
    }
    put(worksheet, (0, 0), (1, columns), Look::Title, "");
    put(worksheet, (1, 0), (1, columns), Look::Heading, &sheet.heading);
    for cell in sheet.layout.rows.iter().flatten() {
        let (look, text) = match &cell.content {
            LayoutContent::Field(_) => (Look::Figure(Some(0)), ""),
            LayoutContent::RowHead(text) => (Look::Label, text.as_str()),
            LayoutContent::Caption(text) | LayoutContent::Corner(text) | LayoutContent::ColumnHead(text) => {
                (Look::Head, text.as_str())
            }
        };
        put(worksheet, (TOP + cell.row, cell.column), (cell.row_span, cell.col_span), look, text);
    }
    for check in &sheet.checks {
        put(worksheet, (check.row, check.column), (1, check.col_span), Look::Check, "");
    }
    for note in &sheet.notes {
        let look = if note.kind == NoteKind::Legend { Look::Legend } else { Look::Check };
        put(worksheet, (note.row, note.column), (note.row_span, note.col_span), look, &note.text);
    }
    heights(worksheet, sheet, &widths);
    view(worksheet, TOP + sheet.layout.header_rows, number == 0);
    page(worksheet, columns > MOST_COLUMNS_UPRIGHT);
    protect(worksheet);
    mark_failures(worksheet, sheet);
}

/// Writes a cell and merges its span; every slot gets the look, so that borders are complete.
fn put(worksheet: &mut Worksheet, at: (u32, u32), spans: (u32, u32), look: Look, text: &str) {
    let ((row, column), (rows, columns)) = (at, (spans.0.max(1), spans.1.max(1)));
    for slot_row in row..row + rows {
        for slot_column in column..column + columns {
            worksheet.cell_mut((slot_column + 1, slot_row + 1)).set_style(style(look));
        }
    }
    if !text.is_empty() {
        worksheet.cell_mut((column + 1, row + 1)).set_value_string(text);
    }
    if (rows, columns) != (1, 1) {
        worksheet.add_merge_cells(cell::region(row, column, rows, columns));
    }
}

/// Sets the heights of rows by their longest label, because programs do not fit rows with merged cells.
fn heights(worksheet: &mut Worksheet, sheet: &Sheet, widths: &[u32]) {
    let lines = |text: &str, column: u32, span: u32| {
        let first = column as usize;
        let width: u32 = widths.get(first..).map_or(0, |rest| rest.iter().take(span as usize).sum());
        (text.width() as u32 + 1).div_ceil(width.saturating_sub(1).max(4)).max(1)
    };
    let mut rows = vec![1; sheet.layout.rows.len()];
    for pass in [true, false] {
        for cell in sheet.layout.rows.iter().flatten().filter(|cell| (cell.row_span == 1) == pass) {
            let text = match &cell.content {
                LayoutContent::Caption(text)
                | LayoutContent::Corner(text)
                | LayoutContent::ColumnHead(text)
                | LayoutContent::RowHead(text) => text.as_str(),
                LayoutContent::Field(_) => continue,
            };
            let wanted = lines(text, cell.column, cell.col_span);
            let (first, last) = (cell.row as usize, (cell.row + cell.row_span) as usize - 1);
            let there: u32 = rows[first..=last].iter().sum();
            rows[last] += wanted.saturating_sub(there);
        }
    }
    for (row, lines) in rows.iter().enumerate() {
        worksheet.row_dimension_mut(TOP + row as u32 + 1).set_height(f64::from((lines * LINE + 5).min(400)));
    }
    worksheet.row_dimension_mut(1).set_height(34.0);
    worksheet.row_dimension_mut(2).set_height(22.0);
    for note in sheet.notes.iter().filter(|note| note.kind == NoteKind::Legend) {
        let lines = lines(&note.text, note.column, note.col_span);
        worksheet.row_dimension_mut(note.row + 1).set_height(f64::from((lines * 13 + 2).min(400)));
    }
}

/// Freezes the rows above this one.
fn view(worksheet: &mut Worksheet, row: u32, selected: bool) {
    let mut pane = Pane::default();
    let mut corner = Coordinate::default();
    corner.set_col_num(1).set_row_num(row + 1);
    pane.set_vertical_split(f64::from(row));
    pane.set_top_left_cell(corner).set_active_pane(PaneValues::BottomLeft).set_state(PaneStateValues::Frozen);
    let mut view = SheetView::default();
    view.set_workbook_view_id(0).set_tab_selected(selected).set_pane(pane);
    let mut views = SheetViews::default();
    views.add_sheet_view_list_mut(view);
    worksheet.set_sheets_views(views);
}

/// A4, fitted to one page in width.
fn page(worksheet: &mut Worksheet, across: bool) {
    let setup = worksheet.page_setup_mut();
    setup.set_paper_size(9).set_fit_to_page(true).set_fit_to_width(1).set_fit_to_height(0);
    setup.set_orientation(if across { OrientationValues::Landscape } else { OrientationValues::Portrait });
    let margins = worksheet.page_margins_mut();
    margins.set_left(0.7).set_right(0.7).set_top(0.8).set_bottom(0.8).set_header(0.3).set_footer(0.4);
    worksheet.print_options_mut().set_horizontal_centered(true);
    worksheet.header_footer_mut().odd_footer_mut().set_value("&C— &P —");
}

/// Protects labels and formulas against slips, without a password; widths and heights may be changed.
fn protect(worksheet: &mut Worksheet) {
    let mut protection = SheetProtection::default();
    protection.set_sheet(true).set_objects(true).set_scenarios(true).set_format_columns(false).set_format_rows(false);
    worksheet.set_sheet_protection(protection);
}

/// Marks failed checks in red.
fn mark_failures(worksheet: &mut Worksheet, sheet: &Sheet) {
    let Some(first) = sheet.checks.first() else { return };
    let regions: Vec<String> =
        sheet.checks.iter().map(|check| cell::region(check.row, check.column, 1, check.col_span)).collect();
    let mut formula = Formula::default();
    formula.set_string_value(format!("LEFT({},1)=\"{DIFFERS}\"", cell::name(first.row, first.column)));
    let mut rule = ConditionalFormattingRule::default();
    rule.set_type(ConditionalFormatValues::Expression).set_priority(1).set_style(failed()).set_formula(formula);
    let mut formatting = ConditionalFormatting::default();
    formatting.sequence_of_references_mut().set_sqref(regions.join(" "));
    formatting.add_conditional_collection(rule);
    worksheet.add_conditional_formatting_collection(formatting);
}
