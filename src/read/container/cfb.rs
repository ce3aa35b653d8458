//! Fault-tolerant reader of compound files (MS-CFB): accepts a truncated last sector and broken chains.
//!
//! WPS Office omits the padding of the last sector, and damaged sector chains occur in old files; strict readers refuse both. Here a
//! stream consists of the sectors that can be reached; the caller decides whether it is long enough.

use std::borrow::Cow;

use crate::document::{Budget, Resource};
use crate::read::{Damage, ReadError};

/// The first bytes of every compound file.
pub(in crate::read) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Length of the header and of every directory entry.
const HEADER: usize = 512;
const ENTRY: usize = 128;

/// Highest number that denotes a sector; higher ones are markers (end of chain, free).
const HIGHEST_SECTOR: u32 = 0xFFFF_FFFA;

/// Number that means no sibling, no child.
const NO_ENTRY: u32 = 0xFFFF_FFFF;

/// Maximum number of bytes read from the directory: 32,768 entries.
const DIRECTORY: usize = 4 << 20;

/// Size below which a stream is in the mini stream.
const MINI_CUTOFF: u64 = 4_096;

/// Length of a sector of the mini stream.
const MINI_SECTOR: usize = 64;

/// The relevant fields of a directory entry.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    start: u32,
    size: u64,
}

/// An open compound file.
#[derive(Debug)]
pub(in crate::read) struct Compound<'a> {
    bytes: &'a [u8],
    /// Length of a sector: 512 or 4,096.
    sector: usize,
    /// For each sector, the next one.
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini_stream: Cow<'a, [u8]>,
    /// The streams and storages directly below the root.
    entries: Vec<Entry>,
    /// Number of bytes that streams may still take; bounds the reading of sectors shared by damage.
    left: usize,
}

