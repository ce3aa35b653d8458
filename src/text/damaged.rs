//! Repairs dates and document numbers in running text that lost characters (年 月 日 〔 〕), where only one repair is possible.

use std::ops::Range;

use jiff::civil::Date;

use super::{DateReading, ascii_digit, blank, is_digit, read_date};

/// Maximum length of a text that is taken for a date, in characters.
const LONGEST: usize = 20;

/// Characters after a day without 日 that show that a date ends there.
const ENDS: &[char] = &['至', '止', '起', '印', '。', '）', ')'];

/// Variants of the bracket that opens the year of a document number.
const OPEN: &[char] = &['〔', '［', '【', '['];
const CLOSE: &[char] = &['〕', '］', '】', ']'];

/// A damaged date or document number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Byte range of the damaged text.
    pub span: Range<usize>,
    /// The repaired text; `None` if more than one reading is possible.
    pub read: Option<String>,
}

/// The damaged dates and document numbers of a text, in their order. `known` are correct document numbers, from which a number that lost
/// both brackets is recognised.
///
/// ```
/// use nianbao::text::damaged;
/// let text = "自202011日至20201231日（国办公开办函〔201960号）";
/// let read: Vec<_> = damaged(text, &[]).into_iter().filter_map(|found| found.read).collect();
/// assert_eq!(read, ["2020年1月1日", "2020年12月31日", "〔2019〕60号"]);
/// ```
pub fn damaged(text: &str, known: &[&str]) -> Vec<Damaged> {
    let mut found: Vec<Damaged> = known.iter().flat_map(|known| without_brackets(text, known)).collect();
    let (mut at, mut last) = (0, None);
    while let Some(start) = text[at..].find(|sign: char| is_digit(sign) || OPEN.contains(&sign)).map(|next| at + next) {
        let rest = &text[start..];
        let taken = if rest.starts_with(OPEN) { number(rest) } else { date(text, start, last) };
        let length = match taken {
            Taken::Damaged(length, read) => {
                found.push(Damaged { span: start..start + length, read });
                length
            }
            Taken::Whole(length) => length,
        };
        at = start + length;
        last = year_of(rest).filter(|_| text[..at].ends_with('日')).map(|year| (at, year)).or(last);
        if let Some(damaged) = found.last().filter(|damaged| damaged.span.end == at && damaged.read.is_some()) {
            last = year_of(&text[damaged.span.start..]).map(|year| (at, year)).or(last);
        }
    }
    found.sort_by_key(|damaged| damaged.span.start);
    found.dedup_by(|next, first| next.span.start < first.span.end);
    found
}

/// A match at a position: its length in bytes, and whether it is damaged.
enum Taken {
    Damaged(usize, Option<String>),
    Whole(usize),
}

/// Length of the leading run of digits, in bytes and in digits.
fn digits(text: &str) -> (usize, usize) {
    let run = text.chars().take_while(|&sign| is_digit(sign));
    run.fold((0, 0), |(bytes, count), sign| (bytes + sign.len_utf8(), count + 1))
}

/// The year that a text begins with, in ASCII or full-width digits.
fn year_of(text: &str) -> Option<i16> {
    let number: String = text.chars().take(4).map_while(ascii_digit).collect();
    number.parse().ok().filter(|year| (1990..=2100).contains(year) && number.len() == 4)
}

/// A document number that lost its closing bracket: `〔201960号`.
fn number(rest: &str) -> Taken {
    let open = rest.chars().next().map_or(0, char::len_utf8);
    let inner = &rest[open..];
    let skipped = inner.len() - inner.trim_start_matches(blank).len();
    let (bytes, count) = digits(&inner[skipped..]);
    let end = open + skipped + bytes;
    let year = year_of(&inner[skipped..]);
    if year.is_none() || !(5..=8).contains(&count) || !rest[end..].starts_with('号') {
        return Taken::Whole(open);
    }
    let all: String = inner[skipped..skipped + bytes].chars().filter_map(ascii_digit).collect();
    let (year, number) = all.split_at(4);
    let read = (!number.starts_with('0')).then(|| format!("〔{year}〕{number}号"));
    Taken::Damaged(end + '号'.len_utf8(), read)
}

/// Occurrences of a document number of `known` that lost its brackets.
fn without_brackets<'t>(text: &'t str, known: &str) -> impl Iterator<Item = Damaged> + use<'t> {
    let bare = known.replace(['〔', '〕'], "");
    let (read, damaged) = (known.to_owned(), bare != known && text.contains(&bare));
    let places: Vec<usize> = if damaged { text.match_indices(&bare).map(|(at, _)| at).collect() } else { Vec::new() };
    places.into_iter().map(move |at| Damaged { span: at..at + bare.len(), read: Some(read.clone()) })
}

/// A date at the beginning of `text[start..]`. `last` is where the previous date ends, and its year.
fn date(text: &str, start: usize, last: Option<(usize, i16)>) -> Taken {
    let rest = &text[start..];
    let whole = digits(rest).0;
    let behind = last.filter(|&(end, _)| follows(&text[end..start])).and_then(|(_, year)| day(rest, year));
    if let Some(taken) = behind {
        return taken;
    }
    if year_of(rest).is_none() {
        return lost_opening(text, start).unwrap_or(Taken::Whole(whole));
    }
    let (length, marks) = extent(rest);
    let written = &rest[..length];
    let ends = written.ends_with('日') || written.ends_with('号') && marks.contains('月');
    match marks.as_str() {
        "年月日" | "年月号" => Taken::Whole(length),
        _ if ends => match read_date(written) {
            DateReading::One { date, .. } => Taken::Damaged(length, Some(shown(date))),
            DateReading::Ambiguous => Taken::Damaged(length, None),
            DateReading::No => Taken::Whole(whole),
        },
        "年月" if written.ends_with(is_digit) => match (read_date(written), rest[length..].chars().next()) {
            (DateReading::One { date, .. }, next) if next.is_none_or(|next| ENDS.contains(&next)) => {
                Taken::Damaged(length, Some(shown(date)))
            }
            _ => Taken::Whole(length),
        },
        _ => lost_opening(text, start).unwrap_or(Taken::Whole(whole)),
    }
}

