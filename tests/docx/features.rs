//! Text, headings, labels, regions, pictures, places.

use nianbao::document::{Block, Region};

use super::make::{W, Word, body_texts, main_part, p, paragraphs, tc, texts};

#[test]
fn elements_around_runs_are_transparent() {
    let r = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let body = format!(
        "<w:p>{}<w:smartTag>{}</w:smartTag><w:customXml><w:customXmlPr/>{}</w:customXml><w:hyperlink>{}</w:hyperlink>
        <w:fldSimple w:instr='PAGE'>{}</w:fldSimple><w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>
        <w:bdo>{}</w:bdo><w:ins>{}</w:ins><w:moveTo>{}</w:moveTo><x:unknown xmlns:x='urn:x'>{}</x:unknown><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>
        <w:r><w:ruby><w:rubyPr/><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r></w:p>
        <w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
        r("1"), r("2"), r("3"), r("4"), r("5"), r("6"), r("7"), r("8"), r("9"), r("a"), r("bào"), r("报"), p("block")
    );
    assert_eq!(body_texts(&body), ["123456789ax=1报", "block"]);
}

#[test]
fn tracked_changes_are_accepted() {
    let body = "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>c</w:t></w:r></w:moveFrom>
        <w:ins><w:r><w:t>d</w:t></w:r></w:ins></w:p>
        <w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr><w:r><w:t>first, </w:t></w:r></w:p><w:p><w:r><w:t>second</w:t></w:r></w:p>
        <w:p><w:pPr><w:rPr><w:ins w:id='1'/></w:rPr><w:pPrChange><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:pPrChange></w:pPr><w:r><w:t>third</w:t></w:r></w:p>
        <w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr><w:r><w:t>last</w:t></w:r></w:p>";
    let (document, _) = Word::new(body).read();
    assert_eq!(texts(&document), ["ad", "first,second", "third", "last"]);
    assert_eq!(paragraphs(&document)[2].level, None);
}

#[test]
fn hidden_text_is_left_out() {
    let styles = format!(
        "<w:styles xmlns:w='{W}'><w:style w:type='character' w:styleId='h'><w:rPr><w:vanish/></w:rPr></w:style>
        <w:style w:styleId='hp'><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"
    );
    let body = "<w:p><w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>c</w:t></w:r>
        <w:r><w:rPr><w:rStyle w:val='h'/></w:rPr><w:t>d</w:t></w:r><w:r><w:rPr><w:rStyle w:val='h'/><w:vanish w:val='false'/></w:rPr><w:t>e</w:t></w:r></w:p>
        <w:p><w:pPr><w:pStyle w:val='hp'/></w:pPr><w:r><w:t>f</w:t></w:r></w:p>";
    let (document, _) = Word::new(body).with("s", "styles", "styles.xml", styles).read();
    assert_eq!(texts(&document), ["ace"]);
}

#[test]
fn fields_show_their_result() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let (begin, middle, end) = (mark("begin"), mark("separate"), mark("end"));
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let instruction = "<w:r><w:instrText> IF </w:instrText></w:r>";
    let body = format!(
        "<w:p>{}{begin}{instruction}{begin}{instruction}{middle}{}{end}{middle}{}{end}{}</w:p><w:p>{begin}{instruction}{}</w:p>{}",
        run("1"),
        run("inner"),
        run("2"),
        run("3"),
        run("no end"),
        p("next")
    );
    assert_eq!(body_texts(&body), ["123", "no end", "next"]);
}

#[test]
fn formulas_without_a_result_are_reported() {
    let told = |findings: &[nianbao::finding::Finding]| {
        let found = findings.iter().find(|finding| finding.code == "formula-uncalculated");
        found.map(|finding| finding.message.zh.clone())
    };
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let code = "<w:r><w:instrText> =SUM(LEFT) </w:instrText></w:r>";
    let empty = format!("<w:p>{}{code}{}</w:p>", mark("begin"), mark("end"));
    let blank = format!("<w:p>{}{code}{}{}</w:p>", mark("begin"), mark("separate"), mark("end"));
    let simple = "<w:p><w:fldSimple w:instr='=1+2'/></w:p>";
    let (_, findings) = Word::new(&format!("{empty}{blank}{simple}")).read();
    assert!(told(&findings).is_some_and(|said| said.contains("3个公式")), "{findings:?}");
    let result = format!(
        "<w:p>{}{code}{}<w:r><w:t>3</w:t></w:r>{}</w:p><w:p><w:fldSimple w:instr='PAGE'/></w:p>",
        mark("begin"),
        mark("separate"),
        mark("end")
    );
    assert_eq!(told(&Word::new(&result).read().1), None);
    for (field, count) in [("{\\*\\fldinst =SUM(LEFT)}{\\fldrslt }", 1), ("{\\*\\fldinst =SUM(LEFT)}{\\fldrslt 3}", 0)]
    {
        let rtf = format!("{{\\rtf1\\ansi {{\\field{field}}}\\par}}");
        let reading = nianbao::read::read(rtf.as_bytes(), None, &mut nianbao::document::Budget::default()).unwrap();
        assert_eq!(usize::from(told(&reading.findings).is_some()), count, "{rtf}");
    }
}

