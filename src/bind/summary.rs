//! Merges similar findings of a table's cells into one.

use std::collections::{BTreeMap, HashSet};

use super::figures::Figures;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Form, Table};
use crate::report::{Kind, Report};

/// Maximum number of cells of a table without a certain figure that are reported one by one: a form filled in with words has two hundred.
const CELLS: usize = 5;

/// Texts that a message shows.
const SHOWN: usize = 3;

/// Combines findings about many cells of a table. Figures refer to findings by index, so this is called after the last figure.
pub(super) fn summarise(form: &Form, figures: &mut Figures) {
    unreadable(form, figures);
    kinds(form, figures);
}

/// Replaces the findings about unreadable cells of a table by one, if there are more than [`CELLS`].
fn unreadable(form: &Form, figures: &mut Figures) {
    let (values, findings) = figures.parts();
    let field = |finding: &Finding| match finding.fields.as_slice() {
        [only] if finding.code == code::FIGURE_UNREADABLE.id => form.fields.iter().position(|field| field.id == *only),
        _ => None,
    };
    let mut of: BTreeMap<usize, Vec<FieldIndex>> = BTreeMap::new();
    for field in findings.iter().filter_map(field) {
        of.entry(form.fields[field].table).or_default().push(field);
    }
    of.retain(|_, fields| fields.len() > CELLS);
    findings.retain(|finding| field(finding).is_none_or(|field| !of.contains_key(&form.fields[field].table)));
    for (table, fields) in of {
        let mut texts: Vec<&str> = Vec::new();
        for &field in &fields {
            let raw = values[field].raw.as_str();
            if !texts.contains(&raw) && texts.len() <= SHOWN {
                texts.push(raw);
            }
        }
        let more = texts.len() > SHOWN;
        texts.truncate(SHOWN);
        let (name, count) = (&form.tables[table].name, fields.len());
        let message = Message::new(
            format!(
                "{}有{count}格写的不是一个确定的数（“{}”{}），已留空。请填写数字。",
                name.zh,
                texts.join("”“"),
                if more { "等" } else { "" }
            ),
            format!(
                "{} has {count} cells that hold no certain figure (\"{}\"{}); they were left empty. Write numbers.",
                name.en,
                texts.join("\", \""),
                if more { " …" } else { "" }
            ),
        );
        let mut places = fields.iter().filter_map(|&field| values[field].place.clone());
        let mut finding = Finding::new(&code::FIGURE_UNREADABLE, message).at(places.next());
        finding.related = places.collect();
        findings.push(finding.about(fields.iter().map(|&field| form.fields[field].id.clone())));
    }
}

/// Replaces the findings about figures of a table that were converted from one unit by one finding, if there are more than [`CELLS`]: the
/// unit is stated above the table.
pub(super) fn units(form: &Form, report: &mut Report) {
    let table = |id: &str| {
        let fits =
            |table: &&Table| !table.plain_ids && id.strip_prefix(&table.id).is_some_and(|rest| rest.starts_with('.'));
        let plain = || form.fields.iter().find(|field| field.id == id).map(|field| field.table);
        plain().or_else(|| form.tables.iter().position(|table| fits(&table)))
    };
    let mut of: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (number, finding) in report.findings.iter().enumerate() {
        let [only] = finding.fields.as_slice() else { continue };
        let unit = report.values.get(only).and_then(|value| value.unit.clone());
        if let (true, Some(unit), Some(table)) = (finding.code == code::UNIT_CONVERTED.id, unit, table(only)) {
            of.entry((table, unit)).or_default().push(number);
        }
    }
    of.retain(|_, findings| findings.len() > CELLS);
    let mut merged = Vec::new();
    for ((table, unit), findings) in &of {
        let name = &form.tables[*table].name;
        let count = findings.len();
        let message = Message::new(
            format!("{}有{count}格以{unit}为单位，已折算为格式规定的单位。请核对单位。", name.zh),
            format!(
                "{} has {count} figures in \"{unit}\"; they were converted to the form's unit. Check the unit.",
                name.en
            ),
        );
        let first = &report.findings[findings[0]];
        let mut finding = Finding::new(&code::UNIT_CONVERTED, message).at(first.place.clone());
        finding.related = findings[1..].iter().filter_map(|&number| report.findings[number].place.clone()).collect();
        let ids = findings.iter().flat_map(|&number| report.findings[number].fields.clone());
        merged.push(finding.about(ids));
    }
    let gone: HashSet<usize> = of.into_values().flatten().collect();
    let mut number = 0;
    report.findings.retain(|_| {
        number += 1;
        !gone.contains(&(number - 1))
    });
    report.findings.append(&mut merged);
}

/// Adds one finding per table about blank cells, and one about cells with a slash, a dash or 无.
fn kinds(form: &Form, figures: &mut Figures) {
    let (values, findings) = figures.parts();
    for (table, spec) in form.tables.iter().enumerate() {
        for (kinds, code, zh, en) in [
            (&[Kind::Blank][..], &code::CELLS_BLANK, "未填", "nothing"),
            (
                &[Kind::Dash, Kind::Slash, Kind::None][..],
                &code::CELLS_NOT_NUMBERS,
                "填“/”“—”或“无”",
                "a slash, a dash or \"无\"",
            ),
        ] {
            let of_kind = |&field: &FieldIndex| {
                let spec = &form.fields[field];
                spec.table == table && spec.kind.is_figure() && kinds.contains(&values[field].kind)
            };
            let fields: Vec<FieldIndex> = (0..values.len()).filter(of_kind).collect();
            let Some(&first) = fields.first() else { continue };
            let message = Message::new(
                format!("{}有{}格{zh}，按原样保留，不当作0。没有发生的请填0。", spec.name.zh, fields.len()),
                format!(
                    "{} has {} cells with {en}; they are kept as they are and not taken for 0. Write 0 where nothing happened.",
                    spec.name.en,
                    fields.len()
                ),
            );
            let ids: Vec<String> = fields.iter().map(|&field| form.fields[field].id.clone()).collect();
            findings.push(Finding::new(code, message).at(values[first].place.clone()).about(ids));
        }
    }
}
