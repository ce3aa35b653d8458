//! Converts a form's workbook to the text of a mapping file.

use indexmap::IndexMap;
use toml::{Table, Value};

use super::cells::{Book, Text, ZoneRow};
use super::error::{BookCause, BookMistake, BookPlace};
use super::fields::{Defaults, Fields, Key, fields};
use super::heads::{
    BLOCKS, COLUMN, EACH, ELSE, FORM, ITEMS, KINDS, LABEL, PARENTS, RULE, SECTIONS, SEVERITIES, TABLES, YES, key_of,
    parted,
};
use super::items::{ITEMS_OF_FORM, Item, Shape};
use super::tree::{Extra, Extras, write};
use crate::document::Document;
use crate::finding::TomlError;
use crate::form::{Form, FormError, Forms, Mistake};

/// Beginning of a mapping file that was imported from a workbook.
const FIRST: &str = "# 本文件由 nianbao forms import 按工作簿生成。\nlanguage = 1\n";

/// TOML fragments by the item that they belong to.
type Rest = IndexMap<String, Vec<(Table, BookPlace)>>;

struct Import<'b> {
    book: &'b Book,
    text: Text,
    rest: Rest,
    wrong: Vec<BookMistake>,
}

/// Converts a workbook to a mapping file.
///
/// # Errors
/// All mistakes found, with sheet, row and column.
pub fn import(document: &Document) -> Result<String, Vec<BookMistake>> {
    let book = Book::from_document(document)?;
    let mut import = Import { book: &book, text: Text::default(), rest: Rest::new(), wrong: Vec::new() };
    let fields = import.whole();
    let Import { mut text, wrong, .. } = import;
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let form = compiled(&text)?;
    super::stated::add(&form, &fields, &mut text)?;
    compiled(&text)?;
    Ok(text.out)
}

/// Compiles the text; mistakes are reported at their cells.
fn compiled(text: &Text) -> Result<std::sync::Arc<Form>, Vec<BookMistake>> {
    Forms::default().add(FORM, &text.out).map_err(|FormError { mistakes, .. }| {
        let at_cell = |mistake: Mistake| text.place(mistake.span.as_ref()).mistake(BookCause::Mapping(mistake.message));
        mistakes.into_iter().map(at_cell).collect()
    })
}

