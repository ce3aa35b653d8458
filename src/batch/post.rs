//! Letters of a run: collects what each agency sent and writes one letter per agency.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use indexmap::IndexMap;

use super::files::write_whole;
use super::names;
use super::owned::{Owned, Stale, mark_of};
use crate::agencies::{Agencies, Matcher};
use crate::finding::{Finding, Language, Severity};
use crate::form::Forms;
use crate::letter::{About, Letter, LetterError, LetterKind, Mention, Sender, Sent, mention, receipt, reminder};
use crate::settings::Policy;
use crate::text::fold;

/// The result of a file, or of a report in it.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Path of the file as shown.
    pub path: String,
    /// Its SHA-256; empty if it could not be read.
    pub sha256: String,
    /// Whether a report was read.
    pub read: bool,
    /// The agency that the report names.
    pub agency: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its year.
    pub year: Option<i16>,
    /// Its form.
    pub form: Option<String>,
    /// Findings that letters may mention.
    pub findings: Vec<Finding>,
    /// Whether something has to be corrected.
    pub wrong: bool,
}

/// The written letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted {
    /// Number of letters of each kind.
    pub letters: Vec<(LetterKind, usize)>,
    /// Files of unknown senders, who get no letter.
    pub unknown: Vec<String>,
    /// Letters of earlier runs that this run does not write.
    pub stale: Stale,
}

/// What letters need besides the received files.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The forms.
    pub forms: &'a Forms,
    /// The office's policy for findings.
    pub policy: &'a Policy,
    /// The sending office.
    pub sender: &'a Sender,
    /// The agencies that have to report, if known.
    pub agencies: Option<(&'a Agencies, &'a Matcher<'a>)>,
    /// The language of the letters.
    pub language: Language,
}

/// The letters being collected.
#[derive(Debug)]
pub struct Post<'a> {
    desk: Desk<'a>,
    boxes: IndexMap<String, (String, Vec<Received>)>,
    unknown: Vec<String>,
}

impl<'a> Post<'a> {
    /// No letters.
    pub fn new(desk: Desk<'a>) -> Self {
        Self { desk, boxes: IndexMap::new(), unknown: Vec::new() }
    }

    /// Adds the result of a file or a report. Keeps only what letters mention.
    pub fn add(&mut self, mut received: Received) {
        received.wrong = received.findings.iter().any(|finding| finding.counts(Severity::Error));
        received.findings.retain(|finding| self.mention(finding) > Mention::Never);
        let listed = self.desk.agencies.and_then(|(_, matcher)| {
            let named = received.agency.as_deref().and_then(|name| matcher.find(name).agency);
            let sent = || matcher.by_path(&received.path).filter(|_| !received.read);
            named.or_else(sent).map(|agency| matcher.name(agency).to_owned())
        });
        let Some(name) = listed.or_else(|| received.agency.clone()) else {
            self.unknown.push(received.path);
            return;
        };
        self.boxes.entry(fold(&name)).or_insert_with(|| (name, Vec::new())).1.push(received);
    }

    fn mention(&self, finding: &Finding) -> Mention {
        mention(finding, self.desk.policy.letter(&finding.code))
    }

