//! Expands the inputs of a command (files, folders, archives, globs, standard input) in a fixed order.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::archive::{self, Member, Zip};
use super::expense::{Archive, InHand};
use super::owned::written_in;
use super::refused::unreadable;
use super::{BatchError, names, worker};
use crate::finding::code::read::FILE_UNREADABLE;
use crate::finding::{Bilingual, Finding, Message, system};
use crate::ledger::{self, Ledger};
use crate::read::READERS;

/// One input of a batch.
#[derive(Debug, Clone)]
pub struct Input {
    /// The path as shown: as given, `-` for standard input, `archive.zip!entry` for an archive entry.
    pub path: Arc<str>,
    pub(super) origin: Origin,
    /// Hash of its path for sharding: see [`Shard`].
    lot: u64,
    /// For a file that the page received: its position in the log, and the mark of its delivery.
    received: Option<Box<(u64, Option<String>)>>,
}

/// A shard of the inputs, for one of several hosts: those with hash modulo `count` equal to `number - 1`. The hash is the first eight
/// bytes, big-endian, of the SHA-256 of the path below the given folder (for a given file: its name), in UTF-8 with `/` as separator. So
/// hosts agree wherever each has the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Number of the shard, 1-based.
    pub number: u64,
    /// Number of shards.
    pub count: std::num::NonZeroU64,
}

/// Source of the bytes of an input.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A file; `None` if its path is the one shown, which is the rule and saves a copy of each path.
    File(Option<Box<Path>>),
    Stdin,
    Member {
        archive: Arc<Archive>,
        member: Member,
    },
    /// Unreadable; the error is known.
    Refused(Box<Finding>),
}

impl Origin {
    fn file(path: &Path, shown: &str) -> Self {
        Self::File((path != Path::new(shown)).then(|| path.into()))
    }
}

impl Input {
    /// A file that is shown as `shown`; it need not exist, and is not opened as an archive.
    pub fn file(path: &Path, shown: impl Into<String>) -> Self {
        let shown: String = shown.into();
        Self { lot: lot(&shown), origin: Origin::file(path, &shown), path: shown.into(), received: None }
    }

    /// The path of a file on disk; `None` for another input.
    pub(super) fn on_disk(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path.as_deref().unwrap_or(Path::new(&*self.path))),
            _ => None,
        }
    }

    /// For a file that the page received: its position in the order of arrival, and the mark of its delivery.
    pub fn received(&self) -> Option<(u64, Option<&str>)> {
        self.received.as_ref().map(|received| (received.0, received.1.as_deref()))
    }

    /// The folder that contains it; `None` for an archive entry or standard input.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.on_disk().and_then(Path::parent)
    }

    /// The file name with its suffix, without folders.
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\', '!']).next().unwrap_or(&self.path)
    }

    /// The file name without folders and suffix; `None` for standard input.
    pub fn stem(&self) -> Option<&str> {
        let name = self.file_name();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem });
        (!matches!(self.origin, Origin::Stdin)).then_some(stem)
    }
}

impl Input {
    /// Marks the file as in progress until the guard is dropped.
    ///
    /// # Errors
    /// The finding about a file on which another process died or hung, or whose archive has exhausted its time.
    pub fn take(&self) -> Result<InHand<'_>, Box<Finding>> {
        InHand::take(&self.path, self.archive())
    }

    /// The archive that contains it.
    pub(super) fn archive(&self) -> Option<&Archive> {
        match &self.origin {
            Origin::Member { archive, .. } => Some(archive),
            _ => None,
        }
    }
}

/// The inputs of a batch in order, and what was skipped.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The inputs in order.
    pub list: Vec<Input>,
    /// Number of files in searched folders that were skipped because of their suffix, by suffix.
    pub skipped: BTreeMap<String, usize>,
    /// Number of skipped files that an earlier run wrote into a folder inside a searched one.
    pub own: usize,
}

