//! Word 97-2003 and RTF files written by LibreOffice, complete, truncated as by WPS, and damaged.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::document::{Block, Budget, Document, Format, Grid, Region};
use nianbao::finding::Finding;
use nianbao::read::{READERS, ReadError};

const DOC: &[u8] = include_bytes!("fixtures/legacy.doc");
const RTF: &[u8] = include_bytes!("fixtures/legacy.rtf");

fn read(format: Format, bytes: &[u8]) -> Result<(Document, Vec<Finding>), ReadError> {
    let reader = READERS.iter().find(|reader| reader.format == format).unwrap();
    let mut findings = Vec::new();
    let document = (reader.read)(bytes, &mut Budget::default(), &mut findings)?;
    Ok((document, findings))
}

fn paragraphs(document: &Document, region: Region) -> Vec<(Option<u8>, String)> {
    document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) if paragraph.region == region => {
                Some((paragraph.level, paragraph.shown().trim().to_owned()))
            }
            _ => None,
        })
        .collect()
}

fn cells(grid: &Grid) -> Vec<(u32, u32, u32, u32, &str)> {
    grid.cells().iter().map(|c| (c.row, c.column, c.row_span, c.col_span, c.text.as_str())).collect()
}

#[test]
fn both_formats_give_the_same_text() {
    for (format, bytes) in [(Format::Doc, DOC), (Format::Rtf, RTF)] {
        let (document, findings) = read(format, bytes).unwrap();
        // The text contains a tracked deletion.
        assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["revision-left"]);
        let texts = |region| paragraphs(&document, region);
        let of = |level, text: &str| (level, text.to_owned());
        assert_eq!(
            texts(Region::Body),
            [
                of(Some(1), "总体情况"),
                of(None, "主动公开信息12条，“同比”增长3%。"),
                of(None, "前后\t制表\n换行"),
                of(Some(2), "列表"),
                of(None, "一、第一条"),
                of(None, "1.第一款"),
                of(None, "2.第二款"),
                of(None, "二、第二条"),
                of(None, "图片"),
                of(None, "浮动"),
                of(None, "框"),
                of(None, "链接𠮷"),
            ],
            "{format:?}"
        );
        assert_eq!(texts(Region::Note), [of(None, "脚注文字")]);
        assert_eq!(texts(Region::HeaderFooter), [of(None, "页眉文字"), of(None, "第 1 页")]);
        assert_eq!(texts(Region::TextBox), [of(None, "框内文字")]);
        assert_eq!(document.metadata.title.as_deref(), Some("样本年报"));
        assert_eq!(document.metadata.author.as_deref(), Some("样本局"));
        assert_eq!(document.metadata.entries[0].0, "dcterms:created");
        assert!(document.metadata.entries[0].1.starts_with("2024-01-05T09:00:00"));
        let shown = document.blocks.iter().filter(|block| matches!(block, Block::Picture(_))).count();
        assert_eq!(shown, 2);
        assert!(document.pictures.iter().all(|picture| picture.bytes.starts_with(b"\x89PNG")));
    }
}

#[test]
fn both_formats_give_the_same_table() {
    for (format, bytes) in [(Format::Doc, DOC), (Format::Rtf, RTF)] {
        let (document, _) = read(format, bytes).unwrap();
        let grids: Vec<_> = document.grids().collect();
        let [grid] = grids[..] else { panic!("{format:?}: {} grids", grids.len()) };
        assert_eq!(
            cells(grid),
            [
                (0, 0, 2, 1, "项目"),
                (0, 1, 1, 2, "数量"),
                (0, 3, 2, 1, "备注"),
                (1, 1, 1, 1, "甲"),
                (1, 2, 1, 1, "乙"),
                (2, 0, 1, 1, "合计"),
                (2, 1, 1, 1, "12"),
                (2, 2, 1, 1, "34"),
                (2, 3, 1, 1, "内表：\n完"),
            ]
        );
        let [Block::Grid(nested)] = &grid.cells()[8].nested[..] else { panic!("{format:?}: no nested table") };
        assert_eq!(cells(nested), [(0, 0, 1, 1, "子一"), (0, 1, 1, 1, "5")]);
        assert_eq!(grid.cells()[6].place.to_string().rsplit('#').next(), Some("table1:r3c2"));
    }
}

#[test]
fn places_in_word_files_are_character_positions() {
    let (document, _) = read(Format::Doc, DOC).unwrap();
    let Some(Block::Paragraph(heading)) = document.blocks.first() else { panic!("no heading") };
    assert_eq!((heading.place.part.as_deref(), heading.place.span), (Some("WordDocument"), Some((0, 5))));
}

#[test]
fn a_file_without_the_padding_of_its_last_sector_reads_the_same() {
    let kept = DOC.iter().rposition(|&byte| byte != 0).unwrap() + 1;
    assert!(kept < DOC.len() && DOC.len() - kept < 512);
    assert_eq!(read(Format::Doc, &DOC[..kept]).unwrap(), read(Format::Doc, DOC).unwrap());
}

#[test]
fn half_a_word_file_is_damaged_not_empty() {
    for kept in [600, DOC.len() / 4, DOC.len() / 2] {
        let refused = read(Format::Doc, &DOC[..kept]);
        assert!(matches!(refused, Err(ReadError::Damaged(_) | ReadError::Unsupported(_))), "{kept}: {refused:?}");
    }
}

#[test]
fn half_an_rtf_file_is_read_with_a_finding() {
    let (document, findings) = read(Format::Rtf, &RTF[..RTF.len() / 2]).unwrap();
    assert!(!document.is_empty());
    assert_eq!(
        findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["file-damaged", "revision-left"]
    );
}

#[test]
fn a_password_is_distinguished_from_damage() {
    let mut bytes = DOC.to_vec();
    let fib = bytes.windows(4).position(|window| window == [0xEC, 0xA5, 0x01, 0x01]).unwrap();
    bytes[fib + 11] |= 0x01;
    assert_eq!(read(Format::Doc, &bytes), Err(ReadError::Encrypted));
}
