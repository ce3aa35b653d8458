//! Tables that are cut, turned, listed, or have rows and columns of the office's own.

use super::offices::{join, single};
use super::{Case, Three, table, table_mut};
use crate::bind_damage::{Piece, Table};

const ALL: [[usize; 4]; 3] = [[10, 10, 10, 0], [175, 175, 175, 0], [15, 15, 15, 0]];

/// Nothing is certain.
const NONE: [usize; 4] = [0; 4];

macro_rules! case {
    ($name:literal, $table:expr, $act:expr) => {
        Case { name: $name, table: $table, act: $act, least: ALL[$table] }
    };
    ($name:literal, $table:expr, $act:expr, $least:expr) => {
        Case { name: $name, table: $table, act: $act, least: $least }
    };
}

/// A wide table as several below each other, its labels in each; cut before these columns of figures.
fn cut(three: &mut Three, at: usize, cuts: &[usize], between: &str) {
    let whole = table(&three.page, at).clone();
    let (labels, width) = (whole.labels, whole.width());
    let mut bounds = vec![labels];
    bounds.extend(cuts.iter().map(|cut| labels + cut));
    bounds.push(width);
    let mut pieces = Vec::new();
    for pair in bounds.windows(2) {
        let mut part = whole.clone();
        for row in &mut part.cells {
            *row = row[..labels].iter().chain(&row[pair[0]..pair[1]]).copied().collect();
        }
        if !pieces.is_empty() {
            pieces.push(Piece::Text(between.to_owned()));
        }
        pieces.push(Piece::Table(part));
    }
    three.page.pieces.splice(at..=at, pieces);
}

fn turn(table: &Table) -> Table {
    let mut turned = table.clone();
    turned.cells = (0..table.width()).map(|column| table.cells.iter().map(|row| row[column]).collect()).collect();
    (turned.head, turned.labels) = (table.labels, table.head);
    turned
}

/// The table with rows and columns exchanged, cut into parts below each other.
fn turned_cut(three: &mut Three, at: usize, cuts: &[usize], between: &str) {
    let turned = turn(table(&three.page, at));
    *table_mut(&mut three.page, at) = turned;
    cut(three, at, cuts, between);
}

fn turned_rows_cut(three: &mut Three, at: usize, after: usize, again: bool) {
    let turned = turn(table(&three.page, at));
    let mut rest = turned.clone();
    rest.cells.drain(turned.head..turned.head + after);
    if !again {
        rest.cells.drain(..turned.head);
        rest.head = 0;
    }
    let mut first = turned;
    first.cells.truncate(first.head + after);
    let pieces = [Piece::Table(first), Piece::Text("续表".to_owned()), Piece::Table(rest)];
    three.page.pieces.splice(at..=at, pieces);
}

/// Every figure of a table with its row label and its header.
pub(super) fn listed(table: &Table) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut header: Vec<usize> = Vec::new();
    for row in &table.cells {
        if single(row) {
            continue;
        }
        let figure = |cell: &usize| table.texts[*cell].parse::<i64>().is_ok();
        if !row.iter().any(figure) {
            header.clone_from(row);
            continue;
        }
        let mut last = None;
        for column in table.labels..row.len() {
            if last == Some(row[column]) {
                continue;
            }
            last = Some(row[column]);
            let text = |cell: usize| table.texts[cell].clone();
            found.push((text(row[table.labels - 1]), text(header[column]), text(row[column])));
        }
    }
    found
}

/// A row label, a header and their figure.
pub(super) type Entry = (String, String, String);

/// The rows of a list that one figure makes; whether it is the first of its row.
type Rows = fn(&Entry, bool) -> Vec<Vec<String>>;

