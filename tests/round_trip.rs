//! A report that is written and read back is the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use nianbao::report::{Content, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

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

fn written(output: Output) -> Option<nianbao::write::WriteFn> {
    WRITERS.iter().find(|writer| writer.output == output).map(|writer| writer.write)
}

fn back(binder: &Binder, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap_or_else(|error| panic!("{error}"));
    binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn same(output: Output) {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let write = written(output).unwrap_or_else(|| panic!("no writer for {output:?}"));
    for form in forms.iter() {
        for seed in 0..40 {
            let report = Sampler::new(seed).report(form);
            let again = back(&binder, &write(form, &report).unwrap());
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
