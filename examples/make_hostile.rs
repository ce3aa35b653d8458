//! Makes the constructed files of tests/hostile/ (others were found by the fuzzer), and fixtures that no program here writes: `cargo run
//! --example make_hostile -- FOLDER`; with the package's root as FOLDER the existing files are replaced.

use std::error::Error;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

type Done<T = ()> = Result<T, Box<dyn Error>>;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const S: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn main() -> Done {
    let maker = Maker { folder: PathBuf::from(std::env::args().nth(1).ok_or("a folder is wanted")?) };
    maker.fixtures()?;
    maker.word()?;
    maker.packages()?;
    maker.workbooks()?;
    maker.binary_workbooks()?;
    maker.pages()?;
    maker.texts()
}

struct Maker {
    folder: PathBuf,
}

impl Maker {
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> Done {
        let path = self.folder.join("tests").join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        Ok(std::fs::write(path, bytes)?)
    }

    fn hostile(&self, name: &str, bytes: impl AsRef<[u8]>) -> Done {
        self.put(&format!("hostile/{name}"), bytes)
    }

    fn fixtures(&self) -> Done {
        self.put("fixtures/book.xlsb", binary_workbook()?)?;
        self.put("fixtures/word-2003.xml", word_2003(&[("甲", "12"), ("乙", "34")]))?;
        self.put("fixtures/page.mht", page())?;
        self.put("fixtures/flat.xml", flat(&[("甲", "12"), ("乙", "34")]))
    }

    /// Binary Word files and RTF, changed from the fixtures.
    fn word(&self) -> Done {
        let doc = std::fs::read("tests/fixtures/legacy.doc")?;
        let kept = doc.iter().rposition(|&byte| byte != 0).ok_or("zeros")? + 1;
        self.hostile("read--last-sector-cut-short.doc", &doc[..kept])?;
        self.hostile("refused-file-damaged--cut-in-half.doc", &doc[..doc.len() / 2])?;
        let fib = find(&doc, &[0xEC, 0xA5])?;
        self.hostile("refused-file-encrypted--password.doc", changed(&doc, fib + 11, doc[fib + 11] | 1))?;
        self.hostile("refused-file-unsupported--word-95.doc", changed(&changed(&doc, fib + 2, 0x65), fib + 3, 0))?;
        let directory = (usize::from(doc[48]) + 1) * 512;
        let entry = directory + find(&doc[directory..], b"W\0o\0r\0d\0D\0o\0c\0")?;
        let (fat, start) = ((usize::from(doc[76]) + 1) * 512, usize::from(doc[entry + 116]));
        let looped = changed(&doc, fat + (start + 2) * 4, doc[entry + 116]);
        self.hostile("refused-file-damaged--sectors-in-a-circle.doc", looped)?;
        let rtf = std::fs::read("tests/fixtures/legacy.rtf")?;
        self.hostile("read-with-file-damaged--cut-in-half.rtf", &rtf[..rtf.len() / 2])?;
        self.hostile("refused-file-over-limit--groups-20000-deep.rtf", format!("{{\\rtf1{}", "{".repeat(20_000)))?;
        let binary = b"{\\rtf1\\ansi\\ansicpg936 before\\bin99999999 after\\par}";
        self.hostile("read-with-file-damaged--binary-beyond-the-end.rtf", binary)
    }

