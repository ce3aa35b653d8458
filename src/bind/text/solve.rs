//! Solves the glued rows of a table together: a figure is read only if all solutions of the table's rules agree on it.
//!
//! First, bounds propagation: a split is pruned if no choice of the other rows' splits can satisfy an equality, repeated to a fixed
//! point. Then backtracking over the remaining splits, rows with the fewest first. Both have a step budget.

use super::glued::Split;
use crate::form::{FieldIndex, Form, Relation};

/// Step budget of pruning per table; one step is one split and one equality.
const PRUNING_STEPS: u64 = 20_000_000;

/// Step budget of the search per table.
const STEPS: u64 = 1_000_000;

/// A row of a table with its state in the solver.
#[derive(Debug, Clone)]
pub(in crate::bind) struct RowState {
    /// Its first field.
    pub(in crate::bind) first: FieldIndex,
    /// Its state.
    pub(in crate::bind) known: RowSplits,
}

/// State of a row in the solver.
#[derive(Debug, Clone)]
pub(in crate::bind) enum RowSplits {
    /// The figures were read without splitting; `None` for a figure that is not a whole number.
    Read(Vec<Option<i64>>),
    /// The row has several candidate splits.
    Ways {
        /// The splits, at least one.
        splits: Vec<Split>,
        /// Ids of the rules applied so far; empty if the digits alone allow only one split.
        rules: Vec<String>,
    },
    /// No candidate.
    Nothing,
}

/// The split chosen for a row, and the rules that determined it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct Decided {
    /// Index of the split.
    pub(in crate::bind) way: usize,
    /// Ids of the rules, in the form's order, without duplicates.
    pub(in crate::bind) rules: Vec<String>,
}

/// An equality over the rows of one table: `Σ sign · cell + constant = 0`.
struct Equality<'f> {
    rule: &'f str,
    /// Row, column and sign.
    terms: Vec<(usize, usize, i64)>,
    constant: i64,
}

/// Solves the glued rows: for each row with candidate splits, the split that all solutions have in common.
pub(in crate::bind) fn solve(form: &Form, rows: &[RowState]) -> Vec<Option<Decided>> {
    let equalities = equalities(form, rows);
    let mut solver = Solver::new(rows, &equalities);
    let mut kept = Vec::new();
    if solver.prune(&mut PRUNING_STEPS.clone()) && solver.search(&mut STEPS.clone()) {
        kept = solver.kept;
    }
    rows.iter()
        .enumerate()
        .map(|(row, state)| {
            let RowSplits::Ways { splits, rules } = &state.known else { return None };
            // A row decided by its digits alone needs no sum, and stays decided if other rows contradict the rules.
            if rules.is_empty() && splits.len() == 1 {
                return Some(Decided { way: 0, rules: Vec::new() });
            }
            let &[way] = kept.get(row)?.as_slice() else { return None };
            let touching = equalities.iter().filter(|equality| equality.terms.iter().any(|term| term.0 == row));
            let mut rules = rules.clone();
            for equality in touching {
                if !rules.iter().any(|known| known == equality.rule) {
                    rules.push(equality.rule.to_owned());
                }
            }
            Some(Decided { way, rules })
        })
        .collect()
}

/// The equalities whose cells are all in these rows and either read or to be solved.
fn equalities<'f>(form: &'f Form, rows: &[RowState]) -> Vec<Equality<'f>> {
    let width = |row: &RowState| match &row.known {
        RowSplits::Read(figures) => figures.len(),
        RowSplits::Ways { splits, .. } => splits[0].len(),
        RowSplits::Nothing => 0,
    };
    let locate = |field: FieldIndex| {
        let row = rows.iter().position(|row| (row.first..row.first + width(row)).contains(&field))?;
        let column = field - rows[row].first;
        match &rows[row].known {
            RowSplits::Read(figures) => figures[column].map(|_| (row, column)),
            _ => Some((row, column)),
        }
    };
    let mut equalities = Vec::new();
    for rule in &form.rules {
        for instance in rule.instances.iter().filter(|instance| instance.relation == Relation::Equal) {
            let sides = [(&instance.left, 1), (&instance.right, -1)];
            let terms: Option<Vec<(usize, usize, i64)>> = sides
                .iter()
                .flat_map(|(side, factor)| side.terms.iter().map(move |term| (term, factor)))
                .map(|(term, factor)| {
                    let (row, column) = locate(term.operand.field).filter(|_| !term.operand.previous)?;
                    Some((row, column, term.sign * factor))
                })
                .collect();
            if let Some(terms) = terms {
                let constant = instance.left.constant - instance.right.constant;
                equalities.push(Equality { rule: &rule.id, terms, constant });
            }
        }
    }
    // Equalities without a glued row decide nothing, and an error of the agency there must not count against other rows.
    equalities
        .retain(|equality| equality.terms.iter().any(|term| matches!(rows[term.0].known, RowSplits::Ways { .. })));
    equalities
}

