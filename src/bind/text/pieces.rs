//! Splits the text of a row at its separators, and returns the pieces as cells if their number is certain.

use super::glued::{RowSum, is_run};
use super::piece::Piece;
use crate::bind::units::Unit;
use crate::bind::value;
use crate::text::blank;

/// Length in bytes of the punctuation that may follow a label, blanks in between included.
pub(in crate::bind) fn after_marks(text: &str) -> usize {
    let mut at = 0;
    for (offset, character) in text.char_indices() {
        match character {
            '”' | '"' | '\'' | '’' | '）' | ')' | '》' | '】' | '：' | ':' | '。' | '，' | ',' | '；' => {
                at = offset + character.len_utf8();
            }
            ' ' | '\u{a0}' | '\u{3000}' => {}
            _ => break,
        }
    }
    at
}

/// Maximum number of characters of a remark after a label.
const LONGEST_REMARK: usize = 80;

/// Length in bytes of an explanatory remark after a label: in brackets (`（含以本单位名义制发的）`), or after a colon up to the next
/// separator; 0 if there is none. A subdivision of the row (`其中`) and a figure are not remarks.
pub(in crate::bind) fn remark(text: &str) -> usize {
    let start = text.len() - text.trim_start_matches(blank).len();
    let rest = &text[start..];
    let Some(first) = rest.chars().next() else { return 0 };
    let inside = &rest[first.len_utf8()..];
    let close = match first {
        '（' | '(' => ['）', ')'],
        '【' | '[' => ['】', ']'],
        '〔' | '〈' => ['〕', '〉'],
        '：' | ':' => return colon_remark(text, start + first.len_utf8()),
        _ => return 0,
    };
    let mut depth = 0;
    for (at, character) in inside.char_indices().take(LONGEST_REMARK) {
        match character {
            '|' | '｜' | '\t' => return 0,
            _ if close.contains(&character) && depth == 0 => {
                let whole = &inside[..at];
                // A unit is a remark too: `行政许可（件）`.
                let guides = (ideographs(whole) >= 2 || Unit::parse(whole.trim_matches(blank)).is_some())
                    && !whole.trim_start_matches(blank).starts_with("其中");
                let end = start + first.len_utf8() + at + character.len_utf8();
                return if guides && !value::is_figure(whole) { end } else { 0 };
            }
            _ if close.contains(&character) => depth -= 1,
            _ if character == first => depth += 1,
            _ => {}
        }
    }
    0
}

/// End of a remark that begins at byte `start` after a colon, if it is ended by a separator and contains no digit; otherwise 0.
fn colon_remark(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let Some(end) = rest.find(['|', '｜', '\t', '\n']) else { return 0 };
    let words = &rest[..end];
    let short = words.chars().nth(LONGEST_REMARK).is_none() && ideographs(words) >= 2;
    let guides = !words.contains(char::is_numeric) && !words.trim_start_matches(blank).starts_with("其中");
    if short && guides && !value::is_figure(words) { start + end } else { 0 }
}

fn ideographs(text: &str) -> usize {
    text.chars().filter(|character| ('\u{4e00}'..='\u{9fff}').contains(character)).count()
}

/// Length in bytes of the quotation marks that close a label.
pub(in crate::bind) fn closing(text: &str) -> usize {
    text.len() - text.trim_start_matches(['”', '"', '\'', '’', '》', '」']).len()
}

/// Splits a text at line breaks, pipes and tabs, up to the first piece that is not a figure.
pub(in crate::bind) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = split(text, usize::MAX);
    let end = pieces.iter().position(|piece| {
        let run = |token: &str| token.is_empty() || value::is_figure(token) || is_run(token);
        !value::is_figure(piece.text) && !piece.text.split(blank).all(run)
    });
    pieces.truncate(end.unwrap_or(pieces.len()));
    pieces
}

/// Splits a text at line breaks, pipes and tabs into at most `most` pieces.
fn split(text: &str, most: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = '\n';
    let ends = text.char_indices().filter(|(_, character)| matches!(character, '\n' | '|' | '｜' | '\t'));
    for (at, character) in ends.chain(std::iter::once((text.len(), '\n'))).take(most) {
        let inner = &text[start..at];
        let trimmed = inner.trim_matches(blank);
        let offset = start + inner.find(trimmed).unwrap_or(0);
        if !is_rule(trimmed) {
            pieces.push(Piece { text: trimmed, start: offset, end: offset + trimmed.len(), before });
            before = if character == '｜' { '|' } else { character };
        }
        start = (at + character.len_utf8()).min(text.len());
    }
    pieces
}

/// Whether a piece is part of the rule below a Markdown header: `---`, `:--:`. One or two dashes are a cell that says "none".
fn is_rule(text: &str) -> bool {
    let dashes = text.trim_matches(':');
    dashes.len() >= 3 && dashes.bytes().all(|byte| byte == b'-')
}

