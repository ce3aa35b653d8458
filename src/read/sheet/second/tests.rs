//! Tests of the second reader: what it is given, on which values both agree, and the cost of hostile workbooks.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Disagreement, Outcome, checked_archive, compared, disagreement};
use crate::document::{Budget, Document, Place};
use crate::read::read;

/// A package of these parts.
fn stored(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A package of XML parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    stored(&parts.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())).collect::<Vec<_>>())
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook with one sheet `S` of this content, and these shared strings.
fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relationships = |list: &[(&str, &str, &str)]| {
        let one = |(id, kind, target): &(&str, &str, &str)| {
            format!("<Relationship Id='{id}' Type='{RELATIONS}/{kind}' Target='{target}'/>")
        };
        let list: String = list.iter().map(one).collect();
        format!(
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{list}</Relationships>"
        )
    };
    let of_book = [("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml")];
    package(&[
        ("_rels/.rels", &relationships(&[("r1", "officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels", &relationships(&of_book)),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns='{main}' xmlns:r='{RELATIONS}'><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet xmlns='{main}'>{sheet}</worksheet>")),
        ("xl/sharedStrings.xml", strings),
    ])
}

/// A shared strings part, with or without a declared count.
fn strings(count: &str) -> String {
    format!("<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' {count}><si><t>甲局</t></si></sst>")
}

/// Asserts that calamine reads the first sheet and agrees on all its cells.
fn assert_agrees(bytes: &[u8], document: &Document) {
    let (archive, is_binary) = checked_archive(bytes).unwrap();
    let grid = document.grids().next().unwrap();
    let sheet = grid.place.part.as_deref().unwrap();
    let marked = document.asides.iter().map(|aside| &aside.place).collect();
    assert_eq!(compared((grid, &marked), &archive, is_binary, sheet), Some(Outcome::Same));
}

fn document(bytes: &[u8]) -> Document {
    read(bytes, None, &mut Budget::default()).unwrap().document
}

#[test]
fn every_type_of_value_agrees() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = ExcelDateTime::from_ymd(2026, 3, 1).unwrap();
    sheet.merge_range(0, 0, 0, 3, "  单位\u{200E}名录 ", &Format::new()).unwrap();
    sheet.write(1, 0, "a\nb & <c>").unwrap();
    sheet.write(1, 1, 0.1 + 0.2).unwrap();
    sheet.write(1, 2, -1e-7).unwrap();
    sheet.write(1, 3, 113_205_810_141_234_567.0).unwrap();
    sheet.write(2, 0, true).unwrap();
    sheet.write_with_format(2, 1, &day, &Format::new().set_num_format("yyyy/m/d")).unwrap();
    sheet.write_with_format(2, 2, 12, &Format::new().set_num_format("0000")).unwrap();
    sheet.write_with_format(2, 3, 0.22, &Format::new().set_num_format("0%")).unwrap();
    sheet.write_formula(3, 0, Formula::new("=\"甲\"&\"局\"").set_result("甲局")).unwrap();
    sheet.write_formula(3, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert_agrees(&bytes, &document(&bytes));
}

#[test]
fn a_cell_with_text_that_was_set_aside_is_not_compared() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let struck = Format::new().set_font_strikethrough();
    sheet.write_rich_string(0, 0, &[(&struck, "12"), (&Format::new(), "10")]).unwrap();
    sheet.write(0, 1, "甲").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let read = document(&bytes);
    let texts: Vec<&str> = read.grids().next().unwrap().row_cells(0).map(|cell| cell.text.as_str()).collect();
    assert_eq!((texts, read.asides.len()), (vec!["10", "甲"], 1));
    assert_agrees(&bytes, &read);
}

#[test]
fn a_cell_that_is_read_differently_is_named() {
    let bytes = workbook("<sheetData><row r='2'><c r='B2'><v>12</v></c></row></sheetData>", &strings(""));
    let mut read = document(&bytes);
    assert_agrees(&bytes, &read);
    let other = workbook("<sheetData><row r='2'><c r='B2'><v>13</v></c></row></sheetData>", &strings(""));
    let place = Place::sheet_cell(&Arc::from("S"), 1, 1);
    let expected = |other: &str| Some(Disagreement { place: place.clone(), texts: ["12".into(), other.into()] });
    assert_eq!(disagreement(&other, &read), expected("13"));
    let blank = workbook("<sheetData><row r='2'><c r='B2'/></row></sheetData>", &strings(""));
    assert_eq!(disagreement(&blank, &read), expected(""));
    read.blocks.clear();
    assert_eq!(disagreement(&other, &read), None);
}

#[test]
fn counts_that_a_part_could_not_hold_never_reach_the_second_reader() {
    let sheet = "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row></sheetData>";
    for (count, passes) in [
        ("uniqueCount='1'", true),
        ("uniqueCount='99999999999'", false),
        ("uniqueCount = \"99999999999\"", false),
        ("uniqueCount='99999999999999999999999'", false),
    ] {
        let bytes = workbook(sheet, &strings(count));
        assert_eq!(checked_archive(&bytes).is_some(), passes, "{count}");
        assert_eq!(disagreement(&bytes, &document(&bytes)), None, "{count}");
    }
}

#[test]
fn dimensions_and_far_corners_cost_nothing() {
    let sheet = "<dimension ref='A1:XFD1048576'/><sheetData><row r='1'><c r='A1'><v>7</v></c></row>\
                 <row r='1048576'><c r='XFD1048576'><v>8</v></c></row></sheetData>";
    let bytes = workbook(sheet, &strings(""));
    assert_agrees(&bytes, &document(&bytes));
}

#[test]
fn parts_that_are_not_well_formed_never_reach_the_second_reader() {
    for sheet in [
        "<sheetData><row r='1'><c r='A1'><v>7</v></c></row>",
        "<sheetData><row r='1'><c r='A1'><v>7</c></row></sheetData>",
        "<!DOCTYPE a><sheetData/>",
    ] {
        assert!(checked_archive(&workbook(sheet, &strings(""))).is_none(), "{sheet}");
    }
}

#[test]
fn a_long_shared_string_in_many_cells_is_compared_once_a_cell() {
    let long = "甲".repeat(20_000);
    let cells: String = (0..20_000).map(|_| "<c r='A1' t='s'><v>0</v></c>").collect();
    let strings = strings("").replace("甲局", &long);
    let bytes = workbook(&format!("<sheetData><row r='1'>{cells}</row></sheetData>"), &strings);
    let one = workbook("<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row></sheetData>", &strings);
    assert_agrees(&bytes, &document(&one));
}

#[test]
fn a_package_that_inflates_too_far_never_reaches_the_second_reader() {
    let spaces = " ".repeat(65 << 20);
    let bytes = workbook(&format!("<sheetData/>{spaces}"), &strings(""));
    assert!(bytes.len() < 1 << 20 && checked_archive(&bytes).is_none());
}

#[test]
fn a_workbook_cut_short_anywhere_ends_the_comparison_at_once() {
    let sheet = "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>乙</t></is></c></row></sheetData>";
    let whole = workbook(sheet, &strings("uniqueCount='1'"));
    let read = document(&whole);
    for length in 0..whole.len() {
        assert_eq!(disagreement(&whole[..length], &read), None, "{length}");
    }
}

/// The entries of a package, inflated.
fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = Vec::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        entries.push((entry.name().unwrap().into_owned(), content));
    }
    entries
}

#[test]
fn damaged_parts_of_workbooks_end_the_comparison() {
    let mut random = crate::sampler::Random::new(5);
    for sample in ["tests/fixtures/book.xlsb", "samples/sheet-2021.xlsx"] {
        let whole = std::fs::read(sample).unwrap();
        let read = document(&whole);
        assert_agrees(&whole, &read);
        let mut compared = 0;
        for _ in 0..150 {
            let mut parts = entries(&whole);
            for _ in 0..=random.below(3) {
                let part = random.below(parts.len() as u64) as usize;
                let content = &mut parts[part].1;
                let at = random.below(content.len().max(1) as u64) as usize;
                content.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.below(256) as u8);
            }
            let damaged = stored(&parts);
            compared += u32::from(checked_archive(&damaged).is_some());
            let _ = disagreement(&damaged, &read);
        }
        assert!(compared > 20, "{sample}: {compared} reached the second reader");
    }
}
