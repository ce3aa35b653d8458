//! Tables with marks as Word files, web pages, OpenDocument texts and RTF.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use super::{Cell, Look, Made, Row, TITLE, Table};

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(super) fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The cells of each row with those that reach down into it, which are `None`, from the left.
pub(super) fn standing(table: &Table) -> Vec<(&Row, Vec<(Option<&Cell>, u32)>)> {
    let mut open: Vec<(u32, u32)> = vec![(0, 0); table.columns as usize];
    let mut all = Vec::new();
    for row in &table.rows {
        let mut cells = Vec::new();
        let mut column = 0;
        while column < table.columns {
            let (left, span) = open[column as usize];
            if left > 0 {
                open[column as usize].0 -= 1;
                cells.push((None, span));
                column += span;
                continue;
            }
            let Some(cell) = row.cells.iter().find(|cell| cell.column == column) else {
                column += 1;
                continue;
            };
            open[column as usize] = (cell.rows - 1, cell.columns);
            cells.push((Some(cell), cell.columns));
            column += cell.columns;
        }
        all.push((row, cells));
    }
    all
}

/// With `styles`, character styles are used in place of direct formatting.
fn word(made: &Made, styles: bool) -> String {
    let mut body = format!("<w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p>");
    for table in &made.tables {
        body += "<w:tbl><w:tblPr/><w:tblGrid/>";
        for (row, cells) in standing(table) {
            body += if row.hidden { "<w:tr><w:trPr><w:hidden/></w:trPr>" } else { "<w:tr>" };
            for (cell, columns) in cells {
                let merge = match cell {
                    None => "<w:vMerge/>",
                    Some(cell) if cell.rows > 1 => "<w:vMerge w:val=\"restart\"/>",
                    Some(_) => "",
                };
                let shade =
                    if cell.is_some_and(|cell| cell.dark) { "<w:shd w:val=\"clear\" w:fill=\"1F4E79\"/>" } else { "" };
                let _ = write!(body, "<w:tc><w:tcPr><w:gridSpan w:val=\"{columns}\"/>{merge}{shade}</w:tcPr><w:p>");
                for run in cell.into_iter().flat_map(|cell| &cell.runs) {
                    let look = match (run.look, styles) {
                        (Look::Plain, _) => "",
                        (Look::Struck, true) => "<w:rStyle w:val=\"struck\"/>",
                        (Look::Struck, false) => "<w:dstrike/>",
                        (Look::NotStruck, true) => "<w:rStyle w:val=\"struck\"/><w:strike w:val=\"0\"/>",
                        (Look::NotStruck, false) => "<w:strike w:val=\"false\"/>",
                        (Look::Raised, true) => "<w:position w:val=\"6\"/>",
                        (Look::Raised, false) => "<w:vertAlign w:val=\"superscript\"/>",
                        (Look::Lowered, _) => "<w:vertAlign w:val=\"subscript\"/>",
                        (Look::Hidden, true) => "<w:rStyle w:val=\"hidden\"/>",
                        (Look::Hidden, false) => "<w:vanish/>",
                        (Look::White, true) => "<w:color w:val=\"000000\" w:themeColor=\"background1\"/>",
                        (Look::White, false) => "<w:color w:val=\"FFFFFF\"/>",
                        (Look::Tiny, _) => "<w:sz w:val=\"2\"/>",
                        (Look::Narrow, true) => "<w:spacing w:val=\"-200\"/>",
                        (Look::Narrow, false) => "<w:w w:val=\"1\"/>",
                        (Look::Sunk, _) => "<w:color w:val=\"1F4E79\"/>",
                    };
                    let _ = write!(body, "<w:r><w:rPr>{look}</w:rPr><w:t>{}</w:t></w:r>", escaped(&run.text));
                }
                body += "</w:p></w:tc>";
            }
            body += "</w:tr>";
        }
        body += "</w:tbl><w:p/>";
    }
    body
}

pub(super) fn docx(made: &Made, styles: bool) -> Vec<u8> {
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let body = word(made, styles);
    zip(&[
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"1\" Type=\"x/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
        ),
        (
            "word/_rels/document.xml.rels",
            "<Relationships><Relationship Id=\"1\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>",
        ),
        (
            "word/styles.xml",
            &format!(
                "<w:styles {space}><w:style w:type=\"character\" w:styleId=\"struck\"><w:rPr><w:strike/></w:rPr></w:style>\
                 <w:style w:type=\"character\" w:styleId=\"base\"><w:rPr><w:vanish/></w:rPr></w:style>\
                 <w:style w:type=\"character\" w:styleId=\"hidden\"><w:basedOn w:val=\"base\"/></w:style></w:styles>"
            ),
        ),
        ("word/document.xml", &format!("<w:document {space}><w:body>{body}</w:body></w:document>")),
    ])
}

pub(super) fn word_2003(made: &Made) -> Vec<u8> {
    let body = word(made, false).replace("vMerge", "vmerge");
    format!("<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\"><w:body>{body}</w:body></w:wordDocument>")
        .into_bytes()
}

