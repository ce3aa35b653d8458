//! Embedded objects (ISO/IEC 26300-1, 10.4.6): the table of a workbook that is shown is read, all else is counted.

use super::Walker;
use crate::document::{Budget, Document, Format};
use crate::finding::Finding;
use crate::read::shared::skipped::SkippedKind;
use crate::read::word::embedded;
use crate::read::xml::Tag;
use crate::read::{READERS, ReadError, Sniffed, sniff};

/// Objects of one document that are read.
const MOST: usize = 32;

impl Walker<'_> {
    /// Reads an embedded object, or counts it.
    pub(super) fn object(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let part = tag.get("href").map(|href| href.trim_start_matches("./").trim_end_matches('/').to_owned());
        let part = part.filter(|part| !part.is_empty() && !part.contains(':') && self.objects < MOST);
        self.objects += 1;
        let mut findings = Vec::new();
        let book = match part {
            Some(part) => self.book(&part, budget, &mut findings)?,
            None => None,
        };
        let Some(book) = book else {
            self.skipped.add(SkippedKind::Object);
            return Ok(());
        };
        self.skipped.add(SkippedKind::Workbook);
        self.findings.append(&mut findings);
        let Document { mut blocks, pictures, asides, .. } = book;
        embedded::put_in(&mut blocks, pictures, &mut self.pictures.list);
        self.asides.extend(asides);
        for block in blocks {
            self.push(block);
        }
        Ok(())
    }

    /// The sheet of a workbook that is shown: of one in a folder of its own, or of a file of another program.
    fn book(
        &mut self,
        part: &str,
        budget: &mut Budget,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Document>, ReadError> {
        let Some(package) = &mut self.package else { return Ok(None) };
        let (bytes, settings) = match package.part(&format!("{part}/content.xml"), budget)? {
            Some(content) => (content, package.part(&format!("{part}/settings.xml"), budget)?),
            None => (package.part(part, budget)?.unwrap_or_default(), None),
        };
        let is_book = |format| matches!(format, Format::Xlsx | Format::Xls | Format::Xlsb | Format::Ods);
        let format = match sniff(&bytes) {
            Sniffed::Known(format) if is_book(format) => format,
            // What stands in a folder says its kind in its body.
            _ if settings.is_some() && memchr::memmem::find(&bytes, b"office:spreadsheet").is_some() => Format::Ods,
            _ => return Ok(None),
        };
        let Some(reader) = READERS.iter().find(|reader| reader.format == format) else { return Ok(None) };
        let book = match (reader.read)(&bytes, budget, findings) {
            Ok(book) => book,
            Err(ReadError::OverLimit(exceeded)) => return Err(exceeded.into()),
            Err(_) => return Ok(None),
        };
        let active = match (&settings, format) {
            (Some(settings), _) => embedded::active_of_settings(settings, budget)?,
            (None, Format::Xlsx) => embedded::active_of_workbook(&bytes, budget)?,
            _ => None,
        };
        Ok(embedded::shown(book, || active))
    }
}
