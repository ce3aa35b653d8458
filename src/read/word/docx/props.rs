//! Paragraph properties that the reader uses.

use crate::read::shared::marks::Face;

/// Properties of a paragraph (17.3.1) that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Props {
    /// Index of its style; `None` for the default.
    pub(super) style: Option<usize>,
    /// `w:outlineLvl` of the paragraph itself.
    pub(super) outline: Option<u32>,
    /// `w:numId` and `w:ilvl` of the paragraph itself.
    pub(super) list: Option<u32>,
    pub(super) list_level: Option<u8>,
    /// Whether its mark is a tracked deletion.
    pub(super) mark_deleted: bool,
    /// Formatting of runs without direct formatting.
    pub(super) style_face: Face,
    /// Formatting of the open run.
    pub(super) face: Face,
}
