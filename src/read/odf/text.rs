//! `OpenDocument` text, read in one pass without recursion: paragraphs, headings, lists, tables, notes, text boxes, pictures.

use std::sync::Arc;

use super::{DRAW, OFFICE, SPACES, TABLE, TEXT, count, metadata, open};
use crate::document::{
    Block, Budget, Cell, Document, GridBuilder, Paragraph, Picture, PictureRef, Place, Region, Resource,
};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events, Tag};

/// Reads an `OpenDocument` text.
///
/// # Errors
/// [`ReadError`] when it is encrypted, damaged or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, _findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = open(bytes, budget)?;
    let content = package.part("content.xml", budget)?;
    let content = content.ok_or_else(|| ReadError::Damaged("there is no content.xml".into()))?;
    let (text, base) = xml::text(&content, budget)?;
    let mut walker = Walker::new();
    walker.walk(&mut Events::new(&text, base, SPACES), budget)?;
    let mut document = Document { blocks: walker.blocks, ..Document::default() };
    document.blocks.append(&mut walker.notes);
    pictures(&mut package, &walker.pictures, &mut document, budget)?;
    document.metadata = metadata(&mut package, budget)?;
    Ok(document)
}

/// The pictures that the text refers to, from inside the package.
fn pictures(
    package: &mut Package,
    names: &[String],
    document: &mut Document,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    for name in names {
        let bytes = package.part(name.trim_start_matches("./"), budget)?.unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        let media_type = match name.rsplit('.').next().unwrap_or_default() {
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "svg" => "image/svg+xml",
            "emf" => "image/x-emf",
            "wmf" => "image/x-wmf",
            _ => "image/png",
        };
        document.pictures.push(Picture { name, media_type: media_type.into(), bytes: bytes.into() });
    }
    Ok(())
}

/// What an open element means to the walk.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Paragraph,
    Table,
    Row,
    Cell,
    List,
    Item,
    Note,
    Box,
    Other,
}

/// A table that is open, with what was open around it.
struct Table {
    builder: GridBuilder,
    number: usize,
    row: u32,
    cell: Option<u32>,
    text: String,
    nested: Vec<Block>,
}

struct Walker {
    blocks: Vec<Block>,
    notes: Vec<Block>,
    pictures: Vec<String>,
    open: Vec<Kind>,
    tables: Vec<Table>,
    /// The paragraphs that are open: a text box stands inside one.
    paragraphs: Vec<Paragraph>,
    lists: Vec<u32>,
    item_begins: bool,
    paragraph_count: usize,
    table_count: usize,
    part: Arc<str>,
}

impl Walker {
    fn new() -> Self {
        Self {
            blocks: Vec::new(),
            notes: Vec::new(),
            pictures: Vec::new(),
            open: Vec::new(),
            tables: Vec::new(),
            paragraphs: Vec::new(),
            lists: Vec::new(),
            item_begins: false,
            paragraph_count: 0,
            table_count: 0,
            part: "content.xml".into(),
        }
    }

    fn walk(&mut self, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
        loop {
            match events.next(budget)? {
                Event::Open(tag) if skipped(&tag) => {
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
        if let Some(paragraph) = self.paragraphs.last_mut() {
            budget.spend(Resource::TextBytes, text.len() as u64)?;
            paragraph.text.extend(text.chars().filter(|character| !matches!(character, '\n' | '\r')));
        }
        Ok(())
    }

    fn enter(&mut self, tag: &Tag, budget: &mut Budget) -> Result<Kind, ReadError> {
        match (tag.space, tag.local) {
            (TEXT, "p" | "h") => {
                self.begin_paragraph(tag);
                return Ok(Kind::Paragraph);
            }
            (TEXT, "s") => {
                let blanks = " ".repeat(count(tag, "c").min(1_000) as usize);
                self.text(&blanks, budget)?;
            }
            (TEXT, "tab") => self.raw('\t'),
            (TEXT, "line-break") => self.raw('\n'),
            (TEXT, "list") => {
                self.lists.push(0);
                return Ok(Kind::List);
            }
            (TEXT, "list-item") => {
                self.item_begins = true;
                return Ok(Kind::Item);
            }
            (TEXT, "note") => return Ok(Kind::Note),
            (DRAW, "text-box") => return Ok(Kind::Box),
            (DRAW, "image") => self.picture(tag, budget)?,
            (TABLE, "table") => {
                self.begin_table(budget)?;
                return Ok(Kind::Table);
            }
            (TABLE, "table-row") if !self.tables.is_empty() => {
                if let Some(table) = self.tables.last_mut() {
                    table.builder.start_row(budget)?;
                    table.row += 1;
                }
                return Ok(Kind::Row);
            }
            (TABLE, "table-cell") if !self.tables.is_empty() => {
                self.begin_cell(tag, budget)?;
                return Ok(Kind::Cell);
            }
            _ => {}
        }
        Ok(Kind::Other)
    }

    fn raw(&mut self, character: char) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push(character);
        }
    }

    fn region(&self) -> Region {
        match self.open.iter().rev().find(|kind| matches!(kind, Kind::Note | Kind::Box)) {
            Some(Kind::Note) => Region::Note,
            Some(_) => Region::TextBox,
            None => Region::Body,
        }
    }

    fn begin_paragraph(&mut self, tag: &Tag) {
        let level = (tag.local == "h").then(|| count(tag, "outline-level").min(9) as u8);
        self.paragraphs.push(Paragraph { level, region: self.region(), ..Paragraph::default() });
        if std::mem::take(&mut self.item_begins)
            && let Some(number) = self.lists.last_mut()
        {
            *number += 1;
        }
    }

    fn end_paragraph(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(mut paragraph) = self.paragraphs.pop() else { return Ok(()) };
        let in_cell = self.tables.last().is_some_and(|table| table.cell.is_some());
        if in_cell && paragraph.region == Region::Body {
            if let Some(table) = self.tables.last_mut() {
                if !table.text.is_empty() {
                    table.text.push('\n');
                }
                table.text.push_str(&paragraph.text);
            }
            return Ok(());
        }
        paragraph.place = Place::paragraph(&self.part, self.paragraph_count);
        self.paragraph_count += 1;
        if paragraph.text.trim().is_empty() {
            return Ok(());
        }
        budget.spend(Resource::Blocks, 1)?;
        let block = Block::Paragraph(paragraph);
        match &block {
            Block::Paragraph(paragraph) if paragraph.region == Region::Note => self.notes.push(block),
            _ => self.push(block),
        }
        Ok(())
    }

    fn push(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(table) => table.nested.push(block),
            None => self.blocks.push(block),
        }
    }