/// A document number that lost its opening bracket, `2019〕60号`: only the bracket is restored.
fn lost_opening(text: &str, start: usize) -> Option<Taken> {
    let rest = &text[start..];
    let (bytes, count) = digits(rest);
    let inner = rest[bytes..].strip_prefix(CLOSE)?;
    let number = digits(inner).0;
    let opened = text[..start].trim_end_matches(blank).ends_with(|sign| OPEN.contains(&sign) || "（(".contains(sign));
    let damaged = count == 4 && year_of(rest).is_some() && !opened && number > 0 && inner[number..].starts_with('号');
    let length = rest.len() - inner.len() + number + '号'.len_utf8();
    damaged.then(|| Taken::Damaged(length, Some(format!("〔{}〕{}号", &rest[..bytes], &inner[..number]))))
}

/// Whether the words between two dates make them the ends of a period.
fn follows(between: &str) -> bool {
    matches!(between.trim_matches(blank), "至" | "到" | "起至" | "起到" | "—" | "－" | "-" | "~" | "～")
}

/// A day after 至 without its year: `1231日`.
fn day(rest: &str, year: i16) -> Option<Taken> {
    let (bytes, count) = digits(rest);
    if !(2..=4).contains(&count) || !rest[bytes..].starts_with('日') {
        return None;
    }
    let length = bytes + '日'.len_utf8();
    match read_date(&format!("{year}年{}", &rest[..length])) {
        DateReading::One { date, .. } => {
            Some(Taken::Damaged(length, Some(format!("{}月{}日", date.month(), date.day()))))
        }
        DateReading::Ambiguous => Some(Taken::Damaged(length, None)),
        DateReading::No => None,
    }
}

/// Length in bytes of the digits, blanks and date marks at the beginning, and the marks among them.
fn extent(rest: &str) -> (usize, String) {
    let (mut length, mut marks) = (0, String::new());
    for (at, sign) in rest.char_indices().take(LONGEST) {
        match sign {
            '年' | '月' | '日' | '号' => marks.push(sign),
            _ if is_digit(sign) => {}
            _ if blank(sign) => continue,
            _ => break,
        }
        length = at + sign.len_utf8();
        if matches!(sign, '日' | '号') {
            break;
        }
    }
    (length, marks)
}

fn shown(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, Option<String>)> {
        damaged(text, &["国办公开办函〔2021〕30号"])
            .into_iter()
            .map(|found| (&text[found.span.clone()], found.read))
            .collect()
    }

    #[test]
    fn dates_and_numbers_with_one_possible_repair_are_repaired() {
        for (text, written, wanted) in [
            ("自202011日起", "202011日", "2020年1月1日"),
            ("自2020年11日起", "2020年11日", "2020年1月1日"),
            ("至20201231日止", "20201231日", "2020年12月31日"),
            ("自20201月1日", "20201月1日", "2020年1月1日"),
            ("于202012月31日", "202012月31日", "2020年12月31日"),
            ("委员会 2021 1 18 日印发", "2021 1 18 日", "2021年1月18日"),
            ("２０２１ １ １８日", "２０２１ １ １８日", "2021年1月18日"),
            ("2021年1月18印发", "2021年1月18", "2021年1月18日"),
            ("国办公开办函〔201960号", "〔201960号", "〔2019〕60号"),
            ("国办发［ 201432号", "［ 201432号", "〔2014〕32号"),
            ("国办发2014〕32号", "2014〕32号", "〔2014〕32号"),
            ("按国办公开办函202130号", "国办公开办函202130号", "国办公开办函〔2021〕30号"),
            ("自2020年1月1日至1231日", "1231日", "12月31日"),
            ("自202011日起至1231日", "202011日", "2020年1月1日"),
        ] {
            assert_eq!(read(text).first(), Some(&(written, Some(wanted.to_owned()))), "{text}");
        }
        assert_eq!(read("自202011日起至1231日").len(), 2);
    }

    #[test]
    fn ambiguous_dates_and_numbers_are_found_and_not_repaired() {
        assert_eq!(read("于2021111日"), [("2021111日", None)]);
        assert_eq!(read("自2021年1月1日至111日"), [("111日", None)]);
        assert_eq!(read("函〔2019060号"), [("〔2019060号", None)]);
    }

    #[test]
    fn complete_dates_and_other_numbers_are_left_alone() {
        for text in [
            "2021年1月18日印发",
            "2021 年 1 月 18 日",
            "2021-01-18",
            "国办公开办函〔2021〕30号",
            "国办发[2014]32号",
            "〔2021〕30号、〔2019〕60号",
            "2021年1月18件",
            "2021年1月18、19日",
            "电话：027-20201231",
            "发布信息2020条",
            "2020年度",
            "共2020 年",
            "至2020年12月31日",
            "长达365日",
            "自2021年1月1日至365日",
            "（2019）京01行初601号",
            "编号201960号",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
