//! Random values of a form's text fields.

use super::Random;
use crate::form::{Field, FieldKind, Form};
use crate::report::{Kind, Report, Value};

/// Makes the choices that conditional fields require.
pub(super) fn make_conditions_hold(form: &Form, report: &mut Report) {
    for condition in &form.conditions {
        let when = &form.fields[condition.when];
        let Some(choice) = &when.choice else { continue };
        let raw = choice.written(&[condition.word.as_str()]);
        let text = Some(condition.word.clone());
        report.values.insert(when.id.clone(), Value { raw, text, kind: Kind::Choice, ..Value::default() });
    }
}

/// A random value of a text field.
pub(super) fn words(form: &Form, field: &Field, random: &mut Random) -> Value {
    let block = form.block(field);
    let row = &block.leaf_rows[field.row];
    let open = block.open.as_ref();
    let (raw, text, kind) = match field.kind {
        _ if open.is_some_and(|open| open.total.is_some() && row.id == open.total_id) => {
            let total = row.path.last().map(|label| label.text.clone()).unwrap_or_default();
            // The row's name is in the first text column, or else in the column of keys.
            let first = block.leaf_columns.iter().position(|leaf| leaf.kind == Some(FieldKind::Text));
            if first.or(open.and_then(|open| open.each)) != Some(field.column) {
                return Value { kind: Kind::Blank, ..Value::default() };
            }
            (total.clone(), total, if field.kind == FieldKind::Code { Kind::Code } else { Kind::Text })
        }
        _ if open.is_some_and(|open| open.each == Some(field.column)) => {
            let name = row.id.strip_prefix('[').and_then(|id| id.strip_suffix(']'));
            let written = name.map_or_else(|| row.id.replace('.', ""), str::to_owned);
            let kind = if field.kind == FieldKind::Code { Kind::Code } else { Kind::Text };
            (written.clone(), written, kind)
        }
        FieldKind::Choice => {
            let Some(choice) = &field.choice else { return Value::default() };
            let of: Vec<&str> = choice.of.iter().map(String::as_str).collect();
            let first = random.pick(&of).copied().unwrap_or_default();
            let second = random.pick(&of).copied().filter(|second| choice.several && *second != first);
            let chosen: Vec<&str> = of.iter().copied().filter(|word| *word == first || Some(*word) == second).collect();
            (choice.written(&chosen), chosen.join("、"), Kind::Choice)
        }
        FieldKind::Date => {
            let (year, month, day) = (2015 + random.below(10), 1 + random.below(12), 1 + random.below(28));
            (format!("{year}年{month}月{day}日"), format!("{year}-{month:02}-{day:02}"), Kind::Date)
        }
        FieldKind::Code => {
            let code = format!("0{}", 1_000 + random.below(9_000));
            (code.clone(), code, Kind::Code)
        }
        _ => {
            let words = ["甲项工作", "乙项任务，已完成", "丙", "见附件说明"];
            let text = format!("{}{}", random.pick(&words).copied().unwrap_or_default(), random.below(100));
            (text.clone(), text, Kind::Text)
        }
    };
    Value { raw, text: Some(text), kind, ..Value::default() }
}
