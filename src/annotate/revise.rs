//! Revisions: new figures and texts in a copy of the file that was sent, for the sender to accept: tracked changes in a Word file, the
//! new figure and a note with the old one in a workbook. Everything else in the package stays byte for byte as it was.

use super::edit::{self, Parts};
use super::{AnnotateError, NotOffice, docx, opened, xlsx};
use crate::document::{Budget, Place};

/// The new content of a place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision<'a> {
    /// The cell or paragraph, as reading gave it.
    pub place: &'a Place,
    /// The new text; empty to leave nothing.
    pub to: String,
    /// When, for the tracked change (RFC 3339, UTC): `2026-01-20T00:00:00Z`.
    pub date: String,
    /// What a note in a workbook says: the old figure, the new one, why.
    pub note: String,
}

/// A copy with revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revised {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is: `docx` or `xlsx`.
    pub kind: &'static str,
    /// For each revision, whether it was made. One is not where the place is none of this file, or holds a formula.
    pub made: Vec<bool>,
}

/// Puts revisions into a copy of the file that was sent.
///
/// # Errors
/// [`AnnotateError`] for a file that is no Word document or workbook of Office Open XML (ECMA-376), or is damaged.
pub fn revise(
    bytes: &[u8],
    revisions: &[Revision],
    author: &str,
    budget: &mut Budget,
) -> Result<Revised, AnnotateError> {
    let (package, main) = opened(bytes, budget)?;
    let mut parts = Parts::new(package, author, budget);
    let text = parts.text(&main)?.unwrap_or_default();
    let (kind, made) = match edit::root(&text) {
        Some((_, "document")) => ("docx", docx::track::revise(&mut parts, &main, &text, revisions)?),
        Some((_, "workbook")) => ("xlsx", xlsx::cells::revise(&mut parts, &main, &text, revisions)?),
        _ => return Err(AnnotateError::Unsupported(NotOffice::MainPart(main))),
    };
    Ok(Revised { bytes: parts.pack(bytes)?, kind, made })
}
