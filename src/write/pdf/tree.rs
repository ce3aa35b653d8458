//! The structure tree of the document: elements in reading order, converted to krilla's tags.

use std::num::{NonZeroU16, NonZeroU32};

use krilla::tagging::{Identifier, TableHeaderScope, Tag, TagGroup, TagTree};

/// Kind of a structure element.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TagKind {
    /// A heading with its level (1-based) and text.
    Heading(u16, String),
    Paragraph,
    Table,
    TableHead,
    TableBody,
    Row,
    /// A cell with its spans, and for a header cell its scope.
    Cell {
        heads: Option<Heads>,
        rows: usize,
        columns: usize,
    },
    /// A picture with its alternative text.
    Figure(String),
}

/// The scope of a header cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heads {
    Column,
    Row,
}

/// The elements; a parent precedes its children.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<(TagKind, Option<usize>)>,
}

impl Tree {
    pub(super) fn add(&mut self, kind: TagKind, parent: Option<usize>) -> usize {
        self.nodes.push((kind, parent));
        self.nodes.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The tags, each with the content that was drawn for it.
    pub(super) fn tags(self, language: &str, mut content: Vec<Vec<Identifier>>) -> TagTree {
        let mut children: Vec<Vec<TagGroup>> = self.nodes.iter().map(|_| Vec::new()).collect();
        let mut roots = Vec::new();
        // In reverse order, so that all children are complete before their parent.
        for (number, (kind, parent)) in self.nodes.iter().enumerate().rev() {
            let mut group = group(kind);
            for identifier in content.get_mut(number).map(std::mem::take).unwrap_or_default() {
                group.push(identifier);
            }
            for child in std::mem::take(&mut children[number]).into_iter().rev() {
                group.push(child);
            }
            match parent {
                Some(parent) => children[*parent].push(group),
                None => roots.push(group),
            }
        }
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        roots.into_iter().rev().for_each(|root| tree.push(root));
        tree
    }
}

fn group(kind: &TagKind) -> TagGroup {
    let span = |count: usize| u32::try_from(count).ok().filter(|&count| count > 1).and_then(NonZeroU32::new);
    match kind {
        TagKind::Heading(level, text) => {
            TagGroup::new(Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone())))
        }
        TagKind::Paragraph => TagGroup::new(Tag::P),
        TagKind::Table => TagGroup::new(Tag::Table),
        TagKind::TableHead => TagGroup::new(Tag::THead),
        TagKind::TableBody => TagGroup::new(Tag::TBody),
        TagKind::Row => TagGroup::new(Tag::TR),
        TagKind::Cell { heads: None, rows, columns } => {
            TagGroup::new(Tag::TD.with_row_span(span(*rows)).with_col_span(span(*columns)))
        }
        TagKind::Cell { heads: Some(heads), rows, columns } => {
            let scope = match heads {
                Heads::Column => TableHeaderScope::Column,
                Heads::Row => TableHeaderScope::Row,
            };
            TagGroup::new(Tag::TH(scope).with_row_span(span(*rows)).with_col_span(span(*columns)))
        }
        TagKind::Figure(alt) => TagGroup::new(Tag::Figure(Some(alt.clone()))),
    }
}