    fn packages(&self) -> Done {
        let name = "refused-file-over-limit--300000-empty-paragraphs.docx";
        self.hostile(name, word(&"<w:p/>".repeat(300_000))?)?;
        let name = "refused-file-over-limit--tables-20000-deep.docx";
        self.hostile(name, word(&"<w:tbl><w:tr><w:tc>".repeat(20_000))?)?;
        let wide = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='4294967295'/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>";
        self.hostile("refused-file-over-limit--cell-over-4294967295-columns.docx", word(wide)?)?;
        let main = main_part("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>");
        let entities = format!("<!DOCTYPE d [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>{main}");
        self.hostile("refused-file-damaged--entities.docx", word_of(&entities, "word/document.xml")?)?;
        let good = word("<w:p><w:r><w:t>规章</w:t></w:r></w:p>")?;
        self.hostile("read--zip64-says-70-terabytes.docx", zip64_lie(&good)?)?;
        let mut wrong = good.clone();
        let entry = find_last(&good, b"word/document.xml")? - 46;
        wrong[entry + 16] ^= 0x55;
        self.hostile("refused-file-damaged--wrong-checksum.docx", wrong)?;
        let outside = zip(&[("../../outside.xml", "x"), ("word/document.xml", &main_part(""))])?;
        self.hostile("refused-file-damaged--entry-leads-out.docx", outside)?;
        let windows = word_of(&main_part("<w:p><w:r><w:t>规章</w:t></w:r></w:p>"), "word\\document.xml")?;
        self.hostile("read--separators-of-windows.docx", windows)?;
        let mut text = good.clone();
        text.truncate(good.len() - 22);
        self.hostile("refused-file-damaged--directory-without-its-end.docx", text)
    }

    fn workbooks(&self) -> Done {
        let far = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>";
        self.hostile("read--two-far-corners.xlsx", workbook(far, None)?)?;
        let strings = format!("<sst xmlns='{S}' count='9' uniqueCount='4294967295'><si><t>x</t></si></sst>");
        let name = "read--4294967295-strings-that-are-not-there.xlsx";
        self.hostile(name, workbook("<row r='1'><c r='A1' t='s'><v>0</v></c></row>", Some(&strings))?)?;
        let repeated = "<table:table-row table:number-rows-repeated='1048576'><table:table-cell \
             table:number-columns-repeated='16384' office:value-type='string'><text:p>x</text:p></table:table-cell></table:table-row>";
        self.hostile("refused-file-over-limit--a-cell-repeated-17-billion-times.ods", ods(repeated)?)?;
        let empty = "<table:table-row><table:table-cell><text:p>规章</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated='1048575'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>";
        self.hostile("read--empty-rows-to-the-end.ods", ods(empty)?)?;
        let xls = std::fs::read("samples/excel-97.xls")?;
        self.hostile("refused-file-damaged--cut-in-half.xls", &xls[..xls.len() / 2])?;
        // DIMENSIONS: rows from 0, columns from 0, of four and two bytes each.
        let extent = find(&xls, &[0, 2, 14, 0, 0, 0, 0, 0])? + 4;
        let wide = changed(&changed(&xls, extent + 6, 0x0F), extent + 11, 0x40);
        self.hostile("read--extent-of-16-billion-cells.xls", wide)
    }

