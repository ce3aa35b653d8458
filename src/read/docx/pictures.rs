//! Pictures that lie in the file, each kept once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Picture;

/// Bytes that all pictures of a file may have together.
const MOST_BYTES: usize = 128 << 20;

/// The pictures of a document in the order in which they were met.
#[derive(Debug, Default)]
pub(in crate::read) struct Pictures {
    /// The pictures themselves.
    pub(in crate::read) list: Vec<Picture>,
    known: BTreeMap<String, usize>,
    held: usize,
}

impl Pictures {
    /// The index of the picture in a part, if it has been met before.
    pub(in crate::read) fn known(&self, part: &str) -> Option<usize> {
        self.known.get(part).copied()
    }

    /// Keeps a picture; nothing when all together would be too large.
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

/// A length of CSS in EMU, as VML gives sizes: `12.5pt`, `1in`, `3cm`, `20mm`, `40px`; a bare number is pixels.
fn css_length(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let unit = match unit.trim() {
        "pt" => 12_700,
        "in" => 914_400,
        "cm" => 360_000,
        "mm" => 36_000,
        "px" | "" => 9_525,
        _ => return None,
    };
    let thousandths: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let whole: u64 = whole.parse().ok().filter(|whole| *whole < 1_000_000)?;
    Some(whole * unit + thousandths * unit / 1_000)
}

/// Width and height in a VML `style` attribute, in EMU.
pub(super) fn vml_extent(style: &str) -> Option<(u64, u64)> {
    let get = |wanted: &str| {
        let mut pairs = style.split(';').filter_map(|pair| pair.split_once(':'));
        pairs.find(|(name, _)| name.trim() == wanted).and_then(|(_, value)| css_length(value))
    };
    Some((get("width")?, get("height")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_vml_shapes() {
        assert_eq!(vml_extent("width:72pt; height:2.54cm"), Some((914_400, 914_400)));
        assert_eq!(vml_extent("position:absolute;width:1in;height:100%"), None);
        assert_eq!(vml_extent("width:99999999999999999999pt;height:1pt"), None);
    }

    #[test]
    fn media_types_by_content_then_by_suffix() {
        assert_eq!(media_type(b"\x89PNG\r\n", "a.jpg"), "image/png");
        assert_eq!(media_type(b"", "a.WMZ"), "image/x-wmf");
    }
}
