//! The sums and quotients of rules: parses them, and resolves their names to fields.

use super::{FieldIndex, Form};
use crate::finding::{Bilingual, Message};

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
    /// The constant.
    pub constant: i64,
}

/// A quotient on the right side: `factor * part / whole`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratio {
    /// Factor of the quotient: 100 for a percentage.
    pub factor: i64,
    /// The dividend.
    pub part: Expression,
    /// The divisor.
    pub whole: Expression,
}

/// Why an expression of a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub(super) enum ExpressionError {
    /// The factor of a quotient is not a whole number.
    Factor(String),
    /// The sign before this name is missing.
    NoSign(String),
    /// A name is missing: after a sign, or in an empty expression.
    NoName,
    /// A pattern of names that no field matches.
    NoMatch(String),
    /// There is no such field.
    NoField(String),
}

impl Bilingual for ExpressionError {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::Factor(text) => (format!("“{text}”应为整数。"), format!("`{text}` is no number")),
            Self::NoSign(word) => {
                (format!("“{word}”前缺少加号，或两边空格的减号。"), format!("`+` or ` - ` is missing before `{word}`"))
            }
            Self::NoName => ("式子中缺少名称。".to_owned(), "a name is missing".to_owned()),
            Self::NoMatch(word) => (format!("“{word}”不对应任何字段。"), format!("`{word}` stands for no field")),
            Self::NoField(id) => (format!("没有“{id}”这个字段。"), format!("no field `{id}`")),
        };
        Message::new(zh, en)
    }
}

/// How the names of an expression become ids of fields, in one table, row, column or item.
pub(super) struct Naming<'a> {
    /// Text before a name.
    pub(super) before: String,
    /// Text after a name.
    pub(super) after: String,
    /// The item that `$` stands for.
    pub(super) item: Option<&'a str>,
    /// The row, column or item as worded in the form.
    pub(super) scope: String,
    /// Index of the table, if the rule names one.
    pub(super) table: Option<usize>,
    /// Indices of block and row, if the rule is repeated over rows.
    pub(super) row: Option<(usize, usize)>,
}

impl Naming<'_> {
    /// Resolves names that are full ids, or ids within a table.
    pub(super) fn whole(table: Option<usize>, prefix: String) -> Self {
        Self { before: prefix, after: String::new(), item: None, scope: String::new(), table, row: None }
    }

    /// The id that a name stands for.
    pub(super) fn id(&self, name: &str) -> String {
        let name = self.item.map_or_else(|| name.to_owned(), |item| name.replace('$', item));
        format!("{}{name}{}", self.before, self.after)
    }
}

/// The name without `previous.`, and whether it began with it.
pub(super) fn strip_previous(name: &str) -> (&str, bool) {
    name.strip_prefix("previous.").map_or((name, false), |plain| (plain, true))
}

/// Parses `100 * part / whole`; the part may be a sum in brackets.
pub(super) fn ratio(part: &str, whole: &str, form: &Form, naming: &Naming) -> Result<Ratio, ExpressionError> {
    let (factor, part) = match part.split_once('*') {
        Some((factor, part)) if !factor.trim().is_empty() && !factor.contains('.') => {
            let number = factor.trim().parse().map_err(|_| ExpressionError::Factor(factor.trim().to_owned()))?;
            (number, part)
        }
        _ => (1, part),
    };
    let plain = |text: &str| text.trim().trim_start_matches('(').trim_end_matches(')').to_owned();
    let whole_or_plain = |text: &str| if text.contains("sum(") { text.trim().to_owned() } else { plain(text) };
    Ok(Ratio {
        factor,
        part: sum(&whole_or_plain(part), form, naming)?,
        whole: sum(&whole_or_plain(whole), form, naming)?,
    })
}

/// Parses a sum of names and whole numbers.
pub(super) fn sum(text: &str, form: &Form, naming: &Naming) -> Result<Expression, ExpressionError> {
    let mut expression = Expression::default();
    let mut sign = 1;
    let mut wants_name = true;
    let mut left_out = false;
    for word in text.replace('+', " + ").replace(" - ", " \u{2212} ").split_whitespace() {
        match word {
            "+" | "\u{2212}" if !wants_name => {
                sign = if word == "+" { 1 } else { -1 };
                wants_name = true;
            }
            _ if !wants_name => {
                return Err(ExpressionError::NoSign(word.to_owned()));
            }
            _ => {
                wants_name = false;
                if let Ok(number) = word.parse::<i64>() {
                    expression.constant += sign * number;
                    continue;
                }
                left_out |= !add_terms(&mut expression, word, sign, form, naming)?;
            }
        }
    }
    let nothing = expression.terms.is_empty() && expression.constant == 0 && left_out;
    if wants_name || nothing { Err(ExpressionError::NoName) } else { Ok(expression) }
}

