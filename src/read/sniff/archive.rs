//! Detects the kind of a zip archive by the names in its directory, without inflating entries.

use super::Sniffed;
use crate::document::Format;
use crate::read::FileKind;

/// Maximum number of names that are checked.
const NAMES: usize = 4_096;

/// Number of bytes at the end that may contain the end of central directory: its record and a comment (APPNOTE 4.3.16).
const TAIL: usize = 22 + 0xFFFF;

/// Detects the kind of a zip archive.
pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    if let Some(found) = mimetype(bytes) {
        return found;
    }
    let names = directory(bytes).unwrap_or_else(|| local_names(bytes));
    let has = |name: &str| names.iter().any(|known| known == name);
    let under = |folder: &str| names.iter().any(|known| known.starts_with(folder));
    // Parts may have any name in a package; relationships refer to them.
    let named = |name: &str| names.iter().any(|known| known.rsplit('/').next() == Some(name));
    let package = has("[content_types].xml");
    if under("word/document") {
        Sniffed::Known(Format::Docx)
    } else if has("xl/workbook.bin") {
        Sniffed::Known(Format::Xlsb)
    } else if under("xl/workbook") {
        Sniffed::Known(Format::Xlsx)
    } else if under("ppt/") {
        Sniffed::Other(FileKind::PowerPoint)
    } else if has("ofd.xml") {
        Sniffed::Known(Format::Ofd)
    } else if has("uof.xml") || under("_meta/") && has("content.xml") {
        Sniffed::Other(FileKind::Uof)
    } else if under("index/") && names.iter().any(|name| has_suffix(name, ".iwa")) {
        Sniffed::Other(FileKind::IWork)
    } else if has("content.xml") && has("meta-inf/manifest.xml") {
        Sniffed::Known(Format::Odt)
    } else if package && (under("xl/") || named("workbook.xml")) {
        Sniffed::Known(Format::Xlsx)
    } else if package && named("workbook.bin") {
        Sniffed::Known(Format::Xlsb)
    } else if package && named("presentation.xml") {
        Sniffed::Other(FileKind::PowerPoint)
    } else if package || under("word/") {
        Sniffed::Known(Format::Docx)
    } else if memchr::memmem::find_iter(&bytes[..bytes.len().min(8 << 10)], "\u{fffd}".as_bytes()).nth(20).is_some() {
        Sniffed::Other(FileKind::ArchiveSavedAsText)
    } else {
        Sniffed::Other(FileKind::Zip)
    }
}

fn has_suffix(name: &str, suffix: &str) -> bool {
    name.len() >= suffix.len() && name.as_bytes()[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
}

/// The format given by the entry `mimetype`, stored first and uncompressed in `OpenDocument` and EPUB packages.
fn mimetype(bytes: &[u8]) -> Option<Sniffed> {
    if bytes.get(30..38) != Some(b"mimetype") {
        return None;
    }
    let kind = &bytes[38..bytes.len().min(38 + 80)];
    let is = |name: &str| memchr::memmem::find(kind, name.as_bytes()).is_some();
    if is("opendocument.text") {
        Some(Sniffed::Known(Format::Odt))
    } else if is("opendocument.spreadsheet") {
        Some(Sniffed::Known(Format::Ods))
    } else if is("opendocument.presentation") {
        Some(Sniffed::Other(FileKind::Odp))
    } else if is("epub") {
        Some(Sniffed::Other(FileKind::Epub))
    } else {
        None
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

fn name(bytes: &[u8], at: usize, length: usize) -> Option<String> {
    let name = bytes.get(at..at.checked_add(length)?)?;
    Some(String::from_utf8_lossy(name).replace('\\', "/").to_lowercase())
}

/// The names in the central directory (APPNOTE 4.3.12); `None` if there is none.
fn directory(bytes: &[u8]) -> Option<Vec<String>> {
    let tail = bytes.len().saturating_sub(TAIL);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], b"PK\x05\x06")?;
    let mut at = u32_at(bytes, end + 16)?;
    let mut names = Vec::new();
    while names.len() < NAMES && bytes.get(at..at.checked_add(4)?) == Some(b"PK\x01\x02") {
        let (length, extra, comment) = (u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?);
        names.push(name(bytes, at + 46, length)?);
        at += 46 + length + extra + comment;
    }
    (!names.is_empty()).then_some(names)
}

/// The names in the local headers (APPNOTE 4.3.7) of an archive whose directory is missing, so that it is still recognised and refused by
/// the right reader.
fn local_names(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while names.len() < NAMES {
        let Some(found) = bytes.get(at..).and_then(|rest| memchr::memmem::find(rest, b"PK\x03\x04")) else { break };
        at += found;
        let (Some(packed), Some(length), Some(extra)) =
            (u32_at(bytes, at + 18), u16_at(bytes, at + 26), u16_at(bytes, at + 28))
        else {
            break;
        };
        names.extend(name(bytes, at + 30, length));
        // If the size is not given here (bit 3 of the flags), the next header is searched for.
        at = at.saturating_add(30 + length + extra).saturating_add(packed);
    }
    names
}
