//! Resolves a mapping file as written into a [`Form`]: folds labels, builds field ids, expands rules, collects mistakes.

use std::collections::HashSet;
use std::ops::Range;

use indexmap::IndexMap;

use super::expand::expand_open;
use super::heads::{Inherited, Leaves, Path, depth_of, has_heading};
use super::rule::expand;
use std::sync::Arc;

use super::openrows::{OpenSource, RowsSource};
use super::source::{BlockSource, FormSource, LANGUAGE, SectionSource, TableSource, VersionOnly};
use super::{
    Block, Condition, Element, Field, FieldKind, Form, FormError, Head, Label, Leaf, Mistake, OpenRows, Section, Table,
    Title,
};
use crate::finding::{Message, TomlError};
use crate::text::{fold, numbering};

/// Parses and resolves a mapping file.
///
/// # Errors
/// All mistakes found, each with its byte range: invalid TOML, unknown keys, an unknown language version, duplicate ids, unresolved
/// names, expressions that cannot be parsed.
pub(super) fn compile(name: &str, text: &str) -> Result<Form, FormError> {
    let fail = |mistakes: Vec<Mistake>| FormError { name: name.to_owned(), text: text.to_owned(), mistakes };
    let from_toml =
        |error: toml::de::Error| fail(vec![Mistake::of_error(error.span(), &TomlError::of_message(error.message()))]);
    let version: VersionOnly = toml::from_str(text).map_err(from_toml)?;
    match version.language {
        Some(LANGUAGE) => {}
        Some(other) => {
            let zh = format!("language = {other}：本程序只认 language = {LANGUAGE} 的格式文件，可能需要新版程序。");
            let en =
                format!("language = {other}: this program reads language {LANGUAGE}; a newer program may be needed");
            return Err(fail(vec![Mistake::new(None, zh, en)]));
        }
        None => {
            let zh = format!("缺少“language”这一项；请在文件开头写 language = {LANGUAGE}。");
            let en = format!("the key `language` is missing; write `language = {LANGUAGE}` first");
            return Err(fail(vec![Mistake::new(None, zh, en)]));
        }
    }
    let source: FormSource = toml::from_str(text).map_err(from_toml)?;
    let mut mistakes = Vec::new();
    let mut form = Compiler { mistakes: &mut mistakes, ids: HashSet::new() }.form(source);
    // FNV-1a (Fowler, Noll and Vo): stable over platforms and versions.
    form.fingerprint =
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    form.source = Arc::from(text);
    if mistakes.is_empty() { Ok(form) } else { Err(fail(mistakes)) }
}

impl Label {
    /// A label with its variants.
    pub(super) fn new(text: &str, variants: &[String]) -> Self {
        Self::called(text, None, variants)
    }

    /// A label with its variants and the short name used in messages.
    pub(super) fn called(text: &str, short: Option<&str>, variants: &[String]) -> Self {
        let all: Vec<&str> = std::iter::once(text).chain(variants.iter().map(String::as_str)).collect();
        Self {
            text: text.to_owned(),
            short: short.unwrap_or(text).to_owned(),
            folded: all.iter().map(|text| fold(text)).collect(),
            bare: all.iter().map(|text| fold(&text[numbering(text).map_or(0, |found| found.length)..])).collect(),
        }
    }
}

struct Compiler<'a> {
    mistakes: &'a mut Vec<Mistake>,
    /// Ids of all fields so far.
    ids: HashSet<String>,
}

