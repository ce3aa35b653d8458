//! Positions of a form's parts in a document, for filling.

use super::frame::Frame;
use super::headings::Heading;
use crate::bind::openrows::OpenPlaces;
use crate::bind::source::stream::{LineKind, Stream};
use crate::document::Place;
use crate::text::blank;

/// Positions of the parts of a form in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchors {
    /// Lines of the title; empty if the title is not on lines of its own.
    pub title: Vec<Anchor>,
    /// Headings: index of the form's section, and position.
    pub headings: Vec<(usize, Anchor)>,
    /// Grids of the form's tables: index of the table, and place of the grid that contains its first row.
    pub tables: Vec<(usize, Place)>,
    /// The rows of tables whose rows are data.
    pub open: Vec<OpenPlaces>,
}

/// A line of text with the place of the paragraph or cell that contains it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchor {
    /// The text of the line, trimmed.
    pub text: String,
    /// Place of the paragraph or cell.
    pub place: Place,
}

impl Anchors {
    /// Collects the anchors of a document that was read.
    pub(in crate::bind) fn collect(stream: &Stream, frame: &Frame, headings: &[Heading]) -> Self {
        let anchor = |line: usize| {
            let line = stream.lines.get(line)?;
            let text = stream.raw[line.start..line.end].trim_matches(blank).to_owned();
            Some(Anchor { text, place: line.place.clone() })
        };
        let tables = stream.lines.iter().filter_map(|line| match line.kind {
            LineKind::Table(table) => Some((table, line.place.clone())),
            _ => None,
        });
        Self {
            title: frame.title_lines.clone().filter_map(anchor).collect(),
            headings: headings
                .iter()
                .filter_map(|heading| Some((heading.section, anchor(stream.line_at(heading.start))?)))
                .collect(),
            tables: tables.collect(),
            open: Vec::new(),
        }
    }
}
