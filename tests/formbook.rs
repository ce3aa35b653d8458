//! A form as a workbook: every form survives export and import, changes in the workbook become changes of the form, and mistakes are
//! reported by cell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use nianbao::document::{Block, Budget, Document};
use nianbao::finding::{Bilingual, Message};
use nianbao::form::{Form, Forms};
use nianbao::formbook::{Remarks, import, page, schema, write};
use nianbao::selftest::selftest;

const MADE_UP: [(&str, &str); 3] = [
    ("budget.toml", include_str!("forms_made_up/budget.toml")),
    ("reading-rooms.toml", include_str!("forms_made_up/reading-rooms.toml")),
    ("water.toml", include_str!("forms_made_up/water.toml")),
];

fn forms() -> Forms {
    let mut forms = Forms::all().unwrap();
    for (name, text) in MADE_UP {
        forms.add(name, text).unwrap();
    }
    forms
}

fn read(bytes: &[u8]) -> Document {
    nianbao::read::read(bytes, Some("form.xlsx"), &mut Budget::default()).unwrap().document
}

fn book(form: &Form) -> Vec<u8> {
    write(form, form.source(), &Remarks::default()).unwrap()
}

fn form_of(text: &str) -> Arc<Form> {
    Forms::default().add("imported.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The sheets of a workbook: name, and texts row by row.
type Sheets = Vec<(String, Vec<Vec<String>>)>;

fn sheets(bytes: &[u8]) -> Sheets {
    let mut sheets = Sheets::new();
    for block in &read(bytes).blocks {
        let Block::Grid(grid) = block else { continue };
        let text = |row, column| grid.cell_at(row, column).map(|cell| cell.text.clone()).unwrap_or_default();
        let rows = (0..grid.rows()).map(|row| (0..grid.columns()).map(|column| text(row, column)).collect()).collect();
        sheets.push((grid.place.part.as_deref().unwrap().to_owned(), rows));
    }
    sheets
}

fn workbook(sheets: &Sheets) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), cell).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// The index of the row of a sheet whose cells have these texts.
fn row_of(sheets: &Sheets, sheet: &str, texts: &[&str]) -> usize {
    let (_, rows) = sheets.iter().find(|(name, _)| name == sheet).expect("the sheet");
    let has = |row: &Vec<String>| texts.iter().all(|text| row.iter().any(|cell| cell == text));
    rows.iter().position(has).unwrap_or_else(|| panic!("no row with {texts:?} in {sheet}"))
}

fn cell<'s>(sheets: &'s mut Sheets, sheet: &str, row: usize, head: &str) -> &'s mut String {
    let (_, rows) = sheets.iter_mut().find(|(name, _)| name == sheet).expect("the sheet");
    let column = rows[..=row].iter().rev().find_map(|row| row.iter().position(|cell| cell == head));
    &mut rows[row][column.unwrap_or_else(|| panic!("no head {head}"))]
}

fn same(form: &Form, again: &Form) {
    let id = &form.id;
    assert_eq!((id, &form.name, &form.years, &form.basis), (&again.id, &again.name, &again.years, &again.basis));
    assert_eq!(form.sections.len(), again.sections.len(), "{id}");
    for (one, other) in form.sections.iter().zip(&again.sections) {
        assert_eq!((&one.id, &one.heading, one.look), (&other.id, &other.heading, other.look), "{id}");
    }
    assert_eq!(form.fields, again.fields, "{id}");
    for (one, other) in form.tables.iter().zip(&again.tables) {
        assert_eq!((&one.id, one.section, one.label_columns), (&other.id, other.section, other.label_columns), "{id}");
        assert_eq!((&one.widths, &one.sheets, one.optional), (&other.widths, &other.sheets, other.optional), "{id}");
        for (one, other) in one.blocks.iter().zip(&other.blocks) {
            assert_eq!((&one.columns, &one.slots), (&other.columns, &other.slots), "{id}");
            let labels = |rows: &[nianbao::form::Leaf]| -> Vec<_> {
                rows.iter().map(|leaf| (leaf.id.clone(), leaf.path.clone(), leaf.under.clone())).collect()
            };
            assert_eq!(labels(&one.leaf_rows), labels(&other.leaf_rows), "{id}");
            assert_eq!((&one.open, &one.sets, one.beside), (&other.open, &other.sets, other.beside), "{id}");
            // For prescribed rows the properties are at the fields; where rows are data, at the columns.
            let said = |block: &nianbao::form::Block| -> Vec<_> {
                let columns = block.leaf_columns.iter().filter(|_| block.is_open());
                columns.map(|leaf| (leaf.kind.unwrap_or_default(), leaf.unit.clone(), leaf.choice.clone())).collect()
            };
            assert_eq!(said(one), said(other), "{id}");
            let parts = |block: &nianbao::form::Block| -> Vec<_> {
                block.leaf_columns.iter().chain(&block.leaf_rows).map(|leaf| leaf.parts.clone()).collect()
            };
            assert_eq!(parts(one), parts(other), "{id}");
        }
    }
    assert_eq!(form.rules.len(), again.rules.len(), "{id}");
    for (one, other) in form.rules.iter().zip(&again.rules) {
        assert_eq!((&one.id, one.severity, &one.text), (&other.id, other.severity, &other.text), "{id}");
        assert_eq!((&one.instances, one.examples.len()), (&other.instances, other.examples.len()), "{id}");
    }
    assert_eq!(form.narrative.patterns().len(), again.narrative.patterns().len(), "{id}");
    assert_eq!((form.charts.len(), form.reserved.len()), (again.charts.len(), again.reserved.len()), "{id}");
    assert_eq!(form.conditions, again.conditions, "{id}");
}

