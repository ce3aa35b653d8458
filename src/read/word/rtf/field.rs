//! Fields: their instruction is no text, unless it is all that they show; lists of choices.

use super::reader::Rtf;
use super::state::{Dest, Field, Opens};
use crate::document::Exceeded;
use crate::read::shared::equation::{self, EquationPart, MOST_CODE};

/// Choices of a list, and characters of one.
const MOST_CHOICES: usize = 256;
const LONGEST_CHOICE: usize = 256;

/// The result of a list that leaves it at its default.
const NO_RESULT: i32 = 25;

impl Rtf<'_> {
    /// `\field`
    pub(super) fn begin_field(&mut self) {
        if self.group.opens == Opens::Nothing && self.group.dest == Dest::Story {
            self.group.opens = Opens::Field;
            self.fields.push(Field { shown_before: self.shown, ..Field::default() });
        }
    }

    /// `\ffl`: a choice begins.
    pub(super) fn begin_choice(&mut self) {
        if let Some(field) = self.fields.last_mut().filter(|field| field.choices.len() < MOST_CHOICES) {
            field.choices.push(String::new());
        }
    }

    /// A word of a form field.
    pub(super) fn form_word(&mut self, name: &[u8], value: i32) {
        let Some(field) = self.fields.last_mut() else { return };
        match name {
            b"ffres" => field.result = Some(value),
            b"ffdefres" => field.default = value,
            _ => {}
        }
    }

    /// Text of an instruction or of a choice.
    pub(super) fn instruct(&mut self, text: &str) {
        let face = self.group.face;
        let Some(field) = self.fields.last_mut() else { return };
        if self.group.dest == Dest::Choice {
            if let Some(choice) = field.choices.last_mut().filter(|choice| choice.len() < LONGEST_CHOICE) {
                choice.push_str(text);
            }
        } else if field.code.len() < MOST_CODE {
            field.code.push_str(text);
            field.face = face;
        }
    }

    /// The innermost field ends. One that has shown nothing shows the choice of its list, or what its instruction says.
    pub(super) fn end_field(&mut self) -> Result<(), Exceeded> {
        let Some(field) = self.fields.pop() else { return Ok(()) };
        if self.shown != field.shown_before {
            return Ok(());
        }
        let outer = std::mem::replace(&mut self.group.face, field.face);
        let chosen = field.result.filter(|result| *result != NO_RESULT).unwrap_or(field.default);
        if let Some(choice) = usize::try_from(chosen).ok().and_then(|chosen| field.choices.get(chosen)) {
            self.emit(choice)?;
        } else {
            self.uncalculated += u32::from(equation::is_formula(&field.code));
            for piece in equation::shown(&field.code) {
                match piece {
                    EquationPart::Text(text, shift) => {
                        self.group.face.shift = shift;
                        self.emit(&text)?;
                        self.group.face.shift = field.face.shift;
                    }
                    EquationPart::Reading(text) => self.reading(&text),
                }
            }
        }
        self.group.face = outer;
        Ok(())
    }
}
