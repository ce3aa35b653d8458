//! A clerk's January, request by request; all acknowledged changes survive a power cut.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::client::Server;
use super::office::{FIELD, docx, of_year, right, wrong};

fn errors(report: &Value) -> usize {
    let findings = report["report"]["findings"].as_array().unwrap();
    findings.iter().filter(|one| one["severity"] == "error" && one["accepted"].is_null()).count()
}

fn correct(server: &Server, id: &str, field: &str, to: &str) -> Value {
    let revision = server.report(id)["revision"].clone();
    let body = json!({ "field": field, "to": to, "reason": "电话核实", "revision": revision });
    server.post(&format!("/api/reports/{id}/correct"), &body).json(200)
}

#[test]
fn a_wrong_cell_is_named_corrected_undone_and_kept_after_a_power_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (report, to) = wrong(3, "青岚县水利局");
    let bytes = docx(&report);
    let server = Server::start(folder.path());
    let file = server.send("水利局2025年年报.docx", &bytes);
    let row = server.row("青岚县水利局");
    assert_eq!((&row["state"], &row["id"]), (&json!("bad"), &json!(file.to_string())));
    let id = file.to_string();
    let found = server.report(&id);
    let named = |found: &Value| {
        let findings = found["report"]["findings"].as_array().unwrap();
        findings.iter().any(|one| {
            one["culprits"].as_array().unwrap().iter().any(|one| one["field"] == FIELD && one["to"] == to.as_str())
        })
    };
    assert!(named(&found), "{}", found["report"]["findings"]);
    let preview = server.post(&format!("/api/reports/{id}/preview"), &json!({ "field": FIELD, "to": to })).json(200);
    assert!(
        preview["rules"].as_array().unwrap().iter().all(|rule| rule["instance"]["verdict"] != "fails"),
        "{preview}"
    );
    // A reason and a number are required.
    let revision = found["revision"].clone();
    for (value, reason, status) in [(to.as_str(), " ", 400), ("三十", "x", 422)] {
        let body = json!({ "field": FIELD, "to": value, "reason": reason, "revision": revision });
        assert_eq!(server.post(&format!("/api/reports/{id}/correct"), &body).status, status);
    }
    let corrected = correct(&server, &id, FIELD, &to);
    assert!(!named(&corrected["report"]));
    assert_eq!(corrected["report"]["report"]["cells"][FIELD]["text"], to.as_str());
    server.kill();

    let server = Server::start(folder.path());
    let row = server.row("青岚县水利局");
    assert_eq!((&row["corrected"], &row["errors"]), (&json!(1), &json!(errors(&server.report(&id)))));
    let log = server.get("/api/log?kind=corrected");
    let line = &log["lines"][0];
    assert_eq!((&line["who"], &line["reason"], &line["to"]), (&json!("王敏"), &json!("电话核实"), &json!(to)));
    assert!(line["label"]["zh"].as_str().is_some_and(|label| !label.is_empty()), "{line}");
    let undone = server
        .post(&format!("/api/log/{}/undo", line["id"].as_str().unwrap()), &json!({ "reason": "原数没有错" }))
        .json(200);
    assert!(named(&undone["report"]));
    // Undoing deleted nothing: there are two corrections and an entry about them.
    let lines = std::fs::read_to_string(folder.path().join("更正.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let log = server.get("/api/log");
    let kinds: Vec<&str> = log["lines"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert!(["corrected", "undone", "received"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    // The sent file is unchanged.
    let original = server.ask("GET", &format!("/api/reports/{id}/output/original"), b"");
    assert_eq!(original.body, bytes);
}

#[test]
fn the_second_of_two_writers_is_refused_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (report, to) = wrong(4, "青岚县教育局");
    let server = Server::start(folder.path());
    let id = server.send("教育局.docx", &docx(&report)).to_string();
    server.settled();
    let seen = server.report(&id)["revision"].clone();
    correct(&server, &id, FIELD, &to);
    let target = format!("/api/reports/{id}/correct");
    let late = json!({ "field": FIELD, "to": "999", "reason": "我看是这样", "revision": seen });
    let told = server.post(&target, &late).json(409);
    assert_eq!(
        (&told["code"], &told["theirs"]["to"], &told["theirs"]["who"]),
        (&json!("conflict"), &json!(to), &json!("王敏"))
    );
    assert_eq!(server.report(&id)["report"]["cells"][FIELD]["text"], to.as_str());
    assert_eq!(std::fs::read_to_string(folder.path().join("更正.jsonl")).unwrap().lines().count(), 1);
}

#[test]
fn waivers_and_returns_have_reasons_and_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let (report, _) = wrong(5, "青岚县民政局");
    let server = Server::start(folder.path());
    let id = server.send("民政局.docx", &docx(&report)).to_string();
    server.settled();
    let found = server.report(&id);
    let target = format!("/api/reports/{id}/accept");
    let body = json!({ "reason": "原件如此，已函告核实", "until": "2099-12-31", "revision": found["revision"] });
    let accepted = server.post(&target, &body).json(200);
    assert_eq!(errors(&accepted["report"]), 0);
    assert_eq!(server.row("青岚县民政局")["state"], "accepted");
    let waivers = std::fs::read_to_string(folder.path().join("接受.toml")).unwrap();
    assert!(waivers.contains("青岚县民政局") && waivers.contains("2099-12-31"), "{waivers}");
    let entry = accepted["entry"].as_str().unwrap();
    server.post(&format!("/api/log/{entry}/undo"), &json!({ "reason": "看错了" })).json(200);
    assert_eq!(server.row("青岚县民政局")["state"], "bad");
    assert_eq!(std::fs::read_to_string(folder.path().join("接受.toml")).unwrap(), "");

    let found = server.report(&id);
    let first = found["report"]["findings"][0]["id"].clone();
    let body = json!({ "findings": [first], "reason": "请核实", "due": "2026-01-23", "revision": found["revision"] });
    server.post(&format!("/api/reports/{id}/return"), &body).json(200);
    let row = server.row("青岚县民政局");
    assert_eq!((&row["state"], &row["due"]), (&json!("returned"), &json!("2026-01-23")));
    for kind in ["letter", "annotated", "docx", "xlsx", "html"] {
        let made = server.ask("GET", &format!("/api/reports/{id}/output/{kind}"), b"");
        assert!(made.status == 200 && made.body.len() > 1000, "{kind}: {}", String::from_utf8_lossy(&made.body));
        assert!(made.header("content-disposition").unwrap().starts_with("attachment; filename*=UTF-8''"));
    }
    // A new version, and the report is no longer returned.
    let mended = right(5, "青岚县民政局");
    let second = server.send("民政局（修改后）.docx", &docx(&mended));
    let row = server.row("青岚县民政局");
    assert_eq!((&row["id"], &row["version"]), (&json!(second.to_string()), &json!(2)));
    assert_ne!(row["state"], "returned");
    // The first version is kept, and may be chosen.
    server.post(&format!("/api/reports/{id}/use"), &json!({ "reason": "单位确认" })).json(200);
    assert_eq!(server.row("青岚县民政局")["id"], id);
}

#[test]
fn a_bad_file_does_not_affect_others_and_has_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let bytes = docx(&right(6, "青岚县财政局"));
    let delivery = "d1";
    server.send_in("财政局.docx", &bytes, delivery);
    server.send_in("截断.docx", &bytes[..bytes.len() / 2], delivery);
    server.send_in("扫描.pdf", b"%PDF-1.4\n%%EOF\n", delivery);
    server.send_in("不是年报.txt", "今日菜单：红烧肉".as_bytes(), delivery);
    let state = server.settled();
    assert_eq!((&state["counts"]["failed"], &state["counts"]["clean"]), (&json!(3), &json!(1)), "{state}");
    for row in state["rows"].as_array().unwrap().iter().filter(|row| row["state"] == "failed") {
        assert!(row["first"]["zh"].as_str().unwrap().chars().count() > 8, "{row}");
        let id = row["id"].as_str().unwrap();
        assert!(server.report(id)["report"]["failed"]["code"].as_str().is_some());
        assert_eq!(server.ask("GET", &format!("/api/reports/{id}/output/letter"), b"").status, 200);
    }
    // The same bytes are the same file; after its deletion is undone, it is back.
    let file = server.send("财政局（又一份）.docx", &bytes);
    assert_eq!(file, 1);
    let revision = server.get("/api/files/1")["revision"].clone();
    let deleted = server.post("/api/files/1/delete", &json!({ "reason": "误传", "revision": revision })).json(200);
    assert_eq!(server.settled()["counts"]["clean"], 0);
    let entry = deleted["entry"].as_u64().unwrap();
    server.post(&format!("/api/log/{entry}/undo"), &json!({ "reason": "不是误传" })).json(200);
    assert_eq!(server.settled()["counts"]["clean"], 1);
}

#[test]
fn an_archive_is_unpacked_and_missing_agencies_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let agencies = "单位名称,上级\n青岚县人民政府,\n青岚县财政局,青岚县人民政府\n青岚县水利局,青岚县人民政府\n青岚县教育局,青岚县人民政府\n";
    server.ask("PUT", "/api/settings/agencies?name=%E5%90%8D%E5%BD%95.csv", agencies.as_bytes()).json(200);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, seed, agency) in [("报送/财政局.docx", 6, "青岚县财政局"), ("报送/水利局.docx", 7, "青岚县水利局")]
    {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, &docx(&right(seed, agency))).unwrap();
    }
    server.send("报送.zip", &zip.finish().unwrap().into_inner());
    let state = server.settled();
    let counts = &state["counts"];
    assert_eq!((&counts["expected"], &counts["clean"], &counts["none"]), (&json!(3), &json!(2), &json!(1)), "{state}");
    let sums = server.get("/api/rollup");
    assert_eq!(sums["missing"], json!(["青岚县教育局"]));
    assert_eq!(sums["superior"], "青岚县人民政府");
    let workbook = server.ask("GET", &format!("/api/rollup/{}", super::client::encoded("汇总.xlsx")), b"");
    assert!(workbook.status == 200 && workbook.body.starts_with(b"PK"));
    assert_eq!(server.ask("GET", "/api/rollup/shown.json", b"").status, 404);
    let reminders = server.post("/api/reminders", &json!({ "year": 2025 }));
    assert_eq!(reminders.status, 200, "{}", String::from_utf8_lossy(&reminders.body));
    let mut reminders = zip::ZipArchive::new(std::io::Cursor::new(reminders.body)).unwrap();
    let mut names: Vec<String> = reminders.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["全部（打印用）.docx", "青岚县教育局.docx"]);
    let mut letter = Vec::new();
    std::io::Read::read_to_end(&mut reminders.by_name("青岚县教育局.docx").unwrap(), &mut letter).unwrap();
    let letter = nianbao::read::read(&letter, Some("letter.docx"), &mut nianbao::document::Budget::default()).unwrap();
    let letter = format!("{letter:?}");
    assert!(letter.contains("青岚县教育局：") && letter.contains("关于催报2025年"), "{letter}");
    // Last year's report is recognised by its year; its agency is counted under other reports, not as missing.
    server.send("教育局.docx", &docx(&of_year(8, "青岚县教育局", 2024)));
    assert_eq!(server.settled()["counts"]["other"], 1);
    let sums = server.get("/api/rollup");
    assert_eq!(
        (&sums["missing"], &sums["counts"]["missing"], &sums["counts"]["other"]),
        (&json!([]), &json!(0), &json!(1))
    );
    let state = |name: &str| {
        sums["tree"].as_array().unwrap().iter().find(|node| node["name"] == name).unwrap()["state"].clone()
    };
    assert_eq!(state("青岚县教育局"), "other");
    assert_eq!(server.post("/api/reminders", &json!({})).status, 400);
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(server.settled()["counts"]["clean"], 2);
}

