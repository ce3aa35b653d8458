//! Builds the label trees of headers and rows from the spans of their cells.

use super::tables::{GridRange, plain, unit_of};
use super::words::words;
use super::{Head, Table, TableBlock};
use crate::document::{Cell, Grid};
use crate::text::blank;

/// Maximum number of header rows.
const DEEPEST: u32 = 5;

/// Drafts a table of a template.
pub(super) fn table(part: &GridRange, number: usize, section: usize) -> Table {
    let grid = part.grid;
    let blocks = blocks(part);
    let labels = label_columns(grid, &blocks);
    let mut table = Table {
        id: format!("t{number}"),
        section,
        name: part
            .name
            .clone()
            .filter(|_| !part.own_name || blocks.len() == 1)
            .unwrap_or_else(|| format!("表{number}")),
        own_name: part.own_name,
        unit: part.unit.clone(),
        sheet: grid
            .place
            .part
            .as_deref()
            .filter(|_| grid.place.table.is_none() && grid.caption.is_some())
            .map(str::to_owned),
        label_columns: labels,
        ..Table::default()
    };
    let mut next = (1, 1);
    let only = blocks.len() == 1;
    for (number, lines) in blocks.into_iter().enumerate() {
        let own = part.name.clone().filter(|_| number == 0 && part.own_name && !only);
        let mut block = TableBlock {
            caption: lines.caption.clone().or(own),
            body: (lines.body, lines.to),
            ..TableBlock::default()
        };
        let corner = || grid.cell_at(lines.from, 0).map(|cell| plain(&cell.text));
        block.corner = (labels > 0).then(corner).flatten().unwrap_or_default();
        block.columns = columns(grid, (lines.from, lines.body), (labels, grid.columns()), &mut next.0);
        if only && let Some(blocks) = by_header(part, lines.body, (lines.from, grid)) {
            table.label_columns = 0;
            table.questions.push("各行视为不固定的数据行；如为固定行，请改写 rows。".to_owned());
            table.blocks = blocks;
            return table;
        }
        let open = only.then(|| open(part, lines.body, &mut block, labels)).flatten();
        if open.is_some() {
            block.open = open;
            table.label_columns = 0;
            table.questions.push("各行视为不固定的数据行；如为固定行，请改写 rows。".to_owned());
        } else if labels > 0 {
            block.rows = rows(grid, (lines.body, lines.to), (0, labels), &mut next.1);
            by_units(grid, &mut block);
            block.columns.iter_mut().for_each(|head| by_words(grid, (lines.body, lines.to), head));
        }
        table.blocks.push(block);
    }
    table
}

/// The blocks of a table whose header shows that its rows are data: two halves, or rows identified by codes.
fn by_header(part: &GridRange, body: u32, (from, grid): (u32, &Grid)) -> Option<Vec<TableBlock>> {
    let mut next = 1;
    let all = columns(grid, (from, body), (0, grid.columns()), &mut next);
    let halves = super::halves::split(part, body, &all).map(Vec::from);
    halves.or_else(|| super::halves::coded(part, body, &all).map(|block| vec![block]))
}

/// A range of grid rows under one header.
struct Lines {
    caption: Option<String>,
    /// First row of the header.
    from: u32,
    /// First row below it.
    body: u32,
    /// Row after the last.
    to: u32,
}

/// Splits a table at a spanning row that is followed by a row of labels only: a header of its own.
fn blocks(part: &GridRange) -> Vec<Lines> {
    let grid = part.grid;
    let across = |row: u32| {
        let cells: Vec<&Cell> = grid.row_cells(row).collect();
        let [only] = cells.as_slice() else { return None };
        (only.row == row && grid.columns() > 1).then(|| plain(&only.text)).filter(|text| !text.is_empty())
    };
    let header = |row: u32| {
        let cells: Vec<&Cell> = grid.row_cells(row).collect();
        cells.len() > 1 && cells.iter().all(|cell| cell.row == row && is_label(&cell.text))
    };
    let starts = (part.from + 1..part.to.saturating_sub(2)).filter(|&row| across(row).is_some() && header(row + 1));
    let starts: Vec<u32> = starts.collect();
    let first = Lines { caption: None, from: part.from, body: part.from + header_rows(part), to: part.to };
    let mut blocks = vec![first];
    for row in starts {
        if let Some(last) = blocks.last_mut() {
            last.to = row;
        }
        blocks.push(Lines { caption: across(row), from: row + 1, body: row + 2, to: part.to });
    }
    blocks
}

