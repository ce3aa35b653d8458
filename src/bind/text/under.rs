//! Whether the cells of a row in text are under the cells of its header.
//!
//! The number of figures in a row may agree with the form's by chance: a figure that is written once for two columns, and another under no
//! header. The blank cells of header and row show it.

use super::flatrows::FlatTable;
use super::piece::Piece;
use crate::bind::labels::index::Role;
use crate::bind::source::aligned::{Token, tokens};
use crate::bind::source::pipes;
use crate::bind::value;
use crate::text::{blank, fold};

/// Maximum number of lines above a row that are searched for its header: a table of thirty rows with labels in several lines.
const ABOVE: usize = 120;

/// Maximum number of lines of a header.
const LINES: usize = 6;

impl FlatTable<'_, '_> {
    /// Whether the header above a row of as many figures as the form has columns contradicts them: one of them is under no header while a
    /// header has none, or the header has more blank cells than the row. `labelled` is whether the rows have labels.
    pub(super) fn contradicts(&self, (start, wanted): (usize, usize), pieces: &[Piece], labelled: bool) -> bool {
        let filled: Vec<&Piece> = pieces.iter().filter(|piece| !piece.text.is_empty()).collect();
        let Some(first) = filled.first().filter(|_| wanted > 1) else { return false };
        let at = self.stream.line_at(start + first.start);
        if filled.len() == 1 && wanted >= ALIGNED {
            let header = self.header_above(at, &|text| (!parts_cells(text)).then(|| tokens(text)), |token| token.text);
            return is_beside(&header, &self.line(at).map(tokens).unwrap_or_default(), wanted);
        }
        let on_line = |piece: &&Piece| self.stream.line_at(start + piece.start) == at;
        let Some(row) = self.cells_of(at) else { return false };
        if filled.len() != wanted || !filled.iter().all(on_line) {
            return false;
        }
        let header = self.header_lines(at);
        !header.is_empty() && is_against(&header, &row, labelled)
    }

    /// The cells of a line between tabs or pipes.
    pub(super) fn cells_of(&self, line: usize) -> Option<Vec<&str>> {
        self.line(line).and_then(parted)
    }

    /// The cells between tabs or pipes of the nearest header above a line, from the top.
    pub(super) fn header_lines(&self, line: usize) -> Vec<Vec<&str>> {
        self.header_above(line, &parted, |cell| cell)
    }

    /// The cells of the lines of the nearest header above a line, from the top. `cells` divides a line.
    fn header_above<'s, T>(
        &'s self,
        line: usize,
        cells: &dyn Fn(&'s str) -> Option<Vec<T>>,
        text: impl for<'c> Fn(&'c T) -> &'c str,
    ) -> Vec<Vec<T>> {
        let heads = |cell: &T| {
            let uses = self.index.uses(&fold(text(cell)));
            uses.iter().any(|found| found.table == self.table && found.role == Role::Header)
        };
        let is_figure = |cell: &T| !text(cell).is_empty() && value::is_figure(text(cell));
        let mut header: Vec<Vec<T>> = Vec::new();
        for at in (line.saturating_sub(ABOVE)..line).rev() {
            let words = self.line(at).and_then(cells).filter(|cells| !cells.iter().any(is_figure));
            match words {
                Some(cells) if !header.is_empty() || cells.iter().any(heads) => header.push(cells),
                _ if header.is_empty() => {}
                _ => break,
            }
            if header.len() == LINES {
                break;
            }
        }
        header.reverse();
        header
    }
}

fn parts_cells(text: &str) -> bool {
    text.contains(['\t', '|', '｜'])
}

/// The cells of a line between tabs or pipes.
fn parted(text: &str) -> Option<Vec<&str>> {
    let cells: Vec<&str> = if pipes::is_row(text) {
        pipes::cells(text).collect()
    } else {
        let sign = |sign: char| if text.contains('\t') { sign == '\t' } else { matches!(sign, '|' | '｜') };
        text.split(sign).map(|cell| cell.trim_matches(blank)).collect()
    };
    (cells.len() > 1).then_some(cells)
}

