//! Figures elsewhere in their cell, in another unit or in another spelling: every case is right, or empty with a finding that names the
//! field; and no spelling, applied to random figures in every format that supports it, gives a wrong one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Budget, Cell, Document, Format, Grid};
use nianbao::form::{FieldKind, Forms};
use nianbao::report::{Content, Kind, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

/// Cases in which a figure may be empty: formulas without a result.
const WITHOUT_RESULT: &[&str] =
    &["x01_formula_no_cache", "x17_error_total_externallink", "y03_poi_formula_cached_zero"];

fn read(binder: &Binder, bytes: &[u8], name: &str) -> Result<Report, String> {
    let reading = nianbao::read::read(bytes, Some(name), &mut Budget::default()).map_err(|error| error.to_string())?;
    binder.bind(&reading, &Hints::default()).map_err(|finding| finding.message.en)
}

/// Mistakes of a report: fields whose figure differs, or is empty without a finding that names it.
fn wrong(report: &Report, truth: &BTreeMap<String, String>, may_be_empty: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (field, figure) in truth {
        let found = report.values[field.as_str()].value.map(|value| value.normalize().to_string());
        let named = || report.findings.iter().any(|finding| finding.fields.contains(field));
        match found {
            Some(found) if found == *figure => {}
            None if may_be_empty && named() => {}
            found => {
                wrong
                    .push(format!("{field}: {figure} is read as {found:?} of {:?}", report.values[field.as_str()].raw));
            }
        }
    }
    wrong
}

#[test]
fn embedded_tables_that_the_document_also_has_are_not_text() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/figures/d49_embedded_xlsx_object_for_table3.docx");
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let report = read(&binder, &std::fs::read(path).unwrap(), "d49.docx").unwrap();
    let extra = report.sections.iter().flat_map(|section| &section.content);
    assert_eq!(extra.filter(|content| matches!(content, Content::Extra(_))).count(), 0);
    let told: Vec<_> = report.findings.iter().filter(|finding| finding.code == "table-passed-over").collect();
    assert!(matches!(told.as_slice(), [one] if one.message.zh.contains("表二、表四")), "{told:?}");
    // The outputs contain each table once, so the figures are read again.
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let written = writer.write(forms.get(&report.form).unwrap(), &report).unwrap();
        let again = read(&binder, &written, "again").unwrap();
        for (field, value) in &report.values {
            assert_eq!(again.values[field].value, value.value, "{:?} {field}", writer.output);
        }
    }
}

/// The test document with another workbook embedded.
fn with_workbook_inside(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(*cells) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, *text).unwrap(),
            };
        }
    }
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/figures/d49_embedded_xlsx_object_for_table3.docx");
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name.starts_with("word/embeddings/") {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&book.save_to_buffer().unwrap()).unwrap();
        } else {
            writer.raw_copy_file(entry).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_table_of_the_agency_in_an_embedded_workbook_stays_in_the_text() {
    let binder = Binder::new(&Forms::built_in().unwrap());
    for rows in [
        &[&["事项", "数量"][..], &["行政许可", "320"], &["行政处罚", "12"]][..],
        &[&["科室", "行政许可", "行政处罚"], &["一科", "320", "12"]],
    ] {
        let report = read(&binder, &with_workbook_inside(rows), "own.docx").unwrap();
        let shown = format!("{:?}", report.sections);
        assert!(shown.contains("\"320\"") && shown.contains("\"12\""), "{rows:?}: {:?}", report.findings);
        assert_eq!(report.values["disclosure.licensing.decisions"].raw, "9017");
    }
}

#[test]
fn every_case_is_right_or_has_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/figures");
    let binder = Binder::new(&Forms::built_in().unwrap());
    let mut failed = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| !name.contains(".truth.")) else {
            continue;
        };
        count += 1;
        let report = match read(&binder, &std::fs::read(&path).unwrap(), name) {
            Ok(report) => report,
            Err(why) => {
                failed.push(format!("{name}: {why}"));
                continue;
            }
        };
        let truth = std::fs::read_to_string(folder.join(format!("{stem}.truth.json"))).unwrap();
        let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
        let figures = truth["values"].as_object().unwrap();
        let figures = figures.iter().filter(|(_, figure)| !figure.is_null());
        let figures: BTreeMap<String, String> =
            figures.map(|(field, figure)| (field.clone(), figure.to_string())).collect();
        let wrong = wrong(&report, &figures, WITHOUT_RESULT.contains(&stem));
        failed.extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
        if let Some(agency) = truth["agency"].as_str()
            && (report.agency.as_deref(), report.year.map(i64::from)) != (Some(agency), truth["year"].as_i64())
        {
            failed.push(format!("{name}: {:?} {:?}", report.agency, report.year));
        }
        let uncalculated = report.findings.iter().any(|finding| finding.code == "formula-uncalculated");
        assert_eq!(uncalculated, WITHOUT_RESULT.contains(&stem), "{name}");
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 40, "{count}");
}

