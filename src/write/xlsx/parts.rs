//! The parts of a workbook that list its sheets and content types (ECMA-376 part 2, and part 1, 18.2).

use super::book::{Book, Sheet, TOP};
use crate::document::column_letters;
use crate::write::plan::clean;
use crate::write::xml::{Element, escape};

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) const PACKAGE_RELATIONSHIPS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>",
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>",
    "</Relationships>"
);

const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A part as text.
pub(super) fn text(part: &Element) -> String {
    let mut text = DECLARATION.to_owned();
    part.write(&mut text);
    text
}

/// Content types, workbook and its relationships, for the sheets of the tables, the narrative, and optionally extra tables.
pub(super) fn lists(book: &Book, extra: bool) -> Vec<(String, Vec<u8>)> {
    // The narrative comes first, as in the report; the number of its part is after those of the tables.
    let count = book.sheets.len();
    let mut sheets = vec![(book.narrative.as_str(), count)];
    sheets.extend(book.sheets.iter().enumerate().map(|(number, sheet)| (sheet.name.as_str(), number)));
    if extra {
        sheets.push((&book.extra, count + 1));
    }
    [
        ("[Content_Types].xml", content_types(sheets.len())),
        ("xl/workbook.xml", workbook(book, &sheets)),
        ("xl/_rels/workbook.xml.rels", relationships(sheets.len())),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .collect()
}

/// Name of the part of a sheet, by its index (0-based).
pub(super) fn sheet_part(number: usize) -> String {
    format!("xl/worksheets/sheet{}.xml", number + 1)
}

fn content_types(sheets: usize) -> String {
    let mut text = format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{SPREADSHEET}.sheet.main+xml\"/>"
    );
    for number in 0..sheets {
        let part = sheet_part(number);
        text.push_str(&format!("<Override PartName=\"/{part}\" ContentType=\"{SPREADSHEET}.worksheet+xml\"/>"));
    }
    text.push_str(&format!(
        "<Override PartName=\"/xl/styles.xml\" ContentType=\"{SPREADSHEET}.styles+xml\"/>\
         <Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"{SPREADSHEET}.sharedStrings+xml\"/>\
         <Override PartName=\"/xl/theme/theme1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.theme+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
    ));
    text
}

fn relationships(sheets: usize) -> String {
    let mut text =
        format!("{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
    let mut add = |id: usize, kind: &str, target: &str| {
        text.push_str(&format!("<Relationship Id=\"rId{id}\" Type=\"{DOCUMENT}/{kind}\" Target=\"{target}\"/>"));
    };
    for number in 0..sheets {
        add(number + 1, "worksheet", sheet_part(number).trim_start_matches("xl/"));
    }
    add(sheets + 1, "styles", "styles.xml");
    add(sheets + 2, "sharedStrings", "sharedStrings.xml");
    add(sheets + 3, "theme", "theme/theme1.xml");
    text.push_str("</Relationships>");
    text
}

/// The workbook part; `sheets` gives name and part number of each sheet. The first table is shown on opening.
fn workbook(book: &Book, sheets: &[(&str, usize)]) -> String {
    let active = usize::from(!book.sheets.is_empty());
    let mut text = format!(
        "{DECLARATION}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{DOCUMENT}\">\
         <workbookPr/><bookViews><workbookView xWindow=\"0\" yWindow=\"0\" windowWidth=\"24000\" windowHeight=\"14000\" activeTab=\"{active}\"/></bookViews><sheets>"
    );
    for (name, number) in sheets {
        text.push_str("<sheet name=\"");
        escape(name, &mut text);
        text.push_str(&format!("\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", number + 1));
    }
    text.push_str("</sheets><definedNames>");
    for (number, sheet) in book.sheets.iter().enumerate() {
        defined(&mut text, "Print_Area", number + 1, &print_area(sheet));
    }
    for (number, sheet) in book.sheets.iter().enumerate().filter(|(_, sheet)| sheet.layout.header_rows > 0) {
        let titles = format!("'{}'!${}:${}", sheet.name, TOP + 1, TOP + sheet.layout.header_rows);
        defined(&mut text, "Print_Titles", number + 1, &titles);
    }
    text.push_str("</definedNames><calcPr calcId=\"191029\"/></workbook>");
    text
}

fn defined(text: &mut String, name: &str, sheet: usize, what: &str) {
    text.push_str(&format!("<definedName name=\"_xlnm.{name}\" localSheetId=\"{sheet}\">"));
    escape(&clean(what), text);
    text.push_str("</definedName>");
}

/// The print area: title, heading and table, without the checks.
fn print_area(sheet: &Sheet) -> String {
    let (rows, columns) = (TOP + sheet.layout.rows.len() as u32, sheet.layout.columns.max(1));
    format!("'{}'!$A$1:${}${rows}", sheet.name, column_letters(columns - 1))
}
