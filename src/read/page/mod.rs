//! Web pages, web archives and plain text.

mod delimited;
pub(in crate::read) mod html;
pub(in crate::read) mod mht;
pub(in crate::read) mod text;
