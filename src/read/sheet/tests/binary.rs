//! Tests with binary workbooks built record by record, hostile ones included.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use super::super::{read_xls, read_xlsb};
use super::told;
use crate::document::{Block, Budget, Document, Grid};
use crate::finding::Finding;
use crate::read::ReadError;

/// A record of an .xls stream.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn bof(of: u16) -> Vec<u8> {
    record(0x0809, &words(&[0x0600, of, 0, 0, 0, 0, 0, 0]))
}

/// A workbook with one sheet named 表 of these records; `at` replaces the offset in the sheet list.
fn xls(globals: &[u8], sheet: &[u8], at: Option<u32>) -> Vec<u8> {
    let bound = |at: u32| {
        record(
            0x0085,
            &[&at.to_le_bytes()[..], &[0, 0, 1, 1], "表".encode_utf16().next().unwrap().to_le_bytes().as_slice()]
                .concat(),
        )
    };
    let begin = [bof(5), globals.to_vec()].concat();
    let length = begin.len() + bound(0).len() + 4;
    let stream =
        [begin, bound(at.unwrap_or(length as u32)), record(0x000A, &[]), bof(16), sheet.to_vec(), record(0x000A, &[])]
            .concat();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

type ReadFn = fn(&[u8], &mut Budget, &mut Vec<Finding>) -> Result<Document, ReadError>;

fn read(read: ReadFn, bytes: &[u8]) -> (Document, Vec<String>) {
    let mut findings = Vec::new();
    let document = read(bytes, &mut Budget::default(), &mut findings).unwrap();
    (document, findings.into_iter().map(|finding| finding.code).collect())
}

fn grid(document: &Document) -> &Grid {
    let Some(Block::Grid(grid)) = document.blocks.first() else { panic!("{document:?}") };
    grid
}

fn cells(grid: &Grid) -> Vec<(&str, u32)> {
    grid.cells().iter().map(|cell| (cell.text.as_str(), cell.col_span)).collect()
}

#[test]
fn an_xls_sheet_with_merges_dates_and_hidden_rows() {
    let number = |row, column, format, value: f64| {
        record(0x0203, &[words(&[row, column, format]), value.to_le_bytes().to_vec()].concat())
    };
    // Two cell formats, the second a date; a string of two parts, the second with one byte per character.
    let string = record(
        0x00FC,
        &[&1_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &words(&[3]), &[1], &words(&[0x89C4, 0x7AE0])].concat(),
    );
    let globals =
        [record(0x00E0, &words(&[0, 0])), record(0x00E0, &words(&[0, 14])), string, record(0x003C, b"\0A")].concat();
    let sheet = [
        record(0x0208, &words(&[1, 0, 3, 0, 0, 0, 0x20, 0])),
        record(0x00FD, &[words(&[0, 0, 0]), 0_u32.to_le_bytes().to_vec()].concat()),
        number(1, 0, 0, 0.1),
        number(2, 2, 1, 44_214.0),
        record(0x00E5, &words(&[1, 0, 0, 0, 2])),
    ]
    .concat();
    let (document, findings) = read(read_xls, &xls(&globals, &sheet, None));
    assert_eq!(cells(grid(&document)), [("规章A", 3), ("", 1), ("", 1), ("2021-01-18", 1)]);
    assert_eq!(findings, ["cells-hidden"]);
}

#[test]
fn an_xls_sheet_that_begins_within_another_record_is_reported() {
    // A reader that trusts this declared extent allocates four thousand million rows.
    let extent = [
        record(0x0200, &[&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &words(&[0, 255, 0])].concat()),
        record(0x000A, &[]),
    ]
    .concat();
    let bytes = xls(&record(0x005C, &extent), &[], Some(24));
    let (document, findings) = read(read_xls, &bytes);
    assert!(document.is_empty() && findings == ["file-damaged"], "{findings:?}");
    let honest = xls(&[], &extent[..18], None);
    assert!(read(read_xls, &honest).0.is_empty());
}

#[test]
fn text_boxes_of_an_xls_sheet_are_read_and_comments_and_charts_reported() {
    let object = |kind: u16| record(0x005D, &words(&[0x15, 0x12, kind, 1, 0]));
    let text = |text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let head = record(0x01B6, &words(&[0, 0, 0, 0, 0, units.len() as u16, 16, 0, 0]));
        [head, record(0x003C, &[&[1][..], &words(&units)].concat()), record(0x003C, &[0; 16])].concat()
    };
    let sheet = [
        object(0x19),
        text("请核对"),
        object(0x06),
        text("填表人\n某某"),
        object(0x06),
        record(0x01B6, &words(&[0, 0, 0, 0, 0, 900, 16, 0, 0])),
        object(0x05),
        record(0x001C, &words(&[0, 0, 0, 1, 0])),
    ]
    .concat();
    let mut findings = Vec::new();
    let document = read_xls(&xls(&[], &sheet, None), &mut Budget::default(), &mut findings).unwrap();
    let lines: Vec<&str> = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => paragraph.text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(lines, ["填表人", "某某"]);
    assert_eq!(told(&findings), ["1 chart(s)", "The file has 1 comment(s)", "1 part(s)"]);
}

