//! A report that is written and read back is the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::{Content, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, Writer};

use crate::sources;

/// A report without what depends on its source: places, findings, and what is not part of a page's or a file's text.
pub(crate) fn essence(report: &Report) -> Report {
    let mut report = report.clone();
    report.findings.clear();
    report.source = None;
    report.contact = nianbao::report::Contact::default();
    for value in report.values.values_mut() {
        value.place = None;
    }
    for section in &mut report.sections {
        for content in &mut section.content {
            if let Content::Paragraph { place, .. } = content {
                *place = None;
            }
        }
    }
    report
}

fn writer(output: Output) -> &'static Writer {
    output.writer().unwrap_or_else(|| panic!("no writer for {output:?}"))
}

fn back(binder: &Binder, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap_or_else(|error| panic!("{error}"));
    binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn same(output: Output) {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    for form in forms.iter() {
        for seed in 0..40 {
            let report = Sampler::new(seed).report(form);
            let again = back(&binder, &writer(output).write(form, &report).unwrap());
            assert!(again.findings.is_empty(), "{output:?} {} seed {seed}: {:?}", form.id, again.findings);
            let (report, again) = (essence(&report), essence(&again));
            for (field, value) in &report.values {
                assert_eq!(&again.values[field], value, "{output:?} {} seed {seed}: {field}", form.id);
            }
            assert_eq!(again.sections, report.sections, "{output:?} {} seed {seed}", form.id);
            assert_eq!(again, report, "{output:?} {} seed {seed}", form.id);
        }
    }
}

#[test]
fn html_reads_back_the_same() {
    same(Output::Html);
}

#[test]
fn docx_reads_back_the_same() {
    same(Output::Docx);
}

#[test]
fn xlsx_reads_back_the_same() {
    same(Output::Xlsx);
}

/// Formats of the files whose figures are written and read back.
const READ_BACK: [&str; 8] = ["docx", "doc", "xlsx", "xls", "xlsb", "ods", "html", "rtf"];

#[test]
fn no_figure_of_a_written_file_differs_from_the_one_that_was_read() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let mut wrong = Vec::new();
    let mut figures = 0;
    let folders = ["samples", "tests/cases", "tests/fixtures"];
    for file in folders.into_iter().flat_map(sources::files) {
        let suffix = file.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        if !READ_BACK.contains(&suffix) {
            continue;
        }
        let bytes = std::fs::read(sources::root().join(&file)).unwrap();
        let Ok(reading) = nianbao::read::read(&bytes, file.to_str(), &mut Budget::default()) else { continue };
        let Ok(report) = binder.bind(&reading, &Hints::default()) else { continue };
        let form = forms.get(&report.form).unwrap();
        for output in [Output::Docx, Output::Xlsx, Output::Html] {
            let bytes = writer(output).write(form, &report).unwrap();
            let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
            let Ok(again) = binder.bind(&reading, &Hints { form: Some(&form.id), ..Hints::default() }) else {
                continue;
            };
            for (field, value) in again.values.iter().filter(|(_, value)| value.value.is_some()) {
                figures += 1;
                let before = report.values.get(field).and_then(|before| before.value);
                if before != value.value {
                    wrong.push(format!("{} as {output:?}: {field} is {before:?}, not {:?}", file.display(), value.raw));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(figures > 30_000, "only {figures} figures");
}
