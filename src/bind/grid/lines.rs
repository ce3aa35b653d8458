//! Information in the lines above a table and in the name of its sheet: another year, a total, a section, a group of its header.

use super::groups::is_group_of;
use super::kinds::{RowKind, section};
use super::offices;
use super::view::{View, ViewCell};
use super::years::year;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::limits::LINE_CHARACTERS;
use crate::bind::source::items::TextItem;
use crate::document::Grid;
use crate::form::Words;
use crate::text::{fold, numbering};

/// Whether a grid is the sheet of a workbook.
pub(super) fn is_sheet(grid: &Grid) -> bool {
    grid.caption.is_some() && grid.place.table.is_none()
}

/// The section whose heading is the name of a sheet, or whose table is named in it.
pub(super) fn section_of_sheet(index: &FormIndex, name: &str) -> Option<usize> {
    let folded = fold(name);
    let named = |table: &&crate::form::Table| {
        let name = fold(&table.name.zh);
        !name.is_empty() && folded.contains(&name)
    };
    section(index, name, &folded).or_else(|| index.form.tables.iter().find(named).map(|table| table.section))
}

/// Whether a line above or the name of the sheet marks the figures as a comparison.
pub(super) fn is_marked(index: &FormIndex, lines: &[&TextItem], sheet: Option<&str>) -> bool {
    let short =
        |line: &&&TextItem| line.text.chars().count() <= LINE_CHARACTERS || line.text.trim_end().ends_with(['：', ':']);
    lines.iter().filter(short).any(|line| compares(index, &line.folded))
        || sheet.is_some_and(|name| compares(index, &fold(name)))
}

/// The year that a short line above begins with; the nearest such line counts.
pub(super) fn year_above(lines: &[&TextItem]) -> Option<u16> {
    lines.iter().rev().find_map(|line| year(&line.text))
}

/// The header label that the nearest line above names: a group of the columns below.
pub(super) fn group_above(index: &FormIndex, lines: &[&TextItem]) -> Option<LabelNumber> {
    group_in(index, &lines.last()?.text)
}

/// Maximum number of characters after a header label in a line that names a group: 情况, 情况统计.
const AFTER: usize = 4;

/// The header label that a line consists of, with or without a number before it and a few characters after it.
pub(super) fn group_in(index: &FormIndex, text: &str) -> Option<LabelNumber> {
    if text.chars().nth(LINE_CHARACTERS).is_some() {
        return None;
    }
    let bare = numbering(text).map_or(text, |found| &text[found.length..]);
    let folded = fold(bare);
    let ends = folded.char_indices().rev().map(|(at, last)| at + last.len_utf8());
    let label = |text: &str| {
        let (number, uses) = index.look_up(text);
        let header = number.filter(|_| uses.iter().any(|found| found.role == Role::Header));
        header.or_else(|| index.glued(text).filter(|glued| glued.1 == Role::Header).map(|glued| glued.0))
    };
    let (end, number) = ends.take(AFTER + 1).find_map(|end| Some((end, label(&folded[..end])?)))?;
    let other = index.occurrences(&folded[end..]).into_iter().next();
    other.is_none().then_some(number)
}

/// Whether a short line above a table ends in a word for a total.
pub(super) fn is_total(index: &FormIndex, text: &str, folded: &str) -> bool {
    let short = text.chars().count() <= LINE_CHARACTERS;
    short && index.form.words.total.iter().any(|word| folded.ends_with(word.as_str()))
}

/// Whether a folded text contains one of the form's words for a comparison.
pub(super) fn compares(index: &FormIndex, folded: &str) -> bool {
    index.form.words.comparison.iter().any(|word| folded.contains(word.as_str()))
}

/// Whether rows above a caption name the office or year of the columns below: a total of offices, last year, a year.
pub(super) fn is_crown(words: &Words, view: &View, rows: &[usize]) -> bool {
    let parts = |cell: &ViewCell| {
        let beside = || words.beside.iter().any(|word| cell.at.folded.contains(word.as_str()));
        offices::is_total(words, cell) || beside() || year(&cell.at.cell.text).is_some()
    };
    rows.iter().any(|&row| view.rows[row].filled().any(parts))
}

/// Whether a row below a header has only one filled cell, a column label at the right end of the header. It belongs to the header, even if
/// the label is also a row label.
pub(super) fn heads_on(view: &View, head: &[usize], row: usize) -> bool {
    let mut filled = view.rows[row].filled();
    let (Some(first), None, false) = (filled.next(), filled.next(), head.is_empty()) else { return false };
    let ends = head.iter().flat_map(|&row| view.rows[row].filled()).map(ViewCell::end);
    first.is_head_label() && ends.max() <= Some(first.end())
}

/// Whether a row has only a word for a total, at its left end, directly above a header or caption: it names the table.
fn names_total(words: &Words, view: &View, kinds: &[RowKind], row: usize) -> bool {
    let mut filled = view.rows[row].filled();
    let (Some(first), None) = (filled.next(), filled.next()) else { return false };
    let at_left = view.rows[row].cells.first().is_some_and(|cell| cell.column == first.column);
    let next = kinds[row + 1..].iter().find(|kind| **kind != RowKind::Blank);
    let above_header = matches!(next, Some(RowKind::Head | RowKind::Words | RowKind::Caption));
    at_left && above_header && offices::is_total(words, first)
}

/// Whether a row has only a word for a total or the label of a group, which names the table below it.
pub(super) fn names(index: &FormIndex, view: &View, kinds: &[RowKind], row: usize) -> bool {
    names_total(&index.form.words, view, kinds, row)
        || (kinds[row] == RowKind::Head && names_group(index, view, kinds, row))
}

/// Whether the only cell of a row, at its left end, is the group of all columns of the header in the next row.
fn names_group(index: &FormIndex, view: &View, kinds: &[RowKind], row: usize) -> bool {
    let mut filled = view.rows[row].filled();
    let (Some(only), None) = (filled.next(), filled.next()) else { return false };
    let below = view.rows.get(row + 1).filter(|_| kinds[row + 1] == RowKind::Head);
    let whole = below.is_some_and(|row| row.filled().filter(|cell| cell.is_head_label()).count() >= 2);
    let first = below.and_then(|row| row.cells.first());
    let over = first.is_some_and(|first| first.filled && first.column == only.column);
    let is_group = index.shapes.iter().any(|shape| is_group_of(shape, only.number()));
    whole && over && only.span == 1 && is_group
}
