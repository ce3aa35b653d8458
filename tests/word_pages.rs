//! Web pages as Word saves them, "web page", "web page, filtered" and as a single file: a whole report in markup that is mostly not for
//! browsers gives every figure and paragraph of the Word file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Block, Budget, Document, Format, Grid, Paragraph, Region, Slot};
use nianbao::finding::Finding;
use nianbao::form::Forms;
use nianbao::read::{Reading, read};
use nianbao::report::{Content, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

/// The variants of pages that Word saves: with its own markup, or filtered for browsers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Save {
    Whole,
    Filtered,
}

const HEAD: &str = "<html xmlns:v=\"urn:schemas-microsoft-com:vml\"\nxmlns:o=\"urn:schemas-microsoft-com:office:office\"
xmlns:w=\"urn:schemas-microsoft-com:office:word\"\nxmlns=\"http://www.w3.org/TR/REC-html40\">\n\n<head>
<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">\n<meta name=ProgId content=Word.Document>
<meta name=Generator content=\"Microsoft Word 15\">\n<link rel=File-List href=\"年报.files/filelist.xml\">
<!--[if gte mso 9]><xml>\n <o:DocumentProperties>\n  <o:Author>办公室</o:Author>\n  <o:Words>731</o:Words>\n </o:DocumentProperties>
</xml><![endif]-->\n<!--[if gte mso 9]><xml>\n <w:WordDocument>\n  <w:View>Print</w:View>\n </w:WordDocument>\n</xml><![endif]-->
<style>\n<!--\n /* Style Definitions */\n p.MsoNormal, li.MsoNormal, div.MsoNormal\n\t{mso-style-unhide:no;\n\tmso-style-qformat:yes;
\tmso-hide:screen;\n\tfont-size:10.5pt;}\n@page WordSection1\n\t{size:595.3pt 841.9pt;}\ndiv.WordSection1\n\t{page:WordSection1;}\n-->\n</style>
<!--[if gte mso 10]>\n<style>\n table.MsoNormalTable\n\t{mso-style-name:普通表格;}\n</style>\n<![endif]-->\n</head>

<body lang=ZH-CN style='tab-interval:21.0pt;text-justify-trim:punctuation'>\n\n<div class=WordSection1 style='layout-grid:15.6pt'>\n\n";

const FILTERED_HEAD: &str = "<html>\n\n<head>\n<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">
<meta name=Generator content=\"Microsoft Word 15 (filtered)\">\n<style>\n<!--\n /* Font Definitions */\n @font-face\n\t{font-family:宋体;}\n-->
</style>\n\n</head>\n\n<body lang=ZH-CN style='text-justify-trim:punctuation'>\n\n<div class=WordSection1 style='layout-grid:15.6pt'>\n\n";

/// Writes a document as a page of Word.
struct Page {
    save: Save,
    html: String,
}

impl Page {
    fn of(document: &Document, save: Save) -> Vec<u8> {
        let head = if save == Save::Whole { HEAD } else { FILTERED_HEAD };
        let mut page = Self { save, html: head.to_owned() };
        for block in &document.blocks {
            match block {
                // Word writes page headers and footers to another file.
                Block::Paragraph(paragraph) if paragraph.region == Region::Body => page.paragraph(paragraph),
                Block::Grid(grid) => page.table(grid),
                Block::Paragraph(_) | Block::Picture(_) => {}
            }
        }
        page.html.push_str("</div>\n\n</body>\n\n</html>\n");
        let (bytes, _, wrong) = encoding_rs::GBK.encode(&page.html);
        assert!(!wrong);
        bytes.into_owned()
    }

    fn put(&mut self, text: &str) {
        self.html.push_str(text);
    }

