//! The walk over a page's tree: blocks to paragraphs, tables to grids. Without recursion, for pages nest as they like.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use super::chrome::{is_body, is_furniture, is_hidden};
use super::layout::is_layout;
use crate::document::{
    Block, Budget, Cell, Document, GridBuilder, Metadata, Paragraph, Picture, PictureRef, Place, Region, Resource,
};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::ReadError;

/// Elements that end a paragraph where they begin and where they end.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Text that is being collected.
#[derive(Default)]
struct Text {
    text: String,
    /// A blank stood before what comes next.
    blank: bool,
}

impl Text {
    /// Adds text as a browser shows it: runs of blanks are one blank, none at the start.
    fn push(&mut self, text: &str, keep: bool) {
        for character in text.chars() {
            if keep && character == '\n' {
                self.line_break();
            } else if matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}') && !keep {
                self.blank = true;
            } else {
                if self.blank && !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push(' ');
                }
                self.blank = false;
                self.text.push(character);
            }
        }
    }

    fn line_break(&mut self) {
        self.blank = false;
        self.text.push('\n');
    }

    fn take(&mut self) -> String {
        self.blank = false;
        let text = std::mem::take(&mut self.text);
        let trimmed = text.trim_matches(['\n', ' ', '\t']);
        if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
    }
}

/// An open data table.
struct Open {
    builder: GridBuilder,
    number: usize,
    /// The cell that is open.
    cell: Option<u32>,
    /// Whether the caption is open.
    caption: bool,
    /// Text of the cell or caption that is open.
    text: Text,
    rows: u32,
    nested: Vec<Block>,
}

/// A list that is open: the next number, or `None` for one without numbers.
type List = Option<u32>;

/// What an element opened, to be closed when it ends.
#[derive(Default, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is a thing that an element may open besides others")]
struct Entered {
    furniture: bool,
    body: bool,
    hidden: bool,
    keep: bool,
    list: bool,
    table: bool,
    cell: bool,
}

/// Walks a page.
pub(super) struct Walker<'a> {
    files: &'a [(String, Vec<u8>)],
    budget: &'a mut Budget,
    findings: &'a mut Vec<Finding>,
    document: Document,
    paragraph: Text,
    level: Option<u8>,
    number: Option<String>,
    tables: Vec<Open>,
    lists: Vec<List>,
    entered: Vec<Entered>,
    furniture: u32,
    body: u32,
    keep: u32,
    count_paragraphs: usize,
    count_tables: usize,
    outside_pictures: usize,
    part: Arc<str>,
}

impl<'a> Walker<'a> {
    /// A walker with the files that came with the page.
    pub(super) fn new(files: &'a [(String, Vec<u8>)], budget: &'a mut Budget, findings: &'a mut Vec<Finding>) -> Self {
        Self {
            files,
            budget,
            findings,
            document: Document::default(),
            paragraph: Text::default(),
            level: None,
            number: None,
            tables: Vec::new(),
            lists: Vec::new(),
            entered: Vec::new(),
            furniture: 0,
            body: 0,
            keep: 0,
            count_paragraphs: 0,
            count_tables: 0,
            outside_pictures: 0,
            part: "html".into(),
        }
    }

