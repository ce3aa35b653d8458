//! Loads the bytes of an input within the size limit; fails if the file changes while it is read.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::archive::{self, Member, Zip};
use super::inputs::{Input, Origin};
use super::refused::unreadable;
use crate::document::{Exceeded, Limits, Resource};
use crate::finding::Finding;
use crate::finding::code::batch::FILE_CHANGED;
use crate::finding::code::read::FILE_UNREADABLE;
use crate::read::ReadError;

/// Maximum number of attempts to read a changing file.
const ATTEMPTS: usize = 3;

/// Reads inputs; keeps the last archive open.
#[derive(Default)]
pub struct Loader {
    archive: Option<(PathBuf, Option<usize>, Zip)>,
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").field("archive", &self.archive.as_ref().map(|open| &open.0)).finish()
    }
}

impl Loader {
    /// The bytes of an input. Standard input can be read once.
    ///
    /// # Errors
    /// The finding why it cannot be read: unreadable, too large, changed while it was read.
    pub fn bytes(&mut self, input: &Input) -> Result<Vec<u8>, Box<Finding>> {
        match &input.origin {
            Origin::File(path) => file(path.as_deref().unwrap_or(Path::new(&*input.path))),
            Origin::Stdin => bounded(io::stdin().lock()),
            Origin::Member { archive, member } => self.member(&archive.path, member),
            Origin::Refused(finding) => Err(finding.clone()),
        }
    }

    fn member(&mut self, path: &Path, member: &Member) -> Result<Vec<u8>, Box<Finding>> {
        let open = self.archive.take().filter(|open| open.0 == path && open.1 == member.outer);
        let (.., zip) = match open {
            Some(open) => self.archive.insert(open),
            None => self.archive.insert((path.to_owned(), member.outer, open_archive(path, member.outer)?)),
        };
        archive::read(zip, member.index)
    }
}

fn open_archive(path: &Path, outer: Option<usize>) -> Result<Zip, Box<Finding>> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut zip = archive::open(Box::new(BufReader::new(file)))?;
    match outer {
        None => Ok(zip),
        Some(index) => archive::open(Box::new(Cursor::new(archive::read(&mut zip, index)?))),
    }
}

/// File properties that reveal a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

fn file(path: &Path) -> Result<Vec<u8>, Box<Finding>> {
    let opened = || File::open(path).map_err(|error| unreadable(&error));
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(unreadable(&io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return Err(Box::new(Finding::detailed(
            &FILE_UNREADABLE,
            "这是管道或设备，不是文件；管道请用“-”从标准输入读取",
            "it is a pipe or a device and no file; for a pipe name - and use standard input",
        )));
    }
    within(metadata.len())?;
    let expected = metadata.len() as usize;
    let stamp = || -> Result<Stamp, Box<Finding>> {
        let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
        Ok(Stamp { bytes: metadata.len(), modified: metadata.modified().ok() })
    };
    held_still(stamp, || sized(opened()?, expected))
}

/// Reads until the file is the same before and after.
fn held_still(
    mut stamp: impl FnMut() -> Result<Stamp, Box<Finding>>,
    mut read: impl FnMut() -> Result<Vec<u8>, Box<Finding>>,
) -> Result<Vec<u8>, Box<Finding>> {
    let mut before = stamp()?;
    for _ in 0..ATTEMPTS {
        let bytes = read()?;
        let after = stamp()?;
        if before == after && bytes.len() as u64 == after.bytes {
            return Ok(bytes);
        }
        before = after;
    }
    Err(Box::new(Finding::new(&FILE_CHANGED, FILE_CHANGED.message())))
}

fn bounded(source: impl Read) -> Result<Vec<u8>, Box<Finding>> {
    sized(source, 0)
}

/// Reads bytes with a capacity hint, up to the size limit of a file.
fn sized(source: impl Read, expected: usize) -> Result<Vec<u8>, Box<Finding>> {
    let limit = Limits::default().file_bytes;
    // One byte more than expected, so that the end is detected without reallocation.
    let mut bytes = Vec::with_capacity(expected + 1);
    source.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    within(bytes.len() as u64)?;
    Ok(bytes)
}

fn within(bytes: u64) -> Result<(), Box<Finding>> {
    let limit = Limits::default().file_bytes;
    if bytes <= limit {
        return Ok(());
    }
    let exceeded = Exceeded { resource: Resource::FileBytes, asked: bytes, limit };
    Err(Box::new(ReadError::OverLimit(exceeded).finding()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(sizes: &[u64]) -> impl FnMut() -> Result<Stamp, Box<Finding>> {
        let mut sizes = sizes.iter().copied();
        move || Ok(Stamp { bytes: sizes.next().unwrap_or(0), modified: None })
    }

    #[test]
    fn a_file_is_read_once_it_stops_changing() {
        let mut reads = 0;
        let read = || {
            reads += 1;
            Ok(vec![0; 5])
        };
        assert_eq!(held_still(stamps(&[3, 5, 5]), read).map(|bytes| bytes.len()), Ok(5));
        assert_eq!(reads, 2);
    }

    #[test]
    fn a_file_that_keeps_changing_is_refused() {
        let refused = held_still(stamps(&[1, 2, 3, 4, 5]), || Ok(Vec::new()));
        assert_eq!(refused.unwrap_err().code, "file-changed");
    }

    #[test]
    fn a_file_over_the_size_limit_is_not_loaded() {
        assert_eq!(bounded(io::repeat(b'x')).unwrap_err().code, "file-over-limit");
    }
}
