//! A figure of a report: the text as written, what kind of text it is, and the exact number or nothing.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Place;

/// What kind of text stands where a figure belongs. Blank, 0, `/`, `—` and 无 are different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number.
    Number,
    /// The cell is there and empty.
    Blank,
    /// A dash of any length.
    Dash,
    /// A slash.
    Slash,
    /// A word for "none": 无, （无）.
    None,
    /// Any other text.
    Text,
    /// Words that were chosen, in a field of words.
    Choice,
    /// A day, a month or a year, in a field for one.
    Date,
    /// A code: digits or letters that are no number.
    Code,
    /// The source has no such cell, or it is not certain which one it is.
    #[default]
    Absent,
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Value {
    /// The exact number, where the source says one.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub value: Option<Decimal>,
    /// The text as written.
    pub raw: String,
    /// What kind of text it is.
    pub kind: Kind,
    /// What a field of words says: the chosen words, separated by `、`; a day as `2024-01-05`; a code; a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The unit written with the figure where it is not the form's own; `value` is then in the form's unit if it has one, else in this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Ids of the rules that decided a figure which the source does not delimit; empty for a figure that was simply read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deduced: Vec<String>,
    /// Where it stands in the source.
    pub place: Option<Place>,
    /// The office has corrected it; `raw` is then what the office wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Corrected>,
}

/// A correction of a figure by the office.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Corrected {
    /// The text that the sender wrote.
    pub from: String,
    /// When it was corrected, as written.
    pub at: String,
    /// Who corrected it.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Value {
    /// A plain number as a program writes it.
    pub fn number(value: Decimal) -> Self {
        Self { value: Some(value), raw: value.to_string(), kind: Kind::Number, ..Self::default() }
    }
}
