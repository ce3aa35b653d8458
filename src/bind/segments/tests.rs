//! Tests of splitting files into reports, on documents written as text.

use super::{Marks, find};
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::Flow;
use crate::document::drawn;
use crate::form::Forms;

const FORM: &str = r#"
language = 1
id = "made-up"
name = { zh = "检查表", en = "visits" }
title = { pattern = "{agency}{year}年检查工作报告" }
words = { comparison = ["上年度"], example = ["填写示例"], sender = ["填报单位"] }

[[section]]
id = "visits"
heading = "一、检查情况"

[[section]]
id = "fees"
heading = "二、收费情况"

[[table]]
id = "visits"
section = "visits"
[[table.block]]
corner = "场所"
columns = [{ id = "plan", label = "计划数" }, { id = "done", label = "完成数" }, { id = "bad", label = "问题数" }]
rows = [{ id = "shop", label = "商场" }, { id = "school", label = "学校" }, { id = "ward", label = "医院" }, { id = "home", label = "养老院" }]

[[table]]
id = "fees"
section = "fees"
[[table.block]]
corner = "项目"
columns = [{ id = "count", label = "笔数" }, { id = "sum", label = "金额数" }]
rows = [{ id = "fine", label = "罚款" }, { id = "seized", label = "没收" }]
"#;

const TABLES: &str = "一、检查情况
| 场所 | 计划数 | 完成数 | 问题数 |
| 商场 | 11 | 12 | 13 |
| 学校 | 21 | 22 | 23 |
| 医院 | 31 | 32 | 33 |
| 养老院 | 41 | 42 | 43 |
二、收费情况
| 项目 | 笔数 | 金额数 |
| 罚款 | 71 | 72 |
| 没收 | 81 | 82 |
";

/// A report with a line above its tables.
fn report(above: &str) -> String {
    format!("{above}\n{TABLES}")
}

/// A report without figures.
fn blank(above: &str) -> String {
    report(above).chars().filter(|character| !character.is_ascii_digit() || above.contains(*character)).collect()
}

/// The segments as `kind agency year`; none for a file that is one report. An unknown agency or year is `?`.
fn segments(text: &str) -> Vec<String> {
    let document = drawn(text);
    let index = vec![FormIndex::new(&Forms::default().add("made up", FORM).unwrap())];
    let marks = Marks::from_forms(&index);
    let mut flow = Flow::from_document(&document);
    flow.look_up(&index[0]);
    let Some((_, segments)) = find(&marks, &index, &index[0], &flow).unwrap() else { return Vec::new() };
    let shown = segments.into_iter().map(|segment| {
        let agency = segment.agency.map_or_else(|| "?".to_owned(), |named| named.name);
        let year = segment.year.map_or_else(|| "?".to_owned(), |year| year.to_string());
        format!("{:?} {agency} {year}", segment.kind)
    });
    shown.collect()
}

#[test]
fn a_file_is_cut_where_another_report_begins() {
    let (civil, water) = ("石岭市民政局2024年检查工作报告", "石岭市水务局2024年检查工作报告");
    for (text, expected) in [
        (report(civil), vec![]),
        (report(civil) + &report(water), vec!["Report 石岭市民政局 2024", "Report 石岭市水务局 2024"]),
        // Two years of one agency.
        (
            report(civil) + &report("石岭市民政局2023年检查工作报告"),
            vec!["Report 石岭市民政局 2024", "Report 石岭市民政局 2023"],
        ),
        // Without titles a line names the sender.
        (
            report("填报单位：石岭市民政局") + &report("填报单位：石岭市水务局"),
            vec!["Report 石岭市民政局 ?", "Report 石岭市水务局 ?"],
        ),
        (blank("××市××局××××年检查工作报告") + &report(civil), vec!["Blank ? ?", "Report 石岭市民政局 2024"]),
        (report("检查工作报告填写示例") + &report(civil), vec!["Example ? ?", "Report 石岭市民政局 2024"]),
    ] {
        assert_eq!(segments(&text), expected, "{text}");
    }
}
