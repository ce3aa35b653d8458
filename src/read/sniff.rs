//! Detects the format of a file by its content: magic bytes, directories of zip and compound files, root elements of XML.

mod archive;
mod words;

use crate::document::{Budget, Format};
use crate::read::FileKind;
use crate::read::container::cfb::{Compound, SIGNATURE};

/// Result of format detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// A format that has a reader.
    Known(Format),
    /// Protected by a password.
    Encrypted,
    /// Recognised, but there is no reader for it.
    Other(FileKind),
    /// No bytes.
    Empty,
}

/// Magic bytes of recognised formats without a reader.
const OTHERS: &[(&[u8], FileKind)] = &[
    (b"Rar!", FileKind::Rar),
    (b"7z\xBC\xAF\x27\x1C", FileKind::SevenZip),
    (b"\x1F\x8B", FileKind::Gzip),
    (b"\x89PNG", FileKind::Png),
    (b"\xFF\xD8\xFF", FileKind::Jpeg),
    (b"GIF8", FileKind::Gif),
    (b"BM", FileKind::Bmp),
    (b"II*\0", FileKind::Tiff),
    (b"MM\0*", FileKind::Tiff),
    (b"MZ", FileKind::WindowsProgram),
    (b"\x7FELF", FileKind::LinuxProgram),
    (b"\xDB\xA5\x2D\x00", FileKind::Word2),
    (b"\x31\xBE\x00\x00", FileKind::EarlyWord),
    (b"\x09\x00\x04\x00", FileKind::Excel2),
    (b"\x09\x02\x06\x00", FileKind::Excel3),
    (b"\x09\x04\x06\x00", FileKind::Excel4),
    (b"\x09\x08\x08\x00", FileKind::Excel5Stream),
    (b"\x09\x08\x10\x00", FileKind::Excel97Stream),
    (b"RIFF", FileKind::WebP),
    (b"SQLite format 3\0", FileKind::Sqlite),
];

/// Detects the format of a file.
pub fn sniff(bytes: &[u8]) -> Sniffed {
    if bytes.is_empty() {
        return Sniffed::Empty;
    }
    if bytes.starts_with(&SIGNATURE) {
        return compound(bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive::sniff(bytes);
    }
    let head = start(bytes);
    if head.starts_with(b"{\\rtf") {
        return Sniffed::Known(Format::Rtf);
    }
    if head.starts_with(b"%PDF-") {
        return Sniffed::Known(Format::Pdf);
    }
    // A text may begin with the same two letters as a two-byte magic number.
    let is = |magic: &[u8]| bytes.starts_with(magic) && (magic.len() > 2 || !words::is_text(bytes));
    if let Some(&(_, kind)) = OTHERS.iter().find(|(magic, _)| is(magic)) {
        return Sniffed::Other(kind);
    }
    words::sniff(bytes, head)
}

/// The bytes of the file without a byte order mark or line ends that a transfer added before a package or a compound file.
pub(super) fn payload(bytes: &[u8]) -> &[u8] {
    let rest = start(bytes);
    if rest.starts_with(b"PK\x03\x04") || rest.starts_with(&SIGNATURE) { rest } else { bytes }
}

/// The bytes after a byte order mark and blanks.
fn start(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    &bytes[blank..]
}

fn compound(bytes: &[u8]) -> Sniffed {
    // Only the directory is needed; a damaged file is refused later by its reader, with a specific message.
    let Ok(file) = Compound::open(bytes, &mut Budget::default()) else { return Sniffed::Known(Format::Doc) };
    let has = |name: &str| file.names().any(|known| known.eq_ignore_ascii_case(name));
    // Embedded objects are below the root, so only the streams of the root are checked.
    if has("EncryptedPackage") {
        Sniffed::Encrypted
    } else if has("Workbook") || has("Book") {
        Sniffed::Known(Format::Xls)
    } else if has("WordDocument") {
        Sniffed::Known(Format::Doc)
    } else if has("PowerPoint Document") {
        Sniffed::Other(FileKind::PowerPoint)
    } else if has("MatOST") || has("CONTENTS") {
        Sniffed::Other(FileKind::Works)
    } else if has("__properties_version1.0") {
        Sniffed::Other(FileKind::Outlook)
    } else {
        Sniffed::Other(FileKind::Compound)
    }
}

#[cfg(test)]
mod tests;