/// What the log of a work folder says of the files that the page received, by path: position in the order of arrival, and delivery.
pub fn received(inputs: &[Input]) -> HashMap<&str, (u64, Option<&str>)> {
    inputs.iter().filter_map(|input| Some((&*input.path, input.received()?))).collect()
}

impl Inputs {
    /// Keeps only the inputs of a shard.
    pub fn keep(&mut self, shard: Shard) {
        self.list.retain(|input| input.lot % shard.count + 1 == shard.number);
    }
}

/// Suffixes of files that a search of a folder skips, because they accompany reports and are never reports. All others are read, so that
/// a report in an unsupported format is reported and not overlooked.
const PASSED_OVER: &[&str] = &[
    "json", "jsonl", "csv", "tsv", "toml", "yaml", "yml", "css", "js", "map", "woff", "woff2", "ttf", "png", "jpg",
    "jpeg", "gif", "bmp", "svg", "ico", "webp", "tif", "tiff", "mp3", "mp4", "exe", "dll", "lnk", "ini", "db", "log",
    "bat", "sh", "py", "tmp", "bak",
];

/// Lists the inputs for the arguments. `leave_out` is a folder that is not searched: the output folder.
///
/// # Errors
/// If an argument matches nothing, is not a valid pattern, or names a folder that is left out. An unreadable item inside a folder becomes
/// an input that fails.
pub fn list(arguments: &[String], leave_out: Option<&Path>) -> Result<Inputs, BatchError> {
    list_outside(arguments, leave_out.as_slice())
}

/// As [`list`], with any number of folders that are not searched.
///
/// # Errors
/// As for [`list`].
pub fn list_outside(arguments: &[String], leave_out: &[&Path]) -> Result<Inputs, BatchError> {
    let leave_out = leave_out.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut listing = Listing {
        inputs: Inputs::default(),
        seen: HashSet::new(),
        linked: HashSet::new(),
        base: PathBuf::new(),
        leave_out,
        own: HashSet::new(),
    };
    for argument in arguments {
        listing.argument(argument)?;
    }
    if let Some(only) = worker::only() {
        listing.inputs.list.retain(|input| worker::digest(&input.path) == only);
    }
    listing.inputs.list.shrink_to_fit();
    Ok(listing.inputs)
}

struct Listing {
    inputs: Inputs,
    /// Digests of the listed paths, so that overlapping arguments list each file once.
    seen: HashSet<u128>,
    /// Targets of visited links, so that cyclic or crossing links list each file once.
    linked: HashSet<PathBuf>,
    /// The folder of the current argument: the argument itself, or the folder of its file.
    base: PathBuf,
    leave_out: Vec<PathBuf>,
    /// Files that earlier runs wrote into folders inside the searched one.
    own: HashSet<PathBuf>,
}

impl Listing {
    fn argument(&mut self, argument: &str) -> Result<(), BatchError> {
        let path = Path::new(argument);
        if argument == "-" {
            self.push(argument.to_owned(), Origin::Stdin);
        } else if path.exists() {
            // Outputs in a searched folder would be read as reports the next time.
            if path.is_dir() && fs::canonicalize(path).is_ok_and(|folder| self.leave_out.contains(&folder)) {
                return Err(BatchError::AmongInputs(path.to_owned()));
            }
            let base = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
            base.clone_into(&mut self.base);
            self.path(path);
        } else if argument.contains(['*', '?', '[']) {
            self.pattern(argument)?;
        } else {
            return Err(BatchError::NoInput(argument.to_owned()));
        }
        Ok(())
    }

    fn pattern(&mut self, argument: &str) -> Result<(), BatchError> {
        let pattern = |source| BatchError::Pattern { pattern: argument.to_owned(), source };
        let mut found = false;
        let plain = |part: &std::path::Component| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
        self.base = Path::new(argument).components().take_while(plain).collect();
        for entry in glob::glob(argument).map_err(pattern)? {
            found = true;
            match entry {
                Ok(path) => self.path(&path),
                Err(error) => self.refuse(&shown(error.path()), &system(error.error())),
            }
        }
        if found { Ok(()) } else { Err(BatchError::NoInput(argument.to_owned())) }
    }

