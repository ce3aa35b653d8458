//! Batches: every input written in every format that is wanted, with the logs of `nianbao convert`.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pyo3::prelude::*;
use sha2::{Digest, Sha256};

use nianbao::agencies::{Agencies, Matcher};
use nianbao::batch::{self, Entry, Site, Status, Task};
use nianbao::fill;
use nianbao::finding::{Bilingual, Finding as Found, Message, Severity};
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::pdf::PdfWriter;
use nianbao::write::{Output, WRITERS};

use crate::engine::{Engine, corrections, of_system};
use crate::error::Failure;
use crate::fill::{bytes, compile};
use crate::finding::Finding;
use crate::pdf;
use crate::read::{inputs, workers};
use crate::wait::interruptible;

/// What came of one input of a batch.
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct ConvertedFile {
    /// The path as it was given.
    path: String,
    /// ``ok``, ``findings`` (done, with errors) or ``failed``.
    status: String,
    /// Id of the form of its first report.
    form: Option<String>,
    /// Agency of its first report.
    agency: Option<String>,
    /// Year of its first report.
    year: Option<i16>,
    /// Names of the files that were written.
    outputs: Vec<String>,
    /// Its findings of severity error.
    errors: Vec<Finding>,
}

#[pymethods]
impl ConvertedFile {
    fn __repr__(&self) -> String {
        format!("<ConvertedFile {}: {}, {} outputs>", self.path, self.status, self.outputs.len())
    }
}

/// What came of a batch.
#[pyclass(frozen, get_all, module = "nianbao")]
#[derive(Debug, Clone)]
pub(crate) struct Converted {
    /// What came of each input, in their order.
    files: Vec<ConvertedFile>,
    /// Inputs without an error.
    ok: usize,
    /// Inputs done, with errors.
    with_errors: usize,
    /// Inputs without a report, or with an output missing.
    failed: usize,
    /// Of all these, inputs that an earlier run had done.
    unchanged: usize,
    /// Agencies without a report, where the agencies are known.
    missing: usize,
}

#[pymethods]
impl Converted {
    fn __repr__(&self) -> String {
        let Self { ok, with_errors, failed, unchanged, .. } = self;
        format!("<Converted: {ok} ok, {with_errors} with errors, {failed} failed, {unchanged} unchanged>")
    }
}

/// The options of a batch.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) to: Option<Vec<String>>,
    pub(crate) template: Option<PathBuf>,
    /// Whether the template's format is the only one.
    pub(crate) only_template: bool,
    pub(crate) form: Option<String>,
    pub(crate) to_form: Option<String>,
    pub(crate) agencies: Option<PathBuf>,
    pub(crate) corrections: Option<PathBuf>,
    pub(crate) mappings: Option<PathBuf>,
    pub(crate) as_written: bool,
    pub(crate) fonts: Option<PathBuf>,
    pub(crate) jobs: Option<usize>,
}

/// Converts every input into a folder as ``nianbao convert`` does: files, folders that are searched, globs, archives. An input that
/// cannot be read is told, and the others are done; the same call again does nothing that is unchanged. For ``pdf`` the folder `fonts` is looked at before the fonts of the system.
///
/// >>> import os, tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     done = nianbao.convert(["samples/word-97.doc", "tests/damaged/empty.docx"], folder, to=["html"])
/// ...     sorted(name for name in os.listdir(folder) if name.endswith(".html"))
/// ['index.html', '石岭市人民政府2022年政府信息公开工作年度报告.html']
/// >>> done
/// <Converted: 1 ok, 0 with errors, 1 failed, 0 unchanged>
/// >>> [error.code for file in done.files for error in file.errors]
/// ['file-empty']
#[pyfunction]
#[pyo3(signature = (inputs, out, *, to=None, template=None, form=None, to_form=None, agencies=None, corrections=None, mappings=None, as_written=false, fonts=None, jobs=None))]
#[allow(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn convert(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    out: PathBuf,
    to: Option<Vec<String>>,
    template: Option<PathBuf>,
    form: Option<String>,
    to_form: Option<String>,
    agencies: Option<PathBuf>,
    corrections: Option<PathBuf>,
    mappings: Option<PathBuf>,
    as_written: bool,
    fonts: Option<PathBuf>,
    jobs: Option<usize>,
) -> PyResult<Converted> {
    let only_template = false;
    let options = Options {
        to,
        template,
        only_template,
        form,
        to_form,
        agencies,
        corrections,
        mappings,
        as_written,
        fonts,
        jobs,
    };
    convert_all(py, inputs, out, options)
}

