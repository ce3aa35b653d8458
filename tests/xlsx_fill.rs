//! An office's own workbook filled in place: every figure is in its cell, and nothing else has changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::fill::{FillError, Filled, XlsxTemplate};
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::{Content, Kind, Report, Section, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DataValidationRule, Format,
    FormatAlign, FormatBorder, Formula, Image, Note, Workbook, Worksheet,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

/// The office's sheet: positions of its tables, and its formulas.
struct Office {
    bytes: Vec<u8>,
    /// Cell of each field.
    cells: BTreeMap<String, (u32, u16)>,
}

struct Drawn<'a> {
    page: &'a mut Worksheet,
    row: u32,
    cells: BTreeMap<String, (u32, u16)>,
    boxed: Format,
}

impl Drawn<'_> {
    fn merged(&mut self, from: u16, to: u16, text: &str) {
        let format = Format::new().set_font_name("楷体").set_text_wrap();
        self.page.merge_range(self.row, from, self.row, to, text, &format).unwrap();
    }

    /// Adds a table of the form, shifted by three columns, with guidance in its labels and a row of the office's own.
    fn table(&mut self, form: &Form, table: usize) {
        let layout = Layout::for_table(form, table);
        let own_row = layout.rows.len() as u32;
        for cell in layout.rows.iter().flatten() {
            let (row, column) = (self.row + cell.row, cell.column as u16);
            let (last_row, last_column) = (row + cell.row_span - 1, column + cell.col_span as u16 - 1);
            let text = match &cell.content {
                LayoutContent::RowHead(text) if text == "行政处罚" => format!("{text}（不含简易程序）"),
                LayoutContent::Caption(text)
                | LayoutContent::Corner(text)
                | LayoutContent::ColumnHead(text)
                | LayoutContent::RowHead(text) => text.clone(),
                LayoutContent::Field(field) => {
                    self.cells.insert(form.fields[*field].id.clone(), (row, column));
                    String::new()
                }
            };
            if (row, column) != (last_row, last_column) {
                self.page.merge_range(row, column, last_row, last_column, &text, &self.boxed).unwrap();
            } else if text.is_empty() {
                self.page.write_blank(row, column, &self.boxed).unwrap();
            } else {
                self.page.write_with_format(row, column, &text, &self.boxed).unwrap();
            }
        }
        self.row += own_row;
        if table == 0 {
            self.page.write(self.row, 0, "其他主动公开文件（含以本单位名义印发的）").unwrap();
            self.row += 1;
        }
        self.row += 1;
    }

    fn formula(&mut self, field: &str, formula: &str) {
        let (row, column) = self.cells[field];
        self.page.write_formula_with_format(row, column, Formula::new(formula).set_result("0"), &self.boxed).unwrap();
    }
}

