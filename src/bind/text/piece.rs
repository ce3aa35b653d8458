//! The unit into which the text of a row is split.

/// A piece of text between two separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) struct Piece<'t> {
    /// Its text, trimmed.
    pub(in crate::bind) text: &'t str,
    /// First byte, as an offset in the text that was split.
    pub(in crate::bind) start: usize,
    /// Byte after the last.
    pub(in crate::bind) end: usize,
    /// The separator before it.
    pub(in crate::bind) before: char,
}
