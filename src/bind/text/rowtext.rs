//! Locates the figures of a row: after its label, before it, or below the header of a table without row labels.

use std::ops::Range;

use super::flat::remark_end;
use super::flatrows::FlatTable;
use super::pieces::{Piece, after_marks, cells, pieces};
use crate::bind::labels::index::{Expected, Occurrence, Role};
use crate::bind::source::pipes;
use crate::bind::source::stream::{Line, LineKind};
use crate::bind::value;
use crate::text::{blank, fold};

/// Characters of the longest line that may be a row's label by itself.
const LONGEST_LABEL: usize = 60;

/// On which side of its label a row of a block has its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Side {
    /// Behind the label, as almost everywhere.
    Behind,
    /// Before the label.
    Before,
    /// Behind the label on its own line, for the table has a line for each row.
    Line,
    /// There are figures on both sides: none is certain.
    Both,
}

impl FlatTable<'_, '_> {
    /// The raw text between a label, a remark behind it included, and the next label of the form.
    pub(in crate::bind) fn behind(&self, label: &Occurrence) -> Range<usize> {
        // Both stand in the order of the text.
        let next_of = |labels: &[Occurrence], from: usize| {
            labels.get(labels.partition_point(|other| other.start < from)).cloned()
        };
        let column = next_of(self.all, label.end).filter(|next| self.is_its_column(label, next));
        let label = column.as_ref().unwrap_or(label);
        let end = remark_end(self.stream, label, next_of(self.all, label.end).as_ref());
        let mut start = self.stream.raw_end(end);
        // Folding leaves out readings behind the last character and the marks that a label or a remark ends with.
        while let length @ 1.. = crate::text::reading(&self.stream.raw[start..]) {
            start += length;
        }
        start += after_marks(&self.stream.raw[start..]);
        let next = [next_of(self.all, end), next_of(self.own, end)].into_iter().flatten().map(|next| next.start).min();
        let end = next.map_or(self.stream.raw.len(), |next| self.stream.raw_start(next)).max(start);
        start..self.before_marks(start..end)
    }

    /// Whether a label directly behind that of a row, on its line, is the only column that the row has: `行政许可处理决定数量 12`.
    fn is_its_column(&self, label: &Occurrence, next: &Occurrence) -> bool {
        let line = |at: usize| self.stream.line_at(self.stream.raw_start(at));
        if next.start != label.end || line(next.start) != line(label.start) {
            return false;
        }
        let of = |one: &Occurrence, role: Role| {
            let uses = self.index.uses(&one.label).iter();
            let own = uses.filter(move |found| found.table == self.table && found.role == role);
            own.map(|found| match self.index.expected[self.table][found.expected] {
                Expected::Caption { block } | Expected::Header { block, .. } | Expected::Data { block, .. } => block,
            })
            .collect::<Vec<_>>()
        };
        let single = |block: &usize| self.index.form.tables[self.table].blocks[*block].leaf_columns.len() == 1;
        let heads = of(next, Role::Header);
        of(label, Role::Leaf).iter().any(|block| heads.contains(block) && single(block))
    }

    /// The raw text between a label, the groups that it stands under included, and the label before it.
    pub(in crate::bind) fn before(&self, label: &Occurrence) -> Range<usize> {
        let mut start = label.start;
        // The labels are in the order of the text and do not overlap.
        for previous in self.all[..self.all.partition_point(|other| other.end <= start)].iter().rev() {
            let uses = self.index.uses(&previous.label);
            let group = uses.iter().any(|found| found.table == self.table && found.role == Role::Group);
            if previous.end != start || !group {
                let begin = self.behind(previous).start;
                return begin..self.before_marks(begin..self.stream.raw_start(start).max(begin));
            }
            start = previous.start;
        }
        0..0
    }

    /// The end of a text without the marks that open the label behind it.
    fn before_marks(&self, text: Range<usize>) -> usize {
        let opening = |character: char| "（（“\"《【".contains(character);
        text.start + self.stream.raw[text].trim_end_matches(opening).len()
    }

