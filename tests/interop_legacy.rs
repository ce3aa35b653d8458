//! The official blank form filled with distinct numbers, and saved by LibreOffice in older formats: each number is read into its field.
//! Run by `scripts/test`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::fill::DocxTemplate;
use nianbao::form::{Form, Forms};
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

/// Formats in which LibreOffice saves a Word file, with their suffixes.
const FORMATS: &[(&str, &str)] = &[
    ("doc", "doc"),
    ("rtf", "rtf"),
    ("odt", "odt"),
    ("fodt", "fodt"),
    ("docx:MS Word 2007 XML", "docx"),
    ("xml:MS Word 2003 XML", "xml"),
    ("html:HTML (StarWriter)", "html"),
];

/// A report in which every field has a different number.
fn distinct(form: &Form) -> Report {
    let mut report = Sampler::new(3).report(form);
    for (number, value) in (1_001_u32..).zip(report.values.values_mut()) {
        *value = Value::number(number.into());
    }
    report
}

fn libreoffice(file: &Path, to: &str, suffix: &str, folder: &Path) -> PathBuf {
    let out = folder.join(format!("as-{suffix}"));
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", to, "--outdir"]).arg(&out).arg(file);
    let output = command.output().unwrap_or_else(|error| panic!("soffice: {error}"));
    assert!(output.status.success(), "{to}: {output:?}");
    out.join(file.file_stem().unwrap()).with_extension(suffix)
}

/// Fills the blank form, has LibreOffice save it in every format, and reads each.
fn every_format_gives_every_number(blank: &[u8], forms: &Forms, binder: &Binder) {
    let template = DocxTemplate::compile(blank, binder, forms, None).unwrap_or_else(|error| panic!("{error}"));
    let report = distinct(template.form());
    let filled = template.fill(&report).unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("filled.docx");
    std::fs::write(&file, filled.bytes).unwrap();
    for (to, suffix) in FORMATS {
        let made = libreoffice(&file, to, suffix, folder.path());
        let bytes = std::fs::read(&made).unwrap_or_else(|error| panic!("{to}: {error}"));
        let name = made.file_name().unwrap().to_string_lossy();
        let reading = nianbao::read::read(&bytes, Some(&name), &mut Budget::default()).unwrap();
        assert_eq!(reading.findings, [], "{to}");
        let again = binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{to}: {finding:?}"));
        assert_eq!((&again.form, again.year, &again.agency), (&report.form, report.year, &report.agency), "{to}");
        assert_eq!(again.values.len(), report.values.len());
        for (field, value) in &report.values {
            assert_eq!(again.values[field].value, value.value, "{to}: {field}");
        }
    }
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn the_official_template_keeps_every_number_in_every_older_format() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/template-2021-wps.docx");
    let blank = std::fs::read(&path).unwrap();
    let forms = Forms::built_in().unwrap();
    every_format_gives_every_number(&blank, &forms, &Binder::new(&forms));
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn our_blank_forms_keep_every_number_in_every_older_format() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    for id in ["gkbg-2019", "gkbg-2021"] {
        let form = forms.get(id).unwrap();
        let blank = writer.write(form, &Sampler::new(4).report(form)).unwrap();
        every_format_gives_every_number(&blank, &forms, &binder);
    }
}
