//! Tests with hostile pages: they are refused or read within the limits, and never cause a panic.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use super::{Source, read, read_text};
use crate::document::{Block, Budget};
use crate::read::ReadError;

fn attempt(text: &str) -> Result<usize, ReadError> {
    let read = read_text(text, Source::default(), &mut Budget::default(), &mut Vec::new());
    read.map(|document| document.blocks.len())
}

fn numbered(count: usize, write: impl Fn(&mut String, usize)) -> String {
    let mut text = String::new();
    (0..count).for_each(|number| write(&mut text, number));
    text
}

#[test]
fn too_deep_nesting_is_refused() {
    for (open, count) in [
        ("<div>", 200_000),
        ("<table><tr><td>", 20_000),
        ("<ul><li>", 100_000),
        ("<svg>", 200_000),
        ("<span>", 200_000),
        ("<blockquote><p>", 100_000),
        ("<table><div>", 100_000),
    ] {
        let result = attempt(&open.repeat(count));
        assert!(result.is_err() || open == "<table><div>", "{open}");
    }
}

#[test]
fn many_attributes_are_refused_and_long_values_are_not() {
    let attributes = numbered(200_000, |text, number| write!(text, " a{number}").unwrap());
    let quoted = numbered(200_000, |text, number| write!(text, "a{number}=\">\"").unwrap());
    for before in [
        "<p",
        "&am<p",
        "</p",
        "<svg><style><p",
        "<!-- --><p",
        "<textarea></textarea",
        "<p x='<!--'",
        "<p x=\"'\"",
        "<<p",
    ] {
        assert!(attempt(&format!("{before}{attributes}>")).is_err(), "{before}");
        assert!(attempt(&format!("{before} {quoted}>")).is_err(), "{before}");
    }
    let many = numbered(3_000, |text, number| write!(text, "<p{}>", &attributes[..3_000 + number % 7]).unwrap());
    assert!(attempt(&many).is_err());
    let long = "ab/ +'".repeat(200_000);
    assert_eq!(attempt(&format!("<p title=\"{long}\">甲")), Ok(1));
    assert_eq!(attempt(&format!("<p>甲<!-- {long} -->&am<b>it's</b><!-- {long} -->乙<script>{long}</script>")), Ok(1));
    assert_eq!(attempt(&format!("<p>{}</p>", "a / b ".repeat(100_000))), Ok(1));
}

#[test]
fn unclosed_elements_are_read_within_limits() {
    let fonts = numbered(1_000, |text, number| write!(text, "<font size={number}>").unwrap());
    assert!(attempt(&format!("<p>{fonts}{}", "<p>甲".repeat(100_000))).is_err());
    assert_eq!(attempt(&"<p><span><b>甲".repeat(3_000)), Ok(3_000));
    assert_eq!(attempt(&"<p>甲<br>".repeat(20_000)), Ok(20_000));
    assert_eq!(attempt(&format!("<table>{}", "<tr><td><p>1<td>2".repeat(20_000))), Ok(1));
    assert_eq!(attempt(&"<li>甲".repeat(20_000)), Ok(20_000));
    assert!(attempt(&"<p>".repeat(3_000_000)).is_err());
    assert!(attempt(&"<a href=x><div>".repeat(50_000)).is_err());
    let moved = format!("{}<b><div>{}{}", "<font>".repeat(3), "<br>".repeat(50_000), "</b><b><i></b>".repeat(20_000));
    let _ = attempt(&moved);
    let _ = attempt(&format!("<table><tr><td>甲{}{}</table>", "<!-- -->".repeat(200_000), "<td>".repeat(100_000)));
}

#[test]
fn absurd_spans_are_cut() {
    assert_eq!(attempt("<table><tr><td colspan=99999999999999 rowspan=99999999999>a</table><p>完"), Ok(2));
    assert_eq!(attempt(&format!("<table><tr><td>a<td>b{}</table>", "<tr><td colspan=1000>c".repeat(3_000))), Ok(1));
    assert!(attempt(&"<tr><td colspan=1000><td>".repeat(3_000).replacen("<tr>", "<table><tr>", 1)).is_err());
    let _ = attempt(&format!("<table>{}", "<tr><td rowspan=0>a<td>b".repeat(5_000)));
}

/// A page with every construct that the reader supports.
const PAGE: &str = "<!DOCTYPE html><html><head><meta charset=utf-8><title>报告</title><style>p{}</style></head><body>\
    <div class=nav><a href=#>首页</a></div><!--[if gte mso 9]><xml></xml><![endif]--><h1>一、总体</h1><pre> a\n b</pre>\
    <table><caption>表</caption><thead><tr><th rowspan=2>项<th colspan=2>数</thead><tfoot><tr><td>计<td>1</tfoot>\
    <tbody><tr><td>a<table><tr><td>b<td>&#20013;&nbsp;&am</table><td><ol start=3><li>c</ol></table>\
    <img src='data:image/png;base64,iVBORw0KGgo='><svg><title>x</title></svg><script>if (a<b) \"</p>\"</script>\
    <p style='display:none'>x</p><select><option>1</select><template><p>t</template></body></html>";

/// The next number of a fixed pseudo-random sequence (Knuth, MMIX).
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

#[test]
fn damaged_pages_are_read() {
    for length in 0..PAGE.len() {
        assert!(read(&PAGE.as_bytes()[..length], &mut Budget::default(), &mut Vec::new()).is_ok());
    }
    let mut seed = 7;
    for _ in 0..500 {
        let mut bytes = PAGE.as_bytes().to_vec();
        for _ in 0..=next(&mut seed) % 12 {
            let at = next(&mut seed) % bytes.len();
            bytes[at] = next(&mut seed) as u8;
        }
        assert!(read(&bytes, &mut Budget::default(), &mut Vec::new()).is_ok());
    }
}

/// For tags in random order, the cells and texts equal those of another tree built by html5ever.
#[test]
fn soup_gives_the_same_cells_as_another_tree() {
    const TAGS: &[&str] = &[
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th>",
        "<tbody>",
        "<thead>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a>",
        "<font>",
        "</font>",
        "<div>",
        "</div>",
        "<caption>",
        "<i>",
        "</i>",
        "<li>",
        "<ul>",
        "</ul>",
        "<select>",
        "<option>",
        "<form>",
        "</tr>",
        "<br>",
        "<svg>",
        "</svg>",
        "<template>",
        "</template>",
        "<h1>",
        "</h1>",
        "<nobr>",
        "<button>",
        "<x:y>",
        "<!-- -->",
        "&am",
    ];
    let mut seed = 42;
    for _ in 0..2_000 {
        let text: String = (0..40)
            .map(|number| format!("{}{}", TAGS[next(&mut seed) % TAGS.len()], if number % 3 == 0 { "甲" } else { "" }))
            .collect();
        let ours = super::parse::parse(&text, &mut Budget::default()).unwrap();
        let theirs = scraper::Html::parse_document(&text);
        let names: Vec<&str> = theirs
            .tree
            .root()
            .descendants()
            .filter_map(|node| node.value().as_element().map(scraper::node::Element::name))
            .collect();
        assert_eq!(ours.names(), names, "{text}");
        let _ = attempt(&text);
    }
}

#[test]
fn a_block_of_every_kind_is_found() {
    let document = read_text(PAGE, Source::default(), &mut Budget::default(), &mut Vec::new()).unwrap();
    let grids = document.blocks.iter().filter(|block| matches!(block, Block::Grid(_))).count();
    let pictures = document.blocks.iter().filter(|block| matches!(block, Block::Picture(_))).count();
    assert_eq!((grids, pictures), (1, 1));
}
