//! Makes grids of lines of text that have equally many cells between tabs or pipes, or whose cells are aligned by blanks.

use std::collections::HashSet;

use super::aligned::{self, Rows, Text};
use super::pipes::{self, Drawn};
use super::spread::spread;
use crate::bind::labels::index::FormIndex;
use crate::document::{Block, Budget, Cell, Document, Grid, GridBuilder, Paragraph, Region};
use crate::text::{blank, fold};

/// Minimum number of rows of a grid: a header, and two rows or the parts of a long header.
const ROWS: usize = 3;

/// Minimum number of cells in a row: a label and two figures.
const CELLS: usize = 3;

/// Maximum number of lines that are tried as the first of a table of aligned lines.
const TRIES: usize = 300;

/// The tables of the form whose labels are searched for.
pub(in crate::bind) struct Wanted<'i> {
    /// The form.
    pub(in crate::bind) index: &'i FormIndex,
    /// For each of its tables, whether figures of it are wanted.
    pub(in crate::bind) tables: Vec<bool>,
    /// The texts in which the labels of the row and the column of one of these figures are joined.
    pub(in crate::bind) entries: &'i HashSet<String>,
}

impl Wanted<'_> {
    /// Whether at least half of the labels among these cells may belong to a wanted table.
    fn has(&self, rows: &[(usize, Vec<Text>)]) -> bool {
        let cells = rows.iter().flat_map(|(_, cells)| cells).filter(|cell| !cell.0.is_empty());
        let (mut wanted, mut others) = (0, 0);
        for (text, _) in cells {
            let folded = fold(text);
            let uses = self.index.uses(&folded);
            if uses.iter().any(|found| self.tables[found.table]) || self.entries.contains(&folded) {
                wanted += 1;
            } else {
                others += usize::from(!uses.is_empty());
            }
        }
        wanted > 0 && wanted >= others
    }

    /// Whether a line is the heading of a section.
    pub(super) fn is_heading(&self, text: &str) -> bool {
        self.index.section(&fold(text)).is_some()
    }
}

/// The document with grids in place of such lines; `None` if it has none with labels of the wanted tables.
pub(in crate::bind) fn gridded(document: &Document, wanted: &Wanted) -> Option<Document> {
    let lines: Vec<Option<&Paragraph>> = document.blocks.iter().map(line).collect();
    let mut blocks = Vec::with_capacity(lines.len());
    let mut found = false;
    let mut at = 0;
    let mut tries = TRIES;
    while at < lines.len() {
        let begins = at == 0 || lines[at - 1].is_none_or(|line| cells(&line.text).is_none());
        let spread = begins.then(|| spread_over(wanted.index, &lines[at..])).flatten();
        let run = spread.or_else(|| parted(&lines[at..])).or_else(|| {
            let may = tries > 0 && lines[at].is_some_and(|line| aligned::may_begin(&line.text));
            tries -= usize::from(may);
            may.then(|| aligned::run(&lines[at..], |text| wanted.is_heading(text)))?
        });
        let count = run.as_ref().map_or(1, |run| run.0);
        let rows = run.filter(|(_, rows)| rows.len() >= ROWS && wanted.has(rows));
        if let Some(grid) = rows.and_then(|(_, rows)| grid(&lines[at..], rows)) {
            blocks.push(Block::Grid(grid));
            found = true;
        } else {
            blocks.extend_from_slice(&document.blocks[at..at + count]);
        }
        at += count;
    }
    found.then(|| Document { blocks, ..document.clone() })
}

fn line(block: &Block) -> Option<&Paragraph> {
    match block {
        Block::Paragraph(paragraph) if paragraph.region == Region::Body => Some(paragraph),
        _ => None,
    }
}

fn grid(lines: &[Option<&Paragraph>], rows: Rows) -> Option<Grid> {
    let mut budget = Budget::default();
    let place = |at: usize| lines[at].map(|line| line.place.clone()).unwrap_or_default();
    let mut grid = GridBuilder::new(place(rows.first()?.0));
    for (at, cells) in rows {
        grid.start_row(&mut budget).ok()?;
        for (text, col_span) in cells {
            grid.add(Cell { text, col_span, place: place(at), ..Cell::default() }, &mut budget).ok()?;
        }
    }
    grid.finish(&mut budget).ok()
}

/// The first lines, if they have equally many cells between tabs or pipes: the number of lines, and the rows by line. Rules between rows
/// are skipped.
fn parted(lines: &[Option<&Paragraph>]) -> Option<(usize, Rows)> {
    let mut rows: Rows = Vec::new();
    let mut count = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(cells) = line.and_then(|line| cells(&line.text)) else { break };
        if !cells.is_empty() {
            let width = rows.first().map_or(cells.len(), |(_, first)| first.len());
            if cells.len() != width || width < CELLS {
                break;
            }
            rows.push((at, cells.into_iter().map(|text| (text, 1)).collect()));
        }
        count = at + 1;
    }
    (!rows.is_empty()).then_some((count, rows))
}

/// The first lines, if they have cells between tabs or pipes and are a table whose merged cells are written once.
fn spread_over(index: &FormIndex, lines: &[Option<&Paragraph>]) -> Option<(usize, Rows)> {
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let mut count = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(cells) = line.and_then(|line| cells(&line.text)) else { break };
        if !cells.is_empty() {
            rows.push((at, cells));
        }
        count = at + 1;
    }
    Some((count, spread(index, &rows)?))
}

/// The cells of a line between tabs or pipes; empty for a rule, `None` for other lines.
fn cells(text: &str) -> Option<Vec<String>> {
    let trimmed = |cell: &str| cell.trim_matches(blank).to_owned();
    match pipes::drawn(&[text]).pop()? {
        Drawn::Rule => return Some(Vec::new()),
        Drawn::Row(row) => return Some(pipes::cells(&row).map(trimmed).collect()),
        Drawn::No => {}
    }
    let sign = ['\t', '|'].into_iter().find(|sign| text.contains(*sign))?;
    // A sign at the end may follow the last cell or precede a blank one; either way all rows have it, or their numbers of cells differ.
    Some(text.split(sign).map(trimmed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_equally_many_cells_are_rows() {
        let lines = |text: &str| -> Vec<Paragraph> {
            text.lines().map(|line| Paragraph { text: line.to_owned(), ..Paragraph::default() }).collect()
        };
        for (text, count, rows) in [
            ("a\tb\tc\n\t1\t\n正文", 2, vec![vec!["a", "b", "c"], vec!["", "1", ""]]),
            ("| a | b | c |\n|---|---|---|\n|  | 1 |  |", 3, vec![vec!["a", "b", "c"], vec!["", "1", ""]]),
            ("a | b | c\nd | 1 | \ne | 3", 2, vec![vec!["a", "b", "c"], vec!["d", "1", ""]]),
        ] {
            let lines = lines(text);
            let found = parted(&lines.iter().map(Some).collect::<Vec<_>>()).unwrap();
            let texts = |(_, cells): &(usize, Vec<Text>)| cells.iter().map(|cell| cell.0.clone()).collect();
            let found_rows: Vec<Vec<String>> = found.1.iter().map(texts).collect();
            let expected: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
            assert_eq!((found.0, found_rows), (count, expected), "{text:?}");
        }
        for text in ["正文一段", "a\tb\nc\td"] {
            assert_eq!(parted(&lines(text).iter().map(Some).collect::<Vec<_>>()), None, "{text}");
        }
    }
}
