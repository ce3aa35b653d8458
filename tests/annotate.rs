//! Comments in the sender's own file: at the right cell, valid, and with nothing else changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use nianbao::annotate::{AUTHOR, AnnotateError, Annotated, annotate};
use nianbao::bind::{Hints, bind};
use nianbao::check::{Context, check};
use nianbao::document::{Budget, Place};
use nianbao::finding::{Finding, Language, Message, codes};
use nianbao::form::{Form, Forms};
use nianbao::read::read;
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Every part with its compressed bytes.
fn packed(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index_raw(index).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}")).read_to_string(&mut text).unwrap();
    text
}

/// Names of the changed parts, and of the new parts.
fn touched(before: &[u8], after: &[u8]) -> (Vec<String>, Vec<String>) {
    let (before, after) = (packed(before), packed(after));
    assert!(before.keys().all(|name| after.contains_key(name)));
    let new = after.keys().filter(|name| !before.contains_key(*name)).cloned().collect();
    let changed = before.iter().filter(|(name, content)| after[*name] != **content);
    (changed.map(|(name, _)| name.clone()).collect(), new)
}

fn form() -> std::sync::Arc<Form> {
    Forms::built_in().unwrap().get("gkbg-2021").cloned().unwrap()
}

/// A report with one wrong cell, written and read back: the file, the report as read, and its findings.
fn wrong(output: Output) -> (Vec<u8>, Report, Vec<Finding>) {
    let form = form();
    let mut report = Sampler::new(5).report(&form);
    let field = "requests.granted.enterprise";
    let right = report.values[field].value.unwrap();
    report.values[field] = Value::number(right + rust_decimal::Decimal::from(40));
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    let bytes = writer.write(&form, &report).unwrap();
    let read = reread(&bytes);
    let findings = check(&form, &read, &Context::default());
    assert!(findings.iter().any(|finding| finding.code == "cell-wrong"), "{findings:?}");
    (bytes, read, findings)
}

fn reread(bytes: &[u8]) -> Report {
    let reading = read(bytes, None, &mut Budget::default()).unwrap();
    bind(&reading, &Forms::built_in().unwrap(), &Hints::default()).unwrap()
}

fn annotated(bytes: &[u8], findings: &[Finding]) -> Annotated {
    annotate(bytes, findings, (Language::Zh, AUTHOR), &mut Budget::default()).unwrap()
}

#[test]
fn word_comments_hang_at_the_cell_and_nothing_else_changes() {
    let (bytes, report, findings) = wrong(Output::Docx);
    let made = annotated(&bytes, &findings);
    assert_eq!(made.comments, 1);
    let (changed, new) = touched(&bytes, &made.bytes);
    assert_eq!(changed, ["[Content_Types].xml", "word/_rels/document.xml.rels", "word/document.xml"]);
    assert_eq!(new, ["word/comments1.xml"]);
    let comments = part(&made.bytes, "word/comments1.xml");
    assert!(comments.contains("商业企业") && comments.contains("w:id=\"0\""), "{comments}");
    // Without the inserted markup, the body is the sender's.
    let marks = regex::Regex::new(
        r"<w:commentRangeStart [^>]*/>|<w:commentRangeEnd [^>]*/><w:r><w:commentReference [^>]*/></w:r>",
    );
    let body = part(&made.bytes, "word/document.xml");
    assert_eq!(marks.unwrap().replace_all(&body, ""), part(&bytes, "word/document.xml"));
    // The range encloses the wrong figure.
    let raw = &report.values["requests.granted.enterprise"].raw;
    let range = body.split("<w:commentRangeStart").nth(1).unwrap().split("<w:commentRangeEnd").next().unwrap();
    assert!(range.contains(&format!(">{raw}<")), "{range}");
    assert_eq!(reread(&made.bytes).values, {
        let mut values = report.values.clone();
        for (field, value) in &mut values {
            value.place.clone_from(&reread(&made.bytes).values[field].place);
        }
        values
    });
}

#[test]
fn comments_are_added_to_those_that_are_there() {
    let (bytes, _, findings) = wrong(Output::Docx);
    let once = annotated(&bytes, &findings);
    let findings = check(&form(), &reread(&once.bytes), &Context::default());
    let twice = annotated(&once.bytes, &findings);
    let (changed, new) = touched(&once.bytes, &twice.bytes);
    assert_eq!(changed, ["word/comments1.xml", "word/document.xml"]);
    assert!(new.is_empty());
    let comments = part(&twice.bytes, "word/comments1.xml");
    assert!(comments.contains("w:id=\"0\"") && comments.contains("w:id=\"1\""), "{comments}");
}

