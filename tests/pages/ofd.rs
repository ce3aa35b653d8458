//! A writer of OFD (GB/T 33190) with variations of several programs.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_precision_loss, reason = "positions on a sheet")]
#![allow(clippy::struct_excessive_bools, reason = "each is one way of writing")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

use super::layout::{A4, Run, Sheet, width_of};

const SPACE: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// Variations of a file, all of them valid.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    /// Each character is an object of its own, in arbitrary order.
    pub(crate) characters: bool,
    /// Borders are filled boxes.
    pub(crate) boxes: bool,
    /// A slanted watermark in a template page.
    pub(crate) watermark: bool,
    /// Font sizes of 1 enlarged by a matrix, and element names without a prefix.
    pub(crate) matrices: bool,
    /// The file refers to signatures.
    pub(crate) signed: bool,
}

/// Writes sheets as an OFD file.
pub(crate) fn write(sheets: &[Sheet], title: &str, style: Style) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: String| {
        let text = if style.matrices { text.replace("ofd:", "").replace("xmlns:ofd", "xmlns") } else { text };
        let text = if style.matrices { text.replace(&SPACE[4..], &SPACE[9..].replacen(":ofd", "", 1)) } else { text };
        zip.start_file(name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("a part");
    };
    let signed = if style.signed { "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>" } else { "" };
    put(
        "OFD.xml",
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:OFD {SPACE} Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>\
             <ofd:DocID>0</ofd:DocID><ofd:Title>{title}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>\
             {signed}</ofd:DocBody></ofd:OFD>"
        ),
    );
    let mut pages = String::new();
    for number in 0..sheets.len() {
        write!(pages, "<ofd:Page ID=\"{}\" BaseLoc=\"Pages/Page_{number}/Content.xml\"/>", number + 10).expect("room");
    }
    let area = format!("<ofd:PhysicalBox>0 0 {} {}</ofd:PhysicalBox>", mm(A4.0), mm(A4.1));
    let template = if style.watermark { "<ofd:TemplatePage ID=\"5\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/>" } else { "" };
    put(
        "Doc_0/Document.xml",
        format!(
            "<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea>{area}</ofd:PageArea>\
             {template}</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
        ),
    );
    if style.watermark {
        let (sine, cosine) = (0.5_f64.sin(), 0.5_f64.cos());
        let text = format!(
            "<ofd:Page {SPACE}><ofd:Content><ofd:Layer ID=\"6\"><ofd:TextObject ID=\"7\" Boundary=\"30 90 150 120\" Font=\"1\" \
             Size=\"20\" CTM=\"{cosine} {sine} -{sine} {cosine} 0 0\"><ofd:TextCode X=\"0\" Y=\"20\" DeltaX=\"g 3 20\">内部资料</ofd:TextCode>\
             </ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
        );
        put("Doc_0/Tpls/Tpl_0/Content.xml", text);
    }
    for (number, sheet) in sheets.iter().enumerate() {
        let used = if style.watermark { "<ofd:Template TemplateID=\"5\" ZOrder=\"Background\"/>" } else { "" };
        let content = objects(sheet, style);
        put(
            &format!("Doc_0/Pages/Page_{number}/Content.xml"),
            format!(
                "<ofd:Page {SPACE}>{used}<ofd:Content><ofd:Layer ID=\"20\">{content}</ofd:Layer></ofd:Content></ofd:Page>"
            ),
        );
    }
    zip.finish().expect("a package").into_inner()
}

fn mm(points: f64) -> f64 {
    (points * 25.4 / 72.0 * 1000.0).round() / 1000.0
}

fn objects(sheet: &Sheet, style: Style) -> String {
    let mut objects: Vec<String> = Vec::new();
    for run in &sheet.runs {
        if style.characters {
            let mut x = run.x;
            for character in run.text.chars() {
                objects.push(text(&Run { x, text: character.to_string(), ..run.clone() }, style));
                x += width_of(character, run.size);
            }
        } else {
            objects.push(text(run, style));
        }
    }
    if style.characters {
        // In arbitrary order: only positions count.
        objects = (0..objects.len()).map(|index| objects[(index * 7919 + 3) % objects.len()].clone()).collect();
    }
    for (x0, y0, x1, y1) in &sheet.lines {
        let (x0, y0, x1, y1) = (mm(*x0), mm(*y0), mm(*x1), mm(*y1));
        objects.push(if style.boxes {
            let (w, h) = ((x1 - x0).max(0.2), (y1 - y0).max(0.2));
            format!(
                "<ofd:PathObject ID=\"31\" Boundary=\"{x0} {y0} {w} {h}\" Stroke=\"false\" Fill=\"true\"><ofd:AbbreviatedData>\
                 M 0 0 L {w} 0 L {w} {h} L 0 {h} C</ofd:AbbreviatedData></ofd:PathObject>"
            )
        } else {
            format!(
                "<ofd:PathObject ID=\"31\" Boundary=\"{x0} {y0} {} {}\" LineWidth=\"0.25\"><ofd:AbbreviatedData>M 0 0 L {} {}\
                 </ofd:AbbreviatedData></ofd:PathObject>",
                x1 - x0 + 0.1,
                y1 - y0 + 0.1,
                x1 - x0,
                y1 - y0
            )
        });
    }
    objects.concat()
}

fn text(run: &Run, style: Style) -> String {
    let (x, y, size) = (mm(run.x), mm(run.y), mm(run.size));
    let escaped = run.text.replace('&', "&amp;").replace('<', "&lt;");
    let scale = if style.matrices { size } else { 1.0 };
    let steps: Vec<String> = run.text.chars().map(|c| (mm(width_of(c, run.size)) / scale).to_string()).collect();
    let steps = if steps.len() > 2 && steps.iter().all(|step| step == &steps[0]) {
        format!("g {} {}", steps.len() - 1, steps[0])
    } else {
        steps[..steps.len().saturating_sub(1)].join(" ")
    };
    let matrix = if style.matrices { format!(" CTM=\"{size} 0 0 {size} 0 0\"") } else { String::new() };
    let width = run.text.chars().count() as f64 * size;
    format!(
        "<ofd:TextObject ID=\"30\" Boundary=\"{x} {} {width} {size}\" Font=\"1\" Size=\"{}\"{matrix}><ofd:TextCode X=\"0\" Y=\"{}\" \
         DeltaX=\"{steps}\">{escaped}</ofd:TextCode></ofd:TextObject>",
        y - size,
        size / scale,
        size / scale
    )
}
