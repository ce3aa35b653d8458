//! Translates rules to spreadsheet formulas, and evaluates them exactly for the cached results.

use std::collections::HashSet;

use rust_decimal::{Decimal, RoundingStrategy};

use super::book::{Book, Spot};
use super::cell;
use crate::form::{Expression, FieldIndex, FieldKind, Form, Relation, RuleInstance};
use crate::write::xml::escape;

/// Number of decimals to which sums are rounded: far more than forms have, and less than binary rounding errors.
const PLACES: u32 = 6;

/// Maximum number of arguments of one `SUM` (Excel allows 255).
const ARGUMENTS: usize = 200;

/// Maximum length of a formula in characters; Excel allows 8,192.
const LONGEST: usize = 8_000;

pub(super) use crate::form::{CHECK_DIFFERS as DIFFERS, CHECK_HOLDS as HOLDS};

/// For each field, the rule and instance that define it as a total, if any; without cycles.
pub(super) fn definitions(form: &Form) -> Vec<Option<(usize, usize)>> {
    let mut chosen: Vec<Option<(usize, usize)>> = vec![None; form.fields.len()];
    for (rule_number, rule) in form.rules.iter().enumerate().filter(|(_, rule)| rule.defines) {
        for (number, instance) in rule.instances.iter().enumerate() {
            let [total] = instance.left.terms.as_slice() else { continue };
            let field = total.operand.field;
            let plain = instance.is_exact()
                && total.sign == 1
                && instance.left.constant == 0
                && instance.relation == Relation::Equal;
            if plain
                && !instance.needs_previous()
                && chosen[field].is_none()
                && !reaches(form, &chosen, &instance.right, field)
            {
                chosen[field] = Some((rule_number, number));
            }
        }
    }
    chosen
}

/// Whether an expression depends on a field through the definitions chosen so far.
fn reaches(form: &Form, chosen: &[Option<(usize, usize)>], expression: &Expression, goal: FieldIndex) -> bool {
    let mut seen: HashSet<FieldIndex> = HashSet::new();
    let mut open: Vec<FieldIndex> = expression.terms.iter().map(|term| term.operand.field).collect();
    while let Some(field) = open.pop() {
        if field == goal {
            return true;
        }
        if seen.insert(field)
            && let Some((rule, instance)) = chosen[field]
        {
            open.extend(form.rules[rule].instances[instance].right.terms.iter().map(|term| term.operand.field));
        }
    }
    false
}

/// Whether decimals are involved, so that sums have to be rounded.
pub(super) fn rounds(form: &Form, instance: &RuleInstance) -> bool {
    instance.operands().any(|operand| form.fields[operand.field].kind == FieldKind::Amount)
}

/// The formula of a total, escaped for XML; `None` if it is too long for Excel.
pub(super) fn total(form: &Form, book: &Book, instance: &RuleInstance, sheet: usize) -> Option<String> {
    let sum = sum(book, &instance.right, sheet);
    finished(&if rounds(form, instance) { format!("ROUND({sum},{PLACES})") } else { sum })
}

/// The formula of a total that is blank while all its summands are blank, escaped for XML.
pub(super) fn total_or_blank(form: &Form, book: &Book, instance: &RuleInstance, sheet: usize) -> Option<String> {
    let terms = instance.right.terms.iter();
    let cells = regions(book, terms.map(|term| book.spots[term.operand.field]), sheet);
    let formula = total(form, book, instance, sheet)?;
    let mut start = String::new();
    escape(&format!("IF(COUNT({})=0,\"\",", cells.join(",")), &mut start);
    (cells.len() <= ARGUMENTS && start.len() + formula.len() < LONGEST).then(|| format!("{start}{formula})"))
}

/// The formula of a check, escaped for XML; `None` if it is too long for Excel.
pub(super) fn check(form: &Form, book: &Book, instance: &RuleInstance, sheet: usize) -> Option<String> {
    let (left, right) = (sum(book, &instance.left, sheet), sum(book, &instance.right, sheet));
    let sign = match instance.relation {
        Relation::Equal => "=",
        Relation::AtMost => "<=",
        Relation::AtLeast => ">=",
    };
    let subtracted = if is_plain(&instance.right) { right.clone() } else { format!("({right})") };
    finished(&if rounds(form, instance) {
        let difference = format!("ROUND({left}-{subtracted},{PLACES})");
        format!("IF({difference}{sign}0,\"{HOLDS}\",\"{DIFFERS}\"&{difference})")
    } else {
        format!("IF({left}{sign}{right},\"{HOLDS}\",\"{DIFFERS}\"&({left}-{subtracted}))")
    })
}

fn finished(formula: &str) -> Option<String> {
    let mut escaped = String::new();
    escape(formula, &mut escaped);
    (formula.encode_utf16().count() <= LONGEST).then_some(escaped)
}

/// Whether an expression is a single `SUM` and can be subtracted without brackets.
fn is_plain(expression: &Expression) -> bool {
    expression.constant == 0 && expression.terms.len() <= ARGUMENTS && expression.terms.iter().all(|term| term.sign > 0)
}

/// An expression as sums: `SUM` ignores text and blank cells, on which `+` fails.
fn sum(book: &Book, expression: &Expression, sheet: usize) -> String {
    let mut text = String::new();
    for sign in [1, -1] {
        let terms = expression.terms.iter().filter(|term| (term.sign > 0) == (sign > 0));
        let regions = regions(book, terms.map(|term| book.spots[term.operand.field]), sheet);
        for arguments in regions.chunks(ARGUMENTS) {
            match (text.is_empty(), sign) {
                (true, 1) => {}
                (_, 1) => text.push('+'),
                _ => text.push('-'),
            }
            text.push_str(&format!("SUM({})", arguments.join(",")));
        }
    }
    match expression.constant {
        0 if !text.is_empty() => {}
        constant if constant >= 0 && !text.is_empty() => text.push_str(&format!("+{constant}")),
        constant => text.push_str(&constant.to_string()),
    }
    text
}

