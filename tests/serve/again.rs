//! New settings: every file is checked again, and the list says which are still to be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::client::Server;
use super::office::{docx, right};

const FILES: u64 = 40;

#[test]
fn the_list_says_what_is_still_to_be_checked_again_until_all_is() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--jobs", "1"]);
    for number in 0..FILES {
        server.send(&format!("{number}.docx"), &docx(&right(number, &format!("青岚县第{number:02}局"))));
    }
    let state = server.settled();
    assert_eq!(state["again"], json!({ "left": 0, "of": 0 }));
    // The child that reads is stopped at one more file, so no check ends before it continues, however busy the machine is.
    server.reader("STOP");
    server.send("40.docx", &docx(&right(FILES, "青岚县第40局")));
    while server.get("/api/state")["files"][0]["phase"] != "reading" {}
    let agencies = (0..=FILES).map(|number| format!("青岚县第{number:02}局,青岚县人民政府\n")).collect::<String>();
    let agencies = format!("单位名称,上级\n青岚县人民政府,\n{agencies}");
    assert_eq!(server.ask("PUT", "/api/settings/agencies?name=a.csv", agencies.as_bytes()).status, 200);
    let whole = json!({ "left": FILES, "of": FILES });
    assert_eq!(server.get("/api/state")["again"], whole);
    // Changed twice more: one round, and the last settings hold.
    for year in ["2024", "2025"] {
        let put =
            server.ask("PUT", "/api/settings", json!({ "year": year, "sender": "县政府办" }).to_string().as_bytes());
        assert_eq!(put.status, 200);
        assert_eq!(server.get("/api/state")["again"], whole);
    }
    server.reader("CONT");
    let mut lefts = vec![FILES];
    loop {
        let state = server.get("/api/state");
        let (left, of) = (state["again"]["left"].as_u64().unwrap(), state["again"]["of"].as_u64().unwrap());
        let rows = state["rows"].as_array().unwrap();
        let marked = rows.iter().filter(|row| row["again"] == true).count() as u64;
        assert_eq!(marked, left, "{state}");
        // The rows stay in the list, and those that are done belong to the new settings.
        let done = rows.iter().filter(|row| row["again"] == false && row["state"] != "working" && !row["id"].is_null());
        assert!(done.clone().all(|row| row["group"] == "青岚县人民政府"), "{:?}", done.collect::<Vec<&Value>>());
        if left == 0 {
            break;
        }
        assert_eq!(of, FILES);
        lefts.push(left);
    }
    assert!(lefts.windows(2).all(|pair| pair[1] <= pair[0]), "{lefts:?}");
    let state = server.settled();
    assert_eq!((&state["again"]["left"], &state["year"]), (&json!(0), &json!(2025)));
    assert_eq!(state["rows"].as_array().unwrap().iter().filter(|row| !row["id"].is_null()).count() as u64, FILES + 1);
}
