//! The written DOCX: element order of the schema, every cell of every table, reproducible bytes, hostile text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};
use std::sync::Arc;

use nianbao::document::Picture;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::{Content, ExtraCell, ExtraTable, Kind, Report, Section, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use quick_xml::Reader;
use quick_xml::events::Event;

fn forms() -> Vec<Arc<Form>> {
    Forms::built_in().unwrap().iter().cloned().collect()
}

fn write(form: &Form, report: &Report) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).unwrap();
    writer.write(form, report).unwrap()
}

fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if !name.contains("/media/") {
            parts.push((name, String::from_utf8(content).unwrap()));
        }
    }
    parts
}

fn part(bytes: &[u8], wanted: &str) -> String {
    parts(bytes).into_iter().find(|(name, _)| name == wanted).map(|(_, text)| text).unwrap()
}

/// A report with every kind of content that is written differently.
fn with_everything(form: &Form) -> Report {
    let mut report = Sampler::new(8).report(form);
    let cell = |row, column, row_span, col_span| ExtraCell { row, column, row_span, col_span, text: "表\n格".into() };
    let cells = vec![cell(0, 0, 2, 1), cell(0, 1, 1, 2), cell(1, 1, 1, 1), cell(1, 2, 1, 1)];
    let heading = |level| Content::Paragraph { text: "标题".into(), level: Some(level), place: None };
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10".to_vec();
    report.pictures.push(Picture { name: "a.png".into(), media_type: "image/png".into(), bytes: png.into() });
    report.unclaimed = vec![
        heading(2),
        heading(3),
        heading(4),
        heading(5),
        heading(9),
        Content::text("一\t二\n三"),
        Content::Extra(ExtraTable { rows: 2, columns: 3, cells, place: None }),
        Content::Picture { index: 0, extent: None, alt: Some("<图>".into()) },
    ];
    report
}

/// Child sequences of ECMA-376 part 1 (Transitional) for the elements in reports; children that a sequence does not name must not occur.
const SEQUENCES: &[(&str, &str)] = &[
    ("w:body", "w:p|w:tbl w:sectPr"),
    ("w:p", "w:pPr w:r"),
    (
        "w:pPr",
        "w:pStyle w:keepNext w:keepLines w:pageBreakBefore w:widowControl w:numPr w:snapToGrid w:spacing w:ind w:jc w:outlineLvl w:rPr w:sectPr",
    ),
    ("w:rPr", "w:rStyle w:rFonts w:b w:bCs w:i w:iCs w:color w:spacing w:kern w:sz w:szCs w:u w:lang"),
    ("w:tbl", "w:tblPr w:tblGrid w:tr"),
    ("w:tblPr", "w:tblStyle w:tblW w:jc w:tblInd w:tblBorders w:shd w:tblLayout w:tblCellMar w:tblLook"),
    ("w:tblBorders", "w:top w:left w:bottom w:right w:insideH w:insideV"),
    ("w:tblCellMar", "w:top w:left w:bottom w:right"),
    ("w:tblGrid", "w:gridCol"),
    ("w:tr", "w:trPr w:tc"),
    ("w:trPr", "w:cantSplit|w:trHeight|w:tblHeader"),
    ("w:tc", "w:tcPr w:p"),
    ("w:tcPr", "w:tcW w:gridSpan w:vMerge w:tcBorders w:shd w:vAlign"),
    ("w:sectPr", "w:headerReference|w:footerReference w:pgSz w:pgMar w:pgNumType w:cols w:titlePg w:docGrid"),
    (
        "w:style",
        "w:name w:basedOn w:next w:link w:uiPriority w:semiHidden w:unhideWhenUsed w:qFormat w:pPr w:rPr w:tblPr",
    ),
    ("w:docDefaults", "w:rPrDefault w:pPrDefault"),
    ("w:font", "w:altName w:panose1 w:charset w:family w:pitch"),
];