    /// Writes the letters into a folder per kind, one file each, and one file with all letters of a kind for printing. Reminders are
    /// written if the agencies are known and `whole` is set, receipts if `receipts` is set. Outdated letters of an earlier run are
    /// reported, or removed if `prune` is set.
    ///
    /// # Errors
    /// The error of the system.
    pub fn write(self, folder: &Path, receipts: bool, whole: bool, prune: bool) -> io::Result<Posted> {
        let mut letters: Vec<(LetterKind, String, Letter)> = Vec::new();
        for (name, all) in self.boxes.values() {
            let about = self.about(name, all);
            let sent: Vec<Sent> = all.iter().map(sent).collect();
            let Desk { sender, language, .. } = self.desk;
            let composed = Letter::compose(&about, &sent, sender, |finding| self.mention(finding), language);
            letters.extend(composed.map(|(kind, letter)| (kind, name.clone(), letter)));
            if receipts {
                let files: Vec<&str> = sent.iter().map(|one| one.file).collect();
                let digests: Vec<&str> = all.iter().map(|one| one.sha256.as_str()).collect();
                let clean = all.iter().all(|one| one.read && !one.wrong);
                letters.push((
                    LetterKind::Receipt,
                    name.clone(),
                    receipt(&about, &files, &digests, clean, sender, language),
                ));
            }
        }
        if whole {
            for name in self.missing() {
                let about = self.about(&name, &[]);
                letters.push((
                    LetterKind::Reminder,
                    name.clone(),
                    reminder(&about, self.desk.sender, self.desk.language),
                ));
            }
        }
        letters.sort_by_key(|(kind, ..)| *kind);
        let letters: Vec<_> =
            (0..).zip(letters).map(|(at, (kind, name, letter))| (kind, name, letter.numbered(Some(at)))).collect();
        let mut owned = Owned::open(folder);
        std::fs::create_dir_all(folder)?;
        let mut posted = Posted { unknown: self.unknown, ..Posted::default() };
        for of_kind in letters.chunk_by(|one, other| one.0 == other.0) {
            let Some((kind, ..)) = of_kind.first() else { continue };
            posted.letters.push((*kind, of_kind.len()));
            let within = kind.folder(self.desk.language);
            let mut put = |name: &str, bytes: Result<Vec<u8>, LetterError>| -> io::Result<()> {
                let bytes = bytes.map_err(io::Error::other)?;
                let name = format!("{within}/{name}.docx");
                write_whole(folder, &name, &bytes)?;
                owned.made(&name, mark_of(&bytes));
                Ok(())
            };
            for (_, name, letter) in of_kind {
                put(&names::safe(name), letter.docx())?;
            }
            let all: Vec<Letter> = of_kind.iter().map(|(.., letter)| letter.clone()).collect();
            let name = match self.desk.language {
                Language::Zh => "全部（打印用）",
                Language::En => "all (for printing)",
            };
            put(name, Letter::print(&all))?;
        }
        posted.stale = owned.finish(prune, !whole)?;
        Ok(posted)
    }

    /// Agencies without a report. An agency that only sums the reports of others is not reminded.
    fn missing(&self) -> Vec<String> {
        let Some((agencies, _)) = self.desk.agencies else { return Vec::new() };
        let listed = agencies.list().iter().enumerate().filter(|(index, _)| !agencies.adds_up(*index));
        let open = listed.filter(|(_, agency)| !self.boxes.contains_key(&fold(&agency.name)));
        open.map(|(_, agency)| agency.name.clone()).collect()
    }

    /// The most frequent form and year; of equally frequent ones the latest.
    fn usual(&self) -> (Option<&str>, Option<i16>) {
        let mut counts: BTreeMap<(Option<i16>, Option<&str>), usize> = BTreeMap::new();
        for one in self.boxes.values().flat_map(|(_, all)| all).filter(|one| one.read) {
            *counts.entry((one.year, one.form.as_deref())).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|&(which, count)| (count, which));
        most.map_or((None, None), |((year, form), _)| (form, year))
    }

    fn about<'n>(&'n self, agency: &'n str, received: &[Received]) -> About<'n> {
        let own = received.iter().find(|one| one.read).map(|one| (one.form.as_deref(), one.year));
        let (form, year) = own.unwrap_or_else(|| self.usual());
        let form = form.and_then(|form| self.desk.forms.get(form));
        About {
            agency,
            year,
            name: form.map(|form| form.title.words()),
            basis: form.and_then(|form| form.basis.as_deref()),
            duty: form.and_then(|form| form.duty.as_ref()).filter(|duty| duty.holds(agency)).map(|duty| &duty.text),
        }
    }
}

fn sent(one: &Received) -> Sent<'_> {
    Sent {
        file: one.path.rsplit(['/', '\\', '!']).next().unwrap_or(&one.path),
        title: one.title.as_deref(),
        read: one.read,
        findings: &one.findings,
    }
}
