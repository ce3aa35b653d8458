//! A report: its values, text and findings, changed only through corrections.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use rust_decimal::Decimal;
use serde::Serialize;

use nianbao::check::Context;
use nianbao::corrections::{Correction, Corrections, Stated};
use nianbao::document::Format;
use nianbao::finding::code::corrections::CORRECTION_NOT_APPLIED;
use nianbao::finding::{Bilingual, Finding as Found, Message};
use nianbao::report::{self as model, Content, Source};
use nianbao::write::{WRITERS, Writer};

use crate::engine::Engine;
use crate::error::{Failure, input_error};
use crate::finding::Finding;
use crate::pdf;
use crate::place::Place;
use crate::value::Value;

/// One agency's report of one year, read and checked.
///
/// >>> report = nianbao.read("samples/word-97.doc")
/// >>> report.agency, report.year, report.form, len(report)
/// ('石岭市人民政府', 2022, 'gkbg-2021', 200)
/// >>> report["disclosure.normative_documents.issued"].value
/// Decimal('4')
/// >>> [section.heading for section in report.sections][2:4]
/// ['二、主动公开政府信息情况', '三、收到和处理政府信息公开申请情况']
/// >>> report.findings
/// []
#[pyclass(frozen, mapping, module = "nianbao")]
pub(crate) struct Report {
    inner: RwLock<Inner>,
    engine: &'static Engine,
}

struct Inner {
    report: model::Report,
    corrections: Vec<Correction>,
}

/// What any serializable thing is as a Python dictionary.
pub(crate) fn json_object<'py>(py: Python<'py>, thing: &impl Serialize) -> PyResult<Bound<'py, PyDict>> {
    let text = serde_json::to_string(thing).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(py.import("json")?.call_method1("loads", (text,))?.cast_into::<PyDict>()?)
}

impl Report {
    pub(crate) fn new(report: model::Report, engine: &'static Engine) -> Self {
        Self { inner: RwLock::new(Inner { report, corrections: Vec::new() }), engine }
    }

    fn pdf(&self, fonts: Option<&Path>) -> Result<Vec<u8>, Failure> {
        let writer = pdf::writer(fonts)?;
        let written = self.with(|report| {
            let form = self.engine.forms.get(&report.form).ok_or_else(|| unknown_form(&report.form))?;
            writer.write(form, report).map_err(|error| Failure(error.message()))
        })?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        for finding in written.findings {
            if !inner.report.findings.contains(&finding) {
                inner.report.findings.push(finding);
            }
        }
        Ok(written.bytes)
    }

    fn inner(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the report as the library has it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&model::Report) -> T) -> T {
        look(&self.inner().report)
    }

    pub(crate) fn engine(&self) -> &'static Engine {
        self.engine
    }

    /// Applies one correction and checks again; the findings of a correction that does not apply are returned as an error.
    fn apply(&self, line: Correction) -> Result<Vec<Found>, Failure> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let form = self.engine.forms.get(&inner.report.form);
        let form = form.ok_or_else(|| unknown_form(&inner.report.form))?;
        let json = serde_json::to_string(&line).map_err(|error| failed(&error))?;
        let corrections = Corrections::read(&json)?;
        let mut report = inner.report.clone();
        let own = report.source.clone();
        report.source = Some(Source { sha256: line.sha256.clone(), ..own.clone().unwrap_or_else(nowhere) });
        corrections.apply(form, &mut report, line.report);
        report.source = own;
        if let Some(refused) = report.findings.iter().find(|finding| finding.code == CORRECTION_NOT_APPLIED.id) {
            return Err(Failure(refused.message.clone()));
        }
        self.engine.pipeline.recheck(&mut report, &Context::default());
        inner.corrections.push(line);
        inner.report = report;
        Ok(inner.report.findings.clone())
    }
}

/// Where a report comes from that was not read.
fn nowhere() -> Source {
    Source { file: String::new(), format: Format::Text, sha256: String::new(), report: 0 }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure(Message::new("未能处理。", error.to_string()))
}

