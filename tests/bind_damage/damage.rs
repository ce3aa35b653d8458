//! Damage that offices do to the tables of a form.

use nianbao::form::Form;
use nianbao::sampler::Random;

use super::clerks;
use super::page::{Page, Piece, Table};

/// A damage.
pub(super) type Act = fn(&Form, &mut Page, &mut Random);

/// The damages, by name.
fn all() -> impl Iterator<Item = &'static (&'static str, Act)> {
    OWN.iter().chain(clerks::ALL)
}

const OWN: &[(&str, Act)] = &[
    ("own table", own_table),
    ("last year's", last_years),
    ("copy", copy),
    ("blank copy", blank_copy),
    ("swapped columns", swap_columns),
    ("header unknown", |_, page, random| rename(page, random, "自拟栏目")),
    ("header foreign", |_, page, random| rename(page, random, "对外公开总数量")),
    ("header of another table", |_, page, random| rename(page, random, "结果维持")),
    ("header blank", |_, page, random| rename(page, random, "")),
    ("extra column", extra_column),
    ("column away", column_away),
    ("header away", header_away),
    ("page split", |_, page, random| split(page, random, false)),
    ("page split with header", |_, page, random| split(page, random, true)),
    ("headings away", |_, page, _| page.pieces.retain(|piece| !matches!(piece, Piece::Heading(..)))),
    ("transposed", transposed),
    ("serial column", serial),
    ("spacer column", spacer),
    ("row shifted", row_shifted),
    ("labels merged", labels_merged),
    ("swapped rows", swap_rows),
    ("numbers of columns", numbers),
];

/// Applies a random damage and returns its name.
pub(super) fn damage(form: &Form, page: &mut Page, random: &mut Random) -> &'static str {
    // `BIND_DAMAGE_ONLY` names the only damage to apply.
    let only = std::env::var("BIND_DAMAGE_ONLY").ok();
    let named = |(name, _): &&(&str, Act)| only.as_ref().is_none_or(|only| only == name);
    let all: Vec<&(&str, Act)> = all().filter(named).collect();
    let (name, act) = all[below(random, all.len())];
    act(form, page, random);
    name
}

/// The damage with a name.
pub(super) fn named(name: &str) -> Act {
    all().find(|damage| damage.0 == name).expect("the name of a damage").1
}

pub(super) fn below(random: &mut Random, bound: usize) -> usize {
    random.below(bound.max(1) as u64) as usize
}

/// A random table of the page, wider ones more often; `None` if there is none with two columns of figures.
pub(super) fn some<'p>(page: &'p mut Page, random: &mut Random) -> Option<&'p mut Table> {
    let tables = page.tables();
    let at = *tables.get(below(random, tables.len()))?;
    match &mut page.pieces[at] {
        Piece::Table(table) => Some(table),
        _ => None,
    }
}

fn own_table(form: &Form, page: &mut Page, random: &mut Random) {
    let spec = &form.tables[below(random, form.tables.len())];
    let mut table = Table { head: 1, labels: 1, ..Table::default() };
    let mut rows: Vec<String> = spec
        .blocks
        .iter()
        .flat_map(|block| &block.leaf_rows)
        .filter_map(|row| row.label())
        .map(|label| label.text.clone())
        .collect();
    rows.truncate(2 + below(random, 4));
    if rows.is_empty() {
        return;
    }
    let wide = 1 + below(random, 3);
    let heads = ["事项", "受理数", "办结数", "数量"];
    let head: Vec<usize> = (0..=wide).map(|column| table.add(heads[column])).collect();
    table.cells.push(head);
    for (number, label) in rows.iter().enumerate() {
        let mut row = vec![table.add(label)];
        row.extend((0..wide).map(|column| table.add(&(90_000 + number * 10 + column).to_string())));
        table.cells.push(row);
    }
    let at = 2 + below(random, page.pieces.len() - 2);
    page.pieces.insert(at, Piece::Text("本单位有关业务数据如下表所示。".to_owned()));
    page.pieces.insert(at + 1, Piece::Table(table));
}

fn last_years(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(copy) = some(page, random).map(|table| table.with_other_figures()) else { return };
    page.pieces.push(Piece::Text("附：上年度有关数据".to_owned()));
    page.pieces.push(Piece::Table(copy));
}

fn copy(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &page.pieces[at] else { return };
    let copy = table.with_other_figures();
    page.pieces.insert(at + 1, Piece::Text("又一张。".to_owned()));
    page.pieces.insert(at + 2, Piece::Table(copy));
}

fn blank_copy(_: &Form, page: &mut Page, random: &mut Random) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &page.pieces[at] else { return };
    let mut copy = table.clone();
    for text in copy.texts.iter_mut().filter(|text| text.parse::<f64>().is_ok()) {
        text.clear();
    }
    page.pieces.insert(at, Piece::Text("填报样式如下。".to_owned()));
    page.pieces.insert(at, Piece::Table(copy));
}

pub(super) fn two_columns(table: &Table, random: &mut Random) -> Option<(usize, usize)> {
    let figures = table.width() - table.labels;
    if figures < 2 {
        return None;
    }
    let one = table.labels + below(random, figures);
    let other = table.labels + below(random, figures);
    (one != other).then_some((one, other))
}

