//! Tests with small RTF texts.

use super::read;
use crate::document::{Block, Budget, Document, Grid, Region, Resource};
use crate::finding::Finding;
use crate::read::ReadError;

fn document(rtf: &[u8]) -> Result<(Document, Vec<Finding>), ReadError> {
    let mut findings = Vec::new();
    let document = read(rtf, &mut Budget::default(), &mut findings)?;
    Ok((document, findings))
}

/// The paragraphs as (region, level, label and text).
fn paragraphs(rtf: &[u8]) -> Result<Vec<(Region, Option<u8>, String)>, ReadError> {
    let (document, _) = document(rtf)?;
    Ok(document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some((paragraph.region, paragraph.level, paragraph.shown().into_owned())),
            _ => None,
        })
        .collect())
}

fn body(text: &str) -> (Region, Option<u8>, String) {
    (Region::Body, None, text.to_owned())
}

fn only_grid(document: &Document) -> Option<&Grid> {
    match &document.blocks[..] {
        [Block::Grid(grid)] => Some(grid),
        _ => None,
    }
}

fn cells(grid: &Grid) -> Vec<(u32, u32, u32, u32, &str)> {
    grid.cells().iter().map(|c| (c.row, c.column, c.row_span, c.col_span, c.text.as_str())).collect()
}

#[test]
fn characters_come_as_unicode_with_an_alternative_or_as_bytes_of_the_font() -> Result<(), ReadError> {
    let rtf = b"{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset134 \\'cb\\'ce;}{\\f2\\fcharset128 M;}}\
        {\\uc2 \\u20844\\'b9\\'ab\\u24320\\'bf\\'aa}{\\f1\\'b9\\'ab 3}{\\f2\\'91\\'e6}\\u-10179?\\u-8704?\\u8212?1\\par\
        {\\f1 \xB9\xAB\xBF\xAA}\\~\\emdash\\tab x\\line y\\par}";
    assert_eq!(paragraphs(rtf)?, [body("公开公 3第😀—1"), body("公开\u{A0}—\tx\ny")]);
    Ok(())
}

#[test]
fn merged_cells_have_their_spans() -> Result<(), ReadError> {
    let rtf =
        b"{\\rtf1 \\trowd\\clvmgf\\cellx1000\\clmgf\\cellx2000\\clmrg\\cellx3000\\intbl a\\cell b\\cell\\cell\\row\
        \\trowd\\clvmrg\\cellx1005\\cellx1998\\cellx3000\\pard\\intbl\\cell 1\\cell 2\\par 3\\cell\\row\\pard}";
    let (document, _) = document(rtf)?;
    let found = only_grid(&document).map(cells);
    assert_eq!(found, Some(vec![(0, 0, 2, 1, "a"), (0, 1, 1, 2, "b"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "2\n3")]));
    Ok(())
}

#[test]
fn nested_tables_are_in_their_cell_and_text_for_old_readers_is_skipped() -> Result<(), ReadError> {
    let rtf = b"{\\rtf1 \\trowd\\cellx5000\\pard\\intbl before\\par\\pard\\intbl\\itap2 x\\nestcell y\\nestcell\
        {\\*\\nesttableprops\\trowd\\cellx500\\cellx900\\nestrow}{\\nonesttables\\par}\\pard\\intbl after\\cell\\row\\pard\\par}";
    let (document, _) = document(rtf)?;
    let grid = only_grid(&document).ok_or(ReadError::Empty)?;
    assert_eq!(cells(grid), [(0, 0, 1, 1, "before\nafter")]);
    let [Block::Grid(nested)] = &grid.cells()[0].nested[..] else { return Err(ReadError::Empty) };
    assert_eq!(cells(nested), [(0, 0, 1, 1, "x"), (0, 1, 1, 1, "y")]);
    assert_eq!((grid.place.table, nested.place.table), (Some(0), Some(1)));
    Ok(())
}

