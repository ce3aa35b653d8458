//! Rules: linear relations between figures, written as `total = a + b - c`.

use std::ops::Range;

use super::source::{Each, RuleSource};
use super::{Example, FieldIndex, Form, Mistake, Rule};
use crate::finding::Message;

/// How the two sides of a rule relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Both sides are equal.
    Equal,
    /// The left side is at most the right side.
    AtMost,
    /// The left side is at least the right side.
    AtLeast,
}

/// A figure of this year's or of last year's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operand {
    /// The field.
    pub field: FieldIndex,
    /// Whether last year's figure is meant.
    pub previous: bool,
}

/// A figure with its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// 1 or -1.
    pub sign: i64,
    /// The figure.
    pub operand: Operand,
}

/// A sum of figures and a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expression {
    /// The figures.
    pub terms: Vec<Term>,
    /// What is added to them.
    pub constant: i64,
}

/// A rule for one row, column or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInstance {
    /// The row, column or item in the form's words; empty for a rule that is not repeated.
    pub scope: String,
    /// Left side.
    pub left: Expression,
    /// Relation.
    pub relation: Relation,
    /// Right side.
    pub right: Expression,
}

impl RuleInstance {
    /// Every figure of both sides.
    pub fn operands(&self) -> impl Iterator<Item = Operand> {
        self.left.terms.iter().chain(&self.right.terms).map(|term| term.operand)
    }

    /// Whether it needs last year's report.
    pub fn needs_previous(&self) -> bool {
        self.operands().any(|operand| operand.previous)
    }
}

/// Turns a name of an expression into a field id.
struct Naming<'a> {
    before: String,
    after: String,
    item: Option<&'a str>,
    scope: String,
}

/// A rule as written, with its names resolved, once for every row, column or item.
pub(super) fn expand(source: &RuleSource, form: &Form) -> Result<Rule, Mistake> {
    let namings = namings(source, form)?;
    let mut instances = Vec::new();
    for naming in &namings {
        instances.push(instance(source, form, naming)?);
    }
    let first = namings.first();
    let mut examples = Vec::new();
    for example in &source.example {
        let mut resolved = Example { holds: example.holds, values: Vec::new(), previous: Vec::new() };
        for (name, &value) in &example.values {
            let (plain, previous) = strip_previous(name);
            let id = first.map_or_else(|| plain.to_owned(), |naming| naming.id(plain));
            let index = form.field_index(&id).or_else(|| form.field_index(plain));
            let index = index.ok_or_else(|| {
                let (zh, en) = (format!("例子中没有“{id}”这个字段。"), format!("example: no field `{id}`"));
                Mistake::new(source.id.span(), zh, en)
            })?;
            if previous { resolved.previous.push((index, value)) } else { resolved.values.push((index, value)) }
        }
        examples.push(resolved);
    }
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

/// What is said where the rule does not hold: every word in braces is one that can be filled in.
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

/// Words in braces that a sentence about a broken rule can have, besides the numbers of its figures.
const BROKEN_WORDS: &[&str] = &["scope", "row", "left", "right", "more", "apart"];

/// A sum of whole field ids.
pub(super) fn plain_sum(text: &str, span: Range<usize>, form: &Form) -> Result<Expression, Mistake> {
    let naming = Naming { before: String::new(), after: String::new(), item: None, scope: String::new() };
    side(text, form, &naming).map_err(|message| Mistake { span: Some(span), message })
}

fn namings<'a>(source: &'a RuleSource, form: &Form) -> Result<Vec<Naming<'a>>, Mistake> {
    let prefix = source.table.as_ref().map(|table| format!("{}.", table.get_ref())).unwrap_or_default();
    let mut namings = Vec::new();
    match source.each {
        None => namings.push(Naming { before: prefix, after: String::new(), item: None, scope: String::new() }),
        Some(each) => {
            let table = source
                .table
                .as_ref()
                .ok_or_else(|| Mistake::new(source.id.span(), "写了 each 就要写 table。", "`each` needs `table`"))?;
            let found = form.tables.iter().find(|known| known.id == *table.get_ref());
            let found = found.ok_or_else(|| {
                let id = table.get_ref();
                Mistake::new(table.span(), format!("没有“{id}”这张表。"), format!("no table `{id}`"))
            })?;
            for block in &found.blocks {
                let leaves = if each == Each::Row { &block.leaf_rows } else { &block.leaf_columns };
                for leaf in leaves {
                    let dotted = if leaf.id.is_empty() { String::new() } else { leaf.id.clone() };
                    let (before, after) = match each {
                        Each::Row if dotted.is_empty() => (prefix.clone(), String::new()),
                        Each::Row => (format!("{prefix}{dotted}."), String::new()),
                        Each::Column => (prefix.clone(), format!(".{dotted}")),
                    };
                    namings.push(Naming { before, after, item: None, scope: leaf.brief(leaves) });
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
            })
        })
        .collect())
}

