//! The file information block (FIB): text lengths and locations of the tables of a Word file (MS-DOC 2.5).

use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::{Damage, ReadError, Unsupported};

/// Indices in `FibRgFcLcb97` of the tables that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Style sheet.
    Stshf = 1,
    /// Bin table of the character properties.
    PlcfBteChpx = 12,
    /// Bin table of the paragraph properties.
    PlcfBtePapx = 13,
    /// The piece table.
    Clx = 33,
    /// Anchors of floating shapes in the running text.
    PlcSpaMom = 40,
    /// Drawings: the store of floating pictures.
    DggInfo = 50,
    /// Texts of boxes in the running text.
    PlcftxbxTxt = 56,
    /// List definitions.
    PlfLst = 73,
    /// Overrides of lists.
    PlfLfo = 74,
}

/// First `nFib` of Word 97.
const WORD_97: u16 = 0x00C1;

/// Lengths of the document parts, in the order in which they follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    /// Running text.
    pub(super) main: u32,
    /// Footnotes.
    pub(super) footnotes: u32,
    /// Headers and footers.
    pub(super) headers: u32,
    /// Macros (unused since Word 97).
    pub(super) macros: u32,
    /// Comments.
    pub(super) comments: u32,
    /// Endnotes.
    pub(super) endnotes: u32,
    /// Text boxes.
    pub(super) text_boxes: u32,
    /// Text boxes in headers and footers.
    pub(super) header_text_boxes: u32,
}

/// The parsed block.
#[derive(Debug)]
pub(super) struct Fib<'a> {
    /// Lengths of the document parts in characters.
    pub(super) lengths: Lengths,
    /// Whether the tables are in the stream `1Table` (else `0Table`).
    pub(super) second_table: bool,
    /// Pairs of offset and length, 4 bytes each.
    tables: &'a [u8],
}

impl<'a> Fib<'a> {
    /// Parses the block at the start of the stream `WordDocument`.
    ///
    /// # Errors
    /// [`ReadError::Encrypted`] for a password, [`ReadError::Unsupported`] before Word 97, [`ReadError::Damaged`] otherwise.
    pub(super) fn read(stream: &'a [u8]) -> Result<Self, ReadError> {
        let ended = || ReadError::from(Damage::WordFirstBlock);
        let word = |at| u16_at(stream, at).ok_or_else(ended);
        let version = word(2)?;
        if !matches!(word(0)?, 0xA5EC | 0xA5DC) {
            return Err(Damage::WordNoFirstBlock.into());
        }
        if version < WORD_97 {
            return Err(Unsupported::OldWord(version).into());
        }
        let flags = word(10)?;
        if flags & 0x0100 != 0 {
            return Err(ReadError::Encrypted);
        }
        // `FibRgW`, `FibRgLw` and `FibRgFcLcb` are preceded by their counts.
        let words = 32 + 2;
        let longs = words + usize::from(word(32)?) * 2 + 2;
        let pairs = longs + usize::from(word(longs - 2)?) * 4 + 2;
        let count = usize::from(word(pairs - 2)?);
        let length = |index: usize| u32_at(stream, longs + index * 4).ok_or_else(ended);
        let lengths = Lengths {
            main: length(3)?,
            footnotes: length(4)?,
            headers: length(5)?,
            macros: length(6)?,
            comments: length(7)?,
            endnotes: length(8)?,
            text_boxes: length(9)?,
            header_text_boxes: length(10)?,
        };
        let end = (pairs + count * 8).min(stream.len());
        let tables = stream.get(pairs..end).ok_or_else(ended)?;
        Ok(Self { lengths, second_table: flags & 0x0200 != 0, tables })
    }

    /// Offset and length of a table in the table stream.
    pub(super) fn table(&self, table: Table) -> (usize, usize) {
        let at = table as usize * 8;
        match (u32_at(self.tables, at), u32_at(self.tables, at + 4)) {
            (Some(offset), Some(length)) => (offset as usize, length as usize),
            _ => (0, 0),
        }
    }

    /// The bytes of a table, as far as they are in the stream.
    pub(super) fn slice<'t>(&self, stream: &'t [u8], table: Table) -> &'t [u8] {
        let (offset, length) = self.table(table);
        let end = offset.saturating_add(length).min(stream.len());
        stream.get(offset..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(version: u16, flags: u16) -> Vec<u8> {
        let mut bytes = vec![0; 32];
        bytes[0..2].copy_from_slice(&0xA5EC_u16.to_le_bytes());
        bytes[2..4].copy_from_slice(&version.to_le_bytes());
        bytes[10..12].copy_from_slice(&flags.to_le_bytes());
        bytes.extend([14, 0]);
        bytes.extend([0; 28]);
        bytes.extend([22, 0]);
        for index in 0..22_u32 {
            bytes.extend(index.to_le_bytes());
        }
        bytes.extend([2, 0]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0]);
        bytes
    }

    #[test]
    fn lengths_and_tables_are_found_by_the_counts_in_the_block() -> Result<(), ReadError> {
        let bytes = block(0xC1, 0x0200);
        let fib = Fib::read(&bytes)?;
        assert_eq!((fib.lengths.main, fib.lengths.header_text_boxes, fib.second_table), (3, 10, true));
        assert_eq!((fib.table(Table::Stshf), fib.table(Table::Clx)), ((7, 9), (0, 0)));
        Ok(())
    }

    #[test]
    fn passwords_old_versions_and_truncated_blocks_are_distinguished() {
        assert_eq!(Fib::read(&block(0xC1, 0x0100)).map(|_| ()), Err(ReadError::Encrypted));
        assert!(matches!(Fib::read(&block(0x65, 0)), Err(ReadError::Unsupported(_))));
        assert!(matches!(Fib::read(&block(0xC1, 0)[..60]), Err(ReadError::Damaged(_))));
    }
}
