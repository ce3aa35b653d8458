//! Paragraph properties that the reader uses.

use crate::read::shared::marks::Face;

/// Properties of a paragraph (17.3.1) that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Props {
    /// Index of its style.
    pub(super) style: Option<usize>,
    /// `w:outlineLvl` of its own.
    pub(super) outline: Option<u32>,
    /// `w:numId` and `w:ilvl` of its own.
    pub(super) list: Option<u32>,
    pub(super) list_level: Option<u8>,
    /// Its mark is deleted by a tracked change.
    pub(super) mark_deleted: bool,
    /// How runs look unless they say otherwise.
    pub(super) style_face: Face,
    /// How the open run looks.
    pub(super) face: Face,
}
