//! The groups of table four and the years of table two, as offices write them: in other words, places and order, and with columns of the
//! office's own.

use super::layouts::{insert_column, listed};
use super::{Case, Three, table, table_mut};
use crate::bind_damage::{Piece, Table};

const ALL: [usize; 4] = [15; 4];
const TWO: [usize; 4] = [10; 4];

/// Table two, empty and told in text.
const NOT_AS_TEXT: [usize; 4] = [10, 10, 10, 0];

const RESULTS: [&str; 5] = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"];

/// The figures of table four, five for each group.
fn figures(three: &Three, at: usize) -> Vec<String> {
    let table = table(&three.page, at);
    table.cells.last().into_iter().flatten().map(|&cell| table.texts[cell].clone()).collect()
}

fn row(table: &mut Table, cells: &[&str]) {
    let cells = cells.iter().map(|text| table.add(text)).collect();
    table.cells.push(cells);
}

/// A header of merged cells: each text with the columns that it covers.
fn wide(table: &mut Table, cells: &[(&str, usize)]) {
    let cells = cells.iter().flat_map(|(text, count)| vec![table.add(text); *count]).collect();
    table.cells.push(cells);
}

/// Each group as a table under a line.
fn three_tables(three: &mut Three, at: usize, lines: [&str; 3]) {
    let figures = figures(three, at);
    let mut pieces = Vec::new();
    for (line, figures) in lines.iter().zip(figures.chunks(5)) {
        let mut made = Table { head: 1, ..Table::default() };
        row(&mut made, &RESULTS);
        row(&mut made, &figures.iter().map(String::as_str).collect::<Vec<_>>());
        pieces.extend([Piece::Text((*line).to_owned()), Piece::Table(made)]);
    }
    three.page.pieces.splice(at..=at, pieces);
}

/// A header of two rows, with both groups of lawsuits in one cell each.
fn two_rows(three: &mut Three, at: usize, groups: [&str; 3]) {
    let figures = figures(three, at);
    let mut made = Table { head: 2, ..Table::default() };
    wide(&mut made, &groups.map(|group| (group, 5)));
    row(&mut made, &[RESULTS, RESULTS, RESULTS].concat());
    row(&mut made, &figures.iter().map(String::as_str).collect::<Vec<_>>());
    *table_mut(&mut three.page, at) = made;
}

/// The groups in another order, with their figures; the header's merged cells keep their columns or lose them.
fn exchanged(three: &mut Three, at: usize, lost: bool) {
    let made = table_mut(&mut three.page, at);
    for cells in &mut made.cells {
        cells.rotate_left(5);
    }
    if lost {
        lose(made);
    }
}

/// Merged cells keep their text in the first cell only.
fn lose(table: &mut Table) {
    let mut seen = std::collections::BTreeSet::new();
    for row in 0..table.cells.len() {
        for column in 0..table.cells[row].len() {
            if !seen.insert(table.cells[row][column]) {
                table.cells[row][column] = table.add("");
            }
        }
    }
}

/// A column of the office's own, whose header is merged over all rows of the header.
fn own_column(three: &mut Three, at: usize, place: usize, (head, text): (&str, &str)) {
    let made = table_mut(&mut three.page, at);
    let cell = made.add(head);
    let below = made.add(text);
    let last = made.cells.len() - 1;
    for (number, cells) in made.cells.iter_mut().enumerate() {
        cells.insert(place, if number == last { below } else { cell });
    }
}

/// Table two as a list, each figure between last year's and the growth.
fn list_of_years(three: &mut Three, at: usize, heads: [&str; 3], glued: bool) {
    let entries = listed(table(&three.page, at));
    let mut made = Table { head: 1, labels: 2, ..Table::default() };
    let names: &[&str] = if glued { &["指标"] } else { &["信息内容", "指标"] };
    row(&mut made, &[names, &heads].concat());
    for (label, head, figure) in entries {
        let both = format!("{label}{head}");
        let labels: Vec<&str> = if glued { vec![&both] } else { vec![&label, &head] };
        row(&mut made, &[&labels[..], &["77", &figure, "12.5%"]].concat());
    }
    *table_mut(&mut three.page, at) = made;
}

