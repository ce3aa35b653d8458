//! Web pages: paragraphs, tables and pictures of a page, with navigation marked. Nothing is fetched.

mod chrome;
mod css;
mod fields;
mod lengths;
mod lists;
mod looks;
mod marks;
mod metadata;
mod outside;
mod parse;
mod pictures;
mod plain;
mod survey;
mod tables;
mod tree;
mod walk;
mod words;

use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::shared::encoding::{declared_in_html, decode};

pub(in crate::read) use pictures::File;

/// Reads a web page.
///
/// # Errors
/// [`ReadError::OverLimit`] for too deep nesting, or too much text or too many tables.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    let text = decode(bytes, declared_in_html(bytes), findings);
    read_text(&text, Source::default(), budget, findings)
}

/// The context of a page.
#[derive(Debug, Clone, Copy)]
pub(in crate::read) struct Source<'a> {
    /// Name of the page in places.
    pub(in crate::read) part: &'a str,
    /// Other files of the archive (MHT).
    pub(in crate::read) files: &'a [File],
    /// Index of its first picture in the document.
    pub(in crate::read) first_picture: usize,
}

impl Default for Source<'_> {
    fn default() -> Self {
        Self { part: "html", files: &[], first_picture: 0 }
    }
}

/// Reads a web page from its text.
pub(in crate::read) fn read_text(
    text: &str,
    source: Source,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    budget.spend(Resource::PartBytes, text.len() as u64)?;
    let mut page = parse::parse(text, budget)?;
    tables::order_groups(&mut page);
    let survey = survey::survey(&page, source.files, budget)?;
    let mut document = walk::Walker::new(&page, &survey, source, budget).document(findings)?;
    document.metadata = metadata::metadata(&page);
    Ok(document)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod pieces;
#[cfg(test)]
mod tests;
