//! Messages are in one language: no English and no technical places in Chinese, no Chinese except quotations in English; for every code,
//! and for every finding about the files of the tests.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::program::{self, Folder};
use crate::sources;

/// Words that an office knows in Latin letters, and what is typed.
const KNOWN: &str = "Word Excel WPS Office PDF OFD HTML JSON CSV TOML RTF XML Open Base64 UTF-8 GBK nianbao nianbao.toml convert PNG JPEG GIF EMF WMF BMP docx xlsx html doc xls zip txt";

/// Folders of files with findings.
const FOLDERS: &[&str] = &["samples", "tests/damaged", "tests/texts", "tests/cases", "tests/corpus"];

struct Patterns {
    quoted_zh: Regex,
    quoted_en: Regex,
    option: Regex,
    latin: Regex,
    han: Regex,
}

impl Patterns {
    fn new() -> Self {
        let made = |pattern: &str| Regex::new(pattern).expect("a pattern");
        Self {
            // Quotations inside quotations go with the outer one.
            quoted_zh: made("“[^“”]*(?:“[^“”]*”[^“”]*)*”|《[^》]*》|‘[^’]*’"),
            quoted_en: made("\"[^\"]*\"|`[^`]*`"),
            // Text to be typed, in messages for whoever types it.
            option: made("`?--[a-z-]+`?"),
            latin: made("[A-Za-z][A-Za-z0-9_./#:-]+"),
            han: made(r"[\p{Han}“”。，、；：！？]+"),
        }
    }

    /// English words and technical places in a Chinese text.
    fn english(&self, text: &str) -> Vec<String> {
        let rest = self.quoted_zh.replace_all(text, "");
        let rest = self.option.replace_all(&rest, "");
        let words = self.latin.find_iter(&rest).map(|found| found.as_str().trim_end_matches(['.', ':']));
        words
            .filter(|word| !KNOWN.split(' ').any(|known| known == *word) && !is_cell(word))
            .map(str::to_owned)
            .collect()
    }

    /// Chinese in an English text.
    fn chinese(&self, text: &str) -> Vec<String> {
        let rest = self.quoted_en.replace_all(text, "");
        self.han.find_iter(&rest).map(|found| found.as_str().to_owned()).collect()
    }
}

/// Whether a word is a cell reference, as shown by spreadsheets.
fn is_cell(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    (1..=3).contains(&letters) && word.len() > letters && word[letters..].chars().all(|digit| digit.is_ascii_digit())
}

#[test]
fn every_code_has_each_message_in_one_language() {
    let (patterns, mut wrong) = (Patterns::new(), Vec::new());
    for code in nianbao::finding::codes() {
        for (zh, en) in [code.title, code.why, code.remedy] {
            wrong.extend(patterns.english(zh).into_iter().map(|word| format!("{}: {word}: {zh}", code.id)));
            wrong.extend(patterns.chinese(en).into_iter().map(|word| format!("{}: {word}: {en}", code.id)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_has_each_message_in_one_language() {
    let (patterns, folder) = (Patterns::new(), Folder::new());
    let mut command = folder.command(&["--no-config", "check", "--format", "json"]);
    command.args(FOLDERS).current_dir(sources::root());
    let ran = program::ran(&command.output().expect("the program"));
    let (mut seen, mut wrong): (BTreeMap<String, usize>, BTreeSet<String>) = (BTreeMap::new(), BTreeSet::new());
    for line in ran.out.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let said = |language: &str| finding["message"][language].as_str().expect("a message");
        let (code, zh, en) = (finding["code"].as_str().expect("a code"), said("zh"), said("en"));
        *seen.entry(code.to_owned()).or_default() += 1;
        wrong.extend(patterns.english(zh).into_iter().map(|word| format!("{code}: {word}: {zh}")));
        wrong.extend(patterns.chinese(en).into_iter().map(|word| format!("{code}: {word}: {en}")));
    }
    assert!(seen.len() >= 50, "only {} codes were seen: {seen:?}", seen.len());
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
