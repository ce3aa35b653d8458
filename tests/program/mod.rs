//! Runs the real program in a fresh folder.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nianbao::form::Forms;
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::{self, WRITERS};

/// A fresh folder in which the program is run.
pub(crate) struct Folder(tempfile::TempDir);

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, creating its folders.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    /// A command with these arguments, in this folder, with messages in English.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
        command.args(args).current_dir(self.0.path());
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        ran(&self.command(args).output().expect("the program"))
    }

    /// Runs the program with standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().expect("the program");
        child.stdin.take().expect("standard input").write_all(input).expect("to be read");
        ran(&child.wait_with_output().expect("the program"))
    }

    /// Every file below a folder with its bytes; times in the log are removed.
    pub(crate) fn tree(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(name);
        let files = walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.expect("an entry"));
        let files = files.filter(|entry| entry.file_type().is_file());
        files.map(|entry| (relative(entry.path(), &root), without_times(entry.path()))).collect()
    }

    /// The lines of a log as JSON.
    pub(crate) fn log(&self, name: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.path(name)).expect("a log");
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        status: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("below the folder").to_string_lossy().replace('\\', "/")
}

/// A file without how long its inputs took (in the log) and when its files were changed (in the cache).
fn without_times(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).expect("a file");
    let times = match path.file_name().and_then(|name| name.to_str()) {
        Some("batch.jsonl") => r#","milliseconds":\d+"#,
        Some(".nianbao-cache") => r#","stamp":(null|\{[^}]*\})"#,
        _ => return bytes,
    };
    let text = String::from_utf8(bytes).expect("UTF-8");
    regex::Regex::new(times).expect("a pattern").replace_all(&text, "").into_owned().into_bytes()
}

/// A report with made-up figures that satisfy every rule.
pub(crate) fn report(seed: u64) -> Report {
    let forms = Forms::built_in().expect("the built-in forms");
    Sampler::new(seed).report(forms.get("gkbg-2021").expect("a form"))
}

/// A report as a web page.
pub(crate) fn page(report: &Report) -> Vec<u8> {
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get(&report.form).expect("its form");
    let writer = WRITERS.iter().find(|writer| writer.output == write::Output::Html).expect("a writer");
    writer.write(form, report).expect("a page")
}
