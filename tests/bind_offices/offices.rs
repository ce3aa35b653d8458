//! The figures of parts of an agency beside their total, or of two years.

use super::{Case, Three, table, table_mut};
use crate::bind_damage::{Piece, Table};

const ALL: [[usize; 4]; 3] = [[10, 10, 10, 0], [175, 175, 175, 0], [15, 15, 15, 0]];

/// The texts of another table with cells of their own.
pub(super) fn join(to: &mut Table, other: &Table) -> usize {
    let base = to.texts.len();
    to.texts.extend(other.texts.iter().cloned());
    base
}

/// A row of one cell over everything.
pub(super) fn single(row: &[usize]) -> bool {
    row.len() > 1 && row.iter().all(|cell| *cell == row[0])
}

/// The figures of several tables under a group each.
pub(super) fn groups(parts: &[(&str, &Table)]) -> Table {
    let mut wide = parts[0].1.clone();
    let (labels, width) = (wide.labels, wide.width());
    let corner = wide.texts.len();
    wide.texts.push(String::new());
    let mut top = vec![corner; labels];
    for (number, (name, part)) in parts.iter().enumerate() {
        let base = if number == 0 { 0 } else { join(&mut wide, part) };
        let cell = wide.add(name);
        top.extend(std::iter::repeat_n(cell, width - labels));
        for (row, other) in wide.cells.iter_mut().zip(&part.cells) {
            if number > 0 && single(other) {
                row.extend(std::iter::repeat_n(row[0], width - labels));
            } else if number > 0 {
                row.extend(other[labels..].iter().map(|cell| cell + base));
            }
        }
    }
    wide.cells.insert(0, top);
    wide.head += 1;
    wide
}

/// Every column of figures as one for each part, with a row of their names below each header.
pub(super) fn below_headers(parts: &[(&str, &Table)]) -> Table {
    let mut wide = parts[0].1.clone();
    let (labels, width) = (wide.labels, wide.width());
    let bases: Vec<usize> =
        parts.iter().enumerate().map(|(at, part)| if at == 0 { 0 } else { join(&mut wide, part.1) }).collect();
    let first = parts[0].1;
    let is_row = |row: &[usize]| row.iter().any(|&cell| first.texts[cell].parse::<i64>().is_ok());
    wide.cells.clear();
    wide.head = 0;
    for (number, row) in first.cells.iter().enumerate() {
        // Of a column that is merged over all, each part takes a share.
        let merged = row[labels..].iter().all(|cell| *cell == row[labels]);
        let spread = |of: &dyn Fn(usize, usize) -> usize| {
            let mut cells = row[..labels].to_vec();
            for at in 0..(width - labels) * parts.len() {
                let (column, part) =
                    if merged { (0, at / (width - labels)) } else { (at / parts.len(), at % parts.len()) };
                cells.push(of(labels + column, part));
            }
            cells
        };
        if is_row(row) {
            wide.cells.push(spread(&|column, part| parts[part].1.cells[number][column] + bases[part]));
            continue;
        }
        wide.cells.push(spread(&|column, _| row[column]));
        let last = first.cells.get(number + 1).is_some_and(|next| is_row(next));
        if !single(row) && last {
            let mut names = row[..labels].to_vec();
            for at in 0..(width - labels) * parts.len() {
                let part = if merged { at / (width - labels) } else { at % parts.len() };
                let cell =
                    if merged && at % (width - labels) > 0 { names[names.len() - 1] } else { wide.add(parts[part].0) };
                names.push(cell);
            }
            wide.cells.push(names);
        }
        if number < first.head {
            wide.head = wide.cells.len();
        }
    }
    wide
}

/// Every row of figures as one for each part, whose names stand in a column of their own.
pub(super) fn rows(parts: &[(&str, &Table)]) -> Table {
    let mut long = parts[0].1.clone();
    let (labels, head) = (long.labels, long.head);
    let bases: Vec<usize> =
        parts.iter().enumerate().map(|(at, part)| if at == 0 { 0 } else { join(&mut long, part.1) }).collect();
    let first = parts[0].1;
    long.cells.clear();
    for (row, cells) in first.cells.iter().enumerate() {
        let is_head = row < head || !cells.iter().any(|&cell| first.texts[cell].parse::<i64>().is_ok());
        if is_head {
            let mut cells = cells.clone();
            let beside = if labels == 0 || single(&cells) { cells[0] } else { cells[labels - 1] };
            let beside = if labels == 0 { long.add("单位") } else { beside };
            cells.insert(labels, beside);
            long.cells.push(cells);
            continue;
        }
        for (part, base) in parts.iter().zip(&bases) {
            let mut made = cells[..labels].to_vec();
            let name = long.add(part.0);
            made.push(name);
            made.extend(part.1.cells[row][labels..].iter().map(|cell| cell + base));
            long.cells.push(made);
        }
    }
    long.labels += 1;
    long
}

const NAMES: [[&str; 3]; 4] = [
    ["本级", "下属", "合计"],
    ["机关", "所属单位", "合计"],
    ["局本级", "直属", "小计"],
    ["局机关", "下属事业单位", "总计"],
];

type Make = fn(&[(&str, &Table)]) -> Table;

fn made(three: &mut Three, at: usize, names: [&str; 3], make: Make) {
    let (own, below, total) = (table(&three.own, at), table(&three.below, at), table(&three.page, at));
    let made = make(&[(names[0], own), (names[1], below), (names[2], total)]);
    *table_mut(&mut three.page, at) = made;
}

