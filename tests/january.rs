//! An office's January, from the first files to the sums: files are converted, checked, returned, corrected, sent again and summed, and
//! every count is that of the made-up county.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};

use serde_json::Value as Json;

use crate::county::{County, Sent, TOP, YEAR};
use crate::program::{Folder, Ran};

/// Texts of the documents below a folder whose path contains `words`.
fn documents(folder: &Folder, within: &str, words: &str) -> Vec<String> {
    let tree = folder.tree(within);
    let mut names: Vec<String> = tree.into_keys().filter(|name| name.contains(words) && !name.contains('（')).collect();
    names.retain(|name| !name.rsplit('/').next().unwrap_or_default().starts_with('.'));
    names
}

/// Whether a file has a suffix.
fn is(name: &str, suffix: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == suffix)
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    archive.by_name(name).expect("a part").read_to_string(&mut text).expect("text");
    text
}

/// The numbers that a pattern captures in the output.
fn said(ran: &Ran, pattern: &str) -> Vec<usize> {
    let found = regex::Regex::new(pattern)
        .expect("a pattern")
        .captures(&ran.err)
        .unwrap_or_else(|| panic!("{pattern}: {ran:?}"));
    found.iter().skip(1).flatten().map(|number| number.as_str().parse().expect("a number")).collect()
}

struct Office {
    folder: Folder,
    county: County,
}

impl Office {
    fn new() -> Self {
        let (folder, county) = (Folder::new(), County::new());
        county.write(&folder, "报送");
        Self { folder, county }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let ran = self.folder.run(&[&["--lang", "zh", "--no-config"], args].concat());
        assert!(ran.status.is_some_and(|status| status < 2), "{args:?}: {ran:?}");
        ran
    }

    fn count(&self, is: impl Fn(Sent) -> bool) -> usize {
        self.county.count(is)
    }

    /// The counts of a roll-up: expected, reported, unreadable, of another year, missing, repeated, summed.
    fn rolled(&self, more: &[&str]) -> Vec<usize> {
        let args = ["rollup", "报送", "--agencies", "名录.csv", "-o", "汇总"];
        let ran = self.run(&[&args[..], more].concat());
        said(
            &ran,
            "应报(\\d+)个单位，已报(\\d+)个，已报未能读取(\\d+)个，年度或格式不符(\\d+)个，未报(\\d+)个；重复报送(\\d+)个。(?:另有1个文件未能读取，无法确定单位。)?合计由(\\d+)份",
        )
    }
}

fn is_wrong(sent: Sent) -> bool {
    matches!(sent, Sent::Wrong(_))
}

fn is_unreadable(sent: Sent) -> bool {
    matches!(sent, Sent::Encrypted | Sent::Cut)
}

#[test]
fn an_office_comes_from_the_first_files_to_the_sums() {
    let office = Office::new();
    let (wrong, unreadable) = (office.count(is_wrong), office.count(is_unreadable));
    let (nothing, other) = (office.count(|sent| sent == Sent::Nothing), office.count(|sent| sent == Sent::OtherYear));
    let twice = office.count(|sent| matches!(sent, Sent::Differing | Sent::Again));
    let all = office.county.agencies.len();
    let reported = all - unreadable - nothing - other;
    assert_eq!((all, reported), (60, 47));

    let files = all - nothing + twice + 1;
    let converted = office.run(&["convert", "报送", "-o", "输出", "--to", "docx", "--agencies", "名录.csv"]);
    let counts = said(&converted, "共(\\d+)个文件：.*失败(\\d+)个.*未报(\\d+)个单位");
    assert_eq!(counts, [files, unreadable + 1, nothing], "{}", converted.err);

    sums_and_lists(&office, [all, reported, unreadable, other, nothing, twice, reported]);
    letters(&office, wrong, unreadable, nothing);
    corrections(&office, wrong);
    sent_again(&office, [all, reported, unreadable, other, nothing, twice, reported]);
}

/// The sums, the workbook's lists and the page have the same numbers.
fn sums_and_lists(office: &Office, counts: [usize; 7]) {
    assert_eq!(office.rolled(&[]), counts);
    let page = String::from_utf8(office.folder.tree("汇总").remove("index.html").expect("a page")).expect("UTF-8");
    let state = |number: usize| page.matches(&format!("\"s\":{number},")).count();
    let [all, reported, unreadable, other, nothing, ..] = counts;
    assert_eq!((state(0) + state(1), state(2), state(7), state(3)), (reported, unreadable, other, nothing));
    assert_eq!(all, state(0) + state(1) + state(2) + state(7) + state(3), "every agency has one row");
    let values = office.folder.log("汇总/values.jsonl");
    let mut agencies: Vec<&str> = values.iter().filter_map(|line| line["agency"].as_str()).collect();
    agencies.dedup();
    assert_eq!(agencies.len(), reported);
}

