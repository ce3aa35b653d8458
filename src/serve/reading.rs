//! Background reading: new files in order of arrival, and files affected by changed settings, corrections or waivers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::earlier::{self, key};
use super::hub::Hub;
use super::journal::{Command, Written};
use super::now;
use super::state::{Phase, State};
use super::work::{Answer, Ask, Kept, Member};
use crate::finding::code::batch::CONVERTER_DIED;
use crate::finding::{Finding, Severity};
use crate::ledger::What;

/// Interval at which the date is checked: a waiver expires at the end of its last day.
const DAY: Duration = Duration::from_mins(10);

/// Debounce interval for changes.
const TOGETHER: Duration = Duration::from_millis(200);

/// Queues all files at start-up, and again on every new day.
pub(super) fn begin(hub: &Arc<Hub>) {
    let files: Vec<u64> = hub.state().ledger.standing().map(|sent| sent.file).collect();
    for file in files {
        queue(hub, file);
    }
    tokio::spawn(follow_last_year(Arc::clone(hub)));
    let hub = Arc::clone(hub);
    tokio::spawn(async move {
        let today = || now().split('T').next().map(str::to_owned);
        let mut day = today();
        loop {
            tokio::time::sleep(DAY).await;
            if day != today() {
                day = today();
                again(&hub);
            }
        }
    });
}

/// Queues all files to be checked again, under new settings or on a new day.
pub(super) fn again(hub: &Arc<Hub>) {
    let files: Vec<u64> = hub.state().ledger.standing().map(|sent| sent.file).collect();
    check_again(hub, files);
}

/// Queues files to be checked again. A file that is waiting or being read is skipped; [`read`] repeats it if its version is outdated.
fn check_again(hub: &Arc<Hub>, files: Vec<u64>) {
    for file in hub.change(|state| state.mark_again(files)) {
        let hub = Arc::clone(hub);
        tokio::spawn(async move { read(&hub, file).await });
    }
}

/// Queues files to be checked again when last year's report of one of their agencies was added, changed or deleted.
async fn follow_last_year(hub: Arc<Hub>) {
    let mut changes = hub.changed.subscribe();
    while changes.changed().await.is_ok() {
        tokio::time::sleep(TOGETHER).await;
        changes.mark_unchanged();
        let files = {
            let state = hub.state();
            earlier::outdated(&state, &|sent| hub.alone(&state, sent))
        };
        if !files.is_empty() {
            check_again(&hub, files);
        }
    }
}

/// Queues a file for reading.
pub(super) fn queue(hub: &Arc<Hub>, file: u64) {
    hub.change(|state| {
        if let Some(item) = state.items.get_mut(&file) {
            item.phase = Phase::Waiting;
        }
    });
    let hub = Arc::clone(hub);
    tokio::spawn(async move {
        read(&hub, file).await;
    });
}

/// Reads a file; repeats it if settings or corrections changed meanwhile, so that a slow child never stores an outdated result.
async fn read(hub: &Arc<Hub>, file: u64) {
    loop {
        let Some(archive) = hub.state().sent(file).map(|sent| is_archive(&sent.name)) else { return };
        let (answer, asked) = ask(hub, file, archive).await;
        let (asked, before) = asked.map_or((None, Vec::new()), |(version, before)| (version, before));
        let phase = match answer {
            Answer::Parts(parts) => Phase::Read(parts),
            Answer::Refused { finding, agency } => Phase::Refused(finding, agency),
            Answer::Unpacked(members) => return Box::pin(unpacked(hub, file, members)).await,
            Answer::No(message) => {
                let mut finding = Finding::new(&CONVERTER_DIED, message);
                finding.severity = Severity::Error;
                Phase::Refused(Box::new(finding), None)
            }
            _ => return,
        };
        let is_current = hub.change(|state| {
            // Without a version no child was asked: the server is shutting down.
            let is_current = asked.is_none() || version(state, file) == asked;
            if is_current {
                state.checked(file, phase, before);
            }
            is_current
        });
        if is_current {
            return replace(hub, file).await;
        }
    }
}

