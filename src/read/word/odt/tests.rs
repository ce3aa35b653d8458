//! Tests with small `OpenDocument` texts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use super::read;
use crate::document::{Block, Budget, Document, Grid, Limits, Region};
use crate::finding::Finding;
use crate::read::ReadError;

const SPACES: &str = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
    xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' \
    xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' \
    xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xlink='http://www.w3.org/1999/xlink'";

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An ODT file with these styles, body, and page headers and footers.
fn odt(styles: &str, body: &str, margins: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    let styles = format!(
        "<office:document-styles {SPACES}><office:master-styles><style:master-page style:name='Standard'>{margins}</style:master-page>\
         </office:master-styles></office:document-styles>"
    );
    zip(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &content), ("styles.xml", &styles)])
}

fn said(bytes: &[u8]) -> (Document, Vec<Finding>) {
    let mut findings = Vec::new();
    let document = read(bytes, &mut Budget::default(), &mut findings).unwrap();
    (document, findings)
}

fn lines(document: &Document, region: Region) -> Vec<String> {
    let blocks = document.blocks.iter();
    let found = blocks.filter_map(|block| match block {
        Block::Paragraph(paragraph) if paragraph.region == region => Some(paragraph.shown().into_owned()),
        _ => None,
    });
    found.collect()
}

fn body(styles: &str, body: &str) -> Vec<String> {
    let (document, findings) = said(&odt(styles, body, ""));
    assert_eq!(findings, []);
    lines(&document, Region::Body)
}

fn grid(body: &str) -> (Grid, Vec<Finding>) {
    let (document, findings) = said(&odt("", body, ""));
    match document.blocks.into_iter().next() {
        Some(Block::Grid(grid)) => (grid, findings),
        other => panic!("{other:?}"),
    }
}

fn cells(grid: &Grid) -> Vec<(u32, u32, u32, u32, &str)> {
    grid.cells().iter().map(|c| (c.row, c.column, c.row_span, c.col_span, c.text.as_str())).collect()
}

fn list_style(levels: &str) -> String {
    format!("<text:list-style style:name='L'>{levels}</text:list-style>")
}

fn list(items: &str) -> String {
    format!("<text:list text:style-name='L'>{items}</text:list>")
}

fn item(text: &str) -> String {
    format!("<text:list-item><text:p>{text}</text:p></text:list-item>")
}

#[test]
fn list_numbers_in_chinese_formats() {
    let level = |format: &str, suffix: &str| {
        list_style(&format!(
            "<text:list-level-style-number text:level='1' style:num-format='{format}' style:num-suffix='{suffix}'/>"
        ))
    };
    for (format, suffix, expected) in [
        ("一, 二, 三, ...", "、", ["一、甲", "二、乙"]),
        ("壹, 贰, 叁, ...", "、", ["壹、甲", "贰、乙"]),
        ("①, ②, ③, ...", "", ["①甲", "②乙"]),
        ("甲, 乙, 丙, ...", ".", ["甲.甲", "乙.乙"]),
        ("子, 丑, 寅, ...", ".", ["子.甲", "丑.乙"]),
        ("１, ２, ３, ...", "．", ["１．甲", "２．乙"]),
        ("1", ".", ["1.甲", "2.乙"]),
        ("i", ")", ["i)甲", "ii)乙"]),
        ("A", ".", ["A.甲", "B.乙"]),
        ("", "、", ["、甲", "、乙"]),
    ] {
        let items = list(&format!("{}{}", item("甲"), item("乙")));
        assert_eq!(body(&level(format, suffix), &items), expected, "{format}");
    }
}

#[test]
fn list_numbers_go_on_begin_anew_and_show_the_levels_above() {
    let style = list_style(
        "<text:list-level-style-number text:level='1' style:num-format='一, 二, 三, ...' loext:num-list-format='第%1%章' xmlns:loext='l'/>\
         <text:list-level-style-number text:level='2' style:num-format='1' style:num-suffix=')' text:display-levels='2' text:start-value='3'/>\
         <text:list-level-style-bullet text:level='3' text:bullet-char='\u{F0B7}'/>",
    );
    let deep = |text: &str| format!("<text:list-item><text:list>{}</text:list></text:list-item>", item(text));
    let first = list(&format!("{}{}{}", item("甲"), deep("乙"), item("丙<text:line-break/>丁")));
    let second = first.replacen("<text:list ", "<text:list text:continue-numbering='true' ", 1);
    let third = first.replacen("<text:list-item>", "<text:list-item text:start-value='9'>", 1);
    let bullet = list(&deep(&format!("</text:p><text:list>{}</text:list><text:p>", item("点"))));
    let found = body(&style, &[first, second, third, bullet].concat());
    let expected = [
        "第一章甲",
        "一.3)乙",
        "第二章丙\n丁",
        "第三章甲",
        "三.3)乙",
        "第四章丙\n丁",
        "第九章甲",
        "九.3)乙",
        "第十章丙\n丁",
        "•点",
    ];
    assert_eq!(found, expected);
}

