//! Scans a paragraph or cell of a Word document for the byte ranges of its paragraphs, runs and texts (ECMA-376 part 1, 17.3).

use crate::document::Budget;
use crate::fill::edit::Span;
use crate::read::xml::{Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// The scanned elements of a paragraph or cell.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Its paragraphs, without those of nested tables and text boxes.
    pub(super) paragraphs: Vec<ParagraphScan>,
    /// The `w:tcPr` of a cell.
    pub(super) properties: Option<Span>,
    /// Markers of a placeholder or a data binding in content controls (17.5.2), which must be removed when text is filled in.
    pub(super) control_marks: Vec<Span>,
    /// Whether a content control shows a placeholder.
    pub(super) shows_placeholder: bool,
}

/// A paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct ParagraphScan {
    pub(super) span: Span,
    /// Its `w:pPr`.
    pub(super) properties: Option<Span>,
    /// The `w:rPr` of its mark.
    pub(super) mark: Option<Span>,
    /// The `w:sectPr` of a section that ends with the paragraph.
    pub(super) section: Option<Span>,
    /// The record of a tracked change of its properties.
    pub(super) change: Option<Span>,
    pub(super) runs: Vec<RunScan>,
    /// Whether it contains anything besides text.
    pub(super) other: bool,
    /// Its text.
    pub(super) text: String,
}

/// A visible run.
#[derive(Debug, Clone, Default)]
pub(super) struct RunScan {
    pub(super) span: Span,
    /// Its `w:rPr`.
    pub(super) properties: Option<Span>,
    /// Its `w:t`.
    pub(super) texts: Vec<Span>,
    /// Its tabs, line breaks and other special characters.
    pub(super) signs: Vec<Span>,
    /// Whether it contains anything besides text.
    pub(super) other: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Through,
    Paragraph,
    ParagraphProperties,
    Run,
    Text(usize),
    ControlProperties,
}

/// Scans the paragraph or cell at a span of a part. `prefix` is the prefix of WordprocessingML with its colon.
///
/// # Errors
/// [`ReadError`] if the span is not well-formed.
pub(super) fn scan(source: &str, span: Span, prefix: &str, budget: &mut Budget) -> Result<Scan, ReadError> {
    let Some(text) = source.get(span.0..span.1) else {
        return Err(Damage::NoElement { start: span.0, end: span.1 }.into());
    };
    let mut walk =
        Walk { source, prefix, events: Events::new(text, span.0, &[]), stack: Vec::new(), scan: Scan::default() };
    loop {
        match walk.events.next(budget)? {
            Event::Open(tag) => walk.open(&tag, budget)?,
            Event::Close(end) => walk.close(end),
            Event::Text(text) => walk.text(text),
            Event::Character(character) => walk.text(character.encode_utf8(&mut [0; 4])),
            Event::End => return Ok(walk.scan),
        }
    }
}

struct Walk<'a> {
    source: &'a str,
    prefix: &'a str,
    events: Events<'a>,
    stack: Vec<Open>,
    scan: Scan,
}

