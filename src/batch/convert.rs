//! The conversion of a batch: each report written in every format that is wanted, with logs, a cache and an honest summary.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use super::BatchError;
use super::cache::{Cache, Key, Record};
use super::files::{OutputFolder, ends_the_run};
use super::inputs::Input;
use super::load::Loader;
use super::log::{Count, Entry, Logs, Status};
use super::make::{Maker, Product, Site, not_taken};
use super::names::{self, Names};
use super::order::{Stages, in_order};
use super::page::{Charted, IndexPage, charted};
use super::pipeline::{Content, Pipeline, guarded};
use crate::agencies::{Agencies, Matcher};
use crate::fill::Template;
use crate::finding::code::batch::{DUPLICATE_REPORT, OUTPUT_NAME_TAKEN, OUTPUT_UNWRITABLE};
use crate::finding::{Finding, Message};
use crate::write::Output;

/// What a batch is to do.
#[derive(Debug)]
pub struct Task<'a> {
    /// The inputs in order.
    pub inputs: &'a [Input],
    /// Reads, binds and checks.
    pub pipeline: &'a Pipeline<'a>,
    /// The formats to write.
    pub to: &'a [Output],
    /// An office's own Word file or workbook, to be filled in place of the form's blank.
    pub template: Option<&'a Template>,
    /// The site that web pages are for.
    pub site: Option<&'a Site<'a>>,
    /// The agencies that are to report, where they are known.
    pub agencies: Option<&'a Agencies>,
    /// The folder for outputs.
    pub out: &'a Path,
    /// Number of workers.
    pub jobs: usize,
    /// Whether the inputs are a part of all, so that nothing may depend on the others: outputs and their names are then made of the
    /// file alone, and two reports of one agency are not told, since the second may be with another host.
    pub part: bool,
    /// Whether narrative is written as the source has it: see [`Maker::as_written`].
    pub as_written: bool,
    /// The SHA-256 of everything besides the inputs that decides what comes out: version of the program, texts of the forms, options.
    pub fingerprint: [u8; 32],
}

/// What came out of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs without an error.
    pub ok: usize,
    /// Inputs done, with findings of severity error.
    pub findings: usize,
    /// Inputs without a report, or with an output missing.
    pub failed: usize,
    /// Agencies without a report, where the agencies are known.
    pub missing: usize,
    /// Of all these, inputs that an earlier run had done.
    pub unchanged: usize,
    /// Whether it was stopped before the last input.
    pub stopped: bool,
}

/// An input in hand.
struct Made {
    started: Instant,
    key: Option<Key>,
    bytes: Vec<u8>,
    record: Record,
    /// Whether an earlier run did it.
    remembered: bool,
    /// The outputs in the order of the record; none when an earlier run wrote them.
    outputs: Vec<Vec<u8>>,
    /// Whether the same bytes will give the same again.
    lasting: bool,
    failed: bool,
    /// The name that its outputs get.
    name: String,
    /// Findings about its place in the batch.
    placed: Vec<Finding>,
}

/// An input that is done.
struct Done {
    key: Option<Key>,
    record: Record,
    entry: Entry,
    findings: Vec<Finding>,
    charted: Charted,
    unchanged: bool,
    lasting: bool,
}

/// Converts a batch. `told` hears of each input in order; when `stop` is set, the inputs in hand are completed and the logs are
/// whole.
///
/// # Errors
/// When the folder for outputs cannot be used, or stops being usable: a full disk, a log that cannot be written.
pub fn convert(
    task: &Task,
    stop: &AtomicBool,
    mut told: impl FnMut(&Entry, &[Finding]) + Send,
) -> Result<Summary, BatchError> {
    let output = |path: PathBuf| move |source: io::Error| BatchError::Output { path, source };
    let folder = OutputFolder::open(task.out)?;
    let mut logs = Logs::create(&folder).map_err(output(task.out.to_owned()))?;
    let mut page = IndexPage::create(&folder, task.pipeline.forms()).map_err(output(task.out.to_owned()))?;
    let mut cache = Cache::open(&folder);
    let mut remembered = cache.writer();
    let trouble: Mutex<Option<io::Error>> = Mutex::new(None);
    let fail = |error: io::Error| {
        stop.store(true, Ordering::Relaxed);
        trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    let run = Run { task, cache: &cache, folder: &folder };
    let mut places = Places::new(task);
    let mut summary = Summary::default();
    let taken = in_order(
        task.inputs.len(),
        task.jobs,
        stop,
        Stages {
            work: |loader: &mut Loader, index| run.work(loader, &task.inputs[index]),
            place: |index, made: &mut Made| places.place(index, made),
            finish: |index: usize, made| run.finish(&task.inputs[index], made, &fail),
            tell: |_, done: Done| {
                summary.count(&done);
                if let (Some(key), true) = (&done.key, done.lasting) {
                    remembered.add(key, &done.record);
                }
                // Of two reports of one agency and year the first is drawn.
                let first = !done.findings.iter().any(|finding| finding.code == DUPLICATE_REPORT.id);
                let logged = logs.add(&done.entry, &done.findings);
                let added = logged.and_then(|()| page.add(&done.entry, &done.findings, &done.charted, first));
                if let Err(error) = added {
                    fail(error);
                }
                told(&done.entry, &done.findings);
            },
        },
    )?;
    if let Some(error) = trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(output(task.out.to_owned())(error));
    }
    // A run that was stopped does not know who has not reported.
    let missing = if taken < task.inputs.len() { Vec::new() } else { places.missing() };
    summary.missing = missing.len();
    logs.finish().and_then(|()| page.finish(missing)).map_err(output(task.out.to_owned()))?;
    summary.stopped = taken < task.inputs.len();
    if !summary.stopped {
        cache.replace(remembered);
    }
    Ok(summary)
}

