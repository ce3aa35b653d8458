//! Units stated for a row of figures in text: in the header, in the row label, or in a line above the table.

use std::ops::Range;

use crate::bind::labels::index::{Expected, Role};
use crate::bind::source::stream::Stream;
use crate::bind::text::flatrows::FlatTable;
use crate::bind::units::{self, Dimension, Said, Stated, Unit, said_as};
use crate::form::Form;

/// Number of lines above a table that may state its unit.
const LINES: usize = 3;

/// Separators between cells and lines.
const PARTS: [char; 4] = ['\n', '\t', '|', '｜'];

/// Whether a text states a unit of thousands or more for counts anywhere.
pub(super) fn counts_by_many(stream: &Stream) -> bool {
    stream.raw.split(PARTS).any(units::counts_by_many)
}

/// Whether a range of the text, or a line above it, states a unit of another size than that of the form's fields.
pub(super) fn another(stream: &Stream, form: &Form, table: usize, part: &Range<usize>) -> bool {
    let first = stream.line_at(part.start);
    let start = stream.lines.get(first.saturating_sub(LINES)).map_or(part.start, |line| line.start);
    let units =
        form.fields.iter().filter(|field| field.table == table).filter_map(|field| Unit::parse(field.unit.as_deref()?));
    let mut units: Vec<Unit> = units.filter(|unit| matches!(unit.of, Dimension::Money | Dimension::Count)).collect();
    units.sort_unstable_by_key(|unit| (unit.of == Dimension::Money, unit.size));
    units.dedup();
    let cells = stream.raw.get(start..part.end).unwrap_or_default().split(PARTS);
    cells.filter(|cell| !cell.is_empty()).any(|cell| {
        let other = |unit: &Unit| said_as(cell, unit.of).is_some_and(|said| said.unit.size != unit.size);
        units.iter().any(other)
    })
}

/// The rest of the cell that contains byte `from`.
fn cell(raw: &str, from: usize) -> &str {
    let rest = raw.get(from..).unwrap_or_default();
    &rest[..rest.find(PARTS).unwrap_or(rest.len())]
}

impl FlatTable<'_, '_> {
    /// The units stated for a field, given by block, row and column.
    pub(super) fn stated(&self, (block, row, column): (usize, usize, usize), of: Dimension) -> Stated {
        if of == Dimension::Count && !self.counts_by_many {
            return Stated::default();
        }
        let raw = &self.stream.raw;
        let spec = &self.index.form.tables[self.table].blocks[block];
        let path = &spec.leaf_columns[column].path;
        let written = |occurrence: usize| cell(raw, self.stream.raw_start(self.own[occurrence].start));
        let mut header = self.path.iter().rev().filter(|step| {
            let own = matches!(self.index.expected[self.table][step.expected], Expected::Header { block: of, .. } if of == block);
            let label = &self.own[step.occurrence].label;
            own && path.iter().any(|head| head.folded.iter().any(|text| **text == **label))
        });
        let header = header.find_map(|step| said_as(written(step.occurrence), of));
        let mut label = self.path.iter().filter(|step| {
            step.role == Role::Leaf && self.index.expected[self.table][step.expected] == Expected::Data { block, row }
        });
        let label = label.find_map(|step| said_as(written(step.occurrence), of));
        Stated::from_units(header.into_iter().chain(label).chain(self.line_above(of)))
    }

    /// The unit stated in one of the lines above the table.
    fn line_above(&self, of: Dimension) -> Option<Said> {
        let first = self.path.first()?;
        let line = self.stream.line_at(self.stream.raw_start(self.own[first.occurrence].start));
        let mut above = self.stream.lines[line.saturating_sub(LINES)..line].iter().rev();
        above.find_map(|line| said_as(&self.stream.raw[line.start..line.end], of))
    }
}