impl<'a> Compound<'a> {
    /// Reads the header, the allocation tables and the root directory.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if there is no header or no root directory; [`ReadError::OverLimit`] for a file beyond the limits.
    pub(in crate::read) fn open(bytes: &'a [u8], budget: &mut Budget) -> Result<Self, ReadError> {
        budget.spend(Resource::FileBytes, bytes.len() as u64)?;
        if !bytes.starts_with(&SIGNATURE) || bytes.len() < HEADER {
            return Err(Damage::CompoundHeader.into());
        }
        let shift = u16_at(bytes, 30).unwrap_or(0);
        if !matches!(shift, 9 | 12) {
            return Err(Damage::CompoundSectors { shift }.into());
        }
        let sector = 1_usize << shift;
        // The header fills the first sector; a truncated last sector counts.
        let sectors = bytes.len().div_ceil(sector).saturating_sub(1);
        budget.spend(Resource::Steps, sectors as u64)?;
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini_stream: Cow::Borrowed(&[]),
            entries: Vec::new(),
            left: bytes.len().saturating_add(sector),
        };
        file.fat = file.read_fat(sectors);
        let directory = file.chain(u32_at(bytes, 48).unwrap_or(NO_ENTRY), DIRECTORY);
        let root = file.read_directory(&directory, budget)?;
        let mini_size = usize::try_from(root.size).unwrap_or(usize::MAX).min(bytes.len());
        let mini_fat = file.chain(u32_at(bytes, 60).unwrap_or(NO_ENTRY), (mini_size / MINI_SECTOR + 1) * 4);
        file.mini_fat = mini_fat.chunks_exact(4).map(|entry| u32_at(entry, 0).unwrap_or(NO_ENTRY)).collect();
        file.mini_stream = file.chain(root.start, mini_size);
        Ok(file)
    }

    /// Names of the streams and storages directly below the root, in directory order.
    pub(in crate::read) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// A stream directly below the root by its name (ignoring ASCII case), as far as its sectors can be reached.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if streams share sectors so that their total far exceeds the file.
    pub(in crate::read) fn stream(
        &mut self,
        name: &str,
        budget: &mut Budget,
    ) -> Result<Option<Cow<'a, [u8]>>, ReadError> {
        let Some(entry) = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)).cloned() else {
            return Ok(None);
        };
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        let stream =
            if entry.size < MINI_CUTOFF { self.mini_chain(entry.start, size) } else { self.chain(entry.start, size) };
        self.left = self
            .left
            .checked_sub(stream.len())
            .ok_or_else(|| ReadError::from(Damage::CompoundShared { stream: name.to_owned() }))?;
        if matches!(stream, Cow::Owned(_)) {
            budget.spend(Resource::InflatedBytes, stream.len() as u64)?;
        }
        Ok(Some(stream))
    }

    /// Reads the sector allocation table: its first 109 sectors are listed in the header, the others in a chain of their own.
    fn read_fat(&self, sectors: usize) -> Vec<u32> {
        let mut fat = Vec::with_capacity(sectors);
        let per_sector = self.sector / 4;
        let mut list = &self.bytes[76..HEADER];
        let mut names = list.len() / 4;
        let mut next = u32_at(self.bytes, 68).unwrap_or(NO_ENTRY);
        // Each sector of the list is visited at most once.
        'list: for _ in 0..=sectors {
            for index in 0..names {
                if fat.len() >= sectors {
                    break 'list;
                }
                let number = u32_at(list, index * 4).unwrap_or(NO_ENTRY);
                if number > HIGHEST_SECTOR {
                    continue;
                }
                let table = self.sector_bytes(number);
                fat.extend((0..per_sector).map(|entry| u32_at(table, entry * 4).unwrap_or(NO_ENTRY)));
            }
            if next > HIGHEST_SECTOR {
                break;
            }
            list = self.sector_bytes(next);
            names = per_sector - 1;
            next = u32_at(list, names * 4).unwrap_or(NO_ENTRY);
        }
        fat.truncate(sectors);
        fat
    }

    /// Bytes of a sector: fewer than a full sector at the end of the file, empty beyond.
    fn sector_bytes(&self, number: u32) -> &'a [u8] {
        let start = (number as usize).saturating_add(1).saturating_mul(self.sector);
        let end = start.saturating_add(self.sector).min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The bytes of a chain of sectors, at most `size`. Borrowed if the sectors are contiguous.
    fn chain(&self, start: u32, size: usize) -> Cow<'a, [u8]> {
        let sectors = Self::follow(&self.fat, start, size.div_ceil(self.sector));
        let Some(&first) = sectors.first() else { return Cow::Borrowed(&[]) };
        let size = size.min(sectors.len() * self.sector);
        if sectors.iter().zip(first..).all(|(&sector, expected)| sector == expected) {
            let from = (first as usize + 1) * self.sector;
            // A truncated last sector is padded with zeros below.
            if let Some(whole) = self.bytes.get(from..from.saturating_add(size)) {
                return Cow::Borrowed(whole);
            }
        }
        let mut bytes = Vec::with_capacity(size);
        for sector in sectors {
            let piece = self.sector_bytes(sector);
            bytes.extend_from_slice(piece);
            // Pad a truncated sector with zeros.
            bytes.resize(bytes.len() + self.sector - piece.len(), 0);
        }
        bytes.truncate(size);
        Cow::Owned(bytes)
    }

    fn mini_chain(&self, start: u32, size: usize) -> Cow<'a, [u8]> {
        let mut bytes = Vec::with_capacity(size.min(MINI_CUTOFF as usize));
        for sector in Self::follow(&self.mini_fat, start, size.div_ceil(MINI_SECTOR)) {
            let from = sector as usize * MINI_SECTOR;
            let to = (from + MINI_SECTOR).min(self.mini_stream.len());
            bytes.extend_from_slice(self.mini_stream.get(from..to).unwrap_or_default());
        }
        bytes.truncate(size);
        Cow::Owned(bytes)
    }

    /// The sectors of a chain, at most `most`; ends at a sector outside the file, and at a sector visited before.
    fn follow(table: &[u32], start: u32, most: usize) -> Vec<u32> {
        let inside = table.len();
        let mut sectors = Vec::new();
        let mut seen = vec![false; inside];
        let mut next = start;
        while sectors.len() < most {
            match seen.get_mut(next as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => break,
            }
            sectors.push(next);
            next = table[next as usize];
        }
        sectors
    }

    /// Reads the root and its children; walks the tree with an explicit stack.
    fn read_directory(&mut self, directory: &[u8], budget: &mut Budget) -> Result<Entry, ReadError> {
        let root = directory.get(..ENTRY).and_then(entry).ok_or_else(|| ReadError::from(Damage::CompoundRoot))?;
        let count = directory.len() / ENTRY;
        budget.spend(Resource::Steps, count as u64)?;
        let mut seen = vec![false; count];
        let mut open = vec![u32_at(directory, 76).unwrap_or(NO_ENTRY)];
        while let Some(index) = open.pop() {
            let index = index as usize;
            if seen.get(index).copied().unwrap_or(true) {
                continue;
            }
            seen[index] = true;
            let bytes = &directory[index * ENTRY..(index + 1) * ENTRY];
            open.extend([u32_at(bytes, 68), u32_at(bytes, 72)].into_iter().flatten());
            if let Some(entry) = entry(bytes) {
                budget.spend(Resource::Entries, 1)?;
                self.entries.push(entry);
            }
        }
        Ok(root)
    }
}

/// A directory entry; `None` for an unused one.
fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).min(64);
    let kind = *bytes.get(66)?;
    if length < 2 || kind == 0 {
        return None;
    }
    let units: Vec<u16> = bytes[..length - 2].chunks_exact(2).filter_map(|unit| u16_at(unit, 0)).collect();
    // In files with sectors of 512 bytes the upper half of the size may be garbage.
    let size = u64::from(u32_at(bytes, 120)?);
    Some(Entry { name: String::from_utf16_lossy(&units), start: u32_at(bytes, 116)?, size })
}

