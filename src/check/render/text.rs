//! Text below a finding on a terminal: the row of the form, with the cells marked.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::finding::{Finding, Language};
use crate::form::{Block, FieldIndex, Form};
use crate::report::{Report, Value};

/// Maximum width of a label, in terminal columns.
const LABEL_WIDTH: usize = 28;

/// Maximum number of figures listed below each other.
const LISTED: usize = 12;

/// Maximum number of columns of a row that is shown whole; of a longer row only groups with a marked cell are shown.
const WHOLE: usize = 10;

/// The row of the form that contains the finding's cells, with column labels above and marks below; if they are in several rows, the
/// figures other than 0, one per line. `None` for a finding without fields of the form, and for one about more blank cells than are
/// listed (a missing table or missing rows).
pub fn excerpt(form: &Form, report: &Report, finding: &Finding, language: Language) -> Option<String> {
    let indices = |ids: &mut dyn Iterator<Item = &String>| -> Vec<FieldIndex> {
        ids.filter_map(|id| form.field_index(id)).collect()
    };
    let culprits = indices(&mut finding.culprits.iter().map(|culprit| &culprit.field));
    let marked = if culprits.is_empty() { indices(&mut finding.fields.iter()) } else { culprits };
    let first = *marked.first()?;
    let row = |index: FieldIndex| {
        let field = &form.fields[index];
        (field.table, field.block, field.row)
    };
    if marked.iter().all(|&index| row(index) == row(first)) {
        Some(row_excerpt(form, report, finding, &marked, language))
    } else {
        let written = |index: &FieldIndex| {
            report.values.get(&form.fields[*index].id).is_some_and(|value| !value.raw.trim().is_empty())
        };
        (marked.len() <= LISTED || marked.iter().any(written)).then(|| list_excerpt(form, report, &marked))
    }
}

fn row_excerpt(form: &Form, report: &Report, finding: &Finding, marked: &[FieldIndex], language: Language) -> String {
    let field = &form.fields[marked[0]];
    let block = form.block(field);
    let label = block.leaf_rows[field.row].label().map(|label| cut(&label.text)).unwrap_or_default();
    let (mut heads, mut figures, mut marks) =
        (pad("", label.width()), pad(&label, label.width()), pad("", label.width()));
    // If the rule contains every cell of the row, only the total is marked.
    let all = marked.len() == block.leaf_columns.len() && finding.culprits.is_empty();
    for column in (0..block.leaf_columns.len()).filter(|&column| is_near(form, block, column, marked)) {
        let index = block.first_field + field.row * block.leaf_columns.len() + column;
        let head = cut(&head(block, column));
        let raw = shown(report.values.get(&form.fields[index].id));
        let culprit = finding.culprits.iter().find(|culprit| form.field_index(&culprit.field) == Some(index));
        let mark = match culprit.and_then(|culprit| culprit.to) {
            Some(to) if language == Language::Zh => format!("^应为{to}"),
            Some(to) => format!("^should be {to}"),
            None if marked.contains(&index) && (!all || index == marked[0]) => "^".repeat(raw.width().max(1)),
            None => String::new(),
        };
        let width = head.width().max(raw.width()).max(mark.width());
        for (line, cell) in [(&mut heads, head), (&mut figures, raw), (&mut marks, mark)] {
            line.push_str("  ");
            line.push_str(&pad(&cell, width));
        }
    }
    [heads, figures, marks].map(|line| format!("    | {}", line.trim_end())).join("\n")
}

/// Whether a column is shown: all columns of a short row, and of a long row those in the group of a marked cell.
fn is_near(form: &Form, block: &Block, column: usize, marked: &[FieldIndex]) -> bool {
    let group = |column: usize| block.leaf_columns[column].path.split_last().map(|(_, group)| group);
    block.leaf_columns.len() <= WHOLE || marked.iter().any(|&index| group(form.fields[index].column) == group(column))
}

/// Label of a column, with the groups that distinguish it from others of the same name.
fn head(block: &Block, column: usize) -> String {
    let path = &block.leaf_columns[column].path;
    let Some(own) = path.last() else { return String::new() };
    let twice =
        block.leaf_columns.iter().filter(|leaf| leaf.label().is_some_and(|label| label.text == own.text)).count();
    match path.len().checked_sub(2).filter(|_| twice > 1) {
        Some(group) => format!("{}/{}", path[group].text, own.text),
        None => own.text.clone(),
    }
}

fn list_excerpt(form: &Form, report: &Report, marked: &[FieldIndex]) -> String {
    let worth = |index: &&FieldIndex| report.values.get(&form.fields[**index].id).is_some_and(|value| !is_zero(value));
    let mut lines = Vec::new();
    let (mut listed, mut more) = (0, 0);
    for &index in marked.iter().filter(worth) {
        if listed == LISTED {
            more += 1;
            continue;
        }
        listed += 1;
        let field = &form.fields[index];
        let block = form.block(field);
        let row = block.leaf_rows[field.row].label().map(|label| label.short.as_str()).unwrap_or_default();
        let label = cut(&format!("{row} {}", head(block, field.column)));
        lines.push((label, shown(report.values.get(&field.id))));
    }
    let width = lines.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, figure) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    | {}  {figure}", pad(&label, width));
    }
    if more > 0 {
        let _ = writeln!(text, "    | … +{more}");
    }
    text.truncate(text.trim_end().len());
    text
}

fn is_zero(value: &Value) -> bool {
    value.value.is_some_and(|number| number.is_zero())
}

/// The figure as written; `·` for a cell that is blank or missing.
fn shown(value: Option<&Value>) -> String {
    let raw = value.map(|value| value.raw.trim()).unwrap_or_default();
    if raw.is_empty() { "·".into() } else { cut(raw) }
}

/// The text, cut to the width of a label, without control characters.
fn cut(text: &str) -> String {
    let (mut cut, mut width) = (String::new(), 0);
    for character in text.chars().map(|character| if character.is_control() { ' ' } else { character }) {
        width += character.width().unwrap_or(0);
        if width > LABEL_WIDTH {
            cut.push('…');
            break;
        }
        cut.push(character);
    }
    cut
}

fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}