/// Assigns units to rows from a column of units. If other rows have a unit, a row without one is a heading.
fn by_units(grid: &Grid, block: &mut TableBlock) {
    let Some(at) = block.columns.iter().find(|head| head.role.as_deref() == Some("unit")).map(|head| head.at.0) else {
        return;
    };
    let unit = |row: u32| {
        let cell = grid.cell_at(row, at).filter(|cell| cell.column == at)?;
        Some(plain(&cell.text)).filter(|text| !text.is_empty() && text.chars().count() <= UNIT)
    };
    for_leaves(&mut block.rows, &mut |row: &mut Head| {
        row.unit = unit(row.at.0);
        if row.unit.is_none() {
            (row.heading, row.id) = (true, String::new());
        }
    });
}

/// Makes a column that names words, or whose cells are words, one of text.
fn by_words(grid: &Grid, (from, to): (u32, u32), head: &mut Head) {
    head.children.iter_mut().for_each(|child| by_words(grid, (from, to), child));
    if !head.children.is_empty() || head.role.is_some() || head.unit.is_some() {
        return;
    }
    let cells = (from..to).filter_map(|row| grid.cell_at(row, head.at.0)).filter(|cell| cell.column == head.at.0);
    let texts: Vec<&str> = cells.map(|cell| cell.text.trim_matches(blank)).filter(|text| !text.is_empty()).collect();
    let words_of = texts.iter().filter(|text| is_label(text)).count();
    if words().heads_words(&head.label) && (texts.is_empty() || words_of * 2 >= texts.len()) {
        head.kind = Some("text".to_owned());
    }
}

/// Maximum length of a unit, in characters.
const UNIT: usize = 4;

fn for_leaves(heads: &mut [Head], work: &mut dyn FnMut(&mut Head)) {
    for head in heads {
        if head.children.is_empty() && !head.heading {
            work(head);
        }
        for_leaves(&mut head.children, work);
    }
}

/// Boxes before the words of a choice, which make a cell a field.
const BOXES: [char; 3] = ['□', '☐', '☑'];

fn is_label(text: &str) -> bool {
    let text = text.trim_matches(blank);
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    letters > 0 && !text.contains(BOXES)
}

/// Number of leading rows in which all cells are labels, including cells that span down.
fn header_rows(part: &GridRange) -> u32 {
    let grid = part.grid;
    let mut rows = 1;
    // A cell of the first row that spans down is header as far as it spans, unless it is a group of row labels.
    for row in part.from..part.to.min(part.from + DEEPEST) {
        let cells: Vec<&Cell> = grid.row_cells(row).collect();
        let filled = cells.iter().filter(|cell| is_label(&cell.text)).count();
        let all = filled == cells.len() && filled > 1;
        // A row of labels whose right end is empty is the first row of the body.
        if row == part.from {
            let deepest = cells.iter().filter(|cell| cell.row == row).map(|cell| cell.row_span).min().unwrap_or(1);
            rows = deepest;
            continue;
        }
        if row < part.from + rows {
            continue;
        }
        // A group of the row above is divided in this row.
        let divided = |above: &Cell| {
            let inside =
                |cell: &&&Cell| cell.row == row && (above.column..above.column + above.col_span).contains(&cell.column);
            above.col_span > 1 && cells.iter().filter(inside).count() > 1
        };
        if all && grid.row_cells(row - 1).any(divided) {
            rows = row - part.from + 1;
        } else {
            break;
        }
    }
    rows.min(part.to - part.from)
}

/// Number of leading columns that hold labels in the bodies of all blocks; a column of units does not count.
fn label_columns(grid: &Grid, blocks: &[Lines]) -> u32 {
    let mut labels = 0;
    let first = blocks.first().map_or(0, |block| block.from);
    for column in 0..grid.columns().saturating_sub(1) {
        let cell = grid.cell_at(first, column);
        let head = cell.map(|cell| plain(&cell.text)).unwrap_or_default();
        let names_words = cell.is_some_and(|cell| cell.column == column) && words().heads_words(&head);
        let rows = blocks.iter().flat_map(|block| block.body..block.to);
        // A row with one spanning cell is a heading over its rows.
        let cells: Vec<&Cell> = rows
            .filter_map(|row| grid.cell_at(row, column))
            .filter(|cell| cell.col_span < grid.columns() || grid.columns() == 1)
            .collect();
        let labelled = cells.iter().filter(|cell| is_label(&cell.text)).count();
        let names_no_rows = names_words || words().heads_units(&head);
        if cells.is_empty() || labelled * 2 < cells.len().max(1) || (labels > 0 && names_no_rows) {
            break;
        }
        labels = column + 1;
    }
    labels
}

