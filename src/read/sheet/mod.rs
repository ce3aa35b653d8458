//! Workbooks: every sheet is a grid of its non-empty rows and columns, each cell with its address in the sheet.

mod biff;
mod binfaces;
mod colours;
mod compress;
mod conditional;
mod faces;
mod formats;
mod formulas;
mod hidden;
mod inherited;
mod numberformat;
mod ods;
mod package;
mod references;
mod second;
mod sheetxml;
mod strings;
mod texts;
mod value;
mod xls;
mod xls_objects;
mod xlsb;
mod xlsx;

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{
    Aside, Block, Budget, Document, Metadata, Paragraph, PictureRef, Place, Region as Where, Resource, Shown,
};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::shared::marks::{Face, Marks, Paper};
use crate::read::shared::pictures::Pictures;
use crate::read::shared::skipped::{Skipped, SkippedKind};
use crate::read::{Damage, ReadError};
use formulas::Formulas;
use numberformat::NumberFormat;
use texts::Texts;

pub(super) use ods::read as read_ods;
pub(super) use second::disagreement;
pub(super) use sheetxml::read as read_sheetxml;
pub(super) use xls::{active as active_of_xls, read as read_xls};
pub(super) use xlsb::{active as active_of_xlsb, read as read_xlsb};
pub(super) use xlsx::read as read_xlsx;

/// Maximum number of rows and columns of a sheet (ECMA-376 part 1, 18.18.62).
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Maximum number of rows with blank cells that a sheet records.
const MOST_BLANK: usize = 10_000;

/// A merged region: first and last row and column, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    top: u32,
    left: u32,
    bottom: u32,
    right: u32,
}

/// A sheet in sparse form; rows and columns are 0-based.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    hidden: bool,
    /// Texts of the cells.
    cells: Texts,
    /// Display of figures whose number format changes them.
    shown: BTreeMap<(u32, u32), Box<Shown>>,
    /// Minimum number of integer digits of figures with leading zeros.
    digits: BTreeMap<(u32, u32), u8>,
    /// Formulas of the sheet and their results.
    formulas: Formulas,
    /// Rows with formatted cells without content, and their number; a blank row of a form looks like this.
    blank: BTreeMap<u32, u32>,
    /// Merged regions of more than one cell.
    merges: Vec<Region>,
    /// First and last row of hidden ranges, and the same for columns.
    hidden_rows: Vec<(u32, u32)>,
    hidden_columns: Vec<(u32, u32)>,
    /// Cells with white text whose background is known only at the end of the sheet, and regions with a background colour.
    pale: Vec<(u32, u32)>,
    coloured: Vec<Region>,
    /// Cells with a coloured background, and conditional formats that change text.
    filled: Vec<(u32, u32)>,
    rules: Vec<conditional::Rule>,
    /// Text that was set aside.
    asides: Vec<Aside>,
    /// Number of cells whose text is missing in the file.
    missing: usize,
    /// Comments, charts and objects of the sheet.
    skipped: Skipped,
}

impl Sheet {
    /// Adds the text of a cell.
    fn put(&mut self, row: u32, column: u32, text: &str, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 1)?;
        if text.is_empty() {
            if self.blank.len() < MOST_BLANK || self.blank.contains_key(&row) {
                *self.blank.entry(row).or_default() += 1;
            }
            return Ok(());
        }
        if row >= ROWS || column >= COLUMNS {
            return Err(Damage::CellOutside { sheet: self.name.clone() }.into());
        }
        budget.spend(Resource::TextBytes, text.len() as u64)?;
        budget.spend(Resource::Blocks, 1)?;
        self.cells.push((row, column), text);
        Ok(())
    }

    /// Adds the figure of a cell, displayed by its number format.
    fn put_figure(
        &mut self,
        at: (u32, u32),
        text: &str,
        (format, face): (Option<&NumberFormat>, Face),
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let face = format.map_or(face, |format| format.face(text, face));
        if let Some(shown) = format.and_then(|format| format.shown(text)).filter(|_| !face.is_left_out()) {
            self.shown.insert(at, shown);
        }
        if let Some(&NumberFormat::Zeros(digits)) = format {
            self.digits.insert(at, digits);
        }
        self.put_marked(at, text, (face, &[]), budget)
    }

    /// Adds the text of a cell with special formatting. Runs are given by their end (in bytes); those without a face are formatted as the
    /// cell.
    fn put_marked(
        &mut self,
        (row, column): (u32, u32),
        text: &str,
        (face, runs): (Face, &[Run]),
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        if face.is_plain() && runs.is_empty() {
            return self.put(row, column, text, budget);
        }
        if face.paper == Paper::Coloured && !text.is_empty() {
            self.filled.push((row, column));
        }
        // The background of white text is resolved at the end of the sheet.
        let open = face.pale && face.paper == Paper::Unsaid;
        let whole = Face { pale: face.pale && !open, ..face };
        let (mut shown, mut marks, mut start, mut pale) = (String::new(), Marks::default(), 0, open);
        for run in runs.iter().copied().chain([(text.len(), None)]) {
            let Some(piece) = text.get(start..run.0) else { continue };
            let own = run.1.map(|own| Face { paper: face.paper, ground: face.ground, ..own });
            pale &= own.is_none() || piece.trim().is_empty();
            marks.add(&mut shown, piece, own.unwrap_or(whole), Paper::default);
            start = run.0;
        }
        marks.write_shifted(&mut shown);
        let place = Place::sheet_cell(&self.name.as_str().into(), row, column);
        marks.tell(&place, &mut self.asides, budget)?;
        if pale && !shown.trim().is_empty() {
            budget.spend(Resource::Blocks, 1)?;
            self.pale.push((row, column));
        }
        self.put(row, column, &shown, budget)
    }

    /// Adds a merged region; an invalid one or a single cell is ignored.
    fn merge(&mut self, region: Region, budget: &mut Budget) -> Result<(), ReadError> {
        let Region { top, left, bottom, right } = region;
        if top > bottom || left > right || (top, left) == (bottom, right) || bottom >= ROWS || right >= COLUMNS {
            return Ok(());
        }
        budget.spend(Resource::Blocks, 1)?;
        self.merges.push(region);
        Ok(())
    }

    /// Marks rows as hidden.
    fn hide_rows(&mut self, first: u32, last: u32, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Steps, 1)?;
        match self.hidden_rows.last_mut() {
            Some(before) if before.1.checked_add(1) == Some(first) => before.1 = last,
            _ => {
                budget.spend(Resource::Blocks, 1)?;
                self.hidden_rows.push((first, last));
            }
        }
        Ok(())
    }

    /// Marks columns as hidden.
    fn hide_columns(&mut self, first: u32, last: u32, budget: &mut Budget) -> Result<(), ReadError> {
        budget.spend(Resource::Blocks, 1)?;
        self.hidden_columns.push((first, last));
        Ok(())
    }
}

