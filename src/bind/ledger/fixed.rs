//! Rows that the form prescribes, in tables that also have fields of words: recognised by label, groups and the heading above them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::header::{Header, looked_up, lookup_keys};
use super::{Found, Grids, signed};
use crate::bind::figures::Figures;
use crate::document::Cell;
use crate::form::{Block, ColumnSlot, Form, Head, Label};
use crate::text::blank;

/// The labels of a block's rows.
pub(super) struct RowLabels {
    rows: HashMap<String, Vec<usize>>,
    headings: HashMap<String, String>,
}

impl RowLabels {
    pub(super) fn from_block(block: &Block) -> Self {
        let mut labels = Self { rows: HashMap::new(), headings: HashMap::new() };
        for (number, leaf) in block.leaf_rows.iter().enumerate() {
            for way in leaf.path.last().map(lookup_keys).unwrap_or_default() {
                let known = labels.rows.entry(way).or_default();
                if !known.contains(&number) {
                    known.push(number);
                }
            }
        }
        let mut heads: Vec<&Head> = block.rows.iter().collect();
        while let Some(head) = heads.pop() {
            heads.extend(&head.children);
            if head.heading {
                labels.headings.extend(lookup_keys(&head.label).into_iter().map(|way| (way, head.label.text.clone())));
            }
        }
        labels
    }

    /// The rows whose label the text of a cell may be.
    pub(super) fn of_cell(&self, text: &str) -> Vec<usize> {
        let mut rows: Vec<usize> = Vec::new();
        for row in looked_up(text).iter().filter_map(|way| self.rows.get(way)).flatten() {
            if !rows.contains(row) {
                rows.push(*row);
            }
        }
        rows
    }

    fn heading(&self, text: &str) -> Option<&str> {
        looked_up(text).into_iter().find_map(|way| self.headings.get(&way)).map(String::as_str)
    }
}

/// The cells assigned to the rows of a block, and the grid rows used.
pub(super) fn rows<'d>(
    grids: &Grids<'_, 'd>,
    (form, table, number): (&Form, usize, usize),
    (grid_number, (header, end)): (usize, &(Header<'d>, u32)),
    figures: &mut Figures,
) -> (Vec<Found<'d>>, Vec<u32>) {
    let block = &form.tables[table].blocks[number];
    let labels = RowLabels::from_block(block);
    let grid = grids.grid(grid_number);
    let (mut found, mut taken) = (Vec::new(), Vec::new());
    let mut under: Option<String> = None;
    let mut done = vec![false; block.leaf_rows.len()];
    let mut next = 0;
    let unlabelled = block.leaf_rows.len() == 1 && block.leaf_rows[0].path.is_empty();
    for row in header.bottom..*end {
        let cells: Vec<&'d Cell> = grid.row_cells(row).filter(|cell| !grids.is_left_out(grid_number, cell)).collect();
        let own: Vec<&&Cell> =
            cells.iter().filter(|cell| cell.row == row && !cell.text.trim_matches(blank).is_empty()).collect();
        if unlabelled {
            if own.is_empty() || done[0] {
                continue;
            }
            (done[0], next) = (true, 1);
            taken.push(row);
            of_row(grid, (form, table, number), (header, row, 0), &mut found);
            continue;
        }
        if let Some(heading) = own.iter().find_map(|cell| labels.heading(&cell.text))
            && own.iter().all(|cell| labels.of_cell(&cell.text).is_empty())
        {
            under = Some(heading.to_owned());
            taken.push(row);
            continue;
        }
        let mut current: Option<usize> = None;
        let mut any = false;
        for (number_in_row, cell) in cells.iter().enumerate() {
            let above_values = header.columns.iter().any(|column| cell.column >= column.from);
            let rows = if cell.row == row && !above_values { labels.of_cell(&cell.text) } else { Vec::new() };
            // A group may have the same label as one of its rows: `办件量 | 总数 | 12`.
            let of_next = |next: &&Cell| next.row == row && !labels.of_cell(&next.text).is_empty();
            let is_group = cells.get(number_in_row + 1).is_some_and(of_next) && cells.len() > number_in_row + 2;
            let rows = if header.columns.is_empty() && is_group { Vec::new() } else { rows };
            // The heading only decides between rows with the same label.
            let under = under.as_deref().filter(|_| rows.len() > 1);
            let fits = |leaf: &usize| !done[*leaf] && in_its_groups(block, *leaf, (&cells, cell), under);
            let fitting: Vec<usize> = rows.iter().copied().filter(fits).collect();
            let chosen = fitting.iter().copied().find(|&leaf| leaf >= next).or_else(|| fitting.first().copied());
            if let Some(leaf) = chosen {
                done[leaf] = true;
                (next, any, current) = (leaf + 1, true, Some(leaf));
                if !header.columns.is_empty() {
                    of_row(grid, (form, table, number), (header, row, leaf), &mut found);
                    break;
                }
                continue;
            }
            // Without a header, the figure is right of its label.
            let group = cell.row_span > 1 && cell.row < row;
            if header.columns.is_empty()
                && cell.row == row
                && !group
                && let Some(leaf) = current.take_if(|_| block.leaf_columns.len() == 1)
            {
                let id = field_id(form, table, number, (leaf, 0));
                found.push(Found { id, cell: Cow::Borrowed(cell), header: None, unit: None, text: None });
            }
        }
        if any {
            taken.push(row);
        }
    }
    let missing: Vec<usize> = (0..done.len()).filter(|&row| !done[row]).collect();
    if block.leaf_columns.len() == 1 && !missing.is_empty() {
        let id_of = |leaf: usize| field_id(form, table, number, (leaf, 0));
        let (more, known, rows) = signed::find(grids, block, (grid_number, &taken, &missing), id_of);
        for row in known {
            done[row] = true;
        }
        found.extend(more);
        taken.extend(rows);
    }
    let missing: Vec<(usize, usize)> = (0..done.len()).filter(|&row| !done[row]).map(|row| (number, row)).collect();
    if !missing.is_empty() && !block.is_open() && !form.tables[table].optional {
        figures.findings.push(crate::bind::figures::rows_missing(form, table, &missing));
    }
    (found, taken)
}

/// The fields of a table that has no grid: of one with a single column, in lines of text with two or more of its labels.
pub(super) fn in_lines<'d>(
    grids: &Grids<'_, 'd>,
    (form, table): (&Form, usize),
    figures: &mut Figures,
) -> Vec<Found<'d>> {
    let [block] = form.tables[table].blocks.as_slice() else { return Vec::new() };
    if block.is_open() || block.leaf_columns.len() != 1 {
        return Vec::new();
    }
    let (found, known) = signed::alone(grids, block, &figures.taken, |row| field_id(form, table, 0, (row, 0)));
    if found.is_empty() {
        return found;
    }
    figures.in_lines[table] = true;
    let missing = (0..block.leaf_rows.len()).filter(|row| !known.contains(row)).map(|row| (0, row));
    let missing: Vec<(usize, usize)> = missing.collect();
    if !missing.is_empty() && !form.tables[table].optional {
        figures.findings.push(crate::bind::figures::rows_missing(form, table, &missing));
    }
    found
}