    /// Adds text in spans: one for Chinese text, and one for every digit.
    fn text(&mut self, text: &str) {
        let digit = "<span\nlang=EN-US style='font-size:12.0pt'>";
        let other =
            "<span style='font-size:12.0pt;\nfont-family:仿宋_GB2312;mso-hansi-font-family:\"Times New Roman\"'>";
        let mut open = false;
        for character in text.chars() {
            if character.is_ascii_digit() {
                self.put(if std::mem::take(&mut open) { "</span>" } else { "" });
                write!(self.html, "{digit}{character}</span>").unwrap();
                continue;
            }
            self.put(if std::mem::replace(&mut open, true) { "" } else { other });
            match character {
                '<' => self.put("&lt;"),
                '&' => self.put("&amp;"),
                '\n' => self.put("<br>\n"),
                '\t' => self.put("<span style='mso-tab-count:1'>&nbsp;&nbsp; </span>"),
                plain => self.html.push(plain),
            }
        }
        self.put(if open { "</span>" } else { "" });
    }

    /// Adds the paragraph mark, and invisible figures.
    fn end(&mut self) {
        match self.save {
            Save::Whole => self.put(
                "<span class=msoDel><del cite=\"mailto:%E5%8A%9E\" datetime=\"2021-01-18T09:30\"><span\nlang=EN-US>7</span></del></span>\
                 <span lang=EN-US style='display:none;mso-hide:all'>9</span><!--[if gte mso 9]><w:sdt>8</w:sdt><![endif]--><span\n\
                 lang=EN-US style='font-size:12.0pt'><o:p></o:p></span></p>\n",
            ),
            Save::Filtered => self.put("<span lang=EN-US style='display:none'>9</span></p>\n"),
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        let shown = paragraph.shown();
        let heading = paragraph.level.filter(|_| shown.contains('、'));
        if let Some((level, (number, text))) = heading.zip(shown.split_once('、')) {
            self.heading(level, number, text);
        } else {
            self.put("<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'>");
            self.text(&shown);
            self.end();
        }
        self.put("\n");
    }

    /// Adds a heading with automatic numbering.
    fn heading(&mut self, level: u8, number: &str, text: &str) {
        let number = format!("{number}、<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span>");
        match self.save {
            Save::Whole => write!(
                self.html,
                "<h{level} style='margin-left:36.0pt;text-indent:-36.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span\n\
                 lang=EN-US style='mso-fareast-font-family:黑体'><span style='mso-list:Ignore'>{number}</span></span><![endif]>"
            ),
            Save::Filtered => write!(self.html, "<h{level} style='margin-left:36.0pt'><span\nlang=EN-US>{number}</span>"),
        }
        .unwrap();
        self.text(text);
        writeln!(self.html, "<span lang=EN-US><o:p></o:p></span></h{level}>").unwrap();
    }

    fn table(&mut self, grid: &Grid) {
        self.put(
            "<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0\n style='border-collapse:collapse;border:none;\
             mso-border-alt:solid windowtext .5pt;mso-yfti-tbllook:1184'>\n",
        );
        for row in 0..grid.rows() {
            writeln!(self.html, " <tr style='mso-yfti-irow:{row};height:15.0pt'>").unwrap();
            for column in 0..grid.columns() {
                let Slot::Origin(index) = grid.slot(row, column) else { continue };
                let cell = &grid.cells()[index as usize];
                let span = |name: &str, span: u32| if span > 1 { format!(" {name}={span}") } else { String::new() };
                let spans = format!("{}{}", span("colspan", cell.col_span), span("rowspan", cell.row_span));
                write!(self.html, "  <td width=95{spans} valign=top style='width:71.0pt;border:solid windowtext 1.0pt;\n  mso-border-alt:solid windowtext .5pt'>\n")
                    .unwrap();
                for line in cell.text.split('\n') {
                    self.put("  <p class=MsoNormal align=center style='text-align:center'>");
                    if line.is_empty() {
                        self.put("<span lang=EN-US><o:p>&nbsp;</o:p></span></p>\n");
                    } else {
                        self.text(line);
                        self.end();
                    }
                }
                self.put("  </td>\n");
            }
            self.put(" </tr>\n");
        }
        // Word ends a table of merged cells with a row that only sets column widths.
        let widths = "  <td width=95 style='border:none'></td>\n".repeat(grid.columns() as usize);
        let (begin, end) = match self.save {
            Save::Whole => (" <![if !supportMisalignedColumns]>\n", " <![endif]>\n"),
            Save::Filtered => ("", ""),
        };
        write!(self.html, "{begin} <tr height=0>\n{widths} </tr>\n{end}</table>\n\n").unwrap();
    }
}

/// The page as saved by Word in one file, in quoted-printable.
fn one_file(page: &[u8]) -> Vec<u8> {
    let mut text = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01D7.ABCD\"\r\n\r\n\
        此文档为“单个文件网页”，也称为“Web 档案”文件。\r\n\r\n------=_NextPart_01D7.ABCD\r\nContent-Location: file:///C:/7A1B/年报.htm\r\n\
        Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"gb2312\"\r\n\r\n"
        .to_owned();
    for line in page.split(|&byte| byte == b'\n') {
        for piece in line.chunks(24) {
            for byte in piece {
                match byte {
                    b' '..=b'<' | b'>'..=b'~' => text.push(char::from(*byte)),
                    _ => write!(text, "={byte:02X}").unwrap(),
                }
            }
            text.push_str("=\r\n");
        }
        text.push_str("\r\n");
    }
    text.push_str(
        "\r\n------=_NextPart_01D7.ABCD\r\nContent-Location: file:///C:/7A1B/年报.files/filelist.xml\r\n\
         Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/xml; charset=\"utf-8\"\r\n\r\n<xml/>\r\n------=_NextPart_01D7.ABCD--\r\n",
    );
    text.into_bytes()
}

fn texts(report: &Report) -> Vec<String> {
    let contents = report.sections.iter().flat_map(|section| &section.content);
    let texts = contents.filter_map(|content| match content {
        Content::Paragraph { text, .. } => Some(text.split_whitespace().collect()),
        _ => None,
    });
    texts.collect()
}

fn bound(binder: &Binder, name: &str, bytes: &[u8]) -> (Reading, Report) {
    let reading = read(bytes, Some(name), &mut Budget::default()).unwrap();
    let report = binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"));
    (reading, report)
}

#[test]
fn pages_that_word_saves_give_every_figure_and_paragraph() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let docx = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    for (form, seed) in [("gkbg-2019", 71), ("gkbg-2021", 72), ("gkbg-2021", 73)] {
        let form = forms.get(form).unwrap();
        let report = Sampler::new(seed).report(form);
        let document = read(&docx.write(form, &report).unwrap(), None, &mut Budget::default()).unwrap().document;
        let (whole, filtered) = (Page::of(&document, Save::Whole), Page::of(&document, Save::Filtered));
        let saved = [
            ("年报.htm", Format::Html, whole.clone()),
            ("年报.html", Format::Html, filtered),
            ("年报.mht", Format::Mht, one_file(&whole)),
        ];
        for (save, format, bytes) in saved {
            let (reading, again) = bound(&binder, save, &bytes);
            assert_eq!((reading.format, &reading.findings), (format, &vec![]), "{save}");
            // Only text struck through or hidden in the page is removed from figures, and it is reported.
            let told =
                |finding: &Finding| ["struck-out-set-aside", "unseen-set-aside"].contains(&finding.code.as_str());
            let others: Vec<&str> = again
                .findings
                .iter()
                .filter(|finding| !told(finding))
                .map(|finding| finding.message.zh.as_str())
                .collect();
            assert!(others.is_empty(), "{save}: {others:?}");
            assert_eq!((again.year, &again.agency), (report.year, &report.agency));
            assert_eq!(again.values.len(), report.values.len());
            for (field, value) in &report.values {
                assert_eq!(again.values[field].value, value.value, "{save} {} seed {seed}: {field}", form.id);
            }
            assert_eq!(texts(&again), texts(&report), "{save} {} seed {seed}", form.id);
        }
    }
}
