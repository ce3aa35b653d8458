//! The header of a block in a grid: maps columns of the form to columns of the grid.

use std::collections::{HashMap, HashSet};

use crate::document::{Cell, Grid};
use crate::form::{Block, ColumnSlot, Label, Leaf};
use crate::text::{blank, fold};

/// Maximum number of rows of a header.
const DEEPEST: u32 = 6;

/// A column of the form located in a grid.
#[derive(Debug, Clone)]
pub(super) struct Column<'d> {
    /// Index of the leaf column.
    pub(super) leaf: usize,
    /// Its cell in the header.
    pub(super) cell: &'d Cell,
    /// First grid column.
    pub(super) from: u32,
    /// Grid column after the last.
    pub(super) to: u32,
}

/// The header of a block in a grid.
#[derive(Debug, Clone)]
pub(super) struct Header<'d> {
    /// Its columns, from the left.
    pub(super) columns: Vec<Column<'d>>,
    /// First row of the header.
    pub(super) top: u32,
    /// First row below it.
    pub(super) bottom: u32,
    /// Number of labelled grid columns between its own that are not in the form.
    pub(super) strange: usize,
    /// Grid column that names units, if any.
    pub(super) unit: Option<u32>,
}

/// The labels of a block's columns.
pub(super) struct Labels<'b> {
    block: &'b Block,
    leaves: HashMap<String, Vec<usize>>,
    groups: HashSet<String>,
    asides: HashMap<String, ColumnSlot>,
}

/// Strips a remark in brackets from the end of a label, such as its unit.
pub(super) fn without_remark(text: &str) -> &str {
    let text = text.trim_matches(blank);
    let open = text.strip_suffix(['）', ')']).and_then(|rest| rest.rfind(['（', '(']));
    open.filter(|&open| open > 0).map_or(text, |open| text[..open].trim_matches(blank))
}

/// The folded keys under which a label is indexed.
pub(super) fn lookup_keys(label: &Label) -> Vec<String> {
    let mut ways: Vec<String> = label.folded.iter().chain(&label.bare).cloned().collect();
    ways.push(fold(without_remark(&label.text)));
    ways.retain(|way| !way.is_empty());
    ways.dedup();
    ways
}

/// The folded keys under which the text of a cell is looked up.
pub(super) fn looked_up(text: &str) -> [String; 3] {
    let bare = crate::text::numbering(text).map_or(0, |found| found.length);
    [fold(text), fold(without_remark(text)), fold(without_remark(&text[bare..]))]
}

impl<'b> Labels<'b> {
    pub(super) fn from_block(block: &'b Block) -> Self {
        let mut labels = Self { block, leaves: HashMap::new(), groups: HashSet::new(), asides: HashMap::new() };
        for (number, leaf) in block.leaf_columns.iter().enumerate() {
            let Some((own, groups)) = leaf.path.split_last() else { continue };
            for way in lookup_keys(own) {
                let known = labels.leaves.entry(way).or_default();
                if !known.contains(&number) {
                    known.push(number);
                }
            }
            // The label of the group and that of its column in one text.
            if let Some(group) = groups.last() {
                for way in lookup_keys(own) {
                    labels.leaves.entry(format!("{}{way}", fold(&group.text))).or_default().push(number);
                }
            }
            labels.groups.extend(groups.iter().flat_map(lookup_keys));
        }
        labels.add_asides();
        labels
    }

    fn add_asides(&mut self) {
        let mut heads: Vec<&crate::form::Head> = self.block.columns.iter().collect();
        while let Some(head) = heads.pop() {
            heads.extend(&head.children);
            let slot = match head.role {
                crate::form::HeadRole::Unit => ColumnSlot::Unit,
                crate::form::HeadRole::Ignore => ColumnSlot::Number,
                crate::form::HeadRole::Field => continue,
            };
            self.asides.extend(lookup_keys(&head.label).into_iter().map(|way| (way, slot)));
        }
    }

