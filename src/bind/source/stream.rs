//! Text outside the tables that were read from grids, as one string with a map from lines to places.

use std::sync::LazyLock;

use regex::Regex;

use super::broken;
use super::items::{Flow, Item, RowCell};
use super::pipes::{self, Drawn};
use super::stacked;
use crate::bind::figures::Figures;
use crate::bind::labels::index::{FormIndex, Role};
use crate::bind::unitline::are_facts;
use crate::document::{PictureRef, Place, Region};
use crate::text::blank;
use crate::text::{Folded, fold, fold_with_map};

/// Pattern of a page number: `— 3 —`, `第3页 共9页`, `3 / 9`, `Page 3 of 9`. A bare number may be a figure and does not match.
#[allow(clippy::expect_used, reason = "the pattern is a constant, and every test of binding compiles it")]
static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:[-—–－─·•]{1,2}\s*[0-9０-９]{1,4}\s*[-—–－─·•]{1,2}|第\s*[0-9０-９]{1,4}\s*页(?:\s*[,，/／]?\s*共\s*[0-9０-９]{1,4}\s*页)?|[0-9]{1,4}\s*[/／]\s*[0-9]{1,4}|(?i:page)\s*[0-9]{1,4}(?:\s*(?i:of)\s*[0-9]{1,4})?)\s*$",
    )
    .expect("a constant pattern")
});

/// Whether a line is a page number.
pub(in crate::bind) fn is_page_number(text: &str) -> bool {
    PAGE_NUMBER.is_match(text)
}

/// The kind of a line.
#[derive(Debug, Clone)]
pub(in crate::bind) enum LineKind<'d> {
    /// A paragraph.
    Text {
        /// Its outline level, if it is a heading.
        level: Option<u8>,
    },
    /// Position of a table of the form whose figures were read from a grid; index of the table.
    Table(usize),
    /// Rows of a grid that belong to no table of the form: index of the grid, first row, row after the last (0-based).
    Extra(usize, u32, u32),
    /// A picture.
    Picture(&'d PictureRef),
}

/// A line of the stream.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Line<'d> {
    /// First byte in [`Stream::raw`].
    pub(in crate::bind) start: usize,
    /// Byte after the last, without the line break.
    pub(in crate::bind) end: usize,
    /// Its kind.
    pub(in crate::bind) kind: LineKind<'d>,
    /// Its place in the source.
    pub(in crate::bind) place: Place,
}

/// A range of the raw text from which a table was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) struct Claim {
    /// First byte.
    pub(in crate::bind) start: usize,
    /// Byte after the last.
    pub(in crate::bind) end: usize,
    /// Index of the table.
    pub(in crate::bind) table: usize,
}

/// A document's text outside the tables that were read from grids.
#[derive(Debug, Default)]
pub(in crate::bind) struct Stream<'d> {
    /// The lines, each ended by a line break; a line that is not text is empty.
    pub(in crate::bind) raw: String,
    /// The folded text, with the mapping back to `raw`.
    pub(in crate::bind) folded: Folded,
    /// The lines in order.
    pub(in crate::bind) lines: Vec<Line<'d>>,
    /// Text of headers, footers and the navigation of a web page, which is left out of the stream.
    pub(in crate::bind) aside: Vec<(Region, String)>,
}

impl<'d> Stream<'d> {
    /// The stream of everything that was not read from grids.
    pub(in crate::bind) fn new(index: &FormIndex, flow: &Flow<'d>, figures: &Figures) -> Self {
        let form = &index.form;
        let mut stream = Self::default();
        let mut extra: Option<(usize, u32, u32)> = None;
        for item in &flow.items {
            let Item::Row(number) = item else {
                if let Item::Text(text) = item
                    && are_facts(form, std::iter::once(text.text.as_ref()))
                {
                    continue;
                }
                stream.flush(flow, &mut extra);
                stream.item(item);
                continue;
            };
            let row = &flow.rows[*number];
            if figures.taken[*number] {
                stream.flush(flow, &mut extra);
                let table = figures.rows.iter().position(|rows| rows.first() == Some(number));
                if let Some(table) = table {
                    stream.push("", LineKind::Table(table), flow.grids[row.grid].place.clone());
                }
                continue;
            }
            if are_facts(form, row.cells.iter().filter(|cell| cell.own).map(|cell| cell.cell.text.as_str())) {
                continue;
            }
            let mut filled = row.cells.iter().filter(|cell| cell.own && !cell.cell.text.trim_matches(blank).is_empty());
            let heads = |cell: &RowCell| {
                let headings = form.sections.iter().filter_map(|section| section.heading.as_ref());
                headings.flat_map(|heading| &heading.folded).any(|heading| *heading == *cell.folded)
                    || form.sections.iter().any(|section| section.is_heading_with_places(&cell.folded))
            };
            match (filled.next(), filled.next()) {
                (None, _) => {}
                // A heading with its text in the next cell: `一、总体情况 | …`.
                (Some(heading), Some(beside)) if heads(heading) && filled.next().is_none() => {
                    stream.flush(flow, &mut extra);
                    for cell in [heading.cell, beside.cell] {
                        for line in cell.text.split('\n') {
                            stream.text(line, None, cell.place.clone());
                        }
                    }
                }
                // A single cell in its row is a title, a heading or a note, not a table; likewise a sheet with one column of text.
                (Some(only), None) if only.cell.row_span == 1 => {
                    stream.flush(flow, &mut extra);
                    for line in only.cell.text.split('\n') {
                        stream.text(line, None, only.cell.place.clone());
                    }
                }
                _ => match &mut extra {
                    Some((grid, _, end)) if *grid == row.grid => *end = row.number + 1,
                    _ => {
                        stream.flush(flow, &mut extra);
                        extra = Some((row.grid, row.number, row.number + 1));
                    }
                },
            }
        }
        stream.flush(flow, &mut extra);
        stream.draw(index);
        stream.mend(index);
        stream.folded = fold_with_map(&stream.raw);
        stream
    }

