//! `nianbao check`: what is wrong with reports.

mod previous;
mod printer;

use std::sync::atomic::Ordering;

use anyhow::Result;
use nianbao::batch::{self, Given, Input, Loader, Notice, Notices, Pipeline, Stages, guarded, in_order};
use nianbao::check::render::excerpt;
use nianbao::finding::{Finding, Severity};
use nianbao::report::Report;

use super::args::{Check, Global, Rendering};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::terminal::Terminal;
use super::{Exit, mistakes};
use previous::Previous;
use printer::Printer;

pub(crate) fn run(args: &Check, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let outputs: Vec<&std::path::Path> =
        [&args.annotate, &args.letter].into_iter().flatten().map(AsRef::as_ref).collect();
    let inputs = batch::list_outside(&args.inputs, &outputs)?;
    let pipeline = Pipeline::new(&forms, args.form.clone());
    let stop = stop_on_ctrl_c()?;
    let notices = Notices::open(args.annotate.as_deref(), args.letter.as_deref(), &inputs.list, terminal.language)?;
    let checker = Checker { pipeline: &pipeline, previous: Previous::index(args, &pipeline)?, notices, args, terminal };
    let progress = terminal.progress(inputs.list.len());
    let (mut wrong, mut trouble) = (false, None);
    let mut printer = Printer::begin(args.format, terminal)?;
    let mut given = Given::default();
    let taken = in_order(
        inputs.list.len(),
        jobs(args.jobs),
        &stop,
        Stages {
            work: |store: &mut (Loader, Loader), index: usize| checker.check(store, &inputs.list[index]),
            place: |index, checked: &mut Checked| checker.notices.name(&mut given, index, &mut checked.notice),
            finish: |_, checked| checker.finish(checked),
            tell: |index: usize, checked: Result<Checked>| {
                progress.step();
                let printed = checked.and_then(|checked| {
                    wrong |= checked.findings.iter().any(|finding| finding.severity == Severity::Error);
                    printer.print(&inputs.list[index].path, &checked)
                });
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

/// What the workers share.
struct Checker<'a> {
    pipeline: &'a Pipeline<'a>,
    previous: Previous,
    notices: Notices,
    args: &'a Check,
    terminal: &'a Terminal,
}

/// What became of one input.
struct Checked {
    report: Option<Report>,
    /// Worst first, in the order of the document otherwise.
    findings: Vec<Finding>,
    /// The row of the form under each finding, where findings are printed for people.
    excerpts: Vec<Option<String>>,
    notice: Notice,
}

impl Checker<'_> {
    fn check(&self, (loader, previous_loader): &mut (Loader, Loader), input: &Input) -> Checked {
        let mut sent = Vec::new();
        let found = guarded(|| {
            sent = loader.bytes(input)?;
            let mut report = self.pipeline.read(input, &sent)?;
            let before = self.previous.of(&report, self.pipeline, previous_loader)?;
            self.pipeline.check(&mut report, before.as_ref());
            Ok(report)
        });
        let (report, mut findings) = match found {
            Ok(mut report) => {
                let findings = std::mem::take(&mut report.findings);
                (Some(report), findings)
            }
            Err(finding) => (None, vec![*finding]),
        };
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let notice = self.notices.make(input, &sent, report.as_ref(), &mut findings);
        Checked { report, findings, excerpts: Vec::new(), notice }
    }

    fn finish(&self, mut checked: Checked) -> Result<Checked> {
        self.notices.write(std::mem::take(&mut checked.notice), &mut checked.findings)?;
        if let Some(report) = checked.report.take().filter(|_| self.args.format == Rendering::Text)
            && let Some(form) = self.pipeline.forms().get(&report.form)
        {
            let shown = |finding: &Finding| excerpt(form, &report, finding, self.terminal.language);
            let all = guarded(|| Ok(checked.findings.iter().map(shown).collect()));
            checked.excerpts = all.unwrap_or_default();
        }
        Ok(checked)
    }
}
