//! The figures of the form's tables, read from the grids of a document.

use super::align::{Alignment, Hit, align};
use super::around::around;
use super::columns::{Assigned, Laid, Misfit, assign, figure_cells};
use crate::bind::figures::{Figures, rows_missing};
use crate::bind::labels::index::{Expected, FormIndex};
use crate::bind::source::items::Flow;
use crate::bind::value;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Form};

/// Reads every table of the form that stands in grids.
pub(in crate::bind) fn read(index: &FormIndex, flow: &Flow) -> Figures {
    let mut figures = Figures::none(&index.form, flow.rows.len());
    for table in 0..index.form.tables.len() {
        let free = |row: usize| !figures.taken[row] && figures.second.is_none_or(|second| row < second);
        let Some(alignment) = align(index, table, flow, &free) else { continue };
        let mut reader =
            TableReader { index, flow, table, figures: &mut figures, missing: Vec::new(), laid: Laid::default() };
        reader.rows(&alignment);
        reader.claim(&alignment);
        reader.report(&alignment);
    }
    figures
}

struct TableReader<'a, 'd> {
    index: &'a FormIndex,
    flow: &'a Flow<'d>,
    table: usize,
    figures: &'a mut Figures,
    /// Rows of the form that were not found: block and row.
    missing: Vec<(usize, usize)>,
    laid: Laid,
}

