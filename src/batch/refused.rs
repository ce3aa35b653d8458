//! The finding for an input that the operating system does not allow to read.

use std::io;

use crate::finding::code::read::FILE_UNREADABLE;
use crate::finding::{Finding, system};

/// The finding for an error of the operating system on reading.
pub(super) fn unreadable(error: &io::Error) -> Box<Finding> {
    let said = system(error);
    Box::new(Finding::detailed(&FILE_UNREADABLE, &said.zh, &said.en))
}
