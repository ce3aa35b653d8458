//! Unruled tables from the structure tree of tagged files, accepted only if the structure agrees with the positions of the text.

use std::collections::HashMap;

use super::lines::{between, cell_text};
use super::table::{Cell, Table};
use super::{Glyph, Page, Rect};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// A table of the structure tree. Its cells fill it and do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct Tagged {
    pub(in crate::read) rows: usize,
    pub(in crate::read) columns: usize,
    pub(in crate::read) cells: Vec<TaggedCell>,
}

/// A cell of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct TaggedCell {
    pub(in crate::read) row: usize,
    pub(in crate::read) column: usize,
    pub(in crate::read) rows: usize,
    pub(in crate::read) columns: usize,
    /// Pages and ids of the marked content of the cell.
    pub(in crate::read) content: Vec<(usize, u32)>,
}

/// Tolerance for text beyond its column or row, in points.
const OVER: f64 = 2.0;

/// Maximum distance between a repeated header and the row below it, in points.
const ROOM: f64 = 20.0;

/// Indices of the glyphs of a cell on a page, and their bounding box.
struct CellGlyphs {
    page: usize,
    glyphs: Vec<usize>,
    area: Rect,
    /// Whether it contains more than figures.
    words: bool,
}

/// The tables of the structure tree that are consistent, each with its page and vertical position. Their glyphs are marked as used.
pub(super) fn tables(
    pages: &[Page],
    tagged: &[Tagged],
    used: &mut [Vec<bool>],
    budget: &mut Budget,
) -> Result<Vec<Table>, ReadError> {
    if tagged.is_empty() {
        return Ok(Vec::new());
    }
    let Some(owners) = owners(tagged, budget)? else { return Ok(Vec::new()) };
    let mut parts: Vec<Vec<Vec<CellGlyphs>>> =
        tagged.iter().map(|table| table.cells.iter().map(|_| Vec::new()).collect()).collect();
    let mut ruled = vec![false; tagged.len()];
    for (number, page) in pages.iter().enumerate() {
        budget.spend(Resource::Steps, page.glyphs.len() as u64)?;
        for (index, glyph) in page.glyphs.iter().enumerate() {
            let Some(&(table, cell)) = glyph.mark.and_then(|mark| owners.get(&(number, mark))) else { continue };
            ruled[table] |= used[number][index];
            add(&mut parts[table][cell], number, index, glyph);
        }
    }
    let mut found = Vec::new();
    for ((table, parts), _) in tagged.iter().zip(&parts).zip(ruled).filter(|(_, ruled)| !ruled) {
        if is_sound(table, parts) && stands_alone(parts, pages, used) {
            for part in parts.iter().flatten() {
                part.glyphs.iter().for_each(|&index| used[part.page][index] = true);
            }
            set_heading_aside(table, parts, pages, used);
            found.extend(build_table(table, parts, pages));
        }
    }
    Ok(found)
}

/// The cell of each marked content; `None` if it belongs to two cells.
type Owners = HashMap<(usize, u32), (usize, usize)>;

fn owners(tagged: &[Tagged], budget: &mut Budget) -> Result<Option<Owners>, ReadError> {
    let mut owners = HashMap::new();
    for (number, table) in tagged.iter().enumerate() {
        for (index, cell) in table.cells.iter().enumerate() {
            budget.spend(Resource::Steps, 1 + cell.content.len() as u64)?;
            for &content in &cell.content {
                if owners.insert(content, (number, index)).is_some_and(|other| other != (number, index)) {
                    return Ok(None);
                }
            }
        }
    }
    Ok(Some(owners))
}

fn add(parts: &mut Vec<CellGlyphs>, page: usize, index: usize, glyph: &Glyph) {
    let area = Rect { x0: glyph.x, y0: glyph.y - 0.8 * glyph.size, x1: glyph.right(), y1: glyph.y };
    match parts.last_mut().filter(|part| part.page == page) {
        Some(part) => {
            part.glyphs.push(index);
            part.words |= is_word(glyph);
            if !glyph.is_blank() {
                part.area = part.area.union(&area);
            }
        }
        // Blanks do not determine the position of a cell.
        None if glyph.is_blank() => {}
        None => parts.push(CellGlyphs { page, glyphs: vec![index], area, words: is_word(glyph) }),
    }
}

fn is_word(glyph: &Glyph) -> bool {
    glyph.text.chars().any(char::is_alphabetic)
}

/// Whether columns are side by side and rows below each other.
fn is_sound(table: &Tagged, parts: &[Vec<CellGlyphs>]) -> bool {
    let mut columns = vec![(f64::MAX, f64::MIN); table.columns];
    // Upper and lower edge of each row on each page.
    let mut rows: HashMap<(usize, usize), (f64, f64)> = HashMap::new();
    let mut pages = vec![(usize::MAX, 0); table.rows];
    for (cell, parts) in table.cells.iter().zip(parts) {
        // A page break may split a label, but not a figure.
        if parts.len() > 1 && parts.iter().any(|part| !part.words) {
            return false;
        }
        for part in parts {
            if cell.columns == 1 {
                let (left, right) = &mut columns[cell.column];
                (*left, *right) = (left.min(part.area.x0), right.max(part.area.x1));
            }
            if cell.rows == 1 {
                let edges = rows.entry((part.page, cell.row)).or_insert((f64::MAX, f64::MIN));
                *edges = (edges.0.min(part.area.y0), edges.1.max(part.area.y1));
                let row = &mut pages[cell.row];
                *row = (row.0.min(part.page), row.1.max(part.page));
            }
        }
    }
    let shown: Vec<&(f64, f64)> = columns.iter().filter(|(left, right)| left < right).collect();
    let beside = shown.windows(2).all(|pair| pair[0].1 <= pair[1].0 + OVER);
    let pages: Vec<&(usize, usize)> = pages.iter().filter(|(first, _)| *first != usize::MAX).collect();
    let onwards = pages.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    let mut edges: Vec<((usize, usize), (f64, f64))> = rows.into_iter().collect();
    edges.sort_by_key(|(at, _)| *at);
    let below = edges.windows(2).all(|pair| pair[0].0.0 != pair[1].0.0 || pair[0].1.1 <= pair[1].1.0 + OVER);
    // A cell that spans several columns must be above them: right of everything that is left of them, and vice versa.
    let over = table.cells.iter().zip(parts).filter(|(cell, _)| cell.columns > 1).all(|(cell, parts)| {
        parts.iter().all(|part| {
            columns[..cell.column].iter().all(|&(left, right)| left > right || right <= part.area.x0 + OVER)
                && columns[cell.column + cell.columns..]
                    .iter()
                    .all(|&(left, right)| left > right || left >= part.area.x1 - OVER)
        })
    });
    beside && onwards && below && over
}

