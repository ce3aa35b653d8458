//! The sections of the report: narrative, tables and pictures between the headings, in order.

use super::frame::Frame;
use super::headings::Heading;
use crate::bind::source::items::Flow;
use crate::bind::source::stream::{Claim, Line, LineKind, Stream};
use crate::document::{Grid, Place};
use crate::form::{Form, Section as FormSection};
use crate::report::{Content, ExtraCell, ExtraTable, Section};
use crate::text::blank;
use crate::text::{fold, numbering};

/// Everything needed to divide a document's text into the sections of a report.
pub(in crate::bind) struct Cutter<'a, 'd> {
    pub(in crate::bind) form: &'a Form,
    pub(in crate::bind) flow: &'a Flow<'d>,
    pub(in crate::bind) stream: &'a Stream<'d>,
    pub(in crate::bind) claims: &'a [Claim],
    pub(in crate::bind) headings: &'a [Heading],
    pub(in crate::bind) frame: &'a Frame,
}

impl Cutter<'_, '_> {
    /// The sections in the form's order, and the content before the title.
    pub(in crate::bind) fn cut(&self) -> (Vec<Section>, Vec<Content>) {
        let mut sections = Vec::new();
        let first = self.headings.first().map_or(self.frame.end, |heading| heading.start);
        let mut opening = self.content(self.frame.start, first, None);
        if let Some(section) = self.opens().filter(|_| !opening.is_empty()) {
            sections.push(Section { id: section.id.clone(), heading: None, content: std::mem::take(&mut opening) });
        }
        for heading in self.headings {
            sections.push(Section {
                id: self.form.sections[heading.section].id.clone(),
                heading: Some(self.stream.raw[heading.start..heading.end].trim_matches(blank).to_owned()),
                content: Vec::new(),
            });
        }
        let before = sections.len() - self.headings.len();
        for (heading, start, end) in self.stretches() {
            let content = self.content(start, end, self.headings[heading].level);
            sections[before + heading].content.extend(content);
        }
        // Text above the heading of the only section belongs to it.
        if let ([_], [section]) = (self.form.sections.as_slice(), sections.as_mut_slice()) {
            opening.retain(|content| !matches!(content, Content::Paragraph { text, .. } if self.repeats(&fold(text))));
            section.content.splice(..0, opening.drain(..));
        }
        let title = self.frame.title.as_ref().map(|title| fold(&title.text));
        let mut unclaimed = self.content(0, self.frame.start, None);
        // The title, and the lines it was broken into, are not unclaimed content.
        unclaimed.retain(|content| match content {
            Content::Paragraph { text, .. } => {
                let folded = fold(text);
                title.as_ref().is_none_or(|title| !title.contains(&folded) && !folded.starts_with(title.as_str()))
            }
            _ => true,
        });
        // Tables of the form are read wherever they are; the text around them has no section.
        unclaimed.extend(opening.into_iter().filter(|content| match content {
            Content::Table { .. } => false,
            Content::Paragraph { text, .. } => !self.repeats(&fold(text)),
            _ => true,
        }));
        (sections, unclaimed)
    }

    /// The section of the text above the first heading: the one without a heading, or the only one of a form if its heading is missing.
    fn opens(&self) -> Option<&FormSection> {
        let sections = &self.form.sections;
        let only = sections.first().filter(|_| sections.len() == 1 && self.headings.is_empty());
        sections.iter().find(|section| section.heading.is_none()).or(only)
    }

    /// Whether a folded line repeats the title or a heading, as on the sheets of a workbook.
    fn repeats(&self, folded: &str) -> bool {
        let found = || self.headings.iter().map(|heading| fold(&self.stream.raw[heading.start..heading.end]));
        let is_heading = |section: &FormSection| {
            let heading = section.heading.as_ref();
            heading.is_some_and(|heading| heading.folded.iter().chain(&heading.bare).any(|known| known == folded))
                || section.is_heading_with_places(folded)
        };
        let title = self.frame.title.as_ref().map(|title| fold(&title.text));
        title.is_some_and(|title| title == folded)
            || found().any(|heading| heading == folded)
            || self.form.sections.iter().any(is_heading)
    }

