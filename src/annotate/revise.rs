//! Revisions: new figures and texts in a copy of the sent file, for the sender to accept: tracked changes in a Word file, the new figure
//! and a note with the old one in a workbook. Everything else in the package is copied byte for byte.

use super::edit::{self, Parts};
use super::{AnnotateError, NotOffice, docx, opened, xlsx};
use crate::document::{Budget, Place};

/// The new content of a place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision<'a> {
    /// Place of the cell or paragraph, as given by reading.
    pub place: &'a Place,
    /// The new text; empty to delete the old one.
    pub to: String,
    /// Date of the tracked change (RFC 3339, UTC): `2026-01-20T00:00:00Z`.
    pub date: String,
    /// Text of the note in a workbook: the old figure, the new one, the reason.
    pub note: String,
}

/// A copy with revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revised {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Format: `docx` or `xlsx`.
    pub kind: &'static str,
    /// For each revision, whether it was made; false if its place is not in this file, or contains a formula.
    pub made: Vec<bool>,
}

/// Adds revisions to a copy of the sent file.
///
/// # Errors
/// [`AnnotateError`] for a file that is not a Word document or workbook of Office Open XML (ECMA-376), or is damaged.
pub fn revise(
    bytes: &[u8],
    revisions: &[Revision],
    author: &str,
    budget: &mut Budget,
) -> Result<Revised, AnnotateError> {
    let (package, main) = opened(bytes, budget).map_err(|error| match error {
        AnnotateError::Unsupported(why) if why != NotOffice::Strict => AnnotateError::NotRevisable(why),
        other => other,
    })?;
    let mut parts = Parts::new(package, author, budget);
    let text = parts.text(&main)?.unwrap_or_default();
    let (kind, made) = match edit::root(&text) {
        Some((_, "document")) => ("docx", docx::track::revise(&mut parts, &main, &text, revisions)?),
        Some((_, "workbook")) => ("xlsx", xlsx::cells::revise(&mut parts, &main, &text, revisions)?),
        _ => return Err(AnnotateError::NotRevisable(NotOffice::MainPart(main))),
    };
    Ok(Revised { bytes: parts.pack(bytes)?, kind, made })
}
