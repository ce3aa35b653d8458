//! Rules: linear relations between figures, written as `total = a + b - c`.

use std::ops::Range;

use rust_decimal::Decimal;

use super::expression::{Expression, ExpressionError, Naming, Operand, Ratio, ratio, strip_previous, sum};
use super::source::{Each, RuleSource};
use super::{Example, Form, Mistake, Rule};
use crate::finding::Message;
use crate::text::language;

/// Relation between the two sides of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Both sides are equal.
    Equal,
    /// The left side is at most the right side.
    AtMost,
    /// The left side is at least the right side.
    AtLeast,
}

/// An instance of a rule: for one row, column or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInstance {
    /// The row, column or item as worded in the form; empty if the rule is not repeated.
    pub scope: String,
    /// Left side.
    pub left: Expression,
    /// Relation.
    pub relation: Relation,
    /// Right side.
    pub right: Expression,
    /// The right side if it is a quotient; `right` is then empty.
    pub ratio: Option<Box<Ratio>>,
    /// Rounding tolerance.
    pub tolerance: Decimal,
}

impl RuleInstance {
    /// All figures of both sides.
    pub fn operands(&self) -> impl Iterator<Item = Operand> {
        let ratio = self.ratio.iter().flat_map(|ratio| ratio.part.terms.iter().chain(&ratio.whole.terms));
        self.left.terms.iter().chain(&self.right.terms).chain(ratio).map(|term| term.operand)
    }

    /// Whether the rule is linear and exact, as error localisation requires.
    pub fn is_exact(&self) -> bool {
        self.ratio.is_none() && self.tolerance.is_zero()
    }

    /// Whether it needs last year's report.
    pub fn needs_previous(&self) -> bool {
        self.operands().any(|operand| operand.previous)
    }
}

/// Resolves a rule into one instance per row, column or item. With `open`, columns and rows that the report does not have are left out.
pub(super) fn expand(source: &RuleSource, form: &Form, open: bool) -> Result<Rule, Mistake> {
    let namings = namings(source, form)?;
    let mut instances = Vec::new();
    let mut refused = None;
    for naming in &namings {
        match instance(source, form, naming) {
            Ok(instance) => instances.push(instance),
            Err(mistake) if open => refused = refused.or(Some(mistake)),
            Err(mistake) => return Err(mistake),
        }
    }
    if let (true, Some(mistake), false) = (instances.is_empty(), refused, form.is_open()) {
        return Err(mistake);
    }
    let examples = if open { Vec::new() } else { examples(source, form, namings.first())? };
    Ok(Rule {
        id: source.id.get_ref().clone(),
        severity: source.severity,
        defines: source.defines,
        text: source.text.clone(),
        broken: broken(source, &instances)?,
        source: source.source.clone(),
        instances,
        examples,
    })
}

/// The message for a breach; checks that each placeholder in braces is one that can be filled in.
fn broken(source: &RuleSource, instances: &[RuleInstance]) -> Result<Option<Message>, Mistake> {
    let Some(broken) = &source.broken else { return Ok(None) };
    let Message { zh, en } = broken.get_ref();
    let terms = instances.iter().map(|one| one.operands().count()).min().unwrap_or(0);
    for text in [zh, en] {
        for word in text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest)) {
            let term = word.parse::<usize>().is_ok_and(|number| (1..=terms).contains(&number));
            if !term && !BROKEN_WORDS.contains(&word) {
                let zh = format!("“{{{word}}}”不能用；可用的有：{}和1至{terms}。", BROKEN_WORDS.join("、"));
                let en =
                    format!("`{{{word}}}` stands for nothing; there are {} and 1 to {terms}", BROKEN_WORDS.join(", "));
                return Err(Mistake::new(broken.span(), zh, en));
            }
        }
    }
    Ok(Some(broken.get_ref().clone()))
}

