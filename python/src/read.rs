//! Reading: one file, the reports of a file, many files in parallel.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::thread::available_parallelism;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use nianbao::batch::{self, Content, Input, Loader, Pipeline, Stages, guarded, in_order};
use nianbao::check::Context;
use nianbao::corrections::Corrections;
use nianbao::finding::Finding as Found;
use nianbao::form::Standing;
use nianbao::report as model;

use crate::engine::{Engine, corrections};
use crate::error::{Failure, read_error, several};
use crate::finding::Finding;
use crate::report::Report;
use crate::wait::interruptible;

/// Files that each worker takes before signals are looked for and memory is given to Python.
const CHUNK: usize = 32;

/// What a file gave.
type Outcome = Result<Vec<model::Report>, Box<Found>>;

/// A file by its path or by its bytes.
#[derive(FromPyObject)]
pub(crate) enum Given<'py> {
    Bytes(Bound<'py, PyBytes>),
    Path(PathBuf),
}

impl Given<'_> {
    /// Reads it with this pipeline, without Python's lock.
    fn read(&self, py: Python<'_>, name: Option<&str>, pipeline: &Pipeline<'_>) -> PyResult<(String, Outcome)> {
        match self {
            Self::Bytes(bytes) => {
                let (shown, bytes) = (name.unwrap_or("-").to_owned(), bytes.as_bytes());
                let input = Input::file(Path::new(&shown), shown.clone());
                let outcome = py.detach(|| guarded(|| pipeline.report(&input, &Content::from_bytes(bytes))));
                Ok((shown, outcome))
            }
            Self::Path(path) => {
                let shown = name.map_or_else(|| path.display().to_string(), str::to_owned);
                let input = Input::file(path, shown.clone());
                Ok((shown, py.detach(|| load(&mut Loader::default(), pipeline, &input))))
            }
        }
    }
}

fn load(loader: &mut Loader, pipeline: &Pipeline<'_>, input: &Input) -> Outcome {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.report(input, &Content::from_bytes(&bytes))
    })
}

/// Reads the report of a file: a path, or the bytes. What the content is, not the suffix, decides how it is read.
///
/// >>> nianbao.read("samples/page-gbk.html")
/// <Report 云港县自然资源和规划局 2022 gkbg-2021: 0 findings>
/// >>> with open("samples/sheet-2021.xlsx", "rb") as file:
/// ...     nianbao.read(file.read(), name="sheet-2021.xlsx").year
/// 2022
/// >>> nianbao.read("tests/damaged/empty.docx")
/// Traceback (most recent call last):
///     ...
/// nianbao.errors.ReadError: tests/damaged/empty.docx: file-empty: 文件没有内容。请重新报送。
#[pyfunction]
#[pyo3(signature = (source, *, name=None, form=None, mappings=None, corrections=None))]
pub(crate) fn read(
    py: Python<'_>,
    source: Given<'_>,
    name: Option<&str>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
) -> PyResult<Report> {
    let (shown, engine, mut reports) = reports(py, &source, name, form, mappings, corrections)?;
    match (reports.pop(), reports.len()) {
        (Some(report), 0) => Ok(Report::new(report, engine)),
        (_, before) => Err(several(py, &shown, before + 1)),
    }
}

/// Reads every report of a file, in their order.
///
/// >>> [report.agency for report in nianbao.read_all("samples/departments.xlsx")]
/// ['石岭市教育局', '松屿县退役军人事务局', '泰渚市南畈区自然资源和规划局']
#[pyfunction]
#[pyo3(signature = (source, *, name=None, form=None, mappings=None, corrections=None))]
pub(crate) fn read_all(
    py: Python<'_>,
    source: Given<'_>,
    name: Option<&str>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
) -> PyResult<Vec<Report>> {
    let (_, engine, reports) = reports(py, &source, name, form, mappings, corrections)?;
    Ok(reports.into_iter().map(|report| Report::new(report, engine)).collect())
}

fn reports(
    py: Python<'_>,
    source: &Given<'_>,
    name: Option<&str>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    lines: Option<PathBuf>,
) -> PyResult<(String, &'static Engine, Vec<model::Report>)> {
    let raise = |failure: Failure| failure.raise(py);
    let engine = py.detach(|| Engine::get(mappings.as_deref(), form)).map_err(raise)?;
    let lines = corrections(lines.as_deref()).map_err(raise)?;
    let (shown, outcome) = match &lines {
        None => source.read(py, name, &engine.pipeline)?,
        Some(lines) => source.read(py, name, &engine.with(None, Some(lines)).map_err(raise)?)?,
    };
    match outcome {
        Ok(reports) => Ok((shown, engine, reports)),
        Err(finding) => Err(read_error(py, &shown, *finding)),
    }
}

