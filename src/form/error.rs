//! Errors of mapping files, with the byte range of the mistake.

use std::ops::Range;

use thiserror::Error;

use crate::finding::{Bilingual, Message};

/// One mistake in a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Byte range of the mistake in the file; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong, and what is expected.
    pub message: Message,
}

impl Mistake {
    /// A mistake at a byte range of the file, or (`None`) in the file as a whole.
    pub(crate) fn new(span: impl Into<Option<Range<usize>>>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { span: span.into(), message: Message::new(zh, en) }
    }

    /// The mistake that an error is about.
    pub(crate) fn of_error(span: impl Into<Option<Range<usize>>>, error: &impl Bilingual) -> Self {
        Self { span: span.into(), message: error.message() }
    }

    /// The mistake of an unknown field id.
    pub(super) fn no_field(span: Range<usize>, id: &str) -> Self {
        Self::new(span, format!("没有“{id}”这个字段。"), format!("no field `{id}`"))
    }
}

/// A mapping file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}: {}", mistakes.iter().map(|mistake| mistake.message.en.as_str()).collect::<Vec<_>>().join("; "))]
pub struct FormError {
    /// Name of the file.
    pub name: String,
    /// Text of the file, for showing the lines at fault.
    pub text: String,
    /// All mistakes found, at least one.
    pub mistakes: Vec<Mistake>,
}

impl Bilingual for FormError {
    fn message(&self) -> Message {
        let all: Vec<&str> = self.mistakes.iter().map(|mistake| mistake.message.zh.as_str()).collect();
        Message::new(format!("{}：{}", self.name, all.join("")), self.to_string())
    }
}
