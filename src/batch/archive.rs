//! Reads archives of submissions: entry names in any encoding, nested archives, every entry size-limited.

use std::io::{Cursor, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::refused::unreadable;
use crate::document::Limits;
use crate::finding::code::batch::ARCHIVE_UNREADABLE;
use crate::finding::code::read::FILE_ENCRYPTED;
use crate::finding::{Finding, Message};

/// Maximum number of entries of an archive, including those of nested archives.
const MOST_ENTRIES: usize = 20_000;

/// Maximum total size of all entries, inflated; they are inflated one at a time.
const MOST_BYTES: u64 = 4 << 30;

/// Maximum compression ratio of an archive; text compresses ten to one, documents are already compressed.
const RATIO: u64 = 100;

/// Size up to which the compression ratio is not checked.
const RATIO_FREE: u64 = 64 << 20;

/// Maximum total size of nested archives, inflated: they are inflated in advance to list their entries.
const MOST_INNER: u64 = 512 << 20;

/// The source of an archive: seekable bytes.
pub(super) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// An open archive.
pub(super) type Zip = ZipArchive<Box<dyn Source>>;

/// Location of an entry: its index, and the index of the nested archive that contains it, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) outer: Option<usize>,
    pub(super) index: usize,
}

/// Opens an archive.
pub(super) fn open(source: Box<dyn Source>) -> Result<Zip, Box<Finding>> {
    let zip = ZipArchive::new(source).map_err(|error| Refusal::Directory(error).finding())?;
    if zip.len() > MOST_ENTRIES {
        return Err(Refusal::TooMany(zip.len()).finding());
    }
    Ok(zip)
}

/// Whether it is an Office, `OpenDocument` or OFD file, and not an archive of files.
pub(super) fn is_package(zip: &Zip) -> bool {
    ["[Content_Types].xml", "mimetype", "OFD.xml"].iter().any(|name| zip.index_for_name(name).is_some())
}

/// The entries that are files, by name; those of nested archives as `inner.zip!name`. An entry that is not accepted has its finding.
pub(super) fn members(mut zip: Zip, size: u64) -> Vec<(String, Result<Member, Box<Finding>>)> {
    let bytes = MOST_BYTES.min(size.saturating_mul(RATIO).max(RATIO_FREE));
    let mut room = Room { entries: MOST_ENTRIES, bytes, inner: MOST_INNER };
    let mut found = Vec::new();
    if overlap(&mut zip) {
        return vec![(String::new(), Err(Refusal::Overlap.finding()))];
    }
    for (name, index, size) in entries(&mut zip) {
        if let Err(finding) = room.take(size) {
            found.push((name, Err(finding)));
            break;
        }
        if !is_zip_name(&name) {
            found.push((name, Ok(Member { outer: None, index })));
            continue;
        }
        let inner = room.unpack(size).and_then(|()| read(&mut zip, index));
        match inner.and_then(|bytes| open(Box::new(Cursor::new(bytes)))) {
            Ok(inner) if is_package(&inner) => found.push((name, Ok(Member { outer: None, index }))),
            Ok(inner) => inner_members(inner, &name, index, &mut room, &mut found),
            Err(finding) => found.push((name, Err(finding))),
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn inner_members(
    mut zip: Zip,
    outer_name: &str,
    outer: usize,
    room: &mut Room,
    found: &mut Vec<(String, Result<Member, Box<Finding>>)>,
) {
    for (name, index, size) in entries(&mut zip) {
        let member = match room.take(size) {
            Err(finding) => Err(finding),
            Ok(()) if is_zip_name(&name) => Err(Refusal::TooDeep(name.clone()).finding()),
            Ok(()) => Ok(Member { outer: Some(outer), index }),
        };
        let full = member.is_err() && room.entries == 0;
        found.push((format!("{outer_name}!{name}"), member));
        if full {
            break;
        }
    }
}

/// The remaining budget of an archive.
struct Room {
    entries: usize,
    bytes: u64,
    /// Remaining total size of nested archives.
    inner: u64,
}

impl Room {
    fn unpack(&mut self, size: u64) -> Result<(), Box<Finding>> {
        let left = self.inner.checked_sub(size);
        self.inner = left.ok_or_else(|| Refusal::TooLarge { most: MOST_INNER }.finding())?;
        Ok(())
    }

    fn take(&mut self, size: u64) -> Result<(), Box<Finding>> {
        let left = self.entries.checked_sub(1).zip(self.bytes.checked_sub(size));
        let Some((entries, bytes)) = left else {
            self.entries = 0;
            return Err(Refusal::TooMuch.finding());
        };
        (self.entries, self.bytes) = (entries, bytes);
        Ok(())
    }
}

/// Whether entries overlap: an overlapping-files zip bomb refers to the same bytes in ten thousand entries.
fn overlap(zip: &mut Zip) -> bool {
    let mut spans: Vec<(u64, u64)> = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        if let Ok(entry) = zip.by_index_raw(index)
            && let Some(data) = entry.data_start()
        {
            spans.push((entry.header_start(), data + entry.compressed_size()));
        }
    }
    spans.sort_unstable();
    spans.windows(2).any(|two| two[0].1 > two[1].0)
}

/// Name, index and declared size of the entries that are files.
fn entries(zip: &mut Zip) -> Vec<(String, usize, u64)> {
    let mut entries = Vec::new();
    for index in 0..zip.len() {
        // The directory was parsed on opening; an entry that cannot be looked up is skipped.
        if let Ok(entry) = zip.by_index_raw(index)
            && !entry.is_dir()
        {
            entries.push((decode_name(entry.name_raw()), index, entry.size()));
        }
    }
    entries
}

fn is_zip_name(name: &str) -> bool {
    name.len() > 4 && name.as_bytes()[name.len() - 4..].eq_ignore_ascii_case(b".zip")
}

/// Decodes an entry name: UTF-8 or, from programs on Chinese Windows that do not declare an encoding, GBK. Strict UTF-8 decides: a GBK
/// name that is valid UTF-8 is rare, and only affects display.
fn decode_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// The inflated bytes of an entry, limited while they are inflated.
pub(super) fn read(zip: &mut Zip, index: usize) -> Result<Vec<u8>, Box<Finding>> {
    let limit = Limits::default().part_bytes;
    let entry = zip.by_index(index).map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            let code = &FILE_ENCRYPTED;
            Box::new(Finding::new(code, code.message()))
        }
        other => Refusal::Entry(other).finding(),
    })?;
    let mut bytes = Vec::with_capacity(entry.size().min(1 << 20) as usize);
    entry.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit {
        return Err(Refusal::TooLarge { most: limit }.finding());
    }
    Ok(bytes)
}