    /// Content ranges of the headings: index of the heading, first and last byte. A heading repeated on another sheet continues its
    /// section.
    fn stretches(&self) -> Vec<(usize, usize, usize)> {
        let heads: Vec<String> =
            self.headings.iter().map(|heading| fold(&self.stream.raw[heading.start..heading.end])).collect();
        let again = |line: &Line| {
            let text = on_sheet(&line.place).then(|| fold(&self.stream.raw[line.start..line.end]))?;
            heads.iter().position(|head| !head.is_empty() && *head == text)
        };
        let mut stretches = Vec::new();
        for (number, heading) in self.headings.iter().enumerate() {
            let end = self.headings.get(number + 1).map_or(self.frame.end, |next| next.start);
            let (mut at, mut owner) = (heading.end, number);
            let first = self.stream.lines.partition_point(|line| line.start < heading.end);
            for line in self.stream.lines[first..].iter().take_while(|line| line.start < end) {
                if let Some(next) = again(line) {
                    stretches.push((owner, at, line.start));
                    (at, owner) = (line.end, next);
                }
            }
            stretches.push((owner, at, end));
        }
        stretches
    }

    /// The content of a range of the raw text. `base` is the outline level of the heading above it.
    fn content(&self, start: usize, end: usize, base: Option<u8>) -> Vec<Content> {
        let mut content = Vec::new();
        let first = self.stream.lines.partition_point(|line| line.end < start);
        for (number, line) in self.stream.lines.iter().enumerate().skip(first) {
            if line.start >= end && !(line.start == end && line.start == line.end && end == self.stream.raw.len()) {
                break;
            }
            if self.frame.page_lines.binary_search(&number).is_ok() {
                continue;
            }
            match &line.kind {
                LineKind::Text { .. } if on_sheet(&line.place) && self.is_title(line) => {}
                LineKind::Text { level } => {
                    let piece = (line.start.max(start), line.end.min(end));
                    self.pieces(line, piece, relative(*level, base), &mut content);
                }
                _ if line.start < start => {}
                LineKind::Table(table) => content.push(Content::Table { table: self.form.tables[*table].id.clone() }),
                LineKind::Extra(grid, from, to) => {
                    content.push(Content::Extra(extra(self.flow.grids[*grid], *from, *to)));
                }
                LineKind::Picture(picture) => content.push(Content::Picture {
                    index: picture.index,
                    extent: picture.extent,
                    alt: picture.alt.clone(),
                }),
            }
        }
        content
    }

    /// Whether a line repeats the title, as on each sheet of a workbook.
    fn is_title(&self, line: &Line) -> bool {
        let title = self.frame.title.as_ref();
        title.is_some_and(|title| title.alone && fold(&title.text) == fold(&self.stream.raw[line.start..line.end]))
    }

    /// The parts of a line that are not claimed by a table, and the tables that begin in it.
    fn pieces(&self, line: &Line, (start, end): (usize, usize), level: Option<u8>, content: &mut Vec<Content>) {
        let mut at = start;
        for claim in self.claims {
            if claim.end <= at || claim.start >= end {
                continue;
            }
            self.piece(line, (at, claim.start.max(at)), level, content);
            if claim.start >= start {
                content.push(Content::Table { table: self.form.tables[claim.table].id.clone() });
            }
            at = claim.end.min(end);
        }
        self.piece(line, (at, end), level, content);
    }

    fn piece(&self, line: &Line, (start, end): (usize, usize), level: Option<u8>, content: &mut Vec<Content>) {
        if start >= end {
            return;
        }
        let text = self.stream.raw[start..end].trim_matches(blank);
        if text.is_empty()
            || (start > line.start && text.chars().all(|character| "|｜".contains(character) || blank(character)))
        {
            return;
        }
        content.push(Content::Paragraph {
            text: text.to_owned(),
            level: heading_level(text).or(level),
            place: Some(line.place.clone()),
        });
    }
}

/// Whether a place is a cell of a sheet.
fn on_sheet(place: &Place) -> bool {
    place.table.is_none() && place.row.is_some()
}

/// Outline level of a paragraph relative to the heading of its section.
fn relative(level: Option<u8>, base: Option<u8>) -> Option<u8> {
    let level = level?;
    Some(base.map_or(level, |base| (level + 1).saturating_sub(base)).clamp(2, 9))
}

/// The level of a short numbered line such as `（一）主动公开情况`; running text that begins with a number has none.
fn heading_level(text: &str) -> Option<u8> {
    let found = numbering(text)?;
    let rest = &text[found.length..];
    let short = rest.chars().count() <= 30 && !rest.ends_with(['。', '；', ';', '，', ',', '！', '？']);
    (found.level >= 2 && short && !rest.contains(['。', '；', '\n'])).then_some(found.level)
}

fn extra(grid: &Grid, from: u32, to: u32) -> ExtraTable {
    let mut table = ExtraTable::from(grid);
    if from == 0 && to >= grid.rows() {
        return table;
    }
    table.cells.retain(|cell| cell.row >= from && cell.row < to);
    for ExtraCell { row, row_span, .. } in &mut table.cells {
        *row_span = (*row_span).min(to - *row);
        *row -= from;
    }
    table.rows = to - from;
    table
}
