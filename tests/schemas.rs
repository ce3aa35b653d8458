//! The published JSON Schemas: generated from the types, and valid for the program's inputs and outputs. `BLESS=1` rewrites them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use crate::program::Folder;
use crate::sources;
use nianbao::check::{Context, check};
use nianbao::corrections::{Correction, Corrections};
use nianbao::document::Place;
use nianbao::finding::Finding;
use nianbao::form::{FormSource, Forms};
use nianbao::migrate::{MigrationSource, Migrations};
use nianbao::report::{Content, Report};
use nianbao::sampler::Sampler;
use nianbao::stream::Row;
use nianbao::waivers::{Waiver, Waivers};
use serde_json::Value;

fn published(name: &str, schema: &schemars::Schema) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let mut wanted = serde_json::to_string_pretty(schema).expect("JSON");
    wanted.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &wanted).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(found == wanted, "{} is out of date: BLESS=1 cargo test schemas", path.display());
    serde_json::from_str(&found).expect("JSON")
}

fn assert_valid(schema: &Value, instance: &Value, what: &str) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(instance).take(5).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
}

#[test]
fn the_schema_of_reports_is_true_of_reports() {
    let schema = published("report.schema.json", &schemars::schema_for!(Report));
    for form in Forms::built_in().expect("the built-in forms").iter() {
        let mut report = Sampler::new(7).report(form);
        report.unclaimed.push(Content::Paragraph {
            text: "（一）小标题".to_owned(),
            level: Some(2),
            place: Some(Place::line(3)),
        });
        report.unclaimed.push(Content::Picture { index: 0, extent: Some((914_400, 1)), alt: None });
        let printed: Value = serde_json::from_str(&serde_json::to_string(&report).expect("JSON")).expect("JSON");
        assert_valid(&schema, &printed, &form.id);
        let read: Report = serde_json::from_str(&printed.to_string()).expect("a report");
        assert!(read == report, "{} reads back differently", form.id);
        let mut wrong = printed.clone();
        wrong["year"] = "2023".into();
        assert!(!jsonschema::is_valid(&schema, &wrong), "a year in quotes is no year");
    }
}

#[test]
fn the_schema_of_migrations_is_true_of_migrations() {
    let schema = published("migration.schema.json", &schemars::schema_for!(MigrationSource));
    for (name, text) in Migrations::sources() {
        let table: toml::Table = text.parse().expect("TOML");
        let mut instance = serde_json::to_value(table).expect("JSON");
        assert_valid(&schema, &instance, name);
        instance["drop"][0]["why"] = "no".into();
        assert!(!jsonschema::is_valid(&schema, &instance), "an unknown key is a mistake");
    }
}

#[test]
fn the_schema_of_rows_is_true_of_the_output_of_filter() {
    let schema = published("row.schema.json", &schemars::schema_for!(Row));
    let folder = Folder::new();
    for path in sources::files("samples").iter().chain(&sources::files("tests/damaged")) {
        folder.file(&path.to_string_lossy(), std::fs::read(sources::root().join(path)).expect("a sample"));
    }
    let mut lines: Vec<String> = Vec::new();
    lines.extend(folder.tree(".").into_keys());
    lines.extend(["none".to_owned(), String::new()]);
    let ran = folder.run_with(&["filter", "--out", "out"], (lines.join("\n") + "\n").as_bytes());
    assert_eq!(ran.out.lines().count(), lines.len(), "{}", ran.err);
    for (line, row) in lines.iter().zip(ran.out.lines()) {
        let instance: Value = serde_json::from_str(row).expect("JSON");
        assert_valid(&schema, &instance, line);
        let read: Row = serde_json::from_str(row).expect("a row");
        assert_eq!(read.path, *line);
        assert_eq!(serde_json::to_string(&read).expect("JSON"), row, "{line} reads back differently");
        let mut wrong = instance.clone();
        wrong["status"] = "fine".into();
        assert!(!jsonschema::is_valid(&schema, &wrong), "that is no status");
    }
}

#[test]
fn the_schema_of_mappings_is_true_of_mappings() {
    let schema = published("mapping.schema.json", &schemars::schema_for!(FormSource));
    for (name, text) in Forms::sources() {
        let table: toml::Table = text.parse().expect("TOML");
        let mut instance = serde_json::to_value(table).expect("JSON");
        assert_valid(&schema, &instance, name);
        instance["rule"][0]["expresion"] = "a = b".into();
        assert!(!jsonschema::is_valid(&schema, &instance), "an unknown key is a mistake");
    }
}

#[test]
fn the_schemas_of_findings_and_waivers_are_true_of_them() {
    let schema = published("finding.schema.json", &schemars::schema_for!(Finding));
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let mut report = Sampler::new(7).report(form);
    report.values["requests.granted.enterprise"] = nianbao::report::Value::number(77_777.into());
    let found = check(form, &report, &Context::default());
    assert!(found.iter().any(|finding| !finding.culprits.is_empty()), "{found:?}");
    for finding in &found {
        let printed = serde_json::to_string(finding).expect("JSON");
        assert_valid(&schema, &serde_json::from_str(&printed).expect("JSON"), &finding.code);
    }
    let schema = published("waiver.schema.json", &schemars::schema_for!(Waiver));
    let page = include_str!("../mappings/waivers.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let table: toml::Table = example.parse().expect("TOML");
    let instance = serde_json::to_value(&table["waiver"][0]).expect("JSON");
    assert_valid(&schema, &instance, "the example of the page");
    assert!(Waivers::read("w.toml", example).is_ok());
    let csv = page.split("```csv\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert!(Waivers::read("w.csv", csv).is_ok(), "{:?}", Waivers::read("w.csv", csv));
}

#[test]
fn the_schema_of_corrections_is_true_of_corrections() {
    let schema = published("correction.schema.json", &schemars::schema_for!(Correction));
    let digest = "0f".repeat(32);
    let line = format!(
        r#"{{"at":"2026-01-20","by":"张某","sha256":"{digest}","report":1,"field":"requests.received.total","from":23,"to":null,"reason":"来电更正"}}"#
    );
    assert_valid(&schema, &serde_json::from_str(&line).expect("JSON"), "a correction");
    let corrections = Corrections::read(&line).expect("a correction");
    let printed = serde_json::to_value(&corrections.of_file(&digest)[0]).expect("JSON");
    assert_eq!(printed, serde_json::from_str::<Value>(&line).expect("JSON"));
    assert_valid(&schema, &printed, "a printed correction");
}
