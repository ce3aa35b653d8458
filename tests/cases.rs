//! Files that were once read wrongly: each is right now, or empty with a finding that gives the reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::finding::{Finding, Severity};
use nianbao::form::Forms;
use nianbao::read::read;
use nianbao::report::Report;

use crate::sources;

fn case(path: &str) -> PathBuf {
    sources::root().join("tests/cases").join(path)
}

fn bound(path: &Path, forms: &Forms) -> Result<Report, Box<Finding>> {
    let bytes = std::fs::read(path).expect("a case");
    let reading = read(&bytes, path.to_str(), &mut Budget::default()).expect("a readable case");
    Binder::new(forms).bind(&reading, &Hints::default())
}

/// Compares a report with the true figures: lists wrong ones, and empty ones without a finding.
fn differences(report: &Report, truth: &BTreeMap<String, serde_json::Value>) -> Vec<String> {
    let named = |id: &String| {
        report.findings.iter().any(|finding| finding.severity >= Severity::Warning && finding.fields.contains(id))
    };
    let mut wrong = Vec::new();
    for (id, truth) in truth {
        let Some(value) = report.values.get(id) else { continue };
        match value.value {
            Some(value) if Some(value.to_string()) == truth.as_f64().map(|truth| truth.to_string()) => {}
            Some(_) if named(id) => {}
            Some(value) => wrong.push(format!("{id} is {value}, not {truth}")),
            None if truth.is_null() || named(id) => {}
            None => wrong.push(format!("{id} is empty, not {truth}, and nothing says why")),
        }
    }
    wrong
}

fn truth(text: &str) -> BTreeMap<String, serde_json::Value> {
    serde_json::from_str(text).expect("true figures")
}

#[test]
fn every_case_is_right_or_has_a_finding() {
    let forms = Forms::built_in().unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    let of = |folder: &str| sources::files(&format!("tests/cases/{folder}"));
    for file in of("tables").into_iter().chain(of("forms")) {
        let name = file.to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".truth.json") else { continue };
        let document = ["docx", "xlsx"].iter().map(|suffix| sources::root().join(format!("{stem}.{suffix}")));
        let Some(document) = document.into_iter().find(|path| path.exists()) else { continue };
        seen += 1;
        match bound(&document, &forms) {
            Ok(report) => {
                let found = differences(&report, &truth(&sources::text(&file)));
                wrong.extend(found.into_iter().map(|found| format!("{stem}: {found}")));
            }
            Err(finding) => wrong.push(format!("{stem}: {finding:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 14, "only {seen} cases");
}

#[test]
fn the_own_row_of_an_office_travels_with_the_report() {
    let forms = Forms::built_in().unwrap();
    let report = bound(&case("forms/gkbg-extra-row.docx"), &forms).unwrap();
    let shown = serde_json::to_string(&report.sections).unwrap();
    assert!(shown.contains("3-1.本单位自设"), "{shown}");
    assert!(report.findings.iter().any(|finding| finding.code == "row-unknown"));
}

#[test]
fn two_tables_with_the_same_rows_are_distinguished_by_their_headers() {
    let mut forms = Forms::built_in().unwrap();
    forms.add("two.toml", &sources::text(Path::new("tests/cases/forms/two-tables-same-rows/two.toml"))).unwrap();
    let returns = [10, 20, 30, 11, 21, 31, 21, 41, 61];
    let sales = [1, 2, 3, 4, 4, 6];
    for name in ["good.docx", "good.xlsx", "returns-only.docx", "swapped.docx"] {
        let report = bound(&case(&format!("forms/two-tables-same-rows/{name}")), &forms).unwrap();
        let read = |table: &str| -> Vec<String> {
            let of = report.values.iter().filter(|(id, _)| id.starts_with(table));
            of.map(|(_, value)| value.value.map(|value| value.to_string()).unwrap_or_default()).collect()
        };
        let shown = |figures: &[i32]| figures.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read("returns."), shown(&returns), "{name}: {:?}", report.findings);
        let sales = if name == "returns-only.docx" { vec![String::new(); 6] } else { shown(&sales) };
        assert_eq!(read("sales."), sales, "{name}: {:?}", report.findings);
    }
}

#[test]
fn reports_of_another_system_are_read_by_their_mappings() {
    let mut forms = Forms::built_in().unwrap();
    for name in ["zfnb-dt.toml", "zfnb-zj.toml"] {
        let text = sources::text(&PathBuf::from("tests/cases/forms/executive-enforcement/mappings").join(name));
        forms.add(name, &text).unwrap();
    }
    let expected: BTreeMap<String, serde_json::Value> =
        truth(&sources::text(Path::new("tests/cases/forms/executive-enforcement/expected.json")));
    let mut wrong = Vec::new();
    for (name, expected) in expected {
        let path = case("forms/executive-enforcement").join(&name);
        let Ok(report) = bound(&path, &forms) else {
            wrong.push(format!("{name}: not recognised"));
            continue;
        };
        let figures: BTreeMap<String, serde_json::Value> =
            serde_json::from_value(expected["values"].clone()).unwrap_or_default();
        wrong.extend(differences(&report, &figures).into_iter().map(|found| format!("{name}: {found}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mappings_that_are_approved_do_no_harm_and_others_are_refused() {
    let form = |name: &str| {
        let mut forms = Forms::built_in().unwrap();
        forms.add(name, &sources::text(&PathBuf::from("tests/cases/forms").join(name))).map(|_| forms)
    };
    // Nested rows in a single column of labels need as many columns as levels.
    if let Ok(forms) = form("label-columns-too-few.toml") {
        let _ = Binder::new(&forms);
    }
    let marks = form("heading-of-marks.toml").expect("a heading of marks alone is no mistake");
    let report = bound(&case("forms/heading-of-marks.docx"), &marks).expect("the report");
    assert_eq!(report.form, "marks");
    assert!(form("map-id-dotdot.toml").is_err(), "an id is no path");
    let titled = form("m-title2/t.toml").expect("a title with words behind the agency");
    let report = bound(&case("forms/title-2.docx"), &titled).expect("the report");
    assert_eq!(report.agency.as_deref(), Some("甲县财政局"), "{:?}", report.title);
}
