//! Rich Text Format 1.9.1: saved by Word and WPS as .rtf, and often with the suffix .doc.

mod charset;
mod field;
mod info;
mod picture;
mod reader;
mod state;
mod tables;
mod token;
mod words;

use self::reader::Rtf;
use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::{Damage, ReadError};

/// Reads an RTF file.
///
/// # Errors
/// [`ReadError::Damaged`] if the bytes do not begin as RTF, [`ReadError::OverLimit`] if they exceed a limit.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    budget.spend(Resource::FileBytes, bytes.len() as u64)?;
    let start = bytes.iter().take(64).position(|&byte| byte == b'{').unwrap_or(0);
    if !bytes[start..].starts_with(b"{\\rtf") {
        return Err(Damage::RtfStart.into());
    }
    Rtf::new(budget, findings).run(&bytes[start..], start)
}

#[cfg(test)]
mod tests;
