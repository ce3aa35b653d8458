//! Tests of reading workbooks, hostile ones included.

mod binary;

use super::{read_ods, read_xlsx};
use crate::document::{Block, Budget, Document, Grid};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::container::package::Package;
use rust_xlsxwriter::{Chart, ChartType, Format, Note, Workbook};
use std::io::Write;

fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

pub(super) fn grids(document: &Document) -> Vec<&Grid> {
    document.grids().collect()
}

fn read(bytes: &[u8]) -> Document {
    read_xlsx(bytes, &mut Budget::default(), &mut Vec::new()).unwrap()
}

fn ods(content: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let head = "<o:document-content xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
                xmlns:t='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:x='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>";
    zip.write_all(format!("{head}{content}</o:document-content>").as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn figures_keep_their_shortest_text_and_merged_cells_their_spans() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet().set_name("表三").unwrap();
        sheet.merge_range(2, 1, 2, 3, "申请人情况", &Format::new()).unwrap();
        for (column, number) in [0.1, 1e-7, 9_007_199_254_740_992.0, 59237.2449, 0.0].into_iter().enumerate() {
            sheet.write(4, column as u16, number).unwrap();
        }
        sheet.write(5, 0, "=1+1").unwrap();
    });
    let document = read(&bytes);
    let grid = grids(&document)[0];
    assert_eq!((grid.rows(), grid.columns(), grid.caption.as_deref()), (3, 5, Some("表三")));
    let texts: Vec<&str> = grid.row_cells(1).map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["0.1", "0.0000001", "9007199254740992", "59237.2449", "0"]);
    let head = grid.cell_at(0, 2).unwrap();
    assert_eq!(
        (head.text.as_str(), head.column, head.col_span, head.place.a1().as_deref()),
        ("申请人情况", 1, 3, Some("B3"))
    );
}

#[test]
fn far_corners_stay_sparse() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, 1).unwrap();
        sheet.write(1_048_575, 16_383, 2).unwrap();
    });
    let document = read(&bytes);
    assert_eq!((grids(&document)[0].rows(), grids(&document)[0].columns()), (2, 2));
}

#[test]
fn ods_spans_repetitions_and_values() {
    let bytes = ods(
        "<t:table t:name='表'><t:table-row t:number-rows-repeated='1000000'><t:table-cell t:number-columns-repeated='16000'/></t:table-row>
         <t:table-row><t:table-cell t:number-columns-spanned='2' o:value-type='string'><x:p>甲<x:s x:c='2'/>乙</x:p><x:p>丙</x:p></t:table-cell>
         <t:covered-table-cell/><t:table-cell t:number-columns-repeated='2' o:value-type='float' o:value='1.5E-3'><x:p>0.00</x:p></t:table-cell></t:table-row></t:table>",
    );
    let document = read_ods(&bytes, &mut Budget::default(), &mut Vec::new()).unwrap();
    let grid = grids(&document)[0];
    let texts: Vec<(&str, u32)> = grid.row_cells(0).map(|cell| (cell.text.as_str(), cell.col_span)).collect();
    assert_eq!(texts, [("甲  乙\n丙", 2), ("0.0015", 1), ("0.0015", 1)]);
}

#[test]
fn an_error_of_an_ods_formula_is_read_and_a_missing_result_is_reported() {
    let bytes = ods(
        "<t:table t:name='表'><t:table-row><t:table-cell t:formula='of:=1/0' o:value-type='string' o:string-value=''><x:p>#DIV/0!</x:p>\
         </t:table-cell><t:table-cell t:formula='of:=1+1'/><t:table-cell t:formula='of:=\"\"' o:value-type='string' o:string-value=''/>\
         </t:table-row></t:table>",
    );
    let mut findings = Vec::new();
    let document = read_ods(&bytes, &mut Budget::default(), &mut findings).unwrap();
    let texts: Vec<&str> = grids(&document)[0].row_cells(0).map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["#DIV/0!"]);
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    // A blank result is reported like a missing one.
    assert!(finding.code == "formula-uncalculated" && finding.message.en.starts_with("2 formulas"), "{finding:?}");
}

