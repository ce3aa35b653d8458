//! Dependencies between parts of the program: checks the arrows of ARCHITECTURE.md.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crate::sources;
use std::collections::BTreeSet;

/// The parts that each part may import, besides itself. A part that is not listed may import nothing.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("document", &[]),
    ("finding", &["document"]),
    ("form", &["finding", "text"]),
    ("report", &["document", "finding"]),
    // A draft is made from a template; the form does not exist yet.
    ("draft", &["document", "text"]),
    // A form as a workbook, and back.
    ("formbook", &["document", "finding", "form", "text"]),
    // Formats, without forms.
    ("read", &["document", "finding", "text"]),
    // The only part that knows both documents and forms.
    ("bind", &["document", "finding", "form", "read", "report", "text"]),
    // Reports and forms, without documents.
    ("check", &["finding", "form", "report", "text"]),
    ("migrate", &["finding", "form", "report"]),
    ("mend", &["finding", "form", "report", "text"]),
    // Packages and findings, without forms; packages are reassembled as by the writers.
    ("annotate", &["document", "finding", "read", "write"]),
    ("waivers", &["finding", "report", "text"]),
    ("corrections", &["finding", "form", "report"]),
    ("settings", &["finding", "text"]),
    // The log of a work folder; a stored file keeps the suffix of a known format.
    ("ledger", &["finding", "read", "waivers"]),
    ("letter", &["finding", "text", "write"]),
    ("sampler", &["form", "report"]),
    // Everything that a form passes through, in both directions.
    ("selftest", &["bind", "document", "finding", "form", "read", "report", "sampler", "write"]),
    // An agencies file may be a workbook.
    ("agencies", &["document", "finding", "read", "text"]),
    ("rollup", &["agencies", "finding", "form", "migrate", "report"]),
    // Formats and forms; of a document only what a report contains: see `ONLY`.
    ("write", &["document", "finding", "form", "report", "text"]),
    // Outputs of a roll-up.
    ("summary", &["finding", "form", "report", "rollup", "write"]),
    // The form's content in an office's own document, located by binding, written as by the writers.
    ("fill", &["bind", "document", "finding", "form", "read", "report", "text", "write"]),
    (
        "batch",
        &[
            "agencies",
            "annotate",
            "bind",
            "check",
            "corrections",
            "document",
            "fill",
            "finding",
            "form",
            "ledger",
            "letter",
            "mend",
            "migrate",
            "read",
            "report",
            "settings",
            "summary",
            "text",
            "write",
        ],
    ),
    ("stream", &["agencies", "batch", "document", "finding", "form", "report"]),
    (
        "serve",
        &[
            "agencies",
            "annotate",
            "batch",
            "bind",
            "check",
            "corrections",
            "document",
            "fill",
            "finding",
            "form",
            "ledger",
            "letter",
            "migrate",
            "read",
            "report",
            "rollup",
            "settings",
            "stream",
            "summary",
            "text",
            "waivers",
            "write",
        ],
    ),
    (
        "cli",
        &[
            "agencies",
            "annotate",
            "batch",
            "bind",
            "check",
            "corrections",
            "document",
            "draft",
            "fill",
            "finding",
            "form",
            "formbook",
            "letter",
            "migrate",
            "read",
            "report",
            "rollup",
            "selftest",
            "serve",
            "settings",
            "stream",
            "summary",
            "text",
            "waivers",
            "write",
        ],
    ),
];

