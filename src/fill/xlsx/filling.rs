//! Fills a report into a workbook: cell entries, formula results, and the edits of the sheets.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use super::formula::Held;
use super::height;
use super::sheet::{At, Cell};
use super::{Body, XlsxTemplate};
use crate::fill::edit::{Edit, apply};
use crate::fill::lines;
use crate::fill::rows::{Content, OpenReport, RowCell};
use crate::fill::{about, homeless, is_heading};
use crate::finding::code::fill as code;
use crate::finding::{Code, Finding, Message};
use crate::form::{FieldIndex, Form};
use crate::report::Report;
use crate::write::docx::extra;
use crate::write::plan::{self, ContentItem, PlannedSection};
use crate::write::xlsx::{cell, numbers};

/// The new content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    Number(Decimal),
    Text(String),
    Blank,
}

/// State of filling in a report.
pub(super) struct Filling<'a> {
    template: &'a XlsxTemplate,
    body: &'a Body,
    report: &'a Report,
    entries: BTreeMap<Cell, Entry>,
    /// Fields without a cell.
    missing: Vec<FieldIndex>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Filling<'a> {
    /// Fills a report into the cells.
    pub(super) fn fill((template, body): (&'a XlsxTemplate, &'a Body), open: &OpenReport<'a>) -> Self {
        let mut filling = Self {
            template,
            body,
            report: open.report,
            entries: BTreeMap::new(),
            missing: Vec::new(),
            findings: Vec::new(),
        };
        filling.figures(open);
        filling.title();
        filling.narrative();
        filling
    }

    fn figures(&mut self, open: &OpenReport<'a>) {
        let form = &self.template.form;
        let numbers = numbers(open.whole, self.report);
        let mut missing = Vec::new();
        let mut computed = Vec::new();
        for (field, cell) in self.body.slots.fields.iter().enumerate() {
            let shown = plan::shown(form, self.report, field);
            let Some((sheet, at)) = *cell else {
                if !shown.trim().is_empty() {
                    missing.push(field);
                }
                continue;
            };
            let entry = match numbers[field] {
                Some(number) => Entry::Number(number),
                None if shown.is_empty() => Entry::Blank,
                None => Entry::Text(shown.into_owned()),
            };
            if self.body.sheets[sheet].formulas.has(at) {
                computed.push((field, (sheet, at), entry));
            } else {
                self.entries.insert((sheet, at), entry);
            }
        }
        self.missing = missing;
        let placed = self.rows(open, &numbers, &mut computed);
        self.findings.extend(homeless(open.whole, &open.unplaced(&placed)));
        self.computed(open.whole, &computed);
    }

    /// Fills the tables whose rows are data; returns the fields that have a cell.
    fn rows(
        &mut self,
        open: &OpenReport<'a>,
        numbers: &[Option<Decimal>],
        computed: &mut Vec<(FieldIndex, Cell, Entry)>,
    ) -> HashSet<FieldIndex> {
        let body = self.body;
        let mut placed = HashSet::new();
        let mut put = |filling: &mut Self, cell: Cell, content: Content| {
            placed.extend(content.field);
            let number = content.field.filter(|_| !content.is_part).and_then(|field| numbers[field]);
            let entry = match number {
                Some(number) => Entry::Number(number),
                None if content.text.is_empty() => Entry::Blank,
                None => Entry::Text(content.text.into_owned()),
            };
            match content.field.filter(|_| body.sheets[cell.0].formulas.has(cell.1)) {
                Some(field) => computed.push((field, cell, entry)),
                None => {
                    filling.entries.insert(cell, entry);
                }
            }
        };
        for table in &body.slots.open {
            let keys = open.keys_of(&table.blocks);
            for (number, cell, content) in table.cells() {
                let content = match content {
                    RowCell::Number(number) => {
                        self.entries.insert(cell, Entry::Number(number.into()));
                        continue;
                    }
                    RowCell::Field { block, leaf, part, parts } => {
                        keys[block].get(number).map(|key| open.content(table.blocks[block], key, (leaf, part, parts)))
                    }
                };
                // A formula in a row without data, or in a column that the report does not have, is kept.
                let has_field = content.as_ref().is_some_and(|content| content.field.is_some());
                if has_field || !body.sheets[cell.0].formulas.has(cell.1) {
                    put(self, cell, content.unwrap_or_default());
                }
            }
            for (cell, content) in table.total_cells() {
                let RowCell::Field { block, leaf, part, parts } = content else { continue };
                if let Some(content) = open.total(table.blocks[block], (leaf, part, parts)) {
                    put(self, cell, content);
                }
            }
        }
        placed
    }

    /// Handles cells with a formula, which is kept. If the formula yields the figure, its result is set; else a finding is added.
    fn computed(&mut self, form: &Form, cells: &[(FieldIndex, Cell, Entry)]) {
        let held = |entry: &Entry| match entry {
            Entry::Number(number) => Held::Number(*number),
            Entry::Text(_) => Held::Text,
            Entry::Blank => Held::Blank,
        };
        for (number, sheet) in self.body.sheets.iter().enumerate() {
            let here = |cell: &Cell| cell.0 == number;
            if !cells.iter().any(|(_, cell, _)| here(cell)) {
                continue;
            }
            let entries = self.entries.iter().filter(|(cell, _)| here(cell));
            let filled: BTreeMap<At, Held> = entries.map(|(cell, entry)| (cell.1, held(entry))).collect();
            let mut results = sheet.formulas.with(&filled);
            for (field, cell, entry) in cells.iter().filter(|(_, cell, _)| here(cell)) {
                let result = results.of_cell(cell.1);
                let stands = sheet.texts.get(&cell.1).map(|text| text.trim()) == Some(&shown(entry));
                match (result, entry) {
                    (Some(Held::Number(result)), Entry::Number(figure)) if result == *figure => {
                        self.entries.insert(*cell, entry.clone());
                    }
                    (Some(Held::Text | Held::Blank), Entry::Blank) => {
                        self.entries.insert(*cell, Entry::Text(String::new()));
                    }
                    (None, _) if stands => {}
                    // The cached result is that of the blank form; without it, programs recalculate.
                    (None, _) => {
                        self.findings.push(self.kept(form, &code::FORMULA_KEPT, *field, *cell, entry, None));
                        self.entries.insert(*cell, Entry::Blank);
                    }
                    (Some(result), _) => {
                        let result = if let Held::Number(number) = result { number.to_string() } else { String::new() };
                        let yields = Some(result.as_str());
                        self.findings.push(self.kept(form, &code::FORMULA_DIFFERS, *field, *cell, entry, yields));
                        let entry = result.parse().map_or(Entry::Text(String::new()), Entry::Number);
                        self.entries.insert(*cell, entry);
                    }
                }
            }
        }
    }

    /// The finding about a formula that is kept although it does not, or may not, yield the figure.
    fn kept(
        &self,
        form: &Form,
        code: &'static Code,
        field: FieldIndex,
        cell: Cell,
        entry: &Entry,
        yields: Option<&str>,
    ) -> Finding {
        let name = form.describe(field);
        let (sheet, at) = (&self.body.sheets[cell.0].name, cell::name(cell.1.0, cell.1.1));
        let figure = shown(entry);
        let (zh, en) = yields.map_or_else(Default::default, |yields| {
            (format!("，公式算得“{yields}”"), format!(", the formula yields \"{yields}\""))
        });
        let message = Message::new(
            format!("模板“{sheet}”的 {at}（{}）是公式，已保留；报告中为“{figure}”{zh}。{}", name.zh, code.remedy.0),
            format!(
                "{at} on the template's sheet \"{sheet}\" ({}) is a formula, which stays; the report has \"{figure}\"{en}. {}",
                name.en, code.remedy.1
            ),
        );
        Finding::new(code, message).about([&form.fields[field].id])
    }

    fn title(&mut self) {
        let title = plan::title(&self.template.form, self.report);
        let slots = &self.body.slots;
        let headings = slots.headings.iter().map(|heading| heading.0);
        if slots.title.is_empty()
            && slots.titles.is_empty()
            && !is_heading(&self.template.form, self.report, &title, headings)
        {
            self.findings.push(about(&code::TITLE_HAS_NO_PLACE, &title));
        }
        for (number, cell) in slots.title.iter().enumerate() {
            let text = if number == 0 { title.as_str() } else { "" };
            self.text(*cell, text.to_owned());
        }
        for cell in &slots.titles {
            self.text(*cell, title.clone());
        }
    }

    fn text(&mut self, cell: Cell, text: String) {
        self.entries.insert(cell, if text.is_empty() { Entry::Blank } else { Entry::Text(text) });
    }

    fn narrative(&mut self) {
        let (form, slots) = (&self.template.form, &self.body.slots);
        let date = self.report.published.filter(|_| !slots.dates.is_empty());
        let date = date.map(|date| format!("{}年{}月{}日", date.year(), date.month(), date.day()));
        if let Some(date) = &date {
            for cell in &slots.dates {
                self.text(*cell, date.clone());
            }
        }
        let mut nowhere = Vec::new();
        let mut parts = plan::parts(form, self.report);
        for (section, cell) in &slots.headings {
            let heading =
                parts.iter().find(|part| part.id == form.sections[*section].id).and_then(PlannedSection::heading);
            if let (Some(heading), true) = (heading, self.report.year.is_some()) {
                self.text(*cell, heading.to_owned());
            }
        }
        let templates: Vec<&str> = slots.lines.iter().map(|line| line.0.as_str()).collect();
        lines::split_rows(&templates, &slots.rows, &mut parts);
        lines::without_kept(form, &mut parts, &slots.kept);
        let written = lines::written(form, self.report, templates.into_iter(), &mut parts);
        let lines::Written { lines: written, mut findings } = written;
        self.findings.append(&mut findings);
        let stated: Vec<String> = written.iter().flatten().cloned().collect();
        let stated = lines::stated(form, self.report, &stated);
        self.missing.retain(|field| !stated.contains(field));
        self.findings.splice(..0, homeless(form, &self.missing));
        for ((_, cell), line) in slots.lines.iter().zip(written) {
            if let Some(line) = line {
                self.text(*cell, line);
            }
        }
        for part in parts {
            let number = form.sections.iter().position(|section| section.id == part.id);
            let mut lines = self.lines(&part.pieces);
            lines.retain(|line| Some(line) != date.as_ref());
            match number.and_then(|number| slots.sections[number].as_ref()) {
                Some(cells) => self.spread(cells, &lines),
                None if lines.is_empty() => {}
                None => nowhere.push(part.heading().unwrap_or("（前言）").to_owned()),
            }
        }
        if !nowhere.is_empty() {
            self.findings.push(about(&code::TEXT_HAS_NO_PLACE, &nowhere.join("、")));
        }
    }

    /// Distributes lines over cells: one each, the rest into the last.
    fn spread(&mut self, cells: &[Cell], lines: &[String]) {
        let last = cells.len().saturating_sub(1);
        for (number, cell) in cells.iter().enumerate() {
            let text = match lines.get(number..).unwrap_or_default() {
                [] => String::new(),
                lines if number == last => lines.join("\n"),
                [line, ..] => line.clone(),
            };
            if cell::pieces(&text).nth(1).is_some() {
                self.findings.push(about(&code::TEXT_TOO_LONG, &text));
            }
            self.text(*cell, text);
        }
    }

    /// The text of a section by lines: extra tables as lines of their cells, pictures by their names, with a finding.
    fn lines(&mut self, pieces: &[ContentItem]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in pieces {
            match *piece {
                ContentItem::Text(text) | ContentItem::Heading(_, text) => lines.push(text.to_owned()),
                ContentItem::Table(_) => {}
                ContentItem::Extra(table) => lines.extend(extra::lines(table)),
                ContentItem::Picture(index, _, alt) => {
                    let name = self.report.pictures.get(index).map(|picture| picture.name.as_str());
                    let name = alt.or(name).unwrap_or_default();
                    lines.push(format!("〔图片：{name}〕"));
                    self.findings.push(about(&code::PICTURE_HAS_NO_PLACE, name));
                }
            }
        }
        lines
    }

    /// Whether a text is shown in several lines if its cell is too narrow. Other text is shown in one line, over blank cells beside it.
    fn wraps(&self, sheet: usize, at: At, text: &str) -> bool {
        let format = self.body.sheets[sheet].sheet.cells.get(&at).and_then(|cell| {
            let (_, rest) = cell.attributes.split_once(" s=\"")?;
            Some(rest.split_once('"')?.0)
        });
        text.contains('\n') || format.is_some_and(|format| self.template.formats.wrapping.contains(format))
    }

    /// The changed sheets, or all of them: names of their parts, and XML.
    pub(super) fn sheets(&self, all: bool) -> Vec<(&'a str, String)> {
        let mut edits: Vec<Vec<Edit>> = vec![Vec::new(); self.body.sheets.len()];
        for (&(number, at), entry) in &self.entries {
            let template = &self.body.sheets[number];
            let Some(slot) = template.sheet.cells.get(&at) else { continue };
            if template.texts.get(&at).is_some_and(|text| *text == shown(entry)) {
                continue;
            }
            let formula = slot.formula.and_then(|(start, end)| template.sheet.xml.get(start..end)).unwrap_or_default();
            let text = write(&template.sheet.prefix, at, &slot.attributes, formula, entry);
            edits[number].push(Edit { span: slot.span, text });
        }
        for (number, edits) in edits.iter_mut().enumerate().filter(|(_, edits)| !edits.is_empty()) {
            let texts = self.entries.iter().filter_map(|((sheet, at), entry)| match entry {
                Entry::Text(text) if *sheet == number && self.wraps(number, *at, text) => Some((*at, text.as_str())),
                _ => None,
            });
            edits.extend(height::grown(&self.body.sheets[number].sheet, texts));
        }
        let sheets = self.body.sheets.iter().zip(edits).filter(|(_, edits)| all || !edits.is_empty());
        sheets.map(|(sheet, mut edits)| (sheet.part.as_str(), apply(&sheet.sheet.xml, &mut edits))).collect()
    }
}

