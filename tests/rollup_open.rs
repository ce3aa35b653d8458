//! Rows that are data, rolled up by what they are known by: each agency has rows of its own, and some that others have too.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "the ids are ours")]

use std::collections::BTreeMap;

use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::{Kind, Report, Value};
use nianbao::write::{Output, WRITERS};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::program::Folder;

const FORM: &str = include_str!("forms_made_up/reading-rooms.toml");

type Room<'a> = (&'a str, i64, i64);
type Subject<'a> = (&'a str, &'a str, i64);

fn words(text: &str, kind: Kind) -> Value {
    Value { kind, raw: text.to_owned(), text: Some(text.to_owned()), ..Value::default() }
}

/// A report of rooms and subjects, with their sums.
fn report(agency: &str, rooms: &[Room], subjects: &[Subject]) -> Report {
    let mut report = Report::empty("reading-rooms");
    (report.agency, report.year) = (Some(agency.to_owned()), Some(2025));
    report.title = Some(format!("{agency}2025年阅览室情况年报"));
    let mut put = |field: String, value: Value| report.values.insert(field, value);
    let number = |number: i64| Value::number(Decimal::from(number));
    put("state.open".to_owned(), words("是", Kind::Choice));
    put("state.visits".to_owned(), number(100));
    for (name, books, papers) in rooms {
        put(format!("rooms.[{name}].name"), words(name, Kind::Text));
        put(format!("rooms.[{name}].books"), number(*books));
        put(format!("rooms.[{name}].papers"), number(*papers));
    }
    put("rooms.all.name".to_owned(), words("合计", Kind::Text));
    put("rooms.all.books".to_owned(), number(rooms.iter().map(|room| room.1).sum()));
    put("rooms.all.papers".to_owned(), number(rooms.iter().map(|room| room.2).sum()));
    for (code, name, plan) in subjects {
        put(format!("books.{code}.code"), words(&code.replace('.', ""), Kind::Code));
        put(format!("books.{code}.subject"), words(name, Kind::Text));
        put(format!("books.{code}.plan"), number(*plan));
        put(format!("books.{code}.spent"), number(*plan));
        put(format!("books.{code}.rate"), number(100));
    }
    report
}

/// Three agencies that have sent Word files, in a folder with their form and their list.
fn office() -> Folder {
    let folder = Folder::new();
    folder.file("own/rooms.toml", FORM);
    folder.file("list.csv", "单位名称,上级\n某市图书馆,\n甲馆,某市图书馆\n乙馆,某市图书馆\n丙馆,某市图书馆\n");
    let mut forms = Forms::default();
    let form = forms.add("rooms.toml", FORM).expect("a form");
    let docx = WRITERS.iter().find(|writer| writer.output == Output::Docx).expect("a writer");
    let send = |name: &str, report: &Report| folder.file(name, docx.write(&form, report).expect("a file"));
    let school = ("205.02", "普通教育", 3);
    send("sent/甲.docx", &report("甲馆", &[("东院", 2, 1), ("西院", 3, 0)], &[("205", "教育支出", 3), school]));
    send("sent/乙.docx", &report("乙馆", &[("南楼", 5, 5), ("东院", 7, 1)], &[("208", "社保支出", 4)]));
    send("sent/丙.docx", &report("丙馆", &[("北楼", 11, 2)], &[("205", "教育支出", 1), ("205.02", "学前教育", 1)]));
    folder
}

fn json_of(folder: &Folder, name: &str) -> Json {
    serde_json::from_slice(&std::fs::read(folder.path(name)).expect("a file")).expect("JSON")
}

