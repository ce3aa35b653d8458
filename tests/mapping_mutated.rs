//! Mutated mapping files: each compiles to a form or is refused with mistakes, without a panic and within a time limit.
//!
//! Lines are deleted, duplicated, swapped and copied to another file, values are replaced by others of the same kind, and bytes are
//! changed. A form that compiles then passes through everything that is built from a form. The mutations are the same in every run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use nianbao::batch::keep_panics_quiet;
use nianbao::form::{Form, Forms};
use nianbao::formbook::{Remarks, import, page, schema, write};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

const MADE_UP: [(&str, &str); 3] = [
    ("budget.toml", include_str!("forms_made_up/budget.toml")),
    ("reading-rooms.toml", include_str!("forms_made_up/reading-rooms.toml")),
    ("water.toml", include_str!("forms_made_up/water.toml")),
];

/// Number of mutations of each mapping file.
const WAYS: u64 = 60;

/// Time limit for each, in a debug build on a shared machine.
const LONGEST: Duration = Duration::from_secs(20);

/// `SplitMix64`, so that the same lines are changed in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Replacements for a value.
const VALUES: [&str; 16] = [
    "4294967295",
    "-1",
    "0",
    "1e308",
    "nan",
    "\"\"",
    "\"all\"",
    "\"number\"",
    "\"合计\"",
    "\"{agency}{year}\"",
    "\"a = sum(rows)\"",
    "\"a = a.*\"",
    "[]",
    "{}",
    "true",
    "\"(a{1000}){1000}\"",
];

/// Lines of the mapping language to insert.
const PIECES: [&str; 10] = [
    "blank = 4000000000",
    "label_columns = 4000000000",
    "spans = [4000000000, 4000000000]",
    "rows = { each = \"number\", blank = 4000000000, total = \"合计\" }",
    "beside = true",
    "plain_ids = true",
    "tolerance = -5e300",
    "each = \"row\"",
    "for = [\"\", \"x\"]",
    "years = [9999, -9999]",
];

fn changed(lines: &[&str], others: &[&str], random: &mut Random) -> String {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(lines.len());
        match random.below(8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = random.below(lines.len());
                lines.swap(at, other);
            }
            3 => lines.insert(at, (*random.of(others)).to_owned()),
            4 => lines.insert(at, (*random.of(&PIECES)).to_owned()),
            5 => {
                let key = lines[at].split('=').next().unwrap_or_default().to_owned();
                lines[at] = format!("{key}= {}", random.of(&VALUES));
            }
            6 => {
                // A word of the line is copied to another line.
                let words: Vec<&str> = lines[at].split('"').collect();
                let word = (*random.of(&words)).to_owned();
                let other = random.below(lines.len());
                let mut pieces: Vec<String> = lines[other].split('"').map(str::to_owned).collect();
                let place = random.below(pieces.len());
                pieces[place] = word;
                lines[other] = pieces.join("\"");
            }
            _ => {
                let mut characters: Vec<char> = lines[at].chars().collect();
                if !characters.is_empty() {
                    let place = random.below(characters.len());
                    characters[place] = *random.of(&['"', '{', ']', '=', '年', '\\', '0', '.', ' ']);
                }
                lines[at] = characters.into_iter().collect();
            }
        }
    }
    lines.join("\n")
}

/// Builds everything that is built from a form.
fn through(form: &Form) {
    let _ = (page(form), schema(form), form.blank().fields.len());
    let example = form.example(0);
    let report = Sampler::new(3).report_of(&example);
    for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
        let _ = writer.write(&example, &report);
    }
    if let Ok(bytes) = write(form, form.source(), &Remarks::default()) {
        let reading = nianbao::read::read(&bytes, Some("form.xlsx"), &mut nianbao::document::Budget::default());
        let _ = reading.map(|reading| import(&reading.document));
    }
}

#[test]
fn a_changed_mapping_file_is_a_form_or_refused() {
    keep_panics_quiet();
    let all: Vec<(&str, &str)> =
        Forms::sources().iter().chain(Forms::further_sources()).copied().chain(MADE_UP).collect();
    let others: Vec<&str> = all.iter().flat_map(|(_, text)| text.lines()).collect();
    let (mut right, mut refused) = (0, 0);
    for (name, text) in &all {
        // The first lines of long word lists are enough.
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && line.len() < 400).collect();
        for way in 0..WAYS {
            let text = changed(&lines, &others, &mut Random(way * 1_000 + text.len() as u64));
            let start = Instant::now();
            let ran = catch_unwind(AssertUnwindSafe(|| match Forms::default().add(name, &text) {
                Ok(form) => {
                    through(&form);
                    true
                }
                Err(error) => {
                    assert!(!error.mistakes.is_empty());
                    false
                }
            }));
            match ran {
                Ok(true) => right += 1,
                Ok(false) => refused += 1,
                Err(_) => {
                    let kept = std::env::temp_dir().join("changed-mapping.toml");
                    std::fs::write(&kept, &text).unwrap();
                    panic!("{name}, change {way}: a panic; the file is {}", kept.display());
                }
            }
            assert!(start.elapsed() < LONGEST, "{name}, change {way}: {:?}", start.elapsed());
        }
    }
    // Both outcomes occur, or the mutations are useless.
    assert!(right > 20 && refused > 100, "{right} forms, {refused} refused");
}
