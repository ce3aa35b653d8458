//! Handing over results: a dry run, folders that contain outputs, corrected figures in workbooks, and the layout of pages.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};

use nianbao::form::{Forms, PageTurn};
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use rust_decimal::Decimal;
use serde_json::json;

use crate::program::{Folder, page, report};

fn written(report: &Report, output: Output) -> Vec<u8> {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get(&report.form).expect("its form");
    let writer = WRITERS.iter().find(|writer| writer.output == output).expect("a writer");
    writer.write(form, report).expect("a file")
}

/// A part of a package; empty if it is missing.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    let mut text = String::new();
    if let Ok(mut part) = archive.by_name(name) {
        part.read_to_string(&mut text).expect("text");
    }
    text
}

/// Whether a file has a suffix.
fn is(name: &str, suffix: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == suffix)
}

#[test]
fn a_dry_run_predicts_a_run_and_writes_nothing() {
    let folder = Folder::new();
    for seed in [3, 4] {
        folder.file(&format!("in/{seed}.html"), page(&report(seed)));
    }
    let convert = ["convert", "in", "-o", "out", "--to", "html,json"];
    let dry = |more: &[&str]| folder.run(&[&convert[..], &["--dry-run"], more].concat());
    let said = dry(&[]);
    assert!(!folder.path("out").exists(), "{said:?}");
    assert!(said.err.contains("6 new, 0 replaced, 0 removed") || said.err.contains("7 new, 0 replaced"), "{said:?}");
    folder.run(&convert);
    let before = folder.tree("out");
    let names: Vec<&String> = before.keys().filter(|name| is(name, "json")).collect();
    assert_eq!(names.len(), 2, "{before:?}");
    assert!(names.iter().all(|name| said.out.contains(&format!("new  {name}"))), "{said:?}");

    // A report is replaced: its files are new, and those of the first are kept or removed.
    folder.file("in/4.html", page(&report(5)));
    for (more, words) in [(&[][..], "left from an earlier run  "), (&["--prune"][..], "remove  ")] {
        let said = dry(more);
        assert_eq!(said.out.matches("new  ").count(), 2, "{said:?}");
        assert_eq!(said.out.matches(words).count(), 2, "{said:?}");
        assert!(before == folder.tree("out"), "a dry run wrote something");
    }
    let said = folder.run(&["rollup", "in", "-o", "sums", "--dry-run"]);
    assert!(said.out.contains("new  汇总.xlsx") && !folder.path("sums").exists(), "{said:?}");
}

#[test]
fn outputs_of_a_run_are_not_read_as_inputs() {
    let folder = Folder::new();
    folder.file("in/a.html", page(&report(3)));
    let mut wrong = report(4);
    let figure = wrong.values["requests.granted.enterprise"].value.expect("a figure");
    wrong.values["requests.granted.enterprise"] = Value::number(figure + Decimal::from(40));
    folder.file("in/b.docx", written(&wrong, Output::Docx));
    let run = |args: &[&str]| folder.run(args);
    run(&["convert", "in", "-o", "in/out"]);
    run(&["rollup", "in", "-o", "in/sums"]);
    run(&["check", "in", "--annotate", "in/marked", "--letter", "in/letters"]);
    assert!(folder.tree("in").len() > 20, "{:?}", folder.tree("in").keys());
    let again = run(&["check", "in"]);
    assert!(again.err.contains("2 files") || again.out.contains("2 files"), "{again:?}");
    assert!(again.err.contains("outputs of earlier runs"), "{again:?}");
    // An output folder that is named explicitly is read.
    let named = run(&["check", "in/out"]);
    assert!(!named.err.contains("outputs of earlier runs"), "{named:?}");
}