    /// Binary workbooks with one malformed record, found by fuzzing other readers.
    fn binary_workbooks(&self) -> Done {
        let number = |data: &[u8]| biff(0x0203, &[&[0, 0, 0, 0, 0, 0][..], data].concat());
        let good = number(&12_f64.to_le_bytes());
        let lying = |name: &str, globals: &[u8], sheet: &[u8]| self.hostile(name, xls(globals, sheet, None)?);
        lying("refused-file-damaged--figure-of-two-bytes.xls", &[], &number(&[0, 0]))?;
        lying("read--4294967295-strings-of-none.xls", &biff(0x00FC, &[0xFF; 8]), &good)?;
        let string = biff(0x00FD, &[0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        lying("read-with-file-damaged--string-4294967295.xls", &[], &[good.clone(), string].concat())?;
        // A string with 65,535 formatting runs and four thousand million bytes of phonetic data.
        let rich = [&[1, 0, 0, 0, 1, 0, 0, 0][..], &[1, 0, 0x0C, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, b'x']].concat();
        let first = biff(0x00FD, &[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        lying(
            "read-with-file-damaged--string-with-endless-phonetics.xls",
            &biff(0x00FC, &rich),
            &[good.clone(), first].concat(),
        )?;
        let merges = biff(0x00E5, &[0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1]);
        lying("read--65535-merged-regions-of-one.xls", &[], &[good.clone(), merges].concat())?;
        let row = biff(0x00BD, &[1, 0, 0xFE, 0xFF, 0, 0, 2, 0, 0]);
        lying("read--row-of-figures-cut-within-one.xls", &[], &[good.clone(), row].concat())?;
        let extent = biff(0x0200, &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0, 0, 0]);
        lying("read--extent-of-4294967295-rows.xls", &[], &[extent.clone(), good.clone()].concat())?;
        lying("read--format-without-its-text.xls", &biff(0x041E, &[14]), &good)?;
        lying("refused-file-unsupported--version-of-none.xls", &[], &[])?;
        let inside = biff(0x005C, &[extent, biff(0x000A, &[])].concat());
        self.hostile("read-with-file-damaged--sheet-within-a-record.xls", xls(&inside, &good, Some(24))?)?;
        let cells = |cell: &str| workbook(&format!("<row r='1'>{cell}</row>"), None);
        let place = cells("<c r='AAAAAAAAAAAAAAAA1'><v>1</v></c>")?;
        self.hostile("refused-file-damaged--cell-in-a-column-of-16-letters.xlsx", place)?;
        self.hostile("refused-file-damaged--cell-in-row-0.xlsx", cells("<c r='A0'><v>1</v></c>")?)?;
        self.hostile("read--cell-within-a-cell.xlsx", cells("<c r='A1'><c r='B1'><v>1</v></c><v>2</v></c>")?)?;
        let far = "<Row ss:Index='1048576'><Cell ss:Index='16384' ss:MergeAcross='4294967295'><Data ss:Type='Number'>1</Data></Cell></Row>";
        self.hostile("read--region-beyond-the-sheet.xml", excel_2003(far))?;
        let beyond =
            "<Row ss:Index='4294967295' ss:Span='4294967295'><Cell><Data ss:Type='Number'>1</Data></Cell></Row>";
        self.hostile("refused-file-damaged--row-4294967295.xml", excel_2003(beyond))
    }

    /// OFD files.
    fn pages(&self) -> Done {
        let text = "<TextObject Boundary='20 20 99 9' Size='5'><TextCode X='0' Y='5'>规章</TextCode></TextObject>";
        let good = format!("<Page><Content><Layer>{text}</Layer></Content></Page>");
        self.hostile("refused-file-over-limit--5000-pages.ofd", ofd(5_000, &good)?)?;
        self.hostile("read-with-file-damaged--pages-cut-short.ofd", ofd(2, &good[..good.len() - 20])?)?;
        let steps = "g 99999999999 1 ".repeat(3);
        let deltas = good.replace("X='0'", &format!("X='0' DeltaX='{steps}'"));
        self.hostile("read--steps-beyond-all-bounds.ofd", ofd(1, &deltas)?)?;
        let deep = format!("<Page><Content>{}", "<PageBlock>".repeat(20_000));
        self.hostile("refused-file-over-limit--blocks-20000-deep.ofd", ofd(1, &deep)?)?;
        let strokes = "M 0 0 L 50 0 M 0 0 L 0 50 ".repeat(400_000);
        let path =
            format!("<PathObject Boundary='9 9 99 99'><AbbreviatedData>{strokes}</AbbreviatedData></PathObject>");
        self.hostile("read--800000-lines-on-a-page.ofd", ofd(1, &good.replace(text, &path))?)?;
        let endless = good.replace("<Content>", "<Template TemplateID='1'/><Content>");
        let list = "<CommonData><TemplatePage ID='1' BaseLoc='page.xml'/></CommonData>";
        let itself = zip(&[
            ("OFD.xml", OFD),
            ("d/Document.xml", &format!("<Document>{list}{ONE_PAGE}</Document>")),
            ("d/page.xml", &endless),
        ]);
        self.hostile("read--template-that-is-its-own.ofd", itself?)
    }

    fn texts(&self) -> Done {
        let deep = format!("<html><body>{}规章", "<div>".repeat(20_000));
        self.hostile("refused-file-over-limit--divs-20000-deep.html", deep)?;
        let table = "<html><body><table><tr><td colspan=4294967295 rowspan=99999999>规章</table>";
        self.hostile("read--spans-beyond-all-bounds.html", table)?;
        self.hostile(
            "read-with-text-undecodable--no-encoding-fits.txt",
            b"\xB9\xE6\xD5\xC2\xFF\xFF\xFF\xB9\xE6\xD5\xC2 12\n",
        )?;
        self.hostile("refused-file-unsupported--zeros.txt", [0; 64])?;
        let whole = word_2003(&[("甲", "12")]);
        self.hostile("refused-file-damaged--cut-in-half.xml", &whole[..whole.len() / 2])
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Done<usize> {
    bytes.windows(what.len()).position(|window| window == what).ok_or_else(|| "it is not there".into())
}

fn find_last(bytes: &[u8], what: &[u8]) -> Done<usize> {
    bytes.windows(what.len()).rposition(|window| window == what).ok_or_else(|| "it is not there".into())
}

fn changed(bytes: &[u8], at: usize, to: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] = to;
    bytes
}

fn zip(parts: &[(&str, &str)]) -> Done<Vec<u8>> {
    let binary: Vec<(&str, Vec<u8>)> = parts.iter().map(|(name, part)| (*name, part.as_bytes().to_vec())).collect();
    zip_of(&binary)
}

fn zip_of(parts: &[(&str, Vec<u8>)]) -> Done<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method))?;
        writer.write_all(part)?;
    }
    Ok(writer.finish()?.into_inner())
}

