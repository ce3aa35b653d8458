//! Rows are inserted into a sheet with pictures, comments, tables and charts: what stands below them moves along, nothing else changes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::fill_rows::{RELATIONS, assert_same, content, filled, report, workbook, zipped};

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

const PARTS: [&str; 7] = [
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/one.xml",
    "xl/worksheets/two.xml",
    "xl/calcChain.xml",
];

fn relations(list: &[(&str, &str)]) -> String {
    let one = |(number, (kind, target)): (usize, &(&str, &str))| {
        format!("<Relationship Id=\"r{number}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let all: String = list.iter().enumerate().map(one).collect();
    format!("<Relationships xmlns=\"{PACKAGE}\">{all}</Relationships>")
}

/// The made-up workbook with further elements of its first sheet, further relationships of it, and further parts.
fn with(extra: &str, of_sheet: &[(&str, &str)], parts: &[(&str, &str)]) -> Vec<u8> {
    let plain = workbook(extra);
    let known: Vec<(&str, String)> = PARTS.iter().map(|name| (*name, content(&plain, name))).collect();
    let relations = relations(of_sheet);
    let mut all: Vec<(&str, &str)> = known.iter().map(|(name, text)| (*name, text.as_str())).collect();
    all.push(("xl/worksheets/_rels/one.xml.rels", &relations));
    all.extend_from_slice(parts);
    zipped(&all)
}

fn anchor(from: u32, to: u32) -> String {
    format!(
        "<xdr:wsDr xmlns:xdr=\"d\"><xdr:twoCellAnchor editAs=\"oneCell\"><xdr:from><xdr:col>1</xdr:col><xdr:row>{from}</xdr:row></xdr:from>\
         <xdr:to><xdr:col>2</xdr:col><xdr:row>{to}</xdr:row></xdr:to></xdr:twoCellAnchor></xdr:wsDr>"
    )
}

fn note(row: u32) -> String {
    format!(
        "<xml xmlns:x=\"x\"><x:ClientData ObjectType=\"Note\"><x:Anchor>1, 15, {}, 2, 3, 31, {}, 1</x:Anchor><x:Row>{row}</x:Row></x:ClientData></xml>",
        row - 1,
        row + 3
    )
}

fn chart(last: u32) -> String {
    format!("<c:chart xmlns:c=\"c\"><c:f>明细表!$C$5:$C${last}</c:f></c:chart>")
}

#[test]
fn pictures_comments_tables_and_charts_move_with_the_rows() {
    let report = report(&[("东院", 2), ("西院", 3), ("南楼", 5), ("北楼", 7)], &[("205", "教育支出", 4)]);
    let extra = "<hyperlinks><hyperlink ref=\"B8\" location=\"明细表!A7\"/></hyperlinks><drawing r:id=\"r0\"/><legacyDrawing r:id=\"r1\"/><tableParts count=\"1\"><tablePart r:id=\"r3\"/></tableParts>";
    let of_sheet = [
        ("drawing", "../drawings/d.xml"),
        ("vmlDrawing", "../drawings/v.vml"),
        ("comments", "../comments1.xml"),
        ("table", "../tables/t.xml"),
        ("printerSettings", "../printer.bin"),
    ];
    let of_drawing = relations(&[("chart", "../charts/c.xml"), ("image", "../media/seal.png")]);
    let (drawing, notes, chart_before) = (anchor(7, 11), note(7), chart(6));
    let comments = "<comments><commentList><comment ref=\"B8\" authorId=\"0\"/><comment ref=\"B5\" authorId=\"0\"/></commentList></comments>";
    let table = "<table id=\"1\" ref=\"A4:G7\" totalsRowCount=\"1\"><autoFilter ref=\"A4:G6\"/></table>";
    let parts = [
        ("xl/drawings/d.xml", drawing.as_str()),
        ("xl/drawings/_rels/d.xml.rels", &of_drawing),
        ("xl/drawings/v.vml", &notes),
        ("xl/comments1.xml", comments),
        ("xl/tables/t.xml", table),
        ("xl/charts/c.xml", &chart_before),
        ("xl/media/seal.png", "a picture"),
        ("xl/printer.bin", "a printer"),
    ];
    let template = with(extra, &of_sheet, &parts);
    let (read, one, told) = filled(&template, &report, "xl/worksheets/one.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&report, &read);
    assert!(one.contains("<hyperlink ref=\"B10\" location=\"明细表!A9\"/>"), "{one}");
    let now = |part: &str| filled(&template, &report, part).1;
    assert_eq!(now("xl/drawings/d.xml"), anchor(9, 13));
    assert_eq!(now("xl/drawings/v.vml"), note(9));
    assert_eq!(now("xl/comments1.xml"), comments.replace("B8", "B10"));
    assert_eq!(now("xl/tables/t.xml"), table.replace("G7", "G9").replace("G6", "G8"));
    assert_eq!(now("xl/charts/c.xml"), chart(8));
    for (part, text) in [
        ("xl/media/seal.png", "a picture"),
        ("xl/printer.bin", "a printer"),
        ("xl/drawings/_rels/d.xml.rels", &of_drawing),
    ] {
        assert_eq!(now(part), text, "{part}");
    }
}

#[test]
fn a_sheet_with_something_that_cannot_be_moved_does_not_grow() {
    let report = report(&[("东院", 2), ("西院", 3), ("南楼", 5)], &[("205", "教育支出", 4)]);
    let checkbox = note(7).replace("Note", "Checkbox");
    let damaged = "<wsDr><row>";
    for (kind, part, text) in [
        ("pivotTable", "xl/p.xml", "<p/>"),
        ("vmlDrawing", "xl/v.vml", checkbox.as_str()),
        ("drawing", "xl/d.xml", damaged),
    ] {
        let target = part.replace("xl/", "../");
        let template = with("", &[(kind, &target)], &[(part, text)]);
        let (read, _, told) = filled(&template, &report, "xl/worksheets/one.xml");
        assert!(told.len() == 1 && told[0].contains("有4个数据没有位置"), "{kind}: {told:?}");
        assert_eq!(read.values["rooms.[西院].books"].value, Some(3.into()), "{kind}");
    }
}

#[test]
fn charts_of_another_sheet_follow_the_sheet_that_grows() {
    let report = report(&[("东院", 2), ("西院", 3), ("南楼", 5)], &[("205", "教育支出", 4)]);
    let (of_sheet, of_drawing) =
        (relations(&[("drawing", "../drawings/d.xml")]), relations(&[("chart", "../charts/c.xml")]));
    let (drawing, before) = (anchor(7, 11), chart(6));
    let parts = [
        ("xl/worksheets/_rels/two.xml.rels", of_sheet.as_str()),
        ("xl/drawings/d.xml", &drawing),
        ("xl/drawings/_rels/d.xml.rels", &of_drawing),
        ("xl/charts/c.xml", &before),
    ];
    let template = with("", &[], &parts);
    assert_eq!(filled(&template, &report, "xl/charts/c.xml").1, chart(7));
    assert_eq!(filled(&template, &report, "xl/drawings/d.xml").1, drawing);
}
