//! Batches: the same outputs for any number of workers, complete files after any interruption, a cheap second run, names and duplicates.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;

use crate::program::{self, Folder, page, report};

const CONVERT: &[&str] = &["convert", "in", "-o", "out", "--to", "html,json"];

pub(crate) fn convert(folder: &Folder, more: &[&str]) -> program::Ran {
    folder.run(&[CONVERT, more].concat())
}

/// A folder with reports: two of the same agency and year, two whose names differ only in case, a damaged one.
pub(crate) fn mixed() -> Folder {
    let folder = Folder::new();
    for seed in 1..8 {
        folder.file(&format!("in/{seed}.html"), page(&report(seed)));
    }
    folder.file("in/again/1.html", page(&report(1)));
    folder.file("in/cut.docx", b"PK\x03\x04 and no more");
    folder
}

#[test]
fn outputs_and_logs_are_the_same_for_any_number_of_workers() {
    let folder = mixed();
    assert_eq!(folder.run(&["convert", "in", "-o", "one", "--to", "html,json", "-j", "1"]).status, Some(1));
    let one = folder.tree("one");
    assert_eq!(one.len(), 8 * 2 + 2 + 4, "{:?}", one.keys());
    for jobs in ["2", "3", "7"] {
        let out = format!("out{jobs}");
        folder.run(&["convert", "in", "-o", &out, "--to", "html,json", "-j", jobs]);
        assert!(folder.tree(&out) == one, "-j {jobs} differs");
    }
}

#[test]
fn two_reports_of_one_agency_and_year_are_both_written_and_named() {
    let folder = mixed();
    convert(&folder, &[]);
    let title = report(1).title.expect("a title");
    let tree = folder.tree("out");
    assert!(tree.contains_key(&format!("{title}.html")) && tree.contains_key(&format!("{title} (2).html")));
    let findings = folder.log("out/findings.jsonl");
    for code in ["duplicate-report", "output-name-taken"] {
        let found = findings.iter().find(|line| line["code"] == code).expect(code);
        // Folders are sorted by name, too, so `in/1.html` is the first of the two.
        assert_eq!(found["path"], "in/again/1.html");
        assert!(found["message"]["en"].as_str().expect("a message").contains("in/1.html"), "{found}");
    }
}

/// The JSON in a script element of `index.html`.
fn of_page(folder: &Folder, id: &str) -> serde_json::Value {
    let page = std::fs::read_to_string(folder.path("out/index.html")).expect("the page");
    let start = page.split_once(&format!("id=\"{id}\">")).expect("the element").1;
    serde_json::from_str(start.split_once("</script>").expect("its end").0).expect("JSON")
}

#[test]
fn the_page_for_the_office_lists_every_input_as_the_logs_do() {
    const REPEATED: u64 = 3;
    let folder = mixed();
    convert(&folder, &[]);
    let (rows, log) = (of_page(&folder, "data"), folder.log("out/batch.jsonl"));
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), log.len());
    let findings = folder.log("out/findings.jsonl");
    let states = ["ok", "findings", "failed"];
    for (row, entry) in rows.iter().zip(&log) {
        assert_eq!((&row["p"], &row["a"], &row["y"]), (&entry["path"], &entry["agency"], &entry["year"]));
        let told = |code: &str| findings.iter().any(|line| line["path"] == entry["path"] && line["code"] == code);
        match row["s"].as_u64().expect("a state") {
            REPEATED => assert!(told("duplicate-report"), "{row}"),
            state => assert_eq!(states[state as usize], entry["status"]),
        }
        assert_eq!(&row["o"], &entry["outputs"]);
        let told = findings.iter().filter(|finding| finding["path"] == entry["path"]).count();
        assert_eq!(row["f"].as_array().expect("findings").len(), told);
    }
    // The charts draw the figures of the reports, each report once.
    let about = of_page(&folder, "about");
    let chart = &about["charts"][0];
    let drawn: f64 = chart["bars"].as_array().expect("bars").iter().filter_map(|bar| bar[1].as_f64()).sum();
    let year = report(1).year.expect("a year");
    let wanted: rust_decimal::Decimal = (1..8)
        .map(report)
        .filter(|report| {
            chart["title"].as_str().is_some_and(|title| title.contains(&report.year.unwrap_or(year).to_string()))
        })
        .filter_map(|report| report.values["requests.received.total"].value)
        .sum();
    assert!(wanted.to_string() == drawn.to_string() && drawn > 0.0, "{wanted} {drawn} {chart}");
    // A second run takes everything from the cache, and the page is the same.
    let before = std::fs::read(folder.path("out/index.html")).expect("the page");
    convert(&folder, &[]);
    assert_eq!(std::fs::read(folder.path("out/index.html")).expect("the page"), before);
}

