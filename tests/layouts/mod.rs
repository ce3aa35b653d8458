//! Reports as found on the web: rendered into every layout and damage of texts, and read back. A figure is right or empty, never wrong; a
//! register of minimum counts (a ratchet) holds how many are read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints its table"
)]

mod damage;
mod drawn;
mod judge;
mod plain;
mod render;
mod shapes;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Mutex;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms};
use nianbao::report::Report;
use nianbao::sampler::{Random, Sampler};

use judge::{Verdict, judge};
use render::{Clear, Layout, OTHER, Source, figures, pieces, unmarked};

/// Number of reports per layout and form.
const SEEDS: u64 = 8;

/// Of 1000 figures that the text decides, the number that must be read.
const WANTED: usize = 990;

/// Counts for one layout.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// All figures.
    all: usize,
    /// Figures that were read.
    read: usize,
    /// Figures that the text decides.
    clear: usize,
    /// Figures that the text decides and that were read.
    clear_read: usize,
    /// Figures for which the judge's search was not completed.
    unknown: usize,
}

fn permille(part: usize, whole: usize) -> usize {
    (part * 1_000).checked_div(whole).unwrap_or(1_000)
}

fn sources(forms: &Forms) -> Vec<(u64, Source<'_>)> {
    let mut sources = Vec::new();
    for form in forms.iter() {
        for seed in 0..SEEDS {
            let report = Sampler::new(seed).report(form);
            let other = pieces(form, &Sampler::new(seed + 1_000).report(form), OTHER);
            let pieces = pieces(form, &report, 0);
            sources.push((seed, Source { form, report, pieces, other }));
        }
    }
    sources
}

fn has_digit(found: Option<&String>) -> bool {
    found.is_some_and(|words| words.contains(char::is_numeric))
}

/// For each figure, whether the text decides it; `None` if the judge does not know.
fn clear(form: &Form, how: Clear, found: &[Option<String>]) -> Vec<Option<bool>> {
    let whole = |field: usize| {
        let spec = &form.fields[field];
        let block = &form.tables[spec.table].blocks[spec.block];
        let first = block.first_field + spec.row * block.leaf_columns.len();
        (first..first + block.leaf_columns.len()).all(|field| found[field].is_some())
    };
    match how {
        Clear::Nothing => vec![Some(false); found.len()],
        Clear::Rows => (0..found.len()).map(|field| Some(whole(field) && has_digit(found[field].as_ref()))).collect(),
        Clear::Judged => verdicts(form, found)
            .into_iter()
            .map(|verdict| match verdict {
                Verdict::Decidable => Some(true),
                Verdict::Open => Some(false),
                Verdict::Unknown => None,
            })
            .collect(),
    }
}

/// The judge's verdicts, cached: many layouts have the same figures, and judging takes long.
fn verdicts(form: &Form, found: &[Option<String>]) -> Vec<Verdict> {
    static KNOWN: Mutex<BTreeMap<Vec<Option<String>>, Vec<Verdict>>> = Mutex::new(BTreeMap::new());
    if let Some(known) = KNOWN.lock().unwrap().get(found) {
        return known.clone();
    }
    let verdicts = judge(form, found);
    KNOWN.lock().unwrap().insert(found.to_vec(), verdicts.clone());
    verdicts
}

fn bind(binder: &Binder, text: &str) -> Option<Report> {
    let reading = nianbao::read::read(text.as_bytes(), None, &mut Budget::default()).ok()?;
    binder.bind(&reading, &Hints::default()).ok()
}

