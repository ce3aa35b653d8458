//! Moves the references to cells in a formula, in a list of regions, or in the name of a region.

/// A reference to a cell or a range of them: its rows, 0-based, and whether they are absolute (`$`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) from: (u32, bool),
    /// The last row of a range; `None` for a single cell.
    pub(super) to: Option<(u32, bool)>,
}

/// Rewrites the rows of all references in a text. `on` is called with the sheet that a reference names, and decides whether it is moved;
/// `rows` gives its new first and last row. Strings, names, functions and references to other workbooks are kept.
pub(super) fn moved(
    text: &str,
    on: &dyn Fn(Option<&str>) -> bool,
    rows: &dyn Fn(Rows) -> (u32, Option<u32>),
) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    let (mut sheet, mut is_external): (Option<String>, bool) = (None, false);
    while let Some(sign) = rest.chars().next() {
        let length = match sign {
            '"' => quoted(rest, '"'),
            '\'' => quoted(rest, '\''),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            _ if is_word(sign) => rest.find(|sign| !is_word(sign)).unwrap_or(rest.len()),
            _ => sign.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if after.starts_with('!') && (sign == '\'' || is_word(sign)) {
            let name = token.trim_matches('\'').replace("''", "'");
            sheet = Some(if is_external { format!("[]{name}") } else { name });
            out.push_str(token);
            out.push('!');
            rest = &after[1..];
            continue;
        }
        is_external = sign == '[';
        let end = after.strip_prefix(':').map(|end| &end[..end.find(|sign| !is_word(sign)).unwrap_or(end.len())]);
        let own = on(sheet.take().as_deref());
        match (reference(token, end), after.starts_with('(')) {
            (Some((found, with_end)), false) if own => {
                let (from, to) = rows(found);
                put(token, from, &mut out);
                if let (Some(end), true) = (end, with_end) {
                    out.push(':');
                    put(end, to.unwrap_or(from), &mut out);
                    rest = &after[1 + end.len()..];
                } else if let Some(to) = to {
                    out.push(':');
                    put(token, to, &mut out);
                }
            }
            (Some((_, true)), false) => {
                out.push_str(token);
                out.push(':');
                let end = end.unwrap_or_default();
                out.push_str(end);
                rest = &after[1 + end.len()..];
            }
            _ => out.push_str(token),
        }
    }
    out
}

/// Length of a quoted text at the beginning; a doubled quote is part of it.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '.' | '$' | '\\' | '?') || !sign.is_ascii()
}

/// The rows of a reference, and whether it includes `end`, the word after a colon.
fn reference(token: &str, end: Option<&str>) -> Option<(Rows, bool)> {
    if let Some(from) = cell(token) {
        let to = end.and_then(cell);
        return Some((Rows { from, to }, to.is_some()));
    }
    // Whole rows: `$1:$3`.
    let (from, to) = (row(token)?, row(end?)?);
    Some((Rows { from, to: Some(to) }, true))
}

/// The row of `$B$7`.
fn cell(token: &str) -> Option<(u32, bool)> {
    let column = token.strip_prefix('$').unwrap_or(token);
    let letters = column.find(|sign: char| !sign.is_ascii_alphabetic())?;
    ((1..=3).contains(&letters)).then(|| row(&column[letters..]))?
}

/// The row of `7` or `$7`.
fn row(text: &str) -> Option<(u32, bool)> {
    let digits = text.strip_prefix('$').unwrap_or(text);
    let plain = (1..=7).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = digits.parse::<u32>().ok().filter(|_| plain)?.checked_sub(1)?;
    Some((number, digits.len() < text.len()))
}

/// Writes a reference with another row.
fn put(token: &str, row: u32, out: &mut String) {
    out.push_str(token.trim_end_matches(|sign: char| sign.is_ascii_digit()));
    out.push_str(&(row + 1).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_move_and_everything_else_is_kept() {
        let rows = |rows: Rows| {
            let shift = |row: u32| if row > 6 { row + 3 } else { row };
            (shift(rows.from.0), rows.to.map(|(to, _)| if to == 6 { 9 } else { shift(to) }))
        };
        let own = |sheet: Option<&str>| sheet.is_none_or(|name| name == "表 一" || name == "表一");
        let cases = [
            ("SUM(C5:C7)", "SUM(C5:C10)"),
            ("SUM($C$5:C$8)+C7-AB8*2", "SUM($C$5:C$11)+C7-AB11*2"),
            ("'表 一'!C9+表一!C9+表二!C9", "'表 一'!C12+表一!C12+表二!C9"),
            ("[1]表一!C9+'[1]表一'!C9", "[1]表一!C9+'[1]表一'!C9"),
            ("IF(A9=\"C9\",LOG10(8),\"a\"\"C9\")", "IF(A12=\"C9\",LOG10(8),\"a\"\"C9\")"),
            ("表二!A1:C9", "表二!A1:C9"),
            ("$1:$3,8:9,12", "$1:$3,11:12,12"),
            ("表[C9]+率C9+C9_1", "表[C9]+率C9+C9_1"),
        ];
        for (text, wanted) in cases {
            assert_eq!(moved(text, &own, &rows), wanted, "{text}");
        }
    }
}
