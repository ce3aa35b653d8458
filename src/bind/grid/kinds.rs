//! Classifies the rows of a table by their labels.

use std::ops::Range;

use super::view::{View, ViewCell, ViewRow};
use super::years::year;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::source::items::RowCell;
use crate::bind::source::spread::BARE_YEARS;
use crate::text::{is_one, language, numbering};

/// The kind of a row in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum RowKind {
    /// Nothing is written in it.
    Blank,
    /// One cell with the heading of a section (its index), or another title of the report (`None`).
    Mark(Option<usize>),
    /// One cell with the caption of a block.
    Caption,
    /// One cell with other words.
    Note,
    /// Numbers of the columns: 甲 1 2 3.
    Numbers,
    /// A part of a header with labels of the form.
    Head,
    /// Words only, none of them a label of the form: the header of another table, or words in place of figures.
    Words,
    /// A row of figures, or one with the label of a row.
    Body,
}

/// Classifies a row.
pub(in crate::bind) fn kind(index: &FormIndex, row: &ViewRow) -> RowKind {
    let filled: Vec<&ViewCell> = row.filled().collect();
    match filled.as_slice() {
        [] => RowKind::Blank,
        [only] => single(index, only),
        all => several(all),
    }
}

fn single(index: &FormIndex, cell: &ViewCell) -> RowKind {
    if cell.at.figure && year(&cell.at.cell.text).is_none() {
        return RowKind::Body;
    }
    if cell.is_caption() {
        return RowKind::Caption;
    }
    if let Some(section) = section(index, &cell.at.cell.text, &cell.at.folded) {
        return RowKind::Mark(Some(section));
    }
    if cell.is_row_label() {
        return RowKind::Body;
    }
    if cell.is_head_label() {
        return RowKind::Head;
    }
    if index.is_titled(&cell.at.folded) {
        return RowKind::Mark(None);
    }
    RowKind::Note
}

fn several(filled: &[&ViewCell]) -> RowKind {
    let is_figure = |cell: &&&ViewCell| cell.at.figure && !is_year(&cell.at.cell.text);
    let figures = if name_years(filled) { 0 } else { filled.iter().filter(is_figure).count() };
    let heads = filled.iter().filter(|cell| cell.is_head_label()).count();
    let labels = filled.iter().filter(|cell| cell.is_row_label()).count();
    // A number between headers does not change the kind: after a row label the last cell is a figure, not a header.
    let ends = filled.last().is_some_and(|cell| cell.is_head_label());
    if figures > 0 && heads > figures && heads >= 2 && labels == 0 && ends {
        return RowKind::Head;
    }
    if figures > 0 {
        return if labels == 0 && are_numbers(filled) { RowKind::Numbers } else { RowKind::Body };
    }
    let only_labels = filled.iter().filter(|cell| cell.is_row_label() && !cell.is_head_label()).count();
    if heads > 0 && (heads > only_labels || only_labels == 0) {
        return RowKind::Head;
    }
    if only_labels > 0 { RowKind::Body } else { RowKind::Words }
}

/// Whether a row without a row label names the years of the columns below by their numbers alone: `2023 2024 增长率`.
fn name_years(filled: &[&ViewCell]) -> bool {
    let bare = |cell: &&&ViewCell| cell.at.cell.text.trim().parse().is_ok_and(|year: u16| BARE_YEARS.contains(&year));
    let mut years: Vec<&str> = filled.iter().filter(bare).map(|cell| cell.at.cell.text.trim()).collect();
    let others = filled.iter().any(|cell| cell.is_row_label() || (cell.at.figure && !bare(&cell)));
    years.sort_unstable();
    years.dedup();
    let near = |pair: &[&str]| pair[1].parse::<u16>().ok() == pair[0].parse::<u16>().ok().map(|year| year + 1);
    !others && (2..=MOST_YEARS).contains(&years.len()) && years.windows(2).all(near)
}

/// Maximum number of years that columns beside each other are of.
const MOST_YEARS: usize = 3;

/// Whether a text is a year at the head of a column, such as `2023年`.
fn is_year(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_suffix("年度").or_else(|| text.strip_suffix('年'));
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a row numbers the columns: 栏次 1 2 3, 甲 乙 1 2.
fn are_numbers(filled: &[&ViewCell]) -> bool {
    let mut next = 1_u32;
    for cell in filled {
        let text = cell.at.cell.text.trim();
        let digits = text.trim_matches(|character: char| "()（）[]【】".contains(character));
        if digits.parse() == Ok(next) {
            next += 1;
        } else if next > 1 || cell.at.figure || text.chars().count() > 3 {
            return false;
        }
    }
    let first = filled.first().map(|cell| cell.at.cell.text.trim());
    next > 2 || (next == 2 && first.is_some_and(|first| is_one(&language().column_numbers, first)))
}

/// The section whose heading a short text is: as prescribed, without its number, or similar with the same number.
pub(in crate::bind) fn section(index: &FormIndex, text: &str, folded: &str) -> Option<usize> {
    let text = text.trim();
    if folded.is_empty() || text.len() > crate::bind::limits::HEADING_BYTES {
        return None;
    }
    if let Some(section) = index.section(folded) {
        return Some(section);
    }
    let found = numbering(text).filter(|found| found.level == 1)?;
    let bare = crate::text::fold(&text[found.length..]);
    if let Some(section) = index.section(&bare) {
        return Some(section);
    }
    index.section_alike(found.number, &bare)
}

/// Ranges of consecutive rows without a blank row, caption, note or heading; each is tested as a transposed table.
pub(super) fn chunks(index: &FormIndex, view: &View) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    for row in 0..=view.rows.len() {
        let ends = view.rows.get(row).is_none_or(|row| {
            matches!(kind(index, row), RowKind::Blank | RowKind::Mark(_) | RowKind::Caption | RowKind::Note)
        });
        if ends {
            if row > start {
                chunks.push(start..row);
            }
            start = row + 1;
        }
    }
    chunks
}

/// Whether the cells of a row include several figures and no row label of the form.
pub(super) fn is_bare<'c, 'd: 'c>(cells: impl Iterator<Item = &'c RowCell<'d>>) -> bool {
    let mut figures = 0;
    for cell in cells.filter(|cell| !cell.folded.is_empty()) {
        if cell.glued.is_some() || cell.uses.iter().any(|found| found.role == Role::Leaf) {
            return false;
        }
        figures += usize::from(cell.figure);
    }
    figures >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_head_a_column() {
        for text in ["2023年", " 2023年度 ", "1999年"] {
            assert!(is_year(text), "{text}");
        }
        for text in ["2023", "23年", "2023年3月", "上年", "二〇二三年", "年"] {
            assert!(!is_year(text), "{text}");
        }
    }
}
