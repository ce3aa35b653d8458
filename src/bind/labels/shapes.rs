//! Possible shapes of a form's blocks in a grid: which labels are left of a figure and which above it.

use std::collections::{HashMap, HashSet};

use super::numbers::{LabelNumber, LabelNumbers, glued_texts};
use crate::form::{Block, FieldIndex, Form, Head, Label, Leaf, Relation};

/// How a text matches a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::bind) enum Fit {
    /// Without the number before the label.
    Bare,
    /// As prescribed, or as a variant.
    Exact,
}

/// A label, given by the numbers of its texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::bind) struct Numbers {
    exact: Vec<LabelNumber>,
    bare: Vec<LabelNumber>,
}

impl Numbers {
    /// The numbers of the texts of a label.
    pub(in crate::bind) fn in_label(numbers: &LabelNumbers, label: &Label) -> Self {
        let known = |texts: &[String]| -> Vec<LabelNumber> {
            texts.iter().filter_map(|text| numbers.get(text)).filter_map(|number| number.try_into().ok()).collect()
        };
        Self { exact: known(&label.folded), bare: known(&label.bare) }
    }

    /// How a text with this number matches the label; `None` if it does not.
    pub(in crate::bind) fn fit(&self, number: Option<LabelNumber>) -> Option<Fit> {
        let number = number?;
        match (self.exact.contains(&number), self.bare.contains(&number)) {
            (true, _) => Some(Fit::Exact),
            (false, true) => Some(Fit::Bare),
            _ => None,
        }
    }
}

/// The label of a row or column, with those of its groups.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Path {
    /// Its own label; `None` for a row without one.
    pub(in crate::bind) own: Option<Numbers>,
    /// The groups around it, outermost first.
    pub(in crate::bind) groups: Vec<Numbers>,
    /// The texts in which its own label is glued to its groups.
    glued: Vec<LabelNumber>,
    /// The texts in which its groups are glued to each other.
    whole: Vec<LabelNumber>,
    /// The folded texts of its own label and its variants, with and without their number, for comparison by similarity.
    pub(in crate::bind) texts: Vec<String>,
    /// Its own label, as it is shown in findings.
    pub(in crate::bind) shown: String,
}

impl Path {
    fn from_labels(numbers: &LabelNumbers, labels: &[&Label]) -> Self {
        let Some((own, groups)) = labels.split_last() else { return Self::default() };
        Self {
            own: Some(Numbers::in_label(numbers, own)),
            groups: groups.iter().map(|group| Numbers::in_label(numbers, group)).collect(),
            glued: glued_numbers(numbers, labels),
            whole: glued_numbers(numbers, groups),
            texts: own.folded.iter().chain(&own.bare).cloned().collect(),
            shown: own.text.clone(),
        }
    }

    /// How many of its groups a text with this number is: all of them if it is their labels glued to each other.
    pub(in crate::bind) fn groups_in(&self, number: Option<LabelNumber>) -> usize {
        let Some(number) = number else { return 0 };
        if self.whole.contains(&number) {
            return self.groups.len();
        }
        usize::from(self.groups.iter().any(|group| group.fit(Some(number)).is_some()))
    }

    /// Whether a text with this number is the label glued to its groups.
    pub(in crate::bind) fn is_glued(&self, number: Option<LabelNumber>) -> bool {
        number.is_some_and(|number| self.glued.contains(&number))
    }
}

/// A sum that holds inside one row: columns with their signs, and a constant, which together are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) struct RowSum {
    /// Index and sign of each column.
    pub(in crate::bind) terms: Vec<(usize, i64)>,
    /// The constant.
    pub(in crate::bind) constant: i64,
}

/// The rows of a shape by the numbers of their labels.
#[derive(Debug, Clone, Default)]
struct Named {
    rows: HashMap<LabelNumber, Vec<usize>>,
    groups: HashSet<LabelNumber>,
}

