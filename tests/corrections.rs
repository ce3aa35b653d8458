//! Corrections on the command line: drafted, applied by every command, refused if the current value is another, and returned to the
//! sender as tracked changes.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::{Folder, Ran, report};
use nianbao::form::Forms;
use nianbao::report::{Report, Value};
use nianbao::write::{Output, WRITERS};
use serde_json::{Value as Json, json};

/// The wrong cell of [`wrong`].
const FIELD: &str = "requests.granted.enterprise";

/// A report with one wrong cell that the rules determine, and its right figure.
fn wrong(output: Output) -> (Vec<u8>, i64) {
    let mut report = report(3);
    let right = report.values[FIELD].value.expect("a figure");
    report.values[FIELD] = Value::number(right + rust_decimal::Decimal::from(40));
    (written(&report, output), right.try_into().expect("a whole number"))
}

fn written(report: &Report, output: Output) -> Vec<u8> {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get(&report.form).expect("its form");
    let writer = WRITERS.iter().find(|writer| writer.output == output).expect("a writer");
    writer.write(form, report).expect("a file")
}

fn inspected(ran: &Ran) -> Json {
    serde_json::from_str(&ran.out).expect("JSON")
}

fn line(bytes: &[u8], field: &str, from: &Json, to: &Json) -> String {
    let sha256 = nianbao::batch::sha256(bytes);
    let line = json!({"at": "2026-01-20", "by": "张某", "sha256": sha256, "field": field, "from": from, "to": to, "reason": "来电更正"});
    format!("{line}\n")
}

