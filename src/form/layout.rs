//! The official layout of a table of a form: rows of cells with their spans, used by every writer.

use super::{Block, ColumnSlot, FieldIndex, Form, Head, HeadRole};

/// Content of a layout cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutContent {
    /// A line across the table, above a block.
    Caption(String),
    /// The corner cell above the row labels.
    Corner(String),
    /// A column label or group of columns.
    ColumnHead(String),
    /// A row label or group of rows.
    RowHead(String),
    /// A figure.
    Field(FieldIndex),
}

/// A cell of the layout; rows and columns are 0-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutCell {
    /// First row.
    pub row: u32,
    /// First grid column.
    pub column: u32,
    /// Number of rows spanned.
    pub row_span: u32,
    /// Number of grid columns spanned.
    pub col_span: u32,
    /// Content.
    pub content: LayoutContent,
}

/// A table in its official layout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Cells of each row from the left; a cell that spans several rows is listed in its first row only.
    pub rows: Vec<Vec<LayoutCell>>,
    /// Number of grid columns.
    pub columns: u32,
    /// Number of header rows at the top, which repeat on each page; 0 if there are headers between the blocks.
    pub header_rows: u32,
}

impl Layout {
    /// The layout of a table of the form; `table` is its index.
    pub fn for_table(form: &Form, table: usize) -> Self {
        let table = &form.tables[table];
        let mut layout = Self { rows: Vec::new(), columns: table.width().max(table.label_columns), header_rows: 0 };
        let (mut top, mut right, mut bottom) = (0, 0, 0);
        for block in &table.blocks {
            let left = if block.beside { right } else { 0 };
            top = if block.beside { top } else { bottom };
            let labels = if block.beside { 0 } else { table.label_columns };
            layout.block(form, block, (top, left, labels));
            right = left + labels + block.width();
            bottom = layout.rows.len() as u32;
        }
        if let [only] = table.blocks.as_slice() {
            layout.header_rows = depth(&only.columns) + u32::from(only.caption.is_some());
        } else if table.blocks.iter().skip(1).all(|block| block.beside) {
            layout.header_rows = table.blocks.iter().map(|block| depth(&block.columns)).max().unwrap_or(0);
        }
        layout.complete();
        layout
    }

    /// Fills the space beside shorter blocks with empty cells, so that every row is complete.
    fn complete(&mut self) {
        let mut missing = Vec::new();
        for (number, standing) in self.standing().iter().enumerate() {
            let mut column = 0;
            for cell in standing {
                if cell.column > column {
                    missing.push((number as u32, column, cell.column - column));
                }
                column = column.max(cell.column + cell.col_span);
            }
            if column < self.columns {
                missing.push((number as u32, column, self.columns - column));
            }
        }
        for (row, from, count) in missing {
            for column in from..from + count {
                self.push(row, column, (1, 1), LayoutContent::RowHead(String::new()));
            }
        }
        for cells in &mut self.rows {
            cells.sort_by_key(|cell| cell.column);
        }
    }

    /// The cells that cover each row, from the left: its own, and those that span down into it.
    pub fn standing(&self) -> Vec<Vec<&LayoutCell>> {
        let mut standing = vec![Vec::new(); self.rows.len()];
        for cell in self.rows.iter().flatten() {
            let rows = standing.iter_mut().skip(cell.row as usize).take(cell.row_span as usize);
            rows.for_each(|row| row.push(cell));
        }
        for row in &mut standing {
            row.sort_by_key(|cell: &&LayoutCell| cell.column);
        }
        standing
    }

    fn push(&mut self, row: u32, column: u32, spans: (u32, u32), content: LayoutContent) {
        while self.rows.len() <= row as usize {
            self.rows.push(Vec::new());
        }
        self.rows[row as usize].push(LayoutCell { row, column, row_span: spans.0, col_span: spans.1, content });
    }

