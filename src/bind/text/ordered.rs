//! The order of the columns in the header of a table in text, in which every merged cell is written once: each line has the parts of the
//! groups in the line above.

use super::flatrows::FlatTable;
use super::piece::Piece;
use super::pieces::cells;
use crate::bind::labels::index::{Expected, Role};
use crate::bind::value;
use crate::form::{Block, Head};
use crate::text::fold;

/// Maximum number of lines of a header below the last label that was aligned with the form's order.
const MOST: usize = 4;

impl FlatTable<'_, '_> {
    /// For each column of a block's header in text the column of the form, or `None` for one that the form does not have; with the line of
    /// the first row. `None` if a label of the form's header is missing, twice or under another group.
    pub(super) fn order(&self, block: usize) -> Option<(Vec<Option<usize>>, usize)> {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let heads = self.path.iter().filter(|step| {
            let of = self.index.expected[self.table][step.expected];
            step.role == Role::Header && matches!(of, Expected::Header { block: of, .. } if of == block)
        });
        let lines = heads.map(|step| self.stream.line_at(self.stream.raw_start(self.own[step.occurrence].start)));
        let words = |line: usize| {
            let cells = self.cells_of(line);
            cells.is_some_and(|cells| !cells.iter().any(|cell| value::is_figure(cell)))
        };
        let last = lines.max()?;
        let row = (last + 1..=last + MOST).find(|&line| !words(line))?;
        Some((columns(spec, &self.header_lines(row), &self.index.form.words.total)?, row))
    }

    /// The figures of the only row of a block without row labels, in the form's order, by the header above it: its start in the raw text,
    /// and its pieces.
    pub(super) fn by_header(&self, block: usize) -> Option<(std::ops::Range<usize>, Vec<Piece<'_>>)> {
        let (order, line) = self.order(block)?;
        let row = |line: usize| self.cells_of(line).filter(|row| row.len() == order.len());
        // Of the rows of two years or offices none is certain.
        let again = row(line + 1).is_some_and(|row| row.iter().any(|cell| !cell.is_empty() && value::is_figure(cell)));
        let row = row(line).filter(|_| !again)?;
        let line = &self.stream.lines[line];
        let mut found: Vec<(usize, Piece)> = Vec::new();
        for (text, column) in row.into_iter().zip(order) {
            let start = text.as_ptr() as usize - self.stream.raw.as_ptr() as usize - line.start;
            let piece = Piece { text, start, end: start + text.len(), before: '\t' };
            found.extend(column.map(|column| (column, piece)));
        }
        found.sort_by_key(|found| found.0);
        let pieces: Vec<Piece> = found.into_iter().map(|found| found.1).collect();
        let figures = pieces.iter().all(|piece| !piece.text.is_empty() && value::is_figure(piece.text));
        figures.then_some((line.start..line.end, pieces))
    }

    /// The cells of a row with a label, put into the form's order; `None` if their number is not that of the header's columns.
    pub(super) fn in_order<'t>(order: &[Option<usize>], pieces: &[Piece<'t>]) -> Option<Vec<Piece<'t>>> {
        let row = cells(pieces, order.len(), false)?;
        let mut found: Vec<(usize, Piece)> =
            order.iter().zip(row).filter_map(|(column, piece)| Some(((*column)?, piece))).collect();
        found.sort_by_key(|found| found.0);
        Some(found.into_iter().map(|found| found.1).collect())
    }
}

/// The columns of the form in the order of a header's lines.
fn columns(block: &Block, lines: &[Vec<&str>], totals: &[String]) -> Option<Vec<Option<usize>>> {
    let lines: Vec<Vec<String>> = lines.iter().map(|line| line.iter().map(|cell| fold(cell)).collect()).collect();
    let first = lines.first()?;
    let mut firsts = 0;
    let mut tops: Vec<(usize, &Head)> = block.columns.iter().map(|head| (counted(&mut firsts, head), head)).collect();
    // A group over all columns may be left out.
    if let [(_, only)] = tops[..]
        && !only.children.is_empty()
        && !first.iter().any(|cell| only.label.folded.contains(cell))
    {
        let mut count = 0;
        tops = only.children.iter().map(|head| (counted(&mut count, head), head)).collect();
    }
    let mut header = Header { at: vec![0; lines.len()], lines: &lines, totals, order: Vec::new() };
    let labelled = block.leaf_rows.iter().any(|row| !row.path.is_empty());
    for (at, cell) in first.iter().enumerate() {
        header.at[0] += 1;
        let corner = block.corner.as_ref().is_some_and(|corner| corner.folded.contains(cell));
        let top = tops.iter().find(|(_, head)| head.label.folded.contains(cell));
        match top {
            Some((first, head)) => header.expand(head, *first, 0)?,
            None if cell.is_empty() => return None,
            // The first cell is above the row labels.
            None if corner || (at == 0 && labelled) => {}
            None => header.order.push(None),
        }
    }
    let whole = header.at.iter().zip(&lines).all(|(at, line)| *at == line.len());
    let mut known: Vec<usize> = header.order.iter().flatten().copied().collect();
    known.sort_unstable();
    (whole && known.into_iter().eq(0..firsts)).then_some(header.order)
}