const OFD: &str = "<OFD><DocBody><DocRoot>d/Document.xml</DocRoot></DocBody></OFD>";
const ONE_PAGE: &str = "<Pages><Page ID='9' BaseLoc='page.xml'/></Pages>";

/// An OFD file with a number of pages that share one part.
fn ofd(pages: usize, page: &str) -> Done<Vec<u8>> {
    let list = "<Page ID='9' BaseLoc='page.xml'/>".repeat(pages);
    let document = format!("<Document><Pages>{list}</Pages></Document>");
    zip(&[("OFD.xml", OFD), ("d/Document.xml", &document), ("d/page.xml", page)])
}

fn relationships(list: &[(&str, &str)]) -> String {
    let each = list
        .iter()
        .enumerate()
        .map(|(at, (kind, target))| format!("<Relationship Id='rId{}' Type='{R}/{kind}' Target='{target}'/>", at + 1));
    let each: String = each.collect();
    format!(
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{each}</Relationships>"
    )
}

fn main_part(body: &str) -> String {
    format!("<w:document xmlns:w='{W}'><w:body>{body}</w:body></w:document>")
}

fn word(body: &str) -> Done<Vec<u8>> {
    word_of(&main_part(body), "word/document.xml")
}

fn word_of(main: &str, name: &str) -> Done<Vec<u8>> {
    let root = relationships(&[("officeDocument", "word/document.xml")]);
    zip(&[(&name.replace("word", "_rels").replace("document.xml", ".rels"), &root), (name, main)])
}

