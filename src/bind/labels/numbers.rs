//! Numbers of a form's folded labels, by which texts of a document are compared with them.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::form::{Form, Label};

/// Number of a folded text among the labels of a form.
pub(in crate::bind) type LabelNumber = u32;

/// The role of a label in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Role {
    /// A block's caption.
    Caption,
    /// The corner above the row labels.
    Corner,
    /// A column label or group of columns.
    Header,
    /// The label of a row of figures.
    Leaf,
    /// The label of a group of rows.
    Group,
}

/// The numbers of the labels, and of the texts in which a label is glued to its groups.
#[derive(Debug, Default)]
pub(in crate::bind) struct LabelNumbers {
    known: HashMap<Box<str>, usize, FxBuildHasher>,
    /// Number and role of each text with a glued label; the numbers follow those of `known`.
    glued: HashMap<Box<str>, (LabelNumber, Role), FxBuildHasher>,
}

impl LabelNumbers {
    /// The number of a folded label.
    pub(super) fn get(&self, folded: &str) -> Option<usize> {
        self.known.get(folded).copied()
    }

    /// Numbers a new label.
    pub(super) fn add(&mut self, folded: &str) -> usize {
        let number = self.known.len();
        self.known.insert(folded.into(), number);
        number
    }

    /// Numbers the texts in which a label is glued to its groups; called after all labels were added.
    pub(super) fn add_glued(&mut self, form: &Form) {
        let blocks = form.tables.iter().flat_map(|table| &table.blocks);
        let leaves = blocks.flat_map(|block| {
            let rows = block.leaf_rows.iter().map(|leaf| (leaf, Role::Leaf));
            rows.chain(block.leaf_columns.iter().map(|leaf| (leaf, Role::Header)))
        });
        for (leaf, role) in leaves {
            let path: Vec<&Label> = leaf.path.iter().collect();
            let groups = path.split_last().map(|(_, groups)| glued_texts(groups)).unwrap_or_default();
            for text in glued_texts(&path).into_iter().chain(groups) {
                let number = self.known.len() + self.glued.len();
                if !self.known.contains_key(text.as_str())
                    && let Ok(number) = number.try_into()
                {
                    self.glued.entry(text.into()).or_insert((number, role));
                }
            }
        }
    }

    /// The number of a folded text in which the label of a row or column is glued to its groups, and which of the two it is.
    pub(super) fn glued(&self, folded: &str) -> Option<(LabelNumber, Role)> {
        self.glued.get(folded).copied()
    }
}

/// Every folded text in which a label is glued to one or more of its groups: `不予公开1.属于国家秘密`.
pub(super) fn glued_texts(labels: &[&Label]) -> Vec<String> {
    let Some((own, groups)) = labels.split_last() else { return Vec::new() };
    let mut texts = Vec::new();
    for from in 0..groups.len() {
        // The number of the first group is optional; the labels after it keep theirs.
        let tails = |first: &Label| -> Vec<String> {
            let rest: String =
                groups[from + 1..].iter().filter_map(|group| group.folded.first()).map(String::as_str).collect();
            let heads = first.folded.iter().chain(&first.bare);
            heads
                .flat_map(|head| own.folded.iter().map(|own| format!("{head}{rest}{own}")).collect::<Vec<_>>())
                .collect()
        };
        texts.extend(tails(groups[from]));
    }
    texts.sort_unstable();
    texts.dedup();
    texts
}
