//! Documents from a textual notation, for tests.

use super::{Block, Budget, Cell, Document, GridBuilder, Paragraph, Place};

/// Parses a document: a line that begins with `|` is a row of a table with cells separated by `|`; any other line is a paragraph; an empty
/// line ends a table.
pub(crate) fn drawn(text: &str) -> Document {
    let mut budget = Budget::default();
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with('|') {
            let text = line.to_owned();
            blocks.extend((!line.is_empty()).then(|| Block::Paragraph(Paragraph { text, ..Paragraph::default() })));
            continue;
        }
        let mut grid = GridBuilder::new(Place::default());
        let mut row = Some(line);
        while let Some(cells) = row {
            grid.start_row(&mut budget).unwrap();
            for cell in cells.trim_matches('|').split('|') {
                grid.add(Cell { text: cell.trim().into(), ..Cell::default() }, &mut budget).unwrap();
            }
            row = lines.next_if(|next| next.starts_with('|'));
        }
        blocks.push(Block::Grid(grid.finish(&mut budget).unwrap()));
    }
    Document { blocks, ..Document::default() }
}