/// Contribution of a row, split in one way, to one equality.
#[derive(Debug, Clone, Copy, Default)]
struct Range {
    low: i64,
    high: i64,
}

struct Solver {
    /// Contribution of each row and split to each equality; a row that was read has one split.
    adds: Vec<Vec<Vec<i64>>>,
    /// The constant of each equality.
    constants: Vec<i64>,
    /// The splits of each row that are still possible.
    kept: Vec<Vec<usize>>,
}

impl Solver {
    fn new(rows: &[RowState], equalities: &[Equality]) -> Self {
        let add = |row: usize, figure: &dyn Fn(usize) -> i64| -> Vec<i64> {
            let own = |equality: &Equality| {
                equality.terms.iter().filter(|term| term.0 == row).map(|&(_, column, sign)| sign * figure(column)).sum()
            };
            equalities.iter().map(own).collect()
        };
        let of_row = |(row, state): (usize, &RowState)| match &state.known {
            RowSplits::Read(figures) => vec![add(row, &|column| figures[column].unwrap_or_default())],
            RowSplits::Ways { splits, .. } => splits.iter().map(|split| add(row, &|column| split[column].0)).collect(),
            RowSplits::Nothing => vec![vec![0; equalities.len()]],
        };
        let adds: Vec<Vec<Vec<i64>>> = rows.iter().enumerate().map(of_row).collect();
        let kept = adds.iter().map(|ways| (0..ways.len()).collect()).collect();
        Self { adds, constants: equalities.iter().map(|equality| equality.constant).collect(), kept }
    }

    /// Interval of a row's possible contributions to each equality.
    fn ranges(&self, row: usize) -> Vec<Range> {
        let range = |equality: usize| {
            let values = || self.kept[row].iter().map(|&way| self.adds[row][way][equality]);
            Range { low: values().min().unwrap_or(0), high: values().max().unwrap_or(0) }
        };
        (0..self.constants.len()).map(range).collect()
    }

    /// Bounds propagation: removes splits that no choice of the other rows can balance. False if a row has none left: the table
    /// contradicts its rules, and nothing can be concluded from them.
    fn prune(&mut self, steps: &mut u64) -> bool {
        let mut ranges: Vec<Vec<Range>> = (0..self.kept.len()).map(|row| self.ranges(row)).collect();
        let mut sums: Vec<Range> =
            self.constants.iter().map(|&constant| Range { low: constant, high: constant }).collect();
        for (sum, range) in ranges.iter().flat_map(|ranges| ranges.iter().enumerate()) {
            sums[sum] = Range { low: sums[sum].low + range.low, high: sums[sum].high + range.high };
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (row, own_ranges) in ranges.iter_mut().enumerate() {
                let cost = (self.kept[row].len() * self.constants.len()) as u64;
                // Out of budget: the remaining candidates are still correct, just not pruned.
                let Some(left) = steps.checked_sub(cost) else { return true };
                *steps = left;
                let fits = |&way: &usize| {
                    self.adds[row][way]
                        .iter()
                        .zip(sums.iter().zip(own_ranges.iter()))
                        .all(|(add, (sum, own))| add + sum.low - own.low <= 0 && add + sum.high - own.high >= 0)
                };
                let fitting: Vec<usize> = self.kept[row].iter().copied().filter(fits).collect();
                if fitting.is_empty() {
                    return false;
                }
                if fitting.len() < self.kept[row].len() {
                    changed = true;
                    self.kept[row] = fitting;
                    let narrower = self.ranges(row);
                    for ((sum, old), new) in sums.iter_mut().zip(own_ranges.iter()).zip(&narrower) {
                        *sum = Range { low: sum.low - old.low + new.low, high: sum.high - old.high + new.high };
                    }
                    *own_ranges = narrower;
                }
            }
        }
        true
    }

