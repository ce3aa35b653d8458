//! Excel 5 to 2003 workbooks and .et files of WPS Spreadsheets (MS-XLS), read by our own pass over the records.
//!
//! calamine allocates what the DIMENSIONS record declares and stores sheets densely: two records can make it ask for more memory than
//! there is, which ends the process. Here the cost of a cell is its content.

use std::borrow::Cow;

use super::biff::{Continued, Record, Text, record};
use super::binfaces::Faces;
use super::faces::shows_nothing;
use super::formulas::adds_tokens;
use super::numberformat::NumberFormat;
use super::strings::Strings;
use super::xls_objects::Objects;
use super::{NO_WORKSHEET, Region, Sheet, Workbook, sheet_skipped, value};
use crate::document::{Budget, Document, Paragraph, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::container::cfb::{Compound, u16_at, u32_at};
use crate::read::container::offcrypto;
use crate::read::shared::marks::{Face, LEAST_TWIPS};
use crate::read::shared::summary;
use crate::read::{Damage, ReadError, Unsupported};

/// Record types (MS-XLS 2.3).
mod kind {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const DATE_1904: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const FONT: u16 = 0x0031;
    pub(super) const WINDOW_1: u16 = 0x003D;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const COL_INFO: u16 = 0x007D;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const PALETTE: u16 = 0x0092;
    pub(super) const MUL_BLANK: u16 = 0x00BE;
    pub(super) const MUL_RK: u16 = 0x00BD;
    pub(super) const R_STRING: u16 = 0x00D6;
    pub(super) const XF: u16 = 0x00E0;
    pub(super) const MERGE_CELLS: u16 = 0x00E5;
    pub(super) const MSO_DRAWING_GROUP: u16 = 0x00EB;
    pub(super) const SST: u16 = 0x00FC;
    pub(super) const LABEL_SST: u16 = 0x00FD;
    pub(super) const BLANK: u16 = 0x0201;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOL_ERR: u16 = 0x0205;
    pub(super) const COND_FMT: u16 = 0x01B0;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BOF: u16 = 0x0809;
}

/// Reads a binary Excel workbook.
///
/// # Errors
/// [`ReadError`] if it is encrypted, damaged, older than Excel 5 or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut file = Compound::open(bytes, budget)?;
    let stream = match file.stream("Workbook", budget)? {
        Some(stream) => stream,
        None => file
            .stream("Book", budget)?
            .ok_or_else(|| ReadError::from(Damage::StreamMissing { stream: "Workbook".to_owned() }))?,
    };
    let stream = match file_pass(&stream, budget)? {
        Some(pass) => {
            findings.push(offcrypto::opened());
            Cow::Owned(offcrypto::workbook(&stream, pass, budget)?)
        }
        None => stream,
    };
    let globals = Globals::read(&stream, budget)?;
    let mut book = Workbook::default();
    for bound in &globals.sheets {
        if !bound.is_worksheet {
            findings.push(sheet_skipped(&bound.name, NO_WORKSHEET));
            continue;
        }
        let (sheet, whole) = globals.sheet(&stream, bound, &mut book.texts, budget)?;
        book.sheets.push(sheet);
        if !whole {
            findings.push(sheet_cut(&bound.name));
        }
    }
    if globals.has_pictures {
        let message = Message::new(
            "Excel 97-2003 工作簿中的图片未读取。需要时请另存为 .xlsx。",
            "Pictures in an Excel 97-2003 workbook are not read. Save it as .xlsx if they are needed.",
        );
        findings.push(Finding::new(&code::CONTENT_SKIPPED, message));
    }
    let properties = file.stream("\u{5}SummaryInformation", budget)?.unwrap_or_default();
    book.metadata = summary::read(&properties);
    super::document(book, budget, findings)
}

/// The name of the sheet that a workbook shows (MS-XLS 2.4.346).
///
/// # Errors
/// As [`read`].
pub(crate) fn active(bytes: &[u8], budget: &mut Budget) -> Result<Option<String>, ReadError> {
    let mut file = Compound::open(bytes, budget)?;
    let stream = match file.stream("Workbook", budget)? {
        Some(stream) => stream,
        None => file.stream("Book", budget)?.unwrap_or_default(),
    };
    if file_pass(&stream, budget)?.is_some() {
        return Ok(None);
    }
    let globals = Globals::read(&stream, budget)?;
    Ok(globals.sheets.into_iter().nth(globals.active.into()).map(|sheet| sheet.name))
}

