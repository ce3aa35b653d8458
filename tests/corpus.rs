//! The generated reports of `tests/corpus`: every format gives exactly the figures of the truth file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it read"
)]

use std::path::{Path, PathBuf};

use nianbao::bind::{Binder, Hints};
use nianbao::document::{Budget, Document};
use nianbao::form::Forms;
use nianbao::read::{READERS, Reading};
use nianbao::report::Report;

/// Reports with made-up figures in every format, written by LibreOffice and other office libraries, each with its truth file.
fn generated() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|found| found == suffix)).collect();
    files.retain(|path| path.with_extension("truth.json").is_file() && suffix != "txt");
    files.sort();
    files
}

fn read(binder: &Binder, path: &Path, suffix: &str) -> Report {
    let reader = READERS.iter().find(|reader| reader.suffixes.first() == Some(&suffix)).unwrap();
    let mut findings = Vec::new();
    let bytes = std::fs::read(path).unwrap();
    let document: Document = (reader.read)(&bytes, &mut Budget::default(), &mut findings).unwrap();
    let reading = Reading { format: reader.format, document, findings };
    binder.bind(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{}: {finding:?}", path.display()))
}

#[test]
fn every_format_gives_the_figures_of_the_truth() {
    let folder = generated();
    let binder = Binder::new(&Forms::built_in().unwrap());
    let (mut wrong, mut count) = (Vec::new(), 0);
    for suffix in READERS.iter().filter_map(|reader| reader.suffixes.first()) {
        for path in files(&folder, suffix) {
            count += 1;
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let truth = std::fs::read_to_string(folder.join(format!("{stem}.truth.json"))).unwrap();
            let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
            let report = read(&binder, &path, suffix);
            let figures = truth["values"].as_object().unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let same = |field: &str, figure: &serde_json::Value| {
                report.values[field].value.map(|value| value.normalize().to_string()) == Some(figure.to_string())
            };
            let right = figures.iter().filter(|(field, figure)| same(field, figure)).count();
            println!("{name}: {right} of {}", figures.len());
            if right != figures.len() || report.values.len() != figures.len() {
                let off: Vec<_> = figures
                    .iter()
                    .filter(|(field, figure)| !same(field, figure))
                    .map(|entry| entry.0)
                    .take(5)
                    .collect();
                let said: Vec<_> = report.findings.iter().map(|finding| &finding.message.zh).take(5).collect();
                wrong.push(format!("{name}: {right} of {}: {off:?} {said:?}", figures.len()));
            }
            let (form, year) = (truth["form"].as_str(), truth["year"].as_i64());
            if (Some(report.form.as_str()), report.year.map(i64::from)) != (form, year) {
                wrong.push(format!("{name}: {} {:?}", report.form, report.year));
            }
            if report.agency.as_deref() != truth["agency"].as_str() {
                wrong.push(format!("{name}: {:?}", report.agency));
            }
        }
    }
    assert!(count >= 13, "{count} reports");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
