//! Damage by clerks beyond [`super::damage`]: figures of several offices, of two years, own rows and columns, merged cells.

use nianbao::form::Form;
use nianbao::sampler::Random;

use super::damage::{Act, below, insert_column, some, split, transposed, two_columns};
use super::page::{Page, Piece, Table};

/// The damages, by name.
pub(super) const ALL: &[(&str, Act)] = &[
    ("turned and split", |form, page, random| {
        transposed(form, page, random);
        let again = random.once_in(2);
        split(page, random, again);
    }),
    ("last column first", last_column_first),
    ("header repeated inside", header_repeated),
    ("last year's before", last_years_before),
    ("second report", second_report),
    ("excerpt before", excerpt_before),
    ("unit line", unit_line),
    ("row away", row_away),
    ("row twice", row_twice),
    ("figures merged across", figures_merged_across),
    ("figures merged down", figures_merged_down),
    ("words for figures", words_for_figures),
    ("figures with notes", figures_with_notes),
    ("table as text", table_as_text),
    ("header shortened", header_shortened),
    ("own sum row", own_sum_row),
    ("own row", own_row),
    ("this year and last", this_year_and_last),
    ("share columns", share_columns),
    ("two offices", two_offices),
    ("offices as rows", offices_as_rows),
    ("labels on both sides", labels_on_both_sides),
    ("halves", halves),
    ("side by side", side_by_side),
    ("captions away", captions_away),
    ("own words row", own_words_row),
];

/// Damages after which a person reads the figures without difficulty.
pub(super) const READ_AT_ONCE: &[&str] = &[
    "last column first",
    "header repeated inside",
    "last year's before",
    "second report",
    "excerpt before",
    "unit line",
    "table as text",
    "this year and last",
    "share columns",
    "labels on both sides",
    "halves",
    "side by side",
    "captions away",
    "own words row",
];

/// The rows of figures of a table.
fn rows(table: &Table) -> std::ops::Range<usize> {
    table.head.min(table.cells.len())..table.cells.len()
}

/// A random row of figures.
fn some_row(table: &Table, random: &mut Random) -> Option<usize> {
    let rows = rows(table);
    (!rows.is_empty()).then(|| rows.start + below(random, rows.len()))
}

/// Replaces each figure of a table by the text that `make` returns; the tables share no cells.
fn with_figures(table: &Table, make: impl Fn(f64) -> String) -> Table {
    let mut other = table.clone();
    for text in &mut other.texts {
        if let Ok(number) = text.parse::<f64>() {
            *text = make(number);
        }
    }
    other
}

fn last_column_first(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    // A table without a header continues another, so its order is kept; a figure merged over the last columns would be in two places.
    let merged = |row: &Vec<usize>| row.len() > 1 && row[row.len() - 1] == row[row.len() - 2];
    if table.head == 0 || table.cells[rows(table)].iter().any(merged) {
        return;
    }
    let labels = table.labels;
    for row in &mut table.cells {
        if let Some(last) = row.pop() {
            row.insert(labels.min(row.len()), last);
        }
    }
}

fn header_repeated(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random) else { return };
    // New cells, because the original ones are merged with nothing here.
    let mut copies = std::collections::BTreeMap::new();
    let heads = table.cells[..table.head].to_vec();
    for (number, head) in heads.iter().enumerate() {
        let cells =
            head.iter().map(|&cell| *copies.entry(cell).or_insert_with(|| table.add(&table.texts[cell].clone())));
        let cells: Vec<usize> = cells.collect();
        table.cells.insert(row + number, cells);
    }
}

fn last_years_before(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &page.pieces[at] else { return };
    let copy = table.with_other_figures();
    let (one, other) =
        [("上年度有关数据：", "本年度有关数据："), ("2023年情况", "2024年情况"), ("（一）2023年", "（二）2024年")]
            [below(random, 3)];
    page.pieces.insert(at, Piece::Text(other.to_owned()));
    page.pieces.insert(at, Piece::Table(copy));
    page.pieces.insert(at, Piece::Text(one.to_owned()));
}

/// A whole report of another agency below, with a title or only with a line that names the agency.
fn second_report(form: &Form, page: &mut Page, random: &mut Random) {
    let figures: Vec<String> = (0..form.fields.len()).map(|index| (40_000 + index).to_string()).collect();
    let mut second = Page::official(form, &figures).pieces;
    second[0] = match below(random, 3) {
        0 => Piece::Text("填报单位：黑石区水务局".to_owned()),
        1 => Piece::Text(form.title.for_report("黑石区水务局", 2024)),
        _ => Piece::Text(form.title.for_report("白渚市民政局", 2023)),
    };
    page.pieces.extend(second);
}