#[test]
fn workbook_notes_have_text_and_box() {
    let (bytes, report, findings) = wrong(Output::Xlsx);
    let made = annotated(&bytes, &findings);
    assert_eq!(made.comments, 1);
    let place = report.values["requests.granted.enterprise"].place.clone().unwrap();
    let (changed, new) = touched(&bytes, &made.bytes);
    assert!(new.contains(&"xl/comments1.xml".to_owned()) && new.contains(&"xl/drawings/vmlDrawing1.vml".to_owned()));
    assert!(changed.iter().all(|name| name.contains("sheet") || name == "[Content_Types].xml"), "{changed:?}");
    let comments = part(&made.bytes, "xl/comments1.xml");
    assert!(comments.contains(&format!("ref=\"{}\"", place.a1().unwrap())), "{comments}");
    let drawing = part(&made.bytes, "xl/drawings/vmlDrawing1.vml");
    assert!(drawing.contains(&format!("<x:Row>{}</x:Row>", place.row.unwrap())), "{drawing}");
    let again = annotated(&made.bytes, &check(&form(), &reread(&made.bytes), &Context::default()));
    let (_, new) = touched(&made.bytes, &again.bytes);
    assert!(new.is_empty(), "{new:?}");
    assert_eq!(part(&again.bytes, "xl/comments1.xml").matches("<comment ").count(), 1);
    assert_eq!(reread(&again.bytes).values, report.values);
}

fn somewhere(place: Option<Place>) -> Finding {
    let code = codes().find(|code| code.id == "section-missing").unwrap();
    Finding::new(code, Message::new("标题<不>规范\u{1}", "x")).at(place)
}

#[test]
fn findings_without_a_place_are_at_the_beginning() {
    let (bytes, ..) = wrong(Output::Docx);
    let made = annotated(&bytes, &[somewhere(None), somewhere(Some(Place::line(3)))]);
    assert_eq!(made.comments, 1);
    assert!(part(&made.bytes, "word/comments1.xml").contains("标题&lt;不&gt;规范<"));
    let body = part(&made.bytes, "word/document.xml");
    assert!(body.find("<w:commentReference").unwrap() < body.find("</w:p>").unwrap());
    let (bytes, ..) = wrong(Output::Xlsx);
    let made = annotated(&bytes, &[somewhere(None)]);
    assert!(part(&made.bytes, "xl/comments1.xml").contains("ref=\"A1\""));
    // Without findings nothing changes.
    assert_eq!(touched(&bytes, &annotated(&bytes, &[]).bytes), (Vec::new(), Vec::new()));
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn other_prefixes_and_wrong_places_are_supported() {
    let types = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>";
    let rels = "<Relationships><Relationship Id='r' Type='http://x/officeDocument' Target='d.xml'/></Relationships>";
    let body = "<x:document xmlns:x='y'><x:body><x:p/></x:body></x:document>";
    let bytes = zipped(&[("[Content_Types].xml", types), ("_rels/.rels", rels), ("d.xml", body)]);
    let part_name: std::sync::Arc<str> = "d.xml".into();
    for span in [(0, 5), (3, 900_000), (37, 43), (40, 10), (30, 31)] {
        let place = Place::paragraph(&part_name, 0).with_span(span.0, span.1);
        let made = annotated(&bytes, &[somewhere(Some(place))]);
        let body = part(&made.bytes, "d.xml");
        assert!(body.contains("<x:p><x:commentRangeStart x:id=\"0\"/>"), "{span:?}: {body}");
    }
    let strict = body.replace("'y'", "'http://purl.oclc.org/ooxml/wordprocessingml/main'");
    let bytes = zipped(&[("[Content_Types].xml", types), ("_rels/.rels", rels), ("d.xml", &strict)]);
    let refused = annotate(&bytes, &[], (Language::Zh, AUTHOR), &mut Budget::default());
    assert!(matches!(refused, Err(AnnotateError::Unsupported(_))));
    assert!(annotate(b"<html></html>", &[], (Language::Zh, AUTHOR), &mut Budget::default()).is_err());
}

/// The bytes of every entry, local header included.
fn laid(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let entry = archive.by_index_raw(index).unwrap();
            let start = entry.header_start() as usize;
            let end = entry.data_start().unwrap() as usize + entry.compressed_size() as usize;
            (entry.name().unwrap().into_owned(), bytes[start..end].to_vec())
        })
        .collect()
}

#[test]
fn entries_that_are_not_touched_keep_their_headers_too() {
    for output in [Output::Docx, Output::Xlsx] {
        let (bytes, _, findings) = wrong(output);
        let made = annotated(&bytes, &findings);
        let (before, after) = (laid(&bytes), laid(&made.bytes));
        let (changed, _) = touched(&bytes, &made.bytes);
        for (name, entry) in before.iter().filter(|(name, _)| !changed.contains(name)) {
            assert_eq!(entry, &after[name], "{name}");
        }
    }
}

