//! Scans a sheet's XML for the byte ranges of cells, formulas and numbers (ECMA-376 part 1, 18.3.1).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::document::{Budget, Resource};
use crate::fill::edit::{Edit, Span, apply};
use crate::read::xml::{Event, Events, Tag};
use crate::read::{Damage, ReadError};
use crate::write::xlsx::cell;

/// Row and column of a cell, 0-based.
pub(super) type At = (u32, u32);

/// A cell of the workbook: index of the sheet to be filled, row and column.
pub(super) type Cell = (usize, At);

/// Namespaces of SpreadsheetML: Transitional and Strict.
pub(super) static SHEET: &[(&str, u32)] = &[
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", 0),
    ("http://purl.oclc.org/ooxml/spreadsheetml/main", 0),
];

/// Maximum number of formulas, and of numbers, kept for evaluation; in sheets with more, the rest is unknown.
const MOST_KEPT: usize = 20_000;

/// Maximum total length of the kept formulas, in bytes.
const MOST_FORMULA_TEXT: usize = 1 << 20;

/// Maximum number of rows and columns of a sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// An existing cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CellSlot {
    pub(super) span: Span,
    /// Its attributes except name and type, each preceded by a blank.
    pub(super) attributes: String,
    /// Its `f` element as written.
    pub(super) formula: Option<Span>,
}

/// The start tag of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowTag {
    pub(super) span: Span,
    /// Its height in points, if set.
    pub(super) height: Option<f64>,
}

/// A formula as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// Its text; with an index if it is shared.
    Text(String, Option<u32>),
    /// A reference to the shared formula with this index.
    Shared(u32),
    /// An array formula or a data table.
    Other,
}

/// A sheet to be filled, with every requested cell located or its insertion point known.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Its XML.
    pub(super) xml: String,
    /// The namespace prefix of its elements, with the colon.
    pub(super) prefix: String,
    /// The requested cells.
    pub(super) cells: BTreeMap<At, CellSlot>,
    /// Formulas.
    pub(super) formulas: BTreeMap<At, Written>,
    /// Numbers of cells without a formula.
    pub(super) numbers: BTreeMap<At, Decimal>,
    /// Cells with text that is not a number.
    pub(super) texts: BTreeSet<At>,
    /// Merged regions: first and last cell.
    pub(super) merges: Vec<(At, At)>,
    /// Rows with requested cells, by row number.
    pub(super) rows: BTreeMap<u32, RowTag>,
    /// Widths of columns: first and last column, width in digits.
    pub(super) widths: Vec<(u32, u32, f64)>,
    /// Whether limits cut the scan short, so that some cells are not listed.
    pub(super) more: bool,
}

impl Sheet {
    /// Scans a sheet. Missing requested cells are inserted without content, in the style of their row.
    ///
    /// # Errors
    /// [`ReadError`] if it is not well-formed, has rows or cells out of order, or exceeds a limit.
    pub(super) fn open(xml: String, wanted: &BTreeSet<At>, budget: &mut Budget) -> Result<Self, ReadError> {
        let found = Scan::parse(&xml, wanted, budget)?;
        if found.missing.is_empty() {
            let sheet = found.sheet;
            return Ok(Self { xml, ..sheet });
        }
        budget.spend(Resource::PartBytes, (xml.len() + found.missing.len() * 64) as u64)?;
        let xml = with_cells(&xml, found);
        let again = Scan::parse(&xml, wanted, budget)?;
        if !again.missing.is_empty() {
            return Err(Damage::SheetWithoutCells.into());
        }
        let sheet = again.sheet;
        Ok(Self { xml, ..sheet })
    }
}

/// Where a missing cell is inserted.
#[derive(Debug, Clone, Copy)]
enum Gap {
    /// Into a row, before this offset.
    Row(usize),
    /// Into an empty row, written as `<row/>`, whose tag has this span.
    EmptyRow(Span),
    /// Before this offset, in a row of its own.
    Sheet(usize),
    /// Into `<sheetData/>`, whose tag has this span.
    EmptySheet(Span),
}

