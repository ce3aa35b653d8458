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
    // Not before it is begun, not with an unknown form.
    let one = BTreeMap::from([("requests.received.total".to_owned(), "1".to_owned())]);
    for form in [None, Some("none-such")] {
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

/// The ids of the cells of a report that have this table's rows.
fn cells_of(found: &Value, table: &str) -> Vec<(String, String)> {
    let cells = found["report"]["cells"].as_object().unwrap();
    let own = cells.iter().filter(|(field, _)| field.starts_with(&format!("{table}.")));
    own.map(|(field, cell)| (field.clone(), cell["text"].as_str().unwrap().to_owned())).collect()
}

fn map(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn rows_that_each_report_has_of_its_own_are_added_by_name_and_by_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mapping = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms_made_up/reading-rooms.toml");
    let put = server.ask("PUT", "/api/settings/mappings?name=rooms.toml", &std::fs::read(mapping).unwrap());
    assert_eq!(put.status, 200);
    let id = server.send("c.doc", b"\0\x01 no document").to_string();
    server.settled();
    let begun = type_in(&server, &id, Some("reading-rooms"), &names()).json(200);
    let offered = begun["report"]["report"]["typing"]["fields"].as_object().unwrap();
    assert!(offered.contains_key("rooms.+1.name") && offered.contains_key("rooms.all.books"), "{offered:?}");
    assert!(cells_of(&begun["report"], "rooms").is_empty());
    // The sums first, then two rooms, one of them in a second row; subjects by their codes, in any order.
    let first = map(&[
        ("rooms.all.books", "5"),
        ("rooms.+1.name", "东院"),
        ("rooms.+1.books", "2"),
        ("rooms.+2.name", "西院"),
        ("rooms.+2.books", "3"),
        ("rooms.+2.heated", "是"),
        ("rooms.+3.name", "  "),
        ("books.+1.code", "2050201"),
        ("books.+1.plan", "1.5"),
        ("books.+2.code", "205"),
        ("books.+2.plan", "1.5"),
    ]);
    let done = type_in(&server, &id, None, &first).json(200);
    let found = &done["report"];
    let named = |found: &Value, table: &str, column: &str| -> Vec<String> {
        let rows = cells_of(found, table);
        rows.into_iter()
            .filter(|(field, text)| field.ends_with(column) && !text.is_empty())
            .map(|(_, text)| text)
            .collect()
    };
    assert_eq!(named(found, "rooms", ".books"), ["2", "3", "5"]);
    assert_eq!(found["report"]["cells"]["rooms.[西院].heated"]["text"], "是");
    assert_eq!(found["report"]["cells"]["books.205.02.01.plan"]["text"], "1.5");
    let tables = found["report"]["tables"].as_array().unwrap();
    let words = |table: usize| serde_json::to_string(&tables[table]["rows"]).unwrap();
    let at = |text: &str| words(1).find(text).unwrap_or_else(|| panic!("{text}: {}", words(1)));
    assert!(at("rooms.[东院].books") < at("rooms.[西院].books") && at("rooms.[西院].books") < at("rooms.all.books"));
    assert!(words(2).find("books.205.plan").unwrap() < words(2).find("books.205.02.01.plan").unwrap());
    // A row without a name, one that is there, and nothing of either is written.
    let before = lines(folder.path()).len();
    for (values, field) in [
        (map(&[("rooms.+1.books", "4")]), "rooms.+1.name"),
        (map(&[("rooms.+1.name", "东院"), ("rooms.+1.books", "4")]), "rooms.+1.name"),
        (map(&[("books.+1.code", "205.02.01"), ("books.+1.plan", "4")]), "books.+1.code"),
    ] {
        let told = type_in(&server, &id, None, &values).json(422);
        assert_eq!(told["fields"], json!([field]), "{told}");
    }
    assert_eq!(lines(folder.path()).len(), before);
    // A further room, one that is emptied again, and a figure changed: the rules go over the rows that are left.
    let more = map(&[
        ("rooms.+1.name", "北院"),
        ("rooms.+1.books", "7"),
        ("rooms.[东院].name", ""),
        ("rooms.[东院].books", ""),
    ]);
    let done = type_in(&server, &id, None, &more).json(200);
    assert_eq!(named(&done["report"], "rooms", ".books"), ["3", "7", "5"]);
    let broken =
        |found: &Value| found["report"]["findings"].as_array().unwrap().iter().any(|one| one["rule"] == "rooms");
    assert!(broken(&done["report"]), "{}", done["report"]["report"]["findings"]);
    let done = type_in(&server, &id, None, &map(&[("rooms.all.books", "10")])).json(200);
    assert!(!broken(&done["report"]));
    // The command line has the same.
    let page = server.ask("GET", &format!("/api/reports/{id}/output/docx"), b"");
    drop(server);
    let out = folder.path().join("输出");
    let mut program = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    let ran = program.arg("convert").arg(folder.path()).arg("-o").arg(&out).args(["--to", "docx"]).output().unwrap();
    let made = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
    let made: Vec<_> = made.filter(|path| path.extension().is_some_and(|found| found == "docx")).collect();
    assert_eq!(made.len(), 1, "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(std::fs::read(&made[0]).unwrap() == page.body);
}
