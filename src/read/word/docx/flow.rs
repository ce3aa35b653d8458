//! Stack of open containers (body, cell, text box, note) that finished paragraphs and tables are added to.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::faces::Surroundings;
use super::numbering::Membership;
use super::props::Props;
use super::shared::Shared;
use super::table::{Physical, Table};
use crate::document::{AsideKind, Block, Exceeded, Paragraph, PictureRef, Place, Region, Resource};
use crate::read::shared::marks::Marks;

/// Kind of a container of paragraphs and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HolderKind {
    /// The whole part.
    Story,
    /// A cell of the innermost table.
    Cell,
    /// A text box.
    TextBox,
    /// A note whose text is at its reference (Word 2003).
    Note,
    /// A header or footer whose text is at its use (Word 2003).
    Margin,
}

/// An open container and its content so far.
#[derive(Debug)]
struct Holder {
    kind: HolderKind,
    region: Region,
    blocks: Vec<Block>,
    cell: Physical,
    /// A paragraph whose mark is a tracked deletion: it continues in the next one.
    carried: Option<Box<Para>>,
}

impl Holder {
    /// Adds a finished paragraph to the container.
    fn place(&mut self, para: &mut Para, part: &Arc<str>, end: usize, shared: &mut Shared<'_>) -> Result<(), Exceeded> {
        let (level, mut number) = properties(&para.props, shared);
        let mut text = std::mem::take(&mut para.text);
        let mut marks = std::mem::take(&mut para.marks);
        if !marks.is_empty() {
            marks.write_shifted(&mut text);
            // An empty line has no visible number.
            number = number.filter(|_| !text.trim().is_empty());
        }
        let length = text.len() + number.as_ref().map_or(0, String::len);
        // The line break between two paragraphs of a cell is charged as text, too.
        shared.budget.spend(Resource::TextBytes, length as u64 + 1)?;
        let place = || {
            Place { part: Some(Arc::clone(part)), paragraph: para.index, ..Place::default() }.with_span(para.start, end)
        };
        let mut more = Vec::new();
        if !marks.is_empty() {
            if self.kind == HolderKind::Cell {
                self.cell.marks.absorb(marks);
            } else {
                marks.tell(&place(), &mut shared.asides, shared.budget)?;
            }
        }
        if self.kind == HolderKind::Cell {
            self.cell.push(match number {
                Some(number) => number + &text,
                None => text,
            });
            // Fast path: nearly every paragraph of a table contains only text.
            if para.pictures.is_empty() && para.boxes.is_empty() {
                return Ok(());
            }
        } else if !text.trim().is_empty() || number.is_some() {
            shared.budget.spend(Resource::Blocks, 1)?;
            let (region, place) = (self.region, place());
            more.push(Block::Paragraph(Paragraph { text, level, number, region, place }));
        }
        more.extend(para.pictures.drain(..).map(|picture| {
            let place = place();
            Block::Picture(PictureRef { place, ..picture })
        }));
        more.append(&mut para.boxes);
        self.emit(more);
        Ok(())
    }

    fn emit(&mut self, blocks: Vec<Block>) {
        match self.kind {
            HolderKind::Cell => self.cell.nested.extend(blocks),
            _ => self.blocks.extend(blocks),
        }
    }
}

/// An open paragraph.
#[derive(Debug, Default)]
pub(super) struct Para {
    /// The text so far.
    pub(super) text: String,
    start: usize,
    index: Option<u32>,
    pub(super) props: Props,
    /// A page or column break, which becomes a line break only if more text follows.
    page_break: bool,
    /// Its superscripts and asides.
    pub(super) marks: Marks,
    /// Length of the text at the start of the open `w:t`.
    text_start: usize,
    pub(super) pictures: Vec<PictureRef>,
    /// Content of its text boxes.
    boxes: Vec<Block>,
}

impl Para {
    /// The paragraph that continues this one, if this one's mark is deleted.
    fn goes_on(self) -> Self {
        let Self { text, start, index, pictures, boxes, marks, .. } = self;
        Self { text, start, index, marks, pictures, boxes, ..Self::default() }
    }

    /// Appends visible text.
    pub(super) fn push(&mut self, text: &str) {
        if self.page_break && !text.is_empty() {
            self.page_break = false;
            if !self.text.is_empty() {
                self.text.push('\n');
                self.text_start = self.text_start.max(self.text.len());
            }
        }
        // A line break in the source is displayed as a blank.
        if memchr::memchr3(b'\n', b'\r', b'\t', text.as_bytes()).is_some() {
            self.text.extend(text.chars().map(|sign| if matches!(sign, '\n' | '\r' | '\t') { ' ' } else { sign }));
        } else {
            self.text.push_str(text);
        }
    }

