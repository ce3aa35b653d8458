//! The written PDF: the report is read back, on pages according to GB/T 9704, with fonts built here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod font;

use std::io::{Cursor, Write as _};
use std::path::Path;

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Block, Budget, Picture, Region};
use nianbao::form::{Form, Forms, PageTurn};
use nianbao::report::{Content, ExtraCell, ExtraTable, Report};
use nianbao::sampler::Sampler;
use nianbao::write::pdf::{Candidate, Fonts, Pdf, PdfWriter, faces};

use crate::round_trip::essence;

/// Font names of an office.
const OFFICE: &[&str] = &["方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"];

fn fonts(names: &[&str]) -> Result<Fonts, nianbao::write::pdf::NoFonts> {
    let files: Vec<Vec<u8>> = names.iter().map(|name| font::font(name, 400)).collect();
    let of_file = |(name, bytes): (&&str, &Vec<u8>)| {
        let found = faces(&mut Cursor::new(bytes)).expect("a font");
        found.into_iter().map(|face| Candidate { path: (*name).into(), face }).collect::<Vec<_>>()
    };
    let candidates: Vec<Candidate> = names.iter().zip(&files).flat_map(of_file).collect();
    Fonts::choose(&candidates, &mut |path| {
        let number = names.iter().position(|name| Path::new(name) == path).expect("a file");
        Ok(files[number].clone())
    })
}

fn writer() -> PdfWriter {
    PdfWriter::new(fonts(OFFICE).expect("fonts"))
}

fn written(form: &Form, report: &Report) -> Pdf {
    writer().write(form, report).unwrap_or_else(|error| panic!("{error}"))
}

