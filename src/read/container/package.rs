//! Packages (ECMA-376 part 2): zip archives whose parts are inflated within a budget, whatever sizes they declare.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use flate2::{Decompress, FlushDecompress, Status};
use memchr::memmem;
use zip::{CompressionMethod, ZipArchive};

use crate::document::{Budget, Exceeded, Resource};
use crate::read::xml::{self, Event, Events};
use crate::read::{Damage, ReadError};

/// Size up to which the compression ratio of a part is not limited.
const RATIO_FREE: u64 = 1 << 20;

/// Checksum and size of an entry in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// CRC-32 of the inflated bytes.
    pub(crate) crc32: u32,
    /// Number of inflated bytes.
    pub(crate) size: u64,
}

/// The inflate state, reused because creating it clears its memory.
struct Inflater(Mutex<Decompress>);

impl Default for Inflater {
    fn default() -> Self {
        Self(Mutex::new(Decompress::new(false)))
    }
}

/// An opened package.
#[derive(Debug)]
pub(crate) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    /// Index of each name in lower case, as Office compares names.
    index: BTreeMap<String, usize>,
}

impl<'a> Package<'a> {
    /// Reads the directory of a package.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if the directory is broken, or has names outside of the package, links or duplicate names;
    /// [`ReadError::Encrypted`] if an entry is encrypted; [`ReadError::OverLimit`] if a limit is exceeded.
    pub(crate) fn open(bytes: &'a [u8], budget: &mut Budget) -> Result<Self, ReadError> {
        budget.spend(Resource::FileBytes, bytes.len() as u64)?;
        check_entry_count(bytes, budget)?;
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| directory_damage(bytes, &error))?;
        budget.spend(Resource::Entries, archive.len() as u64)?;
        if archive.has_duplicate_names() {
            return Err(Damage::NameTwice { name: None }.into());
        }
        let mut names = Vec::with_capacity(archive.len());
        let mut index = BTreeMap::new();
        for position in 0..archive.len() {
            let entry = archive.by_index_data(position).map_err(|error| directory_damage(bytes, &error))?;
            // Some programs on Windows write backslashes (against APPNOTE 4.4.17).
            let name = entry.name().map_err(|error| directory_damage(bytes, &error))?.replace('\\', "/");
            if entry.encrypted() {
                return Err(ReadError::Encrypted);
            }
            if entry.is_symlink() || !is_inside(&name) {
                return Err(Damage::NameOutside { name }.into());
            }
            if index.insert(name.to_lowercase(), position).is_some() {
                return Err(Damage::NameTwice { name: Some(name) }.into());
            }
            names.push(name);
        }
        Ok(Self { bytes, archive, names, index })
    }

    /// Names of the entries in directory order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The name of a part as written in the directory; `name` is compared ignoring case.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.position(name).and_then(|position| self.names.get(position)).map(String::as_str)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.index.get(&name.trim_start_matches('/').to_lowercase()).copied()
    }

    /// Checksum and size of a part in the directory.
    pub(crate) fn stamp(&self, name: &str) -> Option<Stamp> {
        let entry = self.archive.by_index_data(self.position(name)?).ok()?;
        Some(Stamp { crc32: entry.crc32(), size: entry.size() })
    }

    /// The compressed bytes of a part.
    pub(crate) fn packed(&mut self, name: &str) -> Option<&'a [u8]> {
        let position = self.position(name)?;
        let raw = self.archive.by_index_raw(position).ok()?;
        let start = usize::try_from(raw.data_start()?).ok()?;
        let length = usize::try_from(raw.compressed_size()).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }

    /// The inflated bytes of a part; `None` if there is no part of this name.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if its bytes are broken, [`ReadError::OverLimit`] if it is too large.
    pub(crate) fn part(&mut self, name: &str, budget: &mut Budget) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(position) = self.position(name) else { return Ok(None) };
        let entry = self
            .archive
            .by_index_raw(position)
            .map_err(|error| Damage::PartHeader { part: name.to_owned(), reason: error.to_string() })?;
        let (method, declared, crc32) = (entry.compression(), entry.size(), entry.crc32());
        let range = entry.data_start().and_then(|start| Some(start..start.checked_add(entry.compressed_size())?));
        let range = range.and_then(|range| Some(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?));
        let cut_short = || ReadError::from(Damage::PartCutShort { part: name.to_owned() });
        let packed = range.and_then(|range| self.bytes.get(range)).ok_or_else(cut_short)?;
        let (limit, scarce) = allowance(packed.len() as u64, budget);
        // One byte more than allowed, to detect a part that is too large.
        let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        let content = match method {
            CompressionMethod::Stored => packed[..packed.len().min(most)].to_vec(),
            CompressionMethod::Deflated => {
                let guess = usize::try_from(declared).unwrap_or(usize::MAX);
                let inflater = budget.reuse().get::<Inflater>();
                let mut inflater = inflater.0.lock().unwrap_or_else(PoisonError::into_inner);
                inflater.reset(false);
                inflate(&mut inflater, packed, guess, most).map_err(|fault| fault.of_part(name))?
            }
            _ => return Err(Damage::PartMethod { part: name.to_owned() }.into()),
        };
        if content.len() as u64 > limit {
            let found = declared.max(content.len() as u64);
            return Err(exceeded(scarce, found, packed.len() as u64, budget).into());
        }
        if crc32fast::hash(&content) != crc32 {
            return Err(Damage::PartChecksum { part: name.to_owned() }.into());
        }
        budget.spend(Resource::InflatedBytes, content.len() as u64)?;
        Ok(Some(content))
    }

    /// The `Override` entries of `[Content_Types].xml`: part names and their media types.
    ///
    /// # Errors
    /// As for [`Package::part`].
    pub(crate) fn content_types(&mut self, budget: &mut Budget) -> Result<Vec<(String, String)>, ReadError> {
        let Some(bytes) = self.part("[Content_Types].xml", budget)? else { return Ok(Vec::new()) };
        let (text, _) = xml::text(&bytes, budget)?;
        let mut events = Events::new(&text, 0, &[]);
        let mut types = Vec::new();
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "Override" => {
                    if let (Some(part), Some(media_type)) = (tag.get("PartName"), tag.get("ContentType")) {
                        types.push((part.trim_start_matches('/').to_owned(), media_type.into_owned()));
                    }
                }
                Event::End => return Ok(types),
                _ => {}
            }
        }
    }
}