/// Each column of table two as three under its header, whose merged cells lost their other columns: two years and the growth.
fn columns_of_years(three: &mut Three, at: usize, heads: [&str; 3]) {
    let whole = table(&three.page, at).clone();
    let mut made = Table { head: 0, labels: 1, texts: whole.texts.clone(), ..Table::default() };
    for cells in &whole.cells {
        let is_figure = |cell: usize| whole.texts[cell].parse::<i64>().is_ok();
        let (mut wide, mut names) = (vec![cells[0]], vec![made.add("")]);
        let mut last = usize::MAX;
        for &cell in &cells[1..] {
            let again = std::mem::replace(&mut last, cell) == cell;
            let blank = made.add("");
            let figure = is_figure(cell);
            let first = if figure { made.add("77") } else { cell };
            let share = made.add("12.5%");
            wide.extend(match (again, figure) {
                (true, _) => [blank; 3],
                (false, true) => [first, cell, share],
                (false, false) => [cell, blank, blank],
            });
            names.extend(heads.map(|head| made.add(if again { "" } else { head })));
        }
        let single = cells.iter().all(|cell| *cell == cells[0]);
        if single {
            wide = [cells[0]].into_iter().chain((1..names.len()).map(|_| made.add(""))).collect();
        }
        made.cells.push(wide);
        if !single && !cells.iter().any(|&cell| is_figure(cell)) {
            made.cells.push(names);
        }
    }
    *table_mut(&mut three.page, at) = made;
}

macro_rules! case {
    ($name:literal, $table:expr, $least:expr, $act:expr) => {
        Case { name: $name, table: $table, act: $act, least: $least }
    };
}

pub(super) const CASES: &[Case] = &[
    case!("three tables numbered", 2, ALL, |three, at| three_tables(
        three,
        at,
        ["（一）行政复议", "（二）行政诉讼（未经复议直接起诉）", "（三）行政诉讼（复议后起诉）"]
    )),
    case!("three tables with words after the group", 2, ALL, |three, at| three_tables(
        three,
        at,
        ["1.行政复议情况", "2.行政诉讼（未经复议直接起诉）情况", "3.行政诉讼（复议后起诉）情况"]
    )),
    case!("three tables under their groups", 2, ALL, |three, at| three_tables(
        three,
        at,
        ["行政复议", "未经复议直接起诉", "复议后起诉"]
    )),
    case!("two header rows", 2, ALL, |three, at| two_rows(
        three,
        at,
        ["行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）"]
    )),
    case!("two header rows with dashes", 2, ALL, |three, at| two_rows(
        three,
        at,
        ["行政复议", "行政诉讼-未经复议直接起诉", "行政诉讼-复议后起诉"]
    )),
    case!("groups exchanged", 2, ALL, |three, at| exchanged(three, at, false)),
    case!("groups exchanged, merged cells lost", 2, ALL, |three, at| exchanged(three, at, true)),
    case!("office in front", 2, ALL, |three, at| own_column(three, at, 0, ("单位", "白渚市民政局"))),
    case!("label in front", 2, ALL, |three, at| own_column(three, at, 0, ("项目", "件数"))),
    case!("sums at the end", 2, ALL, |three, at| own_column(three, at, 15, ("合计", "80003"))),
    case!("sums in front", 2, ALL, |three, at| own_column(three, at, 0, ("总计", "80003"))),
    case!("list of years", 0, TWO, |three, at| list_of_years(three, at, ["2023年", "2024年", "增长率"], false)),
    case!("list of bare years", 0, TWO, |three, at| list_of_years(three, at, ["2023", "2024", "增长率"], false)),
    case!("list of years by words", 0, TWO, |three, at| list_of_years(three, at, ["上年", "本年", "增长率"], false)),
    case!("list of glued labels", 0, NOT_AS_TEXT, |three, at| list_of_years(
        three,
        at,
        ["2023年", "2024年", "增长率"],
        true
    )),
    case!("years below headers", 0, NOT_AS_TEXT, |three, at| columns_of_years(
        three,
        at,
        ["2023年", "2024年", "增长率"]
    )),
    case!("bare years below headers", 0, NOT_AS_TEXT, |three, at| columns_of_years(
        three,
        at,
        ["2023", "2024", "增长率"]
    )),
    case!("first and last column exchanged", 1, [175; 4], |three, at| {
        let made = table_mut(&mut three.page, at);
        let (first, last) = (made.labels, made.width() - 1);
        made.cells.iter_mut().for_each(|row| row.swap(first, last));
    }),
    case!("rows of two years, the earlier first", 2, [15, 15, 15, 0], rows_of_years),
    case!("an extra column with a figure", 2, [0; 4], with_figure),
];

/// A column without a header that has a figure, between the others.
fn with_figure(three: &mut Three, at: usize) {
    insert_column(table_mut(&mut three.page, at), 7, "", |_| "80003".to_owned());
}

/// A row of last year's figures above this year's, each with its year in a column of its own.
fn rows_of_years(three: &mut Three, at: usize) {
    let below = table(&three.below, at).clone();
    own_column(three, at, 0, ("年度", "2024年"));
    let made = table_mut(&mut three.page, at);
    let mut earlier = vec![made.add("2023年")];
    for &cell in below.cells.last().into_iter().flatten() {
        earlier.push(made.add(&below.texts[cell]));
    }
    let last = made.cells.len() - 1;
    made.cells.insert(last, earlier);
}
