//! `nianbao convert`: a batch of reports written as Word, Excel and web pages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::Result;
use nianbao::agencies::{Agencies, Matcher};
use nianbao::batch::{self, Entry, Inputs, Pipeline, Preview, Site, Status, Summary, Task};
use nianbao::bind::Binder;
use nianbao::fill::Template;
use nianbao::finding::code::bind::FORM_NOT_RECOGNISED;
use nianbao::finding::code::rollup::AGENCY_NOT_LISTED;
use nianbao::finding::{Bilingual, Finding, Language, Message, Severity};
use nianbao::form::{Form, Forms};
use nianbao::migrate::Migrations;
use nianbao::settings::Policy;
use nianbao::write::Output;
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::pdf::PdfWriter;
use sha2::{Digest, Sha256};

use super::args::{Convert, Global, SiteOptions};
use super::dry::{self, Trial};
use super::failure::{Failure, failure, of_file, of_system};
use super::policy::policy;
use super::supervise::is_alone;
use super::terminal::{NAMED, Progress, Terminal};
use super::{Exit, corrections, mistakes};

/// Signals within this time are one.
const ONE_SIGNAL: Duration = Duration::from_millis(300);

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
    if let Some(trial) = &trial {
        dry::say(terminal, &Preview::compare(trial.folder(), &args.out, args.prune), &args.out);
        return Ok(exit(&summary));
    }
    terminal.stale(&summary.stale, &args.out.display().to_string());
    terminal.note(&sum(terminal, &summary, &args.out));
    Ok(exit(&summary))
}

/// Puts the Table Schema of each of these forms into a folder of outputs.
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
        Summary { findings, failed, .. } => Exit::wrong_if(findings + failed > 0),
    }
}

/// Messages about an input during a batch: why it failed, or that it has errors.
fn tell(
    progress: &Progress,
    terminal: &Terminal,
    entry: &Entry,
    findings: &[(usize, &Finding)],
    not_listed: &mut NotListed,
) {
    progress.step();
    if entry.status == Status::Ok {
        return;
    }
    for (report, finding) in findings.iter().filter(|(_, finding)| finding.severity == Severity::Error) {
        let part = entry.reports.get(*report);
        let path = terminal.path(&entry.path, part.map(|part| (*report, part.agency.as_deref(), part.year)));
        if finding.code == AGENCY_NOT_LISTED.id {
            not_listed.add(terminal, path, finding);
            continue;
        }
        progress.line(&terminal.finding(&path, finding));
    }
}

/// Reports of agencies that are not in the agencies file, which are reported at the end: a line each, or one line for many.
#[derive(Default)]
struct NotListed {
    count: usize,
    first: Vec<(String, String)>,
}

impl NotListed {
    fn add(&mut self, terminal: &Terminal, path: String, finding: &Finding) {
        self.count += 1;
        if self.first.len() < NAMED {
            let line = terminal.finding(&path, finding);
            self.first.push((path, line));
        }
    }

    fn say(&self, terminal: &Terminal) {
        if self.count <= NAMED {
            self.first.iter().for_each(|(_, line)| terminal.line(line));
            return;
        }
        let files: Vec<&str> = self.first.iter().map(|(file, _)| file.as_str()).collect();
        terminal.line(&terminal.not_listed(self.count, &files));
    }
}

/// Says of files that fit no form how they are read all the same. With `--any` there are none.
fn say_any(terminal: &Terminal, count: usize) {
    if count > 0 {
        terminal.note(&match terminal.language {
            Language::Zh => format!("有{count}个文件不属于任何一种格式。要整理为公文式样的，请加 --any 再运行一次。"),
            Language::En => {
                format!(
                    "{count} of the files fit no form; --any reads any document and writes it in the look of GB/T 9704"
                )
            }
        });
    }
}