/// Table two as a list of indicators; `make` makes the rows of one.
fn list(three: &mut Three, at: usize, head: &[&str], make: Rows) {
    let whole = table(&three.page, at).clone();
    let mut made = Table { head: 1, labels: 1, ..Table::default() };
    let cells = head.iter().map(|text| made.add(text)).collect();
    made.cells.push(cells);
    let mut last = String::new();
    for entry in listed(&whole) {
        for row in make(&entry, entry.0 != last) {
            let cells: Vec<usize> = if row.len() == 1 {
                let cell = made.add(&row[0]);
                vec![cell; head.len()]
            } else {
                row.iter().map(|text| made.add(text)).collect()
            };
            made.cells.push(cells);
        }
        last = entry.0;
    }
    *table_mut(&mut three.page, at) = made;
}

fn is_figure(table: &Table, cell: usize) -> bool {
    table.texts[cell].parse::<i64>().is_ok()
}

pub(super) fn insert_column(table: &mut Table, at: usize, head: &str, text: impl Fn(usize) -> String) {
    let mut number = 0;
    for row in 0..table.cells.len() {
        if single(&table.cells[row]) {
            let cell = table.cells[row][0];
            table.cells[row].insert(at, cell);
            continue;
        }
        let of_figures = table.cells[row].iter().any(|&cell| is_figure(table, cell));
        number += usize::from(of_figures);
        let text = if of_figures { text(number) } else { head.to_owned() };
        let cell = table.add(&text);
        table.cells[row].insert(at, cell);
    }
}

fn insert_row(table: &mut Table, at: usize, label: &str, text: impl Fn(usize) -> String) {
    let word = table.add(label);
    let mut row = vec![word; table.labels];
    for column in table.labels..table.width() {
        row.push(table.add(&text(column)));
    }
    table.cells.insert(at, row);
}

/// The row with a label.
fn row_of(table: &Table, label: &str) -> usize {
    table.cells.iter().position(|row| row.iter().any(|&cell| table.texts[cell].contains(label))).unwrap()
}

fn with(three: &mut Three, at: usize, act: impl Fn(&mut Table)) {
    act(table_mut(&mut three.page, at));
}

fn sum_rows(table: &mut Table) {
    for (first, last, label) in [
        ("1.属于国家秘密", "8.属于行政查询事项", "小计"),
        ("1.本机关不掌握", "3.补正后", "小计"),
        ("1.信访举报", "5.要求行政机关", "小计"),
    ] {
        let (from, to) = (row_of(table, first), row_of(table, last));
        let sums: Vec<i64> = (0..table.width())
            .map(|column| {
                table.cells[from..=to].iter().filter_map(|row| table.texts[row[column]].parse::<i64>().ok()).sum()
            })
            .collect();
        let mut row = table.cells[to][..table.labels].to_vec();
        row[table.labels - 1] = table.add(label);
        for &sum in &sums[table.labels..] {
            row.push(table.add(&sum.to_string()));
        }
        table.cells.insert(to + 1, row);
    }
}

/// Each group's sum in the row of the group itself, above its rows.
fn group_rows(table: &mut Table) {
    for (first, last) in
        [("1.属于国家秘密", "8.属于行政查询事项"), ("1.本机关不掌握", "3.补正后"), ("1.信访举报", "5.要求行政机关")]
    {
        let (from, to) = (row_of(table, first), row_of(table, last));
        let sums: Vec<i64> = (0..table.width())
            .map(|column| {
                table.cells[from..=to].iter().filter_map(|row| table.texts[row[column]].parse::<i64>().ok()).sum()
            })
            .collect();
        let group = table.texts[table.cells[from][1]].clone();
        let name = table.add(&group);
        let mut row = table.cells[from][..table.labels].to_vec();
        (row[1], row[2]) = (name, name);
        for &sum in &sums[table.labels..] {
            row.push(table.add(&sum.to_string()));
        }
        table.cells.insert(from, row);
    }
}

fn corporate_sum(table: &mut Table) {
    let (from, to) = (table.labels + 1, table.labels + 5);
    for row in 0..table.cells.len() {
        let sum: i64 = (from..=to).filter_map(|column| table.texts[table.cells[row][column]].parse::<i64>().ok()).sum();
        let cell = match row {
            0 | 1 => table.cells[row][to],
            2 => table.add("小计"),
            _ => table.add(&sum.to_string()),
        };
        table.cells[row].insert(to + 1, cell);
    }
}

