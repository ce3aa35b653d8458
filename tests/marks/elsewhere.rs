//! Figures elsewhere in their cell: in fields, boxes, controls, formulas and nested tables; none is taken in place of the cell's own
//! figure.

use std::io::{Cursor, Read as _, Write as _};

use nianbao::bind::Binder;
use nianbao::document::{Block, Budget};
use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::sampler::{Random, Sampler};
use nianbao::write::{Output, WRITERS};

/// The figure that a cell shows.
#[derive(PartialEq, Eq)]
enum Shows {
    Figure,
    /// More than one figure, or no certain one.
    Unclear,
}

use Shows::{Figure, Unclear};

/// Contents of a cell of a web page; `N` is its figure.
const HTML: &[(&str, Shows)] = &[
    ("N", Figure),
    ("<input value='N'>", Figure),
    ("<input type=text value='N' readonly>", Figure),
    ("<input type=number value=N disabled>", Figure),
    ("<select><option>9<option selected>N</select>", Figure),
    ("<select><option value=1>N</option><option value=2>9</option></select>", Figure),
    ("<textarea>N</textarea>", Figure),
    ("<table><tr><td>N</td></tr></table>", Figure),
    ("<table><tr><td></td><td><b>N</b></td></tr></table>", Figure),
    ("<ins>N</ins>", Figure),
    ("<span>N</span><select><option></option><option>9</option></select>", Figure),
    ("<select><optgroup label=9><option>9</option><option selected>N</option></optgroup></select>", Figure),
    ("<output>N</output>", Figure),
    ("<select><option>N</option></select><select><option>9</option></select>", Unclear),
    ("<select><option>N</option></select>9", Unclear),
    ("<input value='N'>9", Unclear),
    ("9<select><option selected>N</option></select>", Unclear),
    ("<ruby>N<rp>(</rp><rt>9</rt><rp>)</rp></ruby>", Figure),
    ("N<input type=hidden value=9>", Figure),
    ("N<input type=button value=9>", Figure),
    ("N<template>9</template>", Figure),
    ("N<noscript>9</noscript>", Figure),
    ("N<progress value=9>9</progress>", Figure),
    ("N<a href='#_ftn1'>1</a>", Figure),
    ("N<a href='#fn2'><sup>[2]</sup></a>", Figure),
    ("<!-- 9 -->N", Figure),
    ("<table><tr><td>N</td><td>9</td></tr></table>", Unclear),
    ("N<table><tr><td>9</td></tr></table>", Unclear),
    ("N<button>9</button>", Unclear),
    ("N<div>9</div>", Unclear),
    ("<input value='N'><input value='9'>", Unclear),
    ("<details><summary>N</summary>9</details>", Unclear),
];

/// A run with the figure.
const RUN: &str = "<w:r><w:t>N</w:t></w:r>";

