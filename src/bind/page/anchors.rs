//! Positions of a form's parts in a document, for filling.

use super::frame::Frame;
use super::headings::Heading;
use crate::bind::source::stream::{LineKind, Stream};
use crate::document::Place;
use crate::text::blank;

/// Where the parts of a form stand in a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchors {
    /// The paragraphs that the title takes, where one stands on lines of its own.
    pub title: Vec<Anchor>,
    /// The headings that were found: index of the form's section and where its heading stands.
    pub headings: Vec<(usize, Anchor)>,
    /// The grids of the form's tables: index of the table and where its first row's grid stands.
    pub tables: Vec<(usize, Place)>,
}

/// A line of text and where it stands; the place is the paragraph's, or that of the cell that the line stands in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchor {
    /// The text of the line.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Anchors {
    /// Takes note of what was found.
    pub(in crate::bind) fn of(stream: &Stream, frame: &Frame, headings: &[Heading]) -> Self {
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
        }
    }
}
