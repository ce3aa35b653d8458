//! Converts a binding to slots: the positions of a form's figures, title and narrative in an office's Word document.

use std::collections::{BTreeMap, VecDeque};

use super::controls::{Control, controls};
use super::scan::{ParagraphScan, Scan, scan};
use super::slot::{ParagraphSlot, Style, TextSlot, look_before};
use crate::bind::{Anchor, Anchors};
use crate::document::{Budget, Place};
use crate::fill::edit::Span;
use crate::fill::placeholder::{has_blanks, is_date_line, is_placeholder};
use crate::fill::{is_filled, lines};
use crate::form::{FieldIndex, Form};
use crate::read::xml::{Event, Events};
use crate::read::{ReadError, Unsupported};
use crate::report::{Content, Report};
use crate::text::fold;

/// Namespaces of WordprocessingML: Transitional and Strict.
static WORD: &[(&str, u32)] = &[
    ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", 0),
    ("http://purl.oclc.org/ooxml/wordprocessingml/main", 0),
];

/// The slots of a document.
#[derive(Debug)]
pub(super) struct Slots {
    /// The namespace prefix of the main vocabulary.
    pub(super) prefix: String,
    /// For each field of the form, its cell.
    pub(super) fields: Vec<Option<TextSlot>>,
    /// The paragraphs of the title.
    pub(super) title: Vec<ParagraphSlot>,
    /// For each section of the form, the spots for its narrative; `None` if the document has no such section.
    pub(super) sections: Vec<Option<Vec<Spot>>>,
    /// Style of running text.
    pub(super) body: Style,
    /// The end of the text, before the properties of the last section of the document.
    pub(super) end: usize,
    /// Whether the document is a filled-in report, not a blank form.
    pub(super) filled: bool,
    /// Headings with a place for agency or year: section, and paragraph.
    pub(super) headings: Vec<(usize, ParagraphSlot)>,
    /// Blank lines of labels: text, and paragraph.
    pub(super) lines: Vec<(String, ParagraphSlot)>,
    /// Texts of a blank form that are kept: section and text.
    pub(super) kept: Vec<(usize, String)>,
}

/// A range of a section: after its heading, or after one of its tables.
#[derive(Debug)]
pub(super) struct Spot {
    /// Index of the table that it follows; `None` after the heading.
    pub(super) table: Option<usize>,
    /// Insertion point of new paragraphs if no paragraph is replaced.
    pub(super) insert: usize,
    /// Paragraphs that are replaced: placeholders, or the narrative of a report.
    pub(super) own: Vec<ParagraphSlot>,
    /// Draft paragraphs with blanks, replaced if the report has its own text.
    pub(super) drafts: Vec<ParagraphSlot>,
    /// The line for the agency's name above that for the date.
    pub(super) agency: Option<ParagraphSlot>,
    /// The line for the date.
    pub(super) date: Option<ParagraphSlot>,
}

impl Spot {
    fn new(table: Option<usize>, insert: usize) -> Self {
        Self { table, insert, own: Vec::new(), drafts: Vec::new(), agency: None, date: None }
    }
}

/// Finds the slots of a document from its binding.
///
/// # Errors
/// [`ReadError`] if the part is not a Word document, or exceeds a limit.
pub(super) fn locate(
    source: &str,
    part: &str,
    form: &Form,
    (found, anchors): (&Report, &Anchors),
    budget: &mut Budget,
) -> Result<Slots, ReadError> {
    let (prefix, end) = frame(source, budget)?;
    let filled = is_filled(form, found);
    let body = Style::plain(&prefix);
    let slots = Slots {
        prefix,
        fields: Vec::new(),
        title: Vec::new(),
        sections: Vec::new(),
        body,
        end,
        filled,
        headings: Vec::new(),
        lines: Vec::new(),
        kept: Vec::new(),
    };
    let controls = controls(source, &slots.prefix, budget)?;
    let cell = ((0, 0), 0, VecDeque::new());
    let mut locator = Locator { source, part, form, slots, budget, controls, claimed: BTreeMap::new(), cell };
    locator.figures(found)?;
    locator.title(anchors)?;
    let headings = locator.headings(anchors)?;
    locator.sections(found, anchors, &headings)?;
    let Locator { mut slots, .. } = locator;
    if slots.body == Style::plain(&slots.prefix) {
        slots.body = Style::running(&slots.prefix);
    }
    Ok(slots)
}

