//! The text of a cell as a value: its kind, the exact number, the unit that is written with it.

use rust_decimal::Decimal;

use crate::document::Place;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::{Kind, Value};
use crate::text::blank;

/// Words for "none" (folded of punctuation by the caller).
const NONE_WORDS: &[&str] = &["无", "没有", "不适用", "暂无"];

/// What may stand before a number for its sign, and whether that makes it negative.
const SIGNS: &[(&str, bool)] =
    &[("增加", false), ("减少", true), ("增", false), ("减", true), ("+", false), ("-", true)];

/// Ideographs that a figure has at most: a sign and a unit, or one of the words for none.
const MOST_IDEOGRAPHS: usize = LONGEST_SIGN + LONGEST_UNIT;
const LONGEST_SIGN: usize = 2;
const LONGEST_UNIT: usize = 3;

/// Units of money and how many of the smallest they are.
const MONEY: &[(&str, i64)] = &[("亿元", 100_000_000), ("万元", 10_000), ("千元", 1_000), ("元", 1)];

/// A text that may be a figure, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    number: Decimal,
    unit: Option<String>,
    doubled_sign: bool,
}

/// Reads a cell's text as the value of a field; what is odd becomes a finding.
pub(super) fn read(form: &Form, field: FieldIndex, text: &str, place: &Place, findings: &mut Vec<Finding>) -> Value {
    let raw = text.trim_matches(blank).to_owned();
    let mut value = Value { raw, kind: Kind::Text, place: Some(place.clone()), ..Value::default() };
    if let Some(kind) = kind_without_number(&value.raw) {
        value.kind = kind;
        return value;
    }
    let spec = &form.fields[field];
    let Some(written) = parse(&value.raw, spec.kind) else {
        findings.push(unreadable(form, field, &value));
        return value;
    };
    value.kind = Kind::Number;
    value.value = Some(written.number);
    if written.doubled_sign {
        findings.push(sign_doubled(form, field, &value));
    }
    if let Some(unit) = written.unit {
        take_unit(form, field, unit, &mut value, findings);
    }
    value
}

/// Whether a text is one whole figure, in any spelling.
pub(super) fn is_figure(text: &str) -> bool {
    let text = text.trim_matches(blank);
    // Nearly every text is a sentence.
    let Some(first) = text.chars().next() else { return false };
    let begins = |word: &&str| word.starts_with(first);
    let ideograph = |character: &char| ('\u{4e00}'..='\u{9fff}').contains(character);
    if text.chars().filter(ideograph).nth(MOST_IDEOGRAPHS).is_some() {
        return false;
    }
    if ideograph(&first) && !NONE_WORDS.iter().any(begins) && !SIGNS.iter().any(|sign| begins(&sign.0)) {
        return false;
    }
    kind_without_number(text).is_some_and(|kind| kind != Kind::Blank) || parse(text, FieldKind::Signed).is_some()
}

fn kind_without_number(text: &str) -> Option<Kind> {
    let core = text.trim_matches(|character: char| blank(character) || "（）()【】。.".contains(character));
    if core.is_empty() && text.chars().all(blank) {
        return Some(Kind::Blank);
    }
    if !text.is_empty() && text.chars().all(|character| "-—–－─―_".contains(character)) {
        return Some(Kind::Dash);
    }
    if text.chars().all(|character| "/／\\＼".contains(character)) {
        return Some(Kind::Slash);
    }
    NONE_WORDS.contains(&core).then_some(Kind::None)
}

/// Characters of the longest figure: sign, digits that a decimal number holds, separators and unit are far fewer.
const LONGEST: usize = 64;

fn parse(text: &str, kind: FieldKind) -> Option<Written> {
    // Nearly every cell: digits alone.
    if (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let leading_zero = text.len() > 1 && text.starts_with('0');
        let number = text.parse::<u64>().ok().filter(|_| !leading_zero)?;
        return Some(Written { number: number.into(), unit: None, doubled_sign: false });
    }
    let text = text.trim_matches(blank);
    if text.chars().nth(LONGEST).is_some() {
        return None;
    }
    let narrow: String = text
        .chars()
        .map(|character| match character {
            '－' | '−' | '—' | '–' => '-',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            other => other,
        })
        .collect();
    let (sign, rest, doubled_sign) = sign(narrow.trim_matches(blank));
    let end = rest.find(|character: char| !(character.is_ascii_digit() || character == ',' || character == '.'));
    let (digits, unit) = rest.split_at(end.unwrap_or(rest.len()));
    let number = number(digits)?;
    let unit = unit.trim_matches(blank);
    if unit.chars().count() > LONGEST_UNIT || unit.chars().any(|character| !character.is_alphabetic()) {
        return None;
    }
    let signed = sign.is_some();
    if signed && kind != FieldKind::Signed && sign == Some(true) && doubled_sign {
        return None;
    }
    let number = if sign == Some(true) { -number } else { number };
    Some(Written { number, unit: (!unit.is_empty()).then(|| unit.to_owned()), doubled_sign })
}

/// The sign before a number: `Some(true)` for a negative one, the rest of the text, and whether the sign stands twice.
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