/// Renders, reads back and counts; returns the wrong figures.
fn run(binder: &Binder, layout: &Layout, seed: u64, source: &Source, count: &mut Count) -> Vec<String> {
    let text = (layout.render)(source, &mut Random::new(seed));
    let form = source.form;
    let found = figures(&text, form.fields.len());
    let clear = clear(form, layout.clear, &found);
    let text = unmarked(&text);
    if let Some(folder) = std::env::var_os("LAYOUTS_TEXTS") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{}-{}-{seed}.txt", layout.name, form.id)), &text)
            .unwrap();
    }
    let again = bind(binder, &text);
    let mut wrong = Vec::new();
    let context = format!("{} {} seed {seed}", layout.name, form.id);
    for (field, clear) in clear.into_iter().enumerate() {
        let (id, truth) = (&form.fields[field].id, source.report.values[field].value);
        let value = again.as_ref().and_then(|report| report.values.get(id.as_str()));
        let read = value.is_some_and(|value| value.value.is_some());
        if let Some(value) = value.filter(|value| value.value.is_some() && value.value != truth) {
            wrong.push(format!(
                "{context}: {id} is {:?} for {truth:?}: {:?} {:?}",
                value.value, value.raw, value.deduced
            ));
        }
        // The figure was replaced by a dash: any figure read there is invented, even the right one.
        if read && found[field].is_some() && !has_digit(found[field].as_ref()) {
            wrong.push(format!("{context}: {id} is {:?} where the text says {:?}", truth, found[field]));
        }
        count.all += 1;
        count.read += usize::from(read);
        count.clear += usize::from(clear == Some(true));
        count.clear_read += usize::from(clear == Some(true) && read);
        count.unknown += usize::from(clear.is_none());
        if shown().is_some() && clear == Some(true) && !read {
            println!("{context}: {id} ({truth:?}) was not read");
        }
    }
    if let Some(agency) = again.as_ref().and_then(|report| report.agency.as_ref()) {
        let said = again.iter().flat_map(|report| &report.findings).any(|finding| finding.code == "agency-uncertain");
        if !said && Some(agency) != source.report.agency.as_ref() {
            wrong.push(format!("{context}: the agency is {agency:?} for {:?}", source.report.agency));
        }
    }
    wrong
}

/// The registered minimum for a layout: how many of 1000 figures are read, and how many of those that the text decides.
fn registered(name: &str) -> Option<(usize, usize)> {
    include_str!("register.txt").lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let known = words.next() == Some(name);
        let mut number = || words.next()?.parse().ok();
        known.then(|| Some((number()?, number()?))).flatten()
    })
}

/// The layout in `LAYOUTS_SHOW`: it is run alone, and prints the figures that the text decides and that are not read.
fn shown() -> Option<String> {
    std::env::var("LAYOUTS_SHOW").ok()
}

/// Prints a line on the build server, and elsewhere on request.
fn print(line: &str) {
    if std::env::var_os("CI").is_some() {
        // Written past the test harness's capture, so that the table is shown when the test passes.
        std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
    } else {
        println!("{line}");
    }
}

#[test]
fn no_layout_gives_a_wrong_figure_and_none_gets_worse() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let sources = sources(&forms);
    let layouts: Vec<&Layout> = [plain::LAYOUTS, damage::LAYOUTS, shapes::LAYOUTS, drawn::LAYOUTS]
        .into_iter()
        .flatten()
        .filter(|layout| shown().is_none_or(|shown| shown.split(',').any(|name| name == layout.name)))
        .collect();
    let one = |layout: &Layout| {
        let mut count = Count::default();
        let wrong: Vec<String> =
            sources.iter().flat_map(|(seed, source)| run(&binder, layout, *seed, source, &mut count)).collect();
        (count, wrong)
    };
    let half = layouts.len() / 2;
    let mut results: Vec<(Count, Vec<String>)> = Vec::new();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| layouts[half..].iter().map(|layout| one(layout)).collect::<Vec<_>>());
        results.extend(layouts[..half].iter().map(|layout| one(layout)));
        results.extend(second.join().unwrap());
    });
    let mut lines = String::new();
    let (mut wrong, mut worse) = (Vec::new(), Vec::new());
    print(&format!("{:<28} {:>12} {:>12} {:>14} {:>8}", "layout", "read", "decidable", "of them read", "unknown"));
    for (layout, (count, mistakes)) in layouts.iter().zip(results) {
        wrong.extend(mistakes);
        let (all, clear) = (permille(count.read, count.all), permille(count.clear_read, count.clear));
        let known = registered(layout.name);
        let (decidable, unknown) = (permille(count.clear, count.all), permille(count.unknown, count.all));
        print(&format!("{:<28} {all:>11}‰ {decidable:>11}‰ {clear:>13}‰ {unknown:>7}‰", layout.name));
        lines.push_str(&format!("{:<28} {all:>5} {clear:>5}\n", layout.name));
        if clear < WANTED {
            worse.push(format!("{}: {clear}‰ of the figures that the text decides, wanted {WANTED}‰", layout.name));
        }
        if known.is_none_or(|known| all < known.0 || clear < known.1) {
            worse.push(format!("{}: {all}‰ {clear}‰, registered {known:?}", layout.name));
        }
    }
    assert!(wrong.is_empty(), "wrong figures:\n{}", wrong.join("\n"));
    if std::env::var_os("BLESS").is_some() && shown().is_none() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/layouts/register.txt");
        return std::fs::write(path, lines).unwrap();
    }
    assert!(worse.is_empty(), "fewer figures are read than before:\n{}", worse.join("\n"));
}
