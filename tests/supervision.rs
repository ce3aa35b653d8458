//! A file that kills or hangs its process becomes an error of that file; everything else is as without that file.

#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "the names are ours")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use crate::program::{Folder, Ran, page, ran, report};

/// A folder with reports and, between them, files that make a debug build fail in these ways.
fn poisoned(kinds: &[&str]) -> Folder {
    let folder = Folder::new();
    for (number, kind) in (1..).zip(kinds) {
        folder.file(&format!("in/{number}-report.html"), page(&report(number)));
        folder.file(&format!("in/{number}-{kind}.txt"), format!("nianbao-poison:{kind}"));
    }
    folder.file("in/9-report.html", page(&report(9)));
    folder
}

/// Runs the program with short time limits.
fn run(folder: &Folder, args: &[&str]) -> Ran {
    let mut command = folder.command(args);
    command.env("NIANBAO_TEST_SECONDS", "4").env("NIANBAO_TEST_MEGABYTES", "900");
    ran(&command.output().expect("the program"))
}

/// The lines that name a file.
fn about<'t>(text: &'t str, file: &str) -> Vec<&'t str> {
    text.lines().filter(|line| line.starts_with(&format!("in/{file}: "))).collect()
}

#[cfg(all(debug_assertions, target_os = "linux"))]
#[test]
fn convert_names_the_file_that_killed_its_worker_and_continues() {
    let folder = poisoned(&["abort", "grow", "hang"]);
    for again in [false, true] {
        let ran = run(&folder, &["convert", "in", "-o", "out", "--to", "html,json", "-j", "2"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        for (file, code) in
            [("1-abort.txt", "converter-died"), ("2-grow.txt", "converter-died"), ("3-hang.txt", "converter-timed-out")]
        {
            let lines = about(&ran.err, file);
            assert!(lines.len() == 1 && lines[0].contains(code), "{file}: {ran:?}");
        }
        let last = ran.err.lines().last().unwrap_or_default();
        let unchanged = if again { 4 } else { 0 };
        let sum = format!("7 files: 4 without errors, 0 with errors, 3 failed; {unchanged} of them unchanged");
        assert!(last.starts_with(&sum), "{last}");
    }
    assert_eq!(folder.log("out/batch.jsonl").len(), 7);
    let tree = folder.tree("out");
    assert_eq!(
        tree.keys().filter(|name| name.ends_with(".json") || name.ends_with("报告.html")).count(),
        8,
        "{:?}",
        tree.keys()
    );
    assert!(!tree.keys().any(|name| name.starts_with(".nianbao-tmp")));
    // The same outputs as without the file.
    for number in 1..4 {
        std::fs::remove_file(folder.path(&format!("in/{number}-{}.txt", ["", "abort", "grow", "hang"][number])))
            .expect("a file");
    }
    let alone = folder.run(&["convert", "in", "-o", "alone", "--to", "html,json", "--in-process"]);
    assert_eq!(alone.status, Some(0), "{alone:?}");
    for (name, bytes) in folder.tree("alone").iter().filter(|(name, _)| name.ends_with(".json")) {
        assert!(tree.get(name) == Some(bytes), "{name}");
    }
}

#[cfg(all(debug_assertions, target_os = "linux"))]
#[test]
fn check_reports_every_file_once_and_in_order() {
    let folder = poisoned(&["abort", "abort", "hang"]);
    let mut wrong = report(1);
    let value = wrong.values.iter_mut().rfind(|(_, value)| value.value.is_some()).expect("a figure").1;
    value.value = value.value.map(|number| number + rust_decimal::Decimal::from(1000));
    value.raw = value.value.map(|number| number.to_string()).unwrap_or_default();
    folder.file("in/0-wrong.html", page(&wrong));
    folder.file("in/8-wrong.html", page(&wrong));
    for format in ["text", "json", "sarif"] {
        let ran = run(&folder, &["check", "in", "--format", format, "-j", "2"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        for name in ["1-abort.txt", "2-abort.txt", "3-hang.txt"] {
            let told = ran.out.matches(&format!("in/{name}")).count();
            assert_eq!(told, 1, "{format} {name}: {}", ran.out);
        }
        if format == "sarif" {
            serde_json::from_str::<serde_json::Value>(&ran.out).expect("one log");
        }
        for name in ["1-abort.txt", "2-abort.txt", "3-hang.txt"] {
            std::fs::rename(folder.path(&format!("in/{name}")), folder.path(name)).expect("moved");
        }
        let alone = folder.run(&["check", "in", "--format", format, "--in-process"]);
        for name in ["1-abort.txt", "2-abort.txt", "3-hang.txt"] {
            std::fs::rename(folder.path(name), folder.path(&format!("in/{name}"))).expect("moved");
        }
        let others = |out: &str| -> Vec<String> {
            out.lines()
                .filter(|line| line.contains("-wrong.html") || line.contains("-report.html"))
                .map(str::to_owned)
                .collect()
        };
        if format != "sarif" {
            assert_eq!(others(&ran.out), others(&alone.out), "{format}");
        }
        assert!(!others(&alone.out).is_empty());
    }
}

#[cfg(all(debug_assertions, target_os = "linux"))]
#[test]
fn rollup_adds_up_the_others() {
    let folder = poisoned(&["abort"]);
    let ran = run(&folder, &["rollup", "in", "-o", "sums"]);
    assert_eq!(about(&ran.err, "1-abort.txt").len(), 1, "{ran:?}");
    assert!(ran.err.contains("converter-died") && folder.path("sums/汇总.xlsx").exists(), "{ran:?}");
}

#[cfg(all(debug_assertions, unix))]
#[test]
fn in_process_nothing_is_caught() {
    let folder = poisoned(&["abort"]);
    let ran = folder.run(&["check", "in", "--in-process"]);
    assert_eq!(ran.status, None, "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn exhausted_memory_ends_with_a_message() {
    let folder = poisoned(&[]);
    let mut command = folder.command(&["--lang", "zh", "check", "in"]);
    command.env("NIANBAO_TEST_MEGABYTES", "30");
    if cfg!(debug_assertions) {
        let ran = ran(&command.output().expect("the program"));
        assert!(ran.status == Some(2) || ran.out.contains("converter-died"), "{ran:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_memory_that_is_too_small_is_named() {
    let folder = poisoned(&[]);
    for (lang, words) in [("zh", "至少需要128MB"), ("en", "at least 128 MB")] {
        let script = format!("ulimit -v 125000; exec {} --lang {lang} check in", env!("CARGO_BIN_EXE_nianbao"));
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script]).current_dir(folder.path("."));
        let ran = ran(&command.output().expect("a shell"));
        assert!(ran.status == Some(2) && ran.err.lines().count() == 1 && ran.err.contains(words), "{ran:?}");
    }
}

/// A Word file that refers to one picture many times.
fn picture_bomb(times: usize) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org";
    let picture = format!(
        "<w:p><w:r><w:drawing><wp:inline xmlns:wp=\"{OFFICE}/drawingml/2006/wordprocessingDrawing\"><wp:extent cx=\"95250\" \
         cy=\"95250\"/><a:graphic xmlns:a=\"{OFFICE}/drawingml/2006/main\"><a:graphicData><pic:pic \
         xmlns:pic=\"{OFFICE}/drawingml/2006/picture\"><pic:blipFill><a:blip \
         xmlns:r=\"{OFFICE}/officeDocument/2006/relationships\" r:embed=\"rId99\"/></pic:blipFill></pic:pic></a:graphicData>\
         </a:graphic></wp:inline></w:drawing></w:r></w:p>"
    );
    let written = nianbao::write::WRITERS.iter().find(|writer| writer.output == nianbao::write::Output::Docx);
    let forms = nianbao::form::Forms::built_in().expect("the built-in forms");
    let docx = written.expect("a writer").write(forms.get("gkbg-2021").expect("a form"), &report(1)).expect("a file");
    let mut old = zip::ZipArchive::new(Cursor::new(docx)).expect("a package");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..old.len() {
        let mut part = old.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("to be read");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = match name.as_str() {
            "word/document.xml" => {
                let end = text.rfind("<w:sectPr").expect("a section");
                format!("{}{}{}", &text[..end], picture.repeat(times), &text[end..])
            }
            "word/_rels/document.xml.rels" => text.replace(
                "</Relationships>",
                "<Relationship Id=\"rId99\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" \
                 Target=\"media/a.png\"/></Relationships>",
            ),
            _ => text,
        };
        new.start_file(name, options).expect("a part");
        new.write_all(text.as_bytes()).expect("to be packed");
    }
    new.start_file("word/media/a.png", options).expect("a part");
    new.write_all(&[&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08"[..], &vec![7; 200_000]].concat())
        .expect("to be packed");
    new.finish().expect("a package").into_inner()
}

#[test]
fn a_picture_is_embedded_once_and_its_references_are_limited() {
    let folder = Folder::new();
    folder.file("in/few.docx", picture_bomb(3));
    folder.file("in/many.docx", picture_bomb(5_000));
    let ran = folder.run(&["convert", "in", "-o", "out"]);
    let pages: Vec<String> = ["few", "many"]
        .iter()
        .map(|name| {
            let log = folder.log("out/batch.jsonl");
            let line = log.iter().find(|line| line["path"] == format!("in/{name}.docx")).expect("a line");
            let outputs = line["outputs"].as_array().expect("outputs");
            let page = outputs.iter().filter_map(|name| name.as_str()).find(|name| name.ends_with(".html"));
            String::from_utf8(folder.tree("out")[page.expect("a page")].clone()).expect("UTF-8")
        })
        .collect();
    for (page, times) in pages.iter().zip([3, 1_000]) {
        assert_eq!((page.matches("data:image/png").count(), page.matches("<use ").count()), (1, times), "{ran:?}");
        assert!(page.len() < 1 << 20, "{}", page.len());
    }
    let findings = folder.log("out/findings.jsonl");
    let told: Vec<_> = findings.iter().filter(|line| line["code"] == "pictures-left-out").collect();
    assert!(told.len() == 1 && told[0]["path"] == "in/many.docx", "{told:?}");
}
