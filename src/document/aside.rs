//! Text of a source that its page does not show as readable: struck through, hidden, too small or too pale.

use super::{Budget, Exceeded, Place, Resource};

/// Characters of a text that are kept: enough to name it.
const KEPT: usize = 40;

/// Why a text was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AsideKind {
    /// It is struck through.
    Struck,
    /// It is hidden by a property, an attribute or a style.
    Hidden,
    /// It is as pale as the paper, too small to be read, or stands outside of the page.
    Unseen,
    /// It stands in a hidden row.
    Row,
    /// It stands in a hidden column.
    Column,
    /// It is the reading of the text below it (ruby).
    Reading,
}

/// A text that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Aside {
    /// Why.
    pub kind: AsideKind,
    /// Its first characters.
    pub text: String,
    /// The cell or paragraph that it stands in.
    pub place: Place,
}

impl Aside {
    /// A text that was left out, shortened; nothing for blanks.
    ///
    /// # Errors
    /// [`Exceeded`] when the file would hold more than it may.
    pub fn new(kind: AsideKind, text: &str, place: Place, budget: &mut Budget) -> Result<Option<Self>, Exceeded> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        budget.spend(Resource::Blocks, 1)?;
        Ok(Some(Self { kind, text: text.chars().take(KEPT).collect(), place }))
    }
}
