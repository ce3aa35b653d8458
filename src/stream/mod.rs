//! A stream: a line in, a line out, for programs that drive many copies of this one, such as Spark, Hive or GNU parallel.
//!
//! A [`supervise()`]d child of the same program does the work in [`serve()`]. What kills the child, hangs it or makes it grow becomes
//! a row that says so, and the stream goes on. Nothing is kept from one line to the next.

mod confine;
mod converter;
mod line;
mod poison;
mod row;
mod serve;
mod supervise;

use std::io;
use std::process::ExitStatus;

use thiserror::Error;

pub use confine::confine;
pub use converter::Converter;
pub use row::{Figure, ROW_VERSION, Row};
pub use serve::serve;
pub use supervise::supervise;

/// Why a stream could not run, or could not go on.
#[derive(Debug, Error)]
pub enum StreamError {
    /// The lines cannot be read, or the rows cannot be written.
    #[error(transparent)]
    Stream(#[from] io::Error),
    /// The child cannot be started.
    #[error("the converter cannot be started: {0}")]
    Start(io::Error),
    /// The child ended before it was ready; it said why on standard error.
    #[error("the converter did not start: {0}")]
    NotReady(ExitStatus),
}
