//! Tests of splitting into tables, header mapping and assignment, on documents written as text.

use super::address::Column;
use super::assign::{Assignment, Other, assign};
use super::columns::Forms;
use super::evidence::{Candidate, candidates};
use super::panels::{Panels, panels};
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::Flow;
use crate::document::drawn;
use crate::form::Forms as AllForms;

/// Two tables in two sections, and a second form with a label of its own.
const FORMS: [&str; 2] = [
    r#"
language = 1
id = "made-up"
name = { zh = "检查表", en = "visits" }
title = { pattern = "{agency}{year}年检查表" }

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
rows = [{ id = "shop", label = "商场" }, { id = "school", label = "学校" }, { id = "ward", label = "医院" }]

[[table]]
id = "fees"
section = "fees"
[[table.block]]
corner = "项目"
columns = [{ id = "count", label = "笔数" }, { id = "sum", label = "金额数" }]
rows = [{ id = "fine", label = "罚款" }, { id = "seized", label = "没收" }]
"#,
    r#"
language = 1
id = "other"
name = { zh = "另表", en = "other" }
title = { pattern = "{agency}{year}年另表" }

[[section]]
id = "all"
heading = "一、另表"

[[table]]
id = "all"
section = "all"
[[table.block]]
corner = "事项"
columns = [{ id = "left", label = "结转数" }, { id = "next", label = "移送数" }]
rows = [{ id = "one", label = "甲事" }, { id = "two", label = "乙事" }]
"#,
];

fn forms() -> Vec<FormIndex> {
    let mut all = AllForms::default();
    FORMS.iter().map(|text| FormIndex::new(&all.add("made up", text).unwrap())).collect()
}

/// Aligns the first form with a document and shows the result.
fn laid<T>(text: &str, show: impl FnOnce(&FormIndex, &Panels, &[Candidate], &Assignment) -> T) -> T {
    let (document, all) = (drawn(text), forms());
    let mut flow = Flow::from_document(&document);
    flow.look_up(&all[0]);
    let found = panels(&all[0], &flow);
    let candidates = candidates(&Forms { index: &all[0], all: &all }, &found);
    let assignment = assign(&all[0].shapes, &found, &candidates);
    show(&all[0], &found, &candidates, &assignment)
}

/// The first figure of a panel, used as its name.
fn first_figure(found: &Panels, panel: usize) -> String {
    let panel = &found.all[panel];
    let cells = panel.body.iter().flat_map(|&row| found.views[panel.view].rows[row].filled());
    let mut figures = cells.map(|cell| cell.at.cell.text.clone()).filter(|text| text.parse::<u32>().is_ok());
    figures.next().unwrap_or_default()
}

/// The tables as `header rows+body rows`.
fn cut(text: &str) -> Vec<String> {
    laid(text, |_, found, _, _| {
        let panels = found.all.iter().filter(|panel| !panel.body.is_empty() && !found.views[panel.view].turned);
        panels.map(|panel| format!("{}+{}", panel.head.len(), panel.body.len())).collect()
    })
}

/// The blocks with the tables assigned to them; a tie ends in `?`.
fn given(text: &str) -> Vec<String> {
    laid(text, |index, found, candidates, assignment| {
        let name = |at: usize| index.form.tables[index.shapes[candidates[at].shape].table].id.clone();
        let figure = |at: usize| first_figure(found, candidates[at].panel);
        let region = |parts: &Vec<usize>| parts.iter().map(|&at| figure(at)).collect::<Vec<_>>().join("+");
        let regions = assignment.regions.iter();
        let regions = regions.map(|found| format!("{} {}", name(found.parts[0]), region(&found.parts)));
        let ties = assignment.ties.iter().map(|tie| {
            let other = match tie.other {
                Other::Candidate(other) => figure(other),
                Other::Bare(_) => "bare".to_owned(),
            };
            let mut both = [figure(tie.one), other];
            both.sort();
            format!("{} {}?", name(tie.one), both.join("|"))
        });
        regions.chain(ties).collect()
    })
}

