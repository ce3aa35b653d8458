//! Tables that are read row by row below their header: open rows, fields of words, sets of columns, blocks side by side.
//!
//! Every block is searched for in every grid by its header ([`header`]) or its row labels ([`fixed`]). Each table is assigned the grid
//! that fits best by headers, then by its name near the grid ([`assign`]). Open rows get keys ([`open`]), and cells are parsed by the
//! kind of their field ([`crate::bind::value`], [`words`]).

mod assign;
mod fixed;
mod header;
pub(in crate::bind) mod lines;
mod open;
mod signed;
pub(in crate::bind) mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::bind::figures::{Figures, Hold, Proof};
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::{Flow, Item};
use crate::bind::units::{self, Said, Stated};
use crate::bind::value;
use crate::document::{Cell, Grid};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{Form, UnitFrom};
use crate::report::Value;

use assign::Laid;

/// A cell assigned to a field.
pub(super) struct Found<'d> {
    /// Id of the field.
    pub(super) id: String,
    /// Its cell.
    pub(super) cell: Cow<'d, Cell>,
    /// The header of its column, if any.
    pub(super) header: Option<&'d Cell>,
    /// The cell of its row that names the unit, if any.
    pub(super) unit: Option<&'d Cell>,
    /// Text to read instead of the cell's: a code assembled from its parts, or a name with its continuation below.
    pub(super) text: Option<String>,
}

/// The grids of a flow, with an index from grid rows to rows of the flow.
pub(super) struct Grids<'a, 'd> {
    pub(super) flow: &'a Flow<'d>,
    rows: HashMap<(usize, u32), usize>,
}

impl<'a, 'd> Grids<'a, 'd> {
    fn new(flow: &'a Flow<'d>) -> Self {
        let rows = flow.rows.iter().enumerate().map(|(number, row)| ((row.grid, row.number), number)).collect();
        Self { flow, rows }
    }

    /// Index in the flow of a row of a grid.
    pub(super) fn row(&self, grid: usize, row: u32) -> Option<usize> {
        self.rows.get(&(grid, row)).copied()
    }

    pub(super) fn grid(&self, grid: usize) -> &'d Grid {
        self.flow.grids[grid]
    }

    /// Whether a cell was removed from the flow, as a check of our own workbooks, and is not part of the table.
    pub(super) fn is_left_out(&self, grid: usize, cell: &Cell) -> bool {
        let Some(row) = self.row(grid, cell.row) else { return true };
        !self.flow.rows[row].cells.iter().any(|own| std::ptr::eq(own.cell, cell))
    }
}

/// Reads the form's tables with `by_rows`. Returns the values of open rows with the ids of their fields.
pub(in crate::bind) fn read(index: &FormIndex, flow: &Flow, figures: &mut Figures) -> Vec<(String, Value)> {
    let form = &index.form;
    if !form.tables.iter().any(|table| table.by_rows) {
        return Vec::new();
    }
    let grids = Grids::new(flow);
    let mut found: Vec<(usize, Found)> = Vec::new();
    for laid in assign::assign(form, &grids, figures) {
        take(form, &grids, &laid, figures, &mut found);
    }
    for (number, table) in form.tables.iter().enumerate() {
        if table.by_rows && !figures.has_table(number) {
            let more = fixed::in_lines(&grids, (form, number), figures);
            found.extend(more.into_iter().map(|found| (0, found)));
        }
    }
    let with_rows = form.expanded(found.iter().map(|(_, found)| found.id.as_str()));
    let mut values = Vec::new();
    for (grid, found) in found {
        let Some(field) = with_rows.field_index(&found.id) else { continue };
        let value = value_of(&with_rows, field, (&grids, grid), &found, &mut figures.findings);
        match form.field_index(&found.id) {
            Some(fixed) => {
                let proof = Proof::Address { row: Hold::Known, column: Hold::Known, region: Hold::Known };
                figures.put(form, fixed, value, proof);
            }
            None => values.push((with_rows.fields[field].id.clone(), value)),
        }
    }
    values
}

fn take<'d>(
    form: &Form,
    grids: &Grids<'_, 'd>,
    laid: &Laid<'d>,
    figures: &mut Figures,
    found: &mut Vec<(usize, Found<'d>)>,
) {
    let table = &form.tables[laid.table];
    let mut rows: Vec<u32> = laid.headers.clone();
    for (number, place) in laid.blocks.iter().enumerate() {
        let Some(place) = place else { continue };
        let block = &table.blocks[number];
        let (cells, taken) = match &block.open {
            Some(open) => open::rows(grids, (form, (laid.table, number), open), (laid.grid, place), figures),
            None => fixed::rows(grids, (form, laid.table, number), (laid.grid, place), figures),
        };
        rows.extend(taken);
        found.extend(cells.into_iter().map(|cell| (laid.grid, cell)));
    }
    rows.sort_unstable();
    rows.dedup();
    for row in rows {
        let Some(row) = grids.row(laid.grid, row) else { continue };
        if !figures.taken[row] {
            figures.taken[row] = true;
            figures.rows[laid.table].push(row);
        }
    }
    figures.rows[laid.table].sort_unstable();
}

fn value_of(
    form: &Form,
    field: usize,
    (grids, grid): (&Grids, usize),
    found: &Found,
    findings: &mut Vec<Finding>,
) -> Value {
    let own;
    let cell = match &found.text {
        Some(text) => {
            own = Cell { text: text.clone(), ..found.cell.as_ref().clone() };
            &own
        }
        None => found.cell.as_ref(),
    };
    if !form.fields[field].kind.is_figure() {
        return words::read(form, field, cell, findings);
    }
    let from = &form.tables[form.fields[field].table].unit_from;
    let allowed = |wanted: UnitFrom| from.is_empty() || from.contains(&wanted);
    let header = || found.header.filter(|_| allowed(UnitFrom::Header)).and_then(|header| units::unit_in(&header.text));
    let column = || found.unit.filter(|_| allowed(UnitFrom::Column)).and_then(|unit| units::unit_in(&unit.text));
    let line =
        || if allowed(UnitFrom::Line) { above(grids, grid, found.header.map_or(0, |header| header.row)) } else { None };
    let said = |of| {
        let all = [column(), header(), line()].into_iter().flatten();
        Stated::from_units(all.filter(|said| of == units::Dimension::Money || said.unit.of == of))
    };
    value::read(form, field, cell, said, findings)
}

/// The unit stated in the lines above a table.
fn above(grids: &Grids, grid: usize, header: u32) -> Option<Said> {
    let inside = (0..header).rev().flat_map(|row| grids.grid(grid).row_cells(row)).map(|cell| cell.text.as_str());
    let first = grids
        .flow
        .items
        .iter()
        .position(|item| matches!(item, Item::Row(row) if grids.flow.rows[*row].grid == grid))?;
    let before = grids.flow.items[..first].iter().rev().take(3).map_while(|item| match item {
        Item::Text(text) => Some(text.text.as_ref()),
        _ => None,
    });
    inside.chain(before).find_map(|text| units::said_in_line(text, units::Dimension::Money))
}

/// Finding: two grids are candidates for one table, or one grid for two tables.
fn doubled(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("文件中有两张表格都像是{}，不能确定以哪一张为准，其数据留空。请在表格上方写明表名。", name.zh),
        format!(
            "Two tables of the file could be {}; its figures stay empty. Write the table's name above it.",
            name.en
        ),
    );
    Finding::new(&code::TABLE_DOUBLED, message)
}