/// An office's own workbook: everything on one sheet, text beside and below headings, formulas, a picture, a chart, a note, a validation,
/// a conditional format, a hidden sheet with formulas over the figures.
fn office(form: &Form) -> Office {
    let mut book = Workbook::new();
    let boxed = Format::new().set_border(FormatBorder::Thin).set_font_name("宋体").set_align(FormatAlign::Center);
    let sheet = book.add_worksheet().set_name("填报 表").unwrap();
    let mut office = Drawn { page: sheet, row: 0, cells: BTreeMap::new(), boxed };
    office.merged(0, 14, "_______（单位名称）____年政府信息公开工作年度报告");
    office.row = 2;
    office.merged(0, 14, "填表说明：请填写空白单元格，数字一律填整数。");
    office.row = 4;
    office.merged(0, 2, "一、总体情况");
    office.merged(3, 14, "（文字描述）");
    for (table, heading) in
        ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况"]
            .into_iter()
            .enumerate()
    {
        office.row += 2;
        office.merged(0, 14, heading);
        office.row += 1;
        office.table(form, table);
    }
    for (from, beside) in [("五、存在的主要问题及改进情况", true), ("六、其他需要报告的事项", false)]
    {
        office.merged(0, 2, from);
        if beside {
            office.merged(3, 14, "");
        }
        office.row += 3;
    }
    office.page.write(office.row, 10, "   年  月  日").unwrap();
    let name = |field: &str| {
        let (row, column) = office.cells[field];
        format!("{}{}", char::from(b'A' + column as u8), row + 1)
    };
    let (first, last) = (name("disputes.review.upheld"), name("disputes.review.pending"));
    let sums = [
        ("disputes.review.total", format!("=SUM({first}:{last})")),
        ("disputes.direct_suit.total", {
            let parts =
                ["upheld", "corrected", "other", "pending"].map(|part| name(&format!("disputes.direct_suit.{part}")));
            format!("={}", parts.join("+"))
        }),
        ("disputes.suit_after_review.total", format!("={}*1", name("disputes.suit_after_review.upheld"))),
    ];
    let received = name("requests.received.total");
    for (field, formula) in &sums {
        office.formula(field, formula);
    }
    let rule = DataValidation::new().allow_whole_number(DataValidationRule::GreaterThan(-1));
    office.page.add_data_validation(8, 1, 20, 3, &rule).unwrap();
    let red = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::LessThan(0))
        .set_format(Format::new().set_bold());
    office.page.add_conditional_format(8, 1, 60, 9, &red).unwrap();
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("'填报 表'!$D$30:$I$30");
    office.page.insert_chart(5, 16, &chart).unwrap();
    office.page.insert_image(30, 16, &Image::new_from_buffer(PNG).unwrap()).unwrap();
    office.page.insert_note(10, 1, &Note::new("按件填写")).unwrap();
    let cells = office.cells;
    let hidden = book.add_worksheet().set_name("数据").unwrap();
    hidden.write_formula(0, 0, Formula::new(format!("='填报 表'!{received}*2")).set_result("0")).unwrap();
    hidden.set_hidden(true);
    Office { bytes: book.save_to_buffer().unwrap(), cells }
}

fn forms() -> Forms {
    Forms::built_in().unwrap()
}

fn compile(forms: &Forms, bytes: &[u8]) -> XlsxTemplate {
    XlsxTemplate::compile(bytes, &Binder::new(forms), forms, None).unwrap_or_else(|error| panic!("{error}"))
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), content);
    }
    parts
}

fn back(forms: &Forms, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap_or_else(|error| panic!("{error}"));
    Binder::new(forms).bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn codes(filled: &Filled) -> Vec<&str> {
    filled.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// A report whose figures are all different, and whose totals add up in the third table.
fn report(form: &Form) -> Report {
    let mut report = Sampler::new(1).report(form);
    for (number, field) in form.fields.iter().enumerate() {
        report.values.insert(field.id.clone(), Value::number(Decimal::from(1_000 + number)));
    }
    for group in ["review", "direct_suit", "suit_after_review"] {
        let parts = ["upheld", "corrected", "other", "pending"];
        let sum = parts.iter().map(|part| report.values[&format!("disputes.{group}.{part}")].value.unwrap()).sum();
        report.values.insert(format!("disputes.{group}.total"), Value::number(sum));
    }
    report.sections.retain(|section| section.id != "preamble");
    for id in ["overview", "problems", "other_matters"] {
        report.sections.retain(|section| section.id != id);
        let content = vec![Content::text(format!("{id}的第一段。")), Content::text("=HYPERLINK(\"x\")第二段。")];
        report.sections.push(Section { id: id.into(), heading: None, content });
    }
    report
}

#[test]
fn two_hundred_figures_are_in_their_cells_and_only_the_sheet_has_changed() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let office = office(form);
    let template = compile(&forms, &office.bytes);
    let told: Vec<&str> = template.findings().iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(told, ["template-text-kept"]);
    let report = report(form);
    let filled = template.fill(&report).unwrap();
    assert_eq!(codes(&filled), ["formula-kept"]);
    assert_eq!(filled.findings[0].fields, ["disputes.suit_after_review.total"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&filled.bytes[..])).unwrap();
    let range = book.worksheet_range("填报 表").unwrap();
    for (field, (row, column)) in office.cells.iter().filter(|(field, _)| *field != "disputes.suit_after_review.total")
    {
        let wanted: f64 = report.values[field].raw.parse().unwrap();
        assert_eq!(range.get_value((*row, u32::from(*column))), Some(&Data::Float(wanted)), "{field}");
    }
    assert_eq!(office.cells.len(), 200);
    let formulas = book.worksheet_formula("填报 表").unwrap();
    for group in ["review", "direct_suit", "suit_after_review"] {
        let (row, column) = office.cells[&format!("disputes.{group}.total")];
        assert!(!formulas.get_value((row, u32::from(column))).unwrap().is_empty(), "{group}");
    }
    let (before, after) = (parts(&office.bytes), parts(&filled.bytes));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before.keys().any(|name| name.contains("chart")) && before.keys().any(|name| name.contains("media")));
    for (name, content) in &before {
        assert_eq!(after[name] == *content, name != "xl/worksheets/sheet1.xml", "{name}");
    }
    outside_the_cells(&before["xl/worksheets/sheet1.xml"], &after["xl/worksheets/sheet1.xml"]);
}

