//! A writer of PDF with variations of many programs: fonts with predefined or custom maps, borders drawn as lines or boxes.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::struct_excessive_bools, reason = "each is one way of writing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use nianbao::sampler::Random;

use super::layout::{A4, Place, Run, Sheet};

/// Variations of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// The name of the font's encoding: a predefined one, or `Identity-H` for custom codes.
    pub(crate) encoding: &'static str,
    /// The font has a map to Unicode.
    pub(crate) mapped: bool,
    /// Borders are filled boxes.
    pub(crate) boxes: bool,
    /// Objects are in object streams, listed in a cross-reference stream.
    pub(crate) packed: bool,
    /// The page is rotated by this angle in degrees, and its content in the opposite direction.
    pub(crate) rotate: u16,
    /// All content is in a form `XObject` with a matrix, on a page with an offset crop box.
    pub(crate) form: bool,
    /// Text is drawn twice to look bold.
    pub(crate) twice: bool,
    /// A light watermark, a slanted one, and a stamp.
    pub(crate) stamped: bool,
    /// Text is invisible, over a picture of the page.
    pub(crate) invisible: bool,
    /// There are no ruled lines.
    pub(crate) unruled: bool,
    /// The structure tree contains the tables, with a mistake of this number; 0 means none.
    pub(crate) tagged: Option<u64>,
    /// The entry `Annots` of the first two pages.
    pub(crate) annotations: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            encoding: "GBK-EUC-H",
            mapped: false,
            boxes: false,
            packed: false,
            rotate: 0,
            form: false,
            twice: false,
            stamped: false,
            invisible: false,
            unruled: false,
            tagged: None,
            annotations: "",
        }
    }
}

/// Character codes: those of a predefined map, or numbers in the order of first use.
struct Codes {
    encoding: &'static str,
    own: BTreeMap<char, u16>,
}

impl Codes {
    fn hex(&mut self, text: &str) -> String {
        let bytes: Vec<u8> = match self.encoding {
            "Identity-H" => {
                let mut bytes = Vec::new();
                for character in text.chars() {
                    let next = self.own.len() as u16 + 5;
                    bytes.extend(self.own.entry(character).or_insert(next).to_be_bytes());
                }
                bytes
            }
            unicode if unicode.starts_with("Uni") => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => encoding_rs::GBK.encode(text).0.into_owned(),
        };
        bytes.iter().fold("<".to_owned(), |hex, byte| format!("{hex}{byte:02x}")) + ">"
    }

    fn to_unicode(&self) -> String {
        let mut map =
            "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <0000> <ffff> endcodespacerange\n"
                .to_owned();
        for (character, code) in &self.own {
            writeln!(map, "1 beginbfchar <{code:04x}> <{:04x}> endbfchar", *character as u32).expect("room");
        }
        map + "endcmap"
    }
}

/// Sheets as a PDF file.
pub(crate) fn write(sheets: &[Sheet], style: Style) -> Vec<u8> {
    let mut codes = Codes { encoding: style.encoding, own: BTreeMap::new() };
    // 1 catalogue, 2 pages, 3 font, 4 its descendant, 5 map to Unicode, 6 picture; then three per page.
    let mut objects: Vec<(String, Option<Vec<u8>>)> = vec![Default::default(); 6];
    let kids: String = (0..sheets.len()).map(|page| format!("{} 0 R ", 7 + 3 * page)).collect();
    let structure = style.tagged.map(|mistake| structure(sheets, mistake)).unwrap_or_default();
    objects[0].0 = format!("<</Type/Catalog/Pages 2 0 R{structure}>>");
    objects[1].0 = format!("<</Type/Pages/Count {}/Kids[{kids}]/Rotate {}>>", sheets.len(), style.rotate);
    for sheet in sheets {
        let content = content(sheet, style, &mut codes);
        let number = objects.len() + 1;
        let own = "<</Font<</F1 3 0 R>>/XObject<</P 6 0 R>>/ExtGState<</G<</ca 0.2>>>>>>";
        let shift = if style.form { 50.0 } else { 0.0 };
        let (width, height) = if style.rotate % 180 == 90 { (A4.1, A4.0) } else { A4 };
        let annotations = if number < 7 + 3 * 2 { style.annotations } else { "" };
        let crop = format!(
            "{annotations}/MediaBox[0 0 {} {}]/CropBox[{shift} {shift} {} {}]",
            width + 99.0,
            height + 99.0,
            width + shift,
            height + shift
        );
        let turn = match style.rotate {
            90 => format!("0 1 -1 0 {} 0 cm ", A4.1),
            180 => format!("-1 0 0 -1 {} {} cm ", A4.0, A4.1),
            270 => format!("0 -1 1 0 0 {} cm ", A4.0),
            _ => String::new(),
        };
        if style.form {
            let resources = format!("<</XObject<</X {} 0 R>>>>", number + 2);
            objects.push((
                format!("<</Type/Page/Parent 2 0 R{crop}/Resources{resources}/Contents {} 0 R>>", number + 1),
                None,
            ));
            objects.push((String::new(), Some(b"q 2 0 0 2 0 0 cm /X Do Q".to_vec())));
            let form = format!(
                "/Type/XObject/Subtype/Form/BBox[0 0 9999 9999]/Matrix[0.5 0 0 0.5 {} {}]/Resources{own}",
                shift / 2.0,
                shift / 2.0
            );
            objects.push((form, Some((turn + &content).into_bytes())));
        } else {
            objects
                .push((format!("<</Type/Page/Parent 2 0 R{crop}/Resources{own}/Contents {} 0 R>>", number + 1), None));
            objects.push((String::new(), Some((turn + &content).into_bytes())));
            objects.push(("null".into(), None));
        }
    }
    let mapped = if style.mapped { "/ToUnicode 5 0 R" } else { "" };
    objects[2].0 = format!(
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/{}/DescendantFonts[4 0 R]{mapped}>>",
        style.encoding
    );
    let ordering = if style.encoding == "Identity-H" { "(Identity)" } else { "(GB1)" };
    let own: String =
        codes.own.iter().filter(|(c, _)| c.is_ascii()).map(|(_, code)| format!("{code} {code} 500 ")).collect();
    let widths = if own.is_empty() { "1 95 500 814 908 500".to_owned() } else { own };
    objects[3].0 = format!(
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering{ordering}/Supplement 4>>/W[{widths}]>>"
    );
    objects[4].1 = Some(codes.to_unicode().into_bytes());
    objects[5] = (
        "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray".into(),
        Some(vec![0x80]),
    );
    if style.packed { packed(&objects) } else { plain(&objects) }
}

