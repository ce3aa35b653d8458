//! Binding of grids: the official tables with the variations of real files. A figure is right or empty, never wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Hints, bind};
use nianbao::document::{Block, Budget, Cell, Document, Format, Grid, GridBuilder, Paragraph, Place};
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::read::Reading;
use nianbao::report::Report;

/// A cell of a table that is given as a list of rows.
#[derive(Debug, Clone, PartialEq)]
struct Box {
    text: String,
    rows: u32,
    columns: u32,
    figure: bool,
}

type Rows = Vec<Vec<Box>>;

/// The figure of a field in these tests: all different.
fn figure(index: usize) -> usize {
    1000 + index
}

fn official(form: &Form, table: usize) -> Rows {
    let cell = |cell: &nianbao::form::LayoutCell| {
        let (text, figure) = match &cell.content {
            LayoutContent::Field(index) => (self::figure(*index).to_string(), true),
            LayoutContent::Caption(text)
            | LayoutContent::Corner(text)
            | LayoutContent::ColumnHead(text)
            | LayoutContent::RowHead(text) => (text.clone(), false),
        };
        Box { text, rows: cell.row_span, columns: cell.col_span, figure }
    };
    Layout::for_table(form, table).rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

fn grid(rows: &Rows, number: usize) -> Grid {
    let mut budget = Budget::default();
    let mut builder = GridBuilder::new(Place::default());
    let part = "body".into();
    for (row, cells) in rows.iter().enumerate() {
        builder.start_row(&mut budget).unwrap();
        for (column, cell) in cells.iter().enumerate() {
            let place = Place::cell(&part, number, row, column);
            let cell =
                Cell { text: cell.text.clone(), row_span: cell.rows, col_span: cell.columns, place, ..Cell::default() };
            builder.add(cell, &mut budget).unwrap();
        }
    }
    builder.finish(&mut budget).unwrap()
}

fn read(grids: Vec<Grid>) -> Report {
    let mut blocks =
        vec![Block::Paragraph(Paragraph::body("白渚市民政局2022年政府信息公开工作年度报告", Place::default()))];
    blocks.extend(grids.into_iter().map(Block::Grid));
    read_blocks(blocks)
}

fn read_blocks(blocks: Vec<Block>) -> Report {
    let document = Document { blocks, ..Document::default() };
    let reading = Reading { format: Format::Docx, document, findings: Vec::new() };
    bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

/// Reads the tables and asserts that no figure is wrong; returns the number of right figures, the number of all figures, and the codes of
/// the findings.
fn right(form: &Form, tables: &[Rows]) -> (usize, usize, Vec<String>) {
    let report = read(tables.iter().enumerate().map(|(number, rows)| grid(rows, number)).collect());
    assert_eq!(report.form, form.id);
    let mut right = 0;
    for (index, field) in form.fields.iter().enumerate() {
        if let Some(value) = report.values[&field.id].value {
            assert_eq!(value, figure(index).into(), "{}: {:?}", field.id, report.findings);
            right += 1;
        }
    }
    (right, form.fields.len(), report.findings.iter().map(|finding| finding.code.clone()).collect())
}

fn form(id: &str) -> std::sync::Arc<Form> {
    Forms::built_in().unwrap().get(id).cloned().unwrap()
}

fn each(change: impl Fn(&Form, &mut Vec<Rows>), all: bool) {
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = form(id);
        let mut tables: Vec<Rows> = (0..form.tables.len()).map(|table| official(&form, table)).collect();
        change(&form, &mut tables);
        let (right, of, codes) = right(&form, &tables);
        assert!(!all || right == of, "{id}: {right} of {of}: {codes:?}");
    }
}

/// Splits a table in two before a row; cells that span over the cut continue below it, empty or with their text repeated.
fn split(rows: &Rows, at: usize, again: bool) -> (Rows, Rows) {
    let mut top: Rows = rows[..at].to_vec();
    let mut bottom: Rows = rows[at..].to_vec();
    let mut over = Vec::new();
    for (number, row) in top.iter_mut().enumerate() {
        for cell in row.iter_mut() {
            let left = (at - number) as u32;
            if cell.rows > left {
                let text = if again { cell.text.clone() } else { String::new() };
                over.push(Box { text, rows: cell.rows - left, ..cell.clone() });
                cell.rows = left;
            }
        }
    }
    over.reverse();
    for cell in over {
        bottom[0].insert(0, cell);
    }
    (top, bottom)
}

#[test]
fn the_official_tables() {
    each(|_, _| {}, true);
}

#[test]
fn tables_in_another_order_and_all_in_one_grid() {
    each(|_, tables| tables.reverse(), true);
    each(
        |_, tables| {
            let all: Rows = tables.drain(..).flatten().collect();
            tables.push(all);
        },
        true,
    );
}

#[test]
fn a_table_over_two_pages_with_and_without_its_header_again() {
    for at in [5, 9, 14, 20, 24] {
        for again in [false, true] {
            each(
                |_, tables| {
                    let header = tables[1][..3].to_vec();
                    let (top, mut bottom) = split(&tables[1], at, again);
                    if again {
                        bottom.splice(0..0, header);
                    }
                    tables.splice(1..2, [top, bottom]);
                },
                true,
            );
        }
    }
}

#[test]
fn a_header_repeated_in_the_middle_of_a_table() {
    each(
        |_, tables| {
            let header = tables[1][..3].to_vec();
            // Below the last row of (三), where only the outermost label spans down.
            let (top, bottom) = split(&tables[1], 15, true);
            tables[1] = top.into_iter().chain(header).chain(bottom).collect();
        },
        true,
    );
}

#[test]
fn labels_with_typos_other_width_traditional_characters_and_line_breaks() {
    each(
        |_, tables| {
            for row in tables.iter_mut().flatten() {
                for cell in row.iter_mut().filter(|cell| !cell.figure) {
                    cell.text = cell.text.replace('（', "(").replace('）', ") ").replace("商业企业", "商业\n企业");
                    cell.text = cell.text.replace("国家", "國家").replace("强制", "強製").replace("会", "會");
                    cell.text =
                        cell.text.replace("行政事业性收费", "行政事业型收费").replace("行政许可", "行 政 许 可");
                    cell.text = cell.text.replace("要求提供公开出版物", "要求提供公开的出版物");
                    cell.text = cell.text.replace("不掌握相关", "不掌握相关相关");
                }
            }
        },
        true,
    );
}

#[test]
fn extra_rows_and_columns_of_an_office() {
    each(
        |_, tables| {
            let note = |text: &str, columns| Box { text: text.into(), rows: 1, columns, figure: false };
            let columns: u32 = tables[0][0].iter().map(|cell| cell.columns).sum();
            let local = vec![note("其他主动公开文件（含以本单位名义印发的）", 1), note("77", columns - 1)];
            tables[0].insert(3, local);
            tables[0].push(vec![note("填表说明：以上数据截至年底。", columns)]);
            for (number, row) in tables[1].iter_mut().enumerate() {
                let rows = if number == 0 { 3 } else { 1 };
                if !(1..3).contains(&number) {
                    row.push(Box {
                        text: if number == 0 { "备注".into() } else { String::new() },
                        rows,
                        columns: 1,
                        figure: false,
                    });
                }
            }
        },
        true,
    );
}

#[test]
fn columns_in_another_order_are_read_by_their_headers() {
    each(
        |_, tables| {
            // 总计 is left of 自然人.
            let total = tables[1][1].pop().unwrap();
            tables[1][1].insert(0, total);
            for row in tables[1].iter_mut().skip(3) {
                let total = row.pop().unwrap();
                let first = row.iter().position(|cell| cell.figure).unwrap();
                row.insert(first, total);
            }
        },
        true,
    );
}

#[test]
fn rows_in_another_order_are_read_by_their_labels() {
    each(
        |_, tables| {
            let rows = tables[1].len();
            let last = tables[1].remove(rows - 1);
            tables[1].insert(3, last);
            let licensing = tables[0].iter().position(|row| row[0].text == "行政许可").unwrap();
            let penalties = tables[0].iter().position(|row| row[0].text == "行政处罚").unwrap();
            tables[0].swap(licensing, penalties);
        },
        true,
    );
}

#[test]
fn a_sliver_column_moves_nothing() {
    each(
        |_, tables| {
            for row in &mut tables[2] {
                row.last_mut().unwrap().columns += 1;
            }
            tables[2][3][7].columns += 1;
            tables[2][3].last_mut().unwrap().columns -= 1;
        },
        true,
    );
}

#[test]
fn table_four_in_three_pieces() {
    each(
        |_, tables| {
            let four = tables.pop().unwrap();
            let cell = |text: &str, columns| Box { text: text.into(), rows: 1, columns, figure: false };
            let heads = || four[1][..5].iter().map(|head| cell(&head.text, 1)).collect::<Vec<_>>();
            for (piece, name) in ["行政复议", "未经复议直接起诉", "复议后起诉"].into_iter().enumerate()
            {
                tables.push(vec![vec![cell(name, 5)], heads(), four[3][piece * 5..piece * 5 + 5].to_vec()]);
            }
        },
        true,
    );
}

#[test]
fn a_word_in_the_only_row_of_a_table_takes_one_figure_and_not_the_row() {
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = form(id);
        let mut tables: Vec<Rows> = (0..form.tables.len()).map(|table| official(&form, table)).collect();
        tables[2][3][6].text = "另有说明".into();
        let (right, of, codes) = right(&form, &tables);
        assert_eq!(right, of - 1, "{codes:?}");
        assert!(codes.iter().any(|code| code == "figure-unreadable"), "{codes:?}");
    }
}

