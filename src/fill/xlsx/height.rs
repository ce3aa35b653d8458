//! Increases the heights of rows so that text filled into them is visible: Excel does not change an explicit height.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::sheet::{At, Sheet};
use crate::fill::edit::Edit;

/// Height of a line of text, and additional height of a row, in points; font sizes are ignored.
const LINE: f64 = 17.0;
const MARGIN: f64 = 5.0;

/// Maximum height of a row, in points.
const HIGHEST: f64 = 409.0;

/// Default width of a column, in digits.
const WIDTH: f64 = 8.43;

/// Width of a column, in digits, that is not available to text.
const SIDES: f64 = 2.5;

/// The edits of start tags of rows that must grow for texts.
pub(super) fn grown<'t>(sheet: &Sheet, texts: impl Iterator<Item = (At, &'t str)>) -> Vec<Edit> {
    let mut needed: BTreeMap<u32, f64> = BTreeMap::new();
    for (at, text) in texts {
        let Some(width) = width(sheet, at) else { continue };
        let height = height(text, width);
        let most = needed.entry(at.0).or_insert(height);
        *most = most.max(height);
    }
    let rows = needed.into_iter().filter_map(|(row, height)| Some((sheet.rows.get(&row)?, height)));
    // A row without a height is one line high in programs that do not fit rows on opening a file.
    let lower = rows.filter(|(row, height)| row.height.unwrap_or(LINE + MARGIN) < *height);
    lower
        .filter_map(|(row, height)| Some(Edit { span: row.span, text: with_height(tag(sheet, row.span)?, height) }))
        .collect()
}

fn tag(sheet: &Sheet, span: (usize, usize)) -> Option<&str> {
    sheet.xml.get(span.0..span.1)
}

/// Width of a cell, merged columns included; `None` if it spans several rows.
fn width(sheet: &Sheet, at: At) -> Option<f64> {
    let merged = sheet.merges.iter().find(|(from, _)| *from == at);
    let (_, (last_row, last)) = merged.copied().unwrap_or((at, at));
    if last_row != at.0 {
        return None;
    }
    let of = |column: u32| {
        let known = sheet.widths.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
        known.map_or(WIDTH, |known| known.2)
    };
    Some((at.1..=last.max(at.1)).take(MOST_COLUMNS).map(of).sum())
}

/// Maximum number of columns of a merged cell that are added.
const MOST_COLUMNS: usize = 256;

/// Height in points of a text in a cell of this width.
#[allow(clippy::cast_precision_loss, reason = "columns of a text")]
fn height(text: &str, width: f64) -> f64 {
    let room = (width - SIDES).max(1.0);
    let lines: f64 = text.split('\n').map(|line| (line.width() as f64 / room).ceil().max(1.0)).sum();
    (lines * LINE + MARGIN).min(HIGHEST)
}

/// The start tag of a row with another height.
fn with_height(tag: &str, height: f64) -> String {
    let plain = without(&without(tag, "ht"), "customHeight");
    let end = plain.len() - if plain.ends_with("/>") { 2 } else { 1 };
    format!("{} ht=\"{height}\" customHeight=\"1\"{}", plain[..end].trim_end(), &plain[end..])
}

/// A tag without one of its attributes.
fn without(tag: &str, name: &str) -> String {
    for quote in ['"', '\''] {
        let start = format!(" {name}={quote}");
        if let Some(at) = tag.find(&start) {
            let from = at + start.len();
            if let Some(length) = tag[from..].find(quote) {
                return format!("{}{}", &tag[..at], &tag[from + length + 1..]);
            }
        }
    }
    tag.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_text() {
        let tag = "<row r=\"2\" ht='22' customHeight=\"1\" spans=\"1:4\">";
        assert_eq!(with_height(tag, 39.0), "<row r=\"2\" spans=\"1:4\" ht=\"39\" customHeight=\"1\">");
        assert_eq!(with_height("<row/>", 39.0), "<row ht=\"39\" customHeight=\"1\"/>");
        assert_eq!((height("甲局", 20.0), height("甲\n乙", 20.0), height(&"字".repeat(18), 20.0)), (22.0, 39.0, 56.0));
        assert!((height(&"字".repeat(9_000), 20.0) - HIGHEST).abs() < 0.1);
    }
}
