//! State shared by all parts of one document: budget, styles, lists, pictures, findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::numbering::Lists;
use super::props::Props;
use super::styles::Styles;
use crate::document::{Aside, Block, Budget, Exceeded, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::container::Relationships;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::shared::base64;
use crate::read::shared::marks::Face;
use crate::read::shared::pictures::Pictures;
use crate::read::shared::skipped::{Skipped, SkippedKind};

/// The source of the parts.
#[derive(Debug)]
pub(in crate::read) enum Parts<'a> {
    /// A zip archive.
    Package(Box<Package<'a>>),
    /// One XML file that contains all parts.
    Flat(BTreeMap<String, Vec<u8>>),
}

impl Parts<'_> {
    /// The inflated bytes of a part.
    pub(in crate::read) fn part(&mut self, name: &str, budget: &mut Budget) -> Result<Option<Vec<u8>>, ReadError> {
        match self {
            Self::Package(package) => package.part(name, budget),
            Self::Flat(parts) => {
                let found = parts.get(name);
                budget.spend(Resource::InflatedBytes, found.map_or(0, Vec::len) as u64)?;
                Ok(found.cloned())
            }
        }
    }

    /// The bytes of a part that is often identical across the documents of an office, such as a footer; cached.
    pub(super) fn common(&mut self, name: &str, budget: &mut Budget) -> Result<Option<Arc<Vec<u8>>>, ReadError> {
        match self {
            Self::Package(package) => cache::read_bytes((package, name), budget, |bytes, _| Ok(bytes)),
            Self::Flat(_) => Ok(self.part(name, budget)?.map(Arc::new)),
        }
    }

    /// The relationships of a part.
    pub(in crate::read) fn relationships(
        &mut self,
        part: &str,
        budget: &mut Budget,
    ) -> Result<Arc<Relationships>, ReadError> {
        match self {
            Self::Package(package) => package.relationships(part, budget),
            Self::Flat(parts) => {
                Relationships::for_part(part, budget, |name, _| Ok(parts.get(name).cloned())).map(Arc::new)
            }
        }
    }
}

/// State shared by all parts of one document.
#[derive(Debug)]
pub(in crate::read) struct Shared<'p> {
    /// Budget of the file.
    pub(in crate::read) budget: &'p mut Budget,
    pub(in crate::read) parts: Parts<'p>,
    pub(in crate::read) styles: Arc<Styles>,
    pub(in crate::read) lists: Lists,
    pub(super) pictures: Pictures,
    pub(super) skipped: Skipped,
    /// Number of tables opened so far.
    pub(in crate::read) tables: u32,
    /// Number of cells in open tables.
    pub(in crate::read) held: u64,
    /// Amount of visible content read so far.
    pub(in crate::read) yielded: u64,
    /// Blocks of notes and of headers and footers.
    pub(in crate::read) notes: Vec<Block>,
    pub(in crate::read) margins: Vec<Block>,
    /// Relationship ids of headers and footers in the order of their use.
    pub(in crate::read) wanted_margins: Vec<String>,
    /// Text that was set aside.
    pub(in crate::read) asides: Vec<Aside>,
    /// Number of unresolved tracked changes.
    pub(in crate::read) revisions: u32,
    /// Number of formulas without a result.
    pub(super) uncalculated: u32,
    /// Whether the page has a background colour.
    pub(in crate::read) coloured: bool,
    /// Whether the text refers to footnotes, and to endnotes.
    pub(in crate::read) refers_to: [bool; 2],
    /// Whether the body was found.
    pub(in crate::read) has_body: bool,
    /// Number of embedded files read, and findings about them.
    pub(super) inserted: usize,
    pub(super) said: Vec<Finding>,
    /// Custom XML parts by item id; loaded on first use.
    pub(super) stores: Option<Vec<(String, String)>>,
}

impl<'p> Shared<'p> {
    /// Initial state.
    pub(in crate::read) fn new(parts: Parts<'p>, budget: &'p mut Budget) -> Self {
        Self {
            budget,
            parts,
            styles: Arc::default(),
            lists: Lists::default(),
            pictures: Pictures::default(),
            skipped: Skipped::default(),
            tables: 0,
            held: 0,
            yielded: 0,
            notes: Vec::new(),
            margins: Vec::new(),
            wanted_margins: Vec::new(),
            asides: Vec::new(),
            revisions: 0,
            uncalculated: 0,
            coloured: false,
            refers_to: [false; 2],
            has_body: false,
            inserted: 0,
            said: Vec::new(),
            stores: None,
        }
    }

    /// Properties of a paragraph without `w:pPr`.
    pub(super) fn fresh_properties(&self) -> Props {
        let face = self.styles.get(None).map(|style| style.face.apply(Face::default())).unwrap_or_default();
        Props { style_face: face, face, ..Props::default() }
    }

    /// Counts a cell of an open table.
    pub(in crate::read) fn hold_cell(&mut self) -> Result<(), Exceeded> {
        self.held += 1;
        let limit = self.budget.left(Resource::AllSlots);
        if self.held > limit {
            return Err(Exceeded { resource: Resource::AllSlots, asked: self.held, limit });
        }
        Ok(())
    }

    /// The index of the picture that a relationship refers to; one that cannot be read is counted as skipped.
    pub(in crate::read) fn picture(&mut self, id: &str, relationships: &Relationships) -> Option<usize> {
        if let Some(index) = self.pictures.known(id) {
            return Some(index);
        }
        let Some(relationship) = relationships.by_id(id) else {
            self.skipped.add(SkippedKind::BrokenPicture);
            return None;
        };
        if relationship.external {
            self.skipped.add(SkippedKind::LinkedPicture);
            return None;
        }
        let known = self.pictures.known(&relationship.target);
        let index = known.or_else(|| {
            let bytes = self.parts.part(&relationship.target, self.budget).ok().flatten()?;
            self.pictures.keep(&relationship.target, bytes)
        });
        if index.is_none() {
            self.skipped.add(SkippedKind::BrokenPicture);
        }
        index
    }

    /// Keeps a picture stored as base64 in the text (Word 2003).
    pub(in crate::read) fn keep_base64(&mut self, name: &str, text: &str) -> Result<(), Exceeded> {
        let bytes = base64::decode(text.as_bytes(), self.budget)?;
        let kept = bytes.and_then(|bytes| self.pictures.keep(name, bytes));
        if kept.is_none() {
            self.skipped.add(SkippedKind::BrokenPicture);
        }
        Ok(())
    }

    /// The result for an optional part: a broken part is counted as skipped, an exceeded limit is returned as an error.
    pub(in crate::read) fn optional<T: Default>(&mut self, read: Result<T, ReadError>) -> Result<T, ReadError> {
        match read {
            Err(ReadError::Damaged(_)) => {
                self.skipped.add(SkippedKind::Part);
                Ok(T::default())
            }
            other => other,
        }
    }
}