#[test]
fn missing_rows_and_merged_cells_stay_empty() {
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = form(id);
        let mut tables: Vec<Rows> = (0..form.tables.len()).map(|table| official(&form, table)).collect();
        // Row 2 of (三) is removed, and the seven cells of 一 are merged.
        tables[1].remove(8);
        for (row, cell) in [(5, 0), (7, 0)] {
            tables[1][row][cell].rows -= 1;
        }
        tables[1][7][0].rows = 7;
        let label = tables[1][3][0].clone();
        tables[1][3] = vec![label, Box { text: "0".into(), rows: 1, columns: 7, figure: true }];
        let (right, of, codes) = right(&form, &tables);
        assert_eq!(right, of - 14, "{codes:?}");
        for code in ["rows-missing", "cells-uncertain"] {
            assert!(codes.iter().any(|found| found == code), "{codes:?}");
        }
    }
}

#[test]
fn a_doubled_row_with_other_figures_is_not_believed() {
    each(
        |_, tables| {
            let mut again = tables[1][4].clone();
            again[1].text = "5".into();
            tables[1].insert(5, again);
        },
        false,
    );
}

#[test]
fn two_reports_in_one_file_are_not_mixed() {
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = form(id);
        let mut tables: Vec<Rows> = (0..form.tables.len()).map(|table| official(&form, table)).collect();
        let mut other = tables.clone();
        for cell in other.iter_mut().flatten().flatten().filter(|cell| cell.figure) {
            cell.text = "9".into();
        }
        tables.extend(other);
        let (right, of, codes) = right(&form, &tables);
        assert_eq!((right, codes.iter().any(|code| code == "second-report")), (of, true), "{codes:?}");
    }
}

