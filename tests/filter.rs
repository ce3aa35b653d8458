//! The stream: one row per line in the order of the lines, whatever the lines contain and whatever happens to the child.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::program::{Folder, page, report};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const FILTER: &[&str] = &["filter", "--out", "out", "--to", "html,json"];

/// A folder with three reports.
fn reports() -> Folder {
    let folder = Folder::new();
    for seed in 1..4 {
        folder.file(&format!("in/{seed}.html"), page(&report(seed)));
    }
    folder
}

/// The rows for some lines.
fn rows(folder: &Folder, more: &[&str], lines: &[u8]) -> Vec<Value> {
    let ran = folder.run_with(&[FILTER, more].concat(), lines);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Path, status and the code of the first error of each row.
fn told(rows: &[Value]) -> Vec<(&str, &str, Option<&str>)> {
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    let code = |row: &'_ Value| {
        let findings = row["findings"].as_array().expect("findings");
        findings.iter().position(|finding| text(&finding["severity"]).as_deref() == Some("error"))
    };
    let told = rows.iter().map(|row| {
        let code = code(row).and_then(|at| row["findings"][at]["code"].as_str());
        (row["path"].as_str().expect("a path"), row["status"].as_str().expect("a status"), code)
    });
    told.collect()
}

/// Outputs by name, without the folders over which the stream distributes them.
fn outputs(folder: &Folder, out: &str) -> BTreeMap<String, Vec<u8>> {
    let tree = folder.tree(out).into_iter();
    let names = tree.map(|(name, bytes)| (name.rsplit('/').next().unwrap_or_default().to_owned(), bytes));
    let logs = ["batch.jsonl", "findings.jsonl", "index.html"];
    names.filter(|(name, _)| !name.starts_with(".nianbao") && !logs.contains(&name.as_str())).collect()
}

#[test]
fn every_line_gets_its_row_in_order() {
    let folder = reports();
    folder.file("in/junk.docx", b"PK\x03\x04 and no more");
    let content = STANDARD.encode(page(&report(3)));
    let lines = [
        &b"in/1.html\n\nin/none.docx\r\nin/junk.docx\nin\n"[..],
        b"hdfs://host/in/3.html\t",
        content.as_bytes(),
        b"\nin/2.html\x01%%%%\n\x01\nno content\t\n\xff\xfe.docx\nin/2.html",
    ];
    let rows = rows(&folder, &[], &lines.concat());
    assert_eq!(
        told(&rows),
        [
            ("in/1.html", "ok", None),
            ("", "failed", Some("line-unreadable")),
            ("in/none.docx", "failed", Some("file-unreadable")),
            ("in/junk.docx", "failed", Some("file-unsupported")),
            ("in", "failed", Some("file-unreadable")),
            ("hdfs://host/in/3.html", "ok", None),
            ("in/2.html", "failed", Some("line-unreadable")),
            ("", "failed", Some("line-unreadable")),
            ("no content", "failed", Some("file-empty")),
            ("\u{fffd}\u{fffd}.docx", "failed", Some("file-unreadable")),
            ("in/2.html", "ok", None),
        ]
    );
    let names = rows.iter().flat_map(|row| row["outputs"].as_array().expect("outputs"));
    assert_eq!(names.count(), outputs(&folder, "out").len());
    assert_eq!(rows[0]["agency"].as_str(), report(1).agency.as_deref());
    assert_eq!(rows[0]["values"].as_object().map(serde_json::Map::len), Some(report(1).values.len()));
    assert!(rows[0]["sha256"].is_string() && rows[3]["sha256"].is_string() && rows[2]["sha256"].is_null());
}

#[test]
fn outputs_are_those_of_a_sharded_run() {
    let folder = reports();
    folder.run(&["convert", "in", "-o", "one", "--to", "html,json", "--shard", "1/1"]);
    let content = STANDARD.encode(page(&report(3)));
    rows(&folder, &[], format!("in/1.html\nin/2.html\nelsewhere/3.html\x01{content}\n").as_bytes());
    let one = outputs(&folder, "one");
    assert_eq!(one.len(), 3 * 2);
    assert!(outputs(&folder, "out") == one);
    rows(&folder, &[], b"in/2.html\nin/2.html\n");
    assert!(outputs(&folder, "out") == one, "the same lines again make other files");
}