/// Whether the lines of a header contradict a row of figures.
fn is_against(header: &[Vec<&str>], row: &[&str], labelled: bool) -> bool {
    let is_figure = |cell: &&str| !cell.is_empty() && value::is_figure(cell);
    let Some(first) = row.iter().position(is_figure) else { return false };
    let last = row.iter().rposition(is_figure).unwrap_or(first);
    // Lines with as many cells as the row have its columns; a merged cell has its text in the first of them.
    if header.iter().any(|line| line.len() == row.len()) {
        let headed = |at: usize| {
            header.iter().any(|line| line.len() == row.len() && line.get(at).is_some_and(|cell| !cell.is_empty()))
        };
        let label = row[..first].iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        let stray = (first..=last).any(|at| !row[at].is_empty() && !headed(at));
        let lacks = (label..row.len()).any(|at| row[at].is_empty() && headed(at));
        if lacks || !stray {
            return stray && lacks;
        }
    }
    // Otherwise a merged cell is written once, so that a blank cell is a column without a header: in the first line, or between the
    // labels of another. Blank cells that fill up every line to the same length are none.
    let filled_up = header.iter().all(|line| line.len() == row.len());
    let filled = |cell: &&str| !cell.is_empty();
    let blanks = |cells: &[&str]| cells.iter().filter(|cell| cell.is_empty()).count();
    let inner = |cells: &[&str], from: usize| -> usize {
        let (Some(one), Some(other)) = (cells.iter().position(filled), cells.iter().rposition(filled)) else {
            return 0;
        };
        blanks(&cells[one.max(from)..=other.max(from)])
    };
    let behind = if filled_up { 0 } else { blanks(&row[last..]) };
    let own = if labelled { inner(row, first) + behind } else { inner(row, 0) + behind };
    let longer = matches!(header, [line] if line.len() > row.len() && !row[row.len() - 1].is_empty());
    let top = header.first().map_or(0, |line| if labelled && !longer { inner(line, 0) } else { blanks(line) });
    let top = if filled_up { 0 } else { top };
    let inside = header.iter().map(|line| inner(line, 0)).max().unwrap_or(0);
    own < top.max(inside)
}

/// Whether figures that are aligned by blanks contradict the header above: one of them is under no word of it, and a word of its lowest line
/// has none, although the others have the same edge or the centre in common with a word.
fn is_beside(header: &[Vec<Token>], row: &[Token], wanted: usize) -> bool {
    let first = row.len().saturating_sub(wanted);
    let figures = &row[first..];
    let Some(lowest) = header.last().filter(|line| line.len() > 1) else { return false };
    if figures.len() != wanted || !figures.iter().all(|token| value::is_figure(token.text)) {
        return false;
    }
    let left = row[..first].last().map_or(0, |label| label.end);
    let meets = |one: &Token, other: &Token| one.start < other.end && other.start < one.end;
    let words = || header.iter().flatten();
    let stray = figures.iter().any(|figure| !words().any(|word| meets(word, figure)));
    let mut own = lowest.iter().filter(|word| word.start >= left);
    let lacks = own.any(|word| !figures.iter().any(|figure| meets(word, figure)));
    let edges: [fn(&Token) -> usize; 3] = [|token| token.start, |token| token.end, |token| token.start + token.end];
    let aligned = |edge: fn(&Token) -> usize| {
        let same = |figure: &&Token| words().any(|word| edge(word) == edge(figure));
        figures.iter().filter(same).count()
    };
    stray && lacks && edges.into_iter().map(aligned).max() >= Some(wanted.saturating_sub(APART).max(2))
}

/// Number of figures that have no edge in common with their header: the one under no header, and the one that is written for two columns.
const APART: usize = 2;

/// Minimum number of figures whose alignment with a header is no coincidence.
const ALIGNED: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_cells_of_header_and_row_are_compared() {
        for (header, row, labelled, expected) in [
            // Every cell is written: the figure under no header is beside a header without one.
            ("|甲|乙||丙|", "|1||2|3|", false, true),
            ("|甲|乙||丙|", "|1|2||3|", false, false),
            ("|项目|甲|乙||丙|", "|规章|1||2|3|", true, true),
            ("|项目|甲|乙||丙|", "|规章|1|2||3|", true, false),
            // The cells of merged labels are blank in the row, not in the header.
            ("|项目|类别|甲|乙|\n||||丙|", "|规章||1|2|", true, false),
            // Merged cells are written once: the blank cell of the header is a column that the row does not have.
            ("甲\t乙\t\t丙", "1\t2\t3", false, true),
            ("甲\t乙\t\t丙", "1\t2\t\t3", false, false),
            ("甲\t\t丙\n乙\t丁", "1\t2\t3\t4", false, true),
            ("甲\t丙\n乙\t丁\t戊", "1\t2\t3\t4\t5", false, false),
            ("项目\t甲\n乙\t\t丁", "规章\t1\t2\t3", true, true),
            ("项目\t甲\n乙\t\t丁", "规章\t1\t\t3", true, false),
        ] {
            let header: Vec<Vec<&str>> = header.lines().filter_map(parted).collect();
            let row = parted(row).unwrap_or_default();
            assert_eq!(is_against(&header, &row, labelled), expected, "{header:?} {row:?}");
        }
    }

    #[test]
    fn figures_aligned_by_blanks_are_compared_with_the_header() {
        let header = "项目    甲    乙    丙          丁";
        for (row, expected) in [
            ("规章    1     2     3           4", false),
            ("规章    1           3     8     4", true),
            // Figures that are not aligned with the header.
            ("规章  1  2      8  4", false),
        ] {
            assert_eq!(is_beside(&[tokens(header)], &tokens(row), 4), expected, "{row}");
        }
    }
}