/// Whether no figure between the cells is outside of them.
fn stands_alone(parts: &[Vec<CellGlyphs>], pages: &[Page], used: &[Vec<bool>]) -> bool {
    let mut areas: HashMap<usize, (Rect, Vec<usize>)> = HashMap::new();
    for part in parts.iter().flatten() {
        let (area, glyphs) = areas.entry(part.page).or_insert((part.area, Vec::new()));
        *area = area.union(&part.area);
        glyphs.extend(&part.glyphs);
    }
    areas.into_iter().all(|(number, (area, mut own))| {
        own.sort_unstable();
        let strange = |(index, glyph): (usize, &Glyph)| {
            area.holds(glyph.centre())
                && !used[number][index]
                && own.binary_search(&index).is_err()
                && glyph.text.chars().any(char::is_numeric)
        };
        !pages[number].glyphs.iter().enumerate().any(strange)
    })
}

/// Marks repeated header rows on the further pages of the table as used; they have the same characters.
fn set_heading_aside(table: &Tagged, parts: &[Vec<CellGlyphs>], pages: &[Page], used: &mut [Vec<bool>]) {
    let cells = || table.cells.iter().zip(parts).filter_map(|(cell, parts)| Some((cell, parts.first()?)));
    // The header ends above the first row with a figure.
    let Some(end) = cells().filter(|(_, part)| !part.words).map(|(cell, _)| cell.row).min() else { return };
    let heading = || cells().filter(|(cell, _)| cell.row + cell.rows <= end);
    let Some(area) = heading().map(|(_, part)| part.area).reduce(|a, b| a.union(&b)) else { return };
    let mut wanted: Vec<&str> = heading()
        .flat_map(|(_, part)| part.glyphs.iter().map(|&index| (part.page, index)))
        .map(|(page, index)| pages[page].glyphs[index].text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    wanted.sort_unstable();
    let first = heading().map(|(_, part)| part.page).min();
    let tops: HashMap<usize, f64> = parts.iter().flatten().fold(HashMap::new(), |mut tops, part| {
        let top = tops.entry(part.page).or_insert(f64::MAX);
        *top = top.min(part.area.y0);
        tops
    });
    for (page, top) in tops.into_iter().filter(|(page, _)| Some(*page) != first) {
        let above = |glyph: &Glyph| glyph.y < top + OVER && glyph.y > top - area.height() - ROOM;
        let there: Vec<usize> =
            (0..pages[page].glyphs.len()).filter(|&at| !used[page][at] && above(&pages[page].glyphs[at])).collect();
        let texts = there.iter().map(|&at| pages[page].glyphs[at].text.trim());
        let mut found: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        found.sort_unstable();
        if found == wanted {
            for at in there {
                used[page][at] = true;
            }
        }
    }
}

fn build_table(table: &Tagged, parts: &[Vec<CellGlyphs>], pages: &[Page]) -> Option<Table> {
    let all = || parts.iter().flatten();
    let first = all().map(|part| part.page).min()?;
    let last = all().map(|part| part.page).max()?;
    let area = |page: usize| all().filter(|part| part.page == page).map(|part| part.area).reduce(|a, b| a.union(&b));
    let (first_area, last_area) = (area(first)?, area(last)?);
    let cell = |(cell, parts): (&TaggedCell, &Vec<CellGlyphs>)| {
        let mut text = String::new();
        for part in parts {
            let more = cell_text(part.glyphs.iter().map(|&index| &pages[part.page].glyphs[index]).collect());
            let gap = if text.is_empty() { "" } else { between(&text, &more) };
            text.push_str(gap);
            text.push_str(&more);
        }
        let (page, area) = parts.first().map_or((first, first_area), |part| (part.page, part.area));
        let TaggedCell { row, column, rows, columns, .. } = *cell;
        Cell { row, column, rows, columns, text, page, area, ended: false }
    };
    let cells = table.cells.iter().zip(parts).map(cell).collect();
    let xs = edges(table, parts, &first_area);
    Some(Table { page: first, area: first_area, last_page: last, last_area, xs, rows: table.rows, cells })
}

/// Right edges of the columns, for tables that continue this one.
#[allow(clippy::cast_precision_loss, reason = "columns of a table")]
fn edges(table: &Tagged, parts: &[Vec<CellGlyphs>], area: &Rect) -> Vec<f64> {
    let mut xs: Vec<f64> =
        (0..=table.columns).map(|column| area.x0 + area.width() * column as f64 / table.columns as f64).collect();
    for (cell, parts) in table.cells.iter().zip(parts).filter(|(cell, _)| cell.column > 0) {
        if let Some(part) = parts.first() {
            xs[cell.column] = part.area.x0;
        }
    }
    xs.sort_by(f64::total_cmp);
    xs
}
