//! Outputs of `nianbao check` for programs: JSON lines, SARIF, verdicts, waivers; and the effect of the agencies file.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::program::Folder;
use nianbao::form::Forms;
use nianbao::report::{Content, Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use serde_json::{Value as Json, json};

/// A consistent report of an agency and year, with some given figures.
fn report(agency: &str, year: i16, figures: &[(&str, i64)]) -> Report {
    let forms = Forms::built_in().unwrap();
    let form = forms.get("gkbg-2021").unwrap();
    let mut report = Sampler::new(9).report(form);
    (report.agency, report.year, report.published) = (Some(agency.to_owned()), Some(year), None);
    report.title = Some(form.title.for_report(agency, year));
    // The sampler's texts name another agency and year.
    report.sections.retain(|section| section.id != "preamble");
    for section in report.sections.iter_mut().filter(|section| section.id != "preamble") {
        section.content.retain(|content| matches!(content, Content::Table { .. }));
        section.content.insert(0, Content::text("工作有序开展。"));
    }
    for (field, value) in &mut report.values {
        let number = figures.iter().find(|(name, _)| name == field).map_or(0, |(_, number)| *number);
        *value = Value::number(number.into());
    }
    report
}

fn put(folder: &Folder, name: &str, report: &Report) {
    let forms = Forms::built_in().unwrap();
    let output = if name.ends_with("docx") { Output::Docx } else { Output::Html };
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    folder.file(name, writer.write(forms.get(&report.form).unwrap(), report).unwrap());
}

/// A row whose total is one too many.
const WRONG: &[(&str, i64)] = &[("disputes.review.upheld", 3), ("disputes.review.total", 4)];

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn json_has_one_finding_a_line_with_every_key() {
    let folder = Folder::new();
    let mut wrong = report(
        "青山县水利局",
        2023,
        &[
            ("requests.received.natural_person", 27),
            ("requests.received.total", 27),
            ("requests.granted.natural_person", 27),
            ("requests.granted.total", 27),
            ("requests.handled_total.natural_person", 27),
            ("requests.handled_total.total", 27),
        ],
    );
    wrong.values["requests.granted.natural_person"] = Value::number(72.into());
    put(&folder, "a.docx", &wrong);
    put(&folder, "b.html", &report("青山县水利局", 2023, WRONG));
    let ran = folder.run(&["check", "a.docx", "b.html", "--format", "json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let found = lines(&ran.out);
    for finding in &found {
        for key in [
            "path",
            "code",
            "severity",
            "rule",
            "fields",
            "left",
            "right",
            "difference",
            "place",
            "message",
            "culprits",
        ] {
            assert!(finding.get(key).is_some(), "{key}: {finding}");
        }
        assert!(finding["message"]["zh"].is_string() && finding["message"]["en"].is_string());
        assert!(finding["culprits"].is_array() && finding["fields"].is_array());
    }
    let one = found.iter().find(|finding| finding["code"] == "cell-wrong").unwrap();
    assert_eq!(one["culprits"], json!([{ "field": "requests.granted.natural_person", "from": 72, "to": 27 }]));
    assert_eq!((one["place"]["table"].as_u64(), one["severity"].as_str()), (Some(1), Some("error")));
    let open = found.iter().find(|finding| finding["code"] == "cells-ambiguous").unwrap();
    assert_eq!(
        (&open["culprits"], &open["left"], &open["right"], &open["difference"]),
        (&json!([]), &json!(4), &json!(3), &json!(1))
    );
}

/// The part of SARIF 2.1.0 (OASIS, 3.13-3.36) that the log uses, as a strict schema: no other properties, and all required ones.
fn sarif_subset() -> Json {
    let text = json!({ "type": "object", "required": ["text"], "additionalProperties": false, "properties": { "text": { "type": "string" } } });
    let level = json!({ "enum": ["none", "note", "warning", "error"] });
    let physical = json!({
        "type": "object", "required": ["artifactLocation"], "additionalProperties": false,
        "properties": {
            "artifactLocation": { "type": "object", "required": ["uri"], "additionalProperties": false, "properties": { "uri": { "type": "string", "format": "uri-reference" } } },
            "region": { "type": "object", "additionalProperties": false, "properties": { "startLine": { "type": "integer", "minimum": 1 } } },
        },
    });
    let location = json!({
        "type": "object", "required": ["physicalLocation"], "additionalProperties": false,
        "properties": {
            "physicalLocation": physical,
            "logicalLocations": { "type": "array", "uniqueItems": true, "items": { "type": "object", "additionalProperties": false, "properties": { "fullyQualifiedName": { "type": "string" } } } },
        },
    });
    let suppression = json!({
        "type": "object", "required": ["kind"], "additionalProperties": false,
        "properties": { "kind": { "enum": ["inSource", "external"] }, "status": { "enum": ["accepted", "underReview", "rejected"] }, "justification": { "type": "string" }, "properties": { "type": "object" } },
    });
    let result = json!({
        "type": "object", "required": ["message", "ruleId", "level", "locations"], "additionalProperties": false,
        "properties": {
            "ruleId": { "type": "string" }, "level": level, "message": text,
            "locations": { "type": "array", "items": location },
            "relatedLocations": { "type": "array", "uniqueItems": true, "items": location },
            "suppressions": { "type": "array", "uniqueItems": true, "items": suppression },
            "properties": { "type": "object" },
        },
    });
    let rule = json!({
        "type": "object", "required": ["id"], "additionalProperties": false,
        "properties": {
            "id": { "type": "string" }, "shortDescription": text, "fullDescription": text, "help": text,
            "defaultConfiguration": { "type": "object", "additionalProperties": false, "properties": { "level": level } },
        },
    });
    let driver = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": { "name": { "type": "string" }, "version": { "type": "string" }, "rules": { "type": "array", "uniqueItems": true, "items": rule } },
    });
    let run = json!({
        "type": "object", "required": ["tool"], "additionalProperties": false,
        "properties": {
            "tool": { "type": "object", "required": ["driver"], "additionalProperties": false, "properties": { "driver": driver } },
            "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
            "results": { "type": "array", "items": result },
        },
    });
    json!({
        "type": "object", "required": ["version", "runs"], "additionalProperties": false,
        "properties": { "$schema": { "type": "string", "format": "uri" }, "version": { "const": "2.1.0" }, "runs": { "type": "array", "items": run } },
    })
}

#[test]
fn sarif_is_valid_and_carries_what_the_finding_has() {
    let folder = Folder::new();
    put(&folder, "甲 1.docx", &report("青山县水利局", 2023, WRONG));
    folder.file("坏.docx", b"PK\x03\x04");
    let ran = folder.run(&["check", "甲 1.docx", "坏.docx", "--format", "sarif"]);
    let log: Json = serde_json::from_str(&ran.out).unwrap();
    let validator = jsonschema::validator_for(&sarif_subset()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let results = log["runs"][0]["results"].as_array().unwrap();
    let open = results.iter().find(|result| result["ruleId"] == "cells-ambiguous").unwrap();
    assert_eq!(open["properties"]["difference"], json!(1));
    assert_eq!(
        (open["properties"]["rule"].as_str(), open["properties"]["culprits"].as_array()),
        (Some("T4"), Some(&Vec::new()))
    );
    assert!(open["relatedLocations"].as_array().unwrap().len() >= 4, "{open}");
}

#[test]
fn every_rule_has_a_verdict() {
    let folder = Folder::new();
    put(&folder, "a.docx", &report("青山县水利局", 2023, WRONG));
    let ran = folder.run(&["check", "a.docx", "--verdicts", "--format", "json"]);
    let found = lines(&ran.out);
    let count = |word: &str| found.iter().filter(|line| line["verdict"] == word).count();
    let rules: usize =
        Forms::built_in().unwrap().get("gkbg-2021").unwrap().rules.iter().map(|rule| rule.instances.len()).sum();
    assert_eq!((found.len(), count("fail"), count("not-assessable")), (rules, 1, 0), "{}", ran.out);
    let failed = found.iter().find(|line| line["verdict"] == "fail").unwrap();
    assert_eq!((failed["rule"].as_str(), &failed["left"], &failed["right"]), (Some("T4"), &json!(4), &json!(3)));
    assert!(
        found.iter().any(|line| line["rule"] == "Y-1" && line["verdict"] == "skipped" && line["why"]["zh"].is_string())
    );
    let text = folder.run(&["check", "a.docx", "--verdicts"]).out;
    assert!(text.contains("a.docx: T4 fail") && text.contains("4 on the left, 3 on the right"), "{text}");
    assert_eq!(folder.run(&["check", "a.docx", "--verdicts", "--format", "sarif"]).status, Some(2));
}

#[test]
fn a_waiver_holds_for_its_figures_up_to_its_day() {
    let folder = Folder::new();
    put(&folder, "a.docx", &report("青山县水利局", 2023, WRONG));
    let draft = folder.run(&["check", "a.docx", "--format", "waivers"]).out;
    assert!(draft.contains("[[waiver]]") && draft.contains("\"disputes.review.total\" = \"4\""), "{draft}");
    folder.file("none.toml", &draft);
    let refused = folder.run(&["check", "a.docx", "--waivers", "none.toml"]);
    assert!(refused.status == Some(2) && refused.err.contains("reason"), "{refused:?}");
    folder.file("w.toml", draft.replace("reason = \"\"", "reason = \"已函告\""));
    let on = |day: &str, format: &str| {
        folder.run(&["check", "a.docx", "--waivers", "w.toml", "--today", day, "--format", format])
    };
    let held = on("2025-03-31", "json");
    assert_eq!(held.status, Some(0), "{held:?}");
    let finding = lines(&held.out).into_iter().find(|finding| finding["code"] == "cells-ambiguous").unwrap();
    assert_eq!(finding["waived"], json!({ "reason": "已函告", "until": "2025-03-31" }));
    assert!(on("2025-03-31", "text").out.contains("waived cells-ambiguous"));
    let log: Json = serde_json::from_str(&on("2025-03-31", "sarif").out).unwrap();
    assert!(jsonschema::is_valid(&sarif_subset(), &log));
    assert!(log.to_string().contains("\"justification\":\"已函告\""));
    let late = on("2025-04-01", "json");
    assert!(late.status == Some(1) && late.out.contains("waiver-expired"), "{late:?}");
    put(
        &folder,
        "a.docx",
        &report("青山县水利局", 2023, &[("disputes.review.upheld", 3), ("disputes.review.total", 5)]),
    );
    let changed = on("2024-01-01", "json");
    assert!(changed.status == Some(1) && changed.out.contains("waiver-outdated"), "{changed:?}");
    folder.file(
        "w.csv",
        "code,rule,agency,year,values,reason,until\ncells-ambiguous,T4,青山县 水利局,2023,\
         disputes.review.upheld=3;disputes.review.corrected=0;disputes.review.other=0;disputes.review.pending=0;disputes.review.total=5,已函告,2025-01-01\n",
    );
    let csv = folder.run(&["check", "a.docx", "--waivers", "w.csv", "--today", "2024-01-01"]);
    assert_eq!(csv.status, Some(0), "{csv:?}");
    folder.file("bad.csv", "code,who\n");
    assert_eq!(folder.run(&["check", "a.docx", "--waivers", "bad.csv"]).status, Some(2));
}

#[test]
fn the_agencies_file_gives_aliases_levels_and_kinds() {
    let folder = Folder::new();
    let regulations = &[("disclosure.regulations.in_force", 6)];
    put(
        &folder,
        "now/a.docx",
        &report(
            "青山市水务局",
            2023,
            &[
                ("requests.carried_in.natural_person", 2),
                ("requests.carried_in.total", 2),
                ("requests.granted.natural_person", 2),
                ("requests.granted.total", 2),
                ("requests.handled_total.natural_person", 2),
                ("requests.handled_total.total", 2),
                regulations[0],
            ],
        ),
    );
    put(
        &folder,
        "before/a.docx",
        &report(
            "青山市水利局",
            2022,
            &[
                ("requests.received.natural_person", 3),
                ("requests.received.total", 3),
                ("requests.carried_out.natural_person", 3),
                ("requests.carried_out.total", 3),
            ],
        ),
    );
    put(&folder, "now/b.docx", &report("青山县河口镇人民政府", 2023, regulations));
    put(&folder, "now/c.docx", &report("青山市人民政府", 2023, regulations));
    folder.file("agencies.csv", "单位名称,曾用名,上级,层级,类型\n青山市人民政府,,,市级,政府\n青山市水务局,青山市水利局,青山市人民政府,市级,部门\n");
    let without = folder.run(&["check", "now", "--previous", "before", "--format", "json"]).out;
    let of = |out: &str, name: &str, key: &str, value: &str| {
        lines(out)
            .iter()
            .filter(|finding| finding[key] == value && finding["path"].as_str().unwrap().ends_with(name))
            .count()
    };
    assert_eq!((of(&without, "a.docx", "rule", "Y-1"), of(&without, "a.docx", "rule", "T2-W")), (0, 0), "{without}");
    assert_eq!((of(&without, "b.docx", "rule", "T2-W"), of(&without, "c.docx", "rule", "T2-W")), (1, 0), "{without}");
    let with =
        folder.run(&["check", "now", "--previous", "before", "--agencies", "agencies.csv", "--format", "json"]).out;
    assert_eq!((of(&with, "a.docx", "rule", "Y-1"), of(&with, "a.docx", "rule", "T2-W")), (2, 1), "{with}");
    assert_eq!(of(&with, "c.docx", "rule", "T2-W"), 0, "{with}");
}