#[test]
fn drawings_over_an_ods_sheet_are_read_and_tables_of_charts_are_not() {
    let draw = "xmlns:d='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0'";
    let chart = "<t:table><t:table-row><t:table-cell><x:p>9</x:p></t:table-cell></t:table-row></t:table>";
    let bytes = ods(&format!(
        "<t:table t:name='表' {draw}><t:shapes><d:frame><s:title xmlns:s='svg'>名</s:title><d:text-box><x:p>注<x:s/>一</x:p><x:p/></d:text-box></d:frame>\
         <d:frame><d:object d:notify-on-update-of-ranges='表.A1'>{chart}</d:object></d:frame><d:frame><d:object/></d:frame></t:shapes>\
         <t:table-row><t:table-cell><o:annotation><x:p>请核对</x:p></o:annotation><d:custom-shape><x:p>注二</x:p></d:custom-shape>\
         <x:p>规章</x:p></t:table-cell></t:table-row></t:table>"
    ));
    let mut findings = Vec::new();
    let document = read_ods(&bytes, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!(told(&findings), ["There are 1 embedded object(s)", "1 chart(s)", "The file has 1 comment(s)"]);
    let [Block::Grid(grid), Block::Paragraph(one), Block::Paragraph(two)] = &document.blocks[..] else {
        panic!("{document:?}")
    };
    assert_eq!((grid.cells().len(), grid.cells()[0].text.as_str()), (1, "规章"));
    assert_eq!((one.text.as_str(), two.text.as_str()), ("注 一", "注二"));
}

/// The beginnings of the messages of findings, with kind and number.
pub(super) fn told(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.message.en.split_inclusive("(s)").next().unwrap_or_default()).collect()
}

#[test]
fn comments_and_charts_of_an_xlsx_are_reported() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet().set_name("表").unwrap();
        for row in 0..3 {
            sheet.write(row, 0, row).unwrap();
            sheet.insert_note(row, 0, &Note::new("请核对")).unwrap();
        }
        let mut chart = Chart::new(ChartType::Bar);
        chart.add_series().set_values(("表", 0, 0, 2, 0));
        sheet.insert_chart(0, 3, &chart).unwrap();
        book.add_worksheet().write(0, 0, 1).unwrap();
    });
    let mut findings = Vec::new();
    read_xlsx(&bytes, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!(told(&findings), ["1 chart(s)", "The file has 3 comment(s)"]);
    assert!(
        findings.iter().all(|finding| finding.place.as_ref().and_then(|place| place.part.as_deref()) == Some("表"))
    );
}

#[test]
fn damaged_comments_and_drawings_do_not_affect_the_cells() {
    let cells = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><drawing r:id='d'/><legacyDrawing r:id='v'/></worksheet>";
    let relations = "<Relationships><Relationship Id='d' Type='x/drawing' Target='../d.xml'/>\
                     <Relationship Id='c' Type='x/comments' Target='../c.xml'/></Relationships>";
    let missing = "<Relationships><Relationship Id='p' Type='x/image' Target='media/a.png'/></Relationships>";
    let none = "<Relationships/>";
    for (comments, drawing, pictures, expected) in [
        ("<comments><comment/></comments>", "<wsDr/>", none, "The file has 1 comment(s)"),
        ("<comments><comment></comments>", "<wsDr/>", none, "1 part(s)"),
        ("<comments/>", "<wsDr><sp></wsDr>", none, "1 part(s)"),
        ("<comments/>", "<wsDr/>", missing, "1 picture(s)"),
    ] {
        let content = [
            ("xl/worksheets/sheet0.xml", cells),
            ("xl/worksheets/_rels/sheet0.xml.rels", relations),
            ("xl/c.xml", comments),
            ("xl/d.xml", drawing),
            ("xl/_rels/d.xml.rels", pictures),
        ];
        let mut findings = Vec::new();
        let bytes = parts(&[("表", "worksheet")], &content);
        let document = read_xlsx(&bytes, &mut Budget::default(), &mut findings).unwrap();
        assert_eq!((texts(grids(&document)[0]), told(&findings)), (vec!["1"], vec![expected]));
    }
}

