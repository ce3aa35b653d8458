//! Whether rows with one cell per line, whose columns are known by the number of cells alone, may have their figures in other columns: a
//! figure that is written once for two columns, beside a column that the form does not have, leaves the number as it is.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::flatrows::{FlatRow, FlatTable};
use super::piece::Piece;
use crate::bind::figures::Figures;
use crate::bind::labels::index::Expected;
use crate::bind::source::stream::LineKind;
use crate::bind::value;
use crate::form::{FieldIndex, Relation, RuleInstance};
use crate::text::{blank, fold};

/// Minimum number of sums that hold elsewhere in the report. Where none holds, one that fails says nothing.
const HOLDING: usize = 3;

/// Minimum number of row sums that fail, of a block with one row and of others. A single one is an error of the sender.
const FAILING: [usize; 2] = [2, 3];

/// Of a block with several rows, maximum share of row sums that hold: one in this many.
const ONE_HOLDS_OF: usize = 5;

impl FlatTable<'_, '_> {
    /// For each row whether the number of its figures does not tell their columns, although it is that of the form's: most other rows have
    /// more figures, the sums of the rows fail although others hold, or a blank line in the header shows a column without a label.
    pub(super) fn shifted(&self, rows: &[FlatRow], figures: &Figures) -> Vec<bool> {
        let exact = |row: &&FlatRow| row.wanted > 1 && row.filled() == row.wanted;
        let whole: Vec<&FlatRow> = rows.iter().filter(exact).filter(|row| self.is_spread(row)).collect();
        let mut shifted = vec![false; rows.len()];
        for block in 0..self.index.form.tables[self.table].blocks.len() {
            let of = |row: &&FlatRow| row.row.0 == block;
            let spread: Vec<&FlatRow> = whole.iter().copied().filter(of).collect();
            let by_lines = spread
                .first()
                .is_some_and(|first| self.has_gap(block, first) || self.sums_fail(&spread, &whole, figures));
            let more = rows.iter().filter(of).filter(|row| row.wanted > 1 && self.count(row) > row.wanted);
            let crowded =
                more.clone().count() > 0 && more.clone().count() >= rows.iter().filter(of).filter(exact).count();
            let longest = more.map(|row| row.pieces.len()).min().unwrap_or(0);
            for (number, row) in rows.iter().enumerate().filter(|(_, row)| of(row) && exact(row)) {
                let lines = self.is_spread(row);
                shifted[number] = (lines && by_lines) || (crowded && (lines || row.pieces.len() < longest));
            }
        }
        shifted
    }

    /// Whether every figure of a row is on a line of its own.
    fn is_spread(&self, row: &FlatRow) -> bool {
        let lines = self.figure_lines(row);
        lines.len() > 1 && lines.windows(2).all(|pair| pair[0] < pair[1])
    }

    /// The number of figures of a row: all of them, or those on its line. A number on the next line is not the row's.
    fn count(&self, row: &FlatRow) -> usize {
        let lines = self.figure_lines(row);
        let spread = lines.windows(2).all(|pair| pair[0] < pair[1]);
        if spread { lines.len() } else { lines.iter().filter(|line| **line == lines[0]).count() }
    }

    fn figure_lines(&self, row: &FlatRow) -> Vec<usize> {
        let filled = row.pieces.iter().filter(|piece| !piece.text.is_empty());
        filled.map(|piece| self.stream.line_at(row.start + piece.start)).collect()
    }