    /// For each block, on which side of their labels its rows have their figures. Figures before the first label and none
    /// behind the last tell that they stand before; column numbers are no figures.
    pub(in crate::bind) fn sides(&self) -> Vec<Side> {
        let blocks = &self.index.form.tables[self.table].blocks;
        if self.has_lines() {
            return vec![Side::Line; blocks.len()];
        }
        let mut sides = Vec::new();
        for (number, block) in blocks.iter().enumerate() {
            let leaves = self.path.iter().filter(|step| {
                step.role == Role::Leaf
                    && matches!(self.index.expected[self.table][step.expected], Expected::Data { block, .. } if block == number)
            });
            let mut leaves = leaves.map(|step| &self.own[step.occurrence]);
            let Some(first) = leaves.next() else {
                sides.push(Side::Behind);
                continue;
            };
            let last = leaves.next_back().unwrap_or(first);
            let above = self.figures(self.before(first)).filter(|figures| !are_column_numbers(figures));
            let below = self.figures(self.behind(last)).is_some();
            let fits = above.as_ref().is_some_and(|figures| cells(figures, block.leaf_columns.len(), true).is_some());
            sides.push(match (above.is_some(), below) {
                (true, false) => Side::Before,
                (true, true) if fits => Side::Both,
                _ => Side::Behind,
            });
        }
        // Blocks of one table are written alike; where they are not, a stray number stands before a label.
        let behind = |number: usize| sides[number] == Side::Behind && self.has_rows(number);
        if (0..sides.len()).any(behind) {
            sides.iter_mut().filter(|side| **side == Side::Before).for_each(|side| *side = Side::Both);
        }
        sides
    }

    /// Whether the table has a line for each row: a label of a row has its figures behind it on a line between pipes.
    fn has_lines(&self) -> bool {
        let leaves = self.path.iter().filter(|step| step.role == Role::Leaf);
        leaves.map(|step| &self.own[step.occurrence]).any(|label| self.own_line(label).is_some())
    }

    /// What stands behind a label on its line, where that is a line between pipes and has figures there.
    fn own_line(&self, label: &Occurrence) -> Option<Range<usize>> {
        let region = self.behind(label);
        let line = &self.stream.lines[self.stream.line_at(self.stream.raw_end(label.end).max(1) - 1)];
        let region = region.start..region.end.min(line.end);
        let drawn = region.start < region.end && pipes::is_row(&self.stream.raw[line.start..line.end]);
        let text = self.stream.raw.get(region.clone()).filter(|_| drawn)?;
        pipes::cells(text).any(value::is_figure).then_some(region)
    }

    /// The figures of a row in a table that has a line for each: those of its own line; else those of the line directly above or
    /// below that has figures and no label, if it stands beside no other label; that is told. Nothing where that is not certain.
    pub(in crate::bind) fn on_its_line(&self, label: &Occurrence, expected: usize) -> (Range<usize>, bool) {
        if let Some(region) = self.own_line(label) {
            return (region, false);
        }
        let behind = self.behind(label);
        let first = self.stream.line_at(self.stream.raw_start(label.start));
        let last = self.stream.line_at(self.stream.raw_end(label.end).max(1) - 1);
        let own = self.before_rows(last + 1, behind.end).max(behind.start);
        // A label between pipes with blank cells behind it is a row with blank cells.
        if self.line(last).is_some_and(pipes::is_row) {
            return (behind.start..own, false);
        }
        let above = first.checked_sub(1).filter(|&line| self.has_no_label(line, expected));
        let above = above.filter(|&line| line.checked_sub(1).is_none_or(|line| !self.may_be_label(line)));
        let below = Some(last + 1).filter(|&line| self.has_no_label(line, expected) && !self.may_be_label(line + 1));
        match (above, below) {
            (Some(line), None) | (None, Some(line)) => {
                let line = &self.stream.lines[line];
                (line.start + self.words_before_figures(line)..line.end, true)
            }
            (Some(_), Some(_)) => (behind.start..behind.start, false),
            (None, None) => (behind.start..own, false),
        }
    }

    /// The text of a line; `None` for what is no text.
    fn line(&self, line: usize) -> Option<&str> {
        let line = self.stream.lines.get(line)?;
        matches!(line.kind, LineKind::Text { .. }).then(|| &self.stream.raw[line.start..line.end])
    }

