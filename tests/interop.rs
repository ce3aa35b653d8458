//! Outputs in the programs that people open them with: LibreOffice and poppler. Run by `scripts/test`, which installs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::finding::Language;
use nianbao::form::{Form, Forms};
use nianbao::report::{Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

fn write(form: &Form, report: &Report, output: Output, folder: &Path) -> PathBuf {
    let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
    let path = folder.join(format!("report.{}", output.suffix()));
    std::fs::write(&path, writer.write(form, report).unwrap()).unwrap();
    path
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Converts a file with LibreOffice into a folder; returns the new file.
fn libreoffice(file: &Path, to: &str, folder: &Path) -> PathBuf {
    let out = folder.join(format!("as-{to}"));
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    run(
        "soffice",
        &[&profile, "--headless", "--convert-to", to, "--outdir", out.to_str().unwrap(), file.to_str().unwrap()],
    );
    out.join(file.file_stem().unwrap()).with_extension(to)
}

fn read(file: &Path) -> Report {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let reading = nianbao::read::read(&bytes, None, &mut Budget::default()).unwrap();
    let forms = Forms::built_in().unwrap();
    Binder::new(&forms).bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn same_figures(one: &Report, other: &Report, what: &str) {
    for (field, value) in &one.values {
        assert_eq!(other.values[field].value, value.value, "{what}: {field}");
    }
}

#[test]
#[ignore = "drives LibreOffice and poppler; scripts/test runs it"]
fn libreoffice_opens_prints_recalculates_and_keeps_every_figure() {
    for form in Forms::built_in().unwrap().iter() {
        let folder = tempfile::tempdir().unwrap();
        let report = Sampler::new(5).report(form);
        let docx = write(form, &report, Output::Docx, folder.path());
        let pdf = libreoffice(&docx, "pdf", folder.path());
        let pages = run("pdfinfo", &[pdf.to_str().unwrap()]);
        assert!(pages.contains("A4"), "{pages}");
        let text: String = run("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]).split_whitespace().collect();
        for words in [report.agency.as_deref().unwrap(), "—1—", "六、其他需要报告的事项"] {
            assert!(text.contains(words), "{words} is not on the pages");
        }
        same_figures(&report, &read(&libreoffice(&docx, "doc", folder.path())), "as .doc");
        same_figures(&report, &read(&libreoffice(&docx, "rtf", folder.path())), "as .rtf");
        let xlsx = write(form, &report, Output::Xlsx, folder.path());
        same_figures(&report, &read(&libreoffice(&xlsx, "ods", folder.path())), "recalculated, as .ods");
    }
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn libreoffice_opens_annotated_copies_with_their_comments() {
    let form = Forms::built_in().unwrap().get("gkbg-2021").cloned().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut report = Sampler::new(5).report(&form);
    let right = report.values["requests.granted.enterprise"].value.unwrap();
    report.values["requests.granted.enterprise"] = Value::number(right + rust_decimal::Decimal::from(40));
    for (output, to) in [(Output::Docx, "odt"), (Output::Xlsx, "ods")] {
        let path = write(&form, &report, output, folder.path());
        let findings = nianbao::check::check(&form, &read(&path), &nianbao::check::Context::default());
        let bytes = std::fs::read(&path).unwrap();
        let made = nianbao::annotate::annotate(
            &bytes,
            &findings,
            (Language::Zh, nianbao::annotate::AUTHOR),
            &mut Budget::default(),
        )
        .unwrap();
        std::fs::write(&path, made.bytes).unwrap();
        let opened = libreoffice(&path, to, folder.path());
        let mut text = String::new();
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&opened).unwrap()).unwrap();
        archive.by_name("content.xml").unwrap().read_to_string(&mut text).unwrap();
        let notes: Vec<&str> = text.split("<office:annotation ").skip(1).collect();
        assert_eq!(notes.len(), made.comments, "{to}");
        assert!(notes[0].contains("商业企业"), "{to}: {}", notes[0]);
        same_figures(&report, &read(&opened), to);
    }
}

/// The words of each page with their left and right edges, in points.
fn words(pdf: &Path) -> Vec<Vec<(f64, f64, String)>> {
    let html = run("pdftotext", &["-bbox", pdf.to_str().unwrap(), "-"]);
    let word =
        regex::Regex::new(r#"<word xMin="([\d.-]+)" yMin="[\d.-]+" xMax="([\d.-]+)" yMax="[\d.-]+">([^<]*)</word>"#)
            .unwrap();
    let number = |text: &str| text.parse::<f64>().unwrap();
    let of_page =
        |page: &str| word.captures_iter(page).map(|at| (number(&at[1]), number(&at[2]), at[3].to_owned())).collect();
    html.split("<page ").skip(1).map(of_page).collect()
}

#[test]
#[ignore = "drives LibreOffice and poppler; scripts/test runs it"]
fn printed_pages_are_a4_with_whole_tables_and_repeated_headers() {
    for form in Forms::built_in().unwrap().iter() {
        for seed in [5, 6, 7] {
            let folder = tempfile::tempdir().unwrap();
            let report = Sampler::new(seed).report(form);
            for output in [Output::Docx, Output::Xlsx] {
                let file = write(form, &report, output, folder.path());
                let pdf = libreoffice(&file, "pdf", folder.path());
                let sizes = run("pdfinfo", &["-f", "1", "-l", "99", pdf.to_str().unwrap()]);
                let sizes: Vec<&str> =
                    sizes.lines().filter(|line| line.contains("size:") && line.contains("pts")).collect();
                assert!(!sizes.is_empty() && sizes.iter().all(|size| size.contains("A4")), "{sizes:?}");
                let pages = words(&pdf);
                let landscape = sizes.iter().any(|size| size.contains("841.") && size.find("841.") < size.find("595."));
                let width = if output == Output::Xlsx && landscape { 842.0 } else { 595.3 };
                for (left, right, word) in pages.iter().flatten() {
                    assert!(
                        *left >= 20.0 && *right <= width - 20.0,
                        "{output:?} {} {seed}: {word} {left} {right}",
                        form.id
                    );
                }
                if output == Output::Docx {
                    on_one_page(&pages);
                }
                // A workbook's tables are not split: each sheet is as wide as its page.
                let sheets = 1 + form.tables.len();
                assert!(output == Output::Docx || pages.len() <= sheets + 4, "{} pages", pages.len());
            }
        }
    }
}

#[test]
#[ignore = "drives LibreOffice and poppler; scripts/test runs it"]
fn a_table_that_goes_over_a_page_repeats_its_header() {
    let forms = Forms::all().unwrap();
    let form = forms.get("gktj-2014").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = write(form, &Sampler::new(5).report(form), Output::Docx, folder.path());
    let pages = words(&libreoffice(&file, "pdf", folder.path()));
    let text = |page: &Vec<(f64, f64, String)>| page.iter().map(|word| word.2.as_str()).collect::<String>();
    let of_table: Vec<String> =
        pages.iter().map(text).filter(|page| page.contains("万元") || page.contains("件")).collect();
    assert!(of_table.len() > 1, "the table goes over a page");
    for page in of_table {
        assert!(page.contains("统计指标") && page.contains("统计数"), "{page}");
    }
}

/// Asserts that the table of applications is on one page, with its header.
fn on_one_page(pages: &[Vec<(f64, f64, String)>]) {
    let text = |page: &Vec<(f64, f64, String)>| page.iter().map(|word| word.2.as_str()).collect::<String>();
    let whole = |page: &String| ["自然人", "一、本年新收", "四、结转下年度"].iter().all(|words| page.contains(words));
    assert!(pages.iter().map(text).any(|page| whole(&page)), "the table of applications stands on one page");
}
