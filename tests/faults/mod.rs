//! Failing system calls and power cuts, for every operation of small runs. Run by `scripts/test`; needs gcc.
//!
//! `seam.c` is a shim between the program and the C library. It makes the n-th operation on the output folder fail, or writes a trace of
//! all operations, from which [`disk`] computes what a disk may contain after a power cut.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod disk;
mod memory;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::program::{Folder, Ran, page, ran, report};
use disk::{Disk, Loses};
use nianbao::form::Forms;
use nianbao::write::{Output, WRITERS};

/// Errors of failing operations, used in turn: I/O error, disk full, permission denied (errno numbers of Linux).
const ERRORS: [&str; 3] = ["5", "28", "13"];

/// Files written at the end of a batch; they differ if the run was incomplete.
const LOGS: [&str; 3] = ["batch.jsonl", "findings.jsonl", "index.html"];

/// Commands that write to a folder; the output folder is appended to each.
const COMMANDS: [&[&str]; 3] = [
    &["convert", "in", "--to", "docx,html", "--in-process", "-j", "1", "-o"],
    &["fill", "in", "--template", "blank.docx", "--in-process", "-j", "1", "-o"],
    &["rollup", "in", "--in-process", "-j", "1", "-o"],
];

/// A folder with two reports, a blank form, and the shim.
fn folder() -> Folder {
    let folder = Folder::new();
    for seed in 0..2 {
        folder.file(&format!("in/{seed}.html"), page(&report(seed)));
    }
    let forms = Forms::built_in().expect("the built-in forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let writer = WRITERS.iter().find(|writer| writer.output == Output::Docx).expect("a writer");
    folder.file("blank.docx", writer.write(form, &nianbao::report::Report::empty(&form.id)).expect("a blank"));
    folder.file("seam.c", include_str!("seam.c"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-O1", "-o", "seam.so", "seam.c", "-ldl", "-lpthread"]);
    assert!(gcc.current_dir(folder.path(".")).status().expect("gcc").success());
    folder
}

/// Runs a command under the shim, with outputs in `out`.
fn watched(folder: &Folder, command: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = folder.command(&[command, &["out"]].concat());
    command.env("LD_PRELOAD", folder.path("seam.so")).env("SEAM_ROOTS", "out").envs(variables.iter().copied());
    ran(&command.output().expect("the program"))
}

fn again(folder: &Folder, command: &[&str]) -> Ran {
    folder.run(&[command, &["out"]].concat())
}

/// The files of a run, without hidden ones.
fn visible(folder: &Folder, name: &str) -> BTreeMap<String, Vec<u8>> {
    let mut tree = if folder.path(name).exists() { folder.tree(name) } else { BTreeMap::new() };
    tree.retain(|name, _| !name.starts_with('.'));
    tree
}

fn clear(folder: &Folder) {
    if folder.path("out").exists() {
        fs::remove_dir_all(folder.path("out")).expect("removed");
    }
}

#[test]
#[ignore = "needs gcc and takes minutes; scripts/test runs it"]
fn every_failing_operation_is_reported_no_file_is_partial_and_the_next_run_completes() {
    let folder = folder();
    for command in COMMANDS {
        clear(&folder);
        let unbroken = watched(&folder, command, &[("SEAM_COUNT", "count")]);
        assert!(matches!(unbroken.status, Some(0 | 1)), "{command:?}: {}", unbroken.err);
        let whole = visible(&folder, "out");
        let count: usize = fs::read_to_string(folder.path("count")).expect("a count").parse().expect("a number");
        assert!(count > 20, "the seam saw {count} operations of {command:?}");
        for number in 1..=count {
            clear(&folder);
            let error = ERRORS[number % ERRORS.len()];
            let broken = watched(&folder, command, &[("SEAM_FAIL", &number.to_string()), ("SEAM_ERRNO", error)]);
            let context = format!("operation {number} of {count} of {command:?}: {:?} {}", broken.status, broken.err);
            let left = visible(&folder, "out");
            for (name, bytes) in left.iter().filter(|(name, _)| !LOGS.contains(&name.as_str())) {
                assert!(whole.get(name) == Some(bytes), "{name} is not whole; {context}");
            }
            if broken.status == unbroken.status {
                assert!(left == whole, "a file is missing or different, but nothing is reported; {context}");
            } else {
                assert!(matches!(broken.status, Some(1 | 2)) && !broken.err.is_empty(), "{context}");
            }
            let next = again(&folder, command);
            assert_eq!(next.status, unbroken.status, "the run after {context}: {}", next.err);
            assert!(visible(&folder, "out") == whole, "the run after it did not complete; {context}");
            let all = folder.tree("out");
            assert!(!all.keys().any(|name| name.contains("-tmp-")), "a temporary file is left; {context}");
        }
    }
}

#[test]
#[ignore = "needs gcc and takes minutes; scripts/test runs it"]
fn after_a_power_cut_at_any_moment_the_log_is_true_and_the_same_command_completes() {
    let folder = folder();
    let command = COMMANDS[0];
    let unbroken = watched(&folder, command, &[("SEAM_TRACE", "trace")]);
    let whole = visible(&folder, "out");
    let trace = disk::operations(&fs::read(folder.path("trace")).expect("a trace"));
    assert!(trace.iter().any(disk::Operation::is_sync), "nothing is synced");
    let (mut cuts, mut logged) = (0, 0);
    for moment in (1..=trace.len()).filter(|&moment| moment == trace.len() || !trace[moment].is_write()) {
        for loses in [Loses::UnsyncedBytes, Loses::UnsyncedNames] {
            Disk::new(BTreeMap::new()).after(&trace[..moment]).restore(&folder.path("out"), "out", loses);
            let context = format!("cut after operation {moment} of {}, which loses {loses:?}", trace.len());
            if folder.path("out/batch.jsonl").exists() {
                logged += 1;
                assert_eq!(folder.log("out/batch.jsonl").len(), 2, "{context}");
                let left = visible(&folder, "out");
                for line in folder.log("out/batch.jsonl") {
                    for name in line["outputs"].as_array().expect("a list") {
                        let name = name.as_str().expect("a name");
                        assert!(left.get(name) == whole.get(name), "the log says that {name} is there; {context}");
                    }
                }
            }
            let next = again(&folder, command);
            assert_eq!(next.status, unbroken.status, "{context}: {}", next.err);
            assert!(visible(&folder, "out") == whole, "{context}");
            cuts += 1;
        }
    }
    println!("{cuts} power cuts, after {logged} of them there was a log");
    assert!(cuts > 40 && logged > 1 && logged < cuts);
}

#[test]
#[ignore = "needs gcc and takes minutes; scripts/test runs it"]
fn a_roll_up_that_replaces_another_leaves_each_file_old_or_new_whatever_is_cut() {
    let folder = folder();
    let command = COMMANDS[2];
    again(&folder, command);
    let old = folder.tree("out");
    folder.file("in/1.html", page(&report(7)));
    let unbroken = watched(&folder, command, &[("SEAM_TRACE", "trace")]);
    let new = visible(&folder, "out");
    let trace = disk::operations(&fs::read(folder.path("trace")).expect("a trace"));
    let mut mixed = 0;
    for moment in (1..=trace.len()).filter(|&moment| moment == trace.len() || !trace[moment].is_write()) {
        for loses in [Loses::UnsyncedBytes, Loses::UnsyncedNames] {
            Disk::new(old.clone()).after(&trace[..moment]).restore(&folder.path("out"), "out", loses);
            let context = format!("cut after operation {moment} of {}, which loses {loses:?}", trace.len());
            for (name, bytes) in visible(&folder, "out") {
                let is_new = new.get(&name) == Some(&bytes);
                assert!(is_new || old.get(&name) == Some(&bytes), "{name} is neither old nor new; {context}");
                mixed += usize::from(is_new);
            }
            assert_eq!(again(&folder, command).status, unbroken.status, "{context}");
            assert!(visible(&folder, "out") == new, "{context}");
        }
    }
    assert!(mixed > 0, "no cut came after a file was replaced");
}