/// The meaning of each header of the table of visits, from the left.
fn meant(header: &str) -> Vec<String> {
    let text =
        format!("一、检查情况\n{header}\n| 商场 | 11 | 12 | 13 |\n| 学校 | 21 | 22 | 23 |\n| 医院 | 31 | 32 | 33 |");
    laid(&text, |index, _, candidates, _| {
        let visits = |candidate: &&Candidate| index.form.tables[index.shapes[candidate.shape].table].id == "visits";
        let shape = |candidate: &Candidate| &index.shapes[candidate.shape];
        let mut of_visits = candidates.iter().filter(visits).filter(|candidate| !shape(candidate).pivot);
        let candidate = of_visits.next().unwrap();
        let id = |column: usize| index.form.tables[0].blocks[0].leaf_columns[column].id.clone();
        let shown = candidate.header.columns.iter().map(|column| match column.is {
            Column::Known(column, _) => id(column),
            Column::Alike(column) => format!("~{}", id(column)),
            Column::Group(column) => format!("({})", id(column)),
            other => format!("{other:?}").to_lowercase(),
        });
        shown.collect()
    })
}

const VISITS: &str =
    "| 场所 | 计划数 | 完成数 | 问题数 |\n| 商场 | 11 | 12 | 13 |\n| 学校 | 21 | 22 | 23 |\n| 医院 | 31 | 32 | 33 |";
const COPY: &str =
    "| 场所 | 计划数 | 完成数 | 问题数 |\n| 商场 | 41 | 42 | 43 |\n| 学校 | 51 | 52 | 53 |\n| 医院 | 61 | 62 | 63 |";
const FEES: &str = "| 项目 | 笔数 | 金额数 |\n| 罚款 | 71 | 72 |\n| 没收 | 81 | 82 |";

#[test]
fn rows_are_cut_into_tables_where_a_header_begins() {
    for (text, expected) in [
        (VISITS.to_owned(), vec!["1+3"]),
        (format!("{VISITS}\n{COPY}"), vec!["1+3", "1+3"]),
        // A row that numbers the columns is neither header nor body.
        (VISITS.replace("| 商场", "| 甲 | 1 | 2 | 3 |\n| 商场"), vec!["1+3"]),
        (format!("{VISITS}\n\n{FEES}"), vec!["1+3", "1+2"]),
        ("| 天气 | 晴 |\n| 风 | 3 |".to_owned(), vec![]),
    ] {
        assert_eq!(cut(&text), expected, "{text}");
    }
}

#[test]
fn a_header_is_known_by_its_label_and_not_by_its_position() {
    for (header, expected) in [
        ("| 场所 | 计划数 | 完成数 | 问题数 |", ["plan", "done", "bad"]),
        ("| 场所 | 问题数 | 计划数 | 完成数 |", ["bad", "plan", "done"]),
        ("| 场所 | 计划数 | 完成数 | 备注栏 |", ["plan", "done", "unknown"]),
        ("| 场所 | 计划数 | 移送数 | 问题数 |", ["plan", "foreign", "bad"]),
        ("| 场所 | 计划数 |  | 问题数 |", ["plan", "blank", "bad"]),
        ("| 场所 | 计划数 | 完成数 | 计划数 |", ["twice", "done", "twice"]),
    ] {
        assert_eq!(meant(header), expected, "{header}");
    }
}

#[test]
fn each_block_is_given_one_table_or_none() {
    let (visits, fees) = ("一、检查情况", "二、收费情况");
    for (text, expected) in [
        (format!("{visits}\n{VISITS}\n{fees}\n{FEES}"), vec!["visits 11", "fees 71"]),
        // Small tables under each other's heading: nothing shows that they are the form's.
        (format!("{fees}\n{VISITS}\n{visits}\n{FEES}"), vec![]),
        // Two filled copies: it is not certain which is right.
        (format!("{visits}\n{VISITS}\n又一份：\n{COPY}\n{fees}\n{FEES}"), vec!["fees 71", "visits 11|41?"]),
        // The copy is under the heading of another section.
        (format!("{visits}\n{VISITS}\n{fees}\n{COPY}\n{FEES}"), vec!["visits 11", "fees 71"]),
        // A line above marks it as a comparison.
        (format!("{visits}\n{VISITS}\n上年度情况：\n{COPY}"), vec!["visits 11"]),
        // The rows continue below a line.
        (
            format!("{visits}\n{}", VISITS.replace("| 医院", "\n续表\n| 场所 | 计划数 | 完成数 | 问题数 |\n| 医院")),
            vec!["visits 11+31"],
        ),
        // A header without rows of the form, and rows without a header, are not a table of the form.
        (format!("{visits}\n| 场所 | 计划数 | 完成数 | 问题数 |\n| 饭店 | 11 | 12 | 13 |"), vec![]),
        (format!("{visits}\n| 商场 | 11 |\n| 学校 | 21 |"), vec![]),
    ] {
        assert_eq!(given(&text), expected, "{text}");
    }
}