fn shown(entry: &Entry) -> String {
    match entry {
        Entry::Number(number) => number.normalize().to_string(),
        Entry::Text(text) => text.clone(),
        Entry::Blank => String::new(),
    }
}

/// A cell with its content (18.3.1.4). Text is never a formula.
pub(super) fn write(prefix: &str, at: At, attributes: &str, formula: &str, entry: &Entry) -> String {
    let name = cell::name(at.0, at.1);
    let text = |text: &str| {
        let mut literal = String::new();
        cell::literal(cell::pieces(text).next().unwrap_or_default(), &mut literal);
        if formula.is_empty() {
            let text = format!("<{prefix}is><{prefix}t xml:space=\"preserve\">{literal}</{prefix}t></{prefix}is>");
            return (" t=\"inlineStr\"", text);
        }
        (" t=\"str\"", format!("<{prefix}v>{literal}</{prefix}v>"))
    };
    let (kind, content) = match entry {
        Entry::Number(number) => match cell::exact(*number) {
            Some(number) => ("", format!("<{prefix}v>{number}</{prefix}v>")),
            None => text(&number.to_string()),
        },
        Entry::Text(written) if formula.is_empty() && written.is_empty() => ("", String::new()),
        Entry::Text(written) => text(written),
        Entry::Blank => ("", String::new()),
    };
    if formula.is_empty() && content.is_empty() {
        return format!("<{prefix}c r=\"{name}\"{attributes}/>");
    }
    format!("<{prefix}c r=\"{name}\"{attributes}{kind}>{formula}{content}</{prefix}c>")
}
