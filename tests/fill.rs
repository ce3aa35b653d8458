//! An office's own Word file filled in place: figures, title and narrative are read back, and nothing else has changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Budget, Picture};
use nianbao::fill::{DocxTemplate, FillError};
use nianbao::form::{Form, Forms};
use nianbao::report::{Content, ExtraCell, ExtraTable, Report, Section};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

struct Fixture {
    forms: Forms,
    binder: Binder,
}

fn fixture() -> Fixture {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    Fixture { forms, binder }
}

impl Fixture {
    fn compile(&self, bytes: &[u8]) -> DocxTemplate {
        DocxTemplate::compile(bytes, &self.binder, &self.forms, None).unwrap_or_else(|error| panic!("{error}"))
    }

    fn back(&self, bytes: &[u8]) -> Report {
        let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
        self.binder.bind(&reading, &Hints::default()).unwrap()
    }
}

fn docx(form: &Form, report: &Report) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    writer.write(form, report).unwrap()
}

/// A blank form as handed out by an office: the writer's own, without figures and narrative, with placeholders.
fn blank(form: &Form) -> Vec<u8> {
    let mut report = Report::empty(&form.id);
    report.title = Some("政府信息公开工作年度报告格式模板".into());
    for section in form.sections.iter().filter(|section| section.heading.is_some()) {
        let text = section.placeholders.first().cloned().unwrap_or_default();
        let content = vec![Content::text(text)];
        report.sections.push(Section { id: section.id.clone(), heading: None, content });
    }
    docx(form, &report)
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), content);
    }
    parts
}

fn texts(report: &Report) -> Vec<(String, Vec<String>)> {
    let text = |content: &Content| match content {
        Content::Paragraph { text, .. } => Some(text.clone()),
        Content::Table { table } => Some(format!("[{table}]")),
        _ => None,
    };
    let sections = report.sections.iter().filter(|section| !section.content.is_empty());
    sections.map(|section| (section.id.clone(), section.content.iter().filter_map(text).collect())).collect()
}

fn same(wanted: &Report, found: &Report) {
    for (field, value) in &wanted.values {
        assert_eq!((&found.values[field].raw, found.values[field].value), (&value.raw, value.value), "{field}");
    }
    assert_eq!(found.title, wanted.title);
    assert_eq!(found.agency, wanted.agency);
    assert_eq!(texts(found), texts(wanted));
}

#[test]
fn a_blank_form_filled_reads_back_the_same() {
    let fixture = fixture();
    for form in fixture.forms.iter() {
        let template = fixture.compile(&blank(form));
        assert!(template.findings().is_empty(), "{:?}", template.findings());
        for seed in 0..20 {
            let report = Sampler::new(seed).report(form);
            let filled = template.fill(&report).unwrap();
            assert!(filled.findings.is_empty(), "{:?}", filled.findings);
            same(&report, &fixture.back(&filled.bytes));
        }
    }
}

#[test]
fn last_years_report_serves_as_a_template_and_nothing_of_it_is_left() {
    let fixture = fixture();
    for form in fixture.forms.iter() {
        let template = fixture.compile(&docx(form, &Sampler::new(99).report(form)));
        let codes: Vec<&str> = template.findings().iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["template-had-figures"]);
        for seed in 0..20 {
            let report = Sampler::new(seed).report(form);
            same(&report, &fixture.back(&template.fill(&report).unwrap().bytes));
        }
    }
}

#[test]
fn only_the_text_of_the_document_changes() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let original = blank(form);
    let filled = fixture.compile(&original).fill(&Sampler::new(1).report(form)).unwrap().bytes;
    let (before, after) = (parts(&original), parts(&filled));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, content) in &before {
        assert_eq!(after[name] == *content, name != "word/document.xml", "{name}");
    }
    // Every other entry is unchanged in the archive byte for byte, its header included.
    let local = |bytes: &[u8], name: &str| {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let entry = archive.by_name(name).unwrap();
        let end = entry.data_start().unwrap() + entry.compressed_size();
        bytes[entry.header_start() as usize..end as usize].to_vec()
    };
    for name in before.keys().filter(|name| *name != "word/document.xml") {
        assert_eq!(local(&original, name), local(&filled, name), "{name}");
    }
}

#[test]
fn a_report_filled_into_its_own_file_leaves_every_part_as_it_was() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let report = Sampler::new(5).report(form);
    let original = docx(form, &report);
    let filled = fixture.compile(&original).fill(&fixture.back(&original)).unwrap().bytes;
    let figures = |bytes: &[u8]| {
        let xml = String::from_utf8(parts(bytes)["word/document.xml"].clone()).unwrap();
        let tables: Vec<String> =
            xml.split("<w:tbl>").skip(1).map(|table| table.split("</w:tbl>").next().unwrap().to_owned()).collect();
        tables
    };
    assert_eq!(figures(&filled), figures(&original));
    same(&fixture.back(&original), &fixture.back(&filled));
}

#[test]
fn the_same_report_gives_the_same_bytes_on_any_thread() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let template = fixture.compile(&blank(form));
    let report = Sampler::new(3).report(form);
    let first = template.fill(&report).unwrap().bytes;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| template.fill(&report).unwrap().bytes)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), first);
        }
    });
}

#[test]
fn a_byte_order_mark_and_another_prefix_are_supported() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let report = Sampler::new(7).report(form);
    let mut archive = parts(&blank(form));
    let xml = String::from_utf8(archive["word/document.xml"].clone()).unwrap();
    let renamed =
        xml.replace("<w:", "<n:").replace("</w:", "</n:").replace("xmlns:w=", "xmlns:n=").replace(" w:", " n:");
    archive.insert("word/document.xml".into(), format!("\u{feff}{renamed}").into_bytes());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in &archive {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    let template = fixture.compile(&writer.finish().unwrap().into_inner());
    let filled = template.fill(&report).unwrap();
    assert!(parts(&filled.bytes)["word/document.xml"].starts_with("\u{feff}<?xml".as_bytes()));
    same(&report, &fixture.back(&filled.bytes));
}