struct Scan<'a> {
    sheet: Sheet,
    missing: BTreeMap<At, (Gap, String)>,
    wanted: BTreeSet<At>,
    text: &'a str,
    formula_text: usize,
}

/// The row being scanned.
struct OpenRow {
    number: u32,
    next: u32,
    /// The default style of its cells, as an attribute.
    style: String,
}

impl<'a> Scan<'a> {
    fn parse(xml: &'a str, wanted: &BTreeSet<At>, budget: &mut Budget) -> Result<Self, ReadError> {
        let text = xml.trim_start_matches('\u{feff}');
        let base = xml.len() - text.len();
        let mut scan = Self {
            sheet: Sheet::default(),
            missing: BTreeMap::new(),
            wanted: wanted.clone(),
            text: xml,
            formula_text: 0,
        };
        let mut events = Events::new(text, base, SHEET);
        let (mut row, mut last): (Option<OpenRow>, Option<u32>) = (None, None);
        let mut in_data = false;
        loop {
            match events.next(budget)? {
                Event::End => break,
                Event::Open(tag) if events.depth() == 2 && is(&tag, "sheetData") => {
                    scan.prefix(&tag);
                    in_data = true;
                    if scan.is_empty(events.offset()) {
                        scan.rest(u32::MAX, Gap::EmptySheet((tag.start, events.offset())));
                    }
                }
                Event::Open(tag) if in_data && events.depth() == 3 && is(&tag, "row") => {
                    row = Some(scan.open_row(&tag, events.offset(), last)?);
                    last = row.as_ref().map(|row| row.number);
                }
                Event::Open(tag) if in_data && events.depth() == 4 && is(&tag, "c") => {
                    if let Some(row) = &mut row {
                        scan.cell(&mut events, &tag, row, budget)?;
                    }
                }
                Event::Open(tag) if events.depth() == 2 && (is(&tag, "mergeCells") || is(&tag, "cols")) => {}
                Event::Open(tag) if events.depth() == 3 && is(&tag, "col") => scan.width(&tag),
                Event::Open(tag) if events.depth() == 3 && is(&tag, "mergeCell") => {
                    let region = tag.get("ref").unwrap_or_default();
                    let ends = region.split_once(':').and_then(|(from, to)| Some((place(from)?, place(to)?)));
                    scan.sheet.merges.extend(ends.filter(|_| scan.sheet.merges.len() < MOST_KEPT));
                }
                Event::Open(_) if events.depth() >= 2 => {
                    events.skip(budget)?;
                }
                Event::Close(end) if in_data && events.depth() == 2 => {
                    if let Some(row) = row.take() {
                        scan.row(row.number, COLUMNS, Gap::Row(scan.start_of_end(end)), &row.style);
                    }
                }
                Event::Close(end) if in_data && events.depth() == 1 => {
                    scan.rest(u32::MAX, Gap::Sheet(scan.start_of_end(end)));
                    in_data = false;
                }
                _ => {}
            }
        }
        if scan.wanted.is_empty() { Ok(scan) } else { Err(Damage::SheetWithoutCells.into()) }
    }

    fn prefix(&mut self, data: &Tag) {
        let name = self.text.get(data.start + 1..).unwrap_or_default();
        let prefix = name.find("sheetData").and_then(|length| name.get(..length)).unwrap_or_default();
        prefix.clone_into(&mut self.sheet.prefix);
    }

    /// Opens a row; `end` is the offset after its tag, `last` the number of the previous row.
    fn open_row(&mut self, tag: &Tag, end: usize, last: Option<u32>) -> Result<OpenRow, ReadError> {
        let number = number(tag, last)?;
        self.rest(number, Gap::Sheet(tag.start));
        if self.wanted.range((number, 0)..(number, COLUMNS)).next().is_some() {
            let height = tag.get("ht").and_then(|height| height.trim().parse().ok());
            self.sheet.rows.insert(number, RowTag { span: (tag.start, end), height });
        }
        let style = tag.get("s").map(|style| format!(" s=\"{}\"", digits(&style))).unwrap_or_default();
        if self.is_empty(end) {
            self.row(number, COLUMNS, Gap::EmptyRow((tag.start, end)), &style);
        }
        Ok(OpenRow { number, next: 0, style })
    }

