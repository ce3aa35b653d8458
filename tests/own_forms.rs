//! Forms of a user that resemble built-in ones or each other: the user's own form is preferred, and what cannot be decided is told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::read::Reading;
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

fn docx(form: &nianbao::form::Form, report: &Report) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    writer.write(form, report).unwrap()
}

fn reading(bytes: &[u8]) -> Reading {
    nianbao::read::read(bytes, None, &mut Budget::default()).unwrap()
}

/// The mapping file that is drafted from the blank of a form, with another id.
fn drafted(form: &nianbao::form::Form, id: &str) -> String {
    let (blank, report) = nianbao::write::blank(form);
    let template = reading(&docx(&blank, &report)).document;
    let draft = nianbao::draft::draft(&template, &[], "blank");
    nianbao::draft::written(&draft).replace("\"my-form\"", &format!("\"{id}\""))
}

/// A filled report of a form.
fn filled(form: &nianbao::form::Form) -> Reading {
    let example = form.example(0);
    reading(&docx(&example, &Sampler::new(3).report_of(&example)))
}

#[test]
fn an_own_form_is_preferred_to_a_built_in_one_that_it_resembles() {
    let built_in = Forms::all().unwrap();
    for id in ["wznb", "zfnb", "sangong", "gktj-2014", "gkbg-2021"] {
        let form = built_in.get(id).unwrap();
        let report = filled(form);
        let read = Binder::new(&built_in).bind(&report, &Hints::default()).unwrap();
        assert_eq!(read.form, id, "without the own form it is the built-in one");
        let mut forms = Forms::all().unwrap();
        let own = forms.add("own.toml", &drafted(form, "own")).unwrap_or_else(|error| panic!("{id}: {error}"));
        let read = Binder::new(&forms).bind(&report, &Hints::default()).unwrap();
        assert_eq!(read.form, "own", "{id}");
        let lost = if form.is_open() { Vec::new() } else { nianbao::selftest::selftest(&forms, &own) };
        assert!(lost.is_empty(), "{id}: {lost:?}");
    }
}

#[test]
fn an_own_form_does_not_take_reports_of_a_built_in_form() {
    // A quarterly form of the rows of one table of the yearly report, with a title of its own.
    let yearly = Forms::all().unwrap();
    let yearly = yearly.get("gkbg-2021").unwrap();
    let text = drafted(yearly, "own");
    let table = text.find("[[table]]\nid = \"t2\"").unwrap();
    let next = text[table..].find("[[table]]\nid = \"t3\"").map(|at| table + at).unwrap();
    let quarterly = format!(
        "language = 1\nid = \"own\"\nname = {{ zh = \"申请办理季报\", en = \"Requests\" }}\n[title]\n\
         pattern = \"{{agency}}{{year}}年第{{quarter}}季度依申请公开办理季报\"\n[[section]]\nid = \"s3\"\nheading = \"申请办理情况\"\n{}",
        text[table..next]
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n")
            .replace("section = \"s2\"", "section = \"s3\"")
    );
    let mut forms = Forms::all().unwrap();
    let own = forms.add("own.toml", &quarterly).unwrap_or_else(|error| panic!("{error}\n{quarterly}"));
    let read = Binder::new(&forms).bind(&filled(yearly), &Hints::default()).unwrap();
    assert_eq!(read.form, "gkbg-2021");
    let read = Binder::new(&forms).bind(&filled(&own), &Hints::default()).unwrap();
    assert_eq!(read.form, "own");
}

const TWICE: &str = "language = 1\nid = \"ID\"\nname = { zh = \"ZH\", en = \"EN\" }\n[title]\npattern = \"{agency}{year}年用水检查表\"\n\
    [[section]]\nid = \"s\"\nheading = \"用水检查\"\n[[table]]\nid = \"t\"\nsection = \"s\"\n[[table.block]]\ncorner = \"项目\"\n\
    columns = [{ id = \"a\", label = \"检查次数\" }, { id = \"b\", label = \"整改次数\" }]\n\
    rows = [{ id = \"r1\", label = \"学校食堂\" }, { id = \"r2\", label = \"医院宿舍\" }, { id = \"r3\", label = \"机关大院\" }]\n";

#[test]
fn of_two_forms_that_fit_equally_none_is_taken_and_both_are_named() {
    let form = |id: &str, zh: &str| TWICE.replace("ID", id).replace("ZH", zh).replace("EN", id);
    let mut forms = Forms::all().unwrap();
    let first = forms.add("a.toml", &form("county", "县用水表")).unwrap();
    let report = filled(&first);
    let read = Binder::new(&forms).bind(&report, &Hints::default()).unwrap();
    assert_eq!(read.form, "county");
    forms.add("b.toml", &form("city", "市用水表")).unwrap();
    for any in [false, true] {
        let refused = Binder::new(&forms).bind(&report, &Hints { any, ..Hints::default() }).unwrap_err();
        assert_eq!(refused.code, "form-undecided");
        assert!(refused.message.zh.contains("“县用水表”（county）和“市用水表”（city）"), "{refused:?}");
        assert!(refused.message.en.contains("\"county\" (county) and \"city\" (city)"), "{refused:?}");
    }
    // A name decides, and so does the year.
    let named = Binder::new(&forms).bind(&report, &Hints { form: Some("city"), ..Hints::default() }).unwrap();
    assert_eq!(named.form, "city");
    forms.add("b.toml", &form("city", "市用水表").replacen("[title]", "years = [1990, 1999]\n[title]", 1)).unwrap();
    forms.add("a.toml", &form("county", "县用水表").replacen("[title]", "years = [2000, 9999]\n[title]", 1)).unwrap();
    let dated = Binder::new(&forms).bind(&report, &Hints::default()).unwrap();
    assert_eq!(dated.form, "county");
    assert!(dated.findings.iter().any(|finding| finding.code == "form-by-year"), "{:?}", dated.findings);
}
