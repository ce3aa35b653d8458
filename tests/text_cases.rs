//! Texts in which tables are drawn, as converters of PDFs leave them: every figure is right or empty, and so many are read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use nianbao::bind::{Hints, bind};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::Report;

fn cases() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))
}

fn read(text: &str) -> Report {
    let reading = nianbao::read::read(text.as_bytes(), None, &mut Budget::default()).unwrap();
    bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

#[test]
fn drawn_tables_give_no_wrong_figure_and_as_many_as_before() {
    for (name, truth, least) in [
        ("pdf/md-noshift.md", "pdf/md.truth.json", 35),
        ("pdf/md-shift.md", "pdf/md.truth.json", 84),
        ("pdf/oxide-r00002.md", "pdf/md.truth.json", 139),
        ("tables/t03_box_drawing.txt", "tables/t03_box_drawing.truth.json", 200),
        ("tables/t04c_md_bold.md", "tables/t04c_md_bold.truth.json", 200),
    ] {
        let report = read(&std::fs::read_to_string(cases().join(name)).unwrap());
        let truth: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(cases().join(truth)).unwrap()).unwrap();
        let truth = truth.get("values").unwrap_or(&truth).as_object().unwrap();
        let mut right = 0;
        let mut wrong = BTreeMap::new();
        for (id, value) in &report.values {
            let Some(found) = value.value else { continue };
            match truth.get(id).and_then(serde_json::Value::as_f64) {
                Some(known) if found.to_string().parse() == Ok(known) => right += 1,
                known => drop(wrong.insert(id, (found, known))),
            }
        }
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        assert!(right >= least, "{name}: {right} figures are read, {least} before");
    }
}

#[test]
fn labels_outside_of_a_table_get_the_row_beside_them_and_that_is_told() {
    let report = read(&std::fs::read_to_string(cases().join("tables/md-two-labels-outside.txt")).unwrap());
    for id in ["requests.partly_granted", "requests.refused.internal_affairs"] {
        let value = |column: &str| report.values[format!("{id}.{column}").as_str()].value;
        assert_eq!((value("natural_person"), value("other_organisation")), (Some(3.into()), Some(0.into())), "{id}");
        let field = format!("{id}.total");
        let told = report.findings.iter().any(|found| found.code == "label-apart" && found.fields.contains(&field));
        assert!(told, "{id}");
    }
}

#[test]
fn a_row_without_a_label_is_no_other_rows() {
    let text = "白渚市民政局2022年政府信息公开工作年度报告\n二、主动公开政府信息情况\n\
        | 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n|---|---|---|---|\n\
        |  | 4 | 5 | 6 |\n| 行政规范性文件 |  |  |  |\n| 信息内容 | 本年处理决定数量 |  |  |\n| 行政许可 | 8 |  |  |\n";
    let report = read(text);
    assert_eq!(report.values["disclosure.licensing.decisions"].value, Some(8.into()));
    for id in ["regulations", "normative_documents"] {
        for column in ["issued", "repealed", "in_force"] {
            assert_eq!(report.values[format!("disclosure.{id}.{column}").as_str()].value, None, "{id} {column}");
        }
    }
}