#[test]
fn a_corrected_figure_has_a_note_in_the_workbooks() {
    let folder = Folder::new();
    let field = "requests.granted.enterprise";
    let sent = report(3);
    let before = sent.values[field].value.expect("a figure");
    let bytes = written(&sent, Output::Docx);
    folder.file("a.docx", &bytes);
    let line = json!({
        "at": "2026-01-20", "by": "张某", "sha256": nianbao::batch::sha256(&bytes), "field": field,
        "from": before, "to": before + Decimal::from(7), "reason": "来电更正",
    });
    folder.file("c.jsonl", format!("{line}\n"));
    folder.run(&["convert", "a.docx", "-o", "out", "--to", "xlsx", "--corrections", "c.jsonl"]);
    folder.run(&["rollup", "a.docx", "-o", "sums", "--corrections", "c.jsonl"]);
    let (out, sums) = (folder.tree("out"), folder.tree("sums"));
    let own = out.iter().find(|(name, _)| is(name, "xlsx")).expect("a workbook").1;
    for (workbook, bytes) in [("the report's", own), ("汇总.xlsx", &sums["汇总.xlsx"])] {
        let notes: String = (0..5)
            .map(|number| {
                let name = if number == 0 { "xl/comments.xml".to_owned() } else { format!("xl/comments{number}.xml") };
                part(bytes, &name)
            })
            .collect();
        for words in [
            format!("原填{before}，"),
            format!("更正为{}（", before + Decimal::from(7)),
            "张某".into(),
            "来电更正".into(),
        ] {
            assert!(notes.contains(&words), "{workbook}: {words}: {notes}");
        }
    }
    // Without a correction there is no note.
    folder.run(&["convert", "a.docx", "-o", "plain", "--to", "xlsx"]);
    let plain = folder.tree("plain");
    let own = plain.iter().find(|(name, _)| is(name, "xlsx")).expect("a workbook").1;
    assert!(part(own, "xl/comments1.xml").is_empty() && part(own, "xl/comments.xml").is_empty());
}

#[test]
fn tables_stay_on_a_page_and_digits_have_serifs() {
    let bytes = written(&report(3), Output::Docx);
    let document = part(&bytes, "word/document.xml");
    let tables: Vec<&str> =
        document.split("<w:tbl>").skip(1).filter_map(|rest| rest.split("</w:tbl>").next()).collect();
    assert_eq!(tables.len(), 3);
    for table in tables {
        let rows: Vec<&str> = table.split("<w:tr>").skip(1).collect();
        let (last, others) = rows.split_last().expect("rows");
        assert!(others.iter().all(|row| row.contains("<w:keepNext/>") && row.contains("<w:cantSplit/>")));
        assert!(!last.contains("<w:keepNext/>"), "the last row is kept with what follows");
    }
    let styles = part(&bytes, "word/styles.xml");
    let fonts = styles.matches("<w:rFonts").count();
    assert!(fonts > 5 && styles.matches("w:ascii=\"Times New Roman\"").count() == fonts, "{styles}");
    assert!(!styles.contains("w:eastAsia=\"Times New Roman\""));
    assert!(part(&bytes, "word/fontTable.xml").contains("Liberation Serif"));
}

