//! Pages put together from pieces have the same tree, whether their plain parts pass through the tokenizer or not.

use super::parse::{Feed, feed};
use super::tree::{NodeKind, Page, ROOT, Step};

/// Pieces that pass without the tokenizer, and such as html5ever's tree builder moves.
const PLAIN: [&str; 40] = [
    "<p>",
    "</p>",
    "<P CLASS=a>",
    "</P>",
    "<table border=1>",
    "<tr>",
    "<td colspan=\"2\">",
    "</td>",
    "</tr>",
    "</table>",
    "<b>",
    "<i>",
    "</b>",
    "</i>",
    "<font face='宋体'>",
    "</font>",
    "<br/>",
    "<br / >",
    "<img src=a/b alt>",
    "文字",
    " \r\n",
    "\r",
    "a&nbsp;b",
    "&lt;3",
    "<a b=\"c\"d='e'>",
    "<p a = b>",
    "<o:p></o:p>",
    "<p a=\"1\" A=2>",
    "<li>",
    "<h1>",
    "<div>",
    "</div>",
    "<pre>\n",
    "</body>",
    "<body id=b>",
    "<caption>",
    "<col>",
    "<template>",
    "<button>",
    "<a href='#'>",
];

/// Pieces that the tokenizer must see, and such as end the plain part of a page.
const OTHER: [&str; 46] = [
    "&copy",
    "&#48;",
    "&",
    "\0",
    "<",
    "< 5",
    "<!-- a -->",
    "<!-->",
    "<!--->",
    "<!-- a --!>",
    "<!-- > -- -->",
    "<!DOCTYPE html>",
    "<![if x]>",
    "<![endif]-->",
    "<?xml a?>",
    "<style>a{}</style>",
    "<style><!-- p > b --></style >",
    "<title>年度&amp;报告</title>",
    "<script>if(a<b)\"</p>\"</script>",
    "<script><!-- <script> </script>",
    "<script><!--\n//--></script>",
    "<textarea><b></textarea>",
    "<svg><title>a</title></svg>",
    "<math>",
    "<select><option>",
    "</select>",
    "<style>",
    "<plaintext>",
    "<noscript><p></noscript>",
    "<a href=\"?a=1&b=2\" href=c>",
    "<p =a>",
    "<p a= >",
    "<p a=b'c>",
    "<é>",
    "</é>",
    "</p a=b>",
    "<p a\0>",
    "<p a=\"\r\n\">",
    "</>",
    "</script>",
    "<iframe></p></iframe>",
    "<xmp><b></xmp>",
    "<frameset>",
    "<p",
    "<p a=\"",
    "</p",
];

#[test]
fn trees_are_those_of_the_tokenizer_alone() {
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for length in (1..40).cycle().take(4_000) {
        let piece = |_| if draw(20) == 0 { OTHER[draw(OTHER.len())] } else { PLAIN[draw(PLAIN.len())] };
        let page: String = (0..length).map(piece).collect();
        assert_eq!(tree(&page, Feed::Plain), tree(&page, Feed::Rough), "{page}");
    }
}

#[test]
fn every_piece_alone_and_between_paragraphs() {
    for piece in PLAIN.into_iter().chain(OTHER) {
        for page in [piece.to_owned(), format!("<p>一{piece}二</p>三")] {
            assert_eq!(tree(&page, Feed::Plain), tree(&page, Feed::Rough), "{page}");
        }
    }
}

/// The tree of a page as text.
fn tree(text: &str, how: Feed) -> String {
    let page: Page = feed(text, how).unwrap().unwrap();
    let written = page.walk(ROOT).map(|step| match step {
        Step::Open(id) => match page.kind(id) {
            NodeKind::Element(element) => format!("({element:?}"),
            NodeKind::Text(text) => format!("{:?}", &**text),
            NodeKind::Other => "(-".to_owned(),
        },
        Step::Close(id) if matches!(page.kind(id), NodeKind::Text(_)) => String::new(),
        Step::Close(_) => ")".to_owned(),
    });
    // Where a value is stored makes no difference.
    written.collect::<String>().replace("(owned: ", "(").replace("(shared: ", "(").replace("(inline: ", "(")
}
