//! The common order of all writers: sections with their content, and tables in their sections.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::form::{FieldIndex, Form, PageTurn, SectionLook};
use crate::report::{Content, ExtraTable, Kind, Report, Value};
use crate::text::{is_digit, is_one, language};

/// Heading above content that belongs to no section of the form.
pub(crate) const UNCLAIMED: &str = "附：原文其他内容";

/// A section of the form to be written.
pub(crate) struct PlannedSection<'a> {
    /// Id of the section.
    pub(crate) id: &'a str,
    /// The heading as prescribed; `None` for the section before the first heading.
    pub(crate) heading: Option<Cow<'a, str>>,
    /// Placement of its paragraphs on the page.
    pub(crate) look: SectionLook,
    /// Whether it is above the title.
    pub(crate) above_title: bool,
    /// Its content.
    pub(crate) pieces: Vec<ContentItem<'a>>,
}

impl<'a> PlannedSection<'a> {
    /// The heading to be written.
    pub(crate) fn heading(&self) -> Option<&str> {
        self.heading.as_deref()
    }

    /// An item with the look of the section, if that is not running text.
    pub(crate) fn dress(&self, piece: ContentItem<'a>) -> Option<(SectionLook, ContentItem<'a>)> {
        (self.look != SectionLook::Text).then_some((self.look, piece))
    }

    /// The items of the section with its look.
    pub(crate) fn dressed(&self) -> impl Iterator<Item = (SectionLook, ContentItem<'a>)> {
        self.pieces.iter().map(|piece| (self.look, *piece))
    }

    /// Whether it has a table that needs landscape pages.
    pub(crate) fn is_across(&self, form: &Form) -> bool {
        let turned = |piece: &ContentItem| matches!(piece, ContentItem::Table(table) if form.tables[*table].page == PageTurn::Landscape);
        self.pieces.iter().any(turned)
    }
}

