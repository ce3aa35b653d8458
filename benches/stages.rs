//! Cost of each stage for one report, and of all stages together: `cargo bench --bench stages`. Times are comparable within one run;
//! `scripts/instructions` counts instructions, which are the same in every run. The samples have little prose:
//! `NIANBAO_FILES=a.docx:b.xlsx cargo bench --bench stages -- all_stages` also measures other files.

#![allow(clippy::expect_used, reason = "a benchmark stops with what is wrong")]

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use nianbao::bind::{Binder, Hints};
use nianbao::check::{Context, check};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms};
use nianbao::read::{Reading, read};
use nianbao::report::Report;
use nianbao::write::{Output, WRITERS};

/// The allocator of the program.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

const WORD: &str = "word-2021.docx";

fn sample(name: &str) -> Vec<u8> {
    // An absolute path replaces the folder of the samples.
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).expect("a sample")
}

/// The samples, and the files that `NIANBAO_FILES` names by their absolute paths.
fn files() -> Vec<String> {
    let own = std::env::var("NIANBAO_FILES").unwrap_or_default();
    let own = own.split(':').filter(|path| !path.is_empty()).map(str::to_owned);
    [WORD, "word-97.doc", "sheet-2021.xlsx"].map(str::to_owned).into_iter().chain(own).collect()
}

fn reading(name: &str) -> Reading {
    read(&sample(name), Some(name), &mut Budget::default()).expect("a document")
}

fn bound(binder: &Binder, name: &str) -> Report {
    binder.bind(&reading(name), &Hints::default()).expect("a report")
}

fn form(forms: &Forms) -> &Form {
    forms.get("gkbg-2021").expect("a form")
}

#[divan::bench]
fn start_up(bencher: Bencher) {
    bencher.bench_local(|| Binder::new(&Forms::built_in().expect("forms")));
}

#[divan::bench]
fn inflate(bencher: Bencher) {
    let bytes = sample(WORD);
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("a package");
        let mut part = package.by_name("word/document.xml").expect("a part");
        std::io::copy(&mut part, &mut std::io::sink()).expect("its bytes")
    });
}

#[divan::bench(args = [WORD, "word-97.doc", "rich-text.rtf", "text-document.odt", "sheet-2021.xlsx", "page-utf8.html", "text-lines.txt"])]
fn reads(bencher: Bencher, name: &str) {
    let bytes = sample(name);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| read(black_box(&bytes), Some(name), &mut Budget::default()).expect("a document"));
}

#[divan::bench(args = [WORD, "word-97.doc", "sheet-2021.xlsx", "text-lines.txt"])]
fn binds(bencher: Bencher, name: &str) {
    let forms = Forms::built_in().expect("forms");
    let (binder, reading) = (Binder::new(&forms), reading(name));
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| binder.bind(black_box(&reading), &Hints::default()).expect("a report"));
}

#[divan::bench]
fn checks(bencher: Bencher) {
    let forms = Forms::built_in().expect("forms");
    let report = bound(&Binder::new(&forms), WORD);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| check(form(&forms), black_box(&report), &Context::default()));
}

#[divan::bench(args = ["docx", "xlsx", "html", "json"])]
fn writes(bencher: Bencher, suffix: &str) {
    let forms = Forms::built_in().expect("forms");
    let report = bound(&Binder::new(&forms), WORD);
    let writer = WRITERS.iter().find(|writer| writer.output.suffix() == suffix).expect("a writer");
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| writer.write(form(&forms), black_box(&report)).expect("an output"));
}

/// Bytes to checked DOCX, XLSX and HTML.
#[divan::bench(args = files())]
fn all_stages(bencher: Bencher, name: &str) {
    let forms = Forms::built_in().expect("forms");
    let (binder, bytes) = (Binder::new(&forms), sample(name));
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let reading = read(black_box(&bytes), Some(name), &mut Budget::default()).expect("a document");
        let mut report = binder.bind(&reading, &Hints::default()).expect("a report");
        let form = forms.get(&report.form).expect("its form");
        let findings = check(form, &report, &Context::default());
        report.findings.extend(findings);
        let wanted = [Output::Docx, Output::Xlsx, Output::Html];
        let writers = WRITERS.iter().filter(|writer| wanted.contains(&writer.output));
        writers.map(|writer| writer.write(form, &report).expect("an output").len()).sum::<usize>()
    });
}
