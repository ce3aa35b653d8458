//! What is wrong with a mapping file, with the bytes that are to blame.

use std::ops::Range;

use thiserror::Error;

/// One mistake in a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Bytes of the file that are to blame; `None` means the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A mapping file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}: {}", mistakes.iter().map(|mistake| mistake.message.as_str()).collect::<Vec<_>>().join("; "))]
pub struct FormError {
    /// The file's name.
    pub name: String,
    /// Its text, to show the lines.
    pub text: String,
    /// Everything wrong that was found, at least one.
    pub mistakes: Vec<Mistake>,
}
