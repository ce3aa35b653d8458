//! Converts a form to the lines of its workbook. Keys without a column are kept as TOML in the last sheet, so that nothing is lost.

use toml::{Table, Value};

use super::heads::{
    BLOCKS, CHOICE, COLUMN, EACH, EACH_ROW, ELSE, FIELD, ITEMS, LABEL, NONE, PARENTS, QUESTIONS, ROLES, ROW, RULE,
    SECTIONS, SEVERITIES, TABLES, YES, Zone, joined, kind_word, word_of,
};
use super::items::{ITEMS_OF_FORM, Item};
use super::walk::{Line, Words, lines, shown};
use crate::form::{Block, Form, Relation};

/// The lines of a zone.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) zone: Zone,
    pub(super) rows: Vec<Vec<String>>,
}

/// Information about a draft for its editor: questions, and a remark for each rule.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    /// What a person has to decide.
    pub questions: Vec<String>,
    /// Ids of rules, and the remark on each.
    pub rules: Vec<(String, String)>,
}

struct Flat<'f> {
    form: &'f Form,
    zones: Vec<Lines>,
    choices: Vec<Words>,
}

/// The zones of a form, in the order of the sheets.
pub(super) fn flatten(form: &Form, mut source: Table, remarks: &Remarks) -> Vec<Lines> {
    let zones = super::heads::ZONES.iter().map(|&zone| Lines { zone, rows: Vec::new() }).collect();
    let mut flat = Flat { form, zones, choices: Vec::new() };
    for item in ITEMS_OF_FORM {
        flat.item(item, &mut source);
    }
    for section in taken(&mut source, "section") {
        flat.section(section);
    }
    for (number, table) in taken(&mut source, "table").into_iter().enumerate() {
        flat.table(number, table);
    }
    for rule in taken(&mut source, "rule") {
        flat.rule(rule, remarks);
    }
    for question in &remarks.questions {
        flat.push(QUESTIONS, vec![question.clone()]);
    }
    flat.choices();
    source.remove("language");
    flat.rest("表单", source);
    flat.zones
}

/// Removes and returns the tables of an array.
fn taken(source: &mut Table, key: &str) -> Vec<Table> {
    let values = source.remove(key).and_then(|value| value.as_array().cloned()).unwrap_or_default();
    values.into_iter().filter_map(|value| value.as_table().cloned()).collect()
}

fn take(table: &mut Table, key: &str) -> String {
    table.remove(key).map(|value| shown(&value)).unwrap_or_default()
}

fn message(table: &mut Table, key: &str) -> (String, String) {
    let value = table.remove(key);
    let get = |language| value.as_ref().and_then(|value| value.get(language)).map(shown).unwrap_or_default();
    (get("zh"), get("en"))
}

