//! Error localisation: the smallest sets of cells whose change makes every rule hold (Fellegi and Holt 1976), nearest typing errors
//! first.
//!
//! Every single cell is tried, then every pair, then sets of three in which each broken rule has a cell, at most [`TRIPLES`]; at most
//! [`KEPT`] solutions are kept. Broken rules are split into components without common cells; each is explained separately.

use rust_decimal::Decimal;

use super::Figures;
use super::equations::Equation;
use super::typo::{Change, distance};
use crate::form::{FieldIndex, FieldKind, Form, Operand};

/// Maximum number of solutions kept.
const KEPT: usize = 64;

/// Maximum number of sets of three cells tried.
const TRIPLES: usize = 40_000;

/// A component of broken rules, with the smallest sets of changes that make them hold.
#[derive(Debug)]
pub(super) struct Explanation {
    /// Indices of the broken rules.
    pub(super) broken: Vec<usize>,
    /// The solutions; a single one if the wrong cells can be determined.
    pub(super) solutions: Vec<Vec<Change>>,
}

/// Explains the broken rules, component by component; components without an explanation are left out.
pub(super) fn explain(form: &Form, figures: &Figures, equations: &[Equation]) -> Vec<Explanation> {
    let broken: Vec<&Equation> = equations.iter().filter(|equation| equation.broken.is_some()).collect();
    components(&broken)
        .into_iter()
        .filter_map(|component| {
            let search = Search { form, figures, equations, component: &component };
            let mut solutions = search.run();
            keep_nearest(&mut solutions);
            let broken = component.iter().filter_map(|equation| equation.broken).collect();
            (!solutions.is_empty()).then_some(Explanation { broken, solutions })
        })
        .collect()
}

/// Connected components of the broken equations, which share cells.
fn components<'e>(broken: &[&'e Equation]) -> Vec<Vec<&'e Equation>> {
    let mut components: Vec<Vec<&Equation>> = Vec::new();
    for equation in broken {
        let shares = |other: &&Equation| equation.terms.iter().any(|term| other.coefficient(term.0) != 0);
        let (mut joined, apart): (Vec<_>, Vec<_>) =
            components.into_iter().partition(|component: &Vec<&Equation>| component.iter().any(shares));
        components = apart;
        let mut whole: Vec<&Equation> = joined.drain(..).flatten().collect();
        whole.push(equation);
        components.push(whole);
    }
    components.sort_by_key(|component| component.iter().filter_map(|equation| equation.broken).min());
    components
}

/// Keeps only the best solution if its typing error is clearly the nearest. Single cells are all kept: the distance of a typing error
/// does not tell which of them is wrong.
fn keep_nearest(solutions: &mut Vec<Vec<Change>>) {
    let cost = |solution: &[Change]| solution.iter().map(|change| distance(change.from, change.to)).sum::<usize>();
    solutions.sort_by_cached_key(|solution| {
        (cost(solution), solution.iter().map(|change| change.field).collect::<Vec<_>>())
    });
    if let [best, second, ..] = solutions.as_slice()
        && best.len() > 1
        && cost(best) <= best.len()
        && cost(second) > cost(best)
    {
        solutions.truncate(1);
    }
}

struct Search<'a, 'v> {
    form: &'a Form,
    figures: &'a Figures<'v>,
    equations: &'a [Equation],
    component: &'a [&'a Equation],
}

impl Search<'_, '_> {
    fn run(&self) -> Vec<Vec<Change>> {
        let mut fields: Vec<FieldIndex> =
            self.component.iter().flat_map(|equation| equation.terms.iter().map(|term| term.0)).collect();
        fields.sort_unstable();
        fields.dedup();
        let first = self.first_without(&[]);
        let ones = first.iter().filter_map(|&field| self.solve(&[field])).collect::<Vec<_>>();
        if !ones.is_empty() {
            return ones;
        }
        let mut twos: Vec<Vec<Change>> = Vec::new();
        for &one in &first {
            for &two in &fields {
                // A pair with both cells in the first rule is found twice; keep the one with the lower index first.
                if two != one && !(first.contains(&two) && two < one) && twos.len() < KEPT {
                    twos.extend(self.solve(&[one, two]));
                }
            }
        }
        if !twos.is_empty() {
            return twos;
        }
        self.threes(&first)
    }

    /// Sets of three cells that contain a cell of every broken rule (hitting sets).
    fn threes(&self, first: &[FieldIndex]) -> Vec<Vec<Change>> {
        let (mut found, mut tried) = (Vec::new(), 0);
        for &one in first {
            for two in self.first_without(&[one]) {
                for three in self.first_without(&[one, two]) {
                    tried += 1;
                    if tried > TRIPLES || found.len() >= KEPT {
                        return found;
                    }
                    found.extend(self.solve(&[one, two, three]));
                }
            }
        }
        found
    }

    /// The cells of the first broken rule that contains none of `cells`.
    fn first_without(&self, cells: &[FieldIndex]) -> Vec<FieldIndex> {
        let without = |equation: &&&Equation| cells.iter().all(|&cell| equation.coefficient(cell) == 0);
        let found = self.component.iter().find(without);
        found.map(|equation| equation.terms.iter().map(|term| term.0).collect()).unwrap_or_default()
    }

    /// The changes of these cells that make every equation hold, if the solution is unique and changes each cell.
    fn solve(&self, cells: &[FieldIndex]) -> Option<Vec<Change>> {
        if self.component.iter().any(|equation| cells.iter().all(|&cell| equation.coefficient(cell) == 0)) {
            return None;
        }
        let touched =
            self.equations.iter().filter(|equation| cells.iter().any(|&cell| equation.coefficient(cell) != 0));
        let rows: Vec<(Vec<Decimal>, Decimal)> = touched
            .map(|equation| {
                let coefficients = cells.iter().map(|&cell| Decimal::from(equation.coefficient(cell))).collect();
                (coefficients, -equation.residual)
            })
            .collect();
        let deltas = eliminate(rows, cells.len())?;
        let mut changes = Vec::with_capacity(cells.len());
        for (&field, delta) in cells.iter().zip(deltas) {
            let from = self.figures.number(Operand { field, previous: false })?;
            let to = (from + delta).normalize();
            let kind = self.form.fields[field].kind;
            let fits =
                (kind == FieldKind::Signed || to >= Decimal::ZERO) && (kind == FieldKind::Amount || to.is_integer());
            if delta.is_zero() || !fits {
                return None;
            }
            changes.push(Change { field, from, to });
        }
        Some(changes)
    }
}

/// Solves a small system of linear equations by Gaussian elimination; `None` unless the solution is unique.
fn eliminate(mut rows: Vec<(Vec<Decimal>, Decimal)>, unknowns: usize) -> Option<Vec<Decimal>> {
    for column in 0..unknowns {
        let pivot = (column..rows.len()).find(|&row| !rows[row].0[column].is_zero())?;
        rows.swap(column, pivot);
        let (lead, value) = (rows[column].0.clone(), rows[column].1);
        for (number, row) in rows.iter_mut().enumerate() {
            if number == column || row.0[column].is_zero() {
                continue;
            }
            let factor = row.0[column].checked_div(lead[column])?;
            for (entry, from) in row.0.iter_mut().zip(&lead) {
                *entry = entry.checked_sub(factor.checked_mul(*from)?)?;
            }
            row.1 = row.1.checked_sub(factor.checked_mul(value)?)?;
        }
    }
    if rows[unknowns..].iter().any(|row| !row.1.is_zero()) {
        return None;
    }
    (0..unknowns).map(|column| rows[column].1.checked_div(rows[column].0[column])).collect()
}
