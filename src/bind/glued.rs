//! The digits of a row whose cells run together, cut into cells in every way that the row's own rules allow.
//!
//! A number has no leading zero, a separator is never inside a number, and the row's sums must hold. Blanks count for nothing:
//! where cells run together, blanks stand anywhere.

use std::ops::Range;

use super::flatrows::Piece;
use crate::form::{FieldIndex, Form, Relation};

/// Steps that the search of one row may take.
const STEPS: u32 = 300_000;

/// Ways to cut one row that are kept.
const SPLITS: usize = 400;

/// A sum within a row: `Σ sign · cell + constant = 0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowSum {
    /// Id of the rule.
    pub(super) rule: String,
    /// Columns with their signs.
    pub(super) terms: Vec<(usize, i64)>,
    constant: i64,
    /// The last column that it names.
    last: usize,
}

/// The sums of the form's rules that lie within the row of `count` fields from `first`.
pub(super) fn row_sums(form: &Form, first: FieldIndex, count: usize) -> Vec<RowSum> {
    let row = first..first + count;
    let mut sums = Vec::new();
    for rule in &form.rules {
        for instance in rule.instances.iter().filter(|instance| instance.relation == Relation::Equal) {
            if instance.operands().any(|operand| operand.previous || !row.contains(&operand.field)) {
                continue;
            }
            let left = instance.left.terms.iter().map(|term| (term.operand.field - first, term.sign));
            let right = instance.right.terms.iter().map(|term| (term.operand.field - first, -term.sign));
            let terms: Vec<(usize, i64)> = left.chain(right).collect();
            let Some(last) = terms.iter().map(|term| term.0).max() else { continue };
            let constant = instance.left.constant - instance.right.constant;
            sums.push(RowSum { rule: rule.id.clone(), terms, constant, last });
        }
    }
    sums
}

/// A way to cut a row: for each cell its number and where its digits stand in the text of the row.
pub(super) type Split = Vec<(i64, Range<usize>)>;

/// The ways to cut a row into as many cells as it should have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Splits {
    /// The ways.
    pub(super) all: Vec<Split>,
    /// Whether the sums of the row chose them; without sums only a row that can be cut in one way at all is here.
    pub(super) by_sums: bool,
}

/// Cuts a row. Nothing where the row holds anything but digits, where no way fits, or where there are too many.
pub(super) fn splits(pieces: &[Piece], wanted: usize, sums: &[RowSum]) -> Option<Splits> {
    let digits = Digits::of(pieces)?;
    if digits.all.len() < wanted || digits.all.len() > wanted * 9 {
        return None;
    }
    let mut search = Search { digits: &digits, sums, wanted, steps: STEPS, open: Vec::new(), found: Vec::new() };
    if !sums.is_empty() {
        search.run();
        return (search.steps > 0 && !search.found.is_empty() && search.found.len() < SPLITS)
            .then_some(Splits { all: search.found, by_sums: true });
    }
    // Blank cells leave no trace: the row is certain only if no smaller number of cells fits either.
    let mut only = None;
    for count in 1..=wanted {
        search.wanted = count;
        search.found.clear();
        search.run();
        match (search.steps, search.found.len()) {
            (0, _) | (_, 2..) => return None,
            (_, 1) if only.is_some() || count < wanted => return None,
            (_, 1) => only = search.found.pop(),
            _ => {}
        }
    }
    only.map(|split| Splits { all: vec![split], by_sums: false })
}

struct Digits {
    /// Each digit with the bytes at which it begins and ends.
    all: Vec<(i64, usize, usize)>,
    /// Whether a cell must end before the digit with this number.
    cut: Vec<bool>,
}

impl Digits {
    fn of(pieces: &[Piece]) -> Option<Self> {
        let mut digits = Self { all: Vec::new(), cut: Vec::new() };
        for piece in pieces {
            let mut first = true;
            for (offset, character) in piece.text.char_indices() {
                let digit = match character {
                    '0'..='9' => i64::from(character as u32 - '0' as u32),
                    '０'..='９' => i64::from(character as u32 - '０' as u32),
                    blank if super::items::blank(blank) => continue,
                    _ => return None,
                };
                digits.cut.push(first && !digits.all.is_empty());
                let at = piece.start + offset;
                digits.all.push((digit, at, at + character.len_utf8()));
                first = false;
            }
        }
        (!digits.all.is_empty()).then_some(digits)
    }
}