#[test]
fn a_table_of_totals_alone_is_read_by_its_header() {
    let form = form("gkbg-2021");
    let rows = official(&form, 1);
    let last = |row: &Vec<Box>| -> Vec<Box> {
        let labels = row.iter().filter(|cell| !cell.figure && cell.text != "申请人情况").cloned();
        labels.chain(row.last().filter(|cell| cell.figure).cloned()).collect()
    };
    let cell = |text: &str, columns| Box { text: text.to_owned(), rows: 1, columns, figure: false };
    let mut table: Rows = vec![vec![cell("项目", 3), cell("总计", 1)]];
    table.extend(rows.iter().filter(|row| row.iter().any(|cell| cell.figure)).map(last));
    let mut blocks =
        vec![Block::Paragraph(Paragraph::body("白渚市民政局2022年政府信息公开工作年度报告", Place::default()))];
    for section in form.sections.iter().filter_map(|section| section.heading.as_ref()) {
        blocks.push(Block::Paragraph(Paragraph::body(section.text.as_str(), Place::default())));
        if section.text.starts_with('三') {
            blocks.push(Block::Grid(grid(&table, 0)));
        }
    }
    let report = read_blocks(blocks);
    let fields = form.fields.iter().enumerate().filter(|(_, field)| field.table == 1);
    for (index, field) in fields {
        let value = report.values[&field.id].value.map(|value| value.to_string());
        let total = field.id.ends_with("total");
        assert_eq!(value, total.then(|| figure(index).to_string()), "{}: {:?}", field.id, report.findings);
    }
}