/// An item of a section.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ContentItem<'a> {
    /// A paragraph of running text.
    Text(&'a str),
    /// A heading inside the section: level (from 2) and text.
    Heading(u8, &'a str),
    /// A table of the form, by its index.
    Table(usize),
    /// An extra table.
    Extra(&'a ExtraTable),
    /// A picture: index into the report's pictures, extent in EMU, alternative text.
    Picture(usize, Option<(u64, u64)>, Option<&'a str>),
}

/// The sections of a report in the form's order. Every section of the form is included, even without content; each table of the form is
/// in its section once, at the end unless the content places it; content that belongs to no section comes last.
pub(crate) fn parts<'a>(form: &'a Form, report: &'a Report) -> Vec<PlannedSection<'a>> {
    let mut parts = Vec::new();
    for (number, spec) in form.sections.iter().enumerate() {
        let section = report.section(&spec.id);
        let content = section.map(|section| section.content.as_slice()).unwrap_or_default();
        let mut tables: Vec<usize> =
            (0..form.tables.len()).filter(|&table| form.tables[table].section == number).collect();
        let mut pieces: Vec<ContentItem> =
            content.iter().filter_map(|content| piece(form, content, &mut tables)).collect();
        pieces.extend(tables.into_iter().map(ContentItem::Table));
        let heading = match &spec.pattern {
            Some(_) => spec.heading_for(report.agency.as_deref(), report.year, report.months()).map(Cow::Owned),
            None => spec.heading.as_ref().map(|heading| Cow::Borrowed(heading.text.as_str())),
        };
        if heading.is_some() || !pieces.is_empty() {
            parts.push(PlannedSection {
                id: &spec.id,
                heading,
                look: spec.look,
                above_title: spec.above_title,
                pieces,
            });
        }
    }
    let pieces: Vec<ContentItem> =
        report.unclaimed.iter().filter_map(|content| piece(form, content, &mut Vec::new())).collect();
    if !pieces.is_empty() {
        let (id, heading) = ("unclaimed", Some(Cow::Borrowed(UNCLAIMED)));
        parts.push(PlannedSection { id, heading, look: SectionLook::Text, above_title: false, pieces });
    }
    parts
}

/// Converts content to an item. A table of the form is removed from `wanted`; a table that is not wanted here is left to its own section.
fn piece<'a>(form: &Form, content: &'a Content, wanted: &mut Vec<usize>) -> Option<ContentItem<'a>> {
    Some(match content {
        Content::Paragraph { text, level: Some(level), .. } => ContentItem::Heading((*level).clamp(2, 9), text),
        Content::Paragraph { text, .. } => ContentItem::Text(text),
        Content::Table { table } => {
            let at = wanted.iter().position(|&number| form.tables[number].id == *table)?;
            ContentItem::Table(wanted.remove(at))
        }
        Content::Extra(table) => ContentItem::Extra(table),
        Content::Picture { index, extent, alt } => ContentItem::Picture(*index, *extent, alt.as_deref()),
    })
}

/// Whether an item of a list is not the first, so that it is aligned below the first one.
pub(crate) fn is_further_item(text: &str) -> bool {
    text.trim_start().starts_with(is_digit)
}

/// The title of the report: the prescribed one if agency and year are known, else as found.
pub(crate) fn title(form: &Form, report: &Report) -> String {
    let prescribed = match (&report.agency, report.year) {
        (Some(agency), Some(year)) if !form.title.is_free() => form.title.for_period(agency, year, report.months()),
        _ => None,
    };
    prescribed.or_else(|| report.title.clone()).unwrap_or_else(|| form.name.zh.clone())
}

/// Whether the title of a document is a line above it that is written anyway, as the name of an order.
pub(crate) fn is_title_above(form: &Form, report: &Report) -> bool {
    let above = form.sections.iter().filter(|section| section.above_title && section.look == SectionLook::Mark);
    let content = above.filter_map(|section| report.section(&section.id)).flat_map(|section| &section.content);
    let is_title =
        |content: &Content| matches!(content, Content::Paragraph { text, .. } if Some(text) == report.title.as_ref());
    form.title.is_free() && content.into_iter().any(is_title)
}

/// Width of a title line in half characters: 442 points at a font size of 22.
pub(crate) const TITLE_WIDTH: usize = 40;

/// The title in lines of at most `most` half characters, broken only between phrases (agency, year, name of the form): as few lines as
/// possible, and balanced. A longer phrase is not broken here.
pub(crate) fn title_lines(form: &Form, report: &Report, most: usize) -> Vec<String> {
    let whole = title(form, report);
    let (Some(agency), Some(year)) = (&report.agency, report.year) else { return vec![whole] };
    // The title as found has no phrases that are known.
    let prescribed = form.title.for_period(agency, year, report.months());
    if form.title.is_free() || prescribed.is_none_or(|prescribed| prescribed != whole) {
        return vec![whole];
    }
    if quarters(&whole) <= most * 2 {
        return vec![whole];
    }
    let phrases = phrases(&form.title.pattern_for(report.months()), agency, year);
    let breaks = phrases.len().saturating_sub(1).min(MOST_BREAKS);
    // One bit per gap between two phrases.
    let ways = (0_u32..1 << breaks).map(|way| {
        let mut lines = vec![String::new()];
        for (number, phrase) in phrases.iter().enumerate() {
            if number > 0 && number <= breaks && way & 1 << (number - 1) != 0 {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(phrase);
            }
        }
        lines
    });
    let cost = |lines: &Vec<String>| {
        let widths: Vec<usize> = lines.iter().map(|line| quarters(line)).collect();
        let (longest, shortest) = (widths.iter().max().copied(), widths.iter().min().copied());
        let over: usize = widths.iter().map(|width| width.saturating_sub(most * 2)).sum();
        (over, lines.len(), longest.unwrap_or(0) - shortest.unwrap_or(0))
    };
    ways.min_by_key(cost).unwrap_or_else(|| vec![whole])
}

/// Width of a line in quarters of a Chinese character: Word and WPS leave a quarter between a Chinese character and a number
/// (`w:autoSpaceDN`, which is on by default).
fn quarters(line: &str) -> usize {
    let wide = |character: char| character.width().unwrap_or(0) > 1;
    let gaps = line.chars().zip(line.chars().skip(1)).filter(|&(one, next)| wide(one) != wide(next)).count();
    line.width() * 2 + gaps
}

/// Maximum number of gaps for the exhaustive search.
const MOST_BREAKS: usize = 6;

/// The unbreakable phrases of a title.
fn phrases(pattern: &str, agency: &str, year: i16) -> Vec<String> {
    let parted = pattern.replace("{agency}", "\0{agency}\0").replace("{year}", "\0{year}");
    let mut phrases = Vec::new();
    for piece in parted.split('\0') {
        if let Some(rest) = piece.strip_prefix("{year}") {
            let unit = ["年度", "年"].into_iter().find(|unit| rest.starts_with(unit)).unwrap_or("");
            phrases.push(format!("{year}{unit}"));
            phrases.push(rest[unit.len()..].to_owned());
        } else {
            phrases.push(if piece == "{agency}" { agency.to_owned() } else { piece.to_owned() });
        }
    }
    phrases.retain(|phrase| !phrase.is_empty());
    phrases
}

/// The closing lines of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The agency's name.
    Agency,
    /// The day of publication.
    Date,
}