#[test]
fn characters_that_have_elements() {
    let body = "<w:p><w:r><w:br w:type='page'/><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t><w:noBreakHyphen/><w:softHyphen/>
        <w:t>e</w:t><w:sym w:font='Wingdings' w:char='F0FE'/><w:sym w:font='X' w:char='4E00'/><w:sym w:char='zz'/><w:br w:type='page'/></w:r></w:p>
        <w:p><w:r><w:t>a &amp;&lt;&#x4E00;</w:t><w:t xml:space='preserve'> b </w:t><w:t> c </w:t><w:t>x\ny</w:t></w:r></w:p>
        <w:p><w:r><w:t>a</w:t><w:br w:type='column'/><w:t> b</w:t></w:r></w:p>";
    assert_eq!(body_texts(body), ["a\tb\nc\nd\u{2011}e☑一", "a &<一 b cx y", "a\nb"]);
}

#[test]
fn prefixes_and_strict_files() {
    let text = |uri: &str| format!("<d xmlns='{uri}'><body><p><r><t>默认</t></r></p></body></d>");
    for uri in [W, "http://purl.oclc.org/ooxml/wordprocessingml/main"] {
        assert_eq!(texts(&Word::document(text(uri).into_bytes()).read().0), ["默认"]);
        let other = format!(
            "<ns0:d xmlns:ns0='{uri}'><ns0:body><ns0:p><ns0:r><ns0:t>其他</ns0:t></ns0:r></ns0:p></ns0:body></ns0:d>"
        );
        assert_eq!(texts(&Word::document(other.into_bytes()).read().0), ["其他"]);
    }
}

