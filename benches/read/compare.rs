//! Compares reading with other programs, in alternating turns (A B A B …) and CPU time, because a machine is rarely idle; prints one
//! table at the end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{SAMPLES, others, ours, pages, sample};

/// Number of turns per program, and minimum duration of a turn.
const TURNS: usize = 15;
const TURN: Duration = Duration::from_millis(40);

/// Number of copies of a file that LibreOffice converts in one turn, so that its start counts little; and number of its turns.
const COPIES: usize = 20;
const OFFICE_TURNS: usize = 2;

/// Prints the table.
pub(crate) fn table() {
    println!(
        "| sample | bytes | nianbao, reports/s | MB/s | beside it | reports/s | nianbao is faster by |\n|---|---:|---:|---:|---|---:|---:|"
    );
    for name in SAMPLES {
        let bytes = sample(name);
        let others = others::of(name);
        let mut readers: Vec<fn(&[u8])> = vec![ours];
        readers.extend(others.iter().map(|other| other.1));
        let mut best = vec![Duration::MAX; readers.len()];
        for _ in 0..TURNS {
            for (reader, best) in readers.iter().zip(&mut best) {
                *best = turn(*reader, &bytes).min(*best);
            }
        }
        let mine = best[0];
        let names = others.iter().map(|other| other.0);
        let mut rows: Vec<(&str, Duration)> = names.zip(best[1..].iter().copied()).collect();
        rows.extend(pages::of(name));
        if !pages::is_fixed(name) {
            rows.extend(office(name).map(|time| ("LibreOffice", time)));
        }
        let megabytes = f64::from(bytes.len() as u32) / 1e6 * rate(mine);
        if rows.is_empty() {
            println!("| {name} | {} | {:.0} | {megabytes:.1} | | | |", bytes.len(), rate(mine));
        }
        for (index, (other, time)) in rows.iter().enumerate() {
            let factor = time.as_secs_f64() / mine.as_secs_f64();
            let factor = if factor < 10.0 { format!("{factor:.2} ×") } else { format!("{factor:.0} ×") };
            let first = match index {
                0 => format!("{name} | {} | {:.0} | {megabytes:.1}", bytes.len(), rate(mine)),
                _ => " | | | ".to_owned(),
            };
            let shown = if rate(*time) < 100.0 { format!("{:.1}", rate(*time)) } else { format!("{:.0}", rate(*time)) };
            println!("| {first} | {other} | {shown} | {factor} |");
        }
    }
}

fn rate(time: Duration) -> f64 {
    1.0 / time.as_secs_f64()
}

/// CPU time of one call, averaged over a turn.
fn turn(reader: fn(&[u8]), bytes: &[u8]) -> Duration {
    let (begun, started) = (Instant::now(), own_time());
    let mut calls = 0;
    while begun.elapsed() < TURN || calls < 3 {
        reader(bytes);
        calls += 1;
    }
    let spent = match (started, own_time()) {
        (Some(from), Some(to)) => to.saturating_sub(from),
        _ => begun.elapsed(),
    };
    spent / calls
}

/// CPU time of this thread; `None` if the system does not tell.
fn own_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split_whitespace().next()?.parse().ok()?))
}

/// CPU time of ended children; `None` if the system does not tell.
pub(crate) fn childrens_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = told.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    // Fields 16 and 17 of proc(5), in hundredths of a second.
    Some(Duration::from_millis((ticks(13)? + ticks(14)?) * 10))
}

/// CPU time of LibreOffice for one file: opening it and writing it as HTML.
fn office(name: &str) -> Option<Duration> {
    let folder = std::env::temp_dir().join(format!("nianbao-bench-{}", std::process::id()));
    let (stem, suffix) = name.rsplit_once('.')?;
    std::fs::create_dir_all(&folder).ok()?;
    let bytes = sample(name);
    let copies: Vec<PathBuf> = (0..COPIES).map(|copy| folder.join(format!("{stem}-{copy}.{suffix}"))).collect();
    for copy in &copies {
        std::fs::write(copy, &bytes).ok()?;
    }
    let to = if matches!(suffix, "xlsx" | "xlsb" | "xls" | "ods") || name == "excel-2003.xml" {
        "html:HTML (StarCalc)"
    } else {
        "html:HTML (StarWriter)"
    };
    let best = (0..=OFFICE_TURNS).filter_map(|turn| {
        let spent = convert(&folder, to, &copies)?;
        // The first turn creates the profile.
        (turn > 0).then_some(spent / COPIES as u32)
    });
    let best = best.min();
    std::fs::remove_dir_all(&folder).ok()?;
    best
}

fn convert(folder: &Path, to: &str, copies: &[PathBuf]) -> Option<Duration> {
    let started = childrens_time()?;
    let status = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.display()))
        .args(["--headless", "--convert-to", to, "--outdir"])
        .arg(folder.join("out"))
        .args(copies)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let made = std::fs::read_dir(folder.join("out")).ok()?.count();
    (status.success() && made >= copies.len())
        .then(|| childrens_time().map(|now| now.saturating_sub(started)))
        .flatten()
}
