//! Tests of locating, creating and writing cells in sheets of every shape.

use std::collections::BTreeSet;

use super::filling::{Entry, write};
use super::sheet::{At, Sheet, place};
use crate::document::Budget;
use crate::fill::edit::{Edit, apply};
use crate::read::ReadError;

const SPACE: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

fn at(name: &str) -> At {
    place(name).unwrap_or((u32::MAX, 0))
}

/// A sheet with entries written into its cells.
fn put(xml: &str, entries: &[(&str, Entry)]) -> Result<String, ReadError> {
    let wanted: BTreeSet<At> = entries.iter().map(|(name, _)| at(name)).collect();
    let sheet = Sheet::open(xml.to_owned(), &wanted, &mut Budget::default())?;
    let mut edits: Vec<Edit> = entries
        .iter()
        .filter_map(|(name, entry)| {
            let slot = sheet.cells.get(&at(name))?;
            let formula = slot.formula.and_then(|(start, end)| sheet.xml.get(start..end)).unwrap_or_default();
            Some(Edit { span: slot.span, text: write(&sheet.prefix, at(name), &slot.attributes, formula, entry) })
        })
        .collect();
    Ok(apply(&sheet.xml, &mut edits))
}

fn number(number: i64) -> Entry {
    Entry::Number(number.into())
}

/// Asserts what rows become when entries are written into them.
fn becomes(rows: &str, entries: &[(&str, Entry)], wanted: &str) -> Result<(), ReadError> {
    let sheet = |rows: &str| {
        format!("<worksheet {SPACE}><dimension ref=\"A1\"/><sheetData>{rows}</sheetData><mergeCells/></worksheet>")
    };
    assert_eq!(put(&sheet(rows), entries)?, sheet(wanted));
    Ok(())
}

#[test]
fn cells_keep_their_style_and_everything_else_its_bytes() -> Result<(), ReadError> {
    becomes(
        "<row r=\"1\" spans=\"1:2\" ht='20'><c r=\"A1\" s=\"3\" t=\"s\"><v>7</v></c> <c r=\"B1\"  s='4' /><c r=\"C1\" cm=\"1\"><v>1</v></c></row><!-- x -->",
        &[("A1", number(12)), ("B1", Entry::Text("=1+1 <&>".into())), ("C1", Entry::Blank)],
        "<row r=\"1\" spans=\"1:2\" ht='20'><c r=\"A1\" s=\"3\"><v>12</v></c> <c r=\"B1\" s=\"4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">\
         =1+1 &lt;&amp;&gt;</t></is></c><c r=\"C1\" cm=\"1\"/></row><!-- x -->",
    )
}

#[test]
fn cells_and_rows_that_are_missing_are_made_in_their_order() -> Result<(), ReadError> {
    becomes(
        "<row r=\"2\" s=\"5\" customFormat=\"1\"><c r=\"B2\"/></row><row r=\"5\"/>",
        &[
            ("B1", number(1)),
            ("A2", number(2)),
            ("D2", number(3)),
            ("C5", number(4)),
            ("A7", number(5)),
            ("B7", number(6)),
        ],
        "<row r=\"1\"><c r=\"B1\"><v>1</v></c></row><row r=\"2\" s=\"5\" customFormat=\"1\"><c r=\"A2\" s=\"5\"><v>2</v></c><c r=\"B2\"/>\
         <c r=\"D2\" s=\"5\"><v>3</v></c></row><row r=\"5\"><c r=\"C5\"><v>4</v></c></row><row r=\"7\"><c r=\"A7\"><v>5</v></c><c r=\"B7\">\
         <v>6</v></c></row>",
    )?;
    let empty = put(&format!("<worksheet {SPACE}><sheetData/></worksheet>"), &[("A1", number(1)), ("A3", number(2))])?;
    let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><v>2</v></c></row>";
    assert_eq!(empty, format!("<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>"));
    Ok(())
}

#[test]
fn formulas_stay_with_a_result() -> Result<(), ReadError> {
    becomes(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><f t=\"shared\" ref=\"A1:A9\" si=\"0\">B1</f><v></v></c><c r=\"B1\"><f>C1</f><v>3</v></c></row>",
        &[("A1", number(5)), ("B1", Entry::Blank)],
        "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A9\" si=\"0\">B1</f><v>5</v></c><c r=\"B1\"><f>C1</f></c></row>",
    )
}

#[test]
fn prefixes_byte_order_marks_and_cells_without_references_are_supported() -> Result<(), ReadError> {
    let space = SPACE.replace("xmlns", "xmlns:x");
    let sheet = |rows: &str| format!("\u{feff}<x:worksheet {space}><x:sheetData>{rows}</x:sheetData></x:worksheet>");
    let rows = sheet("<x:row><x:c><x:v>1</x:v></x:c><x:c s=\"2\"/></x:row>");
    let wanted = sheet(
        "<x:row><x:c><x:v>1</x:v></x:c><x:c r=\"B1\" s=\"2\"><x:v>9</x:v></x:c></x:row><x:row r=\"2\"><x:c r=\"A2\"><x:v>8</x:v></x:c></x:row>",
    );
    assert_eq!(put(&rows, &[("B1", number(9)), ("A2", number(8))])?, wanted);
    Ok(())
}

#[test]
fn sheets_that_cannot_be_filled_safely_are_refused() {
    for rows in [
        "<row r=\"2\"/><row r=\"1\"/>",
        "<row r=\"1\"/><row r=\"1\"/>",
        "<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>",
        "<row r=\"1\"><c r=\"A2\"/></row>",
        "<row r=\"1\">",
        "<row r=\"0\"/>",
        "<row r=\"9999999\"/>",
        "<row r=\"1\"><c r=\"ZZZZ1\"/></row>",
    ] {
        let sheet = format!("<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>");
        assert!(put(&sheet, &[("A6", number(1))]).is_err(), "{rows}");
    }
    assert!(put(&format!("<worksheet {SPACE}></worksheet>"), &[("A6", number(1))]).is_err());
}

#[test]
fn cells_have_the_names_that_excel_gives_them() {
    assert_eq!((place("A1"), place("xfd1048576")), (Some((0, 0)), Some((1_048_575, 16_383))));
    for name in ["", "A", "1", "A0", "XFE1", "A1048577", "A-1", "ZZZZZZZZZZ1", "A1B"] {
        assert_eq!(place(name), None, "{name}");
    }
}