/// The data of the `FilePass` record, which defines the encryption of the records after it.
fn file_pass<'s>(stream: &'s [u8], budget: &mut Budget) -> Result<Option<&'s [u8]>, ReadError> {
    let mut at = 0;
    // Any other beginning is refused when the globals are read.
    if u16_at(stream, 0) != Some(kind::BOF) {
        return Ok(None);
    }
    while let Some(record) = record(stream, at, budget)? {
        match record.kind {
            kind::FILE_PASS => return Ok(Some(record.data)),
            kind::EOF => break,
            _ => at = record.end,
        }
    }
    Ok(None)
}

/// An entry of the sheet list.
struct Bound {
    name: String,
    hidden: bool,
    is_worksheet: bool,
    /// Offset of the sheet's records.
    at: usize,
}

/// Workbook-level data shared by all sheets.
struct Globals {
    sheets: Vec<Bound>,
    strings: Strings,
    /// The number format of each cell format.
    formats: Vec<NumberFormat>,
    /// The face of each cell format.
    faces: Faces,
    from_1904: bool,
    text: Text,
    has_pictures: bool,
    /// Number of the sheet that is shown.
    active: u16,
}

impl Globals {
    fn read(stream: &[u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let text = match (u16_at(stream, 0), u16_at(stream, 4)) {
            (Some(kind::BOF), Some(0x0600)) => Text::Wide,
            (Some(kind::BOF), Some(_)) => Text::Narrow(encoding_rs::GB18030),
            _ => return Err(Unsupported::OldExcel.into()),
        };
        let mut globals = Self {
            sheets: Vec::new(),
            strings: Strings::default(),
            formats: Vec::new(),
            faces: Faces::default(),
            from_1904: false,
            text,
            has_pictures: false,
            active: 0,
        };
        let (mut formats, mut of_cells) = (std::collections::BTreeMap::new(), Vec::new());
        let (mut blank, mut strings) = (std::collections::BTreeSet::new(), None);
        let mut at = 0;
        while let Some(record) = record(stream, at, budget)? {
            at = record.end;
            match record.kind {
                kind::EOF => break,
                kind::FORMAT => {
                    let code = globals.text.at(record.data, 2, matches!(globals.text, Text::Narrow(_)));
                    blank.extend(record.u16(0).filter(|_| code.as_deref().is_some_and(shows_nothing)));
                    formats.extend(record.u16(0).zip(code.map(|code| NumberFormat::parse(&code))));
                }
                kind::FONT => globals.faces.font_xls(record.data),
                kind::PALETTE => globals.faces.palette(record.data),
                kind::XF => {
                    let id = record.u16(2).unwrap_or(0);
                    of_cells.push(id);
                    globals.faces.format_xls(record.data, blank.contains(&id));
                }
                // Its runs refer to the fonts, so the strings are read last.
                kind::SST => strings = Some(record),
                _ => globals.record(&record, budget)?,
            }
        }
        let format = |id: u16| formats.get(&id).cloned().unwrap_or_else(|| NumberFormat::built_in(id));
        globals.formats = of_cells.into_iter().map(format).collect();
        globals.faces.finish(true);
        if let Some(record) = strings {
            globals.strings = shared_strings(stream, record, &globals.faces, budget)?;
        }
        Ok(globals)
    }

    fn record(&mut self, record: &Record, budget: &mut Budget) -> Result<(), ReadError> {
        match record.kind {
            kind::WINDOW_1 => self.active = record.u16(10).unwrap_or_default(),
            kind::CODE_PAGE => {
                if let Text::Narrow(_) = self.text {
                    self.text = Text::Narrow(summary::encoding(record.u16(0).unwrap_or(0)));
                }
            }
            kind::DATE_1904 => self.from_1904 = record.u16(0) == Some(1),
            kind::BOUND_SHEET => {
                budget.spend(Resource::Entries, 1)?;
                let flags = record.u16(4).unwrap_or(0);
                self.sheets.push(Bound {
                    name: self.text.at(record.data, 6, true).unwrap_or_default(),
                    hidden: flags & 3 != 0,
                    is_worksheet: flags >> 8 == 0,
                    at: record.u32(0).unwrap_or(u32::MAX) as usize,
                });
            }
            kind::MSO_DRAWING_GROUP => {
                // The drawing group of an empty drawing has no picture store (MS-ODRAW 2.2.20).
                self.has_pictures |= memchr::memmem::find(record.data, &[0x01, 0xF0]).is_some();
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads the cells of a sheet; also returns whether its records begin and end where they should.
    fn sheet(
        &self,
        stream: &[u8],
        bound: &Bound,
        texts: &mut Vec<Paragraph>,
        budget: &mut Budget,
    ) -> Result<(Sheet, bool), ReadError> {
        let mut sheet = Sheet { name: bound.name.clone(), hidden: bound.hidden, ..Sheet::default() };
        let first = record(stream, bound.at, budget)?;
        let whole = first.is_some_and(|first| first.kind == kind::BOF);
        let (mut at, mut inside) = (first.filter(|_| whole).map_or(bound.at, |first| first.end), 0_u32);
        // The cell of a formula whose text is in a later record.
        let mut awaits = None;
        let mut objects = Objects::default();
        while let Some(record) = record(stream, at, budget)? {
            at = record.end;
            match record.kind {
                // An embedded chart has records of its own.
                kind::BOF => inside += 1,
                kind::EOF if inside == 0 => return Ok((sheet, whole)),
                kind::EOF => inside -= 1,
                _ if inside > 0 => {}
                kind::STRING => {
                    if let Some((row, column, face)) = awaits.take() {
                        let text = self.long_text(stream, record, 0, budget)?.unwrap_or_default();
                        sheet.formulas.note((row, column), &text, false);
                        sheet.put_marked((row, column), &text, (face, &[]), budget)?;
                    }
                }
                kind::ROW if is_unseen_row(&record) => {
                    let row = record.u16(0).map_or(0, u32::from);
                    sheet.hide_rows(row, row, budget)?;
                }
                kind::COL_INFO if record.u16(8).is_some_and(|flags| flags & 1 != 0) || record.u16(4) == Some(0) => {
                    let at = |at| record.u16(at).map_or(0, u32::from);
                    sheet.hide_columns(at(0), at(2), budget)?;
                }
                kind::COND_FMT => {
                    // The region that contains all of its ranges (MS-XLS 2.4.56).
                    let at = |at| record.u16(at).map_or(0, u32::from);
                    budget.spend(Resource::Blocks, 1)?;
                    sheet.coloured.push(Region { top: at(4), bottom: at(6), left: at(8), right: at(10) });
                }
                kind::MERGE_CELLS => merges(record, &mut sheet, budget)?,
                _ if objects.take(stream, record, &mut sheet, texts, budget)? => {}
                _ => awaits = self.cell(stream, record, &mut sheet, budget)?.or(awaits),
            }
        }
        Ok((sheet, false))
    }

    /// Adds the cell of a record. Returns a cell whose text is in a later record.
    fn cell(
        &self,
        stream: &[u8],
        record: Record,
        sheet: &mut Sheet,
        budget: &mut Budget,
    ) -> Result<Option<(u32, u32, Face)>, ReadError> {
        let (Some(row), Some(column), Some(format)) = (record.u16(0), record.u16(2), record.u16(4)) else {
            return Ok(None);
        };
        let (row, column) = (u32::from(row), u32::from(column));
        let face = self.faces.of_format(usize::from(format));
        let text = match record.kind {
            kind::BLANK => Some(String::new()),
            kind::MUL_BLANK => return blanks(record, sheet, budget).map(|()| None),
            kind::NUMBER | kind::RK => {
                let number = if record.kind == kind::RK { record.u32(6).map(value::rk) } else { record.f64(6) };
                let number = number.ok_or_else(|| too_short(sheet))?;
                return self.figure((row, column), number, format, sheet, budget).map(|()| None);
            }
            kind::MUL_RK => return self.row_of_numbers(record, sheet, budget).map(|()| None),
            kind::LABEL_SST => {
                let index = record.u32(6).map(|index| index as usize);
                let text = index.and_then(|index| self.strings.get(index));
                let runs = index.map_or(&[][..], |index| self.strings.runs(index));
                sheet.missing += usize::from(text.is_none());
                return sheet.put_marked((row, column), text.unwrap_or_default(), (face, runs), budget).map(|()| None);
            }
            kind::LABEL | kind::R_STRING => self.long_text(stream, record, 6, budget)?,
            kind::BOOL_ERR => record.data.get(6).zip(record.data.get(7)).map(|(&value, &is_error)| match is_error {
                0 => value::truth(value != 0).to_owned(),
                _ => value::error(value).to_owned(),
            }),
            kind::FORMULA => {
                let text = match (record.u16(12), record.data.get(6), record.data.get(8)) {
                    (Some(0xFFFF), Some(0), _) => return Ok(Some((row, column, face))),
                    (Some(0xFFFF), Some(1), Some(&truth)) => value::truth(truth != 0).to_owned(),
                    (Some(0xFFFF), Some(2), Some(&error)) => value::error(error).to_owned(),
                    (Some(0xFFFF), ..) => String::new(),
                    _ => {
                        let number = record.f64(6).ok_or_else(|| too_short(sheet))?;
                        sheet.formulas.note((row, column), &value::number(number), only_adds(record));
                        return self.figure((row, column), number, format, sheet, budget).map(|()| None);
                    }
                };
                sheet.formulas.note((row, column), &text, false);
                Some(text)
            }
            _ => return Ok(None),
        };
        let text = text.ok_or_else(|| too_short(sheet))?;
        sheet.put_marked((row, column), &text, (face, &[]), budget)?;
        Ok(None)
    }

    fn row_of_numbers(&self, record: Record, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
        let (Some(row), Some(first)) = (record.u16(0), record.u16(2)) else { return Ok(()) };
        let end = record.data.len().saturating_sub(2);
        let numbers = record.data.get(4..end).unwrap_or_default().chunks_exact(6);
        for (column, number) in (u32::from(first)..).zip(numbers) {
            if let (Some(format), Some(bits)) = (u16_at(number, 0), u32_at(number, 2)) {
                self.figure((u32::from(row), column), value::rk(bits), format, sheet, budget)?;
            }
        }
        Ok(())
    }

    /// The string at an offset of a record, which may extend into continuations.
    fn long_text(
        &self,
        stream: &[u8],
        record: Record,
        at: usize,
        budget: &mut Budget,
    ) -> Result<Option<String>, ReadError> {
        if let Text::Narrow(_) = self.text {
            return Ok(self.text.at(record.data, at, false));
        }
        let mut bytes = Continued::new(stream, record, budget)?;
        Ok(bytes.skip(at).and_then(|()| bytes.plain_string()))
    }

    /// Adds the figure of a cell.
    fn figure(
        &self,
        at: (u32, u32),
        number: f64,
        format: u16,
        sheet: &mut Sheet,
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let face = self.faces.of_format(usize::from(format));
        let format = self.formats.get(usize::from(format));
        let text = value::shown(number, format.is_some_and(NumberFormat::is_date), self.from_1904);
        sheet.put_figure(at, &text, (format, face), budget)
    }
}

fn too_short(sheet: &Sheet) -> ReadError {
    ReadError::from(Damage::CellShort { sheet: sheet.name.clone() })
}

/// Whether a row is hidden, or too low to show anything (MS-XLS 2.4.221).
fn is_unseen_row(record: &Record) -> bool {
    let low = record.u16(6).is_some_and(|height| u32::from(height) < LEAST_TWIPS);
    // `fDyZero`; `fUnsynced` means that the height was set manually.
    record.u16(12).is_some_and(|flags| flags & 0x20 != 0 || low && flags & 0x40 != 0)
}

/// Whether the formula of a cell only adds cells (MS-XLS 2.4.127): its tokens are preceded by their size.
fn only_adds(record: Record) -> bool {
    let size = usize::from(record.u16(20).unwrap_or(0));
    record.data.get(22..22 + size).is_some_and(|tokens| adds_tokens(tokens, 4, 8))
}

/// Adds blank cells (MS-XLS 2.4.174).
fn blanks(record: Record, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
    let (Some(row), Some(first)) = (record.u16(0), record.u16(2)) else { return Ok(()) };
    let count = record.data.len().saturating_sub(6) / 2;
    (u32::from(first)..).take(count).try_for_each(|column| sheet.put(u32::from(row), column, "", budget))
}

/// The shared strings (MS-XLS 2.4.265).
fn shared_strings(stream: &[u8], record: Record, faces: &Faces, budget: &mut Budget) -> Result<Strings, ReadError> {
    let mut bytes = Continued::new(stream, record, budget)?;
    let mut strings = Strings::default();
    if bytes.skip(8).is_none() {
        return Ok(strings);
    }
    // The declared number of strings may be wrong. A missing string is reported for the cell that refers to it.
    while let Some((text, begins)) = bytes.string() {
        budget.spend(Resource::Steps, 1)?;
        let runs = if begins.is_empty() { Vec::new() } else { faces.runs(&text, &begins, true) };
        strings.push_rich(&text, runs, budget)?;
    }
    Ok(strings)
}

/// The finding for a sheet whose records do not begin or end where they should.
fn sheet_cut(name: &str) -> Finding {
    let message = Message::new(
        format!("工作表“{name}”的记录不完整，只读取了能找到的部分。请用 Excel 或 WPS 打开核对后另存，再重新报送。"),
        format!(
            "The records of the sheet \"{name}\" are not whole; what could be found of them was read. Open the workbook in Excel or WPS, check it, save it, and send it again."
        ),
    );
    Finding::new(&code::FILE_DAMAGED, message)
}

/// Merged regions (MS-XLS 2.4.168).
fn merges(record: Record, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), ReadError> {
    for region in record.data.get(2..).unwrap_or_default().chunks_exact(8) {
        let at = |at| u16_at(region, at).map_or(0, u32::from);
        sheet.merge(Region { top: at(0), bottom: at(2), left: at(4), right: at(6) }, budget)?;
    }
    Ok(())
}
