//! Reports whose file cannot be read: typed in by hand, stored as corrections, and the same on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use nianbao::report::Report;
use serde_json::{Value, json};

use super::client::{Response, Server};
use super::office::{docx, right};

const AGENCY: &str = "青岚县教育局";

/// The figures of a report as typed in.
fn figures(report: &Report) -> BTreeMap<String, String> {
    let number = |value: &nianbao::report::Value| value.value.unwrap().normalize().to_string();
    report.values.iter().map(|(field, value)| (field.clone(), number(value))).collect()
}

fn type_in(server: &Server, id: &str, form: Option<&str>, values: &BTreeMap<String, String>) -> Response {
    let mut body = json!({ "values": values, "reason": "照扫描件录入", "revision": server.report(id)["revision"] });
    if let Some(form) = form {
        body["form"] = json!(form);
    }
    server.post(&format!("/api/reports/{id}/type"), &body)
}

fn names() -> BTreeMap<String, String> {
    BTreeMap::from([("agency".to_owned(), AGENCY.to_owned()), ("year".to_owned(), "2025".to_owned())])
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("更正.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Unreadable files: truncated, encrypted, not text, and one that kills the child.
fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let whole = docx(&right(21, AGENCY));
    let damaged = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/damaged");
    let kept = |name: &str| std::fs::read(damaged.join(name)).unwrap();
    vec![
        ("cut.docx", whole[..whole.len() / 2].to_vec()),
        ("photo.jpg", b"\xff\xd8\xff\xe0 a picture".to_vec()),
        ("poison.txt", b"nianbao-poison:abort".to_vec()),
        ("encrypted.docx", kept("encrypted.docx")),
        ("scanned.docx", kept("picture.docx")),
    ]
}

#[test]
fn every_kind_of_unreadable_file_can_be_typed_in_and_the_command_line_makes_the_same() {
    for (name, bytes) in unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(folder.path());
        let id = server.send(name, &bytes).to_string();
        server.settled();
        assert!(server.report(&id)["report"]["failed"].is_object(), "{name}");
        let begun = type_in(&server, &id, Some("gkbg-2021"), &names()).json(200);
        assert_eq!(
            (&begun["report"]["report"]["typed"], &begun["report"]["report"]["agency"]),
            (&json!(true), &json!(AGENCY))
        );
        // One half now, the other half later, and another by somebody who has not seen the first.
        let report = right(21, AGENCY);
        let all = figures(&report);
        let (half, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.iter().map(|(k, v)| (k.clone(), v.clone())).partition(|(field, _)| field < &"requests".to_owned());
        let old = server.report(&id)["revision"].clone();
        type_in(&server, &id, None, &half).json(200);
        let stale = json!({ "values": rest, "reason": "x", "revision": old });
        assert_eq!(server.post(&format!("/api/reports/{id}/type"), &stale).status, 409, "{name}");
        type_in(&server, &id, None, &rest).json(200);
        let row = server.row(AGENCY);
        assert_eq!(
            (&row["state"], &row["typed"], &row["errors"]),
            (&json!("fixed"), &json!(true), &json!(0)),
            "{name}: {row}"
        );
        // Every figure has author, reason and the file that it belongs to.
        let kept = lines(folder.path());
        assert_eq!(kept.len(), 1 + 2 + all.len());
        assert_eq!((&kept[0]["field"], &kept[0]["to"]), (&json!("form"), &json!("gkbg-2021")));
        let sha256 = server.report(&id)["file"]["sha256"].clone();
        assert!(
            kept.iter()
                .all(|line| line["by"] == "王敏" && line["reason"] == "照扫描件录入" && line["sha256"] == sha256)
        );
        let page = server.ask("GET", &format!("/api/reports/{id}/output/docx"), b"");
        // It survives a power cut, and the command line gives the same.
        server.kill();
        let server = Server::start(folder.path());
        assert_eq!(server.row(AGENCY)["state"], "fixed", "{name}");
        drop(server);
        let out = folder.path().join("输出");
        let mut program = Command::new(env!("CARGO_BIN_EXE_nianbao"));
        let ran =
            program.arg("convert").arg(folder.path()).arg("-o").arg(&out).args(["--to", "docx,json"]).output().unwrap();
        assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
        let made = |suffix: &str| {
            let files = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
            let found: Vec<_> = files.filter(|path| path.extension().is_some_and(|found| found == suffix)).collect();
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            std::fs::read(&found[0]).unwrap()
        };
        assert!(made("docx") == page.body, "{name}: the command line makes another file than the page");
        let again: Report = serde_json::from_slice(&made("json")).unwrap();
        assert_eq!(figures(&again), all, "{name}");
        assert!(again.values.values().all(|value| value.corrected.is_some()), "{name}");
    }
}

#[test]
fn an_invalid_number_is_reported_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let id = server.send("a.doc", b"\0\x01 no document").to_string();
    server.settled();
    // Not before it is begun, not with an unknown form, not with rows that are data.
    let one = BTreeMap::from([("requests.received.total".to_owned(), "1".to_owned())]);
    for form in [None, Some("none-such"), Some("zfnb")] {
        assert_eq!(type_in(&server, &id, form, &one).status, 422, "{form:?}");
    }
    assert!(lines(folder.path()).is_empty());
    type_in(&server, &id, Some("gkbg-2021"), &names()).json(200);
    let before = lines(folder.path()).len();
    let mixed: BTreeMap<String, String> = figures(&right(22, AGENCY))
        .into_iter()
        .enumerate()
        .map(|(number, (field, text))| (field, if number == 3 { "3O".to_owned() } else { text }))
        .collect();
    let wrong = mixed.keys().nth(3).unwrap().clone();
    let told = type_in(&server, &id, None, &mixed).json(422);
    assert_eq!(told["fields"], json!([wrong]));
    assert!(told["message"]["zh"].as_str().unwrap().contains("“3O”不是数字"), "{told}");
    assert_eq!(lines(folder.path()).len(), before);
    // A report that was read is corrected, not typed in.
    let read = server.send("b.docx", &docx(&right(23, "青岚县统计局"))).to_string();
    server.settled();
    assert_eq!(type_in(&server, &read, Some("gkbg-2021"), &names()).status, 422);
    assert_eq!(type_in(&server, &read, None, &one).status, 422);
}