#[test]
fn headings_labels_and_what_is_not_shown() -> Result<(), ReadError> {
    let rtf = "{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}}\\pard\\s1{\\listtext 1.\\tab}First{\\v hidden}{\\deleted gone}\\par\
        \\pard\\outlinelevel1 Second\\par\\pard{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt shown}}{\\*\\unknown lost}\
        {\\deleted\\par} joined\\par}";
    let heading = |level, text: &str| (Region::Body, Some(level), text.to_owned());
    assert_eq!(paragraphs(rtf.as_bytes())?, [heading(1, "1.First"), heading(2, "Second"), body("shown joined")]);
    Ok(())
}

#[test]
fn notes_headers_and_text_boxes_have_their_region() -> Result<(), ReadError> {
    let rtf = b"{\\rtf1{\\header top\\par}Text{\\footnote note}{\\shp{\\*\\shpinst{\\sp{\\sn fillBlip}{\\sv{\\pict\\pngblip 01}}}{\\shptxt box\\par}}\
        {\\shprslt{\\*\\do{\\dptxbxtext box\\par}}}} end\\par}";
    let of = |region, text: &str| (region, None, text.to_owned());
    assert_eq!(
        paragraphs(rtf)?,
        [of(Region::TextBox, "box"), body("Text end"), of(Region::HeaderFooter, "top"), of(Region::Note, "note")]
    );
    Ok(())
}

#[test]
fn pictures_are_kept_as_they_are_and_metafiles_reported() -> Result<(), ReadError> {
    let rtf = b"{\\rtf1 a{\\*\\shppict{\\pict\\pngblip\\picwgoal100\\pichgoal20{\\*\\blipuid 00ff}\r\n8950\r\n4e47}}\
        {\\nonshppict{\\pict\\wmetafile8 0100}}{\\pict\\emfblip 0100}{\\shp{\\*\\shpinst{\\sp{\\sn fillBlip}{\\sv{\\pict\\pngblip 01}}}{\\sp{\\sn pib}{\\sv{\\pict\\pngblip 8950}}}}}\
        {\\pict\\jpegblip\\bin3 \xFF}{}\\par}";
    let (document, findings) = document(rtf)?;
    let bytes: Vec<&[u8]> = document.pictures.iter().map(|picture| &picture.bytes[..]).collect();
    assert_eq!(bytes, [&b"\x89PNG"[..], b"\x89P", b"\xFF}{"]);
    let Some(Block::Picture(first)) = document.blocks.get(1) else { return Err(ReadError::Empty) };
    assert_eq!((first.index, first.extent), (0, Some((63_500, 12_700))));
    assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["content-skipped"]);
    Ok(())
}

#[test]
fn the_title_is_read_in_the_better_of_two_encodings() -> Result<(), ReadError> {
    let rtf = b"{\\rtf1{\\info{\\upr{\\title ?}{\\*\\ud{\\title\\u24180?}}}{\\author A}{\\creatim\\yr2024\\mo1\\dy5\\hr9\\min3}}x\\par}";
    let (document, _) = document(rtf)?;
    assert_eq!(document.metadata.title.as_deref(), Some("年"));
    assert_eq!(document.metadata.author.as_deref(), Some("A"));
    assert_eq!(document.metadata.entries, [("dcterms:created".to_owned(), "2024-01-05T09:03:00".to_owned())]);
    Ok(())
}

#[test]
fn a_million_open_groups_are_refused() {
    let rtf = [&b"{\\rtf1"[..], &vec![b'{'; 1_000_000]].concat();
    let refused = document(&rtf);
    assert!(matches!(refused, Err(ReadError::OverLimit(exceeded)) if exceeded.resource == Resource::Depth));
}

#[test]
fn text_after_the_end_is_reported() -> Result<(), ReadError> {
    let (_, findings) = document(b"{\\rtf1 a\\par}\r\n\0")?;
    assert_eq!(findings, []);
    for rtf in [&b"{\\rtf1 a\\par}}b\\par}"[..], b"{\\rtf1 {\\b a\\par"] {
        let (document, findings) = document(rtf)?;
        assert_eq!((document.blocks.len(), findings.len()), (1, 1));
    }
    Ok(())
}
