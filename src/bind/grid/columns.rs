//! The cells of a row laid to the columns of a block, by their order where it is certain and by their headers where it is not.

use crate::bind::source::items::{Flow, Row, RowCell};
use crate::bind::value;
use crate::document::Cell;
use crate::form::Block;

/// Why the cells of a row could not be laid to columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) enum Misfit {
    /// So many cells where the form has so many columns.
    Count {
        /// Cells of the row.
        found: usize,
        /// Columns of the block.
        wanted: usize,
    },
    /// The row is parted by a label that the form does not know.
    Parted(String),
}

/// The cells of a row by column; `None` where the row has no cell for the column.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Assigned<'d> {
    /// For each leaf column its cell.
    pub(in crate::bind) cells: Vec<Option<&'d Cell>>,
    /// Whether the columns stand in another order than in the form.
    pub(in crate::bind) reordered: bool,
    /// Figures in columns that the form does not know.
    pub(in crate::bind) extra: Vec<String>,
}

/// The cells of a row that may hold figures: those that begin in it, right of its label.
pub(in crate::bind) fn figure_cells<'r, 'd>(row: &'r Row<'d>, label: Option<usize>) -> Vec<&'r RowCell<'d>> {
    let start = label.map_or(0, |label| label + 1);
    row.cells[start..].iter().filter(|cell| cell.own).collect()
}

/// How the cells of the last row stood to their headers: most rows of a table have the same grid columns.
#[derive(Debug, Default)]
pub(in crate::bind) struct Laid {
    /// Table and block of the form, and the grid.
    of: (usize, usize, usize),
    above: Vec<usize>,
    /// First grid column and grid columns of each cell.
    cells: Vec<(u32, u32)>,
    matches: Vec<Vec<Match>>,
}

/// Lays the cells of a row, given with the position of its label, to the columns of its block, given with its table and number.
/// `above` are the rows that may be its header, nearest last.
pub(in crate::bind) fn assign<'d>(
    (table, number): (usize, usize),
    block: &Block,
    flow: &Flow<'d>,
    (row, label): (usize, Option<usize>),
    above: &[usize],
    laid: &mut Laid,
) -> Result<Assigned<'d>, Misfit> {
    let wanted = block.leaf_columns.len();
    let cells = figure_cells(&flow.rows[row], label);
    if let [first, rest @ ..] = cells.as_slice()
        && !first.figure
        && !value::is_figure_cell(&first.cell.text)
        && rest.len() >= wanted
        && rest.iter().all(|cell| cell.figure)
    {
        return Err(Misfit::Parted(first.cell.text.clone()));
    }
    let grid = flow.rows[row].grid;
    let spans = cells.iter().map(|cell| (cell.cell.column, cell.cell.col_span));
    if laid.of != (table, number, grid) || laid.above != above || spans.clone().ne(laid.cells.iter().copied()) {
        let matches = by_header(table, block, flow, grid, &cells, above);
        *laid = Laid { of: (table, number, grid), above: above.to_vec(), cells: spans.collect(), matches };
    }
    let by_header = &laid.matches;
    if cells.len() == wanted {
        if let Some(order) = exact_order(by_header, wanted) {
            let reordered = order.windows(2).any(|pair| pair[0] > pair[1]);
            let cells = order.iter().map(|&position| Some(cells[position].cell)).collect();
            return Ok(Assigned { cells, reordered, extra: Vec::new() });
        }
        let cells = cells.iter().map(|cell| Some(cell.cell)).collect();
        return Ok(Assigned { cells, reordered: false, extra: Vec::new() });
    }
    overlapping(by_header, &cells, wanted).ok_or(Misfit::Count { found: cells.len(), wanted })
}

/// How a cell stands to a header cell: the column that the header names, and whether both have the same grid columns.
type Match = (usize, bool);

