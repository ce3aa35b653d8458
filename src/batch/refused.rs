//! The finding for an input that the operating system does not let us read.

use std::io;

use crate::finding::code::read::FILE_UNREADABLE;
use crate::finding::{Finding, system};

/// The finding about something that the system does not let us read.
pub(super) fn unreadable(error: &io::Error) -> Box<Finding> {
    let said = system(error);
    Box::new(Finding::detailed(&FILE_UNREADABLE, &said.zh, &said.en))
}
