//! Tables of an `OpenDocument` text: repeated cells and rows repeat their text, and content of covered cells is reported as a finding
//! (ISO/IEC 26300-1, 9.1).

use std::sync::Arc;

use crate::document::{Block, Budget, Cell, Exceeded, Grid, GridBuilder, Place, Resource};
use crate::finding::code::read::CONTENT_SKIPPED;
use crate::finding::{Finding, Message};
use crate::read::shared::marks::{Face, Paper, Rgb, uncalculated};
use crate::read::shared::odf::count;
use crate::read::shared::odf::styles::Styles;
use crate::read::xml::Tag;

/// Maximum number of repetitions of a cell or row; a page has fewer of either.
const MOST: u32 = 1_024;

/// An open table.
pub(super) struct Table {
    builder: GridBuilder,
    part: Arc<str>,
    number: usize,
    rows: u32,
    /// Indices of the cells of the row.
    row: Vec<u32>,
    /// Indices of the open cell, one per repetition.
    cells: Vec<u32>,
    /// Number of columns of the row so far, including covered cells: the column of the next cell.
    position: u32,
    /// Grid column of the open cell.
    open: Option<u32>,
    /// Whether the open cell is a covered one.
    covered: bool,
    /// Number of covered cells with content, and the first of them.
    hidden: Option<(usize, Place, String)>,
    text: String,
    begun: bool,
    /// Whether the open cell has a formula, and the number of cells whose formula has no result.
    computed: bool,
    uncalculated: u32,
    /// Blocks of the open cell.
    pub(super) nested: Vec<Block>,
}

impl Table {
    /// A table without rows; `number` is its index in the document.
    pub(super) fn new(part: &Arc<str>, number: usize) -> Self {
        let place = Place { part: Some(Arc::clone(part)), table: Some(number as u32), ..Place::default() };
        Self {
            builder: GridBuilder::new(place),
            part: Arc::clone(part),
            number,
            rows: 0,
            row: Vec::new(),
            cells: Vec::new(),
            position: 0,
            open: None,
            covered: false,
            hidden: None,
            text: String::new(),
            begun: false,
            computed: false,
            uncalculated: 0,
            nested: Vec::new(),
        }
    }

    /// Place of the open cell, or of the table if none is open.
    pub(super) fn place(&self) -> Place {
        let row = self.rows.saturating_sub(1) as usize;
        let column = self.open.filter(|_| self.is_in_cell());
        match column {
            Some(column) => Place::cell(&self.part, self.number, row, column as usize),
            None => Place { part: Some(Arc::clone(&self.part)), table: Some(self.number as u32), ..Place::default() },
        }
    }

    /// Whether a cell is open.
    pub(super) fn is_in_cell(&self) -> bool {
        self.covered || !self.cells.is_empty()
    }

    pub(super) fn begin_row(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        self.row.clear();
        self.position = 0;
        self.rows += 1;
        self.builder.start_row(budget)
    }

    pub(super) fn begin_cell(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), Exceeded> {
        self.cells.clear();
        self.computed = tag.get("formula").is_some();
        self.open = Some(self.builder.next_column());
        let spans = (count(tag, "number-rows-spanned"), count(tag, "number-columns-spanned"));
        let repeated = count(tag, "number-columns-repeated").min(MOST);
        self.position = self.position.saturating_add(repeated);
        for _ in 0..repeated {
            let cell = self.add(spans, String::new(), budget)?;
            self.cells.push(cell);
            self.row.push(cell);
        }
        self.text.clear();
        self.begun = false;
        Ok(())
    }

    /// Opens a covered cell. If no cell covers it, as in a damaged table, it is treated as an ordinary cell.
    pub(super) fn begin_covered(&mut self, tag: &Tag, budget: &mut Budget) -> Result<(), Exceeded> {
        if self.builder.next_column() <= self.position {
            return self.begin_cell(tag, budget);
        }
        self.covered = true;
        self.text.clear();
        self.begun = false;
        self.position = self.position.saturating_add(count(tag, "number-columns-repeated").min(MOST));
        Ok(())
    }

