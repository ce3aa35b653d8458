//! Order of a table's figures in a text: row by row, or column by column within groups of rows. The form's sums decide.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::form::{FieldIndex, Form, Relation};

/// Maximum number of adjacent rows whose cells a PDF extractor writes column by column.
const ROWS_TOGETHER: usize = 4;

/// Step budget of the search for an order: a hundred times what a table of thirty rows needs.
const STEPS: usize = 20_000;

/// An equality over a table's cells: signed cells plus a constant, 0 if it holds.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Sum {
    terms: Vec<(usize, Decimal)>,
    constant: Decimal,
}

impl Sum {
    /// Whether a cell is one of its terms.
    pub(in crate::bind) fn has_cell(&self, cell: usize) -> bool {
        self.terms.iter().any(|term| term.0 == cell)
    }

    /// Residual of the equality if cell `i` has the figure `numbers[order[i]]`; 0 if it holds.
    pub(in crate::bind) fn residual(&self, numbers: &[Decimal], order: &[usize]) -> Decimal {
        self.terms.iter().map(|&(cell, sign)| sign * numbers[order[cell]]).sum::<Decimal>() + self.constant
    }

    fn within(&self, cells: &Range<usize>) -> bool {
        self.terms.iter().all(|term| cells.contains(&term.0))
    }
}

/// The exact equalities of a form whose cells are all in `fields`; cells are numbered from the first field.
pub(in crate::bind) fn sums(form: &Form, fields: &Range<FieldIndex>) -> Vec<Sum> {
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    let inside = instances.filter(|sum| {
        sum.is_exact()
            && sum.relation == Relation::Equal
            && sum.operands().all(|one| !one.previous && fields.contains(&one.field))
    });
    let of = |sum: &crate::form::RuleInstance| {
        let left = sum.left.terms.iter().map(|term| (term.operand.field - fields.start, Decimal::from(term.sign)));
        let right = sum.right.terms.iter().map(|term| (term.operand.field - fields.start, -Decimal::from(term.sign)));
        Sum { terms: left.chain(right).collect(), constant: Decimal::from(sum.left.constant - sum.right.constant) }
    };
    inside.map(of).collect()
}

/// Index of the figure of each cell. The order of the text is used if all sums hold. Otherwise the cells of some adjacent rows are read
/// column by column; `None` if two such orders satisfy the sums with different figures. If no such order exists, the order of the text
/// is used if a single wrong cell explains every failed sum.
pub(in crate::bind) fn ordered(rows: &[Range<usize>], sums: &[Sum], numbers: &[Decimal]) -> Option<Vec<usize>> {
    let as_is: Vec<usize> = (0..numbers.len()).collect();
    if sums.iter().all(|sum| sum.residual(numbers, &as_is).is_zero()) {
        return Some(as_is);
    }
    let mut search = Search { rows, sums, numbers, order: Vec::new(), steps: STEPS, found: None, unique: true };
    search.search_from(0);
    match search.found {
        Some(order) => (search.unique && search.steps > 0).then_some(order),
        None => is_one_cell_off(sums, numbers, &as_is).then_some(as_is),
    }
}

/// Whether changing one cell makes every sum hold.
fn is_one_cell_off(sums: &[Sum], numbers: &[Decimal], order: &[usize]) -> bool {
    let off: Vec<Decimal> = sums.iter().map(|sum| sum.residual(numbers, order)).collect();
    let Some(first) = off.iter().position(|off| !off.is_zero()) else { return true };
    let sign =
        |sum: &Sum, cell: usize| sum.terms.iter().filter(|term| term.0 == cell).map(|term| term.1).sum::<Decimal>();
    sums[first].terms.iter().any(|&(cell, _)| {
        let own = sign(&sums[first], cell);
        !own.is_zero() && sums.iter().zip(&off).all(|(sum, &off_by)| off_by * own == off[first] * sign(sum, cell))
    })
}

struct Search<'a> {
    rows: &'a [Range<usize>],
    sums: &'a [Sum],
    numbers: &'a [Decimal],
    /// Order found so far: the figure of each cell.
    order: Vec<usize>,
    steps: usize,
    found: Option<Vec<usize>>,
    /// Whether all orders found so far give the same figures.
    unique: bool,
}