fn sum(terminal: &Terminal, summary: &Summary, out: &std::path::Path) -> String {
    let &Summary { ok, findings, failed, missing, unchanged, stopped, .. } = summary;
    let out = out.display();
    let text = match terminal.language {
        Language::Zh => format!(
            "共{}个文件：无错误{ok}个，有错误{findings}个，失败{failed}个；其中未变动而沿用{unchanged}个。输出在 {out}",
            ok + findings + failed
        ),
        Language::En => format!(
            "{} files: {ok} without errors, {findings} with errors, {failed} failed; {unchanged} of them unchanged since the last run. Outputs are in {out}",
            ok + findings + failed
        ),
    };
    let text = match (missing, terminal.language) {
        (0, _) => text,
        (_, Language::Zh) => format!("{text}。未报{missing}个单位，见index.html"),
        (_, Language::En) => format!("{text}. {missing} agencies did not report, see index.html"),
    };
    if stopped {
        format!("{text}{}", terminal.say("。已中断，再次运行同一命令即可继续", ". Stopped; the same command goes on"))
    } else {
        text
    }
}

/// Says which files of searched folders were skipped.
pub(super) fn passed_over(terminal: &Terminal, inputs: &Inputs) {
    if inputs.own > 0 {
        let own = inputs.own;
        terminal.note(&match terminal.language {
            Language::Zh => format!("文件夹中有{own}个文件是以前生成的，不当作报送的文件读取。"),
            Language::En => format!("not looked at in folders: {own} outputs of earlier runs"),
        });
    }
    if inputs.skipped.is_empty() {
        return;
    }
    let kinds = inputs.skipped.iter();
    terminal.note(&match terminal.language {
        Language::Zh => {
            let kinds: Vec<String> = kinds.map(|(suffix, count)| format!(".{suffix} {count}个")).collect();
            format!("文件夹中未读取的文件：{}。需要读取的，请写明文件名。", kinds.join("、"))
        }
        Language::En => {
            let kinds: Vec<String> = kinds.map(|(suffix, count)| format!("{count} .{suffix}")).collect();
            format!("not looked at in folders: {} (name a file to have it read)", kinds.join(", "))
        }
    });
}

/// The form with an id, or an error that lists the known ones.
pub(super) fn form_named<'f>(forms: &'f Forms, id: &str) -> Result<&'f Form> {
    known_form(forms, Some(id))?;
    let form = forms.get(id).map(AsRef::as_ref);
    form.ok_or_else(|| failure(format!("没有“{id}”这种格式。"), format!("there is no form {id}")))
}

/// Refuses a form that does not exist before any work is done.
pub(super) fn known_form(forms: &Forms, id: Option<&str>) -> Result<()> {
    match id {
        Some(id) if forms.get(id).is_none() => {
            let known: Vec<&str> = forms.iter().map(|form| form.id.as_str()).collect();
            Err(failure(
                format!("没有“{id}”这个格式；已有的格式：{}。", known.join("、")),
                format!("no form `{id}`: {}", known.join(", ")),
            ))
        }
        _ => Ok(()),
    }
}

/// The number of workers.
pub(super) fn jobs(wanted: Option<std::num::NonZeroUsize>) -> usize {
    let wanted = if is_alone() { std::num::NonZeroUsize::new(1) } else { wanted };
    wanted.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get)
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends at once, which leaves whole files too.
pub(super) fn stop_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let first = Mutex::new(None::<Instant>);
    ctrlc::set_handler(move || {
        // A supervisor hands on the signal that a terminal sends to both.
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        let again = first.get_or_insert_with(Instant::now).elapsed() > ONE_SIGNAL;
        if flag.swap(true, Ordering::Relaxed) && again {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}

pub(super) fn formats(wanted: &[Output]) -> Vec<Output> {
    let default = [Output::Docx, Output::Xlsx, Output::Html];
    let wanted = if wanted.is_empty() { &default[..] } else { wanted };
    let mut formats: Vec<Output> = Vec::new();
    for output in wanted {
        if !formats.contains(output) {
            formats.push(*output);
        }
    }
    formats
}

/// The writer of PDF with the fonts at hand, where PDF is wanted.
pub(super) fn pdf(to: &[Output], fonts: Option<&Path>) -> Result<Option<PdfWriter>> {
    if !to.contains(&Output::Pdf) {
        return Ok(None);
    }
    if let Some(folder) = fonts {
        std::fs::read_dir(folder).map_err(of_system(folder))?;
    }
    let fonts = batch::fonts(fonts).map_err(|error| anyhow::Error::from(Failure(error.message())))?;
    Ok(Some(PdfWriter::new(fonts)))
}

/// The template's bytes; a file too large to be one is not read.
fn template_bytes(path: &std::path::Path) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).map_err(of_system(path))?.len();
    if size > 64 << 20 {
        return Err(of_file(path, &Message::new("模板不得超过64MB。", "a template may have 64 MB")));
    }
    std::fs::read(path).map_err(of_system(path))
}