impl Import<'_> {
    fn whole(&mut self) -> Fields {
        self.read_rest();
        let items: IndexMap<String, &ZoneRow> =
            self.book.rows(ITEMS).map(|row| (row.get("项目").to_owned(), row)).collect();
        self.text.out.push_str(FIRST);
        let mut inner: IndexMap<&str, Vec<(&str, Value, BookPlace)>> = IndexMap::new();
        for item in ITEMS_OF_FORM {
            let Some((value, at)) = self.item(item, &items) else { continue };
            match item.path {
                [key] => self.text.key(key, &value, at),
                [table, key] => inner.entry(table).or_default().push((key, value, at)),
                _ => {}
            }
        }
        let name = inner.shift_remove("name").unwrap_or_default();
        self.message("name", &name);
        let rest = self.rest.shift_remove("表单").unwrap_or_default();
        let (arrays, rest): (Vec<_>, Vec<_>) = pieces(rest).partition(|(_, value, _)| is_tables(value));
        let (tables, plain): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, value, _)| value.is_table());
        for (key, value, at) in &plain {
            self.text.key(key, value, *at);
        }
        self.tables_of_head(&inner, &tables);
        self.sections();
        let fields = self.tables();
        self.rules();
        for (key, value, at) in arrays {
            self.array(&key, &value, at);
        }
        let left: Vec<(String, BookPlace)> =
            self.rest.iter().flat_map(|(place, of)| of.iter().map(|(_, at)| (place.clone(), *at))).collect();
        for (place, at) in left {
            let at = BookPlace { column: ELSE.columns[0], ..at };
            self.wrong.push(at.mistake(BookCause::NoPart(place)));
        }
        fields
    }

    fn read_rest(&mut self) {
        for row in self.book.rows(ELSE) {
            let column = ELSE.columns[1];
            match row.get(column).parse::<Table>() {
                Ok(table) => {
                    let words: Vec<&str> = row.get(ELSE.columns[0]).split_whitespace().collect();
                    self.rest.entry(words.join(" ")).or_default().push((table, row.at(column)));
                }
                Err(error) => {
                    self.wrong.push(
                        row.at(column).mistake(BookCause::NotToml(Box::new(TomlError::of_message(error.message())))),
                    );
                }
            }
        }
    }

    fn item(&mut self, item: &Item, items: &IndexMap<String, &ZoneRow>) -> Option<(Value, BookPlace)> {
        let row = items.get(item.name).filter(|row| !row.get("内容").is_empty());
        let Some(row) = row else {
            if item.needed {
                self.wrong.push(BookPlace::of_sheet(FORM).mistake(BookCause::Blank(item.name)));
            }
            return None;
        };
        let (cell, at) = (row.get("内容"), row.at("内容"));
        let value = match item.shape {
            Shape::Text => Value::String(cell.to_owned()),
            Shape::List => strings(&list(cell)),
            Shape::Flag => Value::Boolean(cell == YES),
            // Both years become one key, which is written with the first of them.
            Shape::Number(1) if items.get("起始年度").is_some_and(|first| !first.get("内容").is_empty()) => {
                return None;
            }
            Shape::Number(_) => {
                let year = |name: &str, other: i64| match items.get(name).map_or("", |row| row.get("内容")) {
                    "" => Some(other),
                    text => text.parse::<i64>().ok(),
                };
                let Some((from, to)) = year("起始年度", 0).zip(year("截止年度", 9999)) else {
                    self.wrong.push(at.mistake(BookCause::NotAYear));
                    return None;
                };
                Value::Array(vec![Value::Integer(from), Value::Integer(to)])
            }
        };
        Some((value, at))
    }

    /// Writes a message in both languages; a missing English text is replaced by the Chinese one.
    fn message(&mut self, key: &str, cells: &[(&str, Value, BookPlace)]) {
        let zh = cells.iter().find(|(language, ..)| *language == "zh");
        let Some((_, zh, at)) = zh else { return };
        let en = cells.iter().find(|(language, ..)| *language == "en").map_or(zh, |(_, en, _)| en);
        self.text.add(&format!("{key} = {{ zh = {zh}, en = {en} }}\n"), *at);
    }

    /// Writes title, identity and the other tables of the head.
    fn tables_of_head(
        &mut self,
        inner: &IndexMap<&str, Vec<(&str, Value, BookPlace)>>,
        rest: &[(String, Value, BookPlace)],
    ) {
        let mut names: Vec<&str> = inner.keys().copied().collect();
        names.extend(rest.iter().map(|(key, ..)| key.as_str()).filter(|key| !inner.contains_key(key)));
        names.dedup();
        for name in names {
            self.text.out.push_str(&format!("\n[{name}]\n"));
            for (key, value, at) in inner.get(name).into_iter().flatten() {
                self.text.key(key, value, *at);
            }
            for (_, value, at) in rest.iter().filter(|(key, ..)| key == name) {
                for (key, value) in value.as_table().into_iter().flatten() {
                    self.text.key(key, value, *at);
                }
            }
        }
    }

    fn sections(&mut self) {
        for row in self.book.rows(SECTIONS) {
            let id = row.get("部分编号");
            self.text.out.push_str("\n[[section]]\n");
            self.words(row, "id", "部分编号");
            self.words(row, "heading", "标题");
            self.list_of(row, "variants", "又称");
            self.number(row, "max_characters", "最多字数");
            self.rest_of(&format!("部分 {id}"));
        }
    }

    fn tables(&mut self) -> Fields {
        let mut defaults = Defaults::new();
        for row in self.book.rows(TABLES) {
            let kind = match row.get("类型") {
                "" => None,
                word => KINDS.iter().find(|(known, kind)| *known == word || kind.name() == word),
            };
            if kind.is_none() && !row.get("类型").is_empty() {
                let known = KINDS.iter().map(|(word, _)| *word).collect();
                let cause = BookCause::NoKind { kind: row.get("类型").to_owned(), known };
                self.wrong.push(row.at("类型").mistake(cause));
            }
            let kind = kind.map(|(_, kind)| *kind).unwrap_or_default();
            defaults.insert(row.get("表编号").to_owned(), (kind, row.get("计量单位").to_owned()));
        }
        let fields = fields(self.book, &defaults, &mut self.wrong);
        let extras = self.extras();
        let rows: Vec<&ZoneRow> = self.book.rows(TABLES).collect();
        for row in rows {
            self.table(row, &defaults, &fields, &extras);
        }
        fields
    }

    fn table(&mut self, row: &ZoneRow, defaults: &Defaults, fields: &Fields, extras: &IndexMap<(Key, bool), Extras>) {
        let id = row.get("表编号").to_owned();
        self.text.out.push_str("\n[[table]]\n");
        self.words(row, "id", "表编号");
        self.words(row, "section", "所在部分");
        self.both(row, "name", ("表名", "英文表名"));
        let kind = defaults.get(&id).map(|(kind, _)| *kind).unwrap_or_default();
        if !row.get("类型").is_empty() {
            self.text.key("kind", &Value::String(kind.name().to_owned()), row.at("类型"));
        }
        self.words(row, "unit", "计量单位");
        if row.get("标签列数").is_empty() {
            let of = fields.blocks.iter().filter(|((table, _), block)| *table == id && !block.open);
            let deep = of.flat_map(|(_, block)| &block.rows).filter(|row| row.role.is_none()).map(|row| row.path.len());
            // One column of labels is the default.
            if let Some(deep) = deep.max().filter(|deep| *deep != 1) {
                self.text.key("label_columns", &Value::Integer(i64::try_from(deep).unwrap_or(1)), row.row());
            }
        }
        self.number(row, "label_columns", "标签列数");
        self.list_of(row, "sheets", "工作表");
        self.number(row, "tolerance", "允许误差");
        if row.get("可缺") == YES {
            self.text.key("optional", &Value::Boolean(true), row.at("可缺"));
        }
        self.rest_of(&format!("表 {id}"));
        let blocks: Vec<(&Key, &super::fields::Block)> =
            fields.blocks.iter().filter(|((table, _), _)| *table == id).collect();
        if blocks.is_empty() && self.wrong.is_empty() {
            self.wrong.push(row.row().mistake(BookCause::NoFields));
        }
        for (key, block) in blocks {
            self.block(key, block, extras);
        }
    }

    fn block(&mut self, key: &Key, block: &super::fields::Block, extras: &IndexMap<(Key, bool), Extras>) {
        let none = Extras::new();
        self.text.out.push_str("\n[[table.block]]\n");
        let wanted = |row: &&ZoneRow| {
            row.get(BLOCKS.columns[0]) == key.0 && (row.get("块").parse() == Ok(key.1) || row.get("块").is_empty())
        };
        let row = self.book.rows(BLOCKS).find(wanted);
        if let Some(row) = row {
            self.words(row, "corner", "左上角");
            self.words(row, "caption", "块标题");
        }
        let place = format!("块 {} {}", key.0, key.1);
        let mut more = Table::new();
        for (table, _) in self.rest.get_mut(&place).into_iter().flatten() {
            if let Some(Value::Table(rows)) = table.remove("rows") {
                more.extend(rows);
            }
        }
        self.rest_of(&place);
        let of = |row: bool| extras.get(&(key.clone(), row)).unwrap_or(&none);
        write("columns", &block.columns, of(false), &mut self.text);
        if block.open {
            self.open_rows(row, more, block);
        } else if !block.rows.is_empty() {
            write("rows", &block.rows, of(true), &mut self.text);
        }
    }

    fn open_rows(&mut self, row: Option<&ZoneRow>, more: Table, block: &super::fields::Block) {
        let mut open = more;
        let at = row.map_or_else(
            || block.columns.first().map_or(BookPlace::default(), |column| column.at),
            |row| row.at("各行按"),
        );
        let mut add = |key: &str, text: &str| {
            if !text.is_empty() {
                open.insert(key.to_owned(), Value::String(text.to_owned()));
            }
        };
        if let Some(row) = row {
            add("each", row.get("各行按"));
            let parent = row.get("上级行按");
            add("parent", key_of(PARENTS, parent).unwrap_or(parent));
            add("total", row.get("合计行"));
        }
        if !open.contains_key("each") {
            open.insert("each".to_owned(), Value::String("number".to_owned()));
        }
        self.text.key("rows", &Value::Table(open), at);
    }

    /// The sheet of labels, by block and direction.
    fn extras(&self) -> IndexMap<(Key, bool), Extras> {
        let mut extras: IndexMap<(Key, bool), Extras> = IndexMap::new();
        for row in self.book.rows(LABEL) {
            let key = (row.get("表").to_owned(), row.get("块").parse().unwrap_or(1));
            let extra = Extra {
                short: row.get("简称").to_owned(),
                variants: list(row.get("又称")),
                parts: list(row.get("编码分段")),
                when: row.get("填写条件").to_owned(),
            };
            let own = extras.entry((key, row.get("行或栏") != COLUMN)).or_default();
            own.insert((parted(row.get("标签")), row.get("编号").to_owned()), extra);
        }
        extras
    }

    fn rules(&mut self) {
        let rows: Vec<&ZoneRow> = self.book.rows(RULE).collect();
        for row in rows {
            self.text.out.push_str("\n[[rule]]\n");
            self.words(row, "id", "编号");
            self.words(row, "table", "表");
            self.keyed(row, "each", ("重复", EACH));
            self.words(row, "expression", "关系式");
            self.keyed(row, "severity", ("级别", SEVERITIES));
            if row.get("左边由右边算出") == YES {
                self.text.key("defines", &Value::Boolean(true), row.at("左边由右边算出"));
            }
            self.number(row, "tolerance", "允许误差");
            self.words(row, "source", "依据");
            self.both(row, "text", ("说明", "英文说明"));
            self.rest_of(&format!("规则 {}", row.get("编号")));
        }
    }

    /// Writes keys without a column.
    fn rest_of(&mut self, place: &str) {
        let rest = self.rest.shift_remove(place).unwrap_or_default();
        let (arrays, plain): (Vec<_>, Vec<_>) = pieces(rest).partition(|(_, value, _)| is_tables(value));
        for (key, value, at) in plain {
            self.text.key(&key, &value, at);
        }
        // Tables of an array are on separate lines; they become one value.
        let mut whole: IndexMap<String, (Vec<Value>, BookPlace)> = IndexMap::new();
        for (key, value, at) in arrays {
            let values = value.as_array().cloned().unwrap_or_default();
            whole.entry(key).or_insert_with(|| (Vec::new(), at)).0.extend(values);
        }
        for (key, (values, at)) in whole {
            self.text.key(&key, &Value::Array(values), at);
        }
    }

    /// Writes the tables of a top-level array.
    fn array(&mut self, key: &str, value: &Value, at: BookPlace) {
        for table in value.as_array().into_iter().flatten().filter_map(Value::as_table) {
            self.text.add(&format!("\n[[{key}]]\n"), at);
            for (key, value) in table {
                self.text.key(key, value, at);
            }
        }
    }

    fn words(&mut self, row: &ZoneRow, key: &str, column: &'static str) {
        if !row.get(column).is_empty() {
            self.text.key(key, &Value::String(row.get(column).to_owned()), row.at(column));
        }
    }

    fn keyed(&mut self, row: &ZoneRow, key: &str, (column, words): (&'static str, &[(&'static str, &'static str)])) {
        let cell = row.get(column);
        if !cell.is_empty() {
            let word = key_of(words, cell).unwrap_or(cell);
            self.text.key(key, &Value::String(word.to_owned()), row.at(column));
        }
    }

    fn list_of(&mut self, row: &ZoneRow, key: &str, column: &'static str) {
        let texts = list(row.get(column));
        if !texts.is_empty() {
            self.text.key(key, &strings(&texts), row.at(column));
        }
    }

    fn number(&mut self, row: &ZoneRow, key: &str, column: &'static str) {
        let cell = row.get(column);
        if cell.is_empty() {
            return;
        }
        match (cell.parse::<i64>(), cell.parse::<f64>()) {
            (Ok(number), _) if key != "tolerance" => self.text.key(key, &Value::Integer(number), row.at(column)),
            (_, Ok(number)) if key == "tolerance" => self.text.key(key, &Value::Float(number), row.at(column)),
            _ => self.wrong.push(row.at(column).mistake(BookCause::NotANumber)),
        }
    }

    fn both(&mut self, row: &ZoneRow, key: &str, (zh, en): (&'static str, &'static str)) {
        let value = |column: &str| Value::String(row.get(column).to_owned());
        let cells: Vec<(&str, Value, BookPlace)> = [("zh", zh), ("en", en)]
            .into_iter()
            .filter(|(_, column)| !row.get(column).is_empty())
            .map(|(language, column)| (language, value(column), row.at(column)))
            .collect();
        self.message(key, &cells);
    }
}

/// The keys of TOML fragments, in order.
fn pieces(rest: Vec<(Table, BookPlace)>) -> impl Iterator<Item = (String, Value, BookPlace)> {
    rest.into_iter().flat_map(|(table, at)| table.into_iter().map(move |(key, value)| (key, value, at)))
}

fn is_tables(value: &Value) -> bool {
    value.as_array().is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_table))
}

fn list(cell: &str) -> Vec<String> {
    cell.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn strings(texts: &[String]) -> Value {
    Value::Array(texts.iter().map(|text| Value::String(text.clone())).collect())
}
