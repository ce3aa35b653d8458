//! `OpenDocument` text, read in one pass without recursion: paragraphs, headings, lists, tables, notes, text boxes, pictures, page headers.

mod fields;
mod lists;
mod objects;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::fields::{Controls, is_drop_down};
use self::lists::Lists;
use self::objects::is_object;
use self::tables::Table;
use crate::document::{
    Aside, AsideKind, Block, Budget, Document, Metadata, Paragraph, PictureRef, Place, Region, Resource,
};
use crate::finding::Finding;
use crate::read::container::package::Package;
use crate::read::shared::base64;
use crate::read::shared::marks::{Face, Marks, Paper, Rgb, revisions, uncalculated};
use crate::read::shared::odf::styles::Styles;
use crate::read::shared::odf::{
    DRAW, OFFICE, SPACES, STYLE, TABLE, TEXT, blanks, count, flat_metadata, inside, metadata, open, picture_part,
};
use crate::read::shared::pictures::Pictures;
use crate::read::shared::skipped::{Skipped, SkippedKind};
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// Reads an `OpenDocument` text, either a package or a single XML file.
///
/// # Errors
/// [`ReadError`] if it is encrypted, damaged or too large.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    if !bytes.starts_with(b"PK") {
        let (text, base) = xml::text(bytes, budget)?;
        let mut walker = Walker::new(None, "document.xml");
        walker.flat = Some(&text);
        walker.walk(&mut Events::new(&text, base, SPACES), base, budget)?;
        let metadata = flat_metadata(&text, budget)?;
        return Ok(walker.finish(metadata, findings));
    }
    let mut package = open(bytes, budget)?;
    let content = package.part("content.xml", budget)?;
    let content = content.ok_or_else(|| ReadError::from(Damage::PartMissing { part: "content.xml".to_owned() }))?;
    let styles = package.part("styles.xml", budget)?;
    let metadata = metadata(&mut package, budget)?;
    let mut walker = Walker::new(Some(package), "styles.xml");
    if let Some(styles) = styles {
        let (text, base) = xml::text(&styles, budget)?;
        walker.walk(&mut Events::new(&text, base, SPACES), base, budget)?;
    }
    walker.begin("content.xml");
    let (text, base) = xml::text(&content, budget)?;
    walker.walk(&mut Events::new(&text, base, SPACES), base, budget)?;
    Ok(walker.finish(metadata, findings))
}

/// Kind of an open element.
#[derive(Debug, Clone, Copy, PartialEq)]
enum ElementKind {
    Paragraph,
    Span,
    Table,
    /// A row, with its number of repetitions.
    Row(u32),
    Cell,
    List,
    Item,
    Note,
    Box,
    /// A field with a formula, with the length of the text before it.
    Formula(usize),
    /// Everything that is neither a style nor a property.
    Body,
    /// A page header or footer.
    Margin,
    Other,
}

/// An open paragraph.
struct Open {
    paragraph: Paragraph,
    hidden: bool,
    marks: Marks,
    /// Formatting of the paragraph, and of each open span.
    faces: Vec<Face>,
}

struct Walker<'p> {
    /// The package with the pictures; `None` if the document is a single XML file.
    package: Option<Package<'p>>,
    styles: Styles,
    lists: Lists,
    blocks: Vec<Block>,
    notes: Vec<Block>,
    margins: Vec<Block>,
    pictures: Pictures,
    skipped: Skipped,
    findings: Vec<Finding>,
    open: Vec<ElementKind>,
    tables: Vec<Table>,
    /// The open paragraphs: a text box is inside another paragraph.
    paragraphs: Vec<Open>,
    /// Backgrounds of the open cells; not tracked in text boxes.
    papers: Vec<(Paper, Option<Rgb>)>,
    asides: Vec<Aside>,
    /// Number of tracked changes.
    revisions: u32,
    paragraph_count: usize,
    table_count: usize,
    /// Embedded objects that were met.
    objects: usize,
    /// The whole file, if it is a single XML file.
    flat: Option<&'p str>,
    /// Number of fields with a formula and no result.
    uncalculated: u32,
    controls: Controls,
    part: Arc<str>,
}

impl<'p> Walker<'p> {
    fn new(package: Option<Package<'p>>, part: &str) -> Self {
        Self {
            package,
            styles: Styles::default(),
            lists: Lists::default(),
            blocks: Vec::new(),
            notes: Vec::new(),
            margins: Vec::new(),
            pictures: Pictures::default(),
            skipped: Skipped::default(),
            findings: Vec::new(),
            open: Vec::new(),
            tables: Vec::new(),
            paragraphs: Vec::new(),
            papers: Vec::new(),
            asides: Vec::new(),
            revisions: 0,
            paragraph_count: 0,
            table_count: 0,
            objects: 0,
            flat: None,
            uncalculated: 0,
            controls: Controls::default(),
            part: part.into(),
        }
    }

