//! The conversion command as a batch: writes each report in every requested format, with logs, cache and summary.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::cache::{Cache, Hit, Key, Record, Remembered, Written};
use super::content::{Content, hexadecimal};
use super::files::{OutputFolder, ends_the_run};
use super::inputs::Input;
use super::load::Loader;
use super::log::{Entry, Logs, Part, Status};
use super::made::{Done, Made};
use super::make::{Maker, Product, not_taken};
use super::order::{Stages, in_order};
use super::owned::{Owned, Stale, mark_of};
use super::page::{Charted, IndexPage, RowContent, charted};
use super::pipeline::guarded;
use super::places::Places;
use super::stamp::Stamp;
use super::task::Task;
use super::{BatchError, worker};
use crate::finding::Finding;
use crate::finding::code::batch::{DUPLICATE_REPORT, FILE_CHANGED};

/// Counts of a finished batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs without an error.
    pub ok: usize,
    /// Inputs with findings of severity error.
    pub with_errors: usize,
    /// Inputs without a report, or with a missing output.
    pub failed: usize,
    /// Agencies without a report, if there is an agencies file.
    pub missing: usize,
    /// Inputs that were unchanged since an earlier run, included in the counts above.
    pub unchanged: usize,
    /// Whether it was stopped before the last input.
    pub stopped: bool,
    /// Outputs of earlier runs that this run does not produce.
    pub stale: Stale,
}

/// Converts a batch. `on_input` is called for each input in order, with its findings and the index of the report of each. When `stop` is set,
/// inputs in progress are completed, and the logs are complete.
///
/// # Errors
/// If the output folder cannot be used or becomes unusable: a full disk, a log that cannot be written.
pub fn convert(
    task: &Task,
    stop: &AtomicBool,
    mut on_input: impl FnMut(&Entry, &[(usize, &Finding)]) + Send,
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
    let mut owned = Owned::open(task.out);
    let taken = in_order(
        task.inputs.len(),
        task.jobs,
        stop,
        Stages {
            work: |loader: &mut Loader, index| run.work(loader, &task.inputs[index]),
            place: |index, made: &mut Made| {
                made.bound(&task.inputs[index]);
                places.place(index, made);
            },
            finish: |index: usize, made| run.finish(&task.inputs[index], made, &fail),
            tell: |index, mut done: Done| {
                done.unchanged = worker::unchanged(index, done.unchanged);
                summary.count(&done);
                for (report, remembered) in done.reports.iter().zip(&done.record.reports) {
                    let marks = remembered.outputs.iter().map(|written| written.mark.clone());
                    report.part.outputs.iter().zip(marks).for_each(|(name, mark)| owned.made(name, mark));
                }
                if let (Some(key), true) = (&done.key, done.lasting) {
                    remembered.add(&done.entry.path, key, &done.record);
                }
                if let Err(error) = logs.add(&done.entry, done.findings()).and_then(|()| shown(&done, &mut page)) {
                    fail(error);
                }
                on_input(&done.entry, &done.findings().collect::<Vec<_>>());
            },
        },
    )?;
    if let Some(error) = trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(output(task.out.to_owned())(error));
    }
    // An interrupted run does not know which agencies are missing.
    let missing = if taken < task.inputs.len() { Vec::new() } else { places.missing() };
    summary.missing = missing.len();
    // The outputs are synced before the logs that list them are renamed, so that a power cut leaves no log of lost outputs.
    let finished = folder.sync().and_then(|()| page.finish(missing)).and_then(|()| logs.finish());
    finished.and_then(|()| folder.sync()).map_err(output(task.out.to_owned()))?;
    summary.stopped = taken < task.inputs.len();
    // A shard does not know the outputs of the other shards.
    if !task.part {
        summary.stale = owned.finish(task.prune, summary.stopped).map_err(output(task.out.to_owned()))?;
    }
    if !summary.stopped {
        cache.replace(remembered);
    }
    Ok(summary)
}

