//! The codes of findings: one static table per stage; each code has a page for `nianbao explain`.

/// Declares the codes of a stage and their list.
macro_rules! declare {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $severity:ident, $title:expr, $why:expr, $remedy:expr;)*) => {
        $($(#[$doc])* pub static $name: Code = Code { id: $id, severity: $severity, title: $title, why: $why, remedy: $remedy };)*
        /// All codes of this stage.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

use declare;

pub mod batch;
pub mod bind;
pub mod check;
pub mod corrections;
pub mod fill;
pub mod migrate;
pub mod read;
pub mod rollup;

use super::{Message, Severity};

/// A kind of finding. Codes are kebab-case words whose meaning never changes.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, such as `file-encrypted`.
    pub id: &'static str,
    /// Default severity of its findings.
    pub severity: Severity,
    /// Title of one line, Chinese and English.
    pub title: (&'static str, &'static str),
    /// What was found and why it matters, Chinese and English.
    pub why: (&'static str, &'static str),
    /// What to do about it, Chinese and English.
    pub remedy: (&'static str, &'static str),
}

impl Code {
    /// The title as a message.
    pub fn message(&self) -> Message {
        Message::new(self.title.0, self.title.1)
    }
}

/// Every code, stage by stage.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    [
        read::CODES,
        bind::CODES,
        check::CODES,
        corrections::CODES,
        batch::CODES,
        fill::CODES,
        migrate::CODES,
        rollup::CODES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
