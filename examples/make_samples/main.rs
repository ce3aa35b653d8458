//! Makes the files of samples/ and tests/damaged/ that need no other program: `cargo run --example make_samples -- FOLDER`.
//!
//! Agencies, figures and texts are made up by the sampler. `scripts/samples` runs LibreOffice for the other formats.

mod county;
#[path = "../../tests/pages/layout.rs"]
mod layout;
#[path = "../../tests/pages/ofd.rs"]
mod ofd;
#[path = "../../tests/pages/pdf.rs"]
mod pdf;
mod several;
mod xlsb;

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use nianbao::document::{Budget, Cell};
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::{Content, Kind, Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use zip::write::SimpleFileOptions;

type Done<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Done {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is wanted")?);
    let maker = Maker { forms: Forms::all()?, folder };
    maker.good()?;
    for (name, bytes) in county::files(&maker.forms)? {
        maker.put(&name, &bytes)?;
    }
    maker.damaged()
}

struct Maker {
    forms: Forms,
    folder: PathBuf,
}

impl Maker {
    /// A sampled report of a form, with the form.
    fn report(&self, form: &str, seed: u64) -> Done<(&Form, Report)> {
        let form = self.forms.get(form).ok_or("no such form")?;
        Ok((form, Sampler::new(seed).report(form)))
    }

    fn bytes(&self, output: Output, form: &str, seed: u64) -> Done<Vec<u8>> {
        let (form, report) = self.report(form, seed)?;
        written(output, form, &report)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Done {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        Ok(std::fs::write(path, bytes)?)
    }

    fn good(&self) -> Done {
        for (name, output, form, seed) in [
            ("samples/word-2021.docx", Output::Docx, "gkbg-2021", 11),
            ("samples/word-2019.docx", Output::Docx, "gkbg-2019", 12),
            ("samples/sheet-2021.xlsx", Output::Xlsx, "gkbg-2021", 13),
            ("samples/page-utf8.html", Output::Html, "gkbg-2019", 14),
            // The other built-in forms.
            ("samples/forms/zfnb.docx", Output::Docx, "zfnb", 51),
            ("samples/forms/sangong.xlsx", Output::Xlsx, "sangong", 52),
            ("samples/forms/wznb.docx", Output::Docx, "wznb", 53),
            ("samples/forms/gktj-2014.html", Output::Html, "gktj-2014", 54),
            // Files that LibreOffice converts to other formats.
            ("base/word-97.docx", Output::Docx, "gkbg-2021", 15),
            ("base/rich-text.docx", Output::Docx, "gkbg-2019", 16),
            ("base/text-document.docx", Output::Docx, "gkbg-2021", 17),
            ("base/excel-97.xlsx", Output::Xlsx, "gkbg-2019", 18),
            ("base/calc.xlsx", Output::Xlsx, "gkbg-2021", 19),
        ] {
            self.put(name, &self.bytes(output, form, seed)?)?;
        }
        self.put("samples/page-gbk.html", &gbk(&self.bytes(Output::Html, "gkbg-2021", 20)?)?)?;
        let workbook = self.bytes(Output::Xlsx, "gkbg-2021", 21)?;
        self.put("samples/excel-2003.xml", excel_2003(&workbook)?.as_bytes())?;
        let workbook = self.bytes(Output::Xlsx, "gkbg-2021", 28)?;
        self.put("samples/binary.xlsb", &xlsb::of(&workbook)?)?;
        self.put("samples/page.mht", &single_file(&gbk(&self.bytes(Output::Html, "gkbg-2021", 26)?)?)?)?;
        self.put("samples/word-flat.xml", flat(&self.bytes(Output::Docx, "gkbg-2019", 27)?)?.as_bytes())?;
        let word = self.bytes(Output::Docx, "gkbg-2021", 37)?;
        let sheets = layout::lay(&nianbao::read::read(&word, None, &mut Budget::default())?.document);
        self.put("samples/report.ofd", &ofd::write(&sheets, "", ofd::Style::default()))?;
        let word = self.bytes(Output::Docx, "gkbg-2021", 38)?;
        let sheets = layout::lay(&nianbao::read::read(&word, None, &mut Budget::default())?.document);
        self.put("samples/report.pdf", &pdf::write(&sheets, pdf::Style::default()))?;
        let (form, report) = self.report("gkbg-2021", 22)?;
        self.put("samples/text-pipes.txt", text(form, &report, " | ").as_bytes())?;
        let (form, report) = self.report("gkbg-2019", 23)?;
        self.put("samples/text-lines.txt", &encoding_rs::GBK.encode(&text(form, &report, "\r\n")).0)?;
        let entries = [
            ("甲乡报送/年报.html".to_owned(), self.bytes(Output::Html, "gkbg-2021", 24)?),
            ("乙镇报送/年报.docx".to_owned(), self.bytes(Output::Docx, "gkbg-2021", 25)?),
        ];
        self.put("samples/submissions.zip", &archive(&entries)?)?;
        let form = self.forms.get("gkbg-2021").ok_or("no such form")?;
        let reports: Vec<Report> = [41, 42, 43]
            .iter()
            .map(|&seed| self.report("gkbg-2021", seed))
            .map(|made| Ok(made?.1))
            .collect::<Done<_>>()?;
        self.put("samples/compilation.docx", &several::compilation(form, &reports)?)?;
        let reports: Vec<Report> = [44, 45, 46]
            .iter()
            .map(|&seed| self.report("gkbg-2021", seed))
            .map(|made| Ok(made?.1))
            .collect::<Done<_>>()?;
        self.put("samples/departments.xlsx", &several::departments(form, &reports)?)
    }

    fn damaged(&self) -> Done {
        let word = self.bytes(Output::Docx, "gkbg-2021", 31)?;
        self.put("tests/damaged/cut.docx", &word[..word.len() / 2])?;
        self.put("tests/damaged/empty.docx", b"")?;
        self.put("tests/damaged/encrypted.docx", &encrypted()?)?;
        self.put(
            "tests/damaged/picture.docx",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU",
        )?;
        self.put("tests/damaged/unpacks-too-large.docx", &bomb()?)?;
        self.put(
            "tests/damaged/no-report.html",
            "<html><body><h1>天气</h1><p>明天多云。</p></body></html>".as_bytes(),
        )?;
        self.put("tests/damaged/suffix-lies.doc", &self.bytes(Output::Html, "gkbg-2021", 32)?)?;
        let (form, mut report) = self.report("gkbg-2021", 33)?;
        let total = report.values.get_mut("disputes.review.total").ok_or("no such field")?;
        let wrong = total.value.unwrap_or_default() + rust_decimal::Decimal::ONE;
        (total.value, total.raw) = (Some(wrong), wrong.to_string());
        self.put("tests/damaged/wrong-total.docx", &written(Output::Docx, form, &report)?)?;
        let (form, mut report) = self.report("gkbg-2021", 36)?;
        transpose(&mut report, "requests.")?;
        self.put("tests/damaged/transposed.docx", &written(Output::Docx, form, &report)?)?;
        let (form, mut report) = self.report("gkbg-2021", 34)?;
        let figure = report.values.get_mut("disclosure.licensing.decisions").ok_or("no such field")?;
        (figure.value, figure.raw, figure.kind) = (None, "若干".to_owned(), Kind::Text);
        self.put("tests/damaged/word-for-figure.html", &written(Output::Html, form, &report)?)?;
        let page = String::from_utf8(self.bytes(Output::Html, "gkbg-2021", 35)?)?;
        self.put("tests/damaged/table-missing.html", without_last_table(&page).as_bytes())
    }
}

/// Transposes the digits of the first figure with two digits.
fn transpose(report: &mut Report, table: &str) -> Done<()> {
    let mut of_table = report.values.iter_mut().filter(|(field, _)| field.starts_with(table));
    let figure = of_table.find(|(_, value)| value.raw.len() == 2 && value.raw.as_bytes()[0] != value.raw.as_bytes()[1]);
    let (_, value) = figure.ok_or("no figure of two digits")?;
    *value = Value::number(value.raw.chars().rev().collect::<String>().parse()?);
    Ok(())
}

fn written(output: Output, form: &Form, report: &Report) -> Done<Vec<u8>> {
    let writer = WRITERS.iter().find(|writer| writer.output == output).ok_or("no such writer")?;
    Ok(writer.write(form, report)?)
}

/// The page in GBK, as on old sites.
fn gbk(page: &[u8]) -> Done<Vec<u8>> {
    let page = String::from_utf8(page.to_vec())?;
    let page =
        page.replace("charset=\"utf-8\"", "charset=\"gb2312\"").replace("charset=\"UTF-8\"", "charset=\"gb2312\"");
    Ok(encoding_rs::GBK.encode(&page).0.into_owned())
}

/// A page in GBK as one file (RFC 2557), in quoted-printable.
fn single_file(page: &[u8]) -> Done<Vec<u8>> {
    let boundary = "----=_NextPart_01D70A1B.5C3E2F40";
    let mut text = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Location: \
         file:///C:/report.htm\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"gb2312\"\r\n\r\n"
    );
    for line in page.split(|&byte| byte == b'\n') {
        for piece in line.chunks(24) {
            for byte in piece {
                match byte {
                    b' '..=b'<' | b'>'..=b'~' => text.push(char::from(*byte)),
                    _ => write!(text, "={byte:02X}")?,
                }
            }
            text.push_str("=\r\n");
        }
        text.push_str("\r\n");
    }
    write!(text, "\r\n--{boundary}--\r\n")?;
    Ok(text.into_bytes())
}

/// A package as flat OPC.
fn flat(package: &[u8]) -> Done<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package))?;
    let space = "http://schemas.microsoft.com/office/2006/xmlPackage";
    let mut xml = format!(
        "<?xml version=\"1.0\" standalone=\"yes\"?>\n<?mso-application progid=\"Word.Document\"?>\n<pkg:package xmlns:pkg=\"{space}\">"
    );
    for index in 0..archive.len() {
        let (mut entry, mut part) = (archive.by_index(index)?, String::new());
        entry.read_to_string(&mut part)?;
        let name = entry.name()?.into_owned();
        let part = part.split_once("?>").map_or(part.as_str(), |(_, part)| part);
        if name != "[Content_Types].xml" {
            write!(
                xml,
                "<pkg:part pkg:name=\"/{name}\" pkg:contentType=\"application/xml\"><pkg:xmlData>{}</pkg:xmlData></pkg:part>",
                part.trim()
            )?;
        }
    }
    Ok(xml + "</pkg:package>")
}

