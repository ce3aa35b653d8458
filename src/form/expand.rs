//! Expands an open form to the rows and columns of one report. If a table has open rows or sets of columns, its fields depend on the
//! report. The expanded form has a fixed list of fields, derived from the report's field ids; writers, rules and sums work on it.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexSet;

use super::openrows::is_added;
use super::rule::{self, expand};
use super::source::{HeadRole, RuleSource};
use super::{Block, ColumnSlot, Field, FieldKind, Form, Head, Label, Leaf, Mistake, ParentBy, Rule};
use crate::text::numbering;

/// The rows and columns of a block in one report.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// Keys of the rows, in order.
    pub(super) keys: IndexSet<String>,
    /// Leaf columns with values.
    pub(super) columns: IndexSet<usize>,
}

/// A cell of a block whose rows or columns depend on the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCell<'i> {
    /// Indices of the table, and of the block in it.
    pub block: (usize, usize),
    /// Key of the row.
    pub key: &'i str,
    /// Index of the leaf column.
    pub column: usize,
}

impl Form {
    /// Whether the rows or columns of some table depend on the report.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The form expanded to the rows and columns of these field ids; the form itself if it is not open.
    pub fn expanded<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Cow<'_, Self> {
        if self.open.is_none() {
            return Cow::Borrowed(self);
        }
        let mut contents = self.no_content();
        for id in ids {
            if self.by_id.contains_key(id) {
                continue;
            }
            let Some(OpenCell { block: (table, block), key, column }) = self.place_of(id) else { continue };
            let content = &mut contents[table][block];
            content.keys.insert(key.to_owned());
            content.columns.insert(column);
        }
        Cow::Owned(self.with_contents(&contents))
    }

    /// The form expanded to the empty rows of a blank form and the first set of columns of each block.
    pub fn blank(&self) -> Cow<'_, Self> {
        let ids = self.example_ids(0, |open| (1..=open).map(|number| format!("?{number}")).collect());
        self.expanded(ids.iter().map(String::as_str))
    }

    /// The form expanded to example rows, for testing rules; `number` selects the set of columns (0-based).
    pub fn example(&self, number: usize) -> Cow<'_, Self> {
        let ids = self.example_ids(number, |_| Vec::new());
        self.expanded(ids.iter().map(String::as_str))
    }

    /// Whether the form was expanded to the rows and columns of a report.
    pub fn is_of_report(&self) -> bool {
        self.of_report
    }

    /// Largest number of column sets of any block.
    pub fn set_count(&self) -> usize {
        self.tables.iter().flat_map(|table| &table.blocks).map(|block| block.sets.len()).max().unwrap_or(1).max(1)
    }

    fn example_ids(&self, set: usize, blank: impl Fn(u32) -> Vec<String>) -> Vec<String> {
        let mut ids = Vec::new();
        for table in &self.tables {
            for block in table.blocks.iter().filter(|block| block.is_open()) {
                let all = (0..block.leaf_columns.len()).collect::<Vec<_>>();
                let columns = match block.sets.len() {
                    0 => &all,
                    count => &block.sets[set % count].1,
                };
                let mut keys = match &block.open {
                    Some(open) => blank(open.blank),
                    None => block.leaf_rows.iter().map(|leaf| leaf.id.clone()).collect(),
                };
                if keys.is_empty() {
                    keys = example_keys(block, columns);
                }
                for key in keys {
                    for &column in columns {
                        ids.push(field_id([&table.id, &key, &block.leaf_columns[column].id]));
                    }
                }
            }
        }
        ids
    }

    pub(super) fn no_content(&self) -> Vec<Vec<Content>> {
        self.tables.iter().map(|table| vec![Content::default(); table.blocks.len()]).collect()
    }

    /// The cell of an open block with a field id. Of several columns whose id is a suffix of the field id, the longest is used.
    pub fn place_of<'i>(&self, id: &'i str) -> Option<OpenCell<'i>> {
        let (table, rest) = id.split_once('.')?;
        let number = self.tables.iter().position(|known| known.id == table)?;
        let mut best: Option<(OpenCell, usize)> = None;
        for (block_number, block) in self.tables[number].blocks.iter().enumerate() {
            if block.resolved {
                continue;
            }
            for (column, leaf) in block.leaf_columns.iter().enumerate() {
                let Some(before) = rest.strip_suffix(leaf.id.as_str()) else { continue };
                let key = if before.is_empty() { Some("") } else { before.strip_suffix('.') };
                let fixed = |key: &str| block.open.is_some() || block.leaf_rows.iter().any(|row| row.id == key);
                let Some(key) = key.filter(|key| fixed(key)) else { continue };
                if best.is_none_or(|(_, length)| leaf.id.len() > length) {
                    best = Some((OpenCell { block: (number, block_number), key, column }, leaf.id.len()));
                }
            }
        }
        best.map(|(cell, _)| cell)
    }

    pub(super) fn with_contents(&self, contents: &[Vec<Content>]) -> Self {
        let mut form = self.clone();
        let rules = form.open.take();
        form.of_report = true;
        let ids: Vec<String> = form.tables.iter().map(|table| table.id.clone()).collect();
        for (number, of_table) in contents.iter().enumerate() {
            for (block_number, content) in of_table.iter().enumerate() {
                let block = &mut form.tables[number].blocks[block_number];
                if !block.is_open() {
                    continue;
                }
                block.choose_columns(content);
                if block.open.is_some() {
                    block.take_rows(content);
                }
                block.resolved = true;
                block.first_field = form.fields.len();
                let mut fields = Vec::new();
                for (row, leaf_row) in block.leaf_rows.iter().enumerate() {
                    for (column, leaf) in block.leaf_columns.iter().enumerate() {
                        let kind = leaf_row.kind.or(leaf.kind).unwrap_or_default();
                        let unit = leaf_row.unit.clone().or_else(|| leaf.unit.clone());
                        fields.push(Field {
                            is_ratio: false,
                            id: field_id([&ids[number], &leaf_row.id, &leaf.id]),
                            table: number,
                            block: block_number,
                            row,
                            column,
                            kind,
                            unit: unit.filter(|unit| !unit.is_empty() && kind.is_figure()),
                            choice: leaf_row.choice.clone().or_else(|| leaf.choice.clone()),
                        });
                    }
                }
                form.fields.extend(fields);
            }
            let widest = form.tables[number].width() as usize;
            if form.tables[number].widths.len() != widest {
                form.tables[number].widths = vec![1; widest];
            }
        }
        for (index, field) in form.fields.iter().enumerate().skip(self.fields.len()) {
            form.by_id.insert(field.id.clone(), index);
            form.fingerprint = field
                .id
                .bytes()
                .fold(form.fingerprint, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        }
        if let Some(rules) = rules.as_deref() {
            form.rules = rules.iter().filter_map(|rule| expand(rule, &form, true).ok()).collect();
            rule::mark_ratios(&mut form);
        }
        form
    }
}

