//! What a file is, by its content: magic bytes, the directory of a zip or compound file, the root of an XML file.

mod archive;
mod words;

use crate::document::{Budget, Format};
use crate::read::container::cfb::{Compound, SIGNATURE};

/// What a file's content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sniffed {
    /// A format that has a reader.
    Known(Format),
    /// Protected by a password.
    Encrypted,
    /// Recognised, but not read: what it looks like, Chinese and English.
    Other(&'static str),
    /// Nothing at all.
    Empty,
}

/// Magic bytes of formats that are recognised and not read.
const OTHERS: &[(&[u8], &str)] = &[
    (b"Rar!", "RAR 压缩包 (RAR archive)"),
    (b"7z\xBC\xAF\x27\x1C", "7z 压缩包 (7z archive)"),
    (b"\x1F\x8B", "gzip 压缩包 (gzip archive)"),
    (b"\x89PNG", "PNG 图片 (PNG picture)"),
    (b"\xFF\xD8\xFF", "JPEG 图片 (JPEG picture)"),
    (b"GIF8", "GIF 图片 (GIF picture)"),
    (b"BM", "BMP 图片 (BMP picture)"),
    (b"II*\0", "TIFF 图片 (TIFF picture)"),
    (b"MM\0*", "TIFF 图片 (TIFF picture)"),
    (b"MZ", "Windows 程序 (Windows program)"),
    (b"\x7FELF", "Linux 程序 (Linux program)"),
    (b"\xDB\xA5\x2D\x00", "Word 2 文档 (Word 2 document)"),
    (b"\x31\xBE\x00\x00", "Write/Word 早期文档 (early Write or Word document)"),
    (b"\x09\x00\x04\x00", "Excel 2 工作表 (raw BIFF2 sheet)"),
    (b"\x09\x02\x06\x00", "Excel 3 工作表 (raw BIFF3 sheet)"),
    (b"\x09\x04\x06\x00", "Excel 4 工作表 (raw BIFF4 sheet)"),
    (b"\x09\x08\x08\x00", "Excel 5/95 工作表流 (raw BIFF5 stream)"),
    (b"\x09\x08\x10\x00", "Excel 97 工作表流 (raw BIFF8 stream)"),
    (b"RIFF", "WebP 图片或音视频 (WebP picture, sound or video)"),
    (b"SQLite format 3\0", "SQLite 数据库 (SQLite database)"),
];

/// Says what a file is.
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
    // Two letters alone may begin a text.
    let is = |magic: &[u8]| bytes.starts_with(magic) && (magic.len() > 2 || !words::is_text(bytes));
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| is(magic)) {
        return Sniffed::Other(name);
    }
    words::sniff(bytes, head)
}

/// The bytes of the file itself: a byte order mark or line ends that a transfer put before a package or a compound file are left out.
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
    // Only the directory is wanted; a damaged file is the reader's to refuse, with its own words.
    let Ok(file) = Compound::open(bytes, &mut Budget::default()) else { return Sniffed::Known(Format::Doc) };
    let has = |name: &str| file.names().any(|known| known.eq_ignore_ascii_case(name));
    // An embedded object stands deeper than the root, so only the root's own streams tell.
    if has("EncryptedPackage") {
        Sniffed::Encrypted
    } else if has("Workbook") || has("Book") {
        Sniffed::Known(Format::Xls)
    } else if has("WordDocument") {
        Sniffed::Known(Format::Doc)
    } else if has("PowerPoint Document") {
        Sniffed::Other("PowerPoint 演示文稿 (PowerPoint presentation)")
    } else if has("MatOST") || has("CONTENTS") {
        Sniffed::Other("MS Works 文档 (MS Works document)")
    } else if has("__properties_version1.0") {
        Sniffed::Other("Outlook 邮件 (Outlook message)")
    } else {
        Sniffed::Other("OLE 复合文件 (compound file without a Word or Excel stream)")
    }
}

#[cfg(test)]
mod tests;
