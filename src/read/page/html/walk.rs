//! Iterative walk over the tree of a page: blocks become paragraphs, tables become grids.

use std::sync::Arc;

use super::Source;
use super::chrome::is_breadcrumbs;
use super::fields;
use super::lists::{List, Lists};
use super::looks::is_turned;
use super::outside::Outside;
use super::pictures;
use super::survey::{Survey, Verdict};
use super::tables::{Table, has_one_cell, rows_of};
use super::tree::{Element, Id, NodeKind, Page, ROOT, Step};
use super::words::Words;
use crate::document::{Aside, AsideKind, Block, Budget, Document, Paragraph, PictureRef, Place, Region, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::shared::marks::{Face, Shift};
use crate::text::{END_OF_DIRECTION, RIGHT_TO_LEFT};

/// How an element changes the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Part of a line.
    Inline,
    /// Starts and ends a line.
    Block,
    Break,
    Heading(u8),
    /// Preserves white space.
    Pre,
    List,
    Item,
    Table,
    Caption,
    RowGroup,
    Row,
    Cell,
    /// Columns of a table.
    Columns,
    Picture,
    /// An embedded page.
    Frame,
    /// A form control with a value.
    Field,
    /// The chosen option of a `select`, displayed inline.
    Choice,
}

fn role(name: &str) -> Role {
    match name {
        "br" => Role::Break,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading(name.as_bytes()[1] - b'0'),
        "pre" | "xmp" | "listing" | "plaintext" => Role::Pre,
        "ol" | "ul" | "menu" | "dir" => Role::List,
        "li" => Role::Item,
        "table" => Role::Table,
        "caption" => Role::Caption,
        "thead" | "tbody" | "tfoot" => Role::RowGroup,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "col" | "colgroup" => Role::Columns,
        "img" | "v:imagedata" | "image" => Role::Picture,
        "iframe" | "frame" | "object" | "embed" => Role::Frame,
        "input" => Role::Field,
        "address" | "article" | "aside" | "blockquote" | "body" | "button" | "center" | "dd" | "details" | "dialog"
        | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "header" | "hr" | "html"
        | "legend" | "main" | "nav" | "option" | "p" | "section" | "summary" => Role::Block,
        _ => Role::Inline,
    }
}

/// Whether an element is inline, not a block.
fn is_in_line(role: Role) -> bool {
    matches!(
        role,
        Role::Inline | Role::Picture | Role::Frame | Role::Break | Role::Field | Role::Choice | Role::Columns
    )
}

/// State to restore at the end of an element.
#[derive(Debug, Clone, Copy)]
struct Entered {
    role: Role,
    verdict: Verdict,
    /// Whether it belongs to a data table: the table, or its rows, cells and caption.
    data: bool,
    /// Formatting of its text.
    face: Face,
    /// Whether its text runs from right to left.
    turned: bool,
}

/// State and results of a walk.
pub(super) struct Walker<'a> {
    page: &'a Page,
    survey: &'a Survey,
    source: Source<'a>,
    budget: &'a mut Budget,
    part: Arc<str>,
    document: Document,
    words: Words,
    level: Option<u8>,
    number: Option<String>,
    lists: Lists,
    /// The open data tables, outermost first.
    tables: Vec<Table>,
    /// For every open table, whether it is a data table.
    nest: Vec<bool>,
    entered: Vec<Entered>,
    /// The selected option of the last `select`.
    chosen: Option<Id>,
    hidden: u32,
    /// Number of open elements that are hidden without an aside: scripts and the like.
    untold: u32,
    /// Kind and text of the outermost hidden element.
    gone: Option<(AsideKind, String)>,
    /// Whether it is within a paragraph.
    gone_in_line: bool,
    furniture: u32,
    keep: u32,
    paragraphs: usize,
    table_count: usize,
    outside: Outside,
}

impl<'a> Walker<'a> {
    /// A walk over a page.
    pub(super) fn new(page: &'a Page, survey: &'a Survey, source: Source<'a>, budget: &'a mut Budget) -> Self {
        Self {
            page,
            survey,
            source,
            budget,
            part: source.part.into(),
            document: Document::default(),
            words: Words::default(),
            level: None,
            number: None,
            lists: Lists::default(),
            tables: Vec::new(),
            nest: Vec::new(),
            entered: Vec::new(),
            chosen: None,
            hidden: 0,
            untold: 0,
            gone: None,
            gone_in_line: false,
            furniture: 0,
            keep: 0,
            paragraphs: 0,
            table_count: 0,
            outside: Outside::default(),
        }
    }

