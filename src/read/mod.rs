//! Readers: bytes of any known format to a neutral [`Document`]. They know formats and no form.

mod cfb;
mod doc;
mod error;
mod rtf;
mod wordflow;
mod wordgrid;

use crate::document::{Budget, Document, Format};
use crate::finding::Finding;

pub use error::ReadError;

/// A document and what there is to say about reading it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What the content turned out to be.
    pub format: Format,
    /// The content.
    pub document: Document,
    /// Things left out or odd, none of which stopped the reading.
    pub findings: Vec<Finding>,
}

/// A reader's function: bytes in, a document out; findings are added to the list.
pub type ReadFn = fn(&[u8], &mut Budget, &mut Vec<Finding>) -> Result<Document, ReadError>;

/// A reader and the format that it reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The format.
    pub format: Format,
    /// Suffixes that files of this format rightly have, in lower case.
    pub suffixes: &'static [&'static str],
    /// Its function.
    pub read: ReadFn,
}

/// Every reader. Formats, help texts, tests and benchmarks go through this table.
pub static READERS: &[Reader] = &[
    Reader { format: Format::Doc, suffixes: &["doc", "dot", "wps", "wpt"], read: doc::read },
    Reader { format: Format::Rtf, suffixes: &["rtf", "doc", "wps"], read: rtf::read },
];
