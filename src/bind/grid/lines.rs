//! What the lines above a table, and the name of its sheet, say of it: another year, a total, a section, a group of its header.

use super::kinds::{Kind, section};
use super::offices;
use super::view::{View, ViewCell};
use super::years::year;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::labels::shapes::LabelNumber;
use crate::bind::limits::LINE_CHARACTERS;
use crate::bind::source::items::TextItem;
use crate::document::Grid;
use crate::form::Words;
use crate::text::{blank, fold, numbering};

/// Whether a grid is the sheet of a workbook.
pub(super) fn is_sheet(grid: &Grid) -> bool {
    grid.caption.is_some() && grid.place.table.is_none()
}

/// The section that the name of a sheet is the heading of, or whose table it names.
pub(super) fn section_of_sheet(index: &FormIndex, name: &str) -> Option<usize> {
    let folded = fold(name);
    let named = |table: &&crate::form::Table| {
        let name = fold(&table.name.zh);
        !name.is_empty() && folded.contains(&name)
    };
    section(index, name, &folded).or_else(|| index.form.tables.iter().find(named).map(|table| table.section))
}

/// Whether a line above or the name of the sheet says that the figures are there for comparison.
pub(super) fn is_marked(index: &FormIndex, lines: &[&TextItem], sheet: Option<&str>) -> bool {
    let short =
        |line: &&&TextItem| line.text.chars().count() <= LINE_CHARACTERS || line.text.trim_end().ends_with(['：', ':']);
    lines.iter().filter(short).any(|line| compares(index, &line.folded))
        || sheet.is_some_and(|name| compares(index, &fold(name)))
}

/// The year that the nearest short line above begins with.
pub(super) fn year_above(lines: &[&TextItem]) -> Option<u16> {
    lines.iter().rev().find_map(|line| year(&line.text))
}

/// The label of a header that the nearest line above is, with or without a number before it: the columns below stand under it.
pub(super) fn group_above(index: &FormIndex, lines: &[&TextItem]) -> Option<LabelNumber> {
    let line = lines.last()?;
    let text = line.text.trim_end_matches(|end: char| blank(end) || matches!(end, '：' | ':'));
    let bare = numbering(text).map_or(text, |found| &text[found.length..]);
    let (number, uses) = index.look_up(&fold(bare));
    number.filter(|_| uses.iter().any(|found| found.role == Role::Header))
}

/// Whether a short line above a table calls it a total.
pub(super) fn is_total(index: &FormIndex, text: &str, folded: &str) -> bool {
    let short = text.chars().count() <= LINE_CHARACTERS;
    short && index.form.words.total.iter().any(|word| folded.ends_with(word.as_str()))
}

pub(super) fn compares(index: &FormIndex, folded: &str) -> bool {
    index.form.words.comparison.iter().any(|word| folded.contains(word.as_str()))
}

/// Whether rows above a caption say whose or which year's the columns below are: a total of offices, last year's, a year.
pub(super) fn is_crown(words: &Words, view: &View, rows: &[usize]) -> bool {
    let parts = |cell: &ViewCell| {
        let beside = || words.beside.iter().any(|word| cell.at.folded.contains(word.as_str()));
        offices::is_total(words, cell) || beside() || year(&cell.at.cell.text).is_some()
    };
    rows.iter().any(|&row| view.rows[row].filled().any(parts))
}

/// Whether a row below those of a header is one more label of a column and nothing else, at its right end, though a row has that label
/// too.
pub(super) fn heads_on(view: &View, head: &[usize], row: usize) -> bool {
    let mut filled = view.rows[row].filled();
    let (Some(first), None, false) = (filled.next(), filled.next(), head.is_empty()) else { return false };
    let ends = head.iter().flat_map(|&row| view.rows[row].filled()).map(ViewCell::end);
    first.is_head_label() && ends.max() <= Some(first.end())
}

/// Whether a row is nothing but a word for a total, at its left, above the header of a table: its name.
pub(super) fn names_total(words: &Words, view: &View, kinds: &[Kind], row: usize) -> bool {
    let mut filled = view.rows[row].filled();
    let (Some(first), None) = (filled.next(), filled.next()) else { return false };
    let at_left = view.rows[row].cells.first().is_some_and(|cell| cell.column == first.column);
    let next = kinds[row + 1..].iter().find(|kind| **kind != Kind::Blank);
    let above_header = matches!(next, Some(Kind::Head | Kind::Words | Kind::Caption));
    at_left && above_header && offices::is_total(words, first)
}
