//! Content of runs other than text: superscripts of formulas, readings, embedded files and objects, results of complex fields.

use super::fields::{DEEPEST, Field};
use super::walk::Walk;
use crate::document::Region;
use crate::read::ReadError;
use crate::read::shared::equation::{self, EquationPart};
use crate::read::shared::marks::Shift;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::{Event, Events, Tag};

impl<'a> Walk<'a, '_, '_> {
    /// Sets whether the following text is superscript or subscript.
    pub(super) fn shift(&mut self, shift: Shift) {
        if let Some(para) = self.flow.para() {
            para.props.face.shift = shift;
        }
    }

    /// The reading above a text (17.3.3.24) is left out of it.
    pub(super) fn reading(&mut self, text: &str) {
        if let Some(para) = self.flow.para() {
            para.marks.reading(text);
        }
    }

    /// The same of the XML inside a `w:rt`.
    pub(super) fn reading_in(&mut self, xml: &str) {
        // Runs stand beside each other.
        let whole = format!("<reading>{xml}</reading>");
        let mut events = Events::new(&whole, 0, &[]);
        let (mut reading, mut is_text) = (String::new(), false);
        loop {
            match events.next(self.shared.budget) {
                Ok(Event::Open(tag)) => is_text = tag.local == "t",
                Ok(Event::Close(_)) => is_text = false,
                Ok(Event::Text(text)) if is_text => reading.push_str(text),
                Ok(Event::End) | Err(_) => break,
                Ok(_) => {}
            }
        }
        self.reading(&reading);
    }

    /// Inserts an embedded file; one that is not read is counted as skipped.
    pub(super) fn inserted(&mut self, id: Option<&str>) -> Result<(), ReadError> {
        let Some(id) = id else {
            self.skipped(SkippedKind::Chunk);
            return Ok(());
        };
        self.shared.yielded += 1;
        let blocks = self.shared.inserted(id, self.relationships)?;
        self.flow.insert(blocks);
        Ok(())
    }

    /// Inserts the table of an embedded workbook; any other object is counted as skipped.
    pub(super) fn embedded(&mut self, tag: &Tag<'a>) -> Result<(), ReadError> {
        let is_shown = tag.get("Type").is_none_or(|kind| kind == "Embed")
            && tag.get("DrawAspect").is_none_or(|aspect| aspect == "Content");
        let id = tag.get("id").filter(|_| is_shown && self.flow.region() == Region::Body);
        let Some(id) = id else {
            self.skipped(SkippedKind::Object);
            return Ok(());
        };
        self.shared.yielded += 1;
        let blocks = self.shared.embedded(&id, self.relationships)?;
        self.flow.insert(blocks);
        Ok(())
    }

    /// The beginning, middle or end of a complex field.
    pub(super) fn field_character(&mut self, kind: &str) {
        let fields = &mut self.fields;
        match kind {
            "begin" if fields.open.len() < DEEPEST => {
                let shown_before = self.shared.yielded;
                fields.open.push(Field { instruction: true, shown_before, ..Field::default() });
            }
            "begin" => {}
            "separate" => {
                if let Some(field) = fields.open.last_mut() {
                    field.instruction = false;
                }
            }
            _ => {
                if let Some(field) = fields.open.pop() {
                    self.field_ends(field);
                }
            }
        }
        if !self.fields.in_instruction() {
            self.fields.swallowed.clear();
        }
    }

    /// At the end of a field without a cached result: outputs the selected list entry, or the result computed from the field code.
    fn field_ends(&mut self, field: Field) {
        if self.shared.yielded != field.shown_before {
            return;
        }
        match field.choice {
            Some(choice) => self.show(&choice),
            None => self.show_instruction(&field.code),
        }
    }

    /// Shows what an instruction says, where it is one that has no result.
    pub(super) fn show_instruction(&mut self, code: &str) {
        self.shared.uncalculated += u32::from(equation::is_formula(code));
        for piece in equation::shown(code) {
            match piece {
                EquationPart::Text(text, shift) => {
                    let face = self.flow.para().map(|para| para.props.face).unwrap_or_default();
                    self.shift(shift);
                    self.show(&text);
                    if let Some(para) = self.flow.para() {
                        para.props.face = face;
                    }
                }
                EquationPart::Reading(text) => self.reading(&text),
            }
        }
    }
}
