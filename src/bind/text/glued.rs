//! Enumerates the ways to split the digits of a row without separators into cells, pruned by the row's sums.
//!
//! A number has no leading zero, a sign is only at the beginning of a cell of a signed column, a separator is never inside a number, and
//! the row's sums must hold. Blanks are ignored: where cells run together, blanks are at arbitrary positions. A blank cell leaves no
//! trace, and a sign may have been lost; a split that another figure could replace for either reason is not certain.

use std::collections::HashSet;
use std::ops::Range;

use super::piece::Piece;
use crate::form::{FieldIndex, FieldKind, Form, Relation};

/// Step budget for splitting the rows of one text.
pub(in crate::bind) const STEPS: u32 = 2_000_000;

/// Step budget of one row if cells may be blank.
const STEPS_WITH_BLANKS: u32 = 20_000;

/// Maximum number of splits kept for one row.
const SPLITS: usize = 2_000;

/// Maximum number of digits before and after the decimal point.
const DIGITS: usize = 9;
const FRACTION: usize = 6;

/// Maximum number of marks in one cell: sign, digits, point, fraction.
const LONGEST: usize = 1 + DIGITS + 1 + FRACTION;

/// Maximum number of leading cells that are tried as blank in a row without sums.
const FEW: usize = 6;

/// A sum within a row: `Σ sign · cell + constant = 0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct RowSum {
    /// Id of the form's rule.
    pub(in crate::bind) rule: String,
    /// Columns (0-based) with their signs.
    pub(in crate::bind) terms: Vec<(usize, i64)>,
    /// The constant term.
    pub(in crate::bind) constant: i64,
}

/// The equalities of the form's rules whose cells are all in the row of `count` fields from `first`.
pub(in crate::bind) fn row_sums(form: &Form, first: FieldIndex, count: usize) -> Vec<RowSum> {
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
            let constant = instance.left.constant - instance.right.constant;
            sums.push(RowSum { rule: rule.id.clone(), terms, constant });
        }
    }
    sums
}

/// One split of a row: for each cell its number (0 for a blank cell and for a number with decimals) and its byte range in the text of
/// the row.
pub(in crate::bind) type Split = Vec<(i64, Range<usize>)>;

/// The splits of a row into the expected number of cells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::bind) struct Splits {
    /// The splits, at least one.
    pub(in crate::bind) all: Vec<Split>,
    /// Whether the splits satisfy the sums of the row; if false, there is exactly one split.
    pub(in crate::bind) by_sums: bool,
}

/// Splits a row into one cell for each of `kinds`. `None` if the row contains other text than figures, if there is no split or there are
/// too many, or if the step budget is exhausted.
pub(in crate::bind) fn splits(
    pieces: &[Piece],
    kinds: &[FieldKind],
    sums: &[RowSum],
    steps: &mut u32,
) -> Option<Splits> {
    let marks = Marks::find(pieces)?;
    let wanted = kinds.len();
    // Only an amount may be written with a unit.
    if marks.unit_end.is_some() && kinds.last() != Some(&FieldKind::Amount) {
        return None;
    }
    if marks.all.len() < wanted || marks.all.len() > wanted * LONGEST {
        return None;
    }
    let mut search = Search::new(&marks, kinds, sums, steps);
    if !sums.is_empty() {
        search.run();
        let certain = !search.found.iter().any(|split| marks.may_lack_sign(split, kinds));
        return (certain && *search.steps > 0 && !search.found.is_empty() && search.found.len() < SPLITS)
            .then_some(Splits { all: search.found, by_sums: true });
    }
    // Blank cells leave no trace: the split is certain only if the row cannot be split with some cells blank.
    let mut only = None;
    for filled in (1_u32..1 << wanted.min(FEW)).rev() {
        let kept = kinds.iter().enumerate().filter(|(column, _)| *column >= FEW || filled & (1 << column) != 0);
        search.kinds = kept.map(|entry| *entry.1).collect();
        search.found.clear();
        search.run();
        match (*search.steps, search.found.len()) {
            (0, _) | (_, 2..) => return None,
            (_, 1) if only.is_some() || search.kinds.len() < wanted => return None,
            (_, 1) => only = search.found.pop(),
            _ => {}
        }
    }
    only.filter(|split| !marks.may_lack_sign(split, kinds)).map(|split| Splits { all: vec![split], by_sums: false })
}

