//! A document as binding reads it: one flow of paragraphs and rows of grids, and the text that the grids leave.

pub(in crate::bind) mod broken;
pub(in crate::bind) mod items;
mod listed;
pub(in crate::bind) mod pipes;
pub(in crate::bind) mod stacked;
pub(in crate::bind) mod stream;
