//! Forms as workbooks, for people who prefer Excel to TOML: export of a form, and import as a mapping file.
//!
//! The sheets are 表单 (head, sections and tables), 字段 (one row per field), 勾稽 (rules), 选项 (words of choices), 标签 (variants of labels) and
//! 其他 (keys without a column, as TOML). [`write()`] makes the workbook of a form, [`import()`] the mapping file of a workbook; mistakes
//! are reported with sheet, row and column.

mod book;
mod cells;
mod error;
mod fields;
mod flatten;
mod heads;
mod import;
mod items;
mod page;
mod schema;
mod stated;
mod sums;
mod tree;
mod walk;

pub use book::write;
pub use error::{BookCause, BookError, BookMistake, BookPlace};
pub use flatten::Remarks;
pub use import::import;
pub use page::page;
pub use schema::schema;
