//! Converts between the column 计入, which names the totals of a field, and rules.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::form::{Field, FieldIndex, Form, RuleInstance};

/// The total and the parts of a rule that is a plain sum of this year's figures.
pub(super) fn sum(instance: &RuleInstance) -> Option<(FieldIndex, Vec<FieldIndex>)> {
    let plain = instance.ratio.is_none() && instance.left.constant == 0 && instance.right.constant == 0;
    let [total] = instance.left.terms.as_slice() else { return None };
    let added = |term: &crate::form::Term| term.sign == 1 && !term.operand.previous;
    if !plain || !added(total) || instance.right.terms.len() < 2 || !instance.right.terms.iter().all(added) {
        return None;
    }
    Some((total.operand.field, instance.right.terms.iter().map(|term| term.operand.field).collect()))
}

/// A rule derived from the column 计入.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// The table, if the rule is repeated over its rows or columns.
    pub(super) table: Option<String>,
    /// `row` or `column`.
    pub(super) each: Option<&'static str>,
    pub(super) expression: String,
    pub(super) zh: String,
    pub(super) en: String,
}

/// Totals, each with the parts that name it, by field index.
pub(super) type Stated = IndexMap<FieldIndex, Vec<FieldIndex>>;

/// The rules for the stated sums; one rule for all rows or columns of a table if it holds for each.
pub(super) fn rules(form: &Form, stated: &Stated) -> Vec<Made> {
    let mut left: Vec<(FieldIndex, &Vec<FieldIndex>)> = stated.iter().map(|(total, parts)| (*total, parts)).collect();
    let mut made = Vec::new();
    for each in ["row", "column"] {
        // Table, block, and the sum by ids of columns or rows: the totals for which it is stated.
        let mut groups: BTreeMap<(usize, String, Vec<String>), Vec<FieldIndex>> = BTreeMap::new();
        for (total, parts) in &left {
            if let Some((table, id, of)) = in_line(form, *total, parts, each) {
                groups.entry((table, id, of)).or_default().push(*total);
            }
        }
        for ((table, id, of), totals) in groups {
            let [block] = form.tables[table].blocks.as_slice() else { continue };
            let lines = if each == "row" { block.leaf_rows.len() } else { block.leaf_columns.len() };
            if totals.len() != lines || lines < 2 {
                continue;
            }
            left.retain(|(total, _)| !totals.contains(total));
            let name = &form.tables[table].name;
            let own = if each == "row" { form.fields[totals[0]].column } else { form.fields[totals[0]].row };
            let leaf = if each == "row" { &block.leaf_columns[own] } else { &block.leaf_rows[own] };
            let (zh, en) = if each == "row" { ("每行", "each row") } else { ("每栏", "each column") };
            made.push(Made {
                table: Some(form.tables[table].id.clone()),
                each: Some(each),
                expression: format!("{id} = {}", of.join(" + ")),
                zh: format!("{}{zh}：{}等于各组成项之和", name.zh, leaf.shown()),
                en: format!("{}, {en}: {} is the sum of its parts", name.en, leaf.shown()),
            });
        }
    }
    for (total, parts) in left {
        let parts: Vec<&str> = parts.iter().map(|part| form.fields[*part].id.as_str()).collect();
        let place = form.describe(total);
        made.push(Made {
            table: None,
            each: None,
            expression: format!("{} = {}", form.fields[total].id, parts.join(" + ")),
            zh: format!("{}等于各组成项之和", place.zh),
            en: format!("{} is the sum of its parts", place.en),
        });
    }
    made
}

/// Key of a row or column: table, and index.
type LineKey = (usize, usize);

/// The sum by the ids of columns if all fields are in one row, or of rows if all are in one column.
fn in_line(form: &Form, total: FieldIndex, parts: &[FieldIndex], each: &str) -> Option<(usize, String, Vec<String>)> {
    let own = &form.fields[total];
    let (leaves, line): (_, fn(&Field) -> LineKey) = if each == "row" {
        (&form.block(own).leaf_columns, |field| (field.row, field.column))
    } else {
        (&form.block(own).leaf_rows, |field| (field.column, field.row))
    };
    let id = |field: FieldIndex| {
        let field = &form.fields[field];
        let same = field.table == own.table && field.block == own.block && line(field).0 == line(own).0;
        leaves.get(line(field).1).filter(|leaf| same && !leaf.id.is_empty()).map(|leaf| leaf.id.clone())
    };
    let of = parts.iter().map(|part| id(*part)).collect::<Option<Vec<String>>>()?;
    Some((own.table, id(total)?, of))
}
