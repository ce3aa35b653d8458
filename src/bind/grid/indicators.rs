//! Tables written as a list: each figure follows the labels of its row and column, in one cell or in two, or with the row's label in a line
//! above.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::around::Units;
use super::kinds::section;
use super::lines::compares;
use super::tell;
use super::years::headed_year;
use crate::bind::figures::{Figures, Hold, Proof};
use crate::bind::labels::index::FormIndex;
use crate::bind::labels::numbers::LabelNumber;
use crate::bind::labels::shapes::Numbers;
use crate::bind::limits::{ROW_CELLS, count};
use crate::bind::source::items::{Flow, Item, RowCell};
use crate::bind::value;
use crate::document::Cell;
use crate::form::{FieldIndex, Label};
use crate::text::{blank, fold};

/// Minimum share of a table's fields in a list, in percent; a shorter list is the agency's own.
const LISTED: usize = 50;

/// Maximum number of fields of a table that is searched for as a list; larger tables are not written this way.
const FIELDS: usize = 60;

/// Maximum number of rows of a grid whose columns are searched: two or three rows of labels, one of figures, and captions.
const LOW: usize = 6;

/// A field with the labels of its row and column, outermost first.
struct Address {
    field: FieldIndex,
    labels: Vec<Numbers>,
    /// Number of labels that belong to its row.
    rows: usize,
}

/// The addresses of a table.
struct Addresses {
    all: Vec<Address>,
    /// The fields by their labels joined into one folded text.
    glued: HashMap<String, FieldIndex>,
}

/// The content of a list.
#[derive(Default)]
struct List<'d> {
    /// For each field, the cells that follow its labels, with their rows in the flow.
    found: BTreeMap<FieldIndex, Vec<(&'d Cell, usize)>>,
    /// The row labels that apply to the lines below.
    above: Vec<LabelNumber>,
    /// The rows with labels that are above the figures of other rows.
    heads: Vec<usize>,
    /// Whether the figures are below their labels, in the columns of low grids.
    across: bool,
    /// The grid whose header was read last, and its columns of another year or of shares.
    apart: (usize, Vec<Range<u32>>),
}

/// Reads the tables that were not found in grids and are lists under the heading of their section.
pub(super) fn read(index: &FormIndex, flow: &Flow, units: &Units, figures: &mut Figures) {
    for table in 0..index.form.tables.len() {
        let spec = &index.form.tables[table];
        let fields = index.form.fields.iter().filter(|field| field.table == table).count();
        if figures.has_table(table) || spec.by_rows || fields == 0 || fields > FIELDS {
            continue;
        }
        if index.form.sections[spec.section].heading.is_none() {
            continue;
        }
        let addresses = addresses(index, table);
        let rows = at_home(index, flow, table);
        let enough = |list: &List| list.found.len() * 100 >= fields * LISTED;
        let mut list = listed(index, &addresses, flow, &rows);
        if !enough(&list) {
            list = across(index, &addresses, flow, &rows);
        }
        if enough(&list) {
            put(index, (flow, units), (table, fields), &list, figures);
        }
    }
}

fn addresses(index: &FormIndex, table: usize) -> Addresses {
    let mut all = Vec::new();
    let mut glued = HashMap::new();
    for block in &index.form.tables[table].blocks {
        for (row, left) in block.leaf_rows.iter().enumerate() {
            for (column, top) in block.leaf_columns.iter().enumerate() {
                let field = block.first_field + row * block.leaf_columns.len() + column;
                let path: Vec<&Label> = left.path.iter().chain(&top.path).collect();
                let labels = path.iter().map(|label| Numbers::in_label(&index.numbers, label)).collect();
                all.push(Address { field, labels, rows: left.path.len() });
                let texts = path.iter().fold(vec![String::new()], |texts, label| {
                    let own = label.folded.iter().chain(&label.bare);
                    own.flat_map(|own| texts.iter().map(move |text| format!("{text}{own}"))).collect()
                });
                glued.extend(texts.into_iter().map(|text| (text, field)));
            }
        }
    }
    Addresses { all, glued }
}

