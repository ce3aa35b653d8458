//! Converts options that `convert` shares with other commands to arguments of the library: forms, formats, fonts, templates, workers.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use nianbao::batch;
use nianbao::bind::Binder;
use nianbao::fill::Template;
use nianbao::finding::{Bilingual, Message};
use nianbao::form::{Form, Forms};
use nianbao::write::Output;
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::pdf::PdfWriter;

use crate::cli::args::{Convert, SiteOptions};
use crate::cli::failure::{Failure, failure, of_file, of_system};
use crate::cli::supervise::is_alone;

/// The form with an id, or an error that lists the existing ids.
pub(in crate::cli) fn form_named<'f>(forms: &'f Forms, id: &str) -> Result<&'f Form> {
    known_form(forms, Some(id))?;
    let form = forms.get(id).map(AsRef::as_ref);
    form.ok_or_else(|| failure(format!("没有“{id}”这种格式。"), format!("there is no form {id}")))
}

/// Refuses a form that does not exist before any work is done.
pub(in crate::cli) fn known_form(forms: &Forms, id: Option<&str>) -> Result<()> {
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

/// The number of worker threads.
pub(in crate::cli) fn jobs(wanted: Option<std::num::NonZeroUsize>) -> usize {
    let wanted = if is_alone() { std::num::NonZeroUsize::new(1) } else { wanted };
    wanted.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZeroUsize::get)
}

/// Signals within this time count as one.
const ONE_SIGNAL: Duration = Duration::from_millis(300);

/// A flag that Ctrl-C sets. A second Ctrl-C exits at once; files are written atomically, so none is left incomplete.
pub(in crate::cli) fn stop_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let first = Mutex::new(None::<Instant>);
    ctrlc::set_handler(move || {
        // The terminal sends the signal to both processes, and the supervisor forwards it too.
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        let again = first.get_or_insert_with(Instant::now).elapsed() > ONE_SIGNAL;
        if flag.swap(true, Ordering::Relaxed) && again {
            std::process::exit(130);
        }
    })?;
    Ok(stop)
}

pub(in crate::cli) fn formats(wanted: &[Output]) -> Vec<Output> {
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

/// The PDF writer with the available fonts; `None` if PDF is not requested.
pub(in crate::cli) fn pdf(to: &[Output], fonts: Option<&Path>) -> Result<Option<PdfWriter>> {
    if !to.contains(&Output::Pdf) {
        return Ok(None);
    }
    if let Some(folder) = fonts {
        std::fs::read_dir(folder).map_err(of_system(folder))?;
    }
    let fonts = batch::fonts(fonts).map_err(|error| anyhow::Error::from(Failure(error.message())))?;
    Ok(Some(PdfWriter::new(fonts)))
}

/// The bytes of a template; an error if it is larger than 64 MB.
pub(super) fn template_bytes(path: &std::path::Path) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).map_err(of_system(path))?.len();
    if size > 64 << 20 {
        return Err(of_file(path, &Message::new("模板不得超过64MB。", "a template may have 64 MB")));
    }
    std::fs::read(path).map_err(of_system(path))
}

/// The page writer, and the text of the page template.
pub(super) fn page(args: &SiteOptions) -> Result<(PageWriter, Option<String>)> {
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

pub(super) fn compile(args: &Convert, forms: &Forms, bytes: &[u8]) -> Result<Template> {
    let path = args.template.as_deref().unwrap_or(Path::new(""));
    Template::compile(bytes, &Binder::new(forms), forms, args.form.as_deref())
        .map_err(|error| of_file(path, &error.message()))
}
