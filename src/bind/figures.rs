//! The figures read from a form's tables, with their places and findings.

use std::collections::BTreeSet;

use super::openrows::OpenPlaces;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message, Place};
use crate::form::{FieldIndex, Form};
use crate::report::Value;

/// Why a part of a figure's address (row, column or table) was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// It is the form's own: a label as prescribed, or the only table that the block could be.
    Known,
    /// It is not the form's own, and the finding with this index reports it.
    Told(usize),
}

/// The evidence that a value belongs to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// A cell: the label of its row, the header of its column, and its table. If all three are the form's own, a reader of the page reads
    /// the same; the finding of each that is not names the field.
    Address {
        /// The row.
        row: Hold,
        /// The column.
        column: Hold,
        /// The table.
        region: Hold,
    },
    /// A piece of text after the row's label, in a row with as many pieces as the form has columns.
    Text,
}

/// The values read from a form's tables so far.
#[derive(Debug)]
pub(super) struct Figures {
    /// A value for every field of the form, set only by [`Figures::put`].
    values: Vec<Value>,
    /// For each table of the form, the rows of the flow that belong to it.
    pub(super) rows: Vec<Vec<usize>>,
    /// For each row of the flow, whether it is excluded from the text.
    pub(super) taken: Vec<bool>,
    /// The findings so far; [`Hold::Told`] refers to them by index.
    pub(super) findings: Vec<Finding>,
    /// For each table, whether it was found but left empty, because it was not certain which table it is.
    pub(super) refused: Vec<bool>,
    /// For each table, whether its fields were found in lines of text.
    pub(super) in_lines: Vec<bool>,
    /// The rows of tables whose rows are data.
    pub(super) open: Vec<OpenPlaces>,
    /// Tables whose figures are of a stated year, with the place of that statement.
    pub(super) years: Vec<(usize, u16, Option<Place>)>,
}

impl Figures {
    /// Blank values for all fields; `rows` is the number of rows in the flow.
    pub(super) fn blank(form: &Form, rows: usize) -> Self {
        Self {
            values: vec![Value::default(); form.fields.len()],
            rows: vec![Vec::new(); form.tables.len()],
            taken: vec![false; rows],
            findings: Vec::new(),
            refused: vec![false; form.tables.len()],
            in_lines: vec![false; form.tables.len()],
            open: Vec::new(),
            years: Vec::new(),
        }
    }

    /// Whether a table was found, in a grid or in lines, or refused as ambiguous.
    pub(super) fn has_table(&self, table: usize) -> bool {
        !self.rows[table].is_empty() || self.refused[table] || self.in_lines[table]
    }

    /// Adds a finding, and returns the hold by which figures refer to it.
    pub(super) fn tell(&mut self, finding: Finding) -> Hold {
        self.findings.push(finding);
        Hold::Told(self.findings.len() - 1)
    }

    /// Sets a figure. Every finding in its proof names its field.
    pub(super) fn put(&mut self, form: &Form, field: FieldIndex, value: Value, proof: Proof) {
        let holds = match proof {
            Proof::Address { row, column, region } => [row, column, region],
            Proof::Text => [Hold::Known; 3],
        };
        for hold in holds {
            let Hold::Told(at) = hold else { continue };
            let id = &form.fields[field].id;
            if let Some(finding) = self.findings.get_mut(at)
                && !finding.fields.contains(id)
            {
                finding.fields.push(id.clone());
            }
        }
        self.values[field] = value;
    }

    /// Clears the fields of a table whose identity is uncertain, and marks the table as refused.
    pub(super) fn refuse(&mut self, table: usize, fields: &[FieldIndex]) {
        for &field in fields {
            self.values[field] = Value::default();
        }
        self.refused[table] = true;
    }

    /// The values so far, in the form's order.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// Values and findings, for findings about many values.
    pub(super) fn parts(&mut self) -> (&[Value], &mut Vec<Finding>) {
        (&self.values, &mut self.findings)
    }

    /// Takes out the value of every field, in the form's order.
    pub(super) fn take_values(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.values)
    }
}

