//! Dates in Chinese text, also those that lost characters: a date is repaired only when just one reading is possible.

use std::borrow::Cow;

use jiff::civil::Date;

use super::ascii_digit;
use super::numbering::chinese_number;

/// The possible readings of a date-like text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateReading {
    /// One date; whether separators had to be supplied.
    One {
        /// The date.
        date: Date,
        /// Whether a missing separator between its numbers was restored.
        repaired: bool,
    },
    /// More than one date is possible.
    Ambiguous,
    /// Not a date.
    No,
}

/// Reads a text that consists of a date: `2021年1月18日`, `2021-01-18`, `2021 1 18 日`, `202011日`, `2020.1.1`.
///
/// ```
/// use nianbao::text::{DateReading, read_date};
/// let jan = jiff::civil::date(2020, 1, 1);
/// assert_eq!(read_date("2020年1月1日"), DateReading::One { date: jan, repaired: false });
/// assert_eq!(read_date("202011日"), DateReading::One { date: jan, repaired: true });
/// assert_eq!(read_date("2021111日"), DateReading::Ambiguous);
/// ```
pub fn read_date(text: &str) -> DateReading {
    let pieces = pieces(text);
    let digits = |piece: &DateToken| piece.digits.clone();
    match pieces.as_slice() {
        [year, month, day] if year.digits.len() == 4 => match numbers(&digits(year), &digits(month), &digits(day)) {
            Some(date) if fits(year, '年') && fits(month, '月') && fits(day, '日') => {
                DateReading::One { date, repaired: false }
            }
            _ => DateReading::No,
        },
        [] => DateReading::No,
        some => split(some),
    }
}

/// Maximum number of characters of a month and a day with their marks: `十二月三十一日`.
const MONTH_AND_DAY: usize = 8;

