//! Workbooks of reports, read back with calamine and as plain XML, and compared with the report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use calamine::{Data, Reader, Xlsx};
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::{Content, ExtraCell, ExtraTable, Kind, Report, Section, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

/// A form of another kind: amounts with totals, a limit, and a rule over two tables.
const PURCHASES: &str = r#"
language = 1
id = "purchases"
name = { zh = "采购统计表", en = "purchases" }
[title]
pattern = "{agency}{year}年采购统计"
[[section]]
id = "one"
heading = "一、采购[预算]/实际*情况"
[[section]]
id = "two"
heading = "二、合同"
[[table]]
id = "spent"
section = "one"
name = { zh = "表1", en = "table 1" }
kind = "amount"
unit = "万元"
[[table.block]]
corner = "项目"
columns = [{ id = "budget", label = "预算" }, { id = "actual", label = "实际" }]
rows = [
  { id = "goods", label = "货物" },
  { id = "works", label = "工程" },
  { id = "all", label = "合计" },
]
[[table]]
id = "contracts"
section = "two"
name = { zh = "表2", en = "table 2" }
label_columns = 0
[[table.block]]
columns = [{ id = "signed", label = "签订数", kind = "count" }, { id = "value", label = "金额", kind = "amount", unit = "万元" }]
[[rule]]
id = "S"
table = "spent"
each = "column"
expression = "all = goods + works"
defines = true
text = { zh = "合计等于各项之和", en = "the sum" }
[[rule]]
id = "L"
table = "spent"
each = "row"
expression = "actual <= budget"
text = { zh = "实际不超过预算", en = "within the budget" }
[[rule]]
id = "X"
expression = "contracts.value = spent.all.actual"
defines = true
text = { zh = "合同金额等于实际合计", en = "across tables" }
"#;

fn forms() -> Vec<Arc<Form>> {
    let built_in = Forms::built_in().unwrap();
    let mut forms: Vec<Arc<Form>> = built_in.iter().cloned().collect();
    forms.push(Forms::default().add("purchases.toml", PURCHASES).unwrap());
    forms
}

fn form(id: &str) -> Arc<Form> {
    forms().into_iter().find(|form| form.id == id).unwrap()
}

fn write(form: &Form, report: &Report) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Xlsx).unwrap();
    writer.write(form, report).unwrap()
}

/// A workbook read back: the text of each cell and each formula, by sheet, row and column.
struct Book {
    names: Vec<String>,
    cells: BTreeMap<(usize, u32, u32), Data>,
    formulas: BTreeMap<(usize, u32, u32), String>,
}

fn read(bytes: &[u8]) -> Book {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names().clone();
    let (mut cells, mut formulas) = (BTreeMap::new(), BTreeMap::new());
    for (sheet, name) in names.iter().enumerate() {
        let range = book.worksheet_range(name).unwrap();
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            cells.insert((sheet, top + row as u32, left + column as u32), value.clone());
        }
        let range = book.worksheet_formula(name).unwrap();
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, formula) in range.used_cells() {
            formulas.insert((sheet, top + row as u32, left + column as u32), formula.clone());
        }
    }
    Book { names, cells, formulas }
}

impl Book {
    fn text(&self, at: (usize, u32, u32)) -> String {
        self.cells.get(&at).map(ToString::to_string).unwrap_or_default()
    }

    fn all_text(&self) -> String {
        self.cells.values().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}

/// The cell of each field: sheet (the narrative is sheet 0), row, column.
fn places(form: &Form) -> Vec<(usize, u32, u32)> {
    let mut places = vec![(0, 0, 0); form.fields.len()];
    for table in 0..form.tables.len() {
        for cell in Layout::for_table(form, table).rows.iter().flatten() {
            if let LayoutContent::Field(field) = cell.content {
                places[field] = (table + 1, 2 + cell.row, cell.column);
            }
        }
    }
    places
}

fn place(form: &Form, field: &str) -> (usize, u32, u32) {
    places(form)[form.field_index(field).unwrap()]
}

fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        parts.push((entry.name().unwrap().into_owned(), text));
    }
    parts
}