/// The cells of a row if their number is certain. `blanks` is whether blanks separate cells.
pub(in crate::bind) fn cells<'t>(pieces: &[Piece<'t>], wanted: usize, blanks: bool) -> Option<Vec<Piece<'t>>> {
    let filled: Vec<Piece> = pieces.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
    // If a line has several figures, it is the whole row: a number alone on another line belongs to another row.
    let mut lines = pieces.chunk_by(|_, next| next.before != '\n').filter(|line| filled_in(line) > 0);
    let (first, apart) = (lines.next()?, lines.all(|line| filled_in(line) == 1));
    let one_line = filled_in(first) == filled.len();
    if filled.len() == wanted
        && (one_line || (apart && filled_in(first) == 1))
        && filled.iter().all(|piece| value::is_figure(piece.text))
    {
        return Some(filled);
    }
    if let Some(row) = between_pipes(first, wanted).filter(|_| one_line && filled.len() < wanted) {
        return row.iter().all(|piece| piece.text.is_empty() || value::is_figure(piece.text)).then_some(row);
    }
    let tokens = tokens(&filled)?;
    (blanks && tokens.len() == wanted && tokens.iter().all(|piece| value::is_figure(piece.text))).then_some(tokens)
}

/// Minimum number of rows that show that a table lacks columns: a row may be cut short by a word.
const LACKING_ROWS: usize = 3;

/// Whether the blank cells before or after the figures of these rows are merged label cells: with them the rows have different numbers of
/// cells, and without them no row has as many as it should.
pub(in crate::bind) fn lack_columns<'r, 't: 'r>(rows: impl Iterator<Item = (&'r [Piece<'t>], usize)>) -> bool {
    let mut lengths = Vec::new();
    for (pieces, wanted) in rows {
        let mut lines = pieces.chunk_by(|_, next| next.before != '\n');
        let Some(line) = lines.find(|line| filled_in(line) > 0) else { continue };
        let filled = |piece: &Piece| !piece.text.is_empty();
        let (first, last) = (line.iter().position(filled).unwrap_or(0), line.iter().rposition(filled).unwrap_or(0));
        if line.len() == 1 || last + 1 - first >= wanted {
            return false;
        }
        lengths.push(line.len());
    }
    lengths.len() >= LACKING_ROWS && lengths.iter().any(|length| *length != lengths[0])
}

fn filled_in(line: &[Piece]) -> usize {
    line.iter().filter(|piece| !piece.text.is_empty()).count()
}

/// The cells of a line between pipes or tabs, blank cells included: `| 1 |  | 3 |`.
fn between_pipes<'t>(line: &[Piece<'t>], wanted: usize) -> Option<Vec<Piece<'t>>> {
    let parted = line.len() > 1 && line[1..].iter().all(|piece| piece.before == '|' || piece.before == '\t');
    // A separator is before the first cell, after the last, or both; after a label the first piece is always empty.
    let skipped = match (line.first()?.text.is_empty(), line.last()?.text.is_empty()) {
        (false, _) => 0,
        (true, true) if line.len() == wanted + 1 && line[0].before == '\n' => return None,
        (true, _) => 1,
    };
    let row = line.get(skipped..skipped + wanted).filter(|_| parted)?;
    (filled_in(row) > 0 && filled_in(row) == filled_in(line)).then(|| row.to_vec())
}

/// The cells of a row that contains words in place of figures. Either a line with pipes or tabs has exactly `wanted` cells, at least
/// half of them figures; or there are `wanted` lines with one cell each, all but one of them figures, and the sums hold.
pub(in crate::bind) fn cells_with_words<'t>(text: &'t str, wanted: usize, sums: &[RowSum]) -> Option<Vec<Piece<'t>>> {
    let all = split(text, wanted * 3 + 3);
    let mut lines = all.chunk_by(|_, next| next.before != '\n').filter(|line| filled_in(line) > 0);
    let line = lines.next()?;
    let short = |piece: &Piece| piece.text.chars().count() <= 20;
    let figures = |row: &[Piece]| row.iter().filter(|piece| value::is_figure(piece.text)).count();
    if filled_in(line) > 1 {
        let inner: Vec<Piece> = line.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
        let row = if inner.len() == wanted { inner } else { between_pipes(line, wanted)? };
        return (row.iter().all(short) && figures(&row) * 2 >= wanted).then_some(row);
    }
    let filled: Vec<Piece> = all.iter().copied().filter(|piece| !piece.text.is_empty()).take(wanted + 1).collect();
    let row = filled.get(..wanted)?;
    let apart = row.iter().all(|piece| piece.before != ' ' && short(piece));
    let inside = value::is_figure(row[0].text) && value::is_figure(row[wanted - 1].text);
    let ends = filled.get(wanted).is_none_or(|next| !value::is_figure(next.text));
    (apart && inside && ends && figures(row) + 1 == wanted && !sums.is_empty() && hold(row, sums)).then(|| row.to_vec())
}

/// Whether the sums hold; a sum with a cell that is not a whole number is ignored.
fn hold(row: &[Piece], sums: &[RowSum]) -> bool {
    sums.iter().all(|sum| {
        let terms = sum.terms.iter().map(|&(column, sign)| Some(sign * row[column].text.parse::<i64>().ok()?));
        terms.sum::<Option<i64>>().is_none_or(|total| total + sum.constant == 0)
    })
}