impl<'a> Walk<'a> {
    /// The name of a WordprocessingML element; empty for any other.
    fn name(&self, tag: &Tag<'a>) -> &'a str {
        let rest = self.source.get(tag.start + 1..).unwrap_or_default();
        match rest.strip_prefix(self.prefix) {
            Some(rest) if rest.starts_with(tag.local) => tag.local,
            _ => "",
        }
    }

    fn open(&mut self, tag: &Tag<'a>, budget: &mut Budget) -> Result<(), ReadError> {
        let name = self.name(tag);
        let next = match self.stack.last().copied() {
            None if name == "p" => self.paragraph(tag.start),
            None => Open::Through,
            Some(Open::ParagraphProperties) => return self.paragraph_property(name, tag.start, budget),
            Some(Open::ControlProperties) => return self.control_property(name, tag.start, budget),
            Some(Open::Run) => match name {
                "t" => Open::Text(tag.start),
                _ => return self.run_content(name, tag, budget),
            },
            Some(Open::Text(_)) => return self.pass(budget).map(drop),
            Some(Open::Through | Open::Paragraph) => match name {
                "p" => self.paragraph(tag.start),
                "pPr" => {
                    self.current(|paragraph| paragraph.properties = Some((tag.start, tag.start)));
                    Open::ParagraphProperties
                }
                "r" => {
                    let run = RunScan { span: (tag.start, tag.start), ..RunScan::default() };
                    self.current(|paragraph| paragraph.runs.push(run));
                    Open::Run
                }
                "sdtPr" => Open::ControlProperties,
                "ins" | "moveTo" | "hyperlink" | "smartTag" | "sdt" | "sdtContent" | "fldSimple" | "customXml"
                | "bdo" | "dir" => Open::Through,
                "tcPr" => {
                    let span = (tag.start, self.pass(budget)?);
                    self.scan.properties.get_or_insert(span);
                    return Ok(());
                }
                "sdtEndPr" | "proofErr" => return self.pass(budget).map(drop),
                _ => {
                    self.current(|paragraph| paragraph.other = true);
                    return self.pass(budget).map(drop);
                }
            },
        };
        self.stack.push(next);
        Ok(())
    }

    fn pass(&mut self, budget: &mut Budget) -> Result<usize, ReadError> {
        self.events.skip(budget)
    }

    fn paragraph(&mut self, start: usize) -> Open {
        self.scan.paragraphs.push(ParagraphScan { span: (start, start), ..ParagraphScan::default() });
        Open::Paragraph
    }

    fn current(&mut self, change: impl FnOnce(&mut ParagraphScan)) {
        if let Some(paragraph) = self.scan.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn run(&mut self, change: impl FnOnce(&mut RunScan)) {
        if let Some(run) = self.scan.paragraphs.last_mut().and_then(|paragraph| paragraph.runs.last_mut()) {
            change(run);
        }
    }

    fn paragraph_property(&mut self, name: &str, start: usize, budget: &mut Budget) -> Result<(), ReadError> {
        let span = Some((start, self.pass(budget)?));
        self.current(|paragraph| match name {
            "rPr" => paragraph.mark = span,
            "sectPr" => paragraph.section = span,
            "pPrChange" => paragraph.change = span,
            _ => {}
        });
        Ok(())
    }

    fn control_property(&mut self, name: &str, start: usize, budget: &mut Budget) -> Result<(), ReadError> {
        let end = self.pass(budget)?;
        if matches!(name, "showingPlcHdr" | "dataBinding") {
            self.scan.control_marks.push((start, end));
            self.scan.shows_placeholder |= name == "showingPlcHdr";
        }
        Ok(())
    }

    fn run_content(&mut self, name: &str, tag: &Tag<'a>, budget: &mut Budget) -> Result<(), ReadError> {
        // A page or column break is layout, not text.
        let layout = name == "br" && tag.get("type").is_some_and(|kind| kind != "textWrapping");
        let span = (tag.start, self.pass(budget)?);
        match name {
            "rPr" => self.run(|run| run.properties = Some(span)),
            "tab" | "br" | "cr" | "ptab" | "sym" | "noBreakHyphen" | "softHyphen" if !layout => {
                self.run(|run| run.signs.push(span));
            }
            "lastRenderedPageBreak" => {}
            _ => {
                self.run(|run| run.other = true);
                self.current(|paragraph| paragraph.other = true);
            }
        }
        Ok(())
    }

    fn close(&mut self, end: usize) {
        match self.stack.pop() {
            Some(Open::Paragraph) => self.current(|paragraph| paragraph.span.1 = end),
            Some(Open::ParagraphProperties) => self.current(|paragraph| {
                if let Some(span) = &mut paragraph.properties {
                    span.1 = end;
                }
            }),
            Some(Open::Run) => self.run(|run| run.span.1 = end),
            Some(Open::Text(start)) => self.run(|run| run.texts.push((start, end))),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Open::Text(_)) = self.stack.last() {
            self.current(|paragraph| paragraph.text.push_str(text));
        }
    }
}