    /// Records the width of columns.
    fn width(&mut self, tag: &Tag) {
        let read = |name| tag.get(name).and_then(|text| text.trim().parse::<f64>().ok());
        let column = |name| tag.get(name).and_then(|text| text.parse::<u32>().ok()?.checked_sub(1));
        if let (Some(first), Some(last), Some(width)) = (column("min"), column("max"), read("width"))
            && self.sheet.widths.len() < MOST_KEPT
        {
            self.sheet.widths.push((first, last, width));
        }
    }

    /// Whether the tag that ends at an offset is an empty-element tag.
    fn is_empty(&self, end: usize) -> bool {
        self.text.get(..end).is_some_and(|text| text.ends_with("/>"))
    }

    /// The start of the end tag that ends at an offset.
    fn start_of_end(&self, end: usize) -> usize {
        self.text.get(..end).and_then(|text| text.rfind("</")).unwrap_or(end)
    }

    /// Inserts missing cells of rows above this one.
    fn rest(&mut self, row: u32, gap: Gap) {
        let later = self.wanted.split_off(&(row, 0));
        for at in std::mem::replace(&mut self.wanted, later) {
            self.missing.insert(at, (gap, String::new()));
        }
    }

    /// Inserts missing cells of a row left of this column.
    fn row(&mut self, row: u32, column: u32, gap: Gap, style: &str) {
        let gone: Vec<At> = self.wanted.range((row, 0)..(row, column)).copied().collect();
        for at in gone {
            self.wanted.remove(&at);
            self.missing.insert(at, (gap, style.to_owned()));
        }
    }

    fn cell(
        &mut self,
        events: &mut Events<'a>,
        tag: &Tag<'a>,
        row: &mut OpenRow,
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let at = match tag.get("r") {
            Some(name) => place(&name).ok_or_else(|| {
                ReadError::from(Damage::CellReference { sheet: String::new(), reference: name.to_string() })
            })?,
            None => (row.number, row.next),
        };
        if at.0 != row.number || at.1 < row.next {
            return Err(Damage::CellOrder { cell: cell::name(at.0, at.1) }.into());
        }
        row.next = at.1 + 1;
        self.row(row.number, at.1, Gap::Row(tag.start), &row.style);
        let mut slot = CellSlot { span: (tag.start, tag.start), ..CellSlot::default() };
        let content = Self::content(events, budget, &mut slot)?;
        if self.wanted.remove(&at) {
            for (name, value) in tag.all().filter(|(name, _)| !matches!(*name, "r" | "t")) {
                slot.attributes.push_str(&format!(" {name}=\""));
                crate::write::xml::escape(&value, &mut slot.attributes);
                slot.attributes.push('"');
            }
            self.sheet.cells.insert(at, slot);
        }
        self.keep(at, content, tag.get("t").as_deref());
        Ok(())
    }

    /// Scans to the end of a cell; returns its formula, its value, and whether it has text of its own.
    fn content(
        events: &mut Events<'a>,
        budget: &mut Budget,
        slot: &mut CellSlot,
    ) -> Result<(Option<Written>, String, bool), ReadError> {
        let outside = events.depth() - 1;
        let (mut formula, mut value, mut inline) = (None, String::new(), false);
        loop {
            match events.next(budget)? {
                Event::Close(end) if events.depth() == outside => {
                    slot.span.1 = end;
                    return Ok((formula, value, inline));
                }
                Event::Open(tag) if is(&tag, "f") => {
                    let text = events.content(budget)?;
                    slot.formula = Some((tag.start, events.offset()));
                    let shared = tag.get("si").and_then(|number| number.parse().ok());
                    formula = Some(match (tag.get("t").as_deref(), shared) {
                        (Some("shared"), Some(number)) if text.trim().is_empty() => Written::Shared(number),
                        (None | Some("normal" | "shared"), shared) => Written::Text(text.into_owned(), shared),
                        _ => Written::Other,
                    });
                }
                Event::Open(tag) if is(&tag, "v") => value = events.content(budget)?.into_owned(),
                Event::Open(_) => {
                    inline = true;
                    events.skip(budget)?;
                }
                Event::End => return Err(Damage::SheetEnds.into()),
                _ => {}
            }
        }
    }