    /// Whether a line is a row between pipes that has figures and no label but those of the groups that this row stands under.
    fn has_no_label(&self, line: usize, expected: usize) -> bool {
        let group = |cell: &str| {
            let mut uses = self.index.uses(&fold(cell)).iter().filter(|found| found.table == self.table);
            uses.any(|found| found.role == Role::Group && found.expected == expected)
        };
        let other = |cell: &str| !cell.is_empty() && !value::is_figure(cell) && !group(cell);
        self.line(line)
            .is_some_and(|text| pipes::is_row(text) && pipes::holds(text).0 && !pipes::cells(text).any(other))
    }

    /// The bytes of a row before the cell with its first figure, the pipe before it not counted.
    fn words_before_figures(&self, line: &Line) -> usize {
        let text = &self.stream.raw[line.start..line.end];
        let words = |cell: &&str| !cell.is_empty() && !value::is_figure(cell);
        let last = pipes::cells(text).filter(words).last();
        last.map_or(0, |cell| cell.as_ptr() as usize + cell.len() - text.as_ptr() as usize)
    }

    /// Whether a line has words and no figures and may be the label of a row, or a part of one: it is short, no heading and no
    /// part of the table's header.
    fn may_be_label(&self, line: usize) -> bool {
        let Some(text) = self.line(line) else { return false };
        let folded = fold(text);
        if folded.is_empty() || folded.chars().count() > LONGEST_LABEL || pipes::holds(text).0 {
            return false;
        }
        if self.index.section(&folded).is_some() {
            return false;
        }
        let known = self.index.occurrences(&folded);
        let uses = |label: &Occurrence| self.index.uses(&label.label).iter().filter(|found| found.table == self.table);
        let head = |role: Role| matches!(role, Role::Header | Role::Corner | Role::Caption);
        let heads = |label: &Occurrence| uses(label).any(|found| head(found.role));
        let alone = |label: &Occurrence| uses(label).all(|found| head(found.role));
        // 其他 is a column and a row as well: what stands beside it tells.
        !(known.iter().all(heads) && known.iter().any(alone))
    }

    /// Where the first row between pipes begins that stands in a text from a line on; else the end of the text.
    fn before_rows(&self, line: usize, end: usize) -> usize {
        let lines = self.stream.lines.get(line..).unwrap_or_default();
        let rows = lines.iter().take_while(|line| line.start < end);
        let mut rows = rows.filter(|line| pipes::is_row(&self.stream.raw[line.start..line.end]));
        rows.next().map_or(end, |line| line.start)
    }

    fn has_rows(&self, block: usize) -> bool {
        self.path.iter().any(|step| {
            step.role == Role::Leaf
                && matches!(self.index.expected[self.table][step.expected], Expected::Data { block: found, .. } if found == block)
        })
    }

    /// The figures of a text, where it holds nothing else.
    fn figures(&self, text: Range<usize>) -> Option<Vec<Piece<'_>>> {
        let pieces = pieces(&self.stream.raw[text]);
        pieces.iter().any(|piece| piece.text.contains(char::is_numeric)).then_some(pieces)
    }

    /// The figures below the header of a block without row labels: where they begin, and their pieces. Where the table stands in
    /// parts, each below its part of the header, the parts follow each other.
    pub(in crate::bind) fn below_header(&self, block: usize, wanted: usize) -> Option<(Range<usize>, Vec<Piece<'_>>)> {
        let header = self.path.iter().filter(
            |step| matches!(self.index.expected[self.table][step.expected], Expected::Header { block: above, .. } if above == block),
        );
        let regions = header.map(|step| self.behind(&self.own[step.occurrence]));
        let parts: Vec<(Range<usize>, Vec<Piece>)> = regions
            .map(|region| {
                let start = region.start + invented_header(&self.stream.raw[region.clone()]);
                (start..region.end, without_column_numbers(pieces(&self.stream.raw[start..region.end])))
            })
            .collect();
        let filled = |pieces: &[Piece]| pieces.iter().filter(|piece| !piece.text.is_empty()).count();
        // Words of the header stand in running text below the table as well, without figures behind them.
        let last = parts.iter().rfind(|part| filled(&part.1) > 0).or(parts.last())?.clone();
        let parts: Vec<_> = parts.into_iter().filter(|part| filled(&part.1) > 0).collect();
        if let Some(both) = two_rows(&parts, wanted) {
            return Some(both);
        }
        let total: usize = parts.iter().map(|part| filled(&part.1)).sum();
        if parts.len() < 2 || total != wanted || filled(&last.1) == wanted || !self.each_has_its_header(block, &parts) {
            return Some(last);
        }
        let start = parts[0].0.start;
        let mut joined = Vec::new();
        for (region, pieces) in parts {
            for piece in cells(&pieces, filled(&pieces), false)? {
                let shift = region.start - start;
                joined.push(Piece { start: piece.start + shift, end: piece.end + shift, before: '\n', ..piece });
            }
        }
        Some((start..last.0.end, joined))
    }
}