#[test]
fn every_form_is_restored_from_its_own_workbook() {
    for form in forms().iter() {
        let bytes = book(form);
        let text = import(&read(&bytes)).unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", form.id));
        let again = form_of(&text);
        same(form, &again);
        // The workbook of the imported form has the same cells.
        for ((name, rows), (_, wanted)) in sheets(&book(&again)).iter().zip(&sheets(&bytes)) {
            for (number, (row, wanted)) in rows.iter().zip(wanted).enumerate() {
                assert_eq!(row, wanted, "{} {name} {}", form.id, number + 1);
            }
            assert_eq!(rows.len(), wanted.len(), "{} {name}", form.id);
        }
    }
}

#[test]
fn a_draft_as_a_workbook_becomes_a_form_that_reads_its_blank() {
    let forms = forms();
    for id in ["water-1", "reading-rooms", "gkbg-2021"] {
        let form = forms.get(id).unwrap();
        let blank = nianbao::write::WRITERS.iter().find(|writer| writer.output.suffix() == "docx").unwrap();
        let shown = form.blank();
        let mut report = nianbao::report::Report::empty(&form.id);
        report.values.extend(shown.fields.iter().map(|field| (field.id.clone(), nianbao::report::Value::default())));
        report.title = Some(form.title.pattern.replace("{agency}", "石岭市").replace("{year}", "××××"));
        let bytes = blank.write(&shown, &report).unwrap();
        let template = nianbao::read::read(&bytes, Some("blank.docx"), &mut Budget::default()).unwrap().document;
        let draft = nianbao::draft::draft(&template, &[], "blank");
        let text = nianbao::draft::written(&draft);
        let drafted = form_of(&text);
        let remarks = Remarks { questions: vec!["？".to_owned()], rules: Vec::new() };
        let imported = import(&read(&write(&drafted, &text, &remarks).unwrap())).unwrap();
        let again = form_of(&imported);
        same(&drafted, &again);
        assert!(again.fields.len() + usize::from(again.is_open()) > 5, "{id}");
        // Alone: the form of the blank would be recognised beside it.
        let mut all = Forms::default();
        let again = all.add("imported.toml", &imported).unwrap();
        let lost = selftest(&all, &again);
        assert!(lost.is_empty(), "{id}: {lost:#?}");
    }
}

/// The complete example of `mappings/README.md`, shortened.
const VISITS: &str = r#"
language = 1
id = "visits"
name = { zh = "检查情况年报", en = "Yearly report on inspections" }
[title]
pattern = "{agency}{year}年检查情况年报"
[[section]]
id = "figures"
heading = "一、检查数据"
[[table]]
id = "visits"
section = "figures"
name = { zh = "检查表", en = "table of inspections" }
unit = "次"
[[table.block]]
columns = [ { id = "online", label = "线上" }, { id = "site", label = "现场" }, { id = "total", label = "合计" } ]
rows = [ { id = "shops", label = "商店" }, { id = "plants", label = "工厂" } ]
"#;

