//! Reads every file below a folder, each in a process with limits on time and memory, and prints the outcomes: `cargo run --example
//! survey -- FOLDER [--log FILE]`; `--show FILE` prints one file's text and tables as JSON.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nianbao::document::{Block, Budget, Format, Grid};
use nianbao::read::{ReadError, Reading, Sniffed, read, sniff};
use rayon::prelude::*;
use serde_json::{Value, json};

/// Address space of one child.
const KIBIBYTES: u64 = 1 << 20;
/// A child that takes longer is counted as hung; the program is a debug build.
const PATIENCE: Duration = Duration::from_secs(10);

/// Columns of the table, each with its outcome.
const COLUMNS: &[(&str, &str)] = &[
    ("read", "read"),
    ("encrypted", "file-encrypted"),
    ("damaged", "file-damaged"),
    ("not supported", "file-unsupported"),
    ("over a limit", "file-over-limit"),
    ("empty", "file-empty"),
    ("pictures alone", "pages-are-pictures"),
    ("without characters", "pages-unreadable"),
    ("crashed or hung", ""),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--one", path] => println!("{}", one(Path::new(path))?),
        ["--show", path] => println!("{}", show(Path::new(path))?),
        [folder] => survey(Path::new(folder), None)?,
        [folder, "--log", log] => survey(Path::new(folder), Some(Path::new(log)))?,
        _ => return Err("usage: survey FOLDER [--log FILE] | --show FILE".into()),
    }
    Ok(())
}

/// A file's format by its first suffix, and the result of reading it.
type Opened = (&'static str, Result<Reading, ReadError>);

fn open(path: &Path) -> Result<Opened, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let format = match sniff(&bytes) {
        Sniffed::Known(Format::SheetXml) => "sheet xml",
        Sniffed::Known(format) => nianbao::read::READERS
            .iter()
            .find(|reader| reader.format == format)
            .and_then(|reader| reader.suffixes.first().copied())
            .unwrap_or("?"),
        Sniffed::Encrypted => "encrypted",
        Sniffed::Other(_) => "other",
        Sniffed::Empty => "empty",
    };
    let name = path.file_name().map(|name| name.to_string_lossy());
    Ok((format, read(&bytes, name.as_deref(), &mut Budget::default())))
}

/// Reads one file; the outcome is a JSON object.
fn one(path: &Path) -> Result<Value, Box<dyn Error>> {
    let started = Instant::now();
    let (format, result) = open(path)?;
    let milliseconds = started.elapsed().as_millis();
    let mut line = json!({ "format": format, "milliseconds": milliseconds, "kibibytes": peak() });
    match result {
        Ok(reading) => {
            let (mut text, mut tables) = (0, 0);
            count(&reading.document.blocks, &mut text, &mut tables);
            let findings: Vec<_> = reading.findings.iter().map(|finding| finding.code.clone()).collect();
            line["outcome"] = "read".into();
            line["characters"] = text.into();
            line["tables"] = tables.into();
            line["findings"] = findings.into();
        }
        Err(error) => {
            line["outcome"] = error.code().id.into();
            line["detail"] = error.to_string().into();
        }
    }
    Ok(line)
}

fn count(blocks: &[Block], text: &mut usize, tables: &mut usize) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => *text += paragraph.text.chars().count(),
            Block::Picture(_) => {}
            Block::Grid(grid) => {
                *tables += 1;
                for cell in grid.cells() {
                    *text += cell.text.chars().count();
                    count(&cell.nested, text, tables);
                }
            }
        }
    }
}

/// Peak memory of this process; 0 if the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Text and tables of one file, in reading order.
fn show(path: &Path) -> Result<Value, Box<dyn Error>> {
    let (format, result) = open(path)?;
    let reading = result?;
    let findings: Vec<_> =
        reading.findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message.en)).collect();
    Ok(json!({ "format": format, "blocks": shown(&reading.document.blocks), "findings": findings }))
}

fn shown(blocks: &[Block]) -> Vec<Value> {
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(paragraph) => {
                let region = format!("{:?}", paragraph.region);
                json!({ "text": paragraph.text, "number": paragraph.number, "level": paragraph.level, "region": region })
            }
            Block::Picture(picture) => json!({ "picture": picture.index }),
            Block::Grid(grid) => table(grid),
        })
        .collect()
}

fn table(grid: &Grid) -> Value {
    let cells: Vec<_> = grid
        .cells()
        .iter()
        .map(|cell| json!([cell.row, cell.column, cell.row_span, cell.col_span, cell.text, shown(&cell.nested)]))
        .collect();
    json!({ "rows": grid.rows(), "columns": grid.columns(), "caption": grid.caption, "cells": cells })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn survey(folder: &Path, log: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let files = files(folder);
    let lines: Vec<(&PathBuf, Value)> = files.par_iter().map(|path| (path, child(path))).collect();
    let mut counts: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut slowest: BTreeMap<String, u64> = BTreeMap::new();
    let mut written = String::new();
    for (path, line) in &lines {
        let format = line["format"].as_str().unwrap_or("?").to_owned();
        let outcome = line["outcome"].as_str().unwrap_or("died");
        let column = COLUMNS.iter().find(|column| column.1 == outcome).map_or("crashed or hung", |column| column.0);
        if column == "crashed or hung" {
            eprintln!("{}: {line}", path.display());
        }
        let most = slowest.entry(format.clone()).or_default();
        *most = line["milliseconds"].as_u64().unwrap_or(0).max(*most);
        *counts.entry(format).or_default().entry(column).or_default() += 1;
        written += &format!("{}\n", json!({ "path": path, "went": line }));
    }
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.0).collect();
    println!(
        "| content | files | {} | slowest, ms |\n|---|{}---:|",
        names.join(" | "),
        "---:|".repeat(names.len() + 1)
    );
    for (format, outcomes) in &counts {
        let cells: Vec<String> = names.iter().map(|name| outcomes.get(name).unwrap_or(&0).to_string()).collect();
        let files: u64 = outcomes.values().sum();
        println!("| {format} | {files} | {} | {} |", cells.join(" | "), slowest[format]);
    }
    println!("{} files", lines.len());
    if let Some(log) = log {
        std::fs::write(log, written)?;
    }
    Ok(())
}

/// Reads one file in a child process.
fn child(path: &Path) -> Value {
    let program = std::env::current_exe().unwrap_or_default();
    let command = format!("ulimit -v {KIBIBYTES}; exec \"$0\" --one \"$1\"");
    let started = Command::new("sh")
        .args(["-c", &command])
        .arg(program)
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    match started {
        Ok(child) => wait(child),
        Err(error) => json!({ "outcome": "died", "detail": error.to_string() }),
    }
}

fn wait(mut child: Child) -> Value {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(None) if started.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(2)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return json!({ "outcome": "hung", "milliseconds": u64::try_from(PATIENCE.as_millis()).unwrap_or(0) });
            }
            Ok(Some(status)) => {
                let (mut out, mut err) = (String::new(), String::new());
                let _ = child.stdout.take().map(|mut pipe| pipe.read_to_string(&mut out));
                let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut err));
                let outcome = if status.code() == Some(101) { "panicked" } else { "died" };
                let told = json!({ "outcome": outcome, "detail": format!("{status}: {err}") });
                return if status.success() { serde_json::from_str(&out).unwrap_or(told) } else { told };
            }
            Err(error) => return json!({ "outcome": "died", "detail": error.to_string() }),
        }
    }
}
