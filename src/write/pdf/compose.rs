//! Turns a report into layout blocks: title, headings, running text, tables and pictures according to GB/T 9704-2012.

use super::fonts::{Glyphs, Role};
use super::line::{Line, Style, break_lines, shape};
use super::page::{Align, Block, HeadLines};
use super::pictures::Pictures;
use super::sheet::{CHARACTER, Frame, PITCH, TURNED, UPRIGHT};
use super::table::{Cell, Table, laid};
use super::tree::{Heads, TagKind};
use crate::form::{Form, Layout, LayoutContent, SectionLook};
use crate::report::{ExtraTable, Report};
use crate::write::docx::extra;
use crate::write::plan::{self, Closing, ContentItem, PlannedSection, clean};

/// Font size of running text, and of the title.
const BODY: f32 = 16.0;
const TITLE: f32 = 22.0;

/// Line pitch of the title, and the space below it.
const TITLE_PITCH: f32 = 32.0;
const BELOW_TITLE: f32 = 20.0;

/// First-line indent of two characters.
const INDENT: f32 = 2.0 * CHARACTER;

/// Indent of list items: after 附件：, which is three characters after the first-line indent.
const ITEM: f32 = 5.0 * CHARACTER;

/// Font size of the name of the issuing body, which has the height of a line, and of the imprint.
const MARK: f32 = 26.0;
const FOOT: f32 = 14.0;

/// Builds the blocks of a report.
pub(super) struct Composer<'a> {
    pub(super) form: &'a Form,
    pub(super) report: &'a Report,
    pub(super) glyphs: &'a Glyphs<'a>,
    pub(super) pictures: &'a Pictures,
    pub(super) blocks: Vec<Block>,
    /// The current page frame.
    pub(super) frame: Frame,
    /// Characters without a glyph in any font.
    pub(super) missing: Vec<char>,
    /// The level of the last heading; PDF/UA requires that levels are not skipped.
    pub(super) level: u16,
}

fn style(role: Role, heavy: bool) -> Style {
    // Tracking for 28 characters per line.
    Style { role, size: BODY, tracking: CHARACTER - BODY, heavy, justified: true }
}

