//! Pictures of a file, deduplicated.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Picture;

/// Maximum total size of the pictures of a file.
const MOST_BYTES: usize = 128 << 20;

/// The pictures of a document in the order of first use.
#[derive(Debug, Default)]
pub(in crate::read) struct Pictures {
    /// The pictures themselves.
    pub(in crate::read) list: Vec<Picture>,
    known: BTreeMap<String, usize>,
    held: usize,
}

impl Pictures {
    /// The index of the picture in a part, if it was kept before.
    pub(in crate::read) fn known(&self, part: &str) -> Option<usize> {
        self.known.get(part).copied()
    }

    /// Keeps a picture and returns its index; `None` if the total would be too large.
    pub(in crate::read) fn keep(&mut self, part: &str, bytes: Vec<u8>) -> Option<usize> {
        self.held = self.held.checked_add(bytes.len()).filter(|held| *held <= MOST_BYTES)?;
        let name = part.rsplit('/').next().unwrap_or(part).to_owned();
        let media_type = media_type(&bytes, &name).to_owned();
        self.list.push(Picture { name, media_type, bytes: Arc::from(bytes) });
        let index = self.list.len() - 1;
        self.known.insert(part.to_owned(), index);
        Some(index)
    }
}

/// The media type by the first bytes, else by the suffix.
fn media_type(bytes: &[u8], name: &str) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => return "image/png",
        [0xFF, 0xD8, 0xFF, ..] => return "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => return "image/gif",
        [b'B', b'M', ..] => return "image/bmp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => return "image/tiff",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => return "image/webp",
        [0xD7, 0xCD, 0xC6, 0x9A, ..] => return "image/x-wmf",
        [1, 0, 0, 0, ..] if bytes.get(40..44) == Some(b" EMF") => return "image/x-emf",
        _ => {}
    }
    let suffix = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match suffix.as_str() {
        "svg" => "image/svg+xml",
        "wmf" | "wmz" => "image/x-wmf",
        "emf" | "emz" => "image/x-emf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_by_content_then_by_suffix() {
        assert_eq!(media_type(b"\x89PNG\r\n", "a.jpg"), "image/png");
        assert_eq!(media_type(b"", "a.WMZ"), "image/x-wmf");
    }
}
