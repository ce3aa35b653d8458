//! Replaces and adds parts of a package in place: all other entries are copied byte for byte, still compressed (APPNOTE 4.3).

use std::io::{Cursor, Write};

use zip::DateTime;
use zip::read::ZipArchive;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::archive::{
    self, About, CENTRAL, CENTRAL_LENGTH, Data, Deflaters, END, END_LENGTH, EPOCH, LOCAL_LENGTH, NAMES_ARE_UTF8, PLACE,
    TOO_LARGE, offset, put,
};

/// A part to be replaced or added.
#[derive(Debug)]
pub(crate) struct PackagePart<'a> {
    /// Its name as in the directory.
    pub(crate) name: &'a str,
    /// Its content.
    pub(crate) content: &'a [u8],
}

/// An entry of the directory.
#[derive(Debug, Clone, Copy)]
struct DirectoryEntry {
    /// Offset and length of its directory entry.
    central: (usize, usize),
    name: (usize, usize),
    /// Offset of its local header.
    local: usize,
}

/// A package with its parsed directory, ready to be written with other parts.
#[derive(Debug)]
pub(crate) struct Splice {
    bytes: Vec<u8>,
    entries: Vec<DirectoryEntry>,
    directory: usize,
    end: usize,
}

impl Splice {
    /// Reads the directory. `None` if the archive has an unusual layout; use [`rewrite`] then.
    pub(crate) fn open(bytes: &[u8]) -> Option<Self> {
        let end = memchr::memmem::rfind(bytes, END)?;
        let record = bytes.get(end..end + END_LENGTH)?;
        let (count, directory) = (u16_at(record, 10)?, u32_at(record, 16)? as usize);
        if directory + u32_at(record, 12)? as usize != end || count == u32::from(u16::MAX) {
            return None;
        }
        let mut entries = Vec::new();
        let mut at = directory;
        for _ in 0..count {
            let header = bytes.get(at..at + CENTRAL_LENGTH)?;
            let (name, extra, comment) = (u16_at(header, 28)?, u16_at(header, 30)?, u16_at(header, 32)?);
            let length = CENTRAL_LENGTH + (name + extra + comment) as usize;
            let local = u32_at(header, PLACE)? as usize;
            if !header.starts_with(CENTRAL) || local + LOCAL_LENGTH > directory || at + length > end {
                return None;
            }
            let name = (at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + name as usize);
            entries.push(DirectoryEntry { central: (at, length), name, local });
            at += length;
        }
        (at == end).then(|| Self { bytes: bytes.to_vec(), entries, directory, end })
    }