fn unknown_form(id: &str) -> Failure {
    Failure(Message::new(format!("没有“{id}”这个格式。"), format!("no form {id}")))
}

#[pymethods]
impl Report {
    /// The agency's full name, where it is certain.
    #[getter]
    fn agency(&self) -> Option<String> {
        self.with(|report| report.agency.clone())
    }

    /// The year that is reported on.
    #[getter]
    fn year(&self) -> Option<i16> {
        self.with(|report| report.year)
    }

    /// Id of the form.
    #[getter]
    fn form(&self) -> String {
        self.with(|report| report.form.clone())
    }

    /// The title as prescribed by the form, or as it was found.
    #[getter]
    fn title(&self) -> Option<String> {
        self.with(|report| report.title.clone())
    }

    /// Day of publication, a ``datetime.date``.
    #[getter]
    fn published<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(day) = self.with(|report| report.published.map(|day| day.to_string())) else { return Ok(None) };
        py.import("datetime")?.getattr("date")?.call_method1("fromisoformat", (day,)).map(Some)
    }

    /// The file that it was read from, as it was given.
    #[getter]
    fn path(&self) -> Option<String> {
        self.with(|report| report.source.as_ref().map(|source| source.file.clone()))
    }

    /// SHA-256 of that file, in hexadecimal.
    #[getter]
    fn sha256(&self) -> Option<String> {
        self.with(|report| report.source.as_ref().map(|source| source.sha256.clone()))
    }

    /// Its number among the reports of the file, from 0.
    #[getter]
    fn number(&self) -> usize {
        self.with(|report| report.source.as_ref().map_or(0, |source| source.report))
    }

    /// Every field of the form by its id, in the form's order.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = PyDict::new(py);
        self.with(|report| report.values.iter().try_for_each(|(id, value)| values.set_item(id, Value(value.clone()))))?;
        Ok(values)
    }

    /// The exact numbers by field id; ``None`` where the source says none.
    ///
    /// >>> figures = nianbao.read("samples/word-97.doc").figures()
    /// >>> figures["disclosure.normative_documents.issued"]
    /// Decimal('4')
    fn figures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let figures = PyDict::new(py);
        self.with(|report| report.values.iter().try_for_each(|(id, value)| figures.set_item(id, value.value)))?;
        Ok(figures)
    }

    fn __getitem__(&self, field: &str) -> PyResult<Value> {
        let found = self.with(|report| report.values.get(field).cloned());
        found.map(Value).ok_or_else(|| PyKeyError::new_err(field.to_owned()))
    }

    fn __contains__(&self, field: &str) -> bool {
        self.with(|report| report.values.contains_key(field))
    }

    fn __len__(&self) -> usize {
        self.with(|report| report.values.len())
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ids: Vec<String> = self.with(|report| report.values.keys().cloned().collect());
        Ok(ids.into_pyobject(py)?.try_iter()?.into_any())
    }

    /// The parts of the report in the form's order.
    #[getter]
    fn sections(&self) -> Vec<Section> {
        self.with(|report| report.sections.iter().map(Section::of).collect())
    }

    /// What there is to say about it.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.with(|report| Finding::all(&report.findings))
    }

    /// The corrections made with :meth:`set`, as lines of JSON for ``--corrections`` of the program.
    #[getter]
    fn corrections(&self) -> PyResult<Vec<String>> {
        let inner = self.inner();
        let lines = inner.corrections.iter().map(serde_json::to_string);
        lines.collect::<Result<_, _>>().map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Corrects a field and checks again; returns the findings. The field is a field id, or ``agency``, ``year``, ``title``, or
    /// a section's id, a dot and the number of its paragraph, from 1: ``overview.3``. ``None`` empties it.
    ///
    /// >>> report = nianbao.read("tests/damaged/transposed.docx")
    /// >>> [finding.code for finding in report.findings]
    /// ['cell-wrong']
    /// >>> findings = report.set("requests.received.total", 32, reason="电话核实", by="张三", at="2025-01-20")
    /// >>> [finding.code for finding in findings]
    /// ['figure-corrected']
    /// >>> report["requests.received.total"].corrected_from
    /// '23'
    #[pyo3(signature = (field, value, *, reason=None, by="", at=None))]
    fn set(
        &self,
        py: Python<'_>,
        field: &str,
        value: Option<Bound<'_, PyAny>>,
        reason: Option<String>,
        by: &str,
        at: Option<String>,
    ) -> PyResult<Vec<Finding>> {
        let at = at.map_or_else(|| now(py), Ok)?;
        let text = value.map(|value| value.str().map(|text| text.to_string())).transpose()?;
        let (from, sha256, number, is_figure) = self.with(|report| {
            let source = report.source.as_ref();
            let is_figure = report.values.contains_key(field);
            (
                standing(report, field),
                source.map_or_else(String::new, |one| one.sha256.clone()),
                source.map_or(0, |one| one.report),
                is_figure,
            )
        });
        let from = from.ok_or_else(|| PyKeyError::new_err(field.to_owned()))?;
        let to = match text {
            None => Stated::Nothing,
            Some(text) if is_figure => {
                let number = text.trim().parse::<Decimal>();
                Stated::Number(number.map_err(|_| PyValueError::new_err(format!("{text:?} is no number")))?)
            }
            Some(text) => Stated::Text(text),
        };
        // A report that was not read from a file has no digest; its lines are of no other use.
        let sha256 = if sha256.is_empty() { "0".repeat(64) } else { sha256 };
        let line =
            Correction { at, by: by.to_owned(), sha256, report: number, field: field.to_owned(), from, to, reason };
        let findings = py.detach(|| self.apply(line)).map_err(|failure| failure.raise(py))?;
        Ok(Finding::all(&findings))
    }

    /// The report in another form; what has no place there stands at its end and among the findings.
    ///
    /// >>> nianbao.read("samples/word-2019.docx").to_form("gkbg-2021").form
    /// 'gkbg-2021'
    fn to_form(&self, py: Python<'_>, form: &str) -> PyResult<Self> {
        let report = self.with(Clone::clone);
        if report.form == form {
            return Ok(Self::new(report, self.engine));
        }
        let migration = self.engine.migrations.between(&report.form, form).ok_or_else(|| {
            let message = Message::new(
                format!("没有从{}到{form}的转换。", report.form),
                format!("nothing brings reports of {} into {form}", report.form),
            );
            input_error(py, &message)
        })?;
        Ok(Self::new(migration.migrate(report), self.engine))
    }

    /// The report as a file: ``docx``, ``xlsx``, ``html``, ``json`` or ``pdf``. A PDF needs a Chinese font: those of the folder `fonts`
    /// are looked at before those of the system. What it cannot show is among the report's findings afterwards.
    ///
    /// >>> nianbao.read("samples/word-97.doc").write("xlsx")[:2]
    /// b'PK'
    #[pyo3(signature = (format, *, fonts=None))]
    fn write<'py>(&self, py: Python<'py>, format: &str, fonts: Option<PathBuf>) -> PyResult<Bound<'py, PyBytes>> {
        if format == pdf::PDF {
            let written = py.detach(|| self.pdf(fonts.as_deref()));
            return Ok(PyBytes::new(py, &written.map_err(|failure| failure.raise(py))?));
        }
        let writer = writer(py, format)?;
        let written = py.detach(|| {
            self.with(|report| {
                let form = self.engine.forms.get(&report.form).ok_or_else(|| unknown_form(&report.form))?;
                writer.write(form, report).map_err(|error| Failure(error.message()))
            })
        });
        Ok(PyBytes::new(py, &written.map_err(|failure| failure.raise(py))?))
    }

    /// The report as JSON (schemas/report.schema.json), which :func:`nianbao.read` reads again.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        let json = py.detach(|| self.with(serde_json::to_string));
        json.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The report as a dictionary, as its JSON says it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.with(|report| json_object(py, report))
    }

    fn __repr__(&self) -> String {
        self.with(|report| {
            let (agency, year) = (report.agency.as_deref().unwrap_or("?"), report.year);
            let year = year.map_or_else(|| "?".to_owned(), |year| year.to_string());
            format!("<Report {agency} {year} {}: {} findings>", report.form, report.findings.len())
        })
    }
}