/// The number of leaves before a head; adds its own.
fn counted(count: &mut usize, head: &Head) -> usize {
    let first = *count;
    *count += leaves(head);
    first
}

fn leaves(head: &Head) -> usize {
    head.children.iter().map(leaves).sum::<usize>().max(1)
}

/// A header that is being read.
struct Header<'l> {
    lines: &'l [Vec<String>],
    /// For each line the number of cells that were read.
    at: Vec<usize>,
    /// Words for the total of a group.
    totals: &'l [String],
    order: Vec<Option<usize>>,
}

impl Header<'_> {
    /// Reads the parts of a head in the lines below; `first` is the number of its first leaf, `depth` its line.
    fn expand(&mut self, head: &Head, first: usize, depth: usize) -> Option<()> {
        if head.children.is_empty() {
            self.order.push(Some(first));
            return Some(());
        }
        let mut count = first;
        let mut left: Vec<(usize, &Head)> =
            head.children.iter().map(|child| (counted(&mut count, child), child)).collect();
        // A group that has a total in the form has no other.
        let mut total =
            head.children.iter().any(|child| child.label.folded.iter().any(|own| self.totals.contains(own)));
        while !left.is_empty() {
            let cell = self.lines.get(depth + 1)?.get(self.at[depth + 1])?;
            self.at[depth + 1] += 1;
            if let Some(child) = left.iter().position(|(_, child)| child.label.folded.contains(cell)) {
                let (first, child) = left.swap_remove(child);
                self.expand(child, first, depth + 1)?;
            } else if !std::mem::replace(&mut total, true) && self.totals.contains(cell) {
                self.total(&head.children[0], depth + 1)?;
            } else {
                return None;
            }
        }
        // The total of a group may also be behind its parts.
        let behind = self.lines.get(depth + 1).and_then(|line| line.get(self.at[depth + 1]));
        if !total && behind.is_some_and(|cell| self.totals.contains(cell)) {
            self.at[depth + 1] += 1;
            self.total(&head.children[0], depth + 1)?;
        }
        Some(())
    }

    /// Reads the columns of a group's total, which the form does not have: they have the labels of one of its parts.
    fn total(&mut self, like: &Head, depth: usize) -> Option<()> {
        let before = self.order.len();
        self.expand(like, 0, depth)?;
        self.order[before..].fill(None);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn columns_are_in_the_order_of_the_lines_of_their_header() {
        let forms = Forms::built_in().expect("the built-in forms");
        let tables = &forms.get("gkbg-2021").expect("a built-in form").tables;
        let read = |table: usize, text: &str| {
            let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
            columns(&tables[table].blocks[0], &lines, &["小计".to_owned()])
        };
        let results = "结果维持 结果纠正 其他结果 尚未审结 总计";
        let own = |range: std::ops::Range<usize>| range.map(Some);
        let exchanged = format!("行政诉讼 行政复议\n未经复议直接起诉 复议后起诉 {results}\n{results} {results}");
        assert_eq!(read(2, &exchanged), Some(own(5..15).chain(own(0..5)).collect()));
        let total = format!("单位 行政复议 行政诉讼 合计\n{results} 复议后起诉 未经复议直接起诉\n{results} {results}");
        let order: Vec<Option<usize>> =
            [None].into_iter().chain(own(0..5)).chain(own(10..15)).chain(own(5..10)).chain([None]).collect();
        assert_eq!(read(2, &total), Some(order));
        for wrong in [
            // A group is missing, twice, or has one part too many; a column has no header.
            format!("行政复议\n{results}"),
            format!("行政复议 行政复议\n{results} {results}"),
            format!("行政诉讼 行政复议\n未经复议直接起诉 复议后起诉 {results}\n{results} {results} 合计"),
            format!("行政诉讼  行政复议\n未经复议直接起诉 复议后起诉 {results}\n{results} {results}"),
        ] {
            assert_eq!(read(2, &wrong), None, "{wrong}");
        }
    }
}
