//! A table of a form in its official shape: rows of cells with their spans, for every writer.

use super::{Block, FieldIndex, Form, Head, Table};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutContent {
    /// A line across the table, above a block.
    Caption(String),
    /// The corner above the row labels.
    Corner(String),
    /// A column label or group of columns.
    ColumnHead(String),
    /// A row label or group of rows.
    RowHead(String),
    /// A figure.
    Field(FieldIndex),
}

/// A cell of the table, with its place in the grid (0-based).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutCell {
    /// First row.
    pub row: u32,
    /// First grid column.
    pub column: u32,
    /// Rows that it takes.
    pub row_span: u32,
    /// Grid columns that it takes.
    pub col_span: u32,
    /// What stands in it.
    pub content: LayoutContent,
}

/// A table in its official shape.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The cells of each row from the left; a cell that reaches down stands in its first row only.
    pub rows: Vec<Vec<LayoutCell>>,
    /// Number of grid columns.
    pub columns: u32,
    /// Rows at the top that are header and repeat on each page; 0 where headers stand between the blocks.
    pub header_rows: u32,
}

impl Layout {
    /// The official shape of a table of the form.
    pub fn of(form: &Form, table: usize) -> Self {
        let table = &form.tables[table];
        let columns = table.label_columns + table.blocks.first().map_or(0, |block| block.spans.iter().sum());
        let mut layout = Self { rows: Vec::new(), columns, header_rows: 0 };
        for block in &table.blocks {
            layout.block(table, block);
        }
        if let [only] = table.blocks.as_slice() {
            layout.header_rows = depth(&only.columns) + u32::from(only.caption.is_some());
        }
        layout
    }

    /// The cells that stand in each row, from the left: its own and those that reach down into it.
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

    fn block(&mut self, table: &Table, block: &Block) {
        let mut row = self.rows.len() as u32;
        if let Some(caption) = &block.caption {
            self.push(row, 0, (1, self.columns), LayoutContent::Caption(caption.text.clone()));
            row += 1;
        }
        let height = depth(&block.columns);
        if table.label_columns > 0 {
            let corner = block.corner.as_ref().map(|corner| corner.text.clone()).unwrap_or_default();
            self.push(row, 0, (height, table.label_columns), LayoutContent::Corner(corner));
        }
        let mut leaf = 0;
        let mut column = table.label_columns;
        for head in &block.columns {
            self.column_head(head, (row, height), &mut column, &mut leaf, block);
        }
        row += height;
        let mut leaf_row = 0;
        let heads = if block.rows.is_empty() { &[][..] } else { &block.rows[..] };
        for head in heads {
            self.row_head(head, &mut row, 0, table.label_columns, &mut leaf_row, block);
        }
        if heads.is_empty() {
            if table.label_columns > 0 {
                self.push(row, 0, (1, table.label_columns), LayoutContent::RowHead(String::new()));
            }
            self.fields(row, table.label_columns, 0, block);
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
            *column += block.spans[*leaf];
            *leaf += 1;
            let spans = (height, *column - start);
            return self.push(row, start, spans, LayoutContent::ColumnHead(head.label.text.clone()));
        }
        for child in &head.children {
            self.column_head(child, (row + 1, height - 1), column, leaf, block);
        }
        self.push(row, start, (1, *column - start), LayoutContent::ColumnHead(head.label.text.clone()));
    }

    fn row_head(&mut self, head: &Head, row: &mut u32, column: u32, left: u32, leaf_row: &mut usize, block: &Block) {
        let start = *row;
        if head.children.is_empty() {
            self.push(start, column, (1, left), LayoutContent::RowHead(head.label.text.clone()));
            self.fields(start, column + left, *leaf_row, block);
            *leaf_row += 1;
            *row += 1;
            return;
        }
        for child in &head.children {
            self.row_head(child, row, column + 1, left.saturating_sub(1).max(1), leaf_row, block);
        }
        self.push(start, column, (*row - start, 1), LayoutContent::RowHead(head.label.text.clone()));
    }

    fn fields(&mut self, row: u32, mut column: u32, leaf_row: usize, block: &Block) {
        for (leaf, &span) in block.spans.iter().enumerate() {
            let field = block.first_field + leaf_row * block.spans.len() + leaf;
            self.push(row, column, (1, span), LayoutContent::Field(field));
            column += span;
        }
    }
}

fn depth(heads: &[Head]) -> u32 {
    heads.iter().map(|head| 1 + depth(&head.children)).max().unwrap_or(0)
}