/// The inputs of a list: files, folders, globs, archives. A file that does not exist is one that cannot be read.
pub(crate) fn inputs(paths: &[PathBuf], leave_out: Option<&Path>) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for path in paths {
        let shown = path.to_string_lossy().into_owned();
        if !path.exists() && !shown.contains(['*', '?', '[']) && shown != "-" {
            inputs.push(Input::file(path, shown));
            continue;
        }
        inputs.extend(batch::list(&[shown], leave_out)?.list);
    }
    Ok(inputs)
}

pub(crate) fn workers(jobs: Option<usize>) -> usize {
    jobs.filter(|&jobs| jobs > 0).unwrap_or_else(|| available_parallelism().map_or(1, usize::from))
}

/// Reads inputs in parallel; outcomes are handed on in their order.
pub(crate) fn read_in_order(
    inputs: &[Input],
    jobs: usize,
    pipeline: &Pipeline<'_>,
    stop: &AtomicBool,
    mut take: impl FnMut(usize, Outcome) + Send,
) -> Result<(), Failure> {
    let stages = Stages {
        work: |loader: &mut Loader, index: usize| load(loader, pipeline, &inputs[index]),
        place: |_, _: &mut Outcome| (),
        finish: |_, outcome| outcome,
        tell: |index: usize, outcome: Outcome| take(index, outcome),
    };
    in_order(inputs.len(), jobs, stop, stages)?;
    Ok(())
}

/// What a file gave: its reports, or why there is none.
///
/// >>> [file] = nianbao.read_many(["tests/damaged/empty.docx"])
/// >>> file.path, file.reports, file.error.code
/// ('tests/damaged/empty.docx', [], 'file-empty')
#[pyclass(frozen, module = "nianbao")]
pub(crate) struct FileResult {
    path: String,
    reports: Vec<Py<Report>>,
    error: Option<Py<PyAny>>,
}

#[pymethods]
impl FileResult {
    /// The path as it was given, or ``archive.zip!entry``.
    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    /// Its reports, in their order.
    #[getter]
    pub(crate) fn reports(&self, py: Python<'_>) -> Vec<Py<Report>> {
        self.reports.iter().map(|report| report.clone_ref(py)).collect()
    }

    /// The :class:`nianbao.ReadError` that says why there is no report; ``None`` where there is one.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.error.as_ref().map(|error| error.clone_ref(py))
    }

    fn __repr__(&self) -> String {
        let failed = if self.error.is_some() { ", failed" } else { "" };
        format!("<FileResult {}: {} reports{failed}>", self.path, self.reports.len())
    }
}

/// An iterator over what many files give: a few are read ahead in parallel, and no more than these are held.
#[pyclass(module = "nianbao")]
pub(crate) struct Files {
    engine: &'static Engine,
    corrections: Option<Corrections>,
    inputs: Vec<Input>,
    next: usize,
    jobs: usize,
    ready: std::collections::VecDeque<FileResult>,
}

impl Files {
    fn read_ahead(&mut self, py: Python<'_>) -> PyResult<()> {
        let end = self.inputs.len().min(self.next + CHUNK * self.jobs);
        let (inputs, jobs, engine) = (&self.inputs[self.next..end], self.jobs, self.engine);
        let fresh = match &self.corrections {
            None => None,
            Some(lines) => Some(engine.with(None, Some(lines)).map_err(|failure| failure.raise(py))?),
        };
        let pipeline = fresh.as_ref().unwrap_or(&engine.pipeline);
        let outcomes: Vec<OnceLock<Outcome>> = inputs.iter().map(|_| OnceLock::new()).collect();
        interruptible(py, |stop| {
            read_in_order(inputs, jobs, pipeline, stop, |index, outcome| {
                let _ = outcomes[index].set(outcome);
            })
        })?
        .map_err(|failure| failure.raise(py))?;
        for (input, outcome) in inputs.iter().zip(outcomes) {
            let path = input.path.to_string();
            let (reports, error) = match outcome.into_inner() {
                Some(Ok(reports)) => (reports, None),
                Some(Err(finding)) => (Vec::new(), Some(read_error(py, &path, *finding).into_value(py).into_any())),
                None => continue,
            };
            let reports = reports.into_iter().map(|report| Py::new(py, Report::new(report, engine)));
            self.ready.push_back(FileResult { path, reports: reports.collect::<PyResult<_>>()?, error });
        }
        self.next = end;
        Ok(())
    }
}

