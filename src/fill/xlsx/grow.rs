//! Inserts copies of a row into a sheet, and moves everything below: rows, merged regions, formulas, and what else refers to cells.

use std::collections::BTreeMap;

use super::reference::{Rows, moved};
use super::sheet::{SHEET, place};
use crate::document::Budget;
use crate::fill::edit::{Edit, Span, apply};
use crate::read::ReadError;
use crate::read::xml::{Event, Events, Tag};
use crate::write::xlsx::cell;

/// Elements of a sheet with positions of cells that are not moved.
const FIXED: &[&str] = &["oleObjects", "controls"];

/// Elements with the text of a formula.
const FORMULAS: &[&str] = &["f", "formula", "formula1", "formula2", "definedName"];

/// Copies of the last row of a table, inserted below it; of the header, without its words, if the table has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Growth<'a> {
    /// Name of the sheet.
    pub(super) sheet: &'a str,
    /// The first and the last of the table's rows, 0-based.
    pub(super) first: u32,
    pub(super) last: u32,
    /// Number of copies.
    pub(super) by: u32,
    /// Whether the copied row is the header.
    pub(super) header: bool,
    /// The cell formats of rows of data in place of those of a header.
    pub(super) plain: &'a BTreeMap<String, String>,
}

impl Growth<'_> {
    /// The row after the insertion.
    pub(super) fn row(&self, row: u32) -> u32 {
        if row > self.last { row + self.by } else { row }
    }

    /// A region or range after the insertion: one that ends with the table's rows includes the copies.
    pub(super) fn region(&self, rows: Rows) -> (u32, Option<u32>) {
        let to = rows.to.map(|(to, _)| if to == self.last && !self.header { to + self.by } else { self.row(to) });
        (self.row(rows.from.0), to)
    }

    /// A region to which the copies belong if it covers the last row.
    fn area(&self, rows: Rows) -> (u32, Option<u32>) {
        match self.region(rows) {
            (from, None) if from == self.last && !self.header => (from, Some(from + self.by)),
            moved => moved,
        }
    }

    /// A formula after the insertion, in row `at` of the sheet, or elsewhere.
    pub(super) fn formula(&self, text: &str, at: Option<u32>) -> String {
        let is_own = |sheet: Option<&str>| sheet.map_or(at.is_some(), |sheet| sheet == self.sheet);
        let inside = at.is_some_and(|at| (self.first..=self.last).contains(&at));
        let rows = |rows: Rows| {
            if inside { (self.row(rows.from.0), rows.to.map(|(to, _)| self.row(to))) } else { self.region(rows) }
        };
        moved(text, &is_own, &rows)
    }
}

/// A formula of the copied row.
struct Formula {
    /// The whole element.
    span: Span,
    /// Its text; `None` if it cannot be copied.
    text: Option<String>,
}

/// Growing a sheet.
struct Grower<'a> {
    xml: &'a str,
    growth: &'a Growth<'a>,
    /// Whether this is the sheet that grows; another one only refers to it.
    grows: bool,
    edits: Vec<Edit>,
    /// The copied row, with the places of row numbers in it: offset, and column of the cell.
    pattern: Option<Span>,
    names: Vec<(Span, String)>,
    formulas: Vec<Formula>,
    /// What is not copied with the row: results of formulas, and the content of cells without one.
    own: Vec<Edit>,
    /// Masters of shared formulas: index, cell, text.
    shared: Vec<(String, u32, String)>,
    /// Merged regions within the copied row.
    merges: Vec<String>,
}

/// A sheet after an insertion; `None` if it contains something that cannot be moved.
///
/// # Errors
/// [`ReadError`] if it is not well-formed, or exceeds a limit.
pub(super) fn grown(xml: &str, growth: &Growth, budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let mut grower = Grower::new(xml, growth, true);
    if !grower.scan(budget)? {
        return Ok(None);
    }
    grower.copies();
    Ok(Some(apply(xml, &mut grower.edits)))
}

/// Another sheet, or the workbook, after an insertion: its formulas are moved.
///
/// # Errors
/// [`ReadError`] if it is not well-formed, or exceeds a limit.
pub(super) fn referring(xml: &str, growth: &Growth, budget: &mut Budget) -> Result<String, ReadError> {
    let mut grower = Grower::new(xml, growth, false);
    grower.scan(budget)?;
    Ok(apply(xml, &mut grower.edits))
}