/// Adds the result of an input to the page: a row per report, or one for an input without reports.
fn shown(done: &Done, page: &mut IndexPage) -> io::Result<()> {
    let path = &done.entry.path;
    for report in &done.reports {
        // Of two reports of one agency and year, only the first is drawn in charts.
        let first = !report.findings.iter().any(|finding| finding.code == DUPLICATE_REPORT.id);
        let Part { form, agency, year, status, outputs, .. } = &report.part;
        let (form, agency) = (Some(form.as_str()), agency.as_deref());
        let row = RowContent { form, agency, year: *year, status: *status, outputs, findings: &report.findings };
        page.add(path, &row, &report.charted, first)?;
    }
    if done.reports.is_empty() {
        let (status, findings) = (done.entry.status, done.without.as_slice());
        let row = RowContent { form: None, agency: None, year: None, status, outputs: &[], findings };
        page.add(path, &row, &Charted::new(), false)?;
    }
    Ok(())
}

impl Summary {
    fn count(&mut self, done: &Done) {
        *match done.entry.status {
            Status::Ok => &mut self.ok,
            Status::Findings => &mut self.with_errors,
            Status::Failed => &mut self.failed,
        } += 1;
        self.unchanged += usize::from(done.unchanged);
    }
}

/// State shared by the workers.
struct Run<'a> {
    task: &'a Task<'a>,
    cache: &'a Cache,
    folder: &'a OutputFolder,
}

