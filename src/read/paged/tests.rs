//! Tests of lattice, flow, tables over page breaks and removed content, on synthetic pages.

#![allow(clippy::cast_precision_loss, reason = "positions on a page")]

use super::*;
use crate::document::{Block, Document, Slot};
use crate::finding::Finding;

/// Adds horizontal text at a point; glyphs are half or fully as wide as high.
fn put(page: &mut Page, (x, y): (f64, f64), size: f64, text: &str) {
    let mut x = x;
    for character in text.chars() {
        let advance = if character.is_ascii() { size / 2.0 } else { size };
        let (direction, paint) = (Direction::Right, Paint::Dark);
        page.glyphs.push(Glyph { text: character.to_string(), x, y, advance, size, direction, paint, mark: None });
        x += advance;
    }
}

fn page() -> Page {
    Page { width: 600.0, height: 800.0, ..Page::default() }
}

/// Adds lines around and between columns and rows.
fn rule(page: &mut Page, xs: &[f64], ys: &[f64]) {
    let mut budget = Budget::default();
    let ends = |positions: &[f64]| (positions[0], positions[positions.len() - 1]);
    let ((left, right), (top, bottom)) = (ends(xs), ends(ys));
    for &x in xs {
        page.line((x, top), (x, bottom), &mut budget).unwrap();
    }
    for &y in ys {
        page.line((left, y), (right, y), &mut budget).unwrap();
    }
}

fn read(pages: Vec<Page>) -> (Document, Vec<Finding>) {
    let mut findings = Vec::new();
    let document = document(pages, &mut |_| Ok(Vec::new()), Vec::new(), &mut Budget::default(), &mut findings).unwrap();
    (document, findings)
}

/// The rows of every grid; a cell that spans down is repeated in each row.
fn grids(document: &Document) -> Vec<Vec<Vec<&str>>> {
    let rows = |grid: &'_ crate::document::Grid| grid.rows();
    document
        .grids()
        .map(|grid| (0..rows(grid)).map(|row| grid.row_cells(row).map(|cell| cell.text.as_str()).collect()).collect())
        .collect()
}

fn paragraphs(document: &Document) -> Vec<&str> {
    let text = |block: &'_ Block| matches!(block, Block::Paragraph(_));
    document
        .blocks
        .iter()
        .filter(|block| text(block))
        .map(|block| if let Block::Paragraph(paragraph) = block { paragraph.text.as_str() } else { "" })
        .collect()
}

#[test]
fn slots_without_a_line_between_them_are_one_cell() {
    let mut page = page();
    let mut budget = Budget::default();
    rule(&mut page, &[100.0, 200.0, 300.0], &[100.0, 120.0, 140.0]);
    // The upper row is one cell: remove the line between its columns.
    page.segments.retain(|segment| segment.level || (segment.position - 200.0).abs() > 0.1);
    page.line((200.4, 120.3), (199.8, 140.0), &mut budget).unwrap();
    put(&mut page, (110.0, 115.0), 10.0, "合计");
    put(&mut page, (110.0, 135.0), 10.0, "12");
    put(&mut page, (210.0, 135.0), 10.0, "3");
    let (document, findings) = read(vec![page]);
    assert_eq!(grids(&document), [[vec!["合计"], vec!["12", "3"]]]);
    let grid = document.grids().next().unwrap();
    assert_eq!((grid.slot(0, 1), findings.len()), (Slot::Covered(0), 0));
    assert_eq!(grid.cells()[2].place.bounds, Some((20_010, 12_000, 30_000, 14_000)));
}

#[test]
fn two_numbers_are_never_joined() {
    let mut page = page();
    rule(&mut page, &[100.0, 200.0, 300.0, 400.0, 500.0], &[100.0, 140.0]);
    // Two lines in a cell, a note mark, overprinted digits, and adjacent figures.
    put(&mut page, (110.0, 115.0), 10.0, "12");
    put(&mut page, (110.0, 130.0), 10.0, "3");
    put(&mut page, (210.0, 115.0), 10.0, "5");
    put(&mut page, (215.0, 111.0), 6.0, "1");
    put(&mut page, (310.0, 115.0), 10.0, "7");
    put(&mut page, (311.8, 115.0), 10.0, "8");
    put(&mut page, (410.0, 115.0), 10.0, "1");
    put(&mut page, (440.0, 115.0), 10.0, "2");
    let (document, _) = read(vec![page]);
    assert_eq!(grids(&document), [[["12\n3", "5〔1〕", "7\u{fffd}8", "1 2"]]]);
}

