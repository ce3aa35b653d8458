//! The settings of an office (`nianbao.toml`): found in parent folders, applied as if typed, reported, and refused with a reason.

use crate::program::{Folder, page, report};

/// A report whose section 一 is far too long, in `sent/`.
fn office() -> Folder {
    let folder = Folder::new();
    folder.file("sent/a.html", page(&report(3)));
    folder
}

fn is_json(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|suffix| suffix == "json")
}

#[test]
fn options_of_a_file_hold_as_if_they_were_typed_and_typed_ones_go_before_them() {
    let folder = office();
    folder.file("nianbao.toml", "lang = \"zh\"\n[convert]\nout = \"made\"\nto = [\"json\"]\n");
    let ran = folder.run(&["convert", "sent"]);
    assert!(ran.err.contains("选项取自：") && ran.err.contains("共1个文件"), "{}", ran.err);
    // Paths are relative to the file, wherever the program runs.
    let elsewhere =
        folder.command(&["convert", folder.path("sent").to_str().unwrap()]).current_dir("/").output().unwrap();
    assert!(elsewhere.status.success());
    let made = |folder: &Folder| {
        folder.tree("made").keys().filter(|name| !name.contains("jsonl")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(made(&folder).iter().filter(|name| is_json(name)).count(), 1, "{:?}", made(&folder));
    let typed = folder.run(&["convert", "sent", "-o", "other", "--to", "html", "--lang", "en"]);
    assert!(typed.err.contains("1 files: "), "{}", typed.err);
    assert!(folder.tree("other").keys().all(|name| !is_json(name)));
    assert_eq!(folder.run(&["convert", "sent", "--no-config"]).status, Some(2));
}

#[test]
fn an_option_of_every_command_may_be_set_too() {
    let folder = office();
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms_made_up/reading-rooms.toml");
    folder.file("own/rooms.toml", std::fs::read(own).unwrap());
    assert!(!folder.run(&["forms", "list"]).out.contains("reading-rooms"));
    folder.file("nianbao.toml", "mappings = \"own\"\n");
    assert!(folder.run(&["forms", "list"]).out.contains("reading-rooms"));
    // Typed, it goes before the file.
    folder.file("none/readme.txt", "x");
    assert!(!folder.run(&["forms", "list", "--mappings", "none"]).out.contains("reading-rooms"));
}

#[test]
fn the_nearest_file_upwards_from_the_input_counts() {
    let folder = office();
    folder.file("nianbao.toml", "lang = \"zh\"\n");
    folder.file("sent/nianbao.toml", "lang = \"en\"\n");
    assert!(folder.run(&["check", "sent"]).err.contains("options from "));
    assert!(folder.run(&["check", "sent", "--config", "nianbao.toml"]).err.contains("选项取自"));
    folder.file("deep/below/b.html", page(&report(4)));
    assert!(folder.run(&["check", "deep/below"]).err.contains("选项取自"));
    // `filter` does not search for a settings file.
    assert_eq!(folder.run_with(&["filter"], b"").err, "");
}

#[test]
fn a_file_with_unknown_names_is_refused() {
    let folder = office();
    for (text, said) in [
        ("jbos = 2\n", "“jbos”"),
        ("[chekc]\njobs = 2\n", "“[chekc] jobs”"),
        ("[check]\nout = \"x\"\n", "“[check] out”"),
        ("config = \"x\"\n", "“config”"),
        ("[codes.cell-wrnog]\nseverity = \"off\"\n", "cell-wrong"),
        ("[codes.cell-wrong]\nseverity = \"bad\"\n", "没有“bad”这一项"),
        ("a = \n", "第1行"),
    ] {
        folder.file("nianbao.toml", text);
        let ran = folder.run(&["check", "sent", "--lang", "zh"]);
        assert_eq!(ran.status, Some(2), "{text}");
        assert!(ran.err.contains(said) && ran.err.contains("nianbao.toml"), "{text}: {}", ran.err);
    }
}

#[test]
fn findings_are_chosen_by_code_and_severity() {
    let folder = office();
    let mut wrong = report(3);
    let total = wrong.values.iter().position(|(id, _)| id == "t4.0.4").unwrap_or(wrong.values.len() - 1);
    let (_, value) = wrong.values.get_index_mut(total).unwrap();
    value.value = value.value.map(|number| number + rust_decimal::Decimal::TEN);
    value.raw = value.value.unwrap_or_default().to_string();
    folder.file("sent/a.html", page(&wrong));
    let codes = |args: &[&str]| {
        let mut all = vec!["check", "sent", "--format", "json"];
        all.extend(args);
        let ran = folder.run(&all);
        let codes: Vec<String> = ran
            .out
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["code"].as_str().unwrap().to_owned())
            .collect();
        (ran.status, codes)
    };
    let (status, all) = codes(&[]);
    assert_eq!(status, Some(1), "{all:?}");
    let first = all[0].clone();
    assert_eq!(codes(&["--ignore", &all.join(",")]), (Some(0), Vec::new()));
    assert!(codes(&["--select", &first]).1.iter().all(|code| *code == first));
    assert!(!codes(&["--min-severity", "error"]).1.is_empty());
    folder.file("nianbao.toml", format!("[[accept]]\ncode = \"{first}\"\nreason = \"已核实\"\nuntil = 2999-12-31\n"));
    let accepted = folder.run(&["check", "sent", "--select", &first]);
    assert!(
        accepted.status == Some(0) && accepted.out.contains("(accepted: 已核实, until 2999-12-31)"),
        "{}",
        accepted.out
    );
    folder.file("nianbao.toml", format!("[codes.{first}]\nseverity = \"note\"\n"));
    assert_eq!(folder.run(&["check", "sent", "--select", &first]).status, Some(0));
}

#[test]
fn a_check_ends_with_a_summary_and_quiet_omits_it() {
    let folder = office();
    folder.file("sent/b.docx", b"PK\x03\x04 broken");
    folder.file("sent/c.txt", "食堂通知\n明天中午吃面。\n");
    let ran = folder.run(&["check", "sent", "--lang", "zh"]);
    let counts = "已核对3个文件：1份报告（1份无错误，0份有错误），1个未能读取，1个不是年度报告或未能识别。";
    assert!(ran.err.contains(counts), "{}", ran.err);
    let english = folder.run(&["check", "sent"]);
    assert!(english.err.contains("3 files: 1 report (1 without errors, 0 with errors)"), "{}", english.err);
    assert_eq!(folder.run(&["check", "sent", "-q"]).err, "");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let folder = office();
    folder.file("sent/b.docx", b"PK\x03\x04 broken");
    assert!(!folder.run(&["check", "sent"]).out.contains('\u{1b}'));
    assert!(folder.run(&["check", "sent", "--color", "always"]).out.contains("\u{1b}[1;31merror\u{1b}[0m"));
}
