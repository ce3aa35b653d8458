//! The forms that reports are read by, and the codes of findings.

use std::path::PathBuf;

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use nianbao::finding::codes;
use nianbao::form::{FieldKind, Form as Known};

use crate::engine::Engine;
use crate::finding::severity;

/// A form.
///
/// >>> [form.id for form in nianbao.forms()][:2]
/// ['gkbg-2019', 'gkbg-2021']
/// >>> field = nianbao.forms()[1].fields[0]
/// >>> field.id, field.label, field.kind, field.unit
/// ('disclosure.regulations.issued', '表二“规章”，“本年制发件数”栏', 'count', '件')
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Id such as ``gkbg-2021``.
    id: String,
    /// Name in Chinese.
    name: String,
    /// First and last year for which it is prescribed.
    years: Option<(i16, i16)>,
    /// Its fields, in order.
    fields: Vec<Field>,
}

/// A field of a form.
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Id: table, row and column.
    id: String,
    /// Where it stands, in the form's own words.
    label: String,
    /// The same with the names of tables in English.
    label_en: String,
    /// Id of its table.
    table: String,
    /// ``count``, ``signed`` or ``amount``.
    kind: String,
    /// The unit.
    unit: Option<String>,
    /// Whether figures of agencies may be added up.
    adds: bool,
}

impl Form {
    fn of(form: &Known) -> Self {
        let field = |(index, field): (usize, &nianbao::form::Field)| {
            let (label, table) = (form.describe(index), &form.tables[field.table]);
            Field {
                id: field.id.clone(),
                label: label.zh,
                label_en: label.en,
                table: table.id.clone(),
                kind: kind(field.kind),
                unit: field.unit.clone(),
                adds: table.additive,
            }
        };
        Self {
            id: form.id.clone(),
            name: form.name.zh.clone(),
            years: form.years,
            fields: form.fields.iter().enumerate().map(field).collect(),
        }
    }
}

/// The kind as the mapping language writes it.
fn kind(kind: FieldKind) -> String {
    format!("{kind:?}").to_lowercase()
}

#[pymethods]
impl Form {
    fn __repr__(&self) -> String {
        format!("<Form {} {}: {} fields>", self.id, self.name, self.fields.len())
    }
}

#[pymethods]
impl Field {
    fn __repr__(&self) -> String {
        format!("<Field {} {}>", self.id, self.label)
    }
}

/// The forms built in and those of a mapping file or a folder of them.
#[pyfunction]
#[pyo3(signature = (*, mappings=None))]
pub(crate) fn forms(py: Python<'_>, mappings: Option<PathBuf>) -> PyResult<Vec<Form>> {
    let engine = py.detach(|| Engine::get(mappings.as_deref(), None)).map_err(|failure| failure.raise(py))?;
    Ok(engine.forms.iter().map(|form| Form::of(form)).collect())
}

/// What the code of a finding means and what to do about it, in both languages.
///
/// >>> nianbao.explain("figure-unreadable")["remedy_en"]
/// 'Write one number.'
#[pyfunction]
pub(crate) fn explain<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyDict>> {
    let known = codes().find(|known| known.id == code).ok_or_else(|| PyKeyError::new_err(code.to_owned()))?;
    let page = PyDict::new(py);
    page.set_item("code", known.id)?;
    page.set_item("severity", severity(known.severity))?;
    for (name, (zh, en)) in [("title", known.title), ("why", known.why), ("remedy", known.remedy)] {
        page.set_item(name, zh)?;
        page.set_item(format!("{name}_en"), en)?;
    }
    Ok(page)
}
