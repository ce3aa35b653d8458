//! Converts a binding to cells: the positions of a form's figures, title and narrative in an office's workbook.

use std::collections::{BTreeMap, BTreeSet};

use super::open::{self, OpenTable};
use super::sheet::{At, Cell};
use crate::bind::{Anchor, Anchors};
use crate::document::{Document, Grid, Place};
use crate::fill::lines;
use crate::fill::placeholder::{is_date_line, is_placeholder};
use crate::fill::rows::RowCell;
use crate::form::Form;
use crate::report::{Content, Report};
use crate::text::fold;

/// The texts of a document's sheets.
pub(super) struct Texts<'a> {
    cells: BTreeMap<(&'a str, At), &'a str>,
}

impl<'a> Texts<'a> {
    /// The texts of every sheet.
    pub(super) fn from_document(document: &'a Document) -> Self {
        let mut cells = BTreeMap::new();
        for cell in document.grids().flat_map(Grid::cells) {
            if let (Some(sheet), Some(at)) = (cell.place.part.as_deref(), at(&cell.place)) {
                cells.insert((sheet, at), cell.text.as_str());
            }
        }
        Self { cells }
    }

    /// The text of a cell; empty if there is none.
    pub(super) fn get(&self, sheet: &str, at: At) -> &'a str {
        self.cells.get(&(sheet, at)).copied().unwrap_or_default()
    }

    /// Whether a row has any text.
    fn in_row(&self, sheet: &str, row: u32) -> bool {
        self.cells.range((sheet, (row, 0))..=(sheet, (row, u32::MAX))).any(|(_, text)| !text.trim().is_empty())
    }
}

/// Row and column of a place in a sheet.
fn at(place: &Place) -> Option<At> {
    place.row.filter(|_| place.table.is_none()).zip(place.column)
}

/// The cells of a workbook to be filled.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    /// For each field of the form, its cell.
    pub(super) fields: Vec<Option<Cell>>,
    /// The cells of the title. Those after the first contain a part of it and are emptied.
    pub(super) title: Vec<Cell>,
    /// Other cells with the whole title.
    pub(super) titles: Vec<Cell>,
    /// For each section of the form, the cells of its narrative; `None` if there are none.
    pub(super) sections: Vec<Option<Vec<Cell>>>,
    /// Cells for the date.
    pub(super) dates: Vec<Cell>,
    /// Headings with a place for agency or year: section, and cell.
    pub(super) headings: Vec<(usize, Cell)>,
    /// Blank lines of labels: text, and cell.
    pub(super) lines: Vec<(String, Cell)>,
    /// Texts of a blank form that are kept.
    pub(super) kept: Vec<(usize, String)>,
    /// Texts of cells in rows outside of the tables.
    pub(super) rows: Vec<String>,
    /// Tables whose rows are data.
    pub(super) open: Vec<OpenTable>,
}

/// Finds the cells of a workbook from its binding.
pub(super) struct Locator<'a> {
    pub(super) form: &'a Form,
    pub(super) texts: &'a Texts<'a>,
    /// The sheets by name, with their merged regions.
    pub(super) sheets: &'a [(String, Vec<(At, At)>)],
    /// The cells of each sheet that the file has, with or without content.
    pub(super) formatted: &'a [BTreeSet<At>],
    /// Whether the workbook is a filled-in report, not a blank form.
    pub(super) filled: bool,
    pub(super) claimed: BTreeSet<Cell>,
}