/// Some rows of a table with other figures under a header of their own, in the first section.
fn excerpt_before(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let mut copy = table.with_other_figures();
    copy.cells.truncate(copy.head + 1 + below(random, 4));
    page.pieces.insert(2, Piece::Text("有关情况见下表。".to_owned()));
    page.pieces.insert(3, Piece::Table(copy));
}

fn unit_line(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let line = ["单位：件", "（单位：件、万元）", "单位：件/万元", "计量单位：件"][below(random, 4)];
    page.pieces.insert(at, Piece::Text(line.to_owned()));
}

fn row_away(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random).filter(|_| rows(table).len() > 1) else { return };
    // Of a row that stands twice, the one with the report's figures would be away.
    let label = |row: usize| table.labels.checked_sub(1).map(|label| table.cells[row][label]);
    let twice = |other: usize| other != row && label(other) == label(row);
    // A figure that is merged over two rows would be left in the other.
    let cells = &table.cells;
    let inside = |at: usize| {
        table.is_figure(cells[row][at])
            && (row > 0 && cells[row - 1][at] == cells[row][at]
                || cells.get(row + 1).is_some_and(|below| below[at] == cells[row][at]))
    };
    if !rows(table).any(twice) && !(0..cells[row].len()).any(inside) {
        table.cells.remove(row);
    }
}

/// A row repeated with other figures, below it or at the end.
fn row_twice(_: &Form, page: &mut Page, random: &mut Random) {
    let end = random.once_in(2);
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random) else { return };
    let mut again = table.cells[row].clone();
    for cell in &mut again {
        let text = table.texts[*cell].parse::<i64>().map(|number| (number + 60_000).to_string());
        if let Ok(text) = text {
            *cell = table.add(&text);
        }
    }
    table.cells.insert(if end { table.cells.len() } else { row + 1 }, again);
}

/// Two adjacent figures of a row in one cell.
fn figures_merged_across(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random) else { return };
    let Some((one, _)) = two_columns(table, random) else { return };
    if one + 1 < table.width() {
        table.cells[row][one + 1] = table.cells[row][one];
    }
}

/// The figures of two adjacent rows in one cell.
fn figures_merged_down(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random).filter(|row| row + 1 < table.cells.len()) else { return };
    let column = table.labels + below(random, table.width() - table.labels);
    table.cells[row + 1][column] = table.cells[row][column];
}

fn words_for_figures(_: &Form, page: &mut Page, random: &mut Random) {
    let words = ["见附件", "无", "/", "详见说明", "—", "不适用", ""][below(random, 7)];
    let Some(table) = some(page, random) else { return };
    for _ in 0..=below(random, 4) {
        let Some(row) = some_row(table, random) else { return };
        let column = table.labels + below(random, table.width() - table.labels);
        if table.has_merged(column) || table.has_merged(column + 1) {
            continue;
        }
        table.cells[row][column] = table.add(words);
    }
}

fn figures_with_notes(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(row) = some_row(table, random) else { return };
    let column = table.labels + below(random, table.width() - table.labels);
    let cell = table.cells[row][column];
    if table.is_figure(cell) && !table.has_merged(column) && !table.has_merged(column + 1) {
        let text = &table.texts[cell];
        let noted = [
            format!("{text}（含转办3件）"),
            format!("{text}件"),
            format!("约{text}"),
            format!("{text}（其中网上9件）"),
            format!("{text}+1"),
        ];
        let noted = noted[below(random, noted.len())].clone();
        table.cells[row][column] = table.add(&noted);
    }
}

/// A table as lines of text: cells separated by tabs, bars or blanks.
fn table_as_text(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &page.pieces[at] else { return };
    let between = ["\t", "|", "  ", " "][below(random, 4)];
    let mut lines = Vec::new();
    for row in table.spans() {
        let cells = row.iter().filter(|cell| cell.2 > 0).map(|cell| table.texts[cell.0].as_str());
        lines.push(Piece::Text(cells.collect::<Vec<_>>().join(between)));
    }
    page.pieces.splice(at..=at, lines);
}

