//! PDF (ISO 32000): reads text and ruled lines within budgets.
//!
//! Files and objects are parsed by our own code, because the available crates inflate object and cross-reference streams without a limit.

mod cff;
mod cmap;
mod content;
mod crypt;
mod file;
mod filter;
mod font;
mod lexer;
mod names;
mod object;
mod pages;
mod program;
mod show;
mod state;
mod structure;
mod table;
mod truetype;
pub(crate) mod update;

#[cfg(test)]
mod tests;

use crate::document::{Budget, Document, Metadata};
use crate::finding::Finding;
use crate::finding::code::read::SIGNATURE_UNVERIFIED;
use crate::read::paged::{Remark, document};
use crate::read::{Damage, ReadError};

use file::File;
use object::{Dict, Object};

/// Offset of the header. Some systems write a few bytes before it; offsets in the file are relative to the header.
fn header(bytes: &[u8]) -> usize {
    memchr::memmem::find(&bytes[..bytes.len().min(1 << 10)], b"%PDF-").unwrap_or_default()
}

/// Reads a PDF file.
///
/// # Errors
/// [`ReadError`] if the file needs a password, is damaged, or exceeds a limit.
pub(super) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut file = File::open(&bytes[header(bytes)..], budget)?;
    let metadata = metadata(&mut file, budget)?;
    let pages::Found { pages, mut remarks, numbers } = pages::read(&mut file, budget)?;
    if pages.is_empty() {
        return Err(Damage::NoPageList.into());
    }
    if file.damaged {
        remarks.extend((0..pages.len()).map(|page| (page, Remark::Damaged)));
    }
    if memchr::memmem::find(bytes, b"/ByteRange").is_some() {
        let code = &SIGNATURE_UNVERIFIED;
        let message = crate::finding::Message::new(
            format!("{}。{}", code.title.0, code.remedy.0),
            format!("{}. {}", code.title.1, code.remedy.1),
        );
        findings.push(Finding::new(code, message));
    }
    // A damaged structure tree is ignored; exceeding the budget is still an error.
    let mut tagged = |budget: &mut Budget| match structure::tables(&mut file, &numbers, budget) {
        Err(error @ ReadError::OverLimit(_)) => Err(error),
        found => Ok(found.unwrap_or_default()),
    };
    let mut made = document(pages, &mut tagged, remarks, budget, findings)?;
    made.metadata = metadata;
    Ok(made)
}

/// The document information dictionary (14.3.3).
fn metadata(file: &mut File, budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut metadata = Metadata::default();
    let info = file.trailer.raw(b"Info").clone();
    let Some(info) = file.dict_of(&info, budget)? else { return Ok(metadata) };
    metadata.title = text_of(file, &info, b"Title", budget)?;
    metadata.author = text_of(file, &info, b"Author", budget)?;
    for (key, name) in [
        (&b"CreationDate"[..], "dcterms:created"),
        (b"ModDate", "dcterms:modified"),
        (b"Creator", "Application"),
        (b"Producer", "Producer"),
        (b"Keywords", "cp:keywords"),
        (b"Subject", "dc:subject"),
    ] {
        if let Some(text) = text_of(file, &info, key, budget)? {
            metadata.entries.push((name.to_owned(), text));
        }
    }
    Ok(metadata)
}

/// A text string (7.9.2.2): UTF-16 or UTF-8 by its byte order mark, else UTF-8 if valid, else GBK.
fn text_of(file: &mut File, dict: &Dict, name: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let value = file.value(dict, name, budget)?;
    let Object::String(bytes) = value else { return Ok(None) };
    let text = match &*bytes {
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xFF, 0xFE, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::GBK.decode_without_bom_handling(bytes).0.into_owned(),
        },
    };
    let text = text.trim().trim_matches('\0');
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
