//! Tests of line breaking and of splitting tables over pages, with made-up glyph widths instead of a font.

use super::fonts::{Glyph, Role};
use super::line::{Line, ShapedGlyph, Style, break_lines, widest_piece};
use super::page::{Align, Block, HeadLines, Pages};
use super::sheet::{CHARACTER, Ink, Item, MM, PITCH, UPRIGHT};
use super::tree::TagKind;

const TEXT_WIDTH: f32 = UPRIGHT.width;

const SIZE: f32 = 16.0;

fn style(justified: bool) -> Style {
    Style { role: Role::Body, size: SIZE, tracking: CHARACTER - SIZE, heavy: false, justified }
}

fn glyphs(text: &str) -> Vec<ShapedGlyph> {
    let set = |character: char| {
        let (advance, tracking) = if character.is_ascii() { (0.5, 0.0) } else { (1.0, CHARACTER - SIZE) };
        ShapedGlyph { character, glyph: Glyph { font: 0, id: 1, advance }, advance: advance * SIZE + tracking }
    };
    text.chars().map(set).collect()
}

fn lines(text: &str) -> Vec<Line> {
    break_lines(&glyphs(text), &style(true), TEXT_WIDTH, 2.0 * CHARACTER)
}

fn text(line: &Line) -> String {
    line.glyphs.iter().map(|set| set.character).collect()
}

/// A paragraph of the head or the foot of a document.
fn paragraph(words: &str, head: HeadLines) -> Block {
    let lines = break_lines(&glyphs(words), &style(false), TEXT_WIDTH, 0.0);
    let (size, align, kind) = (SIZE, Align::Middle, TagKind::Paragraph);
    Block::Lines { lines, size, pitch: PITCH, heavy: false, align, below: 0.0, head, kind, keep: false }
}

#[test]
fn the_name_of_the_issuing_body_and_the_line_below_the_number_are_red() {
    let blocks = vec![
        paragraph("特急", HeadLines::None),
        paragraph("某市人民政府文件", HeadLines::Mark),
        paragraph("某政发〔2024〕1号", HeadLines::Number),
        paragraph("正文", HeadLines::None),
        paragraph("抄送：某局。", HeadLines::Foot),
    ];
    let pages = Pages::lay_out(blocks);
    let (mut red, mut rules) = (Vec::new(), Vec::new());
    for item in pages.sheets.iter().flat_map(|sheet| &sheet.items) {
        match item {
            Item::Text { line, y, ink: Ink::Red, .. } => red.push((text(line), *y)),
            Item::Rule { x0, y0, x1, y1, ink } => {
                assert!((x1 - x0 - TEXT_WIDTH).abs() < 0.1 && y0.to_bits() == y1.to_bits());
                rules.push((*ink, *y0));
            }
            _ => {}
        }
    }
    assert_eq!(red.len(), 1);
    assert_eq!(red[0].0, "某市人民政府文件");
    // Its upper edge is 35 mm below that of the text area, and the line 4 mm below the number.
    let upper = UPRIGHT.top + 35.0 * MM;
    assert!(red[0].1 > upper && red[0].1 < upper + PITCH, "{}", red[0].1);
    assert_eq!(rules.iter().map(|rule| rule.0).collect::<Vec<_>>(), [Ink::Red, Ink::Black, Ink::Black]);
    assert!((rules[0].1 - (upper + 2.0 * PITCH + 4.0 * MM)).abs() < 0.1, "{}", rules[0].1);
    assert!((rules[2].1 - rules[1].1 - PITCH).abs() < 0.1);
}

#[test]
fn a_line_holds_28_characters_the_first_26() {
    let lines = lines(&"文".repeat(26 + 28 + 28 + 1));
    assert_eq!(lines.iter().map(|line| line.glyphs.len()).collect::<Vec<_>>(), [26, 28, 28, 1]);
    assert!((lines[1].width - TEXT_WIDTH).abs() < 0.5, "{}", lines[1].width);
}

#[test]
fn lines_obey_the_prohibition_rules_at_both_ends() {
    let words = "（一）主动公开。通过网站（www.jia-xian.gov.cn）发布1,234条，“两微一端”推送5678条；同比增长12.5%、占99%！见《办法》——附后……";
    let many: Vec<char> = words.repeat(8).chars().collect();
    let mut seen = 0;
    for start in 0..60 {
        for length in [60, 61, 62, 119, 120, 240] {
            let whole: String = many[start..start + length].iter().collect();
            let lines = lines(&whole);
            assert_eq!(lines.iter().map(text).collect::<String>(), whole);
            for (number, line) in lines.iter().enumerate() {
                let text = text(line);
                let room = if number == 0 { TEXT_WIDTH - 2.0 * CHARACTER } else { TEXT_WIDTH };
                // The blank half of a punctuation character may extend beyond the line.
                assert!(line.width <= room + SIZE / 2.0 + 0.1, "{text}: {}", line.width);
                if number > 0 {
                    assert!(!text.starts_with(['，', '。', '、', '；', '！', '）', '”', '》', '%']), "{text}");
                }
                if number + 1 < lines.len() {
                    assert!(!text.ends_with(['（', '“', '《']), "{text}");
                    let next = self::text(&lines[number + 1]);
                    let joined = |c: char| c.is_ascii_graphic();
                    assert!(!(text.ends_with(joined) && next.starts_with(joined)), "{text}|{next}");
                    assert!(!(text.ends_with('—') && next.starts_with('—')), "{text}|{next}");
                    assert!((line.width - room).abs() < SIZE / 2.0 + 0.1, "not spread: {text} {}", line.width);
                    for pair in line.glyphs.windows(2) {
                        let whole = pair.iter().all(|set| set.character.is_ascii_graphic());
                        let spread = pair[0].advance - pair[0].glyph.advance * SIZE;
                        assert!(!whole || spread < 0.1, "{text}: a gap in a number");
                    }
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn a_word_wider_than_a_line_is_broken() {
    let address = "https://".to_owned() + &"a".repeat(200);
    let lines = lines(&address);
    assert!(lines.len() > 3);
    assert_eq!(lines.iter().map(text).collect::<String>(), address);
    assert!(lines.iter().all(|line| line.width <= TEXT_WIDTH + 0.1));
}

#[test]
fn the_widest_piece_is_the_longest_number() {
    let widest = widest_piece(&glyphs("合计123456件"), &style(false));
    assert!((widest - 6.0 * 0.5 * SIZE).abs() < 0.1, "{widest}");
}
