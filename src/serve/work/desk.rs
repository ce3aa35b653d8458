//! Data that a child loads once: forms, agencies, last year's reports, waivers.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::agencies::{Agencies, Matcher};
use crate::batch::lastyear::LastYear;
use crate::batch::{Content, Input, Loader, Pipeline, Site, guarded};
use crate::bind::Binder;
use crate::corrections::Corrections;
use crate::fill::Template;
use crate::finding::{Bilingual, Finding, Message};
use crate::form::Forms;
use crate::ledger;
use crate::migrate::Migrations;
use crate::report::Report;
use crate::serve::settings::Settings;
use crate::settings::Policy;
use crate::waivers::Waivers;
use crate::write::html::{PageOptions, PageWriter};

use super::{Answer, Ask, SentFile};

/// Data loaded once, with the errors of loading; the page shows the errors and works without the data.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) forms: Forms,
    pub(super) migrations: Migrations,
    pub(super) agencies: Option<Agencies>,
    pub(super) template: Option<Template>,
    /// Metadata of the web site, and the page template.
    pub(super) options: PageOptions,
    pub(super) frame: Option<String>,
    /// Severities and accepted codes of the settings.
    pub(super) policy: Policy,
    /// Errors in the settings: the key and the message.
    pub(super) wrong: Vec<(&'static str, Message)>,
}

impl Shelf {
    pub(super) fn load(settings: &Settings) -> Self {
        let mut wrong = Vec::new();
        // The built-in forms are valid; without them nothing could be read.
        let mut forms = Forms::all().unwrap_or_default();
        let mut migrations = Migrations::built_in(&forms);
        if let Some(mappings) = settings.path("mappings") {
            for (name, text) in texts(&mappings, &mut wrong) {
                if let Err(error) = forms.add(&name, &text) {
                    wrong.push(("mappings", error.message()));
                }
            }
            for (name, text) in texts(&mappings.join("migrations"), &mut Vec::new()) {
                if let Err(error) = migrations.add(&name, &text, &forms) {
                    wrong.push(("mappings", error.message()));
                }
            }
        }
        let mut read = |key: &'static str| {
            let path = settings.path(key)?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            match std::fs::read(&path) {
                Ok(bytes) => Some((name, bytes)),
                Err(error) => {
                    let Message { zh, en } = crate::finding::system(&error);
                    wrong.push((key, Message::new(format!("“{name}”：{zh}。"), format!("{name}: {en}"))));
                    None
                }
            }
        };
        let (agencies, template, frame) = (read("agencies"), read("template"), read("page-template"));
        let mut keep = |key: &'static str, message: Message| wrong.push((key, message));
        let agencies = agencies.and_then(|(name, bytes)| {
            Agencies::read(&name, &bytes).map_err(|error| keep("agencies", error.message())).ok()
        });
        let form = settings.text("form");
        let template = template.and_then(|(_, bytes)| {
            Template::compile(&bytes, &Binder::new(&forms), &forms, form.as_deref())
                .map_err(|error| keep("template", error.message()))
                .ok()
        });
        let frame = frame.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
        let options = PageOptions {
            site_name: settings.text("site-name"),
            site_domain: settings.text("site-domain"),
            site_code: settings.text("site-id"),
            column_name: settings.text("column"),
        };
        let tried = PageWriter::new(options.clone(), frame.as_deref());
        let frame = match tried {
            Ok(_) => frame,
            Err(error) => {
                keep("page-template", error.message());
                None
            }
        };
        let policy = settings.policy(today()).unwrap_or_else(|error| {
            keep(crate::ledger::SETTINGS, error.message());
            Policy::default()
        });
        Self { forms, migrations, agencies, template, options, frame, policy, wrong }
    }
}

/// Names and texts of the mapping files (`*.toml`) of a folder, sorted by name.
fn texts(folder: &Path, wrong: &mut Vec<(&'static str, Message)>) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            wrong.push(("mappings", crate::finding::system(&error)));
            Vec::new()
        }
    };
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "toml"));
    paths.sort();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    paths.iter().filter_map(|path| Some((name(path), std::fs::read_to_string(path).ok()?))).collect()
}