#[test]
fn of_rows_of_years_this_years_is_read() {
    let form = form("gkbg-2021");
    let whole = official(&form, 2);
    for (this, other) in [("2022年", "2021年"), ("本年", "上年"), ("本年度", "增减")] {
        for last_first in [false, true] {
            let mut table = whole.clone();
            let mut row = table.pop().unwrap();
            for (number, row) in table.iter_mut().enumerate() {
                let text = if number == 0 { "年度" } else { "" };
                row.insert(0, Box { text: text.into(), rows: 1, columns: 1, figure: false });
            }
            let mut old = row.clone();
            for cell in &mut old {
                cell.text = "77".into();
            }
            let year = |text: &str| Box { text: text.into(), rows: 1, columns: 1, figure: false };
            row.insert(0, year(this));
            old.insert(0, year(other));
            table.extend(if last_first { [old, row] } else { [row, old] });
            let (right, of, codes) = right(&form, &[official(&form, 0), official(&form, 1), table]);
            assert_eq!(right, of, "{this} {last_first}: {codes:?}");
        }
    }
}

#[test]
fn a_line_above_a_table_may_be_the_group_of_its_columns() {
    let form = form("gkbg-2021");
    let whole = official(&form, 2);
    let columns = &form.tables[2].blocks[0].leaf_columns;
    let figures = whole.last().unwrap();
    let mut blocks =
        vec![Block::Paragraph(Paragraph::body("白渚市民政局2022年政府信息公开工作年度报告", Place::default()))];
    for section in form.sections.iter().filter_map(|section| section.heading.as_ref()) {
        blocks.push(Block::Paragraph(Paragraph::body(section.text.as_str(), Place::default())));
        if !section.text.starts_with('四') {
            continue;
        }
        for part in 0..3 {
            let group = &columns[part * 5].path[columns[part * 5].path.len() - 2].text;
            let line = format!("（{}）{group}：", ["一", "二", "三"][part]);
            blocks.push(Block::Paragraph(Paragraph::body(line.as_str(), Place::default())));
            let head = |at: usize| {
                let text = columns[at].path.last().unwrap().text.clone();
                Box { text, rows: 1, columns: 1, figure: false }
            };
            let rows = vec![(part * 5..part * 5 + 5).map(head).collect(), figures[part * 5..part * 5 + 5].to_vec()];
            blocks.push(Block::Grid(grid(&rows, part)));
        }
    }
    let report = read_blocks(blocks);
    for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.table == 2) {
        let value = report.values[&field.id].value.map(|value| value.to_string());
        assert_eq!(value, Some(figure(index).to_string()), "{}: {:?}", field.id, report.findings);
    }
}