/// Splits a row that may have blank cells, which count as 0 in its sums. `None` as for [`splits`].
pub(in crate::bind) fn splits_with_blanks(
    pieces: &[Piece],
    kinds: &[FieldKind],
    sums: &[RowSum],
    steps: &mut u32,
) -> Option<Vec<Split>> {
    let marks = Marks::find(pieces)?;
    let given = STEPS_WITH_BLANKS.min(*steps);
    let mut own = given;
    let mut search = Search::new(&marks, kinds, sums, &mut own);
    search.blanks = true;
    search.run();
    *steps -= given - *search.steps;
    (*search.steps > 0 && !search.found.is_empty() && search.found.len() < SPLITS).then_some(search.found)
}

/// Whether a row has fewer marks than cells, so that some cells left no trace.
pub(in crate::bind) fn is_short(pieces: &[Piece], wanted: usize) -> bool {
    Marks::find(pieces).is_none_or(|marks| marks.all.len() < wanted)
}

/// Whether a text without blanks consists of digits, signs and points only, with an optional unit: `0000000`, `3-20`, `0160.5964万元`.
pub(in crate::bind) fn is_run(text: &str) -> bool {
    let (core, unit) = without_unit(text);
    core.chars().all(|character| mark(character).is_some()) && (unit.is_empty() || core.ends_with(is_digit))
}

/// Splits off a unit of one or two characters after the last figure.
fn without_unit(text: &str) -> (&str, &str) {
    let core = text.trim_end_matches(|character: char| mark(character).is_none() && character.is_alphabetic());
    if text[core.len()..].chars().count() <= 2 { text.split_at(core.len()) } else { (text, "") }
}

fn is_digit(character: char) -> bool {
    matches!(mark(character), Some(Mark::Digit(_)))
}

/// The class of a character in a run of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Digit(u8),
    /// A sign; true if negative.
    Sign(bool),
    Point,
}

fn mark(character: char) -> Option<Mark> {
    match character {
        '0'..='9' => Some(Mark::Digit(character as u8 - b'0')),
        '０'..='９' => Some(Mark::Digit((character as u32 - '０' as u32) as u8)),
        '-' | '－' | '−' | '减' => Some(Mark::Sign(true)),
        '+' | '＋' | '增' => Some(Mark::Sign(false)),
        '.' | '．' => Some(Mark::Point),
        _ => None,
    }
}

struct Marks {
    /// Each mark with its start and end byte.
    all: Vec<(Mark, usize, usize)>,
    /// For each mark, whether a cell must end before it.
    cut: Vec<bool>,
    /// Byte offset after the unit of the last cell.
    unit_end: Option<usize>,
}

impl Marks {
    fn find(pieces: &[Piece]) -> Option<Self> {
        let mut marks = Self { all: Vec::new(), cut: Vec::new(), unit_end: None };
        let last = pieces.iter().rposition(|piece| !piece.text.is_empty())?;
        for (number, piece) in pieces.iter().enumerate() {
            let mut first = true;
            let (core, unit) = if number == last { without_unit(piece.text) } else { (piece.text, "") };
            marks.unit_end = (!unit.is_empty()).then_some(piece.start + piece.text.len()).or(marks.unit_end);
            for (offset, character) in core.char_indices() {
                if crate::text::blank(character) {
                    continue;
                }
                let mark = mark(character)?;
                marks.cut.push(first && !marks.all.is_empty());
                let at = piece.start + offset;
                marks.all.push((mark, at, at + character.len_utf8()));
                first = false;
            }
        }
        (!marks.all.is_empty()).then_some(marks)
    }

    /// Whether a non-zero figure of a signed column, other than the first cell, has no sign. The sign may have been lost: a single
    /// character between two figures is lost most easily.
    fn may_lack_sign(&self, split: &Split, kinds: &[FieldKind]) -> bool {
        split.iter().zip(kinds).skip(1).any(|((number, range), kind)| {
            let signed = || self.all.iter().any(|mark| mark.1 == range.start && matches!(mark.0, Mark::Sign(_)));
            *kind == FieldKind::Signed && *number != 0 && !signed()
        })
    }

