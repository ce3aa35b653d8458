//! Rebuilds the trees of rows and columns of a block from the lines of the sheet of fields, and writes them as in a mapping file.

use indexmap::IndexMap;
use toml::Value;

use super::cells::Text;
use super::error::BookPlace;
use super::heads::Role;
use super::walk::Words;
use crate::form::FieldKind;

/// Additional properties of a label, from the sheet of labels.
#[derive(Debug, Clone, Default)]
pub(super) struct Extra {
    pub(super) short: String,
    pub(super) variants: Vec<String>,
    pub(super) parts: Vec<String>,
    pub(super) when: String,
}

/// A row or column.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) path: Vec<String>,
    pub(super) id: String,
    pub(super) role: Option<Role>,
    pub(super) kind: Option<FieldKind>,
    pub(super) unit: Option<String>,
    pub(super) choice: Option<Words>,
    pub(super) at: BookPlace,
}

/// Additional properties by labels and id.
pub(super) type Extras = IndexMap<(Vec<String>, String), Extra>;

struct Node<'l> {
    label: &'l str,
    path: Vec<String>,
    leaf: Option<&'l Leaf>,
    children: Vec<Node<'l>>,
}

/// Writes rows or columns, one per line.
pub(super) fn write(key: &str, leaves: &[Leaf], extras: &Extras, text: &mut Text) {
    let mut nodes: Vec<Node> = Vec::new();
    for leaf in leaves {
        insert(&mut nodes, leaf, 0);
    }
    text.out.push_str(&format!("{key} = [\n"));
    for node in &nodes {
        node.write(1, extras, text);
    }
    text.out.push_str("]\n");
}

fn insert<'l>(nodes: &mut Vec<Node<'l>>, leaf: &'l Leaf, depth: usize) {
    let path = leaf.path.get(..=depth).unwrap_or(&leaf.path).to_vec();
    let label = leaf.path.get(depth).map_or("", String::as_str);
    if depth + 1 >= leaf.path.len() {
        nodes.push(Node { label, path, leaf: Some(leaf), children: Vec::new() });
        return;
    }
    // Only leaves directly after a group belong to it.
    if nodes.last().is_none_or(|last| last.leaf.is_some() || last.label != label) {
        nodes.push(Node { label, path, leaf: None, children: Vec::new() });
    }
    if let Some(group) = nodes.last_mut() {
        insert(&mut group.children, leaf, depth + 1);
    }
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn listed(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

impl Node<'_> {
    fn write(&self, depth: usize, extras: &Extras, text: &mut Text) {
        let indent = "  ".repeat(depth);
        let id = self.leaf.map(|leaf| leaf.id.clone()).unwrap_or_default();
        let extra = extras.get(&(self.path.clone(), id)).cloned().unwrap_or_default();
        let keys = self.keys(&extra).join(", ");
        let Some(leaf) = self.leaf else {
            text.out.push_str(&format!("{indent}{{ {keys}, children = [\n"));
            for child in &self.children {
                child.write(depth + 1, extras, text);
            }
            text.out.push_str(&format!("{indent}] }},\n"));
            return;
        };
        text.add(&format!("{indent}{{ {keys} }},\n"), leaf.at);
    }

    fn keys(&self, extra: &Extra) -> Vec<String> {
        let mut keys = Vec::new();
        let mut add = |key: &str, value: String| keys.push(format!("{key} = {value}"));
        let role = self.leaf.and_then(|leaf| leaf.role);
        if let Some(leaf) = self.leaf.filter(|leaf| !leaf.id.is_empty()) {
            add("id", quoted(&leaf.id));
        }
        match role {
            Some(Role::Unit) => add("role", quoted("unit")),
            Some(Role::Ignore) => add("role", quoted("ignore")),
            _ => {}
        }
        if role.is_none() || !self.label.is_empty() {
            add(if role == Some(Role::Heading) { "heading" } else { "label" }, quoted(self.label));
        }
        if !extra.short.is_empty() {
            add("short", quoted(&extra.short));
        }
        if !extra.variants.is_empty() {
            add("variants", listed(&extra.variants));
        }
        let choice = self.leaf.and_then(|leaf| leaf.choice.as_ref());
        if let Some(kind) = self.leaf.and_then(|leaf| leaf.kind)
            && (choice.is_none() || kind != FieldKind::Choice)
        {
            add("kind", quoted(kind.name()));
        }
        if let Some(words) = choice {
            add("of", listed(&words.of));
            if let Some(marks) = &words.marks {
                add("marks", quoted(marks));
            }
            if words.several {
                add("several", "true".to_owned());
            }
        }
        if let Some(unit) = self.leaf.and_then(|leaf| leaf.unit.as_ref()) {
            add("unit", quoted(unit));
        }
        if !extra.parts.is_empty() {
            add("parts", listed(&extra.parts));
        }
        if !extra.when.is_empty() {
            add("when", quoted(&extra.when));
        }
        keys
    }
}