/// Spellings of a non-negative whole number; `{n}` is the number.
const SPELLINGS: &[&str] = &[
    "{n}件",
    "{n}项",
    "{n} 次",
    "{n}个",
    "{n}宗",
    "+{n}",
    "'{n}",
    "’{n}",
    "`{n}",
    "`{n}`",
    "**{n}**",
    "${n}$",
    "\u{200b}{n}",
    "{n}\u{feff}",
    "\u{202d}{n}\u{202c}",
    "\u{2061}{n}",
    "\u{ad}{n}",
    "{n}\u{34f}",
    "\u{3164}{n}",
    "{n}\u{180e}",
    "{n}\u{fe0f}",
    "\u{a0}{n}\u{3000}",
    "“{n}”",
    "{wide}",
    "{wide}件",
    "{parted}",
    "{numerals}",
    "{numerals}件",
    "{thousands}",
    "{wide thousands}",
];

/// Spellings of a negative number.
const NEGATIVE: &[&str] =
    &["-{n}", "﹣{n}", "‑{n}", "−{n}", "－{n}", "负{n}", "↓{n}", "下降{n}", "减少{n}", "减{n}件", "–{n}"];

/// Spellings of an amount of money in 万元.
const AMOUNTS: &[&str] =
    &["{n}万元", "{n}万", "￥{n}万元", "人民币{n}万元", "{n}万元整", "{n}（万元）", "{dotted}", "{wide}"];

fn numerals(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match number {
        0..10 => DIGITS[number as usize].to_owned(),
        10..20 => format!("十{}", if number == 10 { "" } else { DIGITS[number as usize - 10] }),
        20..100 if number.is_multiple_of(10) => format!("{}十", DIGITS[number as usize / 10]),
        20..100 => format!("{}十{}", DIGITS[number as usize / 10], DIGITS[number as usize % 10]),
        _ => number.to_string(),
    }
}

