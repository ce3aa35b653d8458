//! Parses the text of a cell to the value of a field: its kind, and the exact number in the form's unit.

use rust_decimal::Decimal;

use super::notemark;
use super::spelling::{self, MOST_IDEOGRAPHS, Where, Written};
use super::units::{self, Dimension, Said, Stated, Unit};
use crate::document::{Cell, Place, Shown};
use crate::finding::code::bind as code;
use crate::finding::code::read::SUPERSCRIPT_SET_ASIDE;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind, Form};
use crate::report::{Kind, Value};
use crate::text::{blank, is_one, language};

/// Minimum amount after a currency sign that may be in 元 whatever the unit of the table, if it has no more decimals than money:
/// `￥36934743`.
const MAY_BE_SMALL_MONEY: i64 = 10_000;
const DECIMALS_OF_MONEY: u32 = 2;

/// Parses a cell as the value of a field; anything unusual becomes a finding. `around` returns the units of a dimension that are stated
/// outside of the cell, and is called only if the cell does not state its own.
pub(super) fn read(
    form: &Form,
    field: FieldIndex,
    cell: &Cell,
    around: impl FnOnce(Dimension) -> Stated,
    findings: &mut Vec<Finding>,
) -> Value {
    let mut value = read_as(Where::Cell, form, field, &cell.text, &cell.place, findings);
    match cell.shown.as_deref() {
        Some(shown) if is_plain(&value) => take_shown(form, field, shown, &mut value, findings),
        Some(_) => {}
        None => take_stated(form, field, around, &mut value, findings),
    }
    value
}

/// Whether a value is a number without a unit.
fn is_plain(value: &Value) -> bool {
    value.value.is_some()
        && value.unit.is_none()
        && value.raw.ends_with(|end: char| end.is_ascii_digit() || ('０'..='９').contains(&end))
}

/// Converts a figure from the unit that is stated outside of its cell; of two units the first is used, with a finding.
fn take_stated(
    form: &Form,
    field: FieldIndex,
    around: impl FnOnce(Dimension) -> Stated,
    value: &mut Value,
    findings: &mut Vec<Finding>,
) {
    let wanted = form.fields[field].unit.as_deref().and_then(Unit::parse);
    let Some(wanted) = wanted.filter(|wanted| matches!(wanted.of, Dimension::Money | Dimension::Count)) else { return };
    let Some(figure) = value.value.filter(|_| is_plain(value)) else { return };
    let Stated { first, other, elsewhere } = around(wanted.of);
    let Some(Said { unit, words }) = first else {
        if let Some(other) = elsewhere.iter().find(|said| said.unit != wanted) {
            tell_once(form, field, unit_elsewhere(form, field, &other.words), value, findings);
        }
        return;
    };
    if let Some(other) = other {
        tell_once(form, field, units_differ(form, field, (&words, &other.words)), value, findings);
    }
    match unit.convert(figure, wanted) {
        Some(number) if wanted.of == Dimension::Count && number != figure => {
            value.value = Some(number);
            tell_once(form, field, counted_by_many(form, field, &words), value, findings);
            value.unit = Some(words);
        }
        _ => take_unit(form, field, (unit, words), value, findings),
    }
}

/// Adds a finding about a whole table, or adds the field to the same finding if it already exists.
fn tell_once(form: &Form, field: FieldIndex, finding: Finding, value: &Value, findings: &mut Vec<Finding>) {
    let same = |known: &&mut Finding| known.code == finding.code && known.message == finding.message;
    match findings.iter_mut().rev().find(same) {
        Some(known) => known.fields.push(form.fields[field].id.clone()),
        None => findings.push(about(finding, form, field, value)),
    }
}

fn units_differ(form: &Form, field: FieldIndex, (first, other): (&str, &str)) -> Finding {
    let name = &form.tables[form.fields[field].table].name;
    let message = Message::new(
        format!("{}的单位有两种写法：“{first}”和“{other}”，按“{first}”读取。请核对单位。", name.zh),
        format!(
            "{} states its unit in two ways, \"{first}\" and \"{other}\"; its figures were read in the first. Check the unit.",
            name.en
        ),
    );
    Finding::new(&code::UNITS_DIFFER, message)
}

fn unit_elsewhere(form: &Form, field: FieldIndex, words: &str) -> Finding {
    let name = &form.tables[form.fields[field].table].name;
    let wanted = form.fields[field].unit.as_deref().unwrap_or_default();
    let message = Message::new(
        format!("{}没有写明单位，文件的另一处写明单位为“{words}”，按规定的“{wanted}”读取。请核对单位。", name.zh),
        format!(
            "{} states no unit, but the file states \"{words}\" elsewhere; its figures were read in the form's, \"{wanted}\". Check the unit.",
            name.en
        ),
    );
    Finding::new(&code::UNITS_DIFFER, message)
}

