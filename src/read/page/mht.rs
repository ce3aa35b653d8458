//! Web pages saved as one file (MHTML, RFC 2557): extracts the page and its pictures from a MIME message (RFC 2045, 2046).

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::document::{Budget, Document, Exceeded, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::page::html::{File, Source, read_text};
use crate::read::page::text;
use crate::read::shared::base64;
use crate::read::shared::encoding::{declared_in_html, decode, labelled};
use crate::read::{Damage, ReadError};

/// Maximum nesting depth of multiparts.
const DEPTH: u64 = 8;

/// Maximum number of bytes of a part's header fields.
const HEADER: usize = 64 << 10;

/// Header fields of a message or part.
#[derive(Debug, Default)]
struct Fields {
    /// Lower-case media type without parameters.
    media_type: String,
    boundary: String,
    /// Id of the start part, without brackets.
    start: String,
    charset: Option<&'static Encoding>,
    transfer: String,
    location: String,
    id: String,
}

/// A part that is not a multipart.
struct MimePart {
    fields: Fields,
    body: Range<usize>,
}

/// Reads a web page saved as one file.
///
/// # Errors
/// [`ReadError::Damaged`] if the message contains no page; [`ReadError::OverLimit`] if it exceeds a limit.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    let (parts, start) = parts(bytes, budget)?;
    let (mut pages, mut files, mut skipped) = (Vec::new(), Vec::new(), 0);
    for part in parts {
        let kind = part.fields.media_type.as_str();
        if matches!(kind, "text/html" | "application/xhtml+xml" | "text/plain" | "") {
            pages.push(part);
        } else if kind.starts_with("image/") || kind == "text/css" {
            let body = body(&bytes[part.body.clone()], &part.fields.transfer, budget)?;
            let Fields { media_type, location, id, .. } = part.fields;
            files.push(File { location, id, media_type, bytes: body.into_owned() });
        } else {
            skipped += usize::from(is_content(kind));
        }
    }
    order(&mut pages, &start);
    let Some((first, others)) = pages.split_first() else {
        return Err(Damage::NoPage.into());
    };
    let reading = Opened { bytes, files: &files };
    let mut said = Vec::new();
    let mut document = reading.page(first, 0, budget, &mut said)?;
    // The start page of a workbook has only frames; its sheets are the pages that follow. If the start page has text, the other pages are
    // its headers and the like.
    if document.is_empty() && first.is_page() && others.iter().any(MimePart::is_page) {
        said.clear();
        for part in others.iter().filter(|part| part.is_page()) {
            let mut page = reading.page(part, document.pictures.len(), budget, &mut said)?;
            document.blocks.append(&mut page.blocks);
            document.pictures.append(&mut page.pictures);
        }
    }
    findings.append(&mut said);
    if skipped > 0 {
        let message = Message::new(
            format!("文件附有{skipped}个不是图片的附件，未读取。"),
            format!("{skipped} attachments that are no pictures were not read."),
        );
        findings.push(Finding::new(&code::CONTENT_SKIPPED, message));
    }
    Ok(document)
}

/// Whether a part is content: not a style sheet, script, font or file list.
fn is_content(kind: &str) -> bool {
    !kind.starts_with("text/") && !kind.starts_with("font/") && {
        let look = ["javascript", "xml", "font", "vnd.ms-officetheme", "x-mso", "octet-stream"];
        !look.iter().any(|word| kind.contains(word))
    }
}

/// Moves the start page to the front: the one that the message names, else the first page, else the first text.
fn order(pages: &mut [MimePart], start: &str) {
    let named = pages.iter().position(|part| !start.is_empty() && part.fields.id == start);
    let first = named.or_else(|| pages.iter().position(|part| part.fields.media_type.ends_with("html")));
    if let Some(first) = first {
        pages[..=first].rotate_right(1);
    }
}

/// A message with its parts.
struct Opened<'a> {
    bytes: &'a [u8],
    /// The pictures of the message.
    files: &'a [File],
}

impl Opened<'_> {
    /// Reads a page or text of the message; its pictures are numbered from `first_picture`.
    fn page(
        &self,
        part: &MimePart,
        first_picture: usize,
        budget: &mut Budget,
        findings: &mut Vec<Finding>,
    ) -> Result<Document, ReadError> {
        let body = body(&self.bytes[part.body.clone()], &part.fields.transfer, budget)?;
        if !part.is_page() {
            return text::read_lines(&decode(&body, part.fields.charset, findings), budget);
        }
        let text = decode(&body, part.fields.charset.or_else(|| declared_in_html(&body)), findings);
        let name = part.fields.location.rsplit(['/', '\\']).next().filter(|name| !name.is_empty());
        let source = Source { part: name.unwrap_or("html"), files: self.files, first_picture };
        read_text(&text, source, budget, findings)
    }
}

