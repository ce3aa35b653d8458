//! Migration of a report to another form: every figure moves to a field with the same meaning, or is reported, and never moves anywhere
//! else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::{self, Folder};
use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::migrate::Migrations;
use nianbao::report::{Content, Kind, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

const OLD: &str = "gkbg-2019";
const NEW: &str = "gkbg-2021";

fn migrated(forms: &Forms, report: Report, to: &str) -> Report {
    let migrations = Migrations::built_in(forms);
    migrations.between(&report.form, to).expect("a migration").migrate(report)
}

/// The rows that the newer form has in place of one row.
const PARTS: [&str; 3] = ["uncorrected", "unpaid_fee", "remaining"];

#[test]
fn fields_with_the_same_meaning_are_carried_over_and_no_others() {
    let forms = Forms::built_in().unwrap();
    for seed in 0..40 {
        let old = Sampler::new(seed).report(forms.get(OLD).unwrap());
        let new = migrated(&forms, old.clone(), NEW);
        assert_eq!(new.form, NEW);
        assert_eq!(new.title, old.title, "the same agency, year and prescribed title");
        let ids: Vec<&String> = forms.get(NEW).unwrap().fields.iter().map(|field| &field.id).collect();
        assert_eq!(new.values.keys().collect::<Vec<_>>(), ids, "every field, in the form's order");
        for (id, value) in &new.values {
            let part = PARTS.iter().find_map(|part| id.strip_prefix(&format!("requests.other.{part}.")));
            let source = match part {
                Some(column) => {
                    let whole = &old.values[&format!("requests.other.{column}")];
                    if whole.raw == "0" {
                        assert_eq!((value.raw.as_str(), value.deduced.len()), ("0", 1), "{id}");
                    } else {
                        assert_eq!(value.kind, Kind::Absent, "{id}: the parts of {} are not known", whole.raw);
                    }
                    continue;
                }
                None => id.replace(".issued", ".made"),
            };
            match old.values.get(&source) {
                Some(before) => assert_eq!(value, before, "{id}"),
                None => assert_eq!(value.kind, Kind::Absent, "{id} is new"),
            }
        }
    }
}

#[test]
fn figures_without_a_place_are_reported_and_listed_at_the_end() {
    let forms = Forms::built_in().unwrap();
    let old = Sampler::new(7).report(forms.get(OLD).unwrap());
    let new = migrated(&forms, old.clone(), NEW);
    let Some(Content::Extra(table)) = new.unclaimed.last() else { panic!("a table at the end: {:?}", new.unclaimed) };
    let carried =
        |id: &str| new.values.contains_key(&id.replace(".made", ".issued")) || id.starts_with("requests.other.");
    let dropped: Vec<&str> =
        old.values.iter().filter(|(id, _)| !carried(id)).map(|(_, value)| value.raw.as_str()).collect();
    assert!(dropped.len() > 10, "{dropped:?}");
    for raw in &dropped {
        assert!(table.cells.iter().any(|cell| cell.text == *raw), "{raw} is at the end");
    }
    let told: Vec<&str> = new.findings.iter().flat_map(|finding| &finding.fields).map(String::as_str).collect();
    for id in old.values.keys().filter(|id| !carried(id)) {
        assert!(told.contains(&id.as_str()), "{id} is told");
    }
    assert!(told.contains(&"disclosure.fees.amount"), "a new cell is told");
}

#[test]
fn a_round_trip_keeps_the_common_fields() {
    let forms = Forms::built_in().unwrap();
    for seed in 0..40 {
        let new = Sampler::new(seed).report(forms.get(NEW).unwrap());
        let old = migrated(&forms, new.clone(), OLD);
        for (id, value) in &old.values {
            if let Some(column) = id.strip_prefix("requests.other.") {
                let parts = PARTS.map(|part| new.values[&format!("requests.other.{part}.{column}")].value.unwrap());
                assert_eq!(value.value, Some(parts.iter().sum()), "{id}");
                assert!(!value.deduced.is_empty(), "{id} was added up");
            } else if let Some(before) = new.values.get(id) {
                assert_eq!(value, before, "{id}");
            } else {
                assert_eq!(value.kind, Kind::Absent, "{id}");
            }
        }
    }
}

#[test]
fn figures_that_cannot_be_added_are_reported_and_kept() {
    let forms = Forms::built_in().unwrap();
    let mut new = Sampler::new(5).report(forms.get(NEW).unwrap());
    let part = new.values.get_mut("requests.other.unpaid_fee.total").unwrap();
    (part.value, part.raw, part.kind) = (None, "若干".to_owned(), Kind::Text);
    let old = migrated(&forms, new, OLD);
    assert_eq!(old.values["requests.other.total"].kind, Kind::Absent);
    let told = old.findings.iter().find(|finding| finding.message.en.contains("some of them are no numbers")).unwrap();
    assert!(told.code == "figures-without-place" && told.fields.len() == 3, "{told:?}");
    let Some(Content::Extra(table)) = old.unclaimed.last() else { panic!("{:?}", old.unclaimed) };
    assert!(table.cells.iter().any(|cell| cell.text == "若干"));
}

#[test]
fn a_migrated_report_is_written_in_its_new_form_and_read_back() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let new = migrated(&forms, Sampler::new(3).report(forms.get(OLD).unwrap()), NEW);
    for output in [Output::Docx, Output::Html] {
        let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
        let bytes = writer.write(forms.get(NEW).unwrap(), &new).unwrap();
        let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
        let again = binder.bind(&reading, &Hints::default()).unwrap();
        assert_eq!(again.form, NEW);
        for (id, value) in &new.values {
            assert_eq!(again.values[id].value, value.value, "{output:?} {id}");
        }
    }
}

