//! What the rows and the header of a table are taken for: the two halves of the address that a figure has.

use super::view::ViewCell;
use crate::bind::labels::shapes::Fit;

/// A row of the form found in a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Hit {
    /// The view.
    pub(in crate::bind) view: usize,
    /// Its row in the view.
    pub(in crate::bind) row: usize,
    /// Index of the cell with its own label; `None` for a row without one.
    pub(in crate::bind) label: Option<usize>,
    /// How well it fits, in hundredths: 100 for the label as prescribed.
    pub(in crate::bind) score: i32,
    /// Whether the label was taken for its likeness only.
    pub(in crate::bind) alike: bool,
}

/// The rows of a block found in a table.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Rows {
    /// For each row of the form, where it is.
    pub(in crate::bind) hits: Vec<Option<Hit>>,
    /// Rows that stand once more: row of the form and hit.
    pub(in crate::bind) doubles: Vec<(usize, Hit)>,
    /// Rows of the form that were found out of order.
    pub(in crate::bind) moved: usize,
    /// The first grid column with figures.
    pub(in crate::bind) edge: u32,
    /// How much of the form's rows is there, in hundredths.
    pub(in crate::bind) left: i32,
}

/// The meaning of a header.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) enum Column {
    /// A column of the form, by its own label and groups.
    Known(usize, Fit),
    /// A column of the form whose label is alike.
    Alike(usize),
    /// A column of the form by its own label, under a group that the form does not know.
    Group(usize),
    /// One of several columns, one that another header is too, or one whose cells do not stand beside the rows.
    Twice,
    /// A label of the form or of another form that stands elsewhere.
    Foreign,
    /// Words that no form knows.
    Unknown,
    /// Nothing.
    Blank,
    /// One of the parts beside whose total it stands.
    Part,
    /// Numbers of rows, or a copy of the column before: no column of the form.
    Serial,
}

/// A column of a table under one header.
#[derive(Debug, Clone)]
pub(in crate::bind) struct HeadColumn<'f, 'd> {
    /// First grid column.
    pub(in crate::bind) start: u32,
    /// The grid column behind its last.
    pub(in crate::bind) end: u32,
    /// The header's cells, the outermost group first.
    pub(in crate::bind) path: Vec<ViewCell<'f, 'd>>,
    /// What it is.
    pub(in crate::bind) is: Column,
}

impl HeadColumn<'_, '_> {
    /// The header as it is written.
    pub(in crate::bind) fn shown(&self) -> String {
        self.path.last().map(|cell| cell.at.cell.text.trim().replace('\n', "")).unwrap_or_default()
    }
}

/// The header of a table, laid to the columns of a block.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Header<'f, 'd> {
    /// The columns with figures from the left.
    pub(in crate::bind) columns: Vec<HeadColumn<'f, 'd>>,
    /// Whether the header is the form's from the left to the right.
    pub(in crate::bind) in_order: bool,
    /// How much of the form's header is there, in hundredths.
    pub(in crate::bind) top: i32,
    /// How much of it is there if what stands twice counts too, in hundredths.
    pub(in crate::bind) seen: i32,
    /// The share of columns with a header of another table, in hundredths.
    pub(in crate::bind) foreign: i32,
    /// Whether every column of the form is known as prescribed.
    pub(in crate::bind) exact: bool,
    /// Columns of the form that stand twice with the same figures, and not with zeros alone.
    pub(in crate::bind) copied: Vec<usize>,
    /// Whether a column of the form stands twice with the same figures.
    pub(in crate::bind) repeated: bool,
}

impl Header<'_, '_> {
    fn known(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().filter_map(|column| match column.is {
            Column::Known(column, _) => Some(column),
            _ => None,
        })
    }

    /// Whether both have columns of the form, and none in common.
    pub(in crate::bind) fn is_apart(&self, other: &Self) -> bool {
        let own: Vec<usize> = self.known().collect();
        let mut others = other.known().peekable();
        !own.is_empty() && others.peek().is_some() && !others.any(|column| own.contains(&column))
    }

    /// Whether every header is a column of the form.
    pub(in crate::bind) fn knows_all(&self) -> bool {
        self.columns.iter().all(|column| matches!(column.is, Column::Known(..) | Column::Serial))
    }

    /// Whether the columns that are known stand in the form's order. Sums of rows hold in any order.
    pub(in crate::bind) fn is_forms(&self) -> bool {
        self.known().is_sorted()
    }
}

/// A column of the form that a header may be.
pub(super) struct Choice {
    pub(super) column: usize,
    pub(super) fit: Fit,
    pub(super) groups: usize,
    /// Whether a group stands above that the form does not know.
    pub(super) doubtful: bool,
}