/// The texts in which the labels of a figure's row and column are joined, of a table that may be a list.
pub(in crate::bind) fn entries(index: &FormIndex, table: usize) -> HashSet<String> {
    let fields = index.form.fields.iter().filter(|field| field.table == table).count();
    if fields > FIELDS { HashSet::new() } else { addresses(index, table).glued.into_keys().collect() }
}

/// The grid rows under the heading of the table's section, and whether each is the first below a heading.
fn at_home(index: &FormIndex, flow: &Flow, table: usize) -> Vec<(usize, bool)> {
    let home = index.form.tables[table].section;
    let mut rows = Vec::new();
    let (mut at_home, mut compared, mut first) = (false, false, true);
    for item in &flow.items {
        let (text, folded) = match item {
            Item::Text(text) => (text.text.as_ref(), text.folded.as_str()),
            Item::Picture(_) => continue,
            Item::Row(row) => {
                let mut filled = flow.rows[*row].cells.iter().filter(|cell| cell.own && is_filled(cell));
                match (filled.next(), filled.next()) {
                    (Some(cell), None) if !cell.figure => (cell.cell.text.as_str(), cell.folded.as_ref()),
                    _ => ("", ""),
                }
            }
        };
        if let Some(found) = section(index, text, folded) {
            (at_home, compared, first) = (found == home, false, true);
            continue;
        }
        compared |= compares(index, folded);
        if let Item::Row(row) = item
            && at_home
            && !compared
        {
            rows.push((*row, std::mem::take(&mut first)));
        }
    }
    rows
}

/// Collects the list from rows.
fn listed<'d>(index: &FormIndex, addresses: &Addresses, flow: &Flow<'d>, rows: &[(usize, bool)]) -> List<'d> {
    let mut list = List::default();
    for &(row, first) in rows {
        if first {
            list.above.clear();
        }
        let cells: Vec<&RowCell> = flow.rows[row].cells.iter().collect();
        list.row(index, addresses, (&cells, flow.rows[row].grid), row);
    }
    list
}

/// Collects the list from the columns of low grids: each figure is below the labels of its row and column.
fn across<'d>(index: &FormIndex, addresses: &Addresses, flow: &Flow<'d>, rows: &[(usize, bool)]) -> List<'d> {
    let mut list = List { across: true, ..List::default() };
    for grid in rows.chunk_by(|one, next| flow.rows[one.0].grid == flow.rows[next.0].grid) {
        if grid.len() > LOW {
            continue;
        }
        let cells = || grid.iter().flat_map(|&(row, _)| flow.rows[row].cells.iter().map(move |cell| (row, cell)));
        let width = cells().map(|(_, cell)| cell.cell.column + cell.cell.col_span.max(1)).max().unwrap_or(0);
        for column in 0..width.min(count(ROW_CELLS).unsigned_abs()) {
            let covers =
                |cell: &RowCell| (cell.cell.column..cell.cell.column + cell.cell.col_span.max(1)).contains(&column);
            let own = |cell: &RowCell| cell.own && covers(cell) && (!cell.figure || cell.cell.column == column);
            let below = grid.iter().enumerate().flat_map(move |(at, &(row, _))| {
                let over = over_blank(flow, grid, at, column);
                let blank = over.is_some();
                let cells = flow.rows[row].cells.iter().filter(move |cell| own(cell) && (!blank || is_filled(cell)));
                cells.chain(over).map(move |cell| (row, cell))
            });
            let below: Vec<(usize, &RowCell)> = below.collect();
            let Some(&(last, _)) = below.iter().rfind(|(_, cell)| cell.figure && is_filled(cell)) else { continue };
            let below: Vec<&RowCell> = below.into_iter().map(|(_, cell)| cell).collect();
            list.above.clear();
            list.row(index, addresses, (&below, usize::MAX), last);
        }
        if !list.found.is_empty() {
            list.heads.extend(grid.iter().map(|row| row.0));
        }
    }
    list
}

