//! A value of a report: the text as written, the kind of text, and the exact number if there is one.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Place;

/// Kind of the text in a cell. Blank, 0, `/`, `—` and 无 are different kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number.
    Number,
    /// The cell exists and is empty.
    Blank,
    /// A dash of any length.
    Dash,
    /// A slash.
    Slash,
    /// A word for "none": 无, （无）.
    None,
    /// Any other text.
    Text,
    /// The chosen words, in a choice or text field.
    Choice,
    /// A day, a month or a year, in a date field.
    Date,
    /// A code: digits or letters that are not a number.
    Code,
    /// The source has no such cell, or it is uncertain which cell it is.
    #[default]
    Absent,
}

/// The value of a field of a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Value {
    /// The exact number, if the text is one.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub value: Option<Decimal>,
    /// The text as written.
    pub raw: String,
    /// Kind of the text.
    pub kind: Kind,
    /// The value of a field that is not a number: chosen words separated by `、`, a day as `2024-01-05`, a code, or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The unit written with the figure, if it differs from the form's; `value` is then converted to the form's unit if it has one, else
    /// it is in this unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Ids of the rules from which a figure that the source does not delimit was deduced; empty for a figure that was simply read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deduced: Vec<String>,
    /// Its place in the source.
    pub place: Option<Place>,
    /// The correction by the office; `raw` is then the corrected text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Corrected>,
}

/// A correction of a figure by the office.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Corrected {
    /// The text as sent.
    pub from: String,
    /// Time of the correction, as written.
    pub at: String,
    /// Who corrected it.
    pub by: String,
    /// Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Value {
    /// A number, with its plain decimal notation as raw text.
    pub fn number(value: Decimal) -> Self {
        Self { value: Some(value), raw: value.to_string(), kind: Kind::Number, ..Self::default() }
    }
}
