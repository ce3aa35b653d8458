//! Writes the entries of a zip archive (APPNOTE 4.3). Used in place of the zip crate, which copies compressed entries one by one and
//! creates a new deflate state for every archive.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use zip::result::{ZipError, ZipResult};

/// Length of the fixed part of a local header, of a directory entry, and of the end record.
pub(super) const LOCAL_LENGTH: usize = 30;
pub(super) const CENTRAL_LENGTH: usize = 46;
pub(super) const END_LENGTH: usize = 22;

/// Offset in a directory entry of the position of its local header.
pub(super) const PLACE: usize = 42;

/// Signatures of a directory entry and of the end record.
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const END: &[u8] = b"PK\x05\x06";

/// Flag bit for names in UTF-8 (4.4.4).
pub(super) const NAMES_ARE_UTF8: u16 = 1 << 11;

/// 1980-01-01 00:00, the earliest time of an entry: date in the upper, time in the lower half.
pub(super) const EPOCH: u32 = 0x0021_0000;

pub(super) const TOO_LARGE: ZipError = ZipError::InvalidArchive(std::borrow::Cow::Borrowed("too large"));

/// Deflate level for parts that differ between reports; ARCHITECTURE.md gives the costs of levels.
pub(super) const LEVEL: Compression = Compression::new(2);

/// Compression methods of entries (4.4.5).
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Checksum and sizes of an entry.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About {
    crc: u32,
    packed: u32,
    size: u32,
    /// Compression method.
    pub(super) method: u16,
}

impl About {
    /// Checksum, compressed and uncompressed size, as in headers.
    pub(super) fn sizes(&self) -> [u8; 12] {
        let mut sizes = [0; 12];
        sizes[..4].copy_from_slice(&self.crc.to_le_bytes());
        sizes[4..8].copy_from_slice(&self.packed.to_le_bytes());
        sizes[8..].copy_from_slice(&self.size.to_le_bytes());
        sizes
    }
}

/// The data of an entry, and its compression.
#[derive(Debug, Clone, Copy)]
pub(super) enum Data<'a> {
    /// Stored.
    Stored(&'a [u8]),
    /// Deflated at a level.
    Deflated(&'a [u8], Compression),
}

impl<'a> Data<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Stored(bytes) | Self::Deflated(bytes, _) => bytes,
        }
    }

    fn pack(self, deflaters: &mut Deflaters, out: &mut Vec<u8>) -> ZipResult<()> {
        match self {
            Self::Stored(bytes) => out.extend_from_slice(bytes),
            Self::Deflated(bytes, level) => deflaters.deflate(bytes, level, out)?,
        }
        Ok(())
    }
}

/// A deflate state per level, reused: creating one costs more than compressing a small part.
#[derive(Debug, Default)]
pub(super) struct Deflaters(Vec<(Compression, DeflateEncoder<Vec<u8>>)>);

impl Deflaters {
    /// Appends bytes deflated at a level.
    fn deflate(&mut self, bytes: &[u8], level: Compression, out: &mut Vec<u8>) -> ZipResult<()> {
        let created = self.0.iter().position(|(created, _)| *created == level);
        let number = created.unwrap_or_else(|| {
            self.0.push((level, DeflateEncoder::new(Vec::new(), level)));
            self.0.len() - 1
        });
        let deflater = &mut self.0[number].1;
        deflater.write_all(bytes)?;
        out.extend_from_slice(&deflater.reset(Vec::new())?);
        Ok(())
    }
}

/// Appends an entry: its local header and its data.
pub(super) fn entry(
    name: &[u8],
    (flags, time): (u16, u32),
    data: Data,
    deflaters: &mut Deflaters,
    out: &mut Vec<u8>,
) -> ZipResult<About> {
    let header = out.len();
    let method = if matches!(data, Data::Stored(_)) { STORED } else { DEFLATED };
    out.extend_from_slice(b"PK\x03\x04\x14\x00");
    out.extend_from_slice(&flags.to_le_bytes());
    out.extend_from_slice(&method.to_le_bytes());
    out.extend_from_slice(&time.to_le_bytes());
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&u16::try_from(name.len()).map_err(|_| TOO_LARGE)?.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(name);
    let start = out.len();
    data.pack(deflaters, out)?;
    let content = data.bytes();
    let (packed, size) = (offset(out.len() - start)?, offset(content.len())?);
    let about = About { crc: crc32fast::hash(content), packed, size, method };
    put(out, header + 14, &about.sizes());
    Ok(about)
}

/// Appends a directory entry; `place` is the position of its local header.
pub(super) fn central(name: &[u8], flags: u16, about: &About, place: u32, out: &mut Vec<u8>) -> ZipResult<()> {
    out.extend_from_slice(CENTRAL);
    out.extend_from_slice(b"\x14\x00\x14\x00");
    out.extend_from_slice(&flags.to_le_bytes());
    out.extend_from_slice(&about.method.to_le_bytes());
    out.extend_from_slice(&EPOCH.to_le_bytes());
    out.extend_from_slice(&about.sizes());
    out.extend_from_slice(&u16::try_from(name.len()).map_err(|_| TOO_LARGE)?.to_le_bytes());
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&place.to_le_bytes());
    out.extend_from_slice(name);
    Ok(())
}

/// Appends the directory and the end record (4.3.16) for `count` entries.
pub(super) fn finish(directory: &[u8], count: usize, out: &mut Vec<u8>) -> ZipResult<()> {
    let count = u16::try_from(count).map_err(|_| TOO_LARGE)?.to_le_bytes();
    let (length, place) = (offset(directory.len())?, offset(out.len())?);
    out.extend_from_slice(directory);
    out.extend_from_slice(END);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&place.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    Ok(())
}

/// A position or a length as a 32-bit number.
pub(super) fn offset(at: usize) -> ZipResult<u32> {
    u32::try_from(at).map_err(|_| TOO_LARGE)
}

/// Overwrites bytes at a position; ignored beyond the end.
pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(target) = bytes.get_mut(at..at + value.len()) {
        target.copy_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn the_zip_crate_reads_what_was_written() -> ZipResult<()> {
        // Incompressible data, compressible data, and no data.
        let noise: Vec<u8> =
            (0..100_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        let same = vec![7; 300_000];
        let parts: [(&str, &[u8]); 4] = [("a", &noise), ("b/规章", &same), ("c", b""), ("d", b"text")];
        for data in [
            Data::Stored,
            |content| Data::Deflated(content, LEVEL),
            |content| Data::Deflated(content, Compression::best()),
        ] {
            let (mut out, mut directory, mut deflaters) = (Vec::new(), Vec::new(), Deflaters::default());
            for (name, content) in parts {
                let place = offset(out.len())?;
                let about = entry(name.as_bytes(), (NAMES_ARE_UTF8, EPOCH), data(content), &mut deflaters, &mut out)?;
                central(name.as_bytes(), NAMES_ARE_UTF8, &about, place, &mut directory)?;
            }
            finish(&directory, parts.len(), &mut out)?;
            let mut archive = zip::ZipArchive::new(Cursor::new(out))?;
            for (name, content) in parts {
                let mut read = Vec::new();
                archive.by_name(name)?.read_to_end(&mut read)?;
                assert_eq!(read, content, "{name} {:?}", data(b""));
            }
        }
        Ok(())
    }
}