/// The heads of a header, from a range of columns.
fn columns(grid: &Grid, (top, bottom): (u32, u32), (from, to): (u32, u32), next: &mut u32) -> Vec<Head> {
    let mut heads = Vec::new();
    let mut column = from;
    while column < to {
        let Some(cell) = grid.cell_at(top, column) else {
            column += 1;
            continue;
        };
        let end = (cell.column + cell.col_span).min(to);
        let below = cell.row + cell.row_span;
        let mut head = head(&cell.text, (column, end));
        if below < bottom && (end - column > 1 || !same_below(grid, below, column, cell)) {
            head.children = columns(grid, (below, bottom), (column, end), next);
        }
        if head.children.is_empty() {
            if words().heads_numbers(&plain(&head.label)) {
                head.role = Some("ignore".to_owned());
            } else if words().heads_units(&head.label) {
                head.role = Some("unit".to_owned());
            } else {
                head.id = format!("c{next}");
                *next += 1;
            }
        }
        if !head.label.is_empty() || !head.children.is_empty() {
            heads.push(head);
        }
        column = end.max(column + 1);
    }
    heads
}

fn same_below(grid: &Grid, row: u32, column: u32, cell: &Cell) -> bool {
    grid.cell_at(row, column).is_none_or(|below| below.text.trim_matches(blank).is_empty() || std::ptr::eq(below, cell))
}

/// The heads of the row labels, from a range of rows.
fn rows(grid: &Grid, (from, to): (u32, u32), (column, labels): (u32, u32), next: &mut u32) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    let mut row = from;
    while row < to {
        let Some(cell) = grid.cell_at(row, column) else {
            row += 1;
            continue;
        };
        let end = (cell.row + cell.row_span).min(to).max(row + 1);
        if is_lettered(grid, row) {
            row = end;
            continue;
        }
        let mut head = head(&cell.text, (row, end));
        let wide = cell.column + cell.col_span;
        if wide >= grid.columns() && grid.columns() > 1 {
            // A row with one spanning cell.
            head.heading = true;
            if !head.label.is_empty() {
                heads.push(head);
            }
            row = end;
            continue;
        }
        if end - row > 1 && wide < labels {
            head.children = rows(grid, (row, end), (wide, labels), next);
        } else if wide < labels {
            // A group of one row: its own label is beside the group's.
            let inner = rows(grid, (row, row + 1), (wide, labels), next);
            if inner.iter().any(|inner| !inner.label.is_empty() && inner.label != head.label) {
                head.children = inner;
            }
        }
        if head.children.is_empty() {
            head.id = format!("r{next}");
            *next += 1;
        }
        if !head.label.is_empty() {
            heads.push(head);
        }
        row = end;
    }
    heads
}

fn head(text: &str, at: (u32, u32)) -> Head {
    let label = plain(text);
    let unit = unit_of(&label).or_else(|| bracketed(&label));
    Head { label, unit, at, ..Head::default() }
}

/// The unit in brackets at the end of a label: `罚没金额（万元）`.
fn bracketed(label: &str) -> Option<String> {
    let inside = label.strip_suffix(['）', ')'])?;
    let at = inside.rfind(['（', '('])?;
    let words = inside[at..].trim_start_matches(['（', '(']);
    super::words::words().is_unit(words).then(|| words.to_owned())
}