/// What a correction says stood in a field: ``None`` where there is no such field.
fn standing(report: &model::Report, field: &str) -> Option<Stated> {
    let text = |text: &Option<String>| text.clone().map_or(Stated::Nothing, Stated::Text);
    match field {
        "agency" => Some(text(&report.agency)),
        "title" => Some(text(&report.title)),
        "year" => Some(text(&report.year.map(|year| year.to_string()))),
        field => match report.values.get(field) {
            Some(value) => Some(value.value.map_or(Stated::Nothing, Stated::Number)),
            None => paragraph(report, field).map(|text| Stated::Text(text.to_owned())),
        },
    }
}

/// The text of `section.N`.
fn paragraph<'r>(report: &'r model::Report, field: &str) -> Option<&'r str> {
    let (section, number) = field.rsplit_once('.')?;
    let number = number.parse::<usize>().ok()?.checked_sub(1)?;
    let paragraphs = report.section(section)?.content.iter().filter_map(|content| match content {
        Content::Paragraph { text, .. } => Some(text.as_str()),
        _ => None,
    });
    paragraphs.skip(number).next()
}

fn now(py: Python<'_>) -> PyResult<String> {
    let now = py.import("datetime")?.getattr("datetime")?.call_method0("now")?.call_method0("astimezone")?;
    let options = PyDict::new(py);
    options.set_item("timespec", "seconds")?;
    Ok(now.call_method("isoformat", (), Some(&options))?.cast_into::<PyString>()?.to_string())
}