#[test]
fn without_a_folder_nothing_is_written() {
    let folder = reports();
    let ran = folder.run_with(&["filter"], b"in/1.html\n");
    let row: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((&row["status"], &row["outputs"]), (&"ok".into(), &Value::Array(Vec::new())));
    assert_eq!(folder.tree(".").len(), 3);
    assert_eq!(folder.run(&["filter", "--to", "html"]).status, Some(2));
}

#[test]
fn an_endless_line_is_one_row_and_is_not_buffered() {
    let folder = reports();
    let endless = [&vec![b'x'; 100 << 20][..], b"\nin/1.html\n"].concat();
    let rows = rows(&folder, &[], &endless);
    let lines = told(&rows);
    assert_eq!((lines.len(), lines[0].2, lines[1].1), (2, Some("line-unreadable"), "ok"));
    assert!(lines[0].0.len() < 1000);
}

#[test]
fn the_agencies_file_is_looked_up() {
    let folder = reports();
    let name = report(1).agency.expect("a name");
    folder.file("agencies.csv", format!("单位名称,曾用名,上级\n市政府,,\n区政府,,市政府\n新名,{name},区政府\n"));
    let rows = rows(&folder, &["--agencies", "agencies.csv"], b"in/1.html\nin/2.html\n");
    assert_eq!((&rows[0]["listed"], &rows[0]["agency"]), (&"新名".into(), &name.into()));
    assert_eq!(told(&rows)[1], ("in/2.html", "findings", Some("agency-not-listed")));
    let printed = folder.run(&["agencies", "agencies.csv"]).out;
    let last: Value = serde_json::from_str(printed.lines().last().expect("a line")).expect("JSON");
    assert_eq!(last["superiors"], serde_json::json!(["区政府", "市政府"]));
}