fn counted_by_many(form: &Form, field: FieldIndex, words: &str) -> Finding {
    let name = &form.tables[form.fields[field].table].name;
    let wanted = form.fields[field].unit.as_deref().unwrap_or_default();
    let message = Message::new(
        format!("{}写明单位为“{words}”，规定的单位为“{wanted}”，已折算。请核对单位。", name.zh),
        format!(
            "{} states the unit \"{words}\"; the form's is \"{wanted}\", so the figures were converted. Check the unit.",
            name.en
        ),
    );
    Finding::new(&code::UNIT_CONVERTED, message)
}

/// Converts a figure to the number that its number format shows.
fn take_shown(form: &Form, field: FieldIndex, shown: &Shown, value: &mut Value, findings: &mut Vec<Finding>) {
    let number = value.value.and_then(|number| units::shifted(number, shown.shift));
    let unit = Unit::parse(&shown.suffix);
    value.raw.push_str(&shown.suffix);
    match (number, unit) {
        (Some(number), unit) if unit.is_some() || shown.suffix.is_empty() => {
            let stored = value.value.replace(number);
            if let Some(unit) = unit {
                value.raw = format!("{number}{}", shown.suffix);
                take_unit(form, field, (unit, shown.suffix.to_string()), value, findings);
            } else if stored != value.value {
                findings.push(as_shown(form, field, value));
                // Outputs have the text of a figure: what the page shows, not what the cell holds.
                value.raw = number.to_string();
            }
        }
        _ => {
            // What the page shows: `22%` for a cell that holds 0.22.
            value.raw = number.map_or_else(|| value.raw.clone(), |number| format!("{number}{}", shown.suffix));
            value.value = None;
            value.kind = Kind::Text;
            findings.push(unreadable(form, field, value));
        }
    }
}

fn as_shown(form: &Form, field: FieldIndex, value: &Value) -> Finding {
    let place = form.describe(field);
    let shown = value.value.map(|number| number.to_string()).unwrap_or_default();
    let message = Message::new(
        format!("{}的单元格存的是“{}”，按数字格式显示为{shown}，按显示的数读取。请核对。", place.zh, value.raw),
        format!(
            "{} holds \"{}\", which its number format shows as {shown}; it was read as it is shown. Check it.",
            place.en, value.raw
        ),
    );
    about(Finding::new(&code::UNIT_CONVERTED, message), form, field, value)
}

/// Parses a part of a line as the value of a field, as [`read`] does a cell.
pub(super) fn read_piece(
    form: &Form,
    field: FieldIndex,
    (text, place): (&str, &Place),
    around: impl FnOnce(Dimension) -> Stated,
    findings: &mut Vec<Finding>,
) -> Value {
    let mut value = read_as(Where::Line, form, field, text, place, findings);
    take_stated(form, field, around, &mut value, findings);
    value
}

fn read_as(
    written: Where,
    form: &Form,
    field: FieldIndex,
    text: &str,
    place: &Place,
    findings: &mut Vec<Finding>,
) -> Value {
    let raw = text.trim_matches(blank).to_owned();
    let mut value = Value { raw, kind: Kind::Text, place: Some(place.clone()), ..Value::default() };
    if let Some(kind) = kind_without_number(&value.raw) {
        value.kind = kind;
        return value;
    }
    let spec = &form.fields[field];
    if let Some((figure, mark)) = notemark::parted(text.trim_matches(blank)) {
        let before = findings.len();
        let found = read_as(written, form, field, figure, place, findings);
        if found.kind == Kind::Number {
            findings.push(note_mark(form, field, &found, mark));
            return found;
        }
        findings.truncate(before);
    }
    // A doubled minus sign is accepted only in a signed field.
    let wrongly_signed = |written: &Written| written.negative && written.doubled_sign && spec.kind != FieldKind::Signed;
    let Some(written) = spelling::parse(&value.raw, written).filter(|written| !wrongly_signed(written)) else {
        findings.push(unreadable(form, field, &value));
        return value;
    };
    value.kind = Kind::Number;
    value.value = Some(written.number);
    if written.doubled_sign {
        findings.push(sign_doubled(form, field, &value));
    }
    match written.unit {
        Some(unit) => take_unit(form, field, unit, &mut value, findings),
        None if written.currency && may_be_small_money(written.number) => {
            value.value = None;
            value.kind = Kind::Text;
            findings.push(unreadable(form, field, &value));
        }
        None => {}
    }
    value
}

fn may_be_small_money(number: Decimal) -> bool {
    number.abs() >= MAY_BE_SMALL_MONEY.into() && number.scale() <= DECIMALS_OF_MONEY
}

/// Whether a text is exactly one figure, in a spelling that a cell may have.
pub(super) fn is_figure_cell(text: &str) -> bool {
    spelling::parse(text.trim_matches(blank), Where::Cell).is_some()
}

