//! Reads the tables of the form from grids: assigns a table of the document to each block of the form, and a cell to each field.
//!
//! The steps: rows of grids without text between them are split into tables ([`panels`], by the kinds of their rows, [`kinds`]); every
//! block is aligned with every table that contains its labels ([`rows`], [`columns`], [`evidence`]); tables are assigned to all blocks
//! together ([`assign`]); the figures are read ([`cells`], [`read`]).

mod address;
mod around;
mod assign;
mod bands;
mod bare;
mod below;
mod cells;
mod columns;
mod embedded;
mod evidence;
mod extra;
mod groups;
pub(in crate::bind) mod indicators;
mod kinds;
mod lines;
mod offices;
mod panels;
mod parts;
pub(in crate::bind) mod read;
mod rows;
mod sides;
mod stated;
mod strips;
mod sums;
mod tell;
#[cfg(test)]
mod tests;
mod view;
mod years;
