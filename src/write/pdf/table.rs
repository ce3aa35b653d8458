//! Table layout: breaks cells into lines, computes row heights, and splits rows over pages.

use super::fonts::{Glyphs, Role};
use super::line::{Line, ShapedGlyph, Style, break_lines, shape, widest_piece};
use super::sheet::{Frame, Ink, Item, PITCH as LINE};
use super::tree::{Heads, TagKind, Tree};

/// A table to be laid out. Its cells cover the grid without gaps, in reading order.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Relative widths of its columns.
    pub(super) widths: Vec<u32>,
    pub(super) rows: usize,
    /// Number of header rows that are repeated on each page.
    pub(super) header_rows: usize,
    pub(super) cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) text: String,
    pub(super) heads: Option<Heads>,
}

/// Minimum row height: 7 mm, and 6.5 mm in a long table, as in the blank form in Word.
const LEAST_HEIGHT: f32 = 19.85;
const LOW_HEIGHT: f32 = 18.45;

/// Number of rows from which a table is long.
const LONG: usize = 20;

/// Space above and below the text of a cell, in points.
const PADDING: f32 = 2.5;

/// Line pitch in a cell, in font sizes.
const PITCH: f32 = 1.3;

/// Distance from the middle of a line to its base line, in font sizes.
const MIDDLE: f32 = 0.36;

/// Minimum font size for an unbreakable run, such as a long number, that is wider than its column.
const LEAST_SIZE: f32 = 4.0;

/// Height of the heading above a table that fits the rest of the page and is not split.
const HEADING: f32 = 2.0 * LINE;

/// A laid-out table with its lines and row heights.
#[derive(Debug)]
pub(super) struct Laid {
    frame: Frame,
    xs: Vec<f32>,
    heights: Vec<f32>,
    header_rows: usize,
    cells: Vec<LaidCell>,
}

#[derive(Debug)]
struct LaidCell {
    row: usize,
    column: usize,
    rows: usize,
    columns: usize,
    lines: Vec<Line>,
    size: f32,
    heads: Option<Heads>,
}

impl LaidCell {
    #[allow(clippy::cast_precision_loss, reason = "lines of a cell")]
    fn text_height(&self) -> f32 {
        self.lines.len() as f32 * self.size * PITCH + 2.0 * PADDING
    }
}

/// Lays a table out; `None` if one of its rows is higher than a page.
#[allow(clippy::cast_precision_loss, reason = "widths of columns")]
pub(super) fn laid(table: &Table, frame: &Frame, glyphs: &Glyphs, missing: &mut Vec<char>) -> Option<Laid> {
    // Ten or more columns need a smaller font size.
    let (size, margin) = match table.widths.len() {
        ..=6 => (10.5, 4.0),
        7..=12 => (9.0, 1.5),
        _ => (8.0, 0.75),
    };
    let total = table.widths.iter().sum::<u32>().max(1) as f32;
    let mut xs = vec![frame.left];
    let mut reached = 0;
    for width in &table.widths {
        reached += width;
        xs.push(frame.left + frame.width * reached as f32 / total);
    }
    let mut found = Vec::new();
    let cells: Vec<LaidCell> = table
        .cells
        .iter()
        .map(|cell| {
            let width = xs.get(cell.column + cell.columns)? - xs.get(cell.column)? - 2.0 * margin;
            let (lines, size) = cell_lines(&cell.text, size, width, glyphs, &mut found);
            let Cell { row, column, rows, columns, heads, .. } = *cell;
            Some(LaidCell { row, column, rows, columns, lines, size, heads })
        })
        .collect::<Option<_>>()?;
    let heights = heights(table.rows, &cells);
    let header: f32 = heights.iter().take(table.header_rows).sum();
    if heights.iter().skip(table.header_rows).any(|height| header + height > frame.height) {
        return None;
    }
    missing.extend(found);
    Some(Laid { frame: *frame, xs, heights, header_rows: table.header_rows, cells })
}

