//! Findings for people: the row as it stands in the form, with the cells marked.

mod text;

pub use text::excerpt;
