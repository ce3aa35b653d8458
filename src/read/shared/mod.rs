//! Code shared by readers of several formats.

pub(in crate::read) mod base64;
pub(in crate::read) mod comparison;
pub(in crate::read) mod encoding;
pub(in crate::read) mod equation;
pub(in crate::read) mod face;
pub(in crate::read) mod marks;
pub(in crate::read) mod metadata;
pub(in crate::read) mod numeral;
pub(in crate::read) mod odf;
pub(in crate::read) mod pictures;
pub(in crate::read) mod skipped;
pub(in crate::read) mod summary;
