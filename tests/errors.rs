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
use nianbao::finding::{Bilingual, Finding, Message, TomlCause, TomlError, codes};
use nianbao::form::Forms;
use nianbao::formbook::{BookCause, BookError, BookMistake, BookPlace};
use nianbao::ledger::LedgerMistake;
use nianbao::migrate::Migrations;
use nianbao::read::{Damage, FileKind, ReadError, Unsupported};
use nianbao::report::json::JsonError;
#[cfg(feature = "serve")]
use nianbao::serve::ServeError;
use nianbao::settings::{Settings, SettingsError};
use nianbao::stream::StreamError;
use nianbao::waivers::{CellKind, WaiverCause, Waivers};
use nianbao::write::html::{PageOptions, PageWriter};
use nianbao::write::{Output, WriteCause, WriteError};

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

/// An error of the JSON parser.
fn no_json() -> serde_json::Error {
    serde_json::from_str::<u32>("no number").expect_err("an error")
}

/// Every cause of an error of writing.
fn causes() -> [WriteCause; 3] {
    let full = io::Error::from(io::ErrorKind::StorageFull);
    let causes = [WriteCause::Blank, WriteCause::System(full), WriteCause::Library("no sheet".into())];
    for cause in &causes {
        match cause {
            // Without a wildcard, so that a new variant must be added above.
            WriteCause::Blank | WriteCause::System(_) | WriteCause::Library(_) => {}
        }
    }
    causes
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
        match error {
            FillError::Read(_)
            | FillError::NotRecognised(_)
            | FillError::NotATemplate(_)
            | FillError::OtherForm { .. }
            | FillError::Package(_) => {}
        }
    }
    for why in [NotOffice::NoPackage, NotOffice::NoMainPart, NotOffice::MainPart("a.bin".to_owned()), NotOffice::Strict]
    {
        match &why {
            NotOffice::NoPackage | NotOffice::NoMainPart | NotOffice::MainPart(_) | NotOffice::Strict => {}
        }
        assert_error(&AnnotateError::Unsupported(why.clone()));
        assert_error(&AnnotateError::NotRevisable(why));
    }
    for error in [
        AnnotateError::Unsupported(NotOffice::NoPackage),
        AnnotateError::NotRevisable(NotOffice::NoPackage),
        AnnotateError::Pdf(NotPdf::Encrypted),
        AnnotateError::Pdf(NotPdf::Damaged),
        AnnotateError::Read(ReadError::Empty),
        AnnotateError::Pack(zip::result::ZipError::FileNotFound),
    ] {
        assert_both(&error.message());
        match error {
            AnnotateError::Unsupported(_)
            | AnnotateError::NotRevisable(_)
            | AnnotateError::Pdf(NotPdf::Encrypted | NotPdf::Damaged)
            | AnnotateError::Read(_)
            | AnnotateError::Pack(_) => {}
        }
    }
    for output in [Output::Docx, Output::Xlsx, Output::Html, Output::Json] {
        for cause in causes() {
            assert_error(&WriteError { output, cause });
        }
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
        BatchError::Pattern { pattern: "[".to_owned(), source: glob::Pattern::new("[").expect_err("a pattern") },
        BatchError::Output { path: PathBuf::from("a"), source: source() },
        BatchError::Locked(PathBuf::from("a")),
        BatchError::AmongInputs(PathBuf::from("a")),
        BatchError::Workers(source()),
    ] {
        assert_error(&error);
        match error {
            BatchError::NoInput(_)
            | BatchError::Pattern { .. }
            | BatchError::Output { .. }
            | BatchError::Locked(_)
            | BatchError::AmongInputs(_)
            | BatchError::Workers(_) => {}
        }
    }
    let ended = std::process::Command::new("false").status().expect("a program that fails");
    for error in [StreamError::Stream(source()), StreamError::Start(source()), StreamError::NotReady(ended)] {
        assert_error(&error);
        match error {
            // Without a wildcard, so that a new variant must be added above.
            StreamError::Stream(_) | StreamError::Start(_) | StreamError::NotReady(_) => {}
        }
    }
    let write = WriteError { output: Output::Xlsx, cause: WriteCause::Blank };
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
#[cfg(feature = "serve")]
fn errors_of_the_server_have_both_languages() {
    let source = || io::Error::from(io::ErrorKind::AddrInUse);
    let path = || PathBuf::from("a");
    for error in [
        ServeError::Folder { path: path(), source: source() },
        ServeError::Busy(path()),
        ServeError::Address { address: ([127, 0, 0, 1], 80).into(), source: source() },
        ServeError::Log(LedgerMistake { line: 3, cause: no_json() }),
        ServeError::File("nianbao.toml".to_owned(), Message::new("没有这个选项。", "no such option")),
        ServeError::Start(source()),
    ] {
        assert_error(&error);
        match error {
            ServeError::Folder { .. }
            | ServeError::Busy(_)
            | ServeError::Address { .. }
            | ServeError::Log(_)
            | ServeError::File(..)
            | ServeError::Start(_) => {}
        }
    }
}

