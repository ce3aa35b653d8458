//! Cheap test whether a file may contain more than one report; most files stop here.

use super::words::Marks;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::source::items::{Flow, Item, RowCell};
use crate::document::Region;

/// Minimum number of row labels that occur more often than in the form: fewer are rows that an office repeated, or words of its own tables.
const LABELS_AGAIN: usize = 3;

/// Minimum number of repeated headings: a single one may be a mention.
const HEADINGS_AGAIN: usize = 2;

/// Maximum number of bytes of a line that is looked up as a heading: 60 characters.
const HEADING: usize = 180;

/// Whether two titles or sender lines differ, headings or row labels occur more often than in one report, or a title says that the file
/// collects reports.
pub(super) fn may_be_several(marks: &Marks, index: &FormIndex, flow: &Flow) -> bool {
    let mut title: Option<&str> = None;
    let mut sender: Option<String> = None;
    let mut sections = vec![false; index.form.sections.len()];
    let mut again = 0;
    let mut line = |folded: &'_ str| -> bool {
        if folded.len() > HEADING {
            return false;
        }
        if let Some(section) = index.section(folded) {
            again += usize::from(std::mem::replace(&mut sections[section], true));
        }
        again >= HEADINGS_AGAIN
    };
    for item in &flow.items {
        if let Item::Text(text) = item
            && !matches!(text.region, Region::HeaderFooter | Region::Chrome)
        {
            if line(&text.folded) {
                return true;
            }
            if marks.is_collection(&text.folded) {
                return true;
            }
            if marks.is_titled(&text.folded) && title.replace(&text.folded).is_some_and(|known| known != text.folded) {
                return true;
            }
            let named = if text.folded.len() <= HEADING { marks.sender(&text.text) } else { None };
            if let Some(name) = named
                && sender.replace(name.clone()).is_some_and(|known| known != name)
            {
                return true;
            }
        }
    }
    // How often each label occurred.
    let mut seen = vec![0_u8; index.label_count()];
    let mut more = 0;
    for row in &flow.rows {
        let mut own = row.cells.iter().filter(|cell| cell.own && !cell.figure);
        let Some(first) = own.next() else { continue };
        if own.next().is_none() && line(&first.folded) {
            return true;
        }
        // The label of a row is among its first cells; the labels of a header are not row labels.
        let labels = row.cells.iter().take_while(|cell| !cell.figure).filter(|cell| cell.own);
        for cell in labels {
            more += usize::from(one_more(index, cell, &mut seen));
            if more >= LABELS_AGAIN {
                return true;
            }
            if marks.is_collection(&cell.folded) {
                return true;
            }
            if marks.is_titled(&cell.folded) && title.replace(&cell.folded).is_some_and(|known| *known != *cell.folded)
            {
                return true;
            }
        }
    }
    false
}

/// Counts a row label; returns whether it occurred more often than the form has it.
fn one_more(index: &FormIndex, cell: &RowCell, seen: &mut [u8]) -> bool {
    let Some(number) = index.label_number(&cell.folded) else { return false };
    let uses = index.uses(&cell.folded);
    let rows = uses.iter().filter(|found| found.role == Role::Leaf).count();
    if rows == 0 || uses.iter().any(|found| found.role == Role::Header) {
        return false;
    }
    seen[number] = seen[number].saturating_add(1);
    usize::from(seen[number]) > rows
}
