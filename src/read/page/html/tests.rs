//! Tests of reading pages.

use super::{Source, read_text};
use crate::document::{Block, Budget, Document, Grid, Region};
use crate::read::ReadError;

fn page(text: &str) -> Document {
    read_text(text, Source::default(), &mut Budget::default(), &mut Vec::new()).unwrap()
}

fn paragraphs(document: &Document) -> Vec<(&str, Region)> {
    let blocks = document.blocks.iter();
    let found = blocks.filter_map(|block| match block {
        Block::Paragraph(found) => Some((found.text.as_str(), found.region)),
        _ => None,
    });
    found.collect()
}

fn grids(document: &Document) -> Vec<&Grid> {
    document.grids().collect()
}

#[test]
fn a_paragraph_joins_the_text_of_many_elements() {
    let document =
        page("<p>主动<span>公开</span><font>信<b>息</b></font>\n <span>2</span><span>6</span>条</p>一行<br>又一行");
    let texts: Vec<&str> = paragraphs(&document).iter().map(|found| found.0).collect();
    assert_eq!(texts, ["主动公开信息 26条", "一行", "又一行"]);
}

#[test]
fn tables_with_spans_and_soup_in_their_cells() {
    let document = page(
        "<table><thead><tr><th rowspan=2>项目<th colspan=2>数量</tr><tr><td><p><span>本年</span></p><td>上年</tr></thead>
         <tr><td><p>规章</p><td><font>1</font><span>2</span><td>&nbsp;0</table>",
    );
    let grid = grids(&document)[0];
    assert_eq!((grid.rows(), grid.columns()), (3, 3));
    let texts: Vec<&str> = grid.row_cells(2).map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, ["规章", "12", "\u{a0}0"]);
    assert_eq!(grid.row_cells(1).map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["项目", "本年", "上年"]);
}

#[test]
fn layout_tables_are_opened_and_nested_ones_kept() {
    let text = "正文".repeat(300);
    let document =
        page(&format!("<table><tr><td>左栏<td><p>标题</p><p>{text}</p><table><tr><td>a<td>1</table></table>"));
    assert_eq!(paragraphs(&document).len(), 3);
    assert_eq!(grids(&document).len(), 1);
    let document = page(
        "<table><tr><td>a<td><table><tr><td>b<td>2</tr><tr><td>c<td>3</table><tr><td>d<td>4<tr><td>e<td>5<tr><td>f<td>6</table>",
    );
    assert_eq!(grids(&document).len(), 1);
    assert_eq!(grids(&document)[0].cells()[1].nested.len(), 1);
}

#[test]
fn furniture_is_marked_and_hidden_text_left_out() {
    let document = page(
        "<title>某局报告</title><meta name=PubDate content='2021-01-18 10:00'><div class='nav'><a href=#>首页</a></div>
         <div class=breadcrumb>当前位置：首页</div><div id='zoom' class='TRS_Editor'><p>正文</p><p style='display: none'>藏</p>
         <script>var a = '<p>';</script><!--[if gte mso 9]><p>旧</p><![endif]--><![if !vml]>可见<![endif]></div><footer>版权</footer>",
    );
    let texts = paragraphs(&document);
    assert_eq!(
        texts,
        [
            ("首页", Region::Chrome),
            ("当前位置：首页", Region::Chrome),
            ("正文", Region::Body),
            ("可见", Region::Body),
            ("版权", Region::Chrome)
        ]
    );
    assert_eq!(document.metadata.title.as_deref(), Some("某局报告"));
    assert_eq!(document.metadata.entries[0], ("PubDate".to_owned(), "2021-01-18 10:00".to_owned()));
}

#[test]
fn headings_lists_and_pictures() {
    let document = page(
        "<h2>一、总体情况</h2><ol start=3><li>甲<li>乙</ol><img src='data:image/png;base64,iVBORw0KGgo=' alt=图><img src='http://x/y.png'>",
    );
    let shown: Vec<String> = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(paragraph.shown().into_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(shown, ["一、总体情况", "3.甲", "4.乙"]);
    assert_eq!((document.pictures.len(), &document.pictures[0].bytes[..4]), (1, &b"\x89PNG"[..]));
}

#[test]
fn deep_nesting_is_refused_quickly_and_honest_pages_are_not() {
    for (open, count) in [("<div>", 200_000), ("<table><tr><td>", 20_000), ("<b>", 200_000), ("<ul><li>", 100_000)] {
        let refused = read_text(&open.repeat(count), Source::default(), &mut Budget::default(), &mut Vec::new());
        assert!(matches!(refused, Err(ReadError::OverLimit(_))), "{open}");
    }
    let honest = format!("<table>{}</table>{}", "<tr><td>1<td>2".repeat(3_000), "<p>段落<br>".repeat(5_000));
    assert_eq!(grids(&page(&honest))[0].rows(), 3_000);
    let spans = page("<table><tr><td colspan=99999999 rowspan=99999999>a</table><p>完");
    assert_eq!(paragraphs(&spans).last().map(|found| found.0), Some("完"));
}
