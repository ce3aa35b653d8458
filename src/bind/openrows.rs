//! Rows of a document's tables whose rows are data, for filling.

use crate::document::Place;

/// The rows below the header of a block whose rows are data, whether filled in or blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenPlaces {
    /// Index of the table, and of the block in it.
    pub block: (usize, usize),
    /// The rows from the header to the total row, or to the end of the table.
    pub rows: Vec<Vec<OpenCell>>,
    /// The cells of the last row of the header.
    pub header: Vec<OpenCell>,
    /// The cells of the header that reach down into that row from above.
    pub over: Vec<OpenCell>,
    /// The total row.
    pub total: Option<Vec<OpenCell>>,
}

/// A cell of such a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenCell {
    /// Index of the leaf column, and of the cell among those below it, from the left; `None` outside of the form's columns.
    pub leaf: Option<(usize, usize)>,
    /// Its text, trimmed.
    pub text: String,
    /// Its place.
    pub place: Place,
}