#[test]
fn text_drawn_twice_is_read_once_and_repeated_digits_are_kept() {
    let mut page = page();
    rule(&mut page, &[100.0, 200.0, 300.0], &[100.0, 140.0]);
    for shift in [0.0, 0.35, 0.7] {
        put(&mut page, (110.0 + shift, 115.0), 10.0, "规章1122");
    }
    put(&mut page, (210.0, 115.0), 10.0, "11");
    let (document, _) = read(vec![page]);
    assert_eq!(grids(&document), [[["规章1122", "11"]]]);
}

#[test]
fn a_table_continues_after_a_page_without_its_repeated_header() {
    let mut pages = vec![page(), page(), page()];
    for (number, page) in pages.iter_mut().enumerate() {
        put(page, (290.0, 770.0), 10.0, &format!("— {} —", number + 1));
        rule(page, &[100.0, 200.0, 300.0], &[100.0, 120.0, 140.0]);
        put(page, (110.0, 115.0), 10.0, "类别");
        put(page, (210.0, 115.0), 10.0, "件数");
        put(page, (110.0, 135.0), 10.0, ["规章", "文件", "许可"][number]);
        put(page, (210.0, 135.0), 10.0, ["5", "5", "6"][number]);
    }
    // The third is elsewhere on its page.
    for segment in &mut pages[2].segments {
        if segment.level {
            (segment.from, segment.to) = (segment.from + 50.0, segment.to + 50.0);
        } else {
            segment.position += 50.0;
        }
    }
    pages[2].glyphs.iter_mut().for_each(|glyph| glyph.x += 50.0);
    let (document, _) = read(pages);
    let one = [["类别", "件数"], ["规章", "5"], ["文件", "5"]].map(Vec::from).to_vec();
    let other = [["类别", "件数"], ["许可", "6"]].map(Vec::from).to_vec();
    assert_eq!(grids(&document), [one, other]);
    let places: Vec<_> =
        document.grids().flat_map(crate::document::Grid::cells).map(|cell| (cell.place.page, cell.place.row)).collect();
    assert_eq!((places[4], places[5]), ((Some(1), Some(2)), (Some(1), Some(2))));
    let margins = document.blocks.iter().filter(|block| {
        matches!(block, Block::Paragraph(paragraph) if paragraph.region == crate::document::Region::HeaderFooter)
    });
    assert_eq!(margins.count(), 3);
}

#[test]
fn figures_are_never_joined_over_a_page() {
    let mut pages = vec![page(), page()];
    for (number, page) in pages.iter_mut().enumerate() {
        rule(page, &[100.0, 200.0, 300.0], &[700.0 * (1.0 - number as f64) + 20.0, 740.0 - 690.0 * number as f64]);
    }
    put(&mut pages[0], (110.0, 735.0), 10.0, "规章");
    put(&mut pages[0], (210.0, 735.0), 10.0, "18");
    put(&mut pages[1], (210.0, 35.0), 10.0, "6");
    let (document, _) = read(pages);
    let all = grids(&document);
    let texts: Vec<&&str> = all.iter().flatten().flatten().collect();
    assert!(texts.contains(&&"18") && texts.contains(&&"6") || texts.contains(&&"18\n6"), "{all:?}");
}

#[test]
fn a_header_split_by_a_page_break_is_joined() {
    let mut pages = vec![page(), page()];
    let mut budget = Budget::default();
    let xs = [100.0, 150.0, 200.0, 250.0];
    rule(&mut pages[0], &[100.0, 250.0], &[700.0, 720.0]);
    for x in [100.0, 150.0, 250.0] {
        pages[0].line((x, 720.0), (x, 740.0), &mut budget).unwrap();
    }
    pages[0].line((100.0, 740.0), (250.0, 740.0), &mut budget).unwrap();
    rule(&mut pages[1], &xs, &[50.0, 70.0, 90.0]);
    for (x, y, text) in [(140.0, 714.0, "行政复议"), (110.0, 734.0, "结果"), (160.0, 734.0, "复议后起诉")] {
        put(&mut pages[0], (x, y), 10.0, text);
    }
    for (row, texts) in [["维持", "结果维持", "总计"], ["1", "2", "3"]].iter().enumerate() {
        for (text, x) in texts.iter().zip(xs) {
            put(&mut pages[1], (x + 5.0, 64.0 + 20.0 * row as f64), 10.0, text);
        }
    }
    let (document, _) = read(pages);
    let all = grids(&document);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        all[0][1..],
        [vec!["结果维持", "复议后起诉"], vec!["结果维持", "结果维持", "总计"], vec!["1", "2", "3"]]
    );
}

