//! Writes the workbook of a form: sheets with headers, column widths, drop-down lists, and a filter.

use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use toml::Table;
use unicode_width::UnicodeWidthStr;

use super::error::BookError;
use super::flatten::{Lines, Remarks, flatten};
use super::heads::{FIELD, KINDS, QUESTIONS, ROLES, RULE, SEVERITIES, Zone};
use crate::finding::TomlError;
use crate::form::Form;

/// Paper size A4 (ECMA-376 part 1, 18.3.1.63).
const A4: u8 = 9;

struct Style {
    head: Format,
    text: Format,
    shaded: Format,
}

impl Style {
    fn new() -> Self {
        let cell = Format::new().set_font_name("宋体").set_font_size(10).set_border(FormatBorder::Thin).set_text_wrap();
        let cell = cell.set_align(FormatAlign::VerticalCenter).set_num_format("@");
        Self {
            head: cell.clone().set_bold().set_align(FormatAlign::Center).set_background_color("DDE6F0"),
            shaded: cell.clone().set_font_color("666666").set_background_color("F2F2F2"),
            text: cell,
        }
    }
}

/// The workbook of a form; `source` is the text of its mapping file.
///
/// # Errors
/// If it cannot be written: a cell holds at most 32,767 characters.
pub fn write(form: &Form, source: &str, remarks: &Remarks) -> Result<Vec<u8>, BookError> {
    let table: Table = source.parse().map_err(|error| BookError::NotToml(TomlError::new(source, &error)))?;
    let zones = flatten(form, table, remarks);
    build(form, &zones).map_err(BookError::Library)
}

fn build(form: &Form, zones: &[Lines]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed time, so that the output is reproducible.
    let time = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title(&form.name.zh).set_creation_datetime(&time));
    let style = Style::new();
    let mut sheets: Vec<&str> = zones.iter().map(|lines| lines.zone.sheet).collect();
    sheets.dedup();
    for name in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_footer("&C第 &P 页，共 &N 页&R&A");
        write_sheet(sheet, zones.iter().filter(|lines| lines.zone.sheet == name), &style)?;
    }
    workbook.save_to_buffer()
}

fn write_sheet<'l>(
    sheet: &mut Worksheet,
    zones: impl Iterator<Item = &'l Lines>,
    style: &Style,
) -> Result<(), XlsxError> {
    let mut row = 0;
    for (number, lines) in zones.enumerate() {
        if lines.zone.columns[0] == QUESTIONS.columns[0] && lines.rows.is_empty() {
            continue;
        }
        if number == 0 {
            widths(sheet, &lines.zone)?;
        } else {
            row += 1;
        }
        let first = row;
        for (column, head) in (0u16..).zip(lines.zone.columns) {
            sheet.write_string_with_format(row, column, *head, &style.head)?;
        }
        row += 1;
        for line in &lines.rows {
            for (column, (cell, head)) in (0u16..).zip(line.iter().zip(lines.zone.columns)) {
                let own = if is_told(head) { &style.shaded } else { &style.text };
                sheet.write_string_with_format(row, column, cell, own)?;
            }
            sheet.set_row_height(row, height(line, lines.zone.sheet))?;
            row += 1;
        }
        if lines.zone.sheet != super::heads::FORM {
            sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
            let last = u16::try_from(lines.zone.columns.len() - 1).unwrap_or(0);
            sheet.autofilter(first, 0, row.max(first + 1) - 1, last)?;
            choices(sheet, &lines.zone, row)?;
        }
    }
    Ok(())
}

/// Whether a column is informative only, and not read.
fn is_told(head: &str) -> bool {
    ["说明", "自动", "不导入"].iter().any(|word| head.contains(word)) && head != "英文说明" && head != "说明"
        || head == "字段编号（自动）"
}

/// Column widths of a sheet, in digits: those of the zone with the most columns.
fn widths_of(sheet: &str) -> &'static [u8] {
    let zones = super::heads::ZONES.iter().filter(|known| known.sheet == sheet);
    zones.max_by_key(|known| known.widths.len()).map_or(&[], |most| most.widths)
}

fn widths(sheet: &mut Worksheet, zone: &Zone) -> Result<(), XlsxError> {
    for (column, width) in (0u16..).zip(widths_of(zone.sheet)) {
        sheet.set_column_width(column, f64::from(*width))?;
    }
    Ok(())
}

/// Height of a line of text, and additional height of a row, in points.
const LINE: f64 = 13.5;
const MARGIN: f64 = 3.0;

/// Maximum height of a row, in points.
const HIGHEST: f64 = 409.0;

/// Height of a row in which every cell shows all its lines.
fn height(cells: &[String], sheet: &str) -> f64 {
    let lines = |(cell, width): (&String, &u8)| {
        let width = usize::from(*width).saturating_sub(2).max(2);
        cell.split('\n').map(|line| line.width().div_ceil(width).max(1)).sum::<usize>()
    };
    let most = cells.iter().zip(widths_of(sheet)).map(lines).max().unwrap_or(1);
    (f64::from(u32::try_from(most).unwrap_or(u32::MAX)) * LINE + MARGIN).min(HIGHEST)
}

/// Number of rows after the last that have drop-down lists, too.
const SPARE: u32 = 500;

/// Adds drop-down lists to the columns with a fixed set of words.
fn choices(sheet: &mut Worksheet, zone: &Zone, to: u32) -> Result<(), XlsxError> {
    let kinds: Vec<&str> = KINDS.iter().map(|(word, _)| *word).chain(ROLES.iter().map(|(word, _)| *word)).collect();
    let severities: Vec<&str> = SEVERITIES.iter().map(|(word, _)| *word).collect();
    let lists = [(FIELD, "类型", kinds), (RULE, "重复", vec!["逐行", "逐栏"]), (RULE, "级别", severities)];
    for (of, head, words) in lists.iter().filter(|(of, ..)| of.sheet == zone.sheet) {
        let column = of.columns.iter().position(|known| known == head).and_then(|at| u16::try_from(at).ok());
        if let Some(column) = column {
            sheet.add_data_validation(
                1,
                column,
                to + SPARE,
                column,
                &DataValidation::new().allow_list_strings(words)?,
            )?;
        }
    }
    Ok(())
}