impl Named {
    fn from_paths(rows: &[Path]) -> Self {
        let mut named = Self::default();
        for (row, path) in rows.iter().enumerate().filter(|(_, path)| path.own.is_some()) {
            let own = path.own.iter().flat_map(|own| own.exact.iter().chain(&own.bare));
            for number in own.chain(&path.glued) {
                let known = named.rows.entry(*number).or_default();
                if known.last() != Some(&row) {
                    known.push(row);
                }
            }
        }
        let groups = rows.iter().flat_map(|path| &path.groups);
        named.groups = groups.flat_map(|group| group.exact.iter().chain(&group.bare).copied()).collect();
        named
    }
}

/// A possible shape of a block in a grid.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Shape {
    /// Index of the table.
    pub(in crate::bind) table: usize,
    /// Index of the block in the table.
    pub(in crate::bind) block: usize,
    /// Whether the groups of its columns are row labels instead of headers.
    pub(in crate::bind) pivot: bool,
    /// The labels of its rows, at the left.
    pub(in crate::bind) rows: Vec<Path>,
    /// The labels of its columns, at the top.
    pub(in crate::bind) columns: Vec<Path>,
    /// The field of each row and column, row by row.
    fields: Vec<FieldIndex>,
    /// The rows by the number of their label, and the numbers of all groups of rows.
    named: Named,
    /// The words of the header in reading order.
    pub(in crate::bind) words: Vec<Numbers>,
    /// The caption above.
    pub(in crate::bind) caption: Option<Numbers>,
    /// The label of the corner.
    pub(in crate::bind) corner: Option<Numbers>,
    /// For each row the sums that hold inside it.
    pub(in crate::bind) sums: Vec<Vec<RowSum>>,
}

impl Shape {
    /// The field at a row and a column of the shape.
    pub(in crate::bind) fn field(&self, row: usize, column: usize) -> FieldIndex {
        self.fields[row * self.columns.len() + column]
    }

    /// Every field of the block.
    pub(in crate::bind) fn fields(&self) -> &[FieldIndex] {
        &self.fields
    }

    /// The rows whose label a text with this number may be, alone or glued to its groups, in their order.
    pub(in crate::bind) fn rows_named(&self, number: Option<LabelNumber>) -> &[usize] {
        number.and_then(|number| self.named.rows.get(&number)).map_or(&[], Vec::as_slice)
    }

    /// Whether a text with this number is the label of a group of rows.
    pub(in crate::bind) fn is_group(&self, number: Option<LabelNumber>) -> bool {
        number.is_some_and(|number| self.named.groups.contains(&number))
    }

    /// Whether its rows have labels.
    pub(in crate::bind) fn labelled(&self) -> bool {
        self.rows.iter().any(|row| row.own.is_some())
    }
}

/// The numbers of these texts.
fn glued_numbers(numbers: &LabelNumbers, labels: &[&Label]) -> Vec<LabelNumber> {
    glued_texts(labels).iter().filter_map(|text| numbers.glued(text).map(|found| found.0)).collect()
}

/// The shapes of every block of a form.
pub(super) fn shapes(form: &Form, numbers: &LabelNumbers) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (table, spec) in form.tables.iter().enumerate().filter(|(_, spec)| !spec.by_rows) {
        for (number, block) in spec.blocks.iter().enumerate() {
            shapes.push(normal((form, numbers), (table, number), block));
            shapes.extend(pivot((form, numbers), (table, number), block));
        }
    }
    shapes
}

fn path(numbers: &LabelNumbers, leaf: &Leaf) -> Path {
    Path::from_labels(numbers, &leaf.path.iter().collect::<Vec<_>>())
}

