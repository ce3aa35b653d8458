//! Compares a table that was read from a grid with a copy of it in text under its own heading.

use super::flatrows::{Cutting, FlatTable};
use super::parts::Parts;
use super::{runs, stated};
use crate::bind::figures::{Figures, ambiguous_table, passed_over};
use crate::bind::labels::index::{FormIndex, Occurrence};
use crate::bind::source::stream::{LineKind, Stream};
use crate::bind::value;
use crate::form::FieldIndex;
use crate::text::blank;

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
        if regions.first().is_some_and(|region| rows.iter().any(|row| region.contains(row))) {
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
        let parted = |character: char| blank(character) || matches!(character, '|' | '｜' | '\t');
        let tokens = || text.split(parted).filter(|token| !token.is_empty());
        let count = tokens().filter(|token| value::is_figure(token)).count();
        count >= FIGURES && count * 2 >= tokens().count()
    };
    let lines = stream.lines.iter().filter(|line| matches!(line.kind, LineKind::Text { .. }));
    lines.filter(|line| is_row(&stream.raw[line.start..line.end])).map(|line| line.start).collect()
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
    let counts_by_many = stated::counts_by_many(stream);
    let path = &runs.first.steps;
    FlatTable { index, table, stream, all, own: &own, path, counts_by_many }.read(&mut text, &mut Cutting::new());
    let fields: Vec<FieldIndex> =
        (0..index.form.fields.len()).filter(|&field| index.form.fields[field].table == table).collect();
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