impl Flat<'_> {
    fn push(&mut self, zone: Zone, row: Vec<String>) {
        if let Some(lines) = self
            .zones
            .iter_mut()
            .find(|lines| lines.zone.columns[0] == zone.columns[0] && lines.zone.sheet == zone.sheet)
        {
            lines.rows.push(row);
        }
    }

    fn item(&mut self, item: &Item, source: &mut Table) {
        let value = item.take(source);
        self.push(ITEMS, vec![item.name.to_owned(), value, item.help.to_owned()]);
    }

    fn section(&mut self, mut section: Table) {
        let id = take(&mut section, "id");
        let row = ["heading", "variants", "max_characters"].map(|key| take(&mut section, key));
        self.push(SECTIONS, std::iter::once(id.clone()).chain(row).collect());
        self.rest(&format!("部分 {id}"), section);
    }

    fn table(&mut self, number: usize, mut table: Table) {
        let id = take(&mut table, "id");
        let (zh, en) = message(&mut table, "name");
        let blocks = taken(&mut table, "block");
        let section = take(&mut table, "section");
        let kind = table.remove("kind").and_then(|kind| kind.as_str().map(kind_of)).unwrap_or_default();
        let row = ["unit", "label_columns", "sheets", "tolerance", "optional"].map(|key| take(&mut table, key));
        let unit = row[0].clone();
        self.push(TABLES, [id.clone(), zh, en, section, kind].into_iter().chain(row).collect());
        for (place, block) in blocks.into_iter().enumerate() {
            self.block((number, &id, &unit), place, block);
        }
        self.rest(&format!("表 {id}"), table);
    }

    fn block(&mut self, (table, id, unit): (usize, &str, &str), place: usize, mut block: Table) {
        let number = (place + 1).to_string();
        let rows = block.remove("rows");
        let columns = block.remove("columns");
        let mut open = rows.as_ref().and_then(Value::as_table).cloned();
        let is_open = open.is_some();
        let (corner, caption) = (take(&mut block, "corner"), take(&mut block, "caption"));
        let mut of_rows = |key| open.as_mut().map(|open| take(open, key)).unwrap_or_default();
        let (each, parent, total) = (of_rows("each"), of_rows("parent"), of_rows("total"));
        let parent = word_of(PARENTS, &parent).map_or(parent, str::to_owned);
        self.push(BLOCKS, vec![id.to_owned(), number.clone(), corner, caption, each, parent, total]);
        // Keys with a column of their own.
        block.remove("kind");
        block.remove("unit");
        if let Some(open) = open.filter(|open| !open.is_empty()) {
            block.insert("rows".to_owned(), Value::Table(open));
        }
        let (rows, columns) = (lines(rows.as_ref()), lines(columns.as_ref()));
        for (direction, lines) in [(ROW, &rows), (COLUMN, &columns)] {
            for line in lines {
                self.label(id, &number, direction, line);
            }
        }
        let form = self.form;
        let known = &form.tables[table].blocks[place];
        self.fields((id, &number, unit), known, (&rows, is_open), &columns);
        self.rest(&format!("块 {id} {number}"), block);
    }

    /// Adds a line to the sheet of labels.
    fn label(&mut self, table: &str, block: &str, direction: &str, line: &Line) {
        let when = line.when.clone().filter(|_| line.is_leaf()).unwrap_or_default();
        let more = [line.short.clone().unwrap_or_default(), line.variants.join("\n"), line.parts.join("\n"), when];
        if more.iter().any(|cell| !cell.is_empty()) {
            let row = [table, block, direction].map(str::to_owned).into_iter();
            self.push(LABEL, row.chain([joined(&line.path), line.id.clone()]).chain(more).collect());
        }
    }

    fn fields(
        &mut self,
        (table, number, unit): (&str, &str, &str),
        block: &Block,
        (rows, is_open): (&[Line], bool),
        columns: &[Line],
    ) {
        let single = Line { path: if is_open { vec![EACH_ROW.to_owned()] } else { Vec::new() }, ..Line::default() };
        let rows = if rows.is_empty() { std::slice::from_ref(&single) } else { rows };
        let (mut row_leaf, mut first) = (0, true);
        for row in rows.iter().filter(|row| !row.group) {
            let before = [table, number].map(str::to_owned);
            if let Some(role) = row.role {
                let cells = [joined(&row.path), String::new(), role_word(role, ROW).to_owned()];
                self.push(FIELD, filled(before.into_iter().chain(cells)));
                continue;
            }
            let mut column_leaf = 0;
            for column in columns.iter().filter(|column| !column.group) {
                if let Some(role) = column.role {
                    if first {
                        let cells = [String::new(), joined(&column.path), role_word(role, COLUMN).to_owned()];
                        self.push(FIELD, filled(before.clone().into_iter().chain(cells)));
                    }
                    continue;
                }
                let of_row = if is_open { None } else { block.leaf_rows.get(row_leaf) };
                let of_column = block.leaf_columns.get(column_leaf);
                column_leaf += 1;
                let kind =
                    of_row.and_then(|leaf| leaf.kind).or(of_column.and_then(|leaf| leaf.kind)).unwrap_or_default();
                let own = of_row.and_then(|leaf| leaf.unit.clone()).or(of_column.and_then(|leaf| leaf.unit.clone()));
                let own = own.filter(|own| !own.is_empty() && kind.is_figure());
                let own =
                    own.unwrap_or_else(|| if unit.is_empty() || !kind.is_figure() { "" } else { NONE }.to_owned());
                let choice = row.choice.as_ref().or(column.choice.as_ref()).map(|words| self.choice(words));
                let prefix =
                    if self.form.tables.iter().any(|known| known.id == table && known.plain_ids) { "" } else { table };
                let key = if is_open { "*" } else { row.id.as_str() };
                let parts = [prefix, key, &column.id].into_iter().filter(|part| !part.is_empty());
                let id = parts.collect::<Vec<_>>().join(".");
                let into = self.sums_of(&id);
                let cells = [
                    joined(&row.path),
                    joined(&column.path),
                    kind_word(kind).to_owned(),
                    own,
                    choice.unwrap_or_default(),
                    into,
                    row.id.clone(),
                    column.id.clone(),
                    id,
                ];
                self.push(FIELD, before.clone().into_iter().chain(cells).collect());
            }
            row_leaf += 1;
            first = false;
        }
    }

    /// The fields whose sums include a field.
    fn sums_of(&self, id: &str) -> String {
        let Some(field) = self.form.field_index(id) else { return String::new() };
        let mut into: Vec<&str> = Vec::new();
        for instance in self.form.rules.iter().flat_map(|rule| &rule.instances) {
            if let Some((total, parts)) = super::sums::sum(instance)
                && instance.relation == Relation::Equal
                && parts.contains(&field)
                && !into.contains(&self.form.fields[total].id.as_str())
            {
                into.push(&self.form.fields[total].id);
            }
        }
        into.join("\n")
    }

    /// The id of a choice, added if it is new.
    fn choice(&mut self, words: &Words) -> String {
        let at = self.choices.iter().position(|known| known == words).unwrap_or_else(|| {
            self.choices.push(words.clone());
            self.choices.len() - 1
        });
        format!("选项{}", at + 1)
    }

    fn choices(&mut self) {
        for (number, words) in std::mem::take(&mut self.choices).into_iter().enumerate() {
            for (place, word) in words.of.iter().enumerate() {
                let first = |text: &str| if place == 0 { text.to_owned() } else { String::new() };
                let several = if words.several { first(YES) } else { String::new() };
                let marks = first(words.marks.as_deref().unwrap_or_default());
                self.push(CHOICE, vec![format!("选项{}", number + 1), word.clone(), several, marks]);
            }
        }
    }

    fn rule(&mut self, mut rule: Table, remarks: &Remarks) {
        let id = take(&mut rule, "id");
        let (zh, en) = message(&mut rule, "text");
        let word = |words, said: String| word_of(words, &said).map_or(said, str::to_owned);
        let table = take(&mut rule, "table");
        let each = word(EACH, take(&mut rule, "each"));
        let expression = take(&mut rule, "expression");
        let severity = word(SEVERITIES, take(&mut rule, "severity"));
        let [defines, tolerance, source] = ["defines", "tolerance", "source"].map(|key| take(&mut rule, key));
        let remark = remarks.rules.iter().find(|(known, _)| *known == id).map(|(_, remark)| remark.clone());
        self.push(
            RULE,
            vec![
                id.clone(),
                table,
                each,
                expression,
                severity,
                zh,
                en,
                defines,
                tolerance,
                source,
                remark.unwrap_or_default(),
            ],
        );
        self.rest(&format!("规则 {id}"), rule);
    }

    /// Adds keys without a column: one line per key, and per table of an array.
    fn rest(&mut self, place: &str, rest: Table) {
        for (key, value) in rest {
            let pieces = match &value {
                Value::Array(values) if values.iter().all(Value::is_table) && !values.is_empty() => {
                    values.iter().map(|one| Value::Array(vec![one.clone()])).collect()
                }
                _ => vec![value],
            };
            for piece in pieces {
                let piece = Table::from_iter([(key.clone(), piece)]);
                let text = toml::to_string(&piece).unwrap_or_default();
                self.push(ELSE, vec![place.to_owned(), text.trim_end().to_owned()]);
            }
        }
    }
}

/// A row of fields, with columns that are left empty.
fn filled(cells: impl Iterator<Item = String>) -> Vec<String> {
    let mut row: Vec<String> = cells.collect();
    row.resize(FIELD.columns.len(), String::new());
    row
}

fn kind_of(key: &str) -> String {
    super::heads::KINDS.iter().find(|(_, kind)| kind.name() == key).map_or(key, |(word, _)| word).to_owned()
}

fn role_word(role: super::heads::Role, direction: &str) -> &'static str {
    use super::heads::Role;
    let wanted = |word: &&str| direction == COLUMN || !word.ends_with(COLUMN);
    let known = ROLES.iter().filter(|(_, known)| *known == role).map(|(word, _)| word);
    known.copied().find(|word| wanted(word)).unwrap_or(if role == Role::Unit { "单位栏" } else { "不取数" })
}