/// A label whose text is cut in two rows, with its figures in the first or over both.
fn label_in_two(table: &mut Table, label: &str, over_both: bool) {
    let at = row_of(table, label);
    let text = table.texts[table.cells[at][2]].clone();
    let half = text.chars().count() / 2;
    let (one, other): (String, String) = (text.chars().take(half).collect(), text.chars().skip(half).collect());
    let mut second = table.cells[at].clone();
    table.cells[at][2] = table.add(&one);
    second[2] = table.add(&other);
    if !over_both {
        for cell in &mut second[table.labels..] {
            *cell = table.add("");
        }
    }
    table.cells.insert(at + 1, second);
}

fn each_row(table: &mut Table, make: fn(&mut Table, usize) -> Vec<usize>) {
    let mut at = table.head;
    while at < table.cells.len() {
        let row = make(table, at);
        table.cells.insert(at + 1, row);
        at += 2;
    }
}

fn side_by_side(three: &mut Three, at: usize) {
    let table = table_mut(&mut three.page, at);
    let half = table.head + (table.cells.len() - table.head).div_ceil(2);
    let mut right = table.clone();
    right.cells.drain(table.head..half);
    table.cells.truncate(half);
    let base = join(table, &right);
    for row in 0..table.cells.len() {
        let other: Vec<usize> = match right.cells.get(row) {
            Some(cells) => cells.iter().map(|cell| cell + base).collect(),
            None => (0..right.width()).map(|_| table.add("")).collect(),
        };
        table.cells[row].extend(other);
    }
}

