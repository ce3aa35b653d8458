//! Notes of SpreadsheetML (ECMA-376 part 1, 18.7): the comments part of a sheet, and the VML drawing (part 4) without which Excel
//! does not show them.

pub(super) mod cells;
mod comments;
mod drawing;

use super::edit::{DECLARATION, Parts, apply, root};
use super::{AnnotateError, Note};
use crate::document::{Budget, Place};
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const COMMENTS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

/// Elements of a sheet that come after `legacyDrawing` (18.3.1.99).
const AFTER: &[&str] =
    &["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

/// A note at a cell, 0-based.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CellNote {
    row: u32,
    column: u32,
    text: String,
}

impl CellNote {
    fn name(&self) -> String {
        let place = Place { row: Some(self.row), column: Some(self.column), ..Place::default() };
        place.a1().unwrap_or_default()
    }
}

/// Adds the notes to their cells, and the rest to the first cell of the first sheet. Returns the number of notes.
pub(super) fn annotate<'f>(
    parts: &mut Parts,
    main: &str,
    workbook: &str,
    notes: &[Note<'f>],
    mut rest: Vec<&'f str>,
) -> Result<usize, AnnotateError> {
    let sheets = sheets(parts, main, workbook)?;
    let mut by_sheet: Vec<Vec<CellNote>> = vec![Vec::new(); sheets.len()];
    for note in notes {
        let sheet = sheets.iter().position(|(name, _)| Some(name.as_str()) == note.place.part.as_deref());
        match (sheet, note.place.row, note.place.column) {
            (Some(sheet), Some(row), Some(column)) => {
                by_sheet[sheet].push(CellNote { row, column, text: note.texts.join("\n") });
            }
            _ => rest.extend(&note.texts),
        }
    }
    if let Some(first) = by_sheet.first_mut().filter(|_| !rest.is_empty()) {
        match first.iter_mut().find(|note| (note.row, note.column) == (0, 0)) {
            Some(note) => note.text = format!("{}\n{}", note.text, rest.join("\n")),
            None => first.insert(0, CellNote { row: 0, column: 0, text: rest.join("\n") }),
        }
    }
    let mut count = 0;
    for ((_, part), notes) in sheets.iter().zip(&by_sheet).filter(|(_, notes)| !notes.is_empty()) {
        sheet_notes(parts, part, notes)?;
        count += notes.len();
    }
    Ok(count)
}

/// Names and parts of the sheets in the workbook's order.
fn sheets(parts: &mut Parts, main: &str, workbook: &str) -> Result<Vec<(String, String)>, AnnotateError> {
    let relationships = parts.relationships(main)?;
    let mut events = Events::new(workbook.trim_start_matches('\u{feff}'), 0, &[]);
    let mut sheets = Vec::new();
    loop {
        match events.next(parts.budget)? {
            Event::Open(tag) if tag.local == "sheet" => {
                let target = tag.get("id").and_then(|id| relationships.by_id(&id)).map(|found| found.target.clone());
                if let (Some(name), Some(target)) = (tag.get("name"), target) {
                    sheets.push((name.into_owned(), target));
                }
            }
            Event::End => return Ok(sheets),
            _ => {}
        }
    }
}

fn sheet_notes(parts: &mut Parts, sheet: &str, notes: &[CellNote]) -> Result<(), AnnotateError> {
    let relationships = parts.relationships(sheet)?;
    let known = relationships.target("comments").map(str::to_owned);
    let text = match &known {
        Some(name) => parts.text(name)?,
        None => None,
    };
    let name = known.unwrap_or_else(|| {
        let name = parts.free_name("xl/comments", ".xml");
        parts.relate(sheet, &relationships, "comments", &name);
        parts.declare(&name, COMMENTS);
        name
    });
    let text = text.unwrap_or_else(|| {
        format!("{DECLARATION}<comments xmlns=\"{MAIN}\"><authors></authors><commentList></commentList></comments>")
    });
    let (text, drawn) = comments::with(&text, notes, &parts.author, parts.budget)?;
    parts.set(&name, text);
    if drawn.is_empty() {
        return Ok(());
    }
    let text = parts.text(sheet)?.unwrap_or_default();
    let layout = Layout::parse(&text, parts.budget)?;
    let target = layout.drawing.and_then(|id| relationships.by_id(&id)).map(|found| found.target.clone());
    let (name, drawing) = if let Some(name) = target {
        let text = parts.text(&name)?.unwrap_or_else(|| drawing::BLANK.to_owned());
        (name, text)
    } else {
        let name = parts.free_name("xl/drawings/vmlDrawing", ".vml");
        let id = parts.relate(sheet, &relationships, "vmlDrawing", &name);
        parts.declare(&name, DRAWING);
        let prefix = root(&text).map_or("", |(prefix, _)| prefix);
        let element = format!("<{prefix}legacyDrawing xmlns:r=\"{OFFICE}\" r:id=\"{id}\"/>");
        parts.set(sheet, apply(&text, vec![(layout.place, layout.place, element)]));
        (name, drawing::BLANK.to_owned())
    };
    parts.set(&name, drawing::with_boxes(&drawing, &drawn));
    Ok(())
}

/// Where a sheet refers, or would refer, to its legacy drawing.
struct Layout {
    /// Id of the relationship.
    drawing: Option<String>,
    /// Offset of the reference.
    place: usize,
}

impl Layout {
    fn parse(text: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let plain = text.trim_start_matches('\u{feff}');
        let mark = text.len() - plain.len();
        let mut events = Events::new(plain, 0, &[]);
        let (mut drawing, mut place) = (None, None);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if events.depth() == 2 => {
                    if tag.local == "legacyDrawing" {
                        drawing = tag.get("id").map(std::borrow::Cow::into_owned);
                    } else if AFTER.contains(&tag.local) && place.is_none() {
                        place = Some(tag.start + mark);
                    }
                    events.skip(budget)?;
                }
                Event::End => break,
                _ => {}
            }
        }
        Ok(Self { drawing, place: place.or_else(|| text.rfind("</")).unwrap_or(text.len()) })
    }
}