#[test]
fn only_the_first_paragraph_of_an_item_has_its_number_and_a_list_header_has_none() {
    let style = list_style("<text:list-level-style-number text:level='1' style:num-format='1' style:num-suffix='.'/>");
    let items = "<text:list-header><text:p>题</text:p></text:list-header>\
                 <text:list-item><text:p>甲</text:p><text:p>续</text:p></text:list-item>";
    assert_eq!(body(&style, &list(items)), ["题", "1.甲", "续"]);
}

#[test]
fn headings_are_numbered_by_the_outline() {
    let style = "<text:outline-style><text:outline-level-style text:level='1' style:num-format='一, 二, 三, ...' style:num-suffix='、'/>\
                 <text:outline-level-style text:level='2' style:num-format='一, 二, 三, ...' style:num-prefix='（' style:num-suffix='）'/></text:outline-style>";
    let heading = |level: u8, text: &str| format!("<text:h text:outline-level='{level}'>{text}</text:h>");
    let all = [heading(1, "总体"), heading(2, "主动"), heading(2, "依申请"), heading(1, "问题")].concat();
    let plain = "<text:h text:outline-level='1' text:is-list-header='true'>附</text:h>";
    assert_eq!(body(style, &format!("{all}{plain}")), ["一、总体", "（一）主动", "（二）依申请", "二、问题", "附"]);
}

#[test]
fn page_headers_and_footers_come_after_the_body() {
    let margins = "<style:header><text:p>某局文件</text:p></style:header><style:footer><text:p>第<text:page-number>1</text:page-number>页</text:p>\
                   </style:footer><style:header-left style:display='false'><text:p>不用</text:p></style:header-left>";
    let (document, _) = said(&odt("", "<text:p>正文</text:p>", margins));
    assert_eq!(lines(&document, Region::HeaderFooter), ["某局文件", "第1页"]);
    assert!(matches!(&document.blocks[0], Block::Paragraph(first) if first.text == "正文"));
}

#[test]
fn hidden_text_is_left_out() {
    let styles = "<style:style style:name='H' style:family='text'><style:text-properties text:display='none'/></style:style>\
                  <style:style style:name='P' style:family='paragraph'><style:text-properties text:display='none'/></style:style>\
                  <style:style style:name='Q' style:family='paragraph' style:parent-style-name='P'/>";
    let text = "<text:p>12<text:span text:style-name='H'>9</text:span>3</text:p><text:p text:style-name='Q'>藏</text:p>\
                <text:section text:display='none'><text:p>藏</text:p></text:section>\
                <text:p><text:hidden-paragraph text:is-hidden='true'/>藏</text:p><text:p>见<text:hidden-text text:is-hidden='true'>藏</text:hidden-text></text:p>";
    assert_eq!(body(styles, text), ["123", "见"]);
}

#[test]
fn repeated_cells_and_rows_have_their_text_each_time() {
    let (grid, findings) = grid(
        "<table:table><table:table-row table:number-rows-repeated='2'><table:table-cell><text:p>规章</text:p></table:table-cell>\
         <table:table-cell table:number-columns-repeated='2'><text:p>0</text:p></table:table-cell></table:table-row></table:table>",
    );
    assert_eq!(findings, []);
    let row = |at| [(at, 0, 1, 1, "规章"), (at, 1, 1, 1, "0"), (at, 2, 1, 1, "0")];
    assert_eq!(cells(&grid), [row(0), row(1)].concat());
}

#[test]
fn text_in_covered_cells_is_reported() {
    let (grid, findings) = grid(
        "<table:table><table:table-row><table:table-cell table:number-rows-spanned='2' table:number-columns-spanned='2'><text:p>项目</text:p>\
         </table:table-cell><table:covered-table-cell><text:p>藏着 7</text:p></table:covered-table-cell><table:table-cell><text:p>5</text:p>\
         </table:table-cell></table:table-row><table:table-row><table:covered-table-cell/><table:covered-table-cell><text:p>9</text:p>\
         </table:covered-table-cell><table:table-cell><text:p>6</text:p></table:table-cell></table:table-row></table:table>",
    );
    assert_eq!(cells(&grid), [(0, 0, 2, 2, "项目"), (0, 2, 1, 1, "5"), (1, 2, 1, 1, "6")]);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.code, "content-skipped");
    assert!(finding.message.zh.contains("有2个被合并单元格遮住的单元格") && finding.message.zh.contains("藏着 7"));
    assert_eq!(finding.place.as_ref().map(|place| (place.row, place.column)), Some((Some(0), Some(1))));
}

