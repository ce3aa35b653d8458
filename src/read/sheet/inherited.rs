//! Styles that cells of an Excel 2003 workbook in XML take over from their surroundings.

/// Styles of cells without one of their own: that of the row, of the column, of the table.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    pub(super) row: Option<String>,
    /// First and last column, and style.
    pub(super) columns: Vec<(u32, u32, String)>,
    pub(super) table: Option<String>,
}

impl Inherited {
    /// The style of a cell without one of its own.
    pub(super) fn style(&self, column: u32) -> Option<&str> {
        let of_column = || self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
        let of_column = || of_column().map(|(_, _, style)| style);
        self.row.as_ref().or_else(of_column).or(self.table.as_ref()).map(String::as_str)
    }
}