    fn keep(&mut self, at: At, (formula, value, inline): (Option<Written>, String, bool), kind: Option<&str>) {
        let sheet = &mut self.sheet;
        if formula.is_none() && value.is_empty() && !inline {
            return;
        }
        if sheet.formulas.len() + sheet.numbers.len() + sheet.texts.len() >= MOST_KEPT {
            sheet.more = true;
        } else if let Some(formula) = formula {
            self.formula_text += if let Written::Text(text, _) = &formula { text.len() } else { 0 };
            let kept = if self.formula_text > MOST_FORMULA_TEXT { Written::Other } else { formula };
            sheet.formulas.insert(at, kept);
        } else if let (None | Some("n"), Ok(number)) = (kind, value.trim().parse()) {
            sheet.numbers.insert(at, number);
        } else {
            sheet.texts.insert(at);
        }
    }
}

/// The sheet with its missing cells inserted.
fn with_cells(xml: &str, found: Scan) -> String {
    let prefix = &found.sheet.prefix;
    let mut rows: BTreeMap<u32, (Gap, String)> = BTreeMap::new();
    let mut edits = Vec::new();
    for ((row, column), (gap, style)) in found.missing {
        let cell = format!("<{prefix}c r=\"{}\"{style}/>", cell::name(row, column));
        match gap {
            Gap::Row(at) => edits.push(Edit::insert(at, cell)),
            _ => rows.entry(row).or_insert((gap, String::new())).1.push_str(&cell),
        }
    }
    let mut whole: Option<(Span, String)> = None;
    for (row, (gap, cells)) in rows {
        let text = format!("<{prefix}row r=\"{}\">{cells}</{prefix}row>", row + 1);
        match gap {
            Gap::Row(_) => {}
            Gap::Sheet(at) => edits.push(Edit::insert(at, text)),
            Gap::EmptyRow(span) => {
                edits.push(Edit { span: (span.1 - 2, span.1), text: format!(">{cells}</{prefix}row>") });
            }
            Gap::EmptySheet(span) => whole.get_or_insert((span, String::new())).1.push_str(&text),
        }
    }
    if let Some((span, rows)) = whole {
        edits.push(Edit { span: (span.1 - 2, span.1), text: format!(">{rows}</{prefix}sheetData>") });
    }
    apply(xml, &mut edits)
}

fn is(tag: &Tag, name: &str) -> bool {
    tag.space == Some(0) && tag.local == name
}

fn number(tag: &Tag, last: Option<u32>) -> Result<u32, ReadError> {
    let next = last.map_or(0, |last| last + 1);
    let number = match tag.get("r") {
        Some(text) => text.parse::<u32>().ok().and_then(|number| number.checked_sub(1)).unwrap_or(u32::MAX),
        None => next,
    };
    if number < next || number >= ROWS {
        return Err(Damage::RowOrder.into());
    }
    Ok(number)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(9).collect()
}

/// The cells that a sheet's XML has, with or without content.
pub(super) fn formatted(xml: &str) -> BTreeSet<At> {
    let names = xml.split(" r=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    names.filter_map(|(name, _)| place(name)).collect()
}

/// Row and column of a cell reference, 0-based.
pub(super) fn place(name: &str) -> Option<At> {
    let digits = name.find(|sign: char| !sign.is_ascii_alphabetic())?;
    let mut column = 0_u32;
    for letter in name.bytes().take(digits) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let row = name.get(digits..)?.parse::<u32>().ok()?.checked_sub(1)?;
    let column = column.checked_sub(1)?;
    (row < ROWS && column < COLUMNS).then_some((row, column))
}