/// Some headers without their first or last characters, as offices abbreviate them.
fn header_shortened(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    for _ in 0..=below(random, 2) {
        let Some(row) = table.head.checked_sub(1).filter(|row| *row < table.cells.len()) else { return };
        let cell = table.cells[row][table.labels + below(random, table.width() - table.labels)];
        let text: Vec<char> = table.texts[cell].chars().collect();
        let keep = (1 + below(random, text.len().max(2) - 1)).min(text.len());
        let short = if random.once_in(2) { &text[..keep] } else { &text[text.len() - keep..] };
        table.texts[cell] = short.iter().collect();
    }
}

fn insert_row(table: &mut Table, at: usize, label: &str, text: impl Fn(usize) -> String) {
    let word = table.add(label);
    let mut row = vec![word; table.labels];
    for column in table.labels..table.width() {
        row.push(table.add(&text(column)));
    }
    table.cells.insert(at, row);
}

fn own_sum_row(_: &Form, page: &mut Page, random: &mut Random) {
    let label = ["合计", "小计", "总计", "共计"][below(random, 4)];
    let Some(table) = some(page, random) else { return };
    let Some(at) = some_row(table, random) else { return };
    let sums: Vec<f64> = (0..table.width())
        .map(|column| {
            table.cells[table.head..at].iter().filter_map(|row| table.texts[row[column]].parse::<f64>().ok()).sum()
        })
        .collect();
    insert_row(table, at, label, |column| sums[column].to_string());
}

fn own_row(_: &Form, page: &mut Page, random: &mut Random) {
    let label = ["其中：网上", "其他", "（七）其他", "其中：本级", ""][below(random, 5)];
    let Some(table) = some(page, random) else { return };
    let Some(at) = some_row(table, random) else { return };
    insert_row(table, at, label, |column| (85_000 + column).to_string());
}

/// Each column of figures twice, with a row of years below its header.
fn this_year_and_last(_: &Form, page: &mut Page, random: &mut Random) {
    let (this, last) = [("本年", "上年"), ("2024年", "2023年"), ("本年数", "上年同期")][below(random, 3)];
    let first = random.once_in(2);
    doubled(page, random, |_, number| (number + 3000.0).to_string(), (this, last, first));
}

/// Each column of figures followed by its share.
fn share_columns(_: &Form, page: &mut Page, random: &mut Random) {
    let make = |_: &Table, number: f64| format!("{:.0}%", number % 100.0);
    doubled(page, random, make, ("数量", "占比", true));
}

fn doubled(
    page: &mut Page,
    random: &mut Random,
    make: impl Fn(&Table, f64) -> String,
    (this, other, first): (&str, &str, bool),
) {
    let Some(table) = some(page, random) else { return };
    // A figure that spans two columns would become two; those of table two span all of its columns.
    let over_two = |row: &Vec<usize>| row[table.labels..].windows(2).any(|pair| pair[0] == pair[1]);
    let merged = table.labels != 1 && table.cells[rows(table)].iter().any(over_two);
    if table.head == 0 || merged {
        return;
    }
    let head = table.head;
    let heads = (table.add(this), table.add(other));
    let mut years: Vec<usize> = table.cells[head - 1][..table.labels].to_vec();
    for at in 0..table.cells.len() {
        let figures = table.cells[at].split_off(table.labels);
        let mut wide = std::mem::take(&mut table.cells[at]);
        for cell in figures {
            let number = table.texts[cell].parse::<f64>();
            let beside = match number {
                Ok(number) if at >= head => {
                    let text = make(table, number);
                    table.add(&text)
                }
                _ => cell,
            };
            wide.extend(if first { [cell, beside] } else { [beside, cell] });
        }
        table.cells[at] = wide;
    }
    while years.len() < table.width() {
        let (this, other) = (table.add(&table.texts[heads.0].clone()), table.add(&table.texts[heads.1].clone()));
        years.extend(if first { [this, other] } else { [other, this] });
    }
    table.cells.insert(head, years);
    table.head += 1;
}

/// The figures of two offices of the agency, each under a group; the report's own are their sums.
fn two_offices(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let labels = table.labels;
    let parts = (with_figures(table, |number| (number + 11.0).to_string()), with_figures(table, |_| "11".to_owned()));
    let mut wide = parts.0.clone();
    for (row, other) in wide.cells.iter_mut().zip(&parts.1.cells) {
        for &cell in &other[labels..] {
            wide.texts.push(parts.1.texts[cell].clone());
            row.push(wide.texts.len() - 1);
        }
    }
    // Merged headers stay merged: equal texts beside each other are one cell.
    for row in &mut wide.cells[..table.head] {
        for at in 1..row.len() {
            if wide.texts[row[at]] == wide.texts[row[at - 1]] && at != table.width() {
                row[at] = row[at - 1];
            }
        }
    }
    let offices = (wide.add("办公室"), wide.add("信访科"));
    let width = table.width() - labels;
    let corner = wide.add("");
    let mut top = vec![corner; labels];
    top.extend(std::iter::repeat_n(offices.0, width).chain(std::iter::repeat_n(offices.1, width)));
    wide.cells.insert(0, top);
    wide.head += 1;
    *table = wide;
}

