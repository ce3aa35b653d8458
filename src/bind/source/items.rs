//! Flattens a document to one flow of paragraphs and grid rows in reading order, including the content of layout tables.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::bind::labels::index::{FormIndex, Role, Use};
use crate::bind::labels::numbers::LabelNumber;
use crate::document::{Block, Cell, Document, Grid, Paragraph, PictureRef, Place, Region};
use crate::form::{CHECK_DIFFERS, CHECK_HOLDS, Rule};
use crate::text::{blank, fold, fold_label};

/// An item of the flow.
#[derive(Debug)]
pub(in crate::bind) enum Item<'d> {
    /// A paragraph, or one line of a cell of a layout table.
    Text(TextItem<'d>),
    /// A row of a grid: index into [`Flow::rows`].
    Row(usize),
    /// A picture.
    Picture(&'d PictureRef),
}

/// A paragraph of the flow.
#[derive(Debug)]
pub(in crate::bind) struct TextItem<'d> {
    /// Its text with its list label.
    pub(in crate::bind) text: Cow<'d, str>,
    /// Its folded text.
    pub(in crate::bind) folded: String,
    /// Its outline level, if it is a heading.
    pub(in crate::bind) level: Option<u8>,
    /// The region of the page that contains it.
    pub(in crate::bind) region: Region,
    /// Its place in the source.
    pub(in crate::bind) place: Place,
}

/// A row of a grid.
#[derive(Debug)]
pub(in crate::bind) struct FlowRow<'d> {
    /// Index into [`Flow::grids`].
    pub(in crate::bind) grid: usize,
    /// Its 0-based number in the grid.
    pub(in crate::bind) number: u32,
    /// The cells that cover it, from the left.
    pub(in crate::bind) cells: Vec<RowCell<'d>>,
}

/// A cell as seen from a row.
#[derive(Debug)]
pub(in crate::bind) struct RowCell<'d> {
    /// The cell.
    pub(in crate::bind) cell: &'d Cell,
    /// Whether its first row is this row.
    pub(in crate::bind) own: bool,
    /// Its folded text.
    pub(in crate::bind) folded: Cow<'d, str>,
    /// Whether its text may be a figure; true if it is empty.
    pub(in crate::bind) figure: bool,
    /// Uses of its text as a label in the chosen form.
    pub(in crate::bind) uses: &'d [Use],
    /// Number of its text among the labels of that form.
    pub(in crate::bind) number: Option<LabelNumber>,
    /// Role of its text if it consists of a row or column label together with the labels of its groups.
    pub(in crate::bind) glued: Option<Role>,
}

/// A document as one flow.
#[derive(Debug, Default)]
pub(in crate::bind) struct Flow<'d> {
    /// The items in reading order.
    pub(in crate::bind) items: Vec<Item<'d>>,
    /// The grids that have rows in the flow.
    pub(in crate::bind) grids: Vec<&'d Grid>,
    /// Their rows.
    pub(in crate::bind) rows: Vec<FlowRow<'d>>,
}

impl<'d> Flow<'d> {
    /// Flattens a document.
    pub(in crate::bind) fn from_document(document: &'d Document) -> Self {
        let mut flow = Self::default();
        let mut waiting: Vec<Waiting<'d>> = document.blocks.iter().rev().map(Waiting::Block).collect();
        while let Some(next) = waiting.pop() {
            match next {
                Waiting::Line(text, place) => flow.text(text.into(), None, Region::Body, place.clone()),
                Waiting::Block(Block::Picture(picture)) => flow.items.push(Item::Picture(picture)),
                Waiting::Block(Block::Paragraph(paragraph)) => flow.paragraph(paragraph),
                Waiting::Block(Block::Grid(grid)) if is_layout(grid) => {
                    for cell in in_order(grid).into_iter().rev() {
                        waiting.extend(cell.nested.iter().rev().map(Waiting::Block));
                        waiting.extend(cell.text.split('\n').rev().map(|line| Waiting::Line(line, &cell.place)));
                    }
                }
                Waiting::Block(Block::Grid(grid)) => {
                    flow.grid(grid);
                    for cell in in_order(grid).into_iter().rev() {
                        waiting.extend(cell.nested.iter().rev().map(Waiting::Block));
                    }
                }
            }
        }
        flow
    }

