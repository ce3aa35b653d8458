//! Tables as offices rewrite them: parts and their total, two years, cut and turned tables. Each figure is right, or empty and told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod groups;
mod layouts;
mod merged;
mod offices;
mod written;
mod years;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::finding::{Finding, Severity};
use nianbao::form::{Form, Forms};
use nianbao::read::read;
use nianbao::report::Report;

use crate::bind_damage::{Page, Piece, Table};

/// The ways in which a page is written.
const WAYS: [&str; 4] = ["docx", "xlsx", "html", "txt"];

/// A report's figures, every one another number, whose sums hold.
pub(crate) fn figures(form: &Form, base: i64, step: i64) -> Vec<i64> {
    let mut figures: Vec<i64> = (0..).map(|index| base + index * step).take(form.fields.len()).collect();
    for spec in form.tables.iter().flat_map(|table| &table.blocks) {
        let (rows, width) = (spec.leaf_rows.len(), spec.leaf_columns.len());
        let at = |row: usize, column: usize| spec.first_field + row * width + column;
        let summed = |column: usize| spec.leaf_columns[column].path.last().is_some_and(|label| label.text == "总计");
        // What came in is what went out and what is left.
        if rows > 20 {
            for column in 0..width {
                figures[at(rows - 2, column)] = (2..rows - 2).map(|row| figures[at(row, column)]).sum();
                let out = figures[at(rows - 2, column)] + figures[at(rows - 1, column)];
                figures[at(0, column)] = out - figures[at(1, column)];
            }
        }
        for row in 0..rows {
            let mut sum = 0;
            for column in 0..width {
                if summed(column) {
                    figures[at(row, column)] = sum;
                    sum = 0;
                } else {
                    sum += figures[at(row, column)];
                }
            }
        }
    }
    figures
}

/// A page with the figures of one office, of the others, and of both together, which are the report's.
pub(crate) struct Three {
    pub(crate) page: Page,
    pub(crate) own: Page,
    pub(crate) below: Page,
}

fn texts(figures: &[i64]) -> Vec<String> {
    figures.iter().map(ToString::to_string).collect()
}

/// What is done to the table of a page that stands at a place among its pieces.
pub(crate) type Act = fn(&mut Three, usize);

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Which table of the form.
    pub(crate) table: usize,
    pub(crate) act: Act,
    /// How many of the table's figures are read at least in each of [`WAYS`].
    pub(crate) least: [usize; 4],
}

/// The lines of a page: cells between tabs, a merged one once.
pub(crate) fn text(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(line) | Piece::Heading(line) => text += &format!("{line}\n"),
            Piece::Table(table) => {
                for row in table.spans() {
                    let cells = row.iter().filter(|cell| cell.2 > 0).map(|cell| table.texts[cell.0].as_str());
                    text += &format!("{}\n", cells.collect::<Vec<_>>().join("\t"));
                }
            }
        }
    }
    text
}

/// The table of a page.
pub(crate) fn table(page: &Page, at: usize) -> &Table {
    match &page.pieces[at] {
        Piece::Table(table) => table,
        _ => panic!("no table"),
    }
}

pub(crate) fn table_mut(page: &mut Page, at: usize) -> &mut Table {
    match &mut page.pieces[at] {
        Piece::Table(table) => table,
        _ => panic!("no table"),
    }
}

/// What is wrong with a report: figures that are not the true ones, and empty ones that no finding names; with it how many of the
/// case's table are right.
fn faults(form: &Form, report: &Report, truth: &[i64], table: usize) -> (usize, Vec<String>) {
    let told = |id: &str| {
        let about = |finding: &Finding| finding.fields.iter().any(|field| field == id);
        report.findings.iter().any(|finding| finding.severity >= Severity::Warning && about(finding))
    };
    let (mut right, mut faults) = (0, Vec::new());
    for (field, truth) in form.fields.iter().zip(truth) {
        match report.values[&field.id].value {
            Some(value) if value == (*truth).into() => right += usize::from(field.table == table),
            Some(value) => {
                faults.push(format!("{} is {value}, not {truth}, told: {}", field.id, told(&field.id)));
            }
            None if told(&field.id) => {}
            None => faults.push(format!("{} is empty and not told", field.id)),
        }
    }
    (right, faults)
}

/// The page of a case, and the figures that are the report's.
fn made(form: &Form, case: &Case) -> (Page, Vec<i64>) {
    let (own, below) = (figures(form, 1000, 1), figures(form, 20_000, 3));
    let truth: Vec<i64> = own.iter().zip(&below).map(|(one, other)| one + other).collect();
    let page = |figures: &[i64]| Page::official(form, &texts(figures));
    let mut three = Three { page: page(&truth), own: page(&own), below: page(&below) };
    let at = three.page.tables()[case.table];
    (case.act)(&mut three, at);
    (three.page, truth)
}

fn judge(forms: &Forms, binder: &Binder, case: &Case) -> Vec<String> {
    let form = forms.get("gkbg-2021").unwrap();
    let (page, truth) = made(form, case);
    let mut wrong = Vec::new();
    for (way, least) in WAYS.iter().zip(case.least) {
        let bytes = match *way {
            "docx" => page.docx(),
            "xlsx" => page.xlsx(),
            "html" => page.html().into_bytes(),
            _ => text(&page.pieces).into_bytes(),
        };
        let reading = read(&bytes, Some(&format!("a.{way}")), &mut Budget::default()).unwrap();
        let bound = binder.bind_all(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"));
        let (right, mut faults) = faults(form, &bound.reports[0], &truth, case.table);
        if bound.reports.len() != 1 {
            faults.push(format!("{} reports", bound.reports.len()));
        }
        if right < least {
            faults.push(format!("only {right} of {least} right"));
        }
        faults.truncate(3);
        if !faults.is_empty() {
            wrong.push(format!("{} {way}: {}", case.name, faults.join("; ")));
        }
    }
    wrong
}

fn all(cases: &[Case]) {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let wrong: Vec<String> = cases.iter().flat_map(|case| judge(&forms, &binder, case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parts_and_their_total_are_told_apart() {
    all(offices::CASES);
}

#[test]
fn layouts_of_every_day_are_read_or_told() {
    all(layouts::CASES);
}

#[test]
fn groups_years_and_columns_of_the_office_are_read_by_their_headers() {
    all(groups::CASES);
}

#[test]
fn merged_cells_that_are_lost_or_repeated_are_read_or_told() {
    all(merged::CASES);
}

#[test]
fn years_wide_rows_and_totals_of_groups_are_read() {
    all(years::CASES);
}
