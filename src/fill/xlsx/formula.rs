//! Evaluates the few kinds of formulas used for totals, after filling; the result of any other formula is unknown.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::sheet::{At, Sheet, Written, place};

/// Maximum depth of formulas that depend on each other.
const DEEPEST: u32 = 8;

/// Maximum nesting of brackets.
const BRACKETS: u32 = 8;

/// Maximum number of cells read by one report's formulas, and of terms of all formulas of a sheet.
const MOST_ASKED: usize = 200_000;
const MOST_TERMS: usize = 200_000;

/// The content of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Number(Decimal),
    Text,
    Blank,
}

/// A reference to cells: first and last row and column, and which of them are relative in a shared formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    from: At,
    to: At,
    fixed: [bool; 4],
}

/// An operand of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operand {
    Number(Decimal),
    /// Cells in a `SUM`, which ignores text.
    Summed(Region),
    /// A single cell, which must not contain text.
    Cell(Region),
}

/// A formula of additions and subtractions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Formula {
    /// Operands; subtracted if the flag is set.
    terms: Vec<(bool, Operand)>,
    /// Number of decimals to which the sum is rounded.
    places: Option<u32>,
    /// The formula yields no number if all these cells are blank.
    unless: Vec<Region>,
}

impl Formula {
    /// Parses a formula; `None` if it is of another kind.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().trim_start_matches('=').chars().filter(|sign| !sign.is_whitespace()).collect();
        let text = text.to_ascii_uppercase();
        let mut formula = Self::default();
        let mut rest = text.as_str();
        if let Some(inside) = rest.strip_prefix("IF(COUNT(").and_then(|inside| inside.strip_suffix(')')) {
            let (cells, then) = inside.split_once(")=0,\"\",")?;
            for cell in cells.split(',') {
                formula.unless.push(region(cell)?);
            }
            rest = then;
        }
        if let Some(inside) = rest.strip_prefix("ROUND(").and_then(|inside| inside.strip_suffix(')')) {
            let (sum, places) = inside.rsplit_once(',')?;
            formula.places = Some(places.parse().ok().filter(|&places| places <= 12)?);
            rest = sum;
        }
        let mut parser = Parser { rest, terms: Vec::new() };
        parser.sum(false, 0)?;
        parser.rest.is_empty().then_some(())?;
        formula.terms = parser.terms;
        Some(formula)
    }

    /// The shared formula at another cell, offset by rows and columns.
    fn moved(&self, (rows, columns): (i64, i64)) -> Option<Self> {
        let shift = |region: &Region| region.moved((rows, columns));
        let term = |(minus, operand): &(bool, Operand)| {
            Some((
                *minus,
                match operand {
                    Operand::Number(number) => Operand::Number(*number),
                    Operand::Summed(region) => Operand::Summed(shift(region)?),
                    Operand::Cell(region) => Operand::Cell(shift(region)?),
                },
            ))
        };
        let terms = self.terms.iter().map(term).collect::<Option<_>>()?;
        let unless = self.unless.iter().map(shift).collect::<Option<_>>()?;
        Some(Self { terms, places: self.places, unless })
    }
}

impl Region {
    fn moved(&self, (rows, columns): (i64, i64)) -> Option<Self> {
        let shift = |at: u32, fixed: bool, by: i64| {
            if fixed { Some(at) } else { u32::try_from(i64::from(at) + by).ok() }
        };
        let [from_row, from_column, to_row, to_column] = self.fixed;
        let from = (shift(self.from.0, from_row, rows)?, shift(self.from.1, from_column, columns)?);
        let to = (shift(self.to.0, to_row, rows)?, shift(self.to.1, to_column, columns)?);
        Some(Self { from, to, fixed: self.fixed })
    }

    fn cells(self) -> impl Iterator<Item = At> {
        (self.from.0..=self.to.0).flat_map(move |row| (self.from.1..=self.to.1).map(move |column| (row, column)))
    }

    fn size(self) -> usize {
        let side = |from: u32, to: u32| (to.saturating_sub(from) + 1) as usize;
        side(self.from.0, self.to.0).saturating_mul(side(self.from.1, self.to.1))
    }
}

struct Parser<'a> {
    rest: &'a str,
    terms: Vec<(bool, Operand)>,
}