    /// Rewrites each row of a table drawn in the text as one line between pipes, and drops the rules between rows.
    fn draw(&mut self, index: &FormIndex) {
        let is_text = |line: &Line| matches!(line.kind, LineKind::Text { .. });
        let text = |line: &Line<'d>| if is_text(line) { &self.raw[line.start..line.end] } else { "" };
        let mut drawn = pipes::drawn(&self.lines.iter().map(text).collect::<Vec<_>>());
        if drawn.iter().all(|drawn| *drawn == Drawn::No) {
            return;
        }
        pipes::mend(&mut drawn, |text| index.uses(&fold(text)).iter().any(|found| found.role == Role::Leaf));
        let raw = std::mem::take(&mut self.raw);
        for (line, drawn) in std::mem::take(&mut self.lines).into_iter().zip(drawn) {
            match drawn {
                Drawn::Rule => {}
                Drawn::Row(row) => self.push(&row, line.kind, line.place),
                Drawn::No => self.push(&raw[line.start..line.end], line.kind, line.place),
            }
        }
    }

    /// Rejoins labels that are broken around the figures of their rows.
    fn mend(&mut self, index: &FormIndex) {
        let raw = std::mem::take(&mut self.raw);
        let old = std::mem::take(&mut self.lines);
        let is_text = |line: &Line| matches!(line.kind, LineKind::Text { .. });
        // Each line is parsed once, although it may be part of several broken rows; a line that is not text has no words.
        let text = |line: &Line| if is_text(line) { &raw[line.start..line.end] } else { "" };
        let parts: Vec<broken::Parts> = old.iter().map(|line| broken::Parts::split(text(line))).collect();
        let mut at = 0;
        while let Some(line) = old.get(at) {
            let run = old[at..].iter().take(broken::MOST_LINES).take_while(|line| is_text(line)).count();
            let words: Vec<&str> = old[at..at + run.min(stacked::MOST_LINES)].iter().map(text).collect();
            let mended = broken::mend(index, &parts[at..at + run]).or_else(|| stacked::mend(index, &words));
            if let Some((count, text)) = mended {
                self.push(&text, line.kind.clone(), line.place.clone());
                at += count;
            } else {
                self.push(&raw[line.start..line.end], line.kind.clone(), line.place.clone());
                at += 1;
            }
        }
    }

    fn flush(&mut self, flow: &Flow<'d>, extra: &mut Option<(usize, u32, u32)>) {
        if let Some((grid, start, end)) = extra.take() {
            // A table's own caption is text of the report; a sheet's name is not.
            if let (0, Some(caption), Some(_)) = (start, &flow.grids[grid].caption, flow.grids[grid].place.table) {
                self.text(caption, None, flow.grids[grid].place.clone());
            }
            self.push("", LineKind::Extra(grid, start, end), flow.grids[grid].place.clone());
        }
    }

    fn item(&mut self, item: &Item<'d>) {
        match item {
            Item::Text(text) if matches!(text.region, Region::HeaderFooter | Region::Chrome) => {
                self.aside.push((text.region, text.text.to_string()));
            }
            // Page numbers are dropped; inside a table they would look like figures.
            Item::Text(text) if is_page_number(&text.text) => {}
            Item::Text(text) => self.text(&text.text, text.level, text.place.clone()),
            Item::Picture(picture) => {
                self.push("", LineKind::Picture(picture), picture.place.clone());
            }
            Item::Row(_) => {}
        }
    }

    fn text(&mut self, text: &str, level: Option<u8>, place: Place) {
        // A line break inside a paragraph does not end the paragraph, but may separate cells of a flattened table.
        if !text.trim_matches(blank).is_empty() {
            self.push(text, LineKind::Text { level }, place);
        }
    }

    fn push(&mut self, text: &str, kind: LineKind<'d>, place: Place) {
        let start = self.raw.len();
        self.raw.push_str(text);
        self.lines.push(Line { start, end: self.raw.len(), kind, place });
        self.raw.push('\n');
    }

    /// Byte offset in the raw text for a byte offset in the folded text.
    pub(in crate::bind) fn raw_start(&self, folded: usize) -> usize {
        self.folded.start(&self.raw, folded)
    }

    /// Byte offset in the raw text after the character that ends at a byte offset in the folded text.
    pub(in crate::bind) fn raw_end(&self, folded: usize) -> usize {
        self.folded.end(&self.raw, folded)
    }

    /// Index of the line that contains a byte of the raw text.
    pub(in crate::bind) fn line_at(&self, raw: usize) -> usize {
        self.lines.partition_point(|line| line.start <= raw).saturating_sub(1)
    }

    /// The source place of the line that contains a byte of the raw text.
    pub(in crate::bind) fn place_at(&self, raw: usize) -> Option<Place> {
        self.lines.get(self.line_at(raw)).map(|line| line.place.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_distinguished_from_figures() {
        for text in
            ["— 3 —", "-3-", "－１２－", "第3页", "第 3 页 共 9 页", "第3页，共9页", "3 / 9", "Page 3 of 9", " · 4 · "]
        {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["3", "12345", "-3", "3-", "第3页有误", "共9页", "3/9/2024", "Page", "——"] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
