//! Drafts of what offices keep as lists and statistics: rates, choices, columns of words, numbers of documents; and what becomes of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::document::{Budget, Document};
use nianbao::form::Forms;

use crate::fill_rows::{package, paragraph, row};
use crate::program::Folder;

fn read(page: &str) -> Document {
    nianbao::read::read(page.as_bytes(), Some("a.html"), &mut Budget::default()).unwrap().document
}

fn drafted(blank: &str, filled: &[&str]) -> String {
    let filled: Vec<Document> = filled.iter().map(|page| read(page)).collect();
    let text = nianbao::draft::written(&nianbao::draft::draft(&read(blank), &filled, "a"));
    Forms::default().add("a.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    text
}

fn assert_has(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

fn page(title: &str, lines: &str, rows: &[&[&str]]) -> String {
    let cells = |row: &&[&str]| row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row))).collect();
    format!("<p>{title}</p>{lines}<table>{rows}</table>")
}

const LETTERS: &[&str] = &["信访形式", "受理件数（件）", "办结件数（件）", "按期办结率（%）"];

fn letters(title: &str, rows: [[&str; 3]; 3]) -> String {
    let [one, two, all] = rows;
    page(
        title,
        "<p>填报单位：</p>",
        &[
            LETTERS,
            &["来信", one[0], one[1], one[2]],
            &["来访", two[0], two[1], two[2]],
            &["合计", all[0], all[1], all[2]],
        ],
    )
}