    /// The page as a document.
    pub(super) fn document(mut self, page: &Html) -> Result<Document, ReadError> {
        self.document.metadata = metadata(page);
        let mut hidden = 0_u32;
        for edge in page.tree.root().traverse() {
            self.budget.spend(Resource::Steps, 1)?;
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) if hidden > 0 || is_hidden(element) => {
                        hidden += 1;
                        self.entered.push(Entered { hidden: true, ..Entered::default() });
                    }
                    Node::Element(element) => self.enter(node, element)?,
                    Node::Text(text) if hidden == 0 => self.text(text)?,
                    _ => {}
                },
                Edge::Close(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    let Some(entered) = self.entered.pop() else { continue };
                    if entered.hidden {
                        hidden -= 1;
                    } else {
                        self.leave(element, entered)?;
                    }
                }
            }
        }
        self.end_paragraph()?;
        self.tell_outside_pictures();
        Ok(self.document)
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        self.budget.spend(Resource::TextBytes, text.len() as u64)?;
        let keep = self.keep > 0;
        match self.tables.last_mut() {
            Some(table) if table.cell.is_some() || table.caption => table.text.push(text, keep),
            // Text between rows belongs to no cell: the flow has it.
            _ => self.paragraph.push(text, keep),
        }
        Ok(())
    }

    fn enter(&mut self, node: NodeRef<Node>, element: &Element) -> Result<(), ReadError> {
        let name = element.name();
        let mut entered = Entered { body: is_body(element), ..Entered::default() };
        entered.furniture = self.body == 0 && !entered.body && self.tables.is_empty() && is_furniture(element);
        if BLOCKS.contains(&name) {
            self.break_block(name)?;
        }
        self.furniture += u32::from(entered.furniture);
        self.body += u32::from(entered.body);
        match name {
            "br" => self.line_break()?,
            "pre" => entered.keep = true,
            "img" => self.picture(element)?,
            "ol" | "ul" | "menu" => {
                let start = element.attr("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(start));
                entered.list = true;
            }
            "li" => self.number = self.next_number(element),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.level = name[1..].parse().ok(),
            "table" => {
                let data = ElementRef::wrap(node).is_some_and(|table| !is_layout(table));
                if data {
                    self.open_table()?;
                    entered.table = true;
                }
            }
            "caption" if self.data_table() => {
                if let Some(table) = self.tables.last_mut() {
                    table.caption = true;
                    table.text = Text::default();
                }
            }
            "tr" if self.data_table() => self.row()?,
            "td" | "th" if self.data_table() => {
                self.cell(element)?;
                entered.cell = true;
            }
            _ => {}
        }
        self.keep += u32::from(entered.keep);
        self.entered.push(entered);
        Ok(())
    }

    fn leave(&mut self, element: &Element, entered: Entered) -> Result<(), ReadError> {
        if BLOCKS.contains(&element.name()) {
            self.break_block(element.name())?;
        }
        if entered.cell {
            self.end_cell();
        }
        if let Some(table) = self.tables.last_mut().filter(|table| table.caption && element.name() == "caption") {
            table.caption = false;
            let caption = table.text.take();
            table.builder.caption(caption);
        }
        if entered.table {
            self.end_table()?;
        }
        if entered.list {
            self.lists.pop();
        }
        if matches!(element.name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
            self.level = None;
        }
        self.keep -= u32::from(entered.keep);
        self.furniture -= u32::from(entered.furniture);
        self.body -= u32::from(entered.body);
        Ok(())
    }

    /// A block begins or ends: a paragraph of the flow ends, a cell goes on in its next line.
    fn break_block(&mut self, name: &str) -> Result<(), ReadError> {
        match self.tables.last_mut() {
            Some(table) if table.caption => Ok(()),
            Some(table) if table.cell.is_some() => {
                if !matches!(name, "td" | "th" | "tr")
                    && !table.text.text.is_empty()
                    && !table.text.text.ends_with('\n')
                {
                    table.text.line_break();
                }
                Ok(())
            }
            _ => self.end_paragraph(),
        }
    }

    fn line_break(&mut self) -> Result<(), ReadError> {
        match self.tables.last_mut() {
            Some(table) if table.cell.is_some() => {
                table.text.line_break();
                Ok(())
            }
            // Sites write paragraphs as lines of one block; each is a paragraph to a reader.
            _ => self.end_paragraph(),
        }
    }

    fn end_paragraph(&mut self) -> Result<(), ReadError> {
        let text = self.paragraph.take();
        if text.trim().is_empty() {
            return Ok(());
        }
        self.budget.spend(Resource::Blocks, 1)?;
        let place = Place::paragraph(&self.part, self.count_paragraphs);
        self.count_paragraphs += 1;
        let region = if self.furniture > 0 { Region::Chrome } else { Region::Body };
        let paragraph = Paragraph { text, level: self.level, number: self.number.take(), region, place };
        self.push(Block::Paragraph(paragraph));
        Ok(())
    }

    fn push(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(table) => table.nested.push(block),
            None => self.document.blocks.push(block),
        }
    }

    fn next_number(&mut self, item: &Element) -> Option<String> {
        let next = self.lists.last_mut()?.as_mut()?;
        if let Some(value) = item.attr("value").and_then(|value| value.trim().parse().ok()) {
            *next = value;
        }
        let number = *next;
        *next = next.saturating_add(1);
        Some(format!("{number}."))
    }

    fn data_table(&self) -> bool {
        // A row or cell belongs to the nearest table; one of a layout table that stands in a data table's cell is only text.
        !self.tables.is_empty()
            && self
                .entered
                .iter()
                .rev()
                .find(|entered| entered.table || entered.cell)
                .is_some_and(|entered| entered.table)
    }

    fn open_table(&mut self) -> Result<(), ReadError> {
        self.budget.spend(Resource::Depth, self.tables.len() as u64 + 1)?;
        self.budget.spend(Resource::Blocks, 1)?;
        let number = self.count_tables;
        self.count_tables += 1;
        let place = Place { part: Some(Arc::clone(&self.part)), table: Some(number as u32), ..Place::default() };
        let builder = GridBuilder::new(place);
        self.tables.push(Open {
            builder,
            number,
            cell: None,
            caption: false,
            text: Text::default(),
            rows: 0,
            nested: Vec::new(),
        });
        Ok(())
    }

    fn row(&mut self) -> Result<(), ReadError> {
        if let Some(table) = self.tables.last_mut() {
            table.builder.start_row(self.budget)?;
            table.rows += 1;
        }
        Ok(())
    }

    fn cell(&mut self, element: &Element) -> Result<(), ReadError> {
        let span = |name: &str| element.attr(name).and_then(|span| span.trim().parse::<u32>().ok());
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        if table.rows == 0 {
            table.builder.start_row(self.budget)?;
            table.rows = 1;
        }
        // `rowspan=0` reaches to the end of the table; the builder cuts what is too long.
        let row_span = span("rowspan").map_or(1, |rows| if rows == 0 { 65_534 } else { rows.min(65_534) });
        let col_span = span("colspan").unwrap_or(1).clamp(1, 1_000);
        let column = table.builder.next_column();
        let place = Place::cell(&self.part, table.number, table.rows as usize - 1, column as usize);
        let cell = Cell { row_span, col_span, place, ..Cell::default() };
        table.cell = Some(table.builder.add(cell, self.budget)?);
        table.text = Text::default();
        Ok(())
    }

    fn end_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let (text, nested) = (table.text.take(), std::mem::take(&mut table.nested));
        if let Some(cell) = table.cell.take().and_then(|cell| table.builder.cell_mut(cell)) {
            cell.text = text;
            cell.nested = nested;
        }
    }

    fn end_table(&mut self) -> Result<(), ReadError> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        let stray = table.nested;
        let grid = table.builder.finish(self.budget)?;
        if !grid.cells().is_empty() {
            self.push(Block::Grid(grid));
        }
        for block in stray {
            self.push(block);
        }
        Ok(())
    }

    fn picture(&mut self, element: &Element) -> Result<(), ReadError> {
        let source = element.attr("src").unwrap_or_default();
        let picture = self.embedded(source)?;
        let Some(picture) = picture else {
            self.outside_pictures += usize::from(!source.is_empty());
            return Ok(());
        };
        self.budget.spend(Resource::Blocks, 1)?;
        if self.tables.is_empty() {
            self.end_paragraph()?;
        }
        let index = self.document.pictures.len();
        self.document.pictures.push(picture);
        let alt = element.attr("alt").filter(|alt| !alt.trim().is_empty()).map(str::to_owned);
        let place = Place::paragraph(&self.part, self.count_paragraphs);
        self.push(Block::Picture(PictureRef { index, extent: None, alt, place }));
        Ok(())
    }

    /// A picture that the page carries itself: a `data:` address, or a file that came with it. Nothing is ever fetched.
    fn embedded(&mut self, source: &str) -> Result<Option<Picture>, ReadError> {
        if let Some(data) = source.strip_prefix("data:image/") {
            let Some((kind, data)) = data.split_once(";base64,") else { return Ok(None) };
            self.budget.spend(Resource::InflatedBytes, data.len() as u64)?;
            let data: String = data.chars().filter(|character| !character.is_whitespace()).collect();
            let Ok(bytes) = STANDARD.decode(data) else { return Ok(None) };
            let kind = kind.split(';').next().unwrap_or(kind).to_ascii_lowercase();
            let name = format!("picture{}.{}", self.document.pictures.len() + 1, kind.trim_start_matches("x-"));
            return Ok(Some(Picture { name, media_type: format!("image/{kind}"), bytes: bytes.into() }));
        }
        let wanted = source.strip_prefix("cid:").unwrap_or(source);
        let file = self.files.iter().find(|(location, _)| {
            !wanted.is_empty() && (location == wanted || location.ends_with(&format!("/{wanted}")))
        });
        let Some((location, bytes)) = file else { return Ok(None) };
        self.budget.spend(Resource::InflatedBytes, bytes.len() as u64)?;
        let name = location.rsplit(['/', '\\']).next().unwrap_or(location).to_owned();
        let suffix = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let kind = match suffix.as_str() {
            "jpg" | "jpeg" => "jpeg",
            "gif" => "gif",
            "bmp" => "bmp",
            _ => "png",
        };
        Ok(Some(Picture { name, media_type: format!("image/{kind}"), bytes: bytes.clone().into() }))
    }

    fn tell_outside_pictures(&mut self) {
        if self.outside_pictures == 0 {
            return;
        }
        let count = self.outside_pictures;
        let message = Message::new(
            format!("网页引用了{count}张不在文件中的图片，未读取。"),
            format!("The page refers to {count} pictures that are not in the file; they were not read."),
        );
        self.findings.push(Finding::new(&code::CONTENT_SKIPPED, message));
    }
}

/// `<title>` and `<meta>` of a page.
fn metadata(page: &Html) -> Metadata {
    let mut metadata = Metadata::default();
    for node in page.tree.root().descendants() {
        let Some(element) = node.value().as_element() else { continue };
        match element.name() {
            "title" if metadata.title.is_none() => {
                let text: String =
                    node.descendants().filter_map(|node| node.value().as_text().map(|text| &**text)).collect();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                metadata.title = (!text.is_empty()).then_some(text);
            }
            "meta" => {
                let name = element.attr("name").or_else(|| element.attr("property"));
                let (Some(name), Some(content)) = (name, element.attr("content")) else { continue };
                if name.eq_ignore_ascii_case("author") && metadata.author.is_none() {
                    metadata.author = Some(content.to_owned());
                }
                if metadata.entries.len() < 200 {
                    metadata.entries.push((name.to_owned(), content.to_owned()));
                }
            }
            "body" => break,
            _ => {}
        }
    }
    metadata
}
