//! Forms as agencies publish them: a budget workbook of many sheets, a website's annual form without a header, and headings and units
//! outside of the tables.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::selftest::selftest;
use nianbao::write::{Output, WRITERS};
use serde_json::Value;

fn forms(name: &str, text: &str) -> Forms {
    let mut forms = Forms::all().unwrap();
    forms.add(name, text).unwrap_or_else(|error| panic!("{error}"));
    forms
}

fn read(forms: &Forms, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    Binder::new(forms).bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

/// Differences from what was written: field id, value written, value read.
fn differences(report: &Report, truth: &Value) -> Vec<String> {
    let wanted = truth["values"].as_object().unwrap();
    let differs = |id: &String, wanted: &Value| {
        let read = report.values.get(id);
        match wanted {
            Value::Number(number) => {
                let read = read.and_then(|value| value.value).map(|value| value.normalize().to_string());
                let number: rust_decimal::Decimal = number.to_string().parse().unwrap();
                read != Some(number.normalize().to_string())
            }
            wanted => read.and_then(|value| value.text.as_deref()) != wanted.as_str(),
        }
    };
    wanted
        .iter()
        .filter(|(id, wanted)| differs(id, wanted))
        .map(|(id, wanted)| format!("{id}: {wanted}, {:?}", report.values.get(id).map(|value| &value.raw)))
        .collect()
}

const SHANGHAI: &str = include_str!("forms_made_up/shanghai.toml");

#[test]
fn a_budget_workbook_of_many_sheets_gives_every_figure() {
    let forms = forms("shanghai.toml", SHANGHAI);
    let truth: Value = serde_json::from_str(include_str!("forms_made_up/budget-sheets.json")).unwrap();
    // The components of codes are stored as numbers, 元 is in a cell of its own above each table, and 万元 is the form's unit.
    let report = read(&forms, include_bytes!("forms_made_up/budget-sheets.xlsx"));
    assert_eq!(report.agency.as_deref(), truth["agency"].as_str());
    assert_eq!(report.year, Some(2023));
    assert_eq!(differences(&report, &truth), Vec::<String>::new());
    assert_eq!(truth["values"].as_object().unwrap().len(), 322);
    // One finding per table reports that its figures were converted.
    let converted = report.findings.iter().filter(|finding| finding.code == "unit-converted").count();
    assert!(converted <= 9, "{converted}");
    let form = forms.get("shys").unwrap();
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let again = read(&forms, &writer.write(form, &report).unwrap());
        assert_eq!(differences(&again, &truth), Vec::<String>::new(), "{:?}", writer.output);
    }
}

#[test]
fn a_form_of_fixed_rows_without_a_header_is_read_with_its_signatures() {
    let forms = Forms::all().unwrap();
    let truth: Value = serde_json::from_str(include_str!("forms_made_up/site.json")).unwrap();
    for page in [
        include_str!("forms_made_up/site-boxes.html"),
        include_str!("forms_made_up/site-squares.html"),
        include_str!("forms_made_up/site-ticks.html"),
    ] {
        let report = read(&forms, page.as_bytes());
        assert_eq!((report.form.as_str(), report.year), ("wznb", Some(2023)));
        assert_eq!(differences(&report, &truth), Vec::<String>::new());
    }
}

/// A form with a fixed table of amounts, whose heading names agency and year.
const VISITS: &str = r#"
language = 1
id = "visits"
name = { zh = "检查情况", en = "visits" }
[title]
pattern = "{agency}{year}年检查情况年报"
[identity]
agency = ["填报单位：{}"]
[[section]]
id = "figures"
heading = "表一 {agency}{year}年度检查情况统计表"
[[section]]
id = "text"
heading = "二、总体情况"
[[table]]
id = "fines"
section = "figures"
kind = "amount"
unit = "万元"
[[table.block]]
corner = "检查对象"
columns = [{ id = "fined", label = "罚款金额" }, { id = "seized", label = "没收金额" }]
rows = [{ id = "shops", label = "商店" }, { id = "plants", label = "生产企业" }]
"#;

#[test]
fn a_unit_in_a_cell_of_its_own_above_a_table_counts() {
    let forms = forms("visits.toml", VISITS);
    let page = "<p>白渚市民政局2024年检查情况年报</p><table><tr><td colspan=3>表一 白渚市民政局2024年度检查情况统计表</td></tr>\
        <tr><td>填报单位：白渚市民政局</td><td></td><td>金额单位：元</td></tr>\
        <tr><td>检查对象</td><td>罚款金额</td><td>没收金额</td></tr>\
        <tr><td>商店</td><td>352000</td><td>10000</td></tr><tr><td>生产企业</td><td>20000</td><td>0</td></tr></table>";
    let report = read(&forms, page.as_bytes());
    let number = |id: &str| report.values[id].value.map(|value| value.normalize().to_string());
    assert_eq!(number("fines.shops.fined").as_deref(), Some("35.2"));
    assert_eq!(number("fines.plants.fined").as_deref(), Some("2"));
    // A unit in the header of another column does not apply to this one.
    let other = page.replace("金额单位：元", "").replace("没收金额<", "没收金额（单位：元）<");
    let report = read(&forms, other.as_bytes());
    assert_eq!(report.values["fines.shops.fined"].value, Some(352_000.into()));
    assert_eq!(report.values["fines.shops.seized"].value, Some(1.into()));
}

