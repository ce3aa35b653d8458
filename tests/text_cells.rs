//! Texts whose lines have cells: with blank cells, years side by side, or rows and columns exchanged. Every figure is right, every blank
//! cell is empty.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Hints, bind};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms};

/// The longest table of the form: its header and its rows, with a blank cell in every third place.
fn table(form: &Form) -> (Vec<String>, Vec<Vec<String>>) {
    let block = &form.tables[1].blocks[0];
    let words = |label: Option<&nianbao::form::Label>| label.map(|label| label.text.clone()).unwrap_or_default();
    let header =
        std::iter::once("项目".to_owned()).chain(block.leaf_columns.iter().map(|column| words(column.label())));
    let rows = block.leaf_rows.iter().enumerate().map(|(row, path)| {
        let figures = (0..block.leaf_columns.len()).map(|column| figure(row, column));
        std::iter::once(words(path.label())).chain(figures).collect()
    });
    (header.collect(), rows.collect())
}

fn figure(row: usize, column: usize) -> String {
    if (row + column).is_multiple_of(3) { String::new() } else { (1_000 + row * 10 + column).to_string() }
}

/// Columns of a page, figures at the right.
fn aligned(row: &[String]) -> String {
    let width = |text: &str| text.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let first = format!("{}{}", row[0], " ".repeat(90 - width(&row[0])));
    row[1..].iter().fold(first, |line, cell| format!("{line}{}{cell}", " ".repeat(16 - width(cell))))
}

fn lines(rows: &[Vec<String>], line: impl Fn(&[String]) -> String) -> String {
    rows.iter().map(|row| line(row) + "\n").collect()
}

/// The report with this text as its second table: wrong figures, and the number of right ones.
fn read(form: &Form, forms: &Forms, table: &str) -> (Vec<String>, usize) {
    let spec = &form.tables[1];
    let heading = form.sections[spec.section].heading.as_ref().unwrap();
    let text = format!("{}\n{}\n{table}", form.title.for_report("白渚市民政局", 2024), heading.text);
    let reading = nianbao::read::read(text.as_bytes(), None, &mut Budget::default()).unwrap();
    let report = bind(&reading, forms, &Hints::default()).unwrap();
    let (mut wrong, mut right) = (Vec::new(), 0);
    let block = &spec.blocks[0];
    for row in 0..block.leaf_rows.len() {
        for column in 0..block.leaf_columns.len() {
            let id = &form.fields[block.first_field + row * block.leaf_columns.len() + column].id;
            let found = report.values[id].value.map(|value| value.to_string());
            let truth = Some(figure(row, column)).filter(|figure| !figure.is_empty());
            right += usize::from(found.is_some() && found == truth);
            if found.is_some() && found != truth {
                wrong.push(format!("{id} is {found:?}, not {truth:?}"));
            }
        }
    }
    (wrong, right)
}

#[test]
fn lines_with_cells_are_read_by_their_columns() {
    let forms = Forms::built_in().unwrap();
    for form in ["gkbg-2019", "gkbg-2021"].map(|id| forms.get(id).unwrap()) {
        let (header, rows) = table(form);
        let all: Vec<Vec<String>> = std::iter::once(header.clone()).chain(rows.clone()).collect();
        let filled = rows.iter().flat_map(|row| &row[1..]).filter(|cell| !cell.is_empty()).count();
        // Last year's figure beside each of this year's.
        let years = |between: &str| {
            let head = header[1..].iter().flat_map(|head| [format!("{head}（2024年）"), format!("{head}（2023年）")]);
            let head = std::iter::once(header[0].clone()).chain(head).collect::<Vec<_>>().join(between);
            let rows = rows.iter().map(|row| {
                let figures = row[1..].iter().flat_map(|figure| [figure.clone(), "77".to_owned()]);
                std::iter::once(row[0].clone()).chain(figures).collect::<Vec<_>>().join(between)
            });
            std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
        };
        // Rows and columns exchanged, in two parts of which each has half of the rows.
        let turned = |rows: &[Vec<String>]| {
            let lines = (0..header.len()).map(|column| {
                let cells = rows.iter().map(|row| row[column].clone());
                std::iter::once(header[column].clone()).chain(cells).collect()
            });
            let mut lines: Vec<Vec<String>> = lines.collect();
            lines[0][0] = "申请人情况".to_owned();
            lines
        };
        let (one, other) = rows.split_at(rows.len() / 2);
        let texts = [
            ("tabs", lines(&all, |row| row.join("\t"))),
            ("pipes", lines(&all, |row| row.join(" | "))),
            ("aligned", lines(&all, aligned)),
            ("years", years("\t")),
            ("turned", lines(&turned(one), |row| row.join("\t")) + &lines(&turned(other), |row| row.join("\t"))),
            ("markdown", lines(&all, |row| format!("| {} |  |  | {} |", row[0], row[1..].join(" | ")))),
        ];
        for (name, text) in texts {
            let (wrong, right) = read(form, &forms, &text);
            assert!(wrong.is_empty(), "{name} {}: {wrong:?}", form.id);
            assert!(right * 100 >= filled * 97, "{name} {}: {right} of {filled} are read", form.id);
        }
    }
}

#[test]
fn cells_that_are_only_separated_by_blanks_have_no_column() {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let (header, rows) = table(form);
    let all: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    for between in ["  ", "   ", "      "] {
        let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>();
        let (wrong, _) = read(form, &forms, &lines(&all, |row| filled(row).join(between)));
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