/// The writer of a format.
pub(crate) fn writer(py: Python<'_>, format: &str) -> PyResult<&'static Writer> {
    WRITERS.iter().find(|writer| writer.output.suffix() == format).ok_or_else(|| {
        let known: Vec<&str> = WRITERS.iter().map(|writer| writer.output.suffix()).chain([pdf::PDF]).collect();
        let message = Message::new(
            format!("不能写成“{format}”，可以是：{}。", known.join("、")),
            format!("no format {format}: {}", known.join(", ")),
        );
        input_error(py, &message)
    })
}

/// A part of a report.
///
/// >>> section = nianbao.read("samples/word-97.doc").sections[2]
/// >>> section.id, section.heading, section.tables
/// ('disclosure', '二、主动公开政府信息情况', ['disclosure'])
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Id of the form's section.
    id: String,
    /// The heading as written.
    heading: Option<String>,
    /// The paragraphs of text.
    paragraphs: Vec<String>,
    /// Where each paragraph stands.
    places: Vec<Option<Place>>,
    /// Ids of the form's tables that stand in it.
    tables: Vec<String>,
}

impl Section {
    fn of(section: &model::Section) -> Self {
        let (mut paragraphs, mut places, mut tables) = (Vec::new(), Vec::new(), Vec::new());
        for content in &section.content {
            match content {
                Content::Paragraph { text, place, .. } => {
                    paragraphs.push(text.clone());
                    places.push(Place::of(place.as_ref()));
                }
                Content::Table { table } => tables.push(table.clone()),
                _ => {}
            }
        }
        Self { id: section.id.clone(), heading: section.heading.clone(), paragraphs, places, tables }
    }
}

#[pymethods]
impl Section {
    /// The paragraphs, a line each.
    #[getter]
    fn text(&self) -> String {
        self.paragraphs.join("\n")
    }

    fn __repr__(&self) -> String {
        format!(
            "<Section {} {:?}: {} paragraphs>",
            self.id,
            self.heading.as_deref().unwrap_or(""),
            self.paragraphs.len()
        )
    }
}
