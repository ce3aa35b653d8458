//! Findings: what is wrong, uncertain or worth knowing about a report, as data. Other modules render them.

pub(crate) mod bilingual;
pub mod code;
mod place;
mod quotes;
mod toml;

use jiff::civil::Date;
use rust_decimal::Decimal;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::document::Place;

pub use bilingual::{Bilingual, system};
pub use code::{Code, codes};
pub(crate) use place::in_words;
pub use toml::{TomlCause, TomlError};

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// Someone should look.
    Warning,
    /// The report cannot be accepted, or a figure could not be read.
    Error,
}

impl Severity {
    /// The word for a severity, the same on every screen, page, workbook and letter; JSON uses the serde names instead.
    pub fn word(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Error, Language::Zh) => "错误",
            (Self::Warning, Language::Zh) => "提示",
            (Self::Info, Language::Zh) => "说明",
            (Self::Error, Language::En) => "error",
            (Self::Warning, Language::En) => "warning",
            (Self::Info, Language::En) => "note",
        }
    }
}

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// A message in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Message {
    /// A message in both languages. Chinese quotation marks within quotation marks become ‘ ’.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: quotes::nested(zh.into()), en: en.into() }
    }

    /// The message in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// A wrong cell, and the value that would make it right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Culprit {
    /// Field id.
    pub field: String,
    /// The reported figure.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub from: Option<Decimal>,
    /// The figure that would satisfy all rules.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub to: Option<Decimal>,
}

/// A figure that may belong into an empty field. It is only proposed, never filled in automatically.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// Field id.
    pub field: String,
    /// The figure, in the unit of the field.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    #[schemars(with = "serde_json::Number")]
    pub value: Decimal,
    /// The words of the report that state the figure.
    pub quoted: String,
}

/// A problem, an uncertainty or a note about a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable code; `nianbao explain CODE` explains it.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// Id of the rule of the form that failed.
    #[serde(default)]
    pub rule: Option<String>,
    /// Ids of the fields concerned.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Computed left side of a rule.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub left: Option<Decimal>,
    /// Computed right side of a rule.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub right: Option<Decimal>,
    /// `left - right`.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub difference: Option<Decimal>,
    /// Its place in the source.
    #[serde(default)]
    pub place: Option<Place>,
    /// Related places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Place>,
    /// The wrong cells, if they can be determined.
    #[serde(default)]
    pub culprits: Vec<Culprit>,
    /// A figure that the report's own text proposes for an empty field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// What was found, what was wanted, what to do.
    pub message: Message,
    /// The waiver, if the office accepted the finding; it does not count then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

/// The waiver of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waived {
    /// The reason.
    pub reason: String,
    /// Last day on which the finding is accepted.
    #[schemars(with = "String")]
    pub until: Date,
}

/// The message in English.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message.en)
    }
}

/// A finding is the error of what makes no report: why a document could not be bound, or a file converted.
impl std::error::Error for Finding {}

impl Bilingual for Finding {
    fn message(&self) -> Message {
        self.message.clone()
    }
}

impl Finding {
    /// A finding of this code with the code's own severity.
    pub fn new(code: &Code, message: Message) -> Self {
        Self {
            code: code.id.to_owned(),
            severity: code.severity,
            rule: None,
            fields: Vec::new(),
            left: None,
            right: None,
            difference: None,
            place: None,
            related: Vec::new(),
            culprits: Vec::new(),
            proposal: None,
            message,
            waived: None,
        }
    }

    /// Whether the finding counts: its severity is at least `least`, and it is not waived.
    pub fn counts(&self, least: Severity) -> bool {
        self.severity >= least && self.waived.is_none()
    }

    /// A finding of this code whose message combines the code's title, the details, and the remedy.
    pub(crate) fn detailed(code: &Code, zh: &str, en: &str) -> Self {
        let message = Message::new(
            format!("{}：{zh}。{}", code.title.0, code.remedy.0),
            format!("{}: {en}. {}", code.title.1, code.remedy.1),
        );
        Self::new(code, message)
    }

    /// The finding with a place.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// The finding with the fields that it is about.
    #[must_use]
    pub fn about<S: Into<String>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }
}
