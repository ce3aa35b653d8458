//! Compares the figures read from committed files with those that LibreOffice shows, cell by cell. Run by `scripts/test`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::Forms;
use rust_decimal::Decimal;

/// Folders of files, and the suffixes of those that LibreOffice opens as text and as workbooks.
const FOLDERS: [&str; 2] = ["tests/cases/figures", "samples"];
const TEXTS: &[&str] = &["docx", "doc", "rtf", "odt"];
const BOOKS: &[&str] = &["xlsx", "xls", "ods", "xlsb"];

/// LibreOffice writes rich text of a cell to a page without its superscripts.
const RAISED_IS_LOST: &str = "x13_rich_superscript.xlsx";

/// Minimum number of common figures for a file to count as compared.
const FIGURES: usize = 150;

fn files(suffixes: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        files.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|suffix| suffixes.iter().any(|known| suffix == *known)));
    files.sort();
    files
}

/// The figures read from a file; empty if there is no report.
fn figures(path: &Path, binder: &Binder) -> BTreeMap<String, Decimal> {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let Ok(reading) = nianbao::read::read(&bytes, Some(&name), &mut Budget::default()) else { return BTreeMap::new() };
    let Ok(report) = binder.bind(&reading, &Hints::default()) else { return BTreeMap::new() };
    report.values.iter().filter_map(|(field, value)| Some((field.clone(), value.value?.normalize()))).collect()
}

/// Has LibreOffice convert files to pages, and compares the figures; returns the number of files compared.
fn compare(suffixes: &[&str], filter: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let binder = Binder::new(&Forms::built_in().unwrap());
    let (mut compared, mut differ) = (0, Vec::new());
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let pages = folder.path().join("pages");
    let files = files(suffixes);
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", filter, "--outdir"]).arg(&pages).args(&files);
    let output = command.output().unwrap_or_else(|error| panic!("soffice: {error}"));
    assert!(output.status.success(), "{output:?}");
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        // LibreOffice leaves out files that it cannot open.
        let page = pages.join(file.file_stem().unwrap()).with_extension("html");
        if name == RAISED_IS_LOST || !page.is_file() {
            continue;
        }
        let (own, shown) = (figures(&file, &binder), figures(&page, &binder));
        let both: Vec<_> = own.iter().filter_map(|(field, figure)| Some((field, figure, shown.get(field)?))).collect();
        compared += usize::from(both.len() >= FIGURES);
        let others = both.iter().filter(|(_, figure, shown)| figure != shown);
        differ.extend(others.map(|(field, figure, shown)| format!("{name}: {field} is {figure}, shown as {shown}")));
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    compared
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn figures_of_texts_are_those_that_libreoffice_shows() {
    let compared = compare(TEXTS, "html:HTML (StarWriter)");
    assert!(compared >= 40, "{compared}");
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn figures_of_workbooks_are_those_that_libreoffice_shows() {
    let compared = compare(BOOKS, "html:HTML (StarCalc)");
    assert!(compared >= 12, "{compared}");
}