    /// The number in a range of marks, if it is valid in a cell of this kind; 0 for a number with decimals, which is in no sum.
    fn number(&self, range: Range<usize>, kind: FieldKind) -> Option<i64> {
        let mut marks = self.all[range].iter().map(|mark| mark.0).peekable();
        let mut negative = false;
        if let (FieldKind::Signed, Some(&Mark::Sign(sign))) = (kind, marks.peek()) {
            negative = sign;
            marks.next();
        }
        let mut number = 0;
        let (mut digits, mut point, mut fraction) = (0, false, 0);
        for mark in marks {
            match mark {
                // A number has no leading zero.
                Mark::Digit(_) if !point && digits == 1 && number == 0 => return None,
                Mark::Digit(digit) if !point => {
                    number = number * 10 + i64::from(digit);
                    digits += 1;
                }
                Mark::Digit(_) => fraction += 1,
                Mark::Point if kind == FieldKind::Amount && !point && digits > 0 => point = true,
                Mark::Point | Mark::Sign(_) => return None,
            }
        }
        if digits == 0 || digits > DIGITS || (point && fraction == 0) || fraction > FRACTION {
            return None;
        }
        Some(match (point, negative) {
            (true, _) => 0,
            (false, true) => -number,
            (false, false) => number,
        })
    }
}

struct Search<'a> {
    marks: &'a Marks,
    sums: &'a [RowSum],
    /// The kind of each cell, from the left.
    kinds: Vec<FieldKind>,
    steps: &'a mut u32,
    /// Open cells, the rightmost first: number, first mark, mark after the last.
    open: Vec<(i64, usize, usize)>,
    found: Vec<Split>,
    /// For each open cell, the number of splits found when it was pushed; `None` if a sum excludes it.
    before: Vec<Option<usize>>,
    /// Memo of dead ends of the search: number of remaining cells, and the mark at which they must end.
    dead: HashSet<(usize, usize)>,
    /// Whether cells may be blank.
    blanks: bool,
}

impl<'a> Search<'a> {
    fn new(marks: &'a Marks, kinds: &[FieldKind], sums: &'a [RowSum], steps: &'a mut u32) -> Self {
        Self {
            marks,
            sums,
            kinds: kinds.to_vec(),
            steps,
            open: Vec::new(),
            found: Vec::new(),
            before: Vec::new(),
            dead: HashSet::new(),
            blanks: false,
        }
    }

    /// Latest start of the cell before one that starts at `start`.
    fn latest(&self, start: usize) -> Option<usize> {
        if self.blanks { Some(start) } else { start.checked_sub(1) }
    }

    /// Iterative depth-first search over the starts of the cells, from the right. A total is to the right of its terms, so that terms that
    /// exceed it are pruned at once.
    fn run(&mut self) {
        self.open.clear();
        self.before.clear();
        self.dead.clear();
        let mut next_start = self.latest(self.marks.all.len());
        loop {
            if *self.steps == 0 || self.found.len() >= SPLITS {
                return;
            }
            *self.steps -= 1;
            let end = self.open.last().map_or(self.marks.all.len(), |cell| cell.1);
            let left = self.kinds.len() - self.open.len();
            if let Some(start) = next_start.filter(|&start| left > 0 && self.fits(start, end, left)) {
                let number = self.marks.number(start..end, self.kinds[left - 1]);
                let Some(number) = number.or((start == end).then_some(0)) else {
                    next_start = start.checked_sub(1);
                    continue;
                };
                self.open.push((number, start, end));
                let holds = self.sums.iter().all(|sum| self.may_hold(sum)) && !self.dead.contains(&(left - 1, start));
                self.before.push(holds.then_some(self.found.len()));
                if holds && left == 1 && start == 0 {
                    self.keep();
                }
                next_start = if holds { self.latest(start) } else { None };
            } else {
                let (Some((_, start, _)), Some(before)) = (self.open.pop(), self.before.pop()) else { return };
                if before == Some(self.found.len()) && self.between_sums(left) {
                    self.dead.insert((left, start));
                }
                next_start = start.checked_sub(1);
            }
        }
    }