/// Replaces Chinese numerals in dates by digits: `2025年1月12日` for `二〇二五年一月十二日`. Numerals that do not follow a year are unchanged.
pub(crate) fn dates_in_digits(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('年') {
        let (before, behind) = rest.split_at(at + '年'.len_utf8());
        let numerals: Vec<(usize, char)> = before[..at].char_indices().rev().take(4).collect();
        let year: Option<String> = numerals.iter().rev().map(|&(_, sign)| digit_of_year(sign)).collect();
        rest = behind;
        let year = year.filter(|year| year.len() == 4 && (year.starts_with("20") || year.starts_with("19")));
        let (Some(year), Some(&(start, _))) = (year, numerals.last()) else {
            shown.push_str(before);
            continue;
        };
        shown.push_str(&before[..start]);
        shown.push_str(&year);
        shown.push('年');
        for unit in ['月', '日'] {
            let end = rest.char_indices().take(MONTH_AND_DAY).find(|(_, sign)| *sign == unit).map(|(end, _)| end);
            let Some((end, number)) = end.and_then(|end| Some((end, chinese_number(rest[..end].trim())?))) else {
                break;
            };
            shown.push_str(&format!("{number}{unit}"));
            rest = &rest[end + unit.len_utf8()..];
        }
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The digit of a year numeral; every round character counts as zero.
fn digit_of_year(sign: char) -> Option<char> {
    let digit = match sign {
        '○' | '◯' | 'O' | 'o' | 'Ｏ' | '零' | '〇' => 0,
        _ => chinese_number(sign.encode_utf8(&mut [0; 4])).filter(|digit| *digit < 10)?,
    };
    char::from_digit(digit, 10)
}

/// A run of digits and the mark after it.
#[derive(Debug, Clone)]
struct DateToken {
    digits: String,
    mark: Option<char>,
}

/// Whether the mark after a number may be that of this unit.
fn fits(piece: &DateToken, unit: char) -> bool {
    match piece.mark {
        Some('年') => unit == '年',
        Some('月') => unit == '月',
        Some('日' | '号') => unit == '日',
        _ => true,
    }
}

fn pieces(text: &str) -> Vec<DateToken> {
    let mut pieces: Vec<DateToken> = Vec::new();
    let mut open = false;
    for character in text.trim().chars() {
        if let Some(digit) = ascii_digit(character) {
            match pieces.last_mut() {
                Some(piece) if open => piece.digits.push(digit),
                _ => pieces.push(DateToken { digits: digit.into(), mark: None }),
            }
            open = true;
            continue;
        }
        open = false;
        let Some(piece) = pieces.last_mut() else { return Vec::new() };
        match character {
            '年' | '月' | '日' | '号' if piece.mark.is_none() => piece.mark = Some(character),
            '-' | '.' | '/' | '—' | '－' | '．' if piece.mark.is_none() => piece.mark = Some('-'),
            blank if blank.is_whitespace() => {}
            _ => return Vec::new(),
        }
    }
    pieces
}

fn numbers(year: &str, month: &str, day: &str) -> Option<Date> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (1990..=2100).contains(&date.year()).then_some(date)
}

/// Tries every split of the digits into year, month and day that agrees with the remaining marks.
fn split(pieces: &[DateToken]) -> DateReading {
    let all: String = pieces.iter().map(|piece| piece.digits.as_str()).collect();
    if !(6..=8).contains(&all.len()) {
        return DateReading::No;
    }
    // Positions at which a token ends, with its mark; a number must not cross such a position.
    let mut bounds = Vec::new();
    let mut at = 0;
    for piece in pieces {
        at += piece.digits.len();
        bounds.push((at, piece));
    }
    let mut found = Vec::new();
    for month_end in 5..=6.min(all.len() - 1) {
        let day_length = all.len() - month_end;
        if day_length > 2 {
            continue;
        }
        let cuts = [(4, '年'), (month_end, '月'), (all.len(), '日')];
        let agrees = bounds.iter().all(|&(end, piece)| cuts.iter().any(|&(cut, unit)| cut == end && fits(piece, unit)));
        // Compact dates have either all eight digits or no padding at all.
        let (month, day) = (&all[4..month_end], &all[month_end..]);
        let padded = month.starts_with('0') || day.starts_with('0');
        if agrees && (!padded || all.len() == 8) {
            found.extend(numbers(&all[..4], month, day));
        }
    }
    match found.as_slice() {
        [date] => DateReading::One { date: *date, repaired: true },
        [] => DateReading::No,
        _ => DateReading::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn one(text: &str) -> Option<Date> {
        match read_date(text) {
            DateReading::One { date, .. } => Some(date),
            _ => None,
        }
    }

    #[test]
    fn numerals_of_dates_become_digits() {
        for (text, shown) in [
            ("自二〇二五年一月一日起至二〇二五年十二月三十一日止", "自2025年1月1日起至2025年12月31日止"),
            ("二○二六年 一月二十日", "2026年 一月二十日"),
            ("某局二零二五年度报告", "某局2025年度报告"),
            ("2025年1月一日", "2025年1月一日"),
            ("三年来，十二月三十一日", "三年来，十二月三十一日"),
            ("二〇二五年，一是加强", "2025年，一是加强"),
        ] {
            assert_eq!(
                dates_in_digits(text).replace(' ', ""),
                shown.replace("2026年 一月二十日", "2026年1月20日").replace(' ', "")
            );
        }
    }

    #[test]
    fn whole_dates() {
        assert_eq!(one("2021年1月18日"), Some(date(2021, 1, 18)));
        assert_eq!(one("2021-01-18"), Some(date(2021, 1, 18)));
        assert_eq!(one("2021 1 18 日"), Some(date(2021, 1, 18)));
        assert_eq!(one("２０２１年１月８日"), Some(date(2021, 1, 8)));
        assert_eq!(one("20210118"), Some(date(2021, 1, 18)));
    }

    #[test]
    fn dates_that_lost_characters() {
        assert_eq!(one("202011日"), Some(date(2020, 1, 1)));
        assert_eq!(one("20201231日"), Some(date(2020, 12, 31)));
        assert_eq!(one("2018年11日"), Some(date(2018, 1, 1)));
        assert_eq!(one("2018年1231日"), Some(date(2018, 12, 31)));
        assert_eq!(one("20201月1日"), Some(date(2020, 1, 1)));
        assert_eq!(one("202012月31日"), Some(date(2020, 12, 31)));
    }

    #[test]
    fn ambiguous_dates_stay_undecided() {
        assert_eq!(read_date("2021111日"), DateReading::Ambiguous);
        assert_eq!(read_date("2021年13月1日"), DateReading::No);
        assert_eq!(read_date("2017年1月"), DateReading::No);
        assert_eq!(read_date("436065"), DateReading::No);
    }
}
