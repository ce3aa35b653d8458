//! Renders findings for people: the row of the form, with the cells marked.

mod text;

pub use text::excerpt;