/// Writes the pages of the site, and the text of its template.
fn page(args: &SiteOptions) -> Result<(PageWriter, Option<String>)> {
    let SiteOptions { page_template, site_name, site_domain, site_id, column } = args;
    let options = PageOptions {
        site_name: site_name.clone(),
        site_domain: site_domain.clone(),
        site_code: site_id.clone(),
        column_name: column.clone(),
    };
    let path = page_template.as_deref().unwrap_or(Path::new(""));
    let bytes = page_template.as_deref().map(template_bytes).transpose()?;
    let text = bytes.map(String::from_utf8).transpose();
    let text = text.map_err(|_| {
        let (zh, en) =
            ("网页模板不是 UTF-8 编码，请另存为 UTF-8。", "the page template is not in UTF-8; save it as UTF-8");
        of_file(path, &Message::new(zh, en))
    })?;
    let writer = PageWriter::new(options, text.as_deref()).map_err(|error| {
        let Message { zh, en } = error.message();
        let name = path.display();
        let colon = if error.line.is_some() { ":" } else { ": " };
        failure(format!("“{name}”：{zh}"), format!("{name}{colon}{en}"))
    })?;
    Ok((writer, text))
}

fn compile(args: &Convert, forms: &Forms, bytes: &[u8]) -> Result<Template> {
    let path = args.template.as_deref().unwrap_or(Path::new(""));
    Template::compile(bytes, &Binder::new(forms), forms, args.form.as_deref())
        .map_err(|error| of_file(path, &error.message()))
}

/// Data loaded for a batch other than its inputs.
struct Parts<'a> {
    template: Option<&'a [u8]>,
    page: Option<&'a str>,
    agencies: Option<&'a Agencies>,
    pdf: Option<&'a PdfWriter>,
}

/// Everything besides the inputs that decides what comes out: this build of the program, the forms, the options.
fn fingerprint(
    args: &Convert,
    global: &Global,
    to: &[Output],
    Parts { template, page, agencies, pdf }: Parts,
    policy: &Policy,
) -> Result<[u8; 32]> {
    let mut digest = Sha256::new();
    // With its length before it, so that nothing can pass from one part to the next.
    let mut add = |part: &str| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(env!("CARGO_PKG_VERSION"));
    add(&program().unwrap_or_default());
    let forms = Forms::sources().iter().chain(Forms::further_sources());
    for &(name, text) in forms.chain(Migrations::sources()) {
        add(name);
        add(text);
    }
    for (name, text) in mistakes::mapping_files(global)?.into_iter().chain(mistakes::migration_files(global)?) {
        add(&name);
        add(&text);
    }
    let kinds = (args.shard.is_some(), args.as_written, args.any);
    add(&format!("{:?} {:?} {to:?} {kinds:?}", args.form, args.to_form));
    add(&format!("{policy:?}"));
    if let Some(bytes) = template {
        add(&format!("{:?}", Sha256::digest(bytes)));
    }
    for font in pdf.into_iter().flat_map(|pdf| pdf.fonts().names()) {
        add(&font);
    }
    let SiteOptions { site_name, site_domain, site_id, column, .. } = &args.site;
    add(&format!("{site_name:?} {site_domain:?} {site_id:?} {column:?} {page:?}"));
    for agency in agencies.iter().flat_map(|agencies| agencies.list()).filter(|agency| agency.site.is_some()) {
        add(&format!("{} {:?} {:?}", agency.name, agency.aliases, agency.site));
    }
    Ok(digest.finalize().into())
}

/// Size and time of the program's file, so that another build does not take what this one made for its own.
fn program() -> Option<String> {
    let path: PathBuf = std::env::current_exe().ok()?;
    let metadata = std::fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", metadata.len(), modified.as_nanos()))
}
