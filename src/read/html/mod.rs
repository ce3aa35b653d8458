//! Web pages: paragraphs, tables and pictures of a page, its navigation marked and nothing of it fetched.

mod chrome;
mod guard;
mod layout;
mod walk;

use scraper::Html;

use super::encoding::{declared_in_html, decode};
use super::error::ReadError;
use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;

/// Reads a web page.
///
/// # Errors
/// [`ReadError::OverLimit`] for nesting deeper than a page has, or more text and tables than a file may have.
pub(super) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    budget.spend(Resource::TextBytes, bytes.len() as u64)?;
    let text = decode(bytes, declared_in_html(bytes), findings);
    read_text(&text, &[], budget, findings)
}

/// Reads a web page from its text, with the files that came with it (MHT): location and bytes.
pub(super) fn read_text(
    text: &str,
    files: &[(String, Vec<u8>)],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    guard::check_nesting(text, budget)?;
    let page = Html::parse_document(&guard::without_conditional_comments(text));
    walk::Walker::new(files, budget, findings).document(&page)
}

#[cfg(test)]
mod tests;