/// Runs a batch.
pub(crate) fn convert_all(py: Python<'_>, paths: Vec<PathBuf>, out: PathBuf, options: Options) -> PyResult<Converted> {
    let module: PathBuf = py.import("nianbao._nianbao")?.getattr("__file__")?.extract()?;
    let done = interruptible(py, |stop| {
        let engine = Engine::get(options.mappings.as_deref(), options.form.as_deref())?;
        let lines = corrections(options.corrections.as_deref())?;
        let pipeline = engine.with(options.to_form.as_deref(), lines.as_ref())?;
        let inputs = inputs(&paths, Some(&out))?;
        let template = options.template.as_deref().map(bytes).transpose()?;
        let compiled = template.as_deref().map(|bytes| compile(engine, bytes, options.form.as_deref())).transpose()?;
        let to = formats(&options, compiled.as_ref())?;
        let pdf = to.contains(&Output::Pdf).then(|| pdf::writer(options.fonts.as_deref())).transpose()?;
        let agencies = options.agencies.as_deref().map(read_agencies).transpose()?;
        let pages = PageWriter::new(PageOptions::default(), None)?;
        let site = Site { pages, agencies: agencies.as_ref().map(Matcher::new) };
        let fingerprint = fingerprint(&options, engine, &to, (template.as_deref(), agencies.as_ref(), pdf, &module));
        let task = Task {
            inputs: &inputs,
            pipeline: &pipeline,
            to: &to,
            template: compiled.as_ref(),
            site: Some(&site),
            pdf,
            agencies: agencies.as_ref(),
            out: &out,
            prune: false,
            jobs: workers(options.jobs),
            part: false,
            as_written: options.as_written,
            fingerprint,
        };
        let mut files = Vec::with_capacity(inputs.len());
        let summary = batch::convert(&task, stop, |entry, findings| files.push(file(entry, findings)))?;
        Ok(Converted {
            files,
            ok: summary.ok,
            with_errors: summary.with_errors,
            failed: summary.failed,
            unchanged: summary.unchanged,
            missing: summary.missing,
        })
    })?;
    done.map_err(|failure: Failure| failure.raise(py))
}

fn file(entry: &Entry, findings: &[(usize, &Found)]) -> ConvertedFile {
    let errors = findings.iter().filter(|(_, finding)| finding.severity == Severity::Error);
    let status = match entry.status {
        Status::Ok => "ok",
        Status::Findings => "findings",
        Status::Failed => "failed",
    };
    ConvertedFile {
        path: entry.path.clone(),
        status: status.to_owned(),
        form: entry.form.clone(),
        agency: entry.agency.clone(),
        year: entry.year,
        outputs: entry.outputs.clone(),
        errors: errors.map(|(_, finding)| Finding::new((*finding).clone())).collect(),
    }
}

/// The formats that are wanted, each once.
fn formats(options: &Options, template: Option<&fill::Template>) -> Result<Vec<Output>, Failure> {
    if let Some(template) = template.filter(|_| options.only_template) {
        return Ok(vec![template.output()]);
    }
    let wanted = options.to.as_deref();
    let default = ["docx", "xlsx", "html"].map(str::to_owned);
    let mut formats = Vec::new();
    for name in wanted.unwrap_or(&default) {
        let mut outputs = WRITERS.iter().map(|writer| writer.output).chain([Output::Pdf]);
        let output = outputs
            .find(|output| output.suffix() == name.as_str())
            .ok_or_else(|| Failure(Message::new(format!("不能写成“{name}”。"), format!("no format {name}"))))?;
        if !formats.contains(&output) {
            formats.push(output);
        }
    }
    match template.map(fill::Template::output).filter(|output| !formats.contains(output)) {
        Some(output) => {
            let suffix = output.suffix();
            Err(Failure(Message::new(
                format!("模板是 .{suffix} 文件，但所选格式中没有 {suffix}。"),
                format!("the template is a .{suffix} file, but {suffix} is not among the formats"),
            )))
        }
        None => Ok(formats),
    }
}

/// Reads an agencies file.
pub(crate) fn read_agencies(path: &Path) -> Result<Agencies, Failure> {
    let bytes = std::fs::read(path).map_err(|error| of_system(path, &error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = Agencies::read(&name, &bytes);
    read.map_err(|error| Failure::of_file(&path.display().to_string(), &error.message()))
}

/// Everything besides the inputs that decides what comes out, so that a run into the same folder converts nothing again that would
/// come out the same.
fn fingerprint(
    options: &Options,
    engine: &Engine,
    to: &[Output],
    (template, agencies, pdf, module): (Option<&[u8]>, Option<&Agencies>, Option<&PdfWriter>, &Path),
) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |part: &str| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add("python");
    add(env!("CARGO_PKG_VERSION"));
    add(&build(module).unwrap_or_default());
    for (name, text) in &engine.sources {
        add(name);
        add(text);
    }
    add(&format!("{:?} {:?} {to:?} {}", options.form, options.to_form, options.as_written));
    add(&format!("{:?}", template.map(Sha256::digest)));
    add(&format!("{:?}", agencies.map(Agencies::list)));
    pdf.into_iter().flat_map(|pdf| pdf.fonts().names()).for_each(|font| add(&font));
    digest.finalize().into()
}

/// Size and time of this module's file, so that another build does not take what this one made for its own.
fn build(module: &Path) -> Option<String> {
    let metadata = std::fs::metadata(module).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", metadata.len(), modified.as_nanos()))
}
