//! The reports of many agencies, added up along their tree.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rust_decimal::Decimal;

use nianbao::batch::{self, Content, Input, Loader, guarded};
use nianbao::check::Context;
use nianbao::finding::Message;
use nianbao::report as model;
use nianbao::rollup::{Arrival, Collection, Node, Previous, Rollup as Sums, Unlisted};
use nianbao::summary;

use crate::convert::read_agencies;
use crate::engine::{Engine, corrections, of_system};
use crate::error::Failure;
use crate::finding::Finding;
use crate::read::{inputs, read_in_order, workers};
use crate::report::Report;
use crate::wait::interruptible;

/// The reports of one form and year, added up.
///
/// >>> sums = nianbao.rollup(["samples/county/2024"], agencies="samples/county/agencies.csv")
/// >>> sums.year, sums.form, sums.missing
/// (2024, 'gkbg-2021', ['松屿县石埠镇人民政府'])
/// >>> sums.total["requests.received.total"]
/// Decimal('192')
/// >>> sums.of("松屿县教育局")["requests.received.total"]
/// Decimal('12')
#[pyclass(frozen, module = "nianbao")]
pub(crate) struct Rollup {
    made: Made,
}

/// What Python sees of a roll-up.
struct Made {
    year: i16,
    form: String,
    fields: Vec<String>,
    total: Vec<Option<Decimal>>,
    agencies: Vec<Row>,
    previous: Option<Compared>,
    missing: Vec<String>,
    summary: Message,
    findings: Vec<(Option<String>, Option<String>, nianbao::finding::Finding)>,
    report: model::Report,
    engine: &'static Engine,
}

/// The comparison with last year.
struct Compared {
    year: i16,
    /// This year's and last year's comparable sums, field by field.
    sums: Vec<(Option<Decimal>, Option<Decimal>)>,
}

/// An agency with its sums.
struct Row {
    name: String,
    parent: Option<String>,
    reported: bool,
    region: Vec<Option<Decimal>>,
}

/// What a roll-up is asked for.
struct Wanted {
    agencies: Option<PathBuf>,
    year: Option<i16>,
    previous: Option<PathBuf>,
    without_errors: bool,
    corrections: Option<PathBuf>,
    out: Option<PathBuf>,
    jobs: usize,
}

#[pymethods]
impl Rollup {
    /// The year.
    #[getter]
    fn year(&self) -> i16 {
        self.made.year
    }

    /// Id of the form.
    #[getter]
    fn form(&self) -> &str {
        &self.made.form
    }

    /// The sum of everything by field id; ``None`` where no agency has a number.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.figures(py, &self.made.total)
    }

    /// Names of the agencies, in the order of the agencies file.
    #[getter]
    fn agencies(&self) -> Vec<&str> {
        self.made.agencies.iter().map(|row| row.name.as_str()).collect()
    }

    /// The sums of an agency with all below it, by field id.
    fn of<'py>(&self, py: Python<'py>, agency: &str) -> PyResult<Bound<'py, PyDict>> {
        let row = self.made.agencies.iter().find(|row| row.name == agency);
        let row = row.ok_or_else(|| PyKeyError::new_err(agency.to_owned()))?;
        self.figures(py, &row.region)
    }

    /// The year that is compared with, if there are figures of it.
    #[getter]
    fn previous_year(&self) -> Option<i16> {
        self.made.previous.as_ref().map(|previous| previous.year)
    }

    /// The comparison with last year by field id: this year's and last year's sum over the agencies that reported in both, ``None`` where
    /// there is no number; empty if there are no figures of last year. Over all agencies if last year's single reports are not known.
    #[getter]
    fn compared<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let compared = PyDict::new(py);
        let sums = self.made.previous.iter().flat_map(|previous| &previous.sums);
        self.made.fields.iter().zip(sums).try_for_each(|(id, both)| compared.set_item(id, *both))?;
        Ok(compared)
    }

    /// Names of the agencies that sent nothing.
    #[getter]
    fn missing(&self) -> Vec<String> {
        self.made.missing.clone()
    }

    /// How many agencies reported, in a sentence.
    #[getter]
    fn summary(&self) -> &str {
        &self.made.summary.zh
    }

    /// What there is to say: the agency's name, the file, and the finding.
    #[getter]
    fn findings(&self) -> Vec<(Option<String>, Option<String>, Finding)> {
        let findings = self.made.findings.iter();
        findings.map(|(agency, file, finding)| (agency.clone(), file.clone(), Finding::new(finding.clone()))).collect()
    }

    /// The superior's own report, with the narrative left to write.
    #[getter]
    fn report(&self) -> Report {
        Report::new(self.made.report.clone(), self.made.engine)
    }

    /// The sums as columns: a row an agency and field, each with all below it. ``agency`` is ``None`` for the sum of everything.
    ///
    /// >>> sums = nianbao.rollup(["samples/county/2024"], agencies="samples/county/agencies.csv")
    /// >>> list(sums.columns())
    /// ['agency', 'parent', 'reported', 'year', 'form', 'field', 'value']
    #[pyo3(signature = (*, exact=false))]
    fn columns<'py>(&self, py: Python<'py>, exact: bool) -> PyResult<Bound<'py, PyDict>> {
        use pyo3::IntoPyObjectExt;
        use rust_decimal::prelude::ToPrimitive;

        let made = &self.made;
        let (mut agency, mut parent, mut reported, mut field) = (vec![], vec![], vec![], vec![]);
        let values = pyo3::types::PyList::empty(py);
        let total = (None, None, None, &made.total);
        let rows = made
            .agencies
            .iter()
            .map(|row| (Some(row.name.as_str()), row.parent.as_deref(), Some(row.reported), &row.region));
        for (name, above, sent, sums) in std::iter::once(total).chain(rows) {
            for (id, sum) in made.fields.iter().zip(sums) {
                agency.push(name);
                parent.push(above);
                reported.push(sent);
                field.push(id.as_str());
                let float = sum.and_then(|sum| sum.to_f64());
                values.append(if exact { sum.into_bound_py_any(py)? } else { float.into_bound_py_any(py)? })?;
            }
        }
        let columns = PyDict::new(py);
        let rows = agency.len();
        columns.set_item("agency", agency)?;
        columns.set_item("parent", parent)?;
        columns.set_item("reported", reported)?;
        columns.set_item("year", vec![made.year; rows])?;
        columns.set_item("form", vec![made.form.as_str(); rows])?;
        columns.set_item("field", field)?;
        columns.set_item("value", values)?;
        Ok(columns)
    }

    fn __repr__(&self) -> String {
        format!("<Rollup {} {}: {}>", self.made.year, self.made.form, self.made.summary.en)
    }
}

