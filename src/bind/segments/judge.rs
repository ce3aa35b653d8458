//! Classifies each group: a report, or a form that is skipped.

use super::fold::Group;
use super::pieces::line;
use super::words::Marks;
use super::{By, Found, Named, Segment, SegmentKind};
use crate::bind::labels::index::FormIndex;
use crate::bind::source::items::{Flow, Item};
use crate::document::Place;
use crate::text::{blank, fold};

/// Share of the labels of the fullest group, in percent, below which a group without title and agency is an extract.
const EXTRACT: usize = 60;

/// Lines at the beginning of a group that are searched for words about its kind.
const OPENING: usize = 8;

/// Maximum number of characters of a line that is shown.
const SHOWN: usize = 40;

/// Classifies the groups. `None` if there are fewer than two.
pub(super) fn judge(groups: Vec<Group>, marks: &Marks, index: &FormIndex, flow: &Flow) -> Found {
    if groups.len() < 2 {
        return None;
    }
    let most = groups.iter().map(|group| group.content.count).max().unwrap_or_default();
    let starts: Vec<usize> = groups.iter().map(|group| group.start).collect();
    let mut segments: Vec<Segment> = Vec::with_capacity(groups.len());
    for (number, group) in groups.into_iter().enumerate() {
        let items = group.start..starts.get(number + 1).copied().unwrap_or(flow.items.len());
        let kind = kind(&group, &items, most, marks, flow);
        let sheet = group.sheet.as_deref().map(|sheet| of_sheet(sheet, index)).unwrap_or_default();
        let opening = items.start..group.body.unwrap_or(items.end).min(items.start + OPENING);
        let mut lines = flow.items[opening].iter().filter_map(|item| line(item, flow));
        let by_line = || {
            let named = lines.find(|(text, _)| marks.is_agency(text))?;
            Some(Named { name: named.0.trim_matches(blank).to_owned(), by: By::Line })
        };
        let by_sheet = || sheet.0.map(|name| Named { name, by: By::Sheet });
        let agency = group.agency.or_else(by_line).or_else(by_sheet);
        let shown = group.title.map(|title| title.text).or(group.sheet).unwrap_or_else(|| first_line(&items, flow));
        let place = flow.items.get(items.start).map(|item| place(item, flow));
        segments.push(Segment { items, kind, agency, year: group.year.or(sheet.1), shown, place });
    }
    // If there is no report, a blank form is read as the report; if there is none, an example, an extract or a comparison.
    if !segments.iter().any(|segment| segment.kind == SegmentKind::Report)
        && let Some(best) = [SegmentKind::Blank, SegmentKind::Example, SegmentKind::Extract, SegmentKind::Comparison]
            .iter()
            .find_map(|kind| segments.iter().position(|segment| segment.kind == *kind))
    {
        segments[best].kind = SegmentKind::Report;
    }
    Some((0..segments[0].items.start, segments))
}

fn kind(group: &Group, items: &std::ops::Range<usize>, most: usize, marks: &Marks, flow: &Flow) -> SegmentKind {
    let opening = items.start..group.body.unwrap_or(items.end).min(items.start + OPENING);
    let lines = || flow.items[opening.clone()].iter().filter_map(|item| line(item, flow));
    let sheet = group.sheet.as_deref().map(fold);
    let says = |words: &[String]| {
        let named = sheet.as_deref().is_some_and(|sheet| words.iter().any(|word| sheet.contains(word.as_str())));
        named || lines().any(|(text, folded)| Marks::contains_mark(words, text, folded))
    };
    let title = group.title.as_ref();
    let titled = title.is_some_and(|title| title.agency.is_some() || title.year.is_some());
    let named = group.agency.is_some() && group.year.is_some();
    // `（机关名称）××××年…`: placeholders instead of agency and year.
    let placeholder = title.is_some_and(|title| title.agency.is_none() && title.year.is_none() && leads(&title.text));
    if says(&marks.example) {
        SegmentKind::Example
    } else if group.content.count > 0 && !group.content.figures && !named {
        SegmentKind::Blank
    } else if placeholder {
        SegmentKind::Example
    } else if group.repeats && !titled && says(&marks.comparison) {
        SegmentKind::Comparison
    } else if !titled && group.agency.is_none() && group.content.count * 100 < most * EXTRACT {
        SegmentKind::Extract
    } else {
        SegmentKind::Report
    }
}

/// Whether a line begins with a placeholder for an agency or a year.
fn leads(text: &str) -> bool {
    let text = text.trim_start_matches(blank);
    text.starts_with(['（', '(', '【', '〔', '[', '×', 'X', 'x', 'Ｘ', '_', '＿', '○', '〇', '*'])
}

fn first_line(items: &std::ops::Range<usize>, flow: &Flow) -> String {
    let first = flow.items[items.clone()].iter().find_map(|item| line(item, flow)).map_or("", |line| line.0);
    let mut shown: String = first.trim_matches(blank).chars().take(SHOWN).collect();
    if shown.len() < first.trim_matches(blank).len() {
        shown.push('…');
    }
    shown
}

fn place(item: &Item, flow: &Flow) -> Place {
    match item {
        Item::Text(text) => text.place.clone(),
        Item::Picture(picture) => picture.place.clone(),
        Item::Row(row) => {
            let row = &flow.rows[*row];
            row.cells.first().map_or_else(|| flow.grids[row.grid].place.clone(), |cell| cell.cell.place.clone())
        }
    }
}

/// The agency or the year in the name of a sheet; neither for a default name, a heading or a table's name.
fn of_sheet(sheet: &str, index: &FormIndex) -> (Option<String>, Option<i16>) {
    let name = sheet.trim_matches(blank);
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let rest = &name[digits.len()..];
    if let (4, Ok(year @ 1990..=2100), "" | "年" | "年度") = (digits.len(), digits.parse::<i16>(), rest) {
        return (None, Some(year));
    }
    let folded = fold(name);
    let given = ["sheet", "工作表", "表"].iter().any(|given| {
        folded.strip_prefix(given).is_some_and(|rest| rest.chars().all(|character| character.is_ascii_digit()))
    });
    let tables = index.form.tables.iter().any(|table| folded == fold(&table.name.zh) || folded == fold(&table.name.en));
    let words = index.section(&folded).is_some() || !index.uses(&folded).is_empty();
    let han = name.chars().filter(|character| !character.is_ascii()).count();
    let long = (2..=SHOWN).contains(&name.chars().count());
    ((!given && !tables && !words && han >= 2 && long).then(|| name.to_owned()), None)
}