#[test]
fn a_heading_that_names_agency_and_year_is_written_and_read() {
    let forms = forms("visits.toml", VISITS);
    let form = forms.get("visits").unwrap();
    let lost = selftest(&forms, form);
    assert!(lost.is_empty(), "{lost:#?}");
    let report = nianbao::sampler::Sampler::new(3).report_of(form);
    let (agency, year) = (report.agency.clone().unwrap(), report.year.unwrap());
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let bytes = writer.write(form, &report).unwrap();
        let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
        let text = format!("{:?}", reading.document.blocks);
        let plain: String = text.split("\\n").collect();
        assert!(plain.contains(&format!("表一 {agency}{year}年度检查情况统计表")), "{:?} {text}", writer.output);
        assert!(!text.contains("{agency}") && !text.contains("{year}"), "{:?}", writer.output);
    }
}

#[test]
fn a_form_with_every_key_of_the_language_is_read_back() {
    let forms = forms("outline.toml", include_str!("forms_made_up/outline.toml"));
    let form = forms.get("outline").unwrap();
    let lost = selftest(&forms, form);
    assert!(lost.is_empty(), "{lost:#?}");
    for rule in &form.rules {
        assert_eq!(rule.failing_examples(), Vec::<usize>::new(), "{}", rule.id);
    }
}

#[test]
fn statistics_whose_labels_end_in_their_units_are_recognised() {
    let forms = Forms::all().unwrap();
    let truth: Value = serde_json::from_str(include_str!("forms_made_up/statistics.json")).unwrap();
    let report = read(&forms, include_bytes!("forms_made_up/statistics-units.html"));
    assert_eq!((report.form.as_str(), report.year), ("gktj-2014", Some(2016)));
    assert_eq!(differences(&report, &truth), Vec::<String>::new());
}

#[test]
fn notes_below_a_table_are_not_rows_of_it() {
    let forms = forms("shanghai.toml", SHANGHAI);
    let form = forms.get("shys").unwrap();
    let mut report = nianbao::sampler::Sampler::new(5).report(form);
    report.sections.clear();
    let html = WRITERS.iter().find(|writer| writer.output == Output::Html).unwrap();
    let page = String::from_utf8(html.write(form, &report).unwrap()).unwrap();
    let before = read(&forms, page.as_bytes());
    let note =
        "<tr><td>注：本表数据四舍五入，部分合计数与分项之和略有差异。</td><td></td><td></td></tr></tbody></table>";
    let noted = page.replace("</tbody></table>", note);
    assert_ne!(noted, page);
    let after = read(&forms, noted.as_bytes());
    let ids = |report: &Report| report.values.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
    assert!(!ids(&after).iter().any(|id| id.contains("注")));
}

#[test]
fn a_template_without_rows_for_figures_is_reported() {
    let forms = forms("shanghai.toml", SHANGHAI);
    let form = forms.get("shys").unwrap();
    let binder = Binder::new(&forms);
    let (blank, empty) = nianbao::write::blank(form);
    let docx = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    let template = docx.write(&blank, &empty).unwrap();
    let template = nianbao::fill::Template::compile(&template, &binder, &forms, Some("shys")).unwrap();
    let report = read(&forms, include_bytes!("forms_made_up/budget-sheets.xlsx"));
    let filled = template.fill(&report).unwrap();
    let told = |id: &str| filled.findings.iter().any(|finding| finding.fields.iter().any(|field| field == id));
    // Its rows are filled, and more are added; it has no total rows, and no table of one row without a name.
    assert!(told("three.total") && told("expense.all.basic"), "{:?}", filled.findings);
    assert!(!told("income.201.01.01.total"), "{:?}", filled.findings);
    let reading = nianbao::read::read(&filled.bytes, None, &mut nianbao::document::Budget::default()).unwrap();
    let hints = nianbao::bind::Hints { form: Some("shys"), ..nianbao::bind::Hints::default() };
    let again = binder.bind(&reading, &hints).unwrap();
    let figure = |report: &Report| report.values["income.201.01.01.total"].value;
    assert!(figure(&report).is_some() && figure(&again) == figure(&report));
}

#[test]
fn a_draft_of_a_budget_workbook_has_its_halves_and_its_codes() {
    let workbook = include_bytes!("forms_made_up/budget-sheets.xlsx");
    let reading = nianbao::read::read(workbook, None, &mut Budget::default()).unwrap();
    let drafted = nianbao::draft::written(&nianbao::draft::draft(&reading.document, &[], "预算"));
    for words in [
        "parts = [\"类\", \"款\", \"项\"]",
        "beside = true",
        "parent = \"code prefix\"",
        "total = \"支出总计\"",
        "heading = \"{year}年部门支出预算总表\"",
    ] {
        assert!(drafted.contains(words), "{words} in {drafted}");
    }
    let mut forms = Forms::default();
    let form = forms.add("draft.toml", &drafted).unwrap_or_else(|error| panic!("{error}"));
    let lost = selftest(&forms, &form);
    assert!(lost.is_empty(), "{lost:#?}");
    // The drafted form reads its source workbook with the same number of figures.
    let report = read(&forms, workbook);
    let truth: Value = serde_json::from_str(include_str!("forms_made_up/budget-sheets.json")).unwrap();
    let figures = report.values.values().filter(|value| value.value.is_some()).count();
    assert!(figures >= truth["values"].as_object().unwrap().len(), "{figures}");
}