/// A run of a cell's text: offset of its end in bytes, and its face if it differs from the cell's.
type Run = (usize, Option<Face>);

/// A workbook in sparse form.
#[derive(Debug, Default)]
struct Workbook {
    sheets: Vec<Sheet>,
    metadata: Metadata,
    pictures: Pictures,
    /// For each picture of a drawing, its sheet.
    placed: BTreeMap<usize, String>,
    /// Text of drawings over the sheets.
    texts: Vec<Paragraph>,
    /// Whether the workbook is marked for recalculation.
    recalculates: bool,
    /// Picture parts that are missing, unreadable or too large.
    broken: BTreeSet<String>,
}

/// The sheets as a document, then text boxes and pictures. Hidden sheets are reported as findings and not read, unless there is nothing
/// else.
fn document(book: Workbook, budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut document = Document { metadata: book.metadata, ..Document::default() };
    let mut sheets = book.sheets;
    formulas::without_results(&mut sheets, book.recalculates);
    let all_hidden = !sheets.iter().any(|sheet| !sheet.hidden && sheet.cells.first().is_some());
    for mut sheet in sheets {
        if sheet.hidden && !all_hidden {
            findings.extend(hidden::sheet(&sheet, false));
            continue;
        }
        conditional::apply(&mut sheet, budget)?;
        hidden::set_aside(&mut sheet, budget, findings)?;
        document.asides.append(&mut sheet.asides);
        if sheet.hidden {
            findings.extend(hidden::sheet(&sheet, true));
        }
        let place = Place { part: Some(sheet.name.as_str().into()), ..Place::default() };
        findings.extend(sheet.skipped.findings().map(|finding| finding.at(Some(place.clone()))));
        let Some(grid) = compress::grid(sheet, budget, findings)? else { continue };
        document.blocks.push(Block::Grid(grid));
    }
    let mut broken = Skipped::default();
    book.broken.iter().for_each(|_| broken.add(SkippedKind::BrokenPicture));
    findings.extend(broken.findings());
    document.blocks.extend(book.texts.into_iter().map(Block::Paragraph));
    for (index, _) in book.pictures.list.iter().enumerate() {
        budget.spend(Resource::Blocks, 1)?;
        let part = book.placed.get(&index).map(|name| name.as_str().into());
        let place = Place { part, ..Place::default() };
        document.blocks.push(Block::Picture(PictureRef { index, place, ..PictureRef::default() }));
    }
    document.pictures = book.pictures.list;
    Ok(document)
}

/// The content of an optional part; a broken one is skipped with a finding.
fn without_broken<T>(said: Result<T, ReadError>, findings: &mut Vec<Finding>) -> Result<Option<T>, ReadError> {
    match said {
        Ok(said) => Ok(Some(said)),
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        Err(_) => {
            let mut broken = Skipped::default();
            broken.add(SkippedKind::Part);
            findings.extend(broken.findings());
            Ok(None)
        }
    }
}

/// Keeps a line of text of a drawing unless it is blank. Its text must have been charged to the budget.
fn drawn_line(text: String, sheet: &str, texts: &mut Vec<Paragraph>, budget: &mut Budget) -> Result<(), ReadError> {
    if !text.trim().is_empty() {
        budget.spend(Resource::Blocks, 1)?;
        let place = Place { part: Some(sheet.into()), ..Place::default() };
        texts.push(Paragraph { text, region: Where::TextBox, place, ..Paragraph::default() });
    }
    Ok(())
}

/// The finding for a sheet that has no cells, such as a chart, or cannot be read.
fn sheet_skipped(name: &str, why: (&str, &str)) -> Finding {
    let message = Message::new(
        format!("工作表“{name}”{}，未读取。请核对其中有无应报送的内容。", why.0),
        format!("The sheet \"{name}\" {}; it was left out. Check whether it holds anything to be sent.", why.1),
    );
    Finding::new(&code::CONTENT_SKIPPED, message)
}

/// Reason for skipping a sheet without a part.
const MISSING: (&str, &str) = ("在文件中没有内容", "has no content in the file");

/// Reason for skipping a sheet that is not a worksheet.
const NO_WORKSHEET: (&str, &str) = ("是图表或宏，没有单元格", "is a chart or macro sheet without cells");

#[cfg(test)]
mod tests;