/// The versions under which a file is read: that of the settings, and the file's revision.
type Version = Option<(u64, u64)>;

fn version(state: &State, file: u64) -> Version {
    Some((state.settings, state.items.get(&file)?.revision))
}

/// A child's answer about a file, with the version under which it was asked and last year's reports of the request.
async fn ask(hub: &Arc<Hub>, file: u64, archive: bool) -> (Answer, Option<(Version, Vec<Kept>)>) {
    let asking = Arc::clone(hub);
    let (tell, told) = oneshot::channel();
    let answer = hub
        .pool
        .ask_in_turn(move || {
            asking.change(|state| {
                if let Some(item) = state.items.get_mut(&file)
                    && item.phase == Phase::Waiting
                {
                    item.phase = Phase::Reading;
                }
            });
            let state = asking.state();
            let mut before = Vec::new();
            let ask = state.sent(file).map(|sent| {
                let sent = asking.file(&state, sent);
                before.clone_from(&sent.before);
                if archive { Ask::Unpack { file: sent, into: asking.store.sent() } } else { Ask::Read(sent) }
            });
            // The receiver is gone if the request was dropped.
            let _ = tell.send((version(&state, file), before));
            asking.request(&state, ask.unwrap_or(Ask::Settings))
        })
        .await;
    (answer, told.await.ok())
}

fn is_archive(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case("zip"))
}

/// Logs the entries of an archive as received, and the archive as unpacked.
async fn unpacked(hub: &Arc<Hub>, archive: u64, members: Vec<Member>) {
    let Some((who, drop)) = hub.state().sent(archive).map(|sent| (sent.who.clone(), sent.drop.clone())) else { return };
    let drop = drop.or_else(|| Some(format!("archive-{archive}")));
    let count = members.len();
    let mut refused = None;
    for member in members {
        let (sha256, bytes) = match member.stored {
            Ok(stored) => stored,
            Err(finding) => {
                refused = Some(finding);
                continue;
            }
        };
        let what =
            What::Received { file: 0, name: member.name, sha256, bytes, drop: drop.clone(), archive: Some(archive) };
        if let Written::Received(file) = hub.write(Command::Log { who: who.clone(), what, seen: None }).await {
            queue(hub, file);
        }
    }
    if let Some(finding) = refused {
        // The archive stays in the list, because some of its entries could not be extracted.
        hub.change(|state| state.checked(archive, Phase::Refused(finding, None), Vec::new()));
    } else {
        let what = What::Unpacked { file: archive, members: count };
        hub.write(Command::Log { who: String::new(), what, seen: None }).await;
    }
}

/// Logs which files supersede which: a later file supersedes an earlier one if it has all of its reports. Files are read in any order,
/// so `file` may be the earlier or the later one.
pub(super) async fn replace(hub: &Arc<Hub>, file: u64) {
    let replaced: Vec<(u64, u64)> = {
        let state = hub.state();
        let keys = |file: u64| state.parts(file).iter().map(key).collect::<Option<Vec<_>>>().unwrap_or_default();
        let own = keys(file);
        let mut found = Vec::new();
        for sent in state.ledger.standing().filter(|sent| sent.file != file && !own.is_empty()) {
            let others = keys(sent.file);
            let (earlier, later) = if sent.file < file { (&others, &own) } else { (&own, &others) };
            if !earlier.is_empty() && earlier.iter().all(|key| later.contains(key)) {
                found.push((sent.file.min(file), sent.file.max(file)));
            }
        }
        let open = |earlier: &u64| state.sent(*earlier).is_some_and(|sent| sent.replaced.is_none());
        // A version chosen by hand counts until a later file arrives.
        let chosen = |earlier: u64, later: u64| {
            let came = state.sent(later).map_or(0, |sent| sent.entry);
            state.ledger.chosen_version(earlier, 0).is_some_and(|used| used > came)
        };
        found.retain(|(earlier, later)| open(earlier) && !chosen(*earlier, *later));
        found
    };
    for (file, by) in replaced {
        hub.write(Command::Log { who: String::new(), what: What::Replaced { file, by }, seen: None }).await;
    }
}
