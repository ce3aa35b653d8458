//! Placement of the paragraphs of a section and of a table on the page, as set in the mapping file.

use schemars::JsonSchema;
use serde::Deserialize;

/// Placement of the paragraphs of a section (GB/T 9704-2012, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SectionLook {
    /// Running text, indented by two characters.
    #[default]
    Text,
    /// Name of the issuing body in the red header: centred, large and red.
    Mark,
    /// Centred.
    Centred,
    /// Document number below the red header: centred above a red line.
    Number,
    /// Flush with the left margin.
    Flush,
    /// A list introduced by a word, with its items aligned below the first one.
    List,
    /// Imprint at the foot of the page: smaller, flush with the left margin, between lines.
    Foot,
}

/// Orientation of the page of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PageTurn {
    /// Portrait, as the text.
    #[default]
    Portrait,
    /// Landscape.
    Landscape,
}
