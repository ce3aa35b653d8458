//! Reads the sheet of fields: rows and columns of each block in the order of their first occurrence.

use indexmap::IndexMap;

use super::cells::{Book, ZoneRow};
use super::error::{BookCause, BookMistake, BookPlace};
use super::heads::{CHOICE, EACH_ROW, FIELD, KINDS, NONE, ROLES, Role, YES, joined, parted};
use super::tree::{Leaf, settled};
use super::walk::Words;
use crate::form::FieldKind;

/// Key of a block: id of its table, and index.
pub(super) type Key = (String, u32);

/// Rows and columns of a block.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) rows: Vec<Leaf>,
    pub(super) columns: Vec<Leaf>,
    /// Whether its rows are data.
    pub(super) open: bool,
}

/// A field that is part of sums, with the names of their totals.
#[derive(Debug, Clone)]
pub(super) struct Into {
    pub(super) table: String,
    /// Id without the table's.
    pub(super) id: String,
    pub(super) totals: Vec<String>,
    pub(super) at: BookPlace,
}

/// Content of the sheet of fields.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) blocks: IndexMap<Key, Block>,
    pub(super) sums: Vec<Into>,
}

/// Kind, unit and choice of a field as written.
#[derive(Debug, Clone)]
struct FieldProperties {
    kind: FieldKind,
    unit: Option<String>,
    choice: Option<Words>,
    at: BookPlace,
}

/// Default kind and unit of the fields of each table.
pub(super) type Defaults = IndexMap<String, (FieldKind, String)>;

#[derive(Debug, Default)]
struct BlockDraft {
    rows: Vec<Leaf>,
    columns: Vec<Leaf>,
    fields: IndexMap<(usize, usize), FieldProperties>,
}

/// The word lists of the sheet of choices.
pub(super) fn choices(book: &Book) -> IndexMap<String, Words> {
    let mut choices: IndexMap<String, Words> = IndexMap::new();
    for row in book.rows(CHOICE) {
        let words = choices.entry(row.get(CHOICE.columns[0]).to_owned()).or_insert_with(|| Words {
            of: Vec::new(),
            marks: None,
            several: false,
        });
        words.of.push(row.get("选项").to_owned());
        words.several |= row.get("可多选") == YES;
        let marks = row.get("标记");
        if !marks.is_empty() {
            words.marks = Some(marks.to_owned());
        }
    }
    choices
}

/// Reads the sheet; `defaults` contains the tables.
pub(super) fn fields(book: &Book, defaults: &Defaults, wrong: &mut Vec<BookMistake>) -> Fields {
    let choices = choices(book);
    let mut found: IndexMap<Key, BlockDraft> = IndexMap::new();
    let mut sums = Vec::new();
    for row in book.rows(FIELD) {
        let table = row.get("表").to_owned();
        let Some((kind, unit)) = defaults.get(&table) else {
            let known = defaults.keys().cloned().collect();
            wrong.push(row.at("表").mistake(BookCause::NoTable { table, known }));
            continue;
        };
        let block = match row.get("块") {
            "" => Ok(1),
            number => number.parse::<u32>(),
        };
        let Ok(block) = block else {
            wrong.push(row.at("块").mistake(BookCause::NotABlock));
            continue;
        };
        let block = found.entry((table.clone(), block)).or_default();
        match block.line(row, (*kind, unit), &choices) {
            Ok(()) => {}
            Err(mistake) => wrong.push(mistake),
        }
        let totals = row.lines("计入");
        if !totals.is_empty() {
            let ids = [row.get("行编号"), row.get("栏编号")].into_iter().filter(|id| !id.is_empty());
            let id = ids.collect::<Vec<_>>().join(".");
            sums.push(Into { table, id, totals, at: row.at("计入") });
        }
    }
    let mut blocks = IndexMap::new();
    for (key, found) in found {
        if let Some(block) = found.settle(defaults.get(&key.0), wrong) {
            blocks.insert(key, block);
        }
    }
    Fields { blocks, sums }
}

impl BlockDraft {
    /// Reads a line of the sheet: a field, or a row or column without fields.
    fn line(
        &mut self,
        row: &ZoneRow,
        (kind, unit): (FieldKind, &str),
        choices: &IndexMap<String, Words>,
    ) -> Result<(), BookMistake> {
        let word = row.get("类型");
        let labels = (parted(row.get("行")), parted(row.get("栏")));
        let leaf = |path: Vec<String>, id: &str, role| Leaf {
            path,
            id: id.to_owned(),
            role,
            kind: None,
            unit: None,
            choice: None,
            at: row.row(),
        };
        if let Some((_, role)) = ROLES.iter().find(|(known, _)| *known == word) {
            let (heads, path) = if labels.0.is_empty() && *role != Role::Heading {
                (&mut self.columns, labels.1)
            } else {
                (&mut self.rows, labels.0)
            };
            if path.is_empty() && *role == Role::Heading {
                return Err(row.at("行").mistake(BookCause::HeadingBlank));
            }
            heads.push(leaf(path, "", Some(*role)));
            return Ok(());
        }
        let kind = match word {
            "" => kind,
            word => known_kind(row, word)?,
        };
        let choice = match row.get("选项") {
            "" => None,
            id => {
                let missing = || row.at("选项").mistake(BookCause::NoChoices(id.to_owned()));
                Some(choices.get(id).cloned().ok_or_else(missing)?)
            }
        };
        if kind == FieldKind::Choice && choice.is_none() {
            return Err(row.at("选项").mistake(BookCause::ChoicesBlank));
        }
        let unit = match row.get("计量单位") {
            _ if !kind.is_figure() => None,
            "" => Some(unit.to_owned()),
            NONE => Some(String::new()),
            unit => Some(unit.to_owned()),
        };
        let at = (
            place(&mut self.rows, leaf(labels.0, row.get("行编号"), None)),
            place(&mut self.columns, leaf(labels.1, row.get("栏编号"), None)),
        );
        let said = FieldProperties { kind, unit, choice, at: row.row() };
        if let Some(before) = self.fields.insert(at, said) {
            return Err(row.row().mistake(BookCause::Twice { row: before.at.row }));
        }
        Ok(())
    }