    /// Starts another part.
    fn begin(&mut self, part: &str) {
        self.part = part.into();
        (self.lists, self.paragraph_count, self.table_count) = (Lists::default(), 0, 0);
    }

    /// The document: its body, then notes, then page headers and footers.
    fn finish(mut self, metadata: Metadata, findings: &mut Vec<Finding>) -> Document {
        findings.append(&mut self.findings);
        findings.extend(self.skipped.findings());
        findings.extend(revisions(self.revisions));
        findings.extend(uncalculated(self.uncalculated));
        self.blocks.append(&mut self.notes);
        self.blocks.append(&mut self.margins);
        Document { metadata, blocks: self.blocks, pictures: self.pictures.list, asides: self.asides }
    }

    fn walk(&mut self, events: &mut Events, base: usize, budget: &mut Budget) -> Result<(), ReadError> {
        loop {
            match events.next(budget)? {
                Event::Open(tag) if self.styles.take(&tag, events, budget)? => {}
                Event::Open(tag) if tag.space == OFFICE && tag.local == "binary-data" && self.is_inside() => {
                    let content = events.content(budget)?;
                    self.embedded(&content, budget)?;
                }
                Event::Open(tag) if tag.space == DRAW && self.is_inside() && is_object(tag.local) => {
                    let from = events.offset();
                    events.skip(budget)?;
                    let inside = self.flat.and_then(|text| text.get(from.checked_sub(base)?..events.offset() - base));
                    self.object(&tag, inside, budget)?;
                }
                Event::Open(tag) if tag.space.is_none() && is_drop_down(&tag) => self.drop_down(events, budget)?,
                Event::Open(tag) if self.is_unseen(&tag) => {
                    let kind = if tag.local == "ruby-text" { AsideKind::Reading } else { AsideKind::Row };
                    let place = self.tables.last().map(Table::place).unwrap_or_default();
                    let told = inside(events, budget)?;
                    self.asides.extend(Aside::new(kind, &told, place, budget)?);
                }
                Event::Open(tag) if self.is_left_out(&tag) => {
                    events.skip(budget)?;
                }
                Event::Open(tag) => {
                    let kind = self.enter(&tag, budget)?;
                    self.open.push(kind);
                }
                Event::Close(_) => {
                    if let Some(kind) = self.open.pop() {
                        self.leave(kind, budget)?;
                    }
                }
                Event::Text(text) => self.text(text, budget)?,
                Event::Character(character) => self.text(character.encode_utf8(&mut [0; 4]), budget)?,
                Event::End => return Ok(()),
            }
        }
    }

    fn text(&mut self, text: &str, budget: &mut Budget) -> Result<(), ReadError> {
        let (paper, ground) = self.papers.last().copied().unwrap_or_default();
        if let Some(open) = self.paragraphs.last_mut() {
            budget.spend(Resource::TextBytes, text.len() as u64)?;
            let shown = text.chars().filter(|character| !matches!(character, '\n' | '\r'));
            match open.faces.last().copied().filter(|face| !face.is_plain()) {
                Some(face) if face.ground.is_none() && face.sinks_in(ground) => {
                    open.marks.leave_out(AsideKind::Unseen, &shown.collect::<String>());
                }
                Some(face) => open.marks.add(&mut open.paragraph.text, &shown.collect::<String>(), face, || paper),
                None => open.paragraph.text.extend(shown),
            }
        }
        Ok(())
    }

    /// Whether the position is inside the body, or a page header or footer.
    fn is_inside(&self) -> bool {
        self.open.iter().any(|kind| matches!(kind, ElementKind::Body | ElementKind::Margin))
    }

