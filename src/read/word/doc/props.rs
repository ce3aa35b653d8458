//! Properties of characters, paragraphs and table rows after all modifiers have been applied.

use super::face::{Ground, apply_face, merge_faces, shade, shade_80};
use super::sprm::op;
use super::style::{StyleProps, Styles};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::shared::marks::{Face, LEAST_TWIPS, Paper};
use crate::read::word::grid::{CellDef, RowDef, Vertical};

/// Properties of a character run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(super) struct CharProps {
    /// Formatting of the text.
    pub(super) face: Face,
    /// Formatting of the paragraph style, which toggles refer to.
    style_face: Face,
    /// Whether the run is a tracked deletion.
    pub(super) deleted: bool,
    /// Whether the run is a tracked insertion.
    pub(super) inserted: bool,
    /// Whether control characters have a special meaning.
    pub(super) special: bool,
    /// A character of a symbol font.
    pub(super) symbol: Option<u16>,
    /// Offset of its picture in the stream `Data`.
    pub(super) picture: Option<u32>,
    /// Whether the picture is data of a form field.
    pub(super) form_data: bool,
    /// Whether the picture is an embedded object.
    pub(super) object: bool,
}

impl CharProps {
    /// Properties inherited from the paragraph's style.
    pub(super) fn of_style(style: StyleProps) -> Self {
        Self { face: style.face, style_face: style.face, ..Self::default() }
    }

    /// Applies a modifier.
    pub(super) fn apply(&mut self, opcode: u16, operand: &[u8], styles: &Styles) {
        let on = operand.first().is_some_and(|&value| value != 0);
        match opcode {
            op::C_RMARK_DEL => self.deleted = on,
            op::C_RMARK => self.inserted = on,
            op::C_SPEC => self.special = on,
            op::C_DATA => self.form_data = on,
            op::C_OBJ | op::C_OLE2 => self.object |= on,
            op::C_PIC_LOCATION => {
                self.picture = u32_at(operand, 0);
                self.special = true;
            }
            op::C_SYMBOL => {
                self.symbol = u16_at(operand, 2);
                self.special = true;
            }
            op::C_ISTD => {
                if let Some(style) = u16_at(operand, 0) {
                    let style = styles.get(style).face;
                    self.style_face = merge_faces(style, self.style_face);
                    self.face = merge_faces(style, self.face);
                }
            }
            _ => apply_face(&mut self.face, self.style_face, opcode, operand),
        }
    }

    /// Whether the text is visible.
    pub(super) fn is_shown(&self) -> bool {
        !self.face.hidden && !self.deleted
    }
}

/// Properties of a paragraph, and of the table row that it may end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub(super) struct ParaProps {
    /// Properties that can also be set by styles.
    pub(super) shared: StyleProps,
    in_table: bool,
    nesting: Option<i32>,
    /// Whether the paragraph ends a row.
    pub(super) row_end: bool,
    /// Whether the paragraph ends a cell of a nested table.
    pub(super) inner_cell_end: bool,
    /// Whether the paragraph ends a row of a nested table.
    pub(super) inner_row_end: bool,
    /// Definition of the row.
    pub(super) row: RowProps,
}

impl ParaProps {
    /// Properties of a style.
    pub(super) fn of_style(style: StyleProps) -> Self {
        Self { shared: style, ..Self::default() }
    }

    /// Applies a modifier.
    pub(super) fn apply(&mut self, opcode: u16, operand: &[u8], styles: &Styles) {
        let on = operand.first().is_some_and(|&value| value != 0);
        match opcode {
            op::P_ISTD => {
                if let Some(style) = u16_at(operand, 0) {
                    self.shared = styles.get(style);
                }
            }
            op::P_IN_TABLE => self.in_table = on,
            op::P_TTP => self.row_end = on,
            op::P_ITAP => self.nesting = number(operand),
            op::P_DTAP => {
                let change = number(operand).unwrap_or(0);
                self.nesting = Some(self.nesting.unwrap_or(0).saturating_add(change));
            }
            op::P_INNER_CELL => self.inner_cell_end = on,
            op::P_INNER_TTP => self.inner_row_end = on,
            _ => {
                self.shared.apply(opcode, operand);
                self.row.apply(opcode, operand);
            }
        }
    }