    /// Determines kinds, units and choices of rows and columns; every row must have every column.
    fn settle(mut self, defaults: Option<&(FieldKind, String)>, wrong: &mut Vec<BookMistake>) -> Option<Block> {
        let leaves =
            |heads: &[Leaf]| -> Vec<usize> { (0..heads.len()).filter(|&at| heads[at].role.is_none()).collect() };
        let (rows, columns) = (leaves(&self.rows), leaves(&self.columns));
        let before = wrong.len();
        let mut said: Vec<Vec<&FieldProperties>> = Vec::new();
        for &row in &rows {
            let mut line = Vec::new();
            for &column in &columns {
                match self.fields.get(&(row, column)) {
                    Some(field) => line.push(field),
                    None => wrong.push(self.lacks(row, column)),
                }
            }
            said.push(line);
        }
        if wrong.len() > before {
            return None;
        }
        let (kind, unit) = defaults.cloned().unwrap_or_default();
        let kinds = settled(&picked(&said, |field| Some(field.kind)), &kind);
        let units = settled(&picked(&said, |field| field.unit.clone()), &unit);
        let choices = settled(&picked(&said, |field| Some(field.choice.clone())), &None);
        let (kinds, units, choices) = match (kinds, units, choices) {
            (Ok(kinds), Ok(units), Ok(choices)) => (kinds, units, choices),
            (Err(at), ..) => return refused(&said, at, "类型", wrong),
            (_, Err(at), _) => return refused(&said, at, "计量单位", wrong),
            (.., Err(at)) => return refused(&said, at, "选项", wrong),
        };
        for (number, &at) in columns.iter().enumerate() {
            let head = &mut self.columns[at];
            head.kind = kinds.0[number].filter(|own| *own != kind);
            head.unit = units.0[number].clone().filter(|own| *own != unit);
            head.choice = choices.0[number].clone().flatten();
            if head.choice.is_some() {
                head.kind = kinds.0[number];
            }
        }
        for (number, &at) in rows.iter().enumerate() {
            let head = &mut self.rows[at];
            head.kind = kinds.1[number];
            head.unit.clone_from(&units.1[number]);
            head.choice = choices.1[number].clone().flatten();
        }
        let open = self.rows.first().is_some_and(|row| row.path == [EACH_ROW]);
        if open || self.rows.iter().all(|row| row.path.is_empty()) {
            self.single_row();
        }
        Some(Block { rows: self.rows, columns: self.columns, open })
    }

    /// Moves the properties of the only row of an unlabelled block to its columns.
    fn single_row(&mut self) {
        self.rows.clear();
    }

    fn lacks(&self, row: usize, column: usize) -> BookMistake {
        let cause = BookCause::Gap { row: joined(&self.rows[row].path), column: joined(&self.columns[column].path) };
        self.rows[row].at.mistake(cause)
    }
}

fn picked<T>(said: &[Vec<&FieldProperties>], pick: impl Fn(&FieldProperties) -> Option<T>) -> Vec<Vec<Option<T>>> {
    said.iter().map(|line| line.iter().map(|field| pick(field)).collect()).collect()
}

fn refused(
    said: &[Vec<&FieldProperties>],
    (row, column): (usize, usize),
    head: &'static str,
    wrong: &mut Vec<BookMistake>,
) -> Option<Block> {
    let at = BookPlace { column: head, ..said[row][column].at };
    wrong.push(at.mistake(BookCause::Mixed));
    None
}

/// The index of a row or column, added if it is new.
fn place(heads: &mut Vec<Leaf>, leaf: Leaf) -> usize {
    // Rows with the same label are distinguished by the heading above them: search after the last heading only.
    let from = heads.iter().rposition(|head| head.role == Some(Role::Heading)).map_or(0, |at| at + 1);
    let same = |head: &&mut Leaf| head.role.is_none() && head.path == leaf.path && head.id == leaf.id;
    if let Some(at) = (from..heads.len()).find(|&at| same(&&mut heads[at])) {
        return at;
    }
    heads.push(leaf);
    heads.len() - 1
}

fn known_kind(row: &ZoneRow, word: &str) -> Result<FieldKind, BookMistake> {
    let found = KINDS.iter().find(|(known, kind)| *known == word || kind.name() == word).map(|(_, kind)| *kind);
    found.ok_or_else(|| {
        let known = KINDS.iter().map(|(word, _)| *word).chain(ROLES.iter().map(|(word, _)| *word)).collect();
        row.at("类型").mistake(BookCause::NoKind { kind: word.to_owned(), known })
    })
}
