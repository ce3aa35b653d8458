//! Fields with label and value in one text, such as the signatures: `单位负责人：王某　审核人：李某`.

use std::borrow::Cow;

use super::header::lookup_keys;
use super::{Found, Grids};
use crate::bind::source::items::Item;
use crate::document::{Cell, Place};
use crate::form::Block;
use crate::text::{blank, fold_with_map};

/// Number of lines after a table that may contain its signatures.
const LINES: usize = 4;

/// Minimum number of labels in a line of fields; a single one may be part of a sentence.
const LEAST: usize = 2;

/// A text that may contain fields: the text, its place, and its grid row, if any.
type Line<'t> = (Cow<'t, str>, &'t Place, Option<u32>);

/// Searches the lines around a table for missing rows of a block. Returns the cells, the rows found, and the grid rows used.
pub(super) fn find<'d>(
    grids: &Grids<'_, 'd>,
    block: &Block,
    (grid, taken, missing): (usize, &[u32], &[usize]),
    id_of: impl Fn(usize) -> String,
) -> (Vec<Found<'d>>, Vec<usize>, Vec<u32>) {
    in_lines(lines(grids, grid, taken), block, missing, id_of)
}

/// Searches all lines of text, and the rows of grids that are not `taken`, for the rows of a block that has no grid. Returns the cells, and
/// the rows found.
pub(super) fn alone<'d>(
    grids: &Grids<'_, 'd>,
    block: &Block,
    taken: &[bool],
    id_of: impl Fn(usize) -> String,
) -> (Vec<Found<'d>>, Vec<usize>) {
    let lines = grids.flow.items.iter().filter_map(|item| match item {
        Item::Text(text) => Some((Cow::Borrowed(text.text.as_ref()), &text.place, None)),
        Item::Row(row) if !taken[*row] => {
            let own = || grids.flow.rows[*row].cells.iter().filter(|cell| cell.own).map(|cell| cell.cell);
            let text: Vec<&str> = own().map(|cell| cell.text.as_str()).collect();
            Some((Cow::Owned(text.join("\t")), &own().next()?.place, None))
        }
        _ => None,
    });
    let missing: Vec<usize> = (0..block.leaf_rows.len()).collect();
    let (mut found, known, _) = in_lines(lines.collect(), block, &missing, id_of);
    // A line holds several fields, so the place has no row or column.
    for found in &mut found {
        let place = &mut found.cell.to_mut().place;
        (place.row, place.column) = (None, None);
    }
    (found, known)
}

/// The rows of a block that these lines contain.
fn in_lines<'d>(
    lines: Vec<Line>,
    block: &Block,
    missing: &[usize],
    id_of: impl Fn(usize) -> String,
) -> (Vec<Found<'d>>, Vec<usize>, Vec<u32>) {
    let (mut found, mut known, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let labels: Vec<(usize, String)> = missing
        .iter()
        .filter_map(|&row| Some((row, block.leaf_rows[row].path.last()?)))
        .flat_map(|(row, label)| lookup_keys(label).into_iter().map(move |way| (row, way)))
        .collect();
    for (text, place, row) in lines {
        let fields = fields(&text, &labels);
        if fields.len() < LEAST && found.is_empty() {
            continue;
        }
        for (leaf, value) in fields {
            if known.contains(&leaf) {
                continue;
            }
            known.push(leaf);
            let cell = Cell { text: value, place: place.clone(), ..Cell::default() };
            found.push(Found { id: id_of(leaf), cell: Cow::Owned(cell), header: None, unit: None, text: None });
            rows.extend(row);
        }
    }
    rows.dedup();
    (found, known, rows)
}

/// The unused rows of a grid, each as one text, and the lines after the grid.
fn lines<'t>(grids: &'t Grids<'_, '_>, grid: usize, taken: &[u32]) -> Vec<Line<'t>> {
    let of = grids.grid(grid);
    let mut lines: Vec<Line> = Vec::new();
    for row in (0..of.rows()).filter(|row| !taken.contains(row)) {
        let own: Vec<&Cell> =
            of.row_cells(row).filter(|cell| cell.row == row && !cell.text.trim_matches(blank).is_empty()).collect();
        if let Some(first) = own.first() {
            let text: Vec<&str> = own.iter().map(|cell| cell.text.as_str()).collect();
            lines.push((Cow::Owned(text.join("\t")), &first.place, Some(row)));
        }
    }
    let last =
        grids.flow.items.iter().rposition(|item| matches!(item, Item::Row(row) if grids.flow.rows[*row].grid == grid));
    let behind = grids.flow.items.iter().skip(last.map_or(usize::MAX, |last| last + 1)).take(LINES);
    lines.extend(behind.map_while(|item| match item {
        Item::Text(text) => Some((Cow::Borrowed(text.text.as_ref()), &text.place, None)),
        _ => None,
    }));
    lines
}

/// The fields of a line: each label followed by a colon, with the text up to the next label. A value that contains another label
/// directly after other text is uncertain, and its field is dropped.
fn fields(text: &str, labels: &[(usize, String)]) -> Vec<(usize, String)> {
    let folded = fold_with_map(text);
    let mut places: Vec<(usize, usize, usize)> = Vec::new();
    for (leaf, label) in labels {
        for (at, _) in folded.text.match_indices(label.as_str()) {
            let (start, end) = (folded.start(text, at), folded.end(text, at + label.len()));
            let before = text[..start].chars().next_back();
            let apart = before.is_none_or(|sign| blank(sign) || !sign.is_alphanumeric());
            let colon = text[end..].trim_start_matches(blank).starts_with(['：', ':']);
            if apart && colon && !places.iter().any(|place| place.0 == start) {
                places.push((start, end, *leaf));
            }
        }
    }
    places.sort_unstable();
    let mut fields = Vec::new();
    for (number, (_, end, leaf)) in places.iter().enumerate() {
        let next = places.get(number + 1).map_or(text.len(), |next| next.0);
        let Some(value) = text.get(*end..next) else { continue };
        let value = value.trim_matches(|sign: char| blank(sign) || matches!(sign, '：' | ':' | '\t'));
        if !labels.iter().any(|(_, label)| is_glued(value, label)) {
            fields.push((*leaf, value.to_owned()));
        }
    }
    fields
}

/// Whether a value contains a label with its colon: `王某审核人：李某`.
fn is_glued(value: &str, label: &str) -> bool {
    let folded = fold_with_map(value);
    folded.text.match_indices(label).any(|(at, _)| {
        let behind = &value[folded.end(value, at + label.len())..];
        behind.trim_start_matches(blank).starts_with(['：', ':'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_signatures_is_cut_at_its_labels() {
        let labels: Vec<(usize, String)> =
            ["单位负责人", "审核人", "填报日期"].into_iter().map(str::to_owned).enumerate().collect();
        let read = |text: &str| fields(text, &labels);
        let of = |leaf: usize, value: &str| (leaf, value.to_owned());
        let whole = [of(0, "王某"), of(1, "李某"), of(2, "2024-01-12")];
        for line in [
            "单位负责人：王某　审核人：李某　填报日期：2024-01-12",
            "单位负责人:王某\t审核人: 李某\t填报日期：2024-01-12",
        ] {
            assert_eq!(read(line), whole, "{line}");
        }
        // 某审核人 may be one word.
        assert_eq!(read("单位负责人：王某审核人：李某 填报日期：2024-01-12"), [of(2, "2024-01-12")]);
        assert_eq!(read("审核人应当签字"), []);
        assert_eq!(read("单位负责人：　　审核人："), [of(0, ""), of(1, "")]);
    }
}