impl Naming<'_> {
    fn id(&self, name: &str) -> String {
        let name = self.item.map_or_else(|| name.to_owned(), |item| name.replace('$', item));
        format!("{}{name}{}", self.before, self.after)
    }
}

fn strip_previous(name: &str) -> (&str, bool) {
    name.strip_prefix("previous.").map_or((name, false), |plain| (plain, true))
}

fn instance(source: &RuleSource, form: &Form, naming: &Naming) -> Result<RuleInstance, Mistake> {
    let (text, span) = (source.expression.get_ref(), source.expression.span());
    let relations = [("<=", Relation::AtMost), (">=", Relation::AtLeast), ("=", Relation::Equal)];
    let found = relations.iter().find_map(|&(sign, relation)| Some((text.split_once(sign)?, relation)));
    let Some(((left, right), relation)) = found else {
        return Err(Mistake::new(span, "式子中应有 =、<= 或 >=。", "an expression needs `=`, `<=` or `>=`"));
    };
    let left = side(left, form, naming).map_err(|message| Mistake { span: Some(span.clone()), message })?;
    let right = side(right, form, naming).map_err(|message| Mistake { span: Some(span.clone()), message })?;
    let scope = scope(&left, form, naming);
    Ok(RuleInstance { scope, left, relation, right })
}

/// The scope in the form's words; for an item, the group that the left side stands in.
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

fn side(text: &str, form: &Form, naming: &Naming) -> Result<Expression, Message> {
    let mut expression = Expression::default();
    let mut sign = 1;
    let mut wants_name = true;
    for word in text.replace('+', " + ").replace(" - ", " \u{2212} ").split_whitespace() {
        match word {
            "+" | "\u{2212}" if !wants_name => {
                sign = if word == "+" { 1 } else { -1 };
                wants_name = true;
            }
            _ if !wants_name => {
                let zh = format!("“{word}”前缺少加号，或两边空格的减号。");
                return Err(Message::new(zh, format!("`+` or ` - ` is missing before `{word}`")));
            }
            _ => {
                wants_name = false;
                if let Ok(number) = word.parse::<i64>() {
                    expression.constant += sign * number;
                    continue;
                }
                add_terms(&mut expression, word, sign, form, naming)?;
            }
        }
    }
    if wants_name { Err(Message::new("式子中缺少名称。", "a name is missing")) } else { Ok(expression) }
}

fn add_terms(expression: &mut Expression, word: &str, sign: i64, form: &Form, naming: &Naming) -> Result<(), Message> {
    let (plain, previous) = strip_previous(word);
    let mut push = |field| expression.terms.push(Term { sign, operand: Operand { field, previous } });
    let Some((group, tail)) = plain.split_once('*') else {
        let id = naming.id(plain);
        push(
            form.field_index(&id)
                .ok_or_else(|| Message::new(format!("没有“{id}”这个字段。"), format!("no field `{id}`")))?,
        );
        return Ok(());
    };
    let start =
        format!("{}{}", naming.before, naming.item.map_or_else(|| group.to_owned(), |item| group.replace('$', item)));
    let end = format!("{tail}{}", naming.after);
    let mut any = false;
    for (index, field) in form.fields.iter().enumerate() {
        if field.id.len() > start.len() + end.len() && field.id.starts_with(&start) && field.id.ends_with(&end) {
            push(index);
            any = true;
        }
    }
    let none = || Message::new(format!("“{word}”不对应任何字段。"), format!("`{word}` stands for no field"));
    if any { Ok(()) } else { Err(none()) }
}
