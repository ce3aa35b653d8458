//! Fills a report into a workbook: cell entries, formula results, and the edits of the sheets.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::XlsxTemplate;
use super::formula::Held;
use super::height;
use super::locate::Cell;
use super::sheet::At;
use crate::fill::edit::{Edit, apply};
use crate::fill::{about, homeless, of_rows};
use crate::finding::code::fill as code;
use crate::finding::{Code, Finding, Message};
use crate::form::FieldIndex;
use crate::report::Report;
use crate::write::docx::extra;
use crate::write::plan::{self, ContentItem};
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
    report: &'a Report,
    entries: BTreeMap<Cell, Entry>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Filling<'a> {
    /// Fills a report into the cells.
    pub(super) fn fill(template: &'a XlsxTemplate, report: &'a Report) -> Self {
        let mut filling = Self { template, report, entries: BTreeMap::new(), findings: Vec::new() };
        filling.figures();
        filling.title();
        filling.narrative();
        filling
    }

    fn figures(&mut self) {
        let form = &self.template.form;
        let numbers = numbers(form, self.report);
        let mut missing = Vec::new();
        let mut computed = Vec::new();
        for (field, cell) in self.template.slots.fields.iter().enumerate() {
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
            if self.template.sheets[sheet].formulas.has(at) {
                computed.push((field, (sheet, at), entry));
            } else {
                self.entries.insert((sheet, at), entry);
            }
        }
        self.findings.extend(homeless(form, &missing));
        self.findings.extend(of_rows(form, self.report));
        self.computed(&computed);
    }

    /// Handles cells with a formula, which is kept. If the formula yields the figure, its result is set; else a finding is added.
    fn computed(&mut self, cells: &[(FieldIndex, Cell, Entry)]) {
        let held = |entry: &Entry| match entry {
            Entry::Number(number) => Held::Number(*number),
            Entry::Text(_) => Held::Text,
            Entry::Blank => Held::Blank,
        };
        for (number, sheet) in self.template.sheets.iter().enumerate() {
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
                        self.findings.push(self.kept(&code::FORMULA_KEPT, *field, *cell, entry, None));
                        self.entries.insert(*cell, Entry::Blank);
                    }
                    (Some(result), _) => {
                        let result = if let Held::Number(number) = result { number.to_string() } else { String::new() };
                        let yields = Some(result.as_str());
                        self.findings.push(self.kept(&code::FORMULA_DIFFERS, *field, *cell, entry, yields));
                        let entry = result.parse().map_or(Entry::Text(String::new()), Entry::Number);
                        self.entries.insert(*cell, entry);
                    }
                }
            }
        }
    }

    /// The finding about a formula that is kept although it does not, or may not, yield the figure.
    fn kept(&self, code: &'static Code, field: FieldIndex, cell: Cell, entry: &Entry, yields: Option<&str>) -> Finding {
        let form = &self.template.form;
        let name = form.describe(field);
        let (sheet, at) = (&self.template.sheets[cell.0].name, cell::name(cell.1.0, cell.1.1));
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
        let slots = &self.template.slots;
        if slots.title.is_empty() && slots.titles.is_empty() {
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
        let (form, slots) = (&self.template.form, &self.template.slots);
        let date = self.report.published.filter(|_| !slots.dates.is_empty());
        let date = date.map(|date| format!("{}年{}月{}日", date.year(), date.month(), date.day()));
        if let Some(date) = &date {
            for cell in &slots.dates {
                self.text(*cell, date.clone());
            }
        }
        let mut nowhere = Vec::new();
        for part in plan::parts(form, self.report) {
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

    /// The changed sheets: names of their parts, and XML.
    pub(super) fn sheets(&self) -> Vec<(&'a str, String)> {
        let mut edits: Vec<Vec<Edit>> = vec![Vec::new(); self.template.sheets.len()];
        for (&(number, at), entry) in &self.entries {
            let template = &self.template.sheets[number];
            let Some(slot) = template.sheet.cells.get(&at) else { continue };
            let stands = template.texts.get(&at).map(String::as_str).unwrap_or_default();
            if stands == shown(entry) {
                continue;
            }
            let formula = slot.formula.and_then(|(start, end)| template.sheet.xml.get(start..end)).unwrap_or_default();
            let text = write(&template.sheet.prefix, at, &slot.attributes, formula, entry);
            edits[number].push(Edit { span: slot.span, text });
        }
        for (number, edits) in edits.iter_mut().enumerate().filter(|(_, edits)| !edits.is_empty()) {
            let texts = self.entries.iter().filter_map(|((sheet, at), entry)| match entry {
                Entry::Text(text) if *sheet == number => Some((*at, text.as_str())),
                _ => None,
            });
            edits.extend(height::grown(&self.template.sheets[number].sheet, texts));
        }
        let sheets = self.template.sheets.iter().zip(edits).filter(|(_, edits)| !edits.is_empty());
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
