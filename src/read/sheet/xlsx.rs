//! XLSX workbooks, read by our own pass over their parts (ECMA-376 part 1, 18): the cost of a cell is its content, figures keep their
//! text, and a sheet without cells does not affect the others.

use std::borrow::Cow;
use std::sync::Arc;

use super::conditional::{self, Condition, Rule};
use super::faces::{self, Looks};
use super::formats::formats;
use super::formulas::only_adds;
use super::numberformat::NumberFormat;
use super::package::{Drawn, drawings, main_part, properties, required};
use super::references::{place, region};
use super::strings::{Strings, rich, unescaped};
use super::{COLUMNS, MISSING, NO_WORKSHEET, ROWS, Region, Sheet, Workbook, sheet_skipped, value, without_broken};
use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::container::package::Package;
use crate::read::shared::marks::Face;
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// Reads an Office Open XML workbook.
///
/// # Errors
/// [`ReadError`] if the package or a sheet is damaged, encrypted or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    let main = main_part(&mut package, "xl/workbook.xml", budget)?;
    let relationships = package.relationships(&main, budget)?;
    let part = |package: &mut Package, kind: &str, budget: &mut Budget| match relationships.target(kind) {
        Some(name) => package.part(name, budget),
        None => Ok(None),
    };
    let strings = part(&mut package, "sharedStrings", budget)?;
    let strings = strings.map(|part| Strings::read(&part, budget)).transpose()?.unwrap_or_default();
    let styles = relationships.target("styles");
    let formats = styles.map(|part| formats(&mut package, part, budget)).transpose();
    let formats = without_broken(formats, findings)?.flatten().unwrap_or_default();
    let faces = styles.map(|part| faces::of_package(&mut package, part, budget)).transpose()?.unwrap_or_default();
    let list = list(&required(&mut package, &main, budget)?, budget)?;
    let shared = Shared { strings, formats, faces, from_1904: list.from_1904 };
    let mut book = Workbook { recalculates: list.recalculates, ..Workbook::default() };
    let mut drawn = Vec::new();
    for (mut sheet, id) in list.sheets {
        let Some(to) = relationships.by_id(&id).filter(|to| !to.external) else {
            findings.push(sheet_skipped(&sheet.name, MISSING));
            continue;
        };
        let Some(part) = package.part(&to.target, budget)? else {
            findings.push(sheet_skipped(&sheet.name, MISSING));
            continue;
        };
        let cells = Cells { shared: &shared, sheet: &mut sheet, budget, row: 0, column: 0, adds: false };
        match cells.read(&part)? {
            Root::Other => {
                findings.push(sheet_skipped(&sheet.name, NO_WORKSHEET));
                continue;
            }
            Root::Worksheet { drawing, comments } => drawn.push(Drawn { part: to.target.clone(), drawing, comments }),
        }
        book.sheets.push(sheet);
    }
    book.metadata = properties(&mut package, budget)?;
    drawings(&mut package, &drawn, &mut book, budget)?;
    super::document(book, budget, findings)
}

/// The sheet list: each sheet with the id of the relationship to its part.
struct Listed {
    sheets: Vec<(Sheet, String)>,
    from_1904: bool,
    /// Whether formulas are to be calculated on opening (18.2.2).
    recalculates: bool,
}

/// Reads the sheet list (18.2.19 and 18.2.20).
fn list(part: &[u8], budget: &mut Budget) -> Result<Listed, ReadError> {
    let (text, _) = xml::text(part, budget)?;
    let mut events = Events::new(&text, 0, &[]);
    let mut list = Listed { sheets: Vec::new(), from_1904: false, recalculates: false };
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "workbookPr" => list.from_1904 = is_true(&tag, "date1904"),
            Event::Open(tag) if tag.local == "calcPr" => list.recalculates = is_true(&tag, "fullCalcOnLoad"),
            Event::Open(tag) if tag.local == "sheet" => {
                budget.spend(Resource::Entries, 1)?;
                let name = tag.get("name").unwrap_or_default().into_owned();
                let hidden = tag.get("state").is_some_and(|state| state != "visible");
                let id = tag.get("id").unwrap_or_default().into_owned();
                list.sheets.push((Sheet { name, hidden, ..Sheet::default() }, id));
            }
            Event::End => return Ok(list),
            _ => {}
        }
    }
}

/// Workbook-level data shared by all sheets.
struct Shared {
    strings: Strings,
    /// The number format of each cell format.
    formats: Arc<Vec<NumberFormat>>,
    /// The formatting of cells.
    faces: Arc<Looks>,
    from_1904: bool,
}

