//! `nianbao serve`: the office's page in a browser, over a work folder that holds all files and logs.
//!
//! The server does not parse documents: sent files are processed in supervised child processes (`work`). A write is synced before it is
//! acknowledged (`journal`); the state in memory is the replayed logs plus the results of the children.

#![allow(clippy::result_large_err, reason = "an error response is built at most once per request")]

mod api;
mod assets;
mod auth;
mod body;
mod connection;
mod earlier;
mod fault;
mod guard;
mod hub;
mod journal;
mod outgoing;
mod pool;
mod reading;
mod rows;
mod settings;
mod state;
mod store;
mod work;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use thiserror::Error;

use crate::finding::{Bilingual, Message, system};
use crate::ledger::LedgerMistake;

pub use work::child;

/// Options of the server.
pub struct Options {
    /// The work folder; created if it does not exist.
    pub folder: PathBuf,
    /// The address to listen on. Port 0 lets the system choose; if a port is in use, the next free one is tried unless `exact` is set.
    pub address: SocketAddr,
    /// Whether no other port than that of `address` may be used.
    pub exact: bool,
    /// Whether other machines may connect, with a password and a name.
    pub lan: bool,
    /// Host names accepted from other machines, in addition to numeric addresses.
    pub hosts: Vec<String>,
    /// The name that is written into the log for the user at this machine.
    pub name: String,
    /// Builds the command that starts a child process, which calls [`child`].
    pub child: Box<dyn Fn() -> Command + Send + Sync>,
    /// Time limit for one file, in seconds.
    pub seconds: u64,
    /// Number of children that read files.
    pub jobs: usize,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("folder", &self.folder).field("address", &self.address).finish_non_exhaustive()
    }
}

/// Start-up information: where the page can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The URL to open on this machine, with the start token.
    pub url: String,
    /// The URL for other machines, if they may connect.
    pub lan: Option<String>,
    /// The password that was generated because none was set.
    pub password: Option<String>,
}

/// Why the page cannot be served.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub enum ServeError {
    /// The work folder cannot be used.
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system error.
        source: io::Error,
    },
    /// Another process serves this folder.
    Busy(PathBuf),
    /// The address cannot be listened on.
    Address {
        /// The address.
        address: SocketAddr,
        /// The system error.
        source: io::Error,
    },
    /// The log of the folder is damaged.
    Log(#[from] LedgerMistake),
    /// A file of the folder cannot be parsed: its name and the error.
    File(String, Message),
    /// Threads or random numbers are not available, or the pipe to a child broke.
    Start(io::Error),
}

impl Bilingual for ServeError {
    fn message(&self) -> Message {
        match self {
            Self::Folder { path, source } => {
                let (path, said) = (path.display(), system(source));
                Message::new(format!("工作文件夹“{path}”不能使用：{}。", said.zh), format!("{path}: {}", said.en))
            }
            Self::Busy(path) => {
                let path = path.display();
                Message::new(
                    format!("“{path}”已经由另一个窗口打开，请用那个窗口，或先关闭它。"),
                    format!("{path}: another copy of the program serves this folder"),
                )
            }
            Self::Address { address, source } => {
                let said = system(source);
                Message::new(
                    format!("不能在 {address} 上打开网页：{}。请换一个端口（--port）。", said.zh),
                    format!("{address}: {}; try another port (--port)", said.en),
                )
            }
            Self::Log(mistake) => mistake.message(),
            Self::File(name, said) => Message::new(format!("“{name}”：{}", said.zh), format!("{name}: {}", said.en)),
            Self::Start(error) => {
                let said = system(error);
                Message::new(format!("未能启动：{}。", said.zh), format!("cannot start: {}", said.en))
            }
        }
    }
}

/// Serves the page until `stop` receives a message or its sender is dropped. `started` is called once the server listens.
///
/// # Errors
/// [`ServeError`] if the folder cannot be used or the address cannot be listened on.
pub fn run(
    options: Options,
    stop: std::sync::mpsc::Receiver<()>,
    started: impl FnOnce(&Started),
) -> Result<(), ServeError> {
    let hub = hub::Hub::open(options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .enable_io()
        .enable_time()
        .build()
        .map_err(ServeError::Start)?;
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("stop".to_owned())
        .spawn(move || {
            let _ = stop.recv();
            let _ = ended.send(());
        })
        .map_err(ServeError::Start)?;
    let done = runtime.block_on(async move {
        let listener = hub.listen().await?;
        let opened = hub.started();
        hub.store.write_private("running", &opened.url)?;
        started(&opened);
        reading::begin(&hub);
        tokio::spawn(connection::accept(listener, hub));
        let _ = end.await;
        Ok(())
    });
    runtime.shutdown_background();
    done
}

/// The URL at which another process serves a folder, as written into the folder when it started.
pub fn running(folder: &std::path::Path) -> Option<String> {
    store::running(folder)
}

/// The current time in China, where the reports are from, in the format of the logs.
fn now() -> String {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}