    /// Splits the flow at the given ranges of items, which are sorted; items outside all ranges are dropped.
    pub(in crate::bind) fn split(self, ranges: &[Range<usize>]) -> Vec<Self> {
        let mut items = self.items.into_iter().enumerate().peekable();
        // Rows are in the order of their items, so each is used once.
        let mut rows = self.rows.into_iter().enumerate();
        let mut parts = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut part = Self::default();
            let mut grid = None;
            while let Some((number, item)) = items.next_if(|(number, _)| *number < range.end) {
                if number < range.start {
                    continue;
                }
                let Item::Row(row) = item else {
                    part.items.push(item);
                    continue;
                };
                let Some((_, mut row)) = rows.find(|(found, _)| *found == row) else { continue };
                if grid.replace(row.grid) != Some(row.grid) {
                    part.grids.push(self.grids[row.grid]);
                }
                row.grid = part.grids.len() - 1;
                part.items.push(Item::Row(part.rows.len()));
                part.rows.push(row);
            }
            parts.push(part);
        }
        parts
    }

    /// Looks up the text of every cell among the labels of the chosen form. A remark is removed if the text without it is a label:
    /// `规章（有立法权的填写）`. It is kept if another cell contains the same label without a remark, because then the remark distinguishes
    /// the two.
    pub(in crate::bind) fn look_up(&mut self, index: &'d FormIndex) {
        let mut remarks: Vec<(usize, usize, String)> = Vec::new();
        for (number, row) in self.rows.iter_mut().enumerate() {
            for (position, cell) in row.cells.iter_mut().enumerate() {
                (cell.number, cell.uses) = index.look_up(&cell.folded);
                // `3其他` looks like a figure (a digit and few letters), but is a label.
                if cell.figure && !cell.uses.is_empty() {
                    cell.figure = false;
                }
                // `总计（2023年）` looks like a figure too.
                if cell.figure {
                    let label = without_remark(&cell.cell.text).filter(|label| !index.uses(label).is_empty());
                    remarks.extend(label.map(|label| (number, position, label)));
                    continue;
                }
                if cell.number.is_none() && !cell.folded.is_empty() {
                    (cell.number, cell.glued) = index.glued(&cell.folded).unzip();
                }
                if cell.uses.is_empty() && cell.glued.is_none() {
                    let label = without_remark(&cell.cell.text).filter(|label| !index.uses(label).is_empty());
                    remarks.extend(label.map(|label| (number, position, label)));
                }
            }
        }
        if remarks.is_empty() {
            return;
        }
        let labels = self.rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.uses.is_empty());
        let alone: BTreeSet<&str> = labels.map(|cell| cell.folded.as_ref()).collect();
        remarks.retain(|(_, _, label)| !alone.contains(label.as_str()));
        for (number, position, label) in remarks {
            let cell = &mut self.rows[number].cells[position];
            (cell.number, cell.uses) = index.look_up(&label);
            cell.folded = label.into();
            cell.figure = false;
        }
    }

    /// Removes the check cells that our own workbooks have around their tables: labels and results.
    pub(in crate::bind) fn without_checks(&mut self, rules: &[Rule]) {
        let labels: Vec<String> = rules.iter().map(Rule::check_label).collect();
        let is_label = |text: &str| {
            let rest = |label: &String| text.strip_prefix(label.as_str());
            labels.iter().filter_map(rest).any(|rest| rest.is_empty() || rest.starts_with(['：', ' ']))
        };
        let is_answer = |text: &str| text == CHECK_HOLDS || text.strip_prefix(CHECK_DIFFERS).is_some_and(may_be_figure);
        let mut columns: BTreeSet<(usize, u32)> = BTreeSet::new();
        for row in &mut self.rows {
            let labelled = row.cells.iter().any(|cell| cell.own && is_label(cell.cell.text.trim_matches(blank)));
            if !labelled && columns.is_empty() {
                continue;
            }
            let grid = row.grid;
            row.cells.retain(|cell| {
                let text = cell.cell.text.trim_matches(blank);
                if is_label(text) {
                    columns.insert((grid, cell.cell.column));
                    return false;
                }
                !is_answer(text) || !(labelled || columns.contains(&(grid, cell.cell.column)))
            });
        }
    }

    fn text(&mut self, text: Cow<'d, str>, level: Option<u8>, region: Region, place: Place) {
        if !text.trim_matches(blank).is_empty() {
            let folded = fold_label(&text).into_owned();
            self.items.push(Item::Text(TextItem { text, folded, level, region, place }));
        }
    }

    fn paragraph(&mut self, paragraph: &'d Paragraph) {
        self.text(paragraph.shown(), paragraph.level, paragraph.region, paragraph.place.clone());
    }

    fn grid(&mut self, grid: &'d Grid) {
        let number = self.grids.len();
        self.grids.push(grid);
        for row in 0..grid.rows() {
            let cells: Vec<RowCell<'d>> = grid
                .row_cells(row)
                .map(|cell| RowCell {
                    cell,
                    own: cell.row == row,
                    folded: fold_label(&cell.text),
                    figure: may_be_figure(&cell.text),
                    uses: &[],
                    number: None,
                    glued: None,
                })
                .collect();
            self.items.push(Item::Row(self.rows.len()));
            self.rows.push(FlowRow { grid: number, number: row, cells });
        }
    }
}