/// A workbook as Excel 2003 XML: cells have an index only after a gap.
fn excel_2003(workbook: &[u8]) -> Done<String> {
    let document = nianbao::read::read(workbook, None, &mut Budget::default())?.document;
    let mut xml = WORKBOOK.to_owned();
    for grid in document.grids() {
        let name = escaped(grid.caption.as_deref().unwrap_or_default());
        write!(xml, " <Worksheet ss:Name=\"{name}\">\r\n  <Table x:FullColumns=\"1\" x:FullRows=\"1\">\r\n")?;
        let mut cells: Vec<_> = grid.cells().iter().collect();
        cells.sort_by_key(|cell| (cell.place.row, cell.place.column));
        let mut next_row = 0;
        for row in cells.chunk_by(|one, other| one.place.row == other.place.row) {
            let at = row.first().and_then(|cell| cell.place.row).unwrap_or_default();
            write!(xml, "   <Row{} ss:AutoFitHeight=\"0\">\r\n", index(at, next_row))?;
            (next_row, xml) = (at + 1, cells_2003(row, xml)?);
            xml.push_str("   </Row>\r\n");
        }
        xml.push_str(
            "  </Table>\r\n  <WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\"/>\r\n </Worksheet>\r\n",
        );
    }
    Ok(xml + "</Workbook>\r\n")
}

