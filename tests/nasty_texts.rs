//! Hand-written texts, each with one difficulty of real reports: every figure, every empty field and every code is exactly as stated in
//! the file beside the text.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nianbao::bind::{Hints, bind};
use nianbao::check::{Context, check};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::Report;

/// Content of an expectation file: lines of a keyword and its arguments.
///
/// `value` gives one field's figure, `row` those of a row in the form's order (`-` for empty), `unit` the unit kept with a figure,
/// `deduced` the prefix of the ids of fields marked as deduced, `finding` a code of reading, `proposal` a proposed figure.
#[derive(Default)]
struct Expected {
    form: String,
    agency: Option<String>,
    year: Option<i16>,
    values: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    deduced: Vec<String>,
    findings: BTreeSet<String>,
    proposals: BTreeMap<String, String>,
}

fn expected(text: &str, forms: &Forms) -> Expected {
    let mut expected = Expected::default();
    for line in text.lines() {
        let mut words = line.split(' ');
        let (kind, name) = (words.next().unwrap(), words.next().unwrap().to_owned());
        let said = Some(name.clone()).filter(|name| name != "-");
        match kind {
            "form" => expected.form = name,
            "agency" => expected.agency = said,
            "year" => expected.year = said.map(|year| year.parse().unwrap()),
            "deduced" => expected.deduced.push(name),
            "finding" => drop(expected.findings.insert(name)),
            "value" => drop(expected.values.insert(name, words.next().unwrap().to_owned())),
            "unit" => drop(expected.units.insert(name, words.next().unwrap().to_owned())),
            "proposal" => drop(expected.proposals.insert(name, words.next().unwrap().to_owned())),
            "row" => {
                let fields = &forms.get(&expected.form).unwrap().fields;
                let of_row = |id: &str| id.rsplit_once('.').is_some_and(|(row, _)| row == name);
                let ids: Vec<&str> = fields.iter().map(|field| field.id.as_str()).filter(|id| of_row(id)).collect();
                let figures: Vec<&str> = words.collect();
                assert_eq!(ids.len(), figures.len(), "{line}");
                let figures = ids.iter().zip(figures).filter(|(_, figure)| *figure != "-");
                expected.values.extend(figures.map(|(id, figure)| ((*id).to_owned(), figure.to_owned())));
            }
            other => panic!("{other}"),
        }
    }
    expected
}

/// Differences between a report and its expectation.
fn differences(report: &Report, expected: &Expected, forms: &Forms) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, found: String, wanted: String| {
        if found != wanted {
            wrong.push(format!("{what}: {found}, expected {wanted}"));
        }
    };
    differ("form", report.form.clone(), expected.form.clone());
    differ("agency", format!("{:?}", report.agency), format!("{:?}", expected.agency));
    differ("year", format!("{:?}", report.year), format!("{:?}", expected.year));
    for (id, value) in &report.values {
        let figure = value.value.map(|figure| figure.normalize().to_string());
        differ(id, format!("{figure:?}"), format!("{:?}", expected.values.get(id).cloned()));
        differ(id, format!("{:?}", value.unit), format!("{:?}", expected.units.get(id).cloned()));
        let deduced = value.value.is_some() && expected.deduced.iter().any(|begin| id.starts_with(begin.as_str()));
        differ(&format!("{id} deduced"), (!value.deduced.is_empty()).to_string(), deduced.to_string());
    }
    let codes: BTreeSet<String> = report.findings.iter().map(|finding| finding.code.clone()).collect();
    differ("findings", format!("{codes:?}"), format!("{:?}", expected.findings));
    let form = forms.get(&report.form).unwrap();
    let proposals = check(form, report, &Context::default()).into_iter().filter_map(|finding| finding.proposal);
    let proposals: BTreeMap<String, String> =
        proposals.map(|proposal| (proposal.field, proposal.value.to_string())).collect();
    differ("proposals", format!("{proposals:?}"), format!("{:?}", expected.proposals));
    wrong
}

#[test]
fn every_nasty_text_gives_its_expected_result() {
    let forms = Forms::built_in().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    assert!(paths.len() >= 20, "{}", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read(&path).unwrap();
        let beside = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let reading = nianbao::read::read(&text, None, &mut Budget::default()).unwrap();
        match bind(&reading, &forms, &Hints::default()) {
            Ok(report) => {
                let found = differences(&report, &expected(&beside, &forms), &forms);
                if !found.is_empty() {
                    let said: Vec<&str> = report.findings.iter().map(|finding| finding.message.zh.as_str()).collect();
                    wrong.push(format!("{name}:\n  {}\n  {}", found.join("\n  "), said.join("\n    ")));
                }
            }
            Err(finding) => wrong.push(format!("{name}: {}", finding.message.zh)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
