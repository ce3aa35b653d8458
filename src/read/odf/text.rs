//! `OpenDocument` text, read in one pass without recursion: paragraphs, headings, lists, tables, notes, text boxes, pictures, page headers.

use std::sync::Arc;

use super::lists::Lists;
use super::styles::Styles;
use super::tables::Table;
use super::{DRAW, OFFICE, SPACES, STYLE, TABLE, TEXT, blanks, count, metadata, open, picture_part};
use crate::document::{Block, Budget, Document, Paragraph, PictureRef, Place, Region, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::docx::pictures::Pictures;
use crate::read::docx::skipped::{Kind as Left, Skipped};
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events, Tag};

/// Reads an `OpenDocument` text.
///
/// # Errors
/// [`ReadError`] when it is encrypted, damaged or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = open(bytes, budget)?;
    let content = package.part("content.xml", budget)?;
    let content = content.ok_or_else(|| ReadError::Damaged("there is no content.xml".into()))?;
    let styles = package.part("styles.xml", budget)?;
    let mut walker = Walker::new(&mut package);
    if let Some(styles) = styles {
        let (text, base) = xml::text(&styles, budget)?;
        walker.only_margins = true;
        walker.walk(&mut Events::new(&text, base, SPACES), budget)?;
    }
    let mut margins = walker.begin("content.xml");
    let (text, base) = xml::text(&content, budget)?;
    walker.walk(&mut Events::new(&text, base, SPACES), budget)?;
    findings.extend(walker.skipped.findings());
    let Walker { mut blocks, mut notes, pictures, .. } = walker;
    blocks.append(&mut notes);
    blocks.append(&mut margins);
    let metadata = metadata(&mut package, budget)?;
    Ok(Document { metadata, blocks, pictures: pictures.list })
}

/// What an open element means to the walk.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Paragraph,
    Table,
    /// A row, and how often it stands there.
    Row(u32),
    Cell,
    List,
    Item,
    Note,
    Box,
    /// A page header or footer.
    Margin,
    Other,
}

struct Walker<'a, 'p> {
    package: &'a mut Package<'p>,
    styles: Styles,
    lists: Lists,
    blocks: Vec<Block>,
    notes: Vec<Block>,
    pictures: Pictures,
    skipped: Skipped,
    open: Vec<Kind>,
    tables: Vec<Table>,
    /// The paragraphs that are open, and whether they are hidden: a text box stands inside one.
    paragraphs: Vec<(Paragraph, bool)>,
    paragraph_count: usize,
    table_count: usize,
    part: Arc<str>,
    /// Only page headers and footers are wanted.
    only_margins: bool,
}

impl<'a, 'p> Walker<'a, 'p> {
    fn new(package: &'a mut Package<'p>) -> Self {
        Self {
            package,
            styles: Styles::default(),
            lists: Lists::default(),
            blocks: Vec::new(),
            notes: Vec::new(),
            pictures: Pictures::default(),
            skipped: Skipped::default(),
            open: Vec::new(),
            tables: Vec::new(),
            paragraphs: Vec::new(),
            paragraph_count: 0,
            table_count: 0,
            part: "styles.xml".into(),
            only_margins: false,
        }
    }

    /// Begins with another part. Gives back what was found in the one before.
    fn begin(&mut self, part: &str) -> Vec<Block> {
        self.only_margins = false;
        self.part = part.into();
        (self.lists, self.paragraph_count, self.table_count) = (Lists::default(), 0, 0);
        self.open.clear();
        std::mem::take(&mut self.blocks)
    }

