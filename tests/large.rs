//! Batches as large and as troubled as those of a province: flat memory, kills at any moment, a full disk. Run by `scripts/test`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Folder, page, report};
use nianbao::sampler::Random;

/// Writes pages of made-up reports in folders of a hundred.
fn reports(folder: &Folder, name: &str, count: u64) {
    for seed in 0..count {
        folder.file(&format!("{name}/{:03}/{seed}.html", seed / 100), page(&report(seed)));
    }
}

/// Peak memory of a run in one process, in KiB. The system keeps the high-water mark while the process lives.
fn peak(folder: &Folder, args: &[&str]) -> u64 {
    // The supervisor's own memory is irrelevant.
    let mut child =
        folder.command(&[args, &["--in-process"]].concat()).stderr(Stdio::null()).spawn().expect("a process");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let mark = mark.and_then(|mark| mark.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(mark.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(20));
    }
    peak
}

#[test]
#[ignore = "takes minutes; scripts/test runs it"]
fn fifteen_hundred_reports_need_no_more_memory_than_a_hundred_and_fifty() {
    let folder = Folder::new();
    reports(&folder, "few", 150);
    reports(&folder, "many", 1_500);
    let few = peak(&folder, &["convert", "few", "-o", "out-few", "--to", "docx,xlsx,html"]);
    let many = peak(&folder, &["convert", "many", "-o", "out-many", "--to", "docx,xlsx,html"]);
    assert_eq!(folder.log("out-many/batch.jsonl").len(), 1_500);
    println!("peak: {few} KiB for 150 reports, {many} KiB for 1,500");
    // A tenth is less than 5 KiB a report.
    assert!(few > 0 && many * 10 <= few * 11, "{few} KiB for 150 reports, {many} KiB for 1,500");
}

#[test]
#[ignore = "takes minutes; scripts/test runs it"]
fn a_run_killed_at_any_moment_leaves_whole_files_and_the_same_command_finishes_it() {
    let folder = Folder::new();
    reports(&folder, "in", 300);
    folder.file("in/cut.docx", b"PK\x03\x04 and no more");
    let args = |out: &'static str| ["convert", "in", "-o", out, "--to", "docx,xlsx,html"];
    let started = Instant::now();
    folder.run(&args("whole"));
    let unbroken = started.elapsed();
    let whole = visible(folder.tree("whole"));
    fs::create_dir(folder.path("broken")).expect("a folder");
    let mut random = Random::new(2_024);
    let mut parts = 0;
    for _ in 0..10 {
        let mut command = folder.command(&args("broken"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a process");
        // Each run continues where the previous one was killed: ten of them together take less than an uninterrupted one.
        std::thread::sleep(unbroken * (random.below(900) as u32) / 10_000);
        child.kill().expect("killed");
        // The worker dies just after its supervisor: standard output is closed when both are gone.
        child.wait_with_output().expect("ended");
        let left = visible(folder.tree("broken"));
        parts += usize::from(!left.is_empty() && left.len() < whole.len());
        for (name, bytes) in left.iter().filter(|(name, _)| !LOGS.contains(&name.as_str())) {
            assert!(whole.get(name) == Some(bytes), "{name} is not whole");
        }
    }
    assert!(parts > 0, "no kill met a run that had begun and not ended");
    let ran = folder.run(&args("broken"));
    assert!(!ran.err.contains("; 0 of them unchanged"), "what was done is not done again: {}", ran.err);
    assert!(visible(folder.tree("broken")) == whole, "the finished run differs from the unbroken one");
}

/// Files written at the end, and replaced by every run.
const LOGS: [&str; 3] = ["batch.jsonl", "findings.jsonl", "index.html"];

/// A tree without the program's own files.
fn visible(mut tree: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    tree.retain(|name, _| !name.starts_with('.'));
    tree
}

#[test]
#[ignore = "mounts a small disk; scripts/test runs it"]
fn a_full_disk_ends_the_run_with_whole_files_and_more_room_finishes_it() {
    let folder = Folder::new();
    reports(&folder, "in", 60);
    folder.run(&["convert", "in", "-o", "whole", "--to", "docx,html"]);
    let whole = visible(folder.tree("whole"));
    fs::create_dir(folder.path("disk")).expect("a folder");
    // The disk is unmounted when the shell ends, so the shell copies the folder out.
    let script = "mount -t tmpfs -o size=600k none disk && \"$0\" convert in -o disk/out --to docx,html; echo $?; \
                  mkdir -p kept && cp -r disk/out kept/";
    let shell = std::process::Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", script, env!("CARGO_BIN_EXE_nianbao")])
        .current_dir(folder.path("."))
        .env("LANG", "C")
        .output()
        .expect("unshare");
    let (out, err) = (String::from_utf8_lossy(&shell.stdout), String::from_utf8_lossy(&shell.stderr));
    assert_eq!(out.trim(), "2", "a run that cannot go on says so: {err}");
    assert!(err.contains("disk/out"), "{err}");
    let left = visible(folder.tree("kept/out"));
    assert!(left.len() < whole.len(), "the disk was not full");
    for (name, bytes) in left.iter().filter(|(name, _)| !LOGS.contains(&name.as_str())) {
        assert!(whole.get(name) == Some(bytes), "{name} is not whole");
    }
    folder.run(&["convert", "in", "-o", "kept/out", "--to", "docx,html"]);
    assert!(visible(folder.tree("kept/out")) == whole, "with room again the same command finishes");
}