/// Distributes a property of fields (such as the unit) over rows and columns. `fields` contains the fields of each row, `None` for a
/// field without a value. A row has one value for all its fields or takes them from the columns. Returns the values of the rows and of
/// the columns; `usual` is the default if neither has a value.
///
/// # Errors
/// Row and column of a field whose value can come from neither.
#[allow(clippy::type_complexity, reason = "rows and columns side by side")]
pub(super) fn settled<T: Clone + PartialEq>(
    fields: &[Vec<Option<T>>],
    usual: &T,
) -> Result<(Vec<Option<T>>, Vec<Option<T>>), (usize, usize)> {
    let width = fields.first().map_or(0, Vec::len);
    let one_word = |row: &Vec<Option<T>>| {
        let mut said = row.iter().flatten();
        let first = said.next().cloned();
        (said.all(|word| Some(word) == first.as_ref())).then_some(first)
    };
    let mut columns: Vec<Option<T>> = vec![None; width];
    // Rows with different values can only get them from the columns.
    for (number, row) in fields.iter().enumerate().filter(|(_, row)| one_word(row).is_none()) {
        for (column, word) in row.iter().enumerate() {
            match (&columns[column], word) {
                (None, Some(word)) => columns[column] = Some(word.clone()),
                (Some(known), Some(word)) if known != word => return Err((number, column)),
                _ => {}
            }
        }
    }
    // A column without a value is assigned that of all its fields, if they agree; else each row has its own.
    for (column, known) in columns.iter_mut().enumerate().filter(|(_, known)| known.is_none()) {
        let mut said = fields.iter().filter_map(|row| row[column].as_ref());
        let first = said.next();
        *known = first.filter(|first| said.all(|word| word == *first)).cloned();
    }
    let mut rows = Vec::new();
    for row in fields {
        let of_column = |column: &Option<T>, word: &T| column.as_ref().unwrap_or(usual) == word;
        let as_columns =
            row.iter().zip(&columns).all(|(word, column)| word.as_ref().is_none_or(|word| of_column(column, word)));
        rows.push(if as_columns { None } else { one_word(row).flatten() });
    }
    Ok((columns, rows))
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn columns_take_precedence_and_rows_give_what_differs() {
        let of = |rows: &[&str]| -> Vec<Vec<Option<char>>> {
            rows.iter().map(|row| row.chars().map(|one| (one != '.').then_some(one)).collect()).collect()
        };
        let said = |words: &[Option<char>]| words.iter().map(|word| word.unwrap_or('.')).collect::<String>();
        for (fields, columns, rows) in [
            (["ab", "ab", "ab"], "ab", "..."),
            (["ab", "cc", "ab"], "ab", ".c."),
            (["aa", "bb", "bb"], "..", "abb"),
            (["aa", "zz", "bb"], "..", "a.b"),
            (["a.", ".b", ".."], "ab", "..."),
        ] {
            let (of_columns, of_rows) = settled(&of(&fields), &'z').unwrap();
            assert_eq!((said(&of_columns).as_str(), said(&of_rows).as_str()), (columns, rows), "{fields:?}");
        }
        assert_eq!(settled(&of(&["ab", "ba"]), &'z'), Err((1, 0)));
    }
}