fn swap_columns(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let Some((one, other)) = two_columns(table, random) else { return };
    if [one, one + 1, other, other + 1].into_iter().any(|at| table.has_merged(at)) {
        return;
    }
    table.cells.iter_mut().for_each(|row| row.swap(one, other));
}

fn rename(page: &mut Page, random: &mut Random, text: &str) {
    let Some(table) = some(page, random) else { return };
    if table.head == 0 {
        return;
    }
    let column = table.labels + below(random, table.width() - table.labels);
    let row = table.head.min(table.cells.len()) - 1;
    let cell = table.cells[row][column];
    text.clone_into(&mut table.texts[cell]);
}

fn extra_column(_: &Form, page: &mut Page, random: &mut Random) {
    let head = ["备注数", "", "上年数", "结果维持"][below(random, 4)];
    let Some(table) = some(page, random) else { return };
    let at = table.labels + below(random, table.width() - table.labels + 1);
    if table.has_merged(at) {
        return;
    }
    for row in 0..table.cells.len() {
        let text = if row < table.head { head.to_owned() } else { (80_000 + row).to_string() };
        let cell = table.add(&text);
        table.cells[row].insert(at, cell);
    }
}

fn column_away(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    if table.width() - table.labels < 2 {
        return;
    }
    let at = table.labels + below(random, table.width() - table.labels);
    if table.has_merged(at) || table.has_merged(at + 1) {
        return;
    }
    table.cells.iter_mut().for_each(|row| _ = row.remove(at));
}

fn header_away(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    if table.head < table.cells.len() {
        table.cells.drain(..table.head);
        table.head = 0;
    }
}

pub(super) fn split(page: &mut Page, random: &mut Random, again: bool) {
    let tables = page.tables();
    let at = tables[below(random, tables.len())];
    let Piece::Table(table) = &mut page.pieces[at] else { return };
    if table.cells.len() < table.head + 3 {
        return;
    }
    let row = table.head + 1 + below(random, table.cells.len() - table.head - 1);
    let mut rest = table.clone();
    rest.cells = table.cells.split_off(row);
    rest.head = 0;
    if again {
        rest.head = table.head;
        rest.cells.splice(0..0, table.cells[..table.head].to_vec());
    }
    page.pieces.insert(at + 1, Piece::Text("续表".to_owned()));
    page.pieces.insert(at + 2, Piece::Table(rest));
}

pub(super) fn transposed(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let cells = &table.cells;
    table.cells = (0..table.width()).map(|column| cells.iter().map(|row| row[column]).collect()).collect();
    (table.head, table.labels) = (table.labels, table.head);
}

pub(super) fn insert_column(table: &mut Table, at: usize, head: &str, text: impl Fn(usize) -> String) {
    for row in 0..table.cells.len() {
        let text = if row < table.head { head.to_owned() } else { text(row - table.head + 1) };
        let cell = table.add(&text);
        table.cells[row].insert(at, cell);
    }
}

fn serial(_: &Form, page: &mut Page, random: &mut Random) {
    let head = ["序号", "行次", ""][below(random, 3)];
    let front = random.once_in(2);
    let Some(table) = some(page, random) else { return };
    let at = if front { 0 } else { table.labels };
    insert_column(table, at, head, |row| row.to_string());
    table.labels += 1;
}

fn spacer(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let at = below(random, table.width() + 1);
    if !table.has_merged(at) {
        insert_column(table, at, "", |_| String::new());
    }
}

fn row_shifted(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    if table.cells.len() <= table.head {
        return;
    }
    let row = table.head + below(random, table.cells.len() - table.head);
    let blank = table.add("");
    let labels = table.labels;
    for (at, cells) in table.cells.iter_mut().enumerate() {
        if at == row {
            cells.insert(labels, blank);
        } else {
            let last = *cells.last().unwrap_or(&blank);
            cells.push(last);
        }
    }
}

fn labels_merged(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    if table.labels < 2 {
        return;
    }
    for row in 0..table.cells.len() {
        let mut parts: Vec<usize> = table.cells[row][..table.labels].to_vec();
        parts.dedup();
        let glued: String = parts.iter().map(|&part| table.texts[part].as_str()).collect();
        let cell = if row < table.head { table.cells[row][0] } else { table.add(&glued) };
        table.cells[row].splice(..table.labels, [cell]);
    }
    table.labels = 1;
}

fn swap_rows(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let rows = table.cells.len() - table.head.min(table.cells.len());
    if rows > 1 {
        let (one, other) = (table.head + below(random, rows), table.head + below(random, rows));
        table.cells.swap(one, other);
    }
}

fn numbers(_: &Form, page: &mut Page, random: &mut Random) {
    let Some(table) = some(page, random) else { return };
    let labels = table.labels;
    let word = table.add("栏次");
    let mut row = vec![word; labels];
    row.extend((labels..table.width()).map(|column| table.add(&(column - labels + 1).to_string())).collect::<Vec<_>>());
    let at = table.head.min(table.cells.len());
    table.cells.insert(at, row);
    table.head += 1;
}
