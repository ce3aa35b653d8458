//! Embedded files shown as part of the document: text (`w:altChunk`, 17.17.2) and workbooks (`o:OLEObject`).

use super::shared::Shared;
use crate::document::{Block, Document, Format};
use crate::finding::Finding;
use crate::read::container::Relationships;
use crate::read::shared::skipped::SkippedKind;
use crate::read::word::embedded;
use crate::read::{READERS, ReadError, Sniffed, sniff};

/// Maximum number of files embedded in one document.
const MOST: usize = 32;

/// Formats of embedded text; Word documents among them are read without their own embedded files.
const TEXTS: &[Format] = &[Format::Html, Format::Mht, Format::Rtf, Format::Text, Format::Docx, Format::Odt];

/// Formats of embedded workbooks.
const BOOKS: &[Format] = &[Format::Xlsx, Format::Xls, Format::Xlsb, Format::Ods];

impl Shared<'_> {
    /// The blocks of the embedded file that a relationship refers to; empty, and counted as skipped, if it cannot be read.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] if it exceeds what is left of the file's budget.
    pub(super) fn inserted(&mut self, id: &str, relationships: &Relationships) -> Result<Vec<Block>, ReadError> {
        let found = self.inserted_document(id, relationships)?;
        let Some(document) = found else {
            self.skipped.add(SkippedKind::Chunk);
            return Ok(Vec::new());
        };
        Ok(self.take(document))
    }

    /// The table of the sheet that an embedded workbook shows; empty, and counted as skipped, if the sheet is unknown or the object is not a
    /// workbook.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] if it exceeds what is left of the file's budget.
    pub(super) fn embedded(&mut self, id: &str, relationships: &Relationships) -> Result<Vec<Block>, ReadError> {
        let found = self.read_target(id, relationships, BOOKS)?;
        let (mut document, mut findings) = (None, Vec::new());
        if let Some((book, said)) = found {
            let several = book.grids().count() > 1;
            let active = if several { self.active_sheet(id, relationships)? } else { None };
            (document, findings) = (embedded::shown(book, || active), said);
        }
        let Some(document) = document else {
            self.skipped.add(SkippedKind::Object);
            return Ok(Vec::new());
        };
        self.said.append(&mut findings);
        self.skipped.add(SkippedKind::Workbook);
        Ok(self.take(document))
    }

    /// The sheet that an embedded workbook shows.
    fn active_sheet(&mut self, id: &str, relationships: &Relationships) -> Result<Option<String>, ReadError> {
        let Some(target) = relationships.by_id(id) else { return Ok(None) };
        let Some(bytes) = self.parts.part(&target.target, self.budget)? else { return Ok(None) };
        embedded::active(&bytes, self.budget)
    }

    /// The blocks of an embedded document, with its pictures added to those of this document.
    fn take(&mut self, document: Document) -> Vec<Block> {
        let Document { mut blocks, pictures, asides, .. } = document;
        embedded::put_in(&mut blocks, pictures, &mut self.pictures.list);
        self.asides.extend(asides);
        blocks
    }

    fn inserted_document(&mut self, id: &str, relationships: &Relationships) -> Result<Option<Document>, ReadError> {
        let Some((document, mut findings)) = self.read_target(id, relationships, TEXTS)? else { return Ok(None) };
        self.said.append(&mut findings);
        Ok(Some(document))
    }

    /// The file that a relationship refers to, with findings about it, if it has one of these formats and can be read.
    fn read_target(
        &mut self,
        id: &str,
        relationships: &Relationships,
        formats: &[Format],
    ) -> Result<Option<(Document, Vec<Finding>)>, ReadError> {
        self.inserted += 1;
        let target = relationships.by_id(id).filter(|to| !to.external && self.inserted <= MOST);
        let Some(target) = target else { return Ok(None) };
        let Some(bytes) = self.parts.part(&target.target, self.budget)? else { return Ok(None) };
        let Sniffed::Known(format) = sniff(&bytes) else { return Ok(None) };
        if !formats.contains(&format) {
            return Ok(None);
        }
        let mut findings = Vec::new();
        let read = match format {
            Format::Docx => super::read_part(&bytes, self.budget, &mut findings, MOST),
            _ => match READERS.iter().find(|reader| reader.format == format) {
                Some(reader) => (reader.read)(&bytes, self.budget, &mut findings),
                None => return Ok(None),
            },
        };
        match read {
            Ok(document) => Ok(Some((document, findings))),
            Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
            Err(_) => Ok(None),
        }
    }
}