impl Composer<'_> {
    /// Builds the blocks of the whole report.
    pub(super) fn compose(&mut self) {
        let parts = plan::parts(self.form, self.report);
        let mut above = parts.iter().filter(|part| part.above_title).flat_map(PlannedSection::dressed).peekable();
        while let Some((look, piece)) = above.next() {
            self.dressed(look, piece);
            // Two blank lines between the name of the issuing body and the number (7.2.5).
            let ends = look == SectionLook::Mark && above.peek().is_none_or(|next| next.0 != SectionLook::Mark);
            if let (true, Some(Block::Lines { below, .. })) = (ends, self.blocks.last_mut()) {
                *below = 2.0 * PITCH;
            }
        }
        if !plan::is_title_above(self.form, self.report) {
            self.title();
        }
        for part in parts.iter().filter(|part| !part.above_title) {
            self.turn(if part.is_across(self.form) { TURNED } else { UPRIGHT });
            if let Some(heading) = part.heading() {
                self.heading(1, heading);
            }
            for (number, piece) in part.pieces.iter().enumerate() {
                let next = part.pieces.get(number + 1);
                let keep = matches!(next, Some(ContentItem::Text(next)) if plan::closing(self.report, next).is_some());
                match part.dress(*piece) {
                    Some((look, piece)) => self.dressed(look, piece),
                    None => self.piece(*piece, keep),
                }
            }
        }
    }

    /// Continues on pages with another frame.
    fn turn(&mut self, frame: Frame) {
        if self.frame != frame {
            self.blocks.push(Block::Turn(frame));
            self.frame = frame;
        }
    }

    /// A paragraph of a section that is not running text.
    fn dressed(&mut self, look: SectionLook, piece: ContentItem) {
        let (ContentItem::Text(text) | ContentItem::Heading(_, text)) = piece else { return self.piece(piece, false) };
        let body = style(Role::Body, false);
        let (style, align) = match look {
            SectionLook::Mark => {
                (Style { role: Role::Title, size: MARK, tracking: 0.0, heavy: false, justified: false }, Align::Middle)
            }
            SectionLook::Centred | SectionLook::Number => (Style { justified: false, ..body }, Align::Middle),
            SectionLook::Flush => (body, Align::Left(0.0)),
            SectionLook::List if plan::is_further_item(text) => (body, Align::Left(ITEM)),
            SectionLook::Foot => (Style { size: FOOT, tracking: 0.0, ..body }, Align::Left(CHARACTER)),
            SectionLook::List | SectionLook::Text => (body, Align::Left(INDENT)),
        };
        let is_title = look == SectionLook::Mark && self.report.title.as_deref() == Some(text);
        let kind = if is_title { TagKind::Heading(1, clean(text).into_owned()) } else { TagKind::Paragraph };
        if is_title {
            self.level = 1;
        }
        self.lines(&clean(text), &style, align, kind, false);
        let Some(Block::Lines { below, head, .. }) = self.blocks.last_mut() else { return };
        match look {
            SectionLook::Mark => *head = HeadLines::Mark,
            // Two blank lines between the red line and the title (7.3.1).
            SectionLook::Number => (*head, *below) = (HeadLines::Number, 2.0 * PITCH),
            SectionLook::Foot => *head = HeadLines::Foot,
            _ => {}
        }
    }

    fn title(&mut self) {
        let style = Style { role: Role::Title, size: TITLE, tracking: 0.0, heavy: false, justified: false };
        let mut lines = Vec::new();
        for text in plan::title_lines(self.form, self.report, plan::TITLE_WIDTH) {
            let glyphs = shape(&clean(&text), &style, self.glyphs, &mut self.missing);
            lines.extend(break_lines(&glyphs, &style, self.frame.width, 0.0));
        }
        self.blocks.push(Block::Lines {
            lines,
            size: TITLE,
            pitch: TITLE_PITCH,
            heavy: false,
            align: Align::Middle,
            below: BELOW_TITLE,
            head: HeadLines::None,
            kind: TagKind::Heading(1, clean(&plan::title(self.form, self.report)).into_owned()),
            keep: true,
        });
        self.level = 1;
    }

    /// Adds a heading; `level` is 1 below the title.
    fn heading(&mut self, level: u8, text: &str) {
        let style = match level {
            1 => style(Role::Heading, false),
            2 => style(Role::Subheading, false),
            3 => style(Role::Body, true),
            _ => style(Role::Body, false),
        };
        self.level = (u16::from(level) + 1).min(self.level + 1);
        let text = clean(text);
        let kind = TagKind::Heading(self.level, text.replace('\n', ""));
        self.lines(&text, &style, Align::Left(INDENT), kind, true);
    }

    fn piece(&mut self, piece: ContentItem, keep: bool) {
        match piece {
            ContentItem::Text(text) => self.text(text, keep),
            ContentItem::Heading(level, text) => self.heading(level, text),
            ContentItem::Table(number) => {
                let table = form_table(self.form, self.report, number);
                if !self.table(&table) {
                    self.rows(&table);
                }
            }
            ContentItem::Extra(extra) => {
                let table = extra::is_drawn(extra).then(|| extra_table(extra));
                if !table.is_some_and(|table| self.table(&table)) {
                    for row in extra::lines(extra) {
                        self.text(&row, false);
                    }
                }
            }
            ContentItem::Picture(index, extent, alt) => self.picture(index, extent, alt),
        }
    }

    fn text(&mut self, text: &str, keep: bool) {
        let style = style(Role::Body, false);
        let align = match plan::closing(self.report, text) {
            #[allow(clippy::cast_precision_loss, reason = "characters of a line")]
            Some(closing) => Align::Right(plan::from_right(self.report, closing, text) as f32 * CHARACTER / 2.0),
            None => Align::Left(INDENT),
        };
        let keep = keep || plan::closing(self.report, text) == Some(Closing::Agency);
        self.lines(&clean(text), &style, align, TagKind::Paragraph, keep);
    }

    /// Adds a paragraph. Keep-with-next applies to short ones.
    fn lines(&mut self, text: &str, style: &Style, align: Align, kind: TagKind, keep: bool) {
        /// Maximum number of lines that are kept together.
        const MOST_KEPT: usize = 6;
        let mut lines: Vec<Line> = Vec::new();
        for piece in text.split('\n') {
            let glyphs = shape(piece, style, self.glyphs, &mut self.missing);
            let indent = match align {
                Align::Left(indent) if lines.is_empty() => indent,
                _ => 0.0,
            };
            lines.extend(break_lines(&glyphs, style, self.frame.width, indent));
        }
        if lines.is_empty() {
            return;
        }
        let keep = keep && lines.len() <= MOST_KEPT;
        let Style { size, heavy, .. } = *style;
        self.blocks.push(Block::Lines {
            lines,
            size,
            pitch: PITCH,
            heavy,
            align,
            below: 0.0,
            head: HeadLines::None,
            kind,
            keep,
        });
    }

    /// Adds a table; returns false if one of its rows is higher than a page.
    fn table(&mut self, table: &Table) -> bool {
        let Some(laid) = laid(table, &self.frame, self.glyphs, &mut self.missing) else { return false };
        self.blocks.push(Block::Table(laid));
        true
    }

    /// Adds the rows of a table as text.
    fn rows(&mut self, table: &Table) {
        for row in 0..table.rows {
            let cells = table.cells.iter().filter(|cell| cell.row == row);
            let texts: Vec<String> = cells.map(|cell| cell.text.replace('\n', " ")).collect();
            self.text(&texts.join("\t"), false);
        }
    }

    fn picture(&mut self, index: usize, extent: Option<(u64, u64)>, alt: Option<&str>) {
        let Some(picture) = self.report.pictures.get(index) else { return };
        let alt = alt.filter(|alt| !alt.trim().is_empty()).unwrap_or(&picture.name);
        let Some((width, height)) = self.pictures.size(index, extent) else {
            return self.text(&format!("〔图片：{alt}〕"), false);
        };
        let scale = (self.frame.width / width).min(self.frame.height * 0.9 / height).min(1.0);
        let (width, height) = (width * scale, height * scale);
        self.blocks.push(Block::Picture { index, width, height, alt: clean(alt).into_owned() });
    }
}

