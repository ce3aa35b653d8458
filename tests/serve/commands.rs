//! The work folder on the command line: the same outputs as from the page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::process::Command;

use serde_json::json;

use super::client::Server;
use super::office::{FIELD, docx, right, wrong};

#[test]
fn convert_gives_the_outputs_of_the_page_for_the_work_folder() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    let server = Server::start(&work);
    let (report, to) = wrong(3, "青岚县水利局");
    let id = server.send("水利局.docx", &docx(&report)).to_string();
    server.send("旧的.docx", &docx(&wrong(9, "青岚县财政局").0));
    server.settled();
    let current = server.send("新的.docx", &docx(&right(9, "青岚县财政局"))).to_string();
    server.settled();
    let revision = server.report(&id)["revision"].clone();
    let body = json!({ "field": FIELD, "to": to, "reason": "电话核实", "revision": revision });
    server.post(&format!("/api/reports/{id}/correct"), &body).json(200);
    let mut page = Vec::new();
    for id in [&id, &current] {
        for kind in ["docx", "xlsx", "html"] {
            let made = server.ask("GET", &format!("/api/reports/{id}/output/{kind}"), b"");
            assert_eq!(made.status, 200);
            page.push((kind, made.body));
        }
    }
    server.kill();
    let out = folder.path().join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["convert", work.to_str().unwrap(), "-o", out.to_str().unwrap()])
        .env("LANG", "C.UTF-8")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let made: Vec<(String, Vec<u8>)> = walkdir::WalkDir::new(&out)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    for (kind, bytes) in &page {
        assert!(made.iter().any(|(name, made)| name.ends_with(&format!(".{kind}")) && made == bytes), "{kind}: {said}");
    }
    // The superseded version is not among the inputs.
    let log = std::fs::read_to_string(out.join("batch.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(log.contains("水利局.docx") && log.contains("新的.docx"), "{log}");
}

#[test]
fn a_folder_is_served_once_and_the_address_is_on_a_line_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let again = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["serve", folder.path().to_str().unwrap(), "--no-open", "--lang", "zh"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(2), "{said}");
    assert!(said.contains("已经由另一个窗口打开"), "{said}");
    drop(server);
    let open = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["serve", folder.path().to_str().unwrap(), "--no-open", "--address", "0.0.0.0", "--lang", "zh"])
        .output()
        .unwrap();
    assert_eq!(open.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&open.stderr).contains("--lan"), "{open:?}");
}

#[test]
fn every_form_that_the_command_line_knows_is_one_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    let server = Server::start(&work);
    let forms = nianbao::form::Forms::all().unwrap();
    let mut sent = Vec::new();
    for form in forms.iter().filter(|form| !form.title.is_free()) {
        let report = nianbao::sampler::Sampler::new(41).report(form);
        let id = server.send(&format!("{}.docx", form.id), &super::office::file_of(form, &report)).to_string();
        sent.push((form.id.clone(), id));
    }
    server.settled();
    let mut page = Vec::new();
    for (form, id) in &sent {
        assert_eq!(server.report(id)["report"]["form"]["id"], json!(form));
        assert!(!server.report(id)["report"]["cells"].as_object().unwrap().is_empty(), "{form}");
        page.push(server.ask("GET", &format!("/api/reports/{id}/output/html"), b"").body);
    }
    drop(server);
    let out = folder.path().join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["convert", work.to_str().unwrap(), "--to", "html", "-o", out.to_str().unwrap()])
        .output()
        .unwrap();
    let made: Vec<Vec<u8>> = walkdir::WalkDir::new(&out)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|suffix| suffix == "html"))
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .collect();
    for ((form, _), page) in sent.iter().zip(&page) {
        // The most similar file, by the number of lines in common with the page.
        let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
        let own = lines(page);
        let near = made
            .iter()
            .map(|made| lines(made))
            .max_by_key(|made| own.iter().filter(|line| made.contains(line)).count())
            .unwrap();
        let other: Vec<_> = own.iter().filter(|line| !near.contains(line)).take(3).collect();
        assert!(made.contains(page), "{form}: {other:?} {}", String::from_utf8_lossy(&run.stderr));
    }
}