#[test]
fn formulas_outside_the_form_are_worked_out_anew() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let mut before = parts(&office(form).bytes);
    let workbook = String::from_utf8(before["xl/workbook.xml"].clone()).unwrap();
    before.insert("xl/workbook.xml".into(), workbook.replace(" fullCalcOnLoad=\"1\"", "").into_bytes());
    let template = compile(&forms, &packed(&before));
    assert_eq!(template.findings().last().unwrap().code, "workbook-recalculates");
    let after = parts(&template.fill(&report(form)).unwrap().bytes);
    assert_eq!(String::from_utf8(after["xl/workbook.xml"].clone()).unwrap(), workbook);
    assert!(!String::from_utf8(before["xl/workbook.xml"].clone()).unwrap().contains("fullCalcOnLoad"));
}

fn packed(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Asserts that nothing outside of cells has changed, and no cell without a slot.
fn outside_the_cells(before: &[u8], after: &[u8]) {
    let cells = |sheet: &[u8]| -> (String, Vec<(String, String)>) {
        let text = String::from_utf8(sheet.to_vec()).unwrap();
        let cell = regex::Regex::new(r#"(?s)<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)"#).unwrap();
        let found = cell.captures_iter(&text).map(|found| (found[1].to_owned(), found[0].to_owned())).collect();
        (cell.replace_all(&text, "").into_owned(), found)
    };
    let ((before, old), (after, new)) = (cells(before), cells(after));
    // The cell below 六 and its row did not exist.
    let made = regex::Regex::new(r#"<row r="\d+"></row>"#).unwrap();
    // Row heights were set for the texts filled in.
    let heights = regex::Regex::new(r#" ht="\d+" customHeight="1""#).unwrap();
    assert!(heights.is_match(&after), "no row grew");
    let plain = |text: &str| heights.replace_all(text, "").into_owned();
    assert_eq!(made.replace_all(&plain(&after), ""), plain(&before));
    let new: BTreeMap<String, String> = new.into_iter().collect();
    let kept = old.iter().filter(|(name, cell)| new[name] == *cell).count();
    // 200 figures, the title, two texts in cells of the template, and the date.
    assert_eq!(old.len() - kept, 204);
}

#[test]
fn filled_in_figures_are_read_back() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let template = compile(&forms, &office(form).bytes);
    let report = report(form);
    let filled = template.fill(&report).unwrap();
    let back = back(&forms, &filled.bytes);
    assert_eq!((&back.agency, back.year, back.published), (&report.agency, report.year, report.published));
    for (field, value) in report.values.iter().filter(|(field, _)| *field != "disputes.suit_after_review.total") {
        assert_eq!(back.values[field].value, value.value, "{field}");
    }
    for id in ["overview", "problems", "other_matters"] {
        let texts: Vec<&str> = back.section(id).unwrap().content.iter().filter_map(text).collect();
        assert_eq!(texts[..2], [&format!("{id}的第一段。"), "=HYPERLINK(\"x\")第二段。"], "{id}");
    }
}

fn text(content: &Content) -> Option<&str> {
    match content {
        Content::Paragraph { text, .. } => Some(text),
        _ => None,
    }
}

#[test]
fn own_blanks_and_last_years_workbooks_are_templates() {
    let forms = forms();
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Xlsx).unwrap();
    for form in forms.iter() {
        let mut blank = Report::empty(&form.id);
        blank.title = Some(form.title.for_report("（机关名称）", 2023));
        for template in [blank, Sampler::new(99).report(form)] {
            let bytes = writer.write(form, &template).unwrap();
            let template = compile(&forms, &bytes);
            for seed in 0..4 {
                let mut report = Sampler::new(seed).report(form);
                let slash = Value { raw: "/".to_owned(), kind: Kind::Slash, ..Value::default() };
                report.values.insert(form.fields[0].id.clone(), slash);
                let filled = template.fill(&report).unwrap();
                assert!(filled.findings.is_empty(), "{} {:?}", form.id, filled.findings);
                let back = back(&forms, &filled.bytes);
                for (id, value) in &report.values {
                    let found = &back.values[id];
                    assert_eq!((found.value, &found.raw, found.kind), (value.value, &value.raw, value.kind), "{id}");
                }
            }
        }
    }
}

#[test]
fn a_total_that_its_formula_does_not_yield_is_reported() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let office = office(form);
    let mut report = report(form);
    report.values.insert("disputes.review.total".to_owned(), Value::number(Decimal::from(7)));
    let filled = compile(&forms, &office.bytes).fill(&report).unwrap();
    assert_eq!(codes(&filled), ["formula-differs", "formula-kept"]);
    let message = &filled.findings[0].message.zh;
    assert!(message.contains("“7”") && message.contains("填报 表"), "{message}");
    let sum = ["upheld", "corrected", "other", "pending"]
        .map(|part| report.values[&format!("disputes.review.{part}")].value.unwrap());
    let back = back(&forms, &filled.bytes);
    assert_eq!(back.values["disputes.review.total"].value, Some(sum.into_iter().sum()));
}

#[test]
fn figures_and_texts_without_a_cell_are_reported() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let mut book = Workbook::new();
    let mut sheet = Drawn {
        page: book.add_worksheet(),
        row: 0,
        cells: BTreeMap::new(),
        boxed: Format::new().set_border(FormatBorder::Thin),
    };
    sheet.table(form, 1);
    let template = compile(&forms, &book.save_to_buffer().unwrap());
    let filled = template.fill(&report(form)).unwrap();
    assert_eq!(codes(&filled), ["field-has-no-place", "field-has-no-place", "title-has-no-place", "text-has-no-place"]);
    assert_eq!(filled.findings[0].fields.len() + filled.findings[1].fields.len(), 25);
    assert!(filled.findings[3].message.zh.contains("一、总体情况、五、存在的主要问题及改进情况"));
}

