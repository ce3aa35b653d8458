//! Delimited text: fields separated by commas, semicolons or tabs (RFC 4180 and its variants). Rows of several fields are tables, lines
//! of one field are paragraphs.

use super::text::read_lines;
use crate::document::{Block, Budget, Cell, Document, Format, GridBuilder, Paragraph, Place, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::shared::encoding::decode;

/// Minimum number of rows with several fields, and of those with a figure, for a text to be delimited.
const ROWS: usize = 5;
const ROWS_WITH_FIGURES: usize = 3;

/// Maximum number of lines of a field: a quotation mark at the beginning of a line of prose would open a field without end.
const LINES: usize = 20;

/// A row: the line in which it begins, and its fields.
struct Record {
    line: u32,
    fields: Vec<String>,
}

/// Field separators in the order in which they are tried.
const SEPARATORS: &[(u8, Format)] = &[(b',', Format::Csv), (b'\t', Format::Tsv), (b';', Format::Csv)];

/// The format of a text: delimited by commas, semicolons or tabs, or plain.
///
/// # Errors
/// [`ReadError::OverLimit`] for too many fields.
pub(in crate::read) fn format(bytes: &[u8], budget: &mut Budget) -> Result<Format, ReadError> {
    let text = decode(bytes, None, &mut Vec::new());
    for &(separator, format) in SEPARATORS {
        if table(&text, separator, budget)?.is_some() {
            return Ok(format);
        }
    }
    Ok(Format::Text)
}

/// Reads a text with fields separated by commas or semicolons.
///
/// # Errors
/// [`ReadError::OverLimit`] for too many cells or too much text.
pub(in crate::read) fn read_csv(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    read(&decode(bytes, None, findings), Format::Csv, budget)
}

/// Reads a text with fields separated by tabs.
///
/// # Errors
/// [`ReadError::OverLimit`] for too many cells or too much text.
pub(in crate::read) fn read_tsv(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    read(&decode(bytes, None, findings), Format::Tsv, budget)
}

/// The text as tables and paragraphs; as lines if it is not delimited.
fn read(text: &str, format: Format, budget: &mut Budget) -> Result<Document, ReadError> {
    for &(separator, _) in SEPARATORS.iter().filter(|(_, of)| *of == format) {
        if let Some(records) = table(text, separator, budget)? {
            return document(records, budget);
        }
    }
    read_lines(text, budget)
}

/// The rows of a delimited text; `None` if it is not delimited.
fn table(text: &str, separator: u8, budget: &mut Budget) -> Result<Option<Vec<Record>>, ReadError> {
    // Every row of several fields has a separator; a comma within a number is not one.
    let bytes = text.as_bytes();
    let parts = |at: &usize| separator != b',' || !parts_thousands(bytes, *at);
    if memchr::memchr_iter(separator, bytes).filter(parts).take(ROWS).count() < ROWS {
        return Ok(None);
    }
    records(text, separator, budget)
}

/// Whether a comma is a thousands separator: `1,234`.
fn parts_thousands(text: &[u8], comma: usize) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
    let behind = (1..=4).map(|far| digit(Some(comma + far)));
    digit(comma.checked_sub(1)) && behind.eq([true, true, true, false])
}

/// The rows, if they form a table: many rows with the same number of fields as their neighbour, and some with figures.
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
    // Text pasted from a table of Word has tabs, too, one fewer than the cells of each row; binding handles such text. It has no
    // quotation marks around fields.
    let quoted = memchr::memmem::find_iter(text.as_bytes(), b"\"\t").take(ROWS).count() == ROWS;
    let even = separator != b'\t' || quoted || rows.iter().all(|&at| width(at) == width(rows[0]));
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
                let text = without_formula(text);
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

/// Removes the formula that keeps digits as text in a spreadsheet: `="007"`.
fn without_formula(text: String) -> String {
    match text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) if !inside.contains('"') => inside.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Vec<String>> {
        let format = format(text.as_bytes(), &mut Budget::default()).ok().filter(|format| *format != Format::Text)?;
        let document = read(text, format, &mut Budget::default()).ok()?;
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
        for separator in [",", "\t", ";"] {
            let text = "某局年报\n共收到12件。\n\"项目\",\"本年\n数量\"\n\"行政\"\"许可\"\"\",\"1,234\"\n行政处罚,12\n行政强制,\n收费,3.5\n完\n".replace(',', separator).replace("1\t234", "1,234").replace("1;234", "1,234");
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
    fn commas_within_numbers_part_no_fields() {
        let rows = "规章\t1,234\t5,678\n许可\t3\t1,000\n处罚\t2,345\t0\n强制\t1,111\t2,222\n收费\t7,890\t1\n完\t1\n";
        assert_eq!(format(rows.as_bytes(), &mut Budget::default()).ok(), Some(Format::Text));
        let fields = "规章,1,234\n许可,3,100\n处罚,2,345\n强制,1,111\n收费,7,890\n";
        assert_eq!(format(fields.as_bytes(), &mut Budget::default()).ok(), Some(Format::Csv));
    }

    #[test]
    fn prose_with_commas_is_not_a_table() {
        assert_eq!(
            said(&"2024 was a year, in which 1,234 were counted, as before.\nThe rest, too\n\n".repeat(9)),
            None
        );
        assert_eq!(said("规章,12"), None);
        assert_eq!(said(""), None);
    }
}
