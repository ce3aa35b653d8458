//! Findings about text that a page does not show: one for each cell with a figure, named as in the form, and one for all others of a kind.

use std::collections::BTreeMap;

use crate::document::{Aside, AsideKind, Place};
use crate::finding::code::read as code;
use crate::finding::{Code, Finding, Message};
use crate::form::Form;
use crate::report::Value;

/// Maximum number of findings about single cells; further ones are combined by kind.
const MOST_SINGLE: usize = 30;

/// Findings about the text that was set aside; `values` are those of the form's fields, in order.
pub(super) fn findings(form: &Form, asides: &[Aside], values: &[Value]) -> Vec<Finding> {
    if asides.is_empty() {
        return Vec::new();
    }
    let cell = |place: &Place| (place.part.clone(), place.table, place.row, place.column);
    let of_figures = |kind: AsideKind| matches!(kind, AsideKind::Struck | AsideKind::Hidden | AsideKind::Unseen);
    let mut fields = BTreeMap::new();
    for (field, place) in values.iter().enumerate().filter_map(|(field, value)| Some((field, value.place.as_ref()?))) {
        if place.column.is_some() {
            fields.entry(cell(place)).or_insert(field);
        }
    }
    let mut findings = Vec::new();
    let mut others: BTreeMap<AsideKind, Vec<&Aside>> = BTreeMap::new();
    for aside in asides {
        let field = fields.get(&cell(&aside.place)).copied().filter(|_| of_figures(aside.kind));
        match field.filter(|_| findings.len() < MOST_SINGLE) {
            Some(field) => findings.push(single(form, field, &values[field], aside)),
            None => others.entry(aside.kind).or_default().push(aside),
        }
    }
    findings.extend(others.into_iter().map(|(kind, asides)| together(kind, &asides)));
    findings
}

fn code(kind: AsideKind) -> &'static Code {
    match kind {
        AsideKind::Struck => &code::STRUCK_OUT_SET_ASIDE,
        AsideKind::Row | AsideKind::Column => &code::HIDDEN_ROW_SET_ASIDE,
        AsideKind::Reading => &code::READING_SET_ASIDE,
        _ => &code::UNSEEN_SET_ASIDE,
    }
}

/// The reason why a text was left out, in Chinese and English.
fn named(kind: AsideKind) -> (&'static str, &'static str) {
    match kind {
        AsideKind::Struck => ("有删除线", "is struck out"),
        AsideKind::Hidden => ("设为隐藏", "is hidden"),
        AsideKind::Row => ("在隐藏的行中", "stands in a hidden row"),
        AsideKind::Column => ("在隐藏的列中", "stands in a hidden column"),
        AsideKind::Reading => ("是注音", "is a reading (ruby)"),
        _ => (
            "看不见（与底色相同、字号过小或在页面之外）",
            "cannot be seen (too pale, too small or outside of the page)",
        ),
    }
}

/// The finding about the cell of a figure.
fn single(form: &Form, field: usize, value: &Value, aside: &Aside) -> Finding {
    let place = form.describe(field);
    let (zh, en) = named(aside.kind);
    let (text, raw, remedy) = (&aside.text, &value.raw, code(aside.kind).remedy);
    let (as_zh, as_en) = if raw.is_empty() {
        ("按未填处理".to_owned(), "the cell was read as blank".to_owned())
    } else {
        (format!("按“{raw}”读取"), format!("the cell was read as \"{raw}\""))
    };
    let message = Message::new(
        format!("{}中的“{text}”{zh}，{as_zh}。{}", place.zh, remedy.0),
        format!("In {}, \"{text}\" {en}; {as_en}. {}", place.en, remedy.1),
    );
    Finding::new(code(aside.kind), message).at(Some(aside.place.clone())).about([form.fields[field].id.clone()])
}

/// The finding about all other texts of a kind.
fn together(kind: AsideKind, asides: &[&Aside]) -> Finding {
    let ((zh, en), remedy) = (named(kind), code(kind).remedy);
    let count = asides.len();
    let text = asides.first().map_or("", |aside| &aside.text);
    let message = Message::new(
        format!("有{count}处文字{zh}（如“{text}”），未读取。{}", remedy.0),
        format!("{count} text(s), such as \"{text}\", were not read: it {en}. {}", remedy.1),
    );
    let mut finding = Finding::new(code(kind), message).at(asides.first().map(|aside| aside.place.clone()));
    finding.related = asides.iter().skip(1).take(MOST_SINGLE).map(|aside| aside.place.clone()).collect();
    finding
}
