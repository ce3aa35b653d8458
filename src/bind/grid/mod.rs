//! Tables of the form in grids: which region a block has, and which cell is which field's.

pub(in crate::bind) mod align;
mod around;
pub(in crate::bind) mod columns;
pub(in crate::bind) mod tables;
