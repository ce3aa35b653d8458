//! Rows and columns of bare years, a table as one wide row, and totals of groups that the form does not have.

use super::layouts::listed;
use super::{Case, Three, table, table_mut};
use crate::bind_damage::Table;

/// The rows of two years, named by their numbers alone, below a header in front of which is 年度.
fn rows_of_years(three: &mut Three, at: usize) {
    let mut made = table(&three.page, at).clone();
    let last = table(&three.own, at);
    let before: Vec<String> = last.cells[last.head].iter().map(|&cell| last.texts[cell].clone()).collect();
    let (name, this, other) = (made.add("年度"), made.add("2024"), made.add("2023"));
    let figures = before.iter().map(|text| made.add(text)).collect::<Vec<_>>();
    for row in 0..made.cells.len() {
        let cell = if row < made.head { name } else { this };
        made.cells[row].insert(0, cell);
    }
    let mut row = vec![other];
    row.extend(figures);
    made.cells.insert(made.head, row);
    *table_mut(&mut three.page, at) = made;
}

/// Table two as one row of figures: the labels of its rows above those of its columns.
fn one_wide_row(three: &mut Three, at: usize) {
    let entries = listed(table(&three.page, at));
    let mut made = Table { head: 2, labels: 0, cells: vec![Vec::new(); 3], ..Table::default() };
    let mut last: Option<(String, usize)> = None;
    for (row, head, figure) in entries {
        let cell = match &last {
            Some((label, cell)) if *label == row => *cell,
            _ => made.add(&row),
        };
        last = Some((row, cell));
        let (head, figure) = (made.add(&head), made.add(&figure));
        for (line, cell) in made.cells.iter_mut().zip([cell, head, figure]) {
            line.push(cell);
        }
    }
    *table_mut(&mut three.page, at) = made;
}

/// In table three the sum of the organisations, before them.
fn total_of_group(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    for row in 0..made.cells.len() {
        let parts = &made.cells[row][4..9];
        let sum: i64 = parts.iter().filter_map(|&cell| made.texts[cell].parse::<i64>().ok()).sum();
        let cell = match row {
            0 | 1 => made.cells[row][4],
            2 => made.add("小计"),
            _ => made.add(&sum.to_string()),
        };
        made.cells[row].insert(4, cell);
    }
}

/// Table three with the total first, and without the group over all columns.
fn total_first(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    made.cells.remove(0);
    made.head = 2;
    for row in &mut made.cells {
        let total = row.remove(9);
        row.insert(3, total);
    }
}

pub(super) const CASES: &[Case] = &[
    Case { name: "rows of bare years", table: 2, act: rows_of_years, least: [15, 15, 15, 0] },
    Case { name: "one wide row", table: 0, act: one_wide_row, least: [10, 10, 10, 0] },
    Case { name: "total of a group", table: 1, act: total_of_group, least: [175; 4] },
    Case { name: "total first", table: 1, act: total_first, least: [175; 4] },
];
