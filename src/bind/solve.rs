//! The glued rows of a table decided together: only what every solution of the table's rules agrees on is taken.

use super::glued::Split;
use crate::form::{FieldIndex, Form, Relation};

/// Steps that the search of one table may take.
const STEPS: u32 = 200_000;

/// Solutions that are compared; more than these decide nothing.
const SOLUTIONS: usize = 64;

/// A row of a table as far as it is known.
#[derive(Debug, Clone)]
pub(super) struct RowState {
    /// Its first field.
    pub(super) first: FieldIndex,
    /// What is known.
    pub(super) known: Known,
}

/// What is known of a row.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// Its figures were simply read; a figure that is no whole number is `None`.
    Read(Vec<Option<i64>>),
    /// It can be cut in these ways.
    Ways {
        /// The ways, at least one.
        splits: Vec<Split>,
        /// Ids of the rules that chose them so far.
        rules: Vec<String>,
    },
    /// Nothing.
    Nothing,
}

/// The way that was decided for a row, and the rules that decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    /// Index of the way.
    pub(super) way: usize,
    /// Ids of the rules, in the form's order, each once.
    pub(super) rules: Vec<String>,
}

/// An equality over the rows of one table: `Σ sign · cell + constant = 0`.
struct Equality<'f> {
    rule: &'f str,
    /// Row, column and sign.
    terms: Vec<(usize, usize, i64)>,
    constant: i64,
}

/// Decides the glued rows: for each row that has ways, the one that every solution has.
pub(super) fn solve(form: &Form, rows: &[RowState]) -> Vec<Option<Decided>> {
    let equalities = equalities(form, rows);
    let open: Vec<usize> = (0..rows.len()).filter(|&row| matches!(&rows[row].known, Known::Ways { .. })).collect();
    let mut search =
        Search { rows, equalities: &equalities, choice: vec![0; rows.len()], steps: STEPS, found: Vec::new() };
    let complete = search.run(&open);
    rows.iter()
        .enumerate()
        .map(|(row, state)| {
            let Known::Ways { rules, .. } = &state.known else { return None };
            let first = search.found.first()?.get(row).copied()?;
            if !complete || search.found.iter().any(|solution| solution[row] != first) {
                return None;
            }
            let touching = equalities.iter().filter(|equality| equality.terms.iter().any(|term| term.0 == row));
            let mut rules = rules.clone();
            for equality in touching {
                if !rules.iter().any(|known| known == equality.rule) {
                    rules.push(equality.rule.to_owned());
                }
            }
            Some(Decided { way: first, rules })
        })
        .collect()
}

/// The equalities whose figures are all in these rows and known or to be decided.
fn equalities<'f>(form: &'f Form, rows: &[RowState]) -> Vec<Equality<'f>> {
    let width = |row: &RowState| match &row.known {
        Known::Read(figures) => figures.len(),
        Known::Ways { splits, .. } => splits[0].len(),
        Known::Nothing => 0,
    };
    let locate = |field: FieldIndex| {
        let row = rows.iter().position(|row| (row.first..row.first + width(row)).contains(&field))?;
        let column = field - rows[row].first;
        match &rows[row].known {
            Known::Read(figures) => figures[column].map(|_| (row, column)),
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
    // What does not touch a glued row decides nothing, and an error of the agency's own there must not count against others.
    equalities.retain(|equality| equality.terms.iter().any(|term| matches!(rows[term.0].known, Known::Ways { .. })));
    equalities
}

struct Search<'a> {
    rows: &'a [RowState],
    equalities: &'a [Equality<'a>],
    /// The way chosen for each row.
    choice: Vec<usize>,
    steps: u32,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Tries every combination of ways, backtracking as soon as an equality with all its rows chosen fails. Returns whether
    /// the search came to its end.
    fn run(&mut self, open: &[usize]) -> bool {
        let ways = |row: usize| match &self.rows[row].known {
            Known::Ways { splits, .. } => splits.len(),
            _ => 1,
        };
        // Rows with the fewest ways first; what is decided early prunes the rest.
        let mut order = open.to_vec();
        order.sort_by_key(|&row| (ways(row), row));
        let counts: Vec<usize> = order.iter().map(|&row| ways(row)).collect();
        // An equality is tried when the last of its rows in this order is chosen.
        let due: Vec<Vec<usize>> = (0..order.len()).map(|depth| self.due(&order, depth)).collect();
        let mut depth = 0;
        let mut next = vec![0; order.len() + 1];
        loop {
            if self.steps == 0 || self.found.len() > SOLUTIONS {
                return false;
            }
            self.steps -= 1;
            if depth == order.len() {
                self.found.push(self.choice.clone());
                let Some(up) = depth.checked_sub(1) else { return true };
                depth = up;
                continue;
            }
            if next[depth] == counts[depth] {
                next[depth] = 0;
                let Some(up) = depth.checked_sub(1) else { return true };
                depth = up;
                continue;
            }
            self.choice[order[depth]] = next[depth];
            next[depth] += 1;
            if due[depth].iter().all(|&equality| self.holds(equality)) {
                depth += 1;
            }
        }
    }

    fn due(&self, order: &[usize], depth: usize) -> Vec<usize> {
        let position = |row: usize| order.iter().position(|&other| other == row);
        let last = |equality: &Equality| equality.terms.iter().filter_map(|term| position(term.0)).max();
        (0..self.equalities.len()).filter(|&number| last(&self.equalities[number]) == Some(depth)).collect()
    }

    fn holds(&self, equality: usize) -> bool {
        let equality = &self.equalities[equality];
        let value = |&(row, column, sign): &(usize, usize, i64)| {
            let figure = match &self.rows[row].known {
                Known::Read(figures) => figures[column].unwrap_or_default(),
                Known::Ways { splits, .. } => splits[self.choice[row]][column].0,
                Known::Nothing => 0,
            };
            sign * figure
        };
        equality.terms.iter().map(value).sum::<i64>() + equality.constant == 0
    }
}
