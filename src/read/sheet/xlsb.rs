//! XLSB workbooks (MS-XLSB), read by our own pass over the records: calamine reads no merged regions, and panics on records that are too
//! short.

use std::collections::{BTreeMap, BTreeSet};

use super::biff::{Records, f64_at, wide_string};
use super::binfaces::Faces;
use super::faces::shows_nothing;
use super::formulas::adds_tokens;
use super::numberformat::NumberFormat;
use super::package::{Drawn, drawings, main_part, properties, required};
use super::strings::Strings;
use super::{COLUMNS, MISSING, NO_WORKSHEET, ROWS, Region, Run, Sheet, Workbook, sheet_skipped, value, without_broken};
use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::container::package::Package;
use crate::read::shared::marks::LEAST_TWIPS;
use crate::read::{Damage, ReadError};

/// Record types (MS-XLSB 2.3.2), as decoded numbers.
mod kind {
    pub(super) const ROW_HDR: u32 = 0;
    pub(super) const CELL_BLANK: u32 = 1;
    pub(super) const CELL_RK: u32 = 2;
    pub(super) const CELL_ERROR: u32 = 3;
    pub(super) const CELL_BOOL: u32 = 4;
    pub(super) const CELL_REAL: u32 = 5;
    pub(super) const CELL_ST: u32 = 6;
    pub(super) const CELL_ISST: u32 = 7;
    pub(super) const FMLA_STRING: u32 = 8;
    pub(super) const FMLA_NUM: u32 = 9;
    pub(super) const FMLA_BOOL: u32 = 10;
    pub(super) const FMLA_ERROR: u32 = 11;
    pub(super) const SST_ITEM: u32 = 19;
    pub(super) const FONT: u32 = 43;
    pub(super) const FMT: u32 = 44;
    pub(super) const FILL: u32 = 45;
    pub(super) const XF: u32 = 47;
    pub(super) const COL_INFO: u32 = 60;
    pub(super) const CELL_R_STRING: u32 = 62;
    pub(super) const BEGIN_SHEET_DATA: u32 = 145;
    pub(super) const END_SHEET_DATA: u32 = 146;
    pub(super) const WB_PROP: u32 = 153;
    pub(super) const BOOK_VIEW: u32 = 158;
    pub(super) const BUNDLE_SH: u32 = 156;
    pub(super) const MERGE_CELL: u32 = 176;
    pub(super) const DRAWING: u32 = 550;
    pub(super) const LEGACY_DRAWING: u32 = 551;
    pub(super) const BEGIN_CONDITIONAL: u32 = 461;
    pub(super) const TABLE_PARTS: u32 = 660;
    pub(super) const BEGIN_CELL_XFS: u32 = 617;
    pub(super) const END_CELL_XFS: u32 = 618;
}

/// Reads a binary workbook of Excel 2007 and later.
///
/// # Errors
/// [`ReadError`] if the package or a sheet is damaged, encrypted or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    let main = main_part(&mut package, "xl/workbook.bin", budget)?;
    let relationships = package.relationships(&main, budget)?;
    let part = |package: &mut Package, kind: &str, budget: &mut Budget| match relationships.target(kind) {
        Some(name) => package.part(name, budget).map(Option::unwrap_or_default),
        None => Ok(Vec::new()),
    };
    let formats = part(&mut package, "styles", budget).and_then(|part| formats(&part, budget));
    let (formats, faces) = without_broken(formats, findings)?.unwrap_or_default();
    let strings = shared_strings(&part(&mut package, "sharedStrings", budget)?, &faces, budget)?;
    let list = Listed::read(&required(&mut package, &main, budget)?, budget)?;
    let shared = Shared { strings, formats, faces, from_1904: list.from_1904 };
    let mut book = Workbook::default();
    let mut drawn = Vec::new();
    for (mut sheet, id) in list.sheets {
        let Some(to) = relationships.by_id(&id).filter(|to| !to.external) else {
            findings.push(sheet_skipped(&sheet.name, MISSING));
            continue;
        };
        if to.kind != "worksheet" {
            findings.push(sheet_skipped(&sheet.name, NO_WORKSHEET));
            continue;
        }
        let Some(part) = package.part(&to.target, budget)? else {
            findings.push(sheet_skipped(&sheet.name, MISSING));
            continue;
        };
        let (drawing, comments) = shared.fill(&mut sheet, &part, budget)?;
        drawn.push(Drawn { part: to.target.clone(), drawing, comments });
        book.sheets.push(sheet);
    }
    book.metadata = properties(&mut package, budget)?;
    drawings(&mut package, &drawn, &mut book, budget)?;
    super::document(book, budget, findings)
}

/// The name of the sheet that a workbook shows (MS-XLSB 2.4.301).
///
/// # Errors
/// As [`read`].
pub(crate) fn active(bytes: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    let main = main_part(&mut package, "xl/workbook.bin", budget)?;
    let list = Listed::read(&required(&mut package, &main, budget)?, budget)?;
    Ok(list.sheets.into_iter().nth(list.active as usize).map(|(sheet, _)| sheet.name))
}

