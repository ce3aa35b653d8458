//! Files with several reports: all are read, written and distinguished; blank forms, examples and comparisons are skipped.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::bind::{Binder, Bound, Hints};
use nianbao::document::{Block, Cell, Document, Format, GridBuilder, Limits, Paragraph, Place};
use nianbao::form::Forms;
use nianbao::read::Reading;
use nianbao::report::{Kind, Report};
use serde_json::Value;

use crate::program::{Folder, page, report};
use crate::sources;

/// Several pages as one, by the contents of their bodies.
fn joined(pages: &[String]) -> String {
    format!("<!doctype html><meta charset=\"utf-8\"><title>汇编</title><body>{}</body>", pages.join("<hr>"))
}

/// The body of a report's page.
fn body(report: &Report) -> String {
    let page = String::from_utf8(page(report)).expect("UTF-8");
    let start = page.find("<body").expect("a body");
    let start = start + page[start..].find('>').expect("its end") + 1;
    page[start..page.rfind("</body>").expect("its end")].to_owned()
}

/// The body without its title.
fn untitled(report: &Report) -> String {
    let body = body(report);
    let (start, end) = (body.find("<h1").expect("a title"), body.find("</h1>").expect("its end"));
    format!("{}{}", &body[..start], &body[end + "</h1>".len()..])
}

/// The reports of a file, with the codes of the findings of each.
fn inspected(folder: &Folder, name: &str) -> Vec<Value> {
    let ran = folder.run(&["inspect", name]);
    match serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err)) {
        Value::Array(reports) => reports,
        report => vec![report],
    }
}

fn has(report: &Value, code: &str) -> bool {
    report["findings"].as_array().expect("findings").iter().any(|finding| finding["code"] == code)
}

/// Asserts that a report has the figures of another, as written.
fn assert_figures(found: &Value, made: &Report) {
    for (id, value) in &made.values {
        assert_eq!(found["values"][id]["raw"], value.raw.as_str(), "{id} of {:?}", made.title);
    }
}

fn one_page(pages: &[String]) -> Vec<Value> {
    let folder = Folder::new();
    folder.file("in.html", joined(pages));
    inspected(&folder, "in.html")
}

#[test]
fn reports_of_three_agencies_are_read_each_with_its_own_figures() {
    let made = [report(1), report(2), report(3)];
    let found = one_page(&made.iter().map(body).collect::<Vec<_>>());
    assert_eq!(found.len(), 3);
    for (number, (found, made)) in found.iter().zip(&made).enumerate() {
        assert_eq!(found["agency"].as_str(), made.agency.as_deref());
        assert_eq!(found["source"]["report"].as_u64().unwrap_or(0), number as u64);
        assert_figures(found, made);
        assert!(!has(found, "second-report"), "{}", found["findings"]);
    }
}

#[test]
fn a_line_with_another_sender_begins_a_report_where_the_first_has_no_headings() {
    let (one, other) = (report(11), report(12));
    let mut bare = body(&one);
    while let Some((before, rest)) = bare.split_once("<h2") {
        let (_, after) = rest.split_once("</h2>").expect("an end");
        bare = format!("{before}{after}");
    }
    assert!(bare.contains("<table") && bare != body(&one));
    let sender = format!("<p>填报单位：{}</p>", other.agency.as_deref().expect("an agency"));
    let found = one_page(&[bare, sender + &untitled(&other)]);
    assert_eq!(found.len(), 2);
    assert_figures(&found[0], &one);
    assert_figures(&found[1], &other);
    assert_eq!(found[1]["agency"], other.agency.as_deref().expect("an agency"));
}

#[test]
fn two_years_of_one_agency_are_two_reports() {
    let (one, mut other) = (report(4), report(5));
    (other.agency, other.year) = (one.agency.clone(), one.year.map(|year| year + 1));
    other.title =
        one.title.as_ref().zip(one.year).map(|(title, year)| title.replace(&year.to_string(), &(year + 1).to_string()));
    let found = one_page(&[body(&one), body(&other)]);
    assert_eq!(found.len(), 2);
    assert_ne!(found[0]["year"], found[1]["year"]);
    assert_figures(&found[1], &other);
}

#[test]
fn an_example_form_is_skipped_at_any_position() {
    let (example, made) = (report(6), report(7));
    let example = format!("<p>附件2：填写示例</p>{}", body(&example));
    for pages in [[example.clone(), body(&made)], [body(&made), example]] {
        let found = one_page(&pages);
        assert_eq!(found.len(), 1);
        assert_figures(&found[0], &made);
        assert!(has(&found[0], "report-passed-over"));
    }
}