#[test]
fn agency_year_and_paragraphs_are_corrected_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let id = server.send("a.docx", &docx(&right(8, "青岚县商务局"))).to_string();
    server.settled();
    let found = server.report(&id);
    let sections = found["report"]["sections"].as_array().unwrap();
    let text = |section: &Value| {
        section["content"].as_array().unwrap().iter().find(|piece| piece["text"].is_string()).cloned()
    };
    let (section, piece) = sections.iter().find_map(|section| Some((section["id"].as_str()?, text(section)?))).unwrap();
    let field = format!("{section}.{}", piece["paragraph"]);
    let changed = correct(&server, &id, &field, "改过的一段文字。");
    let now = changed["report"]["report"]["sections"].to_string();
    assert!(now.contains("改过的一段文字。"), "{now}");
    correct(&server, &id, "agency", "青岚县经济合作局");
    assert_eq!(server.row("青岚县经济合作局")["id"], id);
    let revision = server.report(&id)["revision"].clone();
    for (field, to) in [("year", "二〇二五"), ("agency.x", "x"), ("no.such.field", "1")] {
        let body = json!({ "field": field, "to": to, "reason": "x", "revision": revision });
        assert_eq!(server.post(&format!("/api/reports/{id}/correct"), &body).status, 422, "{field}");
    }
}
