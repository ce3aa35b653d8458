//! Tests of tables that survive only as text: input lines, and the figures read from them.

use super::flat;
use crate::bind::figures::Figures;
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::Flow;
use crate::bind::source::stream::Stream;
use crate::document::drawn;
use crate::form::Forms;

const FORM: &str = r#"
language = 1
id = "made-up"
name = { zh = "检查表", en = "visits" }
title = { pattern = "{agency}{year}年检查工作报告" }

[[section]]
id = "visits"
heading = "一、检查情况"

[[table]]
id = "visits"
section = "visits"
[[table.block]]
corner = "场所"
columns = [{ id = "plan", label = "计划数" }, { id = "extra", label = "临时数" }, { id = "all", label = "合计数" }]
rows = [
  { id = "shop", label = "商场超市" }, { id = "school", label = "中小学校" }, { id = "ward", label = "医疗机构" },
  { id = "home", label = "养老机构" }, { id = "park", label = "公园景区" },
]

[[rule]]
id = "sum"
table = "visits"
each = "row"
expression = "all = plan + extra"
text = { zh = "合计等于前两栏之和", en = "all is the sum" }
"#;

/// The figures of the five rows; `-` for an empty field.
fn figures(lines: &str) -> Vec<String> {
    let document = drawn(lines);
    let index = FormIndex::new(&Forms::default().add("made up", FORM).unwrap());
    let mut flow = Flow::from_document(&document);
    flow.look_up(&index);
    let mut figures = Figures::blank(&index.form, flow.rows.len());
    let stream = Stream::new(&index, &flow, &figures);
    flat::read(&index, &stream, &mut figures);
    let values: Vec<String> = figures
        .values()
        .iter()
        .map(|value| value.value.map_or_else(|| "-".to_owned(), |number| number.to_string()))
        .collect();
    values.chunks(3).map(|row| row.join(" ")).collect()
}

#[test]
fn figures_after_their_labels_are_split_if_the_sums_allow_one_way() {
    let head = "一、检查情况\n场所 计划数 临时数 合计数\n";
    let whole = ["11 2 13", "21 0 21", "31 5 36", "0 0 0", "7 1 8"];
    for (lines, expected) in [
        // Blanks, tabs, pipes.
        ("商场超市 11 2 13\n中小学校 21 0 21\n医疗机构 31 5 36\n养老机构 0 0 0\n公园景区 7 1 8", whole),
        ("商场超市\t11\t2\t13\n中小学校\t21\t0\t21\n医疗机构\t31\t5\t36\n养老机构\t0\t0\t0\n公园景区\t7\t1\t8", whole),
        // One cell per line.
        ("商场超市\n11\n2\n13\n中小学校\n21\n0\n21\n医疗机构\n31\n5\n36\n养老机构\n0\n0\n0\n公园景区\n7\n1\n8", whole),
        // Cells that run together, and all rows on one line. 1 + 12 = 13 balances as well as 11 + 2 = 13.
        (
            "商场超市11213\n中小学校21021\n医疗机构31536\n养老机构000\n公园景区718",
            ["- - -", whole[1], whole[2], whole[3], whole[4]],
        ),
        (
            "商场超市11213中小学校21021医疗机构31536养老机构000公园景区718",
            ["- - -", whole[1], whole[2], whole[3], whole[4]],
        ),
        // A row with two of three figures: which cell is blank is not certain.
        (
            "商场超市 11 2 13\n中小学校 21 21\n医疗机构 31 5 36\n养老机构 0 0 0\n公园景区 7 1 8",
            ["11 2 13", "- - -", "31 5 36", "0 0 0", "7 1 8"],
        ),
        // A row whose digits have no balanced split.
        (
            "商场超市11299\n中小学校21021\n医疗机构31536\n养老机构000\n公园景区718",
            ["- - -", whole[1], whole[2], whole[3], whole[4]],
        ),
    ] {
        assert_eq!(figures(&format!("{head}{lines}")), expected, "{lines}");
    }
}