#[test]
fn changes_in_the_workbook_become_changes_of_the_form() {
    let mut sheets = sheets(&book(&form_of(VISITS)));
    let shops = row_of(&sheets, "字段", &["商店", "线上"]);
    assert_eq!(cell(&mut sheets, "字段", shops, "计入"), "");
    // Sums of every row, of one field, and a new row with a kind and a unit of its own.
    for (row, kind, unit) in [("商店", "整数", "次"), ("工厂", "", ""), ("罚款", "小数", "万元")] {
        if row == "罚款" {
            let (_, rows) = sheets.iter_mut().find(|(name, _)| name == "字段").unwrap();
            let copies: Vec<Vec<String>> = rows[4..7].to_vec();
            rows.extend(copies);
        }
        for column in ["线上", "现场", "合计"] {
            let (_, rows) = sheets.iter().find(|(name, _)| name == "字段").unwrap();
            let found =
                rows.iter().rposition(|cells| cells[3] == column && (cells[2] == row || row == "罚款")).unwrap();
            *cell(&mut sheets, "字段", found, "行") = row.to_owned();
            let id = match row {
                "商店" => "shops",
                "工厂" => "plants",
                _ => "fines",
            };
            *cell(&mut sheets, "字段", found, "行编号") = id.to_owned();
            *cell(&mut sheets, "字段", found, "类型") = kind.to_owned();
            *cell(&mut sheets, "字段", found, "计量单位") = unit.to_owned();
            let total = if column == "合计" { String::new() } else { format!("visits.{id}.total") };
            *cell(&mut sheets, "字段", found, "计入") = total;
        }
    }
    let text = import(&read(&workbook(&sheets))).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let form = form_of(&text);
    let ids: Vec<&str> = form.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(ids.len(), 9, "{ids:?}");
    let fines = &form.fields[form.field_index("visits.fines.online").unwrap()];
    assert_eq!((fines.kind.name(), fines.unit.as_deref()), ("amount", Some("万元")));
    assert_eq!(form.fields[form.field_index("visits.plants.site").unwrap()].unit.as_deref(), Some("次"));
    let rules: Vec<(&str, usize)> = form.rules.iter().map(|rule| (rule.id.as_str(), rule.instances.len())).collect();
    assert_eq!(rules, [("S-1", 3)], "{text}");
    assert!(text.contains("expression = \"total = online + site\""), "{text}");
}

fn refused(change: impl Fn(&mut Sheets)) -> Message {
    let mut sheets = sheets(&book(&form_of(VISITS)));
    change(&mut sheets);
    let wrong = import(&read(&workbook(&sheets))).expect_err("a mistake");
    wrong.first().unwrap().message()
}

#[test]
fn mistakes_name_sheet_row_and_column_in_both_languages() {
    let change = |sheet: &'static str, texts: &'static [&str], head: &'static str, to: &'static str| {
        refused(move |sheets| {
            let row = row_of(sheets, sheet, texts);
            *cell(sheets, sheet, row, head) = to.to_owned();
        })
    };
    let told = change("字段", &["工厂", "现场"], "类型", "数目");
    assert!(told.zh.starts_with("工作表“字段”第6行“类型”栏：没有“数目”这一类型"), "{told:?}");
    assert!(told.en.starts_with("sheet `字段`, row 6, column `类型`: no kind `数目`"), "{told:?}");
    let told = change("字段", &["工厂", "现场"], "表", "v");
    assert!(told.zh.starts_with("工作表“字段”第6行“表”栏：没有“v”这张表"), "{told:?}");
    let told = change("字段", &["工厂", "现场"], "栏", "线上");
    assert!(told.zh.starts_with("工作表“字段”第"), "{told:?}");
    let told = change("字段", &["工厂", "现场"], "栏编号", "online");
    assert!(told.zh.contains("字段编号“visits.plants.online”重复") || told.zh.contains("缺少"), "{told:?}");
    let told = change("字段", &["商店", "线上"], "计入", "visits.shops.sum");
    assert_eq!(told.zh, "工作表“字段”第2行“计入”栏：没有“visits.shops.sum”这个字段。");
    let told = change("表单", &["figures", "visits", "次"], "所在部分", "plans");
    assert!(told.zh.contains("“所在部分”栏：没有“plans”这一部分"), "{told:?}");
    assert!(told.en.contains("column `所在部分`: no section `plans`"), "{told:?}");
    let told = change("表单", &["编号", "visits"], "内容", "");
    assert_eq!(
        (told.zh.as_str(), told.en.as_str()),
        ("工作表“表单”：“编号”没有填写。", "sheet `表单`: the item `编号` is not filled in")
    );
    let told = refused(|sheets| sheets.retain(|(name, _)| name != "字段"));
    assert_eq!(told.zh, "工作表“字段”：没有这张工作表。");
    let told = refused(|sheets| {
        let (_, rows) = sheets.iter_mut().find(|(name, _)| name == "勾稽").unwrap();
        let mut rule = vec![String::new(); rows[0].len()];
        for (column, text) in [(0, "R"), (1, "visits"), (2, "逐行"), (3, "total = online + sites"), (5, "合计")] {
            rule[column] = text.to_owned();
        }
        rows.push(rule);
    });
    assert!(told.zh.starts_with("工作表“勾稽”第2行“关系式”栏："), "{told:?}");
    let told = refused(|sheets| {
        let (_, rows) = sheets.iter_mut().find(|(name, _)| name == "其他").unwrap();
        rows.push(vec!["表单".to_owned(), "leftovers = [".to_owned()]);
    });
    assert!(told.zh.starts_with("工作表“其他”第2行“内容（TOML）”栏："), "{told:?}");
}