#[test]
fn a_typed_report_is_undone_as_a_whole_and_restored_with_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let id = server.send("c.doc", b"\0\x01 no document").to_string();
    server.settled();
    type_in(&server, &id, Some("gkbg-2021"), &names()).json(200);
    let all = figures(&right(24, AGENCY));
    type_in(&server, &id, None, &all).json(200);
    server.post("/api/log/c1/undo", &json!({ "reason": "单位补了原件" })).json(200);
    let state = server.settled();
    assert_eq!((&state["counts"]["failed"], state["rows"].as_array().unwrap().len()), (&json!(1), 1), "{state}");
    let log = server.get("/api/log");
    assert_eq!(log["lines"].as_array().unwrap().iter().filter(|line| line["kind"] == "undone").count(), 1);
    type_in(&server, &id, Some("gkbg-2021"), &BTreeMap::new()).json(200);
    let found = server.report(&id);
    for (field, text) in &all {
        assert_eq!(found["report"]["cells"][field]["text"].as_str(), Some(text.as_str()), "{field}");
    }
    // Its cells are corrected as any others.
    let (field, text) = all.iter().next().unwrap();
    let body = json!({ "field": field, "to": "7777", "reason": "看错", "revision": found["revision"] });
    let corrected = server.post(&format!("/api/reports/{id}/correct"), &body).json(200);
    assert_eq!(corrected["report"]["report"]["cells"][field]["text"], "7777");
    let undone = server
        .post(&format!("/api/log/{}/undo", corrected["correction"].as_str().unwrap()), &json!({ "reason": "没有看错" }))
        .json(200);
    assert_eq!(undone["report"]["report"]["cells"][field]["text"].as_str(), Some(text.as_str()));
}
