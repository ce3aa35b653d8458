//! Runs a batch in a worker process, so that a file that crashes or hangs it becomes an error of that file.
//!
//! The worker notes which files are in progress. When it dies, each of these files is tried alone in a child with limited memory and time;
//! a file that fails there too is refused, and a new worker continues where the first one was. A file that is in progress for too long
//! is refused without a trial.

use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use nianbao::batch::worker::{self, Fault};
use nianbao::stream;

use super::Exit;
use super::args::{Args, Command as Typed};
use super::failure::failure;
use super::{program, temporary};

/// Environment variable: the folder that a worker shares with its supervisor.
const FOLDER: &str = "NIANBAO_WORKER";

/// Environment variable: the process id of the supervisor.
const SUPERVISOR: &str = "NIANBAO_SUPERVISOR";

/// Environment variable: the digest of the one file that a child tries, in hexadecimal.
const ONLY: &str = "NIANBAO_ONLY";

/// Environment variable: set for a worker that processes one file at a time.
const ALONE: &str = "NIANBAO_ALONE";

/// Time limit for one file in a worker, in seconds. The slowest of 7,622 public files took three.
const MOST_SECONDS: u64 = 120;

/// Limits of a child that tries one file: memory in MB and time in seconds, the defaults of `filter`.
const TRIAL: (u64, u64) = (1024, 60);

/// Keeps mimalloc from reserving 1 GB of address space at start-up, which counts towards the memory limit of a child.
const ADDRESSES_AT_ONCE: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// Number of workers that may die without a file to blame before the next one processes one file at a time.
const UNEXPLAINED: usize = 2;

/// Maximum interval between two polls of a worker; the interval is a fiftieth of the worker's running time.
const PAUSE: Duration = Duration::from_millis(50);

/// The role of this process.
pub(crate) enum Role {
    /// Does the work: as a worker of a supervisor, or because of `--in-process`.
    Works,
    /// Supervises workers.
    Supervises,
}

/// Determines the role of this process from its arguments.
pub(crate) fn role(args: &mut Args) -> Result<Role> {
    let supervised = match &args.command {
        Typed::Convert(args) => !args.in_process && !args.dry_run && !reads_stdin(&args.inputs),
        Typed::Fill(args) => !args.in_process && !args.dry_run && !reads_stdin(&args.inputs),
        Typed::Check(args) => !args.in_process && !reads_stdin(&args.inputs),
        Typed::Rollup(args) => !args.in_process && !args.dry_run && !reads_stdin(&args.inputs),
        _ => return Ok(Role::Works),
    };
    if !supervised {
        return Ok(Role::Works);
    }
    let Some(folder) = std::env::var_os(FOLDER) else { return Ok(Role::Supervises) };
    let folder = Path::new(&folder);
    if let Some(supervisor) = std::env::var(SUPERVISOR).ok().and_then(|id| id.parse().ok()) {
        stream::die_with_parent(supervisor)?;
    }
    if let Some(digest) = std::env::var(ONLY).ok().and_then(|digest| u128::from_str_radix(&digest, 16).ok()) {
        stream::confine(memory().unwrap_or(TRIAL.0))?;
        worker::keep_only(digest);
        elsewhere(args, &folder.join("trial"));
    } else {
        if let Some(megabytes) = memory() {
            stream::confine(megabytes)?;
        }
        worker::enter(folder)?;
    }
    Ok(Role::Works)
}

/// Whether standard input is an input. It can be read only once, so a new worker could not continue with it.
fn reads_stdin(inputs: &[String]) -> bool {
    inputs.iter().any(|input| input == "-")
}

/// Whether this process works for a supervisor.
pub(crate) fn is_worker() -> bool {
    std::env::var_os(FOLDER).is_some()
}

/// Whether this process processes one file at a time.
pub(crate) fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

/// Redirects the outputs of a trial to a folder of its own.
fn elsewhere(args: &mut Args, folder: &Path) {
    let put = |path: &mut Option<std::path::PathBuf>, name: &str| {
        if let Some(path) = path {
            *path = folder.join(name);
        }
    };
    match &mut args.command {
        Typed::Convert(args) => folder.clone_into(&mut args.out),
        Typed::Fill(args) => folder.clone_into(&mut args.out),
        Typed::Rollup(args) => folder.clone_into(&mut args.out),
        Typed::Check(args) => {
            put(&mut args.annotate, "annotated");
            put(&mut args.letter, "letters");
            put(&mut args.revise, "revised");
            put(&mut args.propose, "proposed.jsonl");
        }
        _ => {}
    }
}

/// A limit set by tests, in debug builds only.
fn set_by_test(name: &str) -> Option<u64> {
    if cfg!(debug_assertions) { std::env::var(name).ok()?.parse().ok() } else { None }
}

fn memory() -> Option<u64> {
    set_by_test("NIANBAO_TEST_MEGABYTES")
}

/// How a worker or a trial ended.
enum End {
    /// Exited with one of the program's exit codes.
    Exit(u8),
    /// Died by a signal or an abort.
    Died(ExitStatus),
    /// Was killed because the file with this digest was in progress for too long.
    Hung(u128),
}

