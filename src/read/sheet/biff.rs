//! Records of binary workbooks: those of Excel 5 to 2003 with their continuations and strings (MS-XLS 2.1.4, 2.5.293, 2.5.294), and
//! those of XLSB (MS-XLSB 2.1.4).

use encoding_rs::Encoding;

use crate::document::{Budget, Resource};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::{Damage, ReadError};

/// Type of a continuation record.
const CONTINUE: u16 = 0x003C;

/// A record of an .xls stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Record type.
    pub(super) kind: u16,
    /// Its data, without continuation records.
    pub(super) data: &'a [u8],
    /// Offset in the stream after the record and its header.
    pub(super) end: usize,
}

impl Record<'_> {
    /// The 16-bit number at an offset of the data.
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        u16_at(self.data, at)
    }

    /// The 32-bit number at an offset of the data.
    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        u32_at(self.data, at)
    }

    /// The 64-bit float at an offset of the data.
    pub(super) fn f64(&self, at: usize) -> Option<f64> {
        f64_at(self.data, at)
    }
}

/// The 64-bit float at an offset.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    bytes.get(at..at.checked_add(8)?).and_then(|slice| slice.try_into().ok()).map(f64::from_le_bytes)
}

/// The record at an offset of an .xls stream; `None` at the end of the stream.
///
/// # Errors
/// [`ReadError::Damaged`] for a truncated record.
pub(super) fn record<'a>(stream: &'a [u8], at: usize, budget: &mut Budget) -> Result<Option<Record<'a>>, ReadError> {
    budget.spend(Resource::Steps, 1)?;
    let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) else { return Ok(None) };
    let end = at + 4 + usize::from(length);
    match stream.get(at + 4..end) {
        Some(data) => Ok(Some(Record { kind, data, end })),
        None => Err(Damage::RecordCut { at }.into()),
    }
}

/// String encoding: one byte per character in the code page of the file up to Excel 95, UTF-16 since Excel 97.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    /// Excel 5 and 95.
    Narrow(&'static Encoding),
    /// Excel 97 to 2003.
    Wide,
}

impl Text {
    /// The string at an offset of a record; its length is stored in one byte (`short`) or two.
    pub(super) fn at(self, data: &[u8], at: usize, short: bool) -> Option<String> {
        let (length, at) =
            if short { (usize::from(*data.get(at)?), at + 1) } else { (usize::from(u16_at(data, at)?), at + 2) };
        match self {
            Self::Narrow(encoding) => {
                Some(encoding.decode_without_bom_handling(data.get(at..at.checked_add(length)?)?).0.into_owned())
            }
            Self::Wide => {
                let mut reader = Continued { parts: vec![data], part: 0, at };
                let flags = reader.byte()?;
                reader.characters(length, flags)
            }
        }
    }
}

/// A record and its continuations as one sequence of bytes. A continuation that splits characters begins with new flags.
pub(super) struct Continued<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl<'a> Continued<'a> {
    /// The record and its continuations in the stream.
    ///
    /// # Errors
    /// As for [`record`].
    pub(super) fn new(stream: &'a [u8], first: Record<'a>, budget: &mut Budget) -> Result<Self, ReadError> {
        let (mut parts, mut end) = (vec![first.data], first.end);
        while let Some(next) = record(stream, end, budget)?.filter(|next| next.kind == CONTINUE) {
            parts.push(next.data);
            end = next.end;
        }
        Ok(Self { parts, part: 0, at: 0 })
    }

    /// Skips bytes.
    pub(super) fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let rest = self.rest()?.len().min(count);
            self.at += rest;
            count -= rest;
        }
        Some(())
    }

    /// The rest of the current continuation, or else the next one.
    fn rest(&mut self) -> Option<&'a [u8]> {
        loop {
            let rest = self.parts.get(self.part)?.get(self.at..)?;
            if !rest.is_empty() {
                return Some(rest);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.at += 1;
        Some(byte)
    }

    /// A little-endian number of `bytes` bytes.
    pub(super) fn number(&mut self, bytes: u32) -> Option<u32> {
        (0..bytes).try_fold(0, |number, place| Some(number | u32::from(self.byte()?) << (8 * place)))
    }

    /// A string, and the start and font of its formatting runs; phonetic data is skipped (`XLUnicodeRichExtendedString`).
    pub(super) fn string(&mut self) -> Option<(String, Vec<(u16, u16)>)> {
        let length = self.number(2)? as usize;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? as usize } else { 0 };
        let phonetic = if flags & 4 != 0 { self.number(4)? as usize } else { 0 };
        let text = self.characters(length, flags)?;
        let mut begins = Vec::new();
        for _ in 0..runs {
            let (begin, font) = (self.number(2)?, self.number(2)?);
            begins.push((begin as u16, font as u16));
        }
        self.skip(phonetic)?;
        Some((text, begins))
    }

    /// A string without formatting runs (`XLUnicodeString`).
    pub(super) fn plain_string(&mut self) -> Option<String> {
        let length = self.number(2)? as usize;
        if length == 0 {
            // Some writers omit the flags of an empty string.
            return Some(String::new());
        }
        let flags = self.byte()?;
        self.characters(length, flags)
    }

    /// Characters of one byte or two each, according to the flags.
    pub(super) fn characters(&mut self, length: usize, flags: u8) -> Option<String> {
        let mut wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < length {
            if self.parts.get(self.part)?.len() <= self.at {
                // The next continuation, which begins with flags of its own.
                self.part += 1;
                self.at = 0;
                wide = self.byte()? & 1 != 0;
            }
            let rest = self.parts.get(self.part)?.get(self.at..)?;
            let size = if wide { 2 } else { 1 };
            let count = (rest.len() / size).min(length - units.len());
            if count == 0 && !rest.is_empty() {
                return None;
            }
            let bytes = &rest[..count * size];
            if wide {
                units.extend(bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
            } else {
                units.extend(bytes.iter().map(|&byte| u16::from(byte)));
            }
            self.at += bytes.len();
        }
        Some(String::from_utf16_lossy(&units))
    }
}

/// The records of an XLSB part.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The records of a part.
    pub(super) fn new(part: &'a [u8]) -> Self {
        Self { rest: part }
    }

    /// Type and data of the next record; `None` at the end.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] for a truncated record.
    pub(super) fn next(&mut self, budget: &mut Budget) -> Result<Option<(u32, &'a [u8])>, ReadError> {
        budget.spend(Resource::Steps, 1)?;
        if self.rest.is_empty() {
            return Ok(None);
        }
        let record = self.number(2).and_then(|kind| {
            let length = self.number(4)? as usize;
            let (data, rest) = self.rest.split_at_checked(length)?;
            self.rest = rest;
            Some((kind, data))
        });
        record.map(Some).ok_or_else(|| ReadError::from(Damage::PartRecordCut))
    }

    /// A number of at most `most` bytes, seven bits each.
    fn number(&mut self, most: u32) -> Option<u32> {
        let mut number = 0;
        for place in 0..most {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u32::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

/// The string at an offset of an XLSB record, and the offset after it (`XLWideString`); a null string is empty.
pub(super) fn wide_string(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = u32_at(data, at)?;
    let start = at + 4;
    if length == u32::MAX {
        return Some((String::new(), start));
    }
    let end = start.checked_add((length as usize).checked_mul(2)?)?;
    let units: Vec<u16> =
        data.get(start..end)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    Some((String::from_utf16_lossy(&units), end))
}
