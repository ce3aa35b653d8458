//! HTML tables; every data cell lists its header cells (`headers`).

use std::collections::BTreeMap;

use maud::{Markup, Render, html};

use super::lines;
use crate::form::{FieldIndex, Form, Layout, LayoutCell, LayoutContent};
use crate::report::{ExtraCell, ExtraTable, Report};
use crate::write::plan::{clean, shown};
use crate::write::xml::escape;

/// Placeholder for a figure while a table is compiled; [`clean`] removes it from texts.
const FIGURE: char = '\0';

/// A table of the form in its official layout: pieces of markup, each but the last followed by a field.
#[derive(Debug)]
pub(super) struct FormTable {
    pieces: Vec<String>,
    fields: Vec<FieldIndex>,
}

impl FormTable {
    /// Compiles a table of the form.
    pub(super) fn compile(form: &Form, number: usize) -> Self {
        let layout = Layout::for_table(form, number);
        let field = |cell: &LayoutCell| match &cell.content {
            LayoutContent::Field(field) => Some(*field),
            _ => None,
        };
        Self {
            pieces: markup(form, number, &layout).0.split(FIGURE).map(str::to_owned).collect(),
            fields: layout.rows.iter().flatten().filter_map(field).collect(),
        }
    }

    /// Appends the table with the figures of a report.
    pub(super) fn fill(&self, form: &Form, report: &Report, page: &mut String) {
        for (piece, &field) in self.pieces.iter().zip(&self.fields) {
            page.push_str(piece);
            escape(&shown(form, report, field), page);
        }
        page.push_str(self.pieces.last().map_or("", String::as_str));
    }
}

fn markup(form: &Form, number: usize, layout: &Layout) -> Markup {
    let table = &form.tables[number];
    let (head, body) = layout.rows.split_at(layout.header_rows as usize);
    let section =
        form.sections[table.section].heading.as_ref().map(|heading| heading.text.as_str()).unwrap_or_default();
    let caption = if section.is_empty() { table.name.zh.clone() } else { format!("{}　{section}", table.name.zh) };
    let writer = TableWriter::new(&table.id, layout);
    html! {
        div.scroll role="region" tabindex="0" aria-label=(clean(&caption)) {
            table {
                caption { (clean(&caption)) }
                @if !head.is_empty() {
                    thead { @for row in head { tr { @for cell in row { (writer.cell(cell)) } } } }
                }
                tbody { @for row in body { tr { @for cell in row { (writer.cell(cell)) } } } }
            }
        }
    }
}

struct TableWriter<'a> {
    id: &'a str,
    layout: &'a Layout,
    standing: Vec<Vec<&'a LayoutCell>>,
    /// The captions and column labels of each block, by the block's first row.
    heads: BTreeMap<u32, Vec<&'a LayoutCell>>,
}

impl<'a> TableWriter<'a> {
    fn new(id: &'a str, layout: &'a Layout) -> Self {
        let mut heads = BTreeMap::new();
        let mut block: &mut Vec<&LayoutCell> = heads.entry(0).or_default();
        for row in &layout.rows {
            if let Some(first) = row.first().filter(|first| matches!(first.content, LayoutContent::Caption(_))) {
                block = heads.entry(first.row).or_default();
            }
            let is_head =
                |cell: &&LayoutCell| matches!(cell.content, LayoutContent::Caption(_) | LayoutContent::ColumnHead(_));
            block.extend(row.iter().filter(is_head));
        }
        Self { id, layout, standing: layout.standing(), heads }
    }

    fn cell(&self, cell: &LayoutCell) -> Markup {
        let (rows, columns) = (span(cell.row_span), span(cell.col_span));
        let id = self.cell_id(cell);
        match &cell.content {
            LayoutContent::Field(_) => html! {
                td rowspan=[rows] colspan=[columns] headers=(self.headers(cell)) { (FIGURE) }
            },
            LayoutContent::Caption(text) => {
                html! { th id=(id) rowspan=[rows] colspan=[columns] scope="colgroup" { (clean(text)) } }
            }
            LayoutContent::Corner(text) => html! { td rowspan=[rows] colspan=[columns] { (clean(text)) } },
            LayoutContent::ColumnHead(text) => {
                let scope =
                    if cell.col_span > 1 && cell.row + 1 < self.layout.header_rows { "colgroup" } else { "col" };
                html! { th id=(id) rowspan=[rows] colspan=[columns] scope=(scope) { (clean(text)) } }
            }
            LayoutContent::RowHead(text) if text.is_empty() => html! { td rowspan=[rows] colspan=[columns] {} },
            LayoutContent::RowHead(text) => {
                let scope = if cell.row_span > 1 { "rowgroup" } else { "row" };
                html! { th id=(id) rowspan=[rows] colspan=[columns] scope=(scope) { (clean(text)) } }
            }
        }
    }

    fn cell_id(&self, cell: &LayoutCell) -> String {
        format!("{}-r{}c{}", self.id, cell.row, cell.column)
    }

    /// The ids of a figure's header cells: the nearest column labels above it, and the row labels left of it.
    fn headers(&self, cell: &LayoutCell) -> String {
        let above = self.heads.range(..=cell.row).next_back().map(|(_, block)| block.as_slice()).unwrap_or_default();
        let is_over = |other: &&&LayoutCell| {
            let spans = other.column < cell.column + cell.col_span && cell.column < other.column + other.col_span;
            other.row <= cell.row && (spans || matches!(other.content, LayoutContent::Caption(_)))
        };
        let is_beside =
            |other: &&&LayoutCell| matches!(&other.content, LayoutContent::RowHead(text) if !text.is_empty());
        let beside = self.standing.get(cell.row as usize).map(Vec::as_slice).unwrap_or_default();
        let heads = above.iter().filter(is_over).chain(beside.iter().filter(is_beside));
        heads.map(|head| self.cell_id(head)).collect::<Vec<_>>().join(" ")
    }
}

/// Text with its line breaks.
struct Lines<'a>(&'a str);

impl Render for Lines<'_> {
    fn render_to(&self, page: &mut String) {
        lines(self.0, page);
    }
}

fn span(count: u32) -> Option<u32> {
    (count > 1).then_some(count)
}

/// Maximum number of rows of a table; readers produce no more.
const MOST_ROWS: u32 = 200_000;

/// An extra table as in the source. A row whose cells all span down from above is dropped.
pub(super) fn extra(table: &ExtraTable) -> Markup {
    let mut cells: Vec<&ExtraCell> = table.cells.iter().collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let mut rest = cells.as_slice();
    let count = table.rows.max(cells.last().map_or(0, |cell| cell.row.saturating_add(1)));
    let rows = (0..count.min(MOST_ROWS)).map(|row| {
        let (line, after) = rest.split_at(rest.partition_point(|cell| cell.row <= row));
        rest = after;
        line
    });
    html! {
        div.scroll role="region" tabindex="0" aria-label="原文表格" {
            table {
                @for row in rows {
                    tr {
                        @for cell in row {
                            td rowspan=[span(cell.row_span)] colspan=[span(cell.col_span)] { (Lines(&cell.text)) }
                        }
                    }
                }
            }
        }
    }
}
