//! Tests with MHTML files of Word, Excel and browsers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{quoted_printable, read};
use crate::document::{Block, Budget, Document};
use crate::finding::Finding;
use crate::read::ReadError;

fn page(message: &[u8]) -> (Document, Vec<Finding>) {
    let mut findings = Vec::new();
    (read(message, &mut Budget::default(), &mut findings).unwrap(), findings)
}

fn texts(document: &Document) -> Vec<String> {
    let text = |block: &Block| match block {
        Block::Paragraph(paragraph) => paragraph.text.clone(),
        Block::Grid(grid) => grid.cells().iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|"),
        Block::Picture(picture) => format!("picture {}", picture.index),
    };
    document.blocks.iter().map(text).collect()
}

const SAVED_BY_WORD: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"----=_NextPart_01;x\"\r\n\r\n\
此文档为“单个文件网页”。\r\n\r\n------=_NextPart_01;x\r\nContent-Location: file:///C:/AA/report.htm\r\n\
Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"gb2312\"\r\n\r\n\
<html><head><title>=C4=EA=B1=A8</title></head><body>\r\n<p class=3DMsoNormal>=B9=E6=\r\n=D5=C2</p>\r\n\
<table><tr><td>1<td>2=\r\n3</table><img src=3D\"report.files/image001.png\"><img src=3D\"cid:two@x\"><img src=3D\"http://x/y.png\">\r\n\
------=_NextPart_01;x\r\nContent-Location: file:///C:/AA/report.files/image001.png\r\nContent-Transfer-Encoding: base64\r\n\
Content-Type: image/png\r\n\r\niVBORw0K\r\nGgo=\r\n\r\n------=_NextPart_01;x\r\nContent-ID: <two@x>\r\n\
Content-Transfer-Encoding: base64\r\nContent-Type: image/jpeg\r\n\r\n/9j/\r\n------=_NextPart_01;x\r\n\
Content-Location: file:///C:/AA/report.files/header.htm\r\nContent-Type: text/html\r\n\r\n<p>页眉\r\n------=_NextPart_01;x\r\n\
Content-Type: application/pdf\r\n\r\n%PDF\r\n------=_NextPart_01;x--\r\nafter";

#[test]
fn a_page_saved_by_word_has_its_pictures() {
    let (document, findings) = page(SAVED_BY_WORD.as_bytes());
    assert_eq!(texts(&document), ["规章", "1|23", "picture 0", "picture 1"]);
    let pictures: Vec<(&str, &str, usize)> = document
        .pictures
        .iter()
        .map(|picture| (picture.name.as_str(), picture.media_type.as_str(), picture.bytes.len()))
        .collect();
    assert_eq!(pictures, [("image001.png", "image/png", 8), ("picture2.jpeg", "image/jpeg", 3)]);
    assert_eq!(document.metadata.title.as_deref(), Some("年报"));
    assert_eq!(findings.len(), 2);
    assert!(findings[0].message.zh.contains("1张图片") && findings[1].message.zh.contains("1个"), "{findings:?}");
}

#[test]
fn sheets_in_frames_are_read_one_after_the_other() {
    let part = |name: &str, text: &str| {
        format!("--b\nContent-Location: file:///C:/{name}\nContent-Type: text/html; charset=utf-8\n\n{text}\n")
    };
    let message = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n{}{}{}--b--",
        part("book.htm", "<html><frameset><frame src=sheet001.htm><frame src=sheet002.htm></frameset></html>"),
        part("book.files/sheet001.htm", "<table><tr><td>规章<td>0</table>"),
        part("book.files/sheet002.htm", "<table><tr><td>总计<td>1<img src='data:image/png;base64,AAAA'></table>"),
    );
    let (document, findings) = page(message.as_bytes());
    assert_eq!(texts(&document), ["规章|0", "总计|1"]);
    let Block::Grid(second) = &document.blocks[1] else { return };
    assert_eq!(second.place.to_string(), "sheet002.htm#table1");
    assert!(matches!(&second.cells()[1].nested[0], Block::Picture(picture) if picture.index == 0));
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn the_named_part_is_the_page_and_a_mail_is_its_text() {
    let message = "Content-Type: multipart/related; start=\"<main>\"; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>甲\n\
        --x\nContent-Type: text/html\nContent-ID: <main>\n\n<p>乙\n";
    assert_eq!(texts(&page(message.as_bytes()).0), ["乙"]);
    let mail = "From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=xy\n\n\
        --xy\nContent-Type: text/plain\n\n甲\n--xy\nContent-Type: text/html\n\n<p>乙\n--xy--\n--x--";
    assert_eq!(texts(&page(mail.as_bytes()).0), ["乙"]);
    let plain =
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n6KeE56ug";
    assert_eq!(texts(&page(plain.as_bytes()).0), ["规章"]);
}

#[test]
fn invalid_escapes_are_kept() {
    assert_eq!(quoted_printable(b"a=3Db=\r\nc= \nd=XYe=="), b"a=bcd=XYe=");
    assert_eq!(quoted_printable(b"=E8=A7=84="), "规".as_bytes());
}

#[test]
fn damaged_messages_are_refused_or_read_as_far_as_they_go() {
    let bytes = SAVED_BY_WORD.as_bytes();
    for length in 0..bytes.len() {
        let _ = read(&bytes[..length], &mut Budget::default(), &mut Vec::new());
    }
    let cut = bytes.len() - 300;
    assert!(read(&bytes[..cut], &mut Budget::default(), &mut Vec::new()).is_ok());
    let none = read(b"MIME-Version: 1.0\nContent-Type: application/pdf\n\n", &mut Budget::default(), &mut Vec::new());
    assert!(matches!(none, Err(ReadError::Damaged(_))));
    let nested: String =
        (0..50).map(|level| format!("Content-Type: multipart/mixed; boundary=x{level}\n\n--x{level}\n")).collect();
    assert!(matches!(read(nested.as_bytes(), &mut Budget::default(), &mut Vec::new()), Err(ReadError::OverLimit(_))));
}
