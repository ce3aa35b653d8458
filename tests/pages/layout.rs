//! A document laid out on A4 sheets, for the writers of OFD and PDF in this folder: positioned text and ruled lines.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, reason = "positions on a sheet")]
#![allow(clippy::struct_excessive_bools, reason = "each is one way of writing")]

use nianbao::document::{Block, Cell, Document, Grid};

/// Width and height of a sheet, in points.
pub(crate) const A4: (f64, f64) = (595.28, 841.89);

const LEFT: f64 = 79.0;
const WIDTH: f64 = 437.0;
const TOP: f64 = 105.0;
const BOTTOM: f64 = 742.0;
const BODY: f64 = 16.0;
const TITLE: f64 = 22.0;
const CELL: f64 = 10.5;
/// Space between the border of a cell and its text.
const PADDING: f64 = 3.0;

/// A line of text with the start of its base line, from the upper left corner of the sheet.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) size: f64,
    pub(crate) text: String,
    /// The cell that contains it, as an index among those that begin on the sheet.
    pub(crate) cell: Option<usize>,
}

/// A cell that begins on a sheet: its table, and its position in the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: usize,
    pub(crate) row: u32,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) runs: Vec<Run>,
    pub(crate) cells: Vec<Place>,
    /// Ruled lines, each from one point to another.
    pub(crate) lines: Vec<(f64, f64, f64, f64)>,
}

/// Width of a character at a font size: Latin characters are half as wide as Chinese ones.
pub(crate) fn width_of(character: char, size: f64) -> f64 {
    if character.is_ascii() { size / 2.0 } else { size }
}

/// Lays a document out.
pub(crate) fn lay(document: &Document) -> Vec<Sheet> {
    let mut layout = Layout { sheets: vec![Sheet::default()], y: TOP, table: 0 };
    let mut first = true;
    for block in &document.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                layout.paragraph(&paragraph.shown(), std::mem::take(&mut first));
            }
            Block::Grid(grid) => {
                layout.grid(grid);
                layout.table += 1;
            }
            Block::Picture(_) => {}
        }
    }
    for (number, sheet) in layout.sheets.iter_mut().enumerate() {
        let text = format!("— {} —", number + 1);
        sheet.runs.push(Run { x: A4.0 / 2.0 - 20.0, y: A4.1 - 60.0, size: 14.0, text, cell: None });
    }
    layout.sheets
}

struct Layout {
    sheets: Vec<Sheet>,
    y: f64,
    table: usize,
}

impl Layout {
    fn sheet(&mut self) -> &mut Sheet {
        self.sheets.last_mut().expect("a sheet")
    }

    fn new_sheet(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = TOP;
    }

    fn paragraph(&mut self, text: &str, title: bool) {
        let size = if title { TITLE } else { BODY };
        let height = 1.75 * size;
        let indent = if title { 0.0 } else { 2.0 * size };
        for (number, line) in broken(text, WIDTH, if title { 0.0 } else { indent }, size).into_iter().enumerate() {
            if self.y + height > BOTTOM {
                self.new_sheet();
            }
            self.y += height;
            let length: f64 = line.chars().map(|character| width_of(character, size)).sum();
            let x = match (title, number) {
                (true, _) => LEFT + (WIDTH - length) / 2.0,
                (false, 0) => LEFT + indent,
                _ => LEFT,
            };
            let y = self.y;
            self.sheet().runs.push(Run { x, y, size, text: line, cell: None });
        }
    }

    /// Adds a table. A row that does not fit begins a new sheet; a cell that spans several rows is drawn on both, with its text on the
    /// first.
    fn grid(&mut self, grid: &Grid) {
        let xs = columns(grid);
        let heights = heights(grid, &xs);
        self.y += BODY;
        let mut first = 0;
        while first < grid.rows() {
            let mut end = first;
            let mut ys = vec![self.y];
            while end < grid.rows() && ys[ys.len() - 1] + heights[end as usize] <= BOTTOM {
                ys.push(ys[ys.len() - 1] + heights[end as usize]);
                end += 1;
            }
            if end == first {
                assert!(self.y > TOP, "a row is higher than a sheet");
                self.new_sheet();
                continue;
            }
            for cell in grid.cells().iter().filter(|cell| cell.row < end && cell.row + cell.row_span > first) {
                let (top, bottom) = (cell.row.max(first) - first, (cell.row + cell.row_span).min(end) - first);
                let (x0, x1) = (xs[cell.column as usize], xs[(cell.column + cell.col_span) as usize]);
                self.cell(cell, (x0, ys[top as usize], x1, ys[bottom as usize]), cell.row >= first);
            }
            self.y = ys[ys.len() - 1];
            first = end;
            if first < grid.rows() {
                self.new_sheet();
            }
        }
        self.y += BODY / 2.0;
    }

    fn cell(&mut self, cell: &Cell, (x0, y0, x1, y1): (f64, f64, f64, f64), with_text: bool) {
        let table = self.table;
        let sheet = self.sheet();
        sheet.lines.extend([(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]);
        if !with_text {
            return;
        }
        sheet.cells.push(Place { table, row: cell.row, rows: cell.row_span, columns: cell.col_span });
        let own = Some(sheet.cells.len() - 1);
        let lines = broken(&cell.text, x1 - x0 - 2.0 * PADDING, 0.0, CELL);
        for (number, text) in lines.into_iter().enumerate() {
            let y = y0 + PADDING + CELL + 1.3 * CELL * number as f64;
            let length: f64 = text.chars().map(|character| width_of(character, CELL)).sum();
            sheet.runs.push(Run { x: f64::midpoint(x0, x1) - length / 2.0, y, size: CELL, text, cell: own });
        }
    }
}

/// Positions of the lines between columns: as wide as the longest text needs, within limits.
fn columns(grid: &Grid) -> Vec<f64> {
    let mut wanted = vec![3.0_f64; grid.columns() as usize];
    for cell in grid.cells().iter().filter(|cell| cell.col_span == 1) {
        let wide = &mut wanted[cell.column as usize];
        *wide = wide.max((cell.text.chars().count() as f64).min(9.0));
    }
    let all: f64 = wanted.iter().sum();
    let mut xs = vec![LEFT];
    for wide in wanted {
        xs.push(xs[xs.len() - 1] + wide / all * WIDTH);
    }
    xs
}

fn heights(grid: &Grid, xs: &[f64]) -> Vec<f64> {
    let needed = |cell: &Cell| {
        let wide = xs[(cell.column + cell.col_span) as usize] - xs[cell.column as usize] - 2.0 * PADDING;
        broken(&cell.text, wide, 0.0, CELL).len().max(1) as f64 * 1.3 * CELL + 2.0 * PADDING
    };
    let mut heights = vec![0.0_f64; grid.rows() as usize];
    for cell in grid.cells().iter().filter(|cell| cell.row_span == 1) {
        heights[cell.row as usize] = heights[cell.row as usize].max(needed(cell));
    }
    for cell in grid.cells().iter().filter(|cell| cell.row_span > 1) {
        let rows = &mut heights[cell.row as usize..(cell.row + cell.row_span) as usize];
        let lacking = needed(cell) - rows.iter().sum::<f64>();
        if lacking > 0.0 {
            let last = rows.len() - 1;
            rows[last] += lacking;
        }
    }
    heights
}

/// A text broken into lines of a width, the first of which is indented.
fn broken(text: &str, width: f64, indent: f64, size: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut length) = (String::new(), indent);
    for character in text.chars() {
        let wide = width_of(character, size);
        if character == '\n' || length + wide > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            length = 0.0;
        }
        if character != '\n' {
            line.push(character);
            length += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
