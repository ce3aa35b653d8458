//! Text with fields parted by commas or tabs (RFC 4180 and what programs make of it): rows of several fields are tables, lines of one
//! field are paragraphs.

use crate::document::{Block, Budget, Cell, Document, GridBuilder, Paragraph, Place, Resource};
use crate::read::ReadError;

/// Rows of several fields that a text of fields has at least, and those with a figure.
const ROWS: usize = 5;
const ROWS_WITH_FIGURES: usize = 3;

/// Lines that a field may have: a quotation mark that begins a line of prose opens a field without end.
const LINES: usize = 20;

/// A row: the line that it begins in, and its fields.
struct Record {
    line: u32,
    fields: Vec<String>,
}

/// The text as tables and paragraphs; `None` where it is no text of fields.
///
/// # Errors
/// [`ReadError::OverLimit`] for more cells or text than a file may have.
pub(super) fn read(text: &str, budget: &mut Budget) -> Result<Option<Document>, ReadError> {
    for separator in [b',', b'\t'] {
        // Every row of several fields has one.
        if memchr::memchr_iter(separator, text.as_bytes()).take(ROWS).count() < ROWS {
            continue;
        }
        if let Some(records) = records(text, separator, budget)? {
            return document(records, budget).map(Some);
        }
    }
    Ok(None)
}

/// The rows, where they are those of a table: many with the fields of the row beside them, and some with figures.
fn records(text: &str, separator: u8, budget: &mut Budget) -> Result<Option<Vec<Record>>, ReadError> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(separator).has_headers(false).flexible(true);
    let mut records: Vec<Record> = Vec::new();
    for record in reader.from_reader(text.as_bytes()).into_records() {
        let Ok(record) = record else { return Ok(None) };
        budget.spend(Resource::Steps, record.len() as u64)?;
        if record.iter().any(|field| memchr::memchr_iter(b'\n', field.as_bytes()).take(LINES + 1).count() > LINES) {
            return Ok(None);
        }
        let line = record
            .position()
            .map_or(0, |position| u32::try_from(position.line().saturating_sub(1)).unwrap_or(u32::MAX));
        records.push(Record { line, fields: record.iter().map(str::to_owned).collect() });
    }
    let width = |at: usize| records.get(at).map_or(0, |record| record.fields.len());
    let rows: Vec<usize> = (0..records.len()).filter(|&at| width(at) > 1).collect();
    let beside = |at: &&usize| width(**at) == width(**at + 1) || (**at > 0 && width(**at) == width(**at - 1));
    let regular = rows.iter().filter(beside).count();
    let is_figure =
        |field: &String| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let with_figures = rows.iter().filter(|&&at| records[at].fields.iter().any(is_figure)).count();
    // What is copied from a table of Word has tabs too, and as many as each row has cells: that is the binding's matter.
    let even = separator != b'\t' || rows.iter().all(|&at| width(at) == width(rows[0]));
    let is_table = even && rows.len() >= ROWS && with_figures >= ROWS_WITH_FIGURES && regular * 5 >= rows.len() * 4;
    Ok(is_table.then_some(records))
}

fn document(records: Vec<Record>, budget: &mut Budget) -> Result<Document, ReadError> {
    let mut document = Document::default();
    let mut grid: Option<GridBuilder> = None;
    for Record { line, fields } in records {
        budget.spend(Resource::TextBytes, fields.iter().map(String::len).sum::<usize>() as u64)?;
        if fields.len() > 1 {
            let grid = grid.get_or_insert_with(|| GridBuilder::new(Place::line(line as usize)));
            grid.start_row(budget)?;
            for (column, text) in (0..).zip(fields) {
                budget.spend(Resource::Blocks, 1)?;
                let place = Place { column: Some(column), ..Place::line(line as usize) };
                grid.add(Cell { text, place, ..Cell::default() }, budget)?;
            }
            continue;
        }
        if let Some(grid) = grid.take() {
            document.blocks.push(Block::Grid(grid.finish(budget)?));
        }
        for text in fields.iter().flat_map(|field| field.lines()).filter(|text| !text.trim().is_empty()) {
            budget.spend(Resource::Blocks, 1)?;
            document.blocks.push(Block::Paragraph(Paragraph::body(text, Place::line(line as usize))));
        }
    }
    if let Some(grid) = grid {
        document.blocks.push(Block::Grid(grid.finish(budget)?));
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Vec<String>> {
        let document = read(text, &mut Budget::default()).ok()??;
        let block = |block: &Block| match block {
            Block::Paragraph(line) => format!("{}: {}", line.place.line.unwrap_or(0), line.text),
            Block::Grid(grid) => {
                let texts: Vec<&str> = grid.cells().iter().map(|cell| cell.text.as_str()).collect();
                format!("{}x{} {}", grid.rows(), grid.columns(), texts.join("|"))
            }
            Block::Picture(_) => String::new(),
        };
        Some(document.blocks.iter().map(block).collect())
    }

    #[test]
    fn rows_of_fields_are_tables_and_lines_are_paragraphs() {
        for separator in [",", "\t"] {
            let text = "某局年报\n共收到12件。\n\"项目\",\"本年\n数量\"\n\"行政\"\"许可\"\"\",\"1,234\"\n行政处罚,12\n行政强制,\n收费,3.5\n完\n".replace(',', separator).replace("1\t234", "1,234");
            let expected = [
                "0: 某局年报",
                "1: 共收到12件。",
                "5x2 项目|本年\n数量|行政\"许可\"|1,234|行政处罚|12|行政强制||收费|3.5",
                "8: 完",
            ];
            // Fewer rows with figures than a table has.
            assert_eq!(said(&text).as_deref(), None, "{separator}");
            let text = text.replace(&format!("行政强制{separator}"), &format!("行政强制{separator}0"));
            let expected = expected.map(|line| line.replace("行政强制||", "行政强制|0|"));
            assert_eq!(said(&text).as_deref(), Some(&expected[..]), "{separator}");
        }
    }

    #[test]
    fn prose_with_commas_is_no_table() {
        assert_eq!(
            said(&"2024 was a year, in which 1,234 were counted, as before.\nThe rest, too\n\n".repeat(9)),
            None
        );
        assert_eq!(said("规章,12"), None);
        assert_eq!(said(""), None);
    }
}