/// The finding about rows that are missing from a table, each given as block and row.
pub(super) fn rows_missing(form: &Form, table: usize, missing: &[(usize, usize)]) -> Finding {
    let spec = &form.tables[table];
    let mut labels = Vec::new();
    let mut ids = Vec::new();
    for &(block, row) in missing {
        let block = &spec.blocks[block];
        labels.push(block.leaf_rows[row].label().map(|label| label.short.clone()).unwrap_or_default());
        let first = block.first_field + row * block.leaf_columns.len();
        ids.extend(form.fields[first..first + block.leaf_columns.len()].iter().map(|field| field.id.clone()));
    }
    let count = missing.len();
    let more = labels.len() > SHOWN;
    labels.truncate(SHOWN);
    let message = Message::new(
        format!("{}缺少“{}”{}{count}行。请按格式补齐。", spec.name.zh, labels.join("”“"), if more { "等" } else { "" }),
        format!(
            "{} lacks {count} row{}: \"{}\"{}. Add what is missing.",
            spec.name.en,
            if count == 1 { "" } else { "s" },
            labels.join("\", \""),
            if more { " …" } else { "" }
        ),
    );
    Finding::new(&code::ROWS_MISSING, message).about(ids)
}

/// The finding about two tables, either of which could be the form's.
pub(super) fn ambiguous_table(form: &Form, table: usize, fields: &[FieldIndex]) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!(
            "文件中有两张表格都像是{}，不能确定以哪一张为准，{}个数据已留空。请只保留正确的一张。",
            name.zh,
            fields.len()
        ),
        format!(
            "Two tables of the file could be {}; which of them counts is not certain, so {} figures stay empty. Keep only the right one.",
            name.en,
            fields.len()
        ),
    );
    Finding::new(&code::TABLE_DOUBLED, message).about(fields.iter().map(|&field| form.fields[field].id.clone()))
}

impl Figures {
    /// Reports tables whose figures are of an earlier year than the report.
    pub(super) fn report_years(&mut self, form: &Form, year: Option<i16>) {
        let Some(own) = year else { return };
        let mut told: Vec<usize> = Vec::new();
        for (table, year, at) in std::mem::take(&mut self.years) {
            // A later year is that of a date above the table.
            if i32::from(year) >= i32::from(own) || told.contains(&table) {
                continue;
            }
            told.push(table);
            let name = &form.tables[table].name;
            let message = Message::new(
                format!("{}读取的是{year}年的数据，报告年度为{own}年。请核对，改为本年度数据。", name.zh),
                format!("The figures of {} are of {year}, the report is of {own}. Check them.", name.en),
            );
            let filled = |field: &usize| form.fields[*field].table == table && self.values[*field].value.is_some();
            let ids = (0..form.fields.len()).filter(filled).map(|field| form.fields[field].id.clone());
            let finding = Finding::new(&code::YEAR_MISMATCH, message).about(ids).at(at);
            self.tell(finding);
        }
    }
}

/// If at least this many tables of the form stand twice, the file may hold two reports.
const RIVALS: usize = 2;

impl Figures {
    /// Reports the tables that stand once, if several others stand twice.
    pub(super) fn report_rivals(&mut self, form: &Form, rivals: &BTreeSet<usize>) {
        for table in (0..form.tables.len()).filter(|table| rivals.len() >= RIVALS && !rivals.contains(table)) {
            if !self.rows[table].is_empty() {
                self.tell(of_two_reports(form, table));
            }
        }
    }
}

/// The finding about a table that stands once, in a file that has several others twice.
fn of_two_reports(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("文件中有几张表格各有两份，可能是两份报告，不能确定{}属于哪一份。请核对。", name.zh),
        format!("Several tables stand twice, as in two reports; whose {} is, is not certain. Check it.", name.en),
    );
    let fields = form.fields.iter().filter(|field| field.table == table);
    Finding::new(&code::SECOND_REPORT, message).about(fields.map(|field| field.id.clone()))
}

/// The finding about another table that looks like one of the form.
pub(super) fn passed_over(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("文件中另有一张与{}相同的表格，未采用，原样保留在正文中。请核对。", name.zh),
        format!(
            "Another table of the file looks like {}; it was passed over and kept with the text. Check it.",
            name.en
        ),
    );
    Finding::new(&code::TABLE_PASSED_OVER, message)
}
/// Maximum number of rows that a message names.
const SHOWN: usize = 3;