#[test]
fn a_filled_template_breaks_its_title_between_words_and_signs_at_the_right() {
    let folder = Folder::new();
    let mut long = report(3);
    let agency = "白渚市自然资源和规划局".to_owned();
    long.title = Some(format!("{agency}{}年政府信息公开工作年度报告", long.year.expect("a year")));
    (long.agency, long.published) = (Some(agency.clone()), jiff::civil::Date::new(2025, 1, 8).ok());
    for text in [agency.as_str(), "2025年1月8日"] {
        let paragraph = nianbao::report::Content::Paragraph { text: text.to_owned(), level: None, place: None };
        long.sections.last_mut().expect("a part").content.push(paragraph);
    }
    folder.file("in/a.docx", written(&long, Output::Docx));
    folder.run(&["forms", "blank", "gkbg-2021", "--to", "docx,xlsx", "-o", "blank"]);
    folder.run(&["fill", "in", "--template", "blank/gkbg-2021.docx", "-o", "out"]);
    let out = folder.tree("out");
    let bytes = out.iter().find(|(name, _)| is(name, "docx")).expect("a document").1;
    let document = part(bytes, "word/document.xml");
    let year = long.year.expect("a year");
    assert!(document.contains(&format!("{agency}{year}年</w:t><w:br/><w:t>政府信息公开工作年度报告")), "{document}");
    for text in [agency.as_str(), "2025年1月8日"] {
        let end = document.rfind(&format!(">{text}<")).expect("the signature");
        let paragraph = &document[document[..end].rfind("<w:p>").expect("a paragraph")..end];
        assert!(paragraph.contains("<w:jc w:val=\"right\"/>") && paragraph.contains("w:rightChars="), "{paragraph}");
    }

    // Rows of a workbook grow with the text filled into them.
    folder.run(&["fill", "in", "--template", "blank/gkbg-2021.xlsx", "-o", "books"]);
    let books = folder.tree("books");
    let bytes = books.iter().find(|(name, _)| is(name, "xlsx")).expect("a workbook").1;
    let narrative = part(bytes, "xl/worksheets/sheet4.xml");
    let heights = regex::Regex::new(r#"<row [^>]* ht="(\d+)""#).expect("a pattern");
    let heights: Vec<u32> = heights.captures_iter(&narrative).filter_map(|found| found[1].parse().ok()).collect();
    assert!(heights.iter().any(|&height| height > 39), "{heights:?}: {narrative}");
}

#[test]
fn personal_data_and_misspelt_words_are_reported_with_digits_masked() {
    let folder = Folder::new();
    let mut told = report(3);
    let text =
        "经核实，申请人身份证为11010519491231002X，退费至6222020123456789015，按布署办理。联系电话：13800138000。";
    let paragraph = nianbao::report::Content::Paragraph { text: text.to_owned(), level: None, place: None };
    told.sections.last_mut().expect("a part").content.push(paragraph);
    folder.file("a.html", page(&told));
    let ran = folder.run(&["--lang", "zh", "check", "a.html", "--select", "personal-data,word-misspelt"]);
    for words in ["疑有身份证号（1101**********002X）", "疑有银行卡号（6222***********9015）", "“布署”疑为“部署”之误"]
    {
        assert!(ran.out.contains(words), "{words}: {ran:?}");
    }
    assert!(!ran.out.contains("手机号") && !ran.out.contains("19491231"), "{ran:?}");
    // Info by default; an error if the office sets it so.
    assert_eq!(folder.run(&["check", "a.html"]).status, Some(0));
    folder.file("nianbao.toml", "[codes.personal-data]\nseverity = \"错误\"\n");
    assert_eq!(folder.run(&["check", "a.html"]).status, Some(1));
}

#[test]
fn tables_can_be_on_landscape_pages() {
    let forms = Forms::all().expect("the built-in forms");
    let mut seen = [0, 0];
    for form in forms.iter().filter(|form| !form.title.is_free()) {
        let form = form.example(0);
        let report = Sampler::new(7).report_of(&form);
        let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).expect("a writer");
        let document = part(&writer.write(&form, &report).expect("a document"), "word/document.xml");
        let tables: Vec<usize> = document.match_indices("<w:tbl>").map(|(at, _)| at).collect();
        assert_eq!(tables.len(), form.tables.len(), "{}", form.id);
        for (at, table) in tables.into_iter().zip(&form.tables) {
            let across = table.page == PageTurn::Landscape;
            let section = &document[at + document[at..].find("<w:sectPr").expect("a section")..];
            let section = &section[..section.find("</w:sectPr>").expect("its end")];
            assert_eq!(section.contains("w:orient=\"landscape\""), across, "{}: {}: {section}", form.id, table.id);
            let width = if across { "12756" } else { "8844" };
            assert!(document[at..].find(&format!("<w:tblW w:w=\"{width}\"")).is_some_and(|found| found < 400));
            seen[usize::from(across)] += 1;
        }
    }
    assert!(seen[0] > 5 && seen[1] > 1, "{seen:?}");
}