impl Summary {
    fn count(&mut self, done: &Done) {
        *match done.entry.status {
            Status::Ok => &mut self.ok,
            Status::Findings => &mut self.findings,
            Status::Failed => &mut self.failed,
        } += 1;
        self.unchanged += usize::from(done.unchanged);
    }
}

/// What the workers share.
struct Run<'a> {
    task: &'a Task<'a>,
    cache: &'a Cache,
    folder: &'a OutputFolder,
}

impl Run<'_> {
    fn work(&self, loader: &mut Loader, input: &Input) -> Made {
        let started = Instant::now();
        let bytes = match guarded(|| loader.bytes(input)) {
            Ok(bytes) => bytes,
            Err(finding) => return Made::unread(started, finding),
        };
        let content = Content::of(&bytes);
        let key = self.key(input, &content);
        let mut made = match self.cache.get(&key) {
            Some(record) => Made { record, remembered: true, lasting: true, ..Made::unread(started, None) },
            None => self.convert(input, &content, started),
        };
        made.failed = made.record.form.is_none();
        made.key = Some(key);
        // Only outputs that were changed since make it necessary to read them again.
        made.bytes = if made.remembered { bytes } else { Vec::new() };
        made
    }

    /// The key of an input: everything that decides what comes out of it.
    fn key(&self, input: &Input, content: &Content) -> Key {
        let mut hash = Sha256::new();
        hash.update(self.task.fingerprint);
        for line in self.task.pipeline.corrections(&content.sha256) {
            hash.update(serde_json::to_vec(line).unwrap_or_default());
        }
        hash.update(&content.sha256);
        hash.update(&input.path);
        hash.finalize().into()
    }

    fn convert(&self, input: &Input, content: &Content, started: Instant) -> Made {
        let mut made = Made::unread(started, None);
        made.record.sha256.clone_from(&content.sha256);
        let converted = guarded(|| {
            let Task { pipeline, to, template, site, part, as_written, .. } = *self.task;
            Maker { pipeline, to, template, site, anywhere: part, as_written }.make(input, content)
        });
        match converted {
            Err(finding) => {
                made.lasting = finding.code != crate::finding::code::batch::INTERNAL_ERROR.id;
                made.record.findings.push(*finding);
            }
            Ok(Product { report, outputs, name }) => {
                made.lasting = true;
                made.record.name = name;
                let form = self.task.pipeline.forms().get(&report.form);
                made.record.charted = form.map(|form| charted(form, &report)).unwrap_or_default();
                made.record.form = Some(report.form);
                made.record.agency = report.agency;
                made.record.year = report.year;
                made.record.findings = report.findings;
                let mut written = Vec::new();
                for (output, bytes) in outputs {
                    match bytes {
                        Ok(bytes) => {
                            made.record.outputs.push((output.suffix().to_owned(), mark(&bytes)));
                            written.push(bytes);
                        }
                        Err(finding) => {
                            made.lasting = false;
                            made.record.findings.push(*finding);
                        }
                    }
                }
                made.outputs = written;
            }
        }
        made
    }

    fn finish(&self, input: &Input, mut made: Made, fail: &impl Fn(io::Error)) -> Done {
        let unchanged = made.remembered && self.outputs_stand(&made);
        if made.remembered && !unchanged {
            // The outputs were removed or changed since.
            let again = self.convert(input, &Content::of(&made.bytes), made.started);
            (made.record, made.outputs, made.lasting) = (again.record, again.outputs, again.lasting);
        }
        let mut findings = std::mem::take(&mut made.placed);
        for (number, bytes) in made.outputs.iter().enumerate() {
            let name = made.file_name(number);
            if let Err(error) = self.folder.write(&name, bytes) {
                findings.push(*not_taken(&name, &error));
                made.failed = true;
                if ends_the_run(&error) {
                    fail(error);
                }
            }
        }
        made.done(input, findings, unchanged)
    }

    /// Whether the outputs that an earlier run wrote are there as it wrote them.
    fn outputs_stand(&self, made: &Made) -> bool {
        made.record.outputs.iter().enumerate().all(|(number, (_, known))| {
            std::fs::read(self.folder.join(&made.file_name(number))).is_ok_and(|bytes| mark(&bytes) == *known)
        })
    }
}

