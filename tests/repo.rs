//! Properties of the repository as a whole: sizes, first lines, codes, labels, licences.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::sources;
use nianbao::finding::codes;
use nianbao::form::{Forms, Head, Label};

/// Maximum number of lines of a file.
const MOST_LINES: usize = 500;

/// Files that may have more lines, each with its reason.
const LONGER: &[(&str, usize, &str)] = &[];

fn rust_files() -> Vec<std::path::PathBuf> {
    ["src", "tests", "examples", "benches"].iter().flat_map(|folder| sources::rust(folder)).collect()
}

#[test]
fn files_have_at_most_500_lines() {
    let mut wrong = Vec::new();
    for path in rust_files() {
        let lines = sources::text(&path).lines().count();
        let named = LONGER.iter().find(|(name, ..)| Path::new(name) == path);
        let most = named.map_or(MOST_LINES, |(_, most, _)| *most);
        if lines > most {
            wrong.push(format!("{}: {lines} lines of at most {most}", path.display()));
        }
        if named.is_some() && lines <= MOST_LINES {
            wrong.push(format!("{}: {lines} lines need no exception", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_states_its_purpose_in_its_first_line() {
    let silent: Vec<_> = rust_files().into_iter().filter(|path| !sources::text(path).starts_with("//! ")).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// All tests are one program, so Cargo does not find files by itself: one that is not named would never run.
#[test]
fn every_file_of_tests_is_part_of_their_program() {
    let unnamed = |path: &Path| {
        let stem = path.file_stem().expect("a name").to_string_lossy();
        let folder = path.parent().expect("a folder");
        // `mod.rs` stands for its folder.
        let (folder, name) = match (&*stem, folder.file_name()) {
            ("mod", Some(name)) => (folder.parent().expect("a folder"), name.to_string_lossy()),
            _ => (folder, stem),
        };
        let main = if folder == Path::new("tests") { "main.rs" } else { "mod.rs" };
        !sources::text(&folder.join(main)).lines().any(|line| line == format!("mod {name};"))
    };
    let files = sources::rust("tests").into_iter().filter(|path| path != Path::new("tests/main.rs"));
    let unnamed: Vec<_> = files.filter(|path| unnamed(path)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

/// Words that must not occur in the repository, split so that this file does not contain them.
fn unwanted() -> Vec<String> {
    let halves =
        [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("/ho", "me/"), ("/ro", "ot/"), ("/wo", "rk/"), ("/Use", "rs/")];
    halves.iter().map(|(one, other)| format!("{one}{other}")).collect()
}

#[test]
fn no_file_mentions_a_machine_or_unfinished_work() {
    let mut wrong = Vec::new();
    let folders = [
        "src",
        "tests",
        "examples",
        "benches",
        "mappings",
        "scripts",
        "share",
        ".ci",
        "schemas",
        "samples",
        "python/src",
        "python/python",
        "python/tests",
    ];
    let mut paths: Vec<_> = folders.iter().flat_map(|folder| sources::files(folder)).collect();
    paths.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml", "deny.toml"].map(Into::into));
    for path in paths {
        let Ok(text) = std::fs::read_to_string(sources::root().join(&path)) else { continue };
        for word in unwanted().iter().filter(|word| text.contains(word.as_str())) {
            wrong.push(format!("{}: {word}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_words_and_explained_in_both_languages() {
    let mut seen = BTreeSet::new();
    for code in codes() {
        assert!(seen.insert(code.id), "{} stands twice", code.id);
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!code.id.is_empty() && code.id.chars().all(word), "{}", code.id);
        for (zh, en) in [code.title, code.why, code.remedy] {
            assert!(zh.chars().any(is_han), "{}: {zh:?} is not Chinese", code.id);
            assert!(!en.is_empty() && en.is_ascii() || en.chars().any(is_han), "{}: {en:?}", code.id);
        }
    }
}

#[test]
fn every_code_of_a_stage_is_in_its_table() {
    let known: BTreeSet<&str> = codes().map(|code| code.id).collect();
    let id = regex::Regex::new(r#"(?:id: |\bpub static [A-Z_]+ = |^\s+[A-Z_]+ = )"([a-z0-9-]+)""#).expect("a pattern");
    let mut count = 0;
    for path in sources::rust("src/finding/code") {
        for line in sources::code(&path).lines() {
            if let Some(found) = id.captures(line) {
                count += 1;
                assert!(known.contains(&found[1]), "{} is in no table", &found[1]);
            }
        }
    }
    assert_eq!(count, known.len());
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Folded labels of the built-in forms with at least three Han characters.
fn labels() -> BTreeSet<String> {
    fn add(heads: &[Head], labels: &mut Vec<Label>) {
        for head in heads {
            labels.push(head.label.clone());
            add(&head.children, labels);
        }
    }
    let mut found = Vec::new();
    for form in Forms::built_in().expect("the built-in forms").iter() {
        found.extend(form.sections.iter().filter_map(|section| section.heading.clone()));
        for block in form.tables.iter().flat_map(|table| &table.blocks) {
            found.extend(block.caption.iter().chain(&block.corner).cloned());
            add(&block.columns, &mut found);
            add(&block.rows, &mut found);
        }
    }
    let words = found.into_iter().flat_map(|label| label.bare);
    words.filter(|word| word.chars().filter(|&c| is_han(c)).count() >= 3).collect()
}

#[test]
fn no_label_of_a_form_is_in_the_program() {
    let labels = labels();
    assert!(labels.len() > 50, "{}", labels.len());
    let mut wrong = Vec::new();
    for path in sources::rust("src") {
        let code = sources::code(&path);
        for label in labels.iter().filter(|label| code.contains(label.as_str())) {
            wrong.push(format!("{}: {label}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn goldens_are_never_rewritten_on_the_build_server() {
    if std::env::var_os("CI").is_some() {
        assert!(std::env::var_os("BLESS").is_none(), "BLESS is set");
    }
}

/// The licences that `deny.toml` allows.
fn allowed_licences() -> BTreeSet<String> {
    let deny: toml::Table = sources::text(Path::new("deny.toml")).parse().expect("deny.toml");
    let allow = deny["licenses"]["allow"].as_array().expect("licenses.allow");
    allow.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect()
}

/// Whether an SPDX expression can be satisfied by the allowed licences. `/` is an old notation for OR.
fn allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], " ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|licence| allowed.contains(licence.trim())))
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    // A build fetches only the crates of its own platform, so others may be missing.
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc -vV");
    let said = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host's triple");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(sources::root())
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let allowed_licences = allowed_licences();
    let mut wrong = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let licence = package["license"].as_str().unwrap_or("none");
        if !allowed(licence, &allowed_licences) {
            wrong.insert(package["name"].to_string(), licence.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The files of the .deb besides the program and what is generated from it.
#[test]
fn every_file_of_the_debian_package_is_there() {
    let manifest: toml::Table = sources::text(Path::new("Cargo.toml")).parse().expect("Cargo.toml");
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("assets");
    let sources = assets.iter().filter_map(|asset| asset[0].as_str()).filter(|path| !path.starts_with("target/"));
    let mut count = 0;
    for pattern in sources {
        let pattern = sources::root().join(pattern);
        let found = glob::glob(&pattern.to_string_lossy()).expect("a pattern").count();
        assert!(found > 0, "{} names nothing", pattern.display());
        count += found;
    }
    assert!(count > 20, "{count}");
}

/// How a manifest has its dependencies built for the tests.
fn test_profile(manifest: &str) -> toml::Table {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest)).expect("a manifest");
    let mut table: toml::Table = text.parse().expect("TOML");
    for name in ["profile", "dev", "package"] {
        let Some(toml::Value::Table(inner)) = table.remove(name) else { panic!("{manifest} has no {name}") };
        table = inner;
    }
    table
}

#[test]
fn the_python_package_uses_what_is_built_for_the_tests() {
    let (program, python) = (test_profile("Cargo.toml"), test_profile("python/Cargo.toml"));
    // Of the page in a browser alone.
    let missing: Vec<_> = program.keys().filter(|name| !python.contains_key(*name)).collect();
    assert_eq!(missing, ["argon2", "blake2"]);
    for (name, settings) in &python {
        assert_eq!(Some(settings), program.get(name), "{name}: built twice");
    }
}

#[test]
fn every_test_that_the_page_about_reliability_names_is_there() {
    let page = std::fs::read_to_string(sources::root().join("docs/reliability.md")).expect("the page");
    let all: Vec<(String, String)> = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources::rust(folder))
        .map(|path| {
            (path.display().to_string(), std::fs::read_to_string(sources::root().join(path)).expect("a source"))
        })
        .collect();
    let name = regex::Regex::new(r"`([a-z_]+(?:::[a-z_]+)*)`( \(module\))?").expect("a pattern");
    let mut count = 0;
    for found in name.captures_iter(&page).filter(|found| found[1].contains('_')) {
        let parts: Vec<&str> = found[1].split("::").collect();
        let function = format!("fn {}(", parts[parts.len() - 1]);
        let there = match found.get(2) {
            Some(_) => all.iter().any(|(path, _)| path.contains(parts[0])),
            None => all.iter().any(|(path, text)| {
                text.contains(&function) && (parts.len() == 1 || path.contains(&format!("tests/{}", parts[0])))
            }),
        };
        assert!(there, "{} is no test", &found[1]);
        count += 1;
    }
    assert!(count > 20, "{count} tests are named");
}