#[test]
fn content_without_a_place_is_reported_and_not_lost() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let mut archive = parts(&blank(form));
    let xml = String::from_utf8(archive["word/document.xml"].clone()).unwrap();
    // The last table and the last heading are removed from the template.
    let table = xml.rfind("<w:tbl>").unwrap()..xml.rfind("</w:tbl>").unwrap() + "</w:tbl>".len();
    let mut cut = xml.clone();
    cut.replace_range(table, "");
    let heading = &form.sections.last().unwrap().heading.as_ref().unwrap().text;
    let cut = cut.replace(heading.as_str(), "备注");
    archive.insert("word/document.xml".into(), cut.into_bytes());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in &archive {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    let template = fixture.compile(&writer.finish().unwrap().into_inner());
    let mut report = Sampler::new(11).report(form);
    let last = form.sections.last().unwrap().id.clone();
    report.sections.retain(|section| section.id != last);
    report.sections.push(Section { id: last, heading: None, content: vec![Content::text("没有其他事项。")] });
    let filled = template.fill(&report).unwrap();
    let codes: Vec<&str> = filled.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["field-has-no-place", "section-has-no-place"]);
    assert_eq!(filled.findings[0].fields.len(), 15);
    let back = fixture.back(&filled.bytes);
    assert!(format!("{:?}", back.sections).contains("没有其他事项。"));
}

#[test]
fn extra_tables_and_pictures_go_where_they_belong() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let mut report = Sampler::new(2).report(form);
    let cell = |row, column, row_span, col_span, text: &str| {
        let text = text.into();
        ExtraCell { row, column, row_span, col_span, text }
    };
    let cells =
        vec![cell(0, 0, 2, 1, "渠道"), cell(0, 1, 1, 2, "条数"), cell(1, 1, 1, 1, "网站"), cell(1, 2, 1, 1, "12")];
    let table = ExtraTable { rows: 2, columns: 3, cells, place: None };
    let bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10".to_vec();
    report.pictures.push(Picture { name: "a.png".into(), media_type: "image/png".into(), bytes: bytes.clone().into() });
    let section = report.sections.iter_mut().find(|section| section.id == "overview").unwrap();
    section.content.push(Content::Extra(table.clone()));
    section.content.push(Content::Picture { index: 0, extent: None, alt: Some("图解".into()) });
    let filled = fixture.compile(&blank(form)).fill(&report).unwrap();
    assert_eq!(filled.findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["pictures-added"]);
    assert_eq!(parts(&filled.bytes)["word/media/picture0.png"], bytes);
    let back = fixture.back(&filled.bytes);
    let content = &back.section("overview").unwrap().content;
    let extra = content.iter().find_map(|content| match content {
        Content::Extra(table) => Some(ExtraTable { place: None, ..table.clone() }),
        _ => None,
    });
    assert_eq!(extra, Some(table));
    assert_eq!(&*back.pictures[0].bytes, bytes.as_slice());
    assert!(matches!(content.last(), Some(Content::Picture { index: 0, alt: Some(alt), .. }) if alt == "图解"));
}

#[test]
fn a_report_of_another_form_and_a_file_without_a_form_are_refused() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let other = fixture.forms.get("gkbg-2019").unwrap();
    let refused = fixture.compile(&blank(form)).fill(&Sampler::new(1).report(other));
    assert!(matches!(refused, Err(FillError::OtherForm { .. })));
    let compile = |bytes: &[u8]| DocxTemplate::compile(bytes, &fixture.binder, &fixture.forms, None);
    assert!(matches!(compile(b"a text"), Err(FillError::NotATemplate(_))));
    assert!(matches!(compile(b"PK\x03\x04"), Err(FillError::Read(_))));
}

#[test]
fn every_placeholder_is_replaced() {
    let fixture = fixture();
    let form = fixture.forms.get("gkbg-2021").unwrap();
    let mut archive = parts(&blank(form));
    let mut xml = String::from_utf8(archive["word/document.xml"].clone()).unwrap();
    let paragraph = |text: &str| format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>");
    let control = format!(
        "<w:sdt><w:sdtPr><w:id w:val=\"7\"/><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        paragraph("请在这里写总体情况")
    );
    let signature = ["（此处填写其他事项）", "XX市XX局", "____年__月__日"].map(paragraph).concat();
    let beneath = [
        ("一、总体情况", control),
        ("五、存在的主要问题及改进情况", paragraph("X X X")),
        ("六、其他需要报告的事项", signature),
    ];
    for (heading, added) in beneath {
        let at = xml.rfind(heading).unwrap();
        let end = at + xml[at..].find("</w:p>").unwrap() + "</w:p>".len();
        xml.insert_str(end, &added);
    }
    archive.insert("word/document.xml".into(), xml.into_bytes());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in &archive {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    let template = fixture.compile(&writer.finish().unwrap().into_inner());
    assert!(template.findings().is_empty(), "{:?}", template.findings());
    for seed in 0..10 {
        let report = Sampler::new(seed).report(form);
        let filled = template.fill(&report).unwrap();
        assert!(filled.findings.is_empty(), "{:?}", filled.findings);
        let xml = String::from_utf8(parts(&filled.bytes)["word/document.xml"].clone()).unwrap();
        for gone in ["showingPlcHdr", "请在这里写", "X X X", "此处填写", "XX市", "__"] {
            assert!(!xml.contains(gone), "{gone}");
        }
        let back = fixture.back(&filled.bytes);
        same(&report, &back);
    }
}