fn well_formed(bytes: &[u8]) {
    for (name, text) in parts(bytes) {
        let mut reader = quick_xml::NsReader::from_str(&text);
        let mut depth = 0;
        loop {
            match reader.read_resolved_event() {
                Ok((quick_xml::name::ResolveResult::Unknown(prefix), _)) => panic!("{name}: prefix {prefix:?}"),
                Ok((_, quick_xml::events::Event::Eof)) => break,
                Ok((_, quick_xml::events::Event::Start(_))) => depth += 1,
                Ok((_, quick_xml::events::Event::End(_))) => depth -= 1,
                Ok(_) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
        assert_eq!(depth, 0, "{name}");
    }
}

#[test]
fn every_figure_is_a_number_in_its_cell() {
    for form in forms() {
        for seed in 0..20 {
            let report = Sampler::new(seed).report(&form);
            let bytes = write(&form, &report);
            let book = read(&bytes);
            for (field, at) in form.fields.iter().zip(places(&form)) {
                let value = report.values[&field.id].value.unwrap();
                let Some(Data::Float(number)) = book.cells.get(&at) else {
                    panic!("{} {:?}", field.id, book.cells.get(&at))
                };
                assert_eq!(number.to_string(), value.normalize().to_string(), "{} {seed} {}", form.id, field.id);
            }
            if seed < 3 {
                well_formed(&bytes);
            }
            // The amounts of random reports do not add up.
            let adds_up = form.id == "purchases" || !book.all_text().contains('差');
            assert!(adds_up, "{} {seed}: a check fails on a consistent report", form.id);
        }
    }
}

#[test]
fn totals_and_checks_are_live() {
    let form = form("gkbg-2021");
    let report = Sampler::new(1).report(&form);
    let book = read(&write(&form, &report));
    let formula = |field: &str| book.formulas.get(&place(&form, field)).map(String::as_str);
    assert_eq!(formula("requests.received.total"), Some("SUM(D6:I6)"));
    assert_eq!(formula("requests.handled_total.enterprise"), Some("SUM(E8:E28)"));
    assert_eq!(formula("disputes.suit_after_review.total"), Some("SUM(K6:N6)"));
    assert_eq!(formula("requests.received.natural_person"), None);
    let fields = places(&form);
    let totals = book.formulas.keys().filter(|at| fields.contains(at)).count();
    let checks = book.formulas.keys().filter(|at| !fields.contains(at)).count();
    // 25 row totals, 6 more column totals, 3 totals of disputes; checks: 25 rows, 7 columns twice, 3 groups.
    assert_eq!((totals, checks), (34, 42));
    assert_eq!(book.text((2, 5, 10)), "✓");
    assert!(book.names[2].starts_with("表三 ") && book.names[0] == "正文");
    let styles = parts(&write(&form, &report)).into_iter().find(|(name, _)| name == "xl/styles.xml").unwrap().1;
    assert!(styles.contains("<fgColor rgb=\"FFFFC7CE\"/><bgColor rgb=\"FFFFC7CE\"/>"));
    // The named style and every format are based on an existing format.
    assert!(
        styles.contains("<cellStyleXfs count=\"1\"><xf ") && styles.contains("<cellStyle name=\"Normal\" xfId=\"0\"")
    );
    assert!(styles.contains("quotePrefix=\"1\"") && styles.contains("locked=\"0\""));
}

#[test]
fn a_written_total_that_does_not_add_up_is_kept_and_reported() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(2).report(&form);
    let id = "requests.received.total";
    let right = report.values[id].value.unwrap();
    report.values.insert(id.to_owned(), Value::number(right + rust_decimal::Decimal::from(7)));
    let book = read(&write(&form, &report));
    let at = place(&form, id);
    assert_eq!(book.text(at), (right + rust_decimal::Decimal::from(7)).to_string());
    assert_eq!(book.formulas.get(&at), None);
    assert_eq!(book.text((at.0, at.1, 10)), "差7");
    let sheet =
        &parts(&write(&form, &report)).into_iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").unwrap().1;
    assert!(sheet.contains(
        "<cfRule type=\"expression\" dxfId=\"0\" priority=\"1\"><formula>LEFT(K6,1)=&quot;差&quot;</formula>"
    ));
}

#[test]
fn text_in_place_of_a_number_is_kept() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(3).report(&form);
    let texts = [
        ("requests.received.natural_person", "/", Kind::Slash),
        ("requests.received.enterprise", "—", Kind::Dash),
        ("requests.received.research", "无", Kind::None),
        ("requests.received.public_interest", "", Kind::Blank),
        ("requests.received.legal_service", "=HYPERLINK(\"http://x\",\"y\")", Kind::Text),
        ("requests.granted.natural_person", "@SUM(1+1)", Kind::Text),
        ("requests.granted.enterprise", "<b>&amp;]]>\u{1}\u{b}_x0041_", Kind::Text),
    ];
    for (id, raw, kind) in texts {
        report.values.insert(id.to_owned(), Value { raw: raw.to_owned(), kind, ..Value::default() });
    }
    let many = "12345678901234567.25";
    let number = Value { value: many.parse().ok(), raw: many.to_owned(), kind: Kind::Number, ..Value::default() };
    report.values.insert("disclosure.fees.amount".to_owned(), number);
    let bytes = write(&form, &report);
    well_formed(&bytes);
    let book = read(&bytes);
    for (id, raw, _) in texts {
        let at = place(&form, id);
        assert_eq!(book.text(at), raw.replace(['\u{1}', '\u{b}'], ""), "{id}");
        assert_eq!(book.formulas.get(&at), None, "{id}");
    }
    assert_eq!(book.text(place(&form, "disclosure.fees.amount")), many);
    // The total was written for other figures: it is kept, and the check shows the difference.
    assert!(book.text((2, 5, 10)).starts_with('差'));
}

