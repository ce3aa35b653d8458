//! Placement of a section's parts on the page, as the mapping file sets it.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the paragraphs of a section stand on the page (GB/T 9704-2012, 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SectionLook {
    /// As running text, indented by two characters.
    #[default]
    Text,
    /// The mark of the issuing body: in the middle, large and red.
    Mark,
    /// In the middle.
    Centred,
    /// In the middle above a red line, as the number of a document below the mark.
    Number,
    /// From the left margin on.
    Flush,
    /// A list whose items stand below the first one, which has a word before it.
    List,
    /// At the foot: smaller, from the left margin on, between lines.
    Foot,
}

/// How a table lies on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PageTurn {
    /// Upright, as the text.
    #[default]
    Portrait,
    /// On a page that lies on its long side.
    Landscape,
}
