//! Rows that are data, filled into an office's own table: its rows first, then copies of the last one, above the total row.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read, Write};

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::fill::Template;
use nianbao::form::Forms;
use nianbao::report::{Kind, Report, Value};
use rust_decimal::Decimal;

const FORM: &str = include_str!("forms_made_up/reading-rooms.toml");
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn forms() -> Forms {
    let mut forms = Forms::all().unwrap();
    forms.add("rooms.toml", FORM).unwrap();
    forms.add("budget.toml", include_str!("forms_made_up/budget.toml")).unwrap();
    forms
}

/// A package of parts.
pub(crate) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word file with a body.
pub(crate) fn package(body: &str) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relationships = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"main\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    let document = format!(
        "<w:document xmlns:w=\"{MAIN}\" xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\"><w:body>{body}<w:sectPr/></w:body></w:document>"
    );
    zipped(&[("[Content_Types].xml", types), ("_rels/.rels", relationships), ("word/document.xml", &document)])
}

pub(crate) fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A cell with properties, in the office's own style.
fn cell(properties: &str, text: &str) -> String {
    let run = "<w:rPr><w:color w:val=\"C00000\"/><w:sz w:val=\"21\"/></w:rPr>";
    let text = if text.is_empty() { String::new() } else { format!("<w:r>{run}<w:t>{text}</w:t></w:r>") };
    format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:pPr>{run}</w:pPr>{text}</w:p></w:tc>")
}

pub(crate) fn row(properties: &str, cells: &[(&str, &str)]) -> String {
    let cells: String = cells.iter().map(|(properties, text)| cell(properties, text)).collect();
    format!("<w:tr w14:paraId=\"4A{:06X}\"><w:trPr>{properties}</w:trPr>{cells}</w:tr>", cells.len())
}

const DOWN: &str = "<w:vMerge w:val=\"restart\"/>";
const UNDER: &str = "<w:vMerge/>";

/// An office's own form: the table of rooms with two empty numbered rows, and the total row.
fn template() -> Vec<u8> {
    let head = [
        (DOWN, "序号"),
        (DOWN, "阅览室名称"),
        ("<w:gridSpan w:val=\"2\"/>", "藏书"),
        (DOWN, "面积（平方米）"),
        (DOWN, "是否供暖"),
    ];
    let below = [(UNDER, ""), (UNDER, ""), ("", "图书"), ("", "报刊"), (UNDER, ""), (UNDER, "")];
    let empty = |number: &'static str| [("", number), ("", ""), ("", ""), ("", ""), ("", ""), ("", "")];
    let sums = [("", ""), ("", "合计"), ("", ""), ("", ""), ("", ""), ("", "")];
    let shade = "<w:trHeight w:val=\"567\"/>";
    let rows =
        [row("", &head), row("", &below), row(shade, &empty("1")), row(shade, &empty("2")), row("", &sums)].concat();
    let grid = "<w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>";
    let subjects = ["科目编码", "科目名称", "预算数", "支出数", "完成率（%）"].map(|text| ("", text));
    let books =
        [row("", &subjects), row("", &[("", ""); 5]), row("", &[("", "合计"), ("", ""), ("", ""), ("", ""), ("", "")])];
    let body = [
        paragraph("××图书馆××××年阅览室情况年报"),
        paragraph("一、基本情况表"),
        paragraph("二、阅览室明细表"),
        format!("<w:tbl><w:tblPr/>{grid}{rows}</w:tbl>"),
        paragraph("三、购书经费表"),
        format!("<w:tbl><w:tblPr/><w:tblGrid/>{}</w:tbl>", books.concat()),
        paragraph("填表人：张三"),
        paragraph("四、下一步打算"),
        paragraph("××××"),
    ];
    package(&body.concat())
}