/// Why compressed bytes could not be inflated.
enum InflateFault {
    Corrupt,
    CutShort,
}

impl InflateFault {
    fn of_part(self, name: &str) -> ReadError {
        let part = name.to_owned();
        match self {
            Self::Corrupt => Damage::PartCorrupt { part },
            Self::CutShort => Damage::PartCutShort { part },
        }
        .into()
    }
}

/// Inflates (RFC 1951) at most `most` bytes; `guess` is the size declared in the directory. In one call, so that no window has to be
/// kept.
fn inflate(inflater: &mut Decompress, packed: &[u8], guess: usize, most: usize) -> Result<Vec<u8>, InflateFault> {
    const LEAST: usize = 1 << 10;
    // The compression ratio of deflate is at most about 1:1,000, whatever size is declared.
    let possible = packed.len().saturating_mul(1_100).saturating_add(LEAST);
    let mut content = Vec::with_capacity(guess.saturating_add(1).min(possible).min(most));
    loop {
        let read = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let rest = packed.get(read..).unwrap_or_default();
        let status = inflater.decompress_vec(rest, &mut content, FlushDecompress::Finish);
        match status.map_err(|_| InflateFault::Corrupt)? {
            Status::StreamEnd => return Ok(content),
            _ if content.len() >= most => return Ok(content),
            _ if content.len() < content.capacity() => return Err(InflateFault::CutShort),
            _ => content.reserve_exact(content.len().max(LEAST).min(most - content.len())),
        }
    }
}

/// Refuses an archive with too many entries before its directory is parsed: every entry has a signature, and those are counted.
fn check_entry_count(bytes: &[u8], budget: &Budget) -> Result<(), ReadError> {
    const HEADER: u64 = 46;
    let limit = budget.limits().entries;
    if bytes.len() as u64 / HEADER <= limit {
        return Ok(());
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let count = memmem::find_iter(bytes, b"PK\x01\x02").take(most).count() as u64;
    if count > limit {
        return Err(Exceeded { resource: Resource::Entries, asked: count, limit }.into());
    }
    Ok(())
}

/// Whether a name stays inside the package.
fn is_inside(name: &str) -> bool {
    let trimmed = name.strip_suffix('/').unwrap_or(name);
    !trimmed.contains(['\0', ':']) && !trimmed.split('/').any(|segment| matches!(segment, "" | "." | ".."))
}

/// Maximum inflated size of a part of this compressed size, and the resource that limits it.
pub(in crate::read) fn allowance(packed: u64, budget: &Budget) -> (u64, Resource) {
    let limits = budget.limits();
    let bounds = [
        (limits.part_bytes, Resource::PartBytes),
        (budget.left(Resource::InflatedBytes), Resource::InflatedBytes),
        (packed.saturating_mul(limits.ratio).max(RATIO_FREE), Resource::Ratio),
    ];
    bounds.into_iter().min_by_key(|bound| bound.0).unwrap_or((0, Resource::PartBytes))
}

pub(in crate::read) fn exceeded(resource: Resource, length: u64, packed: u64, budget: &Budget) -> Exceeded {
    let (asked, limit) = match resource {
        Resource::Ratio => (length.div_ceil(packed.max(1)), budget.limits().ratio),
        Resource::InflatedBytes => {
            let limit = budget.limits().inflated_bytes;
            (limit - budget.left(resource) + length, limit)
        }
        _ => (length, budget.limits().part_bytes),
    };
    Exceeded { resource, asked, limit }
}

/// The damage for a directory that the zip crate refuses.
fn directory_damage(bytes: &[u8], error: &zip::result::ZipError) -> ReadError {
    const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
    match memmem::rfind(bytes, END_OF_DIRECTORY) {
        None => Damage::ArchiveEnd.into(),
        Some(_) => Damage::Archive { reason: error.to_string() }.into(),
    }
}

#[cfg(test)]
mod tests;
