//! Forms made ready once: the built-in ones, and those of mapping files that a caller names.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nianbao::batch::Pipeline;
use nianbao::corrections::Corrections;
use nianbao::finding::{Message, system};
use nianbao::form::{FormError, Forms};
use nianbao::migrate::Migrations;

use crate::error::Failure;

/// Forms, migrations and a pipeline. They live as long as the process, one for each set of mapping files and each form asked for.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) forms: &'static Forms,
    pub(crate) migrations: &'static Migrations,
    pub(crate) pipeline: Pipeline<'static>,
    /// Name and text of the mapping files, which decide what comes out.
    pub(crate) sources: Vec<(String, String)>,
    form: Option<String>,
}

type Key = (Vec<(String, String)>, Vec<(String, String)>, Option<String>);

static ENGINES: Mutex<Vec<(Key, &'static Engine)>> = Mutex::new(Vec::new());

impl Engine {
    /// The engine for the forms built in and those of a mapping file or a folder of them, as `--mappings` takes it; with `form`, every
    /// document is read as that form.
    pub(crate) fn get(mappings: Option<&Path>, form: Option<&str>) -> Result<&'static Self, Failure> {
        let key = (sources(mappings)?, migrations(mappings)?, form.map(str::to_owned));
        let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, engine)) = engines.iter().find(|(known, _)| *known == key) {
            return Ok(engine);
        }
        let engine: &'static Self = Box::leak(Box::new(Self::new(&key)?));
        engines.push((key, engine));
        Ok(engine)
    }

    fn new((sources, migrations, form): &Key) -> Result<Self, Failure> {
        let mut forms = Forms::built_in()?;
        for (name, text) in sources {
            forms.add(name, text).map_err(|error| refused(&error))?;
        }
        let forms: &'static Forms = Box::leak(Box::new(forms));
        known(forms, form.as_deref())?;
        let mut known = Migrations::built_in(forms);
        for (name, text) in migrations {
            known.add(name, text, forms).map_err(|error| refused(&error))?;
        }
        let migrated = sources.iter().chain(migrations).cloned().collect();
        Ok(Self {
            forms,
            migrations: Box::leak(Box::new(known)),
            pipeline: Pipeline::new(forms, form.clone()),
            sources: migrated,
            form: form.clone(),
        })
    }

    /// A pipeline that brings reports into another form or applies corrections.
    pub(crate) fn with<'a>(
        &self,
        to_form: Option<&str>,
        corrections: Option<&'a Corrections>,
    ) -> Result<Pipeline<'a>, Failure> {
        known(self.forms, to_form)?;
        let pipeline = Pipeline::new(self.forms, self.form.clone()).correcting(corrections);
        Ok(match to_form {
            Some(form) => pipeline.into_form(self.migrations, form.to_owned()),
            None => pipeline,
        })
    }
}

fn known(forms: &Forms, form: Option<&str>) -> Result<(), Failure> {
    let Some(form) = form.filter(|form| forms.get(form).is_none()) else { return Ok(()) };
    let all: Vec<&str> = forms.iter().map(|form| form.id.as_str()).collect();
    Err(Failure(Message::new(
        format!("没有“{form}”这个格式；已有的格式：{}。", all.join("、")),
        format!("no form {form}: {}", all.join(", ")),
    )))
}

/// Every mistake of a mapping file.
fn refused(error: &FormError) -> Failure {
    let zh: Vec<&str> = error.mistakes.iter().map(|mistake| mistake.message.zh.as_str()).collect();
    Failure::of_file(&error.name, &Message::new(zh.join("\n"), error.to_string()))
}

fn sources(mappings: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    match mappings {
        None => Ok(Vec::new()),
        Some(path) if path.is_dir() => toml_files(path),
        Some(path) => Ok(vec![(path.display().to_string(), text(path)?)]),
    }
}

fn migrations(mappings: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let folder = mappings.map(|path| path.join("migrations")).filter(|path| path.is_dir());
    folder.map_or_else(|| Ok(Vec::new()), |folder| toml_files(&folder))
}

/// Name and text of the TOML files of a folder, in the order of their names.
fn toml_files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| of_system(folder, &error))? {
        let path = entry.map_err(|error| of_system(folder, &error))?.path();
        if path.extension().is_some_and(|suffix| suffix == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| Ok((path.display().to_string(), text(path)?))).collect()
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| of_system(path, &error))
}

/// The corrections of a file.
pub(crate) fn corrections(path: Option<&Path>) -> Result<Option<Corrections>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let read = Corrections::read(&text(path)?);
    read.map(Some).map_err(|error| Failure::of_file(&path.display().to_string(), &Failure::from(error).0))
}

/// A file that the system does not give or take.
pub(crate) fn of_system(path: &Path, error: &std::io::Error) -> Failure {
    let said = system(error);
    Failure::of_file(&path.display().to_string(), &Message::new(format!("{}。", said.zh), said.en))
}