/// A cell of the structure tree: its place, its sheet, the marked content of its text.
#[derive(Clone)]
struct Element {
    place: Place,
    sheet: usize,
    marks: Vec<usize>,
}

/// The tables of the structure tree, with a mistake whose kind and place depend on the number.
fn structure(sheets: &[Sheet], mistake: u64) -> String {
    let mut all: Vec<Element> = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        for (index, place) in sheet.cells.iter().enumerate() {
            let marks = (0..sheet.runs.len()).filter(|&run| sheet.runs[run].cell == Some(index)).collect();
            all.push(Element { place: *place, sheet: number, marks });
        }
    }
    if mistake > 0 {
        mistaken(&mut all, mistake);
    }
    let tables = all.iter().map(|cell| cell.place.table).max().map_or(0, |last| last + 1);
    let mut text = "/StructTreeRoot<</Type/StructTreeRoot/RoleMap<</Zelle/TD>>/K[".to_owned();
    for table in 0..tables {
        let of_table = || all.iter().filter(|cell| cell.place.table == table);
        text += "<</S/Table/K[";
        for row in 0..=of_table().map(|cell| cell.place.row).max().unwrap_or(0) {
            text += "<</S/TR/K[";
            for cell in of_table().filter(|cell| cell.place.row == row) {
                let Place { rows, columns, .. } = cell.place;
                let marks: String = cell.marks.iter().map(|mark| format!("{mark} ")).collect();
                write!(
                    text,
                    "<</S/Zelle/Pg {} 0 R/A[<</O/Table/RowSpan {rows}/ColSpan {columns}>>]/K[{marks}]>>",
                    7 + 3 * cell.sheet
                )
                .expect("room");
            }
            text += "]>>";
        }
        text += "]>>";
    }
    text + "]>>"
}

/// Makes a mistake: texts exchanged, lost or joined, wrong spans, additional cells and rows.
fn mistaken(all: &mut Vec<Element>, number: u64) {
    let mut random = Random::new(number);
    let one = random.below(all.len() as u64) as usize;
    let like = |same: &dyn Fn(&Element) -> bool, random: &mut Random| {
        let others: Vec<usize> = (0..all.len()).filter(|&other| other != one && same(&all[other])).collect();
        random.pick(&others).copied().unwrap_or(one)
    };
    let Place { table, row, .. } = all[one].place;
    let other = match random.below(3) {
        0 => like(&|cell| cell.place.table == table && cell.place.row == row, &mut random),
        1 => like(&|cell| cell.place.table == table && cell.place.row.abs_diff(row) < 2, &mut random),
        _ => like(&|cell| cell.place.table == table, &mut random),
    };
    match random.below(6) {
        0 => {
            let (a, b) = ((all[one].sheet, all[one].marks.clone()), (all[other].sheet, all[other].marks.clone()));
            (all[one].sheet, all[one].marks) = b;
            (all[other].sheet, all[other].marks) = a;
        }
        1 => all[one].marks.clear(),
        2 if all[one].sheet == all[other].sheet => {
            let marks = std::mem::take(&mut all[one].marks);
            all[other].marks.extend(marks);
        }
        3 => {
            all.remove(one);
            if let Some(before) = all.get_mut(one.wrapping_sub(1)) {
                before.place.columns += 1;
            }
        }
        4 => all[one].place.columns += 1,
        _ => {
            for cell in all.iter_mut().filter(|cell| cell.place.table == table) {
                if cell.place.row == row {
                    cell.place.row += 1;
                } else if cell.place.row == row + 1 {
                    cell.place.row = row;
                }
            }
        }
    }
}