struct Search<'a> {
    digits: &'a Digits,
    sums: &'a [RowSum],
    wanted: usize,
    steps: u32,
    /// The cells so far: number, first digit, digit after the last.
    open: Vec<(i64, usize, usize)>,
    found: Vec<Split>,
}

impl Search<'_> {
    /// Depth-first over the ends of the cells, without recursion; a sum is tried as soon as its last cell is there.
    fn run(&mut self) {
        self.open.clear();
        let mut next_end = Some(1);
        loop {
            if self.steps == 0 || self.found.len() >= SPLITS {
                return;
            }
            self.steps -= 1;
            let start = self.open.last().map_or(0, |cell| cell.2);
            if let Some(end) = next_end.filter(|&end| self.fits(start, end)) {
                let number = self.digits.all[start..end].iter().fold(0, |number, digit| number * 10 + digit.0);
                self.open.push((number, start, end));
                let holds = self.sums_hold();
                if holds && self.open.len() == self.wanted && end == self.digits.all.len() {
                    self.keep();
                }
                next_end = (holds && self.open.len() < self.wanted).then_some(end + 1);
            } else {
                let Some((_, _, end)) = self.open.pop() else { return };
                next_end = Some(end + 1);
            }
        }
    }

    fn fits(&self, start: usize, end: usize) -> bool {
        let left = self.wanted - self.open.len();
        left > 0
            && end <= self.digits.all.len()
            && end - start <= 9
            && self.digits.all.len() - end >= left - 1
            && (end - start == 1 || self.digits.all[start].0 != 0)
            && !self.digits.cut[start + 1..end].contains(&true)
            && (left > 1 || end == self.digits.all.len() || self.digits.all.len() - start > 1)
    }

    fn sums_hold(&self) -> bool {
        let last = self.open.len() - 1;
        self.sums.iter().filter(|sum| sum.last == last).all(|sum| {
            sum.terms.iter().map(|&(column, sign)| sign * self.open[column].0).sum::<i64>() + sum.constant == 0
        })
    }

    fn keep(&mut self) {
        let range = |start: usize, end: usize| self.digits.all[start].1..self.digits.all[end - 1].2;
        let split = self.open.iter().map(|&(number, start, end)| (number, range(start, end))).collect();
        self.found.push(split);
    }
}

#[cfg(test)]
mod tests {
    use super::super::flatrows::pieces;
    use super::*;

    fn sum() -> Vec<RowSum> {
        let terms = (0..6).map(|column| (column, -1)).chain([(6, 1)]).collect();
        vec![RowSum { rule: "R".into(), terms, constant: 0, last: 6 }]
    }

    fn numbers(text: &str, wanted: usize, sums: &[RowSum]) -> Option<Vec<Vec<i64>>> {
        let found = splits(&pieces(text), wanted, sums)?;
        Some(found.all.iter().map(|split| split.iter().map(|cell| cell.0).collect()).collect())
    }

    #[test]
    fn sums_cut_glued_rows() {
        assert_eq!(numbers("801000081", 7, &sum()), Some(vec![vec![80, 1, 0, 0, 0, 0, 81]]));
        assert_eq!(numbers(" 10 0 00 0 1", 7, &sum()), Some(vec![vec![1, 0, 0, 0, 0, 0, 1]]));
        assert_eq!(numbers("2200003 25", 7, &sum()).map(|ways| ways.len()), Some(2));
        assert_eq!(numbers("1|0|0|00|01", 7, &sum()), Some(vec![vec![1, 0, 0, 0, 0, 0, 1]]));
        assert_eq!(numbers("33", 7, &sum()), None);
        assert_eq!(numbers("0000008", 7, &sum()), None);
    }

    #[test]
    fn without_sums_only_one_way_at_all_will_do() {
        assert_eq!(numbers("000", 3, &[]), Some(vec![vec![0, 0, 0]]));
        assert_eq!(numbers("00126", 3, &[]), Some(vec![vec![0, 0, 126]]));
        assert_eq!(numbers("666", 3, &[]), None);
        assert_eq!(numbers("77132470", 3, &[]), None);
        assert_eq!(numbers("00", 3, &[]), None);
    }

    #[test]
    fn what_is_no_digit_is_not_cut() {
        assert_eq!(numbers("1减4", 2, &[]), None);
        assert_eq!(numbers("0/0", 3, &[]), None);
    }
}
