//! `nianbao rollup`: sums the reports of many agencies for their superior.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::{self, Content, Input, Loader, Pipeline, Preview, Stages, guarded, in_order};
use nianbao::corrections::Corrections;
use nianbao::finding::code::rollup::AGENCY_NOT_LISTED;
use nianbao::finding::{Finding, Language, Message, Severity};
use nianbao::form::Forms;
use nianbao::migrate::Migrations;
use nianbao::report::Report;
use nianbao::rollup::{Arrival, Collection, Outcome, Previous, Rollup, Told, Unlisted};
use nianbao::summary;
use nianbao::write::WriteError;

use super::args::{Global, Rollup as Args};
use super::convert::{jobs, known_form, passed_over, stop_on_ctrl_c};
use super::failure::{Failure, failure, of_file, of_finding, of_system};
use super::policy::policy;
use super::terminal::{NAMED, Terminal};
use super::{Exit, agencies, corrections, dry, mistakes};

/// Maximum number of errors of one kind that are all printed; of more, only the first few and a count are.
const MANY: usize = 20;

pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    let given = args.agencies.as_deref().map(agencies::read).transpose()?;
    let inputs = batch::list(&args.inputs, Some(&args.out))?;
    let corrections = corrections::read(args.corrections.as_deref(), terminal)?;
    let policy = policy(&args.wanting, &global.found, super::today())?;
    let pipeline = Pipeline::new(&forms, args.form.clone()).correcting(corrections.as_ref()).telling(policy);
    let migrations = mistakes::migrations(global, &forms)?;
    let stop = stop_on_ctrl_c()?;
    let named;
    let mut heap;
    let finished = if let Some(agencies) = &given {
        heap = Collection::new(&forms, &migrations, agencies, args.without_errors);
        read(args.jobs, &pipeline, &inputs.list, (terminal, &stop), |path, outcome| {
            heap.add(Arc::clone(path), outcome);
        })?
    } else {
        let mut read_all = Unlisted::new(&forms, &migrations, args.without_errors);
        let finished = read(args.jobs, &pipeline, &inputs.list, (terminal, &stop), |path, outcome| {
            read_all.add(Arc::clone(path), outcome);
        })?;
        named = read_all.agencies();
        heap = read_all.with_agencies(&named);
        finished
    };
    if !finished {
        return Ok(Exit::Stopped);
    }
    passed_over(terminal, &inputs);
    corrections::unmet(corrections.as_ref(), terminal);
    let received = batch::received(&inputs.list);
    let arrival = |path: &str| Arrival::new(path, received.get(path).copied());
    let rollup = match &args.previous {
        None => heap.finish(args.year, &arrival),
        Some(_) => heap.finish_uncompared(args.year, &arrival),
    };
    let mut rollup = rollup
        .ok_or_else(|| failure("所给文件中没有这一年度的报告。", "none of the inputs is a report of that year"))?;
    if let Some(path) = &args.previous {
        match previous(path, args, (&migrations, &forms, corrections.as_ref()), &mut rollup, (terminal, &stop))? {
            Some(found) => {
                rollup.findings.extend(found.comparison_finding(&rollup));
                rollup.previous = Some(found);
            }
            None => return Ok(Exit::Stopped),
        }
    }
    rollup.findings.retain_mut(|told| {
        let mut one = vec![told.finding.clone()];
        let agency = told.agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
        pipeline.policy().apply(agency, &mut one);
        one.pop().map(|finding| told.finding = finding).is_some()
    });
    let mut report = rollup.report();
    pipeline.check(&mut report, &nianbao::check::Context { is_sum: true, ..nianbao::check::Context::default() });
    pipeline.policy().apply(report.agency.as_deref(), &mut report.findings);
    if args.dry_run {
        dry::say(terminal, &preview(args, &rollup, &report)?, &args.out);
    } else {
        write(args, &rollup, &report)?;
    }
    Ok(print_result(terminal, &rollup, &report, (!args.dry_run).then_some(args.out.as_path())))
}

