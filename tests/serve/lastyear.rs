//! Last year's reports in the same work folder: compared with by themselves, told where there are several, and the same for the
//! command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use nianbao::report::{Report, Value as Figure};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::client::Server;
use super::office::{docx, of_year};

const AGENCY: &str = "青岚县水利局";

/// What last year's report carries out, and this year's carries in.
const OUT: &str = "requests.carried_out.enterprise";
const IN: &str = "requests.carried_in.enterprise";

/// A report of last year whose carried-out figure is this year's carried-in one, and this year's.
fn two_years() -> (Report, Report) {
    let (mut last, this) = (of_year(5, AGENCY, 2024), of_year(6, AGENCY, 2025));
    last.values[OUT] = Figure::number(this.values[IN].value.unwrap());
    (last, this)
}

/// The rules that are broken in a report, by the fields that they name.
fn broken(found: &Value) -> BTreeSet<String> {
    let findings = found["report"]["findings"].as_array().unwrap();
    let fields = findings.iter().filter(|one| one["rule"] == "Y-1").flat_map(|one| one["fields"].as_array().unwrap());
    fields.map(|field| field.as_str().unwrap().to_owned()).collect()
}

fn codes(found: &Value) -> Vec<String> {
    let findings = found["report"]["findings"].as_array().unwrap();
    findings.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_report_of_last_year_in_the_folder_is_compared_with_whenever_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let (last, this) = two_years();
    let id = server.send("今年.docx", &docx(&this)).to_string();
    server.settled();
    assert_eq!(server.report(&id)["report"]["previous"], json!(false));
    let before = server.send("去年.docx", &docx(&last)).to_string();
    server.checked(&id, 1);
    let found = server.report(&id);
    assert_eq!(found["report"]["previous"], json!(true));
    assert!(!broken(&found).contains(IN), "{}", found["report"]["findings"]);
    let cell = &found["report"]["cells"][IN];
    assert_eq!(cell["before"].as_str(), Some(last.values[IN].value.unwrap().normalize().to_string().as_str()));
    // This year's list has this year's report alone, and the roll-up compares the two.
    let state = server.settled();
    assert_eq!((&state["year"], &state["kept"]), (&json!(2025), &json!(1)), "{state}");
    let sums = server.get("/api/rollup");
    assert_eq!((&sums["yearBefore"], &sums["year"]), (&json!(2024), &json!(2025)));
    assert!(!sums["years"].as_array().unwrap().is_empty());
    // A correction of last year's report is one of the comparison, without this year's being touched.
    let revision = server.report(&before)["revision"].clone();
    let checks = server.report(&id)["checks"].as_u64().unwrap();
    let body = json!({ "field": OUT, "to": "987", "reason": "去年填错", "revision": revision });
    server.post(&format!("/api/reports/{before}/correct"), &body).json(200);
    let state = server.checked(&id, checks);
    let row = state["rows"].as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap().clone();
    let found = server.report(&id);
    assert!(broken(&found).contains(IN), "{}", found["report"]["findings"]);
    assert!(row["errors"].as_u64().unwrap() > 0, "{row}");
    // Taken out, there is nothing to compare with.
    let checks = found["checks"].as_u64().unwrap();
    let revision = server.report(&before)["revision"].clone();
    let body = json!({ "reason": "不是本单位", "revision": revision });
    server.post(&format!("/api/files/{before}/delete"), &body).json(200);
    server.checked(&id, checks);
    assert_eq!(server.report(&id)["report"]["previous"], json!(false));
}

