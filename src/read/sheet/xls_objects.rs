//! Drawing objects of an .xls sheet (MS-XLS): reads the text of text boxes, counts comments and charts.

use super::biff::{Continued, Record};
use super::{Sheet, drawn_line};
use crate::document::{Budget, Paragraph, Resource};
use crate::read::ReadError;
use crate::read::shared::skipped::SkippedKind;

/// A comment (2.4.179).
const NOTE: u16 = 0x001C;
/// An object (2.4.181).
const OBJ: u16 = 0x005D;
/// The text of the preceding object (2.4.329).
const TXO: u16 = 0x01B6;

/// Types of objects (2.5.143).
const CHART: u16 = 0x0005;
const COMMENT: u16 = 0x0019;

/// State of reading the objects of a sheet, record by record.
#[derive(Default)]
pub(super) struct Objects {
    /// Type of the last object.
    kind: u16,
}

impl Objects {
    /// Handles a record of an object; returns whether it is one.
    pub(super) fn take(
        &mut self,
        stream: &[u8],
        record: Record,
        sheet: &mut Sheet,
        texts: &mut Vec<Paragraph>,
        budget: &mut Budget,
    ) -> Result<bool, ReadError> {
        match record.kind {
            // Excel 5 splits a long comment; continuations have no row.
            NOTE if record.u16(0) != Some(0xFFFF) => sheet.skipped.add(SkippedKind::Comment),
            OBJ => {
                self.kind = record.u16(4).unwrap_or(0);
                if self.kind == CHART {
                    sheet.skipped.add(SkippedKind::Chart);
                }
            }
            TXO if self.kind != COMMENT => match (record.u16(10), text(stream, record, budget)?) {
                (Some(0), _) => {}
                (_, Some(text)) => {
                    budget.spend(Resource::TextBytes, text.len() as u64)?;
                    for line in text.split(['\r', '\n']) {
                        drawn_line(line.to_owned(), &sheet.name, texts, budget)?;
                    }
                }
                // The text is truncated.
                (_, None) => sheet.skipped.add(SkippedKind::Part),
            },
            NOTE | TXO => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The text of an object, in the continuations of its record; `None` if they are too short.
fn text(stream: &[u8], record: Record, budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let Some(length) = record.u16(10) else { return Ok(None) };
    let mut bytes = Continued::new(stream, record, budget)?;
    let skipped = bytes.skip(record.data.len());
    Ok(skipped.and_then(|()| bytes.byte()).and_then(|flags| bytes.characters(usize::from(length), flags)))
}