/// For each cell the columns whose headers stand above it.
fn by_header(
    table: usize,
    block: &Block,
    flow: &Flow,
    grid: usize,
    cells: &[&RowCell],
    above: &[usize],
) -> Vec<Vec<Match>> {
    let heads: Vec<&RowCell> = above
        .iter()
        .filter(|&&number| flow.rows[number].grid == grid)
        .flat_map(|&number| &flow.rows[number].cells)
        .filter(|head| head.own && head.heads(table))
        .collect();
    let over = |head: &Cell, cell: &Cell| {
        head.column < cell.column + cell.col_span && cell.column < head.column + head.col_span
    };
    cells
        .iter()
        .map(|cell| {
            // (column, labels of its path that stand above, whether the grid columns are the same)
            let mut matches: Vec<(usize, usize, bool)> = Vec::new();
            for (column, leaf) in block.leaf_columns.iter().enumerate() {
                let mut path = leaf.path.iter().rev();
                let Some(own) = path.next() else { continue };
                let named = |head: &&&RowCell, label: &crate::form::Label| {
                    over(head.cell, cell.cell)
                        && label.folded.iter().chain(&label.bare).any(|text| *text == *head.folded)
                };
                if let Some(head) = heads.iter().find(|head| named(head, own)) {
                    let groups = path
                        .filter(|group| heads.iter().any(|other| named(&other, group) && over(other.cell, head.cell)));
                    let exact = (head.cell.column, head.cell.col_span) == (cell.cell.column, cell.cell.col_span);
                    matches.push((column, groups.count(), exact));
                }
            }
            // Where a group's label is lost, the labels that are left decide.
            let most = matches.iter().map(|found| found.1).max();
            matches.retain(|found| Some(found.1) == most);
            matches.into_iter().map(|(column, _, exact)| (column, exact)).collect()
        })
        .collect()
}

/// The cell of each column, where every cell has exactly the grid columns of exactly one header and every column has one cell.
fn exact_order(by_header: &[Vec<Match>], wanted: usize) -> Option<Vec<usize>> {
    let mut order = vec![None; wanted];
    for (position, matches) in by_header.iter().enumerate() {
        let mut exact = matches.iter().filter(|found| found.1);
        let (&(column, _), None) = (exact.next()?, exact.next()) else { return None };
        if order[column].replace(position).is_some() {
            return None;
        }
    }
    order.into_iter().collect()
}

/// The cells of the columns where their number differs: each column takes the one cell under its header, blank ones aside.
fn overlapping<'d>(by_header: &[Vec<Match>], cells: &[&RowCell<'d>], wanted: usize) -> Option<Assigned<'d>> {
    let mut assigned: Vec<Option<&'d Cell>> = vec![None; wanted];
    let mut filled = 0;
    for (column, slot) in assigned.iter_mut().enumerate() {
        let under: Vec<usize> =
            (0..cells.len()).filter(|&position| by_header[position].iter().any(|found| found.0 == column)).collect();
        let exact = |&&position: &&usize| by_header[position].contains(&(column, true));
        let mut candidates: Vec<usize> = under.iter().filter(exact).copied().collect();
        if candidates.is_empty() {
            candidates = under.iter().copied().filter(|&position| !cells[position].folded.is_empty()).collect();
        }
        if candidates.is_empty() {
            candidates = under.iter().copied().take(1).collect();
        }
        match candidates.as_slice() {
            [] => {}
            // A cell that also stands under the header of another column belongs to neither for certain.
            [one]
                if by_header[*one].len() == 1
                    || by_header[*one].iter().filter(|found| found.1).eq([&(column, true)]) =>
            {
                *slot = Some(cells[*one].cell);
                filled += 1;
            }
            _ => return None,
        }
    }
    // Figures under a header that the form does not know are an extra column, but only where every column of the form is there.
    let stray =
        cells.iter().enumerate().filter(|(position, cell)| by_header[*position].is_empty() && !cell.folded.is_empty());
    let extra: Vec<String> = stray.map(|(_, cell)| cell.cell.text.clone()).collect();
    (filled > 0 && (extra.is_empty() || filled == wanted)).then_some(Assigned {
        cells: assigned,
        reordered: false,
        extra,
    })
}