impl Rollup {
    fn figures<'py>(&self, py: Python<'py>, sums: &[Option<Decimal>]) -> PyResult<Bound<'py, PyDict>> {
        let figures = PyDict::new(py);
        self.made.fields.iter().zip(sums).try_for_each(|(id, sum)| figures.set_item(id, *sum))?;
        Ok(figures)
    }
}

/// Adds up the reports of many agencies along the tree of an agencies file, as ``nianbao rollup`` does; with ``out`` its files are
/// written into that folder (汇总.xlsx, 汇总.csv, 汇总.schema.json, values.jsonl, findings.jsonl, the superior's report, index.html).
///
/// ``previous`` is a folder of last year's reports, or last year's 汇总.xlsx. Without it, last year's reports among ``inputs`` are
/// compared with: those of agencies that also sent this year's, and those in a folder of last year's alone; they are not listed as of a
/// wrong year. ``year`` is by default the year of most reports, or the next one if it has begun: a tenth as many reports, more than half
/// of them of agencies with both.
///
/// >>> import os, tempfile
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     sums = nianbao.rollup(["samples/county/2024"], agencies="samples/county/agencies.csv", out=folder)
/// ...     "汇总.xlsx" in os.listdir(folder)
/// True
#[pyfunction]
#[pyo3(signature = (inputs, *, agencies=None, year=None, previous=None, without_errors=false, out=None, form=None, mappings=None, corrections=None, jobs=None))]
#[allow(clippy::too_many_arguments, reason = "they are named in Python")]
pub(crate) fn rollup(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    agencies: Option<PathBuf>,
    year: Option<i16>,
    previous: Option<PathBuf>,
    without_errors: bool,
    out: Option<PathBuf>,
    form: Option<String>,
    mappings: Option<PathBuf>,
    corrections: Option<PathBuf>,
    jobs: Option<usize>,
) -> PyResult<Rollup> {
    let wanted = Wanted { agencies, year, previous, without_errors, corrections, out, jobs: workers(jobs) };
    let made = interruptible(py, |stop| {
        let engine = Engine::get(mappings.as_deref(), form.as_deref())?;
        made(&inputs, &wanted, engine, stop)
    })?;
    Ok(Rollup { made: made.map_err(|failure| failure.raise(py))? })
}