    /// The package with these parts replaced or added.
    pub(crate) fn write(&self, parts: &[PackagePart]) -> ZipResult<Vec<u8>> {
        let total: usize = parts.iter().map(|part| part.content.len() / 4 + LOCAL_LENGTH + 2 * CENTRAL_LENGTH).sum();
        let mut out = Vec::with_capacity(self.bytes.len() + total);
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&entry| self.entries[entry].local);
        let mut moved = vec![0_u32; self.entries.len()];
        let mut replaced: Vec<Option<About>> = vec![None; self.entries.len()];
        let mut used = vec![false; parts.len()];
        let mut deflaters = Deflaters::default();
        out.extend_from_slice(&self.bytes[..order.first().map_or(self.directory, |&first| self.entries[first].local)]);
        for (rank, &number) in order.iter().enumerate() {
            let entry = &self.entries[number];
            let next = order.get(rank + 1).map_or(self.directory, |&next| self.entries[next].local);
            moved[number] = offset(out.len())?;
            let name = &self.bytes[entry.name.0..entry.name.1];
            match parts.iter().position(|part| part.name.as_bytes() == name) {
                Some(part) => {
                    replaced[number] =
                        Some(self.replace(entry, name, parts[part].content, (&mut deflaters, &mut out))?);
                    used[part] = true;
                }
                None => out.extend_from_slice(&self.bytes[entry.local..next]),
            }
        }
        let mut added = Vec::new();
        for (part, _) in parts.iter().zip(&used).filter(|(_, used)| !**used) {
            let (name, place) = (part.name.as_bytes(), offset(out.len())?);
            let about = archive::entry(name, (0, EPOCH), data(part.content), &mut deflaters, &mut out)?;
            added.push((name, about, place));
        }
        let directory = out.len();
        for (number, entry) in self.entries.iter().enumerate() {
            self.central(entry, replaced[number].as_ref(), moved[number], &mut out);
        }
        for (name, about, place) in &added {
            archive::central(name, 0, about, *place, &mut out)?;
        }
        let count = u16::try_from(self.entries.len() + added.len()).map_err(|_| TOO_LARGE)?;
        let mut end = self.bytes[self.end..].to_vec();
        put(&mut end, 8, &count.to_le_bytes());
        put(&mut end, 10, &count.to_le_bytes());
        put(&mut end, 12, &offset(out.len() - directory)?.to_le_bytes());
        put(&mut end, 16, &offset(directory)?.to_le_bytes());
        out.extend_from_slice(&end);
        Ok(out)
    }

    /// Appends a replaced entry; name and time are kept.
    fn replace(
        &self,
        entry: &DirectoryEntry,
        name: &[u8],
        content: &[u8],
        (deflaters, out): (&mut Deflaters, &mut Vec<u8>),
    ) -> ZipResult<About> {
        let header = &self.bytes[entry.local..entry.local + LOCAL_LENGTH];
        let flags = u16_at(header, 6).unwrap_or(0) as u16 & NAMES_ARE_UTF8;
        let time = u32_at(header, 10).filter(|time| *time != 0).unwrap_or(EPOCH);
        archive::entry(name, (flags, time), data(content), deflaters, out)
    }

    /// The directory entry of a part with its new position; a replaced entry loses extra fields about its old data.
    fn central(&self, entry: &DirectoryEntry, replaced: Option<&About>, at: u32, out: &mut Vec<u8>) {
        let (start, length) = entry.central;
        let mut header = self.bytes[start..start + length].to_vec();
        put(&mut header, PLACE, &at.to_le_bytes());
        if let Some(about) = replaced {
            let flags = u16_at(&header, 8).unwrap_or(0) as u16 & NAMES_ARE_UTF8;
            put(&mut header, 8, &flags.to_le_bytes());
            put(&mut header, 10, &about.method.to_le_bytes());
            put(&mut header, 16, &about.sizes());
            put(&mut header, 30, &[0; 4]);
            header.truncate(CENTRAL_LENGTH + entry.name.1 - entry.name.0);
        }
        out.extend_from_slice(&header);
    }
}

/// The data of a part with its compression: a picture is stored.
fn data(content: &[u8]) -> Data<'_> {
    let is_packed = [&b"\x89PNG"[..], b"\xFF\xD8", b"GIF8"].iter().any(|magic| content.starts_with(magic));
    if is_packed { Data::Stored(content) } else { Data::Deflated(content, archive::LEVEL) }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Writes a package with an unusual layout entry by entry; compressed data is copied.
pub(crate) fn rewrite(bytes: &[u8], parts: &[PackagePart]) -> ZipResult<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len())));
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    let mut used = vec![false; parts.len()];
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number)?;
        let name = entry.name()?.into_owned();
        match parts.iter().position(|part| part.name == name) {
            Some(part) => {
                used[part] = true;
                writer.start_file(name, options)?;
                writer.write_all(parts[part].content)?;
            }
            None => writer.raw_copy_file(entry)?,
        }
    }
    for (part, _) in parts.iter().zip(&used).filter(|(_, used)| !**used) {
        writer.start_file(part.name, options)?;
        writer.write_all(part.content)?;
    }
    Ok(writer.finish()?.into_inner())
}