impl Locator<'_> {
    /// All cells to be filled.
    pub(super) fn slots(&mut self, found: &Report, anchors: &Anchors) -> Slots {
        let mut slots = Slots::default();
        for field in &self.form.fields {
            let value = found.values.get(&field.id).filter(|value| value.deduced.is_empty());
            let cell = value.and_then(|value| self.claim(value.place.as_ref()?));
            slots.fields.push(cell);
        }
        let is_blank = |sheet: usize, row: u32, cells: &[(u32, RowCell)]| {
            let formatted = cells.iter().all(|(column, _)| self.formatted[sheet].contains(&(row, *column)));
            (!self.texts.in_row(&self.sheets[sheet].0, row), formatted)
        };
        slots.open = open::tables(&anchors.open, &|cell| self.cell(&cell.place), &is_blank);
        for table in &slots.open {
            self.claimed
                .extend(table.cells().map(|(_, cell, _)| cell).chain(table.total_cells().map(|(cell, _)| cell)));
        }
        self.title(anchors, &mut slots);
        let headings: Vec<(usize, Cell)> = anchors
            .headings
            .iter()
            .filter_map(|(section, Anchor { text, place })| {
                let cell = self.cell(place)?;
                // A cell that contains more than the heading is not followed by the narrative.
                let alone = fold(self.text(cell)) == fold(text);
                self.claimed.insert(cell);
                alone.then_some((*section, cell))
            })
            .collect();
        let has_places = |(section, _): &&(usize, Cell)| self.form.sections[*section].pattern.is_some();
        slots.headings.extend(headings.iter().filter(has_places));
        for number in 0..self.form.sections.len() {
            let heading = match &self.form.sections[number].heading {
                Some(_) => headings.iter().find(|heading| heading.0 == number).map(|heading| heading.1),
                None => slots.title.last().copied(),
            };
            let cells = self.section(number, heading, found, &mut slots);
            slots.sections.push((!cells.is_empty()).then_some(cells));
        }
        for &(name, at) in self.texts.cells.keys() {
            let sheet = self.sheets.iter().position(|sheet| sheet.0 == name);
            if let Some(cell) = sheet.map(|sheet| (sheet, at)).filter(|cell| !self.claimed.contains(cell)) {
                self.labels(cell, &mut slots);
            }
        }
        slots
    }

    fn cell(&self, place: &Place) -> Option<Cell> {
        let name = place.part.as_deref()?;
        Some((self.sheets.iter().position(|sheet| sheet.0 == name)?, at(place)?))
    }

    fn claim(&mut self, place: &Place) -> Option<Cell> {
        let cell = self.cell(place)?;
        self.claimed.insert(cell).then_some(cell)
    }

    fn text(&self, cell: Cell) -> &str {
        self.texts.get(&self.sheets[cell.0].0, cell.1)
    }

    fn title(&mut self, anchors: &Anchors, slots: &mut Slots) {
        let mut whole = String::new();
        for Anchor { text, place } in &anchors.title {
            let Some(cell) = self.cell(place) else { continue };
            whole.push_str(&fold(text));
            if fold(self.text(cell)) == fold(text) && self.claimed.insert(cell) {
                slots.title.push(cell);
            }
        }
        if whole.is_empty() {
            return;
        }
        for (&(name, at), text) in &self.texts.cells {
            let sheet = self.sheets.iter().position(|sheet| sheet.0 == name);
            if let Some(sheet) = sheet.filter(|_| fold(text) == whole)
                && self.claimed.insert((sheet, at))
            {
                slots.titles.push((sheet, at));
            }
        }
    }

    /// The cells of a section's narrative: those with placeholders, else the blank cell under its heading or beside it.
    fn section(&mut self, number: usize, heading: Option<Cell>, found: &Report, slots: &mut Slots) -> Vec<Cell> {
        let section = found.section(&self.form.sections[number].id);
        let mut lines: Vec<(Cell, Vec<&str>)> = Vec::new();
        for piece in section.map(|section| section.content.as_slice()).unwrap_or_default() {
            if let Content::Extra(table) = piece {
                slots.rows.extend(table.cells.iter().map(|cell| cell.text.clone()));
            }
            let Content::Paragraph { text, place: Some(place), .. } = piece else { continue };
            let Some(cell) = self.cell(place) else { continue };
            match lines.last_mut() {
                Some((last, texts)) if *last == cell => texts.push(text),
                _ => lines.push((cell, vec![text])),
            }
        }
        let headings: Vec<&str> =
            self.form.sections.iter().filter_map(|section| Some(section.heading.as_ref()?.text.as_str())).collect();
        let mut cells = Vec::new();
        for (cell, texts) in lines {
            // A repeated heading above the table's own sheet, and cells that already have a slot, are not narrative.
            if self.claimed.contains(&cell) || texts.iter().all(|text| headings.contains(text)) {
                continue;
            }
            let placeholder =
                |text: &&str| self.form.sections[number].placeholders.contains(&fold(text)) || is_placeholder(text);
            if self.labels(cell, slots) {
                continue;
            }
            let date = !self.filled && texts.iter().all(|text| is_date_line(text));
            let of_table = |table: &OpenTable| {
                let (sheet, at) = cell;
                let rows = table.first..=table.last().max(table.total.as_ref().map_or(0, |total| total.0));
                sheet == table.sheet && rows.contains(&at.0)
            };
            // The number of an empty row and the label of the total are part of their table.
            if slots.open.iter().any(of_table) {
                continue;
            }
            if !self.filled && !date && !texts.iter().all(placeholder) {
                slots.kept.extend(texts.iter().map(|text| (number, (*text).to_owned())));
                continue;
            }
            self.claimed.insert(cell);
            if date {
                slots.dates.push(cell);
            } else {
                cells.push(cell);
            }
        }
        if cells.is_empty()
            && let Some(cell) = heading.and_then(|heading| self.free(heading))
        {
            self.claimed.insert(cell);
            cells.push(cell);
        }
        cells
    }

    /// Handles a cell of a blank form if it is a line of labels.
    fn labels(&mut self, cell: Cell, slots: &mut Slots) -> bool {
        let text = self.text(cell).to_owned();
        let is_line = !self.filled && lines::is_blank(&text);
        if is_line && self.claimed.insert(cell) {
            slots.lines.push((text, cell));
        }
        is_line
    }

    /// The wide blank cell beside a heading, or the blank one under it in a row without text.
    fn free(&self, (sheet, at): Cell) -> Option<Cell> {
        let (name, merges) = &self.sheets[sheet];
        let inside = |at: At, region: &&(At, At)| {
            (region.0.0..=region.1.0).contains(&at.0) && (region.0.1..=region.1.1).contains(&at.1)
        };
        let region = |at: At| merges.iter().find(|region| inside(at, region)).copied().unwrap_or((at, at));
        let own = region(at);
        let beside = (own.0.0, own.1.1 + 1);
        let (from, to) = region(beside);
        let wide = from == beside && to.1 > from.1;
        let blank = self.text((sheet, beside)).trim().is_empty() && !self.claimed.contains(&(sheet, beside));
        if wide && blank {
            return Some((sheet, beside));
        }
        let below = (own.1.0 + 1, own.0.1);
        let used = self.claimed.range((sheet, (below.0, 0))..=(sheet, (below.0, u32::MAX))).next().is_some();
        (region(below).0 == below && !used && !self.texts.in_row(name, below.0)).then_some((sheet, below))
    }
}