impl Parser<'_> {
    fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Parses terms with signs between them.
    fn sum(&mut self, minus: bool, depth: u32) -> Option<()> {
        let mut sign = self.take('-');
        if !sign {
            self.take('+');
        }
        loop {
            self.term(minus != sign, depth)?;
            sign = if self.take('+') {
                false
            } else if self.take('-') {
                true
            } else {
                return Some(());
            };
        }
    }

    fn term(&mut self, minus: bool, depth: u32) -> Option<()> {
        if self.take('(') {
            (depth < BRACKETS).then_some(())?;
            self.sum(minus, depth + 1)?;
            return self.take(')').then_some(());
        }
        if let Some(rest) = self.rest.strip_prefix("SUM(") {
            let (arguments, behind) = rest.split_once(')')?;
            for argument in arguments.split(',') {
                let operand = operand(argument).or_else(|| region(argument).map(Operand::Summed))?;
                self.terms.push((minus, operand));
            }
            self.rest = behind;
            return Some(());
        }
        let end = self.rest.find(['+', '-', ')']).unwrap_or(self.rest.len());
        let (word, behind) = self.rest.split_at(end);
        let single = region(word).filter(|region| region.from == region.to).map(Operand::Cell);
        self.terms.push((minus, operand(word).or(single)?));
        self.rest = behind;
        Some(())
    }
}

fn operand(word: &str) -> Option<Operand> {
    word.parse().ok().map(Operand::Number)
}

/// `B4`, `$B$4`, `B4:D9`.
fn region(word: &str) -> Option<Region> {
    let (from, to) = word.split_once(':').unwrap_or((word, word));
    let end = |word: &str| {
        let column = word.strip_prefix('$');
        let body = column.unwrap_or(word);
        let row = body.contains('$');
        let name = body.replacen('$', "", 1);
        Some((place(&name)?, row, column.is_some()))
    };
    let ((from, row, column), (to, last_row, last_column)) = (end(from)?, end(to)?);
    (from.0 <= to.0 && from.1 <= to.1).then_some(Region { from, to, fixed: [row, column, last_row, last_column] })
}

/// The parsed formulas of a sheet.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    /// For each cell with a formula, the parsed formula; `None` if it is of an unknown kind.
    cells: BTreeMap<At, Option<Formula>>,
    /// Numbers of cells without a formula; `None` for text.
    others: BTreeMap<At, Option<Decimal>>,
    more: bool,
}

impl Formulas {
    /// The formulas of a sheet.
    pub(super) fn parse(sheet: &Sheet) -> Self {
        let mut masters: BTreeMap<u32, (At, Option<Formula>)> = BTreeMap::new();
        let mut cells = BTreeMap::new();
        let mut terms = 0;
        for (&at, written) in &sheet.formulas {
            let formula = match written {
                Written::Text(text, shared) => {
                    let formula = Formula::parse(text);
                    if let Some(number) = shared {
                        masters.entry(*number).or_insert((at, formula.clone()));
                    }
                    formula
                }
                Written::Shared(number) => masters.get(number).and_then(|(from, formula)| {
                    let by = (i64::from(at.0) - i64::from(from.0), i64::from(at.1) - i64::from(from.1));
                    formula.as_ref().filter(|_| terms < MOST_TERMS)?.moved(by)
                }),
                Written::Other => None,
            };
            terms += formula.as_ref().map_or(0, |formula| formula.terms.len() + formula.unless.len());
            cells.insert(at, formula);
        }
        let numbers = sheet.numbers.iter().map(|(&at, &number)| (at, Some(number)));
        let others = numbers.chain(sheet.texts.iter().map(|&at| (at, None))).collect();
        Self { cells, others, more: sheet.more }
    }

    /// Whether a cell has a formula.
    pub(super) fn has(&self, at: At) -> bool {
        self.cells.contains_key(&at)
    }

    /// The cells that have a formula.
    pub(super) fn cells(&self) -> impl Iterator<Item = &At> {
        self.cells.keys()
    }

    /// The results of the formulas, given the filled-in cells.
    pub(super) fn with<'a>(&'a self, filled: &'a BTreeMap<At, Held>) -> Results<'a> {
        Results { formulas: self, filled, known: BTreeMap::new(), asked: 0 }
    }
}

/// Lazily evaluated results of the formulas of a sheet.
pub(super) struct Results<'a> {
    formulas: &'a Formulas,
    filled: &'a BTreeMap<At, Held>,
    known: BTreeMap<At, Option<Held>>,
    asked: usize,
}

