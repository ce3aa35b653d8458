//! The work folder as one archive: another folder continues from it, and creating it needs little memory of the server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Server;
use super::office::{FIELD, docx, right, wrong};

#[test]
fn another_folder_continues_from_the_archive() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(folder.path());
    let (bad, figure) = wrong(31, "青岚县水利局");
    let id = server.send("../水利局.docx", &docx(&bad)).to_string();
    server.send("统计局.docx", &docx(&right(32, "青岚县统计局")));
    server.settled();
    let body =
        json!({ "field": FIELD, "to": figure, "reason": "电话核实", "revision": server.report(&id)["revision"] });
    server.post(&format!("/api/reports/{id}/correct"), &body).json(200);
    server
        .ask("PUT", "/api/settings/agencies?name=a.csv", "单位名称\n青岚县水利局\n青岚县统计局\n".as_bytes())
        .json(200);
    // The list is unchanged while it is checked again under new settings.
    let started = Instant::now();
    let before = loop {
        let state = server.settled();
        if state["counts"]["unlisted"] == 0 {
            break state;
        }
        assert!(started.elapsed() < Duration::from_mins(2), "{state}");
        std::thread::sleep(Duration::from_millis(50));
    };
    let sent = server.ask("GET", "/api/backup", b"");
    assert_eq!((sent.status, sent.header("content-type")), (200, Some("application/zip")));
    assert!(sent.header("content-disposition").unwrap().contains(".zip"), "{}", sent.head);
    let bytes = body_of(&sent);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.iter().all(|name| !name.starts_with('.') && !name.contains("/.")), "{names:?}");
    assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "记录.jsonl");
    archive.extract(other.path()).unwrap();
    let again = Server::start(other.path());
    let after = again.settled();
    assert_eq!((&after["counts"], &after["rows"]), (&before["counts"], &before["rows"]));
    assert_eq!(again.row("青岚县水利局")["state"], "fixed");
    assert_eq!(again.get("/api/log")["total"], server.get("/api/log")["total"]);
}

/// The body of a chunked answer.
fn body_of(answer: &super::client::Response) -> Vec<u8> {
    if answer.header("transfer-encoding") != Some("chunked") {
        return answer.body.clone();
    }
    let (mut rest, mut whole) = (Cursor::new(&answer.body), Vec::new());
    loop {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\r\n") {
            rest.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        let size = usize::from_str_radix(std::str::from_utf8(&line).unwrap().trim(), 16).unwrap();
        let from = whole.len();
        whole.resize(from + size, 0);
        rest.read_exact(&mut whole[from..]).unwrap();
        rest.read_exact(&mut [0; 2]).unwrap();
        if size == 0 {
            return whole;
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_archive_of_any_size_takes_little_memory() {
    const FILES: u64 = 12;
    const SIZE: usize = 6 << 20;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut state = 1_u64;
    for number in 0..FILES {
        // Bytes that do not compress, and that readers reject quickly.
        let bytes: Vec<u8> = (0..SIZE)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            })
            .collect();
        server.send(&format!("{number}.bin"), &bytes);
    }
    server.settled();
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap()
    };
    let before = peak();
    let size = server.ask("GET", "/api/backup", b"").body.len() as u64;
    assert!(size > FILES * SIZE as u64, "{size}");
    let grown = peak() - before;
    assert!(grown < 16 << 10, "{grown} kB more for {size} bytes");
}