#[test]
fn a_blank_form_is_blank_and_computes() {
    for form in forms() {
        let book = read(&write(&form, &Report::empty(&form.id)));
        for (field, at) in form.fields.iter().zip(places(&form)) {
            assert_eq!(book.text(at), "", "{}", field.id);
        }
        let defined = form.rules.iter().filter(|rule| rule.defines).count();
        let formulas: Vec<&String> = places(&form).iter().filter_map(|at| book.formulas.get(at)).collect();
        assert!(formulas.len() >= defined && formulas.iter().all(|formula| formula.starts_with("IF(COUNT(")));
    }
}

#[test]
fn other_forms_need_nothing_but_their_mapping() {
    let form = form("purchases");
    let mut report = Sampler::new(4).report(&form);
    let book = read(&write(&form, &report));
    assert_eq!(book.names, ["正文", "表1 采购_预算__实际_情况", "表2 合同"]);
    let across = book.formulas.get(&place(&form, "contracts.value")).unwrap();
    assert_eq!(across, "ROUND(SUM('表1 采购_预算__实际_情况'!C6),6)");
    let amount = |text: &str| Value::number(text.parse().unwrap());
    for (id, text) in [("goods", "0.1"), ("works", "0.2"), ("all", "0.3")] {
        report.values.insert(format!("spent.{id}.budget"), amount(text));
        report.values.insert(format!("spent.{id}.actual"), amount(text));
    }
    report.values.insert("spent.works.actual".to_owned(), amount("0.25"));
    report.values.insert("contracts.value".to_owned(), amount("0.3"));
    let book = read(&write(&form, &report));
    assert_eq!(book.formulas.get(&place(&form, "spent.all.budget")).unwrap(), "ROUND(SUM(B4:B5),6)");
    assert_eq!(book.text(place(&form, "spent.all.actual")), "0.3");
    let answers: Vec<String> =
        book.cells.values().map(ToString::to_string).filter(|text| text.starts_with('差')).collect();
    // The works cost more than planned, and the column's total is not the sum.
    assert_eq!(answers, ["差0.05", "差-0.05"]);
}