/// The kind of a sheet's part.
enum Root {
    /// A worksheet: the id of the relationship to its drawing, and whether it has comments (in a legacy drawing).
    Worksheet { drawing: Option<String>, comments: bool },
    /// A chart sheet, a dialog sheet or a macro sheet.
    Other,
}

/// State of reading the part of a sheet.
struct Cells<'a> {
    shared: &'a Shared,
    sheet: &'a mut Sheet,
    budget: &'a mut Budget,
    /// Row and column of the next cell, for those without a reference.
    row: u32,
    column: u32,
    /// Whether the last formula only adds cells; a shared formula is written once.
    adds: bool,
}

impl Cells<'_> {
    /// Reads the cells, merged regions and hidden rows and columns of a worksheet; the root element decides, not the type of the
    /// relationship.
    fn read(mut self, part: &[u8]) -> Result<Root, ReadError> {
        let (text, _) = xml::text(part, self.budget)?;
        let mut events = Events::new(&text, 0, &[]);
        let (mut drawing, mut comments) = (None, false);
        let mut next_row = 0;
        loop {
            match events.next(self.budget)? {
                Event::Open(tag) if events.depth() == 1 && tag.local != "worksheet" => return Ok(Root::Other),
                Event::Open(tag) => match tag.local {
                    "row" => {
                        let given = tag.get("r").and_then(|row| row.parse::<u32>().ok()?.checked_sub(1));
                        (self.row, self.column) = (given.unwrap_or(next_row), 0);
                        next_row = self.row.saturating_add(1);
                        if is_true(&tag, "hidden") || is_true(&tag, "customHeight") && is_less(&tag, "ht", LEAST_HEIGHT)
                        {
                            self.sheet.hide_rows(self.row, self.row, self.budget)?;
                        }
                    }
                    "c" => self.cell(&tag, &mut events)?,
                    "col" if is_true(&tag, "hidden") || is_less(&tag, "width", LEAST_WIDTH) => {
                        let at = |name| tag.get(name).and_then(|column| column.parse::<u32>().ok()?.checked_sub(1));
                        if let (Some(first), Some(last)) = (at("min"), at("max")) {
                            self.sheet.hide_columns(first, last, self.budget)?;
                        }
                    }
                    "mergeCell" => {
                        if let Some(region) = tag.get("ref").as_deref().and_then(region) {
                            self.sheet.merge(region, self.budget)?;
                        }
                    }
                    "conditionalFormatting" => {
                        let ranges = tag.get("sqref").unwrap_or_default().into_owned();
                        self.conditional(&ranges, &mut events)?;
                    }
                    // A table may have a style with coloured rows.
                    "tableParts" => self.sheet.coloured.push(Region { top: 0, left: 0, bottom: ROWS, right: COLUMNS }),
                    "drawing" => drawing = tag.get("id").map(Into::into),
                    "legacyDrawing" => comments = true,
                    _ => {}
                },
                Event::End => return Ok(Root::Worksheet { drawing, comments }),
                _ => {}
            }
        }
    }

    /// Reads the rules of a conditional format (18.3.1.18).
    fn conditional(&mut self, ranges: &str, events: &mut Events) -> Result<(), ReadError> {
        let outside = events.depth().saturating_sub(1);
        let one = |range: &str| {
            place(range).map(|(row, column)| Region { top: row, left: column, bottom: row, right: column })
        };
        let ranges = ranges.split_ascii_whitespace().take(MOST_RANGES);
        let regions: Vec<Region> = ranges.filter_map(|range| region(range).or_else(|| one(range))).collect();
        self.sheet.coloured.extend(&regions);
        let mut open: Option<(Rule, String, Vec<String>)> = None;
        loop {
            match events.next(self.budget)? {
                Event::Open(tag) if tag.local == "cfRule" => {
                    let number = |name| tag.get(name).and_then(|number| number.trim().parse::<i32>().ok());
                    let format = number("dxfId").and_then(|format| usize::try_from(format).ok());
                    let change = format.and_then(|format| self.shared.faces.conditional.get(format)).copied();
                    let kind = match tag.get("type").as_deref() {
                        Some("cellIs") => tag.get("operator").unwrap_or_default().into_owned(),
                        Some("expression") => String::new(),
                        _ => "unknown".to_owned(),
                    };
                    let rule = Rule {
                        regions: regions.clone(),
                        condition: Condition::Unknown,
                        change: change.unwrap_or_default(),
                        priority: number("priority").unwrap_or(0),
                        stops: is_true(&tag, "stopIfTrue"),
                    };
                    open = Some((rule, kind, Vec::new()));
                }
                Event::Open(tag) if tag.local == "formula" => {
                    let formula = events.content(self.budget)?.into_owned();
                    open.as_mut().into_iter().for_each(|open| open.2.push(formula.clone()));
                }
                Event::Close(_) if events.depth() == outside => return Ok(()),
                Event::Close(_) if events.depth() == outside + 1 => {
                    if let Some((rule, operator, operands)) = open.take() {
                        let condition = if operator.is_empty() {
                            operands.first().map_or(Condition::Unknown, |formula| Condition::of_formula(formula))
                        } else {
                            Condition::of_operator(&operator, &operands)
                        };
                        conditional::add(self.sheet, Rule { condition, ..rule }, self.budget)?;
                    }
                }
                Event::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads a cell (18.3.1.4).
    fn cell(&mut self, tag: &Tag, events: &mut Events) -> Result<(), ReadError> {
        let outside = events.depth().saturating_sub(1);
        let (mut kind, mut format) = (Cow::Borrowed("n"), Cow::Borrowed(""));
        // One pass over the attributes, because there are hundreds of cells.
        for (name, value) in tag.all() {
            match name {
                "r" => {
                    let damaged = || {
                        ReadError::from(Damage::CellReference {
                            sheet: self.sheet.name.clone(),
                            reference: value.to_string(),
                        })
                    };
                    (self.row, self.column) = place(&value).ok_or_else(damaged)?;
                }
                "t" => kind = value,
                "s" => format = value,
                _ => {}
            }
        }
        let (mut written, mut formula, mut runs) = (None, None, Vec::new());
        loop {
            match events.next(self.budget)? {
                Event::Open(tag) if tag.local == "v" => written = Some(events.content(self.budget)?),
                Event::Open(tag) if tag.local == "is" => {
                    let (text, own) = rich(events, self.budget)?;
                    (written, runs) = (Some(text), own);
                }
                Event::Open(tag) if tag.local == "f" => {
                    let text = events.content(self.budget)?;
                    if !text.is_empty() {
                        self.adds = only_adds(&text);
                    }
                    formula = Some(self.adds);
                }
                Event::Close(_) if events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        let (row, column) = (self.row, self.column);
        self.column = column.saturating_add(1);
        if let Some(adds) = formula {
            self.sheet.formulas.note((row, column), written.as_deref().unwrap_or_default(), adds);
        }
        let faces = &self.shared.faces.of_cells;
        let face = if faces.is_empty() {
            Face::default()
        } else {
            format.parse().map(|format| faces::of_format(faces, format)).unwrap_or_default()
        };
        let Some(written) = written else { return self.sheet.put(row, column, "", self.budget) };
        if kind == "s" {
            let index = written.trim().parse::<usize>().ok();
            let text = index.and_then(|index| self.shared.strings.get(index));
            self.sheet.missing += usize::from(text.is_none() && !written.trim().is_empty());
            let runs = index.map_or(&[][..], |index| self.shared.strings.runs(index));
            return self.sheet.put_marked((row, column), text.unwrap_or_default(), (face, runs), self.budget);
        }
        let text = match &*kind {
            "b" => value::truth(matches!(written.trim(), "1" | "true")).into(),
            "str" => unescaped(written),
            "d" => written.trim().trim_end_matches("T00:00:00").replacen('T', " ", 1).into(),
            "n" => {
                let format = format.parse().ok().and_then(|format: usize| self.shared.formats.get(format));
                let is_date = format.is_some_and(NumberFormat::is_date);
                let text = value::stored(&written, is_date, self.shared.from_1904);
                return self.sheet.put_figure((row, column), &text, (format, face), self.budget);
            }
            _ => written,
        };
        self.sheet.put_marked((row, column), &text, (face, &runs), self.budget)
    }
}

/// Minimum visible height of a row (points) and width of a column (characters).
const LEAST_HEIGHT: f64 = 1.0;
const LEAST_WIDTH: f64 = 0.2;

/// Maximum number of regions with a conditional format.
const MOST_RANGES: usize = 1_000;

fn is_less(tag: &Tag, name: &str, least: f64) -> bool {
    tag.get(name).and_then(|size| size.trim().parse::<f64>().ok()).is_some_and(|size| size < least)
}

fn is_true(tag: &Tag, name: &str) -> bool {
    tag.get(name).is_some_and(|value| matches!(&*value, "1" | "true" | "on"))
}