    /// Whether the terms of every sum are all left or all right of a column boundary, so that cells on one side do not affect the other.
    fn between_sums(&self, column: usize) -> bool {
        let parted = |sum: &RowSum| {
            let right = sum.terms.iter().filter(|term| term.0 >= column).count();
            right == 0 || right == sum.terms.len()
        };
        column < self.kinds.len() && self.sums.iter().all(parted)
    }

    /// Whether a cell may start here: enough marks remain for the cells before it, it is not too long, and no cut is inside it.
    fn fits(&self, start: usize, end: usize, left: usize) -> bool {
        (self.blanks || start + 1 >= left)
            && end - start <= LONGEST
            && self.marks.cut.get(start + 1..end).is_none_or(|inside| !inside.contains(&true))
    }

    /// Whether a sum can still be satisfied by non-negative numbers made of the remaining marks.
    fn may_hold(&self, sum: &RowSum) -> bool {
        let open = self.kinds.len() - self.open.len();
        let mut so_far = sum.constant;
        let (mut left, mut sign_left) = (0, 0);
        for &(column, sign) in &sum.terms {
            if column >= open {
                so_far += sign * self.open[self.kinds.len() - 1 - column].0;
            } else if (left > 0 && sign != sign_left) || self.kinds[column] != FieldKind::Count {
                return true;
            } else {
                (left, sign_left) = (left + 1, sign);
            }
        }
        if left == 0 || so_far * sign_left > 0 {
            return so_far == 0;
        }
        // No term is greater than the remaining amount, and the terms must reach it.
        let marks = self.open.last().map_or(self.marks.all.len(), |cell| cell.1);
        let digits = so_far.unsigned_abs().checked_ilog10().map_or(1, |digits| digits as usize + 1);
        let others = open - left;
        marks <= left * digits + others * LONGEST && (self.blanks || marks + 2 >= others + left + digits)
    }