#[test]
fn mistakes_in_settings_have_both_languages() {
    for text in [
        "==",
        "jobs = [[1]]",
        "[codes.nothing]\nseverity = 'warning'\n",
        "[codes.sum-differs]\nseverity = 'loud'\n",
        "[[accept]]\ncode = 'nothing'\nreason = 'a'\nuntil = 2030-01-01\n",
        "[[accept]]\ncode = 'x'\nreason = 'a'\nuntil = 'never'\n",
        "[convert]\nto = { a = 1 }\n",
    ] {
        let error = Settings::read(text).expect_err(text);
        assert_error(&error);
        match error {
            SettingsError::Toml(_) | SettingsError::Code(_) | SettingsError::OptionType(_) => {}
        }
    }
}

#[test]
fn mistakes_in_toml_have_both_languages() {
    let causes = [
        TomlCause::Unknown { key: "nam".to_owned(), known: vec!["name".to_owned()] },
        TomlCause::Unknown { key: "nam".to_owned(), known: Vec::new() },
        TomlCause::Missing("name".to_owned()),
        TomlCause::Twice,
        TomlCause::WrongType,
        TomlCause::Syntax,
    ];
    for cause in causes {
        match cause {
            TomlCause::Unknown { .. }
            | TomlCause::Missing(_)
            | TomlCause::Twice
            | TomlCause::WrongType
            | TomlCause::Syntax => {}
        }
        for line in [None, Some(3)] {
            assert_error(&TomlError { line, cause: cause.clone(), detail: "wrong".to_owned() });
        }
    }
}

#[test]
fn mistakes_in_a_form_s_workbook_have_both_languages() {
    let toml = || TomlError { line: None, cause: TomlCause::Syntax, detail: "wrong".to_owned() };
    let name = || "a".to_owned();
    let causes = [
        BookCause::NoSheet,
        BookCause::NoHeader("项目"),
        BookCause::Blank("表单编号"),
        BookCause::NoPart(name()),
        BookCause::NoTable { table: name(), known: vec![name()] },
        BookCause::NoFields,
        BookCause::NoField(name()),
        BookCause::NoChoices(name()),
        BookCause::ChoicesBlank,
        BookCause::NoKind { kind: name(), known: vec!["count"] },
        BookCause::HeadingBlank,
        BookCause::NotANumber,
        BookCause::NotABlock,
        BookCause::NotAYear,
        BookCause::NotToml(Box::new(toml())),
        BookCause::Twice { row: 3 },
        BookCause::Gap { row: name(), column: name() },
        BookCause::Mixed,
        BookCause::OtherSum { total: name() },
        BookCause::Mapping(Message::new("没有这个字段。", "no field")),
    ];
    for cause in causes {
        match cause {
            BookCause::NoSheet
            | BookCause::NoHeader(_)
            | BookCause::Blank(_)
            | BookCause::NoPart(_)
            | BookCause::NoTable { .. }
            | BookCause::NoFields
            | BookCause::NoField(_)
            | BookCause::NoChoices(_)
            | BookCause::ChoicesBlank
            | BookCause::NoKind { .. }
            | BookCause::HeadingBlank
            | BookCause::NotANumber
            | BookCause::NotABlock
            | BookCause::NotAYear
            | BookCause::NotToml(_)
            | BookCause::Twice { .. }
            | BookCause::Gap { .. }
            | BookCause::Mixed
            | BookCause::OtherSum { .. }
            | BookCause::Mapping(_) => {}
        }
        for (row, column) in [(0, ""), (3, ""), (3, "类型")] {
            assert_error(&BookMistake { place: BookPlace { sheet: "字段", row, column }, cause: cause.clone() });
        }
    }
    assert_error(&BookError::NotToml(toml()));
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
    assert_error(&LedgerMistake { line: 3, cause: no_json() });
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
        ("w.csv", "code,agency,year,reason,until\nx,a,2025,y,\n"),
        ("w.csv", "code,agency,year,reason,until\nx,a,that,y,2030-01-01\n"),
        ("w.csv", "code,agency,year,reason,until\nx,a,2025,y,never\n"),
        ("w.csv", "code,agency,year,reason,until,left\nx,a,2025,y,2030-01-01,b\n"),
        ("w.csv", "code,agency,year,reason,until,values\nx,a,2025,y,2030-01-01,b\n"),
        ("w.csv", "code,agency,year,reason,until\nx,a,2025,y,2030-01-01\n"),
        ("w.csv", "code,reason,until,values\nx,y,never,a=1\n"),
    ] {
        let error = Waivers::read(name, text).expect_err(text);
        assert_error(&error);
        match error.cause {
            WaiverCause::Toml(_)
            | WaiverCause::Csv(_)
            | WaiverCause::UnknownColumn(_)
            | WaiverCause::Blank(_)
            | WaiverCause::Cell {
                wanted: CellKind::Number | CellKind::Pair | CellKind::Year | CellKind::Date, ..
            }
            | WaiverCause::NoReason
            | WaiverCause::Unbound => {}
        }
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
