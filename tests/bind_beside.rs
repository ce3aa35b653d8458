//! Tables that are side by side, and rows that number the columns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Hints, bind};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::read::read;
use nianbao::report::Report;

/// A report with one table in its second section: rows of cells; the number after a colon is the column span.
fn report(rows: &[&[&str]]) -> Report {
    let cell = |cell: &&str| {
        let (text, wide) = cell.rsplit_once(':').unwrap_or((cell, "1"));
        format!("<td colspan='{wide}'>{text}</td>")
    };
    let rows: String =
        rows.iter().map(|row| format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>())).collect();
    let html = format!(
        "<html><head><meta charset='utf-8'></head><body><p>白渚市民政局2024年政府信息公开工作年度报告</p><p>一、总体情况</p><p>好。</p>\
         <p>二、主动公开政府信息情况</p><table>{rows}</table><p>三、收到和处理政府信息公开申请情况</p>\
         <p>四、政府信息公开行政复议、行政诉讼情况</p><p>五、存在的主要问题及改进情况</p><p>没有。</p></body></html>"
    );
    let reading = read(html.as_bytes(), Some("a.html"), &mut Budget::default()).unwrap();
    bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap()
}

fn figures(report: &Report, fields: &[&str]) -> Vec<String> {
    let value = |field: &&str| report.values[*field].value.map(|value| value.to_string()).unwrap_or_default();
    fields.iter().map(value).collect()
}

const FIRST: &[&str] = &[
    "disclosure.regulations.issued",
    "disclosure.regulations.repealed",
    "disclosure.regulations.in_force",
    "disclosure.normative_documents.issued",
    "disclosure.normative_documents.repealed",
    "disclosure.normative_documents.in_force",
];

#[test]
fn blocks_side_by_side_are_read_separately() {
    let head = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"];
    let two = report(&[
        &["第二十条第（一）项:4", ":1", "第二十条第（六）项:2"],
        &[head[0], head[1], head[2], head[3], "", "信息内容", "本年处理决定数量"],
        &["规章", "11", "12", "13", "", "行政处罚", "17"],
        &["行政规范性文件", "14", "15", "16", "", "行政强制", "18"],
    ]);
    assert_eq!(figures(&two, FIRST), ["11", "12", "13", "14", "15", "16"], "{:?}", two.findings);
    assert_eq!(figures(&two, &["disclosure.penalties.decisions", "disclosure.coercion.decisions"]), ["17", "18"]);
    // The right one has one row.
    let one = report(&[
        &["第二十条第（一）项:4", "第二十条第（五）项:2"],
        &[head[0], head[1], head[2], head[3], "信息内容", "本年处理决定数量"],
        &["规章", "11", "12", "13", "行政许可", "17"],
        &["行政规范性文件", "14", "15", "16", "", ""],
    ]);
    assert_eq!(figures(&one, FIRST), ["11", "12", "13", "14", "15", "16"], "{:?}", one.findings);
    assert_eq!(figures(&one, &["disclosure.licensing.decisions"]), ["17"]);
}

#[test]
fn rows_that_number_the_columns_are_not_figures() {
    for (word, last) in [("栏次", "栏次"), ("甲", "甲"), ("", "")] {
        let report = report(&[
            &["第二十条第（一）项:4"],
            &["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
            &[word, "1", "2", "3"],
            &["规章", "11", "12", "13"],
            &["行政规范性文件", "14", "15", "16"],
            &["第二十条第（五）项:4"],
            &["信息内容", "本年处理决定数量:3"],
            &[last, "1:3"],
            &["行政许可", "17:3"],
        ]);
        assert_eq!(figures(&report, FIRST), ["11", "12", "13", "14", "15", "16"], "{word}: {:?}", report.findings);
        assert_eq!(figures(&report, &["disclosure.licensing.decisions"]), ["17"], "{word}");
        let unknown = report.findings.iter().find(|finding| finding.code == "row-unknown");
        assert!(word.is_empty() || unknown.is_none(), "{word}: {unknown:?}");
    }
}