pub(crate) fn report(rooms: &[(&str, i64)], subjects: &[(&str, &str, i64)]) -> Report {
    let mut report = Report::empty("reading-rooms");
    (report.agency, report.year) = (Some("甲县图书馆".to_owned()), Some(2025));
    let words =
        |text: &str, kind: Kind| Value { kind, raw: text.to_owned(), text: Some(text.to_owned()), ..Value::default() };
    let mut put = |field: String, value: Value| report.values.insert(field, value);
    for (name, books) in rooms {
        put(format!("rooms.[{name}].name"), words(name, Kind::Text));
        put(format!("rooms.[{name}].books"), Value::number(Decimal::from(*books)));
        put(format!("rooms.[{name}].papers"), Value::number(Decimal::ZERO));
        put(format!("rooms.[{name}].heated"), words("是", Kind::Choice));
    }
    put("rooms.all.books".to_owned(), Value::number(rooms.iter().map(|room| Decimal::from(room.1)).sum()));
    for (code, name, plan) in subjects {
        put(format!("books.{code}.code"), words(&code.replace('.', ""), Kind::Code));
        put(format!("books.{code}.subject"), words(name, Kind::Text));
        put(format!("books.{code}.plan"), Value::number(Decimal::from(*plan)));
    }
    report
}

/// A template filled with a report: what is read back, a part of the file, and the messages about data without a place.
pub(crate) fn filled(template: &[u8], report: &Report, part: &str) -> (Report, String, Vec<String>) {
    let forms = forms();
    let binder = Binder::new(&forms);
    let template = Template::compile(template, &binder, &forms, Some(&report.form)).unwrap();
    let filled = template.fill(report).unwrap();
    if let Some(folder) = std::env::var_os("FILL_ROWS_OUT") {
        let name = format!("{}-{}.{}", part.replace('/', "-"), report.values.len(), template.output().suffix());
        std::fs::write(std::path::Path::new(&folder).join(name), &filled.bytes).unwrap();
    }
    let xml = content(&filled.bytes, part);
    let reading = nianbao::read::read(&filled.bytes, None, &mut Budget::default()).unwrap();
    let read = binder.bind(&reading, &Hints { form: Some(&report.form), ..Hints::default() }).unwrap();
    let told = filled.findings.iter().filter(|finding| finding.code == "field-has-no-place");
    (read, xml, told.map(|finding| finding.message.zh.clone()).collect())
}

