//! Workbooks that stand in a text: the sheet that is shown is a table of the text, and what is not certain is told.

use std::fmt::Write as _;

use nianbao::document::{Block, Budget};

use super::pages::{OPEN_SPACES, zip};

/// A workbook of sheets, each with one row of cells.
fn xlsx(sheets: &[(&str, &[&str])], active: Option<usize>) -> Vec<u8> {
    let (mut list, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, cells)) in sheets.iter().enumerate() {
        let _ = write!(list, "<sheet name='{name}' sheetId='{0}' r:id='r{0}'/>", number + 1);
        let _ = write!(relations, "<Relationship Id='r{0}' Type='x/worksheet' Target='s{0}.xml'/>", number + 1);
        let cells: String = cells.iter().map(|cell| format!("<c t='inlineStr'><is><t>{cell}</t></is></c>")).collect();
        parts.push((
            format!("xl/s{}.xml", number + 1),
            format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>"),
        ));
    }
    let views = active.map(|active| format!("<bookViews><workbookView activeTab='{active}'/></bookViews>"));
    let book = format!("<workbook xmlns:r='r'>{}<sheets>{list}</sheets></workbook>", views.unwrap_or_default());
    let relations = format!("<Relationships>{relations}</Relationships>");
    let root = "<Relationships><Relationship Id='1' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>";
    let mut all = vec![
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", root),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relations),
    ];
    all.extend(parts.iter().map(|(name, part)| (name.as_str(), part.as_str())));
    zip(&all)
}