#[test]
fn the_same_report_gives_the_same_bytes_on_any_thread() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let template = compile(&forms, &office(form).bytes);
    let report = report(form);
    let first = template.fill(&report).unwrap().bytes;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| template.fill(&report).unwrap().bytes)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), first);
        }
    });
}

#[test]
fn hostile_workbooks_are_refused_or_cost_little() {
    let forms = forms();
    let form = forms.get("gkbg-2021").unwrap();
    let whole = office(form).bytes;
    let compile = |bytes: &[u8]| XlsxTemplate::compile(bytes, &Binder::new(&forms), &forms, None);
    for cut in (0..whole.len()).step_by(397) {
        assert!(compile(&whole[..cut]).is_err());
    }
    assert!(matches!(compile(b"a text"), Err(FillError::NotATemplate(_))));
    // Formulas that depend on each other in cycles and chains, and one that refers to every cell.
    let mut archive = parts(&whole);
    let sheet = String::from_utf8(archive["xl/worksheets/sheet1.xml"].clone()).unwrap();
    let rows: String = (0..3_000)
        .map(|row| {
            format!(
                "<row r=\"{}\"><c r=\"A{0}\"><f>SUM(A1:XFD1048576)</f></c><c r=\"B{0}\"><f>B{}+B{0}</f></c></row>",
                row + 200,
                row + 201
            )
        })
        .collect();
    let formula = sheet.find("<f>SUM(").map(|at| at + "<f>".len()).unwrap();
    let end = formula + sheet[formula..].find("</f>").unwrap();
    let sheet = format!("{}SUM(B200:B3100){}", &sheet[..formula], &sheet[end..])
        .replace("</sheetData>", &format!("{rows}</sheetData>"));
    archive.insert("xl/worksheets/sheet1.xml".into(), sheet.into_bytes());
    let filled = compile(&packed(&archive)).unwrap().fill(&report(form)).unwrap();
    assert_eq!(codes(&filled), ["formula-kept", "formula-kept"]);
}
