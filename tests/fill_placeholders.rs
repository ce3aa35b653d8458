//! Blank forms with placeholders in their cells: they are recognised as the form's tables, nothing is read from them, and a filled-in
//! report replaces them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read, Write};

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::fill::Template;
use nianbao::finding::Severity;
use nianbao::form::{Form, Forms};
use nianbao::report::{Kind, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

/// Placeholders that offices put into the cells of a blank form.
const PLACEHOLDERS: &[&str] = &[
    "X",
    "XX",
    "××",
    "____",
    "填写",
    "（填写）",
    "待填",
    "N",
    "数字",
    "请填数字",
    "件",
    "     件",
    "年  月  日",
    "单击或点击此处输入文字。",
    "{{数据}}",
    "[此处填数]",
    "……",
];

fn written(form: &Form, report: &Report, output: Output) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    writer.write(form, report).unwrap()
}

/// A blank form with a text in some of its figure cells.
fn held(form: &Form, text: &str, has: impl Fn(usize) -> bool) -> Report {
    let mut report = Report::empty(&form.id);
    for (_, field) in form.fields.iter().enumerate().filter(|(index, _)| has(*index)) {
        let value = report.values.entry(field.id.clone()).or_default();
        text.clone_into(&mut value.raw);
        value.kind = Kind::Text;
    }
    report
}

fn bound(binder: &Binder, bytes: &[u8]) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    binder.bind(&reading, &Hints::default()).unwrap()
}

fn each_is_read_as_nothing_and_filled(bytes: &[u8], form: &Form, (forms, binder): (&Forms, &Binder), what: &str) {
    let blank = bound(binder, bytes);
    for field in &form.fields {
        let told = blank
            .findings
            .iter()
            .any(|finding| finding.severity >= Severity::Warning && finding.fields.contains(&field.id));
        let value = &blank.values[&field.id];
        assert!(value.value.is_none() && (told || value.kind == Kind::Dash), "{what}: {} {value:?}", field.id);
        assert!(value.place.is_some(), "{what}: {} has no place", field.id);
    }
    let template =
        Template::compile(bytes, binder, forms, Some(&form.id)).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = Sampler::new(4).report(form);
    let filled = template.fill(&report).unwrap();
    let homeless = filled.findings.iter().find(|finding| finding.code == "field-has-no-place");
    assert!(homeless.is_none(), "{what}: {homeless:?}");
    let back = bound(binder, &filled.bytes);
    for (field, value) in &report.values {
        assert_eq!(back.values[field].value, value.value, "{what}: {field}");
    }
}

#[test]
fn every_placeholder_is_replaced_in_every_table() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    for text in PLACEHOLDERS {
        for output in [Output::Docx, Output::Xlsx] {
            let bytes = written(form, &held(form, text, |_| true), output);
            each_is_read_as_nothing_and_filled(&bytes, form, (&forms, &binder), &format!("{text} in {output:?}"));
        }
    }
}

#[test]
fn a_row_that_is_half_blank_and_half_placeholders_is_the_row() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    for (number, has) in [|at: usize| at.is_multiple_of(2), |at: usize| !at.is_multiple_of(3), |at: usize| at >= 190]
        .into_iter()
        .enumerate()
    {
        let report = held(form, "填写", has);
        let bytes = written(form, &report, Output::Docx);
        let found = bound(&binder, &bytes);
        let placed = form.fields.iter().filter(|field| found.values[&field.id].place.is_some()).count();
        assert_eq!(placed, form.fields.len(), "{number}");
        let template = Template::compile(&bytes, &binder, &forms, None).unwrap();
        let report = Sampler::new(6).report(form);
        let back = bound(&binder, &template.fill(&report).unwrap().bytes);
        for (field, value) in &report.values {
            assert_eq!(back.values[field].value, value.value, "{number}: {field}");
        }
    }
}

#[test]
fn content_controls_of_cells_are_replaced() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    let bytes = written(form, &held(form, "待填写", |_| true), Output::Docx);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut controls = 0;
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name == "word/document.xml" {
            let xml = String::from_utf8(content).unwrap();
            let mut changed = String::new();
            for (number, part) in xml.split("待填写").enumerate() {
                if number > 0 {
                    changed.push_str("单击此处输入文字。");
                }
                let run = part.rfind("<w:r>").or_else(|| part.rfind("<w:r "));
                // The run begins before the text and ends after it.
                let part = match (number, part.find("</w:r>")) {
                    (0, _) | (_, None) => part.to_owned(),
                    (_, Some(end)) => {
                        controls += 1;
                        let end = end + "</w:r>".len();
                        format!("{}</w:sdtContent></w:sdt>{}", &part[..end], &part[end..])
                    }
                };
                let at = run.and_then(|_| part.rfind("<w:r>").or_else(|| part.rfind("<w:r ")));
                match at {
                    Some(at) if xml.split("待填写").count() > number + 1 => {
                        changed.push_str(&part[..at]);
                        changed.push_str("<w:sdt><w:sdtPr><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>");
                        changed.push_str(&part[at..]);
                    }
                    _ => changed.push_str(&part),
                }
            }
            content = changed.into_bytes();
        }
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    assert_eq!(controls, form.fields.len());
    let bytes = writer.finish().unwrap().into_inner();
    each_is_read_as_nothing_and_filled(&bytes, form, (&forms, &binder), "content controls");
}
