//! Invariants of outputs for any input: no larger than stated, well-formed, and read back as written.

use std::io::Cursor;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use nianbao::annotate::annotate;
use nianbao::bind::Hints;
use nianbao::check::{Context, check};
use nianbao::corrections::Corrections;
use nianbao::document::Budget;
use nianbao::fill::Template;
use nianbao::finding::{Finding, Language, Message, Severity, codes};
use nianbao::form::Form;
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::{Output, WRITERS};
use zip::ZipArchive;

use crate::{BINDER, FORMS, pack, text};

/// Maximum output size per byte of input: a page repeats the words of a table in markup.
const TIMES: u64 = 60;

/// Size of an output for an empty report: the form itself, with its styles.
const FREE: u64 = 512 << 10;

/// A report of the most common form, with all figures.
static SAMPLE: LazyLock<(&Form, Report)> = LazyLock::new(|| {
    let form = FORMS.iter().next().expect("a built-in form");
    (form, Sampler::new(1).report(form))
});

/// Largest ratio of output to input so far, in hundredths; written to the file named in `NIANBAO_FUZZ_RATIO`.
static LARGEST: AtomicU64 = AtomicU64::new(0);

/// Reads a file of any format, binds it, and writes it in every format; DOCX and XLSX are read back, and must have the same numbers.
pub fn written(bytes: &[u8]) {
    let Ok(reading) = nianbao::read::read(bytes, None, &mut Budget::default()) else { return };
    let Ok(bound) = BINDER.bind_all(&reading, &Hints::default()) else { return };
    for report in &bound.reports {
        let Some(form) = FORMS.get(&report.form) else { continue };
        for writer in WRITERS {
            let Ok(output) = writer.write(form, report) else { continue };
            bounded(bytes, &output);
            if matches!(writer.output, Output::Docx | Output::Xlsx) {
                whole_package(&output);
                read_back(form, report, &output);
            }
        }
    }
}

/// No number of the output may differ from the report's. A figure that is indistinguishable from a copy of its table is left empty.
fn read_back(form: &Form, report: &Report, output: &[u8]) {
    let reading = nianbao::read::read(output, None, &mut Budget::default()).expect("an output that is read again");
    let hints = Hints { form: Some(&form.id), ..Hints::default() };
    let Ok(again) = BINDER.bind(&reading, &hints) else { return };
    for (field, value) in &again.values {
        let before = report.values.get(field);
        let same = before.is_some_and(|before| before.value == value.value);
        assert!(value.value.is_none() || same, "{field}: {before:?} was written, {value:?} is read");
    }
}

/// An office's own template is compiled and filled.
pub fn filled(bytes: &[u8]) {
    let packed = if bytes.starts_with(b"PK") { Some(bytes.to_vec()) } else { pack(bytes) };
    let Some(template) = packed else { return };
    let (form, report) = &*SAMPLE;
    if let Ok(compiled) = Template::compile(&template, &BINDER, &FORMS, Some(&form.id))
        && let Ok(filled) = compiled.fill(report)
    {
        bounded(&template, &filled.bytes);
        whole_package(&filled.bytes);
    }
}

/// A sender's file is annotated with a comment per finding. A PDF may fit no form: it gets one comment without a place.
pub fn annotated(bytes: &[u8]) {
    if bytes.starts_with(b"%PDF-") {
        let Some(code) = codes().find(|code| code.severity >= Severity::Warning) else { return };
        let findings = [Finding::new(code, Message::new("一", "one"))];
        if let Ok(annotated) = annotate(bytes, &findings, (Language::Zh, "办公室"), &mut Budget::default()) {
            assert!(annotated.bytes.starts_with(bytes));
            bounded(bytes, &annotated.bytes);
        }
        return;
    }
    let packed = if bytes.starts_with(b"PK") { Some(bytes.to_vec()) } else { pack(bytes) };
    let Some(sent) = packed else { return };
    let Ok(reading) = nianbao::read::read(&sent, None, &mut Budget::default()) else { return };
    let Ok(report) = BINDER.bind(&reading, &Hints::default()) else { return };
    let Some(form) = FORMS.get(&report.form) else { return };
    let mut findings = report.findings.clone();
    findings.extend(check(form, &report, &Context::default()));
    if let Ok(annotated) = annotate(&sent, &findings, (Language::Zh, "办公室"), &mut Budget::default()) {
        bounded(&sent, &annotated.bytes);
        whole_package(&annotated.bytes);
    }
}

/// An office's page template.
pub fn page(bytes: &[u8]) {
    let (form, report) = &*SAMPLE;
    if let Ok(pages) = PageWriter::new(PageOptions::default(), Some(&text(bytes))) {
        let _ = pages.write(form, report, None);
    }
}

/// Corrections are applied to a report, and the corrected report is written.
pub fn corrected(bytes: &[u8]) {
    let Ok(corrections) = Corrections::read(&text(bytes)) else { return };
    let (form, report) = &*SAMPLE;
    let mut report = report.clone();
    corrections.apply(form, &mut report, 0);
    for writer in WRITERS {
        let _ = writer.write(form, &report);
    }
}

/// Asserts that an output is within the size limit for its input.
fn bounded(input: &[u8], output: &[u8]) {
    let (given, made) = (input.len() as u64, output.len() as u64);
    let ratio = made * 100 / given.max(1);
    if ratio > LARGEST.fetch_max(ratio, Ordering::Relaxed)
        && let Ok(path) = std::env::var("NIANBAO_FUZZ_RATIO")
    {
        let _ = std::fs::write(path, format!("{:.2} {given} {made}\n", ratio as f64 / 100.0));
    }
    assert!(made <= given * TIMES + FREE, "{given} bytes became {made}");
}

/// Asserts that every part of a package inflates, with the right checksum.
fn whole_package(bytes: &[u8]) {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a package");
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("an entry");
        std::io::copy(&mut part, &mut std::io::sink()).expect("a part that is whole");
    }
}
