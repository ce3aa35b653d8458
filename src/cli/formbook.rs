//! `nianbao forms draft`, `import` and `show --to`: drafts of forms from templates, forms as workbooks, data dictionaries.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use nianbao::document::{Budget, Document};
use nianbao::draft::Draft;
use nianbao::finding::{Bilingual, Language, Message};
use nianbao::form::Forms;
use nianbao::formbook::{self, Remarks};

use super::args::Global;
use super::failure::{failure, of_file, of_system};
use super::formargs::{Dictionary, DraftTo};
use super::terminal::Terminal;
use super::{Exit, mistakes};

/// Drafts a form from a template and filled reports, as a mapping file or as a workbook.
pub(super) fn draft(
    files: &[PathBuf],
    (to, out): (Option<DraftTo>, Option<&Path>),
    terminal: &Terminal,
) -> Result<Exit> {
    let documents = files.iter().map(|file| read(file)).collect::<Result<Vec<Document>>>()?;
    let Some((template, filled)) = documents.split_first() else { return Ok(Exit::Failed) };
    let stem = files.first().and_then(|file| file.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let draft = nianbao::draft::draft(template, filled, stem.as_deref().unwrap_or("表"));
    if draft.tables.is_empty() {
        let file = files.first().map(|file| file.display().to_string()).unwrap_or_default();
        return Err(failure(
            format!("{file}：没有找到表格，无法起草。"),
            format!("{file}: it has no table to draft a form from"),
        ));
    }
    let text = nianbao::draft::written(&draft);
    match (to, out) {
        (Some(DraftTo::Xlsx), Some(out)) => {
            let form = Forms::default().add("draft.toml", &text)?;
            let bytes =
                formbook::write(&form, &text, &remarks(&draft)).map_err(|error| of_file(out, &error.message()))?;
            write(out, &bytes, terminal)
        }
        (_, out) => text_to(out, &text, terminal),
    }
}

/// The open questions of a draft, and a remark on each rule.
fn remarks(draft: &Draft) -> Remarks {
    let tables = draft
        .tables
        .iter()
        .flat_map(|table| table.questions.iter().map(|question| format!("{}（{}）：{question}", table.name, table.id)));
    let rule = |rule: &nianbao::draft::Rule| {
        let remark =
            if rule.proven { "已填报告中均成立" } else { "没有已填的报告可以验证，请核对" };
        (rule.id.clone(), remark.to_owned())
    };
    Remarks {
        questions: draft.questions.iter().cloned().chain(tables).collect(),
        rules: draft.rules.iter().map(rule).collect(),
    }
}

/// Converts a form's workbook to a mapping file.
pub(super) fn import(file: &Path, out: Option<&Path>, terminal: &Terminal) -> Result<Exit> {
    let document = read(file)?;
    match formbook::import(&document) {
        Ok(text) => text_to(out, &text, terminal),
        Err(wrong) => {
            let mut shown = io::stdout().lock();
            for mistake in &wrong {
                let between = if terminal.language == Language::Zh { "：" } else { ": " };
                writeln!(shown, "{}{between}{}", file.display(), terminal.message(&mistake.message()))?;
            }
            Ok(Exit::wrong_if(true))
        }
    }
}

/// Writes a form's data dictionary.
pub(super) fn dictionary(
    id: &str,
    to: Dictionary,
    out: Option<&Path>,
    global: &Global,
    terminal: &Terminal,
) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    let form = super::convert::form_named(&forms, id)?;
    let suffix = match to {
        Dictionary::Xlsx => "xlsx",
        Dictionary::Html => "html",
        Dictionary::Schema => "schema.json",
    };
    let out = out.map_or_else(|| PathBuf::from(format!("{id}.{suffix}")), Path::to_path_buf);
    let bytes = match to {
        Dictionary::Xlsx => {
            let made = formbook::write(form, form.source(), &Remarks::default());
            made.map_err(|error| of_file(&out, &error.message()))?
        }
        Dictionary::Html => formbook::page(form).into_bytes(),
        Dictionary::Schema => formbook::schema(form).into_bytes(),
    };
    write(&out, &bytes, terminal)
}

fn read(file: &Path) -> Result<Document> {
    let bytes = std::fs::read(file).map_err(of_system(file))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let reading = nianbao::read::read(&bytes, name.as_deref(), &mut Budget::default());
    Ok(reading.map_err(|error| unreadable(file, &error.finding().message))?.document)
}

fn unreadable(file: &Path, why: &Message) -> anyhow::Error {
    failure(format!("{}：{}", file.display(), why.zh), format!("{}: {}", file.display(), why.en))
}

/// Writes a text to `out`, or prints it without `out`.
fn text_to(out: Option<&Path>, text: &str, terminal: &Terminal) -> Result<Exit> {
    match out {
        None => write!(io::stdout().lock(), "{text}")?,
        Some(out) => return write(out, text.as_bytes(), terminal),
    }
    Ok(Exit::Clean)
}

fn write(out: &Path, bytes: &[u8], terminal: &Terminal) -> Result<Exit> {
    put(out, bytes).map_err(of_system(out))?;
    terminal.line(&out.display().to_string());
    Ok(Exit::Clean)
}

/// Writes a file atomically; a special file such as `/dev/stdout` is written to directly.
fn put(out: &Path, bytes: &[u8]) -> io::Result<()> {
    let special = std::fs::metadata(out).is_ok_and(|found| !found.is_file());
    match (out.file_name().and_then(|name| name.to_str()), out.parent()) {
        (Some(name), Some(folder)) if !special => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            nianbao::batch::write_whole(folder, name, bytes)
        }
        _ => std::fs::write(out, bytes),
    }
}