fn thousands(digits: &str, separator: char) -> String {
    let count = digits.len();
    digits.chars().enumerate().fold(String::new(), |mut text, (at, digit)| {
        if at > 0 && (count - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
        text
    })
}

/// A number in a spelling.
fn spelt(number: &str, spelling: &str) -> String {
    let digits = number.trim_start_matches('-');
    let wide = digits.chars().map(|digit| match digit {
        '.' => '．',
        digit => char::from_u32(digit as u32 + 0xfee0).unwrap(),
    });
    let wide: String = wide.collect();
    let numerals = digits.parse().map_or_else(|_| digits.to_owned(), numerals);
    // A single stroke may be a dash.
    let numerals = if numerals == "一" && spelling == "{numerals}" { digits.to_owned() } else { numerals };
    spelling
        .replace("{n}", digits)
        .replace("{wide}", &wide)
        .replace("{dotted}", &digits.replace('.', "。"))
        .replace("{parted}", &digits.chars().map(String::from).collect::<Vec<_>>().join("\u{2060}"))
        .replace("{numerals}", &numerals)
        .replace("{thousands}", &thousands(digits, ','))
        .replace("{wide thousands}", &thousands(digits, '，'))
}

/// A report whose figures are written in random spellings, and its true figures.
fn misspelt(seed: u64, forms: &Forms) -> (String, Report, BTreeMap<String, String>) {
    let form = forms.iter().nth(usize::try_from(seed % 2).unwrap()).unwrap();
    let mut report = Sampler::new(seed).report(form);
    let mut truth = BTreeMap::new();
    for (number, field) in form.fields.iter().enumerate() {
        let value = report.values.get_mut(field.id.as_str()).unwrap();
        let Some(figure) = value.value else { continue };
        let text = figure.normalize().to_string();
        truth.insert(field.id.clone(), text.clone());
        let of = |list: &[&'static str]| list[(number * 7 + usize::try_from(seed).unwrap()) % list.len()];
        let spelling = match field.kind {
            _ if text.starts_with('-') => of(NEGATIVE),
            FieldKind::Amount if field.unit.as_deref() == Some("万元") => of(AMOUNTS),
            _ if text.contains('.') => continue,
            _ if field.unit.as_deref() == Some("件") || field.unit.as_deref() == Some("项") => of(SPELLINGS),
            _ => continue,
        };
        value.raw = spelt(&text, spelling);
        (value.value, value.kind) = (None, Kind::Text);
    }
    (form.id.clone(), report, truth)
}

/// A cell's text escaped for XML.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The tables of a document as an Excel 2003 XML workbook, one sheet each.
fn sheet_xml(document: &Document) -> String {
    let mut text = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
                    xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">"
        .to_owned();
    for (number, grid) in document.grids().enumerate() {
        write!(text, "<Worksheet ss:Name=\"表{number}\"><Table>").unwrap();
        for row in 0..grid.rows() {
            write!(text, "<Row ss:Index=\"{}\">", row + 1).unwrap();
            for cell in own(grid, row) {
                let (across, down) = (cell.col_span - 1, cell.row_span - 1);
                write!(
                    text,
                    "<Cell ss:Index=\"{}\" ss:MergeAcross=\"{across}\" ss:MergeDown=\"{down}\"><Data ss:Type=\"String\">{}</Data></Cell>",
                    cell.column + 1,
                    xml(&cell.text)
                )
                .unwrap();
            }
            text.push_str("</Row>");
        }
        text.push_str("</Table></Worksheet>");
    }
    text + "</Workbook>"
}

/// The tables of a document as a flat `OpenDocument` file of a kind.
fn flat_odf(document: &Document, kind: &str) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         office:mimetype=\"application/vnd.oasis.opendocument.{kind}\"><office:body><office:{kind}>"
    );
    for (number, grid) in document.grids().enumerate() {
        write!(
            text,
            "<table:table table:name=\"表{number}\"><table:table-column table:number-columns-repeated=\"{}\"/>",
            grid.columns()
        )
        .unwrap();
        for row in 0..grid.rows() {
            text.push_str("<table:table-row>");
            let mut column = 0;
            while column < grid.columns() {
                match grid.cell_at(row, column) {
                    Some(cell) if (cell.row, cell.column) == (row, column) => write!(
                        text,
                        "<table:table-cell table:number-columns-spanned=\"{}\" table:number-rows-spanned=\"{}\" office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
                        cell.col_span, cell.row_span, xml(&cell.text)
                    )
                    .unwrap(),
                    _ => text.push_str("<table:covered-table-cell/>"),
                }
                column += 1;
            }
            text.push_str("</table:table-row>");
        }
        text.push_str("</table:table>");
        if kind == "text" {
            text.push_str("<text:p/>");
        }
    }
    write!(text, "</office:{kind}></office:body></office:document>").unwrap();
    text
}