/// The request handler of a child.
pub(super) struct Desk<'a> {
    pub(super) folder: &'a Path,
    pub(super) settings: &'a Settings,
    pub(super) shelf: &'a Shelf,
    pub(super) pipeline: Pipeline<'a>,
    pub(super) matcher: Option<Matcher<'a>>,
    /// Index of last year's reports that the settings name; built when it is first needed.
    pub(super) previous: Option<LastYear>,
    pub(super) waivers: Waivers,
    waivers_version: Option<u64>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(folder: &'a Path, settings: &'a Settings, shelf: &'a Shelf) -> Self {
        let form = settings.text("form").filter(|form| shelf.forms.get(form).is_some());
        Self {
            folder,
            settings,
            shelf,
            pipeline: Pipeline::new(&shelf.forms, form),
            matcher: shelf.agencies.as_ref().map(Matcher::new),
            previous: None,
            waivers: Waivers::default(),
            waivers_version: None,
        }
    }

    /// Reloads the waivers if their version has changed.
    pub(super) fn refresh(&mut self, version: u64) {
        if self.waivers_version == Some(version) {
            return;
        }
        let path = self.folder.join(ledger::WAIVERS);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        self.waivers = Waivers::read(ledger::WAIVERS, &text).unwrap_or_default();
        self.waivers_version = Some(version);
    }

    pub(super) fn answer(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Settings => Answer::Settings(self.described()),
            Ask::Read(file) => self.read(&file),
            Ask::Unpack { file, into } => super::unpack::unpack(&file, &into),
            Ask::View(which) => self.view(&which),
            Ask::Try { which, wanted } => self.attempt(&which, &wanted),
            Ask::Accept { which, findings, reason, until } => self.accept(&which, &findings, &reason, until),
            Ask::Source { which, field } => self.source(&which, field.as_deref()),
            Ask::Make { which, kind, chinese, findings, out } => self.make(&which, kind, (chinese, &findings), &out),
            Ask::Bundle { files, chinese, out } => self.bundle(&files, chinese, &out),
            Ask::Reminders { agencies, year, form, chinese, out } => {
                self.reminders(&agencies, (year, form.as_deref()), chinese, &out)
            }
            Ask::Rollup { files, before, year, without_errors, out } => {
                self.rollup((&files, &before), year, without_errors, &out)
            }
            Ask::Blank { form, suffix, out } => self.blank(&form, &suffix, &out),
            Ask::Candidate { what, name, path } => self.candidate(&what, &name, &path),
        }
    }

    /// The bytes of a file and its reports, with corrections applied, not yet checked.
    pub(super) fn reports(&self, file: &SentFile) -> Result<(Vec<u8>, Vec<Report>), Box<Finding>> {
        let input = input(file);
        guarded(|| {
            let bytes = Loader::default().bytes(&input)?;
            let (content, corrections) = (Content::from_bytes(&bytes), corrections(file));
            let begun = self.pipeline.begun(&corrections, &input, &content);
            let mut reports = match begun {
                Some(begun) => vec![begun],
                None => self.pipeline.read(&input, &content)?,
            };
            for (number, report) in reports.iter_mut().enumerate() {
                if let Some(form) = self.shelf.forms.get(&report.form) {
                    corrections.apply(form, report, number);
                }
            }
            Ok((bytes, reports))
        })
    }

    /// The id of the form that the settings name, if it exists.
    pub(super) fn form(&self) -> Option<String> {
        self.settings.text("form").filter(|form| self.shelf.forms.get(form).is_some())
    }

    /// Page writer and agencies for HTML output; `None` if the page template is invalid.
    pub(super) fn site(&self) -> Option<Site<'a>> {
        let pages = PageWriter::new(self.shelf.options.clone(), self.shelf.frame.as_deref()).ok()?;
        Some(Site { pages, agencies: self.matcher.clone() })
    }
}

/// An uploaded file as an input of the batch.
pub(super) fn input(file: &SentFile) -> Input {
    Input::file(&file.path, file.name.clone())
}

/// The corrections of a file; none if they cannot be parsed.
pub(super) fn corrections(file: &SentFile) -> Corrections {
    Corrections::read(&file.corrections).unwrap_or_default()
}

/// Today in China, where the reports are from.
pub(super) fn today() -> Date {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).date()
}
