//! Tables in the structure tree of tagged files (ISO 32000-1, 14.7 and 14.8): rows, cells with spans, content.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::file::File;
use super::object::{Dict, Object};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::paged::{Tagged, TaggedCell};

/// Maximum length of a chain of role mappings.
const MOST_ROLES: usize = 8;

/// Maximum number of slots of a table; larger ones are ignored.
const MOST_SLOTS: usize = 20_000;

/// An element or content item to be visited, with its context.
struct Open {
    object: Object,
    page: Option<usize>,
    table: Option<usize>,
    in_cell: bool,
}

/// A table under construction.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    /// Whether it contains a nested table or a cell outside of rows.
    odd: bool,
}

#[derive(Default)]
struct Cell {
    rows: usize,
    columns: usize,
    content: Vec<(usize, u32)>,
}

/// The tables of a file's structure tree in document order. `pages` maps object numbers of pages to page indices.
pub(super) fn tables(
    file: &mut File,
    pages: &HashMap<u32, usize>,
    budget: &mut Budget,
) -> Result<Vec<Tagged>, ReadError> {
    let Some(catalog) = file.root(budget)? else { return Ok(Vec::new()) };
    let Some(root) = file.dict(&catalog, b"StructTreeRoot", budget)? else { return Ok(Vec::new()) };
    let roles = file.dict(&root, b"RoleMap", budget)?.unwrap_or_default();
    let mut walk = Walk { file, pages, roles, tables: Vec::new(), open: Vec::new(), seen: HashSet::new() };
    walk.push_kids(&root, &Open { object: Object::Null, page: None, table: None, in_cell: false }, budget)?;
    while let Some(open) = walk.open.pop() {
        walk.visit(open, budget)?;
    }
    Ok(walk.tables.iter().filter_map(placed).collect())
}

struct Walk<'w, 'a> {
    file: &'w mut File<'a>,
    pages: &'w HashMap<u32, usize>,
    roles: Rc<Dict>,
    tables: Vec<Table>,
    open: Vec<Open>,
    seen: HashSet<u32>,
}

impl Walk<'_, '_> {
    /// Pushes the kids of an element in reverse, so that the first is visited next.
    fn push_kids(&mut self, dict: &Dict, at: &Open, budget: &mut Budget) -> Result<(), ReadError> {
        let raw = dict.raw(b"K").clone();
        let kids = match self.file.resolve(&raw, budget)? {
            Object::Array(kids) => kids.to_vec(),
            Object::Null => Vec::new(),
            // A single kid; the reference is kept, because visited elements are recognised by their number.
            _ => vec![raw],
        };
        budget.spend(Resource::Steps, 1 + kids.len() as u64)?;
        let open = |object: Object| Open { object, page: at.page, table: at.table, in_cell: at.in_cell };
        self.open.extend(kids.into_iter().rev().map(open));
        Ok(())
    }