/// A table of the form with the figures of the report.
fn form_table(form: &Form, report: &Report, number: usize) -> Table {
    let layout = Layout::for_table(form, number);
    let cell = |cell: &crate::form::LayoutCell| {
        let (text, heads) = match &cell.content {
            LayoutContent::Field(field) => (plan::shown(form, report, *field).into_owned(), None),
            LayoutContent::RowHead(text) => (text.clone(), Some(Heads::Row)),
            LayoutContent::Caption(text) | LayoutContent::Corner(text) | LayoutContent::ColumnHead(text) => {
                (text.clone(), Some(Heads::Column))
            }
        };
        Cell {
            row: cell.row as usize,
            column: cell.column as usize,
            rows: cell.row_span as usize,
            columns: cell.col_span as usize,
            text: clean(&text).into_owned(),
            heads,
        }
    };
    let cells: Vec<Cell> = layout.rows.iter().flatten().map(cell).collect();
    let widths = form.tables[number].widths.clone();
    Table { widths, rows: layout.rows.len(), header_rows: layout.header_rows as usize, cells }
}

/// Converts an extra table. Slots without a cell are filled, and overlapping cells are cut.
fn extra_table(extra: &ExtraTable) -> Table {
    let (rows, columns) = (extra.rows as usize, extra.columns as usize);
    let mut owned = vec![false; rows * columns];
    let mut cells = Vec::new();
    let mut sorted: Vec<_> = extra.cells.iter().collect();
    sorted.sort_by_key(|cell| (cell.row, cell.column));
    for cell in sorted {
        let (row, column) = (cell.row as usize, cell.column as usize);
        if row >= rows || column >= columns || owned[row * columns + column] {
            continue;
        }
        let free = |row: usize, column: usize| !owned[row * columns + column];
        let most = (column + cell.col_span.max(1) as usize).min(columns);
        let right = (column + 1..most).find(|&next| !free(row, next)).unwrap_or(most);
        let most = (row + cell.row_span.max(1) as usize).min(rows);
        let below = (row + 1..most).find(|&next| !(column..right).all(|c| free(next, c))).unwrap_or(most);
        for row in row..below {
            owned[row * columns + column..row * columns + right].fill(true);
        }
        let text = clean(&cell.text).into_owned();
        cells.push(Cell { row, column, rows: below - row, columns: right - column, text, heads: None });
    }
    let blank = owned.iter().enumerate().filter(|(_, owned)| !**owned);
    cells.extend(blank.map(|(slot, _)| Cell {
        row: slot / columns,
        column: slot % columns,
        rows: 1,
        columns: 1,
        ..Cell::default()
    }));
    cells.sort_by_key(|cell| (cell.row, cell.column));
    Table { widths: vec![1; columns], rows, header_rows: 0, cells }
}