pub(crate) fn content(package: &[u8], part: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let mut text = String::new();
    zip.by_name(part).unwrap().read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn assert_same(report: &Report, read: &Report) {
    for (field, value) in &report.values {
        let found = read.values.get(field).unwrap_or_else(|| panic!("{field}: {:?}", read.values.keys()));
        assert_eq!((found.value, &found.text), (value.value, &value.text), "{field}");
    }
}

#[test]
fn word_rows_are_added_above_the_total_in_the_style_of_the_table() {
    let rooms = [("东院", 2), ("西院", 3), ("南楼", 5), ("北楼", 7), ("新馆", 11)];
    let subjects = [("205", "教育支出", 4), ("205.02", "普通教育", 4), ("208", "社保支出", 1)];
    let report = report(&rooms, &subjects);
    let (read, xml, told) = filled(&template(), &report, "word/document.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
    // Two header rows, five rooms, the total; the rows keep their height and style.
    let table = &xml[xml.find("<w:tbl>").unwrap()..xml.find("</w:tbl>").unwrap()];
    assert_eq!(table.matches("</w:tr>").count(), 8, "{table}");
    assert_eq!(table.matches("<w:trHeight w:val=\"567\"/>").count(), 5);
    for number in 1..=5 {
        assert!(table.contains(&format!("<w:t>{number}</w:t>")), "{number}: {table}");
    }
    assert!(table.rfind("合计").unwrap() > table.find("新馆").unwrap());
    let own = &table[..table.find("新馆").unwrap()];
    assert!(own[own.rfind("<w:r>").unwrap()..].contains("C00000"), "{own}");
    // Ids that must be unique are not copied: the template's five rows and three of the other table have one each.
    assert_eq!(xml.matches("w14:paraId=").count(), 8);
}

#[test]
fn rows_that_the_report_does_not_need_stay_empty() {
    let report = report(&[("东院", 2)], &[("205", "教育支出", 4)]);
    let (read, xml, told) = filled(&template(), &report, "word/document.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
    assert_eq!(read.values.keys().filter(|id| id.ends_with("].books")).count(), 1);
    let table = &xml[xml.find("<w:tbl>").unwrap()..xml.find("</w:tbl>").unwrap()];
    assert_eq!(table.matches("</w:tr>").count(), 5);
}

#[test]
fn a_word_table_without_rows_gets_them() {
    let whole = template();
    let xml = content(&whole, "word/document.xml");
    // The table of funds loses its only row between header and total.
    let start = xml.rfind("<w:tbl>").unwrap();
    let first = start + xml[start..].find("</w:tr>").unwrap() + "</w:tr>".len();
    let second = first + xml[first..].find("</w:tr>").unwrap() + "</w:tr>".len();
    let body = xml.find("<w:body>").unwrap() + "<w:body>".len();
    let end = xml.find("<w:sectPr/>").unwrap();
    let cut = package(&format!("{}{}", &xml[body..first], &xml[second..end]));
    let report = report(&[("东院", 2)], &[("205", "教育支出", 4), ("208", "社保支出", 1)]);
    let (read, _, told) = filled(&cut, &report, "word/document.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
}

#[test]
fn a_sheet_without_rows_for_a_table_gets_them() {
    let xml = content(&workbook(""), "xl/worksheets/one.xml");
    let cut: String =
        xml.split_inclusive("</row>").filter(|row| !row.contains("r=\"B5\"") && !row.contains("r=\"B6\"")).collect();
    let cut = ["SUM(C5:C6)", "SUM(D5:D6)", "G5+C7"]
        .iter()
        .fold(cut, |cut, formula| cut.replace(&format!("<f>{formula}</f><v>0</v>"), ""));
    let report = report(&[("东院", 2), ("西院", 3)], &[("205", "教育支出", 4)]);
    let (read, _, told) = filled(&book(&cut), &report, "xl/worksheets/one.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
}

pub(crate) const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub(crate) const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub(crate) fn cells(row: u32, cells: &[&str]) -> String {
    let cell = |(column, text): (usize, &&str)| {
        let name = format!("{}{row}", char::from(b'A' + column as u8));
        match *text {
            "" => format!("<c r=\"{name}\" s=\"1\"/>"),
            text if text.starts_with('=') => format!("<c r=\"{name}\" s=\"1\"><f>{}</f><v>0</v></c>", &text[1..]),
            text => format!("<c r=\"{name}\" s=\"1\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!("<row r=\"{row}\" ht=\"30\" customHeight=\"1\">{cells}</row>")
}

/// A workbook with the same tables: formulas in rows and totals, merged cells, a choice list and a print area.
pub(crate) fn workbook(extra: &str) -> Vec<u8> {
    let rooms = [
        cells(1, &["××图书馆××××年阅览室情况年报"]),
        cells(2, &["二、阅览室明细表"]),
        cells(3, &["序号", "阅览室名称", "藏书", "", "面积（平方米）", "是否供暖", "藏书小计"]),
        cells(4, &["", "", "图书", "报刊", "", "", ""]),
        cells(5, &["1", "", "", "", "", "", "=SUM(C5:D5)"]),
        cells(6, &["2", "", "", "", "", "", "=SUM(C6:D6)"]),
        cells(7, &["", "合计", "=SUM(C5:C6)", "=SUM(D5:D6)", "", "", "=G5+C7"]),
        cells(8, &["填表人：张三", "", "", ""]),
    ];
    let merges = "<mergeCells count=\"4\"><mergeCell ref=\"A1:G1\"/><mergeCell ref=\"C3:D3\"/><mergeCell ref=\"A8:D8\"/><mergeCell ref=\"G5:H5\"/></mergeCells>";
    let choices = "<dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"F5:F6\"><formula1>\"是,否\"</formula1></dataValidation></dataValidations>";
    let one = format!(
        "<worksheet xmlns=\"{SHEET}\" xmlns:r=\"{RELATIONS}\"><dimension ref=\"A1:G8\"/><sheetData>{}</sheetData>{merges}{choices}{extra}</worksheet>",
        rooms.concat()
    );
    book(&one)
}

/// A workbook with this sheet of rooms, and one of funds.
pub(crate) fn book(one: &str) -> Vec<u8> {
    let funds = [
        cells(1, &["三、购书经费表"]),
        cells(2, &["科目编码", "科目名称", "预算数", "支出数", "完成率（%）"]),
        cells(3, &["", "", "", "", ""]),
        cells(4, &["", "合计", "", "", ""]),
        cells(5, &["阅览室藏书：", "", "=明细表!C7"]),
    ];
    let two = format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{}</sheetData></worksheet>", funds.concat());
    let book = format!(
        "<workbook xmlns=\"{SHEET}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"明细表\" sheetId=\"4\" r:id=\"a\"/><sheet name=\"经费\" sheetId=\"7\" r:id=\"b\"/></sheets><definedNames><definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">明细表!$A$1:$G$8</definedName></definedNames></workbook>"
    );
    let kind = |name: &str| format!("{RELATIONS}/{name}");
    let of_book = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"a\" Type=\"{0}\" Target=\"worksheets/one.xml\"/><Relationship Id=\"b\" Type=\"{0}\" Target=\"worksheets/two.xml\"/><Relationship Id=\"c\" Type=\"{1}\" Target=\"calcChain.xml\"/></Relationships>",
        kind("worksheet"),
        kind("calcChain")
    );
    let main = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"m\" Type=\"{}\" Target=\"xl/workbook.xml\"/></Relationships>",
        kind("officeDocument")
    );
    let of_kind = |name: &str, kind: &str| {
        format!(
            "<Override PartName=\"{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml\"/>"
        )
    };
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>{}{}{}{}</Types>",
        of_kind("/xl/workbook.xml", "sheet.main"),
        of_kind("/xl/worksheets/one.xml", "worksheet"),
        of_kind("/xl/worksheets/two.xml", "worksheet"),
        of_kind("/xl/calcChain.xml", "calcChain"),
    );
    let chain = format!(
        "<calcChain xmlns=\"{SHEET}\"><c r=\"G5\" i=\"4\"/><c r=\"G6\"/><c r=\"C7\"/><c r=\"D7\"/><c r=\"G7\"/><c r=\"C5\" i=\"7\"/></calcChain>"
    );
    zipped(&[
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &main),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &of_book),
        ("xl/worksheets/one.xml", one),
        ("xl/worksheets/two.xml", &two),
        ("xl/calcChain.xml", &chain),
    ])
}

#[test]
fn sheet_rows_are_inserted_above_the_total_and_everything_below_moves() {
    let rooms = [("东院", 2), ("西院", 3), ("南楼", 5), ("北楼", 7)];
    let subjects = [("205", "教育支出", 4), ("205.02", "普通教育", 4), ("208", "社保支出", 1)];
    let report = report(&rooms, &subjects);
    let (read, one, told) = filled(&workbook(""), &report, "xl/worksheets/one.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
    let has = |xml: &str, text: &str| assert!(xml.contains(text), "{text}: {xml}");
    // The copies have the style, the height and the formulas of the last row; the totals include them.
    for text in [
        "<row r=\"8\" ht=\"30\" customHeight=\"1\"><c r=\"A8\" s=\"1\"><v>4</v></c>",
        "<c r=\"G8\" s=\"1\"><f>SUM(C8:D8)</f></c>",
        "<c r=\"C9\" s=\"1\"><f>SUM(C5:C8)</f><v>17</v></c>",
        "<f>G5+C9</f>",
        "<mergeCell ref=\"A10:D10\"/>",
        "<mergeCell ref=\"G5:H5\"/>",
        "sqref=\"F5:F8\"",
        "<dimension ref=\"A1:G10\"/>",
    ] {
        has(&one, text);
    }
    let forms = forms();
    let template = Template::compile(&workbook(""), &Binder::new(&forms), &forms, Some("reading-rooms")).unwrap();
    let bytes = template.fill(&report).unwrap().bytes;
    has(&content(&bytes, "xl/workbook.xml"), "明细表!$A$1:$G$10");
    has(&content(&bytes, "xl/workbook.xml"), "fullCalcOnLoad=\"1\"");
    has(&content(&bytes, "xl/worksheets/two.xml"), "<f>明细表!C9</f>");
    let chain = content(&bytes, "xl/calcChain.xml");
    has(&chain, "<c r=\"C9\"/><c r=\"D9\"/><c r=\"G9\"/><c r=\"C7\" i=\"7\"/>");
}

#[test]
fn a_sheet_with_positions_in_other_parts_is_filled_as_far_as_it_has_rows() {
    let report = report(&[("东院", 2), ("西院", 3), ("南楼", 5)], &[("205", "教育支出", 4)]);
    let (read, one, told) =
        filled(&workbook("<controls><control shapeId=\"1\" r:id=\"x\"/></controls>"), &report, "xl/worksheets/one.xml");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("明细表") && told[0].contains("有4个数据没有位置"), "{told:?}");
    assert!(!one.contains("南楼") && one.contains("西院"));
    assert_eq!(read.values["rooms.[西院].books"].value, Some(Decimal::from(3)));
}
