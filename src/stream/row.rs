//! The output row of a line: a flat record for tables.

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::batch::Status;
use crate::finding::Finding;
use crate::form::Form;
use crate::report::{Kind, Report, Value};

/// Version of the row, now 1. Incremented when a field is removed or changes its meaning.
pub const ROW_VERSION: u32 = 1;

/// The result of one line of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Version of the row, now 1.
    pub version: u32,
    /// Version of the program.
    pub program: String,
    /// The path as in the line.
    pub path: String,
    /// SHA-256 of the file's bytes, in hexadecimal; null if they could not be read.
    pub sha256: Option<String>,
    /// Outcome.
    pub status: Status,
    /// Id of the form.
    pub form: Option<String>,
    /// The agency's name as written in the report.
    pub agency: Option<String>,
    /// The agency's name in the agencies file, if one was given and lists it.
    pub listed: Option<String>,
    /// The report year.
    pub year: Option<i16>,
    /// Day of publication.
    #[schemars(with = "Option<String>")]
    pub published: Option<Date>,
    /// The written files, relative to the output folder.
    pub outputs: Vec<String>,
    /// All fields of the form by id, in the form's order; empty if there is no report.
    pub values: IndexMap<String, Figure>,
    /// Findings about the file.
    pub findings: Vec<Finding>,
    /// The rows of the other reports of the file, if it has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Row>,
}

/// A figure of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The exact number, if the text is one.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schemars(with = "Option<serde_json::Number>")]
    pub value: Option<Decimal>,
    /// Kind of the text.
    pub kind: Kind,
    /// The text as written, unless it is just the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The unit written with the figure, if it differs from the form's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Its place in the file, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Whether the figure is additive over agencies; left out if it is.
    #[serde(default = "default_true", skip_serializing_if = "Clone::clone")]
    pub adds: bool,
}

fn default_true() -> bool {
    true
}

impl Row {
    /// The row of a line without a report.
    pub(super) fn failed(path: String, finding: Finding) -> Self {
        Self {
            version: ROW_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            path,
            sha256: None,
            status: Status::Failed,
            form: None,
            agency: None,
            listed: None,
            year: None,
            published: None,
            outputs: Vec::new(),
            values: IndexMap::new(),
            findings: vec![finding],
            more: Vec::new(),
        }
    }

    /// The row of a report, without outputs.
    pub(super) fn from_report(path: String, form: Option<&Form>, report: Report) -> Self {
        let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
        let values = report.values.iter().enumerate().map(|(number, (id, value))| {
            // Values are usually in the form's order, so no search is needed.
            let known = fields.get(number).filter(|field| field.id == *id);
            let field = known.or_else(|| fields.iter().find(|field| field.id == *id));
            let additive = form.zip(field).is_some_and(|(form, field)| form.tables[field.table].additive);
            // A number in a unit that the form does not convert cannot be added to others.
            let converts = value.unit.is_none() || field.is_some_and(|field| field.unit.is_some());
            (id.clone(), Figure::new(value, additive && converts))
        });
        let values = values.collect();
        Self {
            version: ROW_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            path,
            sha256: report.source.map(|source| source.sha256),
            status: Status::Ok,
            form: Some(report.form),
            agency: report.agency,
            listed: None,
            year: report.year,
            published: report.published,
            outputs: Vec::new(),
            values,
            findings: report.findings,
            more: Vec::new(),
        }
    }
}

impl Figure {
    fn new(value: &Value, adds: bool) -> Self {
        let raw = match value.value {
            Some(number) if number.to_string() == value.raw => None,
            _ if value.raw.is_empty() => None,
            _ => Some(value.raw.clone()),
        };
        let place = value.place.as_ref().map(ToString::to_string);
        Self { value: value.value, kind: value.kind, raw, unit: value.unit.clone(), place, adds }
    }
}
