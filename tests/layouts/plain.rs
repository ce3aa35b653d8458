//! Layouts of real texts, undamaged or truncated.

use nianbao::sampler::Random;

use super::render::{Cell, Clear, Layout, Piece, changed, joined, lines, pipes, unmarked, with_rows};

const fn rows(name: &'static str, render: super::render::Render) -> Layout {
    Layout { name, clear: Clear::Rows, render }
}

const fn judged(name: &'static str, render: super::render::Render) -> Layout {
    Layout { name, clear: Clear::Judged, render }
}

const fn nothing(name: &'static str, render: super::render::Render) -> Layout {
    Layout { name, clear: Clear::Nothing, render }
}

/// Figures that run together; `keep` selects by cell and row number.
fn glued(pieces: &[Piece], keep: impl Fn(&Cell, usize) -> bool) -> String {
    let mut row = 0;
    with_rows(pieces, "\n", |cells| {
        row += 1;
        let kept = cells.iter().filter(|cell| cell.field.is_none() || keep(cell, row));
        joined(&kept.cloned().collect::<Vec<_>>(), "") + "\n"
    })
}

/// Figures that run together, with blanks anywhere except inside a number.
fn blanks_anywhere(cells: &[Cell], random: &mut Random) -> String {
    let mut text = String::new();
    for cell in cells {
        if cell.field.is_some() && random.once_in(2) {
            text.push_str(&" ".repeat(1 + random.below(2) as usize));
        }
        text.push_str(&cell.shown());
    }
    text
}

fn wide(text: &str) -> String {
    let wide = |digit: char| char::from_u32(digit as u32 + 0xfee0).unwrap();
    text.chars().map(|character| if character.is_ascii_digit() { wide(character) } else { character }).collect()
}

