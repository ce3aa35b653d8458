//! Consecutive rows of grids without text between them, which are then split into tables.

use std::ops::Range;

use super::kinds::{is_bare, section};
use super::lines::{is_sheet, section_of_sheet};
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::{Flow, Item, TextItem};
use crate::bind::source::stream::is_page_number;
use crate::document::Region;

/// Consecutive rows of grids without text between them.
#[derive(Debug)]
pub(super) struct Strip<'f> {
    pub(super) rows: Range<usize>,
    /// The section whose heading is above.
    pub(super) section: Option<usize>,
    /// The last lines above, at most two, nearest last.
    pub(super) lines: Vec<&'f TextItem<'f>>,
    /// The name of the sheet; `None` if the grid is not a sheet.
    pub(super) sheet: Option<&'f str>,
}

/// Whether a strip begins with figures without a label, as wide as the strip above, and no heading is between them.
pub(super) fn follows(flow: &Flow, above: &Strip, strip: &Strip) -> bool {
    let columns = |strip: &Strip| flow.grids[flow.rows[strip.rows.start].grid].columns();
    above.section == strip.section
        && above.rows.end == strip.rows.start
        && columns(above) == columns(strip)
        && is_bare(flow.rows[strip.rows.start].cells.iter())
}

/// Splits the rows of all grids into strips: consecutive rows of the same grid, or of grids with the same number of columns.
pub(super) fn strips<'f>(index: &FormIndex, flow: &'f Flow<'_>) -> Vec<Strip<'f>> {
    let mut strips: Vec<Strip> = Vec::new();
    let mut open = false;
    let mut section_above: Option<usize> = None;
    let mut lines: Vec<&TextItem> = Vec::new();
    for item in &flow.items {
        match item {
            Item::Text(text) => {
                if matches!(text.region, Region::HeaderFooter | Region::Chrome) || is_page_number(&text.text) {
                    continue;
                }
                if open {
                    lines.clear();
                }
                open = false;
                if let Some(section) = section(index, &text.text, &text.folded) {
                    section_above = Some(section);
                    lines.clear();
                } else {
                    lines.push(text);
                    if lines.len() > 2 {
                        lines.remove(0);
                    }
                }
            }
            Item::Picture(_) => {}
            Item::Row(row) => {
                let grid = flow.rows[*row].grid;
                let joins = |strip: &Strip| {
                    let before = flow.rows[strip.rows.start].grid;
                    let (one, other) = (flow.grids[before], flow.grids[grid]);
                    before == grid
                        || flow.rows[strip.rows.end - 1].grid == grid
                        || (one.columns() == other.columns() && !is_sheet(one) && !is_sheet(other))
                };
                match strips.last_mut() {
                    Some(strip) if open && strip.rows.end == *row && joins(strip) => strip.rows.end = row + 1,
                    _ => {
                        let of = flow.grids[grid];
                        let sheet = of.caption.as_deref().filter(|_| is_sheet(of));
                        if sheet.is_some() {
                            section_above = sheet.and_then(|name| section_of_sheet(index, name));
                        }
                        strips.push(Strip { rows: *row..row + 1, section: section_above, lines: lines.clone(), sheet });
                        open = true;
                    }
                }
            }
        }
    }
    strips
}