/// Placeholders of the message for a breach, besides the indices of figures.
const BROKEN_WORDS: &[&str] = &["scope", "row", "left", "right", "more", "apart"];
fn examples(source: &RuleSource, form: &Form, first: Option<&Naming>) -> Result<Vec<Example>, Mistake> {
    let mut examples = Vec::new();
    for example in &source.example {
        let mut resolved = Example { holds: example.holds, ..Example::default() };
        for (name, &value) in &example.values {
            let (plain, previous) = strip_previous(name);
            let id = first.map_or_else(|| plain.to_owned(), |naming| naming.id(plain));
            let index = form.field_index(&id).or_else(|| form.field_index(plain));
            let index = index.ok_or_else(|| {
                let (zh, en) = (format!("例子中没有“{id}”这个字段。"), format!("example: no field `{id}`"));
                Mistake::new(source.id.span(), zh, en)
            })?;
            let value = decimal(value, source.id.span())?;
            if previous { resolved.previous.push((index, value)) } else { resolved.values.push((index, value)) }
        }
        examples.push(resolved);
    }
    Ok(examples)
}

/// The examples of a rule over rows that are data; each defines the rows that its names mention.
pub(super) fn open_examples(source: &RuleSource, form: &Form) -> Result<Vec<Example>, Mistake> {
    let mut examples = Vec::new();
    for example in &source.example {
        let named = |name: &str| {
            let plain = strip_previous(name).0;
            let table = source.table.as_ref().map(|table| table.get_ref().as_str()).unwrap_or_default();
            let whole = |id: &str| form.place_of(id).is_some() || form.field_index(id).is_some();
            // Names of columns of a single row: assign them to a row with the key `1`.
            let (row, column) = (format!("{table}.{plain}"), format!("{table}.1.{plain}"));
            let with_row = if source.each == Some(Each::Row) { column } else { row.clone() };
            let id = if whole(&row) || table.is_empty() { row } else { with_row };
            if table.is_empty() { plain.to_owned() } else { id }
        };
        let ids: Vec<String> = example.values.keys().map(|name| named(name)).collect();
        let with = form.expanded(ids.iter().map(String::as_str));
        let rule = expand(source, &with, true)?;
        let mut resolved = Example { holds: example.holds, instances: rule.instances, ..Example::default() };
        for ((name, &value), id) in example.values.iter().zip(&ids) {
            let index = with.field_index(id).ok_or_else(|| Mistake::no_field(source.id.span(), id))?;
            let value = decimal(value, source.id.span())?;
            let previous = strip_previous(name).1;
            if previous { resolved.previous.push((index, value)) } else { resolved.values.push((index, value)) }
        }
        examples.push(resolved);
    }
    Ok(examples)
}

/// A number of a mapping file as a decimal with the digits as written.
fn decimal(number: f64, span: Range<usize>) -> Result<Decimal, Mistake> {
    number
        .to_string()
        .parse()
        .map_err(|_| Mistake::new(span, format!("数字{number}过大。"), format!("{number} is too large")))
}

/// Parses a sum of full field ids.
pub(super) fn plain_sum(text: &str, span: Range<usize>, form: &Form) -> Result<Expression, Mistake> {
    let naming = Naming::whole(None, String::new());
    sum(text, form, &naming).map_err(|error| Mistake::of_error(span, &error))
}

fn namings<'a>(source: &'a RuleSource, form: &Form) -> Result<Vec<Naming<'a>>, Mistake> {
    let plain = |id: &str| form.tables.iter().any(|known| known.id == id && known.plain_ids);
    let named = source.table.as_ref().map(|table| table.get_ref().as_str()).filter(|id| !plain(id));
    let prefix = named.map(|id| format!("{id}.")).unwrap_or_default();
    let mut namings = Vec::new();
    let found = match &source.table {
        None => None,
        Some(table) => {
            let id = table.get_ref();
            let number = form.tables.iter().position(|known| known.id == *id);
            let mistake = || Mistake::new(table.span(), format!("没有“{id}”这张表。"), format!("no table `{id}`"));
            Some(number.ok_or_else(mistake)?)
        }
    };
    match (source.each, found) {
        (None, _) => namings.push(Naming::whole(found, prefix)),
        (Some(_), None) => {
            return Err(Mistake::new(source.id.span(), "写了 each 就要写 table。", "`each` needs `table`"));
        }
        (Some(each), Some(number)) => {
            for (block_number, block) in form.tables[number].blocks.iter().enumerate() {
                let leaves = if each == Each::Row { &block.leaf_rows } else { &block.leaf_columns };
                for (at, leaf) in leaves.iter().enumerate() {
                    let words = leaf.kind.is_some_and(|kind| !kind.is_figure());
                    if words && each == Each::Column {
                        continue;
                    }
                    let dotted = if leaf.id.is_empty() { String::new() } else { leaf.id.clone() };
                    let (before, after) = match each {
                        Each::Row if dotted.is_empty() => (prefix.clone(), String::new()),
                        Each::Row => (format!("{prefix}{dotted}."), String::new()),
                        Each::Column => (prefix.clone(), format!(".{dotted}")),
                    };
                    let row = (each == Each::Row).then_some((block_number, at));
                    let scope = leaf.brief(leaves);
                    namings.push(Naming { before, after, item: None, scope, table: Some(number), row });
                }
            }
        }
    }
    if source.items.is_empty() {
        return Ok(namings);
    }
    Ok(namings
        .iter()
        .flat_map(|naming| {
            source.items.iter().map(|item| Naming {
                before: naming.before.clone(),
                after: naming.after.clone(),
                item: Some(item),
                scope: naming.scope.clone(),
                table: naming.table,
                row: naming.row,
            })
        })
        .collect())
}

