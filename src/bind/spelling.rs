//! Parses the spellings of figures: digits of any width with separators, signs, Chinese numerals, surrounding marks and units.

use rust_decimal::Decimal;

use super::units::Unit;
use crate::text::{blank, chinese_number};

/// Sign prefixes of a number, with whether they negate it; no prefix is a prefix of a later one.
const SIGNS: &[(&str, bool)] = &[
    ("增加", false),
    ("增长", false),
    ("上升", false),
    ("减少", true),
    ("下降", true),
    ("降低", true),
    ("增", false),
    ("减", true),
    ("升", false),
    ("降", true),
    ("正", false),
    ("负", true),
    ("+", false),
    ("-", true),
    ("↑", false),
    ("↓", true),
];

/// Prefixes of amounts of money.
const CURRENCY: &[&str] = &["人民币", "RMB", "CNY", "¥"];

/// Pairs of marks around a figure: Markdown, quotation marks, and the notation of CSV files for a text.
const AROUND: &[(&str, &str)] = &[
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("=\"", "\""),
    ("\"", "\""),
    ("“", "”"),
    ("‘", "’"),
    ("'", "'"),
    ("`", "`"),
];

/// Marks before a figure by which a cell of a workbook becomes a text.
const TEXT_MARKS: &[char] = &['\'', '‘', '’', '`', '´', '′'];

/// Maximum number of ideographs of a figure: those of a sign or currency, and of a unit.
pub(super) const MOST_IDEOGRAPHS: usize = LONGEST_SIGN + LONGEST_UNIT;
const LONGEST_SIGN: usize = 3;
const LONGEST_UNIT: usize = 5;

/// Maximum number of characters of a figure: sign, digits of a decimal number, separators and unit are far fewer.
const LONGEST: usize = 64;

/// Where a figure is written, which decides which spellings are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// In a cell of its own: blanks may separate thousands, and Chinese numerals are accepted.
    Cell,
    /// In a line, where a blank separates two figures, and a numeral belongs to a label.
    Line,
}

/// A parsed figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// The number, in the unit that is written with it.
    pub(super) number: Decimal,
    /// The unit, and its text.
    pub(super) unit: Option<(Unit, String)>,
    /// Whether it has a negative sign.
    pub(super) negative: bool,
    /// Whether the sign is doubled.
    pub(super) doubled_sign: bool,
    /// Whether it has a currency sign, which does not state the scale (元 or 万元).
    pub(super) currency: bool,
}

/// Parses a text; `None` if it is not certainly one figure.
pub(super) fn parse(text: &str, place: Where) -> Option<Written> {
    // Fast path for nearly every cell: digits only.
    if (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let leading_zero = text.len() > 1 && text.starts_with('0');
        let number = text.parse::<u64>().ok().filter(|_| !leading_zero)?;
        let number = number.into();
        return Some(Written { number, unit: None, negative: false, doubled_sign: false, currency: false });
    }
    let text = text.trim_matches(blank);
    if text.chars().nth(LONGEST).is_some() {
        return None;
    }
    let narrow: String =
        text.chars().filter(|character| !matches!(character, '\u{fe00}'..='\u{fe0f}')).map(narrow).collect();
    let text = without_marks(narrow.trim_matches(blank));
    let (negative, rest, doubled_sign) = sign(text);
    let unmarked = CURRENCY.iter().find_map(|mark| rest.strip_prefix(mark));
    let rest = unmarked.map_or(rest, |rest| rest.trim_start_matches(blank));
    // `¥-3` is equivalent to `-¥3`.
    let (negative, rest, doubled_sign) = match (negative, unmarked) {
        (None, Some(_)) => sign(rest),
        _ => (negative, rest, doubled_sign),
    };
    let (number, unit) = match digits(rest, place) {
        Some(found) => found,
        None if place == Where::Cell => numerals(rest)?,
        None => return None,
    };
    let unit = without_brackets(unit.trim_matches(blank));
    let unit = if unit.is_empty() { None } else { Some((Unit::parse(unit)?, unit.to_owned())) };
    let currency = unmarked.is_some();
    if currency && unit.as_ref().is_some_and(|unit| !unit.0.may_be_money()) {
        return None;
    }
    let negative = negative == Some(true);
    let number = if negative { -number } else { number };
    Some(Written { number, unit, negative, doubled_sign, currency })
}

