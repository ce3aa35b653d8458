//! The lines of a document with a free title, with the tables and pictures between them.

use crate::document::{Block, Cell, Region};
use crate::read::Reading;
use crate::report::Content;
use crate::text::{blank, numbering};

/// Maximum number of characters of a heading on a line of its own.
const HEADING: usize = 50;

/// A line of text, or a table or picture.
pub(super) enum FreeItem {
    /// The text of the line, and its content for a section.
    Line(String, Content),
    /// A table or picture.
    Other(Content),
}

/// The pieces of the text, and the lines of headers, footers and page navigation.
pub(super) fn pieces(reading: &Reading) -> (Vec<FreeItem>, Vec<String>) {
    let (mut pieces, mut aside) = (Vec::new(), Vec::new());
    for block in &reading.document.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                let text = paragraph.shown();
                let text = text.trim_matches(blank);
                if text.is_empty() || crate::bind::source::stream::is_page_number(text) {
                    continue;
                }
                if matches!(paragraph.region, Region::HeaderFooter | Region::Chrome) {
                    if text.chars().any(char::is_alphabetic) {
                        aside.push(text.to_owned());
                    }
                    continue;
                }
                let level = level(text);
                let place = Some(paragraph.place.clone());
                pieces
                    .push(FreeItem::Line(text.to_owned(), Content::Paragraph { text: text.to_owned(), level, place }));
            }
            // A grid of one cell is a frame around text, not a table.
            Block::Grid(grid) if grid.cells().len() == 1 => {
                for cell in grid.cells() {
                    lines_of(cell, &mut pieces);
                }
            }
            Block::Grid(grid) => pieces.push(FreeItem::Other(Content::Extra(grid.into()))),
            Block::Picture(picture) => {
                let (index, extent, alt) = (picture.index, picture.extent, picture.alt.clone());
                pieces.push(FreeItem::Other(Content::Picture { index, extent, alt }));
            }
        }
    }
    (pieces, aside)
}

fn lines_of(cell: &Cell, pieces: &mut Vec<FreeItem>) {
    for line in cell.text.split('\n').map(|line| line.trim_matches(blank)).filter(|line| !line.is_empty()) {
        let content = Content::Paragraph { text: line.to_owned(), level: level(line), place: Some(cell.place.clone()) };
        pieces.push(FreeItem::Line(line.to_owned(), content));
    }
    for block in &cell.nested {
        match block {
            Block::Grid(grid) => pieces.push(FreeItem::Other(Content::Extra(grid.into()))),
            Block::Picture(picture) => pieces.push(FreeItem::Other(Content::Picture {
                index: picture.index,
                extent: picture.extent,
                alt: picture.alt.clone(),
            })),
            Block::Paragraph(_) => {}
        }
    }
}

/// The outline level of a heading on a line of its own: 2 for 一、, 3 for （一）, 4 for 1., 5 for （1）.
fn level(text: &str) -> Option<u8> {
    let found = numbering(text)?;
    let alone = text.chars().count() <= HEADING
        && !text.contains(['。', '；', '！', '？'])
        && !text.ends_with(['：', ':', '，', ',']);
    alone.then_some(found.level + 1)
}

impl FreeItem {
    /// The text of a line; empty for a table or picture.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Line(text, _) => text,
            Self::Other(_) => "",
        }
    }

    /// The content for a section.
    pub(super) fn content(&self) -> Content {
        match self {
            Self::Line(_, content) | Self::Other(content) => content.clone(),
        }
    }
}
