//! The text of an uploaded file as it was read, and the surroundings of a field.

use serde_json::{Value, json};

use crate::batch::{Loader, guarded};
use crate::document::{Block, Budget, Document, Grid};
use crate::read;
use crate::report::Place;

use super::desk::{Desk, input};
use super::{Answer, Which};

/// Maximum number of blocks shown of a file, and of slots shown of a table.
const MOST_BLOCKS: usize = 600;
const MOST_SLOTS: u32 = 6_000;

/// Number of rows shown above and below a cell, and of paragraphs before and after a paragraph.
const AROUND: u32 = 2;

impl Desk<'_> {
    /// The surroundings of a field; without a field, the text of the whole file.
    pub(super) fn source(&mut self, which: &Which, field: Option<&str>) -> Answer {
        let place = field.and_then(|field| {
            let (_, examined) = self.one(which).ok()?;
            examined.report.values.get(field)?.place.clone()
        });
        let file = input(&which.file);
        let read = guarded(|| {
            let bytes = Loader::default().bytes(&file)?;
            read::read(&bytes, Some(&which.file.name), &mut Budget::default())
                .map_err(|error| Box::new(error.finding()))
        });
        let reading = match read {
            Ok(reading) => reading,
            Err(finding) => return Answer::No(finding.message),
        };
        let document = &reading.document;
        let near = place.as_ref().and_then(|place| surroundings(document, place));
        let blocks: Vec<Value> = if field.is_some() {
            Vec::new()
        } else {
            document.blocks.iter().take(MOST_BLOCKS).filter_map(block).collect()
        };
        Answer::Shown(json!({
            "format": reading.format,
            "blocks": blocks,
            "more": document.blocks.len().saturating_sub(MOST_BLOCKS),
            "near": near,
        }))
    }
}

fn block(block: &Block) -> Option<Value> {
    Some(match block {
        Block::Paragraph(paragraph) if paragraph.text.trim().is_empty() => return None,
        Block::Paragraph(paragraph) => {
            let number = paragraph.number.as_deref().unwrap_or_default();
            json!({ "text": format!("{number}{}", paragraph.text), "level": paragraph.level })
        }
        Block::Grid(grid) => json!({ "table": rows(grid), "caption": grid.caption }),
        Block::Picture(picture) => json!({ "picture": picture.alt }),
    })
}

/// The rows of a grid with their cells and spans.
fn rows(grid: &Grid) -> Value {
    let shown = MOST_SLOTS / grid.columns().max(1);
    let rows = (0..grid.rows().min(shown)).map(|row| {
        let cells = grid
            .row_cells(row)
            .filter(|cell| cell.row == row)
            .map(|cell| json!({ "text": cell.text, "rows": cell.row_span, "columns": cell.col_span, "marked": false }));
        cells.collect::<Vec<_>>()
    });
    rows.collect::<Vec<_>>().into()
}

/// Maximum number of characters shown of the neighbouring cells.
const BESIDE: usize = 14;

/// The rows `wanted` of a grid, with the cell whose origin is `mark` marked; the text of a vertically merged cell is shown once.
fn around(grid: &Grid, wanted: impl Iterator<Item = u32>, mark: (u32, u32)) -> Value {
    let mut said: Vec<(u32, u32)> = Vec::new();
    let rows = wanted.map(|row| {
        let mut cells = Vec::new();
        for column in 0..grid.columns() {
            let Some(cell) = grid.cell_at(row, column) else {
                cells.push(json!({ "text": "", "rows": 1, "columns": 1, "marked": false }));
                continue;
            };
            if cell.column != column {
                continue;
            }
            let origin = (cell.row, cell.column);
            let text = if said.contains(&origin) { String::new() } else { shortened(&cell.text, origin == mark) };
            said.push(origin);
            cells.push(json!({ "text": text, "rows": 1, "columns": cell.col_span, "marked": origin == mark }));
        }
        cells
    });
    rows.collect::<Vec<_>>().into()
}

fn shortened(text: &str, whole: bool) -> String {
    if whole || text.chars().count() <= BESIDE {
        return text.to_owned();
    }
    text.chars().take(BESIDE).chain(['…']).collect()
}

/// The surroundings of a place: rows of its table, or paragraphs.
fn surroundings(document: &Document, place: &Place) -> Option<Value> {
    for block in &document.blocks {
        if let Block::Grid(grid) = block
            && let Some(cell) = grid.cells().iter().find(|cell| same_place(&cell.place, place))
        {
            let first = cell.row.saturating_sub(AROUND);
            let last = (cell.row + cell.row_span + AROUND).min(grid.rows());
            // Include the first row, which labels the columns.
            let head = if first > 1 { 0..1 } else { 0..0 };
            return Some(json!({ "table": around(grid, head.chain(first..last), (cell.row, cell.column)) }));
        }
    }
    let paragraphs: Vec<_> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(paragraph),
            _ => None,
        })
        .collect();
    let at = paragraphs.iter().position(|paragraph| same_place(&paragraph.place, place))?;
    let around = AROUND as usize;
    let (first, last) = (at.saturating_sub(around), (at + around + 1).min(paragraphs.len()));
    let shown: Vec<Value> =
        (first..last).map(|index| json!({ "text": paragraphs[index].text, "marked": index == at })).collect();
    Some(json!({ "paragraphs": shown }))
}

/// Whether two places are equal, ignoring byte ranges.
fn same_place(one: &Place, other: &Place) -> bool {
    let key = |place: &Place| {
        (place.part.clone(), place.paragraph, place.table, place.row, place.column, place.line, place.page)
    };
    key(one) == key(other)
}