impl Made {
    /// An input of which nothing is known but perhaps why it cannot be read.
    fn unread(started: Instant, finding: impl Into<Option<Box<Finding>>>) -> Self {
        let record = Record {
            sha256: String::new(),
            form: None,
            agency: None,
            year: None,
            name: String::new(),
            outputs: Vec::new(),
            findings: finding.into().map(|finding| *finding).into_iter().collect(),
            charted: Charted::new(),
        };
        Self {
            started,
            key: None,
            bytes: Vec::new(),
            record,
            remembered: false,
            outputs: Vec::new(),
            lasting: false,
            failed: true,
            name: String::new(),
            placed: Vec::new(),
        }
    }

    fn file_name(&self, number: usize) -> String {
        format!("{}.{}", self.name, self.record.outputs[number].0)
    }

    fn done(self, input: &Input, extra: Vec<Finding>, unchanged: bool) -> Done {
        let names: Vec<String> = (0..self.record.outputs.len()).map(|number| self.file_name(number)).collect();
        let mut findings = self.record.findings.clone();
        findings.extend(extra);
        let count = Count::of(&findings);
        let unwritable = findings.iter().any(|finding| finding.code == OUTPUT_UNWRITABLE.id);
        let status = match count.error {
            _ if self.failed || unwritable => Status::Failed,
            0 => Status::Ok,
            _ => Status::Findings,
        };
        let record = &self.record;
        let entry = Entry {
            path: input.path.clone(),
            sha256: (!record.sha256.is_empty()).then(|| record.sha256.clone()),
            form: record.form.clone(),
            agency: record.agency.clone(),
            year: record.year,
            outputs: names,
            status,
            findings: count,
            milliseconds: milliseconds(self.started.elapsed()),
        };
        let charted = self.record.charted.clone();
        Done { key: self.key, record: self.record, entry, findings, charted, unchanged, lasting: self.lasting }
    }
}

/// By what an output is known again, should somebody have changed it: nobody has a reason to make another of the same mark.
fn mark(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What is settled in the order of the inputs. Keeps digests, not texts.
struct Places<'a> {
    task: &'a Task<'a>,
    names: Names,
    agencies: Option<(Matcher<'a>, Vec<bool>)>,
    /// The first input of each agency and year.
    reports: HashMap<u128, usize>,
}

impl<'a> Places<'a> {
    fn new(task: &'a Task<'a>) -> Self {
        let agencies = task.agencies.map(|agencies| (Matcher::new(agencies), vec![false; agencies.list().len()]));
        Self { task, names: Names::default(), agencies, reports: HashMap::new() }
    }

    fn place(&mut self, index: usize, made: &mut Made) {
        let record = &made.record;
        if made.failed {
            return;
        }
        let path = |input: usize| self.task.inputs[input].path.as_str();
        let mut known = None;
        if let Some((matcher, reported)) = &mut self.agencies {
            let found = matcher.find(record.agency.as_deref().unwrap_or_default());
            made.placed.extend(found.finding);
            known = found.agency;
            if let Some(agency) = known {
                reported[agency] = true;
            }
        }
        if self.task.part {
            made.name = names::of_content(&record.name, self.task.inputs[index].file_name(), &record.sha256);
            return;
        }
        if let (Some(agency), Some(year)) = (&record.agency, record.year) {
            // Under whichever of its names it reports, it is one agency.
            let one = known.map_or_else(|| agency.clone(), |known| format!("#{known}"));
            let key = names::digest(format!("{year} {one}").as_bytes());
            let first = *self.reports.entry(key).or_insert(index);
            if first != index {
                made.placed.push(duplicate(agency, year, path(first), path(index)));
            }
        }
        let (name, owner) = self.names.claim(&record.name, index);
        if let Some(owner) = owner {
            made.placed.push(name_taken(&record.name, &name, path(owner)));
        }
        made.name = name;
    }

    /// Names of the agencies without a report; none where other hosts may have it.
    fn missing(&self) -> Vec<String> {
        let known = self.task.agencies.zip(self.agencies.as_ref()).filter(|_| !self.task.part);
        let Some((agencies, (_, reported))) = known else { return Vec::new() };
        let unseen = agencies.list().iter().zip(reported).filter(|(_, reported)| !**reported);
        unseen.map(|(agency, _)| agency.name.clone()).collect()
    }
}

fn duplicate(agency: &str, year: i16, first: &str, second: &str) -> Finding {
    let message = Message::new(
        format!("{agency}{year}年度有两份报告：“{first}”和“{second}”。两份都已输出，请确认以哪一份为准。"),
        format!(
            "{agency} has two reports of {year}: \"{first}\" and \"{second}\". Both are written; decide which one counts."
        ),
    );
    Finding::new(&DUPLICATE_REPORT, message)
}

fn name_taken(wanted: &str, name: &str, owner: &str) -> Finding {
    let message = Message::new(
        format!("“{wanted}”已是“{owner}”的输出名，本文件的输出名为“{name}”。"),
        format!("\"{wanted}\" is the name of what \"{owner}\" became; this file's outputs are named \"{name}\"."),
    );
    Finding::new(&OUTPUT_NAME_TAKEN, message)
}