/// The blank-separated figures of a row that consists of one piece.
fn tokens<'t>(filled: &[Piece<'t>]) -> Option<Vec<Piece<'t>>> {
    let [only] = filled else { return None };
    let mut tokens = Vec::new();
    let mut at = only.start;
    for token in only.text.split(blank) {
        let start = only.text[at - only.start..].find(token).map_or(at, |offset| at + offset);
        if !token.is_empty() {
            tokens.push(Piece { text: token, start, end: start + token.len(), before: ' ' });
            at = start + token.len();
        }
    }
    Some(tokens)
}

/// Meaning of a blank between figures on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Blanks {
    /// Blanks may also be inside figures.
    Anywhere,
    /// Blanks separate cells, and no cell was dropped: every row with blanks has the right number of figures.
    PartCells,
    /// Blanks separate cells, but some rows lost cells: a row is complete only if it has the right number of figures and its sums hold.
    PartSome,
}

/// Minimum number of rows with the right number of figures whose sums hold, if other rows have another number, to establish that blanks
/// separate cells. Digits with random blanks form such a row once in thousands.
const PARTED_ROWS: usize = 3;

/// Determines the meaning of blanks in a table from the pieces of its rows, each with its number of cells. `sums` gives the sums of a row
/// by its index.
pub(in crate::bind) fn blanks<'r, 't: 'r>(
    rows: impl Iterator<Item = (&'r [Piece<'t>], usize)>,
    sums: impl Fn(usize) -> Vec<RowSum>,
) -> Blanks {
    let (mut parted, mut proven, mut others) = (0, 0, false);
    for (row, (pieces, wanted)) in rows.enumerate() {
        let filled: Vec<Piece> = pieces.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
        let Some(tokens) = tokens(&filled).filter(|tokens| tokens.len() > 1) else { continue };
        if tokens.len() != wanted || !tokens.iter().all(|token| value::is_figure(token.text)) {
            others = true;
            continue;
        }
        // In a single row the blanks may be random, unless its sums hold.
        let sums = sums(row);
        let certain = !sums.is_empty() && hold(&tokens, &sums);
        parted += if certain { 2 } else { 1 };
        proven += usize::from(certain && tokens.iter().any(|token| !token.text.trim_matches('0').is_empty()));
    }
    match others {
        false if parted >= 2 => Blanks::PartCells,
        true if proven >= PARTED_ROWS => Blanks::PartSome,
        _ => Blanks::Anywhere,
    }
}

/// Whether a row has sums, and they hold if its blanks separate cells.
pub(in crate::bind) fn proven(pieces: &[Piece], wanted: usize, sums: &[RowSum]) -> bool {
    let cells = cells(pieces, wanted, true);
    !sums.is_empty() && cells.is_some_and(|cells| hold(&cells, sums))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, wanted: usize) -> Option<Vec<String>> {
        cells(&pieces(text), wanted, true).map(|cells| cells.iter().map(|piece| piece.text.to_owned()).collect())
    }

    #[test]
    fn cells_in_every_layout_with_separators() {
        let three = Some(vec!["1".to_owned(), "0".to_owned(), "3".to_owned()]);
        assert_eq!(texts("\n\n1\n\n0\n\n3\n\n", 3), three);
        assert_eq!(texts(" |\n1 |\n0 |\n3 |\n||\n", 3), three);
        assert_eq!(texts(" | 1 | 0 | 3 |||\n", 3), three);
        assert_eq!(texts("\t1\t0\t3\n", 3), three);
        assert_eq!(texts(" 1  0 3\n", 3), three);
        assert_eq!(texts(" | 1 |  | 3 |\n", 3), Some(vec!["1".into(), String::new(), "3".into()]));
    }

    #[test]
    fn an_uncertain_number_of_cells_is_refused() {
        assert_eq!(texts(" | 3 | 3\n", 7), None);
        assert_eq!(texts("1 0 00", 4), None);
        assert_eq!(texts("\n1\n\n3\n", 3), None);
        assert_eq!(texts("103", 3), None);
    }

    #[test]
    fn remarks_after_labels() {
        for (text, remark_of_it) in [
            ("（含以本单位名义制发的） | 3", "（含以本单位名义制发的）"),
            (" (《条例》第14条) 3", " (《条例》第14条)"),
            ("（含（一）项的公开）0", "（含（一）项的公开）"),
            ("：同一申请人就同一内容 | 3", "：同一申请人就同一内容 "),
            ("（其中：变更） | 3", ""),
            ("（3件） | 3", ""),
            ("（无）", ""),
            ("：3 | 4", ""),
            ("变更 | 3", ""),
            ("（没有右括号 | 3", ""),
            ("", ""),
        ] {
            assert_eq!(&text[..remark(text)], remark_of_it, "{text}");
        }
    }

    #[test]
    fn figures_end_where_other_text_begins() {
        assert_eq!(pieces("\n0\n0\n五、存在的问题\n1\n").iter().filter(|piece| !piece.text.is_empty()).count(), 2);
    }
}