    fn block(&mut self, form: &Form, block: &Block, (top, left, labels): (u32, u32, u32)) {
        let mut row = top;
        if let Some(caption) = &block.caption {
            let width = if block.beside { block.width() } else { self.columns };
            self.push(row, left, (1, width), LayoutContent::Caption(caption.text.clone()));
            row += 1;
        }
        let height = depth(&block.columns);
        if labels > 0 {
            let corner = block.corner.as_ref().map(|corner| corner.text.clone()).unwrap_or_default();
            self.push(row, left, (height, labels), LayoutContent::Corner(corner));
        }
        let mut leaf = 0;
        let mut column = left + labels;
        for head in &block.columns {
            self.column_head(head, (row, height), &mut column, &mut leaf, block);
        }
        row += height;
        let mut rows = Rows { form, block, row, leaf: 0, first: left + labels };
        if block.rows.is_empty() {
            for _ in 0..block.leaf_rows.len() {
                if labels > 0 {
                    self.push(rows.row, left, (1, labels), LayoutContent::RowHead(String::new()));
                }
                self.fields(&mut rows);
            }
        }
        for head in &block.rows {
            self.row_head(head, left, labels, &mut rows);
        }
        for cells in &mut self.rows {
            cells.sort_by_key(|cell| cell.column);
        }
    }

    fn column_head(
        &mut self,
        head: &Head,
        (row, height): (u32, u32),
        column: &mut u32,
        leaf: &mut usize,
        block: &Block,
    ) {
        let start = *column;
        if head.children.is_empty() {
            if head.role == HeadRole::Field {
                *column += block.spans[*leaf];
                *leaf += 1;
            } else {
                *column += 1;
            }
            let spans = (height, *column - start);
            return self.push(row, start, spans, LayoutContent::ColumnHead(head.label.text.clone()));
        }
        for child in &head.children {
            self.column_head(child, (row + 1, height - 1), column, leaf, block);
        }
        self.push(row, start, (1, *column - start), LayoutContent::ColumnHead(head.label.text.clone()));
    }

    fn row_head(&mut self, head: &Head, column: u32, left: u32, rows: &mut Rows) {
        let start = rows.row;
        if head.heading {
            let width = if left > 0 { left } else { rows.block.width() };
            self.push(start, column, (1, width), LayoutContent::RowHead(head.label.text.clone()));
            rows.row += 1;
            for child in &head.children {
                self.row_head(child, column, left, rows);
            }
            return;
        }
        if head.children.is_empty() {
            self.push(start, column, (1, left.max(1)), LayoutContent::RowHead(head.label.text.clone()));
            self.fields(rows);
            return;
        }
        for child in &head.children {
            self.row_head(child, column + 1, left.saturating_sub(1).max(1), rows);
        }
        self.push(start, column, (rows.row - start, 1), LayoutContent::RowHead(head.label.text.clone()));
    }

    /// Adds the cells of a row of figures.
    fn fields(&mut self, rows: &mut Rows) {
        let mut column = rows.first;
        let block = rows.block;
        for slot in &block.slots {
            let span = slot.span(block);
            let content = match *slot {
                ColumnSlot::Leaf(leaf) => {
                    LayoutContent::Field(block.first_field + rows.leaf * block.leaf_columns.len() + leaf)
                }
                ColumnSlot::Number => LayoutContent::RowHead(number(rows.block, rows.leaf)),
                ColumnSlot::Unit => {
                    let first = block.first_field + rows.leaf * block.leaf_columns.len();
                    let own = rows.form.fields.get(first..first + block.leaf_columns.len()).unwrap_or_default();
                    let unit = own.iter().find_map(|field| field.unit.clone());
                    LayoutContent::RowHead(unit.unwrap_or_default())
                }
            };
            self.push(rows.row, column, (1, span), content);
            column += span;
        }
        rows.row += 1;
        rows.leaf += 1;
    }
}

/// The rows of a block.
struct Rows<'a> {
    form: &'a Form,
    block: &'a Block,
    row: u32,
    leaf: usize,
    /// First grid column after the row labels.
    first: u32,
}

fn depth(heads: &[Head]) -> u32 {
    heads.iter().map(|head| 1 + depth(&head.children)).max().unwrap_or(0)
}

impl super::Table {
    /// Grid columns that it takes.
    pub fn width(&self) -> u32 {
        let mut widest = 0;
        let mut row = 0;
        for block in &self.blocks {
            row = if block.beside { row + block.width() } else { self.label_columns + block.width() };
            widest = widest.max(row);
        }
        widest
    }
}

/// Row number of a leaf. For a total row its label is returned, because the key column of a total row may be empty.
fn number(block: &Block, leaf: usize) -> String {
    let total = block.open.as_ref().and_then(|open| open.total.as_ref());
    let path = block.leaf_rows.get(leaf).map(|row| row.path.as_slice());
    match (total, path) {
        (Some(total), Some([own])) if own == total => total.text.clone(),
        _ => (leaf + 1).to_string(),
    }
}
