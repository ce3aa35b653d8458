//! The TOML keys of a migration file as written, parsed strictly, before field names are resolved. `mappings/README.md` documents them.
//!
//! A `*` in a field name matches any characters; on the other side of a step it stands for the same characters.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::finding::Message;

/// A whole migration file. Fields with the same id in both forms are carried over without being named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationSource {
    /// Version of the mapping language, now 1.
    pub language: u32,
    /// Id of the source form.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Id of the target form.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
    /// Figures that move to a field with another id.
    #[serde(default, rename = "move")]
    pub moves: Vec<MoveSource>,
    /// Figures that the target form has no place for.
    #[serde(default)]
    pub drop: Vec<DropSource>,
    /// Figures that the target form splits.
    #[serde(default)]
    pub split: Vec<SplitSource>,
    /// Figures that the target form sums.
    #[serde(default)]
    pub sum: Vec<SumSource>,
    /// Fields without a source.
    #[serde(default)]
    pub new: Vec<NewSource>,
}

/// A figure that moves to a field with another id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveSource {
    /// Field of the source form.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Field of the target form.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
    /// What has changed.
    pub note: Option<Message>,
}

/// Figures that the target form has no place for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropSource {
    /// Fields of the source form.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
    /// Reason.
    pub reason: Message,
}

/// A figure that the target form splits over several fields.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitSource {
    /// Field of the source form.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Fields of the target form.
    #[schemars(with = "Vec<String>")]
    pub to: Vec<Spanned<String>>,
}

/// Figures that the target form sums in one field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SumSource {
    /// Fields of the source form.
    #[schemars(with = "Vec<String>")]
    pub from: Vec<Spanned<String>>,
    /// Field of the target form.
    #[schemars(with = "String")]
    pub to: Spanned<String>,
}

/// Fields without a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// Fields of the target form.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
}
