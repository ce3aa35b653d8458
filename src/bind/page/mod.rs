//! The content around the tables: title, headings, facts, and the sections of the report.

pub(in crate::bind) mod agency;
pub(in crate::bind) mod anchors;
mod contradictions;
pub(in crate::bind) mod facts;
pub(in crate::bind) mod frame;
pub(in crate::bind) mod headings;
pub(in crate::bind) mod identity;
pub(in crate::bind) mod names;
pub(super) mod part;
pub(in crate::bind) mod sections;
mod sources;
pub(in crate::bind) mod title;