impl Results<'_> {
    /// The result of a cell's formula; `None` if unknown.
    pub(super) fn of_cell(&mut self, at: At) -> Option<Held> {
        self.cell(at, 0)
    }

    fn cell(&mut self, at: At, depth: u32) -> Option<Held> {
        let Some(formula) = self.formulas.cells.get(&at) else { return self.plain(at) };
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        // A circular reference has no result.
        self.known.insert(at, None);
        let result = formula.as_ref().filter(|_| depth < DEEPEST).and_then(|formula| self.result(formula, depth));
        self.known.insert(at, result);
        result
    }

    fn plain(&self, at: At) -> Option<Held> {
        if let Some(held) = self.filled.get(&at) {
            return Some(*held);
        }
        match self.formulas.others.get(&at) {
            Some(Some(number)) => Some(Held::Number(*number)),
            Some(None) => Some(Held::Text),
            None => (!self.formulas.more).then_some(Held::Blank),
        }
    }

    fn result(&mut self, formula: &Formula, depth: u32) -> Option<Held> {
        if !formula.unless.is_empty() {
            let mut numbers = false;
            for region in &formula.unless {
                self.ask(*region)?;
                for at in region.cells() {
                    numbers |= matches!(self.cell(at, depth + 1)?, Held::Number(_));
                }
            }
            if !numbers {
                return Some(Held::Text);
            }
        }
        let mut sum = Decimal::ZERO;
        for (minus, operand) in &formula.terms {
            let value = self.value(*operand, depth)?;
            sum = if *minus { sum.checked_sub(value)? } else { sum.checked_add(value)? };
        }
        let round = |places| sum.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        Some(Held::Number(formula.places.map_or(sum, round)))
    }

    fn value(&mut self, operand: Operand, depth: u32) -> Option<Decimal> {
        match operand {
            Operand::Number(number) => Some(number),
            Operand::Cell(region) => {
                self.ask(region)?;
                match self.cell(region.from, depth + 1)? {
                    Held::Number(number) => Some(number),
                    Held::Blank => Some(Decimal::ZERO),
                    Held::Text => None,
                }
            }
            Operand::Summed(region) => {
                self.ask(region)?;
                let mut sum = Decimal::ZERO;
                for at in region.cells() {
                    if let Held::Number(number) = self.cell(at, depth + 1)? {
                        sum = sum.checked_add(number)?;
                    }
                }
                Some(sum)
            }
        }
    }

    fn ask(&mut self, region: Region) -> Option<()> {
        self.asked = self.asked.saturating_add(region.size());
        (self.asked <= MOST_ASKED).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(formulas: &[(&str, &str)], filled: &[(&str, i64)], at: &str) -> Option<Held> {
        let at_of = |name: &str| place(name).unwrap_or_default();
        let cells = formulas.iter().map(|(name, text)| (at_of(name), Formula::parse(text))).collect();
        let formulas = Formulas { cells, ..Formulas::default() };
        let filled = filled.iter().map(|(name, number)| (at_of(name), Held::Number((*number).into()))).collect();
        formulas.with(&filled).of_cell(at_of(at))
    }

    #[test]
    fn totals_as_offices_write_them_are_worked_out() {
        let filled = [("A1", 2), ("B1", 3), ("C1", 4)];
        for (text, wanted) in [
            ("=A1+B1+C1", 9),
            ("SUM(A1:C1)", 9),
            ("SUM( A1 , $B$1:C1 )-1", 8),
            ("A1-(B1-C1)", 3),
            ("-A1+SUM(B1:C1)", 5),
            ("ROUND(SUM(A1:C1),6)", 9),
            ("IF(COUNT(A1:C1)=0,\"\",SUM(A1:C1))", 9),
            ("sum(a1:c9)", 9),
        ] {
            assert_eq!(result(&[("D1", text)], &filled, "D1"), Some(Held::Number(wanted.into())), "{text}");
        }
        assert_eq!(result(&[("D1", "IF(COUNT(A1:C1)=0,\"\",SUM(A1:C1))")], &[], "D1"), Some(Held::Text));
    }

    #[test]
    fn other_formulas_are_not_known() {
        for text in ["A1*2", "SUM(Sheet2!A1)", "TODAY()", "A1:B1", "SUM(A1", "", "IF(A1>0,1,2)", "SUM(A:A)", "1/0"] {
            assert_eq!(result(&[("D1", text)], &[("A1", 2)], "D1"), None, "{text}");
        }
        let deep = format!("{}A1{}", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(result(&[("D1", &deep)], &[], "D1"), None);
    }

    #[test]
    fn formulas_that_need_each_other_end() {
        let formulas = [("A1", "B1+1"), ("B1", "SUM(A1:A2)"), ("C1", "D1+1"), ("D1", "SUM(E1:F1)")];
        assert_eq!(result(&formulas, &[], "A1"), None);
        assert_eq!(result(&formulas, &[("E1", 4)], "C1"), Some(Held::Number(5.into())));
        assert_eq!(result(&[("A1", "SUM(B1:XFD1048576)")], &[], "A1"), None);
    }

    #[test]
    fn shared_formulas_move_with_their_cells() {
        let formula = Formula::parse("SUM(B2:$D2)+$A$1").unwrap_or_default();
        let moved = formula.moved((3, 1)).unwrap_or_default();
        assert_eq!(moved, Formula::parse("SUM(C5:$D5)+$A$1").unwrap_or_default());
        assert_eq!(formula.moved((-5, 0)), None);
    }
}