/// Last year's figures, from reports in any form that can be migrated to this year's; `None` if stopped by Ctrl-C. A single file is
/// read as last year's roll-up. Findings about last year's files are added to `rollup`.
fn previous(
    path: &str,
    args: &Args,
    (migrations, forms, corrections): (&Migrations, &Forms, Option<&Corrections>),
    rollup: &mut Rollup,
    (terminal, stop): (&Terminal, &AtomicBool),
) -> Result<Option<Previous>> {
    let pipeline = Pipeline::new(forms, None).into_form(migrations, rollup.form.id.clone()).correcting(corrections);
    let inputs = batch::list(&[path.to_owned()], None)?.list;
    let year = rollup.year - 1;
    if let [input] = inputs.as_slice()
        && Path::new(path).is_file()
        && *input.path == *path
    {
        let report = guarded(|| pipeline.read_sums(input, &Content::from_bytes(&Loader::default().bytes(input)?)))
            .map_err(|finding| of_finding(path, &finding))?;
        let name = report.agency.as_deref().unwrap_or_default();
        if rollup.superior().is_some_and(|top| Matcher::new(rollup.agencies).find(name).agency != Some(top)) {
            return Err(of_file(Path::new(path), &not_of_superior(name)));
        }
        let found = Previous::of_report(&rollup.form, &report).filter(|found| found.year == year);
        let told = |finding| Told { agency: None, file: Some(path.to_owned()), finding };
        rollup.findings.extend(report.findings.into_iter().map(told));
        let other = Message::new(format!("不是{year}年度的汇总。"), format!("it is not of {year}"));
        return found.map(Some).ok_or_else(|| of_file(Path::new(path), &other));
    }
    let mut heap = Collection::new(forms, migrations, rollup.agencies, args.without_errors);
    if !read(args.jobs, &pipeline, &inputs, (terminal, stop), |path, outcome| heap.add(Arc::clone(path), outcome))? {
        return Ok(None);
    }
    let received = batch::received(&inputs);
    let arrival = |path: &str| Arrival::new(path, received.get(path).copied());
    let before = heap.finish_uncompared(Some(year), &arrival).ok_or_else(|| {
        let none = Message::new(format!("没有{year}年度的报告。"), format!("there is no report of {year}"));
        of_file(Path::new(path), &none)
    })?;
    let previous = Previous::of_rollup(rollup, &before);
    // Findings about the agencies file itself are already in this year's roll-up.
    let told = before.findings.into_iter().filter(|told| told.agency.is_some() || told.file.is_some());
    rollup.findings.extend(told);
    Ok(Some(previous))
}

/// The error that a roll-up of last year belongs to another agency than the superior.
fn not_of_superior(name: &str) -> Message {
    if name.is_empty() {
        return Message::new(
            "文件中没有机关名称，不能确定是不是名录中最上级单位的汇总。请在标题中写明机关全称。",
            "it names no agency, so whether it is of the superior of these agencies is not known; write the name into the title",
        );
    }
    Message::new(
        format!("这是“{name}”的汇总，不是名录中最上级单位的。"),
        format!("it is of \"{name}\", which is not the superior of these agencies"),
    )
}

/// Reads and checks the inputs and passes their outcomes on in order; false if stopped by Ctrl-C.
fn read(
    wanted: Option<NonZeroUsize>,
    pipeline: &Pipeline,
    inputs: &[Input],
    (terminal, stop): (&Terminal, &AtomicBool),
    mut take: impl FnMut(&Arc<str>, Outcome) + Send,
) -> Result<bool> {
    let progress = terminal.progress(inputs.len());
    let stages = Stages {
        work: |loader: &mut Loader, index: usize| {
            let input = &inputs[index];
            let _in_hand = input.take()?;
            guarded(|| {
                let bytes = loader.bytes(input)?;
                pipeline.report(input, &Content::from_bytes(&bytes))
            })
        },
        place: |_, _: &mut Outcome| (),
        finish: |_, outcome| outcome,
        tell: |index: usize, outcome: Outcome| {
            progress.step();
            take(&inputs[index].path, outcome);
        },
    };
    in_order(inputs.len(), jobs(wanted), stop, stages)?;
    Ok(!stop.load(Ordering::Relaxed))
}

fn write(args: &Args, rollup: &Rollup, report: &Report) -> Result<()> {
    let out = &args.out;
    let written = guarded(|| Ok(batch::write_together(out, &summary::files(rollup, report), jobs(args.jobs))));
    let written = written.map_err(|finding| anyhow::Error::from(Failure(finding.message)))?;
    written.map_err(|batch::GroupError { path, why }| match why {
        batch::GroupCause::Folder(error) => error.into(),
        batch::GroupCause::System(error) => of_system(&path)(error),
        batch::GroupCause::Made(error) => error.into(),
    })?;
    for file in summary::files(rollup, report) {
        batch::note_copy(out, &file.name).map_err(of_system(&out.join(&file.name)))?;
    }
    Ok(())
}