fn cells_2003(row: &[&Cell], mut xml: String) -> Done<String> {
    let mut next = 0;
    for cell in row.iter().filter(|cell| !cell.text.is_empty()) {
        let at = cell.place.column.unwrap_or_default();
        let merge =
            |name: &str, span: u32| if span > 1 { format!(" ss:{name}=\"{}\"", span - 1) } else { String::new() };
        let merges = merge("MergeAcross", cell.col_span) + &merge("MergeDown", cell.row_span);
        let kind = if cell.text.parse::<f64>().is_ok() { "Number" } else { "String" };
        let text = escaped(&cell.text);
        let index = index(at, next);
        write!(xml, "    <Cell{index}{merges}><Data ss:Type=\"{kind}\">{text}</Data></Cell>\r\n")?;
        next = at + cell.col_span;
    }
    Ok(xml)
}

/// The index attribute of a row or cell that is not the next one.
fn index(at: u32, next: u32) -> String {
    if at == next { String::new() } else { format!(" ss:Index=\"{}\"", at + 1) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "&#10;")
}

const WORKBOOK: &str = "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
    <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"\r\n xmlns:o=\"urn:schemas-microsoft-com:office:office\"\r\n \
    xmlns:x=\"urn:schemas-microsoft-com:office:excel\"\r\n xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"\r\n \
    xmlns:html=\"http://www.w3.org/TR/REC-html40\">\r\n <Styles>\r\n  <Style ss:ID=\"Default\" ss:Name=\"Normal\"/>\r\n </Styles>\r\n";

