//! Writes extra tables, pictures and runs as WordprocessingML and DrawingML.

use std::collections::BTreeMap;

use super::blank::{TEXT_WIDTH, columns};
use crate::document::Picture;
use crate::report::{ExtraCell, ExtraTable, Report};
use crate::write::xml::escape;

/// EMU per twip.
const EMU: u64 = 635;

/// Maximum height of a picture: that of the text area.
const MOST_HEIGHT: u64 = 12_700 * EMU;

/// Writes a run with a text; tabs and line breaks become elements.
pub(super) fn run(text: &str, xml: &mut String) {
    run_with("", text, xml);
}

/// Writes a run with properties.
pub(super) fn run_with(properties: &str, text: &str, xml: &mut String) {
    xml.push_str("<w:r>");
    xml.push_str(properties);
    // Fast path: nearly every text has no tab or line break.
    if memchr::memchr3(b'\r', b'\n', b'\t', text.as_bytes()).is_none() {
        words(text, xml);
        return xml.push_str("</w:r>");
    }
    let text = text.replace('\r', "");
    for piece in text.split_inclusive(['\n', '\t']) {
        let inside = piece.trim_end_matches(['\n', '\t']);
        words(inside, xml);
        match &piece[inside.len()..] {
            "\n" => xml.push_str("<w:br/>"),
            "\t" => xml.push_str("<w:tab/>"),
            _ => {}
        }
    }
    xml.push_str("</w:r>");
}

fn words(text: &str, xml: &mut String) {
    if !text.is_empty() {
        xml.push_str("<w:t xml:space=\"preserve\">");
        escape(text, xml);
        xml.push_str("</w:t>");
    }
}

/// Maximum number of columns of a table in Word.
const MOST_COLUMNS: u32 = 63;

/// Maximum number of slots of a table that is written as a table; readers produce no more.
const MOST_SLOTS: u64 = 200_000;

/// Whether Word can show a table as a table; if not, it is written as [`lines`].
pub(crate) fn is_drawn(table: &ExtraTable) -> bool {
    (1..=MOST_COLUMNS).contains(&table.columns) && u64::from(table.rows) * u64::from(table.columns) <= MOST_SLOTS
}

/// The rows of a table as text, cells separated by tabs.
pub(crate) fn lines(table: &ExtraTable) -> Vec<String> {
    let mut cells: Vec<&ExtraCell> = table.cells.iter().collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let rows = cells.chunk_by(|one, other| one.row == other.row);
    rows.map(|row| row.iter().map(|cell| cell.text.replace('\n', " ")).collect::<Vec<_>>().join("\t")).collect()
}

/// Writes a table as in the source, with its merged cells.
pub(crate) fn table(table: &ExtraTable, xml: &mut String) {
    let widths = columns(&vec![1; table.columns as usize], TEXT_WIDTH);
    xml.push_str("<w:tbl><w:tblPr><w:tblW w:w=\"");
    xml.push_str(&TEXT_WIDTH.to_string());
    xml.push_str("\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>");
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        xml.push_str(&format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>"));
    }
    xml.push_str("</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>");
    for width in &widths {
        xml.push_str(&format!("<w:gridCol w:w=\"{width}\"/>"));
    }
    xml.push_str("</w:tblGrid>");
    let origins: BTreeMap<(u32, u32), &ExtraCell> =
        table.cells.iter().rev().map(|cell| ((cell.row, cell.column), cell)).collect();
    // For each column, the last cell that began there.
    let mut above: Vec<Option<&ExtraCell>> = vec![None; table.columns as usize];
    for row in 0..table.rows {
        xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        let mut column = 0;
        while column < table.columns {
            let held = above[column as usize].filter(|cell| row - cell.row < cell.row_span);
            let begins = origins.get(&(row, column)).copied();
            let cell = held.or(begins);
            // A cell ends at a cell that spans down from above, and at the edge of the table.
            let most = cell.map_or(1, |cell| cell.col_span.max(1)).min(table.columns - column);
            let free = |next: &u32| above[*next as usize].is_none_or(|cell| row - cell.row >= cell.row_span);
            let end = (column + 1..column + most).find(|next| !free(next)).unwrap_or(column + most);
            let merge = match (held, begins) {
                (Some(_), _) => Some("continue"),
                (None, Some(cell)) if cell.row_span > 1 => Some("restart"),
                _ => None,
            };
            above[column as usize] = cell;
            let width: u32 = widths[column as usize..end as usize].iter().sum();
            self::cell(
                width,
                end - column,
                merge,
                if held.is_some() { "" } else { cell.map_or("", |cell| &cell.text) },
                xml,
            );
            column = end;
        }
        xml.push_str("</w:tr>");
    }
    xml.push_str("</w:tbl>");
}

