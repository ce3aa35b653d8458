//! Why a file could not be read.

use thiserror::Error;

use crate::document::Exceeded;
use crate::finding::code::read as code;
use crate::finding::{Code, Finding, Message};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Protected by a password.
    #[error("encrypted")]
    Encrypted,
    /// Cut short, or its structure contradicts itself: where and how.
    #[error("damaged: {0}")]
    Damaged(String),
    /// No reader for it: what it looks like.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// It would cost more than one file may.
    #[error("over a limit: {0}")]
    OverLimit(#[from] Exceeded),
    /// It has no bytes.
    #[error("empty")]
    Empty,
}

impl ReadError {
    /// The code of the finding that it becomes.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Encrypted => &code::FILE_ENCRYPTED,
            Self::Damaged(_) => &code::FILE_DAMAGED,
            Self::Unsupported(_) => &code::FILE_UNSUPPORTED,
            Self::OverLimit(_) => &code::FILE_OVER_LIMIT,
            Self::Empty => &code::FILE_EMPTY,
        }
    }

    /// The finding that it becomes.
    pub fn finding(&self) -> Finding {
        let code = self.code();
        let detail = match self {
            Self::Encrypted | Self::Empty => String::new(),
            Self::Damaged(detail) | Self::Unsupported(detail) => format!(": {detail}"),
            Self::OverLimit(exceeded) => format!(": {exceeded}"),
        };
        let message = Message::new(
            format!("{}{}。{}", code.title.0, detail.replacen(": ", "：", 1), code.remedy.0),
            format!("{}{detail}. {}", code.title.1, code.remedy.1),
        );
        Finding::new(code, message)
    }
}
