//! A document as its reader sees it, whatever format it came in: characters that show nothing are left out of every text.

use crate::document::{Block, Document, Grid};
use crate::text::visible;

/// Cleans every text of a document.
pub(super) fn clean(document: &mut Document) {
    let metadata = &mut document.metadata;
    metadata.title.iter_mut().chain(&mut metadata.author).for_each(text);
    metadata.entries.iter_mut().for_each(|entry| text(&mut entry.1));
    let mut waiting: Vec<&mut Block> = document.blocks.iter_mut().collect();
    while let Some(block) = waiting.pop() {
        match block {
            Block::Paragraph(paragraph) => {
                text(&mut paragraph.text);
                paragraph.number.iter_mut().for_each(text);
            }
            Block::Grid(grid) => waiting.extend(cells(grid)),
            Block::Picture(picture) => picture.alt.iter_mut().for_each(text),
        }
    }
}

/// Cleans the cells of a grid; what stands nested in them is still to be cleaned.
fn cells(grid: &mut Grid) -> impl Iterator<Item = &mut Block> {
    grid.caption.iter_mut().for_each(text);
    grid.cells_mut().iter_mut().flat_map(|cell| {
        text(&mut cell.text);
        cell.nested.iter_mut()
    })
}

fn text(text: &mut String) {
    if let Some(seen) = visible(text) {
        *text = seen;
    }
}