impl Compiler<'_> {
    fn mistake(&mut self, span: Range<usize>, zh: impl Into<String>, en: impl Into<String>) {
        self.mistakes.push(Mistake::new(span, zh, en));
    }

    /// Reports a duplicate id.
    fn twice(&mut self, span: Range<usize>, what: (&str, &str), id: &str) {
        self.mistake(span, format!("{}“{id}”重复。", what.0), format!("the {} id `{id}` stands twice", what.1));
    }

    /// Checks the characters of an id, because ids become parts of file and column names.
    fn id_is_plain(&mut self, id: &toml::Spanned<String>) {
        let plain = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
        let text = id.get_ref();
        if text.is_empty() || !text.chars().all(plain) {
            let zh = format!("编号“{text}”只能由字母、数字、“-”和“_”组成。");
            self.mistake(id.span(), zh, format!("the id `{text}` may have only letters, digits, `-` and `_`"));
        }
    }

    fn form(&mut self, source: FormSource) -> Form {
        self.id_is_plain(&source.id);
        let (title, mistakes) = Title::compile(source.title);
        self.mistakes.extend(mistakes);
        let sections = self.sections(&source.section);
        self.mistakes.extend(super::element::mistakes(&source.section, &title));
        let mut form = Form {
            id: source.id.into_inner(),
            name: source.name,
            basis: source.basis,
            documents: source.documents,
            years: source.years,
            title,
            page: source.page,
            sections,
            tables: Vec::new(),
            fields: Vec::new(),
            rules: Vec::new(),
            charts: Vec::new(),
            narrative: super::Narrative::default(),
            reserved: Vec::new(),
            magnitudes: Vec::new(),
            identity: super::Identity::default(),
            leftovers: Vec::new(),
            leftover: None,
            words: super::Words::default(),
            duty: None,
            draft: source.draft,
            own: false,
            conditions: Vec::new(),
            open: None,
            of_report: false,
            derived: super::derived::Derived::default(),
            by_id: IndexMap::new(),
            fingerprint: 0,
            source: Arc::from(""),
        };
        let mut conditions = Vec::new();
        for table in &source.table {
            self.table(table, &mut form, &mut conditions);
        }
        form.by_id = form.fields.iter().enumerate().map(|(index, field)| (field.id.clone(), index)).collect();
        form.conditions = self.all(conditions.iter().map(|(field, when, span)| condition(&form, *field, when, span)));
        if form.tables.iter().any(Table::is_open) {
            form.open = Some(Arc::new(Vec::new()));
        }
        let rows: Vec<Form> = match form.open {
            Some(_) => (0..form.set_count()).map(|set| form.example(set).into_owned()).collect(),
            None => Vec::new(),
        };
        let mut rule_ids: Vec<&str> = Vec::new();
        for rule in &source.rule {
            if rule_ids.contains(&rule.id.get_ref().as_str()) {
                self.twice(rule.id.span(), ("规则编号", "rule"), rule.id.get_ref());
            }
            rule_ids.push(rule.id.get_ref());
            let expanded =
                if form.open.is_some() { expand_open(rule, &form, &rows) } else { expand(rule, &form, false) };
            match expanded {
                Ok(rule) => form.rules.push(rule),
                Err(mistake) => self.mistakes.push(mistake),
            }
        }
        super::rule::mark_ratios(&mut form);
        if form.open.is_some() {
            form.open = Some(Arc::new(source.rule));
        }
        super::openrows::read_by_rows(&mut form);
        form.narrative = super::Narrative::compile(&source.narrative, &form, self.mistakes);
        form.reserved = self.all(source.reserved.iter().map(|source| super::plausible::reserved(source, &form)));
        form.magnitudes = self.all(source.magnitude.iter().map(|source| super::plausible::magnitude(source, &form)));
        form.leftovers = self.all(source.leftovers.iter().map(super::plausible::pattern));
        let any: Vec<String> = source.leftovers.iter().map(|text| format!("(?:{})", text.get_ref())).collect();
        form.leftover = super::Pattern::new(&any.join("|")).ok();
        let identity = std::iter::once(super::identity::identity(source.identity));
        form.identity = self.all(identity).pop().unwrap_or_default();
        self.mistakes.extend(super::places::contradiction(&form));
        form.duty = self.all(source.duty.into_iter().map(super::Duty::compile)).pop();
        match super::Words::compile(source.words) {
            Ok(words) => form.words = words,
            Err(mistake) => self.mistakes.push(mistake),
        }
        for chart in &source.chart {
            match super::chart::resolve(chart, &form) {
                Ok(chart) => form.charts.push(chart),
                Err(mistake) => self.mistakes.push(mistake),
            }
        }
        form
    }

    /// Collects what was resolved and records the mistakes.
    fn all<T>(&mut self, resolved: impl Iterator<Item = Result<T, Mistake>>) -> Vec<T> {
        resolved.filter_map(|one| one.map_err(|mistake| self.mistakes.push(mistake)).ok()).collect()
    }

    fn sections(&mut self, sources: &[SectionSource]) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for source in sources {
            let id = source.id.get_ref();
            if sections.iter().any(|section| section.id == *id) {
                self.twice(source.id.span(), ("部分编号", "section"), id);
            }
            let (heading, pattern, mistake) = super::headingline::read(source.heading.as_ref(), &source.variants);
            self.mistakes.extend(mistake);
            sections.push(Section {
                id: id.clone(),
                heading,
                pattern,
                placeholders: source.placeholders.iter().map(|text| fold(text)).collect(),
                notes: source.notes.clone(),
                max_characters: source.max_characters,
                stale: source.stale.iter().map(|text| (fold(text), text.clone())).collect(),
                look: source.look,
                above_title: source.above_title,
                element: self.all(source.element.iter().map(|source| Element::compile(source.get_ref()))).pop(),
                span: source.id.span(),
            });
        }
        sections
    }

    fn table(&mut self, source: &TableSource, form: &mut Form, conditions: &mut Vec<(usize, String, Range<usize>)>) {
        let id = source.id.get_ref();
        let too_large = super::bounds::mistakes(source);
        if !too_large.is_empty() {
            return self.mistakes.extend(too_large);
        }
        if form.tables.iter().any(|table| table.id == *id) {
            self.twice(source.id.span(), ("表编号", "table"), id);
        }
        let section = form.sections.iter().position(|section| section.id == *source.section.get_ref());
        let Some(section) = section else {
            let known: Vec<&str> = form.sections.iter().map(|section| section.id.as_str()).collect();
            let wanted = source.section.get_ref();
            let zh = format!("没有“{wanted}”这一部分；已有的部分：{}。", known.join("、"));
            let en = format!("no section `{wanted}`; there are: {}", known.join(", "));
            return self.mistake(source.section.span(), zh, en);
        };
        let name = source.name.clone().unwrap_or_else(|| Message::new(id.clone(), id.clone()));
        let inherited = Inherited { kind: source.kind, unit: source.unit.clone(), ..Inherited::default() };
        let open = source.block.iter().any(|block| matches!(block.rows, RowsSource::Open(_)));
        let mut table = Table {
            id: id.clone(),
            section,
            name,
            label_columns: source.label_columns.unwrap_or(u32::from(!open)),
            widths: source.widths.clone(),
            additive: source.additive,
            blank_is_zero: source.blank_is_zero,
            plain_ids: source.plain_ids,
            sheets: source.sheets.iter().map(|name| fold(name)).collect(),
            optional: source.optional,
            unit_from: source.unit_from.clone(),
            page: source.page,
            tolerance: source.tolerance.and_then(|number| number.to_string().parse().ok()).unwrap_or_default(),
            by_rows: false,
            span: source.id.span(),
            blocks: Vec::new(),
        };
        for block in &source.block {
            self.block(block, &inherited, &mut table, form, conditions);
        }
        let words = |field: &Field| field.table == form.tables.len() && !field.kind.is_figure();
        table.by_rows = form.fields.iter().any(words)
            || table
                .blocks
                .iter()
                .any(|block| block.is_open() || block.beside || block.slots.len() != block.leaf_columns.len())
            || source.block.iter().flat_map(|block| block.rows.fixed()).any(|row| has_heading(row.get_ref()));
        let columns: Vec<u32> = table.blocks.iter().map(Block::width).collect();
        let side_by_side = table.blocks.iter().any(|block| block.beside);
        let widest = table.width();
        let uneven = columns.iter().any(|&count| table.label_columns + count != widest);
        if uneven && !side_by_side && table.blocks.iter().all(|block| block.sets.is_empty()) {
            let zh = format!("表“{id}”各块所占的列数不同（{columns:?}），请写明 spans。");
            let en = format!(
                "the blocks of table `{id}` take different numbers of grid columns ({columns:?}); give `spans`"
            );
            self.mistake(source.id.span(), zh, en);
        }
        if table.widths.is_empty() {
            table.widths = vec![1; widest as usize];
        } else if table.widths.len() != widest as usize && table.blocks.iter().all(|block| block.sets.is_empty()) {
            let given = table.widths.len();
            let zh = format!("表“{id}”有{widest}列，widths 却写了{given}个宽度。");
            self.mistake(source.id.span(), zh, format!("table `{id}` has {widest} grid columns but {given} widths"));
        }
        form.tables.push(table);
    }

    #[allow(clippy::too_many_lines, reason = "one check a key of a block")]
    fn block(
        &mut self,
        source: &BlockSource,
        inherited: &Inherited,
        table: &mut Table,
        form: &mut Form,
        conditions: &mut Vec<(usize, String, Range<usize>)>,
    ) {
        let inherited = inherited.with_defaults(source.kind, source.unit.as_ref());
        let mut columns = Leaves::default();
        for head in &source.columns {
            columns.add(head, &Path::default(), &inherited);
        }
        let mut rows = Leaves::default();
        for head in source.rows.fixed() {
            rows.add(head, &Path::default(), &Inherited::default());
        }
        for (span, zh, en) in columns.mistakes.drain(..).chain(rows.mistakes.drain(..)) {
            self.mistake(span, zh, en);
        }
        if let Some(deep) = source.rows.fixed().iter().find(|row| depth_of(row.get_ref()) > table.label_columns.max(1))
        {
            let (depth, given) = (depth_of(deep.get_ref()), table.label_columns);
            let zh = format!("这一行有{depth}层标签，表的 label_columns 却是{given}，应不小于{depth}。");
            let en = format!(
                "this row has {depth} levels of labels, and the table's `label_columns` is {given}; it must be {depth} at least"
            );
            self.mistake(deep.span(), zh, en);
        }
        let open = match &source.rows {
            RowsSource::Open(open) => self.open_rows(open, &columns),
            RowsSource::Fixed(_) => None,
        };
        if rows.leaves.is_empty() && !matches!(source.rows, RowsSource::Open(_)) {
            rows.leaves.push((Leaf { span: table.span.clone(), ..Leaf::default() }, Inherited::default()));
        }
        let span = source.columns.first().map_or_else(|| table.span.clone(), toml::Spanned::span);
        let spans = if source.spans.is_empty() { vec![1; columns.leaves.len()] } else { source.spans.clone() };
        if spans.len() != columns.leaves.len() || spans.contains(&0) {
            let count = columns.leaves.len();
            let zh = format!("spans 须有{count}个不小于1的数。");
            self.mistake(span.clone(), zh, format!("`spans` must have {count} numbers of at least 1"));
        }
        if source.beside && table.blocks.is_empty() {
            self.mistake(span.clone(), "第一块不能写 beside。", "the first block has nothing to stand beside");
        }
        let sets = self.sets(source, &columns);
        if table.plain_ids && (open.is_some() || !sets.is_empty()) {
            let en = "`plain_ids` is for tables whose rows and columns are prescribed";
            self.mistake(span.clone(), "行或栏不固定的表不能写 plain_ids。", en);
        }
        let depth = columns.leaves.iter().map(|(leaf, _)| leaf.id.as_str());
        let mut seen: Vec<&str> = Vec::new();
        for (id, (leaf, _)) in depth.zip(&columns.leaves) {
            if open.is_some() && seen.contains(&id) {
                self.twice(leaf.span.clone(), ("栏编号", "column"), id);
            }
            seen.push(id);
        }
        let mut block = Block {
            caption: source.caption.as_ref().map(|caption| Label::new(caption, &[])),
            corner: source.corner.as_ref().map(|corner| Label::new(corner, &[])),
            columns: source.columns.iter().map(|head| Head::new(head.get_ref())).collect(),
            rows: source.rows.fixed().iter().map(|head| Head::new(head.get_ref())).collect(),
            leaf_columns: columns.leaves.iter().map(|(leaf, from)| leaf.taking(from)).collect(),
            leaf_rows: rows.leaves.iter().map(|(leaf, from)| leaf.taking(from)).collect(),
            spans,
            first_field: form.fields.len(),
            slots: columns.slots,
            open,
            sets,
            beside: source.beside,
            known_columns: columns.leaves.iter().map(|(leaf, _)| leaf.id.clone()).collect(),
            resolved: false,
        };
        if block.is_open() {
            for (leaf, ()) in &block.leaf_columns.iter().map(|leaf| (leaf, ())).collect::<Vec<_>>() {
                if leaf.id.is_empty() {
                    self.mistake(leaf.span.clone(), "每一栏都要有 id。", "every column needs an `id`");
                }
            }
            table.blocks.push(block);
            return;
        }
        for (row, (row_leaf, from_row)) in rows.leaves.iter().enumerate() {
            for (column, (column_leaf, from_column)) in columns.leaves.iter().enumerate() {
                let parts = [table.prefix(), &row_leaf.id, &column_leaf.id];
                let id = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
                if !self.ids.insert(id.clone()) {
                    self.twice(row_leaf.span.clone(), ("字段编号", "field"), &id);
                }
                let kind = from_row.kind.or(from_column.kind).unwrap_or_default();
                let unit = from_row.unit.clone().or_else(|| from_column.unit.clone());
                let choice = from_row.choice.clone().or_else(|| from_column.choice.clone());
                if kind == FieldKind::Choice && choice.is_none() {
                    self.mistake(row_leaf.span.clone(), "choice 要写明 of（可选的词）。", "a choice needs `of`");
                }
                if let Some(when) = from_row.when.as_ref().or(from_column.when.as_ref()) {
                    let span = if from_row.when.is_some() { &row_leaf.span } else { &column_leaf.span };
                    conditions.push((form.fields.len(), when.clone(), span.clone()));
                }
                form.fields.push(Field {
                    is_ratio: false,
                    id,
                    table: form.tables.len(),
                    block: table.blocks.len(),
                    row,
                    column,
                    kind,
                    unit: unit.filter(|unit| !unit.is_empty() && kind.is_figure()),
                    choice,
                });
            }
        }
        block.resolved = true;
        table.blocks.push(block);
    }

    fn open_rows(&mut self, source: &OpenSource, columns: &Leaves) -> Option<OpenRows> {
        let each = source.each.get_ref();
        let at = columns.leaves.iter().position(|(leaf, _)| leaf.id == *each);
        if at.is_none() && each != "number" {
            let zh = format!("没有“{each}”这一栏；each 应写一栏的编号，或写 number。");
            let en = format!("no column `{each}`; `each` names a column, or is `number`");
            self.mistake(source.each.span(), zh, en);
            return None;
        }
        if let Some((leaf, from)) = at.map(|at| &columns.leaves[at])
            && from.kind.unwrap_or_default().is_figure()
        {
            let zh = format!("“{each}”一栏是数字，不能用来区分各行；请写 kind = \"text\" 或 kind = \"code\"。");
            let en = format!("the column `{each}` has figures; rows are known by a column of kind `text` or `code`");
            self.mistake(leaf.span.clone(), zh, en);
            return None;
        }
        Some(OpenRows {
            each: at,
            parent: source.parent,
            total: source.total.as_ref().map(|total| Label::new(total, &source.total_variants)),
            total_id: source.total_id.clone().unwrap_or_else(|| "all".to_owned()),
            single: source.single,
            blank: source.blank.unwrap_or(BLANK_ROWS),
        })
    }

    fn sets(&mut self, source: &BlockSource, columns: &Leaves) -> Vec<(String, Vec<usize>)> {
        let mut sets = Vec::new();
        for set in &source.set {
            let mut found = Vec::new();
            for name in &set.columns {
                if let Some(at) = columns.leaves.iter().position(|(leaf, _)| leaf.id == *name.get_ref()) {
                    found.push(at);
                } else {
                    let id = name.get_ref();
                    self.mistake(name.span(), format!("没有“{id}”这一栏。"), format!("no column `{id}`"));
                }
            }
            if sets.iter().any(|(id, _)| id == set.id.get_ref()) {
                self.twice(set.id.span(), ("栏目组编号", "set"), set.id.get_ref());
            }
            sets.push((set.id.get_ref().clone(), found));
        }
        sets
    }
}

/// Default number of empty rows in a blank form whose rows are data.
const BLANK_ROWS: u32 = 3;

/// Parses a condition, `field = word`.
fn condition(form: &Form, field: usize, when: &str, span: &Range<usize>) -> Result<Condition, Mistake> {
    let wrong = || {
        let zh = format!("“{when}”应写成：选择类字段 = 所选的词。");
        Mistake::new(span.clone(), zh, format!("`{when}` should read `FIELD = WORD`, with a choice of the form"))
    };
    let (id, word) = when.split_once('=').ok_or_else(wrong)?;
    let (id, word) = (id.trim(), word.trim());
    let table = &form.tables[form.fields[field].table].id;
    let known = form.field_index(id).or_else(|| form.field_index(&format!("{table}.{id}"))).ok_or_else(wrong)?;
    let choice = form.fields[known].choice.as_ref().ok_or_else(wrong)?;
    if !choice.of.iter().any(|known| known == word) {
        return Err(wrong());
    }
    Ok(Condition { field, when: known, word: word.to_owned() })
}