/// The sheet list: each sheet with the id of the relationship to its part.
struct Listed {
    sheets: Vec<(Sheet, String)>,
    from_1904: bool,
    /// Number of the sheet that is shown.
    active: u32,
}

impl Listed {
    fn read(part: &[u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let mut list = Self { sheets: Vec::new(), from_1904: false, active: 0 };
        let mut records = Records::new(part);
        while let Some((kind, data)) = records.next(budget)? {
            match kind {
                kind::WB_PROP => list.from_1904 = data.first().is_some_and(|flags| flags & 1 != 0),
                kind::BOOK_VIEW => list.active = u32_at(data, 24).unwrap_or_default(),
                kind::BUNDLE_SH => {
                    budget.spend(Resource::Entries, 1)?;
                    let strings = wide_string(data, 8).and_then(|(id, at)| Some((id, wide_string(data, at)?.0)));
                    let damaged = || ReadError::from(Damage::SheetList);
                    let (id, name) = strings.ok_or_else(damaged)?;
                    let hidden = u32_at(data, 0) != Some(0);
                    list.sheets.push((Sheet { name, hidden, ..Sheet::default() }, id));
                }
                _ => {}
            }
        }
        Ok(list)
    }
}

/// Workbook-level data shared by all sheets.
struct Shared {
    strings: Strings,
    /// The number format of each cell format.
    formats: Vec<NumberFormat>,
    /// The face of each cell format.
    faces: Faces,
    from_1904: bool,
}

impl Shared {
    /// Reads the cells and merged regions of a sheet. Returns the id of the relationship to its drawing, and whether it may have
    /// comments.
    fn fill(&self, sheet: &mut Sheet, part: &[u8], budget: &mut Budget) -> Result<(Option<String>, bool), ReadError> {
        let mut records = Records::new(part);
        let (mut row, mut in_data, mut drawing, mut comments) = (0, false, None, false);
        while let Some((kind, data)) = records.next(budget)? {
            match kind {
                kind::BEGIN_SHEET_DATA => in_data = true,
                kind::END_SHEET_DATA => in_data = false,
                kind::ROW_HDR if in_data => {
                    row = u32_at(data, 0).unwrap_or(u32::MAX);
                    let low = u16_at(data, 8).is_some_and(|height| u32::from(height) < LEAST_TWIPS);
                    // `fDyZero`; `fUnsynced` means that the height was set manually.
                    if data.get(11).is_some_and(|flags| flags & 0x10 != 0 || low && flags & 0x20 != 0) {
                        sheet.hide_rows(row, row, budget)?;
                    }
                }
                kind::COL_INFO
                    if u16_at(data, 16).is_some_and(|flags| flags & 1 != 0) || u32_at(data, 8) == Some(0) =>
                {
                    let at = |at| u32_at(data, at).unwrap_or(u32::MAX);
                    sheet.hide_columns(at(0), at(4), budget)?;
                }
                // Their regions are not read: the background of the whole sheet is taken to be coloured.
                kind::BEGIN_CONDITIONAL | kind::TABLE_PARTS => {
                    sheet.coloured = vec![Region { top: 0, left: 0, bottom: ROWS, right: COLUMNS }];
                }
                kind::MERGE_CELL => {
                    let at = |at| u32_at(data, at).unwrap_or(u32::MAX);
                    sheet.merge(Region { top: at(0), bottom: at(4), left: at(8), right: at(12) }, budget)?;
                }
                kind::DRAWING => drawing = wide_string(data, 0).map(|(id, _)| id),
                kind::LEGACY_DRAWING => comments = true,
                _ if in_data => self.cell(kind, data, row, sheet, budget)?,
                _ => {}
            }
        }
        Ok((drawing, comments))
    }

