//! Embedded objects (ISO/IEC 26300-1, 10.4.6): the table of a workbook that is shown is read, all else is counted.

use super::Walker;
use crate::document::{Budget, Document, Format, Resource};
use crate::finding::Finding;
use crate::read::shared::skipped::SkippedKind;
use crate::read::word::embedded;
use crate::read::xml::Tag;
use crate::read::{READERS, ReadError, Sniffed, sniff};

/// Objects of one document that are read.
const MOST: usize = 32;

/// Elements that show what another program made.
pub(super) fn is_object(name: &str) -> bool {
    matches!(name, "object" | "object-ole" | "plugin" | "applet")
}

impl Walker<'_> {
    /// Reads an embedded object, or counts it.
    pub(super) fn object(&mut self, tag: &Tag, inside: Option<&str>, budget: &mut Budget) -> Result<(), ReadError> {
        let part = tag.get("href").map(|href| href.trim_start_matches("./").trim_end_matches('/').to_owned());
        let part = part.filter(|part| !part.is_empty() && !part.contains(':') && self.objects < MOST);
        self.objects += 1;
        let mut findings = Vec::new();
        let book = match part {
            Some(part) => self.book(&part, budget, &mut findings)?,
            None => self.inline(inside.unwrap_or_default(), budget, &mut findings)?,
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

    /// The sheet of a workbook that is shown, whose XML is in the file itself.
    fn inline(
        &mut self,
        inside: &str,
        budget: &mut Budget,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Document>, ReadError> {
        let (Some(whole), true) = (self.flat.filter(|_| self.objects <= MOST), inside.contains(":spreadsheet")) else {
            return Ok(None);
        };
        // The prefixes are usually declared by the root of the file only.
        let root = whole.find("office:mimetype").and_then(|at| whole[..at].rfind('<')).unwrap_or_default();
        let root = whole[root..].split_once('>').map_or("", |(root, _)| root);
        let end = inside.rfind("</").unwrap_or(inside.len());
        let declared: Vec<&str> = root.split_whitespace().filter(|word| word.starts_with("xmlns")).collect();
        let book = format!("<book {}>{}</book>", declared.join(" "), &inside[..end]);
        budget.spend(Resource::PartBytes, book.len() as u64)?;
        let Some(reader) = READERS.iter().find(|reader| reader.format == Format::Ods) else { return Ok(None) };
        let read = match (reader.read)(book.as_bytes(), budget, findings) {
            Ok(read) => read,
            Err(ReadError::OverLimit(exceeded)) => return Err(exceeded.into()),
            Err(_) => return Ok(None),
        };
        let active = embedded::active_of_settings(book.as_bytes(), budget)?;
        Ok(embedded::shown(read, || active))
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
            (None, Format::Ods) => None,
            (None, _) => embedded::active(&bytes, budget)?,
        };
        Ok(embedded::shown(book, || active))
    }
}
