//! The document as binding reads it: a flow of paragraphs and grid rows, and the text outside the grids.

pub(in crate::bind) mod aligned;
pub(in crate::bind) mod broken;
pub(in crate::bind) mod gridded;
pub(in crate::bind) mod items;
mod listed;
pub(in crate::bind) mod pipes;
pub(in crate::bind) mod spread;
pub(in crate::bind) mod stacked;
pub(in crate::bind) mod stream;
