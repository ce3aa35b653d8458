//! Parts of a package replaced and added in place: every other entry stays byte for byte as it lies in the archive (APPNOTE 4.3).

use std::io::{Cursor, Write};

use zip::read::ZipArchive;
use zip::result::{ZipError, ZipResult};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Length of the fixed part of a directory entry, of a local header, and of the record at the end.
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
const END_LENGTH: usize = 22;

/// A part to be put into the package.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Its name as the directory has it.
    pub(crate) name: &'a str,
    /// Its content.
    pub(crate) content: &'a [u8],
}

/// An entry of the directory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where it begins in the directory, and its length there.
    central: (usize, usize),
    name: (usize, usize),
    /// Where its local header begins.
    local: usize,
}

/// A package whose directory is known, ready to be written again with other parts.
#[derive(Debug)]
pub(crate) struct Splice {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    directory: usize,
    end: usize,
}

impl Splice {
    /// Reads the directory. `None` where the archive is not laid out in the plain way: its entries are then to be copied one by one.
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
            let local = u32_at(header, 42)? as usize;
            if !header.starts_with(CENTRAL) || local + LOCAL_LENGTH > directory || at + length > end {
                return None;
            }
            let name = (at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + name as usize);
            entries.push(Entry { central: (at, length), name, local });
            at += length;
        }
        (at == end).then(|| Self { bytes: bytes.to_vec(), entries, directory, end })
    }

    /// The package with these parts; those that it has are replaced, the others added.
    pub(crate) fn write(&self, parts: &[Part]) -> ZipResult<Vec<u8>> {
        let packed: Vec<Packed> = parts.iter().map(pack).collect::<ZipResult<_>>()?;
        let total: usize = packed.iter().map(|packed| packed.data.len() + LOCAL_LENGTH + 2 * CENTRAL_LENGTH).sum();
        let mut out = Vec::with_capacity(self.bytes.len() + total);
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&entry| self.entries[entry].local);
        let mut moved = vec![0_u32; self.entries.len()];
        let mut replaced = vec![None; self.entries.len()];
        let mut used = vec![false; parts.len()];
        out.extend_from_slice(&self.bytes[..order.first().map_or(self.directory, |&first| self.entries[first].local)]);
        for (rank, &number) in order.iter().enumerate() {
            let entry = &self.entries[number];
            let next = order.get(rank + 1).map_or(self.directory, |&next| self.entries[next].local);
            moved[number] = offset(out.len())?;
            let name = &self.bytes[entry.name.0..entry.name.1];
            match parts.iter().position(|part| part.name.as_bytes() == name) {
                Some(part) => {
                    self.local(entry, name, &packed[part], &mut out)?;
                    replaced[number] = Some(part);
                    used[part] = true;
                }
                None => out.extend_from_slice(&self.bytes[entry.local..next]),
            }
        }
        let mut added = Vec::new();
        for (number, part) in parts.iter().enumerate().filter(|(number, _)| !used[*number]) {
            added.push((number, offset(out.len())?));
            local_header(0, 0, part.name.as_bytes(), &packed[number], &mut out)?;
        }
        let directory = out.len();
        for (number, entry) in self.entries.iter().enumerate() {
            self.central(entry, replaced[number].map(|part: usize| &packed[part]), moved[number], &mut out);
        }
        for &(number, at) in &added {
            central_header(parts[number].name.as_bytes(), &packed[number], at, &mut out)?;
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

    /// The local header and data of a replaced entry; name and time stay as they are.
    fn local(&self, entry: &Entry, name: &[u8], packed: &Packed, out: &mut Vec<u8>) -> ZipResult<()> {
        let header = &self.bytes[entry.local..entry.local + LOCAL_LENGTH];
        let flags = u16_at(header, 6).unwrap_or(0);
        local_header(flags, u32_at(header, 10).unwrap_or(0), name, packed, out)
    }

    /// The directory entry of a part, with its new place; a replaced part loses the fields that spoke of its old data.
    fn central(&self, entry: &Entry, packed: Option<&Packed>, at: u32, out: &mut Vec<u8>) {
        let (start, length) = entry.central;
        let mut header = self.bytes[start..start + length].to_vec();
        put(&mut header, 42, &at.to_le_bytes());
        if let Some(packed) = packed {
            let flags = u16_at(&header, 8).unwrap_or(0) & NAMES_ARE_UTF8;
            put(&mut header, 8, &(flags as u16).to_le_bytes());
            put(&mut header, 10, &packed.method.to_le_bytes());
            put(&mut header, 16, &packed.sizes());
            put(&mut header, 30, &[0; 4]);
            header.truncate(CENTRAL_LENGTH + entry.name.1 - entry.name.0);
        }
        out.extend_from_slice(&header);
    }
}