    fn path(&mut self, path: &Path) {
        if path.is_dir() { self.folder(path) } else { self.file(path) }
    }

    fn folder(&mut self, folder: &Path) {
        if folder.join(ledger::LOG).is_file() {
            return self.work_folder(folder);
        }
        let leave_out = self.leave_out.clone();
        let root = fs::canonicalize(folder).ok();
        let mut walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // A link to one of its own parent folders adds nothing.
                Err(error) if error.loop_ancestor().is_some() => continue,
                Err(error) => {
                    let path = shown(error.path().unwrap_or(folder));
                    let said = error
                        .io_error()
                        .map_or_else(|| Message::new("链接形成循环", "a link leads back to itself"), system);
                    self.refuse(&path, &said);
                    continue;
                }
            };
            let name = entry.file_name().to_string_lossy();
            if entry.depth() > 0 && entry.path_is_symlink() && self.is_known(entry.path(), root.as_deref()) {
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
                continue;
            }
            if entry.file_type().is_dir() {
                let is_output =
                    !leave_out.is_empty() && fs::canonicalize(entry.path()).is_ok_and(|path| leave_out.contains(&path));
                if entry.depth() > 0 && (is_output || hidden(&name) || belongs_to_a_page(&entry)) {
                    walk.skip_current_dir();
                } else if entry.depth() > 0 {
                    // An output folder that is named explicitly is read.
                    self.own.extend(written_in(entry.path()));
                }
                continue;
            }
            if !entry.file_type().is_file() || hidden(&name) {
                continue;
            }
            if self.own.contains(entry.path()) {
                self.inputs.own += 1;
                continue;
            }
            match passed_over(&name) {
                Some(suffix) => *self.inputs.skipped.entry(suffix).or_default() += 1,
                None => self.file(entry.path()),
            }
        }
    }

    /// Lists the received files of a work folder whose reports count, under their original names.
    fn work_folder(&mut self, folder: &Path) {
        let log = folder.join(ledger::LOG);
        let read = fs::read_to_string(&log).map_err(|error| system(&error));
        let read = read.and_then(|text| Ledger::read(&text).map_err(|error| error.message()));
        let ledger = match read {
            Ok(ledger) => ledger,
            Err(said) => return self.refuse(&log.to_string_lossy(), &said),
        };
        let shown = shown(folder);
        for sent in ledger.counting() {
            let path = folder.join(ledger::SENT).join(ledger::stored_name(&sent.sha256, &sent.name));
            // The number distinguishes files of the same name.
            let named = format!("{shown}/{}/{}/{}", ledger::SENT, sent.file, sent.name);
            let origin = Origin::file(&path, &named);
            self.push(named, origin);
            if let Some(input) = self.inputs.list.last_mut() {
                input.received = Some(Box::new((sent.entry, sent.drop.clone())));
            }
        }
    }

    /// Whether the target of a link is listed anyway: it is in the searched folder, or another link has led to it.
    fn is_known(&mut self, link: &Path, root: Option<&Path>) -> bool {
        let Ok(target) = fs::canonicalize(link) else { return false };
        root.is_some_and(|root| target.starts_with(root)) || !self.linked.insert(target)
    }

    fn file(&mut self, path: &Path) {
        let shown = shown(path);
        let origin = Origin::file(path, &shown);
        if !may_be_archive(path) {
            return self.push(shown, origin);
        }
        let opened = File::open(path).map_err(|error| unreadable(&error));
        let opened = opened.and_then(|file| archive::open(Box::new(BufReader::new(file))));
        match opened {
            Ok(zip) if archive::is_package(&zip) => self.push(shown, origin),
            Ok(zip) => self.archive(path, &shown, zip),
            Err(finding) => self.push(shown, Origin::Refused(finding)),
        }
    }

    fn archive(&mut self, path: &Path, shown: &str, zip: Zip) {
        let size = fs::metadata(path).map_or(0, |found| found.len());
        let members = archive::members(zip, size);
        let archive = Arc::new(Archive::new(path.to_owned(), members.len(), size));
        for (name, member) in members {
            let origin = match member {
                Ok(_) if hidden_entry(&name) => continue,
                Ok(member) => Origin::Member { archive: Arc::clone(&archive), member },
                Err(finding) => Origin::Refused(finding),
            };
            match (&origin, passed_over(&name)) {
                (Origin::Member { .. }, Some(suffix)) => *self.inputs.skipped.entry(suffix).or_default() += 1,
                _ => self.push(format!("{shown}!{name}"), origin),
            }
        }
    }

    fn refuse(&mut self, path: &str, said: &Message) {
        self.push(path.to_owned(), Origin::Refused(Box::new(Finding::detailed(&FILE_UNREADABLE, &said.zh, &said.en))));
    }

    fn push(&mut self, path: String, origin: Origin) {
        if self.seen.insert(names::digest(path.as_bytes())) {
            let base = shown(&self.base);
            let lot = lot(path.strip_prefix(&base).unwrap_or(&path));
            self.inputs.list.push(Input { path: path.into(), origin, lot, received: None });
        }
    }
}

