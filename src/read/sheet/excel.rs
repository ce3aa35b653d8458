//! XLSX and XLSB through calamine's streaming cells. Its dense ranges are never asked for: a sheet with two far corners would
//! take half a terabyte.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsb, Xlsx};

use super::Sheet;
use crate::document::{Budget, Document, Exceeded, Metadata, Resource};
use crate::finding::code::read as code;
use crate::finding::{Finding, Message};
use crate::read::ReadError;
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events};

/// Reads an Office Open XML workbook.
///
/// # Errors
/// [`ReadError`] when the package or a sheet is damaged, encrypted or too large.
pub(crate) fn read_xlsx(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let metadata = inspect(bytes, budget)?;
    let sheets = guarded(|| xlsx_sheets(bytes, budget, findings))?;
    let mut document = super::document(sheets, budget, findings)?;
    document.metadata = metadata;
    Ok(document)
}

/// Reads a binary workbook.
///
/// # Errors
/// As [`read_xlsx`].
pub(crate) fn read_xlsb(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let metadata = inspect(bytes, budget)?;
    let sheets = guarded(|| xlsb_sheets(bytes, budget, findings))?;
    let mut document = super::document(sheets, budget, findings)?;
    document.metadata = metadata;
    Ok(document)
}

/// Runs calamine, which is known to panic on some damaged binary workbooks.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ReadError::Damaged("the workbook contradicts itself".into())))
}

/// Counts what every part of the package holds before calamine inflates it, and reads the document properties.
fn inspect(bytes: &[u8], budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    let names: Vec<String> = package.names().map(str::to_owned).collect();
    // Pictures are never inflated by calamine; everything else may be.
    for name in names.iter().filter(|name| !name.contains("/media/")) {
        if let Some(part) = package.part(name, budget)? {
            honest(name, &part)?;
        }
    }
    one_part_a_sheet(&mut package, budget)?;
    let mut metadata = Metadata::default();
    let Some(core) = package.part("docProps/core.xml", budget)? else { return Ok(metadata) };
    let (text, base) = xml::text(&core, budget)?;
    let mut events = Events::new(&text, base, &[]);
    loop {
        match events.next(budget) {
            Ok(Event::Open(tag)) if events.depth() > 1 => {
                let local = tag.local.to_owned();
                let Ok(content) = events.content(budget) else { break };
                match local.as_str() {
                    "title" if !content.is_empty() => metadata.title = Some(content),
                    "creator" if !content.is_empty() => metadata.author = Some(content),
                    _ => metadata.entries.push((local, content)),
                }
            }
            Ok(Event::End) | Err(_) => break,
            Ok(_) => {}
        }
    }
    Ok(metadata)
}

/// What a part claims must be there: calamine makes room for as many shared strings as it is told of, and keeps a font's name for
/// every cell format.
fn honest(name: &str, part: &[u8]) -> Result<(), ReadError> {
    let count = |word: &[u8]| memchr::memmem::find_iter(part, word).count() as u64;
    let name = name.to_ascii_lowercase();
    if name.ends_with("sharedstrings.xml") {
        let claimed = claims(part, b"uniqueCount=");
        if claimed > 2 * count(b"si") + 1_000 {
            return Err(ReadError::Damaged(format!("{name} claims {claimed} strings that are not there")));
        }
    }
    if name.ends_with("styles.xml") {
        let asked = count(b"xf").saturating_mul(longest_attribute(part) as u64);
        if asked > 64 << 20 {
            return Err(Exceeded { resource: Resource::TextBytes, asked, limit: 64 << 20 }.into());
        }
    }
    Ok(())
}

/// The greatest number that stands behind a word such as `uniqueCount=`.
fn claims(part: &[u8], word: &[u8]) -> u64 {
    let digits = |at: usize| {
        let rest = part[at + word.len()..].iter().skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '));
        rest.take(20)
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0_u64, |number, byte| number.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
    };
    memchr::memmem::find_iter(part, word).map(digits).max().unwrap_or(0)
}

/// Bytes of the longest text between two quotation marks.
fn longest_attribute(part: &[u8]) -> usize {
    part.split(|&byte| byte == b'"').map(<[u8]>::len).max().unwrap_or(0)
}