#[test]
fn a_covered_cell_that_nothing_covers_is_a_cell() {
    let (grid, findings) = grid(
        "<table:table><table:table-row><table:table-cell><text:p>规章</text:p></table:table-cell><table:covered-table-cell><text:p>7</text:p>\
         </table:covered-table-cell><table:table-cell><text:p>5</text:p></table:table-cell></table:table-row></table:table>",
    );
    assert_eq!(findings, []);
    assert_eq!(cells(&grid), [(0, 0, 1, 1, "规章"), (0, 1, 1, 1, "7"), (0, 2, 1, 1, "5")]);
}

#[test]
fn a_document_as_a_single_file() {
    let text = format!(
        "<?xml version='1.0'?><office:document {SPACES} office:mimetype='application/vnd.oasis.opendocument.text'>\
         <office:meta><dc:title>年报</dc:title></office:meta><office:styles>{}<draw:fill-image><office:binary-data>iVBORw==</office:binary-data>\
         </draw:fill-image></office:styles><office:master-styles><style:master-page><style:header><text:p>页眉</text:p></style:header></style:master-page>\
         </office:master-styles><office:body><office:text><text:p>一</text:p><text:p><draw:frame><draw:image><office:binary-data>iVBO\nRw==\
         </office:binary-data></draw:image></draw:frame></text:p>{}</office:text></office:body></office:document>",
        list_style("<text:list-level-style-number text:level='1' style:num-format='一' style:num-suffix='、'/>"),
        list(&item("甲")),
    );
    let reading = crate::read::read(text.as_bytes(), Some("年报.fodt"), &mut Budget::default()).unwrap();
    assert_eq!((reading.format, reading.findings), (crate::document::Format::Odt, Vec::new()));
    let document = reading.document;
    assert_eq!(lines(&document, Region::Body), ["一", "一、甲"]);
    assert_eq!(lines(&document, Region::HeaderFooter), ["页眉"]);
    assert_eq!(document.metadata.title.as_deref(), Some("年报"));
    let [picture] = &document.pictures[..] else { panic!("{:?}", document.pictures) };
    assert_eq!((&*picture.bytes, picture.media_type.as_str()), (&b"\x89PNG"[..], "image/png"));
    assert!(document.blocks.iter().any(|block| matches!(block, Block::Picture(_))));
}

#[test]
fn a_workbook_as_a_single_file() {
    let text = format!(
        "<?xml version='1.0'?><office:document {SPACES} office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>\
         <office:automatic-styles><style:style style:name='ta1' style:family='table'/></office:automatic-styles>\
         <office:master-styles><style:master-page><style:header style:display='false'/></style:master-page></office:master-styles>\
         <office:body><office:spreadsheet><table:table table:name='表' table:style-name='ta1'><table:table-row><table:table-cell \
         office:value-type='float' office:value='7'><text:p>7.0</text:p><draw:frame><draw:image><office:binary-data>iVBORw==</office:binary-data>\
         </draw:image></draw:frame></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>"
    );
    let reading = crate::read::read(text.as_bytes(), Some("年报.fods"), &mut Budget::default()).unwrap();
    assert_eq!((reading.format, reading.findings), (crate::document::Format::Ods, Vec::new()));
    let [Block::Grid(grid), Block::Picture(_)] = &reading.document.blocks[..] else {
        panic!("{:?}", reading.document.blocks)
    };
    assert_eq!(cells(grid), [(0, 0, 1, 1, "7")]);
}

#[test]
fn a_cell_repeated_a_million_times_a_million_times_is_refused() {
    let cell = "<table:table-cell table:number-columns-repeated='4294967295'><text:p>0</text:p></table:table-cell>";
    let row = format!("<table:table-row table:number-rows-repeated='4294967295'>{cell}</table:table-row>");
    let bytes = odt("", &format!("<table:table>{row}</table:table>"), "");
    assert!(matches!(read(&bytes, &mut Budget::default(), &mut Vec::new()), Err(ReadError::OverLimit(_))));
}

#[test]
fn styles_with_endless_names_or_in_a_circle_cost_no_more_than_their_bytes() {
    let name = "长".repeat(100_000);
    let styles = format!(
        "<style:style style:name='a' style:family='paragraph' style:parent-style-name='{name}'/>\
         <style:style style:name='{name}' style:family='paragraph' style:parent-style-name='a'/>\
         <style:style style:name='b' style:family='paragraph' style:parent-style-name='c'/>\
         <style:style style:name='c' style:family='paragraph' style:parent-style-name='b'/>"
    );
    let text = "<text:p text:style-name='a'>1</text:p><text:p text:style-name='b'>2</text:p>".repeat(2_000);
    let mut budget = Budget::new(Limits { steps: 120_000, ..Limits::default() });
    let document = read(&odt(&styles, &text, ""), &mut budget, &mut Vec::new()).unwrap();
    assert_eq!(document.blocks.len(), 4_000);
}
