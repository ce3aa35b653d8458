//! Detects personal data in the narrative: numbers of identity cards, bank cards and mobile phones. Messages mask the digits.

use super::manner::texts;
use crate::finding::code::check::PERSONAL_DATA;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::Report;
use crate::text::fold;

/// Maximum number of findings per section and kind.
const MOST: usize = 20;

/// Number of characters before a telephone number in which a word may show that it is published on purpose.
const BEFORE: usize = 24;

/// Kind of a personal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberKind {
    Identity,
    Card,
    Mobile,
}

impl NumberKind {
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => ("身份证号", "the number of an identity card"),
            Self::Card => ("银行卡号", "the number of a bank card"),
            Self::Mobile => ("手机号", "the number of a mobile phone"),
        }
    }
}

/// Adds findings about personal data.
pub(super) fn check(form: &Form, report: &Report, findings: &mut Vec<Finding>) {
    for section in &report.sections {
        let heading = section.heading.as_deref();
        let found = texts(section).flat_map(|(text, place)| numbers(text).map(move |one| (text, one, place)));
        let told =
            found.filter(|(text, one, _)| one.kind != NumberKind::Mobile || !is_contact(form, &text[..one.start]));
        for (text, one, place) in told.take(MOST) {
            let masked = masked(&text[one.start..one.end], one.kind);
            let (zh, en) = one.kind.name();
            let message = Message::new(
                format!("“{}”中疑有{zh}（{masked}）。公开前请删去。", heading.unwrap_or("开头部分")),
                format!(
                    "\"{}\" seems to hold {en} ({masked}). Remove it before publishing.",
                    heading.unwrap_or("the beginning")
                ),
            );
            findings.push(Finding::new(&PERSONAL_DATA, message).at(place.clone()));
        }
    }
}

/// Whether a word directly before a number shows that it is published on purpose.
fn is_contact(form: &Form, before: &str) -> bool {
    let from = before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    let near = fold(&before[from..]);
    form.words.contact.iter().any(|word| near.contains(word.as_str()))
}

/// The position of a number in a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    kind: NumberKind,
    start: usize,
    end: usize,
}

/// The personal numbers in a text.
fn numbers(text: &str) -> impl Iterator<Item = Number> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(first) = bytes.get(at..)?.iter().position(u8::is_ascii_digit) {
            let start = at + first;
            let end = run(bytes, start);
            at = end;
            // A number with letters or digits before it is a code of another kind.
            let alone = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
            if let Some(kind) = kind(&bytes[start..end]).filter(|_| alone) {
                return Some(Number { kind, start, end });
            }
        }
        None
    })
}

/// The end of a run of digits: it may end in the X of an identity card, and contain single blanks between groups of four.
fn run(bytes: &[u8], start: usize) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = start + digits(start);
    if end - start == 17 && bytes.get(end).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'x')) {
        return end + 1;
    }
    if end - start == 4 {
        while bytes.get(end) == Some(&b' ') && (1..=4).contains(&digits(end + 1)) {
            let group = digits(end + 1);
            end += 1 + group;
            if group < 4 {
                break;
            }
        }
    }
    end
}

fn kind(written: &[u8]) -> Option<NumberKind> {
    let digits: Vec<u8> = written.iter().copied().filter(|byte| *byte != b' ').collect();
    match digits.len() {
        11 if digits[0] == b'1' && digits[1] >= b'3' => Some(NumberKind::Mobile),
        18 if is_identity(&digits) => Some(NumberKind::Identity),
        16..=19 if is_card(&digits) => Some(NumberKind::Card),
        _ => None,
    }
}

/// Whether eighteen characters are an identity card number: with a date of birth, and the check character of GB 11643.
fn is_identity(signs: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    if !signs[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number =
        |from: usize, to: usize| signs[from..to].iter().fold(0_i16, |all, sign| all * 10 + i16::from(sign - b'0'));
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    let born = jiff::civil::Date::new(year, month.try_into().unwrap_or(0), day.try_into().unwrap_or(0));
    let sum: u32 = signs.iter().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    born.is_ok() && (1900..2100).contains(&year) && CHECKS[sum as usize % 11] == signs[17].to_ascii_uppercase()
}

/// Whether digits are a bank card number: with a known issuer prefix, and the check digit of ISO/IEC 7812.
fn is_card(digits: &[u8]) -> bool {
    if !digits.iter().all(u8::is_ascii_digit) || !(digits.starts_with(b"62") || matches!(digits[0], b'4' | b'5')) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A number masked except for its ends.
fn masked(written: &str, kind: NumberKind) -> String {
    let digits: String = written.chars().filter(|sign| *sign != ' ').collect();
    let first = if kind == NumberKind::Mobile { 3 } else { 4 };
    let hidden = digits.len().saturating_sub(first + 4);
    format!("{}{}{}", &digits[..first], "*".repeat(hidden), &digits[first + hidden..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(NumberKind, String)> {
        numbers(text).map(|one| (one.kind, masked(&text[one.start..one.end], one.kind))).collect()
    }

    #[test]
    fn personal_numbers_are_recognised_by_their_check_digits() {
        assert_eq!(found("申请人11010519491231002X来访"), [(NumberKind::Identity, "1101**********002X".to_owned())]);
        assert_eq!(found("身份证110105194912310020"), []);
        assert_eq!(found("身份证号110105194913310021"), []);
        assert_eq!(found("退至6222020123456789015账户"), [(NumberKind::Card, "6222***********9015".to_owned())]);
        assert_eq!(found("卡号4111 1111 1111 1111。"), [(NumberKind::Card, "4111********1111".to_owned())]);
        assert_eq!(found("4111111111111112"), []);
        assert_eq!(found("致电13800138000反映"), [(NumberKind::Mobile, "138****8000".to_owned())]);
    }

    #[test]
    fn other_numbers_are_not_personal_numbers() {
        for text in [
            "0580-66010236",
            "2024年1月1日",
            "91330000MA27U0QD5X",
            "1381234567",
            "12345678901234567890",
            "12013800138000",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
