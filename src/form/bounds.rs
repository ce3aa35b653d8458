//! Bounds on the tables of a mapping file: a table larger than any printed form would exhaust memory when its blank is built, and a block
//! without columns has no header to lay out.

use toml::Spanned;

use super::Mistake;
use super::openrows::RowsSource;
use super::source::TableSource;

/// Maximum number of grid columns of a table. The widest form seen has 40; a sheet of Excel 97-2003 has 256.
const COLUMNS: u64 = 1_000;

/// Maximum number of empty rows of a blank form; a report with more rows continues on further sheets.
const BLANK_ROWS: u64 = 10_000;

/// The bounds that a table exceeds.
pub(super) fn mistakes(table: &TableSource) -> Vec<Mistake> {
    let span = table.id.span();
    let mut mistakes = Vec::new();
    let labels = u64::from(table.label_columns.unwrap_or(0));
    let mut across = labels;
    for block in &table.block {
        let wide: u64 = block.spans.iter().map(|&span| u64::from(span)).sum();
        let own = wide.max(block.columns.len() as u64);
        across = if block.beside { across + own } else { labels + own };
        if across > COLUMNS {
            let span = block.columns.first().map_or_else(|| span.clone(), Spanned::span);
            mistakes.push(Mistake::new(
                span,
                format!("一张表最多{COLUMNS}列，这里有{across}列。"),
                format!("a table has {COLUMNS} grid columns at most; here are {across}"),
            ));
        }
        if block.columns.is_empty() {
            let en = "a block needs a column at least";
            mistakes.push(Mistake::new(span.clone(), "一块至少要有一栏。", en));
        }
        if let RowsSource::Open(open) = &block.rows
            && let Some(rows) = open.blank.map(u64::from).filter(|rows| *rows > BLANK_ROWS)
        {
            mistakes.push(Mistake::new(
                open.each.span(),
                format!("空白表最多留{BLANK_ROWS}行，这里是{rows}行。"),
                format!("a blank form has {BLANK_ROWS} empty rows at most; here are {rows}"),
            ));
        }
    }
    mistakes
}