    /// Walks the page and returns its document.
    pub(super) fn document(mut self, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
        let page = self.page;
        self.budget.spend(Resource::Steps, page.len() as u64 * 2)?;
        for step in page.walk(ROOT) {
            match step {
                Step::Open(id) => match page.kind(id) {
                    NodeKind::Element(element) => self.enter(id, element)?,
                    NodeKind::Text(text) if self.hidden == 0 => self.text(text)?,
                    NodeKind::Text(text) => self.text_gone(text),
                    NodeKind::Other => {}
                },
                Step::Close(id) if page.element(id).is_some() => self.leave()?,
                Step::Close(_) => {}
            }
        }
        self.end_paragraph()?;
        findings.extend(self.outside.finding(self.survey.hidden_tables));
        Ok(self.document)
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        self.budget.spend(Resource::TextBytes, text.len() as u64)?;
        let keep = self.keep > 0;
        let face = self.entered.last().map(|entered| entered.face).unwrap_or_default();
        let special = face.is_left_out() || face.shift != Shift::None;
        if special && (!self.is_furniture() || face.shift != Shift::None) {
            self.words().push_marked(text, keep, face);
        } else if let Some(table) = self.tables.last_mut().filter(|table| table.takes_text()) {
            table.words.push(text, keep);
        } else if self.survey.lines && !keep {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_paragraph()?;
                }
                self.words.push(line, false);
            }
        } else {
            self.words.push(text, keep);
        }
        Ok(())
    }

    /// Adds text of a hidden element.
    fn text_gone(&mut self, text: &str) {
        const ENOUGH: usize = 200;
        if let Some((_, told)) = self.gone.as_mut().filter(|(_, told)| self.untold == 0 && told.len() < ENOUGH) {
            told.extend(text.chars().take(ENOUGH));
        }
    }

    /// Whether an element is within the text of a paragraph: hidden text there is set aside, unlike the menus of a site.
    fn is_in_text(&self, id: Id) -> bool {
        let above = self.page.parent(id).and_then(|above| self.page.element(above));
        above.is_some_and(|above| matches!(above.name(), "p" | "span" | "b" | "strong" | "font" | "em" | "u" | "i"))
    }

    /// Ends a hidden element: its text is set aside if it is in a data table, within a paragraph, or a ruby reading.
    fn tell_gone(&mut self) -> Result<(), ReadError> {
        let Some((kind, text)) = self.gone.take() else { return Ok(()) };
        if text.trim().is_empty() || self.is_furniture() {
            return Ok(());
        }
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        match self.tables.last_mut() {
            Some(table) if table.takes_text() => table.words.leave_out(kind, &text),
            Some(table) => {
                let place = table.place();
                self.document.asides.extend(Aside::new(kind, &text, place, self.budget)?);
            }
            None if kind == AsideKind::Reading || self.gone_in_line => self.words.leave_out(kind, &text),
            None => {}
        }
        Ok(())
    }

    fn enter(&mut self, id: Id, element: &Element) -> Result<(), ReadError> {
        let verdict = self.survey.verdict(id);
        let around = self.entered.last().map(|entered| entered.face).unwrap_or_default();
        let mut face = verdict.face.apply(around);
        // A strikethrough, or a position outside of the page, applies to all descendants.
        (face.struck, face.away) = (face.struck | around.struck, face.away | around.away);
        let turned = is_turned(element);
        let mut entered = Entered { role: role(element.name()), verdict, data: false, face, turned };
        // Of the options of a `select`, only the chosen one is displayed.
        match element.name() {
            "select" => self.chosen = fields::chosen(self.page, id),
            "option" if self.chosen != Some(id) => entered.verdict.hidden = true,
            "option" => entered.role = Role::Choice,
            _ => {}
        }
        let verdict = entered.verdict;
        if self.hidden == 0 && !self.is_furniture() && entered.role == Role::Frame {
            self.outside.frames += usize::from(["src", "data"].iter().any(|name| element.attr(name).is_some()));
        }
        self.hidden += u32::from(verdict.hidden);
        self.untold += u32::from(verdict.hidden && verdict.why.is_none());
        if self.hidden == 1 && verdict.hidden {
            self.gone = verdict.why.map(|why| (why, String::new()));
            self.gone_in_line = is_in_line(entered.role) && self.is_in_text(id);
        }
        if self.hidden == 0 {
            if !is_in_line(entered.role) {
                self.break_line(entered.role)?;
            }
            self.furniture += u32::from(verdict.furniture);
            self.begin(id, element, &mut entered)?;
        }
        self.entered.push(entered);
        if turned && self.hidden == 0 {
            self.text(RIGHT_TO_LEFT)?;
        }
        Ok(())
    }

    fn begin(&mut self, id: Id, element: &Element, entered: &mut Entered) -> Result<(), ReadError> {
        match entered.role {
            Role::Break => self.line_break()?,
            Role::Heading(level) => self.level = Some(level),
            Role::Pre => self.keep += 1,
            Role::List => self.lists.open(List::from_element(element)),
            Role::Item => self.item(element),
            Role::Picture => self.picture(element)?,
            Role::Field => self.field(element)?,
            Role::Choice => self.words().begin_field(),
            Role::Table => {
                entered.data = !entered.verdict.layout;
                self.nest.push(entered.data);
                if entered.data {
                    self.budget.spend(Resource::Depth, self.tables.len() as u64 + 1)?;
                    let columns = self.survey.verdict(id).columns;
                    self.tables.push(Table::new(&self.part, self.table_count, columns));
                    self.table_count += 1;
                }
            }
            Role::Caption | Role::RowGroup | Role::Row | Role::Cell if self.nest.last() == Some(&true) => {
                entered.data = true;
                self.table_part(id, element, entered.role)?;
                let collapsed = entered.role == Role::Cell && self.tables.last_mut().is_some_and(Table::is_collapsed);
                entered.face.hidden |= collapsed;
            }
            Role::Columns if self.nest.last() == Some(&true) => {
                let is_group = element.name() == "colgroup";
                let has_own = is_group && self.page.children(id).any(|child| self.page.element(child).is_some());
                let in_group = !is_group && self.entered.last().is_some_and(|above| above.verdict.collapsed);
                if let Some(table) = self.tables.last_mut().filter(|_| !has_own) {
                    let count = element.number("span").unwrap_or(1).clamp(1, 1_000);
                    table.add_columns(count, entered.verdict.collapsed || in_group);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds the value of a form control.
    fn field(&mut self, element: &Element) -> Result<(), ReadError> {
        let in_table = self.tables.last_mut().is_some_and(|table| table.takes_text());
        // Outside of tables, a value that is not a figure and has no label is usually that of a search box.
        let is_wanted = |value: &&str| in_table || fields::is_figure(value) || self.words.is_label();
        let value = fields::value(element).filter(is_wanted);
        if let Some(value) = value.or_else(|| fields::mark(element).filter(|_| in_table)) {
            self.words().begin_field();
            self.text(value)?;
            self.words().end_field();
        }
        Ok(())
    }

    /// The text being collected: that of the open cell or caption, else that of the paragraph.
    fn words(&mut self) -> &mut Words {
        match self.tables.last_mut().filter(|table| table.takes_text()) {
            Some(table) => &mut table.words,
            None => &mut self.words,
        }
    }

    fn table_part(&mut self, id: Id, element: &Element, role: Role) -> Result<(), ReadError> {
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        match role {
            Role::Caption => table.open_caption(),
            Role::RowGroup => table.open_group(rows_of(self.page, id)),
            Role::Row => table.open_row(has_one_cell(self.page, id), self.budget)?,
            _ => table.open_cell(element, self.budget)?,
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<(), ReadError> {
        if self.hidden == 0 && self.entered.last().is_some_and(|entered| entered.turned) {
            self.text(END_OF_DIRECTION)?;
        }
        let Some(Entered { role, verdict, data, .. }) = self.entered.pop() else { return Ok(()) };
        if self.hidden > 0 {
            self.hidden -= u32::from(verdict.hidden);
            self.untold -= u32::from(verdict.hidden && verdict.why.is_none());
            if self.hidden == 0 {
                self.tell_gone()?;
            }
            return Ok(());
        }
        if !is_in_line(role) {
            self.break_line(role)?;
        }
        match role {
            Role::Heading(_) => self.level = None,
            Role::Pre => self.keep -= 1,
            Role::List => self.lists.close(),
            Role::Item => self.number = None,
            Role::Choice => self.words().end_field(),
            Role::Table => {
                self.nest.pop();
                if data {
                    self.end_table()?;
                }
            }
            Role::Caption | Role::Row | Role::Cell if data => {
                if let Some(table) = self.tables.last_mut() {
                    match role {
                        Role::Caption => table.close_caption(),
                        Role::Row => table.close_row(),
                        _ => {
                            if let Some((place, marks)) = table.close_cell() {
                                marks.tell(&place, &mut self.document.asides, self.budget)?;
                            }
                        }
                    }
                }
            }
            _ => {}
        }
        self.furniture -= u32::from(verdict.furniture);
        Ok(())
    }

    /// Starts or ends a block: a paragraph of the flow ends, or a cell continues on the next line.
    fn break_line(&mut self, role: Role) -> Result<(), ReadError> {
        match self.tables.last_mut() {
            Some(table) if table.takes_text() => {
                if !matches!(role, Role::Caption | Role::Cell) {
                    table.words.end_line();
                }
                Ok(())
            }
            _ => self.end_paragraph(),
        }
    }

    fn line_break(&mut self) -> Result<(), ReadError> {
        match self.tables.last_mut() {
            Some(table) if table.takes_text() => {
                table.words.line_break();
                Ok(())
            }
            // Sites write paragraphs as lines of one block; each line is a paragraph.
            _ => self.end_paragraph(),
        }
    }

    fn is_furniture(&self) -> bool {
        self.furniture > 0
    }

    fn end_paragraph(&mut self) -> Result<(), ReadError> {
        let text = self.words.take();
        let marks = self.words.take_marks();
        if !marks.is_empty() && !self.is_furniture() {
            let place = Place::paragraph(&self.part, self.paragraphs);
            marks.tell(&place, &mut self.document.asides, self.budget)?;
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        let place = Place::paragraph(&self.part, self.paragraphs);
        self.paragraphs += 1;
        let region = if self.is_furniture() || is_breadcrumbs(&text) { Region::Chrome } else { Region::Body };
        let paragraph = Paragraph { text, level: self.level, number: self.number.take(), region, place };
        self.push(Block::Paragraph(paragraph))
    }

    fn push(&mut self, block: Block) -> Result<(), ReadError> {
        self.budget.spend(Resource::Blocks, 1)?;
        match self.tables.last_mut() {
            Some(table) => table.nested.push(block),
            None => self.document.blocks.push(block),
        }
        Ok(())
    }

    /// A list item: its label precedes the text of a cell, and is the number of a paragraph.
    fn item(&mut self, element: &Element) {
        let number = self.lists.label(element);
        match self.tables.last_mut() {
            Some(table) if table.takes_text() => table.words.push(&number.unwrap_or_default(), true),
            _ => self.number = number,
        }
    }

    fn end_table(&mut self) -> Result<(), ReadError> {
        let Some(table) = self.tables.pop() else { return Ok(()) };
        let (grid, stray) = table.finish(self.budget)?;
        if !grid.cells().is_empty() {
            self.push(Block::Grid(grid))?;
        }
        stray.into_iter().try_for_each(|block| self.push(block))
    }

    fn picture(&mut self, element: &Element) -> Result<(), ReadError> {
        let source = element.attr("src").unwrap_or_default();
        let number = self.source.first_picture + self.document.pictures.len() + 1;
        let Some(picture) = pictures::find(source, self.source.files, number, self.budget)? else {
            self.outside.pictures += usize::from(!source.trim().is_empty() && !self.is_furniture());
            return Ok(());
        };
        if self.tables.is_empty() {
            self.end_paragraph()?;
        }
        let index = self.source.first_picture + self.document.pictures.len();
        self.document.pictures.push(picture);
        let alt = element.attr("alt").filter(|alt| !alt.trim().is_empty()).map(str::to_owned);
        let place = Place::paragraph(&self.part, self.paragraphs);
        self.push(Block::Picture(PictureRef { index, extent: None, alt, place }))
    }
}
