//! Detects the kind of a text file: an XML format, a saved page, a web page, plain text, or binary data.

use super::Sniffed;
use crate::document::Format;
use crate::read::FileKind;
use crate::read::shared::encoding::utf16_without_bom;

/// Number of bytes that are checked.
const WINDOW: usize = 16 << 10;

/// Tags near the start of a complete page; one is enough.
const PAGE: &[&str] = &["<html", "<!doctype html", "<body", "<head>", "<meta ", "<table", "<frameset"];

/// Tags of a fragment of a page; several are needed.
const PART: &[&str] =
    &["<div", "<p>", "<p ", "<span", "<tr>", "<tr ", "<td", "</p>", "</div>", "</span>", "<font", "<br"];

/// Detects the kind of a file without magic bytes; `head` is what follows a byte order mark and blanks.
pub(super) fn sniff(bytes: &[u8], head: &[u8]) -> Sniffed {
    let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || utf16_without_bom(bytes).is_some();
    let mut window: Vec<u8> = if wide {
        bytes.iter().take(2 * WINDOW).copied().filter(|&byte| byte != 0).collect()
    } else {
        head[..head.len().min(WINDOW)].to_vec()
    };
    window.make_ascii_lowercase();
    let lower = if wide { window.strip_prefix(b"\xFF\xFE").or(window.strip_prefix(b"\xFE\xFF")) } else { None };
    let lower = lower.unwrap_or(&window).trim_ascii_start();
    if looks_like_decoded_binary(head) {
        return Sniffed::Other(FileKind::BinarySavedAsText);
    }
    if !wide && !is_text(bytes) {
        return Sniffed::Other(FileKind::UnknownBinary);
    }
    if is_message(lower) {
        return Sniffed::Known(Format::Mht);
    }
    if let Some(found) = xml(lower) {
        return found;
    }
    if is_page(lower) { Sniffed::Known(Format::Html) } else { Sniffed::Known(Format::Text) }
}

fn contains(text: &[u8], word: &str) -> bool {
    memchr::memmem::find(text, word.as_bytes()).is_some()
}

/// Whether a file begins with header fields (RFC 2557, RFC 5322), at least one of them of MIME: a saved web page or a mail.
fn is_message(lower: &[u8]) -> bool {
    let fields = lower.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mut mime = false;
    for (number, line) in fields.take(60).enumerate() {
        if line.is_empty() {
            return mime;
        }
        let name = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        let folded = number > 0 && line.starts_with(b" ") || line.starts_with(b"\t");
        if !folded && (name == 0 || line.get(name) != Some(&b':')) {
            return mime && number > 1;
        }
        mime |= line.starts_with(b"mime-version:") || line.starts_with(b"content-type: multipart/");
    }
    mime
}

/// The XML format by its root element, or by the program named in its first lines.
fn xml(lower: &[u8]) -> Option<Sniffed> {
    let declared = lower.starts_with(b"<?xml") || lower.starts_with(b"<?mso-application");
    let root = root(lower)?;
    let (prefix, local) = root.rsplit_once(':').unwrap_or(("", root));
    let spreadsheet = contains(lower, "urn:schemas-microsoft-com:office:spreadsheet");
    match (prefix, local) {
        (_, "html") => Some(Sniffed::Known(Format::Html)),
        ("pkg", "package") | ("w", "worddocument") => Some(Sniffed::Known(Format::WordXml)),
        (_, "worddocument") if contains(lower, "schemas.microsoft.com/office/word") => {
            Some(Sniffed::Known(Format::WordXml))
        }
        (_, "workbook") if spreadsheet => Some(Sniffed::Known(Format::SheetXml)),
        ("uof", _) | (_, "uof") => Some(Sniffed::Other(FileKind::Uof)),
        ("office", "document") => Some(flat_odf(lower)),
        ("", "svg") => Some(Sniffed::Other(FileKind::Svg)),
        _ if !declared => None,
        _ if contains(lower, "progid=\"word.document\"") => Some(Sniffed::Known(Format::WordXml)),
        _ if contains(lower, "progid=\"excel.sheet\"") => Some(Sniffed::Known(Format::SheetXml)),
        _ if is_page(lower) => None,
        _ => Some(Sniffed::Other(FileKind::OtherXml)),
    }
}

/// The flat `OpenDocument` format by the media type of its root element.
fn flat_odf(lower: &[u8]) -> Sniffed {
    if contains(lower, "vnd.oasis.opendocument.text") {
        Sniffed::Known(Format::Odt)
    } else if contains(lower, "vnd.oasis.opendocument.spreadsheet") {
        Sniffed::Known(Format::Ods)
    } else {
        Sniffed::Other(FileKind::FlatOpenDocument)
    }
}

/// The name of the root element, after instructions, comments and document types.
fn root(lower: &[u8]) -> Option<&str> {
    let mut rest = lower;
    loop {
        rest = rest.trim_ascii_start().strip_prefix(b"<")?;
        let end: &[u8] = match rest {
            [b'?', ..] => b"?>",
            [b'!', b'-', b'-', ..] => b"-->",
            [b'!', ..] => b">",
            _ => break,
        };
        rest = &rest[memchr::memmem::find(rest, end)? + end.len()..];
    }
    let length =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-')).count();
    std::str::from_utf8(&rest[..length]).ok().filter(|name| !name.is_empty())
}

/// Whether text is a web page or a fragment of one. Text that merely mentions a tag, or Markdown with `<br>`, is not.
fn is_page(lower: &[u8]) -> bool {
    if PAGE.iter().any(|tag| contains(lower, tag)) {
        return true;
    }
    let parts = PART.iter().filter(|tag| contains(lower, tag)).count();
    parts >= 2 || parts == 1 && root(lower).is_some()
}

/// Whether bytes are text: no control characters but those of layout, in any common encoding.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8 << 10)];
    let odd = head.iter().filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | 0x1A)).count();
    odd * 200 <= head.len()
}

/// Whether a compound file was decoded as text by a crawler: its signature `D0CF11E0A1B11AE1` becomes `ࡱ` (U+0871, UTF-8), `ÐÏ·à¡±`
/// (Latin 1) or `邢·唷` (GBK), with or without the control character between.
fn looks_like_decoded_binary(head: &[u8]) -> bool {
    let head: Vec<u8> = head[..head.len().min(64)].iter().copied().filter(|&byte| byte >= 0x20).collect();
    ["\u{0871}", "\u{d0}\u{cf}\u{e0}\u{a1}\u{b1}"].iter().any(|mark| contains(&head, mark))
        || head.starts_with("邢唷".as_bytes())
}