/// Two pages with a label that spans several rows at the end of the first and at the start of the second.
fn labels_at_a_page_end(size: f64) -> Vec<Vec<Vec<String>>> {
    let mut pages = vec![page(), page()];
    for (number, page) in pages.iter_mut().enumerate() {
        let top = 650.0 * (1.0 - number as f64) + 20.0;
        let mut budget = Budget::default();
        for x in [100.0, 200.0, 300.0] {
            page.line((x, top), (x, top + 90.0), &mut budget).unwrap();
        }
        for y in [top, top + 90.0] {
            page.line((100.0, y), (300.0, y), &mut budget).unwrap();
        }
        for y in [top + 30.0, top + 60.0] {
            page.line((200.0, y), (300.0, y), &mut budget).unwrap();
        }
        for (row, text) in ["甲", "乙", "丙"].iter().enumerate() {
            put(page, (210.0, top + 20.0 + 30.0 * row as f64), 10.0, text);
        }
    }
    put(&mut pages[0], (105.0, 720.0), size, "移动新媒");
    put(&mut pages[1], (105.0, 70.0), size, "体创新");
    let (document, _) = read(pages);
    grids(&document)
        .into_iter()
        .map(|grid| grid.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect())
        .collect()
}

#[test]
fn a_label_continues_after_a_page_only_if_its_last_line_is_full() {
    let cut = labels_at_a_page_end(22.0);
    assert_eq!(cut[0][5][0], "移动新媒体创新");
    let whole = labels_at_a_page_end(10.0);
    assert_eq!((whole[0][2][0].as_str(), whole[0][3][0].as_str()), ("移动新媒", "体创新"));
}

#[test]
fn pages_are_turned_upright_and_sideways_labels_stay_in_their_cells() {
    let mut page = page();
    rule(&mut page, &[100.0, 130.0, 300.0], &[100.0, 200.0]);
    put(&mut page, (150.0, 150.0), 10.0, "规章制度规范性文件");
    let mut sideways = self::page();
    put(&mut sideways, (0.0, 0.0), 10.0, "三办理");
    for (index, glyph) in sideways.glyphs.into_iter().enumerate() {
        let (x, y) = (118.0, 160.0 - 10.0 * index as f64);
        page.glyphs.push(Glyph { x, y, direction: Direction::Up, ..glyph });
    }
    let upright = page.clone();
    let expected = vec![vec![vec!["三办理", "规章制度规范性文件"]]];
    assert_eq!(grids(&read(vec![upright]).0), expected);
    // The same on a rotated page.
    let turned = |x: f64, y: f64| (600.0 - y, x);
    for glyph in &mut page.glyphs {
        (glyph.x, glyph.y) = turned(glyph.x, glyph.y);
        glyph.direction = match glyph.direction {
            Direction::Right => Direction::Down,
            Direction::Up => Direction::Right,
            other => other,
        };
    }
    for segment in &mut page.segments {
        let level = !segment.level;
        *segment = if segment.level {
            Segment { level, position: 600.0 - segment.position, ..*segment }
        } else {
            Segment { level, position: segment.position, from: 600.0 - segment.to, to: 600.0 - segment.from }
        };
    }
    (page.width, page.height) = (600.0, 600.0);
    assert_eq!(grids(&read(vec![page]).0), expected);
}

