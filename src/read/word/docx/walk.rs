//! Iterative walk over a part: handles the start and the end of each element, with an explicit stack.

use std::sync::Arc;

use super::faces::{Faces, Run, Surroundings};
use super::fields::Fields;
use super::flow::{Flow, HolderKind, PropsCache};
use super::names::{A, AML, GRAPHIC, M, MC, O, SPACES, V, W, WP, has_width};
use super::shared::Shared;
use super::table::Table;
use super::vml::vml_extent;
use crate::document::{Block, PictureRef, Region, Resource};
use crate::read::ReadError;
use crate::read::container::Relationships;
use crate::read::shared::marks::Shift;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::{Event, Events, Tag};
use crate::text::END_OF_DIRECTION;

/// The meaning of an open element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Transparent: its content is read as if the element were not there.
    Through,
    Paragraph,
    ParagraphProps,
    /// `w:rPr` of a paragraph mark.
    MarkProps,
    Run,
    RunProps,
    /// Text, trimmed at both ends.
    Text,
    /// Text with `xml:space="preserve"`.
    TextAsWritten,
    /// The instruction of a field.
    Instruction,
    Table,
    Columns,
    Row,
    RowProps,
    Cell,
    CellProps,
    TextBox,
    Note,
    Margin,
    Section,
    /// A picture's bytes in base64 (Word 2003).
    Binary,
    /// `mc:AlternateContent`.
    Alternatives,
    /// Superscript or subscript of a formula.
    Shifted,
    Drawing,
    /// `w:bdo` from right to left.
    Turned,
}