/// Writes a cell of such a table.
fn cell(width: u32, span: u32, merge: Option<&str>, text: &str, xml: &mut String) {
    xml.push_str(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>"));
    if span > 1 {
        xml.push_str(&format!("<w:gridSpan w:val=\"{span}\"/>"));
    }
    if let Some(merge) = merge {
        xml.push_str(&format!("<w:vMerge w:val=\"{merge}\"/>"));
    }
    xml.push_str("<w:vAlign w:val=\"center\"/></w:tcPr>");
    for line in text.split('\n') {
        xml.push_str("<w:p><w:pPr><w:pStyle w:val=\"TableFigure\"/></w:pPr>");
        if !line.is_empty() {
            run(line, xml);
        }
        xml.push_str("</w:p>");
    }
    xml.push_str("</w:tc>");
}

/// Suffix and content type of a picture.
pub(crate) fn suffix(picture: &Picture) -> (&'static str, &'static str) {
    match picture.media_type.as_str() {
        "image/jpeg" => ("jpeg", "image/jpeg"),
        "image/gif" => ("gif", "image/gif"),
        "image/bmp" => ("bmp", "image/bmp"),
        "image/x-emf" => ("emf", "image/x-emf"),
        "image/x-wmf" => ("wmf", "image/x-wmf"),
        _ => ("png", "image/png"),
    }
}

/// Whether Word can show a picture of this type.
pub(crate) fn is_shown(picture: &Picture) -> bool {
    const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/bmp", "image/x-emf", "image/x-wmf"];
    SHOWN.contains(&picture.media_type.as_str()) && !picture.bytes.is_empty()
}

/// Name of a picture's part.
pub(super) fn file_name(report: &Report, index: usize) -> String {
    format!("picture{index}.{}", suffix(&report.pictures[index]).0)
}

/// Writes a picture in a paragraph of its own, no wider than the text. `id` is unique, even if the picture is repeated.
pub(crate) fn picture(
    picture: &Picture,
    (index, id): (usize, usize),
    extent: Option<(u64, u64)>,
    alt: Option<&str>,
    xml: &mut String,
) {
    let most = u64::from(TEXT_WIDTH) * EMU;
    let (width, height) = extent
        .or_else(|| pixels(&picture.bytes))
        .filter(|&(width, height)| width > 0 && height > 0)
        .unwrap_or((most / 2, most / 3));
    let scale = |width: u64, height: u64, limit: u64, of: u64| {
        if of > limit { (width * limit / of, height * limit / of) } else { (width, height) }
    };
    let (width, height) = scale(width, height, most, width);
    let (width, height) = scale(width, height, MOST_HEIGHT, height);
    let mut name = String::new();
    escape(alt.unwrap_or(&picture.name), &mut name);
    xml.push_str(&format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Picture\"/></w:pPr><w:r><w:drawing>\
         <wp:inline xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">\
         <wp:extent cx=\"{width}\" cy=\"{height}\"/><wp:docPr id=\"{id}\" name=\"picture{id}\" descr=\"{name}\"/>\
         <a:graphic xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">\
         <a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
         <pic:pic xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"picture{id}\"/>\
         <pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>\
         <a:blip xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:embed=\"picture{index}\"/>\
         <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    ));
}

/// Width and height of a PNG or JPEG at 96 dpi, in EMU.
pub(in crate::write) fn pixels(bytes: &[u8]) -> Option<(u64, u64)> {
    size_in_pixels(bytes).map(|(width, height)| (width * 9_525, height * 9_525))
}

/// Width and height of a PNG or JPEG in pixels.
pub(crate) fn size_in_pixels(bytes: &[u8]) -> Option<(u64, u64)> {
    let be = |at: usize, length: usize| -> Option<u64> {
        Some(bytes.get(at..at + length)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    };
    if bytes.starts_with(b"\x89PNG") {
        return Some((be(16, 4)?, be(20, 4)?));
    }
    if !bytes.starts_with(b"\xFF\xD8") {
        return None;
    }
    let mut at = 2;
    while be(at, 1)? == 0xFF {
        let (kind, length) = (be(at + 1, 1)?, be(at + 2, 2)?);
        if matches!(kind, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB) {
            return Some((be(at + 7, 2)?, be(at + 5, 2)?));
        }
        at += 2 + usize::try_from(length).ok()?;
    }
    None
}
