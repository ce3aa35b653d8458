//! Errors of mapping files, with the byte range of the mistake.

use std::ops::Range;

use thiserror::Error;

use crate::finding::{Bilingual, Message};

/// One mistake in a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Bytes of the file that are to blame; `None` means the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong, and what would be right.
    pub message: Message,
}

impl Mistake {
    /// A mistake at these bytes of the file, or of the file as a whole.
    pub(crate) fn new(span: impl Into<Option<Range<usize>>>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { span: span.into(), message: Message::new(zh, en) }
    }

    /// An id that no field has.
    pub(super) fn no_field(span: Range<usize>, id: &str) -> Self {
        Self::new(span, format!("没有“{id}”这个字段。"), format!("no field `{id}`"))
    }
}

/// A mapping file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}: {}", mistakes.iter().map(|mistake| mistake.message.en.as_str()).collect::<Vec<_>>().join("; "))]
pub struct FormError {
    /// The file's name.
    pub name: String,
    /// Its text, to show the lines.
    pub text: String,
    /// Everything wrong that was found, at least one.
    pub mistakes: Vec<Mistake>,
}

impl Bilingual for FormError {
    fn message(&self) -> Message {
        let all: Vec<&str> = self.mistakes.iter().map(|mistake| mistake.message.zh.as_str()).collect();
        Message::new(format!("{}：{}", self.name, all.join("")), self.to_string())
    }
}
