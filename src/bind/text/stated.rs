//! Units stated for a row of figures in text: in the header, in its row, in a line above or below the table, or elsewhere.

use std::ops::Range;

use crate::bind::labels::index::{Expected, Role};
use crate::bind::source::stream::{Line, Stream};
use crate::bind::text::flatrows::FlatTable;
use crate::bind::text::order::Step;
use crate::bind::units::{
    Anywhere, Dimension, Said, Stated, Unit, has_word, said_as, said_in_line, stated_in, unit_in,
};
use crate::form::Form;
use crate::text::{blank, is_first_level};

/// Number of lines above or below a table that may state its unit.
const LINES: usize = 3;

/// Separators between cells and lines.
const PARTS: [char; 4] = ['\n', '\t', '|', '｜'];

/// The units that a text states anywhere.
pub(super) fn anywhere(stream: &Stream) -> Anywhere {
    Anywhere::of_texts(stream.raw.split(PARTS))
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
        if !self.units.matters(of) {
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
        // In the header of a money column any unit counts: if it measures something else, the figure is not money.
        let in_header = |text: &str| match of {
            Dimension::Money => unit_in(text).or_else(|| said_as(text, of)),
            _ => said_as(text, of),
        };
        let header = header.find_map(|step| in_header(written(step.occurrence)));
        let mut label = self.path.iter().filter(|step| {
            step.role == Role::Leaf && self.index.expected[self.table][step.expected] == Expected::Data { block, row }
        });
        let beside = |step: &Step| self.beside(self.stream.raw_end(self.own[step.occurrence].end), of);
        let label = label.find_map(|step| said_as(written(step.occurrence), of).or_else(|| beside(step)));
        let over = self.over(block, spec.leaf_columns.len() == 1, of);
        let said = header.into_iter().chain(over).chain(label).chain(self.line_above(of)).chain(self.line_below(of));
        Stated::from_units(said).or_elsewhere(|| self.units.said(of, || raw.split(PARTS)))
    }

    /// The unit in a cell of the same line, after the row's label, that consists of it.
    fn beside(&self, from: usize, of: Dimension) -> Option<Said> {
        let line = self.stream.raw.get(from..)?.split('\n').next()?;
        line.split(PARTS)
            .skip(1)
            .filter(|cell| !cell.contains(|one: char| one.is_ascii_digit()))
            .find_map(|cell| said_as(cell, of))
    }

    /// The units in the lines above the first row of a block, below the rows of the block before it; the nearest first. The header of a single
    /// column may have it in any spelling; of several columns, only a cell that names it is about all of them.
    fn over(&self, block: usize, single: bool, of: Dimension) -> Vec<Said> {
        let cells = self.above_rows(block).unwrap_or_default().split(PARTS).rev();
        let cells = cells.filter(|cell| !cell.trim_matches(blank).is_empty() && (single || has_word(cell)));
        let money = single && of == Dimension::Money;
        cells.filter_map(|cell| if money { unit_in(cell) } else { said_as(cell, of) }).collect()
    }

    /// The lines above the first row of a block, below the rows of the block before it.
    fn above_rows(&self, block: usize) -> Option<&str> {
        let row_of = |step: &Step| match self.index.expected[self.table][step.expected] {
            Expected::Data { block, .. } if step.role == Role::Leaf => Some(block),
            _ => None,
        };
        let line = |step: &Step| {
            let start = self.stream.raw_start(self.own[step.occurrence].start);
            self.stream.lines.get(self.stream.line_at(start))
        };
        let first = self.path.iter().position(|step| row_of(step) == Some(block))?;
        let from = match self.path[..first].iter().rev().find(|step| row_of(step).is_some()) {
            Some(step) => line(step)?.end,
            None => self.stream.raw_start(self.own[self.path.first()?.occurrence].start),
        };
        self.stream.raw.get(from..line(&self.path[first])?.start)
    }

    /// The unit stated in one of the lines above the table; lines above a heading are about the tables above it, if there are any.
    fn line_above(&self, of: Dimension) -> Option<Said> {
        let first = self.path.first()?;
        let line = self.stream.line_at(self.stream.raw_start(self.own[first.occurrence].start));
        let above = self.stream.lines[line.saturating_sub(LINES)..line].iter().rev();
        let tables =
            self.all.first().is_some_and(|first| self.stream.line_at(self.stream.raw_start(first.start)) < line);
        let above = above.map(|line| &self.stream.raw[line.start..line.end]);
        let above = above.take_while(|text| !tables || !is_first_level(text));
        above.flat_map(|text| text.split(PARTS)).find_map(|text| said_in_line(text, of))
    }

    /// The unit named in one of the lines below the table, up to a heading, if no other table begins there.
    fn line_below(&self, of: Dimension) -> Option<Said> {
        let last = self.path.last()?;
        let line = self.stream.line_at(self.stream.raw_start(self.own[last.occurrence].start));
        let text = |line: &Line| &self.stream.raw[line.start..line.end];
        let below = self.stream.lines.iter().skip(line + 1).take(LINES).take_while(|line| !is_first_level(text(line)));
        let below: Vec<&Line> = below.collect();
        let within = below.first()?.start..below.last()?.end;
        if self.all.iter().any(|one| within.contains(&self.stream.raw_start(one.start))) {
            return None;
        }
        below.into_iter().flat_map(|line| text(line).split(PARTS)).flat_map(|cell| stated_in(cell, of)).next()
    }
}
