//! Heights of rows: those of their wrapped texts, because LibreOffice does not adjust heights on loading.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::columns_of;

/// Height of a line of text, and additional height of a row, in points.
pub(super) const LINE_HEIGHT: f64 = 15.0;
pub(super) const LINE_MARGIN: f64 = 4.0;

/// Height of a row of one line, in points: the default of a sheet.
const ONE_LINE: f64 = 15.0;

/// Maximum height of a row, in points.
const MOST_HEIGHT: f64 = 409.0;

/// Width of a column, in digits, that is not available to text: margins, and the last Han character that does not fit.
const COLUMN_MARGIN: f64 = 2.5;

/// Maximum number of lines counted; rows cannot be higher.
const MOST_LINES: u32 = 100;

/// Number of rows from which a sheet has a default height of its own. The writer keeps each height that differs from the default until the
/// end, in some 450 bytes: 90 MB for the rows of a province. Smaller sheets keep the usual height of the empty rows below the table.
pub(super) const MANY: usize = 10_000;

/// Number of rows that decide the default height.
const SAMPLE: usize = 1000;

/// Sets the height of a row to that of its wrapped texts, each given with its column width. Must be called before the row is written.
pub(super) fn fit(sheet: &mut Worksheet, row: u32, cells: &[(&str, f64)]) -> Result<(), XlsxError> {
    Heights::default().fit(sheet, row, cells)
}

/// Completes a sheet whose rows are written to disk one by one; `next` is the row after the last. The writer (`rust_xlsxwriter` 0.102)
/// would write a last row that has a height of its own a second time, which is no valid sheet. So an empty row follows.
pub(super) fn finish(sheet: &mut Worksheet, next: u32) -> Result<(), XlsxError> {
    sheet.write_blank(next, 0, &Format::new())?.clear_cell(next, 0);
    Ok(())
}

/// The default height of a sheet, in lines.
pub(super) struct Heights {
    usual: u32,
}

impl Default for Heights {
    /// That of a sheet with few rows: one line.
    fn default() -> Self {
        Self { usual: 1 }
    }
}

impl Heights {
    /// Sets the default height of a sheet of `count` rows to the most frequent one of the first rows. `lines` are the numbers of lines of
    /// the rows, from the first one.
    pub(super) fn new(sheet: &mut Worksheet, count: usize, lines: impl Iterator<Item = u32>) -> Self {
        if count < MANY {
            return Self::default();
        }
        let mut sample: Vec<u32> = lines.take(SAMPLE).collect();
        sample.sort_unstable();
        let usual = sample.chunk_by(u32::eq).max_by_key(|same| same.len()).map_or(1, |same| same[0]);
        if usual > 1 {
            sheet.set_default_row_height(height(usual));
        }
        Self { usual }
    }

    /// Sets the height of a row to that of its wrapped texts, if it is not the default, as [`fit`].
    pub(super) fn fit(&self, sheet: &mut Worksheet, row: u32, cells: &[(&str, f64)]) -> Result<(), XlsxError> {
        let lines = most_lines(cells);
        if lines != self.usual {
            sheet.set_row_height(row, height(lines))?;
        }
        Ok(())
    }
}

/// Texts with the widths of their columns.
pub(super) fn cells<'w>(words: &[&'w str], columns: &[(&str, f64)]) -> Vec<(&'w str, f64)> {
    words.iter().zip(columns).map(|(words, (_, width))| (*words, *width)).collect()
}

/// Number of lines of a row with these texts, each given with its column width.
pub(super) fn most_lines(cells: &[(&str, f64)]) -> u32 {
    cells.iter().map(|(words, width)| lines(words, *width)).max().unwrap_or(1)
}

/// Height of a row of so many lines, in points.
fn height(lines: u32) -> f64 {
    if lines <= 1 { ONE_LINE } else { (f64::from(lines) * LINE_HEIGHT + LINE_MARGIN).min(MOST_HEIGHT) }
}

/// Number of lines of a text in a column: a Han character is two digits wide.
pub(super) fn lines(words: &str, width: f64) -> u32 {
    let room = (width - COLUMN_MARGIN).max(1.0);
    let taken = |line: &str| {
        let mut lines = 1_u32;
        while f64::from(lines) * room < columns_of(line.width()) && lines < MOST_LINES {
            lines += 1;
        }
        lines
    };
    words.split('\n').map(taken).sum::<u32>().max(1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::Read;

    use rust_xlsxwriter::Workbook;

    use super::*;

    /// The numbers and heights of rows of one, two and three lines in a sheet of `count` rows whose first rows have `sample` lines.
    fn shown(count: usize, sample: &[u32]) -> Vec<String> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
        let heights = Heights::new(sheet, count, sample.iter().copied());
        for (row, words) in (0..).zip(["甲", "甲\n乙", "甲\n乙\n丙"]) {
            heights.fit(sheet, row, &cells(&[words], &[("", 20.0)])).unwrap();
            sheet.write_string(row, 0, words).unwrap();
        }
        finish(sheet, 3).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        package.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut xml).unwrap();
        let value = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let row = |row: &str| {
            let tag = format!(" {}", row.split_once('>').unwrap().0);
            [value(&tag, "r"), value(&tag, "ht")].into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        xml.split("<row ").skip(1).map(row).collect()
    }

    #[test]
    fn every_row_is_as_high_as_its_text_whatever_the_default_is() {
        assert_eq!(shown(MANY - 1, &[2, 2, 2]), ["1", "2 33.75", "3 48.75", "4"]);
        assert_eq!(shown(MANY, &[1, 1, 3]), ["1", "2 33.75", "3 48.75", "4"]);
        assert_eq!(shown(MANY, &[2, 1, 2, 3]), ["1 15", "2 33.75", "3 48.75", "4 33.75"]);
    }
}
