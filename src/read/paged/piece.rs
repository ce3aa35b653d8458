//! Intermediate blocks of a page: paragraphs and tables with positions.

use super::Rect;
use super::table::Table;

/// A paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    /// Its text is larger than the ordinary text.
    pub(super) large: bool,
    /// It stands at a page's edge and is no part of the text.
    pub(super) margin: bool,
    pub(super) page: usize,
    pub(super) area: Rect,
    /// The next line may continue with it.
    pub(super) open: bool,
}

/// A piece of the flow.
#[derive(Debug)]
pub(super) enum Piece {
    Paragraph(Paragraph),
    Table(Table),
}
