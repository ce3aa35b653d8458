//! The superior's view of many reports: the workbook of sums, and the web page of a batch or a roll-up.

mod files;
pub mod page;
pub mod workbook;

pub use files::{SummaryFile, files};
