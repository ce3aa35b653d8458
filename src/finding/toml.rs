//! Errors of the TOML parser, with their line and a Chinese message.

use super::{Bilingual, Message};

/// A text that is not valid TOML, or does not match the keys and types that are read from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub struct TomlError {
    /// Line of the mistake, 1-based; `None` if the parser names none, or the caller reports the place itself.
    pub line: Option<usize>,
    /// What is wrong.
    pub cause: TomlCause,
    /// The parser's own message, in English.
    pub detail: String,
}

/// What is wrong with a TOML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TomlCause {
    /// A key or name that is not one of those allowed.
    Unknown {
        /// The key as written.
        key: String,
        /// The keys allowed, if the parser lists them.
        known: Vec<String>,
    },
    /// A required key is missing.
    Missing(String),
    /// A key is written twice.
    Twice,
    /// A value of another type.
    WrongType,
    /// Anything else: the syntax is wrong.
    Syntax,
}

impl TomlError {
    /// The error of parsing `text`, with its line.
    pub fn new(text: &str, error: &::toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start));
        Self { line: before.map(|before| before.matches('\n').count() + 1), ..Self::of_message(error.message()) }
    }

    /// The error for a parser's message, without a line.
    pub fn of_message(message: &str) -> Self {
        let detail = message.trim();
        Self { line: None, cause: TomlCause::of_message(detail), detail: detail.to_owned() }
    }
}

impl TomlCause {
    /// Classifies a message of the parser, whose error type is opaque: the message alone tells an unknown key from a wrong type.
    fn of_message(text: &str) -> Self {
        let key = |start: &str| text.strip_prefix(start)?.split('`').next();
        let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
        if let Some(key) = key("unknown field `").or_else(|| key("unknown variant `")) {
            let known = text.split('`').skip(3).step_by(2).map(str::to_owned).collect();
            Self::Unknown { key: key.to_owned(), known }
        } else if let Some(key) = key("missing field `") {
            Self::Missing(key.to_owned())
        } else if starts(&["duplicate key", "duplicate field"]) {
            Self::Twice
        } else if starts(&["invalid type", "invalid value"]) {
            Self::WrongType
        } else {
            Self::Syntax
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Unknown { key, known } if known.is_empty() => format!("没有“{key}”这一项。"),
            Self::Unknown { key, known } => format!("没有“{key}”这一项；可用的有：{}。", known.join("、")),
            Self::Missing(key) => format!("缺少“{key}”这一项。"),
            Self::Twice => "同一项写了两次。".to_owned(),
            Self::WrongType => "这一项的值类型不对。".to_owned(),
            Self::Syntax => "不符合 TOML 语法。".to_owned(),
        }
    }
}

impl Bilingual for TomlError {
    fn message(&self) -> Message {
        let (zh, en) = (self.cause.chinese(), &self.detail);
        match self.line {
            Some(line) => Message::new(format!("第{line}行：{zh}"), format!("line {line}: {en}")),
            None => Message::new(zh, en),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Agency {
        #[allow(dead_code, reason = "read by the derived parser")]
        code: String,
        #[allow(dead_code, reason = "read by the derived parser")]
        name: String,
    }

    #[test]
    fn every_kind_of_mistake_has_a_line_and_a_chinese_message() {
        let cases = [
            ("code = \"1\"\nnam = \"x\"\n", "第2行：没有“nam”这一项；可用的有：code、name。"),
            ("\n\ncode = 3\nname = \"x\"\n", "第3行：这一项的值类型不对。"),
            ("code = \"1\"\ncode = \"2\"\n", "第2行：同一项写了两次。"),
            ("code = \"1\"\nname = \n", "第2行：不符合 TOML 语法。"),
        ];
        for (text, zh) in cases {
            let error = TomlError::new(text, &::toml::from_str::<Agency>(text).expect_err(text));
            assert_eq!(error.message().zh, zh, "{text}");
            assert!(error.to_string().starts_with("line "), "{error}");
        }
        let text = "code = \"1\"\n";
        let missing = TomlError::of_message(::toml::from_str::<Agency>(text).expect_err(text).message());
        assert_eq!(missing.message().zh, "缺少“name”这一项。");
    }
}
