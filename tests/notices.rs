//! What goes back to the senders: copies with comments and letters, from the command line.

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
    (writer.write)(forms.get(&report.form).unwrap(), report).unwrap()
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
        let title = report.title.clone().unwrap();
        let letters: Vec<String> =
            ["坏".to_owned(), title.clone(), format!("{title} (2)"), format!("{title} (3)"), format!("{title} (4)")]
                .iter()
                .map(|name| format!("退回修改通知-{name}.docx"))
                .collect();
        let mut wanted = letters.clone();
        wanted.sort();
        assert_eq!(names(&folder, "letters"), wanted);
        let told: Vec<&str> = ran.out.lines().filter(|line| line.contains("not-annotated")).collect();
        assert!(told.len() == 2 && told.iter().any(|line| line.contains("页.html")), "{told:?}");
    }
    let copy = std::fs::read(folder.path("in/copies/上报.docx")).unwrap();
    assert!(part(&copy, "word/comments1.xml").contains("商业企业"));
    let letter = std::fs::read(folder.path(&format!("letters/退回修改通知-{}.docx", report.title.unwrap()))).unwrap();
    let text = part(&letter, "word/document.xml");
    assert!(
        text.contains(&format!("{}：", report.agency.unwrap())) && text.contains("必须改正的问题（1项）"),
        "{text}"
    );
}

#[test]
fn one_folder_may_take_both_but_never_the_one_that_was_sent() {
    let (folder, report) = (Folder::new(), wrong_report());
    let sent = written(&report, Output::Docx);
    folder.file("in/a.docx", &sent);
    let ran = folder.run(&["check", "in/a.docx", "--annotate", "back", "--letter", "./back"]);
    assert_eq!((ran.status, names(&folder, "back").len()), (Some(1), 2), "{ran:?}");
    for option in ["--annotate", "--letter"] {
        let ran = folder.run(&["check", "in/../in/a.docx", option, "in"]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.err.contains("another one"), "{}", ran.err);
    }
    assert_eq!(std::fs::read(folder.path("in/a.docx")).unwrap(), sent);
}

#[test]
fn text_shows_the_row_as_it_stands_in_the_form() {
    let (folder, report) = (Folder::new(), wrong_report());
    folder.file("a.docx", written(&report, Output::Docx));
    let ran = folder.run(&["-v", "--lang", "zh", "check", "a.docx"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    let at = lines.iter().position(|line| line.contains("cell-wrong")).unwrap();
    assert!(lines[at + 1].starts_with("    | ") && lines[at + 1].contains("自然人  商业企业  科研机构"), "{}", ran.out);
    assert!(lines[at + 2].contains("（一）予以公开") && lines[at + 3].contains("^应为"), "{}", ran.out);
}
