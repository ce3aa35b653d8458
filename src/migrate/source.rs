//! A migration as it is written: the TOML keys, strict, before field names are resolved. `mappings/README.md` teaches them.
//!
//! A `*` in a field name stands for any run of characters; on the other side of a step it stands for the same run.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::finding::Message;

/// A whole migration file. Fields that both forms have under the same id are carried over without being named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationSource {
    /// Version of the mapping language, now 1.
    pub language: u32,
    /// Id of the form that a report has.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Id of the form that it gets.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
    /// Figures that go to a field of another name.
    #[serde(default, rename = "move")]
    pub moves: Vec<MoveSource>,
    /// Figures for which the form has no place.
    #[serde(default)]
    pub drop: Vec<DropSource>,
    /// Figures that the form divides.
    #[serde(default)]
    pub split: Vec<SplitSource>,
    /// Figures that the form adds up.
    #[serde(default)]
    pub sum: Vec<SumSource>,
    /// Fields without a source.
    #[serde(default)]
    pub new: Vec<NewSource>,
}

/// A figure that goes to a field of another name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveSource {
    /// Field of the form that a report has.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Field of the form that it gets.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
    /// What changed about it.
    pub note: Option<Message>,
}

/// Figures for which the form has no place.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropSource {
    /// Fields of the form that a report has.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
    /// Why.
    pub reason: Message,
}

/// A figure that the form divides over several fields.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitSource {
    /// Field of the form that a report has.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Fields of the form that it gets.
    #[schemars(with = "Vec<String>")]
    pub to: Vec<Spanned<String>>,
}

/// Figures that the form adds up in one field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SumSource {
    /// Fields of the form that a report has.
    #[schemars(with = "Vec<String>")]
    pub from: Vec<Spanned<String>>,
    /// Field of the form that it gets.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
}

/// Fields without a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// Fields of the form that a report gets.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
}
