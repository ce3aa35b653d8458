//! Builds a grid from rows whose cells are given by edges in twips, for DOC and RTF.

use std::sync::Arc;

use crate::document::{Aside, Block, Budget, Cell, Exceeded, Grid, GridBuilder, Place};
use crate::read::shared::marks::{Inked, Paper, Rgb};

/// Maximum distance (twips) of edges that are treated as one: conversion programs round the edges of each row separately.
const TOLERANCE: i32 = 12;

/// Average cell width below which edges are used exactly: some programs number the edges instead of measuring them.
const ORDINAL_WIDTH: i32 = 100;

/// Width (twips) of a cell without a definition.
const DEFAULT_WIDTH: i32 = 1_440;

/// Role of a cell in a vertical merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Vertical {
    /// Not merged.
    #[default]
    None,
    /// First of the merged cells (`\clvmgf`, `fVertRestart`).
    Restart,
    /// Continues the cell above (`\clvmrg`, `fVertMerge` alone).
    Continue,
}

/// Definition of one cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct CellDef {
    /// Right edge in twips.
    pub(super) right: i32,
    /// Whether it continues the cell on its left (`\clmrg`, `fMerged`).
    pub(super) merged: bool,
    /// Vertical merge.
    pub(super) vertical: Vertical,
    /// Background.
    pub(super) paper: Paper,
    /// Colour of the background, if it has one.
    pub(super) ground: Option<Rgb>,
}

/// Definition of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RowDef {
    /// Left edge of the first cell in twips.
    pub(super) left: i32,
    /// Its cells from the left.
    pub(super) cells: Vec<CellDef>,
    /// Whether the row is too low to show anything.
    pub(super) hidden: bool,
}

/// Content of one physical cell.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Its paragraphs, joined by `\n`; `None` before the first.
    pub(super) text: Option<Inked>,
    /// Tables and pictures in it.
    pub(super) nested: Vec<Block>,
    /// Range in the source.
    pub(super) span: Option<(u32, u32)>,
}

impl Content {
    /// Whether nothing was written into the cell, not even an empty paragraph.
    pub(super) fn is_untouched(&self) -> bool {
        self.text.is_none() && self.nested.is_empty()
    }

    fn is_blank(&self) -> bool {
        self.nested.is_empty() && self.text.as_ref().is_none_or(|text| text.text.trim().is_empty())
    }

    /// Adds a paragraph's text.
    pub(super) fn push_text(&mut self, more: Inked) {
        match &mut self.text {
            Some(text) => text.append(more),
            None => self.text = Some(more),
        }
    }

    /// Extends the span to include another.
    pub(super) fn reach(&mut self, start: u32, end: u32) {
        self.span = Some(match self.span {
            Some((first, last)) => (first.min(start), last.max(end)),
            None => (start, end),
        });
    }

    /// Adds the content of a cell that is merged into this one.
    fn absorb(&mut self, other: Content) {
        if let Some(text) = other.text.filter(|text| !(text.text.trim().is_empty() && text.marks.is_empty())) {
            if self.is_blank() && self.text.as_ref().is_none_or(|text| text.marks.is_empty()) {
                self.text = Some(text);
            } else {
                self.push_text(text);
            }
        }
        self.nested.extend(other.nested);
        if let Some((start, end)) = other.span {
            self.reach(start, end);
        }
    }
}

/// A row: its definition and the content of its cells.
#[derive(Debug)]
pub(super) struct GridRow {
    /// Edges and merges.
    pub(super) def: RowDef,
    /// Contents of the cells from the left.
    pub(super) cells: Vec<Content>,
}

/// A cell with both edges.
struct Placed {
    left: i32,
    right: i32,
    vertical: Vertical,
    content: Content,
}