/// A zip64 field (APPNOTE 4.5.3) that declares 2^46 bytes for the main part.
fn zip64_lie(good: &[u8]) -> Done<Vec<u8>> {
    let mut lie = good.to_vec();
    let at = find_last(&lie, b"word/document.xml")? - 46;
    lie[at + 24..at + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    let name = usize::from(u16::from_le_bytes([lie[at + 28], lie[at + 29]]));
    let extra = u16::from_le_bytes([lie[at + 30], lie[at + 31]]);
    lie[at + 30..at + 32].copy_from_slice(&(extra + 12).to_le_bytes());
    let field = [&[1, 0, 8, 0][..], &(1_u64 << 46).to_le_bytes()].concat();
    lie.splice(at + 46 + name..at + 46 + name, field);
    let end = find_last(&lie, b"PK\x05\x06")?;
    let size = u32::from_le_bytes(lie[end + 12..end + 16].try_into()?) + 12;
    lie[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    Ok(lie)
}

fn workbook(rows: &str, strings: Option<&str>) -> Done<Vec<u8>> {
    let book = format!(
        "<workbook xmlns='{S}' xmlns:r='{R}'><sheets><sheet name='表' sheetId='1' r:id='rId1'/></sheets></workbook>"
    );
    let sheet = format!("<worksheet xmlns='{S}'><sheetData>{rows}</sheetData></worksheet>");
    let mut targets = vec![("worksheet", "worksheets/sheet1.xml")];
    targets.extend(strings.map(|_| ("sharedStrings", "sharedStrings.xml")));
    let (root, inner) = (relationships(&[("officeDocument", "xl/workbook.xml")]), relationships(&targets));
    let mut parts = vec![
        ("_rels/.rels", root.as_str()),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &inner),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    parts.extend(strings.map(|strings| ("xl/sharedStrings.xml", strings)));
    zip(&parts)
}

fn ods(rows: &str) -> Done<Vec<u8>> {
    let urn = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office='{urn}:office:1.0' xmlns:table='{urn}:table:1.0' xmlns:text='{urn}:text:1.0'>\
         <office:body><office:spreadsheet><table:table table:name='表'>{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

/// A record of MS-XLS 2.1.4: its type, its length, its data.
fn biff(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// A binary workbook with one sheet. `at` is the offset of its records in the sheet list, the right one if `None`. Without records of a
/// sheet the stream lacks the header of its first record.
fn xls(globals: &[u8], sheet: &[u8], at: Option<u32>) -> Done<Vec<u8>> {
    let begin = |of: u8| biff(0x0809, &[0, 6, of, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let bound = |at: u32| biff(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 1, 0x68, 0x88]].concat());
    let (head, end) = ([begin(5), globals.to_vec()].concat(), biff(0x000A, &[]));
    let length = head.len() + bound(0).len() + end.len();
    let parts = [head, bound(at.unwrap_or(length as u32)), end.clone(), begin(16), sheet.to_vec(), end];
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
    let stream = parts.concat();
    file.create_stream("/Workbook")?.write_all(if sheet.is_empty() { &stream[4..] } else { &stream })?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// A workbook in Excel 2003 XML.
fn excel_2003(rows: &str) -> String {
    let space = "urn:schemas-microsoft-com:office:spreadsheet";
    format!(
        "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='{space}' xmlns:ss='{space}'>\
         <Worksheet ss:Name='表'><Table>{rows}</Table></Worksheet></Workbook>"
    )
}

/// A record of MS-XLSB 2.1.4: type and length in bytes of seven bits, then data.
fn record(number: u16, data: &[u8]) -> Vec<u8> {
    let seven = |mut value: usize| {
        let mut bytes = Vec::new();
        loop {
            let more = value > 0x7F;
            bytes.push((value & 0x7F) as u8 | if more { 0x80 } else { 0 });
            value >>= 7;
            if !more {
                return bytes;
            }
        }
    };
    [seven(usize::from(number)), seven(data.len()), data.to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let bytes = units.iter().flat_map(|unit| unit.to_le_bytes());
    (units.len() as u32).to_le_bytes().into_iter().chain(bytes).collect()
}

fn words(list: &[u32]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A binary workbook with one sheet: a header over two columns, two rows of a label and a figure.
fn binary_workbook() -> Done<Vec<u8>> {
    let strings = ["主动公开情况", "规章", "许可"];
    let sheet_name = [words(&[0, 1]), wide("rId1"), wide("表一")].concat();
    let book =
        [record(131, &[]), record(143, &[]), record(156, &sheet_name), record(144, &[]), record(132, &[])].concat();
    let mut sst = record(159, &words(&[3, 3]));
    for text in strings {
        sst.extend(record(19, &[vec![0], wide(text)].concat()));
    }
    sst.extend(record(160, &[]));
    let mut sheet = [record(129, &[]), record(148, &words(&[0, 2, 0, 1])), record(145, &[])].concat();
    for row in 0..3_u32 {
        sheet.extend(record(0, &[words(&[row, 0]), vec![0x2C, 1, 0, 0, 0], words(&[1, 0, 1])].concat()));
        sheet.extend(record(7, &words(&[0, 0, row])));
        if row > 0 {
            sheet.extend(record(5, &[words(&[1, 0]), (12.5 * f64::from(row)).to_le_bytes().to_vec()].concat()));
        }
    }
    sheet.extend([record(146, &[]), record(177, &words(&[1])), record(176, &words(&[0, 0, 0, 1]))].concat());
    sheet.extend([record(178, &[]), record(130, &[])].concat());
    let types = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>\
         <Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>\
         <Default Extension='bin' ContentType='application/vnd.ms-excel.sheet.binary.macroEnabled.main'/></Types>";
    let inner = relationships(&[("worksheet", "worksheets/sheet1.bin"), ("sharedStrings", "sharedStrings.bin")]);
    zip_of(&[
        ("[Content_Types].xml", types.into()),
        ("_rels/.rels", relationships(&[("officeDocument", "xl/workbook.bin")]).into()),
        ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", inner.into()),
        ("xl/worksheets/sheet1.bin", sheet),
        ("xl/sharedStrings.bin", sst),
    ])
}

fn table(rows: &[(&str, &str)]) -> String {
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let rows: String = rows.iter().map(|(one, other)| format!("<w:tr>{}{}</w:tr>", cell(one), cell(other))).collect();
    format!("<w:p><w:r><w:t>一、总体情况</w:t></w:r></w:p><w:tbl>{rows}</w:tbl>")
}

/// A web page as one file (RFC 2557), as saved by Word: quoted-printable in GBK, with a picture.
fn page() -> String {
    let text = "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"></head><body>\
                <p>一、总体情况</p><table><tr><td>规章</td><td>12</td></tr><tr><td>许可</td><td>34</td></tr></table></body></html>";
    let mut lines = String::new();
    let mut width = 0;
    for &byte in encoding_rs::GBK.encode(text).0.iter() {
        let plain = byte.is_ascii_graphic() && byte != b'=' || byte == b' ';
        let coded = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if width + coded.len() > 75 {
            lines.push_str("=\r\n");
            width = 0;
        }
        width += coded.len();
        lines.push_str(&coded);
    }
    format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"\r\n\r\n\
         ------=_NextPart_01\r\nContent-Location: file:///C:/report.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n\
         Content-Type: text/html; charset=\"gb2312\"\r\n\r\n{lines}\r\n\r\n\
         ------=_NextPart_01\r\nContent-Location: file:///C:/report.files/image001.png\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Type: image/png\r\n\r\niVBORw0KGgo=\r\n\r\n------=_NextPart_01--\r\n"
    )
}

/// A document in Word 2003 XML.
fn word_2003(rows: &[(&str, &str)]) -> String {
    let body = table(rows);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<?mso-application progid=\"Word.Document\"?>\n\
         <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\"><w:body>{body}</w:body></w:wordDocument>\n"
    )
}

/// A flat OPC package.
fn flat(rows: &[(&str, &str)]) -> String {
    let part = |name: &str, content: &str| {
        format!("<pkg:part pkg:name=\"{name}\"><pkg:xmlData>{content}</pkg:xmlData></pkg:part>\n")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<?mso-application progid=\"Word.Document\"?>\n\
         <pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">\n{}{}</pkg:package>\n",
        part("/_rels/.rels", &relationships(&[("officeDocument", "word/document.xml")])),
        part("/word/document.xml", &main_part(&table(rows)))
    )
}
