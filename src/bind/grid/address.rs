//! The rows and columns of the form that rows and headers of a table are matched with: together, the address of a figure.

use super::view::ViewCell;
use crate::bind::labels::shapes::Fit;

/// A row of the form found in a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Hit {
    /// Index of the view in `Panels::views`.
    pub(in crate::bind) view: usize,
    /// Index of its row in the view.
    pub(in crate::bind) row: usize,
    /// Index of the cell with its own label; `None` for a row without a label.
    pub(in crate::bind) label: Option<usize>,
    /// Score of the match: 100 for the label as prescribed, more with its groups beside it.
    pub(in crate::bind) score: i32,
    /// Whether the label was matched by similarity only.
    pub(in crate::bind) alike: bool,
}

/// The rows of a block found in a table.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Rows {
    /// For each row of the form, its row in the table.
    pub(in crate::bind) hits: Vec<Option<Hit>>,
    /// Duplicates: index of the form's row, and its further row in the table.
    pub(in crate::bind) doubles: Vec<(usize, Hit)>,
    /// Number of rows of the form that were found out of order.
    pub(in crate::bind) moved: usize,
    /// The first grid column with figures.
    pub(in crate::bind) edge: u32,
    /// The share of the form's rows that is there, weighted by score, in percent.
    pub(in crate::bind) left: i32,
}

/// The meaning of a header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) enum Column {
    /// A column of the form, recognised by its own label and groups.
    Known(usize, Fit),
    /// A column of the form with a similar label.
    Alike(usize),
    /// A column of the form by its own label, under a group that the form does not have.
    Group(usize),
    /// Ambiguous: several columns fit, another header is the same column, or its figures are beside no row of the form.
    Twice,
    /// A label of this form or of another form that is not a column of this block.
    Foreign,
    /// Words that are not in any form.
    Unknown,
    /// No words.
    Blank,
    /// A part whose total is in another column.
    Part,
    /// Row numbers, or a copy of an earlier column: not a column of the form.
    Serial,
}

/// A column of a table under one header.
#[derive(Debug, Clone)]
pub(in crate::bind) struct HeadColumn<'f, 'd> {
    /// First grid column.
    pub(in crate::bind) start: u32,
    /// The grid column after its last.
    pub(in crate::bind) end: u32,
    /// The header's cells, outermost group first.
    pub(in crate::bind) path: Vec<ViewCell<'f, 'd>>,
    /// Its meaning.
    pub(in crate::bind) is: Column,
}

impl HeadColumn<'_, '_> {
    /// The text of its lowest header cell, without line breaks.
    pub(in crate::bind) fn shown(&self) -> String {
        self.path.last().map(|cell| cell.at.cell.text.trim().replace('\n', "")).unwrap_or_default()
    }
}

/// The header of a table, mapped to the columns of a block.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Header<'f, 'd> {
    /// The columns with figures, from left to right.
    pub(in crate::bind) columns: Vec<HeadColumn<'f, 'd>>,
    /// Whether the header is the form's, in the form's order.
    pub(in crate::bind) in_order: bool,
    /// The share of the form's header that was recognised, in percent.
    pub(in crate::bind) top: i32,
    /// The share of the form's columns that any header may be, ambiguous ones included, in percent.
    pub(in crate::bind) seen: i32,
    /// The share of columns with a header of another table or form, in percent.
    pub(in crate::bind) foreign: i32,
    /// Whether every column of the form is recognised by its label.
    pub(in crate::bind) exact: bool,
    /// Columns of the form that appear twice with the same figures, not all of them 0.
    pub(in crate::bind) copied: Vec<usize>,
    /// Whether a column of the form appears twice with the same figures.
    pub(in crate::bind) repeated: bool,
}

impl Header<'_, '_> {
    fn known(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().filter_map(|column| match column.is {
            Column::Known(column, _) => Some(column),
            _ => None,
        })
    }

    /// Whether both headers have columns of the form, and none in common.
    pub(in crate::bind) fn is_apart(&self, other: &Self) -> bool {
        let own: Vec<usize> = self.known().collect();
        let mut others = other.known().peekable();
        !own.is_empty() && others.peek().is_some() && !others.any(|column| own.contains(&column))
    }

    /// Whether every header is a column of the form or a serial number.
    pub(in crate::bind) fn knows_all(&self) -> bool {
        self.columns.iter().all(|column| matches!(column.is, Column::Known(..) | Column::Serial))
    }

    /// Whether the recognised columns are in the form's order. Sums of rows hold in any order, so they cannot show it.
    pub(in crate::bind) fn is_forms(&self) -> bool {
        self.known().is_sorted()
    }
}

/// A column of the form that a header may be.
pub(super) struct Choice {
    pub(super) column: usize,
    pub(super) fit: Fit,
    pub(super) groups: usize,
    /// Whether a group that the form does not have is above it.
    pub(super) doubtful: bool,
}