/// The bit of the flags that is kept of a replaced entry (4.4.4).
const NAMES_ARE_UTF8: u32 = 1 << 11;

const TOO_LARGE: ZipError = ZipError::InvalidArchive(std::borrow::Cow::Borrowed("too large"));

/// A part as it lies in an archive.
struct Packed {
    data: Vec<u8>,
    crc: u32,
    size: u32,
    method: u16,
}

impl Packed {
    /// Checksum, packed size and size.
    fn sizes(&self) -> [u8; 12] {
        let mut sizes = [0; 12];
        sizes[..4].copy_from_slice(&self.crc.to_le_bytes());
        sizes[4..8].copy_from_slice(&(self.data.len() as u32).to_le_bytes());
        sizes[8..].copy_from_slice(&self.size.to_le_bytes());
        sizes
    }
}

/// Packs a part by way of an archive of its own. What is packed already is stored.
fn pack(part: &Part) -> ZipResult<Packed> {
    let packed_already = [&b"\x89PNG"[..], b"\xFF\xD8", b"GIF8"].iter().any(|magic| part.content.starts_with(magic));
    let method = if packed_already { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).compression_method(method);
    let options = if packed_already { options } else { options.compression_level(Some(4)) };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("part", options)?;
    writer.write_all(part.content)?;
    let bytes = writer.finish()?.into_inner();
    let mut archive = ZipArchive::new(Cursor::new(bytes.as_slice()))?;
    let entry = archive.by_index_raw(0)?;
    let start = entry.data_start().unwrap_or(0) as usize;
    let (length, crc, size) = (entry.compressed_size() as usize, entry.crc32(), offset(part.content.len())?);
    drop(entry);
    let data = bytes.get(start..start + length).ok_or(TOO_LARGE)?.to_vec();
    Ok(Packed { data, crc, size, method: if packed_already { 0 } else { 8 } })
}

fn local_header(flags: u32, time: u32, name: &[u8], packed: &Packed, out: &mut Vec<u8>) -> ZipResult<()> {
    let length = u16::try_from(name.len()).map_err(|_| TOO_LARGE)?;
    out.extend_from_slice(b"PK\x03\x04\x14\x00");
    out.extend_from_slice(&((flags & NAMES_ARE_UTF8) as u16).to_le_bytes());
    out.extend_from_slice(&packed.method.to_le_bytes());
    out.extend_from_slice(&(if time == 0 { EPOCH } else { time }).to_le_bytes());
    out.extend_from_slice(&packed.sizes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(name);
    out.extend_from_slice(&packed.data);
    Ok(())
}

fn central_header(name: &[u8], packed: &Packed, at: u32, out: &mut Vec<u8>) -> ZipResult<()> {
    let length = u16::try_from(name.len()).map_err(|_| TOO_LARGE)?;
    out.extend_from_slice(b"PK\x01\x02\x14\x00\x14\x00\x00\x00");
    out.extend_from_slice(&packed.method.to_le_bytes());
    out.extend_from_slice(&EPOCH.to_le_bytes());
    out.extend_from_slice(&packed.sizes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(name);
    Ok(())
}

/// 1980-01-01, 00:00, the first time that an archive can name: date in the upper, time in the lower half.
const EPOCH: u32 = 0x0021_0000;

fn offset(at: usize) -> ZipResult<u32> {
    u32::try_from(at).map_err(|_| TOO_LARGE)
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(target) = bytes.get_mut(at..at + value.len()) {
        target.copy_from_slice(value);
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The package written anew, entry by entry, where it is not laid out in the plain way; packed data is copied as it is.
pub(crate) fn rewrite(bytes: &[u8], parts: &[Part]) -> ZipResult<Vec<u8>> {
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