/// The prefix of WordprocessingML, and the end of the body's text.
pub(super) fn frame(source: &str, budget: &mut Budget) -> Result<(String, usize), ReadError> {
    let mark = source.len() - source.trim_start_matches('\u{feff}').len();
    let mut events = Events::new(&source[mark..], mark, WORD);
    let no_body = || ReadError::from(Unsupported::NoWordBody);
    let (mut prefix, mut section) = (None, None);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 1 && tag.space == Some(0) => {
                let name = source.get(tag.start + 1..).unwrap_or_default();
                prefix = name.find(tag.local).map(|length| name[..length].to_owned());
            }
            Event::Open(tag) if events.depth() == 3 => {
                section = (tag.local == "sectPr").then_some(tag.start);
                events.skip(budget)?;
            }
            Event::Open(tag) if events.depth() == 2 && tag.local != "body" => {
                events.skip(budget)?;
            }
            Event::Close(end) if events.depth() == 1 => {
                let body = source.get(..end).and_then(|text| text.rfind("</")).ok_or_else(no_body)?;
                return Ok((prefix.ok_or_else(no_body)?, section.unwrap_or(body)));
            }
            Event::End => return Err(no_body()),
            _ => {}
        }
    }
}

struct Locator<'a> {
    source: &'a str,
    part: &'a str,
    form: &'a Form,
    slots: Slots,
    budget: &'a mut Budget,
    /// The content controls with markers of a placeholder or a data binding.
    controls: Vec<Control>,
    /// Spans of all slots; they do not overlap.
    claimed: BTreeMap<usize, usize>,
    /// The last cell that was scanned, its number of paragraphs, and those not yet requested.
    cell: (Span, usize, VecDeque<ParagraphScan>),
}

