//! Binding of plain text: texts of real pages with changed names (`tests/corpus`), one of them with one cell per line, and small texts of
//! every layout with separators.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it read"
)]

use nianbao::bind::{Hints, bind};
use nianbao::document::{Block, Document, Format, Paragraph, Place};
use nianbao::form::Forms;
use nianbao::read::Reading;
use nianbao::report::{Content, Report};

fn read(text: &str) -> Report {
    let blocks = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let blocks = blocks.map(|(number, line)| Block::Paragraph(Paragraph::body(line, Place::line(number)))).collect();
    let reading =
        Reading { format: Format::Text, document: Document { blocks, ..Document::default() }, findings: Vec::new() };
    bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

#[test]
fn a_page_with_one_cell_per_line_is_read_completely() {
    let report = read(include_str!("corpus/cell-a-line-characters-lost.txt"));
    assert_eq!(report.form, "gkbg-2019");
    assert_eq!((report.agency.as_deref(), report.year), (Some("白渚市临空经济区管理委员会"), Some(2020)));
    assert_eq!(report.published, Some(jiff::civil::date(2021, 1, 18)));
    let period = report.period.unwrap();
    assert_eq!((period.from, period.to), (jiff::civil::date(2020, 1, 1), jiff::civil::date(2020, 12, 31)));
    let zero = |value: &&nianbao::report::Value| value.value == Some(0.into());
    assert_eq!((report.values.len(), report.values.values().filter(zero).count()), (198, 198));
    let ids: Vec<&str> = report.sections.iter().map(|section| section.id.as_str()).collect();
    assert_eq!(ids, ["preamble", "overview", "disclosure", "requests", "disputes", "problems", "other_matters"]);
    for section in &report.sections {
        for content in &section.content {
            if let Content::Paragraph { text, .. } = content {
                for word in ["欢迎访问", "网站标识码", "主办单位", "经办人", "来源:"] {
                    assert!(!text.contains(word), "{}: {text}", section.id);
                }
            }
        }
    }
}

/// The tables of a small report in one layout: `cell` separates cells, `row` ends a row.
fn small(cell: &str, row: &str) -> String {
    let rows: &[&[&str]] = &[
        &["白渚市民政局2022年政府信息公开工作年度报告"],
        &["一、总体情况"],
        &["2022年，我局主动公开政府信息5条。"],
        &["二、主动公开政府信息情况"],
        &["第二十条第（一）项"],
        &["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        &["规章", "0", "0", "0"],
        &["行政规范性文件", "3", "1", "12"],
        &["第二十条第（五）项"],
        &["信息内容", "本年处理决定数量"],
        &["行政许可", "363"],
        &["第二十条第（六）项"],
        &["信息内容", "本年处理决定数量"],
        &["行政处罚", "7"],
        &["行政强制", "/"],
        &["第二十条第（八）项"],
        &["信息内容", "本年收费金额（单位：万元）"],
        &["行政事业性收费", "59237.2449"],
        &["五、存在的主要问题及改进情况"],
        &["问题不大。"],
    ];
    rows.iter().map(|cells| cells.join(cell) + row).collect()
}

#[test]
fn every_layout_with_separators_gives_the_same_figures() {
    for (cell, row) in
        [("\n\n", "\n\n"), (" |\n", " |\n"), (" | ", " |\n"), (" | ", " ||||\n"), ("\t", "\n"), ("\n| ", "\n")]
    {
        let report = read(&small(cell, row));
        let figure = |field: &str| report.values[field].value.map(|value| value.to_string());
        let context = format!("{cell:?} {row:?}: {:?}", report.findings);
        assert_eq!(figure("disclosure.normative_documents.in_force").as_deref(), Some("12"), "{context}");
        assert_eq!(figure("disclosure.regulations.issued").as_deref(), Some("0"), "{context}");
        assert_eq!(figure("disclosure.licensing.decisions").as_deref(), Some("363"), "{context}");
        assert_eq!(figure("disclosure.fees.amount").as_deref(), Some("59237.2449"), "{context}");
        assert_eq!(report.values["disclosure.coercion.decisions"].kind, nianbao::report::Kind::Slash, "{context}");
        assert_eq!((report.agency.as_deref(), report.year), (Some("白渚市民政局"), Some(2022)));
        assert_eq!(report.section("problems").map(|section| section.content.len()), Some(1), "{context}");
        assert_eq!(report.section("disclosure").map(|section| section.content.len()), Some(1), "{context}");
    }
}

#[test]
fn truncated_and_dropped_figures_stay_empty() {
    let text = small("\n", "\n");
    let cut = &text[..text.find("363").unwrap()];
    let report = read(cut);
    assert_eq!(report.values["disclosure.licensing.decisions"].value, None);
    assert_eq!(report.values["disclosure.normative_documents.in_force"].value, Some(12.into()));
    let dropped = text.replace("3\n1\n12", "3\n12");
    let report = read(&dropped);
    assert_eq!(report.values["disclosure.normative_documents.issued"].value, None);
    assert!(report.findings.iter().any(|finding| finding.code == "cells-uncertain"));
}

#[test]
fn two_reports_in_one_text_are_not_mixed() {
    let two = format!("{}{}{}", small("\n", "\n"), "无关文字。".repeat(400), small("\n", "\n").replace("363", "999"));
    let report = read(&two);
    assert_eq!(report.values["disclosure.licensing.decisions"].value, Some(363.into()));
    assert!(report.findings.iter().any(|finding| finding.code == "second-report"));
}

#[test]
fn the_glued_reports_of_the_corpus_have_no_wrong_figure() {
    for (name, whole) in
        [("glued-2019", &["requests", "disputes"][..]), ("glued-2021", &["requests", "disputes"]), ("pipes", &[])]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/");
        let text = std::fs::read_to_string(format!("{folder}{name}.txt")).unwrap();
        let truth = std::fs::read_to_string(format!("{folder}{name}.truth.json")).unwrap();
        let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
        let report = read(&text);
        let figures = truth["values"].as_object().unwrap();
        let mut right = 0;
        for (field, figure) in figures {
            let value = &report.values[field];
            if let Some(number) = value.value {
                assert_eq!(number.normalize().to_string(), figure.to_string(), "{name} {field}: {value:?}");
                right += 1;
                continue;
            }
            let table = field.split('.').next().unwrap();
            let may_be_empty = figure.is_null() || !whole.contains(&table);
            assert!(may_be_empty, "{name} {field}: {value:?} {:?}", report.findings);
        }
        let known = figures.values().filter(|figure| !figure.is_null()).count();
        println!("{name}: {right} of {known}");
        assert_eq!(
            (report.form.as_str(), report.year.map(i64::from)),
            (truth["form"].as_str().unwrap(), truth["year"].as_i64())
        );
    }
}

#[test]
fn an_offices_own_row_in_a_text_is_reported_and_fills_no_field() {
    let text = small("\n", "\n").replace("第二十条第（五）项", "其他公开的本地文件\n77\n第二十条第（五）项");
    let report = read(&text);
    assert_eq!(report.values["disclosure.normative_documents.in_force"].value, Some(12.into()));
    assert_eq!(report.values["disclosure.licensing.decisions"].value, Some(363.into()));
    let told =
        report.findings.iter().find(|finding| finding.code == "row-unknown").map(|finding| finding.message.zh.as_str());
    assert!(told.is_some_and(|told| told.contains("其他公开的本地文件 | 77")), "{told:?}");
}

#[test]
fn a_word_in_the_only_row_of_a_table_takes_one_figure_and_not_the_row() {
    let head = "白渚市民政局2022年政府信息公开工作年度报告\n四、政府信息公开行政复议、行政诉讼情况\n行政复议\n行政诉讼\n\
                未经复议直接起诉\n复议后起诉\n结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n结果维持\n结果纠正\n其他结果\n\
                尚未审结\n总计\n结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n";
    let cells = ["1", "0", "0", "2", "3", "0", "撤回", "0", "0", "0", "0", "0", "0", "1", "1"];
    for between in ["\n", " | "] {
        let report = read(&format!("{head}{}\n五、存在的主要问题及改进情况\n问题不大。\n", cells.join(between)));
        let figure = |field: &str| report.values[field].value.map(|value| value.to_string());
        assert_eq!(figure("disputes.review.total").as_deref(), Some("3"), "{between:?} {:?}", report.findings);
        assert_eq!(figure("disputes.suit_after_review.total").as_deref(), Some("1"), "{between:?}");
        assert_eq!(report.values["disputes.direct_suit.corrected"].value, None);
        assert!(report.findings.iter().any(|finding| finding.code == "figure-unreadable"), "{:?}", report.findings);
    }
}

#[test]
fn a_stray_number_beside_a_row_with_a_blank_cell_does_not_fill_it() {
    let text = small(" | ", " |\n").replace("规章 | 0 | 0 | 0 |", "规章 | 0 |  | 4 |\n7");
    let report = read(&text);
    assert_ne!(report.values["disclosure.regulations.repealed"].value, Some(4.into()));
    assert_ne!(report.values["disclosure.regulations.in_force"].value, Some(7.into()));
}

#[test]
fn figures_before_their_labels_are_not_taken_for_the_row_above() {
    let text = small("\n", "\n")
        .replace("规章\n0\n0\n0\n行政规范性文件\n3\n1\n12\n", "0\n0\n0\n规章\n3\n1\n12\n行政规范性文件\n")
        .replace("行政许可\n363\n", "363\n行政许可\n");
    let report = read(&text);
    for (field, wrong) in [("disclosure.regulations.issued", 3), ("disclosure.regulations.in_force", 12)] {
        assert_ne!(report.values[field].value, Some(wrong.into()), "{:?}", report.findings);
    }
}

#[test]
fn a_text_with_too_many_labels_is_reported() {
    let rows = "（一）予以公开\n1.属于国家秘密\n2.重复申请\n1.信访举报投诉类申请\n";
    let report = read(&format!("白渚市民政局2022年政府信息公开工作年度报告\n{}", rows.repeat(5_001)));
    assert!(report.findings.iter().any(|finding| finding.code == "labels-too-many"));
}

const TITLE: &str = "白渚市民政局2024年政府信息公开工作年度报告";
const DISCLOSURE: &str = "二、主动公开政府信息情况";
const DISPUTES: &str = "四、政府信息公开行政复议、行政诉讼情况";
const RESULTS: &str = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计";

/// Asserts the figures of a text, given by the beginnings and ends of their ids.
fn assert_figures(report: &Report, figures: &[(&str, &[(&str, i64)])]) {
    for (row, columns) in figures {
        for (column, figure) in *columns {
            let value = report.values[&format!("{row}.{column}")].value;
            assert_eq!(value, Some((*figure).into()), "{row}.{column}: {:?}", report.findings);
        }
    }
}

#[test]
fn merged_cells_of_headers_and_labels_that_are_written_once_are_read_by_their_columns() {
    let issued = "第二十条第（一）项\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n2023年\t2024年\t2023年\t2024年\t2023年\t2024年\n\
                  规章\t1\t2\t3\t4\t5\t6\n行政规范性文件\t7\t8\t9\t10\t11\t12";
    let licensing = "第二十条第（五）项\n信息内容\t本年处理决定数量\n2023年\t2024年\t增长率\n行政许可\t265\t85\t-67.9%";
    let disputes = format!(
        "类别\t{RESULTS}\n行政复议\t1\t2\t3\t4\t10\n行政诉讼\t小计\t6\t8\t10\t12\t36\n\
         未经复议直接起诉\t1\t1\t1\t1\t4\n复议后起诉\t5\t7\t9\t11\t32"
    );
    let report = read(&format!("{TITLE}\n{DISCLOSURE}\n{issued}\n{licensing}\n{DISPUTES}\n{disputes}"));
    assert_figures(
        &report,
        &[
            ("disclosure.regulations", &[("issued", 2), ("repealed", 4), ("in_force", 6)]),
            ("disclosure.normative_documents", &[("issued", 8), ("repealed", 10), ("in_force", 12)]),
            ("disclosure.licensing", &[("decisions", 85)]),
            ("disputes.review", &[("upheld", 1), ("total", 10)]),
            ("disputes.direct_suit", &[("upheld", 1), ("total", 4)]),
            ("disputes.suit_after_review", &[("upheld", 5), ("corrected", 7), ("total", 32)]),
        ],
    );
}

#[test]
fn blank_cells_that_a_merged_cell_left_belong_to_it_in_parts_of_a_table() {
    let parts = [
        DISPUTES,
        "行政复议\t\t\t\t",
        RESULTS,
        "1\t2\t3\t4\t10",
        "续表",
        "行政诉讼\t\t\t\t\t\t\t\t\t",
        "未经复议直接起诉\t\t\t\t\t复议后起诉\t\t\t\t",
        &format!("{RESULTS}\t{RESULTS}"),
        "5\t6\t7\t8\t26\t9\t10\t11\t12\t42",
    ];
    let wide = [
        DISCLOSURE,
        "规章\t\t\t行政规范性文件\t\t\t行政许可\t行政处罚",
        "本年制发件数\t本年废止件数\t现行有效件数\t本年制发件数\t本年废止件数\t现行有效件数\t本年处理决定数量\t本年处理决定数量",
        "1\t2\t3\t4\t5\t6\t7\t8",
    ];
    let text = format!("{TITLE}\n{}\n{}\n", wide.join("\n"), parts.join("\n")).replace('\t', ",");
    let reading =
        nianbao::read::read(text.as_bytes(), Some("a.csv"), &mut nianbao::document::Budget::default()).unwrap();
    let report = bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap();
    assert_figures(
        &report,
        &[
            ("disclosure.regulations", &[("issued", 1), ("repealed", 2), ("in_force", 3)]),
            ("disclosure.normative_documents", &[("issued", 4), ("in_force", 6)]),
            ("disclosure.penalties", &[("decisions", 8)]),
            ("disputes.review", &[("upheld", 1), ("total", 10)]),
            ("disputes.direct_suit", &[("upheld", 5), ("total", 26)]),
            ("disputes.suit_after_review", &[("upheld", 9), ("total", 42)]),
        ],
    );
}
