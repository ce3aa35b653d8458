//! Conditional formats that hide text: a rule whose condition follows from the figures is applied.

use std::collections::BTreeMap;

use super::{Region, Sheet, Texts};
use crate::document::{Aside, AsideKind, Budget, Place, Resource};
use crate::read::ReadError;
use crate::read::shared::comparison::Comparison;
use crate::read::shared::marks::{Change, Face, Paper, rgb};
use crate::read::xml::{Event, Events};

/// Maximum number of rules of a sheet.
const MOST_RULES: usize = 1_000;

/// A row or column of a reference: its number, and whether it stays where it is in every cell.
type Axis = (u32, bool);

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operand {
    /// The cell itself.
    Own,
    Number(f64),
    /// Row and column of another cell.
    Cell(Axis, Axis),
}

/// The condition of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Condition {
    Always,
    Compare(Operand, Comparison, Operand),
    /// Whether the figure is from the first to the second.
    Between(Operand, Operand, bool),
    /// One that is not evaluated.
    Unknown,
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) regions: Vec<Region>,
    pub(super) condition: Condition,
    /// The formatting that it sets.
    pub(super) change: Change,
    /// Rules with a smaller number come first.
    pub(super) priority: i32,
    /// Whether no rule after it applies.
    pub(super) stops: bool,
}

impl Operand {
    /// An operand as written in a formula: a number or a reference.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('=');
        if let Ok(number) = text.parse::<f64>() {
            return Some(Self::Number(number));
        }
        let fixed = |text: &str| text.starts_with('$');
        let letters = text.trim_start_matches('$').find(|sign: char| !sign.is_ascii_alphabetic())?;
        let start = text.len() - text.trim_start_matches('$').len();
        let (column, row) = text.split_at(start + letters);
        let (at_row, at_column) = super::references::place(text)?;
        let is_reference = column.len() <= 4 && row.trim_start_matches('$').bytes().all(|sign| sign.is_ascii_digit());
        is_reference.then_some(Self::Cell((at_row, fixed(row)), (at_column, fixed(column))))
    }

    /// Its value for a cell, for a rule that was written for the cell at `origin`; `None` if it is not a figure.
    fn value(self, at: (u32, u32), origin: (u32, u32), cells: &Texts) -> Option<f64> {
        let place = match self {
            Self::Number(number) => return Some(number),
            Self::Own => at,
            Self::Cell(row, column) => {
                let moved = |(to, fixed): Axis, at: u32, origin: u32| {
                    if fixed { Some(to) } else { to.checked_add(at)?.checked_sub(origin) }
                };
                (moved(row, at.0, origin.0)?, moved(column, at.1, origin.1)?)
            }
        };
        cells.get(place)?.trim().parse().ok()
    }
}

impl Condition {
    /// The condition of an operator of a workbook with its operands as written.
    pub(super) fn of_operator(operator: &str, operands: &[String]) -> Self {
        let operand = |index: usize| operands.get(index).and_then(|text| Operand::parse(text));
        let comparison = match operator.to_ascii_lowercase().as_str() {
            "lessthan" | "less" => Comparison::Less,
            "lessthanorequal" | "lessorequal" => Comparison::AtMost,
            "greaterthan" | "greater" => Comparison::More,
            "greaterthanorequal" | "greaterorequal" => Comparison::AtLeast,
            "equal" => Comparison::Equal,
            "notequal" => Comparison::Unequal,
            name @ ("between" | "notbetween") => {
                let between = operand(0).zip(operand(1));
                return between.map_or(Self::Unknown, |(from, to)| Self::Between(from, to, name == "between"));
            }
            _ => return Self::Unknown,
        };
        operand(0).map_or(Self::Unknown, |than| Self::Compare(Operand::Own, comparison, than))
    }

