//! Texts with drawn tables, as written by PDF converters: every figure is right or empty, and a minimum number is read.

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
fn labels_outside_of_a_table_get_the_row_beside_them_with_a_finding() {
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
fn a_row_without_a_label_is_not_read_as_another_row() {
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

/// A report as text with right tables two and four; `overview` is in its first section, `other` after table four.
fn with(overview: &str, disputes: &str, other: &str) -> Report {
    read(&format!(
        "白渚市民政局2022年政府信息公开工作年度报告\n一、总体情况\n2022年，我局主动公开政府信息5条。\n{overview}\
         二、主动公开政府信息情况\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n规章 | 0 | 0 | 0 |\n\
         行政规范性文件 | 3 | 1 | 12 |\n信息内容 | 本年处理决定数量 |\n行政许可 | 363 |\n信息内容 | 本年处理决定数量 |\n\
         行政处罚 | 7 |\n行政强制 | 2 |\n信息内容 | 本年收费金额（单位：万元） |\n行政事业性收费 | 5.5 |\n\
         三、收到和处理政府信息公开申请情况\n四、政府信息公开行政复议、行政诉讼情况\n{disputes}\
         五、存在的主要问题及改进情况\n问题不大。\n六、其他需要报告的事项\n{other}"
    ))
}

const TABLE_FOUR: &str = "行政复议 | 行政诉讼 |\n结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 未经复议直接起诉 | 复议后起诉 |\n\
    结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n";
const THIS_YEAR: &str = "1 | 2 | 3 | 4 | 10 | 5 | 6 | 7 | 8 | 26 | 0 | 0 | 0 | 0 | 0 |\n";
const LAST_YEAR: &str = "9 | 9 | 9 | 9 | 36 | 9 | 9 | 9 | 9 | 36 | 9 | 9 | 9 | 9 | 36 |\n";

#[test]
fn tables_in_other_parts_take_no_field_of_the_forms() {
    let four = format!("{TABLE_FOUR}{THIS_YEAR}");
    let own = "全年情况：\n事项 | 数量 |\n行政许可 | 320 |\n行政处罚 | 12 |\n";
    let last_two = "2021年数据：\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n规章 | 90 | 91 | 92 |\n\
        行政规范性文件 | 93 | 94 | 95 |\n信息内容 | 本年处理决定数量 |\n行政许可 | 96 |\n行政处罚 | 97 |\n行政强制 | 98 |\n";
    let last_four = format!("附：2021年数据\n{TABLE_FOUR}{LAST_YEAR}");
    for (overview, other) in [("", ""), (own, ""), (last_two, ""), (&*last_four, ""), ("", &*last_four), ("", own)] {
        let report = with(overview, &four, other);
        let value = |id: &str| report.values[id].value;
        let context = format!("{overview} {other}");
        assert_eq!(value("disclosure.licensing.decisions"), Some(363.into()), "{context}");
        assert_eq!(value("disclosure.penalties.decisions"), Some(7.into()), "{context}");
        assert_eq!(value("disclosure.normative_documents.in_force"), Some(12.into()), "{context}");
        assert_eq!(value("disputes.review.total"), Some(10.into()), "{context}");
        assert_eq!(value("disputes.direct_suit.total"), Some(26.into()), "{context}");
    }
}

#[test]
fn a_table_in_another_section_is_refused_or_reported() {
    // Only a part of the labels: the agency's own table.
    let own = "近年诉讼情况：\n结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n9 | 9 | 9 | 9 | 36 |\n";
    let report = with(own, "", "");
    assert_eq!(report.values["disputes.review.total"].value, None);
    assert!(report.findings.iter().any(|finding| finding.code == "table-not-found"));
    // All labels: it is read, and reported with every field.
    let report = with("", "", &format!("{TABLE_FOUR}{THIS_YEAR}"));
    assert_eq!(report.values["disputes.review.total"].value, Some(10.into()));
    let told = report.findings.iter().find(|finding| finding.code == "table-elsewhere").unwrap();
    assert_eq!(told.fields.len(), 15);
}

#[test]
fn two_rows_below_one_header_leave_the_table_empty() {
    let twice = format!("{TABLE_FOUR}{THIS_YEAR}附：上一年度\n{TABLE_FOUR}{LAST_YEAR}");
    let report = with("", &twice, "");
    assert_eq!(report.values["disputes.review.total"].value, None);
    let field = "disputes.review.total".to_owned();
    assert!(report.findings.iter().any(|finding| finding.code == "cells-uncertain" && finding.fields.contains(&field)));
}
