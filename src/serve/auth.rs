//! Authentication: start token on this machine, password and name from others; CSRF token for writes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::ServeError;
use super::store::{Store, random};
use crate::batch::sha256;

/// Name of the cookie.
pub(super) const COOKIE: &str = "nianbao";

/// Number of password attempts per address before a pause, and the length of the pause.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_mins(5);

/// A session ends after this time without a request.
const IDLE: Duration = Duration::from_hours(12);

/// Maximum number of sessions and of addresses with failed attempts.
const MOST: usize = 2_000;

/// Minimum number of characters of a password.
pub(super) const LEAST: usize = 8;

/// Memory in KiB and number of iterations of argon2id: the minimum that OWASP recommends.
const COST: (u32, u32) = (19 * 1024, 2);

/// An authenticated user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visitor {
    /// The name that is written into the log; `None` for the user at this machine, whose name is a setting.
    pub(super) name: Option<String>,
    /// The CSRF token that every write must send.
    pub(super) token: String,
}

#[derive(Debug)]
struct Visit {
    name: String,
    token: String,
    last: Instant,
}

/// Why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The password is wrong; the number of attempts left.
    Wrong(u32),
    /// Too many attempts; the seconds until the next one is allowed.
    Pause(u64),
}

/// Checks hosts, cookies, tokens and passwords.
#[derive(Debug)]
pub(super) struct Access {
    /// Cookie of the user at this machine, derived from the folder's secret: unchanged by a restart, so that an open page keeps working.
    cookie: String,
    token: String,
    start: String,
    lan: bool,
    hosts: Vec<String>,
    port: AtomicU16,
    password: Mutex<Option<String>>,
    visits: Mutex<HashMap<String, Visit>>,
    tries: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

impl Access {
    /// Opens the access control of a folder. Also returns the password that was generated if `lan` is set and the folder has none.
    pub(super) fn open(store: &Store, lan: bool, hosts: Vec<String>) -> Result<(Self, Option<String>), ServeError> {
        let secret = store.secret()?;
        let derived = |what: &str| sha256(format!("{what}:{secret}").as_bytes());
        let mut password = store.password();
        let mut made = None;
        if lan && password.is_none() {
            let text = random()?[..12].to_owned();
            let text = format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]);
            let hash = hash(&text)?;
            store.write_private("password", &hash)?;
            (password, made) = (Some(hash), Some(text));
        }
        let access = Self {
            cookie: derived("cookie"),
            token: derived("write"),
            start: random()?,
            lan,
            hosts,
            port: AtomicU16::new(0),
            password: Mutex::new(password),
            visits: Mutex::default(),
            tries: Mutex::default(),
        };
        Ok((access, made))
    }

    pub(super) fn listens_at(&self, port: u16) {
        self.port.store(port, Ordering::Relaxed);
    }

    /// The token in the URL that is opened at start-up.
    pub(super) fn start_token(&self) -> &str {
        &self.start
    }

    /// The cookie of the user at this machine.
    pub(super) fn own_cookie(&self) -> &str {
        &self.cookie
    }

    /// Whether this is the start token.
    pub(super) fn is_start(&self, token: &str) -> bool {
        equal_in_constant_time(token, &self.start)
    }

    /// Whether a `Host` header names this server. Protects from DNS rebinding: a site whose name was made to resolve to this machine sends
    /// its own name, and a numeric address cannot be rebound.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (name, port.parse().ok())
            }
            _ => (host, Some(80)),
        };
        if port != Some(self.port.load(Ordering::Relaxed)) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "127.0.0.1" | "localhost" | "[::1]") {
            return true;
        }
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        self.lan && (address || self.hosts.iter().any(|host| host.eq_ignore_ascii_case(&name)))
    }

    /// Authenticates a request by its cookies or its bearer token; the start token and the local cookie are valid from loopback only.
    pub(super) fn visitor(&self, cookies: &str, bearer: Option<&str>, from: IpAddr) -> Option<Visitor> {
        let own = || Visitor { name: None, token: self.token.clone() };
        if let Some(bearer) = bearer {
            // A program on this machine.
            return (from.is_loopback() && self.is_start(bearer)).then(own);
        }
        let mut values = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let value = values.find_map(|(name, value)| (name == COOKIE).then_some(value))?;
        if equal_in_constant_time(value, &self.cookie) {
            return from.is_loopback().then(own);
        }
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        let visit = visits.get_mut(&sha256(value.as_bytes()))?;
        if visit.last.elapsed() > IDLE {
            visits.remove(&sha256(value.as_bytes()));
            return None;
        }
        visit.last = Instant::now();
        Some(Visitor { name: Some(visit.name.clone()), token: visit.token.clone() })
    }

    /// Authenticates a user by password; returns the value of the session cookie.
    pub(super) fn log_in(
        &self,
        name: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<Result<String, Refusal>, ServeError> {
        if let Some(refusal) = self.try_once(from) {
            return Ok(Err(refusal));
        }
        let hash = self.password.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !hash.is_some_and(|hash| fits(password, &hash)) {
            let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
            let used = tries.get(&from).map_or(1, |tries| tries.0);
            return Ok(Err(Refusal::Wrong(TRIES.saturating_sub(used))));
        }
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).remove(&from);
        let cookie = random()? + &random()?;
        let visit = Visit { name: name.to_owned(), token: random()?, last: Instant::now() };
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.retain(|_, visit| visit.last.elapsed() <= IDLE);
        if visits.len() >= MOST {
            visits.clear();
        }
        visits.insert(sha256(cookie.as_bytes()), visit);
        Ok(Ok(cookie))
    }

    /// Counts an attempt; refuses it if there were too many.
    fn try_once(&self, from: IpAddr) -> Option<Refusal> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= MOST {
            tries.retain(|_, tries| tries.1.elapsed() < PAUSE);
        }
        let (count, last) = tries.entry(from).or_insert((0, Instant::now()));
        if last.elapsed() >= PAUSE {
            *count = 0;
        }
        if *count >= TRIES {
            return Some(Refusal::Pause((PAUSE.saturating_sub(last.elapsed())).as_secs().max(1)));
        }
        *count += 1;
        *last = Instant::now();
        None
    }

    /// Ends the session of these cookies.
    pub(super) fn log_out(&self, cookies: &str) {
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        for value in cookies.split(';').filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('=')) {
            visits.remove(&sha256(value.as_bytes()));
        }
    }

    /// Sets another password and ends all sessions.
    pub(super) fn set_password(&self, store: &Store, password: &str) -> Result<(), ServeError> {
        let hash = hash(password)?;
        store.write_private("password", &hash)?;
        *self.password.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash);
        self.visits.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }
}