    /// The condition of a formula: true, or a comparison of two operands.
    pub(super) fn of_formula(formula: &str) -> Self {
        let formula = formula.trim().trim_start_matches('=');
        if matches!(formula.to_ascii_uppercase().as_str(), "TRUE" | "TRUE()" | "1") {
            return Self::Always;
        }
        let Some(at) = formula.find(['<', '>', '=', '!']) else { return Self::Unknown };
        let (left, rest) = formula.split_at(at);
        let sides = Comparison::split(rest).and_then(|(comparison, right)| {
            // The formulas of OpenDocument leave the cell itself out.
            let left = if left.trim().is_empty() { Operand::Own } else { Operand::parse(left)? };
            Some(Self::Compare(left, comparison, Operand::parse(right)?))
        });
        sides.unwrap_or(Self::Unknown)
    }

    fn holds(self, at: (u32, u32), origin: (u32, u32), cells: &Texts) -> Option<bool> {
        let value = |operand: Operand| operand.value(at, origin, cells);
        Some(match self {
            Self::Always => true,
            Self::Compare(left, comparison, right) => comparison.holds(value(left)?, value(right)?),
            Self::Between(from, to, inside) => {
                let own = value(Operand::Own)?;
                (value(from)? <= own && own <= value(to)?) == inside
            }
            Self::Unknown => return None,
        })
    }
}

impl Rule {
    /// Why text in this format is set aside, if it is.
    fn hides(&self, paper: Paper) -> Option<AsideKind> {
        self.change.apply(Face::default()).left_out(|| paper)
    }

    fn covers(&self, (row, column): (u32, u32)) -> bool {
        self.regions
            .iter()
            .any(|region| (region.top..=region.bottom).contains(&row) && (region.left..=region.right).contains(&column))
    }

    /// The cell that references are relative to.
    fn origin(&self) -> (u32, u32) {
        let top = self.regions.iter().map(|region| region.top).min().unwrap_or(0);
        (top, self.regions.iter().map(|region| region.left).min().unwrap_or(0))
    }
}

/// Adds a rule to a sheet, unless it changes nothing.
pub(super) fn add(sheet: &mut Sheet, rule: Rule, budget: &mut Budget) -> Result<(), ReadError> {
    if rule.change != Change::default() && sheet.rules.len() < MOST_RULES {
        budget.spend(Resource::Blocks, 1 + rule.regions.len() as u64)?;
        sheet.rules.push(rule);
    }
    Ok(())
}

/// Reads the innermost open conditional format of a workbook of Excel 2003 in XML.
pub(super) fn of_sheetxml(events: &mut Events, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
    let outside = events.depth().saturating_sub(1);
    let (mut regions, mut operator, mut operands) = (Vec::new(), String::new(), Vec::new());
    let mut priority = 0;
    loop {
        match events.next(budget)? {
            Event::Open(tag) => match tag.local {
                "Range" => regions = events.content(budget)?.split(',').filter_map(region_by_numbers).collect(),
                "Condition" => (operator, operands) = (String::new(), Vec::new()),
                "Qualifier" => events.content(budget)?.trim().clone_into(&mut operator),
                "Value1" | "Value2" => operands.push(events.content(budget)?.into_owned()),
                "Format" => {
                    let change = tag.get("Style").map(|style| of_style(&style)).unwrap_or_default();
                    let condition = match operands.first() {
                        Some(formula) if operator.is_empty() => Condition::of_formula(formula),
                        _ => Condition::of_operator(&operator, &operands),
                    };
                    priority += 1;
                    let rule = Rule { regions: regions.clone(), condition, change, priority, stops: true };
                    add(sheet, rule, budget)?;
                }
                _ => {}
            },
            Event::Close(_) if events.depth() == outside => {
                sheet.coloured.extend(&regions);
                return Ok(());
            }
            Event::End => return Ok(()),
            Event::Close(_) | Event::Text(_) | Event::Character(_) => {}
        }
    }
}

/// A region such as `R4C3:R9C3`.
fn region_by_numbers(text: &str) -> Option<Region> {
    let place = |text: &str| {
        let (row, column) = text.trim().strip_prefix('R')?.split_once('C')?;
        Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.parse::<u32>().ok()?.checked_sub(1)?))
    };
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let ((top, left), (bottom, right)) = (place(from)?, place(to)?);
    Some(Region { top, left, bottom, right })
}