fn field_id(form: &Form, table: usize, number: usize, (row, column): (usize, usize)) -> String {
    let table = &form.tables[table];
    let block = &table.blocks[number];
    let parts = [table.prefix(), &block.leaf_rows[row].id, &block.leaf_columns[column].id];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// Assigns the cells of a row by the header's columns.
fn of_row<'d>(
    grid: &'d crate::document::Grid,
    (form, table, number): (&Form, usize, usize),
    (header, row, leaf): (&Header<'d>, u32, usize),
    found: &mut Vec<Found<'d>>,
) {
    let unit = header.unit.and_then(|column| grid.cell_at(row, column));
    for column in &header.columns {
        let Some(cell) = grid.cell_at(row, column.from).filter(|cell| cell.row == row) else { continue };
        let id = field_id(form, table, number, (leaf, column.leaf));
        found.push(Found { id, cell: Cow::Borrowed(cell), header: Some(column.cell), unit, text: None });
    }
}

/// Whether the innermost group of a row is among the cells left of its label, if there are any, and the heading above is the prescribed
/// one.
fn in_its_groups(block: &Block, leaf: usize, (cells, own): (&[&Cell], &Cell), under: Option<&str>) -> bool {
    let leaf = &block.leaf_rows[leaf];
    let groups: &[Label] = leaf.path.split_last().map_or(&[], |(_, groups)| groups);
    let left: Vec<&&Cell> = cells.iter().filter(|cell| cell.column < own.column).collect();
    let wrong_group = groups.last().is_some_and(|group| {
        let wanted = lookup_keys(group);
        !left.is_empty() && !left.iter().any(|cell| looked_up(&cell.text).iter().any(|way| wanted.contains(way)))
    });
    let wrong_heading = match (&leaf.under, under) {
        (Some(wanted), Some(under)) => wanted.text != under,
        _ => false,
    };
    !wrong_group && !wrong_heading
}

/// Number of rows of a block whose labels are in a grid.
pub(super) fn count(grids: &Grids, block: &Block, grid: usize) -> usize {
    let labels = RowLabels::from_block(block);
    let mut seen = vec![false; block.leaf_rows.len()];
    for cell in grids.grid(grid).cells() {
        for row in labels.of_cell(&cell.text) {
            seen[row] = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// The grid column after the one that contains most row labels of a block; the block's own columns begin there.
pub(super) fn edge(grids: &Grids, block: &Block, grid: usize) -> u32 {
    let labels = RowLabels::from_block(block);
    let mut columns: HashMap<u32, (usize, u32)> = HashMap::new();
    for cell in grids.grid(grid).cells().iter().filter(|cell| !labels.of_cell(&cell.text).is_empty()) {
        let known = columns.entry(cell.column).or_insert((0, cell.col_span));
        *known = (known.0 + 1, known.1.min(cell.col_span));
    }
    let most = columns.into_iter().max_by_key(|(column, (count, _))| (*count, std::cmp::Reverse(*column)));
    most.map_or(0, |(column, (_, span))| column + span)
}

/// Whether a block needs a header: it has more than one column, or its rows have no labels.
pub(super) fn wants_header(block: &Block) -> bool {
    let columns = block.slots.iter().filter(|slot| matches!(slot, ColumnSlot::Leaf(_))).count();
    columns > 1 || block.leaf_rows.iter().all(|row| row.path.is_empty())
}