fn made(paths: &[PathBuf], wanted: &Wanted, engine: &'static Engine, stop: &AtomicBool) -> Result<Made, Failure> {
    let lines = corrections(wanted.corrections.as_deref())?;
    let pipeline = engine.with(None, lines.as_ref())?;
    let given = wanted.agencies.as_deref().map(read_agencies).transpose()?;
    let inputs = inputs(paths, wanted.out.as_deref())?;
    let named;
    let mut collection;
    if let Some(agencies) = &given {
        collection = Collection::new(engine.forms, engine.migrations, agencies, wanted.without_errors);
        read_in_order(&inputs, wanted.jobs, &pipeline, stop, |index, outcome| {
            collection.add(Arc::clone(&inputs[index].path), outcome);
        })?;
    } else {
        let mut unlisted = Unlisted::new(engine.forms, engine.migrations, wanted.without_errors);
        read_in_order(&inputs, wanted.jobs, &pipeline, stop, |index, outcome| {
            unlisted.add(Arc::clone(&inputs[index].path), outcome);
        })?;
        named = unlisted.agencies();
        collection = unlisted.with_agencies(&named);
    }
    let received = batch::received(&inputs);
    let arrival = |path: &str| Arrival::new(path, received.get(path).copied());
    let sums = match &wanted.previous {
        None => collection.finish(wanted.year, &arrival),
        Some(_) => collection.finish_uncompared(wanted.year, &arrival),
    };
    let mut sums = sums.ok_or_else(|| {
        Failure(Message::new("所给文件中没有这一年度的报告。", "none of the inputs is a report of that year"))
    })?;
    if let Some(path) = &wanted.previous {
        let found = previous(path, wanted, engine, &sums, stop)?;
        sums.findings.extend(found.comparison_finding(&sums));
        sums.previous = Some(found);
    }
    let mut report = sums.report();
    engine.pipeline.check(&mut report, &Context { is_sum: true, ..Context::default() });
    if stop.load(Ordering::Relaxed) {
        return Err(Failure(Message::new("已中断。", "stopped")));
    }
    if let Some(out) = &wanted.out {
        write(out, &sums, &report, wanted.jobs)?;
    }
    Ok(seen(&sums, report, engine))
}

/// Last year's figures: of a folder of reports, or of one file with the sums.
fn previous(
    path: &Path,
    wanted: &Wanted,
    engine: &Engine,
    sums: &Sums<'_>,
    stop: &AtomicBool,
) -> Result<Previous, Failure> {
    let pipeline = engine.with(Some(&sums.form.id), None)?;
    let shown = path.display().to_string();
    let year = sums.year - 1;
    let none =
        || Failure::of_file(&shown, &Message::new(format!("没有{year}年度的数据。"), format!("nothing of {year}")));
    if path.is_file() {
        let input = Input::file(path, shown.clone());
        let report = guarded(|| pipeline.read_sums(&input, &Content::from_bytes(&Loader::default().bytes(&input)?)));
        let report = report.map_err(|finding| Failure::of_file(&shown, &finding.message))?;
        return Previous::of_report(&sums.form, &report).filter(|found| found.year == year).ok_or_else(none);
    }
    let inputs = inputs(&[path.to_owned()], None)?;
    let mut before = Collection::new(engine.forms, engine.migrations, sums.agencies, wanted.without_errors);
    read_in_order(&inputs, wanted.jobs, &pipeline, stop, |index, outcome| {
        before.add(Arc::clone(&inputs[index].path), outcome);
    })?;
    let received = batch::received(&inputs);
    let arrival = |path: &str| Arrival::new(path, received.get(path).copied());
    Ok(Previous::of_rollup(sums, &before.finish_uncompared(Some(year), &arrival).ok_or_else(none)?))
}

fn write(out: &Path, sums: &Sums<'_>, report: &model::Report, jobs: usize) -> Result<(), Failure> {
    batch::write_together(out, &summary::files(sums, report), jobs).map_err(|batch::GroupError { path, why }| match why
    {
        batch::GroupCause::Folder(error) => error.into(),
        batch::GroupCause::System(error) => of_system(&path, &error),
        batch::GroupCause::Made(error) => error.into(),
    })
}

/// What Python sees of a roll-up.
fn seen(sums: &Sums<'_>, report: model::Report, engine: &'static Engine) -> Made {
    let list = sums.agencies.list();
    let name = |agency: usize| list[agency].name.clone();
    let mut figures = sums.sums();
    let row = |(agency, node): (usize, &Node)| Row {
        name: name(agency),
        parent: list[agency].parent.map(name),
        reported: node.own.is_some(),
        region: figures.region(agency),
    };
    let own = sums.findings.iter().map(|told| (told.agency.map(name), told.file.clone(), told.finding.clone()));
    let mut reports = sums.reports();
    let of_reports = sums.entries.iter().enumerate().flat_map(|(number, entry)| {
        let about =
            move |finding: nianbao::finding::Finding| (Some(name(entry.agency)), Some(entry.file.to_string()), finding);
        reports.findings(number).into_iter().map(about)
    });
    Made {
        year: sums.year,
        form: sums.form.id.clone(),
        fields: sums.form.fields.iter().map(|field| field.id.clone()).collect(),
        total: sums.total.region.clone(),
        agencies: sums.nodes.iter().enumerate().map(row).collect(),
        previous: sums.previous.as_ref().map(|previous| Compared {
            year: previous.year,
            sums: (0..sums.form.fields.len()).map(|field| previous.compared(sums, field)).map(|sums| (sums.this, sums.before)).collect(),
        }),
        missing: sums.missing.iter().map(|&agency| name(agency)).collect(),
        summary: sums.counts_of_agencies().message(),
        findings: own.chain(of_reports).collect(),
        report,
        engine,
    }
}
