//! Every error of the library has messages in Chinese and English: no English words in the one, no Chinese in the other.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io;
use std::path::PathBuf;

use nianbao::agencies::Agencies;
use nianbao::annotate::{AnnotateError, NotOffice, NotPdf};
use nianbao::batch::{BatchError, GroupCause, GroupError};
use nianbao::corrections::Corrections;
use nianbao::document::{Exceeded, Format, Resource};
use nianbao::fill::FillError;
use nianbao::finding::{Bilingual, Finding, Message, codes};
use nianbao::form::Forms;
use nianbao::ledger::LedgerMistake;
use nianbao::migrate::Migrations;
use nianbao::read::{Damage, FileKind, ReadError, Unsupported};
use nianbao::report::json::JsonError;
use nianbao::stream::StreamError;
use nianbao::waivers::Waivers;
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::{Output, WriteError};

/// Names of formats, programs and keys, which Chinese sentences write in Latin letters.
const NAMES: &[&str] =
    &["TOML", "CSV", "UTF-8", "Word", "Excel", "WPS", "DOCX", "XLSX", "HTML", "JSON", "MB", "PDF", "PNG", "minijinja"];

/// Asserts that a message is in Chinese on the one side and in English on the other. Quoted text and code may be in any language: names
/// of keys, files, fields.
fn assert_both(message: &Message) {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let quoted = regex::Regex::new(r"“[^”]*”|（[^）]*）|\{\{.*?\}\}|\{%.*?%\}|\.[a-z]{3,5}\b|\b[a-z_]+(、[a-z_]+)*\b")
        .expect("a pattern");
    assert!(message.zh.contains(is_chinese), "{message:?}");
    let rest = quoted.replace_all(&message.zh, "");
    let rest = NAMES.iter().fold(rest.into_owned(), |rest, name| rest.replace(name, ""));
    let words = regex::Regex::new(r"[A-Za-z]+ [A-Za-z]+").expect("a pattern");
    assert!(!words.is_match(&rest), "{}: {rest}", message.zh);
    assert!(!message.en.is_empty(), "{message:?}");
    // Indented lines show the text of the user's own file.
    let quoted = regex::Regex::new(r#"(?m)`[^`]*`|"[^"]*"|“[^”]*”|^    .*$"#).expect("a pattern");
    assert!(!quoted.replace_all(&message.en, "").contains(is_chinese), "{}", message.en);
}

fn assert_error<E: Bilingual + 'static>(error: &E) {
    // A public error can be passed on as any other error.
    let boxed: &dyn std::error::Error = error;
    assert_eq!(boxed.to_string(), error.message().en);
    assert_both(&error.message());
}

#[test]
fn errors_of_reading_have_both_languages() {
    let errors = [
        ReadError::Encrypted,
        Damage::NoMainPart.into(),
        Unsupported::Kind(FileKind::Png).into(),
        ReadError::OverLimit(Exceeded { resource: Resource::Depth, asked: 2, limit: 1 }),
        ReadError::Pictures,
        ReadError::NoCharacters,
        ReadError::Empty,
    ];
    for error in errors {
        assert_both(&error.message());
        match error {
            // Without a wildcard, so that a new variant must be added above.
            ReadError::Encrypted
            | ReadError::Damaged(_)
            | ReadError::Unsupported(_)
            | ReadError::OverLimit(_)
            | ReadError::Pictures
            | ReadError::NoCharacters
            | ReadError::Empty => {}
        }
    }
}

#[test]
fn errors_of_filling_annotating_and_writing_have_both_languages() {
    let other = FillError::OtherForm { wanted: "a".to_owned(), found: "b".to_owned() };
    let code = codes().next().expect("a code");
    let finding = Box::new(Finding::new(code, Message::new("没有识别出报告", "no report was recognised")));
    assert_error(&*finding);
    for error in [
        FillError::Read(ReadError::Empty),
        FillError::NotRecognised(finding),
        FillError::NotATemplate(Format::Pdf),
        other,
        FillError::Package(zip::result::ZipError::FileNotFound),
    ] {
        assert_error(&error);
    }
    for why in [NotOffice::NoPackage, NotOffice::NoMainPart, NotOffice::MainPart("a.bin".to_owned()), NotOffice::Strict]
    {
        assert_error(&AnnotateError::Unsupported(why.clone()));
        assert_error(&AnnotateError::NotRevisable(why));
    }
    for why in [NotPdf::Encrypted, NotPdf::Damaged] {
        assert_error(&AnnotateError::Pdf(why));
    }
    assert_both(&AnnotateError::Read(ReadError::Empty).message());
    assert_error(&AnnotateError::Pack("full".to_owned()));
    for output in [Output::Docx, Output::Xlsx, Output::Html, Output::Json] {
        assert_error(&WriteError { output, detail: "no room".to_owned() });
    }
    for template in ["{{ nothing }}", "{% for %}", "{{ body | none }}", "{% include 'a' %}", "no report", "{{"] {
        assert_error(&PageWriter::new(PageOptions::default(), Some(template)).expect_err(template));
    }
}

