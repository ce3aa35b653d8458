//! Parts of a year in titles and headings: 第一季度, 上半年, 1-3月, 3月份.

use std::ops::Range;

use super::{ascii_digit, blank, chinese_number, language};

/// A part of a year: its first and its last month, 1 to 12.
pub type Months = (i8, i8);

/// The first part of a year that a text names, with its byte range.
///
/// ```
/// use nianbao::text::months_in;
/// let found = months_in("2025年第一季度信访季报").map(|(months, range)| (months, &"2025年第一季度信访季报"[range]));
/// assert_eq!(found, Some(((1, 3), "第一季度")));
/// assert_eq!(months_in("2025年3月15日"), None);
/// ```
pub fn months_in(text: &str) -> Option<(Months, Range<usize>)> {
    let words = &language().periods;
    let quarters = words.quarter_ends.iter().filter_map(|end| numbered(text, end, 4));
    let quarters = quarters.map(|((first, last), range)| ((3 * first - 2, 3 * last), range));
    let halves = words.half_ends.iter().filter_map(|end| half(text, end));
    let months = words.month_ends.iter().filter_map(|end| numbered(text, end, 12));
    quarters.chain(halves).chain(months).min_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)))
}

/// The word that stands in the place of a title or a heading for a part of a year; `None` if the part is of another length.
pub(crate) fn period_word(place: &str, (first, last): Months) -> Option<String> {
    let words = &language().periods;
    let part = |length: i8| {
        (last - first + 1 == length && first % length == 1).then(|| usize::from((first / length).unsigned_abs()))
    };
    match place {
        "quarter" => words.quarters.get(part(3)?).cloned(),
        "half" => words.halves.get(part(6)?).cloned(),
        "month" => (first == last).then(|| first.to_string()),
        "months" if first == last => Some(first.to_string()),
        "months" => Some(format!("{first}{}{last}", words.joins.first()?)),
        _ => None,
    }
}

/// The words that belong to a place: those before it, and those behind it.
pub(crate) fn words_around(place: &str) -> (&'static [String], &'static [String]) {
    let words = &language().periods;
    match place {
        "year" => (&[], &words.year_ends),
        "quarter" => (&words.ordinals, &words.quarter_ends),
        "half" => (&[], &words.half_ends),
        "month" | "months" => (&[], &words.month_ends),
        _ => (&[], &[]),
    }
}

/// The number of a part of a year in a template's title, or the empty place of one, and the name of the place in a pattern: `一` and
/// `quarter` for 第一季度, `×` and `month` for ×月.
pub(crate) fn part_to_fill(text: &str) -> Option<(Range<usize>, &'static str)> {
    let words = &language().periods;
    let kinds = [(&words.quarter_ends, "quarter"), (&words.half_ends, "half"), (&words.month_ends, "month")];
    if let Some((months, range)) = months_in(text) {
        let found = &text[range.clone()];
        let ordinal = words.ordinals.iter().find(|word| found.starts_with(word.as_str())).map_or(0, String::len);
        let (end, place) = kinds
            .iter()
            .find_map(|(ends, place)| Some((ends.iter().find(|end| found.ends_with(end.as_str()))?.len(), *place)))?;
        let place = match place {
            "month" if months.0 < months.1 => "months",
            // Several quarters have no place.
            "quarter" if months.1 - months.0 > 2 => return None,
            place => place,
        };
        return Some((range.start + ordinal..range.end - end, place));
    }
    kinds.into_iter().find_map(|(ends, place)| ends.iter().find_map(|end| Some((empty_place(text, end)?, place))))
}

/// The empty place of a number before a word: signs to be filled in, or nothing after the year or after 第.
fn empty_place(text: &str, end: &str) -> Option<Range<usize>> {
    let words = &language().periods;
    text.match_indices(end).find_map(|(at, _)| {
        let before = text[..at].trim_end_matches(|sign: char| words.open.contains(sign) || blank(sign));
        // 年半年报: nothing before 半年 is no place.
        let is_half = words.half_ends.iter().any(|half| half == end);
        let begins = || words.ordinals.iter().chain(&words.year_ends).any(|word| before.ends_with(word.as_str()));
        (before.len() < at || (!is_half && begins())).then_some(before.len()..at)
    })
}