/// Sheets that name one part would each inflate it again.
fn one_part_a_sheet(package: &mut Package, budget: &mut Budget) -> Result<(), ReadError> {
    let Some(workbook) = package.main_part(budget)? else { return Ok(()) };
    let relationships = package.relationships(&workbook, budget)?;
    let sheets = relationships.all().iter().filter(|relationship| relationship.kind.ends_with("sheet"));
    let mut targets: Vec<String> = sheets.map(|relationship| relationship.target.to_ascii_lowercase()).collect();
    let mut named = sheet_relationships(package, &workbook, budget)?;
    let sheets = targets.len() + named.len();
    targets.sort_unstable();
    targets.dedup();
    named.sort_unstable();
    named.dedup();
    targets.append(&mut named);
    if targets.len() < sheets {
        return Err(ReadError::Damaged("several sheets of the workbook name the same part".into()));
    }
    Ok(())
}

/// The relationships that the sheets of a workbook name, in its order; none for a binary workbook.
fn sheet_relationships(package: &mut Package, workbook: &str, budget: &mut Budget) -> Result<Vec<String>, ReadError> {
    let mut named = Vec::new();
    let part = package.part(workbook, budget)?.unwrap_or_default();
    if !part.trim_ascii_start().starts_with(b"<") && !part.starts_with(b"\xEF\xBB\xBF<") {
        return Ok(named);
    }
    let (text, base) = xml::text(&part, budget)?;
    let mut events = Events::new(&text, base, &[]);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "sheet" => named.extend(tag.get("id").map(std::borrow::Cow::into_owned)),
            Event::End => return Ok(named),
            _ => {}
        }
    }
}

fn damaged(what: &str, error: &impl std::fmt::Display) -> ReadError {
    ReadError::Damaged(format!("{what}: {error}"))
}

fn xlsx_sheets(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Vec<Sheet>, ReadError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged("the workbook", &error))?;
    let mut sheets = Vec::new();
    for known in book.sheets_metadata().to_vec() {
        if known.typ != SheetType::WorkSheet {
            continue;
        }
        let mut sheet = Sheet { hidden: known.visible != SheetVisible::Visible, ..Sheet::default() };
        let merges = book.merge_cells_by_sheet_name(&known.name);
        sheet.merges = merges.map(|merges| regions(&merges)).unwrap_or_default();
        let mut cells = match book.worksheet_cells_reader(&known.name) {
            Ok(cells) => cells,
            Err(error) => {
                findings.push(sheet_skipped(&known.name, &error));
                continue;
            }
        };
        while let Some(cell) = cells.next_cell().map_err(|error| damaged(&known.name, &error))? {
            let (row, column) = cell.get_position();
            sheet.put(row, column, shown(cell.get_value()), budget)?;
        }
        sheet.name = known.name;
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn xlsb_sheets(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Vec<Sheet>, ReadError> {
    let mut book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(|error| damaged("the workbook", &error))?;
    let mut sheets = Vec::new();
    for known in book.sheets_metadata().to_vec() {
        if known.typ != SheetType::WorkSheet {
            continue;
        }
        let mut sheet = Sheet { hidden: known.visible != SheetVisible::Visible, ..Sheet::default() };
        let mut cells = match book.worksheet_cells_reader(&known.name) {
            Ok(cells) => cells,
            Err(error) => {
                findings.push(sheet_skipped(&known.name, &error));
                continue;
            }
        };
        while let Some(cell) = cells.next_cell().map_err(|error| damaged(&known.name, &error))? {
            let (row, column) = cell.get_position();
            sheet.put(row, column, shown(cell.get_value()), budget)?;
        }
        sheet.name = known.name;
        sheets.push(sheet);
    }
    budget.spend(Resource::Steps, 1)?;
    Ok(sheets)
}

fn sheet_skipped(name: &str, error: &impl std::fmt::Display) -> Finding {
    let message = Message::new(
        format!("工作表“{name}”无法读取（{error}），已跳过。"),
        format!("The sheet \"{name}\" could not be read ({error}); it was left out."),
    );
    Finding::new(&code::CONTENT_SKIPPED, message)
}

/// Merged regions of calamine as first and last row and column.
pub(super) fn regions(merges: &[Dimensions]) -> Vec<((u32, u32), (u32, u32))> {
    merges.iter().map(|merge| (merge.start, merge.end)).collect()
}

/// The text of a value, figures by their shortest text, as Excel shows them without a format.
pub(super) fn shown(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(error) => error.to_string(),
    }
}

/// As [`shown`], for values that own their text.
pub(super) fn shown_owned(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => float(*number),
        Data::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) => date(moment),
        Data::Error(error) => error.to_string(),
    }
}

/// The shortest text that reads back as the same number, never in scientific notation.
fn float(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

fn date(moment: &calamine::ExcelDateTime) -> String {
    if moment.is_duration() {
        return float(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}
