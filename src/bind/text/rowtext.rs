//! Locates the figures of a row: after its label, before it, or below the header of a table without row labels.

use std::ops::Range;

use super::flat::remark_end;
use super::flatrows::{FlatTable, Side};
use super::piece::Piece;
use super::pieces::{after_marks, cells, pieces};
use crate::bind::labels::index::{Expected, Occurrence, Role};
use crate::bind::source::pipes;
use crate::bind::source::stream::{Line, LineKind};
use crate::bind::value;
use crate::text::{blank, fold};

/// Maximum number of characters of a line that may be a row label by itself.
const LONGEST_LABEL: usize = 60;

impl FlatTable<'_, '_> {
    /// Range of the raw text between a label, with any remark after it, and the next label of the form.
    pub(in crate::bind) fn behind(&self, label: &Occurrence) -> Range<usize> {
        // Both lists are in the order of the text.
        let next_of = |labels: &[Occurrence], from: usize| {
            labels.get(labels.partition_point(|other| other.start < from)).cloned()
        };
        let column = next_of(self.all, label.end).filter(|next| self.is_its_column(label, next));
        let label = column.as_ref().unwrap_or(label);
        let end = remark_end(self.stream, label, next_of(self.all, label.end).as_ref());
        let mut start = self.stream.raw_end(end);
        // Folding drops pronunciation glosses after the last character, and punctuation at the end of a label or remark.
        while let length @ 1.. = crate::text::reading(&self.stream.raw[start..]) {
            start += length;
        }
        start += after_marks(&self.stream.raw[start..]);
        let next = [next_of(self.all, end), next_of(self.own, end)].into_iter().flatten().map(|next| next.start).min();
        let end = next.map_or(self.stream.raw.len(), |next| self.stream.raw_start(next)).max(start);
        start..self.before_marks(start..end)
    }

    /// Whether the label that directly follows a row label on its line is the only column of the row: `行政许可处理决定数量 12`.
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

    /// Range of the raw text between the previous label and a label, with the groups directly before it.
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

    /// End of a range without the opening marks of the label that follows it.
    fn before_marks(&self, text: Range<usize>) -> usize {
        let opening = |character: char| "（（“\"《【".contains(character);
        text.start + self.stream.raw[text].trim_end_matches(opening).len()
    }

    /// For each block, the side of the labels on which its rows have their figures. Figures before the first label and none after the last
    /// mean that they precede the labels; column numbers do not count as figures.
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
        // All blocks of a table have the same layout; otherwise a stray number precedes a label.
        let behind = |number: usize| sides[number] == Side::Behind && self.has_rows(number);
        if (0..sides.len()).any(behind) {
            sides.iter_mut().filter(|side| **side == Side::Before).for_each(|side| *side = Side::Both);
        }
        sides
    }

    /// Whether the table has one line per row: some row label has figures after it on a line between pipes.
    fn has_lines(&self) -> bool {
        let leaves = self.path.iter().filter(|step| step.role == Role::Leaf);
        leaves.map(|step| &self.own[step.occurrence]).any(|label| self.own_line(label).is_some())
    }

    /// Range after a label on its line, if that is a line between pipes with figures after the label.
    fn own_line(&self, label: &Occurrence) -> Option<Range<usize>> {
        let region = self.behind(label);
        let line = &self.stream.lines[self.stream.line_at(self.stream.raw_end(label.end).max(1) - 1)];
        let region = region.start..region.end.min(line.end);
        let drawn = region.start < region.end && pipes::is_row(&self.stream.raw[line.start..line.end]);
        let text = self.stream.raw.get(region.clone()).filter(|_| drawn)?;
        pipes::cells(text).any(value::is_figure).then_some(region)
    }

    /// The figures of a row in a table with one line per row: on its own line, else on the line directly above or below, if that line has
    /// figures but no label and is not adjacent to another label. The second value is whether they are on another line, which is reported
    /// as a finding. The range is empty if both lines qualify.
    pub(in crate::bind) fn on_its_line(&self, label: &Occurrence, expected: usize) -> (Range<usize>, bool) {
        if let Some(region) = self.own_line(label) {
            return (region, false);
        }
        let behind = self.behind(label);
        let first = self.stream.line_at(self.stream.raw_start(label.start));
        let last = self.stream.line_at(self.stream.raw_end(label.end).max(1) - 1);
        let own = self.before_rows(last + 1, behind.end).max(behind.start);
        // A label between pipes with blank cells after it is a row with blank cells.
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

    /// The text of a line; `None` if it is not a text line.
    pub(super) fn line(&self, line: usize) -> Option<&str> {
        let line = self.stream.lines.get(line)?;
        matches!(line.kind, LineKind::Text { .. }).then(|| &self.stream.raw[line.start..line.end])
    }

    /// Whether a line is a row between pipes that has figures and no label except groups of this row.
    fn has_no_label(&self, line: usize, expected: usize) -> bool {
        let group = |cell: &str| {
            let mut uses = self.index.uses(&fold(cell)).iter().filter(|found| found.table == self.table);
            uses.any(|found| found.role == Role::Group && found.expected == expected)
        };
        let other = |cell: &str| !cell.is_empty() && !value::is_figure(cell) && !group(cell);
        self.line(line)
            .is_some_and(|text| pipes::is_row(text) && pipes::holds(text).0 && !pipes::cells(text).any(other))
    }

    /// Bytes of a row before the cell with its first figure, without the pipe before that cell.
    fn words_before_figures(&self, line: &Line) -> usize {
        let text = &self.stream.raw[line.start..line.end];
        let words = |cell: &&str| !cell.is_empty() && !value::is_figure(cell);
        let last = pipes::cells(text).filter(words).last();
        last.map_or(0, |cell| cell.as_ptr() as usize + cell.len() - text.as_ptr() as usize)
    }

    /// Whether a line has words but no figures and may be a row label or a part of one: it is short, not a heading and not part of the
    /// table's header.
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
        // 其他 is both a column and a row label; the labels beside it decide.
        !(known.iter().all(heads) && known.iter().any(alone))
    }

    /// Start of the first row between pipes from a line on, at most `end`; `end` if there is none.
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

    /// The pieces of a range, if they contain a digit.
    fn figures(&self, text: Range<usize>) -> Option<Vec<Piece<'_>>> {
        let pieces = pieces(&self.stream.raw[text]);
        pieces.iter().any(|piece| piece.text.contains(char::is_numeric)).then_some(pieces)
    }

    /// The figures below the header of a block without row labels: their range and pieces. If the table is divided into parts, each with
    /// its part of the header, the parts are concatenated.
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
        // Header words may also occur in running text below the table, without figures after them.
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

/// Two different rows of figures below a header, one of them perhaps last year's. Neither is certain, so the pieces of both are returned,
/// which are too many for the row, with an empty range. `None` if there are fewer than two rows or they are equal.
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

/// Length in bytes of leading lines between pipes without a figure: headers inserted by a converter.
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

/// Removes a first line that numbers the columns, if other figures follow.
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

/// Whether figures are column numbers: 1, 2, 3, …
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
    fn column_numbers_are_not_figures() {
        for (text, expected) in
            [("1|2|3|", true), ("1 2 3 4", true), ("1\n2\n", true), ("1", false), ("2|3|", false), ("1|3|", false)]
        {
            assert_eq!(are_column_numbers(&pieces(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn headers_inserted_by_a_converter_are_skipped() {
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