/// One letter per agency: wrong or unreadable reports are returned, missing ones are reminded of, received ones have a receipt.
fn letters(office: &Office, wrong: usize, unreadable: usize, nothing: usize) {
    let args = [
        "check",
        "报送",
        "--agencies",
        "名录.csv",
        "--letter",
        "通知",
        "--receipts",
        "--sender",
        TOP,
        "--date",
        "2026-01-20",
    ];
    let ran =
        office.run(&[&args[..], &["--propose", "更正.jsonl", "--revise", "修订", "--author", "县政府办"]].concat());
    let folder = &office.folder;
    let reminders = documents(folder, "通知", "催报通知/");
    assert_eq!(reminders.len(), nothing, "{reminders:?}");
    let returned = documents(folder, "通知", "退回修改通知/");
    let asked = |name: &str| returned.iter().any(|letter| letter.contains(name));
    for (name, sent) in &office.county.agencies {
        if is_wrong(*sent) || is_unreadable(*sent) {
            assert!(asked(name), "{name}: {returned:?}");
        }
        if let Sent::Clean(_) | Sent::Misnamed | Sent::FormerName | Sent::Again | Sent::Nothing = sent {
            assert!(!asked(name), "{name}: {}", ran.err);
        }
    }
    assert!(returned.len() >= wrong + unreadable, "{returned:?}");
    let receipts = documents(folder, "通知", "收件回执/");
    assert_eq!(receipts.len(), office.county.agencies.len() - nothing, "{receipts:?}");
}

/// Certain mistakes are drafted and marked in the sender's own file; after the draft is applied, none is left.
fn corrections(office: &Office, wrong: usize) {
    let drafts = office.folder.log("更正.jsonl");
    assert_eq!(drafts.len(), wrong, "{drafts:?}");
    assert!(drafts.iter().all(|draft| draft["field"] == "requests.granted.enterprise"), "{drafts:?}");
    let revised = office.folder.tree("修订");
    let documents: Vec<&Vec<u8>> =
        revised.iter().filter(|(name, _)| is(name, "docx")).map(|(_, bytes)| bytes).collect();
    assert_eq!(documents.len(), office.count(|sent| sent == Sent::Wrong(nianbao::write::Output::Docx)));
    for bytes in documents {
        let document = part(bytes, "word/document.xml");
        assert!(document.contains("<w:del ") && document.contains("<w:ins ") && document.contains("县政府办"));
    }
    let errors = |more: &[&str]| {
        let ran = office.run(&[&["check", "报送", "--agencies", "名录.csv", "--format", "json"], more].concat());
        let findings = ran.out.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
        let is = |finding: &Json, code: &str| finding["code"] == code;
        let findings: Vec<Json> = findings.collect();
        let count = |code: &str| findings.iter().filter(|finding| is(finding, code)).count();
        (count("cell-wrong"), count("figure-corrected"))
    };
    assert_eq!(errors(&[]), (wrong, 0));
    assert_eq!(errors(&["--corrections", "更正.jsonl"]), (0, wrong));
}

/// Files that are sent again, and outputs of files that were removed.
fn sent_again(office: &Office, counts: [usize; 7]) {
    let folder = &office.folder;
    let of = |kind: fn(Sent) -> bool| office.county.agencies.iter().filter(move |(_, sent)| kind(*sent));
    // An unreadable file is withdrawn: its agency then has sent nothing.
    for (name, _) in of(is_unreadable) {
        std::fs::remove_file(folder.path(&format!("报送/{name}年报.docx"))).expect("a file");
    }
    let [all, reported, unreadable, other, nothing, twice, _] = counts;
    let now = [all, reported, 0, other, nothing + unreadable, twice, reported];
    assert_eq!(office.rolled(&["--corrections", "更正.jsonl"]), now);
    // A withdrawn report leaves an output, which is removed by --prune.
    let (gone, _) = of(|sent| sent == Sent::Clean(nianbao::write::Output::Html)).next().expect("an agency");
    std::fs::remove_file(folder.path(&format!("报送/{gone}年报.html"))).expect("a file");
    let convert = ["convert", "报送", "-o", "输出", "--to", "docx", "--agencies", "名录.csv"];
    let output = format!("输出/{gone}{YEAR}年政府信息公开工作年度报告.docx");
    assert!(office.run(&[&convert[..], &["--dry-run"]].concat()).out.contains("以前生成、此次没有"));
    assert!(office.run(&convert).err.contains("以前生成") && folder.path(&output).exists());
    assert!(
        office.run(&[&convert[..], &["--prune"]].concat()).err.contains("已删除") && !folder.path(&output).exists()
    );
    // Nothing else was changed: a run without changes takes everything from the cache.
    let again = office.run(&convert);
    let kept = said(&again, "共(\\d+)个文件.*未变动而沿用(\\d+)个");
    assert!(kept[1] > 0 && kept[0] >= kept[1], "{}", again.err);
}