#[test]
fn cached_cells_of_other_files_are_not_sheets_of_an_ods() {
    let row = "<t:table-row><t:table-cell><x:p>1</x:p></t:table-cell></t:table-row>";
    let other = format!("<t:table t:name=\"'file:///C:/a.ods'#$表\">{row}</t:table>");
    let bytes = ods(&format!("<t:table t:name='表'>{row}</t:table>{other}"));
    let mut findings = Vec::new();
    let document = read_ods(&bytes, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!((grids(&document).len(), findings.len()), (1, 0));
}

#[test]
fn repetition_bombs_are_refused() {
    let cell = "<t:table-cell t:number-columns-repeated='16384' o:value-type='float' o:value='1'/>";
    let row = format!("<t:table-row t:number-rows-repeated='1048576'>{cell}</t:table-row>");
    let refused = read_ods(&ods(&format!("<t:table>{row}</t:table>")), &mut Budget::default(), &mut Vec::new());
    assert!(matches!(refused, Err(ReadError::OverLimit(_))));
}

#[test]
fn damaged_workbooks_never_panic() {
    let whole = xlsx(|book| {
        let sheet = book.add_worksheet();
        for row in 0..20 {
            sheet.write(row, 0, "规章").unwrap();
            sheet.write(row, 1, row).unwrap();
        }
    });
    let mut random = crate::sampler::Random::new(7);
    for round in 0..300 {
        let mut bytes = whole.clone();
        if round % 3 == 0 {
            bytes.truncate(random.below(whole.len() as u64) as usize);
        } else {
            for _ in 0..=random.below(8) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.below(256) as u8;
            }
        }
        let _ = read_xlsx(&bytes, &mut Budget::default(), &mut Vec::new());
    }
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with these parts, and a sheet list that names each sheet with the id and the kind of its relationship.
fn parts(sheets: &[(&str, &str)], content: &[(&str, &str)]) -> Vec<u8> {
    let list = |write: &dyn Fn(usize, &str, &str) -> String| -> String {
        sheets.iter().enumerate().map(|(number, (name, kind))| write(number, name, kind)).collect()
    };
    let sheet = list(&|number, name, _| format!("<sheet name='{name}' r:id='r{number}'/>"));
    let relations = list(&|number, _, kind| {
        format!("<Relationship Id='r{number}' Type='http://x/{kind}' Target='{kind}s/sheet{number}.xml'/>")
    });
    let book = format!("<workbook><sheets>{sheet}</sheets></workbook>");
    let relations = format!(
        "<Relationships>{relations}<Relationship Id='s' Type='x/sharedStrings' Target='sharedStrings.xml'/></Relationships>"
    );
    let mut all = vec![("xl/workbook.xml", book.as_str()), ("xl/_rels/workbook.xml.rels", relations.as_str())];
    all.push((
        "_rels/.rels",
        "<Relationships><Relationship Id='a' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>",
    ));
    all.extend(content);
    package(&all)
}

fn texts(grid: &Grid) -> Vec<&str> {
    grid.cells().iter().map(|cell| cell.text.as_str()).collect()
}

#[test]
fn claims_are_not_believed() {
    let strings = "<sst uniqueCount='9999999999999'><si><t>规章</t></si></sst>";
    let cells = "<worksheet><dimension ref='A1:XFD1048576'/><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>";
    let bytes =
        parts(&[("表", "worksheet")], &[("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet0.xml", cells)]);
    assert_eq!(texts(grids(&read(&bytes))[0]), ["规章"]);
}

#[test]
fn a_sheet_without_cells_does_not_affect_the_others() {
    let cells = "<worksheet><sheetData><row r='2'><c r='B2'><v>9007199254740993</v></c><c><v>1.50</v></c><c t='b'><v>1</v></c>\
                 <c t='inlineStr'><is><r><t>规</t></r><r><t>章</t></r></is></c><c t='e'><v>#N/A</v></c></row></sheetData></worksheet>";
    let bytes = parts(
        &[
            ("图", "chartsheet"),
            ("宏", "xlMacrosheet"),
            ("框", "dialogsheet"),
            ("缺", "worksheet"),
            ("表", "worksheet"),
        ],
        &[("xl/worksheets/sheet4.xml", cells)],
    );
    let mut findings = Vec::new();
    let document = read_xlsx(&bytes, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!(texts(grids(&document)[0]), ["9007199254740993", "1.50", "TRUE", "规章", "#N/A"]);
    assert_eq!(grids(&document)[0].cells()[1].place.a1().as_deref(), Some("C2"));
    assert_eq!(findings.len(), 4, "{findings:?}");
    assert!(findings.iter().all(|finding| finding.code == "content-skipped"));
}

#[test]
fn invisible_cells_are_reported_and_not_read() {
    let bytes = xlsx(|book| {
        let sheet = book.add_worksheet().set_name("表").unwrap();
        sheet.merge_range(0, 0, 0, 2, "合并", &Format::new()).unwrap();
        sheet.write(0, 1, "遮住").unwrap();
        for row in 1..4 {
            sheet.write(row, 0, row).unwrap();
            sheet.write(row, 4, row).unwrap();
        }
        sheet.set_row_hidden(2).unwrap();
        sheet.set_column_hidden(4).unwrap();
        book.add_worksheet().set_hidden(true).write(0, 0, "密").unwrap();
    });
    let mut findings = Vec::new();
    let document = read_xlsx(&bytes, &mut Budget::default(), &mut findings).unwrap();
    let texts: Vec<&str> = grids(&document)[0].cells().iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!((grids(&document).len(), texts), (1, vec!["合并", "1", "", "", "3", "", ""]));
    let said: Vec<(&str, Option<String>)> = findings
        .iter()
        .map(|finding| (finding.code.as_str(), finding.place.as_ref().and_then(crate::document::Place::a1)))
        .collect();
    let at = |code, a1: &str| (code, Some(a1.to_owned()));
    assert_eq!(said, [at("cells-hidden", "E2"), at("content-skipped", "B1"), at("sheet-hidden", "A1")]);
    assert!(findings[0].message.zh.contains("有4格") && findings[1].message.zh.contains("遮住"), "{findings:?}");
}

#[test]
fn missing_results_and_missing_text_are_reported() {
    let cells =
        "<worksheet><sheetData><row><c r='A1'><f>1+1</f></c><c r='B1' t='s'><v>7</v></c></row></sheetData></worksheet>";
    let bytes = parts(&[("表", "worksheet")], &[("xl/worksheets/sheet0.xml", cells)]);
    let mut findings = Vec::new();
    read_xlsx(&bytes, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!(
        findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["formula-uncalculated", "file-damaged"]
    );
}

#[test]
fn drawings_over_a_sheet_are_kept() {
    let cells = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><drawing r:id='d'/></worksheet>";
    let drawing = "<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>填表</a:t></a:r><a:r><a:t>人</a:t></a:r></a:p><a:p/></xdr:txBody></xdr:sp></xdr:wsDr>";
    let bytes = parts(
        &[("表", "worksheet")],
        &[
            ("xl/worksheets/sheet0.xml", cells),
            (
                "xl/worksheets/_rels/sheet0.xml.rels",
                "<Relationships><Relationship Id='d' Type='x/drawing' Target='../drawings/d.xml'/></Relationships>",
            ),
            ("xl/drawings/d.xml", drawing),
            (
                "xl/drawings/_rels/d.xml.rels",
                "<Relationships><Relationship Id='p' Type='x/image' Target='../media/image1.png'/></Relationships>",
            ),
            ("xl/media/image1.png", "\u{7f}PNG"),
        ],
    );
    let document = read(&bytes);
    let [_, Block::Paragraph(text), Block::Picture(picture)] = &document.blocks[..] else { panic!("{document:?}") };
    assert_eq!((text.text.as_str(), text.place.part.as_deref()), ("填表人", Some("表")));
    assert_eq!((picture.index, picture.place.part.as_deref()), (0, Some("表")));
    assert_eq!(document.pictures[0].name, "image1.png");

    // With another checksum the picture is broken, and everything else is read.
    let stamp = Package::open(&bytes, &mut Budget::default()).unwrap().stamp("xl/media/image1.png").unwrap();
    let checksum = stamp.crc32.to_le_bytes();
    let mut broken = bytes.clone();
    for at in memchr::memmem::find_iter(&bytes, &checksum) {
        broken[at] ^= 1;
    }
    let mut findings = Vec::new();
    let document = read_xlsx(&broken, &mut Budget::default(), &mut findings).unwrap();
    assert_eq!((document.blocks.len(), told(&findings)), (2, vec!["1 picture(s)"]));
}
