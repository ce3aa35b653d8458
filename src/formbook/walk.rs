//! The rows or columns of a mapping file as a flat list, each with the properties inherited from its groups.

use toml::{Table, Value};

use super::heads::{Role, YES};

/// The words of a choice, its marks, and whether several may be ticked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Words {
    pub(super) of: Vec<String>,
    pub(super) marks: Option<String>,
    pub(super) several: bool,
}

/// A row, a column, a group or a heading.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Its labels, outermost first.
    pub(super) path: Vec<String>,
    /// Component of field ids; empty for a group.
    pub(super) id: String,
    /// Role, if it has no fields.
    pub(super) role: Option<Role>,
    /// Whether it is a group.
    pub(super) group: bool,
    pub(super) short: Option<String>,
    pub(super) variants: Vec<String>,
    pub(super) parts: Vec<String>,
    pub(super) when: Option<String>,
    pub(super) choice: Option<Words>,
}

impl Line {
    /// Whether it has fields.
    pub(super) fn is_leaf(&self) -> bool {
        self.role.is_none() && !self.group
    }
}

/// The rows or columns of a mapping file as lines.
pub(super) fn lines(heads: Option<&Value>) -> Vec<Line> {
    let mut lines = Vec::new();
    walk(heads, &Line::default(), &mut lines);
    lines
}

fn walk(heads: Option<&Value>, around: &Line, lines: &mut Vec<Line>) {
    for head in heads.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table) {
        let line = line(head, around);
        let inner = if line.role == Some(Role::Heading) {
            // Rows under a heading have the labels of their groups, without the heading's.
            Line { path: around.path.clone(), id: around.id.clone(), role: None, ..line.clone() }
        } else {
            line.clone()
        };
        let shown = Line { id: if line.is_leaf() { line.id.clone() } else { String::new() }, ..line };
        lines.push(shown);
        walk(head.get("children"), &inner, lines);
    }
}

fn line(head: &Table, around: &Line) -> Line {
    let heading = text(head, "heading");
    let label = heading.clone().or_else(|| text(head, "label")).unwrap_or_default();
    let role = match (heading.is_some(), head.get("role").and_then(Value::as_str)) {
        (true, _) => Some(Role::Heading),
        (_, Some("unit")) => Some(Role::Unit),
        (_, Some("ignore")) => Some(Role::Ignore),
        _ => None,
    };
    let ids = [Some(around.id.clone()).filter(|id| !id.is_empty()), text(head, "id")];
    let of = texts(head, "of");
    let own = (!of.is_empty()).then(|| Words {
        of,
        marks: text(head, "marks"),
        several: head.get("several").and_then(Value::as_bool).unwrap_or(false),
    });
    Line {
        path: around.path.iter().cloned().chain([label]).collect(),
        id: ids.into_iter().flatten().collect::<Vec<_>>().join("."),
        role,
        group: role.is_none() && head.contains_key("children"),
        short: text(head, "short"),
        variants: texts(head, "variants"),
        parts: texts(head, "parts"),
        when: text(head, "when").or_else(|| around.when.clone()),
        choice: own.or_else(|| around.choice.clone()),
    }
}

pub(super) fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn texts(table: &Table, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A value as the text of a cell: several texts on separate lines, true as the word for yes, false as nothing.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Boolean(true) => YES.to_owned(),
        Value::Boolean(false) => String::new(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}
