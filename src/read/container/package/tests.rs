//! Tests with hand-made packages, both valid and invalid.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::document::Limits;

fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Replaces every occurrence of `from` by `to`, of the same length.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = memmem::find_iter(&bytes, from).collect();
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    bytes
}

fn refusal(bytes: &[u8]) -> ReadError {
    Package::open(bytes, &mut Budget::default()).map(|_| ()).unwrap_err()
}

#[test]
fn parts_are_found_as_office_finds_them() {
    let bytes = packed(&[("Word/Document.xml", b"<a/>"), ("x/", b"")]);
    let budget = &mut Budget::default();
    let mut package = Package::open(&bytes, budget).unwrap();
    assert_eq!(package.part("/word/document.XML", budget).unwrap().as_deref(), Some(&b"<a/>"[..]));
    assert_eq!(package.part("word/other.xml", budget).unwrap(), None);
    assert_eq!(package.find("word/document.xml"), Some("Word/Document.xml"));
    let stamp = package.stamp("word/document.xml").unwrap();
    assert_eq!((stamp.size, package.packed("word/document.xml").is_some()), (4, true));
}

#[test]
fn names_that_lead_out_and_names_twice_are_refused() {
    for name in ["/a", "../a", "a/../b", "a\\..\\b", "\\a", "c:/a", "a//b"] {
        let plain = packed(&[(&"n".repeat(name.len()), b"x")]);
        let bytes = replaced(plain, "n".repeat(name.len()).as_bytes(), name.as_bytes());
        assert!(matches!(refusal(&bytes), ReadError::Damaged(_)), "{name}");
    }
    for other in [b"aaaa", b"AAAA"] {
        let bytes = replaced(packed(&[("aaaa", b"x"), ("bbbb", b"y")]), b"bbbb", other);
        assert!(matches!(refusal(&bytes), ReadError::Damaged(_)));
    }
}

#[test]
fn links_and_encrypted_entries_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("a", "/etc", SimpleFileOptions::default()).unwrap();
    assert!(matches!(refusal(&writer.finish().unwrap().into_inner()), ReadError::Damaged(_)));
    let mut bytes = packed(&[("a", b"x")]);
    let directory = memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[directory + 8] |= 1;
    assert_eq!(refusal(&bytes), ReadError::Encrypted);
}

