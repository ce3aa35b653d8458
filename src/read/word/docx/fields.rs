//! Complex fields (17.16.18): their instruction is no text, unless it is all that they show.

use crate::read::shared::equation::MOST_CODE;

/// Fields in fields that are told apart.
pub(super) const DEEPEST: usize = 64;

/// A field that is open.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// Its instruction is still being read.
    pub(super) instruction: bool,
    pub(super) code: String,
    /// What is chosen in its list of choices.
    pub(super) choice: Option<String>,
    /// How much had been shown when it began.
    pub(super) shown_before: u64,
}

/// The fields that are open.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) open: Vec<Field>,
    /// Text that stood within instructions, kept until the instruction has ended.
    pub(super) swallowed: String,
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
