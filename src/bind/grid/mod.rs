//! Tables of the form in grids: which table of the document each block of the form is, and which cell is which field's.
//!
//! The way: rows of grids without text between them are cut into tables ([`panels`], by the kinds of their rows, [`kinds`]); every block
//! is laid over every table where its labels are seen ([`rows`], [`columns`], [`evidence`]); all blocks together are given their tables
//! ([`assign`]); and the figures are read ([`cells`], [`read`]).

mod address;
mod around;
mod assign;
mod below;
mod cells;
mod columns;
mod embedded;
mod evidence;
mod extra;
mod indicators;
mod kinds;
mod lines;
mod offices;
mod panels;
mod parts;
pub(in crate::bind) mod read;
mod rows;
mod sides;
mod sums;
mod tell;
#[cfg(test)]
mod tests;
mod view;
mod years;