/// Violations of the element order in a part.
fn disorder(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut wrong = Vec::new();
    loop {
        let (name, empty) = match reader.read_event().unwrap() {
            Event::Start(start) => (start.name().as_ref().to_owned(), false),
            Event::Empty(start) => (start.name().as_ref().to_owned(), true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => return wrong,
            _ => continue,
        };
        if let Some((parent, reached)) = open.last_mut()
            && let Some((_, sequence)) = SEQUENCES.iter().find(|(element, _)| element == parent)
        {
            match sequence.split(' ').position(|step| step.split('|').any(|element| element == name)) {
                Some(step) if step >= *reached => *reached = step,
                found => wrong.push(format!("{name} in {parent}: step {found:?} behind step {reached}")),
            }
        }
        if !empty {
            open.push((name, 0));
        }
    }
}

#[test]
fn elements_are_in_the_order_of_the_schema() {
    for form in forms() {
        for (name, text) in parts(&write(&form, &with_everything(&form))) {
            assert_eq!(disorder(&text), Vec::<String>::new(), "{} {name}", form.id);
        }
    }
}

#[test]
fn disorder_is_seen() {
    assert_eq!(disorder("<w:pPr><w:spacing/><w:jc/></w:pPr>").len(), 0);
    assert_eq!(disorder("<w:pPr><w:jc/><w:spacing/></w:pPr>").len(), 1);
    assert_eq!(disorder("<w:tblGrid><w:unknown/></w:tblGrid>").len(), 1);
}

/// A cell as written: text, column span, `w:vMerge`.
type Physical = (String, u32, Option<String>);

/// The tables of a document, by a walk that is independent of the program's reader.
fn tables(text: &str) -> Vec<Vec<Vec<Physical>>> {
    let mut reader = Reader::from_str(text);
    let mut tables: Vec<Vec<Vec<Physical>>> = Vec::new();
    let (mut in_cell, mut shown) = (false, false);
    loop {
        let event = reader.read_event().unwrap();
        let cell = tables.last_mut().and_then(|table| table.last_mut()).and_then(|row| row.last_mut());
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let value = || start.try_get_attribute("w:val").unwrap().map(|value| value.value.to_string());
                match (start.name().as_ref(), cell) {
                    ("w:tbl", _) => tables.push(Vec::new()),
                    ("w:tr", _) => tables.last_mut().unwrap().push(Vec::new()),
                    ("w:tc", _) => {
                        in_cell = true;
                        tables.last_mut().unwrap().last_mut().unwrap().push((String::new(), 1, None));
                    }
                    ("w:gridSpan", Some(cell)) => cell.1 = value().unwrap().parse().unwrap(),
                    ("w:vMerge", Some(cell)) => cell.2 = Some(value().unwrap_or("continue".into())),
                    ("w:t", _) => shown = true,
                    _ => {}
                }
            }
            Event::End(end) => {
                shown = false;
                in_cell &= end.name().as_ref() != "w:tc";
            }
            Event::Text(text) if shown => {
                if let Some(cell) = cell.filter(|_| in_cell) {
                    cell.0.push_str(&text);
                }
            }
            Event::Eof => return tables,
            _ => {}
        }
    }
}

#[test]
fn every_cell_of_the_form_is_written_with_its_text_and_spans() {
    for form in forms() {
        let report = Sampler::new(3).report(&form);
        let tables = tables(&part(&write(&form, &report), "word/document.xml"));
        assert_eq!(tables.len(), form.tables.len());
        for (number, table) in tables.iter().enumerate() {
            let layout = Layout::for_table(&form, number);
            assert_eq!(table.len(), layout.rows.len());
            for (row, cells) in table.iter().enumerate() {
                assert_eq!(cells.iter().map(|cell| cell.1).sum::<u32>(), layout.columns, "row {row}");
            }
            for cell in layout.rows.iter().flatten() {
                let at = |row: u32| {
                    let mut column = 0;
                    let cells = &table[row as usize];
                    cells.iter().find(|written| {
                        let here = column == cell.column;
                        column += written.1;
                        here
                    })
                };
                let text = match &cell.content {
                    LayoutContent::Field(field) => report.values[&form.fields[*field].id].raw.clone(),
                    LayoutContent::Caption(text)
                    | LayoutContent::Corner(text)
                    | LayoutContent::ColumnHead(text)
                    | LayoutContent::RowHead(text) => text.clone(),
                };
                let merge = |value: &str| (cell.row_span > 1).then(|| value.to_owned());
                assert_eq!(at(cell.row), Some(&(text, cell.col_span, merge("restart"))), "{} {cell:?}", form.id);
                for row in cell.row + 1..cell.row + cell.row_span {
                    assert_eq!(at(row), Some(&(String::new(), cell.col_span, merge("continue"))), "{cell:?}");
                }
            }
        }
    }
}

#[test]
fn headers_at_the_top_repeat_and_rows_are_not_split() {
    for form in forms() {
        let text = part(&write(&form, &Report::empty(&form.id)), "word/document.xml");
        for (number, table) in text.split("<w:tbl>").skip(1).enumerate() {
            let layout = Layout::for_table(&form, number);
            assert_eq!(table.matches("<w:tblHeader/>").count(), layout.header_rows as usize);
            assert_eq!(table.matches("<w:cantSplit").count(), layout.rows.len());
            assert!(table.contains("<w:tblLayout w:type=\"fixed\"/>"));
        }
    }
}

