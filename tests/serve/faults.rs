//! Failing system calls of the server, one by one: acknowledged changes survive, and failures are reported.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::client::{Response, Server, encoded};
use super::office::{FIELD, docx, wrong};

/// Errors with which operations fail, in turn: I/O error, full disk, no permission (errno.h of Linux).
const ERRORS: [&str; 3] = ["5", "28", "13"];

/// Number of consecutive operations without effect on a request after which there are no more to test: up to seven in a row at the start
/// are harmless.
const PAST: usize = 12;

/// Minimum number of operations of the server for the requests of the test.
const LEAST: usize = 60;

/// Maximum number of operations tried, more than the server performs.
const MOST: usize = 200;

/// The shared object that makes operations fail; see `tests/faults`.
fn seam(folder: &Path) -> PathBuf {
    std::fs::write(folder.join("seam.c"), include_str!("../faults/seam.c")).unwrap();
    let mut gcc = Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-O1", "-o", "seam.so", "seam.c", "-ldl", "-lpthread"]);
    assert!(gcc.current_dir(folder).status().expect("gcc").success());
    folder.join("seam.so")
}

/// The acknowledged changes.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "one for each request")]
struct Answered {
    file: bool,
    listed: bool,
    corrected: Option<String>,
    accepted: bool,
    returned: bool,
    /// Number of requests that failed.
    refused: usize,
}

/// Whether a request was acknowledged; one that failed gives the reason in both languages.
fn done(answer: &Response, context: &str) -> bool {
    if answer.status == 200 {
        return true;
    }
    let why: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let said = |language: &str| why["message"][language].as_str().is_some_and(|text| !text.is_empty());
    assert!(answer.status >= 400 && said("zh") && said("en"), "{context}: {} {why}", answer.status);
    false
}

/// Sends a report, corrects a figure and returns the report.
fn work(server: &Server, bytes: &[u8], to: &str, context: &str) -> Answered {
    let mut answered = Answered::default();
    let mut ask = |method: &str, target: &str, body: &[u8]| {
        let answer = server.ask(method, target, body);
        let done = done(&answer, context);
        answered.refused += usize::from(!done);
        done
    };
    let revision = || server.get("/api/files/1")["revision"].clone();
    let name = encoded("水利局.docx");
    let file = ask("POST", &format!("/api/files?name={name}&drop="), bytes);
    let listed = ask("PUT", "/api/settings/agencies?name=a.csv", "单位名称\n青岚县水利局\n".as_bytes());
    let (mut corrected, mut accepted, mut returned) = (None, false, false);
    if file {
        let read = server.settled()["counts"]["bad"] == 1;
        if read {
            let body = json!({ "reason": "已核实", "until": "2099-01-31", "revision": revision() });
            accepted = ask("POST", "/api/reports/1/accept", body.to_string().as_bytes());
            let body = json!({ "field": FIELD, "to": to, "reason": "电话核实", "revision": revision() });
            corrected = ask("POST", "/api/reports/1/correct", body.to_string().as_bytes()).then(|| to.to_owned());
        }
        let body = json!({ "reason": "请重报", "revision": revision() });
        returned = ask("POST", "/api/reports/1/return", body.to_string().as_bytes());
        answered.refused += usize::from(!read);
    }
    Answered { file, listed, corrected, accepted, returned, ..answered }
}

#[test]
#[ignore = "needs gcc and takes minutes; scripts/test runs it"]
fn whichever_operation_fails_acknowledged_changes_survive_a_power_cut() {
    let own = tempfile::tempdir().unwrap();
    let seam = seam(own.path());
    let (report, to) = wrong(3, "青岚县水利局");
    let bytes = docx(&report);
    let (mut number, mut unharmed) = (0, 0);
    while unharmed < PAST {
        number += 1;
        assert!(number < MOST, "the requests fail without a failing operation");
        let folder = tempfile::tempdir().unwrap();
        let work_folder = folder.path().join("office");
        let error = ERRORS[number % ERRORS.len()];
        let context = format!("operation {number} fails with {error}");
        let variables = [
            ("LD_PRELOAD", seam.to_str().unwrap()),
            ("SEAM_ROOTS", work_folder.to_str().unwrap()),
            ("SEAM_FAIL", &number.to_string()),
            ("SEAM_ERRNO", error),
        ];
        let answered = match Server::started(&work_folder, &[], &variables) {
            Ok(server) => {
                let answered = work(&server, &bytes, &to, &context);
                server.kill();
                answered
            }
            Err(why) => {
                assert!(!why.trim().is_empty(), "{context}: it does not start, and does not say why");
                Answered { refused: 1, ..Answered::default() }
            }
        };
        unharmed = if answered.refused == 0 { unharmed + 1 } else { 0 };
        holds(&Server::start(&work_folder), &bytes, &answered, &context);
    }
    assert!(number - PAST >= LEAST, "only {} operations could fail", number - PAST);
    println!("{} operations failed", number - PAST);
}

/// Whether a server started after the power cut has the acknowledged changes, and continues to work.
fn holds(server: &Server, bytes: &[u8], answered: &Answered, context: &str) {
    let context = format!("{context}; {answered:?}");
    if answered.file {
        assert_eq!(server.settled()["counts"]["failed"], 0, "{context}");
        let sent = server.ask("GET", "/api/reports/1/output/original", b"");
        assert!(sent.status == 200 && sent.body == bytes, "{context}");
    }
    if let Some(to) = &answered.corrected {
        assert_eq!(server.report("1")["report"]["cells"][FIELD]["text"], to.as_str(), "{context}");
    }
    if answered.returned {
        assert_eq!(server.row("青岚县水利局")["state"], "returned", "{context}");
    }
    let settings = server.get("/api/state")["agencies"].clone();
    assert!(!answered.listed || settings["count"] == 1, "{context}: {settings}");
    let log = server.get("/api/log");
    let accepted = log["lines"].as_array().unwrap().iter().any(|line| line["reason"] == "已核实");
    assert!(!answered.accepted || accepted, "{context}: {log}");
    // The same file again: it is accepted or recognised.
    server.send("水利局.docx", bytes);
    assert_eq!(server.settled()["rows"].as_array().unwrap().len(), 1, "{context}");
}
