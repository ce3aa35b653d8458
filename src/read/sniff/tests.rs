//! Tests of format detection.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use encoding_rs::GB18030;

use super::{Sniffed, sniff};
use crate::document::Format;

fn known(bytes: &[u8]) -> Option<Format> {
    match sniff(bytes) {
        Sniffed::Known(format) => Some(format),
        _ => None,
    }
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn compound(paths: &[&str]) -> Vec<u8> {
    let mut file = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for path in paths {
        if let Some((storage, _)) = path.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
            file.create_storage_all(storage).unwrap();
        }
        file.create_stream(path).unwrap().write_all(&[0; 64]).unwrap();
    }
    file.into_inner().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn packages_are_detected_by_their_own_parts() {
    let docx = zip(&[("[Content_Types].xml", b"x"), ("word/document.xml", b"x")]);
    let xlsx = zip(&[("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")]);
    assert_eq!((known(&docx), known(&xlsx)), (Some(Format::Docx), Some(Format::Xlsx)));
    // The part names of an embedded file are readable inside an uncompressed entry.
    assert_eq!(known(&zip(&[("xl/workbook.xml", b"x"), ("xl/embeddings/a.docx", &docx)])), Some(Format::Xlsx));
    assert_eq!(known(&zip(&[("word/document.xml", b"x"), ("word/embeddings/a.xlsx", &xlsx)])), Some(Format::Docx));
    assert_eq!(known(&zip(&[("报告/报告.docx", &docx)])), None);
    assert_eq!(known(&zip(&[("xl/workbook.bin", b"x")])), Some(Format::Xlsb));
    assert_eq!(known(&zip(&[("word\\document.xml", b"x")])), Some(Format::Docx));
    // Parts may be in any folder of a package.
    assert_eq!(known(&zip(&[("[Content_Types].xml", b"x"), ("workbook.xml", b"x")])), Some(Format::Xlsx));
    assert_eq!(known(&zip(&[("[Content_Types].xml", b"x"), ("wtf/workbook.bin", b"x")])), Some(Format::Xlsb));
    assert_eq!(known(&zip(&[("[Content_Types].xml", b"x"), ("a/main.xml", b"x")])), Some(Format::Docx));
    let odt = zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"x")]);
    let ods = zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"x")]);
    assert_eq!((known(&odt), known(&ods)), (Some(Format::Odt), Some(Format::Ods)));
    assert_eq!(known(&zip(&[("OFD.xml", b"x"), ("Doc_0/Document.xml", b"x")])), Some(Format::Ofd));
    for length in 40..docx.len() {
        assert!(matches!(sniff(&docx[..length]), Sniffed::Known(Format::Docx) | Sniffed::Other(_)));
    }
    assert_eq!(known(&docx[..docx.len() - 30]), Some(Format::Docx));
}

#[test]
fn compound_files_are_detected_by_the_streams_of_their_root() {
    assert_eq!(known(&compound(&["/WordDocument", "/1Table"])), Some(Format::Doc));
    assert_eq!(known(&compound(&["/Workbook", "/MBD0001/WordDocument"])), Some(Format::Xls));
    assert_eq!(known(&compound(&["/WordDocument", "/ObjectPool/_1/Workbook"])), Some(Format::Doc));
    assert_eq!(known(&compound(&["/Book", "/WordDocument"])), Some(Format::Xls));
    assert_eq!(sniff(&compound(&["/EncryptionInfo", "/EncryptedPackage"])), Sniffed::Encrypted);
    for (streams, name) in [
        (["/CONTENTS", "/MatOST"], "Works"),
        (["/PowerPoint Document", "/Pictures"], "PowerPoint"),
        (["/__properties_version1.0", "/x"], "Outlook"),
        (["/a", "/b"], "compound file"),
    ] {
        assert!(
            matches!(sniff(&compound(&streams)), Sniffed::Other(found) if found.names().1.contains(name)),
            "{name}"
        );
    }
}

