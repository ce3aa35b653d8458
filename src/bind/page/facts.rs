//! Facts in the text around the figures: period, publication date, contact of the agency.

use std::sync::LazyLock;

use jiff::civil::Date;
use memchr::memmem;
use regex::Regex;

use crate::document::Metadata;
use crate::report::{Contact, Period};
use crate::text::blank;
use crate::text::{DateReading, read_date};

/// A date-like text: a year of four digits and what may follow it, with or without separators.
const DATE: &str = r"[12１２][0-9０-９]{3}[\s年.\-/．]{0,3}[0-9０-９]{1,4}[\s月.\-/．]{0,3}[0-9０-９]{0,2}\s?[日号]?";

/// A day without a year, as after 至.
const DAY: &str = r"[0-9０-９]{1,2}\s?月?\s?[0-9０-９]{1,2}\s?[日号]";

#[allow(clippy::expect_used, reason = "the patterns are constants, and a test compiles them all")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static SPAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"({DATE})\s*(?:零时)?起?\s*(?:至|到|—+|－+|-+|~|～)\s*({DATE}|{DAY})")));
static ONE_DATE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("({DATE})")));
static PUBLISHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:发布时间|发布日期|发文日期|公布日期|公开日期|生成日期|更新时间|日期|时间)\s*[:：]\s*({DATE})"
    ))
});
/// Names of page metadata with the date of publication, most reliable first.
const PUBLISHED_NAMES: &[&str] = &["pubdate", "publishdate", "article:published_time", "createdate"];

/// Maximum number of date spans examined in a text.
const SPANS: usize = 20;

/// A date that was not read as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bind) enum Doubt {
    /// A repaired date: text as written, date as read.
    Repaired(String, Date),
    /// A date with several possible readings.
    Ambiguous(String),
    /// A complete date that does not exist in the calendar.
    Impossible(String),
}

/// The first span of dates in a text that is within one year.
pub(in crate::bind) fn period(text: &str, doubts: &mut Vec<Doubt>) -> Option<Period> {
    for found in SPAN.captures_iter(text).take(SPANS) {
        let (from_text, to_text) = (&found[1], &found[2]);
        let mut noted = Vec::new();
        let Some(from) = date(from_text, &mut noted) else {
            doubts.append(&mut noted);
            continue;
        };
        let mut to = date(to_text, &mut noted);
        if to.is_none() && !noted.iter().any(|doubt| matches!(doubt, Doubt::Ambiguous(_) | Doubt::Impossible(_))) {
            to = date(&format!("{}年{to_text}", from.year()), &mut noted);
        }
        doubts.append(&mut noted);
        let Some(to) = to else { continue };
        if from.year() == to.year() && from < to {
            return Some(Period { from, to });
        }
    }
    None
}

/// The first span of dates in a text, across years if necessary.
pub(super) fn span(text: &str) -> Option<(Date, Date)> {
    SPAN.captures_iter(text).take(SPANS).find_map(|found| {
        let from = date(&found[1], &mut Vec::new())?;
        let to = date(&found[2], &mut Vec::new());
        Some((from, to.or_else(|| date(&format!("{}年{}", from.year(), &found[2]), &mut Vec::new()))?))
    })
}

fn date(text: &str, doubts: &mut Vec<Doubt>) -> Option<Date> {
    match read_date(text) {
        DateReading::One { date, repaired } => {
            if repaired {
                doubts.push(Doubt::Repaired(text.to_owned(), date));
            }
            Some(date)
        }
        DateReading::Ambiguous => {
            doubts.push(Doubt::Ambiguous(text.to_owned()));
            None
        }
        DateReading::No => {
            if ['年', '月', '日'].iter().all(|sign| text.contains(*sign)) {
                doubts.push(Doubt::Impossible(text.to_owned()));
            }
            None
        }
    }
}

/// The date of publication from a page's metadata, or from a line such as `发布时间：2021-01-18`.
pub(in crate::bind) fn published(metadata: &Metadata, lines: &[&str], doubts: &mut Vec<Doubt>) -> Option<Date> {
    for name in PUBLISHED_NAMES {
        let entry = metadata.entries.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let found = entry.and_then(|(_, text)| ONE_DATE.captures(text)).and_then(|found| date(&found[1], doubts));
        if found.is_some() {
            return found;
        }
    }
    lines.iter().find_map(|line| PUBLISHED.captures(line).and_then(|found| date(&found[1], doubts)))
}

/// The closing date of a report: the last of its four final lines that consists of a date, or of a short name and a date.
pub(in crate::bind) fn signed(lines: &[&str], doubts: &mut Vec<Doubt>) -> Option<Date> {
    for line in lines.iter().rev().take(4) {
        let Some(found) = ONE_DATE.captures(line).and_then(|found| found.get(1)) else { continue };
        let rest = format!("{}{}", &line[..found.start()], &line[found.end()..]);
        if rest.chars().filter(|character| !blank(*character)).count() <= 32 && !rest.contains(['，', '。', ',']) {
            return date(found.as_str(), doubts);
        }
    }
    None
}