#[test]
fn rates_do_not_add_up_in_drafts_and_roll_ups() {
    let blank = letters("××××年第×季度信访情况表", [["", "", ""]; 3]);
    let first =
        letters("石岭县教育局2025年第一季度信访情况表", [["10", "9", "90.5"], ["5", "5", "100"], ["15", "14", "93.3"]]);
    let second =
        letters("石岭县民政局2025年第一季度信访情况表", [["1", "1", "100"], ["1", "0", "0.5"], ["2", "1", "50"]]);
    let text = drafted(&blank, &[&first, &second]);
    assert_has(
        &text,
        &[
            "for = [\"c1\", \"c2\"]",
            "expression = \"r3.$ = r1.$ + r2.$\"",
            "# 已填报告中均成立",
            "label = \"来信\" }",
            "label = \"按期办结率（%）\", kind = \"amount\", unit = \"%\"",
        ],
    );
    let folder = Folder::new();
    folder.file("forms/a.toml", &text);
    folder.file("in/a.html", &first);
    folder.file("in/b.html", &second);
    let ran = folder.run(&["--mappings", "forms", "rollup", "in", "-o", "sums"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let sums = std::fs::read_to_string(folder.path("sums/汇总报告.json")).unwrap();
    let sums: serde_json::Value = serde_json::from_str(&sums).unwrap();
    assert_eq!(sums["values"]["t1.r3.c1"]["value"], 17);
    assert_eq!(sums["values"]["t1.r3.c3"]["value"], serde_json::Value::Null, "{sums}");
}

const VISITS: &[&str] = &["序号", "企业名称", "行业类别", "检查日期", "是否停产", "隐患（项）"];

#[test]
fn columns_of_lists_have_their_kinds_and_the_total_its_label() {
    let blank = page(
        "××××年×月安全检查月报",
        "",
        &[VISITS, &["1", "", "", "", "", ""], &["2", "", "", "", "", ""], &["合计", "", "", "", "", ""]],
    );
    let text = drafted(&blank, &[]);
    assert_has(
        &text,
        &[
            "pattern = \"{agency}{year}年{month}月安全检查月报\"",
            "label = \"行业类别\", kind = \"text\"",
            "label = \"检查日期\", kind = \"date\"",
            "label = \"是否停产\", of = [\"是\", \"否\"]",
            "label = \"隐患（项）\", unit = \"项\"",
            "rows = { each = \"c1\", total = \"合计\" }",
        ],
    );
    let filled = page(
        "石岭县应急局2025年3月安全检查月报",
        "",
        &[
            VISITS,
            &["1", "水泥公司", "建材", "2025-03-04", "否", "3"],
            &["2", "粮库", "仓储", "2025-03-05", "是", "4"],
            &["合计", "", "", "", "", "7"],
        ],
    );
    let folder = Folder::new();
    folder.file("forms/a.toml", &text);
    folder.file("a.html", &filled);
    let ran = folder.run(&["--mappings", "forms", "convert", "a.html", "-o", "out", "--to", "html,json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let made = std::fs::read_to_string(folder.path("out/石岭县应急局2025年3月安全检查月报.html")).unwrap();
    assert!(made.contains("合计") && !made.contains(">3</th>"), "{made}");
}

#[test]
fn a_list_of_proposals_is_known_by_its_numbers() {
    let blank = page(
        "2025年建议提案办理情况表",
        "",
        &[
            &["序号", "编号", "建议标题", "主办单位", "答复文号", "办理结果"],
            &["1", "", "", "", "", ""],
            &["2", "", "", "", "", ""],
        ],
    );
    assert_has(
        &drafted(&blank, &[]),
        &[
            "label = \"编号\", kind = \"code\"",
            "label = \"建议标题\", kind = \"text\"",
            "label = \"主办单位\", kind = \"text\"",
            "label = \"答复文号\", kind = \"code\"",
            "label = \"办理结果\", kind = \"text\"",
            "rows = { each = \"c1\"",
        ],
    );
    // Below such a word, tables of figures have figures.
    let figures = page(
        "2025年复议情况表",
        "",
        &[&["项目", "其他结果", "办理情况"], &["行政复议", "", ""], &["行政诉讼", "", ""]],
    );
    let text = drafted(&figures, &[]);
    assert!(!text.contains("kind"), "{text}");
}

#[test]
fn a_title_without_a_year_is_asked_about() {
    let rows: &[&[&str]] = &[&["项目", "件数"], &["来信", ""], &["来访", ""]];
    let asked = "标题中没有年度";
    assert!(drafted(&page("信访情况表", "", rows), &[]).contains(asked));
    assert!(!drafted(&page("××××年信访情况表", "", rows), &[]).contains(asked));
}

#[test]
fn seals_and_explanations_of_a_template_are_neither_lost_nor_repeated() {
    let blank = letters("××××年第×季度信访情况表", [["", "", ""]; 3]);
    let text = drafted(&blank, &[]);
    let folder = Folder::new();
    folder.file("forms/a.toml", &text);
    let mut body = paragraph("××××年第×季度信访情况表");
    body.push_str(&paragraph("填报单位：（盖章）　　填报日期：　年　月　日"));
    let rows = [["来信", "", "", ""], ["来访", "", "", ""], ["合计", "", "", ""]];
    let header: Vec<(&str, &str)> = LETTERS.iter().map(|label| ("", *label)).collect();
    let rows: String = rows.iter().map(|cells| row("", &cells.map(|cell| ("", cell)))).collect();
    body.push_str(&format!("<w:tbl>{}{rows}</w:tbl>", row("", &header)));
    body.push_str(&paragraph("说明：按来访人首次反映的时间统计。"));
    std::fs::write(folder.path("template.docx"), package(&body)).unwrap();
    let agency = "石岭县人民政府信访工作联席会议办公室信访接待中心";
    let report = letters(
        &format!("{agency}2025年第二季度信访情况表"),
        [["1", "1", "100"], ["2", "1", "50"], ["3", "2", "66.7"]],
    );
    let report = report.replace("填报单位：", &format!("填报单位：{agency}（盖章）　　填报日期：2025年7月3日"));
    folder.file("a.html", format!("{report}<p>说明：按来访人首次反映的时间统计。</p>"));
    let ran = folder.run(&["--mappings", "forms", "fill", "--template", "template.docx", "a.html", "-o", "filled"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let name = format!("filled/{agency}2025年第二季度信访情况表.docx");
    let bytes = std::fs::read(folder.path(&name)).unwrap();
    let made = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap().document;
    let lines: Vec<String> = made
        .blocks
        .iter()
        .filter_map(|block| match block {
            nianbao::document::Block::Paragraph(paragraph) => Some(paragraph.shown().into_owned()),
            _ => None,
        })
        .collect();
    let all = lines.join("\n");
    assert!(!all.contains('{') && all.contains("第二季度"), "{all}");
    assert_eq!(all.matches("说明：").count(), 1, "{all}");
    assert_eq!(all.matches("填报单位：").count(), 1, "{all}");
    assert!(all.contains("（盖章）　　填报日期：2025年7月3日"), "{all}");
}