    /// Reads a cell (MS-XLSB 2.5.9): column, format, then value.
    fn cell(&self, kind: u32, data: &[u8], row: u32, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
        const VALUE: usize = 8;
        let at = (row, u32_at(data, 0).unwrap_or(u32::MAX));
        // The format index has 24 bits.
        let format = (u32_at(data, 4).unwrap_or(0) & 0x00FF_FFFF) as usize;
        let face = self.faces.of_format(format);
        let mut runs = Vec::new();
        let too_short = |name: &str| ReadError::from(Damage::CellShort { sheet: name.to_owned() });
        let number = match kind {
            kind::CELL_RK => Some(u32_at(data, VALUE).map(value::rk)),
            kind::CELL_REAL | kind::FMLA_NUM => Some(f64_at(data, VALUE)),
            _ => None,
        };
        if let Some(number) = number {
            let format = self.formats.get(format);
            let is_date = format.is_some_and(NumberFormat::is_date);
            let number = number.ok_or_else(|| too_short(&sheet.name))?;
            let text = value::shown(number, is_date, self.from_1904);
            if kind == kind::FMLA_NUM {
                sheet.formulas.note(at, &text, only_adds(data, VALUE + 8));
            }
            return sheet.put_figure(at, &text, (format, face), budget);
        }
        let text = match kind {
            kind::CELL_BLANK => Some(String::new()),
            kind::CELL_ERROR | kind::FMLA_ERROR => data.get(VALUE).map(|&code| value::error(code).to_owned()),
            kind::CELL_BOOL | kind::FMLA_BOOL => data.get(VALUE).map(|&truth| value::truth(truth != 0).to_owned()),
            kind::CELL_ST | kind::FMLA_STRING => wide_string(data, VALUE).map(|(text, _)| text),
            // Flags, then the text, then its formatting.
            kind::CELL_R_STRING => wide_string(data, VALUE + 1).map(|(text, end)| {
                runs = rich_runs(&self.faces, &text, data, (VALUE, end));
                text
            }),
            kind::CELL_ISST => {
                let index = u32_at(data, VALUE).map(|index| index as usize);
                let text = index.and_then(|index| self.strings.get(index));
                let runs = index.map_or(&[][..], |index| self.strings.runs(index));
                sheet.missing += usize::from(text.is_none());
                return sheet.put_marked(at, text.unwrap_or_default(), (face, runs), budget);
            }
            _ => return Ok(()),
        };
        let text = text.ok_or_else(|| too_short(&sheet.name))?;
        if matches!(kind, kind::FMLA_STRING | kind::FMLA_ERROR | kind::FMLA_BOOL) {
            sheet.formulas.note(at, &text, false);
        }
        sheet.put_marked(at, &text, (face, &runs), budget)
    }
}

/// Whether the formula after a value only adds cells (MS-XLSB 2.2.2.1): flags, size of the tokens, tokens.
fn only_adds(data: &[u8], at: usize) -> bool {
    let size = u32_at(data, at + 2).unwrap_or(0) as usize;
    let start = at + 6;
    start.checked_add(size).and_then(|end| data.get(start..end)).is_some_and(|tokens| adds_tokens(tokens, 6, 12))
}

/// The shared strings: flags, then text, then formatting (MS-XLSB 2.4.826).
fn shared_strings(part: &[u8], faces: &Faces, budget: &mut Budget) -> Result<Strings, ReadError> {
    let mut records = Records::new(part);
    let mut strings = Strings::default();
    while let Some((kind, data)) = records.next(budget)? {
        if kind == kind::SST_ITEM {
            let text = wide_string(data, 1).ok_or_else(|| ReadError::from(Damage::SharedString))?;
            let runs = rich_runs(faces, &text.0, data, (0, text.1));
            strings.push_rich(&text.0, runs, budget)?;
        }
    }
    Ok(strings)
}

/// The runs of a rich string, given the offsets of its flags and of its formatting (MS-XLSB 2.5.122).
fn rich_runs(faces: &Faces, text: &str, data: &[u8], (flags, at): (usize, usize)) -> Vec<Run> {
    if data.get(flags).is_none_or(|flags| flags & 1 == 0) {
        return Vec::new();
    }
    let count = u32_at(data, at).unwrap_or(0) as usize;
    let bytes = data.get(at.saturating_add(4)..).unwrap_or_default();
    let run = |bytes: &[u8; 4]| (u16::from_le_bytes([bytes[0], bytes[1]]), u16::from_le_bytes([bytes[2], bytes[3]]));
    let begins: Vec<(u16, u16)> = bytes.as_chunks::<4>().0.iter().take(count).map(run).collect();
    if begins.is_empty() { Vec::new() } else { faces.runs(text, &begins, false) }
}

/// The number format of each cell format, and its face.
fn formats(part: &[u8], budget: &mut Budget) -> Result<(Vec<NumberFormat>, Faces), ReadError> {
    let mut records = Records::new(part);
    let (mut codes, mut formats, mut of_cells) = (BTreeMap::new(), Vec::new(), false);
    let (mut faces, mut blank) = (Faces::default(), BTreeSet::new());
    while let Some((kind, data)) = records.next(budget)? {
        match kind {
            kind::FMT => {
                let code = wide_string(data, 2).map(|(code, _)| code);
                blank.extend(u16_at(data, 0).filter(|_| code.as_deref().is_some_and(shows_nothing)));
                codes.extend(u16_at(data, 0).zip(code.map(|code| NumberFormat::parse(&code))));
            }
            kind::FONT => faces.font_xlsb(data),
            kind::FILL => faces.fill_xlsb(data),
            kind::BEGIN_CELL_XFS => of_cells = true,
            kind::END_CELL_XFS => of_cells = false,
            kind::XF if of_cells => {
                let id = u16_at(data, 2).unwrap_or(0);
                faces.format_xlsb(data, blank.contains(&id));
                formats.push(codes.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(id)));
            }
            _ => {}
        }
    }
    faces.finish(false);
    Ok((formats, faces))
}
