//! What XLSX and XLSB packages share: document properties, and what is drawn over the sheets: pictures and text boxes (ECMA-376 part 1, 20.5).

use super::Workbook;
use crate::document::{Budget, Metadata, Paragraph, Place, Region, Resource};
use crate::read::ReadError;
use crate::read::docx::metadata;
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events};

/// A sheet that may have something drawn over it.
pub(super) struct Drawn {
    /// Its name.
    pub(super) sheet: String,
    /// Its part.
    pub(super) part: String,
    /// The id of the relationship to its drawing.
    pub(super) drawing: Option<String>,
}

/// The workbook's own part.
pub(super) fn main_part(package: &mut Package, usual: &str, budget: &mut Budget) -> Result<String, ReadError> {
    let main = package.main_part(budget)?.or_else(|| package.find(usual).map(str::to_owned));
    main.ok_or_else(|| ReadError::Damaged("the package has no main part".into()))
}

/// A part that must be there.
pub(super) fn required(package: &mut Package, name: &str, budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    package.part(name, budget)?.ok_or_else(|| ReadError::Damaged(format!("the part {name} is missing")))
}

/// The document properties; damaged ones are left out.
pub(super) fn properties(package: &mut Package, budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut found = Metadata::default();
    for part in ["docProps/core.xml", "docProps/app.xml"] {
        let Some(bytes) = package.part(part, budget)? else { continue };
        let added = xml::text(&bytes, budget).and_then(|(text, _)| metadata::add(&mut found, &text, budget));
        if let Err(ReadError::OverLimit(exceeded)) = added {
            return Err(exceeded.into());
        }
    }
    Ok(found)
}

/// What is drawn over the sheets, then the pictures that are in the package besides.
pub(super) fn drawings(
    package: &mut Package,
    sheets: &[Drawn],
    book: &mut Workbook,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    for drawn in sheets {
        let Some(id) = &drawn.drawing else { continue };
        let of_sheet = package.relationships(&drawn.part, budget)?;
        let Some(drawing) = of_sheet.by_id(id).filter(|drawing| !drawing.external) else { continue };
        if let Some(bytes) = package.part(&drawing.target, budget)? {
            text_boxes(&bytes, &drawn.sheet, book, budget)?;
        }
        for to in package.relationships(&drawing.target, budget)?.all() {
            if to.kind == "image" && !to.external {
                keep(package, &to.target, Some(&drawn.sheet), book, budget)?;
            }
        }
    }
    let is_picture = |name: &&str| name.to_lowercase().starts_with("xl/media/");
    let names: Vec<String> = package.names().filter(is_picture).map(str::to_owned).collect();
    names.iter().try_for_each(|name| keep(package, name, None, book, budget))
}

/// Text of the shapes of a drawing, a paragraph each.
fn text_boxes(bytes: &[u8], sheet: &str, book: &mut Workbook, budget: &mut Budget) -> Result<(), ReadError> {
    let (text, _) = xml::text(bytes, budget)?;
    let mut events = Events::new(&text, 0, &[]);
    let mut line = String::new();
    let mut inside = None;
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "txBody" => inside = Some(events.depth()),
            Event::Open(tag) if inside.is_some() && tag.local == "t" => {
                let piece = events.content(budget)?;
                budget.spend(Resource::TextBytes, piece.len() as u64)?;
                line.push_str(&piece);
            }
            Event::Open(tag) if inside.is_some() && tag.local == "br" => line.push('\n'),
            // A paragraph of the text ends one level below it.
            Event::Close(_) if inside == Some(events.depth()) && !line.trim().is_empty() => {
                budget.spend(Resource::Blocks, 1)?;
                let place = Place { part: Some(sheet.into()), ..Place::default() };
                let text = std::mem::take(&mut line);
                book.texts.push(Paragraph { text, region: Region::TextBox, place, ..Paragraph::default() });
            }
            Event::Close(_) if inside.is_some_and(|depth| events.depth() < depth) => inside = None,
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

/// Keeps a picture once.
fn keep(
    package: &mut Package,
    part: &str,
    sheet: Option<&str>,
    book: &mut Workbook,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let Some(part) = package.find(part).map(str::to_owned) else { return Ok(()) };
    if book.pictures.known(&part).is_some() {
        return Ok(());
    }
    let Some(bytes) = package.part(&part, budget)? else { return Ok(()) };
    if let Some(index) = book.pictures.keep(&part, bytes) {
        book.placed.extend(sheet.map(|sheet| (index, sheet.to_owned())));
    }
    Ok(())
}
