//! Makes files with the reports of several agencies: a compilation in Word, and a workbook with one sheet per agency.

use std::io::{Cursor, Read};

use nianbao::form::{Form, Layout, LayoutContent};
use nianbao::report::{Content, Report};
use nianbao::write::Output;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::{Done, archive, written};

/// A Word file with the reports one after the other, after a list of them.
pub(crate) fn compilation(form: &Form, reports: &[Report]) -> Done<Vec<u8>> {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    let mut bodies = Vec::new();
    for report in reports {
        let package = written(Output::Docx, form, report)?;
        let mut zip = zip::ZipArchive::new(Cursor::new(&package))?;
        let mut document = String::new();
        zip.by_name("word/document.xml")?.read_to_string(&mut document)?;
        let start = document.find("<w:body>").ok_or("no body")? + "<w:body>".len();
        let end = document.rfind("<w:sectPr").ok_or("no section")?;
        bodies.push(document[start..end].to_owned());
        if entries.is_empty() {
            for index in 0..zip.len() {
                let (mut entry, mut bytes) = (zip.by_index(index)?, Vec::new());
                entry.read_to_end(&mut bytes)?;
                entries.push((entry.name()?.into_owned(), bytes));
            }
        }
    }
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let mut list = paragraph("各部门政府信息公开工作年度报告汇编");
    for (number, report) in reports.iter().enumerate() {
        list += &paragraph(&format!("{}……{}", report.title.as_deref().unwrap_or_default(), number * 4 + 1));
    }
    let next_page = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>";
    let all = format!("{list}{next_page}{}", bodies.join(next_page));
    for (name, bytes) in &mut entries {
        if name == "word/document.xml" {
            let document = String::from_utf8(std::mem::take(bytes))?;
            let start = document.find("<w:body>").ok_or("no body")? + "<w:body>".len();
            let end = document.rfind("<w:sectPr").ok_or("no section")?;
            *bytes = format!("{}{all}{}", &document[..start], &document[end..]).into_bytes();
        }
    }
    archive(&entries)
}

/// A workbook with a list of the agencies, and a sheet with the report of each.
pub(crate) fn departments(form: &Form, reports: &[Report]) -> Done<Vec<u8>> {
    let mut book = Workbook::new();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 1, 31)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    let contents = book.add_worksheet().set_name("目录")?;
    for (row, text) in ["序号", "单位名称", "备注"].iter().enumerate() {
        contents.write(0, row as u16, *text)?;
    }
    for (number, report) in reports.iter().enumerate() {
        let row = number as u32 + 1;
        contents.write(row, 0, row)?;
        contents.write(row, 1, report.agency.as_deref().unwrap_or_default())?;
    }
    for report in reports {
        let name: String = report.agency.as_deref().unwrap_or_default().chars().take(31).collect();
        sheet(book.add_worksheet().set_name(name)?, form, report)?;
    }
    Ok(book.save_to_buffer()?)
}

/// Writes a report to a sheet from top to bottom.
fn sheet(sheet: &mut Worksheet, form: &Form, report: &Report) -> Done {
    sheet.write(0, 0, report.title.as_deref().unwrap_or_default())?;
    let mut at = 2;
    for section in &report.sections {
        if let Some(heading) = &section.heading {
            sheet.write(at, 0, heading.as_str())?;
            at += 1;
        }
        for content in &section.content {
            match content {
                Content::Paragraph { text, .. } => {
                    sheet.write(at, 0, text.as_str())?;
                    at += 1;
                }
                Content::Table { table } => at = self::table(sheet, form, report, table, at)? + 1,
                Content::Extra(_) | Content::Picture { .. } => {}
            }
        }
    }
    Ok(())
}

fn table(sheet: &mut Worksheet, form: &Form, report: &Report, table: &str, top: u32) -> Done<u32> {
    let number = form.tables.iter().position(|known| known.id == table).ok_or("no such table")?;
    let layout = Layout::for_table(form, number);
    let plain = Format::new();
    for cell in layout.rows.iter().flatten() {
        let (row, column) = (top + cell.row, cell.column as u16);
        if cell.row_span > 1 || cell.col_span > 1 {
            let (last, right) = (row + cell.row_span - 1, column + cell.col_span as u16 - 1);
            sheet.merge_range(row, column, last, right, "", &plain)?;
        }
        match &cell.content {
            LayoutContent::Caption(text)
            | LayoutContent::Corner(text)
            | LayoutContent::ColumnHead(text)
            | LayoutContent::RowHead(text) => sheet.write(row, column, text.as_str())?,
            LayoutContent::Field(index) => {
                let value = &report.values[&form.fields[*index].id];
                match value.raw.parse::<f64>() {
                    Ok(number) => sheet.write(row, column, number)?,
                    Err(_) => sheet.write(row, column, value.raw.as_str())?,
                }
            }
        };
    }
    Ok(top + layout.rows.len() as u32)
}