#[test]
fn nothing_of_the_narrative_and_other_tables_is_lost() {
    let form = form("gkbg-2021");
    let mut report = Sampler::new(5).report(&form);
    let cell = |row, column, row_span, col_span, text: &str| ExtraCell {
        row,
        column,
        row_span,
        col_span,
        text: text.to_owned(),
    };
    let long = "长".repeat(40_000);
    let cells = vec![
        cell(0, 0, 1, 2, "=cmd|' /C calc'!A0"),
        cell(1, 0, 2, 1, "合并"),
        cell(1, 1, 1, 1, "12.5"),
        cell(2, 0, 1, 2, "重叠"),
        cell(2, 2, 1, 1, "007"),
        cell(3, 0, u32::MAX, u32::MAX, "太大"),
        cell(4, 1, 0, 0, &long),
    ];
    let table = ExtraTable { rows: 5, columns: 3, cells, place: None };
    let content = vec![
        Content::text("+1 就是一段正文"),
        Content::Extra(table.clone()),
        Content::text("甲".repeat(33_000)),
        Content::Extra(table),
        Content::Picture { index: 9, extent: None, alt: Some("示意图".to_owned()) },
    ];
    report.sections.push(Section { id: "problems".to_owned(), heading: None, content: content.clone() });
    report.unclaimed = content;
    let bytes = write(&form, &report);
    well_formed(&bytes);
    let book = read(&bytes);
    let text = book.all_text();
    for section in &report.sections[..report.sections.len() - 1] {
        for content in &section.content {
            if let Content::Paragraph { text: paragraph, .. } = content {
                assert!(text.contains(paragraph.as_str()), "{paragraph}");
            }
        }
    }
    assert!(book.formulas.keys().all(|at| (1..=3).contains(&at.0)));
    for wanted in ["+1 就是一段正文", "=cmd|' /C calc'!A0", "合并", "重叠", "太大", "007", "〔图片：示意图〕"]
    {
        assert!(text.contains(wanted), "{wanted}");
    }
    let count = |letter: char| text.chars().filter(|&character| character == letter).count();
    assert!(count('长') >= 40_000 && count('甲') >= 33_000);
    assert_eq!(book.names.last().map(String::as_str), Some("其他表格"));
    assert!(book.cells.iter().any(|(at, value)| at.0 == 4 && *value == Data::Float(12.5)));
}

#[test]
fn the_same_report_gives_the_same_bytes_on_every_thread() {
    for form in forms() {
        let report = Sampler::new(6).report(&form);
        let first = write(&form, &report);
        let same = std::thread::scope(|scope| {
            let started: Vec<_> =
                (0..8).map(|_| scope.spawn(|| (0..4).all(|_| write(&form, &report) == first))).collect();
            started.into_iter().all(|thread| thread.join().unwrap())
        });
        assert!(same, "{}", form.id);
        // Only our own metadata: no packing time, no machine name.
        assert!(parts(&first).iter().all(|(_, text)| !text.contains("Administrator")));
    }
}

/// Excel shows a number that is too wide for its cell as ###, unless it may shrink; wrapping takes precedence over shrinking.
#[test]
fn numbers_shrink_to_the_width_of_their_cells() {
    let form = form("gkbg-2021");
    let report = Sampler::new(7).report(&form);
    let parts: BTreeMap<String, String> = parts(&write(&form, &report)).into_iter().collect();
    let formats = parts["xl/styles.xml"].split_once("<cellXfs").unwrap().1.split_once("</cellXfs>").unwrap().0;
    let formats: Vec<&str> = formats.split("<xf ").skip(1).collect();
    let mut count = 0;
    for (name, sheet) in parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
        for cell in sheet.split("<c ").skip(1).filter(|cell| cell.contains("<v>") && !cell.contains("t=\"")) {
            let format = cell.split_once("s=\"").unwrap().1.split_once('"').unwrap().0;
            let format = formats[format.parse::<usize>().unwrap()];
            assert!(format.contains("shrinkToFit=\"1\"") && !format.contains("wrapText"), "{name}: {cell}: {format}");
            count += 1;
        }
    }
    assert!(count > form.fields.len() / 2, "{count}");
}