impl Locator<'_> {
    fn scan(&mut self, span: Span) -> Result<Scan, ReadError> {
        scan(self.source, span, &self.slots.prefix, self.budget)
    }

    fn span(&self, place: &Place) -> Option<Span> {
        let (start, end) = place.span.filter(|_| place.part.as_deref() == Some(self.part))?;
        Some((start as usize, end as usize))
    }

    /// Reserves a span for a slot, unless it overlaps another one.
    fn claim(&mut self, span: Span) -> bool {
        let before = self.claimed.range(..span.1).next_back();
        let free = span.0 < span.1 && before.is_none_or(|(_, &end)| end <= span.0);
        if free {
            self.claimed.insert(span.0, span.1);
        }
        free
    }

    fn figures(&mut self, found: &Report) -> Result<(), ReadError> {
        let mut neighbour = String::new();
        for field in 0..self.form.fields.len() {
            let slot = self.figure(found, field, &mut neighbour)?;
            self.slots.fields.push(slot);
        }
        Ok(())
    }

    fn figure(
        &mut self,
        found: &Report,
        field: FieldIndex,
        neighbour: &mut String,
    ) -> Result<Option<TextSlot>, ReadError> {
        let value = found.values.get(&self.form.fields[field].id);
        // A figure that was split from a longer text has no cell of its own.
        let place = value.filter(|value| value.deduced.is_empty()).and_then(|value| value.place.as_ref());
        let Some(span) = place.filter(|place| place.row.is_some()).and_then(|place| self.span(place)) else {
            return Ok(None);
        };
        if !self.claim(span) {
            return Ok(None);
        }
        let scan = self.scan(span)?;
        let style = scan.paragraphs.iter().find_map(|paragraph| {
            let run = paragraph.runs.iter().find_map(|run| run.properties);
            self.source.get(run.or(paragraph.mark)?.0..run.or(paragraph.mark)?.1)
        });
        if style.is_none() && neighbour.is_empty() {
            *neighbour = look_before(self.source, span.0, &self.slots.prefix).unwrap_or_default();
        }
        let bare = |paragraph: &ParagraphScan| paragraph.properties.is_none() && paragraph.runs.is_empty();
        let bare = scan.paragraphs.len() == 1 && scan.paragraphs.iter().all(bare);
        let slot = TextSlot::locate(self.source, &scan, &self.slots.prefix, neighbour);
        let slot = slot.map(|slot| if bare { slot.centred() } else { slot });
        if let Some(style) = style {
            style.clone_into(neighbour);
        }
        Ok(slot)
    }

    /// The paragraph of a line as a separate slot.
    fn paragraph(&mut self, text: &str, place: &Place) -> Result<Option<ParagraphSlot>, ReadError> {
        let Some(span) = self.span(place) else { return Ok(None) };
        let Some((scan, paragraph, alone)) = self.find(text, place, span)? else { return Ok(None) };
        if !self.claim(paragraph.span) {
            return Ok(None);
        }
        Ok(ParagraphSlot::locate(self.source, paragraph, &scan, &self.controls, &self.slots.prefix, alone))
    }

    fn find(
        &mut self,
        text: &str,
        place: &Place,
        span: Span,
    ) -> Result<Option<(Scan, ParagraphScan, bool)>, ReadError> {
        if place.row.is_none() {
            let mut scan = self.scan(span)?;
            let paragraph = scan.paragraphs.drain(..).find(|paragraph| !paragraph.text.trim().is_empty());
            return Ok(paragraph.map(|paragraph| (scan, paragraph, false)));
        }
        // The lines of a cell are requested in order.
        if self.cell.0 != span {
            let scan = self.scan(span)?;
            self.cell = (span, scan.paragraphs.len(), scan.paragraphs.into());
        }
        let wanted = fold(text);
        while let Some(paragraph) = self.cell.2.pop_front() {
            if !wanted.is_empty() && fold(&paragraph.text).contains(&wanted) {
                return Ok(Some((Scan::default(), paragraph, self.cell.1 == 1)));
            }
        }
        Ok(None)
    }

    fn title(&mut self, anchors: &Anchors) -> Result<(), ReadError> {
        for Anchor { text, place } in &anchors.title {
            let slot = self.paragraph(text, place)?;
            self.slots.title.extend(slot);
        }
        Ok(())
    }

    /// The headings in order: section, and span of the paragraph.
    fn headings(&mut self, anchors: &Anchors) -> Result<Vec<(usize, Span)>, ReadError> {
        let mut headings = Vec::new();
        for (section, Anchor { text, place }) in &anchors.headings {
            let kept = self.cell.clone();
            let slot = self.paragraph(text, place)?;
            if place.row.is_some() && slot.is_none() {
                self.cell = kept;
            }
            let Some(slot) = slot else { continue };
            headings.push((*section, slot.span));
            if self.form.sections[*section].pattern.is_some() && fold(&slot.text.existing) == fold(text) {
                self.slots.headings.push((*section, slot));
            }
        }
        Ok(headings)
    }

    fn sections(&mut self, found: &Report, anchors: &Anchors, headings: &[(usize, Span)]) -> Result<(), ReadError> {
        // Lines of cells are requested again for each section.
        self.cell = ((0, 0), 0, VecDeque::new());
        for (number, section) in self.form.sections.iter().enumerate() {
            let heading = headings.iter().find(|heading| heading.0 == number).map(|heading| heading.1.1);
            let before = self.slots.title.last().map(|title| title.span.1);
            let first = headings.first().map(|heading| heading.1.0);
            // The text above the first heading may be that of the only section, whose heading is missing.
            let opens = found.section(&section.id).is_some_and(|section| section.heading.is_none());
            let insert = if opens || section.heading.is_none() { before.or(first) } else { heading };
            let spots = match insert {
                Some(insert) => Some(self.section(number, insert, found, anchors)?),
                None => None,
            };
            self.slots.sections.push(spots);
        }
        for piece in &found.unclaimed {
            if let Content::Paragraph { text, place: Some(place), .. } = piece {
                self.labels(text, place)?;
            }
        }
        Ok(())
    }

    fn section(
        &mut self,
        number: usize,
        insert: usize,
        found: &Report,
        anchors: &Anchors,
    ) -> Result<Vec<Spot>, ReadError> {
        let section = &self.form.sections[number];
        let content = found.section(&section.id).map(|section| section.content.as_slice()).unwrap_or_default();
        let mut spots = vec![Spot::new(None, insert)];
        for (number_of_piece, piece) in content.iter().enumerate() {
            match piece {
                Content::Table { table } => {
                    let known = self.form.tables.iter().position(|known| known.id == *table);
                    let grid = anchors.tables.iter().find(|(index, _)| Some(*index) == known);
                    let span = grid.and_then(|(_, place)| self.span(place));
                    if let (Some(known), Some((_, end))) = (known, span) {
                        spots.push(Spot::new(Some(known), end));
                    }
                }
                Content::Paragraph { text, place: Some(place), .. } => {
                    if let Some(spot) = spots.last_mut() {
                        let next = content.get(number_of_piece + 1);
                        let dated = matches!(next, Some(Content::Paragraph { text, .. }) if is_date_line(text));
                        self.own(number, (text, place), dated, spot)?;
                    }
                }
                _ => {}
            }
        }
        Ok(spots)
    }

    /// Handles a paragraph of a section: one that is replaced, one for the date or the agency, or one that is kept. `dated`: the next
    /// line is for the date.
    fn own(
        &mut self,
        section: usize,
        (text, place): (&str, &Place),
        dated: bool,
        spot: &mut Spot,
    ) -> Result<(), ReadError> {
        if self.labels(text, place)? {
            return Ok(());
        }
        let blank = !self.slots.filled;
        let date = blank && is_date_line(text);
        let agency = blank && dated && text.chars().count() <= 40 && (has_blanks(text) || is_placeholder(text));
        let known = self.form.sections[section].placeholders.contains(&fold(text)) || is_placeholder(text);
        let placeholder = !date && !agency && (known || self.shows_placeholder(place)?);
        if blank && !placeholder && !date && !agency && !has_blanks(text) {
            // The number of an empty row is part of its table.
            if place.row.is_some() && text.chars().all(|sign| sign.is_ascii_digit()) {
                return Ok(());
            }
            self.slots.kept.push((section, text.to_owned()));
            return Ok(());
        }
        let Some(slot) = self.paragraph(text, place)? else { return Ok(()) };
        if date {
            spot.date = Some(slot);
            return Ok(());
        }
        if agency {
            spot.agency = Some(slot);
            return Ok(());
        }
        if slot.style != Style::plain(&self.slots.prefix) && self.slots.body == Style::plain(&self.slots.prefix) {
            self.slots.body = slot.style.clone();
        }
        if blank && !placeholder {
            spot.drafts.push(slot);
        } else {
            spot.own.push(slot);
        }
        Ok(())
    }

    /// Handles a paragraph of a blank form if it is a line of labels.
    fn labels(&mut self, text: &str, place: &Place) -> Result<bool, ReadError> {
        if self.slots.filled || !lines::is_blank(text) {
            return Ok(false);
        }
        let slot = self.paragraph(text, place)?.filter(|slot| fold(&slot.text.existing) == fold(text));
        self.slots.lines.extend(slot.map(|slot| (text.to_owned(), slot)));
        Ok(true)
    }

    /// Whether a paragraph is inside a content control that shows its placeholder.
    fn shows_placeholder(&mut self, place: &Place) -> Result<bool, ReadError> {
        let Some(span) = self.span(place).filter(|_| place.row.is_none()) else { return Ok(false) };
        let around = self.controls.iter().any(|control| control.shows_placeholder && control.holds(span));
        Ok(around || self.scan(span)?.shows_placeholder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_ends_before_the_last_section() -> Result<(), ReadError> {
        let budget = &mut Budget::default();
        let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let text = format!(
            "\u{feff}<n:document xmlns:n=\"{space}\"><n:body><n:p><n:pPr><n:sectPr/></n:pPr></n:p><n:sectPr><n:sectPrChange><n:sectPr/>\
             </n:sectPrChange></n:sectPr></n:body></n:document>"
        );
        let (prefix, end) = frame(&text, budget)?;
        assert_eq!((prefix.as_str(), text[end..].find("<n:sectPrChange>")), ("n:", Some(10)));
        let text = format!("<document xmlns=\"{space}\"><body><p/></body></document>");
        let (prefix, end) = frame(&text, budget)?;
        assert_eq!((prefix.as_str(), &text[end..]), ("", "</body></document>"));
        assert!(frame("<a><body/></a>", budget).is_err());
        Ok(())
    }
}