impl<'a> Grower<'a> {
    fn new(xml: &'a str, growth: &'a Growth<'a>, grows: bool) -> Self {
        Self {
            xml,
            growth,
            grows,
            edits: Vec::new(),
            pattern: None,
            names: Vec::new(),
            formulas: Vec::new(),
            own: Vec::new(),
            shared: Vec::new(),
            merges: Vec::new(),
        }
    }

    fn scan(&mut self, budget: &mut Budget) -> Result<bool, ReadError> {
        let body = self.xml.trim_start_matches('\u{feff}');
        let mut events = Events::new(body, self.xml.len() - body.len(), SHEET);
        let (mut row, mut next) = (0, 0);
        let (mut in_data, mut in_breaks, mut row_start, mut cell_tag, mut computed) = (false, false, 0, (0, 0), false);
        loop {
            match events.next(budget)? {
                Event::End => return Ok(true),
                Event::Close(end) if in_data && events.depth() == 2 && self.grows && row == self.growth.last => {
                    self.pattern = Some((row_start, end));
                }
                Event::Close(end)
                    if in_data && events.depth() == 3 && self.grows && row == self.growth.last && !computed =>
                {
                    self.empty(cell_tag, end);
                }
                Event::Open(tag) if self.grows && FIXED.contains(&tag.local) => return Ok(false),
                Event::Open(tag) if tag.local == "sheetViews" => {
                    events.skip(budget)?;
                }
                Event::Open(tag) if events.depth() == 2 => {
                    in_data = tag.local == "sheetData";
                    in_breaks = tag.local == "rowBreaks";
                    self.attributes(&tag, events.offset());
                }
                Event::Open(tag) if in_data && tag.local == "row" => {
                    row = tag.get("r").and_then(|text| text.parse::<u32>().ok()?.checked_sub(1)).unwrap_or(next);
                    (next, row_start) = (row + 1, tag.start);
                    self.row(&tag, row);
                }
                Event::Open(tag) if in_data && tag.local == "c" => {
                    computed = false;
                    cell_tag = (tag.start, events.offset());
                    self.cell(&tag, row);
                }
                // The results are those of the template; without them, programs recalculate.
                Event::Open(tag) if in_data && tag.local == "v" && computed && self.grows => {
                    events.content(budget)?;
                    let result = (tag.start, events.offset());
                    self.edits.push(Edit::erase(result));
                    if row == self.growth.last {
                        self.own.push(Edit::erase(result));
                    }
                }
                Event::Open(tag) if FORMULAS.contains(&tag.local) => {
                    computed = true;
                    let (start, content) = ((tag.start, events.offset()), events.offset());
                    let shared = tag.get("si").map(std::borrow::Cow::into_owned);
                    let kind = tag.get("t").map(std::borrow::Cow::into_owned);
                    self.attributes(&tag, content);
                    let is_empty = self.xml[..content].ends_with("/>");
                    let text = events.content(budget)?.into_owned();
                    let end = events.offset();
                    self.formula((start, end), (is_empty, text), in_data.then_some(row), (kind, shared));
                }
                Event::Open(tag) if tag.local == "sqref" && self.grows => {
                    let content = events.offset();
                    let text = events.content(budget)?.into_owned();
                    let end = self.xml[..events.offset()].rfind("</").unwrap_or(content);
                    let text = moved(&text, &|_| true, &|rows| self.growth.area(rows));
                    self.edits.push(Edit { span: (content, end), text });
                }
                Event::Open(tag) if in_breaks && tag.local == "brk" && self.grows => {
                    let id = |text: &str| text.parse::<u32>().ok().filter(|id| *id > self.growth.last);
                    self.attribute(&tag, events.offset(), "id", &|text| Some((id(text)? + self.growth.by).to_string()));
                }
                Event::Open(tag) => self.attributes(&tag, events.offset()),
                _ => {}
            }
        }
    }

    /// Changes an attribute of a tag that ends at `end`.
    fn attribute(&mut self, tag: &Tag, end: usize, name: &str, change: &dyn Fn(&str) -> Option<String>) {
        let Some((span, text)) = attribute(self.xml, (tag.start, end), name) else { return };
        if let Some(new) = change(text).filter(|new| new != text) {
            self.edits.push(Edit { span, text: new });
        }
    }

