//! `nianbao convert`: converts a batch of reports to Word, Excel and web pages.

mod fingerprint;
mod options;
mod told;

use std::collections::BTreeSet;

use anyhow::Result;
use nianbao::agencies::Matcher;
use nianbao::batch::{self, Pipeline, Preview, Site, Summary, Task};
use nianbao::fill::Template;
use nianbao::finding::code::bind::FORM_NOT_RECOGNISED;

use super::args::{Convert, Global};
use super::dry::{self, Trial};
use super::failure::{failure, of_system};
use super::policy::policy;
use super::terminal::Terminal;
use super::{Exit, corrections, mistakes};
use fingerprint::{Parts, fingerprint};
use options::{compile, page, template_bytes};
use told::{NotListed, say_any, sum, tell};

pub(super) use options::{form_named, formats, jobs, known_form, pdf, stop_on_ctrl_c};
pub(super) use told::passed_over;

pub(crate) fn run(args: &Convert, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    known_form(&forms, args.form.as_deref())?;
    known_form(&forms, args.to_form.as_deref())?;
    let migrations = mistakes::migrations(global, &forms)?;
    let mut inputs = batch::list(&args.inputs, Some(&args.out))?;
    if let Some(shard) = args.shard {
        inputs.keep(shard);
    }
    let corrections = corrections::read(args.corrections.as_deref(), terminal)?;
    let undone = corrections.is_none() && corrections::were_applied(&args.out);
    let policy = policy(&args.wanting, &global.found, super::today())?;
    let pipeline = Pipeline::new(&forms, args.form.clone()).any(args.any);
    let mut pipeline = pipeline.correcting(corrections.as_ref()).telling(policy);
    if let Some(form) = &args.to_form {
        pipeline = pipeline.into_form(&migrations, form.clone());
    }
    let bytes = args.template.as_deref().map(template_bytes).transpose()?;
    let template = bytes.as_deref().map(|bytes| compile(args, &forms, bytes)).transpose()?;
    for finding in template.iter().flat_map(Template::findings) {
        let name = args.template.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        terminal.line(&terminal.finding(&name, finding));
    }
    let to = match &template {
        Some(template) if args.only_template => vec![template.output()],
        _ => formats(&args.to),
    };
    if let Some(template) = template.as_ref().filter(|template| !to.contains(&template.output())) {
        let suffix = template.output().suffix();
        return Err(failure(
            format!("模板是 .{suffix} 文件，但 --to 中没有 {suffix}。"),
            format!("the template is a .{suffix} file, but {suffix} is not among the formats of --to"),
        ));
    }
    let agencies = args.agencies.as_deref().map(super::agencies::read).transpose()?;
    for finding in agencies.iter().flat_map(|agencies| &agencies.findings) {
        let name = args.agencies.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        terminal.line(&terminal.finding(&name, finding));
    }
    let page = page(&args.site)?;
    let site = Site { pages: page.0, agencies: agencies.as_ref().map(Matcher::new) };
    let pdf = pdf(&to, args.fonts.as_deref())?;
    let (template_text, page_text) = (bytes.as_deref(), page.1.as_deref());
    let parts = Parts { template: template_text, page: page_text, agencies: agencies.as_ref(), pdf: pdf.as_ref() };
    let fingerprint = fingerprint(args, global, &to, parts, pipeline.policy())?;
    let trial = Trial::wanted(args.dry_run)?;
    let task = Task {
        inputs: &inputs.list,
        pipeline: &pipeline,
        to: &to,
        template: template.as_ref(),
        site: Some(&site),
        pdf: pdf.as_ref(),
        agencies: agencies.as_ref(),
        out: trial.as_ref().map_or(args.out.as_path(), Trial::folder),
        prune: args.prune,
        jobs: jobs(args.jobs),
        part: args.shard.is_some(),
        as_written: args.as_written,
        fingerprint,
    };
    let stop = stop_on_ctrl_c()?;
    let progress = terminal.progress(inputs.list.len());
    let mut not_listed = NotListed::default();
    let mut met = BTreeSet::new();
    let mut fit_no_form = 0;
    let summary = batch::convert(&task, &stop, |entry, findings| {
        fit_no_form += usize::from(findings.iter().any(|(_, finding)| finding.code == FORM_NOT_RECOGNISED.id));
        met.extend(entry.form.iter().chain(entry.reports.iter().map(|report| &report.form)).cloned());
        tell(&progress, terminal, entry, findings, &mut not_listed);
    })?;
    drop(progress);
    if args.dictionary {
        dictionaries(task.out, &met, pipeline.forms())?;
    }
    not_listed.say(terminal);
    say_any(terminal, fit_no_form);
    passed_over(terminal, &inputs);
    corrections::unmet(corrections.as_ref(), terminal);
    if undone {
        terminal.line(terminal.say(
            "上次运行用了更正单，这次没有给 --corrections，输出的是报送的原数，没有更正。需要更正的，请加上更正单再运行一次。",
            "the last run applied corrections, and this one was given none: the outputs have the figures as they were sent; run once more with --corrections to have them corrected",
        ));
    }
    if let Some(trial) = &trial {
        dry::say(terminal, &Preview::compare(trial.folder(), &args.out, args.prune), &args.out);
        return Ok(exit(&summary));
    }
    terminal.stale(&summary.stale, &args.out.display().to_string());
    terminal.note(&sum(terminal, &summary, &args.out));
    Ok(exit(&summary))
}

/// Writes the Table Schema of each of these forms into the output folder.
fn dictionaries(out: &std::path::Path, met: &BTreeSet<String>, forms: &nianbao::form::Forms) -> Result<()> {
    for form in met.iter().filter_map(|id| forms.get(id)) {
        let name = format!("{}.schema.json", form.id);
        let path = out.join(&name);
        batch::write_whole(out, &name, nianbao::formbook::schema(form).as_bytes()).map_err(of_system(&path))?;
        batch::note_copy(out, &name).map_err(of_system(&path))?;
    }
    Ok(())
}

fn exit(summary: &Summary) -> Exit {
    match summary {
        Summary { stopped: true, .. } => Exit::Stopped,
        Summary { with_errors, failed, .. } => Exit::wrong_if(with_errors + failed > 0),
    }
}
