//! A form as a workbook for people who know Excel better than TOML, and the mapping file of such a workbook.
//!
//! The sheets are 表单 (the head, parts and tables), 字段 (a row a field), 勾稽 (rules), 选项 (words of choices), 标签 (what labels
//! are also called) and 其他 (what has no column, as TOML). [`write()`] makes the workbook of a form, [`import()`] the mapping file of a
//! workbook; what a person gets wrong is told with sheet, row and column.

mod book;
mod cells;
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
pub use flatten::Remarks;
pub use import::import;
pub use page::page;
pub use schema::schema;