/// The declarations of a conditional format that decide whether text is read.
fn of_style(style: &str) -> Change {
    let mut change = Change::default();
    for (name, value) in style.split(';').filter_map(|declaration| declaration.split_once(':')) {
        let value = value.trim();
        let colour = if value.eq_ignore_ascii_case("white") { Some([0xFF; 3]) } else { rgb(value) };
        match name.trim().to_ascii_lowercase().as_str() {
            "text-line-through" => change.struck = Some(!value.eq_ignore_ascii_case("none")),
            "color" => change.set_colour(colour),
            "background" => {
                change.paper = Some(colour.map_or(Paper::Coloured, Paper::from_rgb));
                change.ground = Some(colour.into());
            }
            _ => {}
        }
    }
    change
}

/// Sets the text of cells aside that a conditional format hides.
pub(super) fn apply(sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
    let mut rules = std::mem::take(&mut sheet.rules);
    if !rules.iter().any(|rule| rule.hides(Paper::White).is_some()) {
        return Ok(());
    }
    rules.sort_by_key(|rule| rule.priority);
    sheet.cells.sort();
    sheet.filled.sort_unstable();
    let mut hidden = BTreeMap::new();
    for (at, _) in sheet.cells.remaining() {
        let mut change = Change::default();
        for rule in &rules {
            budget.spend(Resource::Steps, rule.regions.len() as u64)?;
            if !rule.covers(at) {
                continue;
            }
            match rule.condition.holds(at, rule.origin(), &sheet.cells) {
                Some(true) => {
                    change = change.or(rule.change);
                    if rule.stops {
                        break;
                    }
                }
                Some(false) => {}
                // What follows depends on a rule that is not evaluated.
                None => break,
            }
        }
        let paper = || if sheet.filled.binary_search(&at).is_ok() { Paper::Coloured } else { Paper::White };
        if let Some(kind) = change.apply(Face::default()).left_out(paper) {
            hidden.insert(at, kind);
        }
    }
    for (at, text) in sheet.cells.split_off(|at| hidden.contains_key(&at)) {
        let place = Place::sheet_cell(&sheet.name.as_str().into(), at.0, at.1);
        let kind = hidden.get(&at).copied().unwrap_or(AsideKind::Unseen);
        sheet.asides.extend(Aside::new(kind, &text, place, budget)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_operators_and_formulas() {
        let mut cells = Texts::default();
        for (at, text) in [((3, 1), "5"), ((3, 2), "23"), ((4, 2), "7"), ((4, 3), "其他")] {
            cells.push(at, text);
        }
        cells.sort();
        let holds = |condition: Condition| condition.holds((4, 2), (3, 2), &cells);
        // A row that is added up beyond every number.
        assert_eq!(holds(Condition::of_formula("A4294967295<1")), None);
        let operator = |name: &str, operands: &[&str]| {
            let operands: Vec<String> = operands.iter().map(|&text| text.to_owned()).collect();
            holds(Condition::of_operator(name, &operands))
        };
        assert_eq!(operator("lessThan", &["20"]), Some(true));
        assert_eq!(operator("between", &["1", "6"]), Some(false));
        assert_eq!(operator("notBetween", &["1", "6"]), Some(true));
        assert_eq!(operator("greaterThan", &["B4"]), None);
        assert_eq!(operator("greaterThan", &["$B$4"]), Some(true));
        assert_eq!(operator("containsText", &["1"]), None);
        let formula = |text: &str| holds(Condition::of_formula(text));
        assert_eq!(formula("TRUE"), Some(true));
        assert_eq!(formula("C4>20"), Some(false));
        assert_eq!(formula("$C$4>=23"), Some(true));
        assert_eq!(formula(">6"), Some(true));
        assert_eq!(formula("D4=0"), None);
        assert_eq!(formula("MOD(ROW(),2)=0"), None);
        assert_eq!(formula("AND(C4>1,C4<9)"), None);
    }
}
