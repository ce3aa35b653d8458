//! The content of a report for the rows of a template's table whose rows are data; the same for Word files and workbooks.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::bind::OpenCell;
use crate::form::{FieldIndex, FieldKind, Form, OpenBlock, Table};
use crate::report::Report;
use crate::text::fold;
use crate::write::plan;

/// What a cell of such a row contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowCell {
    /// A field: index of the block among those of the row, index of the leaf column, and the cell's number among those of the column,
    /// with their count: a code may have a cell for each of its components.
    Field { block: usize, leaf: usize, part: usize, parts: usize },
    /// The number of the row, with the number that the template has.
    Number(i64),
}

impl RowCell {
    /// What each cell of a row contains; `None` for cells that are kept, and are empty in added rows. `above` is the row above,
    /// if it is one of the table's; `block` is the index of the block among those of the row.
    pub(super) fn of_row(cells: &[OpenCell], above: Option<&[OpenCell]>, block: usize) -> Vec<Option<Self>> {
        let leaf = |cell: &OpenCell| cell.leaf.map(|(leaf, _)| leaf);
        let content = |(number, cell): (usize, &OpenCell)| {
            if let Some(wanted) = leaf(cell) {
                let same = |cells: &[OpenCell]| cells.iter().filter(|cell| leaf(cell) == Some(wanted)).count();
                return Some(Self::Field { block, leaf: wanted, part: same(&cells[..number]), parts: same(cells) });
            }
            // Blocks side by side share the number of their row. It is left of all columns; further right, a number is a figure.
            let may_number = block == 0 && cells[..number].iter().all(|cell| leaf(cell).is_none());
            let number = cell.text.parse().ok().filter(|_| may_number)?;
            // A running number is one more than that above; the first is 1. A year in every row is none.
            let before = above.map_or(Some(0), |above| {
                above.iter().find(|known| known.place.column == cell.place.column)?.text.parse::<i64>().ok()
            });
            (before.and_then(|before| before.checked_add(1)) == Some(number)).then_some(Self::Number(number))
        };
        cells.iter().enumerate().map(content).collect()
    }
}

/// A report, with the form expanded to its rows.
pub(super) struct OpenReport<'a> {
    pub(super) form: &'a Form,
    pub(super) whole: &'a Form,
    pub(super) report: &'a Report,
}

/// The content of a cell: its field, if the report has it, and the text.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) field: Option<FieldIndex>,
    pub(super) text: Cow<'a, str>,
    /// Whether the text is a component of the field, not all of it.
    pub(super) is_part: bool,
}

impl<'a> OpenReport<'a> {
    /// The keys of a block's rows: of those that are data, or of the total row.
    fn keys(&self, (table, block): OpenBlock, total: bool) -> Vec<&'a str> {
        let block = &self.whole.tables[table].blocks[block];
        let Some(open) = &block.open else { return Vec::new() };
        let is_total = |id: &str| open.total.is_some() && open.total_id == id;
        block.leaf_rows.iter().map(|row| row.id.as_str()).filter(|id| is_total(id) == total).collect()
    }

    /// The keys of the rows that are data, for each of several blocks that share their rows.
    pub(super) fn keys_of(&self, blocks: &[OpenBlock]) -> Vec<Vec<&'a str>> {
        blocks.iter().map(|block| self.keys(*block, false)).collect()
    }

    /// The content of a cell of the row with this key.
    pub(super) fn content(
        &self,
        block: OpenBlock,
        key: &str,
        (leaf, part, parts): (usize, usize, usize),
    ) -> Content<'a> {
        let known = &self.form.tables[block.0].blocks[block.1];
        let field = self.whole.field_index(&self.form.cell_id(block, key, leaf));
        let Some(field) = field else { return Content { field: None, text: "".into(), is_part: true } };
        let is_code = known.leaf_columns[leaf].kind == Some(FieldKind::Code);
        if parts > 1 && is_code && known.open.as_ref().is_some_and(|open| open.each == Some(leaf)) {
            let limit = if part + 1 == parts { usize::MAX } else { 1 };
            let text: String = key.split('.').skip(part).take(limit).collect();
            return Content { field: Some(field), text: text.into(), is_part: true };
        }
        let text = if part == 0 { plan::shown(self.whole, self.report, field) } else { "".into() };
        Content { field: Some(field), text, is_part: part > 0 }
    }

    /// The content of a cell of the total row; `None` if the cell is kept, as the label of the row.
    pub(super) fn total(&self, block: OpenBlock, (leaf, part, parts): (usize, usize, usize)) -> Option<Content<'a>> {
        let key = *self.keys(block, true).first()?;
        let content = self.content(block, key, (leaf, part, parts));
        let kind = self.form.tables[block.0].blocks[block.1].leaf_columns[leaf].kind;
        let is_figure = kind.is_none_or(FieldKind::is_figure);
        (content.field.is_some() && (is_figure || !content.text.is_empty())).then_some(content)
    }

    /// The words of a total row whose figures have a place: its label, which is in the template.
    fn labels(&self, placed: &HashSet<FieldIndex>) -> Vec<FieldIndex> {
        let mut labels = Vec::new();
        let blocks = |(number, table): (usize, &'a Table)| (0..table.blocks.len()).map(move |block| (number, block));
        for block in self.form.tables.iter().enumerate().flat_map(blocks) {
            let known = &self.form.tables[block.0].blocks[block.1];
            let (Some(total), Some(key)) =
                (known.open.as_ref().and_then(|open| open.total.as_ref()), self.keys(block, true).first().copied())
            else {
                continue;
            };
            let fields = (0..known.leaf_columns.len()).map(|leaf| self.content(block, key, (leaf, 0, 1)));
            let fields: Vec<Content> = fields.collect();
            if fields.iter().any(|content| content.field.is_some_and(|field| placed.contains(&field))) {
                let is_label = |content: &&Content| total.folded.contains(&fold(&content.text));
                labels.extend(fields.iter().filter(is_label).filter_map(|content| content.field));
            }
        }
        labels
    }

    /// The fields of open rows that have a value and no place in the template.
    pub(super) fn unplaced(&self, placed: &HashSet<FieldIndex>) -> Vec<FieldIndex> {
        let labels = self.labels(placed);
        let has =
            |id: &str| self.report.values.get(id).is_some_and(|value| value.value.is_some() || value.text.is_some());
        let open = |field: &FieldIndex| {
            let id = &self.whole.fields[*field].id;
            self.form.field_index(id).is_none() && has(id) && !placed.contains(field) && !labels.contains(field)
        };
        (0..self.whole.fields.len()).filter(open).collect()
    }
}