/// The lines of a cell, and the font size at which every unbreakable run fits.
fn cell_lines(text: &str, size: f32, width: f32, glyphs: &Glyphs, missing: &mut Vec<char>) -> (Vec<Line>, f32) {
    let style = |size: f32| Style { role: Role::Table, size, tracking: 0.0, heavy: false, justified: false };
    let set_at = |size: f32, missing: &mut Vec<char>| -> Vec<Vec<ShapedGlyph>> {
        text.split('\n').map(|line| shape(line, &style(size), glyphs, missing)).filter(|set| !set.is_empty()).collect()
    };
    let mut paragraphs = set_at(size, missing);
    let widest = paragraphs.iter().map(|set| widest_piece(set, &style(size))).fold(0.0, f32::max);
    let mut size = size;
    if widest > width {
        size = (size * width / widest).max(LEAST_SIZE);
        paragraphs = set_at(size, missing);
    }
    let lines = paragraphs.iter().flat_map(|set| break_lines(set, &style(size), width, 0.0));
    (lines.collect(), size)
}

fn heights(rows: usize, cells: &[LaidCell]) -> Vec<f32> {
    let mut heights = vec![if rows > LONG { LOW_HEIGHT } else { LEAST_HEIGHT }; rows];
    for cell in cells.iter().filter(|cell| cell.rows == 1) {
        heights[cell.row] = heights[cell.row].max(cell.text_height());
    }
    for cell in cells.iter().filter(|cell| cell.rows > 1) {
        let spanned = &mut heights[cell.row..cell.row + cell.rows];
        let lacking = cell.text_height() - spanned.iter().sum::<f32>();
        if lacking > 0.0 {
            #[allow(clippy::cast_precision_loss, reason = "rows of a cell")]
            let share = lacking / spanned.len() as f32;
            for height in spanned {
                *height += share;
            }
        }
    }
    heights
}

impl Laid {
    fn height(&self) -> f32 {
        self.heights.iter().sum()
    }

    /// Minimum space that the table needs to begin on a page.
    pub(super) fn beginning(&self) -> f32 {
        if self.height() <= self.frame.height - HEADING {
            return self.height();
        }
        // The header and two rows.
        self.heights.iter().take(self.header_rows + 2).sum()
    }

    /// The rows on each page; on the first page they begin at `y`.
    fn parts(&self, y: f32) -> Vec<(usize, usize)> {
        let header: f32 = self.heights.iter().take(self.header_rows).sum();
        let mut parts = Vec::new();
        let (mut first, mut row, mut reached) = (0, 0, y);
        while row < self.heights.len() {
            if reached + self.heights[row] > self.frame.bottom() && row > first {
                parts.push((first, row));
                (first, reached) = (row, self.frame.top + if row >= self.header_rows { header } else { 0.0 });
            }
            reached += self.heights[row];
            row += 1;
        }
        parts.push((first, row));
        parts
    }

    /// Draws the table from `y` on; returns the items of each page and where they end.
    pub(super) fn draw(&self, y: f32, tree: &mut Tree) -> Vec<(Vec<Item>, f32)> {
        let nodes = self.nodes(tree);
        let parts = self.parts(y);
        let shown: Vec<usize> = self.cells.iter().map(|cell| self.shown_on(cell, &parts)).collect();
        let mut drawn = Vec::new();
        for (number, &(first, end)) in parts.iter().enumerate() {
            let mut page = PagePart { table: self, items: Vec::new(), edges: Vec::new() };
            let mut top = if number == 0 { y } else { self.frame.top };
            if number > 0 && first >= self.header_rows && self.header_rows > 0 {
                let header = |cell: &&LaidCell| cell.row < self.header_rows;
                for cell in self.cells.iter().filter(header) {
                    page.cell(cell, (0, self.header_rows), top, CellContent::Again);
                }
                top += self.heights.iter().take(self.header_rows).sum::<f32>();
            }
            for (index, cell) in self.cells.iter().enumerate() {
                if cell.row < end && cell.row + cell.rows > first {
                    let here = shown[index] == number;
                    let shown = if here { CellContent::Content(nodes[index]) } else { CellContent::Nothing };
                    page.cell(cell, (first, end), top, shown);
                }
            }
            let reached = top + self.heights[first..end].iter().sum::<f32>();
            drawn.push((page.finish(), reached));
        }
        drawn
    }

