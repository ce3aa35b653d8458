//! Writes reproducible packages (ECMA-376 part 2): fixed order of parts, no dates, constant parts compressed once.

use flate2::Compression;
use zip::result::ZipResult;

use super::archive::{self, Data, Deflaters, EPOCH, PLACE};
use super::draft::Draft;

/// Parts that are identical in every package of a kind, already compressed.
#[derive(Debug, Clone, Default)]
pub(super) struct Constant {
    /// Local headers and data.
    entries: Vec<u8>,
    /// Their directory entries, with positions relative to `entries`.
    directory: Vec<u8>,
    /// Offsets in `directory` of those positions.
    places: Vec<usize>,
}

impl Constant {
    /// Compresses parts, given by name and content, at the highest level, because it is done once.
    pub(super) fn pack(parts: &[(String, Vec<u8>)]) -> ZipResult<Self> {
        let (mut constant, mut deflaters) = (Self::default(), Deflaters::default());
        for (name, content) in parts {
            let Self { entries, directory, places } = &mut constant;
            places.push(directory.len() + PLACE);
            append(name, Data::Deflated(content, Compression::best()), &mut deflaters, (entries, directory))?;
        }
        Ok(constant)
    }
}

/// A package that is being written.
#[derive(Debug)]
pub(super) struct PackageWriter<'d> {
    deflaters: &'d mut Deflaters,
    entries: Vec<u8>,
    directory: Vec<u8>,
    count: usize,
}

impl<'d> PackageWriter<'d> {
    /// An empty package.
    pub(super) fn new(deflaters: &'d mut Deflaters) -> Self {
        Self { deflaters, entries: Vec::with_capacity(64 << 10), directory: Vec::with_capacity(2 << 10), count: 0 }
    }

    /// Adds constant parts.
    pub(super) fn constant(&mut self, constant: &Constant) -> ZipResult<()> {
        let (start, before) = (self.directory.len(), self.entries.len());
        self.entries.extend_from_slice(&constant.entries);
        self.directory.extend_from_slice(&constant.directory);
        for place in &constant.places {
            let known = constant.directory[*place..].first_chunk().map_or(0, |place| u32::from_le_bytes(*place));
            let place_now = archive::offset(before + known as usize)?;
            archive::put(&mut self.directory, start + place, &place_now.to_le_bytes());
        }
        self.count += constant.places.len();
        Ok(())
    }

    /// Adds a part.
    pub(super) fn part(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        self.append(name, Data::Deflated(content, archive::LEVEL))
    }

    /// Adds a part built from constant pieces.
    pub(super) fn draft(&mut self, name: &str, draft: &Draft) -> ZipResult<()> {
        self.append(name, Data::Deflated(draft.as_bytes(), archive::LEVEL))
    }

    /// Adds a part uncompressed: it is compressed already, such as a picture, or too small to gain.
    pub(super) fn stored(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        self.append(name, Data::Stored(content))
    }

    fn append(&mut self, name: &str, data: Data) -> ZipResult<()> {
        self.count += 1;
        append(name, data, self.deflaters, (&mut self.entries, &mut self.directory))
    }

    /// The bytes of the package.
    pub(super) fn finish(mut self) -> ZipResult<Vec<u8>> {
        archive::finish(&self.directory, self.count, &mut self.entries)?;
        Ok(self.entries)
    }
}

/// Appends an entry and its directory entry. Part names are ASCII (ECMA-376 part 2, 6.2.2).
fn append(
    name: &str,
    data: Data,
    deflaters: &mut Deflaters,
    (entries, directory): (&mut Vec<u8>, &mut Vec<u8>),
) -> ZipResult<()> {
    let place = archive::offset(entries.len())?;
    let about = archive::entry(name.as_bytes(), (0, EPOCH), data, deflaters, entries)?;
    archive::central(name.as_bytes(), 0, &about, place, directory)
}