/// The walk over one part.
pub(super) struct Walk<'a, 's, 'p> {
    pub(super) shared: &'s mut Shared<'p>,
    pub(super) events: Events<'a>,
    pub(super) relationships: &'a Relationships,
    pub(super) flow: Flow,
    stack: Vec<Element>,
    /// Amount of output (`yielded`) at the start of each open `mc:AlternateContent`.
    alternatives: Vec<u64>,
    /// Size and description of the open drawing.
    drawing: PictureRef,
    pub(super) fields: Fields,
    /// The number of open elements within the control that is bound to a part, and the text that it shows in place of its content until
    /// that has been shown.
    pub(super) bound: Option<(usize, Option<String>)>,
    /// Name and base64 text of the picture that is open (Word 2003).
    binary: (String, String),
    /// Cache of the XML of property elements (of cells and of paragraph marks) that contain nothing of interest.
    pub(super) unwanted: [Option<&'a str>; 2],
    /// Cache of run formatting, keyed by the XML of the properties.
    pub(super) faces: Faces<'a>,
    /// The run whose properties are being read: their XML, and the formatting so far.
    pub(super) run: Option<(Option<&'a str>, Run)>,
    /// XML of the properties of the open tables and cells.
    pub(super) around: Vec<&'a str>,
    /// Number of open text boxes, whose background is not known.
    boxes: u32,
    pub(super) known: PropsCache<'a>,
    /// XML of the paragraph properties being read, and the depth of the element stack at which they end.
    pub(super) learning: Option<(&'a str, usize)>,
}

impl<'a, 's, 'p> Walk<'a, 's, 'p> {
    /// A walk over the text of a part; `base` is added to every offset.
    pub(super) fn new(
        shared: &'s mut Shared<'p>,
        (text, base): (&'a str, usize),
        part: &Arc<str>,
        region: Region,
        relationships: &'a Relationships,
    ) -> Self {
        Self {
            shared,
            events: Events::new(text, base, SPACES),
            relationships,
            flow: Flow::new(part, region),
            stack: Vec::new(),
            alternatives: Vec::new(),
            drawing: PictureRef::default(),
            fields: Fields::default(),
            bound: None,
            binary: (String::new(), String::new()),
            unwanted: [None; 2],
            faces: Faces::default(),
            run: None,
            around: Vec::new(),
            boxes: 0,
            known: PropsCache::default(),
            learning: None,
        }
    }

    /// Number of open elements on the stack.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Reads the part to its end.
    pub(super) fn run(mut self) -> Result<Vec<Block>, ReadError> {
        let mut last = 0;
        loop {
            // The tag is matched in place: a copy would wait for the stores of its fields.
            match self.events.next(self.shared.budget) {
                Ok(Event::Open(ref tag)) => match self.open(tag)? {
                    Some(element) => self.stack.push(element),
                    None => last = self.events.skip(self.shared.budget)?,
                },
                Ok(Event::Close(end)) => {
                    last = end;
                    if let Some(element) = self.stack.pop() {
                        self.close(element, end)?;
                    }
                    if self.bound.as_ref().is_some_and(|bound| self.stack.len() < bound.0) {
                        self.bound = None;
                    }
                }
                Ok(Event::Text(text)) => self.text(text),
                Ok(Event::Character(character)) => self.text(character.encode_utf8(&mut [0; 4])),
                Ok(Event::End) => return Ok(self.flow.finish(last, self.shared)?),
                Err(error) => return Err(error),
            }
        }
    }

    fn text(&mut self, text: &str) {
        match self.stack.last() {
            Some(Element::Text | Element::TextAsWritten) => self.show(text),
            Some(Element::Binary) => self.binary.1.push_str(text),
            Some(Element::Instruction) => self.fields.instruct(text),
            _ => {}
        }
    }

    /// Adds text where it is displayed, unless the run is hidden or the text is part of a field instruction.
    pub(super) fn show(&mut self, text: &str) {
        let instruction = self.fields.in_instruction();
        let region = self.flow.region();
        let Some(para) = self.flow.para() else { return };
        if instruction {
            if !para.props.face.hidden {
                self.fields.swallow(text);
            }
            return;
        }
        let mut text = text;
        let value;
        if let Some((_, shown)) = &mut self.bound {
            value = shown.take().unwrap_or_default();
            text = &value;
        }
        if para.props.face.is_plain() {
            para.push(text);
        } else {
            let around = Surroundings { xml: &self.around, shared: self.shared, known: self.boxes == 0, region };
            if !para.push_marked(text, &around) {
                return;
            }
        }
        if !text.trim_ascii().is_empty() {
            self.shared.yielded += 1;
        }
    }

    /// Adds a tab or a line break.
    pub(super) fn show_control(&mut self, control: char) {
        let instruction = self.fields.in_instruction();
        if let Some(para) = self.flow.para().filter(|para| !para.props.face.hidden && !instruction) {
            para.push_control(control);
        }
    }

    fn open(&mut self, tag: &Tag<'a>) -> Result<Option<Element>, ReadError> {
        let parent = self.parent();
        if tag.space == W {
            return match parent {
                Element::ParagraphProps => Ok(self.paragraph_property(tag)),
                Element::MarkProps => Ok(self.mark_property(tag)),
                Element::RunProps => Ok(self.run_property(tag)),
                Element::Columns => Ok(self.column(tag)),
                Element::RowProps => Ok(self.row_property(tag)),
                Element::CellProps => Ok(self.cell_property(tag)),
                Element::Section => Ok(self.section_property(tag)),
                _ if tag.local == "altChunk" => {
                    self.inserted(tag.get("id").as_deref())?;
                    Ok(Some(Element::Through))
                }
                _ => Ok(self.word(tag)),
            };
        }
        match parent {
            Element::Alternatives if tag.space == MC => {
                Ok((self.alternatives.last() == Some(&self.shared.yielded)).then_some(Element::Through))
            }
            Element::MarkProps | Element::RowProps if tag.space == AML => Ok(self.annotated_mark(tag)),
            Element::ParagraphProps
            | Element::MarkProps
            | Element::RunProps
            | Element::Columns
            | Element::RowProps
            | Element::CellProps => {
                if parent == Element::RunProps && tag.local == "textFill" {
                    self.text_fill();
                }
                Ok(None)
            }
            _ => self.foreign(tag),
        }
    }

    /// The innermost open element.
    pub(super) fn parent(&self) -> Element {
        self.stack.last().copied().unwrap_or(Element::Through)
    }

    /// Handles an element of another vocabulary where content is allowed.
    fn foreign(&mut self, tag: &Tag<'a>) -> Result<Option<Element>, ReadError> {
        match (tag.space, tag.local) {
            (MC, "AlternateContent") => {
                self.alternatives.push(self.shared.yielded);
                return Ok(Some(Element::Alternatives));
            }
            (WP, "extent") => self.drawing.extent = extent(tag),
            (WP, "docPr") => {
                let alt = tag.get("descr").filter(|alt| !alt.is_empty()).or_else(|| tag.get("title"));
                self.drawing.alt = alt.filter(|alt| !alt.is_empty()).map(std::borrow::Cow::into_owned);
            }
            (A, "blip") => {
                if let Some(id) = tag.get("embed").or_else(|| tag.get("link")) {
                    self.picture(&id)?;
                }
                return Ok(None);
            }
            (A, "txBody") => return Ok(Some(self.text_box(tag))),
            (A, "p") => {
                self.flow.open_paragraph(tag.start, self.shared);
                return Ok(Some(Element::Paragraph));
            }
            (A | M, "t") => return Ok(Some(self.text_element(true))),
            (A, "pPr" | "rPr" | "endParaRPr") | (M, "rPr" | "ctrlPr") => return Ok(None),
            (M, "sup" | "sub") => {
                self.shift(if tag.local == "sup" { Shift::Raised } else { Shift::Lowered });
                return Ok(Some(Element::Shifted));
            }
            (V, "shape" | "rect" | "roundrect" | "oval" | "line" | "polyline") => {
                self.drawing.extent = tag.get("style").and_then(|style| vml_extent(&style));
                self.drawing.alt = tag.get("alt").filter(|alt| !alt.is_empty()).map(std::borrow::Cow::into_owned);
            }
            (V, "imagedata") => {
                if let Some(id) = tag.get("id").or_else(|| tag.get("src")).or_else(|| tag.get("href")) {
                    self.picture(&id)?;
                }
            }
            (V, "textpath") => self.word_art(tag)?,
            (O, "OLEObject") => self.embedded(tag)?,
            (GRAPHIC, "chart" | "relIds") => self.skipped(SkippedKind::Chart),
            (AML, "annotation") => return Ok(self.annotation(tag)),
            _ => {}
        }
        Ok(Some(Element::Through))
    }

    pub(super) fn skipped(&mut self, kind: SkippedKind) {
        self.shared.skipped.add(kind);
        self.shared.yielded += 1;
    }

    /// Opens a text box, unless its host is hidden.
    pub(super) fn text_box(&mut self, tag: &Tag<'a>) -> Element {
        self.flow.open(HolderKind::TextBox, tag.start);
        self.boxes += 1;
        Element::TextBox
    }

    /// Opens an element that contains text.
    pub(super) fn text_element(&mut self, preserve: bool) -> Element {
        if let Some(para) = self.flow.para() {
            para.text_begins();
        }
        if preserve { Element::TextAsWritten } else { Element::Text }
    }

    /// Starts the bytes of a picture.
    pub(super) fn binary_begins(&mut self, tag: &Tag<'a>) -> Element {
        self.binary = (tag.get("name").unwrap_or_default().into_owned(), String::new());
        Element::Binary
    }

    /// Adds `WordArt` text, which is in an attribute.
    fn word_art(&mut self, tag: &Tag<'a>) -> Result<(), ReadError> {
        if let Some(text) = tag.get("string") {
            self.flow.open(HolderKind::TextBox, tag.start);
            self.flow.open_paragraph(tag.start, self.shared);
            self.show(&text);
            self.flow.close_paragraph(tag.start, self.shared)?;
            self.flow.close(tag.start, self.shared)?;
        }
        Ok(())
    }

    /// Handles a tracked change or a comment of Word 2003.
    fn annotation(&mut self, tag: &Tag<'a>) -> Option<Element> {
        match tag.get("type").as_deref() {
            Some("Word.Deletion") => {
                self.shared.revisions += 1;
                None
            }
            Some("Word.Insertion") => {
                self.shared.revisions += 1;
                Some(Element::Through)
            }
            Some("Word.Comment") => {
                self.shared.skipped.add(SkippedKind::Comment);
                None
            }
            _ => Some(Element::Through),
        }
    }

    fn annotated_mark(&mut self, tag: &Tag<'a>) -> Option<Element> {
        if tag.get("type").as_deref() == Some("Word.Deletion") {
            self.mark_deleted();
        }
        None
    }

    /// Marks the row or paragraph mark whose properties are open as a tracked deletion.
    pub(super) fn mark_deleted(&mut self) {
        self.shared.revisions += 1;
        if self.parent() == Element::RowProps {
            if let Some(row) = self.flow.tables.last_mut().and_then(|table| table.row.as_mut()) {
                row.deleted = true;
            }
        } else if let Some(para) = self.flow.para() {
            para.props.mark_deleted = true;
        }
    }

    fn picture(&mut self, id: &str) -> Result<(), ReadError> {
        let hidden = self.flow.para().is_none_or(|para| para.props.face.hidden);
        if hidden {
            return Ok(());
        }
        self.shared.budget.spend(Resource::Blocks, 1)?;
        self.shared.yielded += 1;
        let Some(index) = self.shared.picture(id, self.relationships) else { return Ok(()) };
        let picture = PictureRef { index, ..self.drawing.clone() };
        if let Some(para) = self.flow.para() {
            para.pictures.push(picture);
        }
        Ok(())
    }

    /// Opens a drawing, and resets size and description.
    pub(super) fn drawing_begins(&mut self) {
        self.drawing = PictureRef::default();
    }

    /// A paragraph ends: an instruction that is still open has no end, so what stood in it is text after all.
    fn paragraph_ends(&mut self, end: usize) -> Result<(), ReadError> {
        if let Some(swallowed) = self.fields.give_up()
            && let Some(para) = self.flow.para()
        {
            para.push(&swallowed);
        }
        Ok(self.flow.close_paragraph(end, self.shared)?)
    }

    fn close(&mut self, element: Element, end: usize) -> Result<(), ReadError> {
        match element {
            Element::Paragraph => self.paragraph_ends(end)?,
            Element::ParagraphProps => {
                if let Some((xml, _)) = self.learning.take_if(|learning| learning.1 == self.stack.len())
                    && let Some(para) = self.flow.para()
                {
                    self.known.keep(xml, para.props);
                }
            }
            Element::RunProps => self.run_ends(),
            Element::Alternatives => drop(self.alternatives.pop()),
            Element::Shifted => self.shift(Shift::None),
            Element::Turned => {
                if let Some(para) = self.flow.para() {
                    para.push(END_OF_DIRECTION);
                }
            }
            Element::Text => {
                if let Some(para) = self.flow.para() {
                    para.trim();
                }
            }
            Element::Table => {
                self.around.pop();
                self.flow.close_table(end, self.shared)?;
            }
            Element::Columns => {
                let fixed = self.around.last().is_some_and(|xml| xml.contains(":tblLayout ") && xml.contains("fixed"));
                if let Some(table) = self.flow.tables.last_mut() {
                    table.columns_end(fixed);
                }
            }
            Element::Row => {
                if let Some(table) = self.flow.tables.last_mut() {
                    table.row_end(self.shared.budget)?;
                }
            }
            Element::Cell => {
                let around = self.around.pop().unwrap_or_default();
                let unseen = self.flow.tables.last().is_some_and(Table::has_unseen);
                if let Some(cell) = self.flow.cell().filter(|_| unseen) {
                    cell.wide = has_width(around);
                }
                self.flow.close(end, self.shared)?;
                if let Some(table) = self.flow.tables.last_mut() {
                    table.open_cells -= 1;
                }
            }
            Element::Binary => {
                let (name, text) = std::mem::take(&mut self.binary);
                self.shared.keep_base64(&name, &text)?;
            }
            Element::TextBox | Element::Note | Element::Margin => {
                self.boxes -= u32::from(element == Element::TextBox);
                self.flow.close(end, self.shared)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// `cx` and `cy` of an extent element.
fn extent(tag: &Tag<'_>) -> Option<(u64, u64)> {
    Some((tag.get("cx")?.trim().parse().ok()?, tag.get("cy")?.trim().parse().ok()?))
}
