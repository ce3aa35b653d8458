//! Document properties and drawings (pictures, text boxes) of package workbooks (ECMA-376 part 1, 20.5).

use super::biff::Records;
use super::{Workbook, drawn_line};
use crate::document::{Budget, Metadata, Resource};
use crate::read::container::Relationship;
use crate::read::container::package::Package;
use crate::read::shared::metadata;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::{self, Event, Events};
use crate::read::{Damage, ReadError};

/// A sheet that may have a drawing.
pub(super) struct Drawn {
    /// Name of its part.
    pub(super) part: String,
    /// Id of the relationship to its drawing.
    pub(super) drawing: Option<String>,
    /// Whether it may have comments.
    pub(super) comments: bool,
}

/// The main part of the workbook.
pub(super) fn main_part(package: &mut Package, usual: &str, budget: &mut Budget) -> Result<String, ReadError> {
    let main = package.main_part(budget)?.or_else(|| package.find(usual).map(str::to_owned));
    main.ok_or_else(|| ReadError::from(Damage::NoMainPart))
}

/// A required part.
pub(super) fn required(package: &mut Package, name: &str, budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    package.part(name, budget)?.ok_or_else(|| ReadError::from(Damage::PartMissing { part: name.to_owned() }))
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

/// Reads the drawings of the sheets (`drawn`, in workbook order), then the remaining pictures of the package.
pub(super) fn drawings(
    package: &mut Package,
    drawn: &[Drawn],
    book: &mut Workbook,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    for (at, drawn) in drawn.iter().enumerate() {
        if drawn.drawing.is_none() && !drawn.comments {
            continue;
        }
        match drawing(package, drawn, at, book, budget) {
            Err(ReadError::OverLimit(exceeded)) => return Err(exceeded.into()),
            // A damaged drawing does not affect the cells.
            Err(_) => book.sheets.iter_mut().skip(at).take(1).for_each(|sheet| sheet.skipped.add(SkippedKind::Part)),
            Ok(()) => {}
        }
    }
    let is_picture = |name: &&str| name.to_lowercase().starts_with("xl/media/");
    let names: Vec<String> = package.names().filter(is_picture).map(str::to_owned).collect();
    names.iter().try_for_each(|name| keep(package, name, None, book, budget))
}

/// Reads the drawing of one sheet: keeps text and pictures, counts charts and comments.
fn drawing(
    package: &mut Package,
    drawn: &Drawn,
    at: usize,
    book: &mut Workbook,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let Some(sheet) = book.sheets.get_mut(at) else { return Ok(()) };
    let name = sheet.name.clone();
    let of_sheet = package.relationships(&drawn.part, budget)?;
    for to in of_sheet.all().iter().filter(|to| to.kind == "comments" && !to.external) {
        if let Some(bytes) = package.part(&to.target, budget)? {
            (0..comments(&bytes, budget)?).for_each(|_| sheet.skipped.add(SkippedKind::Comment));
        }
    }
    let drawing = drawn.drawing.as_ref().and_then(|id| of_sheet.by_id(id)).filter(|drawing| !drawing.external);
    let Some(drawing) = drawing else { return Ok(()) };
    let of_drawing = package.relationships(&drawing.target, budget)?;
    let is_chart = |to: &&Relationship| matches!(&*to.kind, "chart" | "chartEx" | "diagramData");
    of_drawing.all().iter().filter(is_chart).for_each(|_| sheet.skipped.add(SkippedKind::Chart));
    if let Some(bytes) = package.part(&drawing.target, budget)? {
        text_boxes(&bytes, &name, book, budget)?;
    }
    for to in of_drawing.all().iter().filter(|to| to.kind == "image" && !to.external) {
        keep(package, &to.target, Some(&name), book, budget)?;
    }
    Ok(())
}

/// Number of comments of a part: XML (18.7.3), or records that begin with `BrtBeginComments` (MS-XLSB 2.3.2).
fn comments(part: &[u8], budget: &mut Budget) -> Result<u32, ReadError> {
    const BEGIN_COMMENTS: &[u8] = &[0xF4, 0x04];
    const BEGIN_COMMENT: u32 = 635;
    let mut count = 0;
    if !part.starts_with(BEGIN_COMMENTS) {
        let (text, _) = xml::text(part, budget)?;
        let mut events = Events::new(&text, 0, &[]);
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "comment" => count += 1,
                Event::End => return Ok(count),
                _ => {}
            }
        }
    }
    let mut records = Records::new(part);
    while let Some((kind, _)) = records.next(budget)? {
        count += u32::from(kind == BEGIN_COMMENT);
    }
    Ok(count)
}

/// Reads the text of the shapes of a drawing, by paragraphs.
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
            // A paragraph of the text ends one level below the text body.
            Event::Close(_) if inside == Some(events.depth()) => {
                drawn_line(std::mem::take(&mut line), sheet, &mut book.texts, budget)?;
            }
            Event::Close(_) if inside.is_some_and(|depth| events.depth() < depth) => inside = None,
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

/// Keeps a picture once; one that is missing, broken or too large is recorded in `broken`.
pub(super) fn keep(
    package: &mut Package,
    part: &str,
    sheet: Option<&str>,
    book: &mut Workbook,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let part = package.find(part).unwrap_or(part).to_owned();
    if book.pictures.known(&part).is_some() {
        return Ok(());
    }
    let kept = match package.part(&part, budget) {
        Ok(bytes) => bytes.and_then(|bytes| book.pictures.keep(&part, bytes)),
        Err(ReadError::OverLimit(exceeded)) => return Err(exceeded.into()),
        Err(_) => None,
    };
    match kept {
        Some(index) => book.placed.extend(sheet.map(|sheet| (index, sheet.to_owned()))),
        None => book.broken.extend([part]),
    }
    Ok(())
}