/// Whether a text is exactly one figure in a spelling that a line may have, or a dash, a slash or a word for none.
pub(super) fn is_figure(text: &str) -> bool {
    let text = text.trim_matches(blank);
    let text = notemark::parted(text).map_or(text, |(figure, _)| figure);
    // Nearly every text is a sentence.
    let Some(first) = text.chars().next() else { return false };
    let begins = |word: &String| word.starts_with(first);
    let ideograph = |character: &char| ('\u{4e00}'..='\u{9fff}').contains(character);
    if text.chars().filter(ideograph).nth(MOST_IDEOGRAPHS).is_some() {
        return false;
    }
    if ideograph(&first) && !language().none.iter().any(begins) && !spelling::may_begin(first) {
        return false;
    }
    kind_without_number(text).is_some_and(|kind| kind != Kind::Blank) || spelling::parse(text, Where::Line).is_some()
}

/// The value of a figure in a sum: 0 for a dash, a slash or a word for none. `None` for a text that is not a figure, and for a figure in a
/// larger unit (万件), whose digits are not its value.
pub(super) fn addend(text: &str) -> Option<Decimal> {
    let text = text.trim_matches(blank);
    let text = notemark::parted(text).map_or(text, |(figure, _)| figure);
    match kind_without_number(text) {
        Some(Kind::Blank) => None,
        Some(_) => Some(Decimal::ZERO),
        None => spelling::parse(text, Where::Line)
            .filter(|written| written.unit.as_ref().is_none_or(|(unit, _)| unit.size == 1))
            .map(|written| written.number),
    }
}

fn kind_without_number(text: &str) -> Option<Kind> {
    let core = text.trim_matches(|character: char| blank(character) || "（）()【】。.".contains(character));
    if core.is_empty() && text.chars().all(blank) {
        return Some(Kind::Blank);
    }
    if !text.is_empty() && text.chars().all(|character| "-—–－─―_‐‑‒﹣−⸺➖".contains(character)) {
        return Some(Kind::Dash);
    }
    if text.chars().all(|character| "/／\\＼∕⁄╱".contains(character)) {
        return Some(Kind::Slash);
    }
    is_one(&language().none, core).then_some(Kind::None)
}

/// Converts a figure to the field's unit, or empties the field if that is not possible.
fn take_unit(
    form: &Form,
    field: FieldIndex,
    (unit, words): (Unit, String),
    value: &mut Value,
    findings: &mut Vec<Finding>,
) {
    let wanted = form.fields[field].unit.as_deref();
    let converted = wanted.and_then(Unit::parse).zip(value.value).and_then(|(to, number)| unit.convert(number, to));
    match converted {
        Some(number) if Some(number) == value.value => {}
        Some(number) => {
            value.value = Some(number);
            findings.push(unit_converted(form, field, value, &words));
            value.unit = Some(words);
        }
        // The form does not prescribe a unit: the unit is kept with the figure.
        None if wanted.is_none() && unit.of != Dimension::Other => value.unit = Some(words),
        None => {
            value.value = None;
            value.kind = Kind::Text;
            findings.push(unreadable(form, field, value));
        }
    }
}

fn unit_converted(form: &Form, field: FieldIndex, value: &Value, words: &str) -> Finding {
    let place = form.describe(field);
    let (zh, en) = (&place.zh, &place.en);
    let raw = if value.raw.contains(words) { value.raw.clone() } else { format!("{}{words}", value.raw) };
    let wanted = form.fields[field].unit.as_deref().unwrap_or_default();
    let shown = value.value.map(|number| number.to_string()).unwrap_or_default();
    let message = Message::new(
        format!("{zh}写作“{raw}”，表格单位为{wanted}，已折算为{shown}{wanted}。请核对单位。"),
        format!(
            "{en} reads \"{raw}\"; the form's unit is \"{wanted}\", so it was converted to {shown}. Check the unit."
        ),
    );
    about(Finding::new(&code::UNIT_CONVERTED, message), form, field, value)
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

fn note_mark(form: &Form, field: FieldIndex, value: &Value, mark: &str) -> Finding {
    let (place, raw) = (form.describe(field), &value.raw);
    let message = Message::new(
        format!("{}“{raw}”旁的“{mark}”视为注释号，按“{raw}”读取。请核对。", place.zh),
        format!(
            "In {}, \"{mark}\" beside \"{raw}\" was taken for a note mark; the cell was read as \"{raw}\". Check it.",
            place.en
        ),
    );
    about(Finding::new(&SUPERSCRIPT_SET_ASIDE, message), form, field, value)
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

    #[test]
    fn a_long_text_is_no_figure() {
        assert!(language().none.iter().all(|word| word.chars().count() <= MOST_IDEOGRAPHS));
        assert!(is_figure("减少1,234件") && is_figure("人民币3693.4743万元整") && is_figure("（不适用）"));
        assert!(!is_figure("2020年受理申请12件") && !is_figure("（一）概述") && !is_figure("十二"));
    }

    #[test]
    fn a_figure_adds_its_number_in_any_spelling() {
        for (text, expected) in [
            ("12", Some(12)),
            ("1,234件", Some(1234)),
            ("-3", Some(-3)),
            ("—", Some(0)),
            ("无", Some(0)),
            ("", None),
            ("3万件", None),
        ] {
            assert_eq!(addend(text), expected.map(Decimal::from), "{text}");
        }
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
