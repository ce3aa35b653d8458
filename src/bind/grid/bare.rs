//! Tables of figures without header and labels. They are not read. But one under the heading of a block may be the block itself, and the
//! table with the labels of the block a copy, for example of last year's.

use crate::bind::limits::{FULL, LOST_ROWS, TOP_LEAST, count};
use crate::bind::source::items::RowCell;
use crate::bind::value::{addend, is_figure_cell};
use crate::document::Place;
use crate::text::blank;

/// A table of figures without any label.
#[derive(Debug)]
pub(in crate::bind) struct Bare<'f> {
    /// The section whose heading is above.
    section: Option<usize>,
    /// The year that a line above begins with.
    year: Option<u16>,
    /// Its figures, as written.
    texts: Vec<&'f str>,
    /// The place of the first figure.
    pub(in crate::bind) place: Place,
}

/// The table with these cells, if all that are filled are figures; `above` is the section and the year that apply to it.
pub(super) fn bare<'f, 'd: 'f>(
    cells: impl Iterator<Item = &'f RowCell<'d>>,
    above: (Option<usize>, Option<u16>),
) -> Option<Bare<'f>> {
    let mut texts: Vec<&str> = Vec::new();
    let mut place = None;
    for cell in cells {
        let text = cell.cell.text.trim_matches(blank);
        if text.is_empty() {
            continue;
        }
        if !cell.figure && !is_figure_cell(text) {
            return None;
        }
        place.get_or_insert(&cell.cell.place);
        texts.push(text);
    }
    // The numbers of the columns of a table.
    let numbers = texts.iter().enumerate().all(|(at, text)| text.parse() == Ok(at + 1));
    let (section, year) = above;
    (!numbers).then_some(Bare { section, year, texts, place: place?.clone() })
}

/// The block that was found, and the table that it was found in.
pub(super) struct Found<'t> {
    /// The section of the block, if it has a heading.
    pub(super) section: Option<usize>,
    /// The year above the table.
    pub(super) year: Option<u16>,
    /// Number of figures of the block.
    pub(super) fields: usize,
    /// Whether its rows have labels.
    pub(super) labelled: bool,
    /// Whether the table is under a heading of the form.
    pub(super) headed: bool,
    /// The figures of the table.
    pub(super) texts: Vec<&'t str>,
}

impl Bare<'_> {
    /// Whether it may be the block that was found in another table.
    pub(super) fn may_be(&self, found: &Found) -> bool {
        // Without a heading only the number of figures shows it.
        let (here, least) = match self.section {
            Some(section) => (found.section == Some(section), if found.labelled { FULL } else { TOP_LEAST }),
            None => (!found.headed, 100),
        };
        let figures = self.texts.len();
        let as_many =
            figures >= LOST_ROWS && figures <= found.fields && count(figures * 100) >= count(found.fields) * least;
        let earlier = self.year.zip(found.year).is_some_and(|(own, other)| own < other);
        here && as_many && !earlier && !self.is_copy(&found.texts)
    }

    /// Whether the figures of another table are the same.
    fn is_copy(&self, texts: &[&str]) -> bool {
        let number = |text: &&str| addend(text).ok_or_else(|| (*text).to_owned());
        self.texts.iter().map(number).eq(texts.iter().map(number))
    }
}
