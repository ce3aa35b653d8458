//! `\pict` groups: the bytes of a picture in hexadecimal or after `\bin`.

use crate::document::{Budget, Exceeded, Resource};

/// EMU per twip.
const EMU_PER_TWIP: u64 = 635;

/// A picture being read.
#[derive(Debug, Default)]
pub(super) struct PictReader {
    /// Media type and suffix, once `\pngblip` or `\jpegblip` has been read.
    kind: Option<(&'static str, &'static str)>,
    bytes: Vec<u8>,
    high: Option<u8>,
    width: u64,
    height: u64,
}

/// A picture that has been read.
pub(super) struct Pict {
    /// Media type and suffix; `None` for a metafile or bitmap.
    pub(super) kind: Option<(&'static str, &'static str)>,
    /// The encoded picture.
    pub(super) bytes: Vec<u8>,
    /// Width and height in EMU.
    pub(super) extent: Option<(u64, u64)>,
}

impl PictReader {
    /// Handles a control word.
    pub(super) fn word(&mut self, name: &[u8], number: Option<i32>) {
        let twips = number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
        match name {
            b"pngblip" => self.kind = Some(("image/png", "png")),
            b"jpegblip" => self.kind = Some(("image/jpeg", "jpg")),
            b"picwgoal" => self.width = twips,
            b"pichgoal" => self.height = twips,
            _ => {}
        }
    }

    /// Adds hexadecimal digits; other bytes are skipped.
    pub(super) fn hex(&mut self, digits: &[u8], budget: &mut Budget) -> Result<(), Exceeded> {
        if self.kind.is_none() {
            return Ok(());
        }
        budget.spend(Resource::InflatedBytes, digits.len() as u64 / 2)?;
        for &digit in digits {
            let Some(value) = char::from(digit).to_digit(16) else { continue };
            match self.high.take() {
                Some(high) => self.bytes.push(high << 4 | value as u8),
                None => self.high = Some(value as u8),
            }
        }
        Ok(())
    }

    /// Adds raw bytes.
    pub(super) fn binary(&mut self, bytes: &[u8], budget: &mut Budget) -> Result<(), Exceeded> {
        if self.kind.is_some() {
            budget.spend(Resource::InflatedBytes, bytes.len() as u64)?;
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The picture; its bytes are empty if the group had none.
    pub(super) fn finish(self) -> Pict {
        let known = self.width > 0 && self.height > 0;
        let extent = known.then(|| (self.width * EMU_PER_TWIP, self.height * EMU_PER_TWIP));
        Pict { kind: self.kind, bytes: self.bytes, extent }
    }
}