/// Builds the grid of a table; `table` is its index in the document.
///
/// Grid columns are the intervals between the distinct edges of all rows (edges within 12 twips are treated as one), so a row whose
/// definition differs from the row above is part of the same table.
pub(super) fn build(
    rows: Vec<GridRow>,
    part: Option<&Arc<str>>,
    table: u32,
    asides: &mut Vec<Aside>,
    budget: &mut Budget,
) -> Result<Grid, Exceeded> {
    let exact = edges_are_ordinals(&rows);
    let rows: Vec<Vec<Placed>> = rows.into_iter().map(|row| place(row, exact)).collect();
    let edges = distinct_edges(&rows, if exact { 0 } else { TOLERANCE });
    let span = rows.iter().flatten().filter_map(|cell| cell.content.span).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let base = Place { part: part.cloned(), table: Some(table), span, ..Place::default() };
    let mut builder = GridBuilder::new(base.clone());
    for row in rows {
        builder.start_row(budget)?;
        for placed in row {
            let (left, right) = (index_of(&edges, placed.left), index_of(&edges, placed.right));
            if right <= left {
                continue; // An empty sliver between two edges that are treated as one.
            }
            let free = builder.next_column();
            if left > free {
                builder.skip(left - free, budget)?;
            }
            let column = builder.next_column();
            let place =
                Place { row: Some(builder.row()), column: Some(column), span: placed.content.span, ..base.clone() };
            let mut placed = placed;
            if let Some(text) = &mut placed.content.text {
                std::mem::take(&mut text.marks).tell(&place, asides, budget)?;
            }
            add(&mut builder, placed, right.saturating_sub(left), place, budget)?;
        }
    }
    builder.finish(budget)
}

fn add(
    builder: &mut GridBuilder,
    placed: Placed,
    col_span: u32,
    place: Place,
    budget: &mut Budget,
) -> Result<(), Exceeded> {
    let Content { text, nested, .. } = placed.content;
    let text = text.unwrap_or_default().text;
    if placed.vertical != Vertical::Continue {
        builder.add(Cell { col_span, text, nested, place, ..Cell::default() }, budget)?;
        return Ok(());
    }
    let row = builder.row();
    let index = builder.continue_above(Cell { col_span, place, ..Cell::default() }, budget)?;
    if let Some(cell) = builder.cell_mut(index) {
        if cell.row == row {
            cell.text = text;
        } else if !text.trim().is_empty() {
            // Word hides text in a continuing cell; here it is added to the merged cell.
            if !cell.text.is_empty() {
                cell.text.push('\n');
            }
            cell.text.push_str(&text);
        }
        cell.nested.extend(nested);
    }
    Ok(())
}

/// Whether the edges are so close to each other that they are ordinal numbers, not twips.
fn edges_are_ordinals(rows: &[GridRow]) -> bool {
    rows.iter().filter(|row| !row.def.cells.is_empty()).all(|row| {
        let count = i32::try_from(row.def.cells.len()).unwrap_or(i32::MAX);
        let last = row.def.cells.iter().map(|cell| cell.right).max().unwrap_or(0);
        last.saturating_sub(row.def.left) / count < ORDINAL_WIDTH
    })
}

/// Assigns edges to every physical cell, and joins horizontally merged cells.
fn place(row: GridRow, exact: bool) -> Vec<Placed> {
    let GridRow { def, cells: contents } = row;
    let count = def.cells.len().max(contents.len());
    let mut contents = contents.into_iter();
    let mut placed: Vec<Placed> = Vec::with_capacity(count);
    let mut left = def.left;
    for index in 0..count {
        let mut content = contents.next().unwrap_or_default();
        let given = def.cells.get(index).copied();
        if let Some(text) = &mut content.text {
            let given = given.unwrap_or_default();
            text.lay_on(given.paper, given.ground);
        }
        let cell = given.unwrap_or(CellDef { right: left.saturating_add(DEFAULT_WIDTH), ..CellDef::default() });
        let least = match (content.is_blank() && given.is_some(), exact) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => TOLERANCE + 1,
        };
        let right = cell.right.max(left.saturating_add(least));
        match placed.last_mut().filter(|_| cell.merged) {
            Some(first) => {
                first.right = right;
                first.content.absorb(content);
            }
            None => placed.push(Placed { left, right, vertical: cell.vertical, content }),
        }
        left = right;
    }
    placed
}

