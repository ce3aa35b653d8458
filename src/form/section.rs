//! A part of the report, resolved.

use std::ops::Range;

use super::{Element, HeadingLine, Label, SectionLook};

/// A part of the report.
#[derive(Debug, Clone)]
pub struct Section {
    /// Id such as `overview`.
    pub id: String,
    /// The heading with its number, of one with places its fixed words; `None` for the part before the first heading.
    pub heading: Option<Label>,
    /// The heading with its places, where it has any.
    pub pattern: Option<HeadingLine>,
    /// Placeholder texts of blank forms, folded.
    pub placeholders: Vec<String>,
    /// What paragraphs that belong to a table begin with.
    pub notes: Vec<String>,
    /// Most characters that the narrative may have.
    pub max_characters: Option<u32>,
    /// Words of an older form, folded and as written.
    pub stale: Vec<(String, String)>,
    /// How its paragraphs stand on the page.
    pub look: SectionLook,
    /// Whether it stands above the title.
    pub above_title: bool,
    /// Which lines of a document belong to it, in a form with a free title; `None` for the text that is left.
    pub element: Option<Element>,
    /// Bytes of the mapping file that name it.
    pub span: Range<usize>,
}
