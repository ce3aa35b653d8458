//! Workbooks embedded in a document: the sheet that is displayed becomes a table of the document.

use crate::document::{Block, Budget, Document, Format, Picture};
use crate::read::container::package::Package;
use crate::read::xml::{self, Event, Events};
use crate::read::{READERS, ReadError, Sniffed, sniff};

/// Maximum number of sheets whose names are read.
const MOST: usize = 1_000;

/// The workbook reduced to the displayed sheet: its only sheet with content, else the active one. `None` if that cannot be determined.
pub(super) fn shown(mut book: Document, active: impl FnOnce() -> Option<String>) -> Option<Document> {
    if book.grids().count() > 1 {
        let active = active()?;
        book.blocks.retain(|block| match block {
            Block::Grid(grid) => grid.place.part.as_deref() == Some(active.as_str()),
            _ => true,
        });
    }
    if book.grids().count() != 1 {
        return None;
    }
    for block in &mut book.blocks {
        if let Block::Grid(grid) = block {
            grid.embedded = true;
        }
    }
    Some(book)
}

/// The name of the active sheet of an Excel workbook.
///
/// # Errors
/// [`ReadError::OverLimit`] when it costs more than is left.
pub(super) fn active(bytes: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let reader = READERS.iter().find(|reader| sniff(bytes) == Sniffed::Known(reader.format));
    match reader.filter(|reader| matches!(reader.format, Format::Xls | Format::Xlsb)) {
        Some(reader) => within(reader.active_sheet(bytes, budget)),
        None => active_of_workbook(bytes, budget),
    }
}

/// The name of the active sheet of an Office Open XML workbook (ECMA-376 part 1, 18.2.30).
///
/// # Errors
/// [`ReadError::OverLimit`] when it costs more than is left.
fn active_of_workbook(bytes: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let found = Package::open(bytes, budget).and_then(|mut package| {
        let main = package.main_part(budget)?.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let Some(part) = package.part(&main, budget)? else { return Ok(None) };
        let (text, _) = xml::text(&part, budget)?;
        let mut events = Events::new(&text, 0, &[]);
        let (mut active, mut names) = (0, Vec::new());
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "workbookView" => {
                    active = tag.get("activeTab").and_then(|tab| tab.trim().parse().ok()).unwrap_or(0);
                }
                Event::Open(tag) if tag.local == "sheet" && names.len() < MOST => {
                    names.push(tag.get("name").unwrap_or_default().into_owned());
                }
                Event::End => return Ok(names.into_iter().nth(active)),
                _ => {}
            }
        }
    });
    within(found)
}

/// The name of the active sheet in the settings of an `OpenDocument` spreadsheet.
///
/// # Errors
/// [`ReadError::OverLimit`] when it costs more than is left.
pub(super) fn active_of_settings(part: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let found = xml::text(part, budget).and_then(|(text, _)| {
        let mut events = Events::new(&text, 0, &[]);
        loop {
            match events.next(budget)? {
                Event::Open(tag)
                    if tag.local == "config-item" && tag.get("name").is_some_and(|name| name == "ActiveTable") =>
                {
                    return Ok(Some(events.content(budget)?.into_owned()));
                }
                Event::End => return Ok(None),
                _ => {}
            }
        }
    });
    within(found)
}

/// Turns errors other than exceeded limits into `None`.
fn within<T>(found: Result<Option<T>, ReadError>) -> Result<Option<T>, ReadError> {
    match found {
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        found => Ok(found.unwrap_or_default()),
    }
}

/// Moves the pictures of an embedded document into `among`, and renumbers the picture references in its blocks.
pub(super) fn put_in(blocks: &mut [Block], pictures: Vec<Picture>, among: &mut Vec<Picture>) {
    let first = among.len();
    among.extend(pictures);
    let mut waiting: Vec<&mut Block> = blocks.iter_mut().collect();
    while let Some(block) = waiting.pop() {
        match block {
            Block::Picture(picture) => picture.index += first,
            Block::Grid(grid) => {
                waiting.extend(grid.cells_mut().iter_mut().flat_map(|cell| cell.nested.iter_mut()));
            }
            Block::Paragraph(_) => {}
        }
    }
}