fn opened(bytes: &[u8]) -> nianbao::read::Reading {
    nianbao::read::read(bytes, None, &mut Budget::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn back(bytes: &[u8]) -> Report {
    let forms = Forms::built_in().unwrap();
    Binder::new(&forms).bind(&opened(bytes), &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn form() -> std::sync::Arc<Form> {
    Forms::built_in().unwrap().get("gkbg-2021").unwrap().clone()
}

#[test]
fn an_order_is_named_by_its_first_line_which_is_written_once() {
    let lines = ["白渚市人民政府令", "第7号", "《白渚市公文办法》已经审议通过，现予公布。", "2024年3月5日"];
    let page: String = lines.iter().map(|line| format!("<p>{line}</p>")).collect();
    let forms = Forms::all().unwrap();
    let (binder, form) = (Binder::new(&forms), forms.get("gongwen").unwrap());
    let hints = Hints { any: true, file_stem: Some("扫描件1"), ..Hints::default() };
    let report = binder.bind(&opened(page.as_bytes()), &hints).unwrap();
    assert_eq!(report.title.as_deref(), Some(lines[0]));
    assert!(!report.findings.iter().any(|finding| finding.message.zh.contains("没有找到标题")));
    let pdf = written(form, &report);
    assert_eq!(texts_of(&pdf.bytes), lines);
    assert_eq!(binder.bind(&opened(&pdf.bytes), &hints).unwrap().title, report.title);
}

#[test]
fn pdf_reads_back_the_same() {
    for form in Forms::built_in().unwrap().iter() {
        for seed in 0..8 {
            let report = Sampler::new(seed).report(form);
            let pdf = written(form, &report);
            assert!(pdf.findings.is_empty(), "{:?}", pdf.findings);
            let again = back(&pdf.bytes);
            assert!(again.findings.is_empty(), "{} seed {seed}: {:?}", form.id, again.findings);
            assert_eq!(essence(&again), essence(&report), "{} seed {seed}", form.id);
        }
    }
}

/// Paragraphs of every length, with punctuation, words and numbers at every position of a line.
fn narrative() -> Vec<String> {
    let words = "（一）主动公开。通过网站（www.jia-xian.gov.cn）发布信息1,234条，“两微一端”推送5678条；同比增长12.5%、占全部的99%！";
    let many: String = words.repeat(6);
    (24..150).map(|length| format!("全年{}", many.chars().skip(length % 23).take(length).collect::<String>())).collect()
}

#[test]
fn paragraphs_of_every_length_read_back_the_same() {
    let form = form();
    let mut report = Sampler::new(1).report(&form);
    let section = report.sections.iter_mut().find(|section| section.id == "overview");
    let section = section.unwrap_or_else(|| panic!("no section"));
    section.content = narrative().into_iter().map(Content::text).collect();
    let wanted: Vec<String> = narrative();
    let again = back(&written(&form, &report).bytes);
    let found = again.sections.iter().find(|section| section.id == "overview").expect("the section");
    let found: Vec<&str> = found
        .content
        .iter()
        .map(|content| match content {
            Content::Paragraph { text, .. } => text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.len(), wanted.len());
}

/// The paragraphs of a file.
fn texts_of(bytes: &[u8]) -> Vec<String> {
    let blocks = opened(bytes).document.blocks;
    let texts = blocks.into_iter().filter_map(|block| match block {
        Block::Paragraph(text) if text.region == Region::Body => Some(text.text),
        _ => None,
    });
    texts.collect()
}

#[test]
fn the_same_report_gives_the_same_bytes_from_any_thread() {
    let form = form();
    let report = Sampler::new(7).report(&form);
    let writer = writer();
    let first = writer.write(&form, &report).unwrap().bytes;
    let others: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let write = || writer.write(&form, &report).unwrap().bytes;
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(write)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(others.iter().all(|bytes| *bytes == first));
    assert_eq!(self::writer().write(&form, &report).unwrap().bytes, first);
}

#[test]
fn without_a_chinese_font_an_error_says_what_to_install() {
    use nianbao::finding::Bilingual;
    let error = fonts(&["DejaVu Sans"]).expect_err("no Chinese font").message();
    assert!(error.zh.contains("方正小标宋") && error.zh.contains("--fonts"), "{}", error.zh);
    assert!(error.en.contains("fonts-noto-cjk"), "{}", error.en);
    // Noto alone is sufficient.
    assert!(fonts(&["Noto Serif CJK SC"]).is_ok());
}

/// A picture of one colour.
fn png(width: u32, height: u32) -> Vec<u8> {
    let rows: Vec<u8> = (0..height).flat_map(|_| std::iter::once(0).chain((0..width * 3).map(|_| 90))).collect();
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&rows).unwrap();
    let packed = packer.finish().unwrap();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        file.extend((data.len() as u32).to_be_bytes());
        let chunk = [kind.as_slice(), &data].concat();
        file.extend(&chunk);
        file.extend(crc32fast::hash(&chunk).to_be_bytes());
    }
    file
}

fn with_pictures(pictures: Vec<(&str, &str, Vec<u8>)>) -> Report {
    let mut report = Sampler::new(2).report(&form());
    for (index, (name, kind, bytes)) in pictures.into_iter().enumerate() {
        let picture = Picture { name: name.to_owned(), media_type: kind.to_owned(), bytes: bytes.into() };
        report.pictures.push(picture);
        let content = Content::Picture { index, extent: None, alt: Some("公开数量图".to_owned()) };
        report.sections[0].content.push(content);
    }
    report
}

#[test]
fn pictures_are_drawn_and_those_that_cannot_be_are_named() {
    let form = form();
    let sound = written(&form, &with_pictures(vec![("1.png", "image/png", png(40, 30))]));
    assert!(sound.findings.is_empty(), "{:?}", sound.findings);
    assert!(memchr::memmem::find(&sound.bytes, b"/Subtype/Image").is_some());
    // A damaged picture, one of a type that PDF does not support, and one with a wrong size.
    let mut broken = png(40, 30);
    broken.truncate(60);
    let mut huge = png(4, 3);
    huge[16..20].copy_from_slice(&900_000_u32.to_be_bytes());
    huge[20..24].copy_from_slice(&900_000_u32.to_be_bytes());
    let report = with_pictures(vec![
        ("1.png", "image/png", broken),
        ("2.emf", "image/x-emf", vec![1, 0, 0, 0]),
        ("3.png", "image/png", huge),
        ("4.png", "image/png", png(4, 3)),
    ]);
    let pdf = written(&form, &report);
    let codes: Vec<&str> = pdf.findings.iter().map(|finding| finding.code.as_ref()).collect();
    assert_eq!(codes, ["pictures-not-shown"]);
    assert!(pdf.findings[0].message.zh.contains("3张"), "{}", pdf.findings[0].message.zh);
    let texts = texts_of(&pdf.bytes);
    assert_eq!(texts.iter().filter(|text| text.contains("〔图片：公开数量图〕")).count(), 3);
    assert!(memchr::memmem::find(&pdf.bytes, b"/Subtype/Image").is_some());
}

#[test]
fn characters_without_a_glyph_are_reported() {
    let form = form();
    let mut report = Sampler::new(2).report(&form);
    report.sections[0].content.push(Content::text("联系人：王\u{2070e}，电话\u{e123}。"));
    let pdf = written(&form, &report);
    assert_eq!(pdf.findings.len(), 1);
    let message = &pdf.findings[0].message.zh;
    assert!(message.contains("\u{2070e}") && message.contains("U+E123") && message.contains("2个字"), "{message}");
    assert!(texts_of(&pdf.bytes).iter().any(|text| text.contains("王〓，电话〓。")));
}

/// A table with merged cells, blank cells, a long number in a narrow column, and rows for several pages.
fn extra(rows: u32) -> ExtraTable {
    let cell = |row, column, row_span, col_span, text: &str| ExtraCell {
        row,
        column,
        row_span,
        col_span,
        text: text.to_owned(),
    };
    let mut cells = vec![cell(0, 0, 1, 2, "单位"), cell(0, 2, 1, 6, "公开数量（条）")];
    for row in 1..rows {
        if row % 5 == 1 {
            cells.push(cell(row, 0, 5.min(rows - row), 1, &format!("第{}组单位", row / 5 + 1)));
        }
        cells.push(cell(row, 1, 1, 1, &format!("{row}号办公室")));
        for column in 2..8 {
            let text = if column == 4 { String::new() } else { (row * 1000 + column).to_string() };
            cells.push(cell(row, column, 1, 1, &text));
        }
        cells.push(cell(row, 8, 1, 1, "123456789012"));
    }
    cells.push(cell(0, 8, 1, 1, "编号"));
    cells.sort_by_key(|cell| (cell.row, cell.column));
    ExtraTable { rows, columns: 9, cells, place: None }
}

#[test]
fn tables_go_over_pages_row_by_row_and_numbers_stay_whole() {
    let form = form();
    let mut report = Sampler::new(3).report(&form);
    let table = extra(83);
    report.sections[0].content.push(Content::Extra(table.clone()));
    let document = opened(&written(&form, &report).bytes).document;
    let grid = document.grids().next().expect("a table");
    assert_eq!((grid.rows(), grid.columns()), (83, 9));
    for wanted in &table.cells {
        let found = grid.cell_at(wanted.row, wanted.column).expect("a cell");
        assert_eq!(found.text, wanted.text, "r{}c{}", wanted.row, wanted.column);
    }
    let pages: Vec<u32> = (0..83).filter_map(|row| grid.cell_at(row, 1)?.place.page).collect();
    assert!(pages.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(pages.last() > pages.first());
}

#[test]
fn a_row_higher_than_a_page_is_written_as_text() {
    let form = form();
    let mut report = Sampler::new(3).report(&form);
    let cells = vec![
        ExtraCell { row_span: 1, col_span: 1, text: "说明".to_owned(), ..ExtraCell::default() },
        ExtraCell { column: 1, row_span: 1, col_span: 1, text: "内容较多，".repeat(900), ..ExtraCell::default() },
    ];
    report.sections[0].content.push(Content::Extra(ExtraTable { rows: 1, columns: 2, cells, place: None }));
    let texts = texts_of(&written(&form, &report).bytes).concat();
    assert_eq!(texts.matches("内容较多，").count(), 900);
}

#[test]
fn the_file_has_its_metadata() {
    let form = form();
    let report = Sampler::new(3).report(&form);
    let bytes = written(&form, &report).bytes;
    let text = String::from_utf8_lossy(&bytes);
    for mark in
        ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "/Lang(zh-CN)", "/DisplayDocTitle true"]
    {
        assert!(text.contains(mark), "{mark}");
    }
    let title = report.title.as_deref().unwrap();
    assert_eq!(opened(&bytes).document.metadata.title.as_deref(), Some(title));
}

#[test]
fn a_landscape_table_is_followed_by_portrait_pages() {
    let forms = Forms::all().unwrap();
    let wide = |form: &&std::sync::Arc<Form>| form.tables.iter().any(|table| table.page == PageTurn::Landscape);
    let mut turned = 0;
    for form in forms.iter() {
        let report = Sampler::new(5).report(form);
        let boxes = paper(&written(form, &report).bytes);
        assert!(!boxes[0].0, "{}: the title stands on an upright page", form.id);
        assert_eq!(boxes.iter().any(|(lying, _)| *lying), wide(&form), "{}: {boxes:?}", form.id);
        turned += usize::from(wide(&form));
        // The table is wider than a portrait page.
        assert!(boxes.iter().all(|(lying, width)| *width == if *lying { 841 } else { 595 }), "{boxes:?}");
        if let Some(last) = form.tables.last().filter(|table| table.page == PageTurn::Portrait) {
            assert!(!boxes.last().unwrap().0, "{}: {} stands on an upright page", form.id, last.id);
        }
    }
    assert!(turned > 0, "no form has a wide table");
}

/// For each page in order: whether it is landscape, and its width in points.
fn paper(bytes: &[u8]) -> Vec<(bool, u32)> {
    let text = String::from_utf8_lossy(bytes);
    let boxes = text.match_indices("/MediaBox[0 0 ").map(|(at, mark)| {
        let mut sides = text[at + mark.len()..].split([' ', ']']).map(|side| side.parse::<f64>().unwrap());
        let (width, height) = (sides.next().unwrap(), sides.next().unwrap());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "points of a page")]
        let whole = width as u32;
        (width > height, whole)
    });
    boxes.collect()
}
