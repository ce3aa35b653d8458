//! Splits the blank sheet of a table at its slots.

use super::book::{Book, Check};
use super::sheet::{Frame, SheetTemplate, Slot, Total, attribute, frame, opening};
use super::{cell, formula};
use crate::form::Form;
use crate::write::draft::Pieces;
use crate::write::xml::Element;

/// State of splitting the sheet of a table.
pub(super) struct Cutter<'a> {
    pub(super) form: &'a Form,
    pub(super) book: &'a Book,
    /// Index of the sheet.
    pub(super) number: usize,
    /// Style index of checks.
    pub(super) check: u32,
    /// The pieces so far.
    pub(super) pieces: Vec<String>,
}

/// A slot with its cell reference, and the constant text of that cell before and after it.
struct PlacedSlot {
    cell: String,
    before: String,
    slot: Slot,
    behind: &'static str,
}

impl Cutter<'_> {
    /// The pieces and slots of the sheet. `definitions` gives the rule and instance that define each field as a total.
    pub(super) fn cut(mut self, sheet: &Element, definitions: &[Option<(usize, usize)>]) -> Option<SheetTemplate> {
        let mut placed = self.checks();
        placed.push(Self::whole(cell::name(0, 0), Slot::Title));
        let spots = self.book.spots.iter().enumerate().filter(|(_, spot)| spot.sheet == self.number);
        placed.extend(
            spots.map(|(field, spot)| {
                Self::whole(cell::name(spot.row, spot.column), Slot::Figure { field, total: None })
            }),
        );
        let count = placed.len();
        let Frame { head, tail } = frame(sheet)?;
        let mut slots = Vec::with_capacity(count);
        let mut text = head;
        for row in sheet.elements().filter(|element| element.name == "sheetData").flat_map(Element::elements) {
            text.push_str(&opening(row));
            for element in row.elements() {
                let name = attribute(element, "r")?;
                let Some(at) = placed.iter().position(|placed| placed.cell == name) else {
                    element.write(&mut text);
                    continue;
                };
                let PlacedSlot { before, mut slot, behind, .. } = placed.swap_remove(at);
                cell::open(&mut text, name);
                text.push_str(&before);
                let piece = self.piece(std::mem::replace(&mut text, behind.to_owned()));
                if let Slot::Figure { field, total } = &mut slot {
                    *total = definitions[*field].and_then(|definition| self.total(definition));
                }
                slots.push((piece, slot));
            }
            text.push_str("</row>");
        }
        text.push_str(&tail);
        let last = self.piece(text);
        (slots.len() == count).then(|| SheetTemplate { pieces: Pieces::new(self.pieces), slots, last })
    }

    /// A slot that is a whole cell from its style on.
    fn whole(cell: String, slot: Slot) -> PlacedSlot {
        PlacedSlot { cell, before: String::new(), slot, behind: "" }
    }

    /// The slots of the checks beside and below the table.
    fn checks(&self) -> Vec<PlacedSlot> {
        let check = |check: &Check| {
            let instance = &self.form.rules[check.rule].instances[check.instance];
            let formula = formula::check(self.form, self.book, instance, self.number)?;
            let rounds = formula::rounds(self.form, instance);
            Some(PlacedSlot {
                cell: cell::name(check.row, check.column),
                before: format!("{}\" t=\"str\"><f>{formula}</f><v>", self.check),
                slot: Slot::Check { rule: check.rule, instance: check.instance, rounds },
                behind: cell::VALUE_END,
            })
        };
        self.book.sheets[self.number].checks.iter().filter_map(check).collect()
    }

    /// A total that the sheet computes.
    fn total(&mut self, (rule, number): (usize, usize)) -> Option<Total> {
        let instance = &self.form.rules[rule].instances[number];
        let formula = formula::total(self.form, self.book, instance, self.number)?;
        let or_blank = formula::total_or_blank(self.form, self.book, instance, self.number);
        Some(Total {
            rule,
            instance: number,
            rounds: formula::rounds(self.form, instance),
            formula: self.piece(format!("\"><f>{formula}</f><v>")),
            or_blank: or_blank
                .map(|formula| self.piece(format!("\" t=\"str\"><f>{formula}</f><v>{}", cell::VALUE_END))),
        })
    }

    /// Adds a piece and returns its index.
    fn piece(&mut self, text: String) -> usize {
        self.pieces.push(text);
        self.pieces.len() - 1
    }
}
