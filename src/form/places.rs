//! Places in titles and headings: `{agency}`, `{year}`, and for reports of a part of a year `{half}`, `{quarter}`, `{month}`, `{months}`.

use super::identity::Covers;
use super::{Form, Mistake};
use crate::finding::Message;
use crate::text::{Months, period_word, words_around};

/// The names of all places.
const PLACES: [&str; 6] = ["agency", "year", "half", "quarter", "month", "months"];

/// The places for a part of a year.
const PARTS: [&str; 4] = ["half", "quarter", "month", "months"];

/// The names of all places, for messages.
pub(super) const KNOWN: (&str, &str) = (
    "{agency}（单位）、{year}（年度）、{half}（上、下半年）、{quarter}（季度）、{month}（月）、{months}（起止月）",
    "`{agency}`, `{year}`, `{half}`, `{quarter}`, `{month}` and `{months}`",
);

/// The names in braces of a pattern.
fn names(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(inside, _)| inside)
}

/// The first name in braces that is none of a place.
pub(super) fn unknown(pattern: &str) -> Option<&str> {
    names(pattern).find(|name| !PLACES.contains(name))
}

/// Whether a pattern has this place.
pub(super) fn has(pattern: &str, place: &str) -> bool {
    names(pattern).any(|name| name == place)
}

/// Whether a pattern has a place for a part of a year.
pub(super) fn has_part(pattern: &str) -> bool {
    names(pattern).any(|name| PARTS.contains(&name))
}

/// The length of the part of a year that a pattern has a place for; `None` if it has none, or one for parts of any length.
pub(super) fn length(pattern: &str) -> Option<Covers> {
    names(pattern).find_map(|name| match name {
        "half" => Some(Covers::Half),
        "quarter" => Some(Covers::Quarter),
        "month" => Some(Covers::Month),
        _ => None,
    })
}

/// The pattern with its places filled in; `None` if something is missing, or the part of the year is not of the pattern's length.
pub(super) fn filled(pattern: &str, agency: Option<&str>, year: Option<i16>, months: Option<Months>) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}')?;
        out.push_str(before);
        match name {
            "agency" => out.push_str(agency?),
            "year" => out.push_str(&year?.to_string()),
            part => out.push_str(&period_word(part, months?)?),
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The pattern with a part of a year in its place; as it is if this is none of its length.
pub(super) fn with_part(pattern: &str, months: Option<Months>) -> String {
    let known = PARTS.iter().filter_map(|part| Some((format!("{{{part}}}"), period_word(part, months?)?)));
    known.fold(pattern.to_owned(), |pattern, (place, word)| pattern.replace(&place, &word))
}

/// The pattern with a placeholder in each place, for a blank form.
pub(super) fn blank(pattern: &str, agency: &str, year: &str, sign: &str) -> String {
    let mut text = pattern.replace("{agency}", agency).replace("{year}", year);
    for part in PARTS {
        text = text.replace(&format!("{{{part}}}"), sign);
    }
    text
}

/// The fixed texts before, between and after the places, without the words that belong to a place: 年度, 第…季度.
pub(super) fn pieces(pattern: &str) -> Vec<&str> {
    let (mut pieces, mut rest, mut last) = (Vec::new(), pattern, None);
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        pieces.push(trimmed(before, last, Some(name)));
        (rest, last) = (after, Some(name));
    }
    pieces.push(trimmed(rest, last, None));
    pieces
}

/// A text without the words of the place before it and of the one after it.
fn trimmed<'t>(text: &'t str, before: Option<&str>, after: Option<&str>) -> &'t str {
    let ends = before.map(|place| words_around(place).1).unwrap_or_default();
    let text = ends.iter().find_map(|word| text.strip_prefix(word.as_str())).unwrap_or(text);
    let begins = after.map(|place| words_around(place).0).unwrap_or_default();
    begins.iter().find_map(|word| text.strip_suffix(word.as_str())).unwrap_or(text)
}

/// The mistake that a place in title or headings is of another length than the key `period`.
pub(super) fn contradiction(form: &Form) -> Option<Mistake> {
    let stated = form.identity.covers()?;
    let title = (form.title.pattern.as_str(), &form.title.span);
    let headings =
        form.sections.iter().filter_map(|section| Some((section.pattern.as_ref()?.text.as_str(), &section.span)));
    let fits =
        |pattern: &str| length(pattern).map_or(stated != Covers::Year || !has_part(pattern), |length| length == stated);
    let (pattern, span) = std::iter::once(title).chain(headings).find(|(pattern, _)| !fits(pattern))?;
    let place = names(pattern).find(|name| PARTS.contains(name)).unwrap_or_default();
    let zh = format!("“{{{place}}}”与 [identity] 的 period（报告期）不一致。");
    Some(Mistake::new(span.clone(), zh, format!("the place `{{{place}}}` contradicts `period` of `[identity]`")))
}

impl Form {
    /// Whether its reports are of a part of a year: by the key `period`, or by a place in its title or headings.
    pub fn is_of_part(&self) -> bool {
        self.covers().is_some_and(|covers| covers != Covers::Year)
            || has_part(&self.title.pattern)
            || self.headings_with_places().any(has_part)
    }

    /// Length of the period that the figures of a report cover, if the form states it.
    pub fn covers(&self) -> Option<Covers> {
        let places = || std::iter::once(self.title.pattern.as_str()).chain(self.headings_with_places());
        self.identity.covers().or_else(|| places().find_map(length))
    }

    fn headings_with_places(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().filter_map(|section| Some(section.pattern.as_ref()?.text.as_str()))
    }
}

/// A part of a year in words: 第一季度, 上半年, 3月, 1-9月.
pub fn part_name((first, last_of): Months) -> Message {
    let zh = ["quarter", "half", "months"].into_iter().find_map(|place| {
        let (before, behind) = words_around(place);
        let word = |words: &[String]| words.last().cloned().unwrap_or_default();
        Some(format!("{}{}{}", word(before), period_word(place, (first, last_of))?, word(behind)))
    });
    let name = |month: i8| MONTHS[usize::from((month - 1).unsigned_abs()) % MONTHS.len()];
    let en = if first == last_of { name(first).to_owned() } else { format!("{} to {}", name(first), name(last_of)) };
    Message::new(zh.unwrap_or_default(), en)
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_their_words_belong_to_them() {
        let pattern = "{agency}{year}年第{quarter}季度信访季报";
        assert_eq!(pieces(pattern), ["", "", "", "信访季报"]);
        assert_eq!(pieces("表一 {agency}检查表（{year}年{months}月）"), ["表一 ", "检查表（", "", "）"]);
        let title = filled(pattern, Some("白渚市民政局"), Some(2025), Some((4, 6)));
        assert_eq!(title.as_deref(), Some("白渚市民政局2025年第二季度信访季报"));
        assert_eq!(filled(pattern, Some("白渚市民政局"), Some(2025), None), None);
        assert_eq!(filled(pattern, Some("白渚市民政局"), Some(2025), Some((1, 6))), None);
        assert_eq!(blank(pattern, "（机关名称）", "××××", "×"), "（机关名称）××××年第×季度信访季报");
        assert_eq!((unknown(pattern), unknown("{place}检查表")), (None, Some("place")));
        assert_eq!((length(pattern), length("{year}年{months}月")), (Some(Covers::Quarter), None));
    }
}