#[pymethods]
impl Files {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<FileResult>> {
        if self.ready.is_empty() && self.next < self.inputs.len() {
            self.read_ahead(py)?;
        }
        Ok(self.ready.pop_front())
    }

    /// Files that are still to come.
    fn __length_hint__(&self) -> usize {
        self.ready.len() + self.inputs.len() - self.next
    }
}

/// Reads many files in parallel, without Python's lock, and gives what each gave in the order of the inputs: files, folders that are
/// searched, globs, archives. Only a few files are held at a time.
///
/// >>> sum(len(file.reports) for file in nianbao.iter_many(["samples/county"], jobs=2))
/// 7
#[pyfunction]
#[pyo3(signature = (inputs, *, jobs=None, form=None, mappings=None, corrections=None))]
pub(crate) fn iter_many(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    jobs: Option<usize>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
) -> PyResult<Files> {
    let raise = |failure: Failure| failure.raise(py);
    let engine = py.detach(|| Engine::get(mappings.as_deref(), form)).map_err(raise)?;
    let corrections = crate::engine::corrections(corrections.as_deref()).map_err(raise)?;
    let inputs = py.detach(|| self::inputs(&inputs, None)).map_err(raise)?;
    Ok(Files { engine, corrections, inputs, next: 0, jobs: workers(jobs), ready: std::collections::VecDeque::new() })
}

/// Reads many files as :func:`iter_many` does, and returns what each gave.
///
/// >>> files = nianbao.read_many(["samples/county/2024"])
/// >>> [file.reports[0].agency for file in files][:2]
/// ['松屿县北塘镇人民政府', '松屿县卫生健康局']
#[pyfunction]
#[pyo3(signature = (inputs, *, jobs=None, form=None, mappings=None, corrections=None))]
pub(crate) fn read_many(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    jobs: Option<usize>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
) -> PyResult<Vec<FileResult>> {
    let mut files = iter_many(py, inputs, jobs, form, mappings, corrections)?;
    let mut all = Vec::new();
    while let Some(file) = files.__next__(py)? {
        all.push(file);
    }
    Ok(all)
}

/// A report, or a file with one.
#[derive(FromPyObject)]
pub(crate) enum Checked<'py> {
    Report(Bound<'py, Report>),
    File(Given<'py>),
}

/// Checks a report, or the report of a file: everything that reading and the form's rules have to say. With last year's report the
/// rules between the years are held too; ``level`` and ``kind`` are the agency's, as an agencies file has them.
///
/// >>> [finding.code for finding in nianbao.check("tests/damaged/transposed.docx")]
/// ['cell-wrong']
/// >>> nianbao.check(nianbao.read("samples/word-97.doc"))
/// []
#[pyfunction]
#[pyo3(signature = (report, *, previous=None, level=None, kind=None, form=None, mappings=None, corrections=None))]
#[allow(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn check(
    py: Python<'_>,
    report: Checked<'_>,
    previous: Option<Checked<'_>>,
    level: Option<&str>,
    kind: Option<&str>,
    form: Option<&str>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
) -> PyResult<Vec<Finding>> {
    let read_one = |given: Checked<'_>, lines: Option<PathBuf>| -> PyResult<(&'static Engine, model::Report)> {
        match given {
            Checked::Report(report) => Ok((report.get().engine(), report.get().with(Clone::clone))),
            Checked::File(file) => {
                let report = read(py, file, None, form, mappings.clone(), lines)?;
                Ok((report.engine(), report.with(Clone::clone)))
            }
        }
    };
    let (engine, mut report) = read_one(report, corrections)?;
    let previous = previous.map(|previous| read_one(previous, None)).transpose()?.map(|(_, previous)| previous);
    let context =
        Context { previous: previous.as_ref(), standing: Standing { name: None, level, kind }, is_sum: false };
    py.detach(|| engine.pipeline.recheck(&mut report, &context));
    Ok(Finding::all(&report.findings))
}
