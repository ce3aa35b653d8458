//! What was read of a form's tables: the figures, where they stood, and what there is to say of them.

use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Form};
use crate::report::{Kind, Value};

/// What was read of a form's tables so far.
#[derive(Debug)]
pub(super) struct Figures {
    /// A value for every field of the form.
    pub(super) values: Vec<Value>,
    /// For each table of the form, the rows of the flow that it took.
    pub(super) rows: Vec<Vec<usize>>,
    /// For each row of the flow, whether a table took it.
    pub(super) taken: Vec<bool>,
    /// What there is to say.
    pub(super) findings: Vec<Finding>,
    /// The row of the flow at which a second report begins.
    pub(super) second: Option<usize>,
}

impl Figures {
    /// No figures yet.
    pub(super) fn none(form: &Form, rows: usize) -> Self {
        Self {
            values: vec![Value::default(); form.fields.len()],
            rows: vec![Vec::new(); form.tables.len()],
            taken: vec![false; rows],
            findings: Vec::new(),
            second: None,
        }
    }

    /// Whether a table was found.
    pub(super) fn has(&self, table: usize) -> bool {
        !self.rows[table].is_empty()
    }
}

/// The finding for rows of a table that are not there: block and row each.
pub(super) fn rows_missing(form: &Form, table: usize, missing: &[(usize, usize)]) -> Finding {
    let spec = &form.tables[table];
    let mut labels = Vec::new();
    let mut ids = Vec::new();
    for &(block, row) in missing {
        let block = &spec.blocks[block];
        labels.push(block.leaf_rows[row].label().map(|label| label.text.clone()).unwrap_or_default());
        let first = block.first_field + row * block.leaf_columns.len();
        ids.extend(form.fields[first..first + block.leaf_columns.len()].iter().map(|field| field.id.clone()));
    }
    let shown = labels.join("、");
    let message = Message::new(
        format!("{}缺{}行：{shown}，这些行的数据已留空。", spec.name.zh, missing.len()),
        format!("{} lacks {} rows: {shown}; their figures stay empty.", spec.name.en, missing.len()),
    );
    Finding::new(&code::ROWS_MISSING, message).about(ids)
}

/// One finding a table for blank cells and one for cells with a slash, a dash or 无.
pub(super) fn summarise_kinds(form: &Form, values: &[Value], findings: &mut Vec<Finding>) {
    for (table, spec) in form.tables.iter().enumerate() {
        for (kinds, code, zh, en) in [
            (&[Kind::Blank][..], &code::CELLS_BLANK, "空白", "blank"),
            (
                &[Kind::Dash, Kind::Slash, Kind::None][..],
                &code::CELLS_NOT_NUMBERS,
                "“/”“—”或“无”",
                "a slash, a dash or 无",
            ),
        ] {
            let of_kind =
                |&field: &FieldIndex| form.fields[field].table == table && kinds.contains(&values[field].kind);
            let fields: Vec<FieldIndex> = (0..values.len()).filter(of_kind).collect();
            let Some(&first) = fields.first() else { continue };
            let message = Message::new(
                format!("{}有{}个单元格为{zh}，按原样保留，不当作0。", spec.name.zh, fields.len()),
                format!(
                    "{} has {} cells with {en}; they are kept as they are and not taken for 0.",
                    spec.name.en,
                    fields.len()
                ),
            );
            let ids: Vec<String> = fields.iter().map(|&field| form.fields[field].id.clone()).collect();
            findings.push(Finding::new(code, message).at(values[first].place.clone()).about(ids));
        }
    }
}
