//! `nianbao check`: prints the findings about reports.

mod letters;
mod passages;
mod previous;
mod printer;
mod revisions;
mod summary;
mod verdicts;

use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Result;
use jiff::civil::{Date, DateTime};
use nianbao::agencies::{Agencies, Matcher};
use nianbao::annotate::AUTHOR;
use nianbao::batch::{
    self, AssignedNames, Content, Copies, Folders, Input, Loader, Notice, Notices, Pipeline, Stages, guarded, in_order,
};
use nianbao::check::Context;
use nianbao::check::render::excerpt;
use nianbao::corrections::{Correction, Drafted, drafts};
use nianbao::finding::{Bilingual, Finding, Message, Severity};
use nianbao::form::Standing;
use nianbao::report::Report;
use nianbao::waivers::{self, Waivers};

use super::args::{Check, Global, Rendering};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::failure::{failure, of_file, of_system};
use super::policy::policy;
use super::terminal::Terminal;
use super::{Exit, agencies, corrections, mistakes, now, table};
use passages::Passages;
use previous::Previous;
use printer::Printer;
use summary::Counts;

pub(crate) fn run(args: &Check, global: &Global, terminal: &Terminal) -> Result<Exit> {
    if args.verdicts && !matches!(args.format, Rendering::Text | Rendering::Json) {
        return Err(failure(
            "--verdicts 只能与 --format text 或 json 同用。",
            "--verdicts are printed as text or json",
        ));
    }
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let folders = [&args.annotate, &args.revise];
    let outputs: Vec<&Path> =
        [&args.annotate, &args.letter, &args.revise].into_iter().flatten().map(AsRef::as_ref).collect();
    let inputs = batch::list_outside(&args.inputs, &outputs)?;
    let corrected = corrections::read(args.corrections.as_deref(), terminal)?;
    let now = now();
    let today = args.today.unwrap_or_else(|| now.date());
    let policy = policy(&args.wanting, &global.found, today)?;
    let pipeline =
        Pipeline::new(&forms, args.form.clone()).any(args.any).correcting(corrected.as_ref()).telling(policy);
    let stop = stop_on_ctrl_c()?;
    let waivers = args.waivers.as_deref().map(read_waivers).transpose()?.unwrap_or_default();
    let agencies = args.agencies.as_deref().map(agencies::read).transpose()?;
    let matcher = agencies.as_ref().map(Matcher::new);
    let [copies, revisions] = folders.map(Option::as_deref);
    let author = args.author.as_deref().unwrap_or(AUTHOR);
    let folders = Folders { copies, revisions };
    let notices = Notices::open(folders, &inputs.list, (terminal.language, author))?;
    let migrations = mistakes::migrations(global, &forms)?;
    let previous = Previous::index(args, &pipeline, &migrations, matcher.as_ref())?;
    let agencies = agencies.as_ref().zip(matcher.as_ref());
    let checker = Checker { pipeline: &pipeline, previous, agencies, waivers, today, now, notices, args, terminal };
    let sender = letters::sender(&args.office, terminal.language);
    let mut post = letters::post(&checker, &sender);
    let progress = terminal.progress(inputs.list.len());
    let (mut wrong, mut trouble, mut drafts, mut made) = (false, None, Vec::new(), Copies::default());
    let mut printer = Printer::begin(args.format, terminal)?;
    let mut given = AssignedNames::default();
    let mut counts = Counts::default();
    let mut passages = Passages::default();
    let mut matched = false;
    let taken = in_order(
        inputs.list.len(),
        jobs(args.jobs),
        &stop,
        Stages {
            work: |store: &mut (Loader, Loader), index: usize| checker.check(store, &inputs.list[index]),
            place: |index, checked: &mut Checked| {
                checked.parts.iter_mut().for_each(|part| passages.compare(part));
                checker.notices.name(&mut given, index, &mut checked.notice);
            },
            finish: |_, checked| checker.finish(checked),
            tell: |index: usize, checked: Result<Checked>| {
                progress.step();
                matched |= checked.as_ref().is_ok_and(|checked| checked.parts.iter().any(|part| part.has_previous));
                let printed = checked.and_then(|mut checked| {
                    drafts.append(&mut checked.drafts);
                    made += checked.copies;
                    counts.add(&checked);
                    if let Some(post) = &mut post {
                        letters::add(post, &inputs.list[index].path, &checked);
                    }
                    let path = &inputs.list[index].path;
                    wrong |= checked
                        .parts
                        .iter()
                        .flat_map(|part| &part.findings)
                        .any(|finding| finding.counts(Severity::Error));
                    progress.above(|| checked.parts.iter().try_for_each(|part| printer.print(path, part)))
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
    revisions::print(made, args, terminal);
    if let Some(path) = &args.propose {
        corrections::write(path, &drafts, terminal)?;
    }
    if let Some(folder) = args.previous.as_deref().filter(|_| !matched && taken > 0) {
        terminal.line(&checker.previous.said(folder, terminal));
    }
    if let Some(post) = post {
        letters::write(&checker, post, taken == inputs.list.len())?;
    }
    counts.lines(terminal).iter().for_each(|line| terminal.note(line));
    Ok(if taken < inputs.list.len() { Exit::Stopped } else { Exit::wrong_if(wrong) })
}

/// Reads a file of waivers.
fn read_waivers(path: &Path) -> Result<Waivers> {
    if std::fs::metadata(path).map_err(of_system(path))?.len() > 64 << 20 {
        return Err(of_file(path, &Message::new("保留清单不得超过64MB。", "a file of waivers may have 64 MB")));
    }
    let (text, is_table) = table::text(path)?;
    let name = if is_table { "waivers.csv".into() } else { path.to_string_lossy() };
    Waivers::read(&name, &text).map_err(|error| of_file(path, &error.message()))
}

/// State shared by the workers.
struct Checker<'a> {
    pipeline: &'a Pipeline<'a>,
    previous: Previous<'a>,
    agencies: Option<(&'a Agencies, &'a Matcher<'a>)>,
    waivers: Waivers,
    today: Date,
    /// The current time in China, for drafts and tracked changes.
    now: DateTime,
    notices: Notices,
    args: &'a Check,
    terminal: &'a Terminal,
}

/// The outcome of one input: one part per report, or a single part if no report can be read.
#[derive(Default)]
struct Checked {
    parts: Vec<ReportOutcome>,
    /// SHA-256 of the file if letters are requested; else, or if the file could not be loaded, empty.
    sha256: String,
    notice: Notice,
    /// Number of copies for the sender.
    copies: Copies,
    /// Drafts of corrections, if requested.
    drafts: Vec<Drafted>,
}

/// The outcome of one report.
#[derive(Default)]
struct ReportOutcome {
    /// Its index in the file, from 0.
    number: usize,
    /// The displayed path, with the report's agency if the file holds several reports.
    path: String,
    report: Option<Report>,
    /// Sorted: without waiver first, then by descending severity, then in the order of the document.
    findings: Vec<Finding>,
    /// For each finding the row of the form printed below it, in the text format.
    excerpts: Vec<Option<String>>,
    /// Lines printed in place of the findings: the verdicts of `--verdicts`, or the waivers of `--format waivers`.
    instead: Option<Vec<String>>,
    /// Data of the report for letters.
    about: Option<letters::About>,
    /// Whether a report was read at all.
    was_read: bool,
    /// Whether last year's report was found, or several different ones.
    has_previous: bool,
}

impl Checker<'_> {
    fn check(&self, (loader, previous_loader): &mut (Loader, Loader), input: &Input) -> Checked {
        let mut sent = Vec::new();
        let in_hand = input.take();
        let read = in_hand.as_ref().map_err(Clone::clone).and_then(|_| {
            guarded(|| {
                sent = loader.bytes(input)?;
                self.pipeline.read(input, &Content::from_bytes(&sent))
            })
        });
        let mut checked = Checked::default();
        if self.args.letter.is_some() && !sent.is_empty() {
            checked.sha256 = batch::sha256(&sent);
        }
        match read {
            Ok(reports) => {
                let several = reports.len() > 1;
                for (number, report) in reports.into_iter().enumerate() {
                    let which = several.then_some((number, report.agency.as_deref(), report.year));
                    let path = self.terminal.path(&input.path, which);
                    let part = ReportOutcome { number, path, ..ReportOutcome::default() };
                    checked.parts.push(self.part(part, report, input, previous_loader));
                }
            }
            Err(finding) => {
                let (path, findings) = (input.path.to_string(), vec![*finding]);
                checked.parts.push(ReportOutcome { path, findings, ..ReportOutcome::default() });
            }
        }
        let mut parts: Vec<(Option<&Report>, &mut Vec<Finding>)> =
            checked.parts.iter_mut().map(|part| (part.report.as_ref(), &mut part.findings)).collect();
        checked.notice = self.notices.make(input, &sent, &mut parts);
        if self.args.propose.is_some() || self.args.revise.is_some() {
            self.draft(input, &sent, &mut checked);
        }
        checked.copies = checked.notice.copies;
        checked
    }

    /// Drafts corrections of every report, and adds a revised copy of the file to the outputs.
    fn draft(&self, input: &Input, sent: &[u8], checked: &mut Checked) {
        let at = self.now.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string();
        let mut drafted: Vec<(&Report, Vec<Correction>)> = Vec::new();
        for part in &checked.parts {
            let Some(report) = &part.report else { continue };
            let open: Vec<Finding> = part.findings.iter().filter(|finding| finding.waived.is_none()).cloned().collect();
            drafted.push((report, drafts(report, part.number, &open, self.author(), &at)));
        }
        let mut told = Vec::new();
        revisions::make(self, input, sent, &drafted, (&mut checked.notice, &mut told));
        let forms = self.pipeline.forms();
        let worded =
            drafted.into_iter().filter_map(|(report, drafts)| Some((forms.get(&report.form)?, report, drafts)));
        checked.drafts = worded
            .flat_map(|(form, report, drafts)| drafts.into_iter().map(move |draft| Drafted::new(draft, form, report)))
            .collect();
        if let Some(first) = checked.parts.first_mut() {
            let open = first.findings.iter().filter(|finding| finding.waived.is_none()).count();
            first.findings.splice(open..open, told);
        }
    }

    /// Checks one report.
    fn part(&self, mut part: ReportOutcome, mut report: Report, input: &Input, loader: &mut Loader) -> ReportOutcome {
        let done = guarded(|| {
            let matcher = self.agencies.map(|(_, matcher)| matcher);
            let (before, uncertain) = self.previous.report(&report, self.pipeline, matcher, loader)?;
            let context = Context { previous: before.as_ref(), standing: self.standing(&report), is_sum: false };
            self.pipeline.check(&mut report, &context);
            part.has_previous = before.is_some() || uncertain.is_some();
            if before.is_none() && self.args.previous.is_some() {
                report.findings.push(uncertain.unwrap_or_else(|| previous::missing(&report)));
            }
            self.pipeline.settle(&mut report);
            let form = self.pipeline.forms().get(&report.form).filter(|_| self.args.verdicts);
            let which = (&*input.path, &part);
            Ok(form.map(|form| verdicts::lines(form, &report, &context, which, self.args.format, self.terminal)))
        });
        match done {
            Ok(instead) => {
                part.was_read = true;
                part.about = Some(letters::About::from_report(&report));
                part.instead = instead;
                part.findings = std::mem::take(&mut report.findings);
                self.waivers.apply(&report, self.today, &mut part.findings);
                if self.args.format == Rendering::Waivers {
                    let open = part.findings.iter().filter(|finding| finding.waived.is_none());
                    part.instead = Some(open.filter_map(|finding| waivers::draft(&report, finding)).collect());
                }
                part.report = Some(report);
            }
            Err(finding) => part.findings.push(*finding),
        }
        let (mut open, waived): (Vec<_>, Vec<_>) =
            std::mem::take(&mut part.findings).into_iter().partition(|finding| finding.waived.is_none());
        open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        part.findings = open;
        part.findings.extend(waived);
        part
    }

    /// Author of comments, tracked changes and drafts.
    fn author(&self) -> &str {
        self.args.author.as_deref().unwrap_or(AUTHOR)
    }

    /// Level and kind of the agency in the agencies file.
    fn standing(&self, report: &Report) -> Standing<'_> {
        let known = self
            .agencies
            .zip(report.agency.as_deref())
            .and_then(|((agencies, matcher), name)| matcher.find(name).agency.map(|agency| &agencies.list()[agency]));
        let (level, kind) = known.map_or((None, None), |agency| (agency.level.as_deref(), agency.kind.as_deref()));
        Standing { name: None, level, kind }
    }

    fn finish(&self, mut checked: Checked) -> Result<Checked> {
        let Some(first) = checked.parts.first_mut() else { return Ok(checked) };
        self.notices.write(std::mem::take(&mut checked.notice), &mut first.findings)?;
        for part in &mut checked.parts {
            if let Some(report) = part.report.take().filter(|_| self.args.format == Rendering::Text)
                && let Some(form) = self.pipeline.forms().get(&report.form)
            {
                let shown = |finding: &Finding| excerpt(form, &report, finding, self.terminal.language);
                let all = guarded(|| Ok(part.findings.iter().map(shown).collect()));
                part.excerpts = all.unwrap_or_default();
            }
        }
        Ok(checked)
    }
}