    /// Moves the regions that an element of the sheet names.
    fn attributes(&mut self, tag: &Tag, end: usize) {
        let growth = self.growth;
        if tag.local == "hyperlink"
            && let Some((span, _)) = attribute(self.xml, (tag.start, end), "location")
            && let Some(text) = tag.get("location")
        {
            let new = growth.formula(&text, self.grows.then_some(u32::MAX));
            if new != text {
                self.edits.push(Edit { span, text: quoted(&new) });
            }
        }
        if !self.grows {
            return;
        }
        if tag.local == "mergeCell" {
            let region = tag.get("ref").unwrap_or_default().into_owned();
            if let Some((from, to)) = region.split_once(':').and_then(|(from, to)| Some((place(from)?, place(to)?)))
                && from.0 == growth.last
                && to.0 == growth.last
            {
                // Groups of a header are none of its rows.
                self.merges.extend((!growth.header).then_some(region));
                return;
            }
        }
        let area = |text: &str| Some(moved(text, &|_| true, &|rows| growth.area(rows)));
        let region = |text: &str| Some(moved(text, &|_| true, &|rows| growth.region(rows)));
        self.attribute(tag, end, "sqref", &area);
        self.attribute(tag, end, "ref", &region);
    }

    fn row(&mut self, tag: &Tag, row: u32) {
        let Some((span, _)) = attribute(self.xml, (tag.start, self.xml.len()), "r") else { return };
        self.number(span, row, String::new());
    }

    fn cell(&mut self, tag: &Tag, row: u32) {
        let Some((span, name)) = attribute(self.xml, (tag.start, self.xml.len()), "r") else { return };
        let letters = name.trim_end_matches(|sign: char| sign.is_ascii_digit()).to_owned();
        self.number(span, row, letters);
        if self.grows && self.growth.header && row == self.growth.last {
            let format = attribute(self.xml, (tag.start, self.xml.len()), "s");
            let plain = format.and_then(|(span, format)| Some((span, self.growth.plain.get(format)?.clone())));
            self.own.extend(plain.map(|(span, text)| Edit { span, text }));
        }
    }

    /// Leaves out the content of a copied cell that ends at `end`: the form's cells and the row's number are written afterwards, and any
    /// other text, as a remark or a signature, belongs to the one row.
    fn empty(&mut self, tag: Span, end: usize) {
        let content = (tag.1, self.xml[..end].rfind("</").unwrap_or(end));
        if content.0 >= content.1 {
            return;
        }
        if let Some((span, _)) = attribute(self.xml, tag, "t") {
            self.own.push(Edit { span, text: "n".to_owned() });
        }
        self.own.push(Edit::erase(content));
    }

    /// The name of a row, or of a cell, which has the letters of its column before the number.
    fn number(&mut self, span: Span, row: u32, letters: String) {
        if !self.grows {
            return;
        }
        if row > self.growth.last {
            self.edits.push(Edit { span, text: format!("{letters}{}", self.growth.row(row) + 1) });
        } else if row == self.growth.last {
            self.names.push((span, letters));
        }
    }

    /// Moves the references of a formula; `at` is its row in the sheet, `(kind, index)` are those of a shared formula.
    fn formula(
        &mut self,
        (start, end): (Span, usize),
        (is_empty, text): (bool, String),
        at: Option<u32>,
        (kind, index): (Option<String>, Option<String>),
    ) {
        let in_sheet = at.or(Some(u32::MAX)).filter(|_| self.grows);
        let new = self.growth.formula(&text, in_sheet);
        if new != text && !is_empty {
            let close = self.xml[..end].rfind("</").unwrap_or(end);
            let mut escaped = String::new();
            crate::write::xml::escape(&new, &mut escaped);
            self.edits.push(Edit { span: (start.1, close), text: escaped });
        }
        let Some(row) = at.filter(|_| self.grows) else { return };
        let master = match (kind.as_deref(), index) {
            (Some("shared"), Some(index)) if text.trim().is_empty() => {
                let known = self.shared.iter().find(|known| known.0 == index);
                known.map(|(_, of, text)| (i64::from(row) - i64::from(*of), text.clone()))
            }
            (Some("shared"), Some(index)) => {
                self.shared.push((index, row, new.clone()));
                Some((0, new))
            }
            (None | Some("normal"), _) => Some((0, new)),
            _ => None,
        };
        if row == self.growth.last {
            let text = master.map(|(by, text)| down(&text, by));
            self.formulas.push(Formula { span: (start.0, end), text });
        }
    }