/// Runs the command in workers until one of them exits by itself.
pub(crate) fn run() -> Result<ExitCode> {
    let shared = temporary::folder("worker")?;
    let folder = shared.path();
    let stopped = forward_signals()?;
    let seconds = set_by_test("NIANBAO_TEST_SECONDS").unwrap_or(MOST_SECONDS);
    let mut refused: Vec<(u128, Fault)> = Vec::new();
    let mut unexplained = 0;
    loop {
        worker::refuse(folder, &refused)?;
        let mut command = this_program(folder)?;
        if unexplained >= UNEXPLAINED {
            command.env(ALONE, "1");
        }
        let end = watched(&mut command, &stopped, |watch| watch.hangs(&worker::in_hand(folder), seconds))?;
        if stopped.asked.load(Ordering::Relaxed) && !matches!(end, End::Exit(_)) {
            return Ok(Exit::Stopped.code());
        }
        let before = refused.len();
        match end {
            End::Exit(code) => return Ok(ExitCode::from(code)),
            End::Hung(digest) => refused.push((digest, Fault::Hung(seconds))),
            End::Died(status) => {
                let suspects = worker::in_hand(folder).into_iter().filter(|digest| *digest != 0);
                for suspect in suspects {
                    // One file at a time: the dead worker had only this one.
                    let fault = if unexplained >= UNEXPLAINED {
                        Some(Fault::Died(status.to_string()))
                    } else {
                        tried(folder, suspect, seconds, &stopped)?
                    };
                    refused.extend(fault.map(|fault| (suspect, fault)));
                }
                if refused.len() == before {
                    unexplained += 1;
                    if unexplained > UNEXPLAINED {
                        return Err(unexplainable(status));
                    }
                }
            }
        }
    }
}

fn unexplainable(status: ExitStatus) -> anyhow::Error {
    failure(
        "处理进程多次异常终止，且不是某个文件造成的。请检查内存和磁盘是否够用，再运行一次。",
        format!(
            "the worker ended again and again ({status}), and no file explains it; is there enough memory and disk?"
        ),
    )
}

/// Tries one file in a child of its own; returns how the child failed, if it did.
fn tried(folder: &Path, digest: u128, seconds: u64, stopped: &Stopped) -> Result<Option<Fault>> {
    let mut command = this_program(folder)?;
    command.env(ONLY, format!("{digest:x}")).env(ADDRESSES_AT_ONCE.0, ADDRESSES_AT_ONCE.1);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let most = seconds.min(TRIAL.1);
    let end = watched(&mut command, stopped, |watch| (watch.since.elapsed().as_secs() >= most).then_some(digest))?;
    Ok(match end {
        End::Exit(_) => None,
        End::Died(status) => Some(Fault::Died(status.to_string())),
        End::Hung(_) => Some(Fault::Hung(most)),
    })
}

/// The command that starts this program again with the same arguments.
fn this_program(folder: &Path) -> Result<Command> {
    let mut command = Command::new(program::own()?);
    command.env(SUPERVISOR, std::process::id().to_string());
    // The panic output of the worker is for developers, not for users.
    command.args(std::env::args_os().skip(1)).env(FOLDER, folder).env("RUST_BACKTRACE", "0");
    if memory().is_some() {
        command.env(ADDRESSES_AT_ONCE.0, ADDRESSES_AT_ONCE.1);
    }
    Ok(command)
}

/// The observed state of a worker.
struct Watch {
    since: Instant,
    /// The files in progress, each with the number of polls for which it has been in progress.
    files: Vec<(u128, u64)>,
    looked: Instant,
}

impl Watch {
    /// The file that has been in progress for too long. Counts polls, one per second, rather than time, which passes while processes are
    /// suspended.
    fn hangs(&mut self, in_hand: &[u128], seconds: u64) -> Option<u128> {
        if self.looked.elapsed() < Duration::from_secs(1) {
            return None;
        }
        self.looked = Instant::now();
        self.files.resize(in_hand.len(), (0, 0));
        for (known, &file) in self.files.iter_mut().zip(in_hand) {
            *known = if known.0 == file && file != 0 { (file, known.1 + 1) } else { (file, 0) };
        }
        self.files.iter().find(|(_, looks)| *looks >= seconds).map(|(file, _)| *file)
    }
}

/// Runs a process until it ends, or kills it when `hangs` returns a file.
fn watched(command: &mut Command, stopped: &Stopped, mut hangs: impl FnMut(&mut Watch) -> Option<u128>) -> Result<End> {
    let mut child = command.spawn()?;
    stopped.child.store(child.id(), Ordering::Relaxed);
    let now = Instant::now();
    let mut watch = Watch { since: now, files: Vec::new(), looked: now };
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break ended(status);
        }
        if let Some(file) = hangs(&mut watch) {
            kill(&mut child)?;
            break End::Hung(file);
        }
        std::thread::sleep((watch.since.elapsed() / 50).clamp(Duration::from_millis(1), PAUSE));
    };
    stopped.child.store(0, Ordering::Relaxed);
    Ok(end)
}

fn kill(child: &mut Child) -> Result<()> {
    // The child may have ended meanwhile.
    let _ = child.kill();
    child.wait()?;
    Ok(())
}

/// Classifies an exit status: one of the program's exit codes, or a crash.
fn ended(status: ExitStatus) -> End {
    match status.code() {
        Some(code @ (0..=2 | 130)) => End::Exit(u8::try_from(code).unwrap_or(u8::MAX)),
        _ => End::Died(status),
    }
}

/// Whether a stop was requested, and the child process to which the request is forwarded (0: none).
struct Stopped {
    asked: Arc<AtomicBool>,
    child: Arc<AtomicU32>,
}

/// Installs the handler that forwards Ctrl-C to the child.
fn forward_signals() -> Result<Stopped> {
    let stopped = Stopped { asked: Arc::default(), child: Arc::default() };
    let (asked, child) = (Arc::clone(&stopped.asked), Arc::clone(&stopped.child));
    ctrlc::set_handler(move || {
        asked.store(true, Ordering::Relaxed);
        stream::ask_to_stop(child.load(Ordering::Relaxed));
    })?;
    Ok(stopped)
}