    /// Nesting depth in tables, 0 outside of tables.
    pub(super) fn depth(&self) -> usize {
        let nesting = self.nesting.and_then(|nesting| usize::try_from(nesting).ok()).unwrap_or(0);
        nesting.max(usize::from(self.in_table))
    }
}

fn number(operand: &[u8]) -> Option<i32> {
    operand.get(..4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_le_bytes)
}

/// Horizontal merge flag of a cell as stored (0 = not merged). In files of Word, either 1 or 2 may mark the first cell.
type Horizontal = u8;

/// Cells of a row as the modifiers define them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RowProps {
    left: i32,
    cells: Vec<(CellDef, Horizontal)>,
    /// Whether the row is too low to show anything.
    low: bool,
}

impl RowProps {
    /// Applies a table modifier (MS-DOC 2.6.3).
    fn apply(&mut self, opcode: u16, operand: &[u8]) {
        match opcode {
            op::T_DEF_TABLE | op::T_DEF_TABLE_10 => {
                if let Some(row) = define(operand) {
                    *self = Self { low: self.low, ..row };
                }
            }
            op::T_MERGE => {
                for (index, cell) in self.range(operand).iter_mut().enumerate() {
                    cell.1 = if index == 0 { 1 } else { 2 };
                }
            }
            op::T_SPLIT => self.range(operand).iter_mut().for_each(|cell| cell.1 = 0),
            op::T_VERT_MERGE => {
                if let &[index, flags, ..] = operand
                    && let Some(cell) = self.cells.get_mut(usize::from(index))
                {
                    cell.0.vertical = vertical(u16::from(flags));
                }
            }
            op::T_INSERT => self.insert(operand),
            op::T_SHADES_80 => {
                self.shades(operand, 2, |bytes| u16_at(bytes, 0).map_or((Paper::Unsaid, None), shade_80));
            }
            op::T_SHADES => self.shades(operand, 10, shade),
            op::T_HEIGHT => {
                // An exact height is negative; 0 means automatic height.
                let height = u16_at(operand, 0).map_or(0, |height| i32::from(height.cast_signed()));
                self.low = height < 0 && height.unsigned_abs() <= LEAST_TWIPS;
            }
            op::T_DELETE => self.delete(operand),
            op::T_DXA_COL => self.set_width(operand),
            _ => {}
        }
    }

    /// The cells from the index in the first byte up to the index in the second.
    fn range(&mut self, operand: &[u8]) -> &mut [(CellDef, Horizontal)] {
        let (first, end) = match *operand {
            [first, end, ..] => (usize::from(first), usize::from(end)),
            _ => (0, 0),
        };
        let end = end.min(self.cells.len());
        self.cells.get_mut(first.min(end)..end).unwrap_or_default()
    }

    fn shift(&mut self, from: usize, by: i32) {
        for cell in self.cells.iter_mut().skip(from) {
            cell.0.right = cell.0.right.saturating_add(by);
        }
    }

    fn left_of(&self, index: usize) -> i32 {
        index.checked_sub(1).and_then(|before| self.cells.get(before)).map_or(self.left, |cell| cell.0.right)
    }

    fn shades(&mut self, operand: &[u8], size: usize, shade: impl Fn(&[u8]) -> Ground) {
        for (cell, bytes) in self.cells.iter_mut().zip(operand.chunks_exact(size)) {
            (cell.0.paper, cell.0.ground) = shade(bytes);
        }
    }

    fn insert(&mut self, operand: &[u8]) {
        let (&[first, count, ..], Some(width)) = (operand, u16_at(operand, 2)) else { return };
        let width = i32::from(width);
        let first = usize::from(first).min(self.cells.len());
        // Word allows 63 cells; repeated operands could ask for 255 each.
        let count = usize::from(count).min(255_usize.saturating_sub(self.cells.len()));
        let left = self.left_of(first);
        self.shift(first, width.saturating_mul(i32::try_from(count).unwrap_or(0)));
        let mut right = left;
        let new = (0..count).map(|_| {
            right = right.saturating_add(width);
            (CellDef { right, ..CellDef::default() }, 0)
        });
        self.cells.splice(first..first, new);
    }

    fn delete(&mut self, operand: &[u8]) {
        let &[first, end, ..] = operand else { return };
        let end = usize::from(end).min(self.cells.len());
        let first = usize::from(first).min(end);
        let width = self.left_of(end).saturating_sub(self.left_of(first));
        self.cells.drain(first..end);
        self.shift(first, width.saturating_neg());
    }

