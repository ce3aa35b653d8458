//! What every writer writes in the same order: the parts of the form with their content, tables where they belong.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::form::{FieldIndex, Form};
use crate::report::{Content, ExtraTable, Kind, Report, Value};

/// Heading over what belongs to no part of the form.
pub(crate) const UNCLAIMED: &str = "附：原文其他内容";

/// A part of the form as it is written.
pub(crate) struct Part<'a> {
    /// Id of the section.
    pub(crate) id: &'a str,
    /// The heading as prescribed; `None` for the part before the first heading.
    pub(crate) heading: Option<&'a str>,
    /// What stands in it.
    pub(crate) pieces: Vec<Piece<'a>>,
}

/// A piece of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// A paragraph of running text.
    Text(&'a str),
    /// A heading inside the part: level from 2, text.
    Heading(u8, &'a str),
    /// A table of the form, by its index.
    Table(usize),
    /// A table that the form does not know.
    Extra(&'a ExtraTable),
    /// A picture: index into the report's pictures, extent in EMU, alternative text.
    Picture(usize, Option<(u64, u64)>, Option<&'a str>),
}

/// The parts of a report in the form's order. Every part of the form is there, if need be without content; each table of the
/// form stands in its own part once, at the end where no content places it; what belongs to no part comes last.
pub(crate) fn parts<'a>(form: &'a Form, report: &'a Report) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for (number, spec) in form.sections.iter().enumerate() {
        let section = report.section(&spec.id);
        let content = section.map(|section| section.content.as_slice()).unwrap_or_default();
        let mut tables: Vec<usize> =
            (0..form.tables.len()).filter(|&table| form.tables[table].section == number).collect();
        let mut pieces: Vec<Piece> = content.iter().filter_map(|content| piece(form, content, &mut tables)).collect();
        pieces.extend(tables.into_iter().map(Piece::Table));
        let heading = spec.heading.as_ref().map(|heading| heading.text.as_str());
        if heading.is_some() || !pieces.is_empty() {
            parts.push(Part { id: &spec.id, heading, pieces });
        }
    }
    let pieces: Vec<Piece> =
        report.unclaimed.iter().filter_map(|content| piece(form, content, &mut Vec::new())).collect();
    if !pieces.is_empty() {
        parts.push(Part { id: "unclaimed", heading: Some(UNCLAIMED), pieces });
    }
    parts
}

/// A piece as it is written. A table of the form is taken from those that are still wanted here, or left to its own part.
fn piece<'a>(form: &Form, content: &'a Content, wanted: &mut Vec<usize>) -> Option<Piece<'a>> {
    Some(match content {
        Content::Paragraph { text, level: Some(level), .. } => Piece::Heading((*level).clamp(2, 9), text),
        Content::Paragraph { text, .. } => Piece::Text(text),
        Content::Table { table } => {
            let at = wanted.iter().position(|&number| form.tables[number].id == *table)?;
            Piece::Table(wanted.remove(at))
        }
        Content::Extra(table) => Piece::Extra(table),
        Content::Picture { index, extent, alt } => Piece::Picture(*index, *extent, alt.as_deref()),
    })
}

/// The title that stands above the report: the prescribed one where agency and year are known, else as it was found.
pub(crate) fn title(form: &Form, report: &Report) -> String {
    match (&report.agency, report.year) {
        (Some(agency), Some(year)) => form.title.for_report(agency, year),
        _ => report.title.clone().unwrap_or_else(|| form.name.zh.clone()),
    }
}

/// The text that stands in the cell of a field: as it was written where the figure is in the form's unit, else the figure.
pub(crate) fn shown<'a>(form: &Form, report: &'a Report, field: FieldIndex) -> Cow<'a, str> {
    let converts = form.fields[field].unit.is_some();
    report.value(field, &form.fields[field].id).map_or("".into(), |value| value_text(value, converts))
}

fn value_text(value: &Value, converts: bool) -> Cow<'_, str> {
    match value.value {
        Some(number) if (converts && value.unit.is_some()) || value.raw.is_empty() => number.to_string().into(),
        _ if value.kind == Kind::Absent => "".into(),
        _ => value.raw.as_str().into(),
    }
}

/// A text without the characters that XML 1.0 has no place for.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF. Every comma of Chinese begins with EF, many characters have BF, few have both.
    static LAST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\xef\xbf"));
    let control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Nearly every text has none. Without a way out of the middle the processor looks at many bytes at once.
    let controls = text.bytes().fold(false, |found, byte| found | control(byte));
    if !controls && LAST.find(text.as_bytes()).is_none() {
        return text.into();
    }
    let fits = |character: &char| {
        !matches!(character, '\u{fffe}' | '\u{ffff}') && !u8::try_from(*character).is_ok_and(control)
    };
    text.chars().filter(fits).collect::<String>().into()
}