/// Whether a text that begins with this ideograph may be a figure.
pub(super) fn may_begin(first: char) -> bool {
    SIGNS.iter().map(|sign| sign.0).chain(CURRENCY.iter().copied()).any(|word| word.starts_with(first))
}

/// Normalises a character: ASCII for its wide form, one hyphen for every minus, one full stop for every decimal point.
fn narrow(character: char) -> char {
    match character {
        '－' | '−' | '—' | '–' | '‐' | '‑' | '‒' | '―' | '﹣' | '⁻' | '₋' | '➖' | '˗' => '-',
        '＋' | '﹢' | '➕' => '+',
        '￥' => '¥',
        '⬆' => '↑',
        '⬇' => '↓',
        '。' | '｡' | '·' | '﹒' | '．' => '.',
        '﹐' => ',',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    }
}

/// A figure without the marks around it; up to three pairs are removed, because Markdown's can be nested.
fn without_marks(text: &str) -> &str {
    let mut text = text;
    for _ in 0..3 {
        let inside = AROUND.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
        let Some(inside) = inside.map(|inside| inside.trim_matches(blank)).filter(|inside| !inside.is_empty()) else {
            break;
        };
        text = inside;
    }
    text.strip_prefix(TEXT_MARKS).unwrap_or(text)
}

fn without_brackets(unit: &str) -> &str {
    unit.strip_prefix('(').and_then(|unit| unit.strip_suffix(')')).map_or(unit, |unit| unit.trim_matches(blank))
}

/// The sign before a number (`Some(true)` if negative), the rest of the text, and whether the sign is doubled.
fn sign(text: &str) -> (Option<bool>, &str, bool) {
    for &(word, negative) in SIGNS {
        if let Some(rest) = text.strip_prefix(word) {
            let rest = rest.trim_start_matches(blank);
            let again = rest.strip_prefix(if negative { '-' } else { '+' });
            return (Some(negative), again.unwrap_or(rest), again.is_some());
        }
    }
    (None, text, false)
}

/// The number in digits at the beginning of a text, and the rest.
fn digits(text: &str, place: Where) -> Option<(Decimal, &str)> {
    let parted = |character: char| place == Where::Cell && is_thin(character);
    let is_of_number =
        |character: char| character.is_ascii_digit() || matches!(character, ',' | '.') || parted(character);
    let end = text.find(|character: char| !is_of_number(character)).unwrap_or(text.len());
    let written = text[..end].trim_end_matches(blank);
    Some((number(written)?, &text[written.len()..]))
}

/// Blanks that separate thousands.
fn is_thin(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2005}' | '\u{2006}' | '\u{2007}' | '\u{2008}')
}

/// Parses digits with thousands separators of one kind in the right places, without leading zeros.
fn number(digits: &str) -> Option<Decimal> {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let separator = whole.chars().find(|character| !character.is_ascii_digit()).unwrap_or(',');
    let groups: Vec<&str> = whole.split(separator).collect();
    let first = groups.first()?;
    if first.is_empty() || (groups.len() > 1 && (first.len() > 3 || groups[1..].iter().any(|group| group.len() != 3))) {
        return None;
    }
    let plain: String = groups.concat();
    if (plain.len() > 1 && plain.starts_with('0')) || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match fraction {
        Some(fraction) if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) => None,
        Some(fraction) => Decimal::from_str_exact(&format!("{plain}.{fraction}")).ok(),
        None => Decimal::from_str_exact(&plain).ok(),
    }
}