#[test]
fn reports_are_matched_to_the_agencies_that_are_to_report() {
    let folder = Folder::new();
    let one = report(1);
    let name = one.agency.clone().expect("a name");
    let mut renamed = one.clone();
    renamed.agency = Some("旧名称委员会".to_owned());
    renamed.title = renamed.title.map(|title| title.replace(&name, "旧名称委员会"));
    folder.file("in/1.html", page(&one));
    folder.file("in/2.html", page(&renamed));
    folder.file("in/3.html", page(&report(2)));
    let other = report(2).agency.expect("a name");
    folder.file("agencies.csv", format!("单位名称,曾用名\n{name},旧名称委员会\n从不报送局,\n"));
    let ran = folder.run(&["convert", "in", "-o", "out", "--to", "html", "--agencies", "agencies.csv"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.err.contains("1 agencies did not report"), "{}", ran.err);
    assert_eq!(of_page(&folder, "about")["missing"], serde_json::json!(["从不报送局"]));
    let findings = folder.log("out/findings.jsonl");
    let told = |code: &str, path: &str| findings.iter().any(|line| line["code"] == code && line["path"] == path);
    assert!(told("duplicate-report", "in/2.html"), "one agency under two names: {findings:?}");
    assert!(told("agency-not-listed", "in/3.html"), "{other} is not in the file: {findings:?}");
}

#[test]
fn the_shards_of_several_hosts_give_the_outputs_of_one_host() {
    let folder = mixed();
    std::fs::create_dir_all(folder.path("mounted")).expect("a folder");
    std::fs::rename(folder.path("in"), folder.path("mounted/in")).expect("moved");
    let lines = |logs: &[String], name: &str| {
        let logs = logs.iter().flat_map(|out| folder.log(&format!("{out}/{name}")));
        let mut lines: Vec<String> = logs.map(|line| line.to_string()).collect();
        lines.sort();
        lines.into_iter().map(|line| line.split("\"milliseconds\"").next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let logs = ["batch.jsonl", "findings.jsonl"];
    let outputs = |out: &str| {
        let mut tree = folder.tree(out);
        // The page lists the inputs of this host only.
        tree.retain(|name, _| !name.starts_with('.') && !logs.contains(&name.as_str()) && name != "index.html");
        tree
    };
    folder.run(&["convert", "mounted/in", "-o", "one", "--to", "html,json", "--shard", "1/1"]);
    let one = outputs("one");
    // `1.html` and `again/1.html` are the same file in two folders.
    assert_eq!(one.len(), 7 * 2, "{:?}", one.keys());
    let parts: Vec<String> = (1..=3).map(|number| format!("part{number}")).collect();
    let mut together = std::collections::BTreeMap::new();
    for (number, out) in (1..).zip(&parts) {
        folder.run(&["convert", "mounted/in", "-o", out, "--to", "html,json", "--shard", &format!("{number}/3")]);
        let part = outputs(out);
        assert!(part.len() < one.len(), "one host has all");
        for (name, bytes) in part {
            let other = together.insert(name.clone(), bytes.clone());
            assert!(other.is_none_or(|other| other == bytes), "{name} differs");
        }
    }
    assert!(together == one);
    for log in logs {
        assert_eq!(lines(&parts, log), lines(&["one".to_owned()], log), "{log}");
    }
}

#[test]
fn which_host_has_a_file_is_decided_below_the_folder_that_is_named() {
    let folder = mixed();
    let names = |inputs: &str| {
        folder.run(&["convert", inputs, "-o", "out", "--to", "json", "--shard", "2/3"]);
        let log = folder.log("out/batch.jsonl");
        let path = |line: &serde_json::Value| {
            line["path"].as_str().and_then(|path| path.split_once("in/")).map(|(_, path)| path.to_owned())
        };
        log.iter().map(path).collect::<Vec<_>>()
    };
    let here = names("in");
    assert!(!here.is_empty() && here.len() < 9, "{here:?}");
    std::fs::create_dir_all(folder.path("elsewhere")).expect("a folder");
    std::fs::rename(folder.path("in"), folder.path("elsewhere/in")).expect("moved");
    assert_eq!(names("elsewhere/in/"), here);
    assert_eq!(names("./elsewhere/in"), here);
    assert_eq!(names(&folder.path("elsewhere/in").to_string_lossy()), here);
    let wrong = folder.run(&["convert", "elsewhere", "-o", "out", "--shard", "4/3"]);
    assert!(wrong.status == Some(2) && wrong.err.contains("2/3"), "{wrong:?}");
}

#[test]
fn an_output_that_cannot_be_written_fails_alone() {
    let folder = mixed();
    let title = report(2).title.expect("a title");
    std::fs::create_dir_all(folder.path(&format!("out/{title}.html"))).expect("a folder in the way");
    let ran = convert(&folder, &[]);
    assert_eq!(ran.status, Some(1));
    let log = folder.log("out/batch.jsonl");
    let failed: Vec<_> = log.iter().filter(|line| line["status"] == "failed").map(|line| &line["path"]).collect();
    assert_eq!(failed, ["in/2.html", "in/cut.docx"]);
    assert!(ran.err.contains("output-unwritable"), "{}", ran.err);
    assert!(!folder.tree("out").keys().any(|name| name.starts_with(".nianbao-tmp")));
}

/// A zip file with these entries, stored; names are bytes, as written by old programs.
fn zip(entries: &[(&[u8], &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let offset = bytes.len() as u32;
        let mut crc = flate2_crc(content).to_le_bytes().to_vec();
        crc.extend((content.len() as u32).to_le_bytes());
        crc.extend((content.len() as u32).to_le_bytes());
        crc.extend((name.len() as u16).to_le_bytes());
        crc.extend([0, 0]);
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &crc].concat();
        bytes.extend([b"PK\x03\x04", &common[..], name, content].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset.to_le_bytes(), name].concat());
    }
    let (count, start) = ((entries.len() as u16).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
    let length = (directory.len() as u32).to_le_bytes();
    bytes.extend(directory);
    bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &length, &start, &[0, 0]].concat());
    bytes
}

/// CRC-32 as zip files have it.
fn flate2_crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn archives_are_opened_with_names_of_any_encoding_and_one_level_deep() {
    let folder = Folder::new();
    let inner = zip(&[(b"inner.html", &page(&report(2))), (b"more.zip", b"PK\x05\x06")]);
    let outer = zip(&[
        (b"\xbc\xd7\xbe\xd6/\xb1\xa8\xb8\xe6.html", &page(&report(1))),
        ("乙局.html".as_bytes(), &page(&report(3))),
        (b"inner.zip", &inner),
        (b"__MACOSX/._a.html", b"x"),
        (b"picture.png", b"x"),
    ]);
    folder.file("in/all.zip", outer);
    folder.file("in/broken.zip", b"PK\x03\x04");
    let ran = convert(&folder, &[]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let log = folder.log("out/batch.jsonl");
    let lines: Vec<_> = log.iter().map(|line| (line["path"].as_str(), line["status"].as_str())).collect();
    assert_eq!(
        lines,
        [
            (Some("in/all.zip!inner.zip!inner.html"), Some("ok")),
            (Some("in/all.zip!inner.zip!more.zip"), Some("failed")),
            (Some("in/all.zip!乙局.html"), Some("ok")),
            (Some("in/all.zip!甲局/报告.html"), Some("ok")),
            (Some("in/broken.zip"), Some("failed")),
        ]
    );
    assert!(ran.err.contains("1 .png"), "{}", ran.err);
}

#[test]
fn a_report_without_agency_is_named_after_its_file_and_never_leaves_the_folder() {
    let folder = Folder::new();
    let named = report(1);
    let text = String::from_utf8(page(&named)).expect("UTF-8");
    let nameless = text.replace(named.agency.as_deref().expect("a name"), "");
    let archive = zip(&[(b"../../CON.html", nameless.as_bytes())]);
    folder.file("in/a.zip", archive);
    convert(&folder, &[]);
    let outputs = folder.log("out/batch.jsonl")[0]["outputs"].clone();
    assert_eq!(outputs, serde_json::json!(["_CON.html", "_CON.json"]));
}

#[cfg(all(unix, debug_assertions))]
mod signals {
    //! The program stopped at a known moment: while an input in progress makes a debug build wait.

    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command};
    use std::time::Duration;

    use super::*;

    /// Inputs of which the second makes the program wait, and the waiting program.
    fn waiting(folder: &Folder) -> Child {
        for name in ["1.html", "3.html"] {
            folder.file(name, page(&report(name.as_bytes()[0].into())));
        }
        folder.file("2.html", "nianbao-poison:wait");
        let mut child = folder.command(COMMAND).spawn().expect("the program");
        let first = folder.path(&format!("out/{}.json", report(b'1'.into()).title.expect("a title")));
        for _ in 0..1000 {
            if first.exists() {
                return child;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let ended = child.wait_with_output().map(|output| program::ran(&output));
        panic!("the first input was not done in time: {ended:?}");
    }

    const COMMAND: &[&str] = &["convert", "1.html", "2.html", "3.html", "-o", "out", "--to", "html,json", "-j", "1"];

    fn signal(child: &Child, name: &str) {
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        std::thread::sleep(Duration::from_millis(200));
    }

    /// Replaces the waiting input and runs the same command to its end.
    fn go_on(folder: &Folder) {
        folder.file("2.html", page(&report(2)));
        assert_eq!(folder.run(COMMAND).status, Some(0));
    }

    /// The outputs of an uninterrupted run, without the cache, whose order may differ.
    fn unbroken() -> std::collections::BTreeMap<String, Vec<u8>> {
        let folder = Folder::new();
        for (name, seed) in [("1.html", b'1'.into()), ("2.html", 2), ("3.html", b'3'.into())] {
            folder.file(name, page(&report(seed)));
        }
        assert_eq!(folder.run(COMMAND).status, Some(0));
        folder.tree("out")
    }

    #[test]
    fn ctrl_c_completes_items_in_progress_and_the_same_command_continues() {
        let folder = Folder::new();
        let child = waiting(&folder);
        signal(&child, "-INT");
        folder.file("go", "");
        let ran = program::ran(&child.wait_with_output().expect("the program"));
        assert_eq!(ran.status, Some(130), "{ran:?}");
        assert_eq!(folder.log("out/batch.jsonl").len(), 2);
        assert!(!folder.tree("out").keys().any(|name| name.starts_with(".nianbao-tmp")));
        go_on(&folder);
        assert!(folder.tree("out") == unbroken());
    }

    #[test]
    fn a_killed_run_leaves_whole_files_and_the_same_command_finishes() {
        let folder = Folder::new();
        let mut child = waiting(&folder);
        child.kill().expect("killed");
        assert_eq!(child.wait().expect("ended").signal(), Some(9));
        let whole = unbroken();
        let left = folder.tree("out");
        let outputs = left.iter().filter(|(name, _)| !name.starts_with(".nianbao-"));
        assert_eq!(outputs.clone().count(), 2);
        for (name, bytes) in outputs {
            assert!(whole.get(name) == Some(bytes), "{name} is not whole");
        }
        go_on(&folder);
        assert!(folder.tree("out") == whole);
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_inputs() {
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("a.html")).status().expect("mkfifo");
    assert!(made.success());
    let ran = folder.run(&["check", "a.html", "/dev/zero"]);
    assert_eq!((ran.status, ran.out.matches("file-unreadable").count()), (Some(1), 2), "{ran:?}");
}

#[test]
fn archives_with_one_file_ten_thousand_times_are_refused() {
    let folder = Folder::new();
    // Two entries with the same bytes.
    let one = zip(&[(b"1.html", &page(&report(1)))]);
    let end = one.len() - 22;
    let start = u32::from_le_bytes(one[end + 16..end + 20].try_into().expect("four bytes")) as usize;
    let entry = &one[start..end];
    let mut second = entry.to_vec();
    second[46] = b'2';
    let mut twice = [&one[..end], &second].concat();
    twice.extend([&b"PK\x05\x06\0\0\0\0\x02\0\x02\0"[..], &(2 * entry.len() as u32).to_le_bytes()].concat());
    twice.extend([&(start as u32).to_le_bytes()[..], &[0, 0]].concat());
    folder.file("in/shared.zip", twice);
    // A megabyte of zeros a hundred times.
    let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..100 {
        let options = ::zip::write::SimpleFileOptions::default();
        writer.start_file(format!("{number}.html"), options).expect("an entry");
        writer.write_all(&vec![0; 1 << 20]).expect("to be packed");
    }
    folder.file("in/tight.zip", writer.finish().expect("an archive").into_inner());
    let ran = folder.run(&["check", "in"]);
    assert_eq!(ran.out.matches("archive-unreadable").count(), 2, "{ran:?}");
    assert!(ran.out.contains("overlap"), "{ran:?}");
}

#[test]
fn a_searched_output_folder_is_refused_and_one_inside_is_skipped() {
    let folder = Folder::new();
    folder.file("in/a.html", page(&report(3)));
    for args in [["convert", "in", "-o", "in"], ["rollup", "in", "-o", "in"], ["convert", "in/.", "-o", "./in"]] {
        let ran = folder.run(&args);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert_eq!(folder.tree("in").len(), 1, "nothing was written");
    }
    for _ in 0..2 {
        let ran = folder.run(&["convert", "in", "-o", "in/out"]);
        assert!(ran.status == Some(0) && ran.err.contains("1 files"), "{ran:?}");
    }
}

#[test]
fn an_agency_with_an_unreadable_file_is_not_missing() {
    let folder = Folder::new();
    folder.file("agencies.csv", "单位名称\n青山县教育局\n青山县民政局\n");
    folder.file("in/青山县教育局.docx", b"PK\x03\x04 and no more");
    folder.run(&["convert", "in", "-o", "out", "--agencies", "agencies.csv"]);
    let shown = String::from_utf8(folder.tree("out")["index.html"].clone()).expect("UTF-8");
    assert!(shown.contains("\"missing\":[\"青山县民政局\"]"), "{shown}");
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_are_followed_once_and_loops_end() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    for (seed, name) in [(1, "in/1.html"), (2, "far/2.html"), (3, "further/3.html"), (4, "alone/4.html")] {
        folder.file(name, page(&report(seed)));
    }
    let link = |to: &str, from: &str| symlink(folder.path(to), folder.path(from)).expect("a link");
    link("far", "in/far");
    link("far", "in/far-again");
    link("in", "in/in");
    link("in/1.html", "in/one.html");
    link("alone/4.html", "in/four.html");
    // External folders that link to each other.
    link("further", "far/further");
    link("far", "further/far");
    link("in", "further/in");
    link("nowhere", "in/gone.html");
    convert(&folder, &[]);
    let log = folder.log("out/batch.jsonl");
    let mut paths: Vec<&str> = log.iter().filter_map(|line| line["path"].as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["in/1.html", "in/far/2.html", "in/far/further/3.html", "in/four.html", "in/gone.html"]);
    let gone = folder.log("out/findings.jsonl");
    assert!(gone.iter().any(|line| line["path"] == "in/gone.html" && line["code"] == "file-unreadable"));
}