/// The closing date of a report, and the rest of its line without blanks.
pub(super) fn signature(lines: &[String]) -> Option<(Date, String)> {
    let line = lines.iter().rev().take(4).find(|line| signed(&[line.as_str()], &mut Vec::new()).is_some())?;
    let found = ONE_DATE.captures(line)?.get(1)?;
    let rest = format!("{}{}", &line[..found.start()], &line[found.end()..]);
    Some((date(found.as_str(), &mut Vec::new())?, rest.chars().filter(|character| !blank(*character)).collect()))
}

static LEADING_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(20[0-9]{2})\s*年[^0-9]"));

/// The year at the beginning of a paragraph: `2019年，我局…`.
pub(in crate::bind) fn leading_year(line: &str) -> Option<i16> {
    LEADING_YEAR.captures(line)?.get(1)?.as_str().parse().ok()
}

static POSTCODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:邮\s*编|邮政编码)\s*[:：]?\s*([0-9]{6})(?:[^0-9]|$)"));
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:电\s*话|联系方式)(?:号码)?\s*[:：]?\s*([0-9][0-9\-—－（）() ]{5,24}[0-9])"));
static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z0-9._\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"));
static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:https?://|www\.)[A-Za-z0-9\-._~:/?#@!$&*+;=%]+"));
/// Text before an address, and before an office's name. Both are then read character by character, because an automaton that counts
/// characters of three bytes has hundreds of states, with a memory access for each step.
static ADDRESS_BEGINS: LazyLock<Regex> = LazyLock::new(|| pattern(r"地\s*址\s*[:：]\s*"));
static OFFICE_BEGINS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:请|可)(?:直接)?[与和向同]"));

/// Words after an office's name.
const OFFICE_ENDS: [&str; 2] = ["联系", "咨询"];

/// Maximum number of characters of an address and of an office's name; the minimum of both is two.
const LONGEST_ADDRESS: usize = 60;
const LONGEST_OFFICE: usize = 40;
const SHORTEST: usize = 2;

/// Reads the agency's contact from the section that states it.
pub(in crate::bind) fn contact(text: &str) -> Contact {
    // Searching for a required literal first is far cheaper than running the pattern.
    let from = |words: &[&str]| {
        let at = words.iter().filter_map(|word| memmem::find(text.as_bytes(), word.as_bytes())).min()?;
        // A match may begin before the literal, but on the same line.
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        Some(&text[line..])
    };
    let first = |pattern: &LazyLock<Regex>, words: &[&str]| {
        let found = pattern.captures(from(words)?)?;
        let found = found.get(1).or_else(|| found.get(0))?;
        Some(tidy(found.as_str()))
    };
    Contact {
        office: from(&OFFICE_ENDS).and_then(office).map(tidy),
        address: address(text).map(tidy),
        postcode: first(&POSTCODE, &["编"]),
        phone: first(&PHONE, &["话", "联系方式"]),
        email: first(&EMAIL, &["@"]),
        url: first(&URL, &["http", "www."]),
    }
}

/// The first name of an office to contact: `请与某局办公室联系`.
fn office(text: &str) -> Option<&str> {
    OFFICE_BEGINS.find_iter(text).find_map(|begin| {
        let rest = &text[begin.end()..];
        for (number, (at, sign)) in rest.char_indices().take(LONGEST_OFFICE + 1).enumerate() {
            if number >= SHORTEST && OFFICE_ENDS.iter().any(|word| rest[at..].starts_with(word)) {
                return Some(&rest[..at]);
            }
            if "，,。；;（(\n".contains(sign) {
                return None;
            }
        }
        None
    })
}

/// The first address: `地址：某市某路128号`.
fn address(text: &str) -> Option<&str> {
    ADDRESS_BEGINS.find_iter(text).find_map(|begin| {
        let rest = &text[begin.end()..];
        let inside = |&(_, sign): &(usize, char)| !"，,；;。）)\n".contains(sign);
        let signs = rest.char_indices().take(LONGEST_ADDRESS).take_while(inside);
        let (count, end) = signs.fold((0, 0), |(count, _), (at, sign)| (count + 1, at + sign.len_utf8()));
        // Blanks before a short address count towards its minimum length, as they do in the pattern.
        let blanks = begin.as_str().chars().rev().take_while(|sign| sign.is_whitespace() && *sign != '\n').count();
        (count > 0 && count + blanks >= SHORTEST).then(|| &rest[..end])
    })
}