pub(super) const CASES: &[Case] = &[
    case!("cut total alone", 1, |three, at| cut(three, at, &[6], "续表")),
    case!("cut three total alone", 1, |three, at| cut(three, at, &[3, 6], "（续）")),
    case!("cut one and one", 1, |three, at| cut(three, at, &[1, 6], "续表")),
    case!("cut no line", 1, |three, at| cut(three, at, &[1, 6], "")),
    case!("cut disputes", 2, |three, at| cut(three, at, &[5, 10], "续表")),
    case!("cut disputes uneven", 2, |three, at| cut(three, at, &[7, 14], "续表")),
    case!("cut disclosure", 0, |three, at| cut(three, at, &[1], "续表"), [6, 6, 6, 0]),
    case!("turned three", 1, |three, at| turned_cut(three, at, &[], "")),
    case!("turned cut", 1, |three, at| turned_cut(three, at, &[12], "续表")),
    case!("turned cut three", 1, |three, at| turned_cut(three, at, &[2, 14], "续表"), [161, 161, 161, 0]),
    case!("turned rows cut", 1, |three, at| turned_rows_cut(three, at, 4, true)),
    case!("turned rows cut no header", 1, |three, at| turned_rows_cut(three, at, 3, false), NONE),
    case!("turned disputes cut", 2, |three, at| turned_rows_cut(three, at, 0, true)),
    case!("list glued", 0, |three, at| list(three, at, &["指标", "数值"], |entry, _| {
        vec![vec![format!("{}{}", entry.0, entry.1), entry.2.clone()]]
    })),
    case!("list dash", 0, |three, at| list(three, at, &["指标", "数值"], |entry, _| {
        vec![vec![format!("{}-{}", entry.0, entry.1), entry.2.clone()]]
    })),
    case!("list brackets", 0, |three, at| list(three, at, &["指标", "数量"], |entry, _| {
        vec![vec![format!("{}（{}）", entry.0, entry.1), entry.2.clone()]]
    })),
    case!("list colon", 0, |three, at| list(three, at, &["项目", "件数"], |entry, _| {
        vec![vec![format!("{}：{}", entry.0, entry.1), entry.2.clone()]]
    })),
    case!("list columns", 0, |three, at| list(three, at, &["类别", "指标", "数值"], |entry, _| {
        vec![vec![entry.0.clone(), entry.1.clone(), entry.2.clone()]]
    })),
    case!("list columns once", 0, |three, at| list(
        three,
        at,
        &["信息内容", "指标", "数值"],
        |entry, first| {
            vec![vec![if first { entry.0.clone() } else { String::new() }, entry.1.clone(), entry.2.clone()]]
        }
    )),
    case!("list line above", 0, |three, at| list(three, at, &["指标", "数值"], |entry, first| {
        let row = vec![entry.1.clone(), entry.2.clone()];
        if first { vec![vec![entry.0.clone()], row] } else { vec![row] }
    })),
    case!("list line above blank", 0, |three, at| list(three, at, &["指标", "数值"], |entry, first| {
        let row = vec![entry.1.clone(), entry.2.clone()];
        if first { vec![vec![entry.0.clone(), String::new()], row] } else { vec![row] }
    })),
    case!("serial in the middle", 1, |three, at| with(three, at, |table| insert_column(table, 6, "序号", |row| row
        .to_string()))),
    case!("serial no header", 1, |three, at| with(three, at, |table| insert_column(table, 6, "", |row| row
        .to_string()))),
    case!(
        "header at the bottom",
        1,
        |three, at| with(three, at, |table| {
            let head: Vec<Vec<usize>> = table.cells.drain(..table.head).collect();
            table.cells.extend(head);
        }),
        NONE
    ),
    case!(
        "header at the bottom disputes",
        2,
        |three, at| with(three, at, |table| {
            let head: Vec<Vec<usize>> = table.cells.drain(..table.head).collect();
            table.cells.extend(head);
        }),
        NONE
    ),
    case!("header at both ends", 1, |three, at| with(three, at, |table| {
        let base = table.texts.len();
        table.texts.extend(table.texts.clone());
        let head: Vec<Vec<usize>> =
            table.cells[..table.head].iter().map(|row| row.iter().map(|cell| cell + base).collect()).collect();
        table.cells.extend(head);
    })),
    case!("unit row", 1, |three, at| with(three, at, |table| insert_row(table, table.head, "单位", |_| "件"
        .to_owned()))),
    case!("unit row disputes", 2, |three, at| with(three, at, |table| insert_row(table, table.head, "单位", |_| {
        "件".to_owned()
    }))),
    case!("header rows exchanged", 1, |three, at| with(three, at, |table| table.cells.swap(1, 2))),
    case!("header rows exchanged disputes", 2, |three, at| with(three, at, |table| table.cells.swap(1, 2))),
    case!("one header row", 1, |three, at| with(three, at, |table| _ = table.cells.drain(..2))),
    case!("sum rows", 1, |three, at| with(three, at, sum_rows)),
    case!("group rows", 1, |three, at| with(three, at, group_rows)),
    case!("corporate sum", 1, |three, at| with(three, at, corporate_sum)),
    case!("spacers", 1, |three, at| with(three, at, |table| {
        for column in [9, 7, 5, 3] {
            insert_column(table, column, "", |_| String::new());
        }
    })),
    case!(
        "label in two rows",
        1,
        |three, at| with(three, at, |table| label_in_two(table, "2.其他法律", false)),
        [168, 168, 168, 0]
    ),
    case!(
        "label in two rows merged",
        1,
        |three, at| with(three, at, |table| label_in_two(table, "5.要求行政机关", true)),
        [168, 168, 168, 0]
    ),
    case!("of which rows", 1, |three, at| with(three, at, |table| {
        let at = row_of(table, "一、本年新收");
        insert_row(table, at + 1, "其中：网上申请", |column| (70 + column).to_string());
        let at = row_of(table, "（一）予以公开");
        insert_row(table, at + 1, "其中：主动公开", |column| (50 + column).to_string());
    })),
    case!("last year rows", 1, |three, at| with(three, at, |table| each_row(table, |table, at| {
        let mut row = table.cells[at].clone();
        let label = table.add("上年同期");
        row[table.labels - 1] = label;
        for cell in &mut row[table.labels..] {
            *cell = table.add("77");
        }
        row
    }))),
    case!("share rows", 1, |three, at| with(three, at, |table| each_row(table, |table, at| {
        let mut row = table.cells[at].clone();
        for cell in &mut row[table.labels..] {
            *cell = table.add("12.5%");
        }
        row
    }))),
    case!("blank rows", 1, |three, at| with(three, at, |table| each_row(table, |table, _| {
        (0..table.width()).map(|_| table.add("")).collect()
    }))),
    case!("annex in six", 1, |three, at| {
        let other = table(&three.below, at).clone();
        three.page.pieces.push(Piece::Text("附表：各科室办理情况".to_owned()));
        three.page.pieces.push(Piece::Table(other));
    }),
    case!("annex in six disputes", 2, |three, at| {
        let other = table(&three.below, at).clone();
        three.page.pieces.push(Piece::Text("附表".to_owned()));
        three.page.pieces.push(Piece::Table(other));
    }),
    case!("total row first", 1, |three, at| with(three, at, |table| {
        let at = row_of(table, "（七）总计");
        let row = table.cells.remove(at);
        let to = row_of(table, "（一）予以公开");
        table.cells.insert(to, row);
    })),
    case!("remarks column", 1, |three, at| with(three, at, |table| {
        let width = table.width();
        insert_column(table, width, "备注", |row| if row == 3 { "含转办2件".to_owned() } else { String::new() });
    })),
    case!("side by side", 1, |three, at| side_by_side(three, at)),
    case!("unit column", 1, |three, at| with(three, at, |table| insert_column(table, 3, "计量单位", |_| "件"
        .to_owned()))),
    case!("letters row", 1, |three, at| with(three, at, |table| {
        insert_row(table, table.head, "", |column| char::from(b'A' + column as u8 - 3).to_string());
    })),
    case!("units in cells", 1, |three, at| with(three, at, |table| {
        for text in table.texts.iter_mut().filter(|text| text.parse::<i64>().is_ok()) {
            text.push('件');
        }
    })),
    case!("glued header", 1, |three, at| with(three, at, |table| {
        for column in 4..9 {
            let text = format!("法人或其他组织{}", table.texts[table.cells[2][column]]);
            table.cells[2][column] = table.add(&text);
        }
        table.cells.drain(..2);
        table.head = 1;
    })),
    case!("header in its own grid", 1, |three, at| {
        let mut rest = table(&three.page, at).clone();
        let head: Vec<Vec<usize>> = rest.cells.drain(..rest.head).collect();
        let mut first = rest.clone();
        first.cells = head;
        three.page.pieces.splice(at..=at, [Piece::Table(first), Piece::Text(String::new()), Piece::Table(rest)]);
    }),
    case!("sum row two", 0, |three, at| with(three, at, |table| insert_row(table, 4, "合计", |column| [
        0, 171, 172, 173
    ][column]
        .to_string()))),
    case!("sum row first two", 0, |three, at| with(three, at, |table| insert_row(table, 2, "合计", |column| [
        0, 171, 172, 173
    ][column]
        .to_string()))),
    case!("captions as a column", 0, |three, at| with(three, at, |table| {
        let mut caption = None;
        let mut rows = Vec::new();
        for row in table.cells.clone() {
            if single(&row) {
                caption = Some(row[0]);
            } else {
                let mut row = row;
                row.insert(0, caption.unwrap());
                rows.push(row);
            }
        }
        table.cells = rows;
        table.labels = 2;
    })),
    case!("one header for two", 0, |three, at| with(three, at, |table| {
        let again: Vec<usize> =
            (0..table.cells.len()).filter(|&row| table.texts[table.cells[row][1]] == "本年处理决定数量").collect();
        table.cells.remove(again[1]);
        table.cells.remove(again[1] - 1);
    })),
];