#[test]
fn a_command_that_cannot_run_says_why_and_fails() {
    let folder = reports();
    folder.file("agencies.csv", "单位名称,上级\n甲,乙\n");
    for (args, said) in [
        (&["--form", "none"][..], "no form `none`"),
        (&["--agencies", "agencies.csv"], "乙"),
        (&["--agencies", "none.csv"], "none.csv"),
        (&["--mappings", "none"], "none"),
        (&["--memory", "1"], "did not start"),
    ] {
        let ran = folder.run_with(&[FILTER, args].concat(), b"");
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}

/// Lines with files that make a debug build die, hang or grow.
#[cfg(debug_assertions)]
mod poison {
    use super::*;

    fn poisoned() -> Folder {
        let folder = reports();
        for kind in ["abort", "hang", "grow", "panic"] {
            folder.file(&format!("in/{kind}"), format!("nianbao-poison:{kind}\n"));
        }
        folder
    }

    #[test]
    fn a_file_that_kills_the_converter_is_a_row_and_the_stream_continues() {
        let folder = poisoned();
        let lines = b"in/abort\nin/1.html\nin/panic\nin/abort\nin/2.html\n";
        let rows = rows(&folder, &[], lines);
        assert_eq!(
            told(&rows),
            [
                ("in/abort", "failed", Some("converter-died")),
                ("in/1.html", "ok", None),
                ("in/panic", "failed", Some("internal-error")),
                ("in/abort", "failed", Some("converter-died")),
                ("in/2.html", "ok", None),
            ]
        );
        let left = folder.tree("out").into_keys().filter(|name| name.contains("tmp")).count();
        assert_eq!((left, outputs(&folder, "out").len()), (0, 2 * 2));
    }

    #[test]
    fn a_hanging_child_is_killed() {
        let folder = poisoned();
        let rows = rows(&folder, &["--time", "2"], b"in/hang\nin/1.html\n");
        assert_eq!(told(&rows), [("in/hang", "failed", Some("converter-timed-out")), ("in/1.html", "ok", None)]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_growing_child_meets_its_memory_limit() {
        let folder = poisoned();
        let rows = rows(&folder, &["--memory", "600"], b"in/grow\nin/1.html\n");
        assert_eq!(told(&rows), [("in/grow", "failed", Some("converter-died")), ("in/1.html", "ok", None)]);
    }
}

/// A stream driven line by line.
#[cfg(target_os = "linux")]
mod children {
    use std::process::Command;

    use super::*;

    struct Stream {
        parent: Child,
        lines: ChildStdin,
        rows: BufReader<ChildStdout>,
    }

    impl Stream {
        fn start(folder: &Folder) -> Self {
            Self::start_with(folder, &[])
        }

        fn start_with(folder: &Folder, more: &[&str]) -> Self {
            let mut parent =
                folder.command(&[FILTER, more].concat()).stdin(Stdio::piped()).spawn().expect("the program");
            let (lines, rows) = (parent.stdin.take().expect("a pipe"), parent.stdout.take().expect("a pipe"));
            Self { parent, lines, rows: BufReader::new(rows) }
        }

        /// The status of a line, before any other line is sent.
        fn ask(&mut self, line: &str) -> String {
            writeln!(self.lines, "{line}").expect("to be read");
            let mut row = String::new();
            self.rows.read_line(&mut row).expect("a row");
            let row: Value = serde_json::from_str(&row).expect("JSON");
            row["status"].as_str().expect("a status").to_owned()
        }

        /// Process ids of its children.
        fn children(&self) -> Vec<u32> {
            let id = self.parent.id();
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("a list");
            children.split_whitespace().map(|id| id.parse().expect("a number")).collect()
        }
    }

    fn kill(id: u32) {
        send("-KILL", id);
    }

    fn send(signal: &str, id: u32) {
        assert!(Command::new("kill").args([signal, &id.to_string()]).status().expect("kill").success());
    }

    #[test]
    fn a_child_that_is_stopped_from_outside_is_bounded_by_the_time() {
        let folder = reports();
        let mut stream = Stream::start_with(&folder, &["--time", "3"]);
        assert_eq!(stream.ask("in/1.html"), "ok");
        let stopped = stream.children();
        send("-STOP", stopped[0]);
        let since = std::time::Instant::now();
        assert_eq!(stream.ask("in/2.html"), "failed");
        // The time limit, plus the time that a busy machine needs to kill it.
        assert!(since.elapsed().as_secs() < 60);
        assert_eq!(stream.ask("in/3.html"), "ok");
        assert_ne!(stream.children(), stopped);
    }

    #[test]
    fn one_child_processes_all_lines_and_no_line_is_lost_if_it_is_killed() {
        let folder = reports();
        let mut stream = Stream::start(&folder);
        assert_eq!(stream.ask("in/1.html"), "ok");
        let first = stream.children();
        assert_eq!(first.len(), 1);
        assert_eq!((stream.ask("in/2.html"), stream.ask("none")), ("ok".to_owned(), "failed".to_owned()));
        assert_eq!(stream.children(), first);
        kill(first[0]);
        assert_eq!(stream.ask("in/3.html"), "ok");
        assert_ne!(stream.children(), first);
        drop(stream.lines);
        assert!(stream.parent.wait().expect("the end").success());
    }

    #[test]
    fn a_child_ends_with_its_parent_even_one_that_hangs() {
        let folder = reports();
        folder.file("in/hang", "nianbao-poison:hang");
        let mut stream = Stream::start(&folder);
        assert_eq!(stream.ask("in/1.html"), "ok");
        let child = stream.children()[0];
        writeln!(stream.lines, "in/hang").expect("to be read");
        std::thread::sleep(std::time::Duration::from_millis(200));
        kill(stream.parent.id());
        stream.parent.wait().expect("the end");
        for _ in 0..1000 {
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the child goes on");
    }
}