impl Search<'_> {
    /// Tries every order of the rows from `row` on. Recursion depth is bounded by the number of rows of the form.
    fn search_from(&mut self, row: usize) {
        let Some(left) = self.steps.checked_sub(1) else { return };
        self.steps = left;
        let Some(first) = self.rows.get(row) else {
            self.keep();
            return;
        };
        // The whole table may be written column by column.
        let left = self.rows.len() - row;
        let all = (row == 0 && left > ROWS_TOGETHER).then_some(left);
        for together in (1..=ROWS_TOGETHER.min(left)).chain(all) {
            let rows = &self.rows[row..row + together];
            if rows.iter().any(|row| row.len() != first.len()) {
                return;
            }
            let cells = first.start..rows[together - 1].end;
            let down = (0..cells.len()).map(|cell| first.start + cell % first.len() * together + cell / first.len());
            let before = self.order.len();
            self.order.extend(down);
            // Cells that are equal in both orders are covered by the row-by-row case.
            let same = self.order[before..]
                .iter()
                .zip(cells.clone())
                .all(|(&at, cell)| self.numbers[at] == self.numbers[cell]);
            let inside = || self.sums.iter().filter(|sum| sum.within(&cells));
            if (together == 1 || !same) && inside().all(|sum| sum.residual(self.numbers, &self.order).is_zero()) {
                self.search_from(row + together);
            }
            self.order.truncate(before);
        }
    }

    /// Records a complete order if every sum holds.
    fn keep(&mut self) {
        if !self.sums.iter().all(|sum| sum.residual(self.numbers, &self.order).is_zero()) {
            return;
        }
        let figures = |order: &[usize]| order.iter().map(|&at| self.numbers[at]).collect::<Vec<_>>();
        match &self.found {
            Some(found) => self.unique &= figures(found) == figures(&self.order),
            None => self.found = Some(self.order.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three columns, the last the sum of the others; the last row is the sum of the rows above.
    fn table(rows: usize) -> (Vec<Range<usize>>, Vec<Sum>) {
        let (one, zero) = (Decimal::ONE, Decimal::ZERO);
        let row =
            |row: usize| Sum { terms: vec![(row * 3, one), (row * 3 + 1, one), (row * 3 + 2, -one)], constant: zero };
        let column = |column: usize| Sum {
            terms: (0..rows).map(|row| (row * 3 + column, if row + 1 == rows { -one } else { one })).collect(),
            constant: zero,
        };
        ((0..rows).map(|row| row * 3..row * 3 + 3).collect(), (0..rows).map(row).chain((0..3).map(column)).collect())
    }

    fn read(numbers: &[i64]) -> Option<Vec<i64>> {
        let (rows, sums) = table(numbers.len() / 3);
        let found: Vec<Decimal> = numbers.iter().map(|&number| number.into()).collect();
        ordered(&rows, &sums, &found).map(|order| order.iter().map(|&at| numbers[at]).collect())
    }

    #[test]
    fn sums_determine_the_order_of_the_figures() {
        let plain = [1, 2, 3, 4, 0, 4, 5, 2, 7];
        assert_eq!(read(&plain), Some(plain.to_vec()));
        // The cells of the first two rows, or of all four, are written column by column.
        assert_eq!(read(&[1, 4, 2, 0, 3, 4, 5, 2, 7]), Some(plain.to_vec()));
        let four = vec![1, 2, 3, 4, 0, 4, 2, 2, 4, 7, 4, 11];
        assert_eq!(read(&[1, 4, 2, 7, 2, 0, 2, 4, 3, 4, 4, 11]), Some(four));
        // One wrong figure is an error of the sender; figures that fit in no order are not read.
        assert_eq!(read(&[1, 2, 3, 4, 1, 4, 5, 2, 7]), Some(vec![1, 2, 3, 4, 1, 4, 5, 2, 7]));
        assert_eq!(read(&[2, 9, 1, 4, 0, 4, 5, 2, 7]), None);
        assert_eq!(read(&[0, 0, 0, 0, 0, 0, 0, 0, 0]), Some(vec![0; 9]));
    }

    #[test]
    fn the_search_stops_at_its_step_budget() {
        let (rows, sums) = table(40);
        let numbers: Vec<Decimal> = (0..120).map(|at| Decimal::from(at % 2)).collect();
        assert_eq!(ordered(&rows, &sums, &numbers), None);
    }
}
