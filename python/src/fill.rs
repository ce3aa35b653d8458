//! An office's own Word file or workbook, filled with reports.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use nianbao::bind::Binder;
use nianbao::fill::Template as Compiled;
use nianbao::finding::Message;

use crate::convert::{Converted, Options, convert_all};
use crate::engine::{Engine, of_system};
use crate::error::Failure;
use crate::finding::Finding;
use crate::report::Report;

/// Most bytes of a template, as of any file.
const MOST: u64 = 64 << 20;

/// An office's own Word file (.docx) or workbook (.xlsx) of a form: its places are found once, then any number of reports is filled in.
///
/// >>> template = nianbao.Template("share/templates/空白年报.docx")
/// >>> filled, findings = template.fill(nianbao.read("samples/sheet-2021.xlsx"))
/// >>> nianbao.read(filled)["requests.received.total"].value
/// Decimal('402')
#[pyclass(frozen, module = "nianbao")]
pub(crate) struct Template {
    compiled: Compiled,
}

/// A template by its path or by its bytes.
#[derive(FromPyObject)]
pub(crate) enum Given<'py> {
    Bytes(Bound<'py, PyBytes>),
    Path(PathBuf),
}

/// The bytes of a template; a file too large to be one is not read.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(path).map_err(|error| of_system(path, &error))?.len();
    if size > MOST {
        let message = Message::new("模板不得超过64MB。", "a template may have 64 MB");
        return Err(Failure::of_file(&path.display().to_string(), &message));
    }
    std::fs::read(path).map_err(|error| of_system(path, &error))
}

/// Finds the places of a form in a template.
pub(crate) fn compile(engine: &Engine, bytes: &[u8], form: Option<&str>) -> Result<Compiled, Failure> {
    Ok(Compiled::compile(bytes, &Binder::new(engine.forms), engine.forms, form)?)
}

#[pymethods]
impl Template {
    #[new]
    #[pyo3(signature = (source, *, form=None, mappings=None))]
    fn new(py: Python<'_>, source: Given<'_>, form: Option<&str>, mappings: Option<PathBuf>) -> PyResult<Self> {
        let read = |given: &[u8]| {
            let engine = Engine::get(mappings.as_deref(), None)?;
            compile(engine, given, form)
        };
        let compiled = match source {
            Given::Bytes(given) => {
                let given = given.as_bytes();
                py.detach(|| read(given))
            }
            Given::Path(path) => py.detach(|| read(&bytes(&path)?)),
        };
        Ok(Self { compiled: compiled.map_err(|failure| failure.raise(py))? })
    }

    /// ``docx`` or ``xlsx``.
    #[getter]
    fn format(&self) -> &'static str {
        self.compiled.output().suffix()
    }

    /// What there is to say about the template itself.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        Finding::all(self.compiled.findings())
    }

    /// Fills a report in; returns the file, and what found no place.
    fn fill<'py>(&self, py: Python<'py>, report: &Report) -> PyResult<(Bound<'py, PyBytes>, Vec<Finding>)> {
        let filled = py.detach(|| report.with(|report| self.compiled.fill(report).map_err(Failure::from)));
        let filled = filled.map_err(|failure| failure.raise(py))?;
        Ok((PyBytes::new(py, &filled.bytes), Finding::all(&filled.findings)))
    }

    fn __repr__(&self) -> String {
        format!("<Template {}>", self.format())
    }
}

/// Fills a template with the report of every input, into a folder, as ``nianbao fill`` does.
///
/// >>> import tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     done = nianbao.fill("share/templates/空白年报.docx", ["samples/word-97.doc"], folder)
/// >>> done.files[0].outputs
/// ['石岭市人民政府2022年政府信息公开工作年度报告.docx']
#[pyfunction]
#[pyo3(signature = (template, inputs, out, *, form=None, mappings=None, corrections=None, jobs=None))]
#[allow(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn fill(
    py: Python<'_>,
    template: PathBuf,
    inputs: Vec<PathBuf>,
    out: PathBuf,
    form: Option<String>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
    jobs: Option<usize>,
) -> PyResult<Converted> {
    let options = Options {
        template: Some(template),
        only_template: true,
        form,
        mappings,
        corrections,
        jobs,
        ..Options::default()
    };
    convert_all(py, inputs, out, options)
}
