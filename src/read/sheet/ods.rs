//! `OpenDocument` spreadsheets, read from `content.xml` in one pass, with merged regions.

use std::collections::BTreeSet;

use super::conditional::{self, Condition, Rule};
use super::formulas::only_adds;
use super::numberformat::{infer_shown, whole_digits};
use super::package::keep;
use super::{COLUMNS, ROWS, Region, Run, Sheet, Workbook, drawn_line, value};
use crate::document::{Budget, Document, Paragraph, Resource, Shown};
use crate::finding::Finding;
use crate::read::shared::base64;
use crate::read::shared::marks::Face;
use crate::read::shared::odf::styles::Styles;
use crate::read::shared::odf::{
    DRAW, OFFICE, SPACES, STYLE, TABLE, TEXT, blanks, count, flat_metadata, metadata, open, picture_part,
};
use crate::read::shared::skipped::{Skipped, SkippedKind};
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// Reads an `OpenDocument` spreadsheet, either a package or a single XML file.
///
/// # Errors
/// [`ReadError`] if it is encrypted, damaged or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    if !bytes.starts_with(b"PK") {
        let (text, base) = xml::text(bytes, budget)?;
        let mut walker = Walker::new(Events::new(&text, base, SPACES), budget);
        let sheets = walker.sheets()?;
        let (embedded, texts) = (walker.embedded, walker.texts);
        let mut book = Workbook { sheets, texts, metadata: flat_metadata(&text, budget)?, ..Workbook::default() };
        for (index, (bytes, sheet)) in embedded.into_iter().enumerate() {
            let name = (index + 1).to_string();
            match book.pictures.keep(&name, bytes) {
                Some(index) => book.placed.extend([(index, sheet)]),
                None => book.broken.extend([name]),
            }
        }
        return super::document(book, budget, findings);
    }
    let mut package = open(bytes, budget)?;
    let content = package.part("content.xml", budget)?;
    let content = content.ok_or_else(|| ReadError::from(Damage::PartMissing { part: "content.xml".to_owned() }))?;
    let (text, base) = xml::text(&content, budget)?;
    let styles = package.part("styles.xml", budget)?;
    let mut walker = Walker::new(Events::new(&text, base, SPACES), budget);
    if let Some(styles) = styles {
        // If the part is broken, only the styles are lost.
        let read = xml::text(&styles, walker.budget).and_then(|(text, _)| walker.styles.part(&text, walker.budget));
        if let Err(ReadError::OverLimit(exceeded)) = read {
            return Err(exceeded.into());
        }
    }
    let sheets = walker.sheets()?;
    let (pictures, texts) = (walker.pictures, walker.texts);
    let mut book = Workbook { sheets, texts, metadata: metadata(&mut package, budget)?, ..Workbook::default() };
    for (part, sheet) in pictures {
        keep(&mut package, &part, Some(&sheet), &mut book, budget)?;
    }
    super::document(book, budget, findings)
}

struct Walker<'a, 'b> {
    events: Events<'a>,
    budget: &'b mut Budget,
    /// Styles of cells, rows, columns and text.
    styles: Styles,
    /// Names of table styles that hide their tables.
    hidden: BTreeSet<String>,
    /// Picture parts, each with its sheet.
    pictures: Vec<(String, String)>,
    /// Pictures stored in the file itself, each with its sheet.
    embedded: Vec<(Vec<u8>, String)>,
    /// Text of drawings over the sheets.
    texts: Vec<Paragraph>,
    /// Counters of skipped content.
    skipped: Skipped,
}

impl<'a, 'b> Walker<'a, 'b> {
    fn new(events: Events<'a>, budget: &'b mut Budget) -> Self {
        Self {
            events,
            budget,
            styles: Styles::default(),
            hidden: BTreeSet::new(),
            pictures: Vec::new(),
            embedded: Vec::new(),
            texts: Vec::new(),
            skipped: Skipped::default(),
        }
    }

