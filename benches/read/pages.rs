//! Other programs that read PDF: pdftotext, `PyMuPDF` and pdfplumber. A program that is not there has no row.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::compare::childrens_time;

/// Number of runs of pdftotext in one turn, and of readings of a file in one Python process.
const RUNS: u32 = 20;

/// Prints the CPU time of one reading in nanoseconds, without the start of the interpreter and of the library.
const PYTHON: &str = "
import sys, time
how, path, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
if how == 'pymupdf':
    import pymupdf
    def read():
        with pymupdf.open(path) as file:
            return [page.get_text() for page in file]
elif how == 'pymupdf-tables':
    import pymupdf
    def read():
        with pymupdf.open(path) as file:
            return [[table.extract() for table in page.find_tables()] for page in file]
else:
    import pdfplumber
    def read():
        with pdfplumber.open(path) as file:
            return [(page.extract_text(), page.extract_tables()) for page in file.pages]
read()
start = time.process_time_ns()
for _ in range(runs):
    read()
print((time.process_time_ns() - start) // runs)
";

/// Whether a file has pages of a fixed layout, which LibreOffice opens as a drawing.
pub(crate) fn is_fixed(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "pdf" | "ofd")))
}

/// CPU time per file of the other programs; empty for other formats.
pub(crate) fn of(name: &str) -> Vec<(&'static str, Duration)> {
    if !matches!(name.rsplit_once('.'), Some((_, "pdf"))) {
        return Vec::new();
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    let path = path.display().to_string();
    let python = |how: &str| python(how, &path);
    let rows = [
        ("pdftotext -layout, with its start", pdftotext(&path)),
        ("PyMuPDF, the text alone", python("pymupdf")),
        ("PyMuPDF, tables", python("pymupdf-tables")),
        ("pdfplumber, text and tables", python("pdfplumber")),
    ];
    rows.into_iter().filter_map(|(name, time)| Some((name, time?))).collect()
}

fn pdftotext(path: &str) -> Option<Duration> {
    let started = childrens_time()?;
    for _ in 0..RUNS {
        let status = Command::new("pdftotext").args(["-layout", path, "-"]).stdout(Stdio::null()).status().ok()?;
        if !status.success() {
            return None;
        }
    }
    Some(childrens_time()?.checked_sub(started)? / RUNS)
}

/// The interpreter of `benches/compare/run`, which has the libraries.
fn python(how: &str, path: &str) -> Option<Duration> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/compare/venv/bin/python");
    let program = if own.exists() { own } else { PathBuf::from("python3") };
    let output = Command::new(program).args(["-c", PYTHON, how, path, &RUNS.to_string()]).output().ok()?;
    let time = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_nanos(time))
}
