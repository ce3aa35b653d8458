//! Messages about failed rules and wrong cells, in the words of the form.

use rust_decimal::Decimal;

use super::Figures;
use super::typo::{self, Change};
use crate::finding::Message;
use crate::form::{FieldIndex, Form, Rule, RuleInstance, row_words};

/// Maximum number of cells named in a sentence; of more, the number is given.
const NAMED: usize = 6;

/// The message for a breach, without final punctuation.
pub(super) fn broken(
    rule: &Rule,
    instance: &RuleInstance,
    figures: &Figures,
    (left, right): (Decimal, Decimal),
) -> Message {
    let difference = left - right;
    let apart = plain(difference.abs());
    let more = if difference.is_sign_negative() {
        Message::new(format!("少{apart}"), format!("{apart} less"))
    } else {
        Message::new(format!("多{apart}"), format!("{apart} more"))
    };
    let key = instance.left.terms.first().and_then(|term| figures.value(term.operand.field));
    let row = row_words(key.and_then(|value| value.place.as_ref()));
    let Some(sentence) = &rule.broken else {
        let (left, right) = (plain(left), plain(right));
        let (zh, en) = match instance.scope.as_str() {
            "" => Default::default(),
            scope => (format!("“{scope}”"), format!("\"{scope}\": ")),
        };
        return Message::new(
            format!("{zh}应符合“{}”，实为{left}与{right}，两数相差{apart}", rule.text.zh),
            format!("{en}{left} and {right} are {apart} apart; the rule is \"{}\"", rule.text.en),
        );
    };
    let fill = |text: &str, row: &str, more: &str| {
        let mut text = text.replace("{scope}", &instance.scope).replace("{row}", row).replace("{more}", more);
        text = text.replace("{left}", &plain(left)).replace("{right}", &plain(right)).replace("{apart}", &apart);
        for (number, operand) in instance.operands().enumerate() {
            let figure = figures.number(operand).map(plain).unwrap_or_default();
            text = text.replace(&format!("{{{}}}", number + 1), &figure);
        }
        text
    };
    Message::new(fill(&sentence.zh, &row.zh, &more.zh), fill(&sentence.en, &row.en, &more.en))
}

/// A figure with its unit.
pub(super) fn counted(form: &Form, field: FieldIndex, figure: Decimal) -> String {
    let unit = form.fields[field].unit.as_deref().unwrap_or_default();
    format!("{}{unit}", plain(figure))
}

/// A figure without trailing zeros.
pub(super) fn plain(figure: Decimal) -> String {
    figure.normalize().to_string()
}

/// The location of a field in words.
pub(super) fn stands(form: &Form, figures: &Figures, field: FieldIndex) -> Message {
    form.locate(field, figures.value(field).and_then(|value| value.place.as_ref()))
}

/// The text about one cell: its value and the expected one.
pub(super) fn change(form: &Form, figures: &Figures, change: &Change) -> Message {
    let place = stands(form, figures, change.field);
    let (zh, en) = typo::words(change.from, change.to);
    let [from, to] = [change.from, change.to].map(|figure| counted(form, change.field, figure));
    Message::new(
        format!("{}填{from}，推算应为{to}{zh}", place.zh),
        format!("{} is {}, {} would agree{en}", place.en, plain(change.from), plain(change.to)),
    )
}

/// Several changes, numbered.
pub(super) fn changes(form: &Form, figures: &Figures, all: &[Change]) -> Message {
    let said: Vec<Message> = all.iter().map(|one| change(form, figures, one)).collect();
    let zh = said.iter().enumerate().map(|(number, one)| format!("{}{}", circled(number), one.zh));
    let en = said.iter().enumerate().map(|(number, one)| format!("({}) {}", number + 1, one.en));
    Message::new(zh.collect::<Vec<_>>().join("；"), en.collect::<Vec<_>>().join("; "))
}

/// A circled number: ① and so on; beyond those a plain number.
fn circled(number: usize) -> String {
    let sign =
        u32::try_from(number).ok().filter(|number| *number < 20).and_then(|number| char::from_u32(0x2460 + number));
    sign.map_or_else(|| format!("（{}）", number + 1), String::from)
}

/// Candidate cells: any one of them may be wrong.
pub(super) fn any_of(form: &Form, fields: &[FieldIndex]) -> Message {
    let shown: Vec<Message> = fields.iter().take(NAMED).map(|&field| form.describe(field)).collect();
    let zh: Vec<&str> = shown.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = shown.iter().map(|one| one.en.as_str()).collect();
    let (more_zh, more_en) = match fields.len().saturating_sub(NAMED) {
        0 => Default::default(),
        more => (format!("等{}格", fields.len()), format!(" and {more} more")),
    };
    Message::new(format!("{}{more_zh}", zh.join("、")), format!("{}{more_en}", en.join("; ")))
}