/// The report as text: one line per table row, or one line per cell.
fn text(form: &Form, report: &Report, between: &str) -> String {
    let mut lines = vec![report.title.clone().unwrap_or_default()];
    for section in &report.sections {
        lines.extend(section.heading.clone());
        for content in &section.content {
            match content {
                Content::Paragraph { text, .. } => lines.push(text.clone()),
                Content::Table { table } => lines.extend(rows(form, report, table, between)),
                Content::Extra(_) | Content::Picture { .. } => {}
            }
        }
    }
    lines.join("\r\n") + "\r\n"
}

fn rows(form: &Form, report: &Report, table: &str, between: &str) -> Vec<String> {
    let Some(number) = form.tables.iter().position(|known| known.id == table) else { return Vec::new() };
    let rows = Layout::for_table(form, number).rows;
    let shown = |content: &LayoutContent| match content {
        LayoutContent::Caption(text)
        | LayoutContent::Corner(text)
        | LayoutContent::ColumnHead(text)
        | LayoutContent::RowHead(text) => text.clone(),
        LayoutContent::Field(index) => report.values[&form.fields[*index].id].raw.clone(),
    };
    rows.iter().map(|row| row.iter().map(|cell| shown(&cell.content)).collect::<Vec<_>>().join(between)).collect()
}

fn archive(entries: &[(String, Vec<u8>)]) -> Done<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(name.as_str(), SimpleFileOptions::default())?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A compound file like that of a package with a password (MS-OFFCRYPTO 2.3.4), with random content.
fn encrypted() -> Done<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
    let content: Vec<u8> = (0..6_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    file.create_stream("EncryptionInfo")?.write_all(&content[..200])?;
    file.create_stream("EncryptedPackage")?.write_all(&content)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// A document of 20 MB of blanks, compressed to 20 KB.
fn bomb() -> Done<Vec<u8>> {
    let blanks = vec![b' '; 20 << 20];
    archive(&[
        ("[Content_Types].xml".to_owned(), CONTENT_TYPES.into()),
        ("_rels/.rels".to_owned(), RELATIONSHIPS.into()),
        ("word/document.xml".to_owned(), blanks),
    ])
}

const CONTENT_TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONSHIPS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

fn without_last_table(page: &str) -> String {
    match (page.rfind("<table"), page.rfind("</table>")) {
        (Some(from), Some(to)) => format!("{}{}", &page[..from], &page[to + "</table>".len()..]),
        _ => page.to_owned(),
    }
}