/// The package with parts replaced or added, and some parts left out.
fn with_parts(bytes: &[u8], parts: &[(&str, &str)], without: &[&str]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for name in names.iter().filter(|name| !without.contains(&name.as_str())) {
        if !parts.iter().any(|(part, _)| part == name) {
            let mut content = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
            all.push((name.clone(), content));
        }
    }
    all.extend(parts.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in all {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_document_without_relationships_gets_some() {
    let (bytes, _, findings) = wrong(Output::Docx);
    let bytes = with_parts(&bytes, &[], &["word/_rels/document.xml.rels"]);
    let made = annotated(&bytes, &findings);
    assert!(part(&made.bytes, "word/_rels/document.xml.rels").contains("Target=\"/word/comments1.xml\""));
    assert!(reread(&made.bytes).values["requests.granted.enterprise"].value.is_some());
}

#[test]
fn comments_and_people_of_others_stay_as_they_are() {
    let (bytes, _, findings) = wrong(Output::Docx);
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let theirs = "<w:comments xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:comment w:id=\"0\" \
         w:author=\"王\"><w:p><w:r><w:t>请核实</w:t></w:r></w:p></w:comment><w:comment w:id=\"4294967295\" w:author=\"李\"/></w:comments>";
    let rels = part(&bytes, "word/_rels/document.xml.rels").replace(
        "</Relationships>",
        &format!("<Relationship Id=\"nianbao1\" Type=\"{office}/comments\" Target=\"comments.xml\"/></Relationships>"),
    );
    let people = "<w15:people xmlns:w15=\"http://schemas.microsoft.com/office/word/2012/wordml\"/>";
    let bytes = with_parts(
        &bytes,
        &[("word/comments.xml", theirs), ("word/_rels/document.xml.rels", &rels), ("word/people.xml", people)],
        &[],
    );
    let made = annotated(&bytes, &findings);
    let (changed, new) = touched(&bytes, &made.bytes);
    assert_eq!((changed, new), (vec!["word/comments.xml".to_owned(), "word/document.xml".to_owned()], Vec::new()));
    let comments = part(&made.bytes, "word/comments.xml");
    assert!(
        comments.starts_with(theirs.trim_end_matches("</w:comments>")) && comments.contains("w:id=\"1\""),
        "{comments}"
    );
}

#[test]
fn workbook_notes_of_others_and_threaded_ones_stay_as_they_are() {
    let (bytes, report, findings) = wrong(Output::Xlsx);
    let once = annotated(&bytes, &findings).bytes;
    let cell = report.values["requests.granted.enterprise"].place.as_ref().unwrap().a1().unwrap();
    let threaded = part(&once, "xl/comments1.xml").replace("<author>年报核对<", "<author>tc={0}<");
    let bytes = with_parts(&once, &[("xl/comments1.xml", &threaded)], &[]);
    let made = annotated(&bytes, &findings);
    assert!(touched(&bytes, &made.bytes).1.is_empty());
    let comments = part(&made.bytes, "xl/comments1.xml");
    assert_eq!(comments.matches("<comment ").count(), 2);
    assert!(comments.contains(&format!(">{cell}: ")) && comments.contains("<author>年报核对<"), "{comments}");
    assert_eq!(part(&made.bytes, "xl/drawings/vmlDrawing1.vml").matches("<v:shape ").count(), 2);
    assert_eq!(reread(&made.bytes).values, report.values);
}

#[test]
fn a_part_in_another_encoding_is_written_in_utf_8() {
    let (bytes, _, findings) = wrong(Output::Docx);
    let text = part(&bytes, "word/document.xml");
    let declared = text.replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1);
    assert_ne!(declared, text);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(declared.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        writer.start_file(name.clone(), SimpleFileOptions::default()).unwrap();
        writer.write_all(if name == "word/document.xml" { &utf16 } else { &content }).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let findings_there = check(&form(), &reread(&bytes), &Context::default());
    assert_eq!(findings.len(), findings_there.len());
    let made = annotated(&bytes, &findings_there);
    let body = part(&made.bytes, "word/document.xml");
    assert!(!body.contains("UTF-16") && body.contains("commentRangeStart"));
    assert_eq!(reread(&made.bytes).values.len(), 200);
}

#[test]
fn other_formats_are_refused_and_the_number_of_comments_is_limited() {
    for bytes in [&b"<html></html>"[..], b"\xd0\xcf\x11\xe0", b""] {
        let refused = annotate(bytes, &[], (Language::Zh, AUTHOR), &mut Budget::default());
        assert!(matches!(refused, Err(AnnotateError::Unsupported(_))), "{refused:?}");
    }
    let (bytes, ..) = wrong(Output::Docx);
    let part_name: std::sync::Arc<str> = "word/document.xml".into();
    let flood: Vec<Finding> = (0..20_000).map(|number| somewhere(Some(Place::paragraph(&part_name, number)))).collect();
    let made = annotated(&bytes, &flood);
    assert!(made.comments <= 400 && made.bytes.len() < bytes.len() + (100 << 10), "{}", made.comments);
}