    /// The best header of the block in a grid, in rows from `from` on and columns from `right_of` on.
    pub(super) fn find<'d>(&self, grid: &'d Grid, (from, right_of): (u32, u32)) -> Option<Header<'d>> {
        let mut matched: Vec<(&'d Cell, &[usize])> = Vec::new();
        for row in from..grid.rows() {
            for cell in grid.row_cells(row).filter(|cell| cell.row == row && cell.column >= right_of) {
                let found = looked_up(&cell.text).into_iter().find_map(|way| self.leaves.get(&way));
                if let Some(leaves) = found {
                    matched.push((cell, leaves));
                }
            }
        }
        let mut bottoms: Vec<u32> = matched.iter().map(|(cell, _)| cell.row + cell.row_span - 1).collect();
        bottoms.sort_unstable();
        bottoms.dedup();
        let mut best: Option<Header> = None;
        for bottom in bottoms {
            let top = bottom.saturating_sub(DEEPEST - 1).max(from);
            let inside = |cell: &Cell| cell.row >= top && cell.row + cell.row_span - 1 <= bottom;
            let here: Vec<(&'d Cell, &[usize])> =
                matched.iter().filter(|(cell, _)| inside(cell)).map(|(cell, leaves)| (*cell, *leaves)).collect();
            let Some(header) = self.lay(grid, &here, bottom) else { continue };
            let better = best.as_ref().is_none_or(|known| header.score() > known.score());
            if better {
                best = Some(header);
            }
        }
        best.filter(|header| self.is_enough(header))
    }

    /// Assigns a column to each cell: a free one whose group is above the cell, else the first free one.
    fn lay<'d>(&self, grid: &'d Grid, matched: &[(&'d Cell, &[usize])], bottom: u32) -> Option<Header<'d>> {
        let mut columns: Vec<Column> = Vec::new();
        let mut taken = vec![false; self.block.leaf_columns.len()];
        let mut cells: Vec<&(&Cell, &[usize])> = matched.iter().collect();
        // Of two matches in one grid column, the lower is the column's own label.
        cells.sort_by_key(|(cell, _)| (std::cmp::Reverse(cell.row), cell.column));
        let mut chosen: Vec<(&'d Cell, &[usize])> = Vec::new();
        for (cell, leaves) in cells {
            let over = |other: &&(&Cell, &[usize])| {
                other.0.column < cell.column + cell.col_span && cell.column < other.0.column + other.0.col_span
            };
            if !chosen.iter().any(|other| over(&other)) {
                chosen.push((cell, leaves));
            }
        }
        chosen.sort_by_key(|(cell, _)| cell.column);
        for &(cell, leaves) in &chosen {
            let free = |leaf: &&usize| !taken[**leaf];
            let grouped = |leaf: &&usize| self.has_groups(grid, cell, &self.block.leaf_columns[**leaf]);
            let leaf = leaves.iter().filter(free).find(grouped).or_else(|| leaves.iter().find(free));
            let Some(&leaf) = leaf else { continue };
            taken[leaf] = true;
            columns.push(Column { leaf, cell, from: cell.column, to: cell.column + cell.col_span });
        }
        let top = chosen.iter().map(|(cell, _)| cell.row).min()?;
        let top = (0..top).rev().take_while(|&row| self.has_group(grid, row)).last().unwrap_or(top);
        let mut header = Header { columns, top, bottom: bottom + 1, strange: 0, unit: None };
        self.go_down(grid, &mut header);
        self.strangers(grid, &mut header);
        Some(header)
    }

    fn has_group(&self, grid: &Grid, row: u32) -> bool {
        let mut cells = grid.row_cells(row).filter(|cell| cell.row == row);
        cells.any(|cell| looked_up(&cell.text).iter().any(|way| self.groups.contains(way)))
    }

    /// Whether the group of a column is above a cell.
    #[allow(clippy::unused_self, reason = "a method like the other tests of a header")]
    fn has_groups(&self, grid: &Grid, cell: &Cell, leaf: &Leaf) -> bool {
        let Some((_, groups)) = leaf.path.split_last() else { return true };
        let Some(group) = groups.last() else { return true };
        let above = (0..cell.row).rev().take(DEEPEST as usize).filter_map(|row| grid.cell_at(row, cell.column));
        let wanted = lookup_keys(group);
        above.into_iter().any(|above| looked_up(&above.text).iter().any(|way| wanted.contains(way)))
    }

    /// Extends the header by rows below the labels that are still header: parts of a code, units, column numbers.
    fn go_down(&self, grid: &Grid, header: &mut Header) {
        let parts: Vec<String> =
            self.block.leaf_columns.iter().flat_map(|leaf| &leaf.parts).map(|part| fold(part)).collect();
        while header.bottom < grid.rows() {
            let cells: Vec<&Cell> = grid.row_cells(header.bottom).filter(|cell| cell.row == header.bottom).collect();
            let filled: Vec<&&Cell> = cells.iter().filter(|cell| !cell.text.trim_matches(blank).is_empty()).collect();
            let is_part = |cell: &&&Cell| parts.contains(&fold(&cell.text));
            let is_unit = |cell: &&&Cell| {
                crate::bind::units::unit_in(&cell.text).is_some() && !cell.text.chars().any(|one| one.is_ascii_digit())
            };
            let numbers: Vec<Option<u32>> = filled.iter().map(|cell| column_number(&cell.text)).collect();
            // `栏次 1 2 3 4`: at least three consecutive numbers.
            let count = numbers.iter().flatten().count();
            let counted = count >= 3
                && numbers.iter().flatten().zip(numbers.iter().flatten().skip(1)).all(|(one, next)| one + 1 == *next)
                && filled.len() - count <= 2
                && numbers.iter().flatten().next() == Some(&1);
            let down = !filled.is_empty() && (filled.iter().all(|cell| is_part(cell) || is_unit(cell)) || counted);
            if !down {
                return;
            }
            header.bottom += 1;
        }
    }

    /// Counts the columns that are not in the form, and finds the column of units.
    fn strangers(&self, grid: &Grid, header: &mut Header) {
        let Some(first) = header.columns.iter().map(|column| column.from).min() else { return };
        let last = header.columns.iter().map(|column| column.to).max().unwrap_or(first);
        let mut column = 0;
        let row = header.columns.iter().map(|column| column.cell.row).max().unwrap_or(header.top);
        while column < grid.columns() {
            let Some(cell) = grid.cell_at(row, column) else {
                column += 1;
                continue;
            };
            let is_own =
                header.columns.iter().any(|own| own.from < cell.column + cell.col_span && cell.column < own.to);
            if !is_own && !cell.text.trim_matches(blank).is_empty() {
                let aside = looked_up(&cell.text).iter().find_map(|way| self.asides.get(way)).copied();
                match aside {
                    Some(ColumnSlot::Unit) => header.unit = Some(cell.column),
                    // Columns outside the recognised ones may belong to another table.
                    None if cell.column >= first && cell.column < last => header.strange += 1,
                    Some(_) | None => {}
                }
            }
            column = cell.column + cell.col_span;
        }
    }

    /// Whether enough columns were found for the block's header not to be a coincidence.
    fn is_enough(&self, header: &Header) -> bool {
        let found = header.columns.len();
        let has = |leaf: usize| header.columns.iter().any(|column| column.leaf == leaf);
        let keyed = match &self.block.open {
            Some(open) => open.each.is_none_or(has) || open.single,
            None => true,
        };
        let figures = header.columns.iter().any(|column| {
            let leaf = &self.block.leaf_columns[column.leaf];
            leaf.kind.is_none_or(crate::form::FieldKind::is_figure)
        });
        let only_words = self.block.leaf_columns.iter().all(|leaf| leaf.kind.is_some_and(|kind| !kind.is_figure()));
        let wanted = self.wanted(header);
        let least = if wanted <= 2 { wanted } else { (wanted * 3).div_ceil(5).max(2) };
        keyed && (figures || only_words) && found >= least
    }

    /// Number of columns of the set that is most similar to the header; of all columns if the block has no sets.
    pub(super) fn wanted(&self, header: &Header) -> usize {
        let has = |leaf: &usize| header.columns.iter().any(|column| column.leaf == *leaf);
        let sets = self.block.sets.iter().map(|(_, columns)| columns);
        let best = sets.max_by_key(|columns| {
            let shared = columns.iter().filter(|leaf| has(leaf)).count();
            (shared * 100).checked_div(columns.len() + header.columns.len() - shared).unwrap_or(0)
        });
        best.map_or(self.block.leaf_columns.len(), Vec::len)
    }
}

impl Header<'_> {
    fn score(&self) -> (usize, std::cmp::Reverse<usize>) {
        (self.columns.len(), std::cmp::Reverse(self.strange))
    }
}

/// Parses the number of a column below its header: `1`, `(2)`.
fn column_number(text: &str) -> Option<u32> {
    let text = text.trim_matches(|sign: char| blank(sign) || "（）()".contains(sign));
    text.parse().ok().filter(|&number| number < 100)
}