/// A number from 1 to `most`, or two of them, before a word.
fn numbered(text: &str, end: &str, most: i8) -> Option<(Months, Range<usize>)> {
    let found = text.match_indices(end).filter_map(|(at, _)| {
        let behind = &text[at + end.len()..];
        // A day, or an hour of it, follows: 3月15日.
        if behind.trim_start_matches(blank).starts_with(|sign: char| ascii_digit(sign).is_some()) {
            return None;
        }
        let words = &language().periods;
        let (last, rest) = number_before(&text[..at], most)?;
        let joined = words.joins.iter().find_map(|join| rest.trim_end_matches(blank).strip_suffix(join.as_str()));
        let before = joined.map(|before| {
            let before = before.trim_end_matches(blank);
            let unit =
                words.month_ends.iter().chain(&words.quarter_ends).find_map(|unit| before.strip_suffix(unit.as_str()));
            unit.unwrap_or(before)
        });
        let (first, rest) = match before {
            Some(before) => number_before(before, most).filter(|(first, _)| *first < last)?,
            None => (last, rest),
        };
        let ordinal = words.ordinals.iter().find_map(|word| rest.trim_end_matches(blank).strip_suffix(word.as_str()));
        Some(((first, last), ordinal.unwrap_or(rest).len()..at + end.len()))
    });
    // The first of two months may have its own word: 1月至3月.
    found.min_by_key(|(_, range)| (range.start, std::cmp::Reverse(range.end)))
}

/// The number at the end of a text, and the text before it.
fn number_before(text: &str, most: i8) -> Option<(i8, &str)> {
    let text = text.trim_end_matches(blank);
    let is_part = |sign: char| ascii_digit(sign).is_some() || chinese_number(sign.encode_utf8(&mut [0; 4])).is_some();
    let digits = text.trim_end_matches(|sign: char| ascii_digit(sign).is_some());
    let before = if digits.len() < text.len() { digits } else { text.trim_end_matches(is_part) };
    let number = &text[before.len()..];
    let plain: String = number.chars().map(|sign| ascii_digit(sign).unwrap_or(sign)).collect();
    let value = plain.parse::<i8>().ok().or_else(|| chinese_number(number)?.try_into().ok())?;
    // 2025.3月: the number goes on before.
    (1..=most).contains(&value).then_some((value, before)).filter(|_| !before.ends_with(['.', '．']))
}

/// 上半年 or 下半年.
fn half(text: &str, end: &str) -> Option<(Months, Range<usize>)> {
    let halves = &language().periods.halves;
    text.match_indices(end).find_map(|(at, _)| {
        let before = text[..at].trim_end_matches(blank);
        let (number, rest) =
            halves.iter().enumerate().find_map(|(number, word)| Some((number, before.strip_suffix(word.as_str())?)))?;
        let months = if number == 0 { (1, 6) } else { (7, 12) };
        Some((months, rest.len()..at + end.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_year_are_read_in_every_notation() {
        for (text, months, shown) in [
            ("2025年第一季度信访季报", (1, 3), "第一季度"),
            ("2025年 一季度", (1, 3), "一季度"),
            ("2025年第４季度", (10, 12), "第４季度"),
            ("2025年1—3月", (1, 3), "1—3月"),
            ("2025年1月至3月份", (1, 3), "1月至3月份"),
            ("2025年上半年", (1, 6), "上半年"),
            ("2025年下半年（7-12月）", (7, 12), "下半年"),
            ("2025年3月", (3, 3), "3月"),
            ("2025年十二月份", (12, 12), "十二月份"),
            ("一至三季度", (1, 9), "一至三季度"),
        ] {
            let found = months_in(text);
            assert_eq!(found.map(|(months, range)| (months, &text[range])), Some((months, shown)), "{text}");
        }
        for text in ["2025年", "2025年3月15日", "13月", "0月", "本月", "季度", "五季度", "3-1月", "半年", "2025.3月"]
        {
            assert_eq!(months_in(text), None, "{text}");
        }
    }

    #[test]
    fn the_place_of_a_number_is_found_in_filled_and_in_blank_titles() {
        for (text, number, place) in [
            ("年第一季度信访季报", "一", "quarter"),
            ("年第×季度信访季报", "×", "quarter"),
            ("年　　季度信访季报", "　　", "quarter"),
            ("年上半年报表", "上", "half"),
            ("年_半年报表", "_", "half"),
            ("年3月检查表", "3", "month"),
            ("年__月检查表", "__", "month"),
            ("年月检查表", "", "month"),
            ("年1-6月检查表", "1-6", "months"),
        ] {
            let found = part_to_fill(text).map(|(range, place)| (&text[range], place));
            assert_eq!(found, Some((number, place)), "{text}");
        }
        for text in ["年安全生产月活动统计表", "年度检查表", "年一至三季度报表", "年半年报"]
        {
            assert_eq!(part_to_fill(text), None, "{text}");
        }
    }

    #[test]
    fn the_word_of_a_place_is_that_of_its_length() {
        assert_eq!(period_word("quarter", (4, 6)).as_deref(), Some("二"));
        assert_eq!(period_word("half", (7, 12)).as_deref(), Some("下"));
        assert_eq!(period_word("month", (11, 11)).as_deref(), Some("11"));
        assert_eq!(period_word("months", (1, 3)).as_deref(), Some("1-3"));
        assert_eq!(period_word("quarter", (2, 4)), None);
        assert_eq!(period_word("quarter", (1, 6)), None);
        assert_eq!(period_word("month", (1, 3)), None);
    }
}