#[test]
fn entries_are_counted_before_the_directory_is_read() {
    let names: Vec<String> = (0..2_100).map(|number| format!("part{number}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(matches!(refusal(&packed(&entries)), ReadError::OverLimit(Exceeded { resource: Resource::Entries, .. })));
}

#[test]
fn a_part_is_counted_while_it_is_inflated() {
    let big = vec![b' '; 8 << 20];
    let bytes = packed(&[("a", &big)]);
    let over = |limits: Limits, resource: Resource| {
        let budget = &mut Budget::new(limits);
        let refused = Package::open(&bytes, budget).unwrap().part("a", budget).unwrap_err();
        assert!(matches!(&refused, ReadError::OverLimit(exceeded) if exceeded.resource == resource), "{refused}");
    };
    over(Limits::default(), Resource::Ratio);
    over(Limits { ratio: 5_000, part_bytes: 1 << 20, ..Limits::default() }, Resource::PartBytes);
    over(Limits { ratio: 5_000, inflated_bytes: 2 << 20, ..Limits::default() }, Resource::InflatedBytes);
}

#[test]
fn declared_sizes_are_not_trusted() {
    let content = b"0123456789".repeat(100);
    let bytes = packed(&[("a", &content)]);
    let directory = memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let mut wrong_size = bytes.clone();
    wrong_size[directory + 24..directory + 28].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    let mut wrong_crc = bytes;
    wrong_crc[directory + 16] ^= 1;
    let budget = &mut Budget::default();
    let read = Package::open(&wrong_size, budget).unwrap().part("a", budget);
    assert!(matches!(&read, Ok(Some(part)) if *part == content) || matches!(read, Err(ReadError::Damaged(_))));
    let read = Package::open(&wrong_crc, budget).unwrap().part("a", budget);
    assert!(matches!(read, Err(ReadError::Damaged(_))));
}

#[test]
fn relationships_stay_inside() {
    let rels = br#"<Relationships xmlns="r"><Relationship Id="a" Type="x/image" Target="media/1.png"/>
        <Relationship Id="b" Type="x/image" Target="/word/media/2.png"/><Relationship Id="c" Type="x/image" Target="../../e"/>
        <Relationship Id="d" Type="x/hyperlink" Target="http://x" TargetMode="External"/>
        <Relationship Id="e" Type="x/image" Target="file:///etc/passwd"/><Relationship Id="f" Type="x/footer" Target="../f.xml"/></Relationships>"#;
    let root =
        br#"<Relationships><Relationship Id="a" Type="y/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let parts: [(&str, &[u8]); 3] =
        [("word/_rels/document.xml.rels", rels), ("_rels/.rels", root), ("word/document.xml", b"<a/>")];
    let bytes = packed(&parts);
    let budget = &mut Budget::default();
    let mut package = Package::open(&bytes, budget).unwrap();
    assert_eq!(package.main_part(budget).unwrap().as_deref(), Some("word/document.xml"));
    let found = package.relationships("word/document.xml", budget).unwrap();
    let shown: Vec<(&str, bool)> = found.all().iter().map(|found| (found.target.as_str(), found.external)).collect();
    let inside = [("word/media/1.png", false), ("word/media/2.png", false)];
    let outside = [("../../e", true), ("http://x", true), ("file:///etc/passwd", true), ("f.xml", false)];
    assert_eq!(shown, [&inside[..], &outside[..]].concat());
    assert_eq!((found.target("footer"), found.by_id("b").map(|one| one.external)), (Some("f.xml"), Some(false)));
}

#[test]
fn the_main_part_is_found_by_its_content_type_too() {
    let types = br#"<Types><Default Extension="xml" ContentType="application/xml"/>
        <Override PartName="/w/d.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let bytes = packed(&[("[Content_Types].xml", &types[..]), ("w/d.xml", b"<a/>")]);
    let budget = &mut Budget::default();
    assert_eq!(Package::open(&bytes, budget).unwrap().main_part(budget).unwrap().as_deref(), Some("w/d.xml"));
}

#[test]
fn parts_are_cached_by_name_and_bytes() {
    let relations = |target: &str| {
        format!("<Relationships><Relationship Id='a' Type='x/image' Target='{target}'/></Relationships>").into_bytes()
    };
    let target = |part: &str, target: &str| {
        let (name, content) = (crate::read::container::relationships::holder(part).1, relations(target));
        let bytes = packed(&[(&name, &content)]);
        let mut budget = Budget::default();
        let mut package = Package::open(&bytes, &mut budget).unwrap();
        let left = |budget: &Budget| {
            [Resource::InflatedBytes, Resource::Steps, Resource::Blocks].map(|resource| budget.left(resource))
        };
        let before = left(&budget);
        let found = package.relationships(part, &mut budget).unwrap();
        let between = left(&budget);
        let again = package.relationships(part, &mut budget).unwrap();
        assert!(std::sync::Arc::ptr_eq(&found, &again));
        // A cache hit charges the same budget.
        let after = left(&budget);
        assert!(
            (0..3).all(|at| before[at] - between[at] == between[at] - after[at]),
            "{before:?} {between:?} {after:?}"
        );
        assert_eq!((before[0] - between[0], before[2] - between[2]), (content.len() as u64, 1));
        found.target("image").unwrap().to_owned()
    };
    assert_eq!(target("word/document.xml", "p.png"), "word/p.png");
    // The same bytes in another folder resolve to other targets, as do other bytes of the same length in the same folder.
    assert_eq!(target("xl/document.xml", "p.png"), "xl/p.png");
    assert_eq!(target("word/document.xml", "q.png"), "word/q.png");
    assert_eq!(target("word/document.xml", "p.png"), "word/p.png");
}
