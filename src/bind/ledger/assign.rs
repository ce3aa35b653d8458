//! Assigns grids to tables by their headers, then by the names near the grid.

use super::fixed;
use super::header::{Header, Labels};
use super::{Grids, doubled};
use crate::bind::figures::Figures;
use crate::bind::source::items::Item;
use crate::form::{Form, Table};
use crate::text::{fold, numbering};

/// A table assigned to a grid.
pub(super) struct Laid<'d> {
    /// Index of the table in the form.
    pub(super) table: usize,
    /// Index of the grid in the flow.
    pub(super) grid: usize,
    /// For each block its header, and the grid row after its last row.
    pub(super) blocks: Vec<Option<(Header<'d>, u32)>>,
    /// Grid rows of headers.
    pub(super) headers: Vec<u32>,
}

/// A candidate assignment of a table to a grid.
struct Candidate<'d> {
    table: usize,
    grid: usize,
    blocks: Vec<Option<Header<'d>>>,
    top: u32,
    /// Labels found, per thousand of those wanted or present.
    fit: usize,
    /// Number of characters of the table's name found near the grid.
    named: usize,
}

/// Resolution of fits, in per mille: fits in the same step are considered equal.
const SAME: usize = 60;

/// Number of lines before a grid that may contain its name.
const LINES: usize = 4;

/// Maximum number of rows of a small grid that only states agency and unit.
const SMALL: u32 = 2;

/// Assigns each table the grid that fits best.
pub(super) fn assign<'d>(form: &Form, grids: &Grids<'_, 'd>, figures: &mut Figures) -> Vec<Laid<'d>> {
    let near: Vec<Vec<String>> = (0..grids.flow.grids.len()).map(|grid| around(grids, grid)).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    for (number, table) in form.tables.iter().enumerate().filter(|(_, table)| table.by_rows) {
        for (grid, near) in near.iter().enumerate() {
            let mut from = 0;
            while let Some(mut found) = lay(grids, (number, table), (grid, from)) {
                found.named = named(form, table, near, grids, (grid, found.top));
                let next = found.blocks.iter().flatten().map(|header| header.bottom).max().unwrap_or(found.top + 1);
                candidates.push(found);
                if next <= from || candidates.len() > MOST {
                    break;
                }
                from = next;
            }
        }
    }
    choose(form, grids, candidates, figures)
}

/// Maximum number of candidates.
const MOST: usize = 4_000;

fn choose<'d>(
    form: &Form,
    grids: &Grids<'_, 'd>,
    candidates: Vec<Candidate<'d>>,
    figures: &mut Figures,
) -> Vec<Laid<'d>> {
    // Tops of all candidates in each grid: the rows of a table end where the next one begins.
    let tops: Vec<(usize, u32)> = candidates.iter().map(|one| (one.grid, one.top)).collect();
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let rank = |one: &Candidate| (one.fit / SAME, one.named, one.fit);
    order.sort_by_key(|&at| std::cmp::Reverse(rank(&candidates[at])));
    let mut gone_tables = vec![false; form.tables.len()];
    let mut gone_places: Vec<(usize, u32)> = Vec::new();
    let mut chosen: Vec<usize> = Vec::new();
    for &at in &order {
        let one = &candidates[at];
        let place = (one.grid, one.top);
        if gone_tables[one.table] || gone_places.contains(&place) {
            continue;
        }
        let alike = |other: &&usize| {
            let other = &candidates[**other];
            let open = !gone_tables[other.table] && !gone_places.contains(&(other.grid, other.top));
            let rival = (other.table == one.table) != ((other.grid, other.top) == place);
            open && rival && other.fit / SAME == one.fit / SAME && other.named == one.named
        };
        let rivals: Vec<usize> = order.iter().filter(alike).copied().collect();
        if rivals.is_empty() {
            gone_tables[one.table] = true;
            gone_places.push(place);
            chosen.push(at);
            continue;
        }
        // Two grids for one table, or two tables for one grid: ambiguous.
        for &other in rivals.iter().chain([&at]) {
            let table = candidates[other].table;
            if !std::mem::replace(&mut gone_tables[table], true) {
                figures.refused[table] = true;
                figures.findings.push(doubled(form, table));
            }
        }
    }
    let mut laid: Vec<Laid> = Vec::new();
    let mut candidates: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
    chosen.sort_unstable();
    for at in chosen {
        let Some(one) = candidates[at].take() else { continue };
        let below = |bottom: u32| {
            let later = tops
                .iter()
                .filter(|(grid, top)| *grid == one.grid && *top >= bottom && *top > one.top)
                .map(|(_, top)| *top);
            later.min().unwrap_or_else(|| grids.grid(one.grid).rows())
        };
        let mut blocks: Vec<Option<(Header, u32)>> = Vec::new();
        let mut headers = Vec::new();
        for (number, header) in one.blocks.into_iter().enumerate() {
            let end = header.as_ref().map_or(0, |header| below(header.bottom));
            headers.extend(header.iter().flat_map(|header| header.top..header.bottom));
            let _ = number;
            blocks.push(header.map(|header| (header, end)));
        }
        // The rows of a block end at the top of the next block below.
        let starts: Vec<u32> = blocks.iter().flatten().map(|(header, _)| header.top).collect();
        for (header, end) in blocks.iter_mut().flatten() {
            let next = starts.iter().copied().filter(|&start| start >= header.bottom && start > header.top).min();
            *end = next.map_or(*end, |next| next.min(*end));
        }
        laid.push(Laid { table: one.table, grid: one.grid, blocks, headers });
    }
    laid
}