    /// Whether the row sums of these rows fail, although sums elsewhere hold, also those of the columns.
    fn sums_fail(&self, exact: &[&FlatRow], whole: &[&FlatRow], figures: &Figures) -> bool {
        let rows: Vec<std::ops::Range<FieldIndex>> =
            exact.iter().map(|row| row.first..row.first + row.wanted).collect();
        let mut known: HashMap<FieldIndex, Decimal> = HashMap::new();
        for (field, value) in figures.values().iter().enumerate() {
            known.extend(value.value.map(|value| (field, value)));
        }
        for row in whole {
            let filled = row.pieces.iter().filter(|piece: &&Piece| !piece.text.is_empty());
            let numbers =
                filled.enumerate().filter_map(|(at, piece)| Some((row.first + at, value::addend(piece.text)?)));
            known.extend(numbers);
        }
        let (mut failing, mut holding, mut elsewhere) = (0, 0, 0);
        for instance in self.index.form.rules.iter().flat_map(|rule| &rule.instances) {
            let Some(holds) = holds(instance, &known) else { continue };
            let of_row = rows.iter().any(|row| instance.operands().all(|operand| row.contains(&operand.field)));
            match (of_row, holds) {
                (true, false) => failing += 1,
                (true, true) => holding += 1,
                (false, holds) => elsewhere += usize::from(holds),
            }
        }
        let most = if exact.len() == 1 {
            failing >= FAILING[0] && failing > holding
        } else {
            failing >= FAILING[1] && failing >= holding * ONE_HOLDS_OF
        };
        most && elsewhere >= HOLDING
    }

    /// Whether a blank line between two column labels of the header is a cell without a label: other labels and the figures of the row
    /// have fewer blank lines between them.
    fn has_gap(&self, block: usize, row: &FlatRow) -> bool {
        let Some(figures) = self.gaps(&self.figure_lines(row)) else { return false };
        let (Some(least), Some(most)) = (figures.iter().min(), figures.iter().max()) else { return false };
        let columns = &self.index.form.tables[self.table].blocks[block].leaf_columns;
        let own = |label: &str| {
            columns.iter().position(|column| {
                column.path.last().is_some_and(|head| head.folded.iter().any(|text| **text == *label))
            })
        };
        let heads = self.path.iter().filter(|step| {
            matches!(self.index.expected[self.table][step.expected], Expected::Header { block: of, .. } if of == block)
        });
        let heads = heads.map(|step| self.stream.line_at(self.stream.raw_start(self.own[step.occurrence].start)));
        let (Some(first), Some(figure)) = (heads.min(), self.figure_lines(row).first().copied()) else { return false };
        // Lines with one column label each; blank cells between pipes are left out.
        let column = |line: usize| self.line(line).and_then(|text| own(&fold(text.trim_matches(is_edge))));
        let lines: Vec<(usize, usize)> = (first..figure).filter_map(|line| Some((line, column(line)?))).collect();
        let mut gaps = Vec::new();
        for pair in lines.windows(2) {
            // The last column ends a row of the header.
            let inside = pair[0].1 + 1 < columns.len() && (pair[0].0 + 1..pair[1].0).all(|line| self.is_blank(line));
            gaps.extend(self.gaps(&[pair[0].0, pair[1].0]).into_iter().flatten().filter(|_| inside));
        }
        let usual = gaps.iter().filter(|gap| *gap <= most).count();
        *least == *most && usual * 2 >= gaps.len() && gaps.iter().any(|gap| *gap > most * 2)
    }

    /// The number of blank lines between each two of these lines.
    fn gaps(&self, lines: &[usize]) -> Option<Vec<u32>> {
        let number = |line: usize| {
            let place = &self.stream.lines[line].place;
            place.line.or(place.paragraph)
        };
        lines.windows(2).map(|pair| (number(pair[1])?).checked_sub(number(pair[0])? + 1)).collect()
    }

    fn is_blank(&self, line: usize) -> bool {
        let kind = matches!(self.stream.lines[line].kind, LineKind::Text { .. });
        kind && self.line(line).is_some_and(|text| text.trim_matches(is_edge).is_empty())
    }
}

fn is_edge(character: char) -> bool {
    blank(character) || matches!(character, '|' | '｜')
}

/// Whether an equality holds among known figures, at least one of which is not 0.
fn holds(instance: &RuleInstance, known: &HashMap<FieldIndex, Decimal>) -> Option<bool> {
    if !instance.is_exact() || instance.relation != Relation::Equal {
        return None;
    }
    let mut sum = Decimal::from(instance.left.constant - instance.right.constant);
    let mut plain = true;
    let left = instance.left.terms.iter().map(|term| (term, 1));
    for (term, side) in left.chain(instance.right.terms.iter().map(|term| (term, -1))) {
        let number = known.get(&term.operand.field).filter(|_| !term.operand.previous)?;
        plain &= number.is_zero();
        sum += Decimal::from(term.sign * side) * number;
    }
    (!plain).then_some(sum.is_zero())
}