    /// Appends text with special formatting; returns whether it is visible.
    pub(super) fn push_marked(&mut self, text: &str, around: &Surroundings) -> bool {
        let face = self.props.face;
        let sinks = || face.is_inked() && face.ground.is_none() && face.sinks_in(around.ground());
        let left_out = face.left_out(|| around.paper()).or_else(|| sinks().then_some(AsideKind::Unseen));
        if let Some(kind) = left_out {
            self.marks.leave_out(kind, text);
            return false;
        }
        let start = self.text.len();
        self.push(text);
        self.marks.shift(start, self.text.len(), face.shift);
        true
    }

    /// Appends a tab or a line break.
    pub(super) fn push_control(&mut self, control: char) {
        self.push("");
        self.text.push(control);
    }

    /// Appends a page or column break.
    pub(super) fn break_page(&mut self) {
        self.page_break = true;
    }

    /// Records the start of a `w:t`.
    pub(super) fn text_begins(&mut self) {
        self.text_start = self.text.len();
    }

    /// Ends a `w:t` without `xml:space="preserve"`: trims its text.
    pub(super) fn trim(&mut self) {
        let Some(written) = self.text.get(self.text_start..) else { return };
        if !written.starts_with([' ', '\t']) && !written.ends_with([' ', '\t']) {
            return;
        }
        let kept = written.trim_matches([' ', '\t']).to_owned();
        self.text.truncate(self.text_start);
        self.text.push_str(&kept);
    }
}

/// Cache of parsed paragraph properties, keyed by their XML.
#[derive(Debug, Default)]
pub(super) struct PropsCache<'a> {
    props: HashMap<&'a str, Props, FxBuildHasher>,
    last: Option<(&'a str, Props)>,
    scope: u64,
}

impl<'a> PropsCache<'a> {
    /// Size of the cache; a report has a few dozen distinct properties.
    const MOST: usize = 64;

    /// Clears the cache if the namespace scope has changed.
    pub(super) fn stand_in(&mut self, scope: u64) {
        if std::mem::replace(&mut self.scope, scope) != scope {
            self.props.clear();
            self.last = None;
        }
    }

    /// The last entry that was looked up.
    pub(super) fn last(&self) -> Option<(&'a str, Props)> {
        self.last
    }

    /// The cached properties for this XML.
    pub(super) fn get(&mut self, xml: &str) -> Option<Props> {
        self.last = self.props.get_key_value(xml).map(|(&xml, &props)| (xml, props));
        self.last.map(|(_, props)| props)
    }

    /// Adds an entry for this XML.
    pub(super) fn keep(&mut self, xml: &'a str, props: Props) {
        if self.props.len() < Self::MOST {
            self.props.insert(xml, props);
        }
    }
}

/// The open containers of a part.
#[derive(Debug)]
pub(super) struct Flow {
    part: Arc<str>,
    holders: Vec<Holder>,
    paras: Vec<Para>,
    pub(super) tables: Vec<Table>,
    paragraphs: u32,
}

impl Flow {
    /// An empty flow for a part, in a region.
    pub(super) fn new(part: &Arc<str>, region: Region) -> Self {
        let mut flow =
            Self { part: Arc::clone(part), holders: Vec::new(), paras: Vec::new(), tables: Vec::new(), paragraphs: 0 };
        flow.hold(HolderKind::Story, region, Physical::default());
        flow
    }

    fn hold(&mut self, kind: HolderKind, region: Region, cell: Physical) {
        self.holders.push(Holder { kind, region, blocks: Vec::new(), cell, carried: None });
    }

    /// Region of the innermost container.
    pub(super) fn region(&self) -> Region {
        self.holders.last().map_or(Region::Body, |holder| holder.region)
    }

    /// The innermost open paragraph.
    pub(super) fn para(&mut self) -> Option<&mut Para> {
        self.paras.last_mut()
    }

    /// The open cell, if only paragraphs are open inside it.
    pub(super) fn cell(&mut self) -> Option<&mut Physical> {
        self.holders.last_mut().filter(|holder| holder.kind == HolderKind::Cell).map(|holder| &mut holder.cell)
    }

    /// Begins a paragraph.
    pub(super) fn open_paragraph(&mut self, start: usize, shared: &Shared<'_>) {
        let host = self.paras.last().and_then(|para| para.index);
        let Some(holder) = self.holders.last_mut() else { return };
        let index = if holder.kind == HolderKind::Story {
            self.paragraphs += 1;
            Some(self.paragraphs - 1)
        } else {
            host
        };
        let props = shared.fresh_properties();
        self.paras.push(match holder.carried.take() {
            Some(carried) => Para { props, ..carried.goes_on() },
            None => Para { start, index, props, ..Para::default() },
        });
    }

