//! The reader of Word documents: each feature in a package built for it, damaged and hostile files, and the corpus.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "the tests write small XML texts")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skipped"
)]

mod corpus;
mod features;
mod hostile;
mod make;
mod tables;

pub(crate) use make::{Word, p, tc};