/// A record of an XLSB part: its type and length in bytes of seven bits.
fn brt(kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = if kind < 128 { vec![kind as u8] } else { vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8] };
    [&kind[..], &[data.len() as u8], data].concat()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [longs(&[units.len() as u32]), words(&units)].concat()
}

fn xlsb(sheet: &[u8]) -> Vec<u8> {
    let relations = |list: &str| format!("<Relationships>{list}</Relationships>").into_bytes();
    let bound = |state: u32, id: &str, name: &str| brt(156, &[longs(&[state, 1]), wide(id), wide(name)].concat());
    let zeros = brt(44, &[words(&[164]), wide("0000")].concat());
    let formats = [0, 14, 164].map(|id| brt(47, &words(&[0, id]))).concat();
    let styles = [zeros, brt(617, &[]), formats, brt(618, &[])].concat();
    let parts: [(&str, Vec<u8>); 8] = [
        ("_rels/.rels", relations("<Relationship Id='a' Type='x/officeDocument' Target='xl/workbook.bin'/>")),
        ("xl/workbook.bin", [bound(0, "r1", "表"), bound(0, "r2", "图")].concat()),
        (
            "xl/_rels/workbook.bin.rels",
            relations(
                "<Relationship Id='r1' Type='x/worksheet' Target='s.bin'/><Relationship Id='r2' Type='x/chartsheet' Target='c.bin'/>\
                 <Relationship Id='r3' Type='x/sharedStrings' Target='t.bin'/><Relationship Id='r4' Type='x/styles' Target='y.bin'/>",
            ),
        ),
        ("xl/s.bin", sheet.to_vec()),
        ("xl/t.bin", brt(19, &[&[0][..], &wide("合并")].concat())),
        ("xl/y.bin", styles),
        ("xl/_rels/s.bin.rels", relations("<Relationship Id='c' Type='x/comments' Target='n.bin'/>")),
        ("xl/n.bin", [brt(628, &[]), brt(635, &[0; 20])].concat()),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_xlsb_sheet_with_merges_dates_and_hidden_columns() {
    let real = |column: u32, format: u32, value: f64| {
        brt(5, &[longs(&[column, format]), value.to_le_bytes().to_vec()].concat())
    };
    let sheet = [
        brt(60, &[longs(&[2, 2, 0, 0]), words(&[1])].concat()),
        brt(145, &[]),
        brt(0, &longs(&[0, 0, 0, 0])),
        brt(7, &longs(&[0, 0, 0])),
        brt(0, &longs(&[4, 0, 0, 0])),
        real(0, 0, 2.5),
        real(2, 1, 44_214.0),
        real(3, 2, 12.0),
        brt(146, &[]),
        brt(176, &longs(&[0, 0, 0, 2])),
        brt(551, &wide("d")),
    ]
    .concat();
    let (document, findings) = read(read_xlsb, &xlsb(&sheet));
    assert_eq!(cells(grid(&document)), [("合并", 2), ("", 1), ("2.5", 1), ("", 1), ("12", 1)]);
    assert_eq!(grid(&document).cells().last().map(|cell| cell.digits), Some(4));
    assert_eq!(findings, ["content-skipped", "cells-hidden", "content-skipped"]);
}

#[test]
fn damaged_binary_workbooks_never_panic() {
    let sheet = [brt(145, &[]), brt(0, &longs(&[0, 0, 0, 0])), brt(7, &longs(&[0, 0, 0])), brt(146, &[])].concat();
    let records = [
        record(0x0203, &[words(&[0, 0, 0]), 1_f64.to_le_bytes().to_vec()].concat()),
        record(0x00E5, &words(&[1, 0, 0, 0, 2])),
    ];
    let mut random = crate::sampler::Random::new(11);
    let wholes: [(ReadFn, Vec<u8>); 2] = [(read_xlsb, xlsb(&sheet)), (read_xls, xls(&[], &records.concat(), None))];
    for (read, whole) in wholes {
        for round in 0..300 {
            let mut bytes = whole.clone();
            if round % 5 == 0 {
                bytes.truncate(random.below(whole.len() as u64) as usize);
            }
            for _ in 0..random.below(8) {
                let at = random.below(bytes.len().max(1) as u64) as usize;
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.below(256) as u8);
            }
            let _ = read(&bytes, &mut Budget::default(), &mut Vec::new());
        }
    }
}