#[test]
fn the_page_and_the_styles_are_those_of_the_standard() {
    let form = &forms()[0];
    let bytes = write(form, &Sampler::new(1).report(form));
    let document = part(&bytes, "word/document.xml");
    assert!(document.contains("w:w=\"11906\" w:h=\"16838\""));
    for margin in ["w:top=\"2098\"", "w:bottom=\"1984\"", "w:left=\"1588\"", "w:right=\"1474\""] {
        assert!(document.contains(margin), "{margin}");
    }
    let styles = part(&bytes, "word/styles.xml");
    assert!(styles.contains("w:firstLineChars=\"200\" w:firstLine=\"640\""));
    // The header of a block of rows must not be alone at the foot of a page.
    let head = styles.split("w:styleId=\"TableHead\"").nth(1).unwrap();
    assert!(head[..head.find("</w:style>").unwrap()].contains("<w:keepNext/>"));
    assert!(styles.contains("w:eastAsia=\"zh-CN\""));
    for (font, other) in [("仿宋_GB2312", "FangSong"), ("楷体_GB2312", "KaiTi"), ("黑体", "SimHei")] {
        assert!(styles.contains(&format!("w:eastAsia=\"{font}\"")));
        assert!(
            part(&bytes, "word/fontTable.xml").contains(&format!("w:name=\"{font}\"><w:altName w:val=\"{other}\"/>"))
        );
    }
    assert!(!styles.contains("Theme=") && !document.contains("Theme="));
    assert!(part(&bytes, "word/settings.xml").contains("<w:evenAndOddHeaders/>"));
    // Running text is formatted by its style alone.
    let narrative = document.split("<w:tbl>").next().unwrap();
    assert!(!narrative.contains("<w:rPr>") && !narrative.contains("<w:ind "));
}

#[test]
fn the_same_report_gives_the_same_bytes_on_any_thread() {
    let form = &forms()[1];
    let report = with_everything(form);
    let first = write(form, &report);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| write(form, &report))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), first);
        }
    });
}

#[test]
fn a_cell_contains_the_text_as_written() {
    let form = &forms()[1];
    let mut report = Report::empty(&form.id);
    let raws = ["/", "—", "无", "", "0", "<&>\"'"];
    for (field, raw) in form.fields.iter().zip(raws) {
        let value = Value { raw: raw.into(), kind: Kind::Text, ..Value::default() };
        report.values.insert(field.id.clone(), value);
    }
    let text = part(&write(form, &report), "word/document.xml");
    let written: Vec<String> = tables(&text)[0].iter().flatten().map(|cell| cell.0.clone()).collect();
    for raw in ["/", "—", "无", "0"] {
        assert!(written.iter().any(|cell| cell == raw), "{raw}");
    }
    assert!(text.contains("&lt;&amp;&gt;&quot;'"));
}

#[test]
fn hostile_text_and_tables_are_written_as_text() {
    let form = &forms()[1];
    let mut report = Report::empty(&form.id);
    report.title = Some("\u{0}\u{1}]]>\u{ffff}</w:t>".into());
    let wide = (0..200).map(|column| ExtraCell {
        column,
        row_span: u32::MAX,
        col_span: u32::MAX,
        text: "格".into(),
        ..ExtraCell::default()
    });
    let odd = vec![
        ExtraCell { row: 9, column: 9, row_span: 0, col_span: 0, text: "外".into() },
        ExtraCell { row: 0, column: 0, row_span: u32::MAX, col_span: u32::MAX, text: "大".into() },
        ExtraCell { row: 0, column: 1, row_span: 1, col_span: 1, text: "叠".into() },
    ];
    let content = vec![
        Content::text("x".repeat(3_000_000)),
        Content::Extra(ExtraTable { rows: u32::MAX, columns: 200, cells: wide.collect(), place: None }),
        Content::Extra(ExtraTable { rows: 2, columns: 2, cells: odd, place: None }),
        Content::Extra(ExtraTable::default()),
        Content::Picture { index: 7, extent: None, alt: None },
        Content::Table { table: "unknown".into() },
    ];
    report.sections.push(Section { id: form.sections[1].id.clone(), heading: None, content });
    let bytes = write(form, &report);
    for (name, text) in parts(&bytes) {
        assert_eq!(disorder(&text), Vec::<String>::new(), "{name}");
        assert!(!text.contains(['\u{0}', '\u{1}', '\u{ffff}']), "{name}");
    }
    assert!(part(&bytes, "word/document.xml").contains("]]&gt;&lt;/w:t&gt;"));
}

/// Word breaks a number that is too wide over two lines, so such a number gets a smaller size; a text may wrap.
#[test]
fn a_number_that_is_too_wide_for_its_cell_is_smaller() {
    for form in forms().iter().filter(|form| form.id == "gkbg-2021") {
        let mut report = Sampler::new(5).report(form);
        let field = "requests.received.natural_person";
        for (raw, smaller) in [("123456", false), ("12345678", true), ("1234.567891", true)] {
            report.values[field] = Value::number(raw.parse().unwrap());
            let document = part(&write(form, &report), "word/document.xml");
            let (before, _) = document.split_once(&format!(">{raw}</w:t>")).unwrap();
            let run = &before[before.rfind("<w:r>").unwrap()..];
            let size = run.split_once("<w:sz w:val=\"").unwrap().1;
            let size: u32 = size[..size.find('"').unwrap()].parse().unwrap();
            assert_eq!((size < 18, size >= 8), (smaller, true), "{raw}: {run}");
        }
        report.values[field] =
            Value { raw: "见附件说明，不作统计".to_owned(), kind: Kind::Text, ..Value::default() };
        let document = part(&write(form, &report), "word/document.xml");
        let (before, _) = document.split_once("见附件说明，不作统计").unwrap();
        assert!(before[before.rfind("<w:r>").unwrap()..].contains("<w:sz w:val=\"18\""));
    }
}
