//! Writes annotated or revised copies of the senders' files into folders, atomically.

use std::collections::BTreeSet;
use std::io;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use super::files::OutputFolder;
use super::inputs::Input;
use super::make::not_taken;
use super::names::{self, Names};
use super::owned::{add_copy, copies_in};
use super::{BatchError, guarded};
use crate::annotate::{Revision, annotate, revise};
use crate::document::Budget;
use crate::finding::code::batch::NOT_ANNOTATED;
use crate::finding::code::corrections::NOT_REVISED;
use crate::finding::{Bilingual, Finding, Language, Message, Severity};
use crate::report::Report;

/// Suffixes of formats that can be annotated.
const SUFFIXES: &[(&str, &[&str])] =
    &[("docx", &["docx", "docm", "dotx", "dotm"]), ("xlsx", &["xlsx", "xlsm", "xltx", "xltm"]), ("pdf", &["pdf"])];

/// Folders for annotated and revised copies, and the files that earlier runs wrote into them.
#[derive(Debug)]
pub struct Notices {
    folders: Vec<OutputFolder>,
    /// The files that earlier runs wrote into each.
    known: Vec<BTreeSet<String>>,
    /// Indices of the folders for copies with comments, and with revisions.
    copies: Option<usize>,
    revisions: Option<usize>,
    author: String,
    language: Language,
}

/// The folders of [`Notices`]; copies without a folder are not made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Folders<'a> {
    /// For copies with comments.
    pub copies: Option<&'a Path>,
    /// For copies with revisions.
    pub revisions: Option<&'a Path>,
}

/// Assigned names, per folder.
#[derive(Debug, Default)]
pub struct AssignedNames([Names; 2]);

/// A file to be written: folder, name, suffix, bytes.
#[derive(Debug)]
struct Output {
    folder: usize,
    name: String,
    suffix: String,
    bytes: Vec<u8>,
}

/// The copies for one sender.
#[derive(Debug, Default)]
pub struct Notice {
    outputs: Vec<Output>,
    /// Their number by kind.
    pub copies: Copies,
}

/// Numbers of copies by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    /// Copies with comments.
    pub annotated: usize,
    /// Copies with tracked changes or notes.
    pub revised: usize,
}

impl AddAssign for Copies {
    fn add_assign(&mut self, other: Self) {
        self.annotated += other.annotated;
        self.revised += other.revised;
    }
}

impl Notices {
    /// Creates missing folders and locks them; one folder may be used for both kinds.
    ///
    /// # Errors
    /// [`BatchError::Output`] for a folder that cannot be used, [`BatchError::AmongInputs`] for one that directly contains an input.
    pub fn open(wanted: Folders, inputs: &[Input], (language, author): (Language, &str)) -> Result<Self, BatchError> {
        let mut notices = Self {
            folders: Vec::new(),
            known: Vec::new(),
            copies: None,
            revisions: None,
            author: author.to_owned(),
            language,
        };
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut open = |folder: Option<&Path>| -> Result<Option<usize>, BatchError> {
            let Some(folder) = folder else { return Ok(None) };
            let output = |source| BatchError::Output { path: folder.to_owned(), source };
            std::fs::create_dir_all(folder).map_err(output)?;
            let path = std::fs::canonicalize(folder).map_err(output)?;
            if let Some(known) = paths.iter().position(|known| *known == path) {
                return Ok(Some(known));
            }
            if holds_inputs(&path, inputs) {
                return Err(BatchError::AmongInputs(folder.to_owned()));
            }
            notices.folders.push(OutputFolder::open(folder)?);
            notices.known.push(copies_in(folder));
            paths.push(path);
            Ok(Some(paths.len() - 1))
        };
        let (copies, revisions) = (open(wanted.copies)?, open(wanted.revisions)?);
        (notices.copies, notices.revisions) = (copies, revisions);
        Ok(notices)
    }

    /// Makes the annotated copy for the sender of an input, given its reports with their findings: one copy with the comments of all;
    /// none if there are no findings. A file that cannot be annotated gets a finding.
    pub fn make(&self, input: &Input, bytes: &[u8], reports: &mut [(Option<&Report>, &mut Vec<Finding>)]) -> Notice {
        let mut notice = Notice::default();
        let is_open = |finding: &&Finding| finding.counts(Severity::Warning);
        let several = reports.len() > 1;
        let mut comments: Vec<Finding> = Vec::new();
        for (report, findings) in reports.iter_mut() {
            if !findings.iter().any(|finding| is_open(&finding)) {
                continue;
            }
            let open: Vec<Finding> = findings.iter().filter(|finding| finding.waived.is_none()).cloned().collect();
            let agency = report.and_then(|report| report.agency.as_deref()).filter(|_| several);
            comments.extend(open.into_iter().map(|finding| whose(finding, agency)));
        }
        if let Some(folder) = self.copies.filter(|_| !bytes.is_empty() && !comments.is_empty())
            && let Some((_, first)) = reports.first_mut()
        {
            match self.copy(input, bytes, &comments) {
                Ok(output) => {
                    notice.copies.annotated += 1;
                    notice.outputs.push(Output { folder, ..output });
                }
                Err(finding) => first.push(*finding),
            }
        }
        notice
    }

