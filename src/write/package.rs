//! Packages (ECMA-376 part 2) written the same way each time: parts in a fixed order, no dates, constant parts packed once.

use std::io::{Cursor, Write};
use std::sync::Arc;

use zip::read::ZipArchive;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// Parts that are the same in every package of a kind, packed already.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
}

impl Constant {
    /// Packs parts, given by name and content, as well as it goes: it happens once.
    pub(super) fn pack(parts: &[(String, Vec<u8>)]) -> ZipResult<Self> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(name.as_str(), options(9))?;
            writer.write_all(content)?;
        }
        let bytes: Arc<[u8]> = writer.finish()?.into_inner().into();
        Ok(Self { archive: ZipArchive::new(Cursor::new(bytes))? })
    }
}

/// A package that is being written.
#[derive(Debug)]
pub(super) struct PackageWriter {
    writer: ZipWriter<Cursor<Vec<u8>>>,
}

impl PackageWriter {
    /// An empty package.
    pub(super) fn new() -> Self {
        Self { writer: ZipWriter::new(Cursor::new(Vec::with_capacity(32 << 10))) }
    }

    /// Adds the constant parts as they are packed.
    pub(super) fn constant(&mut self, constant: &Constant) -> ZipResult<()> {
        // A clone shares the bytes and the directory; reading one entry needs a position of its own.
        let mut archive = constant.archive.clone();
        for number in 0..archive.len() {
            self.writer.raw_copy_file(archive.by_index_raw(number)?)?;
        }
        Ok(())
    }

    /// Adds a part of this package alone.
    pub(super) fn part(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        self.writer.start_file(name, options(1))?;
        self.writer.write_all(content)?;
        Ok(())
    }

    /// Adds a part that is packed already, such as a picture, or so small that packing it costs more than it saves.
    pub(super) fn stored(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        let stored = SimpleFileOptions::default().last_modified_time(DateTime::default());
        self.writer.start_file(name, stored.compression_method(CompressionMethod::Stored))?;
        self.writer.write_all(content)?;
        Ok(())
    }

    /// The package's bytes.
    pub(super) fn finish(self) -> ZipResult<Vec<u8>> {
        Ok(self.writer.finish()?.into_inner())
    }
}

fn options(level: i64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level))
}