/// The parts that are not multiparts, in order, and the id of the start part.
fn parts(bytes: &[u8], budget: &mut Budget) -> Result<(Vec<MimePart>, String), ReadError> {
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(byte)).count();
    let (mut parts, mut start) = (Vec::new(), String::new());
    let mut waiting = vec![(blank..bytes.len(), 0)];
    while let Some((range, depth)) = waiting.pop() {
        budget.spend(Resource::Entries, 1)?;
        budget.spend(Resource::Steps, range.len() as u64 / 16)?;
        let (fields, length) = fields(&bytes[range.clone()]);
        let body = range.start + length..range.end;
        if fields.media_type.starts_with("multipart/") && !fields.boundary.is_empty() {
            if depth >= DEPTH {
                return Err(Exceeded { resource: Resource::Depth, asked: depth + 1, limit: DEPTH }.into());
            }
            if start.is_empty() {
                start = fields.start;
            }
            let mut inner = split(bytes, body, &fields.boundary, budget)?;
            inner.reverse();
            waiting.extend(inner.into_iter().map(|range| (range, depth + 1)));
        } else {
            parts.push(MimePart { fields, body });
        }
    }
    Ok((parts, start))
}

/// The parts of a multipart body (RFC 2046, 5.1.1). A last part without an end delimiter ends with the file.
fn split(
    bytes: &[u8],
    body: Range<usize>,
    boundary: &str,
    budget: &mut Budget,
) -> Result<Vec<Range<usize>>, ReadError> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let content = &bytes[body.clone()];
    for at in memchr::memmem::find_iter(content, delimiter.as_bytes()) {
        let after = &content[at + delimiter.len()..];
        let line = &after[..memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1)];
        let last = line.starts_with(b"--");
        let whole = last || line.iter().all(u8::is_ascii_whitespace);
        if !whole || at > 0 && content[at - 1] != b'\n' {
            continue;
        }
        if let Some(start) = open.take() {
            budget.spend(Resource::Steps, 1)?;
            // The line break before the delimiter belongs to the delimiter.
            let end = content[..at]
                .strip_suffix(b"\n")
                .map_or(at, |before| before.strip_suffix(b"\r").unwrap_or(before).len());
            parts.push(body.start + start..body.start + end.max(start));
        }
        if last {
            return Ok(parts);
        }
        open = Some(at + delimiter.len() + line.len());
    }
    parts.extend(open.map(|start| body.start + start..body.end));
    Ok(parts)
}

/// The header fields at the start of a message or part, and their length including the blank line after them.
fn fields(bytes: &[u8]) -> (Fields, usize) {
    let mut fields = Fields::default();
    let mut field: Vec<u8> = Vec::new();
    let mut length = 0;
    for line in bytes[..bytes.len().min(HEADER)].split_inclusive(|&byte| byte == b'\n') {
        let text = line.trim_ascii_end();
        let folded = text.first().is_some_and(|&first| matches!(first, b' ' | b'\t'));
        if !folded {
            fields.take(&field);
            field.clear();
        }
        if !folded && !text.is_empty() && !text.contains(&b':') {
            // Not a header field: the part has none, or they end without a blank line.
            break;
        }
        length += line.len();
        if text.is_empty() {
            break;
        }
        // Unfold lines; in an address, the blanks of folding are dropped.
        field.extend_from_slice(if folded { text.trim_ascii_start() } else { text });
    }
    fields.take(&field);
    (fields, length)
}

impl Fields {
    fn take(&mut self, field: &[u8]) {
        let field = String::from_utf8_lossy(field);
        let Some((name, value)) = field.split_once(':') else { return };
        let value = value.trim();
        let bare = || value.trim_matches(['<', '>']).to_owned();
        match name.trim().to_ascii_lowercase().as_str() {
            "content-type" => self.content_type(value),
            "content-transfer-encoding" => self.transfer = value.to_ascii_lowercase(),
            "content-location" => value.clone_into(&mut self.location),
            "content-id" => self.id = bare(),
            _ => {}
        }
    }

    /// Parses `multipart/related; boundary="----=_x"; type="text/html"` (RFC 2045, 5.1).
    fn content_type(&mut self, value: &str) {
        let mut quoted = false;
        let mut parameters = value.split(|character| {
            quoted ^= character == '"';
            character == ';' && !quoted
        });
        self.media_type = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
        for parameter in parameters {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "boundary" => value.clone_into(&mut self.boundary),
                "start" => value.trim_matches(['<', '>']).clone_into(&mut self.start),
                "charset" => self.charset = labelled(value.trim_matches('\'').as_bytes()),
                _ => {}
            }
        }
    }
}

impl MimePart {
    fn is_page(&self) -> bool {
        self.fields.media_type.ends_with("html") || self.fields.media_type == "application/xhtml+xml"
    }
}

/// Decodes the content transfer encoding of a part (RFC 2045, 6).
fn body<'b>(bytes: &'b [u8], transfer: &str, budget: &mut Budget) -> Result<Cow<'b, [u8]>, ReadError> {
    match transfer {
        "quoted-printable" => {
            budget.spend(Resource::InflatedBytes, bytes.len() as u64)?;
            Ok(quoted_printable(bytes).into())
        }
        "base64" => Ok(base64::decode(bytes, budget)?.unwrap_or_default().into()),
        _ => Ok(bytes.into()),
    }
}

/// Decodes quoted-printable (RFC 2045, 6.7). Invalid escapes are kept.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(found) = memchr::memchr(b'=', rest) {
        decoded.extend_from_slice(&rest[..found]);
        let after = &rest[found + 1..];
        let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        if let [b'\n', ..] | [] = &after[blanks..] {
            rest = after.get(blanks + 1..).unwrap_or_default();
        } else if let Some(byte) = after.get(..2).and_then(hex) {
            decoded.push(byte);
            rest = &after[2..];
        } else {
            decoded.push(b'=');
            rest = after;
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

#[cfg(test)]
mod tests;
