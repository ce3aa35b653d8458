//! Property modifiers: an opcode with its operand, in lists called grpprl (MS-DOC 2.2.5).

use crate::read::container::cfb::u16_at;

/// Opcodes that are read (MS-DOC 2.6).
pub(super) mod op {
    /// Text is a tracked deletion.
    pub(crate) const C_RMARK_DEL: u16 = 0x0800;
    /// Offset of a picture or an object.
    pub(crate) const C_PIC_LOCATION: u16 = 0x6A03;
    /// The picture is data of a form field.
    pub(crate) const C_DATA: u16 = 0x0806;
    /// The picture represents an OLE object.
    pub(crate) const C_OLE2: u16 = 0x080A;
    /// A character of a symbol font.
    pub(crate) const C_SYMBOL: u16 = 0x6A09;
    /// Character style.
    pub(crate) const C_ISTD: u16 = 0x4A30;
    /// Strikethrough, single or double.
    pub(crate) const C_STRIKE: u16 = 0x0837;
    pub(crate) const C_DOUBLE_STRIKE: u16 = 0x2A53;
    /// Superscript or subscript.
    pub(crate) const C_SCRIPT: u16 = 0x2A48;
    /// Raised position.
    pub(crate) const C_POSITION: u16 = 0x4845;
    /// Font size.
    pub(crate) const C_SIZE: u16 = 0x4A43;
    /// Horizontal scale of characters in percent, and their spacing in twips.
    pub(crate) const C_SCALE: u16 = 0x4852;
    pub(crate) const C_SPACING: u16 = 0x8840;
    /// Text colour, by index or as RGB.
    pub(crate) const C_COLOUR: u16 = 0x2A42;
    pub(crate) const C_RGB: u16 = 0x6870;
    /// Background of text.
    pub(crate) const C_HIGHLIGHT: u16 = 0x2A0C;
    pub(crate) const C_SHADE_80: u16 = 0x4866;
    pub(crate) const C_SHADE: u16 = 0xCA71;
    pub(crate) const P_SHADE_80: u16 = 0x442D;
    pub(crate) const P_SHADE: u16 = 0xC64D;
    /// Backgrounds of the cells of a row.
    pub(crate) const T_SHADES_80: u16 = 0xD609;
    pub(crate) const T_SHADES: u16 = 0xD612;
    /// Height of a row.
    pub(crate) const T_HEIGHT: u16 = 0x9407;
    /// Text is a tracked insertion.
    pub(crate) const C_RMARK: u16 = 0x0801;
    /// Hidden text.
    pub(crate) const C_VANISH: u16 = 0x083C;
    /// The character is special: a picture, a note mark.
    pub(crate) const C_SPEC: u16 = 0x0855;
    /// The picture is an embedded object.
    pub(crate) const C_OBJ: u16 = 0x0856;
    /// Paragraph style.
    pub(crate) const P_ISTD: u16 = 0x4600;
    /// List level.
    pub(crate) const P_ILVL: u16 = 0x260A;
    /// List override.
    pub(crate) const P_ILFO: u16 = 0x460B;
    /// In a table.
    pub(crate) const P_IN_TABLE: u16 = 0x2416;
    /// End of a row.
    pub(crate) const P_TTP: u16 = 0x2417;
    /// Outline level.
    pub(crate) const P_OUT_LVL: u16 = 0x2640;
    /// The properties are in the stream `Data`.
    pub(crate) const P_HUGE_PAPX: [u16; 3] = [0x6645, 0x6646, 0x646B];
    /// Depth of nested tables.
    pub(crate) const P_ITAP: u16 = 0x6649;
    /// Change of that depth.
    pub(crate) const P_DTAP: u16 = 0x664A;
    /// End of a cell of a nested table.
    pub(crate) const P_INNER_CELL: u16 = 0x244B;
    /// End of a row of a nested table.
    pub(crate) const P_INNER_TTP: u16 = 0x244C;
    /// Cells of a row; the length of its operand has two bytes and is one too large.
    pub(crate) const T_DEF_TABLE: u16 = 0xD608;
    /// Like [`T_DEF_TABLE`], in the format of Word 97.
    pub(crate) const T_DEF_TABLE_10: u16 = 0xD606;
    /// Inserts cells.
    pub(crate) const T_INSERT: u16 = 0x7621;
    /// Deletes cells.
    pub(crate) const T_DELETE: u16 = 0x5622;
    /// Sets the width of cells.
    pub(crate) const T_DXA_COL: u16 = 0x7623;
    /// Merges cells horizontally.
    pub(crate) const T_MERGE: u16 = 0x5624;
    /// Splits merged cells.
    pub(crate) const T_SPLIT: u16 = 0x5625;
    /// Vertical merge of a cell.
    pub(crate) const T_VERT_MERGE: u16 = 0xD62B;
    /// Tab stops; a length of 255 means that the operand gives its length otherwise.
    pub(crate) const P_CHG_TABS: u16 = 0xC615;
}

