//! A document as its reader sees it, whatever format it came in: characters that show nothing are left out of every text.

use crate::document::{Block, Cell, Document, Grid};
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
        if let Some(inside) = only_text(cell).filter(|_| !cell.nested.is_empty()) {
            cell.text = inside;
            cell.nested.clear();
        }
        cell.nested.iter_mut()
    })
}

/// Levels of tables in tables among which the only text of a cell is looked for.
const LEVELS: usize = 8;

/// Characters of a text that may be a cell's figure.
const LONGEST: usize = 40;

/// The text of a cell that has none of its own and holds one table of one filled cell, or one text box of one line: that is what is seen
/// in it.
fn only_text(cell: &Cell) -> Option<String> {
    let mut cell = cell;
    for _ in 0..LEVELS {
        if !cell.text.trim().is_empty() {
            let is_short = cell.text.chars().nth(LONGEST).is_none() && cell.nested.is_empty();
            return is_short.then(|| cell.text.clone());
        }
        match cell.nested.as_slice() {
            [Block::Grid(grid)] => {
                let mut filled =
                    grid.cells().iter().filter(|cell| !cell.text.trim().is_empty() || !cell.nested.is_empty());
                cell = filled.next().filter(|_| filled.next().is_none())?;
            }
            [Block::Paragraph(line)] => {
                return line.text.chars().nth(LONGEST).is_none().then(|| line.text.clone());
            }
            _ => return None,
        }
    }
    None
}

fn text(text: &mut String) {
    if let Some(seen) = visible(text) {
        *text = seen;
    }
}
