//! The figures for data tools: a wide CSV with one row per report, and JSON lines with one object per figure.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

use super::{WriteError, failed, two_labels};
use crate::form::FieldIndex;
use crate::report::Kind;
use crate::rollup::{Figure, Rollup};

/// Byte order mark, by which spreadsheets recognise UTF-8.
pub(super) const MARK: &str = "\u{feff}";

/// Columns before the figures: name, title, type.
const BEFORE: [(&str, &str, &str); 9] = [
    ("code", "代码", "string"),
    ("agency", "单位", "string"),
    ("parent", "上级", "string"),
    ("level", "层级", "string"),
    ("kind", "类型", "string"),
    ("year", "年度", "integer"),
    ("form", "格式", "string"),
    ("counted", "计入合计", "boolean"),
    ("file", "文件", "string"),
];

/// One row per report: agency, whether the row counts, file, and every field under its id, empty if there is no number.
///
/// # Errors
/// If it cannot be written.
pub fn wide_csv(rollup: &Rollup, mut out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
    out.write_all(MARK.as_bytes()).map_err(failed)?;
    let mut writer = csv::Writer::from_writer(&mut out);
    let before = BEFORE.map(|(name, ..)| name);
    let ids = rollup.form.fields.iter().map(|field| field.id.as_str());
    writer.write_record(before.into_iter().chain(ids)).map_err(failed)?;
    let (counted, mut reports) = (rollup.counted(), rollup.reports());
    for (number, entry) in rollup.entries.iter().enumerate() {
        let agency = &rollup.agencies.list()[entry.agency];
        let parent = agency.parent.map(|parent| rollup.agencies.list()[parent].name.clone());
        let mut cells = vec![
            agency.code.clone().unwrap_or_default(),
            agency.name.clone(),
            parent.unwrap_or_default(),
            agency.level.as_deref().unwrap_or_default().to_owned(),
            agency.kind.as_deref().unwrap_or_default().to_owned(),
            rollup.year.to_string(),
            rollup.form.id.clone(),
            counted[number].to_string(),
            entry.file.to_string(),
        ];
        for cell in &mut cells {
            *cell = harmless(cell);
        }
        cells.extend(reports.figures(number).iter().map(shown));
        writer.write_record(&cells).map_err(failed)?;
    }
    writer.flush().map_err(failed)
}

/// The columns of [`wide_csv`] as a Frictionless Table Schema.
///
/// # Errors
/// None in practice: writing to memory does not fail.
pub(crate) fn wide_schema(rollup: &Rollup) -> Result<Vec<u8>, WriteError> {
    let before = BEFORE.iter().map(|&(name, title, kind)| json!({"name": name, "title": title, "type": kind}));
    let figures = rollup.form.fields.iter().enumerate().map(|(field, known)| {
        let (above, own) = two_labels(&rollup.form, field);
        let mut field = json!({"name": known.id, "title": format!("{above} {own}").trim(), "type": "number"});
        if let Some(unit) = &known.unit {
            field["unit"] = json!(unit);
        }
        field
    });
    let schema = json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": before.chain(figures).collect::<Vec<_>>(),
        "missingValues": [""],
        "primaryKey": ["year", "form", "agency"],
    });
    pretty(&schema)
}

/// The members of the lines of [`values`] as a Frictionless Table Schema; the field ids are the enumeration of one of them.
///
/// # Errors
/// As [`wide_schema`].
pub(crate) fn values_schema(rollup: &Rollup) -> Result<Vec<u8>, WriteError> {
    let ids: Vec<&str> = rollup.form.fields.iter().map(|field| field.id.as_str()).collect();
    let labels = rollup.form.fields.iter().enumerate().map(|(index, field)| {
        let unit = field.unit.as_deref().unwrap_or_default();
        json!({"value": field.id, "label": rollup.form.describe(index).zh, "unit": unit})
    });
    let labels: Vec<serde_json::Value> = labels.collect();
    let text = |name: &str, title: &str| json!({"name": name, "title": title, "type": "string"});
    let schema = json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [
            text("agency", "单位"),
            text("code", "代码"),
            {"name": "year", "title": "年度", "type": "integer"},
            text("form", "格式"),
            {"name": "field", "title": "字段编号", "type": "string", "constraints": {"enum": ids}, "categories": labels},
            {"name": "value", "title": "数值", "type": "number"},
            text("kind", "格子里是什么"),
            text("raw", "原文"),
            {"name": "counted", "title": "计入合计", "type": "boolean"},
            {"name": "source", "title": "出处", "type": "object"},
        ],
        "primaryKey": ["year", "form", "agency", "field"],
    });
    pretty(&schema)
}

pub(super) fn pretty(schema: &serde_json::Value) -> Result<Vec<u8>, WriteError> {
    let mut bytes = serde_json::to_vec_pretty(schema).map_err(failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A number or an empty text: a word would turn a whole column into text. The lines of [`values`] have the text as written.
fn shown(figure: &Figure) -> String {
    figure.number.map(|number| number.normalize().to_string()).unwrap_or_default()
}

/// Text that no spreadsheet interprets as a formula.
pub(super) fn harmless(text: &str) -> String {
    let formula = text.len() > 1 && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[derive(Serialize)]
struct ValueLine<'a> {
    agency: &'a str,
    code: Option<&'a str>,
    year: i16,
    form: &'a str,
    field: &'a str,
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    value: Option<rust_decimal::Decimal>,
    kind: Kind,
    raw: &'a str,
    counted: bool,
    source: From<'a>,
}

#[derive(Serialize)]
struct From<'a> {
    file: &'a str,
    place: &'a str,
}

/// One object per figure, in the order of the tree and of the form.
///
/// # Errors
/// If it cannot be written.
pub fn values(rollup: &Rollup, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
    let (all_counted, mut reports) = (rollup.counted(), rollup.reports());
    let mut lines = Vec::new();
    for (number, entry) in rollup.entries.iter().enumerate() {
        let counted = all_counted[number];
        let agency = &rollup.agencies.list()[entry.agency];
        for (field, figure) in reports.figures(number).iter().enumerate() {
            let known = &rollup.form.fields[field];
            // A row that is data and that other reports have.
            if figure.kind == Kind::Absent && rollup.form.block(known).open.is_some() {
                continue;
            }
            let line = ValueLine {
                agency: &agency.name,
                code: agency.code.as_deref(),
                year: rollup.year,
                form: &rollup.form.id,
                field: id(rollup, field),
                value: figure.number.map(|number| number.normalize()),
                kind: figure.kind,
                raw: &figure.raw,
                counted: counted
                    && (rollup.adds_up(field) || !known.kind.is_figure())
                    && rollup.form.tables[known.table].additive,
                source: From { file: &entry.file, place: &figure.place },
            };
            serde_json::to_writer(&mut lines, &line).map_err(failed)?;
            lines.push(b'\n');
        }
        out.write_all(&lines).map_err(failed)?;
        lines.clear();
    }
    Ok(())
}

fn id<'a>(rollup: &'a Rollup, field: FieldIndex) -> &'a str {
    &rollup.form.fields[field].id
}