/// Iterates over the modifiers of a grpprl; stops where the list is truncated.
#[derive(Debug, Clone)]
pub(super) struct Sprms<'a> {
    rest: &'a [u8],
}

impl<'a> Sprms<'a> {
    /// The modifiers in these bytes.
    pub(super) fn new(grpprl: &'a [u8]) -> Self {
        Self { rest: grpprl }
    }
}

impl<'a> Iterator for Sprms<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let opcode = u16_at(self.rest, 0)?;
        let rest = &self.rest[2..];
        // The upper three bits determine the length of the operand.
        let (skip, length) = match opcode >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            _ => variable(opcode, rest)?,
        };
        let operand = rest.get(skip..).map(|tail| &tail[..length.min(tail.len())])?;
        self.rest = rest.get(skip + length..).unwrap_or_default();
        Some((opcode, operand))
    }
}

/// Number of bytes before an operand of variable length, and its length.
fn variable(opcode: u16, rest: &[u8]) -> Option<(usize, usize)> {
    if matches!(opcode, op::T_DEF_TABLE | op::T_DEF_TABLE_10) {
        return Some((2, usize::from(u16_at(rest, 0)?).saturating_sub(1)));
    }
    let length = usize::from(*rest.first()?);
    if opcode == op::P_CHG_TABS && length == 255 {
        let deleted = usize::from(*rest.get(1)?);
        let added = usize::from(*rest.get(2 + deleted * 4)?);
        return Some((1, 2 + deleted * 4 + added * 3));
    }
    Some((1, length))
}

/// The opcode of a short Prm (MS-DOC 2.9.215); `None` if the reader does not use it.
pub(super) fn of_short_prm(number: u16) -> Option<u16> {
    Some(match number {
        0x0C => op::P_ILVL,
        0x18 => op::P_IN_TABLE,
        0x19 => op::P_TTP,
        0x41 => op::C_RMARK_DEL,
        0x47 => op::C_DATA,
        0x4B => op::C_OLE2,
        0x5C => op::C_VANISH,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_have_the_length_of_their_opcode() {
        let bytes = [
            0x16, 0x24, 1, // in table
            0x08, 0xD6, 4, 0, 9, 9, 9, // three bytes, though the length says four
            0x2B, 0xD6, 2, 1, 3, // vertical merge
            0x15, 0xC6, 255, 1, 1, 2, 3, 4, 1, 5, 6, 7, // tabs: one removed, one added
            0x49, 0x66, 2, 0, 0, 0, // depth
            0x0B, 0x46, 1, // truncated
        ];
        let found: Vec<_> = Sprms::new(&bytes).map(|(opcode, operand)| (opcode, operand.len())).collect();
        assert_eq!(found, [(0x2416, 1), (0xD608, 3), (0xD62B, 2), (0xC615, 9), (0x6649, 4), (0x460B, 1)]);
    }
}
