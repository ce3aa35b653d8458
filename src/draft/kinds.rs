//! Kinds of drafted cells: from labels, from tick boxes in the template, and from the contents of filled reports.

use super::tables::GridRange;
use super::words::words;
use super::{Head, Table};
use crate::text::blank;

/// Determines kinds and choices of a table.
pub(super) fn settle(table: &mut Table, template: Option<&GridRange>, filled: &[GridRange]) {
    let decimal = table.unit.as_deref().is_some_and(|unit| words().is_decimal(unit));
    for block in &mut table.blocks {
        // In a table of figures with several columns, a word in a row label does not determine the kind of the cells.
        let form_like = block.columns.iter().flat_map(Head::leaves).count() == 1;
        for head in &mut block.columns {
            by_label(head, decimal, !form_like || block.rows.is_empty());
        }
        for head in &mut block.rows {
            by_label(head, false, form_like);
        }
        if let Some(template) = template {
            by_cells(block, template, filled);
        }
        beside_words(block);
    }
}

/// Gives decimal figures to the columns of figures if there are columns of words beside them: the kind of a row is that of all its cells.
fn beside_words(block: &mut super::TableBlock) {
    let leaves: Vec<&Head> = block.columns.iter().flat_map(Head::leaves).collect();
    let has_words = leaves.iter().any(|leaf| is_words(leaf));
    let amounts = block.rows.iter().flat_map(Head::leaves).any(|leaf| leaf.kind.as_deref() == Some(AMOUNT));
    if !has_words || !amounts {
        return;
    }
    for_leaves(&mut block.columns, &mut |column: &mut Head| {
        if !is_words(column) && column.of.is_empty() {
            column.kind = Some(AMOUNT.to_owned());
        }
    });
    for_leaves(&mut block.rows, &mut |row: &mut Head| row.kind = row.kind.take().filter(|kind| kind != AMOUNT));
}

/// The kind of decimal figures.
const AMOUNT: &str = "amount";

fn is_words(head: &Head) -> bool {
    matches!(head.kind.as_deref(), Some("text" | "date" | "code"))
}

/// Whether one of the texts is a figure with decimals.
fn has_decimals(texts: &[String]) -> bool {
    let is_decimal = |text: &String| text.contains('.') && text.replace([',', '，'], "").parse::<f64>().is_ok();
    texts.iter().any(is_decimal)
}

/// Determines kinds and choices from the cells of the template and of filled reports.
fn by_cells(block: &mut super::TableBlock, template: &GridRange, filled: &[GridRange]) {
    // Decimals of a column of amounts say nothing about the rows.
    let of_rows = |leaf: &&Head| !is_words(leaf) && leaf.kind.as_deref() != Some(AMOUNT);
    let leaves = block.columns.iter().flat_map(Head::leaves).filter(of_rows);
    let columns: Vec<(u32, u32)> = leaves.map(|leaf| leaf.at).collect();
    let files: Vec<&GridRange> = std::iter::once(template).chain(filled).collect();
    let cell = |part: &GridRange, row: u32, column: u32| {
        part.grid
            .cell_at((row + part.from).saturating_sub(template.from), column)
            .map(|cell| cell.text.trim_matches(blank).to_owned())
            .unwrap_or_default()
    };
    for_leaves(&mut block.rows, &mut |row: &mut Head| {
        let at = row.at.0;
        let line = |part: &&GridRange| columns.iter().map(|column| cell(part, at, column.0)).collect::<Vec<String>>();
        let texts: Vec<String> = files.iter().flat_map(line).collect();
        if let Some(of) = texts.iter().find_map(|text| words_of_choice(text)) {
            (row.of, row.kind) = (of, None);
            return;
        }
        by_values(row, &texts[columns.len().min(texts.len())..]);
        if row.kind.is_none() && has_decimals(&texts) {
            row.kind = Some(AMOUNT.to_owned());
        }
    });
    if block.rows.is_empty() {
        let body: Vec<u32> = (block.body.0..block.body.1).collect();
        for_leaves(&mut block.columns, &mut |column: &mut Head| {
            let at = column.at.0;
            if !column.of.is_empty() {
                return;
            }
            let line = |part: &&GridRange| body.iter().map(|row| cell(part, *row, at)).collect::<Vec<String>>();
            let texts: Vec<String> = files.iter().flat_map(line).collect();
            if let Some(of) = texts.iter().find_map(|text| words_of_choice(text)) {
                (column.of, column.kind) = (of, None);
            } else if column.kind.is_none() {
                by_values(column, &texts[body.len().min(texts.len())..]);
                if column.kind.is_none() && has_decimals(&texts) {
                    column.kind = Some(AMOUNT.to_owned());
                }
            }
        });
    }
}

fn for_leaves(heads: &mut [Head], work: &mut dyn FnMut(&mut Head)) {
    for head in heads {
        if head.children.is_empty() {
            if !head.heading && head.role.is_none() {
                work(head);
            }
        } else {
            for_leaves(&mut head.children, work);
        }
    }
}

/// Determines the kind from a label. Words for amounts may be anywhere in it; other words at its end, where they name the content.
fn by_label(head: &mut Head, decimal: bool, by_words: bool) {
    let decimal = match head.unit.as_deref() {
        Some(unit) => words().is_decimal(unit),
        None => decimal,
    };
    for child in &mut head.children {
        if child.unit.is_none() {
            child.unit.clone_from(&head.unit);
        }
        by_label(child, decimal, by_words);
    }
    if !head.children.is_empty() || head.kind.is_some() || head.heading || head.role.is_some() {
        return;
    }
    if !head.of.is_empty() {
        return;
    }
    let told = || words().kind(&head.label, !by_words).filter(|_| head.unit.is_none());
    head.kind = if decimal { Some("amount") } else { told() }.map(str::to_owned);
}

/// The words of a choice: `□是 □否`.
fn words_of_choice(text: &str) -> Option<Vec<String>> {
    let boxes = ['□', '☐', '☑', '☒', '■', '○', '●', '√'];
    let marks = text.chars().filter(|character| boxes[..5].contains(character)).count();
    if marks < 2 {
        return None;
    }
    let words = text
        .split(boxes)
        .map(|word| word.trim_matches(blank).trim_matches(['；', ';', '、', '，']).trim_matches(blank).to_owned());
    let words: Vec<String> = words.filter(|word| !word.is_empty() && word.chars().count() <= 20).collect();
    // A row of boxes for the digits of a code has no words.
    (words.len() >= 2 && words.len() + 1 >= marks).then_some(words)
}

/// Determines the kind of a row or a column from the cells of filled reports.
fn by_values(row: &mut Head, texts: &[String]) {
    let filled: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
    if filled.is_empty() {
        return;
    }
    let number = |text: &&&String| text.replace([',', '，'], "").parse::<f64>().is_ok();
    let decimals = filled.iter().filter(number).any(|text| text.contains('.'));
    let words = filled
        .iter()
        .filter(|text| !number(text) && text.chars().filter(|one| one.is_alphabetic()).count() > 1)
        .count();
    if words * 2 > filled.len() && row.kind.is_none() {
        row.kind = Some("text".to_owned());
    } else if decimals {
        row.kind = Some("amount".to_owned());
    }
}
