//! Aligns the labels found in a text with the form's order.

use std::collections::HashSet;

use crate::bind::labels::index::{FormIndex, Occurrence, Role};

/// One step of the alignment: an occurrence assigned to an expected row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Step {
    /// Index of the occurrence.
    pub(in crate::bind) occurrence: usize,
    /// Index of the expected row.
    pub(in crate::bind) expected: usize,
    /// Role of the label in that row.
    pub(in crate::bind) role: Role,
}

/// Whether a label is in a table's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InHeader {
    No,
    Yes,
    /// In a repeated header, as on a new page.
    Again,
}

/// Classifies labels by header: labels that are only column labels, and column labels that directly follow one.
fn headers(index: &FormIndex, table: usize, own: &[Occurrence]) -> Vec<InHeader> {
    // Repetition is only recognised if a single header is above all rows.
    let blocks = &index.form.tables[table].blocks;
    let once = blocks.len() == 1 && blocks[0].leaf_rows.iter().any(|row| !row.path.is_empty());
    let mut found: Vec<InHeader> = Vec::with_capacity(own.len());
    let mut seen: HashSet<&str> = HashSet::new();
    for (number, occurrence) in own.iter().enumerate() {
        let uses = || index.uses(&occurrence.label).iter().filter(|found| found.table == table);
        let head = uses().any(|found| found.role == Role::Header);
        let alone = head && uses().all(|found| matches!(found.role, Role::Header | Role::Corner));
        let before = number.checked_sub(1).filter(|&before| own[before].end == occurrence.start);
        let follows = before.is_some_and(|before| found[before] != InHeader::No);
        found.push(match (alone, head && follows) {
            (true, _) if once && !seen.insert(&occurrence.label) => InHeader::Again,
            (true, _) => InHeader::Yes,
            (false, true) => before.map_or(InHeader::No, |before| found[before]),
            (false, false) => InHeader::No,
        });
    }
    found
}

/// Aligns the labels in `range` with the form's order: the heaviest chain of non-decreasing expected rows. Returns its weight and steps.
pub(in crate::bind) fn align(
    index: &FormIndex,
    table: usize,
    own: &[Occurrence],
    range: std::ops::Range<usize>,
) -> (f32, Vec<Step>) {
    // Two states a row: before its own label (header and group labels) and after it.
    let states = index.expected[table].len() * 2;
    let mut best: Vec<(f32, Option<usize>)> = vec![(0.0, None); states];
    let mut chain: Vec<(Step, Option<usize>)> = Vec::new();
    let headers = headers(index, table, &own[range.clone()]);
    for (number, header) in range.zip(headers) {
        let occurrence = &own[number];
        let mut updates: Vec<(usize, f32, Option<usize>, Step)> = Vec::new();
        for found in index.uses(&occurrence.label).iter().filter(|found| found.table == table) {
            let leaf = found.role == Role::Leaf;
            // A header counts once, and a label inside it is not a row of the same name.
            if (leaf && header != InHeader::No) || (!leaf && header == InHeader::Again) {
                continue;
            }
            let state = found.expected * 2 + usize::from(leaf);
            let reach = if leaf { state } else { state + 1 };
            let before = best[..reach]
                .iter()
                .fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
            let score = before.0 + found.weight * occurrence.trust;
            if score > best[state].0 {
                let step = Step { occurrence: number, expected: found.expected, role: found.role };
                updates.push((state, score, before.1, step));
            }
        }
        for (state, score, before, step) in updates {
            chain.push((step, before));
            best[state] = (score, Some(chain.len() - 1));
        }
    }
    let end = best.iter().fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
    let mut steps = Vec::new();
    let mut at = end.1;
    while let Some(link) = at {
        steps.push(chain[link].0);
        at = chain[link].1;
    }
    steps.reverse();
    (end.0, steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::labels::index::Expected;
    use crate::form::Forms;
    use crate::text::fold;

    /// The rows found in a text that contains the labels of the given rows of a block, each followed by a figure.
    fn aligned(order: &[usize]) -> Vec<usize> {
        let forms = Forms::built_in().expect("the built-in forms");
        let index = FormIndex::new(forms.get("gkbg-2021").expect("a built-in form"));
        let labels = |table: usize| -> Vec<String> {
            let rows = &index.form.tables[table].blocks[0].leaf_rows;
            rows.iter().map(|row| fold(&row.shown())).collect()
        };
        // A table whose row labels are unique.
        let is_plain = |table: &usize| {
            let labels = labels(*table);
            let distinct: HashSet<&String> = labels.iter().collect();
            let is_leaf = |label: &String| index.uses(label).iter().all(|found| found.role == Role::Leaf);
            labels.len() >= 4 && distinct.len() == labels.len() && labels.iter().take(4).all(is_leaf)
        };
        let table = (0..index.form.tables.len()).find(is_plain).expect("a table with distinct labels");
        let labels = labels(table);
        let text: String = order.iter().map(|&row| format!("{}7", labels[row])).collect();
        let own = index.occurrences(&text);
        let (_, steps) = align(&index, table, &own, 0..own.len());
        let row = |step: &Step| match index.expected[table][step.expected] {
            Expected::Data { row, .. } if step.role == Role::Leaf => Some(row),
            _ => None,
        };
        steps.iter().filter_map(row).collect()
    }

    #[test]
    fn the_heaviest_chain_in_the_order_of_the_form_is_taken() {
        for (order, expected) in [
            (&[0, 1, 2, 3][..], &[0, 1, 2, 3][..]),
            (&[0, 2, 3], &[0, 2, 3]),
            // A row out of order is skipped.
            (&[3, 0, 1, 2], &[0, 1, 2]),
            (&[1, 2, 3, 0], &[1, 2, 3]),
            // A label that occurs twice is used once.
            (&[0, 1, 1, 2], &[0, 1, 2]),
            (&[], &[]),
        ] {
            assert_eq!(aligned(order), expected, "{order:?}");
        }
    }
}
