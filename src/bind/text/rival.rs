//! Compares a table that was read from a grid with a copy of it in text under its own heading.

use super::flatrows::{Cutting, FlatTable};
use super::parts::Parts;
use super::{runs, stated};
use crate::bind::figures::{Figures, ambiguous_table, passed_over};
use crate::bind::labels::index::{FormIndex, Occurrence};
use crate::bind::source::stream::{LineKind, Stream};
use crate::bind::value;
use crate::form::FieldIndex;
use crate::text::{blank, fold};

/// Minimum number of figures on a line that may be a row of a table.
const FIGURES: usize = 3;

/// Percentage of a table's fields that must be in the text for it to be a copy; otherwise it is an extract.
const WHOLE: usize = 50;

/// Leaves tables empty that are also in the text with other figures than in the grid, since it is not certain which figures count.
/// An extract with other figures is reported as a finding.
pub(super) fn settle(index: &FormIndex, stream: &Stream, figures: &mut Figures) {
    let tables: Vec<usize> = (0..index.form.tables.len())
        .filter(|&table| {
            !figures.rows[table].is_empty() && !figures.refused[table] && !index.form.tables[table].by_rows
        })
        .collect();
    // Text with rows of figures is rare if the tables are in grids.
    let rows: Vec<usize> = rows_of_figures(stream);
    if tables.is_empty() || rows.is_empty() {
        return;
    }
    let all = index.occurrences(&stream.folded.text);
    let parts = Parts::find(index, stream, &all);
    for table in tables {
        let regions = parts.regions(index, stream, &all, table);
        let region = regions.first().filter(|region| rows.iter().any(|row| region.contains(row)));
        if region.is_some() && !other_row(index, stream, (&all, &parts), table, figures) {
            compare(index, stream, (&all, &parts), table, figures);
        }
    }
}

/// Start offsets of the lines that have several figures, at least as many as words.
fn rows_of_figures(stream: &Stream) -> Vec<usize> {
    let is_row = |text: &str| {
        if text.bytes().filter(u8::is_ascii_digit).count() < FIGURES {
            return false;
        }
        let count = tokens(text).filter(|token| value::is_figure(token)).count();
        count >= FIGURES && count * 2 >= tokens(text).count()
    };
    let lines = stream.lines.iter().filter(|line| matches!(line.kind, LineKind::Text { .. }));
    lines.filter(|line| is_row(&stream.raw[line.start..line.end])).map(|line| line.start).collect()
}

fn fields(index: &FormIndex, table: usize) -> impl Iterator<Item = FieldIndex> {
    (0..index.form.fields.len()).filter(move |&field| index.form.fields[field].table == table)
}

/// Leaves a table whose only row has no label empty if another line of its section is such a row with other figures: one may be the total of
/// offices, and the other a part of it. Returns whether it did.
pub(super) fn other_row(
    index: &FormIndex,
    stream: &Stream,
    (all, parts): (&[Occurrence], &Parts),
    table: usize,
    figures: &mut Figures,
) -> bool {
    let mut blocks = index.form.tables[table].blocks.iter();
    if !blocks.all(|block| matches!(&block.leaf_rows[..], [row] if row.path.is_empty())) {
        return false;
    }
    let Some(region) = parts.regions(index, stream, all, table).into_iter().next() else { return false };
    let fields: Vec<FieldIndex> = fields(index, table).collect();
    let read: Vec<_> = fields.iter().map(|&field| figures.values()[field].value).collect();
    let is_other = |row: &usize| {
        let line = stream.line_at(*row);
        let written = tokens(text(stream, line)).filter(|token| value::is_figure(token)).map(value::addend);
        let Some(written): Option<Vec<_>> = written.collect() else { return false };
        // The row itself, in the order of its own header.
        let sorted = |mut row: Vec<_>| {
            row.sort();
            row
        };
        let itself = sorted(written.iter().copied().map(Some).collect()) == sorted(read.clone());
        let numbers = written.iter().enumerate().all(|(at, number)| *number == (at + 1).into());
        written.len() == read.len()
            && !numbers
            && !itself
            && !is_compared(index, stream, line)
            && written.iter().zip(&read).any(|(one, other)| other.is_some_and(|other| other != *one))
    };
    let row = rows_of_figures(stream).into_iter().filter(|row| region.contains(row)).find(is_other);
    if let Some(row) = row {
        figures.refuse(table, &fields);
        figures.tell(ambiguous_table(&index.form, table, &fields).at(stream.place_at(row)));
    }
    row.is_some()
}

fn text<'s>(stream: &'s Stream, line: usize) -> &'s str {
    &stream.raw[stream.lines[line].start..stream.lines[line].end]
}

/// Whether a line or one of the two above it says that its figures are for comparison.
fn is_compared(index: &FormIndex, stream: &Stream, line: usize) -> bool {
    let says = |line: usize| {
        let folded = fold(text(stream, line));
        index.form.words.comparison.iter().any(|word| folded.contains(word.as_str()))
    };
    (line.saturating_sub(2)..=line).any(says)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let parted = |character: char| blank(character) || matches!(character, '|' | '｜' | '\t');
    text.split(parted).filter(|token| !token.is_empty())
}

fn compare(
    index: &FormIndex,
    stream: &Stream,
    (all, parts): (&[Occurrence], &Parts),
    table: usize,
    figures: &mut Figures,
) {
    let is_own = |one: &&Occurrence| index.uses(&one.label).iter().any(|found| found.table == table);
    let own: Vec<Occurrence> = all.iter().filter(is_own).cloned().collect();
    let Some(own) = parts.at_home(index, table, &own).0 else { return };
    let Some(runs) = runs::best_run(index, table, stream, &own, all).filter(|runs| !runs.first.marked) else { return };
    let mut text = Figures::blank(&index.form, 0);
    let units = &stated::anywhere(stream);
    let path = &runs.first.steps;
    FlatTable { index, table, stream, all, own: &own, path, units }.read(&mut text, &mut Cutting::new());
    let fields: Vec<FieldIndex> = fields(index, table).collect();
    let (read, grid) = (text.values(), figures.values());
    let there: Vec<FieldIndex> = fields.iter().copied().filter(|&field| read[field].value.is_some()).collect();
    let differs = there.iter().any(|&field| read[field].value != grid[field].value);
    if !there.is_empty() && !differs {
        return;
    }
    let place = path.first().and_then(|step| stream.place_at(stream.raw_start(own[step.occurrence].start)));
    if there.len() * 100 >= fields.len() * WHOLE {
        figures.refuse(table, &fields);
        figures.tell(ambiguous_table(&index.form, table, &fields).at(place));
    } else {
        let ids = fields.iter().map(|&field| index.form.fields[field].id.clone());
        figures.tell(passed_over(&index.form, table).about(ids).at(place));
    }
}