#[test]
fn text_is_detected_in_any_encoding() {
    assert_eq!(known(b"\xEF\xBB\xBF {\\rtf1"), Some(Format::Rtf));
    assert_eq!(known(b"<table><tr><td>1"), Some(Format::Html));
    assert_eq!(known(&GB18030.encode("<TR><TD>规章").0), Some(Format::Html));
    assert_eq!(known(&utf16("<html><body>规章")), Some(Format::Html));
    assert_eq!(known(&utf16("\u{feff}<html><body>规章")), Some(Format::Html));
    assert_eq!(known("<!-- 说明 --><p>规章".as_bytes()), Some(Format::Html));
    assert_eq!(known(b"<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C\"><html xmlns='x'>"), Some(Format::Html));
    assert_eq!(known("规章 0 0 0".as_bytes()), Some(Format::Text));
    assert_eq!(known(&GB18030.encode("规章 0 0 0").0), Some(Format::Text));
    assert_eq!(known(&utf16("规章 0 0 0\r\n一、总体情况\r\n")), Some(Format::Text));
    assert_eq!(known("| 项目 | 本年<br>新制作 |\n|---|---|\n| 规章 | 0 |".as_bytes()), Some(Format::Text));
    assert_eq!(known("BM 部门\n规章 0 0 0".as_bytes()), Some(Format::Text));
}

#[test]
fn xml_is_detected_by_its_root() {
    let word = b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>\n<w:wordDocument xmlns:w='x'>";
    assert_eq!(known(word), Some(Format::WordXml));
    assert_eq!(known(b"<?xml version='1.0'?>\r\n<!-- - -->\r\n<pkg:package xmlns:pkg='x'>"), Some(Format::WordXml));
    assert_eq!(known(&utf16("\u{feff}<?xml version='1.0'?><pkg:package xmlns:pkg='x'>")), Some(Format::WordXml));
    for workbook in [
        "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
        "<?mso-application progid=\"Excel.Sheet\"?><ss:Workbook xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>",
    ] {
        assert_eq!(known(workbook.as_bytes()), Some(Format::SheetXml), "{workbook}");
    }
    for (text, name) in [
        ("<?xml version='1.0'?><uof:UOF xmlns:uof='x'>", "UOF"),
        (
            "<?xml version='1.0'?><office:document xmlns:office='x' office:mimetype='application/vnd.oasis.opendocument.graphics'>",
            "flat OpenDocument",
        ),
        ("<?xml version='1.0'?><records><record/></records>", "XML"),
    ] {
        assert!(matches!(sniff(text.as_bytes()), Sniffed::Other(found) if found.names().1.contains(name)), "{name}");
    }
}

#[test]
fn saved_pages_are_detected_by_their_header() {
    let page = "From: <Saved by Blink>\r\nSubject: =?utf-8?B?5bm05oql?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"x\"\r\n\r\n--x\r\n";
    assert_eq!(known(page.as_bytes()), Some(Format::Mht));
    assert_eq!(known(b"Content-Type: multipart/related; boundary=x\n\n--x"), Some(Format::Mht));
    assert_eq!(known("说明：MIME-Version: 1.0 是什么\n规章".as_bytes()), Some(Format::Text));
    assert_eq!(known("一、总体情况\nMIME-Version: 1.0\n".as_bytes()), Some(Format::Text));
}

#[test]
fn unsupported_formats_are_named() {
    let crawled =
        |bytes: &[u8], encoding: &'static encoding_rs::Encoding| encoding.decode(bytes).0.into_owned().into_bytes();
    let compound = compound(&["/WordDocument"]);
    let docx = zip(&[("word/document.xml", &[0xE5; 4_000])]);
    for (bytes, name) in [
        (zip(&[("readme.md", b"x")]), "zip"),
        (zip(&[("ppt/presentation.xml", b"x"), ("[Content_Types].xml", b"x")]), "PowerPoint"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07".to_vec(), "binary"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00".to_vec(), "BIFF4"),
        (b"\x09\x08\x08\x00\x00\x05\x10\x00".to_vec(), "BIFF5"),
        (b"\xDB\xA5\x2D\x00\x00\x00".to_vec(), "Word 2"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04".to_vec(), "Windows program"),
        (b"\x89PNG\r\n\x1A\n".to_vec(), "PNG"),
        (b"Rar!\x1A\x07\x00".to_vec(), "RAR"),
        (crawled(&compound, encoding_rs::UTF_8), "saved as text"),
        (crawled(&compound, GB18030), "saved as text"),
        (crawled(&compound, encoding_rs::WINDOWS_1252), "saved as text"),
        ("\u{0871}>页面".as_bytes().to_vec(), "saved as text"),
        (crawled(&docx[..docx.len() - 120], encoding_rs::UTF_8), "as text"),
    ] {
        let found = sniff(&bytes);
        assert!(matches!(found, Sniffed::Other(found) if found.names().1.contains(name)), "{name}: {found:?}");
    }
    assert_eq!(known(b"\n%PDF-1.4\nall text"), Some(Format::Pdf));
    assert_eq!(sniff(b""), Sniffed::Empty);
}
