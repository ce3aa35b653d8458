//! A mapping file as written, resolved into a [`Form`]: labels folded, field ids made, rules expanded, mistakes collected.

use std::ops::Range;

use indexmap::IndexMap;

use super::rule::expand;
use super::source::{
    BlockSource, FormSource, HeadSource, LANGUAGE, SectionSource, TableSource, TitleSource, VersionOnly,
};
use super::{Block, Field, FieldKind, Form, FormError, Head, Label, Leaf, Mistake, Section, Table, Title};
use crate::finding::{Message, not_toml};
use crate::text::{fold, numbering};

/// Reads and resolves a mapping file.
///
/// # Errors
/// Every mistake that was found, with the bytes to blame: bad TOML, unknown keys, an unknown language version, doubled ids,
/// names that stand for nothing, expressions that cannot be read.
pub(super) fn compile(name: &str, text: &str) -> Result<Form, FormError> {
    let fail = |mistakes: Vec<Mistake>| FormError { name: name.to_owned(), text: text.to_owned(), mistakes };
    let from_toml =
        |error: toml::de::Error| fail(vec![Mistake { span: error.span(), message: not_toml(error.message()) }]);
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
    let mut form = Compiler { mistakes: &mut mistakes }.form(source);
    // FNV-1a (Fowler, Noll and Vo): stable over platforms and versions.
    form.fingerprint =
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    if mistakes.is_empty() { Ok(form) } else { Err(fail(mistakes)) }
}

impl Label {
    /// A label with its variants.
    fn new(text: &str, variants: &[String]) -> Self {
        Self::called(text, None, variants)
    }

    /// A label with what it is called where it is spoken of.
    fn called(text: &str, short: Option<&str>, variants: &[String]) -> Self {
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
}

/// What a field takes from the table, block, row and column around it; the innermost word counts.
#[derive(Clone, Default)]
struct Inherited {
    kind: Option<FieldKind>,
    unit: Option<String>,
}

impl Inherited {
    fn with(&self, kind: Option<FieldKind>, unit: Option<&String>) -> Self {
        Self { kind: kind.or(self.kind), unit: unit.cloned().or_else(|| self.unit.clone()) }
    }
}

impl Compiler<'_> {
    fn mistake(&mut self, span: Range<usize>, zh: impl Into<String>, en: impl Into<String>) {
        self.mistakes.push(Mistake::new(span, zh, en));
    }

    /// An id that stands twice.
    fn twice(&mut self, span: Range<usize>, what: (&str, &str), id: &str) {
        self.mistake(span, format!("{}“{id}”重复。", what.0), format!("the {} id `{id}` stands twice", what.1));
    }

    /// An id becomes a part of the names of files and of columns.
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
        let sections = self.sections(&source.section);
        let mut form = Form {
            id: source.id.into_inner(),
            name: source.name,
            basis: source.basis,
            documents: source.documents,
            years: source.years,
            title: title(source.title),
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
            by_id: IndexMap::new(),
            fingerprint: 0,
        };
        for table in &source.table {
            self.table(table, &mut form);
        }
        form.by_id = form.fields.iter().enumerate().map(|(index, field)| (field.id.clone(), index)).collect();
        let mut rule_ids: Vec<&str> = Vec::new();
        for rule in &source.rule {
            if rule_ids.contains(&rule.id.get_ref().as_str()) {
                self.twice(rule.id.span(), ("规则编号", "rule"), rule.id.get_ref());
            }
            rule_ids.push(rule.id.get_ref());
            match expand(rule, &form) {
                Ok(rule) => form.rules.push(rule),
                Err(mistake) => self.mistakes.push(mistake),
            }
        }
        form.narrative = super::Narrative::compile(&source.narrative, &form, self.mistakes);
        form.reserved = self.all(source.reserved.iter().map(|source| super::plausible::reserved(source, &form)));
        form.magnitudes = self.all(source.magnitude.iter().map(|source| super::plausible::magnitude(source, &form)));
        form.leftovers = self.all(source.leftovers.iter().map(super::plausible::pattern));
        let any: Vec<String> = source.leftovers.iter().map(|text| format!("(?:{})", text.get_ref())).collect();
        form.leftover = super::Pattern::new(&any.join("|")).ok();
        let identity = std::iter::once(super::identity::identity(source.identity));
        form.identity = self.all(identity).pop().unwrap_or_default();
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