/// Length of the first part of a text, cut at a random byte.
fn cut(whole: &str, random: &mut Random) -> usize {
    let mut at = whole.len() / 3 + random.below(whole.len() as u64 / 2) as usize;
    while !whole.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The layouts.
pub(crate) const LAYOUTS: &[Layout] = &[
    rows("cell-per-line", |source, _| with_rows(&source.pieces, "\n\n", |cells| joined(cells, "\n\n") + "\n\n")),
    rows("cell-per-line-pipe-after", |source, _| {
        with_rows(&source.pieces, "\n", |cells| joined(cells, " |\n") + " |\n")
    }),
    rows("cell-per-line-pipe-before", |source, _| {
        with_rows(&source.pieces, "\n", |cells| format!("| {}\n", joined(cells, "\n| ")))
    }),
    rows("pipe-on-its-own-line", |source, _| with_rows(&source.pieces, "\n", |cells| joined(cells, "\n|\n") + "\n|\n")),
    rows("row-per-line-pipes", |source, _| pipes(&source.pieces)),
    rows("row-per-line-padded", |source, _| with_rows(&source.pieces, "\n", |cells| joined(cells, " | ") + " ||||\n")),
    rows("row-per-line-tabs", |source, _| with_rows(&source.pieces, "\n", |cells| joined(cells, "\t") + "\n")),
    rows("row-per-line-blanks", |source, _| with_rows(&source.pieces, "\n", |cells| joined(cells, "   ") + "\n")),
    rows("markdown", |source, _| {
        with_rows(&source.pieces, "\n\n", |cells| {
            format!("| {} |\n|{}\n", joined(cells, " | "), "---|".repeat(cells.len()))
        })
    }),
    judged("glued-rows", |source, _| with_rows(&source.pieces, "\n", |cells| joined(cells, "") + "\n")),
    judged("glued-in-one-line", |source, _| with_rows(&source.pieces, "", |cells| joined(cells, ""))),
    judged("glued-blanks-anywhere", |source, random| {
        with_rows(&source.pieces, "", |cells| blanks_anywhere(cells, random))
    }),
    judged("glued-and-cut", |source, random| {
        let whole = with_rows(&source.pieces, "", |cells| joined(cells, ""));
        let at = cut(&whole, random);
        whole[..at].to_owned()
    }),
    rows("full-width-figures", |source, _| {
        let wide = |cell: &Cell| if cell.field.is_some() { wide(&cell.words) } else { cell.words.clone() };
        lines(&changed(&source.pieces, wide))
    }),
    rows("no-break-spaces", |source, _| {
        with_rows(&source.pieces, "\n", |cells| format!("\u{a0}{}\u{a0}\n", joined(cells, "\u{a0}\n\u{a0}")))
    }),
    rows("cut-in-the-middle", |source, random| {
        let whole = lines(&source.pieces);
        // A crawler cuts anywhere, also inside a number, so the last line is dropped.
        let kept = &whole[..cut(&whole, random)];
        kept[..kept.rfind('\n').map_or(0, |end| end + 1)].to_owned()
    }),
    rows("repeated-lines-dropped", |source, _| {
        let whole = lines(&source.pieces);
        let mut seen: Vec<String> = Vec::new();
        let mut kept = Vec::new();
        for line in whole.lines() {
            if !seen.contains(&unmarked(line)) {
                seen.push(unmarked(line));
                kept.push(line);
            }
        }
        kept.join("\n")
    }),
    rows("blank-cells-dropped", |source, _| {
        with_rows(&source.pieces, "\n", |cells| {
            let filled = cells.iter().filter(|cell| !(cell.field.is_some() && cell.words == "0"));
            joined(&filled.cloned().collect::<Vec<_>>(), " | ") + "\n"
        })
    }),
    // The marks for zero are lost, so that cells cannot be assigned: in all rows, in some, or only in the totals.
    nothing("glued-without-zeros", |source, _| glued(&source.pieces, |cell, _| cell.words != "0")),
    nothing("glued-without-some-zeros", |source, random| {
        let struck = random.below(2) == 0;
        glued(&source.pieces, |cell, row| cell.words != "0" || (row.is_multiple_of(2) == struck))
    }),
    nothing("glued-without-totals", |source, random| {
        let kept = random.below(3) as usize;
        let pieces = changed(&source.pieces, |cell| match cell.field {
            Some(field) if source.form.fields[field].id.ends_with("total") && field % 3 != kept => String::new(),
            _ => cell.words.clone(),
        });
        with_rows(&pieces, "\n", |cells| joined(cells, "") + "\n")
    }),
    nothing("blanks-without-zeros", |source, _| {
        with_rows(&source.pieces, "\n", |cells| {
            let filled = cells.iter().filter(|cell| cell.field.is_none() || cell.words != "0");
            joined(&filled.cloned().collect::<Vec<_>>(), "  ") + "\n"
        })
    }),
    // A sign between two figures is lost first.
    nothing("glued-without-signs", |source, _| {
        let pieces = changed(&source.pieces, |cell| {
            if cell.field.is_some() { cell.words.replace('-', "") } else { cell.words.clone() }
        });
        let first = |cells: &[Cell]| cells.iter().position(|cell| cell.field.is_some());
        with_rows(&pieces, "\n", |cells| {
            let signed = first(cells)
                .and_then(|first| cells[first].field)
                .map_or("", |field| if source.report.values[field].raw.starts_with('-') { "-" } else { "" });
            let at = first(cells).unwrap_or(0);
            format!("{}{signed}{}\n", joined(&cells[..at], ""), joined(&cells[at..], ""))
        })
    }),
    rows("html-soup", |source, _| {
        let mut text = String::from("<div class=nav><a href=#>首页</a></div><div class=TRS_Editor>");
        for piece in &source.pieces {
            match piece {
                Piece::Heading(words) | Piece::Line(words) => {
                    text.push_str(&format!("<p><font><span>{words}</span></font></p>"));
                }
                Piece::Table(rows) => {
                    for cell in rows.iter().flatten() {
                        text.push_str(&format!("<p>\n<span>{}</span></p>", cell.shown()));
                    }
                }
            }
        }
        text + "</div><div class=footer>版权所有</div>"
    }),
];