/// Why an archive or an entry is not read.
#[derive(Debug)]
enum Refusal {
    /// The directory cannot be read.
    Directory(ZipError),
    /// An entry cannot be read.
    Entry(ZipError),
    /// Too many entries; their number.
    TooMany(usize),
    /// Too many entries or bytes, including those of nested archives.
    TooMuch,
    /// Two entries share bytes.
    Overlap,
    /// More than one level of nesting; the name of the inner archive.
    TooDeep(String),
    /// An entry, or all nested archives together, exceed the size limit.
    TooLarge {
        /// The limit in bytes.
        most: u64,
    },
}

impl Refusal {
    fn detail(&self) -> Message {
        match self {
            Self::Directory(error) => Message::new("目录损坏", error.to_string()),
            Self::Entry(error) => Message::new("条目损坏", error.to_string()),
            Self::TooMany(count) => Message::new(
                format!("有{count}个文件，最多{MOST_ENTRIES}个"),
                format!("{count} entries, where at most {MOST_ENTRIES} are allowed"),
            ),
            Self::TooMuch => Message::new(
                format!("超过{MOST_ENTRIES}个文件或{} GB", MOST_BYTES >> 30),
                format!("more than {MOST_ENTRIES} entries or {} GB", MOST_BYTES >> 30),
            ),
            Self::Overlap => Message::new("文件内容重叠", "entries overlap"),
            Self::TooDeep(name) => Message::new(name, name),
            Self::TooLarge { most } => {
                Message::new(format!("超过 {} MB", most >> 20), format!("more than {} MB", most >> 20))
            }
        }
    }

    fn finding(&self) -> Box<Finding> {
        let (code, detail) = (&ARCHIVE_UNREADABLE, self.detail());
        Box::new(Finding::new(
            code,
            Message::new(
                format!("{}（{}）：{}{}", code.title.0, detail.zh, code.why.0, code.remedy.0),
                format!("{} ({}): {} {}", code.title.1, detail.en, code.why.1, code.remedy.1),
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_utf_8_or_gbk() {
        assert_eq!(decode_name("甲局/报告.docx".as_bytes()), "甲局/报告.docx");
        assert_eq!(decode_name(b"\xbc\xd7\xbe\xd6.doc"), "甲局.doc");
    }

    #[test]
    fn entries_and_bytes_of_an_archive_are_limited() {
        let mut room = Room { entries: 2, bytes: 10, inner: 0 };
        assert!(room.take(4).is_ok());
        assert!(room.take(7).is_err());
        let mut room = Room { entries: 1, bytes: 10, inner: 0 };
        assert!(room.take(1).is_ok());
        assert!(room.take(1).is_err());
    }
}