/// The total stands first, and the parts are not all.
fn total_first(three: &mut Three, at: usize, make: Make) {
    let (own, below, total) = (table(&three.own, at), table(&three.below, at), table(&three.page, at));
    let made = make(&[("合计", total), ("其中：本级", own), ("其中：下属", below)]);
    *table_mut(&mut three.page, at) = made;
}

/// Beside this year's the figures of last year.
fn years(three: &mut Three, at: usize, names: [&str; 2], make: Make) {
    let (last, total) = (table(&three.below, at), table(&three.page, at));
    let made = make(&[(names[0], total), (names[1], last)]);
    *table_mut(&mut three.page, at) = made;
}

/// A table for each part below each other.
fn stacked(three: &mut Three, at: usize, names: [&str; 3]) {
    let tables = [table(&three.own, at), table(&three.below, at), table(&three.page, at)].map(Clone::clone);
    let pieces =
        names.iter().zip(tables).flat_map(|(name, table)| [Piece::Text((*name).to_owned()), Piece::Table(table)]);
    three.page.pieces.splice(at..=at, pieces);
}

/// A column of one text and last year's figures at the end of a table with captions.
fn last_column(three: &mut Three, at: usize, head: &str, to_the_end: bool) {
    let last = table(&three.below, at).clone();
    let mut before = None;
    let table = table_mut(&mut three.page, at);
    for row in 0..table.cells.len() {
        let texts: Vec<String> = table.cells[row].iter().map(|&cell| table.texts[cell].clone()).collect();
        let of_figures = texts.iter().any(|text| text.parse::<i64>().is_ok());
        if single(&table.cells[row]) {
            let cell = table.cells[row][0];
            table.cells[row].push(cell);
            continue;
        }
        let text = if of_figures { last.texts[*last.cells[row].last().unwrap()].clone() } else { head.to_owned() };
        let same = row > 0 && row < table.head && !of_figures;
        let above = if same { before } else { None };
        let cell = above.unwrap_or_else(|| table.add(&text));
        before = Some(cell);
        let place = if to_the_end { table.cells[row].len() } else { table.labels };
        table.cells[row].insert(place, cell);
    }
}

macro_rules! case {
    ($name:literal, $table:expr, $act:expr) => {
        Case { name: $name, table: $table, act: $act, least: ALL[$table] }
    };
    ($name:literal, $table:expr, $act:expr, $least:expr) => {
        Case { name: $name, table: $table, act: $act, least: $least }
    };
}

pub(super) const CASES: &[Case] = &[
    case!("groups two", 0, |three, at| made(three, at, NAMES[0], groups)),
    case!("groups three", 1, |three, at| made(three, at, NAMES[0], groups)),
    case!("groups four", 2, |three, at| made(three, at, NAMES[1], groups)),
    case!("groups xiaoji three", 1, |three, at| made(three, at, NAMES[2], groups)),
    case!("groups zongji three", 1, |three, at| made(three, at, NAMES[3], groups)),
    case!("columns two", 0, |three, at| made(three, at, NAMES[0], below_headers)),
    case!("columns three", 1, |three, at| made(three, at, NAMES[1], below_headers)),
    case!("columns four", 2, |three, at| made(three, at, NAMES[2], below_headers)),
    case!("rows two", 0, |three, at| made(three, at, NAMES[0], rows)),
    case!("rows three", 1, |three, at| made(three, at, NAMES[1], rows)),
    case!("rows xiaoji three", 1, |three, at| made(three, at, NAMES[2], rows)),
    case!("rows four", 2, |three, at| made(three, at, NAMES[3], rows)),
    case!("total first groups three", 1, |three, at| total_first(three, at, groups)),
    case!("total first columns four", 2, |three, at| total_first(three, at, below_headers)),
    case!("total first rows three", 1, |three, at| total_first(three, at, rows)),
    case!("stacked two", 0, |three, at| stacked(three, at, NAMES[0])),
    case!("stacked three", 1, |three, at| stacked(three, at, NAMES[1])),
    case!("stacked four", 2, |three, at| stacked(three, at, ["（一）本级", "（二）下属", "（三）合计"])),
    case!("years groups two", 0, |three, at| years(three, at, ["本年", "上年"], groups)),
    case!("years groups three", 1, |three, at| years(three, at, ["2024年", "2023年"], groups)),
    case!("years groups four", 2, |three, at| years(three, at, ["本年数", "上年数"], groups)),
    case!("years columns two", 0, |three, at| years(three, at, ["本年", "上年"], below_headers)),
    case!("years columns three", 1, |three, at| years(three, at, ["本年", "上年同期"], below_headers)),
    case!("years rows two", 0, |three, at| years(three, at, ["本年", "上年"], rows)),
    case!("years rows three", 1, |three, at| years(three, at, ["2024年", "2023年"], rows)),
    case!("years rows four", 2, |three, at| years(three, at, ["本年", "上年"], rows)),
    case!("last column two", 0, |three, at| last_column(three, at, "上年数", true)),
    case!("last column three", 1, |three, at| last_column(three, at, "上年同期", true)),
    case!("last column four", 2, |three, at| last_column(three, at, "2023年", true)),
    case!("last column front two", 0, |three, at| last_column(three, at, "上年数", false)),
    case!("last column front three", 1, |three, at| last_column(three, at, "2023年", false)),
];