    fn begin_table(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Blocks, 1)?;
        let number = self.table_count;
        self.table_count += 1;
        let place = Place { part: Some(Arc::clone(&self.part)), table: Some(number as u32), ..Place::default() };
        let builder = GridBuilder::new(place);
        self.tables.push(Table { builder, number, row: 0, cell: None, text: String::new(), nested: Vec::new() });
        Ok(())
    }

    fn begin_cell(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        let repeated = count(tag, "number-columns-repeated").min(1_024);
        let mut index = None;
        for _ in 0..repeated {
            let column = table.builder.next_column() as usize;
            let place = Place::cell(&self.part, table.number, table.row.saturating_sub(1) as usize, column);
            let (row_span, col_span) = (count(tag, "number-rows-spanned"), count(tag, "number-columns-spanned"));
            let cell = Cell { row_span, col_span, place, ..Cell::default() };
            index = Some(table.builder.add(cell, budget)?);
        }
        table.cell = index;
        table.text.clear();
        Ok(())
    }

    fn leave(&mut self, kind: Kind, budget: &mut Budget) -> Result<(), ReadError> {
        match kind {
            Kind::Paragraph => self.end_paragraph(budget)?,
            Kind::List => {
                self.lists.pop();
            }
            Kind::Cell => {
                if let Some(table) = self.tables.last_mut() {
                    let (text, nested) = (std::mem::take(&mut table.text), std::mem::take(&mut table.nested));
                    if let Some(cell) = table.cell.take().and_then(|cell| table.builder.cell_mut(cell)) {
                        cell.text = text;
                        cell.nested = nested;
                    }
                }
            }
            Kind::Table => {
                if let Some(table) = self.tables.pop() {
                    let grid = table.builder.finish(budget)?;
                    if !grid.cells().is_empty() {
                        self.push(Block::Grid(grid));
                    }
                }
            }
            Kind::Row | Kind::Item | Kind::Note | Kind::Box | Kind::Other => {}
        }
        Ok(())
    }

    fn picture(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), ReadError> {
        let Some(name) = tag.get("href").filter(|name| !name.contains("://") && !name.is_empty()) else {
            return Ok(());
        };
        budget.spend(Resource::Blocks, 1)?;
        let index = self.pictures.len();
        self.pictures.push(name.into_owned());
        let place = Place::paragraph(&self.part, self.paragraph_count);
        self.push(Block::Picture(PictureRef { index, extent: None, alt: None, place }));
        Ok(())
    }
}

/// Elements that are no text of the document: tracked deletions, annotations, declarations, what covers merged cells.
fn skipped(tag: &Tag) -> bool {
    match tag.space {
        TEXT => {
            matches!(
                tag.local,
                "tracked-changes"
                    | "note-citation"
                    | "sequence-decls"
                    | "variable-decls"
                    | "hidden-text"
                    | "index-title-template"
            ) || (tag.local == "section" && tag.get("display").as_deref() == Some("none"))
        }
        OFFICE => matches!(tag.local, "annotation" | "scripts" | "font-face-decls" | "automatic-styles"),
        TABLE => tag.local == "covered-table-cell",
        DRAW => tag.local == "object-ole",
        _ => false,
    }
}
