//! The interface matches its description: requests generated from `openapi.json` by schemathesis, valid and invalid, with a fixed seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use super::client::Server;
use super::office::{docx, right, wrong};

/// Number of generated requests per operation.
const EXAMPLES: &str = "12";

/// Checks of every response: no server error; status, type and schema as described.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

#[test]
#[ignore = "needs schemathesis from PyPI; scripts/test runs it"]
fn every_answer_to_requests_made_from_the_description_is_as_described() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    server.send("水利局.docx", &docx(&wrong(3, "青岚县水利局").0));
    server.send("财政局.docx", &docx(&right(4, "青岚县财政局")));
    server.settled();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis/bin/st");
    let mut tool = Command::new(program);
    tool.args(["run", &format!("http://{}/openapi.json", server.host())]);
    tool.args(["--header", &format!("Authorization: Bearer {}", server.token)]);
    tool.args(["--phases", "fuzzing", "--max-examples", EXAMPLES, "--checks", CHECKS, "--seed", "1", "--no-color"]);
    // A response may wait for changes (long polling).
    tool.args(["--request-timeout", "60"]);
    let made = tool.current_dir(folder.path()).output().expect("schemathesis");
    let said = String::from_utf8_lossy(&made.stdout);
    assert!(made.status.success(), "{said}{}", String::from_utf8_lossy(&made.stderr));
    let described: serde_json::Value = server.get("/openapi.json");
    let methods = |path: &serde_json::Value| {
        path.as_object().unwrap().keys().filter(|key| ["get", "put", "post", "delete"].contains(&key.as_str())).count()
    };
    let count: usize = described["paths"].as_object().unwrap().values().map(methods).sum();
    assert!(said.contains(&format!("Tested: {count}")), "{count} operations are described; {said}");
    // The server still answers.
    assert!(server.get("/api/state")["rows"].is_array());
}