/// The label of a blank cell, given by its row in the grid and its column, if a merged cell lost its other columns: the next filled cell to
/// the left. Both columns have a label in the row below.
fn over_blank<'f, 'd>(flow: &'f Flow<'d>, grid: &[(usize, bool)], at: usize, column: u32) -> Option<&'f RowCell<'d>> {
    let row = |at: usize| Some(&flow.rows[grid.get(at)?.0].cells);
    let covers = |cell: &RowCell, column: u32| {
        (cell.cell.column..cell.cell.column + cell.cell.col_span.max(1)).contains(&column)
    };
    let is_label = |cell: &RowCell| is_filled(cell) && !cell.figure && !cell.uses.is_empty();
    let (here, below) = (row(at)?, row(at + 1)?);
    if here.iter().any(|cell| covers(cell, column) && is_filled(cell)) {
        return None;
    }
    let left = here.iter().rev().find(|cell| cell.cell.column < column && is_filled(cell))?;
    let labelled = |column: u32| below.iter().any(|cell| cell.own && covers(cell, column) && is_label(cell));
    (is_label(left) && labelled(column) && labelled(left.cell.column)).then_some(left)
}

fn is_filled(cell: &RowCell) -> bool {
    !cell.cell.text.trim_matches(blank).is_empty()
}