#[test]
fn a_blank_form_is_the_report_only_where_there_is_no_other() {
    let (mut blank, made) = (report(8), report(9));
    for value in blank.values.values_mut() {
        (value.value, value.raw, value.kind) = (None, String::new(), Kind::Blank);
    }
    let title = blank.title.clone().expect("a title");
    let blank = body(&blank).replace(&title, "（机关名称）××××年政府信息公开工作年度报告");
    for pages in [[blank.clone(), body(&made)], [body(&made), blank.clone()]] {
        let found = one_page(&pages);
        assert_eq!(found.len(), 1);
        assert_figures(&found[0], &made);
        assert!(has(&found[0], "report-passed-over"));
    }
    let found = one_page(&[blank]);
    assert!(found.len() == 1 && !has(&found[0], "report-passed-over"));
}

#[test]
fn a_form_repeated_for_comparison_is_skipped_and_one_without_a_keyword_is_reported() {
    let (made, before) = (report(10), report(11));
    // Without title and signature nothing gives the agency, and without its year nothing gives the year.
    let year = |report: &Report| report.year.expect("a year").to_string();
    let unsigned = |report: &Report| {
        let nameless = untitled(report).replace(report.agency.as_deref().unwrap_or_default(), "");
        nameless.replace(&year(report), &year(&made))
    };
    let found = one_page(&[body(&made), format!("<p>附：上年度数据</p>{}", unsigned(&before))]);
    assert_eq!(found.len(), 1);
    assert_figures(&found[0], &made);
    assert!(has(&found[0], "report-passed-over") && !has(&found[0], "second-report"));
    let found = one_page(&[body(&made), unsigned(&before)]);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|report| has(report, "second-report")));
}

#[test]
fn a_number_before_the_only_row_of_a_table_moves_no_figure() {
    let made = report(21);
    let page = body(&made);
    let (last, end) = (page.rfind("<table").expect("a table"), page.rfind("</table>").expect("its end"));
    let row = last + page[last..end].rfind("<tr").expect("a row");
    let cell = row + page[row..].find("<td").expect("a cell");
    for number in ["1", "0"] {
        let numbered = format!("{}<td>{number}</td>{}", &page[..cell], &page[cell..]);
        let found = &one_page(&[numbered])[0];
        for (id, value) in made.values.iter().filter(|(id, _)| id.starts_with("disputes.")) {
            let read = &found["values"][id]["raw"];
            assert!(*read == value.raw.as_str() || *read == "", "{id} is {read}, not {}", value.raw);
        }
        let moved =
            found["values"]["disputes.review.total"]["raw"] == made.values["disputes.review.total"].raw.as_str();
        assert!(moved || found["findings"].to_string().contains("表四"), "{}", found["findings"]);
    }
}

#[test]
fn a_repeated_table_is_not_a_second_report() {
    let made = report(12);
    let body = body(&made);
    let table = &body[body.rfind("<table").expect("a table")..body.rfind("</table>").expect("its end")];
    let found = one_page(&[body.clone(), format!("<p>附：上年度行政复议情况</p>{table}</table>")]);
    assert_eq!(found.len(), 1);
    // Each table twice, as on pages with a fixed first column.
    let twice = regex::Regex::new("(?s)<table.*?</table>").expect("a pattern").replace_all(&body, "$0$0").into_owned();
    assert_eq!(one_page(&[twice]).len(), 1);
    // The largest table repeated at the end.
    let largest = regex::Regex::new("(?s)<table.*?</table>").expect("a pattern");
    let largest = largest.find_iter(&body).max_by_key(regex::Match::len).expect("a table").as_str();
    assert_eq!(one_page(&[body.clone(), largest.to_owned()]).len(), 1);
    // A repeated title, as above each page of a print, does not begin a report.
    let title = made.title.as_deref().expect("a title");
    assert_eq!(one_page(&[body.replace("<table", &format!("<p>{title}</p><table"))]).len(), 1);
}

#[test]
fn samples_with_several_reports_are_read_whole() {
    for (name, count) in [("samples/compilation.docx", 3), ("samples/departments.xlsx", 3)] {
        let folder = Folder::new();
        let path = sources::root().join(name);
        let found = inspected(&folder, &path.to_string_lossy());
        assert_eq!(found.len(), count, "{name}");
        for report in &found {
            assert!(
                report["values"].as_object().expect("values").values().all(|value| value["kind"] != "absent"),
                "{name}"
            );
            assert!(!has(report, "second-report"), "{name}");
        }
    }
}