/// The cells that begin in a row.
fn own(grid: &Grid, row: u32) -> impl Iterator<Item = &Cell> {
    grid.row_cells(row).filter(move |cell| cell.row == row)
}

/// The title and the tables of a document as rows of fields.
fn delimited(title: &str, document: &Document, separator: char) -> String {
    let mut text = format!("{title}\n");
    for grid in document.grids() {
        for row in 0..grid.rows() {
            let field = |column: u32| {
                let cell = grid.cell_at(row, column).filter(|cell| (cell.row, cell.column) == (row, column));
                cell.map(|cell| format!("\"{}\"", cell.text.replace('"', "\"\""))).unwrap_or_default()
            };
            let fields: Vec<String> = (0..grid.columns()).map(field).collect();
            text.push_str(&fields.join(&separator.to_string()));
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// A web page as one file.
fn one_file(page: &[u8]) -> Vec<u8> {
    let head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    [head.as_bytes(), page].concat()
}

#[test]
fn no_spelling_gives_a_wrong_figure_in_any_format() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let mut failed = Vec::new();
    for seed in 0..60 {
        let (id, report, truth) = misspelt(seed, &forms);
        let form = forms.get(&id).unwrap();
        let written = |output: Output| {
            let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
            writer.write(form, &report).unwrap()
        };
        let html = written(Output::Html);
        let page = nianbao::read::read(&html, None, &mut Budget::default()).unwrap().document;
        let files = [
            ("docx", written(Output::Docx)),
            ("xlsx", written(Output::Xlsx)),
            ("xml", sheet_xml(&page).into_bytes()),
            ("fods", flat_odf(&page, "spreadsheet").into_bytes()),
            ("fodt", flat_odf(&page, "text").into_bytes()),
            ("mht", one_file(&html)),
            ("csv", delimited(report.title.as_deref().unwrap(), &page, ',').into_bytes()),
            ("tsv", delimited(report.title.as_deref().unwrap(), &page, '\t').into_bytes()),
            ("html", html),
        ];
        for (suffix, bytes) in files {
            match read(&binder, &bytes, &format!("年报.{suffix}")) {
                Ok(report) => {
                    // Delimited files have no merged cells.
                    let wrong = wrong(&report, &truth, matches!(suffix, "csv" | "tsv"));
                    failed.extend(wrong.into_iter().map(|wrong| format!("{seed} {suffix}: {wrong}")));
                }
                Err(why) => failed.push(format!("{seed} {suffix}: {why}")),
            }
        }
    }
    assert!(failed.is_empty(), "{} wrong:\n{}", failed.len(), failed[..failed.len().min(40)].join("\n"));
}

#[test]
fn csv_and_tsv_in_any_encoding_are_tables() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    for seed in 0..10 {
        let form = forms.iter().next().unwrap();
        let report = Sampler::new(seed).report(form);
        let writer = WRITERS.iter().find(|writer| writer.output == Output::Html).unwrap();
        let page = nianbao::read::read(&writer.write(form, &report).unwrap(), None, &mut Budget::default()).unwrap();
        for separator in [',', '\t', ';'] {
            let text = delimited(report.title.as_deref().unwrap(), &page.document, separator);
            let (gb, _, _) = encoding_rs::GB18030.encode(&text);
            let format = if separator == '\t' { Format::Tsv } else { Format::Csv };
            for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), gb.into_owned()] {
                let reading = nianbao::read::read(&bytes, Some("年报.csv"), &mut Budget::default()).unwrap();
                assert_eq!((reading.format, reading.findings), (format, Vec::new()));
                let again = read(&binder, &bytes, "年报.csv").unwrap();
                for (field, value) in &report.values {
                    let found = again.values[field.as_str()].value;
                    let named = again.findings.iter().any(|finding| finding.fields.contains(field));
                    assert!(
                        found == value.value || (found.is_none() && named),
                        "{seed} {field}: {found:?} for {:?}",
                        value.value
                    );
                }
            }
        }
    }
}