fn normal((form, numbers): (&Form, &LabelNumbers), (table, number): (usize, usize), block: &Block) -> Shape {
    let mut words = Vec::new();
    let mut level: Vec<&Head> = block.columns.iter().collect();
    while !level.is_empty() {
        words.extend(level.iter().map(|head| Numbers::in_label(numbers, &head.label)));
        level = level.into_iter().flat_map(|head| &head.children).collect();
    }
    let (rows, columns) = (block.leaf_rows.len(), block.leaf_columns.len());
    let fields: Vec<FieldIndex> = (block.first_field..block.first_field + rows * columns).collect();
    let sums = fields.chunks(columns.max(1)).map(|row| row_sums(form, row)).collect();
    let paths: Vec<Path> = block.leaf_rows.iter().map(|leaf| path(numbers, leaf)).collect();
    Shape {
        table,
        block: number,
        pivot: false,
        named: Named::from_paths(&paths),
        rows: paths,
        columns: block.leaf_columns.iter().map(|leaf| path(numbers, leaf)).collect(),
        fields,
        words,
        caption: block.caption.as_ref().map(|label| Numbers::in_label(numbers, label)),
        corner: block.corner.as_ref().map(|label| Numbers::in_label(numbers, label)),
        sums,
    }
}

/// The pivot shape of a block of one row without a label: each group of columns becomes a row. `None` if the block has no such shape.
fn pivot((form, numbers): (&Form, &LabelNumbers), (table, number): (usize, usize), block: &Block) -> Option<Shape> {
    let [only] = block.leaf_rows.as_slice() else { return None };
    if !only.path.is_empty() || block.leaf_columns.iter().any(|leaf| leaf.path.len() < 2) {
        return None;
    }
    let mut rows: Vec<&[Label]> = Vec::new();
    let mut columns: Vec<&Label> = Vec::new();
    let mut found: Vec<(usize, usize, FieldIndex)> = Vec::new();
    for (at, leaf) in block.leaf_columns.iter().enumerate() {
        let (own, groups) = leaf.path.split_last()?;
        let row = rows.iter().position(|known| *known == groups).unwrap_or_else(|| {
            rows.push(groups);
            rows.len() - 1
        });
        let column = columns.iter().position(|known| known.text == own.text).unwrap_or_else(|| {
            columns.push(own);
            columns.len() - 1
        });
        found.push((row, column, block.first_field + at));
    }
    if rows.len() < 2 || columns.len() < 2 || rows.len() * columns.len() != found.len() {
        return None;
    }
    found.sort_unstable();
    let fields: Vec<FieldIndex> = found.iter().map(|found| found.2).collect();
    let sums = fields.chunks(columns.len()).map(|row| row_sums(form, row)).collect();
    let paths: Vec<Path> =
        rows.iter().map(|groups| Path::from_labels(numbers, &groups.iter().collect::<Vec<_>>())).collect();
    Some(Shape {
        table,
        block: number,
        pivot: true,
        named: Named::from_paths(&paths),
        rows: paths,
        columns: columns.iter().map(|label| Path::from_labels(numbers, &[label])).collect(),
        fields,
        words: columns.iter().map(|label| Numbers::in_label(numbers, label)).collect(),
        caption: block.caption.as_ref().map(|label| Numbers::in_label(numbers, label)),
        corner: block.corner.as_ref().map(|label| Numbers::in_label(numbers, label)),
        sums,
    })
}

/// The equalities of the form between figures of this row only.
fn row_sums(form: &Form, row: &[FieldIndex]) -> Vec<RowSum> {
    let mut sums: Vec<RowSum> = Vec::new();
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    for instance in instances.filter(|instance| instance.relation == Relation::Equal && !instance.needs_previous()) {
        let signed = |terms: &[crate::form::Term], side: i64| -> Option<Vec<(usize, i64)>> {
            let column = |term: &crate::form::Term| {
                let column = row.iter().position(|&field| field == term.operand.field)?;
                Some((column, term.sign * side))
            };
            terms.iter().map(column).collect()
        };
        let (Some(mut terms), Some(right)) = (signed(&instance.left.terms, 1), signed(&instance.right.terms, -1))
        else {
            continue;
        };
        terms.extend(right);
        let constant = instance.left.constant - instance.right.constant;
        if terms.len() >= 2 && !sums.iter().any(|known| known.terms == terms) {
            sums.push(RowSum { terms, constant });
        }
    }
    sums
}
