//! Rows with one cell per line between pipes, blank cells included.

use std::ops::Range;

use super::piece::Piece;
use crate::bind::value;
use crate::text::blank;

/// Minimum number of rows with every cell filled to establish the number of lines per row.
const WHOLE: usize = 2;

/// Layout of a table with one cell per line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) struct Lined {
    /// Number of empty lines after the last cell of a row: 0 or 1.
    behind: usize,
}

/// Whether all rows of a table, each given by its number of cells and its range in the text, have one cell per line between pipes, with
/// at most one empty line after the last. It must be established by rows with every cell filled; then an empty line is a blank cell.
pub(in crate::bind) fn lined(rows: &[(usize, Range<usize>)], raw: &str) -> Option<Lined> {
    let all: Vec<(usize, Vec<Piece>)> =
        rows.iter().map(|(wanted, row)| Some((*wanted, lines(raw, row)?))).collect::<Option<_>>()?;
    let behind = all.first().map(|(wanted, lines)| lines.len().saturating_sub(*wanted))?;
    let fits = |(wanted, lines): &(usize, Vec<Piece>)| {
        lines.len() == wanted + behind && lines[*wanted..].iter().all(|line| line.text.is_empty())
    };
    let whole = |(wanted, lines): &&(usize, Vec<Piece>)| {
        *wanted > 1 && lines[..*wanted].iter().all(|line| !line.text.is_empty())
    };
    (behind <= 1 && all.iter().all(fits) && all.iter().filter(whole).count() >= WHOLE).then_some(Lined { behind })
}

/// The cells of a row in a table of this layout.
pub(in crate::bind) fn cells<'t>(
    lined: Lined,
    raw: &'t str,
    (wanted, row): (usize, &Range<usize>),
) -> Option<Vec<Piece<'t>>> {
    let mut lines = lines(raw, row)?;
    lines.truncate(lines.len().checked_sub(lined.behind)?);
    (lines.len() == wanted).then_some(lines)
}

/// The lines between a row's label and the next label, each with one cell and one pipe, at its beginning or end.
fn lines<'t>(raw: &'t str, row: &Range<usize>) -> Option<Vec<Piece<'t>>> {
    let text = raw.get(row.clone())?;
    let mut found = Vec::new();
    let mut start = text.find('\n')? + 1;
    // The rest of the label's line, and the text before the next label on its line, are not cells.
    if !text[..start].chars().all(|character| blank(character) || matches!(character, '|' | '｜' | '\n')) {
        return None;
    }
    while let Some(length) = text[start..].find('\n') {
        let line = text[start..start + length].trim_matches(blank);
        let inner = line.trim_start_matches(['|', '｜']);
        let inner = if inner.len() == line.len() { line.trim_end_matches(['|', '｜']) } else { inner };
        if line.chars().filter(|character| matches!(character, '|' | '｜')).count() != 1 || inner.len() == line.len() {
            return None;
        }
        let cell = inner.trim_matches(blank);
        if cell.contains(['|', '｜']) || !(cell.is_empty() || value::is_figure(cell)) {
            return None;
        }
        let at = start + text[start..start + length].find(cell).unwrap_or(0);
        found.push(Piece { text: cell, start: at, end: at + cell.len(), before: '\n' });
        start += length + 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a table with the given lines below each label, and the number of cells and range of each row.
    fn table(rows: &[&[&str]]) -> (String, Vec<(usize, Range<usize>)>) {
        let (mut raw, mut stretches) = (String::new(), Vec::new());
        for lines in rows {
            raw.push_str("标签");
            let start = raw.len();
            raw.push('\n');
            lines.iter().for_each(|line| raw.push_str(&format!("{line}\n")));
            stretches.push((2, start..raw.len()));
        }
        (raw, stretches)
    }

    fn read(rows: &[&[&str]]) -> Option<Vec<Vec<String>>> {
        let (raw, stretches) = table(rows);
        let lined = lined(&stretches, &raw)?;
        let texts = |cells: Vec<Piece>| cells.iter().map(|cell| cell.text.to_owned()).collect();
        stretches.iter().map(|(wanted, row)| cells(lined, &raw, (*wanted, row)).map(texts)).collect()
    }

    #[test]
    fn two_filled_rows_show_that_a_blank_line_is_a_blank_cell() {
        for (rows, expected) in [
            (&[&["|1", "|2"][..], &["|3", "|4"], &["|5", "|"]][..], Some([["1", "2"], ["3", "4"], ["5", ""]])),
            (&[&["1 |", "2 |"], &["3 |", "4 |"], &["|", "6 |"]], Some([["1", "2"], ["3", "4"], ["", "6"]])),
            // An empty line at the end of every row is not a cell.
            (&[&["|1", "|2", "|"], &["|3", "|4", "|"], &["|", "|6", "|"]], Some([["1", "2"], ["3", "4"], ["", "6"]])),
            // One filled row is not enough.
            (&[&["|1", "|2"], &["|3", "|"], &["|5", "|"]], None),
            // A row with one line too few, a line without a pipe, a cell that is not a figure, two cells on a line.
            (&[&["|1", "|2"], &["|3", "|4"], &["|5"]], None),
            (&[&["|1", "|2"], &["|3", "|4"], &["|5", "6"]], None),
            (&[&["|1", "|2"], &["|3", "|4"], &["|5", "|甲乙"]], None),
            (&[&["|1", "|2"], &["|3", "|4"], &["|5", "|6|7"]], None),
        ] {
            let expected = expected.map(|rows| rows.map(|row| row.map(str::to_owned).to_vec()).to_vec());
            assert_eq!(read(rows), expected, "{rows:?}");
        }
    }
}
