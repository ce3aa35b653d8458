//! PDF written with the system's fonts, checked with qpdf, pikepdf and poppler. Run by `scripts/test`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::Output;

use crate::program::Folder;

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A Python interpreter with pikepdf: `scripts/test` creates one if the system's has none.
fn python() -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pikepdf/bin/python");
    if own.exists() { own.display().to_string() } else { "python3".to_owned() }
}

#[test]
#[ignore = "drives qpdf, pikepdf and poppler, and needs a Chinese font; scripts/test runs it"]
fn pdf_is_sound_tagged_and_reads_back_the_same() {
    let forms = Forms::built_in().unwrap();
    for form in forms.iter() {
        let folder = Folder::new();
        let report = Sampler::new(11).report(form);
        let sent = Output::Docx.writer().unwrap().write(form, &report).unwrap();
        folder.file("in/report.docx", sent);
        let ran = folder.run(&["convert", "in", "-o", "out", "--to", "pdf"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let title = form.title.for_report(report.agency.as_deref().unwrap(), report.year.unwrap());
        let path = folder.path(&format!("out/{title}.pdf"));
        let name = path.to_str().unwrap();
        run("qpdf", &["--check", name]);
        let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/check-pdf");
        run(&python(), &[checker.to_str().unwrap(), name]);
        let fonts = run("pdffonts", &[name]);
        let lines: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(lines.len() >= 2 && lines.iter().all(|line| line.contains(" yes yes yes ")), "{fonts}");
        let text: String = run("pdftotext", &["-layout", name, "-"]).split_whitespace().collect();
        for words in [report.agency.as_deref().unwrap(), "—1—", "政府信息公开工作年度报告"] {
            assert!(text.contains(words), "{words} is not on the pages of {form:?}", form = form.id);
        }
        let found = folder.run(&["inspect", name]);
        let found: Report = serde_json::from_str(&found.out).unwrap();
        for (field, value) in &report.values {
            assert_eq!(found.values[field].value, value.value, "{}: {field}", form.id);
        }
    }
}