#[test]
fn errors_of_a_batch_and_a_stream_have_both_languages() {
    let source = || io::Error::from(io::ErrorKind::PermissionDenied);
    for error in [
        BatchError::NoInput("a".to_owned()),
        BatchError::Pattern { pattern: "[".to_owned(), detail: "unclosed".to_owned() },
        BatchError::Output { path: PathBuf::from("a"), source: source() },
        BatchError::Locked(PathBuf::from("a")),
        BatchError::AmongInputs(PathBuf::from("a")),
        BatchError::Workers("no threads".to_owned()),
    ] {
        assert_error(&error);
    }
    let ended = std::process::Command::new("false").status().expect("a program that fails");
    for error in [StreamError::Stream(source()), StreamError::Start(source()), StreamError::NotReady(ended)] {
        assert_error(&error);
        match error {
            // Without a wildcard, so that a new variant must be added above.
            StreamError::Stream(_) | StreamError::Start(_) | StreamError::NotReady(_) => {}
        }
    }
    let write = WriteError { output: Output::Xlsx, detail: "no room".to_owned() };
    for why in [
        GroupCause::Folder(BatchError::Locked(PathBuf::from("a"))),
        GroupCause::System(source()),
        GroupCause::Made(write),
    ] {
        match &why {
            GroupCause::Folder(_) | GroupCause::System(_) | GroupCause::Made(_) => {}
        }
        assert_error(&GroupError { path: PathBuf::from("a"), why });
    }
}

#[test]
fn errors_of_stored_files_have_both_languages() {
    for error in [
        JsonError::Malformed { line: 1, column: 2, reason: "expected a number".to_owned() },
        JsonError::Version(9),
        JsonError::TooMany(5_000),
        JsonError::Empty,
    ] {
        assert_error(&error);
        match error {
            JsonError::Malformed { .. } | JsonError::Version(_) | JsonError::TooMany(_) | JsonError::Empty => {}
        }
    }
    assert_error(&LedgerMistake { line: 3, detail: "expected a number".to_owned() });
}

#[test]
fn mistakes_in_agencies_waivers_and_corrections_have_both_languages() {
    for (name, text) in [
        ("a.csv", "name,name\n甲,乙\n"),
        ("a.csv", "colour\nred\n"),
        ("a.csv", "机构名称,上级\n甲局,没有的\n"),
        ("a.csv", "机构名称,上级\n甲局,乙局\n乙局,甲局\n"),
        ("a.csv", "机构名称\n甲局\n甲局\n"),
        ("a.csv", "机构名称\n\"甲"),
        ("a.toml", "[[agency]]\nnam = '甲'\n"),
        ("a.toml", "agency = 3"),
        ("a.toml", "=="),
        ("a.xlsx", "no workbook"),
        ("a.csv", ""),
    ] {
        match Agencies::read(name, text.as_bytes()) {
            Err(error) => assert_error(&error),
            Ok(read) => read.findings.iter().for_each(|finding| assert_both(&finding.message)),
        }
    }
    for (name, text) in [
        ("w.toml", "[[waiver]]\ncode = 'x'\nreason = ''\nuntil = 2030-01-01\n"),
        ("w.toml", "[[waiver]]\nreason = 'a'\n"),
        ("w.toml", "=="),
        ("w.csv", "colour\nred\n"),
        ("w.csv", "code,reason,until\nx,y\n"),
        ("w.csv", "code,reason,until,values\nx,y,never,a=1\n"),
    ] {
        assert_error(&Waivers::read(name, text).expect_err(text));
    }
    for text in ["{\n", "{}\n", "[]\n", "{\"file\": 3}\n"] {
        assert_error(&Corrections::read(text).expect_err(text));
    }
}

#[test]
fn mistakes_in_mapping_files_and_migrations_have_both_languages() {
    let built_in = Forms::built_in().expect("the built-in forms");
    let (_, whole) = Forms::sources().first().expect("a built-in form");
    let mut forms = built_in.clone();
    let mut wrong = vec![String::new(), "==".to_owned(), "id = 3".to_owned()];
    // Each line of a form is broken in one of five ways of typing errors.
    for (number, line) in whole.lines().enumerate() {
        let broken = match number % 5 {
            0 => String::new(),
            1 => line.replace('"', ""),
            2 => line.replace('=', "= no ="),
            3 => line.replace(['[', '('], "(("),
            _ => line.replacen(|c: char| c.is_ascii_digit(), "x", 1),
        };
        if broken != line && number % 7 == 0 {
            let lines = whole.lines().enumerate().map(|(at, line)| if at == number { broken.as_str() } else { line });
            wrong.push(lines.collect::<Vec<_>>().join("\n"));
        }
    }
    let mut found = 0;
    for text in wrong {
        if let Err(error) = forms.add("a.toml", &text) {
            found += 1;
            error.mistakes.iter().for_each(|mistake| assert_both(&mistake.message));
        }
    }
    assert!(found > 20, "{found}");
    for text in ["", "==", "from = 'a'\nto = 'b'\n", "from = 'gkbg-2021'\nto = 'none'\n"] {
        let error = Migrations::default().add("m.toml", text, &built_in).expect_err(text);
        error.mistakes.iter().for_each(|mistake| assert_both(&mistake.message));
    }
}
