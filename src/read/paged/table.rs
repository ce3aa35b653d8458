//! Tables of a page: lattices with their text.

use super::lattice::Lattice;
use super::lines::cell_text;
use super::ruling::rulings;
use super::{Direction, Glyph, Page, Rect};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// A cell of a table that may span several pages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) text: String,
    /// The page on which it begins, and its bounds there.
    pub(super) page: usize,
    pub(super) area: Rect,
    /// Whether its last line has room for another character, so that its text does not continue.
    pub(super) ended: bool,
}

impl Cell {
    pub(super) fn end_row(&self) -> usize {
        self.row + self.rows
    }

    pub(super) fn end_column(&self) -> usize {
        self.column + self.columns
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// The page on which it begins, and its bounds there.
    pub(super) page: usize,
    pub(super) area: Rect,
    /// The page on which it ends, and its bounds there.
    pub(super) last_page: usize,
    pub(super) last_area: Rect,
    /// Positions of the lines between columns.
    pub(super) xs: Vec<f64>,
    pub(super) rows: usize,
    pub(super) cells: Vec<Cell>,
}

/// Fraction of the page from which a ruled box of one column is a frame around it.
const FRAME: f64 = 0.6;

/// Distance, in font sizes, within which a closing mark beyond a border belongs to the text before it.
const HANGING: f64 = 0.3;

/// Free width of a cell, in font sizes, from which its last line has room for another character: the character, and the cell margins of
/// Word (5.4 points on both sides) for text of 7.5 points.
const ROOM: f64 = 2.5;

/// The tables of a page from the top, and for each glyph whether it is in one.
pub(super) fn tables(page: &Page, number: usize, budget: &mut Budget) -> Result<(Vec<Table>, Vec<bool>), ReadError> {
    let mut lattices = Vec::new();
    for ruling in rulings(&page.segments, budget)? {
        lattices.extend(Lattice::from_ruling(&ruling, budget)?);
    }
    lattices.retain(|lattice| lattice.columns() > 1 || lattice.area().height() < FRAME * page.height);
    // A table nested in a cell takes its text first.
    lattices.sort_by(|a, b| a.area().area().total_cmp(&b.area().area()));
    budget.spend(Resource::Steps, (page.glyphs.len() as u64).saturating_mul(lattices.len() as u64))?;
    let mut texts: Vec<Vec<Vec<&Glyph>>> =
        lattices.iter().map(|lattice| vec![Vec::new(); lattice.spans.len()]).collect();
    let mut used = vec![false; page.glyphs.len()];
    let mut last: Option<(&Glyph, usize, usize)> = None;
    for (glyph, used) in page.glyphs.iter().zip(&mut used) {
        let centre = glyph.centre();
        let found = lattices.iter().position(|lattice| lattice.area().holds(centre));
        let mut cell = found.map(|table| (table, lattices[table].cell_at(centre)));
        if let Some((before, table, of)) = last
            && hangs(before, glyph)
        {
            cell = Some((table, of));
        }
        let Some((table, of)) = cell else {
            last = None;
            continue;
        };
        if glyph.direction == Direction::Left {
            continue;
        }
        texts[table][of].push(glyph);
        *used = true;
        last = Some((glyph, table, of));
    }
    let filled = lattices.iter().zip(texts).filter(|(_, texts)| texts.iter().any(|glyphs| !glyphs.is_empty()));
    let mut tables: Vec<Table> = filled.map(|(lattice, texts)| table(lattice, texts, number)).collect();
    tables.sort_by(|a, b| a.area.y0.total_cmp(&b.area.y0));
    Ok((tables, used))
}

/// Whether a glyph is a closing mark directly after another glyph.
fn hangs(before: &Glyph, glyph: &Glyph) -> bool {
    matches!(glyph.text.as_str(), "）" | ")" | "、" | "，" | "。" | "；" | "：" | "”" | "》" | "】")
        && before.direction == glyph.direction
        && (before.y - glyph.y).abs() < HANGING * glyph.size
        && (glyph.x - before.right()).abs() < HANGING * glyph.size
}

/// Whether the last line of horizontal text has room for another character in its cell.
fn ended(area: Rect, glyphs: &[&Glyph]) -> bool {
    let Some(last) = glyphs.iter().max_by(|a, b| a.y.total_cmp(&b.y)) else { return false };
    if !glyphs.iter().all(|glyph| matches!(glyph.direction, Direction::Right | Direction::Slanted)) {
        return false;
    }
    let line = || glyphs.iter().filter(|glyph| (glyph.y - last.y).abs() < last.size / 2.0);
    let start = line().map(|glyph| glyph.x).fold(f64::INFINITY, f64::min);
    let end = line().map(|glyph| glyph.right()).fold(f64::NEG_INFINITY, f64::max);
    area.width() - (end - start) > ROOM * last.size
}

fn table(lattice: &Lattice, texts: Vec<Vec<&Glyph>>, page: usize) -> Table {
    let cells = lattice.spans.iter().zip(texts).map(|(span, glyphs)| Cell {
        row: span.row,
        column: span.column,
        rows: span.rows,
        columns: span.columns,
        ended: ended(lattice.area_of(span), &glyphs),
        text: cell_text(glyphs),
        page,
        area: lattice.area_of(span),
    });
    let area = lattice.area();
    Table {
        page,
        area,
        last_page: page,
        last_area: area,
        xs: lattice.xs.clone(),
        rows: lattice.rows(),
        cells: cells.collect(),
    }
}
