//! Other readers of the same files: crates, and a bare pass over the XML as a lower bound for any reader.

use std::io::{Cursor, Read};

use calamine::{Data, Ods, Range, Reader, Xls, Xlsb, Xlsx};
use divan::black_box;
use quick_xml::events::Event;
use zip::ZipArchive;

/// Another reader: its name and its function.
pub(crate) type Other = (&'static str, fn(&[u8]));

/// Other readers of a sample.
pub(crate) fn of(name: &str) -> Vec<Other> {
    match name.rsplit('.').next().unwrap_or_default() {
        "docx" => vec![("docx-rs", docx_rs), ("XML events alone", document_xml)],
        "odt" => vec![("XML events alone", content_xml)],
        "ods" => vec![("calamine", calamine_ods), ("XML events alone", content_xml)],
        "xlsx" => vec![("calamine", calamine_xlsx), ("XML events alone", sheets_xml)],
        "xlsb" => vec![("calamine", calamine_xlsb)],
        "xls" => vec![("calamine", calamine_xls)],
        "html" => vec![("scraper, the tree alone", scraper_tree)],
        _ => Vec::new(),
    }
}

fn docx_rs(bytes: &[u8]) {
    black_box(docx_rs::read_docx(bytes).expect("a document"));
}

fn calamine_xlsx(bytes: &[u8]) {
    ranges(&mut Xlsx::new(Cursor::new(bytes)).expect("a workbook"));
}

fn calamine_xlsb(bytes: &[u8]) {
    ranges(&mut Xlsb::new(Cursor::new(bytes)).expect("a workbook"));
}

fn calamine_xls(bytes: &[u8]) {
    ranges(&mut Xls::new(Cursor::new(bytes)).expect("a workbook"));
}

fn calamine_ods(bytes: &[u8]) {
    ranges(&mut Ods::new(Cursor::new(bytes)).expect("a workbook"));
}

fn ranges<'a, R: Reader<Cursor<&'a [u8]>>>(book: &mut R) {
    let sheets: Vec<(String, Range<Data>)> = book.worksheets();
    black_box(sheets);
}

fn scraper_tree(bytes: &[u8]) {
    let (text, ..) = encoding_rs::UTF_8.decode(bytes);
    black_box(scraper::Html::parse_document(&text));
}

fn document_xml(bytes: &[u8]) {
    events(bytes, |name| name == "word/document.xml");
}

fn content_xml(bytes: &[u8]) {
    events(bytes, |name| name == "content.xml");
}

fn sheets_xml(bytes: &[u8]) {
    events(bytes, |name| name.starts_with("xl/worksheets/sheet") || name == "xl/sharedStrings.xml");
}

/// Inflates some parts of a package and iterates over their XML events.
fn events(bytes: &[u8], wanted: fn(&str) -> bool) {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a package");
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        if !wanted(&entry.name().expect("a name")) {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("UTF-8");
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(black_box(reader.read_event().expect("XML")), Event::Eof) {}
    }
}
