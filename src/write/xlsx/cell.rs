//! Cells of a sheet (ECMA-376 part 1, 18.3.1.4): references, exact numbers, and text that never becomes a formula.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rust_decimal::Decimal;

use crate::document::column_letters;
use crate::write::plan::clean;
use crate::write::xml::escape_clean;

/// Maximum length of a cell's text in UTF-16 code units.
pub(crate) const LONGEST_TEXT: usize = 32_767;

/// Number of significant digits of a number in a cell.
const DIGITS: usize = 15;

/// Cell reference in A1 style; row and column are 0-based.
pub(crate) fn name(row: u32, column: u32) -> String {
    let mut name = column_letters(column);
    name.push_str(itoa::Buffer::new().format(row + 1));
    name
}

/// Reference of a region; that of a cell for a region of one cell.
pub(crate) fn region(row: u32, column: u32, row_span: u32, col_span: u32) -> String {
    let first = name(row, column);
    if (row_span, col_span) == (1, 1) {
        return first;
    }
    format!("{first}:{}", name(row + row_span.max(1) - 1, column + col_span.max(1) - 1))
}

/// The number if a cell keeps it exactly; `None` if a float of 15 digits would change it: it is then written as text.
pub(crate) fn exact(number: Decimal) -> Option<Decimal> {
    let number = number.normalize();
    // Fast path for nearly every figure.
    if number.mantissa().unsigned_abs() < 10_u128.pow(DIGITS as u32) {
        return Some(number);
    }
    let digits = number.mantissa().unsigned_abs().to_string();
    let significant = digits.trim_end_matches('0').len();
    let whole = digits.len().saturating_sub(number.scale() as usize);
    (significant <= DIGITS && whole <= DIGITS).then_some(number)
}

/// The number of a text that is the shortest form of an exact number.
pub(crate) fn plain_number(text: &str) -> Option<Decimal> {
    let number = exact(text.parse().ok()?)?;
    (number.to_string() == text).then_some(number)
}

/// Whether a program would interpret the text as a formula if it were typed (CWE-1236).
pub(crate) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Appends the start of a cell, before its style.
pub(crate) fn open(out: &mut String, name: &str) {
    out.push_str("<c r=\"");
    out.push_str(name);
    out.push_str("\" s=\"");
}

/// Appends a style index.
pub(crate) fn style_number(out: &mut String, style: u32) {
    out.push_str(itoa::Buffer::new().format(style));
}

/// Appends the rest of a cell without content.
pub(crate) fn blank(out: &mut String, style: u32) {
    style_number(out, style);
    out.push_str("\"/>");
}

/// Appends the rest of a cell with a number.
pub(crate) fn number(out: &mut String, style: u32, number: Decimal) {
    style_number(out, style);
    out.push_str("\"><v>");
    value(out, number);
    out.push_str(VALUE_END);
}

/// The closing tags of a cell with a value.
pub(crate) const VALUE_END: &str = "</v></c>";

/// Appends a number.
pub(crate) fn value(out: &mut String, number: Decimal) {
    let number = number.normalize();
    match i64::try_from(number.mantissa()) {
        // Fast path: nearly every figure is whole.
        Ok(whole) if number.scale() == 0 => out.push_str(itoa::Buffer::new().format(whole)),
        _ => out.push_str(&number.to_string()),
    }
}

/// Appends the rest of a cell with literal text. Text beyond the maximum length is cut: see [`pieces`].
pub(crate) fn text(out: &mut String, style: u32, text: &str) {
    let text = pieces(text).next().unwrap_or_default();
    if text.is_empty() {
        return blank(out, style);
    }
    style_number(out, style);
    out.push_str("\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    literal(text, out);
    out.push_str("</t></is></c>");
}

/// Splits a text into pieces that each fit a cell.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // A byte is at most one code unit.
        if rest.len() <= LONGEST_TEXT {
            return Some(std::mem::take(&mut rest));
        }
        let (mut units, mut end) = (0, rest.len());
        for (at, character) in rest.char_indices() {
            units += character.len_utf16();
            if units > LONGEST_TEXT {
                end = at;
                break;
            }
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Appends text with `_xHHHH_` escaped, so that it is not decoded to a character (22.9.2.19, `ST_Xstring`).
pub(crate) fn literal(text: &str, out: &mut String) {
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"_x"));
    let text = clean(text);
    let mut rest = text.as_ref();
    while let Some(at) = ESCAPE.find(rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        escape_clean(before, out);
        let code = from.as_bytes().get(2..7);
        let escapes = code.is_some_and(|code| code[4] == b'_' && code[..4].iter().all(u8::is_ascii_hexdigit));
        out.push_str(if escapes { "_x005F_x" } else { "_x" });
        rest = &from[2..];
    }
    escape_clean(rest, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_excel_names_them() {
        assert_eq!((name(0, 0), name(8, 26)), ("A1".to_owned(), "AA9".to_owned()));
        assert_eq!(name(1_048_575, 16_383), "XFD1048576");
        assert_eq!(region(4, 3, 1, 6), "D5:I5");
        assert_eq!(region(4, 3, 1, 1), "D5");
    }

    #[test]
    fn numbers_that_a_binary_number_would_change_are_text() {
        let exact = |text: &str| exact(text.parse().unwrap()).map(|number| number.to_string());
        assert_eq!(exact("59237.2449").as_deref(), Some("59237.2449"));
        assert_eq!(exact("0.10").as_deref(), Some("0.1"));
        assert_eq!(exact("-8").as_deref(), Some("-8"));
        assert_eq!(exact("123456789012345").as_deref(), Some("123456789012345"));
        assert_eq!(exact("1234567890123456"), None);
        assert_eq!(exact("1000000000000000"), None);
        assert_eq!(exact("0.1234567890123456"), None);
    }

    #[test]
    fn text_becomes_a_number_only_if_that_changes_nothing() {
        assert!(plain_number("12.5").is_some());
        for text in ["007", "1,234", "+3", "1e5", "", "12 ", "１２", "3.0"] {
            assert!(plain_number(text).is_none(), "{text}");
        }
    }

    #[test]
    fn text_with_escape_sequences_is_literal() {
        let mut out = String::new();
        open(&mut out, "A1");
        text(&mut out, 3, "=HYPERLINK(\"x\")&_x0041_ _x12\u{1}");
        let inner = "=HYPERLINK(&quot;x&quot;)&amp;_x005F_x0041_ _x12";
        assert_eq!(
            out,
            format!("<c r=\"A1\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{inner}</t></is></c>")
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let long = "𠀀".repeat(20_000);
        let cut: Vec<&str> = pieces(&long).collect();
        assert_eq!(cut.concat(), long);
        assert!(cut.iter().all(|piece| piece.encode_utf16().count() <= LONGEST_TEXT));
        assert_eq!(pieces("").count(), 0);
    }
}