    fn walk(&mut self, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        loop {
            match events.next(budget)? {
                Event::Open(tag) if self.styles.take(&tag, events, budget)? => {}
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
        if let Some((paragraph, _)) = self.paragraphs.last_mut() {
            budget.spend(Resource::TextBytes, text.len() as u64)?;
            paragraph.text.extend(text.chars().filter(|character| !matches!(character, '\n' | '\r')));
        }
        Ok(())
    }

    fn enter(&mut self, tag: &Tag, budget: &mut Budget) -> Result<Kind, ReadError> {
        if self.only_margins && !self.open.contains(&Kind::Margin) {
            let is_margin = tag.space == STYLE && (tag.local.starts_with("header") || tag.local.starts_with("footer"));
            // `style:header-footer-properties` and the like say only how they look.
            return Ok(if is_margin && !tag.local.contains("propert") { Kind::Margin } else { Kind::Other });
        }
        match (tag.space, tag.local) {
            (TEXT, "p" | "h") => {
                self.begin_paragraph(tag);
                return Ok(Kind::Paragraph);
            }
            (TEXT, "s") => self.text(&blanks(tag), budget)?,
            (TEXT, "tab") => self.raw('\t'),
            (TEXT, "line-break") => self.raw('\n'),
            (TEXT, "hidden-paragraph") => {
                if let Some((_, hidden)) = self.paragraphs.last_mut() {
                    *hidden |= tag.get("is-hidden").as_deref() == Some("true");
                }
            }
            (TEXT, "list") => {
                self.lists.begin(tag);
                return Ok(Kind::List);
            }
            (TEXT, "list-item" | "list-header") => {
                self.lists.item(tag);
                return Ok(Kind::Item);
            }
            (TEXT, "note") => return Ok(Kind::Note),
            (DRAW, "text-box") => return Ok(Kind::Box),
            (DRAW, "image") => self.picture(tag, budget)?,
            (TABLE, "table") => {
                budget.spend(Resource::Blocks, 1)?;
                self.tables.push(Table::new(&self.part, self.table_count));
                self.table_count += 1;
                return Ok(Kind::Table);
            }
            (TABLE, "table-row") => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_row(budget)?;
                    return Ok(Kind::Row(count(tag, "number-rows-repeated")));
                }
            }
            (TABLE, "table-cell") => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_cell(tag, budget)?;
                    return Ok(Kind::Cell);
                }
            }
            _ => {}
        }
        Ok(Kind::Other)
    }

    fn raw(&mut self, character: char) {
        if let Some((paragraph, _)) = self.paragraphs.last_mut() {
            paragraph.text.push(character);
        }
    }

    fn region(&self) -> Region {
        let innermost = |kind: &&Kind| matches!(kind, Kind::Note | Kind::Box | Kind::Margin);
        match self.open.iter().rev().find(innermost) {
            Some(Kind::Note) => Region::Note,
            Some(Kind::Margin) => Region::HeaderFooter,
            Some(_) => Region::TextBox,
            None => Region::Body,
        }
    }

    fn begin_paragraph(&mut self, tag: &Tag) {
        let level = (tag.local == "h").then(|| count(tag, "outline-level").min(9) as u8);
        let number = self.lists.label(tag, &self.styles);
        let paragraph = Paragraph { level, number, region: self.region(), ..Paragraph::default() };
        self.paragraphs.push((paragraph, false));
    }

    fn end_paragraph(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let Some((mut paragraph, hidden)) = self.paragraphs.pop() else { return Ok(()) };
        if hidden {
            return Ok(());
        }
        if let Some(table) = self.tables.last_mut().filter(|table| table.is_in_cell())
            && matches!(paragraph.region, Region::Body | Region::HeaderFooter)
        {
            table.line(&paragraph.shown());
            return Ok(());
        }
        paragraph.place = Place::paragraph(&self.part, self.paragraph_count);
        self.paragraph_count += 1;
        if paragraph.text.trim().is_empty() {
            return Ok(());
        }
        budget.spend(Resource::Blocks, 1)?;
        let is_note = paragraph.region == Region::Note;
        let block = Block::Paragraph(paragraph);
        if is_note {
            self.notes.push(block)
        } else {
            self.push(block)
        }
        Ok(())
    }

    fn push(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(table) => table.nested.push(block),
            None => self.blocks.push(block),
        }
    }

    fn leave(&mut self, kind: Kind, budget: &mut Budget) -> Result<(), ReadError> {
        match kind {
            Kind::Paragraph => self.end_paragraph(budget)?,
            Kind::List => self.lists.end(),
            Kind::Item => self.lists.end_item(),
            Kind::Cell => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell(budget)?;
                }
            }
            Kind::Row(repeated) => {
                if let Some(table) = self.tables.last_mut() {
                    table.repeat_row(repeated, budget)?;
                }
            }
            Kind::Table => {
                if let Some(table) = self.tables.pop() {
                    let grid = table.finish(budget)?;
                    if !grid.cells().is_empty() {
                        self.push(Block::Grid(grid));
                    }
                }
            }
            Kind::Note | Kind::Box | Kind::Margin | Kind::Other => {}
        }
        Ok(())
    }

    fn picture(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(part) = picture_part(tag) else {
            if tag.get("href").is_some_and(|href| !href.is_empty()) {
                self.skipped.add(Left::LinkedPicture);
            }
            return Ok(());
        };
        let index = match self.pictures.known(&part) {
            Some(index) => Some(index),
            None => self.package.part(&part, budget)?.and_then(|bytes| self.pictures.keep(&part, bytes)),
        };
        let Some(index) = index else {
            self.skipped.add(Left::BrokenPicture);
            return Ok(());
        };
        budget.spend(Resource::Blocks, 1)?;
        let place = Place::paragraph(&self.part, self.paragraph_count);
        self.push(Block::Picture(PictureRef { index, extent: None, alt: None, place }));
        Ok(())
    }

    /// Elements that are no text of the document: what is hidden, tracked deletions, annotations, declarations, covered cells.
    fn is_left_out(&mut self, tag: &Tag) -> bool {
        let is = |name: &str, value: &str| tag.get(name).as_deref() == Some(value);
        let hides = |family: &str| tag.get("style-name").is_some_and(|style| self.styles.hides(family, &style));
        match (tag.space, tag.local) {
            (TEXT, "p" | "h") => hides("paragraph"),
            (TEXT, "span") => hides("text"),
            (TEXT, "section") => is("display", "none") || is("is-hidden", "true"),
            (TEXT, "hidden-text") => !is("is-hidden", "false"),
            (
                TEXT,
                "tracked-changes" | "note-citation" | "sequence-decls" | "variable-decls" | "index-title-template",
            ) => true,
            (OFFICE, "annotation") => {
                self.skipped.add(Left::Comment);
                true
            }
            (OFFICE, "scripts" | "font-face-decls") | (TABLE, "covered-table-cell" | "shapes") => true,
            (DRAW, "object" | "object-ole" | "plugin" | "applet") => {
                self.skipped.add(Left::Object);
                true
            }
            (STYLE, "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first") => {
                is("display", "false")
            }
            _ => false,
        }
    }
}