/// Aligns a table with a grid, in rows from `from` on.
fn lay<'d>(
    grids: &Grids<'_, 'd>,
    (number, table): (usize, &Table),
    (grid, from): (usize, u32),
) -> Option<Candidate<'d>> {
    let of = grids.grid(grid);
    let mut blocks: Vec<Option<Header>> = Vec::new();
    let (mut found, mut wanted) = (0, 0);
    let mut place = (from, 0);
    for block in &table.blocks {
        let labels = Labels::from_block(block);
        if !block.beside {
            place = (blocks.iter().flatten().map(|header| header.bottom).max().unwrap_or(from), 0);
        }
        let labelled = block.open.is_none() && block.leaf_rows.iter().any(|row| !row.path.is_empty());
        if labelled {
            place.1 = place.1.max(fixed::edge(grids, block, grid));
        }
        let header = labels.find(of, place);
        let rows = if labelled { fixed::count(grids, block, grid) } else { 0 };
        if labelled {
            found += rows;
            wanted += block.leaf_rows.len();
        }
        let header = match header {
            Some(header) => {
                found += header.columns.len();
                wanted += labels.wanted(&header).max(header.columns.len()) + header.strange;
                let right = header.columns.iter().map(|column| column.to).max().unwrap_or(0);
                place = (header.top, right);
                Some(header)
            }
            None if labelled && !fixed::wants_header(block) && from == 0 && rows * 5 >= block.leaf_rows.len() * 3 => {
                Some(Header { columns: Vec::new(), top: 0, bottom: 0, strange: 0, unit: None })
            }
            None => None,
        };
        if header.is_none() {
            wanted += block.leaf_columns.len();
        }
        blocks.push(header);
    }
    let rows_needed = table.blocks.iter().all(|block| {
        let labelled = block.open.is_none() && block.leaf_rows.iter().any(|row| !row.path.is_empty());
        !labelled || fixed::count(grids, block, grid) * 2 >= block.leaf_rows.len()
    });
    let top = blocks.iter().flatten().map(|header| header.top).min()?;
    let fit = (found * 1000).checked_div(wanted)?;
    rows_needed.then_some(Candidate { table: number, grid, blocks, top, fit, named: 0 })
}

/// The folded texts near a grid: its caption, the name of its sheet and the lines before it.
fn around(grids: &Grids, grid: usize) -> Vec<String> {
    let mut texts: Vec<String> = grids.grid(grid).caption.iter().map(|caption| fold(caption)).collect();
    texts.extend(grids.grid(grid).place.part.iter().map(|part| fold(part)));
    let first =
        grids.flow.items.iter().position(|item| matches!(item, Item::Row(row) if grids.flow.rows[*row].grid == grid));
    // A small grid with agency and unit may be between the name and the table.
    let small = |row: usize| grids.grid(grids.flow.rows[row].grid).rows() <= SMALL;
    let before = grids.flow.items[..first.unwrap_or(0)].iter().rev().take(LINES).map_while(|item| match item {
        Item::Text(text) => Some(text.folded.clone()),
        Item::Row(row) if small(*row) => Some(String::new()),
        _ => None,
    });
    texts.extend(before);
    texts
}

/// Number of characters of the longest name of the table found near the grid; a sheet name listed in the form has the highest value.
fn named(form: &Form, table: &Table, near: &[String], grids: &Grids, (grid, top): (usize, u32)) -> usize {
    const SHEET: usize = 1_000;
    if table.sheets.iter().any(|sheet| near.first().is_some_and(|name| name == sheet)) {
        return SHEET;
    }
    let section = form.sections[table.section].heading.iter().flat_map(|heading| heading.bare.iter().cloned());
    let own = table.name.zh.as_str();
    let own = fold(&own[numbering(own).map_or(0, |found| found.length)..]);
    let names: Vec<String> =
        section.chain([own]).chain(table.sheets.iter().cloned()).filter(|name| name.chars().count() >= 2).collect();
    let inside: Vec<String> = (0..top)
        .flat_map(|row| grids.grid(grid).row_cells(row).filter(move |cell| cell.row == row))
        .map(|cell| fold(&cell.text))
        .collect();
    let texts = near.iter().chain(&inside);
    texts
        .flat_map(|text| names.iter().filter(|name| text.contains(name.as_str())).map(|name| name.chars().count()))
        .max()
        .unwrap_or(0)
}