fn codes(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "a.docx", "--format", "json"];
    all.extend(arguments);
    let ran = folder.run(&all);
    let codes = ran.out.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    codes.map(|finding| finding["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_certain_correction_is_drafted_and_every_command_applies_it() {
    for (output, name) in [(Output::Docx, "a.docx"), (Output::Xlsx, "a.xlsx")] {
        let folder = Folder::new();
        let (bytes, right) = wrong(output);
        folder.file(name, &bytes);
        let proposed = folder.run(&["check", name, "--propose", "c.jsonl"]);
        assert_eq!(proposed.status, Some(1), "{proposed:?}");
        let drafts = folder.log("c.jsonl");
        assert_eq!(drafts.len(), 1, "{drafts:?}");
        let draft = &drafts[0];
        assert_eq!((&draft["field"], &draft["from"], &draft["to"]), (&json!(FIELD), &json!(right + 40), &json!(right)));
        // The lines that are there, which the office may have completed, are kept; a table is not appended to.
        let kept = std::fs::read(folder.path("c.jsonl")).expect("drafts");
        let again = folder.run(&["--lang", "zh", "check", name, "--propose", "c.jsonl"]);
        assert!(again.err.contains("更正单草稿新增0条，原有1条未动，在“c.jsonl”。"), "{}", again.err);
        assert_eq!(std::fs::read(folder.path("c.jsonl")).expect("drafts"), kept);
        folder.file("line.jsonl", line(b"another file", FIELD, &json!(1), &json!(2)));
        folder.run(&["check", name, "--propose", "line.jsonl"]);
        let lines = folder.log("line.jsonl");
        assert_eq!((lines.len(), &lines[0]["by"], &lines[1]["field"]), (2, &json!("张某"), &json!(FIELD)));
        folder.file("c.csv", "日期,更正人\n");
        assert_eq!(folder.run(&["check", name, "--propose", "c.csv"]).status, Some(2));

        assert_eq!(folder.run(&["check", name, "--corrections", "c.jsonl"]).status, Some(0));
        let converted = folder.run(&["convert", name, "-o", "out", "--to", "json,html", "--corrections", "c.jsonl"]);
        assert_eq!(converted.status, Some(0), "{converted:?}");
        let json = folder
            .tree("out")
            .into_iter()
            .find(|(name, _)| name.ends_with("作报告.json") || name.ends_with("年度报告.json"));
        let json: Json = serde_json::from_slice(&json.expect("a report").1).expect("JSON");
        let value = &json["values"][FIELD];
        assert_eq!((&value["value"], &value["corrected"]["from"]), (&json!(right), &json!((right + 40).to_string())));
        assert!(json["findings"].to_string().contains("figure-corrected"), "{}", json["findings"]);

        // Another correction changes the outputs; the same one does not.
        let again = folder.run(&["convert", name, "-o", "out", "--to", "json,html", "--corrections", "c.jsonl"]);
        assert!(again.err.contains("1 of them unchanged"), "{}", again.err);
        let without = folder.run(&["convert", name, "-o", "out", "--to", "json,html"]);
        assert!(without.status == Some(1) && without.err.contains("0 of them unchanged"), "{}", without.err);
        // That the correction is undone is told, once.
        assert!(without.err.contains("the outputs have the figures as they were sent"), "{}", without.err);
        let without = folder.run(&["convert", name, "-o", "out", "--to", "json,html"]);
        assert!(!without.err.contains("as they were sent"), "{}", without.err);

        let agency = report(3).agency.expect("an agency");
        folder.file("units.csv", format!("单位名称,上级\n市政府,\n{agency},市政府\n"));
        let rolled = folder.run(&["rollup", name, "--agencies", "units.csv", "-o", "sum", "--corrections", "c.jsonl"]);
        assert!(rolled.status == Some(0) || rolled.status == Some(1), "{rolled:?}");
        let sums = folder.log("sum/values.jsonl");
        let figure = sums.iter().find(|line| line.to_string().contains(FIELD)).expect("the field");
        assert!(figure.to_string().contains(&format!(":{right}")), "{figure}");
    }
}

#[test]
fn a_correction_for_another_figure_is_reported_and_not_applied() {
    let folder = Folder::new();
    let (bytes, right) = wrong(Output::Docx);
    folder.file("a.docx", &bytes);
    let lines = [
        line(&bytes, FIELD, &json!(right + 41), &json!(right)),
        line(&bytes, "requests.nothing.total", &json!(1), &json!(2)),
        line(&bytes, FIELD, &json!(right + 40), &json!("many")),
        line(b"another file", FIELD, &json!(1), &json!(2)),
    ];
    folder.file("c.jsonl", lines.concat());
    let found = codes(&folder, &["--corrections", "c.jsonl"]);
    assert_eq!(found.iter().filter(|code| *code == "correction-not-applied").count(), 3, "{found:?}");
    assert!(found.iter().any(|code| code == "cell-wrong"), "{found:?}");
    let ran = folder.run(&["check", "a.docx", "--corrections", "c.jsonl"]);
    assert!(ran.status == Some(1) && ran.err.contains("1 corrections are about files"), "{ran:?}");
}

#[test]
fn lines_build_on_each_other_and_undo_is_another_line() {
    let folder = Folder::new();
    let (bytes, right) = wrong(Output::Docx);
    folder.file("a.docx", &bytes);
    let (sent, fixed) = (json!(right + 40), json!(right));
    folder.file("c.jsonl", [line(&bytes, FIELD, &sent, &fixed), line(&bytes, FIELD, &fixed, &sent)].concat());
    let found = codes(&folder, &["--corrections", "c.jsonl"]);
    assert!(found.iter().any(|code| code == "cell-wrong"), "{found:?}");
    assert!(!found.iter().any(|code| code == "correction-not-applied"), "{found:?}");
}

#[test]
fn agency_year_and_paragraphs_are_corrected_too() {
    let folder = Folder::new();
    let bytes = written(&report(3), Output::Docx);
    folder.file("a.docx", &bytes);
    let before = inspected(&folder.run(&["inspect", "a.docx"]));
    let overview = before["sections"].as_array().expect("sections").iter().find(|section| section["id"] == "overview");
    let content = overview.expect("an overview")["content"].as_array().expect("content").clone();
    let paragraph = content.iter().find(|part| part["type"] == "paragraph").expect("a paragraph");
    let lines = [
        line(&bytes, "agency", &before["agency"], &json!("新城县水利局")),
        line(&bytes, "overview.1", &paragraph["text"], &json!("另一段文字。")),
    ];
    folder.file("c.jsonl", lines.concat());
    let ran = folder.run(&["convert", "a.docx", "-o", "out", "--to", "json", "--corrections", "c.jsonl"]);
    assert!(ran.status.is_some_and(|status| status < 2), "{ran:?}");
    let tree = folder.tree("out");
    let (name, json) = tree.iter().find(|(name, _)| name.starts_with("新城县水利局")).expect("named after the agency");
    let json: Json = serde_json::from_slice(json).expect("JSON");
    assert_eq!(json["title"].as_str().map(|title| format!("{title}.json")).as_deref(), Some(name.as_str()));
    assert!(json["sections"].to_string().contains("另一段文字。"));
}

#[test]
fn an_invalid_corrections_file_is_refused_before_any_work() {
    let folder = Folder::new();
    folder.file("a.docx", wrong(Output::Docx).0);
    for (text, said) in [("{}\n", "line 1"), ("[1]\n", "line 1"), ("\u{feff}\n{\"at\":\"x\"}\n", "line 2")] {
        folder.file("c.jsonl", text);
        let ran = folder.run(&["convert", "a.docx", "-o", "out", "--corrections", "c.jsonl"]);
        assert!(ran.status == Some(2) && ran.err.contains(said), "{ran:?}");
    }
    assert!(!folder.path("out").exists());
}

#[test]
fn a_revised_word_file_has_tracked_changes_and_nothing_else_changes() {
    let folder = Folder::new();
    let (bytes, right) = wrong(Output::Docx);
    folder.file("a.docx", &bytes);
    folder.run(&["check", "a.docx", "--revise", "back", "--author", "甲县办公室"]);
    let revised = folder.tree("back").remove("a.docx").expect("a copy");
    let body = |bytes: &[u8]| {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).expect("a package");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name("word/document.xml").expect("a body"), &mut text).expect("text");
        text
    };
    let (before, after) = (body(&bytes), body(&revised));
    let deleted = format!("<w:delText xml:space=\"preserve\">{}</w:delText>", right + 40);
    assert!(after.contains(&deleted) && after.contains("w:author=\"甲县办公室\""));
    // Rejecting the changes restores the sender's text, accepting them gives the report without the mistake.
    let marks = regex::Regex::new(r"<w:ins [^>]*>.*?</w:ins>|</?w:del( [^>]*)?>").expect("a pattern");
    assert_eq!(marks.replace_all(&after, "").replace("w:delText", "w:t"), before);
    folder.file("revised.docx", &revised);
    let ran = folder.run(&["inspect", "revised.docx"]);
    assert_eq!(inspected(&ran)["values"][FIELD]["value"], json!(right), "{}", ran.err);
    assert_eq!(others(&bytes, "word/document.xml"), others(&revised, "word/document.xml"));
}