impl<'d> List<'d> {
    /// Reads a row of the list, given by its cells and its grid.
    fn row(
        &mut self,
        index: &FormIndex,
        addresses: &Addresses,
        (cells, grid): (&[&RowCell<'d>], usize),
        number: usize,
    ) {
        let is_label = |label: LabelNumber| {
            addresses.all.iter().flat_map(|address| &address.labels).any(|own| own.fit(Some(label)).is_some())
        };
        let of_table = |cell: &&RowCell| {
            !cell.figure && (addresses.glued.contains_key(cell.folded.as_ref()) || cell.number.is_some_and(is_label))
        };
        let words = &index.form.words;
        let of_others = |cell: &RowCell| words.beside.iter().any(|word| cell.folded.contains(word.as_str()));
        let Some(last) = cells.iter().rposition(of_table) else {
            self.header(cells, grid, of_others);
            // A row of other words ends the list of the row above.
            if cells.iter().any(|cell| cell.own && is_filled(cell)) {
                self.above.clear();
            }
            return;
        };
        let labels: Vec<&RowCell> =
            cells[..=last].iter().copied().filter(|cell| !cell.figure && is_filled(cell)).collect();
        let numbers: Vec<LabelNumber> =
            labels.iter().filter_map(|cell| cell.number).filter(|one| is_label(*one)).collect();
        let apart = |cell: &RowCell| {
            let own = |columns: &Range<u32>| columns.contains(&cell.cell.column);
            self.apart.0 == grid && self.apart.1.iter().any(own)
        };
        let mut figures =
            cells[last + 1..].iter().copied().filter(|cell| cell.own && cell.figure && is_filled(cell) && !apart(cell));
        let (first, second) = (figures.next(), figures.next());
        // The cell's `folded` may lack a remark in brackets at its end; the remark may be the header, so the whole text is folded.
        let glued = addresses.glued.get(fold(&cells[last].cell.text).as_str()).copied();
        let field = glued.or_else(|| self.field(addresses, &numbers));
        // The labels of a row apply to the lines below it.
        let of_rows = |label: LabelNumber| {
            let rows = addresses.all.iter().flat_map(|address| &address.labels[..address.rows]);
            rows.into_iter().any(|own| own.fit(Some(label)).is_some())
        };
        let rows: Vec<LabelNumber> = numbers.into_iter().filter(|label| of_rows(*label)).collect();
        if !rows.is_empty() || first.is_none() {
            self.above = rows;
        }
        if let (Some(field), Some(figure), None) = (field, first, second)
            && !labels.into_iter().any(of_others)
        {
            self.found.entry(field).or_default().push((figure.cell, number));
        }
    }

    /// Keeps the columns of a header that are of an earlier year than the latest, or of last year or shares by a word.
    fn header(&mut self, cells: &[&RowCell], grid: usize, of_others: impl Fn(&RowCell) -> bool) {
        let year = |cell: &RowCell| headed_year(&cell.cell.text);
        let latest = cells.iter().copied().filter_map(year).max();
        let earlier = |cell: &RowCell| year(cell).is_some_and(|year| Some(year) < latest);
        let apart = cells.iter().copied().filter(|cell| of_others(cell) || earlier(cell));
        let columns = |cell: &RowCell| cell.cell.column..cell.cell.column + cell.cell.col_span.max(1);
        let apart: Vec<Range<u32>> = apart.map(columns).collect();
        if !apart.is_empty() || grid != self.apart.0 {
            self.apart = (grid, apart);
        }
    }

    /// The fields whose figures are not certain. If one is listed twice with different figures, the list may be of several offices, so
    /// that two equal figures are not certain either, and none is if most fields are listed twice. In a row of columns two equal figures
    /// are those of two offices side by side.
    fn uncertain(&self) -> Vec<FieldIndex> {
        if !self.across && !self.differs() {
            return Vec::new();
        }
        let twice: Vec<FieldIndex> =
            self.found.iter().filter(|(_, found)| found.len() > 1).map(|(field, _)| *field).collect();
        if twice.len() * 2 > self.found.len() { self.found.keys().copied().collect() } else { twice }
    }

    /// Whether a field is listed twice with different figures.
    fn differs(&self) -> bool {
        let differ =
            |found: &Vec<(&Cell, usize)>| found.iter().any(|(cell, _)| cell.text.trim() != found[0].0.text.trim());
        self.found.values().any(differ)
    }

    /// The only field that the labels of a row lead to, if necessary together with the row labels above; `None` if there is none or
    /// several.
    fn field(&self, addresses: &Addresses, own: &[LabelNumber]) -> Option<FieldIndex> {
        let leads = |address: &&Address, given: &[LabelNumber]| {
            let of = |labels: &[Numbers], label: LabelNumber| labels.iter().any(|one| one.fit(Some(label)).is_some());
            let last = own.last().zip(address.labels.last());
            last.is_some_and(|(label, own)| own.fit(Some(*label)).is_some())
                && address.labels.iter().all(|one| given.iter().any(|label| one.fit(Some(*label)).is_some()))
                && given.iter().all(|label| of(&address.labels, *label))
        };
        let only = |given: &[LabelNumber]| {
            let mut found = addresses.all.iter().filter(|address| leads(address, given));
            found.next().filter(|_| found.next().is_none()).map(|address| address.field)
        };
        let above: Vec<LabelNumber> = self.above.iter().chain(own).copied().collect();
        only(own).or_else(|| only(&above))
    }
}

fn put(
    index: &FormIndex,
    (flow, units): (&Flow, &Units),
    (table, count): (usize, usize),
    list: &List,
    figures: &mut Figures,
) {
    let form = &index.form;
    let twice = list.uncertain();
    let first = list.found.values().flatten().map(|found| found.0.place.clone()).next();
    for &row in &list.heads {
        figures.taken[row] = true;
        figures.rows[table].push(row);
    }
    for (&field, found) in &list.found {
        for (_, row) in found {
            figures.taken[*row] = true;
            figures.rows[table].push(*row);
        }
        if twice.contains(&field) {
            continue;
        }
        let (cell, row) = found[0];
        let grid = flow.rows[row].grid;
        let said = |of| units.stated(grid, cell, of);
        let read = value::read(form, field, cell, said, &mut figures.findings);
        figures.put(form, field, read, Proof::Address { row: Hold::Known, column: Hold::Known, region: Hold::Known });
    }
    figures.rows[table].sort_unstable();
    figures.rows[table].dedup();
    figures.tell(tell::listed(form, table).at(first));
    if !twice.is_empty() {
        figures.tell(tell::listed_twice(form, &twice, list.differs()));
    }
    if list.found.len() < count {
        let fields = (0..form.fields.len()).filter(|&field| form.fields[field].table == table);
        let missing: Vec<FieldIndex> = fields.filter(|field| !list.found.contains_key(field)).collect();
        figures.tell(tell::not_listed(form, &missing));
    }
}
