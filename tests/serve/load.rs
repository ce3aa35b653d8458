//! Fifty clients that upload six hundred reports, or as many as the environment variable `SERVE_REPORTS` says. Run by `scripts/test` only,
//! because it takes long.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::client::Server;
use super::office::{file, right};
use nianbao::write::Output;

const CLIENTS: usize = 50;

/// Number of reports.
fn count() -> usize {
    std::env::var("SERVE_REPORTS").map_or(600, |count| count.parse().unwrap())
}

#[test]
#[ignore = "takes minutes; scripts/test runs it"]
fn fifty_clients_upload_all_reports_without_an_error() {
    let count = count();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let page = String::from_utf8(file(&right(1, "青岚县第NNNN局"), Output::Html)).unwrap();
    let (next, slowest) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let bytes = page.replace("NNNN", &format!("{number:04}"));
                    let started = Instant::now();
                    server.send(&format!("{number}.html"), bytes.as_bytes());
                    slowest.lock().unwrap().push(started.elapsed());
                }
            });
        }
    });
    let mut times = slowest.into_inner().unwrap();
    times.sort();
    let p99 = times[times.len() * 99 / 100];
    println!(
        "{} uploads: median {:?}, p99 {p99:?}, slowest {:?}",
        times.len(),
        times[times.len() / 2],
        times[times.len() - 1]
    );
    assert_eq!(times.len(), count);
    let started = Instant::now();
    while !server.get("/api/state")["files"].as_array().unwrap().is_empty() {
        assert!(started.elapsed() < Duration::from_mins(30));
        std::thread::sleep(Duration::from_secs(1));
    }
    let state = server.get("/api/state");
    assert_eq!(state["counts"]["failed"], 0);
    assert_eq!(state["rows"].as_array().unwrap().len(), count);
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap());
    println!("peak of the server: {peak:?} kB");
    assert!(peak.is_none_or(|peak| peak < 200 << 10), "{peak:?} kB");
}
