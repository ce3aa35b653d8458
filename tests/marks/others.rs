//! Tables with marks as binary workbooks of Excel 2007 (MS-XLSB), and as web pages saved as one file.

use std::io::{Cursor, Write as _};

use super::sheets::{FORMATS, LOOKS, format, laid, number};
use super::{Look, Made, TITLE, pages};

/// A web page saved as one file, in quoted-printable.
pub(super) fn mht(made: &Made, variant: u64) -> Vec<u8> {
    let mut text = String::from(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\nContent-Location: page.htm\r\n\r\n",
    );
    for (number, byte) in pages::html(made, variant).into_iter().enumerate() {
        if number % 24 == 23 {
            text += "=\r\n";
        }
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'<' | b'>' => text.push(char::from(byte)),
            byte => text += &format!("={byte:02X}"),
        }
    }
    (text + "\r\n--part--\r\n").into_bytes()
}

/// A record: type and length in bytes of seven bits.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = if kind < 128 { vec![kind as u8] } else { vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8] };
    let mut length = data.len();
    loop {
        let more = length > 0x7F;
        record.push((length & 0x7F) as u8 | if more { 0x80 } else { 0 });
        length >>= 7;
        if !more {
            break;
        }
    }
    [record, data.to_vec()].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [longs(&[units.len() as u32]), words(&units)].concat()
}

/// A colour given by its channels.
fn colour(rgb: [u8; 3]) -> Vec<u8> {
    [&[5, 0, 0, 0][..], &rgb, &[0xFF]].concat()
}

/// The colour of dark cells.
const DARK: [u8; 3] = [0x1F, 0x4E, 0x79];

fn styles() -> Vec<u8> {
    let mut part = Vec::new();
    for look in LOOKS {
        let height = if look == Look::Tiny { 20 } else { 220 };
        let flags = if look == Look::Struck { 8 } else { 0 };
        let script = match look {
            Look::Raised => 1,
            Look::Lowered => 2,
            _ => 0,
        };
        let ink = match look {
            Look::White => [0xFF; 3],
            Look::Sunk => DARK,
            _ => [0; 3],
        };
        part.extend(record(
            43,
            &[words(&[height, flags, 400, script]), vec![0; 4], colour(ink), wide("宋体")].concat(),
        ));
    }
    part.extend(record(45, &[longs(&[0]), vec![0; 64]].concat()));
    part.extend(record(45, &[longs(&[1]), colour(DARK), vec![0; 52]].concat()));
    part.extend(record(617, &longs(&[FORMATS as u32])));
    for xf in 0..FORMATS as u16 {
        part.extend(record(47, &words(&[0, 0, xf / 2, xf % 2, 0, 0, 0, 0])));
    }
    part.extend(record(618, &[]));
    part
}

/// A shared string: whether it is rich, its text, and start and font of each run.
fn shared(runs: &[(&str, Look)]) -> Vec<u8> {
    let text: String = runs.iter().map(|run| run.0).collect();
    let mut data = [vec![u8::from(runs.len() > 1)], wide(&text)].concat();
    if runs.len() > 1 {
        data.extend(longs(&[runs.len() as u32]));
        let mut begin = 0;
        for (text, look) in runs {
            data.extend(words(&[begin, super::sheets::font(*look) as u16]));
            begin += text.encode_utf16().count() as u16;
        }
    }
    record(19, &data)
}

/// A binary workbook.
pub(super) fn xlsb(made: &Made, hide: bool) -> Vec<u8> {
    let (cells, hidden, end) = laid(made);
    let mut strings = vec![shared(&[(TITLE, Look::Plain)])];
    let mut sheet = Vec::new();
    if hide {
        sheet.extend(record(60, &[longs(&[0, 0, 2048, 0]), words(&[1])].concat()));
    }
    sheet.extend(record(145, &[]));
    for at in 0..end {
        let flags = if hidden.contains(&at) { 0x10 } else { 0 };
        sheet.extend(record(0, &[longs(&[at as u32, 0]), words(&[300]), vec![0, flags, 0, 0, 0, 0, 0]].concat()));
        if at == 0 {
            sheet.extend(record(7, &longs(&[1, 0, 0])));
            continue;
        }
        sheet.extend(record(5, &[longs(&[0, 0]), (at as f64).to_le_bytes().to_vec()].concat()));
        for (_, left, cell) in cells.iter().filter(|cell| cell.0 == at) {
            let start = longs(&[*left as u32, format(cell) as u32]);
            if let Some(number) = number(cell) {
                sheet.extend(record(5, &[start, (number as f64).to_le_bytes().to_vec()].concat()));
                continue;
            }
            sheet.extend(record(7, &[start, longs(&[strings.len() as u32])].concat()));
            let runs: Vec<(&str, Look)> = cell.runs.iter().map(|run| (run.text.as_str(), run.look)).collect();
            strings.push(shared(&runs));
        }
    }
    sheet.extend(record(146, &[]));
    for (row, left, cell) in cells.iter().filter(|cell| cell.2.rows * cell.2.columns > 1) {
        let (bottom, right) = (*row as u32 + cell.rows - 1, *left as u32 + cell.columns - 1);
        sheet.extend(record(176, &longs(&[*row as u32, bottom, *left as u32, right])));
    }
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id='{id}' Type='x/{kind}' Target='{target}'/>").into_bytes()
    };
    let relations = |list: Vec<u8>| [&b"<Relationships>"[..], &list, b"</Relationships>"].concat();
    let workbook = record(156, &[longs(&[0, 1]), wide("r1"), wide("表")].concat());
    let parts = [
        ("_rels/.rels", relations(relation("a", "officeDocument", "xl/workbook.bin"))),
        ("xl/workbook.bin", workbook),
        (
            "xl/_rels/workbook.bin.rels",
            relations(
                [
                    relation("r1", "worksheet", "s.bin"),
                    relation("r3", "sharedStrings", "t.bin"),
                    relation("r4", "styles", "y.bin"),
                ]
                .concat(),
            ),
        ),
        ("xl/s.bin", sheet),
        ("xl/t.bin", strings.concat()),
        ("xl/y.bin", styles()),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