/// Formatting by elements, by `style` attributes, or by classes of a style sheet.
pub(super) fn html(made: &Made, way: u64) -> Vec<u8> {
    let mut body = format!(
        "<html><head><style><!-- .old, td.gone{{TEXT-DECORATION:line-through}} .up{{vertical-align:super}} .down{{vertical-align:sub}}
 .narrow{{opacity:0%}}
         :root{{--gone:none;--dark:#1F4E79}} .sunk{{color:var(--dark)}} .hide{{display:var(--gone)}} .pale{{color:#FFF}} td .tiny{{font-size:0}} tr.last{{visibility:collapse}} @media print{{td{{display:none}}}}
         @media screen{{i.no{{display:none}}}} span[data-old]{{content-visibility:hidden}} @layer a{{b:not(.on){{font:0/1 a}}}} --></style>
         </head><body><p>{TITLE}</p>"
    );
    for table in &made.tables {
        body += "<table>";
        for row in &table.rows {
            body += match (row.hidden, way) {
                (false, _) => "<tr>",
                (true, 0) => "<tr hidden>",
                (true, 1) => "<tr style=\"display: none\">",
                (true, 3) => "<tr style='visibility:collapse'>",
                _ => "<tr class=last>",
            };
            for cell in &row.cells {
                let dark = if cell.dark { " bgcolor=\"#1F4E79\"" } else { "" };
                let _ = write!(body, "<td rowspan={} colspan={}{dark}>", cell.rows, cell.columns);
                for run in &cell.runs {
                    let text = escaped(&run.text);
                    let _ = match (run.look, way) {
                        (Look::Plain, _) => write!(body, "{text}"),
                        (Look::Struck, 3) => {
                            write!(body, "<span style='text-decoration-line:line-through'>{text}</span>")
                        }
                        (Look::Raised, 3) => write!(body, "<span style='position:relative;top:-.4em'>{text}</span>"),
                        (Look::Hidden, 3) => write!(body, "<i class=no>{text}</i>"),
                        (Look::White, 3) => write!(body, "<span style='color:hsl(0,0%,100%)'>{text}</span>"),
                        (Look::Tiny, 3) => write!(body, "<b>{text}</b>"),
                        (Look::Struck, 0) => write!(body, "<s>{text}</s>"),
                        (Look::Struck, 1) => write!(body, "<span style='text-decoration:line-through'>{text}</span>"),
                        (Look::Struck, _) => write!(body, "<span class=old>{text}</span>"),
                        (Look::NotStruck, _) => write!(body, "<span style='text-decoration:none'>{text}</span>"),
                        (Look::Raised, 0) => write!(body, "<sup>{text}</sup>"),
                        (Look::Raised, 1) => write!(body, "<span style='vertical-align:super'>{text}</span>"),
                        (Look::Raised, _) => write!(body, "<span class=up>{text}</span>"),
                        (Look::Lowered, 0) => write!(body, "<sub>{text}</sub>"),
                        (Look::Lowered, _) => write!(body, "<span class=down>{text}</span>"),
                        (Look::Hidden, 0) => write!(body, "<span hidden>{text}</span>"),
                        (Look::Hidden, 1) => write!(body, "<span style='visibility:hidden'>{text}</span>"),
                        (Look::Hidden, _) => write!(body, "<span class=\"x hide\">{text}</span>"),
                        (Look::White, 0) => write!(body, "<font color=white>{text}</font>"),
                        (Look::White, 1) => write!(body, "<span style='color: rgb(255, 255, 255)'>{text}</span>"),
                        (Look::White, _) => write!(body, "<span class=pale>{text}</span>"),
                        (Look::Sunk, 0) => write!(body, "<font color='#1F4E79'>{text}</font>"),
                        (Look::Sunk, 2) => write!(body, "<i class=sunk>{text}</i>"),
                        (Look::Sunk, _) => write!(body, "<i style='color:rgb(31 78 121)'>{text}</i>"),
                        (Look::Narrow, 0) => write!(body, "<i style='transform:scaleX(0)'>{text}</i>"),
                        (Look::Narrow, 2) => write!(body, "<i class=narrow>{text}</i>"),
                        (Look::Narrow, _) => write!(body, "<i style='letter-spacing:-2em'>{text}</i>"),
                        (Look::Tiny, 0) => write!(body, "<span style='position:absolute;left:-9999px'>{text}</span>"),
                        (Look::Tiny, 1) => write!(body, "<span style='font-size:1px'>{text}</span>"),
                        (Look::Tiny, _) => write!(body, "<span class=tiny>{text}</span>"),
                    };
                }
                body += "</td>";
            }
            body += "</tr>";
        }
        body += "</table>";
    }
    body.into_bytes()
}

/// Text styles of OpenDocument files.
pub(super) const OPEN_STYLES: &str = "<style:style style:name='Struck' style:family='text'><style:text-properties style:text-line-through-style='solid'/></style:style>\
    <style:style style:name='NotStruck' style:family='text'><style:text-properties style:text-line-through-style='none'/></style:style>\
    <style:style style:name='Raised' style:family='text'><style:text-properties style:text-position='super 58%'/></style:style>\
    <style:style style:name='Lowered' style:family='text'><style:text-properties style:text-position='-33% 58%'/></style:style>\
    <style:style style:name='Hidden' style:family='text'><style:text-properties text:display='none'/></style:style>\
    <style:style style:name='White' style:family='text'><style:text-properties fo:color='#ffffff'/></style:style>\
    <style:style style:name='Tiny' style:family='text'><style:text-properties fo:font-size='1pt'/></style:style>\
    <style:style style:name='Narrow' style:family='text'><style:text-properties style:text-scale='1%'/></style:style>\
    <style:style style:name='Sunk' style:family='text'><style:text-properties fo:color='#1f4e79'/></style:style>\
    <style:style style:name='dark' style:family='table-cell'><style:table-cell-properties fo:background-color='#1f4e79'/></style:style>";

pub(super) const OPEN_SPACES: &str = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
    xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' \
    xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' xmlns:fo='urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0'";

pub(super) fn spans(cell: &Cell) -> String {
    let mut text = String::new();
    for run in &cell.runs {
        let _ = match run.look {
            Look::Plain => write!(text, "{}", escaped(&run.text)),
            look => write!(text, "<text:span text:style-name='{look:?}'>{}</text:span>", escaped(&run.text)),
        };
    }
    text
}

pub(super) fn fodt(made: &Made) -> Vec<u8> {
    let mut body = format!("<text:p>{TITLE}</text:p>");
    for table in &made.tables {
        body += "<table:table>";
        for (row, cells) in standing(table) {
            let hidden = if row.hidden { " table:visibility='collapse'" } else { "" };
            let _ = write!(body, "<table:table-row{hidden}>");
            for (cell, columns) in cells {
                let covered = match cell {
                    None => columns,
                    Some(cell) => {
                        let style = if cell.dark { " table:style-name='dark'" } else { "" };
                        let _ = write!(
                            body,
                            "<table:table-cell{style} table:number-rows-spanned='{}' table:number-columns-spanned='{}'><text:p>{}</text:p></table:table-cell>",
                            cell.rows,
                            cell.columns,
                            spans(cell)
                        );
                        columns - 1
                    }
                };
                for _ in 0..covered {
                    body += "<table:covered-table-cell/>";
                }
            }
            body += "</table:table-row>";
        }
        body += "</table:table>";
    }
    format!(
        "<office:document {OPEN_SPACES} office:mimetype='application/vnd.oasis.opendocument.text'><office:automatic-styles>{OPEN_STYLES}\
         </office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>"
    )
    .into_bytes()
}

fn rtf_text(text: &str) -> String {
    let mut rtf = String::new();
    for unit in text.encode_utf16() {
        let _ = match u8::try_from(unit).ok().filter(u8::is_ascii_alphanumeric) {
            Some(byte) => write!(rtf, "{}", char::from(byte)),
            None => write!(rtf, "\\u{}?", unit.cast_signed()),
        };
    }
    rtf
}

pub(super) fn rtf(made: &Made) -> Vec<u8> {
    let mut body = String::from(
        "{\\rtf1\\ansi{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;\\red31\\green78\\blue121;}",
    );
    let _ = writeln!(body, "\\pard {}\\par", rtf_text(TITLE));
    for table in &made.tables {
        for (row, cells) in standing(table) {
            body += "\\trowd";
            if row.hidden {
                body += "\\trrh-10";
            }
            let mut right = 0;
            for (cell, columns) in &cells {
                right += columns * 900;
                body += match cell {
                    None => "\\clvmrg",
                    Some(cell) if cell.rows > 1 => "\\clvmgf",
                    Some(_) => "",
                };
                if cell.is_some_and(|cell| cell.dark) {
                    body += "\\clcbpat3";
                }
                let _ = write!(body, "\\cellx{right}");
            }
            body += "\\pard\\intbl ";
            for (cell, _) in &cells {
                for run in cell.iter().flat_map(|cell| &cell.runs) {
                    let look = match run.look {
                        Look::Plain => "\\plain",
                        Look::Struck => "\\strike",
                        Look::NotStruck => "\\strike\\strike0",
                        Look::Raised => "\\super",
                        Look::Lowered => "\\dn6",
                        Look::Hidden => "\\v",
                        Look::White => "\\cf2",
                        Look::Tiny => "\\fs2",
                        Look::Narrow => "\\charscalex1",
                        Look::Sunk => "\\cf3",
                    };
                    let _ = write!(body, "{{{look} {}}}", rtf_text(&run.text));
                }
                body += "\\cell ";
            }
            body += "\\row\n";
        }
        body += "\\pard\\par\n";
    }
    body += "}";
    body.into_bytes()
}
