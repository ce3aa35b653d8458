//! Post-processing common to all formats: removes invisible characters from every text of a document.

use crate::document::{Block, Cell, Document, Grid, Paragraph, Place, Region};
use crate::finding::code::read::CONTENT_SKIPPED;
use crate::finding::{Finding, Message};
use crate::text::visible;

/// Cleans every text of a document; returns a finding about text boxes that hold only a figure.
pub(super) fn clean(document: &mut Document) -> Option<Finding> {
    let metadata = &mut document.metadata;
    metadata.title.iter_mut().chain(&mut metadata.author).for_each(text);
    metadata.entries.iter_mut().for_each(|entry| text(&mut entry.1));
    let mut boxes: Vec<(String, Place)> = Vec::new();
    let mut waiting: Vec<&mut Block> = document.blocks.iter_mut().rev().collect();
    while let Some(block) = waiting.pop() {
        match block {
            Block::Paragraph(paragraph) => {
                text(&mut paragraph.text);
                paragraph.number.iter_mut().for_each(text);
                if is_figure_in_box(paragraph) && boxes.len() < MOST_BOXES {
                    boxes.push((paragraph.text.trim().to_owned(), paragraph.place.clone()));
                }
            }
            Block::Grid(grid) => waiting.extend(cells(grid)),
            Block::Picture(picture) => picture.alt.iter_mut().for_each(text),
        }
    }
    boxed(boxes)
}

/// Maximum number of such text boxes that are reported.
const MOST_BOXES: usize = 100;

/// Whether a paragraph is a text box that holds only a figure, other than a page number in a header or footer.
fn is_figure_in_box(paragraph: &Paragraph) -> bool {
    let in_margin = |part: &str| part.contains("header") || part.contains("footer");
    paragraph.region == Region::TextBox
        && is_figure(&paragraph.text)
        && !paragraph.text.contains(char::is_alphabetic)
        && !paragraph.place.part.as_deref().is_some_and(in_margin)
}

/// The finding about text boxes that hold only a figure: such a box may lie over a cell of a table.
fn boxed(boxes: Vec<(String, Place)>) -> Option<Finding> {
    let (figure, count) = (boxes.first()?.0.clone(), boxes.len());
    let message = Message::new(
        format!("有{count}个文本框只写了数字（如“{figure}”），可能盖住了表格中的数，未计入表格。请把数字填入单元格。"),
        format!(
            "{count} text box(es) hold nothing but a figure, such as \"{figure}\", and may lie over a cell; they were not counted. Write the figures into the cells."
        ),
    );
    let mut places = boxes.into_iter().map(|(_, place)| place);
    let mut finding = Finding::new(&CONTENT_SKIPPED, message).at(places.next());
    finding.related = places.collect();
    Some(finding)
}

/// Cleans the cells of a grid; returns the nested blocks, which are still to be cleaned.
fn cells(grid: &mut Grid) -> impl Iterator<Item = &mut Block> {
    grid.caption.iter_mut().for_each(text);
    grid.cells_mut().iter_mut().flat_map(|cell| {
        text(&mut cell.text);
        if !cell.nested.is_empty() {
            if let Some(inside) = only_text(cell) {
                cell.text = inside;
                cell.nested.clear();
            } else if let Some(all) = several_figures(cell) {
                cell.text = all;
                cell.nested.clear();
            }
        }
        cell.nested.iter_mut()
    })
}

/// Maximum depth of nested tables in which the only text of a cell is searched for.
const LEVELS: usize = 8;

/// Maximum length of a text that may be a figure, in characters.
const LONGEST: usize = 40;

/// The visible text of a cell without text of its own that contains a table with one filled cell, or a text box of one line.
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

/// The texts of a cell that contains several figures in nested tables or boxes, one per line, so that none is taken for the cell's own.
/// `None` if any text of the cell is not a figure.
fn several_figures(cell: &Cell) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    let mut waiting: Vec<&Block> = cell.nested.iter().rev().collect();
    if !cell.text.trim().is_empty() {
        lines.push(&cell.text);
    }
    while let Some(block) = waiting.pop() {
        match block {
            Block::Paragraph(paragraph) => lines.push(&paragraph.text),
            Block::Grid(grid) => {
                for cell in grid.cells() {
                    lines.push(&cell.text);
                    waiting.extend(cell.nested.iter().rev());
                }
            }
            Block::Picture(_) => return None,
        }
        if lines.len() > LONGEST {
            return None;
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    (lines.len() > 1 && lines.iter().all(|line| is_figure(line))).then(|| lines.join("\n"))
}

/// Maximum number of letters of a figure, for its unit.
const LETTERS: usize = 2;

/// Whether a text looks like a figure: digits and hardly any letters.
fn is_figure(text: &str) -> bool {
    let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
    text.chars().nth(LONGEST).is_none() && text.chars().any(char::is_numeric) && letters <= LETTERS
}

fn text(text: &mut String) {
    if let Some(seen) = visible(text) {
        *text = seen;
    }
}