/// Digits with thousands separators in the right places, without leading zeros.
fn number(digits: &str) -> Option<Decimal> {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let groups: Vec<&str> = whole.split(',').collect();
    let first = groups.first()?;
    if first.is_empty() || (groups.len() > 1 && (first.len() > 3 || groups[1..].iter().any(|group| group.len() != 3))) {
        return None;
    }
    let plain: String = groups.concat();
    if plain.len() > 1 && plain.starts_with('0') {
        return None;
    }
    match fraction {
        Some(fraction) if fraction.is_empty() || fraction.contains(',') || fraction.contains('.') => None,
        Some(fraction) => Decimal::from_str_exact(&format!("{plain}.{fraction}")).ok(),
        None => Decimal::from_str_exact(&plain).ok(),
    }
}

fn take_unit(form: &Form, field: FieldIndex, unit: String, value: &mut Value, findings: &mut Vec<Finding>) {
    let wanted = form.fields[field].unit.as_deref();
    if wanted == Some(unit.as_str()) {
        return;
    }
    let factor = |unit: &str| MONEY.iter().find(|(name, _)| *name == unit).map(|&(_, factor)| Decimal::from(factor));
    match (factor(&unit), wanted.and_then(factor), value.value) {
        (Some(from), Some(to), Some(number)) => {
            value.value =
                number.checked_mul(from).and_then(|number| number.checked_div(to)).map(|number| number.normalize());
            let place = form.describe(field);
            let (zh, en) = (&place.zh, &place.en);
            let (raw, wanted) = (&value.raw, wanted.unwrap_or_default());
            let shown = value.value.map(|number| number.to_string()).unwrap_or_default();
            let message = Message::new(
                format!("{zh}写作“{raw}”，表格单位为{wanted}，已折算为{shown}{wanted}。请核对单位。"),
                format!(
                    "{en} reads \"{raw}\"; the form's unit is {wanted}, so it was converted to {shown}. Check the unit."
                ),
            );
            findings.push(about(Finding::new(&code::UNIT_CONVERTED, message), form, field, value));
            value.unit = Some(unit);
        }
        // A form that fixes no unit: the unit is kept beside the figure.
        (Some(_), None, _) if wanted.is_none() => value.unit = Some(unit),
        _ => {
            value.value = None;
            value.kind = Kind::Text;
            findings.push(unreadable(form, field, value));
        }
    }
}

fn about(finding: Finding, form: &Form, field: FieldIndex, value: &Value) -> Finding {
    finding.at(value.place.clone()).about([form.fields[field].id.clone()])
}

fn unreadable(form: &Form, field: FieldIndex, value: &Value) -> Finding {
    let place = form.describe(field);
    let message = Message::new(
        format!("{}写作“{}”，不能确定是哪个数，已留空。请填写一个数字。", place.zh, value.raw),
        format!(
            "{} reads \"{}\", which is no certain figure; it was left empty. Write one number.",
            place.en, value.raw
        ),
    );
    about(Finding::new(&code::FIGURE_UNREADABLE, message), form, field, value)
}

fn sign_doubled(form: &Form, field: FieldIndex, value: &Value) -> Finding {
    let place = form.describe(field);
    let shown = value.value.map(|number| number.to_string()).unwrap_or_default();
    let message = Message::new(
        format!("{}写作“{}”，正负号重复，按{shown}读取。请核对。", place.zh, value.raw),
        format!("{} reads \"{}\" with its sign twice; it was read as {shown}. Check it.", place.en, value.raw),
    );
    about(Finding::new(&code::SIGN_DOUBLED, message), form, field, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_of(text: &str, kind: FieldKind) -> Option<String> {
        parse(text, kind).map(|written| written.number.to_string())
    }

    #[test]
    fn numbers_in_every_spelling() {
        for (text, number) in [
            ("0", "0"),
            ("12", "12"),
            ("１２", "12"),
            ("1,234", "1234"),
            ("１，２３４", "1234"),
            ("59237.2449", "59237.2449"),
            ("592件", "592"),
            ("251000元", "251000"),
            ("160.5964万元", "160.5964"),
        ] {
            assert_eq!(number_of(text, FieldKind::Amount).as_deref(), Some(number), "{text}");
        }
        for (text, number) in
            [("+3", "3"), ("增1423", "1423"), ("减4", "-4"), ("-8", "-8"), ("--253", "-253"), ("＋１０", "10")]
        {
            assert_eq!(number_of(text, FieldKind::Signed).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_number_is_none() {
        for text in ["00", "007", "1 2", "12,34", "1.2.3", "3.", "约5", "5-6", "详见附件", "1/2", "2,"] {
            assert_eq!(number_of(text, FieldKind::Signed), None, "{text}");
        }
    }

    #[test]
    fn a_figure_has_no_more_ideographs_than_its_sign_and_unit() {
        assert!(SIGNS.iter().all(|(sign, _)| sign.chars().count() <= LONGEST_SIGN));
        assert!(NONE_WORDS.iter().all(|word| word.chars().count() <= MOST_IDEOGRAPHS));
        assert!(is_figure("减少1,234平方米") && is_figure("（不适用）"));
        assert!(!is_figure("2020年受理申请12件") && !is_figure("（一）概述"));
    }

    #[test]
    fn blank_dash_slash_and_none_differ() {
        let kinds = ["", "\u{3000}", "/", "—", "——", "-", "无", "（无）", "0"].map(kind_without_number);
        let expected = [
            Some(Kind::Blank),
            Some(Kind::Blank),
            Some(Kind::Slash),
            Some(Kind::Dash),
            Some(Kind::Dash),
            Some(Kind::Dash),
            Some(Kind::None),
            Some(Kind::None),
            None,
        ];
        assert_eq!(kinds, expected);
    }
}
