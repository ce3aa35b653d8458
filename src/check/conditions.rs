//! Conditional fields, which may be filled in only if a word of a choice is chosen.

use super::Figures;
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::Form;
use crate::report::Kind;

/// Findings for fields that are filled in although the choice excludes them. A 0 counts as empty.
pub(super) fn check(form: &Form, figures: &Figures, findings: &mut Vec<Finding>) {
    for condition in &form.conditions {
        let Some(chosen) = figures.value(condition.when).and_then(|value| value.text.as_deref()) else { continue };
        if chosen.split('、').any(|word| word == condition.word) {
            continue;
        }
        let Some(value) = figures.value(condition.field) else { continue };
        let filled = match value.kind {
            Kind::Number => value.value.is_some_and(|number| !number.is_zero()),
            Kind::Text | Kind::Choice | Kind::Date | Kind::Code => true,
            _ => false,
        };
        if filled {
            let (place, when) = (form.describe(condition.field), form.describe(condition.when));
            let message = Message::new(
                format!("{}选的是“{chosen}”，{}却填写了“{}”。请核对。", when.zh, place.zh, value.raw),
                format!("{} says \"{chosen}\", and {} reads \"{}\". Check it.", when.en, place.en, value.raw),
            );
            let id = form.fields[condition.field].id.clone();
            findings.push(Finding::new(&code::FIELD_NOT_WANTED, message).at(value.place.clone()).about([id]));
        }
    }
}