impl Run<'_> {
    fn work(&self, loader: &mut Loader, input: &Input) -> Made {
        let started = Instant::now();
        let _in_hand = match input.take() {
            Ok(in_hand) => in_hand,
            Err(finding) => return Made::unread(started, finding),
        };
        let hit = match self.unread_hit(input, started) {
            Ok(made) => return made,
            Err(hit) => hit,
        };
        // Before it is read, so that a later change is seen.
        let stamp = input.on_disk().and_then(Stamp::of);
        let bytes = match guarded(|| loader.bytes(input)) {
            Ok(bytes) => bytes,
            Err(finding) => return Made::unread(started, finding),
        };
        let content = Content::from_bytes(&bytes);
        let key = self.key(input, &content.sha256);
        let mut made = match hit.filter(|hit| hit.key == hexadecimal(&key)) {
            Some(hit) => Made::of_hit(started, *hit),
            None => self.convert(input, &content, started),
        };
        made.key = Some(key);
        made.record.stamp = stamp;
        // Keep the bytes only of a cache hit, whose outputs may turn out to be changed.
        made.bytes = made.remembered.then_some(bytes);
        made
    }

    /// A cache hit for an input whose status shows that it has the bytes of an earlier run; otherwise what the cache has for its path.
    fn unread_hit(&self, input: &Input, started: Instant) -> Result<Made, Option<Box<Hit>>> {
        let hit = self.cache.get(&input.path).ok_or(None)?;
        let stamped = hit.record.stamp.zip(input.on_disk());
        let key = self.key(input, &hit.record.sha256);
        if hexadecimal(&key) != hit.key || !stamped.is_some_and(|(stamp, path)| stamp.holds(path)) {
            return Err(Some(Box::new(hit)));
        }
        Ok(Made { key: Some(key), ..Made::of_hit(started, hit) })
    }

    /// The cache key of an input: everything that the result depends on.
    fn key(&self, input: &Input, sha256: &str) -> Key {
        let mut hash = Sha256::new();
        hash.update(self.task.fingerprint);
        for line in self.task.pipeline.corrections(sha256) {
            hash.update(serde_json::to_vec(line).unwrap_or_default());
        }
        hash.update(sha256);
        hash.update(&*input.path);
        hash.finalize().into()
    }

    fn convert(&self, input: &Input, content: &Content, started: Instant) -> Made {
        let mut made = Made::unread(started, None);
        made.record.sha256.clone_from(&content.sha256);
        let converted = guarded(|| {
            let Task { pipeline, to, template, site, pdf, part, as_written, .. } = *self.task;
            Maker { pipeline, to, template, site, pdf, anywhere: part, as_written }.make(input, content)
        });
        match converted {
            Err(finding) => {
                made.lasting = finding.code != crate::finding::code::batch::INTERNAL_ERROR.id;
                made.record.findings.push(*finding);
            }
            Ok(products) => {
                made.lasting = true;
                for Product { report, outputs, name } in products {
                    let form = self.task.pipeline.forms().get(&report.form);
                    let mut remembered = Remembered {
                        charted: form.map(|form| charted(form, &report)).unwrap_or_default(),
                        form: report.form,
                        agency: report.agency,
                        year: report.year,
                        name,
                        outputs: Vec::new(),
                        findings: report.findings,
                    };
                    let mut written = Vec::new();
                    for (output, bytes) in outputs {
                        match bytes {
                            Ok(bytes) => {
                                let (suffix, mark) = (output.suffix().to_owned(), mark_of(&bytes));
                                remembered.outputs.push(Written { suffix, mark, stamp: None });
                                written.push(bytes);
                            }
                            Err(finding) => {
                                made.lasting = false;
                                remembered.findings.push(*finding);
                            }
                        }
                    }
                    made.record.reports.push(remembered);
                    made.outputs.push(written);
                }
            }
        }
        made
    }

    fn finish(&self, input: &Input, mut made: Made, fail: &impl Fn(io::Error)) -> Done {
        let unchanged = made.remembered && self.outputs_stand(&mut made);
        if unchanged && !made.synced {
            // The run that wrote them may have been killed before it synced them.
            made.file_names().iter().for_each(|name| self.folder.stands(name));
        }
        if made.remembered && !unchanged {
            // The outputs were removed or changed since: convert again.
            made = self.again(input, made);
        }
        for (report, outputs) in made.outputs.iter().enumerate() {
            for (number, bytes) in outputs.iter().enumerate() {
                let name = made.file_name(report, number);
                if let Err(error) = self.folder.write(&name, bytes) {
                    made.places[report].findings.push(*not_taken(&name, &error));
                    if ends_the_run(&error) {
                        fail(error);
                    }
                }
            }
        }
        made.done(input, unchanged)
    }

    /// Converts a cache hit again.
    fn again(&self, input: &Input, made: Made) -> Made {
        let _in_hand = input.take();
        let bytes = match made.bytes {
            Some(bytes) => Ok(bytes),
            None => guarded(|| Loader::default().bytes(input)),
        };
        let again = match bytes {
            Ok(bytes) => {
                let content = Content::from_bytes(&bytes);
                if content.sha256 == made.record.sha256 {
                    Made { key: made.key, ..self.convert(input, &content, made.started) }
                } else {
                    // Since the run looked at it: its names and duplicates are decided.
                    Made::unread(made.started, Box::new(Finding::new(&FILE_CHANGED, FILE_CHANGED.message())))
                }
            }
            Err(finding) => Made::unread(made.started, finding),
        };
        let stamp = made.record.stamp.filter(|_| again.key.is_some());
        Made { places: made.places, record: Record { stamp, ..again.record }, ..again }
    }

    /// Whether the outputs of an earlier run exist unchanged: by their status, or else by their content.
    fn outputs_stand(&self, made: &mut Made) -> bool {
        let mut names = made.file_names().into_iter();
        let mut written = made.record.reports.iter_mut().flat_map(|report| &mut report.outputs);
        written.all(|written| {
            let Some(path) = names.next().map(|name| self.folder.join(&name)) else { return false };
            if written.stamp.is_some_and(|stamp| stamp.holds(&path)) {
                return true;
            }
            written.stamp = Stamp::of(&path);
            std::fs::read(&path).is_ok_and(|bytes| mark_of(&bytes) == written.mark)
        })
    }
}