/// Three reports in one page, in a fresh folder.
fn three() -> (Folder, Vec<Report>) {
    let made = vec![report(21), report(22), report(23)];
    let folder = Folder::new();
    folder.file("in/all.html", joined(&made.iter().map(body).collect::<Vec<_>>()));
    (folder, made)
}

#[test]
fn the_program_s_own_json_is_read_back_exactly() {
    let (folder, _) = three();
    folder.file("in/one.html", page(&report(24)));
    for name in ["all", "one"] {
        let first = folder.run(&["inspect", &format!("in/{name}.html")]);
        folder.file(&format!("{name}.json"), &first.out);
        let second = folder.run(&["inspect", &format!("{name}.json")]);
        assert!(first.out == second.out && first.status == second.status, "{name}: {}", second.err);
    }
    // The outputs are the same as from the page and from the program's own .json.
    folder.run(&["convert", "in/all.html", "-o", "a", "--to", "html,json,docx"]);
    folder.run(&["convert", "all.json", "-o", "b", "--to", "html,json,docx"]);
    let (a, b) = (folder.tree("a"), folder.tree("b"));
    assert!(a.len() >= 9 + 3);
    assert!(
        a.iter()
            .filter(|(name, _)| !name.contains(".jsonl") && *name != "index.html" && !name.starts_with('.'))
            .all(|(name, bytes)| b.get(name) == Some(bytes))
    );
    let json = a.keys().find(|name| name.rsplit('.').next() == Some("json")).expect("a report");
    assert_eq!(folder.run(&["check", &format!("a/{json}")]).status, Some(0));
}

#[test]
fn json_that_is_not_a_report_is_refused_with_the_reason() {
    let folder = Folder::new();
    folder.file("in.html", page(&report(25)));
    let json = folder.run(&["inspect", "in.html"]).out;
    for (from, to, told) in [
        ("\"version\": 1", "\"version\": 2", "version 2"),
        ("\"form\": \"gkbg-2021\"", "\"form\": \"other\"", "no form other"),
        ("\"disclosure.licensing.decisions\"", "\"disclosure.licensing.made_up\"", "made_up"),
        ("\"kind\": \"number\"", "\"kind\": \"slash\"", "contradict"),
        ("\"id\": \"overview\"", "\"id\": \"elsewhere\"", "elsewhere"),
        ("\"values\": {", "\"values\": [", "line"),
    ] {
        folder.file("wrong.json", json.replacen(from, to, 1));
        let ran = folder.run(&["check", "wrong.json"]);
        assert!(
            ran.status == Some(1) && ran.out.contains("json-unreadable") && ran.out.contains(told),
            "{to}: {}",
            ran.out
        );
    }
}

#[test]
fn every_report_of_a_file_is_written_logged_and_remembered() {
    let (folder, made) = three();
    let convert = |jobs: &str| folder.run(&["convert", "in", "-o", "out", "--to", "html", "-j", jobs]);
    assert!(convert("1").err.contains("1 files: 1 without errors"));
    let log = folder.log("out/batch.jsonl");
    assert_eq!(log.len(), 1);
    let reports = log[0]["reports"].as_array().expect("the reports");
    assert_eq!((reports.len(), log[0]["outputs"].as_array().expect("outputs").len()), (3, 3));
    for (told, made) in reports.iter().zip(&made) {
        assert_eq!(
            (told["agency"].as_str(), told["outputs"][0].as_str()),
            (made.agency.as_deref(), made.title.as_ref().map(|title| format!("{title}.html")).as_deref())
        );
        assert!(folder.path(&format!("out/{}", told["outputs"][0].as_str().expect("a name"))).exists());
    }
    let page = std::fs::read_to_string(folder.path("out/index.html")).expect("the page");
    let rows = page.split_once("id=\"data\">").expect("rows").1.split_once("</script>").expect("their end").0;
    let rows: Value = serde_json::from_str(rows).expect("JSON");
    assert_eq!(
        rows.as_array().expect("rows").iter().map(|row| row["a"].as_str()).collect::<Vec<_>>(),
        made.iter().map(|report| report.agency.as_deref()).collect::<Vec<_>>()
    );
    let tree = folder.tree("out");
    assert!(convert("2").err.contains("1 of them unchanged"));
    // One output was removed: it is made again, and nothing else differs.
    std::fs::remove_file(folder.path(&format!("out/{}", reports[1]["outputs"][0].as_str().expect("a name"))))
        .expect("removed");
    assert!(convert("1").err.contains("0 of them unchanged"));
    assert!(folder.tree("out") == tree);
}