    fn enter(&mut self, tag: &Tag, budget: &mut Budget) -> Result<ElementKind, ReadError> {
        if !self.is_inside() {
            let is_margin = tag.local.starts_with("header") || tag.local.starts_with("footer");
            return Ok(match tag.space {
                OFFICE if tag.local == "body" => ElementKind::Body,
                // `style:header-footer-properties` and the like contain only layout.
                STYLE if is_margin && !tag.local.contains("propert") && !tag.local.ends_with("-style") => {
                    ElementKind::Margin
                }
                _ => ElementKind::Other,
            });
        }
        match (tag.space, tag.local) {
            (TEXT, "p" | "h") => {
                self.begin_paragraph(tag);
                return Ok(ElementKind::Paragraph);
            }
            (TEXT, "span") => {
                let change = tag.get("style-name").map(|style| self.styles.face("text", &style)).unwrap_or_default();
                if let Some(open) = self.paragraphs.last_mut() {
                    let face = change.apply(open.faces.last().copied().unwrap_or_default());
                    open.faces.push(face);
                    return Ok(ElementKind::Span);
                }
            }
            (TEXT, _) if fields::is_computed(tag) => {
                if let Some(open) = self.paragraphs.last() {
                    return Ok(ElementKind::Formula(open.paragraph.text.len()));
                }
            }
            (TEXT, "s") => self.text(&blanks(tag), budget)?,
            (TEXT, "tab") => self.raw('\t'),
            (TEXT, "line-break") => self.raw('\n'),
            (TEXT, "hidden-paragraph") => {
                if let Some(open) = self.paragraphs.last_mut() {
                    open.hidden |= tag.get("is-hidden").as_deref() == Some("true");
                }
            }
            (TEXT, "list") => {
                self.lists.begin(tag);
                return Ok(ElementKind::List);
            }
            (TEXT, "list-item" | "list-header") => {
                self.lists.item(tag);
                return Ok(ElementKind::Item);
            }
            (TEXT, "note") => return Ok(ElementKind::Note),
            (DRAW, "text-box") => {
                self.papers.push((Paper::Coloured, None));
                return Ok(ElementKind::Box);
            }
            (DRAW, "image") => self.picture(tag, budget)?,
            (DRAW, "control") => self.control(tag, budget)?,
            (None, _) => self.controls.take(tag),
            (TABLE, "table") => {
                budget.spend(Resource::Blocks, 1)?;
                self.tables.push(Table::new(&self.part, self.table_count));
                self.table_count += 1;
                return Ok(ElementKind::Table);
            }
            (TABLE, "table-row") => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_row(budget)?;
                    return Ok(ElementKind::Row(count(tag, "number-rows-repeated")));
                }
            }
            (TABLE, "table-cell" | "covered-table-cell") => {
                if let Some(table) = self.tables.last_mut() {
                    if tag.local == "table-cell" {
                        self.papers.push(tables::ground(&mut self.styles, tag));
                        table.begin_cell(tag, budget)?;
                    } else {
                        self.papers.push((Paper::Unsaid, None));
                        table.begin_covered(tag, budget)?;
                    }
                    return Ok(ElementKind::Cell);
                }
            }
            _ => {}
        }
        Ok(ElementKind::Other)
    }

    fn raw(&mut self, character: char) {
        let plain = |open: &&mut Open| !open.faces.last().is_some_and(|face| face.hidden);
        if let Some(open) = self.paragraphs.last_mut().filter(plain) {
            open.paragraph.text.push(character);
        }
    }

    fn region(&self) -> Region {
        let innermost =
            |kind: &&ElementKind| matches!(kind, ElementKind::Note | ElementKind::Box | ElementKind::Margin);
        match self.open.iter().rev().find(innermost) {
            Some(ElementKind::Note) => Region::Note,
            Some(ElementKind::Margin) => Region::HeaderFooter,
            Some(_) => Region::TextBox,
            None => Region::Body,
        }
    }

    fn begin_paragraph(&mut self, tag: &Tag) {
        let level = (tag.local == "h").then(|| count(tag, "outline-level").min(9) as u8);
        let number = self.lists.label(tag, &self.styles);
        let paragraph = Paragraph { level, number, region: self.region(), ..Paragraph::default() };
        let change = tag.get("style-name").map(|style| self.styles.face("paragraph", &style)).unwrap_or_default();
        let faces = vec![change.apply(Face::default())];
        self.paragraphs.push(Open { paragraph, hidden: false, marks: Marks::default(), faces });
    }

    fn end_paragraph(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(Open { mut paragraph, hidden, mut marks, .. }) = self.paragraphs.pop() else { return Ok(()) };
        if hidden {
            marks.leave_out(AsideKind::Hidden, &paragraph.text);
            paragraph.text.clear();
        }
        marks.write_shifted(&mut paragraph.text);
        if !marks.is_empty() && paragraph.text.trim().is_empty() {
            paragraph.number = None;
        }
        if let Some(table) = self.tables.last_mut().filter(|table| table.is_in_cell())
            && matches!(paragraph.region, Region::Body | Region::HeaderFooter)
        {
            marks.tell(&table.place(), &mut self.asides, budget)?;
            if hidden {
                return Ok(());
            }
            table.line(&paragraph.shown());
            return Ok(());
        }
        paragraph.place = Place::paragraph(&self.part, self.paragraph_count);
        self.paragraph_count += 1;
        marks.tell(&paragraph.place, &mut self.asides, budget)?;
        if paragraph.text.trim().is_empty() {
            return Ok(());
        }
        budget.spend(Resource::Blocks, 1)?;
        let is_note = paragraph.region == Region::Note;
        let block = Block::Paragraph(paragraph);
        if is_note {
            self.notes.push(block);
        } else {
            self.push(block);
        }
        Ok(())
    }

    fn push(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(table) => table.nested.push(block),
            None if self.open.contains(&ElementKind::Margin) => self.margins.push(block),
            None => self.blocks.push(block),
        }
    }

    fn leave(&mut self, kind: ElementKind, budget: &mut Budget) -> Result<(), ReadError> {
        match kind {
            ElementKind::Paragraph => self.end_paragraph(budget)?,
            ElementKind::List => self.lists.end(),
            ElementKind::Item => self.lists.end_item(),
            ElementKind::Span => {
                if let Some(open) = self.paragraphs.last_mut() {
                    open.faces.pop();
                }
            }
            ElementKind::Cell => {
                self.papers.pop();
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell(budget)?;
                }
            }
            ElementKind::Row(repeated) => {
                if let Some(table) = self.tables.last_mut() {
                    table.repeat_row(repeated, budget)?;
                }
            }
            ElementKind::Table => {
                if let Some(table) = self.tables.pop() {
                    let grid = table.finish(budget, &mut self.findings)?;
                    if !grid.cells().is_empty() {
                        self.push(Block::Grid(grid));
                    }
                }
            }
            ElementKind::Box => drop(self.papers.pop()),
            ElementKind::Formula(length) => {
                let is_empty =
                    |open: &Open| open.paragraph.text.get(length..).is_none_or(|text| text.trim().is_empty());
                self.uncalculated += u32::from(self.paragraphs.last().is_some_and(is_empty));
            }
            ElementKind::Note | ElementKind::Body | ElementKind::Margin | ElementKind::Other => {}
        }
        Ok(())
    }

    fn picture(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(part) = picture_part(tag) else {
            if tag.get("href").is_some_and(|href| !href.is_empty()) {
                self.skipped.add(SkippedKind::LinkedPicture);
            }
            return Ok(());
        };
        let bytes = match (self.pictures.known(&part), &mut self.package) {
            (Some(index), _) => return self.show(Some(index), budget),
            (None, Some(package)) => package.part(&part, budget)?,
            (None, None) => None,
        };
        let index = bytes.and_then(|bytes| self.pictures.keep(&part, bytes));
        self.show(index, budget)
    }

    /// Keeps a picture stored as base64 in the file itself.
    fn embedded(&mut self, content: &str, budget: &mut Budget) -> Result<(), ReadError> {
        let name = format!("{}", self.pictures.list.len() + 1);
        let bytes = base64::decode(content.as_bytes(), budget)?;
        let index = bytes.and_then(|bytes| self.pictures.keep(&name, bytes));
        self.show(index, budget)
    }

    fn show(&mut self, index: Option<usize>, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(index) = index else {
            self.skipped.add(SkippedKind::BrokenPicture);
            return Ok(());
        };
        budget.spend(Resource::Blocks, 1)?;
        let place = Place::paragraph(&self.part, self.paragraph_count);
        self.push(Block::Picture(PictureRef { index, extent: None, alt: None, place }));
        Ok(())
    }

    /// Whether an element is not visible: hidden table rows, ruby readings.
    fn is_unseen(&self, tag: &Tag) -> bool {
        let row = || tag.get("visibility").is_some_and(|visibility| visibility != "visible");
        let low = || tag.get("style-name").is_some_and(|style| self.styles.is_low("table-row", &style));
        self.is_inside()
            && match (tag.space, tag.local) {
                (TABLE, "table-row") => !self.tables.is_empty() && (row() || low()),
                (TEXT, "ruby-text") => true,
                _ => false,
            }
    }

    /// Whether an element is not text of the document: hidden text, tracked deletions, annotations, declarations.
    fn is_left_out(&mut self, tag: &Tag) -> bool {
        let is = |name: &str, value: &str| tag.get(name).as_deref() == Some(value);
        match (tag.space, tag.local) {
            (TEXT, "changed-region") => {
                self.revisions += 1;
                true
            }
            (TEXT, "section") => is("display", "none") || is("is-hidden", "true"),
            (TEXT, "hidden-text") => !is("is-hidden", "false"),
            (OFFICE, "annotation") => {
                self.skipped.add(SkippedKind::Comment);
                true
            }
            (TEXT, "note-citation" | "sequence-decls" | "variable-decls" | "index-title-template")
            | (OFFICE, "scripts" | "font-face-decls" | "meta" | "settings")
            | (TABLE, "shapes") => true,
            (STYLE, "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first") => {
                is("display", "false")
            }
            _ => false,
        }
    }
}
