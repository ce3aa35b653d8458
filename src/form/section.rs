//! A section of the report, resolved.

use std::ops::Range;

use super::{Element, HeadingLine, Label, SectionLook};

/// A section of the report.
#[derive(Debug, Clone)]
pub struct Section {
    /// Id such as `overview`.
    pub id: String,
    /// The heading with its number, reduced to its fixed words if it has placeholders; `None` for the section before the first heading.
    pub heading: Option<Label>,
    /// The heading with its placeholders, if it has any.
    pub pattern: Option<HeadingLine>,
    /// Placeholder texts of the blank form, folded.
    pub placeholders: Vec<String>,
    /// Beginnings of paragraphs that are notes to a table.
    pub notes: Vec<String>,
    /// Maximum number of characters of the narrative.
    pub max_characters: Option<u32>,
    /// Words of an older form that are obsolete in this section: folded, and as written.
    pub stale: Vec<(String, String)>,
    /// Placement of the paragraphs on the page.
    pub look: SectionLook,
    /// Whether the section is above the title.
    pub above_title: bool,
    /// The lines of a document that belong to the section, if the form has a free title; `None` for the body text.
    pub element: Option<Element>,
    /// Byte range of its id in the mapping file.
    pub span: Range<usize>,
}
