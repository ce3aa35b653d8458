//! Anchors of floating pictures (MS-DOC 2.9.172, 2.8.37; MS-ODRAW 2.2.14).

use std::collections::BTreeMap;

use super::blip::{self, Blip, EMU_PER_TWIP, Inline, Record, STORE_ENTRY_TYPE};
use super::boxes;
use super::fib::{Fib, Table};
use crate::document::{Budget, Exceeded, Resource};
use crate::read::container::cfb::{u16_at, u32_at};

/// Record types: a shape (its id), its properties.
const SHAPE: u16 = 0xF00A;
const PROPERTIES: u16 = 0xF00B;

/// Flag of a shape in a group.
const CHILD: u32 = 2;

/// The property with the index of a picture in the store, 1-based.
const PICTURE: u16 = 0x0104;

/// Length of an anchor (`Spa`).
const ANCHOR: usize = 26;

/// Anchors, shapes and the picture store.
#[derive(Debug, Default)]
pub(super) struct Drawings<'a> {
    anchors: &'a [u8],
    /// For each shape with a picture, by shape id, the index of the picture in the store, 1-based.
    shapes: BTreeMap<u32, u32>,
    store: Vec<Option<Blip<'a>>>,
    /// For each anchored shape, start and end of the texts of its boxes; the boxes of a group belong to the group's shape.
    pub(super) boxes: BTreeMap<u32, Vec<(u32, u32)>>,
}

impl<'a> Drawings<'a> {
    /// Reads the drawings; pictures outside the store are in `WordDocument`.
    pub(super) fn read(fib: &Fib, document: &'a [u8], table: &'a [u8], budget: &mut Budget) -> Result<Self, Exceeded> {
        let texts = boxes::texts(fib.slice(table, Table::PlcftxbxTxt));
        budget.spend(Resource::Steps, texts.len() as u64)?;
        let mut drawings = Self { anchors: fib.slice(table, Table::PlcSpaMom), ..Self::default() };
        let mut bytes = fib.slice(table, Table::DggInfo);
        let (mut shape, mut group, mut groups) = (None, 0, BTreeMap::new());
        // The store is first. Each drawing after it is preceded by a byte that says whether it is in a header.
        while let Some(record) = Record::read(bytes) {
            budget.spend(Resource::Steps, 1)?;
            blip::walk(record.body, budget, |record| match record.kind {
                STORE_ENTRY_TYPE => drawings.store.push(stored(record, document)),
                SHAPE => {
                    shape = u32_at(record.body, 0);
                    let child = u32_at(record.body, 4).is_some_and(|flags| flags & CHILD != 0);
                    match shape {
                        Some(shape) if child => drop(groups.insert(shape, group)),
                        _ => group = shape.unwrap_or(0),
                    }
                }
                PROPERTIES => {
                    if let (Some(shape), Some(picture)) = (shape, picture_of(record)) {
                        drawings.shapes.insert(shape, picture);
                    }
                }
                _ => {}
            })?;
            bytes = bytes.get(8 + record.body.len() + 1..).unwrap_or_default();
        }
        for (shape, start, end) in texts {
            let anchored = groups.get(&shape).copied().unwrap_or(shape);
            drawings.boxes.entry(anchored).or_default().push((start, end));
        }
        Ok(drawings)
    }

    /// The picture anchored at a character position; `None` for a text box, a line or another shape.
    pub(super) fn at(&self, position: u32) -> Option<Inline<'a>> {
        // The shape id, then the edges of its rectangle: left, top, right, bottom.
        let anchor = self.anchor(position)?;
        let shape = u32_at(anchor, 0)?;
        let picture = *self.shapes.get(&shape)?;
        let blip = self.store.get(picture.checked_sub(1)? as usize).copied().flatten()?;
        let side = |near, far| {
            let length = u32_at(anchor, far)?.cast_signed().checked_sub(u32_at(anchor, near)?.cast_signed())?;
            u64::try_from(length).ok().filter(|&length| length > 0).map(|length| length * EMU_PER_TWIP)
        };
        Some((blip, side(4, 12).zip(side(8, 16))))
    }

    /// Start and end of the texts of the boxes anchored at a character position.
    pub(super) fn boxes_at(&self, position: u32) -> &[(u32, u32)] {
        if self.boxes.is_empty() {
            return &[];
        }
        let shape = self.anchor(position).and_then(|anchor| u32_at(anchor, 0));
        shape.and_then(|shape| self.boxes.get(&shape)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The anchor at a character position.
    fn anchor(&self, position: u32) -> Option<&'a [u8]> {
        let count = self.anchors.len().checked_sub(4)? / (4 + ANCHOR);
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if u32_at(self.anchors, middle * 4)? < position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low >= count || u32_at(self.anchors, low * 4)? != position {
            return None;
        }
        self.anchors.get((count + 1) * 4 + low * ANCHOR..)
    }
}

/// The picture of a store entry: after the entry, or at an offset of `WordDocument`.
fn stored<'a>(entry: Record<'a>, document: &'a [u8]) -> Option<Blip<'a>> {
    let name = usize::from(entry.body.get(33).copied()?);
    let behind = entry.body.get(36 + name..).and_then(Record::read).and_then(|record| record.blip());
    behind.or_else(|| {
        let offset = u32_at(entry.body, 28)? as usize;
        document.get(offset..).and_then(Record::read)?.blip()
    })
}

/// The picture index in a property list.
fn picture_of(properties: Record) -> Option<u32> {
    let count = usize::from(properties.instance >> 4);
    let property = properties
        .body
        .chunks_exact(6)
        .take(count)
        .find(|entry| u16_at(entry, 0).is_some_and(|number| number & 0x3FFF == PICTURE))?;
    u32_at(property, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_the_store_is_named_by_a_property() {
        let body = [0x7F, 0x40, 1, 0, 0, 0, 0x04, 0x41, 3, 0, 0, 0];
        let record = Record { instance: 2 << 4 | 3, kind: PROPERTIES, body: &body };
        assert_eq!(picture_of(record), Some(3));
        assert_eq!(picture_of(Record { instance: 1 << 4 | 3, ..record }), None);
    }

    #[test]
    fn an_anchor_is_found_by_its_exact_position() {
        let mut anchors = Vec::new();
        anchors.extend([5_u32, 9, 12].into_iter().flat_map(u32::to_le_bytes));
        for shape in [70_u32, 71] {
            anchors.extend(shape.to_le_bytes());
            anchors.extend([10_u32, 0, 110, 20].into_iter().flat_map(u32::to_le_bytes));
            anchors.extend([0; ANCHOR - 20]);
        }
        let store = vec![None, Some(Blip::Other)];
        let drawings = Drawings { anchors: &anchors, shapes: BTreeMap::from([(71, 2)]), store, ..Drawings::default() };
        assert_eq!(
            [5, 8, 9, 12].map(|position| drawings.at(position)),
            [None, None, Some((Blip::Other, Some((63_500, 12_700)))), None]
        );
    }
}
