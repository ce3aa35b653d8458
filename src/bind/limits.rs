//! The thresholds of binding, each with its reason.

/// Maximum number of cells of a row that is examined: no form has a row of hundreds of cells.
pub(super) const ROW_CELLS: usize = 200;

/// Rows of a table that are compared with the rows of a block: a table of thirty rows may be below another long one. For a block with more
/// than half as many rows, the limit is twice its rows.
pub(super) const BODY_ROWS: usize = 2_000;

/// Maximum number of tables of a document that are examined: a report has about six, a file of sixty departments four hundred.
pub(super) const PANELS: usize = 4_096;

/// Maximum number of cells of a table that is also examined transposed: the largest table of a form has about three hundred.
pub(super) const TURNED_CELLS: usize = 4_000;

/// Maximum number of texts in one file that are compared with labels by similarity: a comparison takes a step for each pair of characters.
pub(super) const LIKENESSES: u32 = 400;

/// Minimum similarity of a damaged label to its label: 商贸企业 for 商业企业 has 0.75.
pub(super) const LIKE: f64 = 0.7;

/// Minimum difference to the similarity of every other label; with less, it is not certain which label it is.
pub(super) const LIKE_APART: f64 = 0.08;

/// Minimum similarity of a section's heading with the same number.
pub(super) const LIKE_HEADING: f64 = 0.6;

/// Maximum number of bytes of a heading: 60 ideographs.
pub(super) const HEADING_BYTES: usize = 180;

/// Maximum number of characters of a line above a table that is about the table; a longer one is running text unless it ends in a colon.
pub(super) const LINE_CHARACTERS: usize = 40;

/// Minimum score of a row out of order: its label has to be the form's, with or without its number.
pub(super) const MOVED_LEAST: i32 = 75;

/// Minimum share of a header, in percent: with less than half it is another table's.
pub(super) const TOP_LEAST: i32 = 50;

/// Minimum share of the rows, in percent, if there is a header.
pub(super) const LEFT_LEAST: i32 = 30;

/// Minimum share of the header and of the rows of a complete table, in percent: the numbers of all its labels may be lost.
pub(super) const FULL: i32 = 80;

/// Minimum share of the rows (in percent) and number of rows of a table without a header: row labels alone are everyday words.
pub(super) const LOST_LEFT: i32 = 60;
/// See [`LOST_LEFT`].
pub(super) const LOST_ROWS: usize = 4;

/// Minimum number of rows of a block that is recognised by its rows and a single header: fewer also appear in an agency's own tables.
pub(super) const SOME_COLUMNS_ROWS: usize = 8;

/// A continuation without a header may repeat one of this many of its rows, such as a clerk's own sum.
pub(super) const SHARED: usize = 3;

/// Minimum share of the rows, in percent, of a table that may be the right one, damaged.
pub(super) const SHADOW_LEFT: i32 = 60;

/// Blocks with fewer fields are small: without its section, caption and neighbours, a small table may be any table.
pub(super) const LONE_FIELDS: usize = 12;

/// Difference of weights, in hundredths, below which two candidates tie and neither is read.
pub(super) const TIE: i32 = 100;

/// Converts a count to `i32`; a number that does not fit becomes a value that can still be multiplied by 100.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX / 100)
}

/// Weights of the evidence that a table is a block, in hundredths. They only rank candidates.
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
    /// Under the heading of another section.
    pub(in crate::bind) const OTHER_SECTION: i32 = -250;
    /// All headers are another table's.
    pub(in crate::bind) const FOREIGN: i32 = -200;
    /// Marked as a comparison.
    pub(in crate::bind) const MARKED: i32 = -200;
    /// No figure in it.
    pub(in crate::bind) const BLANK: i32 = -100;
    /// Another block of its table beside it.
    pub(in crate::bind) const SIBLING: i32 = 75;
    /// Transposed, or in pivot shape.
    pub(in crate::bind) const LAYOUT: i32 = -50;
}