/// The 16-bit number at an offset.
#[inline]
pub(in crate::read) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    bytes.get(at..end).and_then(|slice| slice.try_into().ok()).map(u16::from_le_bytes)
}

/// The 32-bit number at an offset.
#[inline]
pub(in crate::read) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    bytes.get(at..end).and_then(|slice| slice.try_into().ok()).map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Write};

    use super::*;

    /// A compound file with these streams, written by another implementation.
    fn written(streams: &[(&str, &[u8])]) -> io::Result<Vec<u8>> {
        let mut file = ::cfb::CompoundFile::create_with_version(::cfb::Version::V3, Cursor::new(Vec::new()))?;
        for (name, bytes) in streams {
            file.create_stream(name)?.write_all(bytes)?;
        }
        file.flush()?;
        Ok(file.into_inner().into_inner())
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|index| (index % 251) as u8).collect()
    }

    fn read(bytes: &[u8], name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let budget = &mut Budget::default();
        let stream = Compound::open(bytes, budget)?.stream(name, budget)?;
        Ok(stream.map(Cow::into_owned))
    }

    #[test]
    fn long_and_short_streams_are_read_whole() -> Result<(), Box<dyn std::error::Error>> {
        let (long, short) = (pattern(70_000), pattern(300));
        let bytes = written(&[("Short", &short), ("WordDocument", &long), ("Other", &pattern(5000))])?;
        assert_eq!(read(&bytes, "WordDocument")?, Some(long));
        assert_eq!(read(&bytes, "short")?, Some(short));
        assert_eq!(read(&bytes, "Nothing")?, None);
        Ok(())
    }

    #[test]
    fn a_last_sector_that_is_cut_short_reads_as_zeros() -> Result<(), Box<dyn std::error::Error>> {
        let mut bytes = written(&[("WordDocument", &pattern(5000))])?;
        // Move the first sector of the stream to the end of the file and truncate it.
        let start = bytes.windows(300).position(|window| window == &pattern(300)[..]).ok_or("no stream")?;
        let sector = (start / 512 - 1) as u32;
        let last = (bytes.len() / 512 - 1) as u32;
        let fat = (u32_at(&bytes, 76).ok_or("no table")? as usize + 1) * 512;
        let next = u32_at(&bytes, fat + sector as usize * 4).ok_or("no entry")?;
        bytes[fat + last as usize * 4..][..4].copy_from_slice(&next.to_le_bytes());
        let directory = (u32_at(&bytes, 48).ok_or("no directory")? as usize + 1) * 512;
        bytes[directory + 128 + 116..][..4].copy_from_slice(&last.to_le_bytes());
        bytes.extend(&pattern(400));
        let read = read(&bytes, "WordDocument")?.ok_or("no stream")?;
        assert_eq!((read.len(), &read[..400], &read[400..512]), (5000, &pattern(400)[..], &[0; 112][..]));
        assert_eq!(&read[512..], &pattern(5000)[512..]);
        Ok(())
    }

    #[test]
    fn a_cyclic_chain_ends() -> Result<(), Box<dyn std::error::Error>> {
        let mut bytes = written(&[("WordDocument", &pattern(70_000))])?;
        let start = bytes.windows(300).position(|window| window == &pattern(300)[..]).ok_or("no stream")?;
        let sector = (start / 512 - 1) as u32;
        let fat = (u32_at(&bytes, 76).ok_or("no table")? as usize + 1) * 512;
        bytes[fat + sector as usize * 4 + 8..][..4].copy_from_slice(&sector.to_le_bytes());
        let read = read(&bytes, "WordDocument")?.ok_or("no stream")?;
        assert!(read.len() <= 3 * 512 && read[..] == pattern(read.len())[..]);
        Ok(())
    }

    #[test]
    fn a_truncated_file_gives_its_remaining_bytes() -> Result<(), Box<dyn std::error::Error>> {
        let bytes = written(&[("WordDocument", &pattern(50_000))])?;
        let read = read(&bytes[..40 * 512], "WordDocument")?.ok_or("no stream")?;
        assert!(read.len() > 30 * 512 && read.len() < 40 * 512, "{}", read.len());
        assert_eq!(read, pattern(50_000)[..read.len()]);
        Ok(())
    }

    #[test]
    fn other_files_are_damaged_compound_files() {
        for bytes in [&SIGNATURE[..], &[SIGNATURE.to_vec(), vec![0; 600]].concat()] {
            assert!(matches!(read(bytes, "WordDocument"), Err(ReadError::Damaged(_))));
        }
    }
}
