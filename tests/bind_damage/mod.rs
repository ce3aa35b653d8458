//! Reports whose tables are damaged at random, in Word, Excel and HTML: every figure is right, or empty, or a finding names it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod damage;
mod page;

use nianbao::bind::{Hints, bind};
use nianbao::document::{Budget, Format};
use nianbao::finding::Severity;
use nianbao::form::{Form, Forms};
use nianbao::read::read;
use nianbao::report::Report;
use nianbao::sampler::{Random, Sampler};

use page::Page;

/// Seeds of a run among all tests; the thousand of the whole tier are in [`a_thousand_seeds`].
const SEEDS: u64 = 40;

/// The figures of a report: every one another number, or those of a sampled report, whose sums hold.
fn figures(form: &Form, seed: u64) -> Vec<String> {
    if seed.is_multiple_of(2) {
        return (0..form.fields.len()).map(|index| (1000 + index).to_string()).collect();
    }
    let report = Sampler::new(seed).report(form);
    let value = |field: &nianbao::form::Field| {
        report.values[&field.id].value.map(|value| value.to_string()).unwrap_or_default()
    };
    form.fields.iter().map(value).collect()
}

fn bound(bytes: &[u8], format: Format, forms: &Forms) -> Option<Report> {
    let name = match format {
        Format::Docx => "a.docx",
        Format::Xlsx => "a.xlsx",
        _ => "a.html",
    };
    let reading = read(bytes, Some(name), &mut Budget::default()).expect("a readable file");
    bind(&reading, forms, &Hints::default()).ok()
}

/// Damages a report and reads it in one format; says what is wrong, and how many figures are right.
fn attempt(forms: &Forms, seed: u64, format: Format) -> (Vec<String>, usize, usize) {
    let id = if seed.is_multiple_of(5) { "gkbg-2019" } else { "gkbg-2021" };
    let form = forms.get(id).expect("a built-in form");
    let truth = figures(form, seed);
    let mut page = Page::official(form, &truth);
    let mut random = Random::new(seed);
    let mut done = Vec::new();
    for _ in 0..=random.below(3) {
        done.push(damage::damage(form, &mut page, &mut random));
    }
    let bytes = match format {
        Format::Docx => page.docx(),
        Format::Xlsx => page.xlsx(),
        _ => page.html().into_bytes(),
    };
    if let Ok(folder) = std::env::var("BIND_DAMAGE_KEEP") {
        let name = format!("{seed}.{format:?}").to_lowercase();
        std::fs::write(std::path::Path::new(&folder).join(name), &bytes).expect("a folder to write to");
    }
    let Some(report) = bound(&bytes, format, forms) else { return (Vec::new(), 0, truth.len()) };
    if report.form != form.id {
        return (Vec::new(), 0, truth.len());
    }
    let named = |id: &str| {
        report
            .findings
            .iter()
            .any(|finding| finding.severity >= Severity::Warning && finding.fields.iter().any(|field| field == id))
    };
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (field, truth) in form.fields.iter().zip(&truth) {
        let Some(value) = report.values[&field.id].value else { continue };
        if value.to_string() == *truth {
            right += 1;
        } else if !named(&field.id) {
            wrong.push(format!("seed {seed}, {format:?}, {done:?}: {} is {value}, not {truth}", field.id));
        }
    }
    (wrong, right, truth.len())
}

/// Figures that are wrong without a finding in the thousand seeds, at most three counted a document: copies of a table beside a
/// damaged true one, and pages split with exchanged columns. The number may only shrink.
const KNOWN_WRONG: usize = 0;

fn seeds(seeds: std::ops::Range<u64>, known: usize) {
    let forms = Forms::built_in().unwrap();
    let (mut wrong, mut right, mut all) = (Vec::new(), 0, 0);
    for seed in seeds {
        for format in [Format::Docx, Format::Xlsx, Format::Html] {
            let (found, some, of) = attempt(&forms, seed, format);
            wrong.extend(found.into_iter().take(3));
            (right, all) = (right + some, all + of);
        }
    }
    assert!(wrong.len() <= known, "{} wrong in silence; {right} of {all} right\n{}", wrong.len(), wrong.join("\n"));
    // Emptiness is no way to be never wrong.
    assert!(right * 10 >= all * 8, "only {right} of {all} right");
}

#[test]
fn no_figure_is_wrong_in_silence() {
    seeds(0..SEEDS, 0);
}

/// The seeds that `BIND_DAMAGE_SEEDS` names: `100..200`. Their files are left in the folder that `BIND_DAMAGE_KEEP` names.
#[test]
#[ignore = "a part of the whole tier: BIND_DAMAGE_SEEDS=100..200 cargo test --test all some_seeds -- --ignored"]
fn some_seeds() {
    let named = std::env::var("BIND_DAMAGE_SEEDS").unwrap_or_default();
    let bounds: Vec<u64> = named.split("..").filter_map(|bound| bound.parse().ok()).collect();
    let [from, to] = bounds[..] else { panic!("BIND_DAMAGE_SEEDS is \"{named}\", not two numbers with .. between") };
    seeds(from..to, 0);
}

#[test]
#[ignore = "the whole tier takes minutes: cargo test --test all a_thousand_seeds -- --ignored"]
fn a_thousand_seeds() {
    seeds(0..1_000, KNOWN_WRONG);
}