    /// Records that a covered cell has content.
    fn end_covered(&mut self) {
        let (text, nested) = (std::mem::take(&mut self.text), std::mem::take(&mut self.nested));
        if text.trim().is_empty() && nested.is_empty() {
            return;
        }
        let column = self.position.saturating_sub(1) as usize;
        let place = Place::cell(&self.part, self.number, self.rows.saturating_sub(1) as usize, column);
        let first = || (0, place, text.trim().chars().take(40).collect());
        self.hidden.get_or_insert_with(first).0 += 1;
    }

    fn add(&mut self, spans: (u32, u32), text: String, budget: &mut Budget) -> Result<u32, Exceeded> {
        let column = self.builder.next_column() as usize;
        let place = Place::cell(&self.part, self.number, self.rows.saturating_sub(1) as usize, column);
        let (row_span, col_span) = spans;
        self.builder.add(Cell { row_span, col_span, text, place, ..Cell::default() }, budget)
    }

    /// Adds a line to the open cell.
    pub(super) fn line(&mut self, text: &str) {
        if std::mem::replace(&mut self.begun, true) && !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    pub(super) fn end_cell(&mut self, budget: &mut Budget) -> Result<(), Exceeded> {
        if std::mem::take(&mut self.covered) {
            self.end_covered();
            return Ok(());
        }
        let (text, mut nested) = (std::mem::take(&mut self.text), std::mem::take(&mut self.nested));
        if std::mem::take(&mut self.computed) && text.trim().is_empty() && nested.is_empty() {
            self.uncalculated += self.cells.len() as u32;
        }
        let copies = self.cells.len().saturating_sub(1) as u64;
        budget.spend(Resource::TextBytes, copies.saturating_mul(text.len() as u64))?;
        for cell in self.cells.drain(..) {
            if let Some(cell) = self.builder.cell_mut(cell) {
                cell.text.clone_from(&text);
                cell.nested = std::mem::take(&mut nested);
            }
        }
        Ok(())
    }

    /// Repeats the row that has ended.
    pub(super) fn repeat_row(&mut self, times: u32, budget: &mut Budget) -> Result<(), Exceeded> {
        if times < 2 {
            return Ok(());
        }
        let row = std::mem::take(&mut self.row);
        let copied: Vec<(u32, String)> = row
            .iter()
            .filter_map(|&cell| self.builder.cell_mut(cell).map(|cell| (cell.col_span, cell.text.clone())))
            .collect();
        for _ in 1..times.min(MOST) {
            self.begin_row(budget)?;
            for (col_span, text) in &copied {
                budget.spend(Resource::TextBytes, text.len() as u64)?;
                self.add((1, *col_span), text.clone(), budget)?;
            }
        }
        Ok(())
    }

    /// The grid. Content of covered cells is reported as a finding and not read.
    pub(super) fn finish(self, budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Grid, Exceeded> {
        findings.extend(uncalculated(self.uncalculated));
        findings.extend(self.hidden.map(|(count, place, text)| covered(count, place, &text)));
        self.builder.finish(budget)
    }
}

/// The background of a cell, and its colour.
pub(super) fn ground(styles: &mut Styles, tag: &Tag) -> (Paper, Option<Rgb>) {
    let style = tag.get("style-name").map(|style| styles.face("table-cell", &style));
    let face = style.unwrap_or_default().apply(Face::default());
    (face.paper, face.ground)
}

fn covered(count: usize, place: Place, text: &str) -> Finding {
    let table = place.table.map_or(1, |table| table + 1);
    let message = Message::new(
        format!("第{table}个表格有{count}个被合并单元格遮住的单元格仍有内容（如“{text}”），未读取。请取消合并核对。"),
        format!(
            "Table {table} has {count} cells that a merged cell covers and that hold something (such as \"{text}\"); it was not read. \
             Take the merged cell apart and check."
        ),
    );
    Finding::new(&CONTENT_SKIPPED, message).at(Some(place))
}
