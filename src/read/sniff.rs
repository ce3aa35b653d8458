//! What a file is, by its content: magic bytes, the directory of a zip or compound file, the root of an XML file.

use super::cfb::{Compound, SIGNATURE};
use crate::document::{Budget, Format};

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
    (b"%PDF-", "PDF"),
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
        return package(bytes);
    }
    let head = start(bytes);
    if head.starts_with(b"{\\rtf") {
        return Sniffed::Known(Format::Rtf);
    }
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic) && !is_text(bytes)) {
        return Sniffed::Other(name);
    }
    text(bytes, head)
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

/// What a zip archive is: by its `mimetype` entry or the names that its parts have. Names are looked for in the raw bytes, so that
/// an archive whose directory is cut off is still recognised and refused by the right reader.
fn package(bytes: &[u8]) -> Sniffed {
    let has = |name: &str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    if bytes.get(30..38) == Some(b"mimetype") {
        let kind = &bytes[38..bytes.len().min(38 + 80)];
        let is = |name: &str| memchr::memmem::find(kind, name.as_bytes()).is_some();
        if is("opendocument.text") {
            return Sniffed::Known(Format::Odt);
        }
        if is("opendocument.spreadsheet") {
            return Sniffed::Known(Format::Ods);
        }
        if is("epub") {
            return Sniffed::Other("EPUB 电子书 (EPUB book)");
        }
    }
    if has("word/document") || has("word\\document") || has("[Content_Types].xml") && has("word/") {
        Sniffed::Known(Format::Docx)
    } else if has("xl/workbook.bin") {
        Sniffed::Known(Format::Xlsb)
    } else if has("xl/workbook") || has("[Content_Types].xml") && has("xl/") {
        Sniffed::Known(Format::Xlsx)
    } else if has("ppt/") {
        Sniffed::Other("PowerPoint 演示文稿 (PowerPoint presentation)")
    } else if has("OFD.xml") {
        Sniffed::Other("OFD 版式文件 (OFD document)")
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Sniffed::Known(Format::Odt)
    } else if has("[Content_Types].xml") {
        Sniffed::Known(Format::Docx)
    } else {
        Sniffed::Other("zip 压缩包 (zip archive that is no office file)")
    }
}

/// Tags of which a web page, or a part of one, has at least one near its start.
const TAGS: &[&str] =
    &["<html", "<!doctype html", "<body", "<table", "<head", "<meta ", "<div", "<p>", "<p ", "<span", "<tr"];

/// XML, web pages and plain text.
fn text(bytes: &[u8], head: &[u8]) -> Sniffed {
    let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || zeros_alternate(bytes);
    let window: Vec<u8> = if wide {
        bytes.iter().take(16 << 10).copied().filter(|&byte| byte != 0).collect()
    } else {
        head[..head.len().min(8 << 10)].to_vec()
    };
    let lower = window.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    if lower.starts_with(b"mime-version:")
        || has("\nmime-version:")
        || (has("content-type: multipart/related") && has("boundary="))
    {
        return Sniffed::Known(Format::Mht);
    }
    if lower.starts_with(b"<?xml") || lower.starts_with(b"<pkg:package") || lower.starts_with(b"<w:worddocument") {
        if has("<pkg:package") || has("<w:worddocument") || has("progid=\"word.document\"") {
            return Sniffed::Known(Format::WordXml);
        }
        if has("progid=\"excel.sheet\"") || has("urn:schemas-microsoft-com:office:spreadsheet") {
            return Sniffed::Other("Excel 2003 XML 表格 (SpreadsheetML 2003)");
        }
        if has("uof:") || has("<uof") {
            return Sniffed::Other("UOF 标文通文档 (UOF document)");
        }
        if has("office:document") {
            return Sniffed::Other("平面 OpenDocument 文档 (flat OpenDocument)");
        }
    }
    if TAGS.iter().any(|tag| has(tag)) {
        return Sniffed::Known(Format::Html);
    }
    if looks_like_decoded_binary(bytes) {
        return Sniffed::Other("被当作文字保存的 Word 二进制文件 (a binary Word file that was saved as text)");
    }
    if wide || is_text(bytes) {
        Sniffed::Known(Format::Text)
    } else {
        Sniffed::Other("未知的二进制文件 (unknown binary file)")
    }
}

fn zeros_alternate(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4 << 10) & !1];
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (few, many) = (even.min(odd), even.max(odd));
    let unit = |pair: &[u8]| {
        if even < odd { u16::from_le_bytes([pair[0], pair[1]]) } else { u16::from_be_bytes([pair[0], pair[1]]) }
    };
    let control = |unit: u16| unit < 0x20 && !matches!(unit, 0x09 | 0x0A | 0x0D);
    let controls = head.chunks_exact(2).filter(|pair| control(unit(pair))).count();
    head.len() >= 8 && few * 2 < many && many * 40 > head.len() && controls * 100 <= head.len()
}

/// Text has no control characters but those of layout, in any encoding of the field.
fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8 << 10)];
    let odd =
        head.iter().filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A | 0x0B)).count();
    odd * 200 <= head.len()
}

/// A crawler that decodes a compound file as text leaves its signature as `ࡱ` (U+0871) or as replaced bytes.
fn looks_like_decoded_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    memchr::memmem::find(head, "\u{0871}".as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_whatever_the_suffix() {
        let known = |bytes: &[u8]| match sniff(bytes) {
            Sniffed::Known(format) => Some(format),
            _ => None,
        };
        assert_eq!(known(b"\xEF\xBB\xBF {\\rtf1"), Some(Format::Rtf));
        assert_eq!(known(b"<table><tr><td>1"), Some(Format::Html));
        assert_eq!(known(&encoding_rs::GB18030.encode("<TR><TD>规章").0), Some(Format::Html));
        let wide: Vec<u8> = "<html><body>规章".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(known(&wide), Some(Format::Html));
        assert_eq!(known(b"MIME-Version: 1.0\r\nContent-Type: multipart/related"), Some(Format::Mht));
        assert_eq!(
            known(b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>"),
            Some(Format::WordXml)
        );
        assert_eq!(known("规章 0 0 0".as_bytes()), Some(Format::Text));
        assert_eq!(known(&encoding_rs::GB18030.encode("规章 0 0 0").0), Some(Format::Text));
        assert_eq!(known(b"PK\x03\x04..........................word/document.xml"), Some(Format::Docx));
        assert_eq!(known(b"PK\x03\x04..........................xl/workbook.bin"), Some(Format::Xlsb));
    }

    #[test]
    fn what_is_not_read_is_named() {
        for (bytes, name) in [
            (&b"%PDF-1.4\n\0\0\0\0"[..], "PDF"),
            (b"PK\x03\x04 readme.md", "zip"),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>", "SpreadsheetML"),
            (b"\x00\x01\x02\x03\x04\x05\x06\x07", "binary"),
            ("\u{fffd}\u{0871}\u{1a}>页面".as_bytes(), "binary Word"),
        ] {
            assert!(
                matches!(sniff(bytes), Sniffed::Other(found) if found.contains(name)),
                "{name}: {:?}",
                sniff(bytes)
            );
        }
        assert_eq!(sniff(b""), Sniffed::Empty);
    }
}