/// The content stream of a sheet.
fn content(sheet: &Sheet, style: Style, codes: &mut Codes) -> String {
    let mut content = String::new();
    if style.invisible || style.stamped {
        let size = if style.invisible { A4 } else { (120.0, 120.0) };
        writeln!(content, "q {} 0 0 {} 0 0 cm /P Do Q", size.0, size.1).expect("room");
    }
    if style.stamped {
        let text = codes.hex("内部资料");
        writeln!(
            content,
            "q BT /F1 60 Tf 0.8 g 1 0 0 1 150 400 Tm {text} Tj 0.7 0.7 -0.7 0.7 150 200 Tm 0.3 g {text} Tj ET Q"
        )
        .expect("room");
        writeln!(content, "q /G gs BT /F1 60 Tf 0 g 1 0 0 1 150 600 Tm {text} Tj ET Q").expect("room");
    }
    for (number, run) in sheet.runs.iter().enumerate() {
        let marked = style.tagged.is_some() && run.cell.is_some();
        if marked {
            writeln!(content, "/TD <</MCID {number}>> BDC").expect("room");
        }
        for shift in if style.twice { &[0.0, 0.35][..] } else { &[0.0] } {
            text(run, *shift, style, codes, &mut content);
        }
        if marked {
            writeln!(content, "EMC").expect("room");
        }
    }
    for (x0, y0, x1, y1) in sheet.lines.iter().filter(|_| !style.unruled) {
        let (top, bottom) = (A4.1 - y0, A4.1 - y1);
        if style.boxes {
            writeln!(content, "{x0} {bottom} {} {} re f", (x1 - x0).max(0.5), (top - bottom).max(0.5)).expect("room");
        } else {
            writeln!(content, "{x0} {top} m {x1} {bottom} l S").expect("room");
        }
    }
    content
}

fn text(run: &Run, shift: f64, style: Style, codes: &mut Codes, content: &mut String) {
    let mode = if style.invisible { 3 } else { 0 };
    let (x, y) = (run.x + shift, A4.1 - run.y);
    writeln!(content, "BT /F1 {} Tf {mode} Tr 1 0 0 1 {x} {y} Tm {} Tj ET", run.size, codes.hex(&run.text))
        .expect("room");
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("room");
    encoder.finish().expect("room")
}

fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let data = deflated(data);
    let mut bytes = format!("<<{dict}/Filter/FlateDecode/Length {}>>stream\n", data.len()).into_bytes();
    bytes.extend(data);
    bytes.extend(b"\nendstream");
    bytes
}

/// Objects one after another, and a cross-reference table.
fn plain(objects: &[(String, Option<Vec<u8>>)]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, (dict, data)) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).expect("room");
        file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        match data {
            Some(data) => file.extend(stream(dict, data)),
            None => file.extend(dict.as_bytes()),
        }
        file.extend(b"\nendobj\n");
    }
    let at = file.len();
    file.extend(table.into_bytes());
    file.extend(format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1).into_bytes());
    file
}

/// Objects that are not streams in an object stream, and a cross-reference stream with a predictor.
fn packed(objects: &[(String, Option<Vec<u8>>)]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let pack = objects.len() + 1;
    let (mut heads, mut bodies, mut rows) = (String::new(), String::new(), vec![(0_u8, 0_usize, 0_usize)]);
    let mut held = 0;
    for (index, (dict, data)) in objects.iter().enumerate() {
        if let Some(data) = data {
            rows.push((1, file.len(), 0));
            file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
            file.extend(stream(dict, data));
            file.extend(b"\nendobj\n");
        } else {
            rows.push((2, pack, held));
            write!(heads, "{} {} ", index + 1, bodies.len()).expect("room");
            writeln!(bodies, "{dict}").expect("room");
            held += 1;
        }
    }
    rows.push((1, file.len(), 0));
    file.extend(format!("{pack} 0 obj\n").into_bytes());
    file.extend(stream(&format!("/Type/ObjStm/N {held}/First {}", heads.len()), (heads + &bodies).as_bytes()));
    file.extend(b"\nendobj");
    let at = file.len();
    rows.push((1, at, 0));
    let mut table = Vec::new();
    let mut above = [0_u8; 7];
    for (kind, second, third) in &rows {
        let second = (*second as u32).to_be_bytes();
        let third = (*third as u16).to_be_bytes();
        let row = [*kind, second[0], second[1], second[2], second[3], third[0], third[1]];
        // The PNG predictor "up".
        table.push(2);
        table.extend(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(above)));
        above = row;
    }
    let dict = format!("/Type/XRef/Size {}/W[1 4 2]/Root 1 0 R/DecodeParms<</Predictor 12/Columns 7>>", rows.len());
    file.extend(format!("\n{} 0 obj\n", pack + 1).into_bytes());
    file.extend(stream(&dict, &table));
    file.extend(format!("\nendobj\nstartxref\n{at}\n%%EOF\n").into_bytes());
    file
}