#[test]
fn two_reports_of_last_year_with_other_figures_are_told_and_one_that_is_chosen_counts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let (last, this) = two_years();
    let mut other = last.clone();
    other.values[OUT] = Figure::number(Decimal::from(654));
    let first = server.send_in("去年甲.docx", &docx(&last), "together").to_string();
    server.send_in("去年乙.docx", &docx(&other), "together");
    server.settled();
    let id = server.send("今年.docx", &docx(&this)).to_string();
    server.checked(&id, 1);
    let found = server.report(&id);
    assert_eq!(found["report"]["previous"], json!(false));
    let told = found["report"]["findings"].as_array().unwrap();
    let told = told.iter().find(|one| one["code"] == "previous-uncertain").expect("told");
    let said = told["message"]["zh"].as_str().unwrap();
    assert!(said.contains("2024年度报告有2份") && said.contains("“去年甲.docx”"), "{said}");
    let checks = found["checks"].as_u64().unwrap();
    server.post(&format!("/api/reports/{first}/use"), &json!({ "reason": "单位确认" })).json(200);
    server.checked(&id, checks);
    let found = server.report(&id);
    assert_eq!(found["report"]["previous"], json!(true));
    assert!(!broken(&found).contains(IN) && !codes(&found).contains(&"previous-uncertain".to_owned()));
}

#[test]
fn agencies_with_a_report_of_last_year_alone_are_missing_and_one_sent_by_mistake_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let agencies = "单位名称,上级\n青岚县人民政府,\n甲局,青岚县人民政府\n乙局,青岚县人民政府\n丙局,青岚县人民政府\n";
    let put = server.ask("PUT", "/api/settings/agencies?name=a.csv", agencies.as_bytes());
    assert_eq!(put.status, 200);
    // Dropped together: last year's. By itself, after this year's began to come: a mistake.
    server.send_in("甲24.docx", &docx(&of_year(1, "甲局", 2024)), "last-year");
    server.send_in("乙24.docx", &docx(&of_year(2, "乙局", 2024)), "last-year");
    server.send_in("甲25.docx", &docx(&of_year(3, "甲局", 2025)), "monday");
    server.settled();
    server.send_in("丙24.docx", &docx(&of_year(4, "丙局", 2024)), "tuesday");
    let state = server.settled();
    let rows: Vec<(String, String)> = state["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["agency"].as_str().unwrap().to_owned(), row["state"].as_str().unwrap().to_owned()))
        .filter(|(name, _)| name != "甲局")
        .collect();
    assert_eq!(rows, [("丙局".to_owned(), "other".to_owned()), ("乙局".to_owned(), "none".to_owned())]);
    let sums = server.get("/api/rollup");
    assert_eq!(sums["others"].as_array().unwrap().len(), 1, "{}", sums["others"]);
}

#[test]
fn the_command_line_says_and_makes_of_both_years_what_the_page_does() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    let server = Server::start(&work);
    let (mut last, this) = two_years();
    last.values[OUT] = Figure::number(Decimal::from(321));
    let before = server.send("去年.docx", &docx(&last)).to_string();
    server.settled();
    let id = server.send("今年.docx", &docx(&this)).to_string();
    server.checked(&id, 1);
    let page = server.report(&id);
    assert!(broken(&page).contains(IN));
    let made: Vec<Vec<u8>> = [&id, &before]
        .iter()
        .flat_map(|id| ["docx", "xlsx", "html", "json"].map(|kind| format!("/api/reports/{id}/output/{kind}")))
        .map(|target| server.ask("GET", &target, b"").body)
        .collect();
    drop(server);
    let out = folder.path().join("out");
    let run = program(&["convert", text(&work), "--to", "docx,xlsx,html,json", "-o", text(&out)]);
    let outputs: Vec<Vec<u8>> = walkdir::WalkDir::new(&out)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| std::fs::read(entry.path()).unwrap())
        .collect();
    for (number, bytes) in made.iter().enumerate() {
        assert!(outputs.contains(bytes) || number % 4 == 3, "{number}: {run}");
    }
    let said = program(&["check", text(&work), "--previous", text(&work), "--format", "json"]);
    let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of_this = |line: &&Value| line["path"].as_str().is_some_and(|file| file.ends_with("今年.docx"));
    let told: BTreeSet<&str> = lines.iter().filter(of_this).filter_map(|line| line["message"]["zh"].as_str()).collect();
    let shown: BTreeSet<&str> = page["report"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["message"]["zh"].as_str().unwrap())
        .collect();
    assert_eq!(told, shown, "{said}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn program(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_nianbao")).args(arguments).env("LANG", "C.UTF-8").output().unwrap();
    String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr)
}
