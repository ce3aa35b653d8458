//! Asides: text of a source that its page does not show as readable: struck through, hidden, too small or too pale.

use super::{Budget, Exceeded, Place, Resource};

/// Number of characters kept of a text: enough to identify it.
const KEPT: usize = 40;

/// Why a text was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AsideKind {
    /// Struck through.
    Struck,
    /// Hidden by a property, an attribute or a style.
    Hidden,
    /// As pale as the paper, too small to read, or outside of the page.
    Unseen,
    /// In a hidden row.
    Row,
    /// In a hidden column.
    Column,
    /// The reading of other text (ruby).
    Reading,
}

/// A text that was set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Aside {
    /// Why it was set aside.
    pub kind: AsideKind,
    /// Its first characters.
    pub text: String,
    /// The cell or paragraph that contains it.
    pub place: Place,
}

impl Aside {
    /// A shortened aside; `None` for blank text.
    ///
    /// # Errors
    /// [`Exceeded`] if the file would exceed a limit.
    pub fn new(kind: AsideKind, text: &str, place: Place, budget: &mut Budget) -> Result<Option<Self>, Exceeded> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        budget.spend(Resource::Blocks, 1)?;
        Ok(Some(Self { kind, text: text.chars().take(KEPT).collect(), place }))
    }
}
