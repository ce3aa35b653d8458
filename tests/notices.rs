//! What is returned to the senders: copies with comments and letters, from the command line.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};

use crate::program::Folder;
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

fn wrong_report() -> Report {
    let forms = nianbao::form::Forms::built_in().unwrap();
    let mut report = Sampler::new(5).report(forms.get("gkbg-2021").unwrap());
    let right = report.values["requests.granted.enterprise"].value.unwrap();
    report.values["requests.granted.enterprise"] = Value::number(right + rust_decimal::Decimal::from(40));
    report
}

fn written(report: &Report, output: Output) -> Vec<u8> {
    let forms = nianbao::form::Forms::built_in().unwrap();
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    writer.write(forms.get(&report.form).unwrap(), report).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn names(folder: &Folder, path: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path(path)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

#[test]
fn each_sender_gets_its_own_file_back_and_a_letter() {
    let (folder, report) = (Folder::new(), wrong_report());
    let clean = Sampler::new(6).report(nianbao::form::Forms::built_in().unwrap().get("gkbg-2021").unwrap());
    folder.file("in/甲/上报.docx", written(&report, Output::Docx));
    folder.file("in/乙/上报.docx", written(&report, Output::Docx));
    folder.file("in/表.XLSX", written(&report, Output::Xlsx));
    folder.file("in/页.html", written(&report, Output::Html));
    folder.file("in/坏.docx", b"PK\x03\x04");
    folder.file("in/好.docx", written(&clean, Output::Docx));
    for jobs in ["1", "4"] {
        let ran = folder.run(&[
            "--lang",
            "zh",
            "-v",
            "check",
            "in",
            "--annotate",
            "in/copies",
            "--letter",
            "letters",
            "-j",
            jobs,
        ]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert_eq!(names(&folder, "in/copies"), ["上报 (2).docx", "上报.docx", "表.XLSX"]);
        // One letter per agency, however many files it sent; a file of an unknown sender gets none.
        let agency = report.agency.clone().unwrap();
        assert_eq!(names(&folder, "letters"), ["退回修改通知"]);
        assert_eq!(
            names(&folder, "letters/退回修改通知"),
            ["全部（打印用）.docx".to_owned(), format!("{agency}.docx")]
        );
        assert!(
            ran.err.contains("退回修改通知1份") && ran.err.contains("未生成通知的文件1个：in/坏.docx"),
            "{}",
            ran.err
        );
        let told: Vec<&str> = ran.out.lines().filter(|line| line.contains("not-annotated")).collect();
        assert!(told.len() == 2 && told.iter().any(|line| line.contains("页.html")), "{told:?}");
    }
    let copy = std::fs::read(folder.path("in/copies/上报.docx")).unwrap();
    assert!(part(&copy, "word/comments1.xml").contains("商业企业"));
    let agency = report.agency.clone().unwrap();
    let letter = std::fs::read(folder.path(&format!("letters/退回修改通知/{agency}.docx"))).unwrap();
    let text = part(&letter, "word/document.xml");
    assert!(text.contains(&format!("{agency}：")) && text.contains("4项内容须改正"), "{text}");
    assert!(text.contains("你单位先后报送了几份报告") && text.contains("（文件：表.XLSX）"), "{text}");
}

fn letters(folder: &Folder, more: &[&str]) -> (String, Vec<String>) {
    let mut all = vec!["--lang", "zh", "check", "in", "--letter", "letters", "--agencies", "agencies.csv"];
    all.extend(more);
    let ran = folder.run(&all);
    let mut found: Vec<String> = folder.tree("letters").into_keys().filter(|name| !name.contains("nianbao")).collect();
    found.retain(|name| !name.contains("全部"));
    (ran.err, found)
}

#[test]
fn letters_follow_the_agencies_file_and_the_options_of_the_office() {
    let forms = nianbao::form::Forms::built_in().unwrap();
    let (folder, report) = (Folder::new(), wrong_report());
    folder.file("in/一.docx", written(&report, Output::Docx));
    let form = forms.get("gkbg-2021").unwrap();
    let (clean, late) = (Sampler::new(6).report(form), Sampler::new(7).report(form));
    folder.file("in/二.docx", written(&clean, Output::Docx));
    let [wrong, clean, late_name] = [&report, &clean, &late].map(|report| report.agency.clone().unwrap());
    folder.file("in/青山县林业局.docx", b"PK\x03\x04");
    folder.file("in/通知.txt", "食堂通知：明天吃面。\n");
    folder.file(
        "agencies.csv",
        format!("单位名称,上级\n青山县总办,\n{wrong},青山县总办\n{clean},青山县总办\n青山县林业局,青山县总办\n{late_name},青山县总办\n"),
    );
    folder.file(
        "nianbao.toml",
        "sender = \"青山县人民政府办公室\"\nphone = \"0571-1\"\nnumber = \"青政办函〔2024〕{12}号\"\n[check]\ndeadline = 2024-01-26\n",
    );
    let (said, found) = letters(&folder, &["--receipts"]);
    let mut wanted = vec![
        format!("催报通知/{late_name}.docx"),
        format!("收件回执/{clean}.docx"),
        "收件回执/青山县林业局.docx".to_owned(),
        format!("收件回执/{wrong}.docx"),
        "退回修改通知/青山县林业局.docx".to_owned(),
        format!("退回修改通知/{wrong}.docx"),
    ];
    wanted.sort();
    assert_eq!(found, wanted, "{said}");
    // No letter is written about a text file that is not a report.
    assert!(said.contains("未生成通知的文件1个：in/通知.txt"), "{said}");
    let text = |name: &str| part(&std::fs::read(folder.path(&format!("letters/{name}"))).unwrap(), "word/document.xml");
    let letter = text(&format!("退回修改通知/{wrong}.docx"));
    for words in ["青山县人民政府办公室", "2024年1月26日", "联系电话：0571-1", report.title.as_deref().unwrap()]
    {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    // The letters are numbered from the number in braces on: returns, reminders, receipts.
    let mut numbers: Vec<u32> = Vec::new();
    for name in &found {
        let letter = text(name);
        let (_, rest) = letter.split_once("青政办函〔2024〕").unwrap();
        let number: u32 = rest.split_once('号').unwrap().0.parse().unwrap();
        let expected = match name.split('/').next() {
            Some("退回修改通知") => 12..14,
            Some("催报通知") => 14..15,
            _ => 15..18,
        };
        assert!(expected.contains(&number), "{name}: {number}");
        numbers.push(number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [12, 13, 14, 15, 16, 17]);
    // The title is broken between words.
    assert!(letter.contains("<w:br/>") && !letter.contains("工作年</w:t><w:br/>"), "{letter}");
    assert!(text("退回修改通知/青山县林业局.docx").contains("文件“青山县林业局.docx”收悉"));
    assert!(text(&format!("催报通知/{late_name}.docx")).contains("尚未收到你单位的报告。请于2024年1月26日前"));
    // Letters that a later run does not write are reported, and removed on request.
    folder.file("in/三.docx", written(&late, Output::Docx));
    let (said, found) = letters(&folder, &["--receipts"]);
    assert!(said.contains("是以前生成的") && found.contains(&format!("催报通知/{late_name}.docx")), "{said}");
    let (said, found) = letters(&folder, &["--receipts", "--prune"]);
    assert!(
        said.contains("已删除以前生成的2个文件") && !found.iter().any(|name| name.contains("催报")),
        "{said} {found:?}"
    );
}

/// A letter about an unknown report is about the year of most reports, not of the first one.
#[test]
fn letters_without_a_report_name_the_year_of_most() {
    let forms = nianbao::form::Forms::built_in().unwrap();
    let (folder, mut agencies) = (Folder::new(), "单位名称\n青山县林业局\n青山县审计局\n".to_owned());
    let form = forms.get("gkbg-2021").unwrap();
    for (number, year) in [2022, 2024, 2024].into_iter().enumerate() {
        let mut report = Sampler::new(number as u64).report(form);
        let agency = format!("青山县第{number}局");
        report.title = Some(form.title.for_report(&agency, year));
        agencies.push_str(&agency);
        agencies.push('\n');
        (report.agency, report.year) = (Some(agency), Some(year));
        folder.file(&format!("in/{number}.docx"), written(&report, Output::Docx));
    }
    folder.file("in/青山县林业局.docx", b"PK\x03\x04");
    folder.file("agencies.csv", agencies);
    let (said, _) = letters(&folder, &[]);
    let text = |name: &str| part(&std::fs::read(folder.path(&format!("letters/{name}"))).unwrap(), "word/document.xml");
    for name in ["退回修改通知/青山县林业局.docx", "催报通知/青山县审计局.docx"] {
        let text = text(name);
        assert!(text.contains("2024年") && !text.contains("2022年"), "{name}: {text} {said}");
    }
}

#[test]
fn one_folder_may_take_both_but_never_the_one_that_was_sent() {
    let (folder, report) = (Folder::new(), wrong_report());
    let sent = written(&report, Output::Docx);
    folder.file("in/a.docx", &sent);
    let ran = folder.run(&["check", "in/a.docx", "--annotate", "back", "--letter", "./back"]);
    assert_eq!(
        (ran.status, names(&folder, "back")),
        (Some(1), vec!["a.docx".to_owned(), "returned".to_owned()]),
        "{ran:?}"
    );
    for option in ["--annotate", "--revise"] {
        let ran = folder.run(&["check", "in/../in/a.docx", option, "in"]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.err.contains("another one"), "{}", ran.err);
    }
    assert_eq!(std::fs::read(folder.path("in/a.docx")).unwrap(), sent);
}

#[test]
fn text_shows_the_row_of_the_form() {
    let (folder, report) = (Folder::new(), wrong_report());
    folder.file("a.docx", written(&report, Output::Docx));
    let ran = folder.run(&["-v", "--lang", "zh", "check", "a.docx"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    let at = lines.iter().position(|line| line.contains("cell-wrong")).unwrap();
    assert!(lines[at + 1].starts_with("    | ") && lines[at + 1].contains("自然人  商业企业  科研机构"), "{}", ran.out);
    assert!(lines[at + 2].contains("（一）予以公开") && lines[at + 3].contains("^应为"), "{}", ran.out);
}
