//! Reports as the web leaves them: rendered into every layout and damage that texts have, and read back. A figure is right or
//! empty, never wrong; how many are read is held by a register that may only rise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints its table"
)]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::{Content, Report};
use nianbao::sampler::{Random, Sampler};

/// Reports that each layout is tried on, for each form.
const SEEDS: u64 = 20;

/// A cell of a table in text: what it says, and whether it is a figure.
type Cell = (String, bool);

/// The text of a report outside its tables, and its tables as rows of cells.
enum Piece {
    Line(String),
    Table(Vec<Vec<Cell>>),
}

fn pieces(form: &Form, report: &Report) -> Vec<Piece> {
    let mut pieces = vec![Piece::Line(report.title.clone().unwrap())];
    for section in &report.sections {
        pieces.extend(section.heading.clone().map(Piece::Line));
        for content in &section.content {
            match content {
                Content::Paragraph { text, .. } => pieces.push(Piece::Line(text.clone())),
                Content::Table { table } => {
                    let table = form.tables.iter().position(|known| known.id == *table).unwrap();
                    pieces.push(Piece::Table(rows(form, report, table)));
                }
                _ => {}
            }
        }
    }
    pieces
}

fn rows(form: &Form, report: &Report, table: usize) -> Vec<Vec<Cell>> {
    let cell = |content: &LayoutContent| match content {
        LayoutContent::Field(field) => (report.values[*field].raw.clone(), true),
        LayoutContent::Caption(text)
        | LayoutContent::Corner(text)
        | LayoutContent::ColumnHead(text)
        | LayoutContent::RowHead(text) => (text.clone(), false),
    };
    Layout::of(form, table).rows.iter().map(|row| row.iter().map(|found| cell(&found.content)).collect()).collect()
}

/// Renders with one way to write a row.
fn with_rows(pieces: &[Piece], line: &str, mut row: impl FnMut(&[Cell]) -> String) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Line(words) => text.push_str(&format!("{words}{line}")),
            Piece::Table(rows) => rows.iter().for_each(|cells| text.push_str(&row(cells))),
        }
    }
    text
}

fn joined(cells: &[Cell], between: &str) -> String {
    cells.iter().map(|cell| cell.0.as_str()).collect::<Vec<_>>().join(between)
}

/// Figures run together, with blanks anywhere but inside a number.
fn blanks_anywhere(cells: &[Cell], random: &mut Random) -> String {
    let mut text = String::new();
    for (words, figure) in cells {
        if *figure && random.once_in(2) {
            text.push_str(&" ".repeat(1 + random.below(2) as usize));
        }
        text.push_str(words);
    }
    text
}

const PAIRS: &[(&str, &str)] = &[
    ("开", "開"),
    ("处", "處"),
    ("规", "規"),
    ("强", "強"),
    ("制", "製"),
    ("总", "總"),
    ("计", "計"),
    ("数", "數"),
    ("业", "業"),
    ("构", "構"),
    ("会", "會"),
    ("组", "組"),
    ("织", "織"),
    ("务", "務"),
    ("结", "結"),
    ("维", "維"),
    ("纠", "糾"),
    ("关", "關"),
    ("请", "請"),
    ("档", "檔"),
];

fn traditional(text: &str) -> String {
    PAIRS.iter().fold(text.to_owned(), |text, (simple, old)| text.replace(simple, old))
}

fn wide(text: &str) -> String {
    text.chars()
        .map(
            |character| {
                if character.is_ascii_digit() { char::from_u32(character as u32 + 0xfee0).unwrap() } else { character }
            },
        )
        .collect()
}

type Render = fn(&[Piece], &mut Random) -> String;

