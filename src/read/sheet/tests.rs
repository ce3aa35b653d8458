//! What workbooks become, and what hostile ones may cost.

use super::{read_ods, read_xlsx};
use crate::document::{Block, Budget, Document, Grid};
use crate::read::ReadError;
use rust_xlsxwriter::{Format, Workbook};
use std::io::Write;

fn xlsx(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

fn grids(document: &Document) -> Vec<&Grid> {
    let blocks = document.blocks.iter();
    let found = blocks.filter_map(|block| match block {
        Block::Grid(grid) => Some(grid),
        _ => None,
    });
    found.collect()
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

#[test]
fn claims_that_nothing_bears_out_are_refused_before_room_is_made() {
    let with = |name: &str, content: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in [("xl/workbook.xml", "<workbook/>"), (name, content)] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        read_xlsx(&zip.finish().unwrap().into_inner(), &mut Budget::default(), &mut Vec::new())
    };
    let strings = with("xl/sharedStrings.xml", "<sst uniqueCount=\"9999999999999\"><si><t>a</t></si></sst>");
    assert!(matches!(strings, Err(ReadError::Damaged(why)) if why.contains("9999999999999")));
    let fonts = format!("<font><name val=\"{}\"/></font>{}", "a".repeat(30_000), "<xf fontId=\"0\"/>".repeat(20_000));
    assert!(matches!(with("xl/styles.xml", &fonts), Err(ReadError::OverLimit(_))));
}