    fn keep(&mut self) {
        let marks = &self.marks.all;
        let unit_end = |end: usize| self.marks.unit_end.filter(|_| end == marks.len());
        let range = |start: usize, end: usize| match end.checked_sub(1).filter(|&last| last >= start) {
            Some(last) => marks[start].1..unit_end(end).unwrap_or(marks[last].2),
            None => 0..0,
        };
        let split = self.open.iter().rev().map(|&(number, start, end)| (number, range(start, end))).collect();
        self.found.push(split);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pieces::pieces;
    use super::*;

    fn sum() -> Vec<RowSum> {
        let terms = (0..6).map(|column| (column, -1)).chain([(6, 1)]).collect();
        vec![RowSum { rule: "R".into(), terms, constant: 0 }]
    }

    fn numbers(text: &str, wanted: usize, sums: &[RowSum]) -> Option<Vec<Vec<i64>>> {
        of_kinds(text, &vec![FieldKind::Count; wanted], sums)
    }

    fn of_kinds(text: &str, kinds: &[FieldKind], sums: &[RowSum]) -> Option<Vec<Vec<i64>>> {
        let found = splits(&pieces(text), kinds, sums, &mut STEPS.clone())?;
        Some(found.all.iter().map(|split| split.iter().map(|cell| cell.0).collect()).collect())
    }

    #[test]
    fn sums_split_glued_rows() {
        assert_eq!(numbers("801000081", 7, &sum()), Some(vec![vec![80, 1, 0, 0, 0, 0, 81]]));
        assert_eq!(numbers(" 10 0 00 0 1", 7, &sum()), Some(vec![vec![1, 0, 0, 0, 0, 0, 1]]));
        assert_eq!(numbers("2200003 25", 7, &sum()).map(|ways| ways.len()), Some(2));
        assert_eq!(numbers("1|0|0|00|01", 7, &sum()), Some(vec![vec![1, 0, 0, 0, 0, 0, 1]]));
        assert_eq!(numbers("33", 7, &sum()), None);
        assert_eq!(numbers("0000008", 7, &sum()), None);
    }

    #[test]
    fn blank_cells_allow_several_splits() {
        let ways = |text: &str| {
            splits_with_blanks(&pieces(text), &[FieldKind::Count; 7], &sum(), &mut STEPS.clone()).map(|ways| ways.len())
        };
        assert_eq!(ways("0000000"), Some(1));
        assert_eq!(ways("1000001"), Some(1));
        // 6, blank, 40, 0, 20, 4, 70 and the like.
        assert!(ways("640020470").is_some_and(|ways| ways > 1));
        assert!(is_short(&pieces("33"), 7) && is_short(&pieces(""), 7) && !is_short(&pieces("0000000"), 7));
    }

    #[test]
    fn without_sums_the_split_must_be_unique() {
        assert_eq!(numbers("000", 3, &[]), Some(vec![vec![0, 0, 0]]));
        assert_eq!(numbers("00126", 3, &[]), Some(vec![vec![0, 0, 126]]));
        assert_eq!(numbers("666", 3, &[]), None);
        assert_eq!(numbers("77132470", 3, &[]), None);
        assert_eq!(numbers("00", 3, &[]), None);
    }

    #[test]
    fn text_other_than_figures_is_not_split() {
        assert_eq!(numbers("1减4", 2, &[]), None);
        assert_eq!(numbers("0/0", 3, &[]), None);
    }

    #[test]
    fn signs_and_points_separate_cells_of_their_kind() {
        use FieldKind::{Amount, Count, Signed};
        assert_eq!(of_kinds("1减4", &[Count, Signed], &[]), Some(vec![vec![1, -4]]));
        assert_eq!(of_kinds("12-3", &[Count, Signed], &[]), Some(vec![vec![12, -3]]));
        assert_eq!(of_kinds("12-35", &[Count, Signed, Count], &[]), None);
        assert_eq!(of_kinds("6-30", &[Count, Signed, Count], &[]), None);
        assert_eq!(of_kinds("00.2582", &[Count, Amount], &[]), Some(vec![vec![0, 0]]));
        assert_eq!(of_kinds("30.2582", &[Count, Amount], &[]), None);
        assert_eq!(of_kinds("05", &[Count, Count], &[]), Some(vec![vec![0, 5]]));
        assert_eq!(of_kinds("05", &[Count, Signed], &[]), None, "a lost 减");
        assert_eq!(of_kinds("0+5", &[Count, Signed], &[]), Some(vec![vec![0, 5]]));
        assert_eq!(of_kinds("00", &[Count, Signed], &[]), Some(vec![vec![0, 0]]));
        assert_eq!(of_kinds("1.50", &[Count, Count], &[]), None);
    }

    #[test]
    fn long_rows_are_split_within_the_step_budget() {
        let row = "12345678901123432109877654352222254321";
        assert!(numbers(row, 7, &sum()).is_none_or(|ways| ways.len() < SPLITS));
        assert_eq!(numbers(&"1".repeat(60), 7, &sum()), None);
    }

    #[test]
    fn splitting_with_blank_cells_keeps_to_its_step_budget() {
        let kinds = [FieldKind::Count; 15];
        let sums: Vec<RowSum> = [0, 5, 10]
            .map(|first| {
                let terms = (first..first + 4).map(|column| (column, -1)).chain([(first + 4, 1)]).collect();
                RowSum { rule: "R".into(), terms, constant: 0 }
            })
            .into();
        let mut steps = STEPS;
        for digit in 1..=9_u8 {
            for length in [15, 30, 60, 90, 120] {
                let row: String = (0..length)
                    .map(|at: u8| char::from(b'0' + at.wrapping_mul(digit).wrapping_add(digit) % 10))
                    .collect();
                let before = steps;
                splits_with_blanks(&pieces(&row), &kinds, &sums, &mut steps);
                assert!(before - steps <= STEPS_WITH_BLANKS);
                splits(&pieces(&row), &kinds, &sums, &mut steps);
                splits(&pieces(&row), &kinds, &[], &mut steps);
            }
        }
        // Out of budget: no cut, without further search.
        assert_eq!(splits(&pieces("801000081"), &[FieldKind::Count; 7], &sum(), &mut 0), None);
        assert_eq!(splits_with_blanks(&pieces("0000000"), &[FieldKind::Count; 7], &sum(), &mut 0), None);
    }
}