    /// Enumerates all combinations of the remaining splits and keeps the splits that occur in a balanced one. If the step budget is
    /// exhausted, all are kept. False if no combination is balanced.
    fn search(&mut self, steps: &mut u64) -> bool {
        let mut order: Vec<usize> = (0..self.kept.len()).filter(|&row| self.kept[row].len() > 1).collect();
        order.sort_by_key(|&row| (self.kept[row].len(), row));
        let mut sums = vec![self.constants.clone()];
        for row in (0..self.kept.len()).filter(|&row| self.kept[row].len() == 1) {
            for (sum, add) in sums[0].iter_mut().zip(&self.adds[row][self.kept[row][0]]) {
                *sum += add;
            }
        }
        // Interval of the contributions of all rows from each depth on, for pruning.
        let mut rest = vec![vec![Range::default(); self.constants.len()]];
        for &row in order.iter().rev() {
            let below = rest.last().cloned().unwrap_or_default();
            let both = |(one, other): (Range, Range)| Range { low: one.low + other.low, high: one.high + other.high };
            rest.push(self.ranges(row).into_iter().zip(below).map(both).collect());
        }
        rest.reverse();
        let mut seen: Vec<Vec<bool>> = order.iter().map(|&row| vec![false; self.kept[row].len()]).collect();
        let mut next = vec![0; order.len() + 1];
        let mut balanced = false;
        loop {
            let depth = sums.len() - 1;
            if depth == order.len() {
                balanced = true;
                for (depth, seen) in seen.iter_mut().enumerate() {
                    seen[next[depth] - 1] = true;
                }
            } else if let Some(&way) = self.kept[order[depth]].get(next[depth]) {
                let Some(left) = steps.checked_sub(1) else { return true };
                *steps = left;
                next[depth] += 1;
                let add = &self.adds[order[depth]][way];
                let sum: Vec<i64> = sums[depth].iter().zip(add).map(|(sum, add)| sum + add).collect();
                if sum.iter().zip(&rest[depth + 1]).all(|(sum, rest)| sum + rest.low <= 0 && sum + rest.high >= 0) {
                    sums.push(sum);
                }
                continue;
            }
            next[depth] = 0;
            sums.pop();
            if sums.is_empty() {
                break;
            }
        }
        for (&row, seen) in order.iter().zip(&seen) {
            let mut possible = seen.iter();
            self.kept[row].retain(|_| possible.next() == Some(&true));
        }
        balanced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four rows with `ways` distinct splits each, which contribute equally to all columns; rows alternate in sign.
    fn solver(columns: usize, ways: i64) -> Solver {
        let adds = |sign: i64| (0..ways).map(|way| (0..columns).map(|_| sign * way).collect()).collect();
        let rows: Vec<Vec<Vec<i64>>> = vec![adds(1), adds(-1), adds(1), adds(-1)];
        let kept = rows.iter().map(|ways| (0..ways.len()).collect()).collect();
        Solver { adds: rows, constants: vec![0; columns], kept }
    }

    #[test]
    fn an_unfinished_search_decides_nothing() {
        let mut hostile = solver(9, 2_000);
        let (mut pruning, mut steps) = (PRUNING_STEPS, STEPS);
        assert!(hostile.prune(&mut pruning) && hostile.search(&mut steps));
        assert_eq!(steps, 0);
        assert!(hostile.kept.iter().all(|ways| ways.len() > 1));
    }

    /// Tables of two rows with one column and their total, and the splits that remain possible for each row.
    #[test]
    fn splits_common_to_all_solutions_are_chosen() {
        // The splits are given by their numbers; the total is negative.
        type Case<'a> = (&'a [&'a [i64]], Option<&'a [&'a [usize]]>);
        let cases: [Case; 5] = [
            // 1 or 12, 2 or 21, total 14: only 12 + 2.
            (&[&[1, 12], &[2, 21], &[-14]], Some(&[&[1], &[0], &[0]])),
            // 1 or 2, 2 or 1, total 3: two solutions, so nothing is decided.
            (&[&[1, 2], &[2, 1], &[-3]], Some(&[&[0, 1], &[0, 1], &[0]])),
            // The first row is 5 in every solution; the others are not decided.
            (&[&[5, 90], &[1, 2], &[-6, -7]], Some(&[&[0], &[0, 1], &[0, 1]])),
            // Nothing balances: the table contradicts its sums.
            (&[&[1, 12], &[2, 21], &[-100]], None),
            // A row with one split is kept.
            (&[&[4], &[5], &[-9]], Some(&[&[0], &[0], &[0]])),
        ];
        for (rows, expected) in cases {
            let adds: Vec<Vec<Vec<i64>>> =
                rows.iter().map(|ways| ways.iter().map(|&add| vec![add]).collect()).collect();
            let kept = adds.iter().map(|ways| (0..ways.len()).collect()).collect();
            let mut solver = Solver { adds, constants: vec![0], kept };
            let balanced = solver.prune(&mut PRUNING_STEPS.clone()) && solver.search(&mut STEPS.clone());
            let found = balanced.then_some(solver.kept);
            assert_eq!(found, expected.map(|kept| kept.iter().map(|ways| ways.to_vec()).collect()), "{rows:?}");
        }
    }

    #[test]
    fn pruning_stops_at_its_step_budget() {
        let mut hostile = solver(9, 2_000);
        assert!(hostile.prune(&mut 17_999));
        assert_eq!(hostile.kept.iter().map(Vec::len).sum::<usize>(), 8_000);
        // A split that nothing can balance is removed, within the step budget.
        let mut small = solver(1, 3);
        small.kept[0] = vec![2];
        small.kept[1] = vec![0];
        small.kept[2] = vec![0, 1];
        assert!(small.prune(&mut PRUNING_STEPS.clone()) && small.search(&mut STEPS.clone()));
        assert_eq!((small.kept[2].as_slice(), small.kept[3].as_slice()), (&[0][..], &[2][..]));
    }
}
