//! Inserts the narrative of a report after the headings and tables of an office's document.

use super::locate::{Slots, Spot};
use super::pictures::Pictures;
use super::slot::{ParagraphSlot, Style};
use crate::fill::edit::Edit;
use crate::fill::lines;
use crate::finding::Finding;
use crate::form::Form;
use crate::report::Report;
use crate::write::docx::extra;
use crate::write::plan::{self, ContentItem, PlannedSection};

/// State of writing the sections of a report.
pub(super) struct Narrative<'a> {
    pub(super) form: &'a Form,
    pub(super) report: &'a Report,
    pub(super) slots: &'a Slots,
    pub(super) pictures: Pictures<'a>,
    pub(super) edits: Vec<Edit>,
    /// The lines of labels that were filled.
    pub(super) lines: Vec<String>,
    pub(super) findings: Vec<Finding>,
    /// Headings of sections that the document does not have.
    pub(super) homeless: Vec<String>,
}

impl Narrative<'_> {
    /// Writes every section; sections that the document does not have are added at its end, under their headings.
    pub(super) fn write(&mut self) {
        let mut parts = plan::parts(self.form, self.report);
        lines::without_kept(self.form, &mut parts, &self.slots.kept);
        self.labels(&mut parts);
        for (number, section) in self.form.sections.iter().enumerate() {
            let at = parts.iter().position(|part| part.id == section.id);
            let part = at.map(|at| parts.remove(at));
            let pieces = part.as_ref().map(|part| part.pieces.as_slice()).unwrap_or_default();
            match &self.slots.sections[number] {
                Some(spots) => self.section(spots, pieces),
                None => self.homeless(part.as_ref()),
            }
        }
        for part in &parts {
            self.at_end(part);
        }
    }

    /// Fills headings with the agency and the year, and lines of labels with those of the report.
    fn labels(&mut self, parts: &mut [PlannedSection]) {
        for (section, slot) in &self.slots.headings {
            let known = |part: &&PlannedSection| part.id == self.form.sections[*section].id;
            let heading = parts.iter().find(known).and_then(PlannedSection::heading);
            if let (Some(heading), true) = (heading, self.report.year.is_some()) {
                slot.text.put(heading, &mut self.edits);
            }
        }
        let texts = self.slots.lines.iter().map(|(text, _)| text.as_str());
        let lines::Written { lines: written, mut findings } = lines::written(self.form, self.report, texts, parts);
        self.findings.append(&mut findings);
        for ((_, slot), line) in self.slots.lines.iter().zip(written) {
            if let Some(line) = line {
                slot.text.put(&line, &mut self.edits);
                self.lines.push(line);
            }
        }
    }

    fn homeless(&mut self, part: Option<&PlannedSection>) {
        let Some(part) = part else { return };
        if part.pieces.iter().any(|piece| !matches!(piece, ContentItem::Table(_))) {
            self.homeless.extend(part.heading().map(str::to_owned));
            self.at_end(part);
        }
    }

    fn at_end(&mut self, part: &PlannedSection) {
        let mut xml = String::new();
        if let Some(heading) = part.heading() {
            self.slots.body.write(heading, &mut xml);
        }
        self.pieces(&part.pieces, &self.slots.body, &mut xml);
        self.edits.push(Edit::insert(self.slots.end, xml));
    }

    /// Writes the items of a section: those before its first table after the heading, the others after their tables.
    fn section(&mut self, spots: &[Spot], pieces: &[ContentItem]) {
        let mut groups: Vec<Vec<ContentItem>> = vec![Vec::new(); spots.len()];
        let mut at = 0;
        for piece in pieces {
            match piece {
                ContentItem::Table(table) => {
                    at = spots.iter().position(|spot| spot.table == Some(*table)).unwrap_or(at);
                }
                other => groups[at].push(*other),
            }
        }
        self.signature(spots, &mut groups);
        for (spot, pieces) in spots.iter().zip(&groups) {
            self.spot(spot, pieces);
        }
    }

    /// Fills the lines for date and agency, and removes both from the narrative.
    fn signature(&mut self, spots: &[Spot], groups: &mut [Vec<ContentItem>]) {
        let date = self.report.published;
        let date = date.map(|date| format!("{}年{}月{}日", date.year(), date.month(), date.day()));
        let agency = self.report.agency.clone();
        let lines = |spot| {
            let Spot { date: date_line, agency: agency_line, .. }: &Spot = spot;
            [(date_line, &date), (agency_line, &agency)]
        };
        for (slot, text) in spots.iter().flat_map(lines) {
            let (Some(slot), Some(text)) = (slot, text) else { continue };
            slot.text.put(text, &mut self.edits);
            for pieces in groups.iter_mut() {
                pieces.retain(|piece| !matches!(piece, ContentItem::Text(written) if written == text));
            }
        }
    }

    fn spot(&mut self, spot: &Spot, pieces: &[ContentItem]) {
        let mut own: Vec<&ParagraphSlot> = spot.own.iter().collect();
        // A draft with blanks is kept if the report has no text for the section.
        if pieces.iter().any(|piece| matches!(piece, ContentItem::Text(_) | ContentItem::Heading(..))) {
            own.extend(&spot.drafts);
            own.sort_by_key(|slot| slot.span);
        }
        let Some((first, others)) = own.split_first() else {
            return self.insert(spot.insert, pieces, &self.slots.body);
        };
        for other in others {
            other.remove(&mut self.edits);
        }
        self.replace(first, pieces);
    }

    /// Writes the first text of the items into a paragraph, and the others around it.
    fn replace(&mut self, slot: &ParagraphSlot, pieces: &[ContentItem]) {
        let text = |piece: &ContentItem| matches!(piece, ContentItem::Text(_) | ContentItem::Heading(..));
        let first = pieces.iter().position(text).filter(|_| !slot.ends_section);
        if let Some((first, ContentItem::Text(text) | ContentItem::Heading(_, text))) =
            first.and_then(|first| Some((first, pieces.get(first)?)))
        {
            self.insert(slot.outer.0, &pieces[..first], &slot.style);
            slot.text.put(text, &mut self.edits);
            self.insert(slot.outer.1, &pieces[first + 1..], &slot.style);
            return;
        }
        self.insert(slot.outer.0, pieces, &slot.style);
        if pieces.is_empty() || slot.ends_section {
            slot.text.put("", &mut self.edits);
        } else {
            slot.remove(&mut self.edits);
        }
    }

    fn insert(&mut self, at: usize, pieces: &[ContentItem], style: &Style) {
        let mut xml = String::new();
        self.pieces(pieces, style, &mut xml);
        if !xml.is_empty() {
            self.edits.push(Edit::insert(at, xml));
        }
    }

    fn pieces(&mut self, pieces: &[ContentItem], style: &Style, xml: &mut String) {
        for piece in pieces {
            match *piece {
                ContentItem::Text(text) => match plan::closing(self.report, text) {
                    Some(closing) => style.write_right(text, plan::from_right(self.report, closing, text), xml),
                    None => style.write(text, xml),
                },
                ContentItem::Heading(_, text) => style.write(text, xml),
                ContentItem::Table(_) => {}
                ContentItem::Extra(table) if self.slots.prefix == "w:" && extra::is_drawn(table) => {
                    // Word joins adjacent tables, and requires a paragraph after the last one.
                    extra::table(table, xml);
                    style.write("", xml);
                }
                ContentItem::Extra(table) => {
                    for row in extra::lines(table) {
                        style.write(&row, xml);
                    }
                }
                ContentItem::Picture(index, extent, alt) => {
                    if !self.pictures.write((index, extent, alt), &self.slots.prefix, xml) {
                        let name = self.report.pictures.get(index).map(|picture| picture.name.as_str());
                        style.write(&format!("〔图片：{}〕", alt.or(name).unwrap_or_default()), xml);
                    }
                }
            }
        }
    }
}