#[test]
fn two_reports_that_would_have_one_name_get_two() {
    let (mut one, mut other) = (report(26), report(27));
    (one.agency, one.title, other.agency, other.title) = (None, None, None, None);
    let unsigned = |seed: u64| untitled(&report(seed)).replace(report(seed).agency.as_deref().unwrap_or_default(), "");
    let folder = Folder::new();
    folder.file("in.html", joined(&[unsigned(26), unsigned(27)]));
    for shard in [&[][..], &["--shard", "1/1"]] {
        folder.run(&[&["convert", "in.html", "-o", "out", "--to", "json"][..], shard].concat());
        let outputs = folder.log("out/batch.jsonl")[0]["outputs"].as_array().expect("outputs").clone();
        assert!(outputs.len() == 2 && outputs[0] != outputs[1], "{outputs:?}");
    }
}

#[test]
fn findings_say_which_report_they_are_about_and_each_agency_gets_its_letter() {
    let mut made = vec![report(31), report(32)];
    for report in &mut made {
        let total = report.values.get_mut("disputes.review.total").expect("a field");
        total.raw = (total.value.unwrap_or_default() + rust_decimal::Decimal::ONE).to_string();
        total.value = total.raw.parse().ok();
    }
    let folder = Folder::new();
    folder.file("in.html", joined(&made.iter().map(body).collect::<Vec<_>>()));
    let ran = folder.run(&["check", "in.html", "--format", "json", "--letter", "letters"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let errors: Vec<Option<u64>> =
        lines.iter().filter(|line| line["severity"] == "error").map(|line| line["report"].as_u64()).collect();
    assert_eq!(errors, [None, Some(1)]);
    let letters = folder.tree("letters");
    for report in &made {
        let agency = report.agency.as_deref().expect("an agency");
        assert!(letters.keys().any(|name| name.contains(agency)), "{:?}", letters.keys());
    }
    let text = folder.run(&["check", "in.html"]).out;
    for report in &made {
        assert!(text.contains(&format!("in.html ({}, ", report.agency.as_deref().expect("an agency"))), "{text}");
    }
}

#[test]
fn the_one_file_that_was_sent_gets_the_comments_of_all_reports() {
    let folder = Folder::new();
    let sample = std::fs::read(sources::root().join("samples/compilation.docx")).expect("the sample");
    // Figures of every report become words.
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&sample)).expect("a package");
    let mut document = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").expect("the part"), &mut document)
        .expect("text");
    let broken = document.replace(">0</w:t>", ">若干</w:t>");
    assert!(broken != document);
    let entries: Vec<(String, Vec<u8>)> = (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).expect("an entry");
            let name = entry.name().expect("a name").into_owned();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).expect("bytes");
            let bytes = if name == "word/document.xml" { broken.clone().into_bytes() } else { bytes };
            (name, bytes)
        })
        .collect();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in &entries {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("room");
        std::io::Write::write_all(&mut writer, bytes).expect("room");
    }
    folder.file("in.docx", writer.finish().expect("a package").into_inner());
    let ran = folder.run(&["check", "in.docx", "--format", "json", "--annotate", "back"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |number: u64| {
        lines
            .iter()
            .filter(|line| line["code"] == "figure-unreadable" && line["report"].as_u64().unwrap_or(0) == number)
            .count()
    };
    assert!(of(0) > 0 && of(1) > 0 && of(2) > 0, "{}", ran.out);
    let back = std::fs::read(folder.path("back/in.docx")).expect("the copy");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(back)).expect("a package");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let part = names.iter().find(|name| name.contains("comments")).expect("comments");
    let mut comments = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(part).expect("the part"), &mut comments).expect("text");
    let places: std::collections::BTreeSet<String> =
        lines.iter().filter(|line| line["code"] == "figure-unreadable").map(|line| line["place"].to_string()).collect();
    assert!(
        comments.matches("<w:comment ").count() >= places.len().min(400),
        "{} of {}",
        comments.matches("<w:comment ").count(),
        places.len()
    );
}

#[test]
fn a_line_of_a_stream_has_one_row_with_the_others_in_it() {
    let (folder, made) = three();
    let ran = folder.run_with(&["filter", "--out", "out", "--to", "json"], b"in/all.html\n");
    let rows: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 1, "{}", ran.err);
    let more = rows[0]["more"].as_array().expect("the others");
    assert_eq!(more.len(), 2);
    let all: Vec<&Value> = std::iter::once(&rows[0]).chain(more).collect();
    for (row, made) in all.iter().zip(&made) {
        assert_eq!(row["agency"].as_str(), made.agency.as_deref());
        let output = row["outputs"][0].as_str().expect("an output");
        assert!(folder.path(&format!("out/{output}")).exists(), "{output}");
    }
    assert_ne!(all[0]["outputs"], all[1]["outputs"]);
}

