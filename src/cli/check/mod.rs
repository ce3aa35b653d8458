//! `nianbao check`: what is wrong with reports.

mod passages;
mod previous;
mod printer;
mod revisions;
mod verdicts;

use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Result;
use jiff::civil::{Date, DateTime};
use nianbao::agencies::{Agencies, Matcher};
use nianbao::annotate::AUTHOR;
use nianbao::batch::{
    self, Content, Folders, Given, Input, Loader, Notice, Notices, Pipeline, Stages, guarded, in_order,
};
use nianbao::check::Context;
use nianbao::check::render::excerpt;
use nianbao::corrections::{Correction, drafts};
use nianbao::finding::{Bilingual, Finding, Message, Severity};
use nianbao::form::Standing;
use nianbao::report::Report;
use nianbao::waivers::{self, Waivers};

use super::args::{Check, Global, Rendering};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::failure::{failure, of_file, of_system};
use super::terminal::Terminal;
use super::{Exit, agencies, corrections, mistakes};
use passages::Passages;
use previous::Previous;
use printer::Printer;

pub(crate) fn run(args: &Check, global: &Global, terminal: &Terminal) -> Result<Exit> {
    if args.verdicts && !matches!(args.format, Rendering::Text | Rendering::Json) {
        return Err(failure(
            "--verdicts 只能与 --format text 或 json 同用。",
            "--verdicts are printed as text or json",
        ));
    }
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let folders = [&args.annotate, &args.letter, &args.revise];
    let outputs: Vec<&Path> = folders.into_iter().flatten().map(AsRef::as_ref).collect();
    let inputs = batch::list_outside(&args.inputs, &outputs)?;
    let corrected = corrections::read(args.corrections.as_deref(), terminal)?;
    let pipeline = Pipeline::new(&forms, args.form.clone()).correcting(corrected.as_ref());
    let stop = stop_on_ctrl_c()?;
    let waivers = args.waivers.as_deref().map(read_waivers).transpose()?.unwrap_or_default();
    let agencies = args.agencies.as_deref().map(agencies::read).transpose()?;
    let matcher = agencies.as_ref().map(Matcher::new);
    let [copies, letters, revisions] = folders.map(Option::as_deref);
    let author = args.author.as_deref().unwrap_or(AUTHOR);
    let folders = Folders { copies, letters, revisions };
    let notices = Notices::open(folders, &inputs.list, (terminal.language, author))?;
    let previous = Previous::index(args, &pipeline, matcher.as_ref())?;
    let now = now();
    let today = args.today.unwrap_or_else(|| now.date());
    let agencies = agencies.as_ref().zip(matcher.as_ref());
    let checker = Checker { pipeline: &pipeline, previous, agencies, waivers, today, now, notices, args, terminal };
    let progress = terminal.progress(inputs.list.len());
    let (mut wrong, mut trouble, mut drafts) = (false, None, Vec::new());
    let mut printer = Printer::begin(args.format, terminal)?;
    let mut given = Given::default();
    let mut passages = Passages::default();
    let mut matched = false;
    let taken = in_order(
        inputs.list.len(),
        jobs(args.jobs),
        &stop,
        Stages {
            work: |store: &mut (Loader, Loader), index: usize| checker.check(store, &inputs.list[index]),
            place: |index, checked: &mut Checked| {
                passages.compare(checked);
                checker.notices.name(&mut given, index, &mut checked.notice);
            },
            finish: |_, checked| checker.finish(checked),
            tell: |index: usize, checked: Result<Checked>| {
                progress.step();
                matched |= checked.as_ref().is_ok_and(|checked| checked.has_previous);
                let printed = checked.and_then(|mut checked| {
                    drafts.append(&mut checked.drafts);
                    wrong |= checked.findings.iter().any(|finding| finding.counts(Severity::Error));
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
    corrections::unmet(corrected.as_ref(), terminal);
    if let Some(path) = &args.propose {
        corrections::write(path, &drafts)?;
    }
    if let Some(folder) = args.previous.as_deref().filter(|_| !matched && taken > 0) {
        terminal.line(&checker.previous.said(folder, terminal));
    }
    Ok(if taken < inputs.list.len() { Exit::Stopped } else { Exit::wrong_if(wrong) })
}

/// The waivers of a file.
fn read_waivers(path: &Path) -> Result<Waivers> {
    if std::fs::metadata(path).map_err(of_system(path))?.len() > 64 << 20 {
        return Err(of_file(path, &Message::new("保留清单不得超过64MB。", "a file of waivers may have 64 MB")));
    }
    let text = std::fs::read_to_string(path).map_err(of_system(path))?;
    Waivers::read(&path.to_string_lossy(), &text).map_err(|error| of_file(path, &error.message()))
}

/// Now in China, where the reports are from.
fn now() -> DateTime {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now())
}

/// What the workers share.
struct Checker<'a> {
    pipeline: &'a Pipeline<'a>,
    previous: Previous,
    agencies: Option<(&'a Agencies, &'a Matcher<'a>)>,
    waivers: Waivers,
    today: Date,
    /// Now in China, for drafts and tracked changes.
    now: DateTime,
    notices: Notices,
    args: &'a Check,
    terminal: &'a Terminal,
}

/// What became of one input.
#[derive(Default)]
struct Checked {
    report: Option<Report>,
    /// Worst first, in the order of the document otherwise.
    findings: Vec<Finding>,
    /// The row of the form under each finding, where findings are printed for people.
    excerpts: Vec<Option<String>>,
    /// What became of every rule, or a waiver for each finding: what is printed in place of the findings of a file that was read.
    instead: Option<Vec<String>>,
    notice: Notice,
    /// Drafts of corrections, where they are wanted.
    drafts: Vec<Correction>,
    /// Whether last year's report was found.
    has_previous: bool,
}

impl Checker<'_> {
    fn check(&self, (loader, previous_loader): &mut (Loader, Loader), input: &Input) -> Checked {
        let (mut sent, mut checked) = (Vec::new(), Checked::default());
        let found = guarded(|| {
            sent = loader.bytes(input)?;
            let mut report = self.pipeline.read(input, &Content::of(&sent))?;
            let matcher = self.agencies.map(|(_, matcher)| matcher);
            let before = self.previous.of(&report, self.pipeline, matcher, previous_loader)?;
            let context = Context { previous: before.as_ref(), standing: self.standing(&report) };
            self.pipeline.check(&mut report, &context);
            checked.has_previous = before.is_some();
            if before.is_none() && self.args.previous.is_some() {
                report.findings.push(previous::missing(&report));
            }
            if let Some(form) = self.pipeline.forms().get(&report.form).filter(|_| self.args.verdicts) {
                let format = self.args.format;
                checked.instead = Some(verdicts::lines(form, &report, &context, &input.path, format, self.terminal));
            }
            Ok(report)
        });
        match found {
            Ok(mut report) => {
                checked.findings = std::mem::take(&mut report.findings);
                self.waivers.apply(&report, self.today, &mut checked.findings);
                if self.args.format == Rendering::Waivers {
                    let open = checked.findings.iter().filter(|finding| finding.waived.is_none());
                    checked.instead = Some(open.filter_map(|finding| waivers::draft(&report, finding)).collect());
                }
                checked.report = Some(report);
            }
            Err(finding) => checked.findings.push(*finding),
        }
        let (mut open, waived): (Vec<_>, Vec<_>) =
            std::mem::take(&mut checked.findings).into_iter().partition(|finding| finding.waived.is_none());
        open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        checked.notice = self.notices.make(input, &sent, checked.report.as_ref(), &mut open);
        if let Some(report) =
            checked.report.as_ref().filter(|_| self.args.propose.is_some() || self.args.revise.is_some())
        {
            let at = self.now.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string();
            let drafts = drafts(report, 0, &open, self.author(), &at);
            revisions::make(self, input, &sent, report, &drafts, (&mut checked.notice, &mut open));
            checked.drafts = drafts;
        }
        checked.findings = open;
        checked.findings.extend(waived);
        checked
    }

    /// Whose name comments, tracked changes and drafts have.
    fn author(&self) -> &str {
        self.args.author.as_deref().unwrap_or(AUTHOR)
    }

    /// What the agencies file says about the agency.
    fn standing(&self, report: &Report) -> Standing<'_> {
        let known = self
            .agencies
            .zip(report.agency.as_deref())
            .and_then(|((agencies, matcher), name)| matcher.find(name).agency.map(|agency| &agencies.list()[agency]));
        let (level, kind) = known.map_or((None, None), |agency| (agency.level.as_deref(), agency.kind.as_deref()));
        Standing { name: None, level, kind }
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
