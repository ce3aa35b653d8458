//! Web pages, web archives and plain text.

pub(in crate::read) mod delimited;
pub(in crate::read) mod html;
pub(in crate::read) mod mht;
pub(in crate::read) mod text;