#[test]
fn rows_are_added_up_by_name_and_by_code_and_none_is_lost() {
    let folder = office();
    let ran = folder.run(&["rollup", "sent", "--mappings", "own", "--agencies", "list.csv", "-o", "out"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert!(!ran.err.contains("sum-incomplete"), "{}", ran.err);
    let sums = json_of(&folder, "out/汇总报告.json");
    let number = |field: &str| sums["values"][field]["value"].clone();
    for (field, sum) in [
        ("rooms.[东院].books", 9),
        ("rooms.[西院].books", 3),
        ("rooms.[南楼].papers", 5),
        ("rooms.[北楼].books", 11),
        ("rooms.all.books", 28),
        ("books.205.plan", 4),
        ("books.205.02.plan", 4),
        ("books.208.plan", 4),
    ] {
        assert_eq!(number(field), json!(sum), "{field}");
    }
    // What a row is known by, what all say of it, and what they say differently.
    let text = |field: &str| sums["values"][field]["text"].clone();
    assert_eq!((text("rooms.[东院].name"), text("books.205.subject")), (json!("东院"), json!("教育支出")));
    assert_eq!((text("books.205.02.code"), text("books.205.02.subject")), (json!("20502"), Json::Null));
    let order: Vec<&str> = sums["values"]
        .as_object()
        .expect("values")
        .keys()
        .map(String::as_str)
        .filter(|id| id.ends_with(".books"))
        .collect();
    assert_eq!(order.last(), Some(&"rooms.all.books"), "{order:?}");
    // Every figure with its agency, and no line for a row that an agency does not have.
    let lines = std::fs::read_to_string(folder.path("out/values.jsonl")).expect("a file");
    let mut of_agency: BTreeMap<(String, String), Json> = BTreeMap::new();
    for line in lines.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON")) {
        let part = |key: &str| line[key].as_str().expect("a text").to_owned();
        of_agency.insert((part("agency"), part("field")), line.clone());
    }
    let line = |agency: &str, field: &str| of_agency.get(&(agency.to_owned(), field.to_owned()));
    assert_eq!(line("乙馆", "rooms.[东院].books").map(|line| line["value"].clone()), Some(json!(7)));
    assert!(line("乙馆", "rooms.[东院].books").is_some_and(|line| line["source"]["place"].as_str().is_some()));
    assert_eq!(line("丙馆", "rooms.[东院].books"), None);
    assert_eq!(line("丙馆", "rooms.[北楼].name").map(|line| line["raw"].clone()), Some(json!("北楼")));
}

#[test]
fn last_year_stands_beside_the_rows_of_both_years() {
    let folder = office();
    let mut forms = Forms::default();
    let form = forms.add("rooms.toml", FORM).expect("a form");
    let docx = WRITERS.iter().find(|writer| writer.output == Output::Docx).expect("a writer");
    for (agency, rooms) in [("甲馆", [("东院", 1, 1), ("老楼", 4, 0)]), ("乙馆", [("东院", 6, 2), ("南楼", 3, 3)])]
    {
        let mut last = report(agency, &rooms, &[]);
        (last.year, last.title) = (Some(2024), Some(format!("{agency}2024年阅览室情况年报")));
        folder.file(&format!("last/{agency}.docx"), docx.write(&form, &last).expect("a file"));
    }
    let args = ["rollup", "sent", "--mappings", "own", "--agencies", "list.csv", "-o", "out"];
    let ran = folder.run(&[&args[..], &["--previous", "last"]].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let rows = sheet(&folder, "同比");
    // 甲 and 乙 reported in both years, 丙 only this year.
    let of = |name: &str, column: &str| {
        let is_row = |row: &&Vec<String>| row[0].contains(name) && row.iter().take(2).any(|text| text.contains(column));
        rows.iter().find(is_row).map(|row| (row[2].clone(), row[3].clone()))
    };
    let pair = |this: &str, before: &str| Some((this.to_owned(), before.to_owned()));
    assert_eq!(of("东院", "图书"), pair("9", "7"), "{rows:?}");
    assert_eq!(of("南楼", "图书"), pair("5", "3"), "{rows:?}");
    // Rows of one year alone have no figure of the other.
    assert_eq!(of("西院", "图书").map(|row| row.0), Some("3".to_owned()), "{rows:?}");
}

#[test]
fn the_workbook_and_the_report_have_the_rows_of_all() {
    let folder = office();
    folder.run(&["rollup", "sent", "--mappings", "own", "--agencies", "list.csv", "-o", "out"]);
    let read = folder.run(&["inspect", "out/汇总报告.docx", "--mappings", "own"]);
    let report: Json = serde_json::from_str(&read.out).unwrap_or_else(|error| panic!("{error} {}", read.err));
    for (field, sum) in [("rooms.[东院].books", 9), ("rooms.[北楼].books", 11), ("books.208.plan", 4)] {
        assert_eq!(report["values"][field]["value"], json!(sum), "{field}: {}", report["values"]);
    }
    let rows = sheet(&folder, "总表");
    let of = |word: &str| {
        rows.iter().find(|row| row.iter().any(|text| text == word)).unwrap_or_else(|| panic!("{word}: {rows:?}"))
    };
    assert!(of("东院").iter().any(|text| text == "9") && of("社保支出").iter().any(|text| text == "4"), "{rows:?}");
    // Shares of a plan do not add up.
    assert_eq!(report["values"]["books.205.rate"]["value"], Json::Null);
}

/// The rows of a sheet of the workbook.
fn sheet(folder: &Folder, name: &str) -> Vec<Vec<String>> {
    let bytes = std::fs::read(folder.path("out/汇总.xlsx")).expect("a workbook");
    let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).expect("a workbook");
    let grid = reading.document.grids().find(|grid| grid.caption.as_deref() == Some(name)).expect("the sheet");
    (0..grid.rows()).map(|row| grid.row_cells(row).map(|cell| cell.text.trim().to_owned()).collect()).collect()
}