/// The changes that writing the files would make.
fn preview(args: &Args, rollup: &Rollup, report: &Report) -> Result<Preview> {
    let made = guarded(|| {
        let mut preview = Preview::default();
        let written = summary::files(rollup, report).iter().try_for_each(|file| {
            let mut bytes = Vec::new();
            file.write(&mut bytes)?;
            preview.add(&args.out, &file.name, &bytes);
            Ok::<(), WriteError>(())
        });
        Ok(written.map(|()| preview))
    });
    Ok(made.map_err(|finding| anyhow::Error::from(Failure(finding.message)))??)
}

fn print_result(terminal: &Terminal, rollup: &Rollup, report: &Report, out: Option<&Path>) -> Exit {
    let wrong = say_errors(terminal, rollup) || say_broken(terminal, report);
    let (year, counts) = (rollup.year, rollup.counts_of_agencies().message());
    let counts = counts.get(terminal.language);
    let place = out.map(|out| match terminal.language {
        Language::Zh => format!("输出在 {}", out.display()),
        Language::En => format!(" Outputs are in {}", out.display()),
    });
    let place = place.unwrap_or_default();
    terminal.note(&match terminal.language {
        Language::Zh => format!("{year}年：{counts}{place}"),
        Language::En => format!("{year}: {counts}{place}"),
    });
    Exit::wrong_if(wrong)
}

/// Prints the errors of the superior's report if its parts have none: an error of a part is usually an error of the sum too. The report
/// has no narrative yet, so only findings of rules count. Returns whether there are any.
fn say_broken(terminal: &Terminal, report: &Report) -> bool {
    let is_broken = |finding: &&Finding| finding.rule.is_some() && finding.severity == Severity::Error;
    let broken: Vec<&Finding> = report.findings.iter().filter(is_broken).collect();
    for finding in &broken {
        terminal.line(&terminal.finding("汇总报告", finding));
    }
    !broken.is_empty()
}

/// Prints the errors, one line each; of many of one kind, a few lines and a count. Returns whether there are any.
fn say_errors(terminal: &Terminal, rollup: &Rollup) -> bool {
    let mut kinds: Vec<(&str, Vec<&Told>)> = Vec::new();
    for told in rollup.findings.iter().filter(|told| told.finding.severity == Severity::Error) {
        match kinds.iter_mut().find(|kind| kind.0 == told.finding.code) {
            Some(kind) => kind.1.push(told),
            None => kinds.push((&told.finding.code, vec![told])),
        }
    }
    let any = !kinds.is_empty();
    for (code, all) in kinds {
        if code == AGENCY_NOT_LISTED.id && all.len() > NAMED {
            let files: Vec<&str> = all.iter().take(NAMED).filter_map(|told| told.file.as_deref()).collect();
            terminal.line(&terminal.not_listed(all.len(), &files));
            continue;
        }
        let shown = if all.len() > MANY { NAMED } else { all.len() };
        for told in &all[..shown] {
            let name = told.agency.map(|agency| rollup.agencies.list()[agency].name.as_str());
            terminal.line(&terminal.finding(told.file.as_deref().or(name).unwrap_or("汇总"), &told.finding));
        }
        say_more(terminal, all.len() - shown);
    }
    let (mut reports, mut count, mut shown) = (rollup.reports(), 0, Vec::new());
    for (number, entry) in rollup.entries.iter().enumerate() {
        let errors = reports.findings(number).into_iter().filter(|found| found.severity == Severity::Error);
        for error in errors {
            count += 1;
            if count <= MANY {
                shown.push((&*entry.file, error));
            }
        }
    }
    shown.truncate(if count > MANY { NAMED } else { count });
    for (file, error) in &shown {
        terminal.line(&terminal.finding(file, error));
    }
    say_more(terminal, count - shown.len());
    any || count > 0
}

/// Prints the number of errors that were not shown.
fn say_more(terminal: &Terminal, more: usize) {
    if more > 0 {
        terminal.line(&match terminal.language {
            Language::Zh => format!("另有{more}项同类问题，见“汇总.xlsx”的“问题清单”。"),
            Language::En => format!("{more} more of this kind: see the sheet 问题清单 of 汇总.xlsx."),
        });
    }
}
