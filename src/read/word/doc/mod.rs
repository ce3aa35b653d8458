//! Reader of Word 97-2003 documents (MS-DOC), including .wps files of WPS Writer.

mod blip;
mod boxes;
mod drawing;
mod face;
mod fib;
mod field;
mod fkp;
mod list;
mod pictures;
mod pieces;
mod props;
mod sprm;
mod style;
mod text;

use self::drawing::Drawings;
use self::fib::{Fib, Table};
use self::fkp::{Pages, PropertyKind};
use self::list::Lists;
use self::pieces::Pieces;
use self::style::Styles;
use self::text::{Source, Walk};
use crate::document::{Budget, Document, Region};
use crate::finding::Finding;
use crate::read::container::cfb::Compound;
use crate::read::shared::summary;
use crate::read::{Damage, FileKind, ReadError, Unsupported};

/// Reads a Word 97-2003 document.
///
/// # Errors
/// [`ReadError::Encrypted`] for a password, [`ReadError::Unsupported`] for Word 6.0/95 and for compound files of other programs,
/// [`ReadError::Damaged`] if text is missing, [`ReadError::OverLimit`] if it exceeds a limit.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    let mut compound = Compound::open(bytes, budget)?;
    let Some(document) = compound.stream("WordDocument", budget)? else { return Err(foreign(&compound)) };
    let fib = Fib::read(&document)?;
    let names = if fib.second_table { ["1Table", "0Table"] } else { ["0Table", "1Table"] };
    let mut table = compound.stream(names[0], budget)?;
    if table.is_none() {
        table = compound.stream(names[1], budget)?;
    }
    let table = table.ok_or_else(|| ReadError::from(Damage::StreamMissing { stream: names[0].to_owned() }))?;
    let data = compound.stream("Data", budget)?.unwrap_or_default();
    let summary = compound.stream("\u{5}SummaryInformation", budget)?.unwrap_or_default();

    let pieces = Pieces::read(fib.slice(&table, Table::Clx), budget)?;
    let reached = pieces.list.last().map_or(0, |piece| piece.end);
    if reached < fib.lengths.main {
        return Err(Damage::WordTextMissing { found: reached.into(), wanted: fib.lengths.main.into() }.into());
    }
    let stories = stories(&fib);
    let boxes_start = stories.iter().find(|story| story.2 == Region::TextBox).map_or(0, |story| story.0);
    let source = Source {
        document: &document,
        data: &data,
        pieces: &pieces,
        characters: Pages::new(&document, fib.slice(&table, Table::PlcfBteChpx), PropertyKind::Characters),
        paragraphs: Pages::new(&document, fib.slice(&table, Table::PlcfBtePapx), PropertyKind::Paragraphs),
        styles: &Styles::read(fib.slice(&table, Table::Stshf), budget)?,
        drawings: &Drawings::read(&fib, &document, &table, budget)?,
        boxes_start,
    };
    let mut walk = Walk::new(source, Lists::read(&fib, &table, budget)?, budget);
    for (start, end, region) in stories {
        match region {
            Region::TextBox => walk.boxes_left(start, end)?,
            _ => walk.story(start, end, region)?,
        }
    }
    let mut result = walk.finish(fib.lengths.comments, findings);
    result.metadata = summary::read(&summary);
    Ok(result)
}

/// Ranges of character positions of the document parts that are read, with their regions.
fn stories(fib: &Fib) -> Vec<(u32, u32, Region)> {
    let lengths = fib.lengths;
    let parts = [
        (lengths.main, Some(Region::Body)),
        (lengths.footnotes, Some(Region::Note)),
        (lengths.headers, Some(Region::HeaderFooter)),
        (lengths.macros, None),
        (lengths.comments, None),
        (lengths.endnotes, Some(Region::Note)),
        (lengths.text_boxes, Some(Region::TextBox)),
        (lengths.header_text_boxes, Some(Region::HeaderFooter)),
    ];
    let mut start = 0_u32;
    let mut stories = Vec::new();
    for (length, region) in parts {
        let end = start.saturating_add(length);
        stories.extend(region.filter(|_| length > 0).map(|region| (start, end, region)));
        start = end;
    }
    stories
}

/// The error for a compound file without a Word document.
fn foreign(compound: &Compound) -> ReadError {
    let has = |wanted: &str| compound.names().any(|name| name.eq_ignore_ascii_case(wanted));
    if has("EncryptedPackage") {
        return ReadError::Encrypted;
    }
    let kind = if has("Workbook") || has("Book") {
        FileKind::Excel97Workbook
    } else if has("MatOST") || has("CONTENTS") {
        FileKind::Works
    } else {
        FileKind::Compound
    };
    Unsupported::Kind(kind).into()
}