#[test]
fn a_roll_up_adds_up_every_report_of_a_file() {
    let mut made = vec![report(33), report(34)];
    for report in &mut made {
        let title = report.title.clone().expect("a title");
        report.title = Some(title.replace(&report.year.expect("a year").to_string(), "2023"));
        report.year = Some(2023);
        report.period = None;
    }
    let folder = Folder::new();
    folder.file("in.html", joined(&made.iter().map(body).collect::<Vec<_>>()));
    let names: Vec<&str> = made.iter().filter_map(|report| report.agency.as_deref()).collect();
    folder.file("agencies.csv", format!("代码,单位名称,上级\n1,甲市人民政府,\n2,{},1\n3,{},1\n", names[0], names[1]));
    let ran = folder.run(&["rollup", "in.html", "--agencies", "agencies.csv", "-o", "out"]);
    assert!(ran.err.contains("2 reported"), "{}", ran.err);
    let sum = std::fs::read_to_string(folder.path("out/汇总报告.json")).expect("the report");
    let sum: Value = serde_json::from_str(&sum).expect("JSON");
    let id = "requests.new.total.total";
    let id = if made[0].values.contains_key(id) { id } else { "disclosure.licensing.decisions" };
    let wanted: rust_decimal::Decimal = made.iter().filter_map(|report| report.values[id].value).sum();
    assert_eq!(sum["values"][id]["value"].to_string(), wanted.normalize().to_string());
}

#[test]
fn a_template_is_filled_once_for_each_report() {
    let (folder, made) = three();
    folder.run(&["forms", "blank", "gkbg-2021", "--to", "docx", "-o", "blank"]);
    let ran = folder.run(&["fill", "--template", "blank/gkbg-2021.docx", "in/all.html", "-o", "out"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    for report in &made {
        let name = format!("out/{}.docx", report.title.as_deref().expect("a title"));
        assert_figures(&inspected(&folder, &name)[0], report);
    }
}

fn bound(document: Document) -> Result<Bound, String> {
    let reading = Reading { format: Format::Text, document, findings: Vec::new() };
    let forms = Forms::built_in().expect("the built-in forms");
    Binder::new(&forms).bind_all(&reading, &Hints::default()).map_err(|finding| finding.code)
}

fn lines(lines: impl Iterator<Item = String>) -> Document {
    let blocks = lines.enumerate().map(|(number, text)| Block::Paragraph(Paragraph::body(text, Place::line(number))));
    Document { blocks: blocks.collect(), ..Document::default() }
}

#[test]
fn titles_alone_are_not_reports() {
    let titles = (0..5_000).map(|number| format!("甲市第{number}局2023年政府信息公开工作年度报告"));
    let parts = ["一、总体情况", "无", "二、主动公开政府信息情况", "无", "三、收到和处理政府信息公开申请情况", "无"];
    let document = lines(titles.chain(parts.iter().map(|part| (*part).to_owned())));
    assert_eq!(bound(document).map(|bound| bound.reports.len()), Ok(1));
    let sheets = (0..4_096).map(|number| {
        let mut limits = nianbao::document::Budget::new(Limits::default());
        let part: std::sync::Arc<str> = format!("表{number}").into();
        let mut builder = GridBuilder::new(Place { part: Some(part), ..Place::default() });
        builder.start_row(&mut limits).expect("room");
        let text = format!("甲市第{number}局2023年政府信息公开工作年度报告");
        builder.add(Cell { text, row_span: 1, col_span: 1, ..Cell::default() }, &mut limits).expect("room");
        Block::Grid(builder.finish(&mut limits).expect("a grid"))
    });
    let document = Document { blocks: sheets.collect(), ..Document::default() };
    assert!(bound(document).is_err());
}

#[test]
fn more_reports_than_are_read_of_one_file_are_refused() {
    let report = |number: usize| {
        let mut text = vec![format!("甲市第{number}局2023年政府信息公开工作年度报告")];
        for heading in ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"]
        {
            text.extend([heading.to_owned(), format!("第{number}局的情况。")]);
        }
        text
    };
    assert_eq!(
        bound(lines((0..1_001).flat_map(report))).map(|bound| bound.reports.len()),
        Err("file-over-limit".to_owned())
    );
    assert_eq!(bound(lines((0..50).flat_map(report))).map(|bound| bound.reports.len()), Ok(50));
}