enum Waiting<'d> {
    Block(&'d Block),
    Line(&'d str, &'d Place),
}

/// The folded text before a remark in brackets at the end; `None` if there is no such remark.
fn without_remark(text: &str) -> Option<String> {
    let text = text.trim_matches(blank);
    let start = text.strip_suffix(['）', ')'])?.rfind(['（', '('])?;
    Some(fold(&text[..start]))
}

fn in_order(grid: &Grid) -> Vec<&Cell> {
    let mut cells: Vec<&Cell> = grid.cells().iter().collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    cells
}

/// Whether a grid only serves page layout: it contains other grids, or a few cells with long text.
fn is_layout(grid: &Grid) -> bool {
    let cells = grid.cells();
    let nested = cells.iter().any(|cell| cell.nested.iter().any(|block| matches!(block, Block::Grid(_))));
    let filled = cells.iter().filter(|cell| !cell.text.trim_matches(blank).is_empty()).count();
    let long = cells.iter().any(|cell| cell.text.len() > 1_200);
    (nested && filled <= 4) || (filled == 1 && grid.rows() == 1) || (long && filled <= 3)
}

/// Whether the text of a cell may be a figure or a mark for none: it has no letters or Han characters except those used with figures.
pub(in crate::bind) fn may_be_figure(text: &str) -> bool {
    let mut digits = false;
    let mut letters = 0;
    for character in text.chars() {
        match character {
            '0'..='9' | '０'..='９' => digits = true,
            // The common ideographs, without a lookup in the Unicode tables.
            '\u{4e00}'..='\u{9fff}' => letters += 1,
            character if character.is_alphanumeric() => letters += 1,
            _ => {}
        }
    }
    letters == 0 || (digits && letters <= 3 && !starts_with_label_number(text)) || (letters == 1 && text.contains('无'))
}

/// `1.属于` is a label, `1.5万元` and `减4` are figures.
fn starts_with_label_number(text: &str) -> bool {
    crate::text::numbering(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_labels_are_distinguished() {
        for figure in ["", " 0 ", "减4", "+3", "251000元", "160.5964万元", "/", "—", "无", "（无）", "１２", "3件"]
        {
            assert!(may_be_figure(figure), "{figure}");
        }
        for label in ["其他", "1.属于国家秘密", "3.其他", "行政检查", "2020年度指标", "总计"] {
            assert!(!may_be_figure(label), "{label}");
        }
    }
}