fn instance(source: &RuleSource, form: &Form, naming: &Naming) -> Result<RuleInstance, Mistake> {
    let (text, span) = (source.expression.get_ref(), source.expression.span());
    let relations = [("<=", Relation::AtMost), (">=", Relation::AtLeast), ("=", Relation::Equal)];
    let found = relations.iter().find_map(|&(sign, relation)| Some((text.split_once(sign)?, relation)));
    let Some(((left, right), relation)) = found else {
        return Err(Mistake::new(span, "式子中应有 =、<= 或 >=。", "an expression needs `=`, `<=` or `>=`"));
    };
    let blame = |error: ExpressionError| Mistake::of_error(span.clone(), &error);
    let left = sum(left, form, naming).map_err(blame)?;
    let scope = scope(&left, form, naming);
    let tolerance = match source.tolerance {
        Some(tolerance) => decimal(tolerance, span.clone())?,
        None => naming.table.map_or(Decimal::ZERO, |table| form.tables[table].tolerance),
    };
    let (right, ratio) = match right.split_once('/') {
        Some((part, whole)) => {
            (Expression::default(), Some(Box::new(ratio(part, whole, form, naming).map_err(blame)?)))
        }
        None => (sum(right, form, naming).map_err(blame)?, None),
    };
    let instance = RuleInstance { scope, left, relation, right, ratio, tolerance };
    let words = instance.operands().find(|operand| !form.fields[operand.field].kind.is_figure());
    match words.map(|operand| &form.fields[operand.field].id) {
        Some(id) => {
            let zh = format!("“{id}”不是数字，不能列入式子。");
            Err(Mistake::new(span, zh, format!("`{id}` has no figure, so no rule can name it")))
        }
        None => Ok(instance),
    }
}

/// Marks the fields that a rule makes the ratio of others.
pub(super) fn mark_ratios(form: &mut Form) {
    let ratios = form.rules.iter().flat_map(|rule| &rule.instances).filter(|instance| instance.ratio.is_some());
    let fields: Vec<usize> = ratios.flat_map(|instance| &instance.left.terms).map(|term| term.operand.field).collect();
    for field in fields {
        form.fields[field].is_ratio = true;
    }
    let shares = &language().units.shares;
    for field in form.fields.iter_mut().filter(|field| field.unit.as_ref().is_some_and(|unit| shares.contains(unit))) {
        field.is_ratio = true;
    }
}

/// The scope as worded in the form; for an item, the group of the left side.
fn scope(left: &Expression, form: &Form, naming: &Naming) -> String {
    match (naming.item, left.terms.first()) {
        (Some(_), Some(term)) => {
            let field = &form.fields[term.operand.field];
            let block = form.block(field);
            let path = &block.leaf_columns[field.column].path;
            let group = path.len().checked_sub(2).map(|at| path[at].short.clone());
            group.unwrap_or_else(|| block.leaf_rows[field.row].brief(&block.leaf_rows))
        }
        _ => naming.scope.clone(),
    }
}
