//! Tables drawn in text: Markdown with every cell, boxes, and the output of PDF converters.

use nianbao::sampler::Random;

use super::render::{Cell, Clear, Layout, Piece, Render, Source};

const fn rows(name: &'static str, render: Render) -> Layout {
    Layout { name, clear: Clear::Rows, render }
}

/// Layouts in which some rows have no label: it is not judged which figures the text decides, only that none is wrong.
const fn unlabelled(name: &'static str, render: Render) -> Layout {
    Layout { name, clear: Clear::Nothing, render }
}

/// Every cell of a row, including blank ones.
fn whole(cells: &[Cell], width: usize) -> Vec<String> {
    let mut row = vec![String::new(); width];
    for cell in cells {
        row[cell.column] = cell.shown();
    }
    row
}

fn width(rows: &[Vec<Cell>]) -> usize {
    rows.iter().flatten().map(|cell| cell.column + cell.columns).max().unwrap_or(0)
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The text with each table drawn by `table`.
fn drawn(source: &Source, mut table: impl FnMut(&[Vec<Cell>]) -> String) -> String {
    let mut text = String::new();
    for piece in &source.pieces {
        match piece {
            Piece::Heading(words) | Piece::Line(words) => text.push_str(&format!("{words}\n\n")),
            Piece::Table(rows) => text.push_str(&(table(rows) + "\n")),
        }
    }
    text
}

fn markdown(rows: &[Vec<Cell>], mut row: impl FnMut(&[Cell], Vec<String>) -> String) -> String {
    let width = width(rows);
    let mut text = String::new();
    for (number, cells) in rows.iter().enumerate() {
        text.push_str(&row(cells, whole(cells, width)));
        if number == 0 {
            text.push_str(&format!("|{}\n", "---|".repeat(width)));
        }
    }
    text
}

/// The label cell of a row of figures: the last one before them.
fn label(cells: &[Cell]) -> Option<&Cell> {
    let first = cells.iter().position(|cell| cell.field.is_some())?;
    cells[..first].last()
}

fn boxed(rows: &[Vec<Cell>], mut row: impl FnMut(&[Cell], Vec<String>) -> String) -> String {
    let width = width(rows);
    let rule = |ends: [char; 3]| format!("{}{}{}\n", ends[0], vec!["────"; width].join(&ends[1].to_string()), ends[2]);
    let inside: Vec<String> = rows.iter().map(|cells| row(cells, whole(cells, width))).collect();
    rule(['┌', '┬', '┐']) + &inside.join(&rule(['├', '┼', '┤'])) + &rule(['└', '┴', '┘'])
}

fn box_line(cells: &[String]) -> String {
    format!("│{}│\n", cells.join("│"))
}

/// A label split in two.
fn halves(words: &str) -> (String, String) {
    let at = words.char_indices().map(|(at, _)| at).nth(words.chars().count() / 2).unwrap_or(0);
    (words[..at].to_owned(), words[at..].to_owned())
}

fn broken(cells: &[Cell], row: &[String], random: &mut Random) -> String {
    let Some(label) = label(cells).filter(|label| label.words.chars().count() > 5 && random.once_in(3)) else {
        return line(row);
    };
    let (first, second) = halves(&label.words);
    let mut lines = [vec![String::new(); row.len()], row.to_vec(), vec![String::new(); row.len()]];
    (lines[0][label.column], lines[1][label.column], lines[2][label.column]) = (first, String::new(), second);
    lines.iter().map(|cells| line(cells)).collect()
}

/// The layouts.
pub(crate) const LAYOUTS: &[Layout] = &[
    rows("markdown-whole", |source, _| drawn(source, |rows| markdown(rows, |_, row| line(&row)))),
    rows("markdown-bold", |source, _| {
        let bold = |cell: &String| if cell.is_empty() { String::new() } else { format!("**{cell}**") };
        drawn(source, |rows| markdown(rows, |_, row| line(&row.iter().map(bold).collect::<Vec<_>>())))
    }),
    rows("markdown-labels-broken", |source, random| {
        drawn(source, |rows| markdown(rows, |cells, row| broken(cells, &row, random)))
    }),
    rows("markdown-labels-outside", |source, random| {
        let below = random.once_in(2);
        drawn(source, |rows| {
            let mut last = true;
            markdown(rows, |cells, mut row| {
                let out = label(cells).filter(|_| !last && cells.len() > 3 && random.once_in(4));
                last = out.is_some();
                let Some(label) = out else { return line(&row) };
                row[label.column] = String::new();
                if below { line(&row) + &label.words + "\n" } else { label.words.clone() + "\n" + &line(&row) }
            })
        })
    }),
    rows("boxes", |source, _| drawn(source, |rows| boxed(rows, |_, row| box_line(&row)))),
    rows("boxes-broken-labels", |source, _| {
        drawn(source, |rows| {
            boxed(rows, |cells, row| {
                let Some(label) = label(cells) else { return box_line(&row) };
                let (first, second) = halves(&label.words);
                let mut lines = [row.clone(), vec![String::new(); row.len()]];
                (lines[0][label.column], lines[1][label.column]) = (first, second);
                lines.iter().map(|cells| box_line(cells)).collect()
            })
        })
    }),
    unlabelled("markdown-labels-lost", |source, random| {
        drawn(source, |rows| {
            markdown(rows, |cells, mut row| {
                if let Some(label) = label(cells).filter(|_| random.once_in(5)) {
                    row[label.column] = String::new();
                }
                line(&row)
            })
        })
    }),
    unlabelled("markdown-ends-lost", |source, random| {
        drawn(source, |rows| {
            let figures = rows.iter().filter(|cells| label(cells).is_some()).count();
            let (mut number, kept) = (0, random.once_in(2));
            markdown(rows, |cells, mut row| {
                let Some(label) = label(cells) else { return line(&row) };
                number += 1;
                // Figures above all labels, and no figures below the last: they seem to precede their labels.
                if number == 1 {
                    row[label.column] = String::new();
                } else if number == figures {
                    row[..label.column].fill(String::new());
                    let words = label.words.clone();
                    row = vec![String::new(); row.len()];
                    row[label.column] = words;
                } else if kept && random.once_in(6) {
                    row[label.column] = String::new();
                }
                line(&row)
            })
        })
    }),
];
