//! Page breaking: places blocks on pages from the top.

use super::line::Line;
use super::sheet::{Frame, Ink, Item, MM, UPRIGHT};
use super::table::Laid;
use super::tree::{TagKind, Tree};

/// Distance from the top of a line to its base line, as a fraction of the pitch.
const BASE: f32 = 0.7;

/// Tolerance for rounding errors, in points.
const NEARLY: f32 = 0.1;

/// Horizontal alignment of lines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Align {
    /// Left, with a first-line indent.
    Left(f32),
    Middle,
    /// Right, with a distance from the margin.
    Right(f32),
}

/// How lines are drawn that belong to the head or the foot of a document (7.2, 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum HeadLines {
    /// As running text.
    #[default]
    None,
    /// The name of the issuing body: red, 35 mm below the upper edge of the text area (7.2.4).
    Mark,
    /// A red line 4 mm below (7.2.7).
    Number,
    /// Between two black lines (7.4.1).
    Foot,
}

/// Distance of the name of the issuing body from the upper edge of the text area, and of the red line from the number.
const MARK_TOP: f32 = 35.0 * MM;
const RED_LINE: f32 = 4.0 * MM;

/// A block of the document.
#[derive(Debug)]
pub(super) enum Block {
    Lines {
        lines: Vec<Line>,
        size: f32,
        pitch: f32,
        heavy: bool,
        align: Align,
        /// Space below it.
        below: f32,
        head: HeadLines,
        kind: TagKind,
        /// Keep with next: on the same page as the following block.
        keep: bool,
    },
    Table(Laid),
    /// The following blocks are on pages with this frame.
    Turn(Frame),
    /// A picture: index, size, alternative text.
    Picture {
        index: usize,
        width: f32,
        height: f32,
        alt: String,
    },
}

/// Space above and below a table, and around a picture.
const AROUND: f32 = 8.0;

impl Block {
    /// Minimum space that the block needs to begin on a page.
    fn beginning(&self) -> f32 {
        match self {
            Self::Lines { pitch, .. } => *pitch,
            Self::Table(table) => AROUND + table.beginning(),
            Self::Picture { height, .. } => AROUND + height,
            Self::Turn(_) => 0.0,
        }
    }
}

/// An entry of the outline.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) level: u16,
    pub(super) text: String,
    pub(super) page: usize,
    pub(super) x: f32,
    pub(super) y: f32,
}

/// A page with its items.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) frame: Frame,
    pub(super) items: Vec<Item>,
}

/// The pages of a document.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) sheets: Vec<Sheet>,
    pub(super) tree: Tree,
    pub(super) outline: Vec<Entry>,
    frame: Frame,
    y: f32,
}

impl Pages {
    /// Lays blocks onto pages.
    pub(super) fn lay_out(blocks: Vec<Block>) -> Self {
        let frame = UPRIGHT;
        let first = Sheet { frame, items: Vec::new() };
        let mut pages = Self { sheets: vec![first], tree: Tree::default(), outline: Vec::new(), frame, y: frame.top };
        #[allow(clippy::cast_precision_loss, reason = "lines of a heading")]
        let beginnings: Vec<(f32, bool)> = blocks
            .iter()
            .map(|block| match block {
                Block::Lines { lines, pitch, keep: true, .. } => (lines.len() as f32 * pitch, true),
                block => (block.beginning(), false),
            })
            .collect();
        for (number, block) in blocks.into_iter().enumerate() {
            // Consecutive headings are kept with the first lines after them.
            let mut room = 0.0;
            for &(height, keep) in &beginnings[number..] {
                room += height;
                if !keep {
                    break;
                }
            }
            if pages.y + room.min(pages.frame.height) > pages.frame.bottom() + NEARLY {
                pages.next_page();
            }
            pages.block(block);
        }
        pages
    }

    fn next_page(&mut self) {
        if self.y > self.frame.top {
            self.add_page();
        }
    }

    fn add_page(&mut self) {
        self.sheets.push(Sheet { frame: self.frame, items: Vec::new() });
        self.y = self.frame.top;
    }

    /// Continues on a page with another frame: a new page, unless the current one is empty.
    fn turn(&mut self, frame: Frame) {
        self.frame = frame;
        match self.sheets.last_mut() {
            Some(sheet) if sheet.items.is_empty() => (sheet.frame, self.y) = (frame, frame.top),
            _ => self.add_page(),
        }
    }

    fn push(&mut self, item: Item) {
        if let Some(page) = self.sheets.last_mut() {
            page.items.push(item);
        }
    }

    /// Draws a line across the text area, at a distance below the current position.
    fn rule(&mut self, below: f32, ink: Ink) {
        let (x0, y) = (self.frame.left, self.y + below);
        self.push(Item::Rule { x0, y0: y, x1: x0 + self.frame.width, y1: y, ink });
    }

    fn block(&mut self, block: Block) {
        let Frame { left, top, width: text_width, .. } = self.frame;
        let bottom = self.frame.bottom();
        match block {
            Block::Turn(frame) => self.turn(frame),
            Block::Lines { lines, size, pitch, heavy, align, below, head, kind, .. } => {
                if head == HeadLines::Mark && self.sheets.len() == 1 {
                    self.y = self.y.max(top + MARK_TOP);
                }
                if head == HeadLines::Foot {
                    self.rule(0.0, Ink::Black);
                }
                let ink = if head == HeadLines::Mark { Ink::Red } else { Ink::Black };
                if let TagKind::Heading(level, text) = &kind {
                    let page = self.sheets.len() - 1;
                    self.outline.push(Entry { level: *level, text: text.clone(), page, x: left, y: self.y });
                }
                let node = Some(self.tree.add(kind, None));
                for (number, line) in lines.into_iter().enumerate() {
                    if self.y + pitch > bottom + NEARLY {
                        self.next_page();
                    }
                    let x = match align {
                        Align::Left(indent) => left + if number == 0 { indent } else { 0.0 },
                        Align::Middle => left + (text_width - line.width) / 2.0,
                        Align::Right(indent) => left + (text_width - indent - line.width).max(0.0),
                    };
                    self.push(Item::Text { line, x, y: self.y + BASE * pitch, size, heavy, ink, node });
                    self.y += pitch;
                }
                match head {
                    HeadLines::Number => {
                        self.rule(RED_LINE, Ink::Red);
                        self.y += RED_LINE;
                    }
                    HeadLines::Foot => self.rule(0.0, Ink::Black),
                    HeadLines::None | HeadLines::Mark => {}
                }
                self.y += below;
            }
            Block::Table(table) => {
                if self.y > top {
                    self.y += AROUND;
                }
                for (number, (mut items, end)) in table.draw(self.y, &mut self.tree).into_iter().enumerate() {
                    if number > 0 {
                        self.add_page();
                    }
                    self.sheets.last_mut().into_iter().for_each(|page| page.items.append(&mut items));
                    self.y = end;
                }
                self.y += AROUND;
            }
            Block::Picture { index, width, height, alt } => {
                if self.y > top {
                    self.y += AROUND / 2.0;
                }
                let node = self.tree.add(TagKind::Figure(alt), None);
                let x = left + (text_width - width) / 2.0;
                self.push(Item::Picture { index, x, y: self.y, width, height, node });
                self.y += height + AROUND / 2.0;
            }
        }
    }
}