/// Runs of a cell of a Word file; `§` is a run with its figure, `N` the figure.
const WORD: &[(&str, Shows)] = &[
    ("§", Figure),
    ("<w:sdt><w:sdtPr/><w:sdtContent>§</w:sdtContent></w:sdt>", Figure),
    (
        "<w:sdt><w:sdtPr><w:dropDownList w:lastValue='9'><w:listItem w:value='9'/></w:dropDownList></w:sdtPr><w:sdtContent>§</w:sdtContent></w:sdt>",
        Figure,
    ),
    (
        "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='9'/><w:listEntry w:val='N'/></w:ddList></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Figure,
    ),
    ("<w:fldSimple w:instr='=SUM(LEFT)'>§</w:fldSimple>", Figure),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>=9</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>§<w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Figure,
    ),
    (
        "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent><w:p>§</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>",
        Figure,
    ),
    (
        "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:r><m:t>N</m:t></m:r></m:oMath>",
        Figure,
    ),
    (
        "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:sSup><m:e><m:r><m:t>N</m:t></m:r></m:e><m:sup><m:r><m:t>1</m:t></m:r></m:sup></m:sSup></m:oMath>",
        Figure,
    ),
    ("<w:ins w:id='1'>§</w:ins><w:del w:id='2'><w:r><w:delText>9</w:delText></w:r></w:del>", Figure),
    ("<w:moveFrom w:id='1'><w:r><w:t>9</w:t></w:r></w:moveFrom>§", Figure),
    ("<w:smartTag>§</w:smartTag>", Figure),
    ("<w:customXml w:element='x'>§</w:customXml>", Figure),
    ("<w:r><w:rPr><w:fitText w:val='400'/></w:rPr><w:t>N</w:t></w:r>", Figure),
    ("<w:r><w:rPr><w:eastAsianLayout w:combine='1' w:combineBrackets='round'/></w:rPr><w:t>N</w:t></w:r>", Figure),
    ("<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>9</w:t></w:r></w:rt><w:rubyBase>§</w:rubyBase></w:ruby></w:r>", Figure),
    (
        "<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:Choice Requires='wps'><w:drawing><x:txbx xmlns:x='x'><w:txbxContent><w:p>§</w:p></w:txbxContent></x:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent><w:p>§</w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        Figure,
    ),
    (
        "<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:Choice Requires='x'><w:drawing/></mc:Choice><mc:Fallback><w:t>N</w:t></mc:Fallback></mc:AlternateContent></w:r>",
        Figure,
    ),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>EQ \\x(N)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Figure,
    ),
    (
        "§<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> eq \\o\\ac(○,</w:instrText></w:r><w:r><w:instrText>2)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Figure,
    ),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>EQ \\* jc0 \\o\\ad(\\s\\up 9(9),N)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Figure,
    ),
    ("<w:fldSimple w:instr='MACROBUTTON X N'/>", Figure),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>EQ \\o(N,9)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Unclear,
    ),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>EQ \\f(N,9)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Unclear,
    ),
    (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入</w:t></w:r></w:sdtContent></w:sdt>",
        Unclear,
    ),
    ("<w:hyperlink w:anchor='x'>§</w:hyperlink>", Figure),
    ("§<w:r><w:commentReference w:id='1'/></w:r>", Figure),
    (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>=SUM(LEFT)</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
        Unclear,
    ),
    (
        "§<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent><w:p><w:r><w:t>9</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>",
        Unclear,
    ),
    ("§<w:r><w:tab/></w:r><w:r><w:t>9</w:t></w:r>", Unclear),
    ("</w:p><w:tbl><w:tr><w:tc><w:p>§</w:p></w:tc></w:tr></w:tbl><w:p>", Figure),
    (
        "</w:p><w:tbl><w:tr><w:tc><w:p>§</w:p></w:tc><w:tc><w:p><w:r><w:t>9</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p>",
        Unclear,
    ),
    ("§</w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>9</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p>", Unclear),
];

/// A report written in a format.
fn written(forms: &Forms, seed: u64, output: Output) -> (Report, Vec<u8>) {
    let form = forms.iter().nth(seed as usize % 2).unwrap();
    let report = Sampler::new(seed).report(form);
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    let bytes = writer.write(form, &report).unwrap();
    (report, bytes)
}

/// Replaces each figure between `open` and `close` after `mark`, in the order of the form's fields.
fn replaced(
    text: &str,
    (mark, open, close): (&str, &str, &str),
    kinds: &'static [(&str, Shows)],
    random: &mut Random,
) -> (String, Vec<&'static Shows>) {
    let (mut whole, mut rest, mut shows) = (String::new(), text, Vec::new());
    while let Some(at) = rest.find(mark) {
        let behind = at + mark.len();
        let end = rest[behind..].find(mark).map_or(rest.len(), |end| behind + end);
        // Word requires an empty paragraph after a table.
        let end = rest[behind..end].find("</w:p>").map_or(end, |end| behind + end);
        let Some(begin) = rest[behind..end].find(open).map(|begin| behind + begin) else {
            whole.push_str(&rest[..behind]);
            rest = &rest[behind..];
            continue;
        };
        let start = begin + open.len();
        let end = start + rest[start..].find(close).unwrap();
        let (content, kind) = &kinds[random.below(kinds.len() as u64) as usize];
        let content = content.replace('§', RUN);
        // In a Word file the whole run is replaced.
        let is_run = open.starts_with("<w:r>");
        whole.push_str(&rest[..if is_run { begin } else { start }]);
        let inside = &rest[start..end];
        let figure = inside.rsplit_once("preserve\">").map_or(inside, |(_, text)| text.trim_end_matches("</w:t>"));
        whole.push_str(&filled(&content, figure));
        rest = &rest[if is_run { end + close.len() } else { end }..];
        shows.push(kind);
    }
    (whole + rest, shows)
}