/// Constant-time comparison; only a difference in length returns early.
pub(super) fn equal_in_constant_time(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |parts, (one, other)| parts | (one ^ other)) == 0
}

fn argon() -> Result<Argon2<'static>, ServeError> {
    let params = Params::new(COST.0, COST.1, 1, None)
        .map_err(|error| ServeError::Start(std::io::Error::other(error.to_string())))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, ServeError> {
    let other = |error: argon2::password_hash::Error| ServeError::Start(std::io::Error::other(error.to_string()));
    let salt = SaltString::encode_b64(random()?.as_bytes()).map_err(other)?;
    Ok(argon()?.hash_password(password.as_bytes(), &salt).map_err(other)?.to_string())
}

fn fits(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|parsed| argon().is_ok_and(|argon| argon.verify_password(password.as_bytes(), &parsed).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(lan: bool) -> (tempfile::TempDir, Store, Access, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let (access, made) = Access::open(&store, lan, vec!["nianbao.office".to_owned()]).unwrap();
        access.listens_at(8765);
        (folder, store, access, made)
    }

    #[test]
    fn rebound_host_names_are_refused() {
        let (_folder, _store, local, _) = access(false);
        for host in ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"] {
            assert!(local.is_host(host), "{host}");
        }
        for host in [
            "evil.example:8765",
            "127.0.0.1",
            "127.0.0.1:80",
            "192.168.1.20:8765",
            "",
            "127.0.0.1.evil.example:8765",
            "nianbao.office:8765",
        ] {
            assert!(!local.is_host(host), "{host}");
        }
        let (_folder, _store, lan, _) = access(true);
        for (host, ours) in [
            ("192.168.1.20:8765", true),
            ("nianbao.office:8765", true),
            ("evil.example:8765", false),
            ("[fe80::1]:8765", true),
        ] {
            assert_eq!(lan.is_host(host), ours, "{host}");
        }
    }

    #[test]
    fn five_wrong_passwords_cause_a_pause() {
        let (_folder, store, access, made) = access(true);
        let (password, from) = (made.unwrap(), IpAddr::from([192, 168, 1, 30]));
        let cookie = access.log_in("李娜", &password, from).unwrap().unwrap();
        let visitor = access.visitor(&format!("a=b; {COOKIE}={cookie}"), None, from).unwrap();
        assert_eq!(visitor.name.as_deref(), Some("李娜"));
        for left in (0..TRIES).rev() {
            assert_eq!(access.log_in("李娜", "guess", from).unwrap(), Err(Refusal::Wrong(left)));
        }
        assert!(matches!(access.log_in("李娜", &password, from).unwrap(), Err(Refusal::Pause(_))));
        access.set_password(&store, "another password").unwrap();
        assert_eq!(access.visitor(&format!("{COOKIE}={cookie}"), None, from), None);
        assert!(!store.password().unwrap().contains("another"));
    }

    #[test]
    fn the_local_cookie_and_start_token_are_valid_from_loopback_only() {
        let (_folder, _store, access, _) = access(true);
        let cookies = format!("{COOKIE}={}", access.own_cookie());
        assert!(access.visitor(&cookies, None, IpAddr::from([127, 0, 0, 1])).is_some());
        assert!(access.visitor(&cookies, None, IpAddr::from([192, 168, 1, 30])).is_none());
        assert!(access.visitor("", Some(access.start_token()), IpAddr::from([127, 0, 0, 1])).is_some());
        assert!(access.visitor("", Some("x"), IpAddr::from([127, 0, 0, 1])).is_none());
    }
}