/// Whether a paragraph is a closing line: the agency or the day.
pub(crate) fn closing(report: &Report, text: &str) -> Option<Closing> {
    if Some(text) == report.agency.as_deref() {
        return Some(Closing::Agency);
    }
    // Fast path: most paragraphs end in another character.
    if !text.ends_with(['日', '发', '制', '布']) {
        return None;
    }
    let rest = text.strip_prefix(day(report)?.as_str())?;
    (rest.is_empty() || is_one(&language().behind_date, rest)).then_some(Closing::Date)
}

/// Distance of a closing line from the right, in half characters: four characters for the day (GB/T 9704-2012, 7.3.5.1); the agency is
/// centred above the day.
pub(crate) fn from_right(report: &Report, closing: Closing, text: &str) -> i64 {
    match (closing, day(report)) {
        (Closing::Agency, Some(day)) => over_day(text, &day),
        _ => DAY,
    }
}

/// Distance from the right of a name that is centred above the day, in half characters.
pub(crate) fn over_day(name: &str, day: &str) -> i64 {
    let [day, name] = [day.width(), name.width()].map(|width| i64::try_from(width).unwrap_or(i64::MAX));
    (DAY + day.saturating_sub(name) / 2).max(0)
}

/// Distance of the day from the right, in half characters.
pub(crate) const DAY: i64 = 8;

/// The day of publication as written at the end of a report.
pub(crate) fn day(report: &Report) -> Option<String> {
    report.published.map(|date| format!("{}年{}月{}日", date.year(), date.month(), date.day()))
}

/// The text for the cell of a field: as written if the figure is in the form's unit, else the figure.
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

/// A text without characters that XML 1.0 does not allow.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF. Chinese commas begin with EF, many characters contain BF, few have both.
    static LAST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\xef\xbf"));
    let control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Nearly every text has none. A loop without an early exit can be vectorised.
    let controls = text.bytes().fold(false, |found, byte| found | control(byte));
    if !controls && LAST.find(text.as_bytes()).is_none() {
        return text.into();
    }
    let fits = |character: &char| {
        !matches!(character, '\u{fffe}' | '\u{ffff}') && !u8::try_from(*character).is_ok_and(control)
    };
    text.chars().filter(fits).collect::<String>().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::form::Forms;

    fn lines(agency: &str) -> Vec<String> {
        let forms = Forms::built_in().unwrap();
        let mut report = Report::empty("gkbg-2021");
        (report.agency, report.year) = (Some(agency.to_owned()), Some(2024));
        title_lines(forms.get("gkbg-2021").unwrap(), &report, 40)
    }

    #[test]
    fn titles_break_between_their_phrases() {
        assert_eq!(lines("甲局"), ["甲局2024年政府信息公开工作年度报告"]);
        // Twenty characters, and a quarter on both sides of the year: one character too wide.
        assert_eq!(lines("县人民政府"), ["县人民政府2024年", "政府信息公开工作年度报告"]);
        assert_eq!(lines("白渚市自然资源和规划局"), ["白渚市自然资源和规划局2024年", "政府信息公开工作年度报告"]);
        let long = "白渚市南畈区人力资源和社会保障局办公室";
        assert_eq!(lines(long), [long, "2024年政府信息公开工作年度报告"]);
    }

    #[test]
    fn agency_and_day_close_a_report() {
        let mut report = Report::empty("gkbg-2021");
        (report.agency, report.published) = (Some("甲局".to_owned()), jiff::civil::Date::new(2025, 1, 8).ok());
        let found = |text: &str| closing(&report, text);
        assert_eq!((found("甲局"), found("2025年1月8日印发")), (Some(Closing::Agency), Some(Closing::Date)));
        assert_eq!((found("2025年1月8日，甲局召开发布"), found("乙局")), (None, None));
    }
}
