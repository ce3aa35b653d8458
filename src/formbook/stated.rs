//! Compares the column 计入 with the rules of the workbook: a sum that a rule already states is ignored, a contradicting one is a mistake,
//! a new one becomes a rule.

use toml::Value;

use super::cells::Text;
use super::error::{BookCause, BookMistake, BookPlace};
use super::fields::Fields;
use super::sums::{Stated, rules, sum};
use crate::form::{FieldIndex, Form, Relation};

/// Adds the rules that only the column 计入 states.
///
/// # Errors
/// Totals that are not fields, and sums that contradict a rule.
pub(super) fn add(form: &Form, fields: &Fields, text: &mut Text) -> Result<(), Vec<BookMistake>> {
    let mut wrong = Vec::new();
    let mut stated = Stated::new();
    let mut places: Vec<(FieldIndex, BookPlace)> = Vec::new();
    for into in &fields.sums {
        let table = form.tables.iter().find(|table| table.id == into.table);
        let prefix = table.map_or("", |table| table.prefix());
        let parts = [prefix, into.id.as_str()].into_iter().filter(|part| !part.is_empty());
        let id = parts.collect::<Vec<_>>().join(".");
        let Some(part) = form.field_index(&id) else { continue };
        for total in &into.totals {
            let known = form.field_index(total).or_else(|| form.field_index(&format!("{prefix}.{total}")));
            let Some(known) = known.filter(|known| *known != part) else {
                wrong.push(into.at.mistake(BookCause::NoField(total.clone())));
                continue;
            };
            stated.entry(known).or_default().push(part);
            places.push((known, into.at));
        }
    }
    let known: Vec<(FieldIndex, Vec<FieldIndex>)> = sums_of(form);
    stated.retain(|total, parts| {
        let mut same = known.iter().filter(|(known, _)| known == total).peekable();
        if same.peek().is_none() {
            return true;
        }
        // A total may have several sums: all parts that name it must be in one of them.
        let all: Vec<FieldIndex> = same.flat_map(|(_, parts)| parts.iter().copied()).collect();
        let agrees = parts.iter().all(|part| all.contains(part)) && all.iter().all(|part| parts.contains(part));
        if !agrees {
            let at = places.iter().find(|(place, _)| place == total).map_or(BookPlace::default(), |(_, at)| *at);
            wrong.push(at.mistake(BookCause::OtherSum { total: form.fields[*total].id.clone() }));
        }
        false
    });
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let taken = |id: &str| form.rules.iter().any(|rule| rule.id == id);
    let mut names = (1..).map(|number| format!("S-{number}")).filter(|id| !taken(id));
    for made in rules(form, &stated) {
        let id = names.next().unwrap_or_default();
        let quoted = |text: &str| Value::String(text.to_owned()).to_string();
        let mut rule = format!("\n[[rule]]\nid = {}\n", quoted(&id));
        if let (Some(table), Some(each)) = (&made.table, made.each) {
            rule.push_str(&format!("table = {}\neach = {}\n", quoted(table), quoted(each)));
        }
        rule.push_str(&format!("expression = {}\n", quoted(&made.expression)));
        rule.push_str(&format!("text = {{ zh = {}, en = {} }}\n", quoted(&made.zh), quoted(&made.en)));
        let at = places.first().map_or(BookPlace::default(), |(_, at)| *at);
        text.add(&rule, BookPlace { row: 0, ..at });
    }
    Ok(())
}

fn sums_of(form: &Form) -> Vec<(FieldIndex, Vec<FieldIndex>)> {
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    instances.filter(|instance| instance.relation == Relation::Equal).filter_map(sum).collect()
}
