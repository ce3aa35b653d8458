//! Complex fields (17.16.18): their instruction is no text, unless it is all that they show.

use super::walk::Walk;
use crate::read::shared::equation::{self, MOST_CODE, Piece};

/// Fields in fields that are told apart.
const DEEPEST: usize = 64;

/// A field that is open.
#[derive(Debug, Default)]
struct Field {
    /// Its instruction is still being read.
    instruction: bool,
    code: String,
    /// What is chosen in its list of choices.
    choice: Option<String>,
    /// How much had been shown when it began.
    shown_before: u64,
}

/// The fields that are open.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<Field>,
    /// Text that stood within instructions, kept until the instruction has ended.
    swallowed: String,
}

impl Fields {
    /// Whether text belongs to an instruction.
    pub(super) fn in_instruction(&self) -> bool {
        self.open.iter().any(|field| field.instruction)
    }

    /// Keeps text of a run that stands within an instruction.
    pub(super) fn swallow(&mut self, text: &str) {
        self.swallowed.push_str(text);
    }

    /// Takes a piece of the innermost instruction.
    pub(super) fn instruct(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut().filter(|field| field.instruction && field.code.len() < MOST_CODE) {
            field.code.push_str(text);
        }
    }

    /// Takes what is chosen in the list of the innermost field.
    pub(super) fn choose(&mut self, choice: Option<String>) {
        if let Some(field) = self.open.last_mut() {
            field.choice = choice;
        }
    }

    /// Gives up instructions that have no end, and returns the text that stood in them.
    pub(super) fn give_up(&mut self) -> Option<String> {
        if !self.in_instruction() {
            return None;
        }
        self.open.iter_mut().for_each(|field| field.instruction = false);
        Some(std::mem::take(&mut self.swallowed))
    }
}

impl Walk<'_, '_, '_> {
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

    /// A field that has shown nothing: the choice of its list, or what its instruction says.
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
        for piece in equation::shown(code) {
            match piece {
                Piece::Text(text, shift) => {
                    let face = self.flow.para().map(|para| para.props.face).unwrap_or_default();
                    self.shift(shift);
                    self.show(&text);
                    if let Some(para) = self.flow.para() {
                        para.props.face = face;
                    }
                }
                Piece::Reading(text) => self.reading(&text),
            }
        }
    }
}
