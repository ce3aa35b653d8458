//! XML parts as a stream of borrowed events: encodings, namespaces, depth and budget are handled here, once for all readers.

mod events;
mod known;
mod tag;

use std::borrow::Cow;

use encoding_rs::Encoding;
use memchr::memmem;

use crate::document::{Budget, Resource};
use crate::read::{Damage, ReadError};

pub(crate) use events::{Event, Events};
pub(crate) use tag::Tag;

/// Decodes a part to UTF-8 text without byte order mark; also returns the number of bytes before the text.
///
/// UTF-16 and parts that declare another encoding are transcoded; offsets then count from the start of the transcoded text.
///
/// # Errors
/// [`ReadError::Damaged`] if the bytes are not in the declared encoding, [`ReadError::OverLimit`] if the transcoded text is too long.
pub(crate) fn text<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<(Cow<'a, str>, usize), ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && encoding == encoding_rs::UTF_8
    {
        return utf8(&bytes[mark..]).map(|text| (text.into(), mark));
    }
    let encoding = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => declared(bytes).filter(|&encoding| encoding != encoding_rs::UTF_8),
    };
    let Some(encoding) = encoding else { return utf8(bytes).map(|text| (text.into(), 0)) };
    // Two bytes become at most three, in every supported encoding.
    budget.spend(Resource::PartBytes, bytes.len() as u64 * 3 / 2)?;
    budget.spend(Resource::InflatedBytes, bytes.len() as u64 * 3 / 2)?;
    let (text, wrong) = encoding.decode_with_bom_removal(bytes);
    if wrong {
        return Err(Damage::XmlEncoding { encoding: encoding.name().to_owned() }.into());
    }
    Ok((Cow::Owned(text.into_owned()), 0))
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    simdutf8::compat::from_utf8(bytes).map_err(|wrong| ReadError::from(Damage::XmlNotUtf8 { at: wrong.valid_up_to() }))
}

/// The encoding named in the XML declaration.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head = head.strip_prefix(b"<?xml")?;
    let head = &head[..memchr::memchr(b'>', head)?];
    let value = &head[memmem::find(head, b"encoding")? + 8..];
    let start = value.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let label = &value[start + 1..];
    Encoding::for_label(&label[..label.iter().position(|byte| *byte == value[start])?])
}

#[cfg(test)]
mod tests;
