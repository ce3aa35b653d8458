//! The piece table: maps character positions to bytes of the stream (MS-DOC 2.4.1 and 2.8.35).

use encoding_rs::WINDOWS_1252;

use super::sprm::{Sprms, of_short_prm};
use crate::document::{Budget, Resource};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::{Damage, ReadError};

/// A range of characters stored contiguously.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// First character position.
    pub(super) start: u32,
    /// Position after the last.
    pub(super) end: u32,
    /// Offset of the first character in the stream.
    pub(super) offset: u32,
    /// Whether characters are stored in one byte instead of two.
    pub(super) narrow: bool,
    /// Properties that a fast save applied to the whole piece (Prm).
    pub(super) prm: u16,
}

impl Piece {
    /// Bytes per character.
    pub(super) fn width(&self) -> u32 {
        if self.narrow { 1 } else { 2 }
    }
}

/// The piece table, and the property lists that pieces refer to.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    /// The pieces in the order of their character positions.
    pub(super) list: Vec<Piece>,
    properties: Vec<&'a [u8]>,
}

impl<'a> Pieces<'a> {
    /// Parses a Clx: property lists, then the piece table.
    pub(super) fn read(clx: &'a [u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let damaged = || ReadError::from(Damage::WordNoPieces);
        let mut pieces = Self::default();
        let mut rest = clx;
        while let [0x01, tail @ ..] = rest {
            budget.spend(Resource::Steps, 1)?;
            let length = usize::from(u16_at(tail, 0).ok_or_else(damaged)?);
            pieces.properties.push(tail.get(2..2 + length).ok_or_else(damaged)?);
            rest = &tail[2 + length..];
        }
        let (Some(0x02), Some(length)) = (rest.first(), u32_at(rest, 1)) else { return Err(damaged()) };
        let table = &rest[5..];
        let table = &table[..table.len().min(length as usize)];
        // n + 1 positions of 4 bytes, then n descriptors of 8.
        let count = table.len().saturating_sub(4) / 12;
        budget.spend(Resource::Steps, count as u64)?;
        for index in 0..count {
            let descriptor = (count + 1) * 4 + index * 8;
            let values = (
                u32_at(table, index * 4),
                u32_at(table, index * 4 + 4),
                u32_at(table, descriptor + 2),
                u16_at(table, descriptor + 6),
            );
            let (Some(start), Some(end), Some(offset), Some(prm)) = values else { break };
            let narrow = offset & 0x4000_0000 != 0;
            let offset = if narrow { (offset & 0x3FFF_FFFF) / 2 } else { offset & 0x3FFF_FFFF };
            if end <= start || pieces.list.last().is_some_and(|last| last.end > start) {
                return Err(Damage::WordPieceOrder { piece: index + 1 }.into());
            }
            pieces.list.push(Piece { start, end, offset, narrow, prm });
        }
        if pieces.list.is_empty() {
            return Err(damaged());
        }
        Ok(pieces)
    }

    /// Calls `apply` with every modifier that the Prm of a piece refers to.
    pub(super) fn modifiers(
        &self,
        prm: u16,
        budget: &mut Budget,
        mut apply: impl FnMut(u16, &[u8]),
    ) -> Result<(), ReadError> {
        if prm == 0 {
            return Ok(());
        }
        if prm & 1 == 0 {
            if let Some(opcode) = of_short_prm(prm >> 1 & 0x7F) {
                apply(opcode, &[(prm >> 8) as u8]);
            }
            return Ok(());
        }
        let list = self.properties.get(usize::from(prm >> 1)).copied().unwrap_or_default();
        for (opcode, operand) in Sprms::new(list) {
            budget.spend(Resource::Steps, 1)?;
            apply(opcode, operand);
        }
        Ok(())
    }
}

/// The UTF-16 unit of a one-byte character.
pub(super) fn widen(byte: u8) -> u16 {
    if byte.is_ascii() {
        return u16::from(byte);
    }
    let bytes = [byte];
    let text = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
    text.chars().next().and_then(|character| u16::try_from(u32::from(character)).ok()).unwrap_or(0xFFFD)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clx(pieces: &[(u32, u32, u32, u16)]) -> Vec<u8> {
        let mut table = Vec::new();
        table.extend(pieces.first().map_or(0, |piece| piece.0).to_le_bytes());
        table.extend(pieces.iter().flat_map(|piece| piece.1.to_le_bytes()));
        for &(_, _, offset, prm) in pieces {
            table.extend([0, 0]);
            table.extend(offset.to_le_bytes());
            table.extend(prm.to_le_bytes());
        }
        let mut bytes = vec![0x01, 3, 0, 0x3C, 0x08, 1, 0x02];
        bytes.extend(u32::try_from(table.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(table);
        bytes
    }

    #[test]
    fn pieces_are_narrow_or_wide_and_may_carry_properties() -> Result<(), ReadError> {
        let budget = &mut Budget::default();
        let bytes = clx(&[(0, 4, 0x4000_0000 | 0x800, 1), (4, 6, 0x900, 0x5C << 1 | 1 << 8)]);
        let pieces = Pieces::read(&bytes, budget)?;
        let found: Vec<_> = pieces.list.iter().map(|p| (p.start, p.end, p.offset, p.width())).collect();
        assert_eq!(found, [(0, 4, 0x400, 1), (4, 6, 0x900, 2)]);
        for piece in &pieces.list {
            let mut applied = Vec::new();
            pieces.modifiers(piece.prm, budget, |opcode, operand| applied.push((opcode, operand.to_vec())))?;
            assert_eq!(applied, [(0x083C, vec![1])]);
        }
        Ok(())
    }

    #[test]
    fn pieces_out_of_order_are_refused() {
        let bytes = clx(&[(0, 4, 0, 0), (4, 2, 0, 0)]);
        assert!(matches!(Pieces::read(&bytes, &mut Budget::default()), Err(ReadError::Damaged(_))));
    }

    #[test]
    fn narrow_characters_are_windows_western() {
        assert_eq!([b'7', 0x93, 0xB7].map(widen), [0x37, 0x201C, 0xB7]);
    }
}
