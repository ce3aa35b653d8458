//! The register of damaged and hostile files: the name of a file in tests/hostile states its expected outcome.
//!
//! `read--…`: it is read without findings. `read-with-CODE,CODE--…`: it is read with findings of exactly these codes. `refused-CODE--…`:
//! it is refused with this code. A better outcome fails the test as a worse one does.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use crate::sources;
use nianbao::document::Budget;
use nianbao::finding::codes;
use nianbao::read::read;

#[test]
fn every_file_has_the_outcome_in_its_name() {
    let files = sources::files("tests/hostile");
    assert!(files.len() > 20, "{} files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let bytes = std::fs::read(sources::root().join(&path)).expect("a file of the package");
        let outcome = match read(&bytes, Some(&name), &mut Budget::default()) {
            Err(error) => format!("refused-{}", error.code().id),
            Ok(reading) if reading.findings.is_empty() => "read".to_owned(),
            Ok(reading) => {
                let codes: BTreeSet<String> = reading.findings.into_iter().map(|finding| finding.code).collect();
                format!("read-with-{}", codes.into_iter().collect::<Vec<_>>().join(","))
            }
        };
        if name.split_once("--").map(|(wanted, _)| wanted) != Some(&outcome) {
            wrong.push(format!("{name}: {outcome}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_name_has_a_valid_outcome() {
    let known: BTreeSet<&str> = codes().map(|code| code.id).collect();
    for path in sources::files("tests/hostile") {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (outcome, _) = name.split_once("--").unwrap_or_else(|| panic!("{name} states no outcome"));
        let named = outcome.strip_prefix("refused-").or(outcome.strip_prefix("read-with-"));
        let right = named.map_or(outcome == "read", |codes| codes.split(',').all(|code| known.contains(code)));
        assert!(right, "{name}");
    }
}
