//! Pictures in Word files: Office Art records (MS-ODRAW 2.2.23 to 2.2.32, MS-DOC 2.9.192).

use crate::document::{Budget, Exceeded, Resource};
use crate::read::container::cfb::{u16_at, u32_at};

/// EMU per twip.
pub(super) const EMU_PER_TWIP: u64 = 635;

/// Length of a record header.
const HEADER: usize = 8;

/// Length of a store entry (FBSE) without its name and picture.
const STORE_ENTRY: usize = 36;

/// Record types.
pub(super) const STORE_ENTRY_TYPE: u16 = 0xF007;
const FIRST_BLIP: u16 = 0xF018;
const LAST_BLIP: u16 = 0xF117;

/// A picture as stored in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blip<'a> {
    /// PNG or JPEG: media type, suffix, bytes.
    Kept(&'static str, &'static str, &'a [u8]),
    /// A metafile or bitmap.
    Other,
}

/// An inline picture with its width and height in EMU.
pub(super) type Inline<'a> = (Blip<'a>, Option<(u64, u64)>);

/// An Office Art record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Version (lower 4 bits) and instance.
    pub(super) instance: u16,
    /// Type.
    pub(super) kind: u16,
    /// Its content.
    pub(super) body: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at the start of `bytes`; its body is cut at the end of `bytes`.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let length = u32_at(bytes, 4)? as usize;
        let body = &bytes[HEADER..];
        let body = &body[..length.min(body.len())];
        Some(Self { instance: u16_at(bytes, 0)?, kind: u16_at(bytes, 2)?, body })
    }

    /// Whether the body consists of records.
    pub(super) fn is_container(&self) -> bool {
        self.instance & 0xF == 0xF
    }

    /// The picture in the record, if it is a picture record.
    pub(super) fn blip(&self) -> Option<Blip<'a>> {
        if !(FIRST_BLIP..=LAST_BLIP).contains(&self.kind) {
            return None;
        }
        // Before the picture: one or two digests of 16 bytes, depending on the instance, and a tag byte.
        let two = matches!(self.instance >> 4, 0x46B | 0x6E3 | 0x6E1);
        let bytes = self.body.get(if two { 33 } else { 17 }..).unwrap_or_default();
        Some(match self.kind {
            0xF01D | 0xF02A if !bytes.is_empty() => Blip::Kept("image/jpeg", "jpg", bytes),
            0xF01E if !bytes.is_empty() => Blip::Kept("image/png", "png", bytes),
            _ => Blip::Other,
        })
    }
}

/// Calls `visit` with every record that is not a container, in order. Containers and store entries are descended into.
pub(super) fn walk<'a>(
    mut bytes: &'a [u8],
    budget: &mut Budget,
    mut visit: impl FnMut(Record<'a>),
) -> Result<(), Exceeded> {
    while let Some(record) = Record::read(bytes) {
        budget.spend(Resource::Steps, 1)?;
        let mut skip = HEADER;
        if !record.is_container() {
            visit(record);
            skip += match record.kind {
                STORE_ENTRY_TYPE => {
                    record.body.len().min(STORE_ENTRY + usize::from(record.body.get(33).copied().unwrap_or(0)))
                }
                _ => record.body.len(),
            };
        }
        bytes = &bytes[skip..];
    }
    Ok(())
}

/// The picture at an offset of the stream `Data` (`PICFAndOfficeArtData`), with its size in EMU.
pub(super) fn inline<'a>(data: &'a [u8], offset: u32, budget: &mut Budget) -> Result<Option<Inline<'a>>, Exceeded> {
    let bytes = data.get(offset as usize..).unwrap_or_default();
    let (Some(length), Some(header)) = (u32_at(bytes, 0), u16_at(bytes, 4)) else { return Ok(None) };
    let bytes = &bytes[..bytes.len().min(length as usize)];
    // Format 0x66: a file name is between the header and the records.
    let name = if u16_at(bytes, 6) == Some(0x66) {
        bytes.get(usize::from(header)).map_or(0, |&length| usize::from(length) + 1)
    } else {
        0
    };
    let mut found = None;
    walk(bytes.get(usize::from(header) + name..).unwrap_or_default(), budget, |record| {
        found = found.or(record.blip());
    })?;
    let side = |goal, scale| {
        let (goal, scale) = (u64::from(u16_at(bytes, goal)?), u64::from(u16_at(bytes, scale)?));
        Some(goal * EMU_PER_TWIP * scale / 1000)
    };
    let extent = side(0x1C, 0x20).zip(side(0x1E, 0x22)).filter(|&(width, height)| width > 0 && height > 0);
    // A picture without a blip is a link or an old metafile.
    Ok(Some((found.unwrap_or(Blip::Other), extent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(instance: u16, kind: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(instance.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(u32::try_from(body.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_picture_is_found_after_its_header_and_inside_containers() -> Result<(), Exceeded> {
        let png = record(0x6E0 << 4, 0xF01E, &[&[0; 17][..], b"\x89PNG"].concat());
        let entry = record(0x62, STORE_ENTRY_TYPE, &[&[0; STORE_ENTRY][..], &png].concat());
        let shape = record(0xF, 0xF004, &record(0x2, 0xF00A, &[0; 8]));
        let mut data = vec![0; 0x44];
        data[4] = 0x44;
        data[0x1C..0x24].copy_from_slice(&[100, 0, 20, 0, 0xE8, 3, 0xF4, 1]);
        data.extend([shape, entry].concat());
        let length = u32::try_from(data.len()).unwrap_or(0).to_le_bytes();
        data[..4].copy_from_slice(&length);
        let found = inline(&data, 0, &mut Budget::default())?;
        assert_eq!(found, Some((Blip::Kept("image/png", "png", b"\x89PNG"), Some((63_500, 6_350)))));
        Ok(())
    }

    #[test]
    fn a_picture_that_is_cut_off_or_missing_is_none() -> Result<(), Exceeded> {
        let budget = &mut Budget::default();
        assert_eq!(inline(&[], 7, budget)?, None);
        let emf = record(0x3D4 << 4, 0xF01A, &[0; 40]);
        assert_eq!(Record::read(&emf).and_then(|record| record.blip()), Some(Blip::Other));
        Ok(())
    }
}
