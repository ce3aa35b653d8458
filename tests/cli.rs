//! The command line: exit statuses, sources of inputs, languages, output of each command.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::program::{self, Folder, page, report};
use nianbao::report::Kind;

/// A page with a word in place of a figure.
fn wrong_page(seed: u64) -> Vec<u8> {
    let mut report = report(seed);
    let total = report.values.get_mut("disclosure.licensing.decisions").expect("a figure");
    (total.value, total.raw, total.kind) = (None, "若干".to_owned(), Kind::Text);
    page(&report)
}

#[test]
fn a_good_report_is_converted_and_the_status_is_0() {
    let folder = Folder::new();
    folder.file("in/a.html", page(&report(1)));
    let ran = folder.run(&["convert", "in", "-o", "out", "--to", "html,json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let title = report(1).title.expect("a title");
    let tree = folder.tree("out");
    for suffix in ["html", "json"] {
        assert!(tree.contains_key(&format!("{title}.{suffix}")), "{:?}", tree.keys());
    }
    assert!(ran.out.is_empty() && ran.err.contains("1 files: 1 without errors"), "{ran:?}");
}

#[test]
fn bad_files_among_good_ones_are_named_and_the_others_are_done() {
    let folder = Folder::new();
    folder.file("in/1 good.html", page(&report(1)));
    folder.file("in/2 empty.docx", "");
    folder.file("in/3 cut.docx", b"PK\x03\x04 and no more");
    folder.file("in/4 other.html", "<p>a page about the weather</p>");
    folder.file("in/5 good.html", page(&report(2)));
    let ran = folder.run(&["convert", "in", "-o", "out", "--to", "html"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    for (name, code) in [("2 empty.docx", "file-empty"), ("3 cut.docx", "file-"), ("4 other.html", "form-not")] {
        assert!(ran.err.lines().any(|line| line.contains(name) && line.contains(code)), "{name}: {}", ran.err);
    }
    let log = folder.log("out/batch.jsonl");
    let statuses: Vec<_> = log.iter().map(|line| line["status"].as_str().unwrap_or_default()).collect();
    assert_eq!(statuses, ["ok", "failed", "failed", "failed", "ok"]);
    let findings = folder.log("out/findings.jsonl");
    assert!(findings.iter().any(|line| line["path"] == "in/2 empty.docx" && line["code"] == "file-empty"));
}

#[test]
fn a_report_with_an_error_is_converted_and_the_status_is_1() {
    let folder = Folder::new();
    folder.file("a.html", wrong_page(1));
    let ran = folder.run(&["convert", "a.html", "-o", "out", "--to", "html"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert_eq!(folder.log("out/batch.jsonl")[0]["status"], "findings");
    assert_eq!(folder.run(&["inspect", "a.html"]).status, Some(1));
    let checked = folder.run(&["check", "a.html"]);
    assert_eq!(checked.status, Some(1));
    assert!(checked.out.contains("a.html") && checked.out.contains("figure-unreadable"), "{}", checked.out);
}

#[test]
fn last_years_report_is_found_and_compared_with() {
    let folder = Folder::new();
    let this_year = report(1);
    let mut last_year = this_year.clone();
    let year = this_year.year.expect("a year") - 1;
    (last_year.year, last_year.period, last_year.published) = (Some(year), None, None);
    last_year.title = last_year.title.map(|title| title.replace(&(year + 1).to_string(), &year.to_string()));
    folder.file("this.html", page(&this_year));
    folder.file("last/a.html", page(&last_year));
    assert_eq!(folder.run(&["check", "this.html"]).status, Some(0));
    let compared = folder.run(&["check", "this.html", "--previous", "last"]);
    let carried = |field: &str| this_year.values[field].value;
    let differs = carried("requests.carried_in.total") != carried("requests.carried_out.total");
    assert!(differs, "another seed is needed");
    assert_eq!(compared.status, Some(1), "{compared:?}");
    assert!(compared.out.contains("Y-1") || compared.out.contains("last year"), "{}", compared.out);
}

#[test]
fn invalid_arguments_end_with_2_before_anything_is_done() {
    let folder = Folder::new();
    folder.file("a.html", page(&report(1)));
    folder.file("taken", "a file, no folder");
    for args in [
        &["convert", "missing.docx", "-o", "out"][..],
        &["convert", "*.docx", "-o", "out"],
        &["convert", "a.html", "-o", "taken"],
        &["convert", "a.html", "-o", "out", "--form", "no-such-form"],
        &["convert", "a.html", "-o", "out", "--to", "odt"],
        &["convert", "a.html", "-o", "out", "--to", "pdf", "--fonts", "missing"],
        &["convert", "a.html"],
        &["inspect", "missing.docx"],
        &["explain", "no-such-code"],
        &["forms", "show", "no-such-form"],
        &["--mappings", "missing", "forms", "list"],
        &["no-such-command"],
    ] {
        let ran = folder.run(args);
        assert_eq!(ran.status, Some(2), "{args:?}: {ran:?}");
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{args:?}: {ran:?}");
    }
    assert!(!folder.path("out").exists());
}

#[test]
fn inspect_prints_the_report_and_reads_standard_input() {
    let folder = Folder::new();
    let source = report(3);
    folder.file("a.html", page(&source));
    let ran = folder.run(&["inspect", "a.html"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let printed: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(printed["agency"].as_str(), source.agency.as_deref());
    assert_eq!(printed["values"].as_object().map(serde_json::Map::len), Some(source.values.len()));
    let piped = folder.run_with(&["inspect", "-"], &page(&source));
    let piped: serde_json::Value = serde_json::from_str(&piped.out).expect("JSON");
    assert_eq!((&piped["values"], &piped["source"]["file"]), (&printed["values"], &"-".into()));
    let bad = folder.run_with(&["inspect", "-"], b"");
    assert_eq!((bad.status, bad.out.as_str()), (Some(1), ""));
    assert!(bad.err.contains("file-empty"), "{}", bad.err);
}

#[test]
fn globs_are_expanded_and_no_file_is_read_twice() {
    let folder = Folder::new();
    for seed in 1..4 {
        folder.file(&format!("in/deep/{seed}.html"), page(&report(seed)));
    }
    let ran = folder.run(&["convert", "in/**/[12].html", "in", "./in/deep/1.html", "-o", "out", "--to", "json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let log = folder.log("out/batch.jsonl");
    let paths: Vec<_> = log.iter().map(|line| line["path"].as_str().unwrap_or_default()).collect();
    assert_eq!(paths, ["in/deep/1.html", "in/deep/2.html", "in/deep/3.html"]);
}

#[test]
fn a_search_passes_over_hidden_files_locks_and_the_outputs() {
    let folder = Folder::new();
    folder.file("a.html", page(&report(1)));
    for name in [".hidden.html", "~$a.html", ".git/b.html", "out/c.html", "a_files/d.html", "notes.json"] {
        folder.file(name, page(&report(2)));
    }
    let ran = folder.run(&["convert", ".", "-o", "out", "--to", "json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(folder.log("out/batch.jsonl").len(), 1);
    assert!(ran.err.contains("1 .json"), "{}", ran.err);
}

#[test]
fn messages_follow_the_locale_and_lang_decides() {
    let folder = Folder::new();
    let explained = |lang: &[&str], locale: &str| {
        let mut command = folder.command(&[lang, &["explain", "file-empty"]].concat());
        program::ran(&command.env("LANG", locale).output().expect("the program")).out
    };
    assert!(explained(&[], "zh_CN.UTF-8").contains("文件没有内容"));
    assert!(explained(&[], "en_GB.UTF-8").contains("the file is empty"));
    assert!(explained(&["--lang", "en"], "zh_CN.UTF-8").contains("the file is empty"));
    assert!(explained(&["--lang", "zh"], "C").contains("文件没有内容"));
}

#[test]
fn every_code_is_listed_and_explained() {
    let folder = Folder::new();
    let list = folder.run(&["explain"]).out;
    for code in nianbao::finding::codes() {
        assert!(list.lines().any(|line| line.starts_with(code.id)), "{}", code.id);
    }
    let near = folder.run(&["explain", "file-emty"]);
    assert!(near.err.contains("file-empty"), "{}", near.err);
}

#[test]
fn forms_are_listed_and_shown() {
    let folder = Folder::new();
    assert!(folder.run(&["forms", "list"]).out.contains("gkbg-2021"));
    let shown = folder.run(&["forms", "show", "gkbg-2021"]).out;
    assert!(
        shown.contains("disclosure.fees.amount") && shown.contains("amount 万元") && shown.contains("T3-R"),
        "{shown}"
    );
}

#[test]
fn a_blank_form_is_that_form_with_every_figure_blank() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["forms", "blank", "gkbg-2019", "-o", "blank"]).status, Some(0));
    for name in ["blank/gkbg-2019.docx", "blank/gkbg-2019.xlsx"] {
        let ran = folder.run(&["inspect", name]);
        let read: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!((read["form"].as_str(), read["agency"].as_str()), (Some("gkbg-2019"), None), "{name}");
        let values = read["values"].as_object().expect("values");
        assert_eq!(values.len(), 198);
        let filled: Vec<_> = values.iter().filter(|(_, value)| value["kind"] != "blank").take(5).collect();
        assert!(filled.is_empty(), "{name}: {filled:?}");
    }
}

/// A small form, with a mistake if wanted.
fn mapping(unit: &str) -> String {
    format!(
        "language = 1\nid = \"small\"\nname = {{ zh = \"小表\", en = \"small form\" }}\n[title]\npattern = \"{{agency}}{{year}}年小表\"\n\
         [[section]]\nid = \"all\"\nheading = \"一、数据\"\n[[table]]\nid = \"t\"\nsection = \"all\"\n[[table.block]]\n\
         columns = [{{ id = \"c\", label = \"金额（单位：亿元）\", {unit} = \"亿元\" }}]\n"
    )
}

#[test]
fn a_mistake_in_a_mapping_file_is_shown_with_its_line() {
    let folder = Folder::new();
    folder.file("small.toml", mapping("unit"));
    let right = folder.run(&["forms", "check", "small.toml"]);
    assert_eq!(right.status, Some(0), "{right:?}");
    assert!(folder.run(&["--mappings", ".", "forms", "list"]).out.contains("small form"));
    folder.file("small.toml", mapping("unti"));
    let wrong = folder.run(&["forms", "check", "small.toml"]);
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert!(wrong.out.contains("small.toml:13:") && wrong.out.contains("`unti`"), "{}", wrong.out);
    let marked = wrong.out.lines().find(|line| line.contains('┬')).expect("a mark");
    let source = wrong.out.lines().find(|line| line.contains("unti = ")).expect("the line");
    let column = |line: &str, mark: &str| {
        let at = line.find(mark).expect("the mark");
        unicode_width::UnicodeWidthStr::width(&line[..at])
    };
    // The mark is below the word, although Chinese characters before it are two columns wide.
    assert!((column(source, "unti")..column(source, "unti") + 4).contains(&column(marked, "┬")), "{}", wrong.out);
    assert_eq!(folder.run(&["--mappings", ".", "forms", "list"]).status, Some(2));
}

#[test]
fn a_rule_that_contradicts_its_example_is_shown() {
    let folder = Folder::new();
    folder.file("form.toml", include_str!("../mappings/gkbg-2021.toml").replacen("holds = true", "holds = false", 1));
    let ran = folder.run(&["forms", "check", "form.toml"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("form.toml: T3-R: ") && ran.out.contains("#1"), "{}", ran.out);
}

#[test]
fn check_prints_findings_as_text_and_as_json_lines() {
    let folder = Folder::new();
    folder.file("in/a.html", wrong_page(1));
    folder.file("in/b.html", page(&report(2)));
    let json = folder.run(&["check", "in", "--format", "json"]);
    assert_eq!(json.status, Some(1));
    let lines: Vec<serde_json::Value> =
        json.out.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    assert!(lines.iter().any(|line| line["path"] == "in/a.html" && line["severity"] == "error"), "{}", json.out);
    assert!(lines.iter().all(|line| line["path"] != "in/b.html" || line["severity"] != "error"), "{}", json.out);
}

#[test]
fn check_prints_one_sarif_log() {
    let folder = Folder::new();
    folder.file("in/甲 a.html", wrong_page(1));
    folder.file("in/b.txt", "nothing of the kind");
    let ran = folder.run(&["check", "in", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out));
    assert_eq!((ran.status, log["version"].as_str()), (Some(1), Some("2.1.0")));
    let run = &log["runs"][0];
    let rules: Vec<_> =
        run["tool"]["driver"]["rules"].as_array().expect("rules").iter().map(|rule| &rule["id"]).collect();
    let results = run["results"].as_array().expect("results");
    assert!(results.iter().all(|result| rules.contains(&&result["ruleId"])), "{results:?}");
    let wrong = results.iter().find(|result| result["ruleId"] == "figure-unreadable").expect("the figure");
    let location = &wrong["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "in/%E7%94%B2%20a.html");
    assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string(), "{wrong}");
    assert_eq!(wrong["level"], "error");
    let none = folder.run(&["check", "in/*.none", "--format", "sarif"]);
    assert_eq!((none.status, none.out.as_str()), (Some(2), ""));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = Folder::new();
    folder.file("a.html", page(&report(1)));
    let mut child = folder.command(&["inspect", "a.html"]).spawn().expect("the program");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn fill_puts_reports_into_an_offices_own_word_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let program = env!("CARGO_BIN_EXE_nianbao");
    let run = |arguments: &[&str]| std::process::Command::new(program).args(arguments).output().unwrap();
    let blank = run(&["forms", "blank", "gkbg-2021", "--to", "docx", "-o", &path("blank")]);
    assert_eq!(blank.status.code(), Some(0), "{blank:?}");
    let (template, out) = (path("blank/gkbg-2021.docx"), path("out"));
    let filled = run(&["fill", "--template", &template, "samples/word-2021.docx", "-o", &out]);
    assert_eq!(filled.status.code(), Some(0), "{filled:?}");
    let name = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|found| found == "docx"));
    let figures = |file: &str| {
        let printed = run(&["inspect", file]);
        let report: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
        let values = report["values"].as_object().unwrap().clone();
        values.into_iter().map(|(field, value)| (field, value["value"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(figures(name.unwrap().to_str().unwrap()), figures("samples/word-2021.docx"));
    let wrong = run(&["fill", "--template", "samples/text-lines.txt", "samples/word-2021.docx", "-o", &out]);
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
}

#[test]
fn pages_are_in_the_frame_of_their_site() {
    let folder = Folder::new();
    folder.file("a.html", page(&report(1)));
    let agency = report(1).agency.unwrap();
    folder.file("agencies.csv", format!("单位名称,网站标识码\n{agency},4207000059\n"));
    folder.file("page.html", std::fs::read("docs/page-template.html").expect("the sample template"));
    let options = [
        "convert",
        "a.html",
        "-o",
        "out",
        "--to",
        "html",
        "--agencies",
        "agencies.csv",
        "--page-template",
        "page.html",
    ];
    let ran = folder.run(
        &[&options[..], &["--site-name", "甲县<人民>政府", "--site-domain", "www.example.gov.cn", "--column", "年报"]]
            .concat(),
    );
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let written =
        std::fs::read_dir(folder.path("out")).expect("the outputs").filter_map(Result::ok).map(|entry| entry.path());
    let mut written = written;
    let written =
        written.find(|path| path.extension().is_some_and(|suffix| suffix == "html") && !path.ends_with("index.html"));
    let text = std::fs::read_to_string(written.expect("a page")).expect("text");
    for tag in [
        "<meta name=\"SiteName\" content=\"甲县&lt;人民&gt;政府\">",
        "<meta name=\"SiteDomain\" content=\"www.example.gov.cn\">",
        "<meta name=\"SiteIDCode\" content=\"4207000059\">",
        "<meta name=\"ColumnName\" content=\"年报\">",
        "<footer><p>甲县&lt;人民&gt;政府</p></footer>",
    ] {
        assert!(text.contains(tag), "{tag}");
    }
    folder.file("wrong.html", "<html>\n{{ bodi }}</html>");
    let ran = folder.run(&["convert", "a.html", "-o", "out", "--to", "html", "--page-template", "wrong.html"]);
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    assert!(ran.err.contains("wrong.html:2: undefined value") && ran.err.contains("body"), "{}", ran.err);
}

#[test]
fn in_chinese_no_english_sentence_reaches_the_screen() {
    let folder = Folder::new();
    folder.file("a.html", page(&report(1)));
    folder.file("form.toml", "language = 1\nid = \"x\"\nnam = 1\n");
    folder.file("units.csv", "代码,机构\n1,甲局\n");
    folder.file("units.toml", "[[agency]]\nnam = \"甲局\"\n");
    folder.file("waivers.toml", "[[waiver]]\ncode = 1\n");
    folder.file("page.html", "{{ nothing }}");
    let wrong: [(&[&str], i32); 18] = [
        (&["--help"], 0),
        (&["convert", "--help"], 0),
        (&["help", "rollup"], 0),
        (&["convert", "a.html"], 2),
        (&["convrt", "a.html"], 2),
        (&["check", "a.html", "--jobs", "0"], 2),
        (&["check", "a.html", "--today", "soon"], 2),
        (&["check", "a.html", "--format", "xml"], 2),
        (&["check", "a.html", "b.html", "--nothing"], 2),
        (&["check", "nothing.docx"], 2),
        (&["check", "a.html", "--form", "nothing"], 2),
        (&["check", "a.html", "--waivers", "waivers.toml"], 2),
        (&["forms", "check", "form.toml"], 1),
        (&["agencies", "units.csv"], 2),
        (&["agencies", "units.toml"], 2),
        (&["agencies", "nothing.csv"], 2),
        (&["convert", "a.html", "-o", "out", "--template", "a.html"], 2),
        (&["convert", "a.html", "-o", "out", "--page-template", "page.html"], 2),
    ];
    // Three English words in a row are a sentence; names of options, files and formats occur alone.
    let english = regex::Regex::new(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}").expect("a pattern");
    for (arguments, status) in wrong {
        let mut all = vec!["--lang", "zh"];
        all.extend(arguments);
        let ran = folder.run(&all);
        assert_eq!(ran.status, Some(status), "{arguments:?}: {ran:?}");
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!english.is_match(&said), "{arguments:?}: {said}");
        assert!(!said.is_ascii(), "{arguments:?}: {said}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.run(&["completions", shell]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(["convert", "rollup", "corrections"].iter().all(|word| ran.out.contains(word)), "{shell}");
    }
    assert_eq!(folder.run(&["man", "pages"]).status, Some(0));
    let pages = folder.tree("pages");
    for name in ["nianbao.1", "nianbao-convert.1", "nianbao-forms-show.1"] {
        let page = pages.get(name).unwrap_or_else(|| panic!("{name}: {:?}", pages.keys()));
        assert!(page.starts_with(b".ie") || page.windows(3).any(|part| part == b".TH"), "{name}");
    }
    assert!(!pages.contains_key("nianbao-help.1"));
}

#[test]
fn damaged_narrative_is_repaired_unless_disabled() {
    let folder = Folder::new();
    folder.file("a.txt", include_str!("corpus/cell-a-line-characters-lost.txt"));
    let page = |out: &str, more: &[&str]| {
        let ran = folder.run(&[&["convert", "a.txt", "-o", out, "--to", "html,json"], more].concat());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let tree = folder.tree(out);
        let text = |suffix: &str| {
            let named = |name: &&String| name.ends_with(suffix) && !name.starts_with("index");
            let name = tree.keys().find(named).expect("an output").clone();
            String::from_utf8(tree[&name].clone()).expect("UTF-8")
        };
        (text(".html"), text(".json"), folder.log(&format!("{out}/findings.jsonl")))
    };
    let (html, json, findings) = page("read", &[]);
    for wanted in [
        "自2020年1月1日至2020年12月31日",
        "国办公开办函〔2019〕60号)",
        "做优做强主账号,及时准确发布权威信息",
        "<p class=\"sign\">白渚市临空经济区管理委员会</p><p class=\"sign\">2021年1月18日印发</p>",
    ] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert!(json.contains("自202011日至20201231日"), "the report keeps the source's text");
    let told = findings.iter().filter(|line| line["code"] == "text-written-as-read").count();
    assert_eq!(told, 6, "{findings:?}");
    let (html, _, findings) = page("written", &["--as-written"]);
    assert!(html.contains("自202011日至20201231日") && html.contains("〔201960号"));
    assert!(findings.iter().all(|line| line["code"] != "text-written-as-read"));
}