fn tidy(text: &str) -> String {
    text.trim_matches(blank).trim_end_matches(['.', '/']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    fn span(text: &str) -> Option<(Date, Date)> {
        period(text, &mut Vec::new()).map(|period| (period.from, period.to))
    }

    #[test]
    fn periods_with_and_without_lost_characters() {
        let year = |year| Some((day(year, 1, 1), day(year, 12, 31)));
        assert_eq!(span("统计期限自2022年1月1日起至2022年12月31日止"), year(2022));
        assert_eq!(span("统计期限自202011日至20201231日"), year(2020));
        assert_eq!(span("2018年11日至2018年1231日"), year(2018));
        assert_eq!(span("自20201月1日起至202012月31日止"), year(2020));
        assert_eq!(span("自2021年1月1日至12月31日"), year(2021));
        assert_eq!(span("数据为202111日到1231日"), year(2021));
        assert_eq!(span("2021年1月1日-2021年12月31日"), year(2021));
    }

    #[test]
    fn complete_and_ambiguous_dates_are_not_repaired() {
        assert_eq!(span("自2021年1月1日至2021年12月30日止"), Some((day(2021, 1, 1), day(2021, 12, 30))));
        assert_eq!(span("自2020年1月1日起至202020年12月31日止"), None);
        let mut doubts = Vec::new();
        assert_eq!(period("自2021111日至20211231日", &mut doubts), None);
        assert!(matches!(doubts[0], Doubt::Ambiguous(_)));
    }

    #[test]
    fn publication_and_signature_dates() {
        let lines = ["来源: 某区     发布时间:2021-01-18"];
        assert_eq!(published(&Metadata::default(), &lines, &mut Vec::new()), Some(day(2021, 1, 18)));
        assert_eq!(signed(&["某委员会     2021 1 18 日印发"], &mut Vec::new()), Some(day(2021, 1, 18)));
        assert_eq!(signed(&["某局", "2025年1月29日"], &mut Vec::new()), Some(day(2025, 1, 29)));
        assert_eq!(signed(&["2025年1月29日，我局召开会议。"], &mut Vec::new()), None);
    }

    #[test]
    fn contact_details() {
        let found = contact(
            "请与某局办公室联系（地址：某市某路128号，邮编：436065，电话：027-60670001，邮箱：a.b@c.cn）。网址http://x.gov.cn“专栏",
        );
        assert_eq!(found.office.as_deref(), Some("某局办公室"));
        assert_eq!(found.address.as_deref(), Some("某市某路128号"));
        assert_eq!(found.postcode.as_deref(), Some("436065"));
        assert_eq!(found.phone.as_deref(), Some("027-60670001"));
        assert_eq!(found.email.as_deref(), Some("a.b@c.cn"));
        assert_eq!(found.url.as_deref(), Some("http://x.gov.cn"));
        let long = "某".repeat(61);
        let found = contact(&format!("可向{long}可直接与某科联系。地址：{long}"));
        assert_eq!(found.office.as_deref(), Some("某科"));
        assert_eq!(found.address.as_deref(), Some("某".repeat(60).as_str()));
        assert_eq!(contact(&format!("请与{long}联系")).office, None);
        assert_eq!(contact("请与某，联系。可同乙科咨询").office.as_deref(), Some("乙科"));
        // The name is found even after many false beginnings.
        let many = format!("{}某科联系", "请与".repeat(20_000));
        assert_eq!(contact(&many).office.map(|office| office.ends_with("某科")), Some(true));
        for (text, read) in [
            ("地址：甲", None),
            ("地址： 甲，", Some("甲")),
            ("地址：\n甲乙。", Some("甲乙")),
            ("地址:,地址:   ，地址:甲乙", Some("甲乙")),
        ] {
            assert_eq!(contact(text).address.as_deref(), read, "{text}");
        }
    }
    proptest::proptest! {
        /// Offices and addresses are equal to the matches of the patterns that count characters.
        #[test]
        fn offices_and_addresses_equal_the_matches_of_counting_patterns(
            text in "([请可]直?接?[与向]|联系|咨询|[甲乙，（\n]|甲{35,45}|地 ?址： ?|甲{55,65}){0,12}"
        ) {
            let first = |pattern: &str| {
                Regex::new(pattern).unwrap().captures(&text).map(|found| tidy(found.get(1).unwrap().as_str()))
            };
            let offices = r"(?:请|可)(?:直接)?[与和向同]([^，,。；;（(\n]{2,40}?)(?:联系|咨询)";
            proptest::prop_assert_eq!(office(&text).map(tidy), first(offices));
            let addresses = r"地\s*址\s*[:：]\s*([^，,；;。）)\n]{2,60})";
            proptest::prop_assert_eq!(address(&text).map(tidy), first(addresses));
        }
    }
}
