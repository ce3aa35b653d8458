//! Many reports as one table: columns for pandas, polars, pyarrow and DuckDB.

use std::collections::HashMap;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rust_decimal::prelude::ToPrimitive;

use nianbao::report as model;

use crate::finding::severity;
use crate::read::FileResult;
use crate::report::Report;
use crate::value::kind;

/// A report, or a file with any number of them.
#[derive(FromPyObject)]
pub(crate) enum Source<'py> {
    Report(Bound<'py, Report>),
    File(Bound<'py, FileResult>),
}

/// Every report of the sources, in their order.
fn reports(py: Python<'_>, sources: Vec<Source<'_>>) -> Vec<Py<Report>> {
    let mut all = Vec::new();
    for source in sources {
        match source {
            Source::Report(report) => all.push(report.unbind()),
            Source::File(file) => all.extend(file.get().reports(py)),
        }
    }
    all
}

/// What identifies a report in each of its rows.
#[derive(Default)]
struct Head {
    path: Vec<Option<String>>,
    report: Vec<usize>,
    form: Vec<String>,
    agency: Vec<Option<String>>,
    year: Vec<Option<i16>>,
}

impl Head {
    fn push(&mut self, report: &model::Report) {
        self.path.push(report.source.as_ref().map(|source| source.file.clone()));
        self.report.push(report.source.as_ref().map_or(0, |source| source.report));
        self.form.push(report.form.clone());
        self.agency.push(report.agency.clone());
        self.year.push(report.year);
    }

    fn put(self, columns: &Bound<'_, PyDict>) -> PyResult<()> {
        columns.set_item("path", self.path)?;
        columns.set_item("report", self.report)?;
        columns.set_item("form", self.form)?;
        columns.set_item("agency", self.agency)?;
        columns.set_item("year", self.year)
    }
}

/// A number as a float for numeric columns, or exact as a ``Decimal``.
fn number<'py>(py: Python<'py>, value: &model::Value, exact: bool) -> PyResult<Bound<'py, PyAny>> {
    match value.value {
        None => Ok(py.None().into_bound(py)),
        Some(number) if exact => number.into_bound_py_any(py),
        Some(number) => number.to_f64().into_bound_py_any(py),
    }
}

/// Reports as columns, a dictionary of lists. ``long`` has a row a figure (``field``, ``value``, ``raw``, ``kind``, ``unit``,
/// ``place``), ``wide`` a row a report with a column a field. Numbers are floats, or with ``exact`` decimals; what is no number is
/// ``None``, and ``raw`` has what was written.
///
/// >>> files = nianbao.read_many(["samples/county/2024"])
/// >>> table = nianbao.columns(files)
/// >>> list(table)
/// ['path', 'report', 'form', 'agency', 'year', 'field', 'value', 'raw', 'kind', 'unit', 'place']
/// >>> len(table["value"])
/// 1400
/// >>> wide = nianbao.columns(files, shape="wide")
/// >>> wide["requests.received.total"]
/// [2.0, 9.0, 5.0, 34.0, 12.0, 47.0, 83.0]
#[pyfunction]
#[pyo3(signature = (sources, *, shape="long", exact=false))]
pub(crate) fn columns<'py>(
    py: Python<'py>,
    sources: Vec<Source<'py>>,
    shape: &str,
    exact: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let reports = reports(py, sources);
    match shape {
        "long" => long(py, &reports, exact),
        "wide" => wide(py, &reports, exact),
        other => Err(pyo3::exceptions::PyValueError::new_err(format!("shape is long or wide, not {other}"))),
    }
}

fn long<'py>(py: Python<'py>, reports: &[Py<Report>], exact: bool) -> PyResult<Bound<'py, PyDict>> {
    let (columns, mut head) = (PyDict::new(py), Head::default());
    let (mut field, mut raw, mut kinds, mut unit, mut place) = (vec![], vec![], vec![], vec![], vec![]);
    let values = PyList::empty(py);
    for report in reports {
        report.get().with(|report| {
            for (id, value) in &report.values {
                head.push(report);
                field.push(id.clone());
                values.append(number(py, value, exact)?)?;
                raw.push(value.raw.clone());
                kinds.push(kind(value.kind));
                unit.push(value.unit.clone());
                place.push(value.place.as_ref().map(ToString::to_string));
            }
            Ok::<(), PyErr>(())
        })?;
    }
    head.put(&columns)?;
    columns.set_item("field", field)?;
    columns.set_item("value", values)?;
    columns.set_item("raw", raw)?;
    columns.set_item("kind", kinds)?;
    columns.set_item("unit", unit)?;
    columns.set_item("place", place)?;
    Ok(columns)
}

fn wide<'py>(py: Python<'py>, reports: &[Py<Report>], exact: bool) -> PyResult<Bound<'py, PyDict>> {
    let (columns, mut head) = (PyDict::new(py), Head::default());
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut fields: Vec<(String, Bound<'py, PyList>)> = Vec::new();
    for (row, report) in reports.iter().enumerate() {
        report.get().with(|report| {
            head.push(report);
            for (id, value) in &report.values {
                let known = numbers.get(id).copied();
                let index = known.unwrap_or(fields.len());
                if known.is_none() {
                    numbers.insert(id.clone(), index);
                    fields.push((id.clone(), PyList::empty(py)));
                }
                let list = &fields[index].1;
                // Reports before this one do not have the field.
                while list.len() < row {
                    list.append(py.None())?;
                }
                list.append(number(py, value, exact)?)?;
            }
            Ok::<(), PyErr>(())
        })?;
    }
    head.put(&columns)?;
    for (id, list) in fields {
        while list.len() < reports.len() {
            list.append(py.None())?;
        }
        columns.set_item(id, list)?;
    }
    Ok(columns)
}

/// The findings of reports as columns: a row a finding.
///
/// >>> table = nianbao.findings_columns([nianbao.read("tests/damaged/transposed.docx")])
/// >>> table["code"], table["severity"], table["fields"]
/// (['cell-wrong'], ['error'], ['requests.received.total'])
#[pyfunction]
pub(crate) fn findings_columns<'py>(py: Python<'py>, sources: Vec<Source<'py>>) -> PyResult<Bound<'py, PyDict>> {
    let (columns, mut head) = (PyDict::new(py), Head::default());
    let (mut code, mut severities, mut rule, mut fields, mut place) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut message, mut message_en) = (vec![], vec![]);
    for report in reports(py, sources) {
        report.get().with(|report| {
            for finding in &report.findings {
                head.push(report);
                code.push(finding.code.clone());
                severities.push(severity(finding.severity));
                rule.push(finding.rule.clone());
                fields.push(finding.fields.join(" "));
                place.push(finding.place.as_ref().map(ToString::to_string));
                message.push(finding.message.zh.clone());
                message_en.push(finding.message.en.clone());
            }
        });
    }
    head.put(&columns)?;
    columns.set_item("code", code)?;
    columns.set_item("severity", severities)?;
    columns.set_item("rule", rule)?;
    columns.set_item("fields", fields)?;
    columns.set_item("place", place)?;
    columns.set_item("message", message)?;
    columns.set_item("message_en", message_en)?;
    Ok(columns)
}