/// The distinct edges of all rows, sorted; edges within the tolerance of the first edge of a cluster belong to the cluster.
fn distinct_edges(rows: &[Vec<Placed>], tolerance: i32) -> Vec<i32> {
    let mut edges: Vec<i32> = rows.iter().flatten().flat_map(|cell| [cell.left, cell.right]).collect();
    edges.sort_unstable();
    edges.dedup_by(|later, first| later.saturating_sub(*first) <= tolerance);
    edges
}

/// Index of the cluster of an edge.
fn index_of(edges: &[i32], edge: i32) -> u32 {
    (edges.partition_point(|&first| first <= edge) as u32).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(left: i32, cells: &[(&str, i32)]) -> GridRow {
        let def = cells.iter().map(|&(_, right)| CellDef { right, ..CellDef::default() }).collect();
        GridRow {
            def: RowDef { left, cells: def, hidden: false },
            cells: cells.iter().map(|&(text, _)| content(text)).collect(),
        }
    }

    fn content(text: &str) -> Content {
        Content { text: Some(Inked::plain(text)), ..Content::default() }
    }

    type Shown = Vec<Vec<(String, u32, u32)>>;

    fn shown(rows: Vec<GridRow>) -> Result<Shown, Exceeded> {
        let grid = build(rows, None, 0, &mut Vec::new(), &mut Budget::default())?;
        Ok((0..grid.rows())
            .map(|row| grid.row_cells(row).map(|cell| (cell.text.clone(), cell.column, cell.col_span)).collect())
            .collect())
    }

    fn cell(text: &str, column: u32, span: u32) -> (String, u32, u32) {
        (text.to_owned(), column, span)
    }

    #[test]
    fn spans_come_from_the_edges_of_other_rows() -> Result<(), Exceeded> {
        let rows = vec![row(0, &[("a", 3000)]), row(-5, &[("b", 1006), ("c", 3000)])];
        assert_eq!(shown(rows)?, [vec![cell("a", 0, 2)], vec![cell("b", 0, 1), cell("c", 1, 1)]]);
        Ok(())
    }

    #[test]
    fn an_empty_sliver_is_not_a_column_but_a_narrow_cell_with_text_is() -> Result<(), Exceeded> {
        let rows = vec![row(0, &[("a", 1000), ("", 1001), ("b", 2000)])];
        assert_eq!(shown(rows)?, [vec![cell("a", 0, 1), cell("b", 1, 1)]]);
        let rows = vec![row(0, &[("a", 1000), ("7", 1001), ("b", 2000)])];
        assert_eq!(shown(rows)?, [vec![cell("a", 0, 1), cell("7", 1, 1), cell("b", 2, 1)]]);
        Ok(())
    }

    #[test]
    fn ordinal_edges_are_used_exactly() -> Result<(), Exceeded> {
        let rows = vec![row(0, &[("a", 1), ("", 2), ("b", 3)])];
        assert_eq!(shown(rows)?, [vec![cell("a", 0, 1), cell("", 1, 1), cell("b", 2, 1)]]);
        Ok(())
    }

    #[test]
    fn merged_cells_keep_the_text_of_all() -> Result<(), Exceeded> {
        let mut first = row(0, &[("", 1000), ("x", 2000)]);
        first.def.cells[1].merged = true;
        let mut second = row(0, &[("a", 1000), ("b", 2000)]);
        second.def.cells[0].vertical = Vertical::Restart;
        let mut third = row(0, &[("a2", 1000), ("c", 2000)]);
        third.def.cells[0].vertical = Vertical::Continue;
        assert_eq!(
            shown(vec![first, second, third])?,
            [
                vec![cell("x", 0, 2)],
                vec![cell("a\na2", 0, 1), cell("b", 1, 1)],
                vec![cell("a\na2", 0, 1), cell("c", 1, 1)]
            ]
        );
        Ok(())
    }

    #[test]
    fn cells_without_a_definition_are_beside_each_other() -> Result<(), Exceeded> {
        let plain = GridRow { def: RowDef::default(), cells: vec![content("a"), content("b")] };
        assert_eq!(shown(vec![plain])?, [vec![cell("a", 0, 1), cell("b", 1, 1)]]);
        Ok(())
    }
}