    /// The copy keeps the original file name.
    fn copy(&self, input: &Input, bytes: &[u8], findings: &[Finding]) -> Result<Output, Box<Finding>> {
        let annotated = guarded(|| {
            annotate(bytes, findings, (self.language, &self.author), &mut Budget::default()).map_err(|error| {
                let said = error.message();
                Box::new(Finding::new(
                    &NOT_ANNOTATED,
                    Message::new(
                        format!("{}：{}", NOT_ANNOTATED.title.0, said.zh),
                        format!("{}: {}. {}", NOT_ANNOTATED.title.1, said.en, NOT_ANNOTATED.remedy.1),
                    ),
                ))
            })
        })?;
        Ok(as_sent(input, annotated.kind, annotated.bytes))
    }

    /// Adds a revised copy, if a folder for it is set and there are revisions. Revisions that could not be made get a finding.
    pub fn revise(
        &self,
        input: &Input,
        bytes: &[u8],
        revisions: &[Revision],
        notice: &mut Notice,
        findings: &mut Vec<Finding>,
    ) {
        let Some(folder) = self.revisions.filter(|_| !revisions.is_empty()) else { return };
        let made = guarded(|| {
            revise(bytes, revisions, &self.author, &mut Budget::default())
                .map_err(|error| Box::new(not_revised(&error.message())))
        });
        match made {
            Ok(revised) => {
                for (revision, _) in revisions.iter().zip(&revised.made).filter(|(_, made)| !**made) {
                    let said = Message::new(
                        "此处未能修订，请手工修改。",
                        "this place could not be revised; change it by hand",
                    );
                    findings.push(not_revised(&said).at(Some(revision.place.clone())));
                }
                if revised.made.contains(&true) {
                    notice.copies.revised += 1;
                    notice.outputs.push(Output { folder, ..as_sent(input, revised.kind, revised.bytes) });
                }
            }
            Err(finding) => findings.push(*finding),
        }
    }

    /// Assigns the file names. Must be called in the order of the inputs.
    pub fn name(&self, given: &mut AssignedNames, index: usize, notice: &mut Notice) {
        for output in &mut notice.outputs {
            output.name = given.0[output.folder].claim(&output.name, index).0;
        }
    }

    /// Writes the copies for a sender. A copy that cannot be written becomes a finding.
    ///
    /// # Errors
    /// The error of the system, if no further file can be written either.
    pub fn write(&self, notice: Notice, findings: &mut Vec<Finding>) -> io::Result<()> {
        for output in notice.outputs {
            let name = format!("{}.{}", output.name, output.suffix);
            match self.folders[output.folder].write(&name, &output.bytes) {
                Err(error) if super::files::ends_the_run(&error) => return Err(error),
                Err(error) => findings.push(*not_taken(&name, &error)),
                Ok(()) if self.known[output.folder].contains(&name) => {}
                Ok(()) => add_copy(self.folders[output.folder].path(), &name)?,
            }
        }
        Ok(())
    }
}

/// An output with the original file name.
fn as_sent(input: &Input, kind: &str, bytes: Vec<u8>) -> Output {
    let written = input.file_name().rsplit_once('.').map(|(_, suffix)| suffix);
    let fits = |suffix: &&str| {
        let known = SUFFIXES.iter().find(|(known, _)| *known == kind);
        known.is_some_and(|(_, suffixes)| suffixes.iter().any(|known| known.eq_ignore_ascii_case(suffix)))
    };
    let suffix = written.filter(fits).unwrap_or(kind).to_owned();
    Output { folder: 0, name: names::safe(input.stem().unwrap_or("report")), suffix, bytes }
}

fn not_revised(said: &Message) -> Finding {
    let code = &NOT_REVISED;
    Finding::new(code, Message::new(format!("{}：{}", code.title.0, said.zh), format!("{}: {}", code.title.1, said.en)))
}

/// Adds the agency to a finding without a place, for comments on a file with several reports.
fn whose(mut finding: Finding, agency: Option<&str>) -> Finding {
    if let (None, Some(agency)) = (&finding.place, agency) {
        let Message { zh, en } = finding.message;
        finding.message = Message::new(format!("{agency}：{zh}"), format!("{agency}: {en}"));
    }
    finding
}

fn holds_inputs(folder: &Path, inputs: &[Input]) -> bool {
    let mut last: Option<&Path> = None;
    inputs.iter().filter_map(Input::folder).any(|parent| {
        // Fast path: most inputs are in the same folder as the previous one.
        if last == Some(parent) {
            return false;
        }
        last = Some(parent);
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        std::fs::canonicalize(parent).is_ok_and(|parent| parent == folder)
    })
}
