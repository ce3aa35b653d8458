//! Parses the text of a cell as words: text, a choice, a date, a code.

use crate::document::Cell;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::{Kind, Value};
use crate::text::{DateReading, blank, read_date};

/// Parses a cell of a field of words; a value that does not fit the field's kind is reported as a finding.
pub(in crate::bind) fn read(form: &Form, field: FieldIndex, cell: &Cell, findings: &mut Vec<Finding>) -> Value {
    let raw = cell.text.trim_matches(blank).to_owned();
    let mut value = Value { raw, kind: Kind::Text, place: Some(cell.place.clone()), ..Value::default() };
    if value.raw.is_empty() {
        value.kind = Kind::Blank;
        return value;
    }
    let spec = &form.fields[field];
    match spec.kind {
        FieldKind::Choice => choice(form, field, &mut value, findings),
        FieldKind::Date => {
            if let Some(day) = day(&value.raw) {
                (value.kind, value.text) = (Kind::Date, Some(day));
            } else {
                let said = (
                    "不是日期，原文保留。请按“2024年1月5日”填写。",
                    "is no date; the text is kept. Write it like 2024-01-05",
                );
                findings.push(finding(form, field, &value, said));
            }
        }
        FieldKind::Code => {
            let code: String = value.raw.chars().filter(|character| !blank(*character)).collect();
            (value.kind, value.text) = (Kind::Code, Some(code));
        }
        _ => {
            if value.raw.chars().all(|character| "/／\\".contains(character)) {
                value.kind = Kind::Slash;
            } else if value.raw.chars().all(|character| "-—–－─".contains(character)) {
                value.kind = Kind::Dash;
            } else {
                value.text = Some(value.raw.clone());
            }
        }
    }
    value
}

fn choice(form: &Form, field: FieldIndex, value: &mut Value, findings: &mut Vec<Finding>) {
    let Some(choice) = &form.fields[field].choice else { return };
    match choice.read(&value.raw) {
        Some(chosen) if chosen.is_empty() => {
            value.kind = Kind::Blank;
            let said = ("没有勾选，已留空。请勾选。", "has nothing ticked; it was left empty. Tick one");
            findings.push(finding(form, field, value, said));
        }
        Some(chosen) if chosen.len() == 1 || choice.several => {
            (value.kind, value.text) = (Kind::Choice, Some(chosen.join("、")));
        }
        Some(_) => {
            let said = (
                "勾选了不止一项，已留空。请只勾选一项。",
                "has more than one word ticked; it was left empty. Tick one",
            );
            findings.push(finding(form, field, value, said));
        }
        None => {
            let said = (
                "不能确定选的是哪一项，已留空。请按规定的选项填写。",
                "is none of the words to choose from; it was left empty",
            );
            findings.push(finding(form, field, value, said));
        }
    }
}

fn finding(form: &Form, field: FieldIndex, value: &Value, (zh, en): (&str, &str)) -> Finding {
    let place = form.describe(field);
    let message = Message::new(
        format!("{}写作“{}”，{zh}", place.zh, value.raw),
        format!("{} reads \"{}\", which {en}.", place.en, value.raw),
    );
    Finding::new(&code::WORDS_UNREADABLE, message).at(value.place.clone()).about([form.fields[field].id.clone()])
}

/// Parses a date, a month or a year, normalised to `2024-01-05`, `2024-01` or `2024`.
fn day(text: &str) -> Option<String> {
    if let DateReading::One { date, repaired: false } = read_date(text) {
        return Some(date.to_string());
    }
    let numbers: Vec<&str> =
        text.split(|character: char| !character.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let others =
        text.chars().filter(|character| !character.is_ascii_digit() && !"年月日 .-/度份".contains(*character)).count();
    match numbers.as_slice() {
        [year, month]
            if year.len() == 4 && others == 0 && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month)) =>
        {
            Some(format!("{year}-{month:0>2}"))
        }
        [year] if year.len() == 4 && others == 0 => Some((*year).to_owned()),
        [whole] if whole.len() == 8 && others == 0 => {
            let date = format!("{}-{}-{}", &whole[..4], &whole[4..6], &whole[6..]);
            date.parse::<jiff::civil::Date>().ok().map(|date| date.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_years() {
        for (text, expected) in [
            ("2024年1月5日", Some("2024-01-05")),
            ("2024-01-05", Some("2024-01-05")),
            ("20240105", Some("2024-01-05")),
            ("2024年5月", Some("2024-05")),
            ("2024.5", Some("2024-05")),
            ("2024年", Some("2024")),
            ("年底前", None),
            ("2024年13月", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
    }
}
