//! A figure that is written once for two columns, beside a column without a header, in tables that are text: their numbers of cells agree
//! with the form's by chance.

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::read::read;

use super::{Case, Three, faults, made, table_mut};
use crate::bind_damage::{Page, Piece, Table};

/// A figure over a column and the next, and a figure in a new column before `extra`, in some rows of figures. The groups above the new
/// column are over it too.
fn merge(table: &mut Table, over: usize, extra: usize, rows: &[usize]) {
    let (head, labels) = (table.head, table.labels);
    for row in 0..table.cells.len() {
        let at = labels + extra;
        let cells = &mut table.cells[row];
        let grouped = at > 0 && row < head && cells.get(at).is_some_and(|cell| *cell == cells[at - 1]);
        if rows.contains(&row.wrapping_sub(head)) {
            cells[labels + over] = cells[labels + over + 1];
        }
        let cell = match (grouped, row < head) {
            (true, _) => table.cells[row][at],
            (false, true) => table.add(""),
            (false, false) => table.add(&(80_000 + row).to_string()),
        };
        table.cells[row].insert(at, cell);
    }
}

fn results_and_total(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 8, 13, &[0]);
}

fn two_results(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 1, 13, &[0]);
}

fn extra_first(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 12, 2, &[0]);
}

fn every_row(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 1, 5, &(0..25).collect::<Vec<_>>());
}

fn one_row(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 1, 5, &[3]);
}

fn three_rows(three: &mut Three, at: usize) {
    merge(table_mut(&mut three.page, at), 4, 1, &[2, 9, 20]);
}

/// Both rows of the first part of table two.
fn rows_of_table_two(three: &mut Three, at: usize) {
    let made = table_mut(&mut three.page, at);
    for row in 0..made.cells.len() {
        let last = made.cells[row][3];
        let cell = match row {
            1 => made.add(""),
            2 | 3 => made.add(&(80_000 + row).to_string()),
            _ => last,
        };
        if matches!(row, 2 | 3) {
            made.cells[row][1] = made.cells[row][2];
        }
        made.cells[row].insert(3, cell);
    }
}

const NONE: [usize; 4] = [0; 4];

const CASES: &[Case] = &[
    Case { name: "result and total", table: 2, act: results_and_total, least: NONE },
    Case { name: "two results", table: 2, act: two_results, least: NONE },
    Case { name: "extra column first", table: 2, act: extra_first, least: NONE },
    Case { name: "every row", table: 1, act: every_row, least: NONE },
    Case { name: "one row", table: 1, act: one_row, least: NONE },
    Case { name: "three rows", table: 1, act: three_rows, least: NONE },
    Case { name: "table two", table: 0, act: rows_of_table_two, least: NONE },
];

/// The texts of a table's cells, row by row. A cell over several rows is written once; its other rows have a blank cell, or none.
fn cells(table: &Table, blank: bool) -> Vec<Vec<&str>> {
    let text = |cell: &(usize, usize, usize, usize)| if cell.2 > 0 { table.texts[cell.0].as_str() } else { "" };
    let rows = table.spans();
    rows.iter().map(|row| row.iter().filter(|cell| blank || cell.2 > 0).map(text).collect()).collect()
}

/// The text of a page whose tables are written by `rows`.
fn written(page: &Page, rows: impl Fn(&Table) -> String) -> String {
    let lines = page.pieces.iter().map(|piece| match piece {
        Piece::Text(line) | Piece::Heading(line) => format!("{line}\n"),
        Piece::Table(table) => rows(table),
    });
    lines.collect()
}

/// Every cell on a line of its own, with `behind` after it.
fn lines(page: &Page, behind: &str) -> String {
    written(page, |table| cells(table, false).concat().iter().map(|cell| format!("{cell}{behind}\n")).collect())
}

/// Markdown whose rows all have as many cells as the longest, padded with blanks; `blank` as for [`cells`].
fn markdown(page: &Page, blank: bool) -> String {
    written(page, |table| {
        let rows = cells(table, blank);
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let at = |row: &Vec<&str>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count() * 2);
        let wide = |column: usize| rows.iter().map(|row| at(row, column)).max().unwrap_or(0).max(3);
        let line = |row: &Vec<&str>| {
            let cell = |column: usize| {
                let text = row.get(column).copied().unwrap_or_default();
                format!(" {text}{} |", " ".repeat(wide(column) - at(row, column)))
            };
            format!("|{}\n", (0..width).map(cell).collect::<String>())
        };
        let rule = format!("|{}\n", (0..width).map(|column| "-".repeat(wide(column) + 2) + "|").collect::<String>());
        let mut text = String::from("\n");
        for (number, row) in rows.iter().enumerate() {
            text += &line(row);
            text += if number == 0 { &rule } else { "" };
        }
        text + "\n"
    })
}

/// The ways in which the page is written: name, suffix, text.
fn ways(page: &Page) -> [(&'static str, &'static str, String); 5] {
    [
        ("lines", "txt", lines(page, "")),
        ("lines apart", "txt", lines(page, "\n")),
        ("lines with pipes", "txt", lines(page, " |")),
        ("padded Markdown", "md", markdown(page, false)),
        ("padded Markdown with blank cells", "md", markdown(page, true)),
    ]
}

#[test]
fn figures_written_once_for_two_columns_are_not_counted_in_text() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    let (mut wrong, mut plain) = (Vec::new(), Vec::new());
    let bind = |text: &str, suffix: &str| {
        let reading = read(text.as_bytes(), Some(&format!("a.{suffix}")), &mut Budget::default()).unwrap();
        binder.bind_all(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}")).reports
    };
    for case in CASES {
        let (page, mut truth) = made(form, case);
        let (whole, own) = made(form, &Case { act: |_, _| (), ..*case });
        // The figure that was written once may be either column's.
        let last = super::table(&page, page.tables()[case.table]);
        let texts: Vec<&str> = last.cells.iter().flatten().map(|&cell| last.texts[cell].as_str()).collect();
        for (_, truth) in form.fields.iter().zip(&mut truth).filter(|(field, _)| field.table == case.table) {
            if !texts.contains(&truth.to_string().as_str()) {
                *truth = -1;
            }
        }
        for (way, suffix, text) in ways(&page) {
            let found = faults(form, &bind(&text, suffix)[0], &truth, case.table).1;
            if !found.is_empty() {
                wrong.push(format!("{}, {way}: {}", case.name, found[..found.len().min(3)].join("; ")));
            }
        }
        for (way, suffix, text) in ways(&whole) {
            let (right, found) = faults(form, &bind(&text, suffix)[0], &own, case.table);
            let all = form.fields.iter().filter(|field| field.table == case.table).count();
            if right < all || !found.is_empty() {
                plain.push(format!("{}, {way}: {right} of {all} right, {found:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(plain.is_empty(), "as prescribed: {}", plain.join("\n"));
}