    /// What was resolved; the mistakes are kept.
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
            sections.push(Section {
                id: id.clone(),
                heading: source.heading.as_ref().map(|heading| Label::new(heading, &source.variants)),
                placeholders: source.placeholders.iter().map(|text| fold(text)).collect(),
                max_characters: source.max_characters,
                stale: source.stale.iter().map(|text| (fold(text), text.clone())).collect(),
            });
        }
        sections
    }

    fn table(&mut self, source: &TableSource, form: &mut Form) {
        let id = source.id.get_ref();
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
        let inherited = Inherited { kind: source.kind, unit: source.unit.clone() };
        let mut table = Table {
            id: id.clone(),
            section,
            name,
            label_columns: source.label_columns,
            widths: source.widths.clone(),
            additive: source.additive,
            blank_is_zero: source.blank_is_zero,
            blocks: Vec::new(),
        };
        for block in &source.block {
            self.block(block, &inherited, &mut table, form);
        }
        let columns: Vec<u32> = table.blocks.iter().map(|block| block.spans.iter().sum::<u32>()).collect();
        let widest = table.label_columns + columns.iter().copied().max().unwrap_or(0);
        if columns.iter().any(|&count| table.label_columns + count != widest) {
            let zh = format!("表“{id}”各块所占的列数不同（{columns:?}），请写明 spans。");
            let en = format!(
                "the blocks of table `{id}` take different numbers of grid columns ({columns:?}); give `spans`"
            );
            self.mistake(source.id.span(), zh, en);
        }
        if table.widths.is_empty() {
            table.widths = vec![1; widest as usize];
        } else if table.widths.len() != widest as usize {
            let given = table.widths.len();
            let zh = format!("表“{id}”有{widest}列，widths 却写了{given}个宽度。");
            self.mistake(source.id.span(), zh, format!("table `{id}` has {widest} grid columns but {given} widths"));
        }
        form.tables.push(table);
    }

    fn block(&mut self, source: &BlockSource, inherited: &Inherited, table: &mut Table, form: &mut Form) {
        let inherited = inherited.with(source.kind, source.unit.as_ref());
        let mut columns = Leaves::default();
        for head in &source.columns {
            columns.add(head.get_ref(), &Path::default(), &inherited);
        }
        let mut rows = Leaves::default();
        for head in &source.rows {
            rows.add(head.get_ref(), &Path::default(), &Inherited::default());
        }
        if rows.leaves.is_empty() {
            rows.leaves.push((Leaf { id: String::new(), path: Vec::new() }, Inherited::default()));
        }
        let deepest = rows.leaves.iter().map(|(leaf, _)| leaf.path.len()).max().unwrap_or(0);
        if deepest > table.label_columns.max(1) as usize {
            let span = source.rows.first().map_or(0..0, toml::Spanned::span);
            let zh = format!("表“{}”的行分{deepest}层，label_columns 至少须为{deepest}。", table.id);
            let en =
                format!("the rows of table `{}` are {deepest} deep; `label_columns` must be at least that", table.id);
            self.mistake(span, zh, en);
        }
        let span = source.columns.first().map_or(0..0, toml::Spanned::span);
        let spans = if source.spans.is_empty() { vec![1; columns.leaves.len()] } else { source.spans.clone() };
        if spans.len() != columns.leaves.len() || spans.contains(&0) {
            let count = columns.leaves.len();
            let zh = format!("spans 须有{count}个不小于1的数。");
            self.mistake(span.clone(), zh, format!("`spans` must have {count} numbers of at least 1"));
        }
        let first_field = form.fields.len();
        for (row, (row_leaf, from_row)) in rows.leaves.iter().enumerate() {
            for (column, (column_leaf, from_column)) in columns.leaves.iter().enumerate() {
                let parts = [table.id.as_str(), &row_leaf.id, &column_leaf.id];
                let id = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
                if form.fields.iter().any(|field| field.id == id) {
                    self.twice(span.clone(), ("字段编号", "field"), &id);
                }
                let taken = from_column.with(from_row.kind, from_row.unit.as_ref());
                form.fields.push(Field {
                    id,
                    table: form.tables.len(),
                    block: table.blocks.len(),
                    row,
                    column,
                    kind: taken.kind.unwrap_or_default(),
                    unit: taken.unit.filter(|unit| !unit.is_empty()),
                });
            }
        }
        table.blocks.push(Block {
            caption: source.caption.as_ref().map(|caption| Label::new(caption, &[])),
            corner: source.corner.as_ref().map(|corner| Label::new(corner, &[])),
            columns: source.columns.iter().map(|head| Head::new(head.get_ref())).collect(),
            rows: source.rows.iter().map(|head| Head::new(head.get_ref())).collect(),
            leaf_columns: columns.leaves.into_iter().map(|(leaf, _)| leaf).collect(),
            leaf_rows: rows.leaves.into_iter().map(|(leaf, _)| leaf).collect(),
            spans,
            first_field,
        });
    }
}

impl Head {
    /// Mapping files are ours or the user's own, and TOML itself bounds their nesting.
    fn new(source: &HeadSource) -> Self {
        Self {
            label: Label::called(&source.label, source.short.as_deref(), &source.variants),
            children: source.children.iter().map(Self::new).collect(),
        }
    }
}

#[derive(Clone, Default)]
struct Path {
    ids: Vec<String>,
    labels: Vec<Label>,
}

#[derive(Default)]
struct Leaves {
    leaves: Vec<(Leaf, Inherited)>,
}

impl Leaves {
    fn add(&mut self, head: &HeadSource, path: &Path, inherited: &Inherited) {
        let mut path = path.clone();
        path.ids.extend(head.id.clone());
        path.labels.push(Label::called(&head.label, head.short.as_deref(), &head.variants));
        let inherited = inherited.with(head.kind, head.unit.as_ref());
        if head.children.is_empty() {
            self.leaves.push((Leaf { id: path.ids.join("."), path: path.labels }, inherited));
            return;
        }
        for child in &head.children {
            self.add(child, &path, &inherited);
        }
    }
}

fn title(source: TitleSource) -> Title {
    // The longest of the words between agency and year is the name; of equally long ones the last.
    let pieces = source.pattern.split(['{', '}']).step_by(2);
    let fixed = pieces.max_by_key(|piece| fold(piece).chars().count()).unwrap_or_default();
    let fixed = fixed.strip_prefix('年').unwrap_or(fixed);
    let names = std::iter::once(fixed).chain(source.names.iter().map(String::as_str)).map(fold).collect();
    Title { pattern: source.pattern, names }
}
