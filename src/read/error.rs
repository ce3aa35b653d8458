//! Why a file could not be read.

use thiserror::Error;

use super::{Damage, Unsupported};
use crate::document::Exceeded;
use crate::finding::code::read as code;
use crate::finding::{Bilingual, Code, Finding, Message};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Protected by a password.
    #[error("encrypted")]
    Encrypted,
    /// Truncated or inconsistent: where and how.
    #[error("damaged: {0}")]
    Damaged(Box<Damage>),
    /// There is no reader for this kind of file.
    #[error("unsupported: {0}")]
    Unsupported(Box<Unsupported>),
    /// It exceeds a limit.
    #[error("over a limit: {0}")]
    OverLimit(#[from] Exceeded),
    /// Every page is a picture without text.
    #[error("every page is a picture")]
    Pictures,
    /// On no page are the glyphs mapped to characters.
    #[error("glyphs without characters")]
    NoCharacters,
    /// It has no bytes.
    #[error("empty")]
    Empty,
}

impl From<Damage> for ReadError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(Box::new(damage))
    }
}

impl From<Unsupported> for ReadError {
    fn from(unsupported: Unsupported) -> Self {
        Self::Unsupported(Box::new(unsupported))
    }
}

impl Bilingual for ReadError {
    fn message(&self) -> Message {
        self.finding().message
    }
}

impl ReadError {
    /// Code of the finding for this error.
    pub fn code(&self) -> &'static Code {
        match self {
            Self::Encrypted => &code::FILE_ENCRYPTED,
            Self::Damaged(_) => &code::FILE_DAMAGED,
            Self::Unsupported(_) => &code::FILE_UNSUPPORTED,
            Self::OverLimit(_) => &code::FILE_OVER_LIMIT,
            Self::Pictures => &code::PAGES_ARE_PICTURES,
            Self::NoCharacters => &code::PAGES_UNREADABLE,
            Self::Empty => &code::FILE_EMPTY,
        }
    }

    /// The finding for this error.
    pub fn finding(&self) -> Finding {
        let code = self.code();
        let Message { zh, en } = match self {
            Self::Encrypted | Self::Empty | Self::NoCharacters => Message::default(),
            Self::Pictures => Message::new("全部页都是图片", "every page is a picture"),
            Self::Damaged(damage) => damage.message(),
            Self::Unsupported(unsupported) => unsupported.message(),
            Self::OverLimit(exceeded) => Message::new(exceeded.chinese(), exceeded.to_string()),
        };
        let joined = |title: &str, colon: &str, detail: String| {
            if detail.is_empty() { title.to_owned() } else { format!("{title}{colon}{detail}") }
        };
        let message = Message::new(
            // The Chinese message omits technical details; the English one has them.
            match self {
                Self::Damaged(damage) if matches!(**damage, Damage::CellUncertain { .. }) => {
                    format!("{zh}。请用 Excel 或 WPS 打开核对，另存为新文件后重试。")
                }
                Self::Damaged(_) | Self::OverLimit(_) => format!("{}。{}", code.title.0, code.remedy.0),
                _ => format!("{}。{}", joined(code.title.0, "：", zh), code.remedy.0),
            },
            format!("{}. {}", joined(code.title.1, ": ", en), code.remedy.1),
        );
        Finding::new(code, message)
    }
}
