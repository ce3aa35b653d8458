//! Embedded files shown as part of the document: text (`w:altChunk`, 17.17.2) and workbooks (`o:OLEObject`).

use super::shared::Shared;
use crate::document::{Block, Document, Format};
use crate::finding::Finding;
use crate::read::container::Relationships;
use crate::read::shared::skipped::Kind;
use crate::read::{READERS, ReadError, Sniffed, sniff};

/// Files that are read as parts of one document.
const MOST: usize = 32;

/// Formats of text that may be put in; documents of Word in them put nothing in themselves.
const TEXTS: &[Format] = &[Format::Html, Format::Mht, Format::Rtf, Format::Text, Format::Docx, Format::Odt];

/// Formats of workbooks.
const BOOKS: &[Format] = &[Format::Xlsx, Format::Xls, Format::Xlsb, Format::Ods];

impl Shared<'_> {
    /// The blocks of the file that a relationship leads to; nothing, and counted, where it is not read.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] when it costs more than is left of what the whole file may.
    pub(super) fn inserted(&mut self, id: &str, relationships: &Relationships) -> Result<Vec<Block>, ReadError> {
        let found = self.inserted_document(id, relationships)?;
        let Some(document) = found else {
            self.skipped.add(Kind::Chunk);
            return Ok(Vec::new());
        };
        Ok(self.take(document))
    }

    /// The table of an embedded workbook, where its one sheet is what the page shows of it; nothing, and counted, where it has several
    /// or is no workbook.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] when it costs more than is left of what the whole file may.
    pub(super) fn embedded(&mut self, id: &str, relationships: &Relationships) -> Result<Vec<Block>, ReadError> {
        let found = self.read_target(id, relationships, BOOKS)?;
        let found = found.filter(|(document, _)| document.grids().count() == 1);
        let Some((document, mut findings)) = found else {
            self.skipped.add(Kind::Object);
            return Ok(Vec::new());
        };
        self.said.append(&mut findings);
        self.skipped.add(Kind::Workbook);
        let mut blocks = self.take(document);
        for block in &mut blocks {
            if let Block::Grid(grid) = block {
                grid.embedded = true;
            }
        }
        Ok(blocks)
    }

    /// The blocks of a document that stands in this one, its pictures among this one's.
    fn take(&mut self, document: Document) -> Vec<Block> {
        let first = self.pictures.list.len();
        let Document { mut blocks, pictures, asides, .. } = document;
        self.pictures.list.extend(pictures);
        self.asides.extend(asides);
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
        blocks
    }

    fn inserted_document(&mut self, id: &str, relationships: &Relationships) -> Result<Option<Document>, ReadError> {
        let Some((document, mut findings)) = self.read_target(id, relationships, TEXTS)? else { return Ok(None) };
        self.said.append(&mut findings);
        Ok(Some(document))
    }

    /// The file that a relationship leads to, if it is of one of these formats and can be read, and findings about it.
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