/// Whether an id belongs to a column outside the report's set of columns.
fn is_of_another_set(form: &Form, id: &str) -> bool {
    let Some((table, rest)) = id.split_once('.') else { return false };
    let blocks = form.tables.iter().filter(|known| known.id == table).flat_map(|table| &table.blocks);
    let ends = |column: &str| rest == column || rest.strip_suffix(column).is_some_and(|before| before.ends_with('.'));
    blocks.filter(|block| block.resolved).any(|block| {
        let has = |column: &String| block.leaf_columns.iter().any(|leaf| leaf.id == *column);
        block.known_columns.iter().any(|column| ends(column) && !has(column))
    })
}

/// The fields of `sum(rows.x)` and `sum(children.x)`.
fn rows_of(inner: &str, form: &Form, naming: &Naming) -> Option<Vec<usize>> {
    let mut words = inner;
    let mut table = naming.table;
    if !["rows", "children"].iter().any(|word| words == *word || words.starts_with(&format!("{word}."))) {
        let (id, rest) = words.split_once('.')?;
        table = Some(form.tables.iter().position(|known| known.id == id)?);
        words = rest;
    }
    let table = table?;
    let (which, column) = words.split_once('.').unwrap_or((words, ""));
    let after = naming.after.strip_prefix('.').unwrap_or(&naming.after);
    let column = if column.is_empty() { after } else { column };
    for (number, block) in form.tables[table].blocks.iter().enumerate() {
        let Some(open) = &block.open else { continue };
        let Some(at) = block.leaf_columns.iter().position(|leaf| leaf.id == column) else { continue };
        let parent = match which {
            "children" => Some(naming.row.filter(|row| row.0 == number)?.1),
            "rows" => None,
            _ => return None,
        };
        let total = |leaf: &super::Leaf| open.total.is_some() && leaf.id == open.total_id;
        let rows = block.leaf_rows.iter().enumerate().filter(|(_, leaf)| leaf.parent == parent && !total(leaf));
        return Some(rows.map(|(row, _)| block.first_field + row * block.leaf_columns.len() + at).collect());
    }
    None
}

/// Adds the figures of a name to the expression; `false` if the report has no such column.
fn add_terms(
    expression: &mut Expression,
    word: &str,
    sign: i64,
    form: &Form,
    naming: &Naming,
) -> Result<bool, ExpressionError> {
    let (plain, previous) = strip_previous(word);
    let mut push = |field| expression.terms.push(Term { sign, operand: Operand { field, previous } });
    let none = || ExpressionError::NoMatch(word.to_owned());
    if let Some(inner) = plain.strip_prefix("sum(").and_then(|inner| inner.strip_suffix(')')) {
        let fields = rows_of(inner, form, naming).filter(|fields| !fields.is_empty()).ok_or_else(none)?;
        fields.into_iter().for_each(push);
        return Ok(true);
    }
    let Some((group, tail)) = plain.split_once('*') else {
        let id = naming.id(plain);
        if let Some(field) = form.field_index(&id).or_else(|| total_by_its_common_name(form, &id)) {
            push(field);
            return Ok(true);
        }
        if is_of_another_set(form, &id) {
            return Ok(false);
        }
        return Err(ExpressionError::NoField(id));
    };
    let start =
        format!("{}{}", naming.before, naming.item.map_or_else(|| group.to_owned(), |item| group.replace('$', item)));
    let end = format!("{tail}{}", naming.after);
    let mut any = false;
    for (index, field) in form.fields.iter().enumerate() {
        let long = field.id.len() > start.len() + end.len() && field.kind.is_figure();
        if long && field.id.starts_with(&start) && field.id.ends_with(&end) {
            push(index);
            any = true;
        }
    }
    if any { Ok(true) } else { Err(none()) }
}

/// Resolves `table.all.x` to the total row, whatever its id.
fn total_by_its_common_name(form: &Form, id: &str) -> Option<usize> {
    let (table, rest) = id.split_once('.')?;
    let column = rest.strip_prefix("all.")?;
    let blocks = form.tables.iter().filter(|known| known.id == table).flat_map(|table| &table.blocks);
    blocks
        .filter_map(|block| block.open.as_ref())
        .find_map(|open| form.field_index(&format!("{table}.{}.{column}", open.total_id)))
}