/// Content with each separate `N` replaced by a figure.
fn filled(content: &str, figure: &str) -> String {
    let letter = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
    let mut text = String::new();
    for (at, sign) in content.char_indices() {
        let alone =
            !letter(content[..at].chars().next_back()) && !letter(content[at + sign.len_utf8()..].chars().next());
        if sign == 'N' && alone { text.push_str(figure) } else { text.push(sign) }
    }
    text
}

fn hold(suffix: &str, report: &Report, shows: &[&Shows], bytes: &[u8], binder: &Binder, seed: u64) -> usize {
    let again = super::read(bytes, binder, &format!("{suffix} {seed}"));
    assert_eq!(shows.len(), report.values.len(), "{suffix} {seed}");
    let mut unclear = 0;
    for ((field, value), shows) in report.values.iter().zip(shows) {
        let found = &again.values[field];
        let what = || format!("{suffix} {seed} {field}: {:?} of {:?}", found, value.value);
        if **shows == Figure {
            assert_eq!(found.value, value.value, "{}", what());
        } else {
            unclear += 1;
            let told = again.findings.iter().any(|finding| finding.fields.contains(field));
            assert!(found.value.is_none() && told, "{}", what());
        }
    }
    unclear
}

#[test]
fn figures_elsewhere_in_a_cell_of_a_page() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let mut unclear = 0;
    for seed in 0..12 {
        let (report, bytes) = written(&forms, seed, Output::Html);
        let page = String::from_utf8(bytes).unwrap();
        let (page, shows) = replaced(&page, (" headers=", "\">", "</td>"), HTML, &mut Random::new(seed));
        unclear += hold("html", &report, &shows, page.as_bytes(), &binder, seed);
    }
    assert!(unclear > 100, "{unclear}");
}

#[test]
fn figures_elsewhere_in_a_cell_of_a_word_file() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let mut unclear = 0;
    for seed in 0..12 {
        let (report, bytes) = written(&forms, seed, Output::Docx);
        let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut shows = Vec::new();
        for index in 0..package.len() {
            let mut part = package.by_index(index).unwrap();
            let (name, mut content) = (part.name().unwrap().into_owned(), Vec::new());
            part.read_to_end(&mut content).unwrap();
            if name == "word/document.xml" {
                let text = String::from_utf8(content).unwrap();
                let (text, all) = replaced(&text, ("TableFigure", "<w:r>", "</w:r>"), WORD, &mut Random::new(seed));
                (content, shows) = (text.into_bytes(), all);
            }
            changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            changed.write_all(&content).unwrap();
        }
        let bytes = changed.finish().unwrap().into_inner();
        unclear += hold("docx", &report, &shows, &bytes, &binder, seed);
    }
    assert!(unclear > 100, "{unclear}");
}

#[test]
fn figures_outside_of_tables_are_read_or_told() {
    let page = "<html><body><div><input value='请输入关键字'></div><p>共受理<input value='22'>件，<span style='display:none'>9件</span>办结<select><option>1<option selected>20</select>件。</p>\
                <p>机关名称：<input value=白渚市民政局><input type=hidden value=9></p></body></html>";
    let reading = nianbao::read::read(page.as_bytes(), None, &mut Budget::default()).unwrap();
    let lines: Vec<&str> = reading
        .document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(paragraph.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(lines, ["共受理 22件，办结 20件。", "机关名称： 白渚市民政局"]);
    let left: Vec<&str> = reading.document.asides.iter().map(|aside| aside.text.as_str()).collect();
    assert_eq!(left, ["9件"]);
}

#[test]
fn a_box_with_only_a_figure_is_reported() {
    let told = |text: &str| {
        let flat = format!(
            "<w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml' xmlns:v='urn:schemas-microsoft-com:vml'><w:body><w:p>\
             <w:r><w:t>一、总体情况</w:t></w:r><w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p>\
             </w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p></w:body></w:wordDocument>"
        );
        let reading = nianbao::read::read(flat.as_bytes(), None, &mut Budget::default()).unwrap();
        reading.findings.iter().filter(|finding| finding.message.zh.contains("文本框")).count()
    };
    assert_eq!(["99", "1,234", "公开咨询电话12345", "2025年", ""].map(told), [1, 1, 0, 0, 0]);
}
