//! The thresholds of binding, each with its reason. What they bound is counted or compared in the rooms that name them.

/// Cells of the longest row that is looked at: no form has a row of hundreds of cells.
pub(super) const ROW_CELLS: usize = 200;

/// Rows of a table that are compared with the rows of a block, whatever the form: a table of thirty rows may stand below a long other
/// one. A form with more rows has twice its own.
pub(super) const BODY_ROWS: usize = 2_000;

/// Tables of a document that are looked at: a report has about six, a file of sixty departments four hundred.
pub(super) const PANELS: usize = 4_096;

/// Cells of the largest table that is turned: the largest of a form has some three hundred.
pub(super) const TURNED_CELLS: usize = 4_000;

/// Labels that are compared by likeness in one file: each comparison takes a step for each pair of characters.
pub(super) const LIKENESSES: u32 = 400;

/// Likeness of a damaged label to the label that it is: 商贸企业 for 商业企业 has 0.75.
pub(super) const LIKE: f64 = 0.7;

/// How much less like every other label has to be, or it is not certain which it is.
pub(super) const LIKE_APART: f64 = 0.08;

/// Likeness of a section's heading under its own number.
pub(super) const LIKE_HEADING: f64 = 0.6;

/// Bytes of the longest text that is a heading: 60 ideographs.
pub(super) const HEADING_BYTES: usize = 180;

/// Characters of a line above a table that is about the table; a longer one is running text unless it ends in a colon.
pub(super) const LINE_CHARACTERS: usize = 40;

/// Score of a row out of order: its label has to be the form's, with or without its number.
pub(super) const MOVED_LEAST: i32 = 75;

/// Share of a header that has to be there, in hundredths: less than half is another table's.
pub(super) const TOP_LEAST: i32 = 50;

/// Share of the rows that has to be there beside a header.
pub(super) const LEFT_LEAST: i32 = 30;

/// Share of header and rows of a table that is whole: the numbers of all its labels may be lost.
pub(super) const FULL: i32 = 80;

/// Share of the rows of a table without a header, and how many they are at least: row labels alone are everyday words.
pub(super) const LOST_LEFT: i32 = 60;
/// See [`LOST_LEFT`].
pub(super) const LOST_ROWS: usize = 4;

/// Rows of a block that is known by them and a single header: fewer stand in an agency's own tables too.
pub(super) const SOME_COLUMNS_ROWS: usize = 8;

/// Of so many rows one may stand in the part of a table before it too, as a clerk's own sum does.
pub(super) const SHARED: usize = 3;

/// Share of the rows in a table that may be the true one, damaged.
pub(super) const SHADOW_LEFT: i32 = 60;

/// Fields of a block that is small: without its section, its caption and its neighbours it is anybody's table.
pub(super) const LONE_FIELDS: usize = 12;

/// How near two rivals are, in hundredths, so that neither is taken.
pub(super) const TIE: i32 = 100;

/// A number of things as one that hundredths are counted in.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX / 100)
}

/// Weights of evidence for a block in a table, in hundredths. They only rank candidates.
pub(super) mod score {
    /// The whole header.
    pub(in crate::bind) const TOP: i32 = 300;
    /// All rows.
    pub(in crate::bind) const LEFT: i32 = 300;
    /// The block's caption above.
    pub(in crate::bind) const CAPTION: i32 = 100;
    /// Another block's caption above.
    pub(in crate::bind) const OTHER_CAPTION: i32 = -50;
    /// The block's corner.
    pub(in crate::bind) const CORNER: i32 = 30;
    /// Under the heading of its section.
    pub(in crate::bind) const SECTION: i32 = 200;
    /// Under another's.
    pub(in crate::bind) const OTHER_SECTION: i32 = -250;
    /// All headers are another table's.
    pub(in crate::bind) const FOREIGN: i32 = -200;
    /// Said to be there for comparison.
    pub(in crate::bind) const MARKED: i32 = -200;
    /// No figure in it.
    pub(in crate::bind) const BLANK: i32 = -100;
    /// Another block of its table beside it.
    pub(in crate::bind) const SIBLING: i32 = 75;
    /// Turned or pivoted.
    pub(in crate::bind) const LAYOUT: i32 = -50;
}
