//! The bytes of an input with their digest.

use sha2::{Digest, Sha256};

/// The bytes of an input and their digest, computed once for reports, outputs and the cache.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

impl<'a> Content<'a> {
    /// The content of these bytes.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes, sha256: sha256(bytes) }
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
