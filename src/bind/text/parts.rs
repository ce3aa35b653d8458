//! The section of the report that contains each label. A table outside its own section may be another table, such as last year's.

use std::ops::Range;

use crate::bind::labels::index::{FormIndex, Occurrence, Role};
use crate::bind::source::stream::Stream;

/// Percentage of a table's labels that must be present for it to be read outside its own section.
const FULL: usize = 90;

/// Minimum number of row labels to establish that a table is in its own section.
const FEW_ROWS: usize = 2;

/// Headings alone on their lines: byte offset in the folded text, and section.
#[derive(Debug, Default)]
pub(in crate::bind) struct Parts(Vec<(usize, usize)>);

impl Parts {
    /// Finds the headings among the labels of a text.
    pub(in crate::bind) fn find(index: &FormIndex, stream: &Stream, found: &[Occurrence]) -> Self {
        let heading = |one: &Occurrence| {
            let section = index.section(&one.label).filter(|_| index.uses(&one.label).is_empty())?;
            let (start, end) = (stream.raw_start(one.start), stream.raw_end(one.end));
            let line = &stream.lines[stream.line_at(start)];
            let around = [stream.raw.get(line.start..start)?, stream.raw.get(end..line.end)?];
            let alone = around.iter().all(|text| !text.contains(char::is_alphanumeric));
            alone.then_some((one.start, section))
        };
        Self(found.iter().filter_map(heading).collect())
    }

    /// Candidate ranges of the raw text for a table: from its heading, or from its first label if there is no heading, to the next heading,
    /// and to the first label before it that belongs only to other tables.
    pub(in crate::bind) fn regions(
        &self,
        index: &FormIndex,
        stream: &Stream,
        all: &[Occurrence],
        table: usize,
    ) -> Vec<Range<usize>> {
        let home = index.form.tables[table].section;
        let of = |one: &Occurrence, own: bool| {
            let uses = index.uses(&one.label);
            !uses.is_empty() && uses.iter().all(|found| (found.table == table) == own)
        };
        let heading = self.0.iter().rfind(|heading| heading.1 == home).map(|heading| heading.0);
        let Some(start) = heading.or_else(|| all.iter().find(|one| of(one, true)).map(|one| one.start)) else {
            return Vec::new();
        };
        let next = self.0.iter().find(|heading| heading.0 > start && heading.1 != home).map(|heading| heading.0);
        let label = all.iter().find(|one| one.start > start && of(one, false)).map(|one| one.start);
        let label = label.filter(|&label| next.is_none_or(|next| label < next));
        let to = |end: Option<usize>| end.map_or(stream.raw.len(), |end| stream.raw_start(end));
        let start = stream.raw_start(start);
        std::iter::once(to(next)).chain(label.map(|label| stream.raw_start(label))).map(|end| start..end).collect()
    }

    /// The labels of a table inside its own section, if they establish that the table is there, otherwise `None`. The second value is
    /// whether the section has a heading but the table is elsewhere.
    pub(in crate::bind) fn at_home(
        &self,
        index: &FormIndex,
        table: usize,
        own: &[Occurrence],
    ) -> (Option<Vec<Occurrence>>, bool) {
        let home = index.form.tables[table].section;
        if self.0.iter().all(|heading| heading.1 != home) {
            return (None, false);
        }
        let part =
            |at: usize| self.0[..self.0.partition_point(|heading| heading.0 <= at)].last().map(|heading| heading.1);
        let inside: Vec<Occurrence> = own.iter().filter(|one| part(one.start) == Some(home)).cloned().collect();
        let (rows, heads) = distinct(index, table, inside.iter().map(|one| &*one.label));
        let (all_rows, all_heads) = all(index, table);
        let there = if all_rows > 0 { rows >= FEW_ROWS.min(all_rows) } else { heads * 2 >= all_heads };
        (there.then_some(inside), !there)
    }
}

/// Whether these labels are nearly all labels of a table: of its rows, or of its columns if the rows have no labels.
pub(in crate::bind) fn is_full<'l>(index: &FormIndex, table: usize, labels: impl Iterator<Item = &'l str>) -> bool {
    let (rows, heads) = distinct(index, table, labels);
    let (all_rows, all_heads) = all(index, table);
    let (found, wanted) = if all_rows > 0 { (rows, all_rows) } else { (heads, all_heads) };
    found * 100 >= wanted * FULL
}

/// Number of distinct rows of a table, and of distinct header labels, among these labels.
fn distinct<'l>(index: &FormIndex, table: usize, labels: impl Iterator<Item = &'l str>) -> (usize, usize) {
    let mut rows: Vec<usize> = Vec::new();
    let mut heads: Vec<usize> = Vec::new();
    for label in labels {
        for found in index.uses(label).iter().filter(|found| found.table == table) {
            match found.role {
                Role::Leaf => rows.push(found.expected),
                Role::Header => heads.push(found.place),
                _ => {}
            }
        }
    }
    let count = |mut numbers: Vec<usize>| {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    };
    (count(rows), count(heads))
}

/// Number of rows with labels, and of header labels, of a table.
fn all(index: &FormIndex, table: usize) -> (usize, usize) {
    distinct(index, table, index.labels_of(table))
}
