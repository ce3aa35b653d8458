//! `nianbao check`: what is wrong with reports.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use anyhow::Result;
use nianbao::batch::{self, Input, Loader, Pipeline, Stages, guarded, in_order};
use nianbao::finding::{Finding, Severity};
use nianbao::report::Report;

use super::args::{Check, Global, Rendering};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::sarif::{self, Sarif};
use super::terminal::Terminal;
use super::{Exit, mistakes};

pub(crate) fn run(args: &Check, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let inputs = batch::list(&args.inputs, None)?;
    let pipeline = Pipeline::new(&forms, args.form.clone());
    let stop = stop_on_ctrl_c()?;
    let previous = Previous::index(args, &pipeline)?;
    let progress = terminal.progress(inputs.list.len());
    let (mut wrong, mut trouble) = (false, None);
    let mut printer = Printer::begin(args.format, terminal)?;
    let taken = in_order(
        inputs.list.len(),
        jobs(args.jobs),
        &stop,
        Stages {
            work: |store: &mut (Loader, Loader), index: usize| {
                findings(&pipeline, &previous, store, &inputs.list[index])
            },
            place: |_, _: &mut Vec<Finding>| (),
            finish: |_, findings| findings,
            tell: |index: usize, findings: Vec<Finding>| {
                progress.step();
                wrong |= findings.iter().any(|finding| finding.severity == Severity::Error);
                let printed = printer.print(&inputs.list[index].path, &findings);
                if let Err(error) = printed {
                    stop.store(true, Ordering::Relaxed);
                    trouble.get_or_insert(error);
                }
            },
        },
    )?;
    drop(progress);
    if let Some(error) = trouble {
        return Err(error);
    }
    printer.finish()?;
    passed_over(terminal, &inputs);
    Ok(if taken < inputs.list.len() { Exit::Stopped } else { Exit::wrong_if(wrong) })
}

/// The findings of one input, worst first, in the order of the document otherwise.
fn findings(
    pipeline: &Pipeline,
    previous: &Previous,
    (loader, previous_loader): &mut (Loader, Loader),
    input: &Input,
) -> Vec<Finding> {
    let found = guarded(|| {
        let bytes = loader.bytes(input)?;
        let mut report = pipeline.read(input, &bytes)?;
        let before = previous.of(&report, pipeline, previous_loader)?;
        pipeline.check(&mut report, before.as_ref());
        Ok(report.findings)
    });
    let mut findings = found.unwrap_or_else(|finding| vec![*finding]);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Prints findings on standard output as they come.
struct Printer<'a> {
    format: Rendering,
    terminal: &'a Terminal,
    sarif: Option<Sarif>,
}

impl<'a> Printer<'a> {
    fn begin(format: Rendering, terminal: &'a Terminal) -> Result<Self> {
        let sarif = match format {
            Rendering::Sarif => Some(Sarif::begin(&mut io::stdout().lock(), terminal)?),
            Rendering::Text | Rendering::Json => None,
        };
        Ok(Self { format, terminal, sarif })
    }

    fn print(&mut self, path: &str, findings: &[Finding]) -> Result<()> {
        let mut out = io::stdout().lock();
        for finding in findings {
            match (&mut self.sarif, self.format) {
                (Some(sarif), _) => sarif.add(&mut out, self.terminal, path, finding)?,
                (None, Rendering::Text) => writeln!(out, "{}", self.terminal.finding(path, finding))?,
                (None, _) => {
                    let finding = serde_json::to_string(finding)?;
                    let path = serde_json::to_string(path)?;
                    // The finding's own object with the path put before its first member.
                    writeln!(out, "{{\"path\":{path},{}", finding.get(1..).unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        let mut out = io::stdout().lock();
        if self.sarif.is_some() {
            sarif::end(&mut out)?;
        }
        Ok(out.flush()?)
    }
}

/// Last year's reports: which input holds that of which agency and year. They are read again when they are needed.
struct Previous {
    inputs: Vec<Input>,
    reports: HashMap<(String, i16), usize>,
}

impl Previous {
    fn index(args: &Check, pipeline: &Pipeline) -> Result<Self> {
        let mut previous = Self { inputs: Vec::new(), reports: HashMap::new() };
        let Some(folder) = &args.previous else { return Ok(previous) };
        previous.inputs = batch::list(&[folder.to_string_lossy().into_owned()], None)?.list;
        let mut loader = Loader::default();
        for (index, input) in previous.inputs.iter().enumerate() {
            // What cannot be read here is missing there, and the rule says so.
            if let Ok(Report { agency: Some(agency), year: Some(year), .. }) = read(pipeline, &mut loader, input) {
                previous.reports.entry((agency, year)).or_insert(index);
            }
        }
        Ok(previous)
    }

    /// Last year's report of the same agency.
    fn of(&self, report: &Report, pipeline: &Pipeline, loader: &mut Loader) -> Result<Option<Report>, Box<Finding>> {
        let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(None) };
        let Some(&index) = self.reports.get(&(agency.clone(), year - 1)) else { return Ok(None) };
        read(pipeline, loader, &self.inputs[index]).map(Some)
    }
}

fn read(pipeline: &Pipeline, loader: &mut Loader, input: &Input) -> Result<Report, Box<Finding>> {
    guarded(|| {
        let bytes = loader.bytes(input)?;
        pipeline.read(input, &bytes)
    })
}