/// The number in Chinese numerals at the beginning of a text, and the rest.
fn numerals(text: &str) -> Option<(Decimal, &str)> {
    let is_place = |character: char| "十百千万拾佰仟".contains(character);
    let is_numeral =
        |character: char| is_place(character) || chinese_number(character.encode_utf8(&mut [0; 4])).is_some();
    let end = text.find(|character| !is_numeral(character)).unwrap_or(text.len());
    let written = &text[..end];
    // A single 一 may be a dash, and `三五` means a few: without 十, 百 …, a number of several numerals needs a zero.
    let by_digits = !written.contains(is_place);
    let several = written.chars().nth(1).is_some();
    if text == "一" || (by_digits && several && !written.contains(['〇', '零'])) {
        return None;
    }
    Some((chinese_number(written)?.into(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_of(text: &str, place: Where) -> Option<String> {
        parse(text, place).map(|written| written.number.to_string())
    }

    #[test]
    fn numbers_in_every_spelling() {
        for (text, number) in [
            ("0", "0"),
            ("12", "12"),
            ("１２", "12"),
            ("1,234", "1234"),
            ("1，234", "1234"),
            ("１，２３４", "1234"),
            ("59237.2449", "59237.2449"),
            ("3693。4743", "3693.4743"),
            ("3693·4743", "3693.4743"),
            ("592件", "592"),
            ("251000元", "251000"),
            ("160.5964万元", "160.5964"),
            ("160.5964（万元）", "160.5964"),
            ("3693.4743万元整", "3693.4743"),
            ("￥3693.4743", "3693.4743"),
            ("人民币 3693.4743万元", "3693.4743"),
            ("'188", "188"),
            ("’188", "188"),
            ("`188", "188"),
            ("**188**", "188"),
            ("***188***", "188"),
            ("__188__", "188"),
            ("`188`", "188"),
            ("$188$", "188"),
            ("\"188\"", "188"),
            ("=\"188\"", "188"),
            ("12 项", "12"),
            ("12次", "12"),
            ("12个", "12"),
            ("12宗", "12"),
        ] {
            for place in [Where::Cell, Where::Line] {
                assert_eq!(number_of(text, place).as_deref(), Some(number), "{text}");
            }
        }
        for (text, number) in [
            ("+3", "3"),
            ("增1423", "1423"),
            ("减4", "-4"),
            ("-8", "-8"),
            ("--253", "-253"),
            ("＋１０", "10"),
            ("﹣6", "-6"),
            ("‑6", "-6"),
            ("−6", "-6"),
            ("负6", "-6"),
            ("↓6", "-6"),
            ("⬇\u{fe0f}6", "-6"),
            ("↑ 6", "6"),
            ("下降6", "-6"),
            ("下降6件", "-6"),
            ("¥-3", "-3"),
        ] {
            assert_eq!(number_of(text, Where::Line).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn in_a_cell_blanks_part_thousands_and_numerals_count() {
        for (text, number) in [
            ("1 234", "1234"),
            ("12\u{a0}345\u{a0}678", "12345678"),
            ("3 693.4743", "3693.4743"),
            ("十二", "12"),
            ("十二件", "12"),
            ("一百零五", "105"),
            ("二〇", "20"),
            ("零", "0"),
            ("两件", "2"),
            ("一件", "1"),
            ("负三", "-3"),
        ] {
            assert_eq!(number_of(text, Where::Cell).as_deref(), Some(number), "{text}");
            assert_eq!(number_of(text, Where::Line), None, "{text}");
        }
        for text in [
            "一",
            "一一",
            "三五",
            "十几",
            "二十余",
            "十二三",
            "一半",
            "件",
            "三等",
            "1 23",
            "0 123",
            "1 234,567",
            "1,234 567",
        ] {
            assert_eq!(number_of(text, Where::Cell), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_none() {
        for text in [
            "00",
            "007",
            "1 2",
            "12,34",
            "1.2.3",
            "3.",
            "约5",
            "5-6",
            "详见附件",
            "1/2",
            "2,",
            "12%",
            "￥12件",
            "(6)",
            "5余件",
            "~~188~~",
            "188*",
            "12①",
            "1234,567",
            "3693,4743",
            "$188",
            "O",
            "1e5",
        ] {
            for place in [Where::Cell, Where::Line] {
                assert_eq!(number_of(text, place), None, "{text}");
            }
        }
    }

    #[test]
    fn a_figure_has_no_more_ideographs_than_its_sign_and_unit() {
        assert!(SIGNS.iter().all(|(sign, _)| sign.chars().count() <= LONGEST_SIGN));
        assert!(CURRENCY.iter().all(|mark| mark.chars().count() <= LONGEST_SIGN));
        assert!("百万元整".chars().count() <= LONGEST_UNIT);
    }
}