/// A path as shown and logged: with `/` on every system, so that logs of two machines can be joined.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix("./").unwrap_or(path).to_string_lossy();
    with_slashes(&path, MAIN_SEPARATOR).into_owned()
}

/// A path with `/` in place of the system's separator. On systems other than Windows `\\` is part of a name.
fn with_slashes(path: &str, separator: char) -> Cow<'_, str> {
    if separator == '/' { Cow::Borrowed(path) } else { Cow::Owned(path.replace(separator, "/")) }
}

/// The sharding hash of a path relative to the given folder.
fn lot(path: &str) -> u64 {
    let path = path.replace('\\', "/");
    (names::digest(path.trim_start_matches('/').as_bytes()) >> 64) as u64
}

/// Whether a file is hidden, or a lock file of Word or WPS beside an open document.
fn hidden(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || name.starts_with(".~") || name.eq_ignore_ascii_case("thumbs.db")
}

fn hidden_entry(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part != "." && part != ".." && hidden(part) || part == "__MACOSX")
}

/// Whether a folder was saved by a browser with a page: `page_files` or `page.files` beside `page.html`.
fn belongs_to_a_page(folder: &DirEntry) -> bool {
    let name = folder.file_name().to_string_lossy();
    let Some(stem) = name.strip_suffix("_files").or_else(|| name.strip_suffix(".files")) else { return false };
    ["html", "htm"].iter().any(|suffix| folder.path().with_file_name(format!("{stem}.{suffix}")).is_file())
}

/// The lower-case suffix of a file that a search skips.
fn passed_over(name: &str) -> Option<String> {
    let suffix = suffix(name);
    let readme = name.len() >= 6 && name.as_bytes()[..6].eq_ignore_ascii_case(b"readme");
    (readme || PASSED_OVER.contains(&suffix.as_str())).then_some(suffix)
}

fn suffix(name: &str) -> String {
    name.rsplit_once('.').map(|(_, suffix)| suffix.to_lowercase()).unwrap_or_default()
}

/// Whether a file may be an archive of submissions: it begins as a zip file and does not have the suffix of a document.
fn may_be_archive(path: &Path) -> bool {
    let suffix = suffix(&path.to_string_lossy());
    if READERS.iter().any(|reader| reader.suffixes.contains(&suffix.as_str())) || !path.is_file() {
        return false;
    }
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && matches!(&start, b"PK\x03\x04" | b"PK\x05\x06") || suffix == "zip"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_with_slashes_on_every_system() {
        assert_eq!(with_slashes(r"报送\甲县\a.docx", '\\'), "报送/甲县/a.docx");
        assert_eq!(with_slashes(r"\\server\share\a.docx", '\\'), "//server/share/a.docx");
        // If `/` is the separator, `\\` is part of a name.
        assert_eq!(with_slashes(r"a\b.docx", '/'), r"a\b.docx");
    }
}
