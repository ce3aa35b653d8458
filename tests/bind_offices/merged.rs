//! Tables whose merged cells lost their other columns or were written into each of them, rows of two offices with equal figures, and rows
//! below a table.

use super::{Case, Three, table, table_mut};
use crate::bind_damage::{Piece, Table};

const NONE: [usize; 4] = [0; 4];

/// Writes each slot of a merged cell as a cell of its own: blank, or with the text again.
fn unmerge(table: &mut Table, again: bool) {
    let mut seen = std::collections::BTreeSet::new();
    for row in 0..table.cells.len() {
        for column in 0..table.cells[row].len() {
            let cell = table.cells[row][column];
            if !seen.insert(cell) {
                let text = if again { table.texts[cell].clone() } else { String::new() };
                table.cells[row][column] = table.add(&text);
            }
        }
    }
}

fn repeated(three: &mut Three, at: usize) {
    unmerge(table_mut(&mut three.page, at), true);
}

/// The figures of both offices in pairs of columns; the headers were merged and the second cell of each is blank.
fn pairs(three: &mut Three, at: usize) {
    let (mut made, below) = (table(&three.own, at).clone(), table(&three.below, at).clone());
    let (head, labels) = (made.head, made.labels);
    unmerge(&mut made, false);
    for row in 0..made.cells.len() {
        let mut cells = made.cells[row][..labels].to_vec();
        for column in labels..made.cells[row].len() {
            let other = if row < head { String::new() } else { below.texts[below.cells[row][column]].clone() };
            cells.extend([made.cells[row][column], made.add(&other)]);
        }
        made.cells[row] = cells;
    }
    let mut names = vec![made.add(""); labels];
    for _ in (labels..made.width()).step_by(2) {
        names.extend([made.add("局机关"), made.add("执法队")]);
    }
    made.cells.insert(head, names);
    made.head += 1;
    *table_mut(&mut three.page, at) = made;
}

/// Two columns of figures away; the row labels were merged.
fn columns_away(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    unmerge(made, false);
    for row in &mut made.cells {
        row.remove(7);
        row.remove(5);
    }
}

fn columns_exchanged(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    made.cells.iter_mut().for_each(|row| row.swap(4, 8));
    unmerge(made, false);
}

fn columns_exchanged_and_repeated(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    made.cells.iter_mut().for_each(|row| row.swap(4, 8));
    unmerge(made, true);
}

/// The total is first, and the cells of merged columns are away, so that every row begins at the left and ends with blank cells.
fn slipped(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    let (width, labels) = (made.width(), made.labels);
    for row in &mut made.cells {
        let last = row.remove(width - 1);
        row.insert(labels, last);
        row.dedup();
    }
    let mut above: Vec<usize> = Vec::new();
    for row in 0..made.cells.len() {
        let own = made.cells[row].clone();
        for cell in &mut made.cells[row] {
            if above.contains(cell) {
                made.texts.push(String::new());
                *cell = made.texts.len() - 1;
            }
        }
        above.extend(own);
        while made.cells[row].len() < width {
            let blank = made.add("");
            made.cells[row].push(blank);
        }
    }
}

/// The rows of one office below those of another; one row has the same figures in both.
fn rows_twice(three: &mut Three, at: usize) {
    let (mut made, below) = (table(&three.own, at).clone(), table(&three.below, at).clone());
    for row in below.head..below.cells.len() {
        let mut cells: Vec<usize> = below.cells[row].iter().map(|&cell| made.add(&below.texts[cell].clone())).collect();
        if row == below.head + 5 {
            let own = made.cells[row].clone();
            for column in made.labels..cells.len() {
                cells[column] = made.add(&made.texts[own[column]].clone());
            }
        }
        made.cells.push(cells);
    }
    *table_mut(&mut three.page, at) = made;
}

/// A list of the figures of two offices, one of which is the same in both.
fn list_of_two(three: &mut Three, at: usize) {
    let mut made = Table { head: 1, labels: 3, ..Table::default() };
    let cells = ["科室", "类别", "结果", "件数"].map(|text| made.add(text)).to_vec();
    made.cells.push(cells);
    for (name, page) in [("办公室", &three.own), ("信访科", &three.below)] {
        let whole = table(page, at);
        let last = whole.cells.len() - 1;
        for column in 0..whole.width() {
            let group = whole.texts[whole.cells[usize::from(column >= 5)][column]].clone();
            let result = whole.texts[whole.cells[last - 1][column]].clone();
            let figure = if column == 2 { "7".to_owned() } else { whole.texts[whole.cells[last][column]].clone() };
            let row = [name, &group, &result, &figure].map(|text| made.add(text)).to_vec();
            made.cells.push(row);
        }
    }
    *table_mut(&mut three.page, at) = made;
}

/// The row of one office in the table, that of the other and their total in the text below.
fn rows_in_text(three: &mut Three, at: usize) {
    let row = |table: &Table| {
        let last = table.cells.last().into_iter().flatten();
        last.map(|&cell| table.texts[cell].clone()).collect::<Vec<_>>().join("|")
    };
    let (other, sum) = (row(table(&three.below, at)), row(table(&three.page, at)));
    let own = table(&three.own, at).clone();
    *table_mut(&mut three.page, at) = own;
    let lines = ["续表".to_owned(), format!("办公室|{other}"), format!("合计|{sum}")];
    let below = at + 1;
    three.page.pieces.splice(below..below, lines.map(Piece::Text));
}

/// A figure merged over two columns, and a column without a header: as many cells as the form has columns.
fn merged_beside_extra(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    for row in 0..made.cells.len() {
        let last = row + 1 == made.cells.len();
        let cell = made.add(if last { "80003" } else { "" });
        made.cells[row].insert(13, cell);
        if last {
            made.cells[row][8] = made.cells[row][9];
        }
    }
}

/// The same, in the last group of columns, which is over the column without a header too.
fn merged_beside_grouped(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    for row in 0..made.cells.len() {
        let last = row + 1 == made.cells.len();
        let group = made.cells[row][13];
        let cell = if made.cells[row][12] == group { group } else { made.add(if last { "80003" } else { "" }) };
        made.cells[row].insert(13, cell);
        if last {
            made.cells[row][8] = made.cells[row][9];
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case { name: "table two with merged cells in every column", table: 0, act: repeated, least: [10; 4] },
    Case { name: "table three with merged cells in every column", table: 1, act: repeated, least: [175; 4] },
    Case { name: "table four with merged cells in every column", table: 2, act: repeated, least: [15; 4] },
    Case { name: "two offices below blank headers", table: 1, act: pairs, least: NONE },
    Case { name: "columns away beside blank labels", table: 1, act: columns_away, least: [125; 4] },
    Case { name: "columns exchanged beside blank labels", table: 1, act: columns_exchanged, least: [175; 4] },
    Case {
        name: "columns exchanged, cells repeated",
        table: 1,
        act: columns_exchanged_and_repeated,
        least: [175, 175, 175, 0],
    },
    Case { name: "slipped to the left", table: 1, act: slipped, least: NONE },
    Case { name: "rows twice, one the same", table: 1, act: rows_twice, least: NONE },
    Case { name: "list of two offices, one figure the same", table: 2, act: list_of_two, least: NONE },
    Case { name: "other rows in the text below", table: 2, act: rows_in_text, least: NONE },
    Case { name: "merged beside an extra column", table: 2, act: merged_beside_extra, least: NONE },
    Case { name: "merged beside a column of a group", table: 2, act: merged_beside_grouped, least: NONE },
];