    /// Inserts the copies of the last row, and of the merged regions in it.
    fn copies(&mut self) {
        let Some((start, end)) = self.pattern else { return };
        let source = &self.xml[start..end];
        let mut text = String::new();
        let mut merges = String::new();
        for copy in 1..=self.growth.by {
            let row = self.growth.last + copy + 1;
            let names = self.names.iter().map(|(span, letters)| (*span, format!("{letters}{row}")));
            let formulas = self.formulas.iter().map(|formula| {
                let text =
                    formula.text.as_ref().map(|text| element(self.xml, formula.span, &down(text, i64::from(copy))));
                (formula.span, text.unwrap_or_default())
            });
            let inside = |(span, text): (Span, String)| Edit { span: (span.0 - start, span.1 - start), text };
            let own = self.own.iter().map(|edit| (edit.span, edit.text.clone()));
            let mut edits: Vec<Edit> = names.chain(formulas).chain(own).map(inside).collect();
            text.push_str(&apply(source, &mut edits));
            for region in &self.merges {
                let new = moved(region, &|_| true, &|rows| (rows.from.0 + copy, rows.to.map(|to| to.0 + copy)));
                merges.push_str(&format!("{}\"{new}\"/>", merge_tag(self.xml)));
            }
        }
        self.edits.push(Edit::insert(end, text));
        if merges.is_empty() {
            return;
        }
        if let Some(end) = self.xml.rfind("mergeCells>").and_then(|at| self.xml[..at].rfind("</")) {
            self.edits.push(Edit::insert(end, merges));
            // The count is optional, and no longer right.
            let tag = self.xml.find("mergeCells").and_then(|at| attribute(self.xml, (at, self.xml.len()), "count"));
            if let Some((span, count)) = tag
                && let Ok(count) = count.parse::<usize>()
            {
                let new = count + self.merges.len() * self.growth.by as usize;
                self.edits.push(Edit { span, text: new.to_string() });
            }
        }
    }
}

/// The beginning of a `mergeCell` element, with the prefix of the sheet.
fn merge_tag(xml: &str) -> String {
    let end = xml.find("mergeCell ").unwrap_or_default();
    let start = xml[..end].rfind('<').unwrap_or_default();
    format!("{}mergeCell ref=", &xml[start..end])
}

/// A formula copied down by rows: its relative references move.
fn down(text: &str, by: i64) -> String {
    let shift = |(row, fixed): (u32, bool)| {
        if fixed { row } else { u32::try_from(i64::from(row) + by).unwrap_or(row) }
    };
    moved(text, &|_| true, &|rows| (shift(rows.from), rows.to.map(shift)))
}

/// The formula of a copied cell, with the prefix of the sheet.
fn element(xml: &str, span: Span, text: &str) -> String {
    let tag = &xml[span.0..span.1];
    let name = &tag[1..tag.find(|sign: char| sign.is_whitespace() || sign == '>' || sign == '/').unwrap_or(2)];
    let mut out = format!("<{name}>");
    crate::write::xml::escape(text, &mut out);
    out.push_str(&format!("</{name}>"));
    out
}

/// A text as the value of an attribute, between quotes of either kind.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::write::xml::escape(text, &mut out);
    out.replace('\'', "&apos;")
}

/// The span and the text of an attribute's value in the tag at the beginning of a span.
pub(super) fn attribute<'x>(xml: &'x str, span: Span, name: &str) -> Option<(Span, &'x str)> {
    let tag = &xml[span.0..span.0 + xml.get(span.0..span.1)?.find('>')?];
    for (at, _) in tag.match_indices(name) {
        if !tag[..at].ends_with(char::is_whitespace) {
            continue;
        }
        let Some(value) = tag[at + name.len()..].trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
        let length = value[1..].find(quote)?;
        let start = span.0 + tag.len() - value.len() + 1;
        return Some(((start, start + length), &xml[start..start + length]));
    }
    None
}

/// The calculation chain after an insertion: the cells of the sheet with this id.
///
/// # Errors
/// [`ReadError`] if it is not well-formed, or exceeds a limit.
pub(super) fn chain(xml: &str, id: &str, growth: &Growth, budget: &mut Budget) -> Result<String, ReadError> {
    let body = xml.trim_start_matches('\u{feff}');
    let mut events = Events::new(body, xml.len() - body.len(), SHEET);
    let (mut edits, mut sheet) = (Vec::new(), String::new());
    loop {
        match events.next(budget)? {
            Event::End => return Ok(apply(xml, &mut edits)),
            Event::Open(tag) if tag.local == "c" => {
                if let Some(id) = tag.get("i") {
                    sheet = id.into_owned();
                }
                if let Some((span, name)) = attribute(xml, (tag.start, events.offset()), "r")
                    && let Some(at) = place(name).filter(|_| sheet == id)
                {
                    edits.push(Edit { span, text: cell::name(growth.row(at.0), at.1) });
                }
            }
            _ => {}
        }
    }
}
