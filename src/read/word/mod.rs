//! Text documents: DOCX, DOC, RTF, ODT and Word's flat XML files.

pub(in crate::read) mod doc;
pub(in crate::read) mod docx;
mod embedded;
pub(in crate::read) mod flatxml;
mod flow;
mod grid;
pub(in crate::read) mod odt;
pub(in crate::read) mod rtf;
