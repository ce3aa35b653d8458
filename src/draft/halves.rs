//! Recognises tables whose rows are data by their headers: two halves side by side, each with row names of its own, and rows identified
//! by a code.

use super::tables::{GridRange, plain};
use super::words::words;
use super::{Head, TableBlock};
use crate::document::Grid;
use crate::text::{blank, numbering};

/// Maximum length in characters of the label of a code component: 类.
const PART: usize = 2;

/// Minimum number of columns of a half: names and figures.
const LEAST: usize = 2;

/// Splits a table into two halves if the label of its first column, which names the rows, recurs above the right half.
pub(super) fn split(part: &GridRange, body: u32, columns: &[Head]) -> Option<[TableBlock; 2]> {
    let leaves: Vec<&Head> = columns.iter().flat_map(Head::leaves).collect();
    let key = leaves.first().filter(|leaf| words().heads_keys(&leaf.label))?;
    let again = leaves.iter().skip(LEAST).position(|leaf| leaf.label == key.label)? + LEAST;
    let mut before = 0;
    let cut = columns.iter().position(|head| {
        let here = before == again;
        before += head.leaves().len();
        here
    })?;
    if leaves.len() - again < LEAST {
        return None;
    }
    let (left, right) = columns.split_at(cut);
    Some([half(part, body, left, false), half(part, body, right, true)])
}

fn half(part: &GridRange, body: u32, columns: &[Head], beside: bool) -> TableBlock {
    let mut block = TableBlock { columns: columns.to_vec(), beside, body: (body, part.to), ..TableBlock::default() };
    let mut first = None;
    let mut at = 0;
    on_first(&mut block.columns, &mut |leaf| {
        leaf.kind = Some("text".to_owned());
        first = Some(leaf.id.clone());
        at = leaf.at.0;
    });
    let names: Vec<String> = names(part.grid, (body, part.to), at);
    block.parent = names.iter().any(|name| numbering(name).is_some()).then(|| "numbering".to_owned());
    let total = names.into_iter().rfind(|name| words().is_total(name)).map(|name| unspaced(&name));
    block.open = first.map(|first| (first, total));
    block
}

fn names(grid: &Grid, (from, to): (u32, u32), column: u32) -> Vec<String> {
    let text = |row: u32| grid.cell_at(row, column).map(|cell| plain(&cell.text)).filter(|text| !text.is_empty());
    (from..to).filter_map(text).collect()
}

/// A word without its blanks: `合    计`.
fn unspaced(text: &str) -> String {
    text.chars().filter(|sign| !blank(*sign)).collect()
}

/// Applies a function to the first leaf.
fn on_first(heads: &mut [Head], work: &mut dyn FnMut(&mut Head)) {
    if let Some(first) = heads.first_mut() {
        if first.children.is_empty() { work(first) } else { on_first(&mut first.children, work) }
    }
}

/// A block whose first column is a code, with the labels of the code's components below it: its rows are identified by their codes.
pub(super) fn coded(part: &GridRange, body: u32, columns: &[Head]) -> Option<TableBlock> {
    let mut columns = columns.to_vec();
    let mut key = None;
    on_code(&mut columns, &mut |code| {
        code.parts = std::mem::take(&mut code.children).into_iter().map(|child| child.label).collect();
        code.kind = Some("code".to_owned());
        if code.id.is_empty() {
            "code".clone_into(&mut code.id);
        }
        key = Some((code.id.clone(), code.parts.len()));
    });
    let (key, parts) = key?;
    name_words(&mut columns);
    let texts = (body..part.to).flat_map(|row| part.grid.row_cells(row)).map(|cell| plain(&cell.text));
    let total = texts.into_iter().find(|text| words().is_total_row(text)).map(|text| unspaced(&text));
    let parent = (parts > 1).then(|| "code prefix".to_owned());
    Some(TableBlock { columns, parent, open: Some((key, total)), body: (body, part.to), ..TableBlock::default() })
}

/// Marks columns as text whose labels end in a word for text, whatever the unit of the table.
fn name_words(heads: &mut [Head]) {
    for head in heads {
        name_words(&mut head.children);
        let told = words().kind(&head.label, false).filter(|kind| matches!(*kind, "text" | "date"));
        if head.children.is_empty() && head.kind.is_none() && head.role.is_none() {
            head.kind = told.map(str::to_owned);
        }
    }
}

/// Applies a function to the first column, if its label is that of a code.
fn on_code(heads: &mut [Head], work: &mut dyn FnMut(&mut Head)) {
    let Some(first) = heads.first_mut() else { return };
    let is_code = words().kind(&first.label, false) == Some("code");
    let in_parts = first.children.iter().all(|child| child.label.chars().count() <= PART);
    if is_code && in_parts {
        work(first);
    } else if !first.children.is_empty() {
        on_code(&mut first.children, work);
    }
}