/// Cells as regions: adjacent cells of a row or column are joined. Cells of other sheets have the name of their sheet.
fn regions(book: &Book, spots: impl Iterator<Item = Spot>, sheet: usize) -> Vec<String> {
    let mut runs: Vec<(Spot, Spot)> = Vec::new();
    for spot in spots {
        if let Some((first, last)) = runs.last_mut()
            && last.sheet == spot.sheet
        {
            let right = spot.row == last.row && spot.column == last.column + last.col_span && first.row == spot.row;
            let down = spot.column == last.column && spot.row == last.row + 1 && first.column == spot.column;
            if right || down {
                *last = spot;
                continue;
            }
        }
        runs.push((spot, spot));
    }
    let region = |(first, last): (Spot, Spot)| {
        let cells = cell::region(first.row, first.column, last.row - first.row + 1, last.column - first.column + 1);
        if first.sheet == sheet { cells } else { format!("'{}'!{cells}", book.sheets[first.sheet].name) }
    };
    runs.into_iter().map(region).collect()
}

/// The value of an expression from the numbers in the cells; a cell without a number is 0, as in `SUM`.
pub(super) fn evaluate(expression: &Expression, numbers: &[Option<Decimal>]) -> Option<Decimal> {
    let mut sum = Decimal::from(expression.constant);
    for term in &expression.terms {
        let Some(number) = numbers[term.operand.field] else { continue };
        sum = if term.sign > 0 { sum.checked_add(number)? } else { sum.checked_sub(number)? };
    }
    Some(sum)
}

/// The result of the formula of a total.
pub(super) fn total_of(instance: &RuleInstance, rounds: bool, numbers: &[Option<Decimal>]) -> Option<Decimal> {
    evaluate(&instance.right, numbers).map(|sum| rounded(sum, rounds))
}

/// The difference shown by a check; `None` if the rule holds.
pub(super) fn difference(instance: &RuleInstance, rounds: bool, numbers: &[Option<Decimal>]) -> Option<Decimal> {
    let difference = evaluate(&instance.left, numbers)?.checked_sub(evaluate(&instance.right, numbers)?)?;
    let difference = rounded(difference, rounds).normalize();
    let holds = match instance.relation {
        Relation::Equal => difference.is_zero(),
        Relation::AtMost => difference <= Decimal::ZERO,
        Relation::AtLeast => difference >= Decimal::ZERO,
    };
    (!holds).then_some(difference)
}

fn rounded(number: Decimal, rounds: bool) -> Decimal {
    if rounds { number.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero) } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;
    use crate::write::xlsx::book::plan;

    fn formula(rule: &str, instance: usize, check: bool) -> String {
        let forms = Forms::built_in().unwrap();
        let form = forms.get("gkbg-2021").unwrap();
        let book = plan(form);
        let instance = &form.rules.iter().find(|known| known.id == rule).unwrap().instances[instance];
        let sheet = book.spots[instance.operands().next().unwrap().field].sheet;
        let formula =
            if check { super::check(form, &book, instance, sheet) } else { total(form, &book, instance, sheet) };
        formula.unwrap().replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn neighbours_are_summed_as_regions() {
        assert_eq!(formula("T3-R", 0, false), "SUM(D6:I6)");
        assert_eq!(formula("T3-C", 0, false), "SUM(D8:D28)");
        assert_eq!(formula("T4", 1, false), "SUM(F6:I6)");
        assert_eq!(formula("T3-R", 0, true), "IF(SUM(J6)=SUM(D6:I6),\"✓\",\"差\"&(SUM(J6)-SUM(D6:I6)))");
        assert_eq!(formula("T3-B", 0, true), "IF(SUM(D6:D7)=SUM(D29:D30),\"✓\",\"差\"&(SUM(D6:D7)-SUM(D29:D30)))");
    }

    #[test]
    fn a_total_is_defined_once_and_never_in_a_circle() {
        let text = "language = 1\nid = \"c\"\nname = { zh = \"c\", en = \"c\" }\n[title]\npattern = \"{agency}{year}\"\n\
            [[section]]\nid = \"s\"\nheading = \"一、数\"\n[[table]]\nid = \"t\"\nsection = \"s\"\nlabel_columns = 0\n\
            [[table.block]]\ncolumns = [{ id = \"a\", label = \"甲\" }, { id = \"b\", label = \"乙\" }, { id = \"c\", label = \"丙\" }]\n\
            [[rule]]\nid = \"1\"\ntable = \"t\"\nexpression = \"a = b + c\"\ndefines = true\ntext = { zh = \"x\", en = \"x\" }\n\
            [[rule]]\nid = \"2\"\ntable = \"t\"\nexpression = \"b = a - c\"\ndefines = true\ntext = { zh = \"x\", en = \"x\" }\n\
            [[rule]]\nid = \"3\"\ntable = \"t\"\nexpression = \"a = c\"\ndefines = true\ntext = { zh = \"x\", en = \"x\" }\n";
        let mut forms = Forms::default();
        forms.add("c.toml", text).unwrap();
        assert_eq!(definitions(forms.get("c").unwrap()), [Some((0, 0)), None, None]);
    }
}
