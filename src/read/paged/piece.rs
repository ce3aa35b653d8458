//! Blocks of the flow: paragraphs and tables with their positions.

use super::Rect;
use super::table::Table;

/// A paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paragraph {
    pub(super) text: String,
    /// Whether its text is larger than the body text.
    pub(super) large: bool,
    /// Whether it is at the edge of a page and not part of the text.
    pub(super) margin: bool,
    pub(super) page: usize,
    pub(super) area: Rect,
    /// Whether the next line may continue it.
    pub(super) open: bool,
}

/// A block of the flow.
#[derive(Debug)]
pub(super) enum PageBlock {
    Paragraph(Paragraph),
    Table(Table),
}