#[test]
fn watermarks_and_invisible_text_are_removed_and_reported() {
    let mut page = page();
    rule(&mut page, &[100.0, 200.0, 300.0], &[100.0, 140.0]);
    put(&mut page, (110.0, 115.0), 10.0, "规章规章规章");
    put(&mut page, (210.0, 115.0), 10.0, "11");
    let ordinary = page.glyphs.len();
    put(&mut page, (150.0, 118.0), 40.0, "密");
    put(&mut page, (210.0, 115.0), 10.0, "99");
    put(&mut page, (205.0, 125.0), 30.0, "内部");
    for (index, glyph) in page.glyphs.iter_mut().enumerate().skip(ordinary) {
        match index - ordinary {
            0 => glyph.paint = Paint::Light,
            1 | 2 => glyph.paint = Paint::White,
            _ => glyph.direction = Direction::Slanted,
        }
    }
    let (document, findings) = read(vec![page.clone()]);
    assert_eq!(grids(&document), [[["规章规章规章", "11"]]]);
    let said: Vec<&str> = findings.iter().map(|finding| finding.message.zh.as_str()).collect();
    assert!(said[0].contains("第1页上的水印文字") && said[1].contains("看不见的文字"), "{said:?}");
    // White text on a dark box is the header of a table.
    page.dark.push(Rect { x0: 100.0, y0: 100.0, x1: 300.0, y1: 140.0 });
    page.glyphs.retain(|glyph| glyph.paint == Paint::White || glyph.text == "规");
    assert_eq!(grids(&read(vec![page]).0), [[["规规规", "99"]]]);
}

#[test]
fn scans_and_glyphs_without_characters_are_named_by_their_pages() {
    let mut pages = vec![page(), page(), page(), page()];
    put(&mut pages[0], (100.0, 100.0), 10.0, "全年工作情况良好，没有其他需要报告的事项。");
    for page in &mut pages[1..3] {
        page.pictures.push(Rect { x0: 0.0, y0: 0.0, x1: 600.0, y1: 800.0 });
    }
    put(&mut pages[3], (100.0, 100.0), 10.0, "表格里是数字");
    pages[3].unknown = 4;
    let (document, findings) = read(pages.clone());
    assert_eq!(paragraphs(&document), ["全年工作情况良好，没有其他需要报告的事项。"]);
    let said: Vec<(&str, &str)> = findings.iter().map(|f| (f.code.as_str(), f.message.zh.as_str())).collect();
    assert_eq!((said[0].0, said[1].0), ("pages-are-pictures", "pages-unreadable"));
    assert!(said[0].1.contains("第2-3页") && said[1].1.contains("第4页"), "{said:?}");
    let all = document_of(pages.drain(1..3).collect());
    assert_eq!(all.unwrap_err(), crate::read::ReadError::Pictures);
}

fn document_of(pages: Vec<Page>) -> Result<Document, crate::read::ReadError> {
    document(pages, &mut |_| Ok(Vec::new()), Vec::new(), &mut Budget::default(), &mut Vec::new())
}

#[test]
fn a_drawing_of_many_lines_costs_steps_and_no_table() {
    let mut page = page();
    let every = |count: usize| (0..count).map(|index| 10.0 + 4.0 * index as f64).collect::<Vec<_>>();
    rule(&mut page, &every(180), &every(180));
    put(&mut page, (100.0, 100.0), 10.0, "图");
    assert_eq!(grids(&read(vec![page]).0).len(), 0);
    let mut page = self::page();
    let mut budget = Budget::new(crate::document::Limits { steps: 1_000, ..Default::default() });
    let many =
        (0..10_000).try_for_each(|index| page.line((0.0, f64::from(index)), (9.0, f64::from(index)), &mut budget));
    assert!(matches!(many, Err(crate::read::ReadError::OverLimit(_))));
}

#[test]
fn a_side_that_no_line_meets_is_of_the_table() {
    let mut page = page();
    rule(&mut page, &[130.0, 200.0, 300.0], &[100.0, 120.0, 140.0]);
    // The first column is one cell that begins on the previous page and ends on the next.
    page.line((100.0, 100.0), (100.0, 140.0), &mut Budget::default()).unwrap();
    put(&mut page, (105.0, 120.0), 10.0, "三");
    put(&mut page, (140.0, 115.0), 10.0, "规章");
    put(&mut page, (140.0, 135.0), 10.0, "文件");
    put(&mut page, (210.0, 135.0), 10.0, "3");
    let document = read(vec![page]).0;
    assert_eq!(grids(&document), [[["三", "规章", ""], ["三", "文件", "3"]].map(Vec::from).to_vec()]);
}