/// The rooms that each room of binding may import, besides itself: text and grids do not import each other, nor the page around them.
const ROOMS_OF_BIND: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("labels", &["limits"]),
    ("openrows", &[]),
    ("figures", &["openrows"]),
    ("units", &[]),
    ("unitline", &["units"]),
    ("spelling", &["units"]),
    ("notemark", &[]),
    ("asides", &[]),
    ("value", &["notemark", "spelling", "units"]),
    ("source", &["figures", "labels", "unitline", "value"]),
    ("grid", &["figures", "labels", "limits", "source", "units", "value"]),
    ("text", &["figures", "labels", "limits", "source", "units", "value"]),
    ("page", &["labels", "openrows", "source"]),
    ("recognise", &["labels", "page", "source", "units"]),
    ("segments", &["labels", "page", "source"]),
    ("ledger", &["figures", "labels", "openrows", "source", "units", "value"]),
    ("free", &["source"]),
    ("summary", &["figures"]),
    ("assemble", &["asides", "figures", "grid", "labels", "ledger", "page", "source", "summary", "text"]),
    ("sheets", &["recognise", "source"]),
    ("several", &["labels", "recognise", "segments", "source"]),
    ("regrid", &["grid", "source"]),
];

/// The rooms that each room of reading may import, besides itself. `word`, `sheet` and `page` are siblings: none imports another. The
/// capitalised names are items of `read` itself; an embedded document (`w:altChunk`) is read through the table of readers.
const ROOMS_OF_READ: &[(&str, &[&str])] = &[
    ("damage", &[]),
    ("unsupported", &[]),
    ("error", &["Damage", "Unsupported"]),
    ("clean", &[]),
    ("xml", &["Damage", "ReadError"]),
    ("container", &["Damage", "ReadError", "xml"]),
    ("sniff", &["FileKind", "container", "shared"]),
    ("shared", &["ReadError", "container", "xml"]),
    (
        "word",
        &[
            "Damage",
            "FileKind",
            "READERS",
            "ReadError",
            "Sniffed",
            "Unsupported",
            "container",
            "shared",
            "sniff",
            "xml",
        ],
    ),
    ("sheet", &["Damage", "ReadError", "Unsupported", "container", "shared", "xml"]),
    ("page", &["Damage", "ReadError", "shared"]),
    ("paged", &["ReadError"]),
    ("pdf", &["Damage", "ReadError", "container", "paged"]),
    ("ofd", &["Damage", "ReadError", "container", "paged", "xml"]),
    // Lists that an office keeps in a spreadsheet, read by any reader.
    ("rows", &["Damage", "ReadError", "read", "sheet"]),
];

/// Items to which an import of another part is restricted.
const ONLY: &[(&str, &str, &[&str])] =
    &[("write", "document", &["Grid", "GridBuilder", "Cell", "Slot", "Picture", "Place", "column_letters"])];

/// Parts that may touch files, threads, clocks, processes and terminals.
const TOUCHES_THE_WORLD: &[&str] = &["batch", "stream", "serve", "cli", "main"];

/// Paths by which they are touched.
const WORLD: &[&str] = &[
    "std::fs",
    "std::thread",
    "std::net",
    "std::env",
    "std::process",
    "std::time",
    "SystemTime",
    "Instant",
    "rayon::",
    "println!",
    "eprintln!",
    "stdout()",
    "stderr()",
    "Zoned::now",
    "Timestamp::now",
];

/// The parts that code names through `crate::` or `nianbao::`.
fn named(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for root in ["crate::", "nianbao::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let group = group.split('}').next().unwrap_or_default();
                named
                    .extend(group.split(',').map(|name| name.split("::").next().unwrap_or_default().trim().to_owned()));
            } else {
                named.insert(rest.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect());
            }
        }
    }
    named.remove("");
    named
}