    fn sheets(&mut self) -> Result<Vec<Sheet>, ReadError> {
        let mut sheets = Vec::new();
        let mut style = String::new();
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag)
                    if (tag.space == STYLE || tag.space.is_none() && tag.local.ends_with("-style"))
                        && tag.get("family").is_none_or(|family| family != "table")
                        && self.styles.take(&tag, &mut self.events, self.budget)? => {}
                Event::Open(tag) if tag.space == STYLE && tag.local == "style" => {
                    style = tag.get("name").unwrap_or_default().into_owned();
                }
                Event::Open(tag)
                    if tag.space == STYLE
                        && tag.local == "table-properties"
                        && tag.get("display").as_deref() == Some("false") =>
                {
                    self.hidden.insert(style.clone());
                }
                // Content deleted by tracked changes precedes the tables.
                Event::Open(tag) if tag.space == TABLE && tag.local == "tracked-changes" => {
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if tag.space == TABLE && tag.local == "table" => {
                    let mut sheet = self.sheet(&tag)?;
                    sheet.skipped = std::mem::take(&mut self.skipped);
                    // Cached cells of another file that formulas refer to: `'file:///C:/a.ods'#$Sheet1`.
                    if !(sheet.name.starts_with('\'') && sheet.name.contains("'#")) {
                        sheets.push(sheet);
                    }
                }
                Event::End => return Ok(sheets),
                _ => {}
            }
        }
    }

    fn sheet(&mut self, tag: &Tag) -> Result<Sheet, ReadError> {
        self.budget.spend(Resource::Blocks, 1)?;
        let mut sheet = Sheet {
            name: tag.get("name").map(Into::into).unwrap_or_default(),
            hidden: tag.get("style-name").is_some_and(|style| self.hidden.contains(&*style)),
            ..Sheet::default()
        };
        let outside = self.events.depth() - 1;
        let (mut row, mut column) = (0_u32, 0_u32);
        let mut columns = Columns::new();
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.space == TABLE && tag.local == "table-column" => {
                    let next = column.saturating_add(count(&tag, "number-columns-repeated"));
                    if self.is_hidden(&tag, "table-column") {
                        sheet.hide_columns(column, next - 1, self.budget)?;
                    }
                    columns.push((next, self.face(&tag, "default-cell-style-name").unwrap_or_default()));
                    column = next;
                }
                Event::Open(tag) if tag.space == TABLE && tag.local == "table-row" => {
                    let repeated = count(&tag, "number-rows-repeated");
                    if self.is_hidden(&tag, "table-row") {
                        sheet.hide_rows(row, row.saturating_add(repeated - 1), self.budget)?;
                    }
                    let face = self.face(&tag, "default-cell-style-name");
                    let cells = self.cells(row, &mut sheet, (face, &columns))?;
                    // A repeated row with content is added once per repetition; repeated blank rows only advance the row number.
                    let copies = if cells.is_empty() { 0 } else { repeated.min(ROWS.saturating_sub(row)) };
                    for copy in 0..copies {
                        for (column, text, (shown, digits), (face, runs)) in &cells {
                            let place = (row + copy, *column);
                            sheet.digits.extend((*digits > 0).then_some((place, *digits)));
                            let shown = shown.clone().filter(|_| !face.is_left_out());
                            sheet.shown.extend(shown.map(|shown| (place, shown)));
                            sheet.put_marked(place, text, (*face, runs), self.budget)?;
                        }
                    }
                    row = row.saturating_add(repeated).min(ROWS);
                }
                Event::Open(tag) if tag.space == TABLE && tag.local == "named-expressions" => {
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if tag.local == "conditional-format" => self.conditional(&tag, &mut sheet)?,
                Event::Open(tag) if tag.space == TABLE && tag.local == "shapes" || tag.space == DRAW => {
                    self.drawn(&tag, &sheet.name)?;
                }
                Event::Close(_) if self.events.depth() == outside => return Ok(sheet),
                Event::End => return Ok(sheet),
                _ => {}
            }
        }
    }

    /// The filled cells of a row: column, text, display of the figure, and formatting. Also adds merged regions.
    fn cells(
        &mut self,
        row: u32,
        sheet: &mut Sheet,
        (of_row, columns): (Option<Face>, &Columns),
    ) -> Result<Vec<Filled>, ReadError> {
        let outside = self.events.depth() - 1;
        let mut cells = Vec::new();
        let mut column = 0_u32;
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.space == TABLE && matches!(tag.local, "table-cell" | "covered-table-cell") => {
                    let repeated = count(&tag, "number-columns-repeated");
                    let bottom = row.saturating_add(count(&tag, "number-rows-spanned") - 1).min(ROWS - 1);
                    let right = column.saturating_add(count(&tag, "number-columns-spanned") - 1).min(COLUMNS - 1);
                    sheet.merge(Region { top: row, left: column, bottom, right }, self.budget)?;
                    let written = written(&tag);
                    let of_column = || {
                        let next = columns.partition_point(|(end, _)| *end <= column);
                        columns.get(next).map(|(_, face)| *face)
                    };
                    let mut face = self.face(&tag, "style-name").or(of_row).or_else(of_column).unwrap_or_default();
                    if let Some((style, figure)) = tag.get("style-name").zip(number(&tag)) {
                        face = self.styles.face_of_figure(&style, figure, face);
                    }
                    let (content, mut runs) = self.content(&sheet.name, face)?;
                    let is_figure =
                        matches!(tag.get("value-type").as_deref(), Some("float" | "currency" | "percentage"));
                    let figure = written.as_deref().filter(|_| is_figure);
                    let shown =
                        figure.filter(|figure| *figure != content).and_then(|figure| infer_shown(figure, &content));
                    let digits = figure.map_or(0, |figure| whole_digits(figure, &content));
                    let text = written.map_or(content, |written| {
                        runs.clear();
                        written
                    });
                    if let Some(formula) = tag.get("formula") {
                        sheet.formulas.note((row, column), &text, only_adds(&formula));
                    }
                    if !text.is_empty() {
                        let copies = repeated.min(COLUMNS.saturating_sub(column));
                        self.budget.spend(Resource::TextBytes, u64::from(copies) * text.len() as u64)?;
                        let filled = |column| (column, text.clone(), (shown.clone(), digits), (face, runs.clone()));
                        cells.extend((column..column + copies).map(filled));
                    }
                    column = column.saturating_add(repeated).min(COLUMNS);
                }
                Event::Close(_) if self.events.depth() == outside => return Ok(cells),
                Event::End => return Ok(cells),
                _ => {}
            }
        }
    }

    /// The text of a cell: its paragraphs, joined by line breaks, without drawings over the cell. Returns runs if spans are formatted
    /// differently from the cell.
    fn content(&mut self, sheet: &str, face: Face) -> Result<(String, Vec<Run>), ReadError> {
        let outside = self.events.depth() - 1;
        let mut text = String::new();
        let (mut runs, mut spans): (Vec<Run>, Vec<(u32, Face)>) = (Vec::new(), Vec::new());
        let mut first = true;
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.space == OFFICE && tag.local == "annotation" => {
                    self.skipped.add(SkippedKind::Comment);
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if tag.space == DRAW => self.drawn(&tag, sheet)?,
                Event::Close(_) if self.events.depth() == outside => return Ok((text, runs)),
                Event::Close(_) if spans.last().is_some_and(|span| span.0 == self.events.depth()) => {
                    if let Some((_, face)) = spans.pop() {
                        runs.push((text.len(), Some(face)));
                    }
                }
                Event::End => return Ok((text, runs)),
                Event::Open(tag) if tag.space == TEXT && tag.local == "ruby-text" => {
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if tag.space == TEXT => match tag.local {
                    "span" => {
                        let around = spans.last().map(|span| span.1);
                        if !text.is_empty() {
                            runs.push((text.len(), around));
                        }
                        let change = tag.get("style-name").map(|style| self.styles.face("text", &style));
                        let own = change.unwrap_or_default().apply(around.unwrap_or(face));
                        spans.push((self.events.depth() - 1, own));
                    }
                    "p" if !std::mem::take(&mut first) => text.push('\n'),
                    "s" => text.push_str(&blanks(&tag)),
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                },
                Event::Text(piece) => {
                    text.extend(piece.chars().filter(|&character| character != '\n' && character != '\r'));
                }
                Event::Character(character) => text.push(character),
                _ => {}
            }
        }
    }

    /// Reads drawings over a sheet, up to the end of the current element: pictures, and text by paragraphs. Tables of charts, and titles
    /// and descriptions of shapes, are not visible and are skipped.
    fn drawn(&mut self, first: &Tag, sheet: &str) -> Result<(), ReadError> {
        let outside = self.events.depth() - 1;
        let (mut line, mut inside) = (String::new(), None);
        self.picture(first, sheet)?;
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.space == DRAW && matches!(tag.local, "object" | "object-ole" | "plugin") => {
                    // Only charts name the cells that they are based on.
                    let is_chart = tag.get("notify-on-update-of-ranges").is_some();
                    self.skipped.add(if is_chart { SkippedKind::Chart } else { SkippedKind::Object });
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if matches!(tag.local, "annotation" | "title" | "desc") && tag.space != TEXT => {
                    if tag.local == "annotation" {
                        self.skipped.add(SkippedKind::Comment);
                    }
                    self.events.skip(self.budget)?;
                }
                Event::Open(tag) if tag.space == TEXT => match tag.local {
                    "p" => inside = Some(self.events.depth() - 1),
                    "s" => line.push_str(&blanks(&tag)),
                    "tab" => line.push('\t'),
                    "line-break" => line.push('\n'),
                    _ => {}
                },
                Event::Open(tag) => self.picture(&tag, sheet)?,
                Event::Text(text) if inside.is_some() => {
                    line.extend(text.chars().filter(|&character| character != '\n' && character != '\r'));
                }
                Event::Character(character) if inside.is_some() => line.push(character),
                Event::Close(_) if inside == Some(self.events.depth()) => {
                    inside = None;
                    self.budget.spend(Resource::TextBytes, line.len() as u64)?;
                    drawn_line(std::mem::take(&mut line), sheet, &mut self.texts, self.budget)?;
                }
                Event::Close(_) if self.events.depth() == outside => return Ok(()),
                Event::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads a conditional format of the calc extension, of which the first condition that holds counts.
    fn conditional(&mut self, tag: &Tag, sheet: &mut Sheet) -> Result<(), ReadError> {
        let ranges = tag.get("target-range-address").unwrap_or_default().into_owned();
        let place = |place: &str| super::references::place(place.rsplit('.').next().unwrap_or(place));
        let region = |range: &str| {
            let (from, to) = range.split_once(':').unwrap_or((range, range));
            let ((top, left), (bottom, right)) = (place(from)?, place(to)?);
            Some(Region { top, left, bottom, right })
        };
        let regions: Vec<Region> = ranges.split_ascii_whitespace().filter_map(region).take(MOST_RANGES).collect();
        sheet.coloured.extend(&regions);
        let outside = self.events.depth() - 1;
        let mut priority = 0;
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.local == "condition" => {
                    let change = tag.get("apply-style-name").map(|style| self.styles.face("table-cell", &style));
                    let condition = Condition::of_formula(&tag.get("value").unwrap_or_default());
                    priority += 1;
                    let (regions, change) = (regions.clone(), change.unwrap_or_default());
                    let rule = Rule { regions, condition, change, priority, stops: true };
                    conditional::add(sheet, rule, self.budget)?;
                }
                Event::Close(_) if self.events.depth() == outside => return Ok(()),
                Event::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Whether a row or column is hidden, filtered, or too low or narrow to show anything.
    fn is_hidden(&self, tag: &Tag, family: &str) -> bool {
        tag.get("visibility").is_some_and(|visibility| visibility != "visible")
            || tag.get("style-name").is_some_and(|style| self.styles.is_low(family, &style))
    }

    /// The face set by the style that an attribute names.
    fn face(&mut self, tag: &Tag, attribute: &str) -> Option<Face> {
        let style = tag.get(attribute)?;
        Some(self.styles.face("table-cell", &style).apply(Face::default()))
    }

    fn picture(&mut self, tag: &Tag, sheet: &str) -> Result<(), ReadError> {
        if let Some(part) = picture_part(tag) {
            self.budget.spend(Resource::Blocks, 1)?;
            self.pictures.push((part, sheet.to_owned()));
        } else if tag.space == OFFICE && tag.local == "binary-data" {
            self.budget.spend(Resource::Blocks, 1)?;
            let content = self.events.content(self.budget)?;
            let bytes = base64::decode(content.as_bytes(), self.budget)?;
            self.embedded.extend(bytes.map(|bytes| (bytes, sheet.to_owned())));
        }
        Ok(())
    }
}

/// Maximum number of regions of a conditional format.
const MOST_RANGES: usize = 1_000;

/// Default faces of cells: last column, and face.
type Columns = Vec<(u32, Face)>;

/// A filled cell: column, text, display of its figure with the number of integer digits, face and runs.
type Filled = (u32, String, (Option<Box<Shown>>, u8), (Face, Vec<Run>));

/// The figure of a cell.
fn number(tag: &Tag) -> Option<f64> {
    tag.get("value").and_then(|value| value.trim().parse().ok())
}

/// The stored figure, date or boolean value of a cell.
fn written(tag: &Tag) -> Option<String> {
    match tag.get("value-type").as_deref() {
        Some("float" | "currency" | "percentage") => {
            tag.get("value").map(|value| value::stored(&value, false, false).into_owned())
        }
        Some("date") => tag.get("date-value").map(|value| value.trim_end_matches("T00:00:00").replacen('T', " ", 1)),
        Some("boolean") => tag.get("boolean-value").map(|value| value.to_ascii_uppercase()),
        // An error is an empty string that is displayed as `#DIV/0!`.
        Some("string") => tag.get("string-value").filter(|value| !value.is_empty()).map(Into::into),
        _ => None,
    }
}