#[test]
fn a_sum_that_a_rule_states_otherwise_is_a_mistake() {
    let rule = "[[rule]]\nid = \"R\"\ntable = \"visits\"\neach = \"row\"\nexpression = \"total = online + site\"\n\
        text = { zh = \"合计\", en = \"total\" }\n";
    let mut sheets = sheets(&book(&form_of(&format!("{VISITS}{rule}"))));
    let row = row_of(&sheets, "字段", &["工厂", "现场"]);
    assert_eq!(cell(&mut sheets, "字段", row, "计入"), "visits.plants.total");
    *cell(&mut sheets, "字段", row, "计入") = String::new();
    let wrong = import(&read(&workbook(&sheets))).unwrap_err();
    assert!(wrong[0].message().zh.contains("计入“visits.plants.total”的字段与“勾稽”工作表的关系式不一致"), "{wrong:?}");
}

#[test]
fn dictionaries_name_every_field() {
    for form in forms().iter() {
        let shown = form.example(0);
        let (page, schema) = (page(form), schema(form));
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let fields = schema["fields"].as_array().unwrap();
        assert_eq!(fields.len(), shown.fields.len(), "{}", form.id);
        for (field, described) in shown.fields.iter().zip(fields) {
            assert_eq!(described["name"], field.id.as_str());
            let kinds = ["integer", "number", "string"];
            assert!(kinds.contains(&described["type"].as_str().unwrap()), "{described}");
            assert!(page.contains(&format!("<code>{}</code>", field.id)), "{}", field.id);
        }
        assert!(form.rules.iter().all(|rule| page.contains(&format!("<code>{}</code>", rule.id))), "{}", form.id);
    }
}

#[test]
fn the_program_writes_workbooks_and_dictionaries_and_imports_workbooks() {
    let folder = crate::program::Folder::new();
    let ran = folder.run(&["forms", "show", "gkbg-2021", "--to", "xlsx", "-o", "form.xlsx"]);
    assert_eq!((ran.status, ran.err.trim()), (Some(0), "form.xlsx"), "{ran:?}");
    let ran = folder.run(&["forms", "import", "form.xlsx", "-o", "form.toml"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let ran = folder.run(&["forms", "check", "form.toml"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.out.contains("right, gkbg-2021, 200 fields"), "{ran:?}");
    for (to, name) in [("html", "gkbg-2021.html"), ("schema", "gkbg-2021.schema.json")] {
        let ran = folder.run(&["forms", "show", "gkbg-2021", "--to", to]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(std::fs::read_to_string(folder.path(name)).unwrap().contains("requests.received.total"));
    }
    folder.file("bad.xlsx", workbook(&vec![("表单".to_owned(), vec![vec!["x".to_owned()]])]));
    let ran = folder.run(&["--lang", "zh", "forms", "import", "bad.xlsx"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("bad.xlsx：工作表“字段”：没有这张工作表。"), "{ran:?}");
    folder.file("in/a.html", crate::program::page(&crate::program::report(2)));
    let ran = folder.run(&["convert", "in", "-o", "out", "--to", "json", "--dictionary"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let dictionary = std::fs::read_to_string(folder.path("out/gkbg-2021.schema.json")).unwrap();
    assert_eq!(dictionary, schema(Forms::built_in().unwrap().get("gkbg-2021").unwrap()));
}