    fn set_width(&mut self, operand: &[u8]) {
        let (&[first, end, ..], Some(width)) = (operand, u16_at(operand, 2)) else { return };
        for index in usize::from(first)..usize::from(end).min(self.cells.len()) {
            let now = self.left_of(index + 1).saturating_sub(self.left_of(index));
            self.shift(index, i32::from(width).saturating_sub(now));
        }
    }

    /// The row definition, in which horizontally merged cells are marked as continuing the cell on their left.
    pub(super) fn into_def(self) -> RowDef {
        let mut first = 0;
        let cells = self.cells.into_iter().map(|(cell, horizontal)| {
            // Within a range of merged cells, the flag of the first cell begins a new merged cell.
            let merged = horizontal != 0 && first != 0 && horizontal != first;
            if horizontal == 0 || first == 0 {
                first = horizontal;
            }
            CellDef { merged, ..cell }
        });
        RowDef { left: self.left, cells: cells.collect(), hidden: self.low }
    }
}

fn vertical(flags: u16) -> Vertical {
    match flags & 3 {
        1 => Vertical::Continue,
        2 | 3 => Vertical::Restart,
        _ => Vertical::None,
    }
}

/// `TDefTableOperand`: number of cells, their edges, and 20 bytes per cell, which may be missing at the end.
fn define(operand: &[u8]) -> Option<RowProps> {
    let (&count, rest) = operand.split_first()?;
    let count = usize::from(count);
    let edge = |index: usize| u16_at(rest, index * 2).map(|edge| i32::from(edge.cast_signed()));
    let left = edge(0)?;
    let details = rest.get((count + 1) * 2..).unwrap_or_default();
    let mut row = RowProps { left, cells: Vec::with_capacity(count), low: false };
    for index in 0..count {
        let Some(right) = edge(index + 1) else { break };
        let flags = u16_at(details, index * 20).unwrap_or(0);
        let cell = CellDef { right, vertical: vertical(flags >> 5), ..CellDef::default() };
        row.cells.push((cell, (flags & 3) as u8));
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defined(edges: &[i16], flags: &[u16]) -> Vec<u8> {
        let mut operand = vec![u8::try_from(flags.len()).unwrap_or(0)];
        operand.extend(edges.iter().flat_map(|edge| edge.to_le_bytes()));
        for flag in flags {
            operand.extend(flag.to_le_bytes());
            operand.extend([0; 18]);
        }
        operand
    }

    fn merged(row: RowProps) -> Vec<(i32, bool)> {
        row.into_def().cells.iter().map(|cell| (cell.right, cell.merged)).collect()
    }

    #[test]
    fn cells_are_merged_whichever_mark_the_first_cell_has() {
        let edges = [-10, 100, 200, 300, 400];
        let expected = [(100, false), (200, true), (300, false), (400, true)];
        for flags in [[1, 2, 1, 2], [2, 1, 2, 1], [3, 1, 3, 1]] {
            let mut row = RowProps::default();
            row.apply(op::T_DEF_TABLE, &defined(&edges, &flags));
            assert_eq!(merged(row), expected);
        }
    }

    #[test]
    fn vertical_merges_come_with_the_definition_or_after_it() {
        let mut row = RowProps::default();
        row.apply(op::T_DEF_TABLE, &defined(&[0, 100, 200], &[3 << 5, 1 << 5]));
        row.apply(op::T_VERT_MERGE, &[1, 0]);
        row.apply(op::T_VERT_MERGE, &[9, 3]);
        let cells: Vec<_> = row.into_def().cells.iter().map(|cell| cell.vertical).collect();
        assert_eq!(cells, [Vertical::Restart, Vertical::None]);
    }

    #[test]
    fn cells_can_be_inserted_deleted_widened_and_merged() {
        let mut row = RowProps::default();
        row.apply(op::T_INSERT, &[0, 3, 100, 0]);
        row.apply(op::T_DELETE, &[1, 2]);
        row.apply(op::T_DXA_COL, &[0, 1, 50, 0]);
        row.apply(op::T_MERGE, &[0, 2]);
        assert_eq!(merged(row.clone()), [(50, false), (150, true)]);
        row.apply(op::T_SPLIT, &[0, 9]);
        row.apply(op::T_DELETE, &[7, 3]);
        assert_eq!(merged(row), [(50, false), (150, false)]);
    }
}