    /// The index of the part that shows the text of a cell: the first in which it fits, else the one with most space.
    fn shown_on(&self, cell: &LaidCell, parts: &[(usize, usize)]) -> usize {
        let mut most = (0, 0.0);
        for (number, &(first, end)) in parts.iter().enumerate() {
            let (from, to) = (cell.row.max(first), (cell.row + cell.rows).min(end));
            if from >= to {
                continue;
            }
            let room: f32 = self.heights[from..to].iter().sum();
            if room + 0.1 >= cell.text_height() {
                return number;
            }
            if room > most.1 {
                most = (number, room);
            }
        }
        most.0
    }

    /// Adds the structure elements of the cells, in order.
    fn nodes(&self, tree: &mut Tree) -> Vec<usize> {
        let table = tree.add(TagKind::Table, None);
        let header = (self.header_rows > 0).then(|| tree.add(TagKind::TableHead, Some(table)));
        let mut body = None;
        let (mut row, mut current) = (usize::MAX, table);
        let mut nodes = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            if cell.row != row {
                let parent = match header {
                    Some(header) if cell.row < self.header_rows => header,
                    Some(_) => *body.get_or_insert_with(|| tree.add(TagKind::TableBody, Some(table))),
                    None => table,
                };
                // Rows in which no cell begins have a structure element, too.
                let skipped = if row == usize::MAX { cell.row } else { cell.row - row - 1 };
                for _ in 0..skipped {
                    tree.add(TagKind::Row, Some(parent));
                }
                row = cell.row;
                current = tree.add(TagKind::Row, Some(parent));
            }
            let kind = TagKind::Cell { heads: cell.heads, rows: cell.rows, columns: cell.columns };
            nodes.push(tree.add(kind, Some(current)));
        }
        nodes
    }
}

/// How a cell shows its text on a page.
#[derive(Debug, Clone, Copy)]
enum CellContent {
    /// Not: the text is on another page.
    Nothing,
    /// Repeated, in a repeated header.
    Again,
    /// As the content of a structure element.
    Content(usize),
}

/// The rows of a table on one page.
struct PagePart<'t> {
    table: &'t Laid,
    items: Vec<Item>,
    edges: Vec<[f32; 4]>,
}

impl PagePart<'_> {
    /// Draws a cell from `top` on: its borders on this page, and its text if it is shown here.
    fn cell(&mut self, cell: &LaidCell, (first, end): (usize, usize), top: f32, shown: CellContent) {
        let (from, to) = (cell.row.max(first), (cell.row + cell.rows).min(end));
        let heights = &self.table.heights;
        let y0 = top + heights[first..from].iter().sum::<f32>();
        let y1 = y0 + heights[from..to].iter().sum::<f32>();
        let (x0, x1) = (self.table.xs[cell.column], self.table.xs[cell.column + cell.columns]);
        for edge in [[x0, y0, x1, y0], [x0, y1, x1, y1], [x0, y0, x0, y1], [x1, y0, x1, y1]] {
            if !self.edges.contains(&edge) {
                self.edges.push(edge);
            }
        }
        let node = match shown {
            CellContent::Nothing => return,
            CellContent::Again => None,
            CellContent::Content(node) if cell.lines.is_empty() => return self.items.push(Item::Nothing { node }),
            CellContent::Content(node) => Some(node),
        };
        let pitch = cell.size * PITCH;
        #[allow(clippy::cast_precision_loss, reason = "lines of a cell")]
        let height = cell.lines.len() as f32 * pitch;
        let mut middle = f32::midpoint(y0, y1) - height / 2.0 + pitch / 2.0;
        for line in &cell.lines {
            // Row labels are left-aligned, everything else is centred.
            let left = cell.heads == Some(Heads::Row) && cell.rows == 1;
            let x = if left { x0 + PADDING } else { f32::midpoint(x0, x1) - line.width / 2.0 };
            let y = middle + MIDDLE * cell.size;
            self.items.push(Item::Text {
                line: line.clone(),
                x,
                y,
                size: cell.size,
                heavy: false,
                ink: Ink::Black,
                node,
            });
            middle += pitch;
        }
    }

    fn finish(mut self) -> Vec<Item> {
        self.items.extend(self.edges.into_iter().map(|[x0, y0, x1, y1]| Item::Rule {
            x0,
            y0,
            x1,
            y1,
            ink: Ink::Black,
        }));
        self.items
    }
}