/// Resolves a rule of an open form on example rows. `examples` holds the expanded example form of each set of columns.
///
/// # Errors
/// The mistake, if the rule can be resolved in none of the examples.
pub(super) fn expand_open(source: &RuleSource, form: &Form, examples: &[Form]) -> Result<Rule, Mistake> {
    // A rule of a table with fixed rows is resolved without example rows.
    let own = source.table.as_ref().and_then(|id| form.tables.iter().find(|table| table.id == *id.get_ref()));
    if let (Some(false), Ok(rule)) = (own.map(super::Table::is_open), expand(source, form, false)) {
        return Ok(rule);
    }
    let mut first = None;
    for example in examples {
        match expand(source, example, true) {
            Ok(found) if !found.instances.is_empty() => {
                let mut rule = expand(source, form, true)?;
                rule.examples = rule::open_examples(source, form)?;
                return Ok(rule);
            }
            Ok(_) => {}
            Err(mistake) => first = first.or(Some(mistake)),
        }
    }
    let nothing = || match examples.first().map(|example| expand(source, example, false)) {
        Some(Err(mistake)) => mistake,
        _ => Mistake::new(source.id.span(), "这条规则不涉及任何字段。", "the rule says nothing of any field"),
    };
    Err(first.unwrap_or_else(nothing))
}