/// Every layout by its name.
const LAYOUTS: &[(&str, Render)] = &[
    ("cell-per-line", |pieces, _| with_rows(pieces, "\n\n", |cells| joined(cells, "\n\n") + "\n\n")),
    ("cell-per-line-pipe-after", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, " |\n") + " |\n")),
    ("cell-per-line-pipe-before", |pieces, _| {
        with_rows(pieces, "\n", |cells| format!("| {}\n", joined(cells, "\n| ")))
    }),
    ("pipe-on-its-own-line", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, "\n|\n") + "\n|\n")),
    ("row-per-line-pipes", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, " | ") + " |\n")),
    ("row-per-line-padded", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, " | ") + " ||||\n")),
    ("row-per-line-tabs", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, "\t") + "\n")),
    ("row-per-line-blanks", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, "   ") + "\n")),
    ("markdown", |pieces, _| {
        with_rows(pieces, "\n\n", |cells| format!("| {} |\n|{}\n", joined(cells, " | "), "---|".repeat(cells.len())))
    }),
    ("glued-rows", |pieces, _| with_rows(pieces, "\n", |cells| joined(cells, "") + "\n")),
    ("glued-in-one-line", |pieces, _| with_rows(pieces, "", |cells| joined(cells, ""))),
    ("glued-blanks-anywhere", |pieces, random| with_rows(pieces, "", |cells| blanks_anywhere(cells, random))),
    ("traditional-characters", |pieces, _| traditional(&with_rows(pieces, "\n", |cells| joined(cells, "\n") + "\n"))),
    ("full-width-figures", |pieces, _| {
        with_rows(pieces, "\n", |cells| {
            let cells: Vec<Cell> = cells
                .iter()
                .map(|(words, figure)| (if *figure { wide(words) } else { words.clone() }, *figure))
                .collect();
            joined(&cells, "\n") + "\n"
        })
    }),
    ("no-break-spaces", |pieces, _| {
        with_rows(pieces, "\n", |cells| format!("\u{a0}{}\u{a0}\n", joined(cells, "\u{a0}\n\u{a0}")))
    }),
    ("cut-in-the-middle", |pieces, random| {
        let whole = with_rows(pieces, "\n", |cells| joined(cells, "\n") + "\n");
        let mut at = whole.len() / 3 + random.below(whole.len() as u64 / 2) as usize;
        while !whole.is_char_boundary(at) {
            at += 1;
        }
        // A crawler cuts anywhere, also inside a number: the last line is not whole.
        let kept = &whole[..at];
        kept[..kept.rfind('\n').map_or(0, |end| end + 1)].to_owned()
    }),
    ("repeated-lines-dropped", |pieces, _| {
        let whole = with_rows(pieces, "\n", |cells| joined(cells, "\n") + "\n");
        let mut seen: Vec<&str> = Vec::new();
        for line in whole.lines() {
            if !seen.contains(&line) {
                seen.push(line);
            }
        }
        seen.join("\n")
    }),
    ("blank-cells-dropped", |pieces, _| {
        with_rows(pieces, "\n", |cells| {
            let cells: Vec<Cell> = cells.iter().filter(|(words, figure)| !(*figure && words == "0")).cloned().collect();
            joined(&cells, " | ") + "\n"
        })
    }),
    ("html-soup", |pieces, _| {
        let mut text = String::from("<div class=nav><a href=#>首页</a></div><div class=TRS_Editor>");
        for piece in pieces {
            match piece {
                Piece::Line(words) => text.push_str(&format!("<p><font><span>{words}</span></font></p>")),
                Piece::Table(rows) => rows.iter().for_each(|cells| {
                    for cell in cells {
                        text.push_str(&format!("<p>\n<span>{}</span></p>", cell.0));
                    }
                }),
            }
        }
        text + "</div><div class=footer>版权所有</div>"
    }),
];

/// Reads a text and counts: figures that are right, and the first that is wrong.
fn read(binder: &Binder, text: &str, report: &Report) -> (usize, Option<String>) {
    let Ok(reading) = nianbao::read::read(text.as_bytes(), None, &mut Budget::default()) else { return (0, None) };
    let Ok(again) = binder.bind(&reading, &Hints::default()) else { return (0, None) };
    let mut right = 0;
    for (field, value) in &again.values {
        let Some(number) = value.value else { continue };
        let truth = report.values.get(field.as_str()).and_then(|value| value.value);
        if truth != Some(number) {
            return (
                right,
                Some(format!("{field}: {number} for {truth:?}, raw {:?}, deduced {:?}", value.raw, value.deduced)),
            );
        }
        right += 1;
    }
    (right, None)
}

#[test]
fn no_layout_gives_a_wrong_figure_and_none_gets_worse() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let register = include_str!("layouts.register");
    let mut wrong = Vec::new();
    let mut worse = Vec::new();
    println!("{:<28} {:>8} {:>8}", "layout", "read", "register");
    for (name, render) in LAYOUTS {
        let (mut right, mut of) = (0, 0);
        for form in forms.iter() {
            for seed in 0..SEEDS {
                let report = Sampler::new(seed).report(form);
                let text = render(&pieces(form, &report), &mut Random::new(seed));
                let (found, mistake) = read(&binder, &text, &report);
                wrong.extend(mistake.map(|mistake| format!("{name} {} seed {seed}: {mistake}", form.id)));
                right += found;
                of += form.fields.len();
            }
        }
        let permille = right * 1_000 / of;
        let registered = register.lines().find_map(|line| {
            let (known, permille) = line.split_once(' ')?;
            permille.trim().parse::<usize>().ok().filter(|_| known == *name)
        });
        println!("{name:<28} {permille:>7}‰ {:>8}", registered.map_or("-".to_owned(), |known| format!("{known}‰")));
        match registered {
            Some(known) if permille >= known => {}
            _ => worse.push(format!("{name}: {permille}‰, registered {registered:?}")),
        }
    }
    assert!(wrong.is_empty(), "wrong figures:\n{}", wrong.join("\n"));
    assert!(worse.is_empty(), "fewer figures are read than before:\n{}", worse.join("\n"));
}