/// Detects rows that are data: a row of dots, an empty numbered row, or label cells that are all blank. Returns the key and the label of
/// the total row.
fn open(part: &GridRange, body: u32, block: &mut TableBlock, labels: u32) -> Option<(String, Option<String>)> {
    let grid = part.grid;
    // An unmade choice counts as blank.
    let filled = |cell: &&Cell| !cell.text.contains(BOXES);
    let text = |row: u32, column: u32| {
        grid.cell_at(row, column).filter(filled).map(|cell| plain(&cell.text)).unwrap_or_default()
    };
    let dots = |text: &str| !text.is_empty() && text.chars().all(|character| "….·⋯。".contains(character));
    let rows: Vec<u32> = (body..part.to).collect();
    let dotted = rows.iter().any(|&row| (0..grid.columns().min(3)).any(|column| dots(&text(row, column))));
    let numbered = rows.iter().filter(|&&row| {
        let first = text(row, 0);
        !first.is_empty()
            && first.chars().all(|digit| digit.is_ascii_digit())
            && (1..grid.columns()).all(|column| text(row, column).is_empty())
    });
    let numbered = numbered.count() >= 1;
    let blank_rows = rows.iter().filter(|&&row| (0..grid.columns()).all(|column| text(row, column).is_empty())).count();
    let all_blank = labels == 0 && rows.len() >= 2 && blank_rows >= 1 && blank_rows + 1 >= rows.len();
    if !(dotted || numbered || all_blank || only_total(part, body) || listed(part, body)) {
        return None;
    }
    // The label columns are columns of the table; the first of them with text is the key.
    let mut next = 1;
    block.columns = columns(grid, (part.from, body), (0, grid.columns()), &mut next);
    block.corner = String::new();
    let total = rows
        .iter()
        .flat_map(|&row| (0..grid.columns()).map(move |column| text(row, column)))
        .find(|text| words().is_total_row(text));
    let numbers = block.columns.iter().any(|head| head.role.as_deref() == Some("ignore"));
    let mut leaves: Vec<&mut Head> = Vec::new();
    collect(&mut block.columns, &mut leaves);
    let numbered = numbers || leaves.first().is_some_and(|leaf| leaf.unit.is_some());
    let Some(key) = leaves
        .iter()
        .position(|leaf| words().heads_keys(&leaf.label))
        .or((!numbered && !leaves.is_empty()).then_some(0))
    else {
        // Only figures: rows are identified by their number.
        return Some(("number".to_owned(), total));
    };
    let code = words().listed_kind(&leaves[key].label).filter(|kind| *kind == "code");
    for leaf in leaves.iter_mut().filter(|leaf| leaf.kind.is_none() && leaf.unit.is_none() && leaf.role.is_none()) {
        match words().choice(&leaf.label) {
            Some(of) => leaf.of = of.to_vec(),
            None => leaf.kind = words().listed_kind(&leaf.label).map(str::to_owned),
        }
    }
    leaves[key].of.clear();
    leaves[key].kind = Some(code.unwrap_or("text").to_owned());
    let key = leaves[key].id.clone();
    Some((key, total))
}

/// Whether a row below a header letters or numbers the columns: 甲, 乙, 1, 2.
fn is_lettered(grid: &Grid, row: u32) -> bool {
    let row = texts(grid, row);
    let letters = row.iter().take_while(|(_, text)| text.chars().all(|sign| "甲乙丙丁戊己庚".contains(sign))).count();
    let numbers = row.iter().skip(letters).zip(1..).all(|((_, text), number)| text.parse() == Ok(number));
    letters > 0 && row.len() == grid.columns() as usize && numbers
}

/// The texts of a row's own cells, with the column of each.
fn texts(grid: &Grid, row: u32) -> Vec<(u32, String)> {
    let own = grid.row_cells(row).filter(|cell| cell.row == row);
    own.map(|cell| (cell.column, plain(&cell.text))).filter(|(_, text)| !text.is_empty()).collect()
}

/// Whether a row is the total: its first text is the label of one.
fn is_total(row: &[(u32, String)]) -> bool {
    row.first().is_some_and(|(_, text)| words().is_total_row(text))
}

/// Whether the rows are blank but for the total, which is then a row below rows that are data: beside it there are blank rows, or the
/// first column numbers the rows.
fn only_total(part: &GridRange, body: u32) -> bool {
    let rows: Vec<_> = (body..part.to).map(|row| texts(part.grid, row)).collect();
    let numbers = part.grid.cell_at(part.from, 0).is_some_and(|cell| words().heads_numbers(&plain(&cell.text)));
    let blank = rows.iter().filter(|row| row.is_empty()).count();
    let totals = rows.iter().filter(|row| row.len() == 1 && is_total(row)).count();
    totals == 1 && totals + blank == rows.len() && (numbers || blank > 0)
}

/// Whether the rows are filled in, with numbers from 1 in a column of numbers before a column that identifies rows.
fn listed(part: &GridRange, body: u32) -> bool {
    let grid = part.grid;
    let head = |column: u32| (part.from..body).find_map(|row| grid.cell_at(row, column)).map(|cell| plain(&cell.text));
    let key = |label: &String| words().heads_keys(label);
    if !head(0).is_some_and(|label| words().heads_numbers(&label)) || !head(1).as_ref().is_some_and(key) {
        return false;
    }
    // Below the rows there may be notes, and the total.
    let rows = (body..part.to).map(|row| texts(grid, row)).filter(|row| row.len() > 1 && !is_total(row));
    let mut count = 0;
    rows.into_iter().all(|row| {
        count += 1;
        matches!(row.as_slice(), [(0, number), (1, _), ..] if number.parse() == Ok(count))
    }) && count > 0
}

fn collect<'h>(heads: &'h mut [Head], leaves: &mut Vec<&'h mut Head>) {
    for head in heads {
        if head.children.is_empty() {
            if head.role.is_none() {
                leaves.push(head);
            }
        } else {
            collect(&mut head.children, leaves);
        }
    }
}