/// Joins the parts of a field id with dots, leaving out empty parts.
pub(crate) fn field_id(parts: [&str; 3]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// Example row keys of a block: two branches of codes or names, and the total row.
fn example_keys(block: &Block, columns: &[usize]) -> Vec<String> {
    let Some(open) = &block.open else { return Vec::new() };
    if open.single && open.each.is_some_and(|each| !columns.contains(&each)) {
        return vec![String::new()];
    }
    let kind = open.each.map(|each| block.leaf_columns[each].kind.unwrap_or_default());
    let mut keys: Vec<String> = match (kind, open.parent) {
        (Some(FieldKind::Code), Some(_)) => {
            let depth = open.each.map_or(1, |each| block.leaf_columns[each].parts.len()).max(1);
            let codes = ["205", "205.02", "205.02.01", "205.02.02", "208", "208.05", "208.05.02"];
            codes.iter().filter(|code| code.split('.').count() <= depth).map(|code| (*code).to_owned()).collect()
        }
        (Some(FieldKind::Code), None) => ["2050201", "2050202", "2080502"].map(str::to_owned).into(),
        (None, _) => ["1", "2", "3"].map(str::to_owned).into(),
        (_, Some(ParentBy::Numbering)) => {
            ["一、甲类", "（一）甲一", "（二）甲二", "二、乙类", "（一）乙一"].map(|name| format!("[{name}]")).into()
        }
        _ => ["甲街道", "乙街道", "丙镇"].map(|name| format!("[{name}]")).into(),
    };
    if open.total.is_some() {
        keys.push(open.total_id.clone());
    }
    keys
}

impl Block {
    /// Keeps the columns of the set that the report uses, or, if no set fits, the columns that have values.
    fn choose_columns(&mut self, content: &Content) {
        if self.sets.is_empty() {
            return;
        }
        let chosen: Vec<usize> = if content.columns.is_empty() {
            self.sets[0].1.clone()
        } else {
            let same = |set: &&(String, Vec<usize>)| {
                set.1.len() == content.columns.len() && set.1.iter().all(|column| content.columns.contains(column))
            };
            // A report may omit columns of its set.
            let within = |set: &&(String, Vec<usize>)| content.columns.iter().all(|column| set.1.contains(column));
            let least = || self.sets.iter().filter(within).min_by_key(|set| set.1.len());
            if let Some(set) = self.sets.iter().find(same).or_else(least) {
                set.1.iter().copied().filter(|column| content.columns.contains(column)).collect()
            } else {
                let mut columns: Vec<usize> = content.columns.iter().copied().collect();
                columns.sort_unstable();
                columns
            }
        };
        let mut order = Vec::new();
        let mut leaf = 0;
        self.columns = chosen_heads(&self.columns, &mut leaf, &chosen);
        self.slots = Vec::new();
        let mut leaf_ids: Vec<(Vec<usize>, HeadRole)> = Vec::new();
        collect(&self.columns, &mut leaf_ids);
        for (number, role) in &leaf_ids {
            match (role, number.first()) {
                (HeadRole::Field, Some(&old)) => {
                    self.slots.push(ColumnSlot::Leaf(order.len()));
                    order.push(old);
                }
                (HeadRole::Unit, _) => self.slots.push(ColumnSlot::Unit),
                _ => self.slots.push(ColumnSlot::Number),
            }
        }
        let each = self.open.as_ref().and_then(|open| open.each);
        if let Some(open) = &mut self.open {
            open.each = each.and_then(|each| order.iter().position(|&old| old == each));
        }
        self.leaf_columns = order.iter().map(|&old| self.leaf_columns[old].clone()).collect();
        self.spans = order.iter().map(|&old| self.spans[old]).collect();
        self.sets = Vec::new();
        strip(&mut self.columns);
    }

    fn take_rows(&mut self, content: &Content) {
        let Some(open) = &self.open else { return };
        let mut rows: Vec<Leaf> = Vec::with_capacity(content.keys.len());
        let codes: HashMap<&str, usize> =
            content.keys.iter().enumerate().map(|(row, key)| (key.as_str(), row)).collect();
        // The last row seen on each level of numbering.
        let mut levels: Vec<(u8, usize)> = Vec::new();
        for (number, key) in content.keys.iter().enumerate() {
            let total = open.total.as_ref().filter(|_| *key == open.total_id);
            let shown = key.strip_prefix('[').and_then(|key| key.strip_suffix(']')).unwrap_or(key);
            let path = match total {
                Some(total) => vec![total.clone()],
                None if key.is_empty() || key.starts_with('?') || is_added(key) => Vec::new(),
                None => vec![Label::plain(shown)],
            };
            let parent = match open.parent {
                _ if total.is_some() => None,
                Some(ParentBy::CodePrefix) => parent_of_code(key, &codes),
                Some(ParentBy::Numbering) => numbering(shown).and_then(|found| {
                    levels.retain(|&(level, _)| level < found.level);
                    let parent = levels.last().map(|&(_, row)| row);
                    levels.push((found.level, number));
                    parent
                }),
                None => None,
            };
            rows.push(Leaf { id: key.clone(), path, parent, ..Leaf::default() });
        }
        self.leaf_rows = rows;
    }
}

/// The row whose code is the longest proper prefix of this code.
fn parent_of_code(key: &str, codes: &HashMap<&str, usize>) -> Option<usize> {
    let mut rest = key;
    while let Some((at, _)) = rest.char_indices().next_back().filter(|&(at, _)| at > 0) {
        rest = &rest[..at];
        let whole = rest.strip_suffix('.').unwrap_or(rest);
        if let Some(&row) = codes.get(whole) {
            return Some(row);
        }
    }
    None
}

/// The heads of the chosen columns, in their order. Until [`strip`] is called, the last bare label of each kept leaf is its index.
fn chosen_heads(heads: &[Head], leaf: &mut usize, chosen: &[usize]) -> Vec<Head> {
    let mut found: Vec<(i64, Head)> = Vec::new();
    for (number, head) in heads.iter().enumerate() {
        if head.role != HeadRole::Field {
            found.push((if number == 0 { -1 } else { i64::MAX }, head.clone()));
        } else if head.children.is_empty() {
            if let Some(at) = chosen.iter().position(|column| column == leaf) {
                let mut head = head.clone();
                head.label.bare.push(leaf.to_string());
                found.push((i64::try_from(at).unwrap_or(i64::MAX), head));
            }
            *leaf += 1;
        } else {
            let before = *leaf;
            let children = chosen_heads(&head.children, leaf, chosen);
            let at = (before..*leaf).filter_map(|own| chosen.iter().position(|column| *column == own)).min();
            if let Some(at) = at {
                found.push((i64::try_from(at).unwrap_or(i64::MAX), Head { children, ..head.clone() }));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, head)| head).collect()
}

fn collect(heads: &[Head], leaves: &mut Vec<(Vec<usize>, HeadRole)>) {
    for head in heads {
        if head.children.is_empty() {
            let number = head.label.bare.last().and_then(|number| number.parse().ok());
            leaves.push((number.into_iter().collect(), head.role));
        } else {
            collect(&head.children, leaves);
        }
    }
}

fn strip(heads: &mut [Head]) {
    for head in heads {
        if head.children.is_empty() && head.role == HeadRole::Field {
            head.label.bare.pop();
        }
        strip(&mut head.children);
    }
}

impl Label {
    /// A label for display only: it has no folded forms to compare.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), short: text.to_owned(), folded: Vec::new(), bare: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Forms;

    const BUDGET: &str = r#"
language = 1
id = "budget"
name = { zh = "预算", en = "budget" }
[title]
pattern = "{agency}{year}年部门预算"
[[section]]
id = "income"
heading = "部门收入预算总表"
[[table]]
id = "income"
section = "income"
kind = "amount"
[[table.block]]
columns = [ { id = "code", label = "科目编码", kind = "code", parts = ["类", "款", "项"] }, { id = "total", label = "合计" } ]
rows = { each = "code", parent = "code prefix", total = "合计" }
[[rule]]
id = "all"
table = "income"
expression = "all.total = sum(rows.total)"
text = { zh = "合计等于各类之和", en = "all is the sum" }
[[rule.example]]
holds = true
values = { "all.total" = 5.5, "205.total" = 3, "205.02.total" = 3, "208.total" = 2.5 }
[[rule.example]]
holds = false
values = { "all.total" = 6, "205.total" = 3, "208.total" = 2.5 }
[[rule]]
id = "children"
table = "income"
each = "row"
expression = "total = sum(children.total)"
text = { zh = "上级等于下级之和", en = "a row is the sum of those below it" }
"#;

    #[test]
    fn rows_follow_from_the_ids_of_values() {
        let form = Forms::default().add("budget.toml", BUDGET).unwrap();
        assert!(form.is_open() && form.fields.is_empty());
        let ids = [
            "income.205.total",
            "income.205.02.total",
            "income.205.02.01.total",
            "income.208.total",
            "income.all.total",
        ];
        let expanded = form.expanded(ids);
        let named: Vec<&str> =
            expanded.fields.iter().map(|field| field.id.as_str()).filter(|id| id.ends_with("total")).collect();
        assert_eq!(named, ids);
        let sums: Vec<(usize, usize)> =
            expanded.rules.iter().map(|rule| (rule.instances.len(), rule.instances[0].right.terms.len())).collect();
        assert_eq!(sums, [(1, 2), (2, 1)]);
        assert!(form.rules.iter().all(|rule| rule.failing_examples().is_empty()), "{:#?}", form.rules[0].examples);
    }
}
