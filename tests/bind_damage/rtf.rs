//! A page as rich text.

use std::fmt::Write as _;

use super::page::{Page, Piece, Table};

/// Width of a grid column in twips.
const WIDE: usize = 700;

fn text(text: &str, out: &mut String) {
    for unit in text.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii_alphanumeric) {
            Some(byte) => out.push(char::from(byte)),
            None => write!(out, "\\u{}?", unit.cast_signed()).unwrap(),
        }
    }
}

fn table(table: &Table, out: &mut String) {
    for row in table.spans() {
        out.push_str("\\trowd");
        let mut right = 0;
        for (_, _, rows, columns) in &row {
            right += columns * WIDE;
            let merge = match rows {
                0 => "\\clvmrg",
                1 => "",
                _ => "\\clvmgf",
            };
            write!(out, "{merge}\\cellx{right}").unwrap();
        }
        out.push_str("\\pard\\intbl ");
        for (cell, _, rows, _) in row {
            if rows > 0 {
                text(&table.texts[cell], out);
            }
            out.push_str("\\cell ");
        }
        out.push_str("\\row\n");
    }
    out.push_str("\\pard\\par\n");
}

/// The page as an .rtf file.
pub(super) fn rtf(page: &Page) -> Vec<u8> {
    let mut out = String::from("{\\rtf1\\ansi\n");
    for piece in &page.pieces {
        match piece {
            Piece::Text(words) | Piece::Heading(words) => {
                out.push_str("\\pard ");
                text(words, &mut out);
                out.push_str("\\par\n");
            }
            Piece::Table(of) => table(of, &mut out),
        }
    }
    out.push('}');
    out.into_bytes()
}