#[test]
fn every_part_imports_only_allowed_parts() {
    let mut wrong = Vec::new();
    for path in sources::rust("src") {
        let module = sources::module(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let allowed = MAY_NAME.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, allowed)| allowed);
        for name in named(&sources::code(&path)) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}: `{module}` must not name `{name}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_of_binding_import_only_allowed_rooms() {
    let room = regex::Regex::new(r"(crate::bind|super)::([a-z]+)").expect("a pattern");
    let mut wrong = Vec::new();
    for path in sources::rust("src/bind") {
        let mut below = path.strip_prefix("src/bind").expect("a file of binding").iter();
        let own = below.next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
        // A path through `super` inside a room stays in the room.
        let inside = below.next().is_some();
        let allowed = ROOMS_OF_BIND.iter().find(|(name, _)| *name == own).map(|(_, allowed)| *allowed);
        if own == "mod" {
            continue;
        }
        let Some(allowed) = allowed else {
            wrong.push(format!("{}: `{own}` is no room that is listed", path.display()));
            continue;
        };
        let code = sources::code(&path);
        let named = room.captures_iter(&code).filter(|found| !(inside && &found[1] == "super"));
        let named: BTreeSet<String> = named.map(|found| found[2].to_owned()).collect();
        wrong.extend(
            named
                .iter()
                .filter(|name| **name != own && *name != "in" && !allowed.contains(&name.as_str()))
                .map(|name| format!("{}: `{own}` must not name `{name}`", path.display())),
        );
        if code.contains("super::super") {
            wrong.push(format!("{}: name the room instead of `super::super`", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // No cycle: a room imports only rooms above it.
    for (number, (_, allowed)) in ROOMS_OF_BIND.iter().enumerate() {
        assert!(allowed.iter().all(|name| ROOMS_OF_BIND[..number].iter().any(|(above, _)| above == name)));
    }
}

/// The paths in code: each import and each qualified name from `crate` or `super` on, with groups expanded.
fn paths(code: &str) -> Vec<Vec<String>> {
    let path = regex::Regex::new(r"\b(crate|super)((?:::\w+)*)(?:::\{([^;]*?)\})?").expect("a pattern");
    let mut paths = Vec::new();
    for found in path.captures_iter(code) {
        let segments = |text: &str| -> Vec<String> {
            text.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
        };
        let mut base = vec![found[1].to_owned()];
        base.extend(segments(&found[2]));
        match found.get(3) {
            None => paths.push(base),
            Some(group) => {
                paths.extend(group.as_str().split([',', '{', '}']).map(|name| [base.clone(), segments(name)].concat()));
            }
        }
    }
    paths
}

/// The module path of a file of `src`: `src/read/word/mod.rs` is `read`, `word`.
fn module_path(path: &std::path::Path) -> Vec<String> {
    let below = path.strip_prefix("src").expect("a file of src").with_extension("");
    let mut segments: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    segments.retain(|segment| segment != "mod");
    segments
}

/// An imported path as an absolute one.
fn absolute(module: &[String], path: &[String]) -> Vec<String> {
    let up = path.iter().take_while(|segment| *segment == "super").count();
    let start = if up == 0 { &[][..] } else { &module[..module.len().saturating_sub(up)] };
    [start, &path[up.max(1)..]].concat()
}

#[test]
fn rooms_of_reading_import_only_allowed_rooms() {
    let mut wrong = Vec::new();
    for path in sources::rust("src/read") {
        let module = module_path(&path);
        let Some(own) = module.get(1) else { continue };
        let Some((_, allowed)) = ROOMS_OF_READ.iter().find(|(name, _)| name == own) else {
            wrong.push(format!("{}: `{own}` is no room that is listed", path.display()));
            continue;
        };
        for named in paths(&sources::code(&path)) {
            let named = absolute(&module, &named);
            if let [part, room, ..] = &named[..]
                && part == "read"
                && room != own
                && room != "self"
                && !allowed.contains(&room.as_str())
            {
                wrong.push(format!("{}: `{own}` must not name `{}`", path.display(), named.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_import_each_other() {
    let files = sources::rust("src");
    let modules: BTreeSet<Vec<String>> = files.iter().map(|path| module_path(path)).collect();
    let mut named: BTreeSet<(Vec<String>, Vec<String>)> = BTreeSet::new();
    for path in &files {
        let module = module_path(path);
        for path in paths(&sources::code(path)) {
            let mut path = absolute(&module, &path);
            while !path.is_empty() && !modules.contains(&path) {
                path.pop();
            }
            // A module and the files below it are one room.
            if !path.starts_with(&module) && !module.starts_with(&path) {
                named.insert((module.clone(), path));
            }
        }
    }
    let mutual = named.iter().filter(|(one, other)| one < other && named.contains(&(other.clone(), one.clone())));
    let mutual: BTreeSet<(String, String)> = mutual.map(|(one, other)| (one.join("/"), other.join("/"))).collect();
    assert_eq!(mutual, BTreeSet::new());
}

#[test]
fn restricted_imports_use_only_the_listed_items() {
    for (module, named, things) in ONLY {
        let pattern = format!(r"crate::{named}(?:::\{{([^}}]*)\}}|::(\w+)|\b)");
        let pattern = regex::Regex::new(&pattern).expect("a pattern");
        for path in sources::rust(&format!("src/{module}")) {
            for found in pattern.captures_iter(&sources::code(&path)) {
                let group = found.get(1).or(found.get(2)).map_or("*", |group| group.as_str());
                for thing in group.split(',').map(str::trim).filter(|thing| !thing.is_empty()) {
                    assert!(things.contains(&thing), "{}: {named}::{thing}", path.display());
                }
            }
        }
    }
}

#[test]
fn only_the_batch_and_the_command_line_touch_the_world() {
    let mut wrong = Vec::new();
    for path in sources::rust("src") {
        if TOUCHES_THE_WORLD.contains(&sources::module(&path).as_str()) {
            continue;
        }
        let code = sources::code(&path);
        wrong.extend(WORLD.iter().filter(|way| code.contains(*way)).map(|way| format!("{}: {way}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files that keep state outside of arguments; see "State" in ARCHITECTURE.md.
const HIDDEN_STATE: &[&str] = &["src/batch/pipeline.rs", "src/batch/worker.rs"];

#[test]
fn state_is_passed_as_arguments() {
    let state = r"thread_local!|static (mut )?\w+: [\w:]*(OnceLock|OnceCell|Mutex|RwLock|Atomic\w+|RefCell|Cell|LazyLock<.*(Mutex|RwLock|Atomic)\w*)\b";
    let state = regex::Regex::new(state).expect("a pattern");
    assert!(state.is_match("static SEEN: std::sync::Mutex<Vec<u8>> = …"));
    let paths = sources::rust("src").into_iter().filter(|path| state.is_match(&sources::code(path)));
    let paths: Vec<String> = paths.map(|path| path.to_string_lossy().into_owned()).collect();
    assert_eq!(paths, HIDDEN_STATE);
}

/// Network crates.
const NETWORK: &[&str] = &["axum", "hyper", "hyper_util", "tokio", "http_body_util", "argon2"];

#[test]
fn only_the_page_knows_a_network() {
    let mut wrong = Vec::new();
    for path in sources::rust("src") {
        if sources::module(&path) != "serve" {
            let code = sources::code(&path);
            let named = NETWORK.iter().filter(|name| code.contains(&format!("{name}::")));
            wrong.extend(named.map(|name| format!("{}: {name}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_names_the_crates_of_the_feature_cli() {
    let manifest = sources::text(std::path::Path::new("Cargo.toml"));
    let feature = manifest.lines().find_map(|line| line.strip_prefix("cli = [")).expect("the feature `cli`");
    let crates: Vec<&str> = feature.split('"').filter_map(|name| name.strip_prefix("dep:")).collect();
    assert!(crates.contains(&"clap"), "{crates:?}");
    for path in sources::rust("src") {
        if !["cli", "main"].contains(&sources::module(&path).as_str()) {
            let code = sources::code(&path);
            let named: Vec<&&str> = crates.iter().filter(|name| code.contains(&format!("{name}::"))).collect();
            assert!(named.is_empty(), "{}: {named:?}", path.display());
        }
    }
}

#[test]
fn groups_of_imports_are_understood() {
    let names: Vec<String> = named("use crate::{form::Form, read};\nlet x = crate::text::fold;").into_iter().collect();
    assert_eq!(names, ["form", "read", "text"]);
}