/// Below or above each row of figures, the figures of two offices in rows without labels.
fn offices_as_rows(_: &Form, page: &mut Page, random: &mut Random) {
    let above = random.once_in(2);
    let Some(at) =
        page.tables().into_iter().find(|&at| matches!(&page.pieces[at], Piece::Table(table) if table.labels == 0))
    else {
        return;
    };
    let Piece::Table(table) = &mut page.pieces[at] else { return };
    let labelled = random.once_in(2);
    let head = table.head;
    if labelled {
        insert_column(table, 0, "科室", |_| "合计".to_owned());
        table.labels = 1;
    }
    for (number, office) in ["办公室", "信访科"].iter().enumerate() {
        let at = if above { head.min(table.cells.len()) } else { table.cells.len() };
        insert_row(table, at, office, |column| (500 + number * 100 + column).to_string());
    }
}

fn labels_on_both_sides(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some(label) = table.labels.checked_sub(1) else { return };
    for row in 0..table.cells.len() {
        let text = table.texts[table.cells[row][label]].clone();
        let cell = table.add(&text);
        table.cells[row].push(cell);
    }
}

/// A wide table split into two below each other, with its labels in both.
fn halves(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &mut page.pieces[at] else { return };
    let figures = table.width() - table.labels;
    if figures < 2 {
        return;
    }
    let cut = table.labels + 1 + below(random, figures - 1);
    if table.has_merged(cut) {
        return;
    }
    let mut right = table.clone();
    right.cells.iter_mut().for_each(|row| _ = row.drain(table.labels..cut));
    table.cells.iter_mut().for_each(|row| row.truncate(cut));
    page.pieces.insert(at + 1, Piece::Text("（续）".to_owned()));
    page.pieces.insert(at + 2, Piece::Table(right));
}

/// Two tables of the page in one grid, side by side.
fn side_by_side(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    if tables.len() < 2 {
        return;
    }
    let first = below(random, tables.len() - 1);
    let (one, other) = (tables[first], tables[first + 1]);
    let Piece::Table(right) = page.pieces[other].clone() else { return };
    let Piece::Table(left) = &mut page.pieces[one] else { return };
    let (wide, narrow) = (left.width(), right.width());
    for row in 0..left.cells.len().max(right.cells.len()) {
        if row == left.cells.len() {
            let blank = (0..wide).map(|_| left.add("")).collect();
            left.cells.push(blank);
        }
        let blank = left.add("");
        left.cells[row].push(blank);
        for column in 0..narrow {
            let text = right.cells.get(row).map(|cells| cells[column]);
            // The same number for the same cell keeps it merged.
            let cell = text.map(|cell| cell + 100_000);
            left.cells[row].push(cell.unwrap_or(usize::MAX));
        }
    }
    let base = left.texts.len();
    left.texts.extend(right.texts.iter().cloned());
    for row in 0..left.cells.len() {
        for column in 0..left.cells[row].len() {
            let cell = left.cells[row][column];
            if cell == usize::MAX {
                left.cells[row][column] = left.add("");
            } else if cell >= 100_000 {
                left.cells[row][column] = cell - 100_000 + base;
            }
        }
    }
    page.pieces.remove(other);
}

/// Removes the rows with one cell over the whole width: captions of the blocks of a table.
fn captions_away(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let single = |row: &Vec<usize>| row.len() > 1 && row.iter().all(|cell| *cell == row[0]);
    table.cells.retain(|row| !single(row));
    table.head = table.head.min(table.cells.len());
}

/// Adds a row of words over the whole width between the rows.
fn own_words_row(_: &Form, page: &mut Page, random: &mut Random) {
    let words = ["以下由业务科室填写", "", "注：以上数据截至12月31日", "单位：件"][below(random, 4)];
    let Some(table) = some(page, random) else { return };
    let Some(at) = some_row(table, random) else { return };
    let cell = table.add(words);
    table.cells.insert(at, vec![cell; table.width()]);
}