/// A Word file with these workbooks, each in a paragraph of its own.
fn docx(books: &[Vec<u8>]) -> Vec<u8> {
    let (mut body, mut relations) = (String::new(), String::new());
    for number in 0..books.len() {
        let _ = write!(
            body,
            "<w:p><w:r><w:object><o:OLEObject Type='Embed' DrawAspect='Content' r:id='b{number}'/></w:object></w:r></w:p>"
        );
        let _ = write!(relations, "<Relationship Id='b{number}' Type='x/package' Target='b{number}.xlsx'/>");
    }
    let document = format!(
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:o='urn:schemas-microsoft-com:office:office' \
         xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><w:body>{body}</w:body></w:document>"
    );
    let relations = format!("<Relationships>{relations}</Relationships>");
    let root =
        "<Relationships><Relationship Id='1' Type='x/officeDocument' Target='word/document.xml'/></Relationships>";
    let names: Vec<String> = (0..books.len()).map(|number| format!("word/b{number}.xlsx")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("_rels/.rels", root.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
    ];
    parts.extend(names.iter().zip(books).map(|(name, book)| (name.as_str(), book.as_slice())));
    bytes_of(&parts)
}

fn bytes_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An OpenDocument text with a spreadsheet of these tables in it.
fn odt(tables: &[(&str, &[&str])], settings: &str) -> Vec<u8> {
    let mut sheets = String::new();
    for (name, cells) in tables {
        let cells: String =
            cells.iter().map(|cell| format!("<table:table-cell><text:p>{cell}</text:p></table:table-cell>")).collect();
        let _ =
            write!(sheets, "<table:table table:name='{name}'><table:table-row>{cells}</table:table-row></table:table>");
    }
    let book = format!(
        "<office:document-content {OPEN_SPACES}><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    );
    let text = format!(
        "<office:document-content {OPEN_SPACES} xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' xmlns:xlink='x'>\
         <office:body><office:text><text:p><draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p></office:text>\
         </office:body></office:document-content>"
    );
    let settings = format!("<office:document-settings {OPEN_SPACES}>{settings}</office:document-settings>");
    zip(&[
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", &text),
        ("Object 1/content.xml", &book),
        ("Object 1/settings.xml", &settings),
    ])
}

/// The texts of the tables that are read, and the codes of what is told.
fn shown(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    let grids = reading.document.blocks.iter().filter_map(|block| match block {
        Block::Grid(grid) => Some(grid.cells().iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|")),
        _ => None,
    });
    (grids.collect(), reading.findings.into_iter().map(|finding| finding.code).collect())
}

#[test]
fn the_sheet_that_is_shown_is_the_table() {
    const LAST: (&str, &[&str]) = ("去年", &["予以公开", "9"]);
    const THIS: (&str, &[&str]) = ("今年", &["予以公开", "12"]);
    let read = |codes: &str, tables: &[&str]| {
        (tables.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(), vec![codes.to_owned()])
    };
    let one = read("embedded-workbook", &["予以公开|12"]);
    assert_eq!(shown(&docx(&[xlsx(&[LAST, THIS], Some(1))])), one);
    assert_eq!(shown(&docx(&[xlsx(&[("空", &[]), THIS], Some(0))])), one);
    assert_eq!(shown(&docx(&[xlsx(&[THIS, LAST], None)])), one);
    let two = read("embedded-workbook", &["予以公开|9", "予以公开|12"]);
    assert_eq!(shown(&docx(&[xlsx(&[LAST], None), xlsx(&[LAST, THIS], Some(1))])), two);
    // No sheet of that number; what shows an empty sheet shows nothing.
    assert_eq!(shown(&docx(&[xlsx(&[LAST, THIS], Some(7))])), read("content-skipped", &[]));
    assert_eq!(shown(&docx(&[xlsx(&[LAST, THIS, ("空", &[])], Some(2))])), read("content-skipped", &[]));
    let active = "<x:config-item xmlns:x='x' x:name='ActiveTable'>今年</x:config-item>";
    assert_eq!(shown(&odt(&[LAST, THIS], active)), one);
    assert_eq!(shown(&odt(&[THIS], "")), one);
    // Which one is shown is not said.
    assert_eq!(shown(&odt(&[LAST, THIS], "")), read("content-skipped", &[]));
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

/// An Excel 97 workbook of these sheets, of which one is shown.
fn xls(sheets: &[(&str, &[&str])], active: u16) -> Vec<u8> {
    use std::io::Write as _;
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let mut globals = record(0x0809, &words(&[0x0600, 5, 0, 0]));
    globals.extend(record(0x003D, &words(&[0, 0, 9000, 6000, 0x38, active, 0, 1, 600])));
    let bodies: Vec<Vec<u8>> = sheets
        .iter()
        .map(|(_, cells)| {
            let label = |(column, text): (usize, &&str)| {
                let head = words(&[0, column as u16, 0, text.encode_utf16().count() as u16]);
                record(0x0204, &[head, vec![1], wide(text)].concat())
            };
            let cells: Vec<Vec<u8>> = cells.iter().enumerate().map(label).collect();
            [record(0x0809, &words(&[0x0600, 0x10, 0, 0])), cells.concat(), record(0x000A, &[])].concat()
        })
        .collect();
    let bound = |name: &str, at: usize| {
        let head = [(at as u32).to_le_bytes().to_vec(), words(&[0]), vec![name.chars().count() as u8, 1]].concat();
        record(0x0085, &[head, wide(name)].concat())
    };
    let listed: usize = sheets.iter().map(|(name, _)| bound(name, 0).len()).sum();
    let mut at = globals.len() + listed + record(0x000A, &[]).len();
    for ((name, _), body) in sheets.iter().zip(&bodies) {
        globals.extend(bound(name, at));
        at += body.len();
    }
    globals.extend(record(0x000A, &[]));
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&[globals, bodies.concat()].concat()).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn the_sheet_that_an_old_workbook_shows_is_the_table() {
    const LAST: (&str, &[&str]) = ("去年", &["予以公开", "9"]);
    const THIS: (&str, &[&str]) = ("今年", &["予以公开", "12"]);
    for (active, table) in [(0, "予以公开|9"), (1, "予以公开|12")] {
        let told = vec!["embedded-workbook".to_owned()];
        assert_eq!(shown(&docx(&[xls(&[LAST, THIS], active)])), (vec![table.to_owned()], told));
    }
    assert_eq!(shown(&docx(&[xls(&[LAST, THIS], 7)])), (Vec::new(), vec!["content-skipped".to_owned()]));
}

/// A binary workbook of Excel 2007 of these sheets, of which one is shown (MS-XLSB 2.4.301).
fn xlsb(sheets: &[(&str, &[&str])], active: u32) -> Vec<u8> {
    let longs = |longs: &[u32]| longs.iter().flat_map(|long| long.to_le_bytes()).collect::<Vec<u8>>();
    let text = |text: &str| [longs(&[text.encode_utf16().count() as u32]), wide(text)].concat();
    let record = |kind: u16, data: &[u8]| {
        let kind = if kind < 128 { vec![kind as u8] } else { vec![(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8] };
        assert!(data.len() < 128);
        [kind, vec![data.len() as u8], data.to_vec()].concat()
    };
    let mut book = record(158, &[longs(&[0, 0, 9_000, 6_000, 600, 0, active]), vec![0x78]].concat());
    let (mut relations, mut parts) = (String::new(), Vec::new());
    for (number, (name, cells)) in (0..).zip(sheets) {
        book.extend(record(156, &[longs(&[0, number + 1]), text(&format!("r{number}")), text(name)].concat()));
        let _ = write!(relations, "<Relationship Id='r{number}' Type='x/worksheet' Target='s{number}.bin'/>");
        let mut part = record(145, &[]);
        part.extend(record(0, &[longs(&[0, 0, 300]), vec![0; 5]].concat()));
        for (column, cell) in (0..).zip(*cells) {
            part.extend(record(6, &[longs(&[column, 0]), text(cell)].concat()));
        }
        part.extend(record(146, &[]));
        parts.push((format!("xl/s{number}.bin"), part));
    }
    let relations = format!("<Relationships>{relations}</Relationships>");
    let root = "<Relationships><Relationship Id='1' Type='x/officeDocument' Target='xl/workbook.bin'/></Relationships>";
    let mut all: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
    ];
    all.extend(parts.iter().map(|(name, part)| (name.as_str(), part.as_slice())));
    bytes_of(&all)
}

#[test]
fn the_sheet_that_a_binary_workbook_shows_is_the_table() {
    const LAST: (&str, &[&str]) = ("去年", &["予以公开", "9"]);
    const THIS: (&str, &[&str]) = ("今年", &["予以公开", "12"]);
    for (active, table) in [(0, "予以公开|9"), (1, "予以公开|12")] {
        let told = vec!["embedded-workbook".to_owned()];
        assert_eq!(shown(&docx(&[xlsb(&[LAST, THIS], active)])), (vec![table.to_owned()], told));
    }
    assert_eq!(shown(&docx(&[xlsb(&[LAST, THIS], 7)])), (Vec::new(), vec!["content-skipped".to_owned()]));
}

/// An OpenDocument text in one file, with a spreadsheet of these tables in it.
fn flat(tables: &[(&str, &str)], settings: &str) -> Vec<u8> {
    let table = |(name, figure): &(&str, &str)| {
        format!(
            "<table:table table:name='{name}'><table:table-row><table:table-cell><text:p>予以公开</text:p></table:table-cell>\
             <table:table-cell><text:p>{figure}</text:p></table:table-cell></table:table-row></table:table>"
        )
    };
    let tables: String = tables.iter().map(table).collect();
    format!(
        "<office:document {OPEN_SPACES} xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' \
         office:mimetype='application/vnd.oasis.opendocument.text'><office:body><office:text><text:p>甲<draw:frame><draw:object>\
         <office:document office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>{settings}<office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document></draw:object></draw:frame></text:p></office:text></office:body></office:document>"
    )
    .into_bytes()
}

#[test]
fn a_workbook_in_a_flat_text_is_a_table() {
    let read = |code: &str, tables: &[&str]| {
        (tables.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(), vec![code.to_owned()])
    };
    assert_eq!(shown(&flat(&[("今年", "12")], "")), read("embedded-workbook", &["予以公开|12"]));
    let active =
        "<office:settings><x:config-item xmlns:x='x' x:name='ActiveTable'>今年</x:config-item></office:settings>";
    let two = [("去年", "9"), ("今年", "12")];
    assert_eq!(shown(&flat(&two, active)), read("embedded-workbook", &["予以公开|12"]));
    assert_eq!(shown(&flat(&two, "")), read("content-skipped", &[]));
}

#[test]
fn formulas_of_an_opendocument_text_without_a_result_are_told() {
    let shown = |cell: &str| {
        let text = format!(
            "<office:document {OPEN_SPACES} office:mimetype='application/vnd.oasis.opendocument.text'><office:body><office:text>\
             <table:table><table:table-row>{cell}</table:table-row></table:table></office:text></office:body></office:document>"
        );
        self::shown(text.as_bytes())
    };
    let of_cell = |text: &str| {
        format!(
            "<table:table-cell table:formula='ooow:&lt;A1&gt;+&lt;B1&gt;'><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let of_field = |text: &str, display: &str| {
        format!(
            "<table:table-cell><text:p><text:expression text:formula='ooow:1+2'{display}>{text}</text:expression></text:p></table:table-cell>"
        )
    };
    let told = vec!["formula-uncalculated".to_owned()];
    assert_eq!(shown(&of_cell("")), (vec![String::new()], told.clone()));
    assert_eq!(shown(&of_cell("12")), (vec!["12".to_owned()], Vec::new()));
    assert_eq!(shown(&of_field("", "")), (vec![String::new()], told));
    assert_eq!(shown(&of_field("3", "")), (vec!["3".to_owned()], Vec::new()));
    assert_eq!(shown(&of_field("", " text:display='none'")), (vec![String::new()], Vec::new()));
}

#[test]
fn fields_and_controls_of_an_opendocument_text_hold_their_figures() {
    let shown = |inside: &str| {
        let text = format!(
            "<office:document {OPEN_SPACES} xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' xmlns:form='form' xmlns:f='f' \
             office:mimetype='application/vnd.oasis.opendocument.text'><office:body><office:text><office:forms><form:form>\
             <form:text form:id='a' form:current-value='12'/><form:listbox form:id='b'><form:option form:label='9'/>\
             <form:option form:label='12' form:current-selected='true'/></form:listbox><form:text form:id='c'/></form:form></office:forms>\
             <table:table><table:table-row><table:table-cell><text:p>{inside}</text:p></table:table-cell></table:table-row></table:table>\
             </office:text></office:body></office:document>"
        );
        self::shown(text.as_bytes())
    };
    let drop_down = |chosen: u32| {
        format!(
            "<f:fieldmark f:type='x.FORMDROPDOWN'><f:param f:name='Dropdown_ListEntry' f:value='9'/>\
             <f:param f:name='Dropdown_ListEntry' f:value='12'/><f:param f:name='Dropdown_Selected' f:value='{chosen}'/></f:fieldmark>"
        )
    };
    for (inside, text) in [
        ("<draw:control draw:control='a'/>", "12"),
        ("<draw:control draw:control='b'/>", "12"),
        (drop_down(1).as_str(), "12"),
        (drop_down(7).as_str(), ""),
    ] {
        assert_eq!(shown(inside), (vec![text.to_owned()], Vec::new()), "{inside}");
    }
    // A control that holds nothing is told.
    assert_eq!(shown("<draw:control draw:control='c'/>"), (vec![String::new()], vec!["content-skipped".to_owned()]));
}