#[test]
fn headings_and_their_levels() {
    let styles = format!("<w:styles xmlns:w='{W}'><w:style w:type='paragraph' w:default='1' w:styleId='n'><w:name w:val='Normal'/></w:style>
        <w:style w:styleId='1'><w:name w:val='heading 1'/></w:style><w:style w:styleId='2'><w:basedOn w:val='1'/><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:style></w:styles>");
    let styled = |properties: &str| format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>x</w:t></w:r></w:p>");
    let body = [
        styled("<w:pStyle w:val='1'/>"),
        styled("<w:pStyle w:val='2'/>"),
        styled("<w:pStyle w:val='2'/><w:outlineLvl w:val='9'/>"),
        styled("<w:outlineLvl w:val='0'/>"),
        styled("<w:pStyle w:val='?'/>"),
        styled(""),
    ]
    .concat();
    let (document, _) = Word::new(&body).with("s", "styles", "styles.xml", styles).read();
    let levels: Vec<_> = paragraphs(&document).iter().map(|paragraph| paragraph.level).collect();
    assert_eq!(levels, [Some(1), Some(2), None, Some(1), None, None]);
}

#[test]
fn list_labels_of_paragraphs_styles_and_cells() {
    let numbering = format!("<w:numbering xmlns:w='{W}'><w:abstractNum w:abstractNumId='0'>
        <w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl>
        <w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:pStyle w:val='s2'/><w:lvlText w:val='%2.'/></w:lvl></w:abstractNum>
        <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>");
    let styles = format!(
        "<w:styles xmlns:w='{W}'><w:style w:styleId='s2'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style></w:styles>"
    );
    let direct =
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>";
    let linked = "<w:p><w:pPr><w:pStyle w:val='s2'/></w:pPr><w:r><w:t>y</w:t></w:r></w:p>";
    let off = "<w:p><w:pPr><w:pStyle w:val='s2'/><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr><w:r><w:t>z</w:t></w:r></w:p>";
    let body = format!("{direct}{linked}{linked}{off}{direct}<w:tbl><w:tr><w:tc>{linked}</w:tc></w:tr></w:tbl>");
    let word =
        Word::new(&body).with("s", "styles", "styles.xml", styles).with("n", "numbering", "numbering.xml", numbering);
    let (document, _) = word.read();
    let shown: Vec<_> = paragraphs(&document).iter().map(|paragraph| paragraph.shown().into_owned()).collect();
    assert_eq!(shown, ["一、x", "1.y", "2.y", "z", "二、x"]);
    assert_eq!(super::make::grids(&document)[0].cells()[0].text, "1.y");
}

#[test]
fn one_branch_of_alternatives() {
    let choice = |inner: &str| {
        format!(
            "<mc:Choice Requires='wps'><w:drawing><wps:txbx xmlns:wps='x'><w:txbxContent>{inner}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        )
    };
    let fallback = |text: &str| {
        format!(
            "<mc:Fallback><w:pict><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></w:pict></mc:Fallback>",
            p(text)
        )
    };
    let body = format!(
        "<w:p><w:r><w:t>host</w:t><mc:AlternateContent>{}{}</mc:AlternateContent></w:r></w:p>
        <w:p><w:r><mc:AlternateContent>{}{}</mc:AlternateContent></w:r></w:p><w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>
        <w:p><w:r><w:pict><v:shape><v:textpath string='艺术字'/></v:shape></w:pict></w:r></w:p>",
        choice(&p("new")), fallback("old"), choice("<w:p/>"), fallback("only"), p("vml")
    );
    let (document, _) = Word::new(&body).read();
    let found: Vec<_> =
        paragraphs(&document).iter().map(|found| (found.text.as_str(), found.region, found.place.paragraph)).collect();
    let boxed = |text, host| (text, Region::TextBox, Some(host));
    assert_eq!(
        found,
        [("host", Region::Body, Some(0)), boxed("new", 0), boxed("only", 1), boxed("vml", 2), boxed("艺术字", 3)]
    );
}

#[test]
fn notes_headers_and_footers_come_at_the_end() {
    let notes = format!(
        "<w:footnotes xmlns:w='{W}'><w:footnote w:type='separator' w:id='0'>{}</w:footnote><w:footnote w:id='1'>{}</w:footnote></w:footnotes>",
        p("--"),
        p("note")
    );
    let header = format!("<w:hdr xmlns:w='{W}'><w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl></w:hdr>", p("header"));
    let body = format!(
        "<w:p><w:r><w:t>text</w:t><w:footnoteReference w:id='1'/></w:r></w:p>{}<w:sectPr><w:headerReference r:id='h'/><w:footerReference r:id='gone'/></w:sectPr>",
        p("more")
    );
    let word = Word::new(&body)
        .with("f", "footnotes", "footnotes.xml", notes)
        .with("h", "header", "header1.xml", header)
        .with("u", "footer", "footer9.xml", "broken");
    let (document, findings) = word.read();
    let found: Vec<_> = paragraphs(&document)
        .iter()
        .map(|found| (found.text.as_str(), found.region, found.place.part.as_deref().unwrap()))
        .collect();
    let main = "word/document.xml";
    assert_eq!(
        found,
        [
            ("text", Region::Body, main),
            ("more", Region::Body, main),
            ("note", Region::Note, "word/footnotes.xml"),
            ("header", Region::HeaderFooter, "word/header1.xml")
        ]
    );
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn pictures_come_from_inside_only() {
    let drawing = |id: &str| {
        format!(
            "<w:r><w:drawing><wp:inline><wp:extent cx='9525' cy='19050'/><wp:docPr id='1' name='n' descr='图'/><a:blip r:embed='{id}'/></wp:inline></w:drawing></w:r>"
        )
    };
    let body = format!(
        "<w:p>{}<w:r><w:t>x</w:t></w:r>{}{}{}</w:p><w:p><w:r><w:pict><v:shape style='width:72pt;height:1in' alt='旧'><v:imagedata r:id='b'/></v:shape></w:pict></w:r></w:p>",
        drawing("a"),
        drawing("a"),
        drawing("out"),
        drawing("gone")
    );
    let word = Word::new(&body)
        .with("a", "image", "media/a.png", b"\x89PNGx")
        .with("b", "image", "media/b.bin", b"\xFF\xD8\xFF")
        .with_link("out", "file:///etc/passwd");
    let (document, findings) = word.read();
    let found: Vec<_> = document
        .blocks
        .iter()
        .filter_map(|block| {
            if let Block::Picture(found) = block {
                Some((found.index, found.extent, found.alt.as_deref()))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(
        found,
        [
            (0, Some((9525, 19050)), Some("图")),
            (0, Some((9525, 19050)), Some("图")),
            (1, Some((914_400, 914_400)), Some("旧"))
        ]
    );
    let kept: Vec<_> =
        document.pictures.iter().map(|kept| (kept.name.as_str(), kept.media_type.as_str(), kept.bytes.len())).collect();
    assert_eq!(kept, [("a.png", "image/png", 5), ("b.bin", "image/jpeg", 3)]);
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn skipped_content_is_reported() {
    let body = "<w:altChunk r:id='x'/><w:p><w:r><w:object><o:OLEObject/></w:object></w:r><w:r><w:drawing><c:chart r:id='y'/></w:drawing></w:r><w:r><w:commentReference w:id='1'/></w:r></w:p>";
    let (_, findings) = Word::new(body).read();
    assert_eq!(findings.iter().filter(|finding| finding.code == "content-skipped").count(), 4, "{findings:?}");
}

#[test]
fn properties_of_the_document() {
    let mut word = Word::new("<w:p/>");
    word.parts.push(("docProps/core.xml".into(), "<c><title>年报</title><creator>某局</creator></c>".into()));
    let bytes = word.bytes();
    assert_eq!(super::make::read(&bytes).unwrap().0.metadata.title, None);
    let root = "<Relationships><Relationship Id='r' Type='x/officeDocument' Target='word/document.xml'/><Relationship Id='c' Type='x/core-properties' Target='docProps/core.xml'/></Relationships>";
    let mut parts = vec![("_rels/.rels", root.as_bytes())];
    parts.extend(word.parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    let (document, _) = super::make::read(&super::make::zip(&parts)).unwrap();
    assert_eq!((document.metadata.title.as_deref(), document.metadata.author.as_deref()), (Some("年报"), Some("某局")));
}

#[test]
fn spans_cut_out_the_very_elements() {
    let body = format!(
        "{}<w:p/><w:p w:x='>'>  <w:r><w:t>二</w:t></w:r></w:p><w:tbl><w:tr>{}<w:tc w:a='1'/><w:tc><w:p/></w:tc></w:tr></w:tbl>",
        p("一"),
        tc("", "格")
    );
    let plain = main_part(&body);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend(plain.as_bytes());
    let wide: Vec<u8> = std::iter::once(0xFEFF).chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (main, written) in
        [(plain.clone().into_bytes(), plain.as_bytes()), (marked.clone(), &marked), (wide, plain.as_bytes())]
    {
        let (document, _) = Word::document(main).read();
        let cut = |span: Option<(u32, u32)>| {
            let (start, end) = span.unwrap();
            std::str::from_utf8(&written[start as usize..end as usize]).unwrap()
        };
        let found: Vec<_> =
            paragraphs(&document).iter().map(|found| (found.place.paragraph, cut(found.place.span))).collect();
        assert_eq!(found, [(Some(0), p("一").as_str()), (Some(2), "<w:p w:x='>'>  <w:r><w:t>二</w:t></w:r></w:p>")]);
        let grid = super::make::grids(&document)[0];
        assert!(cut(grid.place.span).starts_with("<w:tbl>") && cut(grid.place.span).ends_with("</w:tbl>"));
        let cells: Vec<_> = grid.cells().iter().map(|cell| cut(cell.place.span)).collect();
        assert_eq!(cells, [tc("", "格").as_str(), "<w:tc w:a='1'/>", "<w:tc><w:p/></w:tc>"]);
    }
}

#[test]
fn the_same_styles_are_read_once_and_others_are_not_mistaken_for_them() {
    let styles = |level: u32| {
        format!(
            "<w:styles xmlns:w='{W}'><w:style w:styleId='1'><w:pPr><w:outlineLvl w:val='{level}'/></w:pPr></w:style></w:styles>"
        )
    };
    let body = "<w:p><w:pPr><w:pStyle w:val='1'/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>";
    for level in [0, 1, 0, 1, 0] {
        let (document, _) = Word::new(body).with("s", "styles", "styles.xml", styles(level)).read();
        assert_eq!(paragraphs(&document)[0].level, Some(level as u8 + 1));
    }
}