    fn visit(&mut self, mut open: Open, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 4)?;
        if let Some(mark) = open.object.index() {
            self.content(&open, mark);
            return Ok(());
        }
        if let Object::Reference(number) = open.object
            && !self.seen.insert(number)
        {
            return Ok(());
        }
        let Some(dict) = self.file.dict_of(&open.object, budget)? else { return Ok(()) };
        if let Object::Reference(number) = dict.raw(b"Pg") {
            open.page = self.pages.get(number).copied();
        }
        let kind = self.file.value(&dict, b"Type", budget)?;
        if kind.is_name(b"OBJR") {
            return Ok(());
        }
        if kind.is_name(b"MCR") || dict.raw(b"S") == &Object::Null {
            // Content in a form has its own stream.
            if dict.raw(b"Stm") == &Object::Null
                && let Some(mark) = self.file.value(&dict, b"MCID", budget)?.index()
            {
                self.content(&open, mark);
            }
            return Ok(());
        }
        self.element(&dict, &mut open, budget)?;
        self.push_kids(&dict, &open, budget)
    }

    fn element(&mut self, dict: &Dict, open: &mut Open, budget: &mut Budget) -> Result<(), ReadError> {
        let role = self.role(dict, budget)?;
        match (&*role, open.table) {
            (b"Table", outer) => {
                // A table with a nested table is not read by its structure but by its lines.
                if let Some(outer) = outer.and_then(|outer| self.tables.get_mut(outer)) {
                    outer.odd = true;
                }
                self.tables.push(Table::default());
                (open.table, open.in_cell) = (Some(self.tables.len() - 1), false);
            }
            (b"TR", Some(table)) => {
                self.tables[table].rows.push(Vec::new());
                open.in_cell = false;
            }
            (b"TH" | b"TD", Some(table)) => {
                let [rows, columns] = self.spans(dict, budget)?;
                let table = &mut self.tables[table];
                match table.rows.last_mut() {
                    Some(row) => row.push(Cell { rows, columns, content: Vec::new() }),
                    None => table.odd = true,
                }
                open.in_cell = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// The standard structure type of an element, after role mapping.
    fn role(&mut self, dict: &Dict, budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
        let mut role = self.file.value(dict, b"S", budget)?.name().unwrap_or_default().to_vec();
        for _ in 0..MOST_ROLES {
            if matches!(&*role, b"Table" | b"TR" | b"TH" | b"TD") {
                break;
            }
            let roles = Rc::clone(&self.roles);
            match self.file.value(&roles, &role, budget)?.name() {
                Some(other) if other != role => role = other.to_vec(),
                _ => break,
            }
        }
        Ok(role)
    }

    /// Row span and column span of a cell by its attributes.
    fn spans(&mut self, dict: &Dict, budget: &mut Budget) -> Result<[usize; 2], ReadError> {
        let attributes = match self.file.value(dict, b"A", budget)? {
            Object::Array(list) => list.to_vec(),
            Object::Null => Vec::new(),
            one => vec![one],
        };
        let mut spans = [1, 1];
        budget.spend(Resource::Steps, attributes.len() as u64)?;
        for attribute in &attributes {
            let Some(attribute) = self.file.dict_of(attribute, budget)? else { continue };
            for (name, span) in [(&b"RowSpan"[..], 0), (b"ColSpan", 1)] {
                if let Some(count) = self.file.value(&attribute, name, budget)?.index() {
                    spans[span] = count.clamp(1, MOST_SLOTS);
                }
            }
        }
        Ok(spans)
    }

    /// Adds marked content to the current cell.
    fn content(&mut self, open: &Open, mark: usize) {
        let (Some(table), Some(page), true) = (open.table, open.page, open.in_cell) else { return };
        let cell = self.tables[table].rows.last_mut().and_then(|row| row.last_mut());
        if let (Some(cell), Ok(mark)) = (cell, u32::try_from(mark)) {
            cell.content.push((page, mark));
        }
    }
}

/// Places the cells of a table in a grid; `None` if they overlap or do not fill it.
fn placed(table: &Table) -> Option<Tagged> {
    let rows = table.rows.len();
    let columns = table.rows.first()?.iter().map(|cell| cell.columns).sum::<usize>();
    if table.odd || rows < 2 || columns < 2 || rows.saturating_mul(columns) > MOST_SLOTS {
        return None;
    }
    let mut taken = vec![false; rows * columns];
    let mut cells = Vec::new();
    for (row, list) in table.rows.iter().enumerate() {
        let mut column = 0;
        for cell in list {
            while column < columns && taken[row * columns + column] {
                column += 1;
            }
            // LibreOffice writes surplus blank cells if a page break divides a row.
            if column == columns && cell.content.is_empty() {
                continue;
            }
            if column + cell.columns > columns || row + cell.rows > rows {
                return None;
            }
            for row in row..row + cell.rows {
                for slot in &mut taken[row * columns + column..row * columns + column + cell.columns] {
                    if std::mem::replace(slot, true) {
                        return None;
                    }
                }
            }
            let content = cell.content.clone();
            cells.push(TaggedCell { row, column, rows: cell.rows, columns: cell.columns, content });
            column += cell.columns;
        }
    }
    taken.iter().all(|taken| *taken).then_some(Tagged { rows, columns, cells })
}
