//! Whether the text of a run is read (17.3.2): run properties, cached by their XML, and the background of white text.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::names::{ground_of, paper_of};
use super::props::Props;
use super::shared::Shared;
use super::styles::Styles;
use crate::document::Region;
use crate::read::shared::marks::{Change, Paper, Rgb};

/// Formatting set by the properties of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Run {
    /// Index of its character style.
    pub(super) style: Option<usize>,
    /// Direct formatting.
    pub(super) face: Change,
}

impl Run {
    /// Applies the formatting to the open run of a paragraph.
    pub(super) fn apply(self, props: &mut Props, styles: &Styles) {
        let style = self.style.and_then(|style| styles.get(Some(style)));
        let face = style.map_or(props.style_face, |style| style.face.toggle(props.style_face));
        props.face = self.face.apply(face);
    }
}

/// Cache of run properties, keyed by their XML: a text has few distinct ones.
#[derive(Debug, Default)]
pub(super) struct Faces<'a> {
    last: [(&'a str, Run); 2],
    next: usize,
    scope: u64,
    all: HashMap<&'a str, Run, FxBuildHasher>,
}

impl<'a> Faces<'a> {
    /// Size of the cache.
    const MOST: usize = 64;

    /// Clears the cache if the namespace scope has changed.
    pub(super) fn stand_in(&mut self, scope: u64) {
        if self.scope != scope {
            *self = Self { scope, ..Self::default() };
        }
    }

    /// One of the last two entries, if the rest of the open element matches its XML.
    pub(super) fn recent(&self, is_left: impl Fn(&str) -> bool) -> Option<(&'a str, Run)> {
        self.last.iter().find(|(xml, _)| !xml.is_empty() && is_left(xml)).copied()
    }

    /// The cached result for this XML.
    pub(super) fn get(&mut self, xml: &'a str) -> Option<Run> {
        let run = *self.all.get(xml)?;
        self.note(xml, run);
        Some(run)
    }

    /// Adds an entry for this XML.
    pub(super) fn keep(&mut self, xml: &'a str, run: Run) {
        if self.all.len() < Self::MOST {
            self.all.insert(xml, run);
        }
        self.note(xml, run);
    }

    fn note(&mut self, xml: &'a str, run: Run) {
        self.last[self.next] = (xml, run);
        self.next = 1 - self.next;
    }
}

/// The surroundings of a run, used only for coloured text.
pub(super) struct Surroundings<'w, 'a, 'p> {
    /// XML of the properties of the open tables and cells, innermost last.
    pub(super) xml: &'w [&'a str],
    pub(super) shared: &'w Shared<'p>,
    /// Whether the background is known: false in text boxes, whose filling is not read.
    pub(super) known: bool,
    pub(super) region: Region,
}

impl Surroundings<'_, '_, '_> {
    /// The background of the run: that of the innermost cell or table that sets one.
    pub(super) fn paper(&self) -> Paper {
        if !self.known || self.shared.coloured || !matches!(self.region, Region::Body | Region::Note) {
            return Paper::Coloured;
        }
        let around = self.xml.iter().rev().find_map(|xml| paper_of(xml).or_else(|| self.shades(xml)));
        around.unwrap_or_default()
    }

    /// The background colour of the run, set by the innermost cell or table that has a `w:shd`.
    pub(super) fn ground(&self) -> Option<Rgb> {
        let known = self.known && matches!(self.region, Region::Body | Region::Note);
        self.xml.iter().rev().filter(|_| known).find(|xml| xml.contains(":shd ")).and_then(|xml| ground_of(xml))
    }

    /// The background set by a table style, if it colours cells.
    fn shades(&self, xml: &str) -> Option<Paper> {
        let rest = &xml[xml.find(":tblStyle ")?..];
        let id = rest.split_once(":val=")?.1;
        let id = id.get(1..)?.split(['"', '\'']).next()?;
        let styles = &self.shared.styles;
        let style = styles.get(Some(styles.find(id)?))?;
        style.shades.then_some(Paper::Coloured)
    }
}
