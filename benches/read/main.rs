//! Speed of reading each format: `cargo bench --bench read`; compared with other programs: `cargo bench --bench read -- --compare`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark stops with what is wrong"
)]

mod compare;
mod others;
mod pages;

use std::sync::LazyLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use nianbao::document::{Budget, Limits, Reuse};
use nianbao::read::read;

/// Sample reports, one per format; formats that this program does not write were written by LibreOffice.
const SAMPLES: &[&str] = &[
    "word-2021.docx",
    "word-97.doc",
    "rich-text.rtf",
    "text-document.odt",
    "sheet-2021.xlsx",
    "binary.xlsb",
    "excel-97.xls",
    "calc.ods",
    "excel-2003.xml",
    "word-flat.xml",
    "page.mht",
    "page-utf8.html",
    "page-gbk.html",
    "text-pipes.txt",
    "text-lines.txt",
    "report.pdf",
    "report.ofd",
];

/// What a worker reuses from file to file.
static REUSE: LazyLock<Reuse> = LazyLock::new(Reuse::default);

fn main() {
    if std::env::args().any(|argument| argument == "--compare") {
        compare::table();
    } else {
        divan::main();
    }
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a sample")
}

/// Reads bytes to a document, as every command does: with format detection, budget and findings.
fn ours(bytes: &[u8]) {
    black_box(read(black_box(bytes), None, &mut Budget::reusing(Limits::default(), &REUSE)).expect("a document"));
}

#[divan::bench(args = SAMPLES)]
fn report(bencher: Bencher, name: &str) {
    let bytes = sample(name);
    bencher.counter(BytesCount::of_slice(&bytes)).counter(ItemsCount::new(1_usize)).bench_local(|| ours(&bytes));
}