impl<'d> TableReader<'_, 'd> {
    fn form(&self) -> &Form {
        &self.index.form
    }

    fn field(&self, block: usize, row: usize, column: usize) -> FieldIndex {
        let block = &self.form().tables[self.table].blocks[block];
        block.first_field + row * block.leaf_columns.len() + column
    }

    fn rows(&mut self, alignment: &Alignment) {
        for (number, expected) in self.index.expected[self.table].iter().enumerate() {
            let Expected::Data { block, row } = *expected else { continue };
            let labelled = !self.form().tables[self.table].blocks[block].leaf_rows[row].path.is_empty();
            match alignment.hits[number] {
                Some(hit) if labelled => self.row(alignment, (block, row), hit),
                Some(hit) => self.pieces(alignment, (block, row), hit),
                None => self.missing.push((block, row)),
            }
        }
    }

    /// The rows of the grid that the header of a block stands in.
    fn header_rows(&self, alignment: &Alignment, block: usize) -> Vec<usize> {
        let expected = &self.index.expected[self.table];
        let hits = expected.iter().zip(&alignment.hits).filter_map(|(expected, hit)| match expected {
            Expected::Header { block: above, .. } if *above == block => hit.map(|hit| hit.row),
            _ => None,
        });
        hits.collect()
    }

    fn assign(&mut self, block: usize, hit: Hit, above: &[usize]) -> Result<Assigned<'d>, Misfit> {
        let spec = &self.index.form.tables[self.table].blocks[block];
        assign((self.table, block), spec, self.flow, (hit.row, hit.label), above, &mut self.laid)
    }

    fn row(&mut self, alignment: &Alignment, (block, row): (usize, usize), hit: Hit) {
        self.figures.rows[self.table].push(hit.row);
        let above = self.header_rows(alignment, block);
        let assigned = match self.assign(block, hit, &above) {
            Ok(assigned) => assigned,
            Err(misfit) => return self.misfit((block, row), hit, &misfit),
        };
        if self.doubled(alignment, (block, row), &assigned) {
            return self.uncertain_double((block, row), hit);
        }
        self.take((block, row), &assigned, hit);
        if hit.alike {
            self.label_variant((block, row), hit);
        }
    }

    /// Whether the row stands again with other figures.
    fn doubled(&self, alignment: &Alignment, (block, row): (usize, usize), assigned: &Assigned) -> bool {
        alignment.doubles.iter().any(|&(number, hit)| {
            if self.index.expected[self.table][number] != (Expected::Data { block, row }) {
                return false;
            }
            let again = figure_cells(&self.flow.rows[hit.row], hit.label);
            let first: Vec<&str> = assigned.cells.iter().flatten().map(|cell| cell.text.trim()).collect();
            !again.is_empty() && again.iter().map(|cell| cell.cell.text.trim()).ne(first)
        })
    }

    /// A block without row labels may stand in pieces, one below the other, each with a header of its own.
    fn pieces(&mut self, alignment: &Alignment, (block, row): (usize, usize), hit: Hit) {
        let header = self.header_rows(alignment, block);
        match self.assign(block, hit, &header) {
            Ok(assigned) if assigned.cells.iter().all(Option::is_some) => {
                self.figures.rows[self.table].push(hit.row);
                return self.take((block, row), &assigned, hit);
            }
            _ => {}
        }
        let first = header.iter().copied().min().unwrap_or(hit.row);
        let width = self.form().tables[self.table].blocks[block].leaf_columns.len();
        let mut whole = Assigned { cells: vec![None; width], ..Assigned::default() };
        let mut above: Vec<usize> = Vec::new();
        let mut above_grid = None;
        for number in first..self.flow.rows.len().min(first + 24) {
            let candidate = &self.flow.rows[number];
            if above_grid.replace(candidate.grid) != Some(candidate.grid) {
                above.clear();
            }
            if candidate.cells.iter().any(|cell| cell.heads(self.table)) {
                above.push(number);
            } else if !above.is_empty() && candidate.cells.iter().all(|cell| !cell.own || cell.figure) {
                let piece = Hit { row: number, label: None, score: 0.5, alike: false };
                if let Ok(assigned) = self.assign(block, piece, &above) {
                    self.figures.rows[self.table].push(number);
                    self.figures.rows[self.table].extend(&above);
                    for (slot, cell) in whole.cells.iter_mut().zip(assigned.cells) {
                        *slot = slot.or(cell);
                    }
                }
                above.clear();
            }
        }
        if whole.cells.iter().all(Option::is_none) {
            self.figures.rows[self.table].push(hit.row);
            let found = figure_cells(&self.flow.rows[hit.row], None).len();
            return self.misfit((block, row), hit, &Misfit::Count { found, wanted: width });
        }
        self.take((block, row), &whole, hit);
    }

    fn take(&mut self, (block, row): (usize, usize), assigned: &Assigned, hit: Hit) {
        let form = &self.index.form;
        let mut absent = Vec::new();
        for (column, cell) in assigned.cells.iter().enumerate() {
            let field = self.field(block, row, column);
            match cell {
                Some(cell) => {
                    let around = || around(self.flow, self.flow.rows[hit.row].grid, cell);
                    let value = value::read(form, field, cell, around, &mut self.figures.findings);
                    self.figures.values[field] = value;
                }
                None => absent.push(field),
            }
        }
        if !absent.is_empty() {
            let found = assigned.cells.len() - absent.len();
            self.misfit_of(&absent, (block, row), hit, &Misfit::Count { found, wanted: assigned.cells.len() });
        }
        let reported = |finding: &Finding| finding.code == code::COLUMNS_REORDERED.id;
        if assigned.reordered && !self.figures.findings.iter().any(reported) {
            let name = &form.tables[self.table].name;
            let message = Message::new(
                format!("{}的列与表单顺序不同，已按表头对应。", name.zh),
                format!(
                    "The columns of {} stand in another order than in the form; they were read by their headers.",
                    name.en
                ),
            );
            self.push(Finding::new(&code::COLUMNS_REORDERED, message), hit);
        }
        if !assigned.extra.is_empty() {
            let (place, extra) = (self.row_words((block, row)), assigned.extra.join(" | "));
            let message = Message::new(
                format!("{}另有表单没有的列，内容为“{extra}”，未计入任何字段。", place.zh),
                format!(
                    "{} has a column that the form does not have, reading \"{extra}\"; it belongs to no field.",
                    place.en
                ),
            );
            self.push(Finding::new(&code::ROW_UNKNOWN, message), hit);
        }
    }

    /// Table and row in the form's own words.
    fn row_words(&self, (block, row): (usize, usize)) -> Message {
        let table = &self.form().tables[self.table];
        let label = table.blocks[block].leaf_rows[row].shown();
        if label.is_empty() {
            return table.name.clone();
        }
        Message::new(format!("{}“{label}”", table.name.zh), format!("{}, \"{label}\"", table.name.en))
    }

    fn push(&mut self, finding: Finding, hit: Hit) {
        let cell = self.flow.rows[hit.row].cells.get(hit.label.unwrap_or(0));
        self.figures.findings.push(finding.at(cell.map(|cell| cell.cell.place.clone())));
    }

    fn misfit(&mut self, row: (usize, usize), hit: Hit, misfit: &Misfit) {
        let width = self.form().tables[self.table].blocks[row.0].leaf_columns.len();
        let fields: Vec<FieldIndex> = (0..width).map(|column| self.field(row.0, row.1, column)).collect();
        self.misfit_of(&fields, row, hit, misfit);
    }

    fn misfit_of(&mut self, fields: &[FieldIndex], row: (usize, usize), hit: Hit, misfit: &Misfit) {
        let words = self.row_words(row);
        let cells = figure_cells(&self.flow.rows[hit.row], hit.label);
        let shown = cells.iter().map(|cell| cell.cell.text.trim()).collect::<Vec<_>>().join(" | ");
        let message = match misfit {
            Misfit::Count { found, wanted } => Message::new(
                format!(
                    "{}应有{wanted}个数据单元格，文件中能对应的有{found}个（{shown}），不能确定的已留空。",
                    words.zh
                ),
                format!(
                    "{} should have {wanted} cells with figures; {found} could be matched ({shown}), the others stay empty.",
                    words.en
                ),
            ),
            Misfit::Parted(label) => Message::new(
                format!("{}被分成了“{label}”等几行，不能确定哪一行是合计，已留空。", words.zh),
                format!(
                    "{} is parted into \"{label}\" and other rows; which of them counts is not certain, so it stays empty.",
                    words.en
                ),
            ),
        };
        let ids: Vec<String> = fields.iter().map(|&field| self.form().fields[field].id.clone()).collect();
        self.push(Finding::new(&code::CELLS_UNCERTAIN, message).about(ids), hit);
    }

    fn uncertain_double(&mut self, row: (usize, usize), hit: Hit) {
        let words = self.row_words(row);
        let message = Message::new(
            format!("{}出现多次且数据不同，已留空。请只保留正确的一行。", words.zh),
            format!(
                "{} stands more than once with different figures and stays empty. Keep only the right row.",
                words.en
            ),
        );
        let width = self.form().tables[self.table].blocks[row.0].leaf_columns.len();
        let ids: Vec<String> =
            (0..width).map(|column| self.form().fields[self.field(row.0, row.1, column)].id.clone()).collect();
        self.push(Finding::new(&code::ROW_DOUBLED, message).about(ids), hit);
    }

    fn label_variant(&mut self, row: (usize, usize), hit: Hit) {
        let words = self.row_words(row);
        let written = hit.label.and_then(|label| self.flow.rows[hit.row].cells.get(label));
        let written = written.map(|cell| cell.cell.text.trim().replace('\n', "")).unwrap_or_default();
        let message = Message::new(
            format!("标签“{written}”按{}读取。请核对。", words.zh),
            format!("The label \"{written}\" was read as {}. Check it.", words.en),
        );
        self.push(Finding::new(&code::LABEL_VARIANT, message), hit);
    }

    /// Takes the rows of the table out of the flow: all that stand between its first and last row in each grid.
    fn claim(&mut self, alignment: &Alignment) {
        let mut own: Vec<usize> = alignment.hits.iter().flatten().map(|hit| hit.row).collect();
        own.extend(&self.figures.rows[self.table]);
        own.extend(alignment.doubles.iter().map(|double| double.1.row));
        own.sort_unstable();
        own.dedup();
        let grids: Vec<usize> = own.iter().map(|&row| self.flow.rows[row].grid).collect();
        let mut all = Vec::new();
        let mut start = 0;
        while start < own.len() {
            let end = (start..own.len()).take_while(|&at| grids[at] == grids[start]).last().unwrap_or(start);
            all.extend(own[start]..=own[end]);
            start = end + 1;
        }
        for &row in &all {
            if !self.figures.taken[row] && own.binary_search(&row).is_err() {
                self.unknown_row(row);
            }
            self.figures.taken[row] = true;
        }
        self.figures.rows[self.table] = all;
    }

    /// A row between the table's rows that is none of them: a repeated header says nothing, anything else is told.
    fn unknown_row(&mut self, row: usize) {
        let texts: Vec<&crate::bind::source::items::RowCell> =
            self.flow.rows[row].cells.iter().filter(|cell| cell.own && !cell.folded.is_empty()).collect();
        let known = texts.iter().all(|cell| cell.uses.iter().any(|found| found.table == self.table));
        if known {
            return;
        }
        let name = &self.form().tables[self.table].name;
        let shown = texts.iter().map(|cell| cell.cell.text.trim()).collect::<Vec<_>>().join(" | ");
        let message = Message::new(
            format!("{}中的行“{shown}”不属于表单，未计入任何字段。", name.zh),
            format!("The row \"{shown}\" of {} belongs to no field of the form.", name.en),
        );
        self.push(Finding::new(&code::ROW_UNKNOWN, message), Hit { row, label: None, score: 0.0, alike: false });
    }

    fn report(&mut self, alignment: &Alignment) {
        if let Some(second) = alignment.second {
            self.figures.second = Some(self.figures.second.map_or(second, |known| known.min(second)));
        }
        if !alignment.moved.is_empty() {
            let name = self.form().tables[self.table].name.clone();
            let message = Message::new(
                format!("{}有{}行与表单顺序不同，已按标签对应。", name.zh, alignment.moved.len()),
                format!(
                    "{} rows of {} stand in another order than in the form; they were read by their labels.",
                    alignment.moved.len(),
                    name.en
                ),
            );
            self.figures.findings.push(Finding::new(&code::ROWS_REORDERED, message));
        }
        let missing = std::mem::take(&mut self.missing);
        if !missing.is_empty() {
            self.figures.findings.push(rows_missing(self.form(), self.table, &missing));
        }
    }
}
