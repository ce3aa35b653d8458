//! Text boxes (MS-DOC 2.8.32, 2.9.101): maps texts to shapes; a text is read at the anchor of its shape.

use super::text::Walk;
use crate::document::{Block, Region};
use crate::read::ReadError;
use crate::read::container::cfb::{u16_at, u32_at};

/// Length of the description of a box (`FTXBXS`).
const DESCRIPTION: usize = 22;

/// The texts of the shapes: shape id, start and end (exclusive) relative to the texts of all boxes.
pub(super) fn texts(table: &[u8]) -> Vec<(u32, u32, u32)> {
    let count = table.len().saturating_sub(4) / (4 + DESCRIPTION);
    let text = |index: usize| {
        let description = table.get((count + 1) * 4 + index * DESCRIPTION..)?;
        // A reusable entry has no text.
        let used = u16_at(description, 8)? == 0;
        let (start, end) = (u32_at(table, index * 4)?, u32_at(table, index * 4 + 4)?);
        Some((u32_at(description, 14)?, start, end)).filter(|_| used && start < end)
    };
    (0..count).filter_map(text).collect()
}

impl Walk<'_, '_> {
    /// Reads the boxes anchored at a character of the running text, and adds them to the paragraph.
    pub(super) fn boxes(&mut self, position: u32) -> Result<(), ReadError> {
        let drawings = self.source.drawings;
        for &(start, end) in drawings.boxes_at(position) {
            if self.boxes_read.insert(start) {
                let base = self.source.boxes_start;
                let blocks = self.inner(base.saturating_add(start), base.saturating_add(end))?;
                self.para.boxes.extend(blocks);
            }
        }
        Ok(())
    }

    /// Reads a text within another; saves and restores the state of the outer one.
    fn inner(&mut self, start: u32, end: u32) -> Result<Vec<Block>, ReadError> {
        let outer = (std::mem::take(&mut self.para), self.start.take(), self.high.take(), self.region);
        let fields = (std::mem::take(&mut self.fields), self.instructions, self.shown, self.swallowing);
        (self.instructions, self.swallowing) = (0, 0);
        let runs = (self.run, self.props, self.paragraph, self.ended);
        let waiting = self.fresh_flow(Region::TextBox);
        let blocks = self.text(start, end)?;
        let counters = self.flow.counters();
        self.flow = waiting;
        self.flow.set_counters(counters);
        (self.para, self.start, self.high, self.region) = outer;
        (self.fields, self.instructions, self.shown, self.swallowing) = fields;
        (self.run, self.props, self.paragraph, self.ended) = runs;
        Ok(blocks)
    }

    /// Reads the texts of boxes that are not anchored in the running text.
    pub(super) fn boxes_left(&mut self, start: u32, end: u32) -> Result<(), ReadError> {
        let mut texts: Vec<(u32, u32)> = self.source.drawings.boxes.values().flatten().copied().collect();
        texts.sort_unstable();
        let mut from = start;
        for (first, last) in texts {
            if self.boxes_read.contains(&first) {
                let (first, last) = (start.saturating_add(first), start.saturating_add(last).min(end));
                if from < first {
                    self.story(from, first, Region::TextBox)?;
                }
                from = from.max(last);
            }
        }
        if from < end {
            self.story(from, end, Region::TextBox)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_mapped_to_shapes_except_reusable_entries() {
        let mut table: Vec<u8> = [0_u32, 5, 9, 12].into_iter().flat_map(u32::to_le_bytes).collect();
        for (unused, shape) in [(0_u8, 70_u8), (1, 71), (0, 72)] {
            let mut description = [0; DESCRIPTION];
            (description[8], description[14]) = (unused, shape);
            table.extend(description);
        }
        assert_eq!(texts(&table), [(70, 0, 5), (72, 9, 12)]);
        assert_eq!(texts(&table[..20]), []);
        assert_eq!(texts(&[]), []);
    }
}
