//! Places in a source file.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a source file. Indices are 0-based here and in JSON; [`fmt::Display`] counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Part of a package (`word/document.xml`), sheet name, or stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Arc<str>>,
    /// Index of the top-level paragraph in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u32>,
    /// Index of the grid among the document's grids (nested grids are counted when they are opened).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<u32>,
    /// Row of the grid or of the sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Grid column, or column of the sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Line of a text file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Start and end in the part: bytes after inflation for XML, HTML and text (after decoding to UTF-8), character positions (CP) for
    /// MS-DOC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(u32, u32)>,
    /// Page of a fixed-layout file (PDF, OFD).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Left, upper, right and lower edge on the page, in hundredths of a point from the upper left corner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<(u32, u32, u32, u32)>,
}

impl Place {
    /// The place of a paragraph of a part.
    pub fn paragraph(part: &Arc<str>, index: usize) -> Self {
        Self { part: Some(Arc::clone(part)), paragraph: Some(index as u32), ..Self::default() }
    }

    /// The place of a cell of a grid.
    pub fn cell(part: &Arc<str>, table: usize, row: usize, column: usize) -> Self {
        Self {
            part: Some(Arc::clone(part)),
            table: Some(table as u32),
            row: Some(row as u32),
            column: Some(column as u32),
            ..Self::default()
        }
    }

    /// The place of a cell of a sheet.
    pub(crate) fn sheet_cell(sheet: &Arc<str>, row: u32, column: u32) -> Self {
        Self { part: Some(Arc::clone(sheet)), row: Some(row), column: Some(column), ..Self::default() }
    }

    /// The place of a line of a text.
    pub fn line(line: usize) -> Self {
        Self { line: Some(line as u32), ..Self::default() }
    }

    /// The same place with a byte or character range.
    #[must_use]
    pub fn with_span(mut self, start: usize, end: usize) -> Self {
        self.span = Some((start as u32, end as u32));
        self
    }

    /// The cell reference in A1 style, for a place on a sheet (with part, row and column, but no table).
    pub fn a1(&self) -> Option<String> {
        match (self.table, self.row, self.column) {
            (None, Some(row), Some(column)) => Some(format!("{}{}", column_letters(column), row + 1)),
            _ => None,
        }
    }
}

/// Letters of a sheet column (0-based): 0 is A, 26 is AA.
pub fn column_letters(column: u32) -> String {
    let mut letters = String::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.insert(0, char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.part.as_deref().unwrap_or_default();
        if let Some(page) = self.page {
            write!(f, "p{}", page + 1)?;
            if self.table.is_none() {
                return Ok(());
            }
        }
        match (self.table, self.row, self.column) {
            (Some(table), Some(row), Some(column)) => {
                write!(f, "{part}#table{}:r{}c{}", table + 1, row + 1, column + 1)
            }
            (Some(table), _, _) => write!(f, "{part}#table{}", table + 1),
            (None, Some(_), Some(_)) => write!(f, "{part}!{}", self.a1().unwrap_or_default()),
            _ => match (self.line, self.paragraph) {
                (Some(line), _) => write!(f, "{part}#line{}", line + 1),
                (None, Some(paragraph)) => write!(f, "{part}#p{}", paragraph + 1),
                (None, None) => f.write_str(part),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_cells_are_named_as_excel_names_them() {
        let sheet: Arc<str> = "表三".into();
        assert_eq!(Place::sheet_cell(&sheet, 0, 0).to_string(), "表三!A1");
        assert_eq!(Place::sheet_cell(&sheet, 1_048_575, 16_383).to_string(), "表三!XFD1048576");
        assert_eq!(Place::sheet_cell(&sheet, 8, 26).a1().as_deref(), Some("AA9"));
    }

    #[test]
    fn places_are_shown_counting_from_one() {
        let part: Arc<str> = "word/document.xml".into();
        assert_eq!(Place::cell(&part, 1, 2, 6).to_string(), "word/document.xml#table2:r3c7");
        assert_eq!(Place::line(0).to_string(), "#line1");
        let on_page = Place { page: Some(3), table: Some(2), row: Some(4), column: Some(1), ..Place::default() };
        assert_eq!(on_page.to_string(), "p4#table3:r5c2");
        assert_eq!(Place { page: Some(3), paragraph: Some(9), ..Place::default() }.to_string(), "p4");
    }
}
