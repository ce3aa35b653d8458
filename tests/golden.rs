//! Golden files: the output of `inspect` for every sample, as text in `tests/golden/`. `BLESS=1 cargo test golden` rewrites them; read
//! the difference before committing it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program;
use crate::sources;
use serde_json::Value;

/// Folders whose files have golden files.
const SAMPLES: &[&str] = &["samples", "tests/damaged"];

const GOLDEN: &str = "tests/golden";

fn samples() -> Vec<PathBuf> {
    let files = SAMPLES.iter().flat_map(|folder| sources::files(folder));
    files
        .filter(|path| path.extension().is_none_or(|suffix| !["md", "zip", "csv"].iter().any(|other| suffix == *other)))
        .collect()
}

/// The golden file of a sample: `samples/a.docx` has `tests/golden/a.docx.txt`.
fn golden(sample: &Path) -> PathBuf {
    let name = sample.file_name().expect("a name").to_string_lossy();
    Path::new(GOLDEN).join(format!("{name}.txt"))
}

/// The output of the program for a sample: a line per figure, paragraph and finding.
fn inspected(sample: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    // Paths have `/` on every system.
    let shown = sample.to_string_lossy().replace('\\', "/");
    command.args(["--lang", "zh", "inspect", &shown]).current_dir(sources::root());
    let ran = program::ran(&command.output().expect("the program"));
    let mut text = format!("exit {}\n{}", ran.status.unwrap_or(-1), ran.err);
    if !ran.out.is_empty() {
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        // The reports of a file with several are distinguished by number.
        let several = report.as_array().cloned();
        for (number, report) in several.as_ref().unwrap_or(&vec![report.clone()]).iter().enumerate() {
            for (key, value) in report.as_object().expect("an object") {
                let key = if several.is_some() { format!("{number}.{key}") } else { key.clone() };
                lines(&key, value, 2, &mut text);
            }
        }
    }
    text
}

/// A JSON value in lines of `key value`, expanded to a depth.
fn lines(key: &str, value: &Value, depth: usize, text: &mut String) {
    let open = if depth > 0 { value } else { &Value::Null };
    match open {
        Value::Object(object) if !object.is_empty() && !is_leaf(object) => {
            for (name, inner) in object {
                lines(&format!("{key}.{name}"), inner, depth - 1, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            // Sections of a report are expanded down to their paragraphs.
            let depth = if key == "sections" || key.ends_with(".sections") { 3 } else { depth - 1 };
            for inner in items {
                lines(key, inner, depth, text);
            }
        }
        _ => writeln!(text, "{key} {value}").expect("room"),
    }
}

/// Figures, paragraphs and findings are one line each.
fn is_leaf(object: &serde_json::Map<String, Value>) -> bool {
    ["raw", "type", "code"].iter().any(|key| object.contains_key(*key))
}

#[test]
fn every_sample_matches_its_golden_file_and_every_golden_file_has_a_sample() {
    let blessing = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for sample in samples() {
        let (path, found) = (sources::root().join(golden(&sample)), inspected(&sample));
        if blessing {
            std::fs::create_dir_all(sources::root().join(GOLDEN)).expect("a folder");
            std::fs::write(&path, &found).expect("written");
        }
        let wanted = std::fs::read_to_string(&path).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("{}: {}", sample.display(), difference(&wanted, &found)));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 cargo test golden rewrites what is right.\n{}", wrong.join("\n"));
    let wanted: BTreeSet<PathBuf> = samples().iter().map(|sample| golden(sample)).collect();
    assert_eq!(wanted.len(), samples().len(), "two samples have one name");
    let found: BTreeSet<PathBuf> = sources::files(GOLDEN).into_iter().collect();
    assert_eq!(found, wanted, "a golden without its sample has to go");
}

/// The first line that differs.
fn difference(wanted: &str, found: &str) -> String {
    if wanted.is_empty() {
        return "there is no golden".to_owned();
    }
    let pairs = wanted.lines().zip(found.lines()).enumerate();
    let first = pairs.into_iter().find(|(_, (one, other))| one != other);
    first.map_or_else(
        || format!("{} lines and {}", wanted.lines().count(), found.lines().count()),
        |(number, (one, other))| format!("line {}\n  golden {one}\n  found  {other}", number + 1),
    )
}

#[test]
fn the_samples_convert_without_an_error_and_the_damaged_ones_as_documented() {
    let folder = program::Folder::new();
    let convert = |input: &str, out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
        command.args(["convert", input, "--to", "json", "-o"]).arg(folder.path(out)).current_dir(sources::root());
        program::ran(&command.output().expect("the program"))
    };
    let good = convert("samples", "good");
    // One report of the county is wrong on purpose.
    let (wrong, errors) = ("samples/county/2024/教育局年报.docx", folder.log("good/findings.jsonl"));
    let errors: Vec<_> = errors.iter().filter(|line| line["severity"] == "error").collect();
    assert!(errors.len() == 1 && errors[0]["path"] == wrong && errors[0]["code"] == "cell-wrong", "{}", good.err);
    assert_eq!(good.status, Some(1), "{}", good.err);
    assert_eq!(convert("tests/damaged", "damaged").status, Some(1));
    let page = sources::text(Path::new("tests/damaged/README.md"));
    let findings = folder.log("damaged/findings.jsonl");
    for sample in
        sources::files("tests/damaged").iter().filter(|path| path.extension().is_none_or(|suffix| suffix != "md"))
    {
        let name = sample.file_name().expect("a name").to_string_lossy();
        let row = page.lines().find(|line| line.contains(&format!("`{name}`"))).unwrap_or_else(|| panic!("{name}"));
        let code = row.split('|').nth(2).expect("a code").trim().trim_matches('`');
        let found =
            |line: &&Value| line["path"].as_str().is_some_and(|path| path.ends_with(&*name)) && line["code"] == code;
        assert!(findings.iter().any(|line| found(&line)), "{name} should have {code}");
    }
}