#[test]
fn a_revised_workbook_has_the_new_figure_and_a_note() {
    let folder = Folder::new();
    let (bytes, right) = wrong(Output::Xlsx);
    folder.file("a.xlsx", &bytes);
    folder.run(&["check", "a.xlsx", "--revise", "back"]);
    let revised = folder.tree("back").remove("a.xlsx").expect("a copy");
    folder.file("revised.xlsx", &revised);
    let ran = folder.run(&["inspect", "revised.xlsx"]);
    assert_eq!(inspected(&ran)["values"][FIELD]["value"], json!(right), "{}", ran.err);
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(revised)).expect("a package");
    let names: Vec<String> = zip.file_names().filter_map(Result::ok).map(Into::into).collect();
    let comments = names.iter().find(|name| name.contains("comments")).expect("notes");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name(comments).expect("notes"), &mut text).expect("text");
    assert!(text.contains(&format!("原填{}", right + 40)) && text.contains("年报核对"), "{text}");
}

/// All parts of a package but one.
fn others(bytes: &[u8], but: &str) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).expect("a package");
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("bytes");
        if name != but {
            parts.push((name, content));
        }
    }
    parts
}

#[test]
fn corrections_are_also_a_table_in_csv_and_in_a_workbook() {
    let folder = Folder::new();
    let (bytes, right) = wrong(Output::Docx);
    folder.file("a.docx", &bytes);
    assert_eq!(folder.run(&["check", "a.docx", "--propose", "c.csv"]).status, Some(1));
    let text = std::fs::read_to_string(folder.path("c.csv")).expect("the drafts");
    assert!(text.contains(FIELD) && text.contains(&format!(",{},{right},", right + 40)), "{text}");
    // The office opens it in Excel, adds a column, and saves it as a workbook.
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, record) in (0..).zip(reader.records()) {
        let record = record.expect("a row");
        for (column, cell) in (0..).zip(record.iter()) {
            match cell.parse::<f64>() {
                Ok(number) if cell.len() < 10 => sheet.write_number(row, column, number),
                _ => sheet.write_string(row, column, cell),
            }
            .expect("a cell");
        }
        sheet.write_string(row, 9, if row == 0 { "备注" } else { "已电话核实" }).expect("a cell");
    }
    folder.file("c.xlsx", workbook.save_to_buffer().expect("a workbook"));
    for table in ["c.csv", "c.xlsx"] {
        let ran = folder.run(&["check", "a.docx", "--corrections", table]);
        assert_eq!(ran.status, Some(0), "{table}: {ran:?}");
        let found = codes(&folder, &["--corrections", table]);
        assert_eq!(found.iter().filter(|code| *code == "figure-corrected").count(), 1, "{table}: {found:?}");
    }
}
