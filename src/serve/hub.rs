//! Shared state of the handlers: work folder, state, journal, worker pool, authentication.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::auth::Access;
use super::earlier;
use super::journal::{Command, Journal, Written};
use super::pool::Pool;
use super::settings::Settings;
use super::state::State;
use super::store::Store;
use super::work::{Answer, Ask, Request, SentFile, Which};
use super::{Options, ServeError, Started};
use crate::ledger::{Sent, stored_name};

/// Number of ports that are tried after the requested one.
const PORTS: u16 = 20;

/// Default and maximum size of an upload, in MB.
const LIMIT: u64 = 64;

/// Shared by all requests.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) store: Store,
    pub(super) journal: Journal,
    pub(super) pool: Pool,
    pub(super) access: Access,
    pub(super) changed: watch::Sender<u64>,
    state: Arc<RwLock<State>>,
    settings: RwLock<Settings>,
    /// The children's evaluation of the settings, with its version.
    described: Mutex<Option<(u64, Arc<Value>)>>,
    address: RwLock<SocketAddr>,
    exact: bool,
    pub(super) lan: bool,
    name: String,
    password: Option<String>,
}

impl Hub {
    pub(super) fn open(options: Options) -> Result<Arc<Self>, ServeError> {
        let Options { folder, address, exact, lan, hosts, name, child, seconds, jobs } = options;
        let store = Store::open(&folder)?;
        let settings = Settings::load(&store.folder)?;
        let changed = watch::Sender::new(1);
        let (journal, state) = Journal::open(&store, changed.clone())?;
        let pool = Pool::start(jobs, Duration::from_secs(seconds), &child.into())?;
        let (access, password) = Access::open(&store, lan, hosts)?;
        Ok(Arc::new(Self {
            store,
            journal,
            pool,
            access,
            changed,
            state,
            settings: RwLock::new(settings),
            described: Mutex::new(None),
            address: RwLock::new(address),
            exact,
            lan,
            name,
            password,
        }))
    }

    /// Listens on the requested port, or on the first free one after it unless `exact` is set.
    pub(super) async fn listen(&self) -> Result<TcpListener, ServeError> {
        let wanted = self.address();
        let mut last = None;
        for offset in 0..=if self.exact || wanted.port() == 0 { 0 } else { PORTS } {
            let Some(port) = wanted.port().checked_add(offset) else { break };
            let address = SocketAddr::new(wanted.ip(), port);
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    let address = listener.local_addr().map_err(ServeError::Start)?;
                    *self.address.write().unwrap_or_else(PoisonError::into_inner) = address;
                    self.access.listens_at(address.port());
                    return Ok(listener);
                }
                Err(source) => last = Some(ServeError::Address { address, source }),
            }
        }
        Err(last.unwrap_or_else(|| ServeError::Start(std::io::ErrorKind::AddrInUse.into())))
    }

    pub(super) fn address(&self) -> SocketAddr {
        *self.address.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The URLs at which the page can be opened.
    pub(super) fn started(&self) -> Started {
        let address = self.address();
        let url = format!("http://127.0.0.1:{}/?token={}", address.port(), self.access.start_token());
        let shown = match address.ip() {
            ip if ip.is_unspecified() => local_ip().unwrap_or(ip),
            ip => ip,
        };
        let lan = self.lan.then(|| format!("http://{}/", SocketAddr::new(shown, address.port())));
        Started { url, lan, password: self.password.clone() }
    }

    pub(super) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state outside of the logs, and wakes long-polling requests.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let done = change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_modify(|count| *count += 1);
        done
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the settings in memory; they must be saved already.
    pub(super) fn put_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        self.change(|state| state.settings += 1);
    }

    /// Maximum size of an upload, in bytes.
    pub(super) fn limit(&self) -> u64 {
        let megabytes = self.settings().text("limit").and_then(|text| text.parse().ok());
        megabytes.map_or(LIMIT, |megabytes: u64| megabytes.clamp(1, LIMIT)) << 20
    }

    /// The name that is written into the log for the user at this machine.
    pub(super) fn own_name(&self) -> String {
        self.settings().text("name").unwrap_or_else(|| self.name.clone())
    }

    /// Writes to the logs, see [`Journal::write`].
    pub(super) async fn write(&self, command: Command) -> Written {
        self.journal.write(command).await
    }

    /// The path of an uploaded file.
    pub(super) fn path(&self, sent: &Sent) -> PathBuf {
        self.store.sent().join(stored_name(&sent.sha256, &sent.name))
    }

    /// An uploaded file as a parameter of a request, with last year's reports.
    pub(super) fn file(&self, state: &State, sent: &Sent) -> SentFile {
        let before = earlier::of_file(state, sent.file, &|sent| self.alone(state, sent));
        SentFile { before, ..self.alone(state, sent) }
    }

    /// An uploaded file as a parameter of a request, without last year's reports.
    pub(super) fn alone(&self, state: &State, sent: &Sent) -> SentFile {
        let (path, name) = (self.path(sent), sent.name.clone());
        SentFile { path, name, corrections: state.corrections_of(&sent.sha256), before: Vec::new() }
    }

    /// A report as a parameter of a request; `None` if there is no such file.
    pub(super) fn which(&self, state: &State, (file, report): (u64, usize)) -> Option<Which> {
        Some(Which { file: self.file(state, state.sent(file)?), report })
    }

    /// A request with the current versions of settings and waivers.
    #[allow(clippy::unused_self, reason = "requests are made by the hub")]
    pub(super) fn request(&self, state: &State, ask: Ask) -> Request {
        Request { settings: state.settings, waivers: state.waivers, ask }
    }

    /// Sends a request about one report; it is built from the state at the time a child is free.
    pub(super) async fn ask_about(
        self: &Arc<Self>,
        id: (u64, usize),
        ask: impl FnOnce(Which) -> Ask + Send + 'static,
    ) -> Answer {
        let hub = Arc::clone(self);
        let request = move || {
            let state = hub.state();
            // If the file was deleted meanwhile, the child fails to open the empty path.
            let (path, name, corrections) = (PathBuf::new(), String::new(), String::new());
            let gone = Which { file: SentFile { path, name, corrections, before: Vec::new() }, report: 0 };
            let which = hub.which(&state, id).unwrap_or(gone);
            hub.request(&state, ask(which))
        };
        self.pool.ask(request).await
    }

    /// The evaluated settings, requested from a child once per version of the settings.
    pub(super) async fn described(self: &Arc<Self>) -> Arc<Value> {
        let version = self.state().settings;
        if let Some((of, value)) = self.described.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
            && *of == version
        {
            return Arc::clone(value);
        }
        let hub = Arc::clone(self);
        let answer = self.pool.ask(move || hub.request(&hub.state(), Ask::Settings)).await;
        let Answer::Settings(value) = answer else { return Arc::default() };
        let value = Arc::new(value);
        *self.described.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, Arc::clone(&value)));
        value
    }
}

/// The address of this machine in its network.
fn local_ip() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // Connecting a UDP socket sends nothing; it only selects the local address of the route.
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip())
}