#[test]
fn a_migration_has_every_field_in_exactly_one_step() {
    let forms = Forms::built_in().unwrap();
    let (_, text) = Migrations::sources()[0];
    assert_eq!(Migrations::sources().len(), 3);
    // With all forms available, every built-in migration compiles.
    let all = Forms::all().unwrap();
    for (name, text) in Migrations::sources() {
        Migrations::default().add(name, text, &all).unwrap_or_else(|error| panic!("{error}"));
    }
    let mistakes = |text: &str| {
        let error = Migrations::default().add("m.toml", text, &forms).unwrap_err();
        error.mistakes.into_iter().map(|mistake| mistake.message.en).collect::<Vec<_>>().join("\n")
    };
    Migrations::default().add("m.toml", text, &forms).unwrap();
    let lacking =
        mistakes(&text.replace("fields = [\"disclosure.procurement.*\"]", "fields = [\"disclosure.fees.change\"]"));
    assert!(lacking.contains("nothing is said of `disclosure.procurement.items`"), "{lacking}");
    assert!(lacking.contains("`disclosure.fees.change` of `gkbg-2019` stands in 2 steps"), "{lacking}");
    let unknown = mistakes(&text.replace("disclosure.fees.amount", "disclosure.fees.sum"));
    assert!(unknown.contains("`disclosure.fees.sum` stands for no field of `gkbg-2021`"), "{unknown}");
    let version = mistakes(&text.replace("language = 1", "language = 9"));
    assert!(version.contains("this program reads language 1"), "{version}");
    let form = mistakes(&text.replace("from = \"gkbg-2019\"", "from = \"gkbg-2018\""));
    assert!(form.contains("no form `gkbg-2018`"), "{form}");
}

/// Fields of the older table and of the newer form with the same meaning.
const SAME: [(&str, &str); 8] = [
    ("disclosure.normative_issued", "disclosure.normative_documents.made"),
    ("requests.received", "requests.received.total"),
    ("requests.partly_granted", "requests.partly_granted.total"),
    ("requests.refused_state_secret", "requests.refused.state_secret.total"),
    ("requests.refused_security_stability", "requests.refused.security_stability.total"),
    ("review.upheld", "disputes.review.upheld"),
    ("review.corrected", "disputes.review.corrected"),
    ("review.other", "disputes.review.other"),
];

#[test]
fn an_older_table_gives_fields_with_the_same_meaning_and_keeps_the_rest() {
    let forms = Forms::all().unwrap();
    let mut old = Sampler::new(9).report(forms.get("gktj-2014").unwrap());
    let value = |number: u32| nianbao::report::Value::number(number.into());
    for (id, number) in [("suits.upheld", 3), ("suits.corrected", 0), ("requests.granted", 917)] {
        old.values.insert(id.to_owned(), value(number));
    }
    let new = migrated(&forms, old.clone(), OLD);
    for (from, to) in SAME {
        assert_eq!(new.values[to].value, old.values[from].value, "{from}");
    }
    for suit in ["direct_suit", "suit_after_review"] {
        let undivided = &new.values[&format!("disputes.{suit}.upheld")];
        assert_eq!((undivided.value, undivided.kind), (None, Kind::Absent), "three suits are not divided");
        assert_eq!(new.values[&format!("disputes.{suit}.corrected")].value, Some(0.into()));
    }
    assert_eq!(new.values["requests.granted.total"].kind, Kind::Absent);
    let filled = new.values.values().filter(|value| value.value.is_some()).count();
    let split =
        2 * ["upheld", "corrected", "other"].iter().filter(|id| old.values[&format!("suits.{id}")].raw == "0").count();
    assert_eq!(filled, SAME.len() + split);
    let told: Vec<&str> = new.findings.iter().flat_map(|finding| &finding.fields).map(String::as_str).collect();
    let Some(Content::Extra(table)) = new.unclaimed.last() else { panic!("{:?}", new.unclaimed) };
    assert!(table.cells.iter().any(|cell| cell.text == "917"), "what has no place stands at the end");
    // A figure that is split is reported by the cells that stay empty.
    let kept = |id: &&String| !SAME.iter().any(|(from, _)| from == id) && !id.starts_with("suits.");
    for id in old.values.keys().filter(kept).chain([&"suits.total".to_owned()]) {
        assert!(told.contains(&id.as_str()), "{id} is told");
    }
    assert!(told.contains(&"disputes.direct_suit.upheld"));
}

#[test]
fn convert_brings_reports_into_the_form_that_is_wanted() {
    let folder = Folder::new();
    let forms = Forms::built_in().unwrap();
    let old = Sampler::new(1).report(forms.get(OLD).unwrap());
    folder.file("in/1 old.html", program::page(&old));
    folder.file("in/2 new.html", program::page(&program::report(2)));
    let ran = folder.run(&["convert", "in", "-o", "out", "--to", "json", "--to-form", NEW]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let log = folder.log("out/batch.jsonl");
    assert!(log.iter().all(|line| line["form"] == NEW), "{log:?}");
    let findings = folder.log("out/findings.jsonl");
    let told = |path: &str| {
        findings.iter().filter(|line| line["path"] == path && line["code"] == "figures-without-place").count()
    };
    assert_eq!((told("in/1 old.html"), told("in/2 new.html")), (3, 0));
    let refused = folder.run(&["convert", "in", "-o", "out", "--to-form", "other"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
}
