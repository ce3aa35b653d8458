//! The letter as a small WordprocessingML package (ECMA-376), in the look of official documents (GB/T 9704-2012, 7.2-7.3).

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Letter, Style};
use crate::write::plan;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
    </Types>";
const RELATIONSHIPS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"main\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
    </Relationships>";

/// A4 with the margins of official documents.
const PAGE: &str = "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
    <w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" w:footer=\"992\" w:gutter=\"0\"/></w:sectPr>";

pub(super) fn write(letters: &[Letter]) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in
        [("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONSHIPS), ("word/document.xml", &body(letters))]
    {
        writer.start_file(name, options)?;
        writer.write_all(DECLARATION.as_bytes())?;
        writer.write_all(content.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

fn body(letters: &[Letter]) -> String {
    let mut xml = format!("<w:document xmlns:w=\"{MAIN}\"><w:body>");
    let all = letters.iter().enumerate().flat_map(|(number, letter)| {
        letter.paragraphs.iter().enumerate().map(move |(index, paragraph)| (number > 0 && index == 0, paragraph))
    });
    let mut all = all.peekable();
    let mut signing = false;
    while let Some((begins, (style, text))) = all.next() {
        let (layout, font, size) = look(*style);
        let next = all.peek().filter(|(_, (next, _))| *next == Style::Signature).map(|(_, (_, next))| next.as_str());
        let signature = (*style == Style::Signature).then(|| signature(text, next, !signing));
        signing = signature.is_some();
        let layout = signature.as_deref().unwrap_or(layout);
        // Neither the signature with its date nor the contact line below it may be alone on a page.
        let noted = |(begins, (next, _)): &(bool, &(Style, String))| !begins && *next != Style::Attached;
        let signed = next.is_some() || (signing && all.peek().is_some_and(noted));
        let page = if begins || *style == Style::Attached { "<w:pageBreakBefore/>" } else { "" };
        let layout = match layout.strip_prefix(KEEP) {
            Some(rest) => format!("{KEEP}{page}{rest}"),
            None if signed => format!("{KEEP}{page}{layout}"),
            None => format!("{page}{layout}"),
        };
        let lines: Vec<String> = text.split('\n').map(escaped).collect();
        let text = lines.join("</w:t><w:br/><w:t xml:space=\"preserve\">");
        // Writing to a string cannot fail.
        let _ = write!(
            xml,
            "<w:p><w:pPr>{layout}</w:pPr><w:r><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" \
             w:eastAsia=\"{font}\"/><w:sz w:val=\"{size}\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
        );
    }
    xml + PAGE + "</w:body></w:document>"
}

/// The property "keep with next", the first one in schema order.
const KEEP: &str = "<w:keepNext/>";

/// Paragraph properties, East Asian font and size in half points.
fn look(style: Style) -> (&'static str, &'static str, u32) {
    const LINE: &str = "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/>";
    match style {
        Style::Title => ("<w:keepNext/><w:spacing w:after=\"480\"/><w:jc w:val=\"center\"/>", "方正小标宋简体", 44),
        Style::Number => (
            "<w:keepNext/><w:spacing w:after=\"240\" w:line=\"579\" w:lineRule=\"exact\"/><w:jc w:val=\"right\"/>",
            "仿宋_GB2312",
            32,
        ),
        Style::Attached => (LINE, "黑体", 32),
        // The position of a signature depends on what follows it.
        Style::Address | Style::Signature => (LINE, "仿宋_GB2312", 32),
        Style::Heading => (
            "<w:keepNext/><w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>",
            "黑体",
            32,
        ),
        Style::Body => (
            "<w:spacing w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>",
            "仿宋_GB2312",
            32,
        ),
    }
}

/// Sender and date: a line below the text, the name centred above the date (GB/T 9704-2012, 7.3.5).
fn signature(text: &str, day: Option<&str>, first: bool) -> String {
    let halves = day.map_or(plan::DAY, |day| plan::over_day(text, day));
    let before = if first { " w:before=\"579\"" } else { "" };
    let (hundredths, twips) = (halves * 50, halves * HALF);
    format!(
        "<w:spacing{before} w:line=\"579\" w:lineRule=\"exact\"/><w:ind w:rightChars=\"{hundredths}\" w:right=\"{twips}\"/>\
         <w:jc w:val=\"right\"/>"
    )
}

/// Half a character of running text (16 points), in twips.
const HALF: i64 = 160;

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::write::xml::escape(text, &mut out);
    out
}
