//! Finds the headings and tables of a template in order; a sheet with several tables is split at their titles.

use super::words::{has_one, words};
use crate::document::{Block, Cell, Document, Grid};
use crate::text::{blank, fold, is_first_level};

/// A heading or table of a template.
#[derive(Debug)]
pub(super) enum TemplateItem<'d> {
    /// Heading of a section.
    Heading(String),
    /// A table.
    Table(GridRange<'d>),
}

/// A range of rows of a grid that is one table.
#[derive(Debug, Clone)]
pub(super) struct GridRange<'d> {
    /// The grid.
    pub(super) grid: &'d Grid,
    /// First row of its header.
    pub(super) from: u32,
    /// Row after its last row.
    pub(super) to: u32,
    /// The unit stated in a line above it.
    pub(super) unit: Option<String>,
    /// Its name, from a line above it.
    pub(super) name: Option<String>,
    /// Whether that line is directly above it, in the same grid.
    pub(super) own_name: bool,
}

/// Headings and tables of a template.
#[derive(Debug, Default)]
pub(super) struct Found<'d> {
    pub(super) pieces: Vec<TemplateItem<'d>>,
    pub(super) agency_lines: Vec<String>,
}

impl<'d> Found<'d> {
    /// The table with this index.
    pub(super) fn grid(&self, number: usize) -> Option<&GridRange<'d>> {
        let tables = self.pieces.iter().filter_map(|piece| match piece {
            TemplateItem::Table(part) => Some(part),
            TemplateItem::Heading(_) => None,
        });
        tables.into_iter().nth(number)
    }
}

/// Finds headings and tables.
pub(super) fn find(document: &Document) -> Found<'_> {
    let mut found = Found::default();
    let mut unit: Option<String> = None;
    for block in &document.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                let text = paragraph.shown().trim_matches(blank).to_owned();
                line(&text, &mut found, &mut unit);
                if is_heading(&text, paragraph.level) {
                    found.pieces.push(TemplateItem::Heading(text));
                }
            }
            Block::Grid(grid) => grid_parts(grid, &mut unit, &mut found),
            Block::Picture(_) => {}
        }
    }
    found
}

/// Handles a line that names the agency or states a unit.
fn line(text: &str, found: &mut Found, unit: &mut Option<String>) {
    for label in &words().labels.agency {
        let plain: String = text.chars().filter(|character| !blank(*character)).collect();
        let line = format!("{label}：{{}}");
        if (plain.contains(&format!("{label}：")) || plain.contains(&format!("{label}:")))
            && !found.agency_lines.contains(&line)
        {
            found.agency_lines.push(line);
        }
    }
    if text.chars().count() <= 60
        && let Some(said) = unit_of(text)
    {
        *unit = Some(said);
    }
}

/// A label as one line.
pub(super) fn plain(text: &str) -> String {
    text.split(['\n', '\r', '\t']).map(|line| line.trim_matches(blank)).collect::<String>()
}

/// The unit after 单位：, in a line or a label.
pub(super) fn unit_of(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|character| !blank(*character)).collect();
    let behind = words().units.before.iter().find_map(|label| {
        let at = plain.rfind(label)?;
        plain[at + label.len()..].strip_prefix(['：', ':'])
    });
    let words = behind?.trim_end_matches(['）', ')']).to_owned();
    (1..=4).contains(&words.chars().count()).then_some(words)
}

/// Whether a line is the heading of a section.
fn is_heading(text: &str, level: Option<u8>) -> bool {
    let count = text.chars().count();
    if !(2..=40).contains(&count) || text.ends_with(['。', '；', '：', ':']) {
        return false;
    }
    let first = is_first_level(text);
    let number = |sign: char| "一二三四五六七八九十0123456789".contains(sign);
    // A number alone, as 表1, is above the name of the table.
    let behind = text.strip_prefix('表').filter(|behind| behind.starts_with(number));
    let table = behind.is_some_and(|behind| !behind.chars().all(number));
    let part = text.starts_with('第') && text.contains("部分");
    first || table || part || level == Some(1)
}

fn own_cells(grid: &Grid, row: u32) -> Vec<&Cell> {
    grid.row_cells(row).filter(|cell| cell.row == row && !cell.text.trim_matches(blank).is_empty()).collect()
}

/// Splits a grid into tables: lines of one cell above a header are its title and its unit.
fn grid_parts<'d>(grid: &'d Grid, unit: &mut Option<String>, found: &mut Found<'d>) {
    let mut row = 0;
    let mut name = grid.caption.clone();
    let mut own_name = false;
    while row < grid.rows() {
        let cells = own_cells(grid, row);
        let wide = |cell: &Cell| cell.col_span >= grid.columns().max(2) - 1 || cells.len() == 1;
        match cells.as_slice() {
            [] => row += 1,
            // A single cell on the right is a header with an empty corner.
            [only] if wide(only) && only.column == 0 && grid.columns() > 1 => {
                let text = only.text.trim_matches(blank).replace('\n', "");
                line(&text, found, unit);
                if is_heading(&text, None) {
                    found.pieces.push(TemplateItem::Heading(text));
                } else if unit_of(&text).is_none() && text.chars().count() <= 40 && !text.contains(['：', ':']) {
                    (name, own_name) = (Some(text), true);
                }
                row += 1;
            }
            // Agency and unit side by side above the table.
            cells if cells.len() <= 2 && cells.iter().all(|cell| cell.text.contains(['：', ':'])) => {
                for cell in cells {
                    line(&cell.text, found, unit);
                }
                row += 1;
            }
            _ => {
                let to = end(grid, row);
                let part = GridRange { grid, from: row, to, unit: unit.take(), name: name.take(), own_name };
                own_name = false;
                found.pieces.push(TemplateItem::Table(part));
                row = to;
            }
        }
    }
}

/// The end of a table: a blank row followed by a title, the signatures, or the end of the grid.
fn end(grid: &Grid, from: u32) -> u32 {
    for row in from + 1..grid.rows() {
        let cells = own_cells(grid, row);
        if let [only] = cells.as_slice()
            && only.col_span == grid.columns()
            && is_heading(only.text.trim_matches(blank), None)
            && row + 2 < grid.rows()
            && own_cells(grid, row + 1).len() >= grid.columns().min(3) as usize
            && own_cells(grid, row - 1).is_empty()
        {
            return row;
        }
        let signed = !cells.is_empty()
            && cells.iter().all(|cell| {
                let text = cell.text.trim_matches(blank);
                text.ends_with(['：', ':']) || has_one(&words().labels.signature, text)
            });
        if signed {
            return row;
        }
    }
    grid.rows()
}

/// The same table in another file: by its index, if its labels are there.
pub(super) fn same<'d>(document: &'d Document, table: &super::Table, number: usize) -> Option<GridRange<'d>> {
    let found = find(document);
    let wanted: Vec<String> = table
        .blocks
        .iter()
        .flat_map(|block| &block.columns)
        .flat_map(super::Head::leaves)
        .map(|leaf| fold(&leaf.label))
        .collect();
    let fits = |part: &GridRange| {
        let texts: Vec<String> = part.grid.cells().iter().map(|cell| fold(&cell.text)).collect();
        wanted.iter().filter(|label| texts.contains(label)).count() * 2 >= wanted.len()
    };
    found.grid(number).filter(|part| fits(part)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_table_alone_is_no_heading() {
        for (text, is) in [
            ("表1", false),
            ("表十二", false),
            ("表1 收支总表", true),
            ("表一：收支总表", true),
            ("一、收支情况", true),
        ] {
            assert_eq!(is_heading(text, None), is, "{text}");
        }
    }
}
