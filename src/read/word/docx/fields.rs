//! Complex fields (17.16.18): their instruction is not text of the document, unless the field has no result.

use crate::read::shared::equation::MOST_CODE;

/// Maximum nesting depth of fields that are tracked.
pub(super) const DEEPEST: usize = 64;

/// An open field.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// Whether its instruction is still being read.
    pub(super) instruction: bool,
    pub(super) code: String,
    /// The chosen entry of its drop-down list.
    pub(super) choice: Option<String>,
    /// Amount of text displayed before the field began.
    pub(super) shown_before: u64,
}

/// The stack of open fields.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) open: Vec<Field>,
    /// Text found within instructions, kept until the instruction ends.
    pub(super) swallowed: String,
}

impl Fields {
    /// Whether text belongs to an instruction.
    pub(super) fn in_instruction(&self) -> bool {
        self.open.iter().any(|field| field.instruction)
    }

    /// Keeps the text of a run within an instruction.
    pub(super) fn swallow(&mut self, text: &str) {
        self.swallowed.push_str(text);
    }

    /// Appends to the instruction of the innermost field.
    pub(super) fn instruct(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut().filter(|field| field.instruction && field.code.len() < MOST_CODE) {
            field.code.push_str(text);
        }
    }

    /// Sets the chosen list entry of the innermost field.
    pub(super) fn choose(&mut self, choice: Option<String>) {
        if let Some(field) = self.open.last_mut() {
            field.choice = choice;
        }
    }

    /// Ends instructions that have no end mark, and returns the text found within them; `None` if there are none.
    pub(super) fn give_up(&mut self) -> Option<String> {
        if !self.in_instruction() {
            return None;
        }
        self.open.iter_mut().for_each(|field| field.instruction = false);
        Some(std::mem::take(&mut self.swallowed))
    }
}