/// Two rows of figures below a header, one of them perhaps last year's: none is certain, so the pieces of both are given, which are
/// too many for the row, and no text. `None` where there are not two, or where they say the same.
fn two_rows<'t>(parts: &[(Range<usize>, Vec<Piece<'t>>)], wanted: usize) -> Option<(Range<usize>, Vec<Piece<'t>>)> {
    let tokens = |piece: &Piece| piece.text.split(blank).filter(|token| !token.is_empty()).count();
    let long = |part: &&(Range<usize>, Vec<Piece>)| part.1.iter().map(tokens).sum::<usize>() * 2 > wanted;
    let rows: Vec<_> = parts.iter().filter(long).collect();
    let (first, last) = (rows.first()?, rows.last()?);
    let texts = |row: &(Range<usize>, Vec<Piece<'t>>)| row.1.iter().map(|piece| piece.text).collect::<Vec<_>>();
    if rows.len() < 2 || texts(first) == texts(last) {
        return None;
    }
    let start = first.0.start;
    let mut pieces = Vec::new();
    for row in rows {
        let shift = row.0.start - start;
        for &piece in &row.1 {
            pieces.push(Piece { start: piece.start + shift, end: piece.end + shift, ..piece });
        }
    }
    Some((start..start, pieces))
}

/// The bytes of lines between pipes that hold words and no figure: headers that a converter invented.
fn invented_header(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let cells = || line.split(['|', '｜', '\t', '\n']).map(|cell| cell.trim_matches(blank));
        let rule = |cell: &str| cell.chars().all(|character| "-:".contains(character));
        let words = cells().any(|cell| !rule(cell));
        let figures = cells().any(|cell| !rule(cell) && value::is_figure(cell));
        if figures || (words && !line.contains(['|', '｜', '\t'])) {
            break;
        }
        at += line.len();
    }
    at
}

/// Pieces without a first line that numbers the columns, if other figures follow.
fn without_column_numbers(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let filled = |pieces: &[Piece]| pieces.iter().any(|piece| !piece.text.is_empty());
    let Some(first) = pieces.iter().position(|piece| !piece.text.is_empty()) else { return pieces };
    let line = pieces[first + 1..].iter().take_while(|piece| piece.before != '\n').count();
    let end = first + 1 + line;
    let texts: Vec<Piece> = pieces[first..end].iter().copied().filter(|piece| !piece.text.is_empty()).collect();
    if are_column_numbers(&texts) && filled(&pieces[end..]) {
        pieces.drain(..end);
    }
    pieces
}

/// Whether figures are the numbers of columns: 1, 2, 3, …
fn are_column_numbers(figures: &[Piece]) -> bool {
    let numbers = figures.iter().flat_map(|piece| piece.text.split(blank)).filter(|token| !token.is_empty());
    let mut count = 0;
    numbers.zip(1..).all(|(token, number)| {
        count += 1;
        token.parse() == Ok(number)
    }) && count > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_columns_are_no_figures() {
        for (text, expected) in
            [("1|2|3|", true), ("1 2 3 4", true), ("1\n2\n", true), ("1", false), ("2|3|", false), ("1|3|", false)]
        {
            assert_eq!(are_column_numbers(&pieces(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn headers_that_a_converter_invented_are_passed_over() {
        for (text, rest) in [
            ("| 列1 | 列2 |\n|---|---|\n| 1 | 2 |", "| 1 | 2 |"),
            ("|  |  |\n| 1 | 2 |", "| 1 | 2 |"),
            ("| 1 | 2 |", "| 1 | 2 |"),
            ("正文一句。\n| 1 | 2 |", "正文一句。\n| 1 | 2 |"),
        ] {
            assert_eq!(&text[invented_header(text)..], rest, "{text:?}");
        }
    }
}