    /// Ends a paragraph and adds it to its container.
    pub(super) fn close_paragraph(&mut self, end: usize, shared: &mut Shared<'_>) -> Result<(), Exceeded> {
        let (Some(para), Some(holder)) = (self.paras.last_mut(), self.holders.last_mut()) else { return Ok(()) };
        if para.props.mark_deleted {
            holder.carried = self.paras.pop().map(Box::new);
            return Ok(());
        }
        holder.place(para, &self.part, end, shared)?;
        self.paras.truncate(self.paras.len() - 1);
        Ok(())
    }

    /// Opens a container.
    pub(super) fn open(&mut self, kind: HolderKind, start: usize) {
        let region = match kind {
            HolderKind::TextBox if self.region() == Region::Body => Region::TextBox,
            HolderKind::Story | HolderKind::Cell | HolderKind::TextBox => self.region(),
            HolderKind::Note => Region::Note,
            HolderKind::Margin => Region::HeaderFooter,
        };
        self.hold(kind, region, Physical { span: (start, start), columns: 1, ..Physical::default() });
    }

    /// Closes a container and adds its content to the enclosing one.
    pub(super) fn close(&mut self, end: usize, shared: &mut Shared<'_>) -> Result<(), Exceeded> {
        let Some(mut holder) = self.holders.pop() else { return Ok(()) };
        if let Some(mut carried) = holder.carried.take() {
            holder.place(&mut carried, &self.part, end, shared)?;
        }
        match holder.kind {
            HolderKind::Cell => {
                holder.cell.span.1 = end;
                shared.hold_cell()?;
                if let Some(table) = self.tables.last_mut() {
                    table.held += 1;
                    table.cell(holder.cell);
                }
            }
            HolderKind::TextBox => match self.paras.last_mut() {
                Some(para) => para.boxes.extend(holder.blocks),
                None => self.emit(holder.blocks),
            },
            HolderKind::Note => shared.notes.extend(holder.blocks),
            HolderKind::Margin => shared.margins.extend(holder.blocks),
            HolderKind::Story => self.holders.push(holder),
        }
        Ok(())
    }

    /// Begins a table.
    pub(super) fn open_table(&mut self, start: usize, shared: &mut Shared<'_>) {
        self.tables.push(Table::new(&self.part, shared.tables, start));
        shared.tables += 1;
    }

    /// Ends the innermost table.
    pub(super) fn close_table(&mut self, end: usize, shared: &mut Shared<'_>) -> Result<(), Exceeded> {
        let Some(mut table) = self.tables.pop() else { return Ok(()) };
        shared.held -= table.held;
        let grid = table.finish(end, shared.budget)?;
        shared.asides.append(&mut table.asides);
        if let Some(grid) = grid {
            shared.budget.spend(Resource::Blocks, 1)?;
            self.emit(vec![Block::Grid(grid)]);
        }
        Ok(())
    }

    fn emit(&mut self, blocks: Vec<Block>) {
        if let Some(holder) = self.holders.last_mut() {
            holder.emit(blocks);
        }
    }

    /// Inserts blocks after the open paragraph, or here if none is open.
    pub(super) fn insert(&mut self, blocks: Vec<Block>) {
        match self.paras.last_mut() {
            Some(para) => para.boxes.extend(blocks),
            None => self.emit(blocks),
        }
    }

    /// The blocks of the whole part.
    pub(super) fn finish(mut self, end: usize, shared: &mut Shared<'_>) -> Result<Vec<Block>, Exceeded> {
        self.close(end, shared)?;
        Ok(self.holders.into_iter().next().map(|holder| holder.blocks).unwrap_or_default())
    }
}

/// Outline level and list label of a paragraph: its own, else those of its style.
fn properties(para: &Props, shared: &mut Shared<'_>) -> (Option<u8>, Option<String>) {
    let style = shared.styles.get(para.style);
    let level = match para.outline {
        Some(level) => u8::try_from(level).ok().filter(|level| *level < 9).map(|level| level + 1),
        None => style.and_then(|style| style.level),
    };
    let list = para.list.or_else(|| style.and_then(|style| style.list)).unwrap_or(0);
    if list == 0 {
        return (level, None);
    }
    let owner = style.and_then(|style| style.list_owner).and_then(|owner| shared.styles.get(Some(owner)));
    let styles = if para.list.is_some() { [None, None] } else { [style, owner] };
    let member = Membership {
        list,
        level: para.list_level,
        styles: styles.map(|style| style.map(|style| style.id.as_str())),
        style_level: style.and_then(|style| style.list_level),
    };
    (level, shared.lists.label(member))
}
